"""How an anatomy looks: in a terminal, in a notebook, and as a DataFrame."""

from html import escape

__all__ = ["frame", "html", "text", "training_text"]

_COLUMNS = ("Layer", "Kind", "Output", "Parameters", "Share", "MACs", "Share", "Weights", "Activations")
_WORDS = 3  # the columns that hold words and stand on the left; the others hold numbers

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
""".strip()
_BAR = "background-image: linear-gradient(90deg, rgba(0, 114, 178, .35) {0:.1f}%, transparent {0:.1f}%)"


def text(anatomy):
    """Draw the table with spaces and rules, for a terminal."""
    rows = [_COLUMNS, *_rows(anatomy), _totals(anatomy)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    return "\n".join([_caption(anatomy), rule, lines[0], rule, *lines[1:-1], rule, lines[-1]])


def html(anatomy):
    """Write the table for a notebook: it scrolls inside itself and takes the page's colours."""
    label = f"Anatomy of {escape(anatomy.name)}"
    body = "\n".join(_html_row(row, "td", bars=True) for row in _rows(anatomy))
    return (
        f'<style>{_CSS}</style>\n<div class="cnn-anatomy">\n<p>{escape(_caption(anatomy))}</p>\n'
        f'<div role="region" aria-label="{label}" tabindex="0">\n<table>\n'
        f"<thead>{_html_row(_COLUMNS, 'th')}</thead>\n<tbody>\n{body}\n</tbody>\n"
        f"<tfoot>{_html_row(_totals(anatomy), 'td')}</tfoot>\n</table>\n</div>\n</div>"
    )


def frame(anatomy):
    """Make a DataFrame with exact numbers; shares are between 0 and 1."""
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
    parts = ("parameters", "gradients", "optimizer_state", "activations", "total")
    return "\n".join(
        f"{part.replace('_', ' '):<16}{_bytes(getattr(training, part)):>10}  "
        f"{_share(getattr(training, part), training.total):>6.1%}"
        for part in parts
    )


# -- the cells -------------------------------------------------------------------------------------


def _rows(anatomy):
    return [
        (
            layer.name + (f" (called {layer.calls} times)" if layer.calls > 1 else ""),
            layer.kind,
            _size(layer.output_shape),
            f"{layer.parameters:,}",
            _percent(layer.parameters, anatomy.total_parameters),
            "unknown" if layer.macs is None else f"{layer.macs:,}",
            _percent(layer.macs, anatomy.total_macs),
            _bytes(layer.parameter_bytes),
            _bytes(layer.activation_bytes),
        )
        for layer in anatomy.layers
    ]


def _totals(anatomy):
    return (
        "Total",
        "",
        "",
        f"{anatomy.total_parameters:,}",
        "",
        f"{'at least ' if anatomy.unknown else ''}{anatomy.total_macs:,}",
        "",
        _bytes(anatomy.parameter_bytes),
        _bytes(anatomy.activation_bytes),
    )


def _caption(anatomy):
    least = "at least " if anatomy.unknown else ""
    return (
        f"{anatomy.name}: input {', '.join(map(_size, anatomy.input_shapes))} · batch {anatomy.batch_size} · "
        f"{anatomy.dtype} · {anatomy.total_parameters:,} parameters "
        f"({anatomy.non_trainable_parameters:,} non-trainable) · {least}{_count(anatomy.total_macs)} MACs = "
        f"{_count(anatomy.total_flops)} FLOPs per image"
    )


def _html_row(cells, tag, bars=False):
    written = []
    for index, (column, cell) in enumerate(zip(_COLUMNS, cells, strict=True)):
        attributes = ' class="word"' if index < _WORDS else ""
        attributes += ' scope="col"' if tag == "th" else ""
        if bars and column == "Share" and cell:
            attributes += f' style="{_BAR.format(float(cell.rstrip("%")))}"'
        written.append(f"<{tag}{attributes}>{escape(cell)}</{tag}>")
    return f"<tr>{''.join(written)}</tr>"


def _aligned(row, widths):
    for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if index < _WORDS else cell.rjust(width)


def _size(shape):
    return " \N{MULTIPLICATION SIGN} ".join(map(str, shape))


def _share(part, total):
    return part / total if total else 0.0


def _percent(part, total):
    """Nothing and unknown stay empty, so that the table shows where something is."""
    return f"{_share(part, total):.1%}" if part else ""


def _bytes(count):
    """1 kB = 1000 B."""
    return f"{count} B" if count < 1000 else _scaled(count, ("kB", "MB", "GB", "TB"))


def _count(count):
    """Write a count out below a million: "416.520 k" reads as 416 million in German."""
    return f"{count:,}" if count < 10**6 else _scaled(count, ("k", "M", "G", "T"))


def _scaled(count, units):
    """Write a count of at least 1000 with three decimals, in the unit that leaves the fewest digits."""
    thousands = 1 + sum(count >= 1000**power * 999.9995 for power in range(1, len(units)))
    return f"{count / 1000**thousands:.3f} {units[thousands - 1]}"
