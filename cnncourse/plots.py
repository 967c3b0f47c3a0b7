"""Every figure of the book, one function each, in one look.

A notebook calls :func:`use_style` once. Each ``plot_…`` function then draws one figure and returns
it; the cell ends with ``plt.show()``. :data:`COLORS` gives every thing its colour, the same one in
all chapters, and :data:`TINTS` the shade that fills areas. Colours drawn together stay apart in the
three common kinds of colour blindness, words in them can be read on white, and nothing is told by
colour alone. Words in figures are the field's English terms, in both editions.
"""

import sys
from base64 import b64encode
from io import BytesIO
from math import prod

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.image import AxesImage
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.ticker import MaxNLocator
from PIL import Image

from cnncourse.arithmetic import (
    conv2d_output_shape,
    conv2d_parameters,
    output_size,
    same_padding,
    unused_pixels,
)

__all__ = [
    "COLORS",
    "TINTS",
    "plot_account",
    "plot_activation_rates",
    "plot_convolution",
    "plot_curves",
    "plot_generalization_gap",
    "plot_gradient_norms",
    "plot_histograms",
    "plot_learning_curves",
    "plot_numbers",
    "plot_output_sizes",
    "plot_pictures",
    "plot_positions",
    "plot_runs",
    "plot_sliding_windows",
    "plot_training_memory",
    "use_style",
]

_BLUE, _VERMILION, _GREEN, _PURPLE, _BROWN, _GREY = (
    "#1d5fc4",
    "#c84300",
    "#00573f",
    "#8b2c7e",
    "#4d3a00",
    "#70757d",
)

COLORS = {
    "train": _BLUE,
    "test": _VERMILION,
    "input": _BLUE,
    "window": _BROWN,  # kernel, filter, window
    "output": _GREEN,
    "padding": _GREY,
    "unused": _VERMILION,
    "zeros": _PURPLE,  # padding with zeros
    "mirrored": _GREY,  # padding with mirrored pixels
    "text": "#1f2933",
}
"""The colour of a line, an edge or a word, by what it stands for."""

TINTS = {
    "input": "#a9d2f2",
    "window": "#ffcf66",
    "output": "#6fc3a6",
    "padding": "#d3d6da",
    "unused": "#ffffff",
}
"""The colour that fills an area, by what it stands for."""

WIDTH = 5.4  # inches, of every figure


def use_style():
    """Give all figures from now on the book's look, and make them vector graphics in a notebook.

    The SVG carries neither date nor version: running a notebook again gives the same file.

    Source: B. Wong, *Points of view: Color blindness*, Nature Methods 8, 2011, for the choice of hues.

    >>> use_style()
    >>> plt.rcParams["svg.hashsalt"]
    'cnncourse'
    """
    plt.style.use("cnncourse.cnncourse")
    if "IPython" in sys.modules and sys.modules["IPython"].get_ipython():
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", bbox_inches=None, metadata=_NO_METADATA)


_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


# -- padding and stride -----------------------------------------------------------------------------


def plot_sliding_windows(cases):
    """Show the first two positions of a square window on square inputs, and the outputs they make.

    Args:
        cases: what to write above each drawing, with the arguments of
            :func:`cnncourse.output_size` as a dict.

    Returns:
        The figure: one row per case, the padded input on the left, the output on the right.

    Raises:
        ValueError: for no cases, and as :func:`cnncourse.output_size`.

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, chapter 2, draws such grids.

    >>> figure = plot_sliding_windows({"stride 2": {"input_size": 5, "kernel_size": 3, "stride": 2}})
    """
    _filled("cases", cases)
    drawings = [(name, _case(name, sizes)) for name, sizes in cases.items()]
    columns = max(axis.padded + _GAP + axis.size for _, axis in drawings)
    rows = sum(axis.padded + _HEADLINE for _, axis in drawings)
    axes = _canvas(columns + 0.6, rows + 0.1, left=-0.2, top=-0.3, unit=0.28)
    top = 0
    for name, axis in drawings:
        _draw_case(axes, name, axis, top)
        top -= axis.padded + _HEADLINE
    return axes.figure


_GAP = 2.6  # cells between an input and its output
_HEADLINE = 2.6  # cells for the words above each drawing


def _case(name, sizes):
    try:
        return _Axis(**sizes)
    except TypeError:
        raise ValueError(
            f"cases[{name!r}] must be a dict with input_size, kernel_size and perhaps stride, padding. "
            f"Received {sizes!r}."
        ) from None


def _draw_case(axes, name, axis, top):
    axes.text(0, top - 1.0, name, weight="bold", va="center")
    left, top = axis.padded + _GAP, top - _HEADLINE
    axes.text(0, top + 0.5, f"input {_square(axis.input_size)}", color=COLORS["input"], va="center")
    if axis.padded > axis.input_size:
        axes.text(axis.padded, top + 0.5, "padding", color=COLORS["padding"], va="center", ha="right")
    axes.text(left, top + 0.5, f"output {_square(axis.size)}", color=COLORS["output"], va="center")
    _draw_grid(axes, 0, top, [axis.kind(pixel) for pixel in axis.pixels])
    _draw_window(axes, 0, top, axis.kernel_size, axis.stride if axis.size > 1 else 0)
    _arrow(axes, (axis.padded + 0.4, top - axis.size / 2), (left - 0.4, top - axis.size / 2))
    _draw_grid(axes, left, top, ["output"] * axis.size)
    _draw_window(axes, left, top, 1, min(axis.size - 1, 1))


