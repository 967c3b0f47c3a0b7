"""Where this copy of the book is published: nowhere, until the build is told.

The one setting is the environment variable SITE_URL. Without it no page claims an address, and nothing links
to one: a name that nobody has registered could one day be somebody else's. On GitHub the workflow that
publishes sets it to the address of the repository's own pages; GITHUB_REPOSITORY tells that repository.
"""

import os

BRANCH = "main"  # what Binder runs
NOTEBOOKS = "notebooks"  # the branch with the notebooks as they are published, for Colab


def site_url():
    """The address of the whole site, ending in a slash; empty if it is not published."""
    url = os.environ.get("SITE_URL", "").strip()
    return url.rstrip("/") + "/" if url else ""


def repository():
    """``owner/name`` of the repository on GitHub that publishes the site; empty if none does."""
    return os.environ.get("GITHUB_REPOSITORY", "") if site_url() else ""
