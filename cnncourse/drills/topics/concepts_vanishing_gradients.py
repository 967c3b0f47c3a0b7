"""Where gradients vanish, why, and what helps."""

from cnncourse.drills.concepts import Concepts, Words

TOPIC = Concepts(
    "Begriffe: Vanishing Gradients", "Concepts: vanishing gradients", page="vanishing-gradients", since=3
)

TOPIC.ask(
    1,
    "correction-early-layers",
    Words(
        "In welchen Schichten eines tiefen Netzes mit Sigmoid wird der Gradient sehr klein?",
        "in den frühen Schichten, nahe der Eingabe",
        {
            "in den tiefen Schichten, nahe der Ausgabe": (
                "So klingt es im Skript. Backpropagation beginnt aber an der Ausgabe; dort ist der Gradient "
                "gesund."
            ),
            "in der Mitte, an beiden Enden ist er groß": "Er wird auf dem Rückweg Schicht für Schicht "
            "kleiner, bis zur ersten.",
            "in allen Schichten des Netzes gleich stark": "Je weiter vorn eine Schicht liegt, desto mehr "
            "Faktoren stehen im Produkt.",
        },
        "Jede Schicht auf dem Rückweg bringt einen Faktor; bei Sigmoid ist er deutlich kleiner als 1.",
    ),
    Words(
        "In which layers of a deep network with sigmoid does the gradient become very small?",
        "in the early layers, close to the input",
        {
            "in the deep layers, close to the output": (
                "That is how the notes put it. But backpropagation starts at the output, where the gradient "
                "is healthy."
            ),
            "in the middle, it is large at both ends": "It gets smaller on its way back, layer by layer, "
            "down to the first one.",
            "in all layers of the network alike": "The closer a layer is to the input, the more factors "
            "stand in the product.",
        },
        "Every layer on the way back brings a factor; with sigmoid it is well below 1.",
    ),
)

TOPIC.ask(
    1,
    "sec-vanishing-product",
    Words(
        "Wie groß ist die Ableitung der Sigmoid höchstens?",
        "0,25",
        {
            "0,5": "Das ist der Wert der Sigmoid bei null, nicht ihre Ableitung.",
            "1": "So groß ist die Ableitung von tanh bei null und von ReLU rechts von null.",
            "0": "Dem nähert sie sich in der Sättigung. Das ist ihr kleinster Wert, nicht ihr größter.",
        },
        "σ′ = σ · (1 − σ) ist am größten, wenn beide Faktoren 0,5 sind: bei x = 0.",
    ),
    Words(
        "How large is the derivative of the sigmoid at most?",
        "0.25",
        {
            "0.5": "That is the value of the sigmoid at zero, not its derivative.",
            "1": "That is the derivative of tanh at zero, and of ReLU to the right of zero.",
            "0": "That is what it approaches in saturation: its smallest value, not its largest.",
        },
        "σ′ = σ · (1 − σ) is largest if both factors are 0.5: at x = 0.",
    ),
)

TOPIC.ask(
    1,
    "sec-vanishing-relu",
    Words(
        "Was ist eine tote Einheit?",
        "eine Einheit mit ReLU, die für jedes Bild 0 ausgibt",
        {
            "eine Einheit mit ReLU, die für ein Bild 0 ausgibt": "Für einzelne Bilder zu schweigen ist "
            "gesund: Wer die Vier erkennt, schweigt bei der Sieben.",
            "eine Einheit, die Dropout gerade ausgeschaltet hat": "Die ist im nächsten Schritt vielleicht "
            "wieder da. Tot ist eine Einheit auch ohne Dropout.",
            "eine Einheit mit Sigmoid, deren Ausgabe nahe 1 liegt": "Die ist gesättigt. Ihre Ableitung ist "
            "klein, aber nicht genau null.",
        },
        "Ist die Summe für jedes Bild negativ, ist die Ableitung von ReLU immer 0, und es kommt kein "
        "Gradient an.",
    ),
    Words(
        "What is a dead unit?",
        "a unit with ReLU that outputs 0 for every image",
        {
            "a unit with ReLU that outputs 0 for some image": (
                "To be silent on single images is healthy: a unit that detects the four is silent on the "
                "seven."
            ),
            "a unit that dropout has switched off at the moment": "It may be back in the next step. A unit "
            "can be dead without any dropout.",
            "a unit with sigmoid whose output is close to 1": "That one is saturated. Its derivative is "
            "small, but not exactly zero.",
        },
        "If the sum is negative for every image, the derivative of ReLU is always 0 and no gradient arrives.",
    ),
)

