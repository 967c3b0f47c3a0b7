"""The models against the papers' tables, against the notes' own code, and against closed forms."""

import warnings

import numpy as np
import pytest

import cnncourse as cc
from cnncourse.backend import keras, tf


def counts(model):
    """Give the parameters of the layers that have some."""
    return {layer.name: layer.count_params() for layer in model.layers if layer.count_params()}


def macs(model):
    """Count with `arithmetic` the MACs of the model's convolutions and dense layers."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            total += cc.conv2d_macs(
                tuple(layer.input.shape[1:]),
                layer.filters,
                layer.kernel_size,
                stride=layer.strides,
                padding=layer.padding,
                groups=layer.groups,
            )
        elif isinstance(layer, keras.layers.Dense):
            total += cc.dense_macs(layer.input.shape[-1], layer.units)
    return total


def shapes(model):
    return {layer.name: tuple(layer.output.shape[1:]) for layer in model.layers}


@pytest.fixture(scope="module", name="notes_model")
def fixture_notes_model():
    """The notes' `define_model()`, word for word, without its summary and comments."""

    def define_model():
        model = keras.models.Sequential()
        model.add(keras.layers.Resizing(227, 227, interpolation="bilinear", crop_to_aspect_ratio=False))
        model.add(
            keras.layers.Conv2D(
                filters=96, kernel_size=(11, 11), strides=(4, 4), activation="relu", input_shape=(227, 227, 3)
            )
        )
        model.add(keras.layers.MaxPool2D(pool_size=(3, 3), strides=(2, 2)))
        model.add(
            keras.layers.Conv2D(
                filters=256, kernel_size=(5, 5), strides=(1, 1), activation="relu", padding="same"
            )
        )
        model.add(keras.layers.MaxPool2D(pool_size=(3, 3), strides=(2, 2)))
        model.add(
            keras.layers.Conv2D(
                filters=384, kernel_size=(3, 3), strides=(1, 1), activation="relu", padding="same"
            )
        )
        model.add(
            keras.layers.Conv2D(
                filters=384, kernel_size=(1, 1), strides=(1, 1), activation="relu", padding="same"
            )
        )
        model.add(
            keras.layers.Conv2D(
                filters=256, kernel_size=(1, 1), strides=(1, 1), activation="relu", padding="same"
            )
        )
        model.add(keras.layers.MaxPool2D(pool_size=(3, 3), strides=(2, 2)))
        model.add(keras.layers.Flatten())
        model.add(keras.layers.Dense(4096, activation="relu"))
        model.add(keras.layers.Dropout(0.5))
        model.add(keras.layers.Dense(4096, activation="relu"))
        model.add(keras.layers.Dropout(0.5))
        model.add(keras.layers.Dense(10, activation="softmax"))
        opt = keras.optimizers.SGD(learning_rate=0.001, momentum=0.9)
        model.compile(optimizer=opt, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        model.build(input_shape=(None, 227, 227, 3))
        return model

    with pytest.warns(UserWarning, match="input_shape"):
        return define_model()


# -- LeNet-5 ----------------------------------------------------------------------------------------


def test_lenet5_has_the_parameters_of_each_of_the_papers_layers():
    # LeCun et al. 1998, section II.B, prints them layer by layer
    published = {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48120, "F6": 10164}
    assert counts(cc.lenet5()) == {**published, "output": 84 * 10 + 10}
    assert sum(published.values()) == 60_000


def test_lenet5_has_the_map_sizes_of_the_paper():
    sizes = shapes(cc.lenet5())
    published = {
        "C1": (28, 28, 6),
        "S2": (14, 14, 6),
        "C3": (10, 10, 16),
        "S4": (5, 5, 16),
        "C5": (1, 1, 120),
    }
    assert {name: sizes[name] for name in published} == published
    assert sizes["F6"] == (84,)


@pytest.mark.parametrize("pooling", ["average", "max"])
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_common_lenet5_has_61706_parameters(activation, pooling):
    model = cc.lenet5(activation=activation, pooling=pooling, connections="all")
    assert list(counts(model).values()) == [156, 2416, 48120, 10164, 850]
    assert model.count_params() == 61_706
    assert macs(model) == 416_520
    assert model.get_layer("C1").activation.__name__ == activation


def test_lenet5_pads_28_to_the_same_network():
    model = cc.lenet5((28, 28, 1))
    assert shapes(model)["margin"] == (32, 32, 1)
    assert model.count_params() == cc.lenet5().count_params()


def test_lenet5_takes_colour_larger_images_and_other_class_counts():
    model = cc.lenet5((40, 36, 3), classes=7)
    assert model.output_shape == (None, 7)
    assert counts(model)["C1"] == 6 * (75 + 1)


def test_scaled_tanh_has_the_papers_properties():
    # appendix A: f(±1) = ±1, and the second derivative is largest there
    x = np.linspace(-3, 3, 6001)
    y = np.asarray(cc.scaled_tanh(x))
    np.testing.assert_allclose(y, 1.7159 * np.tanh(2 * x / 3), atol=1e-6)
    assert np.asarray(cc.scaled_tanh(np.array([-1.0, 1.0]))) == pytest.approx([-1, 1], abs=1e-4)
    curvature = np.gradient(np.gradient(y, x), x)
    assert abs(x[curvature.argmax()]) == pytest.approx(1, abs=0.02)


def test_subsampling_is_coefficient_times_mean_plus_bias():
    model = cc.lenet5()
    x = np.random.default_rng(0).normal(size=(2, 28, 28, 6)).astype("float32")
    coefficient = np.arange(1, 7) / 4
    bias = np.arange(6) / 10
    model.get_layer("S2").set_weights([coefficient.reshape(1, 1, 6, 1), bias])
    mean = x.reshape(2, 14, 2, 14, 2, 6).mean(axis=(2, 4))
    result = model.get_layer("S2")(model.get_layer("S2_mean")(x))
    np.testing.assert_allclose(result, 1.7159 * np.tanh((mean * coefficient + bias) * 2 / 3), atol=1e-6)


def test_every_s2_map_feeds_ten_c3_maps():
    # the rows of table I
    connections = cc.lenet5().get_layer("C3").connections
    assert [sum(s2 in seen for seen in connections) for s2 in range(6)] == [10] * 6
    assert [len(seen) for seen in connections] == [3] * 6 + [4] * 9 + [6]
    assert len({tuple(seen) for seen in connections}) == 16


# -- the partial convolution ------------------------------------------------------------------------


def test_partial_convolution_equals_one_convolution_per_filter():
    rng = np.random.default_rng(1)
    connections = [(0, 2), (1,), (0, 1, 2, 3)]
    layer = cc.PartialConv2D(3, (3, 2), connections=connections, activation="relu")
    x = rng.normal(size=(2, 6, 7, 4)).astype("float32")
    layer.build(x.shape)
    weights, bias = rng.normal(size=(3, 2, 7)).astype("float32"), rng.normal(size=3).astype("float32")
    layer.set_weights([weights, bias])
    result = np.asarray(layer(x))
    first = 0
    for index, seen in enumerate(connections):
        kernel = weights[..., first : first + len(seen), None]
        first += len(seen)
        alone = np.asarray(keras.ops.conv(x[..., list(seen)], kernel)) + bias[index]
        np.testing.assert_allclose(result[..., index : index + 1], np.maximum(alone, 0), atol=1e-5)


def test_partial_convolution_is_a_plain_one_when_all_is_connected():
    layer = cc.PartialConv2D(4, 3, connections=[range(3)] * 4)
    plain = keras.layers.Conv2D(4, 3)
    x = np.random.default_rng(2).normal(size=(2, 8, 8, 3)).astype("float32")
    layer.build(x.shape), plain.build(x.shape)
    plain.set_weights([np.asarray(layer.kernel), np.asarray(layer.bias)])
    assert layer.count_params() == plain.count_params()
    np.testing.assert_allclose(layer(x), plain(x), atol=1e-5)


@pytest.mark.parametrize("connections", [[(0,), (1,)], [0, 1, 2], "abc", None])
def test_partial_convolution_refuses_what_is_no_list_for_each_filter(connections):
    with pytest.raises(ValueError, match=r"connections must list .* 3 filters. Received connections="):
        cc.PartialConv2D(3, 3, connections=connections)


@pytest.mark.parametrize("channel", [3, -1])
def test_partial_convolution_refuses_channels_that_there_are_not(channel):
    layer = cc.PartialConv2D(2, 3, connections=[(0,), (channel,)])
    with pytest.raises(ValueError, match=rf"connections must list channels from 0 to 2.*{channel}"):
        layer.build((None, 8, 8, 3))


@pytest.mark.parametrize("options", [{"groups": 2}, {"data_format": "channels_first"}])
def test_partial_convolution_refuses_what_it_cannot_do(options):
    with pytest.raises(ValueError, match="groups must be 1 and data_format 'channels_last'"):
        cc.PartialConv2D(2, 3, connections=[(0,), (1,)], **options)


def test_partial_convolution_takes_the_options_of_a_convolution():
    options = {"use_bias": False, "kernel_regularizer": keras.regularizers.L2(1.0), "strides": 2}
    layer = cc.PartialConv2D(1, 2, connections=[(1,)], kernel_initializer="ones", **options)
    np.testing.assert_array_equal(layer(np.ones((1, 4, 4, 2))), np.full((1, 2, 2, 1), 4.0))
    assert layer.count_params() == 4
    assert [float(loss) for loss in layer.losses] == [4.0]


# -- AlexNet ----------------------------------------------------------------------------------------


def test_alexnet_has_the_published_parameters_and_sizes():
    model = cc.alexnet()
    assert counts(model) == {
        "conv1": 34_944,
        "conv2": 614_656,
        "conv3": 885_120,
        "conv4": 1_327_488,
        "conv5": 884_992,
        "fc6": 37_752_832,
        "fc7": 16_781_312,
        "fc8": 4_097_000,
    }
    assert model.count_params() == 62_378_344
    assert macs(model) == 1_135_256_096
    sizes = shapes(model)
    assert [sizes[f"pool{n}"] for n in (1, 2, 5)] == [(27, 27, 96), (13, 13, 256), (6, 6, 256)]


def test_grouped_alexnet_has_the_kernels_of_the_paper():
    model = cc.alexnet(grouped=True)
    assert model.count_params() == 60_965_224
    assert macs(model) == 724_406_816
    # section 3.5: 5 x 5 x 48, 3 x 3 x 256, 3 x 3 x 192, 3 x 3 x 192
    kernels = [tuple(model.get_layer(f"conv{n}").kernel.shape[:3]) for n in (2, 3, 4, 5)]
    assert kernels == [(5, 5, 48), (3, 3, 256), (3, 3, 192), (3, 3, 192)]


def test_response_normalization_follows_the_first_two_convolutions():
    model = cc.alexnet(response_normalization=True, width=0.25, classes=10)
    names = [layer.name for layer in model.layers]
    assert names[:6] == ["conv1", "norm1", "pool1", "conv2", "norm2", "pool2"]
    assert model.count_params() == cc.alexnet(width=0.25, classes=10).count_params()


def test_response_normalization_is_the_papers_formula():
    a = np.random.default_rng(3).normal(size=(2, 3, 3, 9)).astype("float32") * 50
    result = np.asarray(cc.LocalResponseNormalization()(a))
    for i in range(9):
        squares = (a[..., max(0, i - 2) : min(8, i + 2) + 1] ** 2).sum(axis=-1)
        np.testing.assert_allclose(result[..., i], a[..., i] / (2 + 1e-4 * squares) ** 0.75, rtol=1e-5)
    tensorflow = tf.nn.local_response_normalization(a, depth_radius=2, bias=2, alpha=1e-4, beta=0.75)
    np.testing.assert_allclose(result, tensorflow, rtol=1e-5)


@pytest.mark.long
@pytest.mark.parametrize("grouped", [False, True])
def test_small_alexnet_trains(grouped):
    model = cc.alexnet((67, 67, 1), classes=3, width=1 / 16, grouped=grouped, response_normalization=True)
    model.compile("adam", "sparse_categorical_crossentropy")
    before = [np.asarray(v) for v in model.trainable_variables]
    x, y = np.random.default_rng(4).random((6, 67, 67, 1), "float32"), np.arange(6) % 3
    model.fit(x, y, verbose=0)
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.trainable_variables, strict=True)]
    assert all(changed)


