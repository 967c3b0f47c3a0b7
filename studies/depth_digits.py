"""Vanishing gradients at a depth of 20, on the digits: networks with a tuned rate each."""

from functools import partial

import cnncourse as cc
from cnncourse.backend import keras
from studies import Study

SIGMOID, RELU = {"activation": "sigmoid"}, {"activation": "relu"}


def adam_for_tiny_gradients(learning_rate):
    """Give Adam that evens out gradients below Keras' ``epsilon``, 1e-7, too."""
    return keras.optimizers.Adam(learning_rate, epsilon=1e-20)


class NormalizedSGD(keras.optimizers.SGD):
    """SGD that gives the gradient of each layer's weights, and of its biases, the length 1."""

    def update_step(self, gradient, variable, learning_rate):
        length = keras.ops.norm(gradient)
        super().update_step(gradient / (length + 1e-30), variable, learning_rate)


SGD = {"optimizer": keras.optimizers.SGD, "rates": (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)}
ADAM = {"optimizer": keras.optimizers.Adam, "rates": (0.0003, 0.001, 0.003, 0.01, 0.03)}
LARGER = {**SGD, "rates": (3.0, 10.0, 30.0, 100.0)}
MOMENTUM = {"rates": (0.03, 0.1, 0.3, 1.0, 3.0)}
NORMALIZED = {"optimizer": NormalizedSGD, "rates": (0.001, 0.003, 0.01, 0.03, 0.1)}
LONG = {**SGD, "rates": (0.03, 0.1, 0.3), "training": {"epochs": 100}}
ADAM_TINY = {**ADAM, "optimizer": adam_for_tiny_gradients}


def _arm(name, depth, settings, **network):
    return cc.Arm(name, partial(cc.dense_stack, depth, **network), **settings)


STUDY = Study(
    question=(
        "Which stacks of 20 dense layers learn the digits with plain SGD, if each has the learning rate that "
        "suits it? The controls: fewer layers, Adam and what it changes (larger steps, momentum, gradients "
        "of equal length), and a hundred epochs instead of six."
    ),
    claim=(
        "In six epochs sigmoid layers, and ReLU with Glorot weights, guess at every rate; ReLU with He "
        "weights, tanh with Glorot weights, and sigmoid with batch normalization or with shortcuts learn. "
        "Adam gets ReLU with Glorot weights beyond guessing, gradients of the length 1 help a little, larger "
        "rates and momentum do not; in a hundred epochs it learns with four of five seeds. Sigmoid guesses "
        "with Adam and after a hundred epochs."
    ),
    data="digits",
    size=8,
    experiment=cc.Experiment(
        (
            _arm("sigmoid", 20, SGD, **SIGMOID),
            _arm("ReLU Glorot", 20, SGD, **RELU),
            _arm("ReLU He", 20, SGD, initializer="he_uniform", **RELU),
            _arm("tanh", 20, SGD, activation="tanh"),
            _arm("sigmoid BN", 20, SGD, batch_norm=True, **SIGMOID),
            _arm("residual", 20, SGD, residual=True, **SIGMOID),
            _arm("ReLU Glorot, 5 layers", 5, SGD, **RELU),
            _arm("sigmoid, 2 layers, Adam", 2, ADAM_TINY, **SIGMOID),
            _arm("sigmoid, Adam", 20, ADAM_TINY, **SIGMOID),
            _arm("ReLU Glorot, Adam", 20, ADAM, **RELU),
            _arm("ReLU Glorot, larger rates", 20, LARGER, **RELU),
            _arm("ReLU Glorot, momentum", 20, MOMENTUM, **RELU),
            _arm("ReLU Glorot, normalized", 20, NORMALIZED, **RELU),
            _arm("sigmoid, 100 epochs", 20, LONG, **SIGMOID),
            _arm("ReLU Glorot, 100 epochs", 20, LONG, **RELU),
        ),
        epochs=6,
        training={"batch_size": 32},
    ),
    held_out=260,
    epochs_are_long=False,
)
