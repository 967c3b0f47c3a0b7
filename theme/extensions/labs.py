"""A lab: something to touch on the page, and a table in its place where no script runs.

````md
```{lab} cnn-output-size
Stelle die Eingabe ein …                    <- what to do, shown above the lab with and without a script
```
````

The argument is the name of a custom element of ``theme/static/labs``. Its static table comes from
:mod:`extensions.lab_tables`, that is from ``cnncourse``; a page loads only the scripts of its own labs.
A link to the lab of the page ``book/padding-stride`` reads ``[…](#lab-padding-stride-cnn-output-size)``, and
``[…](#lab-padding-stride-cnn-output-size?n=224&f=11&s=4)`` opens it in this state, as its own link would.

```{lab} cnn-code output_size``` is a box in which the reader writes the function of that exercise of
``cnncourse``; a page may have several (:mod:`extensions.code_box`).
"""

from itertools import chain
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

import cnncourse as cc
from extensions import code_box, drill_bank
from extensions.lab_tables import TABLES
from extensions.tables import table
from extensions.words import LABS, PAGE

BEFORE = {  # what a lab's script needs to be there before it: data, and computation without an interface
    "cnn-architect": ("architect-layers.js",),
    "cnn-drill": ("drill-bank.js",),
    "cnn-digit": ("lenet-network.js",),
    "cnn-lenet": ("lenet-network.js", "digit.js"),
    "cnn-trainer": ("trainer-network.js",),
}


NO_FORMULAS = (code_box.NAME, "cnn-digit")


def scripts(name):
    """The scripts that a lab needs, in their order; what has no formulas to show needs no arithmetic."""
    shared = ("shared.js",) if name in NO_FORMULAS else ("arithmetic.js", "shared.js")
    return (*shared, *BEFORE.get(name, ()), f"{name.removeprefix('cnn-')}.js")


class lab(nodes.General, nodes.Element):  # noqa: N801
    """The custom element around what is there without a script."""


class Lab(SphinxDirective):
    """The place of a lab: its title, what to do, and what is there without a script."""

    has_content = True
    required_arguments = 1
    optional_arguments = 1

    def run(self):
        name, *exercise = self.arguments
        if name == code_box.NAME and exercise:
            return self.code_box(*exercise)
        if name not in TABLES or exercise:
            known = ", ".join(sorted([*TABLES, f"{code_box.NAME} <exercise>"]))
            raise self.error(f"There is no lab {' '.join(self.arguments)!r}. There are {known}.")
        words = LABS[self.config.language][name]
        fallback = table(words["columns"], TABLES[name](self.config.language))
        return [self.placed(name, name, words["title"], self.parse_content_to_nodes(), fallback)]

    def code_box(self, name):
        """A box in which the reader writes a function."""
        if name not in cc.EXERCISES:
            raise self.error(f"There is no exercise {name!r}. There are {', '.join(cc.EXERCISES)}.")
        exercise = cc.exercise(name, language=self.config.language)
        content = [*self.parse_content_to_nodes(), *self.parse_text_to_nodes(exercise.task)]
        fallback = code_box.folded(exercise, self.parse_text_to_nodes)
        box = self.placed(code_box.NAME, f"{code_box.NAME}-{name}", exercise.title, content, *fallback)
        box["exercise"] = name
        return [box]

    def placed(self, name, anchor, title, content, *fallback):
        """The element of a lab with this id, known to the page and to whoever links to it."""
        docname, page = self.env.docname, PAGE[self.config.language]
        self.env.metadata[docname].setdefault("labs", []).append(name)
        target = f"lab-{docname.rpartition('/')[2]}-{anchor}"
        self.env.get_domain("std").note_hyperlink_target(target, docname, anchor, title)
        kind = page["code_box" if name == code_box.NAME else "lab"]
        head = nodes.paragraph(classes=["lab-title"])
        head += [nodes.inline(kind, kind, classes=["box-kind"]), nodes.Text(" "), nodes.Text(title)]
        without_script = nodes.container("", *fallback, classes=["lab-fallback"])
        label = f"{kind}: {title}" if name == code_box.NAME else title  # beside a lab of the same title
        return lab("", head, *content, without_script, ids=[anchor], element=name, label=label)


class LinkStates(SphinxPostTransform):
    """Lead a link with a state to its lab; what is left of it, the lab reads from the address."""

    default_priority = 8  # before MyST, to which the label and the state are one

    def run(self):
        labs = self.env.get_domain("std").anonlabels
        for node in list(self.document.findall(pending_xref)):
            label, _, state = node["reftarget"].partition("?")
            if state and label.startswith("lab-") and label in labs:
                docname, anchor = labs[label]
                target = f"{anchor}?{state}"
                node.replace_self(make_refnode(self.app.builder, self.env.docname, docname, target, node[0]))


def visit_lab(translator, node):
    attributes = {"role": "region", "aria-label": node["label"]}
    if "exercise" in node:
        attributes["data-exercise"] = node["exercise"]
    translator.body.append(translator.starttag(node, node["element"], CLASS="lab", **attributes))


def depart_lab(translator, node):
    translator.body.append(f"</{node['element']}>\n")


def load_scripts(app, pagename, _template, _context, _doctree):
    """Let a page load what its own labs need."""
    names = app.env.metadata.get(pagename, {}).get("labs", [])
    if names:
        app.add_css_file("labs/labs.css")
        ordered = sorted(names, key=lambda name: name in NO_FORMULAS)  # shared.js comes after arithmetic.js
        for script in dict.fromkeys(chain.from_iterable(map(scripts, ordered))):
            app.add_js_file(f"labs/{script}", loading_method="defer")


def write_drill_bank(app):
    """Let ``cnncourse.drills`` write the tasks of this edition, if it has changed since."""
    folder = Path(app.outdir, "_static", "labs")
    if app.builder.format == "html" and not drill_bank.is_newest(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in drill_bank.scripts(app.config.language).items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")


def setup(app):
    app.add_directive("lab", Lab)
    app.add_post_transform(LinkStates)
    app.add_node(lab, html=(visit_lab, depart_lab))
    app.connect("builder-inited", write_drill_bank)
    app.connect("html-page-context", load_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
