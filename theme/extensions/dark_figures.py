"""Figures in the colours of the page: light on light paper, and in dark mode dark.

A notebook draws for white paper, and so it stays in JupyterLab. When the site is built, every colour of a
figure gets a name, with a value for each mode; an SVG in an ``<img>`` takes the mode from its element's
``color-scheme``, which ``site.css`` sets. Photographs stay as they are.
"""

import re
from pathlib import Path

INK, PAPER = "#e3e7eb", "#12181f"  # as in site.css
DARK = {
    "#ffffff": PAPER,
    "#1f2933": INK,
    "#8b95a1": "#8b95a1",  # axes
    "#e4e8ed": "#2b343d",  # grid
    "#1d5fc4": "#7fb0ff",
    "#c84300": "#f5824a",
    "#00573f": "#45cf98",
    "#8b2c7e": "#e070cf",
    "#4d3a00": "#ffe6a0",
    "#70757d": "#9aa3ad",
    "#a9d2f2": "#1d4f96",  # areas, with words on them
    "#ffcf66": "#755600",
    "#6fc3a6": "#1a6647",
    "#d3d6da": "#4c545d",
}
"""What each colour of :mod:`cnncourse.plots` is on dark paper: the same hue, the same meaning."""

_COLOR = re.compile(rf'(?<=[ "])(?:{"|".join(DARK)})(?=[;"])')
_PROLOGUE = re.compile(r"<\?xml.*?\?>\s*|<!DOCTYPE.*?>\s*|<!--.*?-->\s*", re.DOTALL)
_STYLE = '<style type="text/css">'


def in_both_modes(svg):
    """Name the colours of a figure that matplotlib wrote, and leave out what only people read."""
    names = {color: f"--c{number}" for number, color in enumerate(DARK) if color in svg}
    modes = [
        "".join(f"{name}:{mode[color]};" for color, name in names.items())
        for mode in ({color: color for color in DARK}, DARK)
    ]
    rules = f"svg{{{modes[0]}}}@media (prefers-color-scheme:dark){{svg{{{modes[1]}}}}}"
    named = _COLOR.sub(lambda found: f"var({names[found[0]]})", _PROLOGUE.sub("", svg))
    return named.replace(_STYLE, f"{_STYLE}{rules}", 1)


def is_plain(svg):
    """Tell whether this is a figure of matplotlib's that has not been treated yet."""
    return 'id="figure_1"' in svg and _STYLE in svg and "prefers-color-scheme" not in svg


def treat_figures(app, exception):
    if exception or app.builder.format != "html":
        return
    for path in Path(app.outdir, "_images").glob("*.svg"):
        svg = path.read_text(encoding="utf-8")
        if is_plain(svg):
            path.write_text(in_both_modes(svg), encoding="utf-8")


def setup(app):
    app.connect("build-finished", treat_figures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
