"""Build the whole site: ``python tools/site.py`` leaves it in ``_build/site``.

Both editions are built by Jupyter Book, at the same time, with every warning an error; stored outputs
are shown as they are (the tests re-execute them). Then one folder is assembled that any static host can
serve, with each edition's PDF and zip. ``--serve`` shows it on this machine.
"""

import argparse
import hashlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from string import Template
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
SITE = BUILD / "site"
THEME = ROOT / "theme"
PAGES = THEME / "pages"
EDITIONS = {"de": ROOT, "en": ROOT / "en"}
NOT_INDEXED = {"genindex.html", "search.html"}

sys.path.insert(0, str(THEME))
from downloads import LINKS, PLACE, make_downloads, published  # noqa: E402
from extensions.address import site_url  # noqa: E402
from extensions.node import NodeMissingError  # noqa: E402
from extensions.policy import WITHIN, policy  # noqa: E402
from extensions.slim import OURS  # noqa: E402
from npm import NpmError, install_packages  # noqa: E402
from python_pack import write_pack  # noqa: E402
from styles import slim_styles  # noqa: E402


class BuildError(RuntimeError):
    """The site could not be built; the message says why."""


def build():
    """Build both editions and assemble the site."""
    started = time.perf_counter()
    install_packages()
    url = site_url()
    with ThreadPoolExecutor() as pool:
        reports = pool.map(add_edition, EDITIONS)
        add_the_rest(url)
        for report in reports:
            say(report)
    if url:  # a sitemap may hold nothing but full addresses
        write("sitemap.xml", sitemap(url))
    pages = sum(1 for _ in SITE.rglob("*.html"))
    say(f"{pages} pages in {time.perf_counter() - started:.1f} s: {SITE / 'index.html'}")


def say(step):
    sys.stdout.write(f"{step}\n")  # at once, so that two threads never share a line
    sys.stdout.flush()


def add_edition(edition):
    """Build one edition and put it into the site; returns what to report."""
    report = build_edition(edition)
    unwanted = shutil.ignore_patterns(".buildinfo", "objects.inv", "reports", "book.html")
    shutil.rmtree(SITE / edition, ignore_errors=True)
    shutil.copytree(html(edition), SITE / edition, ignore=unwanted)
    slim_styles(SITE / edition, OURS)
    add_downloads(edition)
    for copy in (SITE / edition / "_sources" / "notebooks").glob("*.ipynb"):
        copy.write_bytes(published(EDITIONS[edition] / "notebooks" / copy.name, edition, site_url()))
    return report


def build_edition(edition):
    """Build one edition with Jupyter Book, then its downloads; returns what to report.

    Nothing changed: nothing to do. Only text changed: Sphinx rebuilds those pages. Anything else, or a
    failed build before (Sphinx keeps quiet about pages it has read already): everything anew.
    """
    started = time.perf_counter()
    target = BUILD / edition
    stamp, now = target / "built-from.json", fingerprints(edition)
    before = json.loads(stamp.read_text(encoding="utf-8")) if stamp.is_file() else {}
    changed = {kind for kind in now if before.get(kind) != now[kind]}
    if not changed:
        return f"{edition}/  unchanged"
    if "around" in changed:
        shutil.rmtree(target, ignore_errors=True)
    stamp.unlink(missing_ok=True)
    if changed & {"text", "around"}:
        say(f"{edition}/  jupyter-book build")
        run_jupyter_book(EDITIONS[edition], target)
    say(f"{edition}/  PDF and zip")
    missing = make_downloads(edition, EDITIONS[edition], html(edition), target / "downloads", site_url())
    if missing:
        del now["downloads"]  # so that the next build tries again
    stamp.write_text(json.dumps(now), encoding="utf-8")
    return f"{edition}/  built in {time.perf_counter() - started:.1f} s" + (f"\n{missing}" if missing else "")


def html(edition):
    """Where Jupyter Book leaves the pages of an edition."""
    return BUILD / edition / "_build" / "html"


def fingerprints(edition):
    """Hashes of all that an edition is built from: its text, and everything around it."""
    source = EDITIONS[edition]
    text = [*source.glob("*.md"), *source.glob("book/**/*"), *source.glob("notebooks/*.ipynb")]
    text += [ROOT / "book" / name for name in ("references.bib", "notes-map.yml")]  # the English pages', too
    around = [source / "_config.yml", source / "_toc.yml", ROOT / "requirements.txt", *THEME.glob("*.json")]
    around += ROOT.glob("cnncourse/**/*.py")  # exam, labs and API pages are computed from the package
    for folder in ("extensions", "static", "templates"):
        around += [path for path in THEME.glob(f"{folder}/**/*") if "__pycache__" not in path.parts]
    tools = [ROOT / "tools" / name for name in ("downloads.py", "printed.py", "package_wheel.py")]
    tools.append(ROOT / "pyproject.toml")  # what the wheel says about itself
    return {
        "text": fingerprint(text),
        "around": site_url() + fingerprint(around),
        "downloads": fingerprint([*THEME.glob("downloads/*"), *tools]),
    }


def fingerprint(paths):
    """One hash of the names and contents of these files."""
    digest = hashlib.sha256()
    for path in sorted(filter(Path.is_file, set(paths))):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


