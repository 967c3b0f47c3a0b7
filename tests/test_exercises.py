"""The functions that learners write: what is right, every wrong idea, every error, in both languages."""

import inspect
import random
from math import isclose, log

import numpy as np
import pytest

import cnncourse as cc
from cnncourse.exercises import CASES, CERTAIN, SAY
from cnncourse.exercises import _cases as cases_of
from cnncourse.exercises.reader import TEXT, same
from cnncourse.exercises.table import TABLE
from cnncourse.language import LANGUAGES

IDEAS = [(name, number) for name, task in TABLE.items() for number in range(len(task.mistakes))]


def written(name, source=None):
    """The function of a text, by default the solution."""
    namespace = {}
    exec(TABLE[name].solution if source is None else source, namespace)
    return namespace[name]


def named(name, function):
    """A function under the name of an exercise."""

    def call(*case):
        return function(*case)

    call.__name__ = name
    return call


# -- what is right -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", cc.EXERCISES)
def test_every_solution_is_right_and_its_starter_is_not(name):
    assert cc.check(written(name)).status == "right"
    verdict = cc.check_text(name, cc.exercise(name).starter)
    assert verdict.status == "wrong"
    assert SAY["de"]["dots"] in verdict.message


@pytest.mark.parametrize("name", cc.EXERCISES)
def test_the_parameters_of_the_solution_are_those_of_the_messages(name):
    task = TABLE[name]
    assert list(inspect.signature(written(name)).parameters) == list(inspect.signature(task.right).parameters)


@pytest.mark.parametrize("name", cc.EXERCISES)
def test_cases_are_many_different_and_always_the_same(name):
    cases = cases_of(TABLE[name])
    assert len(cases) == CASES
    assert cases == cases_of(TABLE[name])
    assert len({repr(case) for case in cases}) > 200


ORACLES = {
    "convolve_row": lambda x, w: list(np.correlate(x, w, "valid")),
    "max_pool_row": lambda x, f, s: (
        cc.max_pool(np.reshape(x, (1, 1, -1, 1)).astype(float), (1, f), stride=(1, s)).ravel().tolist()
    ),
    "dropout": lambda x, rate, u: np.where(np.array(u) < rate, 0, np.array(x) / (1 - rate)).tolist(),
    "batch_norm": lambda x, gamma, beta, eps: (
        gamma * (np.array(x) - np.mean(x)) / np.sqrt(np.var(x) + eps) + beta
    ).tolist(),
    "convolve_row_backward": lambda w, g: np.convolve(g, w).tolist(),
    "sigmoid_backward": lambda g, w, z: g * w / (2 + 2 * np.cosh(z)),
    "cross_entropy": lambda p: float(-np.mean(np.log(p))),
    "variants": lambda shift, c: (
        len({(m, i, j) for m in (0, 1) for i in range(-shift, shift + 1) for j in range(-shift, shift + 1)})
        * round(np.prod(np.arange(1.0, c + 1)))
    ),
    "flatten_size": lambda n, layers, k: cc.account(
        (n, n, 1),
        [cc.layers.Conv2D(k, f, stride=s, padding=p) for f, s, p in layers] + [cc.layers.Flatten()],
    )[-1].output_shape[0],
}


@pytest.mark.parametrize("name", ORACLES)
def test_what_the_package_has_no_formula_for_agrees_with_another_way(name):
    """Those that are not here are right by a formula of ``cnncourse.arithmetic``."""
    for case in cases_of(TABLE[name])[:60]:
        assert same(TABLE[name].right(*case), np.asarray(ORACLES[name](*case)).tolist()) or isclose(
            TABLE[name].right(*case), ORACLES[name](*case)
        )


def test_the_formulas_of_the_package_are_used_for_the_others():
    rest = set(TABLE) - set(ORACLES)
    assert all("arithmetic." in inspect.getsource(TABLE[name].right) for name in rest)


