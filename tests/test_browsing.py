"""A browser is found wherever systems put one."""

import browsing
import pytest


@pytest.fixture
def machine(monkeypatch):
    """A machine that has one browser, and nothing else; gives a function that puts it there."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    for name in browsing.FOLDERS_ON_WINDOWS:
        monkeypatch.delenv(name, raising=False)

    def has(path, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(browsing.shutil, "which", lambda command: command if command == path else None)

    return has


@pytest.mark.parametrize(
    "path",
    [
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Users\Zoë\AppData\Local\Google\Chrome\Application\chrome.exe",
    ],
)
def test_windows_browsers_are_found(machine, path):
    folders = (r"C:\Program Files", r"C:\Program Files (x86)", r"C:\Users\Zoë\AppData\Local")
    machine(path, **dict(zip(browsing.FOLDERS_ON_WINDOWS, folders, strict=True)))
    assert browsing.find_chromium() == path


@pytest.mark.parametrize("name", ["Google Chrome", "Microsoft Edge"])
def test_browsers_of_a_mac_are_found(machine, name):
    path = f"/Applications/{name}.app/Contents/MacOS/{name}"
    machine(path)
    assert browsing.find_chromium() == path


def test_the_chosen_browser_comes_first(machine, monkeypatch):
    machine("/somewhere/chrome")
    monkeypatch.setenv("CHROMIUM", "/somewhere/chrome")
    assert browsing.find_chromium() == "/somewhere/chrome"
    monkeypatch.setenv("CHROMIUM", "/nowhere/chrome")
    with pytest.raises(browsing.NoBrowserError, match="CHROMIUM=/nowhere/chrome is no program"):
        browsing.find_chromium()


def test_a_machine_without_a_browser_says_what_to_install(machine):
    machine("nothing")
    with pytest.raises(browsing.NoBrowserError, match="apt-get install chromium-headless-shell"):
        browsing.find_chromium()
