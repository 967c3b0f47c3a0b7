"""The record of a study: which runs there are, of which data, and whether they fit the study's code."""

import hashlib
import json
import os
import platform
from functools import partial
from math import isfinite

import numpy as np

from cnncourse.backend import keras, tf
from cnncourse.protocol import RECORDS, runs_of


class Record:
    """A JSON file with one line a run, replaced at once after every run."""

    def __init__(self, name, study):
        self.path, self.study = RECORDS / f"{name}.json", study
        empty = {"study": name, "data": None, "arms": {}, "machines": [], "runs": []}
        self.content = json.loads(self.path.read_text("utf-8")) if self.path.is_file() else empty

    @property
    def runs(self):
        """The finished runs."""
        return runs_of(self.content)

    def paces(self):
        """Tell how many seconds an epoch of each arm took, in its latest run."""
        return {run["arm"]: run["duration"] / len(run["curves"]["loss"]) for run in self.content["runs"]}

    def stale(self):
        """Name the arms whose runs were made by other settings than the study's code has now."""
        now = {arm.name: fingerprint(self.study, arm) for arm in self.study.experiment.arms}
        return [name for name, there in self.content["arms"].items() if now.get(name) != there]

    def drop(self, arms):
        """Forget the runs of some arms."""
        self.content["runs"] = [run for run in self.content["runs"] if run["arm"] not in arms]
        self.content["arms"] = {
            name: there for name, there in self.content["arms"].items() if name not in arms
        }

    def expect(self, dataset, note):
        """Say what the runs are made with; refuse other data than the runs so far had."""
        data = {"name": self.study.images, "note": note, "sha256": sha256(dataset)}
        before = self.content["data"]
        if before and before["sha256"] != data["sha256"]:
            raise ValueError(f"{self.path.name} has runs on other data ({before['note'] or before['name']}).")
        self.content["data"] = before or data

    def add(self, run, duration):
        """Add a finished run, and write the file."""
        self.content["arms"][run.arm] = fingerprint(self.study, self.study.experiment.arm(run.arm))
        machine = this_machine()
        if machine not in self.content["machines"]:
            self.content["machines"].append(machine)
        where = {"duration": round(duration, 1), "machine": self.content["machines"].index(machine)}
        self.content["runs"].append(_rounded(run._asdict()) | where)
        self.write()

    def write(self):
        """Replace the file at once: an interruption leaves the old one or the new one."""
        self.path.parent.mkdir(exist_ok=True)
        partial_file = self.path.with_suffix(".partial")
        partial_file.write_text(_text(self.content), "utf-8")
        os.replace(partial_file, self.path)


def fingerprint(study, arm):
    """Sum up what an arm's runs depend on; seeds and rates may be added later, so they do not count."""
    experiment = study.experiment
    settings = [
        *(study.images, study.held_out, experiment.epochs, experiment.search_epochs, experiment.choose),
        *(experiment.until, experiment.training, arm.training, arm.network, arm.optimizer, arm.data),
        *filter(None, (experiment.measure, experiment.sample)),  # so that older records stay valid
    ]
    return hashlib.sha256(describe(settings).encode()).hexdigest()[:16]


def describe(value):
    """Write settings down in words: functions by their names, with the arguments that they were given."""
    if isinstance(value, partial):
        given = {**dict(enumerate(value.args)), **value.keywords}
        return f"{describe(value.func)}{describe(given)}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {describe(value[key])}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(describe, value)) + ")"
    if value is None or isinstance(value, str | int | float):
        return repr(value)
    if getattr(value, "__name__", "<lambda>") == "<lambda>":
        raise ValueError(f"A study needs functions that have a name. Received {value!r}.")
    return value.__name__


def sha256(dataset):
    """Sum up the images as bytes 0 … 255 and the labels as bytes: training, then test."""
    total = hashlib.sha256()
    for images, labels in ((dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test)):
        total.update(np.round(images * 255).astype("uint8").tobytes())
        total.update(labels.astype("uint8").tobytes())
    return total.hexdigest()


def this_machine():
    """Tell the processor and the versions that a run was made with."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            processor = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.processor() or platform.machine()
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    return {"processor": processor, **versions, "keras": keras.__version__, "tensorflow": tf.__version__}


def _rounded(value):
    """Round to four significant digits; what JSON cannot write, an infinite loss, becomes ``null``."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.4g}") if isfinite(value) else None
    return value


def _text(content):
    """Write the record with one line for each run, so that a change shows as lines."""
    runs = ",\n".join(f"  {json.dumps(run, separators=(',', ':'))}" for run in content["runs"])
    head = json.dumps({**content, "runs": []}, indent=1, ensure_ascii=False)
    return head.removesuffix("[]\n}") + f"[\n{runs}\n]\n}}\n"
