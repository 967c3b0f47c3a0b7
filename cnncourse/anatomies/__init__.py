"""The account of a network: what each layer of a Keras model holds and computes, and the totals.

Nothing is run: symbolic tensors, which have a shape and no values, go through the model's graph.
Conventions as in :mod:`cnncourse.arithmetic`.
"""

import warnings
from dataclasses import dataclass
from functools import partial
from inspect import signature
from math import prod

from cnncourse.anatomies import table
from cnncourse.anatomies.kinds import keeps_its_call, kind_and_macs
from cnncourse.arithmetic import activation_bytes, parameter_bytes

__all__ = ["Anatomy", "LayerAccount", "TrainingBytes", "anatomy"]


def anatomy(model, *, batch_size=1, dtype="float32"):
    """Account for every layer of a built Keras model: parameters, multiply-accumulates, memory.

    Nested models and wrappers are opened (``outer/inner``). A layer that is called several times has one row:
    its parameters count once, its MACs and activations once per call. Inputs are data and have no row.
    Weights that a model or wrapper holds itself have a row of their own. What a class of one's own computes
    in its ``call`` is unknown.

    Args:
        model: a built Sequential or functional model whose input sizes are fixed.
        batch_size: images in a batch; it scales the activations, and nothing else.
        dtype: the type of one number, a key of :data:`~cnncourse.arithmetic.DTYPE_BYTES`.

    Returns:
        An :class:`Anatomy`. Name it as a cell's last line to see its table.

    Raises:
        ValueError: for anything but a built Keras model with a graph, for input or output sizes
            that are left open, and for a batch size or type that is not allowed.

    Warns:
        UserWarning: naming each layer that may compute something and whose MACs are not known.

    Source: The formulas of :mod:`cnncourse.arithmetic`, layer by layer.

    >>> from cnncourse.backend import keras
    >>> conv1 = keras.layers.Conv2D(96, 11, strides=4, name="conv1")
    >>> model = keras.Sequential([keras.Input((227, 227, 3)), conv1])
    >>> account = anatomy(model)
    >>> account.total_parameters, account.total_macs
    (34944, 105415200)
    >>> account.layers[0].output_shape
    (55, 55, 96)
    """
    activation_bytes(1, batch_size, dtype)  # raises ValueError
    inputs = _symbolic_inputs(model)
    calls = []
    _through_graph(model, inputs, partial(_call, calls, ""))
    calls.append((model.name, model, [], []))
    layers = _accounts(calls, images=inputs[0].shape[0], batch_size=batch_size, dtype=dtype)
    account = Anatomy(model.name, tuple(x.shape[1:] for x in inputs), batch_size, dtype, layers)
    if account.unknown:
        warnings.warn(
            f"anatomy does not know what these layers compute: {', '.join(account.unknown)}. Their "
            f"parameters are counted, their MACs are not: the total is a lower bound.",
            stacklevel=2,
        )
    return account


@dataclass(frozen=True)
class LayerAccount:
    """One layer's account. MACs are for one image, bytes of activations for the batch."""

    name: str
    kind: str
    output_shape: tuple
    """Without the batch; the first one, where a layer has several outputs or calls. ``()`` is one number."""
    parameters: int
    trainable_parameters: int
    macs: int | None
    """``None`` where they are not known."""
    calls: int
    parameter_bytes: int
    activation_bytes: int
    """What the layer puts out, once per call. A framework may keep less (views) or more (workspace)."""

    @property
    def non_trainable_parameters(self):
        """Moving statistics, and whatever is frozen."""
        return self.parameters - self.trainable_parameters

    @property
    def flops(self):
        """2 x MACs, or ``None`` where they are not known."""
        return None if self.macs is None else 2 * self.macs


