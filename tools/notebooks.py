"""Execute the notebooks in place, both editions: ``python tools/notebooks.py [SLUG …]``.

Without a slug, all of them. Every notebook runs top to bottom in a fresh kernel in its own folder, then
loses timings and the machine's details, so that two runs leave the same file. Its first code cell is the one
that installs the package where it is missing; ``--install-cell`` puts that in place and runs nothing. It
names no address: ``downloads.py`` puts that of a published book into the copies that readers take with them.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from string import Template

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "notebooks", ROOT / "en" / "notebooks")
VARYING = "metadata.language_info.version metadata.language_info cell.metadata.execution"
STRIP = ["-m", "nbstripout", "--keep-output", "--keep-count", "--keep-id", "--extra-keys", VARYING]

INSTALL_ID = "install"
INSTALL = """\
from importlib import invalidate_caches
from importlib.util import find_spec

if find_spec("cnncourse") is None:  # $where
    import subprocess
    import sys
    from pathlib import Path

    published = ""
    beside = [path.resolve().as_uri() for path in Path().glob("cnncourse-*.whl")]
    wheel = max(beside, default=published)
    if not wheel:
        raise FileNotFoundError(
            "$missing "
            "$remedy"
        )
    extra = "" if find_spec("tensorflow") else "[tensorflow]"  # $engine
    pip = [sys.executable, "-m", "pip", "install", "--quiet", f"cnncourse{extra} @ {wheel}"]
    answer = subprocess.run(pip, capture_output=True, text=True, errors="replace")
    if answer.returncode:
        raise RuntimeError(f"$failed\\n{answer.stderr}")
    invalidate_caches()
"""
WORDS = {
    "de": {
        "where": "auf Colab oder in einem heruntergeladenen Notebook",
        "missing": "Das Paket cnncourse fehlt: Leg die Datei cnncourse-….whl aus der Zip-Datei des Buchs",
        "remedy": "neben dieses Notebook, und führ die Zelle noch einmal aus.",
        "engine": "Colab hat ein eigenes, für seine GPU",
        "failed": "cnncourse ließ sich nicht installieren, aus {wheel}:",
    },
    "en": {
        "where": "on Colab, or in a notebook that was downloaded",
        "missing": "The package cnncourse is missing: put the file cnncourse-….whl from the book's zip file",
        "remedy": "next to this notebook, then run this cell again.",
        "engine": "Colab has its own, for its GPU",
        "failed": "cnncourse could not be installed from {wheel}:",
    },
}


def notebooks(slugs):
    """The notebooks of both editions, or those with the given slugs."""
    paths = [path for folder in FOLDERS for path in sorted(folder.glob("*.ipynb"))]
    known = sorted({path.stem for path in paths})
    if unknown := sorted(set(slugs) - set(known)):
        sys.exit(f"No notebook is called {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [path for path in paths if not slugs or path.stem in slugs]


def install_code(edition):
    """The code that installs the package from the wheel beside the notebook, or from the published book."""
    return Template(INSTALL).substitute(WORDS[edition]).rstrip()


def read(path):
    """A notebook of the book, with the cell that installs the package as its first code cell."""
    edition = "en" if path.parent == FOLDERS[1] else "de"
    return with_install_cell(nbformat.read(path, as_version=4), install_code(edition))


def with_install_cell(notebook, code):
    """Make the cell that installs the package the first code cell, if it is not there yet."""
    others = [cell for cell in notebook.cells if cell.id != INSTALL_ID]
    first = next(at for at, cell in enumerate(others) if cell.cell_type == "code")
    cell = nbformat.v4.new_code_cell(code, id=INSTALL_ID, metadata={"tags": ["remove-cell"]})
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
    notebook = read(path)
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
            nbformat.write(read(path), path)
            continue
        print(f"{name} …", flush=True)
        try:
            execute(path)
        except CellExecutionError as error:
            sys.exit(f"{name} stopped at a cell that failed; the file is as it was.\n{error}")
        print(f"  {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
