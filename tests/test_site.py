"""The built site, read file by file: nothing foreign is loaded, links lead somewhere, German is German."""

import os
import re
import subprocess
import sys
import zipfile
from functools import cache
from itertools import accumulate, pairwise
from xml.etree import ElementTree

import pytest
import yaml
from bench_site import copy_sources
from browsing import NoBrowserError, find_chromium
from differences import difference
from downloads import make_zip, published
from extensions import code_box
from extensions.address import repository, site_url
from extensions.cover import draw_cover
from extensions.katex import is_short
from extensions.launch import launch_links
from extensions.policy import WITHIN, hashes
from extensions.slim import OURS, STATIC
from extensions.unbroken import unbroken
from html_pages import ENGLISH_INTERFACE, Page, by_address, is_foreign, pages, resolve
from manuscript import EDITIONS, docnames, sources
from PIL import ImageFont
from pypdf import PdfReader, PdfWriter

import cnncourse

pytestmark = [pytest.mark.site, pytest.mark.usefixtures("site")]

# Names such as Results.rate() are the same in every language.
OF_THE_PACKAGE = re.compile(rf"\b(?:cnncourse\.)?(?:{'|'.join(cnncourse.__all__)})(?:\.\w+)*(?:\(\))?")

# <link rel=…> that a browser does not fetch.
NOT_FETCHED = {"alternate", "author", "canonical", "index", "license", "next", "prev", "search"}
LOADING = ("src", "srcset", "poster", "data", "background", "manifest", "imagesrcset", "xlink:href", "ping")
CSS_ADDRESS = re.compile(r"""(?:url\(\s*|@import\s+)["']?\s*([^"')\s;]+)""")
SCRIPT_LOADS = re.compile(
    r"""(?:\bfetch|\bimport|importScripts|new (?:Worker|WebSocket|EventSource)|\.open)\(\s*["'`]"""
    r"""(?:\w+["'`],\s*["'`])?"""
    r"""((?:https?:|wss?:)?//[^"'`]+)|\b(?:src|href)\s*=\s*["'`]((?:https?:)?//[^"'`]+)["'`]"""
)
MACHINE_PATHS = re.compile(r"_build/|/site-packages/|/(?:home|root|tmp|work|Users)/\w|file://|127\.0\.0\.1")
ALLOWED_BESIDE = {"img-src": {"data:"}, "script-src": {"'wasm-unsafe-eval'"}, "worker-src": {"blob:"}}
MADE_BY_SPHINX = {"genindex", "search", "py-modindex"}

OPEN_GRAPH = ("title", "description", "url", "image", "locale", "type")
ABSOLUTE = {"og:url", "og:image"}  # a site without an address has none
SPOKEN_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "data-bs-original-title", "data-tooltip")


def problems(found):
    found = list(found)
    assert not found, f"{len(found)} problems:\n" + "\n".join(found[:40])


def edition_pages():
    return [page for page in pages() if page.language in EDITIONS]


def chapters():
    """The pages that authors wrote, without those that Sphinx makes."""
    return [page for page in edition_pages() if page.path.stem not in MADE_BY_SPHINX]


def test_every_page_is_built(site):
    wanted = {f"{language}/{name}.html" for language in EDITIONS for name in docnames(language)}
    wanted |= {"index.html", "404.html", "de/search.html", "en/search.html"}
    problems(f"missing: {address}" for address in sorted(wanted) if not (site / address).is_file())


def test_style_sheets_of_the_themes_are_in_the_layer_below_ours(site):
    """So a rule of ours wins whatever selector a theme wrote, and needs neither tricks nor ``!important``."""
    ours = {site / language / "_static" / name for language in EDITIONS for name in OURS}
    foreign = set(site.rglob("*.css")) - ours
    assert {path.name for path in foreign} >= {"pydata-sphinx-theme.css", "pygments.css", "katex.css"}
    problems(path for path in foreign if not in_one_layer(path.read_text(encoding="utf-8")))


