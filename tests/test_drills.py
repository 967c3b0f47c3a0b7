"""The drills against oracles that read the question in either language and count without our formulas."""

import hashlib
import inspect
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from copy import deepcopy
from fractions import Fraction
from importlib import import_module
from itertools import count, pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from html_pages import by_address
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncourse as cc
import cnncourse.drills
from cnncourse.drills import DRILL_TOPICS, LEVELS, Drill, Mistake, drill, exam, exam_sheet
from cnncourse.drills.__main__ import main
from cnncourse.drills.concepts import Concepts
from cnncourse.drills.sheet import worked_answer
from cnncourse.drills.tasks import Task, Topic
from cnncourse.drills.topics import TOPICS, latest_version, topics_of
from cnncourse.drills.units import DECIMALS
from cnncourse.language import spoken
from cnncourse.reveals import REVEALS

CALCULATIONS = [name for name, topic in TOPICS.items() if not isinstance(topic, Concepts)]
CELLS = [
    (topic, level, version)
    for topic in CALCULATIONS
    for level in LEVELS
    for version in (1, latest_version())
    if version == 1 or TOPICS[topic].tasks(level, version) != TOPICS[topic].tasks(level, 1)
]
"""All kinds of calculations: those of the first version, and those that the newest has instead."""
SEEDS = st.integers(min_value=0, max_value=10**6)
UNIT_BYTES = {"kB": 10**3, "MB": 10**6, "GB": 10**9, "MiB": 2**20}


# -- reading a question: every number by the phrase it stands in, none by its place --------------------

PHRASES = r"""
    \b(?:b?float|int)(?P<bits>\d+)
    (?P<memory>\d+) GB (?:freien|of free)
    (?P<millions>[\d.]+) (?:Millionen Parameter|million parameters)
    (?P<values>[\d.]+) (?:Millionen Aktivierungen|million activations)
    (?P<parameters>\d+) (?:Parameter|parameters)
    (?P<field>\d+) × (?P=field) (?:Pixel der Eingabe|pixels of the input)
    (?:von|from) (?P<n>\d+) × (?P=n) (?:auf|to) (?P<o>\d+) × (?P=o) (?:Pixel|pixels)
    (?P<n>\d+) × (?P=n) (?:Pixeln|pixels)
    (?:die Größe|the size) (?P<n>\d+) × (?P=n)
    (?P<h>\d+) (?:Pixel hoch|pixels high)
    (?P<w>\d+) (?:Pixel breit|pixels wide)
    (?:Fenster von|window of) (?P<pool>\d+) × (?P=pool) (?:und|and) [Ss]tride (?P<pool_s>\d+)
    (?:Ausgabe der Form|output of shape) (?P<o>\d+) × (?P=o) × (?P<k>\d+)
    (?:solche der Form|become maps of shape) (?P<h>\d+) × (?P<w>\d+) × (?P<k>\d+)
    (?:Form|shape) (?P<h>\d+) × (?P<w>\d+) × (?P<c>\d+)
    (?:von|of) (?P<first>\d+) × (?P=first)(?= (?:and )?padding 0)
    (?:von|of) (?P<second>\d+) × (?P=second)(?= (?:und Padding|and padding)\.)
    (?:genau|exactly) (?P<o>\d+) × (?P=o)
    (?P<o>\d+) × (?P=o) (?:Werte|values)
    (?:der Größe|of size) (?P<f>\d+) × (?P=f)
    (?P<f>\d+) × (?P=f)[- ](?:Filtern|filters|Kerneln|kernels)
    \((?P<f>\d+) × (?P=f), [Ss]tride (?P<s>\d+)
    1 × 1[- ](?:Faltung|convolution)
    (?P<k>\d+) (?:quadratischen |square )?(?:Filtern|filters)
    (?P<c>\d+) (?:Kanal|Kanäle|channel)
    `groups=(?P<g>\d+)`
    (?P<g>\d+) (?:Gruppen|groups)
    (?:Batchgröße|Batchgröße ist|batch size|batch size is|Batch aus|batch of) (?P<b>\d+)
    [Ss]tride (?P<s>\d+)
    [Dd]ilation (?P<d>\d+)
    [Pp]adding (?P<p>\d+)
    (?P<hidden>\d+) (?:Neuronen|units), [Dd]ropout (?:mit Rate|at rate) (?P<rate>[\d.]+)
    (?P<hidden>\d+) (?:und|and) (?P<units>\d+) (?:Neuronen|units)
    (?:Ausgabe mit|output layer with) (?P<units>\d+)
    (?P<units>\d+) (?:Neuronen|units)
    (?P<inputs>\d+) (?:Eingäng|inputs)
"""
PHRASES = [re.compile(phrase) for phrase in map(str.strip, PHRASES.strip().splitlines())]


