"""The memory of parameters."""

from fractions import Fraction

from cnncourse.arithmetic import conv2d_parameters, dense_parameters, parameter_bytes
from cnncourse.drills.tasks import FILTERS, KERNELS, NEURONS, WIDE, Task, Topic, paragraphs
from cnncourse.drills.units import amount, amounts, in_bytes, in_unit, number, unit_of

TOPIC = Topic("Speicher für Parameter", "Memory of parameters", section="arithmetic#sec-bytes")


@TOPIC.task(1)
def memory_of_parameters(rng, w):
    parameters = rng.choice(
        [conv2d_parameters(c, k, f) for c in (1, 3, 32, 64) for k in FILTERS for f in KERNELS]
        + [dense_parameters(n, m) for n in (120, 400, 784, 1024) for m in NEURONS[:8]]
    )
    size, unit = amount(parameter_bytes(parameters), "kB")
    return Task(
        w(
            f"Eine Schicht hat {parameters} Parameter in float32. Wie viel Speicher belegen sie, in kB (1 "
            "kB = 10³ B)?",
            f"A layer has {parameters} parameters in float32. How much memory do they take, in kB (1 kB = "
            "10³ B)?",
        ),
        size,
        unit,
        paragraphs(
            w(
                "float32 heißt 32 Bit, also 4 Byte pro Parameter:",
                "float32 means 32 bits, which are 4 bytes per parameter:",
            ),
            in_bytes(w, f"{parameters} \\cdot 4", 4 * parameters, unit),
        ),
        amounts(unit, bits=32 * parameters, count_for_bytes=parameters)
        | {"binary_unit": number(Fraction(4 * parameters, 1024))},
    )


@TOPIC.task(2)
def memory_of_convolution(rng, w):
    c, k, f, b = (
        rng.choice((3, *WIDE)),
        rng.choice(WIDE),
        rng.choice((3, 5, 7, 11)),
        rng.choice((16, 64, 128)),
    )
    parameters = conv2d_parameters(c, k, f)
    unit = unit_of(4 * parameters)
    return Task(
        w(
            f"Eine Faltungsschicht mit {k} Filtern der Größe {f} × {f} verarbeitet Eingaben mit {c} "
            f"Kanälen. Die Batchgröße ist {b}, gerechnet wird in float32. Wie viel Speicher belegen die "
            f"Parameter (mit Bias), {in_unit(unit)}?",
            f"A convolution with {k} filters of size {f} × {f} processes inputs with {c} channels. The "
            f"batch size is {b}, the precision is float32. How much memory do the parameters (with biases) "
            f"take, {in_unit(unit)}?",
        ),
        *amount(4 * parameters, unit),
        paragraphs(
            w(
                "Die Batchgröße spielt keine Rolle, denn alle Bilder benutzen dieselben Parameter.",
                "The batch size does not matter, because all images use the same parameters.",
            ),
            w.math(rf"{k} \cdot {f} \cdot {f} \cdot {c} + {k} = {parameters}"),
            in_bytes(w, f"{parameters} \\cdot 4", 4 * parameters, unit),
        ),
        amounts(
            unit,
            batch_in_memory=4 * b * parameters,
            bits=32 * parameters,
            no_bias=4 * (parameters - k),
            notes_formula=Fraction(b * parameters, 8),
            count_for_bytes=parameters,
        ),
    )


@TOPIC.task(3, until=2)  # no chapter teaches bfloat16 and float64
def memory_in_any_precision(rng, w):
    return _memory_in(w, rng, (("float16", 2), ("bfloat16", 2), ("float64", 8), ("int8", 1)))


@TOPIC.task(3, since=3)
def memory_in_less_precision(rng, w):
    return _memory_in(w, rng, (("float16", 2), ("int8", 1)))


def _memory_in(w, rng, dtypes):
    dtype, each = rng.choice(dtypes)
    n, m = rng.choice((1024, 2048, 4096, 6400, 9216, 12544, 25088)), rng.choice((256, 512, 1024, 2048, 4096))
    parameters = dense_parameters(n, m)
    total = parameter_bytes(parameters, dtype)
    return Task(
        w(
            f"Eine Dense-Schicht mit {n} Eingängen und {m} Neuronen (mit Bias) speichert ihre "
            f"Parameter in {dtype}. Wie viel Speicher belegen sie, in MiB (1 MiB = 2²⁰ B)? Runde auf zwei "
            "Nachkommastellen.",
            f"A dense layer with {n} inputs and {m} units (with biases) stores its parameters in {dtype}. "
            "How much memory do they take, in MiB (1 MiB = 2²⁰ B)? Round to two decimals.",
        ),
        *amount(total, "MiB"),
        paragraphs(
            w.math(rf"{n} \cdot {m} + {m} = {parameters}"),
            w(
                f"{dtype} braucht {each} Byte pro Zahl:",
                f"{dtype} takes {each} {'byte' if each == 1 else 'bytes'} per number:",
            ),
            in_bytes(w, f"{parameters} \\cdot {each}", total, "MiB"),
        ),
        amounts("MiB", float32_bytes=4 * parameters, bits_other=8 * total)
        | {"decimal_unit": number(Fraction(total, 1000**2))},
    )


TOPIC.reveals |= {
    "bits_other": (
        "Du hast in Bit gerechnet. Teile durch 8, um Byte zu erhalten.",
        "You counted bits. Divide by 8 to get bytes.",
    ),
    "decimal_unit": (
        "Du hast mit 1000 statt mit 1024 umgerechnet. Das ergibt kB oder MB, nicht KiB oder MiB.",
        "You converted with 1000 instead of 1024. That gives kB or MB, not KiB or MiB.",
    ),
    "batch_in_memory": (
        "Du hast die Parameter mit der Batchgröße multipliziert. Sie liegen nur einmal im Speicher.",
        "You multiplied the parameters by the batch size. They are in memory only once.",
    ),
    "notes_formula": (
        "Du hast mit dem Batch multipliziert und durch 8 geteilt, aber die Bits pro Zahl weggelassen.",
        "You multiplied by the batch and divided by 8, but left out the bits per number.",
    ),
    "float32_bytes": (
        "Du hast mit 4 Byte pro Zahl gerechnet. Das gilt für float32.",
        "You took 4 bytes per number. That is float32.",
    ),
}