def _square(size):
    return f"{size} \N{MULTIPLICATION SIGN} {size}"


def _draw_grid(axes, left, top, kinds):
    """Draw a square of cells; outside the input in either direction counts as outside."""
    for row, across in enumerate(kinds):
        for column, down in enumerate(kinds):
            kind = next((kind for kind in ("unused", "padding") if kind in (across, down)), down)
            _cell(axes, left + column, top - row, kind)


def _draw_window(axes, left, top, size, step):
    """Draw a window at its first position, filled, and ``step`` cells further on, dashed."""
    edge = {"edgecolor": COLORS["window"], "linewidth": 2.2}
    axes.add_patch(Rectangle((left, top - size), size, size, facecolor=TINTS["window"], alpha=0.85))
    axes.add_patch(Rectangle((left, top - size), size, size, fill=False, **edge))
    if step:
        axes.add_patch(
            Rectangle((left + step, top - size), size, size, fill=False, linestyle=(0, (3, 2)), **edge)
        )


def plot_positions(input_size, kernel_size, stride=1, padding=0):
    """Show every position of a window along one axis, with the index of every pixel that it reads.

    Args:
        input_size: n, in pixels.
        kernel_size: f, in pixels.
        stride: s, in pixels.
        padding: p on each side, or ``"valid"`` or ``"same"``.

    Returns:
        The figure: the padded input on top, below it one row for each output value.

    Raises:
        ValueError: as :func:`cnncourse.output_size`.

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, chapter 2, in two dimensions.

    >>> figure = plot_positions(8, 3, stride=2)  # three positions, and pixel 7 is left over
    """
    axis = _Axis(input_size, kernel_size, stride, padding)
    axes = _canvas(axis.padded + 5.4, 1.3 * axis.size + 2.5, left=-axis.before - 2.6, top=1.1)
    for pixel in axis.pixels:
        _cell(axes, pixel, 0, axis.kind(pixel), pixel)
    for index in range(axis.size):
        _draw_position(axes, axis, index, -1.3 * (index + 1) - 0.1)
    for kind in ("input", "padding", "unused"):
        for left, right in _runs([pixel for pixel in axis.pixels if axis.kind(pixel) == kind]):
            axes.text((left + right) / 2, 0.45, kind, color=COLORS[kind], ha="center", va="center")
    axes.text(axis.pixels.stop + 1.7, 0.45, "output", color=COLORS["output"], ha="center", va="center")
    return axes.figure


def _draw_position(axes, axis, index, top):
    """Draw one position of the window: where it starts, the pixels it reads, the output it makes."""
    start, end = index * axis.stride - axis.before, axis.pixels.stop
    axes.text(-axis.before - 0.35, top - 0.5, _minus(f"start {start}"), ha="right", va="center")
    for pixel in range(start, start + axis.kernel_size):
        _cell(axes, pixel, top, "window", pixel)
    _arrow(axes, (start + axis.kernel_size + 0.1, top - 0.5), (end + 1.1, top - 0.5))
    _cell(axes, end + 1.2, top, "output", index)


def plot_output_sizes(input_sizes, kernel_size, stride=1, padding=0):
    """Show the output size over the input size: what the division gives, and what the floor keeps.

    Args:
        input_sizes: neighbouring sizes n, in pixels.
        kernel_size: f, in pixels.
        stride: s, in pixels.
        padding: p on each side, or ``"valid"``.

    Returns:
        The figure: the exact quotients as a line, the sizes as dots, the pixels left over as numbers.

    Raises:
        ValueError: for no sizes, and as :func:`cnncourse.output_size`.

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationship 6.

    >>> figure = plot_output_sizes(range(222, 229), 11, stride=4)
    """
    sizes = _filled("input_sizes", list(input_sizes))
    outputs = [output_size(size, kernel_size, stride, padding) for size in sizes]
    unused = [unused_pixels(size, kernel_size, stride, padding) for size in sizes]
    figure, axes = plt.subplots(figsize=(WIDTH, 3.4))
    exact = [output + left / stride for output, left in zip(outputs, unused, strict=True)]
    axes.plot(sizes, exact, color=COLORS["unused"], linewidth=1.4)
    axes.vlines(sizes, outputs, exact, color=COLORS["unused"], linewidth=1.4, linestyle=":")
    axes.plot(sizes, outputs, "o", color=COLORS["output"], markersize=8)
    for size, output, left in zip(sizes, outputs, unused, strict=True):
        axes.annotate(left, (size, output), (0, -9), textcoords="offset points", ha="center", va="top")
    axes.annotate(
        "the division", (sizes[-1], exact[-1]), (0, 8), ha="right", va="bottom", **_coloured("unused")
    )
    axes.set(xticks=sizes, yticks=sorted(set(outputs)), xlabel="input size n", ylabel="output size")
    axes.set_title("dots: output size · numbers: unused pixels", weight="normal")
    axes.margins(0.06, 0.2)
    return figure


