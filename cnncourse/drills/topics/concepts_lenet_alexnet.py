"""How LeNet-5 and AlexNet differ, and how to compare networks."""

from cnncourse.drills.concepts import Concepts, Words

TOPIC = Concepts(
    "Begriffe: LeNet-5 und AlexNet", "Concepts: LeNet-5 and AlexNet", page="lenet-alexnet", since=3
)

TOPIC.ask(
    1,
    "correction-lenet",
    Words(
        "Welche Aktivierungsfunktion hatte LeNet-5 im Aufsatz von 1998?",
        "einen skalierten tanh",
        {
            "die Sigmoid-Funktion": (
                "So steht es im Skript, und so bauen es manche nach. Der Aufsatz meint mit „sigmoidal“ einen "
                "skalierten tanh."
            ),
            "die Funktion ReLU": "Die hat AlexNet, vierzehn Jahre später.",
            "die Funktion Softmax": (
                "Softmax steht im Nachbau am Ende, für die Klassen. Im Original sind es dort Abstände zu "
                "Mustern."
            ),
        },
        "1,7159 · tanh(2x/3): Anders als Sigmoid liegt er um null herum.",
    ),
    Words(
        "Which activation function did LeNet-5 have in the paper of 1998?",
        "a scaled tanh",
        {
            "the sigmoid function": (
                'That is what the notes say, and some rebuilds have it. By "sigmoidal", the paper means a '
                "scaled tanh."
            ),
            "the ReLU function": "AlexNet has it, fourteen years later.",
            "the softmax function": (
                "In the rebuild, softmax stands at the end, for the classes. In the original, those are "
                "distances to patterns."
            ),
        },
        "1.7159 · tanh(2x/3): unlike the sigmoid, it lies around zero.",
    ),
)

TOPIC.ask(
    1,
    "sec-rivals-resolution",
    Words(
        "MNIST hat 28 × 28 Pixel, LeNet-5 liest 32 × 32. Wie kommt es dazu?",
        "durch einen Rand von zwei Pixeln",
        {
            "durch einen Rand von vier Pixeln": "Vier sind es links und rechts zusammen. Mit vier je Seite "
            "wären es 36 Pixel.",
            "durch Vergrößern auf 32 Pixel": "Die Ziffer selbst bleibt, wie sie ist. Es kommt nur Rand dazu.",
            "durch Zuschneiden auf 32 Pixel": "Zuschneiden macht kleiner. Hier kommt etwas hinzu.",
        },
        "28 + 2 · 2 = 32: Das Padding steckt schon im Bild.",
    ),
    Words(
        "MNIST has 28 × 28 pixels, LeNet-5 reads 32 × 32. How does that come about?",
        "by a margin of two pixels",
        {
            "by a margin of four pixels": (
                "It is four on the left and the right together. With four on each side, it would be 36 "
                "pixels."
            ),
            "by enlarging to 32 pixels": "The digit itself stays as it is. Only a margin is added.",
            "by cropping to 32 pixels": "Cropping makes smaller. Here something is added.",
        },
        "28 + 2 · 2 = 32: the padding is part of the image already.",
    ),
)

TOPIC.ask(
    1,
    "correction-output-classes",
    Words(
        "LeNet-5 hat zehn Ausgabeklassen, AlexNet tausend. Woran liegt das?",
        "an den Daten, mit denen sie trainiert wurden",
        {
            "an der Zahl ihrer Filter": "Filter ergeben Kanäle, keine Klassen.",
            "an der Auflösung ihrer Bilder": (
                "Die bestimmt, wie viele Zahlen vor der ersten Dense-Schicht ankommen, nicht, wie viele "
                "Klassen es gibt."
            ),
            "an ihrer Tiefe: Mehr Klassen brauchen mehr Schichten": (
                "Beide Netze lassen sich für jede Zahl von Klassen bauen. Es ändert sich nur die letzte "
                "Schicht."
            ),
        },
        "Zehn Ziffern, tausend ImageNet-Klassen: Das sind Eigenschaften der Datensätze.",
    ),
    Words(
        "LeNet-5 has ten output classes, AlexNet a thousand. What is the reason?",
        "the data they were trained with",
        {
            "the number of their filters": "Filters give channels, not classes.",
            "the resolution of their images": "It decides how many numbers reach the first dense layer, not "
            "how many classes there are.",
            "their depth: more classes need more layers": "Both networks can be built for any number of "
            "classes. Only the last layer changes.",
        },
        "Ten digits, a thousand ImageNet classes: these are properties of the data sets.",
    ),
)

