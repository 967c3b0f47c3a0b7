"""The layers from first principles against Keras and against what can be counted by hand.

Keras computes the same float64 numbers, so that its own rounding cannot hide a mistake (in float32 it
errs by about 1e-5 on a sum of 2,400 products); one test per layer runs in the float32 of its models.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnncourse import arithmetic
from cnncourse import from_scratch as fs
from cnncourse.backend import keras, tf

TOLERANCE = {"rtol": 1e-9, "atol": 1e-9}  # the promise to readers is 1e-5
PADDINGS = ("valid", "same", 0, 1, 2, (1, 0), (0, 3))

cases = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
sizes = st.integers(1, 9)
seeds = st.integers(0, 2**32 - 1)


def random(seed, *shape, dtype="float64"):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


@st.composite
def convolutions(draw):
    """A random convolution: images, kernels, bias, and the keywords."""
    groups = draw(st.integers(1, 3))
    depth, filters = draw(st.integers(1, 3)), groups * draw(st.integers(1, 3))
    window = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = draw(st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3))))
    dilation = draw(st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3))))
    if max(*pair(stride)) > 1:
        dilation = 1  # Keras does not do both at once
    seed = draw(seeds)
    images = random(seed, draw(st.integers(1, 2)), draw(sizes), draw(sizes), groups * depth)
    kernels, bias = random(seed + 1, *window, depth, filters), random(seed + 2, filters)
    padding = draw(st.sampled_from(PADDINGS))
    return (
        images,
        kernels,
        bias,
        {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups},
    )


def keras_convolution(images, kernels, bias, *, stride, padding, dilation, groups):
    del groups  # Keras reads them off the shapes
    if not isinstance(padding, str):
        images = np.pad(images, ((0, 0), *((p, p) for p in pair(padding)), (0, 0)))
        padding = "valid"
    output = keras.ops.conv(images, kernels, strides=stride, padding=padding, dilation_rate=dilation)
    return keras.ops.convert_to_numpy(output) + bias


def fits(images, window, padding, dilation=1):
    """Whether the window fits into the padded images."""
    pads = (0, 0) if padding == "valid" else pair(padding)
    spans = (d * (f - 1) + 1 for f, d in zip(window, pair(dilation), strict=True))
    return padding == "same" or all(
        n + 2 * p >= span for n, p, span in zip(images.shape[1:3], pads, spans, strict=True)
    )


@cases
@given(convolutions())
def test_both_convolutions_equal_keras(case):
    images, kernels, bias, keywords = case
    assume(fits(images, kernels.shape[:2], keywords["padding"], keywords["dilation"]))
    expected = keras_convolution(*case[:3], **keywords)
    np.testing.assert_allclose(fs.conv2d(images, kernels, bias, **keywords), expected, **TOLERANCE)
    np.testing.assert_allclose(fs.conv2d_loops(images, kernels, bias, **keywords), expected, **TOLERANCE)


@cases
@given(convolutions())
def test_convolution_refuses_exactly_what_does_not_fit(case):
    images, kernels, bias, keywords = case
    assume(not fits(images, kernels.shape[:2], keywords["padding"], keywords["dilation"]))
    for convolve in (fs.conv2d, fs.conv2d_loops):
        with pytest.raises(ValueError, match="kernel_size must fit"):
            convolve(images, kernels, bias, **keywords)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_convolution_strided_and_dilated_at_once_equals_the_loops(padding):
    images, kernels = random(1, 2, 11, 13, 4), random(2, 3, 2, 2, 6)
    keywords = {"stride": (2, 3), "dilation": (2, 3), "padding": padding, "groups": 2}
    expected = fs.conv2d_loops(images, kernels, **keywords)
    np.testing.assert_allclose(fs.conv2d(images, kernels, **keywords), expected, **TOLERANCE)


@pytest.mark.parametrize(("groups", "kernel", "stride"), [(1, 5, 1), (1, 3, 2), (2, 3, 1), (8, 3, 1)])
def test_convolution_equals_a_keras_layer_in_float32(groups, kernel, stride):
    images = random(3, 2, 14, 14, 8, dtype="float32")
    layer = keras.layers.Conv2D(16, kernel, stride, padding="same", groups=groups)
    layer.build(images.shape)
    weights = [random(4 + i, *w.shape, dtype="float32") / 4 for i, w in enumerate(layer.get_weights())]
    layer.set_weights(weights)
    output = fs.conv2d(images, *weights, stride=stride, padding="same", groups=groups)
    assert output.dtype == np.float32
    np.testing.assert_allclose(output, layer(images), rtol=1e-5, atol=1e-5)


def test_one_group_per_channel_is_the_depthwise_convolution():
    images, kernels = random(5, 2, 9, 9, 6), random(6, 3, 3, 6, 1)
    expected = keras.ops.depthwise_conv(images, kernels, padding="same")
    output = fs.conv2d(images, kernels.transpose(0, 1, 3, 2), padding="same", groups=6)
    np.testing.assert_allclose(output, expected, **TOLERANCE)


def test_convolution_does_not_flip_the_kernel():
    pulse = np.zeros((1, 3, 3, 1))
    pulse[0, 1, 1, 0] = 1
    kernel = np.arange(9.0).reshape(3, 3, 1, 1)
    flipped = fs.conv2d(pulse, kernel, padding=1)[0, :, :, 0]
    np.testing.assert_array_equal(flipped, kernel[::-1, ::-1, 0, 0])  # a true convolution gives it unflipped


@pytest.mark.parametrize("layer", [fs.conv2d, fs.conv2d_loops])
def test_no_images_give_no_outputs(layer):
    assert layer(np.zeros((0, 5, 5, 4)), np.zeros((3, 3, 2, 6)), groups=2).shape == (0, 3, 3, 6)


def test_convolution_leaves_its_arguments_alone_and_takes_lists_and_whole_numbers():
    images, kernels = np.ones((1, 3, 3, 1), np.uint8), np.full((3, 3, 1, 1), 200, np.uint8)
    before = images.copy(), kernels.copy()
    assert fs.conv2d(images.tolist(), kernels)[0, 0, 0, 0] == 9 * 200  # no overflow at 255
    assert fs.conv2d_loops(images, kernels)[0, 0, 0, 0] == 9 * 200
    np.testing.assert_array_equal(images, before[0])
    np.testing.assert_array_equal(kernels, before[1])


# -- pooling --------------------------------------------------------------------------------------


def keras_pool(layer, images, pool_size, stride, padding):
    return layer(pool_size, stride, padding, dtype="float64")(images)


@cases
@given(
    st.tuples(st.integers(1, 2), sizes, sizes, st.integers(1, 3)),
    st.one_of(st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4))),
    st.one_of(st.none(), st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4))),
    st.sampled_from(["valid", "same"]),
    seeds,
)
def test_pooling_equals_keras(shape, pool_size, stride, padding, seed):
    images = random(seed, *shape)
    assume(fits(images, pair(pool_size), padding))
    for pool, layer in ((fs.max_pool, "MaxPooling2D"), (fs.average_pool, "AveragePooling2D")):
        output = pool(images, pool_size, stride=stride, padding=padding)
        expected = keras_pool(getattr(keras.layers, layer), images, pool_size, stride, padding)
        np.testing.assert_allclose(output, expected, **TOLERANCE)


def test_pooling_padding_is_no_pixel():
    images = -np.ones((1, 3, 3, 1), np.float32)
    for pool in (fs.max_pool, fs.average_pool):
        pooled = pool(images, 2, stride=2, padding=1)
        np.testing.assert_array_equal(pooled, -np.ones((1, 2, 2, 1)))
        assert pooled.dtype == np.float32


def shape_or_message(compute):
    try:
        return tuple(compute())
    except ValueError as error:
        return str(error)


@cases
@given(
    st.tuples(sizes, sizes, st.integers(1, 3)),
    st.one_of(st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4))),
    st.one_of(st.none(), st.integers(1, 3)),
    st.one_of(st.sampled_from(["valid", "same", "full"]), st.integers(-1, 5), st.just((2, 0)), st.just(1.5)),
)
def test_pooling_and_its_output_shape_accept_and_refuse_the_same(shape, pool_size, stride, padding):
    keywords = {"stride": stride, "padding": padding}
    expected = shape_or_message(lambda: arithmetic.pool2d_output_shape(shape, pool_size, **keywords))
    for pool in (fs.max_pool, fs.average_pool):
        pooled = shape_or_message(
            lambda pool=pool: pool(np.ones((1, *shape)), pool_size, **keywords).shape[1:]
        )
        assert pooled == expected


# -- dense, activations, normalization, dropout ----------------------------------------------------


@cases
@given(st.integers(1, 5), st.integers(1, 9), st.integers(1, 9), seeds)
def test_dense_equals_keras(batch, numbers, units, seed):
    inputs = random(seed, batch, 2, numbers)
    layer = keras.layers.Dense(units, dtype="float64")
    layer.build(inputs.shape)
    layer.set_weights([random(seed, numbers, units), random(seed, units)])
    np.testing.assert_allclose(fs.dense(inputs, *layer.get_weights()), layer(inputs), **TOLERANCE)


@cases
@given(st.integers(1, 4), st.integers(2, 9), st.sampled_from([1e-3, 1.0, 1e3]), seeds)
def test_activations_equal_keras(batch, classes, scale, seed):
    scores = scale * random(seed, batch, classes)
    np.testing.assert_array_equal(fs.relu(scores), keras.ops.relu(scores))
    np.testing.assert_allclose(fs.softmax(scores), keras.ops.softmax(scores), **TOLERANCE)
    np.testing.assert_allclose(fs.softmax(scores).sum(-1), 1)


def test_softmax_of_huge_scores_is_finite():
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_allclose(fs.softmax([1e4, 0.0, -1e4]), [1, 0, 0])


@cases
@given(
    st.tuples(st.integers(2, 4), st.integers(1, 5), st.integers(1, 5), st.integers(1, 4)),
    st.booleans(),
    st.sampled_from([0.0, 0.9, 0.99]),
    st.sampled_from([1e-5, 1e-3]),
    seeds,
)
def test_batch_norm_equals_keras(shape, training, momentum, epsilon, seed):
    inputs = 3 * random(seed, *shape) + 2
    layer = keras.layers.BatchNormalization(momentum=momentum, epsilon=epsilon, dtype="float64")
    layer.build(inputs.shape)
    layer.set_weights([random(seed + 1, shape[-1]) ** 2 + i for i in range(4)])
    outputs, mean, variance = fs.batch_norm(
        inputs, *layer.get_weights(), training=training, momentum=momentum, epsilon=epsilon
    )
    np.testing.assert_allclose(outputs, layer(inputs, training=training), **TOLERANCE)
    np.testing.assert_allclose(mean, layer.moving_mean, **TOLERANCE)  # updated by the call
    np.testing.assert_allclose(variance, layer.moving_variance, **TOLERANCE)


def half(*shape, scale):
    return (scale * random(0, *shape)).astype("float16")


def test_half_precision_adds_up_in_single_precision():
    """Sums and squares beyond 65,504, the largest float16, whose results fit: as Keras computes them."""
    inputs = half(8, 6, 6, 3, scale=3000)
    layer = keras.layers.BatchNormalization(dtype="mixed_float16")
    expected = np.asarray(layer(inputs, training=True))
    vectors = [np.asarray(v) for v in (np.ones(3), np.zeros(3), np.zeros(3), np.ones(3))]
    outputs, mean, variance = fs.batch_norm(inputs, *vectors, training=True)
    np.testing.assert_allclose(outputs, expected, atol=0.01)
    np.testing.assert_allclose(mean, layer.moving_mean, rtol=1e-3)
    np.testing.assert_allclose(variance, layer.moving_variance, rtol=1e-3)  # 0.01 x 9,000,000 > 65,504
    assert (outputs.dtype, variance.dtype) == ("float16", "float32")
    full = np.full((1, 4, 4, 1), 60_000, "float16")
    assert fs.average_pool(full, 4) == 60_000
    assert fs.dense(full.reshape(1, 16), np.full((16, 1), 1 / 16, "float16")) == 60_000
    for convolve in (fs.conv2d, fs.conv2d_loops):
        convolved = convolve(np.repeat(full, 2, axis=3), np.stack([full[0] / 60_000, -full[0] / 60_000], 2))
        assert convolved.dtype == "float16"
        assert convolved == 0


def test_batch_norm_normalizes_each_channel_of_the_batch():
    inputs = random(7, 64, 5, 5, 3) * [1, 10, 100] + [5, -5, 0]
    outputs, *_ = fs.batch_norm(
        inputs, np.ones(3), np.zeros(3), np.zeros(3), np.ones(3), training=True, epsilon=0
    )
    np.testing.assert_allclose(outputs.mean((0, 1, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(outputs.var((0, 1, 2)), 1)


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.9])
def test_dropout_is_inverted(rate):
    inputs = np.ones((200, 500))
    outputs = fs.dropout(inputs, rate, training=True, rng=0)
    spread = 5 * np.sqrt(rate * (1 - rate) / inputs.size)  # five standard errors
    assert abs(np.mean(outputs == 0) - rate) <= spread
    np.testing.assert_allclose(outputs[outputs > 0], 1 / (1 - rate))
    assert abs(outputs.mean() - 1) <= spread / (1 - rate)


def test_dropout_keeps_the_values_that_keras_keeps():
    inputs = random(8, 40, 40, dtype="float32")
    ours = fs.dropout(inputs, 0.3, training=True, rng=1)
    theirs = np.asarray(keras.layers.Dropout(0.3, seed=1)(inputs, training=True))
    both = (ours != 0) & (theirs != 0)
    assert both.sum() > 500
    np.testing.assert_allclose(ours[both], theirs[both], rtol=1e-6)
    assert ours.dtype == np.float32


def test_dropout_is_the_identity_at_inference_and_repeats_with_a_seed():
    inputs = random(9, 5, 5)
    np.testing.assert_array_equal(fs.dropout(inputs, 0.5), inputs)
    first, second = (fs.dropout(inputs, 0.5, training=True, rng=3) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    rng = np.random.default_rng(3)
    np.testing.assert_array_equal(fs.dropout(inputs, 0.5, training=True, rng=rng), first)
    assert (fs.dropout(inputs, 0.5, training=True, rng=rng) != first).any()  # the generator moves on


# -- the way back ---------------------------------------------------------------------------------
#
# The oracles are TensorFlow's gradients, and differences, which need no other library: along a direction
# v the loss changes by the gradient times v.


def distinct(seed, *shape):
    """Numbers that differ by 1 and are not 0: no step over a kink, of a maximum or of ReLU."""
    size = int(np.prod(shape))
    return (np.random.default_rng(seed).permutation(size) - size // 2 + 0.5).reshape(shape)


def check_gradients(compute, arguments, gradients, output_gradients, seed, step=1e-4):
    """Compare with differences, for each argument along a random direction."""
    assert len(arguments) == len(gradients)
    for index, (argument, gradient) in enumerate(zip(arguments, gradients, strict=True)):
        assert gradient.shape == argument.shape
        direction = random(seed + index, *argument.shape)

        def loss(by, index=index, direction=direction):
            moved = list(arguments)
            moved[index] = moved[index] + by * direction
            return np.sum(compute(*moved) * output_gradients)

        slope = (loss(step) - loss(-step)) / (2 * step)
        np.testing.assert_allclose(np.sum(gradient * direction), slope, rtol=1e-5, atol=1e-5)


def keras_gradients(compute, arguments, output_gradients):
    tensors = [tf.constant(argument) for argument in arguments]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        output = compute(*tensors)
    return [g.numpy() for g in tape.gradient(output, tensors, output_gradients)]


def assert_all_close(ours, theirs):
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other, **TOLERANCE)


@cases
@given(convolutions())
def test_gradients_of_a_convolution_equal_differences(case):
    *arguments, keywords = case
    assume(fits(arguments[0], arguments[1].shape[:2], keywords["padding"], keywords["dilation"]))

    def compute(images, kernels, bias):
        return fs.conv2d(images, kernels, bias, **keywords)

    given = random(1, *compute(*arguments).shape)
    gradients = fs.conv2d_gradients(*arguments[:2], given, **keywords)
    check_gradients(compute, arguments, gradients, given, seed=2)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (3, 1), (1, 2)])
def test_gradients_of_a_convolution_equal_those_of_keras(stride, dilation, padding):
    images, kernels, bias = random(1, 2, 9, 8, 3), random(2, 3, 2, 3, 4), random(3, 4)

    def compute(images, kernels, bias):
        options = {"strides": stride, "padding": padding, "dilation_rate": dilation}
        return keras.ops.conv(images, kernels, **options) + bias

    given = random(4, *compute(images, kernels, bias).shape)
    ours = fs.conv2d_gradients(images, kernels, given, stride=stride, padding=padding, dilation=dilation)
    assert_all_close(ours, keras_gradients(compute, (images, kernels, bias), given))


def test_gradients_of_a_strided_and_dilated_convolution_of_groups_equal_differences():
    arguments = random(1, 2, 11, 13, 4), random(2, 3, 2, 2, 6), random(3, 6)
    keywords = {"stride": (2, 3), "dilation": (2, 3), "padding": (1, 2), "groups": 2}

    def compute(images, kernels, bias):
        return fs.conv2d_loops(images, kernels, bias, **keywords)

    given = random(4, *compute(*arguments).shape)
    check_gradients(compute, arguments, fs.conv2d_gradients(*arguments[:2], given, **keywords), given, seed=5)


@cases
@given(
    st.tuples(st.integers(1, 2), sizes, sizes, st.integers(1, 3)),
    st.one_of(st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4))),
    st.one_of(st.none(), st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4))),
    st.sampled_from(["valid", "same", 1, (1, 0)]),
    seeds,
)
def test_gradients_of_pooling_equal_those_of_keras_and_differences(shape, pool_size, stride, padding, seed):
    images, keywords = distinct(seed, *shape), {"stride": stride, "padding": padding}
    number = not isinstance(padding, str)
    assume(fits(images, pair(pool_size), padding))
    assume(not number or all(p < f for p, f in zip(pair(padding), pair(pool_size), strict=True)))
    for name, layer in (("max_pool", "MaxPooling2D"), ("average_pool", "AveragePooling2D")):
        pool, gradients_of = getattr(fs, name), getattr(fs, f"{name}_gradients")
        given = random(seed, *pool(images, pool_size, **keywords).shape)
        gradients = [gradients_of(images, given, pool_size, **keywords)]
        check_gradients(lambda x, pool=pool: pool(x, pool_size, **keywords), [images], gradients, given, seed)
        if not number:
            theirs = keras_gradients(
                lambda x, layer=layer: keras_pool(
                    getattr(keras.layers, layer), x, pool_size, stride, padding
                ),
                [images],
                given,
            )
            assert_all_close(gradients, theirs)


def test_of_equal_pixels_the_first_wins_the_gradient():
    given = fs.max_pool_gradients(np.ones((1, 2, 4, 1)), np.array([[[[5.0], [7.0]]]]))
    np.testing.assert_array_equal(given[0, :, :, 0], [[5, 0, 7, 0], [0, 0, 0, 0]])


def test_a_pixel_that_wins_two_windows_adds_up():
    images = np.array([0.0, 9.0, 1.0]).reshape(1, 1, 3, 1)
    given = fs.max_pool_gradients(images, np.array([[[[5.0], [7.0]]]]), (1, 2), stride=1)
    np.testing.assert_array_equal(given.ravel(), [0, 12, 0])


@cases
@given(st.integers(1, 4), st.integers(1, 6), st.integers(1, 6), seeds)
def test_gradients_of_dense_and_relu_equal_those_of_keras_and_differences(batch, numbers, units, seed):
    arguments = distinct(seed, batch, 2, numbers), random(seed, numbers, units), random(seed + 1, units)
    given = random(seed + 2, batch, 2, units)
    gradients = fs.dense_gradients(*arguments[:2], given)
    check_gradients(fs.dense, arguments, gradients, given, seed)
    theirs = keras_gradients(lambda x, w, b: keras.ops.matmul(x, w) + b, arguments, given)
    assert_all_close(gradients, theirs)

    inputs, given = arguments[0], random(seed + 3, batch, 2, numbers)
    gradients = [fs.relu_gradients(inputs, given)]
    check_gradients(fs.relu, [inputs], gradients, given, seed)
    assert_all_close(gradients, keras_gradients(keras.ops.relu, [inputs], given))


def test_no_images_give_no_gradients():
    none, kernels = np.zeros((0, 6, 6, 4)), np.zeros((3, 3, 2, 6))
    of_images, of_kernels, of_bias = fs.conv2d_gradients(none, kernels, np.zeros((0, 4, 4, 6)), groups=2)
    assert of_images.shape == none.shape
    assert not of_kernels.any()
    assert not of_bias.any()
    for back in (fs.max_pool_gradients, fs.average_pool_gradients):
        assert back(none, np.zeros((0, 3, 3, 4))).shape == none.shape


def test_relu_passes_nothing_at_zero_as_keras():
    zero, one = np.zeros((1, 1)), np.ones((1, 1))
    assert fs.relu_gradients(zero, one) == keras_gradients(keras.ops.relu, [zero], one)[0] == 0


@cases
@given(
    st.tuples(st.integers(2, 4), st.integers(1, 5), st.integers(1, 5), st.integers(1, 4)),
    st.sampled_from([1e-5, 1e-3]),
    seeds,
)
def test_gradients_of_batch_norm_equal_those_of_keras_and_differences(shape, epsilon, seed):
    arguments = 3 * random(seed, *shape) + 2, random(seed + 1, shape[-1]), random(seed + 2, shape[-1])
    assume(arguments[0].var(axis=(0, 1, 2)).min() > 0.1)  # or differences are no slopes
    given, moving = random(seed + 3, *shape), (np.zeros(shape[-1]), np.ones(shape[-1]))

    def compute(inputs, scale, shift):
        return fs.batch_norm(inputs, scale, shift, *moving, training=True, epsilon=epsilon)[0]

    def keras_compute(inputs, scale, shift):
        mean, variance = keras.ops.moments(inputs, axes=(0, 1, 2))
        return keras.ops.batch_normalization(inputs, mean, variance, -1, shift, scale, epsilon)

    gradients = fs.batch_norm_gradients(*arguments[:2], given, epsilon=epsilon)
    check_gradients(compute, arguments, gradients, given, seed)
    assert_all_close(gradients, keras_gradients(keras_compute, arguments, given))


def test_dropout_goes_back_as_it_came():
    inputs, given = random(1, 30, 40), random(2, 30, 40)

    def compute(inputs):
        return fs.dropout(inputs, 0.3, training=True, rng=5)

    check_gradients(compute, [inputs], [compute(given)], given, seed=3)


def test_gradients_of_a_network_equal_those_of_keras():
    """Every layer in a row, with Keras' own layers in float64."""
    options = {"dtype": "float64", "bias_initializer": "random_normal"}
    model = keras.Sequential(
        [
            keras.Input((9, 8, 2), dtype="float64"),
            keras.layers.Conv2D(4, 3, padding="same", strides=2, **options),
            keras.layers.BatchNormalization(dtype="float64"),
            keras.layers.ReLU(dtype="float64"),
            keras.layers.MaxPooling2D(2, dtype="float64"),
            keras.layers.Flatten(dtype="float64"),
            keras.layers.Dense(3, **options),
        ]
    )
    images, given = random(1, 5, 9, 8, 2), random(2, 5, 3)
    with tf.GradientTape() as tape:
        outputs = model(images, training=True)
    theirs = tape.gradient(outputs, model.trainable_variables, given)

    kernels, bias, scale, shift, weights, more = (w.numpy() for w in model.trainable_variables)
    sums = fs.conv2d(images, kernels, bias, stride=2, padding="same")
    normal, *_ = fs.batch_norm(sums, scale, shift, np.zeros(4), np.ones(4), training=True)
    maps = fs.relu(normal)
    rows = fs.max_pool(maps, 2).reshape(5, -1)
    np.testing.assert_allclose(fs.dense(rows, weights, more), outputs, **TOLERANCE)

    back, of_weights, of_more = fs.dense_gradients(rows, weights, given)
    back = fs.max_pool_gradients(maps, back.reshape(fs.max_pool(maps, 2).shape), 2)
    back = fs.relu_gradients(normal, back)
    back, of_scale, of_shift = fs.batch_norm_gradients(sums, scale, back)
    _, of_kernels, of_bias = fs.conv2d_gradients(images, kernels, back, stride=2, padding="same")
    assert_all_close([of_kernels, of_bias, of_scale, of_shift, of_weights, of_more], theirs)


