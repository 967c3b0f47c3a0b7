"""The site in a real browser: every page, both editions, both colour modes, wide and narrow."""

from io import BytesIO
from urllib.parse import quote

import pytest
from browsing import visiting
from extensions.labs import scripts
from html_pages import ENGLISH_INTERFACE
from manuscript import EDITIONS, ROOT, docnames
from PIL import Image

pytestmark = [pytest.mark.site, pytest.mark.browser]

AXE = ROOT / "theme" / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
COLOURS = ("light", "dark")
WEIGHT_BUDGET = 450_000  # bytes of a first visit, compressed, fonts and scripts included
LABS_BUDGET = 46_000  # bytes of the scripts of its labs; chapter 7 has three labs and a box
EDITION_PAGES = [f"{language}/{name}.html" for language in EDITIONS for name in docnames(language)]
EXTRA_PAGES = [
    "index.html#choose",
    "404.html",
    "de/search.html",
    "en/search.html",
]
BOOK_PAGES = [page for page in EDITION_PAGES if "/book/" in page]
CHAPTERS = [page for page in BOOK_PAGES if page.replace("/book/", "/notebooks/") in EDITION_PAGES]

# What the page itself knows to have loaded, and its compressed size: no event can come too late for it.
LOADED_SCRIPTS = r"""performance.getEntriesByType("resource")
  .map(({ name, encodedBodySize }) => [name.match(/\/labs\/([\w-]+\.js)/)?.[1], encodedBodySize])
  .filter(([name]) => name)"""
LABS = "() => [...document.querySelectorAll('.lab')].map((lab) => lab.localName)"
LIFELESS_LABS = """() => [...document.querySelectorAll(".lab")].filter((lab) => {
  const output = lab.querySelector(".lab-output");
  const folded = output?.closest("details:not([open])");
  return lab.querySelector(".lab-fallback") || !output || (!folded && !output.checkVisibility());
}).map((lab) => lab.id)"""

