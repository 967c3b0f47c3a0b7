"""Leave out of the themes' style sheets what no page of the site can meet.

A rule stays if every class that it names is one of a page or a word in a script, which may give it to an
element later. Two thirds of what the themes ship are for pages that we do not have.
"""

import re

CLASSES = re.compile(r'class="([^"]*)"')  # begins with letters: found ten times as fast
WORDS = re.compile(r"[A-Za-z][\w-]*")
RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
EMPTY = re.compile(r"@(?:media|supports)[^{};]*\{\s*\}")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
NAMED = re.compile(r"\.([A-Za-z_-][\w-]*)")
INNER = re.compile(r"\([^()]*\)")  # what a selector asks beyond its own classes
ONE = re.compile(r"(?:[^,()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))+")  # of a list of selectors


def slim_styles(folder, ours):
    """Shorten every style sheet of a built edition but those that the book itself brings."""
    known = known_classes(folder)
    for sheet in folder.joinpath("_static").rglob("*.css"):
        if sheet.relative_to(folder / "_static") not in ours:
            css = sheet.read_text(encoding="utf-8")
            sheet.write_text(used_only(css, known), encoding="utf-8", newline="\n")


def known_classes(folder):
    """Every class of a page, and every word of a script; a word that ends in ``-`` begins a class."""
    known = set()
    for page in folder.rglob("*.html"):
        for names in set(CLASSES.findall(page.read_text(encoding="utf-8"))):
            known.update(names.split())
    for script in folder.joinpath("_static").rglob("*.js"):
        known.update(WORDS.findall(script.read_text(encoding="utf-8")))
    return known


def used_only(css, known):
    """The style sheet without the selectors that need another class, and without rules that have none left.

    >>> used_only(".a,.b:not(.c){color:red}@media print{.c .a{color:blue}}", {"a"})
    '.a{color:red}'
    >>> used_only(".tip-top{color:red}", {"tip-"})
    '.tip-top{color:red}'
    """
    starts = tuple(word for word in known if word.endswith("-"))

    def is_met(selector):
        while INNER.search(selector):
            selector = INNER.sub("", selector)
        return all(name in known or name.startswith(starts) for name in NAMED.findall(selector))

    def shortened(rule):
        head, body = rule.groups()
        if head.lstrip().startswith("@"):
            return rule[0]
        met = ",".join(filter(is_met, ONE.findall(head)))
        return f"{met}{{{body}}}" if met else ""

    css = RULE.sub(shortened, COMMENT.sub("", css))
    while EMPTY.search(css):
        css = EMPTY.sub("", css)
    return css
