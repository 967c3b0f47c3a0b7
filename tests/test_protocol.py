"""The protocol: rates chosen on validation data, equal seeds, paired differences with a t interval."""

import re
from functools import partial
from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from manuscript import EDITIONS
from scipy.stats import t, ttest_rel

import cnncourse as cc
from cnncourse.protocol import Job

STACK = partial(cc.dense_stack, 1, (8, 8, 1))
SEVERAL = st.lists(st.tuples(*[st.floats(0, 1)] * 2), min_size=2, max_size=9)


def run(arm, seed, test=0.5, rate=0.1, search=False, **curves):
    """A run that nobody had to train."""
    curves = {"accuracy": [0.5], "val_accuracy": [0.5], "loss": [1.0], "val_loss": [1.0], **curves}
    return cc.Run(arm, rate, seed, search, curves, None if search else {"accuracy": test}, 1.0, 9)


def experiment(**settings):
    arms = (cc.Arm("a", STACK, rates=(0.01, 0.1)), cc.Arm("b", STACK, rates=(0.1,)))
    return cc.Experiment(**{"arms": arms, "epochs": 3, "seeds": (0, 1), **settings})


# -- differences -------------------------------------------------------------------------------------


@given(SEVERAL, st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_interval_is_that_of_a_paired_t_test(pairs, confidence):
    ours, theirs = map(np.array, zip(*pairs, strict=True))
    differences = ours - theirs
    if np.ptp(differences) < 1e-9:  # SciPy warns that nothing scatters
        return
    found = cc.PairedDifference(tuple(range(len(pairs))), tuple(differences), confidence)
    expected = ttest_rel(ours, theirs).confidence_interval(confidence)
    assert found.interval == pytest.approx(tuple(expected))
    assert found.mean == pytest.approx(np.mean(ours) - np.mean(theirs))


@pytest.mark.parametrize("language", EDITIONS)
def test_the_example_of_the_page_is_true(language):
    text = (
        (EDITIONS[language] / "book" / "protocol.md").read_text("utf-8").replace("{,}", ".").replace(",", ".")
    )
    difference = cc.PairedDifference(range(5), (0.010, 0.014, 0.006, 0.012, 0.008))
    low, high = (f"{end:.3f}" for end in difference.interval)
    assert re.search(f"{low} (?:bis|to) {high}", text)
    assert f"{t.ppf(0.975, 4):.3f}" in text


def test_differences_are_taken_seed_by_seed_whatever_the_order_of_the_runs():
    runs = [run("a", 1, 0.9), run("b", 0, 0.2), run("a", 0, 0.3), run("b", 1, 0.5), run("a", 2, 0.1)]
    difference = cc.Results(runs).difference("a", "b")
    assert difference.seeds == (0, 1)  # b has no seed 2
    assert difference.differences == pytest.approx((0.1, 0.4))


def test_what_a_difference_leaves_open():
    assert cc.PairedDifference((0, 1, 2), (0.1, 0.11, 0.12)).clear
    assert cc.PairedDifference((0, 1, 2), (-0.1, -0.11, -0.12)).clear
    assert not cc.PairedDifference((0, 1, 2), (-0.1, 0.11, 0.12)).clear


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(((0,), (0.1,)), r"two seeds.*\(0,\)"), (((0, 1), (0.1, 0.2), 95), "confidence.*95")],
)
def test_a_difference_says_what_it_needs(arguments, message):
    with pytest.raises(ValueError, match=message):
        cc.PairedDifference(*arguments)


# -- which training comes next -----------------------------------------------------------------------


def all_jobs(experiment, value):
    """Walk through all jobs, with runs whose validation accuracy is ``value(job)``."""
    runs = []
    while job := experiment.next_job(runs):
        runs.append(run(job.arm, job.seed, rate=job.rate, search=job.search, val_accuracy=[value(job)]))
    return [Job(*done[:4]) for done in runs]


def test_the_rate_is_chosen_before_the_seeds_and_by_the_validation_images():
    jobs = all_jobs(experiment(), lambda job: 1 - job.rate)
    trials = [job for job in jobs if job.search]
    assert trials == jobs[:2]  # of b, with a single rate, there is nothing to choose
    assert {job.seed for job in trials}.isdisjoint({0, 1})
    assert jobs[2:] == [Job("a", 0.01, 0), Job("b", 0.1, 0), Job("a", 0.01, 1), Job("b", 0.1, 1)]
    assert all_jobs(experiment(), lambda job: job.rate)[2] == Job("a", 0.1, 0)
    assert len(jobs) == experiment().count()


