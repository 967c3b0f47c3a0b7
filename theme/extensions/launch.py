"""Where else a notebook runs: links to Colab and Binder. Nothing is asked of either before a click."""

from urllib.parse import quote, urlsplit


def launch_links(repository, branch, path):
    """The addresses that open the notebook ``path`` of a GitHub repository; both give the reader a copy."""
    project = urlsplit(repository).path.strip("/")
    return {
        "colab": f"https://colab.research.google.com/github/{project}/blob/{branch}/{quote(path)}",
        "binder": f"https://mybinder.org/v2/gh/{project}/{branch}?labpath={quote(path, safe='')}",
    }


def add_launch_links(app, pagename, _template, context, _doctree):
    """Hand the templates the links of this notebook, in this edition."""
    if not (context.get("sourcename") or "").endswith(".ipynb"):
        return
    options = app.config.html_theme_options
    folder = "" if app.config.language == "de" else f"{app.config.language}/"
    path = f"{folder}{pagename}.ipynb"
    context["launch"] = launch_links(options["repository_url"], options["repository_branch"], path)


def setup(app):
    app.connect("html-page-context", add_launch_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
