"""The lab cnn-layer-cost, driven as a student would."""

import pytest
from alerts import pythons_words
from test_labs_browser import results

import cnncourse as cc

LAB, PAGE = "cnn-layer-cost", "book/arithmetic.html"
COURSE = {"n": 227, "c": 3, "k": 96, "f": 11, "s": 4, "p": 0, "batch": 16, "dtype": "float32"}


def expected(n, c, k, f, s, p, batch, dtype):
    parameters = cc.conv2d_parameters(c, k, f)
    shape = cc.conv2d_output_shape((n, n, c), k, f, stride=s, padding=p)
    macs = cc.conv2d_macs((n, n, c), k, f, stride=s, padding=p)
    values = {
        "parameters": parameters,
        "parameter-bytes": cc.parameter_bytes(parameters, dtype),
        "activation-bytes": cc.activation_bytes(shape, batch, dtype),
        "macs": macs,
        "flops": 2 * macs,
    }
    return {name: str(value) for name, value in values.items()}


def fill(lab, **values):
    for name, value in values.items():
        entry = lab.locator(f"[name={name}]")
        entry.select_option(value) if name == "dtype" else entry.fill(str(value))


@pytest.mark.parametrize(
    "changes",
    [{}, {"batch": 256, "dtype": "int8"}, {"n": 100_000, "c": 4096, "k": 4096, "p": 5}, {"n": 11, "s": 7}],
)
def test_fields_give_what_python_gives(lab, changes):
    fill(lab, **changes)
    assert results(lab) == expected(**COURSE | changes)


def changes(lab):
    return lab.locator(".lab-change").all_inner_texts()


def test_the_batch_moves_the_activations_only(lab):
    for batch in (17, 100, 64):  # on the way, as a slider passes through
        fill(lab, batch=batch)
    words = changes(lab)
    assert words[2] == "× 4"  # since 16
    assert len({*words[:2], *words[3:]}) == 1


def test_filters_move_everything(lab):
    fill(lab, batch=32)
    fill(lab, k=192)
    assert changes(lab) == ["× 2"] * 5


def test_the_impossible_leaves_no_result(lab):
    fill(lab, n=5)
    with pytest.raises(ValueError, match="kernel_size must fit") as error:
        cc.conv2d_output_shape((5, 5, 3), 96, 11, stride=4)
    assert str(error.value) in pythons_words(lab)
    assert set(results(lab).values()) == {None}


def test_a_link_restores_the_lab(lab):
    fill(lab, batch=3, k=7, dtype="float16")
    lab.page.wait_for_url("**k=7**batch=3&dtype=float16")
    lab.page.reload()
    assert results(lab) == expected(**COURSE | {"batch": 3, "k": 7, "dtype": "float16"})


def test_numbers_of_any_size_stay_exact(lab):
    huge = {"n": 10**19, "c": 10**18, "k": 10**20, "batch": 10**21}
    fill(lab, **huge)
    assert results(lab) == expected(**COURSE | huge)


@pytest.mark.parametrize("name", ["n", "c", "k", "batch"])
def test_the_message_names_the_field_that_is_wrong(lab, name):
    fill(lab, **{name: 0})
    label = lab.locator(f"label[for=cnn-layer-cost-{name}]").inner_text()
    assert lab.get_by_role("alert").inner_text().startswith(f"{label}:")
    assert set(results(lab).values()) == {None}
