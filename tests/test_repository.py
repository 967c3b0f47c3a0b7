"""What the repository promises beside the book: one version of all, true commands, no paths of a machine."""

import doctest
import os
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from manuscript import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.txt"))
PROSE = ["README.md", "CONTRIBUTING.md"]
MACHINE = re.compile(r"/(?:home|root|work|tmp|Users)/\w+")


def locked(name):
    """What a lock file names: each requirement, without its hashes, and how many it has."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "")
    return {line.partition(" --hash")[0].strip(): line.count("--hash=sha256:") for line in text.splitlines()}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_locked_with_its_hashes(name):
    """And says nothing of where the packages came from."""
    requirements = locked(name)
    assert requirements
    assert not [each for each in requirements if not re.match(r"[\w.-]+==[\w.]+( ; |$)", each)]
    assert not [each for each, hashes in requirements.items() if not hashes]


def test_the_oldest_versions_promised_are_those_that_are_tested():
    """Each ``>=`` has a pin that begins alike; the tools are those of requirements.txt."""
    lines = (ROOT / "tests" / "floors.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    promised = dict(
        re.match(r"([\w-]+)>=([\d.]+)", each).groups() for each in PROJECT["project"]["dependencies"]
    )
    assert promised.keys() < pins.keys()
    assert all(f"{pins[name]}.".startswith(f"{floor}.") for name, floor in promised.items())
    tools = pins.keys() - promised.keys() - {"tensorflow-cpu"}
    assert {f"{name}=={pins[name]}" for name in tools} <= locked("requirements.txt").keys()


def test_what_builds_the_site_is_what_is_tested():
    """Its lock holds no more than that of everything, in the same versions."""
    everything, site = (set(locked(name)) for name in ("requirements.txt", "requirements-site.txt"))
    names = {each.partition("==")[0] for each in site}
    assert {each.partition(" ;")[0] for each in site} <= {each.partition(" ;")[0] for each in everything}
    assert not names & {"tensorflow", "tensorflow-cpu", "keras", "numpy", "matplotlib", "playwright"}


LEAN = """
import importlib, pathlib, sys
for name in ("tensorflow", "keras", "numpy", "pandas", "sklearn", "matplotlib", "playwright", "hypothesis"):
    sys.modules[name] = None  # importing it fails
sys.path += ["tools", "theme"]
for path in sorted(pathlib.Path("theme/extensions").glob("*.py")):
    importlib.import_module(f"extensions.{path.stem}")
for name in ("downloads", "printed", "package_wheel", "npm"):
    importlib.import_module(name)
import cnncourse
assert cnncourse.exam(1)
"""


def test_what_builds_the_site_imports_no_more_than_its_lock():
    run = subprocess.run(
        [sys.executable, "-c", LEAN], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert run.returncode == 0, run.stderr


def test_the_locks_hold_what_the_project_asks_for():
    pins = {each.partition(" ;")[0] for name in LOCKS for each in locked(name)}
    asked = {each for group in PROJECT["dependency-groups"].values() for each in group}
    assert asked <= pins


def test_the_version_is_told_once():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["project"]["version"]
    assert set(citation["license"]) == set(PROJECT["project"]["license"].split(" AND "))


def test_ci_covers_every_python_that_is_promised():
    check = yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8"))
    tested = check["jobs"]["check"]["strategy"]["matrix"]["python"]
    assert PROJECT["project"]["requires-python"] == ">=3.11,<3.15"
    assert tested == ["3.11", "3.12", "3.13", "3.14"]


def test_ci_tests_the_oldest_versions_that_are_promised():
    check = yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8"))
    commands = " ".join(step.get("run", "") for step in check["jobs"]["floors"]["steps"])
    assert "install -r tests/floors.txt" in commands
    tested = re.findall(r"tests/test_\w+\.py", commands)
    assert len(tested) > 10
    assert [name for name in tested if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_and_official(workflow):
    used = re.findall(r"uses: (\S+)", workflow.read_text(encoding="utf-8"))
    assert used
    strange = [action for action in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action)]
    assert not strange, f"{workflow.name}: {strange}"


@pytest.mark.parametrize("name", PROSE)
def test_commands_in_the_documentation_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)\b", text, re.MULTILINE))
    assert named
    assert named <= targets, f"no such make target: {sorted(named - targets)}"
    files = re.findall(r"\b(?:tools|tests|notebooks)[/\\][\w/-]+\.(?:py|ipynb|txt)", text)
    files = [file.replace("\\", "/") for file in files if "slug" not in file]
    assert not [file for file in files if not (ROOT / file).exists()]


def test_examples_in_the_readme_are_true():
    code = (ROOT / "README.md").read_text(encoding="utf-8").replace("```", "")
    examples = doctest.DocTestParser().get_doctest(code, {}, "README.md", "README.md", 0)
    assert examples.examples
    assert doctest.DocTestRunner().run(examples).failed == 0


def test_nothing_tells_whose_machine_this_was(tracked):
    names = [name for name in tracked if not name.startswith("tests/")]
    texts = {name: (ROOT / name).read_text("utf-8", errors="ignore") for name in names}
    told = [f"{name}: {found[0]}" for name, text in texts.items() if (found := MACHINE.search(text))]
    assert not told, "\n".join(told)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not know the executable bit")
@pytest.mark.parametrize("script", [".ci/run", ".binder/postBuild"])
def test_scripts_can_be_executed(script):
    assert os.access(ROOT / script, os.X_OK)
