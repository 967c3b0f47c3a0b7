"""The errata list every correction of the chapters, and every correction can be listed."""

import re

import pytest
from bs4 import BeautifulSoup
from manuscript import EDITIONS, sources

each_edition = pytest.mark.parametrize("language", EDITIONS)


def corrections(language):
    """Of every correction in the chapters, the place, the label and whether it names a proof."""
    boxes = []
    for source in sources(language):
        for place, element in source.elements():
            if element.kind == "directive":
                boxes.append({"place": place, "kind": element.value})
            elif element.kind == "option" and boxes:
                name, _, value = element.value.partition("=")
                boxes[-1].setdefault(name, value)
    found = [box for box in boxes if box["kind"] == "correction"]
    return [(box["place"], box.get("label", ""), "proof" in box) for box in found]


@each_edition
def test_every_correction_has_a_label_and_a_proof(language):
    bare = [
        place
        for place, label, proved in corrections(language)
        if not (label.startswith("correction-") and proved)
    ]
    assert not bare, "corrections without a label correction-… or without a proof:\n" + "\n".join(bare)


@each_edition
def test_errata_list_every_correction_in_order(language):
    (errata,) = (source for source in sources(language) if source.docname == "book/errata")
    listed = re.findall(r"^`+\{erratum\} (\S+)$", errata.text, re.MULTILINE)
    assert listed == [label for _, label, _ in corrections(language)]


@each_edition
def test_a_box_says_whether_the_notes_are_wrong_or_only_incomplete(site, language):
    """Not red, and no "correction", where the box itself says that the notes' sentence is right."""
    names = {"de": ("Korrektur", "Ergänzung"), "en": ("Correction", "Clarification")}[language]
    for chapter, label, incomplete in (
        ("vanishing-gradients", "correction-early-layers", False),
        ("padding-stride", "correction-floor", False),
        ("padding-stride", "correction-same", True),
        ("padding-stride", "correction-227", True),
    ):
        page = BeautifulSoup((site / language / "book" / f"{chapter}.html").read_text("utf-8"), "html.parser")
        box = page.find(id=label)
        assert box.select_one(".box-kind").text == names[incomplete]
        assert ("incomplete" in box["class"]) == incomplete
        assert bool(box.select_one(".right-is")) != incomplete
