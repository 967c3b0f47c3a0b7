"""Train the LeNet-5 of the labs and write ``lenet-weights.js`` and ``lenet-digits.js``.

    python tools/train_lenet.py                      MNIST as Keras downloads it
    python tools/train_lenet.py --data mnist.npz     MNIST from a file

The network is the paper's: S2 and S4 have coefficients, C3 sees the paper's maps, 28 x 28 pixels get a
margin of 2. It learns from MNIST and from the embedded digits, whose writers put a serif on the 1 and a
bar through the 7. In every epoch each digit is written differently. Among them is what is no digit, and
there the right answer is a tenth for each. The least probability that counts as sure is chosen on
validation digits: all but two in a hundred reach it.

The figures in the file are what ``lenet-network.js`` says of prepared pictures, as in the page.

Both files are classic scripts, so that a page opened from disk can load them. The weights are float16
(little-endian, Keras' order, base64), the test digits are the first of MNIST.
"""

import argparse
import base64
import hashlib
import json
from itertools import chain, groupby
from pathlib import Path

import numpy as np
from lenet_pictures import SIDE, distorted, ones, others, pictures, pixels
from scripts import SCRIPTS, answers  # of the tests, where lenet_pictures has found them

import cnncourse as cc
from cnncourse import keras

WEIGHTS, DIGITS = SCRIPTS / "lenet-weights.js", SCRIPTS / "lenet-digits.js"
SEED, EPOCHS, BATCH, RATE = 0, 12, 64, 0.002
VALIDATION = 5000  # digits of MNIST that are set aside, and a tenth of the embedded ones
COPIES = 8  # of each embedded digit: there are forty times as many of MNIST
ONES = 3000  # drawn ones with an upstroke, which MNIST hardly has
OTHERS = 5000  # of each of the five kinds of pictures that show no digit
UNSURE = 0.02  # of the validation digits
SHOWN = 500  # test digits in the file
SOURCE = "Y. LeCun, C. Cortes and C. Burges, MNIST"
LICENCE = "CC BY-SA 3.0"  # as Keras and TensorFlow state it; the authors' own page names none


def network():
    """LeNet-5 as published, but for the output."""
    return cc.lenet5((SIDE, SIDE, 1))


# -- training -----------------------------------------------------------------------------------------


