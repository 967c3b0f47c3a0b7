"""What each type of layer computes, learns and does in inference."""

from cnncourse.drills.concepts import Concepts, Words

TOPIC = Concepts("Begriffe: Layer-Typen", "Concepts: layer types", page="layers", since=3)

TOPIC.ask(
    1,
    "sec-pooling",
    Words(
        "Was lernt Pooling?",
        "nichts",
        {
            "die Größe des Fensters": "Die stellst du ein, bevor das Training beginnt.",
            "einen Kernel je Kanal": "Das tut eine Depthwise-Faltung. Pooling nimmt Maximum oder Mittelwert.",
            "einen Faktor je Kanal": "So war es im LeNet-5 von 1998. Max- und Average-Pooling haben nichts "
            "dergleichen.",
        },
        "Pooling behält die größte Zahl oder den Mittelwert. Parameter gibt es nicht.",
    ),
    Words(
        "What does pooling learn?",
        "nothing",
        {
            "the window size": "You set it before training begins.",
            "a kernel per channel": "A depthwise convolution does that. Pooling takes the maximum or the "
            "mean.",
            "a factor per channel": "That was so in the LeNet-5 of 1998. Max and average pooling have "
            "nothing of the kind.",
        },
        "Pooling keeps the largest number or the mean. There are no parameters.",
    ),
)

TOPIC.ask(
    1,
    "correction-dropout",
    Words(
        "Was tut Dropout bei der Inferenz?",
        "Es gibt alle Zahlen unverändert weiter.",
        {
            "Es schaltet zufällig Neuronen aus, wie im Training.": "Dann bekäme dasselbe Bild jedes Mal eine "
            "andere Antwort. Gewürfelt wird nur im Training.",
            "Es schaltet die Neuronen aus, die zuletzt aus waren.": "Keines ist dauerhaft aus: In jedem "
            "Trainingsschritt trifft es andere.",
            "Es teilt alle Zahlen durch 1 − p.": "Das geschieht im Training, mit den Überlebenden. So bleibt "
            "bei der Inferenz nichts zu tun.",
        },
        "Weil die Überlebenden schon im Training vergrößert wurden, stimmt der Erwartungswert ohne Zutun.",
    ),
    Words(
        "What does dropout do in inference?",
        "It passes all numbers on unchanged.",
        {
            "It switches units off at random, as in training.": (
                "Then the same image would get another answer every time. The dice are rolled in training "
                "only."
            ),
            "It switches off the units that were off last.": "None is off for good: every training step hits "
            "others.",
            "It divides all numbers by 1 − p.": "That happens in training, to the survivors. So nothing is "
            "left to do in inference.",
        },
        "As the survivors were enlarged in training already, the expected value is right by itself.",
    ),
)

TOPIC.ask(
    1,
    "correction-batch-norm",
    Words(
        "Batch Normalization hinter einer Faltung, im Training: Worüber geht ein Mittelwert?",
        "über Batch, Höhe und Breite eines Kanals",
        {
            "über alle Kanäle eines einzelnen Bilds": "Andere Bilder des Batches gehören dazu, andere Kanäle "
            "nicht.",
            "über alle Kanäle einer einzelnen Stelle": "Jeder Kanal wird für sich normalisiert, über alle "
            "seine Stellen.",
            "über alle Zahlen der ganzen Schicht": "Es gibt so viele Mittelwerte wie Kanäle, nicht einen für "
            "alle.",
        },
        "Normalisiert wird je Kanal. Darum hat die Schicht vier Zahlen je Kanal, bei jeder Bildgröße.",
    ),
    Words(
        "Batch normalization after a convolution, in training: what does one mean extend over?",
        "over batch, height and width of one channel",
        {
            "over all channels of a single image": "Other images of the batch belong to it, other channels "
            "do not.",
            "over all channels of a single place": "Every channel is normalized by itself, over all its "
            "places.",
            "over all numbers of the whole layer": "There are as many means as channels, not one for all.",
        },
        "It normalizes per channel. That is why the layer has four numbers per channel, at any image size.",
    ),
)

