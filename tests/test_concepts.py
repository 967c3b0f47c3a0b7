"""The tasks on concepts, each in both languages: clear, complete, marked rightly, in the book's own terms."""

import re
from collections import Counter
from pathlib import Path

import pytest

import cnncourse as cc
from cnncourse.drills import exam, exam_sheet
from cnncourse.drills.concepts import Concepts
from cnncourse.drills.sheet import question_text, worked_answer
from cnncourse.drills.topics import TOPICS, latest_version

BOOK = Path(__file__).parents[1]
EDITIONS = {"de": BOOK / "book", "en": BOOK / "en" / "book"}
CONCEPTS = [name for name, topic in TOPICS.items() if isinstance(topic, Concepts)]
WORDS = {
    language: [
        words for name in CONCEPTS for words in ((task[2], task[3])[at] for task in TOPICS[name].asked)
    ]
    for at, language in enumerate(EDITIONS)
}


def texts(words):
    """All that a reader sees of a task."""
    return [words.question, *words.choices, *words.wrong.values(), words.why]


def drawn(name, language):
    """Every task of a topic, by its question, at its level."""
    tasks = {}
    for level in (1, 2, 3):
        for seed in range(60):
            task = cc.drill(name, level, seed, language)
            tasks.setdefault(task.question, task)
    return list(tasks.values())


DRAWN = [task for language in EDITIONS for name in CONCEPTS for task in drawn(name, language)]
by_question = pytest.mark.parametrize("task", DRAWN, ids=[f"{d.topic}-{d.level}-{d.seed}" for d in DRAWN])
in_both = pytest.mark.parametrize("language", list(EDITIONS))


def test_there_are_enough_in_every_chapter_and_level():
    assert len(WORDS["de"]) >= 60
    chapters = [
        line.split("/")[-1] for line in (BOOK / "_toc.yml").read_text().split() if "notebooks/" in line
    ]
    assert {TOPICS[name].section for name in CONCEPTS} == set(chapters)
    for name in CONCEPTS:
        assert all(TOPICS[name].stock(level, latest_version()) >= 2 for level in (1, 2, 3)), name


@in_both
def test_every_kind_of_question_is_there(language):
    kinds = {
        "order": r"Reihenfolge|order",
        "match": r"^(Ordne zu|Match)",
        "error": r"Satz ist falsch|sentence is wrong",
    }
    for kind, question in kinds.items():
        assert sum(bool(re.search(question, words.question)) for words in WORDS[language]) >= 3, kind


@by_question
def test_one_choice_is_right_and_each_other_says_why_not(task):
    assert len(task.choices) == 4
    verdicts = {letter: task.check(letter) for letter in task.lettered}
    assert [letter for letter, verdict in verdicts.items() if verdict.right] == [task.answer]
    reveals = {verdict.message for verdict in verdicts.values() if verdict.status == "mistake"}
    assert len(reveals) == 3
    assert reveals == {mistake.reveals for mistake in task.mistakes}


@by_question
def test_a_choice_may_be_written_as_people_do(task):
    text = task.lettered[task.answer]
    for answer in (
        task.answer.upper(),
        f" ({task.answer}) ",
        f"{task.answer})",
        f"{task.answer}.",
        text,
        f" {text.upper()}.",
    ):
        assert task.check(answer).right, answer


@pytest.mark.parametrize("answer", ["", "e", "ab", "1", "34.944", None, 2, ("a",)])
def test_what_is_no_choice_is_said(answer):
    task = cc.drill("concepts_layers", 1, 0, "en")
    with pytest.raises(ValueError, match="asks for one of the letters before the choices, not"):
        task.check(answer)


@in_both
def test_no_wording_comes_twice(language):
    for part in ("question", "why"):
        assert [
            text for text, times in Counter(getattr(w, part) for w in WORDS[language]).items() if times > 1
        ] == []
    for words in WORDS[language]:
        assert len({choice.casefold() for choice in words.choices}) == len(words.choices)
        assert len(set(words.wrong.values())) == len(words.wrong)


@in_both
def test_the_right_choice_is_not_told_by_its_length(language):
    """It is the longest about as often as any other, and never by much."""
    longest = shortest = 0
    for words in WORDS[language]:
        right, *wrong = map(len, words.choices)
        longest += right > max(wrong)
        shortest += right < min(wrong)
        assert right <= 1.6 * max(wrong), words.right
    assert longest <= len(WORDS[language]) / 3
    assert shortest <= len(WORDS[language]) / 3


def test_right_choices_stand_at_every_letter():
    letters = Counter(
        task.answer for seed in range(40) for task in exam(24, seed, "de", version=3) if task.choices
    )
    assert set(letters) == set("abcd")
    assert min(letters.values()) > max(letters.values()) / 2