def givens(task):
    """Everything that a question gives, by name. No number may be left, and phrases must not disagree."""
    text = plain_numbers(task.question, task.language)
    text = re.sub(r"\(1 \w+ = [^)]*\)", "", text)  # what a unit means
    text = re.sub(r"(?:ohne|no|without) [Pp]adding", "padding 0", text)
    found = defaultdict(set, {"asked": {task.unit_key}, "text": {task.question}})
    for phrase in PHRASES:
        for name, value in (pair for match in phrase.finditer(text) for pair in match.groupdict().items()):
            found[name].add(Fraction(value) if "." in value else int(value))
        text = phrase.sub("", text)
    assert not re.search(r"\d", text), f"numbers in no known phrase: {text}"
    assert [name for name, values in found.items() if len(values) > 1] == [], task.question
    return SimpleNamespace(**{name: values.pop() for name, values in found.items()})


def plain_numbers(text, language):
    """34.944 and 0,5 in German, 34,944 and 0.5 in English: as Python writes them."""
    group, point = (r"\.", ",") if language == "de" else (",", r"\.")
    text = re.sub(rf"(?<=\d){group}(?=\d{{3}})", "", text)
    return re.sub(rf"(?<=\d){point}(?=\d)", ".", text)


# -- the oracles: count windows one by one, let NumPy count weights, let Keras count networks ----------


def positions(n, f, s=1, p=0, d=1):
    return sum(1 for start in range(-p, n + p, s) if start + d * (f - 1) < n + p)


def weights(*shape):
    return np.broadcast_to(np.int8(0), shape).size


def dense(*widths):
    """Weights and biases of dense layers, one after the other."""
    return sum(weights(*pair) + pair[1] for pair in pairwise(widths))


def seen(layers):
    """Inputs that the output value at 0 sees, from 0 to the last: walk back through ``(f, s, d)``."""
    last = 0
    for f, s, d in reversed(layers):
        last = last * s + d * (f - 1)
    return last + 1


def oracle_field(task):
    layer = r"^(\d)\. [\w -]+ (\d+) × \2, [Ss]tride (\d+)(?:, [Dd]ilation (\d+))?$"
    found = [
        [int(number or 1) for number in match] for match in re.findall(layer, task.question, re.MULTILINE)
    ]
    assert [number for number, *_ in found] == list(range(1, task.question.count("×") + 1))
    return seen([layer for _, *layer in found])


def oracle_network(task):
    keras = pytest.importorskip("cnncourse.backend").keras
    calls = re.findall(r"(\w+)\((.*)\)\n", task.question.split("```")[1])
    layers = [getattr(keras.layers, name)(*eval(f"[{arguments}]")) for name, arguments in calls]
    model = keras.Sequential(layers)
    if task.unit_key == "parameters":
        return model.count_params()
    return sum(
        layer.kernel.shape.num_elements() * int(np.prod(layer.output.shape[1:-1]))
        for layer in model.layers
        if hasattr(layer, "kernel")
    )


def numbers_per_weight(q):
    name = re.search(r"(?:Optimierer|optimizer): ([^)]+)", q.text)[1]
    return {"SGD ohne": 2, "SGD without": 2, "SGD mit": 3, "SGD with": 3, "Adam": 4}[
        re.sub(" [Mm]om.*", "", name)
    ]


def training_bytes(q, batch=0):
    each = 10**6 * q.bits // 8
    return each * (numbers_per_weight(q) * q.millions + (batch * q.values if batch else 0))


def same_padding(q):
    size = len(range(0, q.n, q.s))
    return next(t for t in count() if len(range(0, q.n + t - q.f + 1, q.s)) == size)


def fitting_padding(q, size):
    return next(p for p in count() if positions(q.n, q.f, q.s, p) == size)


