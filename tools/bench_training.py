"""Training speed side by side: the notes' code as written, ``run_test_harness``, PyTorch if installed.

    python tools/bench_training.py

The contenders take turns, several rounds, and the fastest stretch of steps of each counts: other
work on the machine slows all of them, but not at the same moment. Nothing but training steps is
timed. A goal that is missed is printed as missed.
"""

import time
from functools import partial
from pathlib import Path

import numpy as np
from bench import figure

from cnncourse import load
from cnncourse.backend import keras
from cnncourse.models import course_model, lenet5
from cnncourse.speed import faster_precision
from cnncourse.training import run_test_harness

ROUNDS = 3
CLASSES = 10
SIZES = (
    # batch size, steps per run, steps per stretch, goals against the notes' code (bfloat16: with its units)
    (16, 12, 2, {"bfloat16": 1.7}),
    (64, 6, 1, {"float32": 1.3, "bfloat16": 3.5}),
)
LENET = partial(lenet5, activation="tanh", pooling="average", connections="all")


class StepClock(keras.callbacks.Callback):
    """Notes when each step ended."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def on_train_batch_end(self, batch, logs=None):
        self.ends.append((batch, time.perf_counter()))


def best_rate(ends, steps, batch_size):
    """Give images/s of the fastest stretch of so many steps; the first, with the compilation, is left out."""
    marks = [end for batch, end in ends if (batch + 1) % steps == 0]
    return steps * batch_size / min(np.diff(marks))


def clocked(model):
    """Let whoever calls ``model.fit`` carry a clock along."""
    clock, fit = StepClock(), model.fit
    model.fit = lambda *args, callbacks=(), **options: fit(*args, callbacks=[*callbacks, clock], **options)
    return model, clock


def compiled(model):
    if not model.compiled:
        optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def plain_fit(build, images, labels, batch_size, steps):
    """Train as the notes do: arrays straight into ``fit``."""
    model, clock = clocked(compiled(build()))
    model.fit(images, labels, batch_size=batch_size, verbose=0)
    return best_rate(clock.ends, steps, batch_size)


def harness(build, images, labels, batch_size, steps, precision="float32"):
    """Train the same through ``run_test_harness``."""
    model, clock = clocked(compiled(build()))
    data = (images, labels), (images[:1], labels[:1])
    options = {"batch_size": batch_size, "precision": precision, "validation": None}
    run_test_harness(data, model=model, epochs=1, verbose=0, **options)
    return best_rate(clock.ends, steps, batch_size)


def pytorch(build, images, labels, batch_size, steps, precision="float32"):
    """Train the same network in PyTorch, channels last, which is its fast way on processors."""
    import torch

    network = build(torch).to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.001, momentum=0.9, fused=True)
    images = torch.from_numpy(images).permute(0, 3, 1, 2)  # (count, channels, height, width)
    labels = torch.from_numpy(labels).long()
    ends = []
    for at in range(len(labels) // batch_size):
        rows = slice(at * batch_size, (at + 1) * batch_size)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"):
            loss = torch.nn.functional.cross_entropy(network(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ends.append((at, time.perf_counter()))
    return best_rate(ends, steps, batch_size)


def torch_course_model(torch):
    """The notes' network in PyTorch: 56,356,234 parameters."""
    nn = torch.nn

    def convolution(*arguments, **options):
        return nn.Conv2d(*arguments, **options), nn.ReLU()

    return nn.Sequential(
        nn.Upsample((227, 227), mode="bilinear"),
        *convolution(3, 96, 11, stride=4),
        nn.MaxPool2d(3, 2),
        *convolution(96, 256, 5, padding=2),
        nn.MaxPool2d(3, 2),
        *convolution(256, 384, 3, padding=1),
        *convolution(384, 384, 1),
        *convolution(384, 256, 1),
        nn.MaxPool2d(3, 2),
        nn.Flatten(),
        *(nn.Linear(256 * 6 * 6, 4096), nn.ReLU(), nn.Dropout(0.5)),
        *(nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5)),
        nn.Linear(4096, CLASSES),
    )


def torch_lenet(torch):
    """The dense LeNet-5 in PyTorch: 61,706 parameters."""
    nn = torch.nn
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten()),
        *(nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, CLASSES)),
    )


def in_turns(contenders):
    """Run every contender once per round and keep its best rate: ``{name: images/s}``."""
    best = dict.fromkeys(contenders, 0.0)
    for _ in range(ROUNDS):
        for name, contender in contenders.items():
            best[name] = max(best[name], contender())
            keras.utils.clear_session()
    return best