def in_one_layer(css):
    """Whether the brace that opens with the layer closes with the sheet."""
    plain = re.sub(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", "", css, flags=re.DOTALL).strip()
    depths = list(accumulate((char == "{") - (char == "}") for char in plain))
    return plain.startswith("@layer theme{") and depths.index(0, len("@layer theme")) == len(plain) - 1


def test_our_styles_need_no_tricks():
    css = (STATIC / "site.css").read_text(encoding="utf-8")
    assert "#none" not in css
    forced = [line for line in css.splitlines() if re.search(r": [^;]*!important", line)]
    problems(line for line in forced if "transition: none !important" not in line)


# -- zero third-party requests ---------------------------------------------------------------------


def loaded_by(tag):
    """The addresses that a browser fetches for a tag, without anybody clicking."""
    for attribute in LOADING:
        yield from re.split(r",\s+", tag.get(attribute)) if "srcset" in attribute else [tag.get(attribute)]
    rel = set(tag.get("rel").split())
    if tag.name in ("image", "use") or (tag.name == "link" and not rel & NOT_FETCHED):
        yield tag.get("href")
    if tag.name == "meta" and tag.get("http-equiv").lower() == "refresh":
        yield tag.get("content").partition("=")[2]
    yield from CSS_ADDRESS.findall(tag.get("style"))


def test_pages_load_nothing_foreign():
    problems(
        f"{page.at(tag)}: <{tag.name}> loads {url}"
        for page in pages()
        for tag in page.tags
        for url in loaded_by(tag)
        if is_foreign(url)
    )


def test_styles_load_nothing_foreign(site):
    sheets = [(path.relative_to(site), path.read_text(encoding="utf-8")) for path in site.rglob("*.css")]
    inline = [
        (f"{page.address}:{text.line}", text.words)
        for page in pages()
        for text in page.texts
        if text.inside[-1:] == ("style",)
    ]
    assert sheets
    problems(
        f"{name}: {url}"
        for name, css in [*sheets, *inline]
        for url in CSS_ADDRESS.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
        if is_foreign(url)
    )


def test_scripts_load_nothing_foreign(site):
    """What a static reading can tell; the browser tests record what really happens."""
    scripts = [(path.relative_to(site), path.read_text(encoding="utf-8")) for path in site.rglob("*.js")]
    inline = [
        (f"{page.address}:{text.line}", text.words)
        for page in pages()
        for text in page.texts
        if text.inside[-1:] == ("script",)
    ]
    problems(
        f"{name}: {' '.join(found.split())}"
        for name, script in [*scripts, *inline]
        for match in SCRIPT_LOADS.finditer(script)
        for found in match.groups()
        if found
    )


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://example.org/a.png">',
        '<img srcset="a.png 1x, //example.org/b.png 2x">',
        '<link rel="preconnect" href="https://example.org">',
        '<iframe src="http://example.org"></iframe>',
        '<p style="background: url(https://example.org/a.png)"></p>',
        '<meta http-equiv="refresh" content="0; url=https://example.org">',
    ],
)
def test_the_scan_sees_foreign_requests(html, tmp_path):
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    assert any(is_foreign(url) for tag in Page(tmp_path / "page.html").tags for url in loaded_by(tag))


# -- what a page may run ---------------------------------------------------------------------------


def policies():
    """For each page, the first of its tags that could load or run something, and the policy's directives."""
    for page in pages():
        named = [tag for tag in page.all("meta") if tag.get("http-equiv") == "Content-Security-Policy"]
        assert len(named) == 1, page.address
        first = next(tag for tag in page.tags if tag.name in ("link", "script", "style", "img"))
        assert named[0].line < first.line, f"{page.at(first)}: before the policy"
        parts = [part.split() for part in named[0].get("content").split("; ")]
        yield page, {name: set(sources) for name, *sources in parts}


def test_every_page_has_a_policy_that_allows_no_foreign_source():
    for page, directives in policies():
        assert directives["default-src"] == {"'none'"}, page.address
        assert directives["base-uri"] == {"'none'"}
        for name in directives.keys() - {"default-src", "base-uri", "style-src-attr"}:
            allowed = {source for source in directives[name] if not source.startswith("'sha256-")}
            assert allowed <= {"'self'", "file:", *ALLOWED_BESIDE.get(name, ())}, page.address


