"""The words in figures, and the names of what experiments compare: in English, said in the reader's language.

The code that draws, the records, and the notebooks of both editions name things in English; :func:`say` looks
the label up when it is shown. What is not here stays as it is: names of layers, networks and arguments,
and whatever a reader calls his own curves.
"""

import re

from cnncourse.language import spoken

__all__ = ["say"]

GERMAN = {
    # axes
    "accuracy": "Genauigkeit",
    "activation": "Aktivierung",
    "answer": "Antwort",
    "bias²": "Bias²",
    "convolutions and poolings so far": "Faltungen und Poolings bisher",
    "degree": "Grad",
    "derivative": "Ableitung",
    "difference from": "Unterschied zu",
    "epoch": "Epoche",
    "epochs to {} % of the validation images": "Epochen bis {} % der Validierungsbilder",
    "epochs to {} % training error": "Epochen bis {} % Trainingsfehler",
    "error": "Fehler",
    "gain in test accuracy": "Gewinn an Testgenauigkeit",
    "gradient norm": "Gradientennorm",
    "input size n": "Eingabegröße n",
    "largest shift in pixels": "größte Verschiebung in Pixeln",
    "layer": "Schicht",
    "layer, from the input to the output": "Schicht, von der Eingabe zur Ausgabe",
    "layers": "Schichten",
    "loss": "Verlust",
    "mean brightness": "mittlere Helligkeit",
    "mean squared error": "mittlerer quadratischer Fehler",
    "memory in MB": "Speicher in MB",
    "output size": "Ausgabegröße",
    "outputs above zero, in percent": "Ausgaben über null, in Prozent",
    "read from": "gelesen aus",
    "receptive field in pixels": "rezeptives Feld in Pixeln",
    "relative weight change": "relative Änderung der Gewichte",
    "row": "Zeile",
    "share guessed right": "Anteil richtig geraten",
    "share of blank maps per image": "Anteil leerer Karten je Bild",
    "share of dead units": "Anteil toter Einheiten",
    "share of outputs above zero": "Anteil der Ausgaben über null",
    "standard deviation": "Standardabweichung",
    "test accuracy": "Testgenauigkeit",
    "test error in %": "Testfehler in %",
    "training accuracy": "Trainingsgenauigkeit",
    "training images": "Trainingsbilder",
    "true class": "wahre Klasse",
    "variance": "Varianz",
    # data, epochs, layers, and how many there are
    "batch {}": "Batch {}",
    "channel {}": "Kanal {}",
    "conv\n{}": "Conv\n{}",
    "curve {}": "Kurve {}",
    "degree {}": "Grad {}",
    "dense\n{}": "Dense\n{}",
    "epoch {}": "Epoche {}",
    "gap after the last epoch: {}": "Lücke nach der letzten Epoche: {}",
    "inference": "Inferenz",
    "step {}": "Schritt {}",
    "train": "Training",
    "training": "Training",
    "unseen": "neue Daten",
    "validation": "Validierung",
    "{} degrees": "{} Grad",
    "{} epochs": "{} Epochen",
    "{} images": "{} Bilder",
    "{} layers": "{} Schichten",
    "{} of {} dead": "{} von {} tot",
    # what a network is made of, and what it costs
    "+ {} bias": "+ {} Bias",
    "MACs per image": "MACs je Bild",
    "activations": "Aktivierungen",
    "gradients": "Gradienten",
    "input": "Eingabe",
    "kernel": "Kernel",
    "kernel {} × {}": "Kernel {} × {}",
    "one filter": "ein Filter",
    "optimizer state": "Zustand des Optimierers",
    "output": "Ausgabe",
    "parameters": "Parameter",
    "products": "Produkte",
    "share of MACs": "Anteil der MACs",
    "share of parameters": "Anteil der Parameter",
    "window": "Fenster",
    # padding and stride
    "dots: output size · numbers: unused pixels": "Punkte: Ausgabegröße · Zahlen: ungenutzte Pixel",
    "input {} × {}": "Eingabe {} × {}",
    "mirrored": "gespiegelt",
    "output {} × {}": "Ausgabe {} × {}",
    "padded with zeros": "mit Nullen aufgefüllt",
    "padding": "Padding",
    "start {}": "Start {}",
    "stride {}": "Stride {}",
    "the division": "die Division",
    "unused": "ungenutzt",
    "zeros": "Nullen",
    # pictures, and what was done to them
    "average": "Mittelwert",
    "blur": "unscharf",
    "brightness": "Helligkeit",
    "building": "Gebäude",
    "channels": "Kanäle",
    "contrast": "Kontrast",
    "flip": "gespiegelt",
    "flower": "Blume",
    "grey": "grau",
    "half a pixel": "halber Pixel",
    "half turn": "kopfüber",
    "horizontal edges": "waagerechte Kanten",
    "invert": "invertiert",
    "max": "Maximum",
    "one pixel": "ein Pixel",
    "original": "Original",
    "photograph": "Foto",
    "pixels": "Pixel",
    "resized crop": "Ausschnitt",
    "rotation": "gedreht",
    "shift": "verschoben",
    "vertical edges": "senkrechte Kanten",
    "zoom": "vergrößert",
    # shapes
    "bar": "Balken",
    "crescent": "Sichel",
    "disk": "Scheibe",
    "plus": "Plus",
    "ring": "Ring",
    "square": "Quadrat",
    "star": "Stern",
    "triangle": "Dreieck",
    # arms of experiments
    "all connections": "alle Verbindungen",
    "always clipped": "immer gekürzt",
    "as written": "wie im Skript",
    "average pooling": "Average-Pooling",
    "batch norm": "Batch Norm",
    "before": "vorher",
    "blur only": "nur unscharf",
    "centred": "zentriert",
    "clipped": "gekürzt",
    "convolutions untrained": "Faltungen untrainiert",
    "cutout": "Cutout",
    "dropout": "Dropout",
    "distorted images": "verzerrte Bilder",
    "fine-tuned": "nachtrainiert",
    "flip and shift": "spiegeln und verschieben",
    "fresh": "frisch",
    "from scratch": "von vorn",
    "frozen": "eingefroren",
    "interpolated": "interpoliert",
    "larger rates": "größere Raten",
    "max pooling": "Max-Pooling",
    "momentum": "Momentum",
    "normalized": "normalisiert",
    "normalized once": "einmal normalisiert",
    "not centred": "nicht zentriert",
    "nothing": "ohne alles",
    "paper": "Aufsatz",
    "recolour": "umgefärbt",
    "repaired": "repariert",
    "residual": "Residual",
    "scaled and shifted": "skaliert und verschoben",
    "scaled tanh": "skalierter tanh",
    "shortcuts": "Abkürzungen",
    "sigmoid": "Sigmoid",
    "sigmoid BN": "Sigmoid BN",
    "small steps": "kleine Schritte",
    "trained": "trainiert",
    "turned": "gedreht",
    "untrained": "untrainiert",
    "weight decay": "Weight Decay",
    "whole pixels": "ganze Pixel",
    "with": "mit",
    "without": "ohne",
    "{} pixels": "{} Pixel",
}
"""What a label says in German; ``{}`` stands for a number, in the same order in both."""

_NUMBER = re.compile(r"(?<![\w.])\N{MINUS SIGN}?\d+(?:\.\d+)?(?![\w.])")
_BETWEEN = re.compile(r"(, |: | / )")


def say(label):
    """Say an English label in the language in force, with its numbers as that language writes them.

    Args:
        label: a name or a number. One of several parts, as ``ReLU, 5 layers`` or ``1: disk / star``, is
            looked up part by part.

    Returns:
        The label as a string: in English the same words, in German those that it has; unknown ones stay.

    Source: The glossary of the book, for the terms.

    >>> say("gap after the last epoch: 0.388")
    'Lücke nach der letzten Epoche: 0,388'
    >>> say("ReLU Glorot, 5 layers")
    'ReLU Glorot, 5 Schichten'
    """
    language = spoken()
    return language.text(language.pick((_german, str))(str(label)))


def _german(label):
    numbers = _NUMBER.findall(label)
    if (pattern := _NUMBER.sub("{}", label)) in GERMAN:
        return GERMAN[pattern].format(*numbers)
    parts = _BETWEEN.split(label)
    if len(parts) == 1:
        return label
    parts[::2] = map(_german, parts[::2])
    return "".join(parts)
