"""The lab cnn-output-size, driven as a student would."""

import pytest
from alerts import pythons_words
from browsing import put_anew
from test_labs_browser import results

import cnncourse as cc

LAB, PAGE = "cnn-output-size", "book/padding-stride.html"


def expected(n, f, s, padding, d=1):
    before, after = cc.same_padding(n, f, s, d) if padding == "same" else (padding, padding)
    return {
        "output-size": str(cc.output_size(n, f, s, padding, d)),
        "unused-pixels": str(cc.unused_pixels(n, f, s, padding, d)),
        "padding-before": str(before),
        "padding-after": str(after),
    }


@pytest.mark.parametrize(
    "case", [(227, 11, 4, 0), (224, 11, 4, 2), (5, 5, 1, "same"), (224, 7, 2, "same"), (9, 3, 2, 1, 3)]
)
def test_fields_give_what_python_gives(lab, case):
    n, f, s, padding, d = (*case, 1)[:5]
    lab.locator("[name=padding]").select_option("same" if padding == "same" else "number")
    for name, value in {"n": n, "f": f, "s": s, "d": d}.items():
        lab.locator(f"[name={name}]").fill(str(value))
    if padding != "same":
        lab.locator("[name=p]").fill(str(padding))
    assert results(lab) == expected(n, f, s, padding, d)
    assert lab.get_by_role("alert").inner_text() == ""


def test_a_slider_moves_its_field(lab):
    slider = lab.locator(".lab-field", has=lab.page.locator("[name=n]")).locator("[type=range]")
    slider.focus()
    lab.page.keyboard.press("ArrowRight")
    assert lab.locator("[name=n]").input_value() == "9"
    assert results(lab)["output-size"] == "4"


def test_the_impossible_gets_pythons_message_and_no_result(lab):
    lab.locator("[name=f]").fill("11")
    with pytest.raises(ValueError, match="kernel_size must fit") as error:
        cc.output_size(8, 11, 2)
    assert str(error.value) in pythons_words(lab)
    assert set(results(lab).values()) == {None}
    lab.locator("[name=f]").fill("3")
    assert results(lab) == expected(8, 3, 2, 0)


@pytest.mark.parametrize("text", ["", "-3", "0", "2.5"])
def test_nonsense_in_a_field_is_explained(lab, text):
    lab.locator("[name=s]").fill(text)
    assert "stride must be a whole number of at least 1" in pythons_words(lab)


def test_a_lab_put_anew_starts_as_the_address_says(lab):
    """On which the tests of broken links rely."""
    assert results(put_anew(lab, f"#{LAB}?n=50&f=3&s=2"))["output-size"] == "24"


def test_a_link_restores_the_lab(lab):
    lab.locator(".lab-presets button").nth(1).click()
    lab.locator(".lab-player input").fill("20")
    lab.page.wait_for_url("**n=224&f=11&s=4**i=20")
    assert results(lab) == expected(224, 11, 4, 0)
    lab.page.reload()
    assert results(lab) == expected(224, 11, 4, 0)
    assert lab.locator(".lab-player input").input_value() == "20"


def test_a_short_link_from_elsewhere_is_understood(lab):
    lab.page.goto(lab.page.url.split("#")[0] + "#cnn-output-size?n=224&f=11&s=4&p=0")
    assert results(lab) == expected(224, 11, 4, 0)


def test_the_window_steps_over_the_row(lab):
    caption = lab.locator(".lab-caption")
    first = caption.inner_text()
    step = lab.locator(".lab-player button").nth(1)
    for _ in range(3):
        step.click()
    assert caption.inner_text() == first  # three places, and back to the first


def test_reset_starts_over(lab):
    start = results(lab)
    lab.locator(".lab-presets button").first.click()
    lab.locator(".lab-tools button").first.click()
    assert results(lab) == start


def open_link(lab, query):
    """Follow a link to the lab within the page that is open."""
    lab.page.evaluate("query => { location.hash = `#cnn-output-size?${query}`; }", query)
    lab.page.wait_for_timeout(50)


@pytest.mark.parametrize(
    "case", [(2**53 + 1, 3, 2, 1), (10**18, 10**9, 10**6, "same"), (10**20, 3, 1, 0), (10**29, 2, 1, 5)]
)
def test_huge_numbers_stay_exact_and_come_back(lab, case):
    n, f, s, padding = case
    lab.locator("[name=padding]").select_option("same" if padding == "same" else "number")
    for name, value in {"n": n, "f": f, "s": s}.items():
        lab.locator(f"[name={name}]").fill(str(value))
    if padding != "same":
        lab.locator("[name=p]").fill(str(padding))
    lab.locator(".lab-player input").press("End")
    assert results(lab) == expected(n, f, s, padding)
    lab.page.wait_for_timeout(300)
    lab.page.reload()
    assert results(lab) == expected(n, f, s, padding)


def test_a_link_moves_the_open_lab_even_the_field_in_use(lab):
    lab.locator("[name=n]").fill("10")
    open_link(lab, "n=224&f=11&s=4&p=0")
    assert results(lab) == expected(224, 11, 4, 0)
    assert lab.locator("[name=n]").input_value() == "224"
    open_link(lab, "n=227&f=11&s=4&p=0")
    lab.page.go_back()
    lab.page.wait_for_url("**n=224**")
    assert results(lab) == expected(224, 11, 4, 0)


def test_a_broken_link_moves_the_open_lab_to_its_start(lab):
    start = results(lab)
    lab.locator(".lab-presets button").first.click()
    open_link(lab, "n=%&f=1e9")
    assert results(lab) == start


def test_an_address_is_written_at_once(lab):
    """So the same link works again right after a change."""
    open_link(lab, "n=224&f=11&s=4&p=0")
    lab.locator("[name=n]").fill("20")
    open_link(lab, "n=224&f=11&s=4&p=0")
    assert results(lab) == expected(224, 11, 4, 0)


def test_nothing_steps_where_nothing_fits(lab):
    open_link(lab, "n=3&f=9&s=1&p=0")
    lab.page.reload()
    assert all(control.is_disabled() for control in lab.locator(".lab-player > *").all())
    lab.locator("[name=f]").fill("3")
    assert lab.locator(".lab-player button").first.is_enabled()


def test_an_empty_field_leaves_its_slider_where_it_is(lab):
    lab.locator("[name=n]").fill("")
    slider = lab.locator(".lab-field", has=lab.page.locator("[name=n]")).locator("[type=range]")
    assert slider.input_value() == "8"


def test_an_error_is_told_in_the_language_of_the_page(lab):
    lab.locator("[name=f]").fill("11")
    german = "/de/" in lab.page.url
    assert ("kernel_size" in lab.get_by_role("alert").inner_text()) != german