def test_only_pages_with_a_box_for_code_may_run_python():
    boxes = {page.address for page in pages() if page.all(code_box.NAME)}
    assert len(boxes) >= 16
    for page, directives in policies():
        python = page.address in boxes
        assert directives.get("worker-src", set()) == ({"blob:"} if python else set()), page.address
        assert ("'wasm-unsafe-eval'" in directives["script-src"]) == python, page.address


def test_pages_of_the_book_run_files_only():
    """Neither a script within a page nor one in an attribute; the pages around the book allow their own."""
    problems(
        page.at(tag)
        for page in edition_pages()
        for tag in page.tags
        if (tag.name == "script" and not tag.get("src"))
        or any(name.startswith("on") for name in tag.attributes)
    )
    for page, directives in policies():
        if page.language in EDITIONS:
            assert directives["script-src"] - {"'wasm-unsafe-eval'"} == {"'self'", "file:"}


def test_style_sheets_within_a_page_are_allowed_by_their_hash():
    for page, directives in policies():
        for css in WITHIN["style"].findall(page.html):
            assert hashes([css]).strip() in directives["style-src"], page.address


# -- links -----------------------------------------------------------------------------------------


def test_links_and_anchors_resolve(site):
    problems(
        f"{page.at(tag)}: {url}"
        for page in pages()
        for tag in page.tags
        for attribute in ("href", "src")
        if (url := tag.get(attribute)) and not leads_somewhere(site, page, url)
    )


def leads_somewhere(site, page, url):
    if is_foreign(url) or re.match(r"(?:mailto|data|javascript):", url):
        return True
    address, anchor = resolve(page, url)
    if address not in by_address():
        return (site / address).is_file()
    anchor, _, _state = anchor.partition("?")  # tests/test_teaching.py opens labs in their states
    return not anchor or anchor in by_address()[address].anchors or address.endswith("search.html")


def test_editions_point_to_each_other():
    """hreflang links name both editions of a page, and the other edition's page names this one back.

    They are full addresses, as search engines want them: a site that has none goes without.
    """
    for page in chapters():
        links = {tag.get("hreflang"): tag.get("href") for tag in page.all("link") if tag.get("hreflang")}
        name = page.address.partition("/")[2]
        for language in EDITIONS:
            wanted = f"{language}/{name}"
            claimed = site_url() + wanted if site_url() else None
            assert links.get(language) == claimed, f"{page.address}: hreflang={language}"
            assert wanted in by_address(), f"{page.address} names {wanted}, which does not exist"


def test_language_switch_leads_to_the_same_page():
    problems(
        page.address
        for page in edition_pages()
        if not any(resolve(page, tag.get("href"))[0] == other_edition(page) for tag in page.all("a"))
    )


def other_edition(page):
    language, _, name = page.address.partition("/")
    return f"{'en' if language == 'de' else 'de'}/{name}"


def test_sitemap_is_complete(site):
    robots = (site / "robots.txt").read_text(encoding="utf-8")
    assert ("Sitemap: " in robots) == (site / "sitemap.xml").is_file() == bool(site_url())
    if not site_url():
        return
    tree = ElementTree.parse(site / "sitemap.xml")
    locations = tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    listed = {location.text.removeprefix(site_url()) for location in locations}
    wanted = {page.address for page in chapters()}
    assert wanted <= listed, f"not in the sitemap: {sorted(wanted - listed)}"
    assert listed <= wanted | {"", "index.html"}, f"no such page: {sorted(listed - wanted)}"


# -- downloads -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", EDITIONS)
def test_start_page_links_to_the_downloads(site, language):
    """Only to what is there: without a browser there is no PDF, and no link to one."""
    start = by_address()[f"{language}/index.html"]
    offered = {tag.get("href") for tag in start.all("a") if "download" in tag.attributes}
    there = {path.name for path in (site / language).iterdir() if path.suffix in (".pdf", ".whl", ".zip")}
    assert f"cnncourse-notebooks-{language}.zip" in offered
    assert offered == there
    assert "<!-- downloads -->" not in start.html


