"""The networks of the lecture notes: LeNet-5, AlexNet, and the model of the notes' own code.

They are ordinary Keras models, built with random weights. Inputs are ``(height, width, channels)``,
best in [0, 1]: no model scales its input.
"""

from numbers import Real

import numpy as np

from cnncourse import checks
from cnncourse.backend import keras

__all__ = [
    "LocalResponseNormalization",
    "PartialConv2D",
    "alexnet",
    "course_model",
    "dense_stack",
    "lenet5",
    "scaled_tanh",
]

_LENET_C3 = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)
"""The S2 maps that each C3 map of LeNet-5 sees. Source: LeCun et al. 1998, table I."""


def lenet5(
    input_shape=(32, 32, 1),
    classes=10,
    *,
    activation="scaled_tanh",
    pooling="subsampling",
    connections="paper",
):
    """Build LeNet-5: C1, S2, C3, S4 and C5 see the image, F6 and the output classify it.

    By default as published, layer by layer: every layer up to F6 ends in 1.7159 tanh(2x/3); S2 and
    S4 average 2 x 2 pixels, then multiply by a trainable coefficient and add a trainable bias; each
    map of C3 sees 3, 4 or 6 of the 6 maps before it; C5 is a convolution. Up to F6 these are the
    paper's 60,000 parameters.

    It departs from the paper in five points. The output is a softmax layer (850 parameters for 10
    classes) in place of the distances to fixed pictures of the characters. The trainable
    coefficients apply to the mean instead of the sum of 4 pixels, and start at 1. Weights start
    as Keras starts them instead of uniformly in ±2.4 / fan-in. The input is not scaled (the
    paper: ink 1.175, background -0.1). A 28 x 28 input gets the margin of 2 pixels inside.

    Args:
        input_shape: ``(height, width, channels)``: at least 32 x 32, or 28 x 28, which is padded.
        classes: the number of classes.
        activation: ``"scaled_tanh"``, or any activation that Keras knows by name, such as
            ``"sigmoid"`` or ``"relu"``.
        pooling: ``"subsampling"`` as published, or ``"average"`` or ``"max"``, without parameters.
        connections: ``"paper"``, or ``"all"``: every map of C3 sees every map of S2.

    Returns:
        A ``keras.Sequential`` that is built but not compiled.

    Raises:
        ValueError: for any argument that is not as above.

    Source: Y. LeCun et al., *Gradient-based learning applied to document recognition*, 1998,
    section II.B and table I.

    >>> lenet5().count_params()
    60850
    >>> model = lenet5(
    ...     activation="sigmoid", pooling="average", connections="all"
    ... )
    >>> model.count_params()
    61706
    """
    height, width, channels = checks.shape("input_shape", input_shape, dimensions=3)
    padded = (height, width) == (28, 28)
    if not padded and min(height, width) < 32:
        raise ValueError(
            "input_shape must be at least (32, 32, channels), or (28, 28, channels), which is padded. "
            f"Received input_shape={input_shape!r}."
        )
    layers = keras.layers
    activation = _activation(activation)
    return keras.Sequential(
        [
            keras.Input((height, width, channels)),
            *([layers.ZeroPadding2D(2, name="margin")] if padded else []),
            layers.Conv2D(6, 5, activation=activation, name="C1"),
            *_subsampling("S2", pooling, activation),
            _lenet_c3(connections, activation),
            *_subsampling("S4", pooling, activation),
            layers.Conv2D(120, 5, activation=activation, name="C5"),
            layers.Flatten(name="flatten"),
            layers.Dense(84, activation=activation, name="F6"),
            layers.Dense(checks.whole("classes", classes, least=1), activation="softmax", name="output"),
        ],
        name="lenet5",
    )


