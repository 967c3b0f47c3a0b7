"""Experiments on complete, real data, which run for hours: recorded once, read by the notebooks.

Each module holds one study, ``STUDY``: its question, the claim, the data and the experiment.
``python -m studies NAME`` does the runs that its record does not have yet, and writes every run that
is finished into ``cnncourse/records/NAME.json``.
"""

from dataclasses import dataclass, replace
from importlib import import_module
from pkgutil import iter_modules

import numpy as np

import cnncourse as cc
from cnncourse.protocol import Experiment

NAMES = tuple(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))


@dataclass(frozen=True)
class Study:
    """A question, what is claimed, and the experiment that answers.

    ``claim``: what is expected before the runs; when the record is complete, what the notebook asserts.
    ``data`` and ``size``: the name for :func:`cnncourse.load`, and the digits' size. The last ``held_out``
    training images are the validation images. ``epochs_are_long``: whether a run is saved after every
    epoch, not only at its end. ``classes``: the labels that are kept, in rising order, and numbered anew;
    ``None`` for all.
    """

    question: str
    claim: str
    data: str
    experiment: Experiment
    held_out: int = 5000
    epochs_are_long: bool = True
    size: int | None = None
    classes: tuple | None = None

    @property
    def images(self):
        """Say which images they are."""
        size = "" if self.size is None else f", {self.size} x {self.size}"
        return self.data + size + ("" if self.classes is None else f", classes {self.classes}")

    def load(self, path=None):
        """Load them, from a file if there is one."""
        dataset = cc.load(self.data, path=path, size=self.size)
        return dataset if self.classes is None else of_classes(dataset, self.classes)


def of_classes(dataset, classes):
    """Keep the images of some classes, whose labels are numbered anew."""
    kept = {}
    for part in ("train", "test"):
        labels = getattr(dataset, f"y_{part}")
        rows = np.isin(labels, classes)
        kept |= {f"x_{part}": getattr(dataset, f"x_{part}")[rows]}
        kept |= {f"y_{part}": np.searchsorted(classes, labels[rows])}
    return replace(dataset, **kept, class_names=tuple(dataset.class_names[label] for label in classes))


def study(name):
    """Give the study of a name."""
    if name not in NAMES:
        raise ValueError(f"name must be one of {', '.join(NAMES)}. Received name={name!r}.")
    return import_module(f"studies.{name}").STUDY
