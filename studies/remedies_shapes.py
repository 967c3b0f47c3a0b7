"""Remedies for overfitting on 500 small shapes, and what a shift that blurs has to do with it."""

from functools import partial

import cnncourse as cc
from cnncourse.backend import keras
from studies import Study
from studies._networks import Cutout, Recolour, first, layers, on_known_images, small_cnn

FEW, EPOCHS = 500, 30
HALVED = partial(layers.AveragePooling2D, 2)  # 16 x 16


def shift(pixels, interpolation="bilinear"):
    """Move by up to so many of 16 pixels: up to 1.5 are -1, 0 or 1 whole ones, if rounded ("nearest")."""
    return layers.RandomTranslation(pixels / 16, pixels / 16, interpolation=interpolation)


def turn(interpolation="bilinear"):
    """Turn by up to ten degrees."""
    return layers.RandomRotation(10 / 360, interpolation=interpolation)


def _arm(name, *changes, dropout=0, count=FEW, **settings):
    return cc.Arm(
        name,
        partial(small_cnn, dropout=dropout, before=(HALVED, *changes)),
        rates=(0.001, 0.003, 0.01),
        data=partial(first, count),
        training={"epochs": EPOCHS * FEW // count},
        **{"optimizer": keras.optimizers.Adam, **settings},
    )


STUDY = Study(
    question=(
        "What does a network that has learned 500 small shapes by heart gain from dropout, other colours, a "
        "grey square, shifts, or three times as many images? And what does the blur of an interpolated shift "
        "cost, told apart from the shift: unmoved, moved, and moved and turned, sharp and blurred?"
    ),
    claim=(
        "Other colours and more images gain most, shifts by whole pixels and dropout a little, a grey square "
        "hurts. On the mean of the three pairs, the blur costs accuracy with every seed."
    ),
    data="shapes",
    experiment=cc.Experiment(
        (
            _arm("nothing"),
            _arm("dropout", dropout=0.2),
            _arm("recolour", Recolour),
            _arm("whole pixels", partial(shift, 1.5, "nearest")),
            _arm("interpolated", partial(shift, 1.5)),
            _arm("blur only", partial(shift, 0.5)),
            _arm("interpolated, turned", partial(shift, 1.5), turn),
            _arm("whole pixels, turned", partial(shift, 1.5, "nearest"), partial(turn, "nearest")),
            _arm("1500 images", count=3 * FEW),
            _arm("cutout", partial(Cutout, 6)),
        ),
        epochs=EPOCHS,
        seeds=tuple(range(8)),  # the runs scatter: five leave open what the blur costs
        search_epochs=10,
        training={"batch_size": 25},
        measure=on_known_images,
    ),
    held_out=500,
    epochs_are_long=False,
)
