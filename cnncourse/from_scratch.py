"""The layers of a convolutional network from first principles in NumPy: forward, and back again.

Everything is channels last, as in Keras: a batch of images has the shape ``(batch, height, width,
channels)``, a stack of kernels ``(kernel height, kernel width, channels / groups, filters)``.
Results keep the type of the numbers that go in; whole numbers become float64. Sums of float16 are
taken in float32, as frameworks do: the largest float16 is 65,504.

What networks call a convolution is a cross-correlation: the kernel is not flipped.

A function ``…_gradients`` goes back through a layer. It takes what the layer took, and the gradient of the
loss with respect to the layer's output; it gives the gradient with respect to each number that went in.
"""

from functools import wraps
from math import prod
from numbers import Real

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnncourse import checks
from cnncourse.arithmetic import (
    conv2d_parameters,
    output_size,
    pool2d_output_shape,
    same_padding,
    transposed_output_size,
)

__all__ = [
    "average_pool",
    "average_pool_gradients",
    "batch_norm",
    "batch_norm_gradients",
    "conv2d",
    "conv2d_gradients",
    "conv2d_loops",
    "conv2d_transpose",
    "dense",
    "dense_gradients",
    "dropout",
    "im2col",
    "max_pool",
    "max_pool_gradients",
    "relu",
    "relu_gradients",
    "softmax",
]


