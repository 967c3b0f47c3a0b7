"""Which packages of theme/package.json are installed, and when they are installed anew."""

import os

import npm
import pytest


@pytest.fixture
def theme(tmp_path, monkeypatch):
    """A theme/ in which the site's packages are installed, after the lock file was written."""
    packages = '{"dependencies": {"katex": "1"}, "devDependencies": {"@scope/axe": "1"}}'
    (tmp_path / "package.json").write_text(packages, encoding="utf-8")
    (tmp_path / "package-lock.json").write_text("{}", encoding="utf-8")
    (tmp_path / "node_modules" / "katex").mkdir(parents=True)
    installed = tmp_path / "node_modules" / ".package-lock.json"
    installed.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(npm, "THEME", tmp_path)
    monkeypatch.setattr(npm, "INSTALLED", installed)
    return tmp_path


def test_the_site_needs_no_packages_of_tests_and_linters(theme):
    assert npm.complete(develop=False)
    assert not npm.complete(develop=True)
    (theme / "node_modules" / "@scope" / "axe").mkdir(parents=True)
    assert npm.complete(develop=True)


def test_packages_older_than_the_lock_file_are_installed_anew(theme):
    os.utime(npm.INSTALLED, (0, 0))
    assert not npm.complete(develop=False)


def test_half_an_installation_is_none(theme):
    npm.INSTALLED.unlink()
    assert not npm.complete(develop=False)