def test_a_rate_that_ends_in_nan_is_never_chosen():
    assert all_jobs(experiment(), lambda job: nan if job.rate == 0.1 else 0.1)[2].rate == 0.01


def test_more_seeds_leave_the_finished_runs_as_they_are():
    runs = []
    while job := experiment().next_job(runs):
        runs.append(run(job.arm, job.seed, rate=job.rate, search=job.search))
    assert experiment(seeds=(0, 1, 2)).next_job(runs).seed == 2


def test_what_is_left_is_counted_in_epochs():
    short = experiment(search_epochs=2)
    assert short.epochs_left([]) == {"a": 2 * 2 + 2 * 3, "b": 2 * 3}
    assert short.epochs_left([run("a", 1000, search=True), run("b", 0)]) == {"a": 8, "b": 3}


@pytest.mark.parametrize(
    ("search_epochs", "tried"), [(None, 6), (2, 2), (9, 6), (0.5, 3), (0.4, 3), (0.01, 1)]
)
def test_a_trial_takes_a_number_of_epochs_or_a_share_of_them(search_epochs, tried):
    assert experiment(epochs=6, search_epochs=search_epochs).budget(Job("a", 0.1, 1000, search=True)) == tried


# -- training ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def digits():
    return cc.load("digits", size=8)


@pytest.mark.long
def test_further_numbers_are_measured_after_the_rate_is_chosen(digits):
    measured = []

    def measure(model, images, labels):
        measured.append(model)
        return {"parameters": model.count_params(), "images": len(images), "labels": len(labels)}

    results = experiment(epochs=1, measure=measure).run(digits)
    assert results.values("a", "parameters") == [STACK().count_params()] * 2
    assert results.values("a", "images") == results.values("a", "labels") == [len(digits.x_train)] * 2
    assert len(measured) == len([run for run in results.runs if not run.search]) == 4


def test_a_run_is_the_harness_with_the_same_settings(digits):
    """The curves and the test are those of a network that is compiled and trained by hand."""
    ours = experiment().train(Job("a", 0.1, 3), digits)

    def model():
        built = STACK()
        optimizer = cc.keras.optimizers.SGD(0.1, momentum=0.9)
        built.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        return built

    history, _ = cc.run_test_harness(digits, model=model, seed=3, epochs=3)
    assert ours.curves == history.history
    assert ours.test == history.test
    assert ours.parameters == 64 * 64 + 64 + 64 * 10 + 10


def test_a_trial_never_sees_the_test_images(digits):
    trial = experiment(search_epochs=1).train(Job("a", 0.1, 3, search=True), digits)
    assert trial.test is None
    assert len(trial.curves["val_accuracy"]) == 1


def test_a_run_ends_where_it_is_told_to_and_where_it_is_lost(digits):
    early = experiment(epochs=50, until=("accuracy", 0.8)).train(Job("a", 0.1, 0), digits)
    reached = early.curves["accuracy"]
    assert reached[-1] >= 0.8 > max(reached[:-1], default=0)
    assert early.epochs_to(0.8) == len(reached)
    lost = experiment(epochs=50).train(Job("a", 1e20, 0), digits)
    assert len(lost.curves["loss"]) == 1
    assert isnan(lost.curves["loss"][0])


def test_an_arm_may_change_its_training_data_and_nothing_else(digits):
    arm = cc.Arm("shuffled", STACK, (0.1,), data=lambda x, y: (x, np.random.default_rng(0).permutation(y)))
    held_out = digits.x_train[:200], digits.y_train[:200]
    training = {"validation": held_out}
    shuffled = cc.Experiment((arm,), epochs=3, training=training).train(Job("shuffled", 0.1, 0), digits)
    assert shuffled.test["accuracy"] < 0.4
    assert experiment(training=training).train(Job("b", 0.1, 0), digits).test["accuracy"] > 0.8


def test_every_seed_may_draw_images_of_its_own(digits):
    def some(images, labels, seed):
        rows = np.random.default_rng(seed).choice(len(labels), 100, replace=False)
        return images[rows], labels[rows]

    drawn = experiment(epochs=1, sample=some).train(Job("a", 0.1, 3), digits)
    given = some(digits.x_train, digits.y_train, 3), (digits.x_test, digits.y_test)
    expected = experiment(epochs=1).train(Job("a", 0.1, 3), given)
    assert (drawn.curves, drawn.test) == (expected.curves, expected.test)
    others = some(digits.x_train, digits.y_train, 4), (digits.x_test, digits.y_test)
    assert drawn.curves != experiment(epochs=1).train(Job("a", 0.1, 3), others).curves


# -- what is shown and refused -----------------------------------------------------------------------


