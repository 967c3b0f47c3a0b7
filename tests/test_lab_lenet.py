"""The lab cnn-lenet: its network is Keras' network, and it is driven as a student would."""

import hashlib
import re
from functools import cache
from itertools import pairwise
from math import cos, hypot, pi, sin

import numpy as np
import pytest
import train_lenet
from browsing import visiting
from scripts import SCRIPTS, answers
from test_labs_browser import results

import cnncourse as cc
from cnncourse import keras

LAB = "cnn-lenet"
ADDRESS = {language: f"{language}/book/lenet-alexnet.html" for language in ("de", "en")}
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def arc(x, y, across, down, start, end):
    """Points of an ellipse, by angles in degrees from the right, clockwise."""
    angles = [pi / 180 * (start + (end - start) * i / 16) for i in range(17)]
    return [(x + across * cos(angle), y + down * sin(angle)) for angle in angles]


STROKES = {  # digits as people write them, in a square of 64 x 64: strokes of points
    "0": [arc(32, 32, 14, 22, -90, 270)],
    "1": [[(32, 10), (32, 54)]],
    "1 with an upstroke": [[(22, 22), (34, 10), (34, 54)]],
    "2": [[*arc(32, 22, 13, 12, 190, 370), (42, 30), (20, 54), (46, 54)]],
    "3": [[*arc(30, 21, 12, 10, 200, 450), *arc(30, 42, 14, 12, -90, 160)]],
    "4": [[(36, 10), (16, 40), (46, 40)], [(38, 28), (38, 54)]],
    "5": [[(44, 10), (22, 10), (21, 28), *arc(30, 40, 14, 13, -110, 140)]],
    "6": [[(40, 9), (28, 20), (20, 36), *arc(32, 42, 12, 12, 180, -180)]],
    "7 with a bar": [[(18, 12), (44, 12), (28, 54)], [(24, 33), (44, 33)]],
    "8": [[*arc(32, 21, 10, 10, 90, -270), *arc(32, 43, 13, 12, -90, 270)]],
    "9": [[*arc(30, 22, 11, 11, 0, -360), (41, 22), (40, 38), (34, 54)]],
}


def text(strokes):
    """The strokes as the lab writes them into its address."""
    return "".join(
        "." + "".join(SIGNS[round(place)] for point in stroke for place in point) for stroke in strokes
    )


# -- the file of the weights --------------------------------------------------------------------------


@cache
def committed():
    return train_lenet.read()


def test_the_manifest_tells_the_truth_about_the_weights():
    manifest, model = committed()
    weights = b"".join(weight.astype("<f4").tobytes() for weight in model.get_weights())
    assert hashlib.sha256(weights).hexdigest() == manifest["sha256"]
    assert manifest["layers"] == train_lenet.layers(model)
    parameters = {layer["name"]: layer["parameters"] for layer in manifest["layers"]}
    account = {row.name: row.parameters for row in cc.anatomy(model).layers}
    assert parameters == {name: account[name] for name in parameters}
    assert sum(parameters.values()) == model.count_params() == 61_706


def test_the_accuracy_is_that_of_the_test_digits():
    manifest, model = committed()
    data = cc.load("digits")
    guesses = model.predict(data.x_test, verbose=0).argmax(1)
    assert (manifest["tested"], manifest["train"]) == (len(data.y_test), len(data.y_train))
    assert manifest["correct"] == (guesses == data.y_test).sum()
    assert manifest["errors"] == np.flatnonzero(guesses != data.y_test).tolist()
    assert manifest["source"] == data.source
    assert manifest["correct"] / manifest["tested"] > 0.98


def test_the_digits_of_the_file_are_the_test_digits():
    manifest, _model = committed()
    data = cc.load("digits", size=8)
    shown = np.array([[int(sign, 17) for sign in digit] for digit in manifest["digits"]])
    assert (shown == data.x_test.reshape(-1, 64) * 16).all()
    assert manifest["labels"] == "".join(map(str, data.y_test))


