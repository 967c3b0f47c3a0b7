"""The words in which verdicts on answers are said."""

SAY = {
    "de": {
        "right": "Richtig.",
        "right_but_comma": "Richtig. Im Deutschen trennt der Punkt die Tausender, nicht das Komma.",
        "wrong": "Das stimmt nicht. Sieh dir die Lösung an oder versuche es noch einmal.",
        "rough": "Das ist zu stark gerundet, um sicher zu sein. Schreibe mehr Stellen.",
        "comma": "Komma oder Tausenderpunkt? Im Deutschen steht das Komma vor den Nachkommastellen.",
        "no_number": "Gefragt ist eine Zahl{unit}, nicht {answer!r}. Schreibe sie wie 34.944.",
        "channels_missing": "Höhe und Breite stimmen. Es fehlen die Kanäle.",
        "unit_wrong": "Die Zahl stimmt, die Einheit nicht. Gefragt ist sie in {unit}.",
        "unit_other": "Die Zahl stimmt in {right}. Gefragt ist sie in {unit}.",
        "no_calculation": "Diese Rechnung geht nicht: {answer!r}. Schreibe sie wie 96*(11*11*3+1).",
        "no_choice": "Gefragt ist einer der Buchstaben vor den Antworten, nicht {answer!r}.",
        "no_shape": "Gefragt ist eine Form, nicht {answer!r}. Schreibe sie wie 55 × 55 × 96.",
    },
    "en": {
        "right": "Right.",
        "right_but_comma": "Right. In English, the comma separates the thousands, not the point.",
        "wrong": "That is not right. Look at the solution, or try again.",
        "rough": "That is rounded too much to be sure. Write more digits.",
        "comma": "Decimals or thousands? In English, the point stands before the decimals.",
        "no_number": "The question asks for a number{unit}, not {answer!r}. Write it like 34,944.",
        "channels_missing": "Height and width are right. The channels are missing.",
        "unit_wrong": "The number is right, the unit is not. The question asks for it in {unit}.",
        "unit_other": "The number is right in {right}. The question asks for it in {unit}.",
        "no_calculation": "This calculation cannot be worked out: {answer!r}. Write it like 96*(11*11*3+1).",
        "no_choice": "The question asks for one of the letters before the choices, not {answer!r}.",
        "no_shape": "The question asks for a shape, not {answer!r}. Write it like 55 × 55 × 96.",
    },
}
"""What ``check`` says, by language."""
