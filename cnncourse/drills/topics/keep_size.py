"""The padding, or the kernel, that a wanted output size needs."""

from math import ceil

from cnncourse.drills.tasks import IMAGES, MAPS, Task, Topic, paragraphs

TOPIC = Topic("Passendes Padding", "The padding that fits", section="padding-stride#sec-valid-same")


@TOPIC.task(1)
def padding_that_keeps(rng, w):
    n, f = rng.choice((*IMAGES, *MAPS)), rng.choice((5, 7, 9, 11, 13))
    p = (f - 1) // 2
    return Task(
        w(
            f"Eine Faltung mit {f} × {f}-Filtern und Stride 1 soll die Größe {n} × {n} nicht ändern. Wie "
            "viele Pixel Padding pro Seite sind dafür nötig?",
            f"A convolution with {f} × {f} filters and stride 1 must keep the size {n} × {n}. How many "
            "pixels of padding does it need on each side?",
        ),
        p,
        "pixels",
        paragraphs(
            w(
                f"Gesucht ist $p$ mit $({n} + 2p - {f})/1 + 1 = {n}$:",
                f"Find $p$ with $({n} + 2p - {f})/1 + 1 = {n}$:",
            ),
            w.math(rf"p = \frac{{f - 1}}{{2}} = \frac{{{f} - 1}}{{2}} = {p}"),
        ),
        {"both_sides": f - 1, "half_kernel": p + 1, "whole_kernel": f},
    )


