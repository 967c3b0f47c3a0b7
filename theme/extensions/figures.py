"""Figures stand in the page itself: their words are text of the page, their colours follow its mode.

A notebook draws for white paper and in matplotlib's own font, and so it stays in JupyterLab. When the site is
built, every figure becomes a part of its page. Its words are set in the page's font and can be selected; the
page's search and the browser's find them. Its colours get names, which ``site.css`` gives other values in the
dark. Photographs stay as they are.

A font of the reader's is narrower than matplotlib's or as wide, so words keep their room as long as they hang
where matplotlib hung them: by their beginning, their middle or their end.
"""

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes

STYLE = Path(__file__).resolve().parent.parent / "static" / "site.css"
COLORS = {
    mode: dict(re.findall(r"--figure-(\w{6}): (#\w{6});", rules))
    for mode, rules in re.findall(
        r'data-theme="(\w+)"\] \{([^}]*--figure[^}]*)\}', STYLE.read_text(encoding="utf-8")
    )
}
"""What a colour of :mod:`cnncourse.plots` is in each mode, where it is not what was drawn."""

LETTER = 0.58  # the mean width of one, in sizes of the font
PREFIX = "figure-of-this-page"  # stands for that of a page: chapter and notebook show the same figure

_NAMESPACE = re.compile(r"^\{.*?\}")
_NUMBER = re.compile(r"(\d\.\d{3})\d+")
_COLOR = re.compile(rf"#({'|'.join(COLORS['dark'])})\b")
_FONT = re.compile(r"font-family: [^;]*; ")
_PLACE = re.compile(r"translate\(([-\d.]+) ([-\d.]+)\)")
_SIZE = re.compile(r"font-size: ([\d.]+)px")
_MEASURES = {"d", "height", "points", "transform", "viewBox", "width", "x", "y"}


def in_page(svg, words, prefix):
    """Make of a figure that matplotlib wrote a part of a page.

    Args:
        svg: the file as text.
        words: what a reader should see, for whoever does not.
        prefix: what the names of its parts begin with, which no other figure of the page may have.

    Returns:
        The HTML of the figure.
    """
    return _drawn(svg, words).replace(PREFIX, prefix)


@cache
def _drawn(svg, words):
    root = ElementTree.fromstring(svg)
    used = set(re.findall(r"[\"(]#([\w.-]+)[\")]", svg))
    for element in root.iter():
        element.tag = _local(element.tag)
        element.attrib = {_local(name): value for name, value in element.attrib.items()}
    _take_paper_away(root)
    for element in root.iter():
        _centre(element)
    for element in root.iter():
        element.attrib = {name: _tidied(name, value) for name, value in _kept(element, used)}
    _unwrap(root)
    width, height = root.get("viewBox").split()[2:]
    root.attrib = {"viewBox": root.get("viewBox"), "style": f"aspect-ratio:{width}/{height}", "role": "img"}
    root.attrib |= {"aria-label": words, "stroke-linejoin": "round", "preserveAspectRatio": "xMinYMin"}
    wide = " wide" if svg.count('<g id="axes_') > 1 else ""
    drawing = ElementTree.tostring(root, encoding="unicode")
    return f'<div class="figure{wide}"><div class="figure-scroll">{drawing}</div></div>'


@cache
def _local(name):
    """A name without its namespace."""
    return _NAMESPACE.sub("", name)


def _take_paper_away(root):
    """Take away the white sheets below the figure and its axes, and what is no drawing."""
    for parent in [*root.iter()]:
        for child in [*parent]:
            below = parent.get("id", "").startswith(("figure_", "axes_")) and child is parent[0]
            white = any("fill: #ffffff" in path.get("style", "") for path in child.findall("path"))
            if (white and below) or child.tag in ("metadata", "style"):
                parent.remove(child)


def _centre(group):
    """Hang the lines of a centred text by their middle: matplotlib says only where each of them begins."""
    lines = [line for line in group if line.tag == "text" and _PLACE.match(line.get("transform", ""))]
    places = [tuple(map(float, _PLACE.match(line.get("transform")).groups())) for line in lines]
    if len({x for x, _ in places}) < 2:
        return
    longest = max(range(len(lines)), key=lambda number: len(lines[number].text))
    size = float(_SIZE.search(lines[longest].get("style"))[1])
    middle = places[longest][0] + LETTER * size * len(lines[longest].text) / 2
    for line, (_, y) in zip(lines, places, strict=True):
        line.set("transform", f"translate({middle} {y})")
        line.set("text-anchor", "middle")


def _kept(element, used):
    """The attributes of an element that say something: a name only if something refers to it."""
    for name, value in element.attrib.items():
        straight = name == "transform" and value.startswith("rotate(-0 ")
        if not straight and (name != "id" or value in used):
            yield name, value


def _tidied(name, value):
    value = value.replace("url(#", f"url(#{PREFIX}-")
    if name == "id":
        return f"{PREFIX}-{value}"
    if name == "href":
        return f"#{PREFIX}-{value[1:]}" if value.startswith("#") else "".join(value.split())
    if name in ("fill", "stroke", "style"):
        return _styled(value)
    return _NUMBER.sub(r"\1", " ".join(value.split())) if name in _MEASURES else value


@cache
def _styled(value):
    """Styles in the page's font, and with colours that have a name."""
    return _COLOR.sub(r"var(--figure-\1,#\1)", _FONT.sub("", value).replace(": ", ":").replace("; ", ";"))


def _unwrap(parent):
    """Put the parts of a group that says nothing in its place; only words need white space around them."""
    for child in parent:
        _unwrap(child)
        child.tail = "\n" if child.tag == "text" else None
    if parent.tag != "text":
        parent.text = None
    inner = [[*child] if child.tag == "g" and not child.attrib else [child] for child in parent]
    parent[:] = [element for part in inner for element in part if len(element) or element.tag != "defs"]


def put_in(app, doctree, _docname):
    """Replace each picture that matplotlib wrote as an SVG by the drawing itself."""
    if app.builder.format != "html":
        return
    for number, image in enumerate([*doctree.findall(nodes.image)], start=1):
        path = Path(app.srcdir, image["uri"])
        svg = path.read_text(encoding="utf-8") if path.suffix == ".svg" and path.is_file() else ""
        if 'id="figure_1"' in svg:
            figure = in_page(svg, image.get("alt", ""), f"f{number}")
            image.replace_self(nodes.raw("", figure, format="html"))


def load_script(app, _pagename, _template, context, _doctree):
    """Let a page with figures or labs show them full screen."""
    if re.search('class="(figure|lab)[ "]', context.get("body", "")):
        app.add_js_file("stage.js", loading_method="defer", priority=900)  # after the labs


def setup(app):
    app.connect("doctree-resolved", put_in)
    app.connect("html-page-context", load_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
