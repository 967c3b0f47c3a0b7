"""The drills' words in German and English, and numbers written as each language writes them."""

import re
from decimal import Decimal

from cnncourse.language import grouped

TOPICS = {
    "output_size": ("Ausgabegröße", "Output size"),
    "same_padding": ("Same Padding", "Same padding"),
    "keep_size": ("Passendes Padding", "The padding that fits"),
    "conv_parameters": ("Parameter einer Faltungsschicht", "Parameters of a convolution"),
    "dense_parameters": ("Parameter einer Dense-Schicht", "Parameters of a dense layer"),
    "batch_norm_parameters": ("Parameter der Batch Normalization", "Parameters of batch normalization"),
    "parameter_memory": ("Speicher für Parameter", "Memory of parameters"),
    "activation_memory": ("Speicher für Aktivierungen", "Memory of activations"),
    "training_memory": ("Speicher beim Training", "Memory while training"),
    "conv_compute": ("Rechenaufwand einer Faltungsschicht", "Compute of a convolution"),
    "dense_compute": ("Rechenaufwand einer Dense-Schicht", "Compute of a dense layer"),
    "pooling": ("Pooling", "Pooling"),
    "receptive_field": ("Rezeptives Feld", "Receptive field"),
    "network": ("Ein ganzes Netz", "A whole network"),
    "reverse": ("Rückwärts gerechnet", "Working backwards"),
}
"""The topics in the order of the book, and their names in German and English."""

UNITS = {
    "pixels": ("Pixel", "pixels"),
    "parameters": ("Parameter", "parameters"),
    "MACs": ("MACs", "MACs"),
    "FLOPs": ("FLOPs", "FLOPs"),
    "filters": ("Filter", "filters"),
    "layers": ("Schichten", "layers"),
    "images": ("Bilder", "images"),
    "number": ("", ""),
    "shape": ("Höhe × Breite × Kanäle", "height × width × channels"),
}
"""The units in German and English; memory units (kB, MB, MiB) are the same in both."""

_DECIMALS = {"MiB": 2}  # the unit in which the question asks for a rounded amount

SAY = {
    "de": {
        "right": "Richtig.",
        "right_but_comma": "Richtig. Im Deutschen trennt der Punkt die Tausender, nicht das Komma.",
        "wrong": "Das stimmt nicht. Sieh dir die Lösung an oder versuche es noch einmal.",
        "rough": "Das ist zu stark gerundet, um sicher zu sein. Schreibe mehr Stellen.",
        "comma": "Komma oder Tausenderpunkt? Im Deutschen steht das Komma vor den Nachkommastellen.",
        "no_number": "Gefragt ist eine Zahl{unit}, nicht {answer!r}. Schreibe sie wie 34.944.",
        "no_shape": "Gefragt ist eine Form, nicht {answer!r}. Schreibe sie wie 55 × 55 × 96.",
    },
    "en": {
        "right": "Right.",
        "right_but_comma": "Right. In English, the comma separates the thousands, not the point.",
        "wrong": "That is not right. Look at the solution, or try again.",
        "rough": "That is rounded too much to be sure. Write more digits.",
        "comma": "Decimals or thousands? In English, the point stands before the decimals.",
        "no_number": "The question asks for a number{unit}, not {answer!r}. Write it like 34,944.",
        "no_shape": "The question asks for a shape, not {answer!r}. Write it like 55 × 55 × 96.",
    },
}
"""What ``check`` says, by language."""

