"""Words and numbers in figures are in the reader's language, and nothing else differs."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import numpy as np
import pytest
from manuscript import NUMBER, ROOT, plain_number, sources
from matplotlib.text import Text

import cnncourse as cc
from cnncourse import plots
from cnncourse.anatomies import LayerAccount, TrainingBytes
from cnncourse.diagnostics import ActivationRate, ActivationRates, GradientNorm, GradientNorms
from cnncourse.language import spoken
from cnncourse.words import GERMAN, say

NETWORKS = {"AlexNet", "LeNet", "conv", "conv2d", "dense", "fc", "C", "F", "S"}  # and their layers
IN_BOTH = NETWORKS | {
    "Adam",
    "BN",
    "GELU",
    "Glorot",
    "He",
    "L",
    "Leaky",
    "MACs",
    "MB",
    "ReLU",
    "T",
    "in",
    "n",
}
IN_BOTH |= {"CutMix", "Mixup", "relative", "same", "tanh", "valid", "x"}

pytestmark = pytest.mark.usefixtures("clean_matplotlib")


def runs(*names):
    return cc.Results(
        [
            cc.Run(name, 0.1, seed, False, {}, {"accuracy": 0.5 + seed / 8}, 1.0, 61706)
            for name in names
            for seed in (0, 1)
        ]
    )


def account():
    first = LayerAccount("conv1", "Conv2D", (28, 28, 6), 156, 156, 117_600, 1, 624, 18_816)
    last = LayerAccount("dense", "Dense", (10,), 48_000, 48_000, 48_000, 1, 192_000, 40)
    return cc.Anatomy("LeNet-5", ((32, 32, 1),), 1, "float32", (first, last))


FIGURES = {
    plots.plot_account: lambda draw: draw(account()),
    plots.plot_activation_rates: lambda draw: draw(ActivationRates((ActivationRate("dense", 0.125, 3, 10),))),
    plots.plot_comparison: lambda draw: draw(runs("nothing", "dropout"), baseline="nothing"),
    plots.plot_confusion: lambda draw: draw([[3, 1], [0, 4]], ["disk", "star"]),
    plots.plot_convolution: lambda draw: draw((227, 227, 3), 96, 11, stride=4),
    plots.plot_curves: lambda draw: draw({"zeros": ([0, 0.1], [0, 30_000])}, x_label="row", y_label="loss"),
    plots.plot_feature_maps: lambda draw: draw({"AlexNet": account()}),
    plots.plot_fits: lambda draw: draw({"degree 1": np.copy}, ([0, 1], [0, 1]), ([0.5], [1.5])),
    plots.plot_generalization_gap: lambda draw: draw(
        cc.generalization_gap({"accuracy": [0.5, 1], "val_accuracy": [0.5, 0.625]})
    ),
    plots.plot_gradient_norms: lambda draw: draw(
        {"sigmoid": GradientNorms((GradientNorm("a", 1e-6), GradientNorm("b", 0.1)))}
    ),
    plots.plot_histograms: lambda draw: draw(
        {"before": {"channel 0": [-1.5, 0.25, 1]}}, x_label="activation"
    ),
    plots.plot_histories: lambda draw: draw({"curve 1": {"loss": [1.5, 0.5], "val_loss": [1.5, 1]}}),
    plots.plot_learning_curves: lambda draw: draw({"loss": [1.5, 0.5], "val_loss": [1.5, 1]}),
    plots.plot_numbers: lambda draw: draw({"input": ("input", [[0.5, -2.75]]), "max": ("output", [[1]])}),
    plots.plot_output_sizes: lambda draw: draw(range(222, 229), 11, stride=4),
    plots.plot_pictures: lambda draw: draw({"half a pixel": np.ones((4, 4)), "10 degrees": np.ones((4, 4))}),
    plots.plot_positions: lambda draw: draw(8, 3, stride=2, padding=1),
    plots.plot_runs: lambda draw: draw(
        {"sigmoid, 5 layers": [[0.5, 1]]}, x_label="layer", y_label="loss", x_ticks=("conv\n1", "dense\n1")
    ),
    plots.plot_sliding_windows: lambda draw: draw(
        {"stride 2": {"input_size": 5, "kernel_size": 3, "stride": 2, "padding": 1}}
    ),
    plots.plot_training_memory: lambda draw: draw({"batch 1": TrainingBytes(4 * 10**10, 4000, 8000, 0)}),
}
"""For each public function a call that shows all of its own words."""


def drawn(plot, language):
    cc.use_language(language)
    figure = FIGURES[plot](plot)
    figure.canvas.draw()
    return figure


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def assert_translated(german, english, where):
    """The same labels in the same order, no word of the one in the other, and numbers as German has them."""
    assert len(german) == len(english), f"{where}: {german} and {english}"
    for here, there in zip(german, english, strict=True):
        kept = {*words(here)} & {*words(there)} - IN_BOTH
        assert not kept, f"{where}: {', '.join(sorted(kept))} in {here!r} is English, as in {there!r}"
        numbers = [as_german(number) for number in NUMBER.findall(there)]
        assert NUMBER.findall(here) == numbers, f"{where}: {here!r} must have the numbers of {there!r}"


def words(text):
    return re.findall(r"[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:\d?d)?", text)


def as_german(number):
    return spoken("de").number(Decimal(plain_number(number, "en")))


def test_every_public_figure_is_looked_at():
    assert {plot.__name__ for plot in FIGURES} == {name for name in plots.__all__ if name.startswith("plot_")}


@pytest.mark.parametrize("plot", FIGURES, ids=lambda plot: plot.__name__)
def test_a_figure_speaks_the_language_in_force(plot):
    assert_translated(texts(drawn(plot, "de")), texts(drawn(plot, "en")), plot.__name__)


@pytest.mark.parametrize("plot", FIGURES, ids=lambda plot: plot.__name__)
def test_a_figure_shows_the_same_in_both_languages(plot):
    german, english = drawn(plot, "de"), drawn(plot, "en")
    assert german.get_size_inches().tolist() == english.get_size_inches().tolist()
    assert data(german) == data(english)


def data(figure):
    """The limits of the axes, and where lines and areas lie on them."""
    lines = [line.get_xydata() for axes in figure.axes for line in axes.get_lines()]
    patches = [patch for axes in figure.axes for patch in axes.patches]
    areas = [patch.get_patch_transform().transform(patch.get_path().vertices) for patch in patches]
    return [axes.axis() for axes in figure.axes], [points.tolist() for points in [*lines, *areas]]


def stored(source):
    """Every figure that a notebook has stored: the id of its cell, its size, its labels."""
    for cell in source.cells():
        for output in cell.get("outputs", []):
            if svg := "".join(output.get("data", {}).get("image/svg+xml", "")):
                drawing = ElementTree.fromstring(svg)
                yield cell["id"], drawing.get("viewBox"), [*filter(None, map(label, drawing.iter()))]


def label(group):
    """The lines of a label, which are the children of one group."""
    return "\n".join(line.text for line in group if line.tag.endswith("}text"))


NOTEBOOKS = [source for source in sources("de") if source.is_notebook]
ENGLISH = {source.docname: source for source in sources("en") if source.is_notebook}


@pytest.mark.parametrize("german", NOTEBOOKS, ids=lambda source: source.docname)
def test_stored_figures_speak_the_language_of_their_edition(german):
    pairs = zip(stored(german), stored(ENGLISH[german.docname]), strict=True)
    for (*here, german_labels), (*there, english_labels) in pairs:
        assert here == there
        assert_translated(german_labels, english_labels, f"{german.name} [{here[0]}]")


def test_every_word_is_shown():
    """No word is kept for a figure or an experiment that is gone."""
    records = [cc.recorded(path.stem) for path in (ROOT / "cnncourse" / "records").glob("*.json")]
    shown = {arm for record in records for arm in record.arms}
    shown |= {text for source in ENGLISH.values() for _, _, labels in stored(source) for text in labels}
    shown |= {text for plot in FIGURES for text in texts(drawn(plot, "en"))}
    parts = {part for text in shown for part in (text, *re.split(", |: | / |\n", text))}
    patterns = {re.sub(r"(?<![\w.])\N{MINUS SIGN}?\d[\d.,]*", "{}", part) for part in parts} | parts
    assert set(GERMAN) <= patterns


@pytest.mark.parametrize(
    ("label", "german", "english"),
    [
        ("stride 2", "Stride 2", "stride 2"),
        ("start \N{MINUS SIGN}1", "Start \N{MINUS SIGN}1", "start \N{MINUS SIGN}1"),
        ("whole pixels, turned", "ganze Pixel, gedreht", "whole pixels, turned"),
        ("0 … 255, small steps", "0 … 255, kleine Schritte", "0 … 255, small steps"),
        ("gap after the last epoch: 0.388", "Lücke nach der letzten Epoche: 0,388", None),
        ("10000 images", "10.000 Bilder", "10,000 images"),
        ("layer, from the input to the output", "Schicht, von der Eingabe zur Ausgabe", None),
        ("LeNet-5", "LeNet-5", "LeNet-5"),
        ("1: square / disk", "1: Quadrat / Scheibe", "1: square / disk"),
        ("my {own} curve", "my {own} curve", "my {own} curve"),
        (1500, "1500", "1500"),
    ],
)
def test_labels(label, german, english):
    assert say(label) == german
    cc.use_language("en")
    assert say(label) == (english or label)