# -- pictures and curves ----------------------------------------------------------------------------


def plot_pictures(pictures, *, columns=1):
    """Show pictures at one scale, so that a smaller picture looks smaller.

    Args:
        pictures: what to write above each picture, with an array ``(height, width)`` for grey or
            ``(height, width, 3)`` for colour; from 0 (black) to 1 (white), or to 255 in whole numbers.
        columns: pictures in one row.

    Returns:
        The figure.

    Raises:
        ValueError: for no pictures, another shape, or values outside their range.

    Source: ITU-T T.81, 1992 (JPEG), for the compression inside the vector graphic.

    >>> figure = plot_pictures({"black": np.zeros((20, 30)), "white": np.ones((10, 15))}, columns=2)
    """
    _filled("pictures", pictures)
    if not isinstance(columns, int) or columns < 1:
        raise ValueError(f"columns must be a whole number of at least 1. Received columns={columns!r}.")
    images = {name: _as_bytes(name, picture) for name, picture in pictures.items()}
    names = list(images)
    rows = [names[start : start + columns] for start in range(0, len(names), columns)]
    cell = WIDTH / columns
    inches = (cell - _MARGIN) / max(image.shape[1] for image in images.values())  # per pixel
    heights = [max(images[name].shape[0] for name in row) * inches + _TITLE for row in rows]
    figure = _sheet(sum(heights) + _MARGIN)
    top = sum(heights) + _MARGIN
    for row, height in zip(rows, heights, strict=True):
        for column, name in enumerate(row):
            _place(figure, images[name], name, column * cell + _MARGIN / 2, top - _TITLE, inches)
        top -= height
    return figure


_MARGIN = 0.12  # inches around a picture
_TITLE = 0.34  # inches for the words above it


def _place(figure, image, name, left, top, inches):
    """Put one picture into the figure; all lengths in inches from the lower left corner."""
    height, width = (size * inches for size in image.shape[:2])
    scale = figure.get_size_inches()[[0, 1, 0, 1]]
    axes = figure.add_axes(np.array([left, top - height, width, height]) / scale)
    axes.add_image(_Photograph(axes, image))
    axes.set(xticks=[], yticks=[], xlim=(0, 1), ylim=(0, 1))
    axes.spines[:].set(visible=True, linewidth=0.6)
    axes.set_title(name, pad=5, weight="normal")


class _Photograph(AxesImage):
    """An image that goes into a vector graphic as a JPEG; matplotlib's own PNG is five times as large."""

    def __init__(self, axes, image):
        super().__init__(axes, extent=(0, 1, 0, 1), origin="upper")
        self.set_data(image)

    def draw(self, renderer):
        """Write the JPEG into an SVG; draw as usual on anything else."""
        if not hasattr(renderer, "writer"):
            super().draw(renderer)
            return
        box = self.axes.get_window_extent(renderer)
        shown = {"x": box.x0, "y": renderer.height - box.y1, "width": box.width, "height": box.height}
        attributes = {name: f"{value:.3f}" for name, value in shown.items()}
        attributes["xlink:href"] = "data:image/jpeg;base64," + b64encode(self._jpeg(box.width)).decode()
        renderer.writer.element("image", attrib={**attributes, "preserveAspectRatio": "none"})

    def _jpeg(self, points):
        """Compress; keep no more pixels than a sharp screen shows."""
        image = Image.fromarray(np.asarray(self.get_array()))
        width = min(image.width, round(points / 72 * plt.rcParams["figure.dpi"]))
        image = image.resize(
            (width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS
        )
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=70, optimize=True)
        return buffer.getvalue()


def plot_curves(curves, *, x_label, y_label):
    """Show curves, each with its name at its end in its own colour.

    Args:
        curves: each name with ``(x, y)``, two sequences of one length. A name that is a key of
            :data:`COLORS` has that colour.
        x_label: what the x axis shows, with its unit.
        y_label: what the y axis shows, with its unit.

    Returns:
        The figure.

    Raises:
        ValueError: for no curves and for sequences that are empty or differ in length.

    Source: E. Tufte, *The Visual Display of Quantitative Information*, 1983, on labels instead of legends.

    >>> figure = plot_curves({"train": ([0, 1], [1, 0.2])}, x_label="epoch", y_label="loss")
    """
    _filled("curves", curves)
    figure, axes = plt.subplots(figsize=(WIDTH, 3.2))
    ends = {}
    for name, (x, y) in curves.items():
        if not len(x) or len(x) != len(y):
            raise ValueError(
                f"curves[{name!r}] must have as many x as y. Received {len(x)} x and {len(y)} y."
            )
        (line,) = axes.plot(x, y, **({"color": COLORS[name]} if name in COLORS else {}))
        ends[name] = (x[-1], y[-1], line.get_color())
    axes.set(xlabel=x_label, ylabel=y_label)
    if all(np.asarray(x).dtype.kind in "ui" for x, _ in curves.values()):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _label_ends(axes, ends)
    return figure


