"""The diagnostics against gradients by hand and by finite differences, and networks with known dead units."""

import inspect
import re

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

import cnncourse as cc
from cnncourse import diagnostics, plots
from cnncourse.backend import keras, tf
from cnncourse.diagnostics import (
    ActivationRate,
    ActivationRates,
    Epoch,
    GradientNorm,
    GradientNorms,
    activation_rates,
    generalization_gap,
    gradient_norms,
    measure_generalization_gap,
)

layers = keras.layers


def network(*stack, shape=(4,), loss="mse"):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(shape), *stack])
    model.compile(loss=loss, metrics=["accuracy"])
    return model


def batch(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


# -- gradient norms ----------------------------------------------------------------------------------


def test_gradient_norms_equal_backpropagation_by_hand():
    model = network(layers.Dense(5, activation="relu", name="hidden"), layers.Dense(3, name="out"))
    x, y = batch(8, 4), batch(8, 3, seed=1)
    w1, b1, w2, b2 = model.get_weights()
    before = x @ w1 + b1
    hidden = np.maximum(before, 0)
    error = 2 * (hidden @ w2 + b2 - y) / y.size  # of the mean squared error
    back = (error @ w2.T) * (before > 0)
    norms = gradient_norms(model, x, y)
    assert norms["out"].norm == pytest.approx(length(hidden.T @ error, error.sum(axis=0)), rel=1e-5)
    assert norms["hidden"].norm == pytest.approx(length(x.T @ back, back.sum(axis=0)), rel=1e-5)
    assert norms.ratio == pytest.approx(norms["hidden"].norm / norms["out"].norm)


def length(*parts):
    return np.sqrt(sum((part**2).sum() for part in parts))


def test_gradient_norms_equal_finite_differences_through_a_convolution():
    model = network(
        layers.Conv2D(2, 3, activation="tanh", name="conv"),
        layers.BatchNormalization(name="norm"),
        layers.Flatten(),
        layers.Dense(3, activation="softmax", kernel_regularizer=keras.regularizers.L2(0.1), name="out"),
        shape=(5, 5, 1),
        loss="sparse_categorical_crossentropy",
    )
    x, y = batch(6, 5, 5, 1), np.arange(6) % 3
    norms = gradient_norms(model, x, y)
    for layer in (model.get_layer(name) for name in ("conv", "norm", "out")):
        gradient = [slope(model, x, y, variable) for variable in layer.trainable_variables]
        assert norms[layer.name].norm == pytest.approx(length(*gradient), rel=0.02, abs=2e-3)


def slope(model, x, y, variable, step=1e-2):
    """Differentiate the loss with respect to every number of a variable, by central differences."""
    values, gradient = variable.numpy(), np.zeros(variable.shape)
    for index in np.ndindex(*values.shape):
        losses = []
        for sign in (1, -1):
            moved = values.copy()
            moved[index] += sign * step
            variable.assign(moved)
            losses.append(float(model.compute_loss(x, y, model(x, training=True))))
        gradient[index] = (losses[0] - losses[1]) / (2 * step)
    variable.assign(values)
    return gradient


def test_gradient_norms_leave_the_model_as_it_was_and_repeat():
    model = network(layers.Dense(8), layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(2))
    x, y = batch(16, 4), batch(16, 2)
    before = [variable.numpy().copy() for variable in model.variables]
    first, second = gradient_norms(model, x, y), gradient_norms(model, x, y)
    assert first == second
    for value, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(value, variable.numpy())


def test_gradient_norms_run_in_training_mode():
    model = network(layers.Dropout(0.999), layers.Dense(1, use_bias=False, name="out"))
    x, y = np.ones((1, 4)), np.ones((1, 1))
    assert gradient_norms(model, x, y)["out"].norm == 0  # every input is dropped
    model.layers[0].rate = 0.0
    assert gradient_norms(model, x, y)["out"].norm > 0


def test_gradient_norms_see_nested_models_frozen_and_unused_weights():
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="a"), layers.Dense(3, name="b")], name="inner"
    )
    inputs = keras.Input((4,))
    frozen = layers.Dense(3, trainable=False, name="frozen")
    model = keras.Model(inputs, layers.Dense(1, name="out")(frozen(inner(inputs))))
    model.compile(loss="mse")
    names = [row.layer for row in gradient_norms(model, batch(5, 4), batch(5, 1))]
    assert names == ["inner/a", "inner/b", "out"]


