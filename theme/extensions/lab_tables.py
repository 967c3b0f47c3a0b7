"""What stands in a lab's place where no script runs: a table for each, computed by ``cnncourse``.

Each function takes the language and gives rows of texts, for the columns in :data:`extensions.words.LABS`.
"""

from math import prod

import cnncourse as cc
from cnncourse.language import spoken

WINDOWS = ((227, 11, 4, 0), (224, 11, 4, 0), (5, 5, 1, "same"), (8, 3, 2, 0), (8, 3, 2, "same"))


def written(language, *values):
    """A row: its texts, and its numbers and shapes as the language writes them."""
    return [value if isinstance(value, str) else spoken(language).number(value) for value in values]


def output_size(language):
    """The lab's presets: n, f, s, padding; the output size and the unused pixels."""
    for n, f, s, padding in WINDOWS:
        found = cc.output_size(n, f, s, padding), cc.unused_pixels(n, f, s, padding)
        yield written(language, n, f, s, padding, *found)


def layer_cost(language):
    """The notes' first layer at three batch sizes: what grows with the batch, and what does not."""
    shape = cc.conv2d_output_shape((227, 227, 3), 96, 11, stride=4)
    parameters = cc.conv2d_parameters(3, 96, 11)
    macs = cc.conv2d_macs((227, 227, 3), 96, 11, stride=4)
    for batch in (1, 16, 256):
        weights, activations = cc.parameter_bytes(parameters), cc.activation_bytes(shape, batch)
        yield written(language, batch, parameters, weights, activations, macs, 2 * macs)


def architect(language):
    """LeNet-5 layer by layer, as the lab shows it at first: its shapes, parameters and MACs."""
    shape, parameters, macs = (32, 32, 1), 0, 0
    for name, filters in (("conv 1", 6), ("conv 2", 16)):
        counts = cc.conv2d_parameters(shape[2], filters, 5), cc.conv2d_macs(shape, filters, 5)
        shape = cc.conv2d_output_shape(shape, filters, 5)
        yield written(language, name, shape, *counts)
        shape = cc.pool2d_output_shape(shape, 2)
        yield written(language, "pool", shape, 0, 0)
        parameters, macs = parameters + counts[0], macs + counts[1]
    inputs = prod(shape)
    for units in (120, 84, 10):
        counts = cc.dense_parameters(inputs, units), cc.dense_macs(inputs, units)
        yield written(language, "dense", (units,), *counts)
        parameters, macs, inputs = parameters + counts[0], macs + counts[1], units
    yield written(language, "Σ", (), parameters, macs)


EDGE = (-1, 0, 1) * 3
WINDOWS_ON_AN_EDGE = ((0, 0, 0) * 3, (0, 0, 9) * 3, (0, 9, 9) * 3, (9, 9, 9) * 3)


def convolution(_language):
    """A vertical edge under the lab's first kernel: the four windows that there are."""
    for window in WINDOWS_ON_AN_EDGE:
        total = sum(pixel * weight for pixel, weight in zip(window, EDGE, strict=True))
        yield [in_rows(window), in_rows(EDGE), str(total)]


def in_rows(numbers):
    """Nine numbers as three rows: ``0 0 9 / 0 0 9 / 0 0 9``."""
    rows = (numbers[start : start + 3] for start in (0, 3, 6))
    return " / ".join(" ".join(map(str, row)) for row in rows)


def drill(language):
    """Three tasks, one of each level, with their answers."""
    for level in (1, 2, 3):
        task = cc.drill("output_size", level=level, seed=1, language=language)
        yield [task.question, f"{spoken(language).number(task.answer)} {task.unit}"]


def gradients(language):
    """What the slopes of so many sigmoids leave of a gradient, at most: one quarter for each."""
    for depth in (1, 2, 5, 10, 20):
        yield [str(depth), f"1 / {spoken(language).number(4**depth)}"]


def lenet(language):
    """LeNet-5 as the lab runs it: of each layer the output, what counts its parameters, and their number."""
    side, maps, total = 32, 1, 0
    for convolution, filters, pooling in (("C1", 6, "S2"), ("C3", 16, "S4"), ("C5", 120, None)):
        side, parameters = cc.output_size(side, 5), cc.conv2d_parameters(maps, filters, 5)
        formula = f"{filters} · (5 · 5 · {maps} + 1)"
        yield written(language, convolution, (side, side, filters), formula, parameters)
        maps, total = filters, total + parameters
        if pooling:
            side = cc.output_size(side, 2, 2)
            yield written(language, pooling, (side, side, maps), "", 0)
    for name, units in (("F6", 84), ({"de": "Ausgabe", "en": "output"}[language], 10)):
        parameters = cc.dense_parameters(maps, units)
        yield written(language, name, units, f"{units} · ({maps} + 1)", parameters)
        maps, total = units, total + parameters
    yield written(language, "Σ", "", "", total)


TABLES = {
    "cnn-output-size": output_size,
    "cnn-layer-cost": layer_cost,
    "cnn-convolution": convolution,
    "cnn-architect": architect,
    "cnn-drill": drill,
    "cnn-gradients": gradients,
    "cnn-lenet": lenet,
}
