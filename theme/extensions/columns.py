r"""Numbers stand on the right: every column of a table that holds nothing else, its head included.

A column of formulas counts, too, where each ends in its result, as ``$6 \cdot 26 = 156$`` does. Sizes such as
``5 × 5`` read like words. An author who aligns a column (``---:``) has the last word.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

NUMBER = re.compile(r"[≈<>]?\s*[+−-]?\d[\d.,\s]*(%|[kMG]?i?B|s|ms)?")
TEX = re.compile(r"\\(?:text|,|approx|le|ge|;|:)|[{}\\]")
RESULT = re.compile(r".*(?:=|\\approx)\s*")


def is_number(cell):
    """Tell whether a cell is a number, with its unit, or a formula that ends in one.

    >>> is_number("34.944"), is_number("≈ 1,8 %"), is_number("5 × 5"), is_number("conv1")
    (True, True, False, False)
    """
    return bool(NUMBER.fullmatch(" ".join(cell.split())))


def shown(cell):
    """The text of a cell; of a formula the result."""
    text = cell.astext()
    for formula in cell.findall(nodes.math):
        text = text.replace(formula.astext(), TEX.sub("", RESULT.sub("", formula.astext())))
    return text.strip()


class NumbersOnTheRight(SphinxPostTransform):
    """Align the columns of all tables."""

    default_priority = 800  # before formulas are kept together with their full stops

    def run(self):
        for group in self.document.findall(nodes.tgroup):
            rows = list(group.findall(nodes.row))
            body = [row for row in rows if isinstance(row.parent, nodes.tbody)]
            for column in range(int(group["cols"])):
                cells = [shown(row[column]) for row in body]
                if any(cells) and all(map(is_number, filter(None, cells))):
                    for row in rows:
                        align(row[column])


def align(cell):
    if not any(name.startswith("text-") for name in cell["classes"]):
        cell["classes"].append("text-right")


def setup(app):
    app.add_post_transform(NumbersOnTheRight)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
