"""The app in a process of its own and a headless Chromium in front of it: what is needed to measure a page.

Both are children of this process and end with the `with` that started them. The browser talks to 127.0.0.1 only.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from recsys.data.dataset import Dataset
from recsys.data.sources import load
from recsys.errors import BenchmarkError, MissingPackageError, NotHereError
from recsys.provenance import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSER_VARIABLE = "MATINEE_CHROMIUM"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WINDOW = {"width": 1366, "height": 768}
PATIENCE = 120_000
"""Milliseconds to wait for anything."""
_START_SECONDS = 120


class Server(NamedTuple):
    """A running app.

    Attributes:
        address: of its first page.
        process: the server itself.
    """

    address: str
    process: "subprocess.Popen[bytes]"

    def memory(self) -> float | None:
        """Memory that the server has now, in MiB, pages that it shares with others left out; None where unknown."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup")
        if not rollup.is_file():
            return None
        lines = (line.split() for line in rollup.read_text(encoding="utf-8").splitlines())
        return sum(int(words[1]) for words in lines if words[0].startswith("Private_")) / 2**10


@contextmanager
def serving(variables: Mapping[str, str], root: Path = ROOT) -> Iterator[Server]:
    """Run the app on a free port of 127.0.0.1.

    Args:
        variables: what to change in the environment.
        root: the folder of the program.

    Raises:
        BenchmarkError: if the server does not start.
    """
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603 - a fixed command, no shell
            [*command, "--server.headless", "true", "--server.address", "127.0.0.1"],
            cwd=root,
            env={**os.environ, **variables},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            if not _answers(address, process):
                log.seek(0)
                raise BenchmarkError("the app", f"did not start: {log.read().decode(errors='replace')[-600:]}")
            yield Server(address, process)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()


def _answers(address: str, process: "subprocess.Popen[bytes]") -> bool:
    """Wait until a server answers, or has ended."""
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(URLError, OSError), urlopen(f"{address}/_stcore/health", timeout=2):  # noqa: S310 - our own server
            return True
        time.sleep(0.1)
    return False


def check_opened(dataset: Dataset) -> None:
    """Refuse to measure pages that show another data set than the one asked for.

    Raises:
        NotHereError: if the app opens another one.
    """
    opened = load().dataset
    if opened.fingerprint != dataset.fingerprint:
        raise NotHereError(
            "the app", f"opens {opened.name} here, so that its pages cannot be measured on {dataset.name}."
        )


@contextmanager
def browsing() -> Iterator["Browser"]:
    """Start a headless Chromium.

    Raises:
        MissingPackageError: if Playwright is not installed.
        NotHereError: if there is no Chromium.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise MissingPackageError("a measurement in a browser", "playwright") from error
    executable = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def chromium() -> str:
    """Return the path of a Chromium: the one that MATINEE_CHROMIUM names, else one on the path.

    Raises:
        NotHereError: if there is none.
    """
    named = os.environ.get(BROWSER_VARIABLE)
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sought = named or ", ".join(BROWSERS)
        raise NotHereError("Chromium", f"was not found ({sought}). Install it, or name it in {BROWSER_VARIABLE}.")
    return found


@contextmanager
def tab(browser: "Browser") -> Iterator["Page"]:
    """Open a tab that shares nothing with any other, in English, and close it."""
    context = browser.new_context(viewport=WINDOW, locale="en-GB")  # type: ignore[arg-type]
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        yield page
    finally:
        context.close()


class Traffic:
    """Counts the bytes that reach a tab, over its web socket and by HTTP, as they come over the wire.

    Args:
        page: the tab; counting begins now.
    """

    def __init__(self, page: "Page") -> None:
        self.socket = self.http = 0
        session = page.context.new_cdp_session(page)
        session.on("Network.webSocketFrameReceived", self._frame)
        session.on("Network.loadingFinished", self._file)
        session.send("Network.enable")

    @property
    def total(self) -> int:
        """All bytes so far."""
        return self.socket + self.http

    def _frame(self, event: dict[str, Any]) -> None:
        frame = event["response"]
        text = frame["payloadData"]
        is_binary = frame["opcode"] == 2
        self.socket += len(text) * 3 // 4 - text.count("=") if is_binary else len(text.encode())

    def _file(self, event: dict[str, Any]) -> None:
        self.http += int(event["encodedDataLength"])