ORACLES = {
    ("output_size", 1): lambda q: positions(q.n, q.f, q.s, q.p),
    ("output_size", 2): lambda q: positions(q.n, q.f, q.s, q.p),
    ("output_size", 3): lambda q: (positions(q.h, q.f, q.s, q.p), positions(q.w, q.f, q.s, q.p), q.k),
    ("same_padding", 1): lambda q: len(range(0, q.n, q.s)),
    ("same_padding", 2): same_padding,
    ("same_padding", 3): lambda q: same_padding(q) - same_padding(q) // 2,
    ("keep_size", 1): lambda q: fitting_padding(q, q.n),
    ("keep_size", 2): lambda q: fitting_padding(q, q.o),
    ("keep_size", 3): lambda q: (restoring_padding if hasattr(q, "second") else keeping_kernel)(q),
    ("conv_parameters", 1): lambda q: weights(q.f, q.f, q.c, q.k) + q.k,
    ("conv_parameters", 2): lambda q: weights(q.f, q.f, q.c, q.k) + q.k,
    ("conv_parameters", 3): lambda q: weights(q.f, q.f, q.c // q.g, q.k) + q.k,
    ("depthwise", 1): lambda q: weights(q.f, q.f, q.c) + q.c,
    ("depthwise", 2): lambda q: weights(q.f, q.f, q.c) + q.c + dense(q.c, q.k),
    ("depthwise", 3): lambda q: weights(q.h, q.w, q.f, q.f, q.c) + weights(q.h, q.w, q.c, q.k),
    ("dense_parameters", 1): lambda q: dense(q.inputs, q.units),
    ("dense_parameters", 2): lambda q: dense(weights(q.h, q.w, q.c), q.units),
    ("dense_parameters", 3): lambda q: dense(weights(q.h, q.w, q.c), q.hidden, q.units),
    ("batch_norm_parameters", 1): lambda q: 4 * q.c,
    ("batch_norm_parameters", 2): lambda q: 2 * q.k,
    ("batch_norm_parameters", 3): lambda q: weights(q.f, q.f, q.c, q.k) + 2 * q.k,
    ("parameter_memory", 1): lambda q: q.parameters * q.bits // 8,
    ("parameter_memory", 2): lambda q: (weights(q.f, q.f, q.c, q.k) + q.k) * q.bits // 8,
    ("parameter_memory", 3): lambda q: dense(q.inputs, q.units) * q.bits // 8,
    ("activation_memory", 1): lambda q: weights(q.h, q.w, q.c) * q.bits // 8,
    ("activation_memory", 2): lambda q: weights(q.b, q.h, q.w, q.c) * q.bits // 8,
    ("activation_memory", 3): lambda q: positions(q.n, q.f, q.s, q.p) ** 2 * q.b * q.k * q.bits // 8,
    ("training_memory", 1): training_bytes,
    ("training_memory", 2): lambda q: training_bytes(q, q.b),
    ("training_memory", 3): lambda q: next(b for b in count() if training_bytes(q, b + 1) > q.memory * 10**9),
    ("conv_compute", 1): lambda q: weights(q.o, q.o, q.k, q.f, q.f, q.c),
    ("conv_compute", 2): lambda q: positions(q.n, q.f, q.s, q.p) ** 2 * weights(q.f, q.f, q.c, q.k),
    ("conv_compute", 3): lambda q: 2 * weights(q.b, q.h, q.w, q.k, q.f, q.f, q.c // getattr(q, "g", 1)),
    ("dense_compute", 1): lambda q: weights(q.inputs, q.units),
    ("dense_compute", 2): lambda q: 2 * weights(q.h, q.w, q.c, q.units),
    ("dense_compute", 3): lambda q: q.b * (weights(q.h, q.w, q.c, q.hidden) + weights(q.hidden, q.units)),
    ("pooling", 1): lambda q: pooled(q, q.h, q.w, q.c),
    ("pooling", 2): lambda q: pooled(q, q.h, q.w, q.c),
    ("pooling", 3): lambda q: pooled(q, *[positions(q.n, q.f, q.s, q.p)] * 2, q.k),
    ("reverse", 1): lambda q: next(k for k in count(1) if weights(q.f, q.f, q.c, k) + k == q.parameters),
    ("reverse", 2): lambda q: {"number": fitting_stride, "layers": layers_to_see}[q.asked](q),
    ("reverse", 3): lambda q: (fitting_kernel if hasattr(q, "parameters") else smallest_input)(q),
}
WHOLE = {"receptive_field": oracle_field, "network": oracle_network}  # these list layers


def keeping_kernel(q):
    return next(f for f in count(1) if positions(q.n, f, q.s, q.p, q.d) == q.n)


def restoring_padding(q):
    small = positions(q.n, q.first, q.s, q.p)
    return next(p for p in count() if positions(small, q.second, q.s, p) == q.n)


def pooled(q, h, w, c):
    return positions(h, q.pool, q.pool_s), positions(w, q.pool, q.pool_s), c


def fitting_stride(q):
    even = (s for s in count(1) if (q.n + 2 * q.p - q.f) % s == 0)
    return next(s for s in even if positions(q.n, q.f, s, q.p) == q.o)


def layers_to_see(q):
    return next(m for m in count(1) if seen([(q.f, q.s, 1)] * m) == q.field)


def fitting_kernel(q):
    return next(f for f in count(1) if weights(f, f, q.c, q.k) + q.k == q.parameters)


def smallest_input(q):
    return next(n for n in count(1) if positions(n, q.f, q.s, q.p) == q.o)


def expected(task):
    if task.topic in WHOLE:
        return WHOLE[task.topic](task)
    return np.asarray(ORACLES[task.topic, task.level](givens(task)), float) / UNIT_BYTES.get(task.unit, 1)


@pytest.mark.parametrize(("topic", "level", "version"), [cell for cell in CELLS if cell[0] != "network"])
@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, language=st.sampled_from(["de", "en"]))
def test_answer_equals_the_oracle(topic, level, version, seed, language):
    task = drill(topic, level, seed, language, version=version)
    np.testing.assert_allclose(task.answer, expected(task), rtol=1e-12, err_msg=task.question)


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_network_equals_keras(level, seed):
    task = drill("network", level, seed, "en")
    assert task.answer == expected(task)


@pytest.mark.parametrize(
    "question",
    ["A convolution with 3 × 3 filters and 7 bananas.", "Stride 2 and later stride 3.", "2 × 3 filters."],
)
def test_the_oracle_reads_all_or_nothing(question):
    with pytest.raises(AssertionError):
        givens(made(1, "parameters", "en", question=question))


@pytest.mark.parametrize(("topic", "level", "version"), CELLS)
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_both_languages_hold_the_same_numbers(topic, level, version, seed):
    german, english = (drill(topic, level, seed, code, version=version) for code in ("de", "en"))
    assert german.answer == english.answer
    assert [each.value for each in german.mistakes] == [each.value for each in english.mistakes]
    assert digits(german.question) == digits(english.question)
    assert digits(german.solution) == digits(english.solution)
    for mine, yours in zip(german.mistakes, english.mistakes, strict=True):
        assert mine.reveals != yours.reveals


def digits(text):
    return Counter(re.findall(r"\d+", re.sub(r"(?<=\d)(?:[.,]|\{,\})(?=\d)", "", text)))


@pytest.mark.parametrize(("topic", "level", "version"), CELLS)
@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, language=st.sampled_from(["de", "en"]))
def test_every_mistake_is_wrong_plausible_and_recognized(topic, level, version, seed, language):
    task = drill(topic, level, seed, language, version=version)
    values = [each.value for each in task.mistakes]
    assert len(values) >= 2
    assert len({task.answer, *values}) == len(values) + 1
    assert np.min([np.min(value) for value in values]) > 0
    for mistake in task.mistakes:
        verdict = task.check(written(mistake.value, language))
        assert (verdict.status, verdict.message) == ("mistake", mistake.reveals)
    assert task.check(written(task.answer, language)).right
    assert task.check(task.answer).right


