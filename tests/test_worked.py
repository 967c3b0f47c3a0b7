"""Worked solutions: the notes' example word for word, and every line recomputed for random layers."""

import json
import math
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from fractions import Fraction
from pathlib import Path
from string import Formatter

import pytest
from extensions.node import commands
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncourse import arithmetic as a
from cnncourse.layers import Activation, BatchNorm, Dropout, Flatten, GlobalPool2D
from cnncourse.worked import (
    _WORDS,
    explain_conv2d,
    explain_dense,
    explain_depthwise_conv2d,
    explain_pool2d,
)

NOTES = {"input_shape": (227, 227, 3), "filters": 96, "kernel_size": 11, "stride": 4, "batch_size": 16}


# -- the notes' example -----------------------------------------------------------------------------

GERMAN = """\
Rechenbeispiel: Faltungsschicht (Conv2D)
========================================

Gegeben
  - Eingabe (Höhe × Breite × Kanäle): n × n × c = 227 × 227 × 3
  - Filter: k = 96, jeweils f × f = 11 × 11
  - Schrittweite (Stride): s = 4
  - Auffüllen (Padding) je Seite: p = 0
  - Batchgröße: b = 16
  - Präzision: float32, also 32 Bit oder q = 4 B je Zahl

Ausgabegröße
  o = ⌊(n + 2p − f)/s⌋ + 1
    = ⌊(227 + 2 · 0 − 11)/4⌋ + 1
    = 54 + 1 = 55

  Jeder Filter liefert einen Kanal. Die Ausgabe hat also die Form o × o × k = 55 × 55 × 96.

Anzahl der Parameter
  Jeder Filter hat so viele Kanäle wie die Eingabe, dazu kommt ein Bias:

  Parameter = k · f · f · c + k
            = 96 · 11 · 11 · 3 + 96
            = 34.944

Speicherbedarf
  Die Parameter liegen nur einmal im Speicher, egal wie groß der Batch ist:

  Parameter · q = 34.944 · 4 B
                = 139.776 B
                = 139,776 kB
                = 136,5 KiB

  Die Aktivierungen (die Ausgabe der Schicht) fallen für jedes Bild im Batch an:

  b · o · o · k · q = 16 · 55 · 55 · 96 · 4 B
                    = 18.585.600 B
                    = 18,5856 MB
                    = 17,7246… MiB

  (1 kB = 1000 B, 1 KiB = 1024 B)

Rechenaufwand
  Je Bild gibt es o · o · k Ausgabewerte, und jeder ist eine Summe aus f · f · c Produkten:

  MACs = o · o · k · f · f · c
       = 55 · 55 · 96 · 11 · 11 · 3
       = 105.415.200

  Ein MAC ist eine Multiplikation und eine Addition, zählt also als zwei FLOPs:

  FLOPs = 2 · MACs
        = 2 · 105.415.200
        = 210.830.400"""

ENGLISH = """\
Worked example: convolutional layer (Conv2D)
============================================

Given
  - Input (height × width × channels): n × n × c = 227 × 227 × 3
  - Filters: k = 96, each f × f = 11 × 11
  - Stride: s = 4
  - Padding on each side: p = 0
  - Batch size: b = 16
  - Precision: float32, which is 32 bits or q = 4 B per number

Output size
  o = ⌊(n + 2p − f)/s⌋ + 1
    = ⌊(227 + 2 · 0 − 11)/4⌋ + 1
    = 54 + 1 = 55

  Each filter makes one channel, so the output is o × o × k = 55 × 55 × 96.

Number of parameters
  Each filter has as many channels as the input, plus one bias:

  Parameters = k · f · f · c + k
             = 96 · 11 · 11 · 3 + 96
             = 34,944

Memory
  The parameters are stored only once, however large the batch is:

  Parameters · q = 34,944 · 4 B
                 = 139,776 B
                 = 139.776 kB
                 = 136.5 KiB

  The activations (the layer's output) are stored for every image of the batch:

  b · o · o · k · q = 16 · 55 · 55 · 96 · 4 B
                    = 18,585,600 B
                    = 18.5856 MB
                    = 17.7246… MiB

  (1 kB = 1000 B, 1 KiB = 1024 B)

Compute
  For each image there are o · o · k output values, and each is a sum of f · f · c products:

  MACs = o · o · k · f · f · c
       = 55 · 55 · 96 · 11 · 11 · 3
       = 105,415,200

  One MAC is a multiplication and an addition, so it counts as two FLOPs:

  FLOPs = 2 · MACs
        = 2 · 105,415,200
        = 210,830,400"""


