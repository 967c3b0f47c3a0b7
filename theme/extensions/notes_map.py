"""Where each line of the lecture notes is explained and proved.

````md
```{notes-map} 19-23
```
````

The argument are lines of the notes. ``book/notes-map.yml`` holds them, for both editions: by its number each
line's own words, what an edition adds below them (a translation, if they are German), and the labels of the
places that answer it. A label with a colon is a notebook's cell and proves; any other one, of a page, a
section, a box or a formula, explains or, in the case of a correction, corrects.
"""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from extensions.words import PAGE

LINES = Path(__file__).resolve().parents[2] / "book" / "notes-map.yml"
CODE = range(71, 105)  # the notes' one block of code, with its fence
FENCE = (71, 104)  # these say nothing
# What the notes' editor adds to the words: bullets, anchors, links; of a picture, the name stays.
EDITOR = re.compile(r"^\s*(?:- |# )?|\s\^[\w-]+$|\[\[[^|\]]*\||\]\]|!\[.*/|\?raw=\)$")

logger = logging.getLogger(__name__)


@cache
def all_lines():
    """The notes' lines by number, read once a build."""
    return yaml.safe_load(LINES.read_text(encoding="utf-8"))


class places(nodes.General, nodes.Element):  # noqa: N801
    """Holds the place of a line's links until every page is read."""


class NotesMap(SphinxDirective):
    """Lines of the notes, each with the places that answer it."""

    required_arguments = 1

    def run(self):
        self.env.note_dependency(str(LINES))
        self.env.note_reread()  # a title that a link shows may have changed
        first, last = map(int, self.arguments[0].split("-"))
        lines = all_lines()
        items = [
            self.item(number, lines[number])
            for number in range(first, last + 1)
            if number in lines and number not in FENCE
        ]
        return [nodes.bullet_list("", *items, classes=["notes-map"])]

    def item(self, number, line):
        words = self.words(number, line["notes"])
        depth = f"depth-{line['notes'].count(chr(9))}"
        item = nodes.list_item("", words, classes=[depth] + ["is-code"] * (number in CODE))
        said = {"de": "german", "en": "english"}[self.config.language]
        if said in line:
            translation = nodes.paragraph("", "", *self.parse_inline(line[said])[0], classes=["translation"])
            item += translation
        item += places("", labels=line["answers"])
        return item

    def words(self, number, line):
        if number in CODE:
            return nodes.paragraph("", "", nodes.literal("", line.strip()), classes=["notes-words"])
        german = self.parse_inline(EDITOR.sub("", line))[0]
        classes = ["notes-words"] + ["language-de"] * (self.config.language != "de")
        return nodes.paragraph("", "", *german, classes=classes)


class FillPlaces(SphinxPostTransform):
    """Link each line to its places, by the titles that these have."""

    default_priority = 1

    def run(self):
        titles = {}
        for node in list(self.document.findall(places)):
            by_kind = {"explained": [], "correction": [], "proved": []}
            for label in node["labels"]:
                by_kind[kind_of(label)].append(label)
            paragraphs = [self.links(kind, labels, titles) for kind, labels in by_kind.items() if labels]
            node.replace_self(nodes.container("", *paragraphs, classes=["places"]))

    def links(self, kind, labels, titles):
        word = PAGE[self.config.language][kind]
        paragraph = nodes.paragraph("", "", nodes.inline("", f"{word}:"), nodes.Text(" "), classes=[kind])
        shown = Counter()
        for label in labels:
            link = self.link(label, titles)
            title = link.astext()
            if shown:
                paragraph += nodes.Text("\N{NO-BREAK SPACE}· ")
            if shown[title]:  # another cell of the same section
                link[0] = nodes.Text(f"{title} ({shown[title] + 1})")
            shown[title] += 1
            paragraph += link
        return paragraph

    def link(self, label, titles):
        found = self.find(label)
        if found is None:
            logger.warning("The notes' map leads to %r, which is no page and no label.", label)
            return nodes.inline("", label)
        docname, anchor = found
        if docname not in titles:
            titles[docname] = titles_of(self.env.get_doctree(docname))
        title = titles[docname][anchor] if anchor else self.env.titles[docname].astext()
        for kind in ("correction", "addition"):  # it is said before
            title = title.removeprefix(f"{PAGE[self.config.language][kind]} ")
        return make_refnode(self.app.builder, self.env.docname, docname, anchor, nodes.Text(title))

    def find(self, label):
        """The page and the anchor of a label."""
        if label in self.env.titles:
            return label, ""
        if label in (labels := self.env.get_domain("std").labels):
            return labels[label][:2]
        if label in (equations := self.env.get_domain("math").equations):
            return equations[label][0], f"equation-{nodes.make_id(label)}"
        return None


def kind_of(label):
    """What the place of this label does for a line of the notes."""
    if ":" in label:
        return "proved"
    return "correction" if label.startswith("correction-") else "explained"


def titles_of(doctree):
    """For each anchor of a page, the title of the section that it is in; a correction has its own."""
    corrections = [box for box in doctree.findall(nodes.admonition) if "correction" in box["classes"]]
    return {
        anchor: titled.next_node(nodes.title).astext()
        for titled in [*doctree.findall(nodes.section), *corrections]  # the inner ones come later and win
        for node in titled.findall(nodes.Element)
        for anchor in node["ids"]
    }


def setup(app):
    app.add_node(places)
    app.add_directive("notes-map", NotesMap)
    app.add_post_transform(FillPlaces)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
