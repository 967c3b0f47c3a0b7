"""The language in force, and numbers as each language writes them."""

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncourse as cc
from cnncourse.language import LANGUAGES, rounded, spoken

COUNTS = st.integers(0, 10**15)


@pytest.mark.parametrize("language", ["fr", "DE", "", 1, ["de"], {"de"}])
def test_an_unknown_language_is_named(language):
    for use in (cc.use_language, spoken):
        with pytest.raises(ValueError, match="must be") as error:
            use(language)
        assert str(error.value) == f"language must be 'de' or 'en'. Received language={language!r}."
    assert spoken().code == "de", "a refused language is not used"


def test_no_language_is_not_one_to_use():
    with pytest.raises(ValueError, match="Received language=None"):
        cc.use_language(None)


def test_the_language_in_force_is_german_until_another_is_used():
    german, english = (str(cc.explain_dense(4096, 1000, language=code)) for code in ("de", "en"))
    assert str(cc.explain_dense(4096, 1000)) == german
    cc.use_language("en")
    assert str(cc.explain_dense(4096, 1000)) == english
    assert str(cc.explain_dense(4096, 1000, language="de")) == german, "the argument wins"


def test_every_explanation_follows_the_language_in_force():
    calls = (
        lambda **how: cc.explain_conv2d((9, 9, 3), 4, 3, **how),
        lambda **how: cc.explain_pool2d((9, 9, 3), 3, **how),
        lambda **how: cc.explain_dense(9, 3, **how),
    )
    for code in LANGUAGES:
        cc.use_language(code)
        for call in calls:
            assert call() == call(language=code)


@given(COUNTS)
def test_counts_are_grouped_from_five_digits_on(count):
    german, english = (spoken(code).number(count) for code in ("de", "en"))
    assert english.replace(",", "") == german.replace(".", "") == str(count)
    assert english == german.replace(".", ",")
    groups = english.split(",")
    assert len(groups) == 1 if count < 10_000 else all(len(group) == 3 for group in groups[1:])


@pytest.mark.parametrize(
    ("value", "decimals", "german", "english"),
    [
        (9999, None, "9999", "9999"),
        (10_000, None, "10.000", "10,000"),
        (-34_944, None, "-34.944", "-34,944"),
        (54.25, None, "54,25", "54.25"),
        (Decimal("98.00"), None, "98,00", "98.00"),
        (246.824, 3, "246,824", "246.824"),
        (9999.96, 1, "10.000,0", "10,000.0"),
        (123_456.789, 2, "123.456,79", "123,456.79"),
        ((55, 55, 96), None, "55 × 55 × 96", "55 × 55 × 96"),
        ((10_000,), None, "10.000", "10,000"),
    ],
)
def test_numbers(value, decimals, german, english):
    assert spoken("de").number(value, decimals) == german
    assert spoken("en").number(value, decimals) == english


def test_shares_amounts_and_tex():
    german, english = spoken("de"), spoken("en")
    assert (german.percent(0.0571), english.percent(0.0571)) == ("5,7\N{NO-BREAK SPACE}%", "5.7%")
    assert (german.about(98.0039, 2), english.about(98.0039, 2)) == ("≈ 98,00", "≈ 98.00")
    assert (german.about(1234.5, 2), english.about(12345.5, None)) == ("1234,50", "12,345.5")
    assert (german.tex(Fraction(109, 2)), english.tex(Fraction(10**5, 3))) == (
        "54{,}5",
        r"33{,}333.3333\ldots",
    )


def test_numbers_in_a_text_change_and_those_in_code_do_not():
    text = "34944 of `f(0.5)`, 0.5: $n = 10000.5$\n```\nx = 12345.5\n```\n$$a = 0.25$$"
    german = "34.944 of `f(0.5)`, 0,5: $n = 10.000{,}5$\n```\nx = 12345.5\n```\n$$a = 0{,}25$$"
    assert spoken("de").text(text) == german
    assert spoken("en").text(text) == text.replace("34944", "34,944").replace("10000.5", "10{,}000.5")


@given(st.decimals(0, 10**6, places=4), st.integers(0, 3))
def test_rounding_says_whether_it_is_exact(value, decimals):
    written, exact = rounded(value, decimals)
    assert abs(written - value) <= Decimal(1).scaleb(-decimals) / 2
    assert exact == (value == written)
    assert -written.as_tuple().exponent == decimals


def test_language_imports_the_standard_library_only():
    code = "import sys; old = set(sys.modules); import cnncourse.language; print(*set(sys.modules) - old)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in run.stdout.split()} - {"cnncourse"} <= sys.stdlib_module_names
