"""The labs compute what Python computes: every vector, exactly."""

import pytest
from extensions.lab_tables import TABLES
from extensions.words import LABS
from lab_vectors import VECTORS, vectors
from scripts import SCRIPTS, answers


@pytest.mark.parametrize("name", VECTORS)
def test_scripts_match_python(name):
    assert differing(name, vectors(name)) == []


def test_a_wrong_vector_is_found():
    """The comparison itself: a result and a message that are wrong by one character."""
    right = vectors("arithmetic")
    result = next(vector for vector in right if vector.get("result") == "5n")
    error = next(vector for vector in right if "error" in vector)
    assert (
        len(differing("arithmetic", [{**result, "result": "6n"}, {**error, "error": error["error"] + " "}]))
        == 2
    )


def differing(name, wanted):
    """The vectors for which the script gives anything else."""
    return [
        (vector, answer)
        for vector, answer in zip(wanted, answers(name, wanted), strict=True)
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