@pytest.mark.parametrize(("language", "text"), [("de", GERMAN), ("en", ENGLISH)])
def test_the_notes_example_as_plain_text(language, text):
    solution = explain_conv2d(**NOTES, language=language)
    assert str(solution) == repr(solution) == text


def test_the_notes_example_in_numbers():
    solution = explain_conv2d(**NOTES)
    assert solution.output_shape == (55, 55, 96)
    assert solution.parameters == 34_944
    assert solution.parameter_bytes == 139_776
    assert solution.activation_bytes == 18_585_600
    assert solution.macs == 105_415_200
    assert solution.flops == 210_830_400


def test_german_is_the_default():
    assert explain_conv2d(**NOTES) == explain_conv2d(**NOTES, language="de")


def test_markdown_of_a_step():
    assert explain_conv2d(**NOTES).steps[1].markdown == (
        "$$\n"
        "\\begin{aligned}\n"
        "o &= \\left\\lfloor \\frac{n + 2p - f}{s} \\right\\rfloor + 1 \\\\\n"
        "&= \\left\\lfloor \\frac{227 + 2 \\cdot 0 - 11}{4} \\right\\rfloor + 1 \\\\\n"
        "&= 54 + 1 = 55\n"
        "\\end{aligned}\n"
        "$$\n\n"
        "Jeder Filter liefert einen Kanal. Die Ausgabe hat also die Form "
        "$o \\times o \\times k = 55 \\times 55 \\times 96$."
    )


def test_a_notebook_gets_the_whole_solution_without_headings():
    solution = explain_conv2d(**NOTES)
    markdown = solution._repr_markdown_()
    blocks = markdown.split("\n\n")
    assert blocks[0] == f"**{solution.title}**"
    for step in solution.steps:
        assert f"**{step.title}**\n\n{step.markdown}" in markdown
    assert not re.search("^#", markdown, re.MULTILINE)


@pytest.mark.parametrize(
    ("language", "line", "sentence"),
    [
        (
            "de",
            "= ⌊53,25⌋ + 1",
            "Ungerundet wären es 54,25 Positionen, doch nur ganze zählen: 54. Der Rest der Division, 1, "
            "sagt dir, wie viele Pixelreihen unten und rechts kein Fenster mehr erreicht.",
        ),
        (
            "en",
            "= ⌊53.25⌋ + 1",
            "Unrounded, that would be 54.25 positions, but only whole ones count: 54. The remainder of the "
            "division, 1, tells you how many rows at the bottom and columns on the right no window reaches.",
        ),
    ],
)
def test_the_floor_is_shown_where_it_matters(language, line, sentence):
    text = str(explain_conv2d((224, 224, 3), 96, 11, stride=4, language=language).steps[1])
    assert line in text
    assert sentence in " ".join(text.split())


def test_padding_beyond_the_last_window_is_called_padding():
    floored = explain_conv2d((224, 224, 3), 96, 11, stride=4, padding=1)
    assert "Der aufgefüllte Rand zählt dabei mit." in " ".join(str(floored).split())


def test_same_padding_shows_its_uneven_split():
    text = " ".join(str(explain_conv2d((224, 224, 3), 64, 7, stride=2, padding="same")).split())
    assert "o = ⌈n/s⌉ = ⌈224/2⌉ = 112" in text
    assert "t = max((o − 1) · s + f − n, 0) = max((112 − 1) · 2 + 7 − 224, 0) = 5" in text
    assert "Aufgeteilt: oben und links je 2, unten und rechts je 3. Weil 5 ungerade ist" in text
    odd = " ".join(str(explain_conv2d((225, 225, 3), 64, 7, stride=2, padding="same")).split())
    assert "o = ⌈n/s⌉ = ⌈225/2⌉ = ⌈112,5⌉ = 113" in odd
    assert "oben und links je 3, unten und rechts je 3. Jeder Filter" in odd


