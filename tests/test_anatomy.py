"""The account of a model against Keras' counts, published tables, TensorFlow's profiler, and brute force."""

import inspect
import os
import re
import warnings
from contextlib import nullcontext
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncourse as cc
from cnncourse import anatomies, arithmetic
from cnncourse.anatomies import OPTIMIZER_STATE, TrainingBytes, anatomy, kinds, table
from cnncourse.anatomies.table import _bytes as in_units
from cnncourse.backend import keras, tf
from cnncourse.language import spoken
from cnncourse.models import alexnet, course_model, lenet5

layers = keras.layers
INPUT = (32, 32, 3)
TIMES = "\N{MULTIPLICATION SIGN}"


def sequential(*stack, shape=INPUT, name="net"):
    return keras.Sequential([keras.Input(shape), *stack], name=name)


def lenet():
    return sequential(
        layers.Conv2D(6, 5, activation="tanh", name="c1"),
        layers.AveragePooling2D(2, name="s2"),
        layers.Conv2D(16, 5, activation="tanh", name="c3"),
        layers.AveragePooling2D(2, name="s4"),
        layers.Flatten(name="flatten"),
        layers.Dense(120, activation="tanh", name="f5"),
        layers.Dense(84, activation="tanh", name="f6"),
        layers.Dense(10, activation="softmax", name="f7"),
        shape=(32, 32, 1),
        name="lenet",
    )


# -- the published networks -------------------------------------------------------------------------

# MACs in G, in the digits that were published, for the input size that Keras takes by default.
#   VGG         K. He et al. 2015 (arXiv:1512.03385), section 3.3: 19.6 for VGG-19; the sum over the rows of
#               K. Simonyan and A. Zisserman 2015, table 1, is 15.470 for D and 19.632 for E
#   ResNet      K. He et al. 2015, table 1: 3.8 (exactly 3.858), 7.6, 11.3 (Keras strides as the paper does)
#   MobileNet   A. Howard et al. 2017 (arXiv:1704.04861), table 8: 569 million
#   MobileNetV2 M. Sandler et al. 2018 (arXiv:1801.04381), table 4: 300 million
#   MobileNetV3 Keras' own documentation of MobileNetV3Large: 217 million
#   NASNet, Inception-ResNet-v2, Xception: B. Zoph et al. 2018 (arXiv:1707.07012), tables 2 and 3
#   ConvNeXt    Z. Liu et al. 2022 (arXiv:2201.03545), table 1
#   DenseNet, EfficientNet, EfficientNetV2: "GFLOPS" (which are MACs) in the documentation of
#               torchvision.models, for the same architecture at the same input size
PUBLISHED = {
    "VGG16": "15.470",
    "VGG19": "19.632",
    "ResNet50": "3.858",
    "ResNet101": "7.6",
    "ResNet152": "11.3",
    "MobileNet": "0.569",
    "MobileNetV2": "0.30",
    "MobileNetV3Large": "0.217",
    "NASNetMobile": "0.564",
    "NASNetLarge": "23.8",
    "InceptionResNetV2": "13.2",
    "Xception": "8.4",
    "ConvNeXtTiny": "4.5",
    "ConvNeXtSmall": "8.7",
    "ConvNeXtBase": "15.4",
    "ConvNeXtLarge": "34.4",
    "ConvNeXtXLarge": "60.9",
    "DenseNet121": "2.83",
    "DenseNet169": "3.36",
    "DenseNet201": "4.29",
    "EfficientNetB0": "0.39",
    "EfficientNetB1": "0.69",
    "EfficientNetB3": "1.83",
    "EfficientNetB4": "4.39",
    "EfficientNetB5": "10.27",
    "EfficientNetB6": "19.07",
    "EfficientNetB7": "37.75",
    "EfficientNetV2S": "8.37",
    "EfficientNetV2M": "24.58",
    "EfficientNetV2L": "56.08",
}

# Whose MACs TensorFlow's profiler counts too. It miscounts grouped convolutions, so no ConvNeXt.
PROFILED = ("MobileNet", "MobileNetV3Small", "ResNet50V2", "InceptionV3", "EfficientNetB0")

# Deeper or wider versions of what runs anyway. All of them take minutes: set ALL_APPLICATIONS=1 for that.
LARGER = (
    *("ConvNeXtSmall", "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtXLarge", "DenseNet169", "DenseNet201"),
    *(f"EfficientNetB{size}" for size in range(1, 8)),
    *(f"EfficientNetV2{size}" for size in ("B1", "B2", "B3", "S", "M", "L")),
    *("NASNetLarge", "ResNet101", "ResNet152", "ResNet101V2", "ResNet152V2"),
)
if_asked = pytest.mark.skipif(not os.environ.get("ALL_APPLICATIONS"), reason="ALL_APPLICATIONS is not set")
APPLICATIONS = [
    pytest.param(name, marks=if_asked if name in LARGER else ())
    for name, value in sorted(vars(keras.applications).items())
    if inspect.isfunction(value)  # asked of the package, so that a new one is covered
]


