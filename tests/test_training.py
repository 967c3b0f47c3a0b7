"""``run_test_harness`` against plain Keras, against itself, and against processes that die."""

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import warnings
import zipfile
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import training_worker
from manuscript import EDITIONS

from cnncourse import checkpoint, speed, training
from cnncourse.backend import keras, tf
from cnncourse.datasets import load
from cnncourse.models import course_model
from cnncourse.training import run_test_harness

WORKER = Path(__file__).with_name("training_worker.py")


@pytest.fixture(scope="module")
def digits():
    """A few digits at 8 x 8: ``((x_train, y_train), (x_test, y_test))``."""
    data = load("digits")
    return tuple(
        (images[:count, ::4, ::4], labels[:count])
        for images, labels, count in ((data.x_train, data.y_train, 200), (data.x_test, data.y_test, 40))
    )


def small(*first, units=10, shape=(8, 8, 1)):
    """Build a small network, with dropout: its random state must be saved and restored, too."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(shape),
            *first,
            layers.Conv2D(6, 3, activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(units, activation="softmax"),
        ]
    )


def weights(model):
    return [weight.numpy() for weight in model.weights]


# -- what it promises --------------------------------------------------------------------------------


@pytest.mark.long
def test_without_arguments_it_trains_lenet_on_digits():
    history, model = run_test_harness()
    assert history.test["accuracy"] > 0.95
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert len(history.history["loss"]) == len(history.epoch) == 15
    assert model.name == "lenet5"


@pytest.mark.parametrize(("parameters", "calls"), [(1_000_000, 2), (1, 50)])
def test_only_a_small_network_takes_many_steps_per_call(parameters, calls, digits, monkeypatch):
    ends = []
    note = lambda self, batch, logs=None: ends.append(batch)  # noqa: E731
    monkeypatch.setattr(keras.callbacks.CallbackList, "on_train_batch_end", note)
    monkeypatch.setattr(speed, "_SMALL_NETWORK", parameters)
    run_test_harness(digits, model=small, epochs=1, batch_size=4, validation=None)  # 50 steps
    assert len(ends) == calls


def test_same_seed_same_results_and_other_seed_others(digits):
    runs = [run_test_harness(digits, model=small, epochs=2, seed=seed) for seed in (3, 3, 4)]
    first, again, other = (history.history for history, _ in runs)
    assert first == again
    assert first["loss"] != other["loss"]


def test_reported_accuracy_is_that_of_the_returned_model(digits):
    """Here the last 100 training digits validate; so both parts are known."""
    (images, labels), test = digits
    held_out = images[100:], labels[100:]
    history, model = run_test_harness(
        ((images[:100], labels[:100]), test), model=small, epochs=2, validation=held_out
    )
    curves = {name: values[-1] for name, values in history.history.items()}
    for part, loss, accuracy in (
        (held_out, curves["val_loss"], curves["val_accuracy"]),
        (test, history.test["loss"], history.test["accuracy"]),
    ):
        predicted = model.predict(part[0], verbose=0)
        assert accuracy == pytest.approx((predicted.argmax(axis=1) == part[1]).mean())
        assert loss == pytest.approx(-np.log(predicted[range(len(part[1])), part[1]]).mean(), rel=1e-4)


def test_a_built_model_is_trained_as_it_is(digits):
    model = small()
    optimizer = keras.optimizers.Adam(0.0)  # a rate of 0 changes nothing
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    before = weights(model)
    _, trained = run_test_harness(digits, model=model, epochs=1)
    assert trained is model
    assert trained.optimizer is optimizer
    np.testing.assert_equal(weights(trained)[0], before[0])
    assert trained.steps_per_execution == 1


def test_a_model_without_input_shape_is_built_for_the_images(digits):
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])
    assert run_test_harness(digits, model=model, epochs=1)[1].input_shape == (None, 8, 8, 1)


@pytest.mark.long
def test_course_model_sees_grey_digits_in_its_own_size():
    data = load("digits")
    few = (data.x_train[:16], data.y_train[:16]), (data.x_test[:4], data.y_test[:4])
    history, model = run_test_harness(few, model=course_model, epochs=1)
    assert model.count_params() == 56_356_234
    assert np.isfinite(history.history["val_loss"][0])


@pytest.mark.long
def test_every_form_of_the_data_gives_the_same_run(digits):
    (x, y), (x_test, y_test) = digits
    forms = [
        digits,
        ([x[..., 0], y], [x_test[..., 0].astype("float64"), y_test.astype("uint8")]),
        SimpleNamespace(x_train=x, y_train=y, x_test=x_test, y_test=y_test),
    ]
    histories = [run_test_harness(form, model=small, epochs=1)[0].history for form in forms]
    assert histories[0] == histories[1] == histories[2]


def test_default_network_follows_the_data():
    rng = np.random.default_rng(0)
    split = rng.random((8, 40, 36, 3)), np.arange(8) % 4
    _, model = run_test_harness((split, split), epochs=1, validation=0.5)
    assert (model.input_shape, model.output_shape) == ((None, 40, 36, 3), (None, 4))


# -- validation ---------------------------------------------------------------------------------------


def spied(monkeypatch):
    """Note the rows of every set of batches that the harness makes: ``[(images, steps), ...]``."""
    made, batches = [], training._batches
    monkeypatch.setattr(
        training, "_batches", lambda *args, **options: made.append(args) or batches(*args, **options)
    )
    return made


def as_rows(images):
    return {image.tobytes() for image in np.asarray(images)}


def test_validation_images_come_from_the_training_images_and_are_not_trained_on(digits, monkeypatch):
    made = spied(monkeypatch)
    run_test_harness(digits, model=small, epochs=1)
    (train, train_labels, _), (held_out, held_out_labels, _), (test, _, _) = made
    assert (len(train), len(held_out)) == (180, 20)
    assert as_rows(train) | as_rows(held_out) == as_rows(digits[0][0])
    assert not as_rows(train) & as_rows(held_out)
    np.testing.assert_array_equal(test, digits[1][0])
    by_image = dict(zip((image.tobytes() for image in digits[0][0]), digits[0][1], strict=True))
    for images, labels in ((train, train_labels), (held_out, held_out_labels)):
        assert [by_image[image.tobytes()] for image in images] == labels.tolist()


@pytest.mark.parametrize(("counts", "share"), [((50, 30, 20), 0.1), ((7, 100, 1, 43), 0.3), ((2, 2), 0.5)])
def test_every_class_gives_its_share(counts, share):
    labels = np.random.default_rng(1).permutation(np.repeat(np.arange(len(counts)), counts))
    rows, again, other = (training._every_nth_of_each_class(labels, share, seed) for seed in (0, 0, 1))
    assert len(set(rows)) == len(rows) == round(share * len(labels))
    np.testing.assert_array_equal(rows, again)
    assert (set(rows) != set(other)) or len(rows) < 3
    chosen = np.bincount(labels[rows], minlength=len(counts))
    assert (abs(chosen - share * np.array(counts)) < 1).all(), chosen


def test_the_test_images_are_touched_once(digits, monkeypatch):
    """Changed test images change ``history.test`` and nothing else."""
    train, (images, labels) = digits
    runs = []
    for test in (images, labels), (images[::-1] * 0.5, labels):
        made = spied(monkeypatch)
        runs.append(run_test_harness((train, test), model=small, epochs=2))
        assert sum(np.array_equal(each[0], test[0]) for each in made) == 1
        monkeypatch.undo()
    (first, model), (second, other) = runs
    assert first.history == second.history
    np.testing.assert_equal(weights(model), weights(other))
    assert first.test != second.test


@pytest.mark.parametrize("nothing", [None, 0, 0.0])
def test_without_validation_all_images_are_trained_on(digits, nothing, monkeypatch):
    made = spied(monkeypatch)
    history, _ = run_test_harness(digits, model=small, epochs=1, validation=nothing)
    assert [len(images) for images, _, _ in made] == [200, 40]
    assert set(history.history) == {"loss", "accuracy"}
    assert set(history.test) == {"loss", "accuracy"}


# -- batches -----------------------------------------------------------------------------------------


def epoch_of(order, epoch, batch_size=32):
    order.on_epoch_begin(epoch)
    images = np.arange(order.rows.shape[0], dtype="float32")
    batches = training._batches(images, images.astype("int32"), batch_size, rows=order.rows)
    return [labels.numpy() for _, labels in batches]


def test_every_image_comes_once_per_epoch_in_an_order_of_its_own():
    order = training._Order(seed=1, count=100)
    first, second, again = (epoch_of(order, epoch) for epoch in (0, 1, 0))
    assert [len(batch) for batch in first] == [32, 32, 32, 4]
    np.testing.assert_array_equal(np.sort(np.concatenate(first)), np.arange(100))
    np.testing.assert_array_equal(np.sort(np.concatenate(second)), np.arange(100))
    np.testing.assert_equal(first, again)
    assert not np.array_equal(first[0], second[0])
    assert not np.array_equal(first[0], epoch_of(training._Order(seed=2, count=100), 0)[0])


def test_images_and_labels_stay_together():
    images = np.arange(50, dtype="float32")
    order = training._Order(seed=0, count=50)
    order.on_epoch_begin(0)
    for image, label in training._batches(images, images.astype("int32"), 7, rows=order.rows):
        np.testing.assert_array_equal(image, label)


def test_without_an_order_images_come_as_they_stand():
    images = np.arange(10, dtype="float32")
    batches = training._batches(images, images.astype("int32"), 4)
    assert [labels.numpy().tolist() for _, labels in batches] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert len(batches) == 3
    assert len(training._batches(images, images, 4, drop_remainder=True)) == 2


@pytest.mark.long
@pytest.mark.parametrize("shape", [(8, 8, 1), (12, 12, 3)])
def test_resizing_once_changes_nothing(digits, shape, monkeypatch):
    def model():
        return small(keras.layers.Resizing(12, 12), shape=shape)

    once = run_test_harness(digits, model=model, epochs=1)
    monkeypatch.setattr(training, "_RESIZED_BYTES", 0)
    every_step = run_test_harness(digits, model=model, epochs=1)
    np.testing.assert_allclose(weights(once[1])[0], weights(every_step[1])[0], atol=1e-6)
    assert once[0].history["loss"] == pytest.approx(every_step[0].history["loss"], rel=1e-5)


def test_images_are_resized_before_training_not_while(digits, monkeypatch):
    model = small(keras.layers.Resizing(12, 12))
    sizes = []
    monkeypatch.setattr(
        training, "_batches", lambda images, *_, **__: sizes.append(images.shape[1:]) or 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        run_test_harness(digits, model=model)
    assert sizes == [(12, 12, 1)]


# -- speed does not change the result ----------------------------------------------------------------


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_in_one_pass_is_keras_arithmetic(digits, nesterov):
    (images, labels), _ = digits
    trained = []
    for change in (speed.momentum_in_one_pass, nullcontext):
        keras.utils.set_random_seed(0)
        model = small()
        options = {"nesterov": nesterov, "weight_decay": 0.01, "clipnorm": 1.0}
        optimizer = keras.optimizers.SGD(0.05, momentum=0.9, **options)
        model.compile(optimizer, "sparse_categorical_crossentropy")
        with change(optimizer):
            model.fit(images, labels, epochs=2, shuffle=False, verbose=0)
        assert "update_step" not in vars(optimizer)
        trained.append(weights(model) + [variable.numpy() for variable in optimizer.variables])
    for ours, theirs in zip(*trained, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_convolution_over_its_whole_input_is_a_product(digits, precision):
    """Same outputs and gradients as the convolution; all others stay what they are."""
    (images, labels), _ = digits
    results = []
    for change in (speed.whole_convolutions_as_products, nullcontext):
        keras.utils.set_random_seed(0)
        layers = keras.layers
        last = layers.Conv2D(12, 6, activation="relu")
        dense = layers.Dense(10, activation="softmax")
        model = keras.Sequential(
            [keras.Input((8, 8, 1)), layers.Conv2D(6, 3, activation="relu"), last, layers.Flatten(), dense]
        )
        policy = speed.policy(model, "mixed_bfloat16" if precision == "bfloat16" else "float32")
        with policy, change(model), tf.GradientTape() as tape:
            outputs = model(images)
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, outputs))
        gradients = tape.gradient(loss, [weight.value for weight in model.trainable_weights])
        assert "convolution_op" not in vars(last)
        results.append([outputs, *gradients])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5 if precision == "float32" else 2e-2)


@pytest.mark.parametrize(
    "options",
    [{"padding": "same"}, {"groups": 3}, {"dilation_rate": 2}, {"data_format": "channels_first"}],
    ids=str,
)
def test_other_convolutions_stay_convolutions(options):
    assert speed._may_be_a_product(keras.layers.Conv2D(6, 5))
    assert not speed._may_be_a_product(keras.layers.Conv2D(6, 5, **options))


@pytest.mark.long
def test_bfloat16_computes_the_inside_and_leaves_no_trace(digits, tmp_path):
    seen = []

    class Spy(keras.layers.Layer):
        def call(self, inputs):
            seen.append(inputs.dtype)
            return inputs

    path = tmp_path / "run.keras"
    history, model = run_test_harness(digits, model=lambda: small(Spy()), epochs=8, precision="bfloat16")
    assert "bfloat16" in {dtype.name for dtype in seen[1:]}
    assert history.params["precision"] == "bfloat16"
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    assert model(digits[1][0]).dtype == "float32"
    exact, _ = run_test_harness(digits, model=small, epochs=8)
    assert history.history["val_accuracy"][-1] == pytest.approx(exact.history["val_accuracy"][-1], abs=0.15)
    run_test_harness(digits, model=small, epochs=1, precision="bfloat16", checkpoint=path)
    assert {layer.compute_dtype for layer in keras.models.load_model(path).layers} == {"float32"}


TRIALS = {
    "faster": ('print(\'{"float32": 2.0, "bfloat16": 1.0}\')', "bfloat16"),
    "hardly faster": ('print(\'{"float32": 1.0, "bfloat16": 0.95}\')', "float32"),
    "slower": ('print(\'{"float32": 1.0, "bfloat16": 4.0}\')', "float32"),
    "silent": ("pass", "float32"),
    "chatty": ("print('no numbers')", "float32"),
    "illegal instruction": (f"import os; os.kill(os.getpid(), {int(signal.SIGILL)})", "float32"),
    "endless": ("import time; time.sleep(600)", "float32"),
}


@pytest.mark.parametrize("name", TRIALS)
def test_auto_precision_follows_the_trial_and_survives_it(name, tmp_path, monkeypatch):
    program, precision = TRIALS[name]
    (tmp_path / "trial.py").write_text(program)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{tmp_path}/trial.py"\n')  # paths may have spaces
    python.chmod(0o755)
    monkeypatch.setattr(speed.sys, "executable", str(python))
    monkeypatch.setattr(speed, "_TRIAL_SECONDS", 1 if name == "endless" else 60)
    model = compiled()
    assert speed.faster_precision(model, np.zeros((1, 8, 8, 1)), 2) == precision


@pytest.mark.long
def test_the_real_trial_measures_both_precisions():
    model = compiled()
    task = json.dumps({"model": model.to_json(), "shape": (4, 8, 8, 1)})
    command = [sys.executable, "-c", "from cnncourse.speed import _trial; _trial()"]
    run = subprocess.run(command, input=task, capture_output=True, text=True, timeout=180)
    if run.returncode < 0:
        pytest.skip("this processor cannot compute in bfloat16: what the trial is for")
    seconds = json.loads(run.stdout.splitlines()[-1])
    assert set(seconds) == {"float32", "bfloat16"}
    assert min(seconds.values()) > 0


# -- save and resume ---------------------------------------------------------------------------------


def epochs_in(path):
    try:
        with zipfile.ZipFile(path) as archive:
            return len(json.loads(archive.read("cnncourse.json"))["history"]["loss"])
    except FileNotFoundError:
        return 0


@pytest.fixture(scope="module")
def devices(tmp_path_factory):
    """One process, two runs: ``(result on two devices, folder with a run that died while it saved)``."""
    folder = tmp_path_factory.mktemp("devices")
    process = subprocess.run(
        [sys.executable, str(WORKER), "devices"], cwd=folder, capture_output=True, text=True, timeout=600
    )
    assert process.returncode == 9, process.stderr
    return json.loads(process.stdout), folder


@pytest.mark.long
def test_a_run_that_died_while_saving_goes_on_and_ends_as_if_never_killed(devices, tmp_path):
    path = devices[1] / "interrupted.keras"
    left = devices[1] / ".interrupted.partial.keras"
    assert left.exists(), "must die when the next file is written, and not yet in its place"
    assert epochs_in(path) == 2
    resumed = training_worker.result(path, 5, with_state=True)
    assert_same(resumed, training_worker.result(tmp_path / "whole.keras", 5, with_state=True), rtol=1e-5)
    assert resumed["steps"] == 5 * 8
    assert not left.exists()


def assert_same(result, expected, rtol):
    assert result.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(result[name], values, rtol=rtol, atol=1e-6, err_msg=name)


@pytest.mark.long
def test_a_finished_run_can_be_extended_and_repeated(digits, tmp_path):
    path = tmp_path / "run.keras"
    run_test_harness(digits, model=small, epochs=2, checkpoint=path)
    longer, model = run_test_harness(digits, model=small, epochs=4, checkpoint=path)
    whole, expected = run_test_harness(digits, model=small, epochs=4)
    assert longer.history == whole.history
    assert longer.epoch == [0, 1, 2, 3]
    np.testing.assert_equal(weights(model), weights(expected))
    nothing_left, loaded = run_test_harness(digits, model=small, epochs=4, checkpoint=path)
    assert nothing_left.history == whole.history
    np.testing.assert_equal(weights(loaded), weights(expected))


def test_training_stops_when_it_is_told_to(digits):
    seen = []
    history, _ = run_test_harness(
        digits,
        model=small(),
        epochs=9,
        verbose=0,
        stop=lambda curves: seen.append(dict(curves)) or len(seen) == 2,
    )
    assert history.epoch == [0, 1]
    assert [len(values) for values in history.history.values()] == [2] * 4
    assert set(seen[0]) == set(history.history)
    assert history.test["accuracy"] > 0


def test_a_checkpoint_is_an_ordinary_keras_file(digits, tmp_path):
    path = tmp_path / "run.keras"
    _, model = run_test_harness(digits, model=small, epochs=1, checkpoint=str(path))
    loaded = keras.models.load_model(path)
    np.testing.assert_equal(loaded.predict(digits[1][0], verbose=0), model.predict(digits[1][0], verbose=0))
    assert [file.name for file in tmp_path.iterdir()] == ["run.keras"]


@pytest.mark.parametrize("kind", ["text", "truncated", "model"])
def test_other_files_are_never_overwritten(kind, digits, tmp_path):
    path = tmp_path / "precious.keras"
    if kind == "text":
        path.write_text("my thesis")
    else:
        small().save(path)
    if kind == "truncated":
        path.write_bytes(path.read_bytes()[:500])
    content = path.read_bytes()
    message = r"precious\.keras' exists and is not one of run_test_harness\. It is left as it is"
    with pytest.raises(ValueError, match=message):
        run_test_harness(digits, model=small, checkpoint=path)
    assert path.read_bytes() == content


@pytest.fixture(scope="module")
def finished(digits, tmp_path_factory):
    """A run of two epochs and its checkpoint: ``(arguments, bytes of the file)``."""
    path = tmp_path_factory.mktemp("finished") / "run.keras"
    arguments = {"data": digits, "model": partial(compiled, augmented), "epochs": 2}
    run_test_harness(**arguments, checkpoint=path)
    return arguments, path.read_bytes()


def augmented(*first, **options):
    """Build the small network with one more kind of random state."""
    return small(*first, keras.layers.RandomFlip(), **options)


def compiled(build=small, optimizer=None, **settings):
    """Build a network, and compile it with settings of its own."""
    settings = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]} | settings
    model = build()
    model.compile(optimizer or keras.optimizers.SGD(0.01, momentum=0.9), **settings)
    return model


def changed_network(change):
    """Build the network of ``finished`` with one setting of one layer changed."""
    config = augmented().get_config()
    change([layer["config"] for layer in config["layers"]])
    return keras.Sequential.from_config(config)


def mirrored(digits):
    """Flip the training images: as many, of the same values."""
    (images, labels), test = digits
    return (images[:, :, ::-1], labels), test


def swapped(digits):
    """Exchange two labels."""
    (images, labels), test = digits
    first, other = 0, int(np.flatnonzero(labels != labels[0])[0])
    labels = labels.copy()
    labels[[first, other]] = labels[[other, first]]
    return (images, labels), test


def halved_test(digits):
    train, (images, labels) = digits
    return train, (images / 2, labels)


def own(build=augmented, **settings):
    return lambda digits: {"model": partial(compiled, build, **settings)}


def network(change):
    return lambda digits: {"model": partial(compiled, partial(changed_network, change))}


ANOTHER_RUN = {
    "seed": (lambda _: {"seed": 1}, "seed was 0, is 1"),
    "batch size": (lambda _: {"batch_size": 8}, "batch_size was 16, is 8"),
    "precision": (lambda _: {"precision": "bfloat16"}, "precision was 'float32', is 'bfloat16'"),
    "share": (lambda _: {"validation": 0.2}, "data training images was"),
    "no validation": (lambda _: {"validation": None}, "data .*validation"),
    "images": (lambda digits: {"data": mirrored(digits)}, "data training images was"),
    "labels": (lambda digits: {"data": swapped(digits)}, "data .* labels was"),
    "test images": (lambda digits: {"data": halved_test(digits)}, "run: data test images was '.*', is '.*'"),
    "units": (own(build=partial(augmented, units=11)), "units was 10, is 11"),
    "a layer more": (own(build=lambda: augmented(keras.layers.Dropout(0.1))), "layers was a list of 6, is"),
    "activation": (network(lambda c: c[2].update(activation="tanh")), "activation was 'relu', is 'tanh'"),
    "padding": (network(lambda c: c[1].update(mode="vertical")), "mode was '.*', is 'vertical'"),
    "rate": (network(lambda c: c[4].update(rate=0.4)), "rate was 0.3, is 0.4"),
    "frozen": (network(lambda c: c[2].update(trainable=False)), "trainable was True, is False"),
    "optimizer": (own(optimizer="adam"), "optimizer class_name was 'SGD', is 'Adam'"),
    "learning rate": (
        own(optimizer=keras.optimizers.SGD(0.02, 0.9)),
        "learning_rate was 0.0.*, is 0.0199",
    ),
    "momentum": (own(optimizer=keras.optimizers.SGD(0.01, 0.8)), "momentum was 0.9, is 0.8"),
    "nesterov": (
        own(optimizer=keras.optimizers.SGD(0.01, 0.9, True)),
        "nesterov was False, is True",
    ),
    "loss": (own(loss="mse"), "loss was 'sparse_categorical_crossentropy', is 'mse'"),
    "weighted loss": (own(loss_weights=[2.0]), "loss_weights was None"),
    "metrics": (own(metrics=[]), "metrics was"),
    "epochs": (lambda _: {"epochs": 1}, "epochs must be at least 2, .*checkpoint has. Received epochs=1"),
}


@pytest.mark.parametrize("name", ANOTHER_RUN)
def test_a_checkpoint_of_another_run_is_refused_and_kept(name, digits, finished, tmp_path):
    change, message = ANOTHER_RUN[name]
    arguments, content = finished
    path = tmp_path / "run.keras"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        run_test_harness(**arguments | {"checkpoint": path, "epochs": 3} | change(digits))
    assert path.read_bytes() == content


def test_the_same_run_is_known_again_whatever_its_layers_are_called(digits, finished, tmp_path):
    """Keras counts its names up: ``conv2d``, ``conv2d_1``; and data may come in another form."""
    arguments, content = finished
    path = tmp_path / "run.keras"
    path.write_bytes(content)
    (images, labels), (x_test, y_test) = digits
    form = (images[..., 0].astype("float64"), labels.astype("uint8")), (x_test, y_test.tolist())
    longer, model = run_test_harness(**arguments | {"data": form, "epochs": 3, "checkpoint": path})
    whole, expected = run_test_harness(**arguments | {"epochs": 3})
    assert longer.history == whole.history
    assert longer.test == whole.test
    np.testing.assert_equal(weights(model), weights(expected))


class Block(keras.layers.Layer):
    """A layer whose configuration does not show what is inside."""

    inside = "relu"

    def __init__(self, **options):
        super().__init__(**options)
        self.dense = keras.layers.Dense(4, activation=self.inside)

    def call(self, inputs):
        return self.dense(inputs)


def nested(activation="relu", name="relu"):
    """Build a functional network with a branch, a compiled network inside, and names that mislead."""
    layers = keras.layers
    inner = keras.Sequential([keras.Input((8, 8, 2)), layers.Activation(activation, name=name)])
    inner.compile("adam", "mse")
    inputs = keras.Input((8, 8, 1))
    left, right = layers.Conv2D(2, 3, padding="same")(inputs), layers.Conv2D(2, 3, padding="same")(inputs)
    joined = Block()(layers.add([inner(left), right]))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.Flatten()(joined)))


def described(model):
    empty = np.zeros(1)
    return checkpoint.description(compiled(lambda: model), {"training": (empty, empty)}, seed=0)


def test_descriptions_see_into_networks_and_past_names(monkeypatch):
    assert list(checkpoint._differences(described(nested()), described(nested()))) == []
    assert list(checkpoint._differences(described(nested()), described(nested("tanh", "tanh")))) == [
        "network layers 2 layers 1 activation was 'relu', is 'tanh'"
    ]
    blocks = []
    for inside in ("relu", "relu", "tanh"):
        monkeypatch.setattr(Block, "inside", inside)
        blocks.append(described(small(Block())))
    assert blocks[0] == blocks[1]
    assert list(checkpoint._differences(blocks[0], blocks[2])) == [
        "layers inside 1 activation was 'relu', is 'tanh'"
    ]


def rewritten(content, path, record):
    """Write the checkpoint with another record."""
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, record if name == "cnncourse.json" else old.read(name))


STRANGE_RECORDS = {
    "no JSON": lambda record: "not JSON",
    "empty": lambda record: "{}",
    "a list": lambda record: "[]",
    "a number": lambda record: "5",
    "no run": lambda record: record | {"run": None},
    "no history": lambda record: record | {"history": None},
    "no random states": lambda record: record | {"random": None},
    "empty history": lambda record: record | {"history": {}},
    "no loss": lambda record: record | {"history": {"accuracy": [0.1, 0.2]}},
    "words for numbers": lambda record: record | {"history": {"loss": ["low", "lower"]}},
    "uneven": lambda record: record | {"history": record["history"] | {"loss": [1.0]}},
    "too few random states": lambda record: record | {"random": []},
    "misshapen random states": lambda record: record | {"random": [[1]] * len(record["random"])},
}


@pytest.mark.parametrize("name", STRANGE_RECORDS)
def test_a_strange_record_is_named(name, finished, tmp_path):
    arguments, content = finished
    path = tmp_path / "run.keras"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        record = STRANGE_RECORDS[name](json.loads(archive.read("cnncourse.json")))
    rewritten(content, path, record if isinstance(record, str) else json.dumps(record))
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"run\.keras' exists and is damaged\. It is left as it is"):
        run_test_harness(**arguments | {"epochs": 3, "checkpoint": path})
    assert path.read_bytes() == before


def test_flipped_bytes_are_noticed_wherever_they_are(finished, tmp_path):
    """Every sixteenth of the file, its ends, and each of the last 400 bytes, where zip keeps its list."""
    arguments, content = finished
    path, model = tmp_path / "run.keras", arguments["model"]()
    strategy = tf.distribute.get_strategy()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        record = json.loads(archive.read("cnncourse.json"))
    refused = 0
    places = [*range(0, len(content), len(content) // 16), *range(len(content) - 400, len(content))]
    for at in places:
        path.write_bytes(content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])
        progress = checkpoint.Progress(path, record["run"], strategy)
        try:
            progress.restore(model, 2)
            assert progress.history == record["history"]  # a byte that means nothing, such as a date
        except ValueError as error:
            assert str(path) in str(error)  # noqa: PT017
            refused += 1
    assert refused > len(places) / 4


# -- several devices and workers ---------------------------------------------------------------------


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("localhost", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


@pytest.fixture(scope="module")
def alone():
    return training_worker.result(None, 2)


def page_script():
    """Give the script that the page shows, the same in both editions."""
    pages = [(root / "book" / "course-model.md").read_text(encoding="utf-8") for root in EDITIONS.values()]
    scripts = [re.search(r"```python\n(import json\n.*?)```", page, re.DOTALL).group(1) for page in pages]
    assert len({re.sub(r"  #.*", "", script) for script in scripts}) == 1
    return scripts[0]


@pytest.mark.long
def test_two_workers_reach_the_result_of_one(alone, tmp_path):
    """As the page says: the same script twice. Its strategy then trains what one worker trained alone."""
    script = page_script()
    for shown, free in zip(("localhost:12345", "localhost:12346"), free_ports(2), strict=True):
        assert script.count(shown) == 1
        script = script.replace(shown, f"localhost:{free}")
    (tmp_path / "train.py").write_text(script, encoding="utf-8")
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "-1"}
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": tmp_path}
    commands = [[sys.executable, str(WORKER), index] for index in ("0", "1")]
    workers = [subprocess.Popen(command, env=environment, **options) for command in commands]
    try:
        outputs = [process.communicate(timeout=600) for process in workers]
    finally:
        for process in workers:
            process.kill()
    assert [process.returncode for process in workers] == [0, 0], outputs
    (shown, result), others = (output.splitlines() for output, _ in outputs)
    assert others == [shown, result]
    assert "accuracy" in shown
    assert epochs_in(tmp_path / "run.keras") == 5
    assert_same(json.loads(result), alone, rtol=1e-4)
    assert epochs_in(tmp_path / "workers.keras") == 2


@pytest.mark.long
def test_two_devices_reach_the_result_of_one(alone, devices):
    result, folder = devices
    assert_same(result, alone, rtol=1e-4)
    assert epochs_in(folder / "devices.keras") == 2


def test_a_strategy_of_one_device_changes_nothing(digits):
    plain, _ = run_test_harness(digits, model=small, epochs=1)
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    one, _ = run_test_harness(digits, model=small, epochs=1, strategy=strategy)
    assert one.history["loss"] == pytest.approx(plain.history["loss"], rel=1e-5)


def test_a_model_built_outside_the_strategy_is_refused(digits):
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    with pytest.raises(ValueError, match="Give a function that builds it"):
        run_test_harness(digits, model=small(), strategy=strategy)


# -- what the reader sees ----------------------------------------------------------------------------


def test_without_a_terminal_it_prints_nothing(digits, capfd):
    run_test_harness(digits, model=small, epochs=1)
    assert capfd.readouterr() == ("", "")


def test_verbose_shows_keras_bar(digits, capfd):
    run_test_harness(digits, model=small, epochs=2, verbose=1)
    assert "Epoch 2/2" in capfd.readouterr().out


def test_the_bar_of_a_notebook_is_gone_at_the_end(digits, monkeypatch):
    import IPython.display

    shown = []
    handle = SimpleNamespace(update=lambda content, **_: shown.append(content))
    monkeypatch.setattr(IPython.display, "display", lambda content, **_: shown.append(content) or handle)
    monkeypatch.setattr(training, "_notebook", lambda: True)
    run_test_harness(digits, model=small, epochs=1)
    assert shown[0] == shown[-1] == {"text/plain": "", "text/html": ""}
    assert any(content["text/plain"].startswith("1/1: ") for content in shown)


# -- bad input ---------------------------------------------------------------------------------------

IMAGES, LABELS = np.zeros((4, 8, 8, 1), "float32"), np.arange(4)
GOOD = (IMAGES, LABELS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number of at least 1. Received epochs=0"),
        ({"epochs": 1.5}, "epochs must be"),
        ({"batch_size": 0}, "batch_size must be a whole number of at least 1"),
        ({"batch_size": "16"}, "batch_size must be"),
        ({"seed": -1}, "seed must be a whole number of at least 0"),
        ({"seed": 2**32}, "seed must be below"),
        ({"precision": "float64"}, "precision must be .* Received 'float64'"),
        (
            {"strategy": "mirrored"},
            "strategy must be a tf.distribute.Strategy or None. Received .*'mirrored'",
        ),
        ({"verbose": "yes"}, "verbose must be 'auto', 0 or 1"),
        ({"checkpoint": "run.h5"}, r"checkpoint must be a path that ends in \.keras.*Received .*run\.h5"),
        ({"checkpoint": "no/such/folder/run.keras"}, "in a folder that exists"),
        ({"model": "lenet"}, "model must be a Keras model or a function that builds one. Received 'lenet'"),
        ({"model": lambda: 5}, "model must be a Keras model or a function"),
        ({"data": "no such data"}, "no such data"),
        ({"data": 5}, "data must be the name of a data set"),
        ({"data": GOOD[0]}, "data must be the name of a data set"),
        ({"data": ((IMAGES[:0], LABELS[:0]), GOOD)}, "training images must be .* at least one"),
        ({"data": ((IMAGES.reshape(4, 64), LABELS), GOOD)}, r"Received shape \(4, 64\)"),
        ({"data": ((IMAGES.astype(str), LABELS), GOOD)}, "training images must be numbers"),
        ({"data": ((IMAGES + np.nan, LABELS), GOOD)}, "training images must be finite"),
        ({"data": (GOOD, (IMAGES, LABELS[:3]))}, "test labels must be 4 whole numbers"),
        ({"data": (GOOD, (IMAGES, LABELS / 2))}, "test labels must be 4 whole numbers"),
        ({"data": (GOOD, (IMAGES, -LABELS))}, "test labels must be 4 whole numbers"),
        ({"data": (GOOD, (IMAGES, LABELS + 7))}, "test labels must be below 10.* Received 10"),
        ({"data": ((IMAGES[:, :6], LABELS), GOOD)}, r"must have the network's input shape \(8, 8, 1\)"),
        ({"data": (GOOD, (IMAGES[:, :6], LABELS))}, "The test images must have"),
        ({"validation": 1}, "validation must be a share .* between 0 and 1, a pair .*, or None. Received 1"),
        ({"validation": -0.1}, "validation must be a share .* Received -0.1"),
        ({"validation": True}, "validation must be a share .* Received True"),
        ({"validation": "all"}, "validation must be a share .* Received 'all'"),
        ({"validation": IMAGES}, "validation must be a share .* Received a ndarray"),
        ({"validation": 0.9}, "validation=0.9 of 4 training images leaves none to train on"),
        ({"validation": (IMAGES[:, :6] + 1, LABELS)}, "The validation images must have"),
        ({"validation": (IMAGES + 1, LABELS + 7)}, "validation labels must be below 10"),
        ({"validation": (IMAGES + 1, LABELS[:3])}, "validation labels must be 4 whole numbers"),
        ({"validation": GOOD}, "validation must be other images than the test images"),
    ],
)
def test_bad_input_is_named_before_training(arguments, message, monkeypatch):
    monkeypatch.setattr(training, "_fit", lambda *_: pytest.fail("trained"))
    with pytest.raises(ValueError, match=message):
        run_test_harness(**{"data": (GOOD, GOOD), "model": small} | arguments)


def flat(units, activation=None, **compiled_with):
    """Build a network of one dense layer, compiled or not."""
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(units, activation=activation)]
    )
    if compiled_with:
        model.compile(keras.optimizers.SGD(0.01), **compiled_with)
    return model


def with_ends(inputs, outputs):
    """Build a network with so many inputs and outputs, given as Keras' users give them."""
    images = [keras.Input((8, 8, 1)) for _ in range(inputs)]
    flattened = keras.layers.Flatten()(keras.layers.add(images) if inputs > 1 else images[0])
    ends = [keras.layers.Dense(10, activation="softmax", name=f"end{at}")(flattened) for at in range(outputs)]
    return keras.Model(images, ends)


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.flat, self.dense = keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")

    def call(self, images):
        return self.dense(self.flat(images))


