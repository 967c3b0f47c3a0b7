"""The receptive field of a stack of layers."""

from math import prod

from cnncourse.arithmetic import receptive_field
from cnncourse.drills.tasks import Task, Topic, paragraphs

TOPIC = Topic("Rezeptives Feld", "Receptive field", section="lenet-alexnet#sec-rivals-features")


@TOPIC.task(1)
def field_of_convolutions(rng, w):
    layers = [(rng.choice((3, 5, 7)), 1, 1) for _ in range(rng.choice((2, 3)))]
    return _field_task(w, layers, {})


@TOPIC.task(2)
def field_with_strides(rng, w):
    layers = [
        (rng.choice((3, 5, 7, 11)), rng.choice((1, 2, 4)), 1),
        (rng.choice((2, 3)), 2, 1),
        (rng.choice((3, 5)), rng.choice((1, 2)), 1),
    ]
    return _field_task(w, layers, _stride_mistakes(layers), pool=1)


@TOPIC.task(3, until=2)  # no chapter teaches dilation
def field_with_dilation(rng, w):
    layers = [(rng.choice((3, 5)), rng.choice((1, 2)), 1)]
    layers += [(3, 1, rng.choice((2, 3, 4))), (3, 1, rng.choice((2, 4, 6, 8)))]
    undilated = receptive_field([layer[:2] for layer in layers])
    return _field_task(w, layers, {"dilation_ignored": undilated, "strides_ignored": _unstrided(layers)})


@TOPIC.task(3, since=3)
def field_of_five_layers(rng, w):
    layers = [(rng.choice((5, 7, 11)), rng.choice((2, 4)), 1), (3, 2, 1)]
    layers += [(rng.choice((3, 5)), rng.choice((1, 2)), 1) for _ in range(3)]
    return _field_task(w, layers, _stride_mistakes(layers), pool=1)


def _stride_mistakes(layers):
    own = 1 + sum((f - 1) * prod(s for _, s, _ in layers[: i + 1]) for i, (f, _, _) in enumerate(layers))
    return {"own_stride": own, "strides_ignored": _unstrided(layers)}


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


TOPIC.reveals |= {
    "kernels_added": (
        "Du hast die Filtergrößen addiert. Benachbarte Fenster überlappen sich: Es zählt jeweils f − 1.",
        "You added the kernel sizes. Neighbouring windows overlap: each counts f − 1.",
    ),
    "kernels_multiplied": (
        "Du hast die Filtergrößen multipliziert. Das stimmt nur, wenn sich keine Fenster überlappen.",
        "You multiplied the kernel sizes. That is right only if no windows overlap.",
    ),
    "last_layer_only": (
        "Das ist nur das Fenster der letzten Schicht.",
        "That is the window of the last layer only.",
    ),
    "strides_ignored": (
        "Du hast die Strides nicht berücksichtigt. Jeder vergrößert die Schritte aller späteren Schichten.",
        "You ignored the strides. Each widens the steps of all later layers.",
    ),
    "own_stride": (
        "Du hast auch den Stride der Schicht selbst benutzt. Es zählen nur die Strides der Schichten davor.",
        "You used the layer's own stride as well. Only the strides of the layers before it count.",
    ),
}
