"""``run_test_harness``, which the lecture notes call and never define: train, validate, test, resume.

The training is Keras' own ``fit``, made reproducible and fast: batches are gathered whole and ahead
of time, images are resized once instead of in every step; the rest stands in ``speed``.
"""

import re
import sys
import time
import warnings
from contextlib import ExitStack, contextmanager
from functools import partial
from math import prod
from numbers import Real
from pathlib import Path

import numpy as np

from cnncourse import checks
from cnncourse.backend import keras, tf
from cnncourse.checkpoint import Progress, description
from cnncourse.datasets import load
from cnncourse.language import spoken
from cnncourse.models import lenet5
from cnncourse.speed import (
    faster_precision,
    fresh_functions,
    many_steps_per_call,
    momentum_in_one_pass,
    policy,
    whole_convolutions_as_products,
)

__all__ = ["run_test_harness"]

_TEST_BATCH = 256
_RESIZED_BYTES = 2**30  # images that take more than this after resizing are resized batch by batch


def run_test_harness(
    data="digits",
    *,
    model=None,
    epochs=15,
    batch_size=16,
    seed=0,
    precision="float32",
    strategy=None,
    checkpoint=None,
    verbose="auto",
    validation=0.1,
    stop=None,
):
    """Train a network on a data set, validate it after every epoch, and test it once, at the end.

    What is decided while looking at curves (epochs, learning rate, network) is decided on validation
    images: a part of the training images by default. The test images are touched once.

    The same arguments give the same results on the same machine, if the model is built here. A
    model that is already built is trained as it is, from the weights that it has. It is compiled
    only if it is not yet: SGD (learning rate 0.01, momentum 0.9), accuracy, and the cross-entropy that
    fits its output: binary for one sigmoid, sparse categorical for one output per class.

    Args:
        data: the name of a data set for :func:`load`, a :class:`Dataset`, or arrays as Keras'
            loaders give them, ``((x_train, y_train), (x_test, y_test))``. Images: ``(count, height,
            width, channels)``, or ``(count, height, width)`` if grey. Labels: ``(count,)``, whole
            numbers from 0. Nothing is scaled here. To a network for colour images, a grey image is
            shown in all three channels.
        model: a Keras model, or a function without arguments that builds one, such as
            :func:`course_model`. By default :func:`lenet5`, for the size and classes of the data.
        epochs: how often the network sees every training image.
        batch_size: images per step, over all workers together.
        seed: fixes the weights of a model that is built here, and the order of the images.
        precision: ``"float32"``; ``"bfloat16"``, where weights and output stay float32; or
            ``"auto"``: bfloat16 if it is faster in a short trial, in a process that may crash.
            ``history.params["precision"]`` tells the choice.
        strategy: a ``tf.distribute.Strategy``, to train on several devices or machines. Build the
            model in its scope, or give a function. Images left over from the last full batch of an
            epoch are then left out; the order is new in every epoch.
        checkpoint: a path that ends in ``.keras``. The whole model is saved there after every epoch.
            If the file exists, training goes on from it, as if it had never stopped. Only a
            checkpoint of the same run is ever overwritten: same layers with same settings, optimizer,
            loss, metrics, images, labels, batch size, seed, precision; the epochs may be more. Several
            workers need a path that all see.
        verbose: ``1`` shows Keras' progress bar, ``0`` nothing, ``"auto"`` the bar in a terminal. In
            a notebook ``"auto"`` shows a bar that is gone at the end: stored outputs stay the same.
        validation: the share of the training images, between 0 and 1, that is set aside: of every
            class its share, chosen by ``seed``, and not trained on. Or images and labels of your own,
            ``(x, y)``, other than the test images. ``None`` or ``0``: no validation.
        stop: a function that is given ``history.history`` so far after every epoch, and ends the
            training by returning ``True``.

    Returns:
        ``(history, model)``. ``history`` is Keras' ``History``. In ``history.history``, a list each
        with one value per epoch: ``loss`` and ``accuracy`` on the training images, ``val_loss`` and
        ``val_accuracy`` on the validation images. In ``history.test``, one value each, of the trained
        model on the test images: ``{"loss": ..., "accuracy": ...}``.

    Raises:
        ValueError: for any argument that is not as above, for images that do not fit the network,
            labels that it has no output for or its loss cannot take, and for a checkpoint that is
            damaged or of another run; before training.

    Warns:
        UserWarning: if a cross-entropy is to take probabilities and gets none, or the other way round.

    Source: The lecture notes, section "Code"; Keras API reference, ``Model.fit``.

    >>> history, model = run_test_harness(epochs=2, seed=1)
    >>> len(history.history["val_accuracy"])
    2
    >>> history.test["accuracy"] > 0.5
    True
    """
    epochs, batch_size = (
        checks.whole("epochs", epochs, least=1),
        checks.whole("batch_size", batch_size, least=1),
    )
    _check_options(checks.whole("seed", seed, least=0), precision, strategy, checkpoint, verbose)
    strategy = strategy or tf.distribute.get_strategy()
    _check_scope(model, strategy)
    train, test = _arrays(data)
    keras.utils.set_random_seed(seed)
    with strategy.scope():
        model = _ready(model, *train)
    train, held_out = _set_aside(validation, train, test, seed)
    given = {"training": train, "validation": held_out, "test": test}
    splits = {name: split and _fitted(model, name, *split) for name, split in given.items()}
    batch_size = min(batch_size, len(train[1]))
    images = splits["training"][0]
    precision = faster_precision(model, images, batch_size) if precision == "auto" else precision
    run = {"seed": seed, "batch_size": batch_size, "precision": precision}
    progress = Progress(checkpoint, description(model, given, **run) if checkpoint else run, strategy, stop)
    progress.restore(model, epochs)
    history = _fit(model, splits.values(), epochs, progress, strategy, verbose)
    history.history, history.epoch = progress.history, list(range(progress.epoch))
    history.params["precision"] = precision
    return history, model


