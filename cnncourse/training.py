"""``run_test_harness``, which the lecture notes call and never define: train, test, save, resume.

The training is Keras' own ``fit``, made reproducible and fast: batches are gathered whole and ahead
of time, small networks take many steps per call, images are resized once instead of in every step,
momentum passes over the memory once, a convolution over its whole input is one matrix product, and
the network may compute in bfloat16 where that is faster.
"""

import json
import os
import subprocess
import sys
import time
import zipfile
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from math import prod
from numbers import Real
from pathlib import Path

import numpy as np

from cnncourse import checks
from cnncourse.backend import keras, tf
from cnncourse.datasets import load
from cnncourse.language import spoken
from cnncourse.models import lenet5

__all__ = ["run_test_harness"]

_TEST_BATCH = 256
_RESIZED_BYTES = 2**30  # images that take more than this after resizing are resized batch by batch
_SMALL_NETWORK = 1_000_000  # parameters; below, starting a step costs more than the step
_TRIAL_SECONDS = 180
_CLEARLY_FASTER = 1.1
_RECORD = "cnncourse.json"  # the file inside a checkpoint that makes it ours


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
    only if it is not yet: SGD (learning rate 0.01, momentum 0.9), cross-entropy, accuracy.

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
            checkpoint of the same run is ever overwritten. Several workers need a path that all see.
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
        ValueError: for any argument that is not as above, for images that do not fit the network and
            labels that it has no output for, and for a checkpoint of another run; before training.

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
    train, test = _fitted(model, "training", *train), _fitted(model, "test", *test)
    held_out = held_out and _fitted(model, "validation", *held_out)
    batch_size = min(batch_size, len(train[1]))
    precision = _faster_precision(model, train[0], batch_size) if precision == "auto" else precision
    settings = {"seed": seed, "batch_size": batch_size, "images": len(train[1]), "precision": precision}
    progress = _Progress(checkpoint, settings, strategy, stop)
    progress.restore(model, epochs)
    history = _fit(model, (train, held_out, test), epochs, progress, strategy, verbose)
    history.history, history.epoch = progress.history, list(range(progress.epoch))
    history.params["precision"] = precision
    return history, model


