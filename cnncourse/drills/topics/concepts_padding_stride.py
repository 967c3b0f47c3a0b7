"""What stride and padding do to the output."""

from cnncourse.drills.concepts import Concepts, Words

TOPIC = Concepts(
    "Begriffe: Padding und Stride", "Concepts: padding and stride", page="padding-stride", since=3
)

TOPIC.ask(
    1,
    "sec-stride",
    Words(
        "Was gibt der Stride an?",
        "um wie viele Pixel das Fenster weiterrückt",
        {
            "wie viele Pixel das Fenster breit ist": "Das ist die Größe des Kernels, f.",
            "wie viele Pixel am Rand hinzukommen": "Das ist das Padding, p.",
            "an wie vielen Stellen das Fenster Platz hat": "Das ist die Ausgabegröße, o. Der Stride "
            "verkleinert sie.",
        },
        "Mit Stride 2 beginnt das Fenster bei den Pixeln 0, 2, 4 und so weiter.",
    ),
    Words(
        "What does the stride say?",
        "by how many pixels the window moves on",
        {
            "how many pixels wide the window is": "That is the size of the kernel, f.",
            "how many pixels are added at the border": "That is the padding, p.",
            "in how many places the window fits": "That is the output size, o. The stride makes it smaller.",
        },
        "With stride 2, the window starts at pixels 0, 2, 4 and so on.",
    ),
)

TOPIC.ask(
    1,
    "correction-floor",
    Words(
        "Bei einer Faltung geht (n + 2p − f)/s nicht auf. Was tut Keras?",
        "Es rundet ab: Nur ganze Fenster zählen.",
        {
            "Es rundet auf: Das letzte Fenster ragt hinaus.": (
                "Dort, wo es hinausragt, gibt es keine Pixel. So rundet PyTorch beim Pooling, aber nur mit "
                "`ceil_mode=True`."
            ),
            "Es rundet, wie man Zahlen sonst rundet.": "Auch 54,9 wird zu 54: Ein Fenster passt ganz hinein, "
            "oder es zählt nicht.",
            "Es meldet einen Fehler, bis die Größe passt.": "Das ist kein Fehler und kommt oft vor. Ein paar "
            "Pixel bleiben ungenutzt.",
        },
        "Die größte ganze Zahl i mit i · s ≤ n + 2p − f ist der letzte Anfang eines Fensters.",
    ),
    Words(
        "For a convolution, (n + 2p − f)/s leaves a remainder. What does Keras do?",
        "It rounds down: only whole windows count.",
        {
            "It rounds up: the last window sticks out.": (
                "Where it sticks out, there are no pixels. PyTorch rounds this way in pooling, but only with "
                "`ceil_mode=True`."
            ),
            "It rounds to the nearest whole number.": "Even 54.9 becomes 54: a window fits in completely, or "
            "it does not count.",
            "It raises an error until the size fits.": "This is no error and happens often. A few pixels "
            "remain unused.",
        },
        "The largest whole number i with i · s ≤ n + 2p − f is the last start of a window.",
    ),
)

TOPIC.ask(
    1,
    "sec-valid-same",
    Words(
        "Was heißt „valid“?",
        "Es wird nicht aufgefüllt.",
        {
            "Die Größe bleibt bei Stride 1 erhalten.": "Das ist „same“.",
            "Es kommt ein Pixel je Seite hinzu.": "Das ist p = 1. Bei 3 × 3-Kerneln und Stride 1 ist es "
            "dasselbe wie „same“.",
            "Es wird aufgefüllt, bis die Division aufgeht.": "Geht sie nicht auf, wird abgerundet, nicht "
            "aufgefüllt.",
        },
        "Gültig (valid) sind nur Fenster, die ganz im Bild liegen: p = 0.",
    ),
    Words(
        'What does "valid" mean?',
        "Nothing is padded.",
        {
            "At stride 1, the size is kept.": 'That is "same".',
            "One pixel is added on each side.": "That is p = 1. With 3 × 3 kernels and stride 1, it is the "
            'same as "same".',
            "Pixels are added until the division is exact.": "If there is a remainder, the result is rounded "
            "down, nothing is padded.",
        },
        "Only windows that lie completely inside the image are valid: p = 0.",
    ),
)