# -- the notes' model -------------------------------------------------------------------------------


def test_course_model_equals_the_notes_code_layer_by_layer(notes_model):
    ours = cc.course_model()
    assert len(ours.layers) == len(notes_model.layers) == 15
    for mine, theirs in zip(ours.layers, notes_model.layers, strict=True):
        assert type(mine) is type(theirs)
        assert {**mine.get_config(), "name": ""} == {**theirs.get_config(), "name": ""}
        assert mine.output.shape == theirs.output.shape
        assert mine.count_params() == theirs.count_params()
    mine, theirs = ours.optimizer.get_config(), notes_model.optimizer.get_config()
    assert {**mine, "name": ""} == {**theirs, "name": ""}
    assert ours.loss == notes_model.loss
    assert ours.input_shape == notes_model.input_shape


def test_course_model_computes_what_the_notes_model_computes(notes_model):
    ours = cc.course_model()
    ours.set_weights(notes_model.get_weights())
    x = np.random.default_rng(5).random((1, 227, 227, 3), "float32")
    np.testing.assert_array_equal(ours(x), notes_model(x))


def test_course_model_totals():
    model = cc.course_model()
    assert model.count_params() == 56_356_234
    assert macs(model) == 798_933_536
    repaired = cc.course_model(repaired=True)
    assert repaired.count_params() == 58_322_314
    assert macs(repaired) == 798_933_536 + 13 * 13 * (9 - 1) * 384 * (384 + 256)  # 8 more taps per kernel


