"""Run the labs' JavaScript without a browser."""

import json
import subprocess

from extensions.node import commands
from manuscript import ROOT

SCRIPTS = ROOT / "theme" / "static" / "labs"
ANSWERS = ROOT / "tests" / "vectors" / "answers.cjs"


def answers(name, calls):
    """What the script of a lab answers to the calls in a file, each ``{"result": …}`` or ``{"error": …}``."""
    node, _npm = commands()
    command = [*node, str(ANSWERS), str(SCRIPTS / f"{name}.js"), str(calls), name.replace("-", "_")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    return json.loads(done.stdout)
