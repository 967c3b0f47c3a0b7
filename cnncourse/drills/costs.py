"""The drills on costs: parameters, memory, compute, whole networks, and the way back."""

from fractions import Fraction
from math import prod, sqrt

from cnncourse.arithmetic import (
    activation_bytes,
    batch_norm_parameters,
    conv2d_macs,
    conv2d_output_shape,
    conv2d_parameters,
    dense_macs,
    dense_parameters,
    output_size,
    parameter_bytes,
    pool2d_output_shape,
)
from cnncourse.drills.tasks import (
    BATCHES,
    COMPUTE,
    FILTERS,
    IMAGES,
    KERNELS,
    MAPS,
    NEURONS,
    PARAMETERS,
    SIZE,
    WIDE,
    Task,
    a_convolution,
    amount,
    amounts,
    in_binary,
    in_bytes,
    in_unit,
    millions_in,
    number,
    paragraphs,
    steps_of,
    task,
    tenths,
    two_decimals,
    unit_of,
    with_channels,
)
from cnncourse.worked import explain_conv2d, explain_dense

# -- parameters -------------------------------------------------------------------------------------


@task("conv_parameters", 1)
def _first_convolution(rng, w):
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


@task("conv_parameters", 2)
def _inner_convolution(rng, w):
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


@task("conv_parameters", 3)
def _grouped_convolution(rng, w):
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


@task("dense_parameters", 1)
def _dense(rng, w):
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


@task("dense_parameters", 2)
def _dense_after_flatten(rng, w):
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


@task("dense_parameters", 3)
def _two_dense(rng, w):
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


@task("batch_norm_parameters", 1)
def _batch_norm(rng, w):
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


@task("batch_norm_parameters", 2)
def _batch_norm_trained(rng, w):
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


@task("batch_norm_parameters", 3)
def _convolution_and_batch_norm(rng, w):
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


# -- memory -----------------------------------------------------------------------------------------


@task("parameter_memory", 1)
def _memory_of_parameters(rng, w):
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


@task("parameter_memory", 2)
def _memory_of_convolution(rng, w):
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


@task("parameter_memory", 3)
def _memory_in_other_precision(rng, w):
    dtype, each = rng.choice((("float16", 2), ("bfloat16", 2), ("float64", 8), ("int8", 1)))
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


@task("activation_memory", 1)
def _memory_of_feature_maps(rng, w):
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


@task("activation_memory", 2)
def _memory_of_a_batch(rng, w):
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


@task("activation_memory", 3)
def _memory_from_the_input(rng, w):
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


# -- memory while training --------------------------------------------------------------------------


_OPTIMIZERS = {  # copies of the parameters: weights, gradients and what the optimizer keeps
    "sgd": (2, ("SGD ohne Momentum", "SGD without momentum")),
    "momentum": (3, ("SGD mit Momentum", "SGD with momentum")),
    "adam": (4, ("Adam", "Adam")),
}
_COPY_MISTAKES = {
    "sgd": {"weights_only_sgd": 1, "state_though_none": 3},
    "momentum": {"weights_only": 1, "state_forgotten": 2, "momentum_twice": 4},
    "adam": {"weights_only": 1, "state_forgotten": 2, "adam_once": 3},
}


@task("training_memory", 1)
def _copies_of_parameters(rng, w):
    millions, optimizer = tenths(rng, 12, 990), rng.choice(list(_OPTIMIZERS))
    parameters = round(millions * 10**6)
    copies, name = _OPTIMIZERS[optimizer]
    total = 4 * copies * parameters
    return Task(
        w(
            f"Ein Netz mit {millions} Millionen Parametern wird in float32 trainiert (Optimierer: "
            f"{name[0]}). Wie viel Speicher brauchen Gewichte, Gradienten und der Zustand des Optimierers "
            "zusammen, ohne Aktivierungen, in MB (1 MB = 10⁶ B)?",
            f"A network with {millions} million parameters is trained in float32 (optimizer: {name[1]}). "
            "How much memory do weights, gradients and the optimizer's state take together, without "
            "activations, in MB (1 MB = 10⁶ B)?",
        ),
        *amount(total, "MB"),
        paragraphs(
            _what_is_kept(w, optimizer),
            in_bytes(w, rf"{copies} \cdot {parameters} \cdot 4", total, "MB"),
        ),
        amounts("MB", **{key: 4 * wrong * parameters for key, wrong in _COPY_MISTAKES[optimizer].items()})
        | amounts("MB", bits=8 * total),
    )


