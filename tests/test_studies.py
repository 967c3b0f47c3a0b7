"""Recorded studies: every record fits its study's code, and a run that was interrupted goes on."""

import hashlib
import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from manuscript import ROOT

import cnncourse as cc
import studies
from cnncourse.protocol import RECORDS
from studies import __main__ as command
from studies import _record
from studies._networks import Cutout, Distortion, Recolour, WholePixelShift
from studies.remedies_shapes import shift
from studies.shift_shapes import _moved, whole

NAMES = sorted(path.stem for path in RECORDS.glob("*.json"))
EACH = [studies.study(name) for name in studies.NAMES]


@pytest.fixture(autouse=True)
def seeded():
    """What is drawn at random is the same each time: unlucky draws fail one run in fifty."""
    cc.keras.utils.set_random_seed(0)


# -- the records -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_record_fits_its_studys_code(name):
    study = studies.study(name)
    record, experiment = _record.Record(name, study), study.experiment
    assert record.content["study"] == name
    assert not record.stale(), "run the study again, or leave its settings as they were"
    for run in record.runs:
        assert run.rate in experiment.arm(run.arm).rates
        assert len(run.curves["loss"]) <= experiment.budget(run)
        if not (experiment.until or np.isnan(run.curves["loss"][-1])):
            assert len(run.curves["loss"]) == experiment.budget(run)


@pytest.mark.parametrize("name", NAMES)
def test_a_record_holds_no_run_that_the_protocol_would_not_make(name):
    """Every rate was tried before the seeds, each seed ran once, and at the chosen rate."""
    experiment = studies.study(name).experiment
    runs = [run[:4] for run in _record.Record(name, studies.study(name)).runs]
    assert len(set(runs)) == len(runs)
    done = []
    for run in _record.Record(name, studies.study(name)).runs:
        if not run.search:
            chosen = experiment._chosen(
                experiment.arm(run.arm), [each for each in done if each.arm == run.arm]
            )
            assert run.rate == chosen, run[:4]
        done.append(run)


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_small_and_says_where_its_runs_come_from(name):
    path = RECORDS / f"{name}.json"
    assert path.stat().st_size < 150_000
    content = json.loads(path.read_text("utf-8"))
    assert len(content["data"]["sha256"]) == 64
    for run in content["runs"]:
        machine = content["machines"][run["machine"]]
        assert all(machine[key] for key in ("processor", "python", "numpy", "keras", "tensorflow"))
    numbers = [value for run in content["runs"] for curve in run["curves"].values() for value in curve]
    assert all(value is None or float(f"{value:.4g}") == value for value in numbers)


SHAPES = {"81a2965cf6b15cce", "92121df62c114641"}
"""How the sums of the drawn shapes begin: with AVX-512, NumPy rounds two of 12 million bytes otherwise."""


def test_records_of_the_same_data_are_of_the_same_data():
    data = [json.loads((RECORDS / f"{name}.json").read_text("utf-8"))["data"] for name in NAMES]
    names = {each["name"] for each in data}
    sums = {name: {each["sha256"] for each in data if each["name"] == name} for name in names}
    assert {each[:16] for each in sums.pop("shapes")} <= SHAPES
    assert all(len(each) == 1 for each in sums.values())


@pytest.mark.parametrize("study", EACH, ids=studies.NAMES)
def test_a_study_keeps_the_protocol(study):
    experiment = study.experiment
    assert study.question.endswith(("?", "."))
    assert study.claim
    assert len(experiment.seeds) >= 5
    arms = {(_record.fingerprint(study, arm), arm.rates) for arm in experiment.arms}
    assert len(arms) == len(experiment.arms)


@pytest.mark.parametrize("study", EACH, ids=studies.NAMES)
def test_every_network_of_a_study_can_be_built(study):
    for arm in study.experiment.arms[::4]:
        assert arm.network().output_shape == (None, len(study.classes or range(10)))


# -- making a record ---------------------------------------------------------------------------------


def small_study(**settings):
    stack = partial(cc.dense_stack, 1, (8, 8, 1))
    arms = (cc.Arm("a", stack, rates=(0.01, 0.1)), cc.Arm("b", stack, rates=(0.1,)))
    experiment = cc.Experiment(arms, **{"epochs": 2, "seeds": (0, 1), **settings})
    return studies.Study("Which?", "None.", "digits", experiment, held_out=200)


@pytest.fixture(scope="module")
def digits():
    return cc.load("digits", size=8)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(_record, "RECORDS", tmp_path)
    monkeypatch.setattr(command, "CHECKPOINTS", tmp_path)
    return tmp_path


