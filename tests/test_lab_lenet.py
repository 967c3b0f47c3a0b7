"""The labs cnn-lenet and cnn-digit: their network is Keras' network, and they are used as a student would."""

import base64
import hashlib
import re
from functools import cache
from itertools import pairwise
from math import hypot

import numpy as np
import pytest
import train_lenet
from browsing import open_lab, put_anew, visiting
from drawings import DIGITS, NO_DIGITS, text, variants
from extensions.lab_tables import TABLES
from manuscript import ROOT
from scripts import SCRIPTS, answers
from test_labs_browser import ready, results

import cnncourse as cc
from cnncourse import keras

LAB, PAGE = "cnn-lenet", "book/lenet-alexnet.html"
START = {language: f"{language}/index.html" for language in ("de", "en")}


def answered(call, arguments):
    (answer,) = answers("lenet-network", [{"call": call, "arguments": arguments}])
    assert "error" not in answer, answer
    return answer["result"]


@cache
def committed():
    return train_lenet.read()


@cache
def shown():
    """The test digits of the file, ``(500, 28, 28, 1)``, and their labels."""
    file = train_lenet.unscripted(train_lenet.DIGITS)
    pixels = np.array(answered("shown", file), "float32") / 255
    return pixels.reshape(-1, 28, 28, 1), np.array([int(label) for label in file["labels"]])


@cache
def embedded():
    return cc.load("digits", size=28)


def chances(asked):
    """What the page's network says to each, ``(n, 10)``."""
    return np.array(answered("chances", {"network": committed()[0], "all": asked}))


# -- the files ----------------------------------------------------------------------------------------


def test_the_manifest_tells_the_truth_about_the_weights():
    manifest, model = committed()
    weights = b"".join(weight.astype("<f2").tobytes() for weight in model.get_weights())
    assert hashlib.sha256(weights).hexdigest() == manifest["sha256"]
    assert manifest["layers"] == json_like(train_lenet.layers(model))
    parameters = {layer["name"]: layer["parameters"] for layer in manifest["layers"]}
    account = {row.name: row.parameters for row in cc.anatomy(model).layers}
    assert parameters == {name: account[name] for name in parameters}
    assert sum(parameters.values()) == model.count_params() == 60_850


def test_the_table_without_scripts_counts_the_same_parameters():
    rows = {name: parameters.replace(",", "") for name, *_, parameters in TABLES[LAB]("en")}
    layers = committed()[0]["layers"]
    assert rows == {layer["name"]: str(layer["parameters"]) for layer in layers} | {"Σ": "60850"}


def json_like(value):
    """Tuples as lists, as JSON has them."""
    if isinstance(value, dict):
        return {key: json_like(each) for key, each in value.items()}
    return [json_like(each) for each in value] if isinstance(value, tuple | list) else value


def test_what_was_measured_is_good_enough():
    """On all of MNIST's test digits, which are not in the repository; the next tests measure what is."""
    mnist, digits = committed()[0]["tested"].values()
    assert (mnist["count"], digits["count"]) == (10_000, 500)
    assert mnist["correct"] >= 9880
    assert digits["correct"] >= 490
    for data in (mnist, digits):
        assert data["sure_correct"] / data["sure"] > data["correct"] / data["count"]


def test_the_first_test_digits_are_read_as_the_file_says():
    images, labels = shown()
    assert len(labels) == 500
    found = chances(train_lenet.pixels(images)).argmax(1)
    assert committed()[0]["errors"] == np.flatnonzero(found != labels).tolist()


@pytest.mark.parametrize("folder", ["book", "en/book"])
def test_teachers_are_led_to_a_digit_that_is_misread(folder):
    page = (ROOT / folder / "teaching.md").read_text(encoding="utf-8")
    (number,) = re.findall(r"#lab-lenet-alexnet-cnn-lenet\?digit=(\d+)", page)
    assert int(number) in committed()[0]["errors"]