@pytest.mark.parametrize("language", EDITIONS)
def test_zip_holds_the_notebooks_and_the_package(site, language):
    name = f"cnncourse-notebooks-{language}"
    notebooks = {
        page.path.name: published(page.path, language, site_url())
        for page in sources(language)
        if page.is_notebook
    }
    with zipfile.ZipFile(site / language / f"{name}.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        packed = {path.removeprefix(f"{name}/"): archive.read(path) for path in archive.namelist()}
    readme = packed.pop("README.txt").decode()
    [wheel] = [name for name in packed if name.endswith(".whl")]
    assert packed.pop(wheel) == (site / language / wheel).read_bytes()
    assert packed == notebooks
    for name, content in notebooks.items():
        assert (site / language / "_sources" / "notebooks" / name).read_bytes() == content
    assert (f"{site_url()}{language}/" in readme) == bool(site_url())
    assert f"{wheel}[tensorflow]" in readme


def test_the_same_notebooks_make_the_same_zip(site, tmp_path):
    again = tmp_path / "cnncourse-notebooks-de.zip"
    make_zip("de", EDITIONS["de"], again, site_url())
    assert again.read_bytes() == (site / "de" / again.name).read_bytes()


def test_the_same_sources_make_the_same_bytes(site, tmp_path):
    """Built elsewhere and later; the PDF, too, where there is a browser to print it."""
    folder = tmp_path / "Über Kurs"
    folder.mkdir()
    copy_sources(folder)
    command = [sys.executable, str(folder / "tools" / "site.py")]
    subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, check=True)
    again = folder / "_build" / "site"
    names = {path.relative_to(site) for path in site.rglob("*") if path.is_file()}
    assert {path.relative_to(again) for path in again.rglob("*") if path.is_file()} == names
    problems(
        f"{name}: {difference(site / name, again / name)}"
        for name in names
        if (site / name).read_bytes() != (again / name).read_bytes()
    )


def test_the_cover_does_not_depend_on_what_the_machine_has_installed(tmp_path, monkeypatch):
    """Pillow lays text out by Raqm where the machine has its library, otherwise by itself."""
    covers = []
    for installed in (True, False):
        monkeypatch.setattr(ImageFont.core, "HAVE_RAQM", installed and ImageFont.core.HAVE_RAQM)
        draw_cover(tmp_path / "cover.png", "AVAVA Tafel", ["fi fl AV To"])
        covers.append((tmp_path / "cover.png").read_bytes())
    assert covers[0] == covers[1]


@cache
def printed(pdf):
    """The PDF of an edition; where no browser can print one, there is nothing to check."""
    if not pdf.is_file() and not os.environ.get("CI"):
        with pytest.raises(NoBrowserError):
            find_chromium()
        pytest.skip("There is no browser to print a PDF.")
    return PdfReader(pdf)


@cache
def words(pdf, number):
    return " ".join(printed(pdf).pages[number].extract_text().replace("\u00ad", "").split())


@pytest.fixture(params=EDITIONS)
def book(request, site):
    """The PDF of an edition, and its language."""
    return site / request.param / f"cnncourse-{request.param}.pdf", request.param


def printed_pages(language):
    return [
        by_address()[f"{language}/{name}.html"]
        for name in docnames(language)
        if re.match("book/(?!api)", name)
    ]


def test_pdf_has_a_title_and_every_chapter(book):
    pdf, language = book
    title = yaml.safe_load((EDITIONS[language] / "_config.yml").read_text(encoding="utf-8"))["title"]
    assert printed(pdf).metadata.title == title
    assert title in words(pdf, 0)
    outline = [entry for entry in printed(pdf).outline if not isinstance(entry, list)]
    headings = [" ".join(entry.title.split()) for entry in outline]
    wanted = [main_heading(page) for page in printed_pages(language)]
    assert headings[-len(wanted) :] == wanted
    assert len(printed(pdf).pages) > 8 * len([name for name in docnames(language) if "notebooks/" in name])


