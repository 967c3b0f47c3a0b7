"""What goes on inside a network: gradients, activations, and the gap to unseen data.

Each function looks at a model and a batch (or at a training's history) and returns a small
immutable table: look up a row by its layer, iterate over ``rows``, or take ``to_frame()``. The
figures are in :mod:`cnncourse.plots`. A model is left exactly as it was: weights, moving
statistics and the state of its random generators.
"""

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from cnncourse.backend import keras, tf

__all__ = [
    "ActivationRates",
    "GeneralizationGap",
    "GradientNorms",
    "activation_rates",
    "generalization_gap",
    "gradient_norms",
    "measure_generalization_gap",
]

_CHUNK = 64  # images that pass through the network at once: AlexNet's activations stay below 250 MB


class GradientNorm(NamedTuple):
    """The length of the loss gradient with respect to one layer's trainable weights."""

    layer: str
    norm: float


class ActivationRate(NamedTuple):
    """How often one layer's outputs are above zero, and how many of its units never are."""

    layer: str
    active: float
    dead: int
    units: int


class Epoch(NamedTuple):
    """A metric after one epoch, on the training data and on unseen data."""

    epoch: int
    train: float
    unseen: float
    gap: float


@dataclass(frozen=True, repr=False)
class _Table:
    """Named rows in a fixed order, which a notebook shows as a table."""

    rows: tuple

    def to_frame(self):
        """Give the rows as a pandas DataFrame, indexed by their first column."""
        frame = pd.DataFrame(self.rows)
        return frame.set_index(frame.columns[0])

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    def __repr__(self):
        return self.to_frame().to_string(float_format="{:.3g}".format)

    def _repr_html_(self):
        return self.to_frame().to_html(float_format="{:.3g}".format)

    def __getitem__(self, key):
        """Give the row of a layer (or epoch); ``ValueError`` names those that exist."""
        for row in self.rows:
            if row[0] == key:
                return row
        names = ", ".join(str(row[0]) for row in self.rows)
        raise ValueError(f"There is no row {key!r}. There are: {names}.")


class GradientNorms(_Table):
    """The gradient norm of every layer with trainable weights, from the input to the output."""

    @property
    def ratio(self):
        """The first layer's norm over the last one's: near 0 means that gradients vanish."""
        first, last = self.rows[0].norm, self.rows[-1].norm
        return first / last if last else float("nan")


class ActivationRates(_Table):
    """The activation rate and the dead units of every activated layer, from the input on."""


@dataclass(frozen=True, repr=False)
class GeneralizationGap(_Table):
    """A metric on training and on unseen data, epoch by epoch; a positive gap: worse on unseen data."""

    metric: str

    @property
    def gap(self):
        """The gap after the last epoch."""
        return self.rows[-1].gap


def gradient_norms(model, x, y):
    """Measure how strongly the loss on a batch pulls at each layer's weights.

    ``|| d loss / d (all trainable weights of the layer) ||``, the Euclidean norm over its kernel, bias
    and whatever else it learns. The pass runs as in training (``training=True``): dropout drops, batch
    normalization uses the batch's statistics; the same call twice gives the same result. The loss
    is the compiled one, regularization included.

    Args:
        model: a built and compiled Keras model, nested models included.
        x: a batch of inputs, shape ``(batch, ...)`` as the model takes them.
        y: the targets, ``batch`` of them, in the form that the compiled loss takes.

    Returns:
        :class:`GradientNorms`, in units of the loss per unit of weight.

    Raises:
        ValueError: for a model that is not built, not compiled or has nothing to train, and for
            inputs and targets that do not fit the model or each other.

    Source: X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward
    neural networks*, 2010, section 4.2, follows gradients through the layers like this.

    >>> import numpy as np
    >>> out = keras.layers.Dense(1, use_bias=False, name="out")
    >>> model = keras.Sequential([keras.Input((2,)), out])
    >>> model.compile(loss="mse")
    >>> model.set_weights([np.zeros((2, 1))])
    >>> x, y = np.array([[3.0, 4.0]]), np.array([[0.5]])
    >>> gradient_norms(model, x, y)["out"].norm  # |2 (0 - 0.5) (3, 4)|
    5.0
    """
    x, y = _compiled_batch(model, x, y)
    layers = {name: layer for name, layer in _leaves(model) if layer.trainable_variables}
    if not layers:
        raise ValueError("model must have trainable weights. Received a model without any.")
    with _targets_fit(y), _unchanged(model), tf.GradientTape() as tape:
        loss = model.compute_loss(x, y, model(x, training=True), training=True)
    variables = {name: [v.value for v in layer.trainable_variables] for name, layer in layers.items()}
    gradients = tape.gradient(loss, variables)
    return GradientNorms(tuple(GradientNorm(name, _norm(parts)) for name, parts in gradients.items()))