def test_the_embedded_test_digits_are_read_as_the_file_says():
    data, manifest = embedded(), committed()[0]
    found = chances(train_lenet.pixels(data.x_test))
    right, sure = found.argmax(1) == data.y_test, found.max(1) >= manifest["threshold"]
    said = manifest["tested"]["digits"]
    assert (said["correct"], said["sure"], said["sure_correct"]) == (
        right.sum(),
        sure.sum(),
        (right & sure).sum(),
    )


def test_written_files_read_back(tmp_path):
    data = embedded()
    part = slice(0, 40)
    small = cc.Dataset(
        *(data.x_train[part], data.y_train[part], data.x_test[part], data.y_test[part]),
        *(data.class_names, "a few digits"),
    )
    numbers = np.random.default_rng(0)
    model = train_lenet.trained(small.x_train, np.eye(10)[small.y_train], numbers, epochs=1)
    train_lenet.write(model, (small.x_train, np.eye(10)[small.y_train]), small, small, tmp_path)
    manifest, again = train_lenet.read(tmp_path / "lenet-weights.js")
    assert manifest["tested"]["digits"]["count"] == 40
    for given, found in zip(model.get_weights(), again.get_weights(), strict=True):
        assert (given == found).all()
    digits = train_lenet.unscripted(tmp_path / "lenet-digits.js")
    assert np.allclose(
        np.array(answered("shown", digits)) / 255, small.x_test.reshape(40, -1), atol=0.5 / 255
    )