def application(name):
    size = {"input_shape": (224, 224, 3)} if name.startswith("MobileNetV3") else {}  # open by default
    return getattr(keras.applications, name)(weights=None, **size)


@pytest.mark.long
@pytest.mark.parametrize("name", APPLICATIONS)
def test_every_application(name):
    keras.backend.clear_session()
    # Weights with a shape and no value take a third of the time; but the profiler wants to run the model.
    scope = nullcontext() if name in PROFILED else keras.StatelessScope(initialize_variables=False)
    with scope:
        model = application(name)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # no layer may be unknown
            account = anatomy(model)
    assert account.total_parameters == model.count_params()
    trainable = sum(prod(weight.shape) for weight in model.trainable_weights)
    assert account.trainable_parameters == trainable
    shapes = {layer.name: layer.output.shape[1:] for layer in model.layers}
    assert all(layer.output_shape == shapes[layer.name] for layer in account.layers if layer.name in shapes)
    if name in PUBLISHED:
        digits = len(PUBLISHED[name].partition(".")[2])
        assert f"{account.total_macs / 1e9:.{digits}f}" == PUBLISHED[name]
    if name in PROFILED:
        assert account.total_flops == profiled_flops(model)


def profiled_flops(model):
    """Let TensorFlow's profiler count the products and sums in the graph that TensorFlow would run."""
    inputs = [tf.TensorSpec((1, *tensor.shape[1:]), tensor.dtype) for tensor in model.inputs]
    graph = tf.function(lambda *x: model(*x, training=False)).get_concrete_function(*inputs).graph
    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(
        profiler.ProfileOptionBuilder.float_operation()
    ).with_empty_output()
    node, flops = profiler.profile(graph, cmd="op", options=options.build()), 0
    while node.children:  # a chain, one operation type each; biases and the like have types of their own
        node = node.children[0]
        flops += node.float_ops if node.name in ("Conv2D", "DepthwiseConv2dNative", "MatMul") else 0
    return flops


def test_the_profiler_route_finds_a_wrong_count():
    assert profiled_flops(lenet()) == 2 * 416_520
    assert profiled_flops(sequential(layers.Conv2D(4, 3), layers.Conv2D(4, 3))) != 2 * 416_520


# -- one layer at a time ---------------------------------------------------------------------------


def brute_force_macs(layer, shape):
    """With weights and inputs of 1 every product is 1, so the outputs add up to the number of products."""
    inputs = np.ones((1, *shape))
    if not layer.built:
        layer.build(inputs.shape)
    for weight in layer.weights:
        weight.assign(np.zeros(weight.shape) if weight.name == "bias" else np.ones(weight.shape))
    return int(np.sum(layer(inputs)))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["Conv", "DepthwiseConv", "ConvTranspose"]),
    st.integers(1, 3),
    st.tuples(*3 * [st.integers(5, 7)]),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 2),
)
def test_convolutions_equal_brute_force(kind, rank, size, channels, filters, kernel, stride):
    kind = "Conv" if rank == 3 and kind == "DepthwiseConv" else kind
    name = kind.replace("Transpose", "") + f"{rank}D" + ("Transpose" if "Transpose" in kind else "")
    count = {"depth_multiplier" if kind == "DepthwiseConv" else "filters": filters}
    layer = getattr(layers, name)(kernel_size=kernel, strides=stride, dtype="float64", **count)
    shape = (*size[:rank], channels)
    expected = brute_force_macs(layer, shape)
    account = anatomy(sequential(layer, shape=shape))
    assert account.total_macs == expected
    assert account.total_parameters == layer.count_params()


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (layers.Conv2D(12, 3, groups=4, dtype="float64"), (9, 9, 8)),
        (layers.Conv2D(4, 3, dilation_rate=2, dtype="float64"), (9, 9, 2)),
        (layers.Dense(7, dtype="float64"), (5,)),
        (layers.Dense(7, dtype="float64"), (3, 4, 5)),
        (layers.EinsumDense("abc,cd->abd", (4, 7), dtype="float64"), (4, 5)),
        (layers.EinsumDense("abc,cde->abde", (4, 2, 3), dtype="float64"), (4, 5)),
        (layers.EinsumDense("...x,xy->...y", 7, dtype="float64"), (5,)),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_dense_and_grouped_layers_equal_brute_force(layer, shape):
    assert anatomy(sequential(layer, shape=shape)).total_macs == brute_force_macs(layer, shape)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2, (1, 2)])
@pytest.mark.parametrize("groups", [1, 3])
def test_convolutions_equal_the_arithmetic(padding, stride, groups):
    account = anatomy(
        sequential(layers.Conv2D(12, (3, 5), stride, padding, groups=groups), shape=(20, 30, 6))
    )
    keywords = {"stride": stride, "padding": padding, "groups": groups}
    assert account.total_macs == arithmetic.conv2d_macs((20, 30, 6), 12, (3, 5), **keywords)
    assert account.total_parameters == arithmetic.conv2d_parameters(6, 12, (3, 5), groups=groups)
    assert account.layers[0].kind == ("convolution" if groups == 1 else "grouped convolution")