@task("training_memory", 2)
def _whole_training(rng, w):
    millions, values = tenths(rng, 5, 400), tenths(rng, 4, 90)
    optimizer, b = rng.choice(("momentum", "adam")), rng.choice((16, 32, 64, 128))
    copies, name = _OPTIMIZERS[optimizer]
    fixed, image = round(4 * copies * millions * 10**6), round(4 * values * 10**6)
    return Task(
        w(
            f"Ein Netz hat {millions} Millionen Parameter und speichert für jedes Bild {values} Millionen "
            f"Aktivierungen. Es wird in float32 mit Batchgröße {b} trainiert (Optimierer: {name[0]}). Wie "
            "viel Speicher brauchen Gewichte, Gradienten, Zustand des Optimierers und Aktivierungen "
            "zusammen, in MB (1 MB = 10⁶ B)?",
            f"A network has {millions} million parameters and keeps {values} million activations for every "
            f"image. It is trained in float32 with batch size {b} (optimizer: {name[1]}). How much memory "
            "do weights, gradients, the optimizer's state and activations take together, in MB (1 MB = "
            "10⁶ B)?",
        ),
        *amount(fixed + b * image, "MB"),
        paragraphs(
            _what_is_kept(w, optimizer),
            w(
                "Nur die Aktivierungen wachsen mit dem Batch. In Millionen Byte:",
                "Only the activations grow with the batch. In millions of bytes:",
            ),
            w.math(
                rf"{copies} \cdot {millions} \cdot 4 &= {millions_in(fixed)}",
                rf"{b} \cdot {values} \cdot 4 &= {millions_in(b * image)}",
                rf"{millions_in(fixed)} + {millions_in(b * image)} &= {millions_in(fixed + b * image)}",
            ),
        ),
        amounts(
            "MB",
            activations_once=fixed + image,
            batch_on_all=b * (fixed + image),
            activations_forgotten=fixed,
            state_forgotten=fixed * 2 // copies + b * image,
            weights_only=fixed // copies + b * image,
        ),
    )