def test_gradients_keep_half_precision_and_add_up_in_single():
    images, kernels = half(2, 9, 9, 3, scale=1), half(3, 3, 3, 4, scale=1)
    given = np.full((2, 7, 7, 4), 60_000 / 98, "float16")  # 98 places: their sum just fits
    assert [each.dtype for each in fs.conv2d_gradients(images, kernels, given)] == ["float16"] * 3
    assert fs.conv2d_gradients(images, kernels, given)[2][0] == pytest.approx(60_000, rel=1e-3)
    assert fs.max_pool_gradients(images, given[:, :4, :4, :3]).dtype == "float16"
    assert fs.average_pool_gradients(images, given[:, :4, :4, :3]).dtype == "float16"
    assert fs.relu_gradients(images, images).dtype == "float16"
    assert {each.dtype.name for each in fs.batch_norm_gradients(images, np.ones(3), images)} == {"float16"}


# -- the other way: transposed, and as rows ----------------------------------------------------------


@st.composite
def transposed(draw):
    """Maps, kernels, and the keywords of a transposed convolution."""
    channels, filters = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    window = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    seed = draw(seeds)
    maps = random(seed, draw(st.integers(1, 2)), draw(sizes), draw(sizes), filters)
    stride = draw(st.one_of(st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4))))
    padding = draw(st.sampled_from(["valid", "same", 0, 1, (1, 0)]))
    return maps, random(seed + 1, *window, channels, filters), {"stride": stride, "padding": padding}


