"""The notes' model on digits: what its layers answer when fresh, trained, and after raw pixels."""

from functools import partial

import numpy as np

import cnncourse as cc
from cnncourse.backend import keras
from studies import Study
from studies._networks import first, redraw, with_input

STANDARD = {"scale": 3.1, "offset": -0.95}  # the digits' mean is 0.305, their standard deviation 0.324
RAW = {"scale": 255}
NO_STEP = (1e-46,)  # above zero as the protocol wants, but zero in float32: the network stays as it starts


def narrow_model(scale=1, offset=0, initializer=None):
    """The notes' model with a quarter of the filters and units."""
    model = with_input(partial(cc.course_model, (32, 32, 1), width=0.25), scale=scale, offset=offset)
    if initializer:
        redraw(model.layers, initializer)
    return model


def answers(model, *_known):
    """Tell layer by layer, without the last, what the network answers to 100 test images.

    ``active``: the share of outputs above zero. ``dead``: the units that answer no image. ``blank``: the
    share of a convolution's maps that are zero everywhere in one image. ``size``: the outputs' standard
    deviation. ``gradient``: the norm for a batch of 64, of the last layer as well.
    """
    digits, outputs = cc.load("digits"), []
    flowing = digits.x_test[:100]
    for layer in model.layers:
        flowing = layer(flowing, training=False)
        if layer.weights:
            outputs.append(np.array(flowing))
    hidden, convolutions = outputs[:-1], outputs[:5]
    norms = cc.gradient_norms(model, digits.x_test[:64], digits.y_test[:64])
    return {
        "active": [float((output > 0).mean()) for output in hidden],
        "dead": [int((output.reshape(-1, output.shape[-1]).max(axis=0) <= 0).sum()) for output in hidden],
        "blank": [float((output.max(axis=(1, 2)) <= 0).mean()) for output in convolutions],
        "size": [float(output.std()) for output in hidden],
        "gradient": [row.norm for row in norms],
    }


def _arm(name, rates, count, epochs=1, **pixels):
    data = partial(first, count)
    return cc.Arm(name, partial(narrow_model, **pixels), rates, data=data, training={"epochs": epochs})


STUDY = Study(
    question=(
        "Are there fewer and fewer activations in the layers behind, as the notes say? And does it come from "
        "pixels of 0 to 255, with the notes' rate and batch, for 20 steps? The controls: the same networks "
        "fresh, with small pixels, and with a thousandth of the rate."
    ),
    claim=(
        "The share of outputs above zero is about a half in every layer of a fresh network; after training, "
        "it is lowest in Conv 5 and rises behind it. Raw pixels silence Conv 1; small pixels or steps do not."
    ),
    data="digits",
    experiment=cc.Experiment(
        (
            _arm("fresh", NO_STEP, 16, **STANDARD),
            _arm("trained", (0.01,), 640, epochs=3, **STANDARD),
            _arm("fresh, He", NO_STEP, 16, initializer=keras.initializers.HeNormal, **STANDARD),
            _arm("fresh, 0 … 1", NO_STEP, 16),
            _arm("0 … 1", (0.001,), 320),
            _arm("0 … 255", (0.001,), 320, **RAW),
            _arm("0 … 255, small steps", (0.000001,), 320, **RAW),
        ),
        epochs=3,
        seeds=(1, 2, 3, 4, 5),
        training={"batch_size": 16},
        measure=answers,
    ),
    held_out=100,
    epochs_are_long=False,
)
