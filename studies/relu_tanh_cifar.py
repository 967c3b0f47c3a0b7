"""ReLU against tanh: the comparison of Krizhevsky's figure 1, on CIFAR-10."""

from functools import partial

import cnncourse as cc
from studies import Study
from studies._networks import first, krizhevsky_cnn

NETWORKS = {
    "ReLU": {"activation": "relu", "initializer": "he_normal"},
    "tanh": {"activation": "tanh", "initializer": "glorot_uniform"},
    # the control: how much of the difference is the initial weights?
    "ReLU, Glorot": {"activation": "relu", "initializer": "glorot_uniform"},
}

STUDY = Study(
    question=(
        "How many epochs does a network of four layers need to bring the training error to 25 %, with ReLU "
        "and with tanh, each with fitting initial weights and the best rate of the grid? Krizhevsky et al. "
        "(2012, figure 1) found a factor of six, on all images."
    ),
    claim=(
        "Not repeated here: tanh needs fewer epochs than ReLU with every seed, also when both have Glorot's "
        "initial weights."
    ),
    data="cifar10",
    experiment=cc.Experiment(
        tuple(
            cc.Arm(
                name,
                partial(krizhevsky_cnn, **settings),
                rates=(0.003, 0.01, 0.03, 0.1),
                data=partial(first, 10_000),
            )
            for name, settings in NETWORKS.items()
        ),
        epochs=40,
        search_epochs=6,
        choose="accuracy",  # what is asked is how fast the training error falls
        until=("accuracy", 0.75),
        training={"batch_size": 64},
    ),
)
