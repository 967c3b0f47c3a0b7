"""Make this checkout ready: ``python tools/setup.py site`` to build the book, ``… test`` to test it as well.

That is a virtual environment in .venv with exactly the locked packages, by uv where it is installed and by
pip elsewhere, the package ``cnncourse`` as it lies here, and Node where the machine has none. What is ready
takes no time; what is half made, moved or another Python's is made anew. Needs nothing but Python, and an old
one gets far enough to say that it is too old.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "ready.json"  # written last: an environment without it is half made
LOCKS = {"site": "requirements-site.txt", "test": "requirements.txt"}  # the second holds the first
NODE = "requirements-node.txt"
WINDOWS = os.name == "nt"
LONGEST = {"site": 141, "test": 188}  # characters in the longest path below, which Windows must take
RECOMMENDED = "3.12"


class SetupError(Exception):
    """What keeps this checkout from being made ready; the message says what to do."""


def set_up(purpose):
    """Install whatever is missing for ``site`` or ``test``."""
    check_python(purpose)
    check_machine(purpose)
    check_folder(purpose)
    found, wanted = read_stamp(), what_is_wanted()
    if is_usable(found, wanted) and any(found.get(lock) == wanted[lock] for lock in holders(purpose)):
        return
    if not is_usable(found, wanted):
        make_environment(purpose)
        found = {}
    if STAMP.exists():
        STAMP.unlink()
    install(LOCKS[purpose])
    add_package()
    add_node()
    for key in ("python", "folder", LOCKS[purpose]):
        found[key] = wanted[key]
    STAMP.write_text(json.dumps(found, indent=1), encoding="utf-8")
    say(f"ready: {VENV}")


# -- what may be wrong with the machine ------------------------------------------------------------


def check_python(purpose):
    """Refuse a Python for which there are no packages, before anything is downloaded."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lowest, above = map(int, re.search(r'python = ">=3\.(\d+),<3\.(\d+)"', project).groups())
    wide = sys.maxsize > 2**32
    if not (3, lowest) <= sys.version_info[:2] < (3, above) or not wide:
        raise SetupError(
            f"This is Python {platform.python_version()}{'' if wide else ' of 32 bits'} ({sys.executable}); "
            f"the book needs Python 3.{lowest} to 3.{above - 1}, for 64 bits. Install one, then start:\n"
            f"    {again(purpose)}"
        )


def check_machine(purpose):
    """Refuse to install the tests where their engine does not exist."""
    intel_mac = sys.platform == "darwin" and platform.machine() == "x86_64"
    if purpose == "test" and (intel_mac or sysconfig.get_platform() == "win-arm64"):
        raise SetupError(
            "There is no TensorFlow for Intel Macs or for Windows on ARM, so the tests cannot run "
            f"here. Building and reading the book needs none:\n    {again('site', '')}"
        )


def check_folder(purpose):
    """Refuse a folder in which nothing can be written, or whose name is too long for Windows."""
    if not os.access(str(ROOT), os.W_OK):
        raise SetupError(
            f"Nothing can be written into {ROOT}: it is read-only or somebody else's. "
            "Copy it into a folder of your own, and start there."
        )
    too_long = len(str(ROOT)) + LONGEST[purpose] - 259
    if WINDOWS and too_long > 0 and not long_paths():
        raise SetupError(
            f"The name of this folder is {too_long} characters too long for Windows: {ROOT}\n"
            "Move it to a shorter one, such as C:\\cnncourse, or switch on Windows' long paths."
        )


def long_paths():
    """Whether this Windows takes paths of more than 260 characters."""
    import ctypes

    return bool(ctypes.windll.ntdll.RtlAreLongPathsEnabled())


def again(purpose, version=RECOMMENDED):
    """The command that sets up for a purpose, as this machine's user types it."""
    if WINDOWS:
        return f"py{version and ' -' + version} tools\\setup.py {purpose}"
    return f"make {purpose}{version and ' PYTHON=python' + version}"


# -- what is there already -------------------------------------------------------------------------


def read_stamp():
    """What the environment was made from, by which Python and where; empty if it is half made."""
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, TypeError, ValueError):
        return {}


def what_is_wanted():
    """The same, as this run would leave it."""
    hashes = {lock: hashlib.sha256((ROOT / lock).read_bytes()).hexdigest() for lock in LOCKS.values()}
    return dict(hashes, python="{}.{}".format(*sys.version_info), folder=str(ROOT))


def is_usable(found, wanted):
    """Whether the environment is this Python's, where it was made; a link to a Python that is gone is not."""
    return python().exists() and all(found.get(key) == wanted[key] for key in ("python", "folder"))


def holders(purpose):
    """The locks that hold all that a purpose needs."""
    return {LOCKS[purpose], LOCKS["test"]}


# -- making it -------------------------------------------------------------------------------------


def make_environment(purpose):
    """Make .venv anew."""
    if VENV in (Path(sys.prefix), *Path(sys.prefix).parents):
        raise SetupError(f"This Python itself must be made anew. Start with another:\n    {again(purpose)}")
    if VENV.is_symlink():
        VENV.unlink()
    elif VENV.exists():
        say(".venv is half made, moved, or another Python's: making it anew")
        shutil.rmtree(str(VENV))
    uv = shutil.which("uv")
    command = [uv, "venv", "--quiet", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    if run([*command, str(VENV)]):
        shutil.rmtree(str(VENV), ignore_errors=True)
        raise SetupError(
            "The environment could not be made; the reason stands above. Debian and Ubuntu may lack some of "
            "Python:\n    apt-get install python{}.{}-venv".format(*sys.version_info)
        )


def python():
    """The environment's Python."""
    return VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def install(lock):
    """Install exactly the packages of a lock file, each with the hash that it says."""
    uv = shutil.which("uv")
    pip = [str(python()), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    command = [uv, "pip", "install", "--python", str(python())] if uv else pip
    if run([*command, "--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / lock)]):
        raise SetupError(f"The packages of {lock} could not be installed; the reason stands above.")


def add_package():
    """Make ``cnncourse`` importable as it lies here: a relative path, for any name of the folder."""
    below = "Lib/site-packages" if WINDOWS else "lib/python{}.{}/site-packages".format(*sys.version_info)
    place = VENV / below
    (place / "cnncourse.pth").write_text(os.path.relpath(str(ROOT), str(place)) + "\n", encoding="ascii")


def add_node():
    """Install Node where the machine has none that is new enough."""
    look = "import sys; sys.path.insert(0, 'theme'); from extensions.node import commands; commands()"
    if run([str(python()), "-c", look], stderr=subprocess.DEVNULL):
        install(NODE)


def run(command, **options):
    """Run a command in the checkout, apart from settings that lead elsewhere; gives its exit status."""
    environment = dict(os.environ, PIP_USER="0", PYTHONUTF8="1")
    for name in ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX"):
        environment.pop(name, None)
    return subprocess.call(command, cwd=str(ROOT), env=environment, **options)


def say(step):
    print(step, flush=True)


def main():
    if sys.argv[1:] not in [[purpose] for purpose in LOCKS]:
        sys.exit("Say what for, one of: {}".format(", ".join(LOCKS)))
    try:
        set_up(sys.argv[1])
    except SetupError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"The set-up stopped, because the machine refused: {error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next run makes anew what is half made.")


if __name__ == "__main__":
    main()