def test_the_files_are_small():
    sizes = [(SCRIPTS / f"lenet-{name}.js").stat().st_size for name in ("weights", "digits")]
    assert sizes[0] < 170_000
    assert sum(sizes) < 330_000
    for language, words in {"de": "geladen ({} kB)", "en": "test digits ({} kB)"}.items():
        text = (SCRIPTS / "lenet.js").read_text(encoding="utf-8")
        assert words.format(round(sum(sizes), -4) // 1000) in text, language


def test_the_digits_say_what_they_are():
    file = train_lenet.unscripted(train_lenet.DIGITS)
    assert "LeCun" in file["source"]
    assert file["licence"] == "CC BY-SA 3.0"
    assert len(base64.b64decode(file["runs"])) < 100_000


# -- the training -------------------------------------------------------------------------------------


def test_a_distorted_digit_is_the_same_digit_written_differently():
    images, _labels = shown()
    found = train_lenet.distorted(images, np.random.default_rng(0))
    assert found.shape == images.shape
    assert found.min() >= 0
    assert found.max() <= 1
    differences = np.abs(found - images).mean((1, 2, 3))
    assert 0.01 < np.median(differences) < 0.08
    ink = found.sum((1, 2, 3)) / images.sum((1, 2, 3))
    assert ink.min() > 0.3
    assert np.percentile(ink, 90) > 1.3


def test_what_is_no_digit_is_prepared_as_a_digit_is():
    images, labels = shown()
    found = train_lenet.others(images, labels, np.random.default_rng(0), 20)
    assert found.shape == (100, 28, 28, 1)
    inked = [np.nonzero(picture) for picture in found[..., 0]]
    sizes = [max(np.ptp(rows), np.ptp(columns)) + 1 for rows, columns in inked]
    assert max(sizes) <= 22
    assert np.mean(np.array(sizes) >= 18) > 0.9  # a dot stays a dot


def test_the_threshold_leaves_out_two_in_a_hundred_of_the_validation_digits():
    images, labels = shown()
    targets = np.concatenate([np.eye(10)[labels[:300]], np.full((200, 10), 0.1)])
    model = committed()[1]
    threshold = train_lenet.least_sure(model, images, targets)
    sure = model.predict(images[:300], verbose=0).max(1) >= threshold
    assert 292 <= sure.sum() <= 296


# -- the same numbers in JavaScript -------------------------------------------------------------------


def test_every_layer_agrees_with_keras():
    """On 100 test digits, within 1e-5."""
    manifest, model = committed()
    images = shown()[0][:100]
    found = answered("outputs", {"network": manifest, "all": train_lenet.pixels(images)})
    names = [layer["name"] for layer in manifest["layers"]]
    all_layers = keras.Model(model.inputs, [model.get_layer(name).output for name in names])
    expected = all_layers.predict(images, verbose=0)
    for i, (name, wanted) in enumerate(zip(names, expected, strict=True)):
        outputs = np.array([digit[i] for digit in found])
        largest = np.abs(outputs - wanted.reshape(100, -1)).max()
        print(f"{name}: largest difference {largest:.1e}")
        assert largest <= 1e-5, name


def test_a_digit_of_mnist_stays_as_it_is():
    images, _labels = shown()
    assert np.abs(train_lenet.pictures(train_lenet.pixels(images)) - images).max() < 1e-6


def test_a_digit_is_prepared_wherever_and_however_large_it_is():
    """Its longer side is 20 pixels, its centre of mass the middle; a copy elsewhere is the same picture."""
    image = np.zeros((2, 28, 28), int)
    image[0, 3:13, 4:9] = image[1, 12:22, 20:25] = 255
    here, there = answered("pictures", [{"pixels": each.ravel().tolist()} for each in image])
    assert here == there
    small = [[(x / 3 + 5, y / 3 + 30) for x, y in stroke] for stroke in DIGITS["2"]]
    drawn = answered("pictures", [{"drawing": text(each)} for each in (DIGITS["2"], small)])
    for picture in np.array([here, *drawn]).reshape(-1, 28, 28):
        rows, columns = np.nonzero(picture > 0.5)
        assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21
        centre = [(picture * place).sum() / picture.sum() for place in np.indices((28, 28))]
        assert centre == pytest.approx([14, 14], abs=0.51)
    assert np.abs(np.diff(drawn, axis=0)).mean() < 0.06


@pytest.mark.parametrize("name", DIGITS)
def test_drawn_digits_are_recognised(name):
    (found,) = chances([{"drawing": text(DIGITS[name])}])
    assert found.argmax() == int(name[0])
    assert found.max() >= committed()[0]["threshold"]


def test_variants_of_drawn_digits_are_recognised():
    """It has learned from ones drawn like these, from no other. The network before it, of 8 x 8: 95.5 %."""
    drawn = variants(DIGITS)
    found = chances([{"drawing": drawing} for _name, drawing in drawn])
    right = found.argmax(1) == [int(name[0]) for name, _drawing in drawn]
    sure = found.max(1) >= committed()[0]["threshold"]
    print(f"recognized {right.mean():.1%}, sure {sure.mean():.1%}, right where sure {right[sure].mean():.1%}")
    assert right.mean() > 0.98
    assert sure.mean() > 0.95


def test_of_what_is_no_digit_it_is_seldom_sure():
    drawn = variants(NO_DIGITS)
    sure = chances([{"drawing": drawing} for _name, drawing in drawn]).max(1) >= committed()[0]["threshold"]
    print(f"sure {sure.mean():.1%}")
    assert sure.mean() < 0.1


@pytest.mark.parametrize("name", ["cross", "plus", "line", "scribble", "A", "E", "M", "heart", "star"])
def test_it_is_not_sure_what_this_is(name):
    (found,) = chances([{"drawing": text(NO_DIGITS[name])}])
    assert found.max() < committed()[0]["threshold"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"pixels": [0] * 783}, "pixels must be 784 numbers from 0 to 255. Received 783 of them."),
        ({"pixels": [256] * 784}, "pixels must be 784 numbers from 0 to 255. Received 256."),
        ({"pixels": "ink"}, "pixels must be 784 numbers from 0 to 255."),
        ({"drawing": "AB"}, "drawing must be strokes as in the lab's link. Received AB."),
        ({}, "pixels must be 784 numbers from 0 to 255."),
    ],
)
def test_a_bad_question_is_told(asked, words):
    (answer,) = answers("lenet-network", [{"call": "pictures", "arguments": [asked]}])
    assert answer["error"].startswith(words)


