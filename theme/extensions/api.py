"""The API page: every public name of the package, from its docstring, without importing the package.

````md
```{api} arithmetic
```
````

documents the public names of one module, as ``cnncourse._MODULES`` lists them. Reading the source instead
of importing it keeps TensorFlow out of the build, which would take seconds. Any page links a name with
``{py:obj}`cnncourse.output_size` ``.
"""

import ast
import re
from functools import cache
from pathlib import Path
from textwrap import indent

from docutils import nodes
from myst_parser.mdit_to_docutils.base import make_document
from myst_parser.mocking import MockRSTParser
from sphinx.domains.python import PyGroupedField, PyObject
from sphinx.util.docutils import SphinxDirective

from extensions.words import PAGE

PACKAGE = Path(__file__).resolve().parents[2] / "cnncourse"
SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Warns):\n((?:[ ].*\n?|\n)*)", re.MULTILINE)
ENTRY = re.compile(r"^ {4}(\S[^:\n]*): (.*(?:\n {5,}.*)*)", re.MULTILINE)
SOURCE = re.compile(r"(?<=\n\n)Source: ((?:.+\n?)+)")
ROLE = re.compile(r":\w+:`~?([\w.]+)`")
FIELDS = {"Args": "param", "Attributes": "ivar", "Raises": "raises", "Warns": "warns"}
LABELS = {"variable": "attributes", "exceptions": "raises", "warnings": "warns"}
BETWEEN = "\\ \N{NO-BREAK SPACE}· "  # no line starts with a dot


class Api(SphinxDirective):
    """The docstrings of a module's public names."""

    required_arguments = 1

    def run(self):
        module = self.arguments[0]
        if module not in public_names():
            raise self.error(f"cnncourse has no module {module!r}. It has: {', '.join(public_names())}.")
        for path in PACKAGE.rglob("*.py"):
            self.env.note_dependency(str(path))
        source = PAGE[self.config.language]["source"]
        names = public_names()[module]
        overview = BETWEEN.join(linked(name) for name in names)
        entries = [overview, *(documented(*definition(module, name), source) for name in names)]
        box = nodes.container("", *self.parsed(entries), classes=["api", "language-en"])
        tell_languages(box, labels=self.config.language)
        return [box]

    def parsed(self, entries):
        """The nodes of reStructuredText, which is what our docstrings are, on a page of MyST."""
        document = make_document(self.env.docname)
        document.settings, document.reporter = self.state.document.settings, self.state.document.reporter
        MockRSTParser().parse("\n\n".join([".. py:currentmodule:: cnncourse", *entries]), document)
        return document.children


def tell_languages(box, labels):
    """Mark each text as English and each label as the edition's.

    Docutils chooses the quotes by the class of the text itself; an element around it does not count.
    """
    for text in box.findall(nodes.TextElement):
        if isinstance(text, nodes.field_name):
            text["classes"].append(f"language-{labels}")
        elif not isinstance(text, nodes.FixedTextElement | nodes.Inline):
            text["classes"].append("language-en")


@cache
def public_names():
    """The public names by module, read from the package's ``_MODULES``."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    modules = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "_MODULES"
    )
    return {module: [*names.split(), *inside(module, names.split())] for module, names in modules.items()}


def inside(module, names):
    """The names that stay in a module which is public itself, such as ``layers.Dense``."""
    if module != "layers":
        return []
    listed = next(
        ast.literal_eval(node.value)
        for node in ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    )
    return [f"{module}.{name}" for name in listed if name not in names]


@cache
def definitions(path):
    """What one file defines at its top level: by name, the node and its docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {path.stem: (tree, ast.get_docstring(tree))}
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found[node.name] = node, ast.get_docstring(node)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node, text_of(after)
        elif isinstance(node, ast.Import):  # a whole library under our name: the file says what for
            found |= {alias.name: (node, ast.get_docstring(tree)) for alias in node.names}
    return found


def text_of(node):
    """The string that stands alone after a variable or a field, if there is one."""
    alone = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return node.value.value if alone else None


