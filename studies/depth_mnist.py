"""Vanishing gradients at depth, on MNIST."""

from functools import partial

import cnncourse as cc
from studies import Study

DEPTHS = (5, 10, 20, 30)
RATES = (0.003, 0.01, 0.03, 0.1, 0.3)
NETWORKS = {
    "sigmoid": {"activation": "sigmoid"},
    "tanh": {"activation": "tanh"},
    "ReLU, Glorot": {"activation": "relu"},
    "ReLU, He": {"activation": "relu", "initializer": "he_uniform"},
    "sigmoid, batch norm": {"activation": "sigmoid", "batch_norm": True},
    "tanh, batch norm": {"activation": "tanh", "batch_norm": True},
    "ReLU, He, batch norm": {"activation": "relu", "initializer": "he_uniform", "batch_norm": True},
    "sigmoid, shortcuts": {"activation": "sigmoid", "residual": True},
}


def _arms():
    for depth in DEPTHS:
        for name, settings in NETWORKS.items():
            network = partial(cc.dense_stack, depth, (28, 28, 1), **settings)
            yield cc.Arm(f"{name}, {depth} layers", network, RATES)
    # the control: do five sigmoid layers only need longer?
    network = partial(cc.dense_stack, 5, (28, 28, 1), activation="sigmoid")
    yield cc.Arm("sigmoid, 5 layers, 30 epochs", network, (0.1, 0.3), training={"epochs": 30})


STUDY = Study(
    question=(
        "Up to which depth do dense layers of 64 units learn MNIST, by activation, initial weights and "
        "batch normalization, if each network has the learning rate that suits it?"
    ),
    claim=(
        "Sigmoid layers guess with 10 layers and more, at every rate and with every seed; five of them need "
        "more epochs. With batch normalization, or with shortcuts around the same layers, 30 learn. So they "
        "do with tanh, and with ReLU and He weights; with Glorot weights, ReLU falls behind from 20 on. "
        "No network recognizes more with 30 layers than with five, and with 30, batch normalization costs "
        "ReLU with He weights some accuracy."
    ),
    data="mnist",
    experiment=cc.Experiment(tuple(_arms()), epochs=6, training={"batch_size": 128}),
    epochs_are_long=False,
)
