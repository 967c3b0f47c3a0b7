"""What the tasks of every topic need: the topic itself, a writer of both languages, numbers, phrases.

A task's function draws its numbers, computes the answer and the typical wrong answers, and writes
question and solution. It draws before it writes, so that both languages get the same numbers. Symbols
as in :mod:`cnncourse.worked`: n input size, f kernel size, s stride, p padding, d dilation, c input
channels, k filters, g groups, b batch size, o output size; for dense layers n inputs, m units.
"""

from collections import ChainMap
from fractions import Fraction
from math import inf
from typing import NamedTuple

from cnncourse.drills.units import number
from cnncourse.language import spoken
from cnncourse.reveals import REVEALS

LEVELS = (1, 2, 3)


class Task(NamedTuple):
    """One task in one language; the mistakes are ``{name in the topic's reveals: wrong answer}``.

    Where there are choices, the answers are their letters. The section is ``page#label``; the topic's own
    stands for an empty one.
    """

    question: str
    answer: int | float | tuple | str
    unit: str
    solution: str
    mistakes: dict
    choices: tuple = ()
    section: str = ""


def check_drills(drills):
    """Refuse what is no list of drills, and an empty one."""
    if not isinstance(drills, tuple | list) or not drills or not all(hasattr(d, "mistakes") for d in drills):
        raise ValueError(f"drills must be a list of at least one drill. Received drills={drills!r}.")


class Topic:
    """A topic: its title, the functions that write its tasks, and what its wrong answers reveal.

    Args:
        german: its title in German.
        english: its title in English.
        reveals: ``{mistake: (German, English)}`` for the mistakes made in this topic only;
            :mod:`cnncourse.reveals` has the others.
        since: the version of the drills that first had the topic.
        section: where the book teaches it, ``page#label``.
    """

    def __init__(self, german, english, reveals=None, since=1, section=""):
        self.title = german, english
        self.reveals = ChainMap(reveals or {}, REVEALS)
        self.since = since
        self.section = section
        self._writers = {level: [] for level in LEVELS}

    def task(self, level, since=None, until=inf):
        """Register a function that writes tasks of a level.

        ``since`` is the version that first had it, if later than the topic, ``until`` the last one.
        """

        def register(write):
            self._writers[level].append((since or self.since, until, write))
            return write

        return register

    def tasks(self, level, version):
        """Give the functions that write a version's tasks; of a topic newer than that, its first ones."""
        known = max(version, self.since)
        return [write for since, until, write in self._writers[level] if since <= known <= until]

    def stock(self, level, version):
        """Give how many different questions there are: no end of them where each draws its numbers."""
        return inf

    @property
    def latest(self):
        """The version of the drills that last added to the topic."""
        return max(since for writers in self._writers.values() for since, _, _ in writers)


class Writer:
    """Writes the text of tasks in one language, and the numbers in it as that language does."""

    def __init__(self, language):
        self._spoken = spoken(language)
        self.language = self._spoken.code
        self.number = self._spoken.number
        self.pick = self._spoken.pick

    def __call__(self, german, english):
        """Pick the text; its plain Python numbers become 34.944 or 34,944."""
        return self._spoken.text(self._spoken.pick((german, english)))

    def math(self, *lines):
        """Set formulas on lines of their own; ``&`` aligns them."""
        body = lines[0].replace("&", "") if len(lines) == 1 else _aligned(lines)
        return self._spoken.text(f"$${body}$$")


def _aligned(lines):
    return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"


IMAGES = (28, 32, 48, 64, 96, 112, 128, 160, 192, 224, 227, 256)
MAPS = (7, 8, 13, 14, 16, 20, 24, 27, 28, 32, 48, 55, 56)  # sizes of feature maps inside a network
KERNELS = (3, 5, 7, 11)
FILTERS = (6, 8, 12, 16, 20, 24, 32, 48, 64, 96, 128)
WIDE = (32, 48, 64, 96, 128, 192, 256, 384)  # channels inside a network
NEURONS = (10, 20, 50, 64, 84, 100, 120, 128, 256, 500, 512, 1000, 1024, 2048, 4096)
BATCHES = (8, 16, 32, 64, 128)
SIZE, PARAMETERS, COMPUTE = 1, 2, 4  # the places of these steps in a worked solution


def tenths(rng, least, most):
    """Draw a number with one decimal; the bounds are in tenths."""
    return number(Fraction(rng.randint(least, most), 10))


def two_decimals(value):
    """Round as a learner would write down a quotient that does not come out even."""
    return number(round(value, 2))


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
