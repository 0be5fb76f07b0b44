"""Film map: every film a dot; a click shows the film and those most like it, without touching the map."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.ui import components, frame, i18n, map_chart, pickers, resources, state
from pages.ui.i18n import number, t
from recsys.data.dataset import Movie
from recsys.data.film_table import film_table
from recsys.insight.projection import pca
from recsys.recommend import Recommender

METHODS = ("tsne", "pca")
CHART, PANEL = "film_map_chart", "film_map_panel"
NUM_SIMILAR = 10


def table_of(model: Recommender, method: str) -> pd.DataFrame:
    """Return all films with their place on a map, turned so that it is widest from left to right.

    Directions on a t-SNE map mean nothing, and the principal directions of a PCA map are its axes already.
    """
    return film_table(model.dataset, pca(model.bundle.maps[method]))


def figure_of(model: Recommender, method: str, language: i18n.Language) -> go.Figure:
    """Return the map; the same object for everybody who reads the same language, so that zooming is kept."""
    del language  # the texts are in it; it is here to keep the languages apart in the cache
    return map_chart.film_map(table_of(model, method), method=method)


def page_of(model: Recommender, method: str, language: i18n.Language) -> str:
    """Return the map as one HTML file that works without a network."""
    page: str = figure_of(model, method, language).to_html(include_plotlyjs=True, config=map_chart.CONFIG)
    return page


def method_of(model: Recommender) -> state.Control[str] | None:
    """Return the choice of the layout; None where the model has no map."""
    there = [method for method in METHODS if method in model.bundle.maps]
    return state.control("method", there[0], parse=lambda text: text if text in there else None) if there else None


def choose_method(model: Recommender, method: state.Control[str]) -> None:
    """Draw the choice of the layout."""
    st.segmented_control(
        t("map.method"),
        [name for name in METHODS if name in model.bundle.maps],
        format_func=lambda name: t(f"map.{name}"),
        help=t("map.method.help"),
        required=True,
        **method.widget,
    )


def choose_dot() -> None:
    """Take the film whose dot was clicked, and draw only the panel again."""
    points = st.session_state[CHART].selection.points
    if points:
        state.write_params(movie=int(points[0]["customdata"][0]))
        st.rerun(PANEL)


@st.fragment(key=PANEL)
def panel() -> None:
    """Draw the chosen film and the films most like it."""
    model = frame.need_model()
    data = model.dataset
    movie_id = pickers.current_movie(default=int(data.movies["movie_id"].iloc[data.num_ratings_by_movie.argmax()]))
    components.movie_rows([components.Item(data.movie(movie_id))], key="map_film")
    st.markdown(t("map.similar"))
    similar = model.similar_movies(movie_id, k=NUM_SIMILAR)
    items = [
        components.Item(data.movie(found.movie_id), fact=t("map.similarity", value=f"{found.similarity:.3f}"))
        for found in similar
    ]
    components.movie_rows(items, key="map_similar")
    rows: list[tuple[Movie, dict[str, object]]] = [
        (data.movie(found.movie_id), {"similarity": round(found.similarity, 4)}) for found in similar
    ]
    components.download(components.movie_table(rows), file_name=f"similar-{movie_id}.csv", key="map_similar_csv")


def downloads(model: Recommender, method: str) -> None:
    """Draw the buttons that take the map home."""
    with st.container(horizontal=True, key="map_downloads"):
        table = table_of(model, method)
        table["genres"] = table["genres"].str.join("|")
        records = [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
        components.download(components.to_csv(records), file_name=f"film-map-{method}.csv", key="map_csv")
        st.download_button(
            t("map.html"),
            lambda: resources.of_model(page_of, model, method, i18n.language()),
            file_name=f"film-map-{method}.html",
            mime="text/html",
            icon=":material/public_off:",
            help=t("map.html.help"),
            key="map_html",
            on_click="ignore",
        )


def draw(model: Recommender) -> None:
    """Draw map and panel side by side."""
    method = method_of(model)
    if method is None:
        st.info(t("map.none"), icon=":material/scatter_plot:")
        return
    left, right = st.columns([1.7, 1], gap="medium")
    with right:
        choose_method(model, method)
        pickers.search_movie()
    with left:
        st.plotly_chart(
            resources.of_model(figure_of, model, method.value, i18n.language()),
            key=CHART,
            on_select=choose_dot,
            selection_mode="points",
            config=map_chart.CONFIG,
            alt=t("map.alt", count=number(model.dataset.num_movies)),
        )
        downloads(model, method.value)
    with right:
        panel()


frame.page_header("map.title", "map.purpose")
draw(frame.need_model())
frame.origin()
frame.how_it_works("map.how", key="map_how")
