"""Data sets: two that need no network, three through Keras, and any ``.npz`` file.

Pixels are float32 in [0, 1], ``(images, height, width, channels)``; labels are whole numbers from 0.
Nothing here deletes or overwrites a file.
"""

import hashlib
import os
import socket
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnncourse import checks
from cnncourse.language import spoken
from cnncourse.shapes import SHAPES, draw_shapes

__all__ = ["Dataset", "load", "photograph"]


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images and labels, split once and for all into a training part and a test part.

    Attributes:
        x_train: ``(images, height, width, channels)``, float32 in [0, 1].
        y_train: ``(images,)``, whole numbers: positions in ``class_names``.
        x_test: as ``x_train``. No image of the embedded data sets is in both; Keras' data sets and
            files are split as their authors split them.
        y_test: as ``y_train``.
        class_names: what the labels mean.
        source: where the images come from.

    >>> digits = load("digits")
    >>> digits.x_train.shape, digits.x_test.shape, len(digits.class_names)
    ((1297, 32, 32, 1), (500, 32, 32, 1), 10)
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple
    source: str

    def __repr__(self):
        say = spoken()
        train, test = (say.number(len(images)) for images in (self.x_train, self.x_test))
        size, classes = say.number(self.x_train.shape[1:]), len(self.class_names)
        counted = (
            f"{train} Trainings- und {test} Testbilder der Größe {size}, {classes} Klassen",
            f"{train} training and {test} test images of {size}, {classes} classes",
        )
        return f"{say.pick(counted)}\n{say.pick(('Quelle', 'Source'))}: {self.source}"


def load(name, *, path=None, size=None):
    """Load a data set by its name.

    ``"digits"``: 1,797 real handwritten digits, embedded in scikit-learn. ``"shapes"``: ten kinds of
    coloured shapes, 2,000 + 2,000 images, drawn when they are loaded; the first 10n of them hold n of
    each kind, so that ``x_train[:500]`` is a balanced training set that is too small.
    ``"mnist"``, ``"fashion_mnist"`` and ``"cifar10"``: downloaded by Keras at first use, into its cache.

    Args:
        name: one of these; with ``path`` any text, which then says only what the classes are called.
        path: an ``.npz`` file with the arrays ``x_train``, ``y_train``, ``x_test`` and ``y_test``:
            images ``(n, height, width)`` or ``(n, height, width, channels)`` as whole numbers 0 ... 255
            or as fractions 0 ... 1, and labels ``(n,)`` or ``(n, 1)``, whole numbers from 0 to 99,999.
            Whole numbers that are all 0 or 1 are black and white, and stay as they are.
        size: for ``"digits"`` only: height and width, 32 if not given. 8 is the original.

    Returns:
        A :class:`Dataset`.

    Raises:
        ValueError: for an unknown name, a size for any data set but the digits, and a file that
            does not hold what it should. The file stays as it is.
        ConnectionError: if the data set has to be downloaded and cannot be.

    Source: Each data set names its own in ``.source``.

    >>> digits = load("digits", size=28)
    >>> digits.x_train.shape, digits.class_names[:3]
    ((1297, 28, 28, 1), ('0', '1', '2'))
    """
    if not isinstance(name, str) or (path is None and name not in _NAMES):
        known = ", ".join(map(repr, _NAMES))
        raise ValueError(f"name must be one of {known}; or give path= to a file. Received name={name!r}.")
    if size is not None and (name != "digits" or path is not None):
        raise ValueError(f"size is for load('digits') only. Received size={size!r} for name={name!r}.")
    if path is not None:
        return _from_file(name, path)
    if name == "digits":
        return _digits(32 if size is None else size)
    return _shapes() if name == "shapes" else _from_keras(name)


def photograph(name):
    """Load one of the two photographs that come with scikit-learn.

    Args:
        name: ``"china"`` (buildings) or ``"flower"``.

    Returns:
        ``(427, 640, 3)``, float32 in [0, 1].

    Raises:
        ValueError: for another name.

    Source: ``"china"`` by danielbuechele, ``"flower"`` by vultilion, both on Flickr, CC BY 2.0.

    >>> photograph("china").shape
    (427, 640, 3)
    """
    if name not in ("china", "flower"):
        raise ValueError(f"name must be 'china' or 'flower'. Received name={name!r}.")
    from sklearn.datasets import load_sample_image

    return load_sample_image(f"{name}.jpg").astype("float32") / 255


# -- embedded ---------------------------------------------------------------------------------------


