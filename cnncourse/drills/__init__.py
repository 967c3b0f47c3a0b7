"""Exam tasks on every formula of the notes, with worked solutions and typical wrong answers.

``drill()`` gives one task and ``exam()`` a balanced set; the same seed gives the same numbers in German
and in English, today and after the drills have grown. ``check`` tells right from wrong and knows what a
typical wrong answer reveals.

The drills grow in versions. What a later version adds, a topic of its own or another task on a topic,
says ``since=2``; what it takes away, because no chapter teaches it, says ``until=2``. ``drill`` and ``exam``
draw from version 1 unless they are asked for a later one. So a seed names the same exam for ever, and a
seed with a version an exam with the newer topics. Version 2 added separable convolutions; version 3 asks for
concepts, too, and only for what a chapter of the book teaches.

``python -m cnncourse.drills --seed 7 --language de`` prints an exam sheet in Markdown, ``--variants 30`` as
many exams with other numbers and a key for marking, and ``--format moodle`` questions for Moodle.
"""

import random
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import count as counting
from itertools import islice
from typing import NamedTuple

from cnncourse.checks import is_whole
from cnncourse.drills.answers import (
    is_calculation,
    is_rounding,
    read_choice,
    read_in_other_units,
    read_quantities,
    read_shape,
)
from cnncourse.drills.concepts import LETTERS
from cnncourse.drills.moodle import moodle_xml
from cnncourse.drills.sheet import answer_key, exam_sheet, question_text
from cnncourse.drills.tasks import LEVELS, Writer
from cnncourse.drills.topics import TOPICS, latest_version, topics_of
from cnncourse.drills.units import SHORT, UNITS
from cnncourse.drills.verdicts import SAY
from cnncourse.language import spoken
from cnncourse.verdict import Verdict

__all__ = [
    "DRILL_TOPICS",
    "Drill",
    "Mistake",
    "answer_key",
    "drill",
    "exam",
    "exam_sheet",
    "exam_variants",
    "moodle_xml",
]

DRILL_TOPICS = tuple(TOPICS)
"""The topics of the drills, in the order of the book."""

_ATTEMPTS = 500  # draws before a task with distinct wrong answers, or a new one, is given up


class Mistake(NamedTuple):
    """A typical wrong answer, in the drill's unit, and what it reveals."""

    value: int | float | tuple | str
    reveals: str


