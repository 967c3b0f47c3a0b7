"""The drills against oracles that read the English question and count without our formulas."""

import json
import re
import subprocess
import sys
from collections import Counter
from itertools import count
from math import isqrt

import numpy as np
import pytest
from html_pages import by_address
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.drills import DRILL_TOPICS, Drill, Mistake, drill, exam, exam_sheet
from cnncourse.drills.__main__ import main
from cnncourse.drills.sheet import worked_answer
from cnncourse.drills.units import DECIMALS
from cnncourse.language import spoken

CELLS = [(topic, level) for topic in DRILL_TOPICS for level in (1, 2, 3)]
SEEDS = st.integers(min_value=0, max_value=10**6)
UNIT_BYTES = {"kB": 10**3, "MB": 10**6, "GB": 10**9, "MiB": 2**20}


# -- the oracles: count windows one by one, let NumPy count weights, let Keras count networks ----------


def positions(n, f, s=1, p=0, d=1):
    return sum(1 for start in range(-p, n + p, s) if start + d * (f - 1) < n + p)


def weights(*shape):
    return np.broadcast_to(np.int8(0), shape).size


def numbers(question):
    text = re.sub(r"\(1 [^)]*\)", "", question.replace("(1 channel)", "1 channel"))  # drop unit definitions
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    found = re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)", text)
    return [float(each) if "." in each else int(each) for each in found]


def with_padding(question):
    """Give the numbers, with a 0 where the question says "no padding"."""
    return numbers(question.replace("no padding", "padding 0"))


def oracle_size(q):
    h, w, k, f, _, s, p = with_padding(q)
    rows, columns = positions(h, f, s, p), positions(w, f, s, p)
    return (rows, columns, k) if "shape" in q else columns


def missing_pixels(n, f, s):
    wanted = len(range(0, n, s))
    return next(t for t in count() if len(range(0, n + t - f + 1, s)) == wanted)


def oracle_same(q):
    if "How many pixels wide" in q:
        n, _, _, _, _, s = numbers(q)
        return len(range(0, n, s))
    f, _, s, n, _ = numbers(q)
    total = missing_pixels(n, f, s)
    return total - total // 2 if "at the bottom?" in q else total


def oracle_keep(q):
    if "dilation" in q:
        _, d, p, n, _ = numbers(q)
        return next(f for f in count(1) if positions(n, f, 1, p, d) == n)
    f, _, s, n, _, *smaller = numbers(q)
    return next(p for p in count() if positions(n, f, s, p) == (smaller or [n])[0])


def oracle_conv_parameters(q):
    if "greyscale" in q or "colour" in q:
        c, k, f, _ = numbers(q)
    else:
        k, f, _, *_, c, _ = numbers(q.replace("(stride 1)", "").split("(`")[0] + " 0" * ("groups" in q))
    groups = int(re.search(r"groups=(\d)", q)[1]) if "groups" in q else 1
    if groups > 1:
        c = numbers(q)[5]
    return weights(f, f, c, k) // groups + k


def oracle_depthwise(q):
    n, c = map(int, re.search(r"maps of shape (\d+) × \d+ × (\d+)", q).groups())
    f = int(re.search(r"(\d+) × \1(?: kernels|, stride)", q)[1])
    if "MACs" in q:
        k = int(re.search(r"become maps of shape \d+ × \d+ × (\d+)", q)[1])
        return weights(n, n, f, f, c) + weights(n, n, c, k)
    k = re.search(r"with (\d+) filters", q)
    return weights(f, f, c) + c + (weights(c, int(k[1])) + int(k[1]) if k else 0)


def oracle_dense_parameters(q):
    *shape, units = [each for each in numbers(q) if each != 0.5]
    if len(shape) == 4:
        *shape, hidden = shape
        return weights(*shape, hidden) + hidden + weights(hidden, units) + units
    return weights(*shape, units) + units


def oracle_batch_norm(q):
    if "in total" in q:
        return 4 * numbers(q)[-1]
    k, f, _, *_, c = numbers(q)
    return (weights(f, f, c, k) if "block" in q else 0) + 2 * k


