"""The memory of a layer's output."""

from cnncourse.arithmetic import activation_bytes, output_size
from cnncourse.drills.tasks import (
    BATCHES,
    IMAGES,
    MAPS,
    SIZE,
    WIDE,
    Task,
    Topic,
    a_convolution,
    paragraphs,
    steps_of,
)
from cnncourse.drills.units import amount, amounts, in_binary, in_bytes, in_unit, unit_of
from cnncourse.worked import explain_conv2d

TOPIC = Topic("Speicher für Aktivierungen", "Memory of activations", section="arithmetic#sec-activations")


@TOPIC.task(1)
def memory_of_feature_maps(rng, w):
    n, k = rng.choice(MAPS), rng.choice((16, *WIDE))
    total = activation_bytes((n, n, k))
    unit = unit_of(total)
    return Task(
        w(
            f"Die Ausgabe einer Schicht hat die Form {n} × {n} × {k}. Wie viel Speicher belegt sie für ein "
            f"Bild in float32, {in_unit(unit)}?",
            f"The output of a layer has shape {n} × {n} × {k}. How much memory does it take for one image "
            f"in float32, {in_unit(unit)}?",
        ),
        *amount(total, unit),
        in_bytes(w, rf"{n} \cdot {n} \cdot {k} \cdot 4", total, unit),
        amounts(unit, bits=8 * total, count_for_bytes=total // 4, maps_forgotten=4 * n * n)
        | {"binary_unit": in_binary(total, unit)},
    )


@TOPIC.task(2)
def memory_of_a_batch(rng, w):
    n, k, b = (
        rng.choice((14, 16, 24, 27, 28, 32, 55, 56, 64, 112)),
        rng.choice((32, *WIDE)),
        rng.choice(BATCHES),
    )
    total = activation_bytes((n, n, k), b)
    unit = unit_of(total)
    return Task(
        w(
            f"Die Ausgabe einer Faltungsschicht hat die Form {n} × {n} × {k}. Die Batchgröße ist {b}, "
            "gerechnet wird in float32. Wie viel Speicher belegen die Aktivierungen dieser Schicht für "
            f"den ganzen Batch, {in_unit(unit)}?",
            f"The output of a convolution has shape {n} × {n} × {k}. The batch size is {b}, the precision "
            "is float32. How much memory do the activations of this layer take for the whole batch, "
            f"{in_unit(unit)}?",
        ),
        *amount(total, unit),
        in_bytes(w, rf"{b} \cdot {n} \cdot {n} \cdot {k} \cdot 4", total, unit),
        amounts(
            unit,
            batch_forgotten=total // b,
            bits=8 * total,
            count_for_bytes=total // 4,
            maps_forgotten=4 * b * n * n,
        )
        | {"binary_unit": in_binary(total, unit)},
    )


@TOPIC.task(3)
def memory_from_the_input(rng, w):
    n, f, s = rng.choice([(n, f, s) for n in IMAGES[3:] for f in (5, 7, 11) for s in (2, 3, 4)])
    k, b, p = rng.choice(WIDE), rng.choice(BATCHES), rng.randint(0, 2)
    o = output_size(n, f, s, p)
    total = activation_bytes((o, o, k), b)
    unit = unit_of(total)
    layer = a_convolution(k, f, s, p)
    return Task(
        w(
            f"Ein Batch aus {b} Farbbildern mit {n} × {n} Pixeln durchläuft eine {layer[0]}. Wie viel "
            f"Speicher belegen ihre Aktivierungen (die Ausgabe) in float32, {in_unit(unit)}?",
            f"A batch of {b} colour images of {n} × {n} pixels passes through a {layer[1]}. How much "
            f"memory do its activations (the output) take in float32, {in_unit(unit)}?",
        ),
        *amount(total, unit),
        paragraphs(
            steps_of(explain_conv2d((n, n, 3), k, f, stride=s, padding=p, language=w.language), SIZE),
            w("Der ganze Batch braucht", "The whole batch takes"),
            in_bytes(w, rf"{b} \cdot {o} \cdot {o} \cdot {k} \cdot 4", total, unit),
        ),
        amounts(
            unit,
            batch_forgotten=total // b,
            input_memory=activation_bytes((n, n, 3), b),
            stride_ignored=activation_bytes((output_size(n, f, 1, p),) * 2 + (k,), b),
            bits=8 * total,
        ),
    )


TOPIC.reveals |= {
    "batch_forgotten": (
        "Du hast den Batch vergessen: Jedes Bild hat seine eigenen Aktivierungen.",
        "You forgot the batch: every image has activations of its own.",
    ),
    "input_memory": (
        "Das ist der Speicher der Eingabe. Gefragt ist die Ausgabe der Schicht.",
        "That is the memory of the input. The question is about the layer's output.",
    ),
    "maps_forgotten": (
        "Du hast nur einen Kanal der Ausgabe gezählt.",
        "You counted a single channel of the output.",
    ),
}
