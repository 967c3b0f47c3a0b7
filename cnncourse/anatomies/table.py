"""How an anatomy looks: in a terminal, in a notebook, and as a DataFrame.

What a reader sees is in the language in force, numbers and all; a DataFrame is code and stays English.
"""

from html import escape

from cnncourse.language import spoken

__all__ = ["frame", "html", "text", "training_text"]

_COLUMNS = (
    ("Schicht", "Layer"),
    ("Art", "Kind"),
    ("Ausgabe", "Output"),
    ("Parameter", "Parameters"),
    ("Anteil", "Share"),
    ("MACs", "MACs"),
    ("Anteil", "Share"),
    ("Gewichte", "Weights"),
    ("Aktivierungen", "Activations"),
)
_WORDS = 3  # the columns that hold words and stand on the left; the others hold numbers
_BARS = {4: "parameters", 6: "macs"}  # the columns that show a share as a bar, too

_KINDS = {
    "activation": "Aktivierung",
    "attention": "Attention",
    "convolution": "Faltung",
    "dense": "Dense",
    "depthwise convolution": "kanalweise Faltung",
    "dot product": "Skalarprodukt",
    "dropout": "Dropout",
    "einsum dense": "Dense (einsum)",
    "grouped convolution": "gruppierte Faltung",
    "identity": "Identität",
    "image preparation": "Bildvorbereitung",
    "lookup": "Nachschlagen",
    "lookup and back": "Nachschlagen und zurück",
    "merge": "Zusammenführung",
    "normalization": "Normalisierung",
    "operation": "Operation",
    "own weights": "eigene Gewichte",
    "pooling": "Pooling",
    "recurrent": "rekurrent",
    "reshape": "Umformung",
    "scaling": "Skalierung",
    "separable convolution": "separable Faltung",
    "transposed convolution": "transponierte Faltung",
    "unknown": "unbekannt",
}
"""The kinds of layers in German; one that is missing here is shown in English."""

_TRAINING = {
    "parameters": ("Parameter", "parameters"),
    "gradients": ("Gradienten", "gradients"),
    "optimizer_state": ("Optimierer", "optimizer state"),
    "activations": ("Aktivierungen", "activations"),
    "total": ("Summe", "total"),
}

_FIELDS = (
    *("name", "kind", "output_shape", "parameters", "trainable_parameters", "non_trainable_parameters"),
    *("macs", "flops", "calls", "parameter_bytes", "activation_bytes"),
)

_CSS = """
.cnn-anatomy { margin-top: .75em; }
.cnn-anatomy > div { max-width: 100%; max-height: 40rem; overflow: auto; }
.cnn-anatomy table { border-collapse: collapse; color: inherit; font-size: .85em;
  font-variant-numeric: tabular-nums; }
.cnn-anatomy :is(th, td) { padding: .2em .4em; text-align: right; white-space: nowrap; font-weight: normal;
  background-color: transparent; border: 0; border-bottom: 1px solid rgba(128, 128, 128, .3); }
.cnn-anatomy :is(th, td).word { text-align: left; }
.cnn-anatomy :is(th, tfoot td) { font-weight: bold; }
.cnn-anatomy { container-type: inline-size; }
@container (width < 58em) {
.cnn-anatomy :is(table, thead, tbody, tfoot) { display: block; width: 100%; }
.cnn-anatomy tr { display: grid; padding: .25em 0; border-bottom: 1px solid rgba(128, 128, 128, .3);
  grid-template-columns: 50fr 52fr 44fr 26fr 48fr 26fr; }
.cnn-anatomy :is(th, td) { min-width: 0; padding: .05em .3em; border: 0; }
.cnn-anatomy .word { white-space: normal; overflow-wrap: anywhere; }
.cnn-anatomy :is(th, td):nth-child(2) { grid-area: 2 / 1; }
.cnn-anatomy :is(th, td):nth-child(8) { grid-area: 2 / 3; }
.cnn-anatomy :is(th, td):nth-child(9) { grid-area: 2 / 5; }
}
@container (width < 34em) {
.cnn-anatomy > div { max-height: none; }
.cnn-anatomy tr { grid-template-columns: 30fr 27fr 31fr; }
.cnn-anatomy :is(th, td):nth-child(3) { grid-area: 3 / 1; }
.cnn-anatomy :is(th, td):nth-child(4) { grid-area: 1 / 2; }
.cnn-anatomy :is(th, td):nth-child(5) { grid-area: 2 / 2; }
.cnn-anatomy :is(th, td):nth-child(6) { grid-area: 1 / 3; }
.cnn-anatomy :is(th, td):nth-child(7) { grid-area: 2 / 3; }
.cnn-anatomy :is(th, td):nth-child(8) { grid-area: 3 / 2; }
.cnn-anatomy :is(th, td):nth-child(9) { grid-area: 3 / 3; }
}
""".strip()
"""The table; where nine columns have no room, a layer takes two lines, and three on a phone."""
_BAR = "background-image: linear-gradient(90deg, rgba(0, 114, 178, .35) {0:.1f}%, transparent {0:.1f}%)"