def test_a_separable_convolution_is_a_depthwise_and_a_pointwise_one():
    whole = anatomy(sequential(layers.SeparableConv2D(10, 3, 2, depth_multiplier=2), shape=(15, 15, 4)))
    parts = anatomy(
        sequential(layers.DepthwiseConv2D(3, 2, depth_multiplier=2), layers.Conv2D(10, 1), shape=(15, 15, 4))
    )
    assert whole.total_macs == parts.total_macs == 7 * 7 * (9 * 8 + 8 * 10)
    assert [layer.kind for layer in whole.layers] == ["separable convolution"]
    assert [layer.kind for layer in parts.layers] == ["depthwise convolution", "convolution"]


def test_channels_first_counts_the_same():
    last = anatomy(sequential(layers.Conv2D(8, 3), layers.SeparableConv2D(4, 3), shape=(9, 9, 2)))
    first = anatomy(
        sequential(
            layers.Conv2D(8, 3, data_format="channels_first"),
            layers.SeparableConv2D(4, 3, data_format="channels_first"),
            shape=(2, 9, 9),
        )
    )
    assert [layer.macs for layer in first.layers] == [layer.macs for layer in last.layers]
    assert first.layers[0].output_shape == (8, 7, 7)


def test_attention_counts_projections_and_both_products():
    query, value = keras.Input((6, 16)), keras.Input((9, 12))
    layer = layers.MultiHeadAttention(num_heads=2, key_dim=5, value_dim=3)
    account = anatomy(keras.Model([query, value], layer(query, value)))
    projections = 6 * 16 * 10 + 9 * 12 * 10 + 9 * 12 * 6 + 6 * 6 * 16
    assert account.total_macs == projections + 2 * 6 * 9 * (5 + 3)
    assert account.total_parameters == layer.count_params()


def test_attention_called_by_keyword_counts_the_same_in_any_order():
    query, value = keras.Input((5, 8)), keras.Input((7, 6))
    by_place = layers.MultiHeadAttention(2, 3)(query, value)
    by_name = layers.MultiHeadAttention(2, 3)(value=value, query=query)
    counts = [anatomy(keras.Model([query, value], out)).total_macs for out in (by_place, by_name)]
    assert counts[0] == counts[1]


def test_a_layer_that_leaves_its_output_size_open_is_named():
    open_size = layers.EinsumDense("abc,cd->abd", output_shape=(None, 5), name="open")
    with pytest.raises(ValueError, match=r"output sizes are fixed.*'open'.*\(1, None, 5\)"):
        anatomy(keras.Sequential([keras.Input((3, 8)), open_size]))


def test_products_without_weights_count_too():
    left, right = keras.Input((4, 5)), keras.Input((5, 6))
    account = anatomy(keras.Model([left, right], keras.ops.matmul(left, right)))
    assert account.total_macs == 4 * 5 * 6
    account = anatomy(keras.Model([left, right], layers.Dot(axes=(2, 1))([left, right])))
    assert account.total_macs == 4 * 5 * 6


def test_the_kinds_that_multiply_nothing():
    free = [
        layers.Rescaling(1 / 255),
        layers.RandomFlip(),
        layers.ZeroPadding2D(1),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D(2),
        layers.UpSampling2D(2),
        layers.Dropout(0.5),
        layers.GlobalAveragePooling2D(),
    ]
    account = anatomy(sequential(*free))
    assert account.total_macs == 0
    assert account.total_parameters == 12
    assert account.non_trainable_parameters == 6
    assert [layer.kind for layer in account.layers] == [
        *("scaling", "image preparation", "reshape", "normalization", "activation", "pooling"),
        *("reshape", "dropout", "pooling"),
    ]


# -- the whole account -----------------------------------------------------------------------------


def test_lenet_by_hand():
    account = anatomy(lenet(), batch_size=16)
    assert [(layer.name, layer.parameters, layer.macs, layer.output_shape) for layer in account.layers] == [
        ("c1", 156, 117_600, (28, 28, 6)),
        ("s2", 0, 0, (14, 14, 6)),
        ("c3", 2_416, 240_000, (10, 10, 16)),
        ("s4", 0, 0, (5, 5, 16)),
        ("flatten", 0, 0, (400,)),
        ("f5", 48_120, 48_000, (120,)),
        ("f6", 10_164, 10_080, (84,)),
        ("f7", 850, 840, (10,)),
    ]
    assert account.total_parameters == 61_706
    assert account.total_macs == 416_520
    assert account.total_flops == 833_040
    assert account.parameter_bytes == 61_706 * 4
    numbers = 28 * 28 * 6 + 14 * 14 * 6 + 10 * 10 * 16 + 5 * 5 * 16 + 400 + 120 + 84 + 10
    assert account.activation_bytes == numbers * 4 * 16