def _fit(model, splits, epochs, progress, strategy, verbose):
    """Run Keras' ``fit`` with everything that makes it fast, then test; leave the model as it was."""
    (train, held_out, test), run = splits, progress.run
    order = _Order(run["seed"], len(train[1]))
    bar = [_NotebookBar(epochs)] if verbose == "auto" and _notebook() else []
    several = strategy.num_replicas_in_sync > 1
    with ExitStack() as changes:
        changes.enter_context(fresh_functions(model))
        if run["precision"] == "bfloat16":
            changes.enter_context(policy(model, "mixed_bfloat16"))
        if several:
            changes.enter_context(_several_replicas(model, strategy, train))
        else:
            changes.enter_context(many_steps_per_call(model))
            changes.enter_context(momentum_in_one_pass(model.optimizer))
            changes.enter_context(whole_convolutions_as_products(model))
        history = model.fit(
            _batches(*train, run["batch_size"], rows=order.rows, drop_remainder=several),
            validation_data=held_out and _batches(*held_out, _TEST_BATCH),
            epochs=epochs,
            initial_epoch=progress.epoch,
            shuffle=False,  # the batches are
            verbose=int(verbose == 1 or (verbose == "auto" and sys.stdout.isatty())),
            callbacks=[order, progress, *bar],
        )
        results = model.evaluate(_batches(*test, _TEST_BATCH), verbose=0, return_dict=True)
    history.test = {name: float(value) for name, value in results.items()}
    return history


# -- what comes in ------------------------------------------------------------------------------------


def _check_options(seed, precision, strategy, checkpoint, verbose):
    if seed >= 2**32:  # NumPy's limit
        raise ValueError(f"seed must be below 2**32. Received seed={seed!r}.")
    if precision not in ("float32", "bfloat16", "auto"):
        raise ValueError(f"precision must be 'float32', 'bfloat16' or 'auto'. Received {precision!r}.")
    if strategy is not None and not isinstance(strategy, tf.distribute.Strategy):
        raise ValueError(
            f"strategy must be a tf.distribute.Strategy or None. Received strategy={strategy!r}."
        )
    if verbose not in ("auto", 0, 1):
        raise ValueError(f"verbose must be 'auto', 0 or 1. Received verbose={verbose!r}.")
    if checkpoint is not None and not (
        str(checkpoint).endswith(".keras") and Path(checkpoint).absolute().parent.is_dir()
    ):
        raise ValueError(
            "checkpoint must be a path that ends in .keras, in a folder that exists. "
            f"Received checkpoint={str(checkpoint)!r}."
        )


def _arrays(data):
    """Give ``(images, labels)`` of the training and of the test split."""
    data = load(data) if isinstance(data, str) else data
    if hasattr(data, "x_train"):
        data = (data.x_train, data.y_train), (data.x_test, data.y_test)
    try:
        train, test = ((np.asarray(images), np.asarray(labels)) for images, labels in data)
    except (TypeError, ValueError):
        raise ValueError(
            "data must be the name of a data set, a Dataset, or ((x_train, y_train), (x_test, y_test)). "
            f"Received a value of type {type(data).__name__}."
        ) from None
    return _checked("training", *train), _checked("test", *test)


