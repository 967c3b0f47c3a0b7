"""The parameters and the compute of a whole small network."""

from cnncourse.arithmetic import conv2d_parameters
from cnncourse.drills.tasks import Task, Topic
from cnncourse.layers import Conv2D, Dense, Flatten, Layer, Pool2D, account

TOPIC = Topic("Ein ganzes Netz", "A whole network", section="arithmetic#sec-networks")


@TOPIC.task(1)
def one_convolution(rng, w):
    n, c, f = rng.choice(((28, 1, 3), (28, 1, 5), (32, 3, 3), (32, 3, 5)))
    layers = [Conv2D(rng.choice((6, 8, 12, 16, 20, 32)), f), Pool2D(2), Flatten()]
    layers.append(Dense(rng.choice((2, 5, 10, 20))))
    return _parameters_task(w, (n, n, c), layers, {})


@TOPIC.task(2)
def two_convolutions(rng, w):
    shape, layers = _lenet_like(rng)
    second = account(shape, layers)[2]
    wrong = conv2d_parameters(shape[2], second.layer.filters, second.layer.kernel_size)
    total = _total("parameters", account(shape, layers))
    return _parameters_task(w, shape, layers, {"input_channels_kept": total - second.parameters + wrong})


@TOPIC.task(3)
def macs_of_a_network(rng, w):
    shape, layers = _lenet_like(rng)
    rows, unpooled = account(shape, layers), account(shape, _without_pools(layers))
    macs = _total("macs", rows)
    return Task(
        _listing(w, shape, layers)
        + w(
            "Wie viele MACs braucht dieses Netz für ein Bild?",
            "How many MACs does this network take for one image?",
        ),
        macs,
        "MACs",
        _table(w, rows, "macs", "MACs"),
        {
            "parameters_for_macs": _total("parameters", rows),
            "flops_for_macs": 2 * macs,
            "pools_forgotten": _total("macs", unpooled),
            "dense_only": _total("macs", rows, Dense),
            "bias_counted": macs + sum(row.activations for row in rows if row.macs),
        },
    )


def _lenet_like(rng):
    n, c, f = rng.choice(((28, 1, 3), (28, 1, 5), (32, 1, 5), (32, 3, 3), (32, 3, 5)))
    return (n, n, c), [
        Conv2D(rng.choice((6, 8, 16, 32)), f),
        Pool2D(2),
        Conv2D(rng.choice((12, 16, 32, 64)), f),
        Pool2D(2),
        Flatten(),
        Dense(rng.choice((64, 84, 100, 120, 128))),
        Dense(rng.choice((2, 5, 10, 20))),
    ]


def _parameters_task(w, shape, layers, mistakes):
    rows, unpooled = account(shape, layers), account(shape, _without_pools(layers))
    total = _total("parameters", rows)
    biases = sum(row.output_shape[-1] for row in rows if row.parameters)
    return Task(
        _listing(w, shape, layers)
        + w(
            "Wie viele Parameter hat dieses Netz insgesamt?",
            "How many parameters does this network have in total?",
        ),
        total,
        "parameters",
        _table(w, rows, "parameters", w("Parameter", "Parameters")),
        {
            "no_bias": total - biases,
            "pools_forgotten": _total("parameters", unpooled),
            "dense_only": _total("parameters", rows, Dense),
            "conv_only": _total("parameters", rows, Conv2D),
            **mistakes,
        },
    )


def _total(count, rows, kind=Layer):
    return sum(getattr(row, count) for row in rows if isinstance(row.layer, kind))


def _without_pools(layers):
    return [layer for layer in layers if not isinstance(layer, Pool2D)]


_KERAS = {  # what Keras calls a layer, and its arguments in Keras' order
    Conv2D: ("Conv2D", ("filters", "kernel_size")),
    Pool2D: ("MaxPooling2D", ("pool_size",)),
    Flatten: ("Flatten", ()),
    Dense: ("Dense", ("units",)),
}


def _listing(w, shape, layers):
    calls = ((*_KERAS[type(layer)], layer) for layer in layers)
    lines = [
        f"{name}({', '.join(str(getattr(layer, each)) for each in given)})" for name, given, layer in calls
    ]
    return "\n".join(["```python", f"Input({shape})", *lines, "```\n\n"]) + w(
        "Ohne weitere Angabe faltet Keras mit Stride 1, ohne Padding und mit Bias; beim Pooling ist der "
        "Stride so groß wie das Fenster. ",
        "Unless told otherwise, Keras convolves with stride 1, without padding and with biases; pooling "
        "has a stride as large as its window. ",
    )


def _table(w, rows, count, title):
    lines = [f"| {w('Schicht', 'Layer')} | {w('Ausgabe', 'Output')} | {title} |", "|---|---|---:|"]
    for row in rows:
        name, _ = _KERAS[type(row.layer)]
        lines.append(f"| {name} | {w.number(row.output_shape)} | {w.number(getattr(row, count))} |")
    lines.append(f"| {w('Summe', 'Total')} | | {w.number(_total(count, rows))} |")
    return "\n".join(lines)


TOPIC.reveals |= {
    "conv_only": (
        "Das ist nur der Faltungsteil des Netzes.",
        "That is only the convolutional part of the network.",
    ),
    "dense_only": (
        "Das ist nur der Dense-Teil des Netzes.",
        "That is only the dense part of the network.",
    ),
    "pools_forgotten": (
        "Du hast das Pooling vergessen. Es hat keine Parameter, verkleinert aber, was danach kommt.",
        "You forgot the pooling. It has no parameters, but it shrinks what follows.",
    ),
    "input_channels_kept": (
        "Auch die zweite Faltung hast du mit den Kanälen des Bildes gerechnet. Sie sieht einen Kanal pro "
        "Filter der ersten.",
        "You gave the second convolution the channels of the image. It sees one channel per filter of the "
        "first.",
    ),
    "parameters_for_macs": (
        "Das sind die Parameter. Bei einer Faltung wird jedes Gewicht an jeder Position gebraucht.",
        "Those are the parameters. In a convolution, every weight is used at every position.",
    ),
}