def test_pooling_explains_its_zeros():
    solution = explain_pool2d((55, 55, 96), 3, stride=2)
    assert solution.output_shape == (27, 27, 96)
    assert (solution.parameters, solution.parameter_bytes, solution.macs, solution.flops) == (0, 0, 0, 0)
    assert "Das macht 0 Parameter." in str(solution)
    assert "Deshalb zählen wir 0 MACs und 0 FLOPs." in str(solution)


def test_what_is_not_there_is_not_shown():
    plain = str(explain_conv2d((9, 9, 4), 4, 3))
    assert "Gruppen" not in plain
    assert "Dilation" not in plain
    full = str(explain_conv2d((9, 9, 4), 4, 3, groups=2, dilation=2, bias=False))
    assert "c/g = 4/2 = 2" in full
    assert "f′ = d · (f − 1) + 1" in full
    assert "einen Bias gibt es nicht" in full
    assert "Aufgeteilt" not in str(explain_conv2d((9, 9, 4), 4, 1, padding="same"))  # nothing to split


# -- every line recomputed, for random layers ---------------------------------------------------------

UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
TO_PYTHON = [
    (r"\\left|\\right|\\ldots|\\text", ""),
    (r"\\lfloor", "floor("),
    (r"\\lceil", "ceil("),
    (r"\\r(floor|ceil)", ")"),
    (r"\\frac\{(.*?)\}\{(.*?)\}", r"((\1)/(\2))"),
    (r"\\max", "max"),
    (r"\\cdot|\\times", "*"),
    (r"\{(\w+)\}", r"\1"),
    (r"'", "_dilated"),
]


def as_fraction(number, language):
    group, point = (".", ",") if language == "de" else (",", ".")
    return Fraction(number.replace(group, "").replace(point, "."))


def evaluate(tex, language, symbols):
    """Compute what a formula says; give the value, and by how much a number cut off with dots may differ."""
    tex = tex.replace("2p", r"2 \cdot p").replace("{,}", ",")
    tex, _, unit = tex.partition(r"\,\text{")
    unit = UNITS[unit.strip("}") or "B"]
    rounded = "floor" in tex or "ceil" in tex
    slack = Fraction(unit, 10_000) if r"\ldots" in tex and not rounded else 0
    tex = NUMBER.sub(lambda number: f'Fraction("{as_fraction(number[0], language)}")', tex)
    for pattern, python in TO_PYTHON:
        tex = re.sub(pattern, python, tex)
    names = {"floor": math.floor, "ceil": math.ceil, "max": max, "Fraction": Fraction}
    return eval(tex, names | symbols) * unit, slack


def sides(equation):
    rows = re.search(r"\\begin\{aligned\}\n(.*?)\n\\end", equation, re.DOTALL)[1].split("\\\\\n")
    return [side.strip() for row in rows for side in re.split("&?= ", row) if side.strip()]


def given_symbols(markdown, language):
    """Read the symbols from what is given: ``$n \times c = 9 \times 3$``, ``$s_h = 1,\\ s_w = 2$``."""
    symbols = {}
    for math_ in re.findall(r"\$(.*?)\$", markdown):
        for equality in math_.replace("{,}", "").split(r",\ "):
            names, equal, values = equality.partition(" = ")
            if equal:
                values = [as_fraction(value, language) for value in NUMBER.findall(values)]
                symbols |= dict(zip(names.split(r" \times "), values, strict=True))
    return symbols


def recompute(solution, language):
    """Check every equation, symbols and numbers, side by side; give the values by their left-hand sides."""
    symbols = given_symbols(solution.steps[0].markdown, language)
    values = {}
    for step in solution.steps[1:]:
        for equation in re.findall(r"\$\$.*?\$\$", step.markdown, re.DOTALL):
            left, *rights = sides(equation)
            if r"\cdot" in left:  # a formula of its own, not the name of the result
                rights.append(left)
            computed = [evaluate(right, language, symbols) for right in rights]
            value = computed[0][0]
            for shown, slack in computed:
                assert 0 <= value - shown <= slack, (left, rights)
            name = re.sub(r"\\text\{(\w+)\}", r"\1", left).replace("'", "_dilated")
            values[left] = symbols[name] = value
    return values