def splits(mnist, digits, numbers):
    """Training and validation: images and targets, a chance for each digit."""
    order, own = numbers.permutation(len(mnist.y_train)), numbers.permutation(len(digits.y_train))
    embedded = pictures(pixels(digits.x_train))
    parts = []
    for big, small, copies, share in (
        (order[VALIDATION:], own[len(own) // 10 :], COPIES, 1),
        (order[:VALIDATION], own[: len(own) // 10], 1, 10),
    ):
        images, labels = mnist.x_train[big], mnist.y_train[big]
        drawn = pictures(ones(numbers, ONES // share))
        none = others(images, labels, numbers, OTHERS // share)
        labels = np.concatenate([labels, np.tile(digits.y_train[small], copies), np.ones(len(drawn), int)])
        parts.append(
            (
                np.concatenate([images, np.tile(embedded[small], (copies, 1, 1, 1)), drawn, none]),
                np.concatenate([np.eye(10)[labels], np.full((len(none), 10), 0.1)]).astype("float32"),
            )
        )
    return parts


def trained(images, targets, numbers, epochs=EPOCHS):
    """The network after the training; its weights are float16."""
    keras.utils.set_random_seed(SEED)
    model = network()
    model.compile(keras.optimizers.Adam(RATE), "categorical_crossentropy")
    for epoch in range(epochs):
        model.optimizer.learning_rate = RATE * (1 - epoch / epochs)
        model.fit(distorted(images, numbers), targets, batch_size=BATCH, verbose=2)
    model.set_weights([weight.astype("float16") for weight in model.get_weights()])
    return model


def least_sure(model, images, targets):
    """The probability that all but two in a hundred of the validation digits reach."""
    digits = targets.max(1) == 1
    return round(float(np.quantile(model.predict(images[digits], verbose=0).max(1), UNSURE)), 3)


def tested(network, threshold, data):
    """What the page says to the test digits of each data set: their number, the right ones, the sure ones."""
    found = {}
    for name, (title, images, labels) in data.items():
        chances = answered(network, images)
        right, sure = chances.argmax(1) == labels, chances.max(1) >= threshold
        counts = {
            "count": len(labels),
            "correct": right.sum(),
            "sure": sure.sum(),
            "sure_correct": (right & sure).sum(),
        }
        found[name] = {"name": title, **{key: int(count) for key, count in counts.items()}}
        if name == "mnist":
            errors = np.flatnonzero(~right[:SHOWN]).tolist()
    return found, errors


def answered(network, images):
    """The chances ``(n, 10)`` that the page gives to images."""
    call = {"call": "chances", "arguments": {"network": network, "all": pixels(images)}}
    return np.array(answers("lenet-network", [call])[0]["result"])


# -- the files ----------------------------------------------------------------------------------------


def script(name, header, values):
    """The text of a classic script that assigns the values."""
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in values.items())
    return f"// Written by tools/train_lenet.py: {header}\ncnncourse.{name} = {{\n{lines}\n}};\n"


def unscripted(path):
    """The values of such a file."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


def packed(images, labels):
    """The first test digits: labels, and pixels; a run of zeros is a zero and its length."""
    runs = bytearray()
    for ink, run in groupby(np.rint(images[:SHOWN] * 255).astype("uint8").ravel().tolist(), bool):
        values = list(run)
        if ink:
            runs += bytes(values)
        else:
            runs += bytes(
                chain.from_iterable((0, len(values[i : i + 255])) for i in range(0, len(values), 255))
            )
    return {"labels": "".join(map(str, labels[:SHOWN])), "runs": base64.b64encode(runs).decode()}


def described(model):
    """The network as the page reads it: its layers, and its weights."""
    weights = b"".join(weight.astype("<f2").tobytes() for weight in model.get_weights())
    return {
        "layers": layers(model),
        "sha256": hashlib.sha256(weights).hexdigest(),
        "weights": base64.b64encode(weights).decode(),
    }


KINDS = {"Conv2D": "conv", "PartialConv2D": "conv", "DepthwiseConv2D": "subsample", "Dense": "dense"}


def layers(model):
    """What the lab has to know of each layer; ``field`` and ``jump`` are pixels of the input."""
    found, windows, jump = [], [], 1
    for layer in model.layers:
        kind = KINDS.get(type(layer).__name__)
        if kind is None:
            continue  # the margin, the mean before the weights of a pooling, Flatten
        size, stride = {"dense": (1, 1), "subsample": (2, 2)}.get(kind) or (layer.kernel_size[0], 1)
        windows.append((size, stride))
        jump *= stride
        found.append(
            {
                "name": layer.name,
                "kind": kind,
                "size": size,
                "shape": [1, 1, *layer.output.shape[1:]][-3:],
                "parameters": layer.count_params(),
                "activation": layer.activation.__name__,
                "field": cc.receptive_field(windows),
                "jump": jump,
                **({"connections": layer.connections} if hasattr(layer, "connections") else {}),
            }
        )
    return found


def read(path=WEIGHTS):
    """What the file says, and the network with its weights."""
    manifest = unscripted(path)
    numbers = np.frombuffer(base64.b64decode(manifest["weights"]), "<f2")
    model = network()
    shapes = [weight.shape for weight in model.get_weights()]
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    model.set_weights(
        [part.reshape(shape) for part, shape in zip(np.split(numbers, ends[:-1]), shapes, strict=True)]
    )
    return manifest, model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, help="an .npz file with MNIST; Keras' own if not given")
    parser.add_argument("--out", type=Path, default=SCRIPTS, help="the folder for the two files")
    options = parser.parse_args()
    mnist, digits = cc.load("mnist", path=options.data), cc.load("digits", size=SIDE)
    numbers = np.random.default_rng(SEED)
    train, validation = splits(mnist, digits, numbers)
    write(trained(*train, numbers), validation, mnist, digits, options.out)


def write(model, validation, mnist, digits, folder):
    """Test the network in the page's script, and write both files."""
    network, threshold = described(model), least_sure(model, *validation)
    data = {
        "mnist": ("MNIST", mnist.x_test, mnist.y_test),
        "digits": ("scikit-learn", digits.x_test, digits.y_test),
    }
    results, errors = tested(network, threshold, data)
    counts = {
        "mnist": len(mnist.y_train) - VALIDATION,
        "digits": len(digits.y_train) - len(digits.y_train) // 10,
        "ones": ONES,
        "others": 5 * OTHERS,
    }
    facts = {"trained": counts, "epochs": EPOCHS, "seed": SEED, "tested": results, "errors": errors}
    facts |= {"unsure": UNSURE, "threshold": threshold}
    weights = script(
        "lenetWeights", "what the network is, how it was tested, and its weights.", facts | network
    )
    source = {"source": SOURCE, "licence": LICENCE}
    shown = script(
        "lenetDigits",
        f"the first test digits of MNIST, {LICENCE}.",
        source | packed(mnist.x_test, mnist.y_test),
    )
    for name, text in (("lenet-weights.js", weights), ("lenet-digits.js", shown)):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    print("\n".join(f"{data}: {result}" for data, result in results.items()), f"sure from {threshold} on")


if __name__ == "__main__":
    main()
