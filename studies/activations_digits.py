"""Scaled tanh, ReLU and sigmoid in LeNet-5 on digits, with fitting initial weights and a rate each."""

from functools import partial

import cnncourse as cc
from studies import Study
from studies._networks import redraw


def started(activation, start):
    """LeNet-5 as it is mostly built today, with initial weights by another rule."""
    model = cc.lenet5(activation=activation, pooling="average", connections="all")
    redraw(model.layers[:-1], start)
    return model


def _arm(name, activation, start="glorot_uniform"):
    return cc.Arm(name, partial(started, activation, start), rates=(0.003, 0.01, 0.03, 0.1))


STUDY = Study(
    question=(
        "Does ReLU learn faster than what LeNet-5 had, a scaled tanh, and than the sigmoid of later ones? "
        "ReLU starts from Glorot's weights and, the control, from He's, which are made for it."
    ),
    claim=(
        "In the first epoch the scaled tanh is ahead of ReLU with either start, and He's weights make up "
        "more than half of what Glorot's lack; after three epochs no difference is seen. The sigmoid guesses "
        "at every rate."
    ),
    data="digits",
    experiment=cc.Experiment(
        (
            _arm("scaled tanh", "scaled_tanh"),
            _arm("ReLU, Glorot", "relu"),
            _arm("ReLU, He", "relu", "he_uniform"),
            _arm("sigmoid", "sigmoid"),
        ),
        epochs=3,
    ),
    held_out=197,
    epochs_are_long=False,
)
