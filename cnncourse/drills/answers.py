"""Reading an answer as a person writes it, and comparing it with the right one.

``34.944`` is thirty-four thousand in German and thirty-four point nine in English; ``136.5 KiB`` and
``139,776 B`` are the same memory, and ``96*(11*11*3+1)`` is a number like any other. A number is kept
exactly, as a fraction, together with the worth of its last written digit, so that ``139.8 kB`` counts as a
correct rounding of 139.776 kB.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral, Real

from cnncourse.drills.calculation import calculated

_SMALLEST_FIGURES = 3  # a rounded answer needs this many significant figures

# Worth of a unit in the smallest one of its kind: bits, and floating-point operations.
_PREFIXES = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_KINDS = {
    "memory": {f"{prefix}B": 8 * worth for prefix, worth in _PREFIXES.items()}
    | {f"{prefix}iB": 8 * 1024**power for power, prefix in enumerate("KMGT", start=1)}
    | {f"{prefix}bit": worth for prefix, worth in _PREFIXES.items()}
    | {"Byte": 8, "Bytes": 8, "bits": 1},
    "compute": {f"{prefix}FLOP{s}": worth for prefix, worth in _PREFIXES.items() for s in ("", "s")}
    | {f"{prefix}MAC{s}": 2 * worth for prefix, worth in _PREFIXES.items() for s in ("", "s")},
}
UNITS = {unit.casefold(): (kind, worth) for kind, units in _KINDS.items() for unit, worth in units.items()}
MISTAKABLE = {"memory": ("B", "kB", "MB", "GB", "KiB", "MiB"), "compute": ("MACs", "FLOPs")}
"""In which units a right number may stand by mistake."""

THOUSANDS = {
    "k": 1,
    "tsd": 1,
    "tsd.": 1,
    "tausend": 1,
    "thousand": 1,
    "m": 2,
    "mio": 2,
    "mio.": 2,
    "million": 2,
}
THOUSANDS |= {"millionen": 2, "g": 3, "mrd": 3, "mrd.": 3, "milliarden": 3, "billion": 3}

_GROUP_SPACE = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(?!\d))")  # 34 944, 34'944
_WRITTEN = re.compile(
    r"(?P<number>[+-]?\d[\d.,]*)(?:e(?P<e>[+-]?\d{1,3})|\s*[·*x×]\s*10\s*\^\s*(?P<power>-?\d{1,3}))?\s*(?P<unit>.*)",
    re.IGNORECASE,
)
_CALCULATION = re.compile(
    r"(?P<number>[-+(]*\d(?:[\d.,()+*/·×:÷^ x-]*[\d)])?)\s*(?P<unit>[^\d()]*)", re.IGNORECASE
)
_BETWEEN_SIZES = re.compile(r"\s*[x×*·,;]\s*|\s+", re.IGNORECASE)
_ABOUT = re.compile(r"(?:≈|~|=|(?:ca|circa|etwa|rund|ungefähr|approx|about|roughly)\b\.?)\s*", re.IGNORECASE)
_RAISED = re.compile(r"[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
_CALCULATED_FIGURES = (
    9  # of a calculation that does not come out even, the computer's last digits do not count
)


@dataclass(frozen=True)
class Quantity:
    """One reading of an answer, in the unit that was asked for."""

    value: Fraction
    last_digit: Fraction  # what 1 in the last written place is worth
    figures: int

    def times(self, scale):
        """Give this in another unit."""
        return Quantity(self.value * scale, self.last_digit * scale, self.figures)

    def equals(self, target):
        """Tell whether this is ``target`` to the last digit."""
        return self.value == _exact(target)

    def rounds(self, target):
        """Tell whether this is ``target``, rounded to the digits that are written."""
        return abs(self.value - _exact(target)) <= self.last_digit / 2

    def matches(self, target):
        """Tell whether this is ``target``, in full or rounded to enough figures."""
        return self.equals(target) or (self.rounds(target) and self.figures >= _SMALLEST_FIGURES)


@dataclass(frozen=True)
class Whole:
    """An answer such as 55 × 55 × 96 or the letter of a choice, which cannot be rounded."""

    value: tuple | str

    def equals(self, target):
        """Tell whether this is ``target``."""
        return self.value == target

    rounds = matches = equals


def read_choice(answer, lettered):
    """Read ``"b"``, ``"(B)"`` or the text of a choice, of ``{letter: text}``; empty for anything else."""
    written = _plain_words(answer) if isinstance(answer, str) else None
    return [Whole(letter) for letter, text in lettered.items() if written in (letter, _plain_words(text))]


def _plain_words(text):
    """Leave out what tells no choices apart: capitals, spaces, brackets around a letter, the full stop."""
    return " ".join(text.casefold().split()).strip("().").strip()


def read_shape(answer):
    """Read ``"55 x 55 x 96"``, ``"(55, 55, 96)"`` or a tuple; empty for anything else."""
    if isinstance(answer, str):
        parts = _BETWEEN_SIZES.split(_tidy(answer).strip("()[]").strip())
        return [Whole(tuple(map(int, parts)))] if all(part.isdecimal() for part in parts) else []
    if isinstance(answer, tuple | list) and all(isinstance(size, Integral) for size in answer):
        return [Whole(tuple(map(int, answer)))]
    return []


def read_quantities(answer, unit, spellings, language):
    """Read a number with or without a unit: every way to read it, the language's own first.

    ``unit`` is what a bare number is in, ``spellings`` are further names of it. Empty for anything
    that is no number, or a number of something else.
    """
    numbers, written = _read_numbers(answer, language)
    scale = _scale(written, unit, spellings)
    return [] if scale is None else [number.times(scale) for number in numbers]


def read_in_other_units(answer, unit, language):
    """Read the number alone, as if it were in each of the units that might be meant: ``{unit: reading}``."""
    kind, worth = UNITS.get(unit.casefold(), (None, 1))
    numbers, _ = _read_numbers(answer, language)
    return {
        name: numbers[0].times(Fraction(UNITS[name.casefold()][1], worth))
        for name in MISTAKABLE.get(kind, ())
        if numbers
    }


def is_calculation(answer):
    """Tell whether this looks like a calculation, be it right or wrong."""
    found = _CALCULATION.fullmatch(_tidy(answer)) if isinstance(answer, str) else None
    return bool(found) and re.search(r"[()+*/·×:÷^x]|(?<=.)-", found["number"], re.IGNORECASE) is not None


def _tidy(text):
    """Take away what says nothing about the number: spaces, "about", the full stop; write 10⁷ as 10^7."""
    text = _RAISED.sub(lambda raised: "^" + raised[0], text.strip()).translate(_LOWERED)
    while found := _ABOUT.match(text):
        text = text[found.end() :]
    return _GROUP_SPACE.sub("", text.removesuffix(".").strip())


def _read_numbers(answer, language):
    """Give every way to read the number, the language's own first, and the unit behind it."""
    if isinstance(answer, Real) and not isinstance(answer, bool):
        answer, language = str(answer), "en"  # Python's own notation
    text = _tidy(answer) if isinstance(answer, str) else ""
    if found := _WRITTEN.fullmatch(text):
        scale = Fraction(10) ** int(found["e"] or found["power"] or 0)
        numbers = [_quantity(digits, scale) for digits in _plain_digits(found["number"], language)]
        if numbers and not re.match(r"[()+*/·×:÷^-]|x\W*\d", found["unit"], re.IGNORECASE):
            return numbers, found["unit"]
    found = _CALCULATION.fullmatch(text)
    values = calculated(found["number"], lambda digits: _plain_digits(digits, language)) if found else []
    return [_calculated(value) for value in values], found["unit"] if found else ""


