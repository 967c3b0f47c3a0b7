"""What the page holds of a box in which the reader writes a function, with and without its script.

The function to fill in, two hints and the solution, each folded; ``theme/static/labs/code.js`` makes a field
and buttons of them, and Python, which it loads on the first check, does the rest.
"""

from docutils import nodes

from extensions.words import PAGE

NAME = "cnn-code"


def folded(exercise, parsed):
    """The nodes for an exercise; ``parsed`` turns Markdown into nodes."""
    words = PAGE[exercise.language]
    hints = [
        fold(f"{words['hint']} {number}", parsed(hint)) for number, hint in enumerate(exercise.hints, start=1)
    ]
    return [code(exercise.starter), *hints, fold(words["box_solution"], [code(exercise.solution)])]


def code(source):
    return nodes.literal_block(source, source.rstrip(), language="python")


def fold(title, content):
    """An admonition that opens on request (:mod:`extensions.boxes`)."""
    return nodes.admonition("", nodes.title(title, title), *content, classes=["dropdown", "code-fold"])
