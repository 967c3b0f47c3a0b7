"""Experiments on complete, real data, which run for hours: recorded once, read by the notebooks.

Each module holds one study, ``STUDY``: its question, the claim, the data and the experiment.
``python -m studies NAME`` does the runs that its record does not have yet, and writes every run that
is finished into ``cnncourse/records/NAME.json``.
"""

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

import cnncourse as cc
from cnncourse.protocol import Experiment

NAMES = tuple(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))


@dataclass(frozen=True)
class Study:
    """A question, what is claimed, and the experiment that answers.

    ``claim``: what is expected before the runs; when the record is complete, what the notebook asserts.
    ``data`` and ``size``: the name for :func:`cnncourse.load`, and the digits' size. The last ``held_out``
    training images are the validation images. ``epochs_are_long``: whether a run is saved after every
    epoch, not only at its end.
    """

    question: str
    claim: str
    data: str
    experiment: Experiment
    held_out: int = 5000
    epochs_are_long: bool = True
    size: int | None = None

    @property
    def images(self):
        """Say which images they are."""
        return self.data if self.size is None else f"{self.data}, {self.size} x {self.size}"

    def load(self, path=None):
        """Load them, from a file if there is one."""
        return cc.load(self.data, path=path, size=self.size)


def study(name):
    """Give the study of a name."""
    if name not in NAMES:
        raise ValueError(f"name must be one of {', '.join(NAMES)}. Received name={name!r}.")
    return import_module(f"studies.{name}").STUDY