def _label_ends(axes, ends):
    """Write each curve's name beside its end, moved up where it would cover the name below."""
    figure_height = axes.figure.get_size_inches()[1] * 72
    low, high = axes.get_ylim()
    line_height = (high - low) * 16 / (0.75 * figure_height)
    free = low - line_height
    for name, (x, y, color) in sorted(ends.items(), key=lambda end: end[1][1]):
        free = max(y, free + line_height)
        axes.annotate(
            name,
            (x, free),
            (7, 0),
            textcoords="offset points",
            color=color,
            va="center",
            annotation_clip=False,
        )


# -- diagnostics --------------------------------------------------------------------------------------


def plot_learning_curves(history):
    """Show loss and metrics over the epochs, on training and on unseen data.

    Args:
        history: what ``fit`` or ``run_test_harness`` returned, or its dictionary of lists. Curves
            without validation values are drawn alone.

    Returns:
        The figure: one panel for the loss and for each metric.

    Raises:
        ValueError: for a history without a curve.

    Source: Goodfellow et al., *Deep Learning*, 2016, figure 7.3.

    >>> figure = plot_learning_curves({"loss": [1.0, 0.5], "val_loss": [1.1, 0.9]})
    """
    curves = getattr(history, "history", history)
    if not isinstance(curves, dict) or not curves:
        raise ValueError(
            "history must be a Keras History or its dictionary, and not empty. "
            f"Received {type(history).__name__}."
        )
    metrics = [name for name in curves if not name.startswith("val_") and name != "learning_rate"]
    figure, panels = plt.subplots(
        len(metrics), figsize=(WIDTH, 2.5 * len(metrics)), sharex=True, squeeze=False
    )
    for axes, metric in zip(panels.flat, metrics, strict=True):
        _draw_epochs(axes, curves[metric], curves.get(f"val_{metric}"))
        axes.set_ylabel(metric)
    panels[-1, 0].set_xlabel("epoch")
    return figure


def _draw_epochs(axes, train, unseen):
    """Draw a curve on training data and one on unseen data; a single epoch is a dot."""
    ends = {}
    for name, color, values in (("train", "train", train), ("unseen", "test", unseen)):
        if values is not None:
            epochs = range(1, len(values) + 1)
            axes.plot(epochs, values, marker="" if len(values) > 1 else "o", color=COLORS[color])
            ends[name] = (epochs[-1], values[-1], COLORS[color])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _label_ends(axes, ends)


def plot_generalization_gap(gap):
    """Show a metric on training and on unseen data, and the gap between them after the last epoch.

    Args:
        gap: what :func:`cnncourse.generalization_gap` or ``measure_generalization_gap`` returned.

    Returns:
        The figure: two curves over the epochs, the area between them, the last gap in the title.

    Raises:
        ValueError: for a gap without epochs.

    Source: Goodfellow et al., *Deep Learning*, 2016, figure 5.3.

    >>> from cnncourse.diagnostics import generalization_gap
    >>> gap = generalization_gap({"accuracy": [0.5, 1.0], "val_accuracy": [0.5, 0.75]})
    >>> figure = plot_generalization_gap(gap)
    """
    epochs, train, unseen, _ = zip(*_rows("gap", gap), strict=True)
    figure, axes = plt.subplots(figsize=(WIDTH, 3.2))
    axes.fill_between(epochs, train, unseen, color=TINTS["padding"], alpha=0.6, linewidth=0)
    _draw_epochs(axes, train, unseen)
    axes.set(xlabel="epoch", ylabel=gap.metric)
    axes.set_title(_minus(f"gap after the last epoch: {gap.gap:.3f}"), weight="normal")
    return figure


def plot_gradient_norms(norms):
    """Show the gradient norm of every layer on a logarithmic scale, for one network or several.

    Args:
        norms: what :func:`cnncourse.gradient_norms` returned, or each network's name with its own.

    Returns:
        The figure: a line for each network, from the layer next to the input to the output. A norm
        that is zero or not finite has no dot.

    Raises:
        ValueError: for no network, and for one without any norm above zero.

    Source: Glorot & Bengio 2010, figure 7, for the idea.

    >>> from cnncourse.diagnostics import GradientNorm, GradientNorms
    >>> norms = GradientNorms((GradientNorm("first", 1e-6), GradientNorm("last", 0.1)))
    >>> figure = plot_gradient_norms({"sigmoid": norms})
    """
    networks = _filled("norms", norms) if isinstance(norms, dict) else {"": norms}
    figure, axes = plt.subplots(figsize=(WIDTH, 3.2))
    ends = {}
    for name, table in networks.items():
        numbers, exponents = _exponents(name, [row.norm for row in _rows("norms", table)])
        (line,) = axes.plot(numbers, exponents, "o-")
        ends[name] = (numbers[-1], exponents[-1], line.get_color())
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(lambda exponent, _: f"$10^{{{exponent:g}}}$")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="layer, from the input to the output", ylabel="gradient norm")
    _label_ends(axes, ends)
    return figure


