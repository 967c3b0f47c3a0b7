"""TensorFlow is silent however it is imported, and its absence is explained."""

import os
import subprocess
import sys

import pytest

from cnncourse._quiet import QuietTensorFlow, quiet_descriptor

TRAIN = """
import numpy as np
model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3), keras.layers.Flatten()])
model.compile("sgd", "mse")
model.fit(np.ones((2, 8, 8, 1)), np.ones((2, 72)), verbose=0)
"""
WITHOUT_TENSORFLOW = """
import sys
sys.modules["tensorflow"] = None  # as if it were not installed
try:
    {}
except ImportError as error:
    print(error)
"""


def run(code):
    """Run code in a fresh Python, without the settings of this one."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "KERAS_"))}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)


@pytest.mark.parametrize("how", ["from cnncourse import keras", "import cnncourse; import keras"])
def test_importing_and_training_writes_nothing_to_stderr(how):
    settings = "import os; print(keras.config.backend(), os.environ.get('TF_ENABLE_ONEDNN_OPTS'))"
    done = run(how + TRAIN + settings)
    assert (done.stdout, done.stderr, done.returncode) == ("tensorflow None\n", "", 0)


def test_a_missing_tensorflow_is_explained():
    done = run(WITHOUT_TENSORFLOW.format("from cnncourse import keras"))
    assert done.stdout.strip().endswith('pip install "cnncourse[tensorflow]"')


def test_arithmetic_works_without_tensorflow():
    done = run(WITHOUT_TENSORFLOW.format("import cnncourse; print(cnncourse.output_size(5, 3))"))
    assert done.stdout == "3\n"


def test_noise_is_kept_and_shown_when_something_fails(capfd):
    @quiet_descriptor()
    def import_something(noise, available):
        os.write(2, noise)
        if not available:
            raise ImportError

    import_something(b"noise", available=True)
    assert capfd.readouterr().err == ""
    with pytest.raises(ImportError):
        import_something(b"the cause", available=False)
    assert capfd.readouterr().err == "the cause"


def test_without_a_descriptor_nothing_is_silenced(monkeypatch):
    def closed(_):
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(os, "dup", closed)
    with quiet_descriptor():
        pass


def test_other_modules_are_none_of_its_business():
    assert QuietTensorFlow.find_spec("json") is None
    assert QuietTensorFlow.find_spec("tensorflow.keras") is None
