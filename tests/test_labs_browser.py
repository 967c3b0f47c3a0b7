"""Every lab as its reader meets it: by keyboard, on a phone, from disk, without scripts."""

import re

import pytest
from browsing import leave, visiting
from extensions import code_box
from extensions.lab_tables import TABLES
from extensions.labs import scripts
from manuscript import EDITIONS, ROOT

pytestmark = [pytest.mark.site, pytest.mark.browser]

PLACED = re.compile(r"^[`:]{3,}\{lab\} (\S+)", re.MULTILINE)
BUDGET = 46_000  # bytes of all scripts of a page's labs, compressed; chapter 7 has three labs and a box
LOADED_NEARBY = {"cnn-lenet": "asked", "cnn-architect": "picture"}  # what tells that a lab is in sight
MALFORMED = ("%", "n=", "n=1e9", "n=<b>&f[]=3", "n=5&n=%00", "layers=%7B", "=&=&", "n=" + "9" * 400)

# What the page itself knows to have loaded, and its compressed size: no event can come too late for it.
LOADED_SCRIPTS = r"""performance.getEntriesByType("resource")
  .map(({ name, encodedBodySize }) => [name.match(/\/labs\/([\w-]+\.js)/)?.[1], encodedBodySize])
  .filter(([name]) => name)"""

# The lab as the server sent it, put into the page of another address: it starts as when that page is loaded.
PUT_ANEW = """(lab, [html, state]) => {
  history.replaceState(null, "", state);
  const sent = new DOMParser().parseFromString(html, "text/html").getElementById(lab.id);
  lab.replaceWith(document.importNode(sent, true));
}"""

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
PAGES = sorted({page for language in EDITIONS for pages in places(language).values() for page in pages})


@pytest.fixture(scope="module")
def opened(browser, server):
    with visiting(browser, server, viewport={"width": 1280, "height": 900}) as visit:
        yield visit


@pytest.fixture
def visit(opened):
    """A page without memory of the tests before."""
    page, watch = opened
    yield opened
    leave(page)
    watch.take()


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


def put_anew(lab, state):
    """The lab's results when its page is opened with this link, without the time that a page takes."""
    html = lab.page.request.get(lab.page.url).text()
    lab.evaluate(PUT_ANEW, [html, state])
    return results(lab)


def test_editions_have_the_same_labs_in_the_same_places():
    german, english = (
        {name: [page.removeprefix(language) for page in pages] for name, pages in places(language).items()}
        for language in EDITIONS
    )
    assert german == english
    assert set(german) == {*TABLES, code_box.NAME}


@pytest.mark.parametrize(("name", "address"), LABS)
def test_a_broken_link_shows_the_start_and_harms_nothing(browser, lab_server, name, address):
    with visiting(browser, lab_server, viewport={"width": 1280, "height": 900}) as (page, watch):
        page.goto(f"{lab_server}/{address}")
        lab = page.locator(name).first
        start = results(lab)
        for query in MALFORMED:
            assert put_anew(lab, f"#{name}?{query}") == start, query
        assert watch.take() == []


@pytest.mark.parametrize(("name", "address"), LABS)
def test_a_lab_has_something_without_scripts(browser, server, name, address):
    """A table, or the task with its solution folded."""
    inside = "details.code-fold" if name == code_box.NAME else "table tbody tr"
    with visiting(browser, server, java_script_enabled=False) as (page, _):
        page.goto(f"{server}/{address}")
        assert page.locator(f"{name} .lab-fallback {inside}").count() > 0


@pytest.mark.parametrize(("name", "address"), LABS)
def test_a_lab_works_from_disk(visit, site, name, address):
    page, watch = visit
    page.goto((site / address).as_uri())
    assert page.locator(f"{name} .lab-output").first.is_visible()
    assert page.locator(f"{name} .lab-fallback").count() == 0
    assert watch.take() == []


@pytest.mark.parametrize(("name", "address"), LABS)
def test_a_lab_fits_a_phone(browser, server, name, address):
    with visiting(browser, server, viewport={"width": 360, "height": 740}, has_touch=True) as (page, _):
        page.goto(f"{server}/{address}")
        lab = ready(page.locator(name).first)
        assert lab.evaluate("lab => lab.scrollWidth <= lab.clientWidth + 1")
        assert page.evaluate("document.documentElement.scrollWidth <= 360")
        assert lab.evaluate(
            "lab => [...lab.querySelectorAll('button')]"
            ".filter(each => each.offsetHeight).every(each => each.offsetHeight >= 32)"
        )


@pytest.mark.parametrize(("name", "address"), LABS)
def test_everything_in_a_lab_can_be_reached_by_keyboard(visit, server, name, address):
    """Tab visits each control that can be used, and shows where it is."""
    page, _ = visit
    page.goto(f"{server}/{address}")
    lab = ready(page.locator(name).first)
    controls = lab.evaluate(WATCH_FOCUS)
    for _ in controls[1:]:
        page.keyboard.press("Tab")
    assert lab.evaluate("lab => lab.visited") == list(range(len(controls))), controls
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


@pytest.mark.parametrize(("name", "address"), [(name, pages[0]) for name, pages in places("de").items()])
def test_a_lab_calls_nothing_of_its_own_what_every_element_has(visit, lab_server, name, address):
    """Whoever asks an element to go by `remove()` must not have a layer removed in its place."""
    page, _ = visit
    page.goto(f"{lab_server}/{address}")
    assert ready(page.locator(name).first).evaluate(OWN_NAMES_OF_EVERY_ELEMENT) == []


@pytest.mark.parametrize("address", PAGES)
def test_a_page_loads_only_the_scripts_of_its_own_labs(visit, server, address):
    page, _ = visit
    page.goto(f"{server}/{address}", wait_until="networkidle")
    loaded = dict(page.evaluate(LOADED_SCRIPTS))
    labs = page.evaluate("[...document.querySelectorAll('.lab')].map(lab => lab.localName)")
    assert set(loaded) == {script for lab in labs for script in scripts(lab)}
    assert sum(loaded.values()) < BUDGET


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


@pytest.mark.parametrize(("name", "address"), [lab for lab in LABS if lab[1].startswith("de/")])
def test_no_style_looks_through_the_page_at_each_input(visit, server, name, address):
    """A browser would, for every element that a lab makes, and it takes longer than the lab."""
    page, _ = visit
    page.goto(f"{server}/{address}")
    assert page.locator(name).first.evaluate(LOOKING_DEEP) == []