TOPIC.ask(
    2,
    "sec-vanishing-product",
    Words(
        "In welcher Reihenfolge berechnet Backpropagation die Gradienten?",
        "Verlust → Dense → Conv 2 → Conv 1",
        {
            "Conv 1 → Conv 2 → Dense → Verlust": "Das ist der Vorwärtsdurchlauf. Der Gradient geht zurück.",
            "Verlust → Conv 1 → Conv 2 → Dense": "Der Anfang stimmt. Danach geht es von hinten nach vorn.",
            "Dense → Conv 2 → Conv 1 → Verlust": (
                "Ohne die Ableitung des Verlusts gibt es nichts, was man zurückgeben könnte. Mit ihr fängt "
                "es an."
            ),
        },
        "Rückwärts, nach der Kettenregel: Jede Schicht multipliziert, was von hinten kommt, mit ihrem "
        "Faktor.",
    ),
    Words(
        "In which order does backpropagation compute the gradients?",
        "loss → dense → conv 2 → conv 1",
        {
            "conv 1 → conv 2 → dense → loss": "That is the forward pass. The gradient travels back.",
            "loss → conv 1 → conv 2 → dense": "The start is right. From there, it goes from back to front.",
            "dense → conv 2 → conv 1 → loss": "Without the derivative of the loss, there is nothing to hand "
            "back. That is where it starts.",
        },
        "Backwards, by the chain rule: every layer multiplies what comes from behind by its factor.",
    ),
)

TOPIC.ask(
    2,
    "sec-vanishing-product",
    Words(
        "Ordne zu. 1: Sigmoid, 2: tanh, 3: ReLU. Die Ableitung ist A: überall 0 oder 1, B: höchstens 0,25, "
        "C: höchstens 1 und nur bei null so groß. Was passt?",
        "1B, 2C, 3A",
        {
            "1C, 2B, 3A": "Sigmoid und tanh sind vertauscht. Sigmoid ist viermal so flach.",
            "1B, 2A, 3C": "tanh und ReLU sind vertauscht. ReLU ist ein Schalter, tanh eine glatte Kurve.",
            "1A, 2C, 3B": "Sigmoid und ReLU sind vertauscht. ReLU hat rechts von null die Steigung 1.",
        },
        "Sigmoid kommt nie über 0,25; tanh erreicht 1 nur bei null; ReLU ist an oder aus.",
    ),
    Words(
        "Match. 1: sigmoid, 2: tanh, 3: ReLU. The derivative is A: 0 or 1 everywhere, B: 0.25 at most, C: 1 "
        "at most, and that only at zero. Which goes together?",
        "1B, 2C, 3A",
        {
            "1C, 2B, 3A": "Sigmoid and tanh are swapped. The sigmoid is four times as flat.",
            "1B, 2A, 3C": "tanh and ReLU are swapped. ReLU is a switch, tanh a smooth curve.",
            "1A, 2C, 3B": "Sigmoid and ReLU are swapped. To the right of zero, ReLU has the slope 1.",
        },
        "The sigmoid never exceeds 0.25; tanh reaches 1 at zero only; ReLU is on or off.",
    ),
)

TOPIC.ask(
    2,
    "correction-relu-initialisation",
    Words(
        "Ein Netz mit 20 gleich breiten Schichten und ReLU: Mit welchen Anfangsgewichten bleibt der "
        "Gradient gesund?",
        "mit denen nach He, Varianz 2/n",
        {
            "mit denen nach Glorot, Varianz 1/n": (
                "Damit schrumpft er je Schicht um den Faktor √(1/2), denn ReLU lässt im Mittel nur die "
                "Hälfte durch."
            ),
            "mit allen, denn ReLU hat die Ableitung 1": "Links von null ist sie 0. Am Anfang trifft das etwa "
            "die Hälfte der Einheiten.",
            "mit doppelt so großen wie nach He": "Dann wächst er je Schicht um den Faktor 2 und explodiert.",
        },
        "Die doppelte Varianz gleicht aus, dass ReLU die Hälfte der Einheiten ausschaltet.",
    ),
    Words(
        "A network of 20 equally wide layers with ReLU: with which initial weights does the gradient stay "
        "healthy?",
        "with those of He, variance 2/n",
        {
            "with those of Glorot, variance 1/n": (
                "With them it shrinks by a factor of √(1/2) per layer, because ReLU lets only half of it "
                "through on average."
            ),
            "with any, since ReLU has the derivative 1": "To the left of zero, it is 0. At the start, that "
            "concerns about half of the units.",
            "with weights twice as large as He's": "Then it grows by a factor of 2 per layer and explodes.",
        },
        "Twice the variance makes up for the half of the units that ReLU switches off.",
    ),
)

