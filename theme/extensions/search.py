"""What the search finds, and in which order.

Beyond Sphinx's index, ours takes a number for one word however it is grouped (34.944, 34,944 and 34944
are the same), knows how each stem is spelled ("Did you mean …?") and which section explains a term of
the glossary. What it does with that in the browser is in ``static/search.js``.
"""

import io
import posixpath
import re
from collections import Counter
from functools import cache
from pathlib import Path

import sphinx.search
from docutils import nodes
from sphinx.search.de import SearchGerman
from sphinx.search.en import SearchEnglish

SCORES = Path(__file__).resolve().parent.parent / "templates" / "search-scores.js"
GLOSSARY = "book/glossary"
API = "book/api"

# Both are read by Python and by JavaScript. A comma of TeX stands in braces; a group has three digits.
GROUPED = r"(?<![0-9.,])[1-9][0-9]{0,2}(?:(?:[.,_\u2009\u202f]|\{,\})[0-9]{3})+(?![0-9])"
DECIMAL = r"[0-9]+(?:[.,]|\{,\})[0-9]+"
_GROUPED, _WORD = re.compile(GROUPED), re.compile(rf"{DECIMAL}|\w+")
SPLIT = """var splitQuery = (query) => {
  const ungrouped = query.replace(/GROUPED/g, (number) => number.replace(/[^0-9]/g, ""));
  const found = ungrouped.match(/DECIMAL|[\\p{Letter}\\p{Number}_\\p{Emoji_Presentation}]+/gu) || [];
  return found.map((word) => word.replace(/[{},]+/, "."));
};"""


def split(text):
    """The words of a text; a number is one of them.

    >>> split("34.944 Parameter, 139{,}776 Byte und 0,5 %")
    ['34944', 'Parameter', '139776', 'Byte', 'und', '0.5']
    """
    ungrouped = _GROUPED.sub(lambda number: re.sub("[^0-9]", "", number[0]), text)
    return [word if word.isalnum() else re.sub(r"[{},]+", ".", word) for word in _WORD.findall(ungrouped)]


def ending(stem, word):
    """What has to be written after a stem for the word: ``^`` starts it with a capital, ``=`` replaces it.

    >>> ending("paramet", "Parameter"), ending("faltung", "faltung"), ending("gross", "Größe")
    ('^er', '', '=Größe')
    """
    small = word[0].lower() + word[1:]
    if not small.startswith(stem):
        return f"={word}"
    return ("" if small == word else "^") + small[len(stem) :]


def spelled(stem, end):
    """The word again.

    >>> spelled("paramet", "^er"), spelled("gross", "=Größe")
    ('Parameter', 'Größe')
    """
    if end.startswith("="):
        return end[1:]
    return (stem + end.replace("^", "")).capitalize() if end.startswith("^") else stem + end


def ours(language):
    """A language of the search that keeps numbers whole, and every stem with the words it stands for.

    It finds the stem of a word once, not on every page anew; a number has none but itself.
    """

    class Ours(language):
        js_splitter_code = SPLIT.replace("GROUPED", GROUPED).replace("DECIMAL", DECIMAL)

        def init(self, options):
            super().init(options)
            self.stem_once = cache(super().stem)
            self.spellings = {}

        def split(self, text):
            return split(text)

        def stem(self, word):
            stem = word if word.isdecimal() else self.stem_once(word)
            self.spellings.setdefault(stem.lower(), Counter())[word] += 1  # the index asks once on each page
            return stem

    return Ours


class Index(sphinx.search.IndexBuilder):
    """Sphinx's index, with what our search page knows beyond it."""

    def load(self, stream, format):
        text = stream.read()
        super().load(io.StringIO(text), format)
        frozen = format.loads(text)
        for stem, end in zip(stems(frozen), frozen["spellings"].split(" "), strict=True):
            self.lang.spellings[stem] = Counter([spelled(stem, end)])

    def freeze(self):
        frozen = super().freeze()
        frozen["indexentries"] = {}  # names of the package, which are among the objects
        frozen["spellings"] = " ".join(ending(stem, self.usual(stem)) for stem in stems(frozen))
        frozen["explained"] = self.explained(frozen["docnames"])
        return frozen

    def usual(self, stem):
        words = self.lang.spellings.get(stem)
        return max(words, key=lambda word: (words[word], word)) if words else stem

    def explained(self, docnames):
        """Where the glossary says that a term is explained: the page's number and the section's id."""
        glossary = self.env.get_and_resolve_doctree(GLOSSARY, self.env.app.builder)
        found = {}
        for entry in glossary.findall(lambda node: "called" in getattr(node, "attributes", ())):
            page, anchor = explanation(entry)
            if page not in docnames:
                continue
            for term in entry["called"]:
                key = " ".join(self.lang.stem_once(word).lower() for word in split(term))
                found.setdefault(key, [docnames.index(page), self.section(page, anchor)])
        return found

    def section(self, page, anchor):
        """The id under which the index knows the section of a label; nothing for the page itself."""
        labels = self.env.get_domain("std").labels.values()
        names = {(where, place): name for where, place, name in labels}
        return dict(self._all_titles[page]).get(names.get((page, anchor)))


def explanation(entry):
    """Page and place behind the arrow of an entry: a chapter's if there is one, an experiment's otherwise."""
    after, places = False, []
    for node in entry.findall():
        after = after or (isinstance(node, nodes.Text) and "→" in node)
        if after and isinstance(node, nodes.reference):
            page, _, anchor = node["refuri"].partition("#")
            places.append((posixpath.normpath(f"{GLOSSARY}/../{page}").removesuffix(".html"), anchor))
    chapters = [place for place in places if place[0].startswith("book/") and place[0] != API]
    experiments = [place for place in places if place[0].startswith("notebooks/")]
    return (chapters + experiments + [(None, None)])[0]


def stems(frozen):
    """The stems of headings and of more than one page, in the order of ``spellings``."""
    common = {stem for stem, pages in frozen["terms"].items() if isinstance(pages, list)}
    return sorted(filter(str.isalpha, common | frozen["titleterms"].keys()))


def rank_our_way(_app, config):
    config.html_search_scorer = str(SCORES)


def setup(app):
    sphinx.search.IndexBuilder = Index
    for language in (SearchGerman, SearchEnglish):
        app.add_search_language(ours(language))
    app.connect("config-inited", rank_our_way)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
