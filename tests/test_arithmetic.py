"""The arithmetic against Keras itself, against counting, and against published numbers.

The main oracle reads off *which pixels Keras looks at*: the input holds the pixels' numbers and every
filter has a single one, so each output value is the number of the pixel that one tap sees (0: padding).
Sizes, padding, its asymmetry and unused pixels follow without any formula of ours.
"""

import re
import subprocess
import sys
from functools import cache
from math import prod

import keras
import ml_dtypes
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncourse.arithmetic import (
    DTYPE_BYTES,
    activation_bytes,
    batch_norm_parameters,
    conv2d_macs,
    conv2d_output_shape,
    conv2d_parameters,
    dense_macs,
    dense_parameters,
    output_size,
    parameter_bytes,
    pool2d_output_shape,
    receptive_field,
    same_padding,
    transposed_output_size,
    unused_pixels,
)


def cases(examples):
    return settings(max_examples=examples, deadline=None)


def either(low, high):
    """Draw a whole number or a pair, as the arguments take them."""
    size = st.integers(low, high)
    return st.one_of(size, st.tuples(size, size))


def both(value):
    return value if isinstance(value, tuple) else (value, value)


# -- published numbers ------------------------------------------------------------------------------


def test_the_notes_example():
    image = (227, 227, 3)
    assert conv2d_output_shape(image, 96, 11, stride=4) == (55, 55, 96)
    assert conv2d_parameters(3, 96, 11) == 34_944
    assert parameter_bytes(34_944) == 139_776  # 139.776 kB
    assert activation_bytes((55, 55, 96), batch_size=16) == 18_585_600  # 18.5856 MB
    assert conv2d_macs(image, 96, 11, stride=4) == 105_415_200


def test_the_papers_224_does_not_fit():
    assert output_size(224, 11, stride=4) == 54
    assert unused_pixels(224, 11, stride=4) == 1
    assert output_size(224, 11, stride=4, padding=2) == 55


def test_same_padding_can_be_asymmetric():
    assert same_padding(224, 7, stride=2) == (2, 3)
    assert same_padding((224, 225), 7, stride=2) == ((2, 3), (3, 3))


# Krizhevsky et al. 2012, figure 2: input of the layer, filters, kernel, stride, padding, groups in the paper.
ALEXNET = [
    ((227, 227, 3), 96, 11, 4, 0, 1),
    ((27, 27, 96), 256, 5, 1, 2, 2),
    ((13, 13, 256), 384, 3, 1, 1, 1),
    ((13, 13, 384), 384, 3, 1, 1, 2),
    ((13, 13, 384), 256, 3, 1, 1, 2),
]
ALEXNET_DENSE = [(9216, 4096), (4096, 4096), (4096, 1000)]


@pytest.mark.parametrize(
    ("grouped", "convolutions", "parameters", "macs"),
    [
        (False, [34_944, 614_656, 885_120, 1_327_488, 884_992], 62_378_344, 1_135_256_096),
        (True, [34_944, 307_456, 885_120, 663_936, 442_624], 60_965_224, 724_406_816),
    ],
)
def test_alexnet(grouped, convolutions, parameters, macs):
    counted, computed = [], 0
    for shape, filters, kernel, stride, padding, groups in ALEXNET:
        groups = groups if grouped else 1
        counted.append(conv2d_parameters(shape[2], filters, kernel, groups=groups))
        computed += conv2d_macs(shape, filters, kernel, stride=stride, padding=padding, groups=groups)
    assert counted == convolutions
    dense = [dense_parameters(*layer) for layer in ALEXNET_DENSE]
    assert dense == [37_752_832, 16_781_312, 4_097_000]
    assert sum(counted) + sum(dense) == parameters
    assert computed + sum(dense_macs(*layer) for layer in ALEXNET_DENSE) == macs