@dataclass(frozen=True, repr=False)
class Drill:
    """One exam task. It shows its question; answer, solution and mistakes wait to be asked for.

    Args:
        topic: one of :data:`DRILL_TOPICS`.
        level: 1 (one formula), 2 (with numbers to spare), 3 (several steps); of concepts 1 (know), 2 (apply),
            3 (judge).
        seed: the seed that it was drawn with.
        language: ``"de"`` or ``"en"``.
        question: Markdown with math.
        answer: a whole number, a decimal number, a shape ``(height, width, channels)``, or the letter of
            the right choice.
        unit: the unit of the answer, in the drill's language; empty for a mere number.
        solution: the worked solution, Markdown with math.
        mistakes: a tuple of :class:`Mistake`; their values differ from the answer and each other.
        choices: what to choose from, for ``"a"``, ``"b"`` and so on; empty for a calculation.
        section: where the book teaches it: the page and the label, ``"padding-stride#sec-stride"``.

    >>> task = drill("conv_parameters", seed=1, language="en")
    >>> task.check(task.answer).right
    True
    """

    topic: str
    level: int
    seed: int
    language: str
    question: str
    answer: int | float | tuple | str
    unit: str
    solution: str
    mistakes: tuple
    choices: tuple = ()
    section: str = ""

    @property
    def title(self):
        """The topic's name in the drill's language."""
        return spoken(self.language).pick(TOPICS[self.topic].title)

    @property
    def unit_key(self):
        """The unit's name in both languages: a key of :data:`cnncourse.drills.units.UNITS`, or of memory."""
        return next((key for key, names in UNITS.items() if self.unit in names), self.unit)

    @property
    def spellings(self):
        """How the unit may be written."""
        return (self.unit, *UNITS.get(self.unit_key, ()), *SHORT.get(self.unit_key, ()))

    def check(self, answer):
        """Tell whether an answer is right, and what it reveals if it is a typical wrong one.

        Text is read as the drill's language writes numbers (``34.944`` is a whole number in
        German, a fraction in English; ``34 944`` and ``34944`` are fine in both), with or without
        a unit. In English, for example: ``139.776 kB``, ``136.5 KiB``, ``105.4 M MACs``; a shape
        is ``55 x 55 x 96`` in both. A rounded answer is right if its digits are and if there are
        at least three. A number may be a calculation, ``96*(11*11*3+1)``, which is worked out. A
        choice is its letter, or its text.

        Args:
            answer: what the learner wrote, as text; or a number in the drill's unit, or a tuple.

        Returns:
            A :class:`Verdict`.

        Raises:
            ValueError: in the drill's language, for text that holds no number or shape, and for
                a unit that measures something else.

        Source: The rounding of ISO 80000-1, annex B: half of the last digit.

        >>> task = drill("conv_parameters", seed=1, language="en")
        >>> task.check("one million")  # doctest: +NORMALIZE_WHITESPACE
        Traceback (most recent call last):
            ...
        ValueError: The question asks for a number (parameters), not
        'one million'. Write it like 34,944.
        """
        readings = self._read(answer)
        first, *others = map(self._judge, readings)
        if first.status != "wrong":
            return first
        if any(other.right for other in others):
            return self._other_reading()
        mistaken = [other for other in others if other.status == "mistake"]
        return mistaken[0] if mistaken else self._hinted(answer, readings[0]) or first

    def to_dict(self):
        """Give the drill as a dictionary that ``json.dumps`` takes.

        >>> sorted(drill(seed=3).to_dict())[:3]
        ['answer', 'choices', 'language']
        """
        mistakes = [{"value": value, "reveals": reveals} for value, reveals in self.mistakes]
        return asdict(self) | {"title": self.title, "mistakes": mistakes}

    @property
    def lettered(self):
        """The choices by their letters: ``{"a": "…", "b": "…"}``."""
        return dict(zip(LETTERS, self.choices, strict=False))

    def __repr__(self):
        return f"{self.title} ({'★' * self.level})\n\n{question_text(self)}"

    def _repr_markdown_(self):
        return f"**{self.title}** ({'★' * self.level})\n\n{question_text(self)}"

    def _read(self, answer):
        """Give every way to read the answer, the likeliest first."""
        if self.choices:
            kind, readings = "no_choice", read_choice(answer, self.lettered)
        elif isinstance(self.answer, tuple):
            kind, readings = "no_shape", read_shape(answer)
        else:
            kind = "no_calculation" if is_calculation(answer) else "no_number"
            readings = read_quantities(answer, self.unit_key, self.spellings, self.language)
        if not readings:
            unit = f" ({self.unit})" if self.unit else ""
            raise ValueError(SAY[self.language][kind].format(answer=answer, unit=unit))
        return readings

    def _judge(self, reading):
        """Compare one reading of an answer with the right answer and with the mistakes."""
        say = SAY[self.language]
        revealed = [mistake.reveals for mistake in self.mistakes if reading.matches(mistake.value)]
        if reading.equals(self.answer) or (reading.matches(self.answer) and not revealed):
            return Verdict("right", say["right"])
        if reading.rounds(self.answer):
            return Verdict("unclear", say["rough"])
        return Verdict("mistake", revealed[0]) if revealed else Verdict("wrong", say["wrong"])

    def _hinted(self, answer, reading):
        """Judge an answer that lacks its channels, or is right but for its unit; ``None`` for any other."""
        say = SAY[self.language]
        if isinstance(self.answer, tuple) and reading.equals(self.answer[:-1]):
            return Verdict("mistake", say["channels_missing"])
        others = {} if self.choices else read_in_other_units(answer, self.unit_key, self.language)
        for unit, other in others.items():
            if self._judge(other).right:
                kind = "unit_wrong" if unit == self.unit_key else "unit_other"
                return Verdict("mistake", say[kind].format(right=unit, unit=self.unit))
        return None

    def _other_reading(self):
        """Judge an answer that is right if point and comma swap their parts."""
        say = SAY[self.language]
        counted = isinstance(self.answer, int) and not self.unit.endswith("B")
        if counted:  # a count has no decimals, so nothing else can be meant
            return Verdict("right", say["right_but_comma"])
        return Verdict("unclear", say["comma"])


