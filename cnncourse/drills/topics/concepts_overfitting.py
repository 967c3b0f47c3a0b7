"""What overfitting is, how to see it, and what helps."""

from cnncourse.drills.concepts import Concepts, Words

TOPIC = Concepts("Begriffe: Overfitting", "Concepts: overfitting", page="overfitting", since=3)

TOPIC.ask(
    1,
    "sec-overfitting-gap",
    Words(
        "Woran erkennst du Overfitting?",
        "Das Netz ist auf den Trainingsdaten deutlich besser als auf neuen Daten.",
        {
            "Das Netz macht auf den Trainingsdaten keinen einzigen Fehler mehr.": (
                "Das allein sagt nichts: Viele Netze erreichen auf ihren Trainingsdaten 100 % und sind auf "
                "neuen Daten hervorragend."
            ),
            "Das Netz ist auf den Trainingsdaten genauso schlecht wie auf neuen Daten.": "Das ist "
            "Underfitting: Das Netz beschreibt nicht einmal die Bilder, die es kennt.",
            "Der Verlust auf den Trainingsdaten steigt von Epoche zu Epoche.": "Dann lernt das Netz gar "
            "nicht. Beim Overfitting sinkt dieser Verlust weiter.",
        },
        "Entscheidend ist der Abstand zwischen bekannten und neuen Daten, die Generalisierungslücke.",
    ),
    Words(
        "How do you recognize overfitting?",
        "The network is much better on the training data than on new data.",
        {
            "The network no longer makes a single mistake on the training data.": (
                "That alone says nothing: many networks reach 100% on their training data and are excellent "
                "on new data."
            ),
            "The network is just as bad on the training data as on new data.": "That is underfitting: the "
            "network cannot even describe the images it knows.",
            "The loss on the training data rises from epoch to epoch.": "Then the network is not learning at "
            "all. With overfitting, this loss keeps falling.",
        },
        "What matters is the distance between known and new data, the generalization gap.",
    ),
)

TOPIC.ask(
    1,
    "sec-overfitting-split",
    Words(
        "Wozu dienen die Validierungsdaten?",
        "Du wählst mit ihnen zwischen Netzen und Einstellungen.",
        {
            "Das Netz lernt mit ihnen seine Gewichte.": "Dazu dienen die Trainingsdaten.",
            "Du misst mit ihnen ein einziges Mal, ganz am Ende.": "Dazu dienen die Testdaten. Wer mit ihnen "
            "auswählt, hat hinterher keine neuen Daten mehr.",
            "Du ersetzt mit ihnen fehlerhafte Trainingsbilder.": (
                "Sie bleiben vom Training getrennt. Was das Netz im Training gesehen hat, taugt nicht mehr "
                "zum Vergleichen."
            ),
        },
        "Training: Das Netz lernt. Validierung: Du entscheidest. Test: Du misst einmal, am Ende.",
    ),
    Words(
        "What are the validation data for?",
        "You use them to choose between networks and settings.",
        {
            "The network learns its weights from them.": "That is what the training data are for.",
            "You use them to measure a single time, at the very end.": "That is what the test data are for. "
            "Whoever chooses with them has no new data left.",
            "You use them to replace faulty training images.": (
                "They stay apart from training. What the network has seen in training is of no use for "
                "comparing."
            ),
        },
        "Training: the network learns. Validation: you decide. Test: you measure once, at the end.",
    ),
)

TOPIC.ask(
    1,
    "sec-overfitting-more",
    Words(
        "Early Stopping mit `patience=5`: Was bedeutet die 5?",
        "So viele Epochen ohne neuen Bestwert wartet es ab, bevor es aufhört.",
        {
            "So viele Epochen dauert das Training höchstens.": "Das legt `epochs` fest. Early Stopping kann "
            "nur früher aufhören.",
            "So viele Epochen vergehen, bevor es zum ersten Mal misst.": "Gemessen wird nach jeder Epoche, "
            "auch nach der ersten.",
            "So viele Epochen lässt es den Verlust unverändert.": "Early Stopping ändert den Verlust nicht. "
            "Es beobachtet ihn nur.",
        },
        "Die Kurven schwanken. Wer zu wenig wartet, hört vor dem Tiefpunkt auf.",
    ),
    Words(
        "Early stopping with `patience=5`: what does the 5 mean?",
        "It waits for this many epochs without a new best value before it stops.",
        {
            "Training lasts for at most this many epochs.": "That is what `epochs` says. Early stopping can "
            "only stop earlier.",
            "This many epochs pass before it measures for the first time.": "It measures after every epoch, "
            "the first one included.",
            "It keeps the loss unchanged for this many epochs.": "Early stopping does not change the loss. "
            "It only watches it.",
        },
        "The curves fluctuate. Whoever waits too little stops before the lowest point.",
    ),
)