def test_gradient_norms_add_up_the_slices_of_an_embedding():
    model = network(
        layers.Embedding(6, 3, name="tokens"),
        layers.GlobalAveragePooling1D(),
        layers.Dense(2, name="out"),
        shape=(5,),
    )
    tokens, y = np.array([[1, 1, 4, 1, 1], [4, 0, 0, 4, 2]]), batch(2, 2)
    counts = (
        np.stack([np.bincount(row, minlength=6) for row in tokens]) / 5
    )  # an embedding is a matrix product
    table, kernel, bias = model.get_weights()
    error = 2 * (counts @ table @ kernel + bias - y) / y.size
    norms = gradient_norms(model, tokens, y)
    assert norms["tokens"].norm == pytest.approx(length(counts.T @ error @ kernel.T), rel=1e-5)


class Block(layers.Layer):
    """A student's own layer: a weight of its own, a Sequential, a layer for training only, in any order."""

    def __init__(self, **keywords):
        super().__init__(**keywords)
        self.late = layers.Dense(3, activation="relu", name="late")
        self.early = keras.Sequential([layers.Dense(3, name="a"), layers.ReLU(name="r")], name="early")
        self.only_training = layers.Dense(3, activation="relu", name="only_training")
        self.never = layers.Dense(3, activation="relu", name="never")

    def build(self, shape):
        self.scale = self.add_weight(shape=(3,), initializer="ones", name="scale")
        self.never.build(shape)

    def call(self, x, training=False):
        x = self.early(x) * self.scale
        x = self.only_training(x) if training else x
        return self.late(x)


def test_gradient_norms_open_blocks_in_the_order_of_the_calls():
    model = network(Block(name="block"), layers.Dense(1, name="out"))
    norms = gradient_norms(model, batch(5, 4), batch(5, 1))
    names = ["block/early/a", "block/only_training", "block/late", "block", "out"]
    assert [row.layer for row in norms] == names
    block = model.get_layer("block")
    before = block.scale.numpy()
    assert norms["block"].norm == pytest.approx(
        length(slope(model, batch(5, 4), batch(5, 1), block.scale, step=1e-3)), rel=0.02
    )
    np.testing.assert_array_equal(block.scale, before)


def test_gradient_norms_open_wrappers_and_keep_recurrent_layers_whole():
    stack = layers.Bidirectional(layers.LSTM(3, name="lstm"), name="both"), layers.Dense(1, name="out")
    model = network(layers.TimeDistributed(layers.Dense(3, name="each"), name="time"), *stack, shape=(6, 4))
    names = [row.layer for row in gradient_norms(model, batch(5, 6, 4), batch(5, 1))]
    assert names == ["time/each", "both/forward_lstm", "both/backward_lstm", "out"]


def test_a_token_too_many_is_no_fault_of_the_targets():
    model = network(layers.Embedding(5, 2), layers.Flatten(), layers.Dense(1), shape=(3,))
    for diagnose in (
        lambda x: gradient_norms(model, x, np.ones((1, 1))),
        lambda x: activation_rates(model, x),
    ):
        with pytest.raises(ValueError, match=r"x must be inputs that the model takes.* from 1 to 9"):
            diagnose(np.array([[1, 2, 9]]))


def test_a_sigmoid_network_vanishes_and_a_relu_network_does_not():
    def ratio(activation, initializer):
        stack = [layers.Dense(64, activation=activation, kernel_initializer=initializer) for _ in range(10)]
        model = network(
            *stack,
            layers.Dense(10, activation="softmax"),
            shape=(64,),
            loss="sparse_categorical_crossentropy",
        )
        return gradient_norms(model, batch(64, 64) ** 2, np.arange(64) % 10).ratio

    assert ratio("sigmoid", "glorot_uniform") < 1e-4
    assert ratio("relu", "he_normal") > 1e-2


