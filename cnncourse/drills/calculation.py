"""Working out a calculation that a learner wrote, such as ``96*(11*11*3+1)``: exactly, and nothing else."""

import re
from fractions import Fraction

_TOKEN = re.compile(r"\s*(?:(\d[\d.,]*)|([-+*/·×xX:÷^()]))")
_LONGEST = 200  # characters
_MOST_BITS = 10_000  # of a power
_TIMES, _DIVIDED = "*·×xX", "/:÷"


def calculated(text, readings):
    """Give the values of a calculation, one for each way to read its numbers; none where it cannot be done.

    Args:
        text: numbers, ``+ - * / ^``, also ``· × x : ÷``, and brackets.
        readings: gives the ways to read a number's points and commas, the likeliest first.

    >>> calculated("96*(11*11*3+1)", lambda digits: [digits])
    [Fraction(34944, 1)]
    >>> calculated("7/(3-3)", lambda digits: [digits])
    []
    """
    values = []
    for choice in (0, -1):
        try:
            values.append(_Calculation(text, lambda digits, at=choice: readings(digits)[at]).value())
        except (IndexError, ZeroDivisionError, _UnreadableError):
            continue
    return list(dict.fromkeys(values))


class _UnreadableError(ValueError):
    """The text is no calculation, or one too large."""


class _Calculation:
    """A sum of products of powers, read from left to right."""

    def __init__(self, text, read):
        self.read = read
        self.tokens = _tokens(text)

    def value(self):
        found = self.sum()
        if self.tokens:
            raise _UnreadableError
        return found

    def sum(self):
        total = self.product()
        while self.tokens and self.tokens[0] in "+-":
            total += self.product() if self.tokens.pop(0) == "+" else -self.product()
        return total

    def product(self):
        total = self.power()
        while self.tokens and self.tokens[0] in _TIMES + _DIVIDED:
            total = total * self.power() if self.tokens.pop(0) in _TIMES else total / self.power()
        return total

    def power(self):
        if self.tokens[0] in "+-":
            return self.power() if self.tokens.pop(0) == "+" else -self.power()
        base = self.single()
        if self.tokens and self.tokens[0] == "^":
            self.tokens.pop(0)
            return _raised(base, self.exponent())
        return base

    def exponent(self):
        sign = -1 if self.tokens[0] == "-" and self.tokens.pop(0) else 1
        digits = self.tokens.pop(0)
        if not re.fullmatch(r"\d{1,3}", digits):
            raise _UnreadableError
        return sign * int(digits)

    def single(self):
        token = self.tokens.pop(0)
        if token == "(":
            found = self.sum()
            if self.tokens.pop(0) != ")":
                raise _UnreadableError
            return found
        if not token[0].isdigit():
            raise _UnreadableError
        return Fraction(self.read(token))


def _tokens(text):
    """Split a calculation into numbers and signs."""
    found, at = [], 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if not token or len(text) > _LONGEST:
            raise _UnreadableError
        found.append(token[1] or token[2])
        at = token.end()
    return found


def _raised(base, exponent):
    """Raise to a power that a learner may mean; one that would fill the memory is none."""
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if bits * abs(exponent) > _MOST_BITS:
        raise _UnreadableError
    return base**exponent