def _half_in_single_precision(layer):
    """Compute in float32 where float16 goes in; what comes out is float16 again."""

    @wraps(layer)
    def compute(inputs, *args, **keywords):
        if getattr(inputs, "dtype", None) != np.float16:
            return layer(inputs, *args, **keywords)
        results = layer(np.asarray(inputs, "float32"), *args, **keywords)
        if isinstance(results, tuple):
            return tuple(result.astype("float16") for result in results)
        return results.astype("float16")

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
    """Convolve with one matrix product: every window becomes a row (:func:`im2col`), every filter a column.

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
    shape = _output_shape(images, kernels, stride, padding, dilation)
    rows = _window_rows(images, kernels.shape[:2], stride, padding, dilation, groups)
    output = rows @ _filter_columns(kernels, groups)  # (groups, positions, filters / groups)
    return output.swapaxes(0, 1).reshape(shape) + bias


@_half_in_single_precision
def conv2d_gradients(images, kernels, output_gradients, *, stride=1, padding=0, dilation=1, groups=1):
    """Go back through a convolution.

    Its output is ``Y = X W + bias``, with a window in each row of X (:func:`im2col`) and a filter in each
    column of W. From the gradient G with respect to Y come ``X.T @ G`` for the kernels, the sum of G for
    the bias, and ``G @ W.T`` for the windows: a pixel adds up what all windows that read it get.

    Args:
        images: ``(batch, height, width, channels)``.
        kernels: ``(kernel height, kernel width, channels / groups, filters)``.
        output_gradients: ``(batch, output height, output width, filters)``.
        stride: as for :func:`conv2d`, like ``padding``, ``dilation`` and ``groups``.
        padding: see ``stride``.
        dilation: see ``stride``.
        groups: see ``stride``.

    Returns:
        The gradients with respect to images, kernels and bias, in their shapes.

    Raises:
        ValueError: as :func:`conv2d`, and for gradients that do not have the shape of the output.

    Source: Chellapilla et al. 2006, section 4; Goodfellow et al. 2016, equations 9.11 and 9.13.

    >>> image = np.arange(4.0).reshape(1, 1, 4, 1)
    >>> kernel = np.array([1.0, -1.0]).reshape(1, 2, 1, 1)
    >>> ones = np.ones((1, 1, 3, 1))
    >>> pixels, weights, bias = conv2d_gradients(image, kernel, ones)
    >>> pixels.ravel()  # inner pixels are multiplied by 1 and by -1
    array([ 1.,  0.,  0., -1.])
    >>> weights.ravel(), bias  # 0 + 1 + 2 and 1 + 2 + 3
    (array([3., 6.]), array([3.]))
    """
    images, kernels, _ = _convolution_arrays(images, kernels, None, groups)
    shape = _output_shape(images, kernels, stride, padding, dilation)
    gradients = _gradients_array(output_gradients, shape)
    window, depth = kernels.shape[:2], kernels.shape[2]
    rows = _window_rows(images, window, stride, padding, dilation, groups)
    columns = _filter_columns(kernels, groups)
    # (groups, positions, filters / groups)
    outputs = gradients.reshape(-1, groups, shape[-1] // groups).swapaxes(0, 1)

    of_columns = rows.swapaxes(1, 2) @ outputs  # (groups, taps, filters / groups)
    of_rows = outputs @ columns.swapaxes(1, 2)  # (groups, positions, taps)
    of_windows = np.moveaxis(of_rows.reshape(groups, *shape[:3], *window, depth), 0, -2)
    of_windows = of_windows.reshape(*shape[:3], *window, images.shape[3])
    return (
        _add_windows(of_windows, images.shape, stride, padding, dilation),
        of_columns.swapaxes(0, 1).reshape(kernels.shape),
        gradients.sum(axis=(0, 1, 2)),
    )


@_half_in_single_precision
def conv2d_transpose(maps, kernels, bias=None, *, stride=1, padding=0):
    """Convolve the other way: each number lays its multiple of the kernels down, and overlaps add up.

    It is what :func:`conv2d_gradients` does with ``output_gradients`` to reach the images, taken as a
    layer of its own. With a stride above 1 the maps grow.

    Args:
        maps: ``(batch, height, width, filters)``.
        kernels: ``(kernel height, kernel width, channels, filters)``, the shape of the convolution that is
            run the other way.
        bias: ``(channels,)``, or ``None`` for no bias.
        stride: pixels from one kernel to the next, or a pair ``(height, width)``.
        padding: pixels cut off on each side, or a pair; or ``"valid"`` or ``"same"``, as in Keras.

    Returns:
        ``(batch, output height, output width, channels)``.

    Raises:
        ValueError: for arrays of another rank, channels that do not fit together, values that are not
            numbers, and whatever :func:`~cnncourse.arithmetic.transposed_output_size` refuses.

    Source: Dumoulin & Visin 2016, chapter 4.

    >>> maps = np.array([1.0, 10.0]).reshape(1, 1, 2, 1)
    >>> kernels = np.array([1.0, 2.0, 3.0]).reshape(1, 3, 1, 1)
    >>> conv2d_transpose(maps, kernels, stride=(1, 2)).ravel()  # 3 + 10
    array([ 1.,  2., 13., 20., 30.])
    """
    maps = _array("maps", maps, "batch", "height", "width", "filters")
    kernels = _array("kernels", kernels, "kernel height", "kernel width", "channels", "filters")
    if maps.shape[3] != kernels.shape[3]:
        raise ValueError(
            f"kernels must have as many filters, on the last axis, as maps has channels. Received kernels of "
            f"shape {kernels.shape} for maps of shape {maps.shape}."
        )
    size = transposed_output_size(maps.shape[1:3], kernels.shape[:2], stride, padding)
    windows = np.tensordot(maps, kernels, axes=(3, 3))  # (batch, height, width, f, f, channels)
    output = _add_windows(windows, (len(maps), *size, kernels.shape[2]), stride, padding)
    return output + _bias(bias, kernels[..., 0])


def im2col(images, kernel_size, *, stride=1, padding=0, dilation=1):
    """Lay out every window as a row, so that a convolution becomes a matrix product.

    A pixel that several windows read is copied into each: up to kernel height x kernel width times.

    Args:
        images: ``(batch, height, width, channels)``.
        kernel_size: the window, in pixels, or a pair ``(height, width)``.
        stride: as for :func:`conv2d`, like ``padding`` and ``dilation``.
        padding: see ``stride``.
        dilation: see ``stride``.

    Returns:
        ``(batch x output height x output width, kernel height x kernel width x channels)``.

    Raises:
        ValueError: for images of another rank, values that are not numbers, and whatever
            :func:`~cnncourse.arithmetic.output_size` refuses.

    Source: Chellapilla et al. 2006, section 4 (unrolling).

    >>> image = np.arange(9).reshape(1, 3, 3, 1)
    >>> im2col(image, 2)
    array([[0., 1., 3., 4.],
           [1., 2., 4., 5.],
           [3., 4., 6., 7.],
           [4., 5., 7., 8.]])
    """
    images = _array("images", images, *_IMAGES)
    output_size(images.shape[1:3], kernel_size, stride, padding, dilation)  # raises ValueError
    return _window_rows(images, _pair(kernel_size), stride, padding, dilation)[0]


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
def max_pool_gradients(images, output_gradients, pool_size=2, *, stride=None, padding=0):
    """Go back through max pooling: the pixel that won its window gets the window's gradient.

    All others get none. Of several largest pixels the first one wins, row by row, and a pixel that wins
    several windows adds up what it gets.

    Args:
        images: ``(batch, height, width, channels)``.
        output_gradients: ``(batch, output height, output width, channels)``.
        pool_size: as for :func:`max_pool`, like ``stride`` and ``padding``.
        stride: see ``pool_size``.
        padding: see ``pool_size``.

    Returns:
        The gradient with respect to the images, in their shape.

    Raises:
        ValueError: as :func:`max_pool`, and for gradients that do not have the shape of the output.

    Source: D. Scherer et al., *Evaluation of pooling operations in convolutional architectures for object
    recognition*, 2010.

    >>> image = np.array([[1, 3], [5, 2]]).reshape(1, 2, 2, 1)
    >>> max_pool_gradients(image, [[[[7.0]]]])[0, :, :, 0]
    array([[0., 0.],
           [7., 0.]])
    """
    windows = _pooling_windows(images, pool_size, stride, padding, fill=-np.inf)
    *places, height, width, channels = windows.shape
    gradients = _gradients_array(output_gradients, (*places, channels))
    flat = windows.reshape(*places, height * width, channels)
    taps = np.arange(height * width)[:, np.newaxis]
    won = taps == flat.argmax(axis=3)[:, :, :, np.newaxis]  # in the shape of flat
    of_windows = (won * gradients[:, :, :, np.newaxis]).reshape(windows.shape)
    return _add_windows(of_windows, np.shape(images), pool_size if stride is None else stride, padding)


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
    inside = _pixels_inside(images, pool_size, stride, padding)
    return (windows.sum(axis=(3, 4)) / inside).astype(windows.dtype)


@_half_in_single_precision
def average_pool_gradients(images, output_gradients, pool_size=2, *, stride=None, padding=0):
    """Go back through average pooling: the pixels of a window share its gradient equally.

    Args:
        images: ``(batch, height, width, channels)``. Their values play no part.
        output_gradients: ``(batch, output height, output width, channels)``.
        pool_size: as for :func:`average_pool`, like ``stride`` and ``padding``.
        stride: see ``pool_size``.
        padding: see ``pool_size``; it gets no share.

    Returns:
        The gradient with respect to the images, in their shape.

    Raises:
        ValueError: as :func:`max_pool_gradients`.

    Source: Goodfellow et al. 2016, section 6.5.2 (chain rule).

    >>> image = np.zeros((1, 2, 2, 1))
    >>> average_pool_gradients(image, [[[[8.0]]]])[0, :, :, 0]
    array([[2., 2.],
           [2., 2.]])
    """
    windows = _pooling_windows(images, pool_size, stride, padding, fill=0)
    gradients = _gradients_array(output_gradients, windows[:, :, :, 0, 0].shape)
    shares = gradients / _pixels_inside(images, pool_size, stride, padding)
    of_windows = np.broadcast_to(shares[:, :, :, np.newaxis, np.newaxis], windows.shape)
    stride = pool_size if stride is None else stride
    return _add_windows(of_windows, np.shape(images), stride, padding).astype(gradients.dtype)


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
    inputs, weights = _dense_arrays(inputs, weights)
    return inputs @ weights + _bias(bias, weights)


@_half_in_single_precision
def dense_gradients(inputs, weights, output_gradients):
    """Go back through a dense layer: from the output's gradient G to ``G @ weights.T`` and ``inputs.T @ G``.

    Args:
        inputs: ``(..., numbers in)``, such as ``(batch, numbers in)``.
        weights: ``(numbers in, units)``.
        output_gradients: ``(..., units)``.

    Returns:
        The gradients with respect to inputs, weights and bias, in their shapes; those of weights and bias
        add up the whole batch.

    Raises:
        ValueError: as :func:`dense`, and for gradients that do not have the shape of the output.

    Source: Goodfellow et al. 2016, section 6.5.6 (matrix product).

    >>> inputs, weights = [[1.0, 2.0]], [[3.0], [4.0]]
    >>> dense_gradients(inputs, weights, [[10.0]])
    (array([[30., 40.]]), array([[10.],
           [20.]]), array([10.]))
    """
    inputs, weights = _dense_arrays(inputs, weights)
    gradients = _gradients_array(output_gradients, (*inputs.shape[:-1], weights.shape[1]))
    rows, outputs = inputs.reshape(-1, weights.shape[0]), gradients.reshape(-1, weights.shape[1])
    return gradients @ weights.T, rows.T @ outputs, outputs.sum(axis=0)


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
def relu_gradients(inputs, output_gradients):
    """Go back through ReLU: a gradient passes where the input was above 0, and nowhere else.

    Args:
        inputs: numbers, in any shape.
        output_gradients: in the same shape.

    Returns:
        The gradient with respect to the inputs, in their shape. At 0 itself it is 0, as in Keras.

    Raises:
        ValueError: for values that are not numbers and for gradients of another shape.

    Source: Goodfellow et al. 2016, section 6.3.

    >>> relu_gradients([-1.5, 0.0, 2.0], [10.0, 10.0, 10.0])
    array([ 0.,  0., 10.])
    """
    inputs = _array("inputs", inputs)
    return (inputs > 0) * _gradients_array(output_gradients, inputs.shape)


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
    if (moving_variance < 0).any():
        raise ValueError(f"moving_variance must not be negative. Received {moving_variance=}.")
    _number("momentum", momentum, "from 0 to 1", lambda value: 0 <= value <= 1)
    _number("epsilon", epsilon, *_EPSILON)
    mean, variance = moving_mean, moving_variance
    if checks.flag("training", training):
        others = tuple(range(inputs.ndim - 1))
        mean, variance = inputs.mean(axis=others), inputs.var(axis=others)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    outputs = scale * (inputs - mean) / np.sqrt(variance + epsilon) + shift
    return outputs.astype(kept), moving_mean, moving_variance


@_half_in_single_precision
def batch_norm_gradients(inputs, scale, output_gradients, *, epsilon=1e-3):
    """Go back through batch normalization as it trains: the batch's mean and variance depend on the inputs.

    With the normalized inputs x, and G for the output's gradient, ``scale / sqrt(variance + epsilon) x
    (G - mean of G - x times the mean of G x)``: what all numbers of a channel have in common, and what
    grows with x, cannot change the output and gets no gradient. At inference it is plain multiplication,
    so G times ``scale / sqrt(moving variance + epsilon)``.

    Args:
        inputs: ``(batch, ..., channels)``.
        scale: gamma, ``(channels,)``.
        output_gradients: in the shape of the inputs.
        epsilon: as for :func:`batch_norm`.

    Returns:
        The gradients with respect to inputs, scale and shift, in their shapes.

    Raises:
        ValueError: as :func:`batch_norm`, and for gradients that do not have the shape of the inputs.

    Source: Ioffe & Szegedy 2015, section 3.

    >>> batch, scale = np.array([[0.0], [2.0], [4.0]]), [1.0]
    >>> alike = [[1.0], [1.0], [1.0]]  # no input moves all outputs
    >>> inputs, scale, shift = batch_norm_gradients(batch, scale, alike)
    >>> inputs.round(6).ravel(), shift
    (array([0., 0., 0.]), array([3.]))
    """
    inputs = _array("inputs", inputs)
    (scale,) = _per_channel(inputs, {"scale": scale})
    _number("epsilon", epsilon, *_EPSILON)
    gradients = _gradients_array(output_gradients, inputs.shape)
    others = tuple(range(inputs.ndim - 1))
    deviation = np.sqrt(inputs.var(axis=others) + epsilon)
    normalized = (inputs - inputs.mean(axis=others)) / deviation
    common, growing = gradients.mean(axis=others), (gradients * normalized).mean(axis=others)
    return (
        scale / deviation * (gradients - common - normalized * growing),
        (gradients * normalized).sum(axis=others),
        gradients.sum(axis=others),
    )


def dropout(inputs, rate, *, training=False, rng=None):
    """Switch numbers off at random while training; do nothing at inference.

    Each number is 0 with probability ``rate`` and ``x / (1 - rate)`` otherwise, so that the
    expected value stays x ("inverted" dropout) and inference needs no correction.

    The way back is the same call: the gradients, with the seed of the way there, lose the same numbers and
    are divided as well.

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
    >>> gradients = np.arange(6.0)
    >>> dropout(gradients, 0.5, training=True, rng=1)  # back
    array([0., 2., 0., 6., 0., 0.])
    """
    inputs = _array("inputs", inputs)
    _number("rate", rate, "of at least 0 and below 1", lambda value: 0 <= value < 1)
    if not checks.flag("training", training):
        return inputs
    kept = _generator(rng).random(inputs.shape) >= rate
    return np.where(kept, inputs / inputs.dtype.type(1 - rate), inputs.dtype.type(0))


# -- windows ---------------------------------------------------------------------------------------


def _pads(size, window, stride, padding, dilation=1):
    """Give the pixels ``(before, after)`` that padding adds on each axis, for a window that fits."""
    if padding == "same":
        return same_padding(size, window, stride, dilation)
    return [(pad, pad) for pad in _pair(0 if padding == "valid" else padding)]


def _padded(images, window, stride, padding, dilation=1, fill=0):
    """Surround the images with ``fill``."""
    pads = _pads(images.shape[1:3], window, stride, padding, dilation)
    return np.pad(images, ((0, 0), *pads, (0, 0)), constant_values=fill)


def _windows(images, window, stride, dilation=1):
    """View the images as ``(batch, rows, columns, window height, window width, channels)``."""
    (step_y, step_x), (gap_y, gap_x) = _pair(stride), _pair(dilation)
    spans = [gap * (taps - 1) + 1 for taps, gap in zip(window, (gap_y, gap_x), strict=True)]
    windows = sliding_window_view(images, spans, axis=(1, 2))  # (batch, y, x, channels, span, span)
    return np.moveaxis(windows[:, ::step_y, ::step_x, :, ::gap_y, ::gap_x], 3, -1)


def _add_windows(windows, shape, stride, padding, dilation=1):
    """Add windows up where :func:`_windows` read them, in images of a shape; without their padding."""
    (step_y, step_x), (gap_y, gap_x) = _pair(stride), _pair(dilation)
    rows, columns, *window = windows.shape[1:5]
    padded = _padded(np.zeros(shape, windows.dtype), window, stride, padding, dilation)
    for u, v in np.ndindex(*window):  # one tap of all windows at once: these never overlap
        top, left = u * gap_y, v * gap_x
        bottom, right = top + rows * step_y, left + columns * step_x
        padded[:, top:bottom:step_y, left:right:step_x] += windows[:, :, :, u, v]
    (above, _), (before, _) = _pads(shape[1:3], window, stride, padding, dilation)
    return padded[:, above : above + shape[1], before : before + shape[2]]


def _window_rows(images, window, stride, padding, dilation, groups=1):
    """Copy the windows into rows, group by group: ``(groups, positions, taps)``."""
    windows = _windows(_padded(images, window, stride, padding, dilation), window, stride, dilation)
    *places, channels = windows.shape  # batch, rows, columns, kernel height, kernel width
    windows = np.moveaxis(windows.reshape(*places, groups, channels // groups), -2, 0)
    # with numbers instead of -1, which an empty batch leaves open
    positions, taps = prod(places[:3]), prod(places[3:]) * channels // groups
    return windows.reshape(groups, positions, taps)


def _filter_columns(kernels, groups):
    """Put each filter's weights into a column, group by group: ``(groups, taps, filters / groups)``."""
    filters = kernels.shape[3]
    return kernels.reshape(prod(kernels.shape[:3]), groups, filters // groups).swapaxes(0, 1)


def _output_shape(images, kernels, stride, padding, dilation):
    size = output_size(images.shape[1:3], kernels.shape[:2], stride, padding, dilation)
    return len(images), *size, kernels.shape[3]


def _pooling_windows(images, pool_size, stride, padding, fill):
    images = _array("images", images, *_IMAGES)
    pool2d_output_shape(images.shape[1:], pool_size, stride=stride, padding=padding)  # raises ValueError
    window, stride = _pair(pool_size), pool_size if stride is None else stride
    return _windows(_padded(images, window, stride, padding, fill=fill), window, stride)


def _pixels_inside(images, pool_size, stride, padding):
    """Count the pixels of each window that are no padding: ``(1, rows, columns, 1)``."""
    ones = np.ones((1, *np.shape(images)[1:3], 1))
    return _pooling_windows(ones, pool_size, stride, padding, fill=0).sum(axis=(3, 4))


def _pair(value):
    return tuple(value) if isinstance(value, tuple | list) else (value, value)


# -- checks that name the argument, the value received and what is allowed --------------------------

_IMAGES = ("batch", "height", "width", "channels")
_KERNELS = ("kernel height", "kernel width", "channels / groups", "filters")
_EPSILON = "of at least 0", lambda value: 0 <= value < np.inf


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


def _dense_arrays(inputs, weights):
    inputs = _array("inputs", inputs)
    weights = _array("weights", weights, "numbers in", "units")
    if inputs.shape[-1:] != weights.shape[:1]:
        raise ValueError(
            f"inputs must end in as many numbers as weights has rows. Received inputs of shape "
            f"{inputs.shape} and weights of shape {weights.shape}."
        )
    return inputs, weights


def _gradients_array(gradients, shape):
    gradients = _array("output_gradients", gradients)
    if gradients.shape != tuple(shape):
        raise ValueError(
            f"output_gradients must have the shape of the layer's output, {tuple(shape)}. Received the "
            f"shape {gradients.shape}."
        )
    return gradients.astype(np.promote_types(gradients.dtype, "float32"))


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
    return arrays


def _number(name, value, allowed, fits):
    if not isinstance(value, Real) or isinstance(value, bool) or not fits(value):
        raise ValueError(f"{name} must be a number {allowed}. Received {name}={value!r}.")


def _generator(rng):
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise ValueError(f"rng must be a numpy.random.Generator or a seed. Received rng={rng!r}.") from None
