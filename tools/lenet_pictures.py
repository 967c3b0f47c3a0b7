"""What the LeNet-5 of the labs learns from besides MNIST, and how each picture is changed in every epoch.

Pictures are ``(n, 28, 28, 1)``, from 0 for paper to 1 for ink. All of them were prepared by
``lenet-network.js``: there is one way to prepare a picture, the page's.
"""

import sys
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "theme"), str(ROOT / "tests")]
from scripts import answers  # noqa: E402

SIDE, PAD = 28, 64  # pixels of a picture; places across the pad
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # a place on the pad
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
FONT_NAMES = ("Sans", "Sans-Oblique", "SansMono", "Serif", "Serif-Italic")
LETTERS = "ACEFHJKLMNPRTUVWXYadefhkmnprtuvwx+×÷=?!#%&@*<>~^"  # not O, I, S, Z, B, g, b, y and their like


def pictures(asked):
    """What the page makes of each ``{"pixels": …}`` or ``{"drawing": …}``: ``(n, 28, 28, 1)`` from 0 to 1."""
    (found,) = answers("lenet-network", [{"call": "pictures", "arguments": asked}])
    return np.array(found["result"], "float32").reshape(-1, SIDE, SIDE, 1)


def pixels(images):
    """Images from 0 to 1 as the page is given them."""
    return [
        {"pixels": image} for image in np.rint(images.reshape(len(images), -1) * 255).astype(int).tolist()
    ]


# -- what MNIST does not have ---------------------------------------------------------------------------


def ones(numbers, count):
    """Ones as they are written in Europe: an upstroke before the stem, and sometimes a foot."""
    return [{"drawing": drawing(one(numbers))} for _ in range(count)]


def one(numbers):
    """The strokes of a one."""
    top, angle = np.array([34, 10]), numbers.uniform(0.4, 1.3)  # of the upstroke, from the horizontal
    start = top + numbers.uniform(8, 26) * np.array([-np.cos(angle), np.sin(angle)])
    foot = numbers.uniform(3, 12, 2) * (numbers.random() < 0.3)
    end = np.array([34 + numbers.uniform(-8, 4), 54])
    stem = np.array([start, top, end]) + numbers.normal(0, 1, (3, 2))
    return [stem, end + np.array([[-foot[0], 0], [foot[1], 0]])] if foot.any() else [stem]


def others(images, labels, numbers, count):
    """Doodles, figures, letters, two digits beside each other, and digits that lie on their side."""
    doodles = [{"drawing": drawing(doodle(numbers))} for _ in range(count)]
    figures = [{"drawing": drawing(figure(numbers))} for _ in range(count)]
    signs = letters()
    left, right = (images[numbers.integers(len(images), size=count)] for _ in range(2))
    pairs = np.concatenate([left[:, :, :24], right[:, :, 4:]], axis=2)  # (count, 28, 48, 1)
    pairs = pairs.reshape(count, 14, 2, 24, 2, 1).mean((2, 4))
    pairs = np.pad(pairs, ((0, 0), (7, 7), (2, 2), (0, 0)))
    lying = images[np.isin(labels, (2, 3, 4, 5, 7))]
    lying = np.rot90(lying[numbers.integers(len(lying), size=count)], axes=(1, 2))
    signs = signs[numbers.integers(len(signs), size=count)]
    return pictures([*doodles, *figures, *pixels(signs), *pixels(pairs), *pixels(lying)])


def drawing(strokes):
    """The text of strokes, each ``(n, 2)`` places on the pad."""
    places = (np.clip(np.rint(points), 0, PAD - 1).astype(int).ravel() for points in strokes)
    return "".join("." + "".join(SIGNS[place] for place in stroke) for stroke in places)


def doodle(numbers):
    """Two to six lines, bows and zigzags anywhere on the pad."""
    return [numbers.choice((bow, path))(numbers) for _ in range(numbers.integers(2, 7))]


