"""What goes on inside a network: gradients, activations, and the gap to unseen data.

Each function looks at a model and a batch (or at a training's history) and returns a small
immutable table: look up a row by its layer, iterate over ``rows``, or take ``to_frame()``. The
figures are in :mod:`cnncourse.plots`. A model is left exactly as it was: weights, moving
statistics and the state of its random generators.
"""

import re
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from inspect import isclass, signature
from typing import NamedTuple

import numpy as np
import pandas as pd

from cnncourse.backend import keras, tf
from cnncourse.language import spoken

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


_NAMES = {
    "layer": ("Schicht", "layer"),
    "norm": ("Norm", "norm"),
    "active": ("aktiv", "active"),
    "dead": ("tot", "dead"),
    "units": ("Einheiten", "units"),
    "epoch": ("Epoche", "epoch"),
    "train": ("Training", "train"),
    "unseen": ("ungesehen", "unseen"),
    "gap": ("Lücke", "gap"),
}
"""What a reader sees above the columns, in German and English."""


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
        """Give the rows as a pandas DataFrame, indexed by their first column; its names are for code."""
        frame = pd.DataFrame(self.rows)
        return frame.set_index(frame.columns[0])

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    def __repr__(self):
        return self._written().to_string(float_format=self._number)

    def _repr_html_(self):
        return self._written().to_html(float_format=self._number)

    def _written(self):
        """Give the frame with its names in the reader's language."""
        frame = self.to_frame()
        names = {name: spoken().pick(_NAMES[name]) for name in (frame.index.name, *frame.columns)}
        return frame.rename(columns=names).rename_axis(names[frame.index.name])

    @staticmethod
    def _number(value):
        return spoken().figures(value, 3)

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

    Models, wrappers and layers of your own are opened: each layer in them has a row, ``outer/inner``, in the
    order in which the pass calls them; weights that an outer one holds itself are in a row of its own.

    Args:
        model: a built and compiled Keras model with one input and one output.
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
    if not model.trainable_variables:
        raise ValueError("model must have trainable weights. Received a model without any.")
    called = []
    with _unchanged(model), tf.GradientTape() as tape:
        with _fits("x", x), _watching(model, lambda name, layer, *_: called.append((name, layer))):
            outputs = model(x, training=True)
        with _fits("y", y):
            loss = model.compute_loss(x, y, outputs, training=True)
    variables = model.trainable_variables  # now also of a layer that is called in training only
    found = tape.gradient(loss, [variable.value for variable in variables])
    gradients = {id(variable): part for variable, part in zip(variables, found, strict=True)}
    rows = _gradients_by_layer([*called, (model.name, model)], gradients)
    return GradientNorms(tuple(GradientNorm(name, _norm(parts)) for name, parts in rows))


def activation_rates(model, x):
    """Measure which fraction of each layer's outputs is above zero, and which units never are.

    A *unit* is what has one set of weights: a neuron of a dense layer, a filter of a convolution.
    It is *dead* if none of its outputs is above zero, at any position, for any image: then a ReLU
    passes no gradient to it. The pass runs as in use (``training=False``). Every layer with
    an activation that it calls is measured, except softmax and linear ones; a sigmoid is always above zero.

    Models, wrappers and layers of your own are opened: ``outer/inner``. One ReLU object behind several
    layers has a row for each, ``relu (conv1)``. A function that a layer of your own calls, such as
    ``keras.ops.relu``, is no layer and is not seen.

    Args:
        model: a built Keras model with one input, channels last.
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
    counts = _Counts()
    with _unchanged(model), _fits("x", x), _eagerly(), _watching(model, counts.note):
        for start in range(0, len(x), _CHUNK):
            model(x[start : start + _CHUNK], training=False)
    if not counts.rows:
        raise ValueError(
            "model must call a layer with an activation, such as Dense(10, activation='relu') or ReLU(). "
            "Received one that calls none: an activation applied as a function inside a layer of your own, "
            "such as keras.ops.relu(x), cannot be seen."
        )
    return ActivationRates(tuple(counts.rates()))


def generalization_gap(history, metric="accuracy", *, direction=None):
    """Tell from a training's history how much worse a model is on the validation data than in training.

    ``train - validation`` where more is better (accuracy), ``validation - train`` where less is (a loss,
    an error, a metric such as ``"mae"``), so that a growing positive gap always means overfitting.
    Keras' metrics know which of the two they are. Whoever chose by the validation data measures the gap
    to fresh ones, such as the test data, with :func:`measure_generalization_gap`.

    Args:
        history: what ``fit`` or :func:`run_test_harness` returned, or its dictionary of lists;
            with validation data.
        metric: the name of a metric in it, such as ``"accuracy"`` or ``"loss"``.
        direction: ``"up"`` where more is better, ``"down"`` where less is; needed for a metric of
            your own only.

    Returns:
        :class:`GeneralizationGap`, in the metric's unit; ``.gap`` is the last epoch's.

    Raises:
        ValueError: for a history without this metric, without validation values or without epochs, and for
            a metric whose direction is not known.

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
    return _gap(metric, train, unseen, direction or _direction(metric, getattr(history, "model", None)))


