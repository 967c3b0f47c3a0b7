"""Execute the notebooks in place, both editions: ``python tools/notebooks.py [SLUG …]``.

Without a slug, all of them. Every notebook runs top to bottom in a fresh kernel in its own folder, then
loses timings and the machine's details, so that two runs leave the same file.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "notebooks", ROOT / "en" / "notebooks")
VARYING = "metadata.language_info.version metadata.language_info cell.metadata.execution"
STRIP = ["-m", "nbstripout", "--keep-output", "--keep-count", "--keep-id", "--extra-keys", VARYING]


def notebooks(slugs):
    """The notebooks of both editions, or those with the given slugs."""
    paths = [path for folder in FOLDERS for path in sorted(folder.glob("*.ipynb"))]
    known = sorted({path.stem for path in paths})
    if unknown := sorted(set(slugs) - set(known)):
        sys.exit(f"No notebook is called {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [path for path in paths if not slugs or path.stem in slugs]


def execute(path):
    """Run a notebook from its own folder and store its outputs."""
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(path.parent)}}
    # One stream of output a cell: how it was cut into pieces is a matter of timing.
    NotebookClient(notebook, resources=folder, coalesce_streams=True).execute()
    nbformat.write(notebook, path)
    subprocess.run([sys.executable, *STRIP, str(path)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("slugs", nargs="*", metavar="SLUG", help="such as padding-stride; default: all")
    for path in notebooks(parser.parse_args().slugs):
        started = time.perf_counter()
        name = path.relative_to(ROOT)
        print(f"{name} …", flush=True)
        try:
            execute(path)
        except CellExecutionError as error:
            sys.exit(f"{name} stopped at a cell that failed; the file is as it was.\n{error}")
        print(f"  {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
