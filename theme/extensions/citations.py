"""Citations in the edition's language: "Glorot und Bengio (2010)", "Islam u. a. (2020)".

``{cite:t}`glorot2010` `` names the authors in the sentence, ``{cite:p}`glorot2010` `` puts them in brackets.
The list of sources is sorted by author and year, so that a reader finds what a citation names.
"""

from pybtex import plugin as listing
from pybtex.style.formatting import toplevel
from pybtex.style.formatting.unsrt import Style as Unsorted
from pybtex.style.template import field, first_of, join, names, optional, sentence, tag
from sphinxcontrib.bibtex import plugin as citing
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

from extensions.words import PAGE

KINDS = ("article", "book", "inproceedings", "misc")


def reference_style(words):
    """The class that writes citations with these words for "and" and "et al."."""
    last = f" {words['and']} "

    class Citations(AuthorYearReferenceStyle):
        def __init__(self):
            super().__init__(
                bracket_textual=BracketStyle("(", ")", sep=", "),
                bracket_parenthetical=BracketStyle("(", ")", sep="; "),
                person=PersonStyle(sep2=last, last_sep=last, other=f" {words['et_al']}"),
                author_year_sep=" ",
            )

    return Citations


def list_style(words):
    """The class that writes one line of the list: authors (year). Title. Where it appeared. Link."""

    last = f" {words['and']} "

    class Sources(Unsorted):
        default_name_style = "lastfirst"
        default_sorting_style = "author_year_title"

        def __init__(self, **options):
            super().__init__(**{**options, "abbreviate_names": True})

        def line(self, entry):
            authors = names("author", sep=", ", sep2=last, last_sep=last)
            issue = join[field("volume"), optional["(", field("number"), ")"]]
            journal = join[field("journal"), " ", issue, optional[", ", field("pages")]]
            venue = first_of[optional[journal], optional[field("booktitle")], optional[field("publisher")]]
            return toplevel[
                sentence[join[authors, " (", field("year"), ")"]],
                sentence[tag("em")[field("title")]],
                optional[sentence[venue]],
                self.format_web_refs(entry),
            ]

    for kind in KINDS:
        setattr(Sources, f"get_{kind}_template", Sources.line)
    return Sources


def register_styles(_app, config):
    """Offer both styles under the name ``edition``."""
    words = PAGE[config.language]
    citing.register_plugin("sphinxcontrib.bibtex.style.referencing", "edition", reference_style(words))
    listing.register_plugin("pybtex.style.formatting", "edition", list_style(words))


def use_allowed_role(_app, _pagename, _template, context, _doctree):
    """ARIA allows docutils' role of a source only on list items, which these ``<div>`` of a list are not."""
    context["body"] = context.get("body", "").replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app):
    app.connect("config-inited", register_styles, priority=100)
    app.connect("html-page-context", use_allowed_role)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
