"""Keep together on a line what is read as one: ``8 × 8 × 384``, ``139.776 kB``, ``96 %``.

The text of the pages has ordinary spaces; the spaces that must not break are put in while building.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

NO_BREAK = "\N{NO-BREAK SPACE}"
SPACE = re.compile(
    r"(?<=[\dnf]) (?=× [\dnf])|(?<=×) (?=[\dnf])"  # a size
    r"|(?<=\d) (?=%|(?:B|KB|kB|KiB|MB|MiB|GB|GiB|Bit|bits)\b)"  # before a unit
)


def unbroken(text):
    """Replace the spaces inside a size and before a unit."""
    return SPACE.sub(NO_BREAK, text)


class KeepTogether(SphinxPostTransform):
    """Treat all running text; code and formulas stay as they are."""

    default_priority = 900  # after references have got their text

    def run(self):
        for node in list(self.document.findall(nodes.Text)):
            if not isinstance(node.parent, (nodes.literal, nodes.math, nodes.FixedTextElement)):
                text = unbroken(node.astext())
                if text != node.astext():
                    node.parent.replace(node, nodes.Text(text))


def setup(app):
    app.add_post_transform(KeepTogether)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
