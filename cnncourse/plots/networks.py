"""Figures of a network's layers: what they cost, their gradients, their activations."""

from math import prod

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from cnncourse.arithmetic import conv2d_output_shape, conv2d_parameters
from cnncourse.language import number, spoken
from cnncourse.plots.curves import label_ends, measured_rows
from cnncourse.plots.style import COLORS, TINTS, arrow, canvas, charts, filled, line_colors
from cnncourse.words import say


def plot_gradient_norms(norms, *, y_label="gradient norm"):
    """Show the gradient norm of every layer on a logarithmic scale, for one network or several.

    Args:
        norms: what :func:`cnncourse.gradient_norms` returned, or each network's name with its own.
        y_label: what the y axis shows, where it is another size of each layer.

    Returns:
        The figure: a line for each network, from the layer next to the input to the output. A norm
        that is zero or not finite has no dot.

    Raises:
        ValueError: for no network, and for one without any norm above zero.

    Source: Glorot & Bengio 2010, figure 7, for the idea.

    >>> from cnncourse.diagnostics import GradientNorm, GradientNorms
    >>> rows = GradientNorm("first", 1e-6), GradientNorm("last", 0.1)
    >>> norms = GradientNorms(rows)
    >>> figure = plot_gradient_norms({"sigmoid": norms})
    """
    networks = filled("norms", norms) if isinstance(norms, dict) else {"": norms}
    figure, [[axes]] = charts(3.2)
    ends, colors = {}, line_colors(networks)
    for name, table in networks.items():
        numbers, exponents = _exponents(name, [row.norm for row in measured_rows("norms", table)])
        axes.plot(numbers, exponents, "o-", color=colors[name])
        ends[name] = (numbers[-1], exponents[-1], colors[name])
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(lambda exponent, _: f"10{f'{exponent:g}'.translate(_RAISED)}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel=say("layer, from the input to the output"), ylabel=say(y_label))
    label_ends(axes, ends)
    return figure


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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
    >>> conv = ActivationRate("conv", active=0.4, dead=2, units=16)
    >>> dense = ActivationRate("dense", active=0.1, dead=60, units=64)
    >>> figure = plot_activation_rates(ActivationRates((conv, dense)))
    """
    rows = measured_rows("rates", rates)
    figure, [[axes]] = charts(1.0 + 0.42 * len(rows))
    bars = axes.barh(range(len(rows)), [100 * row.active for row in rows], 0.7, color=COLORS["output"])
    axes.set_yticks(range(len(rows)), [say(row.layer) for row in rows])
    dead = [say(f"{row.dead} of {row.units} dead") if row.dead else "" for row in rows]
    axes.bar_label(bars, dead, padding=6)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set(xlim=(0, 100), xlabel=say("outputs above zero, in percent"))
    return figure


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

    Source: The formulas of :mod:`cnncourse.arithmetic`.

    >>> figure = plot_convolution((227, 227, 3), 96, 11, stride=4)
    """
    output_shape = conv2d_output_shape(input_shape, filters, kernel_size, stride=stride, padding=padding)
    kernel_shape = (*np.broadcast_to(kernel_size, 2), input_shape[2])
    axes = canvas(15, 10.2, left=0, top=1.2)
    _draw_stack(axes, 0.1, 3.3, "input", say("input"), input_shape)
    _draw_stack(axes, 6.2, 1.4, "window", say("one filter"), kernel_shape, note=say("+ 1 bias"))
    _draw_stack(axes, 10.6, 2.6, "output", say("output"), output_shape)
    axes.add_patch(Rectangle((0.7, -2.9), 0.9, 0.9, facecolor=TINTS["window"], edgecolor=COLORS["window"]))
    axes.add_patch(Rectangle((11.1, -2.6), 0.3, 0.3, facecolor=TINTS["window"], edgecolor=COLORS["window"]))
    arrow(axes, (1.8, -2.45), (6.1, -2.45))
    arrow(axes, (8.3, -2.45), (11.0, -2.45))
    weights, outputs = conv2d_parameters(input_shape[2], 1, kernel_size, bias=False), prod(output_shape)
    counts = {
        "parameters": (filters, weights + 1),
        "activations": output_shape,
        "MACs per image": (outputs, weights),
    }
    for row, (name, factors) in enumerate(counts.items()):
        axes.text(4.5, -6.6 - 0.85 * row, say(name), ha="right", va="center", weight="bold")
        axes.text(4.9, -6.6 - 0.85 * row, f"{number(factors)} = {number(prod(factors))}", va="center")
    return axes.figure


def _draw_stack(axes, left, size, kind, name, shape, note=""):
    """Draw channels as sheets, one behind the other, at most four of them, with their shape below."""
    for sheet in reversed(range(min(shape[2], 4))):
        shift = 0.3 * sheet
        box = {"facecolor": TINTS[kind], "edgecolor": COLORS[kind], "linewidth": 0.9}
        axes.add_patch(Rectangle((left + shift, -4 + shift), size, size, **box))
    axes.text(left, -4 + size + 1.4, name, color=COLORS[kind], weight="bold", va="center")
    axes.text(left, -4.55, number(shape), color=COLORS[kind], va="center")
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

    Source: The account; S. Han et al., *Deep compression*, 2016, arXiv:1510.00149, for the idea.

    >>> from cnncourse.anatomies import anatomy
    >>> from cnncourse.backend import keras
    >>> dense = keras.layers.Dense(2)
    >>> network = keras.Sequential([keras.Input((8,)), dense])
    >>> figure = plot_account(anatomy(network))
    """
    layers = _with_parameters("account", account)
    figure, [panels] = charts(0.8 + 0.34 * len(layers), columns=2, sharey=True)
    looks = {
        "parameters": {"facecolor": TINTS["window"], "edgecolor": COLORS["window"]},
        "MACs": {"facecolor": COLORS["compute"]},
    }
    for axes, (title, look) in zip(panels, looks.items(), strict=True):
        counts = np.array([getattr(layer, title.lower()) or 0 for layer in layers])
        shares = counts / max(counts.sum(), 1)
        bars = axes.barh(range(len(layers)), shares, 0.7, **look)
        axes.bar_label(bars, map(_percent, shares), padding=4)
        axes.grid(visible=False)
        axes.set(xlim=(0, 1.3 * shares.max()), xticks=[], title=say(f"share of {title}"))
    panels[0].set_yticks(range(len(layers)), [say(layer.name) for layer in layers])
    panels[0].invert_yaxis()
    return figure


def _percent(share):
    return spoken().percent(share, 0) if share >= 0.005 else f"<{spoken().percent(0.01, 0)}"


def _with_parameters(name, account):
    """Give the layers that have parameters."""
    layers = [layer for layer in getattr(account, "layers", ()) if getattr(layer, "parameters", 0)]
    if not layers:
        raise ValueError(
            f"{name} must be what anatomy() returned, with parameters in it. "
            f"Received {type(account).__name__}."
        )
    return layers


def plot_feature_maps(accounts):
    """Show the input and the output of every layer with parameters, all networks to one scale.

    Args:
        accounts: each network's name with what :func:`cnncourse.anatomy` returned.

    Returns:
        The figure: a column for each network, the input on top. A map is as high and as wide as it
        is in pixels, but never too small to be seen; an output without height and width is a bar.

    Raises:
        ValueError: for no networks, and for one that is not an account or has no parameters.

    Source: LeCun et al. 1998, figure 2, for the idea.

    >>> from cnncourse.anatomies import anatomy
    >>> from cnncourse.backend import keras
    >>> conv = keras.layers.Conv2D(2, 3)
    >>> network = keras.Sequential([keras.Input((8, 8, 1)), conv])
    >>> figure = plot_feature_maps({"small": anatomy(network)})
    """
    columns = {}
    for name, account in filled("accounts", accounts).items():
        layers = _with_parameters(f"accounts[{name!r}]", account)
        outputs = [(layer.name, layer.output_shape) for layer in layers]
        columns[name] = [("input", account.input_shapes[0]), *outputs]
    shapes = [shape for rows in columns.values() for _, shape in rows]
    scale = 3.6 / max([1, *(shape[0] for shape in shapes if len(shape) == 3)])
    axes = canvas(15, 1.4 + max(_row_top(rows, scale) for rows in columns.values()), left=0, top=1.2)
    for column, (name, rows) in enumerate(columns.items()):
        left = column * 15 / len(columns) + 0.1
        axes.text(left, 0.6, say(name), weight="bold", va="center")
        for row, (layer, shape) in enumerate(rows):
            _draw_map(axes, left, -_row_top(rows[:row], scale), layer, shape, scale)
    return axes.figure


def _sides(shape, scale):
    """Give height and width of a map, or of the bar that stands for a vector."""
    if len(shape) != 3:
        return 0.25, 1.2
    return tuple(max(side * scale, _SMALLEST) for side in shape[:2])


_SMALLEST = 0.13  # cells; a side that can just be seen


def _row_top(rows_above, scale):
    return sum(max(_sides(shape, scale)[0], 0.35) + 0.45 for _, shape in rows_above)


def _draw_map(axes, left, top, layer, shape, scale):
    """Draw an output to scale, with its name and its shape on its right."""
    kind = "input" if layer == "input" else "output"
    height, width = _sides(shape, scale)
    box = {"facecolor": TINTS[kind], "edgecolor": COLORS[kind], "linewidth": 0.9}
    axes.add_patch(Rectangle((left, top - height), width, height, **box))
    label = {"color": COLORS[kind], "va": "center", "fontsize": 10.5}
    # Beside a large map there is less room, but for two lines.
    between = "\n" if height > 1 else "\N{EN SPACE}"
    axes.text(left + width + 0.25, top - height / 2, f"{say(layer)}{between}{number(shape)}", **label)


def plot_training_memory(memory):
    """Show what training holds in memory, part by part.

    Args:
        memory: what to write beside each bar, with what
            :meth:`~cnncourse.Anatomy.training_bytes` returned.

    Returns:
        The figure: a bar for each entry, with its total. Yellow is what has the size of the
        parameters, green is what grows with the batch.

    Raises:
        ValueError: for no entries, and for one that is not an account of training memory.

    Source: As :meth:`cnncourse.Anatomy.training_bytes`.

    >>> from cnncourse.anatomies import TrainingBytes
    >>> memory = TrainingBytes(400, 400, 800, activations=100)
    >>> figure = plot_training_memory({"batch 1": memory})
    """
    for name, each in filled("memory", memory).items():
        if not all(hasattr(each, part) for part in _HELD):
            raise ValueError(f"memory[{name!r}] must come from training_bytes(). Received {each!r}.")
    figure, [[axes]] = charts(1.5 + 0.5 * len(memory))
    left = np.zeros(len(memory))
    for part, (kind, hatch) in _HELD.items():
        widths = np.array([getattr(each, part) / 1e6 for each in memory.values()])
        look = {"facecolor": TINTS[kind], "edgecolor": COLORS[kind], "hatch": hatch, "linewidth": 0.9}
        name = say(part.replace("_", " "))
        bars = axes.barh(range(len(memory)), widths, 0.6, left=left, label=name, **look)
        left += widths
    axes.bar_label(bars, [f"{number(round(total))} MB" for total in left], padding=5)
    axes.set_yticks(range(len(memory)), map(say, memory))
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set(xlabel=say("memory in MB"), xlim=(0, 1.25 * left.max()))
    figure.legend(loc="outside upper left", ncols=2)
    return figure


_HELD = {
    "parameters": ("window", ""),
    "gradients": ("window", "//"),
    "optimizer_state": ("window", "xx"),
    "activations": ("output", ""),
}
"""What training holds: the colour and the hatch of each part."""