TOPIC.ask(
    1,
    "sec-channels",
    Words(
        "Ein Filter einer gewöhnlichen Faltung liest ein Farbbild. Was gibt er aus?",
        "einen Kanal, in den alle drei Farben eingehen",
        {
            "drei Kanäle, für jede Farbe einen": (
                "Die Produkte aller Kanäle landen in einer Summe. Für jeden Kanal einen hätte eine "
                "Depthwise-Faltung."
            ),
            "eine einzige Zahl für das ganze Bild": "Eine Zahl entsteht an jeder Stelle. Zusammen sind sie "
            "eine Feature-Map.",
            "die Wahrscheinlichkeit einer Klasse": "Filter sind keine Klassen. Klassen gibt erst die letzte "
            "Dense-Schicht aus.",
        },
        "Der Filter hat für jeden Kanal einen Kernel; alles wird addiert, dazu ein Bias.",
    ),
    Words(
        "A filter of an ordinary convolution reads a colour image. What does it output?",
        "one channel, which all three colours enter",
        {
            "three channels, one for each colour": (
                "The products of all channels end up in one sum. A depthwise convolution would have one for "
                "each channel."
            ),
            "a single number for the whole image": "Every place gives a number. Together they are a feature "
            "map.",
            "the probability of a class": "Filters are not classes. Only the last dense layer outputs "
            "classes.",
        },
        "The filter has a kernel for every channel; everything is added up, plus a bias.",
    ),
)

TOPIC.ask(
    2,
    "correction-pooling",
    Words(
        "Max-Pooling mit 2 × 2 und Stride 2 auf 14 × 14 × 64. Welche Form hat die Ausgabe?",
        "7 × 7 × 64",
        {
            "7 × 7 × 32": "Die Kanäle bleiben. Pooling verkleinert nur Höhe und Breite.",
            "14 × 14 × 32": "Umgekehrt: Höhe und Breite werden kleiner, die Kanäle bleiben.",
            "13 × 13 × 64": "Das wäre Stride 1. Mit Stride 2 rückt das Fenster zwei Pixel weiter.",
        },
        "⌊(14 − 2)/2⌋ + 1 = 7, und jeder Kanal bleibt für sich.",
    ),
    Words(
        "Max pooling of 2 × 2 with stride 2 on 14 × 14 × 64. Which shape does the output have?",
        "7 × 7 × 64",
        {
            "7 × 7 × 32": "The channels stay. Pooling shrinks height and width only.",
            "14 × 14 × 32": "The other way round: height and width shrink, the channels stay.",
            "13 × 13 × 64": "That would be stride 1. With stride 2, the window moves on by two pixels.",
        },
        "⌊(14 − 2)/2⌋ + 1 = 7, and every channel stays by itself.",
    ),
)

TOPIC.ask(
    2,
    "sec-relu",
    Words(
        "Zwei 3 × 3-Faltungen hintereinander, ohne Padding und ohne Aktivierungsfunktion dazwischen. Was "
        "können sie zusammen?",
        "dasselbe wie eine 5 × 5-Faltung",
        {
            "dasselbe wie eine 3 × 3-Faltung": "Die zweite sieht Nachbarn der Nachbarn: 3 + 3 − 1 = 5.",
            "dasselbe wie eine 9 × 9-Faltung": "Die Größen werden nicht multipliziert. Jede Faltung bringt f "
            "− 1 Pixel hinzu.",
            "mehr als jede einzelne Faltung": (
                "Zwei lineare Schichten hintereinander sind wieder linear. Mehr wird es erst mit einer "
                "Aktivierungsfunktion."
            ),
        },
        "Beide addieren nur Vielfache der Eingabe. Darum steht ReLU dazwischen.",
    ),
    Words(
        "Two 3 × 3 convolutions in a row, without padding and without an activation function in between. "
        "What can the two do together?",
        "the same as one 5 × 5 convolution",
        {
            "the same as one 3 × 3 convolution": "The second sees the neighbours of neighbours: 3 + 3 − 1 = "
            "5.",
            "the same as one 9 × 9 convolution": "The sizes are not multiplied. Every convolution adds f − 1 "
            "pixels.",
            "more than any single convolution": "Two linear layers in a row are linear again. It takes an "
            "activation function to get more.",
        },
        "Both merely add multiples of the input. That is why there is a ReLU in between.",
    ),
)