def test_the_notes_networks():
    published, grouped = (
        anatomy(alexnet(grouped=on, response_normalization=on)) for on in (False, True)
    )  # A. Krizhevsky et al. 2012: one GPU, and two
    assert (published.total_parameters, published.total_macs) == (62_378_344, 1_135_256_096)
    assert (grouped.total_parameters, grouped.total_macs) == (60_965_224, 724_406_816)
    notes = anatomy(course_model(), batch_size=16)
    assert (notes.total_parameters, notes.total_macs) == (56_356_234, 798_933_536)
    assert notes.layers[1].activation_bytes == 18_585_600
    assert notes.layers[1].parameter_bytes == 139_776
    paper = anatomy(lenet5())
    assert paper.total_parameters == 60_000 + 850
    assert not paper.unknown + grouped.unknown


def test_only_the_activations_grow_with_the_batch_and_bytes_follow_the_type():
    one, many = anatomy(lenet()), anatomy(lenet(), batch_size=256, dtype="float16")
    assert (one.total_parameters, one.total_macs) == (many.total_parameters, many.total_macs)
    assert many.parameter_bytes == one.parameter_bytes // 2
    assert many.activation_bytes == one.activation_bytes * 128


def test_sequential_functional_and_nested_agree():
    def stack():
        return [layers.Conv2D(4, 3, name="conv"), layers.Flatten(name="flat"), layers.Dense(2, name="dense")]

    plain = anatomy(sequential(*stack()))
    inputs = outputs = keras.Input(INPUT)
    for layer in stack():
        outputs = layer(outputs)
    functional = anatomy(keras.Model(inputs, outputs))
    assert functional.layers == plain.layers
    first, *rest = stack()
    nested = anatomy(sequential(sequential(sequential(first, name="b"), name="a"), *rest))
    assert [layer.name for layer in nested.layers] == ["a/b/conv", "flat", "dense"]
    assert [layer.macs for layer in nested.layers] == [layer.macs for layer in plain.layers]
    assert nested.total_parameters == plain.total_parameters


def test_a_shared_layer_counts_its_parameters_once_and_every_call(english):
    shared, left, right = layers.Dense(5), keras.Input((8,)), keras.Input((8,))
    model = keras.Model([left, right], layers.Add()([shared(left), shared(right)]))
    account = anatomy(model)
    assert account.total_parameters == model.count_params() == 45
    assert account.total_macs == 2 * 8 * 5
    assert account.layers[0].calls == 2
    assert account.activation_bytes == 3 * 5 * 4
    assert "called 2 times" in repr(account)


def test_a_shared_model_is_counted_at_the_sizes_it_is_called_with():
    features = sequential(layers.Conv2D(4, 3, padding="same"), shape=(None, None, 3), name="features")
    small, large = keras.Input((8, 8, 3)), keras.Input((16, 16, 3))
    pool = layers.GlobalAveragePooling2D
    model = keras.Model([small, large], layers.Add()([pool()(features(small)), pool()(features(large))]))
    account = anatomy(model)
    assert account.total_macs == (64 + 256) * 9 * 3 * 4
    assert account.total_parameters == model.count_params()


def test_a_model_in_a_model_that_is_called_twice_counts_twice():
    inner = sequential(layers.Conv2D(3, 3, padding="same", name="conv"), shape=(8, 8, 3), name="inner")
    middle = sequential(inner, name="middle", shape=(8, 8, 3))
    inputs = keras.Input((8, 8, 3))
    account = anatomy(keras.Model(inputs, middle(middle(inputs))))
    assert [(layer.name, layer.calls) for layer in account.layers] == [("middle/inner/conv", 2)]
    assert account.total_macs == 2 * 64 * 9 * 3 * 3
    assert account.total_parameters == 9 * 3 * 3 + 3


@pytest.mark.parametrize("inner", [lambda: layers.Dense(7), lambda: sequential(layers.Dense(7), shape=(4,))])
def test_what_is_distributed_over_time_counts_at_each_step(inner):
    account = anatomy(sequential(layers.TimeDistributed(inner(), name="time"), shape=(6, 4)), batch_size=2)
    plain = anatomy(sequential(layers.Dense(7), shape=(6, 4)), batch_size=2)
    (row,) = account.layers
    assert row.name.startswith("time/")
    assert (row.macs, row.parameters, row.calls) == (6 * 4 * 7, 4 * 7 + 7, 1)
    assert row.output_shape == plain.layers[0].output_shape == (6, 7)
    assert row.activation_bytes == plain.layers[0].activation_bytes


