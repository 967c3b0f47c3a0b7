"""Every figure of the book, one function each, in one look.

A notebook calls :func:`use_style` once. Each ``plot_…`` function then draws one figure and returns
it; the cell ends with ``plt.show()``. :data:`COLORS` gives every thing its colour, the same one in
all chapters, and :data:`TINTS` the shade that fills areas. Colours drawn together stay apart in the
three common kinds of colour blindness, words in them can be read on white, and nothing is told by
colour alone. Words and numbers are in the language in force (:func:`use_language`): callers name
things in English, and :mod:`cnncourse.words` says them.
"""

from cnncourse.plots.comparisons import plot_comparison
from cnncourse.plots.curves import (
    plot_curves,
    plot_fits,
    plot_generalization_gap,
    plot_histograms,
    plot_histories,
    plot_learning_curves,
    plot_runs,
)
from cnncourse.plots.networks import (
    plot_account,
    plot_activation_rates,
    plot_convolution,
    plot_feature_maps,
    plot_gradient_norms,
    plot_training_memory,
)
from cnncourse.plots.pictures import plot_confusion, plot_numbers, plot_pictures
from cnncourse.plots.style import COLORS, TINTS, use_style
from cnncourse.plots.windows import plot_output_sizes, plot_positions, plot_sliding_windows

__all__ = [
    "COLORS",
    "TINTS",
    "plot_account",
    "plot_activation_rates",
    "plot_comparison",
    "plot_confusion",
    "plot_convolution",
    "plot_curves",
    "plot_feature_maps",
    "plot_fits",
    "plot_generalization_gap",
    "plot_gradient_norms",
    "plot_histograms",
    "plot_histories",
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
