"""The reader's language: which one, what to pick of two texts, and numbers as it writes them.

Functions that write for a reader take ``language="de"`` or ``"en"``; without it they write in the
language in force, which is German until :func:`use_language` says otherwise. Numbers are grouped in
threes from five digits on: 34.944 and 54,25 in German are 34,944 and 54.25 in English, and 9216 is
9216 in both. Only the standard library is imported.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

__all__ = ["LANGUAGES", "Language", "grouped", "number", "rounded", "spoken", "use_language"]

_CODE = re.compile(r"(```.*?```|`[^`]*`)", re.DOTALL)  # keeps Python's numbers
_MATH = re.compile(r"(\$\$.*?\$\$|\$[^$]*\$)", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Language:
    """A language: what it picks from a pair of texts, and how it writes numbers.

    Args:
        code: ``"de"`` or ``"en"``.
        thousands: what it writes between groups of three digits.
        point: what it writes before the decimals.

    >>> spoken("de").number(139776), spoken("en").number(139776)
    ('139.776', '139,776')
    """

    code: str
    thousands: str
    point: str

    def pick(self, pair):
        """Pick from ``(German, English)``, whatever the two are.

        >>> spoken("en").pick(("Ausgabegröße", "output size"))
        'output size'
        """
        return pair[list(LANGUAGES).index(self.code)]

    def number(self, value, decimals=None):
        """Write a number in full, or with so many decimals; a tuple as a shape.

        >>> spoken("de").number((55, 55, 96)), spoken("de").number(246.82449, decimals=3)
        ('55 × 55 × 96', '246,824')
        """
        if isinstance(value, tuple | list):
            return " × ".join(self.number(each, decimals) for each in value)
        return self._separated(grouped(value, "" if decimals is None else f".{decimals}f"))

    def figures(self, value, count):
        """Write a number with so many significant figures.

        >>> spoken("de").figures(0.12345, 3), spoken("de").figures(0.00001234, 3)
        ('0,123', '1,23e-05')
        """
        return self._separated(grouped(value, f".{count}g"))

    def percent(self, share, decimals=1):
        """Write a share of 1 in percent.

        >>> spoken("de").percent(0.0571).replace("\N{NO-BREAK SPACE}", " "), spoken("en").percent(0.0571)
        ('5,7 %', '5.7%')
        """
        return self.number(100 * share, decimals) + self.pick(("\N{NO-BREAK SPACE}%", "%"))

    def about(self, value, decimals):
        """Write a number rounded to so many decimals, with ≈ where that is not exact; in full for ``None``.

        >>> spoken("de").about(98.0039, 2), spoken("de").about(98, 2), spoken("de").about(98, None)
        ('≈ 98,00', '98,00', '98')
        """
        written, exact = rounded(value, decimals)
        return ("" if exact else "≈ ") + self.number(written)

    def tex(self, value):
        r"""Write a number for TeX; more than four decimals are cut off and leave dots.

        >>> print(spoken("de").tex(34944), spoken("de").tex(Fraction(1, 3)), spoken("en").tex(34944))
        34.944 0{,}3333\ldots 34{,}944
        """
        value = value if isinstance(value, Fraction) else int(value)  # NumPy's small integers overflow
        cut = int(value * 10_000)
        text = f"{grouped(cut // 10_000)}.{cut % 10_000:04}".rstrip("0").rstrip(".")
        return _braced(self._separated(text)) + (r"\ldots" if cut != value * 10_000 else "")

    def text(self, text):
        r"""Write the plain Python numbers in Markdown with math as the language does; code stays.

        >>> print(spoken("de").text("About 54.25, from $n = 34944.5$ and `x = 0.5`."))
        About 54,25, from $n = 34.944{,}5$ and `x = 0.5`.
        """
        parts = _CODE.split(text)
        parts[::2] = map(self._in_prose_and_math, parts[::2])
        return "".join(parts)

    def _in_prose_and_math(self, text):
        parts = _MATH.split(text)
        parts[::2] = (_NUMBER.sub(self._rewritten, part) for part in parts[::2])
        parts[1::2] = (
            _NUMBER.sub(lambda found: _braced(self._rewritten(found)), part) for part in parts[1::2]
        )
        return "".join(parts)

    def _rewritten(self, found):
        return self.number(Decimal(found[0]))  # keeps the zeros of 98.00

    def _separated(self, text):
        return text.translate(str.maketrans(",.", self.thousands + self.point))


LANGUAGES = {"de": Language("de", ".", ","), "en": Language("en", ",", ".")}
"""The known languages by their code, in the order in which pairs of texts stand."""

_in_force = "de"


def use_language(language):
    """Set the language of what this package writes for readers: solutions, drills, tables, figures.

    A function's own argument ``language`` still wins. Call it once, beside :func:`use_style`.

    Args:
        language: ``"de"`` (as long as nobody calls this) or ``"en"``.

    Raises:
        ValueError: for an unknown language.

    Source: Our own convention.

    >>> use_language("en")
    >>> spoken().number(34944)
    '34,944'
    >>> use_language("de")
    """
    global _in_force
    _in_force = _known(language).code


def number(value, decimals=None):
    """Write a number in the language in force: for what a notebook prints.

    Args:
        value: a number, or a tuple for a shape.
        decimals: how many are shown; by default, all there are.

    Returns:
        Text, grouped in threes from five digits on.

    Source: Our own convention; ISO 80000-1 would have a thin space between the groups.

    >>> number(105415200), number(0.0571, decimals=2)
    ('105.415.200', '0,06')
    >>> number((55, 55, 96))
    '55 × 55 × 96'
    """
    return spoken().number(value, decimals)


def spoken(language=None):
    """Give the :class:`Language` that a function was asked for; ``None`` means the one in force.

    Raises:
        ValueError: for an unknown language.

    >>> spoken("en").code
    'en'
    """
    return _known(_in_force if language is None else language)


def grouped(number, form=""):
    """Write a number as Python does, grouped in threes by commas from five digits on.

    >>> grouped(9216), grouped(34944), grouped(9999.96, ".1f")
    ('9216', '34,944', '10,000.0')
    """
    text = format(number, form)
    return text if len(text.partition(".")[0].lstrip("-")) < 5 else format(number, f",{form}")


def rounded(value, decimals):
    """Round to so many decimals, or not at all for ``None``; give the number and whether it is still exact.

    >>> rounded(98.0039, 2), rounded(98, None)
    ((Decimal('98.00'), False), (98, True))
    """
    if decimals is None:
        return value, True
    exact = Decimal(str(value))
    written = round(exact, decimals)
    return written, written == exact


def _known(language):
    if not isinstance(language, str) or language not in LANGUAGES:
        names = " or ".join(map(repr, LANGUAGES))
        raise ValueError(f"language must be {names}. Received language={language!r}.")
    return LANGUAGES[language]


def _braced(number):
    """Keep TeX from setting a space after a comma inside a number."""
    return number.replace(",", "{,}")