@dataclass(frozen=True, repr=False)
class Anatomy:
    """The account of a model: ``layers``, the totals, and three ways to see them."""

    name: str
    input_shapes: tuple
    batch_size: int
    dtype: str
    layers: tuple

    def _sum(self, what):
        return sum(getattr(layer, what) or 0 for layer in self.layers)

    @property
    def total_parameters(self):
        """All parameters, as ``model.count_params()`` gives them."""
        return self._sum("parameters")

    @property
    def trainable_parameters(self):
        """What an optimizer changes."""
        return self._sum("trainable_parameters")

    @property
    def non_trainable_parameters(self):
        """Moving statistics, and whatever is frozen."""
        return self._sum("non_trainable_parameters")

    @property
    def total_macs(self):
        """MACs for one image, of the layers that are known."""
        return self._sum("macs")

    @property
    def total_flops(self):
        """FLOPs for one image: 2 x MACs."""
        return 2 * self.total_macs

    @property
    def parameter_bytes(self):
        """Bytes of all parameters, at any batch size."""
        return self._sum("parameter_bytes")

    @property
    def activation_bytes(self):
        """Bytes of all layers' outputs for the batch, inputs excluded."""
        return self._sum("activation_bytes")

    @property
    def unknown(self):
        """The names of the layers whose MACs are not known."""
        return tuple(layer.name for layer in self.layers if layer.macs is None)

    def training_bytes(self, optimizer="sgd"):
        """Tell what training holds in memory: parameters, gradients, optimizer state, activations.

        Gradients and optimizer state exist for trainable parameters only. The optimizer keeps
        so many numbers per parameter: SGD none, with momentum 1, Adam 2.

        Args:
            optimizer: a Keras optimizer, or a name: one of :data:`OPTIMIZER_STATE`.

        Returns:
            A :class:`TrainingBytes`.

        Raises:
            ValueError: for an optimizer whose state is not known.

        Source: The update rules, as Keras' optimizers implement them; for Adam: D. Kingma and J. Ba,
        *Adam*, 2015, arXiv:1412.6980, algorithm 1.

        >>> from cnncourse.backend import keras
        >>> dense = keras.layers.Dense(10)
        >>> model = keras.Sequential([keras.Input((784,)), dense])
        >>> training = anatomy(model, batch_size=32).training_bytes("adam")
        >>> training.parameters, training.optimizer_state, training.total
        (31400, 62800, 126880)
        """
        trainable = parameter_bytes(self.trainable_parameters, self.dtype)
        state = trainable * _state_per_parameter(optimizer)
        return TrainingBytes(self.parameter_bytes, trainable, state, self.activation_bytes)

    def to_frame(self):
        """Give the account as a pandas DataFrame, one row per layer: exact numbers, shares from 0 to 1.

        The columns are named in English whatever the language in force: they are for code.
        """
        return table.frame(self)

    def __repr__(self):
        return table.text(self)

    def _repr_html_(self):
        return table.html(self)


@dataclass(frozen=True, repr=False)
class TrainingBytes:
    """What training holds in memory, in bytes. Only the activations grow with the batch."""

    parameters: int
    gradients: int
    optimizer_state: int
    activations: int

    @property
    def total(self):
        """The sum of the four."""
        return self.parameters + self.gradients + self.optimizer_state + self.activations

    def __repr__(self):
        return table.training_text(self)


# -- sending symbolic tensors through the graph ------------------------------------------------------


def _symbolic_inputs(model):
    """Make one symbolic tensor per input, with a batch of one image where the model leaves it open."""
    if not hasattr(model, "layers") or not hasattr(model, "built"):
        raise ValueError(f"model must be a built Keras model. Received model={model!r}.")
    if not keeps_its_call(model, *_GRAPHS):
        raise ValueError(
            f"model must be Sequential or functional, so that it has a graph of layers. Received "
            f"model={model.name!r}, a {type(model).__name__} that defines its own call."
        )
    if not model.built:
        raise ValueError(
            f"model must be built. Received model={model.name!r}, which does not know the size of its input "
            f"yet: start it with keras.Input((height, width, channels)), or call "
            f"model.build((None, height, width, channels))."
        )
    for tensor in model.inputs:
        if None in tensor.shape[1:]:
            raise ValueError(
                f"model must have a fixed input size. Received model={model.name!r} with the input shape "
                f"{tensor.shape[1:]}: build it for one size, or fix the size from outside: "
                f"keras.Sequential([keras.Input((224, 224, 3)), model])."
            )
    return [type(x)((x.shape[0] or 1, *x.shape[1:]), dtype=x.dtype) for x in model.inputs]