def test_a_convolution_over_the_images_of_a_film():
    conv = layers.Conv2D(4, 3, name="conv")
    account = anatomy(sequential(layers.TimeDistributed(conv, name="film"), shape=(5, 8, 8, 3)))
    assert account.total_macs == 5 * 36 * 27 * 4
    assert account.layers[0].output_shape == (5, 6, 6, 4)
    fixed = keras.Sequential([keras.Input(batch_shape=(16, 5, 8, 8, 3)), layers.TimeDistributed(conv)])
    assert anatomy(fixed).total_macs == account.total_macs
    assert anatomy(fixed).activation_bytes == account.activation_bytes


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_recurrent_layers_equal_the_profiler(name):
    model = sequential(getattr(layers, name)(5, unroll=True), shape=(7, 3))
    account = anatomy(model)
    assert account.total_flops == profiled_flops(model) > 0
    assert account.total_parameters == model.count_params()
    assert account.layers[0].kind == "recurrent"


@pytest.mark.parametrize("merge", ["concat", "sum"])
def test_both_directions_count(merge):
    both = layers.Bidirectional(
        layers.LSTM(5, return_sequences=True, name="lstm"), merge_mode=merge, name="both"
    )
    model, one = (
        sequential(both, shape=(7, 3)),
        sequential(layers.LSTM(5, return_sequences=True), shape=(7, 3)),
    )
    account = anatomy(model)
    assert account.total_macs == 2 * anatomy(one).total_macs
    assert account.total_parameters == model.count_params() == 2 * one.count_params()
    assert [layer.name for layer in account.layers] == ["both/forward_lstm", "both/backward_lstm", "both"]
    assert account.layers[-1].output_shape == model.output_shape[1:]


def test_a_wrapper_counts_what_it_wraps_and_what_it_holds():
    model = sequential(layers.SpectralNormalization(layers.Conv2D(4, 3, name="conv"), name="norm"))
    account = anatomy(model)
    assert account.total_macs == anatomy(sequential(layers.Conv2D(4, 3))).total_macs
    assert [layer.name for layer in account.layers] == ["norm/conv", "norm"]
    assert account.total_parameters == model.count_params() == 27 * 4 + 4 + 4
    assert account.non_trainable_parameters == 4


def test_weights_that_a_model_holds_itself_count():
    inner, outer = sequential(layers.Dense(3), shape=(4,), name="inner"), keras.Input((4,))
    inner.add_weight(shape=(5,), name="temperature")
    model = keras.Model(outer, inner(outer), name="outer")
    model.add_weight(shape=(2, 2), trainable=False, name="mask")
    account = anatomy(model)
    assert account.total_parameters == model.count_params() == 4 * 3 + 3 + 5 + 4
    assert account.non_trainable_parameters == 4
    assert [(layer.name, layer.kind) for layer in account.layers[1:]] == [
        *(("inner", "own weights"), ("outer", "own weights")),
    ]


def test_text_layers_multiply_nothing():
    words = layers.TextVectorization(output_sequence_length=6, vocabulary=["a", "b"])
    network = sequential(words, layers.Embedding(4, 3), layers.Flatten(), layers.Dense(2), shape=())
    text = keras.Sequential([keras.Input((), dtype="string"), *network.layers])
    numbers = [
        *(layers.Discretization([0.5]), layers.IntegerLookup(vocabulary=[1, 2]), layers.Hashing(3)),
        layers.CategoryEncoding(3, "multi_hot"),
    ]
    strings = keras.Sequential([keras.Input((4,), dtype="string"), layers.StringLookup(vocabulary=["a"])])
    assert anatomy(text).total_macs == 18 * 2
    assert anatomy(strings).total_macs == anatomy(sequential(*numbers, shape=(4,))).total_macs == 0
    assert not anatomy(text).unknown + anatomy(strings).unknown


SHAPED = {
    "mean": lambda x: keras.ops.mean(x),
    "mean of the batch": lambda x: keras.ops.mean(x, axis=0),
    "merged": lambda x: keras.ops.reshape(keras.ops.concatenate([x, x], axis=1), (-1, 3)),
    "dense": lambda x: layers.Dense(4)(x),
    "dense of the mean": lambda x: layers.Dense(5)(keras.ops.mean(x, axis=0, keepdims=True)),
}


@pytest.mark.parametrize("shaped", SHAPED.values(), ids=SHAPED)
def test_a_fixed_batch_counts_like_an_open_one(shaped):
    accounts = []
    for batch in (None, 8):
        inputs = keras.Input(batch_shape=(batch, 5))
        account = anatomy(keras.Model(inputs, shaped(layers.Dense(3)(inputs))))
        accounts.append([(prod(row.output_shape), row.macs, row.activation_bytes) for row in account.layers])
    assert accounts[0] == accounts[1]
    assert accounts[0][0] == (3, 15, 12)


def test_one_number_for_the_batch_is_one_number():
    inputs = keras.Input(batch_shape=(8, 5))
    row = anatomy(keras.Model(inputs, keras.ops.mean(layers.Dense(3)(inputs)))).layers[-1]
    assert (row.output_shape, row.macs, row.activation_bytes) == ((), 0, 4)


class Transposed(layers.Layer):
    """Multiplies by the weights of another layer."""

    def __init__(self, dense):
        super().__init__(name="transposed")
        self.dense = dense

    def call(self, x):
        return keras.ops.matmul(x, keras.ops.transpose(self.dense.kernel))


