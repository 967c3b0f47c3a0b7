"""The package as a whole: its names, what editors know of them, and what an import costs."""

import ast
import subprocess
import sys
from pathlib import Path

import cnncourse as cc

PACKAGE = Path(cc.__file__).parent


def statements(module):
    """The statements of a module's file."""
    path = PACKAGE / module / "__init__.py"
    path = path if path.is_file() else PACKAGE / f"{module}.py"
    return ast.parse(path.read_text(encoding="utf-8")).body


def listed(module):
    """The names in a module's ``__all__``, read without importing it."""
    return next(
        ast.literal_eval(node.value)
        for node in statements(module)
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    )


def test_editors_complete_every_public_name_and_no_other():
    block = next(node for node in statements(".") if isinstance(node, ast.If))
    assert block.test.id == "TYPE_CHECKING"
    known = []
    for imported in block.body:
        module = imported.module.partition(".")[2]
        for name in imported.names:
            known += listed(module) if name.name == "*" else [name.name]
    assert sorted(known) == cc.__all__
    assert not cc.TYPE_CHECKING, "while running, nothing is imported"


def test_no_name_is_both_a_module_and_something_else():
    modules = {path.stem for path in PACKAGE.glob("*.py")}
    modules |= {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert modules & set(cc.__all__) == {"layers"}
    code = "import cnncourse as cc, cnncourse.anatomies; assert callable(cc.anatomy), cc.anatomy"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_the_package_imports_next_to_nothing():
    code = "import sys; old = set(sys.modules); import cnncourse; print(*set(sys.modules) - old)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    new = set(run.stdout.split())
    assert {name for name in new if name.startswith("cnncourse")} == {"cnncourse", "cnncourse._quiet"}
    assert {name.partition(".")[0] for name in new} - {"cnncourse"} <= sys.stdlib_module_names
