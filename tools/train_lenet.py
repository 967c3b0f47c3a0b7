"""Train the LeNet-5 of the lab ``cnn-lenet`` and write its weights: ``python tools/train_lenet.py``.

    python tools/train_lenet.py                      the embedded digits, as committed; two minutes
    python tools/train_lenet.py --data mnist.npz     MNIST, brought into the form of the embedded digits

The network is the chapter's: average pooling, C3 sees every map, the activation of the paper. Each
embedded digit is also shown as copies that are turned, stretched and bent a little, because readers
write less alike than the writers of the data. The test digits stay as they are.

The file is a classic script, so that a page opened from disk can load it: a manifest that says what the
network is and how it was tested, the weights as float32 (little-endian, Keras' order, base64), and
test digits to choose from.
"""

import argparse
import base64
import hashlib
import json
from pathlib import Path

import numpy as np

import cnncourse as cc
from cnncourse import keras

FILE = Path(__file__).resolve().parent.parent / "theme" / "static" / "labs" / "lenet-weights.js"
HEADER = (
    "// Written by tools/train_lenet.py: what the network is, its weights, and test digits to choose from.\n"
)
ASSIGNED = "cnncourse.lenetWeights = "
SIDE = 32  # pixels of the input
CELLS = 8  # a digit is 8 x 8 counts of 4 x 4 pixels
LEVELS = "0123456789abcdefg"  # a count from 0 to 16 as one sign
BOX = 20  # the columns that a digit fills, of 32
SHOWN = 500  # test digits in the file
MOVE = 1.5  # pixels, standard deviation
SEED, EPOCHS = 0, 5
COPIES = 19  # of each embedded digit; MNIST has enough


def network():
    """LeNet-5 as the chapter draws it, with the activation of the paper."""
    return cc.lenet5(activation="scaled_tanh", pooling="average", connections="all")


# -- digits -------------------------------------------------------------------------------------------


def digits(name="digits", path=None):
    """Load digits as the lab has them.

    Returns:
        ``(x_train, y_train), (x_test, y_test), source``; images are ``(n, 8, 8)`` whole numbers 0 ... 16.
    """
    data = cc.load(name, path=path) if path else cc.load(name, size=CELLS)
    convert = counted if path else whole
    train, test = (convert(data.x_train), data.y_train), (convert(data.x_test), data.y_test)
    return train, test, data.source


def whole(images):
    """The embedded digits as they were before they were scaled to fractions."""
    return np.rint(images[..., 0] * 16).astype(int)


def counted(images):
    """Bring grey images into the form of the embedded digits, as NIST's programs did with those."""
    return np.stack([count(image) for image in images[..., 0]])


def count(image):
    """One image as 8 x 8 counts.

    The leftmost ink of the top row comes to stand above the leftmost ink of the bottom row, the whole
    fills 32 rows and at most 20 columns, and the inked pixels of each cell of 4 x 4 are counted.
    """
    rows, columns = np.nonzero(image > 0.5)
    top, bottom = rows.min(), rows.max()
    slant = (columns[rows == top].min() - columns[rows == bottom].min()) / max(bottom - top, 1)
    upright = columns + slant * (rows - top)
    high, wide = bottom - top + 1, np.ptp(upright) + 1
    places = (np.arange(SIDE) + 0.5) / SIDE - 0.5
    y = (top + bottom) / 2 + places[:, None] * high
    across = max(wide * SIDE / BOX, high / 2)  # a narrow digit is widened at most twofold
    x = (upright.min() + upright.max()) / 2 + places * across - slant * (y - top)
    inked = between(image[None], y[None] + 0 * x, x[None])[0] > 0.5
    return inked.reshape(CELLS, 4, CELLS, 4).sum((1, 3))


def enlarged(cells):
    """``(n, 8, 8)`` counts as the network sees them, ``(n, 32, 32, 1)`` from 0 to 1."""
    places = (np.arange(SIDE) + 0.5) * CELLS / SIDE - 0.5
    weights = spread(places, CELLS)
    return (weights @ (cells / 16) @ weights.T)[..., None].astype("float32")


def spread(places, count):
    """How much each of ``count`` points in a row weighs at each place between them."""
    return np.stack([np.interp(places, np.arange(count), unit) for unit in np.eye(count)], axis=1)


def bent(images, numbers):
    """Move 4 x 4 points of each image at random, and what lies between them along."""
    weights = spread(np.linspace(0, 3, SIDE), 4)
    down, right = weights @ numbers.normal(0, MOVE, (2, len(images), 4, 4)) @ weights.T
    places = np.arange(SIDE)
    return between(images[..., 0], places[:, None] + down, places + right)[..., None].astype("float32")


