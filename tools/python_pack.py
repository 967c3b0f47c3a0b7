"""Python for the boxes in which readers write functions: everything that a page loads on the first click.

npm's Pyodide, the part of the standard library that a page can use, and the modules of ``cnncourse`` that
check a function. It is cut into scripts, because a page opened from disk may load nothing else, and because
their number tells a reader how far loading is. Both editions use the same ones.
"""

import gzip
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from base64 import b64encode
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "theme" / "python"
NODE_MODULES = ROOT / "theme" / "node_modules"
PYODIDE = NODE_MODULES / "pyodide"
CACHE = NODE_MODULES / ".cache" / "python"

sys.path.insert(0, str(ROOT / "theme"))
from extensions.node import commands  # noqa: E402

PARTS = 8
MODULES = (  # what readers may import, and with it what we do
    *("bisect", "collections", "contextlib", "copy", "dataclasses", "decimal", "enum", "fractions"),
    *("functools", "heapq", "inspect", "io", "itertools", "json", "linecache", "math", "numbers"),
    *(
        "operator",
        "pprint",
        "random",
        "re",
        "statistics",
        "string",
        "textwrap",
        "time",
        "traceback",
        "typing",
    ),
)
COURSE = (
    "__init__",
    "_quiet",
    "arithmetic",
    "axis",
    "checks",
    "exercises/*",
    "language",
    "reveals",
    "verdict",
)
LICENSES = "Pyodide: Mozilla Public License 2.0, https://pyodide.org; Python: PSF License, https://python.org"


def write_pack(folder):
    """Write the parts ``1.js`` to ``8.js``; the same sources give the same bytes."""
    folder.mkdir(parents=True)
    packed = b64encode(compressed(container())).decode()
    size = -(-len(packed) // PARTS // 4) * 4  # each part can be decoded by itself
    for index in range(PARTS):
        text = packed[index * size : (index + 1) * size]
        script = f'/* {LICENSES} */\ncnncourse.python.take({index}, "{text}");\n'
        (folder / f"{index + 1}.js").write_text(script, encoding="ascii", newline="\n")


def compressed(content):
    """The content compressed, which takes seconds."""
    return kept("pack.gz", content, lambda half: half.write_bytes(gzip.compress(content, 9, mtime=0)))


def kept(name, source, make):
    """What ``make`` writes into a file, from the last time if it was made from the same source."""
    target = CACHE / f"{hashlib.sha256(source).hexdigest()[:16]}-{name}"
    if not target.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        half = target.with_suffix(".half")
        make(half)
        for old in CACHE.glob(f"*-{name}"):
            old.unlink()
        half.replace(target)
    return target.read_bytes()


def container():
    """A line of JSON that tells where in the rest what is, and the rest."""
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text(encoding="utf-8"))
    contents = {
        "wasm": (PYODIDE / "pyodide.asm.wasm").read_bytes(),
        "library": library(),
        "course": course(),
        "script": script().encode(),
    }
    places, start = {}, 0
    for name, content in contents.items():
        places[name] = [start, start + len(content)]
        start += len(content)
    head = {"lock": {"info": lock["info"], "packages": {}}, "places": places}
    return json.dumps(head).encode() + b"\n" + b"".join(contents.values())


def script():
    """The worker's script: Pyodide's module as a classic script, its loader, and what we do with them."""
    module = (PYODIDE / "pyodide.asm.mjs").read_text(encoding="utf-8")
    exported = "export default _createPyodideModule;"
    if module.count(exported) != 1:
        raise ValueError(f"pyodide.asm.mjs does not say {exported!r} once.")
    module = module.replace(exported, "self.createPyodideModule = _createPyodideModule;")
    module = module.replace("import.meta.url", '""')
    loader = (PYODIDE / "pyodide.js").read_text(encoding="utf-8").partition("//# sourceMappingURL")[0]
    worker = (OWN / "worker.js").read_text(encoding="utf-8")
    return "\n".join([f'(() => {{"use strict";{module}}})();', loader, worker])


def course():
    """The modules of ``cnncourse`` that a box needs, as an archive that Python imports from."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in COURSE:
            for path in sorted((ROOT / "cnncourse").glob(f"{name}.py")):
                entry = zipfile.ZipInfo(path.relative_to(ROOT).as_posix(), (1980, 1, 1, 0, 0, 0))
                archive.writestr(entry, path.read_bytes().replace(b"\r\n", b"\n"))
    return target.getvalue()


def library():
    """The compiled standard library: a matter of seconds, and the same as long as Pyodide is."""
    version = json.loads((PYODIDE / "package.json").read_text(encoding="utf-8"))["version"]
    maker = OWN / "library.cjs"
    source = "\0".join([version, maker.read_text(encoding="utf-8"), *MODULES])
    node, _npm = commands()

    def make(half):
        subprocess.run([*node, str(maker), str(half), *MODULES], cwd=ROOT / "theme", check=True)

    return kept("library.zip", source.encode(), make)
