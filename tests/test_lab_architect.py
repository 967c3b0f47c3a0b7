"""The lab cnn-architect, driven as a student would; its networks against Keras and published counts."""

import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
from alerts import pythons_words
from browsing import put_anew
from PIL import Image
from test_browser import ADD_STYLE
from test_labs_browser import ready, results

import cnncourse as cc

LAB, PAGE = "cnn-architect", "book/arithmetic.html"
PUBLISHED = {  # parameters, MACs: what `cnncourse.anatomy` finds in the models of the book, and VGG16's paper
    "LeNet-5": (61_706, 416_520),
    "AlexNet": (62_378_344, 1_135_256_096),
    "VGG16": (138_357_544, 15_470_264_320),
}


ALL_DRAWN = ".lab .architect-layers > li { content-visibility: visible }"


@pytest.fixture
def lab(lab):
    """The lab with its picture and all cards drawn: what is drawn amid a click moves what is below it."""
    lab.page.evaluate(ADD_STYLE, ALL_DRAWN)
    return ready(lab)


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
    compare_with_keras(put_anew(lab, f"#cnn-architect?{query}"))


def compare_with_keras(lab):
    """The lab's totals with those of the program that it shows."""
    lab.locator("summary").click()
    code, names = lab.locator("pre"), {}
    code.wait_for()
    exec(code.text_content().replace("model.summary()", ""), names)  # the reader would run it, too
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


def test_a_layer_can_be_inserted_anywhere(lab):
    cards = lab.locator(".architect-layers > li")
    for place in (0, 4, 8):  # before the first, in the middle, before the last
        cards.nth(place).locator(".insert").click()
        lab.locator("select[id$=-kind]").select_option("norm")
        lab.page.keyboard.press("Tab")
        lab.page.keyboard.press("Enter")
        assert cards.nth(place).locator("strong").inner_text().endswith("ormalization")
        assert cards.nth(place).evaluate("each => each.contains(document.activeElement)")
    assert cards.count() == 10
    assert totals(lab)["total-parameters"] == 61_706 + 4 * (1 + 16 + 84)
    cards.first.locator(".insert").click()
    cards.first.locator(".insert").click()  # a second time closes it
    assert lab.locator("select").last.evaluate("each => !each.closest('li')")


def test_the_network_shown_can_be_wider_than_high(lab):
    lab.locator("[name=width]").fill("40")
    wide = cc.account((32, 40, 1), [cc.layers.Conv2D(6, 5)])
    first = lab.locator(".architect-layers > li").first.locator("dd").first
    assert first.text_content() == " × ".join(map(str, wide[0].output_shape))
    compare_with_keras(lab)
    lab.locator("[name=width]").fill("")
    assert totals(lab)["total-parameters"] == 61_706


# -- code that the reader pastes -------------------------------------------------------------------------

LISTED = """from keras import layers, Sequential

classes = 7  # of the homework
model = Sequential([
    layers.Input((28, 28, 1)),
    layers.Conv2D(8, (3, 5), activation="sigmoid", use_bias=False),
    layers.MaxPooling2D(),
    {middle}
    layers.Flatten(),
    layers.Dense(classes, activation="softmax"),
])
"""


def paste(lab, text, seconds=30):
    lab.locator("textarea[name=code]").fill(text)
    lab.locator("button[name=read]").click()
    report = lab.locator(".architect-report > p")
    report.wait_for(timeout=1000 * seconds)
    return lab.locator(".architect-report").inner_text()


def test_pasted_code_becomes_the_network(lab):
    said = paste(lab, LISTED.format(middle="# nothing"))
    assert re.match(r"4 (Schichten gelesen|layers read)\.", said)
    assert re.search(r"(Zeile|Line) 6: ", said)  # the input is not scaled
    assert totals(lab) == {"total-parameters": 120 + 8 * 12 * 13 * 7 + 7, "total-macs": 26 * 24 * 120 + 8736}
    compare_with_keras(lab)  # bias, activation and kernel of two sizes are in the code that it shows
    shown = results(lab)
    lab.page.wait_for_url("**conv-8-3x5-1-0-1-1-no-sigmoid**")
    lab.page.reload()
    assert results(lab) == shown


def test_what_cannot_be_read_is_left_out_if_the_reader_says_so(lab):
    said = paste(lab, LISTED.format(middle="layers.Magic(3),"))
    assert re.search(r"(Zeile|Line) 8: .*Magic", said)
    assert totals(lab)["total-parameters"] == 61_706  # as before
    lab.locator(".architect-report button").click()
    assert re.search(
        r"(Ausgelassen: Zeile|Left out: line) 8", lab.get_by_role("alert").locator("li").first.inner_text()
    )
    assert totals(lab)["total-parameters"] == 120 + 8 * 12 * 13 * 7 + 7


