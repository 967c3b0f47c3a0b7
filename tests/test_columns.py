"""Columns of numbers stand on the right, those of words and sizes on the left."""

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from extensions.columns import NumbersOnTheRight

TABLE = r"""
.. list-table::
   :header-rows: 1

   * - layer
     - size
     - count
     - share
     - formula
     - mixed
     - empty
   * - conv1
     - 5 × 5
     - 34.944
     - ≈ 1,8 %
     - :math:`3 \cdot 2 = 6`
     - 7
     -
   * - 5
     - 28 × 28
     - −2
     -
     - :math:`5{,}8\,\text{MB}`
     - seven
     -
"""


@pytest.fixture
def table():
    document = publish_doctree(TABLE)
    NumbersOnTheRight(document).run()
    return document


@pytest.mark.parametrize(
    ("column", "right"),
    [
        ("layer", False),
        ("size", False),
        ("count", True),
        ("share", True),
        ("formula", True),
        ("mixed", False),
        ("empty", False),
    ],
)
def test_numbers_stand_on_the_right(table, column, right):
    rows = [row.children for row in table.findall(nodes.row)]
    at = [cell.astext() for cell in rows[0]].index(column)
    assert {"text-right" in row[at]["classes"] for row in rows} == {right}
