"""The topics of the drills, one file each, in the order of the book."""

from importlib import import_module

_ORDER = (
    "output_size",
    "same_padding",
    "keep_size",
    "conv_parameters",
    "depthwise",
    "dense_parameters",
    "batch_norm_parameters",
    "parameter_memory",
    "activation_memory",
    "training_memory",
    "conv_compute",
    "dense_compute",
    "pooling",
    "receptive_field",
    "network",
    "reverse",
    "concepts_overfitting",
    "concepts_vanishing_gradients",
    "concepts_augmentation",
    "concepts_padding_stride",
    "concepts_layers",
    "concepts_arithmetic",
    "concepts_lenet_alexnet",
    "concepts_course_model",
)
"""A new topic is a new file in this folder and a line here, at its place in the book."""

TOPICS = {name: import_module(f"{__name__}.{name}").TOPIC for name in _ORDER}


def topics_of(version):
    """Name the topics that a version of the drills has, in the order of the book."""
    return [name for name, topic in TOPICS.items() if topic.since <= version]


def latest_version():
    """Give the number of the newest version of the drills."""
    return max(topic.latest for topic in TOPICS.values())
