"""Run a study, or go on with it: ``python -m studies NAME [--data PATH]``.

Every finished run is kept in the record, and an interrupted one goes on from its last epoch. With
Ctrl-C it stops, and the same command goes on.
"""

import argparse
import time
from pathlib import Path

from cnncourse.backend import keras
from studies import NAMES, study
from studies._record import Record, fingerprint

CHECKPOINTS = Path(__file__).parent.parent / "_build" / "studies"


def main():
    """Read the command line and do what is missing."""
    parser = argparse.ArgumentParser(prog="python -m studies", description="Run a study, or go on with it.")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--data", help="an .npz file with the data, instead of Keras' download")
    parser.add_argument("--note", default="", help="what is to be known about that file, for the record")
    options = parser.parse_args()
    chosen = study(options.name)
    print(chosen.question)
    try:
        _run(options.name, chosen, chosen.load(options.data), options.note)
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on.")


def _run(name, study, dataset, note):
    record, experiment = Record(name, study), study.experiment
    record.expect(dataset, note)
    if stale := record.stale():
        print(f"Runs of other settings are dropped: {', '.join(stale)}.")
        record.drop(stale)
    CHECKPOINTS.mkdir(parents=True, exist_ok=True)
    data, validation = _split(dataset, study.held_out)
    while job := experiment.next_job(record.runs):
        start = time.monotonic()
        progress = _Progress(experiment, job, record)
        checkpoint = _checkpoint(name, study, job) if study.epochs_are_long else None
        options = {"validation": validation, "after_epoch": progress, "checkpoint": checkpoint}
        record.add(experiment.train(job, data, **options), time.monotonic() - start)
        keras.utils.clear_session()  # or a hundred networks fill the memory
        if checkpoint:
            checkpoint.unlink()
    print(f"All {experiment.count()} runs are in {record.path.name}.")


def _checkpoint(name, study, job):
    """Give the file of a run; one of other settings has another, so that it stands in nobody's way."""
    settings = fingerprint(study, study.experiment.arm(job.arm))
    kind = "trial" if job.search else f"seed-{job.seed}"
    return CHECKPOINTS / f"{name}-{settings}-{job.rate:g}-{kind}.keras"


def _split(dataset, held_out):
    """Give the data without the last training images, and these: the validation images."""
    train, held = ((dataset.x_train[part], dataset.y_train[part]) for part in _parts(held_out))
    return (train, (dataset.x_test, dataset.y_test)), held


def _parts(held_out):
    return slice(None, -held_out), slice(-held_out, None)


class _Progress:
    """Says after every epoch which run this is, how it goes, and how long the study still takes."""

    def __init__(self, experiment, job, record):
        self.experiment, self.job, self.runs = experiment, job, record.runs
        self.paces = record.paces()
        self.start = time.monotonic()

    def __call__(self, curves):
        values = ", ".join(f"{name} {values[-1]:.3f}" for name, values in curves.items() if "acc" in name)
        kind = "trial" if self.job.search else f"seed {self.job.seed}"
        print(
            f"{len(self.runs) + 1}/{self.experiment.count()} {self.job.arm}, rate {self.job.rate:g}, {kind}: "
            f"epoch {len(curves['loss'])}/{self.experiment.budget(self.job)}, {values}; "
            f"about {_hours(self._left(len(curves['loss'])))} left",
            flush=True,
        )

    def _left(self, epochs):
        """Estimate the seconds left: the epochs that are to come, each as long as its arm's were so far."""
        paces = {self.job.arm: (time.monotonic() - self.start) / epochs, **self.paces}
        usual = sum(paces.values()) / len(paces)
        left = self.experiment.epochs_left(self.runs)
        left[self.job.arm] -= epochs
        return sum(count * paces.get(arm, usual) for arm, count in left.items())


def _hours(seconds):
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02} h"


if __name__ == "__main__":
    main()
