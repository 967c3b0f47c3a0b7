"""Augmentations that Keras' layers draw at random, here with what was drawn given: crops, cutout, mixing.

Images have the shape ``(batch, height, width, channels)``. A box is ``(top, left, height, width)`` in
pixels. Labels are shares of the classes, ``(batch, classes)``; ``np.eye(classes)[labels]`` makes them of
whole numbers. ``order`` tells which image of the batch each one is mixed with.
"""

import numpy as np

__all__ = ["cutmix", "cutout", "mixup", "resized_crop"]


def resized_crop(images, box, size):
    """Cut the same box out of every image, and enlarge or reduce it to ``(size, size)``.

    Pixels in between are interpolated, along the rows and along the columns, from their two nearest.

    Args:
        images: ``(batch, height, width, channels)``.
        box: ``(top, left, height, width)``, inside the images.
        size: height and width of the result.

    Returns:
        ``(batch, size, size, channels)``.

    Raises:
        ValueError: for images of another rank, a box that leaves them, and a size below 1.

    Source: C. Szegedy et al., *Going deeper with convolutions*, 2015, section 6, on training: 8 % to 100 %
    of the area, sides at a ratio of 3/4 to 4/3.

    >>> image = np.arange(4.0).reshape(1, 1, 4, 1)
    >>> resized_crop(image, (0, 1, 1, 2), size=4)[0, 0, :, 0]
    array([1.  , 1.25, 1.75, 2.  ])
    """
    images = _images(images)
    top, left, height, width = _whole_box(box)
    inside = 0 <= top <= top + height <= images.shape[1] and 0 <= left <= left + width <= images.shape[2]
    if not inside or size < 1:
        raise ValueError(
            f"box must lie in the images of {images.shape[1]} x {images.shape[2]} pixels, and size be at "
            f"least 1. Received box={box!r}, size={size!r}."
        )
    cut = images[:, top : top + height, left : left + width]
    rows, columns = _between(height, size), _between(width, size)
    return np.einsum("yi,bijc,xj->byxc", rows, cut, columns, optimize=True)  # rows, then columns


def _between(old, new):
    """Give the matrix ``(new, old)`` that interpolates between the centres of ``old`` pixels in a row."""
    centres = (np.arange(new) + 0.5) * old / new - 0.5
    return np.stack([np.interp(centres, np.arange(old), unit) for unit in np.eye(old)], axis=1)


def cutout(images, box, fill=0.5):
    """Cover the same box of every image with one grey; what lies outside the images is cut off.

    Args:
        images: ``(batch, height, width, channels)``.
        box: ``(top, left, height, width)``; it may begin before the first pixel and end after the last.
        fill: the grey.

    Returns:
        A copy of the images.

    Raises:
        ValueError: for images of another rank, and a box without pixels.

    Source: T. DeVries and G. Taylor, *Improved regularization of convolutional neural networks with
    cutout*, 2017, arXiv:1708.04552, section 3.2.

    >>> cutout(np.ones((1, 2, 3, 1)), (-1, 2, 2, 2), fill=0)[0, :, :, 0]
    array([[1., 1., 0.],
           [1., 1., 1.]])
    """
    images = _images(images)
    return np.where(_covered(images, box), np.asarray(fill, images.dtype), images)


def mixup(images, labels, order, share):
    """Blend every image and its label with another one of the batch.

    ``share x images + (1 - share) x images[order]``, and the labels by the same shares.

    Args:
        images: ``(batch, height, width, channels)``.
        labels: ``(batch, classes)``.
        order: ``(batch,)``, the image that each one is blended with.
        share: how much of the first image stays, from 0 to 1.

    Returns:
        ``(images, labels)``.

    Raises:
        ValueError: for images and labels that do not fit together, an order that is not one image of the
            batch for each, and a share outside 0 to 1.

    Source: H. Zhang et al., *mixup: Beyond empirical risk minimization*, 2018, arXiv:1710.09412, who draw
    the share from a beta distribution.

    >>> images = np.array([0.0, 1.0]).reshape(2, 1, 1, 1)
    >>> mixed, shares = mixup(images, np.eye(2), [1, 0], 0.75)
    >>> mixed.ravel(), shares.tolist()
    (array([0.25, 0.75]), [[0.75, 0.25], [0.25, 0.75]])
    """
    images, labels, order = _batch(images, labels, order)
    if not 0 <= share <= 1:
        raise ValueError(f"share must be from 0 to 1. Received share={share!r}.")
    return tuple(share * kept + (1 - share) * kept[order] for kept in (images, labels))


def cutmix(images, labels, order, box):
    """Replace the same box of every image by that of another one of the batch; labels by shares of area.

    Args:
        images: ``(batch, height, width, channels)``.
        labels: ``(batch, classes)``.
        order: ``(batch,)``, the image that each one gets the box from.
        box: ``(top, left, height, width)``; what lies outside the images is cut off, and does not count.

    Returns:
        ``(images, labels)``.

    Raises:
        ValueError: for images and labels that do not fit together, an order that is not one image of the
            batch for each, and a box without pixels.

    Source: S. Yun et al., *CutMix: Regularization strategy to train strong classifiers with localizable
    features*, 2019, arXiv:1905.04899, section 3.1.

    >>> images = np.array([[0, 0], [1, 1]]).reshape(2, 1, 2, 1)
    >>> mixed, shares = cutmix(images, np.eye(2), [1, 0], (0, 0, 1, 1))
    >>> mixed[:, 0, :, 0].tolist(), shares.tolist()
    ([[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]])
    """
    images, labels, order = _batch(images, labels, order)
    covered = _covered(images, box)
    share = 1 - covered.mean()
    return np.where(covered, images[order], images), share * labels + (1 - share) * labels[order]


# -- checks --------------------------------------------------------------------------------------------


def _images(images):
    images = np.asarray(images)
    if images.ndim != 4:
        raise ValueError(
            f"images must have the shape (batch, height, width, channels). Received {images.shape}."
        )
    return images


def _batch(images, labels, order):
    images, labels, order = _images(images), np.asarray(labels), np.asarray(order)
    if labels.ndim != 2 or len(labels) != len(images):
        raise ValueError(
            f"labels must have the shape ({len(images)}, classes), the shares of the classes in each image. "
            f"Received {labels.shape}."
        )
    whole = order.shape == (len(images),) and order.dtype.kind in "iu"
    if not whole or order.min() < 0 or order.max() >= len(images):
        raise ValueError(
            f"order must be {len(images)} whole numbers from 0 to {len(images) - 1}. "
            f"Received order={order.tolist()!r}."
        )
    return images, labels, order


def _whole_box(box):
    if len(box) != 4 or not all(int(each) == each for each in box) or min(box[2:]) < 1:
        raise ValueError(
            "box must be four whole numbers (top, left, height, width), height and width at least 1. "
            f"Received box={box!r}."
        )
    return tuple(map(int, box))


def _covered(images, box):
    """Give the mask ``(height, width, 1)`` of a box."""
    top, left, height, width = _whole_box(box)
    rows, columns = (np.arange(size) for size in images.shape[1:3])
    rows, columns = (rows >= top) & (rows < top + height), (columns >= left) & (columns < left + width)
    if not rows.any() or not columns.any():
        raise ValueError(
            f"box must have a pixel in the images of {images.shape[1]} x {images.shape[2]}. "
            f"Received box={box!r}."
        )
    return (rows[:, None] & columns)[..., None]
