"""Comparisons that hold: a learning rate for each arm, several seeds, paired differences.

Networks are compared fairly if each may work as well as it can, and if chance is shown. So every
arm gets the learning rate of a stated grid that does best on *validation* images, then every arm is
trained with the same seeds, all runs are kept, and what two arms differ by is told seed by seed. The
test images are used once per run, after all decisions. The book's page "Protocol" gives the reasons.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil, isnan, nan
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from cnncourse.language import spoken
from cnncourse.words import say

__all__ = ["Arm", "Experiment", "PairedDifference", "Results", "Run", "recorded"]

RECORDS = Path(__file__).with_name("records")
_SEARCH_SEED = 1000  # the rate is chosen with weights and an order of images that no later run has


def sgd(learning_rate):
    """Give Keras' SGD with momentum 0.9."""
    from cnncourse.backend import keras

    return keras.optimizers.SGD(learning_rate, momentum=0.9)


@dataclass(frozen=True)
class Arm:
    """One of the things that are compared: a network, and the learning rates it may choose from.

    Args:
        name: what the arm is called; it says what is varied.
        network: a function without arguments that builds a Keras model; it is compiled here.
        rates: the grid of learning rates. A single one is taken as it is.
        optimizer: a function of the learning rate; by default SGD with momentum 0.9.
        data: a function that changes the training images and labels, ``(x, y)`` to ``(x, y)``: fewer
            of them, say, or labels that are shuffled as a control.
        training: arguments of :func:`~cnncourse.run_test_harness` that differ from the other arms'.

    Raises:
        ValueError: for no rate, and for rates that are not above zero.

    Source: Dacrema et al., *Are we really making much progress?*, 2019, on baselines left untuned.

    >>> Arm("LeNet-5", network=print, rates=[0.01, 0.1]).rates
    (0.01, 0.1)
    """

    name: str
    network: Callable
    rates: tuple = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
    optimizer: Callable = sgd
    data: Callable | None = None
    training: Mapping = field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "rates", tuple(self.rates))
        if not self.rates or not all(rate > 0 for rate in self.rates):
            raise ValueError(f"rates must be learning rates above 0. Received rates={self.rates!r}.")


class Job(NamedTuple):
    """A training that is to be done; ``search``: only to choose the arm's learning rate."""

    arm: str
    rate: float
    seed: int
    search: bool = False


class Run(NamedTuple):
    """A training that was done.

    ``curves`` hold one value per epoch of ``loss``, ``accuracy``, ``val_loss`` and ``val_accuracy``;
    ``test`` one value of each on the test images, ``None`` for a run that only chose a rate. ``seconds``
    is what an epoch took of processor time, all cores together, so that other work does not count.
    ``parameters`` is the size of the network.

    >>> curves = {"accuracy": [0.5, 0.7, 0.9]}
    >>> test = {"accuracy": 0.8}
    >>> run = Run("LeNet-5", 0.01, 0, False, curves, test, 1.5, 61706)
    >>> run.value("accuracy"), run.value("test_accuracy")
    (0.9, 0.8)
    >>> run.epochs_to(0.7)
    2
    """

    arm: str
    rate: float
    seed: int
    search: bool
    curves: dict
    test: dict | None
    seconds: float
    parameters: int

    def value(self, of):
        """Give a curve's end, ``"test_…"``, ``"seconds"``, what was measured, or ``of(run)``."""
        if callable(of):
            return of(self)
        if of == "seconds":
            return self.seconds
        if of.startswith("test_") and self.test:
            return _known(self.test, of.removeprefix("test_"), of)
        if self.test and of in self.test and of not in self.curves:
            return self.test[of]
        return _known(self.curves, of, of)[-1]

    def epochs_to(self, value, of="accuracy"):
        """Tell after how many epochs a curve reaches a value; ``nan`` if it never does."""
        reached = [epoch for epoch, there in enumerate(self.curves[of], 1) if there >= value]
        return reached[0] if reached else nan


def _known(values, key, of):
    if key not in values:
        known = ", ".join(values)
        raise ValueError(f"of must be 'seconds', 'test_…' or one of {known}. Received of={of!r}.")
    return values[key]