def written(value, language):
    """Write a value with digit grouping, as a German or an English reader would."""
    if isinstance(value, tuple):
        return " x ".join(map(str, value))
    text = f"{value:,}"
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text


@pytest.mark.parametrize(("topic", "level", "version"), CELLS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_text_is_clean(topic, level, version, language):
    for seed in range(8):
        task = drill(topic, level, seed, language, version=version)
        prose = re.sub(r"```.*?```|`[^`]*`", "", task.question + task.solution, flags=re.DOTALL)
        decimal = r"\d\.\d{1,2}\b" if language == "de" else r"\d,\d{1,2}\b"
        assert not re.search(decimal, prose), prose  # the other language's decimals
        assert "  " not in task.question
        separator = r"\." if language == "de" else ","  # in groups of three from five digits on
        ungrouped = rf"(?<![.,\d])(\d{{5,}}|\d{separator}\d{{3}}(?![.,]?\d))"
        assert not re.search(ungrouped, prose.replace("{,}", ",")), prose
        assert prose.count("$") % 2 == 0
        assert task.question.rstrip().endswith("?") or "Round" in task.question or "Runde" in task.question
        assert all(text.endswith(".") for _, text in task.mistakes)


def test_both_languages_use_words_of_their_own():
    german = " ".join(task.question for task in exam(45, 3, "de"))
    english = " ".join(task.question for task in exam(45, 3, "en"))
    assert not re.search(r"\b(the|how many|stride of|with)\b", german)
    assert not re.search(r"\b(und|wie viele|mit|der|die|das)\b|[äöüß]", english)


# -- check: how people write answers -----------------------------------------------------------------


def made(answer, unit, language="de", mistakes=(), question="?"):
    mistakes = tuple(map(Mistake._make, mistakes))
    return Drill("conv_parameters", 1, 0, language, question, answer, unit, "", mistakes)


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        (language, text)
        for language in ("de", "en")
        for text in ("34944", " 34 944 ", "34\u202f944", "34'944", 34944)
    ]
    + [("de", "34.944"), ("de", "34.944 Parameter"), ("de", "34944 parameters"), ("de", "34.944,0")]
    + [
        ("en", "34,944"),
        ("en", "34,944 parameters"),
        ("en", "34,944.0"),
        ("en", np.int64(34944)),
        ("en", 34944.0),
    ]
    + [("de", "34,9 k"), ("de", "34,94 Tsd."), ("en", "34.9 k"), ("en", "3.4944e4"), ("en", "3.494 · 10^4")],
)
def test_check_accepts_a_count_as_people_write_it(language, answer):
    unit = {"de": "Parameter", "en": "parameters"}[language]
    assert made(34944, unit, language).check(answer).right


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        *[
            ("de", text)
            for text in ("139,776", "139,776 kB", "139.776 Byte", "136,5 KiB", "0,139776 MB", "139,8 KB")
        ],
        *[("de", answer) for answer in ("140 kB", "1.118.208 Bit", "136.5 KiB", 139.776)],
        *[("en", text) for text in ("139.776", "139.776 kB", "139,776 B", "136.5 KiB", "1.398e5 bytes")],
    ],
)
def test_check_converts_units_and_accepts_rounding(language, answer):
    assert made(139.776, "kB", language).check(answer).right