def _checked(split, images, labels):
    """Check one split, and bring it to float32 images ``(count, height, width, channels)``."""
    if images.dtype.kind not in "fiu" or images.ndim not in (3, 4) or not len(images):
        raise ValueError(
            f"The {split} images must be numbers of shape (count, height, width, channels) or "
            f"(count, height, width), at least one image. Received shape {images.shape}, type {images.dtype}."
        )
    if labels.shape != images.shape[:1] or labels.dtype.kind not in "iu" or labels.min() < 0:
        raise ValueError(
            f"The {split} labels must be {len(images)} whole numbers from 0, one per image. Received shape "
            f"{labels.shape}, type {labels.dtype}."
        )
    images = images.astype("float32", copy=False)
    if not np.isfinite(images).all():
        raise ValueError(f"The {split} images must be finite. Received NaN or infinity among the values.")
    return images if images.ndim == 4 else images[..., None], labels.astype("int32")


def _set_aside(validation, train, test, seed):
    """Give the images to train on, and those to validate on, or ``None``."""
    if validation is None or (np.isscalar(validation) and validation == 0):
        return train, None
    if isinstance(validation, tuple | list) and len(validation) == 2:
        return train, _other_than(test, _checked("validation", *map(np.asarray, validation)))
    if isinstance(validation, bool) or not isinstance(validation, Real) or not 0 < validation < 1:
        raise ValueError(
            "validation must be a share of the training images between 0 and 1, a pair (images, labels), or "
            f"None. Received {f'a {type(validation).__name__}' if np.ndim(validation) else repr(validation)}."
        )
    rows = _every_nth_of_each_class(train[1], validation, seed)
    if len(train[1]) - len(rows) < 1:
        raise ValueError(
            f"validation={validation!r} of {len(train[1])} training images leaves none to train on. "
            "Give more images, a smaller share, or validation=None."
        )
    return tuple(np.delete(array, rows, axis=0) for array in train), tuple(array[rows] for array in train)


def _other_than(test, held_out):
    """Refuse the test images as validation images: who chooses by them has no test left."""
    if np.array_equal(held_out[0], test[0]):
        raise ValueError(
            "validation must be other images than the test images, which are used once, at the end. "
            f"Received the {len(test[0])} test images."
        )
    return held_out


def _every_nth_of_each_class(labels, share, seed):
    """Choose a share of the rows at random, of every class as many as fall to it (within one)."""
    random = np.random.default_rng(seed)
    rows = random.permutation(len(labels))
    rows = rows[np.argsort(labels[rows], kind="stable")]  # class by class, in random order within each
    count = max(round(share * len(rows)), 1)
    return rows[((np.arange(count) + random.random()) * len(rows) / count).astype(int)]


def _check_scope(model, strategy):
    """Refuse a model of another strategy; asked outside the scope, where the model tells its own."""
    if isinstance(model, keras.Model) and model.distribute_strategy is not strategy:
        raise ValueError(
            "A model must be built in the scope of the strategy. Give a function that builds it, such as "
            f"model=course_model. Received model={model.name!r}, built outside."
        )


def _ready(model, images, labels):
    """Give the model, built and compiled."""
    if model is None:
        model = partial(lenet5, images.shape[1:], max(int(labels.max()) + 1, 2))
    built = model if isinstance(model, keras.Model) or not callable(model) else model()
    if not isinstance(built, keras.Model):
        raise ValueError(f"model must be a Keras model or a function that builds one. Received {model!r}.")
    if not built.built and isinstance(built, keras.Sequential):
        built.build((None, *images.shape[1:]))
    _check_ends(built)
    if not built.compiled:
        _compile(built)
    _warn_of_logits(built)
    built.optimizer.build(built.trainable_variables)
    return built


def _check_ends(model):
    """Refuse what a batch of images and one number per image cannot train."""
    if not isinstance(getattr(model, "input_shape", None), tuple | list | dict):
        raise ValueError(
            "model must tell the shape of its input, which a subclassed model does not. Wrap it: "
            "inputs = keras.Input((height, width, channels)); keras.Model(inputs, model(inputs)). "
            f"Received model={model.name!r}."
        )
    for ends, tensors in (("input", model.inputs), ("output", model.outputs)):
        if len(tensors) != 1:
            raise ValueError(
                f"model must have one {ends}: there is one image, and one label for it. "
                f"Received model={model.name!r} with {len(tensors)} {ends}s."
            )


