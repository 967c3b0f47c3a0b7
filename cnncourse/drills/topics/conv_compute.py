"""The compute of a convolution, in MACs and FLOPs."""

from cnncourse.arithmetic import conv2d_macs, output_size
from cnncourse.drills.tasks import (
    BATCHES,
    COMPUTE,
    IMAGES,
    MAPS,
    SIZE,
    WIDE,
    Task,
    Topic,
    a_convolution,
    paragraphs,
    steps_of,
)
from cnncourse.worked import explain_conv2d

TOPIC = Topic(
    "Rechenaufwand einer Faltungsschicht", "Compute of a convolution", section="arithmetic#sec-macs"
)


@TOPIC.task(1)
def macs_from_the_output(rng, w):
    o, c, k, f = rng.choice(MAPS), rng.choice((3, 16, 32, 64)), rng.choice(WIDE), rng.choice((3, 5, 7))
    macs = o * o * k * f * f * c
    return Task(
        w(
            f"Eine Faltungsschicht mit {k} Filtern der Größe {f} × {f} bekommt eine Eingabe mit {c} "
            f"Kanälen und liefert eine Ausgabe der Form {o} × {o} × {k}. Wie viele MACs (Multiplikation "
            "mit Addition) braucht sie für ein Bild?",
            f"A convolution with {k} filters of size {f} × {f} gets an input with {c} channels and "
            f"produces an output of shape {o} × {o} × {k}. How many MACs (multiply-accumulates) does it take "
            "for one image?",
        ),
        macs,
        "MACs",
        paragraphs(
            w(
                f"Jeder der ${o} \\cdot {o} \\cdot {k}$ Ausgabewerte ist eine Summe aus ${f} \\cdot {f} "
                f"\\cdot {c}$ Produkten:",
                f"Each of the ${o} \\cdot {o} \\cdot {k}$ output values is a sum of ${f} \\cdot {f} \\cdot "
                f"{c}$ products:",
            ),
            w.math(rf"{o} \cdot {o} \cdot {k} \cdot {f} \cdot {f} \cdot {c} = {macs}"),
        ),
        {
            "notes_plus": (f * f * c + o * o) * k,
            "channels_forgotten": macs // c,
            "one_position": f * f * c * k,
            "filters_forgotten": macs // k,
            "flops_for_macs": 2 * macs,
            "bias_counted": macs + o * o * k,
        },
    )


@TOPIC.task(2)
def macs_from_the_input(rng, w):
    n, f, s = rng.choice([(n, f, s) for n in IMAGES[3:] for f in (5, 7, 11) for s in (2, 3, 4)])
    c, k, p = rng.choice((1, 3)), rng.choice(WIDE), rng.randint(0, 2)
    macs = conv2d_macs((n, n, c), k, f, stride=s, padding=p)
    layer, weights = a_convolution(k, f, s, p), f * f * c * k
    o = output_size(n, f, s, p)
    image = (
        ("Farbbild (3 Kanäle)", "colour image (3 channels)")
        if c == 3
        else ("Graustufenbild (1 Kanal)", "greyscale image (1 channel)")
    )
    return Task(
        w(
            f"Ein {image[0]} mit {n} × {n} Pixeln durchläuft eine {layer[0]}. Wie viele MACs sind das?",
            f"A {image[1]} of {n} × {n} pixels passes through a {layer[1]}. How many MACs is that?",
        ),
        macs,
        "MACs",
        steps_of(explain_conv2d((n, n, c), k, f, stride=s, padding=p, language=w.language), SIZE, COMPUTE),
        {
            "notes_plus": (f * f * c + o * o) * k,
            "stride_ignored": output_size(n, f, 1, p) ** 2 * weights,
            "input_positions": n * n * weights,
            "flops_for_macs": 2 * macs,
            "bias_counted": macs + o * o * k,
            "channels_forgotten": macs // c,
        },
    )


