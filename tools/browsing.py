"""Look at the built site as a reader does: a server that compresses, a browser, a page's weight."""

import gzip
import os
import shutil
import threading
from contextlib import contextmanager, suppress
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NO_BROWSER = (
    "No browser was found. Install one (Debian: apt-get install chromium-headless-shell) "
    "or set the environment variable CHROMIUM to the path of a Chromium, Chrome or Edge."
)
COMMANDS = (
    "chromium-headless-shell",  # the same engine without a window: a page takes two thirds of the time
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"),
)
ON_WINDOWS = (  # every Windows has the last one
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)
FOLDERS_ON_WINDOWS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")  # for everyone, or for one user
ON_A_MAC = ("Google Chrome", "Chromium", "Microsoft Edge")
QUIET = [
    "--no-sandbox",  # a container has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # faster than asking about every request
]


class NoBrowserError(RuntimeError):
    """This machine has no Chromium; the message says what to install."""


class CompressingHandler(SimpleHTTPRequestHandler):
    """Serve files as a static host does: text compressed, and the site's own page for what is missing."""

    protocol_version = "HTTP/1.1"
    TEXT = (".html", ".css", ".js", ".svg", ".json", ".xml", ".txt", ".ipynb")

    def __init__(self, *arguments, read, **options):
        self.read = read
        super().__init__(*arguments, **options)

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        path = path if found else Path(self.directory, "404.html")
        body = self.read(path) if path.is_file() else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in self.TEXT:
            body = compressed(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):  # a page that is left waits for nothing
            self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing: whoever looks at the pages reports what is wrong."""


@cache  # a page's style sheets and scripts are asked for again with every visit
def compressed(body):
    return gzip.compress(body, 6, mtime=0)


@contextmanager
def serving(folder, read=Path.read_bytes):
    """Serve a folder on a free port of this machine; gives the address without a slash at the end.

    ``read`` gives what is served for a path.
    """
    handler = partial(CompressingHandler, directory=str(folder), read=read)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def installed():
    """Where browsers lie that no command names."""
    folders = [os.environ[name] for name in FOLDERS_ON_WINDOWS if os.environ.get(name)]
    yield from (f"{folder}\\{browser}" for browser in ON_WINDOWS for folder in folders)
    for name in ON_A_MAC:
        for folder in ("/Applications", os.path.expanduser("~/Applications")):
            yield f"{folder}/{name}.app/Contents/MacOS/{name}"


def find_chromium():
    """The path of a browser on this machine."""
    chosen = os.environ.get("CHROMIUM")
    if chosen and not shutil.which(chosen):
        raise NoBrowserError(f"CHROMIUM={chosen} is no program that can be started. {NO_BROWSER}")
    for command in (chosen, *COMMANDS, *installed()):
        if command and shutil.which(command):
            return shutil.which(command)
    raise NoBrowserError(NO_BROWSER)


@contextmanager
def browsing():
    """A browser of this machine, without a window."""
    path = find_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


class Watch:
    """What happens on a page: its requests and their weight, those that would leave the site, its complaints.

    A request that would leave the site finds nobody, so that the page behaves as it would without a network.
    """

    def __init__(self, page, server):
        self.asked, self.foreign, self.messages = [], [], []
        self.home = (server, "file:", "data:", "blob:")
        page.on("request", self._note)
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.messages.append(f"error: {error}"))

    def _note(self, request):
        if request.url.startswith(self.home[0]):
            self.asked.append(request)
        elif not request.url.startswith(self.home):
            self.foreign.append(request.url)

    def _listen(self, message):
        if message.type in ("error", "warning"):
            self.messages.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    @property
    def requests(self):
        """How many requests the site got."""
        return len(self.asked)

    @property
    def bytes(self):
        """What the answers weigh, with their headers."""
        sizes = [request.sizes() for request in self.asked]
        return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)

    def take(self):
        """The complaints since the last time."""
        found = [f"foreign request: {url}" for url in self.foreign] + self.messages
        self.asked, self.foreign, self.messages = [], [], []
        return found


@contextmanager
def visiting(browser, server, **options):
    """A page in a context of its own, without cache or memory of earlier visits; and the watch on it."""
    context = browser.new_context(reduced_motion="reduce", **options)
    page = context.new_page()
    yield page, Watch(page, server)
    context.close()


# The lab as the server sent it, put into the page of another address: it starts as when that page is loaded.
PUT_ANEW = """async (lab, address) => {
  clearTimeout(lab.remembering);  // it would write its state into the address
  history.replaceState(null, "", address);
  scrollTo(0, 0);
  const sent = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
  lab.replaceWith(document.importNode(sent.getElementById(lab.id), true));
}"""


def put_anew(lab, address):
    """The lab as on its page's opening with this address, in a tenth of the time that a page takes."""
    lab.evaluate(PUT_ANEW, address)
    return lab


def open_lab(page, name, address):
    """The lab as on opening its page with this address, be that page open or not."""
    lab = page.locator(name)
    if page.url.partition("#")[0] == address.partition("#")[0]:
        return put_anew(lab, address)
    page.goto(address)
    return lab
