"""Batch normalization and the time of training, on CIFAR-10."""

from functools import partial

import cnncourse as cc
from studies import Study
from studies._networks import deep_cnn, first

INITIALIZERS = {"He": "he_normal", "Glorot": "glorot_uniform"}


def _arms():
    for initial, initializer in INITIALIZERS.items():
        for name, batch_norm in {"without": False, "batch norm": True}.items():
            network = partial(deep_cnn, batch_norm=batch_norm, initializer=initializer)
            yield cc.Arm(f"{name}, {initial}", network, (0.01, 0.03, 0.1, 0.3), data=partial(first, 10_000))


STUDY = Study(
    question=(
        "How many epochs, and how many seconds of the processor, do five convolutions need to reach half of "
        "CIFAR-10's validation images, with and without batch normalization, each at its own rate? Glorot's "
        "initial weights are the control: is it only the scale at the start?"
    ),
    claim=(
        "With batch normalization fewer epochs are needed, from either initial weights; each of them takes "
        "longer."
    ),
    data="cifar10",
    # whole trials: they also compare the arms at the same rate
    experiment=cc.Experiment(tuple(_arms()), epochs=8, training={"batch_size": 64}),
)
