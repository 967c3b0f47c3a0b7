"""The notes' model: what its lines do, and how to check a claim about it."""

from cnncourse.drills.concepts import Concepts, Words

TOPIC = Concepts(
    "Begriffe: Das Modell des Skripts", "Concepts: the notes' model", page="course-model", since=3
)

TOPIC.ask(
    1,
    "correction-one-by-one",
    Words(
        "Was tut eine Faltung mit 1 × 1-Kerneln?",
        "Sie mischt an jeder Stelle die Kanäle.",
        {
            "Sie vergleicht benachbarte Pixel.": "Ein Fenster von 1 × 1 sieht keine Nachbarn.",
            "Sie verkleinert Höhe und Breite.": "Mit Stride 1 bleibt die Größe, auch ohne Padding.",
            "Sie gibt ihre Eingabe unverändert weiter.": "Jeder Filter bildet eine gewichtete Summe aller "
            "Kanäle, dazu einen Bias.",
        },
        "Darum vergrößern Conv 4 und Conv 5 im Modell des Skripts das rezeptive Feld nicht.",
    ),
    Words(
        "What does a convolution with 1 × 1 kernels do?",
        "It mixes the channels at every place.",
        {
            "It compares neighbouring pixels.": "A window of 1 × 1 sees no neighbours.",
            "It shrinks height and width.": "With stride 1, the size stays, even without padding.",
            "It passes its input on unchanged.": "Every filter forms a weighted sum of all channels, plus a "
            "bias.",
        },
        "That is why conv 4 and conv 5 in the notes' model do not enlarge the receptive field.",
    ),
)

TOPIC.ask(
    1,
    "sec-model-learning",
    Words(
        "Was heißt „sparse“ in `sparse_categorical_crossentropy`?",
        "Die Labels kommen als Zahlen 0 bis 9, nicht als Vektoren.",
        {
            "Die meisten Gewichte der letzten Schicht sind null.": "Über Gewichte sagt der Verlust nichts.",
            "Der Verlust zählt nur einen Teil der Bilder im Batch.": "Er ist das Mittel über alle Bilder im "
            "Batch.",
            "Der Verlust zählt nur die falschen Antworten.": "Auch richtige zählen, mit −ln p. Sicher und "
            "richtig kostet nur fast nichts.",
        },
        "Der Verlust selbst ist derselbe: −ln p für die richtige Klasse.",
    ),
    Words(
        'What does "sparse" mean in `sparse_categorical_crossentropy`?',
        "The labels come as numbers 0 to 9, not as vectors.",
        {
            "Most weights of the last layer are zero.": "The loss says nothing about weights.",
            "The loss counts only some of the images in the batch.": "It is the mean over all images in the "
            "batch.",
            "The loss counts only the wrong answers.": "Right ones count, too, with −ln p. Confident and "
            "right just costs next to nothing.",
        },
        "The loss itself is the same: −ln p for the right class.",
    ),
)

TOPIC.ask(
    1,
    "sec-model-build",
    Words(
        "Wofür steht `None` in `model.build(input_shape=(None, 227, 227, 3))`?",
        "für eine beliebige Batchgröße",
        {
            "für eine beliebige Bildgröße": "Höhe und Breite stehen dahinter: 227 und 227.",
            "für eine noch leere Eingabe": "Die Form wird gerade festgelegt, damit die Gewichte entstehen.",
            "für eine beliebige Zahl von Kanälen": "Die Kanäle stehen am Ende: 3.",
        },
        "Die Form eines Batches ist (Batch, Höhe, Breite, Kanäle).",
    ),
    Words(
        "What does `None` stand for in `model.build(input_shape=(None, 227, 227, 3))`?",
        "for any batch size",
        {
            "for any image size": "Height and width come after it: 227 and 227.",
            "for an input that is still empty": "The shape is being fixed so that the weights can be made.",
            "for any number of channels": "The channels come last: 3.",
        },
        "The shape of a batch is (batch, height, width, channels).",
    ),
)

