"""Recompute the book's formulas: find chains such as ``(227 - 11)/4 + 1 = 55`` and check every step.

A small evaluator for the arithmetic that the pages write in TeX or in plain text: sums, products,
fractions, powers, floor and ceiling, maximum and minimum, remainder, logarithm, percent, and the units of
memory. What holds a variable is not arithmetic and is left alone.
"""

import math
import operator
import re
from dataclasses import dataclass
from fractions import Fraction

from manuscript import NUMBER, plain_number

UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
UNITS |= dict.fromkeys(
    ["FLOPs", "MACs", "px", "Pixel", "pixel", "pixels", "Parameter", "parameters", "Byte", "bytes"], 1
)
SPELLINGS = [
    (r"\\\\(?:\[[^\]]*\])?|\\q?quad", "¶"),
    (r"\\(?:left|right|bigl?|bigr?|Bigl?|Bigr?|displaystyle)(?![a-z])|&|~|\\[,;:! ]", " "),
    (r"\\[dt]frac", r"\\frac"),
    (r"\\(?:cdot|times)(?![a-z])|[\u00d7·]", "*"),
    (r"[\u2212\u2013]", "-"),
    (r"\\(?:div|colon)(?![a-z])|÷", "/"),
    (r"\\approx(?![a-z])", "≈"),
    (r"\\lfloor(?![a-z])", "⌊"),
    (r"\\rfloor(?![a-z])", "⌋"),
    (r"\\lceil(?![a-z])", "⌈"),
    (r"\\rceil(?![a-z])", "⌉"),
    (r"\\%", "%"),
]
RELATIONS = re.compile(
    r"=|≈|<|>|≤|≥|\\(?:le|ge|leq|geq|ne|neq|to|rightarrow|Rightarrow|implies|iff|in)(?![a-z])"
)
TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|\\(?:text|mathrm|,)\s*\{\s*(?P<unit>[^{}]*?)\s*\}|(?P<symbol>\\[a-z]+|\S))"
)
PART = r"[-\u2212+*\u00d7·/÷()⌊⌋⌈⌉%\d., ]*"
IN_TEXT = re.compile(rf"[-\u2212\d(⌊⌈]{PART}[-\u2212+*\u00d7·/÷]{PART}[=≈]{PART}(?:[=≈]{PART})*[\d)⌋⌉%]")
CLOSING = {"(": ")", "[": "]", "{": "}", "⌊": "⌋", "⌈": "⌉"}
ROUNDING = {"⌊": math.floor, "⌈": math.ceil}
EXTREMES = {r"\max": max, r"\min": min}
PRODUCTS = {"*": operator.mul, "/": operator.truediv, r"\bmod": operator.mod}


class NotArithmeticError(Exception):
    """The text holds a variable, a word or anything else that is not plain arithmetic."""


@dataclass(frozen=True)
class Step:
    """One step of a chain: two sides that can both be computed, and what stands between them."""

    left: str
    relation: str
    right: str
    holds: bool


def steps(written, language):
    """The steps of every chain in a formula that can be recomputed.

    >>> [step.holds for step in steps(r"\\frac{227 - 11}{4} + 1 = 54 + 1 = 55", "en")]
    [True, True]
    >>> steps(r"n = \\lfloor (224 - 11)/4 \\rfloor + 1 = 53{,}25 + 1", "de")
    [Step(left='⌊ (224 - 11)/4 ⌋ + 1', relation='=', right='53.25 + 1', holds=False)]
    """
    found = []
    for line in lines(written, language):
        sides = [side.strip() for side in RELATIONS.split(line)]
        relations = RELATIONS.findall(line)
        for left, relation, right in zip(sides, relations, sides[1:], strict=False):
            if relation in "=≈" and is_arithmetic(left) and is_arithmetic(right):
                found.append(Step(left, relation, right, holds(left, relation, right)))
    return found


def steps_in_text(text, language):
    """The steps of chains that stand in plain text.

    >>> [step.holds for step in steps_in_text("Also ist (227 − 11)/4 + 1 = 55.", "de")]
    [True]
    """
    return [step for chain in IN_TEXT.findall(text) for step in steps(chain, language)]


def lines(written, language):
    """The formula's lines in one spelling; a line that starts with a relation continues the one before."""
    text = re.sub(r"\\(?:begin|end)\{[^{}]*\}(?:\{[^{}]*\})?|\\(?:tag|label)\{[^{}]*\}", " ", written)
    text = NUMBER.sub(lambda number: plain_number(number[0], language), text)
    for spelling, plain in SPELLINGS:
        text = re.sub(spelling, plain, text)
    text = re.sub(r"¶\s*(?=[=≈])", " ", text)
    return [line for line in re.split(r"¶|;|,\s(?![^()]*\))", text) if line.strip()]


