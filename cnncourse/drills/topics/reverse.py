"""Working backwards: from the result to what was given."""

from fractions import Fraction
from math import ceil, sqrt

from cnncourse.arithmetic import conv2d_parameters, output_size, receptive_field
from cnncourse.drills.tasks import (
    FILTERS,
    IMAGES,
    MAPS,
    Task,
    Topic,
    paragraphs,
    two_decimals,
    with_channels,
    with_padding,
)

TOPIC = Topic("Rückwärts gerechnet", "Working backwards", section="arithmetic#sec-parameters")


@TOPIC.task(1)
def number_of_filters(rng, w):
    c, k, f = rng.choice((1, 3, 3, 16, 32)), rng.choice(FILTERS), rng.choice((3, 5, 7, 11))
    parameters, each = conv2d_parameters(c, k, f), f * f * c + 1
    return Task(
        w(
            f"Eine Faltungsschicht mit {f} × {f}-Filtern verarbeitet Eingaben mit {with_channels(c)[0]} "
            f"und hat {parameters} Parameter, Bias eingeschlossen. Wie viele Filter hat sie?",
            f"A convolution with {f} × {f} filters processes inputs with {with_channels(c)[1]} and has "
            f"{parameters} parameters, biases included. How many filters does it have?",
        ),
        k,
        "filters",
        paragraphs(
            w(
                f"Jeder Filter hat ${f} \\cdot {f} \\cdot {c} = {each - 1}$ Gewichte und einen Bias, "
                f"zusammen {each} Parameter.",
                f"Each filter has ${f} \\cdot {f} \\cdot {c} = {each - 1}$ weights and one bias, {each} "
                "parameters in all.",
            ),
            w.math(rf"{parameters} / {each} = {k}"),
        ),
        {
            "channels_forgotten": round(parameters / (f * f + 1)),
            "side_once": round(parameters / (f * c + 1)),
            "plus_for_times": round(parameters / (f * f + c + 1)),
        },
    )


@TOPIC.task(2)
def which_stride(rng, w):
    n, f, s, p = rng.choice(
        [
            (n, f, s, p)
            for n in (*IMAGES, 300, 320)
            for f in (3, 5, 7, 11)
            for s in (2, 3, 4)
            for p in (0, 1, 2, 3)
            if s < f and 2 * p < f and (n + 2 * p - f) % s == 0
        ]
    )
    o = output_size(n, f, s, p)
    return Task(
        w(
            f"Eine Faltung mit {f} × {f}-Filtern und {with_padding(p)[0]} macht aus {n} × {n} Pixeln genau "
            f"{o} × {o}, ohne dass Pixel übrig bleiben. Welchen Stride hat sie?",
            f"A convolution with {f} × {f} filters and {with_padding(p)[1]} turns {n} × {n} pixels into "
            f"exactly {o} × {o}, with no pixels left over. What is its stride?",
        ),
        s,
        "number",
        paragraphs(
            w(
                f"Zwischen {o} Positionen liegen {o - 1} Schritte:",
                f"Between {o} positions there are {o - 1} steps:",
            ),
            w.math(
                r"s &= \frac{n + 2p - f}{o - 1}",
                rf"&= \frac{{{n} + 2 \cdot {p} - {f}}}{{{o} - 1}} = {s}",
            ),
        ),
        {
            "no_minus_one": two_decimals(Fraction(n + 2 * p - f, o)),
            "ratio_of_sizes": two_decimals(Fraction(n, o)),
            "padding_ignored": two_decimals(Fraction(n - f, o - 1)),
            "padding_once": two_decimals(Fraction(n + p - f, o - 1)),
        },
    )


@TOPIC.task(2)
def how_many_layers(rng, w):
    f, layers = rng.choice((3, 5)), rng.randint(3, 16)
    field = receptive_field([(f, 1)] * layers)
    return Task(
        w(
            f"Mehrere Faltungen mit {f} × {f}-Filtern und Stride 1 folgen aufeinander. Wie viele sind "
            f"nötig, damit ein Ausgabewert {field} × {field} Pixel der Eingabe sieht?",
            f"Several convolutions with {f} × {f} filters and stride 1 follow each other. How many are "
            f"needed for one output value to see {field} × {field} pixels of the input?",
        ),
        layers,
        "layers",
        paragraphs(
            w(
                f"Ein Wert der Eingabe ist 1 Pixel, und jede Schicht bringt $f - 1 = {f - 1}$ hinzu:",
                f"A value of the input is 1 pixel, and each layer adds $f - 1 = {f - 1}$:",
            ),
            w.math(rf"\frac{{{field} - 1}}{{{f} - 1}} = {layers}"),
        ),
        {
            "size_over_kernel": round(field / f),
            "one_pixel_too_many": ceil(field / (f - 1)),
        },
    )


