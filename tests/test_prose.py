"""What the pages say: every written calculation is computed again, and both languages are spell-checked."""

import doctest
import re
import subprocess
import sys
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

import pytest
from equations import steps, steps_in_text
from manuscript import EDITIONS, NUMBER, ROOT, plain_number, sources

WORDLISTS = ROOT / "tests" / "wordlists"
DICTIONARIES = {"de": WORDLISTS / "german.txt", "en": "-"}  # "-" is codespell's own
PAGES = [source for language in EDITIONS for source in sources(language)]

each_page = pytest.mark.parametrize("source", PAGES, ids=lambda source: source.name)


def calculations(source):
    """Every calculation on a page that can be computed again, with its place."""
    read = {"math": steps, "text": steps_in_text}
    return [
        (place, step)
        for place, element in source.elements()
        if element.kind in read
        for step in read[element.kind](element.value, source.language)
    ]


@each_page
def test_calculations_are_right(source):
    wrong = [
        f"{place}: {step.left} {step.relation} {step.right}"
        for place, step in calculations(source)
        if not step.holds
    ]
    assert not wrong, "computed again, these are wrong:\n" + "\n".join(wrong)


def test_calculations_are_found(record_property):
    """If the reader of formulas went blind, nothing above could fail."""
    counts = Counter({source.name: len(calculations(source)) for source in PAGES})
    record_property("calculations recomputed", counts.total())
    assert counts["book/padding-stride.md"] >= 10, counts


@pytest.mark.parametrize(
    "formula",
    [
        r"\left\lfloor \frac{224 - 11}{4} \right\rfloor + 1 = 54",
        r"\frac{224 - 11}{4} + 1 = 54{,}25",
        r"\begin{aligned} n' &= \lceil 224 / 2 \rceil \\ &= 111 + 1 = 112 \end{aligned}",
        r"\max\bigl((112 - 1) \cdot 2 + 7 - 224,\; 0\bigr) = 5",
        r"96 \cdot (11^2 \cdot 3 + 1) = 34\,944 = 34{.}944",
        r"34944 \cdot 4\,\text{B} = 139{,}776\,\mathrm{kB} = 136{,}5\,\text{KiB}",
        r"216 / 34 \approx 6{,}35, \quad 213 \bmod 4 = 1",
        r"-\ln(1/10) \approx 2{,}303",
    ],
)
def test_right_calculations_pass_and_changed_ones_fail(formula):
    found = steps(formula, "de")
    assert found
    assert all(step.holds for step in found)
    last_digit = re.search(r"\d(?=\D*$)", formula)
    changed = formula[: last_digit.start()] + str((int(last_digit[0]) + 5) % 10) + formula[last_digit.end() :]
    assert not all(step.holds for step in steps(changed, "de"))


@pytest.mark.parametrize("formula", ["n = 55", "o = n + 2p", "(2, 3) = 5", r"7 \text{ mal} = 7", "1 / 0 = 1"])
def test_what_is_no_calculation_is_left_alone(formula):
    assert steps(formula, "de") == []


@pytest.mark.parametrize("language", EDITIONS)
def test_examples_of_the_prerequisites_are_true(language):
    [page] = [page for page in sources(language) if page.path.name == "prerequisites.md"]
    code = page.path.read_text(encoding="utf-8").replace("```", "")
    examples = doctest.DocTestParser().get_doctest(code, {}, page.name, page.name, 0)
    assert examples.examples
    assert doctest.DocTestRunner().run(examples).failed == 0


# Not in links, code and quotations of the notes.
SPELLED = ("math", "text")
UNGROUPED = r"(?<![\d.,{}])\d{5,}"
MISSPELLED = {
    "de": re.compile(rf"{UNGROUPED}|(?<![\d.,{{}}])\d\.\d{{3}}(?![\d.])|\d\\?%"),
    "en": re.compile(rf"{UNGROUPED}|(?<![\d.,{{}}])\d(?:,|\{{,\}})\d{{3}}(?![\d,{{])|\d(?: |\\,)\\?%"),
}


