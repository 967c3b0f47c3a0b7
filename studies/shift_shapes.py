"""How far to shift 500 small shapes: the strength of an augmentation, its affinity and its diversity."""

from functools import cache, partial

import numpy as np

import cnncourse as cc
from cnncourse.backend import keras
from studies import Study
from studies._networks import first, small_cnn
from studies.remedies_shapes import FEW, HALVED, shift

HELD_OUT = 500
PIXELS = (0, 1, 2, 3, 4, 6)  # of 16


def whole(pixels):
    """Move by up to so many whole pixels, in both directions."""
    return shift(pixels + 0.5, "nearest")


@cache
def _moved(pixels):
    """Give the validation images, each moved once, and their labels: two of 32 pixels are one of 16."""
    shapes = cc.load("shapes")
    images, labels = shapes.x_train[-HELD_OUT:], shapes.y_train[-HELD_OUT:]
    framed = np.pad(images, ((0, 0), (2 * pixels,) * 2, (2 * pixels,) * 2, (0, 0)), "symmetric")
    starts = 2 * np.random.default_rng(pixels).integers(0, 2 * pixels + 1, (HELD_OUT, 2))
    moved = [image[y : y + 32, x : x + 32] for image, (y, x) in zip(framed, starts, strict=True)]
    return np.stack(moved), labels


def on_moved_images(model, *_known):
    """Measure the trained network on validation images that were moved by each strength."""
    return {f"moved {pixels}": model.evaluate(*_moved(pixels), verbose=0)[1] for pixels in PIXELS}


def _arm(pixels):
    moves = [partial(whole, pixels)] if pixels else []
    return cc.Arm(
        f"{pixels} pixels",
        partial(small_cnn, before=(HALVED, *moves)),
        rates=(0.001, 0.003, 0.01),
        optimizer=keras.optimizers.Adam,
        data=partial(first, FEW),
    )


STUDY = Study(
    question=(
        "How far should images be shifted while a network learns 500 small shapes? And how foreign are "
        "shifted images to a network that never saw one, how hard to learn for one that does?"
    ),
    claim=(
        "Shifts by up to one, two or three whole pixels gain accuracy on validation images, six cost some. "
        "With the strength, affinity falls and diversity rises."
    ),
    data="shapes",
    experiment=cc.Experiment(
        tuple(map(_arm, PIXELS)),
        epochs=30,
        search_epochs=10,
        training={"batch_size": 25},
        measure=on_moved_images,
    ),
    held_out=HELD_OUT,
    epochs_are_long=False,
)
