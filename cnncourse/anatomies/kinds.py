"""What each kind of Keras layer computes: its multiply-accumulates, from shapes alone.

Layers are told apart by the names of their Keras classes, so that nothing here imports Keras. Shapes
include the batch, and a count is for the whole batch.

Convention: the products of a convolution with padding count like any other, as in the published
figures; a transposed convolution multiplies every *input* value by its kernel; biases,
normalization, activations and pooling count nothing.
"""

from math import prod

__all__ = ["keeps_its_call", "kind_and_macs"]


def kind_and_macs(operation, inputs, output):
    """Tell what a Keras layer or operation is, and count its multiply-accumulates in one call.

    Args:
        operation: a built Keras layer, or an operation of ``keras.ops`` in a model's graph.
        inputs: the shapes that go in, with the batch.
        output: the (first) shape that comes out, with the batch.

    Returns:
        ``(kind, macs)``: a name, and a count or ``None`` when it is not known.
    """
    if type(operation).__module__.startswith("keras.src.ops."):
        return "operation", _operation_macs(type(operation), inputs, output)
    known = _known_class(operation)
    if known is None or _computes_anew(operation, known):
        return "unknown", None
    kind, count = _KINDS[known.__name__]
    if kind == "convolution" and operation.groups > 1:
        kind = "grouped convolution"
    return kind, count(operation, inputs, output)


def keeps_its_call(operation, *names):
    """Tell whether this is a Keras class of one of these names, or extends one and computes the same."""
    known = _known_class(operation, names)
    return (
        bool(known)
        and "call" not in vars(operation)
        and all(getattr(type(operation), name) is getattr(known, name) for name in ("call", "__call__"))
    )


def _known_class(layer, names=None):
    """Find the class that is known: the layer's own, or the one that a reader's class extends."""
    for cls in type(layer).__mro__:
        if cls.__name__ in (names or _KINDS) and cls.__module__.partition(".")[0] in ("keras", "cnncourse"):
            return cls
    return None


_NO_COMPUTATION = (
    *("__init__", "__module__", "__doc__", "__qualname__", "__firstlineno__", "__static_attributes__"),
    *("build", "get_config", "from_config", "get_build_config", "build_from_config"),
    *(
        "compute_output_shape",
        "compute_output_spec",
        "compute_mask",
        "__annotations__",
        "__dict__",
        "__weakref__",
    ),
)
"""What a reader's class may define, and still compute what the class does that it extends."""


def _computes_anew(layer, known):
    """Tell whether a reader's class replaces anything that may take part in the call (``convolution_op``)."""
    mro = type(layer).__mro__
    own = {name for cls in mro[: mro.index(known)] for name in vars(cls)} - set(_NO_COMPUTATION)
    return "call" in vars(layer) or any(hasattr(known, name) for name in own)


# -- counts: (layer, input shapes, output shape) -> MACs, or None where unknown ----------------------


def _nothing(layer, inputs, output):
    return 0


def _convolution(layer, inputs, output):
    channels = inputs[0][1 if layer.data_format == "channels_first" else -1]
    return prod(output) * prod(layer.kernel_size) * channels // layer.groups


def _depthwise(layer, inputs, output):
    return prod(output) * prod(layer.kernel_size)


def _separable(layer, inputs, output):
    positions = prod(output) // layer.filters
    return positions * (prod(layer.depthwise_kernel.shape) + prod(layer.pointwise_kernel.shape))


def _transposed(layer, inputs, output):
    return prod(inputs[0]) * prod(layer.kernel_size) * layer.filters


def _dense(layer, inputs, output):
    return prod(output) * inputs[0][-1]


def _einsum_dense(layer, inputs, output):
    operands, result = layer.equation.split("->")
    summed = (
        size
        for axis, size in zip(operands.split(",")[1], layer.kernel.shape, strict=True)
        if axis not in result
    )
    return prod(output) * prod(summed)


def _attention(layer, inputs, output):
    """Project query, key, value and output; score each query against each key, and mix the values."""
    query, value = inputs[:2]
    if len(query) != 3:
        return None
    of_query, of_value = (
        sum(prod(dense.kernel.shape) for dense in projections)
        for projections in ((layer.query_dense, layer.output_dense), (layer.key_dense, layer.value_dense))
    )
    scores = prod(query[:2]) * value[1] * layer.num_heads * (layer.key_dim + layer.value_dim)
    return prod(query[:2]) * of_query + prod(value[:2]) * of_value + scores


