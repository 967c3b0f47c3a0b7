"""AlexNet against LeNet-5 on few digits: over the number of images, with a tuned rate each."""

from functools import partial

import cnncourse as cc
from cnncourse.backend import keras
from studies import Study
from studies._networks import first, with_input

EPOCHS = {100: 90, 300: 36, 1000: 12}  # 360 to 384 steps of 32 images


def quarter_alexnet(scale=2, offset=-1):
    """AlexNet with a quarter of the filters, behind the least enlargement that it takes: 67 x 67."""
    alexnet = cc.alexnet((67, 67, 1), classes=10, width=0.25)
    inputs = [keras.Input((32, 32, 1)), keras.layers.Resizing(67, 67), keras.layers.Rescaling(scale, offset)]
    return keras.Sequential([*inputs, *alexnet.layers])


def lenet():
    """LeNet-5 as it is mostly built today, with the paper's activation, and the input centred as well."""
    plain = partial(cc.lenet5, pooling="average", connections="all")
    return with_input(plain, scale=2, offset=-1)


def _arm(name, network, rates, count):
    data, training = partial(first, count), {"epochs": EPOCHS[count]}
    return cc.Arm(f"{name}, {count}", network, rates, data=data, training=training)


STUDY = Study(
    question=(
        "Does the smaller network win where images are few? LeNet-5 and a quarter of AlexNet learn from the "
        "same 100, 300 and 1,000 digits, for about as many steps each; and the control, AlexNet without "
        "centred input."
    ),
    claim=(
        "Stopped after five epochs, AlexNet guesses; trained on, it recognizes most of the digits, and "
        "LeNet-5 is ahead with every seed, by three points with 300 and with 1,000 images."
    ),
    data="digits",
    experiment=cc.Experiment(
        (
            *(_arm("LeNet-5", lenet, (0.01, 0.03, 0.1), count) for count in EPOCHS),
            *(_arm("AlexNet/4", quarter_alexnet, (0.003, 0.01, 0.03), count) for count in EPOCHS),
            _arm("AlexNet/4, not centred", partial(quarter_alexnet, 1, 0), (0.003, 0.01, 0.03), 300),
        ),
        epochs=36,
        training={"batch_size": 32},
    ),
    held_out=197,
    epochs_are_long=False,
)
