"""What makes two books one: the language switch, metadata of each page, words of the interface.

Both editions hold the same page names, so the other edition of a page is found by a relative path,
which also works for files opened from disk. Only addresses that must be absolute (canonical, hreflang,
OpenGraph) start with the site's, and a site that has none goes without them.
"""

import gettext
import json
import re
from pathlib import Path

from docutils import nodes
from sphinx import locale

from extensions.address import site_url
from extensions.cover import draw_cover
from extensions.words import GERMAN, GERMAN_SEARCH, PAGE

OTHER = {"de": "en", "en": "de"}
LOCALES = {"de": "de_DE", "en": "en_GB"}
UNTRANSLATED_PAGES = {"genindex", "search"}  # made by Sphinx: no description, not for search engines
DESCRIPTION_LENGTH = 200
REFERENCE = ("book/glossary", "book/errata", "book/notes-map", "book/bibliography")  # the footer leads there


class Words(gettext.NullTranslations):
    """Our words first, the themes' translation for everything else."""

    def __init__(self, words, fallback):
        super().__init__()
        self.words = words
        self.add_fallback(fallback)

    def gettext(self, message):
        return self.words.get(message) or super().gettext(message)


def prefer_our_words(app, config):
    """Put our German in front of every catalog of Sphinx and the themes."""
    if config.language == "de":
        for key, catalog in list(locale.translators.items()):
            locale.translators[key] = Words(GERMAN, catalog)
        app.translator = locale.translators["general", "sphinx"]


def add_page_context(app, pagename, _template, context, doctree):
    """Hand the templates what they show on this page."""
    language = app.config.language
    root = "../" * (pagename.count("/") + 1)
    site = site_url()
    source = context.get("sourcename") or ""
    context.update(
        words=PAGE[language],
        footer_titles={name: app.env.titles[name].astext().partition(":")[0] for name in REFERENCE},
        default_mode="light",  # without a script; with one, layout.html chooses before the first paint
        edition=language,
        other_edition=OTHER[language],
        other_url=f"{root}{OTHER[language]}/{pagename}.html",
        site_root=root,
        page_urls={edition: f"{site}{edition}/{pagename}.html" for edition in OTHER} if site else {},
        page_locales={"own": LOCALES[language], "other": LOCALES[OTHER[language]]},
        cover_url=f"{site}{language}/_static/cover.png" if site else "",
        description=describe(doctree) if doctree else "",
        notebook=f"_sources/{source}" if source.endswith(".ipynb") else None,
        indexed=pagename not in UNTRANSLATED_PAGES,
    )


def describe(doctree):
    """The first paragraph of a page as one line of plain text, cut between words."""
    paragraph = next((node for node in doctree.findall(nodes.paragraph) if node.astext().strip()), None)
    text = " ".join(paragraph.astext().split()) if paragraph else ""
    if len(text) <= DESCRIPTION_LENGTH:
        return text
    return text[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + " …"


def finish(app, error):
    """Write the preview picture, and complete the words of Sphinx' search."""
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    draw_cover(static / "cover.png", app.config.html_title, app.config.cover_lines)
    translations = static / "translations.js"
    if app.config.language == "de" and translations.is_file():
        catalog = json.loads(re.search(r"\{.*\}", translations.read_text(encoding="utf-8"), re.DOTALL)[0])
        translations.write_text(spoken(catalog), encoding="utf-8")


def spoken(catalog):
    """The script with the words of Sphinx' search; Sphinx' own makes code of a text, which no page allows."""
    words = json.dumps(catalog["messages"] | GERMAN_SEARCH)
    return (
        f"Object.assign(Documentation.TRANSLATIONS, {words});\n"
        f"Documentation.PLURAL_EXPR = (n) => Number({catalog['plural_expr']});\n"
        f"Documentation.LOCALE = {json.dumps(catalog['locale'])};\n"
    )


def setup(app):
    app.add_config_value("cover_lines", [], "html", list)
    app.connect("config-inited", prefer_our_words)
    app.connect("html-page-context", add_page_context)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