def _recurrent(layer, inputs, output):
    """At each step, multiply the step's input and the state by their weights."""
    batch, steps, _ = inputs[0]
    return batch * steps * sum(prod(each.shape) for each in (layer.cell.kernel, layer.cell.recurrent_kernel))


def _embedding_and_back(layer, inputs, output):
    """Look vectors up, or score a vector against each of them."""
    return prod(output) * inputs[0][-1] if len(output) == len(inputs[0]) else 0


def _dot(layer, inputs, output):
    axis = layer.axes if isinstance(layer.axes, int) else layer.axes[0]
    return prod(output) * inputs[0][axis]


def _operation_macs(cls, inputs, output):
    if cls.__name__ == "Matmul":
        return prod(output) * inputs[0][-1]
    module = cls.__module__.rpartition(".")[2]
    harmless = cls.__name__ in _HARMLESS or (module in ("numpy", "nn") and cls.__name__ not in _PRODUCTS)
    return 0 if harmless else None


_PRODUCTS = (
    *("Conv", "ConvTranspose", "DepthwiseConv", "SeparableConv", "DotProductAttention"),
    *("Correlate", "Dot", "Einsum", "Inner", "Kron", "Tensordot", "Vdot"),
)
"""Operations of keras.ops.nn and keras.ops.numpy that add up products, and that are not counted here."""

_HARMLESS = ("Cast", "Logsumexp", "Resize", "Rsqrt", "Slice", "StopGradient", "Unstack")
"""Operations of other parts of keras.ops that add up no products."""

_COUNTED = {
    "convolution": (_convolution, "Conv1D Conv2D Conv3D PartialConv2D"),
    "depthwise convolution": (_depthwise, "DepthwiseConv1D DepthwiseConv2D"),
    "separable convolution": (_separable, "SeparableConv1D SeparableConv2D"),
    "transposed convolution": (_transposed, "Conv1DTranspose Conv2DTranspose Conv3DTranspose"),
    "dense": (_dense, "Dense"),
    "einsum dense": (_einsum_dense, "EinsumDense"),
    "attention": (_attention, "MultiHeadAttention"),
    "recurrent": (_recurrent, "GRU LSTM SimpleRNN"),
    "dot product": (_dot, "Dot"),
    "activation": (_nothing, "Activation ELU LeakyReLU PReLU ReLU Softmax"),
    "normalization": (
        _nothing,
        "BatchNormalization GroupNormalization LayerNormalization LocalResponseNormalization Normalization "
        "RMSNormalization UnitNormalization",
    ),
    "scaling": (_nothing, "CustomScaleLayer LayerScale Rescaling"),  # the first two: keras.applications
    "pooling": (
        _nothing,
        " ".join(
            f"{prefix}{kind}Pooling{rank}D"
            for prefix in ("", "Global", "Adaptive")
            for kind in ("Average", "Max")
            for rank in (1, 2, 3)
        ),
    ),
    "merge": (_nothing, "Add Average Bidirectional Concatenate Maximum Minimum Multiply Subtract"),
    "dropout": (
        _nothing,
        "ActivityRegularization AlphaDropout Dropout GaussianDropout GaussianNoise SpatialDropout1D "
        "SpatialDropout2D SpatialDropout3D StochasticDepth",
    ),
    "reshape": (
        _nothing,
        "Cropping1D Cropping2D Cropping3D Flatten Permute RepeatVector Reshape UpSampling1D UpSampling2D "
        "UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D",
    ),
    "lookup": (
        _nothing,
        "CategoryEncoding Discretization Embedding HashedCrossing Hashing IntegerLookup StringLookup "
        "TextVectorization",
    ),
    "lookup and back": (_embedding_and_back, "ReversibleEmbedding"),
    "image preparation": (
        _nothing,
        "AutoContrast CenterCrop CutMix Equalization MixUp RandomBrightness RandomColorJitter RandomContrast "
        "RandomCrop RandomErasing RandomFlip RandomGrayscale RandomHue RandomInvert RandomPerspective "
        "RandomPosterization RandomRotation RandomSaturation RandomShear RandomTranslation RandomZoom "
        "Resizing Solarization",
    ),
    "identity": (_nothing, "Identity Masking"),
}
_KINDS = {name: (kind, count) for kind, (count, names) in _COUNTED.items() for name in names.split()}
