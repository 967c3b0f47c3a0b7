"""The boxes in which readers write functions: Python in the page says what it says here, and stops."""

import ast
import gzip
import json
import re
import sys
from base64 import b64decode

import pytest
import python_pack
from browsing import visiting
from extensions import code_box
from manuscript import EDITIONS, ROOT
from test_browser import AXE, axe

import cnncourse as cc
from cnncourse.exercises.table import TABLE

CHAPTERS = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
PLACED = re.compile(rf"^```\{{lab\}} {code_box.NAME} (\w+)$", re.MULTILINE)
PADDING, ARITHMETIC = "book/padding-stride.html", "book/arithmetic.html"
PATIENCE = 120_000  # milliseconds, on a busy machine

UNROUNDED = "def output_size(n, f, s, p):\n    return (n + 2 * p - f) / s + 1\n"
ENDLESS = "def output_size(n, f, s, p):\n    while True:\n        pass\n"
FAILING = "def output_size(n, f, s, p):\n    return n / 0\n"
STRANGE = (
    "def output_size(*case):\n    return output_size(*case)\n",
    "def output_size(n, f, s, p):\n    print(n, '**bold** `code`')\n    return '<b>'\n",
    "def output_size(n, f, s, p)\n    return 0\n",
)


def boxes(language, chapter):
    return PLACED.findall((EDITIONS[language] / "book" / f"{chapter}.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_has_a_box_and_arithmetic_three(chapter):
    assert len(boxes("de", chapter)) >= (3 if chapter == "arithmetic" else 1)
    assert boxes("de", chapter) == boxes("en", chapter)


def test_every_exercise_has_its_place():
    placed = [name for chapter in CHAPTERS for name in boxes("de", chapter)]
    assert sorted(placed) == sorted(cc.EXERCISES)


# -- what is loaded ----------------------------------------------------------------------------------------


def test_the_pack_holds_every_module_that_checking_needs():
    """What the modules of ``cnncourse`` in it import, of the package and of the standard library."""
    names = {path for pattern in python_pack.COURSE for path in (ROOT / "cnncourse").glob(f"{pattern}.py")}
    for path in names - {ROOT / "cnncourse" / "__init__.py"}:
        for module in imported(path):
            if module.startswith("cnncourse."):
                parts = module.split(".")[1:]
                file = ROOT.joinpath("cnncourse", *parts)
                assert {file.with_suffix(".py"), file / "__init__.py"} & names, f"{path}: {module}"
            elif module != "cnncourse":
                assert module.partition(".")[0] in sys.stdlib_module_names


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.fixture(scope="module")
def parts(site):
    return [(site / "python" / f"{number + 1}.js").read_text("ascii") for number in range(python_pack.PARTS)]


def test_parts_make_up_the_pack_and_the_page_knows_how_many(parts, site):
    assert len(list((site / "python").iterdir())) == len(parts)
    script = (site / "de" / "_static" / "labs" / "code.js").read_text(encoding="utf-8")
    assert f"const PARTS = {len(parts)};" in script
    packed = b"".join(b64decode(re.search(r'take\(\d+, "([^"]*)"\)', part)[1]) for part in parts)
    head, _, rest = gzip.decompress(packed).partition(b"\n")
    places = json.loads(head)["places"]
    assert places["wasm"][0] == 0
    assert places["script"][1] == len(rest)
    assert rest.startswith(b"\0asm")
    assert json.loads(head)["lock"]["packages"] == {}  # nothing to ask a server for


def test_the_pack_weighs_no_more_than_five_megabytes(parts):
    assert sum(len(gzip.compress(part.encode(), 6)) for part in parts) < 5_300_000
    assert all("Mozilla Public License" in part for part in parts)


def test_what_takes_seconds_is_made_once(tmp_path, monkeypatch):
    monkeypatch.setattr(python_pack, "CACHE", tmp_path)
    made = []

    def make(half):
        made.append(half)
        half.write_bytes(b"packed")

    assert [python_pack.kept("pack", source, make) for source in (b"one", b"one", b"two")] == [b"packed"] * 3
    assert len(made) == 2
    assert len(list(tmp_path.iterdir())) == 1


# -- in the browser ----------------------------------------------------------------------------------------


@pytest.fixture
def language(language):
    """The edition, whose language Python speaks, too."""
    cc.use_language(language)
    return language


@pytest.fixture
def visit(browser, lab_server):
    with visiting(browser, lab_server, viewport={"width": 1280, "height": 900}) as (page, watch):
        yield page
        assert watch.take() == []


def opened(page, address, name="output_size"):
    page.goto(address)
    box = page.locator(f"#{code_box.NAME}-{name}")
    box.scroll_into_view_if_needed()
    return box


def checked(box, source):
    """What the box says of a function: its value and its words."""
    box.locator("textarea").fill(source)
    box.locator("[name=check]").click()
    return verdict(box)


def verdict(box):
    result = box.locator("[data-result=verdict][data-value]")
    result.wait_for(timeout=PATIENCE)
    return result.get_attribute("data-value"), result.inner_text()


def plain(message):
    """A message without its marks and line breaks: what a page shows of it."""
    return "".join(re.sub(r"^```$|`|\*\*", "", message, flags=re.MULTILINE).split())


@pytest.mark.long
def test_a_box_says_what_python_says(visit, lab_server, language):
    """Right, every kind of wrong, errors; the same words as here, whatever is in them."""
    box = opened(visit, f"{lab_server}/{language}/{PADDING}")
    for source in (UNROUNDED, TABLE["output_size"].solution, FAILING, *STRANGE, ""):
        here = cc.check_text("output_size", source)
        value, said = checked(box, source)
        assert value == {"mistake": "wrong"}.get(here.status, here.status)
        assert plain(said).lstrip("✓✗") == plain(here.message)
    assert box.locator("[role=alert]").inner_text() == said


@pytest.mark.long
def test_every_exercise_is_judged_alike(visit, lab_server):
    """Through the page's own Python, without the field: the same verdicts as on this machine."""
    cc.use_language("en")
    opened(visit, f"{lab_server}/en/{PADDING}")
    for name, task in TABLE.items():
        for source in (task.solution, cc.exercise(name).starter, task.solution.replace("+", "-", 1)):
            answer = visit.evaluate("given => cnncourse.python.check(...given, () => {})", [name, source])
            here = cc.check_text(name, source)
            assert answer["status"] == here.status, name
            if here.status != "error":  # Python's own words differ from version to version
                assert answer["message"] == here.message, name


@pytest.mark.long
def test_an_endless_loop_is_stopped_and_python_starts_again(visit, lab_server):
    box = opened(visit, f"{lab_server}/en/{PADDING}")
    checked(box, UNROUNDED)
    box.locator("textarea").fill(ENDLESS)
    box.locator("[name=check]").click()
    visit.wait_for_timeout(500)
    assert box.locator("[data-result=verdict]").get_attribute("aria-busy") == "true"
    box.locator("[name=stop]").click()
    assert verdict(box)[0] == "stopped"
    assert box.locator("[name=check]").evaluate("each => each === document.activeElement")
    assert checked(box, UNROUNDED)[0] == "wrong"


@pytest.mark.long
@pytest.mark.parametrize("page", [PADDING, ARITHMETIC])
def test_python_runs_from_disk(browser, site, page):
    name = boxes("de", page[5:-5])[-1]
    with visiting(browser, "file:", viewport={"width": 1280, "height": 900}) as (tab, watch):
        box = opened(tab, (site / "de" / page).as_uri(), name)
        assert checked(box, TABLE[name].solution)[0] == "right"
        assert watch.take() == []


def test_nothing_is_loaded_before_the_first_check(visit, lab_server):
    requests = []
    visit.on("request", lambda request: requests.append(request.url))
    box = opened(visit, f"{lab_server}/de/{PADDING}")
    box.locator("textarea").fill(UNROUNDED)
    box.locator("[name=hint]").click()
    assert [url for url in requests if "/python/" in url] == []
    assert [url for url in requests if url.startswith("blob:")] == []


def test_a_pack_that_does_not_arrive_is_told_and_can_be_tried_again(browser, lab_server):
    with visiting(browser, lab_server) as (page, watch):
        page.route("**/python/3.js", lambda route: route.abort())
        box = opened(page, f"{lab_server}/en/{PADDING}")
        value, said = checked(box, UNROUNDED)
        assert (value, "has failed" in said) == ("error", True)
        assert "has failed" in box.locator("[role=alert]").inner_text()
        assert box.locator("[name=stop]").is_disabled()
        watch.take()
        page.unroute("**/python/3.js")
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        assert checked(box, UNROUNDED)[0] == "wrong"
        assert [int(part) for part in re.findall(r"python/(\d)", " ".join(asked))] == [*range(3, 9)]
        assert watch.take() == []


# -- keyboard, hints, memory -------------------------------------------------------------------------------


@pytest.fixture
def box(visit, lab_server):
    return opened(visit, f"{lab_server}/de/{PADDING}")


@pytest.fixture
def unchecked(box):
    """A box whose check answers at once: what is tested here needs no Python."""
    box.page.evaluate(
        "cnncourse.python.check = async (name, text) => ({ status: 'right', message: `${name} ${text}` })"
    )
    return box


def test_tab_moves_on_for_passers_by_and_indents_for_writers(box):
    text, keys = box.locator("textarea"), box.page.keyboard
    text.focus()
    keys.press("Tab")
    assert not focused(text)
    keys.press("Shift+Tab")
    assert focused(text)
    text.fill("")
    keys.type("if n:")
    keys.press("Enter")
    keys.type("n")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("m")
    assert text.input_value() == "if n:\n    n\n        m"
    keys.press("Escape")
    keys.press("Tab")
    assert not focused(text)


def focused(element):
    return element.evaluate("each => each === document.activeElement")


def test_shift_and_enter_check(unchecked):
    unchecked.locator("textarea").fill("n")
    unchecked.locator("textarea").press("Shift+Enter")
    assert verdict(unchecked) == ("right", "✓ output_size n")
    assert unchecked.locator("textarea").input_value() == "n"
    assert unchecked.locator("[name=solution]").is_enabled()


def test_hints_come_one_by_one_and_the_solution_last(box):
    shown = box.locator("details:visible")
    hint, solution = box.locator("[name=hint]"), box.locator("[name=solution]")
    assert (shown.count(), solution.is_disabled()) == (0, True)
    hint.click()
    assert (shown.count(), solution.is_disabled()) == (1, True)
    hint.click()
    assert (shown.count(), solution.is_disabled(), focused(solution)) == (2, False, True)
    solution.press("Enter")
    assert shown.count() == 3
    assert "// s + 1" in shown.last.inner_text()
    assert focused(shown.last.locator("summary"))


def test_what_the_reader_wrote_is_kept_for_both_editions_until_it_is_reset(box, lab_server):
    starter = box.locator("textarea").input_value()
    assert starter == cc.exercise("output_size").starter
    box.locator("textarea").fill(UNROUNDED)
    other = opened(box.page, f"{lab_server}/en/{PADDING}")
    assert other.locator("textarea").input_value() == UNROUNDED
    other.locator("[name=reset]").click()
    other.page.reload()
    assert other.locator("textarea").input_value() == cc.exercise("output_size", language="en").starter


def test_a_megabyte_of_text_and_markup_do_no_harm(unchecked):
    text = "<img src=x onerror=alert(1)> `" + "x" * 1_000_000
    unchecked.locator("textarea").fill(text)
    unchecked.locator("[name=check]").click()
    assert verdict(unchecked)[0] == "right"
    assert unchecked.locator("img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_box_with_everything_open_has_no_violation(browser, lab_server, scheme):
    with visiting(browser, lab_server, viewport={"width": 390, "height": 844}, color_scheme=scheme) as (
        page,
        _,
    ):
        box = opened(page, f"{lab_server}/de/{PADDING}")
        for name in ("hint", "hint", "solution"):
            box.locator(f"[name={name}]").click()
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for value in ("right", "wrong", "error", "stopped"):
            said = [value, "Ein `n`, **zwei**.\n\n```\nZeile 1\n```"]
            box.evaluate("(box, said) => box.show(...said)", said)
            assert axe(page, {}, within=f"#{code_box.NAME}-output_size") == [], value


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("forced", ["none", "active"])
def test_a_box_fits_320_pixels_in_every_mode(browser, lab_server, scheme, forced):
    options = {"color_scheme": scheme, "forced_colors": forced}
    with visiting(browser, lab_server, viewport={"width": 320, "height": 700}, **options) as (page, _):
        box = opened(page, f"{lab_server}/de/{ARITHMETIC}", "memory_bytes")
        box.locator("[name=hint]").click()
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
        assert page.evaluate("document.documentElement.scrollWidth <= 320")
