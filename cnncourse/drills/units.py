"""The units of answers: their names in both languages, and amounts of memory in them."""

from fractions import Fraction

from cnncourse.language import rounded

UNITS = {
    "pixels": ("Pixel", "pixels"),
    "parameters": ("Parameter", "parameters"),
    "MACs": ("MACs", "MACs"),
    "FLOPs": ("FLOPs", "FLOPs"),
    "filters": ("Filter", "filters"),
    "layers": ("Schichten", "layers"),
    "images": ("Bilder", "images"),
    "number": ("", ""),
    "shape": ("Höhe × Breite × Kanäle", "height × width × channels"),
}
"""The units in German and English; memory units (kB, MB, MiB) are the same in both."""

SHORT = {"pixels": ("px",), "parameters": ("params",)}
"""What is written for short beside the names."""

DECIMALS = {"MiB": 2}
"""The units in which a question asks for a rounded amount, and to how many decimals."""

_DEFINED = {"kB": "10³", "MB": "10⁶", "GB": "10⁹", "MiB": "2²⁰"}
_BYTES = {"kB": 1000, "MB": 1000**2, "GB": 1000**3, "MiB": 1024**2}


def unit_of(size):
    """Choose the unit in which these bytes are a number below 1000."""
    return next(unit for unit in ("kB", "MB", "GB") if size < 1000 * _BYTES[unit])


def in_unit(unit):
    """Ask for a unit and define it, alike in both languages."""
    return f"in {unit} (1 {unit} = {_DEFINED[unit]} B)"


def number(fraction):
    """Turn a fraction into an integer where it is one, else into a float."""
    return int(fraction) if fraction == int(fraction) else float(fraction)


def millions_in(count):
    """Give a count in millions."""
    return number(Fraction(count, 10**6))


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
    worth, exact = rounded(amount(size, unit)[0], DECIMALS.get(unit))
    equals = "=" if exact else r"\approx"
    return w.math(
        rf"& {product}\,\text{{B}}", rf"&= {size}\,\text{{B}}", rf"&{equals} {worth}\,\text{{{unit}}}"
    )
