r"""Worked solutions: the lecture notes' "Rechenbeispiel" for any kind of layer.

Each ``explain_...`` function gives a :class:`WorkedSolution` in German or English. A notebook shows
it as Markdown with math, a terminal as plain text; the numbers are its attributes. Every number comes
from :mod:`cnncourse.arithmetic`. A formula is written once, with symbols: the line with numbers is the
same formula with its symbols replaced, so the two cannot disagree.

Symbols: n input size, f kernel size, s stride, p padding on each side, d dilation, f' size of the
dilated kernel, t total "same" padding, o output size, c input channels, k filters, g groups, m filters
per channel, b batch size, q bytes per number; for a dense layer n inputs and m units; a output values
where the shape does not matter. Where height and width differ, they carry the subscripts h and w.
"""

import re
import textwrap
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import NamedTuple

from cnncourse import checks
from cnncourse.arithmetic import (
    activation_bytes,
    batch_norm_parameters,
    conv2d_macs,
    conv2d_output_shape,
    conv2d_parameters,
    dense_macs,
    dense_parameters,
    depthwise_conv2d_macs,
    depthwise_conv2d_output_shape,
    depthwise_conv2d_parameters,
    parameter_bytes,
    pool2d_output_shape,
)
from cnncourse.axis import Axis, axes
from cnncourse.language import spoken

__all__ = [
    "Step",
    "WorkedSolution",
    "explain_batch_norm",
    "explain_conv2d",
    "explain_dense",
    "explain_depthwise_conv2d",
    "explain_pool2d",
    "explain_unweighted",
]


@dataclass(frozen=True)
class Step:
    r"""One part of a worked solution, such as the number of parameters.

    Args:
        title: its heading, in the solution's language.
        markdown: its prose and formulas, as Markdown with ``$...$`` and ``$$...$$``.

    >>> print(Step("Parameters", r"One bias per filter: $1 \cdot k = 96$"))
    Parameters
      One bias per filter: 1 · k = 96
    """

    title: str
    markdown: str

    def __str__(self):
        return f"{self.title}\n{_plain(self.markdown)}"


@dataclass(frozen=True, repr=False)
class WorkedSolution:
    """The step-by-step account of one layer: a text to read, and its numbers.

    Name it on the last line of a notebook cell to see it with math; ``print`` it in a terminal.

    Args:
        title: the kind of layer, in the solution's language.
        steps: what is given, then a :class:`Step` each for output size, parameters, memory, compute.
        output_shape: for one image, ``(height, width, channels)``; ``(units,)`` for a dense layer.
        parameters: the number of weights and biases.
        parameter_bytes: memory of the parameters, in bytes, whatever the batch size.
        activation_bytes: memory of the layer's output for the whole batch, in bytes.
        macs: multiply-accumulates for one image.

    >>> solution = explain_dense(4096, 1000, language="en")
    >>> solution.parameters, solution.flops
    (4097000, 8192000)
    >>> [step.title for step in solution.steps]
    ['Given', 'Output size', 'Number of parameters', 'Memory', 'Compute']
    """

    title: str
    steps: tuple
    output_shape: tuple
    parameters: int
    parameter_bytes: int
    activation_bytes: int
    macs: int

    @property
    def flops(self):
        """Floating-point operations for one image: twice the MACs."""
        return 2 * self.macs

    def _repr_markdown_(self):
        # Bold lines, not headings: an output must not change the outline of the page it stands on.
        parts = [f"**{step.title}**\n\n{step.markdown}" for step in self.steps]
        return "\n\n".join([f"**{self.title}**", *parts])

    def __str__(self):
        return "\n\n".join([f"{self.title}\n{'=' * len(self.title)}", *map(str, self.steps)])

    __repr__ = __str__