def _exponents(name, norms):
    """Number the layers from 1 and take the decimal logarithm, where there is one."""
    norms = np.asarray(norms)
    drawn = np.flatnonzero((norms > 0) & np.isfinite(norms))
    if not len(drawn):
        raise ValueError(f"norms must have a norm above zero. Received {norms.tolist()} for {name!r}.")
    return drawn + 1, np.log10(norms[drawn])


def plot_activation_rates(rates):
    """Show for every layer which share of its outputs is above zero, and how many units are dead.

    Args:
        rates: what :func:`cnncourse.activation_rates` returned.

    Returns:
        The figure: a bar for each layer, the input on top.

    Raises:
        ValueError: for rates without layers.

    Source: X. Glorot et al., *Deep sparse rectifier neural networks*, 2011, section 3, on sparsity.

    >>> from cnncourse.diagnostics import ActivationRate, ActivationRates
    >>> rates = ActivationRates((ActivationRate("conv", 0.4, 2, 16), ActivationRate("dense", 0.1, 60, 64)))
    >>> figure = plot_activation_rates(rates)
    """
    rows = _rows("rates", rates)
    figure, axes = plt.subplots(figsize=(WIDTH, 1.0 + 0.42 * len(rows)))
    bars = axes.barh(
        [row.layer for row in rows], [100 * row.active for row in rows], 0.7, color=COLORS["output"]
    )
    axes.bar_label(bars, [f"{row.dead} of {row.units} dead" if row.dead else "" for row in rows], padding=6)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set(xlim=(0, 100), xlabel="outputs above zero, in percent")
    return figure


def _rows(name, table):
    """Check that a table comes from :mod:`cnncourse.diagnostics` and holds something."""
    rows = getattr(table, "rows", None)
    if not rows:
        raise ValueError(
            f"{name} must be what a diagnostic returned, and not empty. Received {type(table).__name__}."
        )
    return rows


# -- parameters, memory, compute --------------------------------------------------------------------


def plot_convolution(input_shape, filters, kernel_size, *, stride=1, padding=0):
    """Show what a convolution reads, holds and puts out, and the three counts that follow from it.

    Args:
        input_shape: ``(height, width, channels)``.
        filters: the number of filters.
        kernel_size: in pixels, or a pair ``(height, width)``; so is ``stride``.
        stride: see ``kernel_size``.
        padding: as for :func:`cnncourse.output_size`.

    Returns:
        The figure: input, one filter and output as stacks of channels; below them the parameters,
        the activations and the MACs as products.

    Raises:
        ValueError: as :func:`cnncourse.conv2d_output_shape`.

    Source: the formulas of :mod:`cnncourse.arithmetic`.

    >>> figure = plot_convolution((227, 227, 3), 96, 11, stride=4)
    """
    output_shape = conv2d_output_shape(input_shape, filters, kernel_size, stride=stride, padding=padding)
    kernel_shape = (*np.broadcast_to(kernel_size, 2), input_shape[2])
    axes = _canvas(15, 10.2, left=0, top=1.2)
    _draw_stack(axes, 0.1, 3.3, "input", "input", input_shape)
    _draw_stack(axes, 6.2, 1.4, "window", "one filter", kernel_shape, note="+ 1 bias")
    _draw_stack(axes, 10.6, 2.6, "output", "output", output_shape)
    axes.add_patch(Rectangle((0.7, -2.9), 0.9, 0.9, facecolor=TINTS["window"], edgecolor=COLORS["window"]))
    axes.add_patch(Rectangle((11.1, -2.6), 0.3, 0.3, facecolor=TINTS["window"], edgecolor=COLORS["window"]))
    _arrow(axes, (1.8, -2.45), (6.1, -2.45))
    _arrow(axes, (8.3, -2.45), (11.0, -2.45))
    weights, outputs = conv2d_parameters(input_shape[2], 1, kernel_size, bias=False), prod(output_shape)
    counts = {
        "parameters": (filters, weights + 1),
        "activations": output_shape,
        "MACs per image": (outputs, weights),
    }
    for row, (name, factors) in enumerate(counts.items()):
        axes.text(4.5, -6.6 - 0.85 * row, name, ha="right", va="center", weight="bold")
        axes.text(4.9, -6.6 - 0.85 * row, f"{_times(factors)} = {_grouped(prod(factors))}", va="center")
    return axes.figure


