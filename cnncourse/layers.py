"""Layers as plain descriptions: each knows its output's shape, its parameters, MACs and worked solution.

They have the names of Keras' layers and the arguments of :mod:`cnncourse.arithmetic`, take no weights
and import nothing but the standard library. :func:`account` walks a list of them. Conventions and
errors are those of :mod:`cnncourse.arithmetic`; an argument is checked when the layer meets a shape.

>>> conv1 = Conv2D(96, 11, stride=4)
>>> conv1.output_shape((227, 227, 3)), conv1.parameters((227, 227, 3))
((55, 55, 96), 34944)
"""

from dataclasses import KW_ONLY, dataclass, fields
from math import prod
from typing import NamedTuple

from cnncourse import arithmetic, checks, worked

__all__ = [
    "Activation",
    "BatchNorm",
    "Conv2D",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "Flatten",
    "GlobalPool2D",
    "Layer",
    "Pool2D",
    "Row",
    "account",
]

POOLINGS = ("max", "average")


class Layer:
    """What all layers can tell; a kind of layer says only what differs from changing and counting nothing.

    Shapes are those of one image, without the batch: ``(height, width, channels)`` or ``(numbers,)``.

    >>> Dropout(0.5).output_shape((10,)), Dropout(0.5).parameters((10,))
    ((10,), 0)
    """

    def output_shape(self, input_shape):
        """Give the shape of the output for one image."""
        return checks.shape("input_shape", input_shape)

    def parameters(self, input_shape):
        """Count all parameters, as Keras does."""
        self.output_shape(input_shape)  # raises ValueError
        return 0

    def non_trainable_parameters(self, input_shape):
        """Count the parameters that training measures and does not learn."""
        self.output_shape(input_shape)
        return 0

    def macs(self, input_shape):
        """Count the multiply-accumulates for one image."""
        self.output_shape(input_shape)
        return 0

    def explain(self, input_shape, **how):
        """Work it out step by step, as a :class:`WorkedSolution`.

        ``how`` are ``batch_size``, ``dtype`` and ``language``, as of :func:`explain_conv2d`.
        """
        kind = type(self).__name__.lower()
        return worked.explain_unweighted(kind, input_shape, self.output_shape(input_shape), **how)

    def __repr__(self):
        settings = ((each.name, getattr(self, each.name), each.default) for each in fields(self))
        shown = (f"{name}={value!r}" for name, value, default in settings if value != default)
        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass(frozen=True, repr=False)
class Conv2D(Layer):
    """A convolution.

    Args:
        filters: the number of filters, which is the number of output channels.
        kernel_size: in pixels, or a pair ``(height, width)``; so are ``stride`` and ``dilation``.
        stride: see ``kernel_size``.
        padding: pixels on each side, or a pair; or ``"valid"`` or ``"same"``.
        dilation: see ``kernel_size``.
        groups: the groups that the channels are split into.
        bias: whether every filter has a bias.

    Source: :func:`conv2d_output_shape`, :func:`conv2d_parameters`, :func:`conv2d_macs`.

    >>> Conv2D(256, 5, padding="same", groups=2).parameters((27, 27, 96))
    307456
    """

    filters: int
    kernel_size: int | tuple
    _: KW_ONLY
    stride: int | tuple = 1
    padding: int | tuple | str = 0
    dilation: int | tuple = 1
    groups: int = 1
    bias: bool = True

    @property
    def _window(self):
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}

    def output_shape(self, input_shape):
        return arithmetic.conv2d_output_shape(input_shape, self.filters, self.kernel_size, **self._window)

    def parameters(self, input_shape):
        self.output_shape(input_shape)
        return arithmetic.conv2d_parameters(
            input_shape[2], self.filters, self.kernel_size, bias=self.bias, groups=self.groups
        )

    def macs(self, input_shape):
        return arithmetic.conv2d_macs(
            input_shape, self.filters, self.kernel_size, groups=self.groups, **self._window
        )

    def explain(self, input_shape, **how):
        return worked.explain_conv2d(input_shape, **vars(self), **how)


