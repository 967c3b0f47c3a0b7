"""The set-up, without a network: what it refuses in a clear sentence, makes anew, and leaves alone."""

import ast
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from manuscript import ROOT

SCRIPT = ROOT / "tools" / "setup.py"


def loaded(script):
    """A script as a module, under a name that no other has."""
    place = importlib.util.spec_from_file_location(f"script_{script.stem}", script)
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


@pytest.fixture
def setup(tmp_path, monkeypatch):
    """The script, set loose on a checkout of its own, where every command is only written down."""
    module = loaded(SCRIPT)
    checkout = tmp_path / "Über Kurs"
    checkout.mkdir()
    for name in ("pyproject.toml", *module.LOCKS.values(), module.NODE):
        shutil.copy(ROOT / name, checkout)
    monkeypatch.setattr(module, "ROOT", checkout)
    monkeypatch.setattr(module, "VENV", checkout / ".venv")
    monkeypatch.setattr(module, "STAMP", checkout / ".venv" / "ready.json")
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    monkeypatch.setattr(module, "run", Commands(module))
    return module


class Commands:
    """Stands for the commands that the set-up starts; each does what can be seen of it afterwards."""

    def __init__(self, module):
        self.module, self.failing, self.made = module, None, 0
        self.locks = []

    def __call__(self, command, **_):
        if "venv" in command:
            self.made += 1
            self.module.python().parent.mkdir(parents=True)
            self.module.python().touch()
            (self.module.VENV / "lib" / "python{}.{}".format(*sys.version_info) / "site-packages").mkdir(
                parents=True
            )
        if "-r" in command:
            self.locks.append(Path(command[-1]).name)
        return self.failing(command) if self.failing else 0

    def take(self):
        """How many environments were made, and what was installed, since the last time."""
        made, locks, self.made, self.locks = self.made, self.locks, 0, []
        return made, locks


pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the environment's folders are named otherwise"
)
SITE, TEST = "requirements-site.txt", "requirements.txt"


# -- what is made, and made anew -------------------------------------------------------------------


def test_what_is_ready_is_left_alone(setup):
    setup.set_up("site")
    assert setup.run.take() == (1, [SITE])
    setup.set_up("site")
    assert setup.run.take() == (0, [])


def test_the_tests_need_more_and_hold_what_building_needs(setup):
    setup.set_up("site")
    setup.set_up("test")
    assert setup.run.take() == (1, [SITE, TEST])
    (setup.ROOT / SITE).write_text("something newer")
    setup.set_up("site")
    assert setup.run.take() == (0, [])


def test_a_new_lock_is_installed_into_the_same_environment(setup):
    setup.set_up("test")
    (setup.ROOT / TEST).write_text("something newer")
    setup.run.take()
    setup.set_up("test")
    assert setup.run.take() == (0, [TEST])


@pytest.mark.parametrize("what", ["python", "folder"])
def test_an_environment_of_another_python_or_folder_is_made_anew(setup, what):
    setup.set_up("site")
    stamp = json.loads(setup.STAMP.read_text(encoding="utf-8"))
    setup.STAMP.write_text(json.dumps({**stamp, what: "another"}), encoding="utf-8")
    (setup.VENV / "leftover").touch()
    setup.run.take()
    setup.set_up("site")
    assert setup.run.take() == (1, [SITE])
    assert not (setup.VENV / "leftover").exists()


def test_an_environment_whose_python_is_gone_is_made_anew(setup):
    setup.set_up("site")
    setup.python().unlink()
    setup.python().symlink_to(setup.ROOT / "gone")
    setup.set_up("site")
    assert setup.run.take() == (2, [SITE, SITE])


@pytest.mark.parametrize("stamp", [None, "", "{", "null"])
def test_a_half_made_environment_is_made_anew(setup, stamp):
    setup.VENV.mkdir()
    (setup.VENV / "half").touch()
    if stamp is not None:
        setup.STAMP.write_text(stamp)
    setup.set_up("site")
    assert setup.run.take() == (1, [SITE])
    assert not (setup.VENV / "half").exists()


def test_a_linked_environment_is_somebody_elses(setup, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "precious").touch()
    setup.VENV.symlink_to(shared)
    setup.set_up("site")
    assert (shared / "precious").exists()
    assert not setup.VENV.is_symlink()


def test_an_interrupted_installation_is_made_anew(setup):
    def interrupt(command):
        if "-r" in command:
            raise KeyboardInterrupt
        return 0

    setup.set_up("site")
    setup.run.failing = interrupt
    with pytest.raises(KeyboardInterrupt):
        setup.set_up("test")
    setup.run.failing = None
    setup.run.take()
    setup.set_up("test")
    assert setup.run.take() == (1, [TEST])


def test_a_failed_installation_says_so_and_is_made_anew(setup):
    setup.run.failing = lambda command: "-r" in command
    with pytest.raises(setup.SetupError, match=r"requirements-site\.txt could not be installed"):
        setup.set_up("site")
    setup.run.failing = None
    setup.run.take()
    setup.set_up("site")
    assert setup.run.take() == (1, [SITE])