def explain_conv2d(
    input_shape,
    filters,
    kernel_size,
    *,
    stride=1,
    padding=0,
    dilation=1,
    groups=1,
    bias=True,
    batch_size=1,
    dtype="float32",
    language=None,
):
    """Work out the size, parameters, memory and compute of a convolution, step by step.

    Args:
        input_shape: ``(height, width, channels)``, in pixels.
        filters: the number of filters, which is the number of output channels.
        kernel_size: in pixels, or a pair ``(height, width)``; so are ``stride`` and ``dilation``.
        stride: see ``kernel_size``.
        padding: pixels on each side, or a pair; or ``"valid"`` or ``"same"``.
        dilation: see ``kernel_size``.
        groups: the groups that the channels are split into.
        bias: whether every filter has a bias.
        batch_size: images in the batch; only the memory of the activations depends on it.
        dtype: the type of one number, a key of :data:`cnncourse.arithmetic.DTYPE_BYTES`.
        language: ``"de"`` or ``"en"``; ``None`` means the one in force (:func:`use_language`).

    Returns:
        A :class:`WorkedSolution`.

    Raises:
        ValueError: for an unknown language, and as the functions of :mod:`cnncourse.arithmetic`.

    Source: The lecture notes' worked example, with its memory and its compute corrected.

    >>> solution = explain_conv2d(
    ...     (227, 227, 3), 96, 11, stride=4, batch_size=16, language="en"
    ... )
    >>> solution.output_shape, solution.parameters, solution.macs
    ((55, 55, 96), 34944, 105415200)
    >>> print(solution.steps[1])  # doctest: +NORMALIZE_WHITESPACE
    Output size
      o = ⌊(n + 2p − f)/s⌋ + 1
        = ⌊(227 + 2 · 0 − 11)/4⌋ + 1
        = 54 + 1 = 55
    <BLANKLINE>
      Each filter makes one channel, so the output is
      o × o × k = 55 × 55 × 96.
    """
    window = {"stride": stride, "padding": padding, "dilation": dilation}
    output_shape = conv2d_output_shape(input_shape, filters, kernel_size, **window)
    parameters = conv2d_parameters(input_shape[2], filters, kernel_size, bias=bias, groups=groups)
    macs = conv2d_macs(input_shape, filters, kernel_size, groups=groups, **window)
    sides = _sides(input_shape, kernel_size, **window)
    symbols = {"c": input_shape[2], "k": filters, "g": groups}
    board = _Board(language, batch_size, dtype, **symbols, **_symbols(sides))

    channels = "c" if groups == 1 else r"\frac{c}{g}"
    products = rf"{_product(sides, 'f')} \cdot {channels}"  # in each output value
    outputs = rf"{_product(sides, 'o')} \cdot k"
    in_group = f"{board.equal(channels)} = {board.tex(input_shape[2] // groups)}"
    weights = board.say("all_channels") if groups == 1 else board.say("group_channels", math=in_group)
    return board.solution(
        "conv2d",
        given=[
            board.say("input", rf"{_extent(sides, 'n')} \times c"),
            board.say("filters", "k", _extent(sides, "f")),
            *_given_window(sides, board),
            *([board.say("groups", "g")] if groups > 1 else []),
        ],
        size=[*_size(sides, board), board.say("conv_shape", rf"{_extent(sides, 'o')} \times k")],
        counting=[
            weights + board.say("bias" if bias else "no_bias"),
            board.derive(board.word("parameters"), rf"k \cdot {products}{' + k' * bias}", parameters),
        ],
        compute=_compute(outputs, products, macs, board),
        outputs=outputs,
        output_shape=output_shape,
        parameters=parameters,
        macs=macs,
    )


def explain_depthwise_conv2d(
    input_shape,
    kernel_size,
    *,
    depth_multiplier=1,
    stride=1,
    padding=0,
    dilation=1,
    bias=True,
    batch_size=1,
    dtype="float32",
    language=None,
):
    """Work out the size, parameters, memory and compute of a depthwise convolution, step by step.

    Args:
        input_shape: ``(height, width, channels)``, in pixels.
        kernel_size: in pixels, or a pair ``(height, width)``; so are ``stride`` and ``dilation``.
        depth_multiplier: the filters of each channel.
        stride: see ``kernel_size``.
        padding: pixels on each side, or a pair; or ``"valid"`` or ``"same"``.
        dilation: see ``kernel_size``.
        bias: whether every filter has a bias.
        batch_size: images in the batch; only the memory of the activations depends on it.
        dtype: the type of one number, a key of :data:`cnncourse.arithmetic.DTYPE_BYTES`.
        language: ``"de"`` or ``"en"``; ``None`` means the one in force (:func:`use_language`).

    Returns:
        A :class:`WorkedSolution`.

    Raises:
        ValueError: for an unknown language, and as the functions of :mod:`cnncourse.arithmetic`.

    Source: A. Howard et al., *MobileNets*, 2017, arXiv:1704.04861, section 3.1.

    >>> print(
    ...     explain_depthwise_conv2d(
    ...         (112, 112, 32), 3, padding="same", language="en"
    ...     ).steps[2]
    ... )
    Number of parameters
      Each filter has a single channel, plus one bias:
    <BLANKLINE>
      Parameters = c · f · f + c
                 = 32 · 3 · 3 + 32
                 = 320
    """
    window = {"stride": stride, "padding": padding, "dilation": dilation}
    layer = {**window, "depth_multiplier": depth_multiplier}
    output_shape = depthwise_conv2d_output_shape(input_shape, kernel_size, **layer)
    parameters = depthwise_conv2d_parameters(
        input_shape[2], kernel_size, depth_multiplier=depth_multiplier, bias=bias
    )
    macs = depthwise_conv2d_macs(input_shape, kernel_size, **layer)
    sides = _sides(input_shape, kernel_size, **window)
    board = _Board(language, batch_size, dtype, c=input_shape[2], m=depth_multiplier, **_symbols(sides))

    filters = "c" if depth_multiplier == 1 else r"c \cdot m"
    many = "" if depth_multiplier == 1 else "_many"
    outputs = rf"{_product(sides, 'o')} \cdot {filters}"
    shape = board.equal(rf"{_extent(sides, 'o')} \times {filters}")
    shape += f" = {board.shape(output_shape)}" if many else ""
    return board.solution(
        "depthwise_conv2d",
        given=[
            board.say("input", rf"{_extent(sides, 'n')} \times c"),
            board.say(f"depthwise_filters{many}", _extent(sides, "f"), *(["m"] if many else [])),
            *_given_window(sides, board),
        ],
        size=[*_size(sides, board), board.say(f"depthwise_shape{many}", math=shape)],
        counting=[
            board.say("one_channel") + board.say("bias" if bias else "no_bias"),
            board.derive(
                board.word("parameters"),
                rf"{filters} \cdot {_product(sides, 'f')}{f' + {filters}' * bias}",
                parameters,
            ),
        ],
        compute=_compute(outputs, _product(sides, "f"), macs, board),
        outputs=outputs,
        output_shape=output_shape,
        parameters=parameters,
        macs=macs,
    )


