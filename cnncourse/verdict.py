"""What came of a check: of an answer to a drill, or of a function that a learner wrote."""

from dataclasses import dataclass

__all__ = ["Verdict"]


@dataclass(frozen=True)
class Verdict:
    """What :meth:`Drill.check` or :func:`check` found. A notebook shows its message.

    Args:
        status: ``"right"``, ``"mistake"`` (a typical one, which the message explains), ``"wrong"``,
            ``"unclear"`` (could be right; the message says how to write it), or ``"error"`` (a function
            that raised one).
        message: what to tell the learner, Markdown in the learner's language.

    >>> Verdict("right", "Richtig.").right
    True
    """

    status: str
    message: str

    @property
    def right(self):
        """Whether the answer is right."""
        return self.status == "right"

    def _repr_markdown_(self):
        return self.message

    def __str__(self):
        return self.message
