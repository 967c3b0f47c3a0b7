"""The whole book as one PDF: the built pages of an edition, printed by a browser.

The pages of the site are put one after the other, with their links turned into links within the book. The
notebooks stay out: they are there to be run, they are on the site and in the zip, and printed they would
double the paper. So does the package's API, fifty pages to look things up in. Links to both lead to the site.
"""

import logging
import posixpath
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape
from io import BytesIO
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from urllib.parse import urljoin

import yaml
from browsing import QUIET, find_chromium
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Fit

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it complains about what Chromium counts

TEMPLATES = Path(__file__).resolve().parent.parent / "theme" / "downloads"
ARTICLE = re.compile(r'<article class="bd-article">(.*)</article>', re.DOTALL)
HEADING = re.compile(r'<(h[12])>(.*?)<a class="headerlink" href="#([^"]*)"', re.DOTALL)
NUMBERED = 'class="section-number"'  # chapters are, the other pages are not
UNPRINTED = {"book/api"}
TAG = re.compile(r"<[a-z][^>]*>")
ADDRESS = re.compile(r'(?<=\s)(id|href|src)="([^"]*)"')
WITHIN = re.compile(r"(?<=url\(#)")  # what a part of a drawing refers to
ABSOLUTE = re.compile(r"[a-z]+:|//")
LAB = re.compile(r'(<(cnn-[a-z-]+) [^>]*?id="([^"]*)".*?)(?=</\2>)', re.DOTALL)
ENTRY = re.compile(r'<a href="#([^"]*)"><span>(.*?)</span><span class="number">')
CELL = re.compile(rb"\(node\d{8}\)")
PRINTING = ["--headless", *QUIET, "--no-pdf-header-footer"]
PRINTING.append("--disable-dev-shm-usage")  # of which a container may have little
UNTAGGED = "--disable-pdf-tagging"  # without what a screen reader needs: the same pages in less time


@dataclass(frozen=True)
class Book:
    """One built edition: the folder of its pages, its contents, and its address if it is published."""

    html: Path
    toc: Path
    url: str

    @cached_property
    def parts(self):
        """The caption of each part with the names of its pages, without the notebooks under them."""
        toc = yaml.safe_load(self.toc.read_text(encoding="utf-8"))
        return {
            part["caption"]: [page["file"] for page in part["chapters"] if page["file"] not in UNPRINTED]
            for part in toc["parts"]
        }

    @cached_property
    def pages(self):
        """The HTML of every page by its name, in the order of the book."""
        names = [name for names in self.parts.values() for name in names]
        return {name: (self.html / f"{name}.html").read_text(encoding="utf-8") for name in names}

    def write(self, words):
        """Write the whole book as one page beside the others; ``words`` is what its first two pages say."""
        style = Template((TEMPLATES / "book.css").read_text(encoding="utf-8"))
        template = Template((TEMPLATES / "book.html").read_text(encoding="utf-8"))
        text = template.substitute(
            {key: escape(word) for key, word in words.items()},
            home=f'<br><a href="{self.url}">{self.url}</a>' if self.url else "",
            styles=self.styles(),
            print_style=style.substitute(site=urljoin(self.url, "..")),
            contents="".join(self.listed(*part) for part in self.parts.items()),
            chapters="".join(map(self.chapter, self.pages)),
        )
        target = self.html / "book.html"
        target.write_text(text, encoding="utf-8", newline="\n")
        return target

    def styles(self):
        """The style sheets of all pages, those for formulas included."""
        links = re.findall(r'<link rel="stylesheet"[^>]*>', "".join(self.pages.values()))
        return "\n  ".join(link.replace("../", "") for link in dict.fromkeys(links))

    def listed(self, caption, names):
        """A part of the contents: its pages, and the sections of chapters; where they are is known later."""
        entries = []
        for name in names:
            (_, title, _), *sections = HEADING.findall(self.pages[name])
            targets = [(anchor(name, target), words) for _, words, target in sections if NUMBERED in title]
            inner = "".join(f"<li>{entry(*target)}</li>" for target in targets)
            entries.append(f"<li>{entry(name, title)}<ul>{inner}</ul></li>")
        return f"<h2>{escape(caption)}</h2><ul>{''.join(entries)}</ul>"

    def chapter(self, name):
        """The text of one page, as it must read among the others."""
        article = ARTICLE.search(self.pages[name])[1]
        article = LAB.sub(lambda lab: lab[1] + self.address_of_lab(lab[3], name), article)
        text = TAG.sub(lambda tag: self.placed(tag[0], name), article)
        return f'<div class="chapter" id="{name}">{text}</div>'

    def address_of_lab(self, lab, name):
        """Paper cannot compute: where the lab is to be found."""
        if not self.url:
            return ""
        address = urljoin(self.url, f"{name}.html#{lab}")
        return f'<p class="lab-address"><a href="{address}">{address.partition("//")[2]}</a></p>'

    def placed(self, tag, name):
        opened = WITHIN.sub(f"{name}--", re.sub("^<details ", "<details open ", tag))
        return ADDRESS.sub(lambda found: self.attribute(*found.groups(), name), opened)

    def attribute(self, key, value, name):
        """One attribute of a tag; a link to where the site would be is none as long as it is nowhere."""
        address = self.address(key, value, name)
        return f'{key}="{address}"' if address else ""

    def address(self, attribute, value, name):
        """An id, a link or a picture's address on the page ``name``, as it must read in the whole book."""
        if attribute == "id":
            return anchor(name, value)
        if ABSOLUTE.match(value):
            return value
        path, _, fragment = value.partition("#")
        fragment, _, _state = fragment.partition("?")  # of a lab; on paper it has none
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else f"{name}.html"
        target = path.removesuffix(".html")
        if attribute == "src":
            return path
        if target in self.pages:
            return f"#{anchor(target, fragment)}"
        return self.url and urljoin(self.url, path) + (f"#{fragment}" if fragment else "")


