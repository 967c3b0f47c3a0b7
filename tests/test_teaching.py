"""The page for teachers: each plan fills its time and leads where it says; each mistake has its thought."""

import re
from functools import cache
from urllib.parse import parse_qsl

import pytest
from browsing import open_lab, visiting
from equations import steps
from extensions.mistakes import all_thoughts, calculated, made_in
from html_pages import pages, resolve
from manuscript import EDITIONS, elements, plain_number, sources
from test_labs_browser import results
from test_prose import DICTIONARIES, codespell, shown_by

from cnncourse.language import spoken

PLAN = re.compile(r"^\(sec-plan-([\w-]+)\)=\n### .*\n((?:(?!^\(sec-).*\n)*)", re.MULTILINE)
STEP = re.compile(r"^\d\. \*\*(\d+) (?:Minuten|minutes): (\w+)\.\*\* (.*)$", re.MULTILINE)
LINK = re.compile(r"\]\(#([^)]*)\)")
ASKED = {"de": "**Vorhersage.**", "en": "**Prediction.**"}
MINUTES = 45
LINES, WIDTH = 12, 100  # of a plan, on a screen; links do not count

each_edition = pytest.mark.parametrize("language", EDITIONS)


@cache
def plans(language):
    """The text of each plan, by its chapter."""
    (page,) = (source for source in sources(language) if source.docname == "book/teaching")
    return dict(PLAN.findall(page.text))


def source_of(chapter, language, folder):
    (found,) = (source for source in sources(language) if source.docname == f"{folder}/{chapter}")
    return found


@each_edition
def test_every_chapter_has_a_plan(language):
    chapters = [source.path.stem for source in sources(language) if source.is_notebook]
    assert list(plans(language)) == chapters


def of_each_chapter():
    return [pytest.param(language, chapter) for language in EDITIONS for chapter in plans(language)]


each_plan = pytest.mark.parametrize(("language", "chapter"), of_each_chapter())


@each_plan
def test_a_plan_fills_its_time(language, chapter):
    found = STEP.findall(plans(language)[chapter])
    assert len(found) == 4
    assert sum(int(minutes) for minutes, _, _ in found) == MINUTES


@each_plan
def test_a_plan_goes_from_a_prediction_over_a_lab_and_a_cell_to_exercises(language, chapter):
    predicting, trying, measuring, practising = (step[2] for step in STEP.findall(plans(language)[chapter]))
    cells = source_of(chapter, language, "notebooks").cells()
    assert is_predicted(LINK.findall(predicting)[0], chapter, cells, language)
    assert LINK.findall(trying)[0].startswith("lab-")
    labels = {f"{chapter}:{cell['id']}" for cell in cells if cell["cell_type"] == "code"}
    assert set(LINK.findall(measuring)) <= labels
    wanted = re.findall(r"\{ref\}`(exercise-[\w-]+)`", practising)
    assert wanted
    assert {f":label: {label}" for label in wanted} <= set(
        source_of(chapter, language, "book").text.splitlines()
    )


def is_predicted(label, chapter, cells, language):
    """Whether the last text before the cell that is more than a remark asks for a prediction."""
    at = [f"{chapter}:{cell['id']}" for cell in cells].index(label)
    texts = ["".join(cell["source"]) for cell in cells[:at] if cell["cell_type"] == "markdown"]
    return ASKED[language] in texts[-1]


