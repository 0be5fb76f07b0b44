"""The Film map page: what the URL says is what the map is told."""

import json
from typing import Any

import numpy as np
import pytest

from pages.film_map import data as map_data
from pages.film_map import layouts as map_layouts
from pages.kit import published
from recsys.insight.maps.layouts import LayoutSettings
from tests.pages.conftest import OpenPage, Told, all_text, submit

pytestmark = pytest.mark.usefixtures("layout_job")


def header(address: str) -> dict[str, Any]:
    """What stands in front of published bytes (see `map_scene.pack`)."""
    import gzip  # noqa: PLC0415

    piece = published.SHELF.piece(address.rsplit("/", 1)[-1])
    assert piece is not None
    data = gzip.decompress(piece.body)
    length = int.from_bytes(data[4:8], "little")
    found: dict[str, Any] = json.loads(data[8 : 8 + length])
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("of", ["movies", "users"])
def test_the_map_is_told_of_all_films_or_people(open_page: OpenPage, told: Told, model, of, language) -> None:
    app = open_page("film_map", lang=language, of=of)
    assert not app.exception
    scene = header(told[-1]["scene"])
    assert scene["count"] == (model.dataset.num_movies if of == "movies" else model.dataset.num_users)
    names = [column["name"] for column in scene["columns"]]
    assert (
        names == [["genre", "decade", "mean", "count"], ["gender", "age", "occupation", "mean", "count"]][of == "users"]
    )
    assert told[-1]["color"] == names[0]
    assert header(told[-1]["panels"][0].layout)["count"] == scene["count"]


def test_a_reload_publishes_nothing_anew(open_page: OpenPage, told: Told) -> None:
    for _ in range(2):
        open_page("film_map", lang="en", color="cluster")
    first, second = told[0], told[-1]
    assert first["scene"] == second["scene"]
    assert first["neighbors"] == second["neighbors"]
    assert first["panels"] == second["panels"]


def test_the_url_decides_what_is_shown(open_page: OpenPage, told: Told) -> None:
    open_page("film_map", lang="en", method="pca", near="dot", judged=1, movie=7)
    plain = told[-1]
    assert plain["marks"] == "measured"
    assert plain["chosen"] == 7
    assert len(plain["panels"]) == 1
    open_page("film_map", lang="en", method="pca", near="euclidean", movie=7)
    assert told[-1]["marks"] is None
    assert told[-1]["neighbors"] != plain["neighbors"]


@pytest.mark.parametrize(
    "params",
    [
        {"method": "umap", "dims": "4", "color": "taste", "near": "angle", "of": "genres"},
        {"perplexity": "1e9", "seed": "-1", "metric": "manhattan", "with": "movies-tsne", "part": "none"},
        {"with": "users-pca-2d", "with_model": "../../somewhere"},
        {"with": "movies-pca-2d", "with_model": "not-there"},
        {"place": "[[", "movie": "<script>"},
        {"place": '[["film"],["film",""],["mean","x"],["person",0],[1],{}]'},
        {"place": '[["film","\\ud800 dog","Comedy"]]'},
        {"place": '[["film","a","No such genre"],["film"," ","Comedy"],["mean",99999999]]'},
    ],
)
def test_nonsense_in_the_url_shows_the_usual_map(open_page: OpenPage, told: Told, params) -> None:
    app = open_page("film_map", lang="en", **params)
    assert not app.exception
    assert len(told[-1]["panels"]) == 1
    assert told[-1]["panels"][0].placed == ()
    assert told[-1]["color"] == "genre"


def test_the_panel_shows_the_chosen_film_and_its_neighbours_by_the_chosen_measure(
    open_page: OpenPage, told: Told, model, monkeypatch
) -> None:
    shown: dict[str, list[Any]] = {}
    from pages.kit import cards  # noqa: PLC0415

    monkeypatch.setattr(cards, "lone_row", lambda item, *, key: shown.update({key: [item]}))
    monkeypatch.setattr(cards, "tight_rows", lambda items, *, key: shown.update({key: items}))
    open_page("film_map", lang="en", movie=7, near="dot")
    assert shown["map_film"][0].thing.movie_id == 7
    features, row = model.bundle.movie_features.astype(np.float64), model.dataset.movie_index(7)
    products = features @ features[row]
    products[row] = -np.inf
    expected = [int(model.dataset.movies["movie_id"].iloc[at]) for at in np.argsort(-products, kind="stable")[:10]]
    assert [item.thing.movie_id for item in shown["map_similar"]] == expected
    assert shown["map_similar"][0].fact == f"dot {products.max():.1f}"


