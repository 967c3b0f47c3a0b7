"""Figures have colours for dark pages: all of them, enough contrast, apart for everyone, and no heavier."""

import gzip
import re
from itertools import combinations

import numpy as np
import pytest
from extensions.dark_figures import DARK, INK, PAPER, in_both_modes, is_plain
from manuscript import ROOT, sources
from test_plots import TOGETHER, VISION, lab, linear

from cnncourse.plots import COLORS, TINTS


def figures(language="de"):
    """Every figure that the notebooks have stored."""
    for source in sources(language):
        for cell in source.cells() if source.is_notebook else ():
            for output in cell.get("outputs", []):
                if svg := "".join(output.get("data", {}).get("image/svg+xml", "")):
                    yield svg


def contrast(one, other):
    """The ratio of WCAG 2.2, 1.4.3."""
    darker, lighter = sorted(linear(color) @ [0.2126, 0.7152, 0.0722] for color in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def test_every_colour_has_a_dark_one():
    used = {color for svg in figures() for color in re.findall(r"(?:fill|stroke)[:=] ?\"?(#\w{6})", svg)}
    assert used | set(COLORS.values()) | set(TINTS.values()) <= set(DARK)


def test_paper_and_ink_are_those_of_the_page():
    css = (ROOT / "theme" / "static" / "site.css").read_text(encoding="utf-8")
    dark = re.search(r'html\[data-theme="dark"\] \{(.*?)\}', css, re.DOTALL)[1]
    assert {f"--paper: {PAPER};", f"--ink: {INK};"} <= {line.strip() for line in dark.splitlines()}


@pytest.mark.parametrize("kind", COLORS)
def test_words_and_marks_can_be_seen_on_dark_paper(kind):
    assert contrast(DARK[COLORS[kind]], PAPER) >= 4.5


@pytest.mark.parametrize("kind", TINTS)
def test_words_on_areas_can_be_read_in_the_dark(kind):
    assert contrast(DARK[TINTS[kind]], INK) >= 4.5


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(
    "palette", [{kind: COLORS[kind] for kind in TOGETHER}, TINTS], ids=["lines", "areas"]
)
def test_dark_colours_stay_apart(palette, vision):
    for (one, first), (other, second) in combinations(palette.items(), 2):
        distance = np.linalg.norm(lab(DARK[first], vision) - lab(DARK[second], vision))
        assert distance > 12, f"{one} and {other} look alike with {vision}: {distance:.1f}"


def test_a_figure_has_both_modes_and_keeps_its_photographs():
    for svg in figures():
        treated = in_both_modes(svg)
        assert is_plain(svg)
        assert not is_plain(treated)
        assert not re.findall(r"(?:fill|stroke)[:=] ?\"?#", treated)
        assert re.findall(r"base64,[^\"]+", treated) == re.findall(r"base64,[^\"]+", svg)
        names = set(re.findall(r"var\((--c\d+)\)", treated))
        light, dark = (dict(re.findall(r"(--c\d+):(#\w{6})", rules)) for rules in treated.split("@media", 1))
        assert names <= set(light) == set(dark)
        assert {DARK[light[name]] for name in light} == set(dark.values())


def test_figures_weigh_no_more_than_before():
    before, after = (
        sum(len(gzip.compress(treat(svg).encode())) for svg in figures()) for treat in (str, in_both_modes)
    )
    assert after <= before