def _call(calls, path, operation, *args, **kwargs):
    """Send symbolic tensors through an operation; note ``(name, operation, input shapes, output shapes)``.

    What is opened is noted without shapes, after its insides: for the weights that it holds itself.
    """
    tensors = (*args, *_in_order(operation, kwargs))
    name = path + operation.name
    opened = next((enter for names, enter in _OPENED.items() if keeps_its_call(operation, *names)), None)
    if opened:
        outputs = opened(operation, tensors[0], partial(_call, calls, f"{name}/"))
        calls.append((name, operation, [], []))
        return outputs
    if keeps_its_call(operation, "Bidirectional"):  # both directions, and what it makes of their outputs
        for layer in (operation.forward_layer, operation.backward_layer):
            _call(calls, f"{name}/", layer, tensors[0])
    outputs = _with_batch(operation.compute_output_spec(*args, **kwargs), _shapes(tensors))
    calls.append((name, operation, _shapes(tensors), _fixed_shapes(operation, outputs)))
    return outputs


def _through_graph(model, inputs, call):
    if hasattr(model, "_run_through_graph"):  # functional; what Keras' own clone_model uses, since 3.0
        return model._run_through_graph(inputs, operation_fn=lambda operation: partial(call, operation))
    tensor = inputs[0] if isinstance(inputs, list) else inputs
    for layer in model.layers:
        tensor = call(layer, tensor)
    return tensor


def _at_each_step(wrapper, tensor, call):
    """The steps of a sequence go through the layer as so many images."""
    batch, steps, *rest = tensor.shape
    outputs = call(wrapper.layer, type(tensor)((batch * steps, *rest), dtype=tensor.dtype))
    return type(tensor)((batch, steps, *outputs.shape[1:]), dtype=outputs.dtype)


def _through_layer(wrapper, tensor, call):
    return call(wrapper.layer, tensor)


_GRAPHS = ("Functional", "Sequential")
_OPENED = {
    _GRAPHS: _through_graph,
    ("TimeDistributed",): _at_each_step,
    ("SpectralNormalization",): _through_layer,
}
"""What is opened: ``(operation, tensor, call) -> outputs``, where ``call(layer, tensor)`` goes on inside."""


def _in_order(operation, kwargs):
    """Give the keyword arguments as the signature orders them: query first, whatever the call names first."""
    names = dict.fromkeys([*signature(operation.call).parameters, *kwargs])
    return [kwargs[name] for name in names if name in kwargs]


def _with_batch(outputs, inputs):
    """Put in the batch where a layer leaves it open, as Keras 3.13's EinsumDense does."""
    if isinstance(outputs, dict):
        return {name: _with_batch(each, inputs) for name, each in outputs.items()}
    if isinstance(outputs, tuple | list):
        return type(outputs)(_with_batch(each, inputs) for each in outputs)
    if not inputs or getattr(outputs, "shape", ())[:1] != (None,):
        return outputs
    return type(outputs)((*inputs[0][:1], *outputs.shape[1:]), dtype=outputs.dtype)


def _shapes(structure):
    """Collect the shapes of all tensors in nested tuples, lists and dictionaries."""
    if isinstance(structure, dict):
        structure = list(structure.values())
    if isinstance(structure, tuple | list):
        return [shape for each in structure for shape in _shapes(each)]
    return [tuple(structure.shape)] if hasattr(structure, "shape") else []


def _fixed_shapes(operation, outputs):
    shapes = _shapes(outputs)
    if any(None in shape for shape in shapes):
        raise ValueError(
            f"model must have layers whose output sizes are fixed. Received layer {operation.name!r} with "
            f"the output shape {shapes[0]}."
        )
    return shapes


