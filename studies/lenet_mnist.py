"""LeNet-5 and its re-implementations, on MNIST."""

from functools import partial

import cnncourse as cc
from studies import Study
from studies._networks import distorted, falling_sgd, frozen_convolutions, with_input

RATES = (0.01, 0.03, 0.1)
EPOCHS, BATCH_SIZE = 8, 128
STEPS = -(-55_000 // BATCH_SIZE)  # an epoch's
# The sigmoid's own may lie higher.
HIGHER_RATES = (*RATES, 0.3, 1.0)
PAPER = partial(cc.lenet5, (28, 28, 1))
ALL = partial(cc.lenet5, (28, 28, 1), connections="all")
PLAIN = partial(ALL, pooling="average")
NETWORKS = {
    "paper": PAPER,
    "sigmoid": partial(PLAIN, activation="sigmoid"),
    "ReLU, max pooling": partial(ALL, activation="relu", pooling="max"),
    "all connections": ALL,
    "average pooling": PLAIN,
    "ReLU": partial(PLAIN, activation="relu"),
    "convolutions untrained": partial(frozen_convolutions, PAPER),
    "paper, distorted images": partial(distorted, PAPER),
}


def _arms():
    for name, network in NETWORKS.items():
        yield _arm(name, network, HIGHER_RATES if name == "sigmoid" else RATES)
    # the control: does the sigmoid only need longer?
    yield _arm("sigmoid, 20 epochs", NETWORKS["sigmoid"], (0.1,), epochs=20)


def _arm(name, network, rates, **training):
    paper_input = partial(with_input, network, scale=1.275, offset=-0.1)  # ink 1.175, background -0.1
    steps = STEPS * training.get("epochs", EPOCHS)
    return cc.Arm(name, paper_input, rates, optimizer=partial(falling_sgd, steps=steps), training=training)


STUDY = Study(
    question=(
        "What test error does LeNet-5 have on MNIST as published, and what do the changes of common "
        "re-implementations change: all connections, average pooling without parameters, sigmoid, ReLU, max "
        "pooling? The published errors: 0.95 %, and 0.8 % with distorted images."
    ),
    claim=(
        "All connections and plain pooling cost at most 0.2 points; ReLU, also with max pooling, "
        "and distorted images take errors away with every seed. Sigmoid guesses for two epochs at every rate "
        "and learns in twenty; untrained convolutions make over six times as many errors."
    ),
    data="mnist",
    experiment=cc.Experiment(
        tuple(_arms()), epochs=EPOCHS, search_epochs=2, training={"batch_size": BATCH_SIZE}
    ),
)