@st.composite
def windows(draw):
    """Draw arguments of a window that fits, with one number for both axes or a pair."""

    def size(low, high):
        one = st.integers(low, high)
        return draw(st.one_of(one, st.tuples(one, one)))

    square = st.integers(1, 2000)
    shape = draw(st.one_of(square.map(lambda n: (n, n)), st.tuples(square, square)))
    padding = draw(st.sampled_from(["valid", "same", 0])) if draw(st.booleans()) else size(0, 4)
    window = {"stride": size(1, 7), "padding": padding, "dilation": size(1, 3)}
    kernel_size = size(1, 12)
    try:
        a.output_size(shape, kernel_size, **window)
    except ValueError:
        assume(False)
    return shape, kernel_size, window


memory = st.fixed_dictionaries(
    {"batch_size": st.integers(1, 2000), "dtype": st.sampled_from(list(a.DTYPE_BYTES))}
)
languages = st.sampled_from(["de", "en"])


def check(solution, language, memory):
    """Compare the numbers that are shown with the attributes, and those with the arithmetic."""
    values = recompute(solution, language)
    parameters = r"\text{Parameter}" if language == "de" else r"\text{Parameters}"
    if solution.parameters:
        assert values[parameters] == solution.parameters
        assert values[rf"{parameters} \cdot q"] == solution.parameter_bytes
    if solution.macs:
        assert values[r"\text{MACs}"] == solution.macs
        assert values[r"\text{FLOPs}"] == solution.flops
    activations = [value for left, value in values.items() if left.startswith("b ")]
    assert activations == [solution.activation_bytes]
    assert solution.parameter_bytes == a.parameter_bytes(solution.parameters, memory["dtype"])
    assert solution.activation_bytes == a.activation_bytes(solution.output_shape, **memory)
    assert solution.flops == 2 * solution.macs
    assert not set("\\${}*`\xa0") & set(str(solution))  # the plain text is plain
    shape = re.search(r"= ([^$=]*)\$\.", solution.steps[1].markdown.split("\n\n")[-1])[1]
    assert tuple(as_fraction(size.replace("{,}", ","), language) for size in shape.split(r" \times ")) == (
        solution.output_shape
    )


@settings(max_examples=200, deadline=None)
@given(
    windows(),
    st.tuples(st.integers(1, 4), st.integers(1, 9), st.integers(1, 9)),
    st.booleans(),
    memory,
    languages,
)
def test_every_line_of_a_convolution_is_true(window, channels, bias, memory, language):
    size, kernel_size, window = window
    groups = channels[0]
    shape, filters = (*size, groups * channels[1]), groups * channels[2]
    layer = (shape, filters, kernel_size)
    solution = explain_conv2d(*layer, **window, groups=groups, bias=bias, **memory, language=language)
    check(solution, language, memory)
    assert solution.output_shape == a.conv2d_output_shape(*layer, **window)
    assert solution.macs == a.conv2d_macs(*layer, **window, groups=groups)
    assert solution.parameters == a.conv2d_parameters(
        shape[2], filters, kernel_size, bias=bias, groups=groups
    )
    assert_prose_is_true(solution, language, size, kernel_size, window)


@settings(max_examples=80, deadline=None)
@given(windows(), st.integers(1, 2000), st.integers(1, 3), st.booleans(), memory, languages)
def test_every_line_of_a_depthwise_convolution_is_true(window, channels, multiplier, bias, memory, language):
    size, kernel_size, window = window
    layer, shape = {**window, "depth_multiplier": multiplier}, (*size, channels)
    solution = explain_depthwise_conv2d(shape, kernel_size, **layer, bias=bias, **memory, language=language)
    check(solution, language, memory)
    grouped = {**window, "groups": channels}  # what it is: as many groups as channels
    filters = channels * multiplier
    assert solution.output_shape == a.conv2d_output_shape(shape, filters, kernel_size, **window)
    assert solution.macs == a.conv2d_macs(shape, filters, kernel_size, **grouped)
    assert solution.parameters == a.conv2d_parameters(
        channels, filters, kernel_size, bias=bias, groups=channels
    )
    assert_prose_is_true(solution, language, size, kernel_size, window)


