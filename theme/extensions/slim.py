"""Leave out what the themes ship and no page of ours uses, and put the rest of their styles below ours.

Font Awesome alone weighs 0.8 MB compressed; our style sheet draws the dozen icons in use as masks
(``icons.css``). Removing the rules as well keeps a browser from ever asking for the fonts.

Every style sheet that is not ours goes into the cascade layer ``theme``: a rule of ours, which is in no
layer, then wins by being there, whatever selector the theme wrote (but for the theme's ``!important``).
"""

import re
import shutil
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"
UNUSED = (
    "images",
    "locales",
    "vendor",
    "scripts/fontawesome.js",
    "scripts/fontawesome.js.LICENSE.txt",
    "sbt-webpack-macros.html",
    "webpack-macros.html",
    "plus.png",
    "minus.png",
    "file.png",
    "basic.css",
    "styles/theme.css",
)
OURS = {path.relative_to(STATIC) for path in STATIC.rglob("*.css")}
LAYER = "@layer theme{"
FONT_AWESOME = re.compile(
    r"@font-face\{[^}]*Font Awesome[^}]*\}"  # the fonts
    r"|(?<=[}])[^{}@]*\.fa-[^{}]*\{[^{}]*\}"  # every rule that only icons meet
)

# What is hidden "until found" is there for the browser's search; the theme's rule would hide it for good.
HIDDEN = "[hidden]{display:none!important}", "[hidden]:not([hidden=until-found]){display:none!important}"


def drop_unused(app, error):
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    for name in UNUSED:
        _delete(static / name)
    for path in static.rglob("*.map"):
        path.unlink()
    sheet = static / "styles" / "pydata-sphinx-theme.css"
    css = FONT_AWESOME.sub("", sheet.read_text(encoding="utf-8")).replace(*HIDDEN)
    sheet.write_text(css, encoding="utf-8")
    for script in (static / "scripts").glob("*.js"):
        text = script.read_text(encoding="utf-8")
        script.write_text(re.sub(r"//# sourceMappingURL=.*", "", text), encoding="utf-8")
    for sheet in static.rglob("*.css"):
        if sheet.relative_to(static) not in OURS:
            sheet.write_text(layered(sheet.read_text(encoding="utf-8")), encoding="utf-8")


def layered(css):
    """A style sheet in the layer below ours; one that a build before this one left there stays as it is.

    >>> layered('@charset "UTF-8";a{color:red}')
    '@layer theme{a{color:red}}\\n'
    """
    css = re.sub(r"@charset[^;]*;|/\*# sourceMappingURL=.*?\*/", "", css).strip()
    return f"{css}\n" if css.startswith(LAYER) else f"{LAYER}{css}}}\n"


def _delete(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def setup(app):
    app.connect("build-finished", drop_unused, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
