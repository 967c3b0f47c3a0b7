"""The parameters of batch normalization, trained and not trained."""

from cnncourse.arithmetic import batch_norm_parameters, conv2d_parameters
from cnncourse.drills.tasks import MAPS, WIDE, Task, Topic, paragraphs

TOPIC = Topic(
    "Parameter der Batch Normalization",
    "Parameters of batch normalization",
    section="arithmetic#sec-dense-parameters",
)


@TOPIC.task(1)
def batch_norm(rng, w):
    n, c = rng.choice(MAPS), rng.choice((6, 16, *WIDE, 512))
    total = sum(batch_norm_parameters(c))
    return Task(
        w(
            f"Eine Batch Normalization bekommt Feature-Maps der Form {n} × {n} × {c}. Wie viele Parameter "
            "zeigt `model.summary()` für sie insgesamt an (trainierte und nicht trainierte)?",
            f"A batch normalization layer receives feature maps of shape {n} × {n} × {c}. How many "
            "parameters does `model.summary()` show for it in total (trained and not trained)?",
        ),
        total,
        "parameters",
        paragraphs(
            w(
                "Pro Kanal sind es vier Werte: Skalierung $\\gamma$ und Verschiebung $\\beta$ werden "
                "trainiert, gleitender Mittelwert und gleitende Varianz nur mitgeschrieben.",
                "There are four values per channel: the scale $\\gamma$ and the shift $\\beta$ are "
                "trained, the moving mean and the moving variance are only recorded.",
            ),
            w.math(rf"4 \cdot {c} = {total}"),
        ),
        {"trained_only": 2 * c, "one_of_four": c, "per_position": 4 * n * n * c},
    )


@TOPIC.task(2)
def batch_norm_trained(rng, w):
    n, c, k, f = rng.choice(MAPS), rng.choice(WIDE), rng.choice(WIDE), rng.choice((3, 5))
    return Task(
        w(
            f"Hinter einer Faltungsschicht mit {k} Filtern der Größe {f} × {f} steht eine "
            f"Batch Normalization. Die Eingabe der Faltung hat die Form {n} × {n} × {c}. Wie viele "
            "trainierbare Parameter hat die Batch Normalization allein?",
            f"A convolution with {k} filters of size {f} × {f} is followed by a batch normalization layer. "
            f"The input of the convolution has shape {n} × {n} × {c}. How many trainable parameters does the "
            "batch normalization layer alone have?",
        ),
        2 * k,
        "parameters",
        paragraphs(
            w(
                f"Sie normalisiert die {k} Kanäle, die die Faltung liefert. Pro Kanal werden die Skalierung "
                "$\\gamma$ und die Verschiebung $\\beta$ trainiert.",
                f"It normalizes the {k} channels that the convolution produces. The scale $\\gamma$ and "
                "the shift $\\beta$ of each channel are trained.",
            ),
            w.math(rf"2 \cdot {k} = {2 * k}"),
        ),
        {"moving_counted": 4 * k, "scale_only": k, "norm_on_input": 2 * c, "per_position": 2 * n * n * k},
    )


@TOPIC.task(3)
def convolution_and_batch_norm(rng, w):
    c, k, f = rng.choice((3, *WIDE)), rng.choice(WIDE), rng.choice((3, 5, 7))
    weights = conv2d_parameters(c, k, f, bias=False)
    return Task(
        w(
            f"Ein Block besteht aus einer Faltung mit {k} Filtern der Größe {f} × {f} ohne Bias "
            f"(`use_bias=False`), Batch Normalization und ReLU. Seine Eingabe hat {c} Kanäle. Wie viele "
            "trainierbare Parameter hat der Block?",
            f"A block consists of a convolution with {k} filters of size {f} × {f} without biases "
            f"(`use_bias=False`), batch normalization and ReLU. Its input has {c} channels. How many "
            "trainable parameters does the block have?",
        ),
        weights + 2 * k,
        "parameters",
        w.math(
            rf"\text{{Conv2D:}} \quad & {f} \cdot {f} \cdot {c} \cdot {k} = {weights}",
            rf"\gamma, \beta\text{{:}} \quad & 2 \cdot {k} = {2 * k}",
            rf"& {weights} + {2 * k} = {weights + 2 * k}",
        ),
        {
            "moving_counted": weights + 4 * k,
            "bias_though_none": weights + 3 * k,
            "norm_forgotten": weights,
            "norm_on_input": weights + 2 * c,
        },
    )


TOPIC.reveals |= {
    "trained_only": (
        "Das sind nur die trainierten. Der gleitende Mittelwert und die gleitende Varianz zählen mit.",
        "Those are the trained ones only. The moving mean and the moving variance count, too.",
    ),
    "moving_counted": (
        "Du hast den gleitenden Mittelwert und die gleitende Varianz mitgezählt. Sie werden nicht trainiert.",
        "You counted the moving mean and the moving variance. They are not trained.",
    ),
    "scale_only": (
        "Du hast nur einen Wert pro Kanal gezählt. Trainiert werden Skalierung γ und Verschiebung β.",
        "You counted one value per channel. Both the scale γ and the shift β are trained.",
    ),
    "one_of_four": (
        "Du hast nur einen Wert pro Kanal gezählt. Es sind vier: γ, β, Mittelwert und Varianz.",
        "You counted one value per channel. There are four: γ, β, the mean and the variance.",
    ),
    "per_position": (
        "Du hast jede Position einzeln gezählt. Normalisiert wird pro Kanal über alle Positionen.",
        "You counted every position by itself. Normalization works per channel, over all positions.",
    ),
    "bias_though_none": (
        "Du hast einen Bias pro Filter gezählt. Diese Faltung hat keinen; β übernimmt seine Aufgabe.",
        "You counted one bias per filter. This convolution has none; β does its job.",
    ),
    "norm_forgotten": (
        "Du hast die Batch Normalization vergessen.",
        "You forgot the batch normalization.",
    ),
    "norm_on_input": (
        "Du hast die Kanäle der Eingabe normalisiert. Die Schicht steht hinter der Faltung: ein Kanal pro "
        "Filter.",
        "You normalized the channels of the input. The layer follows the convolution: one channel per "
        "filter.",
    ),
}