def _digits(size):
    """Split the digits with the same share of each class, and enlarge them."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    images = _enlarge(digits.images / 16, checks.whole("size", size, least=8))[..., None].astype("float32")
    x_train, x_test, y_train, y_test = train_test_split(
        images, digits.target.astype("int64"), test_size=500, stratify=digits.target, random_state=0
    )
    return Dataset(x_train, y_train, x_test, y_test, _CLASS_NAMES["digits"], _SOURCES["digits"])


def _enlarge(images, size):
    """Interpolate between the pixels' centres, along the rows and along the columns."""
    old = images.shape[1]
    centres = (np.arange(size) + 0.5) * old / size - 0.5
    weights = np.stack([np.interp(centres, np.arange(old), unit) for unit in np.eye(old)], axis=1)
    return weights @ images @ weights.T  # (size, old) @ (n, old, old) @ (old, size)


def _shapes():
    labels = np.arange(2000) % len(SHAPES)
    images = [draw_shapes(labels, seed) for seed in (0, 1)]
    return Dataset(images[0], labels, images[1], labels.copy(), _CLASS_NAMES["shapes"], _SOURCES["shapes"])


# -- through Keras ----------------------------------------------------------------------------------


def _from_keras(name):
    """Let Keras read its cache or download, after a look at what is in the cache already."""
    from cnncourse.backend import keras

    missing = _check_cache(name)
    try:
        with _short_timeout():
            (x_train, y_train), (x_test, y_test) = getattr(keras.datasets, name).load_data()
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        if missing:
            raise ConnectionError(
                f"{name!r} is not in Keras' cache and could not be downloaded ({reason}): without a "
                "network use load('digits') or load('shapes'), or give path= to an .npz file."
            ) from None
        raise ValueError(f"{name!r} in {_cache()} is damaged ({reason}). It was left as it is.") from None
    return _dataset(name, _SOURCES[name], x_train, y_train, x_test, y_test)


def _check_cache(name):
    """Refuse a file that Keras would replace; tell whether any file is missing."""
    missing = False
    for file, expected in _KERAS_FILES[name].items():
        path = _cache() / file
        if not path.exists():
            missing = True
        elif expected and _sha256(path) != expected:
            # Keras would download it again, and delete this one if that fails
            raise ValueError(
                f"{path} is not the file that Keras expects for {name!r}: damaged, or another version. "
                f"It was left as it is. Remove it yourself, or read an .npz with load({name!r}, path=...)."
            )
    return missing


