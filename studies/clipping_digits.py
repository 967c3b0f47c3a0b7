"""What cutting long gradients mends, and what not: deep networks on the digits, a tuned rate each."""

from functools import partial

import cnncourse as cc
from cnncourse.backend import keras
from studies import Study


def doubled_he(depth):
    """Stack layers whose weights start twice as large as He's."""
    twice = keras.initializers.VarianceScaling(8, mode="fan_in", distribution="uniform")
    return cc.dense_stack(depth, initializer=twice)


RELU_HE = partial(cc.dense_stack, 20, initializer="he_uniform")
RELU_GLOROT = partial(cc.dense_stack, 20)
SIGMOID = partial(cc.dense_stack, 20, activation="sigmoid")
DOUBLED = partial(doubled_he, 10)

SGD = keras.optimizers.SGD
CLIPPED = partial(SGD, global_clipnorm=1.0)
ALWAYS_CLIPPED = partial(SGD, global_clipnorm=0.01)  # the control: hardly a gradient is shorter
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
SMALL = (1e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3)
LARGE = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)  # times the limit: RATES

STUDY = Study(
    question=(
        "What does it change to cut the gradient of all weights to the length 1, where gradients explode, "
        "where they are healthy, and where they vanish, if each network has the learning rate that suits it? "
        "The control cuts to so short a length that all steps are equally long."
    ),
    claim=(
        "Where gradients explode, training ends in NaN at the rate 0.003, and with clipping at none up to 1; "
        "at a small enough rate it gets further without. 20 layers of ReLU with He weights recognize more "
        "with clipping. Equally long steps cannot be told apart from either. Where gradients vanish, the "
        "networks guess at every rate, with clipping too."
    ),
    data="digits",
    size=8,
    experiment=cc.Experiment(
        (
            cc.Arm("2 × He", DOUBLED, SMALL, SGD),
            cc.Arm("2 × He, clipped", DOUBLED, RATES, CLIPPED),
            cc.Arm("He", RELU_HE, RATES, SGD),
            cc.Arm("He, clipped", RELU_HE, RATES, CLIPPED),
            cc.Arm("He, always clipped", RELU_HE, LARGE, ALWAYS_CLIPPED),
            cc.Arm("Glorot, clipped", RELU_GLOROT, RATES, CLIPPED),
            cc.Arm("sigmoid, clipped", SIGMOID, RATES, CLIPPED),
        ),
        epochs=6,
        training={"batch_size": 32},
    ),
    held_out=260,
    epochs_are_long=False,
)
