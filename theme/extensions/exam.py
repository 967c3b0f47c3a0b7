"""An exam drawn by ``cnncourse.drills``: each task in a box, its solution and typical mistakes folded below.

````md
```{exam} 7
:level: 1
```
````

The argument is the seed. The tasks are drawn anew at every build, so the page cannot differ from what
``python -m cnncourse.drills --seed 7`` prints; it shows the tasks of one level, so that each level has a
heading of its own.
"""

from pathlib import Path

from sphinx.util.docutils import SphinxDirective

from cnncourse import drills
from cnncourse.drills.sheet import answer_line, worked_answer

TASK = """\
:::::{{exercise}} {task.title}
:label: {label}
{task.question}

{{.answer-line}}
{line}
:::::

:::::{{solution}} {label}
:class: dropdown left-folded
{solution}
:::::
"""


class Exam(SphinxDirective):
    """The tasks of one level of an exam of 30."""

    required_arguments = 1
    option_spec = {"level": int}  # noqa: RUF012

    def run(self):
        for module in Path(drills.__file__).parent.parent.rglob("*.py"):
            self.env.note_dependency(str(module))
        tasks = drills.exam(30, int(self.arguments[0]), self.config.language)
        chosen = [
            self.task(number, task)
            for number, task in enumerate(tasks, start=1)
            if task.level == self.options["level"]
        ]
        return self.parse_text_to_nodes("\n".join(chosen))

    def task(self, number, task):
        label = f"exam-{self.arguments[0]}-{number}"
        return TASK.format(task=task, label=label, line=answer_line(task), solution=worked_answer(task))


def setup(app):
    app.add_directive("exam", Exam)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