SPARSE = "sparse_categorical_crossentropy"


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda: with_ends(2, 1), "model must have one input: .* with 2 inputs"),
        (lambda: with_ends(1, 2), "model must have one output: .* with 2 outputs"),
        (Subclassed, r"subclassed model does not. Wrap it: .*keras\.Model\(inputs, model\(inputs\)\)"),
        (lambda: flat(1), "one output with activation='linear'"),
        (lambda: flat(1, "softmax"), "one output with activation='softmax'"),
        (lambda: flat(1, "sigmoid"), "wants one output and the labels 0 and 1; .* labels up to 3"),
        (lambda: flat(1, "sigmoid", loss="bce"), "wants one output and the labels 0 and 1"),
        (lambda: flat(1, "sigmoid", loss=SPARSE), "labels must be below 1, .* Received 3"),
        (lambda: flat(3, "softmax", loss=SPARSE), "labels must be below 3, .* Received 3"),
        (
            lambda: flat(10, "sigmoid", loss="binary_crossentropy"),
            "for more classes compile with loss='sparse_",
        ),
        (
            lambda: flat(10, "softmax", loss="categorical_crossentropy"),
            "compile with loss='sparse_categorical_",
        ),
        (
            lambda: flat(10, "softmax", loss=keras.losses.CategoricalCrossentropy()),
            "The loss categorical_crossentropy wants one vector per image.*compile with loss='sparse_",
        ),
        (
            lambda: keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Dense(10, activation="softmax")]),
            r"one number per class, as after Flatten and Dense.* shape \(8, 8, 10\)",
        ),
    ],
)
def test_networks_that_do_not_fit_are_refused_before_training(model, message, monkeypatch):
    monkeypatch.setattr(training, "_fit", lambda *_: pytest.fail("trained"))
    with pytest.raises(ValueError, match=message):
        run_test_harness((GOOD, GOOD), model=model)