def _fit(model, splits, epochs, progress, strategy, verbose):
    """Run Keras' ``fit`` with everything that makes it fast, then test; leave the model as it was."""
    (train, held_out, test), settings = splits, progress.settings
    order = _Order(settings["seed"], settings["images"])
    bar = [_NotebookBar(epochs)] if verbose == "auto" and _notebook() else []
    several = strategy.num_replicas_in_sync > 1
    with ExitStack() as changes:
        changes.enter_context(_fresh_functions(model))
        if settings["precision"] == "bfloat16":
            changes.enter_context(_policy(model, "mixed_bfloat16"))
        if several:
            changes.enter_context(_several_replicas(model, strategy, train))
        else:
            changes.enter_context(_many_steps_per_call(model))
            changes.enter_context(_momentum_in_one_pass(model.optimizer))
            changes.enter_context(_whole_convolutions_as_products(model))
        history = model.fit(
            _batches(*train, settings["batch_size"], rows=order.rows, drop_remainder=several),
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
    if not built.built:
        built.build((None, *images.shape[1:]))
    if not isinstance(getattr(built, "input_shape", None), tuple):
        raise ValueError(f"model must have one input, and tell its shape. Received model={built.name!r}.")
    if not built.compiled:
        optimizer = keras.optimizers.SGD(learning_rate=0.01, momentum=0.9)
        built.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    built.optimizer.build(built.trainable_variables)
    return built


def _fitted(model, split, images, labels):
    """Bring one split to the network's input, and check that it fits."""
    expected, classes = model.input_shape[1:], model.output_shape[-1]
    if images.shape[-1] == 1 and expected[-1] == 3:
        images = np.repeat(images, 3, axis=-1)
    resizing = model.layers[0] if isinstance(model.layers[0], keras.layers.Resizing) else None
    free = (*images.shape[1:3], expected[-1]) if resizing else expected
    if len(free) != 3 or any(a not in (None, b) for a, b in zip(free, images.shape[1:], strict=True)):
        raise ValueError(
            f"The {split} images must have the network's input shape {expected}. Received {images.shape[1:]}."
        )
    if classes > 1 and labels.max() >= classes:
        raise ValueError(
            f"The {split} labels must be below {classes}, the network's outputs. Received {labels.max()}."
        )
    return _resized(images, resizing) if resizing else images, labels


def _resized(images, resizing):
    """Resize all images at once if the result fits; the layer lets images of its size pass unchanged."""
    size = (resizing.height, resizing.width)
    if images.shape[1:3] == size or prod((len(images), *size, images.shape[-1], 4)) > _RESIZED_BYTES:
        return images
    with tf.device("CPU"):
        return tf.concat([resizing(images[at : at + 64]) for at in range(0, len(images), 64)], axis=0)


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


# -- speed --------------------------------------------------------------------------------------------


@contextmanager
def _fresh_functions(model):
    """Have Keras trace its steps anew, before and after: they keep the settings they were traced with."""

    def forget():
        model.train_function = model.test_function = model.predict_function = None

    forget()
    try:
        yield
    finally:
        forget()


@contextmanager
def _many_steps_per_call(model):
    """Let a small network take many steps per call from Python."""
    before = model.steps_per_execution
    if before == 1 and model.count_params() < _SMALL_NETWORK:
        model.steps_per_execution = 25
    try:
        yield
    finally:
        model.steps_per_execution = before


@contextmanager
def _momentum_in_one_pass(optimizer):
    """Let plain SGD with momentum read and write its memory once.

    Keras' update is the same arithmetic in five passes: a third of a step of AlexNet at batch 16.
    """
    if type(optimizer) is not keras.optimizers.SGD or not optimizer.momentum:
        yield
        return

    def update_step(gradient, variable, learning_rate):
        velocity = optimizer.momentums[optimizer._get_variable_index(variable)]
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=variable.handle,
            accum=velocity.value.handle,
            lr=tf.cast(learning_rate, variable.dtype),
            grad=tf.cast(tf.convert_to_tensor(gradient), variable.dtype),
            momentum=tf.cast(optimizer.momentum, variable.dtype),
            use_nesterov=optimizer.nesterov,
        )

    optimizer.update_step = update_step
    try:
        yield
    finally:
        del optimizer.update_step


@contextmanager
def _whole_convolutions_as_products(model):
    """Let a convolution whose kernel covers its whole input be the matrix product that it is.

    LeNet-5's C5 is one: a dense layer from 5 x 5 x 16 numbers to 120. As a convolution it takes five
    times as long, a seventh of a step at batch 128.
    """
    layers = [layer for layer in _all_layers(model) if _may_be_a_product(layer)]
    for layer in layers:
        layer.convolution_op = partial(_convolution_or_product, layer.convolution_op)
    try:
        yield
    finally:
        for layer in layers:
            del layer.convolution_op


def _may_be_a_product(layer):
    return (
        type(layer) is keras.layers.Conv2D
        and (layer.padding, layer.groups, layer.dilation_rate) == ("valid", 1, (1, 1))
        and layer.data_format == "channels_last"
    )


def _convolution_or_product(convolution, images, kernel):
    if images.shape[1:3] != kernel.shape[:2]:
        return convolution(images, kernel)
    filters = kernel.shape[-1]
    product = tf.matmul(tf.reshape(images, (-1, prod(kernel.shape[:-1]))), tf.reshape(kernel, (-1, filters)))
    return tf.reshape(product, (-1, 1, 1, filters))  # (batch, height, width, channels)


@contextmanager
def _policy(model, name):
    """Let the layers compute by another ``DTypePolicy``, except the last, whose output needs float32."""
    layers = list(_all_layers(model))[:-1]
    before = [layer.dtype_policy for layer in layers]
    try:
        for layer in layers:
            layer.dtype_policy = name
        yield
    finally:
        for layer, policy in zip(layers, before, strict=True):
            layer.dtype_policy = policy


def _all_layers(model):
    for layer in model.layers:
        yield from _all_layers(layer) if isinstance(layer, keras.Model) else [layer]


