"""The book's boxes: the notes' own words, corrections, exercises and folded solutions.

````md
```{notes-quote} Padding
„Valid“: …                                  <- the notes' own words; the argument says where
```

```{correction} Die Division geht nicht auf
:label: correction-floor
:proof: [alle Fälle](#padding-stride:grid)
> (n + 2p - f)/s + 1                        <- first, the notes' sentence

Richtig ist …, weil …                       <- what is right, and why
```                                            (``:incomplete:`` where the sentence is right, but not all)

```{exercise} Fünf mal fünf
:label: exercise-five
…
```

```{solution} exercise-five
:class: dropdown
…
```
````

Exercises count per page, and ``{ref}`exercise-five` `` reads "Übung 1". ``:class: dropdown`` folds any
admonition into a ``<details>``, which needs no script. The code cells of a notebook can be linked as
``#<notebook>:<cell id>``.
"""

import json
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from extensions.words import PAGE


class Box(SphinxDirective):
    """An admonition with a title of its kind and, if given, a title of its own."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = {  # noqa: RUF012
        "class": directives.class_option,
        "label": directives.unchanged_required,
        "lang": directives.unchanged_required,
        "proof": directives.unchanged_required,
    }

    @property
    def words(self):
        return PAGE[self.config.language]

    def box(self, kind, title, body):
        """The admonition node, labelled when the directive has a label."""
        node = nodes.admonition(classes=[kind, *self.options.get("class", [])])
        self.set_source_info(node)
        title_node = nodes.title("", "", *title)
        node += [title_node, *body]
        if "label" in self.options:
            self.label(node, self.options["label"], title_node.astext())
        return node

    def label(self, node, label, reference_text):
        """Make the node a target for ``{ref}`` with this text."""
        node["ids"].append(nodes.make_id(label))
        standard = self.env.get_domain("std")
        standard.note_hyperlink_target(label, self.env.docname, nodes.make_id(label), reference_text)

    def titled(self, kind):
        """``Kind`` set apart, then the directive's own title."""
        own = self.parse_inline(self.arguments[0])[0] if self.arguments else []
        return [nodes.inline(kind, kind, classes=["box-kind"]), nodes.Text(" "), *own]


class NotesQuote(Box):
    """The lecture notes' own words."""

    def run(self):
        place = f"\N{NO-BREAK SPACE}· {self.arguments[0]}" if self.arguments else ""
        words = nodes.block_quote("", *self.parse_content_to_nodes())
        if "lang" in self.options:
            words["classes"].append(f"language-{self.options['lang']}")
        return [self.box("notes-quote", [nodes.Text(self.words["notes_quote"] + place)], [words])]


class Correction(Box):
    """A sentence of the notes that is wrong or incomplete, what is right and why, and where it is proved."""

    option_spec = Box.option_spec | {"incomplete": directives.flag}

    def run(self):
        quote, *rest = self.parse_content_to_nodes() or [None]
        if not isinstance(quote, nodes.block_quote) or not rest:
            raise self.error(
                "A correction holds the notes' sentence as a block quote (> …), then what is right."
            )
        incomplete = "incomplete" in self.options
        right = self.labelled("more_precisely" if incomplete else "right_is", rest)
        body = [self.labelled("notes_say", [quote]), right]
        if "proof" in self.options:
            proof, _messages = self.parse_inline(self.options["proof"])
            body.append(nodes.paragraph("", f"{self.words['proof']}: ", *proof, classes=["proof"]))
        box = self.box(
            "correction", self.titled(self.words["addition" if incomplete else "correction"]), body
        )
        box["classes"] += ["incomplete"] if incomplete else []
        return [box]

    def labelled(self, kind, content):
        caption = nodes.paragraph("", self.words[kind], classes=["box-caption"])
        return nodes.container("", caption, *content, classes=[kind.replace("_", "-")])


class Exercise(Box):
    """A numbered exercise."""

    def run(self):
        numbers = self.env.temp_data.setdefault("exercises", {})
        label = self.options.get("label", f"{self.env.docname}-{len(numbers) + 1}")
        numbers[label] = f"{self.words['exercise']} {len(numbers) + 1}"
        node = self.box("exercise", self.titled(numbers[label]), self.parse_content_to_nodes())
        if "label" in self.options:  # a reference says "Übung 1", not the whole title
            standard = self.env.get_domain("std")
            standard.labels[label] = (self.env.docname, nodes.make_id(label), numbers[label])
        return [node]


class Solution(Box):
    """The solution of an exercise above it on the same page."""

    required_arguments = 1
    optional_arguments = 0

    def run(self):
        number = self.env.temp_data.get("exercises", {}).get(self.arguments[0])
        if number is None:
            raise self.error(f"No exercise above has the label {self.arguments[0]!r}.")
        title = [nodes.Text(f"{self.words['solution']} {number}")]
        return [self.box("solution", title, self.parse_content_to_nodes())]


class folded(nodes.General, nodes.Element):  # noqa: N801
    """An admonition that opens on request: a title, then the rest."""


class FoldDropdowns(SphinxPostTransform):
    """Turn every admonition of class ``dropdown`` into a ``<details>``."""

    default_priority = 400
    formats = ("html",)

    def run(self):
        for node in list(self.document.findall(nodes.Admonition)):
            if "dropdown" in node["classes"]:
                node.replace_self(folded("", *node.children, ids=node["ids"], classes=node["classes"]))


def visit_folded(translator, node):
    title = node.pop(0)
    translator.body.append(translator.starttag(node, "details", CLASS="admonition"))
    translator.body.append('<summary class="admonition-title">')
    for child in title.children:
        child.walkabout(translator)
    translator.body.append("</summary>\n")


def depart_folded(translator, _node):
    translator.body.append("</details>\n")


def label_cells(app, doctree):
    """Give each code cell of a notebook the label ``<notebook>:<cell id>``."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    standard = app.env.get_domain("std")
    for node in doctree.findall(nodes.container):
        cell_id = cells[node["cell_index"]].get("id") if "cell_index" in node else None
        if cell_id:
            anchor, label = f"cell-{cell_id}", f"{path.stem}:{cell_id}".lower()
            node["ids"].append(anchor)
            title = f"{PAGE[app.config.language]['cell']} {cell_id}"
            standard.note_hyperlink_target(label, app.env.docname, anchor, title)


def setup(app):
    app.add_directive("notes-quote", NotesQuote)
    app.add_directive("correction", Correction)
    app.add_directive("exercise", Exercise)
    app.add_directive("solution", Solution)
    app.add_node(folded, html=(visit_folded, depart_folded))
    app.add_post_transform(FoldDropdowns)
    app.connect("doctree-read", label_cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
