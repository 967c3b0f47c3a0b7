"""What parameters, memory and compute depend on."""

from cnncourse.drills.concepts import Concepts, Words

TOPIC = Concepts(
    "Begriffe: Parameter, Speicher, Rechenaufwand",
    "Concepts: parameters, memory, compute",
    page="arithmetic",
    since=3,
)

TOPIC.ask(
    1,
    "sec-parameters",
    Words(
        "Wovon hängt die Zahl der Parameter einer Faltung nicht ab?",
        "von der Größe des Bilds",
        {
            "von der Zahl der Filter": "Doch: Jeder Filter bringt f · f · c Gewichte und einen Bias mit.",
            "von der Größe des Kernels": "Doch: Ein Filter hat für jeden Pixel des Fensters ein Gewicht je "
            "Kanal.",
            "von den Kanälen der Eingabe": "Doch: Der Filter reicht durch alle Kanäle der Eingabe.",
        },
        "Alle Stellen teilen sich dieselben Filter. P = k · (f · f · c + 1).",
    ),
    Words(
        "What does the number of parameters of a convolution not depend on?",
        "on the size of the image",
        {
            "on the number of filters": "It does: every filter brings f · f · c weights and a bias.",
            "on the size of the kernel": "It does: a filter has a weight for every pixel of the window, per "
            "channel.",
            "on the channels of the input": "It does: the filter reaches through all channels of the input.",
        },
        "All places share the same filters. P = k · (f · f · c + 1).",
    ),
)

TOPIC.ask(
    1,
    "sec-activations",
    Words(
        "Du verdoppelst die Batchgröße. Was verdoppelt sich?",
        "der Speicher für die Aktivierungen",
        {
            "der Speicher für die Parameter": "Alle Bilder des Batches benutzen dieselben Parameter.",
            "der Speicher für die Gradienten der Gewichte": "Zu jedem Gewicht gehört eine Ableitung, egal "
            "wie viele Bilder sie bestimmen.",
            "die Zahl der Filter in jeder Schicht": "Die gehört zum Netz. Der Batch ändert sie nicht.",
        },
        "Aktivierungen entstehen für jedes Bild neu.",
    ),
    Words(
        "You double the batch size. What doubles?",
        "the memory for the activations",
        {
            "the memory for the parameters": "All images of the batch use the same parameters.",
            "the memory for the gradients of the weights": "Every weight has one derivative, no matter how "
            "many images determine it.",
            "the number of filters in every layer": "That belongs to the network. The batch does not change "
            "it.",
        },
        "Every image has activations of its own.",
    ),
)

TOPIC.ask(
    1,
    "sec-macs",
    Words(
        "Was ist ein MAC?",
        "eine Multiplikation mit der Addition dazu",
        {
            "eine Multiplikation oder eine Addition": "Das ist ein FLOP. Ein MAC sind zwei davon.",
            "eine Million Rechenschritte": "M steht für multiply, nicht für Million.",
            "ein Zugriff auf den Speicher": "Das wäre memory access. MAC heißt multiply-accumulate.",
        },
        "Eine Ausgabe einer Faltung braucht f · f · c MACs, einen je Gewicht des Filters.",
    ),
    Words(
        "What is a MAC?",
        "a multiplication with its addition",
        {
            "a multiplication or an addition": "That is a FLOP. A MAC is two of them.",
            "a million operations": "The M stands for multiply, not for million.",
            "an access to the memory": "That would be memory access. MAC means multiply-accumulate.",
        },
        "One output of a convolution takes f · f · c MACs, one per weight of the filter.",
    ),
)