TOPIC.ask(
    2,
    "correction-per-side",
    Words(
        "Ein Bild mit 5 × 5 Pixeln wird mit p = 1 aufgefüllt. Wie groß ist es danach?",
        "7 × 7",
        {
            "6 × 6": "p zählt je Seite: Links und rechts, oben und unten kommt je ein Pixel dazu.",
            "5 × 5": "So groß ist erst die Ausgabe einer 3 × 3-Faltung mit Stride 1, nicht das aufgefüllte "
            "Bild.",
            "9 × 9": "Du hast auf jeder Seite zwei Pixel hinzugefügt. p = 1 ist schon die Zahl je Seite.",
        },
        "n + 2p = 5 + 2 · 1 = 7, für Höhe und Breite.",
    ),
    Words(
        "An image of 5 × 5 pixels is padded with p = 1. How large is it afterwards?",
        "7 × 7",
        {
            "6 × 6": "p counts per side: one pixel is added on the left and the right, at the top and the "
            "bottom.",
            "5 × 5": "That is the output of a 3 × 3 convolution with stride 1, not the padded image.",
            "9 × 9": "You added two pixels on each side. p = 1 already is the number per side.",
        },
        "n + 2p = 5 + 2 · 1 = 7, for height and width.",
    ),
)

TOPIC.ask(
    2,
    "sec-same-stride",
    Words(
        "„Same“ mit Stride 2 auf einem Bild mit 7 × 7 Pixeln, Kernel 5 × 5. Wie groß ist die Ausgabe in "
        "Keras?",
        "4 × 4",
        {
            "7 × 7": "Gleich groß bleibt es nur bei Stride 1. Sonst ist die Ausgabe ⌈n/s⌉ groß.",
            "3 × 3": "Du hast 7/2 abgerundet. „Same“ rundet auf, weil aufgefüllt wird, was fehlt.",
            "2 × 2": "Das ist „valid“: ⌊(7 − 5)/2⌋ + 1.",
        },
        "⌈7/2⌉ = 4. Keras füllt so viel auf, dass vier Fenster Platz haben.",
    ),
    Words(
        '"Same" with stride 2 on an image of 7 × 7 pixels, kernel 5 × 5. How large is the output in Keras?',
        "4 × 4",
        {
            "7 × 7": "It keeps its size at stride 1 only. Otherwise the output has size ⌈n/s⌉.",
            "3 × 3": 'You rounded 7/2 down. "Same" rounds up, because whatever is missing is padded.',
            "2 × 2": 'That is "valid": ⌊(7 − 5)/2⌋ + 1.',
        },
        "⌈7/2⌉ = 4. Keras pads until four windows fit.",
    ),
)

TOPIC.ask(
    2,
    "sec-same-stride",
    Words(
        "„Same“ braucht in Keras für eine Zeile t = 5 zusätzliche Pixel. Wohin kommen sie?",
        "zwei davor, drei dahinter",
        {
            "drei davor, zwei dahinter": "Ist t ungerade, bekommt das Ende einen Pixel mehr: rechts und "
            "unten.",
            "fünf davor, fünf dahinter": "t zählt beide Seiten zusammen. Es ist nicht p.",
            "keiner davor, fünf dahinter": "Keras verteilt sie so gleichmäßig, wie es geht.",
        },
        "⌊t/2⌋ kommen vor die Zeile, der Rest dahinter. Mit einem einzigen p geht das nicht.",
    ),
    Words(
        '"Same" in Keras needs t = 5 more pixels for a row. Where do they go?',
        "two before, three after",
        {
            "three before, two after": "If t is odd, the end gets one more pixel: right and bottom.",
            "five before, five after": "t counts both sides together. It is not p.",
            "none before, five after": "Keras splits them as evenly as possible.",
        },
        "⌊t/2⌋ go before the row, the rest after it. A single p cannot say that.",
    ),
)

