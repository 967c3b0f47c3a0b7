"""The order of what the search finds: chapters before names of the package that only contain the word."""

from pathlib import Path

SCORES = Path(__file__).resolve().parent.parent / "templates" / "search-scores.js"


def rank_our_way(_app, config):
    config.html_search_scorer = str(SCORES)


def setup(app):
    app.connect("config-inited", rank_our_way)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
