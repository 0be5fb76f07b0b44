"""The app as people use it: `streamlit run streamlit_app.py` in a process of its own, and a real Chromium.

MATINEE_CHROMIUM names the browser, else it is `chromium-headless-shell` on the path, which draws the same pages for
half the processor time, or `chromium`. Without one these tests are skipped, unless MATINEE_REQUIRE_BROWSER=1 makes that
a failure.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from pages.film_map import export as map_export
from pages.film_map import scene as map_scene
from pages.film_map.component import Placed
from pages.film_map.export import TakenPanel
from recsys.cli.benchmark.browser import FLAGS
from tests.browser.map_home import open_file, write_file
from tests.browser.map_points import layout, scene
from tests.browser.page_server import serve_page
from tests.browser.profiles import Profiles
from tests.browser.server_process import Process, free_port, running
from tests.browser.visit import Visit, Visitor
from tests.conftest import Once
from tests.pages.conftest import copy_home

ROOT = Path(__file__).resolve().parent.parent.parent
BROWSERS = ("chromium-headless-shell", "chromium")


def _chromium() -> str:
    found = os.environ.get("MATINEE_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    message = "no Chromium: install it, or name it in MATINEE_CHROMIUM"
    if os.environ.get("MATINEE_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium of the system."""
    executable = _chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield launched
        launched.close()


@contextmanager
def serve(home: Path) -> Iterator[str]:
    """Run the app on a free port with the invented data set; yield its address."""
    with serve_process(home) as (address, _):
        yield address


@contextmanager
def serve_process(home: Path) -> Iterator[tuple[str, Process]]:
    """Run the app as `serve` does; yield its address and its process, which may be killed."""
    port = free_port()
    settings = {name: value for name, value in os.environ.items() if name not in ("MATINEE_DATA", "MATINEE_HOME")}
    # A way to the network that leads nowhere, so that the invented data set is what the app finds.
    nowhere = {
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
    }
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    command += ["--server.headless", "true"]
    address = f"http://127.0.0.1:{port}"
    env = {**settings, **nowhere, "MATINEE_HOME": str(home)}
    with running(command, address, cwd=ROOT, env=env, log=home / "server.log") as server:
        yield address, server


@pytest.fixture(scope="session")
def model_home(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds a bundle for the invented data set."""
    return copy_home(once, tmp_path_factory.mktemp("browser-home"))


@pytest.fixture(scope="session")
def served(model_home: Path) -> Iterator[tuple[str, Process]]:
    """A server with data and a model, shared by all tests: its address and its process."""
    with serve_process(model_home) as found:
        yield found


@pytest.fixture(scope="session")
def server(served: tuple[str, Process]) -> str:
    """The address of the server that all tests share."""
    return served[0]


@pytest.fixture(scope="session")
def map_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose only page is `map_page.py`, below a path."""
    with serve_page("map_page.py", tmp_path_factory.mktemp("map-page")) as address:
        yield address


@pytest.fixture(scope="session")
def theatre_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose only page is `theatre_page.py`, below a path."""
    with serve_page("theatre_page.py", tmp_path_factory.mktemp("theatre-page")) as address:
        yield address


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Iterator[Profiles]:
    """Profiles that visitors take in turn."""
    found = Profiles(browser)
    yield found
    found.close()


@pytest.fixture
def visitor(profiles: Profiles) -> Iterator[Visitor]:
    """Open tabs, each of a visitor of its own; at the end no tab may have seen a problem."""
    visits: list[Visit] = []

    def come(address: str, *, locale: str = "en-GB", **options: object) -> Visit:
        visits.append(Visit(profiles.take(locale=locale, **options).new_page(), address))
        return visits[-1]

    yield come
    for visit in visits:
        profiles.give_back(visit.page.context)
    assert [problem for visit in visits for problem in visit.problems] == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all that lies here as browser tests."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_export.i18n, "language", lambda: "en")


@pytest.fixture
def file(tmp_path: Path, in_english: None) -> Path:
    """A map that was taken home."""
    heaps = scene().columns[0].values
    names = {"coarse_names": ["A", "B <s>", "C"], "fine_names": ["a"] * 3}
    panel = TakenPanel(
        "",
        map_scene.encode_layout(layout()),
        clusters=map_scene.encode_clusters(heaps, heaps, **names),
        placed=(Placed("<placed>", 20, 10, "film", (1, 2)),),
    )
    return write_file(tmp_path / "map.html", panel)


@pytest.fixture
def home(file: Path, visitor: Visitor) -> Page:
    """The file, opened from disk without a network."""
    return open_file(visitor(file.as_uri(), offline=True))
