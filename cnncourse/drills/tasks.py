"""What every drill's task needs: the registry, realistic numbers, phrases in two languages, amounts.

A task's function draws its numbers, computes the answer and the typical wrong answers, and writes
question and solution. It draws before it writes, so that both languages get the same numbers. Symbols
as in :mod:`cnncourse.worked`: n input size, f kernel size, s stride, p padding, d dilation, c input
channels, k filters, g groups, b batch size, o output size; for dense layers n inputs, m units.
"""

from collections import defaultdict
from fractions import Fraction
from typing import NamedTuple

from cnncourse.drills.words import rounded


class Task(NamedTuple):
    """One task in one language; the mistakes are ``{name in REVEALS: wrong answer}``."""

    question: str
    answer: int | float | tuple
    unit: str
    solution: str
    mistakes: dict


TASKS = defaultdict(list)
"""The functions that write tasks, by ``(topic, level)``."""


def task(topic, level):
    """Register a function that writes tasks on a topic at a level."""

    def register(write):
        TASKS[topic, level].append(write)
        return write

    return register


IMAGES = (28, 32, 48, 64, 96, 112, 128, 160, 192, 224, 227, 256)
MAPS = (7, 8, 13, 14, 16, 20, 24, 27, 28, 32, 48, 55, 56)  # sizes of feature maps inside a network
KERNELS = (3, 5, 7, 11)
FILTERS = (6, 8, 12, 16, 20, 24, 32, 48, 64, 96, 128)
WIDE = (32, 48, 64, 96, 128, 192, 256, 384)  # channels inside a network
NEURONS = (10, 20, 50, 64, 84, 100, 120, 128, 256, 500, 512, 1000, 1024, 2048, 4096)
BATCHES = (8, 16, 32, 64, 128)
SIZE, PARAMETERS, COMPUTE = 1, 2, 4  # the places of these steps in a worked solution
_DEFINED = {"kB": "10³", "MB": "10⁶", "GB": "10⁹", "MiB": "2²⁰"}
_BYTES = {"kB": 1000, "MB": 1000**2, "GB": 1000**3, "MiB": 1024**2}


def a_convolution(k, f, s, p):
    """Describe a convolution, in German after "eine" and in English after "a"."""
    pads = with_padding(p)
    return (
        f"Faltungsschicht mit {k} Filtern der Größe {f} × {f}, Stride {s} und {pads[0]}",
        f"convolution with {k} filters of size {f} × {f}, stride {s} and {pads[1]}",
    )


def with_padding(p):
    """Name the padding, in German after "mit" or "und"."""
    return (f"Padding {p}", f"padding {p}") if p else ("ohne Padding", "no padding")


def with_channels(c):
    """Name a number of channels, in German after "mit"."""
    return ("1 Kanal", "1 channel") if c == 1 else (f"{c} Kanälen", f"{c} channels")


def steps_of(solution, *numbers):
    """Take the text of some steps of a worked solution."""
    return paragraphs(*(solution.steps[number].markdown for number in numbers))


def paragraphs(*parts):
    """Join paragraphs of Markdown."""
    return "\n\n".join(parts)


def number(fraction):
    """Turn a fraction into an integer where it is one, else into a float."""
    return int(fraction) if fraction == int(fraction) else float(fraction)


def millions_in(count):
    """Give a count in millions."""
    return number(Fraction(count, 10**6))


def tenths(rng, least, most):
    """Draw a number with one decimal; the bounds are in tenths."""
    return number(Fraction(rng.randint(least, most), 10))


def two_decimals(value):
    """Round as a learner would write down a quotient that does not come out even."""
    return number(round(value, 2))


def unit_of(size):
    """Choose the unit in which these bytes are a number below 1000."""
    return next(unit for unit in ("kB", "MB", "GB") if size < 1000 * _BYTES[unit])


def in_unit(unit):
    """Ask for a unit and define it, alike in both languages."""
    return f"in {unit} (1 {unit} = {_DEFINED[unit]} B)"


def amount(size, unit):
    """Give bytes as a number of the unit, and the unit."""
    return number(Fraction(size) / _BYTES[unit]), unit


def amounts(unit, **sizes):
    """Give bytes by name as numbers of the unit."""
    return {name: amount(size, unit)[0] for name, size in sizes.items()}


def in_binary(size, unit):
    """Give bytes in KiB where the unit is kB, in MiB where it is MB: a typical mistake."""
    return number(Fraction(size, 1024 ** (list(_BYTES).index(unit) + 1)))


def in_bytes(w, product, size, unit):
    """Show a product of bytes, below it its value, and below that its value in the unit."""
    worth, exact = rounded(*amount(size, unit))
    equals = "=" if exact else r"\approx"
    return w.math(
        rf"& {product}\,\text{{B}}", rf"&= {size}\,\text{{B}}", rf"&{equals} {worth}\,\text{{{unit}}}"
    )
