"""The app without a browser: its script under `AppTest`, on the invented data set with a model trained for a moment."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner
from streamlit.util import calc_hash

from pages.film_map import drawing as map_drawing
from pages.kit import i18n, resources, visitor_ratings
from recsys.bundle import Features
from recsys.config import DataConfig, first_visit
from recsys.data.dataset import Dataset
from recsys.data.synthetic import synthetic
from recsys.evaluation.contenders import contenders
from recsys.evaluation.scoreboard import save_score, score
from recsys.evaluation.scores import Score
from recsys.insight.maps import projection
from recsys.insight.maps.layout_job import LayoutJob
from recsys.insight.maps.layouts import Array, pca
from recsys.recommend import Recommender
from recsys.recommend.kept import Record, Skip, Stars
from recsys.training import TrainingJob
from tests.conftest import Once
from tests.pages.scoreboard_parts import CHEAP, DATA

APP = Path(__file__).resolve().parent.parent.parent / "pages" / "app.py"
PAGES = (
    *("start", "person", "rate", "together", "film", "film_map"),
    *("training", "data", "title_cnn", "scoreboard", "fairness"),
)
LANGUAGES = ("en", "zh")

OpenPage = Callable[..., AppTest]
Told = list[dict[str, Any]]


def quick_layouts(features: Features, *_: object) -> dict[str, Array]:
    """Lay out the films in no time, under the name of the map that pages show first."""
    return {"movies-tsne-2d-p30-cosine-s0": pca(features.movies)}


def train(dataset: Dataset, folder: Path, *, name: str | None = None, **changes: Any) -> None:
    """Train for a moment and keep the bundle.

    Args:
        dataset: what to learn from.
        folder: where to keep it.
        name: of the run.
        changes: of how it is trained.
    """
    model, config = first_visit()
    job = TrainingJob(quick_layouts)
    job.start(
        dataset,
        data=DataConfig(dataset.name),
        model=model,
        train=replace(config, **{"epochs": 1, "batch_size": 4096, "learning_rate": 3e-3, **changes}),
        device="cpu",
        folder=folder,
        name=name,
    )
    assert job.wait(120)
    assert job.status().state == "finished", job.status().error


def copy_home(once: Once, folder: Path) -> Path:
    """Fill a home with a bundle that is trained once."""

    def make(home: Path) -> None:
        train(synthetic(), home / "data" / "bundles" / "synthetic-1")

    return Path(shutil.copytree(once("trained-home", make), folder, dirs_exist_ok=True))


def load_house(home: Path, patch: pytest.MonkeyPatch) -> resources.House:
    """Load data and model anew from a home, as a server does when it starts."""
    patch.setenv("MATINEE_HOME", str(home))
    resources.house.clear()
    assert resources.wait(120)
    return resources.house()


def forget(house: resources.House) -> None:
    """Forget all that was computed of data and model."""
    assert house.recommender is not None
    for cache in (house.made, house.recent, house.recommender.made, house.recommender.recent):
        cache.clear()


@pytest.fixture(scope="session")
def home(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds a trained bundle."""
    return copy_home(once, tmp_path_factory.mktemp("home-with-model"))


@pytest.fixture(scope="session")
def trained_house(home: Path) -> resources.House:
    """Data and model, loaded once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MATINEE_DATA", raising=False)
        return load_house(home, patch)


@pytest.fixture
def house(trained_house: resources.House, home: Path, monkeypatch: pytest.MonkeyPatch) -> resources.House:
    """The server's house for this test, with the home that it came from."""
    monkeypatch.setenv("MATINEE_HOME", str(home))
    monkeypatch.setattr(resources, "house", lambda: trained_house)
    return trained_house


@pytest.fixture
def bare_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[resources.House]:
    """A house with data and without a model."""
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path))
    built = resources.House()
    assert built.is_ready.wait(120)
    monkeypatch.setattr(resources, "house", lambda: built)
    yield built
    built.job.stop()
    built.job.wait(30)