@pytest.mark.parametrize(
    "answer", ["105.4 M", "105.4 M MACs", "105.4 MMACs", "0.1054 GMAC", "210.8 MFLOPs", "105 million"]
)
def test_check_knows_macs_and_flops(answer):
    assert made(105_415_200, "MACs", "en").check(answer).right


@pytest.mark.parametrize(
    "answer", ["55x55x96", "55 × 55 × 96", "(55, 55, 96)", "55 55 96", (55, 55, 96), [55, 55, 96]]
)
def test_check_reads_shapes(answer):
    assert made((55, 55, 96), "height × width × channels", "en").check(answer).right


def test_check_tells_what_a_wrong_answer_reveals():
    task = made(34944, "Parameter", mistakes=[(34848, "Bias vergessen."), (11712, "Kanäle vergessen.")])
    assert task.check("34.848").message == "Bias vergessen."
    assert task.check("11712").status == "mistake"
    assert task.check("34.945").status == "wrong"
    assert task.check("-34944").status == "wrong"


def test_check_prefers_the_languages_own_reading():
    task = made(139.776, "kB", "en", mistakes=[(139776, "These are bytes.")])
    assert task.check("139,776 kB").message == "These are bytes."
    assert made(139.776, "kB", "en").check("139,776 kB").status == "unclear"
    assert made(139.776, "kB", "de").check("139.776 kB").status == "unclear"
    assert made(1024, "MB", "de").check("1,024 MB").status == "unclear"


def test_a_notebook_shows_what_check_says():
    task = drill("conv_parameters", level=2, seed=6)  # as the page of the practice exam says
    verdict = task.check("38400")
    assert verdict._repr_markdown_() == str(verdict) == verdict.message
    assert verdict.message.startswith("Du hast den Bias vergessen")


def test_check_accepts_a_count_with_the_other_languages_separator_and_says_so():
    verdict = made(34944, "Parameter").check("34,944")
    assert verdict.right
    assert "Tausender" in verdict.message


def test_check_asks_for_more_digits_where_rounding_hides_a_mistake():
    task = made(295_168, "parameters", "en", mistakes=[(294_912, "You forgot the bias.")])
    assert task.check("295 k").status == "unclear"
    assert task.check("295.2 k").right
    assert task.check("294.9 k").status == "mistake"
    assert made(139.776, "kB", "en").check("0.14 MB").status == "unclear"


@pytest.mark.parametrize(
    "answer", ["", "banana", "34,944 kB", "34944 apples", "1,2,3", "12.34.56", None, True, [1], "3 4"]
)
def test_check_refuses_what_is_no_answer(answer):
    with pytest.raises(ValueError, match=r"a number \(parameters\), not.*Write it like 34,944"):
        made(34944, "parameters", "en").check(answer)
    with pytest.raises(ValueError, match=r"eine Zahl \(Parameter\), nicht.*Schreibe sie wie 34\.944"):
        made(34944, "Parameter", "de").check(answer)


@pytest.mark.parametrize("answer", ["", "wide", "55 x b", 55, None, (55, 0.5)])
def test_check_refuses_what_is_no_shape(answer):
    with pytest.raises(ValueError, match="Write it like 55 × 55 × 96"):
        made((55, 55, 96), "height × width × channels", "en").check(answer)


@pytest.mark.parametrize(
    "answer",
    [
        *(
            "96*(11*11*3+1)",
            "96 · (11 · 11 · 3 + 1) Parameter",
            "96 x 11 X 11 × 3 + 96",
            "69888/2",
            "69888:2",
        ),
        *(
            "≈ 34.944",
            "ca. 34.944",
            "= 34944",
            "34.944.",
            "34944 params",
            "35.000 - 56",
            "2^5*1092",
            "2⁵·1092",
        ),
        *("--34944", "(34.944)", "+34944", "34944/(3-2)", "3,4944*10^4"),
    ],
)
def test_check_works_out_calculations_and_overlooks_what_says_nothing(answer):
    assert made(34944, "Parameter").check(answer).right


def test_a_calculation_reveals_mistakes_and_converts_units_as_a_number_does():
    assert made(34944, "Parameter", mistakes=[(34848, "Bias.")]).check("96*11*11*3").message == "Bias."
    assert made(139.776, "kB").check("34944*4 Byte").right
    assert made(139.776, "kB").check("139776/1000").right
    assert made(98.0039, "MiB").check("98,0039*1").right
    assert made(10**7, "MACs").check("10⁷").right
    assert made(55, "Pixel").check("(227−11)/4+1 px").right
    assert made(1 / 3, "MB", "en").check("1/3").right


