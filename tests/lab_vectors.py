"""What Python computes, for the labs' JavaScript to match.

A vector is a call: the function of :mod:`cnncourse`, its arguments, and its result or the message of its
error. Whole numbers are written as in JavaScript, ``"227n"``: JSON has no exact ones beyond 2^53.
"""

from dataclasses import asdict
from fractions import Fraction
from itertools import chain, islice, product

import numpy as np
from extensions import drill_bank

import cnncourse as cc
from cnncourse.drills.answers import MISTAKABLE
from cnncourse.language import spoken
from cnncourse.layers import BatchNorm, Conv2D, Dense, DepthwiseConv2D, Dropout, Flatten, GlobalPool2D, Pool2D

WINDOWS = [  # edge cases first: n, f, s, p, d
    *product((1, 5, 8), (1, 2, 3, 5, 9), (1, 2, 3), (0, 1, 4, "valid", "same"), (1, 2)),
    *product((224, 227), (7, 11), (2, 4), (0, 2, "same"), (1,)),
    (2**31, 3, 1, 1, 1),
    (2**40 + 1, 2**31 + 1, 2, 2**20, 3),
    (10**18, 10**9, 10**6, "same", 1),
    (0, 3, 1, 0, 1),
    (-5, 3, 1, 0, 1),
    (5, 0, 1, 0, 1),
    (5, 3, 0, 0, 1),
    (5, 3, -1, 0, 1),
    (5, 3, 1, -1, 1),
    (5, 3, 1, 0, 0),
    (2.5, 3, 1, 0, 1),
    (5, 3.0, 1, 0, 1),
    ("five", 3, 1, 0, 1),
    (5, 3, 1, "full", 1),
    (5, 3, 1, 0.5, 1),
]
LAYERS = [  # height, width, channels, filters, kernel, stride, padding, groups
    (227, 227, 3, 96, 11, 4, 0, 1),
    (27, 27, 96, 256, 5, 1, "same", 2),
    (427, 640, 3, 64, 7, 2, "same", 1),
    (1, 1, 1, 1, 1, 1, 0, 1),
    (6, 6, 4, 6, 2, 3, 1, 2),
    (10**6, 10**6, 4096, 4096, 11, 1, "same", 1),
    (2**31, 2, 2**16, 2**16, 2, 1, "valid", 2**8),
    (5, 5, 3, 8, 7, 1, 0, 1),
    (5, 5, 3, 8, 2, 1, 2, 1),
    (5, 5, 3, 8, 3, 1, 0, 2),
    (5, 5, 4, 3, 3, 1, 0, 2),
    (5, 0, 3, 8, 3, 1, 0, 1),
    (5, 5, 3, 0, 3, 1, 0, 1),
    (5, 5, 3, 8, 0, 1, 0, 1),
    (5, 5, 3, 8, 3, 1, 0, 0),
]

PAIRS = [  # height and width differ: in the kernel, the stride, the dilation; then what is wrong with a pair
    {"input_shape": shape, "filters": 8, "kernel_size": kernel, "stride": s, "padding": p, "dilation": d}
    for shape, kernel, s, p, d in (
        ((120, 160, 3), (3, 5), 1, "same", 1),
        ((120, 160, 3), (1, 7), (2, 1), 0, 1),
        ((33, 40, 4), 3, (2, 3), 1, (2, 1)),
        ((9, 8, 2), (4, 3), 2, "valid", (1, 3)),
        ((5, 9, 1), (7, 3), 1, 0, 1),
        ((9, 9, 1), (3, 0), 1, 0, 1),
        ((9, 9, 1), (3, 3), (1, -1), 0, 1),
        ((9, 9, 1), (3, 1), 1, 2, 1),
    )
]