def _draw_stack(axes, left, size, kind, name, shape, note=""):
    """Draw channels as sheets, one behind the other, at most four of them, with their shape below."""
    for sheet in reversed(range(min(shape[2], 4))):
        shift = 0.3 * sheet
        box = {"facecolor": TINTS[kind], "edgecolor": COLORS[kind], "linewidth": 0.9}
        axes.add_patch(Rectangle((left + shift, -4 + shift), size, size, **box))
    axes.text(left, -4 + size + 1.4, name, color=COLORS[kind], weight="bold", va="center")
    axes.text(left, -4.55, _times(shape), color=COLORS[kind], va="center")
    axes.text(left, -5.3, note, color=COLORS[kind], va="center")


def plot_account(account):
    """Show which share of a network's parameters and of its MACs each layer has.

    Args:
        account: what :func:`cnncourse.anatomy` returned.

    Returns:
        The figure: a bar for each layer that has parameters, the input on top; on the left its
        share of the parameters, on the right its share of the MACs.

    Raises:
        ValueError: for anything else, and for a network without parameters.

    Source: the account; S. Han et al., *Deep compression*, 2016, arXiv:1510.00149, for the idea.

    >>> from cnncourse.anatomy import anatomy
    >>> from cnncourse.backend import keras
    >>> figure = plot_account(anatomy(keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])))
    """
    layers = [layer for layer in getattr(account, "layers", ()) if getattr(layer, "parameters", 0)]
    if not layers:
        raise ValueError(
            "account must be what anatomy() returned, with parameters in it. "
            f"Received {type(account).__name__}."
        )
    figure, panels = plt.subplots(1, 2, figsize=(WIDTH, 0.8 + 0.34 * len(layers)), sharey=True)
    looks = {
        "parameters": {"facecolor": TINTS["window"], "edgecolor": COLORS["window"]},
        "MACs": {"facecolor": _PURPLE},
    }
    for axes, (title, look) in zip(panels, looks.items(), strict=True):
        counts = np.array([getattr(layer, title.lower()) or 0 for layer in layers])
        shares = counts / max(counts.sum(), 1)
        bars = axes.barh([layer.name for layer in layers], shares, 0.7, **look)
        axes.bar_label(bars, [f"{share:.0%}" if share >= 0.005 else "<1%" for share in shares], padding=4)
        axes.grid(visible=False)
        axes.set(xlim=(0, 1.3 * shares.max()), xticks=[], title=f"share of {title}")
    panels[0].invert_yaxis()
    return figure


def plot_training_memory(memory):
    """Show what training holds in memory, part by part.

    Args:
        memory: what to write beside each bar, with what ``anatomy(...).training_bytes(...)`` returned.

    Returns:
        The figure: a bar for each entry, with its total. Yellow is what has the size of the
        parameters, green is what grows with the batch.

    Raises:
        ValueError: for no entries, and for one that is no account of the memory of training.

    Source: :meth:`cnncourse.anatomy.Anatomy.training_bytes`.

    >>> from cnncourse.anatomy import TrainingBytes
    >>> figure = plot_training_memory({"batch 1": TrainingBytes(400, 400, 800, 100)})
    """
    for name, each in _filled("memory", memory).items():
        if not all(hasattr(each, part) for part in _HELD):
            raise ValueError(f"memory[{name!r}] must come from training_bytes(). Received {each!r}.")
    figure, axes = plt.subplots(figsize=(WIDTH, 1.5 + 0.5 * len(memory)))
    left = np.zeros(len(memory))
    for part, (kind, hatch) in _HELD.items():
        widths = np.array([getattr(each, part) / 1e6 for each in memory.values()])
        look = {"facecolor": TINTS[kind], "edgecolor": COLORS[kind], "hatch": hatch, "linewidth": 0.9}
        bars = axes.barh(list(memory), widths, 0.6, left=left, label=part.replace("_", " "), **look)
        left += widths
    axes.bar_label(bars, [f"{_grouped(round(total))} MB" for total in left], padding=5)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(lambda size, _: _grouped(round(size)))
    axes.set(xlabel="memory in MB", xlim=(0, 1.25 * left.max()))
    figure.legend(loc="outside upper left", ncols=2)
    return figure


_HELD = {
    "parameters": ("window", ""),
    "gradients": ("window", "//"),
    "optimizer_state": ("window", "xx"),
    "activations": ("output", ""),
}
"""What training holds: the colour and the hatch of each part."""


def _times(factors):
    return " \N{MULTIPLICATION SIGN} ".join(map(_grouped, factors))


def _grouped(count):
    """Group the digits by thin spaces, which German and English readers read alike."""
    return f"{count:,}".replace(",", "\N{THIN SPACE}")


# -- layers -----------------------------------------------------------------------------------------


