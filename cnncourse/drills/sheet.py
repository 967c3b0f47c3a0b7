"""Exam sheets in Markdown: tasks to print, then the solutions and what typical wrong answers reveal."""

from cnncourse.drills.tasks import check_drills
from cnncourse.drills.units import DECIMALS
from cnncourse.language import spoken

_LEVELS = (
    "★ eine Formel, ★★ mit überflüssigen Angaben, ★★★ mehrere Schritte.",
    "★ one formula, ★★ with numbers to spare, ★★★ several steps.",
)
_LEVELS_OF_CONCEPTS = (
    "Begriffe: ★ kennen, ★★ anwenden, ★★★ beurteilen. Genau ein Kästchen ist richtig.",
    "Concepts: ★ know, ★★ apply, ★★★ judge. Exactly one box is right.",
)


def exam_sheet(drills, solutions=True, seed=None, version=1):
    """Write drills as a printable sheet in Markdown: the tasks, then the solutions with typical mistakes.

    Args:
        drills: what :func:`exam` returned, or any drills of one language.
        solutions: whether the solutions follow the tasks.
        seed: the exam's seed; the title then names it, so that anybody can make the same exam again.
        version: the exam's version; the title names a later one than the first.

    Returns:
        The text.

    Raises:
        ValueError: for an empty list, and for anything that is not a list of drills.

    Source: Our own layout.

    >>> from cnncourse.drills import exam
    >>> drills = exam(count=1, seed=7, language="en")
    >>> sheet = exam_sheet(drills, solutions=False, seed=7)
    >>> print(sheet.splitlines()[0])
    # Exam 7: convolutional networks
    """
    check_drills(drills)
    pick = spoken(drills[0].language).pick
    parts = [f"# {_title(pick, seed, version)}", _head(drills, pick)]
    for number, task in enumerate(drills, start=1):
        parts += [f"## {number}. {task.title} ({'★' * task.level})", *_to_answer(task)]
    if solutions:
        parts.append(pick(("# Lösungen", "# Solutions")))
        for number, task in enumerate(drills, start=1):
            parts += [f"## {number}. {task.title}", worked_answer(task)]
    return "\n\n".join(parts) + "\n"


def answer_key(exams):
    """Write the key for marking several exams: for each its answers, and what typical wrong answers reveal.

    Args:
        exams: ``{code: drills}``, as :func:`exam_variants` gives it.

    Returns:
        The text, in Markdown.

    Source: Our own layout.

    >>> from cnncourse.drills import exam_variants
    >>> exams = exam_variants(1, count=1, seed=7, language="en")
    >>> print(answer_key(exams).splitlines()[2])
    ## 7-001
    """
    pick = spoken(next(iter(exams.values()))[0].language).pick
    parts = [pick(("# Schlüssel zum Korrigieren", "# Key for marking"))]
    for code, drills in exams.items():
        parts += [f"## {code}", "\n".join(map(_key_line, range(1, len(drills) + 1), drills))]
    return "\n\n".join(parts) + "\n"


def _key_line(number, task):
    return "\n   - ".join([f"{number}. {_answer(task)}", *_mistakes(task)])


def question_text(task):
    """Write the question, and below it its choices with boxes to tick."""
    boxes = [f"- ☐ {letter}) {choice}" for letter, choice in task.lettered.items()]
    return "\n\n".join([task.question, "\n".join(boxes)]) if boxes else task.question


def _to_answer(task):
    """Give the question and the room for its answer, where it is not a box to tick."""
    return [question_text(task)] if task.choices else [task.question, answer_line(task)]


def answer_line(task):
    r"""Leave room for the answer: three gaps for a shape, one and the unit for a number.

    >>> from cnncourse.drills import drill
    >>> print(answer_line(drill("conv_parameters", seed=1, language="en")))
    Answer: \_\_\_\_\_\_\_\_ parameters
    """
    gap = r"\_" * 8
    blank = " × ".join([gap] * 3) if isinstance(task.answer, tuple) else f"{gap} {task.unit}".rstrip()
    return spoken(task.language).pick(("Antwort: ", "Answer: ")) + blank


def worked_answer(task):
    """Write the answer, its worked solution and what each typical wrong answer reveals.

    >>> from cnncourse.drills import drill
    >>> print(worked_answer(drill("conv_parameters", seed=1, language="en")).splitlines()[0])
    **14,208 parameters**
    """
    pick = spoken(task.language).pick
    reveal = pick(("Was falsche Antworten verraten:", "What wrong answers reveal:"))
    mistakes = "\n".join(f"- {mistake}" for mistake in _mistakes(task))
    return "\n\n".join([_answer(task), task.solution, reveal, mistakes, *_section(task)])


def _section(task):
    """Say where the book explains a concept; a calculation is its own explanation."""
    pick = spoken(task.language).pick
    return [f"{pick(('Im Buch', 'In the book'))}: `{task.section}`"] if task.choices else []


def _answer(task):
    """Write the answer in bold, with its unit."""
    unit = "" if isinstance(task.answer, tuple) else task.unit
    return f"**{_about(task, task.answer)} {unit}".rstrip() + "**"


def _mistakes(task):
    """Write each typical wrong answer, and what it reveals."""
    return [f"{_about(task, value)}: {reveals}" for value, reveals in task.mistakes]


def _about(task, value):
    if task.choices:
        return f"{value}) {task.lettered[value]}"
    return spoken(task.language).about(value, DECIMALS.get(task.unit))


def _title(pick, seed, version):
    numbers = ["" if seed is None else f" {seed}"]
    numbers += [pick((f", Fassung {version}", f", version {version}"))] if version > 1 else []
    name, field = pick((("Übungsklausur", "Faltungsnetze"), ("Exam", "convolutional networks")))
    return f"{name}{''.join(numbers)}: {field}"


def _head(drills, pick):
    """Give the line for the name and what the stars mean."""
    gap = r"\_" * 20
    name, date = pick((("Name", "Datum"), ("Name", "Date")))
    count = f"{len(drills)} " + pick(("Aufgaben:", "tasks:"))
    concepts = [pick(_LEVELS_OF_CONCEPTS)] if any(task.choices for task in drills) else []
    return "\n\n".join([f"{name}: {gap} {date}: {gap[:20]}", f"{count} {pick(_LEVELS)}", *concepts])