def test_a_written_file_reads_back(tmp_path):
    train, test, source = train_lenet.digits()
    train, test = (train[0][:64], train[1][:64]), (test[0][:32], test[1][:32])
    model = train_lenet.network()
    file = tmp_path / "weights.js"
    file.write_text(train_lenet.written(model, train, test, source, 3), encoding="utf-8")
    manifest, again = train_lenet.read(file)
    assert (manifest["train"], manifest["copies"], manifest["tested"]) == (64, 3, 32)
    for given, found in zip(model.get_weights(), again.get_weights(), strict=True):
        assert (given == found).all()


def test_mnist_is_brought_into_the_form_of_the_digits(tmp_path):
    """A slanted bar of 28 x 28 pixels: upright, over the whole height, at most 20 columns wide."""
    image = np.zeros((28, 28), "uint8")
    for row in range(4, 24):
        image[row, 16 - row // 4 : 19 - row // 4] = 255
    images, labels = np.stack([image] * 3), np.array([1, 1, 1])
    file = tmp_path / "mnist.npz"
    np.savez(file, x_train=images, y_train=labels, x_test=images, y_test=labels)
    (counts, _labels), _test, source = train_lenet.digits("mnist", file)
    assert counts.shape == (3, 8, 8)
    assert source == "the file mnist.npz"
    assert (counts[0].sum(1) > 0).all()
    assert (counts[0][:, [0, 7]] == 0).all()
    across = counts[0] @ np.arange(8) / counts[0].sum(1)
    assert np.ptp(across) < 0.5


# -- the same numbers in JavaScript -------------------------------------------------------------------


def answered(calls):
    given = [{"call": call, "arguments": arguments} for call, arguments in calls]
    return [answer["result"] for answer in answers("lenet-network", given)]


def test_pixels_are_those_of_the_data():
    manifest, _model = committed()
    calls = [("pixels", {"digit": digit}) for digit in manifest["digits"][:50]]
    assert (np.array(answered(calls)) == cc.load("digits").x_test[:50].reshape(50, -1)).all()


def test_every_layer_agrees_with_keras():
    """On 100 test digits, within 1e-5."""
    manifest, model = committed()
    calls = [("outputs", {"network": manifest, "digits": manifest["digits"][:100]})]
    (found,) = answered(calls)
    names = [layer["name"] for layer in manifest["layers"]]
    all_layers = keras.Model(model.inputs, [model.get_layer(name).output for name in names])
    expected = all_layers.predict(cc.load("digits").x_test[:100], verbose=0)
    for i, (name, wanted) in enumerate(zip(names, expected, strict=True)):
        outputs = np.array([digit[i] for digit in found])
        largest = np.abs(outputs - wanted.reshape(100, -1)).max()
        print(f"{name}: largest difference {largest:.1e}")
        assert largest <= 1e-5, name


@pytest.mark.parametrize("name", STROKES)
def test_drawn_digits_are_recognised(name):
    (cells,) = answered([("picture", {"drawing": text(STROKES[name])})])
    image = train_lenet.enlarged(np.array([cells]).reshape(1, 8, 8))
    assert committed()[1].predict(image, verbose=0).argmax() == int(name[0])


def test_a_drawing_fills_the_frame_wherever_and_however_large_it_is():
    small = [[(x / 3 + 5, y / 3 + 30) for x, y in stroke] for stroke in STROKES["2"]]
    found = answered([("picture", {"drawing": text(each)}) for each in (STROKES["2"], small)])
    for cells in np.array(found).reshape(2, 8, 8):
        assert cells[0].max() > 8
        assert cells[7].max() > 8
        assert (cells[:, [0, 7]] == 0).all()
    assert np.abs(np.diff(found, axis=0)).mean() < 3


# -- in the browser -----------------------------------------------------------------------------------


@pytest.fixture(params=ADDRESS)
def lab(request, browser, lab_server):
    """The lab of one edition, its network loaded."""
    with visiting(browser, lab_server, viewport={"width": 1280, "height": 1000}) as (page, watch):
        page.goto(f"{lab_server}/{ADDRESS[request.param]}")
        lab = page.locator(LAB)
        results(lab)
        yield lab
        assert watch.take() == []


def draw(lab, strokes):
    """Draw with the mouse."""
    pad = lab.locator(".lenet-pad")
    pad.scroll_into_view_if_needed()
    box, mouse = pad.bounding_box(), lab.page.mouse
    for stroke in strokes:
        points = [(box["x"] + x / 64 * box["width"], box["y"] + y / 64 * box["height"]) for x, y in stroke]
        mouse.move(*points[0])
        mouse.down()
        for start, end in pairwise(points):
            mouse.move(*end, steps=max(1, round(hypot(end[0] - start[0], end[1] - start[1]) / 8)))
        mouse.up()


def test_the_weights_come_only_when_the_reader_does(browser, server):
    with visiting(browser, server, viewport={"width": 1280, "height": 900}) as (page, _watch):
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{server}/{ADDRESS['en']}", wait_until="networkidle")
        assert not [url for url in asked if "lenet-weights" in url]
        results(page.locator(LAB))
        assert len([url for url in asked if "lenet-weights" in url]) == 1


def test_weights_that_cannot_be_loaded_are_told(browser, lab_server):
    with visiting(browser, lab_server) as (page, _watch):
        page.route("**/lenet-weights.js", lambda route: route.abort())
        page.goto(f"{lab_server}/{ADDRESS['en']}")
        page.locator(LAB).scroll_into_view_if_needed()
        page.get_by_text("could not be loaded").wait_for()


def test_a_digit_is_picked_with_the_keyboard(lab):
    first = lab.locator(".lenet-pick").nth(3)
    first.focus()
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Enter")
    picked = lab.locator(".lenet-pick[aria-pressed=true]")
    assert picked.get_attribute("aria-label").split()[1] == "4," or "4" in picked.get_attribute("aria-label")
    assert results(lab)["digit"] == "4"
    lab.locator(".lab-status").filter(has_text="4").wait_for(state="attached")


def test_the_page_says_what_keras_says(lab):
    manifest, model = committed()
    wrong = manifest["errors"][0]
    lab.locator(".lenet-strip").nth(1).locator("button").first.click()
    chances = model.predict(cc.load("digits").x_test[wrong : wrong + 1], verbose=0)[0]
    assert results(lab)["digit"] == str(chances.argmax())
    assert float(results(lab)["probability"]) == pytest.approx(chances.max(), abs=1e-5)
    shown = [
        float(each.replace(",", ".").rstrip("%\u00a0"))
        for each in lab.locator(".lenet-bars li > span:last-child").all_inner_texts()
    ]
    assert shown == pytest.approx(100 * chances, abs=0.051)


@pytest.mark.parametrize("name", ["1", "2", "7 with a bar"])
def test_a_digit_is_drawn_with_the_mouse(lab, name):
    draw(lab, STROKES[name])
    assert results(lab)["digit"] == name[0]
    assert lab.locator(".lenet-pick[aria-pressed=true]").count() == 0


def test_a_digit_is_drawn_with_the_finger(browser, server):
    """The page does not scroll away under the finger."""
    options = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
    with visiting(browser, server, **options) as (page, _watch):
        page.goto(f"{server}/{ADDRESS['de']}")
        lab = page.locator(LAB)
        results(lab)
        pad = lab.locator(".lenet-pad")
        pad.scroll_into_view_if_needed()
        box, before = pad.bounding_box(), page.evaluate("scrollY")
        touch = page.context.new_cdp_session(page)
        for i in range(12):
            point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] * (0.15 + 0.06 * i)}
            kind = "touchMove" if i else "touchStart"
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert results(lab)["digit"] == "1"
        assert page.evaluate("scrollY") == before


