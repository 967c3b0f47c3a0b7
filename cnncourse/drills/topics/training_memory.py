"""Memory while training: weights, gradients, what the optimizer keeps, and activations."""

from cnncourse.drills.tasks import Task, Topic, paragraphs, tenths
from cnncourse.drills.units import amount, amounts, in_bytes, millions_in

TOPIC = Topic("Speicher beim Training", "Memory while training", section="arithmetic#sec-training-memory")


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


@TOPIC.task(1)
def copies_of_parameters(rng, w):
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


@TOPIC.task(2)
def whole_training(rng, w):
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


@TOPIC.task(3)
def largest_batch(rng, w):
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


TOPIC.reveals |= {
    "weights_only": (
        "Das sind nur die Gewichte. Beim Training kommen Gradienten und der Zustand des Optimierers hinzu.",
        "Those are the weights only. Training adds gradients and the optimizer's state.",
    ),
    "weights_only_sgd": (
        "Das sind nur die Gewichte. Beim Training kommt zu jedem ein Gradient hinzu.",
        "Those are the weights only. Training adds a gradient to each of them.",
    ),
    "state_forgotten": (
        "Du hast den Zustand des Optimierers vergessen.",
        "You forgot the optimizer's state.",
    ),
    "adam_once": (
        "Adam merkt sich zwei Werte pro Parameter (erstes und zweites Moment), nicht einen.",
        "Adam keeps two values per parameter (first and second moment), not one.",
    ),
    "state_though_none": (
        "SGD ohne Momentum merkt sich nichts: Es bleibt bei Gewichten und Gradienten.",
        "SGD without momentum keeps nothing: there are weights and gradients only.",
    ),
    "momentum_twice": (
        "SGD mit Momentum merkt sich einen Wert pro Parameter, nicht zwei wie Adam.",
        "SGD with momentum keeps one value per parameter, not two as Adam does.",
    ),
    "activations_once": (
        "Du hast die Aktivierungen nur für ein Bild gezählt.",
        "You counted the activations of one image only.",
    ),
    "batch_on_all": (
        "Du hast alles mit der Batchgröße multipliziert. Nur die Aktivierungen wachsen mit ihr.",
        "You multiplied everything by the batch size. Only the activations grow with it.",
    ),
    "activations_forgotten": (
        "Du hast die Aktivierungen vergessen.",
        "You forgot the activations.",
    ),
    "only_weights_kept": (
        "Du hast nur die Gewichte abgezogen. Gradienten und Optimierer belegen ebenfalls Speicher.",
        "You subtracted the weights only. Gradients and the optimizer take memory, too.",
    ),
    "nothing_subtracted": (
        "Du hast den ganzen Speicher für Aktivierungen verplant. Parameter, Gradienten und Optimierer "
        "gehen vorher ab.",
        "You spent the whole memory on activations. Parameters, gradients and the optimizer take their "
        "share first.",
    ),
    "bits_each": (
        "Du hast mit 32 Byte pro Zahl gerechnet. float32 heißt 32 Bit, also 4 Byte.",
        "You took 32 bytes per number. float32 means 32 bits, which are 4 bytes.",
    ),
    "rounded_up_batch": (
        "Du hast aufgerundet. Das letzte Bild passt nicht mehr ganz hinein.",
        "You rounded up. The last image does not quite fit.",
    ),
}
