"""What cnn-architect reads in Keras code, against Keras: each code is run here, and read there."""

import json
import random
import time
from textwrap import dedent

import pytest
from manuscript import ROOT
from scripts import answers

import cnncourse as cc
from cnncourse.backend import keras

# -- codes as students write them ------------------------------------------------------------------------

IMPORTS = (  # how a code comes by Keras; what it writes before Sequential, Model and Input; and before layers
    ("", "keras.", "keras.layers."),
    ("from keras import layers\n", "keras.", "layers."),
    ("from tensorflow import keras as K\nfrom tensorflow.keras import layers as L\n", "K.", "L."),
    ("import tensorflow as tf\n", "tf.keras.", "tf.keras.layers."),
    ("from keras import (\n    Model,\n    Sequential,\n)\nfrom keras.layers import *\n", "", ""),
)
ACTIVATIONS = ("'relu'", '"sigmoid"', "'tanh'", "None", "keras.activations.relu", "'swish'")
POOLINGS = ("", "(2, 2)", "3, strides=2", "pool_size=(2, 1)")
NORMS = ("", "scale=False", "center=False, scale=False")


class Code:
    """A network as a student might write it, another one for each seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.values = {}  # of its variables
        self.imports, self.keras, self.prefix = IMPORTS[seed % len(IMPORTS)]
        self.size = self.one_of((32, 32, 3), (28, 28, 1), (40, 56, 3), (65, 33, 2))
        self.layers = [*self.maps(), self.middle(), *self.rows()]
        self.style = (self.as_list, self.by_add, self.functional, self.as_function)[seed // 5 % 4]

    def one_of(self, *choices):
        return self.random.choice(choices)

    def often(self, share):
        return self.random.random() < share

    def variable(self, text):
        """The name of a new variable that has this value."""
        name = f"n{len(self.values)}"
        self.values[name] = text
        return name

    def number(self, *choices):
        """A number as it is, as a variable, or as a calculation."""
        value = self.one_of(*choices)
        return self.one_of(str(value), self.variable(str(value)), f"{value // 2} * 2", f"int({value}.0)")

    def window(self, *sizes):
        """One number, a tuple, or a variable that is one."""
        height, width = self.one_of(*sizes), self.one_of(*sizes)
        text = self.one_of(str(height), f"({height}, {height})", f"({height}, {width})")
        return self.variable(text) if self.often(0.2) else text

    def call(self, name, *given):
        """The call of a layer, on one line or on several, with what counts nothing."""
        given = [each for each in given if each]
        if self.often(0.2):
            given.append(f"name='{name.lower()}_{self.random.randrange(10**9)}'")
        if self.often(0.2) and len(given) > 1:
            listed = ",\n        ".join(given)
            return f"{self.prefix}{name}(  # {name}, (\n        {listed},\n    )"
        return f"{self.prefix}{name}({', '.join(given)})"

    def convolution(self):
        name = self.one_of("Conv2D", "Conv2D", "Convolution2D", "SeparableConv2D", "DepthwiseConv2D")
        given = {} if name == "DepthwiseConv2D" else {"filters": self.number(4, 6, 8, 12)}
        given["kernel_size"] = self.window(1, 2, 3)
        by_place = self.often(0.5)
        step = self.random.random()
        return self.call(
            name,
            *(value if by_place else f"{argument}={value}" for argument, value in given.items()),
            f"strides={self.window(1, 2)}" if step < 0.3 and name == "Conv2D" else "",
            "dilation_rate=2" if step > 0.85 else "",
            self.one_of("", "padding='same'", 'padding="valid"'),
            "use_bias=False" if self.often(0.2) else "",
            f"activation={self.one_of(*ACTIVATIONS)}" if self.often(0.7) else "",
            "kernel_initializer='he_normal'" if self.often(0.1) else "",
            "depth_multiplier=2" if name == "DepthwiseConv2D" and self.often(0.3) else "",
        )

    def between(self):
        """What may stand between two convolutions."""
        return (
            self.call("BatchNormalization", self.one_of(*NORMS)),
            self.call("MaxPooling2D", self.one_of(*POOLINGS)),
            self.call("MaxPool2D", "2", "padding='same'"),
            self.call("AveragePooling2D", "2"),
            self.call("ZeroPadding2D", self.one_of("", "2", "(1, 2)", "((1, 0), (2, 1))")),
            self.call("Cropping2D", "((1, 0), (0, 1))"),
            self.call("Activation", self.one_of(*ACTIVATIONS[:3])),
            self.call("LeakyReLU"),
            self.call("Dropout", self.one_of("0.25", "rate=1 / 4", "0.125")),
            self.call("SpatialDropout2D", "0.2"),
            self.call("Rescaling", "1.0 / 255"),
            self.call("RandomFlip", "'horizontal'"),
            self.call("Resizing", "24, 20"),
            self.call("Dense", "5"),
        )

    def maps(self):
        for _ in range(self.one_of(1, 2, 3)):
            yield self.convolution()
            yield from self.random.choices(self.between(), k=2)

    def middle(self):
        return self.call(
            self.one_of("Flatten", "GlobalAveragePooling2D", "GlobalMaxPool2D", "GlobalAvgPool2D")
        )

    def rows(self):
        for _ in range(self.one_of(0, 1, 2)):
            yield self.call("Dense", self.number(10, 16, 32), "activation='relu'")
            yield self.one_of(self.call("Dropout", "0.5"), self.call("BatchNormalization"))
        yield self.call("Dense", f"units={self.number(10)}", "activation='softmax'")

    @property
    def text(self):
        body = self.style()
        values = "".join(f"{name} = {value}  # set here\n" for name, value in self.values.items())
        return f"import keras\n{self.imports}{values}{body}"

    def as_list(self):
        first = f"{self.keras}Input(shape={self.size})"
        lines = "".join(f"    {each},\n" for each in (first, *self.layers))
        return f"model = {self.keras}Sequential([\n{lines}])\nmodel.summary()\n"

    def by_add(self):
        lines = "\n".join(f"model.add({each})" for each in self.layers)
        return f"model = {self.keras}Sequential()\n{lines}\nmodel.build({(None, *self.size)})\n"

    def functional(self):
        lines = "\n".join(f"x = {each}(x)" for each in self.layers)
        start = f"inputs = {self.keras}Input({self.size})\nx = inputs\n"
        ends = self.one_of("inputs, x", "inputs=inputs, outputs=x", "[inputs], [x]")
        return f"{start}{lines}\nmodel = {self.keras}Model({ends})\n"

    def as_function(self):
        start = f"    '''A net.'''\n    net = {self.keras}Sequential()\n"
        start += f"    net.add({self.keras}Input({self.size}))\n"
        lines = "\n".join(f"    net.add({each})" for each in self.layers)
        return f"def build(classes=10):\n{start}{lines}\n    return net\n\nmodel = build()\n"


# -- read by the lab, run by Keras -----------------------------------------------------------------------


def read(*texts):
    """What the lab makes of each code."""
    calls = [{"call": "account_of_code", "arguments": text} for text in texts]
    return [answer["result"] for answer in answers("architect-layers", calls, "keras-code.js")]


def run(text):
    """The model that a code makes in Python."""
    names = {"__name__": "__main__"}
    exec(text.replace("model.summary()", ""), names)
    return names["model"]


def sizes(shape):
    return [f"{size}n" for size in shape]


def compare(answer, model):
    """Every shape and count of the lab with those of Keras."""
    assert answer["problems"] == []
    assert answer["total_parameters"] == f"{model.count_params()}n"
    assert answer["total_macs"] == f"{cc.anatomy(model).total_macs}n"
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    assert [row["shape"] for row in answer["layers"]] == [sizes(layer.output.shape[1:]) for layer in layers]
    assert [row["parameters"] for row in answer["layers"]] == [f"{layer.count_params()}n" for layer in layers]


def test_codes_are_read_as_keras_runs_them():
    """60 codes, in each style and with each import: every shape, parameter and MAC is Keras'."""
    codes = []
    for seed in range(400):
        text = Code(seed).text
        try:
            codes.append((text, run(text)))
        except ValueError:  # a window that does not fit, say: Keras refuses it
            continue
        if len(codes) == 60:
            break
    texts, models = zip(*codes, strict=True)
    assert len(models) == 60
    found = read(*texts)
    for answer, model in zip(found, models, strict=True):
        compare(answer, model)
    for answer in found[::3]:  # the code that the lab shows is of the same network
        compare(answer, run(answer["program"]))


