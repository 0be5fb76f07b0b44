"""The world that the film map is measured with, and the parts that need no browser to be tested. Nothing is timed."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from recsys.bundle import Bundle, load_bundle
from recsys.bundle.store import best_bundle
from recsys.cli.benchmark.browser import Server, Traffic, browsing, check_opened, chromium
from recsys.cli.benchmark.world import NAME, World, clustered, make_world
from recsys.data.dataset import Dataset
from recsys.data.sources import load
from recsys.errors import MissingPackageError, NotHereError
from recsys.insight.maps.layouts import LayoutSettings
from recsys.recommend import Recommender
from tests.core.conftest import HISTORY_MODEL

SIZES = {"num_users": 30, "num_ratings": 900}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"), 120, model=HISTORY_MODEL, **SIZES)


@pytest.fixture
def opened(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[Dataset, Bundle]:
    """What an app finds in that world."""
    for name, value in world.variables.items():
        monkeypatch.setenv(name, value)
    dataset = load().dataset
    info = best_bundle(dataset)
    assert info is not None
    return dataset, load_bundle(info.folder, dataset)


def test_a_world_is_opened_as_ml_1m_with_all_that_was_asked_for(opened):
    dataset, bundle = opened
    assert (dataset.name, dataset.num_movies, dataset.num_users, dataset.num_ratings) == ("ml-1m", 120, 30, 900)
    assert bundle.info.folder.name == NAME
    assert bundle.info.is_finished
    assert {name: len(places) for name, places in bundle.maps.items()} == {
        LayoutSettings().key: 120,
        LayoutSettings(of="users").key: 30,
    }
    assert bundle.movie_features.shape == (120, HISTORY_MODEL.feature_size)


def test_the_model_of_a_world_answers(opened):
    model = Recommender(*opened)
    user_id = int(model.dataset.users["user_id"].iloc[0])
    assert len(model.recommend(user_id, k=5)) == 5
    assert all(1 <= film.stars <= 5 for film in model.recommend(user_id, k=5))
    assert len(model.similar_movies(7)) == 10


def test_one_seed_gives_one_world(world, tmp_path):
    again, other = (make_world(tmp_path / str(seed), 120, model=HISTORY_MODEL, seed=seed, **SIZES) for seed in (0, 1))

    def bytes_of(made: World, name: str) -> bytes:
        return next(made.data.parent.rglob(name)).read_bytes()

    for name in ("movies.dat", "ratings.dat", "features.safetensors"):
        assert bytes_of(again, name) == bytes_of(world, name)
        assert bytes_of(other, name) != bytes_of(world, name)


def test_films_near_on_the_map_of_a_world_are_near_in_all_numbers():
    made = clustered(np.arange(600) % 6, 200, np.random.default_rng(0))

    def nearest(points: np.ndarray) -> np.ndarray:
        distances = ((points[:, None] - points[None]) ** 2).sum(axis=2)
        return distances.argsort(axis=1)[:, 1:21]

    on_map, in_all = nearest(made.places), nearest(made.features)
    shared = np.mean([len({*a} & {*b}) for a, b in zip(on_map, in_all, strict=True)])
    assert shared > 5  # of 20; 0.7 by chance


def test_a_world_needs_the_network_of_no_one(world):
    assert world.variables["MATINEE_OFFLINE"] == "1"
    assert Path(world.variables["MATINEE_DATA"], "ml-1m", "movies.dat").is_file()


class FakePage:
    """A tab whose network can be made to say something."""

    def __init__(self) -> None:
        self.context = self
        self.heard, self.sent = {}, []

    def new_cdp_session(self, _page: object) -> SimpleNamespace:
        return SimpleNamespace(on=self.heard.__setitem__, send=self.sent.append)


def test_traffic_counts_bytes_as_they_come_over_the_wire():
    page = FakePage()
    traffic = Traffic(page)
    assert page.sent == ["Network.enable"]
    frame = page.heard["Network.webSocketFrameReceived"]
    for opcode, text in ((2, "AAECAw=="), (2, "AAEC"), (1, "é")):  # 4 and 3 bytes in base64, then two bytes of text
        frame({"response": {"opcode": opcode, "payloadData": text}})
    page.heard["Network.loadingFinished"]({"encodedDataLength": 100.0})
    assert (traffic.socket, traffic.http, traffic.total) == (9, 100, 109)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says")
def test_the_memory_of_a_server_is_that_of_its_process():
    server = Server("", SimpleNamespace(pid="self"))
    before = server.memory()
    ballast = np.ones(64 * 2**20, dtype=np.uint8)
    after = server.memory()
    assert 60 < after - before < 80
    del ballast
    assert Server("", SimpleNamespace(pid=0)).memory() is None


def test_a_chromium_that_is_not_there_is_said_so(monkeypatch, tmp_path):
    monkeypatch.setenv("MATINEE_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(NotHereError, match="MATINEE_CHROMIUM"):
        chromium()
    monkeypatch.delenv("MATINEE_CHROMIUM")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotHereError, match="Chromium was not found"):
        chromium()


def test_playwright_that_is_not_there_is_said_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(MissingPackageError, match="pip install playwright"), browsing():
        pass


def test_only_the_data_set_that_the_app_opens_is_measured(dataset, monkeypatch):
    monkeypatch.setenv("MATINEE_OFFLINE", "1")
    with pytest.raises(NotHereError, match="the app opens synthetic here"):
        check_opened(dataset)
