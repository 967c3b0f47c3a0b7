"""Layers from first principles and the account of a model, side by side with other ways to the same numbers,
and the time of the dense layers beside that of the convolutions.

    python tools/bench_package.py

Contenders take turns and the median counts, because a shared machine slows down now and then.
"""

import io
import time
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from statistics import median

import numpy as np
from bench import figure

import cnncourse as cc
from cnncourse.backend import keras, tf

SIZE, CHANNELS, FILTERS, KERNEL = 56, 64, 64, 3


def seconds(contenders, rounds):
    """Run every contender once per round: ``{name: median seconds}``."""
    times = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            start = time.perf_counter()
            contender()
            times[name].append(time.perf_counter() - start)
    return {name: median(each) for name, each in times.items()}


def bench_convolution():
    """One layer, 56 x 56 x 64 -> 64, 3 x 3, float32, one image."""
    rng = np.random.default_rng(0)
    images = rng.standard_normal((1, SIZE, SIZE, CHANNELS)).astype("float32")
    kernels = rng.standard_normal((KERNEL, KERNEL, CHANNELS, FILTERS)).astype("float32")
    tensors = keras.ops.convert_to_tensor(images), keras.ops.convert_to_tensor(kernels)
    contenders = {
        "conv2d": lambda: cc.conv2d(images, kernels, padding="same"),
        "Keras": lambda: keras.ops.conv(*tensors, padding="same").numpy(),
    }
    seconds(contenders, rounds=5)  # warm up
    took = seconds(contenders, rounds=60)
    took |= seconds({"loops": lambda: cc.conv2d_loops(images, kernels, padding="same")}, rounds=3)
    print(f"\nConvolution {SIZE} x {SIZE} x {CHANNELS} -> {FILTERS}, {KERNEL} x {KERNEL}, float32, one image")
    goal(took["loops"] / took["conv2d"], 200, "faster than the loops", took, at_least=True)
    goal(took["conv2d"] / took["Keras"], 4, "the time of Keras", took, at_least=False)


def goal(ratio, limit, what, took, *, at_least):
    met = ratio >= limit if at_least else ratio <= limit
    rows = ", ".join(f"{name} {1000 * time:.1f} ms" for name, time in took.items())
    bound = "at least" if at_least else "at most"
    print(f"{ratio:7.2f}x  {what} (goal: {bound} {limit}x, {'met' if met else 'MISSED'})   {rows}")
    figure(f"package: {what}", ratio=ratio, goal=limit, met=met, seconds=took)


def profiled_flops(model):
    """What TensorFlow's profiler counts on the frozen graph (it counts biases too)."""
    run = tf.function(lambda images: model(images, training=False))
    graph = run.get_concrete_function(tf.TensorSpec((1, *model.input_shape[1:]))).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        profile = tf.compat.v1.profiler.profile(
            graph, options={**options, "output": "none"}, run_meta=tf.compat.v1.RunMetadata()
        )
    return profile.total_float_ops


def bench_anatomy():
    """The account of ResNet50: parameters and MACs, against summary plus profiler."""
    model = keras.applications.ResNet50(weights=None)

    def summary_and_profiler():
        model.summary(print_fn=lambda line: None)
        return profiled_flops(model)

    took = seconds(
        {"anatomy": lambda: cc.anatomy(model), "summary + profiler": summary_and_profiler}, rounds=3
    )
    account = cc.anatomy(model)
    print("\nThe account of ResNet50")
    print(f"{took['summary + profiler'] / took['anatomy']:7.2f}x  faster than summary + profiler   ", end="")
    print(", ".join(f"{name} {1000 * each:.0f} ms" for name, each in took.items()))
    ratio = took["summary + profiler"] / took["anatomy"]
    figure("package: account faster than summary + profiler", ratio=ratio, seconds=took)
    print(f"         parameters {account.total_parameters:,} (Keras {model.count_params():,})")
    print(
        f"         FLOPs {account.total_flops:,} (profiler, which counts biases: {profiled_flops(model):,})"
    )


def bench_dense_layers():
    """The dense layers of the notes' model: their share of the time, against their share of the MACs."""
    course = cc.course_model()
    image, maps = keras.Input((227, 227, 3)), keras.Input((9216,))
    parts = {
        "convolutions": keras.Sequential([image, *course.layers[1:10]]),
        "dense": keras.Sequential([maps, *course.layers[10:]]),
    }
    macs = {name: cc.anatomy(part).total_macs for name, part in parts.items()}
    print("\nThe dense layers of the notes' model")
    print(f"{macs['dense'] / sum(macs.values()):7.1%}   of the MACs")
    for batch in (1, 32):
        contenders = {
            name: partial(part.predict_on_batch, np.ones((batch, *part.input_shape[1:]), "float32"))
            for name, part in parts.items()
        }
        seconds(contenders, rounds=2)  # warm up
        took = seconds(contenders, rounds=15)
        share = took["dense"] / sum(took.values())
        rows = ", ".join(f"{name} {1000 * each:.1f} ms" for name, each in took.items())
        print(f"{share:7.1%}   of the time, batches of {batch}   {rows}")
        figure(f"package: dense layers' share of the time, batches of {batch}", share=share, seconds=took)


if __name__ == "__main__":
    bench_convolution()
    bench_anatomy()
    bench_dense_layers()
