"""The look that all figures share: colours, type, and the pieces that several figures are made of."""

import sys

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.ticker import ScalarFormatter

from cnncourse.language import spoken

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
    "compute": _PURPLE,
    "zeros": _PURPLE,  # padding with zeros
    "mirrored": _GREY,  # padding with mirrored pixels
    "sigmoid": _BLUE,
    "tanh": _PURPLE,
    "ReLU": _GREEN,
    "ReLU He": _VERMILION,
    "sigmoid BN": _BROWN,
    "residual": _GREY,
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
    plt.style.use("cnncourse.plots.book")
    if "IPython" in sys.modules and sys.modules["IPython"].get_ipython():
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", bbox_inches=None, metadata=NO_METADATA)


def line_colors(names):
    """Give each line its colour: that of its name, or of the activation in it, or else the next free one.

    So sigmoid, tanh and ReLU look the same in every figure. Where a figure has an activation in two
    variants, the first one has its colour.
    """
    colors = {name: COLORS[name] for name in names if name in COLORS}
    for name in names:
        activation = next((each for each in ("sigmoid", "tanh", "ReLU") if each in str(name)), None)
        if activation and name not in colors and COLORS[activation] not in colors.values():
            colors[name] = COLORS[activation]
    cycle = plt.rcParams["axes.prop_cycle"].by_key()["color"]
    free = [color for color in cycle if color not in colors.values()] or cycle
    others = [name for name in names if name not in colors]
    return colors | {name: free[number % len(free)] for number, name in enumerate(others)}


NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def charts(height, rows=1, columns=1, **options):
    """Make a figure of that height in inches and an array of axes that write numbers as the reader does."""
    figure, axes = plt.subplots(rows, columns, figsize=(WIDTH, height), squeeze=False, **options)
    for panel in axes.flat:
        panel.xaxis.set_major_formatter(_SpokenNumbers())
        panel.yaxis.set_major_formatter(_SpokenNumbers())
    return figure, axes


class _SpokenNumbers(ScalarFormatter):
    """Numbers on an axis, as the language in force writes them when the figure is made."""

    def __init__(self):
        super().__init__()
        self._language = spoken()

    def __call__(self, x, pos=None):
        return self._language.text(super().__call__(x, pos))


def sheet(height):
    """Make a figure of that height in inches on which every place is chosen by hand."""
    figure = plt.figure(figsize=(WIDTH, height))
    figure.set_layout_engine("none")  # the style sheet's engine would look for a grid of axes
    return figure


def canvas(columns, rows, left, top, unit=0.36):
    """Make a figure without axes, measured in cells of ``unit`` inches or as small as they must be."""
    unit = min(WIDTH / columns, unit)
    figure = sheet(rows * unit)
    axes = figure.add_axes((0, 0, 1, 1), frameon=False)
    spare = WIDTH / unit - columns
    axes.set(
        xlim=(left - spare / 2, left + columns + spare / 2), ylim=(top - rows, top), xticks=[], yticks=[]
    )
    axes.grid(visible=False)
    return axes


def cell(axes, left, top, kind, text=None):
    hatch = "////" if kind == "unused" else None
    box = Rectangle(
        (left, top - 1), 1, 1, facecolor=TINTS[kind], edgecolor=COLORS[kind], linewidth=0.9, hatch=hatch
    )
    axes.add_patch(box)
    if text is not None:
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if hatch else None
        axes.text(left + 0.5, top - 0.52, minus(text), ha="center", va="center", fontsize=10.5, bbox=paper)


def arrow(axes, start, end):
    style = {
        "arrowstyle": "-|>",
        "mutation_scale": 9,
        "color": COLORS["padding"],
        "linewidth": 1,
        "shrinkA": 0,
    }
    axes.add_patch(FancyArrowPatch(start, end, shrinkB=0, **style))


def coloured(kind):
    return {"color": COLORS[kind], "textcoords": "offset points"}


def minus(text):
    return str(text).replace("-", "\N{MINUS SIGN}")


def filled(name, values):
    if not values:
        raise ValueError(f"{name} must not be empty. Received {name}={values!r}.")
    return values
