"""A lab: something to touch on the page, and a table in its place where no script runs.

````md
```{lab} cnn-output-size
Stelle die Eingabe ein …                    <- what to do, shown above the lab with and without a script
```
````

The argument is the name of a custom element of ``theme/static/labs``. Its static table comes from
:mod:`extensions.lab_tables`, that is from ``cnncourse``; a page loads only the scripts of its own labs.
A link to the lab of the page ``book/padding-stride`` reads ``[…](#lab-padding-stride-cnn-output-size)``.
"""

from itertools import chain
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from extensions import drill_bank
from extensions.lab_tables import TABLES
from extensions.words import LABS, PAGE

SHARED = ("arithmetic.js", "shared.js")
BEFORE = {  # what a lab's script needs to be there before it: data, and computation without an interface
    "cnn-drill": ("drill-bank.js",),
    "cnn-lenet": ("lenet-network.js",),
}


class lab(nodes.General, nodes.Element):  # noqa: N801
    """The custom element around what is there without a script."""


class Lab(SphinxDirective):
    """The place of a lab: its title, what to do, and the static table."""

    has_content = True
    required_arguments = 1

    def run(self):
        name = self.arguments[0]
        if name not in TABLES:
            raise self.error(f"There is no lab {name!r}. There are {', '.join(sorted(TABLES))}.")
        language = self.config.language
        words = LABS[language][name]
        docname = self.env.docname
        self.env.metadata[docname].setdefault("labs", []).append(name)
        label = f"lab-{docname.rpartition('/')[2]}-{name}"
        self.env.get_domain("std").note_hyperlink_target(label, docname, name, words["title"])
        title = nodes.paragraph(classes=["lab-title"])
        kind = PAGE[language]["lab"]
        title += [nodes.inline(kind, kind, classes=["box-kind"]), nodes.Text(" "), nodes.Text(words["title"])]
        fallback = nodes.container(classes=["lab-fallback"])
        fallback += self.table(words["columns"], TABLES[name](language))
        return [lab("", title, *self.parse_content_to_nodes(), fallback, ids=[name], label=words["title"])]

    def table(self, columns, rows):
        """A table node of these column titles and rows of strings."""
        group = nodes.tgroup(cols=len(columns))
        group += [nodes.colspec(colwidth=1) for _ in columns]
        group += nodes.thead("", self.row(columns))
        group += nodes.tbody("", *map(self.row, rows))
        return nodes.table("", group)

    def row(self, texts):
        return nodes.row("", *(nodes.entry("", nodes.paragraph(text, text)) for text in texts))


def visit_lab(translator, node):
    attributes = {"role": "region", "aria-label": node["label"]}
    translator.body.append(translator.starttag(node, *node["ids"], CLASS="lab", **attributes))


def depart_lab(translator, node):
    translator.body.append(f"</{node['ids'][0]}>\n")


def load_scripts(app, pagename, _template, _context, _doctree):
    """Let a page load what its own labs need."""
    names = app.env.metadata.get(pagename, {}).get("labs", [])
    if names:
        app.add_css_file("labs/labs.css")
        own = [(*BEFORE.get(name, ()), f"{name.removeprefix('cnn-')}.js") for name in names]
        for script in chain(SHARED, *own):
            app.add_js_file(f"labs/{script}", loading_method="defer")


def write_drill_bank(app):
    """Let ``cnncourse.drills`` write the tasks of this edition."""
    if app.builder.format == "html":
        target = Path(app.outdir, "_static", "labs", "drill-bank.js")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(drill_bank.script(app.config.language), encoding="utf-8", newline="\n")


def setup(app):
    app.add_directive("lab", Lab)
    app.add_node(lab, html=(visit_lab, depart_lab))
    app.connect("builder-inited", write_drill_bank)
    app.connect("html-page-context", load_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
