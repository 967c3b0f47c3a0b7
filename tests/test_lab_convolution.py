"""The lab cnn-convolution, driven as a student would."""

import pytest
from alerts import pythons_words
from test_labs_browser import results

LAB, PAGE = "cnn-convolution", "book/layers.html"


def numbers(lab, part):
    """What a grid shows, row by row."""
    label = lab.locator(f".convolution-{part} svg").first.get_attribute("aria-label")
    return [[float(each) for each in row.split()] for row in label.partition(": ")[2].split("; ")]


def value(lab):
    return float(results(lab)["output-value"])


def test_a_vertical_edge_answers_where_it_is(lab):
    lab.locator("[name=image]").select_option("edge")
    assert numbers(lab, "output") == [[0, 0, 27, 27, 0, 0]] * 6
    for _ in range(2):
        lab.locator(".lab-player button").nth(1).click()
    assert numbers(lab, "products") == [[0, 0, 9]] * 3
    assert value(lab) == 27


def test_the_identity_returns_the_inside_of_the_image(lab):
    lab.locator(".lab-presets button").first.click()
    image = numbers(lab, "input")
    assert numbers(lab, "output") == [row[1:-1] for row in image[1:-1]]


def test_a_blur_divides_the_sum(lab):
    lab.locator("[name=image]").select_option("spot")
    lab.locator(".lab-presets button").nth(2).click()
    assert value(lab) == pytest.approx((0 + 0 + 0 + 0 + 1 + 2 + 0 + 2 + 4) / 9)


def test_every_channel_counts(lab):
    lab.locator("[name=channels]").select_option("3")
    lab.locator(".lab-presets button").first.click()
    first, on_its_side = numbers(lab, "input"), numbers(lab, "input")
    assert value(lab) == first[1][1] + on_its_side[1][1] + 9 - first[1][1]


def test_weights_and_bias_can_be_edited(lab):
    lab.locator(".convolution-weights input").nth(4).fill("5")
    lab.locator("[name=bias]").fill("-7")
    assert value(lab) == 9 + 5 * 9 - 7


def test_a_weight_that_is_no_number_is_explained(lab):
    weight = lab.locator(".convolution-weights input").first
    weight.fill("")
    assert "whole numbers" in pythons_words(lab)
    assert set(results(lab).values()) == {None}
    weight.fill("2")
    assert value(lab) == 9


def test_pooling_takes_the_largest_or_the_mean(lab):
    lab.locator(".lab-presets button").nth(4).click()
    assert numbers(lab, "output") == [[9, 9, 9, 9], [0, 0, 9, 9], [0, 9, 9, 0], [0, 9, 0, 0]]
    lab.locator(".lab-presets button").nth(5).click()
    assert numbers(lab, "output")[0][0] == 9 / 4


def test_dragging_moves_the_window(lab):
    output = lab.locator(".convolution-output svg")
    output.scroll_into_view_if_needed()
    box = output.bounding_box()
    step = box["width"] / 6
    mouse = lab.page.mouse
    mouse.move(box["x"] + step / 2, box["y"] + step / 2)
    mouse.down()
    mouse.move(box["x"] + 3.5 * step, box["y"] + 2.5 * step, steps=6)
    mouse.up()
    assert lab.locator(".lab-player input").input_value() == str(2 * 6 + 3)


def test_it_plays_and_pauses(lab):
    play = lab.locator(".lab-player button").first
    play.click()
    lab.page.wait_for_function("() => document.querySelector('cnn-convolution .lab-player input').value > 1")
    play.click()
    stopped = lab.locator(".lab-player input").input_value()
    lab.page.wait_for_timeout(600)
    assert lab.locator(".lab-player input").input_value() == stopped


def test_a_link_restores_the_lab(lab):
    lab.locator(".convolution-weights input").nth(4).fill("5")
    lab.locator(".lab-player input").fill("9")
    lab.page.wait_for_url("**kernel=**i=9")
    shown = results(lab)
    lab.page.reload()
    assert results(lab) == shown
    assert lab.locator(".convolution-weights input").nth(4).input_value() == "5"


def test_nothing_steps_while_a_weight_is_no_number(lab):
    lab.locator(".lab-player button").first.click()  # it plays
    lab.locator(".convolution-weights input").first.fill("")
    assert lab.locator(".lab-player button").nth(1).is_disabled()
    lab.page.wait_for_timeout(600)
    assert set(results(lab).values()) == {None}


def test_a_link_reaches_a_weight_in_use(lab):
    weight = lab.locator(".convolution-weights input").first
    weight.fill("5")
    lab.page.evaluate("location.hash = '#cnn-convolution?image=edge'")
    lab.page.wait_for_timeout(50)
    assert weight.input_value() == "-1"