def explain_pool2d(
    input_shape,
    pool_size,
    *,
    stride=None,
    padding=0,
    batch_size=1,
    dtype="float32",
    language=None,
):
    """Work out the size and memory of a max or average pooling, and why it has no parameters.

    Args:
        input_shape: ``(height, width, channels)``, in pixels.
        pool_size: the window, in pixels, or a pair ``(height, width)``.
        stride: in pixels, or a pair; ``None`` means the window's size, as in Keras.
        padding: pixels on each side, or a pair; or ``"valid"`` or ``"same"``.
        batch_size: images in the batch.
        dtype: the type of one number, a key of :data:`cnncourse.arithmetic.DTYPE_BYTES`.
        language: ``"de"`` or ``"en"``; ``None`` means the one in force (:func:`use_language`).

    Returns:
        A :class:`WorkedSolution`.

    Raises:
        ValueError: for an unknown language, and as :func:`cnncourse.arithmetic.pool2d_output_shape`.

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, chapter 3.

    >>> pooling = explain_pool2d((55, 55, 96), 3, stride=2, language="en")
    >>> pooling.output_shape, pooling.parameters, pooling.macs
    ((27, 27, 96), 0, 0)
    """
    output_shape = pool2d_output_shape(input_shape, pool_size, stride=stride, padding=padding)
    sides = _sides(input_shape, pool_size, pool_size if stride is None else stride, padding)
    board = _Board(language, batch_size, dtype, c=input_shape[2], **_symbols(sides))
    return board.solution(
        "pool2d",
        given=[
            board.say("input", rf"{_extent(sides, 'n')} \times c"),
            board.say("window", _extent(sides, "f")),
            *_given_window(sides, board),
        ],
        size=[*_size(sides, board), board.say("pool_shape", rf"{_extent(sides, 'o')} \times c")],
        counting=[board.say("pool_parameters")],
        compute=[board.say("pool_compute")],
        outputs=rf"{_product(sides, 'o')} \cdot c",
        output_shape=output_shape,
        parameters=0,
        macs=0,
    )


def explain_dense(inputs, units, *, bias=True, batch_size=1, dtype="float32", language=None):
    """Work out the parameters, memory and compute of a dense layer, step by step.

    Args:
        inputs: the numbers that go in.
        units: the numbers that come out.
        bias: whether every unit has a bias.
        batch_size: images in the batch.
        dtype: the type of one number, a key of :data:`cnncourse.arithmetic.DTYPE_BYTES`.
        language: ``"de"`` or ``"en"``; ``None`` means the one in force (:func:`use_language`).

    Returns:
        A :class:`WorkedSolution`.

    Raises:
        ValueError: for an unknown language, and as :func:`cnncourse.arithmetic.dense_parameters`.

    Source: I. Goodfellow et al., *Deep Learning*, 2016, section 6.1.

    >>> print(explain_dense(4096, 1000, language="en").steps[2])
    Number of parameters
      Each unit has one weight for every input, plus one bias:
    <BLANKLINE>
      Parameters = m · n + m
                 = 1000 · 4096 + 1000
                 = 4,097,000
    """
    parameters, macs = dense_parameters(inputs, units, bias=bias), dense_macs(inputs, units)
    board = _Board(language, batch_size, dtype, n=inputs, m=units)
    return board.solution(
        "dense",
        given=[board.say("inputs", "n"), board.say("units", "m")],
        size=[board.say("dense_shape", "m")],
        counting=[
            board.say("input_weights") + board.say("bias" if bias else "no_bias"),
            board.derive(board.word("parameters"), rf"m \cdot n{' + m' * bias}", parameters),
        ],
        compute=_compute("m", "n", macs, board),
        outputs="m",
        output_shape=(int(units),),
        parameters=parameters,
        macs=macs,
    )


def explain_batch_norm(input_shape, *, batch_size=1, dtype="float32", language=None):
    """Work out the parameters and memory of a batch normalization, step by step.

    Args:
        input_shape: ``(height, width, channels)``, or ``(channels,)`` after a dense layer.
        batch_size: images in the batch.
        dtype: the type of one number, a key of :data:`cnncourse.arithmetic.DTYPE_BYTES`.
        language: ``"de"`` or ``"en"``; ``None`` means the one in force (:func:`use_language`).

    Returns:
        A :class:`WorkedSolution`.

    Raises:
        ValueError: for an unknown language, and for a shape that is not a tuple of whole numbers.

    Source: S. Ioffe and C. Szegedy, *Batch normalization*, 2015, arXiv:1502.03167, algorithm 1.

    >>> print(explain_batch_norm((55, 55, 96), language="en").steps[2])
    Number of parameters
      Each channel has four numbers: training learns γ and β (2 · c = 2 · 96 = 192) and only measures
      the mean and the variance (192 that are not trainable):
    <BLANKLINE>
      Parameters = 4 · c
                 = 4 · 96
                 = 384
    """
    shape = checks.shape("input_shape", input_shape)
    board = _Board(language, batch_size, dtype, c=shape[-1], a=prod(shape))
    trainable, measured = batch_norm_parameters(shape[-1])
    learned = board.equal(r"2 \cdot c") + f" = {board.tex(trainable)}"
    return board.solution(
        "batchnorm",
        given=[board.say("any_input", math=board.shape(shape))],
        size=[board.say("same_shape", math=board.shape(shape)), board.values(shape)],
        counting=[
            board.say("norm_parameters", learned=learned, measured=measured),
            board.derive(board.word("parameters"), r"4 \cdot c", trainable + measured),
        ],
        compute=[board.say("norm_compute")],
        outputs="a",
        output_shape=shape,
        parameters=trainable + measured,
        macs=0,
    )


