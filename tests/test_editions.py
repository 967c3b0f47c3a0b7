"""The German and the English edition stay in step: same pages, same structure, same numbers, same code."""

import difflib
import json
import re
from collections import Counter

import pytest
import yaml
from manuscript import EDITIONS, NUMBER, ROOT, docnames, plain_code, plain_number, sources

from notebooks import INSTALL_ID, install_code

WORDS_IN_SETTINGS = {
    "alt_text",
    "caption",
    "copyright",
    "cover_lines",
    "language",
    "text",
    "title",
    "toc_title",
}
WORDS_IN_SETTINGS |= {"nb_code_prompt_hide", "nb_code_prompt_show", "search_bar_text"}
PLACES_IN_SETTINGS = {"exclude_patterns"}  # the German tree holds the English one
BLOCKS = {"heading", "directive", "paragraph", "item", "row", "term", "formula", "label", "listing"}
WORDS_IN_MATH = re.compile(r"\\(?:text|textbf|textit|operatorname)\s*\{[^{}]*\}")

PAGES = sources("de")


def pair(source):
    """The same page in both editions."""
    other = [english for english in sources("en") if english.docname == source.docname]
    assert other, f"{source.name} has no English page: add en/{source.name}"
    return source, other[0]


def each(pages):
    return pytest.mark.parametrize("german", pages, ids=lambda source: source.docname)


each_page = each(PAGES)
each_notebook = each([page for page in PAGES if page.is_notebook])


def settings(value):
    """A configuration without the words that readers see and without the English folder's ``../``."""
    apart = WORDS_IN_SETTINGS | PLACES_IN_SETTINGS
    if isinstance(value, dict):
        return {key: settings(each) for key, each in value.items() if key not in apart}
    if isinstance(value, list):
        return [settings(each) for each in value]
    return value.replace("../", "") if isinstance(value, str) else value


@pytest.mark.parametrize("name", ["_toc.yml", "_config.yml"])
def test_configurations_agree(name):
    german, english = (
        yaml.dump(settings(yaml.safe_load((folder / name).read_text(encoding="utf-8")))).splitlines()
        for folder in EDITIONS.values()
    )
    assert_same(german, english, name, f"en/{name}")


@pytest.mark.parametrize("language", EDITIONS)
def test_every_page_is_in_the_table_of_contents(language):
    folder = EDITIONS[language]
    on_disk = {
        path.relative_to(folder).with_suffix("").as_posix()
        for part in ("book", "notebooks")
        for path in (folder / part).rglob("*")
        if path.suffix in (".md", ".ipynb") and ".ipynb_checkpoints" not in path.parts
    }
    listed = set(docnames(language))
    assert on_disk <= listed, f"not in {language}'s _toc.yml: {sorted(on_disk - listed)}"
    assert len(sources(language)) == len(docnames(language)), "a page of the _toc.yml has no file, or two"


@each_page
def test_pages_have_the_same_structure(german):
    german, english = pair(german)
    left, right = blocks(german), blocks(english)
    for (here, what, _), (there, other, _) in zip(left, right, strict=False):
        assert what == other, f"the editions part ways:\n  {here}: {what}\n  {there}: {other}"
    assert len(left) == len(right), f"one edition goes on alone after\n  {left[-1][0]}\n  {right[-1][0]}"


@each_page
def test_pages_have_the_same_formulas_numbers_and_references(german):
    german, english = pair(german)
    apart = [
        f"  {here}: only here {only(facts, others)}\n  {there}: only here {only(others, facts)}"
        for (here, _, facts), (there, _, others) in zip(blocks(german), blocks(english), strict=False)
        if facts != others
    ]
    assert not apart, "the editions differ:\n" + "\n".join(apart)


def only(facts, others):
    return ", ".join(f"{kind} {value!r}" for kind, value in (facts - others).elements()) or "nothing"


def blocks(source):
    """The page as blocks ``(place, what, facts)``; facts are what may change its order in a sentence."""
    found = []
    for place, element in source.elements():
        if element.kind in BLOCKS:
            found.append((place, f"{element.kind} {element.value}".strip(), Counter()))
        elif not element.kind.endswith("text"):
            found[-1][2][fact(element, source.language)] += 1
    return found


