"""Run the labs' JavaScript without a browser."""

import json
import subprocess

from extensions.node import commands
from manuscript import ROOT

SCRIPTS = ROOT / "theme" / "static" / "labs"
ANSWERS = ROOT / "tests" / "answers.cjs"


def answers(name, calls, *others):
    """What the script of a lab answers to each call ``{"call": …, "arguments": …}``: a result or an error.

    ``others`` are files of scripts that it needs besides.
    """
    node, _npm = commands()
    command = [*node, str(ANSWERS), str(SCRIPTS / f"{name}.js"), name.replace("-", "_"), *others]
    given = json.dumps(calls)
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, encoding="utf-8")
    return json.loads(done.stdout)
