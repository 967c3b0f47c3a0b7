"""Five new shapes with ten images each: what a network gains that has learned five other shapes before."""

from functools import cache, partial

import numpy as np

import cnncourse as cc
from cnncourse.backend import keras
from studies import Study, of_classes
from studies._networks import small_cnn
from studies.remedies_shapes import HALVED

BEFORE, NOW = (0, 1, 2, 3, 4), (5, 6, 7, 8, 9)
EACH = 10


@cache
def _before():
    return of_classes(cc.load("shapes"), BEFORE)


def few(images, labels, seed):
    """Draw ten images of every class."""
    random = np.random.default_rng(seed)
    rows = [random.choice(np.flatnonzero(labels == label), EACH, replace=False) for label in range(len(NOW))]
    return images[np.concatenate(rows)], labels[np.concatenate(rows)]


def network(*, learned=True, frozen=True):
    """Build three convolutions and a last layer; let the convolutions learn the other shapes first.

    What they begin with, and the order of the images that they learn first, are of the run's own seed.
    """
    convolutions = small_cnn(before=(HALVED,)).layers[:-4]  # up to the Flatten
    if learned:
        model = _with_last_layer(convolutions)
        model.compile(keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy")
        model.fit(_before().x_train, _before().y_train, batch_size=25, epochs=20, verbose=0)
    for layer in convolutions:
        layer.trainable = not frozen
    return _with_last_layer(convolutions)


def _with_last_layer(convolutions):
    last = keras.layers.Dense(len(NOW), activation="softmax")
    return keras.Sequential([keras.Input((32, 32, 3)), *convolutions, last])


def _arm(name, **options):
    rates = (0.001, 0.003, 0.01, 0.03)
    return cc.Arm(name, partial(network, **options), rates=rates, optimizer=keras.optimizers.Adam)


STUDY = Study(
    question=(
        "Ten images each of five shapes are all there is. Is a network better that has learned five other "
        "shapes before, with its layers frozen or trained on? And the control: frozen layers that have "
        "learned nothing?"
    ),
    claim=(
        "Layers that have learned other shapes help, frozen or not; frozen layers that have learned nothing "
        "do not."
    ),
    data="shapes",
    experiment=cc.Experiment(
        (
            _arm("from scratch", learned=False, frozen=False),
            _arm("frozen"),
            _arm("fine-tuned", frozen=False),
            _arm("frozen, untrained", learned=False),
        ),
        epochs=40,
        training={"batch_size": 25},
        sample=few,
    ),
    held_out=250,
    epochs_are_long=False,
    classes=NOW,
)