@TOPIC.task(3)
def which_kernel(rng, w):
    c, k, f = rng.choice((3, 3, 16, 32, 64)), rng.choice(FILTERS), rng.choice((3, 5, 7, 9, 11))
    parameters = conv2d_parameters(c, k, f)
    return Task(
        w(
            f"Eine Faltungsschicht mit {k} quadratischen Filtern verarbeitet Eingaben mit "
            f"{with_channels(c)[0]} und hat {parameters} Parameter, Bias eingeschlossen. Wie viele Pixel "
            "lang ist die Seite eines Filters?",
            f"A convolution with {k} square filters processes inputs with {with_channels(c)[1]} and has "
            f"{parameters} parameters, biases included. How many pixels long is the side of a filter?",
        ),
        f,
        "pixels",
        w.math(
            rf"{parameters} / {k} &= {parameters // k}",
            rf"{parameters // k} - 1 &= {f * f * c}",
            rf"{f * f * c} / {c} &= {f * f}",
            rf"\sqrt{{{f * f}}} &= {f}",
        ),
        {
            "no_root": f * f,
            "no_root_no_channels": f * f * c,
            "root_with_channels": two_decimals(sqrt(f * f * c)),
        },
    )


@TOPIC.task(3)
def which_input(rng, w):
    f, s, p, o = rng.choice((3, 5, 7, 11)), rng.choice((2, 3, 4)), rng.randint(0, 3), rng.choice(MAPS)
    n = (o - 1) * s + f - 2 * p
    return Task(
        w(
            f"Eine Faltung mit {f} × {f}-Filtern, Stride {s} und {with_padding(p)[0]} liefert {o} × {o} "
            "Werte pro Filter. Wie viele Pixel breit ist die (quadratische) Eingabe mindestens?",
            f"A convolution with {f} × {f} filters, stride {s} and {with_padding(p)[1]} produces {o} × {o} "
            "values per filter. What is the smallest possible width of the (square) input, in pixels?",
        ),
        n,
        "pixels",
        paragraphs(
            w(
                f"{o} Positionen sind {o - 1} Schritte und noch einmal die Filtergröße; davon geht das "
                "Padding ab:",
                f"{o} positions are {o - 1} steps plus the kernel size; then subtract the padding:",
            ),
            w.math(
                r"n &= (o - 1) \cdot s + f - 2p", rf"&= ({o} - 1) \cdot {s} + {f} - 2 \cdot {p}", f"&= {n}"
            ),
        ),
        {
            "no_minus_one_backwards": o * s + f - 2 * p,
            "kernel_ignored_backwards" if p else "kernel_ignored_unpadded": o * s,
            "padding_once": n + p,
            "padding_ignored": n + 2 * p,
        },
    )


TOPIC.reveals |= {
    "size_over_kernel": (
        "Du hast durch die Filtergröße geteilt. Jede Schicht bringt nur f − 1 Pixel hinzu.",
        "You divided by the kernel size. Each layer adds only f − 1 pixels.",
    ),
    "one_pixel_too_many": (
        "Du hast das erste Pixel nicht abgezogen: Ohne eine Schicht sieht ein Wert bereits ein Pixel.",
        "You did not subtract the first pixel: without any layer, a value already sees one pixel.",
    ),
    "no_minus_one": (
        "Du hast durch die Zahl der Positionen geteilt. Zwischen ihnen liegt ein Schritt weniger.",
        "You divided by the number of positions. There is one step fewer between them.",
    ),
    "ratio_of_sizes": (
        "Du hast nur Eingabe durch Ausgabe geteilt. Die Filtergröße fehlt.",
        "You only divided input by output. The kernel size is missing.",
    ),
    "no_minus_one_backwards": (
        "Du hast so viele Schritte wie Positionen gezählt. Zwischen ihnen liegt ein Schritt weniger.",
        "You counted as many steps as positions. There is one step fewer between them.",
    ),
    "kernel_ignored_backwards": (
        "Du hast nur mit dem Stride multipliziert. Filtergröße und Padding fehlen.",
        "You only multiplied by the stride. The kernel size and the padding are missing.",
    ),
    "kernel_ignored_unpadded": (
        "Du hast nur mit dem Stride multipliziert. Die Filtergröße fehlt.",
        "You only multiplied by the stride. The kernel size is missing.",
    ),
    "no_root": (
        "Das sind alle Gewichte eines Filters pro Kanal. Die Kantenlänge ist die Wurzel daraus.",
        "Those are all the weights of a filter per channel. Its side is the square root.",
    ),
    "no_root_no_channels": (
        "Das sind alle Gewichte eines Filters. Teile noch durch die Kanäle und ziehe die Wurzel.",
        "Those are all the weights of a filter. Divide by the channels and take the root.",
    ),
    "root_with_channels": (
        "Du hast die Wurzel gezogen, ohne vorher durch die Kanäle zu teilen.",
        "You took the root without dividing by the channels first.",
    ),
}
