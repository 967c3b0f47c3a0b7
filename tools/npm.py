"""npm, the machine's or the one that came along, in theme/: ``python tools/npm.py run format:check``.

The packages of the lock file are installed first, when they are missing or older than it; building the
site needs only the ``dependencies``. ``python tools/npm.py`` installs all of them and does no more.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

THEME = Path(__file__).resolve().parent.parent / "theme"
sys.path.insert(0, str(THEME))
from extensions.node import NodeMissingError, commands  # noqa: E402


class NpmError(RuntimeError):
    """The packages could not be installed; the message says why."""


INSTALLED = THEME / "node_modules" / ".package-lock.json"


def install_packages(*, develop=False):
    """Run ``npm ci`` in theme/ when packages of the site are missing, or those of tests and linters, too."""
    if complete(develop):
        return
    options = [] if develop else ["--omit=dev"]
    print(" ".join(["npm ci", *options, "in theme/"]), flush=True)
    answer = npm("ci", "--no-audit", "--no-fund", *options, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if answer.returncode:
        raise NpmError(f"`npm ci` failed in {THEME}:\n{answer.stdout.strip()}")
    INSTALLED.touch()


def complete(develop):
    """Whether all packages are there, and no older than the lock file."""
    if not INSTALLED.is_file() or INSTALLED.stat().st_mtime < (THEME / "package-lock.json").stat().st_mtime:
        return False
    package = json.loads((THEME / "package.json").read_text(encoding="utf-8"))
    wanted = [*package["dependencies"], *(package["devDependencies"] if develop else ())]
    return all((INSTALLED.parent / name).is_dir() for name in wanted)


def npm(*arguments, **options):
    """Run npm in theme/; whatever it writes is UTF-8, on every system."""
    node, command = commands()
    path = os.pathsep.join([str(Path(node[0]).parent), os.environ["PATH"]])
    return subprocess.run(
        [*command, *arguments],
        cwd=THEME,
        env={**os.environ, "PATH": path},  # what npm starts is to find the same Node
        encoding="utf-8",
        errors="replace",
        check=False,
        **options,
    )


def main():
    try:
        install_packages(develop=True)
        if sys.argv[1:]:
            sys.exit(npm(*sys.argv[1:]).returncode)
    except (NodeMissingError, NpmError) as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