@task("training_memory", 3)
def _largest_batch(rng, w):
    millions, values = tenths(rng, 50, 900), tenths(rng, 10, 150)
    optimizer, memory = rng.choice(("momentum", "adam")), rng.choice((4, 6, 8, 12, 16, 24))
    copies, name = _OPTIMIZERS[optimizer]
    fixed, image, free = round(4 * copies * millions * 10**6), round(4 * values * 10**6), memory * 10**9
    batch = (free - fixed) // image
    return Task(
        w(
            f"Eine Grafikkarte hat {memory} GB freien Speicher (1 GB = 10⁹ B). Ein Netz mit {millions} "
            f"Millionen Parametern wird darauf in float32 trainiert (Optimierer: {name[0]}); für jedes "
            f"Bild speichert es {values} Millionen Aktivierungen. Wie viele Bilder passen höchstens in "
            "einen Batch?",
            f"A graphics card has {memory} GB of free memory (1 GB = 10⁹ B). A network with {millions} "
            f"million parameters is trained on it in float32 (optimizer: {name[1]}); for every image it "
            f"keeps {values} million activations. At most how many images fit into a batch?",
        ),
        batch,
        "images",
        paragraphs(
            _what_is_kept(w, optimizer),
            w(
                "Der Rest bleibt für die Aktivierungen. In Millionen Byte:",
                "The rest is left for the activations. In millions of bytes:",
            ),
            w.math(
                rf"{memory * 1000} - {copies} \cdot {millions} \cdot 4 &= {millions_in(free - fixed)}",
                rf"\lfloor {millions_in(free - fixed)} / ({values} \cdot 4) \rfloor &= {batch}",
            ),
        ),
        {
            "nothing_subtracted": free // image,
            "only_weights_kept": (free - fixed // copies) // image,
            "rounded_up_batch": batch + 1 if (free - fixed) % image else None,
            "bits_each": max(0, free - 8 * fixed) // (8 * image) or None,
        },
    )


def _what_is_kept(w, optimizer):
    copies, name = _OPTIMIZERS[optimizer]
    kept = {
        "sgd": ("nichts dazu", "nothing more"),
        "momentum": ("einen Wert pro Parameter dazu", "one more value per parameter"),
        "adam": ("zwei Werte pro Parameter dazu", "two more values per parameter"),
    }[optimizer]
    return w(
        f"Zu jedem Gewicht gehört ein Gradient; {name[0]} speichert {kept[0]}. Das sind {copies} Zahlen "
        "pro Parameter.",
        f"Every weight has a gradient; {name[1]} keeps {kept[1]}. That makes {copies} numbers per parameter.",
    )


# -- compute ----------------------------------------------------------------------------------------


@task("conv_compute", 1)
def _macs_from_the_output(rng, w):
    o, c, k, f = rng.choice(MAPS), rng.choice((3, 16, 32, 64)), rng.choice(WIDE), rng.choice((3, 5, 7))
    macs = o * o * k * f * f * c
    return Task(
        w(
            f"Eine Faltungsschicht mit {k} Filtern der Größe {f} × {f} bekommt eine Eingabe mit {c} "
            f"Kanälen und liefert eine Ausgabe der Form {o} × {o} × {k}. Wie viele MACs (Multiplikation "
            "mit Addition) braucht sie für ein Bild?",
            f"A convolution with {k} filters of size {f} × {f} gets an input with {c} channels and "
            f"produces an output of shape {o} × {o} × {k}. How many MACs (multiply-accumulates) does it take "
            "for one image?",
        ),
        macs,
        "MACs",
        paragraphs(
            w(
                f"Jeder der ${o} \\cdot {o} \\cdot {k}$ Ausgabewerte ist eine Summe aus ${f} \\cdot {f} "
                f"\\cdot {c}$ Produkten:",
                f"Each of the ${o} \\cdot {o} \\cdot {k}$ output values is a sum of ${f} \\cdot {f} \\cdot "
                f"{c}$ products:",
            ),
            w.math(rf"{o} \cdot {o} \cdot {k} \cdot {f} \cdot {f} \cdot {c} = {macs}"),
        ),
        {
            "notes_plus": (f * f * c + o * o) * k,
            "channels_forgotten": macs // c,
            "one_position": f * f * c * k,
            "filters_forgotten": macs // k,
            "flops_for_macs": 2 * macs,
            "bias_counted": macs + o * o * k,
        },
    )


@task("conv_compute", 2)
def _macs_from_the_input(rng, w):
    n, f, s = rng.choice([(n, f, s) for n in IMAGES[3:] for f in (5, 7, 11) for s in (2, 3, 4)])
    c, k, p = rng.choice((1, 3)), rng.choice(WIDE), rng.randint(0, 2)
    macs = conv2d_macs((n, n, c), k, f, stride=s, padding=p)
    layer, weights = a_convolution(k, f, s, p), f * f * c * k
    o = output_size(n, f, s, p)
    image = (
        ("Farbbild (3 Kanäle)", "colour image (3 channels)")
        if c == 3
        else ("Graustufenbild (1 Kanal)", "greyscale image (1 channel)")
    )
    return Task(
        w(
            f"Ein {image[0]} mit {n} × {n} Pixeln durchläuft eine {layer[0]}. Wie viele MACs sind das?",
            f"A {image[1]} of {n} × {n} pixels passes through a {layer[1]}. How many MACs is that?",
        ),
        macs,
        "MACs",
        steps_of(explain_conv2d((n, n, c), k, f, stride=s, padding=p, language=w.language), SIZE, COMPUTE),
        {
            "notes_plus": (f * f * c + o * o) * k,
            "stride_ignored": output_size(n, f, 1, p) ** 2 * weights,
            "input_positions": n * n * weights,
            "flops_for_macs": 2 * macs,
            "bias_counted": macs + o * o * k,
            "channels_forgotten": macs // c,
        },
    )


@task("conv_compute", 3)
def _flops_of_a_batch(rng, w):
    n, c, k, f = rng.choice(MAPS), rng.choice(WIDE), rng.choice(WIDE), rng.choice((3, 5))
    g, b = rng.choice((2, 4, 8)), rng.choice(BATCHES)
    macs = conv2d_macs((n, n, c), k, f, padding="same", groups=g)
    return Task(
        w(
            f"Eine Faltungsschicht mit {k} Filtern der Größe {f} × {f}, Stride 1, Same Padding und {g} "
            f"Gruppen bekommt Feature-Maps der Form {n} × {n} × {c}. Wie viele FLOPs (1 MAC = 2 FLOPs) "
            f"braucht sie für einen Batch aus {b} Bildern?",
            f"A convolution with {k} filters of size {f} × {f}, stride 1, same padding and {g} groups gets "
            f"feature maps of shape {n} × {n} × {c}. How many FLOPs (1 MAC = 2 FLOPs) does it take for a "
            f"batch of {b} images?",
        ),
        2 * b * macs,
        "FLOPs",
        paragraphs(
            w(
                f"Same Padding mit Stride 1 lässt die Größe {n} × {n} unverändert. Jeder Filter sieht "
                f"${c} / {g} = {c // g}$ Kanäle.",
                f"Same padding at stride 1 keeps the size {n} × {n}. Each filter sees ${c} / {g} = {c // g}$ "
                "channels.",
            ),
            w.math(
                rf"\text{{MACs}} &= {n} \cdot {n} \cdot {k} \cdot {f} \cdot {f} \cdot {c // g}",
                f"&= {macs}",
                rf"\text{{FLOPs}} &= 2 \cdot {b} \cdot {macs}",
                f"&= {2 * b * macs}",
            ),
        ),
        {
            "macs_for_flops": b * macs,
            "batch_forgotten_compute": 2 * macs,
            "groups_ignored": 2 * b * macs * g,
            "channels_forgotten": 2 * b * macs // (c // g),
            "one_position": 2 * b * macs // n**2,
        },
    )


@task("dense_compute", 1)
def _dense_macs(rng, w):
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


@task("dense_compute", 2)
def _dense_flops(rng, w):
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


@task("dense_compute", 3)
def _dense_macs_of_a_batch(rng, w):
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


# -- whole networks ---------------------------------------------------------------------------------


@task("network", 1)
def _one_convolution(rng, w):
    n, c, f = rng.choice(((28, 1, 3), (28, 1, 5), (32, 3, 3), (32, 3, 5)))
    layers = [("Conv2D", rng.choice((6, 8, 12, 16, 20, 32)), f), ("MaxPooling2D", 2), ("Flatten",)]
    layers.append(("Dense", rng.choice((2, 5, 10, 20))))
    return _parameters_task(w, (n, n, c), layers, {})


@task("network", 2)
def _two_convolutions(rng, w):
    n, c, f = rng.choice(((28, 1, 3), (28, 1, 5), (32, 1, 5), (32, 3, 3), (32, 3, 5)))
    layers = _lenet_like(rng, f)
    second = layers[2]
    extra = conv2d_parameters(layers[0][1], *second[1:]) - conv2d_parameters(c, *second[1:])
    total = sum(row[2] for row in _account((n, n, c), layers))
    return _parameters_task(w, (n, n, c), layers, {"input_channels_kept": total - extra})


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


@task("network", 3)
def _macs_of_a_network(rng, w):
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
    counted = w.pick(("Parameter", "Parameters")) if column == 2 else "MACs"
    lines = [
        f"| {w.pick(('Schicht', 'Layer'))} | {w.pick(('Ausgabe', 'Output'))} | {counted} |",
        "|---|---|---:|",
    ]
    lines += [f"| {row[0]} | {w.number(row[1])} | {w.number(row[column])} |" for row in rows]
    lines.append(f"| {w.pick(('Summe', 'Total'))} | | {w.number(total)} |")
    return "\n".join(lines)


# -- working backwards ------------------------------------------------------------------------------


@task("reverse", 1)
def _number_of_filters(rng, w):
    c, k, f = rng.choice((1, 3, 3, 16, 32)), rng.choice(FILTERS), rng.choice((3, 5, 7, 11))
    parameters, each = conv2d_parameters(c, k, f), f * f * c + 1
    return Task(
        w(
            f"Eine Faltungsschicht mit {f} × {f}-Filtern verarbeitet Eingaben mit {with_channels(c)[0]} "
            f"und hat {parameters} Parameter, Bias eingeschlossen. Wie viele Filter hat sie?",
            f"A convolution with {f} × {f} filters processes inputs with {with_channels(c)[1]} and has "
            f"{parameters} parameters, biases included. How many filters does it have?",
        ),
        k,
        "filters",
        paragraphs(
            w(
                f"Jeder Filter hat ${f} \\cdot {f} \\cdot {c} = {each - 1}$ Gewichte und einen Bias, "
                f"zusammen {each} Parameter.",
                f"Each filter has ${f} \\cdot {f} \\cdot {c} = {each - 1}$ weights and one bias, {each} "
                "parameters in all.",
            ),
            w.math(rf"{parameters} / {each} = {k}"),
        ),
        {
            "channels_forgotten": round(parameters / (f * f + 1)),
            "side_once": round(parameters / (f * c + 1)),
            "plus_for_times": round(parameters / (f * f + c + 1)),
        },
    )


@task("reverse", 3)
def _which_kernel(rng, w):
    c, k, f = rng.choice((3, 3, 16, 32, 64)), rng.choice(FILTERS), rng.choice((3, 5, 7, 9, 11))
    parameters = conv2d_parameters(c, k, f)
    return Task(
        w(
            f"Eine Faltungsschicht mit {k} quadratischen Filtern verarbeitet Eingaben mit "
            f"{with_channels(c)[0]} und hat {parameters} Parameter, Bias eingeschlossen. Wie viele Pixel "
            "lang ist die Seite eines Filters?",
            f"A convolution with {k} square filters processes inputs with {with_channels(c)[1]} and has "
            f"{parameters} parameters, biases included. How many pixels long is the side of a filter?",
        ),
        f,
        "pixels",
        w.math(
            rf"{parameters} / {k} &= {parameters // k}",
            rf"{parameters // k} - 1 &= {f * f * c}",
            rf"{f * f * c} / {c} &= {f * f}",
            rf"\sqrt{{{f * f}}} &= {f}",
        ),
        {
            "no_root": f * f,
            "no_root_no_channels": f * f * c,
            "root_with_channels": two_decimals(sqrt(f * f * c)),
        },
    )
