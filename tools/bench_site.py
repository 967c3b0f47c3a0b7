"""Our site against Jupyter Book's defaults, from the same sources, in one run.

Both are built in a temporary copy of the sources, both editions at once: cold (nothing built before) and warm
(one page changed). Then a browser without a cache opens the same chapter in both. Requests to other hosts are
refused and only counted: their weight is missing from the defaults' sum. The defaults know none of our boxes
and leave them out, which makes their page lighter, too.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import yaml
from bench import figure
from browsing import NoBrowserError, browsing, serving, visiting

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = "book/padding-stride"
COPIED = ["_config.yml", "_toc.yml", "index.md", "book", "notebooks", "en"]  # what readers see
COPIED += ["theme", "tools", "cnncourse", "requirements.txt", "pyproject.toml"]  # what builds it
COPIED += ["LICENSE", "LICENSE-TEXT"]  # what its package carries
KEPT = ("title", "exclude_patterns", "only_build_toc_files", "parse")  # to read the sources at all
JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"
WIDE = {"width": 1280, "height": 900}
NOT_COPIED = shutil.ignore_patterns("node_modules", "_build", "__pycache__", ".ipynb_checkpoints")


def copy_sources(target):
    """Copy what the site is built from; the installed Node packages are shared."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=NOT_COPIED)
        else:
            shutil.copy(source, target / name)
    if (target / "theme").is_dir():
        (target / "theme" / "node_modules").symlink_to(ROOT / "theme" / "node_modules")
    return target


def use_defaults(folder):
    """Replace both configurations by what Jupyter Book needs to know, and nothing else."""
    for edition in (folder, folder / "en"):
        ours = yaml.safe_load((edition / "_config.yml").read_text(encoding="utf-8"))
        kept = {key: ours[key] for key in KEPT if key in ours}
        config = {**kept, "author": "", "execute": {"execute_notebooks": "off"}}
        (edition / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")


def build_ours(folder):
    _run(folder, "tools/site.py")


def build_defaults(folder):
    editions = {"de": folder, "en": folder / "en"}
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(lambda edition: _run_jupyter_book(folder, editions[edition], edition), editions):
            pass


def _run_jupyter_book(folder, source, edition):
    output = folder / "_build" / edition
    _run(folder, "-c", JUPYTER_BOOK, "build", str(source), "--path-output", str(output), "--quiet")
    shutil.copytree(output / "_build" / "html", folder / "_build" / "site" / edition, dirs_exist_ok=True)


def _run(folder, *arguments):
    command = [sys.executable, *arguments]
    pages_only = {**os.environ, "CHROMIUM": "none"}  # the defaults print no PDF, either
    done = subprocess.run(
        command,
        cwd=folder,
        env=pages_only,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{(done.stdout + done.stderr)[-3000:]}")


def seconds(build, folder):
    started = time.perf_counter()
    build(folder)
    return time.perf_counter() - started


def build_times(build, folder):
    """Seconds of a build from nothing, and of one after a sentence was added to a page of each edition."""
    cold = seconds(build, folder)
    for edition in (folder, folder / "en"):
        with (edition / f"{CHAPTER}.md").open("a", encoding="utf-8") as page:
            page.write("\n\nOne more sentence.\n")
    return cold, seconds(build, folder)


def page_weight(browser, site, address):
    """Requests answered by the site, their compressed bytes, and requests that would have left it."""
    with (
        serving(site) as server,
        visiting(browser, server, viewport=WIDE) as (page, watch),
    ):
        page.goto(f"{server}/{address}", wait_until="networkidle")
        return watch.requests, watch.bytes, len(watch.foreign)


def measure(build, folder, browser):
    cold, warm = build_times(build, folder)
    row = {"cold build, s": round(cold, 1), "warm build, s": round(warm, 1)}
    if browser:
        requests, size, foreign = page_weight(browser, folder / "_build" / "site", f"de/{CHAPTER}.html")
        row |= {"requests": requests, "to other hosts": foreign, "KB (gzip)": round(size / 1000)}
    return row


def compare(browser):
    with tempfile.TemporaryDirectory() as folder:
        ours, defaults = Path(folder, "ours"), Path(folder, "defaults")
        for target in (ours, defaults):
            target.mkdir()
            copy_sources(target)
        use_defaults(defaults)
        rows = {
            "ours": measure(build_ours, ours, browser),
            "defaults": measure(build_defaults, defaults, browser),
        }
    print(f"{'de/' + CHAPTER:28}{'ours':>10}{'defaults':>12}")
    for name in rows["ours"]:
        print(f"{name:28}{rows['ours'][name]:>10}{rows['defaults'][name]:>12}")
    for name in rows["ours"]:
        figure(f"site: {name}", **{side: row[name] for side, row in rows.items()})


def main():
    print("Building both editions four times (about a minute) …", flush=True)
    with suppress(NoBrowserError), browsing() as browser:
        return compare(browser)
    print("No browser was found: page weights are left out.")
    return compare(None)


if __name__ == "__main__":
    main()