TOPIC.ask(
    2,
    "sec-vanishing-residual",
    Words(
        "Warum verschwindet der Gradient mit Residual-Verbindungen nicht so leicht?",
        "Aus jedem Faktor f′ wird 1 + f′.",
        {
            "Aus jedem Faktor f′ wird genau 1.": "Die Schicht selbst trägt weiter f′ bei. Es kommt die 1 der "
            "Abkürzung hinzu.",
            "Sigmoid wird durch ReLU ersetzt.": "Die Aktivierungsfunktion bleibt. Im Versuch lernen so 20 "
            "Schichten mit Sigmoid.",
            "Das Netz hat weniger Schichten.": "Keine Schicht fällt weg. Ihre Eingabe wird zu ihrer Ausgabe "
            "addiert.",
        },
        "Die Ableitung von h + f(h) ist 1 + f′: Kleine f′ machen das Produkt nicht mehr klein.",
    ),
    Words(
        "Why does the gradient not vanish so easily with residual connections?",
        "Every factor f′ becomes 1 + f′.",
        {
            "Every factor f′ becomes exactly 1.": "The layer itself still contributes f′. The 1 of the "
            "shortcut is added to it.",
            "Sigmoid is replaced by ReLU.": "The activation function stays. In the experiment, 20 layers "
            "with sigmoid learn in this way.",
            "The network has fewer layers.": "No layer is dropped. Its input is added to its output.",
        },
        "The derivative of h + f(h) is 1 + f′: small f′ no longer make the product small.",
    ),
)

TOPIC.ask(
    3,
    "correction-batch-norm-gradients",
    Words(
        "Ein Training ist gut gelaufen und zu Ende. Welcher Satz ist falsch?",
        "Sind die Gradienten jetzt klein, dann sind sie verschwunden, im Sinn von Vanishing Gradients.",
        {
            "Der Verlust sinkt kaum noch.": "Der Satz stimmt: Daran erkennst du, dass es zu Ende ist.",
            "Die Gradienten können überall klein sein, weil kaum noch ein Fehler übrig ist.": "Der Satz "
            "stimmt: Der Fehler am Ausgang geht in jeden Gradienten als Faktor ein.",
            "Vanishing Gradients hieße: vorn klein, obwohl der Verlust noch groß ist.": "Der Satz stimmt: "
            "Erst dann lernen die frühen Schichten nicht, obwohl sie es sollten.",
        },
        "Klein heißt nicht verschwunden. Sieh dir den Verlust dazu an.",
    ),
    Words(
        "Training has gone well and is over. Which sentence is wrong?",
        "If the gradients are small now, they have vanished, in the sense of vanishing gradients.",
        {
            "The loss hardly falls any more.": "The sentence is right: that is how you see that it is over.",
            "The gradients may be small everywhere because hardly any error is left.": "The sentence is "
            "right: the error at the output is a factor of every gradient.",
            "Vanishing gradients would mean: small in front although the loss is still large.": "The "
            "sentence is right: only then do the early layers not learn although they should.",
        },
        "Small does not mean vanished. Look at the loss as well.",
    ),
)

TOPIC.ask(
    3,
    "correction-batch-norm-gradients",
    Words(
        "Der Gradient ist vorn um viele Zehnerpotenzen kleiner als hinten. Hilft eine viel größere Lernrate?",
        "nein, denn hinten werden die Schritte dann viel zu groß",
        {
            "nein, denn vorn ändert die Lernrate die Schritte nicht": "Doch: Der Schritt ist Lernrate mal "
            "Ableitung, in jeder Schicht.",
            "ja, denn der Schritt ist Lernrate mal Gradient": "Sie vergrößert die Schritte aller Schichten. "
            "Was vorn passt, ist hinten viel zu viel.",
            "ja, denn sie macht auch die Ableitungen größer": "Die Lernrate ändert keine Ableitung, nur den "
            "Schritt, der daraus wird.",
        },
        "Eine Lernrate gilt für alle Schichten. Helfen muss, was das Verhältnis zwischen ihnen ändert.",
    ),
    Words(
        "The gradient is many powers of ten smaller in front than at the back. Does a much larger learning "
        "rate help?",
        "no, because the steps at the back then get far too large",
        {
            "no, because the learning rate does not change the steps in front": "It does: the step is "
            "learning rate times derivative, in every layer.",
            "yes, because the step is learning rate times gradient": "It makes the steps of all layers "
            "larger. What suits the front is far too much at the back.",
            "yes, because it makes the derivatives larger, too": "The learning rate does not change any "
            "derivative, only the step that follows from it.",
        },
        "One learning rate holds for all layers. Only what changes their ratio can help.",
    ),
)