def measure_generalization_gap(model, train, unseen, metric="accuracy", *, direction=None):
    """Measure how much worse a model is on data that it has not seen.

    The same gap as :func:`generalization_gap`, with the weights as they are now. Both data sets are
    evaluated with ``training=False``; the accuracy during an epoch, which a history holds, is
    taken with dropout active and with weights that still change.

    Args:
        model: a built and compiled Keras model.
        train: ``(x, y)``, the data that it was trained on.
        unseen: ``(x, y)``, data that it was not.
        metric: ``"loss"`` or the name of a compiled metric.
        direction: as for :func:`generalization_gap`.

    Returns:
        :class:`GeneralizationGap` with one row, in the metric's unit.

    Raises:
        ValueError: for a model that is not built or compiled or lacks the metric, for data that are not
            such a pair or do not fit the model, and for a metric whose direction is not known.

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
    return _gap(metric, *([value] for value in values), direction or _direction(metric, model))


# -- watching a pass ---------------------------------------------------------------------------------

_WHOLE = (
    *(keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN),
    *(keras.layers.ConvLSTM1D, keras.layers.ConvLSTM2D, keras.layers.ConvLSTM3D),
    *(keras.layers.MultiHeadAttention, keras.layers.GroupQueryAttention),
)
"""Layers of Keras' own that are made of layers, and that nobody thinks of as several."""


@contextmanager
def _watching(model, note):
    """After each layer that is called, the inner ones first, call ``note(name, layer, inputs, outputs)``.

    Standing in for ``call`` sees layers that are shared, nested, wrapped, or called by a layer of
    one's own; a second model on the layers' symbolic outputs would not.
    """
    parts, path = _parts(model), []
    before = [vars(part).get("call") for part in parts]
    for part in parts:
        part.call = _noting(part, part.call, path, note)
    try:
        yield
    finally:
        for part, call in zip(parts, before, strict=True):
            del part.call
            if call is not None:
                part.call = call


def _parts(model):
    """Give every layer in a model, at any depth, and the operations in its graphs, each once."""
    layers = model._flatten_layers(include_self=False)
    graphs = [getattr(layer, "_functional", layer) for layer in (model, *layers)]  # of a Sequential
    operations = [operation for graph in graphs for operation in getattr(graph, "operations", ())]
    return list({id(part): part for part in (*layers, *operations)}.values())


def _noting(part, call, path, note):
    def noted(*args, **kwargs):
        path.append(part)
        try:
            outputs = call(*args, **kwargs)
        finally:
            path.pop()
        if not any(isinstance(outer, _WHOLE) for outer in path):
            inputs = keras.tree.flatten((args, kwargs))
            note("/".join(each.name for each in (*path, part)), part, inputs, outputs)
        return outputs

    return noted


@contextmanager
def _unchanged(model):
    """Put back what a pass changes: moving statistics, states of random generators and recurrent layers."""
    before = [(variable, variable.numpy().copy()) for variable in model.non_trainable_variables]
    try:
        yield
    finally:
        for variable, value in before:
            variable.assign(value)