def name(page):
    """The name of a page without its edition."""
    return page.address.partition("/")[2].removesuffix(".html")


def main_heading(page):
    found = [text.words for text in page.texts if "h1" in text.inside and text.words != "#"]
    return re.sub(r" (?=[:,.])", "", " ".join(" ".join(found).split()))


def test_contents_of_the_pdf_name_the_right_pages(book):
    """The number printed beside a page's heading is that of the page where its link leads."""
    pdf, language = book
    places = printed(pdf).named_destinations
    first, *_ = numbers = [
        printed(pdf).get_destination_page_number(places[f"/{name(page)}"]) + 1
        for page in printed_pages(language)
    ]
    contents = " ".join(words(pdf, at) for at in range(1, first - 1))
    for page, number in zip(printed_pages(language), numbers, strict=True):
        assert re.search(rf"{re.escape(main_heading(page)[-12:])} ?{number}\b", contents), (
            f"{name(page)}: {number}"
        )
        assert main_heading(page)[:12] in words(pdf, number - 1)


def test_the_first_page_that_differs_between_two_books_is_named(site, tmp_path):
    contents = printed(site / "de" / "cnncourse-de.pdf").pages[1:3]
    again = [contents[0], contents[0]]
    for name, bound in (("one", contents), ("other", again), ("longer", [*again, contents[1]])):
        writer = PdfWriter()
        for page in bound:
            writer.add_page(page)
        writer.write(tmp_path / f"{name}.pdf")
    one, other, longer = (tmp_path / f"{name}.pdf" for name in ("one", "other", "longer"))
    assert difference(one, longer) == "2 pages and 3"
    found = difference(one, other)
    assert found.startswith("page 2: ")
    assert contents[0].extract_text().split()[0] in found


SOLVED = {
    "de": "LeNet-5 bekommt das Padding schon mit dem Bild",
    "en": "LeNet-5 gets its padding along with the image",
}


def test_pdf_prints_solutions(book):
    """What is folded on the page stands open in print."""
    pdf, language = book
    place = printed(pdf).named_destinations["/book/padding-stride"]
    first = printed(pdf).get_destination_page_number(place)
    assert any(SOLVED[language] in words(pdf, number) for number in range(first, first + 16))


# -- running the notebooks elsewhere ---------------------------------------------------------------


@pytest.mark.parametrize("language", EDITIONS)
def test_notebook_pages_launch_their_own_notebook(language):
    for source in sources(language):
        page = by_address()[f"{language}/{source.docname}.html"]
        links = [
            tag.get("href") for tag in page.all("a") if "details" in tag.inside and "header" not in tag.inside
        ]
        hosts = [link for link in links if re.search(r"colab\.research|mybinder", link)]
        launches = source.is_notebook and repository()
        wanted = launch_links(repository(), language, f"{source.docname}.ipynb").values() if launches else []
        assert hosts == list(wanted), page.address


# -- each page -------------------------------------------------------------------------------------


def test_pages_say_their_language_and_title():
    titles = {}
    for page in edition_pages():
        assert page.all("html")[0].get("lang") == page.language, page.address
        titles.setdefault(page.title(), []).append(page.address)
    assert "" not in titles, titles
    problems(f"{title!r} is the title of {names}" for title, names in titles.items() if len(names) > 1)


@pytest.mark.parametrize("name", [*(f"og:{name}" for name in OPEN_GRAPH), "description"])
def test_pages_have_metadata(name):
    expected = bool(site_url()) or name not in ABSOLUTE
    problems(page.address for page in chapters() if bool(page.meta(name)) != expected)


def test_pages_have_one_main_heading():
    problems(f"{page.address}: {len(page.all('h1'))} h1" for page in pages() if len(page.all("h1")) != 1)


def test_headings_skip_no_level():
    for page in chapters():
        headings = [tag for tag in page.tags if re.fullmatch("h[1-6]", tag.name) and "article" in tag.inside]
        problems(
            f"{page.at(below)}: {above.name} is followed by {below.name}"
            for above, below in pairwise(headings)
            if int(below.name[1]) > int(above.name[1]) + 1
        )