# -- activation rates --------------------------------------------------------------------------------


def test_activation_rates_of_a_hand_built_network():
    model = network(
        layers.Dense(4, activation="relu", name="hidden"), layers.Dense(2, activation="softmax"), shape=(1,)
    )
    kernel, bias = np.array([[1.0, -1.0, 0.0, 0.0]]), np.array([0.0, 0.0, 1.0, -1.0])
    model.layers[0].set_weights([kernel, bias])
    rates = activation_rates(model, np.array([[-2.0], [-1.0], [0.0], [3.0]]))
    # above zero for 1, 2, 4 and 0 of the four images; exactly 0 does not count
    assert rates.rows == (("hidden", 7 / 16, 1, 4),)


def test_a_filter_is_dead_only_if_it_is_silent_at_every_position():
    model = network(layers.Conv2D(3, 1, activation="relu", name="conv"), shape=(2, 2, 1))
    model.layers[0].set_weights([np.ones((1, 1, 1, 3)), np.array([0.0, -3.5, -9.0])])
    rates = activation_rates(model, np.arange(1.0, 5.0).reshape(1, 2, 2, 1))
    assert rates["conv"] == ("conv", 5 / 12, 1, 3)


def test_activation_rates_equal_an_explicit_forward_pass_over_several_chunks():
    model = network(
        layers.Conv2D(4, 3), layers.BatchNormalization(), layers.ReLU(name="relu"), layers.Dropout(0.5),
        layers.Flatten(), layers.Dense(7, activation="tanh", name="tanh"), layers.Dense(2), shape=(6, 6, 2),
    )  # fmt: skip
    x = batch(150, 6, 6, 2)
    rates = activation_rates(model, x)
    assert [row.layer for row in rates] == ["relu", "tanh"]
    for name in ("relu", "tanh"):
        outputs = keras.Model(model.inputs, model.get_layer(name).output).predict(x, verbose=0)
        assert rates[name].active == pytest.approx((outputs > 0).mean(), abs=1e-4)
        assert rates[name].units == outputs.shape[-1]


def test_activation_rates_see_shared_layers_and_nested_models():
    shared = layers.Dense(2, activation="relu", name="shared")
    inner = keras.Sequential(
        [keras.Input((2,)), layers.Dense(2, activation="relu", name="deep")], name="inner"
    )
    inputs = keras.Input((2,))
    model = keras.Model(inputs, inner(shared(shared(inputs))))
    shared.set_weights([np.eye(2), np.array([0.0, -1.0])])
    rates = activation_rates(model, np.array([[1.0, 1.5]]))
    assert [row.layer for row in rates] == ["shared", "inner/deep"]
    assert rates["shared"].active == 3 / 4  # (1, 0.5), then (1, 0)
    assert "call" not in vars(shared)  # nothing is left behind


def test_a_layer_of_the_inner_and_the_outer_model_has_one_row():
    shared = layers.Dense(2, activation="relu", name="shared")
    inside, outside = keras.Input((2,)), keras.Input((2,))
    inner = keras.Model(inside, shared(inside), name="inner")
    model = keras.Model(outside, layers.Add()([inner(outside), shared(outside)]))
    model.compile(loss="mse")
    x = np.array([[1.0, 1.5]])
    assert [row.layer for row in activation_rates(model, x)] == ["inner/shared"]
    assert [row.layer for row in gradient_norms(model, x, x)] == ["inner/shared"]


@pytest.mark.parametrize("relu", [layers.ReLU(name="relu"), layers.Activation("relu", name="relu")])
def test_one_relu_behind_several_layers_has_a_row_for_each(relu):
    inputs = keras.Input((6, 6, 1))
    first = relu(layers.Conv2D(4, 3, name="first")(inputs))
    second = relu(layers.Conv2D(3, 3, name="second")(layers.Dropout(0.5)(first)))
    model = keras.Model(inputs, layers.Flatten()(second))
    x = batch(100, 6, 6, 1)
    rates = activation_rates(model, x)
    for name, output in (("first", first), ("second", second)):
        outputs = keras.Model(inputs, output).predict(x, verbose=0)
        assert rates[f"relu ({name})"].units == outputs.shape[-1]
        assert rates[f"relu ({name})"].active == pytest.approx((outputs > 0).mean(), abs=1e-4)
    assert len(rates) == 2