def text(anatomy):
    """Draw the table with spaces and rules, for a terminal."""
    say = spoken()
    rows = [_heads(say), *_rows(anatomy, say), _totals(anatomy, say)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    return "\n".join([_caption(anatomy, say), rule, lines[0], rule, *lines[1:-1], rule, lines[-1]])


def html(anatomy):
    """Write the table for a notebook: it scrolls inside itself and takes the page's colours."""
    say = spoken()
    label = escape(say.pick(("Anatomie von ", "Anatomy of ")) + anatomy.name)
    rows = zip(anatomy.layers, _rows(anatomy, say), strict=True)
    body = "\n".join(_html_row(row, "td", _bars(layer, anatomy)) for layer, row in rows)
    return (
        f'<style>{_CSS}</style>\n<div class="cnn-anatomy">\n<p>{escape(_caption(anatomy, say))}</p>\n'
        f'<div role="region" aria-label="{label}" tabindex="0">\n<table>\n'
        f"<thead>{_html_row(_heads(say), 'th')}</thead>\n<tbody>\n{body}\n</tbody>\n"
        f"<tfoot>{_html_row(_totals(anatomy, say), 'td')}</tfoot>\n</table>\n</div>\n</div>"
    )


def frame(anatomy):
    """Make a DataFrame with exact numbers and English names; shares are between 0 and 1."""
    import pandas as pd

    table = pd.DataFrame(
        [[getattr(layer, name) for name in _FIELDS] for layer in anatomy.layers], columns=_FIELDS
    )
    table = table.astype({"macs": "Int64", "flops": "Int64"})  # whole numbers that may be missing
    table["parameter_share"] = [
        _share(layer.parameters, anatomy.total_parameters) for layer in anatomy.layers
    ]
    table["mac_share"] = [_share(layer.macs or 0, anatomy.total_macs) for layer in anatomy.layers]
    return table


def training_text(training):
    """Draw the four parts of the training memory and their sum."""
    say = spoken()
    names = {part: say.pick(pair) for part, pair in _TRAINING.items()}
    width = max(map(len, names.values()))
    return "\n".join(
        f"{name:<{width}}{_bytes(getattr(training, part), say):>11}  "
        f"{say.percent(_share(getattr(training, part), training.total)):>7}".rstrip()
        for part, name in names.items()
    )


# -- the cells -------------------------------------------------------------------------------------


def _heads(say):
    return tuple(map(say.pick, _COLUMNS))


def _rows(anatomy, say):
    unknown = say.pick(("unbekannt", "unknown"))
    return [
        (
            layer.name + (_times(layer.calls, say) if layer.calls > 1 else ""),
            say.pick((_KINDS.get(layer.kind, layer.kind), layer.kind)),
            say.number(layer.output_shape),
            say.number(layer.parameters),
            _percent(layer.parameters, anatomy.total_parameters, say),
            unknown if layer.macs is None else say.number(layer.macs),
            _percent(layer.macs, anatomy.total_macs, say),
            _bytes(layer.parameter_bytes, say),
            _bytes(layer.activation_bytes, say),
        )
        for layer in anatomy.layers
    ]


def _times(calls, say):
    return say.pick((f" ({calls}-mal aufgerufen)", f" (called {calls} times)"))


def _totals(anatomy, say):
    return (
        say.pick(("Summe", "Total")),
        "",
        "",
        say.number(anatomy.total_parameters),
        "",
        _least(anatomy, say) + say.number(anatomy.total_macs),
        "",
        _bytes(anatomy.parameter_bytes, say),
        _bytes(anatomy.activation_bytes, say),
    )


def _least(anatomy, say):
    return say.pick(("mindestens ", "at least ")) if anatomy.unknown else ""


def _caption(anatomy, say):
    inputs = ", ".join(map(say.number, anatomy.input_shapes))
    held, fixed = map(say.number, (anatomy.total_parameters, anatomy.non_trainable_parameters))
    macs, flops = (_count(count, say) for count in (anatomy.total_macs, anatomy.total_flops))
    words = (
        f"Eingabe {inputs} · Batch {anatomy.batch_size} · {anatomy.dtype} · {held} Parameter "
        f"({fixed} nicht trainierbar) · {_least(anatomy, say)}{macs} MACs = {flops} FLOPs je Bild",
        f"input {inputs} · batch {anatomy.batch_size} · {anatomy.dtype} · {held} parameters "
        f"({fixed} non-trainable) · {_least(anatomy, say)}{macs} MACs = {flops} FLOPs per image",
    )
    return f"{anatomy.name}: {say.pick(words)}"


def _bars(layer, anatomy):
    """Give the shares to show as bars, by their columns; nothing and unknown have none."""
    parts = {column: getattr(layer, name) for column, name in _BARS.items()}
    return {
        column: _share(part, getattr(anatomy, f"total_{_BARS[column]}"))
        for column, part in parts.items()
        if part
    }


def _html_row(cells, tag, bars=None):
    written = []
    for index, cell in enumerate(cells):
        attributes = ' class="word"' if index < _WORDS else ""
        attributes += ' scope="col"' if tag == "th" else ""
        if bars and index in bars:
            attributes += f' style="{_BAR.format(100 * bars[index])}"'
        written.append(f"<{tag}{attributes}>{escape(cell)}</{tag}>")
    return f"<tr>{''.join(written)}</tr>"


def _aligned(row, widths):
    for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if index < _WORDS else cell.rjust(width)


def _share(part, total):
    return part / total if total else 0.0


def _percent(part, total, say):
    """Nothing and unknown stay empty, so that the table shows where something is."""
    return say.percent(_share(part, total)) if part else ""


def _bytes(count, say):
    """1 kB = 1000 B."""
    return f"{count} B" if count < 1000 else _scaled(count, ("kB", "MB", "GB", "TB"), say)


def _count(count, say):
    """Write a count out below a million, in a unit from there on."""
    return say.number(count) if count < 10**6 else _scaled(count, ("k", "M", "G", "T"), say)


def _scaled(count, units, say):
    """Write a count of at least 1000 with three decimals, in the unit that leaves the fewest digits."""
    thousands = 1 + sum(count >= 1000**power * 999.9995 for power in range(1, len(units)))
    return f"{say.number(count / 1000**thousands, 3)} {units[thousands - 1]}"
