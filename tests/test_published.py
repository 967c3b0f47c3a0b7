"""The book under any name, and its notebooks away from it: the address, the wheel, the first cell."""

import base64
import csv
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import zipfile
from string import Template

import pytest
import yaml
from downloads import published, taken_along
from extensions.address import BRANCH, NOTEBOOKS, repository, site_url
from extensions.launch import launch_links
from manuscript import EDITIONS, ROOT, sources
from package_wheel import wheel_name, write_wheel
from packaging.metadata import Metadata
from packaging.requirements import Requirement

from notebooks import install_code

URL = "https://example.org/book/"
# A place on the network that carries this book's name would be somebody's, and nobody has registered one.
SOMEBODYS = re.compile(
    r"(?:git(?:hub|lab)\.com|pypi\.org/project)/(?:[\w-]+/)?cnncourse|cnncourse\.git\w+\.io"
)


@pytest.fixture
def builder():
    """tools/site.py, under another name, because Python has a module ``site`` of its own."""
    place = importlib.util.spec_from_file_location("site_builder", ROOT / "tools" / "site.py")
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


# -- no address, and any address -------------------------------------------------------------------


def test_nothing_names_a_publisher(tracked):
    texts = {name: (ROOT / name).read_text("utf-8", errors="replace") for name in tracked}
    named = [f"{name}: {found[0]}" for name, text in texts.items() if (found := SOMEBODYS.search(text))]
    assert not named, "\n".join(named)


@pytest.mark.parametrize(
    "leftover",
    [
        ("https://github.com/", "cnncourse/cnncourse"),
        ("git+https://github.com/someone/", "cnncourse"),
        ("https://cnncourse.", "github.io/cnncourse/de/"),
        ("https://pypi.org/project/", "cnncourse/"),
    ],
)
def test_the_scan_sees_a_publisher(leftover):
    assert SOMEBODYS.search("".join(leftover))


