"""Functions to write oneself, each checked against the package's own formula on hundreds of cases.

``exercise("output_size")`` shows a task; ``check(output_size)`` tells whether the function of that name is
right, or the first case that differs, and the wrong idea that leads there. The boxes on the pages of the
book run the same code. Only the standard library is imported.
"""

import random
import re
from contextlib import redirect_stdout
from dataclasses import dataclass
from inspect import signature

from cnncourse.exercises.reader import TEXT, Output, answer, defined, same, shown, told
from cnncourse.exercises.table import TABLE
from cnncourse.language import spoken
from cnncourse.verdict import Verdict

__all__ = ["EXERCISES", "Exercise", "check", "check_text", "exercise"]

EXERCISES = tuple(TABLE)
"""The names of the exercises, which are those of the functions to write."""

CASES = 500
CERTAIN = 40  # further cases on which an answer must follow a wrong idea before it is named

SAY = {
    "de": {
        "show": "Schreib die Funktion, und prüfe sie mit `cc.check({name})`. Tipps und Lösung: "
        '`print(cc.exercise("{name}").hints[0])`, `.hints[1]`, `.solution`.',
        "write": "Schreib deine Rechnung an die Stelle der drei Punkte.",
        "right": "Richtig in allen {count} Fällen.",
        "case": "Fall {number} von {count}: {given}.",
        "wrong": "Deine Funktion: {mine}; richtig: {right}.",
        "idea": "Typischer Fehler: {idea}",
        "nothing": "Deine Funktion gibt nichts zurück: Am Ende fehlt ein `return`.",
        "dots": "Da stehen noch die drei Punkte.",
        "text": "Das ist ein Text, keine Zahl.",
        "printed": "Ausgegeben mit `print`:",
        "missing": "Es gibt hier keine Funktion `{name}`. Sie muss genau so heißen.",
    },
    "en": {
        "show": "Write the function, and check it with `cc.check({name})`. Hints and solution: "
        '`print(cc.exercise("{name}").hints[0])`, `.hints[1]`, `.solution`.',
        "write": "Put your calculation in place of the three dots.",
        "right": "Right in all {count} cases.",
        "case": "Case {number} of {count}: {given}.",
        "wrong": "Your function: {mine}; right: {right}.",
        "idea": "A typical mistake: {idea}",
        "nothing": "Your function returns nothing: there is no `return` at its end.",
        "dots": "The three dots are still there.",
        "text": "That is a text, not a number.",
        "printed": "Printed:",
        "missing": "There is no function `{name}` here. It must have exactly that name.",
    },
}


@dataclass(frozen=True, repr=False)
class Exercise:
    """A function to write. It shows its task; hints and solution wait to be asked for.

    Args:
        name: the name of the function, one of :data:`EXERCISES`.
        language: ``"de"`` or ``"en"``.
        title: what the function computes.
        task: what is given and what is wanted, Markdown.
        starter: the function to fill in, Python.
        hints: two, the second one nearly the solution; Markdown.
        solution: the function, Python.

    >>> print(exercise("conv_parameters").solution.rstrip())
    def conv_parameters(f, c, k):
        return k * (f * f * c + 1)
    """

    name: str
    language: str
    title: str
    task: str
    starter: str
    hints: tuple
    solution: str

    def _repr_markdown_(self):
        show = SAY[self.language]["show"].format(name=self.name)
        return f"**{self.title}.** {self.task}\n\n```python\n{self.starter}```\n\n{show}"

    def __repr__(self):
        return f"exercise({self.name!r}, language={self.language!r})"


def exercise(name, *, language=None):
    """Give an exercise: a function to write, which :func:`check` then checks.

    Args:
        name: one of :data:`EXERCISES`.
        language: ``"de"`` or ``"en"``; by default, the language in force.

    Returns:
        An :class:`Exercise`, which a notebook shows as its task.

    Raises:
        ValueError: for an unknown name or language.

    Source: Our own tasks on the formulas of this package.

    >>> exercise("output_size", language="en").title
    'Output size'
    """
    task, language = _known("name", name), spoken(language)
    head = re.search(r"^def .*:\n", task.solution, re.MULTILINE)[0]
    return Exercise(
        name,
        language.code,
        language.pick(task.title),
        language.pick(task.task),
        f"{head}    # {SAY[language.code]['write']}\n    return ...\n",
        tuple(map(language.pick, task.hints)),
        task.solution,
    )