def activation_rates(model, x):
    """Measure which fraction of each layer's outputs is above zero, and which units never are.

    A *unit* is what has one set of weights: a neuron of a dense layer, a filter of a convolution.
    It is *dead* if none of its outputs is above zero, at any position, for any image: then a ReLU
    passes no gradient to it. The pass runs as in use (``training=False``). Every layer with
    an activation is measured, except softmax and linear ones; a sigmoid is always above zero.

    Args:
        model: a built Keras model, channels last, nested models included.
        x: images, shape ``(batch, ...)`` as the model takes them.

    Returns:
        :class:`ActivationRates`: ``active`` is a fraction from 0 to 1, ``dead`` counts ``units``.

    Raises:
        ValueError: for a model that is not built or has no such layer, and for inputs that do not fit it.

    Source: L. Lu et al., *Dying ReLU and initialization*, 2019, arXiv:1903.06733, section 1.

    >>> import numpy as np
    >>> hidden = keras.layers.Dense(2, activation="relu", name="hidden")
    >>> model = keras.Sequential([keras.Input((1,)), hidden])
    >>> model.set_weights([np.array([[1.0, 0.0]]), np.array([0.0, -1.0])])
    >>> activation_rates(model, np.array([[-1.0], [1.0]]))["hidden"]
    ActivationRate(layer='hidden', active=0.25, dead=1, units=2)
    """
    x = _batch(model, x)
    layers = [(name, layer) for name, layer in _leaves(model) if _is_activated(layer)]
    if not layers:
        raise ValueError(
            "model must have a layer with an activation, such as 'relu'. Received a model without."
        )
    with _watching(layers) as seen:
        for start in range(0, len(x), _CHUNK):
            model(x[start : start + _CHUNK], training=False)
    return ActivationRates(tuple(_rate(name, seen[name]) for name, _ in layers))


def generalization_gap(history, metric="accuracy"):
    """Tell from a training's history how much worse a model is on data that it has not seen.

    ``train - unseen`` where more is better (accuracy), ``unseen - train`` where less is (a loss, an
    error, a metric such as ``"mae"``), so that a growing positive gap always means overfitting.

    Args:
        history: what ``fit`` or :func:`run_test_harness` returned, or its dictionary of lists;
            with validation data.
        metric: the name of a metric in it, such as ``"accuracy"`` or ``"loss"``.

    Returns:
        :class:`GeneralizationGap`, in the metric's unit; ``.gap`` is the last epoch's.

    Raises:
        ValueError: for a history without this metric, without validation values or without epochs.

    Source: Goodfellow et al., *Deep Learning*, 2016, section 5.2.

    >>> history = {"accuracy": [0.5, 1.0], "val_accuracy": [0.5, 0.75]}
    >>> generalization_gap(history).gap
    0.25
    """
    curves = history if isinstance(history, Mapping) else getattr(history, "history", None)
    if not isinstance(curves, Mapping):
        raise ValueError(f"history must be a Keras History or its dictionary. Received {history!r}.")
    train, unseen = (np.ravel(curves.get(name, ())) for name in (f"{metric}", f"val_{metric}"))
    if not 0 < len(train) == len(unseen) or not all(values.dtype.kind in "iuf" for values in (train, unseen)):
        raise ValueError(
            f"history must hold {metric!r} and 'val_{metric}', one value of each per epoch: train with "
            f"validation data. Received metric={metric!r}; history holds {', '.join(map(repr, curves))}."
        )
    return _gap(metric, train, unseen)


def measure_generalization_gap(model, train, unseen, metric="accuracy"):
    """Measure how much worse a model is on data that it has not seen.

    The same gap as :func:`generalization_gap`, with the weights as they are now. Both data sets are
    evaluated with ``training=False``; the accuracy during an epoch, which a history holds, is
    taken with dropout active and with weights that still change.

    Args:
        model: a built and compiled Keras model.
        train: ``(x, y)``, the data that it was trained on.
        unseen: ``(x, y)``, data that it was not.
        metric: ``"loss"`` or the name of a compiled metric.

    Returns:
        :class:`GeneralizationGap` with one row, in the metric's unit.

    Raises:
        ValueError: for a model that is not built or compiled or lacks the metric, and for data that
            are not such a pair or do not fit the model.

    Source: Goodfellow et al., *Deep Learning*, 2016, section 5.2.

    >>> import numpy as np
    >>> dense = keras.layers.Dense(1, use_bias=False)
    >>> model = keras.Sequential([keras.Input((1,)), dense])
    >>> model.compile(loss="mse")
    >>> model.set_weights([np.array([[2.0]])])
    >>> x = np.array([[1.0]])
    >>> seen, unseen = (x, np.array([[2.0]])), (x, np.array([[5.0]]))
    >>> measure_generalization_gap(model, seen, unseen, metric="loss").gap
    9.0
    """
    values = [_evaluate(model, name, data, metric) for name, data in (("train", train), ("unseen", unseen))]
    return _gap(metric, *([value] for value in values))


# -- walking through a model -------------------------------------------------------------------------


