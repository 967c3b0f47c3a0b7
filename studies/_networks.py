"""The networks of the studies that the book's chapters do not build, and what is done to their input."""

from functools import partial

from cnncourse.backend import keras

layers = keras.layers


def with_input(network, *, scale, offset=0):
    """Put ``scale x + offset`` before a network, whose images are in [0, 1]."""
    built = network()
    return keras.Sequential(
        [keras.Input(built.input_shape[1:]), layers.Rescaling(scale, offset), *built.layers]
    )


def distorted(network):
    """Put a :class:`Distortion` before a network."""
    built = network()
    return keras.Sequential([keras.Input(built.input_shape[1:]), Distortion(), *built.layers])


def frozen_convolutions(network):
    """Leave everything before the dense layers as it starts: a control."""
    built = network()
    for layer in built.layers:
        layer.trainable = isinstance(layer, layers.Dense)
    return built


def redraw(model_layers, initializer):
    """Draw the kernels of some layers anew, by another rule."""
    for layer in model_layers:
        if layer.weights:
            draw = keras.initializers.get(initializer)
            layer.kernel.assign(draw(layer.kernel.shape))


def falling_sgd(learning_rate, steps):
    """Give SGD with momentum 0.9, whose rate falls to zero over so many steps, as half a cosine."""
    return keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(learning_rate, steps), momentum=0.9)


def decaying_sgd(learning_rate):
    """Give SGD with momentum 0.9 that takes 0.5 % of rate x weight off every weight, every step.

    In a steady state momentum makes ten steps of one gradient, so this weighs as much as the usual
    0.0005 in the loss.
    """
    return keras.optimizers.SGD(learning_rate, momentum=0.9, weight_decay=0.005)


def first(count, images, labels):
    """Keep so many of the training images."""
    return images[:count], labels[:count]


def on_known_images(model, images, labels, count=500):
    """Measure a trained network on so many training images as they are, without dropout or change."""
    loss, accuracy = model.evaluate(images[:count], labels[:count], verbose=0)
    return {"known_loss": loss, "known_accuracy": accuracy}


def small_cnn(*, activation="relu", augmented=False, dropout=0, before=()):
    """Three times convolution and pooling, then a dense layer: the network of the chapter on overfitting.

    ``before`` holds functions, each of which builds a layer that the images pass first.
    """
    convolution = partial(layers.Conv2D, kernel_size=3, padding="same", activation=activation)
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            *([layers.RandomFlip("horizontal"), WholePixelShift(4)] if augmented else []),
            *(build() for build in before),
            layers.Rescaling(2, -1),
            *(convolution(16), layers.MaxPooling2D()),
            *(convolution(32), layers.MaxPooling2D()),
            *(convolution(64), layers.MaxPooling2D()),
            layers.Flatten(),
            layers.Dropout(dropout),
            layers.Dense(128, activation=activation),
            layers.Dropout(dropout),
            layers.Dense(10, activation="softmax"),
        ]
    )


def krizhevsky_cnn(*, activation="relu", initializer="he_normal", width=1):
    """Three convolutions and a dense layer, as in the CIFAR-10 networks of Krizhevsky's cuda-convnet."""
    convolution = partial(
        layers.Conv2D, kernel_size=5, padding="same", activation=activation, kernel_initializer=initializer
    )
    pooling = partial(layers.MaxPooling2D, 3, strides=2, padding="same")
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Rescaling(2, -1),
            *(convolution(int(32 * width)), pooling()),
            *(convolution(int(32 * width)), pooling()),
            *(convolution(int(64 * width)), pooling()),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def deep_cnn(
    *, shape=(32, 32, 3), centred=True, batch_norm=False, activation="relu", initializer="he_normal"
):
    """Five convolutions, three of them with stride 2, and the mean of every map."""

    def convolution(filters, strides=1):
        options = {"strides": strides, "padding": "same", "kernel_initializer": initializer}
        yield layers.Conv2D(filters, 3, use_bias=not batch_norm, **options)
        if batch_norm:
            yield layers.BatchNormalization(momentum=0.9)
        yield layers.Activation(activation)

    return keras.Sequential(
        [
            keras.Input(shape),
            *([layers.Rescaling(2, -1)] if centred else []),
            *convolution(16),
            *convolution(32, strides=2),
            *convolution(32),
            *convolution(64, strides=2),
            *convolution(64),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10, activation="softmax"),
        ]
    )