def test_tied_weights_count_once():
    dense = layers.Dense(3)
    model = sequential(dense, Transposed(dense), shape=(4,))
    with pytest.warns(UserWarning, match="transposed"):
        account = anatomy(model)
    assert account.total_parameters == model.count_params() == 4 * 3 + 3


def test_frozen_layers_are_told_apart():
    model = lenet()
    model.get_layer("f5").trainable = False
    account = anatomy(model)
    assert account.non_trainable_parameters == 48_120
    assert account.trainable_parameters == 61_706 - 48_120


def test_dictionaries_of_inputs_and_several_outputs():
    inputs = {"image": keras.Input((8, 8, 3), name="image"), "age": keras.Input((1,), name="age")}
    flat = layers.Flatten()(inputs["image"])
    joined = layers.Concatenate()([flat, inputs["age"]])
    model = keras.Model(inputs, {"a": layers.Dense(2)(joined), "b": layers.Dense(3)(joined)})
    account = anatomy(model)
    assert account.total_macs == 193 * 5
    assert sorted(account.input_shapes) == [(1,), (8, 8, 3)]


def test_a_fixed_batch_still_counts_one_image():
    model = keras.Sequential([keras.Input(batch_shape=(16, *INPUT)), layers.Conv2D(4, 3)])
    expected = anatomy(sequential(layers.Conv2D(4, 3)), batch_size=2)
    account = anatomy(model, batch_size=2)
    assert (account.total_macs, account.activation_bytes) == (expected.total_macs, expected.activation_bytes)


def test_nothing_is_run():
    side = 10**6  # 12 TB of input, 16 TB of output
    account = anatomy(sequential(layers.Conv2D(4, 3, padding="same"), shape=(side, side, 3)))
    assert account.total_macs == side**2 * 9 * 3 * 4


# -- what it does not know -------------------------------------------------------------------------


class Product(layers.Layer):
    """A reader's own layer that multiplies without saying so."""

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], 4))

    def call(self, x):
        return keras.ops.matmul(x, self.kernel)


class DoubleDense(layers.Dense):
    """Looks like a dense layer, computes twice as much."""

    def call(self, inputs):
        return super().call(inputs) + super().call(-inputs)


@pytest.mark.parametrize("layer", [Product(name="odd"), DoubleDense(4, name="odd")])
def test_an_unknown_layer_is_named_and_never_zero(layer, english):
    model = sequential(layers.Dense(6), layer, shape=(5,))
    with pytest.warns(UserWarning, match="odd") as caught:
        account = anatomy(model)
    assert caught[0].filename == __file__  # points at the reader's line
    assert account.layers[1].macs is None
    assert account.layers[1].flops is None
    assert account.unknown == ("odd",)
    assert account.total_parameters == model.count_params()
    assert account.total_macs == 30  # what is known
    assert "at least" in repr(account)
    assert "unknown" in account._repr_html_()
    assert account.to_frame()["macs"].isna().tolist() == [False, True]


def test_an_unknown_operation_is_named():
    inputs = keras.Input((4, 4))
    with pytest.warns(UserWarning, match="einsum"):
        anatomy(keras.Model(inputs, keras.ops.einsum("bij,bjk->bik", inputs, inputs)))
    harmless = keras.Model(inputs, keras.ops.relu(keras.ops.cast(inputs * 2 + 1, "float32")[:, 0]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert anatomy(harmless).total_macs == 0


class Standardized(layers.Conv2D):
    """Replaces a part of the convolution, which Keras documents as the way to do so."""

    def convolution_op(self, inputs, kernel):
        return super().convolution_op(inputs, kernel) + super().convolution_op(-inputs, kernel)


def replaced(layer):
    """Give a layer a call of its own after it was made."""
    layer.call = lambda x: keras.ops.square(x)
    return layer


class TwiceSequential(keras.Sequential):
    """Runs its layers twice."""

    def call(self, x, training=None, mask=None):
        return super().call(super().call(x))


class TwiceFunctional(keras.Model):
    """Runs its graph twice."""

    def call(self, x, training=None, mask=None):
        return super().call(super().call(x))


class TwiceWrapped(layers.TimeDistributed):
    """Runs its layer twice."""

    def call(self, x, training=None, mask=None):
        return super().call(super().call(x))


def twice_functional():
    inputs = keras.Input((8,))
    return TwiceFunctional(inputs, layers.Dense(8)(inputs))


def twice_sequential():
    return TwiceSequential([keras.Input((8,)), layers.Dense(8)])


@pytest.mark.parametrize(
    "make", [twice_sequential, twice_functional, lambda: replaced(sequential(layers.Dense(8), shape=(8,)))]
)
def test_a_model_with_a_call_of_its_own_is_refused_and_unknown_inside_another(make):
    with pytest.raises(ValueError, match="defines its own call"):
        anatomy(make())
    inner = make()
    outer = sequential(inner, layers.Dense(2), shape=(8,))
    with pytest.warns(UserWarning, match=inner.name):
        account = anatomy(outer)
    assert account.unknown == (inner.name,)
    assert account.total_macs == 16
    assert account.total_parameters == outer.count_params()


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Standardized(2, 3, name="odd"), (8, 8, 1)),
        (TwiceWrapped(layers.Dense(8), name="odd"), (3, 8)),
        (replaced(layers.Dense(8, name="odd")), (8, 8)),
        (replaced(layers.TimeDistributed(layers.Dense(8), name="odd")), (8, 8)),
    ],
)
def test_a_layer_that_computes_anew_in_any_way_is_unknown(layer, shape):
    model = sequential(layer, shape=shape)
    with pytest.warns(UserWarning, match="odd"):
        account = anatomy(model)
    assert account.unknown == ("odd",)
    assert account.total_parameters == model.count_params()


