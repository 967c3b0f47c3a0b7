"""Train the LeNet-5 of the lab ``cnn-lenet`` and write its weights: ``python tools/train_lenet.py``.

    python tools/train_lenet.py                      the embedded digits, as committed; two minutes
    python tools/train_lenet.py --data mnist.npz     MNIST, brought into the form of the embedded digits

The network is the chapter's: average pooling, C3 sees every map, the activation of the paper. Each
training digit is also shown turned, sheared, stretched and bent a little, because readers write less
alike than the writers of the data. The test digits stay as they are.

The file is a classic script, so that a page opened from disk can load it: a manifest that says what the
network is and how it was tested, the weights as float32 (little-endian, Keras' order, base64), and
test digits to choose from.
"""

import argparse
import base64
import hashlib
import json
from pathlib import Path

import numpy as np

import cnncourse as cc
from cnncourse import keras

FILE = Path(__file__).resolve().parent.parent / "theme" / "static" / "labs" / "lenet-weights.js"
HEADER = "// Written by tools/train_lenet.py: what the network is, its weights, and test digits to choose from.\n"
ASSIGNED = "cnncourse.lenetWeights = "
CELLS = 8  # a digit is 8 x 8 counts of 4 x 4 pixels
LEVELS = "0123456789abcdefg"  # a count from 0 to 16 as one sign
BOX = 20  # the columns that a digit fills, of 32
SHOWN = 500  # test digits in the file
SEED, COPIES, EPOCHS = 0, 20, 8


def network():
    """LeNet-5 as the chapter draws it, with the activation of the paper."""
    return cc.lenet5(activation="scaled_tanh", pooling="average", connections="all")


# -- digits -------------------------------------------------------------------------------------------


def counts(name="digits", path=None):
    """Load digits as ``(n, 8, 8)`` whole numbers from 0 to 16, and what they are.

    Returns:
        ``(x_train, y_train), (x_test, y_test), source``.
    """
    if path is None:
        digits = cc.load(name, size=CELLS)
        convert = lambda images: np.rint(images[..., 0] * 16).astype(int)  # noqa: E731
    else:
        digits = cc.load(name, path=path)
        convert = lambda images: np.stack([counted(image[..., 0]) for image in images])  # noqa: E731
    train, test = (convert(digits.x_train), digits.y_train), (convert(digits.x_test), digits.y_test)
    return train, test, digits.source


def counted(image):
    """Bring one grey image into the form of the embedded digits, as NIST's programs did with them.

    The leftmost ink of the top row comes to stand above the leftmost ink of the bottom row, the whole
    fills 32 rows and at most 20 columns, and each 4 x 4 pixels are counted.
    """
    rows, columns = np.nonzero(image > 0.5)
    top, bottom = rows.min(), rows.max()
    slant = (columns[rows == top].min() - columns[rows == bottom].min()) / max(bottom - top, 1)
    upright = columns + slant * (rows - top)
    high, wide = bottom - top + 1, np.ptp(upright) + 1
    pixels = (np.arange(32) + 0.5) / 32 - 0.5
    across = max(wide * 32 / BOX, high / 2)  # a narrow digit is widened at most twofold
    y = (top + bottom) / 2 + pixels[:, None] * high
    x = (upright.min() + upright.max()) / 2 + pixels * across - slant * (y - top)
    ink = interpolated(image, y + 0 * x, x) > 0.5
    return ink.reshape(CELLS, 4, CELLS, 4).sum((1, 3))


def interpolated(image, y, x):
    """Values between the pixels' centres; nothing outside of the image."""
    image = np.pad(image, 1)
    y, x = (np.clip(at + 1, 0, size - 1.001) for at, size in zip((y, x), image.shape, strict=True))
    v, u = y.astype(int), x.astype(int)
    upper = image[v, u] * (u + 1 - x) + image[v, u + 1] * (x - u)
    lower = image[v + 1, u] * (u + 1 - x) + image[v + 1, u + 1] * (x - u)
    return upper * (v + 1 - y) + lower * (y - v)