def _compile(model):
    """Compile with the loss that fits the output."""
    units, activation = model.output_shape[-1], _output_activation(model)
    if units == 1 and activation != "sigmoid":
        raise ValueError(
            f"model must end in one output with activation='sigmoid', or in one output per class, or be "
            f"compiled with a loss of your choice. Received one output with activation={activation!r}."
        )
    if units == 1:
        loss = keras.losses.BinaryCrossentropy()
    else:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=activation in _NO_PROBABILITIES)
    optimizer = keras.optimizers.SGD(learning_rate=0.01, momentum=0.9)
    model.compile(optimizer, loss, metrics=["accuracy"])


def _fitted(model, split, images, labels):
    """Bring one split to the network's input, and check that it fits."""
    expected = model.input_shape[1:]
    if images.shape[-1] == 1 and expected[-1] == 3:
        images = np.repeat(images, 3, axis=-1)
    resizing = model.layers[0] if isinstance(model.layers[0], keras.layers.Resizing) else None
    free = (*images.shape[1:3], expected[-1]) if resizing else expected
    if len(free) != 3 or any(a not in (None, b) for a, b in zip(free, images.shape[1:], strict=True)):
        raise ValueError(
            f"The {split} images must have the network's input shape {expected}. Received {images.shape[1:]}."
        )
    _check_labels(model, split, labels)
    return _resized(images, resizing) if resizing else images, labels


def _resized(images, resizing):
    """Resize all images at once if the result fits; the layer lets images of its size pass unchanged."""
    size = (resizing.height, resizing.width)
    if images.shape[1:3] == size or prod((len(images), *size, images.shape[-1], 4)) > _RESIZED_BYTES:
        return images
    with tf.device("CPU"):
        return tf.concat([resizing(images[at : at + 64]) for at in range(0, len(images), 64)], axis=0)


# -- outputs, labels and losses ------------------------------------------------------------------------

_NO_PROBABILITIES = ("linear", "relu", "tanh")
_ONE_HOT = ("categorical_crossentropy", "categorical_focal_crossentropy", "categorical_hinge")
_OF_TWO_CLASSES = ("binary_crossentropy", "binary_focal_crossentropy", "hinge", "squared_hinge")
_OF_PROBABILITIES = ("crossentropy", "kl_divergence")  # in the names of losses


def _output_activation(model):
    """Name what the last layer does last, or give ``None``, where that cannot be seen."""
    last = model.outputs[0]._keras_history.operation
    if isinstance(last, keras.Model) and getattr(last, "outputs", None):
        return _output_activation(last)
    if isinstance(last, keras.layers.Softmax):
        return "softmax"
    return getattr(getattr(last, "activation", None), "__name__", None)


def _loss(model):
    """Give the name of the compiled loss and its settings: ``("binary_crossentropy", {})``."""
    single = isinstance(model.loss, dict | list | tuple) and len(model.loss) == 1
    loss = next(iter(keras.tree.flatten(model.loss))) if single else model.loss
    loss = keras.losses.get(loss) if isinstance(loss, str) else loss
    if isinstance(loss, keras.losses.Loss):
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(loss).__name__).lower()
        return name, loss.get_config()
    return getattr(loss, "__name__", "your own loss"), {}


def _warn_of_logits(model):
    """Say where loss and output do not fit: Keras trains on, to no good."""
    (loss, settings), activation = _loss(model), _output_activation(model)
    logits = settings.get("from_logits", False)
    if not any(word in loss for word in _OF_PROBABILITIES):
        return
    if activation in _NO_PROBABILITIES and not logits:
        advice = "softmax" if model.output_shape[-1] > 1 else "sigmoid"
        text = f"give the last layer activation={advice!r}, or the loss from_logits=True"
    elif activation in ("softmax", "sigmoid") and logits:
        text = "give the last layer no activation, or the loss from_logits=False"
    elif activation == "softmax" and model.output_shape[-1] == 1:
        text = "softmax of one output is always 1; give the last layer activation='sigmoid'"
    else:
        return
    warnings.warn(f"{loss} after activation={activation!r}: {text}.", stacklevel=4)