def _calculated(value):
    return Quantity(value, abs(value) / 10**_CALCULATED_FIGURES, _CALCULATED_FIGURES)


def is_rounding(value, target):
    """Tell whether a number, written in full, could be taken for a rounded ``target``."""
    written = read_quantities(value, "", (), "en")
    return bool(written) and written[0].rounds(target)


def _plain_digits(number, language):
    """Give the ways to read points and commas, the language's own first, each with a decimal point."""
    own = (".", ",") if language == "de" else (",", ".")
    readings = [
        number.replace(group, "").replace(point, ".")
        for group, point in (own, own[::-1])
        if re.fullmatch(rf"[+-]?(\d+|[1-9]\d{{0,2}}(\{group}\d{{3}})+)(\{point}\d+)?", number)
    ]
    return list(dict.fromkeys(readings))


def _quantity(digits, scale):
    decimals = len(digits.partition(".")[2])
    figures = len(re.sub(r"\D", "", digits).lstrip("0"))
    return Quantity(Fraction(digits) * scale, scale / 10**decimals, figures)


def _scale(written, unit, spellings):
    """Tell what the written unit is worth in ``unit``; ``None`` for one of another kind."""
    written = written.strip().casefold()
    kind, worth = UNITS.get(unit.casefold(), (None, 1))
    if kind != "memory":  # 34.9 k parameters, 105.4 Mio. MACs
        first, _, rest = written.partition(" ")
        if first in THOUSANDS:
            rest_scale = _scale(rest, unit, spellings)
            return None if rest_scale is None else rest_scale * 1000 ** THOUSANDS[first]
    if written in ("", *(spelling.casefold() for spelling in spellings)):
        return Fraction(1)
    other_kind, other_worth = UNITS.get(written, (None, 1))
    return Fraction(other_worth, worth) if kind and kind == other_kind else None


def _exact(number):
    """Turn an integer or float into the fraction that its shortest decimal notation says."""
    return Fraction(str(number))
