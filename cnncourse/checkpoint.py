"""Save a training run after every epoch, and go on from there, if it is the same run.

A checkpoint is an ordinary ``.keras`` file with our record inside: what the run is, its history, its
random state. A run is the same only if everything that shapes it is: network, optimizer, loss, data,
batch size, seed, precision.
"""

import hashlib
import json
import os
import zipfile
from contextlib import nullcontext
from itertools import islice
from pathlib import Path

import numpy as np

from cnncourse.backend import keras
from cnncourse.speed import policy

__all__ = ["Progress", "description"]

_RECORD = "cnncourse.json"  # the file inside a checkpoint that makes it ours
_SHOWN = 3  # differences


# -- what a run is ------------------------------------------------------------------------------------


def description(model, splits, **settings):
    """Describe a run as JSON has it. ``splits``: ``{"training": (images, labels), ...}``."""
    numbers = {}
    network = _described(model, numbers)
    hidden = [layer for layer in model._flatten_layers() if layer.name not in numbers]  # in custom layers
    compiled = model.get_compile_config()
    everything = {
        **settings,
        "network": network,
        "layers inside": [_described(layer, numbers) for layer in hidden],
        "weights": [list(weight.shape) for weight in model.weights],
        "optimizer": _unnamed(keras.optimizers.serialize(model.optimizer)),
        **{name: _unnamed(compiled[name]) for name in ("loss", "loss_weights", "metrics")},
        "data": {name: split and _digests(*split) for name, split in splits.items()},
    }
    return json.loads(json.dumps(everything, default=repr))


def _described(layer, numbers):
    """Give a layer's configuration; a number stands for each name, since Keras counts names up."""
    try:
        config = layer.get_config()
    except NotImplementedError:  # a custom layer that cannot be saved by itself
        config = {"name": layer.name}
    described = keras.saving.serialize_keras_object({"class_name": type(layer).__name__, "config": config})
    _number(described, numbers)
    return _renamed(described, numbers)


def _number(part, numbers):
    """Number the layers in the order in which they come."""
    if isinstance(part, dict):
        config = part.get("config")
        name = config.get("name", part.get("name")) if isinstance(config, dict) else None
        if name and "DTypePolicy" not in part.get("class_name", ""):
            numbers.setdefault(name, len(numbers))
    for inner in _values(part):
        _number(inner, numbers)


def _renamed(part, numbers, key=None):
    if isinstance(part, dict):  # Keras leaves out how an inner model was built and compiled when it trains
        inner = {key: value for key, value in part.items() if key not in ("build_config", "compile_config")}
        return {key: _renamed(value, numbers, key) for key, value in inner.items()}
    if isinstance(part, list | tuple):
        return [_renamed(value, numbers, key) for value in part]
    if isinstance(part, str) and key in ("name", "keras_history", "input_layers", "output_layers"):
        return numbers.get(part, part)
    return part


def _unnamed(part):
    """Leave out the names of optimizers, losses and metrics: Keras counts them up, too."""
    if isinstance(part, dict):
        return {key: _unnamed(value) for key, value in part.items() if key != "name"}
    return [_unnamed(value) for value in part] if isinstance(part, list | tuple) else part


def _values(part):
    return part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ()


def _digests(images, labels):
    return {"images": _digest(images), "labels": _digest(labels)}


def _digest(array):
    """Tell contents apart, at about 1 GB/s."""
    array = np.ascontiguousarray(array)
    return hashlib.sha256(f"{array.dtype} {array.shape} ".encode() + array.data.cast("B")).hexdigest()[:16]


def _differences(there, here, place=""):
    """Find every place where two descriptions differ: ``"network layers 2 activation was ..., is ..."``."""
    if isinstance(there, dict) and isinstance(here, dict):
        pairs = ((key, there.get(key), here.get(key)) for key in {**here, **there})
    elif isinstance(there, list) and isinstance(here, list) and len(there) == len(here):
        pairs = zip(range(len(here)), there, here, strict=True)
    else:
        if there != here:
            yield f"{place.strip()} was {_short(there)}, is {_short(here)}"
        return
    for key, old, new in pairs:
        yield from _differences(old, new, place if key == "config" else f"{place} {key}")