@pytest.fixture(scope="session", autouse=True)
def _same_code_for_all_apps() -> Iterator[None]:
    """Look for components in the installed packages and compile the pages once; an `AppTest` does both for itself."""
    scripts = ScriptCache()
    with pytest.MonkeyPatch.context() as patch:
        found = manifest_scanner.scan_component_manifests()
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: found)
        for module in (app_test, local_script_runner):
            patch.setattr(module, "ScriptCache", lambda: scripts)
        yield


def open_app(name: str, **params: object) -> AppTest:
    """Run the app once on a page, with parameters in the URL, as a deep link does."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app._page_hash = calc_hash("" if name == "start" else name)  # `switch_page` knows no path before the first run
    for key, value in params.items():
        app.query_params[key] = str(value)
    return app.run()


@pytest.fixture
def open_page(house: resources.House) -> OpenPage:
    """Open a page of the app where a model is there."""
    return open_app


def all_text(app: AppTest) -> str:
    """Return everything that a page says in Markdown, captions, headings and messages."""
    kinds = ("title", "header", "markdown", "caption", "info", "warning", "error", "success")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))


def raw_texts(app: AppTest) -> list[str]:
    """Return what a page shows as it stands in a file."""
    boxes = (
        re.search(r'<pre class="matinee-raw"[^>]*>(.*)</pre>', html.proto.body, re.DOTALL) for html in app.get("html")
    )
    return [unescape(box[1]) for box in boxes if box]


@pytest.fixture
def own_house(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[resources.House]:
    """A server of its own with a trained model and no score, so that what is trained or measured stays in this test."""
    shutil.copytree(home, tmp_path / "home")
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(projection, "layouts", quick_layouts)
    built = resources.House()
    assert built.is_ready.wait(120)
    monkeypatch.setattr(resources, "house", lambda: built)
    yield built
    built.job.stop()
    built.scoring.stop()
    assert built.job.wait(60)
    assert built.scoring.wait(120)


@pytest.fixture
def model(house: resources.House) -> Recommender:
    assert house.recommender is not None
    return house.recommender


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What the map was told to show, one entry a run."""
    calls: Told = []
    monkeypatch.setattr(map_drawing, "film_map", lambda **what: calls.append(what))
    return calls


@pytest.fixture
def layout_job(house: resources.House, monkeypatch: pytest.MonkeyPatch) -> Iterator[LayoutJob]:
    """A queue of this test's own."""
    own = LayoutJob()
    monkeypatch.setattr(house, "layouts", own)
    yield own
    own.stop()
    assert own.wait(60)


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "en")


def taste(model: Recommender, ratings: dict[int, int], *skipped: int, version: int = 0) -> visitor_ratings._Taste:
    """What a session holds of somebody with these ratings."""
    record = Record(
        {movie_id: Stars(given, at) for at, (movie_id, given) in enumerate(ratings.items(), start=1)},
        {movie_id: Skip(True, at) for at, movie_id in enumerate(skipped, start=1)},
    )
    return visitor_ratings._Taste(model.dataset.fingerprint, ratings, skipped, record, version)


def keys(app: AppTest) -> set[str]:
    """Return the keys of all buttons."""
    return {button.key for button in app.button if button.key}


@pytest.fixture(scope="session")
def scores(trained_house: resources.House) -> list[Score]:
    """A few contenders, measured once."""
    assert trained_house.located is not None
    dataset = trained_house.located.dataset
    return [score(contenders(DATA)[key], dataset, DATA) for key in CHEAP]


@pytest.fixture
def board(own_house: resources.House, scores: list[Score]) -> list[Score]:
    """The server's scoreboard holds these."""
    for one in scores:
        save_score(one)
    return scores


def submit(app: AppTest, label: str) -> None:
    """Press the button of a form, by its label."""
    next(button for button in app.button if button.label == label).click().run()
