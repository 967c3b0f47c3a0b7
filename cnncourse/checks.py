"""Checks of arguments: each error names the argument, the value received and what is allowed."""

from numbers import Integral

__all__ = ["flag", "has_pair", "is_whole", "pair", "shape", "whole"]


def is_whole(value, least):
    """Tell whether this is a whole number of at least ``least``; True and False are none."""
    # int first: to ask an abstract class takes many times as long
    return isinstance(value, (int, Integral)) and not isinstance(value, bool) and value >= least


def whole(name, value, least):
    """Give a whole number of at least ``least`` as an ``int``."""
    if not is_whole(value, least):
        raise ValueError(f"{name} must be a whole number of at least {least}. Received {name}={value!r}.")
    return int(value)


def pair(name, value, least, also=""):
    """Give a whole number, or a pair of them, as a pair ``(height, width)``."""
    values = value if isinstance(value, tuple | list) else (value, value)
    if len(values) != 2 or not all(is_whole(each, least) for each in values):
        raise ValueError(
            f"{name} must be {also}a whole number of at least {least} or a pair (height, width) of such. "
            f"Received {name}={value!r}."
        )
    return tuple(map(int, values))


def has_pair(*values):
    """Tell whether any of these is a pair."""
    return any(isinstance(value, tuple | list) for value in values)


def flag(name, value):
    """Give True or False."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False. Received {name}={value!r}.")
    return value


def shape(name, value, dimensions=None):
    """Give a shape as a tuple of whole numbers of at least 1, of so many dimensions if that matters."""
    wanted = "(height, width, channels), each" if dimensions == 3 else "a whole number or a tuple, each size"
    right = isinstance(value, tuple | list) and len(value) >= 1 and dimensions in (None, len(value))
    if not right or not all(is_whole(size, least=1) for size in value):
        raise ValueError(f"{name} must be {wanted} a whole number of at least 1. Received {name}={value!r}.")
    return tuple(map(int, value))