def explain_unweighted(kind, input_shape, output_shape, *, batch_size=1, dtype="float32", language=None):
    """Say of a layer without weights what it does to the shape, and what its output takes in memory.

    Args:
        kind: ``"flatten"``, ``"dropout"``, ``"activation"`` or ``"globalpool2d"``.
        input_shape: the shape of one image.
        output_shape: the shape of the output for one image.
        batch_size: images in the batch.
        dtype: the type of one number, a key of :data:`cnncourse.arithmetic.DTYPE_BYTES`.
        language: ``"de"`` or ``"en"``; ``None`` means the one in force (:func:`use_language`).

    Returns:
        A :class:`WorkedSolution`.

    Raises:
        ValueError: for an unknown language, batch size or type.

    Source: :mod:`cnncourse.layers` knows the shapes.

    >>> print(explain_unweighted("flatten", (6, 6, 256), (9216,), language="en").steps[1])
    Output size
      Flatten puts the numbers into one row and changes none of them.
    <BLANKLINE>
      That makes a = 6 · 6 · 256 = 9216 output values.
    """
    board = _Board(language, batch_size, dtype, a=prod(output_shape))
    counted = input_shape if kind == "flatten" else output_shape
    return board.solution(
        kind,
        given=[board.say("any_input", math=board.shape(input_shape))],
        size=[board.say(f"{kind}_shape", math=board.shape(output_shape)), board.values(counted)],
        counting=[board.say("no_parameters")],
        compute=[board.say("no_compute")],
        outputs="a",
        output_shape=output_shape,
        parameters=0,
        macs=0,
    )


# -- one axis of a sliding window ---------------------------------------------------------------------


# A letter that is a symbol of its own, not a part of a TeX command or of a word.
_LETTER = r"(?<![\\A-Za-z])[{}](?![A-Za-z])"
_SYMBOL = re.compile(_LETTER.format("a-z") + "(?:_[hw])?'?")


class _Side(NamedTuple):
    """An axis with the names of its numbers."""

    axis: Axis
    mark: str  # the subscript of its symbols: none where height and width are alike, else "_h" or "_w"

    @property
    def kernel_symbol(self):
        return "f" if self.axis.dilation == 1 else "f'"

    def named(self, formula):
        """Give the symbols of this axis its subscript."""
        return re.sub(rf"{_LETTER.format('nfspdto')}", rf"\g<0>{self.mark}", formula)

    def symbols(self):
        axis = self.axis
        values = {"n": axis.size, "f": axis.kernel, "s": axis.stride, "p": axis.padding, "d": axis.dilation}
        values |= {"f'": axis.span, "o": axis.output}
        return {self.named(symbol): value for symbol, value in values.items()}


def _sides(input_shape, kernel_size, stride, padding, dilation=1):
    """Give the height and the width, or one side for both where they are alike."""
    height, width = axes(tuple(input_shape[:2]), kernel_size, stride, padding, dilation)
    return (_Side(height, ""),) if height == width else (_Side(height, "_h"), _Side(width, "_w"))


def _symbols(sides):
    return {symbol: value for side in sides for symbol, value in side.symbols().items()}


def _product(sides, symbol):
    return rf"{sides[0].named(symbol)} \cdot {sides[-1].named(symbol)}"


def _extent(sides, symbol):
    return rf"{sides[0].named(symbol)} \times {sides[-1].named(symbol)}"


# -- the parts of a solution, each a list of Markdown blocks ------------------------------------------


def _given_window(sides, board):
    """List stride, padding and, where it is not 1, dilation."""

    def line(key, symbol):
        return board.say(key, math=r",\ ".join(board.equal(side.named(symbol)) for side in sides))

    same = sides[0].axis.padding == "same"
    padding = board.say("padding_same") if same else line("padding", "p")
    dilated = any(side.axis.dilation > 1 for side in sides)
    return [line("stride", "s"), padding, *([line("dilation", "d")] if dilated else [])]


def _size(sides, board):
    """Derive the output size, axis by axis where they differ."""
    blocks = []
    for side in sides:
        axis = side.axis
        if side.mark:
            blocks.append(board.say(f"axis{side.mark}"))
        if axis.dilation > 1:
            blocks += [
                board.say("dilated"),
                board.derive(side.named("f'"), side.named(r"d \cdot (f - 1) + 1"), axis.span),
            ]
        blocks += (_size_same if axis.padding == "same" else _size_floor)(side, board)
    return blocks