def test_activation_rates_open_blocks_and_wrappers_of_every_kind():
    each = keras.Sequential([layers.Dense(4, name="d"), layers.ReLU(name="r")], name="each")
    model = network(
        layers.TimeDistributed(each, name="time"),
        layers.Bidirectional(layers.GRU(3, name="gru"), name="both"),
        Block(name="block"),
        shape=(6, 4),
    )
    x = batch(70, 6, 4)
    rates = activation_rates(model, x)
    names = ["time/each/r", "both/forward_gru", "both/backward_gru", "block/early/r", "block/late"]
    assert [row.layer for row in rates] == names  # what is called in training only, or never, has no row
    kernel, bias = each.get_weights()
    assert rates["time/each/r"].active == pytest.approx((x @ kernel + bias > 0).mean(), abs=1e-3)
    assert rates["time/each/r"].units == 4


class Activated(layers.Layer):
    """An activation in the style of Keras' own layers, and one in a graph within tf.function."""

    def __init__(self, activation, **keywords):
        super().__init__(**keywords)
        self.activation = keras.activations.get(activation)
        self.inner = layers.ReLU(name="inner")

    @tf.function
    def call(self, x):
        return self.activation(self.inner(x) - 1)


def test_activations_of_a_layer_of_ones_own_and_operations_are_measured():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.ops.relu(Activated("relu", name="own")(inputs)))
    x = np.array([[-1.0, 0.5, 2.0, 3.0]])
    assert [(row.layer.rstrip("_0123456789"), row.active) for row in activation_rates(model, x)] == [
        *(("own/inner", 3 / 4), ("own", 2 / 4), ("relu", 2 / 4)),
    ]


SOFTMAXES = [
    lambda: layers.Softmax(),
    lambda: layers.Activation("softmax"),
    lambda: layers.Activation(layers.Softmax()),
    lambda: layers.Activation("log_softmax"),
    lambda: layers.Activation(tf.nn.softmax),
    lambda: layers.Lambda(tf.nn.softmax),
    lambda: layers.Dense(3, activation="softmax"),
    lambda: layers.Dense(3, activation=keras.activations.softmax),
    lambda: layers.Dense(3, activation=layers.Softmax()),
    lambda: layers.Dense(3, activation=lambda x: keras.ops.softmax(x, axis=-1)),
    lambda: layers.Dense(3, activation="linear"),
    lambda: layers.Dense(3, activation=lambda x: x),
    lambda: Activated(keras.ops.softmax),
    lambda: layers.Conv2D(3, 1, activation=lambda x: keras.activations.softmax(x, axis=1)),
]


@pytest.mark.parametrize("last", SOFTMAXES)
def test_whatever_softmax_is_meant_has_no_row(last):
    hidden = layers.Dense(3, activation="relu", name="hidden")
    rates = activation_rates(network(hidden, last(), shape=(2, 2, 4)), batch(5, 2, 2, 4))
    assert [row.layer for row in rates if not row.layer.endswith("/inner")] == ["hidden"]


def test_a_softmax_as_an_operation_has_no_row():
    inputs = keras.Input((4,))
    hidden = layers.Dense(3, activation="relu", name="hidden")(inputs)
    for softmax in (keras.ops.softmax, keras.activations.softmax, keras.ops.log_softmax):
        rates = activation_rates(keras.Model(inputs, softmax(hidden)), batch(5, 4))
        assert [row.layer for row in rates] == ["hidden"]


@pytest.mark.parametrize("units", [1, 8])
def test_no_activation_of_keras_is_taken_for_a_softmax(units):
    names = set(dir(keras.activations)) - {
        "deserialize",
        "get",
        "serialize",
        "linear",
        "softmax",
        "log_softmax",
    }
    names -= {"sparsemax", "glu", "threshold"}  # a softmax; halves its input; needs arguments
    for name in (name for name in names if not name.startswith("_")):
        model = network(layers.Dense(units, activation=name, name="hidden"))
        assert [row.layer for row in activation_rates(model, batch(5, 4))] == ["hidden"], name