TOPIC.ask(
    2,
    "correction-resolution",
    Words(
        "Welche Stelle legt bei AlexNet fest, wie groß die Bilder sein müssen?",
        "`Flatten()` vor der ersten Dense-Schicht",
        {
            "die erste Faltung mit 11 × 11-Kerneln": "Eine Faltung nimmt jedes Bild, in das ihr Fenster "
            "passt.",
            "das überlappende Max-Pooling": "Auch Pooling nimmt jede Größe, in die sein Fenster passt.",
            "die Ausgabe mit ihren 1000 Einheiten": "Sie sieht immer 4096 Zahlen, bei jeder Bildgröße.",
        },
        "Die Dense-Schicht hat ein Gewicht je Zahl, die `Flatten()` weitergibt. Adaptives Pooling davor "
        "hebt das auf.",
    ),
    Words(
        "Which place in AlexNet fixes how large the images must be?",
        "`Flatten()` before the first dense layer",
        {
            "the first convolution with its 11 × 11 kernels": "A convolution takes any image that its window "
            "fits into.",
            "the overlapping max pooling": "Pooling, too, takes any size that its window fits into.",
            "the output with its 1000 units": "It always sees 4096 numbers, at any image size.",
        },
        "The dense layer has a weight for each number that `Flatten()` passes on. Adaptive pooling before "
        "it lifts the limit.",
    ),
)

TOPIC.ask(
    2,
    "correction-resolution",
    Words(
        "Du gibst AlexNet Bilder mit 32 × 32 Pixeln. Was geschieht?",
        "Es läuft nicht: Einem Pooling fehlt der Platz.",
        {
            "Es läuft, mit weniger Parametern.": (
                "So weit kommt es nicht. Nach dem ersten Pooling sind es noch 2 × 2 Pixel, zu wenig für 3 × "
                "3."
            ),
            "Es läuft unverändert, wie jedes Faltungsnetz.": "Faltungen nehmen viele Größen, aber jedes "
            "Fenster muss hineinpassen.",
            "Es läuft nicht: Es gibt zu viele Klassen.": "Mit den Klassen hat die Bildgröße nichts zu tun.",
        },
        "32 → 6 → 2, und für das nächste 3 × 3-Fenster ist kein Platz. Mindestens 67 Pixel müssen es sein.",
    ),
    Words(
        "You give AlexNet images of 32 × 32 pixels. What happens?",
        "It does not run: a pooling lacks the room.",
        {
            "It runs, with fewer parameters.": "It does not get that far. After the first pooling, 2 × 2 "
            "pixels are left, too few for 3 × 3.",
            "It runs unchanged, as any convolutional neural network does.": "Convolutions take many sizes, "
            "but every window must fit in.",
            "It does not run: there are too many classes.": "The image size has nothing to do with the "
            "classes.",
        },
        "32 → 6 → 2, and there is no room for the next 3 × 3 window. It takes 67 pixels at least.",
    ),
)

TOPIC.ask(
    2,
    "sec-rivals-features",
    Words(
        "Um wie viel vergrößert eine Schicht mit Kernel f das rezeptive Feld?",
        "um f − 1, mal alle Strides davor",
        {
            "um f − 1, mal den eigenen Stride": "Der eigene Stride wirkt erst auf die Schichten dahinter.",
            "um f, mal alle Strides davor": "Benachbarte Fenster überlappen sich. Hinzu kommt nur, was noch "
            "nicht dabei war: f − 1.",
            "um f − 1, ohne die Strides": (
                "Nach einem Stride 2 sind benachbarte Zahlen zwei Pixel voneinander entfernt. Das macht "
                "jeden Schritt länger."
            ),
        },
        "Ein Schritt ist so viele Pixel lang wie das Produkt aller Strides davor.",
    ),
    Words(
        "By how much does a layer with kernel f enlarge the receptive field?",
        "by f − 1, times all strides before it",
        {
            "by f − 1, times its own stride": "Its own stride acts on the layers behind it only.",
            "by f, times all strides before it": "Neighbouring windows overlap. Only what was not there "
            "before is added: f − 1.",
            "by f − 1, without the strides": (
                "After a stride of 2, neighbouring numbers are two pixels apart. That makes every step "
                "longer."
            ),
        },
        "A step is as many pixels long as the product of all strides before it.",
    ),
)