def _size_floor(side, board):
    """Derive the size for padding given in pixels; say what the floor cuts off where it does."""
    axis = side.axis
    formula = rf"\left\lfloor \frac{{n + 2 \cdot p - {side.kernel_symbol}}}{{s}} \right\rfloor + 1"
    steps = axis.output - 1
    exact = steps + Fraction(axis.unused, axis.stride)
    floor = [rf"\lfloor {board.tex(exact)} \rfloor + 1"] if axis.unused else []
    result = f"{board.tex(steps)} + 1 = {board.tex(axis.output)}"
    blocks = [board.derive(side.named("o"), side.named(formula), *floor, result)]
    if axis.unused:
        cut = board.say("floor", exact=exact + 1, whole=axis.output, rest=axis.unused)
        unreached = board.say(f"unreached{side.mark}")
        blocks.append(cut + unreached + (board.say("padding_counts") if axis.padding else ""))
    return blocks


def _size_same(side, board):
    """Derive the size for "same" padding, and how the padding splits into before and after."""
    axis = side.axis
    exact = Fraction(axis.size, axis.stride)
    ceiling = [rf"\lceil {board.tex(exact)} \rceil"] if exact != axis.output else []
    needed = rf"\max((o - 1) \cdot s + {side.kernel_symbol} - n, 0)"
    before, after = axis.pads
    split = board.say(f"same_split{side.mark}", before=before, after=after)
    odd = board.say("same_odd", total=before + after) if before != after else ""
    return [
        board.derive(
            side.named("o"), side.named(r"\left\lceil \frac{n}{s} \right\rceil"), *ceiling, axis.output
        ),
        board.say(f"same_total{side.mark}"),
        board.derive(side.named("t"), side.named(needed), before + after),
        *([split + odd] if after else []),
    ]


def _compute(outputs, products, macs, board):
    return [
        board.say("macs", outputs=outputs, products=products),
        board.derive(r"\text{MACs}", rf"{outputs} \cdot {products}", macs),
        board.say("flops"),
        board.equation(r"\text{FLOPs}", r"2 \cdot \text{MACs}", rf"2 \cdot {board.tex(macs)}", 2 * macs),
    ]


class _Board:
    """Writes in one language and puts one layer's numbers into formulas."""

    def __init__(self, language, batch_size, dtype, **symbols):
        self.language, self.batch_size, self.dtype = spoken(language), batch_size, dtype
        self.words = _WORDS[self.language.code]
        self.symbols = {**symbols, "b": batch_size, "q": parameter_bytes(1, dtype)}

    def word(self, key):
        """Give a word for use inside a formula."""
        return rf"\text{{{self.words[key]}}}"

    def say(self, key, *formulas, **values):
        """Give a sentence; a formula comes with its numbers, a value as it is."""
        shown = [f"${self.equal(formula)}$" for formula in formulas]
        named = {name: f"${self.tex(value)}$" for name, value in values.items()}
        return self.words[key].format(*shown, **named)

    def tex(self, value):
        return value if isinstance(value, str) else self.language.tex(value)

    def shape(self, sizes):
        return r" \times ".join(map(self.tex, sizes))

    def values(self, shape):
        """Say how many output values there are, which are a."""
        factors = r" \cdot ".join(map(self.tex, shape))
        return self.say("values", math=f"a = {factors}" + f" = {self.fill('a')}" * (len(shape) > 1))

    def equal(self, formula):
        return f"{formula} = {self.fill(formula)}"

    def fill(self, formula):
        """Replace the symbols of a formula by their numbers."""
        return _SYMBOL.sub(lambda symbol: self.tex(self.symbols[symbol[0]]), formula)

    def derive(self, left, formula, *results):
        """Show the formula, the formula with its numbers, and the results, one below the other."""
        # "2 \cdot p" is what the numbers need; with symbols, "2p" is how it is written.
        return self.equation(left, formula.replace(r"2 \cdot p", "2p"), self.fill(formula), *results)

    def equation(self, left, *rights):
        rows = " \\\\\n".join(f"&= {self.tex(right)}" for right in rights)
        return f"$$\n\\begin{{aligned}}\n{left} {rows}\n\\end{{aligned}}\n$$"

    def bytes_rows(self, count):
        """Give the bytes, and below what they are in decimal and binary units."""
        scaled = [self.scaled(count, base, units) for base, units in _UNITS.items() if count >= base]
        return [rf"{self.tex(count)}\,\text{{B}}", *scaled]

    def scaled(self, count, base, units):
        """Write bytes in the largest unit of which there is at least one."""
        power = max(power for power in range(1, len(units) + 1) if count >= base**power)
        return rf"{self.tex(Fraction(count, base**power))}\,\text{{{units[power - 1]}}}"

    def memory(self, outputs, parameters, weight_bytes, output_bytes):
        """Account for parameters and activations apart: only the latter grow with the batch."""
        unit = r"\,\text{B}"
        count = rf"{self.tex(parameters)} \cdot {self.fill('q')}{unit}"
        weights = self.equation(rf"{self.word('parameters')} \cdot q", count, *self.bytes_rows(weight_bytes))
        values = rf"b \cdot {outputs} \cdot q"
        activations = self.equation(values, self.fill(values) + unit, *self.bytes_rows(output_bytes))
        return [
            *([self.say("parameter_memory"), weights] if parameters else [self.say("no_parameter_memory")]),
            self.say("activation_memory"),
            activations,
            self.say("units_of_memory"),
        ]

    def solution(self, kind, *, given, size, counting, compute, outputs, output_shape, parameters, macs):
        """Put the parts together; batch, precision and memory are alike for every kind of layer."""
        weight_bytes = parameter_bytes(parameters, self.dtype)
        output_bytes = activation_bytes(output_shape, self.batch_size, self.dtype)
        dtype = rf"\texttt{{{self.dtype}}}"
        each = rf"{self.equal('q')}\,\text{{B}}"
        precision = self.say("precision", dtype=dtype, bits=8 * self.symbols["q"], each=each)
        parts = {
            "given": ["\n".join([*given, self.say("batch", "b"), precision])],
            "size": size,
            "counting": counting,
            "memory": self.memory(outputs, parameters, weight_bytes, output_bytes),
            "compute": compute,
        }
        steps = tuple(Step(self.say(part), "\n\n".join(blocks)) for part, blocks in parts.items())
        return WorkedSolution(
            self.say(kind), steps, output_shape, parameters, weight_bytes, output_bytes, macs
        )


