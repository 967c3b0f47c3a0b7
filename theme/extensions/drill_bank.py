"""The tasks of the lab cnn-drill: drawn by ``cnncourse.drills``, their Markdown rendered at build time.

The bank is a script, because a page opened from disk may not fetch a file. The tasks on concepts, and the
solutions of the others, are in scripts of their own, which the lab loads once it needs them. Formulas are
MathML, which browsers draw without a style sheet. Numbers are texts, so that the lab reads them as exactly
as Python does.
"""

import json
import re
from hashlib import sha256
from itertools import count as counting
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

import cnncourse as cc
from cnncourse.drills import answers
from cnncourse.drills.concepts import Concepts
from cnncourse.drills.topics import TOPICS, latest_version
from cnncourse.drills.verdicts import SAY
from cnncourse.language import spoken
from extensions.katex import renderer
from extensions.unbroken import unbroken

TASKS = {1: 5, 2: 5, 3: 4}  # of each topic, by level
UNNEEDED = re.compile(
    r'<annotation.*?</annotation>|</?(?:semantics|span|mstyle)\b[^>]*>|<mrow></mrow>| xmlns="[^"]*"',
    re.DOTALL,
)
SOURCES = (Path(cc.__file__).parent, Path(__file__).parent)
WORD = re.compile(r"<mi>(?=\w\w)")  # such as max: upright, which labs.css cannot tell from a letter
TABLE = re.compile(r"<mtable[^>]*>")  # labs.css aligns its columns; no attribute that browsers know does


def scripts(language):
    """The text of each script in one language: the calculations, and what is loaded later."""
    tasks = calculations(language)
    solutions = written("drillSolutions", [task.pop("solution") for task in tasks])
    concepts = written("conceptBank", packed(concept_tasks(language)))
    bank = {
        **tables(language),
        "topics": {name: spoken(language).pick(topic.title) for name, topic in TOPICS.items()},
        "sections": {name: topic.section for name, topic in TOPICS.items()},
        "later": [name for name, topic in TOPICS.items() if isinstance(topic, Concepts)],
        "concepts": versioned("concept-bank.js", concepts),
        "solutions": versioned("drill-solutions.js", solutions),
        **packed(tasks),
    }
    return {
        "drill-bank.js": written("drillBank", bank),
        "concept-bank.js": concepts,
        "drill-solutions.js": solutions,
    }


def is_newest(folder):
    """Whether the scripts in a folder are there, and newer than all that they are made from."""
    bank = folder / "drill-bank.js"
    sources = (path for source in SOURCES for path in source.rglob("*.py"))
    return bank.is_file() and bank.stat().st_mtime > max(path.stat().st_mtime for path in sources)


def versioned(name, content):
    """The address of a script, another one for each content."""
    return f"{name}?v={sha256(content.encode()).hexdigest()[:8]}"


def calculations(language):
    """Some tasks of every topic and level with numbers."""
    version = latest_version()
    return [
        shown(cc.drill(topic, level, seed, language, version=version))
        for topic, kind in TOPICS.items()
        if not isinstance(kind, Concepts)
        for level, count in TASKS.items()
        for seed in range(count)
    ]


def concept_tasks(language):
    """Every task on concepts once, each with the first seed that draws it."""
    tasks, version = {}, latest_version()
    for topic, kind in TOPICS.items():
        for level in TASKS if isinstance(kind, Concepts) else ():
            drawn = (cc.drill(topic, level, seed, language, version=version) for seed in counting())
            wanted = len(tasks) + kind.stock(level, version)
            while len(tasks) < wanted:
                task = next(drawn)
                tasks.setdefault(task.question, task)
    return list(map(shown, tasks.values()))


def packed(tasks):
    """Tasks by columns; sentences on mistakes, the same in many tasks, are written once."""
    reveals = sorted({mistake["reveals"] for task in tasks for mistake in task["mistakes"]})
    for task in tasks:
        task["mistakes"] = [[each["value"], reveals.index(each["reveals"])] for each in task["mistakes"]]
    plainly = [unbroken(text.replace("`", "")) for text in reveals]  # shown as text
    return {"reveals": plainly, "columns": columns(tasks)}


def written(name, content):
    """A script that makes the content known by this name."""
    return f"cnncourse.{name} = {json.dumps(content, ensure_ascii=False, separators=(',', ':'))};\n"


def tables(language):
    """What the lab needs to read an answer: the units, the words for thousands, and what to say."""
    return {
        "language": language,
        "units": answers.UNITS,
        "mistakable": answers.MISTAKABLE,
        "thousands": answers.THOUSANDS,
        "say": SAY[language],
    }


def checkable(task):
    """What the lab needs to check an answer to this task."""
    return {
        "answer": text(task.answer),
        "unit": task.unit_key,
        "name": task.unit,
        "spellings": list(task.spellings),
        "choices": list(task.choices),
        "mistakes": [{"value": text(value), "reveals": reveals} for value, reveals in task.mistakes],
    }


def shown(task):
    """A task as the lab shows and checks it."""
    where = {"topic": task.topic, "level": task.level, "seed": task.seed}
    shown = {"question": html(task.question), "solution": html(task.solution), "section": task.section}
    options = {"options": [MARKDOWN.renderInline(choice) for choice in task.choices]}
    return {**where, **checkable(task), **shown, **options}


def columns(tasks):
    """All tasks, one list for each of their parts: so the bank compresses to half of what it would be."""
    return {part: [task[part] for task in tasks] for part in tasks[0]}


def text(value):
    return [str(size) for size in value] if isinstance(value, tuple) else str(value)


def html(markdown):
    return MARKDOWN.render(markdown).strip()


def mathml(tex, options):
    answer = renderer.render(tex, options["display_mode"], "mathml")
    if "error" in answer:
        raise ValueError(f"KaTeX: {answer['error']} in {tex!r}")
    kept = WORD.sub('<mi mathvariant="normal">', UNNEEDED.sub("", answer["html"]))
    return TABLE.sub('<mtable displaystyle="true">', kept)


def keep_together(state):
    """What the page keeps on a line, the lab keeps, too: in text, not in code and formulas."""
    for token in (part for block in state.tokens for part in block.children or ()):
        if token.type == "text":
            token.content = unbroken(token.content)


MARKDOWN = MarkdownIt().enable("table").use(dollarmath_plugin, renderer=mathml)
MARKDOWN.core.ruler.push("unbroken", keep_together)