def definition(module, name):
    """The name, its node and its docstring, wherever in the package it is defined."""
    own = sorted((PACKAGE / module).glob("*.py")) or [PACKAGE / f"{module}.py"]
    for path in [*own, PACKAGE / "backend.py"]:
        found = definitions(path).get(name.rpartition(".")[2])
        if found:
            return name, *found
    raise LookupError(f"cnncourse._MODULES names {module}.{name}, which no file defines.")


def documented(name, node, text, source):
    """One name as reStructuredText; a class with its public fields, properties and methods."""
    body = [restructured(text or "", source)]
    if isinstance(node, ast.ClassDef):
        body += [documented(*member, source) for member in members(node)]
    kind, signature = shape(node)
    return f".. py:{kind}:: {name}{signature}\n\n{indent(chr(10).join(body), '   ')}\n"


def shape(node):
    """The kind of thing that a node defines, and how it is called."""
    if isinstance(node, ast.ClassDef):
        return "class", constructor(node)
    if isinstance(node, ast.FunctionDef):
        named = [argument.arg for argument in node.args.args]
        if any(isinstance(each, ast.Name) and each.id == "property" for each in node.decorator_list):
            return "property", ""
        return ("method" if named[:1] == ["self"] else "function"), arguments(node)
    return ("attribute" if isinstance(node, ast.AnnAssign) else "data"), ""


def arguments(function):
    """The arguments as they are written, without ``self``."""
    return f"({re.sub(r'^self(, )?', '', ast.unparse(function.args))})"


def constructor(node):
    """The arguments of ``__init__``, or the fields of a dataclass or named tuple."""
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            return arguments(each)
    fields = [ast.unparse(each.target) for each in node.body if isinstance(each, ast.AnnAssign)]
    fields = ["*" if name == "_" else name for name in fields]  # dataclasses.KW_ONLY
    return f"({', '.join(fields)})" if fields else ""


def members(node):
    """The public members of a class that have a docstring, in the order of the source."""
    for each, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(each, ast.FunctionDef) and not each.name.startswith("_") and ast.get_docstring(each):
            yield each.name, each, ast.get_docstring(each)
        elif isinstance(each, ast.AnnAssign) and text_of(after):
            yield each.target.id, each, text_of(after)


def restructured(text, source):
    """A docstring with its sections as fields, and with links to what the page documents."""
    text = SECTION.sub(as_fields, text + "\n")
    text = SOURCE.sub(lambda found: f":{source}: {capitalized(joined(found[1]))}\n", text)
    return ROLE.sub(lambda role: linked(role[1]), text)


def as_fields(section):
    kind, body = section.groups()
    if kind == "Returns":
        return f":returns: {joined(body)}\n\n"
    entries = [(name.replace("*", "\\*"), joined(words)) for name, words in ENTRY.findall(body)]
    return "\n".join(f":{FIELDS[kind]} {name}: {words}" for name, words in entries) + "\n\n"


def joined(lines):
    """One line; an initial at its start, as in "S. Ioffe", must not become the item of a list."""
    return re.sub(r"^([A-Z])\. ", r"\1\\. ", " ".join(lines.split()))


def capitalized(text):
    return text[:1].upper() + text[1:]


def linked(name):
    """A link, if the name is public; otherwise just code."""
    path = name.split(".")
    public = {name for names in public_names().values() for name in names}
    starts = [start for start, part in enumerate(path) if part in public]
    if not starts:
        return f"``{path[-1]}``"
    return f":py:obj:`{path[-1]} <cnncourse.{'.'.join(path[starts[-1] :])}>`"


def name_fields(_app, config):
    """Label fields in our words, since Sphinx' German says "Verursacht", and add a field for warnings."""
    fields = {field.name: field for field in PyObject.doc_field_types}
    if "warnings" not in fields:
        fields["warnings"] = PyGroupedField("warnings", names=("warns",), rolename="exc", can_collapse=True)
        PyObject.doc_field_types.append(fields["warnings"])
    for name, word in LABELS.items():
        fields[name].label = PAGE[config.language][word]


def setup(app):
    app.add_directive("api", Api)
    app.connect("config-inited", name_fields)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
