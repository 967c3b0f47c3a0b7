"""The arithmetic of convolutional networks, on plain integers and tuples.

Sizes, parameters, memory and compute of one layer. Only the standard library is imported, so
``import cnncourse`` starts at once. The conventions hold in the whole book:

- Sizes floor, as in Keras and PyTorch.
- A *MAC* is one multiply-accumulate of a convolution or dense layer. Adding the bias, normalizing,
  activating and pooling count none. FLOPs = 2 x MACs.
- Parameters count as Keras counts them: moving statistics included, and told apart.
- ``kernel_size``, ``stride``, ``padding`` and ``dilation`` take an integer or a pair
  ``(height, width)``. Shapes are ``(height, width, channels)``.

Source of the sizes: V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep
learning*, 2016, arXiv:1603.07285, relationship 6, and 15 with dilation.
"""

from math import prod
from numbers import Integral

from cnncourse import checks
from cnncourse.axis import axes, paddings

__all__ = [
    "DTYPE_BYTES",
    "activation_bytes",
    "batch_norm_parameters",
    "conv2d_macs",
    "conv2d_output_shape",
    "conv2d_parameters",
    "dense_macs",
    "dense_parameters",
    "depthwise_conv2d_macs",
    "depthwise_conv2d_output_shape",
    "depthwise_conv2d_parameters",
    "output_size",
    "parameter_bytes",
    "pool2d_output_shape",
    "receptive_field",
    "same_padding",
    "transposed_output_size",
    "unused_pixels",
]

DTYPE_BYTES = {
    "float64": 8,
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "int64": 8,
    "int32": 4,
    "int16": 2,
    "int8": 1,
    "uint8": 1,
}
"""Bytes that one number takes, by the name of its type."""


def output_size(input_size, kernel_size, stride=1, padding=0, dilation=1):
    """Count the positions of a window on one axis, or on two.

    ``floor((n + 2p - d(f - 1) - 1) / s) + 1`` for padding given as a number, and
    ``ceil(n / s)`` for ``"same"``.

    Args:
        input_size: n, in pixels, or a pair ``(height, width)``.
        kernel_size: f, in pixels, or a pair.
        stride: s, the step from one position to the next, or a pair.
        padding: p, the pixels added on *each* side, or a pair; or ``"valid"`` (none) or ``"same"``.
        dilation: d, the distance between neighbouring kernel taps, or a pair.

    Returns:
        The size in pixels: a pair when any argument is a pair, an ``int`` otherwise.

    Raises:
        ValueError: for an argument that is not a whole number in range, and for a kernel that is
            larger than the padded input.

    Source: Dumoulin & Visin 2016, relationships 6 and 15.

    >>> output_size(227, 11, stride=4)
    55
    >>> output_size(224, 11, stride=4)  # 54.25, floored
    54
    >>> output_size((427, 640), 3, stride=2, padding="same")
    (214, 320)
    """
    both = axes(input_size, kernel_size, stride, padding, dilation)
    sizes = tuple(axis.output for axis in both)
    return sizes if checks.has_pair(input_size, kernel_size, stride, padding, dilation) else sizes[0]


def same_padding(input_size, kernel_size, stride=1, dilation=1):
    """Tell how many pixels ``"same"`` padding adds before and after the input.

    The total is ``max((ceil(n / s) - 1) s + d(f - 1) + 1 - n, 0)``. Where it is odd, the extra
    pixel goes after the input (right, bottom), as in Keras and TensorFlow.

    Args:
        input_size: n, in pixels, or a pair ``(height, width)``.
        kernel_size: f, in pixels, or a pair.
        stride: s, or a pair.
        dilation: d, or a pair.

    Returns:
        ``(before, after)`` in pixels; a pair of these when any argument is a pair.

    Raises:
        ValueError: for an argument that is not a whole number in range.

    Source: TensorFlow, "Notes on padding combination", API documentation of ``tf.nn``.

    >>> same_padding(5, 3)
    (1, 1)
    >>> same_padding(224, 7, stride=2)  # no single p expresses this
    (2, 3)
    """
    pads = tuple(axis.pads for axis in axes(input_size, kernel_size, stride, "same", dilation))
    return pads if checks.has_pair(input_size, kernel_size, stride, dilation) else pads[0]


