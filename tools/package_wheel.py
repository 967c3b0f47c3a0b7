"""The package as a wheel, for the site and the notebooks' zip: ``python tools/package_wheel.py FOLDER``.

A wheel of plain Python is a zip file with three more text files, so it is written here: without a network,
without a build tool, and the same bytes from the same source.
"""

import hashlib
import sys
import tomllib
import zipfile
from base64 import urlsafe_b64encode
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cnncourse"
CARRIED = {".py", ".mplstyle", ".json"}
EXTRAS = ("tensorflow",)  # what a reader may need; the others are for those who build the book
WHEEL = "Wheel-Version: 1.0\nGenerator: cnncourse\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same source makes the same file
READABLE = 0o100644 << 16  # a plain file, readable for everyone, whatever this machine's rules


@cache
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def wheel_name():
    """The name of the file, which tells pip its version and that any Python 3 takes it."""
    return f"{project()['name']}-{project()['version']}-py3-none-any.whl"


def write_wheel(folder):
    """Write the wheel into a folder; gives its path."""
    about = project()
    info = f"{about['name']}-{about['version']}.dist-info"
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in package_files()}
    files |= {f"{info}/licenses/{name}": (ROOT / name).read_bytes() for name in about["license-files"]}
    files[f"{info}/METADATA"] = metadata(about).encode()
    files[f"{info}/WHEEL"] = WHEEL.encode()
    files[f"{info}/RECORD"] = record(files, f"{info}/RECORD")
    return write_zip(Path(folder, wheel_name()), files)


def package_files():
    """What belongs to the package, in an order that no file system decides."""
    return sorted(path for path in PACKAGE.rglob("*") if path.suffix in CARRIED)


def metadata(about):
    """What pip reads, as the specification of core metadata has it."""
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {about['name']}",
        f"Version: {about['version']}",
        f"Summary: {about['description']}",
        f"License-Expression: {about['license']}",
        *(f"License-File: {name}" for name in about["license-files"]),
        f"Requires-Python: {about['requires-python']}",
        *(f"Requires-Dist: {requirement}" for requirement in about["dependencies"]),
    ]
    for extra in EXTRAS:
        needed = about["optional-dependencies"][extra]
        lines += [f"Provides-Extra: {extra}", *(f"Requires-Dist: {only_for(extra, each)}" for each in needed)]
    return "\n".join(lines) + "\n"


def only_for(extra, requirement):
    """A requirement that counts only if the extra is asked for."""
    name, _, marker = (part.strip() for part in requirement.partition(";"))
    return f"{name}; ({marker}) and extra == '{extra}'" if marker else f"{name}; extra == '{extra}'"


def record(files, own):
    """Every file with its hash and its size; of itself the list can say neither."""
    lines = [f"{name},{hashed(content)},{len(content)}" for name, content in files.items()]
    return "\n".join([*lines, f"{own},,", ""]).encode()


def hashed(content):
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"sha256={digest}"


def write_zip(target, files):
    """Write named contents into a zip, so that the same contents make the same bytes; gives its path."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr = READABLE
            entry.create_system = 3  # Unix, on Windows too
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return target


if __name__ == "__main__":
    print(write_wheel(*sys.argv[1:] or "."))