def test_repaired_course_model_is_alexnet_with_ten_classes():
    repaired = cc.course_model(repaired=True)
    alexnet = cc.alexnet(classes=10)
    assert list(counts(repaired).values()) == list(counts(alexnet).values())


def test_a_narrow_course_model_scales_every_layer_but_the_last():
    narrow = cc.course_model(width=0.25)
    assert narrow.count_params() == 3_538_282
    sizes = [layer.output.shape[-1] for layer in narrow.layers if layer.count_params()]
    assert sizes == [24, 64, 96, 96, 64, 1024, 1024, 10]


def test_course_model_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cc.course_model()


def test_course_model_resizes_small_images_and_leaves_large_ones():
    resizing = cc.course_model((32, 32, 1)).layers[0]
    assert resizing(np.zeros((1, 32, 32, 1))).shape == (1, 227, 227, 1)
    x = np.random.default_rng(6).random((1, 227, 227, 3), "float32")
    np.testing.assert_array_equal(resizing(x), x)


# -- the dense stack --------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_norm", [False, True])
def test_a_dense_stack_counts_by_hand(batch_norm):
    model = cc.dense_stack(3, (4, 4, 1), 5, units=7, batch_norm=batch_norm)
    weights = 16 * 7 + 2 * 7 * 7 + 3 * (4 * 7 if batch_norm else 7)
    assert model.count_params() == weights + 7 * 5 + 5