PLAIN = [Activation("relu"), BatchNorm(), Dropout(0.5), Flatten(), GlobalPool2D()]


@pytest.mark.parametrize("layer", PLAIN)
@pytest.mark.parametrize("shape", [(7, 9, 200), (1, 1, 1)])
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_line_of_a_layer_without_products_is_true(layer, shape, language):
    solution = layer.explain(shape, batch_size=3, dtype="float16", language=language)
    values = re.search(r"\$a = (.*)\$", solution.steps[1].markdown)[1].replace("{,}", ",").split(" = ")
    computed = [evaluate(value, language, {})[0] for value in values]
    assert computed == [math.prod(solution.output_shape)] * len(values)
    symbols = {"a": computed[0], "b": 3, "q": 2, "c": shape[-1], "Parameter": 4 * shape[-1]}
    symbols["Parameters"] = symbols["Parameter"]
    for equation in re.findall(
        r"\$\$.*?\$\$", "".join(step.markdown for step in solution.steps[2:]), re.DOTALL
    ):
        results = [evaluate(side, language, symbols) for side in sides(equation)]
        assert all(0 <= results[0][0] - value <= slack for value, slack in results), equation
    assert solution.activation_bytes == a.activation_bytes(solution.output_shape, 3, "float16")


def assert_prose_is_true(solution, language, size, kernel_size, window):
    """Check what the sentences say about the rest of the floor and the split of "same" padding."""
    prose = solution.steps[1].markdown.replace("{,}", ",").split("\n\n")

    def said(*beginnings):
        return [tuple(NUMBER.findall(block)) for block in prose if block.startswith(beginnings)]

    if window["padding"] == "same":
        pads = a.same_padding(size, kernel_size, window["stride"], window["dilation"])
        expected = {(str(before), str(after)) for before, after in pads if after}
        assert {numbers[:2] for numbers in said("Aufgeteilt", "Split")} == expected
    else:
        rests = a.unused_pixels(size, kernel_size, **window)
        positions = a.output_size(size, kernel_size, **window)
        expected = {(position, rest) for position, rest in zip(positions, rests, strict=True) if rest}
        shown = [
            tuple(as_fraction(number, language) for number in numbers)
            for numbers in said("Ungerundet", "Unrounded")
        ]
        assert {numbers[1:] for numbers in shown} == expected
        assert all(math.floor(exact) == whole < exact for exact, whole, _ in shown)


@settings(max_examples=80, deadline=None)
@given(windows(), st.integers(1, 2000), memory, languages)
def test_every_line_of_a_pooling_is_true(window, channels, memory, language):
    size, pool_size, window = window
    window.pop("dilation")
    try:
        expected = a.pool2d_output_shape((*size, channels), pool_size, **window)
    except ValueError:
        assume(False)
    solution = explain_pool2d((*size, channels), pool_size, **window, **memory, language=language)
    check(solution, language, memory)
    assert solution.output_shape == expected
    assert (solution.parameters, solution.macs) == (0, 0)
    assert_prose_is_true(solution, language, size, pool_size, window | {"dilation": 1})


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.booleans(), memory, languages)
def test_every_line_of_a_dense_layer_is_true(inputs, units, bias, memory, language):
    solution = explain_dense(inputs, units, bias=bias, **memory, language=language)
    check(solution, language, memory)
    assert solution.output_shape == (units,)
    assert solution.parameters == a.dense_parameters(inputs, units, bias=bias)
    assert solution.macs == a.dense_macs(inputs, units)


