"""Drills as questions for Moodle: a file for its question bank, with feedback on every typical mistake.

A number becomes a *numerical* question, a shape a *short answer*, a task on concepts a *multiple choice*.
Each typical mistake is an answer worth nothing, whose feedback is what it reveals; no tolerance reaches
from one answer to another.
"""

from decimal import Decimal
from fractions import Fraction
from html import escape
from itertools import groupby
from xml.etree import ElementTree

from cnncourse.drills.answers import UNITS
from cnncourse.drills.tasks import check_drills
from cnncourse.drills.topics import TOPICS
from cnncourse.drills.verdicts import SAY
from cnncourse.language import spoken

_MEMORY = ("B", "kB", "MB", "GB", "KiB", "MiB", "GiB")
_SHAPES = ("{} x {} x {}", "{}x{}x{}", "{} × {} × {}", "{}×{}×{}", "({}, {}, {})", "({},{},{})")
_WRITE_IT = ("Schreib die Form wie 55 x 55 x 96.", "Write the shape like 55 x 55 x 96.")
_FIELD = ("Faltungsnetze", "Convolutional networks")


def moodle_xml(drills):
    """Write drills as Moodle XML, to be imported into a course's question bank.

    The questions lie in categories by topic and level. Each has an ID number of its own that never changes,
    ``cnncourse-topic-level-seed-language``: Moodle itself imports a question a second time, so delete
    the old ones first, and find them by this number. Formulas are written as MathJax reads them,
    between ``\\\\(`` and ``\\\\)``.

    Args:
        drills: what :func:`~cnncourse.exam` returned, or any drills of one language.

    Returns:
        The text of the file.

    Raises:
        ImportError: without ``markdown-it-py`` and ``mdit-py-plugins``, which turn Markdown into HTML.
        ValueError: for an empty list, and for anything that is not a list of drills.

    Source: Moodle's documentation of the format, and its importer, ``question/format/xml``.

    >>> from cnncourse.drills import exam
    >>> text = moodle_xml(exam(count=3, seed=7, language="en"))
    >>> quiz = ElementTree.fromstring(text)
    >>> sorted({question.get("type") for question in quiz})
    ['category', 'numerical', 'shortanswer']
    """
    check_drills(drills)
    to_html = _markdown()
    quiz = ElementTree.Element("quiz")
    for category, tasks in groupby(sorted(drills, key=_place), key=_category):
        _add_text(_add(quiz, "question", type="category"), "category", category)
        for task in tasks:
            _add_question(quiz, task, to_html)
    ElementTree.indent(quiz)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(quiz, encoding="unicode") + "\n"


def _place(task):
    return list(TOPICS).index(task.topic), task.level, task.seed


def _category(task):
    """Give the place in the question bank; Moodle writes a slash in a name as two."""
    parts = (spoken(task.language).pick(_FIELD), task.title, "★" * task.level)
    return "/".join(("$course$", "top", *(part.replace("/", "//") for part in parts)))


def _add_question(quiz, task, to_html):
    kind = _kind(task)
    question = _add(quiz, "question", type=kind)
    _add_text(question, "name", f"{task.title} {'★' * task.level} {task.seed}")
    hint = f"\n\n{spoken(task.language).pick(_WRITE_IT)}" if kind == "shortanswer" else ""
    _add_text(question, "questiontext", to_html(task.question + hint), format="html")
    _add_text(question, "generalfeedback", to_html(task.solution), format="html")
    for name, value in {"defaultgrade": 1, "penalty": 0.3333333, "hidden": 0}.items():
        _add(question, name, value)
    _add(question, "idnumber", f"cnncourse-{task.topic}-{task.level}-{task.seed}-{task.language}")
    outcomes = [(task.answer, 100, SAY[task.language]["right"])]
    outcomes += [(value, 0, reveals) for value, reveals in task.mistakes]
    if kind == "multichoice":
        _add_choices(question, outcomes, task.lettered, to_html)
    elif kind == "shortanswer":
        _add_shapes(question, outcomes, to_html)
    else:
        _add_numbers(question, outcomes, to_html)
        _add_units(question, task)


