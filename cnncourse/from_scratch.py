"""The layers of a convolutional network from first principles, as forward passes in NumPy.

Everything is channels last, as in Keras: a batch of images has the shape ``(batch, height, width,
channels)``, a stack of kernels ``(kernel height, kernel width, channels / groups, filters)``.
Results keep the type of the numbers that go in; whole numbers become float64. Sums of float16 are
taken in float32, as frameworks do: the largest float16 is 65,504.

What networks call a convolution is a cross-correlation: the kernel is not flipped.
"""

from functools import wraps
from numbers import Real

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnncourse import checks
from cnncourse.arithmetic import conv2d_parameters, output_size, pool2d_output_shape, same_padding

__all__ = [
    "average_pool",
    "batch_norm",
    "conv2d",
    "conv2d_loops",
    "dense",
    "dropout",
    "max_pool",
    "relu",
    "softmax",
]


def _half_in_single_precision(layer):
    """Compute in float32 where float16 goes in; what comes out is float16 again."""

    @wraps(layer)
    def compute(inputs, *args, **keywords):
        if getattr(inputs, "dtype", None) != np.float16:
            return layer(inputs, *args, **keywords)
        return layer(np.asarray(inputs, "float32"), *args, **keywords).astype("float16")

    return compute


@_half_in_single_precision
def conv2d_loops(images, kernels, bias=None, *, stride=1, padding=0, dilation=1, groups=1):
    """Convolve in four loops: lay each filter on each place of each image, multiply, add up.

    ``output[b, y, x, k] = bias[k] + sum of window[i, j, c] x kernels[i, j, c, k]`` over i, j, c.
    Slow, and meant for reading; :func:`conv2d` gives the same numbers.

    Args:
        images: ``(batch, height, width, channels)``.
        kernels: ``(kernel height, kernel width, channels / groups, filters)``.
        bias: ``(filters,)``, or ``None`` for no bias.
        stride: pixels from one window to the next, or a pair ``(height, width)``.
        padding: zeros added on each side, or a pair; or ``"valid"`` (none) or ``"same"``.
        dilation: distance in pixels from one tap to the next (1: adjacent), or a pair.
        groups: the groups that channels and filters are split into; a filter sees one group only.

    Returns:
        ``(batch, output height, output width, filters)``.

    Raises:
        ValueError: for arrays of another rank, channels that do not fit together, values that are
            not numbers, and whatever :func:`~cnncourse.arithmetic.output_size` refuses.

    Source: I. Goodfellow et al., *Deep Learning*, 2016, equation 9.6 (cross-correlation).

    >>> image = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> edge = np.array([1.0, -1.0])  # a pixel minus its right neighbour
    >>> edge = edge.reshape(1, 2, 1, 1)
    >>> conv2d_loops(image, edge)[0, :, :, 0]
    array([[-1., -1.],
           [-1., -1.],
           [-1., -1.]])
    """
    images, kernels, bias = _convolution_arrays(images, kernels, bias, groups)
    kernel_height, kernel_width, depth, filters = kernels.shape
    rows, columns = output_size(images.shape[1:3], kernels.shape[:2], stride, padding, dilation)
    images = _padded(images, kernels.shape[:2], stride, padding, dilation)
    (step_y, step_x), (gap_y, gap_x) = _pair(stride), _pair(dilation)

    output = np.zeros((len(images), rows, columns, filters), np.result_type(images, kernels, bias))
    for b in range(len(images)):
        for y in range(rows):
            for x in range(columns):
                for k in range(filters):
                    top, left = y * step_y, x * step_x
                    first = k // (filters // groups) * depth  # the first channel of the filter's group
                    window = images[
                        b,
                        top : top + kernel_height * gap_y : gap_y,
                        left : left + kernel_width * gap_x : gap_x,
                        first : first + depth,
                    ]
                    output[b, y, x, k] = np.sum(window * kernels[:, :, :, k]) + bias[k]
    return output


