"""The lecture hall: figures and labs fill the screen, by keyboard and clicker, from a link, and go back."""

import re

import pytest
from browsing import visiting
from manuscript import EDITIONS
from test_labs_browser import LABS, ready

CHAPTER = "book/padding-stride.html"
HALL = {"width": 1280, "height": 720}
ZOOMED = {"width": 853, "height": 480}  # the same screen at 150 %
WORDS = {"de": ("Vollbild", "Schließen"), "en": ("Full screen", "Close")}
SHOWN = ".stage-view > *"
ORDER = "[...document.querySelectorAll('article > section *')].map((each) => each.id || each.tagName).join()"

pytestmark = [pytest.mark.site, pytest.mark.browser]


@pytest.fixture
def hall(browser, server):
    with visiting(browser, server, viewport=HALL) as (page, watch):
        yield page
        assert watch.take() == []


OUT_OF_SIGHT = """(all) => all.filter((each) => {
  const { left, right, bottom } = each.getBoundingClientRect();
  return !each.checkVisibility() || left < 0 || right > innerWidth + 1 || bottom > innerHeight;
}).map((each) => each.outerHTML)"""


@pytest.mark.parametrize("language", EDITIONS)
def test_a_figure_fills_the_screen_and_goes_back(hall, server, language):
    hall.goto(f"{server}/{language}/{CHAPTER}")
    before = hall.evaluate(ORDER)
    opens, close = (hall.get_by_role("button", name=words) for words in WORDS[language])
    opens.first.focus()
    hall.keyboard.press("Enter")
    drawing = hall.locator(f"{SHOWN} svg[role=img]")
    assert drawing.bounding_box()["height"] > 0.8 * HALL["height"]
    assert hall.url.endswith("#figure-idea?full")
    close.click()
    assert not hall.locator("dialog.stage").is_visible()
    assert hall.url.endswith("#figure-idea")
    assert hall.evaluate(ORDER) == before
    assert hall.evaluate("document.activeElement.className").split() == ["stage-button", "stage-open"]


def test_a_clicker_goes_through_the_page_and_escape_ends_it(hall, server):
    hall.goto(f"{server}/de/{CHAPTER}#figure-idea?full")
    seen = []
    while not seen or hall.locator(SHOWN).get_attribute("id") != seen[-1]:
        seen.append(hall.locator(SHOWN).get_attribute("id"))
        hall.keyboard.press("PageDown")
    assert len(seen) == len(set(seen)) > 8
    folded = hall.locator("details:not([open]) :is(figure.cell-figure, .lab)").count()
    assert len(seen) == hall.locator("article :is(figure.cell-figure, .lab)").count() - folded
    assert hall.locator(".stage-count").inner_text() == f"{len(seen)} / {len(seen)}"
    hall.keyboard.press("PageUp")
    assert hall.locator(SHOWN).get_attribute("id") == seen[-2]
    hall.keyboard.press("Escape")
    hall.locator("dialog.stage").wait_for(state="hidden")


def test_page_keys_stay_with_who_writes(hall, server):
    hall.goto(f"{server}/de/{CHAPTER}#cnn-code-output_size?full")
    hall.locator(f"{SHOWN} textarea").press("PageDown")
    assert hall.locator(SHOWN).get_attribute("id") == "cnn-code-output_size"


@pytest.mark.parametrize(("name", "address"), [lab for lab in LABS if lab[1].startswith("de/")])
def test_every_lab_opens_from_a_link_with_its_controls_in_sight(hall, server, site, name, address):
    """In German, whose words are longer."""
    anchor = re.search(rf'<{name} [^>]*id="([^"]+)"', (site / address).read_text(encoding="utf-8"))[1]
    hall.goto(f"{server}/{address}#{anchor}?full")
    lab = ready(hall.locator(f"{SHOWN}#{anchor}"))
    controls = lab.locator(":is(.lab-fields, .lab-presets) :is(input, select, button):visible")
    for size in (HALL, ZOOMED):
        hall.set_viewport_size(size)
        assert hall.locator(".stage-bar button").evaluate_all(OUT_OF_SIGHT) == []
        assert controls.evaluate_all(OUT_OF_SIGHT) == []
    hall.keyboard.press("Escape")
    hall.locator(f"article #{anchor}").wait_for()  # back in its place


def test_a_lab_keeps_the_state_of_its_link(hall, server):
    hall.goto(f"{server}/de/{CHAPTER}#cnn-output-size?n=50&f=3&s=2&full")
    assert hall.locator(f"{SHOWN} [data-result=output-size]").get_attribute("data-value") == "24"
    hall.keyboard.press("Escape")
    hall.locator("dialog.stage").wait_for(state="hidden")
    assert "n=50&f=3&s=2" in hall.url
    assert not hall.url.endswith("full")


def test_results_that_wait_for_a_prediction_are_passed_over(hall, server):
    hall.goto(f"{server}/de/notebooks/padding-stride.html")
    hall.locator(".prediction-result").first.wait_for(state="attached")
    covered = hall.locator("[hidden] .figure").count()
    hall.get_by_role("button", name="Vollbild").first.press("Enter")
    assert covered > 5
    assert hall.url.endswith("#cell-photo?full")
    shown = int(hall.locator(".stage-count").inner_text().split(" / ")[1])
    assert shown == hall.locator("article .figure").count() - covered


def test_it_works_from_disk_without_full_screen(browser, site, server):
    with visiting(browser, server, viewport=HALL) as (page, watch):
        page.add_init_script("delete Element.prototype.requestFullscreen")
        page.goto((site / "de" / CHAPTER).as_uri())
        page.get_by_role("button", name="Vollbild").first.press("Enter")
        assert page.locator(f"{SHOWN} svg[role=img]").is_visible()
        page.keyboard.press("Escape")
        page.locator("dialog.stage").wait_for(state="hidden")
        assert watch.take() == []
