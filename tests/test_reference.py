"""The pages to look things up in: sources, glossary and API are complete, and the two editions agree."""

import re
from itertools import pairwise

import pytest
from html_pages import by_address, resolve
from manuscript import EDITIONS, ROOT, sources

import cnncourse

LETTERS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "-": "", ",": "", ".": ""})

each_edition = pytest.mark.parametrize("language", EDITIONS)


# -- sources -----------------------------------------------------------------------------------------


def bibliography():
    """The keys of the sources, in the order of the file."""
    return re.findall(r"^@\w+\{(\w+),", (ROOT / "book" / "references.bib").read_text(encoding="utf-8"), re.M)


def cited(language):
    """The keys of all citations in an edition."""
    written = [each.value for page in sources(language) for _, each in page.elements() if each.kind == "role"]
    keys = [value.split(" ", 1)[1] for value in written if value.startswith("cite:")]
    return {key.strip() for each in keys for key in each.split(",")}


@each_edition
def test_every_source_is_cited_and_every_citation_has_its_source(language):
    assert cited(language) == set(bibliography())


def test_sources_are_sorted_and_unique():
    assert bibliography() == sorted(set(bibliography()))


@pytest.mark.parametrize(
    ("language", "words", "foreign"),
    [("de", "(?:und|u\\.\u00a0a\\.)", r"\band\b|et.al"), ("en", "(?:and|et\u00a0al\\.)", r"\bund\b|u\..a\.")],
)
def test_citations_speak_the_language(site, language, words, foreign):
    page = by_address()[f"{language}/book/layers.html"]
    citations = re.findall(r'<span class="bibtex-citation"[^>]*>(.*?)</span>', page.html)
    texts = [re.sub("<[^>]+>", "", citation) for citation in citations]
    assert any(re.search(words, text) for text in texts), texts
    assert not [text for text in texts if re.search(foreign, text)]


# -- glossary ----------------------------------------------------------------------------------------


def entries(language):
    """The entries of an edition's glossary: by label, the term and what it is called in the other one."""
    page = next(page for page in sources(language) if page.docname == "book/glossary")
    found = re.findall(r"^:::\{entry\} (.+)\n:label: (\S+)\n:other: (.+)$", page.text, re.M)
    assert len(found) == page.text.count("{entry}")
    return {label: (term, other) for term, label, other in found}


def test_each_term_names_its_counterpart():
    german, english = entries("de"), entries("en")
    assert list(german) == list(english)
    assert {label: (other, term) for label, (term, other) in english.items()} == german


@each_edition
def test_glossary_is_alphabetical_and_linked_both_ways(site, language):
    page = by_address()[f"{language}/book/glossary.html"]
    terms = re.findall(r'<dt id="term-([^"]+)">\s*<strong>(.*?)</strong>(.*?)</dt>', page.html, re.DOTALL)
    assert {label: term for label, term, _ in terms} == {
        label: term for label, (term, _) in entries(language).items()
    }
    for (_, above, _), (_, below, _) in pairwise(terms):
        assert alphabetical(above) < alphabetical(below), f"{above} stands before {below}"
    other = "en" if language == "de" else "de"
    for label, term, links in terms:
        target = re.search(r'href="([^"]+)"', links)[1]
        assert resolve(page, target) == (f"{other}/book/glossary.html", f"term-{label}"), term


def alphabetical(term):
    return term.lower().translate(LETTERS)


# -- API ---------------------------------------------------------------------------------------------


@each_edition
def test_every_public_name_is_documented(site, language):
    page = by_address()[f"{language}/book/api.html"]
    described = re.findall(r'<dt [^>]*id="cnncourse\.(\w+)">.*?</dt>\s*<dd>(.*?)</dd>', page.html, re.DOTALL)
    undocumented = [name for name, text in described if not re.search(r"<p>\w", text)]
    assert sorted(name for name, _ in described) == cnncourse.__all__
    assert not undocumented
