"""The parameters of dense layers."""

from cnncourse.arithmetic import dense_parameters
from cnncourse.drills.tasks import NEURONS, PARAMETERS, Task, Topic, paragraphs, steps_of
from cnncourse.worked import explain_dense

TOPIC = Topic(
    "Parameter einer Dense-Schicht", "Parameters of a dense layer", section="arithmetic#sec-dense-parameters"
)


@TOPIC.task(1)
def dense(rng, w):
    n, m = rng.choice((84, 120, 256, 400, 512, 784, 1024, 1600, 2048, 4096, 9216)), rng.choice(NEURONS)
    return Task(
        w(
            f"Eine Dense-Schicht hat {n} Eingänge und {m} Neuronen. Wie viele Parameter hat sie (mit Bias)?",
            f"A dense layer has {n} inputs and {m} units. How many parameters does it have (biases "
            "included)?",
        ),
        dense_parameters(n, m),
        "parameters",
        steps_of(explain_dense(n, m, language=w.language), PARAMETERS),
        {"no_bias": n * m, "bias_per_input": n * m + n, "one_bias_dense": n * m + 1, "plus_for_times": n + m},
    )


@TOPIC.task(2)
def dense_after_flatten(rng, w):
    n, c, m = (
        rng.choice((4, 5, 6, 7, 8, 12, 13, 14)),
        rng.choice((16, 32, 64, 128, 256, 512)),
        rng.choice(NEURONS),
    )
    return Task(
        w(
            f"Feature-Maps der Form {n} × {n} × {c} werden mit Flatten zu einem Vektor und gehen in eine "
            f"Dense-Schicht mit {m} Neuronen. Wie viele Parameter hat diese Schicht, Bias "
            "eingeschlossen?",
            f"Feature maps of shape {n} × {n} × {c} are flattened into a vector, which goes into a dense "
            f"layer with {m} units. How many parameters does that layer have (biases included)?",
        ),
        dense_parameters(n * n * c, m),
        "parameters",
        paragraphs(
            w(
                f"Flatten liefert ${n} \\cdot {n} \\cdot {c} = {n * n * c}$ Werte.",
                f"Flatten gives ${n} \\cdot {n} \\cdot {c} = {n * n * c}$ values.",
            ),
            steps_of(explain_dense(n * n * c, m, language=w.language), PARAMETERS),
        ),
        {
            "no_bias": n * n * c * m,
            "flat_without_channels": dense_parameters(n * n, m),
            "not_flattened": dense_parameters(c, m),
            "bias_per_input": n * n * c * (m + 1),
        },
    )


@TOPIC.task(3)
def two_dense(rng, w):
    n, c = rng.choice((4, 5, 6, 7, 8)), rng.choice((16, 32, 64, 128, 256))
    m1, m2 = rng.choice((64, 84, 120, 128, 256, 512, 1024)), rng.choice((2, 5, 10, 20, 100))
    flat = n * n * c
    first, second = dense_parameters(flat, m1), dense_parameters(m1, m2)
    return Task(
        w(
            f"Auf Feature-Maps der Form {n} × {n} × {c} folgen Flatten, eine Dense-Schicht mit "
            f"{m1} Neuronen, Dropout mit Rate 0.5 und eine Dense-Schicht als Ausgabe mit {m2} "
            "Neuronen. Wie viele Parameter haben diese Schichten zusammen (mit Bias)?",
            f"Feature maps of shape {n} × {n} × {c} are followed by Flatten, a dense layer with {m1} "
            f"units, dropout at rate 0.5 and a dense output layer with {m2} units. How many parameters do "
            "these layers have in total (biases included)?",
        ),
        first + second,
        "parameters",
        paragraphs(
            w("Flatten und Dropout haben keine Parameter.", "Flatten and dropout have no parameters."),
            w.math(
                rf"\text{{Flatten:}} \quad & {n} \cdot {n} \cdot {c} = {flat}",
                rf"\text{{Dense 1:}} \quad & {flat} \cdot {m1} + {m1}",
                f"&= {first}",
                rf"\text{{Dense 2:}} \quad & {m1} \cdot {m2} + {m2}",
                f"&= {second}",
                rf"\text{{{w('Summe', 'Total')}:}} \quad & {first} + {second}",
                f"&= {first + second}",
            ),
        ),
        {
            "no_bias": flat * m1 + m1 * m2,
            "first_layer_only": first,
            "second_from_flatten": first + dense_parameters(flat, m2),
            "dropout_counted": first + m1 // 2 * m2 + m2,
            "flat_without_channels": dense_parameters(n * n, m1) + second,
        },
    )


TOPIC.reveals |= {
    "one_bias_dense": (
        "Du hast nur einen Bias gezählt. Jedes Neuron hat seinen eigenen.",
        "You counted a single bias. Every unit has its own.",
    ),
    "bias_per_input": (
        "Du hast einen Bias pro Eingang gezählt. Es gibt einen pro Neuron.",
        "You counted one bias per input. There is one per unit.",
    ),
    "dropout_counted": (
        "Du hast die Parameter mit der Dropout-Rate verkleinert. Dropout ändert ihre Zahl nicht.",
        "You shrank the parameters by the dropout rate. Dropout does not change their number.",
    ),
}