def test_alexnets_shapes_chain():
    """Each layer's output, pooled where the paper pools, is the next layer's input."""
    pooled = [True, True, False, False, True]
    following = [shape for shape, *_ in ALEXNET[1:]] + [(6, 6, 256)]
    for (shape, filters, kernel, stride, padding, _), pool, after in zip(
        ALEXNET, pooled, following, strict=True
    ):
        output = conv2d_output_shape(shape, filters, kernel, stride=stride, padding=padding)
        assert (pool2d_output_shape(output, 3, stride=2) if pool else output) == after
    assert prod(following[-1]) == ALEXNET_DENSE[0][0]


def test_vgg16():
    """Simonyan & Zisserman 2014, configuration D."""
    shape, parameters, macs = (224, 224, 3), 0, 0
    for filters, repeats in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(repeats):
            parameters += conv2d_parameters(shape[2], filters, 3)
            macs += conv2d_macs(shape, filters, 3, padding="same")
            shape = conv2d_output_shape(shape, filters, 3, padding="same")
        shape = pool2d_output_shape(shape, 2)
    assert shape == (7, 7, 512)
    for inputs, units in [(prod(shape), 4096), (4096, 4096), (4096, 1000)]:
        parameters += dense_parameters(inputs, units)
        macs += dense_macs(inputs, units)
    assert parameters == 138_357_544
    assert macs == 15_470_264_320


def test_receptive_fields_from_the_literature():
    assert receptive_field([]) == 1
    assert receptive_field([(3, 1), (3, 1)]) == 5  # VGG: two 3 x 3 see as much as one 5 x 5
    assert receptive_field([(3, 1), (3, 1), (3, 1)]) == 7
    assert receptive_field([(3, 1, 1), (3, 1, 2), (3, 1, 4)]) == 15  # Yu & Koltun 2016, figure 1
    alexnet = [(11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)]
    assert receptive_field(alexnet) == 195  # Araujo et al. 2019


# -- one axis: which pixels does Keras read? ----------------------------------------------------------


@cache
def one_hot_kernel(kernel_size, spacing):
    """Give one filter per tap, the taps ``spacing`` apart: the filters' width is counted, not computed."""
    positions = range(0, kernel_size * spacing, spacing)
    kernel = np.zeros((positions[-1] + 1, 1, kernel_size), "float32")
    for tap, position in enumerate(positions):
        kernel[position, 0, tap] = 1
    return kernel