def unused_pixels(input_size, kernel_size, stride=1, padding=0, dilation=1):
    """Count the pixels at the end of the padded input that no window reaches.

    ``(n + 2p - d(f - 1) - 1) mod s`` for padding given as a number: what the floor in
    :func:`output_size` leaves over. Pixels *between* windows (stride larger than the kernel) are
    not counted.

    Args:
        input_size: n, in pixels, or a pair ``(height, width)``.
        kernel_size: f, in pixels, or a pair.
        stride: s, or a pair.
        padding: p on each side, or a pair; or ``"valid"`` or ``"same"``.
        dilation: d, or a pair.

    Returns:
        Pixels (an ``int``, or a pair when any argument is a pair).

    Raises:
        ValueError: as :func:`output_size`.

    Source: The remainder of the division in Dumoulin & Visin 2016, relationship 6.

    >>> unused_pixels(227, 11, stride=4)
    0
    >>> unused_pixels(224, 11, stride=4)
    1
    """
    both = axes(input_size, kernel_size, stride, padding, dilation)
    unused = tuple(axis.unused for axis in both)
    return unused if checks.has_pair(input_size, kernel_size, stride, padding, dilation) else unused[0]


def transposed_output_size(input_size, kernel_size, stride=1, padding=0):
    """Tell how large a transposed convolution makes its output, on one axis or on two.

    ``(n - 1) s + f - 2p`` for padding given as a number: the kernels are laid down s apart, and p pixels
    are cut off on each side. For ``"same"`` it is ``n s``. :func:`output_size` leads from there back to n.

    Args:
        input_size: n, in pixels, or a pair ``(height, width)``.
        kernel_size: f, in pixels, or a pair.
        stride: s, the step from one kernel to the next, or a pair.
        padding: p, the pixels cut off on *each* side, or a pair; or ``"valid"`` (none) or ``"same"``.

    Returns:
        The size in pixels: a pair when any argument is a pair, an ``int`` otherwise.

    Raises:
        ValueError: for an argument that is not a whole number in range, and for padding that leaves nothing.

    Source: Dumoulin & Visin 2016, relationship 13; ``"same"`` as in Keras' ``Conv2DTranspose``, whose
    ``"valid"`` appends s - f zeros where the stride is larger than the kernel.

    >>> transposed_output_size(28, 4, stride=2, padding=1)
    56
    >>> output_size(56, 4, stride=2, padding=1)
    28
    >>> transposed_output_size(28, 3, stride=2, padding="same")
    56
    """
    given = (
        checks.pair("input_size", input_size, least=1),
        checks.pair("kernel_size", kernel_size, least=1),
        checks.pair("stride", stride, least=1),
        paddings(padding),
    )
    sizes = tuple(
        n * s if p == "same" else (n - 1) * s + f - 2 * p for n, f, s, p in zip(*given, strict=True)
    )
    if min(sizes) < 1:
        raise ValueError(
            f"padding must leave a pixel of the output. Received {padding=} for {input_size=}, "
            f"{kernel_size=} and {stride=}."
        )
    return sizes if checks.has_pair(input_size, kernel_size, stride, padding) else sizes[0]


def conv2d_output_shape(input_shape, filters, kernel_size, *, stride=1, padding=0, dilation=1):
    """Give the shape of a convolution's output; every filter makes one channel.

    Args:
        input_shape: ``(height, width, channels)``.
        filters: the number of filters.
        kernel_size: as for :func:`output_size`, like ``stride``, ``padding`` and ``dilation``.
        stride: see ``kernel_size``.
        padding: see ``kernel_size``.
        dilation: see ``kernel_size``.

    Returns:
        ``(height, width, filters)``.

    Raises:
        ValueError: as :func:`output_size`, and for a shape that is not three whole numbers.

    Source: Dumoulin & Visin 2016, section 2.4.

    >>> conv2d_output_shape((227, 227, 3), 96, 11, stride=4)
    (55, 55, 96)
    """
    height, width, _ = checks.shape("input_shape", input_shape, dimensions=3)
    size = output_size((height, width), kernel_size, stride, padding, dilation)
    return (*size, checks.whole("filters", filters, least=1))


