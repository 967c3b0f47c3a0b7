"""The typical mistakes of every topic of the drills: the thought behind each, and what to ask.

````md
```{mistakes}
```
````

``cnncourse.drills`` knows the mistakes and the sentences on them; ``book/mistakes.yml`` says, for both
editions, which thought leads to which of them. Each topic is a folded table with the label
``mistakes-<topic>``.
"""

import random
from functools import cache
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from cnncourse import drills
from cnncourse.drills.concepts import Concepts
from cnncourse.drills.tasks import LEVELS, Writer
from cnncourse.drills.topics import TOPICS, latest_version
from cnncourse.language import spoken
from extensions.tables import table
from extensions.words import MISTAKES

THOUGHTS = Path(__file__).resolve().parents[2] / "book" / "mistakes.yml"
SEEDS = 5  # tasks drawn of each kind, so that each of its mistakes is seen


@cache
def all_thoughts():
    """Every thought with the names of the mistakes that it leads to, read once a build."""
    return yaml.safe_load(THOUGHTS.read_text(encoding="utf-8"))


def thoughts_of(topic):
    """Each thought behind the mistakes of a topic, after the names of those mistakes."""
    made = made_in(topic)
    behind = [([name for name in made if name in thought["mistakes"]], thought) for thought in all_thoughts()]
    return sorted((each for each in behind if each[0]), key=lambda each: made.index(each[0][0]))


def calculated():
    """The topics whose answers are numbers or shapes; on concepts, a wrong choice is the thought itself."""
    return {name: topic for name, topic in TOPICS.items() if not isinstance(topic, Concepts)}


def made_in(topic, seeds=SEEDS):
    """The names of the mistakes that tasks of a topic lead to, in any version, the easy tasks' first."""
    writer, versions = Writer("en"), range(1, latest_version() + 1)
    writers = [write for level in LEVELS for version in versions for write in topic.tasks(level, version)]
    drawn = [write(random.Random(seed), writer) for write in dict.fromkeys(writers) for seed in range(seeds)]
    return list(dict.fromkeys(name for task in drawn for name in task.mistakes))


class Mistakes(SphinxDirective):
    """A folded table for each topic, in the order of the book."""

    def run(self):
        self.env.note_dependency(str(THOUGHTS))
        for module in Path(drills.__file__).parent.parent.rglob("*.py"):
            self.env.note_dependency(str(module))
        return [self.topic(name, topic) for name, topic in calculated().items()]

    def topic(self, name, topic):
        title = spoken(self.config.language).pick(topic.title)
        label = f"mistakes-{name}"
        box = nodes.admonition("", nodes.title(title, title), classes=["mistakes", "dropdown"])
        box["ids"].append(nodes.make_id(label))
        box += table(MISTAKES[self.config.language]["columns"], self.rows(topic))
        standard = self.env.get_domain("std")
        standard.note_hyperlink_target(label, self.env.docname, nodes.make_id(label), title)
        self.set_source_info(box)
        return box

    def rows(self, topic):
        """What the drill says to the answers that a thought leads to, the thought, what to ask."""
        language = self.config.language
        pick, quoted = spoken(language).pick, MISTAKES[language]["thought"].format
        for names, thought in thoughts_of(topic):
            said = [pick(topic.reveals[name]) for name in names]
            words = thought[language]
            yield [
                [nodes.paragraph(sentence, sentence) for sentence in said],
                self.parsed(quoted(words["thought"])),
                self.parsed(words["ask"]),
            ]

    def parsed(self, text):
        return [nodes.paragraph("", "", *self.parse_inline(text)[0])]


def setup(app):
    app.add_directive("mistakes", Mistakes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
