"""Vanishing gradients at a depth of 20, on the digits: networks with a tuned rate each."""

from functools import partial

import cnncourse as cc
from cnncourse.backend import keras
from studies import Study

LONG = {"rates": (0.1, 0.3, 1.0), "training": {"epochs": 30}}  # the control: five times as many
RATES = {
    keras.optimizers.SGD: (0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
    keras.optimizers.Adam: (0.0003, 0.001, 0.003, 0.01),
}
SIGMOID, RELU = {"activation": "sigmoid"}, {"activation": "relu"}


def _arm(name, depth=20, optimizer=keras.optimizers.SGD, *, network, **settings):
    settings = {"rates": RATES[optimizer], "optimizer": optimizer, **settings}
    return cc.Arm(name, partial(cc.dense_stack, depth, **network), **settings)


STUDY = Study(
    question=(
        "Which stacks of 20 dense layers learn the digits with plain SGD, if each has the learning rate that "
        "suits it? The controls: fewer layers, Adam, and five times as many epochs."
    ),
    claim=(
        "In six epochs sigmoid layers, and ReLU with Glorot weights, guess at every rate; ReLU with He "
        "weights, tanh with Glorot weights, and sigmoid with batch normalization or with shortcuts learn."
    ),
    data="digits",
    size=8,
    experiment=cc.Experiment(
        (
            _arm("sigmoid", network=SIGMOID),
            _arm("ReLU Glorot", network=RELU),
            _arm("ReLU He", network={**RELU, "initializer": "he_uniform"}),
            _arm("tanh", network={"activation": "tanh"}),
            _arm("sigmoid BN", network={**SIGMOID, "batch_norm": True}),
            _arm("residual", network={**SIGMOID, "residual": True}),
            _arm("ReLU Glorot, 5 layers", 5, network=RELU),
            _arm("sigmoid, 2 layers, Adam", 2, keras.optimizers.Adam, network=SIGMOID),
            _arm("sigmoid, Adam", 20, keras.optimizers.Adam, network=SIGMOID),
            _arm("ReLU Glorot, Adam", 20, keras.optimizers.Adam, network=RELU),
            _arm("sigmoid, 30 epochs", network=SIGMOID, **LONG),
            _arm("ReLU Glorot, 30 epochs", network=RELU, **LONG),
        ),
        epochs=6,
        training={"batch_size": 32},
    ),
    held_out=260,
    epochs_are_long=False,
)