def between(images, y, x):
    """Values of ``(n, height, width)`` images at places between the pixels; outside there is no ink."""
    images = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    y, x = (np.clip(at + 1, 0, size - 1.001) for at, size in zip((y, x), images.shape[1:], strict=True))
    v, u, n = y.astype(int), x.astype(int), np.arange(len(images))[:, None, None]
    upper = images[n, v, u] * (u + 1 - x) + images[n, v, u + 1] * (x - u)
    lower = images[n, v + 1, u] * (u + 1 - x) + images[n, v + 1, u + 1] * (x - u)
    return upper * (v + 1 - y) + lower * (y - v)


# -- training -----------------------------------------------------------------------------------------


def trained(train, test, copies):
    """The network after the training, with so many bent copies of each digit."""
    numbers = np.random.default_rng(SEED)
    images, labels = enlarged(train[0]), train[1]
    images = np.concatenate([images, *(bent(images, numbers) for _ in range(copies))])
    data = (images, np.tile(labels, copies + 1)), (enlarged(test[0]), test[1])
    _history, model = cc.run_test_harness(data, model=network, epochs=EPOCHS, seed=SEED, validation=None)
    return model


# -- the file -----------------------------------------------------------------------------------------


def written(model, train, test, source, copies):
    """The text of the file."""
    guesses = model.predict(enlarged(test[0]), verbose=0).argmax(1)
    weights = b"".join(weight.astype("<f4").tobytes() for weight in model.get_weights())
    shown, labels = test[0][:SHOWN], test[1][:SHOWN]
    manifest = {
        "source": source,
        "train": len(train[1]),
        "copies": copies,
        "epochs": EPOCHS,
        "seed": SEED,
        "tested": len(test[1]),
        "correct": int((guesses == test[1]).sum()),
        "layers": layers(model),
        "sha256": hashlib.sha256(weights).hexdigest(),
        "labels": "".join(map(str, labels)),
        "errors": np.flatnonzero(guesses[:SHOWN] != labels).tolist(),
        "digits": ["".join(LEVELS[count] for count in image.ravel()) for image in shown],
        "weights": base64.b64encode(weights).decode(),
    }
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in manifest.items())
    return f"{HEADER}{ASSIGNED}{{\n{lines}\n}};\n"


def layers(model):
    """What the lab has to know of each layer; ``field`` and ``jump`` are pixels of the input."""
    found, windows, jump = [], [], 1
    for layer in model.layers:
        kind = {"Conv2D": "conv", "AveragePooling2D": "average", "Dense": "dense"}.get(type(layer).__name__)
        if kind is None:
            continue  # Flatten
        size, stride = window(layer)
        windows.append((size, stride))
        jump *= stride
        found.append(
            {
                "name": layer.name,
                "kind": kind,
                "size": size,
                "shape": [1, 1, *layer.output.shape[1:]][-3:],
                "parameters": layer.count_params(),
                "activation": layer.activation.__name__ if hasattr(layer, "activation") else "linear",
                "field": cc.receptive_field(windows),
                "jump": jump,
            }
        )
    return found


def window(layer):
    """Width and stride of a layer's window; a dense layer looks at one place that holds all."""
    if isinstance(layer, keras.layers.Dense):
        return 1, 1
    shape = getattr(layer, "kernel_size", None) or layer.pool_size
    return shape[0], layer.strides[0]


def read(path=FILE):
    """The manifest of a file, and the network with its weights."""
    text = path.read_text(encoding="utf-8")
    manifest = json.loads(text.removeprefix(HEADER + ASSIGNED).removesuffix(";\n"))
    numbers = np.frombuffer(base64.b64decode(manifest["weights"]), "<f4")
    model = network()
    shapes = [weight.shape for weight in model.get_weights()]
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    model.set_weights(
        [part.reshape(shape) for part, shape in zip(np.split(numbers, ends[:-1]), shapes, strict=True)]
    )
    return manifest, model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, help="an .npz file with MNIST; the embedded digits if not given")
    parser.add_argument("--out", type=Path, default=FILE, help="the file to write")
    options = parser.parse_args()
    train, test, source = digits("mnist", options.data) if options.data else digits()
    copies = 0 if options.data else COPIES
    text = written(trained(train, test, copies), train, test, source, copies)
    options.out.write_text(text, encoding="utf-8", newline="\n")
    manifest, _model = read(options.out)
    print(f"{options.out}: {manifest['correct']} of {manifest['tested']} test digits")


if __name__ == "__main__":
    main()