@pytest.mark.parametrize(
    ("middle", "line", "words"),
    [
        ("layers.Conv2D(8, 14),", 8, "Schicht 3 ist unmöglich|layer 3 is impossible"),
        ("layers.Dense(1, activation='softmax'),", 8, "Softmax"),
        ("layers.Dense(9),", 8, "Flatten"),
    ],
)
def test_what_is_wrong_with_a_network_is_said_with_its_line(lab, middle, line, words):
    said = paste(lab, LISTED.format(middle=middle))
    assert re.search(rf"(Zeile|Line) {line}: .*({words})", said)


def test_a_code_without_an_input_takes_that_of_the_fields(lab):
    said = paste(lab, "model = Sequential([Rescaling(1 / 255), Flatten(), Dense(10)])")
    assert "32 × 32 × 1" in said
    assert totals(lab)["total-parameters"] == 10 * (32 * 32 + 1)


@pytest.mark.parametrize("text", ["", "Guten Tag", "import torch\nmodel = torch.nn.Linear(3, 4)"])
def test_a_text_without_a_network_changes_nothing(lab, text):
    assert re.search("kein Keras-Modell|no Keras model", paste(lab, text))
    assert totals(lab)["total-parameters"] == 61_706


@pytest.mark.parametrize("text", ["m = Sequential([X('<img src=x onerror=alert(1)>'), <b>])", "(" * 90_000])
def test_hostile_code_neither_hangs_nor_runs(lab, text):
    paste(lab, text)
    assert lab.locator(".architect-report :is(img, b)").count() == 0
    assert totals(lab)["total-parameters"] == 61_706
    preset(lab, 1)  # the page still answers
    assert totals(lab)["total-parameters"] == 62_378_344


PASTED = """(field, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text", text);
  field.focus();
  return field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }));
}"""


def test_a_megabyte_is_refused_before_the_browser_shows_it(lab):
    """Chromium itself takes minutes to insert so many lines into a field."""
    field = lab.locator("textarea[name=code]")
    assert field.evaluate(PASTED, "x = 1\n" * 1000)  # goes its usual way
    assert not field.evaluate(PASTED, "x = 1\n" * 175_000)
    assert re.search("100[.,]000", lab.locator(".architect-report li").inner_text())
    assert field.input_value() == ""


# -- the picture -----------------------------------------------------------------------------------------


def extents(lab):
    """Height and width of each volume's front."""
    return lab.locator(".architect-picture g > path:nth-of-type(1)").evaluate_all(
        "all => all.map(each => each.getBBox()).map(({ width, height }) => [width, height])"
    )


def test_the_picture_is_to_scale_and_coloured_by_cost(lab):
    lab.scroll_into_view_if_needed()
    picture = lab.locator(".architect-picture")
    picture.wait_for()
    fronts = extents(lab)
    shapes = [(32, 1), (28, 6), (14, 6), (10, 16), (5, 16)]
    (_, unit), (thick, _) = fronts[0], fronts[1]
    for (wide, high), (size, channels) in zip(fronts, shapes, strict=False):
        assert high == pytest.approx(unit * size / 32, abs=0.2)
        assert wide == pytest.approx(thick * channels / 6, abs=0.2)
    assert [high / fronts[5][1] for _, high in fronts[5:]] == pytest.approx([1, 84 / 120, 10 / 120], abs=0.01)
    assert "28 × 28 × 6" in picture.get_attribute("aria-label")
    fill = lab.locator(".architect-picture g > path:nth-of-type(1)")
    dearest = {"macs": 3, "parameters": 5}  # the second convolution; the first dense layer
    for cost, darkest in dearest.items():
        lab.locator("select[id$=-colour]").select_option(cost)
        greens = [int(each.get_attribute("fill").split()[1]) for each in fill.all()]
        assert greens.index(min(greens)) == darkest


def test_the_picture_can_be_kept(lab):
    lab.scroll_into_view_if_needed()
    lab.locator(".architect-picture").wait_for()
    with lab.page.expect_download() as svg:
        lab.get_by_role("button", name="SVG").click()
    root = ElementTree.fromstring(svg.value.path().read_text(encoding="utf-8"))
    assert len(root.findall(".//{http://www.w3.org/2000/svg}path")) == 3 * 8
    with lab.page.expect_download() as png:
        lab.get_by_role("button", name="PNG").click()
    image = Image.open(BytesIO(png.value.path().read_bytes())).convert("RGB")
    assert image.size == (int(root.get("width")), int(root.get("height")))
    assert image.getpixel((0, 0)) == (255, 255, 255)
    assert len(image.getcolors(100_000)) > 8


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
