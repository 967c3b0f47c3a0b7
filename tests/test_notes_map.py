"""The notes' map holds every line of the lecture notes, and leads each one somewhere."""

import hashlib
import re
from itertools import pairwise

import pytest
import yaml
from manuscript import EDITIONS, ROOT, sources

LINES = yaml.safe_load((ROOT / "book" / "notes-map.yml").read_text(encoding="utf-8"))
DIGEST = "f88e9c699da980429984535e03cab81681973bf89d66421ab86de2153c7f9bab"
NOTES = ROOT.parent / "shared" / "notes"  # the notes themselves are not ours to publish

each_edition = pytest.mark.parametrize("language", EDITIONS)


def test_the_map_quotes_the_notes():
    """Word for word: the digest is that of the notes' lines, without empty ones."""
    quoted = "\n".join(line["notes"] for line in LINES.values())
    assert hashlib.sha256(quoted.encode()).hexdigest() == DIGEST, "a line of notes-map.yml was changed"


@pytest.mark.skipif(not NOTES.is_dir(), reason="the lecture notes are not on this machine")
def test_the_map_quotes_the_notes_on_this_machine():
    (notes,) = NOTES.glob("*.txt")
    lines = notes.read_text(encoding="utf-8").splitlines()
    wanted = {number: line.rstrip() for number, line in enumerate(lines, 1) if line.strip(" \t-")}
    assert {number: line["notes"] for number, line in LINES.items()} == wanted


@each_edition
def test_every_line_is_on_the_page(language):
    (page,) = (source for source in sources(language) if source.docname == "book/notes-map")
    ranges = re.findall(r"\{notes-map\} (\d+)-(\d+)", page.text)
    shown = [number for first, last in ranges for number in range(int(first), int(last) + 1)]
    assert shown == sorted(set(shown))
    assert set(LINES) <= set(shown)


def test_every_line_is_explained():
    assert not [number for number, line in LINES.items() if not line["answers"]]


def test_every_statement_is_proved():
    """A line with lines below it is a heading; any other one says something, so a cell proves it."""
    depths = {number: indent(line["notes"]) for number, line in LINES.items()}
    headings = {above for above, below in pairwise(depths) if depths[above] < depths[below]}
    unproved = [
        f"{number}: {line['notes'].strip()}"
        for number, line in LINES.items()
        if number not in headings and not any(":" in label for label in line["answers"])
    ]
    assert not unproved, "no cell proves these lines of the notes:\n" + "\n".join(unproved)


def indent(line):
    """How deep a line is; a chapter's heading is above all bullets."""
    return -1 if line.startswith("# ") else len(line) - len(line.lstrip("\t"))


@each_edition
def test_every_cell_exists(language):
    """The build checks every label; this says it in a second."""
    cells = {
        f"{source.path.stem}:{cell['id']}"
        for source in sources(language)
        if source.is_notebook
        for cell in source.cells()
    }
    named = {label for line in LINES.values() for label in line["answers"] if ":" in label}
    assert named <= cells, sorted(named - cells)
