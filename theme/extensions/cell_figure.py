"""A figure that a notebook's cell has drawn, shown on any page.

````md
```{cell-figure} padding-stride:positions
The caption …
```
````

The argument is ``<notebook>:<cell id>``. The picture is the stored output of that cell and the alt text the
one in the cell's metadata: there is no second copy that could differ from its source.
"""

import json
from base64 import b64decode
from functools import cache
from hashlib import sha256
from os.path import relpath
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

SUFFIXES = {"image/svg+xml": ".svg", "image/png": ".png", "image/jpeg": ".jpg"}


class CellFigure(SphinxDirective):
    """The stored picture of a cell, its alt text and a caption."""

    has_content = True
    required_arguments = 1
    option_spec = {"name": directives.unchanged_required}  # noqa: RUF012

    def run(self):
        notebook, _, cell_id = self.arguments[0].partition(":")
        path = Path(self.env.srcdir, "notebooks", f"{notebook}.ipynb")
        self.env.note_dependency(str(path))
        cell = self.cell(path, cell_id)
        image = nodes.image(uri=self.stored(cell), alt=self.alt(cell))
        figure = nodes.figure("", image, classes=["cell-figure"], ids=[f"figure-{cell_id}"])
        self.set_source_info(figure)
        if self.content:
            paragraph, *_ = self.parse_content_to_nodes()
            figure += nodes.caption("", "", *paragraph.children)
        self.add_name(figure)
        return [figure]

    def cell(self, path, cell_id):
        if not path.exists():
            raise self.error(f"There is no notebook {path.name} for {self.arguments[0]!r}.")
        cells = cells_of(path.read_text(encoding="utf-8"))
        if cell_id not in cells:
            raise self.error(f"{path.name} has no cell with the id {cell_id!r}.")
        return cells[cell_id]

    def alt(self, cell):
        try:
            return cell["metadata"]["mystnb"]["image"]["alt"]
        except KeyError:
            raise self.error(f"The cell {self.arguments[0]!r} has no alt text (mystnb.image.alt).") from None

    def stored(self, cell):
        """Write the cell's picture into the build folder and give its path from this page."""
        for output in cell.get("outputs", []):
            for kind, suffix in SUFFIXES.items():
                if kind in output.get("data", {}):
                    return self.written(output["data"][kind], suffix)
        raise self.error(f"The cell {self.arguments[0]!r} has stored no picture: execute the notebook.")

    def written(self, data, suffix):
        """Write it where and as MyST-NB does: a figure that two pages show is one file."""
        text = data if isinstance(data, str) else "".join(data)
        picture = "\n".join(text.splitlines()).encode() if suffix == ".svg" else b64decode(text)
        target = Path(self.env.mystnb_config.output_folder, f"{sha256(picture).hexdigest()}{suffix}")
        if not target.exists():  # a newer file would have Sphinx read the other pages that show it again
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(picture)
        return "/" + relpath(target.resolve(), self.env.srcdir)


@cache
def cells_of(notebook):
    """Every cell of a notebook's text by its id; most notebooks have many figures."""
    return {cell.get("id"): cell for cell in json.loads(notebook)["cells"]}


def setup(app):
    app.add_directive("cell-figure", CellFigure)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