@contextmanager
def _eagerly():
    """Run a reader's ``tf.function`` as Python, so that every tensor has values."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


# -- gradients ---------------------------------------------------------------------------------------


def _gradients_by_layer(called, gradients):
    """Give ``(name, gradients)`` for each layer that holds weights; inner ones come first and take theirs."""
    rows, left = [], dict(gradients)
    for name, layer in called:
        parts = [left.pop(id(each)) for each in getattr(layer, "trainable_variables", ()) if id(each) in left]
        if getattr(layer, "_layers", None):  # what is left may belong to layers that this pass does not call
            parts = [part for part in parts if part is not None]
        if parts:
            rows.append((name, parts))
    return rows


def _norm(gradients):
    """Take the norm over several tensors; a weight that the loss does not depend on has no gradient."""
    return float(tf.linalg.global_norm([_added_up(part) for part in gradients if part is not None]))


def _added_up(gradient):
    """Add up the slices of a sparse gradient: a row that is looked up twice has two."""
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    rows, places = tf.unique(gradient.indices)
    return tf.math.unsorted_segment_sum(gradient.values, places, tf.size(rows))


# -- activations -------------------------------------------------------------------------------------


class _Counts:
    """For each layer with an activation: how many outputs its units had, and how many were above zero."""

    def __init__(self):
        self.rows = {}  # (layer, source, units): [name, source, outputs, positive outputs of each unit]
        self.activated, self.latest = {}, None

    def note(self, name, layer, inputs, outputs):
        first = keras.tree.flatten(outputs)[0]  # a recurrent layer may add its state
        source = self._source(inputs)
        if not hasattr(first, "_comes_from"):  # dropout gives back what it gets
            first._comes_from = layer
        if getattr(layer, "weights", ()):
            self.latest, source = layer, None  # a unit has one set of weights: its own, however often called
        if id(layer) not in self.activated:
            self.activated[id(layer)] = _is_activated(layer, first)
        if self.activated[id(layer)]:
            self._count(name, layer, source, np.asarray(keras.ops.convert_to_numpy(first)) > 0)

    def _source(self, inputs):
        """Find the layer behind which an activation stands: its units are that layer's."""
        return next((each._comes_from for each in inputs if hasattr(each, "_comes_from")), self.latest)

    def _count(self, name, layer, source, positive):
        positive = positive.reshape(-1, positive.shape[-1])  # (batch x positions, units)
        row = self.rows.setdefault((id(layer), id(source), positive.shape[1]), [name, source, 0, 0])
        row[2] += len(positive)
        row[3] = row[3] + positive.sum(axis=0)

    def rates(self):
        names = [name for name, *_ in self.rows.values()]
        for name, source, outputs, positive in self.rows.values():
            shown = f"{name} ({source.name})" if names.count(name) > 1 and source is not None else name
            rate = float(positive.sum() / (outputs * positive.size))
            yield ActivationRate(shown, rate, int((positive == 0).sum()), positive.size)


_ACTIVATION_LAYERS = (keras.layers.ReLU, keras.layers.LeakyReLU, keras.layers.PReLU, keras.layers.ELU)
_ACTIVATION_OPERATIONS = {
    name.replace("_", "")
    for name in dir(keras.activations)
    if name not in ("linear", "softmax", "log_softmax")
}
"""``keras.ops.relu(x)`` in a graph is an operation of a class of this name."""


def _is_activated(layer, outputs):
    if not isinstance(layer, keras.layers.Layer):
        return type(layer).__name__.lower() in _ACTIVATION_OPERATIONS
    activation = getattr(layer, "activation", None)
    if isinstance(activation, keras.layers.Layer) or not callable(activation):  # a layer is seen itself
        return isinstance(layer, _ACTIVATION_LAYERS)
    try:
        return not _is_linear_or_softmax(activation, outputs)
    except (TypeError, ValueError, tf.errors.OpError):  # called so, but no function of one tensor
        return False


def _is_linear_or_softmax(activation, outputs):
    """Tell by what it does: a softmax has many names, but it alone stays the same when all scores grow."""
    size = int(np.prod(outputs.shape[1:]))
    probe = np.linspace(0.6, 0.9, size).reshape(1, *outputs.shape[1:])

    def at(values):
        return np.asarray(
            keras.ops.convert_to_numpy(activation(keras.ops.cast(values, outputs.dtype))), float
        )

    if all(np.allclose(at(scale * probe), scale * probe, rtol=2e-3) for scale in (-3, -0.3, 0.3, 3)):
        return True
    return np.allclose(at(probe), at(probe + 0.05), atol=2e-3, rtol=0)


# -- the gap -----------------------------------------------------------------------------------------

_COUNTED = {"truepositives": "up", "truenegatives": "up", "falsepositives": "down", "falsenegatives": "down"}
_SHORT = {"acc": "up", "ce": "down", "crossentropy": "down"}
"""Names that Keras takes for others when it compiles."""


def _direction(metric, model=None):
    """Tell whether more (``"up"``) or less (``"down"``) of a metric is better, as Keras has it."""
    compiled = [inner for each in getattr(model, "metrics", ()) for inner in getattr(each, "metrics", [each])]
    own = [getattr(each, "_direction", None) for each in compiled if each.name == metric]
    if any(own):
        return next(filter(None, own))
    if metric == "loss" or metric.endswith("_loss"):  # one output's
        return "down"
    found = _keras_directions().get(_plain(metric)) or _direction_of_alias(metric)
    if not found:
        raise ValueError(
            f"metric must be one of Keras', so that it is known whether more or less of it is better; or say "
            f"so with direction='up' or direction='down'. Received metric={metric!r}."
        )
    return found


