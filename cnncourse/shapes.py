"""Coloured shapes, drawn by formulas: a data set that needs no file and no network.

Ten shapes in random places, sizes and colours, turned by up to 0.3 radians, on a background that
changes along one direction, behind one stray line and noise. A shape is a signed distance: negative
inside, positive outside, in units of half the image. Its edge blends over one pixel around zero.
"""

import numpy as np

from cnncourse import checks

__all__ = ["SHAPES", "draw_shapes"]

SIZE = 32
PIXEL = 2 / SIZE


def draw_shapes(labels, seed):
    """Draw one image for each label.

    Args:
        labels: whole numbers from 0 to 9, the positions in :data:`SHAPES`.
        seed: a whole number of at least 0. The same labels and seed give the same images.

    Returns:
        ``(len(labels), 32, 32, 3)``, float32 in [0, 1].

    Raises:
        ValueError: for a label that is not 0 ... 9 and a seed that is not a whole number of at least 0.

    Source: Signed distances: J. C. Hart, *Sphere tracing*, The Visual Computer 12, 1996, appendix A.

    >>> draw_shapes([0, 6], seed=1).shape
    (2, 32, 32, 3)
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or not np.isin(labels, range(len(SHAPES))).all():
        raise ValueError(f"labels must be whole numbers from 0 to {len(SHAPES) - 1}. Received {labels!r}.")
    rng = np.random.default_rng(checks.whole("seed", seed, least=0))
    images = _background(rng, len(labels))
    colors = _contrasting_colors(rng, images)
    images = _blend(images, colors, _shape_distances(rng, labels))
    images = _blend(images, rng.random((len(labels), 3), dtype="float32"), _line_distances(rng, len(labels)))
    images += 0.04 * rng.standard_normal(images.shape, dtype="float32")
    return np.clip(images, 0, 1, out=images)


def _disk(u, v):
    return np.hypot(u, v) - 0.8


def _ring(u, v):
    return np.abs(np.hypot(u, v) - 0.65) - 0.2


def _box(u, v, half_width, half_height):
    return np.maximum(np.abs(u) - half_width, np.abs(v) - half_height)


def _square(u, v):
    return _box(u, v, 0.7, 0.7)


def _triangle(u, v):
    sides = [u * np.cos(angle) + v * np.sin(angle) for angle in np.pi * np.array([1, 5, 9]) / 6]
    return np.max(sides, axis=0) - 0.5


def _plus(u, v):
    return np.minimum(_box(u, v, 0.9, 0.25), _box(u, v, 0.25, 0.9))


def _star(u, v):
    # folded onto one of the ten equal wedges, a star is a single edge from a tip to a notch
    wedge = np.pi / 5
    angle = np.abs(np.mod(np.arctan2(v, u), 2 * wedge) - wedge)  # 0 at a notch, `wedge` at a tip
    radius = np.hypot(u, v)
    notch, tip = np.array([0.42, 0]), np.array([np.cos(wedge), np.sin(wedge)])
    along = (tip - notch) / np.linalg.norm(tip - notch)
    return (radius * np.cos(angle) - notch[0]) * along[1] - radius * np.sin(angle) * along[0]


def _bar(u, v):
    return _box(u, v, 0.95, 0.25)


def _crescent(u, v):
    return np.maximum(_disk(u, v), 0.65 - np.hypot(u - 0.4, v))


def _letter_l(u, v):
    return np.minimum(_box(u + 0.4, v, 0.22, 0.85), _box(u, v - 0.63, 0.62, 0.22))


def _letter_t(u, v):
    return np.minimum(_box(u, v + 0.63, 0.75, 0.22), _box(u, v, 0.22, 0.85))


SHAPES = {
    "disk": _disk,
    "ring": _ring,
    "square": _square,
    "triangle": _triangle,
    "plus": _plus,
    "star": _star,
    "bar": _bar,
    "crescent": _crescent,
    "L": _letter_l,
    "T": _letter_t,
}
"""The shapes by name, each a signed distance over coordinates in which it about fills [-1, 1]."""


def _grid():
    """Give the x and the y coordinate of each pixel's centre, in [-1, 1]."""
    centres = (np.arange(SIZE, dtype="float32") + 0.5) * PIXEL - 1
    return centres[None, None, :], centres[None, :, None]


def _uniform(rng, low, high, count):
    """Draw a number for each image, in a shape that broadcasts over its pixels."""
    return rng.uniform(low, high, (count, 1, 1)).astype("float32")


def _shape_distances(rng, labels):
    """Give the distance of each pixel to its image's shape, moved, turned and scaled."""
    count = len(labels)
    x, y = _grid()
    x, y = x - _uniform(rng, -0.25, 0.25, count), y - _uniform(rng, -0.25, 0.25, count)
    size, angle = _uniform(rng, 0.45, 0.75, count), _uniform(rng, -0.3, 0.3, count)
    u = (x * np.cos(angle) + y * np.sin(angle)) / size
    v = (y * np.cos(angle) - x * np.sin(angle)) / size
    distances = np.empty((count, SIZE, SIZE), "float32")
    for label, shape in enumerate(SHAPES.values()):
        mine = labels == label
        distances[mine] = shape(u[mine], v[mine])
    return distances * size


def _line_distances(rng, count):
    """Give the distance of each pixel to a thin line across the image."""
    x, y = _grid()
    angle, offset = _uniform(rng, 0, np.pi, count), _uniform(rng, -0.8, 0.8, count)
    return np.abs(x * np.cos(angle) + y * np.sin(angle) - offset) - 0.6 * PIXEL


def _background(rng, count):
    """Give ``(count, 32, 32, 3)`` that change from one colour to a similar one along a direction."""
    x, y = _grid()
    angle = _uniform(rng, 0, 2 * np.pi, count)
    slope = (x * np.cos(angle) + y * np.sin(angle))[..., None]
    color, change = rng.random((2, count, 1, 1, 3), dtype="float32")
    return color + slope * (change - 0.5) * 0.5


def _contrasting_colors(rng, images):
    """Draw a colour for each image: of six, the one that differs most from the image's mean."""
    candidates = rng.random((len(images), 6, 3), dtype="float32")
    contrast = np.abs(candidates - images.mean(axis=(1, 2))[:, None]).max(axis=-1)
    return candidates[np.arange(len(images)), contrast.argmax(axis=1)]


def _blend(images, colors, distances):
    """Paint one colour per image where the distance is negative, with a soft edge of one pixel."""
    cover = np.clip(0.5 - distances / PIXEL, 0, 1)[..., None]
    return images + cover * (colors[:, None, None] - images)
