"""Write the digits that the lab ``cnn-trainer`` trains with: ``python tools/trainer_digits.py``.

They come from the training part of ``cc.load("digits")``; its test digits stay unseen. The file is a
classic script, so that a page opened from disk can load it.
"""

import json
from pathlib import Path

import cnncourse as cc

FILE = Path(__file__).resolve().parent.parent / "theme" / "static" / "labs" / "trainer-digits.js"
HEADER = "// Written by tools/trainer_digits.py: real digits to train with, and others to validate on.\n"
ASSIGNED = "cnncourse.trainerDigits = "
LEVELS = "0123456789abcdefg"  # a pixel from 0 to 16 as one sign
COUNT = 400  # of each part


def digits(start=0, part="train"):
    """``COUNT`` digits of a part of the data from a place on, as the file has them."""
    data = cc.load("digits", size=8)
    images, labels = (getattr(data, f"{name}_{part}")[start : start + COUNT] for name in "xy")
    texts = ["".join(LEVELS[round(pixel * 16)] for pixel in image.ravel().tolist()) for image in images]
    return {"labels": "".join(map(str, labels)), "images": texts}


def written():
    """The text of the file."""
    parts = {"training": digits(), "validation": digits(COUNT)}
    return f"{HEADER}{ASSIGNED}{json.dumps(parts, indent=0)};\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8", newline="\n")