def test_a_subclass_that_keeps_the_computation_is_known():
    class Named(layers.Conv2D):
        """Only a new name."""

    assert anatomy(sequential(Named(4, 3))).total_macs == anatomy(sequential(layers.Conv2D(4, 3))).total_macs


class Subclassed(keras.Model):
    """A model without a graph."""

    def call(self, x):
        return x


@pytest.mark.parametrize(
    ("model", "keywords", "message"),
    [
        (lambda: keras.Sequential([layers.Dense(2)]), {}, "model must be built"),
        (lambda: keras.Sequential(), {}, "model must be built"),
        (lambda: sequential(layers.Conv2D(2, 3), shape=(None, None, 3)), {}, "fixed input size"),
        (Subclassed, {}, "must be Sequential or functional"),
        (lambda: layers.Dense(2), {}, "must be a built Keras model"),
        (lambda: None, {}, "must be a built Keras model"),
        (lambda: "resnet50", {}, "must be a built Keras model"),
        (lenet, {"batch_size": 0}, "batch_size must be"),
        (lenet, {"batch_size": 1.5}, "batch_size must be"),
        (lenet, {"dtype": "float31"}, "dtype must be one of"),
        (lenet, {"dtype": None}, "dtype must be one of"),
    ],
)
def test_bad_input_is_named(model, keywords, message):
    with pytest.raises(ValueError, match=message):
        anatomy(model(), **keywords)


def test_the_advice_for_an_open_input_size_works():
    model = sequential(layers.Conv2D(2, 3), shape=(None, None, 3))
    assert anatomy(keras.Sequential([keras.Input((224, 224, 3)), model])).total_macs == 222**2 * 27 * 2


def test_a_model_built_later_is_counted():
    model = keras.Sequential([layers.Conv2D(2, 3)])
    model.build((None, *INPUT))
    assert anatomy(model).total_macs == 30 * 30 * 27 * 2


# -- training memory -------------------------------------------------------------------------------

OPTIMIZERS = [
    keras.optimizers.SGD(),
    keras.optimizers.SGD(momentum=0.9),
    keras.optimizers.RMSprop(),
    keras.optimizers.RMSprop(momentum=0.9, centered=True),
    keras.optimizers.Adagrad(),
    keras.optimizers.Adadelta(),
    keras.optimizers.Adam(),
    keras.optimizers.Adam(amsgrad=True),
    keras.optimizers.AdamW(),
    keras.optimizers.Adamax(),
    keras.optimizers.Nadam(),
    keras.optimizers.Ftrl(),
    keras.optimizers.Lion(),
    keras.optimizers.Lamb(),
    keras.optimizers.SGD(use_ema=True),
    keras.optimizers.Adam(gradient_accumulation_steps=4),
    keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(momentum=0.9)),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: optimizer.name)
def test_optimizer_state_is_what_keras_holds(optimizer):
    model = sequential(layers.Conv2D(4, 3), layers.BatchNormalization())
    optimizer.build(model.trainable_variables)
    held = sum(
        prod(variable.shape) for variable in optimizer.variables if len(variable.shape)
    )  # no step counters
    training = anatomy(model).training_bytes(optimizer)
    assert training.optimizer_state == 4 * held
    assert training.gradients == 4 * (4 * 27 + 4 + 8)
    assert training.parameters == training.gradients + 4 * 8