def pixels_read(size, kernel_size, stride, padding, dilation):
    """Give the pixel that each tap sees at each position: 1 .. size, 0 for Keras' padding."""
    # Keras refuses stride > 1 together with dilation > 1; a kernel with zeros between its taps is
    # the same convolution by the definition of dilation.
    spacing = dilation if stride > 1 else 1
    kernel = one_hot_kernel(kernel_size, spacing)
    pixels = np.arange(1, size + 1, dtype="float32")[None, :, None]
    seen = keras.ops.conv(pixels, kernel, stride, padding, dilation_rate=dilation // spacing)
    return np.asarray(seen)[0].astype(int)  # (positions, taps)


axis = st.tuples(st.integers(1, 40), st.integers(1, 9), st.integers(1, 6), st.integers(1, 4))


@cases(1000)
@given(axis, st.integers(0, 6))
def test_numeric_padding_reads_the_pixels_that_keras_reads(window, padding):
    size, kernel_size, stride, dilation = window
    padded = size + 2 * padding
    assume(one_hot_kernel(kernel_size, dilation).shape[0] <= padded)
    seen = pixels_read(padded, kernel_size, stride, "valid", dilation)
    assert output_size(size, kernel_size, stride, padding, dilation) == len(seen)
    assert unused_pixels(size, kernel_size, stride, padding, dilation) == padded - seen.max()


@cases(1000)
@given(axis)
def test_same_padding_reads_the_pixels_that_keras_reads(window):
    size, kernel_size, stride, dilation = window
    seen = pixels_read(size, kernel_size, stride, "same", dilation)
    assume(seen.any())  # few pixels can all lie between the taps of a dilated kernel
    position, tap = np.argwhere(seen)[0]
    # Counted from the first padded pixel, a tap stands at position * stride + tap * dilation.
    before = position * stride + tap * dilation - (seen[position, tap] - 1)
    end = (len(seen) - 1) * stride + (kernel_size - 1) * dilation + 1
    after = max(end - before - size, 0)
    assert output_size(size, kernel_size, stride, "same", dilation) == len(seen)
    assert same_padding(size, kernel_size, stride, dilation) == (before, after)
    assert unused_pixels(size, kernel_size, stride, "same", dilation) == before + size + after - end


@cases(300)
@given(axis)
def test_valid_is_padding_zero(window):
    size, kernel_size, stride, dilation = window
    assume(dilation * (kernel_size - 1) < size)
    for function in (output_size, unused_pixels):
        assert function(size, kernel_size, stride, "valid", dilation) == function(
            size, kernel_size, stride, 0, dilation
        )


@cases(300)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)), max_size=3))
def test_receptive_field_is_what_impulses_reach(layers):
    """Feed one impulse per image; the pixels whose impulse arrives at the first output are its field."""
    values = np.eye(130, dtype="float32")[:, :, None]  # (images, pixels, channels): the widest field is 118
    for kernel_size, stride, dilation in layers:
        ones = one_hot_kernel(kernel_size, dilation).sum(axis=2, keepdims=True)
        values = keras.ops.conv(values, ones, stride, "valid")
    seen = np.flatnonzero(np.asarray(values)[:, 0, 0])
    assert receptive_field(layers) == seen[-1] - seen[0] + 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"input_size": (9, 9)}, (7, 7)),
        ({"kernel_size": (3, 5)}, (7, 5)),
        ({"stride": (1, 2)}, (7, 4)),
        ({"padding": (0, 1)}, (7, 9)),
        ({"dilation": (1, 2)}, (7, 5)),
        ({"stride": [2, 2]}, (4, 4)),
        ({}, 7),
    ],
)
def test_a_pair_in_gives_a_pair_out(arguments, expected):
    assert output_size(**{"input_size": 9, "kernel_size": 3} | arguments) == expected


def test_pairs_of_padding_and_unused_pixels():
    assert same_padding(9, (3, 4)) == ((1, 1), (1, 2))
    assert same_padding(9, 3, stride=(1, 2)) == ((1, 1), (1, 1))
    assert same_padding(9, 3, dilation=(1, 2)) == ((1, 1), (2, 2))
    assert unused_pixels((9, 10), 3, stride=2) == (0, 1)
    assert unused_pixels(9, 3, stride=(2, 4)) == (0, 2)
    assert unused_pixels(9, 3, stride=4, padding=(0, 1)) == (2, 0)


def test_defaults():
    """One step at a time, no padding, no dilation, one group, a bias, one image, float32."""
    assert output_size(10, 4) == 7
    assert same_padding(10, 4) == (1, 2)
    assert (unused_pixels(11, 4), unused_pixels(12, 4, 5)) == (0, 3)
    assert conv2d_output_shape((10, 11, 3), 2, 4) == (7, 8, 2)
    assert pool2d_output_shape((10, 11, 3), 4) == (2, 2, 3)
    assert conv2d_parameters(4, 2, 4) == 2 * (4 * 4 * 4 + 1)
    assert dense_parameters(3, 5) == 5 * (3 + 1)
    assert conv2d_macs((10, 11, 4), 2, 4) == 7 * 8 * 2 * (4 * 4 * 4)
    assert parameter_bytes(5) == 5 * 4
    assert activation_bytes((2, 3)) == 2 * 3 * 4
    assert activation_bytes((70,)) == 70 * 4


def test_numpy_integers_are_whole_numbers():
    size = output_size(np.int8(100), np.int8(100), np.int16(1), np.int8(100), np.int64(1))
    assert size == 201  # no overflow at 127
    assert type(size) is int
    assert type(conv2d_macs(np.shape(np.zeros((9, 9, 3))), np.int32(4), 3)) is int


# -- two axes and channels: Keras' layers -------------------------------------------------------------