def _cache():
    """Find Keras' cache as Keras does (``keras.utils.get_file``)."""
    from keras.src.backend.config import keras_home

    home = Path(keras_home()).expanduser()
    if not os.access(home, os.W_OK):
        home = Path("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir(), ".keras")
    return home / "datasets"


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _short_timeout(seconds=10):
    """Let a silent network fail soon, where it would wait for minutes."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


# -- from a file ------------------------------------------------------------------------------------


def _from_file(name, path):
    """Read an ``.npz`` file and check all that it holds."""
    found = os.path.expanduser(path) if isinstance(path, str | os.PathLike) else ""
    if not os.path.isfile(found):
        raise ValueError(f"path must be an existing .npz file. Received path={path!r}.")
    try:
        if not zipfile.is_zipfile(found):
            raise zipfile.BadZipFile("it is not a zip archive, or a truncated one")
        with np.load(found, allow_pickle=False) as file:
            arrays = [_array(file, name) for name in ("x_train", "y_train", "x_test", "y_test")]
    except Exception as error:  # a damaged zip raises nearly anything
        raise ValueError(
            f"{path} could not be read as an .npz file with x_train, y_train, x_test and y_test "
            f"({type(error).__name__}: {error}). It was left as it is."
        ) from None
    return _dataset(name, f"the file {Path(path).name}", *arrays)


def _array(file, name):
    """Read one array; NumPy gives the bytes of a member that is none, and advises to unpickle objects."""
    if name not in file.files:
        raise ValueError(f"it has no {name}, but {', '.join(file.files) or 'nothing'}")
    try:
        array = file[name]
    except Exception as error:
        reason = (
            "it holds Python objects" if "allow_pickle" in str(error) else f"{type(error).__name__}: {error}"
        )
        raise ValueError(f"{name} is no array of numbers: {reason}") from None
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{name} is no array but {len(array)} other bytes")
    return array


def _dataset(name, source, x_train, y_train, x_test, y_test):
    """Check the arrays and bring them into the form that the book uses."""
    _check_images("x_train", x_train)
    _check_images("x_test", x_test)
    _check_scales(x_train, x_test)
    x_train, x_test = _pixels(x_train), _pixels(x_test)
    y_train, y_test = _labels("y_train", y_train, len(x_train)), _labels("y_test", y_test, len(x_test))
    if x_train.shape[1:] != x_test.shape[1:]:
        raise ValueError(
            f"x_train and x_test must hold images of one shape. Received {x_train.shape[1:]} and "
            f"{x_test.shape[1:]}."
        )
    classes = 1 + max(y_train.max(), y_test.max())
    names = _CLASS_NAMES.get(name, ())
    if classes > len(names):
        names = tuple(map(str, range(classes)))
    return Dataset(x_train, y_train, x_test, y_test, names, source)


def _check_images(name, images):
    shape = (*images.shape, 1) if images.ndim == 3 else images.shape
    if len(shape) != 4 or shape[-1] not in (1, 3, 4) or not images.size:
        raise ValueError(
            f"{name} must be images (n, height, width) or (n, height, width, channels) with 1, 3 or 4 "
            f"channels. Received shape {images.shape}."
        )
    most = 1 if images.dtype.kind == "f" else 255
    if images.dtype.kind not in "fiu" or not (images.min() >= 0 and images.max() <= most):  # NaN is neither
        raise ValueError(
            f"{name} must be whole numbers from 0 to 255 or fractions from 0 to 1. Received {images.dtype}, "
            f"{_first_outside(images, most)}."
        )


def _first_outside(images, most):
    if images.dtype.kind not in "fiu":
        return f"such as {images.flat[0]!r}"
    place = np.argmin((images >= 0) & (images <= most))  # the first False
    image = place // images[0].size
    return f"{images.flat[place]} in image {image} of {len(images)}"


def _check_scales(x_train, x_test):
    """Refuse two parts of which one is black and white, and the other has 255 levels: which is meant?"""
    tops = [images.max() for images in (x_train, x_test) if images.dtype.kind != "f"]
    if len(tops) == 2 and min(tops) == 1 < max(tops):
        raise ValueError(
            f"x_train and x_test must be on one scale. Received whole numbers up to {tops[0]} and up to "
            f"{tops[1]}: divide both yourself, and save fractions from 0 to 1."
        )


def _pixels(images):
    """Give ``(n, height, width, channels)``, float32 in [0, 1]."""
    shape = (*images.shape, 1) if images.ndim == 3 else images.shape
    white = 1 if images.dtype.kind == "f" or images.max() <= 1 else 255
    pixels = images.reshape(shape).astype("float32")
    pixels /= white  # in place: cifar10 takes 0.7 GB
    return pixels


def _labels(name, labels, count):
    """Give ``(n,)`` whole numbers."""
    if labels.shape not in ((count,), (count, 1)) or labels.dtype.kind not in "iu" or not count:
        raise ValueError(
            f"{name} must be one whole number per image, shape ({count},). Received shape {labels.shape} of "
            f"{labels.dtype}."
        )
    if labels.min() < 0 or labels.max() >= _MOST_CLASSES:
        raise ValueError(
            f"{name} must be from 0 to {_MOST_CLASSES - 1:,}. Received {labels.min()} ... {labels.max()}."
        )
    return labels.reshape(count).astype("int64")


# -- what is known about the data sets --------------------------------------------------------------

_MOST_CLASSES = 100_000  # each gets a name; more are a mistake in the file

_DIGITS = tuple("0123456789")
_CLASS_NAMES = {
    "digits": _DIGITS,
    "shapes": tuple(SHAPES),
    "mnist": _DIGITS,
    "fashion_mnist": (
        "T-shirt/top",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
    "cifar10": (
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ),
}
_SOURCES = {
    "digits": (
        "scikit-learn's digits: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, 1998"
    ),
    "shapes": "drawn by cnncourse.shapes, seeds 0 and 1",
    "mnist": "Y. LeCun, C. Cortes and C. Burges, MNIST, CC BY-SA 3.0",
    "fashion_mnist": "H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST, 2017, arXiv:1708.07747, MIT",
    "cifar10": "A. Krizhevsky, Learning multiple layers of features from tiny images, 2009",
}

# the files under `datasets` in Keras' cache, with the SHA-256 for which Keras would replace another file
_KERAS_FILES = {
    "mnist": {"mnist.npz": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"},
    "fashion_mnist": {
        f"fashion-mnist/{part}-ubyte.gz": None
        for part in ("train-labels-idx1", "train-images-idx3", "t10k-labels-idx1", "t10k-images-idx3")
    },
    "cifar10": {
        "cifar-10-batches-py-target_archive": (
            "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
        )
    },
}
_NAMES = ("digits", "shapes", *_KERAS_FILES)
