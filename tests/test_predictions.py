"""Predictions wait for their reader, on every notebook's page and for nobody else."""

import re

import pytest
from browsing import visiting
from manuscript import EDITIONS, ROOT, docnames
from nbformat import read

pytestmark = [pytest.mark.site, pytest.mark.browser]

ASKING = {"de": re.compile(r"\*\*Vorhersage\.\*\*"), "en": re.compile(r"\*\*Prediction\.\*\*")}
NOTEBOOKS = [(language, name) for language in EDITIONS for name in docnames(language) if "notebooks/" in name]
PAGE = "notebooks/arithmetic.html"
READY = ".prediction-show[aria-expanded]"


def asked(language, name):
    """How often a notebook asks for a prediction."""
    notebook = read(ROOT / ("" if language == "de" else language) / f"{name}.ipynb", as_version=4)
    return sum(
        len(ASKING[language].findall(cell.source)) for cell in notebook.cells if cell.cell_type == "markdown"
    )


@pytest.fixture
def page(browser, server):
    with visiting(browser, server) as (page, watch):
        page.goto(f"{server}/de/{PAGE}")
        page.locator(READY).first.wait_for()
        yield page
        assert watch.take() == []


@pytest.fixture
def first(page):
    """The first question's field, its button, and what answers it."""
    form = page.locator(".prediction-ask").first
    return form.locator("input"), form.locator("button"), page.locator(".prediction-result").first


@pytest.fixture(scope="module")
def passing(browser, server):
    """A reader who looks and touches nothing."""
    with visiting(browser, server) as (page, _):
        yield page


@pytest.mark.parametrize(("language", "name"), NOTEBOOKS)
def test_every_question_waits(passing, server, language, name):
    """And nothing else does: what stands before the first question and after a section's end is open."""
    passing.goto(f"{server}/{language}/{name}.html")
    count = asked(language, name)
    assert count > 3
    passing.locator(READY).first.wait_for()
    assert passing.locator(READY).count() == count
    assert passing.locator(".prediction-result[hidden]").count() == count
    assert passing.locator(".prediction-result :is(.prediction, .prediction-ask, section)").count() == 0
    assert passing.locator("section > h2:visible, section > h3:visible").count() > 2


def test_a_prediction_stays_beside_its_result(first):
    field, button, result = first
    assert not result.locator(".figure svg").is_visible()
    field.fill("die Ausgabe")
    field.press("Enter")
    assert result.locator(".figure svg").is_visible()
    assert button.get_attribute("aria-expanded") == "true"
    assert field.input_value() == "die Ausgabe"
    button.press("Enter")
    assert not result.locator(".figure svg").is_visible()


def test_the_browsers_search_finds_what_is_folded(first):
    """It skips what has no box: `display: none` would win over `hidden="until-found"`."""
    _field, button, result = first
    for name, value in {"display": "block", "contentVisibility": "hidden"}.items():
        assert result.evaluate("(each, name) => getComputedStyle(each)[name]", name) == value
    result.dispatch_event("beforematch")
    assert button.get_attribute("aria-expanded") == "true"


def test_a_field_may_stay_empty(first):
    _field, button, result = first
    button.click()
    assert result.locator(".figure svg").is_visible()


def test_all_are_shown_and_hidden_at_once(page, first):
    every = page.locator(".prediction-all button")
    every.click()
    assert page.locator(".prediction-result[hidden]").count() == 0
    assert not page.get_by_text("Die Ergebnisse sind verdeckt").is_visible()
    _field, button, _result = first
    button.click()
    assert every.inner_text() == "Alle zeigen"
    every.click()
    every.click()
    assert page.locator(".prediction-result:not([hidden])").count() == 0


def test_what_was_said_and_seen_is_there_again_also_in_the_other_edition(page, first):
    field, _button, _result = first
    field.fill("nur die Ausgabe")
    field.press("Enter")
    for address in (page.url, page.url.replace("/de/", "/en/")):
        page.goto(address)
        page.locator(READY).first.wait_for()
        assert field.input_value() == "nur die Ausgabe"
        assert page.locator(".prediction-result:not([hidden])").count() == 1


@pytest.mark.parametrize("state", ["null", "7", "{", '{"cell-idea-result": {"text": 3, "shown": "no"}}'])
def test_a_memory_that_somebody_else_wrote_harms_nothing(page, first, state):
    page.evaluate("state => sessionStorage.setItem('predictions/arithmetic.html', state)", state)
    page.reload()
    page.locator(READY).first.wait_for()
    assert page.locator(".prediction-result:not([hidden])").count() == 0


def test_a_link_into_a_result_opens_it(page, server):
    for query, cell in (("", "#cell-idea"), ("?fresh", "#cell-filter")):  # on an open page, and on loading
        page.goto(f"{server}/de/{PAGE}{query}{cell}")
        page.locator(f".prediction-result:not([hidden]) {cell}").wait_for()


def test_a_hit_of_the_books_search_opens_its_result(page, server):
    page.goto(f"{server}/de/{PAGE}?highlight=zusammen")
    page.locator(".prediction-result:not([hidden])").first.wait_for()
    assert page.locator("article .highlighted").first.is_visible()


def test_print_shows_everything(page):
    page.emulate_media(media="print")
    assert page.locator(".prediction-ask:visible, .prediction-all:visible").count() == 0
    results = page.locator(".prediction-result")
    assert all(each.locator(".cell").first.is_visible() for each in results.all())


def test_without_scripts_nothing_is_folded(browser, server):
    with visiting(browser, server, java_script_enabled=False) as (page, _):
        page.goto(f"{server}/en/{PAGE}")
        assert page.locator("#cell-idea").is_visible()
        assert page.locator(".prediction-ask").count() == 0