paddings = st.one_of(st.sampled_from(["valid", "same"]), either(0, 4))


def zero_padded(input_shape, padding):
    """Give Keras' way to say ``padding``: the padded shape, and the layer's own padding."""
    if isinstance(padding, str):
        return (None, *input_shape), padding
    amounts = tuple((pad, pad) for pad in both(padding))
    return keras.layers.ZeroPadding2D(amounts).compute_output_shape((None, *input_shape)), "valid"


REFUSAL = re.compile("Computed output size would be (zero or )?negative")


def shape_or_refusal(layer, input_shape):
    """Give the shape of the layer's output for one image, or ``REFUSAL`` where there is none."""
    try:
        shape = layer.compute_output_shape(input_shape)[1:]
    except ValueError as error:
        if not REFUSAL.search(str(error)):
            raise
        return REFUSAL
    return REFUSAL if 0 in shape else shape  # Keras 3.13 gives an empty output of size zero


@st.composite
def convolutions(draw):
    """Draw a Keras convolution with the arguments that describe it here."""
    groups = draw(st.integers(1, 3))
    channels, filters = groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 3))
    window = {"stride": draw(either(1, 4)), "padding": draw(paddings), "dilation": 1}
    if window["stride"] in (1, (1, 1)):
        window["dilation"] = draw(either(1, 3))
    shape = (draw(st.integers(1, 30)), draw(st.integers(1, 30)), channels)
    return shape, filters, draw(either(1, 7)), groups, window


@cases(500)
@given(convolutions())
def test_convolution_has_keras_shape_or_both_refuse(convolution):
    shape, filters, kernel_size, groups, window = convolution
    padded, padding = zero_padded(shape, window["padding"])
    layer = keras.layers.Conv2D(
        filters, kernel_size, window["stride"], padding, dilation_rate=window["dilation"], groups=groups
    )
    expected = shape_or_refusal(layer, padded)
    if expected is REFUSAL:
        with pytest.raises(ValueError, match="kernel_size must fit into the padded input"):
            conv2d_output_shape(shape, filters, kernel_size, **window)
    else:
        assert conv2d_output_shape(shape, filters, kernel_size, **window) == expected


@cases(100)
@given(convolutions(), st.booleans())
def test_convolution_has_keras_parameters(convolution, bias):
    shape, filters, kernel_size, groups, _ = convolution
    layer = keras.layers.Conv2D(
        filters, kernel_size, groups=groups, use_bias=bias, kernel_initializer="zeros"
    )
    layer.build((None, 30, 30, shape[2]))
    assert conv2d_parameters(shape[2], filters, kernel_size, bias=bias, groups=groups) == layer.count_params()


