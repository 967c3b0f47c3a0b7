"""Digits and other things as people draw them, for the lab that reads them; no network was trained on them.

Strokes of points in a square of 64 x 64, and variants of them: slanted, larger or smaller, wavy, shaky.
"""

from math import cos, pi, sin

import numpy as np

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def arc(x, y, across, down, start, end):
    """Points of an ellipse, by angles in degrees from the right, clockwise."""
    angles = [pi / 180 * (start + (end - start) * i / 16) for i in range(17)]
    return [(x + across * cos(angle), y + down * sin(angle)) for angle in angles]


DIGITS = {
    "0": [arc(32, 32, 14, 22, -90, 270)],
    "1": [[(32, 10), (32, 54)]],
    "1 with an upstroke": [[(22, 22), (34, 10), (34, 54)]],
    "1 with a foot": [[(22, 22), (34, 10), (34, 54)], [(24, 54), (44, 54)]],
    "2": [[*arc(32, 22, 13, 12, 190, 370), (42, 30), (20, 54), (46, 54)]],
    "2 with a loop": [[*arc(32, 22, 13, 12, 200, 390), *arc(24, 49, 6, 5, -30, -330), (46, 52)]],
    "3": [[*arc(30, 21, 12, 10, 200, 450), *arc(30, 42, 14, 12, -90, 160)]],
    "3 with a flat top": [[(18, 12), (44, 12), (30, 28), *arc(30, 41, 14, 13, -80, 160)]],
    "4": [[(36, 10), (16, 40), (46, 40)], [(38, 28), (38, 54)]],
    "4 in one stroke": [[(40, 54), (40, 10), (16, 40), (50, 40)]],
    "4 open at the top": [[(20, 10), (18, 32), (44, 32)], [(42, 12), (40, 54)]],
    "5": [[(44, 10), (22, 10), (21, 28), *arc(30, 40, 14, 13, -110, 140)]],
    "5 in two strokes": [[(22, 10), (21, 28), *arc(30, 40, 14, 13, -110, 140)], [(22, 10), (46, 9)]],
    "6": [[(40, 9), (28, 20), (20, 36), *arc(32, 42, 12, 12, 180, -180)]],
    "7": [[(18, 12), (44, 12), (28, 54)]],
    "7 with a bar": [[(18, 12), (44, 12), (28, 54)], [(24, 33), (44, 33)]],
    "7 with a hook": [[(18, 18), (19, 11), (46, 11), (30, 54)], [(25, 32), (46, 32)]],
    "8": [[*arc(32, 21, 10, 10, 90, -270), *arc(32, 43, 13, 12, -90, 270)]],
    "8 from the top right": [
        [
            *arc(32, 20, 11, 10, -30, -270),
            *arc(32, 42, 13, 12, -90, 90),
            *arc(32, 42, 13, 12, 90, 220),
            (42, 14),
        ]
    ],
    "9": [[*arc(30, 22, 11, 11, 0, -360), (41, 22), (40, 38), (34, 54)]],
    "9 with a straight leg": [[*arc(30, 22, 11, 11, -10, -360), (41, 12), (41, 54)]],
    "9 with a hook": [[*arc(30, 22, 11, 11, -10, -360), *arc(28, 40, 13, 14, 0, 150)]],
}