def alexnet(input_shape=(227, 227, 3), classes=1000, *, grouped=False, response_normalization=False, width=1):
    """Build AlexNet: five convolutions and three dense layers, with ReLU and overlapping pooling.

    It departs from the paper in four points. The input is 227 x 227, where the paper prints 224:
    only (227 - 11) / 4 + 1 gives the paper's 55. Weights start as Keras starts them instead of from
    N(0, 0.01) with some biases at 1. By default the convolutions are not split over two GPUs
    (``grouped=True`` splits the second, fourth and fifth as the paper does) and there is no local
    response normalization. The paper's weight decay, 0.0005, belongs to the training.

    Args:
        input_shape: ``(height, width, channels)``, at least 67 x 67.
        classes: the number of classes.
        grouped: whether convolutions 2, 4 and 5 work in two groups.
        response_normalization: whether one follows convolutions 1 and 2.
        width: factor on the number of filters and units, for a smaller network. It must leave
            whole numbers: 0.25, 0.5, 1, ...

    Returns:
        A ``keras.Sequential`` that is built but not compiled.

    Raises:
        ValueError: for any argument that is not as above.

    Source: A. Krizhevsky et al., *ImageNet classification with deep convolutional neural
    networks*, 2012, sections 3 and 4.2.

    >>> alexnet(width=0.25, classes=10).count_params()
    3661162
    """
    height, columns, channels = checks.shape("input_shape", input_shape, dimensions=3)
    if min(height, columns) < 67:
        raise ValueError(f"input_shape must be at least (67, 67, channels). Received {input_shape!r}.")
    classes = checks.whole("classes", classes, least=1)

    def convolution(number, filters, kernel_size, groups=1, **options):
        groups = groups if grouped else 1
        options = {"padding": "same", "activation": "relu", "groups": groups, **options}
        return keras.layers.Conv2D(_scaled(filters, width), kernel_size, name=f"conv{number}", **options)

    def normalization(number):
        return [LocalResponseNormalization(name=f"norm{number}")] if response_normalization else []

    def pooling(number):
        return keras.layers.MaxPooling2D(3, strides=2, name=f"pool{number}")

    def dense(number):
        yield keras.layers.Dense(_scaled(4096, width), activation="relu", name=f"fc{number}")
        yield keras.layers.Dropout(0.5, name=f"dropout{number}")

    return keras.Sequential(
        [
            keras.Input((height, columns, channels)),
            convolution(1, 96, 11, strides=4, padding="valid"),
            *normalization(1),
            pooling(1),
            convolution(2, 256, 5, groups=2),
            *normalization(2),
            pooling(2),
            convolution(3, 384, 3),
            convolution(4, 384, 3, groups=2),
            convolution(5, 256, 3, groups=2),
            pooling(5),
            keras.layers.Flatten(name="flatten"),
            *dense(6),
            *dense(7),
            keras.layers.Dense(classes, activation="softmax", name="fc8"),
        ],
        name="alexnet",
    )