# -- in the browser -----------------------------------------------------------------------------------


@pytest.fixture
def lab(lab):
    """The lab, its network loaded."""
    results(lab)
    return lab


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
        page.goto(f"{server}/en/{PAGE}", wait_until="networkidle")
        assert not [url for url in asked if re.search("lenet-(weights|digits)", url)]
        results(page.locator(LAB))
        assert len([url for url in asked if re.search("lenet-(weights|digits)", url)]) == 2


def test_weights_that_cannot_be_loaded_are_told(browser, lab_server):
    with visiting(browser, lab_server) as (page, _watch):
        page.route("**/lenet-weights.js", lambda route: route.abort())
        page.goto(f"{lab_server}/en/{PAGE}")
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
    chances = model.predict(shown()[0][wrong : wrong + 1], verbose=0)[0]
    found = results(lab)
    assert found["digit"] == str(chances.argmax())
    assert float(found["probability"]) == pytest.approx(chances.max(), abs=1e-5)
    assert found["sure"] == str(bool(chances.max() >= manifest["threshold"])).lower()
    bars = [
        float(each.replace(",", ".").rstrip("%\u00a0"))
        for each in lab.locator(".lenet-bars li > span:last-child").all_inner_texts()
    ]
    assert bars == pytest.approx(100 * chances, abs=0.051)


@pytest.mark.parametrize("name", ["1", "2", "7 with a bar"])
def test_a_digit_is_drawn_with_the_mouse(lab, name):
    draw(lab, DIGITS[name])
    assert results(lab)["digit"] == name[0]
    assert lab.locator(".lenet-pick[aria-pressed=true]").count() == 0


def test_a_digit_is_drawn_with_the_finger(browser, server):
    """The page does not scroll away under the finger."""
    options = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
    with visiting(browser, server, **options) as (page, _watch):
        page.goto(f"{server}/de/{PAGE}")
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
    eraser, undo, clear, _send = lab.locator(".lenet-desk figure").first.locator("button").all()
    draw(lab, DIGITS["7 with a bar"])
    undo.click()
    lab.page.wait_for_url(re.compile(r"drawing=\.[^.]+$"))  # one stroke is left
    eraser.click()
    draw(lab, [[(10, 33), (54, 33)]])
    lab.page.wait_for_url(re.compile(r"drawing=\.[^.]+\.[^.]+$"))  # in two pieces
    clear.click()
    assert results(lab) == start
    assert clear.is_disabled()


def test_a_link_restores_a_drawing(lab):
    draw(lab, DIGITS["3"])
    shown = results(lab)
    lab.page.wait_for_timeout(300)  # its first points stand there at once, all of them after a moment
    lab.page.reload()
    assert results(lab) == shown


def test_a_link_restores_a_test_digit(lab):
    lab.page.goto(lab.page.url.split("#")[0] + "#cnn-lenet?digit=137")
    assert results(lab)["digit"] == str(shown()[1][137])
    lab.page.reload()
    results(lab)
    assert "137" in lab.locator(".lab-caption").first.inner_text()


@pytest.mark.parametrize(
    "state", ["digit=500", "digit=-1", "drawing=.A", "drawing=AB", "drawing=", "drawing=.é"]
)
def test_a_link_that_no_lab_wrote_shows_the_start(lab, state):
    start = results(lab)
    assert results(put_anew(lab, f"#cnn-lenet?{state}")) == start


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
    value = c1.predict(shown()[0][:1], verbose=0)[0, 9, 11, 0]
    assert f"{value:.2f}".rstrip("0") in lab.locator(".lenet-unit").inner_text().replace(",", ".").replace(
        "−", "-"
    )


