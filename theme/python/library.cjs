// The part of Python's standard library that a page can use, compiled by the Python that will run it:
// `node library.cjs <target.zip> <module> …`. Compiling in the page would take as long again as starting.
"use strict";

const fs = require("node:fs");
const { loadPyodide } = require("pyodide");

const COMPILE = `
import importlib, importlib.util, io, marshal, sys, zipfile
from traceback import format_exception

ROOT = "/lib/python314.zip/"

def used(modules):
    "The files of all modules that are there once these are imported, and an error has been told."
    for name in modules:
        importlib.import_module(name)
    try:
        unknown_name
    except NameError as error:
        format_exception(error)
    files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    return sorted(file.removeprefix(ROOT) for file in files if file.startswith(ROOT))

def compiled(source, name):
    code = compile(source, name, "exec", dont_inherit=True, optimize=2)
    unchecked = (1).to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + unchecked + importlib.util.source_hash(source) + marshal.dumps(code)

def packed(names):
    library, target = zipfile.ZipFile(ROOT.rstrip("/")), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:  # stored: compressed as one later, it is smaller
        for name in names:
            entry = zipfile.ZipInfo(name + "c", (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, compiled(library.read(name), name))
    return target.getvalue()
`;

async function main([target, ...modules]) {
  const python = await loadPyodide({ env: { PYTHONHASHSEED: "0" } });
  python.runPython(COMPILE);
  const names = python.globals.get("used")(python.toPy(modules));
  const archive = python.globals.get("packed")(names);
  fs.writeFileSync(target, archive.toJs());
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