@pytest.mark.long
def test_an_interrupted_study_goes_on_where_it_was(folder, digits, monkeypatch):
    """Stopped after an epoch of a run, it repeats neither that epoch nor a finished run."""
    study, calls = small_study(seeds=(0,)), []
    command._run("whole", study, digits, "")
    interrupted = command._Progress.__call__

    def stop_once(self, curves):
        interrupted(self, curves)
        calls.append((self.job, len(curves["loss"])))
        if len(calls) == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(command._Progress, "__call__", stop_once)
    with pytest.raises(KeyboardInterrupt):
        command._run("halves", study, digits, "")
    command._run("halves", study, digits, "")
    assert len(set(calls)) == len(calls) == 4 * 2
    whole, halves = (_record.Record(name, study).runs for name in ("whole", "halves"))
    assert [run[:6] for run in halves] == [run[:6] for run in whole]
    assert not list(folder.glob("*.keras"))


@pytest.mark.long
def test_an_interrupted_run_of_other_settings_stands_in_nobodys_way(folder, digits, monkeypatch):
    def stop(self, curves):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(command._Progress, "__call__", stop)
        with pytest.raises(KeyboardInterrupt):
            command._run("changed", small_study(seeds=(0,)), digits, "")
    changed = small_study(seeds=(0,), training={"batch_size": 64})
    command._run("changed", changed, digits, "")
    assert len(_record.Record("changed", changed).runs) == changed.experiment.count()


def finished(arm, rate=0.1, **curves):
    """A run that nobody had to train."""
    return cc.Run(arm, rate, 0, False, curves or {"loss": [1.0, 0.9]}, {"accuracy": 0.5}, 1.0, 9)


def test_only_what_a_run_depends_on_changes_its_fingerprint(folder):
    for arm in "ab":
        _record.Record("study", small_study()).add(finished(arm), 2.0)
    assert not _record.Record("study", small_study(seeds=(0, 1, 2))).stale()
    assert _record.Record("study", small_study(epochs=3)).stale() == ["a", "b"]
    assert _record.Record("study", small_study(training={"batch_size": 8})).stale() == ["a", "b"]
    assert _record.Record("study", small_study(measure=finished)).stale() == ["a", "b"]
    assert _record.Record("study", small_study(sample=finished)).stale() == ["a", "b"]
    other = small_study()
    a, b = other.experiment.arms
    deeper = replace(a, network=partial(cc.dense_stack, 2, (8, 8, 1)))
    experiment = replace(other.experiment, arms=(deeper, b))
    assert _record.Record("study", replace(other, experiment=experiment)).stale() == ["a"]


def test_a_study_may_use_the_digits_in_their_own_size(folder, digits):
    study = replace(small_study(), size=8)
    assert study.load().x_train.shape == digits.x_train.shape
    record = _record.Record("study", study)
    record.expect(study.load(), "")
    record.add(finished("a"), 2.0)
    assert record.content["data"]["name"] == "digits, 8 x 8"
    assert not _record.Record("study", study).stale()
    assert _record.Record("study", small_study()).stale() == ["a"]


def test_a_study_may_keep_some_classes_and_number_them_anew(digits):
    kept = replace(small_study(), size=8, classes=(3, 7, 8))
    dataset = kept.load()
    assert kept.images == "digits, 8 x 8, classes (3, 7, 8)"
    assert dataset.class_names == ("3", "7", "8")
    for old, new in enumerate((3, 7, 8)):
        assert (dataset.x_train[dataset.y_train == old] == digits.x_train[digits.y_train == new]).all()
        assert (dataset.x_test[dataset.y_test == old] == digits.x_test[digits.y_test == new]).all()
    assert set(dataset.y_train) == set(dataset.y_test) == {0, 1, 2}


def test_a_record_is_never_continued_with_other_data(folder, digits):
    record = _record.Record("study", small_study())
    record.expect(digits, "eight by eight")
    record.add(finished("a"), 2.0)
    with pytest.raises(ValueError, match=r"other data.*eight by eight"):
        command._run("study", small_study(), replace(digits, x_train=digits.x_train[::-1]), "")


def test_the_sum_is_of_the_bytes_of_the_files_arrays(tmp_path):
    random = np.random.default_rng(0)
    arrays = {f"x_{split}": random.integers(0, 256, (9, 28, 28), "uint8") for split in ("train", "test")}
    arrays |= {f"y_{split}": np.arange(9, dtype="uint8") for split in ("train", "test")}
    np.savez(tmp_path / "file.npz", **arrays)
    expected = b"".join(arrays[name].tobytes() for name in ("x_train", "y_train", "x_test", "y_test"))
    dataset = cc.load("mnist", path=tmp_path / "file.npz")
    assert _record.sha256(dataset) == hashlib.sha256(expected).hexdigest()