def test_images_are_described():
    """Every picture says what a reader should see; our own are never called by their file name."""
    problems(
        f"{page.at(tag)}: {tag.get('src')[:80]} alt={tag.get('alt')!r}"
        for page in pages()
        for tag in page.all("img")
        if "article" in tag.inside and (len(tag.get("alt").split()) < 3 or "../" in tag.get("alt"))
    )
    drawings = [(page, tag) for page in pages() for tag in page.all("svg") if tag.get("role") == "img"]
    assert len(drawings) > 150
    problems(
        f"{page.at(tag)}: {tag.get('aria-label')!r}"
        for page, tag in drawings
        if len(tag.get("aria-label").split()) < 3
    )


def test_formulas_are_rendered():
    problems(
        f"{page.address}:{text.line}: {text.words[:80]}"
        for page in pages()
        for text in page.visible()
        if "code" not in text.inside and "pre" not in text.inside
        if re.search(r"\$\$|\\\(|\\\[|\\begin\{|\\frac|\\lfloor", text.words)
    )
    problems(page.address for page in pages() if "katex-error" in page.html)
    problems(
        f"{page.address}:{text.line}" for page in pages() for text in page.texts if "<math>" in text.words
    )
    problems(
        f"{page.at(tag)}: {tag.get('src')}"
        for page in pages()
        for tag in page.all("script")
        if "mathjax" in tag.get("src").lower()
    )
    assert any('class="katex' in page.html for page in pages())


def test_sizes_and_units_stay_on_one_line(site):
    for kept in (
        "8~×~8~×~384 numbers, n~×~n, take 98.304~kB or 96~% of a 5 by 4 Bitmap",
        "(a)~Padding~1 and stride~2 after Conv~5, height~×~width, 1~MAC in 2 steps",
        "CC~BY~4.0",
    ):
        assert unbroken(kept.replace("~", " ")) == kept.replace("~", "\N{NO-BREAK SPACE}")
    for language in EDITIONS:
        page = (site / language / "book" / "arithmetic.html").read_text(encoding="utf-8")
        assert "55\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}55" in page
    page = (site / "de" / "book" / "overfitting.html").read_text(encoding="utf-8")
    assert '<span class="together">95-%-Intervall</span>' in page


def test_only_long_formulas_break(site):
    assert is_short(r"f \cdot f \cdot c")
    assert not is_short(
        r"b \cdot o \cdot o \cdot k \cdot q = 16 \cdot 55 \cdot 55 \cdot 96 \cdot 4\,\text{B}"
    )
    page = (site / "de" / "book" / "arithmetic.html").read_text(encoding="utf-8")
    formulas = page.split('<span class="math ')[1:]
    assert {("together" in each[:40], "<wbr>" in each) for each in formulas} == {(True, False), (False, True)}


def test_the_german_interface_is_german():
    """Outside of what authors wrote; attributes and headings of boxes inside of it, too."""
    problems(
        f"{page.address}:{line}: {words!r}"
        for page in edition_pages()
        if page.language == "de"
        for line, words in interface_words(page)
        if ENGLISH_INTERFACE.search(OF_THE_PACKAGE.sub("", words)) and words != "Read this page in English"
    )


def interface_words(page):
    for text in page.visible():
        if "article" not in text.inside:
            yield text.line, text.words
    for tag in page.tags:
        for attribute in SPOKEN_ATTRIBUTES:
            of_a_source = "bibliography.html#" in tag.get("href")  # its title, in the language it has
            if tag.get(attribute) and tag.name not in ("img", "link") and not of_a_source:
                yield tag.line, tag.get(attribute)


def test_nothing_tells_where_it_was_built(site):
    kinds = {".html", ".css", ".js", ".xml", ".json", ".ipynb", ".svg", ".txt", ".inv", ".md"}
    problems(
        f"{path.relative_to(site)}: {found[0]}"
        for path in site.rglob("*")
        if path.suffix in kinds
        if (found := MACHINE_PATHS.search(path.read_text(encoding="utf-8", errors="replace")))
    )