REVEALS = {
    # sizes
    "no_plus_one": (
        "Du hast das + 1 vergessen: Die Position vor dem ersten Schritt zählt mit.",
        "You forgot the + 1: the position before the first step counts, too.",
    ),
    "no_plus_one_kernel": (
        "Du hast das + 1 vergessen: Das Pixel in der Mitte gehört auch zum Filter, f = 2p/d + 1.",
        "You forgot the + 1: the pixel in the middle belongs to the kernel, too, f = 2p/d + 1.",
    ),
    "stride_ignored": (
        "Du hast den Stride nicht berücksichtigt.",
        "You ignored the stride.",
    ),
    "kernel_ignored": (
        "Du hast die Filtergröße nicht abgezogen: n/s allein reicht nicht.",
        "You did not subtract the kernel size: n/s alone is not enough.",
    ),
    "rounded_up": (
        "Du hast aufgerundet. Eine Position, an der der Filter übersteht, gibt es nicht: Es wird abgerundet.",
        "You rounded up. A position where the filter sticks out does not exist: round down.",
    ),
    "rounded_up_window": (
        "Du hast aufgerundet. Eine Position, an der das Fenster übersteht, gibt es nicht: Es wird "
        "abgerundet.",
        "You rounded up. A position where the window sticks out does not exist: round down.",
    ),
    "padding_once": (
        "Du hast das Padding nur einmal gezählt. Es liegt auf beiden Seiten: 2p.",
        "You counted the padding once. It lies on both sides: 2p.",
    ),
    "padding_ignored": (
        "Du hast das Padding vergessen.",
        "You forgot the padding.",
    ),
    "channels_kept": (
        "Du hast die Kanäle der Eingabe übernommen. Die Ausgabe hat einen Kanal pro Filter.",
        "You kept the channels of the input. The output has one channel per filter.",
    ),
    "swapped": (
        "Du hast Höhe und Breite vertauscht.",
        "You swapped height and width.",
    ),
    "same_keeps_size": (
        "Same Padding lässt die Größe nur bei Stride 1 unverändert. Sonst ist die Ausgabe ⌈n/s⌉ groß.",
        "Same padding keeps the size at stride 1 only. Otherwise the output has size ⌈n/s⌉.",
    ),
    "rounded_down_same": (
        "Du hast abgerundet. Bei Same Padding wird n/s aufgerundet, weil der Rand aufgefüllt wird.",
        "You rounded down. With same padding, n/s is rounded up, because the border is filled.",
    ),
    "valid_formula": (
        "Du hast ohne Padding gerechnet (valid). Gefragt ist Same Padding.",
        "You calculated without padding (valid). The question is about same padding.",
    ),
    "one_side": (
        "Das ist nur eine Seite. Gefragt sind beide Seiten zusammen.",
        "That is one side only. The question asks for both sides together.",
    ),
    "both_sides": (
        "Das sind beide Seiten zusammen. Gefragt ist das Padding pro Seite.",
        "That is both sides together. The question asks for one side.",
    ),
    "both_sides_after": (
        "Das sind beide Seiten zusammen. Gefragt ist nur die untere.",
        "That is both sides together. The question asks for the bottom only.",
    ),
    "padding_before": (
        "Das kommt oben hinzu. Bei einer ungeraden Summe kommt unten ein Pixel mehr hinzu.",
        "That is what is added at the top. If the total is odd, the bottom gets one more.",
    ),
    "stride_one_padding": (
        "Das gilt nur bei Stride 1. Ein größerer Stride braucht meist weniger Padding.",
        "That holds at stride 1 only. A larger stride usually needs less padding.",
    ),
    "half_kernel": (
        "Das ist die halbe Filtergröße, aufgerundet. Das Pixel in der Mitte zählt nicht mit: (f − 1)/2.",
        "That is half the kernel, rounded up. The pixel in the middle does not count: (f − 1)/2.",
    ),
    "whole_kernel": (
        "Das ist die ganze Filtergröße. Der Filter muss nur so weit überstehen, dass seine Mitte den Rand "
        "erreicht.",
        "That is the whole kernel. The filter only has to stick out until its centre reaches the border.",
    ),
    "padding_too_small": (
        "Du hast abgerundet. Damit wird die Ausgabe um ein Pixel zu klein.",
        "You rounded down. The output then gets one pixel too small.",
    ),
    "dilation_ignored": (
        "Du hast die Dilation nicht berücksichtigt. Sie spreizt den Filter auf d(f − 1) + 1 Pixel.",
        "You ignored the dilation. It spreads the kernel to d(f − 1) + 1 pixels.",
    ),
    # parameters
    "no_bias": (
        "Du hast den Bias vergessen: Zu jedem Filter und jedem Neuron gehört einer.",
        "You forgot the bias: every filter and every unit has one.",
    ),
    "one_bias": (
        "Du hast nur einen Bias gezählt. Jeder Filter hat seinen eigenen.",
        "You counted a single bias. Every filter has its own.",
    ),
    "channels_forgotten": (
        "Du hast die Kanäle der Eingabe vergessen.",
        "You forgot the channels of the input.",
    ),
    "side_once": (
        "Du hast nur eine Kantenlänge des Filters gezählt. Er hat Höhe mal Breite Gewichte pro Kanal.",
        "You counted one side of the kernel. It has height times width weights per channel.",
    ),
    "plus_for_times": (
        "Du hast addiert, wo multipliziert wird.",
        "You added where you have to multiply.",
    ),
    "batch_in_parameters": (
        "Du hast mit der Batchgröße multipliziert. Alle Bilder benutzen dieselben Parameter.",
        "You multiplied by the batch size. All images use the same parameters.",
    ),
    "not_shared": (
        "Du hast mit der Zahl der Positionen multipliziert. Alle Positionen teilen sich dieselben Gewichte.",
        "You multiplied by the number of positions. All positions share the same weights.",
    ),
    "groups_ignored": (
        "Du hast die Gruppen nicht berücksichtigt. Ein Filter sieht nur die Kanäle seiner Gruppe.",
        "You ignored the groups. A filter sees the channels of its own group only.",
    ),
    "bias_grouped": (
        "Du hast auch die Bias-Werte durch die Gruppen geteilt. Jeder Filter behält seinen.",
        "You divided the biases by the groups, too. Every filter keeps its own.",
    ),
    "groups_twice": (
        "Du hast zweimal durch die Gruppen geteilt. Nur die Kanäle pro Filter werden weniger, nicht die "
        "Filter.",
        "You divided by the groups twice. The channels per filter get fewer, the filters do not.",
    ),
    "one_bias_dense": (
        "Du hast nur einen Bias gezählt. Jedes Neuron hat seinen eigenen.",
        "You counted a single bias. Every unit has its own.",
    ),
    "bias_per_input": (
        "Du hast einen Bias pro Eingang gezählt. Es gibt einen pro Neuron.",
        "You counted one bias per input. There is one per unit.",
    ),
    "not_flattened": (
        "Du hast nur die Kanäle gezählt. Flatten reiht Höhe × Breite × Kanäle Werte aneinander.",
        "You counted the channels only. Flatten lines up height × width × channels values.",
    ),
    "flat_without_channels": (
        "Du hast beim Flatten die Kanäle vergessen.",
        "You forgot the channels when flattening.",
    ),
    "first_layer_only": (
        "Das ist nur die erste der beiden Schichten.",
        "That is only the first of the two layers.",
    ),
    "second_from_flatten": (
        "Die zweite Schicht bekommt die Ausgabe der ersten, nicht noch einmal die des Flatten.",
        "The second layer takes the output of the first, not that of Flatten again.",
    ),
    "dropout_counted": (
        "Du hast die Parameter mit der Dropout-Rate verkleinert. Dropout ändert ihre Zahl nicht.",
        "You shrank the parameters by the dropout rate. Dropout does not change their number.",
    ),
    "trained_only": (
        "Das sind nur die trainierten. Der gleitende Mittelwert und die gleitende Varianz zählen mit.",
        "Those are the trained ones only. The moving mean and the moving variance count, too.",
    ),
    "moving_counted": (
        "Du hast den gleitenden Mittelwert und die gleitende Varianz mitgezählt. Sie werden nicht trainiert.",
        "You counted the moving mean and the moving variance. They are not trained.",
    ),
    "scale_only": (
        "Du hast nur einen Wert pro Kanal gezählt. Trainiert werden Skalierung γ und Verschiebung β.",
        "You counted one value per channel. Both the scale γ and the shift β are trained.",
    ),
    "one_of_four": (
        "Du hast nur einen Wert pro Kanal gezählt. Es sind vier: γ, β, Mittelwert und Varianz.",
        "You counted one value per channel. There are four: γ, β, the mean and the variance.",
    ),
    "per_position": (
        "Du hast jede Position einzeln gezählt. Normalisiert wird pro Kanal über alle Positionen.",
        "You counted every position by itself. Normalization works per channel, over all positions.",
    ),
    "bias_though_none": (
        "Du hast einen Bias pro Filter gezählt. Diese Faltung hat keinen; β übernimmt seine Aufgabe.",
        "You counted one bias per filter. This convolution has none; β does its job.",
    ),
    "norm_forgotten": (
        "Du hast die Batch Normalization vergessen.",
        "You forgot the batch normalization.",
    ),
    "norm_on_input": (
        "Du hast die Kanäle der Eingabe normalisiert. Die Schicht steht hinter der Faltung: ein Kanal pro "
        "Filter.",
        "You normalized the channels of the input. The layer follows the convolution: one channel per "
        "filter.",
    ),
    # memory
    "bits": (
        "Du hast in Bit gerechnet. float32 heißt 32 Bit, also 4 Byte.",
        "You counted bits. float32 means 32 bits, which are 4 bytes.",
    ),
    "bits_other": (
        "Du hast in Bit gerechnet. Teile durch 8, um Byte zu erhalten.",
        "You counted bits. Divide by 8 to get bytes.",
    ),
    "count_for_bytes": (
        "Du hast jeden Wert als ein Byte gezählt.",
        "You counted each value as one byte.",
    ),
    "binary_unit": (
        "Du hast mit 1024 statt mit 1000 umgerechnet. Das ergibt KiB oder MiB, nicht kB oder MB.",
        "You converted with 1024 instead of 1000. That gives KiB or MiB, not kB or MB.",
    ),
    "decimal_unit": (
        "Du hast mit 1000 statt mit 1024 umgerechnet. Das ergibt kB oder MB, nicht KiB oder MiB.",
        "You converted with 1000 instead of 1024. That gives kB or MB, not KiB or MiB.",
    ),
    "batch_in_memory": (
        "Du hast die Parameter mit der Batchgröße multipliziert. Sie liegen nur einmal im Speicher.",
        "You multiplied the parameters by the batch size. They are in memory only once.",
    ),
    "notes_formula": (
        "Du hast mit dem Batch multipliziert und durch 8 geteilt, aber die Bits pro Zahl weggelassen.",
        "You multiplied by the batch and divided by 8, but left out the bits per number.",
    ),
    "float32_bytes": (
        "Du hast mit 4 Byte pro Zahl gerechnet. Das gilt für float32.",
        "You took 4 bytes per number. That is float32.",
    ),
    "batch_forgotten": (
        "Du hast den Batch vergessen: Jedes Bild hat seine eigenen Aktivierungen.",
        "You forgot the batch: every image has activations of its own.",
    ),
    "input_memory": (
        "Das ist der Speicher der Eingabe. Gefragt ist die Ausgabe der Schicht.",
        "That is the memory of the input. The question is about the layer's output.",
    ),
    "maps_forgotten": (
        "Du hast nur einen Kanal der Ausgabe gezählt.",
        "You counted a single channel of the output.",
    ),
    # training
    "weights_only": (
        "Das sind nur die Gewichte. Beim Training kommen Gradienten und der Zustand des Optimierers hinzu.",
        "Those are the weights only. Training adds gradients and the optimizer's state.",
    ),
    "weights_only_sgd": (
        "Das sind nur die Gewichte. Beim Training kommt zu jedem ein Gradient hinzu.",
        "Those are the weights only. Training adds a gradient to each of them.",
    ),
    "state_forgotten": (
        "Du hast den Zustand des Optimierers vergessen.",
        "You forgot the optimizer's state.",
    ),
    "adam_once": (
        "Adam merkt sich zwei Werte pro Parameter (erstes und zweites Moment), nicht einen.",
        "Adam keeps two values per parameter (first and second moment), not one.",
    ),
    "state_though_none": (
        "SGD ohne Momentum merkt sich nichts: Es bleibt bei Gewichten und Gradienten.",
        "SGD without momentum keeps nothing: there are weights and gradients only.",
    ),
    "momentum_twice": (
        "SGD mit Momentum merkt sich einen Wert pro Parameter, nicht zwei wie Adam.",
        "SGD with momentum keeps one value per parameter, not two as Adam does.",
    ),
    "activations_once": (
        "Du hast die Aktivierungen nur für ein Bild gezählt.",
        "You counted the activations of one image only.",
    ),
    "batch_on_all": (
        "Du hast alles mit der Batchgröße multipliziert. Nur die Aktivierungen wachsen mit ihr.",
        "You multiplied everything by the batch size. Only the activations grow with it.",
    ),
    "activations_forgotten": (
        "Du hast die Aktivierungen vergessen.",
        "You forgot the activations.",
    ),
    "only_weights_kept": (
        "Du hast nur die Gewichte abgezogen. Gradienten und Optimierer belegen ebenfalls Speicher.",
        "You subtracted the weights only. Gradients and the optimizer take memory, too.",
    ),
    "nothing_subtracted": (
        "Du hast den ganzen Speicher für Aktivierungen verplant. Parameter, Gradienten und Optimierer "
        "gehen vorher ab.",
        "You spent the whole memory on activations. Parameters, gradients and the optimizer take their "
        "share first.",
    ),
    "bits_each": (
        "Du hast mit 32 Byte pro Zahl gerechnet. float32 heißt 32 Bit, also 4 Byte.",
        "You took 32 bytes per number. float32 means 32 bits, which are 4 bytes.",
    ),
    "rounded_up_batch": (
        "Du hast aufgerundet. Das letzte Bild passt nicht mehr ganz hinein.",
        "You rounded up. The last image does not quite fit.",
    ),
    # compute
    "notes_plus": (
        "Du hast Filtergewichte und Positionen addiert. Jede Position braucht alle Gewichte: Es ist ein "
        "Produkt.",
        "You added kernel weights and positions. Every position needs all the weights: it is a product.",
    ),
    "flops_for_macs": (
        "Das sind FLOPs. Eine Multiplikation mit Addition ist ein MAC, aber zwei FLOPs.",
        "Those are FLOPs. One multiplication with its addition is one MAC but two FLOPs.",
    ),
    "macs_for_flops": (
        "Das sind MACs. Jeder MAC besteht aus zwei Gleitkomma-Operationen.",
        "Those are MACs. Each of them is two floating-point operations.",
    ),
    "bias_counted": (
        "Du hast den Bias mitgezählt. Ihn zu addieren ist kein MAC.",
        "You counted the bias. Adding it is not a MAC.",
    ),
    "one_position": (
        "Das ist der Aufwand für eine einzige Position der Ausgabe.",
        "That is the work for a single position of the output.",
    ),
    "input_positions": (
        "Du hast mit der Größe der Eingabe gerechnet. Gerechnet wird einmal pro Position der Ausgabe.",
        "You used the size of the input. The work is done once per position of the output.",
    ),
    "batch_forgotten_compute": (
        "Das ist der Aufwand für ein Bild. Gefragt ist der ganze Batch.",
        "That is the work for one image. The question is about the whole batch.",
    ),
    "filters_forgotten": (
        "Das ist der Aufwand für einen einzigen Filter.",
        "That is the work of a single filter.",
    ),
    # pooling
    "channels_pooled": (
        "Du hast auch die Kanäle verkleinert. Pooling arbeitet in jedem Kanal für sich.",
        "You shrank the channels, too. Pooling works in each channel by itself.",
    ),
    "pool_stride_one": (
        "Du hast beim Pooling mit Stride 1 gerechnet.",
        "You used stride 1 for the pooling.",
    ),
    "pool_forgotten": (
        "Du hast das Pooling vergessen.",
        "You forgot the pooling.",
    ),
    "conv_stride_ignored": (
        "Du hast den Stride der Faltung nicht berücksichtigt.",
        "You ignored the stride of the convolution.",
    ),
    # receptive field
    "kernels_added": (
        "Du hast die Filtergrößen addiert. Benachbarte Fenster überlappen sich: Es zählt jeweils f − 1.",
        "You added the kernel sizes. Neighbouring windows overlap: each counts f − 1.",
    ),
    "kernels_multiplied": (
        "Du hast die Filtergrößen multipliziert. Das stimmt nur, wenn sich keine Fenster überlappen.",
        "You multiplied the kernel sizes. That is right only if no windows overlap.",
    ),
    "last_layer_only": (
        "Das ist nur das Fenster der letzten Schicht.",
        "That is the window of the last layer only.",
    ),
    "strides_ignored": (
        "Du hast die Strides nicht berücksichtigt. Jeder vergrößert die Schritte aller späteren Schichten.",
        "You ignored the strides. Each widens the steps of all later layers.",
    ),
    "own_stride": (
        "Du hast auch den Stride der Schicht selbst benutzt. Es zählen nur die Strides der Schichten davor.",
        "You used the layer's own stride as well. Only the strides of the layers before it count.",
    ),
    "size_over_kernel": (
        "Du hast durch die Filtergröße geteilt. Jede Schicht bringt nur f − 1 Pixel hinzu.",
        "You divided by the kernel size. Each layer adds only f − 1 pixels.",
    ),
    "one_pixel_too_many": (
        "Du hast das erste Pixel nicht abgezogen: Ohne eine Schicht sieht ein Wert bereits ein Pixel.",
        "You did not subtract the first pixel: without any layer, a value already sees one pixel.",
    ),
    # networks and reverse questions
    "conv_only": (
        "Das ist nur der Faltungsteil des Netzes.",
        "That is only the convolutional part of the network.",
    ),
    "dense_only": (
        "Das ist nur der Dense-Teil des Netzes.",
        "That is only the dense part of the network.",
    ),
    "pools_forgotten": (
        "Du hast das Pooling vergessen. Es hat keine Parameter, verkleinert aber, was danach kommt.",
        "You forgot the pooling. It has no parameters, but it shrinks what follows.",
    ),
    "input_channels_kept": (
        "Auch die zweite Faltung hast du mit den Kanälen des Bildes gerechnet. Sie sieht einen Kanal pro "
        "Filter der ersten.",
        "You gave the second convolution the channels of the image. It sees one channel per filter of the "
        "first.",
    ),
    "parameters_for_macs": (
        "Das sind die Parameter. Bei einer Faltung wird jedes Gewicht an jeder Position gebraucht.",
        "Those are the parameters. In a convolution, every weight is used at every position.",
    ),
    "flatten_not_averaged": (
        "Du hast mit Flatten gerechnet. Das globale Mittel lässt einen Wert pro Kanal übrig.",
        "You calculated with Flatten. The global average leaves one value per channel.",
    ),
    "no_minus_one": (
        "Du hast durch die Zahl der Positionen geteilt. Zwischen ihnen liegt ein Schritt weniger.",
        "You divided by the number of positions. There is one step fewer between them.",
    ),
    "ratio_of_sizes": (
        "Du hast nur Eingabe durch Ausgabe geteilt. Die Filtergröße fehlt.",
        "You only divided input by output. The kernel size is missing.",
    ),
    "no_minus_one_backwards": (
        "Du hast so viele Schritte wie Positionen gezählt. Zwischen ihnen liegt ein Schritt weniger.",
        "You counted as many steps as positions. There is one step fewer between them.",
    ),
    "kernel_ignored_backwards": (
        "Du hast nur mit dem Stride multipliziert. Filtergröße und Padding fehlen.",
        "You only multiplied by the stride. The kernel size and the padding are missing.",
    ),
    "kernel_ignored_unpadded": (
        "Du hast nur mit dem Stride multipliziert. Die Filtergröße fehlt.",
        "You only multiplied by the stride. The kernel size is missing.",
    ),
    "no_root": (
        "Das sind alle Gewichte eines Filters pro Kanal. Die Kantenlänge ist die Wurzel daraus.",
        "Those are all the weights of a filter per channel. Its side is the square root.",
    ),
    "no_root_no_channels": (
        "Das sind alle Gewichte eines Filters. Teile noch durch die Kanäle und ziehe die Wurzel.",
        "Those are all the weights of a filter. Divide by the channels and take the root.",
    ),
    "root_with_channels": (
        "Du hast die Wurzel gezogen, ohne vorher durch die Kanäle zu teilen.",
        "You took the root without dividing by the channels first.",
    ),
}
"""What each typical wrong answer reveals, in German and English."""