@pytest.mark.parametrize(
    "explain",
    [
        lambda language: explain_conv2d(**NOTES, language=language),
        lambda language: explain_conv2d((427, 640, 4), 6, (3, 5), stride=7, groups=2, language=language),
        lambda language: explain_conv2d((427, 640, 3), 6, 8, stride=3, padding="same", language=language),
        lambda language: explain_conv2d((40, 40, 3), 6, 3, dilation=3, padding="same", language=language),
        lambda language: explain_pool2d((55, 54, 96), 2, batch_size=1000, language=language),
        lambda language: explain_dense(9216, 4096, bias=False, language=language),
        lambda language: explain_depthwise_conv2d((112, 112, 32), 3, padding="same", language=language),
        lambda language: explain_depthwise_conv2d((9, 9, 3), 3, depth_multiplier=2, language=language),
        *(lambda language, layer=layer: layer.explain((55, 54, 96), language=language) for layer in PLAIN),
    ],
)
def test_both_languages_show_the_same_numbers_and_formulas(explain):
    german, english = explain("de"), explain("en")
    for attribute in ("output_shape", "parameters", "parameter_bytes", "activation_bytes", "macs", "flops"):
        assert getattr(german, attribute) == getattr(english, attribute)
    for in_german, in_english in zip(german.steps, english.steps, strict=True):
        assert numbers_of(in_german, "de") == numbers_of(in_english, "en")
        assert len(in_german.markdown.split("\n\n")) == len(in_english.markdown.split("\n\n"))
        assert in_german.title != in_english.title


def numbers_of(step, language):
    return [as_fraction(number, language) for number in NUMBER.findall(step.markdown.replace("{,}", ","))]


def test_both_languages_have_the_same_sentences_with_the_same_places():
    def places(sentence):
        return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)

    german, english = _WORDS["de"], _WORDS["en"]
    assert list(german) == list(english)
    for key, sentence in german.items():
        assert places(sentence) == places(english[key]), key


def test_large_and_small_memory_units():
    def rows(parameters):
        return sides(explain_dense(parameters, 1, bias=False, dtype="int8", language="en").steps[3].markdown)[
            2:
        ]

    assert rows(999) == [r"999\,\text{B}"]
    assert rows(1000) == [r"1000\,\text{B}", r"1\,\text{kB}"]
    assert rows(1024)[1:] == [r"1.024\,\text{kB}", r"1\,\text{KiB}"]
    assert rows(10**6)[1:] == [r"1\,\text{MB}", r"976.5625\,\text{KiB}"]
    assert rows(2**20)[1:] == [r"1.0485\ldots\,\text{MB}", r"1\,\text{MiB}"]
    assert rows(2**40)[1:] == [r"1099.5116\ldots\,\text{GB}", r"1024\,\text{GiB}"]


# -- math that KaTeX and MathJax can set ----------------------------------------------------------------

SHOWN = [
    explain(language)
    for language in ("de", "en")
    for explain in (
        lambda language: explain_conv2d(**NOTES, language=language),
        lambda language: explain_conv2d(
            (427, 640, 4), 6, (3, 5), stride=(3, 7), dilation=2, groups=2, bias=False, language=language
        ),
        lambda language: explain_conv2d((2250, 224, 3), 64, 7, stride=4, padding="same", language=language),
        lambda language: explain_pool2d((55, 54, 96), 2, padding=1, language=language),
        lambda language: explain_dense(9216, 4096, batch_size=16, language=language),
        lambda language: explain_depthwise_conv2d((9, 8, 3), 3, depth_multiplier=2, language=language),
        lambda language: BatchNorm().explain((55, 54, 96), language=language),
        lambda language: Flatten().explain((55, 54, 96), language=language),
    )
]
FORMULA = re.compile(r"\$\$\n(.*?)\n\$\$|\$([^$\n]+)\$", re.DOTALL)
KATEX = Path(__file__).parents[1] / "theme" / "node_modules" / "katex"
RENDER = """
const katex = require(process.argv[1]);
const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
for (const [display, inline] of formulas)
  katex.renderToString(display || inline, {displayMode: !!display, throwOnError: true, strict: "error"});
console.log(formulas.length);
"""


def test_katex_sets_every_formula():
    if not KATEX.is_dir():
        pytest.skip("needs theme/node_modules/katex (`make site` installs it)")
    formulas = [FORMULA.findall(solution._repr_markdown_()) for solution in SHOWN]
    formulas = [formula for found in formulas for formula in found]
    node, _npm = commands()
    command = [*node, "-e", RENDER, str(KATEX)]
    run = subprocess.run(command, input=json.dumps(formulas), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) == len(formulas) > 100


