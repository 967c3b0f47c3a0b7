"""The labs compute what Python computes: every vector, exactly."""

import json

import pytest
from extensions.lab_tables import TABLES
from extensions.words import LABS
from lab_vectors import FOLDER, VECTORS, written
from scripts import SCRIPTS, answers


@pytest.mark.parametrize("name", VECTORS)
def test_vectors_are_what_python_computes(name):
    """`python tools/lab_vectors.py` would change nothing."""
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == written(VECTORS[name]())


@pytest.mark.parametrize("name", VECTORS)
def test_scripts_match_the_vectors(name):
    assert differing(name, FOLDER / f"{name}.json") == []


def test_a_wrong_vector_is_found(tmp_path):
    """The comparison itself: a result and a message that are wrong by one character."""
    right = json.loads((FOLDER / "arithmetic.json").read_text(encoding="utf-8"))
    result = next(vector for vector in right if vector.get("result") == "5n")
    error = next(vector for vector in right if "error" in vector)
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps([{**result, "result": "6n"}, {**error, "error": error["error"] + " "}]))
    assert len(differing("arithmetic", wrong)) == 2


def differing(name, vectors):
    """The vectors for which the script gives anything else."""
    wanted = json.loads(vectors.read_text(encoding="utf-8"))
    given = answers(name, vectors)
    return [
        (vector, answer)
        for vector, answer in zip(wanted, given, strict=True)
        if answer != {key: vector[key] for key in ("result", "error") if key in vector}
    ]


@pytest.mark.parametrize("name", TABLES)
def test_every_lab_is_complete(name):
    """A script, a title and a table of as many columns in both languages."""
    assert (SCRIPTS / f"{name.removeprefix('cnn-')}.js").is_file()
    for language, labs in LABS.items():
        rows = list(TABLES[name](language))
        assert rows
        assert {len(row) for row in rows} == {len(labs[name]["columns"])}
