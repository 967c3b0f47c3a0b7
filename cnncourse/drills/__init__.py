"""Exam tasks on every formula of the notes, with worked solutions and typical wrong answers.

``drill()`` gives one task and ``exam()`` a balanced set; the same seed gives the same numbers in German
and in English. ``check`` tells right from wrong and knows what a typical wrong answer reveals.

``python -m cnncourse.drills --seed 7 --language de`` prints an exam sheet in Markdown.
"""

import random
from dataclasses import asdict, dataclass
from typing import NamedTuple

from cnncourse.checks import is_whole
from cnncourse.drills import costs, sizes  # noqa: F401 -- they register their tasks
from cnncourse.drills.answers import is_rounding, read_quantities, read_shape
from cnncourse.drills.sheet import exam_sheet
from cnncourse.drills.tasks import TASKS
from cnncourse.drills.words import REVEALS, SAY, TOPICS, UNITS, Words

__all__ = ["DRILL_TOPICS", "Drill", "Mistake", "Verdict", "drill", "exam", "exam_sheet"]

DRILL_TOPICS = tuple(TOPICS)
"""The topics of the drills, in the order of the book."""

LEVELS = (1, 2, 3)
_ATTEMPTS = 500  # draws before a task with distinct wrong answers, or a new one, is given up


class Mistake(NamedTuple):
    """A typical wrong answer, in the drill's unit, and what it reveals."""

    value: int | float | tuple
    reveals: str


@dataclass(frozen=True)
class Verdict:
    """What :meth:`Drill.check` found. A notebook shows its message.

    Args:
        status: ``"right"``, ``"mistake"`` (a typical one, which the message explains), ``"wrong"``, or
            ``"unclear"`` (could be right; the message says how to write it).
        message: one or two sentences for the learner, in the drill's language.

    >>> Verdict("right", "Richtig.").right
    True
    """

    status: str
    message: str

    @property
    def right(self):
        """Whether the answer is right."""
        return self.status == "right"

    def _repr_markdown_(self):
        return self.message

    def __str__(self):
        return self.message