TOPIC.ask(
    2,
    "correction-classes",
    Words(
        "Die erste Faltung eines Netzes hat 96 Filter. Was folgt daraus?",
        "Ihre Ausgabe hat 96 Kanäle.",
        {
            "Das Netz kennt 96 Klassen.": "So klingt es im Skript. Klassen zählt nur die letzte "
            "Dense-Schicht.",
            "Jeder Filter hat 96 Gewichte.": "Wie viele Gewichte ein Filter hat, sagen f und die Kanäle der "
            "Eingabe.",
            "Ihre Eingabe hat 96 Kanäle.": "Die Kanäle der Eingabe stehen in der Tiefe jedes Filters, nicht "
            "in ihrer Zahl.",
        },
        "Jeder Filter liefert einen Kanal: ein Bild davon, wo sein Muster vorkommt.",
    ),
    Words(
        "The first convolution of a network has 96 filters. What follows?",
        "Its output has 96 channels.",
        {
            "The network knows 96 classes.": "That is how the notes put it. Only the last dense layer counts "
            "classes.",
            "Every filter has 96 weights.": "How many weights a filter has is up to f and the channels of "
            "the input.",
            "Its input has 96 channels.": "The channels of the input show in the depth of each filter, not "
            "in their number.",
        },
        "Every filter gives one channel: an image of where its pattern occurs.",
    ),
)

TOPIC.ask(
    2,
    "sec-macs",
    Words(
        "Das Bild wird doppelt so hoch und doppelt so breit. Was vervierfacht sich bei einer Faltung mit "
        "Stride 1 und „same“?",
        "Aktivierungen und MACs",
        {
            "Aktivierungen, MACs und Parameter": "Die Bildgröße kommt in der Formel für die Parameter nicht "
            "vor.",
            "Aktivierungen, sonst nichts": "Jede Ausgabe kostet gleich viele MACs, also wachsen beide.",
            "MACs, sonst nichts": "Jede Ausgabe ist auch eine Aktivierung. Es sind viermal so viele.",
        },
        "Es gibt viermal so viele Stellen; die Filter bleiben dieselben.",
    ),
    Words(
        "The image becomes twice as high and twice as wide. What quadruples in a convolution with stride 1 "
        'and "same"?',
        "activations and MACs",
        {
            "activations, MACs and parameters": "The image size does not occur in the formula for the "
            "parameters.",
            "activations, nothing else": "Every output costs the same number of MACs, so both grow.",
            "MACs, nothing else": "Every output is an activation, too. There are four times as many.",
        },
        "There are four times as many places; the filters stay the same.",
    ),
)

TOPIC.ask(
    2,
    "sec-training-memory",
    Words(
        "Ordne zu, was beim Training im Speicher liegt. 1: Gradienten, 2: Zustand von Adam, 3: "
        "Aktivierungen. A: zwei Zahlen je Parameter, B: eine Zahl je Parameter, C: wächst mit dem Batch. "
        "Was passt?",
        "1B, 2A, 3C",
        {
            "1A, 2B, 3C": "Gradienten und Adam sind vertauscht. Adam merkt sich zwei Zahlen je Parameter.",
            "1C, 2A, 3B": (
                "Gradienten und Aktivierungen sind vertauscht. Der Gradient der Gewichte hat bei jedem Batch "
                "dieselbe Größe."
            ),
            "1B, 2C, 3A": "Adam und Aktivierungen sind vertauscht. Der Zustand von Adam gehört zu den "
            "Parametern.",
        },
        "Nur die Aktivierungen wachsen mit dem Batch. Alles andere wächst mit den Parametern.",
    ),
    Words(
        "Match what is in memory while training. 1: gradients, 2: state of Adam, 3: activations. A: two "
        "numbers per parameter, B: one number per parameter, C: grows with the batch. Which goes together?",
        "1B, 2A, 3C",
        {
            "1A, 2B, 3C": "Gradients and Adam are swapped. Adam keeps two numbers per parameter.",
            "1C, 2A, 3B": (
                "Gradients and activations are swapped. The gradient of the weights has the same size for "
                "every batch."
            ),
            "1B, 2C, 3A": "Adam and activations are swapped. The state of Adam goes with the parameters.",
        },
        "Only the activations grow with the batch. Everything else grows with the parameters.",
    ),
)