NO_DIGITS = {
    "cross": [[(12, 12), (52, 52)], [(52, 12), (12, 52)]],
    "plus": [[(32, 10), (32, 54)], [(10, 32), (54, 32)]],
    "line": [[(8, 32), (56, 32)]],
    "scribble": [
        [(10, 14), (50, 20), (14, 28), (52, 36), (12, 44), (50, 52), (20, 12), (44, 56), (8, 30)],
    ],
    "A": [[(16, 54), (32, 8), (48, 54)], [(23, 38), (41, 38)]],
    "E": [[(46, 10), (18, 10), (18, 54), (46, 54)], [(18, 32), (40, 32)]],
    "F": [[(46, 10), (18, 10), (18, 54)], [(18, 32), (40, 32)]],
    "H": [[(16, 10), (16, 54)], [(48, 10), (48, 54)], [(16, 32), (48, 32)]],
    "K": [[(18, 10), (18, 54)], [(46, 10), (18, 32), (46, 54)]],
    "M": [[(12, 54), (14, 10), (32, 36), (50, 10), (52, 54)]],
    "N": [[(16, 54), (16, 10), (48, 54), (48, 10)]],
    "R": [[(18, 54), (18, 10), *arc(28, 21, 16, 11, -90, 90), (18, 32), (46, 54)]],
    "T": [[(12, 10), (52, 10)], [(32, 10), (32, 54)]],
    "W": [[(8, 10), (20, 54), (32, 22), (44, 54), (56, 10)]],
    "m": [
        [(12, 54), (12, 24), *arc(22, 30, 9, 10, 180, 360), (31, 54)],
        [*arc(41, 30, 9, 10, 180, 360), (50, 54)],
    ],
    "heart": [[(32, 54), (12, 30), *arc(22, 22, 10, 10, 180, 360), *arc(42, 22, 10, 10, 180, 360), (32, 54)]],
    "triangle": [[(32, 10), (54, 52), (10, 52), (32, 10)]],
    "square": [[(14, 14), (50, 14), (50, 50), (14, 50), (14, 14)]],
    "smiley": [
        *(arc(32, 32, 22, 22, 0, 360), [(24, 24), (24, 28)]),
        *([(40, 24), (40, 28)], arc(32, 34, 12, 10, 20, 160)),
    ],
    "hash": [[(24, 8), (20, 56)], [(44, 8), (40, 56)], [(8, 24), (56, 24)], [(8, 42), (56, 42)]],
    "equals": [[(12, 24), (52, 24)], [(12, 40), (52, 40)]],
    "zigzag": [[(8, 32), (16, 20), (24, 44), (32, 20), (40, 44), (48, 20), (56, 32)]],
    "wave": [[*arc(20, 32, 10, 10, 180, 360), *arc(40, 32, 10, 10, 180, 0)]],
    "dot": [[(32, 32)]],
    "star": [[(32, 8), (46, 54), (10, 24), (54, 24), (18, 54), (32, 8)]],
    "42": [
        *([(16, 10), (6, 36), (28, 36)], [(22, 26), (22, 54)]),
        [*arc(46, 22, 10, 10, 190, 370), (38, 54), (58, 54)],
    ],
}


def text(strokes):
    """The strokes as the lab writes them into its address."""
    places = ((round(min(63, max(0, place))) for point in stroke for place in point) for stroke in strokes)
    return "".join("." + "".join(SIGNS[place] for place in stroke) for stroke in places)


def variants(drawings, count=20, seed=7):
    """``[(name, text), …]``: so many variants of each drawing."""
    numbers = np.random.default_rng(seed)
    return [
        (name, text(varied(strokes, numbers))) for name, strokes in drawings.items() for _ in range(count)
    ]


def varied(strokes, numbers):
    """Slant and stretch all strokes, bend them in waves, shift each a little, and let the hand shake."""
    linear = np.eye(2) + numbers.normal(0, [[0.12, 0.18], [0.06, 0.1]])
    size, shift = numbers.uniform(0.55, 1.05), numbers.uniform(-6, 6, 2)
    strength, phase = numbers.normal(0, 1.2, (2, 2)), numbers.uniform(0, 2 * pi, (2, 2))
    found = []
    for stroke in strokes:
        points = np.array(stroke, float) - 32
        waves = (strength * np.sin(points[:, None, :] / 12 + phase)).sum(2)
        points += waves + numbers.normal(0, 0.3, points.shape) + numbers.normal(0, 0.8, 2)
        found.append((points @ linear.T * size + 32 + shift).tolist())
    return found
