"""Every lab as its reader meets it: from a broken link, by keyboard, on a phone, without scripts."""

import re

import pytest
from browsing import put_anew, visiting
from extensions import code_box
from extensions.lab_tables import TABLES
from manuscript import EDITIONS, ROOT

pytestmark = [pytest.mark.site, pytest.mark.browser]

PLACED = re.compile(r"^[`:]{3,}\{lab\} (\S+)", re.MULTILINE)
LOADED_NEARBY = {"cnn-lenet": "asked", "cnn-architect": "picture"}  # what tells that a lab is in sight
MALFORMED = ("%", "n=", "n=1e9", "n=<b>&f[]=3", "n=5&n=%00", "layers=%7B", "=&=&", "n=" + "9" * 400)

# The controls that can be used, and the places among them of what then gets the focus.
WATCH_FOCUS = """lab => {
  const controls = "button, input, select, textarea, summary, a[href], [tabindex='0']";
  lab.usable = [...lab.querySelectorAll(controls)].filter(each => !each.disabled && each.checkVisibility());
  lab.visited = [];
  lab.addEventListener("focusin", event => lab.visited.push(lab.usable.indexOf(event.target)));
  lab.usable[0].focus();
  return lab.usable.map(each => each.outerHTML);
}"""

# What the element and its classes, down to that of every element, call as an element has it already.
OWN_NAMES_OF_EVERY_ELEMENT = """lab => {
  const names = [];
  for (let each = lab; each !== HTMLElement.prototype; each = Object.getPrototypeOf(each))
    names.push(...Object.getOwnPropertyNames(each));
  return names.filter(name => name !== "constructor" && name in HTMLElement.prototype);
}"""


def places(language):
    """Each lab with the pages of an edition that have it, in the order of their names."""
    found = {}
    folder = ROOT / ("" if language == "de" else language)
    for path in sorted([folder / "index.md", *(folder / "book").glob("*.md")]):
        address = path.relative_to(folder).with_suffix(".html").as_posix()
        for name in PLACED.findall(path.read_text(encoding="utf-8")):
            found.setdefault(name, []).append(f"{language}/{address}")
    return found


LABS = [(name, pages[0]) for language in EDITIONS for name, pages in places(language).items()]
LABS_ON = {page: [name for name, first in LABS if first == page] for _, page in LABS}


@pytest.fixture(scope="module")
def visit(browser, server):
    with visiting(browser, server, viewport={"width": 1280, "height": 900}) as visit:
        yield visit


@pytest.fixture(scope="module", params=LABS, ids="-".join)
def lab(request, visit, server):
    """Each lab on its whole page, for all tests that only look and press Tab."""
    name, address = request.param
    page, watch = visit
    page.goto(f"{server}/{address}")
    yield ready(page.locator(name).first)
    assert watch.take() == []


@pytest.fixture(scope="module")
def phone(browser, server):
    with visiting(browser, server, viewport={"width": 360, "height": 740}, has_touch=True) as (page, _):
        yield page


@pytest.fixture(scope="module")
def without_scripts(browser, server):
    with visiting(browser, server, java_script_enabled=False) as (page, _):
        yield page


def ready(lab):
    """The lab, once it has loaded what it needs when its reader comes near."""
    lab.scroll_into_view_if_needed()
    name = lab.evaluate("lab => lab.localName")
    if name in LOADED_NEARBY:  # it notices a little later that it is in sight
        lab.page.wait_for_function(f"lab => lab.{LOADED_NEARBY[name]}", arg=lab.element_handle())
    lab.and_(lab.page.locator(":not([aria-busy])")).wait_for()
    return lab


def results(lab):
    """All exact values that a lab shows, by name."""
    ready(lab)
    return lab.evaluate(
        "lab => Object.fromEntries([...lab.querySelectorAll('[data-result]')].map("
        "each => [each.dataset.result, each.dataset.value ?? null]))"
    )


def test_editions_have_the_same_labs_in_the_same_places():
    german, english = (
        {name: [page.removeprefix(language) for page in pages] for name, pages in places(language).items()}
        for language in EDITIONS
    )
    assert german == english
    assert set(german) == {*TABLES, code_box.NAME}


@pytest.mark.parametrize(("name", "address"), LABS)
def test_a_broken_link_shows_the_start_and_harms_nothing(lab_visits, lab_server, name, address):
    page, watch = lab_visits[address[:2]]
    page.goto(f"{lab_server}/{address}")
    lab = page.locator(name).first
    start, anchor = results(lab), lab.get_attribute("id")
    for query in MALFORMED:
        assert results(put_anew(lab, f"#{anchor}?{query}")) == start, query
    assert watch.take() == []


def test_everything_in_a_lab_can_be_reached_by_keyboard(lab):
    """Tab visits each control that can be used, and shows where it is."""
    controls = lab.evaluate(WATCH_FOCUS)
    for _ in controls[1:]:
        lab.page.keyboard.press("Tab")
    assert lab.evaluate("lab => lab.visited") == list(range(len(controls))), controls
    assert lab.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_a_lab_calls_nothing_of_its_own_what_every_element_has(lab):
    """Whoever asks an element to go by `remove()` must not have a layer removed in its place."""
    assert lab.evaluate(OWN_NAMES_OF_EVERY_ELEMENT) == []


@pytest.mark.parametrize("address", LABS_ON)
def test_a_lab_has_something_without_scripts(without_scripts, server, address):
    """A table, or the task with its solution folded."""
    without_scripts.goto(f"{server}/{address}")
    for name in LABS_ON[address]:
        inside = "details.code-fold" if name == code_box.NAME else "table tbody tr"
        assert without_scripts.locator(f"{name} .lab-fallback {inside}").count() > 0, name


@pytest.mark.parametrize("address", LABS_ON)
def test_a_lab_fits_a_phone(phone, server, address):
    phone.goto(f"{server}/{address}")
    for name in LABS_ON[address]:
        lab = ready(phone.locator(name).first)
        assert lab.evaluate("lab => lab.scrollWidth <= lab.clientWidth + 1"), name
        assert lab.evaluate(
            "lab => [...lab.querySelectorAll('button')]"
            ".filter(each => each.offsetHeight).every(each => each.offsetHeight >= 32)"
        ), name
    assert phone.evaluate("document.documentElement.scrollWidth <= 360")


# The selectors whose `:has()` makes a difference to what is around the lab, by what lies there at any depth.
LOOKING_DEEP = r"""lab => {
  const rules = (list) => [...list].flatMap((rule) => [rule, ...rules(rule.cssRules ?? [])]);
  const near = /^:has\((\s*[>+~]\s*[^\s>+~]+)+\)$/; // children, and children of children: few
  const has = /:has\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g;
  const deep = (selector, answer) => selector.replace(has, (each) => (near.test(each) ? each : answer));
  const around = [];
  for (let each = lab.parentElement; each; each = each.parentElement) around.push(each);
  return rules([...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]))
    .map((rule) => rule.selectorText)
    .filter((selector) => selector?.includes(":has("))
    .filter((selector) => around.some((each) =>
      each.matches(deep(selector, ":is(*)")) !== each.matches(deep(selector, ":not(*)"))));
}"""


def test_no_style_looks_through_the_page_at_each_input(lab):
    """A browser would, for every element that a lab makes, and it takes longer than the lab."""
    assert lab.evaluate(LOOKING_DEEP) == []