@dataclass(frozen=True)
class Experiment:
    """A comparison of arms: how long they train, with which seeds, and how the rates are chosen.

    Args:
        arms: each an :class:`Arm`.
        epochs: how long each arm trains, the equal budget; with ``until``, the most.
        seeds: five or more for a result, fewer for a first look.
        search_epochs: how long each rate is tried; by default as long as the arms train, and below 1 a
            share of it.
        choose: the curve whose last value chooses the rate, the highest.
        until: ``(curve, value)``: a run ends as soon as the curve reaches the value.
        training: further arguments of :func:`~cnncourse.run_test_harness`, the same for all arms, such as
            ``{"batch_size": 64}``.
        measure: a function of the trained model, its training images and their labels that gives further
            numbers, such as ``{"gap": 0.1}``. They stand in the run's ``test``, where ``value("gap")`` finds
            them.
        sample: a function that draws the training images and labels of a seed, ``(x, y, seed)`` to
            ``(x, y)``, the same for all arms. Without one, every seed has the same images.

    Raises:
        ValueError: for arms of the same name.

    Source: The book's page "Protocol".

    >>> from functools import partial
    >>> import cnncourse as cc
    >>> network = partial(cc.dense_stack, 1, (8, 8, 1))
    >>> arms = [Arm("one hidden layer", network, rates=[0.1])]
    >>> experiment = Experiment(arms, epochs=2, seeds=(0, 1))
    >>> results = experiment.run(cc.load("digits", size=8))
    >>> min(results.values("one hidden layer")) > 0.5
    True
    """

    arms: tuple
    epochs: int
    seeds: tuple = (0, 1, 2, 3, 4)
    search_epochs: float | None = None
    choose: str = "val_accuracy"
    until: tuple | None = None
    training: Mapping = field(default_factory=dict)
    measure: Callable | None = None
    sample: Callable | None = None

    def __post_init__(self):
        names = [arm.name for arm in self.arms]
        if len(set(names)) < len(names):
            raise ValueError(f"Every arm needs a name of its own. Received {', '.join(names)}.")

    def run(self, data="digits"):
        """Do every training, and give the :class:`Results`."""
        runs = []
        while job := self.next_job(runs):
            runs.append(self.train(job, data))
        return Results(runs)

    def next_job(self, runs):
        """Give the training that comes next after some runs, or ``None``: seed by seed, arm by arm."""
        for seed in self.seeds:
            for arm in self.arms:
                own = [run for run in runs if run.arm == arm.name]
                if missing := set(self._searches(arm)) - {Job(*run[:4]) for run in own}:
                    return min(missing)
                job = Job(arm.name, self._chosen(arm, own), seed)
                if job not in [run[:4] for run in own]:
                    return job
        return None

    def count(self):
        """Tell how many trainings there are in all."""
        return sum(len(self._searches(arm)) + len(self.seeds) for arm in self.arms)

    def budget(self, job):
        """Tell how many epochs a training has at most."""
        arm = self.arm(job.arm)
        epochs = {"epochs": self.epochs, **arm.training}["epochs"]
        if not job.search or self.search_epochs is None:
            return epochs
        tried = self.search_epochs
        return min(epochs, tried if tried >= 1 else ceil(tried * epochs))

    def epochs_left(self, runs):
        """Tell how many epochs each arm still has to train at most."""
        left = {}
        for arm in self.arms:
            jobs = [*self._searches(arm), *(Job(arm.name, None, seed) for seed in self.seeds)]
            left[arm.name] = sum(map(self.budget, jobs))
        for run in runs:
            left[run.arm] -= self.budget(run)
        return left

    def arm(self, name):
        """Give the arm of a name."""
        return next(arm for arm in self.arms if arm.name == name)

    def train(self, job, data="digits", *, after_epoch=None, **options):
        """Do one training, and give the :class:`Run`.

        ``after_epoch`` is called with the curves so far; ``options`` go to
        :func:`~cnncourse.run_test_harness`, such as a checkpoint.
        """
        from cnncourse.training import run_test_harness

        arm, clock = self.arm(job.arm), _Clock(self.until, after_epoch)
        options = {"verbose": 0, **self.training, **arm.training, **options}
        options |= {"seed": job.seed, "epochs": self.budget(job), "stop": clock}
        data = _changed(data, arm, self.sample, job.seed)
        history, model = run_test_harness(data, model=lambda: _compiled(arm, job.rate), **options)
        test = None if job.search else history.test | self._measured(model, data)
        return Run(*job, history.history, test, clock.seconds(), model.count_params())

    def _measured(self, model, data):
        from cnncourse.training import _arrays

        return self.measure(model, *_arrays(data)[0]) if self.measure else {}

    def _searches(self, arm):
        if len(arm.rates) == 1:
            return []
        return [Job(arm.name, rate, _SEARCH_SEED, search=True) for rate in arm.rates]

    def _chosen(self, arm, runs):
        """Choose the rate whose short run ends highest; the smaller one of two equals."""
        if len(arm.rates) == 1:
            return arm.rates[0]
        tried = [run for run in runs if run.search and run.rate in arm.rates]
        return min(
            tried, key=lambda run: (-np.nan_to_num(run.value(self.choose), nan=-np.inf), run.rate)
        ).rate


