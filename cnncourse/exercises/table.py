"""The exercises: their texts in German and English, what is right, and the typical wrong ideas.

Symbols as in :mod:`cnncourse.worked`: n input size, f kernel size, s stride, p padding, c input channels,
k filters, b batch size, o output size. Every wrong idea can be computed for every case that is drawn.
"""

from collections.abc import Callable
from itertools import accumulate
from math import ceil, exp, factorial, log, log10, prod, sqrt
from typing import NamedTuple

from cnncourse import arithmetic
from cnncourse.reveals import REVEALS


class Task(NamedTuple):
    """One function to write; pairs are German and English.

    Args:
        title: what it computes.
        task: what is given and what is wanted, Markdown.
        hints: two pairs, the second one nearly the solution.
        solution: the function, as a learner would write it.
        right: computes what is right.
        draw: draws the arguments of one case from a random generator.
        examples: arguments of cases that come first.
        mistakes: what a wrong idea computes, by the pair that names the idea.
    """

    title: tuple
    task: tuple
    hints: tuple
    solution: str
    right: Callable
    draw: Callable
    examples: tuple
    mistakes: dict


# -- what is right where the package has no formula without NumPy ----------------------------------


def windows(x, f, s=1):
    """All windows of ``f`` numbers that fit, ``s`` apart."""
    return [x[start : start + f] for start in range(0, len(x) - f + 1, s)]


def weighted(window, w):
    """The sum of the products."""
    return sum(each * weight for each, weight in zip(window, w, strict=True))


def collected(w, g):
    """What each pixel of a row gets back: gradient times weight, from all windows it lies in."""
    back = [0] * (len(g) + len(w) - 1)
    for i, gradient in enumerate(g):
        for j, weight in enumerate(w):
            back[i + j] += gradient * weight
    return back


def overwritten(w, g):
    """The same, but only the last window counts."""
    back = [0] * (len(g) + len(w) - 1)
    for i, gradient in enumerate(g):
        back[i : i + len(w)] = [gradient * weight for weight in w]
    return back


def survivors(x, rate, u, scale):
    """What dropout keeps, times ``scale``, and zeros in the other places."""
    return [0 if chance < rate else each * scale for each, chance in zip(x, u, strict=True)]


def sigmoid(z):
    return 1 / (1 + exp(-z))


def slope(z):
    """The derivative of the sigmoid."""
    return sigmoid(z) * (1 - sigmoid(z))


def mean(x):
    return sum(x) / len(x)


def spread(x, count=None):
    """The variance; ``count`` to divide by another number than that of the values."""
    return sum((each - mean(x)) ** 2 for each in x) / (count or len(x))


def normalized(x, gamma, beta, divisor, center=None):
    """Each value minus the mean, over the divisor, then scaled and shifted."""
    center = mean(x) if center is None else center
    return [gamma * (each - center) / divisor + beta for each in x]


def size_after(n, layers):
    """The size after all layers ``(f, s, p)``."""
    for f, s, p in layers:
        n = arithmetic.output_size(n, f, s, p)
    return n


def field(layers, jumps):
    """The receptive field, where each layer's kernel counts so much per pixel."""
    return 1 + sum((f - 1) * jump for (f, _), jump in zip(layers, jumps, strict=True))


def unrounded(n, layers):
    """The size after all layers, with fractions of a window."""
    for f, s, p in layers:
        n = (n + 2 * p - f) / s + 1
    return n


def places(n, f, s):
    return arithmetic.output_size(n, f, s)


def missing(n, f, s):
    """The padding that "same" needs in total."""
    return sum(arithmetic.same_padding(n, f, s))


def halves(total):
    return total // 2, total - total // 2


def strides_before(layers):
    return [prod(s for _, s in layers[:place]) for place in range(len(layers))]


# -- drawing ---------------------------------------------------------------------------------------


