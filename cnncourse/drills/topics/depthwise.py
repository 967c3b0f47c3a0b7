"""Depthwise and separable convolutions."""

from cnncourse.arithmetic import (
    conv2d_macs,
    conv2d_parameters,
    depthwise_conv2d_macs,
    depthwise_conv2d_parameters,
)
from cnncourse.drills.tasks import MAPS, PARAMETERS, WIDE, Task, Topic, paragraphs, steps_of
from cnncourse.worked import explain_depthwise_conv2d

TOPIC = Topic(
    "Depthwise- und separable Faltung",
    "Depthwise and separable convolution",
    since=2,
    section="layers#sec-depthwise",
)


@TOPIC.task(1)
def parameters_of_depthwise(rng, w):
    n, c, f = rng.choice(MAPS), rng.choice(WIDE), rng.choice((3, 5, 7))
    return Task(
        w(
            f"Eine Depthwise-Faltung mit {f} × {f}-Kerneln bekommt Feature-Maps der Form {n} × {n} × {c}. "
            "Wie viele Parameter hat sie (mit Bias)?",
            f"A depthwise convolution with {f} × {f} kernels gets feature maps of shape {n} × {n} × {c}. "
            "How many parameters does it have (biases included)?",
        ),
        depthwise_conv2d_parameters(c, f),
        "parameters",
        steps_of(explain_depthwise_conv2d((n, n, c), f, padding="same", language=w.language), PARAMETERS),
        {
            "no_bias": f * f * c,
            "channels_mixed": conv2d_parameters(c, c, f),
            "one_kernel_for_all": f * f + 1,
            "one_bias": f * f * c + 1,
        },
    )


@TOPIC.task(2)
def parameters_of_separable(rng, w):
    n, c, k, f = rng.choice(MAPS), rng.choice(WIDE), rng.choice(WIDE), rng.choice((3, 5))
    depthwise, pointwise = depthwise_conv2d_parameters(c, f), conv2d_parameters(c, k, 1)
    return Task(
        w(
            f"Feature-Maps der Form {n} × {n} × {c} durchlaufen eine Depthwise-Faltung mit {f} × {f}-Kerneln "
            f"und danach eine 1 × 1-Faltung mit {k} Filtern, beide mit Bias. Wie viele Parameter haben beide "
            "zusammen?",
            f"Feature maps of shape {n} × {n} × {c} pass through a depthwise convolution with {f} × {f} "
            f"kernels and then a 1 × 1 convolution with {k} filters, both with biases. How many parameters "
            "do the two have in total?",
        ),
        depthwise + pointwise,
        "parameters",
        w.math(
            rf"\text{{Depthwise:}} \quad & {f} \cdot {f} \cdot {c} + {c} = {depthwise}",
            rf"1 \times 1\text{{:}} \quad & {c} \cdot {k} + {k} = {pointwise}",
            rf"& {depthwise} + {pointwise} = {depthwise + pointwise}",
        ),
        {
            "no_bias": depthwise + pointwise - c - k,
            "not_separated": conv2d_parameters(c, k, f),
            "depthwise_only": depthwise,
            "pointwise_only": pointwise,
        },
    )


@TOPIC.task(3)
def compute_of_separable(rng, w):
    n, c, k, f = rng.choice(MAPS), rng.choice(WIDE), rng.choice(WIDE), rng.choice((3, 5))
    depthwise = depthwise_conv2d_macs((n, n, c), f, padding="same")
    pointwise = conv2d_macs((n, n, c), k, 1)
    whole = conv2d_macs((n, n, c), k, f, padding="same")
    return Task(
        w(
            f"Aus Feature-Maps der Form {n} × {n} × {c} sollen solche der Form {n} × {n} × {k} werden: nicht "
            f"durch eine Faltung mit {f} × {f}-Filtern, sondern durch eine Depthwise-Faltung ({f} × {f}, "
            "Stride 1, Same Padding) und danach eine 1 × 1-Faltung. Wie viele MACs braucht das für ein Bild?",
            f"Feature maps of shape {n} × {n} × {c} are to become maps of shape {n} × {n} × {k}: not by a "
            f"convolution with {f} × {f} filters, but by a depthwise convolution ({f} × {f}, stride 1, same "
            "padding) and then a 1 × 1 convolution. How many MACs does that take for one image?",
        ),
        depthwise + pointwise,
        "MACs",
        paragraphs(
            w.math(
                rf"\text{{Depthwise:}} \quad & {n} \cdot {n} \cdot {c} \cdot {f} \cdot {f} = {depthwise}",
                rf"1 \times 1\text{{:}} \quad & {n} \cdot {n} \cdot {k} \cdot {c} = {pointwise}",
                rf"& {depthwise} + {pointwise} = {depthwise + pointwise}",
            ),
            w(
                f"Die eine Faltung mit {f} × {f}-Filtern bräuchte {whole} MACs.",
                f"The single convolution with {f} × {f} filters would take {whole} MACs.",
            ),
        ),
        {
            "not_separated": whole,
            "depthwise_only": depthwise,
            "pointwise_only": pointwise,
            "flops_for_macs": 2 * (depthwise + pointwise),
        },
    )


TOPIC.reveals |= {
    "channels_mixed": (
        "Du hast jeden Kernel über alle Kanäle gehen lassen. Bei einer Depthwise-Faltung hat jeder Kanal "
        "seinen eigenen Kernel, und nichts wird gemischt.",
        "You let every kernel run over all channels. In a depthwise convolution, every channel has a kernel "
        "of its own, and nothing is mixed.",
    ),
    "one_kernel_for_all": (
        "Du hast einen einzigen Kernel für alle Kanäle gezählt. Jeder Kanal hat seinen eigenen.",
        "You counted one kernel for all channels. Every channel has its own.",
    ),
    "one_bias": (
        "Du hast nur einen Bias gezählt. Jeder Kanal hat seinen eigenen.",
        "You counted a single bias. Every channel has its own.",
    ),
    "not_separated": (
        "Das ist die gewöhnliche Faltung. Getrennt wird erst jeder Kanal für sich gefaltet, dann gemischt: "
        "zwei Summanden statt eines Produkts.",
        "That is the ordinary convolution. Separated, each channel is convolved on its own first, then they "
        "are mixed: two summands instead of one product.",
    ),
    "depthwise_only": (
        "Das ist nur die Depthwise-Faltung. Die 1 × 1-Faltung kommt dazu.",
        "That is the depthwise convolution alone. The 1 × 1 convolution comes on top.",
    ),
    "pointwise_only": (
        "Das ist nur die 1 × 1-Faltung. Die Depthwise-Faltung kommt dazu.",
        "That is the 1 × 1 convolution alone. The depthwise convolution comes on top.",
    ),
}