# Every rule runs at each width. The contrast of colours, which takes most of the time, is measured where
# something is shown for the first time: in the light for every text, which finds texts that lie on something
# else, and in the dark for one text of each look. Before, what no rule judges or tells apart is taken out:
# parts of drawings and of folded formulas; of other formulas all but two letters in each box (of a single one
# axe would not judge the contrast); pieces of code that are coloured as longer ones in their block.
ONLY_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
RUN_AXE = """async ({ chosen, within = document }) => {
  if (within.length === 0) return [];
  const { violations } = await axe.run(within, { ...chosen, resultTypes: ["violations"], preload: false });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`));
}"""
MERGE_ALIKE = """() => {
  const isLeaf = ({ attributes, firstElementChild }) => attributes.length === 1 && !firstElementChild;
  for (const block of document.querySelectorAll("pre, dt.sig")) {
    const seen = new Set();
    const pieces = [...block.querySelectorAll("span[class]")].filter(isLeaf);
    for (const piece of pieces.sort((a, b) => b.textContent.length - a.textContent.length)) {
      const look = `${piece.parentElement.className}, ${piece.className}`;
      if (seen.has(look)) piece.replaceWith(...piece.childNodes);
      seen.add(look);
    }
  }
  const bases = [...document.querySelectorAll(".katex .base")].filter((base) => base.checkVisibility());
  const boxes = bases.map((base) => {
    const { width, height } = base.getBoundingClientRect();
    return [base, { width: `${width}px`, height: `${height}px` }];
  });
  for (const [base, size] of boxes) {
    base.textContent = "xx";
    Object.assign(base.style, size);
  }
  const drawn = "svg[role=img] > :not(title, desc, :has(a, [tabindex]))";
  document.querySelectorAll(`${drawn}, details:not([open]) .katex, .katex math`)
    .forEach((each) => each.replaceChildren());
}"""
FIRST_SEEN = """() => {
  const before = window.seen ?? new Set();
  const everything = [...document.querySelectorAll("body, body *")];
  window.seen = new Set(everything.filter((each) => each.checkVisibility()));
  const isFirst = (each) => window.seen.has(each) && !before.has(each);
  everything.forEach((each) => each.toggleAttribute("data-first", isFirst(each)));
  axe.configure({
    rules: [
      { id: "color-contrast", selector: "[data-first]" },
      { id: "link-in-text-block", selector: "a[href][data-first], [role=link][data-first]" },
    ],
  });
}"""
ONE_OF_EACH_LOOK = """() => {
  const NOTHING = "rgba(0, 0, 0, 0),none,1";
  const behind = new Map([[null, ""]]);
  const backgrounds = (element) => {
    if (!behind.has(element)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
      const own = [backgroundColor, backgroundImage, opacity].join();
      const others = backgrounds(element.parentElement);
      behind.set(element, own === NOTHING ? others : `${others} ${own}`);
    }
    return behind.get(element);
  };
  const look = (element) => {
    const { color, fontSize, fontWeight, textShadow, textDecoration } = getComputedStyle(element);
    const around = getComputedStyle(element.parentElement ?? element).color;  // of a link's sentence
    return [color, fontSize, fontWeight, textShadow, textDecoration, around, backgrounds(element)].join();
  };
  const isText = (node) => node.nodeType === 3 && node.data.trim() !== "";
  const texts = [...document.querySelectorAll("[data-first]")]
    .filter((element) => [...element.childNodes].some(isText));
  const before = window.looks ?? new Set();
  const found = new Map(texts.map((element) => [look(element), element]));
  window.looks = new Set([...before, ...found.keys()]);
  return [...found].filter(([each]) => !before.has(each)).map(([, element]) => element);
}"""
USE_COLOURS = """(colours) => {
  document.documentElement.dataset.mode = colours;
  document.documentElement.dataset.theme = colours;
}"""
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => `${element.tagName}.${element.className}`).slice(0, 5).concat("page scrolls sideways");
}"""
CUT_CELLS = """(table) => [...table.querySelectorAll("td, th")]
  .filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.innerText)"""
# Formulas that are parted from the bracket before them or the full stop after them by the end of a line.
PARTED = """() => [...document.querySelectorAll(".together:has(.base)")].filter((element) => {
  const bases = [...element.querySelectorAll(".base")].map((each) => each.getBoundingClientRect());
  const box = (text) => {
    const range = new Range();
    range.selectNode(text);
    return range.getBoundingClientRect();
  };
  const { firstChild, lastChild } = element;
  return (firstChild.nodeType === 3 && firstChild.data && box(firstChild).bottom < bases[0].top)
    || (lastChild.nodeType === 3 && lastChild.data && box(lastChild).top > bases.at(-1).bottom);
}).map((element) => element.textContent)"""
FOCUSED = """() => {
  const element = document.activeElement;
  const ringed = [element, element.parentElement].some((each) => {  // a search field's ring is its form's
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  });
  const { bottom, right, width, height } = element.getBoundingClientRect();
  const name = [element.tagName.toLowerCase(), ...element.classList, element.getAttribute("href")].join(" ");
  return { name, visible: ringed && width > 1 && height > 1 && bottom > 0 && right > 0 };
}"""


@pytest.fixture(scope="module")
def shared(browser, server):
    """One page for all visits that only look, and the watch on it."""
    with visiting(browser, server) as visit:
        yield visit


@pytest.fixture
def searching(shared):
    """The shared page, which complains of nothing."""
    page, watch = shared
    yield page
    assert watch.take() == []


@pytest.fixture
def visit(browser, server):
    """A first visit: a page without cache or memory, and the watch on it."""
    with visiting(browser, server, viewport=WIDE) as visit:
        yield visit


@pytest.fixture
def page(visit):
    return visit[0]


def axe(page, chosen, **within):
    """What axe objects to, by all of its rules or the chosen ones."""
    return page.evaluate(RUN_AXE, {"chosen": chosen, **within})


def use_colours(page, colours):
    page.emulate_media(color_scheme=colours)
    page.evaluate(USE_COLOURS, colours)


@pytest.mark.parametrize("address", EDITION_PAGES + EXTRA_PAGES)
def test_page_is_light_and_open_to_everyone(visit, server, address):
    """No script of other labs, console message, foreign request, sideways scrolling or axe violation."""
    page, watch = visit
    page.set_viewport_size(NARROW)
    page.emulate_media(color_scheme="light")
    page.goto(f"{server}/{address}", wait_until="networkidle")
    if address in BOOK_PAGES:
        assert 10_000 < watch.bytes < WEIGHT_BUDGET, f"{address}: {watch.bytes:,} bytes, compressed"
    loaded = dict(page.evaluate(LOADED_SCRIPTS))
    assert set(loaded) == {script for lab in page.evaluate(LABS) for script in scripts(lab)}
    assert sum(loaded.values()) < LABS_BUDGET
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate("document.querySelector('.prediction-all button')?.click()")
    found = watch.take()
    for width in (NARROW, WIDE):
        page.set_viewport_size(width)
        use_colours(page, "light")
        looks = page.evaluate(TOO_WIDE)
        page.evaluate(MERGE_ALIKE)
        page.evaluate(FIRST_SEEN)
        looks += axe(page, {})
        use_colours(page, "dark")
        each_look = page.evaluate_handle(ONE_OF_EACH_LOOK)
        looks += [f"dark: {each}" for each in axe(page, ONLY_COLOURS, within=each_look)]
        looks += page.evaluate(TOO_WIDE)
        found += [f"{width['width']} px: {each}" for each in looks]
    found += watch.take()
    assert not found, f"{address}:\n" + "\n".join(found)


@pytest.mark.parametrize("address", EDITION_PAGES)
def test_page_works_from_disk(shared, site, address):
    page, watch = shared
    page.goto((site / address).as_uri(), wait_until="load")
    assert watch.take() == []
    assert page.locator("h1").first.is_visible()
    assert page.evaluate(LIFELESS_LABS) == []


@pytest.mark.parametrize(("language", "other"), [("de", "en"), ("en", "de")])
def test_language_switch_stays_on_the_page(page, server, language, other):
    address = "book/padding-stride.html"
    page.goto(f"{server}/{language}/{address}")
    page.click(f"a[hreflang={other}]:visible")
    page.wait_for_url(f"{server}/{other}/{address}*")
    assert page.locator("html").get_attribute("lang") == other


WHERE = """() => {
  const tops = [...document.querySelectorAll("article :is(h1, h2, h3, h4)")]
    .map((heading) => heading.getBoundingClientRect().top);
  const last = tops.findLastIndex((top) => top <= 73);
  return last + (72 - tops[last]) / (tops[last + 1] - tops[last]);
}"""


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["wide", "narrow"])
def test_language_switch_keeps_the_place_on_the_page(page, server, width):
    page.set_viewport_size(width)
    page.goto(f"{server}/de/book/layers.html", wait_until="load")
    page.locator("article h2").nth(4).evaluate("each => scrollTo(0, each.getBoundingClientRect().top + 100)")
    before = page.evaluate(WHERE)
    assert before > 4
    page.locator("a.edition-switch:visible").dispatch_event("click")
    page.wait_for_url("**/en/book/layers.html")
    page.wait_for_load_state("load")
    page.wait_for_function("scrollY > 0")
    assert page.evaluate(WHERE) == pytest.approx(before, abs=0.05)


def test_language_switch_keeps_the_state_of_a_lab(page, server):
    state = "#cnn-output-size?n=224&f=11&s=4&p=2&d=1&padding=number"
    page.goto(f"{server}/de/book/padding-stride.html{state}")
    page.click("a.edition-switch:visible")
    page.wait_for_url(f"{server}/en/book/padding-stride.html#cnn-output-size*")
    lab = page.locator("cnn-output-size")
    assert lab.locator("[name=n]").input_value() == "224"
    assert lab.locator("[data-result=output-size]").get_attribute("data-value") == "55"


def test_a_search_leads_to_the_hit(page, server):
    page.goto(f"{server}/de/search.html?q=Rezeptives")
    page.locator("#search-results li a").first.click()
    hit = page.locator("article .highlighted").first
    hit.wait_for()
    page.wait_for_timeout(200)
    box = hit.bounding_box()
    assert 72 < box["y"] < WIDE["height"]
    page.set_viewport_size(NARROW)
    page.get_by_role("button", name="Markierung der Suchwörter ausblenden").click()
    assert page.locator(".highlighted, .highlight-link").count() == 0


@pytest.mark.parametrize(
    ("language", "term", "found"),
    [
        ("de", "Schrittweiten", "padding-stride"),  # the page says Schrittweite: the search must know German
        ("de", "Auffüllungen", "padding-stride"),
        ("de", "LeNet", "book/lenet-alexnet"),  # index and browser must stem alike
        ("en", "strides", "padding-stride"),
    ],
)
def test_search_knows_the_language(searching, server, language, term, found):
    searching.goto(f"{server}/{language}/index.html")
    field = searching.locator("input[type=search]:visible").first
    field.fill(term)
    field.press("Enter")
    hits = searching.locator("#search-results li a")
    hits.first.wait_for()
    assert any(found in link.get_attribute("href") for link in hits.all())


NUMBERS = ["34.944", "34944", "34,944", "139,776", "139.776"]


def results(page, server, language, query):
    """Where the search leads, best first, and what it suggests instead."""
    page.goto(f"{server}/{language}/search.html?q={quote(query)}")
    page.locator("#search-results .search-summary:not(:empty)").wait_for()
    links = page.locator("#search-results li > a").evaluate_all(
        "all => all.map((a) => a.getAttribute('href'))"
    )
    return links, page.locator(".search-meant a").all_inner_texts()


@pytest.mark.parametrize(
    ("language", "typed", "meant", "chapter"),
    [
        ("de", "Paramter", "Parameter", "arithmetic"),  # codespell:ignore paramter
        ("de", "gepaddet", "Padding", "padding-stride"),
        ("de", "Kernelgröße", "Kernel Größe", "padding-stride"),
        ("de", "Parameterzahl", "Parameter Zahl", "arithmetic"),
        ("de", "Featuremaps", "Feature Maps", "layers"),
        ("de", "Ausgabegroesse", "Ausgabegröße", "padding-stride"),
        ("de", "Schritweite Kanla", "Schrittweite Kanäle", "glossary"),
        ("en", "paramter", "parameters", "arithmetic"),  # codespell:ignore paramter
        ("en", "gray", "grey", "augmentation"),
        ("en", "kernelsize", "kernel size", "padding-stride"),
    ],
)
def test_search_asks_what_was_meant_and_finds_it(searching, server, language, typed, meant, chapter):
    found, suggested = results(searching, server, language, typed)
    assert suggested == [meant]
    assert any(f"book/{chapter}.html" in link for link in found), found
    searching.locator(".search-meant a").click()
    searching.wait_for_url("**q=" + quote(meant))
    searching.locator("#search-results .search-summary:not(:empty)").wait_for()
    assert searching.locator(".search-meant").count() == 0


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("en", "color", "colour"),
        ("de", "gefaltet", "Faltung"),
        ("de", "color", "Farbe"),
        ("de", "image", "Bild"),
    ],
)
def test_search_asks_whether_a_commoner_word_was_meant(searching, server, language, typed, meant):
    """What stands once may be a slip: "color" in a name, "gefaltet" in passing; or it is English."""
    found, suggested = results(searching, server, language, typed)
    assert found
    assert suggested == [meant]


def test_search_quotes_a_result_when_it_comes_into_sight(visit, server):
    page, watch = visit
    found, _ = results(page, server, "de", "Padding")
    entries = page.locator("#search-results li:not(:has(> span))")  # a name of the package has one instead
    entries.first.locator(".context").wait_for()
    assert watch.bytes < 600_000
    page.set_viewport_size({"width": 1280, "height": 400})
    page.evaluate("dispatchEvent(new Event('load'))")  # as if the quotations had come before it
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") == 0  # only the page that is opened from here goes to its first hit
    assert entries.last.locator(".context").count() == 0
    entries.last.scroll_into_view_if_needed()
    entries.last.locator(".context").wait_for()
    assert len(found) > 20
    assert page.locator("[role=status]").inner_text() == f"Treffer: {len(found)}"
    assert watch.take() == []


@pytest.mark.parametrize("language", EDITIONS)
def test_search_finds_a_number_in_either_notation(searching, server, language):
    for number in NUMBERS:
        found, _ = results(searching, server, language, number)
        assert any("book/arithmetic.html" in link for link in found), number
    assert (
        searching.evaluate("localStorage.sphinx_highlight_terms").split()[1]
        == NUMBERS[3 if language == "en" else 4]
    )


@pytest.mark.parametrize(
    ("language", "term", "place"),
    [
        ("de", "Padding", "book/padding-stride.html"),
        ("de", "Dropout", "book/layers.html"),
        ("de", "Faltungen", "book/layers.html"),
        ("de", "convolution", "book/layers.html"),  # the glossary knows the English word
        ("de", "Overfitting", "book/overfitting.html"),
        ("en", "stride", "book/padding-stride.html"),
        ("en", "vanishing gradients", "book/vanishing-gradients.html"),
    ],
)
def test_search_begins_with_the_chapter_that_explains_a_term(searching, server, language, term, place):
    found, suggested = results(searching, server, language, term)
    assert found[0].startswith(place)
    assert suggested == []
    assert len(set(found)) == len(found)


def test_german_search_page_speaks_german(searching, server):
    searching.goto(f"{server}/de/search.html?q=Padding")
    searching.locator("#search-results li").first.wait_for()
    searching.wait_for_load_state("networkidle")
    status = searching.locator("#search-results > :not(ul)").all_inner_texts()
    assert status
    assert not any(ENGLISH_INTERFACE.search(words) for words in status), status


@pytest.mark.parametrize("word", ["constructor", "__proto__", "hasOwnProperty", "-constructor"])
def test_search_takes_a_word_of_the_language_for_a_word(searching, server, word):
    """What every JavaScript object has is no entry of the index; such a search once never ended."""
    searching.goto(f"{server}/en/search.html?q={word}")
    searching.locator("#search-results .search-summary:not(:empty)").wait_for()


def test_search_works_from_disk(searching, site):
    searching.goto(f"{(site / 'de' / 'search.html').as_uri()}?q=Schrittweiten")
    searching.locator("#search-results li a").first.wait_for()


@pytest.mark.parametrize(("locale", "language"), [("de-AT", "de"), ("en-US", "en"), ("fr-FR", "en")])
def test_start_page_picks_the_readers_language(browser, server, locale, language):
    with visiting(browser, server, locale=locale) as (page, _):
        page.goto(f"{server}/")
        page.wait_for_url(f"{server}/{language}/**")


def test_start_page_works_without_scripts(browser, server):
    with visiting(browser, server, java_script_enabled=False) as (page, _):
        page.goto(f"{server}/")
        for language in EDITIONS:
            assert page.locator(f"a[hreflang={language}]").is_visible()
        page.click("a[hreflang=de]")
        assert page.url.startswith(f"{server}/de/")


@pytest.mark.parametrize("address", CHAPTERS)
def test_chapter_can_be_read_without_scripts(browser, server, address):
    with visiting(browser, server, java_script_enabled=False) as (page, watch):
        page.goto(f"{server}/{address}")
        assert page.locator("h1").first.is_visible()
        assert page.locator(".katex-html").first.is_visible()
        solution = page.locator("article details").first
        solution.locator("summary").first.click()
        assert solution.get_attribute("open") is not None
        assert watch.take() == []


# A page's policy allows no style sheet that a test puts into it, but one made by a script.
ADD_STYLE = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
# In every browser the same font, KaTeX's, and so many widths that some line would break at any formula.
ONE_FONT = "body * { font-family: KaTeX_Main !important }"
NARROW_WIDTHS = range(340, 440, 10)


def parted(page):
    """Formulas that are parted from their full stop, at any width of a phone."""
    found = []
    for width in NARROW_WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        found += page.evaluate(PARTED)
    return found


@pytest.mark.parametrize("language", EDITIONS)
def test_no_line_begins_with_the_full_stop_of_a_formula(page, server, language):
    page.goto(f"{server}/{language}/book/vanishing-gradients.html")
    page.evaluate(ADD_STYLE, ONE_FONT)
    page.evaluate("document.querySelectorAll('article details').forEach((each) => { each.open = true; })")
    page.evaluate("document.fonts.ready.then(() => true)")
    assert page.locator(".together:has(.base)").count() > 20
    assert parted(page) == []
    page.evaluate(ADD_STYLE, ".together { white-space: normal }")
    assert parted(page), "without our rule there are some: the test can fail"


def test_axe_sees_the_colours_of_what_is_merged(page, server):
    """The longest piece of each look is left in code, and two letters in each part of a formula."""
    page.goto(f"{server}/de/notebooks/layers.html")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate(ADD_STYLE, ".highlight .n, .katex { color: #eee !important }")
    page.evaluate(MERGE_ALIKE)
    page.evaluate(FIRST_SEEN)
    found = axe(page, ONLY_COLOURS)
    assert sum(".n" in each for each in found) > 5
    assert sum(".katex" in each for each in found) > 5


def test_a_wide_table_fades_until_it_is_scrolled_to_its_end(page, server):
    page.set_viewport_size(NARROW)
    page.goto(f"{server}/de/book/arithmetic.html", wait_until="networkidle")
    table = page.locator(".pst-scrollable-table-container.scrolls").first
    faded = "element => getComputedStyle(element).maskImage !== 'none'"
    assert table.evaluate(faded)
    for left, expected in ((10_000, False), (0, True)):
        table.evaluate("(element, left) => { element.scrollLeft = left; }", left)
        page.wait_for_timeout(100)  # the event comes with the next frame
        assert table.evaluate(faded) == expected


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("language", EDITIONS)
def test_the_account_of_a_network_fits_without_scrolling(page, server, language, width):
    page.set_viewport_size(width)
    page.goto(f"{server}/{language}/notebooks/arithmetic.html", wait_until="networkidle")
    page.evaluate("document.querySelectorAll('[hidden]').forEach((each) => { each.hidden = false; })")
    assert page.locator(".cnn-anatomy > div").count() >= 2
    for table in page.locator(".cnn-anatomy > div").all():
        assert table.evaluate("table => table.clientWidth") > 300
        assert table.evaluate("table => table.scrollWidth - table.clientWidth") <= 0
        assert table.evaluate(CUT_CELLS) == []


def test_a_figure_is_light_on_light_and_dark_on_dark(page, server):
    page.goto(f"{server}/de/book/overfitting.html", wait_until="networkidle")
    figure = page.locator(".cell-figure svg").first
    for colours, light in (("dark", False), ("light", True), ("dark", False)):
        page.evaluate(USE_COLOURS, colours)
        figure.scroll_into_view_if_needed()
        corner = Image.open(BytesIO(figure.screenshot())).convert("L").getpixel((3, 3))
        assert (corner > 200) == light
        assert (corner < 60) != light


@pytest.mark.parametrize(("address", "most"), [("book/padding-stride", 247_000), ("index", 148_000)])
@pytest.mark.parametrize("language", EDITIONS)
def test_a_page_is_light_to_load(visit, server, language, address, most):
    """All that it loads, compressed, with headers."""
    page, watch = visit
    page.goto(f"{server}/{language}/{address}.html", wait_until="networkidle")
    assert watch.bytes <= most


def test_missing_page_leads_back_to_the_book(visit, server):
    page, watch = visit
    answer = page.goto(f"{server}/de/book/no-such-page.html")
    assert answer.status == 404
    assert watch.foreign == []
    page.click("a[hreflang=de]")
    page.wait_for_url(f"{server}/de/**")
    assert page.locator("h1").first.is_visible()


@pytest.mark.parametrize("language", EDITIONS)
def test_keyboard_reaches_everything(page, server, language):
    """The first Tab offers to skip the navigation; every stop on the way shows where the focus is."""
    page.goto(f"{server}/{language}/book/padding-stride.html", wait_until="networkidle")
    page.keyboard.press("Tab")
    stops = [page.evaluate(FOCUSED)]
    assert stops[0] == {"name": "a #main-content", "visible": True}
    while len(stops) < 80 and not {"edition-switch", "theme-switch-button"} <= reached(stops):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    assert {"edition-switch", "theme-switch-button"} <= reached(stops), stops
    assert all(stop["visible"] for stop in stops), [stop for stop in stops if not stop["visible"]]


def reached(stops):
    return {part for stop in stops for part in stop["name"].split()}


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["wide", "narrow"])
def test_launch_menu_fits_and_closes(page, server, width):
    page.set_viewport_size(width)
    page.goto(f"{server}/de/notebooks/padding-stride.html", wait_until="networkidle")
    summary, menu = page.locator("details.launch > summary"), page.locator("details.launch > ul")
    summary.press("Enter")
    box = menu.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width["width"]
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    summary.click()
    page.locator("h1").first.dispatch_event("click")  # the menu may lie over its middle
    assert not menu.is_visible()


@pytest.mark.parametrize("colours", COLOURS)
def test_skip_link_can_be_read_and_leads_to_the_text(page, server, colours):
    page.emulate_media(color_scheme=colours)
    page.goto(f"{server}/de/book/padding-stride.html")
    page.keyboard.press("Tab")
    page.wait_for_timeout(400)  # it slides in
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert axe(page, ONLY_COLOURS) == []
    page.keyboard.press("Enter")
    assert page.url.endswith("#main-content")


def test_colour_switch_works_with_the_keyboard_and_is_remembered(page, server):
    page.emulate_media(color_scheme="light")
    page.goto(f"{server}/de/book/padding-stride.html", wait_until="networkidle")
    switch = page.locator("button.theme-switch-button:visible")
    for _ in range(3):  # light, dark, as the system
        if page.locator("html").get_attribute("data-theme") == "dark":
            break
        switch.press("Enter")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


RUN_WITHIN = """() => {
  document.body.append(Object.assign(document.createElement("script"), { textContent: "window.ran = 1" }));
  document.body.insertAdjacentHTML("beforeend", `<img src="no.png" onerror="window.ran = 2">`);
}"""


@pytest.mark.parametrize("address", ["index.html", "book/drills.html", "search.html"])
@pytest.mark.parametrize("place", ["server", "disk"])
def test_a_script_that_got_into_a_page_does_not_run(visit, server, site, place, address):
    page, watch = visit
    page.goto(f"{server}/de/{address}" if place == "server" else (site / "de" / address).as_uri())
    assert watch.take() == []
    page.evaluate(RUN_WITHIN)
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert sum("violates" in message for message in watch.take()) == 2


def test_foreign_requests_are_seen(visit, server):
    """The guard itself: a picture from elsewhere is refused and recorded."""
    page, watch = visit
    page.set_content("<img src='https://example.org/a.png'>")  # without a policy, which would not even ask
    page.wait_for_timeout(200)
    assert "foreign request: https://example.org/a.png" in watch.take()


VANISHED = """(selector) => [...document.querySelectorAll(selector)]
  .filter((element) => element.checkVisibility())
  .map((element) => getComputedStyle(element).backgroundColor)
  .filter((colour) => colour === getComputedStyle(document.body).backgroundColor)"""


def test_icons_and_legends_stay_in_forced_colours(page, server):
    page.emulate_media(forced_colors="active")
    page.goto(f"{server}/de/book/padding-stride.html", wait_until="networkidle")
    assert page.locator(".fa-solid:visible").count() > 1
    assert page.evaluate(VANISHED, ".fa-solid") == []
    swatch = "element => getComputedStyle(element, '::before').backgroundColor"
    colours = [
        key.evaluate(swatch) for key in page.locator(".lab-key .key-input, .lab-key .key-window").all()
    ]
    assert len(set(colours)) == 2, colours


def test_bars_stay_in_forced_colours(page, server):
    page.emulate_media(forced_colors="active")
    page.goto(f"{server}/de/book/arithmetic.html", wait_until="networkidle")
    assert page.locator(".architect-bars > i:visible").count() > 2
    assert page.evaluate(VANISHED, ".architect-bars > i") == []


@pytest.mark.parametrize("way", ["button", "Control+K"])
def test_escape_from_a_drawer_leads_back_to_its_button(page, server, way):
    page.set_viewport_size(NARROW)
    page.goto(f"{server}/de/book/padding-stride.html", wait_until="networkidle")
    page.locator(".primary-toggle").press("Enter") if way == "button" else page.keyboard.press(way)
    assert page.locator("#pst-primary-sidebar-modal").is_visible()
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('dialog[open]')")
    page.wait_for_timeout(50)
    assert "primary-toggle" in page.evaluate(FOCUSED)["name"]


def test_tab_goes_on_in_the_text_after_the_skip_link(page, server):
    page.goto(f"{server}/de/book/padding-stride.html", wait_until="networkidle")
    for key in ("Tab", "Enter", "Tab"):
        page.keyboard.press(key)
    assert page.evaluate("Boolean(document.activeElement.closest('article'))")
    assert not page.evaluate("document.activeElement.matches('.headerlink')")


@pytest.mark.parametrize("language", EDITIONS)
def test_links_behind_headings_are_no_stops_of_the_keyboard(page, server, language):
    page.goto(f"{server}/{language}/book/padding-stride.html")
    assert page.locator("a.headerlink").count() > 20
    assert page.locator("a.headerlink:not([tabindex='-1'])").count() == 0
    page.locator("h2").first.hover()
    page.locator("h2 a.headerlink").first.click()
    assert "#" in page.url


def test_contents_mark_the_section_that_was_jumped_to(page, server):
    page.goto(f"{server}/de/book/padding-stride.html", wait_until="load")
    links = page.locator(".bd-sidebar-secondary nav a")
    for place in (4, 1, links.count() - 1, 2):
        links.nth(place).click()
        page.wait_for_timeout(150)
        assert page.locator(".bd-sidebar-secondary nav a.active").all_inner_texts() == [
            links.nth(place).inner_text()
        ]
        assert links.nth(place).get_attribute("aria-current") == "true"


CLIPPED = """() => [...document.querySelectorAll("article .katex")].filter((formula) => {
  if (!formula.checkVisibility()) return false;
  const box = formula.closest(".admonition");
  return box && !formula.closest(".math-scroll, .pst-scrollable-table-container")
    && [...formula.querySelectorAll(".base")]
      .some((base) => base.getBoundingClientRect().right > box.getBoundingClientRect().right + 1);
}).map((formula) => formula.querySelector("annotation").textContent)"""


@pytest.mark.parametrize("language", EDITIONS)
def test_no_answer_is_clipped_on_the_narrowest_phone(page, server, language):
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{server}/{language}/book/padding-stride.html")
    page.evaluate("document.querySelectorAll('article details').forEach((each) => { each.open = true; })")
    assert page.evaluate(CLIPPED) == []


def test_paper_shows_what_a_lab_says_and_not_its_controls(page, server):
    page.emulate_media(media="print")
    page.goto(f"{server}/de/book/padding-stride.html", wait_until="networkidle")
    assert page.locator(".lab:visible").count() > 0
    assert page.locator(".lab input[type=range]:visible, .lab button:visible").count() == 0
    assert page.locator(".lab").first.evaluate("each => getComputedStyle(each).breakInside") == "avoid"
    page.goto(f"{server}/de/book/drills.html", wait_until="networkidle")
    assert page.locator(".exercise:visible").count() > 0
    assert page.locator("cnn-drill:visible").count() == 0


def test_a_touch_screen_hears_nothing_of_keys(browser, server):
    with visiting(browser, server, viewport=NARROW, has_touch=True, is_mobile=True) as (page, _):
        page.goto(f"{server}/de/book/lenet-alexnet.html", wait_until="networkidle")
        page.locator("cnn-lenet").scroll_into_view_if_needed()  # it loads when the reader comes near
        hint = page.locator("cnn-lenet .lenet-unit p")
        assert "Zeige auf ein Neuron: Sein" in hint.inner_text()


@pytest.mark.parametrize("language", EDITIONS)
def test_the_footer_leads_on(page, server, language):
    page.goto(f"{server}/{language}/book/padding-stride.html")
    links = page.locator(".bd-footer-content a")
    assert {"glossary.html", "errata.html"} <= {
        (links.nth(i).get_attribute("href")) for i in range(links.count())
    }
    assert page.locator(".bd-footer-content a[rel=license]").count() == 2


def test_a_phone_without_scripts_has_a_menu(browser, server):
    with visiting(browser, server, viewport=NARROW, java_script_enabled=False) as (page, _):
        page.goto(f"{server}/de/book/padding-stride.html")
        page.click(".menu-link")
        page.locator("#pst-primary-sidebar a[href='layers.html']").click()
        page.wait_for_url("**/book/layers.html")


@pytest.mark.parametrize("language", EDITIONS)
def test_the_start_page_promises_a_pdf_only_where_there_is_one(site, language):
    text = (site / language / "index.html").read_text(encoding="utf-8")
    assert ("PDF" in text) == (site / language / f"cnncourse-{language}.pdf").is_file()
