"""The Film map page: one unchanged figure for everybody, and the list beside it."""

from dataclasses import replace

import pytest

from pages.ui import components, i18n, map_chart, resources
from recsys.data.film_table import film_table
from recsys.recommend import Recommender
from tests.pages.conftest import OpenPage, all_text


@pytest.fixture
def model(house: resources.House) -> Recommender:
    assert house.recommender is not None
    return house.recommender


def table_with_strange_title(model: Recommender):
    table = film_table(model.dataset, model.bundle.maps["pca"])
    table.loc[0, "title"] = "<b>Bold</b> & <i>Sons</i>"
    return table


def test_every_film_is_one_dot_and_carries_its_id(model: Recommender, monkeypatch) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "en")
    figure = map_chart.film_map(film_table(model.dataset, model.bundle.maps["tsne"]), method="tsne")
    ids = [values[0] for trace in figure.data for values in trace.customdata]
    assert sorted(ids) == sorted(model.dataset.movies["movie_id"].tolist())
    assert {trace.type for trace in figure.data} == {"scattergl"}


def test_markup_in_a_title_is_shown_as_text(model: Recommender, monkeypatch) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "en")
    figure = map_chart.film_map(table_with_strange_title(model), method="pca")
    titles = [values[1] for trace in figure.data for values in trace.customdata]
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; &lt;i&gt;Sons&lt;/i&gt;" in titles
    assert not any("<b>" in title for title in titles)


def test_the_search_box_goes_to_a_film_and_is_empty_again(open_page: OpenPage, monkeypatch) -> None:
    shown = []
    draw = components.movie_rows
    monkeypatch.setattr(
        components, "movie_rows", lambda items, *, key: shown.append((key, items)) or draw(items, key=key)
    )
    app = open_page("film_map", lang="en", movie=3)
    assert dict(shown)["map_film"][0].thing.movie_id == 3
    shown.clear()
    app.selectbox(key="search_movie").select(8).run()
    assert not app.exception
    assert app.query_params["movie"] in ("8", ["8"])
    assert app.selectbox(key="search_movie").value is None
    assert dict(shown)["map_film"][0].thing.movie_id == 8
    assert len(dict(shown)["map_similar"]) == 10


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_both_layouts_open_from_the_url(open_page: OpenPage, method: str) -> None:
    app = open_page("film_map", lang="zh", method=method)
    assert not app.exception
    assert app.segmented_control(key="url_method").value == method
    assert len(app.get("plotly_chart")) == 1


def test_the_figure_is_the_same_object_every_time_and_differs_by_language(open_page: OpenPage, monkeypatch) -> None:
    drawn = []
    monkeypatch.setattr(map_chart, "film_map", lambda *args, **kwargs: drawn.append(kwargs) or _empty())
    resources._computed.clear()
    for language in ("en", "en", "zh", "en"):
        open_page("film_map", lang=language)
    resources._computed.clear()
    assert len(drawn) == 2


def test_a_model_without_a_map_says_how_to_get_one(open_page: OpenPage, house, model, monkeypatch) -> None:
    monkeypatch.setattr(house, "recommender", Recommender(model.dataset, replace(model.bundle, maps={})))
    app = open_page("film_map", lang="en")
    assert not app.exception
    assert "no map yet" in all_text(app)


def _empty():
    import plotly.graph_objects as go  # noqa: PLC0415

    return go.Figure()