def _plain(name):
    """``precision_1`` is the second of its name, ``f1_score`` an F1Score."""
    return re.sub(r"_\d+$", "", name).replace("_", "").lower()


@cache
def _keras_directions():
    """Give the direction of every metric of Keras, by the names of its class and of its instances."""
    found = _COUNTED | _SHORT
    for cls in filter(isclass, vars(keras.metrics).values()):
        if direction := getattr(_sample(cls), "_direction", None):
            default = signature(cls).parameters["name"].default
            found |= {_plain(name): direction for name in (cls.__name__, default) if name}
    return found


def _direction_of_alias(name):
    """Give the direction of a metric or loss that Keras knows by another name, such as ``"mae"``."""
    with suppress(ValueError, TypeError):
        if direction := getattr(keras.metrics.get(name), "_direction", None):
            return direction
    with suppress(ValueError):
        return "down" if keras.losses.get(name) else None
    return None


def _sample(cls):
    """Make a metric of a class; ``None`` where it is only a base for others."""
    needed = [each.name for each in signature(cls).parameters.values() if each.default is each.empty]
    values = {"num_classes": 2, "target_class_ids": [0]}
    if cls is keras.Metric or "fn" in needed:
        return None
    # a name of its own: a default one would count, and the reader's next AUC would be called auc_1
    return cls(**{name: values.get(name, 0.5) for name in needed if name != "name"} | {"name": "sample"})


def _gap(metric, train, unseen, direction):
    if direction not in ("up", "down"):
        raise ValueError(f"direction must be 'up' or 'down'. Received direction={direction!r}.")
    sign = 1 if direction == "up" else -1
    rows = (
        Epoch(epoch, float(seen), float(new), float(sign * (seen - new)))
        for epoch, (seen, new) in enumerate(zip(train, unseen, strict=True), start=1)
    )
    return GeneralizationGap(tuple(rows), metric)


def _evaluate(model, name, data, metric):
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise ValueError(f"{name} must be a pair (x, y). Received {type(data).__name__}.")
    x, y = _compiled_batch(model, *data)
    with _fits("y", y):
        results = model.evaluate(x, y, batch_size=_CHUNK, verbose=0, return_dict=True)
    if not isinstance(metric, str) or metric not in results:
        raise ValueError(f"metric must be one of {', '.join(results)}. Received metric={metric!r}.")
    return results[metric]


# -- checks that name the argument, the value received and what is allowed --------------------------


def _compiled_batch(model, x, y):
    x = _batch(model, x)
    if not model.compiled:
        raise ValueError("model must be compiled with a loss: call model.compile(...) first.")
    with _fits("x", x):
        _check_one("output", getattr(model, "outputs", None) or model(x[:1], training=False))
    y = np.asarray(y)
    if y.ndim == 0 or len(y) != len(x) or y.dtype.kind not in "biuf":
        raise ValueError(
            f"y must hold one target per input, as numbers. Received {y.dtype} of shape {y.shape} for x of "
            f"shape {x.shape}."
        )
    return x, y


@contextmanager
def _fits(name, values):
    """Name what TensorFlow finds that the model or the loss cannot take, such as a class too many."""
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        raise ValueError(
            f"{name} must be {_TAKEN_BY[name]}. Received {name} from {values.min()} to {values.max()}: "
            f"{error.message}"
        ) from None


_TAKEN_BY = {"x": "inputs that the model takes", "y": "targets that the model's loss takes"}


def _batch(model, x):
    if not isinstance(model, keras.Model):
        raise ValueError(f"model must be a Keras model. Received {type(model).__name__}.")
    if not model.built:
        raise ValueError("model must be built: start it with keras.Input or call model.build(...) first.")
    inputs = getattr(model, "inputs", None)
    _check_one("input", inputs)
    x = np.asarray(x)
    wanted = tuple(inputs[0].shape if inputs else x.shape)
    fits = x.ndim == len(wanted) and all(
        want in (None, got) for got, want in zip(x.shape, wanted, strict=True)
    )
    if not fits or not len(x) or x.dtype.kind not in "biuf":
        raise ValueError(
            f"x must be a batch of shape {wanted}, numbers and not empty. Received {x.dtype} of {x.shape}."
        )
    return x


def _check_one(what, tensors):
    tensors = keras.tree.flatten(tensors)
    if len(tensors) > 1:
        names = ", ".join(str(getattr(tensor, "name", tensor.shape)) for tensor in tensors)
        raise ValueError(
            f"model must have one {what}. Received a model with {len(tensors)} {what}s ({names}): look at a "
            f"model of one of them, keras.Model(input, output)."
        )