def test_formulas_use_commands_that_katex_and_mathjax_share():
    plain = {"begin", "end", "left", "right", "lfloor", "rfloor", "lceil", "rceil", "frac", "cdot", "times"}
    plain |= {"max", "text", "texttt", "ldots"}
    for solution in SHOWN:
        markdown = solution._repr_markdown_()
        assert set(re.findall(r"\\([a-zA-Z]+)", markdown)) <= plain
        # Markdown takes "$" for math only where no space follows the first or precedes the last.
        assert "$" not in FORMULA.sub("", markdown)
        assert all(inline == inline.strip() for _, inline in FORMULA.findall(markdown))


# -- an object that stays as it is, and impossible requests -------------------------------------------


def test_a_solution_cannot_be_changed():
    solution = explain_dense(3, 4)
    with pytest.raises(FrozenInstanceError):
        solution.parameters = 17
    with pytest.raises(FrozenInstanceError):
        solution.steps[0].title = "Aufgabe"
    assert isinstance(solution.steps, tuple)
    assert hash(solution) == hash(explain_dense(3, 4))


CONV = (explain_conv2d, {"input_shape": (9, 9, 4), "filters": 4, "kernel_size": 3})
POOL = (explain_pool2d, {"input_shape": (9, 9, 4), "pool_size": 3})
DENSE = (explain_dense, {"inputs": 3, "units": 4})


@pytest.mark.parametrize(("explain", "layer"), [CONV, POOL, DENSE])
@pytest.mark.parametrize("language", ["fr", "DE", "", 1, ["de"]])
def test_an_unknown_language_is_named(explain, layer, language):
    with pytest.raises(ValueError, match="must be") as error:
        explain(**layer, language=language)
    assert str(error.value) == f"language must be 'de' or 'en'. Received language={language!r}."


@pytest.mark.parametrize(
    ("explain", "layer", "name", "value"),
    [
        (*call, name, value)
        for call, bad in [
            (
                CONV,
                {
                    "input_shape": [(9, 9), "9x9x3", (9, 9, 0), None],
                    "filters": [0, 2.0],
                    "kernel_size": [0, 10],
                },
            ),
            (
                CONV,
                {"stride": [0, None], "padding": [-1, "full", None], "dilation": [1.5, 5], "groups": [0, 3]},
            ),
            (CONV, {"bias": ["no", None], "batch_size": [0, "16", None], "dtype": ["float31", None]}),
            (
                POOL,
                {"input_shape": [(9, 9)], "pool_size": [(3, 0), 10], "stride": [0, "2"], "padding": ["full"]},
            ),
            (POOL, {"batch_size": [0, 2.5], "dtype": ["float31", 32]}),
            (
                DENSE,
                {"inputs": [0, "3"], "units": [-1, 4.0], "bias": [1], "batch_size": [-16], "dtype": [None]},
            ),
        ]
        for name, values in bad.items()
        for value in values
    ],
)
def test_bad_input_is_named_with_its_value(explain, layer, name, value):
    with pytest.raises(ValueError, match="must") as error:
        explain(**layer | {name: value})
    message = str(error.value)
    # Too wide a dilation is told as a kernel that does not fit.
    assert message.startswith(f"{name} must ") or (name == "dilation" and "kernel_size must fit" in message)
    assert re.search(rf"(Received|with) {name}={re.escape(repr(value))}", message)


def test_numpy_integers_do_not_overflow():
    np = pytest.importorskip("numpy")
    solution = explain_conv2d((np.int8(100), np.int8(100), np.int8(3)), np.int8(100), np.int8(3))
    assert solution == explain_conv2d((100, 100, 3), 100, 3)
    assert type(explain_dense(np.int8(3), np.int8(100)).output_shape[0]) is int


def test_worked_imports_the_standard_library_only():
    code = "import sys; old = set(sys.modules); import cnncourse.worked; print(*set(sys.modules) - old)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in run.stdout.split()} - {"cnncourse"} <= sys.stdlib_module_names
