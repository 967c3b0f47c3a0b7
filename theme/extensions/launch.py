"""Where else a notebook runs: links to Colab and Binder. Nothing is asked of either before a click.

Both fetch notebooks from GitHub only, so a site that no repository there publishes has no such links. Colab
takes the branch with the notebooks as they are published, which say where their package is; Binder takes the
repository itself, because it installs the package from there.
"""

from urllib.parse import quote

from extensions.address import BRANCH, NOTEBOOKS, repository


def launch_links(project, edition, path):
    """The addresses that open the notebook ``path`` of an edition; both give the reader a copy."""
    place = path if edition == "de" else f"{edition}/{path}"
    name = path.rpartition("/")[2]
    return {
        "colab": f"https://colab.research.google.com/github/{project}/blob/{NOTEBOOKS}/{edition}/{quote(name)}",
        "binder": f"https://mybinder.org/v2/gh/{project}/{BRANCH}?labpath={quote(place, safe='')}",
    }


def add_launch_links(app, pagename, _template, context, _doctree):
    """Hand the templates the links of this notebook, in this edition."""
    project = repository()
    if project and (context.get("sourcename") or "").endswith(".ipynb"):
        context["launch"] = launch_links(project, app.config.language, f"{pagename}.ipynb")


def setup(app):
    app.connect("html-page-context", add_launch_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