def pool2d_output_shape(input_shape, pool_size, *, stride=None, padding=0):
    """Give the shape of a pooling layer's output; the channels stay as they are.

    Args:
        input_shape: ``(height, width, channels)``.
        pool_size: the window, in pixels, or a pair.
        stride: as for :func:`output_size`; ``None`` means the window's size, as in Keras.
        padding: as for :func:`output_size`, and fewer pixels than the window has.

    Returns:
        ``(height, width, channels)``.

    Raises:
        ValueError: as :func:`output_size`, for a shape that is not three whole numbers, and for padding
            as large as the window: some windows would hold no pixel.

    Source: Dumoulin & Visin 2016, chapter 3.

    >>> pool2d_output_shape((55, 55, 96), 3, stride=2)
    (27, 27, 96)
    """
    height, width, channels = checks.shape("input_shape", input_shape, dimensions=3)
    stride = pool_size if stride is None else stride
    both = axes((height, width), pool_size, stride, padding, dilation=1, kernel_name="pool_size")
    if any(axis.before >= axis.kernel for axis in both):
        raise ValueError(
            f"padding must be smaller than the window, or some windows hold no pixel. Received "
            f"padding={padding} for pool_size={pool_size}."
        )
    return (*(axis.output for axis in both), channels)


def conv2d_parameters(in_channels, filters, kernel_size, *, bias=True, groups=1):
    """Count the weights and biases of a convolution: ``filters x (f_h x f_w x channels / groups + 1)``.

    Args:
        in_channels: the channels of the *input*.
        filters: the number of filters, which is the number of output channels.
        kernel_size: in pixels, or a pair ``(height, width)``.
        bias: whether every filter has a bias.
        groups: the groups that the channels are split into; it divides both counts.

    Returns:
        The number of parameters.

    Raises:
        ValueError: for an argument that is not a whole number in range, for groups that do not divide
            the channels, and for a bias that is not True or False.

    Source: A. Krizhevsky et al., *ImageNet classification with deep convolutional neural
    networks*, 2012, section 3.5 (groups).

    >>> conv2d_parameters(3, 96, 11)
    34944
    >>> conv2d_parameters(96, 256, 5, groups=2)
    307456
    """
    channels, filters = _grouped(in_channels, filters, groups)
    taps = prod(checks.pair("kernel_size", kernel_size, least=1)) * channels
    return filters * (taps + checks.flag("bias", bias))


def depthwise_conv2d_output_shape(
    input_shape, kernel_size, *, depth_multiplier=1, stride=1, padding=0, dilation=1
):
    """Give the shape of a depthwise convolution's output: as many channels as there are filters.

    Args:
        input_shape: ``(height, width, channels)``.
        kernel_size: as for :func:`output_size`, like ``stride``, ``padding`` and ``dilation``.
        depth_multiplier: the filters of each channel.
        stride: see ``kernel_size``.
        padding: see ``kernel_size``.
        dilation: see ``kernel_size``.

    Returns:
        ``(height, width, channels x depth_multiplier)``.

    Raises:
        ValueError: as :func:`output_size`, for a shape that is not three whole numbers, and for a
            multiplier that is not a whole number of at least 1.

    Source: A. Howard et al., *MobileNets*, 2017, arXiv:1704.04861, section 3.1.

    >>> depthwise_conv2d_output_shape((112, 112, 64), 3, padding="same")
    (112, 112, 64)
    """
    _, _, channels = checks.shape("input_shape", input_shape, dimensions=3)
    filters = channels * checks.whole("depth_multiplier", depth_multiplier, least=1)
    return conv2d_output_shape(
        input_shape, filters, kernel_size, stride=stride, padding=padding, dilation=dilation
    )


def depthwise_conv2d_parameters(in_channels, kernel_size, *, depth_multiplier=1, bias=True):
    """Count the weights and biases of a depthwise convolution: ``channels x multiplier x (f_h x f_w + 1)``.

    Args:
        in_channels: the channels of the input.
        kernel_size: in pixels, or a pair ``(height, width)``.
        depth_multiplier: the filters of each channel.
        bias: whether every filter has a bias.

    Returns:
        The number of parameters.

    Raises:
        ValueError: for an argument that is not a whole number in range, and for a bias that is not
            True or False.

    Source: A. Howard et al., *MobileNets*, 2017, arXiv:1704.04861, equation 3; a grouped
    convolution with as many groups as channels.

    >>> depthwise_conv2d_parameters(32, 3)
    320
    """
    channels = checks.whole("in_channels", in_channels, least=1)
    filters = channels * checks.whole("depth_multiplier", depth_multiplier, least=1)
    return conv2d_parameters(channels, filters, kernel_size, bias=bias, groups=channels)


