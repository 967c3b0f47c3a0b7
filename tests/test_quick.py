"""What is done quicker gives what docutils itself gives: the same nodes in the same order, the same texts."""

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from extensions.quick import as_text, find_all, find_below

PAGE = """
Title
=====

One *two* ``three``.

- four
- *five* and six

+---+---+
| a | b |
+---+---+
"""
CONDITIONS = [
    None,
    nodes.Text,
    nodes.emphasis,
    nodes.document,
    lambda node: isinstance(node, nodes.list_item),
]


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("options", [{}, {"include_self": False}, {"descend": False}, {"siblings": True}])
def test_the_same_nodes_in_the_same_order(condition, options):
    for start in find_all(publish_doctree(PAGE)):
        assert [*find_below(start, condition, **options)] == [*find_all(start, condition, **options)]


@pytest.mark.parametrize("find", [find_all, find_below])
def test_what_a_transform_puts_in_the_place_of_a_node_is_walked_on(find):
    page, walked = publish_doctree(PAGE), []
    for found in find(page, nodes.emphasis):
        walked.append(found.astext())
        if found.astext() == "two":
            found.parent.replace(found, [nodes.strong(), nodes.emphasis("", "", nodes.Text("late"))])
    assert walked == ["two", "late", "five"]


@pytest.mark.parametrize("written", ["plain", "", "\0*no emphasis\0*", "joined\0 words", "over\0\nlines"])
def test_a_text_says_the_same(written):
    said = as_text(nodes.Text(written))
    assert said == nodes.unescape(written)
    assert type(said) is str
