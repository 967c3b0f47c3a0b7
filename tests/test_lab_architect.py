"""The lab cnn-architect, driven as a student would; its networks against Keras and published counts."""

import pytest
from alerts import pythons_words
from browsing import visiting
from test_labs_browser import results

import cnncourse as cc

ADDRESS = {"de": "de/book/arithmetic.html", "en": "en/book/arithmetic.html"}
PUBLISHED = {  # parameters, MACs: what `cnncourse.anatomy` finds in the models of the book, and VGG16's paper
    "LeNet-5": (61_706, 416_520),
    "AlexNet": (62_378_344, 1_135_256_096),
    "VGG16": (138_357_544, 15_470_264_320),
}


@pytest.fixture(params=ADDRESS)
def lab(request, browser, lab_server):
    with visiting(browser, lab_server, viewport={"width": 1280, "height": 900}) as (page, watch):
        page.goto(f"{lab_server}/{ADDRESS[request.param]}")
        yield page.locator("cnn-architect")
        assert watch.take() == []


def preset(lab, number):
    lab.locator(".lab-presets button").nth(number).click()


def totals(lab):
    shown = results(lab)
    return {name: shown[name] and int(shown[name]) for name in ("total-parameters", "total-macs")}


@pytest.mark.parametrize("name", PUBLISHED)
def test_presets_have_the_published_totals(lab, name):
    lab.locator(".lab-presets").get_by_text(name, exact=True).click()
    assert tuple(totals(lab).values()) == PUBLISHED[name]


@pytest.mark.parametrize(("number", "options"), [(3, {}), (4, {"repaired": True})])
def test_the_course_model_is_the_books(lab, number, options):
    account = cc.anatomy(cc.course_model(**options))
    preset(lab, number)
    assert totals(lab) == {"total-parameters": account.total_parameters, "total-macs": account.total_macs}


@pytest.mark.parametrize("number", [0, 2, 3])
def test_the_keras_code_builds_the_same_network(lab, number):
    preset(lab, number)
    compare_with_keras(lab)


def test_depthwise_and_separable_convolutions_are_those_of_keras(lab):
    layers = "conv-8-3-1-0,depthwise-3-2-same-2,norm,depthwise-2-1-0-1,separable-24-5-2-same,dense-10"
    query = f"size=33&channels=3&batch=4&layers={layers}"
    lab.page.goto(f"{lab.page.url.split('#')[0]}?fresh#cnn-architect?{query}")
    compare_with_keras(lab)


def compare_with_keras(lab):
    """The lab's totals with those of the program that it shows."""
    lab.locator("summary").click()
    names = {}
    code = lab.locator("pre").inner_text().replace("model.summary()", "")
    exec(code, names)  # the reader would run it, too
    account = cc.anatomy(names["model"], batch_size=int(lab.locator("[name=batch]").input_value()))
    assert totals(lab) == {"total-parameters": account.total_parameters, "total-macs": account.total_macs}
    shown = results(lab)
    assert shown["total-activation-bytes"] == str(account.activation_bytes)  # that of Flatten included
    assert shown["total-parameter-bytes"] == str(account.parameter_bytes)


def test_layers_can_be_added_moved_edited_and_removed(lab):
    cards = lab.locator(".architect-layers > li")
    lab.locator("select").last.select_option("norm")
    lab.get_by_role("button", name="anhängen").or_(lab.get_by_role("button", name="Append")).click()
    assert cards.count() == 8
    assert totals(lab)["total-parameters"] == 61_706 + 40  # 4 for each of the 10 channels
    for place in range(7, 0, -1):
        cards.nth(place).locator(".up").click()
    assert totals(lab)["total-parameters"] == 61_706 + 4  # one channel at the input
    cards.first.locator(".remove").click()
    cards.first.locator("input").first.fill("12")
    changed = cc.conv2d_parameters(1, 12, 5) - 156 + cc.conv2d_parameters(12, 16, 5) - 2416
    assert totals(lab)["total-parameters"] == 61_706 + changed


def test_an_impossible_layer_says_so_itself(lab):
    first = lab.locator(".architect-layers > li").first
    first.locator("input").nth(1).fill("33")
    with pytest.raises(ValueError, match="kernel_size must fit") as error:
        cc.conv2d_output_shape((32, 32, 1), 6, 33)
    assert str(error.value) in pythons_words(first)
    assert set(results(lab).values()) == {None}
    first.locator("input").nth(1).fill("5")
    assert totals(lab)["total-parameters"] == 61_706


@pytest.mark.parametrize("text", ["", "0", "-1", "2.5"])
def test_nonsense_in_a_card_is_explained(lab, text):
    first = lab.locator(".architect-layers > li").first
    first.locator("input").first.fill(text)
    assert "filters must be a whole number" in pythons_words(first)


def test_a_link_restores_the_network(lab):
    preset(lab, 2)
    lab.locator("[name=batch]").fill("16")
    lab.page.wait_for_url("**batch=16**conv-96-11-4-0**")
    shown = results(lab)
    lab.page.reload()
    assert results(lab) == shown
    assert shown["total-activation-bytes"] is not None


@pytest.mark.parametrize("name", ["size", "channels", "batch"])
@pytest.mark.parametrize("text", ["0", "", "2.5"])
def test_the_message_names_the_field_that_is_wrong(lab, name, text):
    lab.locator(f"[name={name}]").fill(text)
    label = lab.locator(f"label[for=cnn-architect-{name}]").inner_text()
    assert lab.get_by_role("alert").first.inner_text().startswith(f"{label}:")
    assert set(results(lab).values()) == {None}
    assert lab.locator("dd:visible").count() == 0  # nothing of before
    assert lab.locator("pre").text_content() == ""
    assert lab.locator(".architect-code button").is_disabled()


@pytest.mark.parametrize("text", ["", "-1", "100"])
def test_dropout_takes_a_share(lab, text):
    lab.locator("select").last.select_option("dropout")
    lab.get_by_role("button", name="anhängen").or_(lab.get_by_role("button", name="Append")).click()
    entry = lab.locator(".architect-layers > li").last.locator("input")
    entry.fill(text)
    assert "from 0 to 99" in pythons_words(lab.locator(".architect-layers > li").last)
    assert set(results(lab).values()) == {None}
    entry.fill("40")
    assert "Dropout(0.4)" in lab.locator("pre").text_content()


def test_an_impossible_network_comes_back_as_it_was(lab):
    preset(lab, 2)
    lab.locator(".architect-layers > li").first.locator("input").first.fill("")
    lab.page.wait_for_timeout(300)
    lab.page.reload()
    cards = lab.locator(".architect-layers > li")
    assert cards.count() == 13
    assert "filters must be a whole number" in pythons_words(cards.first)


def test_numbers_of_any_size_are_counted(lab):
    lab.locator(".architect-layers > li").last.locator("input").fill(str(10**20))
    assert totals(lab)["total-parameters"] == 61_706 - 850 + cc.dense_parameters(84, 10**20)
