"""Sizes and padding with ``padding="same"``, as Keras pads."""

from cnncourse.arithmetic import output_size, same_padding
from cnncourse.drills.tasks import FILTERS, IMAGES, MAPS, SIZE, Task, Topic, paragraphs, steps_of
from cnncourse.worked import explain_conv2d

TOPIC = Topic("Same Padding", "Same padding", section="padding-stride#sec-same-stride")


@TOPIC.task(1)
def same_size(rng, w):
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


_SAME_CASES = [
    (n, f, s)
    for n in (*IMAGES, 75, 99, 149, 299)
    for f in (4, 5, 6, 7, 8, 9, 11)
    for s in (2, 3, 4)
    if s < f and sum(same_padding(n, f, s)) > 1
]
_UNEVEN_CASES = [case for case in _SAME_CASES if sum(same_padding(*case)) % 2]


@TOPIC.task(2)
def same_padding_in_total(rng, w):
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


@TOPIC.task(3)
def same_padding_below(rng, w):
    n, f, s = rng.choice(_UNEVEN_CASES)
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


TOPIC.reveals |= {
    "same_keeps_size": (
        "Same Padding lässt die Größe nur bei Stride 1 unverändert. Sonst ist die Ausgabe ⌈n/s⌉ groß.",
        "Same padding keeps the size at stride 1 only. Otherwise the output has size ⌈n/s⌉.",
    ),
    "rounded_down_same": (
        "Du hast abgerundet. Bei Same Padding wird n/s aufgerundet, weil der Rand aufgefüllt wird.",
        "You rounded down. With same padding, n/s is rounded up, because the border is filled.",
    ),
    "valid_formula": (
        "Du hast ohne Padding gerechnet (valid). Gefragt ist Same Padding.",
        "You calculated without padding (valid). The question is about same padding.",
    ),
    "one_side": (
        "Das ist nur eine Seite. Gefragt sind beide Seiten zusammen.",
        "That is one side only. The question asks for both sides together.",
    ),
    "both_sides_after": (
        "Das sind beide Seiten zusammen. Gefragt ist nur die untere.",
        "That is both sides together. The question asks for the bottom only.",
    ),
    "padding_before": (
        "Das kommt oben hinzu. Bei einer ungeraden Summe kommt unten ein Pixel mehr hinzu.",
        "That is what is added at the top. If the total is odd, the bottom gets one more.",
    ),
}