def oracle_parameter_memory(q):
    if "dense" in q:
        inputs, units = numbers(q)
        bits = int(re.search(r"in b?(?:float|int)(\d+)", q)[1])
        return (weights(inputs, units) + units) * bits // 8
    if "filters" in q:
        k, f, _, c, _ = numbers(q)
        return 4 * (weights(f, f, c, k) + k)
    return 4 * numbers(q)[0]


def oracle_activation_memory(q):
    if "images" in q:
        b, n, _, k, f, _, s, p = with_padding(q)
        o = positions(n, f, s, p)
        return np.empty((b, o, o, k), np.float32).nbytes
    return 4 * weights(*numbers(q))


def oracle_training_memory(q):
    optimizer = re.search(r"optimizer: ([^)]+)\)", q)[1]
    numbers_per_weight = {"SGD without momentum": 2, "SGD with momentum": 3, "Adam": 4}[optimizer]
    if "graphics card" in q:
        memory, parameters, activations = (round(10 * each) for each in numbers(q))
        left = memory * 10**8 - 4 * 10**5 * numbers_per_weight * parameters
        return left // (4 * 10**5 * activations)
    parameters, *batch = (round(10 * each) for each in numbers(q))
    activations = batch[0] * batch[1] // 10 if batch else 0
    return 4 * 10**5 * (numbers_per_weight * parameters + activations)