def test_activation_rates_leave_the_model_as_it_was():
    inputs = keras.Input(batch_shape=(5, 3, 2))
    model = keras.Model(inputs, layers.LSTM(4, stateful=True, name="lstm")(inputs))
    assert activation_rates(model, batch(5, 3, 2)) == activation_rates(model, batch(5, 3, 2))


def test_activation_rates_take_the_outputs_of_a_layer_that_gives_its_state_too():
    inputs = keras.Input((3, 2))
    outputs, *_ = layers.LSTM(4, return_sequences=True, return_state=True, name="lstm")(inputs)
    assert activation_rates(keras.Model(inputs, outputs), np.ones((5, 3, 2)))["lstm"].units == 4


# -- generalization gap ------------------------------------------------------------------------------


def test_gap_from_a_history():
    history = {"loss": [1.0, 0.1], "val_loss": [1.1, 0.9], "accuracy": [0.5, 1.0], "val_accuracy": [0.5, 0.7]}
    gap = generalization_gap(history)
    assert gap.rows == ((1, 0.5, 0.5, 0.0), (2, 1.0, 0.7, pytest.approx(0.3)))
    assert gap.gap == pytest.approx(0.3)
    assert generalization_gap(history, "loss").gap == pytest.approx(0.8)
    arrays = {name: np.array(values) for name, values in history.items()}
    assert generalization_gap(arrays).rows == gap.rows


@pytest.mark.parametrize("metric", ["mae", "mse", "root_mean_squared_error", "binary_crossentropy"])
def test_the_gap_of_a_metric_where_less_is_better_is_positive_when_unseen_data_are_worse(metric):
    assert generalization_gap({metric: [0.5], f"val_{metric}": [0.75]}, metric).gap == 0.25


LABELS = np.arange(14) % 7
ONE_HOT = np.eye(7, dtype="float32")[LABELS]
COLUMN = (LABELS % 2)[:, None].astype("float32")


def data_for(name):
    """Targets, good predictions and bad ones, in the form that a metric takes."""
    if name.startswith("Sparse"):
        return LABELS, 0.05 + 0.7 * ONE_HOT, (1 - ONE_HOT) / 6
    if name in ("Accuracy", "IoU", "MeanIoU"):
        return LABELS, LABELS, (LABELS + 1) % 7
    if name.startswith(("One", "Cat", "Top", "Cos", "Pear", "Conc", "F1", "FB", "KL")):
        return ONE_HOT, 0.05 + 0.7 * ONE_HOT, (1 - ONE_HOT) / 6
    return COLUMN, 0.05 + 0.9 * COLUMN, 0.95 - 0.9 * COLUMN


MADE = {"num_classes": 7, "target_class_ids": [0, 1], "recall": 0.9, "precision": 0.9, "specificity": 0.9}
MADE["sensitivity"] = 0.9
METRICS = {
    name: cls
    for name, cls in vars(keras.metrics).items()
    if isinstance(cls, type) and name not in ("Metric", "Mean", "Sum", "MeanMetricWrapper")
}


@pytest.mark.parametrize("name", METRICS)
def test_the_gap_knows_the_direction_of_every_metric_of_keras(name):
    """Which direction is better, the metric tells by itself: it is given good and bad predictions."""
    parameters = inspect.signature(METRICS[name]).parameters
    metric = METRICS[name](
        **{key: value for key, value in MADE.items() if key in parameters and name != "AUC"}
    )
    targets, *predictions = data_for(name)
    values = []
    for predicted in predictions:
        metric.reset_state()
        metric.update_state(targets, predicted)
        values.append(float(np.mean(metric.result())))
    assert values[0] != values[1]
    shown = re.sub(r"_\d+$", "", metric.name)
    for each in (shown, f"{shown}_2"):
        history = {each: values[:1], f"val_{each}": values[1:]}  # the unseen data are predicted badly
        assert generalization_gap(history, each).gap == pytest.approx(abs(values[0] - values[1]))