def test_strokes_are_taken_back_rubbed_out_and_cleared(lab):
    start = results(lab)
    eraser, undo, clear = lab.locator(".lenet-desk figure").first.locator("button").all()
    draw(lab, STROKES["7 with a bar"])
    undo.click()
    lab.page.wait_for_url(re.compile(r"drawing=\.[^.]+$"))  # one stroke is left
    eraser.click()
    draw(lab, [[(10, 33), (54, 33)]])
    lab.page.wait_for_url(re.compile(r"drawing=\.[^.]+\.[^.]+$"))  # in two pieces
    clear.click()
    assert results(lab) == start
    assert clear.is_disabled()


def test_a_link_restores_a_drawing(lab):
    draw(lab, STROKES["3"])
    shown = results(lab)
    lab.page.wait_for_timeout(300)  # its first points stand there at once, all of them after a moment
    lab.page.reload()
    assert results(lab) == shown


def test_a_link_restores_a_test_digit(lab):
    lab.page.goto(lab.page.url.split("#")[0] + "#cnn-lenet?digit=137")
    assert results(lab)["digit"] == str(cc.load("digits").y_test[137])
    lab.page.reload()
    results(lab)
    assert "137" in lab.locator(".lab-caption").first.inner_text()


@pytest.mark.parametrize(
    "state", ["digit=500", "digit=-1", "drawing=.A", "drawing=AB", "drawing=", "drawing=.é"]
)
def test_a_link_that_no_lab_wrote_shows_the_start(lab, state):
    start = results(lab)
    lab.page.goto(lab.page.url.split("#")[0] + f"?fresh#cnn-lenet?{state}")
    assert results(lab) == start


