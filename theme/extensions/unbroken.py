"""Keep on one line what is read as one: ``8 × 8 × 384``, ``96 %``, ``Conv 2``, a formula and its full stop.

The text of the pages has ordinary spaces; what must not break is put in while building.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

NO_BREAK = "\N{NO-BREAK SPACE}"
UNITS = r"%|(?:B|KB|kB|KiB|MB|MiB|GB|GiB|Byte|bytes|Bit|bits|MACs?)\b"
NUMBERED = (
    r"[Cc]onv|[Dd]ense|[Pp]adding|[Ss]tride|[Dd]ilation|[Ss]eed|[Ff]igure|Abbildung|[Ss]ection|Abschnitt"
)
SPACE = re.compile(  # begins with the space, which is found at once
    r" (?:(?<=\w )(?=× \w)|(?<=× )(?=\w)"  # a size
    rf"|(?<=\d )(?={UNITS})"
    r"|(?<=\([a-h]\) )(?=\S|$)"  # a part of an exercise, and what it asks
    r"|(?<=CC )(?=BY)|(?<=BY )(?=\d))"
)
NUMBER = re.compile(rf"\b({NUMBERED}) (?=\d)")
NAME = re.compile(r"\b((?:LeNet|CIFAR)-\d+|Le-Net\d?|Layer-Typen|\d+-%-\w+)\b")
OPENING = re.compile(r"[(\[„“]+$")
CLOSING = re.compile(r"[.,;:!?)\]“”]+")


def unbroken(text):
    """Replace the spaces inside a size, before a unit, and before a number that is a name."""
    return NUMBER.sub(rf"\1{NO_BREAK}", SPACE.sub(NO_BREAK, text))


class KeepTogether(SphinxPostTransform):
    """Treat all running text; code and formulas stay as they are."""

    default_priority = 900  # after references have got their text

    def run(self):
        for node in list(self.document.findall(nodes.math)):
            self.join(node)
        for node in list(self.document.findall(nodes.Text)):
            if not isinstance(node.parent, (nodes.literal, nodes.math, nodes.FixedTextElement)):
                self.join_words(node)

    def join_words(self, node):
        """Treat one text, if there is anything to treat."""
        parts = NAME.split(unbroken(node.astext()))
        if parts != [node]:
            parts = list(map(nodes.Text, parts))
            parts[1::2] = [together(name) for name in parts[1::2]]
            node.parent.replace(node, parts)

    def join(self, math):
        """Let no line break come between a formula and the bracket before it or the full stop after it."""
        line = math.parent
        at = line.index(math)
        before, after = line[at - 1 : at] if at else [], line[at + 1 : at + 2]
        opening = OPENING.search(before[0]) if before and isinstance(before[0], nodes.Text) else None
        closing = CLOSING.match(after[0]) if after and isinstance(after[0], nodes.Text) else None
        if opening:
            line[at - 1] = nodes.Text(before[0][: opening.start()])
        if closing:
            line[at + 1] = nodes.Text(after[0][closing.end() :])
        if opening or closing:
            edges = [nodes.Text(found.group()) if found else nodes.Text("") for found in (opening, closing)]
            line[at] = together(edges[0], math, edges[1])


def together(*parts):
    return nodes.inline("", "", *parts, classes=["together"])


def treat_contents(_app, env):
    """The same for the list of a page's sections, which is made apart from the page."""
    for contents in env.tocs.values():
        for node in list(contents.findall(nodes.Text)):
            node.parent.replace(node, nodes.Text(unbroken(node.astext())))


def setup(app):
    app.add_post_transform(KeepTogether)
    app.connect("env-updated", treat_contents)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
