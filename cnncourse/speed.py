"""What makes Keras' ``fit`` fast without changing what it computes; each change is undone afterwards.

Small networks take many steps per call, momentum passes over the memory once, a convolution over its
whole input is one matrix product, and the network may compute in bfloat16 where that is faster.
"""

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from math import prod

import numpy as np

from cnncourse.backend import keras, tf

__all__ = [
    "faster_precision",
    "fresh_functions",
    "many_steps_per_call",
    "momentum_in_one_pass",
    "policy",
    "whole_convolutions_as_products",
]

_SMALL_NETWORK = 1_000_000  # parameters; below, starting a step costs more than the step
_TRIAL_SECONDS = 180
_CLEARLY_FASTER = 1.1


@contextmanager
def fresh_functions(model):
    """Have Keras trace its steps anew, before and after: they keep the settings they were traced with."""

    def forget():
        model.train_function = model.test_function = model.predict_function = None

    forget()
    try:
        yield
    finally:
        forget()


@contextmanager
def many_steps_per_call(model):
    """Let a small network take many steps per call from Python."""
    before = model.steps_per_execution
    if before == 1 and model.count_params() < _SMALL_NETWORK:
        model.steps_per_execution = 25
    try:
        yield
    finally:
        model.steps_per_execution = before


@contextmanager
def momentum_in_one_pass(optimizer):
    """Let plain SGD with momentum read and write its memory once.

    Keras' update is the same arithmetic in five passes: a third of a step of AlexNet at batch 16.
    """
    if type(optimizer) is not keras.optimizers.SGD or not optimizer.momentum:
        yield
        return

    def update_step(gradient, variable, learning_rate):
        velocity = optimizer.momentums[optimizer._get_variable_index(variable)]
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=variable.handle,
            accum=velocity.value.handle,
            lr=tf.cast(learning_rate, variable.dtype),
            grad=tf.cast(tf.convert_to_tensor(gradient), variable.dtype),
            momentum=tf.cast(optimizer.momentum, variable.dtype),
            use_nesterov=optimizer.nesterov,
        )

    optimizer.update_step = update_step
    try:
        yield
    finally:
        del optimizer.update_step


@contextmanager
def whole_convolutions_as_products(model):
    """Let a convolution whose kernel covers its whole input be the matrix product that it is.

    LeNet-5's C5 is one: a dense layer from 5 x 5 x 16 numbers to 120. As a convolution it takes five
    times as long, a seventh of a step at batch 128.
    """
    layers = [layer for layer in _all_layers(model) if _may_be_a_product(layer)]
    for layer in layers:
        layer.convolution_op = partial(_convolution_or_product, layer.convolution_op)
    try:
        yield
    finally:
        for layer in layers:
            del layer.convolution_op


def _may_be_a_product(layer):
    return (
        type(layer) is keras.layers.Conv2D
        and (layer.padding, layer.groups, layer.dilation_rate) == ("valid", 1, (1, 1))
        and layer.data_format == "channels_last"
    )


def _convolution_or_product(convolution, images, kernel):
    if images.shape[1:3] != kernel.shape[:2]:
        return convolution(images, kernel)
    filters = kernel.shape[-1]
    product = tf.matmul(tf.reshape(images, (-1, prod(kernel.shape[:-1]))), tf.reshape(kernel, (-1, filters)))
    return tf.reshape(product, (-1, 1, 1, filters))  # (batch, height, width, channels)


@contextmanager
def policy(model, name):
    """Let the layers compute by another ``DTypePolicy``, except the last, whose output needs float32."""
    layers = list(_all_layers(model))[:-1]
    before = [layer.dtype_policy for layer in layers]
    try:
        for layer in layers:
            layer.dtype_policy = name
        yield
    finally:
        for layer, policy in zip(layers, before, strict=True):
            layer.dtype_policy = policy


def _all_layers(model):
    for layer in model.layers:
        yield from _all_layers(layer) if isinstance(layer, keras.Model) else [layer]


def faster_precision(model, images, batch_size):
    """Choose by a trial in another process: without support, bfloat16 crashes or is four times slower."""
    task = {"model": model.to_json(), "shape": (batch_size, *images.shape[1:])}
    command = [sys.executable, "-c", "from cnncourse.speed import _trial; _trial()"]
    try:
        trial = subprocess.run(
            command,
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=_TRIAL_SECONDS,
            check=True,
        )
        seconds = json.loads(trial.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return "float32"
    return "bfloat16" if seconds["float32"] > _CLEARLY_FASTER * seconds["bfloat16"] else "float32"


def _trial():
    """Train a few steps in either precision, and print the seconds of the fastest."""
    task = json.load(sys.stdin)
    model = keras.models.model_from_json(task["model"])
    images = np.random.default_rng(0).random(task["shape"], dtype="float32")
    labels = np.zeros(len(images), dtype="int32")
    seconds = {}
    for precision, name in (("float32", "float32"), ("bfloat16", "mixed_bfloat16")):
        with fresh_functions(model), policy(model, name), momentum_in_one_pass(model.optimizer):
            model.train_on_batch(images, labels)
            seconds[precision] = min(_seconds(model.train_on_batch, images, labels) for _ in range(5))
    print(json.dumps(seconds))


def _seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start
