"""The lab cnn-trainer: its network learns as Keras' does, and what the chapter says of it is so."""

from functools import cache
from itertools import islice

import numpy as np
import pytest
import tensorflow as tf
import trainer_digits
from alerts import pythons_words
from browsing import put_anew, visiting
from extensions.lab_tables import trainer
from scripts import answers
from test_labs_browser import results

import cnncourse as cc
from cnncourse import keras

LAB, PAGE = "cnn-trainer", "book/overfitting.html"
PLAIN = {"images": 100, "dropout": 0, "shift": 0, "rate": 0.003, "seed": 0}
EPOCHS = 100
SEEDS = range(5)
FEW = "images=50&dropout=0.5&shift=1&rate=0.01&seed=3"


def answered(call, **arguments):
    (answer,) = answers("trainer-network", [{"call": call, "arguments": arguments}])
    return answer["result"]


# -- the digits ---------------------------------------------------------------------------------------


@cache
def data():
    """The digits of the file, as the network's script reads them."""
    return {"training": trainer_digits.digits(), "validation": trainer_digits.digits(trainer_digits.COUNT)}


def test_the_file_is_what_the_tool_writes():
    assert trainer_digits.FILE.read_text(encoding="utf-8") == trainer_digits.written()


def test_no_digit_is_in_two_parts():
    parts = [*data().values(), trainer_digits.digits(part="test")]
    images = [image for part in parts for image in part["images"]]
    assert len(images) == len(set(images)) == 3 * trainer_digits.COUNT
    assert all(np.bincount([*map(int, part["labels"])], minlength=10).min() >= 30 for part in parts)


# -- the network --------------------------------------------------------------------------------------


def network(*, masked=False):
    """The same network in Keras, without softmax; ``masked`` takes what dropout leaves as a second input."""
    layers = keras.layers
    image, mask = keras.Input((8, 8, 1)), keras.Input((256,))
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(layers.MaxPooling2D()(x))
    x = layers.Multiply()([layers.Flatten()(x), mask])
    x = layers.Dense(10)(layers.Dense(32, activation="relu")(x))
    return keras.Model([image, mask], x)


def keras_gradients(model, images, labels, masks):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        value = loss(labels, model([images.reshape(-1, 8, 8, 1), masks]))
    return [tf.convert_to_tensor(each).numpy() for each in tape.gradient(value, model.trainable_weights)]


def some():
    """A network with biases that matter, 30 real digits, and both as the script takes them."""
    keras.utils.set_random_seed(0)
    model = network()
    for weight in model.trainable_weights:
        if weight.name == "bias":
            weight.assign(np.random.default_rng(1).normal(0, 0.1, weight.shape))
    digits = cc.load("digits", size=8)
    images, labels = digits.x_train[:30].reshape(-1, 64), digits.y_train[:30]
    weights = [weight.ravel().tolist() for weight in model.get_weights()]
    return model, images, labels, {"weights": weights, "images": images.tolist(), "labels": labels.tolist()}


def mulberry32(seed):
    """The generator of the script, from its description; numbers from 0 to 1."""
    state, mask = seed, 0xFFFFFFFF
    while True:
        state = (state + 0x6D2B79F5) & mask
        t = ((state ^ (state >> 15)) * (state | 1)) & mask
        t = ((t + (((t ^ (t >> 7)) * (t | 61)) & mask)) & mask) ^ t
        yield (t ^ (t >> 14)) / 2**32


def dropped(rate, seed, count, before):
    """What dropout leaves of so many images, after the draws for the weights."""
    numbers = np.fromiter(islice(mulberry32(seed), before, before + 256 * count), float)
    return (numbers >= rate).reshape(count, 256) / (1 - rate)


@pytest.mark.parametrize("rate", [0, 0.5, 0.75])
def test_every_gradient_agrees_with_keras(rate):
    """Within 1e-5, dropout included."""
    model, images, labels, given = some()
    kernels = sum(int(np.prod(weight.shape)) for weight in model.weights if weight.name == "kernel")
    masks = dropped(rate, 7, len(images), kernels)
    found = answered("gradients", **given, rate=rate, seed=7)
    wanted = keras_gradients(model, images, labels, masks)
    assert len(found) == len(wanted)
    for gradient, expected in zip(found, wanted, strict=True):
        assert np.abs(expected).max() > 1e-3
        np.testing.assert_allclose(gradient, expected.ravel(), rtol=0, atol=1e-5)