def arithmetic():
    """Every formula that the labs compute, on edge cases and on layers of real networks."""
    for size, kernel, stride, padding, dilation in WINDOWS:
        window = {"input_size": size, "kernel_size": kernel, "stride": stride, "dilation": dilation}
        yield "output_size", {**window, "padding": padding}
        yield "unused_pixels", {**window, "padding": padding}
        if padding == "same":
            yield "same_padding", window
    for height, width, channels, filters, kernel, stride, padding, groups in LAYERS:
        window = {"input_shape": (height, width, channels), "stride": stride, "padding": padding}
        layer = {**window, "filters": filters, "kernel_size": kernel}
        yield "conv2d_output_shape", layer
        yield "conv2d_macs", {**layer, "groups": groups}
        yield "pool2d_output_shape", {**window, "pool_size": kernel}
        weights = {"in_channels": channels, "filters": filters, "kernel_size": kernel, "groups": groups}
        yield "conv2d_parameters", weights
        yield "conv2d_parameters", {**weights, "bias": False}
        for multiplier in (1, 3, 0):
            depthwise = {"kernel_size": kernel, "depth_multiplier": multiplier}
            yield "depthwise_conv2d_output_shape", {**window, **depthwise}
            yield "depthwise_conv2d_macs", {**window, **depthwise}
            for bias in (True, False):
                yield "depthwise_conv2d_parameters", {"in_channels": channels, **depthwise, "bias": bias}
    for layer in PAIRS:
        weights = {name: layer[name] for name in ("filters", "kernel_size")}
        yield "conv2d_output_shape", layer
        yield "conv2d_macs", layer
        yield "conv2d_parameters", {"in_channels": layer["input_shape"][2], **weights}
        window = {name: layer[name] for name in ("input_shape", "stride", "padding")}
        yield "pool2d_output_shape", {**window, "pool_size": layer["kernel_size"]}
        yield "depthwise_conv2d_macs", {**window, "kernel_size": layer["kernel_size"]}
    for inputs, units in product((1, 9216, 2**31, 10**15, 0, 1.5), (1, 4096, 2**33)):
        yield "dense_parameters", {"inputs": inputs, "units": units}
        yield "dense_macs", {"inputs": inputs, "units": units}
    for channels in (1, 96, 2**53 + 1, 0):
        yield "batch_norm_parameters", {"channels": channels}
    for count, dtype in product((0, 34944, 2**62 + 1, -1, 0.5), (*cc.DTYPE_BYTES, "float31")):
        yield "parameter_bytes", {"parameters": count, "dtype": dtype}
    for shape, batch, dtype in product(
        ((55, 55, 96), (10,), (2**31, 2**31, 3), (3, 0)), (1, 16, 0), ("float32", "int8")
    ):
        yield "activation_bytes", {"shape": shape, "batch_size": batch, "dtype": dtype}
    for layers in ((), ((11, 4), (3, 2)), ((5, 1), (2, 2), (5, 1), (2, 2)), ((3, 2**31),) * 3):
        yield "receptive_field", {"layers": layers}


NETWORKS = (  # the lab's presets, then networks that break, and at which layer
    ((32, 32, 1), "conv-6-5-1-0,average-2-2-0,conv-16-5-1-0,average-2-2-0,dense-120,dense-84,dense-10"),
    ((227, 227, 3), "conv-96-11-4-0,max-3-2-0,conv-256-5-1-same-2,max-3-2-0,conv-384-3-1-same,dense-1000"),
    ((224, 224, 3), "conv-64-3-1-same,norm,max-2-2-0,conv-128-3-2-1,global,dropout-50,dense-10"),
    ((10**6, 10**6, 16), "conv-999999999-5-1-same,conv-999999999-5-1-same,dense-999999999"),
    (
        (224, 224, 3),
        "conv-32-3-2-same,depthwise-3-1-same,norm,conv-64-1-1-0,depthwise-5-2-2-3,global,dense-10",
    ),
    ((299, 299, 3), "separable-64-3-1-same,separable-128-3-2-0,max-3-2-same,global,dense-1000"),
    ((8, 8, 1), ""),
    ((8, 8, 1), "max-2-2-0,max-2-2-0,max-2-2-0,max-2-2-0"),
    ((8, 8, 3), "conv-8-3-1-0-2,dense-10"),
    ((8, 8, 3), "dense-10,conv-8-3-1-0"),
    ((8, 8, 3), "global,max-2-2-0"),
    ((8, 8, 3), "conv-0-3-1-0"),
    ((8, 8, 3), "depthwise-9-1-0"),
    ((8, 8, 3), "depthwise-3-1-0-0"),
    ((8, 8, 3), "separable-0-3-1-0"),
    ((8, 8, 3), "dense-10,separable-8-3-1-0"),
    ((8, 8, 3), "dense-10,depthwise-3-1-0"),
)