class _Exam(tuple):
    """The drills of an exam. A notebook shows their questions, numbered."""

    __slots__ = ()

    def __repr__(self):
        return "\n\n".join(f"{number}. {task!r}" for number, task in enumerate(self, start=1))

    def _repr_markdown_(self):
        numbered = (f"**{number}.** {task._repr_markdown_()}" for number, task in enumerate(self, start=1))
        return "\n\n".join(numbered)


def drill(topic=None, level=1, seed=0, language=None, *, version=1):
    """Draw one exam task.

    Args:
        topic: one of :data:`DRILL_TOPICS`; ``None`` draws one.
        level: 1 (one formula), 2 (with numbers to spare) or 3 (several steps).
        seed: a whole number; the same one gives the same task, with the same numbers in both languages.
        language: ``"de"`` or ``"en"``; ``None`` means the one in force (:func:`use_language`).
        version: how far the drills have grown: 1, or a later number for the tasks and topics added
            since. A topic that came later is drawn as it came.

    Returns:
        A :class:`Drill`.

    Raises:
        ValueError: for an unknown topic, level, language or version, and for a seed that is not a
            whole number.

    Source: The formulas of the lecture notes, as :mod:`cnncourse.arithmetic` has them.

    >>> task = drill("conv_parameters", level=2, seed=5, language="en")
    >>> task.unit
    'parameters'
    """
    writer = Writer(language)
    level, seed = _checked_choices(topic, level, seed, version)
    rng = random.Random(f"cnncourse drill: {topic} {level} {seed}")  # text seeds alike on every machine
    topic = topic or rng.choice(topics_of(version))
    write = rng.choice(TOPICS[topic].tasks(level, version))
    for _ in range(_ATTEMPTS):
        task = write(rng, writer)
        mistakes = _distinct_mistakes(task, TOPICS[topic].reveals, writer.language)
        if mistakes:
            unit = spoken(writer.language).pick(UNITS.get(task.unit, (task.unit, task.unit)))
            parts = task.question, task.answer, unit, task.solution, mistakes, task.choices
            section = task.section or TOPICS[topic].section
            return Drill(topic, level, seed, writer.language, *parts, section)
    raise RuntimeError(f"{write.__name__} found no numbers whose wrong answers differ.")


def exam(count=30, seed=0, language=None, *, version=1):
    """Draw a set of different tasks, balanced over topics and levels, from easy to hard.

    Args:
        count: the number of tasks, 1 to 300.
        seed: as for :func:`drill`.
        language: ``"de"`` or ``"en"``; ``None`` means the one in force (:func:`use_language`).
        version: as for :func:`drill`. An exam with at least as many tasks as its version has topics
            covers them all. No task on concepts comes twice; a topic that has no more is left out.

    Returns:
        A tuple of :class:`Drill`, sorted by level, then by topic. A notebook shows the questions.

    Raises:
        ValueError: for a count, seed, language or version that is not allowed.

    Source: as :func:`drill`.

    >>> [task.level for task in exam(count=6, seed=7)]
    [1, 1, 2, 2, 3, 3]
    """
    language = spoken(language).code
    _, seed = _checked_choices(None, 1, seed, version)
    if not is_whole(count, least=1) or count > 300:
        raise ValueError(f"count must be a whole number from 1 to 300. Received count={count!r}.")
    rng = random.Random(f"cnncourse exam: {seed}")
    topics = topics_of(version)
    topics = rng.sample(topics, len(topics))
    drawn = {}
    for topic, level in islice(_cells(topics, version), count):
        task = _new_drill(drawn, rng, topic, level, language, version)
        drawn[task.question] = task
    order = list(TOPICS)
    return _Exam(sorted(drawn.values(), key=lambda task: (task.level, order.index(task.topic))))


