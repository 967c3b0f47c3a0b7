"""What augmentation changes, what it must preserve, and what it cannot do."""

from cnncourse.drills.concepts import Concepts, Words

TOPIC = Concepts("Begriffe: Augmentierung", "Concepts: augmentation", page="augmentation", since=3)

TOPIC.ask(
    1,
    "correction-augmentation-training-only",
    Words(
        "Welche Daten werden augmentiert?",
        "nur die Trainingsdaten",
        {
            "alle Daten, damit sie zueinander passen": "Dann misst du auf veränderten Bildern statt auf "
            "denen, die das Netz später bekommt.",
            "die Trainings- und die Validierungsdaten": "Auf den Validierungsdaten vergleichst du Netze. Sie "
            "bleiben, wie sie sind.",
            "nur die Testdaten, damit der Test schwerer wird": (
                "Der Test soll zeigen, was das Netz auf unveränderten neuen Bildern kann. Lernen würde es "
                "daraus nichts."
            ),
        },
        "Validierungs- und Testbilder werden vorher beiseitegelegt und bleiben unverändert.",
    ),
    Words(
        "Which data are augmented?",
        "the training data only",
        {
            "all data, so that they match": "Then you measure on changed images instead of those that the "
            "network will get later.",
            "the training data and the validation data": "On the validation data you compare networks. They "
            "stay as they are.",
            "the test data only, to make the test harder": (
                "The test is to show what the network can do on unchanged new images. It would learn nothing "
                "from them."
            ),
        },
        "Validation and test images are set aside first and stay unchanged.",
    ),
)

TOPIC.ask(
    1,
    "correction-augmentation-independent",
    Words(
        "Du speicherst zu jedem von 100 Fotos zehn Varianten. Was hast du danach?",
        "1000 Bilder, aber nur 100 unabhängige Beispiele",
        {
            "1000 Bilder und 1000 unabhängige Beispiele": "Alle Varianten eines Fotos zeigen denselben "
            "Gegenstand vor demselben Hintergrund.",
            "100 Bilder, denn Varianten sind keine neuen Bilder": "Verschiedene Bilder sind es durchaus, "
            "ihre Pixel sind andere. Nur unabhängig sind sie nicht.",
            "1000 Bilder, aber nur 100 davon mit Label": "Jede Variante übernimmt das Label ihres Originals.",
        },
        "Was in den Originalen fehlt, bringt keine Variante hinzu.",
    ),
    Words(
        "For each of 100 photographs, you store ten variants. What do you have afterwards?",
        "1000 images, but only 100 independent examples",
        {
            "1000 images and 1000 independent examples": "All variants of a photograph show the same object "
            "against the same background.",
            "100 images, because variants are not new images": "They are different images all right, with "
            "other pixels. They just are not independent.",
            "1000 images, but only 100 of them with a label": "Every variant takes over the label of its "
            "original.",
        },
        "What the originals lack, no variant can add.",
    ),
)

TOPIC.ask(
    1,
    "sec-augmentation-keras",
    Words(
        'Vorn im Netz steht `RandomFlip("horizontal")`. Was tut die Schicht bei `model.predict`?',
        "Sie gibt jedes Bild unverändert weiter.",
        {
            "Sie spiegelt jedes Bild mit Wahrscheinlichkeit 1/2.": "Das tut sie im Training. Bei der "
            "Inferenz wird nicht gewürfelt.",
            "Sie spiegelt jedes Bild, immer auf dieselbe Art.": "Bei der Inferenz spiegelt sie gar nicht, "
            "ähnlich wie Dropout dann nichts ausschaltet.",
            "Sie gibt jedes Bild und sein Spiegelbild weiter.": "Das wäre Test-Time Augmentation, und die "
            "musst du selbst programmieren.",
        },
        "Die Schichten für Augmentierung wirken nur im Training und haben keine Parameter zum Lernen.",
    ),
    Words(
        'A network starts with `RandomFlip("horizontal")`. What does the layer do in `model.predict`?',
        "It passes every image on unchanged.",
        {
            "It flips every image with probability 1/2.": "That is what it does in training. In inference, "
            "nothing is left to chance.",
            "It flips every image, always in the same way.": "In inference, it does not flip at all, just as "
            "dropout then switches nothing off.",
            "It passes on every image and its mirror image.": "That would be test-time augmentation, which "
            "you have to program yourself.",
        },
        "The layers for augmentation act in training only and have no parameters to learn.",
    ),
)

