"""Read the book's sources: what the tests about prose, formulas and the two editions share."""

import ast
import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "site"
EDITIONS = {"de": ROOT, "en": ROOT / "en"}

# Directives whose argument is a name or a path; every other argument is a title in the page's language.
NAMING = {
    "api",
    "bibliography",
    "code-cell",
    "erratum",
    "exam",
    "figure",
    "glue",
    "image",
    "include",
    "lab",
    "literalinclude",
    "notes-map",
    "solution",
}
VERBATIM = {"code", "code-block", "code-cell", "literalinclude", "mermaid", "toctree", "tableofcontents"}
CLAIMS = {"math", "text"}
WORDED_OPTIONS = {"alt", "caption", "header", "other", "proof", "title"}
# A quotation may stay in German in the English edition, and a term may have more names in one language.
UNPAIRED_OPTIONS = {"also", "lang"}
# Roles whose target is a word of the language, such as a glossary's term.
WORDED_ROLES = {"abbr", "term"}

NUMBER = re.compile(r"\d+(?:(?:[.,]|\{[.,]\}|\\,|[\u2009\u202f])\d+)*")


@dataclass(frozen=True)
class Element:
    """One element of a page: a heading, a directive, a formula, a reference, a number in the prose …"""

    kind: str
    value: str
    line: int


@dataclass(frozen=True)
class Source:
    """One page of one edition."""

    docname: str
    language: str
    path: Path

    @property
    def name(self):
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self):
        return self.path.read_text(encoding="utf-8")

    @property
    def is_notebook(self):
        return self.path.suffix == ".ipynb"

    def cells(self):
        return json.loads(self.text)["cells"]

    def written(self):
        """What people wrote: the whole page, or a notebook's cells without their outputs."""
        if not self.is_notebook:
            return self.text
        return "\n\n".join("".join(cell["source"]) for cell in self.cells())

    def elements(self):
        """Every element with its place: ``file:line``, or ``file [cell] line`` in a notebook."""
        if not self.is_notebook:
            return [(f"{self.name}:{element.line}", element) for element in elements(self.text)]
        return [
            (f"{self.name} [{cell['id']}] line {element.line}", element)
            for cell in self.cells()
            if cell["cell_type"] == "markdown"
            for element in elements("".join(cell["source"]))
        ]


@cache
def docnames(language):
    """The pages of an edition, in the order of its table of contents."""
    toc = yaml.safe_load((EDITIONS[language] / "_toc.yml").read_text(encoding="utf-8"))
    return tuple(_named_in(toc))


def _named_in(toc):
    if isinstance(toc, list):
        return [name for entry in toc for name in _named_in(entry)]
    if not isinstance(toc, dict):
        return []
    own = [toc[key] for key in ("root", "file") if key in toc]
    return own + [name for value in toc.values() for name in _named_in(value)]


def sources(language):
    """Every page of an edition."""
    folder = EDITIONS[language]
    paths = [(docname, path) for docname in docnames(language) for path in folder.glob(f"{docname}.*")]
    return [Source(docname, language, path) for docname, path in paths if path.suffix in (".md", ".ipynb")]


@cache
def _parser():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    extensions = set(config["parse"]["myst_enable_extensions"])
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


def elements(markdown, line=1):
    """Every element of a text in reading order, directives opened up."""
    found = []
    at, quotes = line, 0
    for token in _parser().parse(markdown):
        at = line + token.map[0] if token.map else at
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        found += _quoted(_element(token, at)) if quotes else _element(token, at)
    return found


def _quoted(found):
    """Mark what is quoted: the notes may be wrong, and the pages say so."""
    return [replace(each, kind=f"quoted {each.kind}") if each.kind in CLAIMS else each for each in found]


