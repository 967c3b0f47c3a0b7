"""Figures of what training did: curves over the epochs, runs over seeds, distributions."""

import math

import numpy as np
from matplotlib.ticker import MaxNLocator

from cnncourse.plots.style import COLORS, TINTS, charts, filled, line_colors, minus
from cnncourse.words import say


def plot_curves(curves, *, x_label, y_label):
    """Show curves, each with its name at its end in its own colour.

    Args:
        curves: each name with ``(x, y)``, two sequences of one length. A name that is a key of
            :data:`COLORS`, or contains the name of an activation, has that colour.
        x_label: what the x axis shows, with its unit.
        y_label: what the y axis shows, with its unit.

    Returns:
        The figure.

    Raises:
        ValueError: for no curves and for sequences that are empty or differ in length.

    Source: E. Tufte, *The Visual Display of Quantitative Information*, 1983, on labels instead of legends.

    >>> curves = {"train": ([0, 1], [1, 0.2])}
    >>> figure = plot_curves(curves, x_label="epoch", y_label="loss")
    """
    filled("curves", curves)
    figure, [[axes]] = charts(3.2)
    ends, colors = {}, line_colors(curves)
    for name, (x, y) in curves.items():
        if not len(x) or len(x) != len(y):
            raise ValueError(
                f"curves[{name!r}] must have as many x as y. Received {len(x)} x and {len(y)} y."
            )
        axes.plot(x, y, color=colors[name])
        ends[name] = (x[-1], y[-1], colors[name])
    axes.set(xlabel=say(x_label), ylabel=say(y_label))
    if all(np.asarray(x).dtype.kind in "ui" for x, _ in curves.values()):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    label_ends(axes, ends)
    return figure


def label_ends(axes, ends):
    """Write each curve's name beside its end, but above or below where it would cover another or go out."""
    labels = [_End(axes, name, *end) for name, end in sorted(ends.items(), key=lambda end: end[1][1])]
    low, high = axes.get_ylim()
    for number, label in enumerate(labels):
        least = (other.y + label.apart(other) for other in labels[:number])
        label.y = max([label.y, low + label.half, *least])
    for number, label in reversed([*enumerate(labels)]):
        most = (other.y - label.apart(other) for other in labels[number + 1 :])
        label.y = min([label.y, high - label.half, *most])
    look = {"textcoords": "offset points", "va": "center", "annotation_clip": False}
    for label in labels:
        axes.annotate("\n".join(label.lines), (label.x, label.y), (7, 0), color=label.color, **look)


class _End:
    """The name at the end of a curve, and the room that it takes, in units of the axes."""

    def __init__(self, axes, name, x, y, color):
        width, height = 0.75 * 72 * axes.figure.get_size_inches()
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        self.lines, self.color, self.x, self.y = _broken(say(name)).split("\n"), color, x, y
        self.stop = x + 7 * (right - left) / width * (1 + max(map(len, self.lines)))
        self.half = len(self.lines) * 8 * (high - low) / height

    def apart(self, other):
        """How far this name has to be above or below another: not at all where it is beside it."""
        return self.half + other.half if self.x < other.stop and other.x < self.stop else -math.inf


def _broken(name):
    """Put the last part of a long name on a line of its own, which leaves the curve more room."""
    first, comma, last = name.rpartition(", ")
    return f"{first},\n{last}" if comma and len(name) > _LONG else name


_LONG = 18  # letters


def plot_learning_curves(history):
    """Show loss and metrics over the epochs, on training and on unseen data.

    Args:
        history: what ``fit`` or :func:`~cnncourse.run_test_harness` returned, or its dictionary of
            lists. Curves without validation values are drawn alone.

    Returns:
        The figure: one panel for the loss and for each metric.

    Raises:
        ValueError: for a history without a curve.

    Source: Goodfellow et al., *Deep Learning*, 2016, figure 7.3.

    >>> history = {"loss": [1.0, 0.5], "val_loss": [1.1, 0.9]}
    >>> figure = plot_learning_curves(history)
    """
    curves = getattr(history, "history", history)
    if not isinstance(curves, dict) or not curves:
        raise ValueError(
            "history must be a Keras History or its dictionary, and not empty. "
            f"Received {type(history).__name__}."
        )
    metrics = [name for name in curves if not name.startswith("val_") and name != "learning_rate"]
    figure, rows = charts(2.5 * len(metrics), len(metrics), sharex=True)
    for axes, metric in zip(rows.flat, metrics, strict=True):
        _draw_epochs(axes, curves[metric], curves.get(f"val_{metric}"))
        axes.set_ylabel(say(metric))
    rows[-1, 0].set_xlabel(say("epoch"))
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
    label_ends(axes, ends)