def test_node_comes_along_where_there_is_none(setup):
    setup.run.failing = lambda command: "-c" in command
    setup.set_up("site")
    assert setup.run.take() == (1, [SITE, "requirements-node.txt"])


def test_the_package_is_found_whatever_the_folder_is_called(setup):
    setup.set_up("site")
    [path] = setup.VENV.rglob("cnncourse.pth")
    assert path.read_text().isascii()
    assert (path.parent / path.read_text().strip()).resolve() == setup.ROOT


@pytest.mark.parametrize("uv", [None, "/somewhere/uv"])
def test_everything_is_checked_against_its_hash(setup, monkeypatch, uv):
    commands = []
    monkeypatch.setattr(setup.shutil, "which", lambda name: uv)
    monkeypatch.setattr(setup, "run", lambda command, **_: commands.append(command))
    setup.install(SITE)
    [command] = commands
    assert "--require-hashes" in command
    assert " ".join(command).count("--only-binary :all:") == 1
    assert command[0] == (uv or str(setup.python()))


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", [">=3.90,<3.99", ">=3.2,<3.5"])
def test_another_python_is_refused_before_anything_is_made(tmp_path, allowed):
    """The script as it is, in a process of its own."""
    (tmp_path / "tools").mkdir()
    shutil.copy(SCRIPT, tmp_path / "tools")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = re.sub(r'requires-python = ".*"', f'requires-python = "{allowed}"', project)
    (tmp_path / "pyproject.toml").write_text(project, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "tools" / "setup.py"), "site"]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 1
    lowest, above = map(int, re.findall(r"3\.(\d+)", allowed))
    assert re.match(rf"This is Python 3\.\d+.*needs Python 3\.{lowest} to 3\.{above - 1}", run.stderr)
    assert "Traceback" not in run.stderr
    assert not (tmp_path / ".venv").exists()


def test_an_old_python_can_read_the_script():
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize(
    ("system", "machine", "tag"), [("darwin", "x86_64", ""), ("win32", "ARM64", "win-arm64")]
)
def test_machines_without_tensorflow_can_build_but_not_test(setup, monkeypatch, system, machine, tag):
    monkeypatch.setattr(setup.platform, "machine", lambda: machine)
    monkeypatch.setattr(setup.sysconfig, "get_platform", lambda: tag)
    with monkeypatch.context() as patch:
        patch.setattr(setup.sys, "platform", system)
        setup.check_machine("site")
        with pytest.raises(setup.SetupError, match="no TensorFlow"):
            setup.check_machine("test")


def test_a_read_only_checkout_is_refused(setup, monkeypatch):
    monkeypatch.setattr(setup.os, "access", lambda *_: False)
    with pytest.raises(setup.SetupError, match=r"Über Kurs: it is read-only or somebody else's"):
        setup.set_up("site")
    assert setup.run.take() == (0, [])


def test_an_incomplete_python_is_refused_and_leaves_nothing(setup):
    setup.run.failing = lambda command: "venv" in command
    with pytest.raises(setup.SetupError, match=r"apt-get install python3\.\d+-venv"):
        setup.set_up("site")
    assert not setup.VENV.exists()


@pytest.mark.parametrize("long", [True, False])
def test_a_name_too_long_for_windows_is_refused(setup, monkeypatch, long):
    monkeypatch.setattr(setup, "WINDOWS", True)
    monkeypatch.setattr(setup, "long_paths", lambda: False)
    monkeypatch.setattr(setup.os, "access", lambda *_: True)
    monkeypatch.setattr(setup, "ROOT", Path("C:/" + (250 if long else 40) * "x"))
    refused = pytest.raises(setup.SetupError, match="characters too long for Windows")
    with refused if long else nullcontext():
        setup.check_folder("test")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (KeyboardInterrupt(), "Stopped"),
        (PermissionError(13, "Permission denied", ".venv"), r"the machine refused.*Permission denied"),
    ],
)
def test_stopping_ends_in_a_sentence(setup, monkeypatch, error, says):
    def stop(_):
        raise error

    monkeypatch.setattr(setup, "set_up", stop)
    monkeypatch.setattr(setup.sys, "argv", ["setup.py", "site"])
    with pytest.raises(SystemExit, match=says):
        setup.main()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (KeyboardInterrupt(), "Stopped"),
        (
            PermissionError(13, "Permission denied", "_build"),
            "could not be written.*Permission denied.*_build",
        ),
    ],
)
def test_a_build_that_is_stopped_ends_in_a_sentence(monkeypatch, error, says):
    def stop():
        raise error

    builder = loaded(ROOT / "tools" / "site.py")
    monkeypatch.setattr(builder, "build", stop)
    monkeypatch.setattr(sys, "argv", ["site.py"])
    with pytest.raises(SystemExit, match=says):
        builder.main()


@pytest.mark.parametrize(
    ("windows", "command"), [(True, r"py -3\.12 tools\\setup\.py site"), (False, "make site PYTHON=")]
)
def test_commands_are_told_as_this_machine_takes_them(setup, monkeypatch, windows, command):
    monkeypatch.setattr(setup, "WINDOWS", windows)
    assert re.match(command, setup.again("site"))