@dataclass(frozen=True, repr=False)
class DepthwiseConv2D(Layer):
    """A depthwise convolution: every channel has filters of its own, and no filter sees another channel.

    Args:
        kernel_size: in pixels, or a pair ``(height, width)``; so are ``stride`` and ``dilation``.
        depth_multiplier: the filters of each channel.
        stride: see ``kernel_size``.
        padding: pixels on each side, or a pair; or ``"valid"`` or ``"same"``.
        dilation: see ``kernel_size``.
        bias: whether every filter has a bias.

    Source: :func:`depthwise_conv2d_parameters`, :func:`depthwise_conv2d_macs`.

    >>> DepthwiseConv2D(3, padding="same").parameters((112, 112, 32))
    320
    """

    kernel_size: int | tuple
    _: KW_ONLY
    depth_multiplier: int = 1
    stride: int | tuple = 1
    padding: int | tuple | str = 0
    dilation: int | tuple = 1
    bias: bool = True

    @property
    def _window(self):
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}

    def output_shape(self, input_shape):
        return arithmetic.depthwise_conv2d_output_shape(
            input_shape, self.kernel_size, depth_multiplier=self.depth_multiplier, **self._window
        )

    def parameters(self, input_shape):
        self.output_shape(input_shape)
        return arithmetic.depthwise_conv2d_parameters(
            input_shape[2], self.kernel_size, depth_multiplier=self.depth_multiplier, bias=self.bias
        )

    def macs(self, input_shape):
        return arithmetic.depthwise_conv2d_macs(
            input_shape, self.kernel_size, depth_multiplier=self.depth_multiplier, **self._window
        )

    def explain(self, input_shape, **how):
        return worked.explain_depthwise_conv2d(input_shape, **vars(self), **how)


@dataclass(frozen=True, repr=False)
class Pool2D(Layer):
    """A max or average pooling.

    Args:
        pool_size: the window, in pixels, or a pair ``(height, width)``.
        stride: in pixels, or a pair; ``None`` means the window's size, as in Keras.
        padding: pixels on each side, or a pair; or ``"valid"`` or ``"same"``.
        kind: ``"max"`` or ``"average"``; it changes no count.

    Source: :func:`pool2d_output_shape`.

    >>> Pool2D(3, stride=2).output_shape((55, 55, 96))
    (27, 27, 96)
    """

    pool_size: int | tuple
    _: KW_ONLY
    stride: int | tuple | None = None
    padding: int | tuple | str = 0
    kind: str = "max"

    def __post_init__(self):
        _one_of("kind", self.kind, POOLINGS)

    @property
    def _window(self):
        return {"pool_size": self.pool_size, "stride": self.stride, "padding": self.padding}

    def output_shape(self, input_shape):
        return arithmetic.pool2d_output_shape(input_shape, **self._window)

    def explain(self, input_shape, **how):
        return worked.explain_pool2d(input_shape, **self._window, **how)


@dataclass(frozen=True, repr=False)
class GlobalPool2D(Layer):
    """A pooling that leaves one number of each channel: its mean, or its largest value.

    Args:
        kind: ``"average"`` or ``"max"``; it changes no count.

    Source: M. Lin et al., *Network in network*, 2014, arXiv:1312.4400, section 3.2.

    >>> GlobalPool2D().output_shape((7, 7, 512))
    (512,)
    """

    _: KW_ONLY
    kind: str = "average"

    def __post_init__(self):
        _one_of("kind", self.kind, POOLINGS)

    def output_shape(self, input_shape):
        return checks.shape("input_shape", input_shape, dimensions=3)[2:]


@dataclass(frozen=True, repr=False)
class Dense(Layer):
    """A fully connected layer. Its input is one row of numbers: a map goes through :class:`Flatten` first.

    Args:
        units: the numbers that come out.
        bias: whether every unit has a bias.

    Source: :func:`dense_parameters`, :func:`dense_macs`.

    >>> Dense(1000).parameters((4096,))
    4097000
    """

    units: int
    _: KW_ONLY
    bias: bool = True

    def output_shape(self, input_shape):
        self._inputs(input_shape)
        return (checks.whole("units", self.units, least=1),)

    def parameters(self, input_shape):
        return arithmetic.dense_parameters(self._inputs(input_shape), self.units, bias=self.bias)

    def macs(self, input_shape):
        return arithmetic.dense_macs(self._inputs(input_shape), self.units)

    def explain(self, input_shape, **how):
        return worked.explain_dense(self._inputs(input_shape), self.units, bias=self.bias, **how)

    @staticmethod
    def _inputs(input_shape):
        shape = checks.shape("input_shape", input_shape)
        if len(shape) > 1:
            raise ValueError(
                f"input_shape must be (inputs,), one row of numbers; Flatten makes one of a map. Received "
                f"input_shape={input_shape!r}."
            )
        return shape[0]


