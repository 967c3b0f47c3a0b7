"""The model of the notes against LeNet-5, on CIFAR-10."""

from functools import partial

import cnncourse as cc
from studies import Study
from studies._networks import first, with_input

EPOCHS = {500: 24, 2000: 8, 8000: 3}  # images: epochs; a quarter of the width takes 5 ms an image as it is
IMAGES = (32, 32, 3)
QUARTER = partial(cc.course_model, IMAGES, width=0.25)
RAW = {"scale": 255, "offset": 0}  # 0 ... 255, as the notes train
CENTRED = {"scale": 2, "offset": -1}
NETWORKS = {
    "scaled": QUARTER,
    "repaired": partial(with_input, partial(QUARTER, repaired=True), **CENTRED),
    "LeNet-5": partial(with_input, partial(cc.lenet5, IMAGES), **CENTRED),
}


def _as_written(name, network, images):
    training = {"epochs": EPOCHS[images], "batch_size": 16}
    network = partial(with_input, network, **RAW)
    return cc.Arm(
        f"{name}, {images} images", network, (0.001,), data=partial(first, images), training=training
    )


def _arms():
    for images, epochs in EPOCHS.items():
        common = {"data": partial(first, images), "training": {"epochs": epochs}}
        yield _as_written("as written", QUARTER, images)
        for name, network in NETWORKS.items():
            yield cc.Arm(f"{name}, {images} images", network, (0.003, 0.01, 0.03), **common)


STUDY = Study(
    question=(
        "From how many photographs on does the notes' model beat LeNet-5: as written (pixels 0 to 255, rate "
        "0.001, batches of 16), with scaled pixels and a rate of its own, and repaired (3 x 3 kernels, "
        "centred pixels)? At a quarter of its width."
    ),
    claim=(
        "As written it stays behind LeNet-5 with few images; scaled and repaired it overtakes LeNet-5 "
        "somewhere between 500 and 8,000."
    ),
    data="cifar10",
    # equal budgets within one number of images, except the batches that the notes prescribe
    experiment=cc.Experiment(
        tuple(_arms()), epochs=max(EPOCHS.values()), search_epochs=4, training={"batch_size": 32}
    ),
)