@pytest.mark.parametrize(
    "answer",
    [
        *("7/0", "7/(3-3)", "96*(11", "96*11)", "2^3^4", "(9^99)^999", "2^1.5", "9^-9^9", "1+*2", "1..2+3"),
        *("1+" * 150 + "1", "(" * 199 + "1", "1 + 1 Äpfel", "3*(1+2)x", "__import__('os')+1"),
    ],
)
def test_a_calculation_that_cannot_be_done_is_refused(answer):
    message = "Diese Rechnung|Gefragt ist eine Zahl"
    with pytest.raises(ValueError, match=message):
        made(34944, "Parameter").check(answer)


@settings(max_examples=60, deadline=None)
@given(text=st.text("0123456789.,()+-*/·×xX:^ eE⁷≈kBM", max_size=40), language=st.sampled_from(["de", "en"]))
def test_whatever_is_written_gets_a_verdict_or_a_reason(text, language):
    for task in (made(34944, "Parameter", language), made(139.776, "kB", language)):
        try:
            message = task.check(text).message
        except ValueError as error:
            message = str(error)
        assert message


@pytest.mark.parametrize(
    ("answer", "status", "message"),
    [
        ("139776", "mistake", "stimmt in B. Gefragt ist sie in kB"),
        ("139,776 MB", "mistake", "die Einheit nicht. Gefragt ist sie in kB"),
        ("136,5", "mistake", "stimmt in KiB"),
        ("34,944", "mistake", "Bytes vergessen"),
        ("34.944", "mistake", "Bytes vergessen"),
        ("140000", "wrong", "stimmt nicht"),
    ],
)
def test_a_right_number_in_a_wrong_unit_or_notation_gets_its_hint(answer, status, message):
    verdict = made(139.776, "kB", mistakes=[(34.944, "Bytes vergessen.")]).check(answer)
    assert verdict.status == status
    assert message in verdict.message


def test_a_shape_without_channels_gets_its_hint():
    task = made((55, 55, 96), "height × width × channels", "en")
    for answer in ("55×55", "55 X 55", "≈ 55x55."):
        assert task.check(answer).message == "Height and width are right. The channels are missing."
    assert task.check("55 × 54").status == "wrong"


# -- drills, exams, sheets ---------------------------------------------------------------------------


def test_a_seed_gives_the_same_drill_again():
    assert drill(seed=5) == drill(seed=5)
    assert len({drill("output_size", 2, seed).question for seed in range(50)}) > 30
    assert len({drill(seed=seed).topic for seed in range(60)}) > 10


def test_numpys_whole_numbers_are_whole_numbers():
    assert drill("pooling", np.int64(2), np.int8(3)) == drill("pooling", 2, 3)
    assert exam(np.int64(4), np.int64(3)) == exam(4, 3)


FIRST = topics_of(1)


def digest_of_seeds():
    """Of the numbers of many seeds: exams, tasks on any topic, tasks of each topic and level."""
    exams = [task for seed in range(4) for size in (6, 40) for task in exam(size, seed, "en")]
    any_topic = [drill(None, level, seed, "en") for level in LEVELS for seed in range(10)]
    each = [drill(topic, level, seed, "en") for topic in FIRST for level in LEVELS for seed in range(3)]
    numbers = [
        (task.topic, task.level, task.seed, task.answer, [mistake.value for mistake in task.mistakes])
        for task in (*exams, *any_topic, *each)
    ]
    return hashlib.sha256(json.dumps(numbers).encode()).hexdigest()


FOUNDING = "65ef891843a230fdd274343c3d084da05a210c691f93a1eb39a0d2a9c04e9c76"
"""What the drills gave before they had versions. It does not change: what is new says ``since``."""


def test_seeds_keep_their_exams():
    assert digest_of_seeds() == FOUNDING


@pytest.fixture
def grown(monkeypatch):
    """The drills after a later version, which has a topic in the midst of the book and a task on pooling."""
    version = latest_version() + 1
    news = Topic("Neues", "News", reveals={"swapped": ("Vertauscht.", "Swapped.")}, since=version)
    for level in LEVELS:
        news.task(level)(
            lambda rng, w: Task(f"{rng.random()}?", 5, "number", "", {"no_bias": 1, "swapped": 2})
        )
    pooling = deepcopy(TOPICS["pooling"])
    pooling.task(2, since=version)(lambda rng, w: Task("New?", 7, "", "", {"no_bias": 1, "side_once": 2}))
    first = {name: TOPICS[name] for name in DRILL_TOPICS[:4]}
    topics = {**first, "news": news, **TOPICS, "pooling": pooling}
    for module in (cnncourse.drills, cnncourse.drills.topics):
        monkeypatch.setattr(module, "TOPICS", topics)
    return version