def plot_numbers(grids, *, signs=(), block=None):
    """Show small grids of numbers side by side, such as a window, a kernel and their products.

    Args:
        grids: what to write above each grid, with ``(kind, numbers)``: a key of :data:`TINTS`, and
            numbers ``(height, width)``.
        signs: what to write between neighbouring grids, one sign for each gap; arrows if not given.
        block: outlines blocks of ``block`` by ``block`` cells in the first grid.

    Returns:
        The figure.

    Raises:
        ValueError: for no grids, another kind or shape, and as many signs as do not fit.

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, figures 1.1 and 1.5, draw such grids.

    >>> figure = plot_numbers({"input": ("input", [[1, 2]]), "sum": ("output", [[3]])}, signs="=")
    """
    _filled("grids", grids)
    arrays = {name: _grid(name, *grid) for name, grid in grids.items()}
    signs = signs or ["\N{RIGHTWARDS ARROW}"] * (len(grids) - 1)
    if len(signs) != len(grids) - 1:
        raise ValueError(
            f"signs must have {len(grids) - 1} signs for {len(grids)} grids. Received {signs!r}."
        )
    height = max(numbers.shape[0] for _, numbers in arrays.values())
    columns = sum(numbers.shape[1] for _, numbers in arrays.values()) + _SIGN * (len(grids) - 1)
    axes = _canvas(columns + 0.2, height + 1.5, left=-0.1, top=1.3, unit=0.42)
    left = 0
    for (name, (kind, numbers)), sign in zip(arrays.items(), [*signs, ""], strict=True):
        top = (numbers.shape[0] - height) / 2  # centred on the tallest
        axes.text(left, top + 0.5, name, color=COLORS[kind], weight="bold", va="center")
        for (row, column), number in np.ndenumerate(numbers):
            _cell(axes, left + column, top - row, kind, f"{number:g}")
        left += numbers.shape[1] + _SIGN
        axes.text(left - _SIGN / 2, -height / 2, sign, ha="center", va="center", fontsize=14)
    _draw_blocks(axes, next(iter(arrays.values()))[1].shape, block)
    return axes.figure


_SIGN = 1.2  # cells between two grids of numbers


def _grid(name, kind, numbers):
    numbers = np.asarray(numbers)
    if kind not in TINTS:
        raise ValueError(
            f"grids[{name!r}] must be of one of the kinds {', '.join(TINTS)}. Received {kind!r}."
        )
    if numbers.ndim != 2 or not numbers.size or numbers.dtype.kind not in "iuf":
        raise ValueError(f"grids[{name!r}] must hold numbers (height, width). Received {numbers!r}.")
    return kind, numbers


def _draw_blocks(axes, shape, block):
    """Outline the blocks that fit into a grid at the origin."""
    edge = {"fill": False, "edgecolor": COLORS["window"], "linewidth": 2.2}
    for row in range(0, shape[0] - block + 1 if block else 0, block or 1):
        for column in range(0, shape[1] - block + 1, block):
            axes.add_patch(Rectangle((column, -row - block), block, block, **edge))


def plot_histograms(panels, *, x_label):
    """Show how numbers are distributed, in panels that share one x axis.

    Args:
        panels: the title of each panel, with the numbers of each curve by its name.
        x_label: what the x axis shows, with its unit.

    Returns:
        The figure: a panel for each entry; the area below every curve is the same.

    Raises:
        ValueError: for no panels, a panel without curves, and a curve without numbers.

    Source: K. Pearson, *Contributions to the mathematical theory of evolution II*, 1895.

    >>> figure = plot_histograms({"before": {"channel 0": [1.0, 2.0, 2.0]}}, x_label="value")
    """
    for title, curves in _filled("panels", panels).items():
        for name, values in _filled(f"panels[{title!r}]", curves).items():
            if not np.size(values) or not np.isfinite(values).all():
                raise ValueError(
                    f"panels[{title!r}][{name!r}] must hold finite numbers. Received {values!r}."
                )
    every = np.concatenate([np.ravel(values) for curves in panels.values() for values in curves.values()])
    edges = np.histogram_bin_edges(every, bins=70)
    size = (WIDTH, 1.1 + 1.5 * len(panels))
    figure, rows = plt.subplots(len(panels), figsize=size, sharex=True, squeeze=False)
    for axes, (title, curves) in zip(rows.flat, panels.items(), strict=True):
        for name, values in curves.items():
            axes.hist(np.ravel(values), edges, density=True, histtype="step", linewidth=1.8, label=name)
        axes.set(yticks=[], title=title)
    rows[-1, 0].set_xlabel(x_label)
    figure.legend(*rows[0, 0].get_legend_handles_labels(), loc="outside upper left", ncols=3)
    return figure