def _kind(task):
    """Give Moodle's name for the kind of question."""
    if task.choices:
        return "multichoice"
    return "shortanswer" if isinstance(task.answer, tuple) else "numerical"


def _add_choices(question, outcomes, lettered, to_html):
    """Let one choice be ticked; Moodle shuffles them."""
    for name, value in {"single": "true", "shuffleanswers": "true", "answernumbering": "abc"}.items():
        _add(question, name, value)
    for letter, grade, feedback in outcomes:
        answer = _add(question, "answer", fraction=grade, format="html")
        _add(answer, "text", to_html(lettered[letter]))
        _add_text(answer, "feedback", to_html(feedback), format="html")


def _add_shapes(question, outcomes, to_html):
    _add(question, "usecase", 0)
    for shape, grade, feedback in outcomes:
        for form in _SHAPES:
            _add_answer(question, form.format(*shape), grade, to_html(feedback))


def _add_numbers(question, outcomes, to_html):
    values = [value for value, _, _ in outcomes]
    for value, grade, feedback in outcomes:
        answer = _add_answer(question, _plain(value), grade, to_html(feedback))
        _add(answer, "tolerance", _plain(tolerance(value, [other for other in values if other != value])))


def tolerance(value, others):
    """Tell how far from a number an answer may lie: a whole number is exact, others may be rounded.

    Half of the third figure, as :meth:`Drill.check` allows, but never more than a third of the way to the
    next of ``others``, so that no answer counts as another.

    >>> tolerance(96, [97]), tolerance(139.776, [136.5])
    (0, 0.5)
    >>> tolerance(3.965952, [3.964928])
    0.00034
    """
    if isinstance(value, int):
        return 0
    exact = Fraction(str(value))
    third_figure = Fraction(10) ** (Decimal(str(value)).adjusted() - 2)
    nearest = min(abs(exact - Fraction(str(other))) for other in others)
    return float(f"{float(min(third_figure / 2, nearest / 3)):.2g}")


def _add_units(question, task):
    """Let the unit be written or left out, memory also in another one; its multiplier is what 1 becomes."""
    kind, worth = UNITS.get(task.unit.casefold(), (None, 1))
    names = dict.fromkeys(name for name in task.spellings if name)
    multipliers = {name: Fraction(1) for name in names}
    if kind == "memory":
        multipliers |= {name: Fraction(worth, UNITS[name.casefold()][1]) for name in _MEMORY}
    if multipliers:
        units = _add(question, "units")
        for name, multiplier in multipliers.items():
            unit = _add(units, "unit")
            _add(unit, "multiplier", _plain(float(multiplier)))
            _add(unit, "unit_name", name)
    _add(question, "unitgradingtype", 0)  # a missing unit costs nothing
    _add(question, "showunits", 0 if multipliers else 3)


def _add_answer(question, text, grade, feedback):
    answer = _add(question, "answer", fraction=grade, format="moodle_auto_format")
    _add(answer, "text", text)
    _add_text(answer, "feedback", feedback, format="html")
    return answer


def _add_text(parent, name, text, **attributes):
    _add(_add(parent, name, **attributes), "text", text)


def _add(parent, name, text=None, **attributes):
    child = ElementTree.SubElement(parent, name, {key: str(value) for key, value in attributes.items()})
    child.text = None if text is None else str(text)
    return child


def _plain(number):
    """Write a number with a decimal point and without an exponent."""
    return f"{Decimal(str(number)):f}"


def _markdown():
    """Give a function that turns our Markdown into HTML."""
    try:
        from markdown_it import MarkdownIt
        from mdit_py_plugins.dollarmath import dollarmath_plugin
    except ImportError as error:
        raise ImportError(
            "Questions for Moodle need two more packages: pip install markdown-it-py mdit-py-plugins"
        ) from error
    reader = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, renderer=_mathjax)
    return lambda text: reader.render(text).strip()


def _mathjax(tex, options):
    begin, end = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
    return f"{begin}{escape(tex)}{end}"