# -- wrong ideas -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "number"), IDEAS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_wrong_idea_is_recognized(name, number, language):
    cc.use_language(language)
    idea, wrong = list(TABLE[name].mistakes.items())[number]
    verdict = cc.check(named(name, wrong))
    assert verdict.status == "mistake"
    assert verdict.message.endswith(LANGUAGES[language].pick(idea))


@pytest.mark.parametrize("name", cc.EXERCISES)
def test_wrong_ideas_can_be_computed_in_every_case(name):
    for wrong in TABLE[name].mistakes.values():
        for case in cases_of(TABLE[name]):
            wrong(*case)


def test_a_wrong_idea_is_named_only_where_the_answers_follow_it():
    """One case alone could be a coincidence."""
    first = TABLE["output_size"].examples[0]

    def output_size(*case):
        return cc.output_size(*case) - (case == first)

    verdict = cc.check(output_size)
    assert verdict.status == "wrong"
    assert verdict.message == (
        f"Fall 1 von {CASES}: n = 227, f = 11, s = 4, p = 0. Deine Funktion: 54; richtig: 55."
    )
    assert CERTAIN > 20


def test_the_first_case_that_differs_is_told_in_the_readers_language(english):
    verdict = cc.check(written("output_size", "def output_size(n, f, s, p):\n    return (n+2*p-f)/s + 1"))
    number, case = next(
        (number, case)
        for number, case in enumerate(cases_of(TABLE["output_size"]), 1)
        if (case[0] + 2 * case[3] - case[1]) % case[2]
    )
    n, f, s, p = case
    mine, right = (n + 2 * p - f) / s + 1, cc.output_size(n, f, s, p)
    assert verdict.message == (
        f"Case {number} of {CASES}: n = {n}, f = {f}, s = {s}, p = {p}. Your function: {mine:.7g}; "
        f"right: {right}. A typical mistake: Not rounded down: half a window does not count."
    )


def test_texts_are_complete_in_both_languages_and_differ():
    pairs = [pair for task in TABLE.values() for pair in (task.title, task.task, *task.hints, *task.mistakes)]
    assert all(len(pair) == 2 and all(pair) for pair in pairs)
    assert [pair for pair in pairs if pair[0] == pair[1]] == []
    assert SAY["de"].keys() == SAY["en"].keys()
    assert all(len(task.hints) == 2 and len(task.mistakes) >= 5 for task in TABLE.values())


# -- what learners write besides ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("pass", "gibt nichts zurück"),
        ("return ...", "die drei Punkte"),
        ("return '55'", "ein Text, keine Zahl"),
        ("return True", "Deine Funktion: `True`; richtig: 55."),
        ("return [55]", "Deine Funktion: `[55]`; richtig: 55."),
        ("return 1e400", "Deine Funktion: inf"),
        ("return 10**9 * n", "Deine Funktion: 227.000.000.000; richtig: 55."),
        ("return 2j", "Deine Funktion: `2j`"),
        ("return list(range(1000))", " …`; richtig"),
    ],
)
def test_answers_of_all_kinds_are_shown(body, says):
    verdict = cc.check_text("output_size", f"def output_size(n, f, s, p):\n    {body}\n")
    assert verdict.status == "wrong"
    assert says in verdict.message


def test_an_answer_that_differs_in_the_last_digits_is_shown_in_full():
    verdict = cc.check(named("cross_entropy", lambda p: TABLE["cross_entropy"].right(p) * (1 + 1e-8)))
    mine, right = verdict.message.partition("Deine Funktion: `")[2].rstrip("`.").split("`; richtig: `")
    assert mine != right
    assert isclose(float(mine), float(right), rel_tol=1e-7)


def test_rounding_and_arrays_are_no_mistake():
    rng = random.Random(3)
    assert cc.check(named("batch_norm", lambda *case: np.array(TABLE["batch_norm"].right(*case)))).right
    assert cc.check(named("output_size", lambda *case: float(cc.output_size(*case)))).right
    assert cc.check(named("same_padding", lambda *case: list(cc.same_padding(*case)))).right
    assert cc.check(named("cross_entropy", lambda p: -sum(map(log, rng.sample(p, len(p)))) / len(p))).right