# -- the words, and the way from Markdown to plain text -----------------------------------------------

_UNITS = {1000: ("kB", "MB", "GB"), 1024: ("KiB", "MiB", "GiB")}

_WORDS = {
    "de": {
        "conv2d": "Rechenbeispiel: Faltungsschicht (Conv2D)",
        "depthwise_conv2d": "Rechenbeispiel: kanalweise Faltung (DepthwiseConv2D)",
        "pool2d": "Rechenbeispiel: Pooling-Schicht",
        "dense": "Rechenbeispiel: vollständig verbundene Schicht (Dense)",
        "globalpool2d": "Rechenbeispiel: globales Pooling",
        "batchnorm": "Rechenbeispiel: Batch Normalization",
        "flatten": "Rechenbeispiel: Flatten",
        "dropout": "Rechenbeispiel: Dropout",
        "activation": "Rechenbeispiel: Aktivierungsfunktion",
        "given": "Gegeben",
        "size": "Ausgabegröße",
        "counting": "Anzahl der Parameter",
        "memory": "Speicherbedarf",
        "compute": "Rechenaufwand",
        "parameters": "Parameter",
        "input": "- Eingabe (Höhe × Breite × Kanäle): {0}",
        "filters": "- Filter: {0}, jeweils {1}",
        "any_input": "- Eingabe: {math}",
        "depthwise_filters": "- Filter: einer je Kanal, jeweils {0}",
        "depthwise_filters_many": "- Filter je Kanal: {1}, jeweils {0}",
        "window": "- Fenster: {0}",
        "stride": "- Schrittweite (Stride): {math}",
        "padding": "- Auffüllen (Padding) je Seite: {math}",
        "padding_same": "- Auffüllen (Padding): same",
        "dilation": "- Dilation: {math}",
        "groups": "- Gruppen: {0}",
        "inputs": "- Eingänge: {0}",
        "units": "- Neuronen (Units): {0}",
        "batch": "- Batchgröße: {0}",
        "precision": "- Präzision: {dtype}, also {bits}\N{NO-BREAK SPACE}Bit oder {each} je Zahl",
        "axis_h": "Höhe:",
        "axis_w": "Breite:",
        "dilated": "Durch die Dilation überspannt der Filter mehr Pixel, als er Gewichte hat:",
        "floor": (
            "Ungerundet wären es {exact} Positionen, doch nur ganze zählen: {whole}. "
            "Der Rest der Division, {rest}, sagt dir, wie viele "
        ),
        "unreached": "Pixelreihen unten und rechts kein Fenster mehr erreicht.",
        "unreached_h": "Pixelzeilen unten kein Fenster mehr erreicht.",
        "unreached_w": "Pixelspalten rechts kein Fenster mehr erreicht.",
        "padding_counts": " Der aufgefüllte Rand zählt dabei mit.",
        "same_total": "Damit das aufgeht, braucht jede Richtung insgesamt so viele Pixel Rand:",
        "same_total_h": "Damit das aufgeht, braucht die Höhe insgesamt so viele Pixel Rand:",
        "same_total_w": "Damit das aufgeht, braucht die Breite insgesamt so viele Pixel Rand:",
        "same_split": "Aufgeteilt: oben und links je {before}, unten und rechts je {after}.",
        "same_split_h": "Aufgeteilt: oben {before}, unten {after}.",
        "same_split_w": "Aufgeteilt: links {before}, rechts {after}.",
        "same_odd": (
            " Weil {total} ungerade ist, bekommt das Ende ein Pixel mehr: "
            "Ein einziges $p$ für beide Seiten gibt es hier nicht."
        ),
        "conv_shape": "Jeder Filter liefert einen Kanal. Die Ausgabe hat also die Form {0}.",
        "pool_shape": "Pooling bearbeitet jeden Kanal für sich, die Zahl der Kanäle bleibt also gleich: {0}.",
        "depthwise_shape": (
            "Jeder Filter bearbeitet seinen eigenen Kanal, die Zahl der Kanäle bleibt also gleich: {math}."
        ),
        "depthwise_shape_many": "Jeder Filter liefert einen Kanal. Die Ausgabe hat also die Form {math}.",
        "globalpool2d_shape": "Von jedem Kanal bleibt eine einzige Zahl übrig.",
        "flatten_shape": "Flatten reiht die Zahlen hintereinander auf und ändert keine.",
        "values": "Das sind {math} Ausgabewerte.",
        "same_shape": "Die Form bleibt, wie sie ist: {math}.",
        "dropout_shape": "Dropout schaltet Zahlen aus, lässt aber keine weg. Die Form bleibt: {math}.",
        "activation_shape": "Die Funktion wirkt auf jede Zahl für sich. Die Form bleibt: {math}.",
        "dense_shape": "Jedes Neuron liefert eine Zahl. Die Ausgabe hat also die Größe {0}.",
        "all_channels": "Jeder Filter hat so viele Kanäle wie die Eingabe",
        "one_channel": "Jeder Filter hat nur einen Kanal",
        "group_channels": "Jeder Filter sieht nur die Kanäle seiner Gruppe ({math})",
        "input_weights": "Jedes Neuron hat für jeden Eingang ein Gewicht",
        "bias": ", dazu kommt ein Bias:",
        "no_bias": ", einen Bias gibt es nicht:",
        "pool_parameters": (
            "Pooling hat keine Gewichte, es lernt nichts: Aus jedem Fenster nimmt es das Maximum "
            "oder den Mittelwert. Das macht $0$ Parameter."
        ),
        "norm_parameters": (
            "Jeder Kanal hat vier Zahlen: γ und β lernt das Training ({learned}), Mittelwert und Varianz "
            "misst es nur ({measured}, die nicht trainierbar sind):"
        ),
        "no_parameters": "Diese Schicht hat keine Gewichte, sie lernt nichts. Das macht $0$ Parameter.",
        "parameter_memory": "Die Parameter liegen nur einmal im Speicher, egal wie groß der Batch ist:",
        "no_parameter_memory": (
            r"Ohne Parameter braucht die Schicht dafür auch keinen Speicher: $0\,\text{{B}}$."
        ),
        "activation_memory": "Die Aktivierungen (die Ausgabe der Schicht) fallen für jedes Bild im Batch an:",
        "units_of_memory": "(1 kB = 1000 B, 1 KiB = 1024 B)",
        "macs": "Je Bild gibt es {outputs} Ausgabewerte, und jeder ist eine Summe aus {products} Produkten:",
        "flops": "Ein MAC ist eine Multiplikation und eine Addition, zählt also als zwei FLOPs:",
        "norm_compute": (
            "Normalisieren, Skalieren und Verschieben sind wenige Operationen je Zahl, aber keine Summe aus "
            "Produkten. Deshalb zählen wir $0$ MACs und $0$ FLOPs."
        ),
        "no_compute": (
            "Mit Gewichten multipliziert diese Schicht nichts. Deshalb zählen wir $0$ MACs und $0$ FLOPs."
        ),
        "pool_compute": (
            "Max-Pooling vergleicht, Average-Pooling mittelt; mit Gewichten multipliziert keines von beiden. "
            "Deshalb zählen wir $0$ MACs und $0$ FLOPs."
        ),
    },
    "en": {
        "conv2d": "Worked example: convolutional layer (Conv2D)",
        "depthwise_conv2d": "Worked example: depthwise convolution (DepthwiseConv2D)",
        "pool2d": "Worked example: pooling layer",
        "dense": "Worked example: fully connected layer (Dense)",
        "globalpool2d": "Worked example: global pooling",
        "batchnorm": "Worked example: batch normalization",
        "flatten": "Worked example: flatten",
        "dropout": "Worked example: dropout",
        "activation": "Worked example: activation function",
        "given": "Given",
        "size": "Output size",
        "counting": "Number of parameters",
        "memory": "Memory",
        "compute": "Compute",
        "parameters": "Parameters",
        "input": "- Input (height × width × channels): {0}",
        "filters": "- Filters: {0}, each {1}",
        "any_input": "- Input: {math}",
        "depthwise_filters": "- Filters: one per channel, each {0}",
        "depthwise_filters_many": "- Filters per channel: {1}, each {0}",
        "window": "- Window: {0}",
        "stride": "- Stride: {math}",
        "padding": "- Padding on each side: {math}",
        "padding_same": "- Padding: same",
        "dilation": "- Dilation: {math}",
        "groups": "- Groups: {0}",
        "inputs": "- Inputs: {0}",
        "units": "- Units: {0}",
        "batch": "- Batch size: {0}",
        "precision": "- Precision: {dtype}, which is {bits}\N{NO-BREAK SPACE}bits or {each} per number",
        "axis_h": "Height:",
        "axis_w": "Width:",
        "dilated": "Dilation makes the filter span more pixels than it has weights:",
        "floor": (
            "Unrounded, that would be {exact} positions, but only whole ones count: {whole}. "
            "The remainder of the division, {rest}, tells you how many "
        ),
        "unreached": "rows at the bottom and columns on the right no window reaches.",
        "unreached_h": "rows at the bottom no window reaches.",
        "unreached_w": "columns on the right no window reaches.",
        "padding_counts": " The padding counts as pixels here.",
        "same_total": "To make that fit, each direction needs this many pixels of padding in total:",
        "same_total_h": "To make that fit, the height needs this many pixels of padding in total:",
        "same_total_w": "To make that fit, the width needs this many pixels of padding in total:",
        "same_split": "Split: {before} each at the top and left, {after} each at the bottom and right.",
        "same_split_h": "Split: {before} at the top, {after} at the bottom.",
        "same_split_w": "Split: {before} on the left, {after} on the right.",
        "same_odd": (
            " Because {total} is odd, the end gets the extra pixel: "
            "no single $p$ for both sides can express this."
        ),
        "conv_shape": "Each filter makes one channel, so the output is {0}.",
        "pool_shape": "Pooling treats each channel on its own, so their number stays the same: {0}.",
        "depthwise_shape": "Each filter works on its own channel, so their number stays the same: {math}.",
        "depthwise_shape_many": "Each filter makes one channel, so the output is {math}.",
        "globalpool2d_shape": "A single number is left of each channel.",
        "flatten_shape": "Flatten puts the numbers into one row and changes none of them.",
        "values": "That makes {math} output values.",
        "same_shape": "The shape stays as it is: {math}.",
        "dropout_shape": "Dropout switches numbers off but drops none of them. The shape stays: {math}.",
        "activation_shape": "The function works on each number by itself. The shape stays: {math}.",
        "dense_shape": "Each unit makes one number, so the size of the output is {0}.",
        "all_channels": "Each filter has as many channels as the input",
        "one_channel": "Each filter has a single channel",
        "group_channels": "Each filter sees only the channels of its group ({math})",
        "input_weights": "Each unit has one weight for every input",
        "bias": ", plus one bias:",
        "no_bias": ", and there is no bias:",
        "pool_parameters": (
            "Pooling has no weights and learns nothing: it takes the maximum or the mean of each window. "
            "That makes $0$ parameters."
        ),
        "norm_parameters": (
            "Each channel has four numbers: training learns γ and β ({learned}) and only measures "
            "the mean and the variance ({measured} that are not trainable):"
        ),
        "no_parameters": "This layer has no weights and learns nothing. That makes $0$ parameters.",
        "parameter_memory": "The parameters are stored only once, however large the batch is:",
        "no_parameter_memory": r"Without parameters, the layer needs no memory for them: $0\,\text{{B}}$.",
        "activation_memory": "The activations (the layer's output) are stored for every image of the batch:",
        "units_of_memory": "(1 kB = 1000 B, 1 KiB = 1024 B)",
        "macs": "For each image there are {outputs} output values, and each is a sum of {products} products:",
        "flops": "One MAC is a multiplication and an addition, so it counts as two FLOPs:",
        "norm_compute": (
            "Normalizing, scaling and shifting take a few operations per number, but they are no sum of "
            "products. So we count $0$ MACs and $0$ FLOPs."
        ),
        "no_compute": "This layer multiplies nothing by weights. So we count $0$ MACs and $0$ FLOPs.",
        "pool_compute": (
            "Max pooling compares, average pooling takes a mean; neither multiplies by weights. "
            "So we count $0$ MACs and $0$ FLOPs."
        ),
    },
}

