"""The lab cnn-drill, driven as a student would; the bank is what cnncourse.drills draws."""

import json
from gzip import compress

import pytest
from browsing import put_anew, visiting
from extensions import drill_bank
from extensions.unbroken import unbroken
from playwright.sync_api import expect

import cnncourse as cc
from cnncourse.language import spoken

LAB, PAGE = "cnn-drill", "book/drills.html"


def choose(lab, topic, level, seed):
    """Open a task by its link."""
    put_anew(lab, f"#cnn-drill?task={topic}-{level}-{seed}")


def answer(lab, text):
    lab.locator("[name=answer]").fill(text)
    lab.locator("[name=answer]").press("Enter")
    return lab.get_by_role("status").first.inner_text()


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_bank_has_several_hundred_different_tasks_of_every_kind(language):
    scripts = drill_bank.scripts(language)
    read = {name: json.loads(text.partition(" = ")[2].rstrip(";\n")) for name, text in scripts.items()}
    solutions = read.pop("drill-solutions.js")
    banks = [bank["columns"] for bank in read.values()]
    kinds = {kind for bank in banks for kind in zip(bank["topic"], bank["level"], strict=True)}
    assert kinds == {(topic, level) for topic in cc.DRILL_TOPICS for level in (1, 2, 3)}
    calculations, concepts = (bank["question"] for bank in banks)
    assert len(calculations) >= 200
    assert len(set(concepts)) == len(concepts) >= 60
    assert len(solutions) == len(calculations)
    texts = [*solutions, *calculations, *concepts, *banks[1]["solution"]]
    assert not any("$" in text or r"\frac" in text for text in texts)


@pytest.mark.parametrize("language", ["de", "en"])
def test_concepts_are_loaded_only_when_needed(language):
    sizes = {name: len(compress(text.encode(), 9)) for name, text in drill_bank.scripts(language).items()}
    assert sizes["drill-bank.js"] < 20_000
    assert sizes["concept-bank.js"] < 25_000


def test_the_bank_keeps_together_what_the_page_keeps_together():
    assert drill_bank.html("`8 × 8 kB` und $8$ mit 8 × 8 kB").endswith("mit 8\u00a0×\u00a08\u00a0kB</p>")
    assert "<code>8 × 8 kB</code>" in drill_bank.html("`8 × 8 kB`")
    assert "4\u00a0B" in drill_bank.html("- 4 B")


def test_right_and_typically_wrong_answers_are_told_apart(lab, language):
    task = cc.drill("conv_parameters", level=2, seed=1, language=language)
    choose(lab, "conv_parameters", 2, 1)
    write = spoken(language).number
    for mistake in task.mistakes:
        assert unbroken(mistake.reveals) in answer(lab, write(mistake.value))
    assert answer(lab, f"{write(task.answer)} {task.unit}").startswith("✓")


def test_nonsense_gets_pythons_message(lab, language):
    task = cc.drill("conv_parameters", level=2, seed=1, language=language)
    choose(lab, "conv_parameters", 2, 1)
    with pytest.raises(ValueError, match="34") as error:
        task.check("viel")
    assert str(error.value) in answer(lab, "viel")


def test_a_memory_may_be_given_in_another_unit(lab, language):
    task = cc.drill("parameter_memory", level=1, seed=0, language=language)
    choose(lab, "parameter_memory", 1, 0)
    worth = {"B": 1, "kB": 1e3, "MB": 1e6, "KiB": 1024, "MiB": 1024**2}[task.unit]
    assert answer(lab, f"{round(task.answer * worth)} Byte").startswith("✓")


def test_the_first_attempt_counts_and_is_kept_here_only(lab, language):
    choose(lab, "conv_parameters", 1, 0)
    task = cc.drill("conv_parameters", level=1, seed=0, language=language)
    answer(lab, "1")
    answer(lab, str(task.answer))  # too late for the score
    lab.locator(".drill-answer button").nth(1).click()
    lab.page.reload()
    score = lab.locator(".lab-caption").last
    assert [word for word in score.inner_text().split() if word.isdigit()] == ["0", "1"]
    lab.locator(".lab-tools button").nth(1).click()
    assert score.inner_text() == ""


def test_topic_and_level_limit_the_tasks(lab):
    lab.locator("[name=topic]").select_option("pooling")
    lab.locator("[name=level]").select_option("3")
    seen = set()
    for _ in range(6):
        lab.locator(".drill-answer button").nth(1).click()
        seen.add(lab.locator(".drill-question").inner_text())
    assert len(seen) > 1
    assert all("Pooling" in text and "★★★" in text for text in seen)


def test_the_solution_shows_its_formulas(lab):
    choose(lab, "output_size", 2, 1)
    lab.locator(".drill-solution summary").click()
    lab.locator(".drill-solution math").first.wait_for()


FAMILIES = """document.fonts.ready.then(fonts =>
  [...fonts].filter(({ status }) => status === "loaded").map(({ family }) => family.replaceAll('"', "")))"""