@TOPIC.task(3, until=2)  # no chapter teaches the compute of groups
def flops_in_groups(rng, w):
    n, c, k, f = rng.choice(MAPS), rng.choice(WIDE), rng.choice(WIDE), rng.choice((3, 5))
    g, b = rng.choice((2, 4, 8)), rng.choice(BATCHES)
    macs = conv2d_macs((n, n, c), k, f, padding="same", groups=g)
    return Task(
        w(
            f"Eine Faltungsschicht mit {k} Filtern der Größe {f} × {f}, Stride 1, Same Padding und {g} "
            f"Gruppen bekommt Feature-Maps der Form {n} × {n} × {c}. Wie viele FLOPs (1 MAC = 2 FLOPs) "
            f"braucht sie für einen Batch aus {b} Bildern?",
            f"A convolution with {k} filters of size {f} × {f}, stride 1, same padding and {g} groups gets "
            f"feature maps of shape {n} × {n} × {c}. How many FLOPs (1 MAC = 2 FLOPs) does it take for a "
            f"batch of {b} images?",
        ),
        2 * b * macs,
        "FLOPs",
        paragraphs(
            w(
                f"Same Padding mit Stride 1 lässt die Größe {n} × {n} unverändert. Jeder Filter sieht "
                f"${c} / {g} = {c // g}$ Kanäle.",
                f"Same padding at stride 1 keeps the size {n} × {n}. Each filter sees ${c} / {g} = {c // g}$ "
                "channels.",
            ),
            w.math(
                rf"\text{{MACs}} &= {n} \cdot {n} \cdot {k} \cdot {f} \cdot {f} \cdot {c // g}",
                f"&= {macs}",
                rf"\text{{FLOPs}} &= 2 \cdot {b} \cdot {macs}",
                f"&= {2 * b * macs}",
            ),
        ),
        {
            "macs_for_flops": b * macs,
            "batch_forgotten_compute": 2 * macs,
            "groups_ignored": 2 * b * macs * g,
            "channels_forgotten": 2 * b * macs // (c // g),
            "one_position": 2 * b * macs // n**2,
        },
    )


@TOPIC.task(3, since=3)
def flops_of_a_batch(rng, w):
    n, c, k, f = rng.choice(MAPS), rng.choice(WIDE), rng.choice(WIDE), rng.choice((3, 5))
    b = rng.choice(BATCHES)
    macs = conv2d_macs((n, n, c), k, f, padding="same")
    return Task(
        w(
            f"Eine Faltungsschicht mit {k} Filtern der Größe {f} × {f}, Stride 1 und Same Padding bekommt "
            f"Feature-Maps der Form {n} × {n} × {c}. Wie viele FLOPs (1 MAC = 2 FLOPs) braucht sie für einen "
            f"Batch aus {b} Bildern?",
            f"A convolution with {k} filters of size {f} × {f}, stride 1 and same padding gets feature maps "
            f"of shape {n} × {n} × {c}. How many FLOPs (1 MAC = 2 FLOPs) does it take for a batch of {b} "
            "images?",
        ),
        2 * b * macs,
        "FLOPs",
        paragraphs(
            w(
                f"Same Padding mit Stride 1 lässt die Größe {n} × {n} unverändert.",
                f"Same padding at stride 1 keeps the size {n} × {n}.",
            ),
            w.math(
                rf"\text{{MACs}} &= {n} \cdot {n} \cdot {k} \cdot {f} \cdot {f} \cdot {c}",
                f"&= {macs}",
                rf"\text{{FLOPs}} &= 2 \cdot {b} \cdot {macs}",
                f"&= {2 * b * macs}",
            ),
        ),
        {
            "macs_for_flops": b * macs,
            "batch_forgotten_compute": 2 * macs,
            "channels_forgotten": 2 * b * macs // c,
            "one_position": 2 * b * macs // n**2,
            "bias_counted": 2 * b * (macs + n * n * k),
        },
    )


TOPIC.reveals |= {
    "notes_plus": (
        "Du hast Filtergewichte und Positionen addiert. Jede Position braucht alle Gewichte: Es ist ein "
        "Produkt.",
        "You added kernel weights and positions. Every position needs all the weights: it is a product.",
    ),
    "one_position": (
        "Das ist der Aufwand für eine einzige Position der Ausgabe.",
        "That is the work for a single position of the output.",
    ),
    "input_positions": (
        "Du hast mit der Größe der Eingabe gerechnet. Gerechnet wird einmal pro Position der Ausgabe.",
        "You used the size of the input. The work is done once per position of the output.",
    ),
    "filters_forgotten": (
        "Das ist der Aufwand für einen einzigen Filter.",
        "That is the work of a single filter.",
    ),
}