def _check_labels(model, split, labels):
    """Refuse labels that the compiled loss cannot take, while they can still be told."""
    (loss, settings), outputs, largest = _loss(model), model.output_shape[1:], labels.max()
    if loss in _ONE_HOT:
        raise ValueError(
            f"The loss {loss} wants one vector per image. The {split} labels are one whole number per image: "
            "compile with loss='sparse_categorical_crossentropy'."
        )
    if loss in _OF_TWO_CLASSES and (outputs != (1,) or largest > 1):
        raise ValueError(
            f"The loss {loss} wants one output and the labels 0 and 1; for more classes compile with "
            f"loss='sparse_categorical_crossentropy'. Received outputs {outputs} and {split} labels up to "
            f"{largest}."
        )
    if loss == "sparse_categorical_crossentropy":
        if len(outputs) != 1:
            raise ValueError(
                "model must end in one number per class, as after Flatten and Dense. Received outputs of "
                f"shape {outputs}."
            )
        largest = max(labels[labels != settings.get("ignore_class")], default=0)
    if (outputs[-1] > 1 or loss == "sparse_categorical_crossentropy") and largest >= outputs[-1]:
        raise ValueError(
            f"The {split} labels must be below {outputs[-1]}, the network's outputs. Received {largest}."
        )


# -- batches ------------------------------------------------------------------------------------------


class _Order(keras.callbacks.Callback):
    """The order of the images: a function of seed and epoch alone, so that a resumed run repeats it."""

    def __init__(self, seed, count):
        super().__init__()
        self.seed = seed
        with tf.device("CPU"):  # where the batches are gathered
            self.rows = tf.Variable(tf.range(count), trainable=False)

    def on_epoch_begin(self, epoch, logs=None):
        rows = tf.range(self.rows.shape[0])
        self.rows.assign(tf.random.experimental.stateless_shuffle(rows, seed=[self.seed, epoch]))


def _batches(images, labels, batch_size, *, rows=None, drop_remainder=False):
    """Gather whole batches ahead of time; going image by image takes as long as a LeNet step.

    ``rows``: a variable with the order of the images, read anew for every batch.
    """
    with tf.device("CPU"):
        images, labels = tf.convert_to_tensor(images), tf.convert_to_tensor(labels)
    count = len(labels)
    rows = tf.range(count) if rows is None else rows

    def gather(step):
        batch = rows[step * batch_size : (step + 1) * batch_size]
        return tf.gather(images, batch), tf.gather(labels, batch)

    steps = tf.data.Dataset.range(count // batch_size if drop_remainder else -(-count // batch_size))
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return steps.map(gather, tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE).with_options(options)


# -- several devices or workers -----------------------------------------------------------------------


@contextmanager
def _several_replicas(model, strategy, train):
    """Lead Keras around two places where it stops with several devices or workers.

    Keras 3.15 averages the first batch over the devices only to learn its shape: several workers stop
    there, and so do devices whose parts differ in size, as in a batch of 51 images for two. So the
    shape is told beforehand. And over several workers it averages metrics along their axis 0, which a
    number does not have (keras-team/keras#20585, open). So the steps return vectors of length 1.
    """
    with strategy.scope():
        model._symbolic_build(data_batch=tuple(array[:1] for array in train))
    changes = {"_maybe_symbolic_build": lambda **_: None}
    if isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        changes |= {name: _returning_vectors(getattr(model, name)) for name in ("train_step", "test_step")}
    for name, change in changes.items():
        setattr(model, name, change)
    try:
        yield
    finally:
        for name in changes:
            delattr(model, name)


def _returning_vectors(step):
    return lambda data: {name: tf.reshape(value, [1]) for name, value in step(data).items()}


# -- what the reader sees ------------------------------------------------------------------------------


def _notebook():
    """Tell whether the reader sits in front of a notebook."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return hasattr(shell, "kernel")


class _NotebookBar(keras.callbacks.Callback):
    """A progress bar that empties itself at the end: a stored notebook stays the same."""

    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs

    def on_train_begin(self, logs=None):
        from IPython.display import display

        self.shown = display(_nothing(), raw=True, display_id=True)
        self.next_time = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if time.monotonic() > self.next_time:
            self.next_time = time.monotonic() + 0.5
            done = self.epoch + (batch + 1) / (self.params["steps"] or batch + 1)
            values = ", ".join(f"{name} {spoken().number(float(value), 3)}" for name, value in logs.items())
            bar = f'<progress value="{done}" max="{self.epochs}"></progress>'
            text = f"{self.epoch + 1}/{self.epochs}: {values}"
            self.shown.update({"text/plain": text, "text/html": f"{bar} {text}"}, raw=True)

    def on_train_end(self, logs=None):
        self.shown.update(_nothing(), raw=True)


def _nothing():
    return {"text/plain": "", "text/html": ""}
