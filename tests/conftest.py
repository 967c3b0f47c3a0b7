"""What several tests share: the built site, a server for it, and a browser."""

import gc
import os
import subprocess
import sys
from functools import cache

import pytest
from bs4 import BeautifulSoup
from manuscript import EDITIONS, ROOT, SITE

sys.path += [str(ROOT / "tools"), str(ROOT / "theme")]

from browsing import NoBrowserError, browsing, open_lab, serving, visiting

import cnncourse as cc

SKIPPED = "The browser tests did not run."


@pytest.fixture(autouse=True)
def german_again():
    """Leave the language as it was found."""
    yield
    cc.use_language("de")


@pytest.fixture
def english():
    """A test whose reader reads English."""
    cc.use_language("en")


@pytest.fixture
def clean_matplotlib():
    """A test that draws figures in the book's style, and leaves neither behind."""
    import matplotlib as mpl  # which most tests do without
    from matplotlib import pyplot as plt

    with mpl.rc_context(), mpl.rc_context({"backend": "agg"}):
        cc.use_style()
        yield
    plt.close("all")


@pytest.fixture(scope="session")
def tracked():
    """The paths of all files that belong to the repository; a copy without git cannot tell them."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    try:
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git repository, or no git")
    return [name for name in answer.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.fixture(scope="session")
def site():
    """The folder of the built site."""
    if not (SITE / "index.html").is_file():
        pytest.fail(f"There is no site in {SITE}: build it with `make site`.", pytrace=False)
    return SITE


@pytest.fixture(scope="session")
def server(site):
    """The site on localhost; gives the address without a slash at the end."""
    with serving(site) as address:
        yield address


@pytest.fixture(scope="session")
def lab_server(site):
    """The pages with nothing but their labs: half the work for a browser that opens them again and again."""
    with serving(site, read=_only_labs) as address:
        yield address


AROUND = "header, nav, footer, dialog, .bd-sidebar, script:not([src*='/labs/'])"  # the theme's part of a page


@cache
def _only_labs(path):
    """The file; of a page, the sections with nothing but their labs."""
    if path.suffix != ".html":
        return path.read_bytes()
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    for part in page.select(AROUND):
        part.decompose()
    for child in page.select("article section > *"):
        if child.name != "section" and "lab" not in child.get("class", ()) and not child.select(".lab"):
            child.decompose()
    return str(page).encode()


@pytest.fixture(scope="session")
def browser():
    """One browser for all tests of this process; continuous integration must have one."""
    try:
        with browsing() as running:
            yield running
    except NoBrowserError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(f"{SKIPPED} {error}")


@pytest.fixture(params=EDITIONS)
def language(request):
    """A test for each edition."""
    return request.param


@pytest.fixture(scope="module")
def lab_visits(browser, lab_server):
    """For all tests of a lab a page of each edition, and the watch on it."""
    wide = {"viewport": {"width": 1280, "height": 900}}
    with visiting(browser, lab_server, **wide) as german, visiting(browser, lab_server, **wide) as english:
        yield {"de": german, "en": english}


@pytest.fixture
def lab(request, language, lab_visits, lab_server):
    """The lab `LAB` on the page `PAGE`, which complains of nothing; the file of the test names both."""
    page, watch = lab_visits[language]
    yield open_lab(page, request.module.LAB, f"{lab_server}/{language}/{request.module.PAGE}")
    page.evaluate("localStorage.clear()")
    assert watch.take() == []


@pytest.hookimpl(tryfirst=True)  # before pytest looks which marks were asked for
def pytest_collection_modifyitems(items):
    """Mark what needs the built site or a browser, so that `make check` can leave it out."""
    for item in items:
        for fixture in {"site", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(fixture)


def pytest_collection_finish():
    """Spare the garbage collector looking through what was collected for every model that Keras frees."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter):
    """Say it loudly when the browser tests were left out."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    left_out = [reason for reason in reasons if SKIPPED in reason]
    if left_out:
        terminalreporter.section(f"{len(left_out)} BROWSER TESTS SKIPPED", sep="!", red=True, bold=True)
        terminalreporter.write_line(left_out[0].partition("Skipped: ")[2].rstrip("')"), red=True, bold=True)
