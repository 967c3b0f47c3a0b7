"""What readers take with them, linked from the start page: the book as a PDF, the notebooks as a zip."""

import sys
import zipfile
from html import escape
from pathlib import Path
from string import Template

import yaml
from browsing import NoBrowserError, find_chromium

THEME = Path(__file__).resolve().parent.parent / "theme"
TEMPLATES = THEME / "downloads"
sys.path.insert(0, str(THEME))
from extensions.words import PAGE  # noqa: E402

LINKS = "links.html"  # stays in the folder of the downloads
PLACE = "<!-- downloads -->"  # in index.md, where the links belong
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same notebooks make the same zip


def make_zip(edition, source, target, url):
    """Pack the notebooks of the table of contents, as they are, with a note that says how to run them."""
    repository = config(source)["repository"]["url"]
    note = Template((TEMPLATES / f"readme.{edition}.txt").read_text(encoding="utf-8"))
    requirement = f"cnncourse[tensorflow] @ git+{repository}"
    files = {"README.txt": note.substitute(url=f"{url}{edition}/", requirement=requirement).encode()}
    files |= {path.name: path.read_bytes() for path in sorted(source.glob("notebooks/*.ipynb"))}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{target.stem}/{name}", LONG_AGO)
            entry.external_attr = 0o644 << 16  # readable for everyone, whatever this machine's rules
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


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
    return print_pdf(Book(html, source / "_toc.yml", f"{url}{edition}/").write(says), target)


def config(source):
    return yaml.safe_load((source / "_config.yml").read_text(encoding="utf-8"))


def make_downloads(edition, source, html, folder, url):
    """Make both, without a browser only the zip; returns what to report if something is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"cnncourse-notebooks-{edition}.zip"
    book = folder / f"cnncourse-{edition}.pdf"
    book.unlink(missing_ok=True)  # better none than an old one
    make_zip(edition, source, archive, url)
    words, missing = PAGE[edition], None
    links = [link(archive, words["book_zip"], size(archive, words))]
    try:
        find_chromium()
        pages = make_pdf(edition, source, html, book, url)
        links.insert(0, link(book, words["book_pdf"], f"{pages} {words['pages']}, {size(book, words)}"))
    except NoBrowserError as error:
        missing = f"!!! {edition}/  NO PDF: {error}"
    (folder / LINKS).write_text(f'<ul class="downloads">{"".join(links)}</ul>', encoding="utf-8")
    return missing


def link(path, name, extent):
    return f'<li><a href="{path.name}" download>{escape(name)}</a> ({extent})</li>'


def size(path, words):
    """Megabytes, written as the edition does."""
    return f"{path.stat().st_size / 1e6:.1f} MB".replace(".", words["decimal"])