@cases
@given(transposed())
def test_the_transposed_convolution_is_the_way_back_of_the_convolution(case):
    maps, kernels, keywords = case
    size = shape_or_message(
        lambda: arithmetic.transposed_output_size(maps.shape[1:3], kernels.shape[:2], *keywords.values())
    )
    if isinstance(size, str):
        with pytest.raises(ValueError, match="padding must leave a pixel of the output"):
            fs.conv2d_transpose(maps, kernels, **keywords)
        return
    output = fs.conv2d_transpose(maps, kernels, **keywords)
    assert output.shape == (len(maps), *size, kernels.shape[2])
    assert arithmetic.output_size(size, kernels.shape[:2], *keywords.values()) == maps.shape[1:3]
    images = np.zeros(output.shape)
    np.testing.assert_allclose(output, fs.conv2d_gradients(images, kernels, maps, **keywords)[0], **TOLERANCE)


@cases
@given(transposed())
def test_the_transposed_convolution_equals_keras(case):
    maps, kernels, keywords = case
    (rows, columns), padding = pair(keywords["stride"]), keywords["padding"]
    assume(isinstance(padding, str))
    theirs = keras.ops.conv_transpose(maps, kernels, (rows, columns), padding)
    ours, bias = fs.conv2d_transpose(maps, kernels, **keywords), random(1, kernels.shape[2])
    if padding == "valid":  # Keras appends zeros where the kernels leave gaps
        gaps = [max(s - f, 0) for s, f in zip((rows, columns), kernels.shape[:2], strict=True)]
        ours = np.pad(ours, ((0, 0), *((0, gap) for gap in gaps), (0, 0)))
    np.testing.assert_allclose(ours, theirs, **TOLERANCE)
    with_bias = fs.conv2d_transpose(maps, kernels, bias, **keywords)
    np.testing.assert_allclose(with_bias, fs.conv2d_transpose(maps, kernels, **keywords) + bias)