TOPIC.ask(
    2,
    "correction-227",
    Words(
        "Kernel 11 × 11, Stride 4: Welche Eingabe ergibt eine Ausgabe von 55 × 55?",
        "227 Pixel ohne Padding",
        {
            "224 Pixel ohne Padding": (
                "(224 − 11)/4 + 1 = 54,25, abgerundet 54. Die 224 steht im Aufsatz zu AlexNet, passt aber "
                "nicht zu 55."
            ),
            "224 Pixel mit p = 1": "(226 − 11)/4 + 1 = 54,75, abgerundet 54. Mit p = 2 käme 55 heraus.",
            "220 Pixel ohne Padding": "Du hast 55 · 4 gerechnet. Das letzte Fenster ist aber 11 Pixel breit, "
            "nicht 4.",
        },
        "(227 − 11)/4 + 1 = 55, und die Division geht auf.",
    ),
    Words(
        "Kernel 11 × 11, stride 4: which input gives an output of 55 × 55?",
        "227 pixels without padding",
        {
            "224 pixels without padding": (
                "(224 − 11)/4 + 1 = 54.25, rounded down 54. The 224 is in the paper on AlexNet, but it does "
                "not go with 55."
            ),
            "224 pixels with p = 1": "(226 − 11)/4 + 1 = 54.75, rounded down 54. With p = 2, it would be 55.",
            "220 pixels without padding": "You calculated 55 · 4. But the last window is 11 pixels wide, not "
            "4.",
        },
        "(227 − 11)/4 + 1 = 55, without a remainder.",
    ),
)

TOPIC.ask(
    3,
    "sec-output-size",
    Words(
        "Eine Zeile mit n = 8 Pixeln (0 bis 7), f = 3, s = 2, ohne Padding. Welcher Satz ist falsch?",
        "Pixel 7 liegt in zwei Fenstern.",
        {
            "Fenster beginnen bei 0, 2 und 4.": "Der Satz stimmt: Bei 6 würde das Fenster Pixel 8 brauchen.",
            "Die Ausgabe hat drei Zahlen.": "Der Satz stimmt: ⌊(8 − 3)/2⌋ + 1 = 3.",
            "Pixel 2 liegt in zwei Fenstern.": "Der Satz stimmt: Das erste Fenster liest 0, 1, 2, das zweite "
            "2, 3, 4.",
        },
        "Das letzte Fenster liest 4, 5 und 6. Pixel 7 bleibt ungenutzt.",
    ),
    Words(
        "A row of n = 8 pixels (0 to 7), f = 3, s = 2, without padding. Which sentence is wrong?",
        "Pixel 7 lies in two windows.",
        {
            "Windows start at 0, 2 and 4.": "The sentence is right: at 6, the window would need pixel 8.",
            "The output has three numbers.": "The sentence is right: ⌊(8 − 3)/2⌋ + 1 = 3.",
            "Pixel 2 lies in two windows.": "The sentence is right: the first window reads 0, 1, 2, the "
            "second 2, 3, 4.",
        },
        "The last window reads 4, 5 and 6. Pixel 7 remains unused.",
    ),
)

TOPIC.ask(
    3,
    "sec-padding",
    Words(
        "3 × 3-Kernel mit einem Rand aus Nullen, p = 1. Wo ist der Anteil der Ausgaben, die eine Null "
        "lesen, am größten?",
        "bei 7 × 7 Pixeln, tief im Netz",
        {
            "bei 224 × 224 Pixeln, vorn im Netz": "Dort sind es mehr Ausgaben, aber ein kleinerer Anteil.",
            "überall gleich, denn der Rand ist gleich breit": "Der Rand ist gleich breit, das Bild nicht. "
            "Auf den Anteil kommt es an.",
            "nirgends, denn Nullen lässt die Faltung aus": (
                "Die Faltung rechnet mit ihnen wie mit anderen Zahlen. Nur beim Pooling zählen sie in Keras "
                "nicht mit."
            ),
        },
        "Der äußerste Ring hat bei 7 × 7 schon 24 der 49 Ausgaben, bei 224 × 224 nur rund 1,8 %.",
    ),
    Words(
        "3 × 3 kernel with a border of zeros, p = 1. Where is the share of outputs that read a zero largest?",
        "at 7 × 7 pixels, deep in the network",
        {
            "at 224 × 224 pixels, early in the network": "There are more such outputs, but they are a "
            "smaller share.",
            "the same everywhere, as the border is equally wide": "The border is equally wide, the image is "
            "not. It is the share that counts.",
            "nowhere, since the convolution skips zeros": "The convolution treats them like other numbers. "
            "Only in pooling does Keras not count them.",
        },
        "At 7 × 7, the outermost ring has 24 of the 49 outputs, at 224 × 224 only about 1.8%.",
    ),
)
