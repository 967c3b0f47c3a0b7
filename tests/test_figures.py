"""Figures in the page: words are words, and everything can be seen, in both modes."""

import gzip
import re
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
from browsing import visiting
from extensions.figures import COLORS as NAMED
from extensions.figures import in_page
from manuscript import EDITIONS, ROOT, sources
from printed import Book
from test_plots import TOGETHER, VISION, lab, linear

from cnncourse.plots import COLORS, TINTS

DARK = NAMED["dark"]
PAPER = {"light": "#fcfbf8", "dark": "#12181f"}
GRID = "#e4e8ed"  # helps to read a value, and need not be seen to see the figure
COLOR = re.compile(r"(?<=var\(--figure-)\w{6}")


def figures(language="de"):
    """The name of every cell that has stored a figure, with the figure."""
    for source in sources(language):
        for cell in source.cells() if source.is_notebook else ():
            for output in cell.get("outputs", []):
                if svg := "".join(output.get("data", {}).get("image/svg+xml", "")):
                    yield f"{source.name} [{cell['id']}]", svg


def placed(language="de"):
    """The same figures as they stand in a page."""
    for number, (name, svg) in enumerate(figures(language)):
        yield name, ElementTree.fromstring(in_page(svg, "words", f"f{number}"))


def shown(color, mode, opacity=1.0):
    """A colour as red, green and blue, on the paper of this mode."""
    color = NAMED[mode].get(color[1:], color)
    mixed = opacity * channels(color) + (1 - opacity) * channels(PAPER[mode])
    return "#" + "".join(f"{round(channel):02x}" for channel in mixed)


def channels(color):
    return np.array([int(color[place : place + 2], 16) for place in (1, 3, 5)], float)