@cases
@given(convolutions())
def test_the_rows_of_im2col_are_the_windows_in_order(case):
    images, kernels, _, keywords = case
    del keywords["groups"]
    assume(fits(images, kernels.shape[:2], keywords["padding"], keywords["dilation"]))
    taps = kernels.shape[0] * kernels.shape[1] * images.shape[3]
    columns = random(1, *kernels.shape[:2], images.shape[3], 5)
    product = fs.im2col(images, kernels.shape[:2], **keywords) @ columns.reshape(taps, 5)
    expected = fs.conv2d_loops(images, columns, **keywords)
    np.testing.assert_allclose(product, expected.reshape(-1, 5), **TOLERANCE)


# -- what cannot be -------------------------------------------------------------------------------

IMAGES, KERNELS, VECTOR = np.zeros((1, 5, 5, 4)), np.zeros((3, 3, 4, 6)), np.ones(4)


@pytest.mark.parametrize("convolve", [fs.conv2d, fs.conv2d_loops])
@pytest.mark.parametrize(
    ("images", "kernels", "keywords", "message"),
    [
        (IMAGES[0], KERNELS, {}, r"images must have the shape \(batch, height, width, channels\)"),
        (IMAGES, KERNELS[0], {}, "kernels must have the shape"),
        (IMAGES, KERNELS[:, :, :3], {}, r"kernels must have channels / groups = 4"),
        (IMAGES, KERNELS, {"groups": 2}, r"channels / groups = 2 .* Received kernels"),
        (IMAGES, KERNELS, {"groups": 3}, "groups must divide"),
        (IMAGES, KERNELS, {"groups": 0}, "groups must be a whole number"),
        (IMAGES, KERNELS[..., :0], {}, "filters must be"),
        (IMAGES[..., :0], KERNELS[:, :, :0], {}, "in_channels must be"),
        (IMAGES, KERNELS, {"stride": 0}, "stride must be"),
        (IMAGES, KERNELS, {"stride": (1, 2, 3)}, "stride must be"),
        (IMAGES, KERNELS, {"dilation": 1.5}, "dilation must be"),
        (IMAGES, KERNELS, {"dilation": 3}, "kernel_size must fit"),
        (IMAGES, KERNELS, {"padding": "full"}, "padding must be"),
        (IMAGES, KERNELS, {"padding": -1}, "padding must be"),
        (IMAGES, KERNELS, {"bias": np.zeros(5)}, r"bias must have the shape \(6,\)"),
        ("photo.png", KERNELS, {}, "images must hold real numbers"),
        (IMAGES, KERNELS.astype(complex), {}, "kernels must hold real numbers"),
        (IMAGES, None, {}, "kernels must hold real numbers"),
        ([[1.0], [1.0, 2.0]], KERNELS, {}, "images must be an array"),
    ],
)
def test_convolution_names_what_is_wrong(convolve, images, kernels, keywords, message):
    with pytest.raises(ValueError, match=message):
        convolve(images, kernels, **keywords)