def test_formulas_of_a_solution_are_in_the_fonts_of_the_page(lab):
    """In KaTeX's larger font a floor is as high as its fraction, whatever fonts a reader's system has."""
    choose(lab, "output_size", 1, 1)
    lab.page.reload()
    assert lab.page.evaluate(FAMILIES) == []  # nothing is loaded before it is needed
    lab.locator(".drill-solution summary").click()
    floor = lab.locator(".drill-solution mo[fence]").first
    floor.wait_for()
    assert "KaTeX_Size2" in floor.evaluate("each => getComputedStyle(each).fontFamily")
    assert {"KaTeX_Main", "KaTeX_Math", "KaTeX_Size2"} <= set(lab.page.evaluate(FAMILIES))
    assert (
        lab.locator(".drill-solution mi").first.evaluate("each => getComputedStyle(each).fontStyle")
        == "italic"
    )


def test_a_sheet_prints_tasks_and_solutions_alone(lab):
    lab.page.evaluate("window.print = () => {}")
    lab.locator(".lab-tools button").first.click()
    lab.page.emulate_media(media="print")
    sheet = lab.page.locator(".drill-sheet")
    sheet.wait_for()
    assert sheet.locator("ol").first.locator("> li").count() == 10
    assert "undefined" not in sheet.inner_text()
    assert not lab.page.locator("article h1").first.is_visible()
    lab.page.emulate_media(media="screen")
    lab.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert sheet.count() == 0


def test_a_link_restores_the_task(lab):
    choose(lab, "dense_compute", 3, 2)
    question = lab.locator(".drill-question")
    shown = question.inner_text()
    lab.locator(".drill-answer button").nth(1).click()
    expect(question).not_to_have_text(shown, use_inner_text=True)
    choose(lab, "dense_compute", 3, 2)
    assert question.inner_text() == shown


def concept(language, topic="concepts_layers", level=1, seed=0):
    return cc.drill(topic, level=level, seed=seed, language=language)


def in_bank(task, language):
    """The seed with which the bank has this task."""
    bank = drill_bank.concept_tasks(language)
    return next(each["seed"] for each in bank if each["question"] == drill_bank.html(task.question))


def test_a_concept_is_chosen_by_keyboard_and_each_choice_says_what_it_reveals(lab, language):
    task = cc.drill("concepts_layers", 1, in_bank(concept(language), language), language)
    choose(lab, task.topic, task.level, task.seed)
    first = lab.locator("[type=radio]").first
    first.wait_for()
    assert lab.locator("[name=answer]").is_hidden()
    lab.locator(".drill-answer [type=submit]").click()
    assert lab.locator(".drill-verdict").inner_text().startswith("?")
    messages = {mistake.value: unbroken(mistake.reveals) for mistake in task.mistakes}
    first.focus()
    lab.page.keyboard.press("Space")
    for letter in "abcd":
        assert lab.locator("[type=radio]:checked").get_attribute("value") == letter
        lab.locator(".drill-answer [type=submit]").click()
        shown = lab.locator(".drill-verdict").inner_text()
        assert shown.startswith("✓") if letter == task.answer else messages[letter] in shown
        lab.locator("[type=radio]:checked").press("ArrowDown")
    lab.locator(".drill-solution summary").click()
    page, _, label = task.section.partition("#")
    assert lab.locator(".drill-solution a").get_attribute("href") == f"{page}.html#{label}"


def test_weak_topics_come_first_and_link_their_section(lab, language):
    kept = {"right": 4, "tried": 9, "topics": {"pooling": [3, 4], "network": [1, 5], "nonsense": [9, 1]}}
    lab.page.evaluate("kept => localStorage.setItem('cnncourse-drill', JSON.stringify(kept))", kept)
    lab.page.reload()
    lab.locator(".drill-topics summary").click()
    shown = [line.get_attribute("href") for line in lab.locator(".drill-topics a").all()]
    assert shown == ["arithmetic.html#sec-networks", "layers.html#sec-pooling"]
    with lab.page.expect_download() as saved:
        lab.locator(".lab-tools button").nth(2).click()
    results = json.loads(saved.value.path().read_text())
    assert results["topics"] == {"pooling": [3, 4], "network": [1, 5]}
    lab.locator(".lab-tools button").nth(1).click()
    assert lab.locator(".drill-topics").is_hidden()


def test_five_tasks_of_a_day_are_the_same_for_a_friend(lab, language):
    seen = []
    for _ in range(2):
        put_anew(lab, "#cnn-drill?today=2030-05-17")
        lab.locator(".drill-day:not(:empty)").wait_for()
        tasks = []
        for _ in range(5):
            tasks.append(lab.locator(".drill-question").inner_text())
            lab.locator(".drill-answer button").nth(1).click()
        assert len(set(tasks)) == 5
        assert "5" in lab.locator(".drill-day").inner_text()
        seen.append(tasks)
    assert seen[0] == seen[1]


def test_concepts_that_cannot_be_loaded_are_asked_for_again_and_added_once(browser, lab_server):
    with visiting(browser, lab_server) as (page, _watch):
        page.goto(f"{lab_server}/en/{PAGE}")
        lab = page.locator(LAB)
        topic = lab.locator("[name=topic]")
        calculations = lab.evaluate("lab => lab.chosen.length")
        page.route("**/concept-bank.js*", lambda route: route.abort())
        with page.expect_event("requestfailed"):
            topic.select_option("concepts_layers")
        page.unroute("**/concept-bank.js*")
        topic.select_option("all")
        assert lab.evaluate("lab => lab.next().then(() => lab.chosen.length)") > calculations
        everything = lab.evaluate("lab => lab.chosen.length")
        assert lab.evaluate("lab => lab.next().then(() => lab.chosen.length)") == everything