TOPIC.ask(
    2,
    "sec-augmentation-label",
    Words(
        "Handgeschriebene Ziffern: Welche Augmentierung erhält das Label?",
        "um einen Pixel verschieben, mit einem Rand um das Bild",
        {
            "waagerecht spiegeln, jedes zweite Bild": "Eine gespiegelte 2 ist keine Ziffer mehr.",
            "um ein Vielfaches von 90° drehen": "Aus der 6 wird nach einer halben Drehung eine 9, und das "
            "Label stimmt nicht mehr.",
            "`RandomFlip()` ohne Argument": "Das spiegelt waagerecht und senkrecht. Beides zerstört Ziffern.",
        },
        "Auf der sicheren Seite bist du, wenn ein Mensch danach dieselbe Klasse hinschreiben würde.",
    ),
    Words(
        "Handwritten digits: which augmentation preserves the label?",
        "shifting by one pixel, with a margin around the image",
        {
            "flipping horizontally, every second image": "A mirrored 2 is no longer a digit.",
            "rotating by multiples of 90°": "Half a turn makes a 9 of the 6, and the label is wrong.",
            "`RandomFlip()` without an argument": "It flips horizontally and vertically. Both destroy digits."
            "",
        },
        "You are on the safe side if a person would still write down the same class.",
    ),
)

TOPIC.ask(
    2,
    "sec-augmentation-count",
    Words(
        "Du trainierst mit 500 Bildern und verschiebst sie im Training zufällig. Wie viele Bilder sieht das "
        "Netz in einer Epoche?",
        "500, jedes in einer zufälligen Variante",
        {
            "1000, jedes Original und eine Variante": "Die Variante tritt an die Stelle des Originals, sie "
            "kommt nicht dazu.",
            "500 mal die Zahl der Varianten": (
                "So viele wären es, wenn du alle Varianten speicherst. Im Training wird je Bild eine "
                "gewürfelt."
            ),
            "unter 500, denn Varianten fallen zusammen": (
                "Zusammenfallen können Varianten desselben Bilds. In einer Epoche kommt jedes Bild einmal "
                "dran."
            ),
        },
        "Augmentierung macht eine Epoche nicht länger. In der nächsten Epoche wird neu gewürfelt.",
    ),
    Words(
        "You train with 500 images and shift them at random while training. How many images does the "
        "network see in one epoch?",
        "500, each in a random variant",
        {
            "1000, every original and one variant": "The variant takes the place of the original, it is not "
            "added.",
            "500 times the number of variants": "It would be that many if you stored all variants. In "
            "training, one is drawn for each image.",
            "below 500, because variants coincide": "Variants of the same image may coincide. In an epoch, "
            "every image comes up once.",
        },
        "Augmentation does not make an epoch longer. In the next epoch, the dice are rolled again.",
    ),
)

TOPIC.ask(
    2,
    "correction-augmentation-training-only",
    Words(
        "Du hast Fotos gesammelt. Welche Reihenfolge ist richtig?",
        "teilen → Trainingsbilder verändern → trainieren → testen",
        {
            "alle Bilder verändern → teilen → trainieren → testen": "Dann liegen Varianten desselben Fotos "
            "im Training und im Test: ein Datenleck.",
            "teilen → alle Bilder verändern → trainieren → testen": "Die Testbilder bleiben, wie sie sind. "
            "Sonst misst du etwas anderes.",
            "teilen → trainieren → Trainingsbilder verändern → testen": "Nach dem Training ist es zu spät: "
            "Das Netz hat nur die Originale gesehen.",
        },
        "Erst teilen, dann vermehren, und nur die Trainingsbilder.",
    ),
    Words(
        "You have collected photographs. Which order is right?",
        "split → change the training images → train → test",
        {
            "change all images → split → train → test": "Then variants of the same photograph are in "
            "training and in the test: a data leak.",
            "split → change all images → train → test": "The test images stay as they are. Otherwise you "
            "measure something else.",
            "split → train → change the training images → test": "After training it is too late: the network "
            "has seen the originals only.",
        },
        "Split first, then multiply, and only the training images.",
    ),
)