def test_a_unit_shows_what_it_sees(lab):
    """With the pointer and with the keyboard: the field of C3 is 14 pixels, of C5 the whole input."""
    maps = {layer["name"]: i for i, layer in enumerate(committed()[0]["layers"])}
    frame = lab.locator(".lenet-desk .lenet-frame")
    canvas = lab.locator(".lenet-layers canvas")
    assert frame.is_hidden()
    canvas.nth(maps["C3"]).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        lab.page.keyboard.press(key)
    style = frame.evaluate(
        "frame => [...['left', 'top', 'width', 'height']].map(name => parseFloat(frame.style[name]))"
    )
    assert [each * 32 / 100 for each in style] == [2 * 2, 1 * 2, 14, 14]
    for _ in range(8):
        lab.page.keyboard.press("ArrowRight")  # two columns further, into the next map
    assert "2" in lab.locator(".lenet-unit").inner_text().split(",")[1]
    canvas.nth(maps["C5"]).hover()
    assert frame.evaluate("frame => frame.style.width") == "100%"


def test_the_outlined_value_is_the_units(lab):
    _manifest, model = committed()
    canvas = lab.locator(".lenet-layers canvas").first
    canvas.focus()
    for key in ["ArrowDown"] * 9 + ["ArrowRight"] * 11:
        lab.page.keyboard.press(key)
    c1 = keras.Model(model.inputs, model.get_layer("C1").output)
    value = c1.predict(cc.load("digits").x_test[:1], verbose=0)[0, 9, 11, 0]
    assert f"{value:.2f}".rstrip("0") in lab.locator(".lenet-unit").inner_text().replace(",", ".").replace(
        "−", "-"
    )


def test_all_test_digits_are_counted_in_the_page(lab):
    lab.locator(".lab-tools", has=lab.page.locator("[aria-live]")).locator("button").click()
    counted = lab.locator("[aria-live][data-value]")
    counted.wait_for()
    assert int(counted.get_attribute("data-value")) == committed()[0]["correct"]


def test_colours_follow_the_mode(lab):
    corner = """canvas => {
        const copy = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
        copy.drawImage(canvas, 0, 0);
        return [...copy.getImageData(0, 0, 1, 1).data].slice(0, 3);
    }"""
    picture = lab.locator(".lenet-desk .lenet-input canvas")
    lab.page.evaluate("document.documentElement.dataset.theme = 'light'")
    lab.page.wait_for_timeout(50)
    light = picture.evaluate(corner)
    lab.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    lab.page.wait_for_timeout(50)
    assert sum(picture.evaluate(corner)) < sum(light) / 3


def test_a_digit_is_answered_at_once(lab):
    """Printed, not asserted: from the click to the shown result and all maps."""
    milliseconds = lab.evaluate(
        """lab => Array.from({ length: 40 }, (_, i) => {
            const button = lab.querySelectorAll(".lenet-pick")[i % 10];
            const start = performance.now();
            button.click();
            return performance.now() - start;
        }).sort((a, b) => a - b)"""
    )
    print(f"from input to result: median {milliseconds[20]:.1f} ms, slowest {milliseconds[-1]:.1f} ms")


def test_its_script_is_small():
    assert (SCRIPTS / "lenet-weights.js").stat().st_size < 400_000