def oracle_conv_compute(q):
    if " image " in q and "passes" in q:
        c, n, _, k, f, _, s, p = with_padding(q)
        return positions(n, f, s, p) ** 2 * weights(f, f, c, k)
    if "groups" in q:
        k, f, _, _, g, n, _, c, b = numbers(q)
        return 2 * b * n * n * weights(f, f, c // g, k)
    k, f, _, c, o, _, _ = numbers(q)
    return weights(o, o, k, f, f, c)


def oracle_dense_compute(q):
    if "batch" in q:
        *shape, hidden, units, batch = numbers(q)
        return batch * (weights(*shape, hidden) + weights(hidden, units))
    return (2 if "FLOPs" in q else 1) * weights(*numbers(q))


def oracle_pooling(q):
    if "image" in q:
        n, _, k, f, _, s, p, pool, _, pool_stride = with_padding(q)
        o = positions(positions(n, f, s, p), pool, pool_stride)
        return (o, o, k)
    h, w, c, f, _, s = numbers(q)
    return (positions(h, f, s), positions(w, f, s), c)


def oracle_field(q):
    layers = re.findall(r"(\d+) × \d+, stride (\d+)(?:, dilation (\d+))?", q)
    last = 0  # the output value at 0 sees the inputs 0 ... last
    for f, s, d in reversed(layers):
        last = last * int(s) + int(d or 1) * (int(f) - 1)
    return last + 1


def oracle_network(q):
    keras = pytest.importorskip("cnncourse.backend").keras
    layers = keras.layers
    calls = re.findall(r"(\w+)\((.*)\)\n", q.split("```")[1])
    model = keras.Sequential([getattr(layers, name)(*eval(f"[{arguments}]")) for name, arguments in calls])
    if "parameters" in q:
        return model.count_params()
    return sum(
        layer.kernel.shape.num_elements() * int(np.prod(layer.output.shape[1:-1]))
        for layer in model.layers
        if hasattr(layer, "kernel")
    )


def oracle_reverse(q):
    if "How many filters" in q:
        f, _, c, parameters = numbers(q)
        return next(k for k in count(1) if weights(f, f, c, k) + k == parameters)
    if "What is its stride" in q:
        f, _, p, n, _, o, _ = with_padding(q)
        return next(s for s in count(1) if positions(n, f, s, p) == o and (n + 2 * p - f) % s == 0)
    if "Several" in q:
        f, _, _, field, _ = numbers(q)
        return next(m for m in count(1) if oracle_field(f"{f} × {f}, stride 1\n" * m) >= field)
    if "side of a filter" in q:
        k, c, parameters = numbers(q)
        return isqrt((parameters // k - 1) // c)
    f, _, s, p, o, _ = with_padding(q)
    return next(n for n in count(1) if positions(n, f, s, p) == o)


ORACLES = {
    "output_size": oracle_size,
    "same_padding": oracle_same,
    "keep_size": oracle_keep,
    "conv_parameters": oracle_conv_parameters,
    "depthwise": oracle_depthwise,
    "dense_parameters": oracle_dense_parameters,
    "batch_norm_parameters": oracle_batch_norm,
    "parameter_memory": oracle_parameter_memory,
    "activation_memory": oracle_activation_memory,
    "training_memory": oracle_training_memory,
    "conv_compute": oracle_conv_compute,
    "dense_compute": oracle_dense_compute,
    "pooling": oracle_pooling,
    "receptive_field": oracle_field,
    "network": oracle_network,
    "reverse": oracle_reverse,
}


def expected(task):
    return np.asarray(ORACLES[task.topic](task.question)) / UNIT_BYTES.get(task.unit, 1)


@pytest.mark.parametrize(("topic", "level"), [cell for cell in CELLS if cell[0] != "network"])
@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_answer_equals_the_oracle(topic, level, seed):
    task = drill(topic, level, seed, "en")
    np.testing.assert_allclose(task.answer, expected(task), rtol=1e-12, err_msg=task.question)


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_network_equals_keras(level, seed):
    task = drill("network", level, seed, "en")
    assert task.answer == expected(task)


@pytest.mark.parametrize(("topic", "level"), CELLS)
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_both_languages_hold_the_same_numbers(topic, level, seed):
    german, english = drill(topic, level, seed, "de"), drill(topic, level, seed, "en")
    assert german.answer == english.answer
    assert [each.value for each in german.mistakes] == [each.value for each in english.mistakes]
    assert digits(german.question) == digits(english.question)
    assert digits(german.solution) == digits(english.solution)
    for mine, yours in zip(german.mistakes, english.mistakes, strict=True):
        assert mine.reveals != yours.reveals


def digits(text):
    return Counter(re.findall(r"\d+", re.sub(r"(?<=\d)(?:[.,]|\{,\})(?=\d)", "", text)))


@pytest.mark.parametrize(("topic", "level"), CELLS)
@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, language=st.sampled_from(["de", "en"]))
def test_every_mistake_is_wrong_plausible_and_recognized(topic, level, seed, language):
    task = drill(topic, level, seed, language)
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


@pytest.mark.parametrize(("topic", "level"), CELLS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_text_is_clean(topic, level, language):
    for seed in range(8):
        task = drill(topic, level, seed, language)
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


def made(answer, unit, language="de", mistakes=()):
    return Drill(
        "conv_parameters", 1, 0, language, "?", answer, unit, "", tuple(map(Mistake._make, mistakes))
    )


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


# -- drills, exams, sheets ---------------------------------------------------------------------------


def test_a_seed_gives_the_same_drill_again():
    assert drill(seed=5) == drill(seed=5)
    assert len({drill("output_size", 2, seed).question for seed in range(50)}) > 30
    assert len({drill(seed=seed).topic for seed in range(60)}) > 10


def test_numpys_whole_numbers_are_whole_numbers():
    assert drill("pooling", np.int64(2), np.int8(3)) == drill("pooling", 2, 3)
    assert exam(np.int64(4), np.int64(3)) == exam(4, 3)


def test_the_numbers_of_a_seed_do_not_change_between_versions():
    assert drill("conv_parameters", 1, 7).answer == drill("conv_parameters", 1, 7, "en").answer == PINNED


PINNED = 4736


@pytest.mark.parametrize("language", ["de", "en"])
def test_drill_goes_through_json(language):
    for topic, level in CELLS:
        task = drill(topic, level, 1, language)
        data = json.loads(json.dumps(task.to_dict(), ensure_ascii=False))
        assert data["question"] == task.question
        assert np.array_equal(data["answer"], task.answer)
        assert [each["reveals"] for each in data["mistakes"]] == [each.reveals for each in task.mistakes]


def test_drill_cannot_be_changed_and_shows_only_its_question():
    task = drill("network", 2, 1)
    with pytest.raises(AttributeError):
        task.answer = 1
    assert task.question in task._repr_markdown_()
    assert task.solution not in task._repr_markdown_()


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, size=st.integers(1, 90))
def test_exam_is_balanced_without_repetition(seed, size):
    tasks = exam(size, seed)
    assert len({task.question for task in tasks}) == len(tasks) == size
    for counts in (Counter(task.level for task in tasks), Counter(task.topic for task in tasks)):
        groups = 3 if max(counts) == 3 or set(counts) <= {1, 2, 3} else len(DRILL_TOPICS)
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
