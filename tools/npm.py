"""npm, the machine's or the one that came along, in theme/: ``python tools/npm.py run format:check``.

The packages of the lock file are installed first, when they are missing or older than it.
"""

import os
import subprocess
import sys
from pathlib import Path

THEME = Path(__file__).resolve().parent.parent / "theme"
sys.path.insert(0, str(THEME))
from extensions.node import NodeMissingError, commands  # noqa: E402


class NpmError(RuntimeError):
    """The packages could not be installed; the message says why."""


def install_packages():
    """Run ``npm ci`` in theme/ when its packages are missing or older than the lock file."""
    lock, installed = THEME / "package-lock.json", THEME / "node_modules" / ".package-lock.json"
    if installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    print("npm ci in theme/ (KaTeX)", flush=True)
    answer = npm("ci", "--no-audit", "--no-fund", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if answer.returncode:
        raise NpmError(f"`npm ci` failed in {THEME}:\n{answer.stdout.strip()}")
    installed.touch()


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
        install_packages()
        sys.exit(npm(*sys.argv[1:]).returncode)
    except (NodeMissingError, NpmError) as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