def test_another_layout_is_computed_and_then_shown(open_page: OpenPage, told: Told, model, layout_job) -> None:
    app = open_page("film_map", lang="en", perplexity=7, seed=3)
    wanted = LayoutSettings(perplexity=7, seed=3)
    instead = told[-1]["panels"][0]
    assert not app.exception
    assert instead.layout == map_data.layout(map_layouts.layout(model, LayoutSettings()))
    assert layout_job.wait(60)
    app.run()
    assert not app.exception
    shown = told[-1]["panels"][0]
    assert shown.frames is None
    assert shown.layout != instead.layout
    assert map_layouts.kept(model, wanted) is not None
    app.button(key="map_watch").click().run()
    assert told[-1]["panels"][0].frames is not None


def test_a_layout_that_was_stopped_is_offered_again(
    open_page: OpenPage, told: Told, model, layout_job, monkeypatch
) -> None:
    monkeypatch.setattr(layout_job, "status", lambda settings, bundle: _status("stopped"))
    asked = []
    monkeypatch.setattr(layout_job, "request", lambda bundle, settings: asked.append(settings))
    app = open_page("film_map", lang="en", perplexity=9)
    assert not app.exception
    assert "is not laid out" in all_text(app)
    assert asked == []
    app.button(key="map_layout_0_go").click().run()
    assert asked == [LayoutSettings(perplexity=9)]


def test_a_full_queue_is_said_and_the_map_is_there_all_the_same(
    open_page: OpenPage, told: Told, layout_job, monkeypatch
) -> None:
    from recsys.errors import QueueFullError  # noqa: PLC0415

    def full(*_arguments: object) -> None:
        raise QueueFullError(8)

    monkeypatch.setattr(layout_job, "request", full)
    app = open_page("film_map", lang="en", perplexity=11)
    assert not app.exception
    assert "wait to be laid out already" in "\n".join(toast.value for toast in app.toast)
    assert len(told[-1]["panels"]) == 1


def test_two_maps_stand_side_by_side_with_their_trust(open_page: OpenPage, told: Told) -> None:
    app = open_page("film_map", **{"lang": "en", "with": "movies-pca-2d"})
    assert not app.exception
    first, second = told[-1]["panels"]
    assert "perplexity 30" in first.name
    assert second.name.endswith("PCA")
    assert "trust 0." in second.note
    app.button(key="map_second_close").click().run()
    assert len(told[-1]["panels"]) == 1
    assert "with" not in app.query_params


def test_the_forms_put_layout_and_second_map_into_the_url(open_page: OpenPage, told: Told) -> None:
    app = open_page("film_map", lang="en", method="pca")
    _of(app.radio, "map_second_method").set_value("tsne")
    _of(app.number_input, "map_second_perplexity").set_value(12)
    submit(app, "Show beside it")
    assert app.query_params["with"] in ("movies-tsne-2d-p12-cosine-s0", ["movies-tsne-2d-p12-cosine-s0"])
    assert len(told[-1]["panels"]) == 2


def test_the_form_follows_the_url_back_again(open_page: OpenPage, told: Told) -> None:
    app = open_page("film_map", lang="en")
    _of(app.number_input, "map_layout_perplexity").set_value(8)
    submit(app, "Lay out")
    assert _of(app.number_input, "map_layout_perplexity").value == 8
    app.query_params["perplexity"] = "30"  # what the Back button does
    app.run()
    assert _of(app.number_input, "map_layout_perplexity").value == 30


def _of(elements: Any, beginning: str) -> Any:
    """The one element whose key begins so."""
    (found,) = [element for element in elements if str(element.key).startswith(beginning)]
    return found


@pytest.mark.parametrize("color", ["cluster", "trust", "person"])
def test_colours_that_are_not_in_the_scene_come_beside_it(open_page: OpenPage, told: Told, color) -> None:
    open_page("film_map", lang="en", color=color, user=5)
    own = [*told[-1]["panels"][0].columns, *told[-1]["columns"]]
    columns = {found["name"]: found for found in (header(address)["column"] for address in own)}
    assert told[-1]["color"] == color
    assert color in columns
    if color == "person":
        assert columns["person"]["title"] == "stars predicted for person 5"


def _status(state: str) -> Any:
    from recsys.insight.maps.layout_job import LayoutStatus  # noqa: PLC0415

    return LayoutStatus(state)  # type: ignore[arg-type]


@pytest.mark.parametrize(("of", "dot"), [("movies", "Every film is a dot."), ("users", "Every person is a dot.")])
def test_the_purpose_says_what_the_dots_are(open_page: OpenPage, told: Told, of: str, dot: str) -> None:
    assert dot in all_text(open_page("film_map", lang="en", of=of))
