"""``python -m cnncourse.drills``: exam sheets to print, and questions for Moodle."""

import argparse
import sys
from pathlib import Path

from cnncourse.drills import answer_key, exam, exam_sheet, exam_variants, moodle_xml

# Markdown knows no pages; browsers and converters know this.
NEW_PAGE = '<div style="break-after: page"></div>\n'


def main(arguments=None):
    """Write what the command line asks for."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        text = _written(options)
        if options.output:
            options.output.write_text(text, encoding="utf-8", newline="\n")
    except (ImportError, OSError, ValueError) as error:
        parser.error(str(error))
    if not options.output:
        if hasattr(sys.stdout, "reconfigure"):  # a Windows console's own encoding has no ★
            sys.stdout.reconfigure(encoding="utf-8")
        print(text, end="")


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m cnncourse.drills",
        description="Write an exam sheet in Markdown, or questions for Moodle.",
    )
    add = parser.add_argument
    add("--seed", type=int, default=0, help="the same seed gives the same exam (default: 0)")
    add("--count", type=int, default=30, help="number of tasks (default: 30)")
    add("--language", choices=("de", "en"), default="de", help="default: de")
    add("--version", type=int, default=1, help="1, or later for newer topics (default: 1)")
    add("--variants", type=int, help="so many exams with other numbers, and one key for marking")
    add("--format", choices=("markdown", "moodle"), default="markdown", help="default: markdown")
    solutions = argparse.BooleanOptionalAction
    add("--solutions", action=solutions, default=True, help="print them, or the key, after the tasks")
    add("--output", type=Path, metavar="FILE", help="write into a file instead of the standard output")
    return parser


def _written(options):
    settings = options.count, options.seed, options.language
    version = {"version": options.version}
    if options.variants is None:
        drills = exam(*settings, **version)
        if options.format == "moodle":
            return moodle_xml(drills)
        return exam_sheet(drills, solutions=options.solutions, seed=options.seed, **version)
    exams = exam_variants(options.variants, *settings, **version)
    if options.format == "moodle":
        return moodle_xml([task for drills in exams.values() for task in drills])
    sheets = [exam_sheet(drills, solutions=False, seed=code, **version) for code, drills in exams.items()]
    return f"\n{NEW_PAGE}\n".join([*sheets, answer_key(exams)] if options.solutions else sheets)


if __name__ == "__main__":
    main()