def test_steps_agree_with_keras():
    """Five steps of SGD with momentum."""
    model, images, labels, given = some()
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    for _ in range(5):
        gradients = keras_gradients(model, images, labels, np.ones((len(images), 256)))
        optimizer.apply(gradients, model.trainable_weights)
    found = answered("steps", **given, rate=0.05, count=5)
    moved = [np.abs(np.subtract(a, b)).max() for a, b in zip(found, given["weights"], strict=True)]
    assert min(moved) > 1e-3
    for weights, expected in zip(found, model.get_weights(), strict=True):
        np.testing.assert_allclose(weights, expected.ravel(), rtol=0, atol=1e-5)


def test_the_table_is_that_of_the_network():
    *_layers, (_sum, _shape, total) = trainer("en")
    assert total == str(network().count_params())


# -- what the chapter says of it ----------------------------------------------------------------------


def curves(**settings):
    """A run for each seed, of as many steps as the plain one has; each is measured five times."""
    return computed(**{**PLAIN, **settings})


@cache
def computed(**settings):
    epochs = EPOCHS * PLAIN["images"] // settings["images"]
    digits = {**data(), "test": trainer_digits.digits(part="test")}
    given = {"data": digits, "epochs": epochs, "every": epochs // 5}
    runs = [{**given, "settings": {**settings, "seed": seed}} for seed in SEEDS]
    found = answers("trainer-network", [{"call": "curve", "arguments": run} for run in runs])
    return [answer["result"] for answer in found]


def at_the_end(part, measure, **settings):
    """The loss or accuracy on a part of the data at the end, with each seed."""
    return np.array([curve[-1][part][measure] for curve in curves(**settings)])


def losses(part="validation", **settings):
    return at_the_end(part, "loss", **settings)


@pytest.mark.long
def test_without_a_remedy_it_learns_by_heart():
    lowest = np.array([min(epoch["validation"]["loss"] for epoch in curve) for curve in curves()])
    assert (at_the_end("training", "accuracy") == 1).all()
    assert (at_the_end("validation", "accuracy") < 0.95).all()
    assert (losses() - losses("training") > 0.3).all()
    assert (losses() > 1.04 * lowest).all()


@pytest.mark.long
@pytest.mark.parametrize("rate", [0.001, 0.003, 0.01])
def test_dropout_lowers_the_loss_with_every_seed(rate):
    """Whichever rate the network without dropout has; with dropout it is the lab's."""
    plain, dropout = losses(rate=rate), losses(dropout=0.5)
    assert (dropout < plain).all()
    assert dropout.mean() < 0.8 * plain.mean()


@pytest.mark.long
def test_dropout_lowers_the_loss_on_digits_on_which_nothing_was_chosen():
    plain, dropout = losses("test"), losses("test", dropout=0.5)
    assert (dropout < plain).all()
    assert dropout.mean() < 0.8 * plain.mean()


@pytest.mark.long
def test_more_images_help_most():
    """After as many steps; more than dropout, too."""
    plain, more = losses(), losses(images=400)
    assert (more < plain).all()
    assert more.mean() < 0.5 * plain.mean()
    assert (more < losses(dropout=0.5)).all()


@pytest.mark.long
def test_shifts_help_some_seeds_and_harm_others():
    changes = losses(shift=1) - losses()
    assert changes.min() < 0 < changes.max()


def test_a_digit_fills_its_image_from_top_to_bottom():
    images = np.array(
        [[int(sign, 17) for sign in text] for part in data().values() for text in part["images"]]
    )
    rows = images.reshape(-1, 8, 8).max(2)
    assert ((rows[:, 0] > 0) & (rows[:, 7] > 0)).mean() > 0.95


def test_a_run_is_its_settings():
    few = {**PLAIN, "images": 50, "dropout": 0.5, "shift": 1}
    first, again, other = (
        answered("curve", data=data(), settings={**few, "seed": seed}, epochs=2) for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other


# -- in the browser -----------------------------------------------------------------------------------


def opened(lab, state):
    """The lab in the state of a link, once it has trained as far."""
    return results(put_anew(lab, f"#{LAB}?{state}"))


def at_epoch(lab, epoch):
    lab.locator(f"[data-result=epoch][data-value='{epoch}']").wait_for()


def buttons(lab):
    """Train, one epoch, start over."""
    return lab.locator(".trainer-run, .trainer-run ~ button").all()


def test_the_digits_come_only_when_they_are_needed(browser, lab_server):
    with visiting(browser, lab_server) as (page, _watch):
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{lab_server}/en/{PAGE}", wait_until="networkidle")
        assert not [url for url in asked if "trainer-digits" in url]
        buttons(page.locator(LAB))[1].click()
        at_epoch(page.locator(LAB), 1)
        assert len([url for url in asked if "trainer-digits" in url]) == 1


def test_digits_that_cannot_be_loaded_are_told_and_asked_for_again(browser, lab_server):
    with visiting(browser, lab_server) as (page, _watch):
        page.route("**/trainer-digits.js", lambda route: route.abort())
        page.goto(f"{lab_server}/en/{PAGE}")
        lab = page.locator(LAB)
        buttons(lab)[1].click()
        lab.get_by_role("alert").filter(has_text="could not be loaded").wait_for()
        page.unroute("**/trainer-digits.js")
        buttons(lab)[1].click()
        at_epoch(lab, 1)
        assert lab.get_by_role("alert").inner_text() == ""


def test_it_trains_pauses_goes_on_and_starts_over(lab):
    """With the keyboard; whoever pauses amid an epoch gets the same run."""
    opened(lab, FEW)
    run, one, over = buttons(lab)
    words = run.inner_text()
    run.press("Enter")
    lab.locator("[data-result=epoch]:not([data-value='0'])").wait_for()
    run.press("Enter")
    assert run.inner_text() == words
    reached = int(results(lab)["epoch"])
    one.press("Space")
    at_epoch(lab, reached + 1)
    settings = {"images": 50, "dropout": 0.5, "shift": 1, "rate": 0.01, "seed": 3}
    wanted = answered("curve", data=data(), settings=settings, epochs=reached + 1)[-1]
    assert float(results(lab)["validation-loss"]) == wanted["validation"]["loss"]
    assert float(results(lab)["training-accuracy"]) == wanted["training"]["accuracy"]
    over.press("Enter")
    assert results(lab)["epoch"] == "0"
    assert results(lab)["validation-loss"] is None


def test_a_link_restores_both_runs_exactly(lab):
    opened(lab, FEW)
    _run, one, _over = buttons(lab)
    for epoch in (1, 2):
        one.click()
        at_epoch(lab, epoch)
    lab.locator("[name=dropout]").select_option("0")
    one.click()
    at_epoch(lab, 1)
    lab.page.wait_for_url("**epochs=1**before=50-0.5-1-0.01-3-2")
    shown, curves = results(lab), lab.locator("svg").first.inner_html()
    lab.page.reload()
    assert results(lab) == shown
    assert lab.locator("svg").first.inner_html() == curves


@pytest.mark.parametrize(
    "state",
    ["epochs=101", "epochs=-1", "epochs=1.5", "before=50-0-0-0.003-0-0", "before=1-0-0-0.003-0-3", "before="],
)
def test_a_link_that_no_lab_wrote_shows_the_start(lab, state):
    start = results(lab)
    assert opened(lab, state) == start


def test_a_prediction_stands_beside_what_came_of_it(lab):
    opened(lab, f"{FEW}&before=50-0-1-0.01-3-2")
    guess = lab.locator(".trainer-guess button").first
    guess.click()
    assert guess.get_attribute("aria-pressed") == "true"
    buttons(lab)[0].click()
    assert guess.is_disabled()  # too late for another one
    at_epoch(lab, EPOCHS)
    assert lab.locator(".trainer-table + p").inner_text().endswith(f"{guess.inner_text()}.")
    assert buttons(lab)[0].get_attribute("aria-disabled") == "true"


def test_more_than_one_change_is_told(lab):
    told = lab.locator(".trainer-table + p")
    opened(lab, f"{FEW}&before=50-0.5-0-0.01-3-1")
    one_change = told.inner_text()
    opened(lab, f"{FEW}&epochs=0&before=50-0.25-0-0.01-3-1")
    assert len(told.inner_text()) > len(one_change) + 50


def test_a_screen_reader_hears_the_result(lab):
    opened(lab, f"{FEW}&epochs=1")
    said = lab.locator(".lab-status[aria-live=polite]")
    said.filter(has_text="1").wait_for(state="attached")
    loss = float(results(lab)["validation-loss"])
    assert f"{loss:.2f}" in said.inner_text().replace(",", ".")


def test_a_seed_below_zero_is_explained(lab):
    lab.locator("[name=seed][type=number]").fill("-1")
    assert "seed must be a whole number of at least 0" in pythons_words(lab)
    assert set(results(lab).values()) == {None}
    assert buttons(lab)[0].is_disabled()
    lab.locator("[name=seed][type=number]").fill("1")
    assert results(lab)["epoch"] == "0"


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_curves_are_drawn_while_it_trains_unless_motion_is_unwanted(browser, lab_server, motion):
    with visiting(browser, lab_server) as (page, _watch):
        page.emulate_media(reduced_motion=motion)
        page.goto(f"{lab_server}/en/{PAGE}#{LAB}?{FEW}")
        lab = page.locator(LAB)
        run, *_ = buttons(lab)
        run.click()
        lab.locator("[data-result=epoch]:not([data-value='0'])").wait_for()
        curve = lab.locator("polyline.now").first
        assert bool(curve.get_attribute("points")) is (motion == "no-preference")
        run.click()
        assert curve.get_attribute("points")