def dense_parameters(inputs, units, *, bias=True):
    """Count the weights and biases of a dense layer: ``units x (inputs + 1)``.

    Args:
        inputs: the numbers that go in.
        units: the numbers that come out.
        bias: whether every unit has a bias.

    Returns:
        The number of parameters.

    Raises:
        ValueError: for a count that is not a whole number of at least 1, and for a bias that is
            not True or False.

    Source: I. Goodfellow et al., *Deep Learning*, 2016, section 6.1.

    >>> dense_parameters(4096, 1000)
    4097000
    """
    return checks.whole("units", units, least=1) * (
        checks.whole("inputs", inputs, least=1) + checks.flag("bias", bias)
    )


def batch_norm_parameters(channels):
    """Count the parameters of a batch normalization: two per channel learned, two measured.

    Args:
        channels: the channels that are normalized.

    Returns:
        ``(trainable, non_trainable)``: scale and shift; moving mean and moving variance.

    Raises:
        ValueError: for ``channels`` that is not a whole number of at least 1.

    Source: S. Ioffe and C. Szegedy, *Batch normalization*, 2015, arXiv:1502.03167, algorithm 1.

    >>> batch_norm_parameters(96)
    (192, 192)
    """
    channels = checks.whole("channels", channels, least=1)
    return 2 * channels, 2 * channels


