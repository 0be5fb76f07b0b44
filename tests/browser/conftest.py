"""The app as people use it: `streamlit run streamlit_app.py` in a process of its own, and a real Chromium.

MATINEE_CHROMIUM names the browser, else `chromium` on the path. Without one these tests are skipped, unless
MATINEE_REQUIRE_BROWSER=1 makes that a failure.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from pages.ui import map_export, map_scene
from pages.ui.map_component import Placed
from pages.ui.map_export import TakenPanel
from recsys.cli.benchmark_browser import FLAGS
from recsys.data.synthetic import synthetic
from tests.browser.map_home import open_file, write_file
from tests.browser.map_points import layout, scene
from tests.browser.server_process import Process, free_port, running
from tests.browser.visit import Visit, Visitor
from tests.pages.conftest import train

ROOT = Path(__file__).resolve().parent.parent.parent


def _chromium() -> str:
    found = os.environ.get("MATINEE_CHROMIUM") or shutil.which("chromium")
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
def model_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds a bundle for the invented data set."""
    home = tmp_path_factory.mktemp("browser-home")
    train(synthetic(), home / "data" / "bundles" / "synthetic-1")
    return home


@pytest.fixture(scope="session")
def server(model_home: Path) -> Iterator[str]:
    """The address of a server with data and a model, shared by all tests."""
    with serve(model_home) as address:
        yield address


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Open tabs; at the end no tab may have seen a problem."""
    visits: list[Visit] = []

    def come(address: str, *, locale: str = "en-GB", **options: object) -> Visit:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale=locale, **options)
        visits.append(Visit(context.new_page(), address))
        return visits[-1]

    yield come
    for visit in visits:
        visit.page.context.close()
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
