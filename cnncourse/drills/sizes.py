"""The drills on sizes: output, padding, pooling, receptive field, and the way back."""

from fractions import Fraction
from math import ceil, prod

from cnncourse.arithmetic import (
    conv2d_output_shape,
    output_size,
    pool2d_output_shape,
    receptive_field,
    same_padding,
)
from cnncourse.drills.tasks import (
    FILTERS,
    IMAGES,
    KERNELS,
    MAPS,
    SIZE,
    WIDE,
    Task,
    a_convolution,
    paragraphs,
    steps_of,
    task,
    two_decimals,
    with_padding,
)
from cnncourse.worked import explain_conv2d, explain_pool2d

# -- output size ------------------------------------------------------------------------------------


@task("output_size", 1)
def _size_that_fits(rng, w):
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


@task("output_size", 2)
def _size_with_floor(rng, w):
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


@task("output_size", 3)
def _shape_of_a_photograph(rng, w):
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


# -- same padding -----------------------------------------------------------------------------------


@task("same_padding", 1)
def _same_size(rng, w):
    n, f, s, k = _image_that_stride_does_not_divide(rng)
    return Task(
        w(
            f"Ein Bild mit {n} × {n} Pixeln durchläuft eine Faltungsschicht mit {k} Filtern der Größe {f} "
            f"× {f}, "
            f'Stride {s} und `padding="same"`. Wie viele Pixel ist die Ausgabe breit?',
            f"An image of {n} × {n} pixels passes through a convolution with {k} filters of size {f} × {f}, "
            f'stride {s} and `padding="same"`. How many pixels wide is the output?',
        ),
        output_size(n, f, s, "same"),
        "pixels",
        steps_of(explain_conv2d((n, n, 3), k, f, stride=s, padding="same", language=w.language), SIZE),
        {"same_keeps_size": n, "rounded_down_same": n // s, "valid_formula": output_size(n, f, s)},
    )


def _image_that_stride_does_not_divide(rng):
    s = rng.choice((2, 3, 4))
    n = rng.choice([n for n in (*IMAGES, *MAPS, 75, 99, 149, 299) if n % s and n > 12])
    return n, rng.choice((3, 5, 7)), s, rng.choice(FILTERS)


@task("same_padding", 2)
def _same_padding_in_total(rng, w):
    n, f, s = rng.choice(_SAME_CASES)
    before, after = same_padding(n, f, s)
    return Task(
        w(
            f'Keras füllt ein Bild mit {n} × {n} Pixeln für eine Faltung mit `padding="same"`, '
            f"{f} × {f}-Filtern und Stride {s} auf. Wie viele Pixelzeilen kommen oben und unten zusammen "
            "hinzu?",
            f'For a convolution with `padding="same"`, {f} × {f} filters and stride {s}, Keras pads an '
            f"image of {n} × {n} pixels. How many rows of pixels are added at the top and the bottom "
            "together?",
        ),
        before + after,
        "pixels",
        _same_solution(w, n, f, s),
        {"one_side": before, "stride_one_padding": f - 1},
    )


@task("same_padding", 3)
def _same_padding_below(rng, w):
    n, f, s = rng.choice([case for case in _SAME_CASES if sum(same_padding(*case)) % 2])
    before, after = same_padding(n, f, s)
    return Task(
        w(
            f'Keras füllt ein Bild mit {n} × {n} Pixeln für eine Faltung mit `padding="same"`, '
            f"{f} × {f}-Filtern und Stride {s} auf. Wie viele Pixelzeilen kommen am unteren Rand hinzu?",
            f'For a convolution with `padding="same"`, {f} × {f} filters and stride {s}, Keras pads an '
            f"image of {n} × {n} pixels. How many rows of pixels are added at the bottom?",
        ),
        after,
        "pixels",
        _same_solution(w, n, f, s),
        {"padding_before": before, "both_sides_after": before + after, "stride_one_padding": (f - 1) // 2},
    )


_SAME_CASES = [
    (n, f, s)
    for n in (*IMAGES, 75, 99, 149, 299)
    for f in (4, 5, 6, 7, 8, 9, 11)
    for s in (2, 3, 4)
    if s < f and sum(same_padding(n, f, s)) > 1
]


def _same_solution(w, n, f, s):
    o, (before, after) = output_size(n, f, s, "same"), same_padding(n, f, s)
    return paragraphs(
        w(
            f"Die Ausgabe hat $\\lceil {n} / {s} \\rceil = {o}$ Zeilen. So viele Zeilen überdecken die "
            "Filter dabei:",
            f"The output has $\\lceil {n} / {s} \\rceil = {o}$ rows. The filters cover this many rows:",
        ),
        w.math(rf"({o} - 1) \cdot {s} + {f} = {(o - 1) * s + f}"),
        w(
            f"Das Bild hat nur {n}, es fehlen also {before + after}. Keras verteilt sie gleichmäßig: "
            f"{before} oben, {after} unten. Ist die Summe ungerade, kommt unten eine mehr hinzu.",
            f"The image has only {n}, so {before + after} are missing. Keras splits them evenly: {before} "
            f"at the top, {after} at the bottom. If the total is odd, the bottom gets one more.",
        ),
    )


# -- the padding that fits --------------------------------------------------------------------------


@task("keep_size", 1)
def _padding_that_keeps(rng, w):
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


@task("keep_size", 2)
def _padding_that_shrinks(rng, w):
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


@task("keep_size", 3)
def _kernel_that_keeps(rng, w):
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


# -- pooling ----------------------------------------------------------------------------------------


@task("pooling", 1)
def _halving_pool(rng, w):
    n, c, f = rng.choice((8, 14, 16, 24, 28, 32, 48, 56, 64, 96, 112)), rng.choice(WIDE), 2
    return _pool_task(rng, w, (n, n, c), f, f)


@task("pooling", 2)
def _overlapping_pool(rng, w):
    n, c = rng.choice([n for n in (*MAPS, *IMAGES) if n % 2 == 0 and n > 8]), rng.choice(WIDE)
    return _pool_task(rng, w, (n, n, c), 3, 2)


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


@task("pooling", 3)
def _convolution_then_pool(rng, w):
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


# -- receptive field --------------------------------------------------------------------------------


@task("receptive_field", 1)
def _field_of_convolutions(rng, w):
    layers = [(rng.choice((3, 5, 7)), 1, 1) for _ in range(rng.choice((2, 3)))]
    return _field_task(w, layers, {})


@task("receptive_field", 2)
def _field_with_strides(rng, w):
    layers = [
        (rng.choice((3, 5, 7, 11)), rng.choice((1, 2, 4)), 1),
        (rng.choice((2, 3)), 2, 1),
        (rng.choice((3, 5)), rng.choice((1, 2)), 1),
    ]
    own = 1 + sum((f - 1) * prod(s for _, s, _ in layers[: i + 1]) for i, (f, _, _) in enumerate(layers))
    return _field_task(w, layers, {"own_stride": own, "strides_ignored": _unstrided(layers)}, pool=1)


@task("receptive_field", 3)
def _field_with_dilation(rng, w):
    layers = [(rng.choice((3, 5)), rng.choice((1, 2)), 1)]
    layers += [(3, 1, rng.choice((2, 3, 4))), (3, 1, rng.choice((2, 4, 6, 8)))]
    undilated = receptive_field([layer[:2] for layer in layers])
    return _field_task(w, layers, {"dilation_ignored": undilated, "strides_ignored": _unstrided(layers)})


def _unstrided(layers):
    return receptive_field([(f, 1, d) for f, _, d in layers])


def _field_task(w, layers, mistakes, pool=None):
    """Ask for the receptive field of the layers; the one at index ``pool`` is a pooling."""
    answer = receptive_field(layers)
    listed = [_window(w, layer, is_pool=index == pool) for index, layer in enumerate(layers)]
    jumps = [prod(s for _, s, _ in layers[:index]) for index in range(len(layers))]
    spans = [f"({f} - 1)" if d == 1 else rf"{d} \cdot ({f} - 1)" for f, _, d in layers]
    steps = "d(f - 1)" if any(d > 1 for _, _, d in layers) else "f - 1"
    terms = [rf"&+ {span} \cdot {jump}" for span, jump in zip(spans, jumps, strict=True)]
    return Task(
        w("Ein Netz besteht aus diesen Schichten:", "A network consists of these layers:")
        + "\n\n"
        + "\n".join(f"{number}. {line}" for number, line in enumerate(listed, start=1))
        + "\n\n"
        + w(
            "Wie viele Pixel breit ist das rezeptive Feld eines Ausgabewerts, also der Ausschnitt der "
            "Eingabe, den er sieht?",
            "How many pixels wide is the receptive field of one output value, the part of the input that "
            "it sees?",
        ),
        answer,
        "pixels",
        paragraphs(
            w(
                f"Jede Schicht bringt ${steps}$ Schritte hinzu. Ein Schritt ist so viele Pixel lang wie "
                "das Produkt aller Strides davor:",
                f"Each layer adds ${steps}$ steps. A step is as many pixels long as the product of all "
                "strides before it:",
            ),
            w.math(f"1 {terms[0]}", *terms[1:], f"&= {answer}"),
        ),
        {
            **mistakes,
            "kernels_added": sum(f for f, _, _ in layers),
            "kernels_multiplied": prod(f for f, _, _ in layers),
            "last_layer_only": layers[-1][2] * (layers[-1][0] - 1) + 1,
        },
    )


def _window(w, layer, is_pool):
    f, s, d = layer
    kind = w("Max-Pooling", "max pooling") if is_pool else w("Faltung", "convolution")
    dilation = f", Dilation {d}" if d > 1 else ""
    return w(f"{kind} {f} × {f}, Stride {s}{dilation}", f"{kind} {f} × {f}, stride {s}{dilation.lower()}")


# -- working backwards ------------------------------------------------------------------------------


@task("reverse", 2)
def _which_stride(rng, w):
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


@task("reverse", 2)
def _how_many_layers(rng, w):
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


@task("reverse", 3)
def _which_input(rng, w):
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
