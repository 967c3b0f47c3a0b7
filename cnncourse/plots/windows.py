"""Figures of padding and stride: where a window stands, and what it leaves out."""

from matplotlib.patches import Rectangle

from cnncourse.arithmetic import output_size, unused_pixels
from cnncourse.axis import axes
from cnncourse.checks import has_pair
from cnncourse.plots.style import COLORS, TINTS, arrow, canvas, cell, charts, coloured, filled, minus
from cnncourse.words import say


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

    >>> case = {"input_size": 5, "kernel_size": 3, "stride": 2}
    >>> figure = plot_sliding_windows({"stride 2": case})
    """
    filled("cases", cases)
    drawings = [(name, _case(name, sizes)) for name, sizes in cases.items()]
    columns = max(axis.padded + _GAP + axis.output for _, axis in drawings)
    rows = sum(axis.padded + _HEADLINE for _, axis in drawings)
    axes = canvas(columns + 0.6, rows + 0.1, left=-0.2, top=-0.3, unit=0.28)
    top = 0
    for name, axis in drawings:
        _draw_case(axes, name, axis, top)
        top -= axis.padded + _HEADLINE
    return axes.figure


_GAP = 2.6  # cells between an input and its output

_HEADLINE = 2.6  # cells for the words above each drawing


def _case(name, sizes):
    try:
        return _one_axis(**sizes)
    except TypeError:
        raise ValueError(
            f"cases[{name!r}] must be a dict with input_size, kernel_size and perhaps stride, padding. "
            f"Received {sizes!r}."
        ) from None


def _draw_case(axes, name, axis, top):
    axes.text(0, top - 1.0, say(name), weight="bold", va="center")
    left, top = axis.padded + _GAP, top - _HEADLINE
    axes.text(0, top + 0.5, say(f"input {_square(axis.size)}"), color=COLORS["input"], va="center")
    if axis.padded > axis.size:
        axes.text(axis.padded, top + 0.5, say("padding"), color=COLORS["padding"], va="center", ha="right")
    axes.text(left, top + 0.5, say(f"output {_square(axis.output)}"), color=COLORS["output"], va="center")
    _draw_grid(axes, 0, top, [axis.kind(pixel) for pixel in axis.pixels])
    _draw_window(axes, 0, top, axis.kernel, axis.stride if axis.output > 1 else 0)
    arrow(axes, (axis.padded + 0.4, top - axis.output / 2), (left - 0.4, top - axis.output / 2))
    _draw_grid(axes, left, top, ["output"] * axis.output)
    _draw_window(axes, left, top, 1, min(axis.output - 1, 1))


def _square(size):
    return f"{size} \N{MULTIPLICATION SIGN} {size}"


def _draw_grid(axes, left, top, kinds):
    """Draw a square of cells; outside the input in either direction counts as outside."""
    for row, across in enumerate(kinds):
        for column, down in enumerate(kinds):
            kind = next((kind for kind in ("unused", "padding") if kind in (across, down)), down)
            cell(axes, left + column, top - row, kind)


def _draw_window(axes, left, top, size, step):
    """Draw a window at its first position, filled, and ``step`` cells further on, dashed."""
    edge = {"edgecolor": COLORS["window"], "linewidth": 2.2}
    axes.add_patch(Rectangle((left, top - size), size, size, facecolor=(TINTS["window"], 0.85), **edge))
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

    >>> figure = plot_positions(8, 3, stride=2)  # pixel 7 is left over
    """
    axis = _one_axis(input_size, kernel_size, stride, padding)
    axes = canvas(axis.padded + 5.9, 1.3 * axis.output + 2.5, left=-axis.before - 2.6, top=1.1)
    for pixel in axis.pixels:
        cell(axes, pixel, 0, axis.kind(pixel), pixel)
    for index in range(axis.output):
        _draw_position(axes, axis, index, -1.3 * (index + 1) - 0.1)
    for kind in ("input", "padding", "unused"):
        for left, right in _runs([pixel for pixel in axis.pixels if axis.kind(pixel) == kind]):
            axes.text((left + right) / 2, 0.45, say(kind), color=COLORS[kind], ha="center", va="center")
    axes.text(axis.pixels.stop + 2.2, 0.45, say("output"), color=COLORS["output"], ha="center", va="center")
    return axes.figure


def _draw_position(axes, axis, index, top):
    """Draw one position of the window: where it starts, the pixels it reads, the output it makes."""
    start, end = index * axis.stride - axis.before, axis.pixels.stop
    axes.text(-axis.before - 0.35, top - 0.5, say(minus(f"start {start}")), ha="right", va="center")
    for pixel in range(start, start + axis.kernel):
        cell(axes, pixel, top, "window", pixel)
    arrow(axes, (start + axis.kernel + 0.1, top - 0.5), (end + 1.6, top - 0.5))
    cell(axes, end + 1.7, top, "output", index)


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
    sizes = filled("input_sizes", list(input_sizes))
    outputs = [output_size(size, kernel_size, stride, padding) for size in sizes]
    unused = [unused_pixels(size, kernel_size, stride, padding) for size in sizes]
    figure, [[axes]] = charts(3.4)
    exact = [output + left / stride for output, left in zip(outputs, unused, strict=True)]
    axes.plot(sizes, exact, color=COLORS["unused"], linewidth=1.4)
    axes.vlines(sizes, outputs, exact, color=COLORS["unused"], linewidth=1.4, linestyle=":")
    axes.plot(sizes, outputs, "o", color=COLORS["output"], markersize=8)
    for size, output, left in zip(sizes, outputs, unused, strict=True):
        axes.annotate(left, (size, output), (0, -9), textcoords="offset points", ha="center", va="top")
    end, place = (sizes[-1], exact[-1]), {"ha": "right", "va": "bottom"}
    axes.annotate(say("the division"), end, (0, 8), **place, **coloured("unused"))
    axes.set(xticks=sizes, yticks=sorted(set(outputs)))
    axes.set(xlabel=say("input size n"), ylabel=say("output size"))
    axes.set_title(say("dots: output size · numbers: unused pixels"), weight="normal")
    axes.margins(0.06, 0.2)
    return figure


def _one_axis(input_size, kernel_size, stride=1, padding=0):
    if has_pair(input_size, kernel_size, stride, padding):
        given = f"{input_size=}, {kernel_size=}, {stride=}, {padding=}"
        raise ValueError(f"input_size and all others must be whole numbers, for one axis. Received {given}.")
    return axes(input_size, kernel_size, stride, padding)[0]


def _runs(pixels):
    """Give the two ends of each run of neighbouring pixels."""
    starts = [pixel for pixel in pixels if pixel - 1 not in pixels]
    return [
        (start, next(end for end in range(start, max(pixels) + 2) if end not in pixels)) for start in starts
    ]