def rounded(value, unit):
    """Round an amount as the question asks; give it, and whether it is still exact."""
    if unit not in _DECIMALS:
        return value, True
    exact = Decimal(str(value))
    written = round(exact, _DECIMALS[unit])
    return written, written == exact


_LANGUAGES = ("de", "en")
_UNTOUCHED = re.compile(r"(```.*?```|`[^`]*`)", re.DOTALL)  # code keeps Python's numbers
_MATH = re.compile(r"(\$\$.*?\$\$|\$[^$]*\$)", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class Words:
    """Picks the language's text and writes the numbers in it as that language does."""

    def __init__(self, language):
        if language not in _LANGUAGES:
            raise ValueError(f"language must be 'de' or 'en'. Received language={language!r}.")
        self.language = language

    def __call__(self, german, english):
        """Pick the text; its plain Python numbers become 34.944 or 34,944."""
        parts = _UNTOUCHED.split(german if self.language == "de" else english)
        parts[::2] = map(self._in_prose_and_math, parts[::2])
        return "".join(parts)

    def pick(self, pair):
        """Pick from a pair ``(German, English)`` that has no numbers in it."""
        return pair[_LANGUAGES.index(self.language)]

    def math(self, *lines):
        """Set formulas on lines of their own; ``&`` aligns them."""
        body = lines[0].replace("&", "") if len(lines) == 1 else _aligned(lines)
        return self(f"$${body}$$", f"$${body}$$")

    def number(self, value):
        """Write a number: ``139,776`` in German, ``139.776`` in English; a shape as 55 × 55 × 96."""
        if isinstance(value, tuple):
            return " × ".join(map(self.number, value))
        text = grouped(value)
        return text.translate(str.maketrans(",.", ".,")) if self.language == "de" else text

    def shown(self, value, unit):
        """Write an amount as precisely as the question asks: ≈ 98,00 for 98.0039 MiB."""
        written, exact = rounded(value, unit)
        return ("" if exact else "≈ ") + self.number(written)

    def _in_prose_and_math(self, text):
        parts = _MATH.split(text)
        parts[::2] = (_NUMBER.sub(self._write, part) for part in parts[::2])
        # {,} is a comma without the space that TeX sets after it
        parts[1::2] = (
            _NUMBER.sub(lambda found: self._write(found).replace(",", "{,}"), part) for part in parts[1::2]
        )
        return "".join(parts)

    def _write(self, found):
        return self.number(Decimal(found[0]))  # keeps the zeros of 98.00


def _aligned(lines):
    return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"
