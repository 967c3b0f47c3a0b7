"""A table that a directive makes."""

from docutils import nodes


def table(titles, rows, classes=()):
    """A table of these column titles and rows; a cell is a text, or a list of nodes."""
    group = nodes.tgroup(cols=len(titles))
    group += [nodes.colspec(colwidth=1) for _ in titles]
    group += nodes.thead("", _row(titles))
    group += nodes.tbody("", *map(_row, rows))
    return nodes.table("", group, classes=list(classes))


def _row(cells):
    return nodes.row("", *(nodes.entry("", *_content(cell)) for cell in cells))


def _content(cell):
    return [nodes.paragraph(cell, cell)] if isinstance(cell, str) else cell
