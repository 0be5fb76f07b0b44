"""The app without a browser: its script under `AppTest`, on the invented data set with a model trained for a moment."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import resources
from recsys.config import DataConfig, first_visit
from recsys.data.dataset import Dataset
from recsys.data.synthetic import synthetic
from recsys.insight.layouts import pca
from recsys.training import TrainingJob

APP = Path(__file__).resolve().parent.parent.parent / "pages" / "app.py"
SCRIPTS = {
    "start": "explore/start.py",
    "person": "explore/person.py",
    "film": "explore/film.py",
    "film_map": "explore/film_map.py",
    "training": "learn/training.py",
    "data": "learn/dataset.py",
    "scoreboard": "learn/scoreboard.py",
}
LANGUAGES = ("en", "zh")

OpenPage = Callable[..., AppTest]


def train(dataset: Dataset, folder: Path) -> None:
    """Train for a moment and keep the bundle."""
    model, config = first_visit()
    job = TrainingJob(lambda features: {"movies-tsne-2d-p30-cosine-s0": pca(features.movies)})
    job.start(
        dataset,
        data=DataConfig(dataset.name),
        model=model,
        train=replace(config, epochs=1, batch_size=4096, learning_rate=3e-3),
        device="cpu",
        folder=folder,
    )
    assert job.wait(120)
    assert job.status().state == "finished", job.status().error


def load_house(home: Path, patch: pytest.MonkeyPatch) -> resources.House:
    """Load data and model anew from a home, as a server does when it starts."""
    patch.setenv("MATINEE_HOME", str(home))
    resources.house.clear()
    resources._computed.clear()
    assert resources.wait(120)
    return resources.house()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds a trained bundle."""
    folder = tmp_path_factory.mktemp("home-with-model")
    train(synthetic(), folder / "data" / "bundles" / "synthetic-1")
    return folder


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


def open_app(name: str, **params: object) -> AppTest:
    """Run the app once on a page, with parameters in the URL."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    for key, value in params.items():
        app.query_params[key] = str(value)
    app.run()
    if name != "start":
        app.switch_page(SCRIPTS[name])
        for key, value in params.items():
            app.query_params[key] = str(value)
        app.run()
    return app


@pytest.fixture
def open_page(house: resources.House) -> OpenPage:
    """Open a page of the app where a model is there."""
    return open_app


def all_text(app: AppTest) -> str:
    """Return everything that a page says in Markdown, captions, headings and messages."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))
