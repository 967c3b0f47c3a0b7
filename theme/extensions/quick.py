"""Leave out what Sphinx and its extensions compute twice or for nobody: the same book in less time."""

from functools import cache

import pybtex.plugin
import sphinx.events
from docutils import nodes
from sphinx.highlighting import PygmentsBridge

find_all = nodes.Node.findall
make_formatter = PygmentsBridge.get_formatter
formatters = {}


def walk(node, kind=object):
    """The node and what is below it, as far as it is of a kind, in the order of the text.

    Like docutils it goes on in the list of children as it is by then: some transforms change what they walk.
    """
    if isinstance(node, kind):
        yield node
    path = [iter(node.children)]
    while path:
        for child in path[-1]:
            if isinstance(child, kind):
                yield child
            if child.children:
                path.append(iter(child.children))
                break
        else:
            path.pop()


def find_below(node, condition=None, include_self=True, descend=True, siblings=False, ascend=False):
    """``Node.findall``: the node and what is below it at once, everything else as docutils does it."""
    if not (include_self and descend) or siblings or ascend:
        return find_all(node, condition, include_self, descend, siblings, ascend)
    if condition is None or isinstance(condition, type):
        return walk(node, condition or object)
    return filter(condition, walk(node))


def as_text(text):
    """``Text.astext``: what it says, which is the text itself unless a character in it was escaped."""
    return str(nodes.unescape(text) if "\0" in text else text)


def formatter(bridge, **options):
    """``PygmentsBridge.get_formatter``: the same one for blocks with the same options."""
    key = bridge, repr(options)
    if key not in formatters:
        formatters[key] = make_formatter(bridge, **options)
    return formatters[key]


def setup(_app):
    # Every citation looks for its style among all packages that are installed.
    pybtex.plugin.entry_points = cache(pybtex.plugin.entry_points)
    # Each page is walked a hundred times and more; docutils hands a node through a generator for each level.
    nodes.Node.findall = find_below
    # Each text is looked through for escaped characters at every question, and hardly one has any.
    nodes.Text.astext = as_text
    # Each event tells a log that nobody keeps all that it is about, up to the text of a page; without one
    # Sphinx passes over the failure.
    sphinx.events.logger = None
    # Each block of code gets a formatter, which computes a style sheet that no block needs.
    PygmentsBridge.get_formatter = formatter
    return {"parallel_read_safe": True, "parallel_write_safe": True}
