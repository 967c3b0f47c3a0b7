"""Read the built site: every page as its tags, its anchors and its visible words."""

import posixpath
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from manuscript import SITE

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSEEN = {"script", "style", "noscript", "template", "annotation", "title"}

# Words that Sphinx, the themes and their scripts say in English when nobody translates them.
ENGLISH_INTERFACE = re.compile(
    r"\b(?:back to|breadcrumb|by the|click|close|collapse|color|contents|copied|copy|copyright|dark|"
    r"download|edit|exercise|expand|figure|full ?screen|hide|home|index|last updated|launch|light|link to|"
    r"matching|menu|next|note|on this page|open|permalink|please|preparing|previous|print|results?|search|"
    r"searching|section|show|site|skip|solution|source|suggest|table|theme|toggle|warning|with)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Tag:
    name: str
    attributes: dict
    line: int
    inside: tuple  # the names of the tags around it

    def get(self, attribute):
        return self.attributes.get(attribute) or ""


@dataclass
class Text:
    words: str
    line: int
    inside: tuple


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.texts, self.open = [], [], []

    def handle_starttag(self, name, attributes):
        self.tags.append(Tag(name, dict(attributes), self.getpos()[0], tuple(self.open)))
        if name not in VOID:
            self.open.append(name)

    def handle_startendtag(self, name, attributes):
        self.tags.append(Tag(name, dict(attributes), self.getpos()[0], tuple(self.open)))

    def handle_endtag(self, name):
        if name in self.open:
            while self.open.pop() != name:
                pass

    def handle_data(self, words):
        if words.strip():
            self.texts.append(Text(words.strip(), self.getpos()[0], tuple(self.open)))


@dataclass
class Page:
    """One HTML file of the site; ``address`` is its path from the site's root."""

    path: Path
    tags: list = field(default_factory=list)
    texts: list = field(default_factory=list)

    def __post_init__(self):
        reader = _Reader()
        reader.feed(self.html)
        self.tags, self.texts = reader.tags, reader.texts

    @cached_property
    def html(self):
        return self.path.read_text(encoding="utf-8")

    @property
    def address(self):
        return self.path.relative_to(SITE).as_posix()

    @property
    def language(self):
        return self.address.partition("/")[0] if "/" in self.address else None

    @cached_property
    def anchors(self):
        return {tag.get(name) for tag in self.tags for name in ("id", "name") if tag.get(name)}

    def all(self, name):
        return [tag for tag in self.tags if tag.name == name]

    def meta(self, name):
        """The content of a ``<meta>`` by its name or property."""
        found = [tag for tag in self.all("meta") if name in (tag.get("name"), tag.get("property"))]
        return found[0].get("content") if found else ""

    def title(self):
        return " ".join(text.words for text in self.texts if text.inside[-2:] == ("head", "title"))

    def visible(self):
        return [text for text in self.texts if not UNSEEN & set(text.inside)]

    def at(self, tag):
        return f"{self.address}:{tag.line}"


@cache
def pages():
    """Every page of the site."""
    return tuple(Page(path) for path in sorted(SITE.rglob("*.html")))


@cache
def by_address():
    return {page.address: page for page in pages()}


def is_foreign(url):
    """Whether fetching this address would leave the site."""
    parts = urlsplit(url.strip())
    return bool(parts.netloc) or parts.scheme in ("http", "https", "ws", "wss", "ftp")


def resolve(page, url):
    """The address on this site, and the anchor, that a link on a page leads to."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if not path:
        return page.address, unquote(parts.fragment)
    address = posixpath.normpath(posixpath.join(posixpath.dirname(page.address), path))
    if path.endswith("/") or (SITE / address).is_dir():
        address = posixpath.normpath(posixpath.join(address, "index.html"))
    return address, unquote(parts.fragment)