def check(function):
    """Check a function that has the name of an exercise, on 500 cases.

    Args:
        function: yours, such as ``conv_parameters``; its name says which exercise it solves.

    Returns:
        A :class:`Verdict`: right; or the first case that differs, with the typical mistake if it is
        one; or the error that your function raised, with your lines that led to it.

    Raises:
        ValueError: for anything but a function with the name of an exercise.

    Source: Our own convention; what is right comes from the formulas of this package.

    >>> def output_size(n, f, s, p):
    ...     return (n + 2 * p - f) / s + 1  # as in the notes
    >>> print(check(output_size).message.replace(". ", ".\\n"))
    Fall 5 von 500: n = 108, f = 11, s = 2, p = 0.
    Deine Funktion: 49,5; richtig: 49.
    Typischer Fehler: Nicht abgerundet: Ein halbes Fenster zählt nicht.
    """
    name = getattr(function, "__name__", None) if callable(function) else None
    task = _known("function", name)
    code = getattr(function, "__code__", None)
    return _verdict(task, function, code and code.co_filename, spoken())


def check_text(name, source):
    """Check the function of an exercise in a text of Python: what the boxes on the book's pages do.

    Args:
        name: one of :data:`EXERCISES`.
        source: what the learner wrote.

    Returns:
        A :class:`Verdict`, also on a text that is no Python; what was printed stands at its end.

    Raises:
        ValueError: for an unknown name.

    Source: Our own convention.

    >>> text = exercise("conv_parameters").solution
    >>> check_text("conv_parameters", text).right
    True
    """
    task, language = _known("name", name), spoken()
    with redirect_stdout(Output()) as output:
        try:
            function = defined(source, name)
        except (Exception, SystemExit) as error:
            verdict = Verdict("error", told(error, TEXT, language))
        else:
            verdict = (
                _verdict(task, function, TEXT, language)
                if callable(function)
                else Verdict("error", SAY[language.code]["missing"].format(name=name))
            )
    printed = output.getvalue().rstrip()
    if not printed:
        return verdict
    return Verdict(
        verdict.status, f"{verdict.message}\n\n{SAY[language.code]['printed']}\n\n```\n{printed}\n```"
    )


def _known(argument, name):
    if not isinstance(name, str) or name not in TABLE:
        what = "one of" if argument == "name" else "a function with the name of an exercise:"
        raise ValueError(f"{argument} must be {what} {', '.join(TABLE)}. Received {name!r}.")
    return TABLE[name]


def _cases(task):
    """The examples, then as many drawn cases as are missing; always the same."""
    rng = random.Random(1)
    return [*task.examples, *(task.draw(rng) for _ in range(CASES - len(task.examples)))]


def _verdict(task, function, file, language):
    say, cases = SAY[language.code], _cases(task)
    for number, case in enumerate(cases, 1):
        where = say["case"].format(number=number, count=CASES, given=_given(task, case, language))
        try:
            mine = answer(function, case)
        except (Exception, SystemExit) as error:
            return Verdict("error", f"{where}\n\n{told(error, file, language)}")
        right = task.right(*case)
        if not same(mine, right):
            both = _both(mine, right, language)
            idea = _idea(task, function, cases[: number + CERTAIN], language)
            why = say["idea"].format(idea=idea) if idea else _no_number(mine, say)
            return Verdict(
                "mistake" if idea else "wrong", f"{where} {say['wrong'].format(**both)} {why}".rstrip()
            )
    return Verdict("right", say["right"].format(count=CASES))


def _given(task, case, language):
    names = signature(task.right).parameters
    return ", ".join(f"{name} = {shown(value, language)}" for name, value in zip(names, case, strict=True))


def _both(mine, right, language):
    """Both answers as texts that differ."""
    texts = shown(mine, language), shown(right, language)
    if texts[0] == texts[1]:
        texts = f"`{mine!r}`", f"`{right!r}`"
    return dict(zip(("mine", "right"), texts, strict=True))


def _idea(task, function, cases, language):
    """The wrong idea that gives the function's answer in each of these cases; ``None`` if none does."""
    answers = [_answer_or_none(function, case) for case in cases]
    for idea, wrong in task.mistakes.items():
        if all(same(mine, wrong(*case)) for mine, case in zip(answers, cases, strict=True)):
            return language.pick(idea)
    return None


def _answer_or_none(function, case):
    try:
        return answer(function, case)
    except (Exception, SystemExit):
        return None


def _no_number(mine, say):
    """What to say of an answer that is no number at all."""
    kinds = {type(None): "nothing", type(...): "dots", str: "text"}
    return say.get(kinds.get(type(mine)), "")