def exam_variants(variants, count=30, seed=0, language=None, *, version=1):
    """Draw many exams that ask for the same, with other numbers: one for each seat of a lecture hall.

    Args:
        variants: how many, 1 to 999.
        count: the number of tasks of each, as for :func:`exam`.
        seed: as for :func:`exam`; it chooses the topics and levels, the same for all.
        language: as for :func:`exam`.
        version: as for :func:`exam`.

    Returns:
        ``{code: exam}``, the code being the seed and a number; the same code names the same exam.

    Raises:
        ValueError: as :func:`exam`, and for a number of variants that is not allowed.

    Source: as :func:`drill`.

    >>> one, other = exam_variants(2, count=3, seed=7).values()
    >>> [task.topic for task in one] == [task.topic for task in other]
    True
    >>> one[0] == other[0]
    False
    """
    if not is_whole(variants, least=1) or variants > 999:
        raise ValueError(f"variants must be a whole number from 1 to 999. Received variants={variants!r}.")
    pattern = exam(count, seed, language, version=version)
    return {
        f"{seed}-{number:03}": _variant(pattern, seed, number, version) for number in range(1, variants + 1)
    }


def _cells(topics, version):
    """Give topics and levels by turns, without end, each no more often than it has different questions."""
    used = Counter()
    for index in counting():
        lap, place = divmod(index, len(topics))
        cell = topic, level = topics[place], (place + lap) % len(LEVELS) + 1
        used[cell] += 1
        if used[cell] <= TOPICS[topic].stock(level, version):
            yield cell


def _variant(pattern, seed, number, version):
    """Draw new tasks of the same topics and levels as those of an exam."""
    rng, drawn = random.Random(f"cnncourse exam: {seed}, variant {number}"), {}
    for old in pattern:
        task = _new_drill(drawn, rng, old.topic, old.level, old.language, version)
        drawn[task.question] = task
    return _Exam(drawn.values())


def _new_drill(drawn, rng, topic, level, language, version):
    """Draw a drill whose question is not among those already drawn."""
    for _ in range(_ATTEMPTS):
        task = drill(topic, level, rng.randrange(10**6), language, version=version)
        if task.question not in drawn:
            return task
    raise RuntimeError(f"No new task on {topic!r} at level {level}.")


def _distinct_mistakes(task, reveals, language):
    """Give the mistakes that do lead astray; ``None`` if they are too few or look alike."""
    values = {
        name: value for name, value in task.mistakes.items() if value is not None and value != task.answer
    }
    if len(values) < 2 or len(set(values.values())) < len(values):
        return None
    if any(is_rounding(value, task.answer) for value in values.values()):
        return None
    pick = spoken(language).pick
    return tuple(Mistake(value, pick(reveals[name])) for name, value in values.items())


def _checked_choices(topic, level, seed, version):
    """Give the level and the seed as Python's whole numbers."""
    if topic is not None and topic not in list(TOPICS):
        raise ValueError(f"topic must be one of {', '.join(TOPICS)}, or None. Received topic={topic!r}.")
    if not is_whole(level, least=1) or level not in LEVELS:
        raise ValueError(f"level must be 1, 2 or 3. Received level={level!r}.")
    if not is_whole(seed, least=float("-inf")):
        raise ValueError(f"seed must be a whole number. Received seed={seed!r}.")
    if not is_whole(version, least=1) or version > latest_version():
        allowed = f"a whole number from 1 to {latest_version()}"
        raise ValueError(f"version must be {allowed}. Received version={version!r}.")
    return int(level), int(seed)