def test_the_notes_define_model_is_read():
    """As it stands in the chapter's notebook: what goes in, its second layer says."""
    cells = json.loads((ROOT / "notebooks" / "course-model.ipynb").read_text(encoding="utf-8"))["cells"]
    sources = ("".join(cell["source"]) for cell in cells)
    names = {}
    exec(next(source for source in sources if "def define_model():" in source), names)
    (answer,) = read(names["notes"])
    compare(answer, cc.course_model())
    assert answer["input"] == ["227n", "227n", "3n"]
    assert [each["kind"] for each in answer["remarks"]] == ["unscaled"]


BY_HAND = {
    "function of a block": """
        def block(x, filters, pool=True):
            x = layers.Conv2D(filters, 3, padding="same", **common)(x)
            if pool:
                x = layers.MaxPool2D()(x)
            return x

        common = {"activation": "relu", "use_bias": False}
        inputs = keras.Input((32, 32, 3))
        x = inputs
        for filters in (8, 16):
            x = block(x, filters)
        x = block(x, 32, pool=False)
        x = layers.GlobalAveragePooling2D()(x)
        model = keras.Model(inputs=inputs, outputs=layers.Dense(1, "sigmoid")(x))
        model.compile(loss="binary_crossentropy", metrics=["accuracy"])
        for layer in model.layers:
            layer.trainable = False
        """,
    "network in a network": """
        augmentation = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)])
        SIZE = (24, 24)
        model = keras.Sequential([
            keras.Input(SIZE + (3,)), augmentation, layers.Rescaling(1./255),
            layers.Conv2D(2 ** 3, kernel_size=3, strides=(2, 2)), layers.Flatten(), layers.Dense(20 // 2),
        ])
        """,
    "parameters of a function": """
        def make(shape=(28, 28), *, classes: int = 5, width=2, **kwargs) -> "keras.Model":
            model = keras.Sequential(name='small'); model.add(keras.Input(shape=shape))
            model.add(layers.Reshape((28, 28, 1)))
            for i in range(1, 3):
                model.add(layers.Conv2D(8 * width * i, 3, activation="relu"))
                if i == 2:
                    model.add(layers.MaxPooling2D((2, 2)))
                else: model.add(layers.BatchNormalization())
            model.add(layers.Flatten()); model.add(layers.Dense(classes))
            return model

        if __name__ == "__main__":
            model = make(classes=7)
        """,
    "rows of pixels": """
        model = keras.Sequential()
        model.add(keras.Input(shape=(28, 28)))
        model.add(layers.Flatten())
        weights = keras.regularizers.l2(1e-4)
        model.add(layers.Dense(128, activation=keras.activations.relu, kernel_regularizer=weights))
        model.add(layers.Dropout(.2))
        model.add(layers.Dense(10))
        """,
    "a list that grows": """
        parts = [keras.Input((16, 16, 1))]
        parts.append(layers.Conv2D(4, (3, 5)))
        parts += [layers.AveragePooling2D(2), layers.Flatten()]
        with keras.device("cpu"):
            model = keras.Sequential(parts + [layers.Dense(units=int(10.5))])
        """,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_codes_written_by_hand(name):
    text = "import keras\nfrom keras import layers\n" + dedent(BY_HAND[name])
    (answer,) = read(text)
    model = run(text)
    assert answer["problems"] == []
    assert answer["total_parameters"] == f"{model.count_params()}n"
    assert answer["layers"][-1]["shape"] == sizes(model.output_shape[1:])


# -- what the reader of a code is told -------------------------------------------------------------------


def told(text):
    """Line and kind of each problem, and of each remark; and all that was read."""
    (answer,) = answers("keras-code", [{"call": "read", "arguments": dedent(text).lstrip("\n")}])
    found = answer["result"]
    problems, remarks = (
        [(each["line"], each["kind"]) for each in found[part]] for part in ("problems", "remarks")
    )
    return problems, remarks, found


PROBLEMS = (  # a code, and what cannot be read in which line
    ("m = Sequential([Flatten(),\n    Foo(3),\n    Dense(8),\n    Dense(n)])", [(2, "layer"), (4, "name")]),
    ("m = Sequential()\nm.add(Conv2D(8, 3, foo=1))", [(2, "argument")]),
    ("m = Sequential()\nm.add(Conv2D(8, 'big'))", [(2, "value")]),
    ("m = Sequential()\nm.add(Conv2D(filters=8))", [(2, "missing")]),
    ("m = Sequential()\nm.add(Dense(1, 'relu', True, 4))", [(2, "many")]),
    ("x = Input((8, 8, 1))\ny = Conv2D(1, 1)(x)\nz = Add()([x, y])", [(3, "branch")]),
    ("x = Input((8, 8, 1))\ny = Conv2D(1, 1)(x)\nz = x + y", [(3, "branch")]),
    ("x = Input((8, 8, 1))\nx = unknown(x)", [(2, "function")]),
    ("d = Dense(8)\nm = Sequential([d, d])", [(2, "shared")]),
    ("m = Sequential([\n  Dense(1),\n  Dense(2)\nimport numpy", [(1, "bracket")]),
    ("m = Sequential()\nm.add(Dense(10, activation='relu))", [(2, "quote")]),
    ("while True:\n    m = Sequential([Dense(1)])", [(1, "block")]),
    ("class Net(Model):\n  def __init__(self):\n    self.a = Dense(3)", [(1, "block")]),
    ("m = Sequential([Dense(n) for n in (1, 2)])", [(1, "expression")]),
    ("m = Sequential([Dense(9 ** 99)])", [(1, "large")]),
    ("m = Sequential([Input((28, 28)), Conv2D(8, 3)])", [(1, "channels")]),
    ("m = Sequential([Input((8, 8, 1)), Flatten(), Conv2D(8, 3)])", [(1, "flat")]),
    ("m = Sequential()\nfor i in range(10 ** 9):\n    m.add(Dense(1))", [(2, "long")]),
    ("m = load()\nx = [i for i in y if i != 0]\nprint(f'{x}'", []),  # nothing of networks
)


@pytest.mark.parametrize(("text", "wanted"), PROBLEMS)
def test_what_cannot_be_read_is_named_by_its_line(text, wanted):
    problems, _, _ = told(text)
    assert problems == wanted


REMARKS = (
    ("m = Sequential([Input((8, 8, 1)), Rescaling(1/255),\n  Dense(10)])", [(2, "unflattened")]),
    ("x = x / 255\nm = Sequential([Flatten(),\n\n  Dense(1, activation='softmax')])", [(4, "softmax")]),
    ("x /= 255.0\nm = Sequential([Flatten(),\n  Dense(1),\n  Softmax()])", [(4, "softmax")]),
    ("m = Sequential([\n  Flatten(),\n  Dense(10, activation='softmax')])", [(2, "unscaled")]),
    ("m = Sequential([BatchNormalization(), Flatten(), Dense(10, activation='softmax')])", []),
    ("a = Sequential([Dense(1)])\nb = Sequential([Rescaling(1/255), Flatten(), Dense(2)])", [(2, "several")]),
)


@pytest.mark.parametrize(("text", "wanted"), REMARKS)
def test_a_network_that_runs_and_is_still_wrong_gets_a_remark(text, wanted):
    problems, remarks, _ = told(text)
    assert (problems, remarks) == ([], wanted)


def test_what_is_left_out_is_left_out_alone():
    problems, _, found = told("""
        x = inputs = Input((8, 8, 1))
        x = Conv2D(4, 3)(x)
        x = Foo()(x)
        x = Flatten()(x)
        model = Model(inputs, x)
        """)
    assert problems == [(3, "layer")]
    assert [layer["kind"] for layer in found["layers"]] == ["conv", "flatten"]


MUCH = 99_000  # characters: more are refused
HOSTILE = {
    "brackets": "m = Sequential(" + "(" * MUCH,
    "calls": "x = " + "f(" * (MUCH // 2),
    "attributes": "x = a" + ".a" * (MUCH // 2),
    "sum": "m = Sequential([Dense(1" + "+1" * (MUCH // 3) + ")])",
    "signs": "x = " + "-" * MUCH + "1",
    "powers": "x = 9" + "**9" * (MUCH // 4),
    "digits": "m = Sequential([Dense(" + "9" * MUCH + ")])",
    "quotes": "'\n" * (MUCH // 2),
    "long quotes": "'''" * (MUCH // 3),
    "blocks": "".join(" " * i + "if x:\n" for i in range(400)),
    "loops": "".join(" " * i + "for i in range(999):\n" for i in range(99)) + " " * 99 + "m = Sequential()",
    "recursion": "def f(x):\n  f(x)\n  return f(x)\nm = Sequential([f(1)])",
    "doubling": "a = [1]\n" + "a = a + a\n" * 99 + "m = Sequential(a)",
    "networks": "a = Sequential([Dense(1)])\n" + "a = Sequential([a, Dense(1)])\n" * 3000,
    "failures": "m = Sequential()\nfor i in range(999):\n  m.add(Foo(" + "1," * (MUCH // 3) + "))",
    "commas": "x = " + "," * MUCH,
    "half characters": "\ud83d\u0000\ud800" * (MUCH // 3),
    "a megabyte": "x = 1\n" * 175_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_long_or_breaks_the_reader(name):
    started = time.perf_counter()
    _, _, found = told(HOSTILE[name])
    assert time.perf_counter() - started < 20  # what would hang takes minutes; a second is usual
    assert len(found["layers"]) <= 1000


def test_names_of_javascript_are_names_like_any_other():
    problems, _, found = told("""
        __proto__ = 3
        constructor = Dense
        m = Sequential([Dense(__proto__), Dense(4, __proto__=3), toString(), layers.__proto__(3)])
        m.add(layers.constructor(3))
        m.add(Dense(**{'__proto__': 3}))
        """)
    assert [layer["units"] for layer in found["layers"]] == ["3n"]
    assert [line for line, _ in problems] == [3, 3, 3, 4, 5]