TOPIC.ask(
    2,
    "sec-overfitting-gap",
    Words(
        "Auf neuen Bildern steigt der Verlust, die Genauigkeit bleibt gleich. Was ist geschehen?",
        "Das Netz ist sich bei seinen Irrtümern sicherer geworden.",
        {
            "Das Netz irrt sich auf neuen Bildern immer öfter.": "Dann wäre die Genauigkeit gefallen.",
            "Das Netz hat seine Trainingsbilder wieder vergessen.": (
                "Über die Trainingsbilder sagen beide Zahlen nichts, denn sie sind auf neuen Bildern "
                "gemessen."
            ),
            "Eine der Zahlen ist falsch, denn sie widersprechen sich.": (
                "Sie messen Verschiedenes: Die Genauigkeit zählt Treffer, der Verlust bewertet auch die "
                "Wahrscheinlichkeiten."
            ),
        },
        "Der Verlust ist das Mittel von −ln p. Ein überzeugter Irrtum (p nahe 0) kostet sehr viel.",
    ),
    Words(
        "On new images, the loss rises while the accuracy stays the same. What has happened?",
        "The network has become more confident in its mistakes.",
        {
            "The network is wrong on new images more and more often.": "Then the accuracy would have fallen.",
            "The network has forgotten its training images.": "Neither number says anything about the "
            "training images: both were measured on new ones.",
            "One of the numbers is wrong, for they contradict each other.": (
                "They measure different things: the accuracy counts hits, the loss judges the probabilities "
                "as well."
            ),
        },
        "The loss is the mean of −ln p. A confident mistake (p close to 0) costs a great deal.",
    ),
)

TOPIC.ask(
    2,
    "sec-overfitting-gap",
    Words(
        "Netz A: Genauigkeit 0,60 im Training, 0,60 auf neuen Daten. Netz B: 0,99 und 0,90. Welches nimmst "
        "du?",
        "B, denn es ist auf neuen Daten besser.",
        {
            "A, denn es hat keine Lücke.": "Eine Lücke ist noch kein Versagen. A ist auf neuen Daten viel "
            "schlechter.",
            "B, denn es hat die kleinere Lücke.": "Die Lücke von B ist 0,09, die von A ist 0. Für B spricht "
            "etwas anderes.",
            "Keines, denn beide haben Overfitting.": "A hat gar keine Lücke, es ist überall gleich schlecht. "
            "Und B ist brauchbar.",
        },
        "Am Ende zählt der Wert auf neuen Daten. Die Lücke sagt nur, wo du suchen sollst.",
    ),
    Words(
        "Network A: accuracy 0.60 in training, 0.60 on new data. Network B: 0.99 and 0.90. Which one do you "
        "take?",
        "B, because it is better on new data.",
        {
            "A, because it has no gap.": "A gap is not yet a failure. A is much worse on new data.",
            "B, because it has the smaller gap.": "The gap of B is 0.09, that of A is 0. There is another "
            "reason to take B.",
            "Neither, because both overfit.": "A has no gap at all, it is equally bad everywhere. And B is "
            "of use.",
        },
        "In the end, the value on new data counts. The gap only tells you where to look.",
    ),
)

TOPIC.ask(
    2,
    "sec-overfitting-dropout",
    Words(
        "Mit Dropout sieht die Lücke im Verlauf (`history`) zu klein aus. Warum?",
        "Die Trainingsgenauigkeit ist mit ausgeschalteten Neuronen gemessen.",
        {
            "Auf den Validierungsdaten sind die Neuronen ausgeschaltet.": "Umgekehrt: Dort rechnen alle "
            "Neuronen mit, denn Dropout wirkt nur im Training.",
            "Dropout zeigt dem Netz nur einen Teil der Trainingsbilder.": "Dropout setzt Aktivierungen auf "
            "null. Die Bilder sind alle da.",
            "Dropout schließt die Lücke, sie ist wirklich so klein.": (
                "Nach dem Training gleich gemessen ist sie größer. Dropout verringert Overfitting, beseitigt "
                "es aber nicht."
            ),
        },
        "Miss nach dem Training beide Werte gleich, mit allen Neuronen.",
    ),
    Words(
        "With dropout, the gap in the history (`history`) looks too small. Why?",
        "The training accuracy is measured with units switched off.",
        {
            "On the validation data, the units are switched off.": "The other way round: all units take part "
            "there, because dropout acts in training only.",
            "Dropout shows the network only some of the training images.": "Dropout sets activations to "
            "zero. All the images are there.",
            "Dropout closes the gap, it really is that small.": (
                "Measured in the same way after training, it is larger. Dropout reduces overfitting but does "
                "not remove it."
            ),
        },
        "After training, measure both values in the same way, with all units.",
    ),
)