def test_training_bytes_by_name(english):
    account = anatomy(lenet(), batch_size=16)
    state = {name: account.training_bytes(name).optimizer_state // (4 * 61_706) for name in OPTIMIZER_STATE}
    assert state == OPTIMIZER_STATE
    assert account.training_bytes("Adam") == account.training_bytes("adam")
    training = account.training_bytes("momentum")
    assert training.activations == account.activation_bytes
    assert training.total == 3 * 4 * 61_706 + account.activation_bytes
    assert "optimizer state" in repr(training)
    assert "total" in repr(training)


@pytest.mark.parametrize("optimizer", ["newton", None, 3, keras.optimizers.Adafactor()])
def test_an_unknown_optimizer_is_named(optimizer):
    with pytest.raises(ValueError, match="optimizer must be a Keras optimizer or a name, one of sgd"):
        anatomy(lenet()).training_bytes(optimizer)


# -- what is shown ---------------------------------------------------------------------------------


def test_the_terminal_table(english):
    lines = repr(anatomy(lenet(), batch_size=16)).splitlines()
    assert lines[0].replace(TIMES, "x") == (
        "lenet: input 32 x 32 x 1 · batch 16 · float32 · 61,706 parameters (0 non-trainable) · "
        "416,520 MACs = 833,040 FLOPs per image"
    )
    assert lines[4].split() == [
        *("c1", "convolution", "28", TIMES, "28", TIMES, "6", "156", "0.3%", "117,600", "28.2%"),
        *("624", "B", "301.056", "kB"),
    ]
    assert lines[-1].split() == ["Total", "61,706", "416,520", "246.824", "kB", "543.616", "kB"]


def test_counts_below_a_million_are_written_out(english):
    account = anatomy(sequential(layers.Dense(999, use_bias=False), shape=(1000,)))
    assert repr(account).splitlines()[0].endswith("999,000 MACs = 1.998 M FLOPs per image")


def test_the_notebook_table(english):
    model = sequential(layers.Conv2D(2, 3, name="a_b"), name="a_and_b")
    html = anatomy(model)._repr_html_()
    assert html.count("<tr>") == html.count("</tr>") == 3
    assert html.count('scope="col"') == 9
    assert 'tabindex="0"' in html  # scrolls inside itself, with the keyboard too
    assert "overflow: auto" in html
    assert "48,600" in html
    assert html == anatomy(model)._repr_html_()  # nbval compares it


def test_the_table_is_german_unless_english_is_used():
    """246,824 kB: "246.824 kB" would be a thousand times as much in German."""
    account = anatomy(lenet(), batch_size=16)
    lines = repr(account).splitlines()
    assert lines[0].replace(TIMES, "x") == (
        "lenet: Eingabe 32 x 32 x 1 · Batch 16 · float32 · 61.706 Parameter (0 nicht trainierbar) · "
        "416.520 MACs = 833.040 FLOPs je Bild"
    )
    assert lines[2].split() == [
        *("Schicht", "Art", "Ausgabe", "Parameter", "Anteil", "MACs", "Anteil", "Gewichte", "Aktivierungen"),
    ]
    assert lines[4].split() == [
        *("c1", "Faltung", "28", TIMES, "28", TIMES, "6", "156", "0,3", "%", "117.600", "28,2", "%"),
        *("624", "B", "301,056", "kB"),
    ]
    assert lines[-1].split() == ["Summe", "61.706", "416.520", "246,824", "kB", "543,616", "kB"]
    german = account._repr_html_()
    assert "28,2\N{NO-BREAK SPACE}%" in german
    assert "28.2%, transparent 28.2%" in german  # CSS stays CSS
    cc.use_language("en")
    bars = r"linear-gradient\(.*?\)\)?"
    assert re.findall(bars, german) == re.findall(bars, account._repr_html_())
    assert ">28.2%<" in account._repr_html_()


def test_every_kind_has_a_german_name():
    found = {*kinds._COUNTED, anatomies._HOLDS, "grouped convolution", "operation", "unknown"}
    assert found == set(table._KINDS)


def test_the_memory_of_training_is_german_unless_english_is_used():
    training = TrainingBytes(31_400, 31_400, 62_800, 1_280)
    assert repr(training).replace("\N{NO-BREAK SPACE}", " ").splitlines() == [
        "Parameter      31,400 kB   24,7 %",
        "Gradienten     31,400 kB   24,7 %",
        "Optimierer     62,800 kB   49,5 %",
        "Aktivierungen   1,280 kB    1,0 %",
        "Summe         126,880 kB  100,0 %",
    ]
    cc.use_language("en")
    assert repr(training).splitlines() == [
        "parameters       31.400 kB    24.7%",
        "gradients        31.400 kB    24.7%",
        "optimizer state  62.800 kB    49.5%",
        "activations       1.280 kB     1.0%",
        "total           126.880 kB   100.0%",
    ]


def test_the_frame_adds_up():
    account = anatomy(lenet(), batch_size=16)
    rows = account.to_frame()
    assert list(rows["name"]) == [layer.name for layer in account.layers]
    totals = rows[["parameters", "macs", "flops", "parameter_bytes", "activation_bytes"]].sum()
    assert totals["parameters"] == account.total_parameters
    assert totals["macs"] == account.total_macs
    assert totals["flops"] == account.total_flops
    assert totals["parameter_bytes"] == account.parameter_bytes
    assert totals["activation_bytes"] == account.activation_bytes
    np.testing.assert_allclose(rows[["parameter_share", "mac_share"]].sum(), 1)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (999, "999 B"),
        (1000, "1.000 kB"),
        (139_776, "139.776 kB"),
        (999_999_999, "1.000 GB"),
        (10**16, "10,000.000 TB"),
    ],
)
def test_bytes_are_decimal_and_written_out(count, text):
    assert in_units(count, spoken("en")) == text
