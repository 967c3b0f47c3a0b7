"""The parameters of a convolution."""

from cnncourse.arithmetic import conv2d_parameters
from cnncourse.drills.tasks import BATCHES, FILTERS, KERNELS, MAPS, PARAMETERS, WIDE, Task, Topic, steps_of
from cnncourse.worked import explain_conv2d

TOPIC = Topic(
    "Parameter einer Faltungsschicht", "Parameters of a convolution", section="arithmetic#sec-parameters"
)


@TOPIC.task(1)
def first_convolution(rng, w):
    c, k, f = rng.choice((1, 3, 3)), rng.choice(FILTERS), rng.choice(KERNELS)
    image = (
        ("Farbbilder (3 Kanäle)", "colour images (3 channels)")
        if c == 3
        else (
            "Graustufenbilder (1 Kanal)",
            "greyscale images (1 channel)",
        )
    )
    return Task(
        w(
            f"Die erste Faltungsschicht eines Netzes verarbeitet {image[0]} mit {k} Filtern der Größe {f} "
            f"× {f}. Wie viele Parameter hat sie (mit Bias)?",
            f"The first convolution of a network processes {image[1]} with {k} filters of size {f} × {f}. "
            "How many parameters does it have (biases included)?",
        ),
        conv2d_parameters(c, k, f),
        "parameters",
        steps_of(explain_conv2d((64, 64, c), k, f, language=w.language), PARAMETERS),
        {
            "no_bias": f * f * c * k,
            "channels_forgotten": (f * f + 1) * k,
            "one_bias": f * f * c * k + 1,
            "side_once": (f * c + 1) * k,
            "plus_for_times": (f * f + c) * k + k if c > 1 else None,
        },
    )


@TOPIC.task(2)
def inner_convolution(rng, w):
    c, k, f = rng.choice(WIDE), rng.choice(WIDE), rng.choice((3, 5))
    n, b = rng.choice(MAPS), rng.choice(BATCHES)
    parameters = conv2d_parameters(c, k, f)
    return Task(
        w(
            f"Eine Faltungsschicht mit {k} Filtern der Größe {f} × {f} und Same Padding (Stride 1) bekommt "
            f"Feature-Maps der Form {n} × {n} × {c}. Die Batchgröße ist {b}. Wie viele Parameter hat die "
            "Schicht (mit Bias)?",
            f"A convolution with {k} filters of size {f} × {f} and same padding (stride 1) gets feature "
            f"maps of shape {n} × {n} × {c}. The batch size is {b}. How many parameters does the layer "
            "have (biases included)?",
        ),
        parameters,
        "parameters",
        steps_of(explain_conv2d((n, n, c), k, f, padding="same", language=w.language), PARAMETERS),
        {
            "no_bias": parameters - k,
            "channels_forgotten": (f * f + 1) * k,
            "batch_in_parameters": b * parameters,
            "not_shared": n * n * parameters,
            "plus_for_times": (f * f + c) * k + k,
        },
    )


@TOPIC.task(3)
def grouped_convolution(rng, w):
    c, k, f, g = rng.choice(WIDE), rng.choice(WIDE), rng.choice((3, 5)), rng.choice((2, 4, 8))
    n = rng.choice(MAPS)
    weights = conv2d_parameters(c, k, f, bias=False, groups=g)
    return Task(
        w(
            f"Eine Faltungsschicht mit {k} Filtern der Größe {f} × {f} bekommt Feature-Maps der Form {n} × "
            f"{n} × {c}. Sie teilt die Kanäle in {g} Gruppen auf (`groups={g}`). Wie viele Parameter hat "
            "sie (mit Bias)?",
            f"A convolution with {k} filters of size {f} × {f} gets feature maps of shape {n} × {n} × {c}. "
            f"It splits the channels into {g} groups (`groups={g}`). How many parameters does it have "
            "(biases included)?",
        ),
        weights + k,
        "parameters",
        steps_of(explain_conv2d((n, n, c), k, f, padding="same", groups=g, language=w.language), PARAMETERS),
        {
            "groups_ignored": g * weights + k,
            "no_bias": weights,
            "bias_grouped": weights + k // g,
            "groups_twice": weights // g + k,
        },
    )


TOPIC.reveals |= {
    "one_bias": (
        "Du hast nur einen Bias gezählt. Jeder Filter hat seinen eigenen.",
        "You counted a single bias. Every filter has its own.",
    ),
    "batch_in_parameters": (
        "Du hast mit der Batchgröße multipliziert. Alle Bilder benutzen dieselben Parameter.",
        "You multiplied by the batch size. All images use the same parameters.",
    ),
    "not_shared": (
        "Du hast mit der Zahl der Positionen multipliziert. Alle Positionen teilen sich dieselben Gewichte.",
        "You multiplied by the number of positions. All positions share the same weights.",
    ),
    "bias_grouped": (
        "Du hast auch die Bias-Werte durch die Gruppen geteilt. Jeder Filter behält seinen.",
        "You divided the biases by the groups, too. Every filter keeps its own.",
    ),
    "groups_twice": (
        "Du hast zweimal durch die Gruppen geteilt. Nur die Kanäle pro Filter werden weniger, nicht die "
        "Filter.",
        "You divided by the groups twice. The channels per filter get fewer, the filters do not.",
    ),
}
