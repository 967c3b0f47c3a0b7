"""The list of corrections: each one as its chapter has it, and why it matters.

````md
```{erratum} correction-floor
Why this error matters: the only words that the list adds.
```
````

The argument is the label of a ``correction`` box. Title, quotation, correction and proof are taken from
that box when the page is written, so that the list cannot differ from the chapters.
"""

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from extensions.words import PAGE

logger = logging.getLogger(__name__)


class erratum(nodes.General, nodes.Element):  # noqa: N801
    """Holds the place of a correction until every chapter is read; its children say why it matters."""


class Erratum(SphinxDirective):
    """A correction of a chapter, by its label."""

    has_content = True
    required_arguments = 1

    def run(self):
        self.env.note_reread()  # a chapter may have changed
        node = erratum("", *self.parse_content_to_nodes(), label=self.arguments[0])
        self.set_source_info(node)
        return [node]


class FillErrata(SphinxPostTransform):
    """Put the corrections in their places, before references are resolved."""

    default_priority = 1

    def run(self):
        doctrees = {}
        for node in list(self.document.findall(erratum)):
            docname, anchor, _ = self.env.get_domain("std").labels.get(node["label"], (None, None, None))
            if docname is None:
                logger.warning("No correction has the label %r.", node["label"], location=node)
                node.replace_self(node.children)
                continue
            if docname not in doctrees:
                doctrees[docname] = self.env.get_doctree(docname)
            box = next(each for each in doctrees[docname].findall(nodes.admonition) if anchor in each["ids"])
            node.replace_self(self.filled(node, box, docname, anchor))

    def filled(self, node, box, docname, anchor):
        """The box as it stands in the chapter, with why it matters and the way there."""
        words = PAGE[self.config.language]
        copy = box.deepcopy()
        chapter = self.app.builder.get_relative_uri(self.env.docname, docname)
        for part in copy.findall(nodes.Element):
            part["ids"] = []
            if isinstance(part, pending_xref):
                part["refdoc"] = self.env.docname
            elif part.get("refid"):  # a place of the chapter, seen from here
                part["refuri"] = f"{chapter}#{part.attributes.pop('refid')}"
        copy["ids"] = [f"erratum-{anchor}"]
        copy.children[0].pop(0)  # the title, without the word "correction"
        caption = nodes.paragraph("", words["matters"], classes=["box-caption"])
        copy.insert(3, nodes.container("", caption, *node.children, classes=["matters"]))
        link = make_refnode(
            self.app.builder, self.env.docname, docname, anchor, nodes.Text(words["in_chapter"])
        )
        proof = copy.children[-1]
        proof += [nodes.Text("\N{NO-BREAK SPACE}· "), link]
        return copy


def setup(app):
    app.add_node(erratum)
    app.add_directive("erratum", Erratum)
    app.add_post_transform(FillErrata)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