def plot_histories(histories, *, metric="loss", top=None):
    """Show one metric of several trainings over their epochs, each in a panel of its own.

    Args:
        histories: each panel's title with the dictionary of lists of Keras' ``History``.
        metric: the curve on the training data; that on unseen data is ``"val_"`` and the same.
        top: where the y axes end; a curve that rises above leaves its panel. By default none does.

    Returns:
        The figure: two panels in a row, all with the same y axis, which begins at zero.

    Raises:
        ValueError: for no histories, and for one without both curves.

    Source: Goodfellow et al., *Deep Learning*, 2016, figure 7.3.

    >>> history = {"loss": [1.0, 0.5], "val_loss": [1.1, 0.9]}
    >>> figure = plot_histories({"curve 1": history})
    """
    rows = (len(filled("histories", histories)) + 1) // 2
    figure, panels = charts(0.6 + 1.6 * rows, rows, 2, sharey=True)
    for axes in panels.flat[len(histories) :]:
        axes.set_visible(False)
    for axes, (title, curves) in zip(panels.flat, histories.items(), strict=False):
        for name, color, key in (("train", "train", metric), ("unseen", "test", f"val_{metric}")):
            if not curves.get(key):
                raise ValueError(f"histories[{title!r}] must have {key!r}. Received {', '.join(curves)}.")
            axes.plot(range(1, len(curves[key]) + 1), curves[key], color=COLORS[color], label=say(name))
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.set_title(say(title), weight="normal")
    panels[0, 0].set_ylim(0, top)
    figure.supxlabel(say("epoch"), fontsize="medium")
    figure.supylabel(say(metric), fontsize="medium")
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return figure


def plot_generalization_gap(gap):
    """Show a metric on training and on unseen data, and the gap between them after the last epoch.

    Args:
        gap: what :func:`cnncourse.generalization_gap` or
            :func:`cnncourse.measure_generalization_gap` returned.

    Returns:
        The figure: two curves over the epochs, the area between them, the last gap in the title.

    Raises:
        ValueError: for a gap without epochs.

    Source: Goodfellow et al., *Deep Learning*, 2016, figure 5.3.

    >>> from cnncourse.diagnostics import generalization_gap
    >>> history = {"accuracy": [0.5, 1.0], "val_accuracy": [0.5, 0.75]}
    >>> figure = plot_generalization_gap(generalization_gap(history))
    """
    epochs, train, unseen, _ = zip(*measured_rows("gap", gap), strict=True)
    figure, [[axes]] = charts(3.2)
    axes.fill_between(epochs, train, unseen, color=TINTS["padding"], alpha=0.6, linewidth=0)
    _draw_epochs(axes, train, unseen)
    axes.set(xlabel=say("epoch"), ylabel=say(gap.metric))
    axes.set_title(say(minus(f"gap after the last epoch: {gap.gap:.3f}")), weight="normal")
    return figure


