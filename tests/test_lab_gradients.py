"""The lab cnn-gradients: its network against Keras, its digits against scikit-learn; as a student uses it."""

from itertools import product

import numpy as np
import pytest
from alerts import pythons_words
from browsing import put_anew
from scripts import answers
from sklearn.datasets import load_digits
from test_labs_browser import results

import cnncourse as cc
from cnncourse import keras

LAB, PAGE = "cnn-gradients", "book/vanishing-gradients.html"


@pytest.fixture(scope="module")
def batch():
    """The lab's digits and their labels."""
    found = answers("gradients", [{"call": "data", "arguments": {}}])[0]["result"]
    return np.reshape(found["inputs"], (-1, 8, 8, 1)), np.array(found["labels"])


def test_the_digits_are_real(batch):
    images, labels = batch
    digits = load_digits()
    for image, label in zip(images, labels, strict=True):
        same = (digits.images == 16 * image[..., 0]).all((1, 2))
        assert digits.target[same] == [label]


@pytest.mark.long
def test_the_norms_are_those_of_keras(batch):
    images, labels = batch
    calls, wanted = [], []
    for activation, batch_norm, depth in product(("sigmoid", "tanh", "relu"), (False, True), (1, 6)):
        keras.utils.set_random_seed(depth)
        model = cc.dense_stack(depth, activation=activation, batch_norm=batch_norm)
        model.compile(loss="sparse_categorical_crossentropy")
        weights = [
            layer.kernel.numpy().ravel().tolist() for layer in model.layers if hasattr(layer, "kernel")
        ]
        wanted.append([kernel_norm(model, images, labels, number) for number in range(1, depth + 1)])
        given = {"inputs": images.ravel().tolist(), "labels": labels.tolist(), "weights": weights}
        given |= {"activation": activation, "batch_norm": batch_norm}
        calls.append({"call": "norms", "arguments": given})
    for answer, norms in zip(answers("gradients", calls), wanted, strict=True):
        np.testing.assert_allclose(answer["result"], norms, rtol=2e-3)


def kernel_norm(model, images, labels, number):
    """The norm for the weights of one hidden layer alone, as the lab has no biases."""
    layer = model.get_layer(f"hidden{number}")
    if layer.use_bias:
        layer.bias.trainable = False
    norm = cc.gradient_norms(model, images, labels)[layer.name].norm
    if layer.use_bias:
        layer.bias.trainable = True
    return norm


def ratio(lab, **choices):
    for name, value in choices.items():
        field = lab.locator(f"[name={name}]")
        if name == "norm":
            field.set_checked(value)
        elif name == "depth":
            field.fill(str(value))
        else:
            field.select_option(value)
    return float(results(lab)["ratio"])


def test_what_the_chapter_says_can_be_seen(lab):
    assert ratio(lab, depth=10) < 1e-4  # sigmoid: the early layers starve
    assert ratio(lab, depth=20) < 1e-8
    assert ratio(lab, norm=True) > 0.1
    assert ratio(lab, activation="tanh", norm=False) > 0.1
    assert ratio(lab, activation="relu", init="he") > 0.1


def test_a_curve_can_be_kept(lab):
    lab.locator(".lab-output .lab-button").click()
    lab.locator("[name=activation]").select_option("tanh")
    assert lab.locator("polyline.kept").count() == lab.locator("polyline.now").count() == 1


@pytest.mark.parametrize("depth", ["0", "21", "", "2.5"])
def test_an_impossible_depth_is_explained(lab, depth):
    lab.locator("[name=depth]").fill(depth)
    assert "depth must be a whole number from 1 to 20" in pythons_words(lab)
    assert set(results(lab).values()) == {None}


def test_a_link_restores_the_lab(lab):
    lab.locator("[name=depth]").fill("17")
    lab.locator("[name=norm]").check()
    lab.page.wait_for_url("**depth=17**norm=1**")
    shown = results(lab)
    lab.page.reload()
    assert results(lab) == shown


def test_without_a_curve_there_is_none_to_keep(lab):
    put_anew(lab, "#cnn-gradients?depth=0")
    assert lab.locator(".lab-output .lab-button").is_disabled()
    lab.locator("[name=depth]").fill("3")
    assert lab.locator(".lab-output .lab-button").is_enabled()


def test_a_link_restores_the_kept_curve(lab):
    lab.locator(".lab-output .lab-button").click()
    kept = lab.locator("polyline.kept").get_attribute("points")
    lab.locator("[name=activation]").select_option("tanh")
    lab.page.wait_for_url("**activation=tanh**kept=**")
    lab.page.reload()
    assert lab.locator("polyline.kept").get_attribute("points") == kept
    lab.locator(".lab-output ~ .lab-tools button").first.click()
    assert lab.locator("polyline.kept").count() == 0