@each_plan
def test_a_plan_is_short(language, chapter):
    read = re.sub(r"\(#[^)]*\)", "", plans(language)[chapter])
    lines = [-(-len(line) // WIDTH) for line in read.splitlines() if line]
    assert sum(lines) <= LINES


@each_edition
def test_every_topic_of_the_drills_belongs_to_a_plan(language):
    linked = {label for plan in plans(language).values() for label in LINK.findall(plan)}
    assert {f"mistakes-{topic}" for topic in calculated()} <= linked


# -- the thoughts behind the mistakes --------------------------------------------------------------


def test_every_mistake_has_one_thought():
    named = [name for thought in all_thoughts() for name in thought["mistakes"]]
    assert len(named) == len(set(named))
    assert set(named) == {name for topic in calculated().values() for name in topic.reveals.maps[0]} | {
        name for topic in calculated().values() for name in made_in(topic)
    }


@pytest.mark.parametrize("topic", calculated().values(), ids=calculated())
def test_few_tasks_show_all_mistakes_of_a_topic(topic):
    assert made_in(topic) == made_in(topic, seeds=60)


def said(thought, language):
    return [thought[language]["thought"], thought[language]["ask"]]


def test_thoughts_are_the_same_in_both_editions():
    for thought in all_thoughts():
        german, english = (facts(" ".join(said(thought, language)), language) for language in EDITIONS)
        assert german == english, thought["mistakes"]


def facts(text, language):
    """The formulas and numbers of a text."""
    return sorted(
        plain_number(each.value, language) for each in elements(text) if each.kind in ("math", "number")
    )


@each_edition
def test_thoughts_end_and_questions_ask(language):
    for thought in all_thoughts():
        idea, question = said(thought, language)
        assert idea.endswith("."), idea
        assert question.endswith("?") or "? " in question, question


@each_edition
def test_calculations_in_thoughts_are_right(language):
    texts = " ".join(text for thought in all_thoughts() for text in said(thought, language))
    formulas = [each.value for each in elements(texts) if each.kind == "math"]
    assert formulas
    assert all(step.holds for formula in formulas for step in steps(formula, language))


@each_edition
def test_spelling_of_thoughts(language, tmp_path):
    text = "\n".join(line for thought in all_thoughts() for line in said(thought, language))
    (tmp_path / "thoughts.md").write_text(text, encoding="utf-8")
    assert not codespell(tmp_path, DICTIONARIES[language])


# -- what the site makes of it ---------------------------------------------------------------------


def links_with_states():
    """Each link into a lab's state: the page where it stands, the lab's page, the lab and the state."""
    for page in pages():
        for tag in page.all("a"):
            if "?" in tag.get("href").partition("#")[2]:
                address, fragment = resolve(page, tag.get("href"))
                yield page.address, address, *fragment.split("?", 1)


@each_edition
def test_every_mistake_is_on_the_page_with_its_thought(site, language):
    (page,) = (page for page in pages() if page.address == f"{language}/book/teaching.html")
    words = plain(" ".join(text.words for text in page.visible()))
    for topic in calculated().values():
        for name in made_in(topic):
            assert plain(spoken(language).pick(topic.reveals[name])) in words
    for thought in all_thoughts():
        for text in said(thought, language):
            assert "$" in text or text in words


def plain(text):
    """A text before the site has made its spaces and apostrophes finer."""
    return " ".join(text.split()).replace("’", "'")


@pytest.mark.browser
def test_links_open_labs_in_their_state(site, browser, lab_server):
    """What the lab has read is what the link says, its inputs show it, and it computes from it.

    One edition is enough: `test_editions` sees that the other one has the same links.
    """
    found = [link for link in links_with_states() if link[1].startswith("de/")]
    assert len(found) >= len(plans("de"))
    with visiting(browser, lab_server, viewport={"width": 1280, "height": 900}) as (page, watch):
        for _, address, name, query in found:
            lab = open_lab(page, name, f"{lab_server}/{address}#{name}?{query}")
            state = dict(parse_qsl(query))
            computed = results(lab)
            read = lab.evaluate("lab => lab.encode()")
            assert state.items() <= read.items(), f"{name}?{query}"
            for field in lab.locator(":is(input[type=number], select)[name]").all():
                if (field_name := field.get_attribute("name")) in state:
                    assert field.input_value() == state[field_name]
            assert "".join(lab.locator("[role=alert]").all_inner_texts()) == ""
            assert None not in computed.values()
        assert watch.take() == []


@pytest.mark.browser
def test_networks_that_plans_link_are_those_of_the_notebooks(site, browser, lab_server):
    """The parameters that the lab counts are a number that the chapter's notebook shows."""
    linked = [
        (chapter, label.removeprefix("lab-").partition("-cnn-")[0], label.partition("?")[2])
        for chapter, plan in plans("en").items()
        for label in LINK.findall(plan)
        if "-cnn-architect?" in label
    ]
    assert linked
    with visiting(browser, lab_server) as (page, _):
        for chapter, slug, query in linked:
            address = f"{lab_server}/en/book/{slug}.html#cnn-architect?{query}"
            counted = results(open_lab(page, "cnn-architect", address))["total-parameters"]
            assert counted in shown_by(source_of(chapter, "en", "notebooks")), f"{chapter}: {counted}"


@pytest.mark.browser
def test_a_plan_leads_to_the_lab_and_to_the_folded_table(site, browser, server):
    with visiting(browser, server, viewport={"width": 1280, "height": 900}) as (page, _):
        page.goto(f"{server}/en/book/teaching.html#mistakes-reverse")
        page.locator("#mistakes-reverse[open]").wait_for()
        page.locator("a[href$='#mistakes-pooling']").first.click()
        page.locator("#mistakes-pooling[open]").wait_for()
        assert page.locator("#mistakes-pooling table").is_visible()
        page.locator("a[href*='cnn-layer-cost?'][href*='batch=256']").first.click()
        batch = page.locator("cnn-layer-cost input[type=number][name=batch]")
        batch.wait_for()
        assert batch.input_value() == "256"
        assert page.locator("cnn-layer-cost").evaluate(
            "lab => { const { top } = lab.getBoundingClientRect(); return top >= 0 && top < innerHeight; }"
        )
