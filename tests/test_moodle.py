"""The file for Moodle, read back and marked as Moodle's own code marks; and the exams of many variants."""

import re
from fractions import Fraction
from xml.etree import ElementTree

import pytest

import cnncourse as cc
from cnncourse.drills import LEVELS
from cnncourse.drills.__main__ import main
from cnncourse.drills.moodle import tolerance

EVERY = [
    cc.drill(topic, level, seed, language)
    for topic in cc.DRILL_TOPICS
    for level in LEVELS
    for seed in range(3)
    for language in ("de", "en")
]


def questions(drills):
    """The file's questions by their ID numbers."""
    quiz = ElementTree.fromstring(cc.moodle_xml(drills).encode())
    return {each.findtext("idnumber"): each for each in quiz if each.get("type") != "category"}


def id_of(task):
    return f"cnncourse-{task.topic}-{task.level}-{task.seed}-{task.language}"


def mark(question, response, unit=""):
    """The grade and the feedback, by the rules of Moodle: the first answer that matches counts.

    A number within the tolerance of an answer matches it, after it was divided by its unit's multiplier; of a
    short answer every character must be right but for capitals and repeated spaces.
    """
    for answer in question.iter("answer"):
        if question.get("type") == "numerical":
            units = {
                each.findtext("unit_name"): each.findtext("multiplier") for each in question.iter("unit")
            }
            value = Fraction(str(response)) / Fraction(units[unit] if unit else 1)
            distance = abs(value - Fraction(answer.findtext("text")))
            matches = distance <= Fraction(answer.findtext("tolerance"))
        else:
            matches = re.sub(r"\s+", " ", response).strip().casefold() == answer.findtext("text").casefold()
        if matches:
            return int(answer.get("fraction")), answer.findtext("feedback/text")
    return 0, None


def ticked(question, text):
    """The grade and the feedback of the choice with this text."""
    found = [answer for answer in question.iter("answer") if plain(answer.findtext("text")) == plain(text)]
    assert len(found) == 1
    return int(found[0].get("fraction")), found[0].findtext("feedback/text")


def plain(text):
    """Letters and digits alone, without Markdown and HTML."""
    return re.sub(r"<[^>]+>|&\w+;|\W", "", text)


def written(value):
    """A shape as a student types it; a number is its own text."""
    return "{} x {}  x {}".format(*value) if isinstance(value, tuple) else value


@pytest.fixture(scope="module")
def exported():
    return {language: questions([d for d in EVERY if d.language == language]) for language in ("de", "en")}


@pytest.mark.parametrize("task", EVERY, ids=id_of)
def test_the_answer_is_right_and_each_typical_mistake_gets_its_feedback(exported, task):
    question = exported[task.language][id_of(task)]

    def graded(value):
        return ticked(question, task.lettered[value]) if task.choices else mark(question, written(value))

    assert graded(task.answer)[0] == 100
    for value, reveals in task.mistakes:
        grade, feedback = graded(value)
        assert grade == 0
        if "$" not in reveals:
            assert plain(feedback) == plain(reveals)


def test_a_task_on_concepts_is_a_multiple_choice():
    for language in ("de", "en"):
        task = cc.drill("concepts_layers", 2, 1, language)
        question = questions([task])[id_of(task)]
        assert question.get("type") == "multichoice"
        settings = [question.findtext(name) for name in ("single", "shuffleanswers", "answernumbering")]
        assert settings == ["true", "true", "abc"]
        assert sorted(int(answer.get("fraction")) for answer in question.iter("answer")) == [0, 0, 0, 100]


@pytest.mark.parametrize("task", EVERY, ids=id_of)
def test_what_a_student_reads_is_html_with_formulas_for_mathjax(exported, task):
    question = exported[task.language][id_of(task)]
    for part in ("questiontext", "generalfeedback"):
        assert question.find(part).get("format") == "html"
        html = question.findtext(f"{part}/text")
        assert html.startswith("<")
        assert "$" not in html
        assert "**" not in html
        assert html.count(r"\[") == html.count(r"\]")
        assert html.count(r"\(") == html.count(r"\)")
    assert question.findtext("generalfeedback/text").count(r"\[") == task.solution.count("$$") // 2


