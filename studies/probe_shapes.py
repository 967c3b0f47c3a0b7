"""What a linear layer reads from LeNet-5's stages, trained and untrained."""

from functools import cache, partial

import numpy as np

import cnncourse as cc
from cnncourse.backend import keras
from studies import Study

HELD_OUT = 200
STAGES = ("S2", "S4", "C5")


def lenet(trainable):
    """LeNet-5 for colour images; with ``trainable=False`` it keeps the weights that it starts with."""
    model = cc.lenet5((32, 32, 3), activation="relu", pooling="max", connections="all")
    model.trainable = trainable
    return model


shapes = cache(partial(cc.load, "shapes"))


def probe(model, *_known):
    """Tell how often a linear layer guesses the shape, from the pixels and from every stage."""
    x_train, x_test = shapes().x_train[:-HELD_OUT], shapes().x_test
    stages = keras.Model(model.inputs[0], [model.get_layer(name).output for name in STAGES])
    read = zip((x_train, *stages(x_train)), (x_test, *stages(x_test)), strict=True)
    return {name: _guessed(*pair) for name, pair in zip(("pixels", *STAGES), read, strict=True)}


def _guessed(train, test):
    from sklearn.linear_model import RidgeClassifier

    train, test = (np.reshape(numbers, (len(numbers), -1)) for numbers in (train, test))
    fit = RidgeClassifier(alpha=10).fit(train, shapes().y_train[:-HELD_OUT])
    return fit.score(test, shapes().y_test)


STUDY = Study(
    question=(
        "Is a shape easier to read from deeper stages of LeNet-5? And the control: from the same stages of a "
        "net with the same initial weights that has learned nothing?"
    ),
    claim=(
        "From pixels to S4 reading gets easier with and without training; training adds after every stage, "
        "and most in C5, where the untrained net falls back."
    ),
    data="shapes",
    experiment=cc.Experiment(
        (
            cc.Arm("trained", partial(lenet, trainable=True), rates=[0.01]),
            cc.Arm("untrained", partial(lenet, trainable=False), rates=[0.01], training={"epochs": 1}),
        ),
        epochs=15,
        training={"batch_size": 25},
        measure=probe,
    ),
    held_out=HELD_OUT,
    epochs_are_long=False,
)