@pytest.mark.parametrize(
    "metric", ["mean", "sum", "learning_rate", "neg_mean_squared_error", "quality", "none"]
)
def test_a_metric_of_unknown_direction_is_refused_until_it_is_said(metric):
    history = {metric: [0.5], f"val_{metric}": [0.25]}
    with pytest.raises(ValueError, match=f"direction='up' or direction='down'. Received metric='{metric}'"):
        generalization_gap(history, metric)
    assert generalization_gap(history, metric, direction="up").gap == 0.25
    assert generalization_gap(history, metric, direction="down").gap == -0.25
    with pytest.raises(ValueError, match=r"direction must be 'up' or 'down'\. Received direction='left'"):
        generalization_gap(history, metric, direction="left")


def test_the_gap_asks_the_metrics_of_the_model_first():
    model = network(layers.Dense(1, activation="sigmoid"), loss="binary_crossentropy")
    similarity = keras.losses.cosine_similarity  # as a loss it is negative
    model.compile(loss="mse", metrics=[keras.metrics.AUC(name="area"), "mae", similarity])
    x, y = batch(20, 4), (np.arange(20) % 2)[:, None].astype("float32")
    history = model.fit(x, y, validation_data=(batch(20, 4, seed=1), y), verbose=0)
    for metric, sign in (("area", 1), ("mae", -1), ("cosine_similarity", -1)):
        (row,) = generalization_gap(history, metric)
        assert row.gap == pytest.approx(sign * (row.train - row.unseen))
        (row,) = measure_generalization_gap(model, (x, y), (x[:5], y[:5]), metric=metric)
        assert row.gap == pytest.approx(sign * (row.train - row.unseen))


def test_creating_the_table_of_directions_renames_no_metric():
    keras.backend.clear_session()
    diagnostics._keras_directions.cache_clear()
    diagnostics._keras_directions()
    assert keras.metrics.AUC().name == "auc"


def test_gap_from_fit_equals_the_measured_one_after_the_last_epoch():
    model = network(layers.Dense(3, activation="softmax"), loss="sparse_categorical_crossentropy")
    x, y, xu, yu = batch(40, 4), np.arange(40) % 3, batch(30, 4, seed=1), np.arange(30) % 3
    history = model.fit(x, y, validation_data=(xu, yu), epochs=3, verbose=0)
    measured = measure_generalization_gap(model, (x, y), (xu, yu))
    assert measured.rows[0].unseen == pytest.approx(generalization_gap(history).rows[-1].unseen)
    predicted = model.predict(x, verbose=0).argmax(axis=1)
    assert measured.rows[0].train == pytest.approx((predicted == y).mean())
    assert measured.gap == pytest.approx(measured.rows[0].train - measured.rows[0].unseen)


# -- the tables --------------------------------------------------------------------------------------


def test_tables_are_shown_in_the_language_in_force():
    gap = generalization_gap({"accuracy": [0.5, 0.98765], "val_accuracy": [0.5, 0.75]})
    german = repr(gap).split()
    assert german == [
        "Training",
        "ungesehen",
        "Lücke",
        "Epoche",
        "1",
        "0,5",
        "0,5",
        "0",
        "2",
        "0,988",
        "0,75",
        "0,238",
    ]
    assert ">0,988<" in gap._repr_html_()
    cc.use_language("en")
    assert repr(gap).split() == [
        "train",
        "unseen",
        "gap",
        "epoch",
        "1",
        "0.5",
        "0.5",
        "0",
        "2",
        "0.988",
        "0.75",
        "0.238",
    ]
    assert ">0.988<" in gap._repr_html_()
    for rows in (GradientNorm, ActivationRate, Epoch):
        assert set(rows._fields) <= set(diagnostics._NAMES)