def test_the_table_has_a_row_for_each_arm_and_a_column_for_each_seed():
    results = cc.Results([run("a", 0, 0.4), run("a", 1000, search=True), run("b", 1, 0.6), run("a", 1, 0.8)])
    frame = results.to_frame()
    assert list(frame.index) == ["a", "b"]
    assert list(frame.loc["a"]) == pytest.approx([0.1, 0.4, 0.8, 0.6])
    assert isnan(frame.loc["b", "seed 0"])
    assert results.search("a") == {0.1: 0.5}


@pytest.mark.parametrize(
    ("language", "difference", "heads"),
    [
        ("de", "0,15 [-0,485; 0,785], 2 Seeds: 0,1; 0,2", ["Lernrate", "Seed 0", "Seed 1", "Mittel", "0,75"]),
        (
            "en",
            "0.15 [-0.485, 0.785], 2 seeds: 0.1, 0.2",
            ["learning rate", "seed 0", "seed 1", "mean", "0.75"],
        ),
    ],
)
def test_what_is_shown_speaks_the_readers_language(language, difference, heads):
    results = cc.Results([run("a", 0, 0.7), run("a", 1, 0.8)])
    cc.use_language(language)
    try:
        assert repr(cc.PairedDifference((0, 1), (0.1, 0.2))) == difference
        assert all(head in shown for head in heads for shown in (repr(results), results._repr_html_()))
    finally:
        cc.use_language("de")


def test_a_rate_at_the_edge_of_its_grid_is_marked():
    def trials(arm, *rates):
        return [run(arm, 1000, rate=rate, search=True) for rate in rates]

    runs = [run("a", 0), run("b", 0), run("c", 0), run("single", 0)]
    results = cc.Results([*trials("a", 0.1, 0.01), *trials("b", 0.1, 1), *trials("c", 0.01, 0.1, 1), *runs])
    assert [arm for arm in results.arms if results.at_edge(arm)] == ["a", "b"]
    marked = [row[:1] for row in repr(results).splitlines() if "0,1 (Rand)" in row]
    assert marked == ["a", "b"]
    assert results._repr_html_().count("(Rand)") == 2


def test_a_run_tells_when_it_was_somewhere():
    there = run("a", 0, accuracy=[0.2, 0.7, 0.6, 0.9])
    assert there.epochs_to(0.7) == 2
    assert there.epochs_to(0.65) == 2
    assert isnan(there.epochs_to(0.95))
    assert there.value(lambda run: len(run.curves["accuracy"])) == 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cc.Arm("a", STACK, rates=[]), r"rates.*\(\)"),
        (lambda: cc.Arm("a", STACK, rates=[0.1, 0]), "rates.*0"),
        (lambda: cc.Experiment([cc.Arm("a", STACK)] * 2, epochs=1), "name of its own.*a, a"),
        (lambda: cc.Results([run("a", 0)]).values("c"), "arm must be one of a.*'c'"),
        (lambda: cc.Results([run("a", 0)]).values("a", "test_lost"), "of must be.*'test_lost'"),
        (lambda: cc.recorded("moon"), "name must be one of.*'moon'"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_figure_shows_every_run_and_every_difference():
    results = cc.Results([run("a", 0, 0.7), run("a", 1, 0.8), run("b", 0, 0.5), run("b", 1, 0.65)])
    runs, differences = cc.plot_comparison(results, baseline="b").axes
    single, mean = runs.lines[0], runs.lines[1]
    assert list(single.get_xdata()) == [0.7, 0.8]
    assert list(mean.get_xdata()) == pytest.approx([0.75, 0.75])
    assert [label.get_text() for label in runs.get_yticklabels()] == ["a", "b"]
    single, mean, interval, zero = differences.lines  # none for b itself
    assert list(single.get_xdata()) == pytest.approx([0.2, 0.15])
    assert tuple(interval.get_xdata()) == results.difference("a", "b").interval
    assert list(mean.get_xdata()) == pytest.approx([0.175] * 2)
    assert list(zero.get_xdata()) == [0, 0]
    assert len(cc.plot_comparison(results, arms=["b"]).axes) == 1
    with pytest.raises(ValueError, match="arm must be one of a, b"):
        cc.plot_comparison(results, baseline="c")


def test_epochs_are_whole_numbers_on_the_figures_axis():
    results = cc.Results([run("a", seed) for seed in range(5)])
    (panel,) = cc.plot_comparison(results, of=lambda run: 3 + 1.5 * (run.seed // 2 * 2)).axes
    assert all(tick == round(tick) for tick in panel.get_xticks())
    (panel,) = cc.plot_comparison(results, of=lambda run: run.seed / 4).axes
    assert not all(tick == round(tick) for tick in panel.get_xticks())
