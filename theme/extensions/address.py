"""Where the site lives: the one place for its address."""

import os

DEFAULT = "https://cnncourse.github.io/cnncourse/"


def site_url():
    """The address of the whole site, ending in a slash; the environment variable SITE_URL overrides it."""
    return (os.environ.get("SITE_URL") or DEFAULT).rstrip("/") + "/"