TOPIC.ask(
    1,
    "sec-model-learning",
    Words(
        "Zehn Klassen, und der Verlust bleibt bei 2,30. Was sagt dir das?",
        "Das Netz rät.",
        {
            "Das Netz hat ausgelernt.": "Ein gutes Netz kommt viel tiefer. 2,30 ist −ln 0,1, also der Wert "
            "beim Raten.",
            "Das Netz hat Overfitting.": "Dann wäre der Verlust auf den Trainingsdaten klein.",
            "Das Netz hat zehn Fehler.": "Der Verlust zählt keine Fehler. Er ist das Mittel von −ln p.",
        },
        "Wer jeder von zehn Klassen 0,1 gibt, hat −ln 0,1 ≈ 2,3.",
    ),
    Words(
        "Ten classes, and the loss stays at 2.30. What does that tell you?",
        "The network is guessing.",
        {
            "The network has finished learning.": "A good network gets much lower. 2.30 is −ln 0.1, the "
            "value for guessing.",
            "The network is overfitting.": "Then the loss on the training data would be small.",
            "The network makes ten mistakes.": "The loss does not count mistakes. It is the mean of −ln p.",
        },
        "Whoever gives each of ten classes 0.1 has −ln 0.1 ≈ 2.3.",
    ),
)

TOPIC.ask(
    2,
    "correction-input-scaling",
    Words(
        "`Resizing(227, 227)` steht am Anfang des Modells. Was ändert es nicht?",
        "den Wertebereich der Pixel",
        {
            "die Höhe und die Breite": "Genau die ändert es, auf 227 × 227 Pixel.",
            "das Seitenverhältnis der Bilder": "Ein Bild, das nicht quadratisch ist, wird im Skript "
            "gestreckt.",
            "den Rechenaufwand dahinter": "Größere Bilder haben mehr Stellen, also kosten sie mehr MACs.",
        },
        "Pixel von 0 bis 255 bleiben von 0 bis 255. Durch 255 teilt erst ein `Rescaling(1/255)`.",
    ),
    Words(
        "The model starts with `Resizing(227, 227)`. What does it not change?",
        "the range of the pixel values",
        {
            "the height and the width": "Those are just what it changes, to 227 × 227 pixels.",
            "the aspect ratio of the images": "In the notes, an image that is not square gets stretched.",
            "the compute of the layers after it": "Larger images have more places, so they cost more MACs.",
        },
        "Pixels from 0 to 255 stay from 0 to 255. It takes a `Rescaling(1/255)` to divide by 255.",
    ),
)

TOPIC.ask(
    2,
    "sec-model-layers",
    Words(
        "In welcher Reihenfolge durchläuft ein Bild das Modell?",
        "Resizing → Faltungen und Pooling → Flatten → Dense",
        {
            "Resizing → Flatten → Faltungen und Pooling → Dense": "Nach Flatten gibt es kein Bild mehr, über "
            "das man ein Fenster schieben könnte.",
            "Resizing → Faltungen und Pooling → Dense → Flatten": "Die Dense-Schicht braucht eine Reihe von "
            "Zahlen. Flatten stellt sie her.",
            "Faltungen und Pooling → Resizing → Flatten → Dense": "Auf 227 × 227 Pixel kommt das Bild ganz "
            "am Anfang.",
        },
        "Erst die Merkmale, dann alle Zahlen in eine Reihe, dann die Klassen.",
    ),
    Words(
        "In which order does an image pass through the model?",
        "resizing → convolutions and pooling → flatten → dense",
        {
            "resizing → flatten → convolutions and pooling → dense": "After flatten, there is no image left "
            "to slide a window over.",
            "resizing → convolutions and pooling → dense → flatten": "The dense layer needs the numbers in a "
            "row. Flatten provides it.",
            "convolutions and pooling → resizing → flatten → dense": "The image is brought to 227 × 227 "
            "pixels at the very start.",
        },
        "First the features, then all numbers in a row, then the classes.",
    ),
)