def fact(element, language):
    kind, value = element.kind, element.value
    if kind == "number":
        value = plain_number(value, language)
    elif kind == "code":
        value = value.replace(f'language="{language}"', "language=…")
    elif kind.endswith("math"):
        value = WORDS_IN_MATH.sub(r"\\text", value).replace(r"\,\%", r"\%")  # 96 % and 96%
        value = NUMBER.sub(lambda number: plain_number(number[0], language), value)
        value = re.sub(r"\s+", " ", value).strip()
    elif kind == "link" and re.match(r"https?:", value):
        value = "to another site"  # which may be the same article in the other language
    return kind, value.replace("../", "")


@each_notebook
def test_notebooks_have_the_same_cells(german):
    german, english = pair(german)
    left, right = ([describe(cell) for cell in source.cells()] for source in (german, english))
    assert_same(left, right, german.name, english.name)
    metadata = [json.loads(source.text)["metadata"] for source in (german, english)]
    assert metadata[0] == metadata[1], f"metadata of {german.name} and {english.name}"


def describe(cell):
    metadata = cell["metadata"]
    return (
        f"{cell['cell_type']} {cell['id']} tags={metadata.get('tags', [])} settings={sorted(keys(metadata))}"
    )


def keys(metadata, prefix=""):
    """The dotted names of all settings; the words in them, such as an alt text, belong to the edition."""
    for key, value in metadata.items():
        yield from keys(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key]


@pytest.mark.parametrize("language", EDITIONS)
def test_every_notebook_first_installs_the_package(language):
    """The same cell everywhere, hidden on the site; `tools/notebooks.py --install-cell` puts it in place."""
    for source in sources(language):
        if source.is_notebook:
            first = next(cell for cell in source.cells() if cell["cell_type"] == "code")
            assert "".join(first["source"]) == install_code(language), source.name
            assert (first["id"], first["metadata"]) == (INSTALL_ID, {"tags": ["remove-cell"]}), source.name
            assert first["outputs"] == [], source.name


def test_the_installing_cell_leaves_an_installed_package_alone():
    code = install_code("de").replace("    import subprocess", "    raise AssertionError")
    exec(compile(code, "install", "exec"), {})


@each_notebook
def test_notebooks_run_the_same_code(german):
    for (here, cell), (there, other) in code_cells(*pair(german)):
        left, right = plain_code("".join(cell["source"]), "de"), plain_code("".join(other["source"]), "en")
        assert_same(left.splitlines(), right.splitlines(), here, there)


@each_notebook
def test_notebooks_show_the_same_numbers(german):
    for (here, cell), (there, other) in code_cells(*pair(german)):
        assert_same(shown(cell), shown(other), here, there)


def code_cells(german, english):
    """The code cells of both notebooks, side by side, each with its place."""
    return zip(
        *(
            [
                (f"{source.name}:{line_of(cell['id'], source.text)} [{cell['id']}]", cell)
                for cell in source.cells()
                if cell["cell_type"] == "code"
            ]
            for source in (german, english)
        ),
        strict=True,
    )


def line_of(cell_id, text):
    return text[: text.index(f'"id": "{cell_id}"')].count("\n") + 1


def shown(cell):
    """What a cell shows without its words: kinds of output, and digits however numbers are written."""
    found = []
    for output in cell["outputs"]:
        data = output.get("data", {output.get("name", ""): output.get("text", "")})
        for kind, text in sorted(data.items()):
            numbers = digits("".join(text)) if "image" not in kind else []
            if found and output["output_type"] == "stream" and found[-1][0] == kind:
                found[-1][1].extend(numbers)  # one stream, which arrived in pieces
            else:
                found.append((kind, numbers))
    return [f"{kind}: {' '.join(numbers)}" for kind, numbers in found]


def digits(text):
    joined = re.sub(r"(?<=\d)(?:[.,\u2009\u202f]|\{[.,]\}|\\,)(?=\d)", "", text)
    return re.findall(r"(?<![#\w])\d+", joined)


def assert_same(left, right, here, there):
    difference = list(difflib.unified_diff(left, right, here, there, lineterm="", n=0))
    assert not difference, "the editions differ:\n" + "\n".join(difference)


def test_every_notebook_has_its_chapter():
    chapters = {path.stem for path in (ROOT / "book").glob("*.md")}
    notebooks = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert notebooks <= chapters, f"notebooks without a chapter: {sorted(notebooks - chapters)}"