TOPIC.ask(
    2,
    "sec-overfitting-remedies",
    Words(
        "Ordne zu. 1: Dropout, 2: Augmentierung, 3: Weight Decay. A: verändert die Trainingsbilder, B: "
        "setzt im Training Zahlen auf null, C: verkleinert in jedem Schritt die Gewichte. Was passt?",
        "1B, 2A, 3C",
        {
            "1C, 2A, 3B": (
                "Dropout und Weight Decay sind vertauscht. Dropout trifft die Aktivierungen, nicht die "
                "Gewichte."
            ),
            "1A, 2B, 3C": (
                "Dropout und Augmentierung sind vertauscht. Augmentierung verändert die Bilder, bevor das "
                "Netz sie sieht."
            ),
            "1B, 2C, 3A": "Augmentierung und Weight Decay sind vertauscht. Nur Augmentierung verändert "
            "Bilder.",
        },
        "Die drei Mittel greifen an drei Stellen ein: an den Bildern, an den Aktivierungen, an den "
        "Gewichten.",
    ),
    Words(
        "Match. 1: dropout, 2: augmentation, 3: weight decay. A: changes the training images, B: sets "
        "numbers to zero in training, C: makes the weights smaller in every step. Which goes together?",
        "1B, 2A, 3C",
        {
            "1C, 2A, 3B": "Dropout and weight decay are swapped. Dropout acts on the activations, not on the "
            "weights.",
            "1A, 2B, 3C": (
                "Dropout and augmentation are swapped. Augmentation changes the images before the network "
                "sees them."
            ),
            "1B, 2C, 3A": "Augmentation and weight decay are swapped. Only augmentation changes images.",
        },
        "The three remedies act in three places: on the images, on the activations, on the weights.",
    ),
)

TOPIC.ask(
    3,
    "correction-overfitting-gap",
    Words(
        "Ein Netz hat Trainingsbilder mit zufälligen Labels gelernt. Welcher Satz ist falsch?",
        "Mit den echten Labels kann dasselbe Netz darum nichts Brauchbares lernen.",
        {
            "Es erreicht auf seinen Trainingsbildern eine hohe Genauigkeit.": "Der Satz stimmt: Das Netz "
            "kann sich die Bilder merken, im Versuch zu über 95 %.",
            "Auf neuen Bildern ist es kaum besser als beim Raten.": "Der Satz stimmt: In zufälligen Labels "
            "steckt nichts, was sich übertragen ließe.",
            "Seine Trainingsgenauigkeit beweist nicht, dass es generalisiert.": "Der "
            "Satz stimmt: Auch Unsinn lässt sich auswendig lernen.",
        },
        "Ein Netz, das sich Unsinn merken kann, kann mit echten Labels trotzdem generalisieren.",
    ),
    Words(
        "A network has learned training images with random labels. Which sentence is wrong?",
        "That is why the same network cannot learn anything useful from the true labels.",
        {
            "It reaches a high accuracy on its training images.": (
                "The sentence is right: the network can memorize the images, more than 95% of them in the "
                "experiment."
            ),
            "On new images, it is hardly better than guessing.": "The sentence is right: random labels hold "
            "nothing that would carry over.",
            "Its training accuracy does not prove that it generalizes.": "The "
            "sentence is right: nonsense can be memorized, too.",
        },
        "A network that is able to memorize nonsense can still generalize from the true labels.",
    ),
)

TOPIC.ask(
    3,
    "sec-overfitting-split",
    Words(
        "Tausend Netze raten nur, bei zehn Klassen. Auf 100 Validierungsbildern hat das beste 17 %. Was "
        "erwartest du von ihm auf neuen Bildern?",
        "etwa 10 %, denn die 17 % kommen vom Auswählen",
        {
            "etwa 17 %, denn es ist nachweislich das beste": (
                "Unter tausend, die raten, hat immer eines Glück. Die Bilder zum Auswählen sind nicht mehr "
                "neu."
            ),
            "unter 10 %, denn es ist an die 100 Bilder angepasst": "Es hat nichts gelernt, auch nichts "
            "Falsches. Es rät wie alle anderen.",
            "0 %, denn das Netz hat ja nichts gelernt": "Wer bei zehn Klassen rät, trifft jedes zehnte Mal.",
        },
        "Wer auf denselben Bildern auswählt und misst, misst zu gut. Darum gibt es eigene Testdaten.",
    ),
    Words(
        "A thousand networks merely guess among ten classes. On 100 validation images, the best one gets "
        "17%. What do you expect of it on new images?",
        "about 10%, because the 17% come from choosing",
        {
            "about 17%, because it is proven to be the best": (
                "Among a thousand that guess, one is always lucky. The images used for choosing are no "
                "longer new."
            ),
            "below 10%, because it is fitted to the 100 images": "It has learned nothing, nothing wrong "
            "either. It guesses like all the others.",
            "0%, because the network has not learned anything": "Whoever guesses among ten classes is right "
            "one time in ten.",
        },
        "Choosing and measuring on the same images measures too well. That is why there are test data.",
    ),
)