@cases(300)
@given(convolutions())
def test_macs_are_the_products_that_a_convolution_of_ones_sums_up(convolution):
    """With ones everywhere, padding included, every product is 1 and the outputs add up to their number."""
    shape, filters, kernel_size, groups, window = convolution
    rows, columns = both(kernel_size)
    padding = window["padding"]
    if padding == "same":
        pads = same_padding(shape[:2], kernel_size, window["stride"], window["dilation"])
    else:
        pads = [(pad, pad) for pad in both(0 if padding == "valid" else padding)]
    height, width = (size + sum(pad) for size, pad in zip(shape, pads, strict=False))
    down, across = both(window["dilation"])
    assume(down * (rows - 1) < height and across * (columns - 1) < width)
    products = 0
    for _ in range(groups):  # one group at a time
        image = np.ones((1, height, width, shape[2] // groups), "float32")
        kernel = np.ones((rows, columns, shape[2] // groups, filters // groups), "float32")
        outputs = keras.ops.conv(image, kernel, window["stride"], "valid", dilation_rate=window["dilation"])
        products += np.asarray(outputs, "float64").sum()
    assert conv2d_macs(shape, filters, kernel_size, groups=groups, **window) == products


def test_macs_with_stride_and_dilation_by_enumeration():
    """Keras cannot do both at once, counting can."""
    tops = [y for y in range(20) if y + 2 * 2 < 20][::3]  # 3 taps, 2 apart
    lefts = [x for x in range(17) if x + 2 * 3 < 17][::2]  # 3 taps, 3 apart
    products = sum(1 for _ in tops for _ in lefts for _ in range(8) for _ in range(3 * 3 * 4))
    assert conv2d_macs((20, 17, 4), 8, 3, stride=(3, 2), dilation=(2, 3)) == products


@cases(400)
@given(
    st.tuples(st.integers(1, 30), st.integers(1, 30), st.integers(1, 5)),
    either(1, 6),
    st.one_of(st.none(), either(1, 4)),
    paddings,
)
def test_pooling_has_keras_shape_or_both_refuse(shape, pool_size, stride, padding):
    padded, keras_padding = zero_padded(shape, padding)
    expected = shape_or_refusal(keras.layers.MaxPooling2D(pool_size, stride, keras_padding), padded)
    pads = (0, 0) if isinstance(padding, str) else np.broadcast_to(padding, 2)
    if expected is REFUSAL or any(pads >= np.broadcast_to(pool_size, 2)):  # Keras pools zeros; we do not
        refused = "pool_size must fit into the padded input|padding must be smaller than the window"
        with pytest.raises(ValueError, match=refused):
            pool2d_output_shape(shape, pool_size, stride=stride, padding=padding)
    else:
        assert pool2d_output_shape(shape, pool_size, stride=stride, padding=padding) == expected


@cases(50)
@given(st.integers(1, 300), st.integers(1, 300), st.booleans())
def test_dense_is_keras_dense(inputs, units, bias):
    layer = keras.layers.Dense(units, use_bias=bias, kernel_initializer="zeros")
    layer.build((None, inputs))
    assert dense_parameters(inputs, units, bias=bias) == layer.count_params()
    assert dense_macs(inputs, units) == np.ones((1, inputs)).dot(np.ones((inputs, units))).sum()


@cases(20)
@given(st.integers(1, 300))
def test_batch_norm_is_keras_batch_norm(channels):
    layer = keras.layers.BatchNormalization()
    layer.build((None, 4, 4, channels))
    counts = [sum(prod(w.shape) for w in ws) for ws in (layer.trainable_weights, layer.non_trainable_weights)]
    assert batch_norm_parameters(channels) == tuple(counts)


@pytest.mark.parametrize("dtype", DTYPE_BYTES)
def test_bytes_are_numpys(dtype):
    array = np.zeros((3, 5, 7, 2), getattr(ml_dtypes, dtype, dtype))
    assert parameter_bytes(array.size, dtype) == array.nbytes
    assert activation_bytes(array.shape[1:], batch_size=3, dtype=dtype) == array.nbytes
    assert activation_bytes(70, batch_size=3, dtype=dtype) == array.nbytes


def test_no_parameters_take_no_memory():
    assert parameter_bytes(0) == 0


# -- impossible requests ------------------------------------------------------------------------------

WHOLE = "a whole number of at least 1"
PAIR = WHOLE + " or a pair (height, width) of such"
NOT_WHOLE = [0, -1, 2.0, 2.5, True, "3", None, float("nan")]
NOT_PAIR = [*NOT_WHOLE, (3,), (3, 3, 3), (3, 0), (3, 2.5), [3, None], np.array([3, 3])]
NOT_SHAPE = [*NOT_WHOLE, 9, (), (9, 9), (9, 9, 0), (9, 9, 3, 1), (9, 9, 1.5), "9x9"]
NOT_FLAG = [0, 1, None, "yes"]

WINDOW = {
    "input_size": (PAIR, NOT_PAIR),
    "kernel_size": (PAIR, NOT_PAIR),
    "stride": (PAIR, NOT_PAIR),
    "padding": (
        "'valid', 'same', a whole number of at least 0 or a pair (height, width) of such",
        [-1, 0.5, None, True, "full", "SAME", (1,), (1, -1), np.array([1, 1])],
    ),
}

# function, a request that is possible, and what each argument allows and refuses
REQUESTS = [
    (
        output_size,
        {"input_size": 9, "kernel_size": 3, "stride": 1, "padding": 0, "dilation": 1},
        WINDOW | {"dilation": (PAIR, NOT_PAIR)},
    ),
    (
        transposed_output_size,
        {"input_size": 9, "kernel_size": 3, "stride": 1, "padding": 0},
        WINDOW,
    ),
    (
        conv2d_output_shape,
        {"input_shape": (9, 9, 3), "filters": 4, "kernel_size": 3},
        {
            "input_shape": (f"(height, width, channels), each {WHOLE}", NOT_SHAPE),
            "filters": (WHOLE, NOT_WHOLE),
            "kernel_size": (PAIR, NOT_PAIR),
        },
    ),
    (
        pool2d_output_shape,
        {"input_shape": (9, 9, 3), "pool_size": 3, "stride": None},
        {
            "input_shape": (f"(height, width, channels), each {WHOLE}", NOT_SHAPE),
            "pool_size": (PAIR, NOT_PAIR),
            "stride": (PAIR, [value for value in NOT_PAIR if value is not None]),
        },
    ),
    (
        conv2d_parameters,
        {"in_channels": 3, "filters": 4, "kernel_size": 3, "bias": True, "groups": 1},
        {
            "in_channels": (WHOLE, NOT_WHOLE),
            "filters": (WHOLE, NOT_WHOLE),
            "kernel_size": (PAIR, NOT_PAIR),
            "bias": ("True or False", NOT_FLAG),
            "groups": (WHOLE, NOT_WHOLE),
        },
    ),
    (
        dense_parameters,
        {"inputs": 3, "units": 4, "bias": True},
        {"inputs": (WHOLE, NOT_WHOLE), "units": (WHOLE, NOT_WHOLE), "bias": ("True or False", NOT_FLAG)},
    ),
    (dense_macs, {"inputs": 3, "units": 4}, {"inputs": (WHOLE, NOT_WHOLE), "units": (WHOLE, NOT_WHOLE)}),
    (batch_norm_parameters, {"channels": 3}, {"channels": (WHOLE, NOT_WHOLE)}),
    (
        conv2d_macs,
        {"input_shape": (9, 9, 3), "filters": 4, "kernel_size": 3, "groups": 1},
        {
            "input_shape": (f"(height, width, channels), each {WHOLE}", NOT_SHAPE),
            "filters": (WHOLE, NOT_WHOLE),
            "groups": (WHOLE, NOT_WHOLE),
        },
    ),
    (
        parameter_bytes,
        {"parameters": 1, "dtype": "float32"},
        {
            "parameters": ("a whole number of at least 0", [-1, 0.5, True, None, "3"]),
            "dtype": (", ".join(DTYPE_BYTES), ["float31", "", None, 32, np.float32, ["float32"]]),
        },
    ),
    (
        activation_bytes,
        {"shape": (2, 3), "batch_size": 1, "dtype": "float32"},
        {
            "shape": (WHOLE, [0, -1, 2.5, True, None, (), (3, 0), (3, 2.5), "3x3"]),
            "batch_size": (WHOLE, NOT_WHOLE),
            "dtype": (", ".join(DTYPE_BYTES), ["float31", None]),
        },
    ),
    (
        receptive_field,
        {"layers": []},
        {"layers": ("a list of (kernel_size, stride) tuples", [3, None, "33", {3: 1}, {(3, 1)}])},
    ),
]
IMPOSSIBLE = [
    pytest.param(function, possible, name, value, allowed, id=f"{function.__name__}-{name}={value!r}")
    for function, possible, arguments in REQUESTS
    for name, (allowed, values) in arguments.items()
    for value in values
]


@pytest.mark.parametrize(("function", "possible", "name", "value", "allowed"), IMPOSSIBLE)
def test_an_error_names_argument_value_and_what_is_allowed(function, possible, name, value, allowed):
    function(**possible)  # what is left of the request is possible
    with pytest.raises(ValueError, match="must be") as error:
        function(**possible | {name: value})
    message = str(error.value)
    assert message.startswith(f"{name} must be ")
    assert allowed in message
    assert message.endswith(f"Received {name}={value!r}.")


@pytest.mark.parametrize("function", [output_size, unused_pixels, same_padding])
@pytest.mark.parametrize("name", ["input_size", "kernel_size", "stride", "dilation"])
def test_every_function_of_a_window_checks_its_arguments(function, name):
    with pytest.raises(ValueError, match=f"{name} must be .* Received {name}=0"):
        function(**{"input_size": 9, "kernel_size": 3, name: 0})


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            lambda: output_size(5, 7),
            "kernel_size must fit into the padded input. Received kernel_size=7 with dilation=1, which spans "
            "7 pixels, for 5 pixels of input, 5 with padding=0.",
        ),
        (
            lambda: output_size((30, 5), 3, padding=(0, 1), dilation=4),
            "kernel_size must fit into the padded input. Received kernel_size=3 with dilation=4, which spans "
            "9 pixels, for 5 pixels of input, 7 with padding=(0, 1).",
        ),
        (
            lambda: conv2d_macs((5, 5, 3), 4, 6, padding="valid"),
            "kernel_size must fit into the padded input. Received kernel_size=6 with dilation=1, which spans "
            "6 pixels, for 5 pixels of input, 5 with padding='valid'.",
        ),
        (
            lambda: pool2d_output_shape((5, 9, 3), (6, 2)),
            "pool_size must fit into the padded input. Received pool_size=(6, 2) with dilation=1, which "
            "spans 6 pixels, for 5 pixels of input, 5 with padding=0.",
        ),
        (
            lambda: conv2d_parameters(3, 4, 3, groups=2),
            "groups must divide the input channels and the filters. Received groups=2 for 3 input channels "
            "and 4 filters.",
        ),
        (
            lambda: conv2d_macs((9, 9, 4), 3, 3, groups=2),
            "groups must divide the input channels and the filters. Received groups=2 for 4 input channels "
            "and 3 filters.",
        ),
        (
            lambda: receptive_field([(3, 1), (3, 0)]),
            "layers[1] must be (kernel_size, stride) or (kernel_size, stride, dilation), whole numbers of at "
            "least 1. Received layers[1]=(3, 0).",
        ),
    ],
)
def test_messages_for_arguments_that_do_not_fit_together(request_, message):
    with pytest.raises(ValueError, match="must") as error:
        request_()
    assert str(error.value) == message


@pytest.mark.parametrize("layer", [3, (3,), (3, 1, 1, 1), ((3, 3), 1), (3, 1, 0), (3, 1.0), "31", None])
def test_a_layer_of_a_receptive_field_is_a_window(layer):
    with pytest.raises(ValueError, match=r"layers\[0\] must be \(kernel_size, stride\)"):
        receptive_field([layer])


def test_a_window_that_just_fits_is_possible():
    assert output_size(5, 5) == 1
    assert output_size(5, 7, padding=1) == 1
    assert output_size(5, 3, dilation=2) == 1


# -- starting at once ---------------------------------------------------------------------------------


def imported_by(statement):
    """Give the top-level packages that a fresh Python loads for an import."""
    code = f"import sys; old = set(sys.modules); {statement}; print(*set(sys.modules) - old)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in run.stdout.split()}


def test_arithmetic_imports_the_standard_library_only():
    loaded = imported_by("import cnncourse.arithmetic")
    assert "cnncourse" in loaded
    assert loaded - {"cnncourse"} <= sys.stdlib_module_names


def test_import_cnncourse_loads_neither_tensorflow_nor_matplotlib():
    heavy = {"tensorflow", "keras", "matplotlib", "numpy", "pandas", "sklearn"}
    assert not imported_by("import cnncourse; cnncourse.output_size(227, 11, 4)") & heavy