def test_all_test_digits_are_counted_in_the_page(lab):
    lab.locator(".lab-tools", has=lab.page.locator("[aria-live]")).locator("button").click()
    counted = lab.locator("[aria-live][data-value]")
    counted.wait_for()
    assert int(counted.get_attribute("data-value")) == 500 - len(committed()[0]["errors"])


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


def test_the_page_can_be_asked(lab):
    """As whoever checks the page does: pixels, strokes, and what is neither."""
    ask = "asked => cnncourse.lenet.recognize(asked)"
    images, labels = shown()
    (pixels,) = train_lenet.pixels(images[:1])
    for asked, digit in ((pixels, labels[0]), ({"drawing": text(DIGITS["7"])}, 7)):
        found = lab.page.evaluate(ask, asked)
        expected = chances([asked])[0]
        assert found == {"digit": digit, "probability": pytest.approx(expected.max(), abs=1e-6), "sure": True}
    for nothing in ({"drawing": text(NO_DIGITS["cross"])}, {"pixels": [0] * 784}):
        assert lab.page.evaluate(ask, nothing)["sure"] is False


# -- the pad, on both pages ---------------------------------------------------------------------------

PADS = [(f"{START[language]}", "cnn-digit") for language in START] + [(f"de/{PAGE}", LAB)]


@pytest.fixture(scope="module", params=PADS, ids=lambda pad: pad[0])
def pad_visit(request, browser, lab_server):
    with visiting(browser, lab_server, viewport={"width": 1280, "height": 900}) as visit:
        yield *visit, *request.param


@pytest.fixture
def pad_lab(pad_visit, lab_server):
    page, watch, address, name = pad_visit
    yield ready(open_lab(page, name, f"{lab_server}/{address}"))
    assert watch.take() == []


def test_a_seven_is_drawn_with_the_keyboard(pad_lab):
    """Space lowers the pen and lifts it; two arrow keys at a time lead it along a slope."""
    keyboard = pad_lab.page.keyboard
    pad_lab.locator(".lenet-pad").focus()
    for key in ["ArrowUp"] * 9 + ["ArrowLeft"] * 6 + [" "] + ["ArrowRight"] * 12:
        keyboard.press(key)
    keyboard.down("ArrowLeft")
    for _ in range(10):
        keyboard.press("ArrowDown")
    keyboard.up("ArrowLeft")
    for key in ["ArrowDown"] * 6 + [" "]:
        keyboard.press(key)
    pad_lab.locator('[data-result="digit"][data-value="7"]').wait_for()
    assert results(pad_lab)["sure"] == "true"
    written = "lab => location.hash.endsWith(`?${new URLSearchParams(lab.encode())}`)"  # a moment later
    pad_lab.page.wait_for_function(written, arg=pad_lab.element_handle())
    before = pad_lab.page.url
    keyboard.press("ArrowDown")  # the pen is up
    pad_lab.page.wait_for_timeout(300)
    assert pad_lab.page.url == before


def test_the_keyboard_rubs_out_too(pad_lab):
    draw(pad_lab, [[(10, 32), (54, 32)]])
    pad_lab.page.wait_for_url(re.compile(r"drawing=\.[^.]+$"))
    pad_lab.locator(".lenet-desk figure").first.locator("button").first.click()
    pad_lab.locator(".lenet-pad").focus()
    pad_lab.page.keyboard.press(" ")  # in the middle of the pad
    pad_lab.page.wait_for_url(re.compile(r"drawing=\.[^.]+\.[^.]+$"))


