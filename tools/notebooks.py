"""Execute the notebooks in place, both editions: ``python tools/notebooks.py [SLUG …]``.

Without a slug, all of them. Every notebook runs top to bottom in a fresh kernel in its own folder, then
loses timings and the machine's details, so that two runs leave the same file. Its first code cell is the one
that installs the package where it is missing; ``--install-cell`` puts that in place and runs nothing.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "notebooks", ROOT / "en" / "notebooks")
VARYING = "metadata.language_info.version metadata.language_info cell.metadata.execution"
STRIP = ["-m", "nbstripout", "--keep-output", "--keep-count", "--keep-id", "--extra-keys", VARYING]

REPOSITORY = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"]
INSTALL_ID = "install"
# Colab has a TensorFlow of its own, made for its GPU: that one stays.
INSTALL = f"""\
from importlib.util import find_spec

if find_spec("cnncourse") is None:  # on Colab, or in a notebook that was downloaded
    extra = "" if find_spec("tensorflow") else "[tensorflow]"
    %pip install -q "cnncourse{{extra}} @ git+{REPOSITORY}"
"""


def notebooks(slugs):
    """The notebooks of both editions, or those with the given slugs."""
    paths = [path for folder in FOLDERS for path in sorted(folder.glob("*.ipynb"))]
    known = sorted({path.stem for path in paths})
    if unknown := sorted(set(slugs) - set(known)):
        sys.exit(f"No notebook is called {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [path for path in paths if not slugs or path.stem in slugs]


def with_install_cell(notebook):
    """Make the cell that installs the package the first code cell, if it is not there yet."""
    others = [cell for cell in notebook.cells if cell.id != INSTALL_ID]
    first = next(at for at, cell in enumerate(others) if cell.cell_type == "code")
    cell = nbformat.v4.new_code_cell(INSTALL.rstrip(), id=INSTALL_ID, metadata={"tags": ["remove-cell"]})
    notebook.cells = [*others[:first], cell, *others[first:]]
    count_again(notebook)
    return notebook


def count_again(notebook):
    """Number the cells as a run from top to bottom would."""
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(codes, start=1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number


def execute(path):
    """Run a notebook from its own folder and store its outputs."""
    notebook = with_install_cell(nbformat.read(path, as_version=4))
    folder = {"metadata": {"path": str(path.parent)}}
    # One stream of output a cell: how it was cut into pieces is a matter of timing.
    NotebookClient(notebook, resources=folder, coalesce_streams=True).execute()
    nbformat.write(notebook, path)
    subprocess.run([sys.executable, *STRIP, str(path)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("slugs", nargs="*", metavar="SLUG", help="such as padding-stride; default: all")
    parser.add_argument("--install-cell", action="store_true", help="only put the installing cell in place")
    options = parser.parse_args()
    for path in notebooks(options.slugs):
        started = time.perf_counter()
        name = path.relative_to(ROOT)
        if options.install_cell:
            nbformat.write(with_install_cell(nbformat.read(path, as_version=4)), path)
            continue
        print(f"{name} …", flush=True)
        try:
            execute(path)
        except CellExecutionError as error:
            sys.exit(f"{name} stopped at a cell that failed; the file is as it was.\n{error}")
        print(f"  {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
