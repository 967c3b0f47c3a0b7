"""The figures: they show the right numbers, look the same everywhere, and reject what they cannot draw."""

import re
from base64 import b64decode
from io import BytesIO
from itertools import combinations
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from PIL import Image

from cnncourse import plots
from cnncourse.anatomies import TrainingBytes
from cnncourse.axis import Axis
from cnncourse.plots.style import NO_METADATA

SVG = "{http://www.w3.org/2000/svg}"
# Machado, Oliveira & Fernandes 2009, "A physiologically-based model for simulation of color vision
# deficiency", table of severity 1.0, for linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}
TOGETHER = ["train", "test", "output", "zeros", "window", "padding"]  # one role for each hue


pytestmark = pytest.mark.usefixtures("english", "clean_matplotlib")


def svg(figure):
    buffer = BytesIO()
    figure.savefig(buffer, format="svg", metadata=NO_METADATA)
    return buffer.getvalue().decode()


def words(figure):
    return [text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_text()]


def linear(color):
    channels = np.array(to_rgb(color))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(color, vision):
    """CIE L*a*b* of a colour as somebody with this vision sees it."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    seen = np.clip(np.array(VISION[vision]) @ linear(color), 0, 1)
    x, y, z = np.cbrt(to_xyz @ seen / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(
    "palette", [{kind: plots.COLORS[kind] for kind in TOGETHER}, plots.TINTS], ids=["lines", "areas"]
)
def test_colours_stay_apart(palette, vision):
    for (one, first), (other, second) in combinations(palette.items(), 2):
        distance = np.linalg.norm(lab(first, vision) - lab(second, vision))
        assert distance > 12, f"{one} and {other} look alike with {vision}: {distance:.1f}"


@pytest.mark.parametrize("kind", plots.COLORS)
def test_words_can_be_read_on_white(kind):
    luminance = linear(plots.COLORS[kind]) @ [0.2126, 0.7152, 0.0722]
    assert 1.05 / (luminance + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


@pytest.mark.parametrize("kind", plots.TINTS)
def test_dark_words_can_be_read_on_areas(kind):
    dark, light = (
        linear(color) @ [0.2126, 0.7152, 0.0722] for color in (plots.COLORS["text"], plots.TINTS[kind])
    )
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_type_stays_readable_on_a_phone():
    """A figure shrinks to the 328 px that a phone of 360 px has for it: type of 9 px and more remains."""
    shrunk = 328 / (plots.style.WIDTH * 96)
    for name in ("font.size", "axes.labelsize", "xtick.labelsize"):
        assert plt.rcParams[name] * 96 / 72 * shrunk >= 8.8
    sizes = [text.get_fontsize() for text in plots.plot_positions(8, 3, 2).findobj(mpl.text.Text)]
    assert min(sizes) * 96 / 72 * shrunk >= 8.8


def figures():
    yield plots.plot_positions(8, 3, stride=2)
    yield plots.plot_sliding_windows({"same": {"input_size": 5, "kernel_size": 3, "padding": "same"}})
    yield plots.plot_output_sizes(range(222, 229), 11, stride=4)
    yield plots.plot_pictures({"noise": np.random.default_rng(0).integers(0, 256, (40, 60, 3))})
    yield plots.plot_curves({"train": ([0, 1], [1, 0]), "other": ([0, 1], [1, 2])}, x_label="x", y_label="y")


def test_figures_are_reproducible_and_small():
    for figure, again in zip(figures(), figures(), strict=True):
        written = svg(figure)
        assert written == svg(again)
        assert "Matplotlib v" not in written
        assert not re.search(r"20\d\d-\d\d-\d\d", written)
        assert len(written) < 60_000
        assert figure.get_size_inches()[0] == plots.style.WIDTH


def test_figures_have_a_paper_of_their_own():
    """Dark notebooks and pages show a figure as it is: its background is opaque."""
    for figure in figures():
        assert figure.get_facecolor() == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("arguments", "starts", "shown", "words_shown"),
    [
        ((7, 3, 2), [0, 2, 4], range(7), {"input", "output"}),
        ((8, 3, 2), [0, 2, 4], range(8), {"input", "output", "unused"}),
        ((5, 3, 1, 1), [-1, 0, 1, 2, 3], range(-1, 6), {"input", "output", "padding"}),
        ((8, 3, 2, "same"), [0, 2, 4, 6], range(9), {"input", "output", "padding"}),
        ((3, 3, 1, "valid"), [0], range(3), {"input", "output"}),
    ],
)
def test_positions_are_those_of_the_window(arguments, starts, shown, words_shown):
    figure = plots.plot_positions(*arguments)
    found = words(figure)
    assert [f"start {start}".replace("-", "\N{MINUS SIGN}") for start in starts] == [
        word for word in found if word.startswith("start")
    ]
    numbers = [int(word.replace("\N{MINUS SIGN}", "-")) for word in found if re.fullmatch(r"\W?\d+", word)]
    kernel_size = arguments[1]
    read = [[*range(start, start + kernel_size), index] for index, start in enumerate(starts)]
    assert numbers == [*shown, *(number for row in read for number in row)]
    assert words_shown == set(found) & {"input", "output", "padding", "unused"}


def test_padding_that_no_window_reaches_is_shown_as_unused():
    axis = Axis(8, 3, 2, 1)  # 10 pixels, windows reach 9
    assert [axis.kind(pixel) for pixel in (-1, 0, 7, 8)] == ["padding", "input", "input", "unused"]


def test_sliding_windows_draw_every_pixel_and_every_output():
    figure = plots.plot_sliding_windows({"same": {"input_size": 5, "kernel_size": 3, "padding": "same"}})
    cells = [patch for patch in figure.findobj(Rectangle) if patch.get_width() == patch.get_height() == 1]
    fills = [mpl.colors.to_hex(cell.get_facecolor()) for cell in cells]
    counts = {kind: fills.count(plots.TINTS[kind]) for kind in ("input", "padding", "output")}
    assert counts == {"input": 5 * 5, "padding": 7 * 7 - 5 * 5, "output": 5 * 5}
    assert {"same", "input 5 \N{MULTIPLICATION SIGN} 5", "output 5 \N{MULTIPLICATION SIGN} 5"} <= set(
        words(figure)
    )


def test_output_sizes_show_the_floor_and_what_it_drops():
    figure = plots.plot_output_sizes([223, 224, 227], 11, stride=4)
    exact, dots = figure.axes[0].get_lines()
    assert list(exact.get_ydata()) == [54, 54.25, 55]
    assert list(dots.get_ydata()) == [54, 54, 55]
    assert [text.get_text() for text in figure.axes[0].texts[:3]] == ["0", "1", "0"]


def test_fits_show_each_curve_with_the_same_points():
    figure = plots.plot_fits({"flat": np.zeros_like, "rising": np.copy}, ([0, 1], [0, 1]), ([0.5], [2.0]))
    for axes, title, end in zip(figure.axes, ("flat", "rising"), (0, 1), strict=True):
        unseen, curve, train = axes.get_lines()
        assert axes.get_title(loc="left") == title
        assert list(train.get_ydata()) == [0, 1]
        assert list(unseen.get_ydata()) == [2]
        assert curve.get_ydata()[-1] == end
        assert axes.get_ylim()[0] < 0
        assert axes.get_ylim()[1] > 2


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (({}, ([0], [0]), ([0], [0])), "fits"),
        (({"flat": np.zeros_like}, ([], []), ([0], [0])), "train"),
        (({"flat": np.zeros_like}, ([0], [0]), ([0, 1], [0])), "unseen"),
    ],
)
def test_fits_without_points_are_rejected(arguments, named):
    with pytest.raises(ValueError, match=named):
        plots.plot_fits(*arguments)


def test_pictures_keep_their_proportions_and_one_scale():
    large, small = np.zeros((40, 60)), np.full((20, 30), 255)
    figure = plots.plot_pictures({"large": large, "small": small}, columns=2)
    boxes = [axes.get_position().bounds[2:] * figure.get_size_inches() for axes in figure.axes]
    assert boxes[0] == pytest.approx(2 * boxes[1])
    assert boxes[0][0] / boxes[0][1] == pytest.approx(60 / 40)


def test_pictures_go_into_the_svg_as_jpeg():
    ramp = np.tile(np.linspace(0, 1, 600), (400, 1))
    written = svg(plots.plot_pictures({"ramp": ramp}, columns=2))
    (data,) = re.findall(r'"data:image/jpeg;base64,([^"]+)"', written)
    image = np.asarray(Image.open(BytesIO(b64decode(data))), float)
    assert image.shape[1] < 600  # no finer than a screen shows
    assert image[:, 0].max() < 8
    assert image[:, -1].min() > 247
    assert "data:image/png" not in written


def test_pictures_can_be_drawn_without_svg():
    figure = plots.plot_pictures({"white": np.ones((10, 10)), "red": np.full((10, 10, 3), [255, 0, 0])})
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())
    assert (pixels == [255, 0, 0, 255]).all(axis=-1).any()


def test_an_activation_has_its_colour_in_every_figure():
    def colours(*names):
        figure = plots.plot_runs({name: [[1, 2]] for name in names}, x_label="epoch", y_label="loss")
        return {text.get_text(): text.get_color() for text in figure.axes[0].texts}

    mine = {name: plots.COLORS[name] for name in ("sigmoid", "tanh", "ReLU")}
    assert colours("ReLU", "tanh", "sigmoid") == mine
    names = ("sigmoid BN", "ReLU He", "ReLU Glorot", "scaled tanh", "sigmoid", "residual")
    shown = colours(*names)
    assert len(set(shown.values())) == len(names)
    assert (shown["sigmoid"], shown["ReLU Glorot"], shown["scaled tanh"]) == tuple(
        mine[name] for name in ("sigmoid", "ReLU", "tanh")
    )
    recurring = ("sigmoid BN", "ReLU He", "residual")
    assert colours(*recurring) == {name: shown[name] for name in recurring}
    assert list(colours("a", "b").values()) == [plots.COLORS["train"], plots.COLORS["test"]]


def test_curves_are_named_at_their_ends_in_their_colours():
    figure = plots.plot_curves(
        {"train": ([0, 1], [0, 1.0]), "test": ([0, 1], [0, 1.01])}, x_label="epoch", y_label="accuracy"
    )
    labels = {text.get_text(): text for text in figure.axes[0].texts}
    assert {name: label.get_color() for name, label in labels.items()} == {
        name: plots.COLORS[name] for name in ("train", "test")
    }
    figure.canvas.draw()
    one, other = (labels[name].get_window_extent() for name in ("train", "test"))
    assert not one.overlaps(other)


@pytest.mark.parametrize("level", [0.0, 1.0], ids=["low", "high"])
def test_names_of_curves_that_end_together_stay_within_the_axes(level):
    curves = {name: ([0, 1], [0.5, level]) for name in ("sigmoid", "tanh", "ReLU", "residual", "a, b")}
    figure = plots.plot_curves(curves, x_label="epoch", y_label="accuracy")
    figure.canvas.draw()
    (axes,) = figure.axes
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    below, above = axes.bbox.y0, axes.bbox.y1
    assert all(box.y0 > below - box.height / 2 and box.y1 < above + box.height / 2 for box in boxes)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.plot_sliding_windows({}), r"cases must not be empty. Received cases=\{\}"),
        (lambda: plots.plot_output_sizes([], 3), r"input_sizes must not be empty"),
        (lambda: plots.plot_pictures({}), r"pictures must not be empty"),
        (lambda: plots.plot_curves({}, x_label="", y_label=""), r"curves must not be empty"),
        (lambda: plots.plot_positions(2, 3), r"kernel_size must fit"),
        (lambda: plots.plot_positions(8, 3, 0), r"stride must be"),
        (lambda: plots.plot_positions(8, 3, 1, "full"), r"padding must be"),
        (
            lambda: plots.plot_pictures({"a": [1, 2]}),
            r"pictures\['a'\] must have the shape .* Received \(2,\)",
        ),
        (
            lambda: plots.plot_pictures({"a": np.zeros((2, 2, 4))}),
            r"must have the shape .* Received \(2, 2, 4\)",
        ),
        (lambda: plots.plot_pictures({"a": np.zeros((0, 2))}), r"must have the shape .* Received \(0, 2\)"),
        (lambda: plots.plot_pictures({"a": [[-1.0, 2]]}), r"values from 0 to 1. Received -1.0 to 2.0"),
        (lambda: plots.plot_pictures({"a": [[0, 256]]}), r"values from 0 to 255. Received 0 to 256"),
        (lambda: plots.plot_pictures({"a": [[np.nan, 1]]}), r"values from 0 to 1\."),
        (lambda: plots.plot_pictures({"a": [["x", "y"]]}), r"must hold numbers"),
        (lambda: plots.plot_pictures({"a": [[1, 2]]}, columns=0), r"columns must be .* Received columns=0"),
        (lambda: plots.plot_curves({"a": ([], [])}, x_label="", y_label=""), r"curves\['a'\] .* 0 x and 0 y"),
        (lambda: plots.plot_curves({"a": ([1], [1, 2])}, x_label="", y_label=""), r"Received 1 x and 2 y"),
        (lambda: plots.plot_sliding_windows({"a": {"input_size": 5}}), r"cases\['a'\] must"),
        (lambda: plots.plot_positions((5, 5), 3), r"for one axis. Received input_size=\(5, 5\)"),
    ],
)
def test_what_cannot_be_drawn_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# -- parameters, memory, compute ---------------------------------------------------------------------


def test_a_convolution_shows_its_three_counts():
    shown = set(words(plots.plot_convolution((227, 227, 3), 96, 11, stride=4)))
    assert {"96 × 364 = 34,944", "55 × 55 × 96 = 290,400", "290,400 × 363 = 105,415,200"} <= shown
    assert {"227 × 227 × 3", "11 × 11 × 3", "55 × 55 × 96"} <= shown


def test_a_convolution_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="kernel_size must fit"):
        plots.plot_convolution((8, 8, 3), 4, 11)


def account(*counts):
    layers = [SimpleNamespace(name=f"layer{i}", parameters=p, macs=m) for i, (p, m) in enumerate(counts)]
    return SimpleNamespace(layers=tuple(layers))


def test_an_account_shows_the_shares_of_layers_with_parameters():
    figure = plots.plot_account(account((10, 750), (0, 0), (9990, 250)))
    assert [bar.get_width() for axes in figure.axes for bar in axes.patches] == [0.001, 0.999, 0.75, 0.25]
    assert {"<1%", "100%", "75%", "25%"} <= set(words(figure))
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["layer0", "layer2"]


def test_feature_maps_are_drawn_to_one_scale():
    def network(size):
        layers = [SimpleNamespace(name="conv", parameters=1, output_shape=(size - 2, size - 2, 4))]
        layers += [SimpleNamespace(name="dense", parameters=1, output_shape=(5000,))]
        return SimpleNamespace(input_shapes=[(size, size, 1)], layers=(*account((0, 0)).layers, *layers))

    figure = plots.plot_feature_maps({"small": network(10), "large": network(40)})
    boxes = figure.axes[0].patches
    heights = [box.get_height() / boxes[3].get_height() for box in boxes]
    assert heights[:2] + heights[3:5] == pytest.approx([10 / 40, 8 / 40, 1, 38 / 40])
    assert heights[2] == heights[5]
    assert {"small", "large", "conv\N{EN SPACE}8 \N{MULTIPLICATION SIGN} 8 \N{MULTIPLICATION SIGN} 4"} <= set(
        words(figure)
    )


def test_a_map_of_one_pixel_can_be_seen():
    last = SimpleNamespace(name="conv", parameters=1, output_shape=(1, 1, 4))
    network = SimpleNamespace(input_shapes=[(227, 227, 3)], layers=[last])
    figure = plots.plot_feature_maps({"network": network})
    box = figure.axes[0].patches[1].get_window_extent()
    assert min(box.width, box.height) * 72 / figure.dpi > 2  # points


def test_training_memory_adds_up():
    figure = plots.plot_training_memory(
        {
            "batch 1": TrainingBytes(4_000_000, 4_000_000, 8_000_000, 1_000_000),
            "batch 9": TrainingBytes(0, 0, 0, 9_000_000),
        }
    )
    (axes,) = figure.axes
    widths = [[bar.get_width() for bar in part] for part in axes.containers]
    assert widths == [[4, 0], [4, 0], [8, 0], [1, 9]]
    assert {"17 MB", "9 MB", "optimizer state"} <= set(words(figure))


@pytest.mark.parametrize(
    ("draw", "named"),
    [
        (lambda: plots.plot_account(account()), "account"),
        (lambda: plots.plot_account(account((0, 0))), "account"),
        (lambda: plots.plot_account(None), "account"),
        (lambda: plots.plot_feature_maps({}), "accounts"),
        (lambda: plots.plot_feature_maps({"net": None}), r"accounts\['net'\]"),
        (lambda: plots.plot_training_memory({}), "memory"),
        (lambda: plots.plot_training_memory({"batch 1": 100}), r"memory\['batch 1'\]"),
    ],
)
def test_accounts_that_cannot_be_drawn_are_refused(draw, named):
    with pytest.raises(ValueError, match=named):
        draw()


def test_numbers_stand_in_their_grids():
    grids = {"window": ("window", [[3, -4]]), "sum": ("output", [[-1.5]])}
    figure = plots.plot_numbers(grids, signs="=")
    assert words(figure)[:2] == ["window", "3"]
    assert {"\N{MINUS SIGN}4", "\N{MINUS SIGN}1.5", "=", "sum"} <= set(words(figure))


def test_a_confusion_shows_the_shares_of_each_class():
    (axes,) = plots.plot_confusion([[3, 1], [0, 4]], ["disk", "star"]).axes
    assert axes.images[0].get_array().tolist() == [[0.75, 0.25], [0, 1]]
    for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [label.get_text() for label in ticks] == ["disk", "star"]


@pytest.mark.parametrize("counts", [[[1, 0]], [[1, 0], [0, 0]], [[1]]])
def test_a_confusion_without_its_classes_is_refused(counts):
    with pytest.raises(ValueError, match="counts must have a row"):
        plots.plot_confusion(counts, ["disk", "star"])


def test_numbers_can_be_outlined_in_blocks():
    def outlines(block):
        figure = plots.plot_numbers({"input": ("input", np.ones((4, 5)))}, block=block)
        return [patch.get_bbox().bounds for patch in figure.axes[0].patches if not patch.get_fill()]

    assert outlines(None) == []
    assert outlines(2) == [(0, -2, 2, 2), (2, -2, 2, 2), (0, -4, 2, 2), (2, -4, 2, 2)]


def test_histograms_share_one_axis():
    figure = plots.plot_histograms({"before": {"a": [0, 10]}, "after": {"a": [-1, 1]}}, x_label="value")
    first, second = figure.axes
    assert first.get_xlim() == second.get_xlim()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["before", "after"]


def test_histories_share_one_axis_and_an_odd_one_leaves_no_empty_panel():
    curves = {"loss": [3, 1], "val_loss": [2, 2]}
    figure = plots.plot_histories(dict.fromkeys(("one", "two", "three"), curves))
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in shown] == ["one", "two", "three"]
    assert [list(line.get_ydata()) for line in shown[2].get_lines()] == [[3, 1], [2, 2]]
    assert len({axes.get_ylim() for axes in shown}) == 1
    assert plots.plot_histories({"one": curves}, top=2).axes[0].get_ylim() == (0, 2)


def test_runs_show_every_run_and_the_mean():
    (axes,) = plots.plot_runs({"a": [[1, 2], [3, 6]], "b": [[0, 0]]}, x_label="epoch", y_label="loss").axes
    drawn = [list(line.get_ydata()) for line in axes.get_lines()]
    assert drawn == [[2, 4], [1, 2], [3, 6], [0, 0], [0, 0]]
    assert len({line.get_color() for line in axes.get_lines()[:3]}) == 1


@pytest.mark.parametrize(
    ("draw", "named"),
    [
        (lambda: plots.plot_numbers({}), "grids"),
        (lambda: plots.plot_numbers({"a": ("blue", [[1]])}), r"grids\['a'\]"),
        (lambda: plots.plot_numbers({"a": ("input", [1])}), r"grids\['a'\]"),
        (lambda: plots.plot_numbers({"a": ("input", [[1]])}, signs="="), "signs"),
        (lambda: plots.plot_histograms({}, x_label="x"), "panels"),
        (lambda: plots.plot_histograms({"a": {}}, x_label="x"), "panels"),
        (lambda: plots.plot_histograms({"a": {"b": [np.nan]}}, x_label="x"), "finite"),
        (lambda: plots.plot_histories({}), "histories"),
        (lambda: plots.plot_histories({"a": {"loss": [1]}}), r"histories\['a'\] must have 'val_loss'"),
        (lambda: plots.plot_runs({}, x_label="x", y_label="y"), "runs"),
        (lambda: plots.plot_runs({"a": [[1], [1, 2]]}, x_label="x", y_label="y"), r"runs\['a'\]"),
        (lambda: plots.plot_runs({"a": [[]]}, x_label="x", y_label="y"), r"runs\['a'\]"),
    ],
)
def test_layers_that_cannot_be_drawn_are_refused(draw, named):
    with pytest.raises(ValueError, match=named):
        draw()