def test_tables_are_immutable_readable_and_frames():
    model = network(layers.Dense(2, activation="relu", name="first"), layers.Dense(1, name="second"))
    norms, rates = gradient_norms(model, batch(3, 4), batch(3, 1)), activation_rates(model, batch(3, 4))
    assert list(norms.to_frame().columns) == ["norm"]
    assert list(rates.to_frame().columns) == ["active", "dead", "units"]
    assert list(norms.to_frame().index) == ["first", "second"]
    assert "first" in repr(norms)
    assert "<table" in rates._repr_html_()
    assert len(norms) == 2
    assert list(rates.to_frame().columns) == ["active", "dead", "units"], "code, in any language"
    with pytest.raises(AttributeError):
        norms.rows = ()
    with pytest.raises(ValueError, match=r"no row 'third'\. There are: first, second"):
        norms["third"]


# -- the figures -------------------------------------------------------------------------------------


@pytest.fixture
def figures():
    with mpl.rc_context({"backend": "agg"}):
        plots.use_style()
        yield
    plt.close("all")


def norms_of(*values):
    return GradientNorms(tuple(GradientNorm(f"layer{index}", value) for index, value in enumerate(values)))


def words(figure):
    figure.canvas.draw()
    return [text.get_text() for text in figure.findobj(mpl.text.Text)]


@pytest.mark.usefixtures("english", "figures")
def test_figure_of_gradient_norms_shows_decimal_exponents_and_names():
    figure = plots.plot_gradient_norms(
        {"sigmoid": norms_of(1e-6, 1e-3, 1.0), "relu": norms_of(0.1, 0.0, 0.01)}
    )
    lines = [line.get_xydata().tolist() for line in figure.axes[0].lines]
    assert np.allclose(lines[0], [[1, -6], [2, -3], [3, 0]])
    assert np.allclose(lines[1], [[1, -1], [3, -2]])  # no dot where the norm is zero
    assert {"sigmoid", "relu"} <= set(words(figure))
    assert len(plots.plot_gradient_norms(norms_of(1.0, 2.0)).axes[0].lines) == 1


@pytest.mark.usefixtures("english", "figures")
def test_figure_of_activation_rates_shows_percent_and_dead_units():
    rows = ActivationRate("conv", 0.25, 0, 8), ActivationRate("dense", 0.5, 3, 10)
    figure = plots.plot_activation_rates(ActivationRates(rows))
    assert [bar.get_width() for bar in figure.axes[0].patches] == [25, 50]
    assert {"conv", "dense", "3 of 10 dead"} <= set(words(figure))
    assert "0 of 8 dead" not in words(figure)


@pytest.mark.usefixtures("english", "figures")
def test_figure_of_the_gap_and_of_learning_curves():
    history = {"accuracy": [0.5, 1.0], "val_accuracy": [0.5, 0.7], "loss": [1.0, 0.2]}
    figure = plots.plot_generalization_gap(generalization_gap(history))
    assert "gap after the last epoch: 0.300" in words(figure)
    figure = plots.plot_learning_curves(history)
    assert [axes.get_ylabel() for axes in figure.axes] == ["accuracy", "loss"]
    assert [len(axes.lines) for axes in figure.axes] == [2, 1]
    assert figure.axes[0].lines[1].get_xydata().tolist() == [[1, 0.5], [2, 0.7]]


@pytest.mark.usefixtures("english", "figures")
@pytest.mark.parametrize(
    "plot",
    [
        plots.plot_gradient_norms,
        plots.plot_activation_rates,
        plots.plot_generalization_gap,
        plots.plot_learning_curves,
    ],
)
@pytest.mark.parametrize("nothing", [None, {}, [1], ActivationRates(())])
def test_figures_of_nothing(plot, nothing):
    with pytest.raises(ValueError, match="must"):
        plot(nothing)


@pytest.mark.usefixtures("english", "figures")
def test_figure_of_norms_that_all_vanish():
    with pytest.raises(ValueError, match="norms must have a norm above zero"):
        plots.plot_gradient_norms(norms_of(0.0, float("nan")))


# -- bad input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "diagnose",
    [lambda m: gradient_norms(m, batch(2, 4), batch(2, 1)), lambda m: activation_rates(m, batch(2, 4))],
)
@pytest.mark.parametrize(
    ("model", "message"),
    [(None, "Keras model. Received NoneType"), (keras.Sequential([layers.Dense(1)]), "model must be built")],
)
def test_bad_models(diagnose, model, message):
    with pytest.raises(ValueError, match=message):
        diagnose(model)