def figure(numbers):
    """Lines and bows between the points of a grid, as signs have them; a polygon; or only a dot."""
    kind = numbers.random()
    if kind < 0.05:
        return [numbers.uniform(8, 56, 2) + numbers.uniform(-2, 2, (numbers.integers(1, 4), 2))]
    grid = np.stack(np.meshgrid((14, 32, 50), (8, 22, 32, 42, 56)), axis=-1).reshape(-1, 2)
    if kind < 0.25:
        corners = numbers.permutation(grid)[: numbers.integers(3, 6)]
        middle = corners.mean(0)
        around = corners[np.argsort(np.arctan2(*(corners - middle).T))]
        strokes = [np.concatenate([around, around[:1]])]
    else:
        strokes = [numbers.permutation(grid)[: numbers.integers(2, 4)] for _ in range(numbers.integers(2, 5))]
        if kind < 0.6:
            strokes[0] = bow(numbers)
    return [stroke + numbers.normal(0, 1.5, stroke.shape) for stroke in strokes]


def path(numbers):
    """Straight lines from one random place to the next."""
    return numbers.uniform(4, 60, (numbers.integers(2, 5), 2))


def bow(numbers):
    """A part of an ellipse."""
    angles = numbers.uniform(0, 2 * np.pi) + np.linspace(0, numbers.uniform(1, 6), 16)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return numbers.uniform(16, 48, 2) + circle * numbers.uniform(4, 28, 2)


def letters():
    """Letters and signs that look like no digit, in the fonts that Matplotlib brings along."""
    fonts = [ImageFont.truetype(FONTS / f"DejaVu{name}.ttf", 20) for name in FONT_NAMES]
    found = []
    for font in fonts:
        for sign in LETTERS:
            image = Image.new("L", (SIDE, SIDE))
            ImageDraw.Draw(image).text((SIDE / 2, SIDE / 2), sign, fill=255, font=font, anchor="mm")
            found.append(np.asarray(image))
    return np.stack(found)[..., None] / 255


# -- digits that are written differently ----------------------------------------------------------------


def distorted(images, numbers):
    """Each image turned, stretched, bent and written with another pen, all at random."""
    parts = np.array_split(images, max(1, len(images) // 2000))  # all at once would take gigabytes
    return np.concatenate([repenned(bent(part, numbers), numbers) for part in parts])


def bent(images, numbers):
    """Move 4 x 4 points of each image: all by one linear map, each a little by itself."""
    count, middle = len(images), (SIDE - 1) / 2
    places = np.linspace(-middle, middle, 4)
    grid = np.stack(np.meshgrid(places, places, indexing="ij"))  # (2, 4, 4): down, right
    maps = numbers.normal(0, [[0.08, 0.12], [0.16, 0.1]], (count, 2, 2))
    moves = np.einsum("nij,jyx->niyx", maps, grid) + numbers.normal(0, 0.8, (count, 2, 4, 4))
    weights = np.stack([np.interp(np.arange(SIDE) - middle, places, unit) for unit in np.eye(4)], axis=1)
    down, right = np.moveaxis(weights @ moves @ weights.T, 1, 0)
    rows = np.arange(SIDE)
    return between(images[..., 0], rows[:, None] + down, rows + right)[..., None].astype("float32")


def between(images, y, x):
    """Values of ``(n, height, width)`` images at places between the pixels; outside there is no ink."""
    images = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    y, x = (np.clip(at + 1, 0, size - 1.001) for at, size in zip((y, x), images.shape[1:], strict=True))
    v, u, n = y.astype(int), x.astype(int), np.arange(len(images))[:, None, None]
    upper = images[n, v, u] * (u + 1 - x) + images[n, v, u + 1] * (x - u)
    lower = images[n, v + 1, u] * (u + 1 - x) + images[n, v + 1, u + 1] * (x - u)
    return upper * (v + 1 - y) + lower * (y - v)


def repenned(images, numbers):
    """Strokes up to a pixel wider on each side, or somewhat narrower; half of them as they are."""
    around = [np.roll(images, step, axis) for step in (1, -1) for axis in (1, 2)]
    wide, narrow = np.maximum.reduce([images, *around]), np.minimum.reduce([images, *around])
    share = np.clip(numbers.uniform(-1.2, 2, (len(images), 1, 1, 1)), -0.6, 1)
    share *= numbers.random(share.shape) < 0.5
    return np.where(share > 0, images + share * (wide - images), images + share * (images - narrow)).astype(
        "float32"
    )
