"""What the server computes has an owner and a bound: dear things stay, and a model that nobody uses goes whole."""

import gc
import gzip
import shutil
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.film_map import data as map_data
from pages.film_map import first as map_first
from pages.film_map import layouts as map_layouts
from pages.kit import i18n, published, resources, visitor_ratings
from pages.title_cnn import scene as title_scene
from pages.why import dialog as why
from recsys.bundle.info import read_info
from recsys.insight.maps.layouts import LayoutSettings
from recsys.insight.maps.neighbors import METRICS
from recsys.recommend import Recommender
from recsys.recommend.recommender import MAX_RECENT
from tests.pages.conftest import open_app

VISITS: tuple[tuple[str, dict[str, object]], ...] = (
    ("person", {"user": 5, "why": 3, "gems": "0.5"}),
    ("film", {"movie": 3}),
    ("together", {"people": "5,6"}),
    ("film_map", {"movie": 3, "part": "truth", "color": "person"}),
    ("film_map", {"movie": 3, "part": "place", "place": "film:New Words"}),
    ("title_cnn", {"movie": 3, "part": "words"}),
    ("fairness", {"part": "flip"}),
    ("training", {"part": "kept"}),
)


@pytest.fixture
def server(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[resources.House]:
    """A server with two models, that spares its data the garbage collections as the launcher does."""
    shutil.copytree(home, tmp_path / "home")
    bundles = tmp_path / "home" / "data" / "bundles"
    shutil.copytree(bundles / "synthetic-1", bundles / "synthetic-2")
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(published, "SHELF", published.Shelf())
    built = resources.House(gc.freeze)
    assert built.is_ready.wait(120)
    monkeypatch.setattr(resources, "house", lambda: built)
    yield built
    gc.unfreeze()


def let_go_of(model: Recommender) -> list[weakref.ref[object]]:
    """Watch a model and its large parts."""
    bundle = model.bundle
    parts = [model, bundle, bundle.model, bundle.movie_features, model.ordering, model.filter_table]
    return [weakref.ref(part) for part in parts]


def look_at_everything(model: Recommender) -> None:
    """Have all computed that the server computes beforehand, and what a map and a title ask for over the network."""
    map_first.prepare(model)
    visitor_ratings.prepare(model)
    why.prepare(model)
    found = map_layouts.layout(model, LayoutSettings(method="pca"))
    with i18n.speaking("en"):
        for make in (map_data.layout, map_data.clusters, map_data.cluster_column, map_data.trust_column):
            make(found)
        map_data.person_column(model, 5)
        map_data.neighbors(model, "users", METRICS[0])
    title_scene.net_address(model)
    answer = published.SHELF.function(title_scene.gallery_address(model).rsplit("/", 1)[-1])
    assert answer is not None
    assert answer(0)


def test_a_model_that_nobody_uses_any_more_is_let_go_whole(server: resources.House) -> None:
    assert server.recommender is not None
    parts = let_go_of(server.recommender)
    in_use = server.recommender.bundle.info.folder
    look_at_everything(server.recommender)
    visits = [open_app(name, lang="en", **params) for name, params in VISITS]
    assert not any(app.exception for app in visits)

    old = resources.made(server.recommender)
    resources.publish(next(path for path in in_use.parent.iterdir() if path != in_use))
    for app in visits:
        app.run()  # everybody has the new one on the screen
        assert not app.exception
    gc.collect()
    assert [type(part()).__name__ for part in parts if part() is not None] == []

    resources.model_in(in_use.name, server.recommender)  # somebody compares the two: the old one is loaded anew
    published.publish("anything", lambda: gzip.compress(b"the shelf looks for what is gone"))
    assert not [name for name in published.SHELF._hash_of if old in str(name)]
    assert not [name for names in published.SHELF._owned.values() for name in names if old in str(name)]


def test_a_model_that_was_compared_is_let_go_when_its_run_changes(server: resources.House) -> None:
    assert server.recommender is not None
    in_use = server.recommender.bundle.info.folder
    other = next(path for path in in_use.parent.iterdir() if path != in_use)
    found = resources.model_in(other.name, server.recommender)
    assert found is not None
    assert resources.model_in(other.name, server.recommender) is found
    parts = let_go_of(found)
    del found
    resources.rename(read_info(other), "Renamed")
    gc.collect()
    assert [type(part()).__name__ for part in parts if part() is not None] == []


def test_films_that_are_looked_at_push_nothing_out_that_is_made_once(house: resources.House) -> None:
    model = house.recommender
    assert model is not None
    dear = map_data.truth_of(model, LayoutSettings(method="pca"))
    for number in range(3 * MAX_RECENT):
        resources.answer_of_model(_of_a_film, model, number)
    assert map_data.truth_of(model, LayoutSettings(method="pca")) is dear
    assert len(model.recent._values) == MAX_RECENT


def _of_a_film(_: Recommender, number: int) -> int:
    return number


@pytest.mark.parametrize(
    ("page", "one", "other"),
    [
        ("film", {"movie": 3, "why": 3}, {"movie": 4, "why": 4}),
        ("person", {"user": 5, "why": 3, "gems": "0.5"}, {"user": 6, "why": 4, "gems": "0.25"}),
        ("title_cnn", {"movie": 3, "part": "words"}, {"movie": 4, "part": "words"}),
        ("film_map", {"movie": 3, "part": "place", "place": "film:One"}, {"movie": 4, "place": "film:Two"}),
    ],
)
def test_another_film_or_person_adds_nothing_to_what_is_made_once(house: resources.House, page, one, other) -> None:
    model = house.recommender
    assert model is not None
    open_app(page, lang="en", **one)
    before = set(model.made._values), set(house.made._values)
    open_app(page, lang="en", **other)
    assert (set(model.made._values), set(house.made._values)) == before


def test_a_shelf_keeps_what_is_published_for_somebody_else_too() -> None:
    class Owner:
        pass

    shelf, first, second = published.Shelf(), Owner(), Owner()
    both = shelf.publish("both", lambda: b"both", owner=first)
    alone = shelf.publish("alone", lambda: b"alone", owner=first)
    same = shelf.publish("same bytes", lambda: b"alone too", owner=first)
    assert shelf.publish("same bytes under another name", lambda: b"alone too", owner=second) == same
    assert shelf.publish("both", lambda: b"never made", owner=second) == both
    word = shelf.answer("live", bytes, owner=first)
    del first
    gc.collect()
    shelf.publish("later", lambda: b"later")
    assert shelf.piece(both) is not None
    assert shelf.piece(same) is not None
    assert shelf.piece(alone) is None
    assert shelf.function(word) is None
