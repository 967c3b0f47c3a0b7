"""Batch normalization and the speed of learning, on small digits; with nets normalized only once."""

from functools import partial

import numpy as np

import cnncourse as cc
from cnncourse.backend import keras
from studies import Study
from studies._networks import deep_cnn

HELD_OUT = 260
RATES = (0.003, 0.01, 0.03, 0.1, 0.3)

network = partial(deep_cnn, shape=(8, 8, 1), centred=False)


def normalized_once():
    """The control: initial weights divided so that every map has mean 0 and variance 1, at the start."""
    model, maps = network(), cc.load("digits", size=8).x_train[:256]
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            outputs = np.array(layer(maps))
            mean, spread = (of(outputs, axis=(0, 1, 2)) for of in (np.mean, np.std))
            kernel, bias = layer.get_weights()
            layer.set_weights([kernel / spread, (bias - mean) / spread])
        maps = layer(maps)
    return model


STUDY = Study(
    question=(
        "Do five convolutions learn digits of 8 x 8 pixels faster with batch normalization, each at its own "
        "rate? And the control: how much of that is already there if they are normalized once, before the "
        "first step?"
    ),
    claim=(
        "With batch normalization fewer epochs are needed than without; normalized once, the net is in "
        "between. Only the net that normalizes in every step bears the largest rate."
    ),
    data="digits",
    size=8,
    experiment=cc.Experiment(
        (
            cc.Arm("with", partial(network, batch_norm=True), RATES),
            cc.Arm("without", network, RATES),
            cc.Arm("normalized once", normalized_once, RATES),
        ),
        epochs=7,
        training={"batch_size": 50},
    ),
    held_out=HELD_OUT,
    epochs_are_long=False,
)