def test_the_advice_for_a_subclassed_model_holds(digits):
    model, inputs = Subclassed(), keras.Input((8, 8, 1))
    history, _ = run_test_harness(digits, model=keras.Model(inputs, model(inputs)), epochs=4)
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_a_list_of_one_input_and_one_output_is_fine(digits):
    assert run_test_harness(digits, model=with_ends(1, 1), epochs=1)[0].test["accuracy"] >= 0


def test_one_sigmoid_learns_two_classes_by_binary_crossentropy(digits):
    """Zeros against ones; the loss and the accuracy computed by hand."""
    pairs = tuple((images[labels < 2], labels[labels < 2]) for images, labels in digits)
    history, model = run_test_harness(pairs, model=lambda: flat(1, "sigmoid"), epochs=10)
    images, labels = pairs[1]
    p = model.predict(images, verbose=0)[:, 0]
    assert history.test["loss"] == pytest.approx(-np.log(np.where(labels, p, 1 - p)).mean(), rel=1e-3)
    assert history.test["accuracy"] == pytest.approx(((p > 0.5) == labels).mean())
    assert history.test["accuracy"] > 0.9


def test_outputs_without_softmax_are_taken_for_logits(digits):
    history, model = run_test_harness(digits, model=lambda: flat(10), epochs=2)
    images, labels = digits[1]
    p = np.exp(model.predict(images, verbose=0).astype("float64"))
    p /= p.sum(axis=1, keepdims=True)
    assert history.test["loss"] == pytest.approx(-np.log(p[range(len(labels)), labels]).mean(), rel=1e-4)


