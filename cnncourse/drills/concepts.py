"""Tasks on concepts: choose, order, match, or find the wrong sentence.

All of them are questions with a few choices, an order or a match being one choice. So they can be marked
without a doubt, on paper and in Moodle, too; what each wrong choice reveals stands with it. The texts are in
``topics/concepts_….py``, one file for each chapter, German and English side by side, and numbers in them
are written as the language does.
"""

from typing import NamedTuple

from cnncourse.drills.tasks import Task, Topic

LETTERS = "abcd"


class Words(NamedTuple):
    """A concept task in one language.

    Args:
        question: ends with a question mark, or with the colon before the sentences to choose from.
        right: the right choice.
        wrong: ``{wrong choice: what it reveals}``, the choices in the same order in both languages.
        why: why the right choice is right, in one or two sentences.
    """

    question: str
    right: str
    wrong: dict
    why: str

    @property
    def choices(self):
        """All choices, the right one first."""
        return self.right, *self.wrong


class Concepts(Topic):
    """The concept tasks of a chapter.

    Args:
        german: its title in German.
        english: its title in English.
        page: the chapter's page in the book.
        since: the version of the drills that first had the topic.
    """

    def __init__(self, german, english, page, since):
        super().__init__(german, english, since=since, section=page)
        self.asked = []

    def ask(self, level, label, german, english, since=None):
        """Add a task of a level, which the chapter teaches at the label."""
        number = len(self.asked)
        self.asked.append((level, since or self.since, german, english))
        names = [f"{number}.{place}" for place in range(1, len(german.choices))]
        self.reveals |= dict(
            zip(names, zip(german.wrong.values(), english.wrong.values(), strict=True), strict=True)
        )

        @self.task(level, since)
        def write(rng, w):
            words = w.pick((german, english))
            order = rng.sample(range(len(names) + 1), len(names) + 1)
            letters = {place: LETTERS[at] for at, place in enumerate(order)}
            return Task(
                words.question,
                letters[0],
                "",
                words.why,
                {name: letters[place] for place, name in enumerate(names, start=1)},
                tuple(words.choices[place] for place in order),
                f"{self.section}#{label}",
            )

    def stock(self, level, version):
        """Give how many different questions a level has."""
        return len(self.tasks(level, version))