def test_a_model_must_be_compiled_and_have_something_to_measure():
    plain = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    with pytest.raises(ValueError, match="model must be compiled"):
        gradient_norms(plain, batch(2, 4), batch(2, 1))
    with pytest.raises(ValueError, match="layer with an activation"):
        activation_rates(plain, batch(2, 4))
    with pytest.raises(ValueError, match="must have trainable weights"):
        gradient_norms(network(layers.Flatten()), batch(2, 4), batch(2, 4))


@pytest.mark.parametrize("x", [batch(2, 5), batch(4), np.zeros((0, 4)), 3.0, np.full((2, 4), "a")])
def test_inputs_that_do_not_fit(x):
    model = network(layers.Dense(1, activation="relu"))
    with pytest.raises(ValueError, match=r"x must be a batch of shape \(None, 4\)"):
        gradient_norms(model, x, batch(2, 1))
    with pytest.raises(ValueError, match="x must be a batch of shape"):
        activation_rates(model, x)


def test_two_inputs_or_outputs_are_refused():
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    two_in = keras.Model([left, right], layers.Dense(1, activation="relu")(layers.Add()([left, right])))
    two_out = keras.Model(left, [layers.Dense(1, name="a")(left), layers.Dense(1, name="b")(left)])
    for model in (two_in, two_out):
        model.compile(loss="mse")
    x, y = batch(3, 4), batch(3, 1)
    message = r"model must have one {0}. Received a model with 2 {0}s \({1}"
    for model, *words in ((two_in, "input", "left, right"), (two_out, "output", "")):
        with pytest.raises(ValueError, match=message.format(*words)):
            gradient_norms(model, x, y)
        with pytest.raises(ValueError, match=message.format(*words)):
            measure_generalization_gap(model, (x, y), (x, y), metric="loss")
    with pytest.raises(ValueError, match=message.format("input", "left, right")):
        activation_rates(two_in, x)


@pytest.mark.parametrize("y", [batch(3, 1), np.zeros(0), 1.0, ["a", "b"]])
def test_targets_that_do_not_fit(y):
    with pytest.raises(ValueError, match="y must hold one target per input"):
        gradient_norms(network(layers.Dense(1)), batch(2, 4), y)


def test_a_class_that_the_model_does_not_have_is_named():
    model = network(layers.Dense(3, activation="softmax"), loss="sparse_categorical_crossentropy")
    x, y = batch(2, 4), np.array([0, 7])
    for diagnose in (gradient_norms, lambda *data: measure_generalization_gap(data[0], data[1:], data[1:])):
        with pytest.raises(ValueError, match=r"y must be targets that the model's loss takes.*from 0 to 7"):
            diagnose(model, x, y)


@pytest.mark.parametrize(
    "history",
    [
        {},
        {"accuracy": [1.0]},
        {"accuracy": [], "val_accuracy": []},
        {"accuracy": [1.0, 1.0], "val_accuracy": [1.0]},
        {"accuracy": 1.0, "val_accuracy": [1.0, 1.0]},
        {"accuracy": ["high"], "val_accuracy": ["low"]},
    ],
)
def test_histories_without_the_curves(history):
    with pytest.raises(ValueError, match=r"history must hold 'accuracy' and 'val_accuracy'"):
        generalization_gap(history)


def test_more_bad_input_to_the_gap():
    with pytest.raises(ValueError, match=r"history must be a Keras History .* Received \[1\]"):
        generalization_gap([1])
    model = network(layers.Dense(1))
    pair = batch(2, 4), batch(2, 1)
    for metric in ("recall", ["loss"]):
        with pytest.raises(ValueError, match=r"metric must be one of .*Received metric="):
            measure_generalization_gap(model, pair, pair, metric=metric)
    with pytest.raises(ValueError, match=r"unseen must be a pair \(x, y\). Received ndarray"):
        measure_generalization_gap(model, pair, batch(2, 4))