def test_lost_numbers_survive_the_file(folder):
    record = _record.Record("study", small_study())
    record.add(finished("a", loss=[float("nan"), float("inf")], accuracy=[0.123456, 1.0]), 2.0)
    found = _record.Record("study", small_study()).runs[0].curves
    assert np.isnan(found["loss"]).all()
    assert found["accuracy"] == [0.1235, 1.0]


def test_a_study_refuses_functions_without_a_name():
    with pytest.raises(ValueError, match="have a name"):
        _record.describe(lambda: None)


def test_make_runs_a_study():
    assert "$(RUN) -m studies $(NAME)" in (ROOT / "Makefile").read_text("utf-8")


# -- what is done to the images ----------------------------------------------------------------------


def test_a_shift_by_whole_pixels_moves_every_image_by_itself_and_keeps_its_pixels():
    images = np.random.default_rng(0).random((40, 8, 6, 3)).astype("float32")
    moved = np.asarray(WholePixelShift(2)(images, training=True))
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)))
    places = [
        [(y, x) for y in range(5) for x in range(5) if (image[y : y + 8, x : x + 6] == result).all()]
        for image, result in zip(padded, moved, strict=True)
    ]
    assert all(len(found) == 1 for found in places)
    assert len({found[0] for found in places}) > 12  # of 25
    assert (np.asarray(WholePixelShift(2)(images)) == images).all()


def test_a_rounded_shift_moves_every_image_by_whole_pixels_and_at_most_one():
    images = np.random.default_rng(0).random((40, 16, 16, 3)).astype("float32")
    moved = np.asarray(shift(1.5, "nearest")(images, training=True))
    steps = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    found = [
        [step for step in steps if np.allclose(np.roll(image, step, (0, 1))[2:-2, 2:-2], result[2:-2, 2:-2])]
        for image, result in zip(images, moved, strict=True)
    ]
    assert all(len(each) == 1 for each in found)
    assert {each[0] for each in found} == set(steps)


def test_a_network_is_judged_on_images_moved_as_in_its_training():
    """Both move by whole pixels of half the size, as far as told, and mirror what moves in."""
    halved = [cc.average_pool(_moved(pixels)[0][:60], 2).astype("float32") for pixels in (0, 2)]
    framed = np.pad(halved[0], ((0, 0), (2, 2), (2, 2), (0, 0)), "symmetric")
    for moved in (halved[1], np.asarray(whole(2)(halved[0], training=True))):
        found = [
            [
                (y, x)
                for y in range(5)
                for x in range(5)
                if np.allclose(image[y : y + 16, x : x + 16], result, atol=1e-6)
            ]
            for image, result in zip(framed, moved, strict=True)
        ]
        assert all(len(each) == 1 for each in found)
        assert len({each[0] for each in found}) > 15  # of 25


def test_recolouring_keeps_every_images_numbers_or_turns_them_all_around():
    images = np.random.default_rng(0).random((40, 8, 6, 3)).astype("float32")
    recoloured = np.asarray(Recolour()(images, training=True))
    same = partial(np.allclose, atol=1e-6)
    kept = [same(np.sort(a), np.sort(b)) for a, b in zip(images, recoloured, strict=True)]
    turned = [same(np.sort(a), np.sort(1 - b)) for a, b in zip(images, recoloured, strict=True)]
    assert all(a != b for a, b in zip(kept, turned, strict=True))
    assert 10 < sum(turned) < 30
    assert (recoloured != images).any(axis=(1, 2, 3)).mean() > 0.8
    assert (np.asarray(Recolour()(images)) == images).all()


def test_cutout_covers_one_square_of_each_image():
    images = np.random.default_rng(0).random((40, 8, 9, 3)).astype("float32")
    covered = np.asarray(Cutout(3)(images, training=True)) != images
    assert (covered.sum(axis=(1, 2)) == 9).all()
    assert (covered.any(axis=1).sum(axis=1) == 3).all()  # three neighbouring columns
    assert len({square.tobytes() for square in covered}) > 15
    assert (np.asarray(Cutout(3)(images)) == images).all()


def test_a_distortion_by_nothing_is_nothing_and_a_whole_pixel_is_a_shift():
    images = np.random.default_rng(0).random((4, 9, 9, 1)).astype("float32")
    assert np.allclose(Distortion(pixels=0, share=0)(images, training=True), images, atol=1e-6)
    assert (np.asarray(Distortion()(images)) == images).all()
    distorted = np.asarray(Distortion()(images, training=True))
    assert distorted.shape == images.shape
    assert np.abs(distorted - images).mean() > 0.1
