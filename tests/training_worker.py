"""A training run in a process of its own, for ``test_training``: killed, or one of several.

Arguments: the checkpoint, the epochs, and what it is: ``interrupted``, ``alone``, ``workers`` or
``devices``. Prints the result as JSON.
"""

import json
import sys

import numpy as np

from cnncourse.backend import keras, tf
from cnncourse.datasets import load
from cnncourse.training import run_test_harness


def network(kind):
    """Give the interrupted run state beyond its weights, which several workers would not share."""
    layers = keras.layers
    state = [layers.BatchNormalization(momentum=0.9), layers.Dropout(0.3)] if kind == "interrupted" else []
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


def strategy(kind):
    if kind == "workers":
        return tf.distribute.MultiWorkerMirroredStrategy()
    if kind == "devices":
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
        return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    return None


def main(path, epochs, kind):
    chosen = strategy(kind)  # before anything else computes
    data = load("digits")
    train = data.x_train[:563], data.y_train[:563]  # 512 of them in whole batches; 51 validate
    history, model = run_test_harness(
        (train, (data.x_test[:301], data.y_test[:301])),  # odd: devices get batches of different sizes
        model=lambda: network(kind),
        epochs=int(epochs),
        batch_size=32,
        strategy=chosen,
        checkpoint=path,
        validation=51 / 563,
    )
    steps = int(model.optimizer.iterations.numpy())
    norms = [float(np.abs(weight.numpy()).sum()) for weight in model.weights]
    print(
        json.dumps({**history.history, "test": list(history.test.values()), "steps": steps, "norms": norms})
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