def _faster_precision(model, images, batch_size):
    """Choose by a trial in another process: without support, bfloat16 crashes or is four times slower."""
    task = {"model": model.to_json(), "shape": (batch_size, *images.shape[1:])}
    command = [sys.executable, "-c", "from cnncourse.training import _trial; _trial()"]
    try:
        trial = subprocess.run(
            command,
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=_TRIAL_SECONDS,
            check=True,
        )
        seconds = json.loads(trial.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return "float32"
    return "bfloat16" if seconds["float32"] > _CLEARLY_FASTER * seconds["bfloat16"] else "float32"


def _trial():
    """Train a few steps in either precision, and print the seconds of the fastest."""
    task = json.load(sys.stdin)
    model = keras.models.model_from_json(task["model"])
    images = np.random.default_rng(0).random(task["shape"], dtype="float32")
    labels = np.zeros(len(images), dtype="int32")
    seconds = {}
    for precision, policy in (("float32", "float32"), ("bfloat16", "mixed_bfloat16")):
        with _fresh_functions(model), _policy(model, policy), _momentum_in_one_pass(model.optimizer):
            model.train_on_batch(images, labels)
            seconds[precision] = min(_seconds(model.train_on_batch, images, labels) for _ in range(5))
    print(json.dumps(seconds))


def _seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


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


# -- save, resume, show -------------------------------------------------------------------------------


class _Progress(keras.callbacks.Callback):
    """The history so far, and its checkpoint: a ``.keras`` file with our record inside.

    Model, optimizer, random state and history are one file, replaced at once: a process that is
    killed at any moment leaves the last whole epoch.
    """

    def __init__(self, path, settings, strategy, stop):
        super().__init__()
        self.stop = stop
        self.path = path and Path(path)
        self.settings = settings
        self.history = {}
        resolver = strategy.cluster_resolver
        self.saves = path and (resolver is None or not resolver.task_id)  # one of several workers

    @property
    def epoch(self):
        """The epochs that are done."""
        return len(self.history.get("loss", ()))

    def restore(self, model, epochs):
        """Go on from the checkpoint, if there is one."""
        self.settings["network"] = _network(model)
        if not self.path or not self.path.exists():
            return
        record = self._read()
        there = record["settings"]
        different = [name for name, value in self.settings.items() if there.get(name) != value]
        if different:
            names = ", ".join(f"{name} ({there.get(name)!r:.40})" for name in different)
            raise ValueError(
                f"checkpoint={str(self.path)!r} comes from a run with another {names}. "
                "Give the same arguments, or another path."
            )
        self.history = record["history"]
        if self.epoch > epochs:
            raise ValueError(
                f"epochs must be at least {self.epoch}, which the checkpoint has. Received epochs={epochs}."
            )
        model.load_weights(self.path)
        for state, value in zip(_random_states(model), record["random"], strict=True):
            state.assign(value)

    def on_epoch_end(self, epoch, logs=None):
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))
        if self.saves:
            self._write()
        if self.stop and self.stop(self.history):
            self.model.stop_training = True

    def _read(self):
        try:
            with zipfile.ZipFile(self.path) as archive:
                return json.loads(archive.read(_RECORD))
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise ValueError(
                f"checkpoint={str(self.path)!r} exists and is not a checkpoint of run_test_harness. It is "
                "left as it is. Give another path."
            ) from error

    def _write(self):
        partial_file = self.path.with_name(f".{self.path.stem}.partial.keras")
        reduced = self.settings["precision"] == "bfloat16"
        with _policy(self.model, "float32") if reduced else nullcontext():  # runs anywhere when loaded
            self.model.save(partial_file)
        random = [state.numpy().tolist() for state in _random_states(self.model)]
        record = {"settings": self.settings, "history": self.history, "random": random}
        with zipfile.ZipFile(partial_file, "a") as archive:
            archive.writestr(_RECORD, json.dumps(record))
        os.replace(partial_file, self.path)


def _network(model):
    """Tell networks and optimizers apart that a checkpoint must not mix up."""
    return [type(model.optimizer).__name__, *(list(weight.shape) for weight in model.weights)]


def _random_states(model):
    """Find the random states of dropout and the like, which Keras 3.15 leaves out of its files."""
    return [variable for variable in model.variables if variable.name == "seed_generator_state"]


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
