"""What readers take with them: the book as a PDF, the notebooks as a zip, the package as a wheel."""

import json
import re
import sys
from functools import cache
from html import escape
from pathlib import Path
from string import Template

import yaml
from browsing import NoBrowserError, find_chromium
from package_wheel import wheel_name, write_wheel, write_zip

THEME = Path(__file__).resolve().parent.parent / "theme"
TEMPLATES = THEME / "downloads"
sys.path.insert(0, str(THEME))
from extensions.words import PAGE  # noqa: E402

LINKS = "links.html"  # stays in the folder of the downloads
PLACE = "<!-- downloads -->"  # in index.md, where the links belong
UNPUBLISHED = 'published = ""'  # in the first code cell of every notebook
LINK = re.compile(r"(?<!!)\[([^]]*)\]\(\.\./([\w/-]+)\.md(#[^)]*)?\)")


def make_zip(edition, source, target, url):
    """Pack the notebooks of the table of contents, the package, and a note that says how to run them."""
    note = Template((TEMPLATES / f"readme.{edition}.txt").read_text(encoding="utf-8"))
    book = f"{PAGE[edition]['book_address']}: {url}{edition}/\n\n" if url else ""
    wheel = write_wheel(target.parent)
    files = {
        "README.txt": note.substitute(book=book, wheel=wheel.name).encode(),
        wheel.name: wheel.read_bytes(),
    }
    files |= {path.name: published(path, edition, url) for path in sorted(source.glob("notebooks/*.ipynb"))}
    return write_zip(target, {f"{target.stem}/{name}": content for name, content in files.items()})


@cache
def published(path, edition, url):
    """A notebook as readers get it, away from the repository: its links and its package are on the site."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = [taken_along(line, edition, url) for line in cell["source"]]
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


def taken_along(line, edition, url):
    """One line of a notebook: what points into the repository points to the site, if there is one."""
    if not url:
        return LINK.sub(r"\1", line)
    line = line.replace(UNPUBLISHED, f'published = "{url}{edition}/{wheel_name()}"')
    return LINK.sub(rf"[\1]({url}{edition}/\2.html\3)", line)


def make_pdf(edition, source, html, target, url):
    """Print the built edition; gives the number of pages."""
    from printed import Book, print_pdf  # takes its time, and an unchanged book does without

    words, settings = PAGE[edition], config(source)
    says = {
        "language": edition,
        "title": settings["title"],
        "subtitle": " ".join(settings["sphinx"]["config"]["cover_lines"]),
        "imprint": f"© {settings['copyright']} · {words['license']}",
        "contents_title": words["book_contents"],
    }
    return print_pdf(Book(html, source / "_toc.yml", url and f"{url}{edition}/").write(says), target)


def config(source):
    return yaml.safe_load((source / "_config.yml").read_text(encoding="utf-8"))


def make_downloads(edition, source, html, folder, url):
    """Make all of them, without a browser no PDF; returns what to report if something is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()  # better none than an old one
    archive = make_zip(edition, source, folder / f"cnncourse-notebooks-{edition}.zip", url)
    book = folder / f"cnncourse-{edition}.pdf"
    words, missing = PAGE[edition], None
    offers = [(archive, words["book_zip"]), (folder / wheel_name(), words["book_wheel"])]
    links = [link(path, name, size(path, words)) for path, name in offers]
    try:
        find_chromium()
        pages = make_pdf(edition, source, html, book, url)
        extent = f"{pages} {words['pages']}, {size(book, words)}"
        links.insert(0, link(book, words["book_pdf"], extent, words["book_pdf_holds"]))
    except NoBrowserError as error:
        missing = f"!!! {edition}/  NO PDF: {error}"
    (folder / LINKS).write_text(f'<ul class="downloads">{"".join(links)}</ul>', encoding="utf-8")
    return missing


def link(path, name, extent, holds=""):
    return f'<li><a href="{path.name}" download>{escape(name)}</a> ({extent}) {escape(holds)}</li>'


def size(path, words):
    """Megabytes, written as the edition does."""
    return f"{path.stat().st_size / 1e6:.1f} MB".replace(".", words["decimal"])