class Augmentation(layers.Layer):
    """What changes images while training, and only then; a subclass says how."""

    def __init__(self, **options):
        super().__init__(**options)
        self.random = keras.random.SeedGenerator()

    def call(self, images, training=False):
        """Change a batch ``(batch, height, width, channels)`` in [0, 1]."""
        return self.changed(images) if training else images


class WholePixelShift(Augmentation):
    """While training, move each image by up to so many whole pixels, without blurring; black moves in."""

    def __init__(self, pixels, **options):
        super().__init__(**options)
        self.pixels = pixels

    def changed(self, images):
        """Move a batch ``(batch, height, width, channels)``."""
        padded = keras.ops.pad(images, ((0, 0), (self.pixels,) * 2, (self.pixels,) * 2, (0, 0)))
        for axis in (1, 2):
            padded = self._cut(padded, axis, images.shape[axis])
        return padded

    def _cut(self, images, axis, size):
        first = keras.random.randint(
            (keras.ops.shape(images)[0], 1), 0, 2 * self.pixels + 1, seed=self.random
        )
        places = first + keras.ops.arange(size)  # (batch, size)
        shape = (-1, size, 1, 1) if axis == 1 else (-1, 1, size, 1)
        return keras.ops.take_along_axis(images, keras.ops.reshape(places, shape), axis)


class Recolour(Augmentation):
    """While training, shuffle the channels of each image, and make every second one its negative."""

    def changed(self, images):
        """Recolour a batch ``(batch, height, width, channels)`` in [0, 1]."""
        count, channels = keras.ops.shape(images)[0], images.shape[-1]
        order = keras.ops.argsort(keras.random.uniform((count, channels), seed=self.random))
        images = keras.ops.take_along_axis(images, order[:, None, None, :], axis=-1)
        negative = keras.random.uniform((count, 1, 1, 1), seed=self.random) < 0.5
        return keras.ops.where(negative, 1 - images, images)


class Cutout(Augmentation):
    """While training, cover a square of each image, of so many pixels a side, with grey."""

    def __init__(self, side, **options):
        super().__init__(**options)
        self.side = side

    def changed(self, images):
        """Cover a square in a batch ``(batch, height, width, channels)`` in [0, 1]."""
        rows, columns = (self._covered(images, axis) for axis in (1, 2))
        return keras.ops.where((rows[:, :, None] & columns[:, None, :])[..., None], 0.5, images)

    def _covered(self, images, axis):
        first = keras.random.randint(
            (keras.ops.shape(images)[0], 1), 0, images.shape[axis] - self.side + 1, seed=self.random
        )
        places = keras.ops.arange(images.shape[axis])
        return (places >= first) & (places < first + self.side)  # (batch, size)


class Distortion(Augmentation):
    """While training, move, scale, squeeze and shear each image at random, by one interpolation."""

    def __init__(self, pixels=2, share=0.1, **options):
        super().__init__(**options)
        self.pixels, self.share = pixels, share

    def changed(self, images):
        """Distort a batch ``(batch, height, width, channels)`` around its middle; black moves in."""
        middle = (images.shape[1] - 1) / 2
        count = (keras.ops.shape(images)[0], 6)
        by = keras.random.uniform(count, -1, 1, seed=self.random)
        a, b, d, e = (
            1 + self.share * by[:, 0],
            self.share * by[:, 1],
            self.share * by[:, 2],
            1 + self.share * by[:, 3],
        )
        x, y = self.pixels * by[:, 4], self.pixels * by[:, 5]
        zero = keras.ops.zeros_like(a)
        moved = (a, b, x + middle * (1 - a - b), d, e, y + middle * (1 - d - e), zero, zero)
        return keras.ops.image.affine_transform(images, keras.ops.stack(moved, axis=1), fill_mode="constant")