TOPIC.ask(
    2,
    "sec-rivals-extras",
    Words(
        "Ordne zu, was AlexNet hat. 1: zwei Gruppen, 2: Local Response Normalization, 3: überlappendes "
        "Pooling. A: 3 × 3-Fenster mit Stride 2, B: ein Filter sieht nur die halben Kanäle, C: teilt durch "
        "die Stärke der Nachbarkanäle. Was passt?",
        "1B, 2C, 3A",
        {
            "1C, 2B, 3A": "Gruppen und Normalisierung sind vertauscht. Gruppen teilen die Kanäle auf.",
            "1B, 2A, 3C": "Normalisierung und Pooling sind vertauscht. Pooling schiebt ein Fenster.",
            "1A, 2C, 3B": "Gruppen und Pooling sind vertauscht. Überlappen können nur Fenster.",
        },
        "Die Gruppen sparen Parameter, die anderen beiden haben gar keine.",
    ),
    Words(
        "Match what AlexNet has. 1: two groups, 2: local response normalization, 3: overlapping pooling. A: "
        "3 × 3 windows with stride 2, B: a filter sees half of the channels only, C: divides by the "
        "strength of neighbouring channels. Which goes together?",
        "1B, 2C, 3A",
        {
            "1C, 2B, 3A": "Groups and normalization are swapped. Groups divide the channels among them.",
            "1B, 2A, 3C": "Normalization and pooling are swapped. Pooling slides a window.",
            "1A, 2C, 3B": "Groups and pooling are swapped. Only windows can overlap.",
        },
        "The groups save parameters, the other two have none at all.",
    ),
)

TOPIC.ask(
    3,
    "sec-rivals-same",
    Words(
        "Nach fünf Epochen mit 300 Ziffern rät ein schmales AlexNet noch, auch bei seinen Trainingsbildern. "
        "LeNet-5 erkennt die meisten. Was folgt daraus?",
        "AlexNet ist noch nicht fertig trainiert.",
        {
            "AlexNet leidet an Overfitting.": "Dann müsste es seine Trainingsbilder gut erkennen. Es rät "
            "aber auch dort.",
            "AlexNet lernt mit so wenigen Bildern nie.": "Mit mehr Schritten erkannte es im Versuch auch "
            "nach 300 Ziffern die meisten.",
            "LeNet-5 ist immer das bessere Netz.": "Der Vergleich misst hier nur, welches Netz schneller "
            "anfängt.",
        },
        "Eine Epoche hat hier zehn Schritte. Wer früh aufhört, vergleicht den Anfang des Trainings.",
    ),
    Words(
        "After five epochs with 300 digits, a narrow AlexNet is still guessing, on its training images, "
        "too. LeNet-5 recognizes most of them. What follows?",
        "AlexNet has not finished training yet.",
        {
            "AlexNet suffers from overfitting.": "Then it would have to do well on its training images. But "
            "it is guessing there, too.",
            "AlexNet never learns from so few images.": "With more steps, it recognized most digits in the "
            "experiment, from 300 training images, too.",
            "LeNet-5 is always the better network.": "Here the comparison only measures which network starts "
            "faster.",
        },
        "An epoch has ten steps here. Whoever stops early compares the beginning of training.",
    ),
)

TOPIC.ask(
    3,
    "correction-convergence",
    Words(
        "Im Buch lernt LeNet-5 drei Epochen lang kleine Ziffern, mit SGD und drei Aktivierungsfunktionen. "
        "Welcher Satz ist falsch?",
        "ReLU fängt schneller an als der skalierte tanh.",
        {
            "Sigmoid kommt nicht über das Raten hinaus.": "Der Satz stimmt für diese drei Epochen, "
            "mit jeder der vier Lernraten.",
            "ReLU lernt schneller als Sigmoid.": "Der Satz stimmt: ReLU lernt sofort, Sigmoid in "
            "dieser Zeit nicht.",
            "Die Anfangsgewichte machen bei ReLU einen Unterschied.": "Der Satz stimmt: Mit denen nach He "
            "beginnt ReLU besser als mit denen nach Glorot.",
        },
        "In der ersten Epoche liegt der skalierte tanh in jedem Lauf vorn. „Schneller“ braucht ein „als "
        "was“.",
    ),
    Words(
        "In the book, LeNet-5 learns small digits for three epochs, with SGD and three activation functions. "
        "Which sentence is wrong?",
        "ReLU starts faster than the scaled tanh.",
        {
            "Sigmoid does not get beyond guessing.": "The sentence is right for these three epochs, with "
            "any of the four learning rates.",
            "ReLU learns faster than sigmoid.": "The sentence is right: ReLU learns at once, sigmoid "
            "does not in this time.",
            "The initial weights make a difference to ReLU.": "The sentence is right: with those of He, ReLU "
            "starts better than with those of Glorot.",
        },
        'In the first epoch, the scaled tanh is ahead in every run. "Faster" needs a "than what".',
    ),
)