def show(title, rates, goals):
    """Print ratios first. ``goals``: ``(contender, to which, at least)``."""
    print(f"\n{title}")
    for name, reference, goal in goals:
        if name in rates and reference in rates:
            ratio = rates[name] / rates[reference]
            verdict = "" if goal is None else f"goal {goal:.1f}x {'met' if ratio >= goal else 'MISSED'}"
            sides = " : ".join(f"{side} ({rates[side]:.0f}/s)" for side in (name, reference))
            print(f"{ratio:6.2f}x  {verdict:18} {sides}")
            figure(f"training: {name} against {reference}", ratio=ratio, goal=goal)


def random_images(count, shape):
    rng = np.random.default_rng(0)
    return rng.random((count, *shape), dtype="float32"), rng.integers(0, CLASSES, count).astype("int32")


def has_torch():
    try:
        import torch  # noqa: F401
    except ImportError:
        return False
    return True


def bfloat16_units():
    """Say what this processor has for bfloat16: the goals are from one with matrix units (AMX)."""
    flags = Path("/proc/cpuinfo")
    flags = flags.read_text().split() if flags.exists() else []
    if "amx_bf16" in flags:
        return "matrix units"
    return "vector instructions, at most twice float32" if "avx512_bf16" in flags else "none known"


def bench_course_model():
    """The notes' network on 32 x 32 colour images, in float32 and in the precision that "auto" chooses."""
    print(f"\nbfloat16 on this processor: {bfloat16_units()}")
    build, notes = partial(course_model, (32, 32, 3)), "notes, batch 16"
    contenders, goals = {}, []
    for batch_size, count, steps, goal in SIZES:
        images, labels = random_images(count * batch_size, (32, 32, 3))
        run = {"images": images, "labels": labels, "batch_size": batch_size, "steps": steps}
        contenders.setdefault(notes, partial(plain_fit, build, **run))
        chosen = faster_precision(build(), images, batch_size)
        print(f"batch {batch_size}: precision='auto' chooses {chosen}")
        for precision in dict.fromkeys(("float32", chosen)):
            ours, theirs = (f"{side}, batch {batch_size}, {precision}" for side in ("harness", "PyTorch"))
            contenders[ours] = partial(harness, build, precision=precision, **run)
            if has_torch():
                contenders[theirs] = partial(pytorch, torch_course_model, precision=precision, **run)
            goals += [(ours, notes, goal.get(precision)), (ours, theirs, 1.0)]
    show("The notes' network, 56,356,234 parameters", in_turns(contenders), goals)


def bench_lenet():
    """LeNet-5 on 32 x 32 grey images."""
    contenders, goals = {}, []
    for batch_size in (16, 128):
        images, labels = random_images(250 * batch_size, (32, 32, 1))
        for name, contender, build in (
            ("fit", plain_fit, LENET),
            ("harness", harness, LENET),
            ("PyTorch", pytorch, torch_lenet),
        ):
            if name != "PyTorch" or has_torch():
                run = partial(contender, build, images, labels, batch_size=batch_size, steps=25)
                contenders[f"{name}, batch {batch_size}"] = run
        goals.append((f"harness, batch {batch_size}", f"fit, batch {batch_size}", 1.4))
        goals.append((f"harness, batch {batch_size}", f"PyTorch, batch {batch_size}", 1.0))
    show("LeNet-5, 61,706 parameters", in_turns(contenders), goals)


def bench_accuracy(seeds=(0, 1, 2), epochs=8):
    """Test accuracy on the digits over seeds: speed must not cost any."""
    data, ours, plain = load("digits"), [], []
    test = (data.x_test, data.y_test)
    for seed in seeds:
        history, _ = run_test_harness(data, model=LENET, epochs=epochs, seed=seed, validation=None, verbose=0)
        ours.append(history.test["accuracy"])
        keras.utils.set_random_seed(seed)
        model = compiled(LENET())
        model.fit(data.x_train, data.y_train, batch_size=16, epochs=epochs, verbose=0)
        plain.append(model.evaluate(*test, verbose=0)[1])
    verdict = "within" if min(plain) - np.ptp(plain) <= np.mean(ours) else "BELOW"
    print(f"\nTest accuracy of LeNet-5, {len(seeds)} seeds: {verdict} the spread")
    for name, values in (("harness", ours), ("fit", plain)):
        print(f"  {name:8} mean {np.mean(values):.3f}  ({min(values):.3f} to {max(values):.3f})")


def main():
    bench_lenet()
    bench_accuracy()
    bench_course_model()


if __name__ == "__main__":
    main()
