"""Experiments on complete, real data, which run for hours: recorded once, read by the notebooks.

Each module holds one study, ``STUDY``: its question, the claim, the data and the experiment.
``python -m studies NAME`` does the runs that its record does not have yet, and writes every run that
is finished into ``cnncourse/records/NAME.json``.
"""

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from cnncourse.protocol import Experiment

NAMES = tuple(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))


@dataclass(frozen=True)
class Study:
    """A question, what is claimed, and the experiment that answers.

    ``claim``: what is expected before the runs; when the record is complete, what the notebook asserts.
    ``data``: the name for :func:`cnncourse.load`. The last ``held_out`` training images are the
    validation images. ``epochs_are_long``: whether a run is saved after every epoch, not only at its end.
    """

    question: str
    claim: str
    data: str
    experiment: Experiment
    held_out: int = 5000
    epochs_are_long: bool = True


def study(name):
    """Give the study of a name."""
    if name not in NAMES:
        raise ValueError(f"name must be one of {', '.join(NAMES)}. Received name={name!r}.")
    return import_module(f"studies.{name}").STUDY
