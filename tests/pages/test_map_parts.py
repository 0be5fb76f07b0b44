"""The parts below the film map and its charts: selection, truth, placing, three dimensions, what is taken home."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.film_map import charts as map_chart
from pages.film_map import controls as map_controls
from pages.film_map import data as map_data
from pages.film_map import lasso as map_lasso
from pages.film_map import layouts as map_layouts
from pages.film_map import names as map_names
from pages.film_map import placing as map_placing
from pages.film_map import scene as map_scene
from pages.film_map import take_home as map_home
from pages.film_map import truth as map_truth
from pages.film_map import wishes as map_wishes
from pages.film_map.charts import flat, solid
from pages.film_map.scene import Column
from pages.film_map.wishes import Wish
from pages.kit import i18n, published, visitor_ratings
from recsys.insight.maps.layouts import LayoutSettings
from recsys.insight.maps.traits import Trait
from tests.pages.conftest import OpenPage, Told, all_text, submit, taste

pytestmark = pytest.mark.usefixtures("layout_job")


def test_a_selection_is_listed_compared_and_recommended_from(open_page: OpenPage, told: Told, model) -> None:
    ids = [int(i) for i in model.dataset.movies["movie_id"].head(30)]
    app = _with_session(open_page, {"map_selection_movies": tuple(ids)}, lang="en")
    assert not app.exception
    table: pd.DataFrame = app.dataframe[0].value
    assert set(table["title"]) == set(model.dataset.movies["title"].head(30))
    assert table["num_ratings"].is_monotonic_decreasing
    assert "**30** of 400 films" in all_text(app)
    assert "Year: Ø" in all_text(app)
    assert i18n.TEXTS["en"]["map.answer.below"] in all_text(app)
    assert told[-1]["lasso"] == tuple(ids)
    app.button(key="map_place_selection").click().run()
    assert not app.exception
    (placed,) = told[-1]["panels"][0].placed
    assert (placed.kind, placed.title) == ("mean", "Mean of 30 films")


def test_films_like_a_selection_are_not_of_it(open_page: OpenPage, told: Told, model, monkeypatch) -> None:
    shown: dict[str, list[Any]] = {}
    monkeypatch.setattr(map_lasso.cards, "movie_cards", lambda items, *, key, size: shown.update({key: items}))
    ids = tuple(int(i) for i in model.dataset.movies["movie_id"].head(200))
    app = _with_session(open_page, {"map_selection_movies": ids}, lang="en")
    assert not app.exception
    alike = {item.thing.movie_id for item in shown["map_alike"]}
    assert len(alike) == map_lasso.NUM_LIKE
    assert not alike & set(ids)


def test_people_can_be_selected_too(open_page: OpenPage, told: Told, model) -> None:
    ids = tuple(int(i) for i in model.dataset.users["user_id"].head(12))
    app = _with_session(open_page, {"map_selection_users": ids}, lang="en", of="users")
    assert not app.exception
    assert sorted(app.dataframe[0].value["user_id"]) == sorted(ids)


@pytest.mark.parametrize("of", ["movies", "users"])
def test_the_truth_names_its_k_measure_and_number(open_page: OpenPage, told: Told, of) -> None:
    app = open_page("film_map", lang="en", part="truth", of=of)
    assert not app.exception
    assert {metric.label for metric in app.metric} == {"Trustworthiness", "Continuity"}
    assert all(0 < float(metric.value) <= 1 for metric in app.metric)
    assert "k = 10, cosine" in all_text(app)
    assert "model:" in all_text(app)
    app.button(key="map_truth_lines").click().run()
    assert told[-1]["marks"] == "measured"
    app.button(key="map_truth_color").click().run()
    assert told[-1]["color"] == "trust"


def test_a_trust_below_one_never_reads_as_perfect() -> None:
    assert [map_truth._number(trust) for trust in (1.0, 0.99996, 0.5, float("nan"))] == ["1.000", "0.999", "0.500", "–"]


def test_film_mean_and_person_are_placed_from_the_url_and_can_be_removed(open_page: OpenPage, told: Told) -> None:
    wanted = [["film", "<b>Night</b> zzyzx", "Horror"], ["mean", 1, 2, 3], ["person", 5]]
    app = open_page("film_map", lang="en", part="place", method="pca", place=json.dumps(wanted))
    assert not app.exception
    placed = told[-1]["panels"][0].placed
    assert [one.kind for one in placed] == ["film", "mean", "person"]
    assert placed[0].title == "<b>Night</b> zzyzx"
    assert all(len(one.neighbors) == 10 for one in placed)
    assert "zzyzx" in all_text(app)
    assert r"\<b\>Night\</b\>" in all_text(app)
    app.button(key="map_place_remove_1").click().run()
    assert [one.kind for one in told[-1]["panels"][0].placed] == ["film", "person"]


def test_a_film_is_made_up_in_the_form(open_page: OpenPage, told: Told) -> None:
    app = open_page("film_map", lang="en", part="place", method="pca")
    submit(app, "Place on the map")
    assert told[-1]["panels"][0].placed == ()
    assert [error.value for error in app.error] == [i18n.TEXTS["en"]["map.place.incomplete"]]
    assert i18n.TEXTS["en"]["map.answer.below"] not in all_text(app)
    app.text_input(key="map_place_title").set_value("Night Train")
    app.multiselect(key="map_place_genres").set_value(["Comedy"])
    submit(app, "Place on the map")
    assert not app.exception
    assert [one.title for one in told[-1]["panels"][0].placed] == ["Night Train"]
    assert not app.error
    assert i18n.TEXTS["en"]["map.answer.below"] in all_text(app)


def test_wishes_survive_the_url(model, monkeypatch) -> None:
    params: dict[str, str] = {}
    monkeypatch.setattr(map_wishes.st, "query_params", params)
    monkeypatch.setattr(map_wishes.state, "write_params", lambda **values: params.update(values))
    wanted = (
        Wish("film", 'a "b", c', ("Comedy", "War")),
        Wish("mean", ids=(1, 2)),
        Wish("person", ids=(3,)),
        Wish("me"),
    )
    map_wishes.write(wanted)
    assert map_wishes.wishes(model.dataset) == wanted


def test_a_visitor_without_ratings_has_no_place_and_is_told_where_to_rate(open_page: OpenPage, told: Told) -> None:
    app = open_page("film_map", lang="en", part="place", method="pca", place='[["me"]]')
    assert not app.exception
    assert told[-1]["panels"][0].placed == ()
    assert i18n.TEXTS["en"]["map.place.rate_first"] in [each.value for each in app.info]


def test_a_visitor_is_placed_in_the_middle_of_their_films(open_page: OpenPage, told: Told, model) -> None:
    app = open_page("film_map", lang="en", part="place", method="pca", place='[["me"]]')
    app.session_state["visitor_taste"] = taste(model, {7: 5}, version=1)
    app.run()
    assert not app.exception
    (placed,) = told[-1]["panels"][0].placed
    found = map_layouts.layout(model, LayoutSettings(method="pca"))
    person = visitor_ratings.fold_in(model).person({7: 5})
    films = [film.movie_id for film in model.recommend_for(person, k=10)]
    assert (placed.x, placed.y) == map_placing.middle(found, films)


def test_a_title_in_the_url_is_cut(model, monkeypatch) -> None:
    monkeypatch.setattr(map_wishes.st, "query_params", {"place": json.dumps([["film", "night " * 100, "Comedy"]])})
    (wish,) = map_wishes.wishes(model.dataset)
    assert len(wish.title) <= map_wishes.MAX_TITLE


@pytest.mark.parametrize("dims", [2, 3])
def test_the_page_taken_home_speaks_the_readers_language_and_shows_their_film(
    open_page: OpenPage, told: Told, model, monkeypatch, dims: int
) -> None:
    makers: dict[str, Callable[[], str]] = {}
    monkeypatch.setattr(map_home.st, "download_button", lambda _label, make, *, key, **_: makers.update({key: make}))
    title = model.dataset.movie(7).title
    open_page("film_map", lang="zh", dims=dims, method="pca", movie=7, part="home")
    with ThreadPoolExecutor(1) as thread:  # as Streamlit does: a thread that knows no session
        page = thread.submit(makers["map_html"]).result(120)
    assert ('<html lang="zh' if dims == 2 else json.dumps(i18n.TEXTS["zh"]["genre.Comedy"])) in page
    assert ('"chosen": 7,' if dims == 2 else f'"text":[{json.dumps(title)}') in page


@pytest.mark.parametrize("color", ["genre", "decade", "count", "cluster"])
def test_three_dimensions_are_drawn_with_the_neighbours(open_page: OpenPage, told: Told, color) -> None:
    app = open_page("film_map", lang="en", dims=3, method="pca", color=color)
    assert not app.exception
    assert told == []
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert {trace["type"] for trace in figure["data"]} == {"scatter3d"}
    assert figure["data"][-1]["mode"] == "markers+text"


def test_without_webgl_a_plain_chart_takes_the_place_and_says_so(open_page: OpenPage, told: Told) -> None:
    app = open_page("film_map", lang="en")
    app.session_state["map_no_webgl"] = True
    told.clear()
    app.run()
    assert not app.exception
    assert told == []
    assert "no WebGL" in all_text(app)
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert {trace["type"] for trace in figure["data"]} == {"scatter"}


def test_the_coordinates_name_every_film_and_where_they_come_from(model) -> None:
    found = map_layouts.layout(model, LayoutSettings(method="pca"))
    records = map_home.coordinates(found)
    assert len(records) == model.dataset.num_movies
    assert list(records[0])[-2:] == ["x", "y"]


def test_plotly_is_given_markup_in_titles_as_text(model, english) -> None:
    scene = map_data.scene_of(model, "movies")
    titles = ["<b>Bold</b> & <i>Sons</i>", *scene.titles[1:]]
    strange = SimpleNamespace(**{**vars(scene), "titles": titles})
    places = np.zeros((len(titles), 3), dtype=np.float32)
    column = scene.columns[0]
    for figure in (
        flat(strange, places[:, :2], column, height=300),
        solid(strange, places, column, chosen=0, near=np.array([1]), height=300),
    ):
        texts = "\n".join(str(text) for trace in figure.data if trace.hovertext is not None for text in trace.hovertext)
        assert "&lt;b&gt;Bold&lt;/b&gt; &amp; &lt;i&gt;Sons&lt;/i&gt;" in texts
        assert "<b>Bold" not in texts


def test_the_plain_chart_keeps_to_the_best_known_of_many(model, english, monkeypatch) -> None:
    scene = map_data.scene_of(model, "movies")
    monkeypatch.setattr(map_chart, "MAX_FLAT", 50)
    figure = flat(scene, np.zeros((len(scene.ids), 2), dtype=np.float32), scene.columns[2], height=300)
    ids = {one for trace in figure.data for (one,) in trace.customdata}
    best = np.argsort(-np.asarray(scene.weights), kind="stable")[:50]
    assert ids == {int(scene.ids[row]) for row in best}


def test_categories_beyond_the_palette_and_unknown_ones_are_grey(english) -> None:
    column = Column("kind", "kind", "category", np.array([0, 0, 1, -1]), ("a", "b"))
    colors = map_chart._category_colors(column)
    palette = map_chart._palette()
    assert [colors[0], colors[1], colors[-1]] == [*palette["categories"][:2], palette["plain"]]


def test_traits_are_named_in_the_readers_language(monkeypatch) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "zh")
    traits = [
        Trait(kind, value, 0.5, 0.1, 9.0) for kind, value in (("genre", "Horror"), ("decade", 1990), ("number", 3))
    ]  # type: ignore[arg-type]
    assert [map_names.trait_name(trait) for trait in traits] == ["恐怖", "1990 年代", "第 3 组"]


def test_many_points_are_asked_for_one_by_one(model, english, monkeypatch) -> None:
    monkeypatch.setattr(map_scene, "MAX_TABLE", 10)
    table, live = map_data.neighbors(model, "movies", "cosine")
    assert table is None
    assert live is not None
    answer = published.SHELF.function(live.rsplit("/", 1)[-1])
    assert answer is not None
    with pytest.raises(LookupError):
        answer(model.dataset.num_movies)
    assert len(answer(0)) > 0
    rows, values = map_data.neighbors_of(model, "movies", "cosine", 5)
    monkeypatch.undo()
    again, same = map_data.neighbors_of(model, "movies", "cosine", 5)
    assert rows.tolist() == again.tolist()
    assert values == pytest.approx(same)


def test_every_choice_of_the_controls_has_a_text() -> None:
    texts = i18n.TEXTS["en"]
    for name, options in {"of": map_controls.OF, "method": map_controls.METHODS, "dims": map_controls.DIMS}.items():
        assert {f"map.{name}.{option}" for option in options} <= texts.keys()
    for colors in map_controls.COLORS.values():
        assert {f"map.color.{color}" for color in colors} <= texts.keys()


def _with_session(open_page: Callable[..., AppTest], values: dict[str, object], **params: object) -> AppTest:
    """Open the page and run it again with something in the session."""
    app = open_page("film_map", **params)
    for key, value in values.items():
        app.session_state[key] = value
    return app.run()