def course_model(input_shape=(227, 227, 3), classes=10, *, repaired=False, width=1):
    """Build and compile the model of the lecture notes, their ``define_model()``, as written.

    The layers, their order and arguments, the optimizer and the loss are the notes'. Only the
    input comes first here, as ``keras.Input``, instead of in a middle layer and a ``build`` after
    it, where Keras warns; and no summary is printed.

    The notes call it AlexNet. It differs from the paper: convolutions 4 and 5 have 1 x 1 kernels
    (3 x 3 with ``repaired=True``), there are 10 classes, nothing is grouped, and there is neither
    local response normalization nor weight decay.

    Args:
        input_shape: ``(height, width, channels)`` of the images. The first layer resizes them to
            227 x 227, and does nothing where they have that size already.
        classes: the number of classes.
        repaired: whether convolutions 4 and 5 get the paper's 3 x 3 kernels.
        width: factor on the number of filters and units, as for :func:`alexnet`.

    Returns:
        A ``keras.Sequential``, compiled.

    Raises:
        ValueError: for a shape, a number of classes or a width that is not as above.

    Source: The lecture notes, section "Code". The paper: see :func:`alexnet`.

    >>> course_model().count_params()
    56356234
    >>> course_model(repaired=True).count_params()
    58322314
    """
    layers = keras.layers
    kernel_size = (3, 3) if repaired else (1, 1)
    same = {"strides": (1, 1), "activation": "relu", "padding": "same"}
    conv1, conv2, conv3, conv4, conv5, dense = (
        _scaled(count, width) for count in (96, 256, 384, 384, 256, 4096)
    )
    model = keras.Sequential(
        [
            keras.Input(checks.shape("input_shape", input_shape, dimensions=3)),
            layers.Resizing(227, 227, interpolation="bilinear", crop_to_aspect_ratio=False),
            layers.Conv2D(filters=conv1, kernel_size=(11, 11), strides=(4, 4), activation="relu"),
            layers.MaxPool2D(pool_size=(3, 3), strides=(2, 2)),
            layers.Conv2D(filters=conv2, kernel_size=(5, 5), **same),
            layers.MaxPool2D(pool_size=(3, 3), strides=(2, 2)),
            layers.Conv2D(filters=conv3, kernel_size=(3, 3), **same),
            layers.Conv2D(filters=conv4, kernel_size=kernel_size, **same),
            layers.Conv2D(filters=conv5, kernel_size=kernel_size, **same),
            layers.MaxPool2D(pool_size=(3, 3), strides=(2, 2)),
            layers.Flatten(),
            layers.Dense(dense, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(dense, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(checks.whole("classes", classes, least=1), activation="softmax"),
        ],
        name="course_model",
    )
    optimizer = keras.optimizers.SGD(learning_rate=0.001, momentum=0.9)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def dense_stack(
    depth,
    input_shape=(8, 8, 1),
    classes=10,
    *,
    units=64,
    activation="relu",
    initializer="glorot_uniform",
    batch_norm=False,
    residual=False,
):
    """Build a stack of equal dense layers, to see what depth does to gradients.

    Each of the ``depth`` hidden layers computes ``activation(dense(h))``. Batch normalization comes
    between the two, its momentum 0.9 so that the moving statistics keep up with a short training. A
    residual layer adds its input: ``h + activation(dense(h))``, from the second layer on. The layers
    are named ``hidden1``, ``hidden2`` … and ``output``, which always starts as Keras starts it.

    Args:
        depth: the number of hidden layers.
        input_shape: ``(height, width, channels)``; the images are flattened.
        classes: the number of classes.
        units: the units of each hidden layer.
        activation: ``"scaled_tanh"``, or any activation that Keras knows by name, such as
            ``"sigmoid"``, ``"tanh"`` or ``"relu"``.
        initializer: how the weights of the hidden layers start: a Keras initializer or its name, such as
            ``"glorot_uniform"`` or ``"he_uniform"``.
        batch_norm: whether each hidden layer is normalized before its activation.
        residual: whether a shortcut leads around each hidden layer but the first.

    Returns:
        A ``keras.Model`` that is built but not compiled.

    Raises:
        ValueError: for any argument that is not as above.

    Source: Glorot & Bengio 2010, for the experiment; He et al., *Deep residual learning for image
    recognition*, 2016, for the shortcut.

    >>> model = dense_stack(10)
    >>> model.count_params()  # 10 x (64 + 1) x 64 + (64 + 1) x 10
    42250
    """
    depth, units = checks.whole("depth", depth, least=1), checks.whole("units", units, least=1)
    activation, initializer = _activation(activation), _initializer(initializer)
    inputs = keras.Input(checks.shape("input_shape", input_shape, dimensions=3))
    h = keras.layers.Flatten(name="flatten")(inputs)
    for number in range(1, depth + 1):
        dense = keras.layers.Dense(
            units, use_bias=not batch_norm, kernel_initializer=initializer(), name=f"hidden{number}"
        )
        out = dense(h)
        if batch_norm:
            out = keras.layers.BatchNormalization(momentum=0.9, name=f"norm{number}")(out)
        out = keras.layers.Activation(activation, name=f"activation{number}")(out)
        h = keras.layers.Add(name=f"shortcut{number}")([h, out]) if residual and number > 1 else out
    classes = checks.whole("classes", classes, least=1)
    outputs = keras.layers.Dense(classes, activation="softmax", name="output")(h)
    return keras.Model(inputs, outputs, name="dense_stack")


# -- the parts of the papers that Keras has no layer for --------------------------------------------


@keras.saving.register_keras_serializable("cnncourse")
def scaled_tanh(x):
    """Squash ``x`` by ``1.7159 tanh(2x / 3)``, which takes 1 to 1 and -1 to -1.

    Args:
        x: a tensor of any shape.

    Returns:
        A tensor of the same shape.

    Source: LeCun et al. 1998, equation 6 and appendix A.

    >>> round(float(scaled_tanh(1.0)), 4)
    1.0
    """
    return 1.7159 * keras.ops.tanh(x * (2 / 3))


@keras.saving.register_keras_serializable("cnncourse")
class PartialConv2D(keras.layers.Conv2D):
    """A convolution whose filters each see only some of the input's channels.

    It has ``f_h x f_w`` weights per connection and one bias per filter. To compute, it puts the
    weights into a full kernel with zeros elsewhere: the result is exact, but no work is saved.

    Args:
        filters: the number of filters.
        kernel_size: in pixels, or a pair.
        connections: for each filter, the channels it sees.
        **options: as for ``keras.layers.Conv2D``, channels last and without groups.

    Raises:
        ValueError: if there is not one connection list per filter, for a channel that the input does
            not have, and for groups or channels first.

    Source: LeCun et al. 1998, section II.B, layer C3.

    >>> layer = PartialConv2D(2, 3, connections=[(0, 1), (2,)])
    >>> layer.build((None, 8, 8, 3))
    >>> layer.count_params()  # 3 connections x 9 taps + 2 biases
    29
    """

    def __init__(self, filters, kernel_size, *, connections, **options):
        super().__init__(filters, kernel_size, **options)
        if self.groups > 1 or self.data_format != "channels_last":
            raise ValueError(
                "groups must be 1 and data_format 'channels_last'. "
                f"Received groups={self.groups}, data_format={self.data_format!r}."
            )
        listed = isinstance(connections, tuple | list) and len(connections) == filters
        if not listed or not all(isinstance(seen, tuple | list | range) for seen in connections):
            raise ValueError(
                f"connections must list the channels of each of the {filters} filters. "
                f"Received connections={connections!r}."
            )
        self.connections = connections

    def build(self, input_shape):
        """Create the weights of the connections."""
        channels = input_shape[-1]
        if not all(0 <= c < channels for seen in self.connections for c in seen):
            raise ValueError(
                f"connections must list channels from 0 to {channels - 1}. "
                f"Received connections={self.connections!r}."
            )
        places = [c * self.filters + k for k, seen in enumerate(self.connections) for c in seen]
        self._placement = np.eye(channels * self.filters, dtype="float32")[places]
        self._kernel = self._add("kernel", "taps", (*self.kernel_size, len(places)))
        self.bias = self._add("bias", "bias", (self.filters,)) if self.use_bias else None
        self.built = True

    def _add(self, kind, name, shape):
        options = {
            option: getattr(self, f"{kind}_{option}")
            for option in ("initializer", "regularizer", "constraint")
        }
        return self.add_weight(name=name, shape=shape, **options)

    @property
    def kernel(self):
        """The full kernel, ``(height, width, channels, filters)``, zero where there is no connection."""
        placement = keras.ops.cast(self._placement, self._kernel.dtype)
        return keras.ops.reshape(self._kernel @ placement, (*self.kernel_size, -1, self.filters))

    # Conv2D would store the full kernel, and fail to load it again.
    save_own_variables = keras.layers.Layer.save_own_variables
    load_own_variables = keras.layers.Layer.load_own_variables

    def get_config(self):
        """Give the arguments, so that Keras can save the layer."""
        return {**super().get_config(), "connections": self.connections}


@keras.saving.register_keras_serializable("cnncourse")
class LocalResponseNormalization(keras.layers.Layer):
    """Divide each value by ``(2 + 0.0001 x sum of squares)^0.75`` over 5 neighbouring channels.

    Source: Krizhevsky et al. 2012, section 3.3.

    >>> output = LocalResponseNormalization()(np.zeros((1, 1, 1, 8)))
    >>> float(output[0, 0, 0, 0])
    0.0
    """

    def call(self, inputs):
        """Normalize ``(batch, height, width, channels)``."""
        squares = keras.ops.pad(inputs**2, (*[(0, 0)] * 3, (2, 2)))
        neighbours = sum(squares[..., shift : shift + inputs.shape[-1]] for shift in range(5))
        return inputs / (2 + 1e-4 * neighbours) ** 0.75

    def compute_output_shape(self, input_shape):
        """Leave the shape as it is."""
        return input_shape


def _activation(activation):
    """Look an activation up by its name."""
    if activation == "scaled_tanh":
        return scaled_tanh
    try:
        return keras.activations.get(activation)
    except ValueError as error:
        raise ValueError(
            "activation must be 'scaled_tanh' or the name of a Keras activation, such as 'sigmoid' or "
            f"'relu'. Received activation={activation!r}."
        ) from error


def _initializer(initializer):
    """Give a function that makes a fresh initializer: one that is used twice would repeat its weights."""
    try:
        config = keras.initializers.serialize(keras.initializers.get(initializer))
    except ValueError as error:
        raise ValueError(
            "initializer must be a Keras initializer or its name, such as 'glorot_uniform' or 'he_uniform'. "
            f"Received initializer={initializer!r}."
        ) from error
    return lambda: keras.initializers.deserialize(config)


def _subsampling(name, pooling, activation):
    """Halve height and width; as published, this is a layer with parameters and an activation."""
    if pooling == "max":
        return [keras.layers.MaxPooling2D(2, name=name)]
    if pooling == "average":
        return [keras.layers.AveragePooling2D(2, name=name)]
    if pooling != "subsampling":
        raise ValueError(f"pooling must be 'subsampling', 'average' or 'max'. Received pooling={pooling!r}.")
    coefficient = keras.layers.DepthwiseConv2D(
        1, depthwise_initializer="ones", activation=activation, name=name
    )
    return [keras.layers.AveragePooling2D(2, name=f"{name}_mean"), coefficient]


def _lenet_c3(connections, activation):
    if connections == "all":
        return keras.layers.Conv2D(16, 5, activation=activation, name="C3")
    if connections != "paper":
        raise ValueError(f"connections must be 'paper' or 'all'. Received connections={connections!r}.")
    return PartialConv2D(16, 5, connections=_LENET_C3, activation=activation, name="C3")


def _scaled(count, width):
    """Scale a number of filters or units, where that leaves a whole number."""
    scaled = count * width if isinstance(width, Real) and not isinstance(width, bool) else 0
    if not 1 <= scaled < np.inf or scaled != int(scaled):
        raise ValueError(
            f"width must be a factor that leaves whole numbers of filters. Received width={width!r}."
        )
    return int(scaled)