@each_page
def test_numbers_are_written_as_the_language_writes_them(source):
    """Digits in groups of three from five digits on; a space before the percent sign in German only."""
    wrong = [
        f"{place}: {found[0]} in {element.value[:60]!r}"
        for place, element in source.elements()
        if element.kind in SPELLED
        for found in MISSPELLED[source.language].finditer(element.value)
    ]
    assert not wrong, "written otherwise elsewhere:\n" + "\n".join(wrong)


CHAPTERS = [
    pytest.param(page, notebook, id=page.name)
    for page in PAGES
    for notebook in PAGES
    if notebook.is_notebook and not page.is_notebook
    if (notebook.language, notebook.path.stem) == (page.language, page.path.stem)
]


@pytest.mark.parametrize(("source", "notebook"), CHAPTERS)
def test_measured_numbers_come_from_the_notebook(source, notebook):
    """Three digits or more: a cell of the notebook shows the number, or a formula of the page has it."""
    proved = shown_by(notebook) | supposed_in_formulas(source)
    references = the_references(source)
    typed = [
        f"{place}: {element.value}"
        for place, element in source.elements()
        if element.kind == "number"
        and place not in references
        and not is_proved(plain_number(element.value, source.language), proved)
    ]
    assert not typed, "in no output of the notebook and in no formula of the page:\n" + "\n".join(typed)


def shown_by(notebook):
    """The numbers in a notebook's outputs, and in its code."""
    cells = [cell for cell in notebook.cells() if cell["cell_type"] == "code"]
    outputs = [output for cell in cells for output in cell["outputs"]]
    plain = [*(cell["source"] for cell in cells), *(output.get("text", "") for output in outputs)]
    plain += [output.get("data", {}).get("text/plain", "") for output in outputs]
    worded = [output.get("data", {}).get("text/markdown", "") for output in outputs]
    # Python prints 0.5 in both editions; our tables write numbers as their readers do.
    return numbers(plain, "en") | numbers([*plain, *worded], notebook.language)


def supposed_in_formulas(page):
    return numbers(
        [each.value for _, each in page.elements() if each.kind in ("math", "code")], page.language
    )


def numbers(texts, language):
    return {plain_number(number, language) for text in texts for number in NUMBER.findall("".join(text))}


def the_references(page):
    """The places of the last section: years, pages and DOIs."""
    found = page.elements()
    last = max(at for at, (_, each) in enumerate(found) if (each.kind, each.value) == ("heading", "2"))
    return {place for place, _ in found[last:]}


def is_proved(number, proved):
    """Whether a number is small, a year, or a proved number, rounded, in units or in thousands of them.

    >>> is_proved("139.8", {"139776"}), is_proved("139.7", {"139776"})
    (True, False)
    """
    if len(re.sub(r"\D", "", number)) < 3 or re.fullmatch(r"(19|20)\d\d", number):
        return True
    digit = Decimal(1).scaleb(Decimal(number).as_tuple().exponent)
    return any(
        (Decimal(other) / 1000**power).quantize(digit, ROUND_HALF_UP) == Decimal(number)
        for other in proved
        if re.fullmatch(r"\d+(\.\d+)?", other)
        for power in range(4)
    )


@pytest.mark.parametrize("language", EDITIONS)
def test_spelling(language, tmp_path):
    for source in sources(language):
        copy = tmp_path / source.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(source.written(), encoding="utf-8")
    misspelt = codespell(tmp_path, DICTIONARIES[language])
    assert not misspelt, f"misspelt (if it is right, add it to {WORDLISTS.name}/right.txt):\n{misspelt}"


def test_german_spelling_mistakes_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("Die Ausgabegrösse hängt vom Packet ab, dass mindesten.", encoding="utf-8")
    assert "Ausgabegröße" in codespell(tmp_path, DICTIONARIES["de"])


def codespell(folder, dictionary):
    """What codespell finds in a folder, one mistake a line."""
    options = ["--dictionary", dictionary, "--ignore-words", WORDLISTS / "right.txt"]
    command = [sys.executable, "-m", "codespell_lib", *options, "."]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False).stdout