@_half_in_single_precision
def conv2d(images, kernels, bias=None, *, stride=1, padding=0, dilation=1, groups=1):
    """Convolve with one matrix product: every window becomes a row, every filter a column.

    ``(positions, taps) @ (taps, filters)``, where taps = kernel height x kernel width x channels.
    The windows are a view that copies nothing; laying them out as rows copies each pixel up to
    kernel height x kernel width times, which is the price of the speed.

    Args:
        images: ``(batch, height, width, channels)``.
        kernels: ``(kernel height, kernel width, channels / groups, filters)``.
        bias: ``(filters,)``, or ``None`` for no bias.
        stride: pixels from one window to the next, or a pair ``(height, width)``.
        padding: zeros added on each side, or a pair; or ``"valid"`` (none) or ``"same"``.
        dilation: distance in pixels from one tap to the next (1: adjacent), or a pair.
        groups: the groups that channels and filters are split into; a filter sees one group only.

    Returns:
        ``(batch, output height, output width, filters)``.

    Raises:
        ValueError: as :func:`conv2d_loops`.

    Source: K. Chellapilla et al., *High performance convolutional neural networks for document
    processing*, 2006, section 4 (unrolling).

    >>> images = np.ones((2, 227, 227, 3))
    >>> kernels = np.ones((11, 11, 3, 96))
    >>> output = conv2d(images, kernels, stride=4)
    >>> output.shape
    (2, 55, 55, 96)
    >>> float(output[0, 0, 0, 0])  # 11 x 11 x 3 ones
    363.0
    """
    images, kernels, bias = _convolution_arrays(images, kernels, bias, groups)
    kernel_height, kernel_width, depth, filters = kernels.shape
    batch = len(images)
    rows, columns = output_size(images.shape[1:3], kernels.shape[:2], stride, padding, dilation)
    images = _padded(images, kernels.shape[:2], stride, padding, dilation)
    windows = _windows(images, kernels.shape[:2], stride, dilation)

    windows = windows.reshape(batch, rows, columns, kernel_height, kernel_width, groups, depth)
    # (groups, batch, rows, columns, kernel height, kernel width, depth)
    windows = np.moveaxis(windows, -2, 0)
    taps = kernel_height * kernel_width * depth
    windows = windows.reshape(groups, batch * rows * columns, taps)  # the copy
    # (groups, taps, filters / groups)
    kernels = kernels.reshape(taps, groups, filters // groups).swapaxes(0, 1)
    output = windows @ kernels  # (groups, positions, filters / groups)
    return output.swapaxes(0, 1).reshape(batch, rows, columns, filters) + bias


def max_pool(images, pool_size=2, *, stride=None, padding=0):
    """Take the largest value of each window, channel by channel.

    ``output[b, y, x, c] = max of window[i, j, c]`` over i, j. Padding never wins: it is minus
    infinity.

    Args:
        images: ``(batch, height, width, channels)``.
        pool_size: the window, in pixels, or a pair ``(height, width)``.
        stride: pixels from one window to the next, or a pair; ``None`` means the window's size.
        padding: pixels added on each side, fewer than the window has; or a pair, ``"valid"``, ``"same"``.

    Returns:
        ``(batch, output height, output width, channels)``.

    Raises:
        ValueError: for images of another rank, values that are not numbers, and whatever
            :func:`~cnncourse.arithmetic.pool2d_output_shape` refuses, such as padding as large as the window.

    Source: V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning*, 2016,
    chapter 3.

    >>> image = np.arange(16).reshape(1, 4, 4, 1)
    >>> max_pool(image, 2)[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    return _pooling_windows(images, pool_size, stride, padding, fill=-np.inf).max(axis=(3, 4))


@_half_in_single_precision
def average_pool(images, pool_size=2, *, stride=None, padding=0):
    """Take the mean of each window, channel by channel.

    ``output[b, y, x, c] = mean of window[i, j, c]`` over the i, j that lie in the image: padding
    does not count, as in Keras (PyTorch counts its zeros unless ``count_include_pad=False``).

    Args:
        images: ``(batch, height, width, channels)``.
        pool_size: the window, in pixels, or a pair ``(height, width)``.
        stride: pixels from one window to the next, or a pair; ``None`` means the window's size.
        padding: pixels added on each side, fewer than the window has; or a pair, ``"valid"``, ``"same"``.

    Returns:
        ``(batch, output height, output width, channels)``.

    Raises:
        ValueError: as :func:`max_pool`.

    Source: Dumoulin & Visin 2016, chapter 3.

    >>> image = np.arange(16).reshape(1, 4, 4, 1)
    >>> average_pool(image, 2)[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    windows = _pooling_windows(images, pool_size, stride, padding, fill=0)
    ones = np.ones((1, *np.shape(images)[1:3], 1))
    inside = _pooling_windows(ones, pool_size, stride, padding, fill=0).sum(axis=(3, 4))
    return (windows.sum(axis=(3, 4)) / inside).astype(windows.dtype)


@_half_in_single_precision
def dense(inputs, weights, bias=None):
    """Connect every input with every unit: ``output = inputs @ weights + bias``.

    Args:
        inputs: ``(..., numbers in)``, such as ``(batch, numbers in)``.
        weights: ``(numbers in, units)``.
        bias: ``(units,)``, or ``None`` for no bias.

    Returns:
        ``(..., units)``.

    Raises:
        ValueError: for shapes that do not fit together and for values that are not numbers.

    Source: Goodfellow et al. 2016, section 6.1.

    >>> weights = [[1.0, 0.0, 3.0], [0.0, 1.0, 4.0]]
    >>> dense([[1.0, 2.0]], weights, bias=[0.0, 0.0, 0.5])
    array([[ 1. ,  2. , 11.5]])
    """
    inputs = _array("inputs", inputs)
    weights = _array("weights", weights, "numbers in", "units")
    if inputs.shape[-1:] != weights.shape[:1]:
        raise ValueError(
            f"inputs must end in as many numbers as weights has rows. Received inputs of shape "
            f"{inputs.shape} and weights of shape {weights.shape}."
        )
    return inputs @ weights + _bias(bias, weights)


def relu(inputs):
    """Cut off what is negative: ``max(x, 0)``.

    Args:
        inputs: numbers, in any shape.

    Returns:
        Numbers in the same shape.

    Raises:
        ValueError: for values that are not numbers.

    Source: V. Nair and G. Hinton, *Rectified linear units improve restricted Boltzmann machines*,
    2010.

    >>> relu([-1.5, 0.0, 2.0])
    array([0., 0., 2.])
    """
    return np.maximum(_array("inputs", inputs), 0)


@_half_in_single_precision
def softmax(inputs):
    """Turn the scores along the last axis into probabilities: ``exp(x_i) / sum of exp(x_j)``.

    The largest score is subtracted first. That changes nothing (it cancels) and keeps ``exp``
    from overflowing.

    Args:
        inputs: scores, ``(..., classes)``.

    Returns:
        Probabilities that add up to 1 along the last axis, ``(..., classes)``.

    Raises:
        ValueError: for values that are not numbers and for an array without classes.

    Source: Goodfellow et al. 2016, equation 6.29, and section 4.1 (overflow).

    >>> softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    """
    inputs = _array("inputs", inputs)
    if not inputs.shape[-1:] or not inputs.shape[-1]:
        raise ValueError(
            f"inputs must have the shape (..., classes). Received inputs of shape {inputs.shape}."
        )
    powers = np.exp(inputs - inputs.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def batch_norm(
    inputs, scale, shift, moving_mean, moving_variance, *, training=False, momentum=0.99, epsilon=1e-3
):
    """Normalize each channel, then scale and shift it by what was learned.

    ``output = scale x (inputs - mean) / sqrt(variance + epsilon) + shift``. While training, mean
    and variance are those of the batch, over every axis but the last, and the moving ones follow:
    ``moving = momentum x moving + (1 - momentum) x batch``. At inference they are the moving ones.

    Args:
        inputs: ``(batch, ..., channels)``.
        scale: gamma, ``(channels,)``.
        shift: beta, ``(channels,)``.
        moving_mean: ``(channels,)``.
        moving_variance: ``(channels,)``. The order is that of a Keras layer's ``get_weights()``.
        training: whether to normalize by the batch.
        momentum: how much of the moving statistics stays, between 0 and 1.
        epsilon: a small number that keeps the division possible, at least 0.

    Returns:
        ``(outputs, moving_mean, moving_variance)``; at inference the moving statistics are those
        that came in. They are float32 where inputs are float16, as Keras holds them.

    Raises:
        ValueError: for shapes that do not fit together, values that are not numbers, an empty
            batch, and a variance, momentum or epsilon out of range.

    Source: S. Ioffe and C. Szegedy, *Batch normalization*, 2015, arXiv:1502.03167, algorithms 1
    and 2; the moving average as in Keras.

    >>> batch = np.array([[0.0, 10.0], [2.0, 30.0]])
    >>> outputs, mean, variance = batch_norm(
    ...     batch, [1, 1], [0, 0], [0, 0], [1, 1], training=True
    ... )
    >>> outputs.round(2)
    array([[-1., -1.],
           [ 1.,  1.]])
    >>> mean
    array([0.01, 0.2 ])
    """
    inputs = _array("inputs", inputs)
    kept, inputs = inputs.dtype, inputs.astype(np.promote_types(inputs.dtype, "float32"))
    vectors = {"scale": scale, "shift": shift, "moving_mean": moving_mean, "moving_variance": moving_variance}
    scale, shift, moving_mean, moving_variance = _per_channel(inputs, vectors)
    _number("momentum", momentum, "from 0 to 1", lambda value: 0 <= value <= 1)
    _number("epsilon", epsilon, "of at least 0", lambda value: 0 <= value < np.inf)
    mean, variance = moving_mean, moving_variance
    if checks.flag("training", training):
        others = tuple(range(inputs.ndim - 1))
        mean, variance = inputs.mean(axis=others), inputs.var(axis=others)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    outputs = scale * (inputs - mean) / np.sqrt(variance + epsilon) + shift
    return outputs.astype(kept), moving_mean, moving_variance


def dropout(inputs, rate, *, training=False, rng=None):
    """Switch numbers off at random while training; do nothing at inference.

    Each number is 0 with probability ``rate`` and ``x / (1 - rate)`` otherwise, so that the
    expected value stays x ("inverted" dropout) and inference needs no correction.

    Args:
        inputs: numbers, in any shape.
        rate: the probability of being switched off, at least 0 and below 1.
        training: whether to switch anything off.
        rng: a ``numpy.random.Generator``, or a seed for one; ``None`` draws a fresh seed.

    Returns:
        Numbers in the same shape.

    Raises:
        ValueError: for a rate out of range, values that are not numbers, ``training`` that is not
            True or False, and an ``rng`` that is neither generator nor seed.

    Source: N. Srivastava et al., *Dropout*, 2014, section 10 (scaling while training).

    >>> dropout(np.ones(6), 0.5, training=True, rng=1)
    array([2., 2., 0., 2., 0., 0.])
    >>> dropout(np.ones(6), 0.5)
    array([1., 1., 1., 1., 1., 1.])
    """
    inputs = _array("inputs", inputs)
    _number("rate", rate, "of at least 0 and below 1", lambda value: 0 <= value < 1)
    if not checks.flag("training", training):
        return inputs
    kept = _generator(rng).random(inputs.shape) >= rate
    return np.where(kept, inputs / inputs.dtype.type(1 - rate), inputs.dtype.type(0))


# -- windows ---------------------------------------------------------------------------------------


def _padded(images, window, stride, padding, dilation=1, fill=0):
    """Surround the images with ``fill``, for a window that is known to fit."""
    if padding == "same":
        pads = same_padding(images.shape[1:3], window, stride, dilation)
    else:
        pads = [(pad, pad) for pad in _pair(0 if padding == "valid" else padding)]
    return np.pad(images, ((0, 0), *pads, (0, 0)), constant_values=fill)


def _windows(images, window, stride, dilation=1):
    """View the images as ``(batch, rows, columns, window height, window width, channels)``."""
    (step_y, step_x), (gap_y, gap_x) = _pair(stride), _pair(dilation)
    spans = [gap * (taps - 1) + 1 for taps, gap in zip(window, (gap_y, gap_x), strict=True)]
    windows = sliding_window_view(images, spans, axis=(1, 2))  # (batch, y, x, channels, span, span)
    return np.moveaxis(windows[:, ::step_y, ::step_x, :, ::gap_y, ::gap_x], 3, -1)


def _pooling_windows(images, pool_size, stride, padding, fill):
    images = _array("images", images, *_IMAGES)
    pool2d_output_shape(images.shape[1:], pool_size, stride=stride, padding=padding)  # raises ValueError
    window, stride = _pair(pool_size), pool_size if stride is None else stride
    return _windows(_padded(images, window, stride, padding, fill=fill), window, stride)


def _pair(value):
    return tuple(value) if isinstance(value, tuple | list) else (value, value)


# -- checks that name the argument, the value received and what is allowed --------------------------

_IMAGES = ("batch", "height", "width", "channels")
_KERNELS = ("kernel height", "kernel width", "channels / groups", "filters")


def _array(name, values, *axes):
    """Make an array of floats, with the axes that are asked for."""
    try:
        array = np.asarray(values)
    except ValueError as error:  # lists of different lengths
        raise ValueError(f"{name} must be an array. Received {name} that is none: {error}") from None
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name} must hold real numbers. Received {name} of type {array.dtype}.")
    if axes and array.ndim != len(axes):
        raise ValueError(f"{name} must have the shape ({', '.join(axes)}). Received the shape {array.shape}.")
    return array if array.dtype.kind == "f" else array.astype(float)


def _convolution_arrays(images, kernels, bias, groups):
    images = _array("images", images, *_IMAGES)
    kernels = _array("kernels", kernels, *_KERNELS)
    channels, filters = images.shape[3], kernels.shape[3]
    weights = conv2d_parameters(channels, filters, kernels.shape[:2], bias=False, groups=groups)
    if kernels.size != weights:
        raise ValueError(
            f"kernels must have channels / groups = {channels // groups} on its third axis. Received kernels "
            f"of shape {kernels.shape} for images of shape {images.shape} and groups={groups}."
        )
    return images, kernels, _bias(bias, kernels)


def _bias(bias, weights):
    """Check the bias against the last axis of the weights; no bias is a bias of zeros."""
    units = weights.shape[-1:]
    bias = np.zeros(units, weights.dtype) if bias is None else _array("bias", bias)
    if bias.shape != units:
        raise ValueError(f"bias must have the shape {units}. Received the shape {bias.shape}.")
    return bias


def _per_channel(inputs, vectors):
    arrays = [_array(name, vector).astype(inputs.dtype) for name, vector in vectors.items()]
    for name, array in zip(vectors, arrays, strict=True):
        if inputs.ndim < 2 or array.shape != inputs.shape[-1:]:
            raise ValueError(
                f"{name} must have the shape (channels,), and inputs (batch, ..., channels). Received "
                f"{name} of shape {array.shape} and inputs of shape {inputs.shape}."
            )
    if not inputs.size:
        raise ValueError(f"inputs must not be empty. Received inputs of shape {inputs.shape}.")
    if (arrays[-1] < 0).any():
        raise ValueError(f"moving_variance must not be negative. Received moving_variance={arrays[-1]}.")
    return arrays


def _number(name, value, allowed, fits):
    if not isinstance(value, Real) or isinstance(value, bool) or not fits(value):
        raise ValueError(f"{name} must be a number {allowed}. Received {name}={value!r}.")


def _generator(rng):
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise ValueError(f"rng must be a numpy.random.Generator or a seed. Received rng={rng!r}.") from None