def moving(s, p):
    return {"stride": s, "padding": p}


KINDS = {  # what the lab's text means: "conv-96-11-4-0" is conv(96, 11, 4, 0)
    "conv": lambda k, f, s, p, g=1: [Conv2D(k, f, groups=g, **moving(s, p))],
    "depthwise": lambda f, s, p, m=1: [DepthwiseConv2D(f, depth_multiplier=m, **moving(s, p))],
    "separable": lambda k, f, s, p: [DepthwiseConv2D(f, bias=False, **moving(s, p)), Conv2D(k, 1)],
    "max": lambda f, s, p: [Pool2D(f, **moving(s, p))],
    "average": lambda f, s, p: [Pool2D(f, kind="average", **moving(s, p))],
    "global": lambda: [GlobalPool2D()],
    "norm": lambda: [BatchNorm()],
    "dropout": lambda percent: [Dropout(percent / 100)],
    "dense": lambda units: [Flatten(), Dense(units)],
}


def account(input_shape, layers):
    """The account of a network written as in the lab cnn-architect: per layer, and in total."""
    described = [meant(*text.split("-")) for text in layers.split(",") if text]
    try:
        found = iter(cc.layers.account(input_shape, list(chain(*described))))
    except ValueError as error:
        raise error.__cause__ from None  # without the layer and its place, which the lab shows otherwise
    rows = [summed(list(islice(found, len(each)))) for each in described]
    sums = ("parameters", "macs", "activations")
    return {"layers": rows, **{f"total_{name}": sum(row[name] for row in rows) for name in sums}}


def meant(kind, *values):
    return KINDS[kind](*(value if value == "same" else int(value) for value in values))


def summed(rows):
    """A layer of the lab, of which ``cnncourse.layers`` may have made two; ``flat`` is what it flattened."""
    flattened = (row for row in rows if isinstance(row.layer, Flatten) and len(row.input_shape) > 1)
    flat = sum(row.activations for row in flattened)
    counts = {name: sum(getattr(row, name) for row in rows) for name in ("parameters", "macs")}
    last = rows[-1]
    return {"shape": last.output_shape, **counts, "flat": flat, "activations": last.activations + flat}


def architect():
    """Networks of the lab cnn-architect."""
    for input_shape, layers in NETWORKS:
        yield "account", {"input_shape": input_shape, "layers": layers}


def convolution():
    """Images of small whole numbers under kernels of whole numbers, and their poolings."""
    numbers = np.random.default_rng(0)
    for size, f, channels, stride, padding in product((3, 6), (1, 2, 3), (1, 3), (1, 2), (0, 1)):
        image = numbers.integers(0, 10, (size, size, channels))
        kernel = numbers.integers(-9, 10, (f, f, channels))
        given = {"image": image.tolist(), "kernel": kernel.tolist(), "bias": int(numbers.integers(-9, 10))}
        yield "convolve", {**given, "stride": stride, "padding": padding}
        for kind in () if padding else ("max", "average"):
            yield "pool", {"image": image.tolist(), "pool_size": f, "stride": stride, "kind": kind}


def convolve(image, kernel, bias, stride, padding):
    """The output of one filter, ``[row][column]``."""
    filters = np.array(kernel, float)[..., None]
    output = cc.conv2d(
        np.array([image], float), filters, np.array([bias], float), stride=stride, padding=padding
    )
    return output[0, ..., 0].astype(int).tolist()


def pool(image, pool_size, stride, kind):
    """The largest number of each window, or its sum: ``[row][column][channel]``."""
    images = np.array([image], float)
    if kind == "max":
        return cc.max_pool(images, pool_size, stride=stride)[0].astype(int).tolist()
    return np.rint(cc.average_pool(images, pool_size, stride=stride)[0] * pool_size**2).astype(int).tolist()