def _element(token, line):
    if token.type in ("fence", "colon_fence"):
        return _fence(token, line)
    if token.type == "inline":
        return [found for child in token.children for found in _inline(child, line)]
    if token.type in ("math_block", "math_block_label", "amsmath"):
        return [Element("formula", token.info, line), Element("math", token.content, line)]
    opened = {
        "heading_open": ("heading", token.tag[1:]),
        "paragraph_open": ("paragraph", ""),
        "list_item_open": ("item", ""),
        "tr_open": ("row", ""),
        "dt_open": ("term", ""),
        "footnote_reference_open": ("footnote", str((token.meta or {}).get("label", ""))),
        "myst_target": ("label", token.content),
    }
    return [Element(*opened[token.type], line)] if token.type in opened else []


def _inline(token, line):
    """The elements inside a line of text: they may change their order from one language to the other."""
    if token.type == "text":
        numbers = [Element("number", number, line) for number in NUMBER.findall(token.content)]
        return [Element("text", token.content, line), *numbers]
    if token.type == "myst_role":
        return [_role(token, line)]
    inline = {
        "math_inline": ("math", token.content),
        "math_single": ("math", token.content),
        "code_inline": ("code", token.content),
        "footnote_ref": ("footnote", str((token.meta or {}).get("label", ""))),
        "image": ("image", token.attrGet("src")),
        "link_open": ("link", token.attrGet("href")),
    }
    return [Element(*inline[token.type], line)] if token.type in inline else []


def _role(token, line):
    name, content = token.meta["name"], token.content
    if name == "math":
        return Element("math", content, line)
    if name in WORDED_ROLES:
        return Element("role", name, line)
    target = re.fullmatch(r".*<([^<>]+)>\s*", content, flags=re.DOTALL)
    return Element("role", f"{name} {target[1] if target else content}", line)


def _fence(token, line):
    directive = re.match(r"\{([^}]+)\}\s*(.*)", token.info)
    if not directive:
        return [Element("listing", token.info, line), Element("code", token.content, line)]
    name, argument = directive.groups()
    options, body, start = _options(token.content, line + 1)
    named = name in NAMING
    head = [Element("directive", f"{name} {argument}".strip() if named else name, line), *options]
    if name == "math":
        return [Element("formula", "", line), *options, Element("math", body, start)]
    if name in VERBATIM:
        return [*head, Element("code", body, start)]
    inside = [] if named else elements(argument, line)
    inside += elements(body, start)
    return head + (_quoted(inside) if name == "notes-quote" else inside)


def _options(content, line):
    """Split a directive's ``:key: value`` lines from its body; give where the body starts, too."""
    found, rest = [], content.split("\n")
    while rest and (option := re.match(r":([\w-]+):\s*(.*)", rest[0])):
        key, value = option.groups()
        if key in WORDED_OPTIONS:
            found += [Element("option", key, line), *elements(value, line)]
        elif key not in UNPAIRED_OPTIONS:
            found.append(Element("option", f"{key}={value}", line))
        rest.pop(0)
        line += 1
    return found, "\n".join(rest), line


def plain_number(written, language):
    """A number as Python writes it, from the way German or English writes it.

    >>> plain_number("34.944", "de"), plain_number("34,944", "en")
    ('34944', '34944')
    >>> plain_number("54{,}25", "de"), plain_number("54.25", "en"), plain_number("18{,}585{,}600", "en")
    ('54.25', '54.25', '18585600')
    >>> plain_number("0.001", "de")  # in the notes' code
    '0.001'
    """
    number = re.sub(r"\\,|[\u2009\u202f]", "", written).replace("{.}", ".")
    if language == "de":
        return re.sub(r"(?<!^0)\.(?=\d{3}(?!\d))", "", number).replace("{,}", ".").replace(",", ".")
    return re.sub(r"(?:\{,\}|,)(?=\d{3}(?!\d))", "", number)


def plain_code(source, language):
    """Code without comments and layout, and its strings reduced to the numbers in them.

    >>> plain_code("size = 55  # Größe", "de") == plain_code("size = 55 # size", "en")
    True
    """
    tree = ast.parse(re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = " ".join(plain_number(number, language) for number in NUMBER.findall(node.value))
    return ast.unparse(tree)