def test_a_function_may_change_what_it_is_given():
    def max_pool_row(x, f, s):
        y = []
        while len(x) >= f:
            y.append(max(x[:f]))
            del x[:s]
        return y

    assert cc.check(max_pool_row).right


# -- errors ------------------------------------------------------------------------------------------------


def test_an_error_is_told_by_the_learners_own_lines():
    source = "def half(n):\n    return n / 0\n\n\ndef output_size(n, f, s, p):\n    return half(n)\n"
    verdict = cc.check_text("output_size", source)
    assert verdict.status == "error"
    assert verdict.message == (
        f"Fall 1 von {CASES}: n = 227, f = 11, s = 4, p = 0.\n\n"
        "```\nZeile 6: return half(n)\nZeile 2: return n / 0\nZeroDivisionError: division by zero\n```"
    )


def test_an_error_in_a_notebooks_function_is_told_alike(english):
    def output_size(n, f, s, p):
        return max(map(len, [n]))

    line = inspect.getsourcelines(output_size)[1] + 1
    verdict = cc.check(output_size)
    assert f"line {line}: return max(map(len, [n]))\nTypeError: object of type 'int'" in verdict.message


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (
            "def output_size(n, f, s, p)\n    return 0\n",
            "Zeile 1: def output_size(n, f, s, p)\nSyntaxError: expected",
        ),
        ("def output_size(n, f, s, p):\nreturn 0\n", "Zeile 2: return 0\nIndentationError: expected"),
        ("import nothing_of_that_name\n", "Zeile 1: import nothing_of_that_name\nModuleNotFoundError"),
        ("def output(n, f, s, p):\n    return 0\n", "keine Funktion `output_size`"),
        ("output_size = 55\n", "keine Funktion `output_size`"),
        ("", "keine Funktion `output_size`"),
        (
            "def output_size(n, f):\n    return 0\n",
            "TypeError: output_size() takes 2 positional arguments but 4",
        ),
        (
            "def output_size(*a):\n    return output_size(*a)\n",
            "Zeile 2: return output_size(*a)\nRecursionError",
        ),
        ("def output_size(*a):\n    exit(1)\n", "Zeile 2: exit(1)\nSystemExit"),
        ("raise SystemExit\n", "SystemExit"),
        ("def output_size(*a):\n    raise ValueError\n", "Zeile 2: raise ValueError\nValueError\n"),
        ("\0", "SyntaxError"),
    ],
)
def test_errors_of_all_kinds_are_told(source, says):
    verdict = cc.check_text("output_size", source)
    assert verdict.status == "error"
    assert says in verdict.message
    assert "cnncourse" not in verdict.message
    assert TEXT not in verdict.message


def test_what_is_printed_is_shown_up_to_a_length():
    source = "def output_size(n, f, s, p):\n    print(n)\n    return (n + 2 * p - f) // s + 1\n"
    verdict = cc.check_text("output_size", source)
    assert verdict.right
    assert verdict.message.startswith(
        "Richtig in allen 500 Fällen.\n\nAusgegeben mit `print`:\n\n```\n227\n8\n"
    )
    assert len(verdict.message) < 2200


# -- names and notebooks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [lambda n: n, print, 55, "output_size", None])
def test_check_takes_functions_with_the_name_of_an_exercise_only(function):
    with pytest.raises(
        ValueError, match=r"function must be a function with the name of an exercise: output_size"
    ):
        cc.check(function)


def test_unknown_exercises_and_languages_are_refused():
    with pytest.raises(ValueError, match="name must be one of output_size"):
        cc.exercise("output")
    with pytest.raises(ValueError, match="language"):
        cc.exercise("output_size", language="fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notebook_shows_the_task_and_neither_hint_nor_solution(language):
    for name in cc.EXERCISES:
        shown = cc.exercise(name, language=language)
        text = shown._repr_markdown_()
        assert shown.task in text
        assert f"```python\n{shown.starter}```" in text
        assert f"cc.check({name})" in text
        assert not any(hint in text for hint in shown.hints)
        assert shown.solution.splitlines()[-1] not in text