def drill():
    """Answers to a task of each topic, in turn German and English: right, typically wrong, and nonsense."""
    for start, language in enumerate(("de", "en")):
        yield "use", {"bank": drill_bank.tables(language)}
        for number, topic in list(enumerate(cc.DRILL_TOPICS))[start::2]:
            task = cc.drill(topic, level=number % 3 + 1, seed=11, language=language)
            for answer in answers(task):
                yield "check", {"task": task, "answer": answer}


UNITS_TO_MISTAKE = [unit for units in MISTAKABLE.values() for unit in units]


def answers(task):
    """What somebody might write."""
    if task.choices:
        yield from ("a", "B", " (c) ", "d.", "", "e", "ab", "34.944", "it's")
        yield from (text for choice in task.choices for text in (choice, f" {choice.upper()}", choice[:-1]))
        return
    right = spoken(task.language).number(task.answer)
    yield from (
        right,
        f" {right} {task.unit}",
        str(task.answer),
        f"{right} kg",
        "",
        "?",
        "1e3",
        "0,5",
        "1.234",
    )
    for mistake in task.mistakes:
        yield spoken(task.language).number(mistake.value)
    if isinstance(task.answer, tuple):
        yield from (right.replace(" × ", ","), "55 x 55", "(1, 2, 3)", "-1 x 2 x 3")
        yield from (right.replace(" × ", "X") + ".", f"≈ {right}", " × ".join(right.split(" × ")[:2]))
        return
    yield from (f"ca. {right}", f"≈{right}.", f"{right} px", f"({right})", f"{right}*(3-2)", f"2 x {right}/2")
    yield from (
        f"{task.answer}*1",
        f"-{right} X 2",
        "10⁷",
        "2^-3",
        "2^3^4",
        "(9^99)^999",
        "7/(3-3)",
        "1+",
        "((1",
        "1,5:2",
    )
    yield from (
        f"{right} + 1 Äpfel",
        "1" * 250 + "+1",
        "2⁻³ kB",
        "=34 944·10^2",
        "0^0",
        "3x",
        "1..2+3",
        "2*10^7 FLOPs",
    )
    if isinstance(task.answer, float) or task.unit in UNITS_TO_MISTAKE:
        yield from (f"{right} {unit}" for unit in UNITS_TO_MISTAKE)
        yield from (str(Fraction(str(task.answer)) * worth) for worth in (1000, 1024, 2, Fraction(1, 1000)))
    exact = Fraction(str(task.answer))
    yield from (f"{float(exact):.3g}", f"{float(exact):.2g}", f"{float(exact / 1000):.4g} k {task.unit}")
    yield from (f"{float(exact / 1000):.6g} · 10^3", "1e99999", "12'345", "12 345,6", "it's", "1..2")
    if task.unit.endswith("B"):
        yield from (f"{float(exact):.6g} MiB", f"{float(exact):.6g} Byte", "8 bit", "3 GB")


def check(task, answer):
    """The verdict as Python gives it."""
    return asdict(task.check(answer))


VECTORS = {
    "drill": drill,
    "arithmetic": arithmetic,
    "architect-layers": architect,
    "convolution": convolution,
}
"""What calls the functions of each script, by its name."""

OWN = {"use": lambda bank: None, "check": check, "account": account, "convolve": convolve, "pool": pool}
"""What is computed here by means of :mod:`cnncourse`; every other call is a function of its."""


def answered(name, arguments):
    """One vector: the call and what :mod:`cnncourse` makes of it."""
    vector = {"call": name, "arguments": arguments}
    try:
        function = OWN.get(name) or getattr(cc, name)
        return {**vector, "result": function(**arguments)}
    except ValueError as error:
        return {**vector, "error": str(error)}


def exact(value):
    """Write whole numbers as JavaScript's BigInt literals, and a drill as the lab's bank has it."""
    if isinstance(value, cc.Drill):
        return drill_bank.checkable(value)
    if isinstance(value, dict):
        return {name: exact(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [exact(each) for each in value]
    return f"{value}n" if isinstance(value, int) and not isinstance(value, bool) else value


def vectors(name):
    """All vectors for the script of this name."""
    return [exact(answered(call, arguments)) for call, arguments in VECTORS[name]()]
