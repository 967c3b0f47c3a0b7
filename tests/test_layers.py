"""Descriptions of layers: their shapes, counts and errors, against Keras and its graph."""

import subprocess
import sys
from dataclasses import FrozenInstanceError, fields
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncourse as cc
from cnncourse.backend import keras
from cnncourse.layers import (
    Activation,
    BatchNorm,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalPool2D,
    Layer,
    Pool2D,
    account,
)
from cnncourse.worked import WorkedSolution

EVERY = [
    Conv2D(8, 3, padding="same", groups=2),
    DepthwiseConv2D(3, depth_multiplier=2),
    Pool2D(2),
    BatchNorm(),
    Activation("relu"),
    GlobalPool2D(),
    Flatten(),
    Dropout(0.5),
    Dense(10),
]


# -- against Keras --------------------------------------------------------------------------------------

BUILD = {
    Conv2D: lambda layer: keras.layers.Conv2D(
        layer.filters,
        layer.kernel_size,
        strides=layer.stride,
        padding=layer.padding,
        dilation_rate=layer.dilation,
        groups=layer.groups,
        use_bias=layer.bias,
    ),
    DepthwiseConv2D: lambda layer: keras.layers.DepthwiseConv2D(
        layer.kernel_size,
        strides=layer.stride,
        padding=layer.padding,
        depth_multiplier=layer.depth_multiplier,
        dilation_rate=layer.dilation,
        use_bias=layer.bias,
    ),
    Pool2D: lambda layer: getattr(keras.layers, f"{layer.kind.title()}Pooling2D")(
        layer.pool_size, strides=layer.stride, padding=layer.padding
    ),
    GlobalPool2D: lambda layer: getattr(keras.layers, f"Global{layer.kind.title()}Pooling2D")(),
    Dense: lambda layer: keras.layers.Dense(layer.units, use_bias=layer.bias),
    BatchNorm: lambda layer: keras.layers.BatchNormalization(),
    Flatten: lambda layer: keras.layers.Flatten(),
    Dropout: lambda layer: keras.layers.Dropout(layer.rate),
    Activation: lambda layer: keras.layers.Activation(layer.name),
}

sizes = st.integers(1, 4)
pairs = sizes | st.tuples(sizes, sizes)
paddings = st.sampled_from(["valid", "same"])
kinds = st.sampled_from(["max", "average"])
anywhere = st.sampled_from([BatchNorm(), Dropout(0.25), Activation("relu"), Activation("tanh")])


@st.composite
def convolutions(draw):
    stride, dilation = draw(st.sampled_from([(1, 1), (2, 1), (3, 1), (1, 2)]))  # Keras refuses both at once
    window = {"stride": stride, "dilation": dilation, "padding": draw(paddings), "bias": draw(st.booleans())}
    if draw(st.booleans()):
        groups = draw(st.sampled_from([1, 1, 2]))
        return Conv2D(groups * draw(sizes), draw(pairs), groups=groups, **window)
    return DepthwiseConv2D(draw(pairs), depth_multiplier=draw(st.integers(1, 3)), **window)


poolings = st.builds(Pool2D, pairs, stride=st.none() | sizes, padding=paddings, kind=kinds)
ends = st.sampled_from([Flatten(), GlobalPool2D(), GlobalPool2D(kind="max")])
dense = st.lists(st.builds(Dense, st.integers(1, 20), bias=st.booleans()) | anywhere, max_size=3)


@st.composite
def networks(draw):
    """A shape and layers that can follow it, from maps to rows of numbers."""
    shape = draw(st.tuples(st.integers(4, 20), st.integers(4, 20), st.sampled_from([1, 2, 4])))
    layers, at = [], shape
    for layer in draw(st.lists(convolutions() | poolings | anywhere, max_size=4)):
        try:
            at = account(at, [layer])[0].output_shape
        except ValueError:
            continue
        layers.append(layer)
    return shape, [*layers, draw(ends), *draw(dense)]


@given(networks())
@settings(max_examples=40, deadline=None)
def test_networks_are_what_keras_makes_of_them(network):
    shape, layers = network
    rows = account(shape, layers)
    model = keras.Sequential([keras.Input(shape), *(BUILD[type(layer)](layer) for layer in layers)])
    assert [row.output_shape for row in rows] == [layer.output.shape[1:] for layer in model.layers]
    assert [row.parameters for row in rows] == [layer.count_params() for layer in model.layers]
    assert [row.non_trainable_parameters for row in rows] == [
        sum(prod(weight.shape) for weight in layer.non_trainable_weights if weight.dtype == "float32")
        for layer in model.layers
    ]
    assert [row.macs for row in rows] == [layer.macs for layer in cc.anatomy(model).layers]
    assert [row.layer for row in rows] == layers
    assert [row.input_shape for row in rows] == [shape, *(row.output_shape for row in rows[:-1])]


def test_alexnet_has_the_published_counts():
    convolutions = ((96, 11, 4, 0), (256, 5, 1, 2), (384, 3, 1, 1), (384, 3, 1, 1), (256, 3, 1, 1))
    layers = []
    for number, (filters, kernel, stride, padding) in enumerate(convolutions, start=1):
        layers.append(Conv2D(filters, kernel, stride=stride, padding=padding))
        layers += [Pool2D(3, stride=2)] * (number in (1, 2, 5))
    rows = account((227, 227, 3), [*layers, Flatten(), Dense(4096), Dense(4096), Dense(1000)])
    assert sum(row.parameters for row in rows) == 62_378_344
    assert sum(row.macs for row in rows) == 1_135_256_096