def test_without_a_setting_nobody_publishes(monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/somewhere")  # as where a pull request is checked
    assert site_url() == ""
    assert repository() == ""


@pytest.mark.parametrize("given", [URL, URL.rstrip("/"), f" {URL}/ "])
def test_the_setting_is_the_address(monkeypatch, given):
    monkeypatch.setenv("SITE_URL", given)
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/somewhere")
    assert site_url() == URL
    assert repository() == "someone/somewhere"


def test_launch_links_lead_into_the_publishers_repository():
    assert launch_links("someone/somewhere", "en", "notebooks/layers.ipynb") == {
        "colab": "https://colab.research.google.com/github/someone/somewhere/blob/notebooks/en/layers.ipynb",
        "binder": "https://mybinder.org/v2/gh/someone/somewhere/main?labpath=en%2Fnotebooks%2Flayers.ipynb",
    }


def test_the_workflow_that_publishes_takes_everything_from_its_repository():
    """The address from GitHub Pages, and the branch where the launch links look for notebooks."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8"))
    jobs = workflow["jobs"]
    [run] = [step for step in jobs["build"]["steps"] if step.get("run") == ".ci/run"]
    assert run["env"] == {"SITE_URL": "${{ steps.pages.outputs.base_url }}/"}
    [publish] = jobs["notebooks"]["steps"]
    assert f"--initial-branch={NOTEBOOKS}" in publish["run"]
    assert jobs["notebooks"]["permissions"] == {"contents": "write"}
    assert workflow[True]["push"]["branches"] == [BRANCH]  # YAML reads the key `on` as true


@pytest.mark.parametrize("url", ["", URL])
def test_the_outer_pages_claim_an_address_only_if_there_is_one(builder, tmp_path, monkeypatch, url):
    monkeypatch.setattr(builder, "SITE", tmp_path)
    builder.write_outer_pages(url)
    start = (tmp_path / "index.html").read_text(encoding="utf-8")
    lost = (tmp_path / "404.html").read_text(encoding="utf-8")
    metadata = re.findall(
        r'<(?:link rel="(?:canon|alter)|meta property="og:(?:url|image)").*?="(\w+://[^"]*)"', start
    )
    assert all(address.startswith(url) for address in metadata)
    assert bool(metadata) == bool(url)
    assert f'<a href="{url}de/index.html"' in lost
    assert f'const root = "{url}";' in lost
    assert 'href="de/index.html"' in start


# -- notebooks that leave the repository -----------------------------------------------------------

ALL = [page for language in EDITIONS for page in sources(language) if page.is_notebook]


@pytest.mark.parametrize("page", ALL, ids=lambda page: f"{page.language}-{page.docname}")
def test_a_notebook_leaves_with_links_and_package_of_the_site(page):
    own = page.path.read_text(encoding="utf-8")
    away = published(page.path, page.language, URL).decode()
    assert own.count("](../book/") == away.count(f"]({URL}{page.language}/book/") > 0
    assert f'published = \\"{URL}{page.language}/{wheel_name()}\\"' in away
    nowhere = json.loads(published(page.path, page.language, ""))
    assert "](../" not in json.dumps(nowhere)
    assert [cell["id"] for cell in nowhere["cells"]] == [cell["id"] for cell in json.loads(own)["cells"]]


@pytest.mark.parametrize(
    ("line", "there", "nowhere"),
    [
        (
            "Das [Kapitel](../book/layers.md#sec-a) und ![ein Bild](../book/bild.png).",
            f"Das [Kapitel]({URL}de/book/layers.html#sec-a) und ![ein Bild](../book/bild.png).",
            "Das Kapitel und ![ein Bild](../book/bild.png).",
        ),
        (
            "[CC BY](https://example.com/a.md)",
            "[CC BY](https://example.com/a.md)",
            "[CC BY](https://example.com/a.md)",
        ),
        ("x = matrix[0](../1)", "x = matrix[0](../1)", "x = matrix[0](../1)"),
    ],
)
def test_links_are_taken_along(line, there, nowhere):
    assert taken_along(line, "de", URL) == there
    assert taken_along(line, "de", "") == nowhere


@pytest.fixture
def cell(tmp_path, monkeypatch):
    """Run the first cell in an empty folder where the package is missing; gives what it asked of pip."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    asked = []

    def run(edition="en", address="", answer=(0, "")):
        def pip(command, **_):
            asked.append(command)
            return subprocess.CompletedProcess(command, answer[0], "", answer[1])

        monkeypatch.setattr(subprocess, "run", pip)
        exec(install_code(edition).replace('published = ""', f'published = "{address}"'), {})
        return asked.pop()[-1]

    return run


def test_the_cell_takes_the_wheel_beside_it(cell, tmp_path):
    (tmp_path / "cnncourse-0.1.0-py3-none-any.whl").touch()
    wanted = (tmp_path / "cnncourse-0.1.0-py3-none-any.whl").as_uri()
    assert cell(address=f"{URL}elsewhere.whl") == f"cnncourse[tensorflow] @ {wanted}"


def test_the_cell_takes_the_wheel_of_the_site(cell):
    assert cell(address=f"{URL}some.whl") == f"cnncourse[tensorflow] @ {URL}some.whl"


@pytest.mark.parametrize(
    ("edition", "says"), [("de", "Das Paket cnncourse fehlt"), ("en", "cnncourse is missing")]
)
def test_the_cell_says_what_to_do_without_a_wheel(cell, edition, says):
    with pytest.raises(FileNotFoundError, match=rf"{says}.*cnncourse-….whl"):
        cell(edition)


def test_the_cell_fails_where_pip_fails(cell):
    with pytest.raises(RuntimeError, match=r"could not be installed from https.*some.whl:\nNo network"):
        cell(address=f"{URL}some.whl", answer=(1, "No network"))


# -- the wheel -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel as pip would unpack it."""
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(write_wheel(folder)) as archive:
        archive.extractall(folder / "site-packages")
    return folder / "site-packages"


def test_the_same_source_makes_the_same_wheel(tmp_path):
    first = write_wheel(tmp_path).read_bytes()
    assert write_wheel(tmp_path).read_bytes() == first


def test_the_wheel_holds_the_package_and_nothing_else(unpacked, tracked):
    packed = {path.relative_to(unpacked).as_posix() for path in (unpacked / "cnncourse").rglob("*.*")}
    assert packed == {name for name in tracked if name.startswith("cnncourse/")}


def test_the_wheel_says_what_it_holds(unpacked):
    [record] = unpacked.glob("*.dist-info/RECORD")
    with record.open(encoding="utf-8", newline="") as lines:
        rows = {name: (digest, size) for name, digest, size in csv.reader(lines)}
    files = {path.relative_to(unpacked).as_posix(): path for path in unpacked.rglob("*") if path.is_file()}
    assert set(rows) == set(files)
    own = record.relative_to(unpacked).as_posix()
    assert rows.pop(own) == ("", "")
    for name, (digest, size) in rows.items():
        content = files[name].read_bytes()
        assert (
            base64.urlsafe_b64decode(digest.removeprefix("sha256=") + "=") == hashlib.sha256(content).digest()
        )
        assert int(size) == len(content)


def test_the_wheel_computes(unpacked):
    code = "import cnncourse as cc; print(cc.__file__, cc.output_size(227, 11, stride=4))"
    run = subprocess.run([sys.executable, "-c", code], cwd=unpacked, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(str(unpacked))
    assert run.stdout.endswith(" 55\n")


def about(path):
    """What a metadata file says of a package, apart from the order."""
    said = Metadata.from_email(path.read_bytes())
    return said, {str(Requirement(str(each))) for each in said.requires_dist}


def test_the_wheel_describes_itself_as_setuptools_would(unpacked, tmp_path):
    """Setuptools, which reads the same pyproject.toml, is the oracle."""
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
        shutil.copy(ROOT / name, tmp_path)
    code = "from setuptools.build_meta import prepare_metadata_for_build_wheel as make; make('made')"
    (tmp_path / "made").mkdir()
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    (own, needs), (oracle, may_need) = (
        about(next(folder.rglob("METADATA"))) for folder in (unpacked, tmp_path / "made")
    )
    for key in ("name", "version", "summary", "requires_python", "license_expression", "license_files"):
        assert getattr(own, key) == getattr(oracle, key), key
    assert needs == {
        each for each in may_need if "extra ==" not in each or "'tensorflow'" in each.replace('"', "'")
    }


# -- what stands beside it -------------------------------------------------------------------------


@pytest.mark.parametrize("language", EDITIONS)
def test_instructions_name_the_wheel(language):
    note = (ROOT / "theme" / "downloads" / f"readme.{language}.txt").read_text(encoding="utf-8")
    filled = Template(note).substitute(book="", wheel=wheel_name())
    assert f'"./{wheel_name()}[tensorflow]"' in filled
    page = (EDITIONS[language] / "book" / "api.md").read_text(encoding="utf-8")
    assert set(re.findall(r"cnncourse-[\w.-]+\.whl", page)) == {wheel_name()}