def contrast(one, other):
    """The ratio of WCAG 2.2, 1.4.3."""
    darker, lighter = sorted(linear(color) @ [0.2126, 0.7152, 0.0722] for color in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def style(element):
    return dict(part.split(":", 1) for part in element.get("style", "").split(";") if ":" in part)


def painted(element, key):
    """The colour that fills or lines an element, if one does, and how opaque it is."""
    own = style(element)
    color = COLOR.search(own.get(key, ""))
    opacity = float(own.get("opacity", 1)) * float(own.get(f"{key}-opacity", 1))
    return color and (f"#{color[0]}", opacity)


def test_every_colour_has_a_dark_one():
    used = {color for _, svg in figures() for color in re.findall(r"(?:fill|stroke)[:=] ?\"?(#\w{6})", svg)}
    assert used | set(COLORS.values()) | set(TINTS.values()) <= {f"#{color}" for color in DARK}


def test_paper_and_ink_are_those_of_the_page():
    css = (ROOT / "theme" / "static" / "site.css").read_text(encoding="utf-8")
    for mode in PAPER:
        rules = re.search(rf'html\[data-theme="{mode}"\] \{{\n  --paper(.*?)\}}', css, re.DOTALL)[0]
        assert f"--paper: {PAPER[mode]};" in rules
    assert DARK["ffffff"] == PAPER["dark"]
    assert f"--ink: {DARK['1f2933']};" in rules


@pytest.mark.parametrize("mode", PAPER)
@pytest.mark.parametrize("language", EDITIONS)
def test_every_word_can_be_read(language, mode):
    """On the paper; words in the colour of ink also on every area that the figure has."""
    for name, figure in placed(language):
        fills = {paint[0] for part in figure.iter("path") if (paint := painted(part, "fill"))}
        areas = fills & set(TINTS.values())
        for text in figure.iter("text"):
            color, opacity = painted(text, "fill")
            below = [PAPER[mode], *(shown(area, mode) for area in areas if color == COLORS["text"])]
            ratios = [contrast(shown(color, mode, opacity), each) for each in below]
            assert min(ratios) >= 4.5, f"{name}: {text.text!r} has {min(ratios):.1f}"


@pytest.mark.parametrize("mode", PAPER)
@pytest.mark.parametrize("language", EDITIONS)
def test_every_mark_can_be_seen(language, mode):
    """By its line or by its area, on the paper; a veil lies between lines that can be seen."""
    for name, figure in placed(language):
        hidden = {id(part) for each in figure.iter("defs") for part in each.iter()}
        for part in (part for kind in ("path", "use") for part in figure.iter(kind)):
            paints = [paint for key in ("fill", "stroke") if (paint := painted(part, key))]
            unseen = {color for color, _ in paints} <= {GRID, "#ffffff"}
            if id(part) in hidden or unseen or "fill-opacity" in style(part):
                continue
            best = max(contrast(shown(color, mode, opacity), PAPER[mode]) for color, opacity in paints)
            assert best >= 3, f"{name}: {paints} has {best:.1f}"


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(
    "palette", [{kind: COLORS[kind] for kind in TOGETHER}, TINTS], ids=["lines", "areas"]
)
def test_dark_colours_stay_apart(palette, vision):
    for (one, first), (other, second) in combinations(palette.items(), 2):
        distance = np.linalg.norm(lab(DARK[first[1:]], vision) - lab(DARK[second[1:]], vision))
        assert distance > 12, f"{one} and {other} look alike with {vision}: {distance:.1f}"


@pytest.mark.parametrize("language", EDITIONS)
def test_words_are_text_without_a_font_of_their_own(language):
    for name, figure in placed(language):
        html = ElementTree.tostring(figure, encoding="unicode")
        assert figure.findall(".//text"), name
        assert "font-family" not in html, name
        assert "DejaVu" not in html, name


def test_a_figure_keeps_its_photographs_and_its_words():
    for (name, svg), (_, figure) in zip(figures(), placed(), strict=True):
        html = ElementTree.tostring(figure, encoding="unicode")
        for photographs in zip(*(re.findall(r"base64,([^\"]+)", each) for each in (html, svg)), strict=True):
            assert len({"".join(photograph.split()) for photograph in photographs}) == 1, name
        assert [text.text for text in figure.iter("text")] == [
            text.text for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
        ], name


def test_what_a_figure_refers_to_is_in_it_and_nobody_elses():
    seen = set()
    for name, figure in placed():
        html = ElementTree.tostring(figure, encoding="unicode")
        names = {part.get("id") for part in figure.iter()} - {None}
        assert set(re.findall(r"(?:url\(|href=\")#([\w.-]+)", html)) == names, name
        assert not names & seen, name
        seen |= names


def test_in_the_printed_book_a_figure_still_refers_to_its_own_parts():
    tag = '<path id="f1-p" clip-path="url(#f1-p)" style="fill:url(#f1-p)">'
    assert Book(ROOT, ROOT, "").placed(tag, "book/layers") == tag.replace("f1-p", "book/layers--f1-p")


def test_the_lines_of_a_centred_label_share_their_middle():
    svg = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><g id="text_1">
    <text style="font-size: 10px; fill: #1f2933" transform="translate(20 10)">dense</text>
    <text style="font-size: 10px; fill: #1f2933" transform="translate(32 22)">1</text></g></svg>"""
    lines = ElementTree.fromstring(in_page(svg, "", "f")).findall(".//text")
    (first, second) = (line.get("transform").split("(")[1].split()[0] for line in lines)
    assert first == second == "34.5"
    assert {line.get("text-anchor") for line in lines} == {"middle"}


def test_figures_weigh_less_than_matplotlib_wrote():
    before = sum(len(gzip.compress(svg.encode())) for _, svg in figures())
    after = sum(len(gzip.compress(in_page(svg, "", "f").encode())) for _, svg in figures())
    assert after < before


# -- in the browser --------------------------------------------------------------------------------

SMALLEST = 9  # px: how high a letter's line is at least
SIZES = """[...document.querySelectorAll(".figure svg text")]
  .filter((text) => !text.closest("details:not([open])"))
  .map((text) => [text.getScreenCTM(), parseFloat(getComputedStyle(text).fontSize)])
  .map(([{ a, b }, size]) => Math.hypot(a, b) * size)"""  # some are turned
PAGES = ("book/padding-stride", "book/lenet-alexnet", "book/arithmetic")


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_the_smallest_word_can_be_read(browser, server, name, width):
    with visiting(browser, server, viewport={"width": width, "height": 800}) as (page, _):
        page.goto(f"{server}/de/{name}.html")
        sizes = page.evaluate(SIZES)
        assert len(sizes) > 30
        assert min(sizes) >= SMALLEST - 0.01
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_figures_of_several_panels_use_the_width(browser, server):
    with visiting(browser, server, viewport={"width": 1920, "height": 1000}) as (page, _):
        page.goto(f"{server}/de/book/lenet-alexnet.html")
        column = page.locator("article section > p").first.bounding_box()["width"]
        for figure in page.locator(".figure.wide svg").all():
            assert figure.bounding_box()["width"] >= 0.95 * min(column, 736)


def test_words_in_figures_are_selected_and_found(browser, server):
    with visiting(browser, server) as (page, _):
        page.goto(f"{server}/de/book/padding-stride.html")
        assert page.evaluate("window.find('Eingabe 5 × 5')")  # as the browser's own search does
        assert page.evaluate("getSelection().toString()") == "Eingabe 5 × 5"
        assert page.evaluate("getSelection().anchorNode.parentNode.localName") == "text"
        font = "getComputedStyle(document.querySelector('.figure text')).fontFamily"
        assert page.evaluate(font) == page.evaluate("getComputedStyle(document.body).fontFamily")


def test_a_hit_in_a_figure_is_marked_and_shown(browser, server):
    with visiting(browser, server) as (page, _):
        page.goto(f"{server}/de/")
        page.evaluate("localStorage.sphinx_highlight_terms = 'eingabegröße'")
        page.goto(f"{server}/de/notebooks/padding-stride.html")
        hit = page.locator(".figure tspan")
        hit.wait_for()
        assert hit.text_content() == "Eingabegröße"
        page.wait_for_function("scrollY > 0")
        assert 0 < hit.bounding_box()["y"] < page.viewport_size["height"]
        halo = "hit => getComputedStyle(hit).paintOrder"
        assert hit.evaluate(halo).startswith("stroke")
        page.locator(".highlight-link button").click()
        assert not hit.evaluate(halo).startswith("stroke")


def test_the_search_of_the_book_finds_words_in_figures(browser, server):
    """On this page the word stands on the axis of a figure and nowhere else."""
    with visiting(browser, server) as (page, _):
        page.goto(f"{server}/de/search.html?q=Eingabegröße")
        page.locator("#search-results .search-summary:not(:empty)").wait_for()
        found = page.locator("#search-results li a").evaluate_all("all => all.map((each) => each.href)")
        assert any("notebooks/padding-stride" in link for link in found), found