def plot_runs(runs, *, x_label, y_label):
    """Show what every single run did, and the mean of each kind of run.

    Args:
        runs: each kind's name with its runs, sequences of one length: a value for each epoch.
        x_label: what the x axis shows; it counts from 1.
        y_label: what the y axis shows, with its unit.

    Returns:
        The figure: a thin line for every run, a thick one for the mean, with the name at its end.

    Raises:
        ValueError: for no runs and for runs of one kind that differ in length or are empty.

    Source: X. Bouthillier et al., *Accounting for variance in machine learning benchmarks*, 2021,
    arXiv:2103.03098, on showing every run.

    >>> figure = plot_runs({"ReLU": [[1, 0.5], [0.8, 0.4]]}, x_label="epoch", y_label="loss")
    """
    _filled("runs", runs)
    figure, axes = plt.subplots(figsize=(WIDTH, 3.4))
    ends = {}
    for name, sequences in runs.items():
        if len({len(sequence) for sequence in sequences}) != 1 or not len(sequences[0]):
            raise ValueError(f"runs[{name!r}] must be sequences of one length. Received {sequences!r}.")
        steps, mean = range(1, len(sequences[0]) + 1), np.mean(sequences, axis=0)
        (line,) = axes.plot(steps, mean, linewidth=2.8, marker="" if len(mean) > 1 else "o")
        for sequence in sequences:
            axes.plot(steps, sequence, color=line.get_color(), linewidth=0.9, alpha=0.6)
        ends[name] = (steps[-1], mean[-1], line.get_color())
    axes.set(xlabel=x_label, ylabel=y_label)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _label_ends(axes, ends)
    return figure


# -- what the figures share -------------------------------------------------------------------------


class _Axis:
    """One axis of a padded input: how many pixels, and what each one is."""

    def __init__(self, input_size, kernel_size, stride=1, padding=0):
        self.size = output_size(input_size, kernel_size, stride, padding)
        if isinstance(self.size, tuple):
            given = f"{input_size=}, {kernel_size=}, {stride=}, {padding=}"
            raise ValueError(
                f"input_size and all others must be whole numbers, for one axis. Received {given}."
            )
        self.input_size, self.kernel_size, self.stride = input_size, kernel_size, stride
        before = after = 0 if padding == "valid" else padding
        if padding == "same":
            before, after = same_padding(input_size, kernel_size, stride)
        self.before = before
        self.pixels = range(-before, input_size + after)
        self.padded = len(self.pixels)
        self.reached = self.padded - unused_pixels(input_size, kernel_size, stride, padding) - before

    def kind(self, pixel):
        if pixel >= self.reached:
            return "unused"
        return "input" if 0 <= pixel < self.input_size else "padding"


def _runs(pixels):
    """Give the two ends of each run of neighbouring pixels."""
    starts = [pixel for pixel in pixels if pixel - 1 not in pixels]
    return [
        (start, next(end for end in range(start, max(pixels) + 2) if end not in pixels)) for start in starts
    ]


def _sheet(height):
    """Make a figure of that height in inches on which every place is chosen by hand."""
    figure = plt.figure(figsize=(WIDTH, height))
    figure.set_layout_engine("none")  # the style sheet's engine would look for a grid of axes
    return figure


def _canvas(columns, rows, left, top, unit=0.36):
    """Make a figure without axes, measured in cells of ``unit`` inches or as small as they must be."""
    unit = min(WIDTH / columns, unit)
    figure = _sheet(rows * unit)
    axes = figure.add_axes((0, 0, 1, 1), frameon=False)
    spare = WIDTH / unit - columns
    axes.set(
        xlim=(left - spare / 2, left + columns + spare / 2), ylim=(top - rows, top), xticks=[], yticks=[]
    )
    axes.grid(visible=False)
    return axes


def _cell(axes, left, top, kind, text=None):
    hatch = "////" if kind == "unused" else None
    box = Rectangle(
        (left, top - 1), 1, 1, facecolor=TINTS[kind], edgecolor=COLORS[kind], linewidth=0.9, hatch=hatch
    )
    axes.add_patch(box)
    if text is not None:
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if hatch else None
        axes.text(left + 0.5, top - 0.52, _minus(text), ha="center", va="center", fontsize=10.5, bbox=paper)


def _arrow(axes, start, end):
    style = {
        "arrowstyle": "-|>",
        "mutation_scale": 9,
        "color": COLORS["padding"],
        "linewidth": 1,
        "shrinkA": 0,
    }
    axes.add_patch(FancyArrowPatch(start, end, shrinkB=0, **style))


def _coloured(kind):
    return {"color": COLORS[kind], "textcoords": "offset points"}


def _minus(text):
    return str(text).replace("-", "\N{MINUS SIGN}")


def _filled(name, values):
    if not values:
        raise ValueError(f"{name} must not be empty. Received {name}={values!r}.")
    return values


def _as_bytes(name, picture):
    """Check a picture and round its values to the 256 that a picture file can hold."""
    values = np.asarray(picture)
    if values.dtype.kind not in "buif":
        raise ValueError(f"pictures[{name!r}] must hold numbers. Received {picture!r}.")
    if values.ndim not in (2, 3) or 0 in values.shape or values.shape[2:] not in ((), (3,)):
        raise ValueError(
            f"pictures[{name!r}] must have the shape (height, width) or (height, width, 3). "
            f"Received {values.shape}."
        )
    white = 255 if values.dtype.kind in "ui" else 1
    if not (values.min() >= 0 and values.max() <= white):
        raise ValueError(
            f"pictures[{name!r}] must have values from 0 to {white}. "
            f"Received {values.min()} to {values.max()}."
        )
    return np.rint(values * (255 / white)).astype(np.uint8)