@pytest.mark.parametrize("pool", [fs.max_pool, fs.average_pool])
@pytest.mark.parametrize(
    ("images", "keywords", "message"),
    [
        (IMAGES[0], {}, "images must have the shape"),
        (IMAGES.astype(bool), {}, "images must hold real numbers"),
        (IMAGES, {"pool_size": 6}, "pool_size must fit"),
        (IMAGES, {"pool_size": 0}, "pool_size must be"),
        (IMAGES, {"stride": -1}, "stride must be"),
        (IMAGES, {"padding": "reflect"}, "padding must be"),
        (IMAGES, {"padding": 2}, "padding must be smaller than the window"),
        (IMAGES, {"padding": 10**9}, "padding must be smaller than the window"),
        (IMAGES, {"pool_size": (3, 1), "padding": (1, 1)}, "padding must be smaller than the window"),
    ],
)
def test_pooling_names_what_is_wrong(pool, images, keywords, message):
    with pytest.raises(ValueError, match=message):
        pool(images, **keywords)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fs.dense(np.ones((2, 3)), np.ones((4, 5))), "inputs must end in as many numbers"),
        (lambda: fs.dense(1.0, np.ones((4, 5))), "inputs must end in as many numbers"),
        (lambda: fs.dense(np.ones((2, 4)), np.ones(4)), r"weights must have the shape \(numbers in, units\)"),
        (lambda: fs.dense(np.ones((2, 4)), np.ones((4, 5)), np.ones(4)), r"bias must have the shape \(5,\)"),
        (lambda: fs.relu("a"), "inputs must hold real numbers"),
        (lambda: fs.softmax(1.0), "inputs must have the shape"),
        (lambda: fs.softmax(np.ones((2, 0))), "inputs must have the shape"),
        (lambda: fs.batch_norm(IMAGES, VECTOR[:3], VECTOR, VECTOR, VECTOR), "scale must have the shape"),
        (lambda: fs.batch_norm(IMAGES, VECTOR, VECTOR, VECTOR, None), "moving_variance must hold"),
        (lambda: fs.batch_norm(VECTOR, VECTOR, VECTOR, VECTOR, VECTOR), "inputs \\(batch, ..., channels\\)"),
        (lambda: fs.batch_norm(IMAGES, *4 * [VECTOR], momentum=1.5), "momentum must be a number from 0 to 1"),
        (lambda: fs.batch_norm(IMAGES, *4 * [VECTOR], epsilon=-1e-3), "epsilon must be a number of at least"),
        (lambda: fs.batch_norm(IMAGES, *3 * [VECTOR], -VECTOR), "moving_variance must not be negative"),
        (lambda: fs.batch_norm(IMAGES[:0], *4 * [VECTOR], training=True), "inputs must not be empty"),
        (lambda: fs.batch_norm(IMAGES, *4 * [VECTOR], training="no"), "training must be True or False.*'no'"),
        (lambda: fs.dropout(IMAGES, 0.5, training=None), "training must be True or False"),
        (lambda: fs.dropout(IMAGES, 1), "rate must be a number of at least 0 and below 1. Received rate=1"),
        (lambda: fs.dropout(IMAGES, -0.1), "rate must be a number"),
        (lambda: fs.dropout(IMAGES, "half"), "rate must be a number"),
        (lambda: fs.dropout(IMAGES, float("nan")), "rate must be a number"),
        (lambda: fs.dropout(IMAGES, 0.5, training=True, rng="seven"), "rng must be"),
        (lambda: fs.dropout(IMAGES, 0.5, training=True, rng=-1), "rng must be"),
        (lambda: fs.dropout([["a"]], 0.5), "inputs must hold real numbers"),
        (
            lambda: fs.conv2d_gradients(IMAGES, KERNELS, KERNELS),
            r"output_gradients .* \(1, 3, 3, 6\). Received",
        ),
        (lambda: fs.conv2d_gradients(IMAGES, KERNELS, None), "output_gradients must hold real numbers"),
        (lambda: fs.conv2d_gradients(IMAGES, KERNELS[:, :, :3], IMAGES), "kernels must have channels"),
        (lambda: fs.conv2d_gradients(IMAGES, KERNELS, IMAGES, dilation=3), "kernel_size must fit"),
        (lambda: fs.max_pool_gradients(IMAGES, IMAGES), r"output_gradients .* \(1, 2, 2, 4\). Received"),
        (lambda: fs.average_pool_gradients(IMAGES, IMAGES), r"output_gradients .* \(1, 2, 2, 4\)"),
        (lambda: fs.average_pool_gradients(IMAGES, IMAGES, 6), "pool_size must fit"),
        (
            lambda: fs.dense_gradients(np.ones((2, 4)), np.ones((4, 5)), VECTOR),
            r"output_gradients .* \(2, 5\)",
        ),
        (lambda: fs.dense_gradients(np.ones((2, 3)), np.ones((4, 5)), VECTOR), "inputs must end in as many"),
        (lambda: fs.relu_gradients(VECTOR, IMAGES), r"output_gradients .* \(4,\)"),
        (lambda: fs.batch_norm_gradients(IMAGES, VECTOR, VECTOR), r"output_gradients .* \(1, 5, 5, 4\)"),
        (lambda: fs.batch_norm_gradients(IMAGES, VECTOR[:3], IMAGES), "scale must have the shape"),
        (lambda: fs.batch_norm_gradients(IMAGES, VECTOR, IMAGES, epsilon=-1), "epsilon must be a number"),
        (lambda: fs.batch_norm_gradients(IMAGES[:0], VECTOR, IMAGES[:0]), "inputs must not be empty"),
        (lambda: fs.conv2d_transpose(IMAGES, KERNELS), "kernels must have as many filters"),
        (lambda: fs.conv2d_transpose(IMAGES[0], KERNELS), "maps must have the shape"),
        (
            lambda: fs.conv2d_transpose(IMAGES, KERNELS[..., :4], VECTOR[:3]),
            r"bias must have the shape \(4,\)",
        ),
        (lambda: fs.conv2d_transpose(IMAGES[:, :1, :1], KERNELS[..., :4], padding=2), "padding must leave"),
        (lambda: fs.conv2d_transpose(IMAGES, KERNELS[..., :4], stride=0), "stride must be"),
        (lambda: fs.im2col(IMAGES[0], 3), "images must have the shape"),
        (lambda: fs.im2col(IMAGES, 6), "kernel_size must fit"),
    ],
)
def test_the_other_layers_name_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()
