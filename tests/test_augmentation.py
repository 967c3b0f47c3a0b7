"""Crops, cutout and mixing against Keras' own layers and operations."""

import numpy as np
import pytest

from cnncourse import augmentation
from cnncourse.backend import keras

CLASSES = 3
ORDER = [2, 0, 1, 3]


def batch(seed=0):
    random = np.random.default_rng(seed)
    return random.random((4, 12, 9, 3)).astype("float32"), np.eye(CLASSES, dtype="float32")[[0, 1, 2, 1]]


def keras_layer(layer, images, labels, drawn):
    """Do what a layer does after it has drawn."""
    changed = layer.transform_images(images, drawn), layer.transform_labels(labels, drawn)
    return tuple(map(keras.ops.convert_to_numpy, changed))


@pytest.mark.parametrize("box", [(0, 0, 12, 9), (3, 2, 7, 5), (11, 8, 1, 1), (0, 4, 12, 2)])
@pytest.mark.parametrize("size", [1, 5, 12, 30])
def test_a_resized_crop_is_keras_crop_and_resize(box, size):
    images, _ = batch()
    top, left, height, width = box
    cut = images[:, top : top + height, left : left + width]
    expected = keras.ops.image.resize(cut, (size, size), interpolation="bilinear", antialias=False)
    np.testing.assert_allclose(augmentation.resized_crop(images, box, size), expected, atol=1e-6)


@pytest.mark.parametrize("share", [0, 0.25, 0.9, 1])
def test_mixup_is_that_of_keras(share):
    images, labels = batch()
    drawn = {"mix_weight": np.full(4, share, "float32"), "permutation_order": ORDER}
    expected = keras_layer(keras.layers.MixUp(), images, labels, drawn)
    for ours, theirs in zip(augmentation.mixup(images, labels, ORDER, share), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("box", [(0, 0, 12, 9), (3, 2, 7, 5), (11, 8, 1, 1)])
def test_cutmix_is_that_of_keras(box):
    images, labels = batch()
    layer = keras.layers.CutMix()
    top, left, height, width = box
    corners = (left, left + width, top, top + height)
    masks, weight = layer._generate_batch_mask(
        images.shape, [np.full(4, each, "float32") for each in corners]
    )
    drawn = {"batch_masks": masks, "mix_weight": weight, "permutation_order": ORDER}
    expected = keras_layer(layer, images, labels, drawn)
    for ours, theirs in zip(augmentation.cutmix(images, labels, ORDER, box), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_what_a_box_has_outside_the_image_does_not_count():
    images, labels = batch()
    for change in (augmentation.cutmix, lambda x, y, order, box: (augmentation.cutout(x, box), y)):
        whole, clipped = (change(images, labels, ORDER, box) for box in ((-2, 7, 5, 5), (0, 7, 3, 2)))
        for ours, theirs in zip(whole, clipped, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    _, shares = augmentation.cutmix(images, labels, ORDER, (-2, 7, 5, 5))
    np.testing.assert_allclose(shares[0], [1 - 6 / 108, 0, 6 / 108], atol=1e-6)


def test_cutout_changes_the_box_of_every_image_and_nothing_else():
    images, _ = batch()
    covered = augmentation.cutout(images, (3, 2, 7, 5))
    expected = images.copy()
    expected[:, 3:10, 2:7] = 0.5
    np.testing.assert_array_equal(covered, expected)
    assert (images == batch()[0]).all()
    assert covered.dtype == images.dtype


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("cutout", (np.ones((2, 2, 1)), (0, 0, 1, 1)), "batch, height"),
        ("cutout", (np.ones((1, 2, 2, 1)), (2, 0, 1, 1)), "box must have a pixel"),
        ("cutout", (np.ones((1, 2, 2, 1)), (0, 0, 0, 1)), "four whole numbers"),
        ("cutout", (np.ones((1, 2, 2, 1)), (0, 0, 1)), "four whole numbers"),
        ("cutout", (np.ones((1, 2, 2, 1)), (0, 0.5, 1, 1)), "four whole numbers"),
        ("resized_crop", (np.ones((1, 2, 2, 1)), (1, 0, 2, 1), 4), "box must lie in the images of 2 x 2"),
        ("resized_crop", (np.ones((1, 2, 2, 1)), (-1, 0, 2, 1), 4), "box must lie"),
        ("resized_crop", (np.ones((1, 2, 2, 1)), (0, 0, 2, 1), 0), "size"),
        ("mixup", (np.ones((2, 2, 2, 1)), [0, 1], [1, 0], 0.5), "labels must"),
        ("mixup", (np.ones((2, 2, 2, 1)), np.eye(3), [1, 0], 0.5), "labels must"),
        ("mixup", (np.ones((2, 2, 2, 1)), np.eye(2), [1, 2], 0.5), "order must"),
        ("mixup", (np.ones((2, 2, 2, 1)), np.eye(2), [1, -1], 0.5), "order must"),
        ("mixup", (np.ones((2, 2, 2, 1)), np.eye(2), [1.0, 0.0], 0.5), "order must"),
        ("mixup", (np.ones((2, 2, 2, 1)), np.eye(2), [1], 0.5), "order must"),
        ("mixup", (np.ones((2, 2, 2, 1)), np.eye(2), [1, 0], 1.5), "share must"),
        ("mixup", (np.ones((2, 2, 2, 1)), np.eye(2), [1, 0], float("nan")), "share must"),
        ("cutmix", (np.ones((2, 2, 2, 1)), np.eye(2), [1, 0], (0, 3, 1, 1)), "box must have a pixel"),
    ],
)
def test_bad_arguments_are_named(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        getattr(augmentation, name)(*arguments)