def conv2d_macs(input_shape, filters, kernel_size, *, stride=1, padding=0, dilation=1, groups=1):
    """Count the multiply-accumulates of a convolution for one image.

    ``output height x output width x filters x f_h x f_w x channels / groups``.

    Args:
        input_shape: ``(height, width, channels)``.
        filters: the number of filters.
        kernel_size: as for :func:`output_size`, like ``stride``, ``padding`` and ``dilation``.
        stride: see ``kernel_size``.
        padding: see ``kernel_size``.
        dilation: see ``kernel_size``.
        groups: as for :func:`conv2d_parameters`.

    Returns:
        MACs for one image. FLOPs are twice as many.

    Raises:
        ValueError: as :func:`conv2d_output_shape` and :func:`conv2d_parameters`.

    Source: A. Howard et al., *MobileNets*, 2017, arXiv:1704.04861, equation 2.

    >>> conv2d_macs((227, 227, 3), 96, 11, stride=4)
    105415200
    """
    output_shape = conv2d_output_shape(
        input_shape, filters, kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    weights = conv2d_parameters(input_shape[2], filters, kernel_size, bias=False, groups=groups)
    return prod(output_shape[:2]) * weights


def depthwise_conv2d_macs(input_shape, kernel_size, *, depth_multiplier=1, stride=1, padding=0, dilation=1):
    """Count the multiply-accumulates of a depthwise convolution for one image.

    ``output height x output width x channels x multiplier x f_h x f_w``.

    Args:
        input_shape: ``(height, width, channels)``.
        kernel_size: as for :func:`output_size`, like ``stride``, ``padding`` and ``dilation``.
        depth_multiplier: the filters of each channel.
        stride: see ``kernel_size``.
        padding: see ``kernel_size``.
        dilation: see ``kernel_size``.

    Returns:
        MACs for one image. FLOPs are twice as many.

    Raises:
        ValueError: as :func:`depthwise_conv2d_output_shape`.

    Source: A. Howard et al., *MobileNets*, 2017, arXiv:1704.04861, equation 4.

    >>> depthwise_conv2d_macs((112, 112, 32), 3, padding="same")
    3612672
    """
    window = {"stride": stride, "padding": padding, "dilation": dilation}
    output_shape = depthwise_conv2d_output_shape(
        input_shape, kernel_size, depth_multiplier=depth_multiplier, **window
    )
    return prod(output_shape) * prod(checks.pair("kernel_size", kernel_size, least=1))


def dense_macs(inputs, units):
    """Count the multiply-accumulates of a dense layer for one image: ``inputs x units``.

    Args:
        inputs: the numbers that go in.
        units: the numbers that come out.

    Returns:
        MACs for one image. FLOPs are twice as many.

    Raises:
        ValueError: for an argument that is not a whole number of at least 1.

    Source: One product and one sum per weight of the matrix; Goodfellow et al. 2016, section 6.1.

    >>> dense_macs(4096, 1000)
    4096000
    """
    return dense_parameters(inputs, units, bias=False)


def parameter_bytes(parameters, dtype="float32"):
    """Tell the memory that parameters take. The batch size plays no part in it.

    Args:
        parameters: how many.
        dtype: the type of one number, a key of :data:`DTYPE_BYTES`.

    Returns:
        Bytes. 1 kB = 1000 B, 1 KiB = 1024 B.

    Raises:
        ValueError: for a negative or fractional count and for an unknown type.

    Source: IEEE 754-2019 (float32 is 32 *bits*, which are 4 bytes).

    >>> parameter_bytes(34944)
    139776
    """
    return checks.whole("parameters", parameters, least=0) * _bytes_each(dtype)


def activation_bytes(shape, batch_size=1, dtype="float32"):
    """Tell the memory that one layer's activations take, for a whole batch.

    Args:
        shape: the shape for one image, such as ``(height, width, channels)``; or a count.
        batch_size: images in the batch.
        dtype: the type of one number, a key of :data:`DTYPE_BYTES`.

    Returns:
        Bytes. 1 kB = 1000 B, 1 KiB = 1024 B.

    Raises:
        ValueError: for a shape or batch size that is not a whole number of at least 1, and for an
            unknown type.

    Source: IEEE 754-2019 for the bytes; the count is the product of the shape.

    >>> activation_bytes((55, 55, 96), batch_size=16)
    18585600
    """
    count = (
        checks.whole("shape", shape, least=1)
        if isinstance(shape, Integral)
        else prod(checks.shape("shape", shape))
    )
    return count * checks.whole("batch_size", batch_size, least=1) * _bytes_each(dtype)


def receptive_field(layers):
    """Tell how many input pixels one output value sees along an axis.

    ``1 + sum of d(f - 1) x product of the strides before``.

    Args:
        layers: convolutions and poolings from the input on, each a tuple ``(kernel_size, stride)``
            or ``(kernel_size, stride, dilation)`` of whole numbers.

    Returns:
        Pixels along one axis, 1 for no layers.

    Raises:
        ValueError: for ``layers`` that are not a list or tuple, and for a layer that is not such a tuple.

    Source: A. Araujo et al., *Computing receptive fields of convolutional neural networks*,
    Distill, 2019, equation 2.

    >>> receptive_field([(11, 4), (3, 2)])  # AlexNet up to pooling 1
    19
    """
    if not isinstance(layers, tuple | list):
        raise ValueError(
            f"layers must be a list of (kernel_size, stride) tuples. Received layers={layers!r}."
        )
    field, jump = 1, 1
    for index, layer in enumerate(layers):
        kernel_size, stride, dilation = _window(f"layers[{index}]", layer)
        field += dilation * (kernel_size - 1) * jump
        jump *= stride
    return field


# -- checks that name the argument, the value received and what is allowed --------------------------


def _grouped(in_channels, filters, groups):
    """Check the channel counts and give the channels that one filter sees."""
    in_channels = checks.whole("in_channels", in_channels, least=1)
    filters = checks.whole("filters", filters, least=1)
    groups = checks.whole("groups", groups, least=1)
    if in_channels % groups or filters % groups:
        raise ValueError(
            f"groups must divide the input channels and the filters. Received groups={groups} for "
            f"{in_channels} input channels and {filters} filters."
        )
    return in_channels // groups, filters


def _bytes_each(dtype):
    if not isinstance(dtype, str) or dtype not in DTYPE_BYTES:
        raise ValueError(f"dtype must be one of {', '.join(DTYPE_BYTES)}. Received dtype={dtype!r}.")
    return DTYPE_BYTES[dtype]


def _window(name, layer):
    right = isinstance(layer, tuple | list) and len(layer) in (2, 3)
    if not right or not all(checks.is_whole(value, least=1) for value in layer):
        raise ValueError(
            f"{name} must be (kernel_size, stride) or (kernel_size, stride, dilation), whole numbers of "
            f"at least 1. Received {name}={layer!r}."
        )
    return tuple(map(int, (*layer, 1)[:3]))
