"""The size of a convolution's output."""

from math import ceil

from cnncourse.arithmetic import output_size
from cnncourse.drills.tasks import FILTERS, IMAGES, KERNELS, SIZE, WIDE, Task, Topic, a_convolution, steps_of
from cnncourse.worked import explain_conv2d

TOPIC = Topic("Ausgabegröße", "Output size", section="padding-stride#sec-output-size")


@TOPIC.task(1)
def size_that_fits(rng, w):
    n, f, s = rng.choice(
        [(n, f, s) for n in IMAGES for f in KERNELS for s in (1, 2, 3, 4) if s < f and (n - f) % s == 0]
    )
    k = rng.choice(FILTERS)
    layer = a_convolution(k, f, s, 0)
    return Task(
        w(
            f"Ein Farbbild mit {n} × {n} Pixeln durchläuft eine {layer[0]}. Wie viele Pixel ist die "
            "Ausgabe breit?",
            f"A colour image of {n} × {n} pixels passes through a {layer[1]}. How many pixels wide is the "
            "output?",
        ),
        output_size(n, f, s),
        "pixels",
        steps_of(explain_conv2d((n, n, 3), k, f, stride=s, language=w.language), SIZE),
        {"no_plus_one": (n - f) // s, "stride_ignored": n - f + 1, "kernel_ignored": n // s},
    )


@TOPIC.task(2)
def size_with_floor(rng, w):
    n, f, s, p = rng.choice(
        [
            (n, f, s, p)
            for n in IMAGES
            for f in KERNELS
            for s in (2, 3, 4)
            for p in range(1, f // 2 + 1)
            if s < f and (n + 2 * p - f) % s
        ]
    )
    k = rng.choice(FILTERS)
    layer = a_convolution(k, f, s, p)
    return Task(
        w(
            f"Ein Farbbild mit {n} × {n} Pixeln durchläuft eine {layer[0]}. Wie viele Pixel ist die "
            "Ausgabe breit?",
            f"A colour image of {n} × {n} pixels passes through a {layer[1]}. How many pixels wide is the "
            "output?",
        ),
        output_size(n, f, s, p),
        "pixels",
        steps_of(explain_conv2d((n, n, 3), k, f, stride=s, padding=p, language=w.language), SIZE),
        {
            "rounded_up": ceil((n + 2 * p - f) / s) + 1,
            "padding_ignored": output_size(n, f, s),
            "no_plus_one": (n + 2 * p - f) // s,
            "stride_ignored": n + 2 * p - f + 1,
        },
    )


@TOPIC.task(3)
def shape_of_a_photograph(rng, w):
    h, width = rng.choice(
        [(240, 320), (360, 480), (427, 640), (480, 640), (450, 600), (300, 400), (512, 768)]
    )
    f, s, k = rng.choice((5, 7, 11)), rng.choice((2, 3, 4)), rng.choice(WIDE)
    p = rng.randint(1, f // 2)
    layer = a_convolution(k, f, s, p)
    rows, columns = output_size((h, width), f, s, p)
    return Task(
        w(
            f"Ein Farbfoto ist {h} Pixel hoch und {width} Pixel breit. Es durchläuft eine {layer[0]}. "
            "Welche Form (Höhe × Breite × Kanäle) hat die Ausgabe?",
            f"A colour photograph is {h} pixels high and {width} pixels wide. It passes through a "
            f"{layer[1]}. What is the shape of the output (height × width × channels)?",
        ),
        (rows, columns, k),
        "shape",
        steps_of(explain_conv2d((h, width, 3), k, f, stride=s, padding=p, language=w.language), SIZE),
        {
            "channels_kept": (rows, columns, 3),
            "swapped": (columns, rows, k),
            "padding_once": ((h + p - f) // s + 1, (width + p - f) // s + 1, k),
            "padding_ignored": (*output_size((h, width), f, s), k),
            "rounded_up": (ceil((h + 2 * p - f) / s) + 1, ceil((width + 2 * p - f) / s) + 1, k),
        },
    )


TOPIC.reveals |= {
    "kernel_ignored": (
        "Du hast die Filtergröße nicht abgezogen: n/s allein reicht nicht.",
        "You did not subtract the kernel size: n/s alone is not enough.",
    ),
    "rounded_up": (
        "Du hast aufgerundet. Eine Position, an der der Filter übersteht, gibt es nicht: Es wird abgerundet.",
        "You rounded up. A position where the filter sticks out does not exist: round down.",
    ),
    "swapped": (
        "Du hast Höhe und Breite vertauscht.",
        "You swapped height and width.",
    ),
}