def draw_window(rng):
    f = rng.randint(1, 11)
    return rng.randint(f, 227), f, rng.randint(1, 4), rng.randint(0, f // 2)


def draw_row(rng, least=4, most=9):
    return [rng.randint(-5, 9) for _ in range(rng.randint(least, most))]


def draw_weights(rng):
    return [rng.randint(-3, 3) for _ in range(rng.randint(2, 4))]


def draw_reals(rng, count):
    return [rng.randint(-40, 80) / 10 for _ in range(count)]


def draw_dropout(rng):
    count = rng.randint(3, 7)
    chances = [rng.randrange(100) / 100 + 0.005 for _ in range(count)]
    return draw_reals(rng, count), rng.randint(1, 8) / 10, [round(chance, 3) for chance in chances]


def draw_batch(rng):
    x = draw_reals(rng, rng.randint(3, 6))
    x[0] = max(x) + 1  # never all the same
    return x, rng.randint(1, 30) / 10, rng.randint(-20, 20) / 10, rng.choice((0.001, 0.01, 0.1))


def draw_layers(rng):
    return ([(rng.randint(1, 7), rng.randint(1, 3)) for _ in range(rng.randint(1, 5))],)


def draw_network(rng):
    layers = [(rng.choice((2, 3, 5, 7)), rng.randint(1, 2), 0) for _ in range(rng.randint(2, 4))]
    layers = [(f, s, rng.randint(0, f // 2)) for f, s, _ in layers]
    return rng.randint(120, 227), layers, rng.choice((6, 16, 32, 64, 256))


# -- the table -------------------------------------------------------------------------------------

TABLE = {
    "output_size": Task(
        ("Ausgabegröße", "Output size"),
        (
            "Ein Fenster mit `f` Pixeln rückt je Schritt `s` Pixel über `n` Pixel weiter; auf jeder Seite "
            "kommen `p` Pixel Padding dazu. An wie vielen Stellen hat es Platz?",
            "A window of `f` pixels moves over `n` pixels, `s` pixels a step; each side gets `p` pixels of "
            "padding. In how many places does it fit?",
        ),
        (
            (
                "Zähle die Schritte vom ersten bis zum letzten Fenster, das noch ganz hineinpasst. Und es "
                "gibt eine Stelle mehr als Schritte.",
                "Count the steps from the first window to the last one that still fits. And there is one "
                "more place than there are steps.",
            ),
            (
                "Mit Padding sind es `n + 2 * p` Pixel. Das Fenster kann `n + 2 * p - f` Pixel weit rücken, "
                "in Schritten von `s`. `//` teilt und rundet ab.",
                "With the padding there are `n + 2 * p` pixels. The window can move `n + 2 * p - f` pixels, "
                "in steps of `s`. `//` divides and rounds down.",
            ),
        ),
        "def output_size(n, f, s, p):\n    return (n + 2 * p - f) // s + 1\n",
        lambda n, f, s, p: arithmetic.output_size(n, f, s, p),
        draw_window,
        ((227, 11, 4, 0), (8, 3, 1, 1)),
        {
            (
                "Nicht abgerundet: Ein halbes Fenster zählt nicht.",
                "Not rounded down: half a window does not count.",
            ): lambda n, f, s, p: (n + 2 * p - f) / s + 1,
            REVEALS["no_plus_one"]: lambda n, f, s, p: (n + 2 * p - f) // s,
            (
                "Aufgerundet: Ein Fenster, das übersteht, gibt es nicht.",
                "Rounded up: a window that sticks out does not exist.",
            ): lambda n, f, s, p: ceil((n + 2 * p - f) / s) + 1,
            (
                "Gerundet statt abgerundet: Ein halbes Fenster zählt nie.",
                "Rounded, not rounded down: half a window never counts.",
            ): lambda n, f, s, p: round((n + 2 * p - f) / s) + 1,
            REVEALS["padding_once"]: lambda n, f, s, p: (n + p - f) // s + 1,
            REVEALS["padding_ignored"]: lambda n, f, s, p: (n - f) // s + 1,
            REVEALS["stride_ignored"]: lambda n, f, s, p: n + 2 * p - f + 1,
            (
                "Die + 1 gehört hinter das Teilen: Sie zählt eine Stelle, keinen Pixel.",
                "The + 1 belongs after the division: it counts a place, not a pixel.",
            ): lambda n, f, s, p: (n + 2 * p - f + 1) // s,
        },
    ),
    "same_padding": Task(
        ("Padding für „same“", "Padding for “same”"),
        (
            'Keras\' `padding="same"` macht aus `n` Pixeln ⌈n / s⌉ Ausgaben. Wie viele Pixel kommen dafür '
            "vor die Zeile, wie viele dahinter? Gib beide Zahlen zurück: `(davor, dahinter)`.",
            'Keras\' `padding="same"` turns `n` pixels into ⌈n / s⌉ outputs. How many pixels go before the '
            "row for that, and how many after it? Return both numbers: `(before, after)`.",
        ),
        (
            (
                "Rechne rückwärts: Wie viele Pixel brauchen ⌈n / s⌉ Fenster? Was fehlt, ist Padding.",
                "Go backwards: how many pixels do ⌈n / s⌉ windows need? What is missing is padding.",
            ),
            (
                "`-(-n // s)` rundet auf. Das Padding ist insgesamt `(o - 1) * s + f - n`, aber nie "
                "negativ; ein überzähliger Pixel kommt dahinter.",
                "`-(-n // s)` rounds up. The padding is `(o - 1) * s + f - n` in total, but never negative; "
                "an odd pixel goes after the row.",
            ),
        ),
        "def same_padding(n, f, s):\n"
        "    o = -(-n // s)\n"
        "    total = max((o - 1) * s + f - n, 0)\n"
        "    return total // 2, total - total // 2\n",
        lambda n, f, s: arithmetic.same_padding(n, f, s),
        lambda rng: (rng.randint(7, 64), rng.randint(1, 7), rng.randint(1, 4)),
        ((5, 3, 1), (8, 3, 2), (224, 7, 2)),
        {
            REVEALS["stride_one_padding"]: lambda n, f, s: ((f - 1) // 2, f - 1 - (f - 1) // 2),
            (
                "Auf beiden Seiten gleich viel: Ist das Padding insgesamt ungerade, bekommt das Ende "
                "einen mehr.",
                "The same on both sides: where the total is odd, the end gets one more.",
            ): lambda n, f, s: (missing(n, f, s) // 2,) * 2,
            (
                "Halbe Pixel gibt es nicht: Ist das Padding insgesamt ungerade, bekommt das Ende einen mehr.",
                "There are no half pixels: where the total is odd, the end gets one more.",
            ): lambda n, f, s: (missing(n, f, s) / 2,) * 2,
            (
                "Der überzählige Pixel kommt ans Ende, nicht an den Anfang.",
                "The odd pixel goes to the end, not to the beginning.",
            ): lambda n, f, s: (missing(n, f, s) - missing(n, f, s) // 2, missing(n, f, s) // 2),
            (
                "Ein Padding ist nie negativ: Ist der Stride größer als das Fenster, fehlt nichts.",
                "Padding is never negative: where the stride exceeds the window, nothing is missing.",
            ): lambda n, f, s: halves((-(-n // s) - 1) * s + f - n),
            (
                "Abgerundet: Bei „same“ sind es ⌈n / s⌉ Ausgaben, aufgerundet.",
                "Rounded down: “same” has ⌈n / s⌉ outputs, rounded up.",
            ): lambda n, f, s: halves(max((n // s - 1) * s + f - n, 0)),
        },
    ),
    "conv_parameters": Task(
        ("Parameter einer Faltung", "Parameters of a convolution"),
        (
            "Eine Faltung hat `k` Filter mit `f` × `f` Pixeln und liest `c` Kanäle; jeder Filter hat einen "
            "Bias. Wie viele Parameter sind das?",
            "A convolution has `k` filters of `f` × `f` pixels and reads `c` channels; each filter has a "
            "bias. How many parameters is that?",
        ),
        (
            ("Wie viele Zahlen enthält ein einzelner Filter?", "How many numbers does a single filter hold?"),
            (
                "Ein Filter hat `f * f * c` Gewichte und einen Bias. Davon gibt es `k`.",
                "A filter has `f * f * c` weights and one bias. There are `k` of them.",
            ),
        ),
        "def conv_parameters(f, c, k):\n    return k * (f * f * c + 1)\n",
        lambda f, c, k: arithmetic.conv2d_parameters(c, k, f),
        lambda rng: (rng.randint(1, 11), rng.randint(1, 512), rng.randint(2, 512)),
        ((11, 3, 96), (5, 1, 6)),
        {
            REVEALS["no_bias"]: lambda f, c, k: k * f * f * c,
            REVEALS["channels_forgotten"]: lambda f, c, k: k * (f * f + 1),
            REVEALS["side_once"]: lambda f, c, k: k * (f * c + 1),
            (
                "Nur ein Bias für alle: Jeder Filter hat seinen eigenen.",
                "One bias for all: every filter has its own.",
            ): lambda f, c, k: k * f * f * c + 1,
            (
                "Ein Bias für jeden Kanal: Ein Filter hat nur einen, denn alle Kanäle landen in einer Summe.",
                "A bias for each channel: a filter has only one, as all channels end in one sum.",
            ): lambda f, c, k: k * c * (f * f + 1),
        },
    ),
    "memory_bytes": Task(
        ("Speicher der Aktivierungen", "Memory of the activations"),
        (
            "Eine Schicht gibt je Bild `o` × `o` × `k` Zahlen aus, jede mit `bits` Bit. Wie viele **Byte** "
            "belegt das für einen Batch von `b` Bildern?",
            "A layer gives `o` × `o` × `k` numbers for each image, each of `bits` bits. How many **bytes** "
            "does that take for a batch of `b` images?",
        ),
        (
            (
                "Zähle erst die Zahlen im ganzen Batch. Wie viele Byte hat eine davon?",
                "Count the numbers in the whole batch first. How many bytes does one of them take?",
            ),
            (
                "Es sind `b * o * o * k` Zahlen, und 8 Bit sind ein Byte.",
                "There are `b * o * o * k` numbers, and 8 bits are one byte.",
            ),
        ),
        "def memory_bytes(b, o, k, bits):\n    return b * o * o * k * bits // 8\n",
        lambda b, o, k, bits: arithmetic.activation_bytes((o, o, k), b, f"int{bits}"),
        lambda rng: (
            rng.randint(2, 256),
            rng.randint(2, 112),
            rng.randint(2, 512),
            rng.choice((8, 16, 32, 64)),
        ),
        ((1, 55, 96, 32), (16, 55, 96, 32)),
        {
            REVEALS["bits"]: lambda b, o, k, bits: b * o * o * k * bits,
            (
                "Der Batch fehlt: Jedes Bild hat seine eigenen Aktivierungen.",
                "The batch is missing: every image has activations of its own.",
            ): lambda b, o, k, bits: o * o * k * bits // 8,
            REVEALS["count_for_bytes"]: lambda b, o, k, bits: b * o * o * k,
            (
                "Nur eine Kante gezählt: Die Ausgabe hat Höhe mal Breite Stellen.",
                "Only one side counted: the output has height times width places.",
            ): lambda b, o, k, bits: b * o * k * bits // 8,
            (
                "Das sind kB. Gefragt ist nach Byte.",
                "Those are kB. The question is about bytes.",
            ): lambda b, o, k, bits: b * o * o * k * bits / 8000,
        },
    ),
    "macs": Task(
        ("MACs einer Faltung", "MACs of a convolution"),
        (
            "Eine Faltung mit `k` Filtern, `f` × `f` Pixeln, Stride `s` und ohne Padding liest ein Bild mit "
            "`n` × `n` Pixeln und `c` Kanälen. Wie viele MACs sind das?",
            "A convolution of `k` filters, `f` × `f` pixels, stride `s` and no padding reads an image of "
            "`n` × `n` pixels and `c` channels. How many MACs is that?",
        ),
        (
            (
                "Wie viele Zahlen gibt die Schicht aus, und wie viele Produkte stecken in jeder?",
                "How many numbers does the layer give, and how many products are in each?",
            ),
            (
                "Mit der Ausgabegröße `o` sind es `o * o * k` Zahlen, jede eine Summe aus `f * f * c` "
                "Produkten.",
                "With the output size `o` there are `o * o * k` numbers, each a sum of `f * f * c` products.",
            ),
        ),
        "def macs(n, f, s, c, k):\n    o = (n - f) // s + 1\n    return o * o * k * f * f * c\n",
        lambda n, f, s, c, k: arithmetic.conv2d_macs((n, n, c), k, f, stride=s),
        lambda rng: (
            rng.randint(12, 227),
            rng.randint(2, 11),
            rng.randint(1, 4),
            rng.randint(2, 256),
            rng.randint(2, 256),
        ),
        ((227, 11, 4, 3, 96), (7, 3, 1, 3, 4)),
        {
            REVEALS["flops_for_macs"]: lambda n, f, s, c, k: 2 * places(n, f, s) ** 2 * k * f * f * c,
            REVEALS["bias_counted"]: lambda n, f, s, c, k: places(n, f, s) ** 2 * k * (f * f * c + 1),
            REVEALS["channels_forgotten"]: lambda n, f, s, c, k: places(n, f, s) ** 2 * k * f * f,
            (
                "Eine Summe statt eines Produkts: **Jede** Ausgabe kostet f · f · c MACs.",
                "A sum in place of a product: **every** output costs f · f · c MACs.",
            ): lambda n, f, s, c, k: (f * f * c + places(n, f, s) ** 2) * k,
            (
                "Mit den Pixeln der Eingabe gerechnet: Es zählen die Stellen der Ausgabe.",
                "Counted with the pixels of the input: what counts are the places of the output.",
            ): lambda n, f, s, c, k: n * n * k * f * f * c,
            REVEALS["stride_ignored"]: lambda n, f, s, c, k: (n - f + 1) ** 2 * k * f * f * c,
            (
                "Die Filter fehlen: Jeder gibt einen Kanal aus, und jeder kostet gleich viel.",
                "The filters are missing: each gives a channel, and each costs the same.",
            ): lambda n, f, s, c, k: places(n, f, s) ** 2 * f * f * c,
        },
    ),
    "convolve_row": Task(
        ("Eine Zeile falten", "Convolve a row"),
        (
            "Der Kernel `w` rückt Pixel für Pixel über die Zeile `x`, ohne Padding. Gib die Liste der "
            "Ausgaben zurück: für jede Stelle die Summe der Produkte.",
            "The kernel `w` moves over the row `x`, pixel by pixel, without padding. Return the list of the "
            "outputs: for each place the sum of the products.",
        ),
        (
            (
                "Es gibt `len(x) - len(w) + 1` Stellen. An Stelle `i` liegt das Gewicht `w[j]` auf dem "
                "Pixel `x[i + j]`.",
                "There are `len(x) - len(w) + 1` places. In place `i`, the weight `w[j]` lies on the pixel "
                "`x[i + j]`.",
            ),
            (
                "Fang mit einer leeren Liste an. Bilde für jedes `i` die Summe aller `x[i + j] * w[j]`, und "
                "häng sie mit `append` an.",
                "Start with an empty list. For each `i`, take the sum of all `x[i + j] * w[j]` and `append` "
                "it.",
            ),
        ),
        "def convolve_row(x, w):\n"
        "    y = []\n"
        "    for i in range(len(x) - len(w) + 1):\n"
        "        total = 0\n"
        "        for j in range(len(w)):\n"
        "            total += x[i + j] * w[j]\n"
        "        y.append(total)\n"
        "    return y\n",
        lambda x, w: [weighted(window, w) for window in windows(x, len(w))],
        lambda rng: (draw_row(rng), draw_weights(rng)),
        (([0, 0, 9, 9], [-1, 1]), ([1, 2, 3, 4, 5], [1, 0, -1])),
        {
            (
                "Der Kernel ist umgedreht: In einem Netz bleibt er, wie er ist.",
                "The kernel is flipped: in a network it stays as it is.",
            ): lambda x, w: [weighted(window, w[::-1]) for window in windows(x, len(w))],
            (
                "Eine Stelle fehlt am Ende: `range(n)` hört vor `n` auf, und es gibt len(x) − len(w) + 1 "
                "Stellen.",
                "The last place is missing: `range(n)` stops before `n`, and there are len(x) − len(w) + 1 "
                "places.",
            ): lambda x, w: [weighted(window, w) for window in windows(x, len(w))][:-1],
            (
                "Zu viele Stellen: Am Ende steht das Fenster über.",
                "Too many places: at the end the window sticks out.",
            ): lambda x, w: [weighted(window, w) for window in windows(x + [0] * (len(w) - 1), len(w))],
            (
                "Die Gewichte fehlen: Gesucht ist die Summe der Produkte, nicht der Pixel.",
                "The weights are missing: an output is the sum of the products, not of the pixels.",
            ): lambda x, w: [sum(window) for window in windows(x, len(w))],
            (
                "Nicht addiert: Aus einem Fenster wird **eine** Zahl.",
                "Not added: a window becomes **one** number.",
            ): lambda x, w: [
                [each * weight for each, weight in zip(window, w, strict=True)]
                for window in windows(x, len(w))
            ],
            (
                "Die Summe beginnt nicht neu: Jede Stelle fängt wieder bei 0 an.",
                "The sum does not start again: each place begins with 0.",
            ): lambda x, w: list(accumulate(weighted(window, w) for window in windows(x, len(w)))),
        },
    ),
    "max_pool_row": Task(
        ("Max-Pooling in einer Zeile", "Max pooling of a row"),
        (
            "Ein Fenster mit `f` Pixeln rückt je Schritt `s` Pixel über die Zeile `x`. Gib die Liste der "
            "Maxima zurück; was am Ende nicht in ein ganzes Fenster passt, fällt weg.",
            "A window of `f` pixels moves over the row `x`, `s` pixels a step. Return the list of the "
            "maxima; what does not fill a window at the end is dropped.",
        ),
        (
            (
                "Das Fenster, das bei Pixel `i` anfängt, ist `x[i : i + f]`.",
                "The window that begins at pixel `i` is `x[i : i + f]`.",
            ),
            (
                "`range(0, len(x) - f + 1, s)` zählt die Anfänge auf.",
                "`range(0, len(x) - f + 1, s)` lists the beginnings.",
            ),
        ),
        "def max_pool_row(x, f, s):\n    return [max(x[i : i + f]) for i in range(0, len(x) - f + 1, s)]\n",
        lambda x, f, s: [max(window) for window in windows(x, f, s)],
        lambda rng: (draw_row(rng, least=5, most=10), rng.randint(2, 4), rng.randint(1, 4)),
        (([1, 3, 5, 2], 2, 2), ([1, 3, 5, 2, 4], 3, 1)),
        {
            (
                "Am Ende bleibt ein Rest: Ein Fenster, das nicht voll ist, zählt nicht.",
                "A remainder is left at the end: a window that is not full does not count.",
            ): lambda x, f, s: [max(x[start : start + f]) for start in range(0, len(x), s)],
            REVEALS["stride_ignored"]: lambda x, f, s: [max(window) for window in windows(x, f)],
            (
                "Um die Fensterbreite weitergerückt statt um den Stride.",
                "Moved by the width of the window, not by the stride.",
            ): lambda x, f, s: [max(window) for window in windows(x, f, f)],
            (
                "Das ist der Mittelwert, also Average-Pooling.",
                "That is the mean, which is average pooling.",
            ): lambda x, f, s: [mean(window) for window in windows(x, f, s)],
            (
                "Eine Stelle fehlt am Ende: `range` hört **vor** seinem Ende auf.",
                "The last place is missing: `range` stops **before** its end.",
            ): lambda x, f, s: [max(x[start : start + f]) for start in range(0, len(x) - f, s)],
        },
    ),
    "dropout": Task(
        ("Dropout im Training", "Dropout in training"),
        (
            "Zu jeder Zahl in `x` ist in `u` eine Zufallszahl zwischen 0 und 1 gewürfelt. Ist sie kleiner "
            "als `rate`, fällt die Zahl aus und wird 0; sonst bleibt sie, so vergrößert, dass der "
            "Erwartungswert stimmt. Gib die neue Liste zurück.",
            "For each number in `x`, `u` holds a random number between 0 and 1. If it is less than `rate`, "
            "the number is dropped and becomes 0; otherwise it stays, enlarged so that the expected value "
            "is right. Return the new list.",
        ),
        (
            (
                "Mit welcher Wahrscheinlichkeit bleibt eine Zahl? Durch sie wird geteilt.",
                "With which probability does a number stay? Divide by it.",
            ),
            (
                "`for xi, ui in zip(x, u)` geht beide Listen gemeinsam durch. Was bleibt, ist `xi / (1 - "
                "rate)`.",
                "`for xi, ui in zip(x, u)` goes through both lists together. What stays is `xi / (1 - "
                "rate)`.",
            ),
        ),
        "def dropout(x, rate, u):\n"
        "    return [0 if ui < rate else xi / (1 - rate) for xi, ui in zip(x, u)]\n",
        lambda x, rate, u: survivors(x, rate, u, 1 / (1 - rate)),
        draw_dropout,
        (([1, 1, 1, 1], 0.5, [0.7, 0.2, 0.9, 0.4]),),
        {
            (
                "Nicht geteilt: Ohne 1 / (1 − rate) schrumpft der Erwartungswert.",
                "Not divided: without 1 / (1 − rate) the expected value shrinks.",
            ): lambda x, rate, u: survivors(x, rate, u, 1),
            (
                "Durch die Rate geteilt: Es bleibt aber der Anteil 1 − rate.",
                "Divided by the rate: but what stays is the share 1 − rate.",
            ): lambda x, rate, u: survivors(x, rate, u, 1 / rate),
            (
                "Mit 1 − rate multipliziert statt dadurch geteilt.",
                "Multiplied by 1 − rate, not divided by it.",
            ): lambda x, rate, u: survivors(x, rate, u, 1 - rate),
            (
                "Vertauscht: Eine Zahl fällt aus, wenn `u` **kleiner** ist als die Rate.",
                "The wrong way round: a number is dropped if `u` is **less** than the rate.",
            ): lambda x, rate, u: [
                each / (1 - rate) if chance < rate else 0 for each, chance in zip(x, u, strict=True)
            ],
            (
                "Weggelassen statt auf 0 gesetzt: Die Liste bleibt so lang, wie sie ist.",
                "Left out, not set to 0: the list keeps its length.",
            ): lambda x, rate, u: [
                each / (1 - rate) for each, chance in zip(x, u, strict=True) if chance >= rate
            ],
        },
    ),
    "batch_norm": Task(
        ("Batch Normalization für einen Kanal", "Batch normalization of a channel"),
        (
            "`x` sind alle Werte eines Kanals im Batch. Normalisiere sie mit ihrem Mittelwert und ihrer "
            "Varianz, und nimm dabei `eps` gegen das Teilen durch null. Dann skaliere mit `gamma` und "
            "verschiebe um `beta`.",
            "`x` are all values of one channel in the batch. Normalize them by their mean and variance, "
            "with `eps` against a division by zero. Then scale by `gamma` and shift by `beta`.",
        ),
        (
            (
                "Rechne erst Mittelwert und Varianz aus. Die Varianz ist der Mittelwert der quadrierten "
                "Abstände.",
                "Compute mean and variance first. The variance is the mean of the squared distances.",
            ),
            (
                "Geteilt wird durch `(var + eps) ** 0.5`: `eps` steht unter der Wurzel.",
                "The divisor is `(var + eps) ** 0.5`: `eps` is under the root.",
            ),
        ),
        "def batch_norm(x, gamma, beta, eps):\n"
        "    mu = sum(x) / len(x)\n"
        "    var = sum((xi - mu) ** 2 for xi in x) / len(x)\n"
        "    return [gamma * (xi - mu) / (var + eps) ** 0.5 + beta for xi in x]\n",
        lambda x, gamma, beta, eps: normalized(x, gamma, beta, sqrt(spread(x) + eps)),
        draw_batch,
        (([2, 4, 4, 6], 3, 1, 0.001), ([2, 4, 4, 6], 1, 0, 0.1)),
        {
            (
                "Die Varianz durch n − 1 geteilt: Hier wird durch n geteilt.",
                "The variance divided by n − 1: here it is divided by n.",
            ): lambda x, gamma, beta, eps: normalized(x, gamma, beta, sqrt(spread(x, len(x) - 1) + eps)),
            (
                "`eps` steht unter der Wurzel, nicht daneben.",
                "`eps` is under the root, not beside it.",
            ): lambda x, gamma, beta, eps: normalized(x, gamma, beta, sqrt(spread(x)) + eps),
            (
                "Die Wurzel fehlt: Geteilt wird durch die Standardabweichung, nicht durch die Varianz.",
                "The root is missing: the divisor is the standard deviation, not the variance.",
            ): lambda x, gamma, beta, eps: normalized(x, gamma, beta, spread(x) + eps),
            (
                "`eps` fehlt.",
                "`eps` is missing.",
            ): lambda x, gamma, beta, eps: normalized(x, gamma, beta, sqrt(spread(x))),
            (
                "`gamma` und `beta` sind vertauscht.",
                "`gamma` and `beta` are swapped.",
            ): lambda x, gamma, beta, eps: normalized(x, beta, gamma, sqrt(spread(x) + eps)),
            (
                "Der Mittelwert ist nicht abgezogen.",
                "The mean is not subtracted.",
            ): lambda x, gamma, beta, eps: normalized(x, gamma, beta, sqrt(spread(x) + eps), center=0),
            (
                "Erst skalieren, dann verschieben: `gamma` multipliziert `beta` nicht mit.",
                "Scale first, then shift: `gamma` does not multiply `beta`.",
            ): lambda x, gamma, beta, eps: normalized(x, gamma, gamma * beta, sqrt(spread(x) + eps)),
            (
                "Skalieren und Verschieben fehlen: Am Ende steht `gamma * … + beta`.",
                "Scaling and shifting are missing: the last step is `gamma * … + beta`.",
            ): lambda x, gamma, beta, eps: normalized(x, 1, 0, sqrt(spread(x) + eps)),
        },
    ),
    "convolve_row_backward": Task(
        ("Rückwärts durch eine Faltung", "Back through a convolution"),
        (
            "Der Kernel `w` hat aus einer Zeile Pixel die Ausgaben gemacht, ohne Padding und mit Stride 1. "
            "Von hinten kommen die Gradienten `g` nach diesen Ausgaben. Gib die Liste der Gradienten nach "
            "den Pixeln zurück.",
            "The kernel `w` has turned a row of pixels into the outputs, without padding and with stride 1. "
            "From behind come `g`, the gradients with respect to these outputs. Return the list of the "
            "gradients with respect to the pixels.",
        ),
        (
            (
                "Es gibt `len(g) + len(w) - 1` Pixel. In Ausgabe `i` wurde der Pixel `i + j` mit `w[j]` "
                "multipliziert.",
                "There are `len(g) + len(w) - 1` pixels. In output `i`, the pixel `i + j` was multiplied by "
                "`w[j]`.",
            ),
            (
                "Fang mit lauter Nullen an, und addiere für jedes `i` und jedes `j` das Produkt "
                "`g[i] * w[j]` beim Pixel `i + j`.",
                "Start with zeros only. For each `i` and each `j`, add the product `g[i] * w[j]` to pixel "
                "`i + j`.",
            ),
        ),
        "def convolve_row_backward(w, g):\n"
        "    back = [0] * (len(g) + len(w) - 1)\n"
        "    for i in range(len(g)):\n"
        "        for j in range(len(w)):\n"
        "            back[i + j] += g[i] * w[j]\n"
        "    return back\n",
        collected,
        lambda rng: (draw_weights(rng), draw_row(rng, 2, 6)),
        (([2, -1], [1, 10]), ([1, 2, 3], [1, 0, 0])),
        {
            (
                "Überschrieben statt addiert: Ein Pixel sammelt von allen Fenstern, in denen er liegt.",
                "Overwritten, not added: a pixel collects from all windows it lies in.",
            ): overwritten,
            (
                "Der Kernel ist umgedreht: Das letzte Gewicht gehört zum letzten Pixel des Fensters.",
                "The kernel is flipped: the last weight belongs to the last pixel of the window.",
            ): lambda w, g: collected(w[::-1], g),
            (
                "Zu wenige Pixel: Auch die letzten liegen in einem Fenster.",
                "Too few pixels: the last ones lie in a window, too.",
            ): lambda w, g: collected(w, g)[: len(g)],
            (
                "Das ist wieder die Faltung: Rückwärts werden es mehr Zahlen, nicht weniger.",
                "This is the convolution again: on the way back the numbers become more, not fewer.",
            ): lambda w, g: [weighted(window, w) for window in windows(g, len(w))],
            (
                "Die Gewichte fehlen: Ein Pixel wirkt so stark, wie sein Gewicht groß ist.",
                "The weights are missing: a pixel's effect is as large as its weight.",
            ): lambda w, g: collected([1] * len(w), g),
        },
    ),
    "sigmoid_backward": Task(
        ("Ein Schritt rückwärts durch Sigmoid", "One step back through a sigmoid"),
        (
            "Ein Neuron rechnet `z = w * a` und gibt σ(z) weiter. Von hinten kommt der Gradient `g` nach "
            "σ(z) an. Welcher Gradient nach `a` geht weiter nach vorn? Für `exp` schreib `from math import "
            "exp` darüber.",
            "A neuron computes `z = w * a` and passes σ(z) on. From behind comes `g`, the gradient with "
            "respect to σ(z). Which gradient with respect to `a` goes on to the front? For `exp`, write "
            "`from math import exp` above.",
        ),
        (
            (
                "Kettenregel: Multipliziere mit der Ableitung von σ an der Stelle `z`, dann mit der von `w "
                "* a` nach `a`.",
                "The chain rule: multiply by the derivative of σ at `z`, then by that of `w * a` with "
                "respect to `a`.",
            ),
            (
                "Mit `s = 1 / (1 + exp(-z))` ist σ′(z) gleich `s * (1 - s)`. Dazu kommt der Faktor `w`.",
                "With `s = 1 / (1 + exp(-z))`, σ′(z) is `s * (1 - s)`. Then there is the factor `w`.",
            ),
        ),
        "from math import exp\n"
        "\n\n"
        "def sigmoid_backward(g, w, z):\n"
        "    s = 1 / (1 + exp(-z))\n"
        "    return g * w * s * (1 - s)\n",
        lambda g, w, z: g * w * slope(z),
        lambda rng: (rng.randint(1, 20) / 10, rng.randint(5, 50) / 10, rng.randint(-40, 40) / 10),
        ((1, 1, 1), (1, 4, 0)),
        {
            (
                "Das Gewicht fehlt: Die Ableitung von w · a nach a ist w.",
                "The weight is missing: the derivative of w · a with respect to a is w.",
            ): lambda g, w, z: g * slope(z),
            (
                "Der Gradient von hinten fehlt.",
                "The gradient from behind is missing.",
            ): lambda g, w, z: w * slope(z),
            (
                "Sigmoid selbst statt ihrer Ableitung: σ′(z) = σ(z) · (1 − σ(z)).",
                "The sigmoid itself, not its derivative: σ′(z) = σ(z) · (1 − σ(z)).",
            ): lambda g, w, z: g * w * sigmoid(z),
            (
                "`z` eingesetzt, wo σ(z) hingehört: σ′(z) = σ(z) · (1 − σ(z)).",
                "`z` put where σ(z) belongs: σ′(z) = σ(z) · (1 − σ(z)).",
            ): lambda g, w, z: g * w * z * (1 - z),
            (
                "Nur der Faktor 1 − σ(z): Es fehlt σ(z) selbst.",
                "Only the factor 1 − σ(z): σ(z) itself is missing.",
            ): lambda g, w, z: g * w * (1 - sigmoid(z)),
            (
                "Mit dem größten Wert gerechnet: ¼ ist σ′ nur bei z = 0.",
                "Computed with the largest value: σ′ is ¼ only at z = 0.",
            ): lambda g, w, z: g * w / 4,
            (
                "Das Vorzeichen ist falsch: σ′(z) = σ(z) · (1 − σ(z)) ist nie negativ.",
                "The sign is wrong: σ′(z) = σ(z) · (1 − σ(z)) is never negative.",
            ): lambda g, w, z: -g * w * slope(z),
        },
    ),
    "cross_entropy": Task(
        ("Der Verlust", "The loss"),
        (
            "`p` ist eine Liste: für jedes Bild die Wahrscheinlichkeit, die das Netz der **richtigen** "
            "Klasse gibt. Gib die Kreuzentropie zurück, im Mittel über die Bilder. Für `log` schreib `from "
            "math import log` darüber.",
            "`p` is a list: for each image the probability that the network gives to the **right** class. "
            "Return the cross-entropy, averaged over the images. For `log`, write `from math import log` "
            "above.",
        ),
        (
            (
                "Ein Bild kostet −ln p. `log` ist der natürliche Logarithmus.",
                "An image costs −ln p. `log` is the natural logarithm.",
            ),
            (
                "Addiere `-log(pi)` für jedes `pi` in `p`, und teile durch `len(p)`.",
                "Add up `-log(pi)` for each `pi` in `p`, and divide by `len(p)`.",
            ),
        ),
        "from math import log\n\n\ndef cross_entropy(p):\n    return sum(-log(pi) for pi in p) / len(p)\n",
        lambda p: mean([-log(each) for each in p]),
        lambda rng: ([rng.randint(1, 98) / 100 for _ in range(rng.randint(2, 6))],),
        (([0.5, 0.5, 0.5, 0.1],), ([0.9, 0.9, 0.9, 0.01],)),
        {
            (
                "Nicht gemittelt: Die Summe wird durch die Zahl der Bilder geteilt.",
                "Not averaged: the sum is divided by the number of images.",
            ): lambda p: sum(-log(each) for each in p),
            (
                "Das Minus fehlt: Der Logarithmus einer Wahrscheinlichkeit ist negativ, der Verlust positiv.",
                "The minus is missing: the logarithm of a probability is negative, the loss is positive.",
            ): lambda p: mean([log(each) for each in p]),
            (
                "Das ist der Zehnerlogarithmus. Gemeint ist der natürliche, `log`.",
                "That is the logarithm to base 10. Use the natural one, `log`.",
            ): lambda p: mean([-log10(each) for each in p]),
            (
                "Das ist der Zweierlogarithmus. Gemeint ist der natürliche, `log`.",
                "That is the logarithm to base 2. Use the natural one, `log`.",
            ): lambda p: mean([-log(each) / log(2) for each in p]),
            (
                "Erst gemittelt, dann logarithmiert: Jedes Bild hat seinen eigenen Verlust.",
                "The mean first, then the logarithm: every image has a loss of its own.",
            ): lambda p: -log(mean(p)),
            (
                "Ohne Logarithmus: Das ist die mittlere Wahrscheinlichkeit, falsch zu liegen.",
                "Without a logarithm: that is the mean probability of being wrong.",
            ): lambda p: mean([1 - each for each in p]),
        },
    ),
    "variants": Task(
        ("Varianten eines Bilds", "Variants of an image"),
        (
            "Ein Bild wird gespiegelt oder nicht, auf jeder der beiden Achsen um höchstens `shift` ganze "
            "Pixel verschoben, in beide Richtungen, und seine `c` Kanäle kommen in beliebiger Reihenfolge. "
            "Wie viele Varianten sind das höchstens? Das unveränderte Bild zählt mit.",
            "An image is mirrored or not, moved by at most `shift` whole pixels on each of the two axes, "
            "in either direction, and its `c` channels come in any order. How many variants is that at most? "
            "The image itself counts.",
        ),
        (
            (
                "Was sich frei kombinieren lässt, wird multipliziert. Wie viele Möglichkeiten hat jede der "
                "drei Veränderungen?",
                "What combines freely is multiplied. How many possibilities does each of the three changes "
                "have?",
            ),
            (
                "Spiegeln: 2. Verschieben: `2 * shift + 1` je Achse. Reihenfolgen von `c` Kanälen: "
                "`factorial(c)` aus `math`.",
                "Mirroring: 2. Moving: `2 * shift + 1` for each axis. Orders of `c` channels: `factorial(c)` "
                "from `math`.",
            ),
        ),
        "from math import factorial\n"
        "\n\n"
        "def variants(shift, c):\n"
        "    return 2 * (2 * shift + 1) ** 2 * factorial(c)\n",
        lambda shift, c: 2 * (2 * shift + 1) ** 2 * factorial(c),
        lambda rng: (rng.randint(0, 40), rng.randint(1, 8)),
        ((2, 3), (0, 1)),
        {
            (
                "Nicht zu verschieben ist auch eine Möglichkeit: 2 · shift + 1.",
                "Not to move is a possibility, too: 2 · shift + 1.",
            ): lambda shift, c: 2 * (2 * shift) ** 2 * factorial(c),
            (
                "Nur in eine Richtung verschoben: Es geht in beide Richtungen, 2 · shift + 1.",
                "Moved one way only: it goes both ways, 2 · shift + 1.",
            ): lambda shift, c: 2 * (shift + 1) ** 2 * factorial(c),
            (
                "Nur eine Achse: Beide lassen sich frei kombinieren.",
                "One axis only: the two combine freely.",
            ): lambda shift, c: 2 * (2 * shift + 1) * factorial(c),
            (
                "`c` Kanäle haben c! Reihenfolgen, nicht c.",
                "`c` channels have c! orders, not c.",
            ): lambda shift, c: 2 * (2 * shift + 1) ** 2 * c,
            (
                "Das Spiegeln fehlt.",
                "The mirroring is missing.",
            ): lambda shift, c: (2 * shift + 1) ** 2 * factorial(c),
            REVEALS["plus_for_times"]: lambda shift, c: 2 + (2 * shift + 1) ** 2 + factorial(c),
        },
    ),
    "receptive_field": Task(
        ("Rezeptives Feld", "Receptive field"),
        (
            "`layers` ist eine Liste von Schichten `(f, s)`, Kernel und Stride, von der Eingabe an. Wie "
            "viele Pixel der Eingabe sieht eine Zahl der letzten Schicht, entlang einer Achse?",
            "`layers` is a list of layers `(f, s)`, kernel and stride, from the input on. How many pixels "
            "of the input does a number of the last layer see along one axis?",
        ),
        (
            (
                "Fang mit einem Pixel an. Jede Schicht vergrößert das Feld um (f − 1) Sprünge; wie weit ist "
                "ein Sprung?",
                "Start with one pixel. Each layer enlarges the field by (f − 1) jumps; how far is a jump?",
            ),
            (
                "Führe zwei Zahlen mit: `field` und `jump`, beide 1. Je Schicht: erst `field += (f - 1) * "
                "jump`, dann `jump *= s`.",
                "Keep two numbers: `field` and `jump`, both 1. For each layer: first `field += (f - 1) * "
                "jump`, then `jump *= s`.",
            ),
        ),
        "def receptive_field(layers):\n"
        "    field, jump = 1, 1\n"
        "    for f, s in layers:\n"
        "        field += (f - 1) * jump\n"
        "        jump *= s\n"
        "    return field\n",
        lambda layers: arithmetic.receptive_field(layers),
        draw_layers,
        (([(5, 1), (2, 2), (5, 1)],), ([(11, 4), (3, 2)],)),
        {
            (
                "Die Strides fehlen: Hinter einem Stride ist ein Schritt mehrere Pixel weit.",
                "The strides are missing: behind a stride, a step is several pixels.",
            ): lambda layers: field(layers, [1] * len(layers)),
            (
                "Der eigene Stride zählt nicht mit, nur die der Schichten **davor**.",
                "A layer's own stride does not count, only those of the layers **before**.",
            ): lambda layers: field(
                layers, [jump * s for jump, (_, s) in zip(strides_before(layers), layers, strict=True)]
            ),
            (
                "Mit f statt f − 1 gerechnet: Ein Pixel des Kernels war schon im Feld.",
                "Computed with f, not f − 1: one pixel of the kernel was in the field before.",
            ): lambda layers: (
                1 + sum(f * jump for (f, _), jump in zip(layers, strides_before(layers), strict=True))
            ),
            (
                "Das Feld beginnt mit einem Pixel, nicht mit keinem.",
                "The field starts with one pixel, not with none.",
            ): lambda layers: field(layers, strides_before(layers)) - 1,
            (
                "Die Kernel multipliziert: Das Feld wächst durch Addieren.",
                "The kernels multiplied: the field grows by adding.",
            ): lambda layers: prod(f for f, _ in layers),
            (
                "Nur der Stride der Schicht davor: Es zählt das Produkt **aller** davor.",
                "Only the stride of the layer before: what counts is the product of **all** before.",
            ): lambda layers: field(layers, [1, *(s for _, s in layers[:-1])]),
        },
    ),
    "flatten_size": Task(
        ("Von der Eingabe bis Flatten", "From the input to Flatten"),
        (
            "Ein Bild mit `n` × `n` Pixeln geht durch die Schichten `(f, s, p)` in `layers`, Kernel, Stride "
            "und Padding; die letzte Faltung hat `k` Filter. Wie viele Zahlen gibt `Flatten()` weiter?",
            "An image of `n` × `n` pixels goes through the layers `(f, s, p)` in `layers`, kernel, stride "
            "and padding; the last convolution has `k` filters. How many numbers does `Flatten()` pass on?",
        ),
        (
            (
                "Rechne die Größe Schicht für Schicht aus: Die Ausgabe der einen ist die Eingabe der "
                "nächsten.",
                "Compute the size layer by layer: the output of one is the input of the next.",
            ),
            (
                "In der Schleife wird aus `n` jedes Mal `(n + 2 * p - f) // s + 1`. Am Ende sind es `n * n "
                "* k` Zahlen.",
                "In the loop, `n` becomes `(n + 2 * p - f) // s + 1` each time. In the end there are `n * n "
                "* k` numbers.",
            ),
        ),
        "def flatten_size(n, layers, k):\n"
        "    for f, s, p in layers:\n"
        "        n = (n + 2 * p - f) // s + 1\n"
        "    return n * n * k\n",
        lambda n, layers, k: size_after(n, layers) ** 2 * k,
        draw_network,
        (
            (227, [(11, 4, 0), (3, 2, 0), (5, 1, 2), (3, 2, 0), (3, 2, 0)], 256),
            (32, [(5, 1, 0), (2, 2, 0)], 6),
        ),
        {
            REVEALS["flat_without_channels"]: lambda n, layers, k: size_after(n, layers) ** 2,
            REVEALS["not_flattened"]: lambda n, layers, k: k,
            (
                "Nur eine Kante gezählt: Es sind Höhe × Breite × Kanäle.",
                "Only one side counted: it is height × width × channels.",
            ): lambda n, layers, k: size_after(n, layers) * k,
            REVEALS["padding_ignored"]: lambda n, layers, k: (
                size_after(n, [(f, s, 0) for f, s, _ in layers]) ** 2 * k
            ),
            (
                "Nicht abgerundet: Jede Schicht rundet ab.",
                "Not rounded down: every layer rounds down.",
            ): lambda n, layers, k: unrounded(n, layers) ** 2 * k,
            (
                "Nur die erste Schicht gerechnet.",
                "Only the first layer was computed.",
            ): lambda n, layers, k: size_after(n, layers[:1]) ** 2 * k,
        },
    ),
}
"""By the name of the function to write."""