def plot_runs(runs, *, x_label, y_label, x_ticks=None):
    """Show what every single run did, and the mean of each kind of run.

    Args:
        runs: each kind's name with its runs, sequences of one length: a value for each epoch.
        x_label: what the x axis shows; it counts from 1.
        y_label: what the y axis shows, with its unit.
        x_ticks: what to write below each step instead of its number.

    Returns:
        The figure: a thin line for every run, a thick one for the mean, with the name at its end.

    Raises:
        ValueError: for no runs and for runs of one kind that differ in length or are empty.

    Source: X. Bouthillier et al., *Accounting for variance in machine learning benchmarks*, 2021,
    arXiv:2103.03098, on showing every run.

    >>> runs = {"ReLU": [[1, 0.5], [0.8, 0.4]]}
    >>> figure = plot_runs(runs, x_label="epoch", y_label="loss")
    """
    filled("runs", runs)
    figure, [[axes]] = charts(3.4)
    ends, colors = {}, line_colors(runs)
    for name, sequences in runs.items():
        if len({len(sequence) for sequence in sequences}) != 1 or not len(sequences[0]):
            raise ValueError(f"runs[{name!r}] must be sequences of one length. Received {sequences!r}.")
        steps, mean = range(1, len(sequences[0]) + 1), np.mean(sequences, axis=0)
        axes.plot(steps, mean, color=colors[name], linewidth=2.8, marker="" if len(mean) > 1 else "o")
        for sequence in sequences:
            axes.plot(steps, sequence, color=colors[name], linewidth=0.9, alpha=0.8)
        ends[name] = (steps[-1], mean[-1], colors[name])
    axes.set(xlabel=say(x_label), ylabel=say(y_label))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if x_ticks is not None:
        axes.set_xticks(range(1, len(x_ticks) + 1), map(say, x_ticks))
    label_ends(axes, ends)
    return figure


def plot_fits(fits, train, unseen):
    """Show functions fitted to the same points, each in a panel of its own.

    Args:
        fits: each panel's title with a function of an array of x.
        train: ``(x, y)``, the points that they were fitted to.
        unseen: ``(x, y)``, other points of the same kind.

    Returns:
        The figure: dots for the fitted points, small rings for the others. The y axis ends near the
        points, so that a curve that swings out leaves the panel.

    Raises:
        ValueError: for no fits, and for points that are missing or differ in number of x and y.

    Source: Goodfellow et al., *Deep Learning*, 2016, figure 5.2.

    >>> train, unseen = ([0, 1], [0, 0]), ([0.5], [1])
    >>> figure = plot_fits({"flat": lambda x: 0 * x}, train, unseen)
    """
    filled("fits", fits)
    for name, (x, y) in (("train", train), ("unseen", unseen)):
        if not len(x) or len(x) != len(y):
            raise ValueError(f"{name} must have as many x as y. Received {len(x)} x and {len(y)} y.")
    (low, high), (bottom, top) = (
        (min(map(min, pair)), max(map(max, pair))) for pair in zip(train, unseen, strict=True)
    )
    line, room = np.linspace(low, high, 400), 0.15 * (top - bottom)
    figure, [columns] = charts(2.6, columns=len(fits), sharey=True)
    for axes, (title, fit) in zip(columns, fits.items(), strict=True):
        axes.plot(*unseen, "o", markersize=3, fillstyle="none", color=COLORS["test"], label=say("unseen"))
        axes.plot(line, fit(line), color=COLORS["text"], linewidth=1.6)
        axes.plot(*train, "o", markersize=6, color=COLORS["train"], label=say("train"))
        axes.set(title=say(title), xticks=[], ylim=(bottom - room, top + room))
    figure.legend(*columns[0].get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return figure


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

    >>> panels = {"before": {"channel 0": [1.0, 2.0, 2.0]}}
    >>> figure = plot_histograms(panels, x_label="value")
    """
    for title, curves in filled("panels", panels).items():
        for name, values in filled(f"panels[{title!r}]", curves).items():
            if not np.size(values) or not np.isfinite(values).all():
                raise ValueError(
                    f"panels[{title!r}][{name!r}] must hold finite numbers. Received {values!r}."
                )
    every = np.concatenate([np.ravel(values) for curves in panels.values() for values in curves.values()])
    edges = np.histogram_bin_edges(every, bins=70)
    figure, rows = charts(1.1 + 1.5 * len(panels), len(panels), sharex=True)
    for axes, (title, curves) in zip(rows.flat, panels.items(), strict=True):
        for name, values in curves.items():
            axes.hist(np.ravel(values), edges, density=True, histtype="step", linewidth=1.8, label=say(name))
        axes.set(yticks=[], title=say(title))
    rows[-1, 0].set_xlabel(say(x_label))
    figure.legend(*rows[0, 0].get_legend_handles_labels(), loc="outside upper left", ncols=3)
    return figure


def measured_rows(name, table):
    """Check that a table comes from :mod:`cnncourse.diagnostics` and holds something."""
    rows = getattr(table, "rows", None)
    if not rows:
        raise ValueError(
            f"{name} must be what a diagnostic returned, and not empty. Received {type(table).__name__}."
        )
    return rows
