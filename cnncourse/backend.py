"""Keras on TensorFlow, imported in one place.

Every other module writes ``from cnncourse.backend import keras``, and notebooks write
``from cnncourse import keras``. Log noise is kept out by the hook that ``import cnncourse`` installs.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

try:
    import tensorflow as tf
except ImportError as error:
    raise ImportError(
        'Keras computes with TensorFlow here. Install it with: pip install "cnncourse[tensorflow]"'
    ) from error

import keras

__all__ = ["keras", "tf"]

# Many small models in one process are the rule here; TensorFlow would warn about each "retracing".
tf.get_logger().setLevel("ERROR")
