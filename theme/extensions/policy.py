"""The content security policy: what a page may load and run, which is what it does, and nothing else.

It stands in the page (``<meta http-equiv>``), so it holds on every host and from disk. No script runs that
is not a file of the book. Style sheets within a page, such as a data frame's, are allowed one by one, by
their hash; style attributes are KaTeX's way to place the parts of a formula. A page on which readers write
functions may also start Python: WebAssembly, in a worker that comes from the page itself.
"""

import re
from base64 import b64encode
from hashlib import sha256

from extensions import code_box

WITHIN = {
    kind: re.compile(rf"<{kind}\b(?![^>]* src=)[^>]*>(.*?)</{kind}>", re.DOTALL)
    for kind in ("script", "style")
}
OWN = "'self' file:"  # a page from disk has no origin that every browser would take for its own


RUNS_PYTHON = re.compile(rf"<{code_box.NAME}\b")


def policy(html, *, scripts=()):
    """The policy of a page with this HTML; ``scripts`` are allowed within the page, by their text."""
    styles = WITHIN["style"].findall(html)
    python = RUNS_PYTHON.search(html)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {OWN}{hashes(scripts)}" + (" 'wasm-unsafe-eval'" if python else ""),
            *(["worker-src blob:"] if python else []),
            f"style-src {OWN}{hashes(styles)}",
            "style-src-attr 'unsafe-inline'",
            f"img-src {OWN} data:",  # icons are drawn in the style sheet
            f"font-src {OWN}",
            f"connect-src {OWN}",  # the search quotes from the pages it finds
            "form-action 'self' file:",
            "base-uri 'none'",
        )
    )


def hashes(texts):
    """The sources that allow these scripts or style sheets, each once."""
    digests = (b64encode(sha256(text.encode()).digest()).decode() for text in dict.fromkeys(texts))
    return "".join(f" 'sha256-{digest}'" for digest in digests)


def add_policy(_app, _pagename, _template, context, _doctree):
    """Hand the template the page's policy, without the themes' own scripts within the page.

    They tell a version menu and a search dialog, which we have not, what to do.
    """
    context["script_files"] = [script for script in context["script_files"] if script.filename]
    context["policy"] = policy(context.get("body", ""))


def setup(app):
    app.connect("html-page-context", add_policy, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
