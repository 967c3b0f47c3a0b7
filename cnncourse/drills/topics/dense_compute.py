"""The compute of dense layers, in MACs and FLOPs."""

from cnncourse.arithmetic import dense_macs
from cnncourse.drills.tasks import BATCHES, COMPUTE, NEURONS, Task, Topic, paragraphs, steps_of
from cnncourse.worked import explain_dense

TOPIC = Topic("Rechenaufwand einer Dense-Schicht", "Compute of a dense layer", section="arithmetic#sec-macs")


@TOPIC.task(1)
def macs_of_a_layer(rng, w):
    n, m = rng.choice((84, 120, 256, 400, 512, 784, 1024, 1600, 2048, 4096, 9216)), rng.choice(NEURONS)
    return Task(
        w(
            f"Eine Dense-Schicht hat {n} Eingänge und {m} Neuronen. Wie viele MACs "
            "(Multiplikation mit Addition) braucht sie für ein Bild?",
            f"A dense layer has {n} inputs and {m} units. How many MACs (multiply-accumulates) does it "
            "take for one image?",
        ),
        dense_macs(n, m),
        "MACs",
        steps_of(explain_dense(n, m, language=w.language), COMPUTE),
        {"bias_counted": (n + 1) * m, "flops_for_macs": 2 * n * m, "plus_for_times": n + m},
    )


@TOPIC.task(2)
def dense_flops(rng, w):
    n, c, m = (
        rng.choice((4, 5, 6, 7, 8, 12, 13, 14)),
        rng.choice((16, 32, 64, 128, 256, 512)),
        rng.choice(NEURONS),
    )
    flat = n * n * c
    return Task(
        w(
            f"Feature-Maps der Form {n} × {n} × {c} gehen über Flatten in eine Dense-Schicht mit "
            f"{m} Neuronen. Wie viele FLOPs (1 MAC = 2 FLOPs, ohne Bias) sind das für ein Bild?",
            f"Feature maps of shape {n} × {n} × {c} go through Flatten into a dense layer with {m} units. "
            "How many FLOPs (1 MAC = 2 FLOPs, without biases) is that for one image?",
        ),
        2 * dense_macs(flat, m),
        "FLOPs",
        paragraphs(
            w(
                f"Flatten liefert ${n} \\cdot {n} \\cdot {c} = {flat}$ Werte.",
                f"Flatten gives ${n} \\cdot {n} \\cdot {c} = {flat}$ values.",
            ),
            steps_of(explain_dense(flat, m, language=w.language), COMPUTE),
        ),
        {
            "macs_for_flops": flat * m,
            "bias_counted": 2 * (flat + 1) * m,
            "flat_without_channels": 2 * n * n * m,
            "not_flattened": 2 * c * m,
        },
    )


@TOPIC.task(3)
def dense_macs_of_a_batch(rng, w):
    n, c, b = rng.choice((4, 5, 6, 7, 8)), rng.choice((16, 32, 64, 128, 256)), rng.choice(BATCHES)
    m1, m2 = rng.choice((64, 84, 120, 128, 256, 512, 1024)), rng.choice((2, 5, 10, 20, 100))
    flat = n * n * c
    macs = dense_macs(flat, m1) + dense_macs(m1, m2)
    return Task(
        w(
            f"Auf Feature-Maps der Form {n} × {n} × {c} folgen Flatten und zwei Dense-Schichten "
            f"mit {m1} und {m2} Neuronen. Wie viele MACs brauchen diese Schichten für einen Batch aus {b} "
            "Bildern?",
            f"Feature maps of shape {n} × {n} × {c} are followed by Flatten and two dense layers with {m1} "
            f"and {m2} units. How many MACs do these layers take for a batch of {b} images?",
        ),
        b * macs,
        "MACs",
        w.math(
            rf"\text{{Flatten:}} \quad & {n} \cdot {n} \cdot {c} = {flat}",
            rf"\text{{Dense 1:}} \quad & {flat} \cdot {m1} = {flat * m1}",
            rf"\text{{Dense 2:}} \quad & {m1} \cdot {m2} = {m1 * m2}",
            rf"\text{{Batch:}} \quad & {b} \cdot ({flat * m1} + {m1 * m2})",
            f"&= {b * macs}",
        ),
        {
            "batch_forgotten_compute": macs,
            "bias_counted": b * (macs + m1 + m2),
            "first_layer_only": b * flat * m1,
            "second_from_flatten": b * flat * (m1 + m2),
            "flops_for_macs": 2 * b * macs,
        },
    )