def test_a_cross_is_doubted_and_a_seven_is_sent(pad_lab):
    draw(pad_lab, NO_DIGITS["cross"])
    pad_lab.locator('[data-result="sure"][data-value="false"]').wait_for()
    assert "7" not in pad_lab.locator(".lenet-send").inner_text()
    pad_lab.locator(".lenet-desk figure").first.locator("button").nth(2).click()
    draw(pad_lab, DIGITS["7 with a bar"])
    pad_lab.locator('[data-result="sure"][data-value="true"]').wait_for()
    assert pad_lab.locator(".lenet-send").inner_text().endswith(" 7")
    shown = results(pad_lab)
    pad_lab.locator(".lenet-send").click()
    pad_lab.page.reload()
    pad_lab.locator('[data-result="digit"][data-value="7"]').wait_for()
    assert results(pad_lab) == shown


@pytest.mark.parametrize(("address", "name"), PADS)
def test_the_verdict_is_seen_while_drawing_on_a_phone(browser, server, address, name):
    with visiting(browser, server, viewport={"width": 390, "height": 844}, has_touch=True) as (page, _watch):
        page.goto(f"{server}/{address}")
        lab = ready(page.locator(name))
        lab.evaluate("lab => lab.scrollIntoView()")
        for part in (".lenet-pad", '[data-result="digit"]', ".lenet-said", '[data-result="sure"]'):
            box = lab.locator(part).bounding_box()
            assert box["y"] >= 0, part
            assert box["y"] + box["height"] <= 844, part


# -- the start page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", START.values())
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 720)])
def test_the_pad_is_the_first_thing_on_the_start_page(browser, server, address, width, height):
    """With its verdict, without scrolling; on a phone, chapters and exam stand on the next screen."""
    phone = width < 400
    options = {"viewport": {"width": width, "height": height}, "has_touch": phone, "is_mobile": phone}
    with visiting(browser, server, **options) as (page, _watch):
        page.goto(f"{server}/{address}", wait_until="networkidle")
        lab = page.locator("cnn-digit")
        for part in (".lenet-said", '[data-result="digit"]', ".lenet-pad"):
            box = lab.locator(part).bounding_box()
            assert box["y"] + box["height"] <= height, part
        exam = page.locator("h2").nth(1).bounding_box()
        assert not phone or exam["y"] + exam["height"] <= 2 * height


@pytest.mark.parametrize("address", START.values())
def test_the_start_page_loads_the_weights_at_the_first_stroke(browser, server, address):
    with visiting(browser, server, viewport={"width": 1280, "height": 900}) as (page, watch):
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{server}/{address}", wait_until="networkidle")
        assert not [url for url in asked if "lenet-weights" in url]
        assert watch.bytes < 148_000
        lab = page.locator("cnn-digit")
        assert results(lab) == {"digit": None, "probability": None, "sure": None}
        draw(lab, DIGITS["2"])
        lab.locator('[data-result="digit"][data-value="2"]').wait_for()
        assert len([url for url in asked if "lenet-weights" in url]) == 1
        assert not [url for url in asked if "lenet-digits" in url]


@pytest.mark.parametrize("address", START.values())
def test_the_layers_show_what_was_drawn_on_the_start_page(browser, server, address):
    with visiting(browser, server, viewport={"width": 1280, "height": 900}) as (page, watch):
        page.goto(f"{server}/{address}")
        lab = page.locator("cnn-digit")
        draw(lab, DIGITS["3"])
        lab.locator('[data-result="digit"][data-value="3"]').wait_for()
        drawn = results(lab)
        lab.locator('a[href*="#cnn-lenet"]').click()
        layers = page.locator(LAB)
        layers.locator(".lenet-layers").wait_for()
        assert results(layers) == drawn
        assert watch.take() == []


def test_the_start_page_reads_digits_from_disk(browser, server, site):
    with visiting(browser, server) as (page, watch):
        page.goto((site / START["de"]).as_uri() + f"#cnn-digit?drawing={text(DIGITS['3'])}")
        page.locator('cnn-digit [data-result="digit"][data-value="3"]').wait_for()
        assert watch.take() == []