# What takes long to import and serves no build of ours is not there: jsonschema's check of web addresses, and
# all that would execute notebooks or keep what they gave. The garbage that a build leaves is not worth
# looking for, and what it holds at its end need not be taken apart (a second of seven).
JUPYTER_BOOK = """
import gc, os, sys
gc.disable()
class Unused:
    __getattr__ = lambda self, name: None
sys.modules["rfc3987_syntax"] = None
kernels = "jupyter_client.kernelspec", "nbclient", "myst_nb.core.execute.inline"
for name in (*kernels, "jupyter_cache.base", "jupyter_cache.cache.db", "jupyter_cache.executors.utils"):
    sys.modules[name] = Unused()
from jupyter_book.cli.main import main
try:
    main()
except SystemExit as end:
    if end.code:
        raise
sys.stdout.flush()
os._exit(0)
"""


def run_jupyter_book(source, target):
    """Build ``source`` into ``target/_build/html``, with warnings as errors."""
    target.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", str(source), "--path-output", str(target)]
    environment = {**os.environ, "PYTHONUTF8": "1", "NO_COLOR": "1"}
    answer = subprocess.run(
        [*command, "-n", "-W", "--keep-going"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    output = re.sub(r"\x1b\[[0-9;]*m|.*\r", "", answer.stdout)  # without colours and overwritten progress
    log = target / "build.log"
    log.write_text(output, encoding="utf-8")
    if answer.returncode:
        warnings = re.findall(r"^.*(?:WARNING|ERROR|CRITICAL):.*$", output, re.MULTILINE)
        shown = "\n".join(warnings) or output[-3000:]
        raise BuildError(f"{source}: Jupyter Book found {len(warnings)} problems ({log}):\n{shown}")


def add_the_rest(url):
    """Put what belongs to no edition into the site, in place of what an earlier build left."""
    SITE.mkdir(parents=True, exist_ok=True)
    for path in SITE.iterdir():
        if path.is_file():
            path.unlink()
        elif path.name not in EDITIONS:
            shutil.rmtree(path)
    write_pack(SITE / "python")
    for name in ("favicon.svg", "logo.svg"):
        shutil.copy(THEME / "static" / name, SITE)
    write_outer_pages(url)
    write("robots.txt", "User-agent: *\nAllow: /\n" + (f"\nSitemap: {url}sitemap.xml\n" if url else ""))
    write(".nojekyll", "")  # GitHub Pages would leave out every folder that starts with an underscore


def add_downloads(edition):
    """Put the PDF and the zip beside the start page of an edition, and their links on it."""
    folder = BUILD / edition / "downloads"
    shutil.copytree(folder, SITE / edition, ignore=shutil.ignore_patterns(LINKS), dirs_exist_ok=True)
    start = (SITE / edition / "index.html").read_text(encoding="utf-8")
    links = (folder / LINKS).read_text(encoding="utf-8")
    write(f"{edition}/index.html", start.replace(PLACE, links))


def write_outer_pages(url):
    """The choice of language and the page for wrong addresses, which belong to no edition."""
    style = (THEME / "static" / "plain.css").read_text(encoding="utf-8")
    icon = quote((THEME / "static" / "favicon.svg").read_text(encoding="utf-8"))
    for page in PAGES.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        if not url:  # without an address, no line that tells it
            text = re.sub(r"^.*\$\{url\}.*\n", "", text, flags=re.MULTILINE)
        fill = partial(Template(text).substitute, url=url, root=url, style=style, icon=icon)
        html = fill(policy="")
        write(page.name, fill(policy=policy(html, scripts=WITHIN["script"].findall(html))))


def write(name, text):
    (SITE / name).write_text(text, encoding="utf-8", newline="\n")


def sitemap(url):
    """All pages of both editions, each with its counterpart."""
    names = sorted(
        path.relative_to(SITE / "de").as_posix()
        for path in (SITE / "de").rglob("*.html")
        if path.name not in NOT_INDEXED and "_static" not in path.parts
    )
    entries = "".join(sitemap_entry(url, edition, name) for edition in EDITIONS for name in names)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        f"{entries}</urlset>\n"
    )


def sitemap_entry(url, edition, name):
    alternates = "".join(
        f'    <xhtml:link rel="alternate" hreflang="{other}" href="{url}{other}/{name}"/>\n'
        for other in EDITIONS
    )
    return f"  <url>\n    <loc>{url}{edition}/{name}</loc>\n{alternates}  </url>\n"


def serve(port):
    """Show the site on this machine until Ctrl+C; takes the next free port if this one is taken."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(SITE))
    for candidate in range(port, port + 50):
        try:
            server = http.server.ThreadingHTTPServer(("127.0.0.1", candidate), handler)
            break
        except OSError:
            continue
    else:
        raise BuildError(f"No free port between {port} and {port + 49}.")
    say(f"http://127.0.0.1:{server.server_port}/  (Ctrl+C ends)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--serve", action="store_true", help="show the site on this machine when it is built")
    parser.add_argument("--port", type=int, default=8000, help="the first port to try (default: 8000)")
    options = parser.parse_args()
    try:
        build()
        if options.serve:
            serve(options.port)
    except (NodeMissingError, NpmError, BuildError) as error:
        sys.exit(f"{error}")
    except OSError as error:  # read-only, somebody else's, full
        sys.exit(f"The site could not be written: {error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next build makes anew what is half made.")


if __name__ == "__main__":
    main()
