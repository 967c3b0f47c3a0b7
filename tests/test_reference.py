"""The pages to look things up in: sources, glossary and API are complete, and the two editions agree."""

import ast
import os
import re
import subprocess
import sys
from doctest import DocTestParser
from itertools import pairwise

import pytest
from extensions import api
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
    html = re.sub(r'<span class="together">(.*?)</span>', r"\1", page.html)
    terms = re.findall(r'<dt id="term-([^"]+)">\s*<strong>(.*?)</strong>(.*?)</dt>', html, re.DOTALL)
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
    undocumented = [name for name, text in described if not re.search(r"<p[^>]*>\w", text)]
    assert sorted(name for name, _ in described) == cnncourse.__all__
    assert not undocumented


@pytest.fixture(scope="module")
def api_pages(tmp_path_factory):
    """The API pages of both editions, from the docstrings as they are, without the book around them."""
    folder = tmp_path_factory.mktemp("api")
    (folder / "source").mkdir()
    modules = "".join(f"```{{api}} {module}\n```\n\n" for module in api.public_names())
    (folder / "source" / "index.md").write_text(f"# API\n\n{modules}", encoding="utf-8")
    for language in EDITIONS:
        settings = ("-Dextensions=myst_parser,extensions.api", f"-Dlanguage={language}")
        command = (sys.executable, "-m", "sphinx", "-CqW", *settings, folder / "source", folder / language)
        subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT / "theme")}, check=True)
    return {each: (folder / each / "index.html").read_text(encoding="utf-8") for each in EDITIONS}


def test_the_descriptions_are_the_same_in_both_editions_with_english_quotes(api_pages):
    german, english = (re.findall(r'<p lang="en">(.*?)</p>', page, re.DOTALL) for page in api_pages.values())
    assert len(german) > 300
    assert german == english
    assert not [text for text in german if re.search(r"[„‚]|\w‘", text)]
    assert any("“inverted”" in text for text in german)
    assert any("Keras’ optimizers" in text for text in german)


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("de", {"Attribute", "Fehler", "Parameter", "Quelle", "Rückgabe", "Warnungen"}),
        ("en", {"Attributes", "Parameters", "Raises", "Returns", "Source", "Warns"}),
    ],
)
def test_the_labels_speak_the_language(api_pages, language, labels):
    found = re.findall(rf'<dt class="field-\w+" lang="{language}">(.*?)<', api_pages[language])
    assert set(found) == labels
    assert len(found) == len(re.findall('<dt class="field-', api_pages[language]))


def test_no_line_of_an_overview_starts_with_a_dot(api_pages):
    overviews = re.findall('<div class="api.*?</p>', api_pages["de"], re.DOTALL)
    assert set(re.findall("(.)·", "".join(overviews))) == {"\N{NO-BREAK SPACE}"}


def docstrings():
    """The docstrings of all public names and of their public members, by name."""
    for module, names in api.public_names().items():
        for name in names:
            _, node, text = api.definition(module, name)
            yield name, text
            if isinstance(node, ast.ClassDef):
                yield from ((f"{name}.{member}", text) for member, _, text in api.members(node))


def test_no_example_is_wider_than_the_page():
    lines = [
        (name, line)
        for name, text in docstrings()
        for example in DocTestParser().get_examples(text)
        for line in (*(f">>> {line}" for line in example.source.splitlines()), *example.want.splitlines())
    ]
    assert len(lines) > 100
    assert not [(name, line) for name, line in lines if len(line) > 70]


def test_sources_start_with_a_capital(api_pages):
    sources = re.findall(r'>Source<.*?<p lang="en">(.*?)</p>', api_pages["en"], re.DOTALL)
    assert len(sources) > 50
    assert not [source for source in sources if source[0].islower()]


def test_public_functions_are_linked_where_they_are_mentioned():
    functions = {name for name in cnncourse.__all__ if "_" in name}
    mentioned = [(name, word) for name, text in docstrings() for word in re.findall(r"``~?(\w+)``", text)]
    assert not [(name, word) for name, word in mentioned if word in functions]