TOPIC.ask(
    2,
    "sec-augmentation-match",
    Words(
        "Ordne zu. 1: Cutout, 2: Mixup, 3: RandAugment. A: mischt zwei Bilder und ihre Labels, B: zieht "
        "Veränderungen aus einer Liste, C: überdeckt ein Quadrat. Was passt?",
        "1C, 2A, 3B",
        {
            "1A, 2C, 3B": "Cutout und Mixup sind vertauscht. Cut heißt schneiden, mix heißt mischen.",
            "1C, 2B, 3A": "Mixup und RandAugment sind vertauscht. Nur bei Mixup ändert sich das Label mit.",
            "1B, 2A, 3C": "Cutout und RandAugment sind vertauscht. RandAugment wählt zufällig (random) aus.",
        },
        "Cutout schneidet aus, Mixup mischt, RandAugment wählt zufällig.",
    ),
    Words(
        "Match. 1: cutout, 2: mixup, 3: RandAugment. A: mixes two images and their labels, B: draws its "
        "changes from a list, C: covers a square. Which goes together?",
        "1C, 2A, 3B",
        {
            "1A, 2C, 3B": "Cutout and mixup are swapped. One cuts out, the other mixes.",
            "1C, 2B, 3A": "Mixup and RandAugment are swapped. Only mixup changes the label as well.",
            "1B, 2A, 3C": "Cutout and RandAugment are swapped. RandAugment chooses at random.",
        },
        "Cutout cuts out, mixup mixes, RandAugment chooses at random.",
    ),
)

TOPIC.ask(
    3,
    "correction-augmentation-training-only",
    Words(
        "Jemand speichert zu jedem Foto zehn Varianten, mischt alles und behält ein Fünftel zum Testen. Das "
        "Netz erreicht 98 %. Was ist damit gemessen?",
        "wie gut es Fotos wiedererkennt, die es schon kennt",
        {
            "wie gut es auf neue Fotos generalisiert": (
                "Zu fast jedem Testbild liegt eine andere Variante desselben Fotos im Training. Neu ist "
                "daran nichts."
            ),
            "wie gut die Augmentierung Overfitting verringert": (
                "Dazu bräuchtest du Testbilder von Fotos, die im Training gar nicht vorkommen, und einen "
                "Vergleich ohne Augmentierung."
            ),
            "wie gut ein Fünftel als Testdaten ausreicht": (
                "Auch mit der Hälfte wäre es dasselbe: Das Problem ist, dass erst vermehrt und dann geteilt "
                "wurde."
            ),
        },
        "Das ist ein Datenleck. Zuerst die Fotos teilen, dann nur die Trainingsfotos vermehren.",
    ),
    Words(
        "Someone stores ten variants of every photograph, shuffles everything and keeps a fifth for "
        "testing. The network reaches 98%. What does that measure?",
        "how well it recognizes photographs it already knows",
        {
            "how well it generalizes to new photographs": (
                "For almost every test image, another variant of the same photograph is in training. There "
                "is nothing new about it."
            ),
            "how well augmentation reduces overfitting": (
                "For that, you would need test images of photographs that never occur in training, and a "
                "comparison without augmentation."
            ),
            "how well a fifth suffices as test data": (
                "With half of them it would be the same: the trouble is that multiplying came before "
                "splitting."
            ),
        },
        "That is a data leak. Split the photographs first, then multiply the training photographs only.",
    ),
)

TOPIC.ask(
    3,
    "correction-augmentation-match",
    Words(
        "Bilder farbiger Formen, die Klasse ist die Form. Welcher Satz ist falsch?",
        "Umfärben hilft deshalb bei jeder Aufgabe.",
        {
            "Umfärben erhält hier das Label.": "Der Satz stimmt: Die Farbe sagt nichts über die Form.",
            "Umfärben sagt dem Netz, dass die Farbe nichts bedeutet.": "Der Satz stimmt: Genau diesen "
            "Unterschied soll es nicht beachten.",
            "Ob Umfärben hilft, zeigt der Vergleich auf Validierungsdaten.": "Der Satz stimmt: Ansehen kann "
            "man es einer Augmentierung nicht.",
        },
        "Wo die Farbe zählt, etwa bei reifen Tomaten, zerstört Umfärben das Label.",
    ),
    Words(
        "Images of coloured shapes, the class is the shape. Which sentence is wrong?",
        "That is why recolouring helps with every task.",
        {
            "Recolouring preserves the label here.": "The sentence is right: the colour says nothing about "
            "the shape.",
            "Recolouring tells the network that colour means nothing.": "The sentence is right: this is the "
            "very difference it should ignore.",
            "Whether recolouring helps is shown by comparing on validation data.": "The sentence is right: "
            "you cannot tell by looking at an augmentation.",
        },
        "Where colour counts, as with ripe tomatoes, recolouring destroys the label.",
    ),
)