def _leaves(model, prefix="", seen=None):
    """Give ``(name, layer)`` once for every layer that is not a model, from the input to the output."""
    seen = set() if seen is None else seen  # a layer may belong to a nested model and to the outer one
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _leaves(layer, f"{prefix}{layer.name}/", seen)
        elif id(layer) not in seen:
            seen.add(id(layer))
            yield prefix + layer.name, layer


def _is_activated(layer):
    if isinstance(layer, keras.layers.ReLU | keras.layers.LeakyReLU | keras.layers.PReLU | keras.layers.ELU):
        return True
    activation = getattr(layer, "activation", None)
    return callable(activation) and activation not in (keras.activations.linear, keras.activations.softmax)


@contextmanager
def _unchanged(model):
    """Put back what a pass in training mode changes: moving statistics, states of random generators."""
    before = [(variable, variable.numpy().copy()) for variable in model.non_trainable_variables]
    try:
        yield
    finally:
        for variable, value in before:
            variable.assign(value)


@contextmanager
def _watching(layers):
    """Note for every call of a layer how many outputs each unit had, and how many were above zero.

    Standing in for ``call`` sees shared layers, nested and subclassed models alike; a second
    model on the layers' symbolic outputs would not.
    """
    seen = {name: [] for name, _ in layers}
    for name, layer in layers:
        layer.call = _noting(layer.call, seen[name])
    try:
        yield seen
    finally:
        for _, layer in layers:
            del layer.call


def _noting(call, notes):
    def noted(*args, **kwargs):
        outputs = call(*args, **kwargs)
        first = keras.tree.flatten(outputs)[0]  # a recurrent layer may add its state
        positive = np.asarray(keras.ops.convert_to_numpy(first)) > 0
        positive = positive.reshape(-1, positive.shape[-1])  # (batch x positions, units)
        notes.append((len(positive), positive.sum(axis=0)))
        return outputs

    return noted


def _rate(name, notes):
    outputs = sum(count for count, _ in notes)
    active = sum(positive for _, positive in notes)  # per unit
    rate = float(active.sum() / (outputs * active.size))
    return ActivationRate(name, rate, int((active == 0).sum()), active.size)


def _norm(gradients):
    """Take the norm over several tensors; a weight that the loss does not depend on has no gradient."""
    return float(tf.linalg.global_norm([part for part in gradients if part is not None]))


_LESS_IS_BETTER = (
    *("loss", "error", "mae", "mse", "msle", "mape"),  # codespell:ignore mape
    *("crossentropy", "divergence", "hinge", "logcosh", "perplexity", "poisson", "false_"),
)
"""What the names of Keras' metrics hold where a small value is good."""


def _gap(metric, train, unseen):
    sign = -1 if any(word in metric for word in _LESS_IS_BETTER) else 1
    rows = (
        Epoch(epoch, float(seen), float(new), float(sign * (seen - new)))
        for epoch, (seen, new) in enumerate(zip(train, unseen, strict=True), start=1)
    )
    return GeneralizationGap(tuple(rows), metric)


def _evaluate(model, name, data, metric):
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise ValueError(f"{name} must be a pair (x, y). Received {type(data).__name__}.")
    x, y = _compiled_batch(model, *data)
    with _targets_fit(y):
        results = model.evaluate(x, y, batch_size=_CHUNK, verbose=0, return_dict=True)
    if not isinstance(metric, str) or metric not in results:
        raise ValueError(f"metric must be one of {', '.join(results)}. Received metric={metric!r}.")
    return results[metric]


# -- checks that name the argument, the value received and what is allowed --------------------------


def _compiled_batch(model, x, y):
    x = _batch(model, x)
    if not model.compiled:
        raise ValueError("model must be compiled with a loss: call model.compile(...) first.")
    y = np.asarray(y)
    if y.ndim == 0 or len(y) != len(x) or y.dtype.kind not in "biuf":
        raise ValueError(
            f"y must hold one target per input, as numbers. Received {y.dtype} of shape {y.shape} for x of "
            f"shape {x.shape}."
        )
    return x, y


@contextmanager
def _targets_fit(y):
    """Name the targets where TensorFlow finds that the loss cannot take them, such as a class too many."""
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        raise ValueError(
            f"y must be targets that the model's loss takes. Received y from {y.min()} to {y.max()}: "
            f"{error.message}"
        ) from None


def _batch(model, x):
    if not isinstance(model, keras.Model):
        raise ValueError(f"model must be a Keras model. Received {type(model).__name__}.")
    if not model.built:
        raise ValueError("model must be built: start it with keras.Input or call model.build(...) first.")
    x = np.asarray(x)
    wanted = tuple(getattr(model, "input_shape", None) or x.shape)
    fits = x.ndim == len(wanted) and all(
        want in (None, got) for got, want in zip(x.shape, wanted, strict=True)
    )
    if not fits or not len(x) or x.dtype.kind not in "biuf":
        raise ValueError(
            f"x must be a batch of shape {wanted}, numbers and not empty. Received {x.dtype} of {x.shape}."
        )
    return x