def test_new_topics_and_tasks_do_not_reshuffle_old_seeds(grown):
    assert digest_of_seeds() == FOUNDING
    old, new = ([drill("pooling", 2, seed, version=each) for seed in range(9)] for each in (1, grown))
    assert "New?" in {task.question for task in new} - {task.question for task in old}


@pytest.mark.parametrize("seed", range(3))
def test_a_later_version_covers_its_topics(grown, seed):
    tasks = exam(len(DRILL_TOPICS) + 1, seed, "en", version=grown)
    assert {task.topic for task in tasks} == {*DRILL_TOPICS, "news"}
    assert exam_sheet(tasks, seed=seed, version=grown).startswith(f"# Exam {seed}, version {grown}: ")
    assert "news" not in {task.topic for task in exam(45, seed, "en")}
    assert drill("news", 2, seed) == drill("news", 2, seed, version=grown)  # as it came, without asking
    assert "news" in {drill(None, 1, seed, version=grown).topic for seed in range(30)}


def test_a_sentence_on_a_mistake_stands_where_it_belongs():
    """Beside the tasks of its topic, or in one place if several topics make the mistake; none is unused."""
    users = {name: set() for name in REVEALS}
    for name in CALCULATIONS:
        topic = TOPICS[name]
        source = inspect.getsource(import_module(f"cnncourse.drills.topics.{name}"))
        tasks = source.partition("TOPIC.reveals |= {")[0]
        assert REVEALS.keys().isdisjoint(topic.reveals.maps[0])
        for key in topic.reveals:
            if re.search(rf'"{key}"|\b{key}=', tasks):
                users.setdefault(key, set()).add(name)
        assert topic.reveals.maps[0].keys() <= users.keys(), f"{name} has sentences that no task uses"
    assert {name: topics for name, topics in users.items() if name in REVEALS and len(topics) < 2} == {}


@pytest.mark.parametrize("language", ["de", "en"])
def test_drill_goes_through_json(language):
    for topic, level, version in CELLS:
        task = drill(topic, level, 1, language, version=version)
        data = json.loads(json.dumps(task.to_dict(), ensure_ascii=False))
        assert data["question"] == task.question
        assert np.array_equal(data["answer"], task.answer)
        assert [each["reveals"] for each in data["mistakes"]] == [each.reveals for each in task.mistakes]


def test_drill_cannot_be_changed():
    with pytest.raises(AttributeError):
        drill("network", 2, 1).answer = 1


@pytest.mark.parametrize("language", ["de", "en"])
def test_drills_and_exams_show_only_their_questions(language):
    tasks = exam(45, 3, language)
    for shown in (repr(tasks), str(tasks), tasks._repr_markdown_(), repr(list(tasks)), repr(tasks[:45])):
        for task in tasks:
            assert task.question in shown
            assert task.solution not in shown
            assert not any(mistake.reveals in shown for mistake in task.mistakes)
    assert "**45.** **" in tasks._repr_markdown_()


def test_an_exam_is_a_tuple():
    tasks = exam(4, 3)
    assert isinstance(tasks, tuple)
    assert tasks == exam(4, 3) == tuple(tasks)


def test_drills_and_exams_are_in_the_language_in_force():
    try:
        cc.use_language("en")
        assert (drill(seed=3), exam(4, 3)) == (drill(seed=3, language="en"), exam(4, 3, "en"))
    finally:
        cc.use_language("de")
    assert (drill(seed=3), exam(4, 3)) == (drill(seed=3, language="de"), exam(4, 3, "de"))


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, size=st.integers(1, 90))
def test_exam_is_balanced_without_repetition(seed, size):
    tasks = exam(size, seed)
    assert len({task.question for task in tasks}) == len(tasks) == size
    for counts in (Counter(task.level for task in tasks), Counter(task.topic for task in tasks)):
        groups = 3 if max(counts) == 3 or set(counts) <= {1, 2, 3} else len(FIRST)
        assert max(counts.values()) <= -(-size // groups)
    assert [task.level for task in tasks] == sorted(task.level for task in tasks)


@pytest.mark.parametrize("seed", range(3))
def test_exam_has_the_same_numbers_in_both_languages(seed):
    german, english = exam(90, seed, "de"), exam(90, seed, "en")
    assert [(task.seed, task.answer) for task in german] == [(task.seed, task.answer) for task in english]


def test_the_largest_exam():
    assert len({task.question for task in exam(300, 1)}) == 300


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"topic": "padding"}, "topic must be one of output_size, .* Received topic='padding'"),
        ({"topic": ["network"]}, "topic must be"),
        ({"level": 4}, "level must be 1, 2 or 3. Received level=4"),
        ({"level": True}, "level must be"),
        ({"level": 1.0}, "level must be"),
        ({"level": np.array([1, 2])}, "level must be"),
        ({"seed": 1.5}, "seed must be a whole number. Received seed=1.5"),
        ({"seed": "7"}, "seed must be"),
        ({"language": "fr"}, "language must be 'de' or 'en'. Received language='fr'"),
        ({"version": 0}, "version must be a whole number from 1 to .*. Received version=0"),
        ({"version": 99}, "version must be"),
        ({"version": 1.0}, "version must be"),
    ],
)
def test_drill_names_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        drill(**arguments)


