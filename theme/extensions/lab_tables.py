"""What stands in a lab's place where no script runs: a table for each, computed by ``cnncourse``.

Each function takes the language and gives rows of texts, for the columns in :data:`extensions.words.LABS`.
"""

import json
from pathlib import Path

import cnncourse as cc
from cnncourse.language import spoken
from cnncourse.layers import Conv2D, Dense, Dropout, Flatten, Pool2D

WEIGHTS = Path(__file__).parent.parent / "static" / "labs" / "lenet-weights.js"
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
    (row,) = cc.account((227, 227, 3), [Conv2D(96, 11, stride=4)])
    parameters, macs = row.parameters, row.macs
    for batch in (1, 16, 256):
        weights, activations = cc.parameter_bytes(parameters), cc.activation_bytes(row.output_shape, batch)
        yield written(language, batch, parameters, weights, activations, macs, 2 * macs)


def architect(language):
    """LeNet-5 layer by layer, as the lab shows it at first: its shapes, parameters and MACs."""
    names = ("conv 1", "pool", "conv 2", "pool", None, "dense", "dense", "dense")
    rows = lenet_account(Flatten(), Dense(120))
    for name, row in zip(names, rows, strict=True):
        if name:
            yield written(language, name, row.output_shape, row.parameters, row.macs)
    yield written(language, "Σ", (), sum(row.parameters for row in rows), sum(row.macs for row in rows))


def lenet_account(*middle):
    """LeNet-5 with its third convolution, or the dense layer that is the same."""
    pool = Pool2D(2, kind="average")
    layers = [Conv2D(6, 5), pool, Conv2D(16, 5), pool, *middle, Dense(84), Dense(10)]
    return cc.account((32, 32, 1), layers)


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


C3_CONNECTIONS = 6 * 3 + 9 * 4 + 1 * 6  # LeCun et al. 1998, table I


def lenet(language):
    """LeNet-5 as published: of each layer the output, how its parameters are counted, and their number."""
    last = spoken(language).pick(("Ausgabe", "output"))
    rows = lenet_account(Conv2D(120, 5), Flatten())
    total = 0
    for name, row in zip(("C1", "S2", "C3", "S4", "C5", None, "F6", last), rows, strict=True):
        if name:
            formula, parameters = as_published(name, row)
            total += parameters
            yield written(language, name, row.output_shape, formula, parameters)
    yield written(language, "Σ", "", "", total)


def as_published(name, row):
    """How a layer's parameters are counted, and their number; the paper's pooling has weights."""
    inputs, outputs = row.input_shape[-1], row.output_shape[-1]
    if name == "C3":
        return f"{C3_CONNECTIONS} · 5 · 5 + {outputs}", C3_CONNECTIONS * 25 + outputs
    if isinstance(row.layer, Pool2D):
        return f"{outputs} · (1 + 1)", outputs * 2
    weights = f"5 · 5 · {inputs}" if isinstance(row.layer, Conv2D) else inputs
    return f"{outputs} · ({weights} + 1)", row.parameters


def digit(language):
    """How many test digits the trained network recognizes, as its file says."""
    for data in lenet_manifest()["tested"].values():
        yield written(language, data["name"], data["count"], data["correct"])


def lenet_manifest():
    """What the file of the weights says about the network."""
    text = WEIGHTS.read_text(encoding="utf-8")
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


def trainer(language):
    """The network that the lab trains: of each layer the output and the number of its parameters."""
    convolutions = [Conv2D(8, 3, padding="same"), Pool2D(2), Conv2D(16, 3, padding="same")]
    rows = cc.account((8, 8, 1), [*convolutions, Flatten(), Dropout(0.5), Dense(32), Dense(10)])
    for name, row in zip(("conv 1", "pool", "conv 2", None, "dropout", "dense", "dense"), rows, strict=True):
        if name:
            yield written(language, name, row.output_shape, row.parameters)
    yield written(language, "Σ", "", sum(row.parameters for row in rows))


TABLES = {
    "cnn-output-size": output_size,
    "cnn-layer-cost": layer_cost,
    "cnn-convolution": convolution,
    "cnn-architect": architect,
    "cnn-drill": drill,
    "cnn-gradients": gradients,
    "cnn-digit": digit,
    "cnn-lenet": lenet,
    "cnn-trainer": trainer,
}