_PLAIN = {
    r"\\left|\\right|\\begin\{aligned\}\n|\n\\end\{aligned\}| *\\\\$|&": "",
    r"\\lfloor ?": "⌊",
    r" ?\\rfloor": "⌋",
    r"\\lceil ?": "⌈",
    r" ?\\rceil": "⌉",
    r"\\cdot": "·",
    r"\\times": "×",
    r"\\max": "max",
    r"\\ldots": "…",
    r"\\text(?:tt)?\{(.*?)\}": r"\1",
    r"\\frac\{([^{} ]*)\}\{(.*?)\}": r"\1/\2",
    r"\\frac\{([^{}]*)\}\{(.*?)\}": r"(\1)/\2",
    r"\\[, ]": " ",
    r"-": "−",
    r"'": "′",
}


def _plain(markdown):
    """Turn a step's Markdown into text for a terminal, indented by two spaces."""
    blocks = (
        _plain_equation(block) if block.startswith("$$") else _plain_prose(block)
        for block in markdown.split("\n\n")
    )
    return "\n\n".join(textwrap.indent(block, "  ") for block in blocks)


def _plain_math(tex):
    tex = tex.replace("{,}", ",")  # the braces only keep TeX from setting a space after the comma
    for pattern, text in _PLAIN.items():
        tex = re.sub(pattern, text, tex, flags=re.MULTILINE)
    return tex


def _plain_equation(block):
    first, *rest = _plain_math(block.strip("$\n")).split("\n")
    indent = " " * first.index("=")
    return "\n".join([first, *(indent + row.strip() for row in rest)])


def _plain_prose(block):
    # A no-break space keeps a line from breaking inside a formula.
    text = re.sub(r"\$(.*?)\$", lambda math: _plain_math(math[1]).replace(" ", "\xa0"), block)
    lines = (
        textwrap.fill(line, 98, subsequent_indent="  " * line.startswith("-")) for line in text.split("\n")
    )
    return "\n".join(lines).replace("\xa0", " ")