def test_a_rounded_number_is_right_until_it_could_be_a_mistake():
    assert tolerance(139.776, [136.5]) == 0.5
    assert tolerance(3.965952, [3.964928]) < 0.001024 / 2
    assert tolerance(55, [54]) == 0


def test_memory_may_be_written_in_another_unit(exported):
    task = next(d for d in EVERY if d.unit == "kB" and d.language == "en")
    question = exported["en"][id_of(task)]
    for unit, worth in {"kB": 1, "B": 1000, "MB": Fraction(1, 1000), "KiB": Fraction(1000, 1024)}.items():
        assert mark(question, Fraction(str(task.answer)) * worth, unit)[0] == 100, unit
    assert mark(question, task.answer, "MB")[0] == 0


def test_topics_and_levels_are_categories_and_every_id_is_its_own():
    drills = [d for d in EVERY if d.language == "de"]
    quiz = ElementTree.fromstring(cc.moodle_xml(drills).encode())
    categories = [each.findtext("category/text") for each in quiz if each.get("type") == "category"]
    assert len(set(categories)) == len(categories) == len(cc.DRILL_TOPICS) * len(LEVELS)
    assert all(name.startswith("$course$/top/Faltungsnetze/") for name in categories)
    assert len(questions(drills)) == len(drills)


def test_the_same_exam_gives_the_same_file():
    assert cc.moodle_xml(cc.exam(5, 7, "de")) == cc.moodle_xml(cc.exam(5, 7, "de"))


@pytest.mark.parametrize("drills", [[], None, [3]])
def test_nothing_to_export_is_said(drills):
    with pytest.raises(ValueError, match="at least one drill"):
        cc.moodle_xml(drills)


# -- many exams ----------------------------------------------------------------------------------------


def test_variants_ask_for_the_same_with_other_numbers():
    exams = cc.exam_variants(30, 12, 7, "de")
    kinds = {tuple((task.topic, task.level) for task in drills) for drills in exams.values()}
    assert kinds == {tuple((task.topic, task.level) for task in cc.exam(12, 7, "de"))}
    assert len({tuple(task.question for task in drills) for drills in exams.values()}) == 30
    assert next(iter(exams)) == "7-001"
    assert exams["7-030"] == cc.exam_variants(30, 12, 7, "de")["7-030"]
    german, english = (cc.exam_variants(2, 5, 7, language)["7-002"] for language in ("de", "en"))
    assert [task.answer for task in german] == [task.answer for task in english]


@pytest.mark.parametrize("variants", [0, -1, 1000, 2.5])
def test_a_number_of_variants_that_is_not_allowed_is_said(variants):
    with pytest.raises(ValueError, match="variants must be"):
        cc.exam_variants(variants)


def test_the_command_writes_sheets_with_codes_and_one_key(capsys):
    main(["--variants", "3", "--count", "4", "--seed", "7", "--language", "de"])
    sheets, _, key = capsys.readouterr().out.partition("# Schlüssel zum Korrigieren")
    assert re.findall(r"^# Übungsklausur ([\d-]+)", sheets, re.MULTILINE) == ["7-001", "7-002", "7-003"]
    assert sheets.count("break-after: page") == 3
    assert "Lösungen" not in sheets
    exams = cc.exam_variants(3, 4, 7, "de")
    answers = [cc.number(task.answer) for drills in exams.values() for task in drills if task.unit != "MiB"]
    assert all(f"**{answer}" in key for answer in answers)


def test_the_command_writes_a_file_for_moodle(tmp_path, capsys):
    file = tmp_path / "quiz.xml"
    main(["--format", "moodle", "--count", "3", "--language", "en", "--output", str(file)])
    assert capsys.readouterr().out == ""
    assert file.read_text(encoding="utf-8") == cc.moodle_xml(cc.exam(3, 0, "en"))
    with pytest.raises(SystemExit):
        main(["--output", str(tmp_path / "nowhere" / "quiz.xml")])
    assert "nowhere" in capsys.readouterr().err