def _changed(data, arm, sample, seed):
    """Give the arm's data: the training images and labels drawn and changed, the test images as they are."""
    if arm.data is None and sample is None:
        return data
    from cnncourse.training import _arrays

    train, test = _arrays(data)
    train = sample(*train, seed) if sample else train
    return arm.data(*train) if arm.data else train, test


def _compiled(arm, rate):
    model = arm.network()
    model.compile(arm.optimizer(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


class _Clock:
    """Called after every epoch: stops a run that is there, or lost, and keeps the processor's time."""

    def __init__(self, until, after_epoch):
        self.until, self.after_epoch = until, after_epoch
        self.times = [time.process_time()]

    def __call__(self, history):
        self.times.append(time.process_time())
        if self.after_epoch:
            self.after_epoch(history)
        there = self.until is not None and history[self.until[0]][-1] >= self.until[1]
        return there or isnan(history["loss"][-1])

    def seconds(self):
        """Give the median of an epoch; the first one, in which TensorFlow also prepares, only if alone."""
        epochs = np.diff(self.times)
        return float(np.median(epochs[1:] if len(epochs) > 1 else epochs)) if len(epochs) else nan


# -- what came out ------------------------------------------------------------------------------------


class Results:
    """All runs of a comparison; a notebook shows them as a table, one row per arm.

    >>> def run(arm, seed, accuracy):
    ...     test = {"accuracy": accuracy}
    ...     return Run(arm, 0.1, seed, False, {}, test, 1.0, 61706)
    >>> ours = [run("a", 0, 0.7), run("a", 1, 0.8)]
    >>> results = Results([*ours, run("b", 0, 0.6), run("b", 1, 0.7)])
    >>> results.to_frame()
       learning rate  seed 0  seed 1  mean
    a            0.1     0.7     0.8  0.75
    b            0.1     0.6     0.7  0.65
    """

    def __init__(self, runs):
        self.runs = tuple(runs)

    @property
    def arms(self):
        """The names of the arms, in the order of their first run."""
        return tuple(dict.fromkeys(run.arm for run in self.runs if not run.search))

    def of(self, arm):
        """Give the runs of an arm, without those that only chose its rate; sorted by their seeds."""
        if arm not in self.arms:
            raise ValueError(f"arm must be one of {', '.join(self.arms)}. Received arm={arm!r}.")
        own = [run for run in self.runs if run.arm == arm and not run.search]
        return sorted(own, key=lambda run: run.seed)

    def rate(self, arm):
        """Give the learning rate that the arm was trained with."""
        return self.of(arm)[0].rate

    def values(self, arm, of="test_accuracy"):
        """Give a number of every run of an arm, as :meth:`Run.value` tells it."""
        return [run.value(of) for run in self.of(arm)]

    def search(self, arm, of="val_accuracy"):
        """Give what each rate of the grid reached in its trial, as ``{rate: value}``."""
        return {run.rate: run.value(of) for run in self.runs if run.search and run.arm == arm}

    def at_edge(self, arm):
        """Tell whether the arm's rate is the smallest or the largest that was tried: beyond may be a better.

        >>> def trial(rate):
        ...     curves = {"val_accuracy": [0.5]}
        ...     return Run("a", rate, 1000, True, curves, None, 1.0, 9)
        >>> run = Run("a", 0.1, 0, False, {}, {"accuracy": 0.7}, 1.0, 9)
        >>> Results([trial(0.01), trial(0.1), run]).at_edge("a")
        True
        >>> Results([trial(0.01), trial(0.1), trial(1.0), run]).at_edge("a")
        False
        """
        tried = [run.rate for run in self.runs if run.search and run.arm == arm]
        return bool(tried) and self.rate(arm) in (min(tried), max(tried))

    def difference(self, arm, other, of="test_accuracy", confidence=0.95):
        """Tell by how much ``arm`` is above ``other``, seed by seed, as a :class:`PairedDifference`."""
        ours, theirs = ({run.seed: run.value(of) for run in self.of(name)} for name in (arm, other))
        seeds = tuple(seed for seed in ours if seed in theirs)
        return PairedDifference(seeds, tuple(ours[seed] - theirs[seed] for seed in seeds), confidence)

    def to_frame(self, of="test_accuracy"):
        """Give a number of every run as a pandas DataFrame, arms by seeds."""
        rows = {
            arm: {"learning rate": self.rate(arm)}
            | {f"seed {run.seed}": run.value(of) for run in self.of(arm)}
            | {"mean": np.mean(self.values(arm, of))}
            for arm in self.arms
        }
        return pd.DataFrame.from_dict(rows, orient="index")

    def __repr__(self):
        return self._written().to_string(float_format=_figures)

    def _repr_html_(self):
        return self._written().to_html(float_format=_figures)

    def _written(self):
        """Give the frame in the reader's language, and say which rates are at their grid's edge."""
        heads = {"learning rate": ("Lernrate", "learning rate"), "mean": ("Mittel", "mean")}
        seeds = {f"seed {run.seed}": (f"Seed {run.seed}", f"seed {run.seed}") for run in self.runs}
        frame, edge = self.to_frame(), spoken().pick((" (Rand)", " (edge)"))
        frame["learning rate"] = [
            _figures(self.rate(arm)) + (edge if self.at_edge(arm) else "") for arm in self.arms
        ]
        columns = {name: spoken().pick(pair) for name, pair in {**heads, **seeds}.items()}
        return frame.rename(index=say, columns=columns)


def _figures(value):
    return spoken().figures(value, 4)


@dataclass(frozen=True)
class PairedDifference:
    """What two arms differ by, seed by seed, and the t interval of its mean.

    ``mean ± t s / √n``, where ``s`` is the standard deviation of the ``n`` differences and ``t`` the
    quantile of Student's distribution with ``n - 1`` degrees of freedom. The interval is about the
    seeds: other weights and another order of the images, not other data. It supposes that the
    differences scatter like a bell; with five of them nobody can tell, so look at each.

    Raises:
        ValueError: for fewer than two differences, and a confidence that is not between 0 and 1.

    Source: Student, *The probable error of a mean*, 1908.

    >>> difference = PairedDifference((0, 1, 2), (0.1, 0.2, 0.3))
    >>> [round(end, 3) for end in difference.interval]
    [-0.048, 0.448]
    >>> difference.clear
    False
    """

    seeds: tuple
    differences: tuple
    confidence: float = 0.95

    def __post_init__(self):
        if len(self.differences) < 2:
            raise ValueError(
                f"An interval needs two seeds or more that both arms have. Received seeds={self.seeds!r}."
            )
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence must be between 0 and 1. Received {self.confidence!r}.")

    @property
    def mean(self):
        """The mean difference."""
        return float(np.mean(self.differences))

    @property
    def interval(self):
        """The lower and the upper end of the t interval."""
        from scipy.stats import t

        count = len(self.differences)
        half = t.ppf((1 + self.confidence) / 2, count - 1) * np.std(self.differences, ddof=1) / count**0.5
        return self.mean - float(half), self.mean + float(half)

    @property
    def clear(self):
        """Whether the interval leaves out zero."""
        low, high = self.interval
        return low > 0 or high < 0

    def __repr__(self):
        language = spoken()
        mean, low, high, *single = (
            language.figures(value, 3) for value in (self.mean, *self.interval, *self.differences)
        )
        between = language.pick(("; ", ", "))  # a comma is in the German numbers already
        seeds = language.pick(("Seeds", "seeds"))
        return f"{mean} [{low}{between}{high}], {len(single)} {seeds}: {between.join(single)}"


def recorded(name):
    """Read the record of a study, runs that were made before and on the complete data.

    Args:
        name: the study's name, such as ``"depth-mnist"``.

    Returns:
        :class:`Results`.

    Raises:
        ValueError: for a name without a record.

    Source: ``studies/`` in the repository has the question, the arms and the grid of each.

    >>> recorded("nothing")
    Traceback (most recent call last):
    ValueError: name must be one of ...
    """
    path = RECORDS / f"{name}.json"
    if not path.is_file():
        known = ", ".join(sorted(there.stem for there in RECORDS.glob("*.json"))) or "(none yet)"
        raise ValueError(f"name must be one of {known}. Received name={name!r}.")
    return Results(runs_of(json.loads(path.read_text("utf-8"))))


def runs_of(record):
    """Give the :class:`Run` of every line of a record; JSON has ``null`` where a number was lost."""
    return [
        Run(
            **{name: run[name] for name in Run._fields}
            | {
                "curves": {
                    curve: [nan if value is None else value for value in values]
                    for curve, values in run["curves"].items()
                }
            }
        )
        for run in record["runs"]
    ]