TOPIC.ask(
    2,
    "sec-inference",
    Words(
        "Ordne zu. 1: Dropout, 2: Batch Normalization, 3: Max-Pooling. Bei der Inferenz A: genauso wie im "
        "Training, B: mit gleitenden Werten, C: ohne Wirkung. Was passt?",
        "1C, 2B, 3A",
        {
            "1B, 2C, 3A": "Dropout und Batch Normalization sind vertauscht. Dropout hat nichts, was gleiten "
            "könnte.",
            "1A, 2B, 3C": "Dropout und Max-Pooling sind vertauscht. Pooling rechnet immer gleich.",
            "1C, 2A, 3B": (
                "Batch Normalization und Max-Pooling sind vertauscht. Bei der Inferenz zählt der Batch nicht "
                "mehr."
            ),
        },
        "Nur Dropout und Batch Normalization rechnen im Training anders als bei der Inferenz.",
    ),
    Words(
        "Match. 1: dropout, 2: batch normalization, 3: max pooling. In inference, it works A: just as in "
        "training, B: with moving averages, C: not at all. Which goes together?",
        "1C, 2B, 3A",
        {
            "1B, 2C, 3A": "Dropout and batch normalization are swapped. Dropout keeps no moving average.",
            "1A, 2B, 3C": "Dropout and max pooling are swapped. Pooling always computes the same.",
            "1C, 2A, 3B": "Batch normalization and max pooling are swapped. In inference, the batch no "
            "longer counts.",
        },
        "Only dropout and batch normalization compute something else in training than in inference.",
    ),
)

TOPIC.ask(
    3,
    "correction-batch-norm",
    Words(
        "Batch Normalization: Welcher Satz ist falsch?",
        "Was die Schicht ausgibt, hat immer Mittelwert 0 und Varianz 1.",
        {
            "Im Training hängt die Ausgabe eines Bilds von den anderen Bildern im Batch ab.": "Der Satz "
            "stimmt: Mittelwert und Varianz gehen über den ganzen Batch.",
            "Nach dem Normalisieren wird mit gelernten Zahlen skaliert und verschoben.": "Der Satz stimmt: γ "
            "skaliert, β verschiebt.",
            "Ein Bias in der Schicht direkt davor ist nutzlos.": "Der Satz stimmt: Er wird mit dem "
            "Mittelwert wieder abgezogen; β übernimmt seine Aufgabe.",
        },
        "γ und β bestimmen, wie der Kanal am Ende verteilt ist; bei der Inferenz gelten gleitende Werte.",
    ),
    Words(
        "Batch normalization: which sentence is wrong?",
        "What the layer outputs always has mean 0 and variance 1.",
        {
            "In training, the output for an image depends on the other images in the batch.": "The sentence "
            "is right: mean and variance extend over the whole batch.",
            "After normalizing, learned numbers scale and shift the values.": "The sentence is right: γ "
            "scales, β shifts.",
            "A bias in the layer just before is useless.": "The sentence is right: it is subtracted again "
            "together with the mean; β does its job.",
        },
        "γ and β determine how the channel is distributed in the end; in inference, moving averages are "
        "used.",
    ),
)

TOPIC.ask(
    3,
    "correction-dense",
    Words(
        "Dense-Schichten am Ende eines Netzes: Welcher Satz ist falsch?",
        "Softmax bestimmt, welche Klasse die höchste Punktzahl hat.",
        {
            "Die letzte hat eine Einheit je Klasse.": "Der Satz stimmt: Jede Einheit gibt die Punktzahl "
            "einer Klasse aus.",
            "Die Schichten davor bilden weitere Merkmale.": "Der Satz stimmt: Klassen stehen erst in der "
            "letzten.",
            "Mischt man Eingaben und Gewichte gleich durch, ändert sich nichts.": "Der Satz stimmt: Eine "
            "Dense-Schicht kennt keine Nachbarschaft.",
        },
        "Softmax macht aus Punktzahlen Wahrscheinlichkeiten; die Reihenfolge der Klassen bleibt.",
    ),
    Words(
        "Dense layers at the end of a network: which sentence is wrong?",
        "Softmax determines which class has the highest score.",
        {
            "The last one has one unit per class.": "The sentence is right: every unit outputs the score of "
            "one class.",
            "The layers before it form further features.": "The sentence is right: only the last one has "
            "classes.",
            "If inputs and weights are shuffled alike, nothing changes.": "The sentence is right: a dense "
            "layer knows no neighbourhood.",
        },
        "Softmax turns scores into probabilities; the order of the classes stays.",
    ),
)