@TOPIC.task(2)
def padding_that_shrinks(rng, w):
    s = rng.choice((2, 4))
    n = rng.choice([n for n in IMAGES if n % s == 0])
    f = rng.choice([f for f in range(6, 13) if (f - s) % 2])  # an odd total: half of it must be rounded
    o = n // s
    total = (o - 1) * s + f - n
    p = ceil(total / 2)
    return Task(
        w(
            f"Eine Faltung mit {f} × {f}-Filtern und Stride {s} soll ein Bild von {n} × {n} auf {o} × {o} "
            "Pixel verkleinern. Wie viele Pixel Padding pro Seite sind dafür mindestens nötig?",
            f"A convolution with {f} × {f} filters and stride {s} must shrink an image from {n} × {n} to "
            f"{o} × {o} pixels. At least how many pixels of padding does it need on each side?",
        ),
        p,
        "pixels",
        paragraphs(
            w(
                "Alle Positionen zusammen überdecken so viele Pixel:",
                "All positions together cover this many pixels:",
            ),
            w.math(rf"({o} - 1) \cdot {s} + {f} = {(o - 1) * s + f}"),
            w(
                f"Das sind {total} Pixel mehr als {n}. Auf jede Seite kommt die Hälfte, aufgerundet: $p = "
                f"{p}$. Probe: $\\lfloor ({n} + 2 \\cdot {p} - {f})/{s} \\rfloor + 1 = {o}$.",
                f"That is {total} pixels more than {n}. Each side gets half of it, rounded up: $p = {p}$. "
                f"Check: $\\lfloor ({n} + 2 \\cdot {p} - {f})/{s} \\rfloor + 1 = {o}$.",
            ),
        ),
        {"both_sides": total, "padding_too_small": total // 2, "stride_one_padding": f // 2},
    )


@TOPIC.task(3, until=2)  # no chapter teaches dilation
def kernel_that_keeps(rng, w):
    n, f, d = rng.choice((*IMAGES, *MAPS)), rng.choice((3, 5, 7)), rng.choice((2, 3, 4))
    p = d * (f - 1) // 2
    return Task(
        w(
            f"Eine Faltung mit Stride 1, Dilation {d} und Padding {p} auf jeder Seite lässt die Größe {n} "
            f"× {n} unverändert. Wie groß ist die Kantenlänge ihrer quadratischen Filter?",
            f"A convolution with stride 1, dilation {d} and padding {p} on each side keeps the size {n} × "
            f"{n}. How long is the side of its square kernels?",
        ),
        f,
        "pixels",
        paragraphs(
            w(
                "Mit Dilation spannt der Filter $d(f - 1) + 1$ Pixel auf. Die Größe bleibt erhalten, wenn "
                "gilt:",
                "With dilation, the kernel spans $d(f - 1) + 1$ pixels. The size stays the same if:",
            ),
            w.math(r"2p &= d(f - 1)", rf"2 \cdot {p} &= {d} \cdot (f - 1)", rf"f &= {2 * p} / {d} + 1 = {f}"),
        ),
        {"dilation_ignored": 2 * p + 1, "no_plus_one_kernel": 2 * p // d, "padding_once": f // 2 + 1},
    )


@TOPIC.task(3, since=3)
def padding_that_restores(rng, w):
    n, (f, g) = rng.choice((*IMAGES, *MAPS[1:])), rng.sample((3, 5, 7), 2)
    small, p = n - f + 1, (f + g - 2) // 2
    return Task(
        w(
            f"Ein Bild mit {n} × {n} Pixeln durchläuft zwei Faltungen mit Stride 1: erst eine mit Filtern "
            f"von {f} × {f} ohne Padding, dann eine mit Filtern von {g} × {g} und Padding. Wie viele Pixel "
            "Padding pro Seite braucht die zweite, damit am Ende die Größe des Bilds herauskommt?",
            f"An image of {n} × {n} pixels passes through two convolutions with stride 1: first one with "
            f"filters of {f} × {f} and no padding, then one with filters of {g} × {g} and padding. How many "
            "pixels of padding on each side does the second need for the result to be as large as the image?",
        ),
        p,
        "pixels",
        paragraphs(
            w("Die erste Faltung verkleinert das Bild:", "The first convolution makes the image smaller:"),
            w.math(f"{n} - {f} + 1 = {small}"),
            w(
                f"Gesucht ist $p$ mit ${small} + 2p - {g} + 1 = {n}$:",
                f"Find $p$ with ${small} + 2p - {g} + 1 = {n}$:",
            ),
            w.math(f"2p &= {n} - {small} + {g} - 1 = {2 * p}", f"p &= {p}"),
        ),
        {"keeps_only": (g - 1) // 2, "first_only": (f - 1) // 2, "both_sides": 2 * p},
    )


TOPIC.reveals |= {
    "keeps_only": (
        "Damit behält die zweite Faltung ihre Eingabe bei. Was die erste abgeschnitten hat, fehlt noch.",
        "With that, the second convolution keeps its input. What the first one cut off is still missing.",
    ),
    "first_only": (
        "Das ersetzt nur, was die erste Faltung abschneidet. Die zweite schneidet selbst noch etwas ab.",
        "That only replaces what the first convolution cuts off. The second cuts off some itself.",
    ),
    "no_plus_one_kernel": (
        "Du hast das + 1 vergessen: Das Pixel in der Mitte gehört auch zum Filter, f = 2p/d + 1.",
        "You forgot the + 1: the pixel in the middle belongs to the kernel, too, f = 2p/d + 1.",
    ),
    "both_sides": (
        "Das sind beide Seiten zusammen. Gefragt ist das Padding pro Seite.",
        "That is both sides together. The question asks for one side.",
    ),
    "half_kernel": (
        "Das ist die halbe Filtergröße, aufgerundet. Das Pixel in der Mitte zählt nicht mit: (f − 1)/2.",
        "That is half the kernel, rounded up. The pixel in the middle does not count: (f − 1)/2.",
    ),
    "whole_kernel": (
        "Das ist die ganze Filtergröße. Der Filter muss nur so weit überstehen, dass seine Mitte den Rand "
        "erreicht.",
        "That is the whole kernel. The filter only has to stick out until its centre reaches the border.",
    ),
    "padding_too_small": (
        "Du hast abgerundet. Damit wird die Ausgabe um ein Pixel zu klein.",
        "You rounded down. The output then gets one pixel too small.",
    ),
}