@pytest.mark.parametrize(
    ("model", "advice"),
    [
        (lambda: flat(10, loss=SPARSE), "activation='softmax', or the loss from_logits=True"),
        (lambda: flat(10, "relu", loss=SPARSE), "after activation='relu'"),
        (lambda: keras.Sequential([flat(10)]), None),
        (lambda: flat(1, loss="binary_crossentropy"), "activation='sigmoid', or the loss from_logits=True"),
        (lambda: flat(1, "softmax", loss="binary_crossentropy"), "softmax of one output is always 1"),
        (
            lambda: flat(10, "softmax", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)),
            "give the last layer no activation, or the loss from_logits=False",
        ),
        (lambda: flat(10, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)), None),
        (lambda: keras.Sequential([flat(10), keras.layers.Softmax()]), None),
        (lambda: flat(10, "softmax", loss=SPARSE), None),
        (lambda: flat(1, "tanh", loss="mse"), None),
        (lambda: flat(10, "softmax", loss=lambda labels, outputs: outputs), None),
    ],
)
def test_a_loss_that_does_not_fit_the_output_is_warned_of(model, advice, monkeypatch):
    monkeypatch.setattr(training, "_fit", lambda *_: 1 / 0)
    binary = IMAGES, LABELS % 2
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always", UserWarning)
        with pytest.raises(ZeroDivisionError):
            run_test_harness((binary, binary), model=model)
    told = [str(warning.message) for warning in given if warning.filename == __file__]
    assert len(told) == (advice is not None)
    assert advice is None or advice in told[0]
