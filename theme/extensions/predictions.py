"""Predictions wait: on a notebook's page, what answers one is folded until its reader asks for it.

Here the paragraphs that ask are marked; ``theme/static/predictions.js`` folds what follows them. Without
scripts, in print and in the downloaded notebook everything is open.
"""

from docutils import nodes

from extensions.words import PAGE


def mark_questions(app, doctree):
    """Mark the paragraphs of a notebook that ask for a prediction: ``**Vorhersage.** …``."""
    if not app.env.docname.startswith("notebooks/"):
        return
    word = f"{PAGE[app.config.language]['prediction']}."
    for paragraph in doctree.findall(nodes.paragraph):
        if any(strong.astext() == word for strong in paragraph.findall(nodes.strong)):
            paragraph["classes"].append("prediction")
            app.env.metadata[app.env.docname]["predictions"] = True


def load_script(app, pagename, _template, _context, _doctree):
    if app.env.metadata.get(pagename, {}).get("predictions"):
        app.add_js_file("predictions.js", loading_method="defer")


def setup(app):
    app.connect("doctree-read", mark_questions)
    app.connect("html-page-context", load_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
