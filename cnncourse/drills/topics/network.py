"""The parameters and the compute of a whole small network."""

from math import prod

from cnncourse.arithmetic import (
    conv2d_macs,
    conv2d_output_shape,
    conv2d_parameters,
    dense_macs,
    dense_parameters,
    pool2d_output_shape,
)
from cnncourse.drills.tasks import Task, Topic

TOPIC = Topic("Ein ganzes Netz", "A whole network")


@TOPIC.task(1)
def one_convolution(rng, w):
    n, c, f = rng.choice(((28, 1, 3), (28, 1, 5), (32, 3, 3), (32, 3, 5)))
    layers = [("Conv2D", rng.choice((6, 8, 12, 16, 20, 32)), f), ("MaxPooling2D", 2), ("Flatten",)]
    layers.append(("Dense", rng.choice((2, 5, 10, 20))))
    return _parameters_task(w, (n, n, c), layers, {})


@TOPIC.task(2)
def two_convolutions(rng, w):
    n, c, f = rng.choice(((28, 1, 3), (28, 1, 5), (32, 1, 5), (32, 3, 3), (32, 3, 5)))
    layers = _lenet_like(rng, f)
    second = layers[2]
    extra = conv2d_parameters(layers[0][1], *second[1:]) - conv2d_parameters(c, *second[1:])
    total = sum(row[2] for row in _account((n, n, c), layers))
    return _parameters_task(w, (n, n, c), layers, {"input_channels_kept": total - extra})


@TOPIC.task(3)
def macs_of_a_network(rng, w):
    n, c, f = rng.choice(((28, 1, 3), (28, 1, 5), (32, 1, 5), (32, 3, 3), (32, 3, 5)))
    shape, layers = (n, n, c), _lenet_like(rng, f)
    rows = _account(shape, layers)
    macs = sum(row[3] for row in rows)
    without_pools = [layer for layer in layers if layer[0] != "MaxPooling2D"]
    return Task(
        _listing(w, shape, layers)
        + w(
            "Wie viele MACs braucht dieses Netz für ein Bild?",
            "How many MACs does this network take for one image?",
        ),
        macs,
        "MACs",
        _table(w, layers, rows, macs, column=3),
        {
            "parameters_for_macs": sum(row[2] for row in rows),
            "flops_for_macs": 2 * macs,
            "pools_forgotten": sum(row[3] for row in _account(shape, without_pools)),
            "dense_only": sum(row[3] for layer, row in zip(layers, rows, strict=True) if layer[0] == "Dense"),
            "bias_counted": macs + sum(prod(row[1]) for row in rows if row[3]),
        },
    )


def _lenet_like(rng, f):
    return [
        ("Conv2D", rng.choice((6, 8, 16, 32)), f),
        ("MaxPooling2D", 2),
        ("Conv2D", rng.choice((12, 16, 32, 64)), f),
        ("MaxPooling2D", 2),
        ("Flatten",),
        ("Dense", rng.choice((64, 84, 100, 120, 128))),
        ("Dense", rng.choice((2, 5, 10, 20))),
    ]


def _parameters_task(w, shape, layers, mistakes):
    rows = _account(shape, layers)
    total = sum(row[2] for row in rows)
    biases = sum(layer[1] for layer in layers if layer[0] in ("Conv2D", "Dense"))
    without_pools = [layer for layer in layers if layer[0] != "MaxPooling2D"]
    return Task(
        _listing(w, shape, layers)
        + w(
            "Wie viele Parameter hat dieses Netz insgesamt?",
            "How many parameters does this network have in total?",
        ),
        total,
        "parameters",
        _table(w, layers, rows, total, column=2),
        {
            "no_bias": total - biases,
            "pools_forgotten": sum(row[2] for row in _account(shape, without_pools)),
            "dense_only": sum(row[2] for layer, row in zip(layers, rows, strict=True) if layer[0] == "Dense"),
            "conv_only": sum(row[2] for layer, row in zip(layers, rows, strict=True) if layer[0] == "Conv2D"),
            **mistakes,
        },
    )


def _account(shape, layers):
    """Give ``(name, output shape, parameters, MACs)`` for every layer of a small network."""
    rows = []
    for kind, *numbers in layers:
        parameters = macs = 0
        inputs = shape
        if kind == "Conv2D":
            shape = conv2d_output_shape(inputs, *numbers)
            parameters, macs = conv2d_parameters(inputs[2], *numbers), conv2d_macs(inputs, *numbers)
        elif kind == "MaxPooling2D":
            shape = pool2d_output_shape(inputs, *numbers)
        elif kind == "Flatten":
            shape = (prod(inputs),)
        else:
            shape = (*numbers,)
            parameters, macs = dense_parameters(*inputs, *numbers), dense_macs(*inputs, *numbers)
        rows.append((kind, shape, parameters, macs))
    return rows


def _listing(w, shape, layers):
    calls = "\n".join(f"{kind}({', '.join(map(str, numbers))})" for kind, *numbers in layers)
    return f"```python\nInput({shape})\n{calls}\n```\n\n" + w(
        "Ohne weitere Angabe faltet Keras mit Stride 1, ohne Padding und mit Bias; beim Pooling ist der "
        "Stride so groß wie das Fenster. ",
        "Unless told otherwise, Keras convolves with stride 1, without padding and with biases; pooling "
        "has a stride as large as its window. ",
    )


def _table(w, layers, rows, total, column):
    counted = w("Parameter", "Parameters") if column == 2 else "MACs"
    lines = [
        f"| {w('Schicht', 'Layer')} | {w('Ausgabe', 'Output')} | {counted} |",
        "|---|---|---:|",
    ]
    lines += [f"| {row[0]} | {w.number(row[1])} | {w.number(row[column])} |" for row in rows]
    lines.append(f"| {w('Summe', 'Total')} | | {w.number(total)} |")
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