def test_mobilenets_first_block():
    """Howard et al. 2017, table 1: 3 x 3 depthwise on 112 x 112 x 32, then 1 x 1 to 64 channels."""
    rows = account(
        (112, 112, 32), [DepthwiseConv2D(3, padding="same", bias=False), Conv2D(64, 1, bias=False)]
    )
    assert [row.parameters for row in rows] == [9 * 32, 32 * 64]
    assert [row.macs for row in rows] == [112 * 112 * 32 * 9, 112 * 112 * 32 * 64]
    assert [row.activations for row in rows] == [112 * 112 * 32, 112 * 112 * 64]


# -- worked solutions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_layer_explains_itself_with_its_own_numbers(language):
    for row in account((9, 8, 4), EVERY):
        solution = row.layer.explain(row.input_shape, batch_size=3, dtype="float16", language=language)
        assert isinstance(solution, WorkedSolution)
        assert (solution.output_shape, solution.parameters, solution.macs) == (
            row.output_shape,
            row.parameters,
            row.macs,
        )
        assert solution.parameter_bytes == 2 * row.parameters
        assert solution.activation_bytes == 2 * 3 * row.activations
        assert len(solution.steps) == 5
        assert not set("{}$\\") & set(str(solution)), str(solution)


def test_explaining_follows_the_language_in_force():
    flatten = Flatten()
    for language in ("en", "de"):
        cc.use_language(language)
        assert flatten.explain((3, 3, 2)) == flatten.explain((3, 3, 2), language=language)


# -- errors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "layers", "message"),
    [
        (
            (5, 5, 3),
            [Flatten(), Conv2D(8, 3)],
            "layers[1]=Conv2D(filters=8, kernel_size=3) cannot follow the shape (75,): input_shape must be "
            "(height, width, channels), each a whole number of at least 1. Received input_shape=(75,).",
        ),
        (
            (5, 5, 3),
            [Dense(10)],
            "layers[0]=Dense(units=10) cannot follow the shape (5, 5, 3): input_shape must be (inputs,), one "
            "row of numbers; Flatten makes one of a map. Received input_shape=(5, 5, 3).",
        ),
        ((5, 5, 3), [Pool2D(2), Pool2D(2), Pool2D(2)], "layers[2]=Pool2D(pool_size=2) cannot follow"),
        ((5, 5, 3), [Conv2D(8, 3, groups=2)], "groups must divide the input channels and the filters."),
        ((5, 5, 3), [Conv2D(8, 3, bias="no")], "bias must be True or False. Received bias='no'."),
        ((5, 5, 3), [DepthwiseConv2D(3, depth_multiplier=0)], "Received depth_multiplier=0."),
        ((5, 5, 3), [Flatten(), "Dense"], "layers[1] must be a layer, such as layers.Flatten(). Received"),
        ((5, 5, 3), [Flatten], "layers[0] must be a layer"),
        ((5, 5, 3), Flatten(), "layers must be a list of layers. Received layers=Flatten()."),
        ((5, 0, 3), [], "Received input_shape=(5, 0, 3)."),
    ],
)
def test_an_impossible_layer_is_named(shape, layers, message):
    with pytest.raises(ValueError, match="must") as error:
        account(shape, layers)
    assert message in str(error.value)


@pytest.mark.parametrize("rate", [1, -0.1, "half", None, True, float("nan")])
def test_a_rate_is_a_share(rate):
    with pytest.raises(ValueError, match=r"^rate must be a number of at least 0 and below 1\."):
        Dropout(rate)


def test_names_are_checked():
    for kind in (Pool2D, GlobalPool2D):
        with pytest.raises(ValueError, match=r"^kind must be one of max, average\. Received kind='sum'"):
            kind(**{"kind": "sum"} | ({"pool_size": 2} if kind is Pool2D else {}))
    with pytest.raises(ValueError, match=r"^name must be the name of an activation"):
        Activation(None)


def test_layers_cannot_be_changed_and_say_what_is_not_usual():
    layer = Conv2D(96, 11, stride=4)
    with pytest.raises(FrozenInstanceError):
        layer.filters = 17
    assert layer == Conv2D(96, 11, stride=4)
    assert len({layer, Conv2D(96, 11, stride=4), Conv2D(96, 11)}) == 2
    assert repr(layer) == "Conv2D(filters=96, kernel_size=11, stride=4)"
    assert eval(repr(layer)) == layer


def test_every_kind_is_public_and_a_layer():
    assert cc.layers.Conv2D is Conv2D
    assert cc.account is account
    assert {type(layer) for layer in EVERY} == set(BUILD) == set(Layer.__subclasses__())
    assert all(fields(kind) is not None and kind.__name__ in cc.layers.__all__ for kind in BUILD)


def test_layers_import_the_standard_library_only():
    code = "import sys; old = set(sys.modules); import cnncourse.layers; print(*set(sys.modules) - old)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in run.stdout.split()} - {"cnncourse"} <= sys.stdlib_module_names