# -- from calls to rows ------------------------------------------------------------------------------


def _accounts(calls, images, batch_size, dtype):
    """Sum up the calls of each layer, in the order of the first one."""
    calls_of, seen = {}, set()
    for call in calls:
        calls_of.setdefault(id(call[1]), []).append(call)
    rows = [_account(same, seen, images, batch_size, dtype) for same in calls_of.values()]
    return tuple(row for row in rows if row.kind != _HOLDS or row.parameters)


_HOLDS = "own weights"
"""The kind of a model's or wrapper's row: what it holds itself, beside its layers."""


def _account(calls, seen, images, batch_size, dtype):
    name, layer, _, outputs = calls[0]
    kinds, macs = zip(
        *(_kind_and_macs(layer, ins, outs, images) for _, layer, ins, outs in calls), strict=True
    )
    parameters, trainable = _new_parameters(layer, seen)
    numbers = sum(prod(_per_image(shape, images)) for *_, outs in calls for shape in outs)
    return LayerAccount(
        name=name,
        kind=kinds[0],
        output_shape=_per_image(outputs[0], images) if outputs else (),
        parameters=parameters,
        trainable_parameters=trainable,
        macs=None if None in macs else sum(macs),
        calls=len(calls),
        parameter_bytes=parameter_bytes(parameters, dtype),
        activation_bytes=activation_bytes(numbers, batch_size, dtype) if numbers else 0,
    )


def _kind_and_macs(layer, inputs, outputs, images):
    """Tell what a layer is, and its MACs for one image in one call."""
    if not outputs:
        return _HOLDS, 0
    kind, macs = kind_and_macs(layer, inputs, outputs[0])
    counted_once = all(_per_image(shape, images) == shape for shape in inputs)  # no batch went in
    return kind, macs if macs is None or counted_once else macs // images


def _per_image(shape, images):
    """Leave the batch out, or divide by it where it was merged with another axis; one number stays one."""
    if shape[:1] == (images,):
        return shape[1:]
    return (shape[0] // images, *shape[1:]) if shape and shape[0] % images == 0 else shape


def _new_parameters(layer, seen):
    """Count all and the trainable weights that no earlier layer holds; Keras counts tied weights once."""
    new = [weight for weight in getattr(layer, "weights", ()) if id(weight) not in seen]
    seen.update(map(id, new))
    trainable = {id(weight) for weight in getattr(layer, "trainable_weights", ())}
    sizes = [(prod(weight.shape), id(weight) in trainable) for weight in new]
    return sum(size for size, _ in sizes), sum(size for size, learned in sizes if learned)


# -- optimizers --------------------------------------------------------------------------------------

OPTIMIZER_STATE = {
    "sgd": 0,
    "momentum": 1,
    "adagrad": 1,
    "lion": 1,
    "rmsprop": 1,
    "adadelta": 2,
    "adam": 2,
    "adamax": 2,
    "adamw": 2,
    "ftrl": 2,
    "lamb": 2,
    "nadam": 2,
}
"""Numbers that an optimizer keeps for each trainable parameter, by its name in lower case."""

_OPTIONS = ("momentum", "centered", "amsgrad", "use_ema", "gradient_accumulation_steps")
"""Options of Keras' optimizers that keep one more number each."""


def _state_per_parameter(optimizer):
    if hasattr(optimizer, "inner_optimizer"):  # loss scaling for float16
        return _state_per_parameter(optimizer.inner_optimizer)
    classes = [optimizer] if isinstance(optimizer, str) else [c.__name__ for c in type(optimizer).__mro__]
    known = [name.lower() for name in classes if name.lower() in OPTIMIZER_STATE]
    if not known:
        raise ValueError(
            f"optimizer must be a Keras optimizer or a name, one of {', '.join(OPTIMIZER_STATE)}. Received "
            f"optimizer={optimizer!r}."
        )
    return OPTIMIZER_STATE[known[0]] + sum(bool(getattr(optimizer, option, None)) for option in _OPTIONS)
