"""``python -m cnncourse.drills``: an exam sheet to print."""

import argparse
import sys

from cnncourse.drills import exam, exam_sheet


def main(arguments=None):
    """Print an exam sheet, as the command line asks."""
    parser = argparse.ArgumentParser(
        prog="python -m cnncourse.drills", description="Print an exam sheet in Markdown."
    )
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same exam (default: 0)")
    parser.add_argument("--count", type=int, default=30, help="number of tasks (default: 30)")
    parser.add_argument("--language", choices=("de", "en"), default="de", help="default: de")
    parser.add_argument("--version", type=int, default=1, help="1, or later for newer topics (default: 1)")
    parser.add_argument(
        "--solutions", action=argparse.BooleanOptionalAction, default=True, help="print them after the tasks"
    )
    options = parser.parse_args(arguments)
    try:
        drills = exam(options.count, options.seed, options.language, version=options.version)
    except ValueError as error:
        parser.error(str(error))
    if hasattr(sys.stdout, "reconfigure"):  # a Windows console's own encoding has no ★
        sys.stdout.reconfigure(encoding="utf-8")
    sheet = exam_sheet(drills, solutions=options.solutions, seed=options.seed, version=options.version)
    print(sheet, end="")


if __name__ == "__main__":
    main()