@pytest.mark.parametrize("size", [0, 301, -1, 2.5, True, "30"])
def test_exam_names_a_bad_count(size):
    with pytest.raises(ValueError, match="count must be a whole number from 1 to 300"):
        exam(size)


def test_exam_names_a_bad_seed_language_and_version():
    with pytest.raises(ValueError, match="seed must be"):
        exam(3, seed=None)
    with pytest.raises(ValueError, match="language must be"):
        exam(3, language="DE")
    with pytest.raises(ValueError, match="version must be"):
        exam(3, version=99)


def test_sheet_holds_the_tasks_and_after_them_the_solutions():
    tasks = exam(10, 4, "en")
    sheet = exam_sheet(tasks)
    questions, solutions = sheet.split("# Solutions")
    assert all(task.question in questions and task.solution in solutions for task in tasks)
    assert "Solutions" not in exam_sheet(tasks, solutions=False)
    for wrong in ([], None, "abc", [3]):
        with pytest.raises(ValueError, match="at least one drill"):
            exam_sheet(wrong)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        *[(98.00390625, "MiB", "≈ 98,00"), (49.001953125, "MiB", "≈ 49,00"), (1, "MiB", "1,00")],
        *[(784.03125, "MiB", "≈ 784,03"), (1234.5, "MiB", "1234,50"), (9.633792, "MB", "9,633792")],
        ((55, 55, 96), "Höhe × Breite × Kanäle", "55 × 55 × 96"),
    ],
)
def test_an_amount_is_shown_as_precisely_as_the_question_asks(value, unit, shown):
    assert worked_answer(made(value, unit, "de")).startswith(f"**{shown}")
    assert worked_answer(made(value, unit, "en")).startswith(f"**{shown.replace(',', '.')}")


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_rounded_answer_is_shown_so_that_check_accepts_it(language, seed):
    task = drill("parameter_memory", 3, seed, language)
    answer, *mistakes = re.findall(r"^(?:\*\*|- )(?:≈ )?([\d.,]+\d)", worked_answer(task), re.MULTILINE)
    assert task.check(answer).right
    assert [task.check(each).message for each in mistakes] == [each.reveals for each in task.mistakes]
    assert "Round" in task.question or "Runde" in task.question


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_reveal_names_what_the_task_does_not_have(language):
    absent = [(("reverse", 3), "Padding", "ohne Padding|no padding"), (("pooling", 2), "Filter|kernel", "")]
    for (topic, level), word, without in absent:
        tasks = [drill(topic, level, seed, language) for seed in range(60)]
        reveals = [text for task in tasks if re.search(without, task.question) for _, text in task.mistakes]
        assert reveals
        assert [text for text in reveals if re.search(word, text, re.IGNORECASE)] == []


def test_sheet_names_its_seed():
    tasks = exam(3, 4, "de")
    assert exam_sheet(tasks, seed=4).startswith("# Übungsklausur 4: ")
    assert exam_sheet(tasks).startswith("# Übungsklausur: ")


def test_sheet_reveals_what_is_behind_wrong_answers():
    tasks = exam(10, 4, "en")
    solutions = exam_sheet(tasks).partition("# Solutions")[2]
    assert all(mistake.reveals in solutions for task in tasks for mistake in task.mistakes)


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_book_shows_the_exam(site, language):
    page = by_address()[f"{language}/book/drills.html"]
    shown = " ".join(text.words for text in page.visible())
    tasks = exam(30, 7, language)
    assert sum("solution" in tag.get("class").split() for tag in page.all("details")) == len(tasks)
    assert [task.title for task in tasks if task.title not in shown] == []
    answers = [spoken(language).about(task.answer, DECIMALS.get(task.unit)) for task in tasks]
    assert [answer for answer in answers if answer not in shown] == []


def test_command_line_prints_a_sheet():
    command = [sys.executable, "-m", "cnncourse.drills", "--seed", "7", "--language", "de", "--count", "3"]
    shown = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert shown.stderr == ""
    assert shown.stdout == exam_sheet(exam(3, 7, "de"), seed=7)


def test_command_line_options(capsys):
    main(["--count", "3", "--language", "en", "--no-solutions"])
    assert "Solutions" not in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "--solutions" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--count", "0"])
    assert "count must be a whole number" in capsys.readouterr().err


def test_drills_import_neither_tensorflow_nor_matplotlib_nor_numpy():
    heavy = "{'tensorflow', 'matplotlib', 'numpy', 'pandas'}"
    code = f"import sys, cnncourse.drills; print({heavy} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert shown.stdout.strip() == "set()"