@dataclass(frozen=True)
class Drill:
    """One exam task. A notebook shows the question; solution and mistakes wait to be asked for.

    Args:
        topic: one of :data:`DRILL_TOPICS`.
        level: 1 (one formula), 2 (as in the exam), 3 (several steps).
        seed: the seed that it was drawn with.
        language: ``"de"`` or ``"en"``.
        question: Markdown with math.
        answer: a whole number, a decimal number, or a shape ``(height, width, channels)``.
        unit: the unit of the answer, in the drill's language; empty for a mere number.
        solution: the worked solution, Markdown with math.
        mistakes: a tuple of :class:`Mistake`; their values differ from the answer and each other.

    >>> task = drill("conv_parameters", seed=1, language="en")
    >>> task.check(task.answer).right
    True
    """

    topic: str
    level: int
    seed: int
    language: str
    question: str
    answer: int | float | tuple
    unit: str
    solution: str
    mistakes: tuple

    @property
    def title(self):
        """The topic's name in the drill's language."""
        return Words(self.language).pick(TOPICS[self.topic])

    @property
    def unit_key(self):
        """The unit's name in both languages: a key of :data:`cnncourse.drills.words.UNITS`, or of memory."""
        return next((key for key, names in UNITS.items() if self.unit in names), self.unit)

    @property
    def spellings(self):
        """How the unit may be written."""
        return (self.unit, *UNITS.get(self.unit_key, ()))

    def check(self, answer):
        """Tell whether an answer is right, and what it reveals if it is a typical wrong one.

        Text is read as the drill's language writes numbers (``34.944`` is a whole number in
        German, a fraction in English; ``34 944`` and ``34944`` are fine in both), with or without
        a unit. In English, for example: ``139.776 kB``, ``136.5 KiB``, ``105.4 M MACs``; a shape
        is ``55 x 55 x 96`` in both. A rounded answer is right if its digits are and if there are
        at least three.

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
        first = self._judge(readings[0])
        if first.status != "wrong":
            return first
        if any(self._judge(other).right for other in readings[1:]):
            return self._other_reading()
        return first

    def to_dict(self):
        """Give the drill as a dictionary that ``json.dumps`` takes.

        >>> sorted(drill(seed=3).to_dict())[:3]
        ['answer', 'language', 'level']
        """
        mistakes = [{"value": value, "reveals": reveals} for value, reveals in self.mistakes]
        return asdict(self) | {"title": self.title, "mistakes": mistakes}

    def _repr_markdown_(self):
        return f"**{self.title}** ({'★' * self.level})\n\n{self.question}"

    def _read(self, answer):
        """Give every way to read the answer, the likeliest first."""
        shape = isinstance(self.answer, tuple)
        if shape:
            readings = list(filter(None, [read_shape(answer)]))
        else:
            readings = read_quantities(answer, self.unit_key, self.spellings, self.language)
        if not readings:
            unit = f" ({self.unit})" if self.unit else ""
            message = SAY[self.language]["no_shape" if shape else "no_number"]
            raise ValueError(message.format(answer=answer, unit=unit))
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

    def _other_reading(self):
        """Judge an answer that is right if point and comma swap their parts."""
        say = SAY[self.language]
        counted = isinstance(self.answer, int) and not self.unit.endswith("B")
        if counted:  # a count has no decimals, so nothing else can be meant
            return Verdict("right", say["right_but_comma"])
        return Verdict("unclear", say["comma"])


def drill(topic=None, level=1, seed=0, language="de"):
    """Draw one exam task.

    Args:
        topic: one of :data:`DRILL_TOPICS`; ``None`` draws one.
        level: 1 (one formula), 2 (as in the exam) or 3 (several steps).
        seed: a whole number; the same one gives the same task, with the same numbers in both languages.
        language: ``"de"`` or ``"en"``.

    Returns:
        A :class:`Drill`.

    Raises:
        ValueError: for an unknown topic, level or language, and for a seed that is not a whole
            number.

    Source: The formulas of the lecture notes, as :mod:`cnncourse.arithmetic` has them.

    >>> task = drill("conv_parameters", level=2, seed=5, language="en")
    >>> task.unit
    'parameters'
    """
    words = Words(language)
    level, seed = _checked_choices(topic, level, seed)
    rng = random.Random(f"cnncourse drill: {topic} {level} {seed}")  # text seeds alike on every machine
    topic = topic or rng.choice(DRILL_TOPICS)
    write = rng.choice(TASKS[topic, level])
    for _ in range(_ATTEMPTS):
        task = write(rng, words)
        mistakes = _distinct_mistakes(task, words)
        if mistakes:
            unit = words.pick(UNITS[task.unit]) if task.unit in UNITS else task.unit
            return Drill(
                topic, level, seed, language, task.question, task.answer, unit, task.solution, mistakes
            )
    raise RuntimeError(f"{write.__name__} found no numbers whose wrong answers differ.")


def exam(count=30, seed=0, language="de"):
    """Draw a set of different tasks, balanced over topics and levels, from easy to hard.

    Args:
        count: the number of tasks, 1 to 300.
        seed: as for :func:`drill`.
        language: ``"de"`` or ``"en"``.

    Returns:
        A tuple of :class:`Drill`, sorted by level, then by topic.

    Raises:
        ValueError: for a count, seed or language that is not allowed.

    Source: as :func:`drill`.

    >>> [task.level for task in exam(count=6, seed=7)]
    [1, 1, 2, 2, 3, 3]
    """
    Words(language)
    _, seed = _checked_choices(None, 1, seed)
    if not is_whole(count, least=1) or count > 300:
        raise ValueError(f"count must be a whole number from 1 to 300. Received count={count!r}.")
    rng = random.Random(f"cnncourse exam: {seed}")
    topics = rng.sample(DRILL_TOPICS, len(DRILL_TOPICS))
    drawn = {}
    for index in range(count):
        lap, place = divmod(index, len(topics))
        task = _new_drill(drawn, rng, topics[place], (place + lap) % len(LEVELS) + 1, language)
        drawn[task.question] = task
    return tuple(sorted(drawn.values(), key=lambda task: (task.level, DRILL_TOPICS.index(task.topic))))


def _new_drill(drawn, rng, topic, level, language):
    """Draw a drill whose question is not among those already drawn."""
    for _ in range(_ATTEMPTS):
        task = drill(topic, level, rng.randrange(10**6), language)
        if task.question not in drawn:
            return task
    raise RuntimeError(f"No new task on {topic!r} at level {level}.")


def _distinct_mistakes(task, words):
    """Give the mistakes that do lead astray; ``None`` if they are too few or look alike."""
    values = {
        name: value for name, value in task.mistakes.items() if value is not None and value != task.answer
    }
    if len(values) < 2 or len(set(values.values())) < len(values):
        return None
    if any(is_rounding(value, task.answer) for value in values.values()):
        return None
    return tuple(Mistake(value, words.pick(REVEALS[name])) for name, value in values.items())


def _checked_choices(topic, level, seed):
    """Give the level and the seed as Python's whole numbers."""
    if topic is not None and topic not in DRILL_TOPICS:
        raise ValueError(
            f"topic must be one of {', '.join(DRILL_TOPICS)}, or None. Received topic={topic!r}."
        )
    if not is_whole(level, least=1) or level not in LEVELS:
        raise ValueError(f"level must be 1, 2 or 3. Received level={level!r}.")
    if not is_whole(seed, least=float("-inf")):
        raise ValueError(f"seed must be a whole number. Received seed={seed!r}.")
    return int(level), int(seed)