@dataclass(frozen=True, repr=False)
class BatchNorm(Layer):
    """A batch normalization: of its four numbers per channel, two are learned and two are measured.

    Source: :func:`batch_norm_parameters`.

    >>> shape, norm = (55, 55, 96), BatchNorm()
    >>> norm.parameters(shape), norm.non_trainable_parameters(shape)
    (384, 192)
    """

    def parameters(self, input_shape):
        return sum(arithmetic.batch_norm_parameters(self.output_shape(input_shape)[-1]))

    def non_trainable_parameters(self, input_shape):
        return arithmetic.batch_norm_parameters(self.output_shape(input_shape)[-1])[1]

    def explain(self, input_shape, **how):
        return worked.explain_batch_norm(input_shape, **how)


@dataclass(frozen=True, repr=False)
class Flatten(Layer):
    """Puts all numbers of a map into one row.

    Source: ``keras.layers.Flatten``.

    >>> Flatten().output_shape((6, 6, 256))
    (9216,)
    """

    def output_shape(self, input_shape):
        return (prod(checks.shape("input_shape", input_shape)),)


@dataclass(frozen=True, repr=False)
class Dropout(Layer):
    """Switches numbers off at random while training.

    Args:
        rate: the probability of being switched off, at least 0 and below 1.

    Source: :func:`cnncourse.dropout`.

    >>> Dropout(0.5).macs((4096,))
    0
    """

    rate: float

    def __post_init__(self):
        right = isinstance(self.rate, int | float) and not isinstance(self.rate, bool)
        if not right or not 0 <= self.rate < 1:
            raise ValueError(f"rate must be a number of at least 0 and below 1. Received rate={self.rate!r}.")


@dataclass(frozen=True, repr=False)
class Activation(Layer):
    """An activation function without weights, such as ReLU.

    Args:
        name: what it is called, such as ``"relu"``; it changes no count.

    Source: ``keras.layers.Activation``.

    >>> Activation("relu").output_shape((55, 55, 96))
    (55, 55, 96)
    """

    name: str

    def __post_init__(self):
        if not isinstance(self.name, str) or not self.name:
            raise ValueError(f"name must be the name of an activation. Received name={self.name!r}.")


class Row(NamedTuple):
    """One layer's part of an :func:`account`, for one image."""

    layer: Layer
    input_shape: tuple
    output_shape: tuple
    parameters: int
    non_trainable_parameters: int
    """Those of the parameters that training measures and does not learn."""
    macs: int

    @property
    def activations(self):
        """The numbers that the layer puts out."""
        return prod(self.output_shape)


def account(input_shape, layers):
    """Send a shape through a list of layers; count what each one holds and computes.

    Args:
        input_shape: the shape of one image, ``(height, width, channels)``.
        layers: the layers from the input on, such as ``cc.layers.Conv2D(96, 11, stride=4)``.

    Returns:
        A list with a :class:`~cnncourse.layers.Row` for each layer.

    Raises:
        ValueError: for anything that is not a list of layers, and for a layer that cannot be; it names
            the layer and the shape that it got.

    Source: The formulas of :mod:`cnncourse.arithmetic`, layer by layer.

    >>> layers = [Conv2D(6, 5), Pool2D(2), Flatten(), Dense(10)]
    >>> rows = account((28, 28, 1), layers)
    >>> [row.output_shape for row in rows]
    [(24, 24, 6), (12, 12, 6), (864,), (10,)]
    >>> sum(row.parameters for row in rows)
    8806
    """
    if not isinstance(layers, tuple | list):
        raise ValueError(f"layers must be a list of layers. Received layers={layers!r}.")
    shape, rows = checks.shape("input_shape", input_shape), []
    for place, layer in enumerate(layers):
        rows.append(_row(f"layers[{place}]", layer, shape))
        shape = rows[-1].output_shape
    return rows


def _row(name, layer, shape):
    if not isinstance(layer, Layer):
        raise ValueError(f"{name} must be a layer, such as layers.Flatten(). Received {name}={layer!r}.")
    counts = (layer.output_shape, layer.parameters, layer.non_trainable_parameters, layer.macs)
    try:
        return Row(layer, shape, *(count(shape) for count in counts))
    except ValueError as error:
        raise ValueError(f"{name}={layer!r} cannot follow the shape {shape}: {error}") from error


def _one_of(name, value, allowed):
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}. Received {name}={value!r}.")
