"""Every benchmark, one after the other: ``make bench``, or ``python tools/bench.py [site training …]``.

Each section is a script of its own, ``tools/bench_<section>.py``, which prints what it compares side by
side, and after it every figure as a line of JSON. Sections run in processes of their own, so that none
warms up or slows down another.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent


def figure(name, **values):
    """Print a figure as one line of JSON, for whoever compares runs."""
    print(json.dumps({"figure": name, **values}), flush=True)


def sections():
    """The scripts by their section's name."""
    return {path.stem.removeprefix("bench_"): path for path in sorted(TOOLS.glob("bench_*.py"))}


def main():
    known = sections()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(known)}; default: all")
    chosen = parser.parse_args().sections or list(known)
    if unknown := set(chosen) - set(known):
        parser.error(f"no such section: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
    failed = []
    for name in chosen:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, str(known[name])], check=False).returncode:
            failed.append(name)
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
