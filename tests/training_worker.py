"""Training runs for ``test_training``, and as a script those that need a process of their own.

    python training_worker.py devices   two devices; then a run that dies while it saves its third epoch
    python training_worker.py 0         the first of two workers, with the strategy of the page's train.py

Everything is written to the current folder; the result of the last run is printed as one line of JSON.
"""

import json
import os
import runpy
import sys
from functools import partial

import numpy as np

from cnncourse.backend import keras, tf
from cnncourse.datasets import load
from cnncourse.training import run_test_harness


def network(with_state):
    """Build a network, with state beyond its weights or without: several workers would not share it."""
    layers = keras.layers
    state = [layers.BatchNormalization(momentum=0.9), layers.Dropout(0.3)] if with_state else []
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Resizing(16, 16),
            layers.Conv2D(6, 5, activation="relu"),
            *state,
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def result(checkpoint, epochs, *, with_state=False, strategy=None):
    """Train, and give curves, test results, steps and the size of each weight."""
    data = load("digits")
    train = data.x_train[:307], data.y_train[:307]  # 256 of them in whole batches; 51 validate
    history, model = run_test_harness(
        (train, (data.x_test[:101], data.y_test[:101])),  # odd: devices get batches of different sizes
        model=partial(network, with_state),
        epochs=epochs,
        batch_size=32,
        strategy=strategy,
        checkpoint=checkpoint,
        validation=51 / 307,
    )
    norms = [float(np.abs(weight.numpy()).sum()) for weight in model.weights]
    steps = int(model.optimizer.iterations.numpy())
    return {**history.history, "test": list(history.test.values()), "steps": steps, "norms": norms}


def die_while_saving(path, epoch):
    """End this process without warning when so many epochs' files stand beside the path, not yet in place."""
    replace, saved = os.replace, []

    def replace_or_die(source, target):
        if str(target) == path:
            saved.append(source)
            if len(saved) == epoch:
                os._exit(9)
        replace(source, target)

    os.replace = replace_or_die


def two_devices():
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def main(part):
    if part == "devices":
        print(json.dumps(result("devices.keras", 2, strategy=two_devices())), flush=True)
        die_while_saving("interrupted.keras", 3)
        result("interrupted.keras", 5, with_state=True)
    else:
        strategy = runpy.run_path("train.py")["strategy"]  # which reads the same argument
        print(json.dumps(result("workers.keras", 2, strategy=strategy)))


if __name__ == "__main__":
    main(sys.argv[1])
