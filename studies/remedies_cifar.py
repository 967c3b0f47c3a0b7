"""Remedies for overfitting, on CIFAR-10."""

from functools import partial

import cnncourse as cc
from studies import Study
from studies._networks import decaying_sgd, first, on_known_images, small_cnn

EPOCHS = {2000: 60, 10_000: 20, 45_000: 10}  # images: epochs
REMEDIES = {
    "nothing": {},
    "dropout": {"dropout": 0.4},
    "flip and shift": {"augmented": True},
    "dropout, flip and shift": {"dropout": 0.4, "augmented": True},
}


def _arms():
    for images, epochs in EPOCHS.items():
        common = {
            "rates": (0.003, 0.01, 0.03),
            "data": partial(first, images),
            "training": {"epochs": epochs},
        }
        for name, settings in REMEDIES.items():
            yield cc.Arm(f"{name}, {images} images", partial(small_cnn, **settings), **common)
        yield cc.Arm(f"weight decay, {images} images", small_cnn, optimizer=decaying_sgd, **common)


STUDY = Study(
    question=(
        "How much do dropout, flipping and shifting by whole pixels, both, and weight decay take from the "
        "gap between training and new photographs, with 2,000, 10,000 and 45,000 images to train on?"
    ),
    claim=(
        "With 2,000 and 10,000 images flips and shifts raise the test accuracy with every seed, and the "
        "validation accuracy at each network's best epoch; with 45,000, in ten epochs, by less than a "
        "point. Together with dropout they cost accuracy there."
    ),
    data="cifar10",
    # equal budgets within one number of images
    experiment=cc.Experiment(
        tuple(_arms()),
        epochs=max(EPOCHS.values()),
        search_epochs=0.25,
        training={"batch_size": 64},
        measure=partial(on_known_images, count=2000),
    ),
)