@in_both
def test_text_is_clean(language):
    for words in WORDS[language]:
        assert words.question.endswith("?")
        assert all(text.endswith(".") for text in (*words.wrong.values(), words.why)), words
        assert len({choice.endswith(".") for choice in words.choices}) == 1, words.choices
        for text in texts(words):
            prose = re.sub(r"`[^`]*`", "", text).replace("214.98 MB", "")  # what Keras prints
            assert "  " not in text
            assert not re.search(r"\d\.\d" if language == "de" else r"\d,\d", prose), text
            assert not re.search(r"\d %" if language == "en" else r"\d%", prose), text
            assert ('"' if language == "de" else "„") not in prose, text


def test_both_languages_hold_the_same_numbers_and_letters():
    for german, english in zip(WORDS["de"], WORDS["en"], strict=True):
        for mine, yours in zip(texts(german), texts(english), strict=True):
            assert sorted(re.findall(r"\d+", mine)) == sorted(re.findall(r"\d+", yours)), (mine, yours)


def also(language):
    """The glossary's other names for its entries: the tasks use its first names."""
    text = (EDITIONS[language] / "glossary.md").read_text(encoding="utf-8")
    found = re.findall(r"^:::\{entry\} (.+)\n(?::.*\n)*?:also: (.+)$", text, re.MULTILINE)
    return {name.strip(): entry for entry, names in found for name in names.split(",")}


ALLOWED = {"neuron", "flops", "multiply-accumulate", "gleitende werte"}
"""Other names that the book itself uses beside the entry's."""


@in_both
def test_terms_are_those_of_the_glossary(language):
    names = {name: entry for name, entry in also(language).items() if name.casefold() not in ALLOWED}
    assert len(names) > 20
    for words in WORDS[language]:
        for text in texts(words):
            prose = re.sub(r"`[^`]*`", "", text)
            for name, entry in names.items():
                if name.casefold() not in entry.casefold():
                    found = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", prose)
                    assert not found, f"{name}: the glossary says {entry!r} in {text!r}"


@pytest.mark.parametrize("name", list(TOPICS))
def test_the_section_is_in_both_editions(name):
    sections = {cc.drill(name, level, seed, "de").section for level in (1, 2, 3) for seed in range(20)}
    for folder in EDITIONS.values():
        for page, _, label in (section.partition("#") for section in sections):
            text = (folder / f"{page}.md").read_text(encoding="utf-8")
            assert not label or re.search(rf"^(\({label}\)=|:label: {label})$", text, re.MULTILINE), label


def test_a_sheet_has_boxes_and_says_where_to_read():
    tasks = [task for task in exam(30, 5, "en", version=3) if task.choices]
    questions, _, solutions = exam_sheet(tasks, version=3).partition("# Solutions")
    assert questions.count("- ☐ ") == sum(len(task.choices) for task in tasks) == 4 * len(tasks)
    assert "Answer:" not in questions
    assert "Exactly one box is right." in questions
    for task in tasks:
        assert f"**{task.answer}) {task.lettered[task.answer]}**" in solutions
        assert f"`{task.section}`" in solutions
        assert all(choice in question_text(task) for choice in task.choices)
        assert task.solution not in repr(task)
    assert worked_answer(tasks[0]).count("\n- ") == 3


@pytest.mark.parametrize("seed", range(4))
def test_an_exam_covers_concepts_and_calculations(seed):
    tasks = exam(30, seed, "de", version=latest_version())
    assert {task.topic for task in tasks} == set(cc.DRILL_TOPICS)
    assert not any(task.choices for task in exam(30, seed, "de"))
    english = exam(30, seed, "en", version=latest_version())
    assert [(t.topic, t.seed, t.answer) for t in tasks] == [(t.topic, t.seed, t.answer) for t in english]


def test_the_largest_exam_asks_no_concept_twice():
    tasks = exam(300, 1, "de", version=latest_version())
    assert len({task.question for task in tasks}) == 300
    assert sum(bool(task.choices) for task in tasks) == len(WORDS["de"])


def test_the_newest_version_asks_for_nothing_that_no_chapter_teaches():
    untaught = re.compile(r"dilation|bfloat16|float64", re.IGNORECASE)
    for topic in cc.DRILL_TOPICS:
        for level in (1, 2, 3):
            for seed in range(12):
                task = cc.drill(topic, level, seed, "de", version=latest_version())
                assert not untaught.search(task.question + task.solution), task.question
                assert "MAC" not in task.question or "Gruppe" not in task.question
