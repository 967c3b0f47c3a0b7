"""Figures of a comparison: every run of every arm, and what the arms differ by."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from cnncourse.plots.style import COLORS, charts, filled
from cnncourse.words import say


def plot_comparison(results, *, of="test_accuracy", x_label="test accuracy", baseline=None, arms=None):
    """Show every run of every arm, and how far the arms are from one of them.

    Args:
        results: :class:`~cnncourse.Results`, with runs of every arm that is shown.
        of: what is shown of a run, as for :meth:`Results.values <cnncourse.Results.values>`.
        x_label: what the x axis shows, with its unit.
        baseline: the arm that the others are compared with; ``None`` for no comparison.
        arms: the names of the arms to be shown, from above; by default all.

    Returns:
        The figure. On the left each run as a dot, the mean of an arm as a line. On the right, with a
        ``baseline``, each arm's differences from it, seed by seed, as dots and their 95 % interval.

    Raises:
        ValueError: for no arms, and for arms and a baseline that ``results`` do not have.

    Source: X. Bouthillier et al., *Accounting for variance in machine learning benchmarks*, 2021,
    arXiv:2103.03098, on showing every run.

    >>> from cnncourse import Results, Run
    >>> def run(arm, seed, accuracy):
    ...     test = {"accuracy": accuracy}
    ...     return Run(arm, 0.1, seed, False, {}, test, 1.0, 61706)
    >>> runs = [run("a", 0, 0.7), run("a", 1, 0.8)]
    >>> results = Results([*runs, run("b", 0, 0.6), run("b", 1, 0.6)])
    >>> figure = plot_comparison(results, baseline="b")
    """
    arms = filled("arms", tuple(arms or results.arms))
    figure, axes = charts(0.95 + 0.34 * len(arms), columns=1 if baseline is None else 2, sharey=True)
    for row, arm in enumerate(arms):
        values = results.values(arm, of)
        _draw_row(axes[0, 0], row, values, np.mean(values))
        if baseline is not None and arm != baseline:
            difference = results.difference(arm, baseline, of)
            _draw_row(axes[0, 1], row, difference.differences, difference.mean, difference.interval)
    axes[0, 0].set(xlabel=say(x_label), yticks=range(len(arms)), yticklabels=map(say, arms))
    axes[0, 0].set_ylim(len(arms) - 0.4, -0.6)
    whole = all(float(value).is_integer() for arm in arms for value in results.values(arm, of))
    for panel in axes[0]:
        panel.xaxis.set_major_locator(MaxNLocator(3, integer=whole))
    if baseline is not None:
        axes[0, 1].axvline(0, color=COLORS["text"], linewidth=1)
        axes[0, 1].set_xlabel(f"{say('difference from')}\n{say(baseline)}")
    return figure


def _draw_row(axes, row, values, mean, interval=None):
    """Draw single values as rings above their mean, and an interval as a bar."""
    axes.plot(values, [row - 0.13] * len(values), "o", markersize=4, fillstyle="none", color=COLORS["test"])
    axes.plot([mean, mean], [row - 0.05, row + 0.33], color=COLORS["train"], linewidth=2.4)
    if interval is not None:
        axes.plot(interval, [row + 0.14] * 2, color=COLORS["train"], linewidth=1.4)