TOPIC.ask(
    2,
    "sec-model-build",
    Words(
        "Die Parameter belegen 225,4 MB, `model.summary()` zeigt aber 214.98 MB. Warum?",
        "Keras teilt durch 1024² und meint MiB.",
        {
            "Keras lässt die Biases aus.": "Biases sind Parameter und werden mitgezählt.",
            "Keras rechnet in Bit statt in Byte.": "Dann wäre die Zahl achtmal so groß.",
            "Keras speichert die Gewichte als float16.": "Dann wäre die Zahl halb so groß.",
        },
        "1 MB sind 1000² Byte, 1 MiB sind 1024² Byte.",
    ),
    Words(
        "The parameters take 225.4 MB, but `model.summary()` shows 214.98 MB. Why?",
        "Keras divides by 1024² and means MiB.",
        {
            "Keras leaves out the biases.": "Biases are parameters and are counted.",
            "Keras counts bits instead of bytes.": "Then the number would be eight times as large.",
            "Keras stores the weights as float16.": "Then the number would be half as large.",
        },
        "1 MB is 1000² bytes, 1 MiB is 1024² bytes.",
    ),
)

TOPIC.ask(
    3,
    "correction-activations",
    Words(
        "Das Modell mit ReLU, frisch initialisiert: Welcher Satz ist falsch?",
        "Von vorn nach hinten sinkt der Anteil der Ausgaben über null.",
        {
            "Hinten gibt es je Bild weniger Ausgaben als vorn.": "Der Satz stimmt: Das ist der Bauplan, aus "
            "vielen Pixeln werden zehn Zahlen.",
            "In jeder Schicht ist rund die Hälfte der Ausgaben über null.": "Der Satz stimmt: Eine Summe mit "
            "zufälligen Vorzeichen ist in der Hälfte der Fälle positiv.",
            "Auch in den hinteren Schichten kommt Gradient an.": "Der Satz stimmt: So ist es gemessen.",
        },
        "„Immer weniger Aktivierungen“ stimmt für ihre Zahl, nicht für ihren Anteil über null.",
    ),
    Words(
        "The model with ReLU, freshly initialized: which sentence is wrong?",
        "From front to back, the share of outputs above zero falls.",
        {
            "At the back, there are fewer outputs per image than in front.": "The sentence is right: that is "
            "the design, ten numbers are made of many pixels.",
            "In every layer, about half of the outputs are above zero.": "The sentence is right: a sum with "
            "random signs is positive in half of all cases.",
            "A gradient arrives in the later layers, too.": "The sentence is right: that is what was "
            "measured.",
        },
        '"Fewer and fewer activations" is right for their number, not for their share above zero.',
    ),
)

TOPIC.ask(
    3,
    "sec-model-problem",
    Words(
        "Eine Feature-Map ist für ein Bild überall null. Was kannst du daraus schließen?",
        "Was ihr Filter sucht, kommt in diesem Bild nicht vor.",
        {
            "Ihr Filter ist tot und lernt nichts mehr.": "Tot wäre er, wenn sie für jedes Bild null wäre. "
            "Ein einziges Bild genügt dafür nicht.",
            "Alle Gewichte ihres Filters sind null.": "Dann bliebe noch der Bias. Und für andere Bilder kann "
            "derselbe Filter stark antworten.",
            "Die nächste Schicht bekommt keinen Gradienten mehr.": "Sie hat noch die anderen Kanäle, und "
            "andere Bilder.",
        },
        "Eine leere Feature-Map ist noch kein Mangel: Antwortet sie nur bei der Vier, soll sie bei der "
        "Sieben leer sein.",
    ),
    Words(
        "A feature map is zero everywhere for one image. What can you conclude?",
        "What its filter looks for does not occur in this image.",
        {
            "Its filter is dead and has stopped learning.": "It would be dead if the map were zero for every "
            "image. A single image is not enough to tell.",
            "All weights of its filter are zero.": "That would leave the bias. And the same filter may "
            "answer strongly to other images.",
            "The next layer no longer gets a gradient.": "It still has the other channels, and other images.",
        },
        "A blank feature map is no defect: if it answers to the four only, it should be blank for the seven.",
    ),
)
