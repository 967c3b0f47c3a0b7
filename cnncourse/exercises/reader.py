"""What a learner's function does: its answers compared, its errors told by the learner's own lines."""

import io
import linecache
from copy import deepcopy
from decimal import Decimal
from math import isclose, isfinite
from numbers import Integral, Real

TEXT = "<your function>"
"""The file name of a function that comes as a text."""

FRAMES = 3  # of an error, the innermost: a recursion without end has a thousand


class Output(io.StringIO):
    """Keeps the beginning of what is printed; an endless loop prints more than any memory holds."""

    def write(self, text):
        return super().write(text) if self.tell() < 2000 else 0


def defined(source, name):
    """Run a text; give what it calls ``name``, or ``None``."""
    linecache.cache[TEXT] = len(source), None, source.splitlines(keepends=True), TEXT
    namespace = {"__name__": "__main__"}
    exec(compile(source, TEXT, "exec"), namespace)
    return namespace.get(name)


def answer(function, case):
    """What the function gives for a case, which it may change as it likes; an array as a list."""
    given = function(*deepcopy(case))
    return given.tolist() if hasattr(given, "tolist") else given


def same(mine, right):
    """Tell whether an answer is right: whole numbers exactly, others but for rounding."""
    if isinstance(right, tuple | list):
        both = isinstance(mine, tuple | list) and len(mine) == len(right)
        return both and all(map(same, mine, right))
    if not is_number(mine):
        return False
    return mine == right or (isinstance(right, float) and isclose(mine, right, rel_tol=1e-9, abs_tol=1e-12))


def is_number(value):
    return isinstance(value, Real | Decimal) and not isinstance(value, bool)


def shown(value, language):
    """A number as the language writes it, anything else as Python does, without a tail of decimals."""
    if is_number(value):
        value = rounded(value)
        return language.number(int(value) if value == value // 1 and isfinite(value) else value)
    text = repr(rounded(value))
    return f"`{text if len(text) <= 160 else text[:160] + ' …'}`"


def rounded(value):
    """Seven significant figures are enough to see."""
    if isinstance(value, tuple | list):
        return type(value)(map(rounded, value))
    if not is_number(value) or isinstance(value, Integral):
        return value
    return float(f"{float(value):.7g}")


def told(error, file, language):
    """An error with the learner's own lines that led to it, as Python tells it."""
    if isinstance(error, SyntaxError) and error.filename == file:
        lines = [line(error.lineno, (error.text or "").strip(), language)]
        words = error.msg
    else:
        lines = [line(*place, language) for place in places(error, file)]
        words = str(error)
    return "\n".join(["```", *lines, f"{type(error).__name__}: {words}".rstrip(": "), "```"])


def places(error, file):
    """Where the error passed through the learner's file: number and text of each line."""
    step, found = error.__traceback__, []
    while step:
        if step.tb_frame.f_code.co_filename == file:
            found.append((step.tb_lineno, linecache.getline(file, step.tb_lineno).strip()))
        step = step.tb_next
    return found[-FRAMES:]


def line(number, text, language):
    return f"{language.pick(('Zeile', 'line'))} {number}: {text}"