@pytest.mark.parametrize("residual", [False, True])
def test_a_dense_stack_computes_its_formula(residual):
    keras.utils.set_random_seed(8)
    model = cc.dense_stack(3, (2, 2, 1), 3, units=5, activation="tanh", residual=residual)
    x = np.random.default_rng(8).random((6, 2, 2, 1), "float32")
    *hidden, last = [layer.get_weights() for layer in model.layers if layer.get_weights()]
    h = x.reshape(6, 4)
    for number, (weights, bias) in enumerate(hidden):
        h = np.tanh(h @ weights + bias) + (h if residual and number else 0)
    np.testing.assert_allclose(model(x), cc.softmax(cc.dense(h, *last)), rtol=1e-5)


def test_layers_of_a_dense_stack_start_apart_and_as_asked():
    model = cc.dense_stack(2, initializer=keras.initializers.RandomUniform(-0.1, 0.1))
    first, second = (model.get_layer(f"hidden{number}").kernel.numpy() for number in (1, 2))
    assert np.abs(first).max() <= 0.1
    assert not np.allclose(first, second)


# -- saving, and bad input --------------------------------------------------------------------------


def test_a_saved_model_is_loaded_with_its_own_layers(tmp_path):
    model = cc.lenet5((28, 28, 1))
    model.save(tmp_path / "lenet5.keras")
    loaded = keras.models.load_model(tmp_path / "lenet5.keras")
    x = np.random.default_rng(7).random((3, 28, 28, 1), "float32")
    np.testing.assert_array_equal(model(x), loaded(x))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: cc.lenet5((31, 32, 1)), r"input_shape must be at least \(32, 32, channels\).*\(31, 32, 1\)"),
        (lambda: cc.lenet5((32, 32)), r"input_shape must be \(height, width, channels\).*\(32, 32\)"),
        (lambda: cc.lenet5((32, 32, 0)), "input_shape must be .*whole number of at least 1.*32, 0"),
        (lambda: cc.lenet5(classes=2.5), "classes must be a whole number of at least 1.*2.5"),
        (lambda: cc.lenet5(activation="swoosh"), "activation must be 'scaled_tanh'.*'swoosh'"),
        (lambda: cc.lenet5(activation=3), "activation must be 'scaled_tanh'.*3"),
        (lambda: cc.lenet5(pooling="mean"), "pooling must be 'subsampling', 'average' or 'max'.*'mean'"),
        (lambda: cc.lenet5(connections="dense"), "connections must be 'paper' or 'all'.*'dense'"),
        (lambda: cc.alexnet((66, 227, 3)), r"input_shape must be at least \(67, 67, channels\).*66"),
        (lambda: cc.alexnet(classes=0), "classes must be a whole number of at least 1.*0"),
        (lambda: cc.alexnet(width=0.3), "width must be a factor.*0.3"),
        (lambda: cc.alexnet(width=-1), "width must be a factor.*-1"),
        (lambda: cc.alexnet(width=float("nan")), "width must be a factor.*nan"),
        (lambda: cc.alexnet(width=float("inf")), "width must be a factor.*inf"),
        (lambda: cc.alexnet(width="half"), "width must be a factor.*'half'"),
        (lambda: cc.course_model("big"), r"input_shape must be \(height, width, channels\).*'big'"),
        (lambda: cc.course_model(classes=-1), "classes must be a whole number of at least 1.*-1"),
        (lambda: cc.course_model(width=0.3), "width must be a factor.*0.3"),
        (lambda: cc.dense_stack(0), "depth must be a whole number of at least 1.*0"),
        (lambda: cc.dense_stack(2, (8, 8)), r"input_shape must be \(height, width, channels\).*\(8, 8\)"),
        (lambda: cc.dense_stack(2, classes=0), "classes must be a whole number of at least 1.*0"),
        (lambda: cc.dense_stack(2, units=1.5), "units must be a whole number of at least 1.*1.5"),
        (lambda: cc.dense_stack(2, activation="swoosh"), "activation must be 'scaled_tanh'.*'swoosh'"),
        (lambda: cc.dense_stack(2, initializer="she"), "initializer must be a Keras initializer.*'she'"),
        (lambda: cc.dense_stack(2, initializer=3), "initializer must be a Keras initializer.*3"),
    ],
)
def test_bad_input_is_named(build, message):
    with pytest.raises(ValueError, match=message):
        build()
