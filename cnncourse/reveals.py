"""What a typical wrong answer reveals, in German and English: the mistakes made in several places."""

REVEALS = {
    "no_plus_one": (
        "Du hast das + 1 vergessen: Die Position vor dem ersten Schritt zählt mit.",
        "You forgot the + 1: the position before the first step counts, too.",
    ),
    "stride_ignored": (
        "Du hast den Stride nicht berücksichtigt.",
        "You ignored the stride.",
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
    "stride_one_padding": (
        "Das gilt nur bei Stride 1. Ein größerer Stride braucht meist weniger Padding.",
        "That holds at stride 1 only. A larger stride usually needs less padding.",
    ),
    "dilation_ignored": (
        "Du hast die Dilation nicht berücksichtigt. Sie spreizt den Filter auf d(f − 1) + 1 Pixel.",
        "You ignored the dilation. It spreads the kernel to d(f − 1) + 1 pixels.",
    ),
    "no_bias": (
        "Du hast den Bias vergessen: Zu jedem Filter und jedem Neuron gehört einer.",
        "You forgot the bias: every filter and every unit has one.",
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
    "groups_ignored": (
        "Du hast die Gruppen nicht berücksichtigt. Ein Filter sieht nur die Kanäle seiner Gruppe.",
        "You ignored the groups. A filter sees the channels of its own group only.",
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
    "bits": (
        "Du hast in Bit gerechnet. float32 heißt 32 Bit, also 4 Byte.",
        "You counted bits. float32 means 32 bits, which are 4 bytes.",
    ),
    "count_for_bytes": (
        "Du hast jeden Wert als ein Byte gezählt.",
        "You counted each value as one byte.",
    ),
    "binary_unit": (
        "Du hast mit 1024 statt mit 1000 umgerechnet. Das ergibt KiB oder MiB, nicht kB oder MB.",
        "You converted with 1024 instead of 1000. That gives KiB or MiB, not kB or MB.",
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
    "batch_forgotten_compute": (
        "Das ist der Aufwand für ein Bild. Gefragt ist der ganze Batch.",
        "That is the work for one image. The question is about the whole batch.",
    ),
}
"""By the mistake's name; sentences on mistakes that are made in one place only stand there."""
