"""Formulas rendered by KaTeX while the book is built.

One Node process per build reads formulas from its standard input and answers line by line
(``katex.cjs``), so a page needs no script, and bad TeX is a warning with document and line, which
``-W`` turns into a failed build. KaTeX's style sheet and fonts come from the npm package, and only
pages with formulas load them. Its MathML stays in the page for screen readers.
"""

import html
import json
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from docutils import nodes
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from extensions.node import commands

logger = logging.getLogger(__name__)
HERE = Path(__file__).parent
PACKAGE = HERE.parent / "node_modules" / "katex" / "dist"
STYLE_SHEET = "katex/katex.css"


class Renderer:
    """One Node process, started with the first formula."""

    def __init__(self):
        self._process = None
        self.render = lru_cache(maxsize=None)(self._render)

    def _render(self, tex, display, output="htmlAndMathml"):
        """The answer for one formula: ``{"html": …}`` or ``{"error": …}``; ``output`` is KaTeX's option."""
        if self._process is None:
            node, _npm = commands()
            self._process = subprocess.Popen(
                # half a second of work is over before optimized code would pay
                [*node, "--no-opt", str(HERE / "katex.cjs")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        self._process.stdin.write(json.dumps({"tex": tex, "display": display, "output": output}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("KaTeX's Node process ended early: run `npm ci` in the folder theme/.")
        return json.loads(answer)

    def close(self, *_event):
        if self._process is not None:
            self._process.communicate()
            self._process = None


renderer = Renderer()


def render(node, display):
    """The HTML of a math node; bad TeX gives a warning and the source, marked as wrong."""
    tex = node.astext()
    answer = renderer.render(tex, display)
    if "html" in answer:
        return answer["html"]
    logger.warning("KaTeX: %s in %r", answer["error"], tex, location=node, type="katex")
    return f'<code class="katex-error">{html.escape(tex)}</code>'


def is_short(tex):
    """Whether a formula can go to the next line as a whole without leaving an ugly hole behind it."""
    tex = tex.replace(r"\bmod", " xmodx ")  # a word, and wide spaces around it
    return len(re.sub(r"\\(?:[a-zA-Z]+|.)", "x", tex).translate(str.maketrans("", "", " {}"))) <= 20


def visit_math(translator, node):
    formula, classes = render(node, display=False), "math notranslate nohighlight"
    if is_short(node.astext()):
        classes += " together"
    else:  # places to break, also where the line must not break after the formula
        formula = formula.replace('</span><span class="base">', '</span><wbr><span class="base">')
    translator.body.append(translator.starttag(node, "span", "", CLASS=classes))
    translator.body.append(formula + "</span>")
    raise nodes.SkipNode


def visit_displaymath(translator, node):
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate nohighlight"))
    translator.body.append(f'<div class="math-scroll">{render(node, display=True)}</div>')
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def link_style_sheet(app, _pagename, _template, _context, doctree):
    """Only pages with a formula load KaTeX's style sheet."""
    has_math = doctree is not None and next(doctree.findall(_is_math), None) is not None
    if has_math:
        app.add_css_file(STYLE_SHEET)


def _is_math(node):
    return isinstance(node, nodes.math | nodes.math_block)


def copy_assets(app):
    """Put the style sheet and the fonts it names into the book, in the one format browsers want."""
    if app.builder.format != "html":
        return
    target = Path(app.outdir, "_static", STYLE_SHEET)
    fonts = target.parent / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    css = (PACKAGE / "katex.min.css").read_text(encoding="utf-8")
    target.write_text(re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)', "", css), encoding="utf-8")
    for font in (PACKAGE / "fonts").glob("*.woff2"):
        shutil.copy(font, fonts)


def setup(app):
    app.add_html_math_renderer("katex", (visit_math, None), (visit_displaymath, None))
    app.connect("builder-inited", copy_assets)
    app.connect("html-page-context", link_style_sheet)
    app.connect("build-finished", renderer.close)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
