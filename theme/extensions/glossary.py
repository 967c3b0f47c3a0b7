"""The glossary: terms in the order of the edition's language, each with its counterpart in the other one.

````md
```{glossary}
:::{entry} Faltung
:label: convolution
:other: convolution
:also: Kreuzkorrelation, Faltungen
Ein Fenster … Mehr: [Layer-Typen](layers.md).
:::
```
````

Both editions hold the same labels, in the same order of the source; the page sorts by term. A term is
linked from any page by ``{term}`Faltung` ``, and so is every other name of it (``also``).
"""

import unicodedata
from itertools import groupby

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from extensions.edition import OTHER
from extensions.words import PAGE


class Glossary(SphinxDirective):
    """Sorts the entries inside it, and gives every letter a heading."""

    has_content = True

    def run(self):
        entries = [node for node in self.parse_content_to_nodes() if "sorted_by" in node]
        entries.sort(key=lambda node: node["sorted_by"])
        letters = groupby(entries, lambda node: node["sorted_by"][0].upper())
        return [self.section(letter, list(group)) for letter, group in letters]

    def section(self, letter, entries):
        heading = nodes.title("", letter)
        terms = nodes.definition_list("", *entries, classes=["glossary"])
        return nodes.section("", heading, terms, ids=[f"letter-{letter.lower()}"], names=[])


class Entry(SphinxDirective):
    """One term: what it is called in both languages, and what it means."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {  # noqa: RUF012
        "label": directives.unchanged_required,
        "other": directives.unchanged_required,
        "also": directives.unchanged_required,
    }

    def run(self):
        self.assert_has_content()
        missing = [name for name in ("label", "other") if name not in self.options]
        if missing:
            raise self.error(f"The entry {self.arguments[0]!r} needs :{missing[0]}:.")
        term, anchor = self.arguments[0], f"term-{self.options['label']}"
        also = [name.strip() for name in self.options.get("also", "").split(",") if name.strip()]
        node = nodes.definition_list_item("", self.term(term, also, anchor))
        node["sorted_by"] = alphabetical(term)
        node["called"] = [term, *also, self.options["other"]]  # the search asks for it
        node += nodes.definition("", *self.parse_content_to_nodes())
        self.set_source_info(node)
        for name in (term, *also):
            self.env.get_domain("std")._note_term(name, anchor, location=node)
        return [node]

    def term(self, term, also, anchor):
        """The names, and the link to the same entry in the other edition."""
        words, other = PAGE[self.config.language], OTHER[self.config.language]
        up = "../" * (self.env.docname.count("/") + 1)
        address = f"{up}{other}/{self.env.docname}.html#{anchor}"
        counterpart = nodes.inline("", self.options["other"], classes=[f"language-{other}"])
        link = nodes.reference("", "", counterpart, refuri=address, internal=True)
        names = [nodes.strong("", term)]
        if also:
            names.append(nodes.inline("", f" ({words['also']} {', '.join(also)})", classes=["also"]))
        named = nodes.inline("", f"{words['in_other_edition']}: ", link, classes=["counterpart"])
        return nodes.term("", "", *names, named, ids=[anchor])


def alphabetical(term):
    """The key of German dictionaries (DIN 5007-1): ä as a, ß as ss, capitals as small letters."""
    apart = unicodedata.normalize("NFKD", term.casefold())
    return "".join(letter for letter in apart if letter.isalnum() or letter == " ")


def setup(app):
    app.add_directive_to_domain("std", "glossary", Glossary, override=True)
    app.add_directive("entry", Entry)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
