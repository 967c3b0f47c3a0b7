"""The shape after max and average pooling."""

from math import ceil

from cnncourse.arithmetic import conv2d_output_shape, output_size, pool2d_output_shape
from cnncourse.drills.tasks import IMAGES, MAPS, SIZE, WIDE, Task, Topic, a_convolution, paragraphs, steps_of
from cnncourse.worked import explain_conv2d, explain_pool2d

TOPIC = Topic("Pooling", "Pooling", section="layers#sec-pooling")


@TOPIC.task(1)
def halving_pool(rng, w):
    n, c, f = rng.choice((8, 14, 16, 24, 28, 32, 48, 56, 64, 96, 112)), rng.choice(WIDE), 2
    return _pool_task(rng, w, (n, n, c), f, f)


@TOPIC.task(2)
def overlapping_pool(rng, w):
    n, c = rng.choice([n for n in (*MAPS, *IMAGES) if n % 2 == 0 and n > 8]), rng.choice(WIDE)
    return _pool_task(rng, w, (n, n, c), 3, 2)


@TOPIC.task(3)
def convolution_then_pool(rng, w):
    n, f, s = rng.choice([(n, f, s) for n in IMAGES[3:] for f in (5, 7, 11) for s in (2, 3, 4)])
    k, p = rng.choice(WIDE), rng.randint(0, 2)
    layer = a_convolution(k, f, s, p)
    before = conv2d_output_shape((n, n, 3), k, f, stride=s, padding=p)
    o = output_size(before[0], 3, 2)
    unstrided = output_size(output_size(n, f, 1, p), 3, 2)
    return Task(
        w(
            f"Ein Farbbild mit {n} × {n} Pixeln durchläuft eine {layer[0]}, danach ein Max-Pooling mit "
            "einem Fenster von 3 × 3 und Stride 2. Welche Form (Höhe × Breite × Kanäle) hat die Ausgabe "
            "des Poolings?",
            f"A colour image of {n} × {n} pixels passes through a {layer[1]}, then through max pooling "
            "with a window of 3 × 3 and stride 2. What is the shape of the pooling's output (height × "
            "width × channels)?",
        ),
        (o, o, k),
        "shape",
        paragraphs(
            steps_of(explain_conv2d((n, n, 3), k, f, stride=s, padding=p, language=w.language), SIZE),
            w("Danach das Pooling:", "Then the pooling:"),
            steps_of(explain_pool2d(before, 3, stride=2, language=w.language), SIZE),
        ),
        {
            "pool_forgotten": before,
            "channels_pooled": (o, o, output_size(k, 3, 2)),
            "channels_kept": (o, o, 3),
            "conv_stride_ignored": (unstrided, unstrided, k),
            "pool_stride_one": (before[0] - 2, before[0] - 2, k),
        },
    )


def _pool_task(rng, w, shape, f, s):
    kind = rng.choice(("Max-Pooling", "Average-Pooling"))
    h, width, c = shape
    rows, columns, _ = pool2d_output_shape(shape, f, stride=s)
    return Task(
        w(
            f"Feature-Maps der Form {h} × {width} × {c} durchlaufen ein {kind} mit einem Fenster von {f} × "
            f"{f} und Stride {s}, ohne Padding. Welche Form (Höhe × Breite × Kanäle) hat die Ausgabe?",
            f"Feature maps of shape {h} × {width} × {c} pass through {kind.lower().replace('-', ' ')} with "
            f"a window of {f} × {f} and stride {s}, without padding. What is the shape of the output "
            "(height × width × channels)?",
        ),
        (rows, columns, c),
        "shape",
        steps_of(explain_pool2d(shape, f, stride=s, language=w.language), SIZE),
        {
            "channels_pooled": (rows, columns, output_size(c, f, s)),
            "pool_stride_one": (h - f + 1, width - f + 1, c),
            "no_plus_one": ((h - f) // s, (width - f) // s, c),
            "rounded_up_window": (ceil((h - f) / s) + 1, ceil((width - f) / s) + 1, c),
        },
    )


TOPIC.reveals |= {
    "rounded_up_window": (
        "Du hast aufgerundet. Eine Position, an der das Fenster übersteht, gibt es nicht: Es wird "
        "abgerundet.",
        "You rounded up. A position where the window sticks out does not exist: round down.",
    ),
    "channels_pooled": (
        "Du hast auch die Kanäle verkleinert. Pooling arbeitet in jedem Kanal für sich.",
        "You shrank the channels, too. Pooling works in each channel by itself.",
    ),
    "pool_stride_one": (
        "Du hast beim Pooling mit Stride 1 gerechnet.",
        "You used stride 1 for the pooling.",
    ),
    "pool_forgotten": (
        "Du hast das Pooling vergessen.",
        "You forgot the pooling.",
    ),
    "conv_stride_ignored": (
        "Du hast den Stride der Faltung nicht berücksichtigt.",
        "You ignored the stride of the convolution.",
    ),
}