def _short(value):
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return f"{value.get('class_name', '...')}" if isinstance(value, dict) else f"{value!r:.40}"


# -- save and resume ----------------------------------------------------------------------------------


class Progress(keras.callbacks.Callback):
    """The history so far, and its checkpoint.

    Model, optimizer, random state and history are one file, replaced at once: a process that is
    killed at any moment leaves the last whole epoch.
    """

    def __init__(self, path, run, strategy, stop=None):
        """Keep a run, as :func:`description` gives it, in a file, or without a path only in memory."""
        super().__init__()
        self.stop = stop
        self.path = path and Path(path)
        self.run = run
        self.history = {}
        resolver = strategy.cluster_resolver
        self.saves = path and (resolver is None or not resolver.task_id)  # one of several workers

    @property
    def epoch(self):
        """The epochs that are done."""
        return len(self.history.get("loss", ()))

    def restore(self, model, epochs):
        """Go on from the checkpoint, if there is one."""
        if not self.path or not self.path.exists():
            return
        record = self._read()
        self._check_run(record["run"])
        done = len(record["history"]["loss"])
        if done > epochs:
            raise ValueError(
                f"epochs must be at least {done}, which the checkpoint has. Received epochs={epochs}."
            )
        try:
            model.load_weights(self.path)
            for state, value in zip(_random_states(model), record["random"], strict=True):
                state.assign(value)
        except Exception as error:  # whatever Keras, HDF5 or TensorFlow stumbles over
            raise self._unusable("is damaged") from error
        self.history = record["history"]

    def _check_run(self, there):
        differences = list(_differences(there, self.run))
        if differences:
            shown = "; ".join(islice(differences, _SHOWN))
            more = f"; and {len(differences) - _SHOWN} more" if len(differences) > _SHOWN else ""
            raise ValueError(
                f"checkpoint={str(self.path)!r} comes from another run: {shown}{more}. It is left as it is. "
                "Give the same arguments, or another path."
            )

    def on_epoch_end(self, epoch, logs=None):
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))
        if self.saves:
            self._write()
        if self.stop and self.stop(self.history):
            self.model.stop_training = True

    def _read(self):
        """Give the record of the file, whose every byte has been checked."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                record = archive.read(_RECORD)
                damaged = archive.testzip()
        except (KeyError, zipfile.BadZipFile) as error:
            ours = isinstance(error, zipfile.BadZipFile) and zipfile.is_zipfile(self.path)
            raise self._unusable("is damaged" if ours else "is not one of run_test_harness") from error
        except Exception as error:  # flipped bytes: sizes, methods and passwords that the file has not
            raise self._unusable("is damaged") from error
        record = _parsed(record)
        if damaged or record is None:
            raise self._unusable("is damaged")
        return record

    def _unusable(self, why):
        return ValueError(
            f"checkpoint={str(self.path)!r} exists and {why}. It is left as it is. Give another path."
        )

    def _write(self):
        partial_file = self.path.with_name(f".{self.path.stem}.partial.keras")
        reduced = self.run["precision"] == "bfloat16"
        with policy(self.model, "float32") if reduced else nullcontext():  # runs anywhere when loaded
            self.model.save(partial_file)
        random = [state.numpy().tolist() for state in _random_states(self.model)]
        record = {"run": self.run, "history": self.history, "random": random}
        with zipfile.ZipFile(partial_file, "a") as archive:
            archive.writestr(_RECORD, json.dumps(record))
        os.replace(partial_file, self.path)


def _parsed(text):
    """Give the record if it holds what it should, else ``None``."""
    try:
        record = json.loads(text)
        history = record["history"]
        numbers = [float(value) for values in history.values() for value in values]
        lengths = {len(values) for values in history.values()}
        fits = isinstance(record["run"], dict) and isinstance(record["random"], list)
        return record if fits and "loss" in history and lengths == {len(numbers) // len(history)} else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _random_states(model):
    """Find the random states of dropout and the like, which Keras 3.15 leaves out of its files."""
    return [variable for variable in model.variables if variable.name == "seed_generator_state"]