def anchor(name, target=""):
    """The id of a place in the whole book: pages may use the same ones, so it starts with the page's name."""
    return f"{name}--{target}" if target else name


def entry(target, title):
    return f'<a href="#{target}"><span>{title}</span><span class="number"></span></a>'


def print_pdf(page_file, target):
    """Print the page twice, first to learn on which page each heading is; gives how many pages there are."""
    run_browser(page_file, target, UNTAGGED)
    numbers = page_numbers(target)
    html = page_file.read_text(encoding="utf-8")
    html = ENTRY.sub(lambda found: f"{found[0]}{numbers[found[1]]}", html)
    page_file.write_text(html, encoding="utf-8", newline="\n")
    run_browser(page_file, target)
    if page_numbers(target) != numbers:
        raise RuntimeError(f"The browser printed {page_file} twice, headings on other pages.")
    return finish(target, ENTRY.findall(html), numbers)


def run_browser(page_file, target, *options):
    """Let the browser print a page, with nothing kept from one time to the next."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        where = [f"--user-data-dir={profile}", f"--print-to-pdf={target}", page_file.as_uri()]
        done = subprocess.run(
            [find_chromium(), *PRINTING, *options, *where], capture_output=True, check=False
        )
    if done.returncode or not target.is_file():
        raise RuntimeError(f"The browser did not print {page_file}:\n{done.stderr.decode(errors='replace')}")


def page_numbers(pdf):
    """The number of the page where the target of each link is."""
    reader = PdfReader(pdf)
    places = reader.named_destinations.items()
    return {name.lstrip("/"): reader.get_destination_page_number(place) + 1 for name, place in places}


def finish(pdf, entries, numbers):
    """Give the PDF the contents as its outline, as the browser's own loses spaces where headings wrap.

    What tells of this printing goes, the time and the browser's count of nodes: same pages, same file.
    """
    writer = PdfWriter(clone_from=pdf)
    writer.metadata = {key: value for key, value in writer.metadata.items() if not key.endswith("Date")}
    chapter = None
    for target, title in entries:
        is_page = "--" not in target
        parent = None if is_page else chapter
        item = writer.add_outline_item(plain(title), numbers[target] - 1, parent, fit=Fit.xyz())
        chapter = item if is_page else chapter
    written = BytesIO()
    writer.write(written)
    pdf.write_bytes(recounted(written.getvalue()))
    return len(writer.pages)


def recounted(pdf):
    """The bytes of a PDF with the cells of its tables, which refer to each other, counted from 0."""
    ranks = {name: rank for rank, name in enumerate(sorted(set(CELL.findall(pdf))))}
    return CELL.sub(lambda name: b"(node%08d)" % ranks[name[0]], pdf)


def plain(html):
    return unescape(re.sub("<[^>]*>", "", html))