def is_arithmetic(side):
    try:
        value(side)
    except (NotArithmeticError, ZeroDivisionError):
        return False
    return True


def holds(left, relation, right):
    """Equal means equal; about equal means to the last digit that is written."""
    difference = abs(value(left) - value(right))
    if relation == "=":
        return difference == 0
    return difference <= max(last_digit(left), last_digit(right)) / 2


def last_digit(side):
    """What one unit in the last written digit of a plain number is worth; 0 for anything longer."""
    number = re.fullmatch(r"-?\d+(?:\.(\d+))?(.*)", side.strip())
    if not number or not is_arithmetic("1" + number[2]):
        return 0
    return Fraction(1, 10 ** len(number[1] or "")) * value("1" + number[2])


def value(side):
    """The exact value of a side.

    >>> value("2 * (3 + 4)^2 / 7"), value(r"34944 * 4 \\text{ B}"), value("12.5 %")
    (Fraction(14, 1), Fraction(139776, 1), Fraction(1, 8))
    """
    tokens = [(match.lastgroup, match[match.lastgroup]) for match in TOKEN.finditer(side)]
    result, rest = _sum(tokens)
    if rest:
        raise NotArithmeticError(f"{rest[0][1]} in {side}")
    return result


# -- a recursive descent: each takes the tokens left and gives a value and the tokens still left ----------


def _sum(tokens):
    result, tokens = _product(tokens)
    while tokens and tokens[0][1] in ("+", "-"):
        sign = 1 if tokens[0][1] == "+" else -1
        term, tokens = _product(tokens[1:])
        result += sign * term
    return result, tokens


def _product(tokens):
    result, tokens = _power(tokens)
    while tokens and (tokens[0][1] in PRODUCTS or _starts_factor(tokens[0])):
        sign = "*" if _starts_factor(tokens[0]) else tokens[0][1]
        factor, tokens = _power(tokens if _starts_factor(tokens[0]) else tokens[1:])
        result = PRODUCTS[sign](result, factor)
    return result, tokens


def _starts_factor(token):
    """A bracket or a fraction right behind a factor multiplies it."""
    return token[1] in ("(", "[", "⌊", "⌈", r"\frac")


def _power(tokens):
    result, tokens = _signed(tokens)
    if tokens and tokens[0][1] == "^":
        exponent, tokens = _signed(tokens[1:])
        if exponent.denominator != 1:
            raise NotArithmeticError(f"exponent {exponent}")
        result **= exponent.numerator
    while tokens and (tokens[0][0] == "unit" or tokens[0][1] == "%"):
        result, tokens = result * _unit(tokens[0]), tokens[1:]
    return result, tokens


def _unit(token):
    if token[1] == "%":
        return Fraction(1, 100)
    if token[1] not in UNITS:
        raise NotArithmeticError(f"unit {token[1]}")
    return UNITS[token[1]]


def _signed(tokens):
    if tokens and tokens[0][1] == "-":
        result, tokens = _signed(tokens[1:])
        return -result, tokens
    return _atom(tokens)


def _atom(tokens):
    if not tokens:
        raise NotArithmeticError("nothing to compute")
    (kind, text), tokens = tokens[0], tokens[1:]
    if kind == "number":
        return Fraction(text), tokens
    if text == r"\frac":
        numerator, tokens = _atom(tokens)
        denominator, tokens = _atom(tokens)
        return numerator / denominator, tokens
    if text == r"\ln":
        result, tokens = _atom(tokens)
        if result <= 0:
            raise NotArithmeticError(f"logarithm of {result}")
        return Fraction(math.log(result)), tokens
    if text in EXTREMES and tokens and tokens[0][1] in CLOSING:
        values, tokens = _bracketed(tokens)
        return EXTREMES[text](values), tokens
    if text not in CLOSING:
        raise NotArithmeticError(text)
    values, tokens = _bracketed([(kind, text), *tokens])
    if len(values) > 1:
        raise NotArithmeticError("a tuple")
    return Fraction(ROUNDING.get(text, Fraction)(values[0])), tokens


def _bracketed(tokens):
    """The values between an opening bracket and its closing one, separated by commas."""
    closing = CLOSING[tokens[0][1]]
    value, tokens = _sum(tokens[1:])
    values = [value]
    while tokens and tokens[0][1] == ",":
        value, tokens = _sum(tokens[1:])
        values.append(value)
    if not tokens or tokens[0][1] != closing:
        raise NotArithmeticError(f"{closing} is missing")
    return values, tokens[1:]