TOPIC.ask(
    2,
    "sec-networks",
    Words(
        "AlexNet: Wo liegen die meisten Parameter, wo wird am meisten gerechnet?",
        "Parameter in den Dense-Schichten, Rechnen in den Faltungen",
        {
            "Parameter in den Faltungen, Rechnen in den Dense-Schichten": (
                "Umgekehrt. Ein Gewicht einer Faltung arbeitet an vielen Stellen, eines einer Dense-Schicht "
                "an einer."
            ),
            "beides in den Dense-Schichten": "Sie halten 96 % der Parameter, machen aber nur 8 % der "
            "Rechenarbeit.",
            "beides in den Faltungen": "Die Faltungen machen 92 % der Rechenarbeit, mit nur 4 % der "
            "Parameter.",
        },
        "MACs sind Gewichte mal Stellen.",
    ),
    Words(
        "AlexNet: where are most of the parameters, where is most of the computing done?",
        "parameters in the dense layers, computing in the convolutions",
        {
            "parameters in the convolutions, computing in the dense layers": (
                "The other way round. A weight of a convolution works in many places, one of a dense layer "
                "in a single one."
            ),
            "both in the dense layers": "They hold 96% of the parameters but do only 8% of the work.",
            "both in the convolutions": "The convolutions do 92% of the work, with only 4% of the parameters."
            "",
        },
        "MACs are weights times places.",
    ),
)

TOPIC.ask(
    3,
    "correction-compute",
    Words(
        "Eine Faltung mit 96 Filtern, jeder mit 363 Gewichten, hat 3025 Stellen in der Ausgabe. Welcher "
        "Satz ist falsch?",
        "Jeder Filter braucht 363 + 3025 MACs.",
        {
            "Jede einzelne Ausgabe braucht 363 MACs.": "Der Satz stimmt: einen je Gewicht des Filters.",
            "Jedes Gewicht wird 3025-mal benutzt.": "Der Satz stimmt: einmal an jeder Stelle.",
            "Die FLOPs sind das Doppelte der MACs.": "Der Satz stimmt: Ein MAC sind zwei Rechenschritte.",
        },
        "An jeder Stelle wird der ganze Filter verrechnet: 363 · 3025, ein Produkt und keine Summe.",
    ),
    Words(
        "A convolution with 96 filters of 363 weights each has 3025 places in its output. Which sentence is "
        "wrong?",
        "Every filter takes 363 + 3025 MACs.",
        {
            "Every single output takes 363 MACs.": "The sentence is right: one per weight of the filter.",
            "Every weight is used 3025 times.": "The sentence is right: once at each place.",
            "The FLOPs are twice the MACs.": "The sentence is right: a MAC is two operations.",
        },
        "The whole filter is applied at every place: 363 · 3025, a product and not a sum.",
    ),
)

TOPIC.ask(
    3,
    "sec-intensity",
    Words(
        "Ein einzelnes Bild: Die große Dense-Schicht hat weniger MACs als die erste Faltung und kann doch "
        "länger dauern. Warum?",
        "Jedes ihrer Gewichte kommt aus dem Speicher und wird nur einmal benutzt.",
        {
            "Jedes ihrer Gewichte wird an jeder Stelle des Bilds neu berechnet.": (
                "Gewichte werden bei der Inferenz nicht berechnet, und eine Dense-Schicht hat nur eine "
                "Stelle."
            ),
            "Jeder ihrer MACs zählt doppelt, denn er besteht aus zwei FLOPs.": "Das gilt für jeden MAC, auch "
            "für die der Faltung.",
            "Sie hat keinen Bias, den man vorab addieren könnte.": "Sie hat einen Bias je Einheit. Das "
            "Addieren fällt nicht ins Gewicht.",
        },
        "Ihre arithmetische Intensität ist klein: Sie wartet auf den Speicher, nicht auf das Rechenwerk.",
    ),
    Words(
        "A single image: the large dense layer has fewer MACs than the first convolution, yet it may take "
        "longer. Why?",
        "Each of its weights comes from memory and is used only once.",
        {
            "Each of its weights is computed anew at every place of the image.": "Weights are not computed "
            "in inference, and a dense layer has one place only.",
            "Each of its MACs counts twice, because it consists of two FLOPs.": "That holds for every MAC, "
            "those of the convolution included.",
            "It has no bias that could be added beforehand.": "It has a bias per unit. Adding it makes no "
            "difference to speak of.",
        },
        "Its arithmetic intensity is low: it waits for the memory, not for the arithmetic.",
    ),
)
