"""Figures of pictures, and of small grids of numbers."""

from base64 import b64encode
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from PIL import Image

from cnncourse.plots.style import COLORS, TINTS, WIDTH, canvas, cell, charts, filled, sheet
from cnncourse.words import say


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

    >>> black, white = np.zeros((20, 30)), np.ones((10, 15))
    >>> pictures = {"black": black, "white": white}
    >>> figure = plot_pictures(pictures, columns=2)
    """
    filled("pictures", pictures)
    if not isinstance(columns, int) or columns < 1:
        raise ValueError(f"columns must be a whole number of at least 1. Received columns={columns!r}.")
    images = {name: _as_bytes(name, picture) for name, picture in pictures.items()}
    names = list(images)
    rows = [names[start : start + columns] for start in range(0, len(names), columns)]
    cell = WIDTH / columns
    inches = (cell - _MARGIN) / max(image.shape[1] for image in images.values())  # per pixel
    heights = [max(images[name].shape[0] for name in row) * inches + _TITLE for row in rows]
    figure = sheet(sum(heights) + _MARGIN)
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
    axes.set_title(say(name), pad=5, weight="normal")


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


def plot_confusion(counts, names):
    """Show which classes a network takes for which.

    Args:
        counts: ``(classes, classes)``: how often each class, a row, got each answer, a column.
        names: of the classes, in this order.

    Returns:
        The figure: the brighter a cell, the larger the share of its row.

    Raises:
        ValueError: for counts of another shape, and for a class that never occurs.

    Source: Goodfellow et al., *Deep Learning*, 2016, section 11.1, on looking at the errors.

    >>> figure = plot_confusion([[9, 1], [2, 8]], ["disk", "star"])
    """
    counts = np.asarray(counts, float)
    if counts.shape != (len(names), len(names)) or not counts.size or not counts.sum(axis=1).all():
        raise ValueError(
            f"counts must have a row and a column for each of {len(names)} names, and no empty row. "
            f"Received {counts.tolist()}."
        )
    figure, [[axes]] = charts(WIDTH)
    axes.imshow(counts / counts.sum(axis=1, keepdims=True), vmin=0, vmax=1)
    upwards = {"rotation": 90, "rotation_mode": "anchor", "ha": "right", "va": "center"}
    axes.set_xticks(range(len(names)), [say(name) for name in names], **upwards)
    axes.set_yticks(range(len(names)), [say(name) for name in names])
    axes.set(xlabel=say("answer"), ylabel=say("true class"))
    axes.grid(visible=False)
    return figure


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
        ValueError: for no grids, for another kind or shape, and for a number of signs that does not fit.

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, figures 1.1 and 1.5, draw such grids.

    >>> grids = {"input": ("input", [[1, 2]]), "sum": ("output", [[3]])}
    >>> figure = plot_numbers(grids, signs="=")
    """
    filled("grids", grids)
    arrays = {name: _grid(name, *grid) for name, grid in grids.items()}
    signs = signs or ["\N{RIGHTWARDS ARROW}"] * (len(grids) - 1)
    if len(signs) != len(grids) - 1:
        raise ValueError(
            f"signs must have {len(grids) - 1} signs for {len(grids)} grids. Received {signs!r}."
        )
    height = max(numbers.shape[0] for _, numbers in arrays.values())
    columns = sum(numbers.shape[1] for _, numbers in arrays.values()) + _SIGN * (len(grids) - 1)
    axes = canvas(columns + 0.2, height + 1.5, left=-0.1, top=1.3, unit=0.42)
    left = 0
    for (name, (kind, numbers)), sign in zip(arrays.items(), [*signs, ""], strict=True):
        top = (numbers.shape[0] - height) / 2  # centred on the tallest
        axes.text(left, top + 0.5, say(name), color=COLORS[kind], weight="bold", va="center")
        for (row, column), number in np.ndenumerate(numbers):
            cell(axes, left + column, top - row, kind, say(f"{number:g}"))
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
