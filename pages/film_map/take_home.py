"""Map home: the film map as one offline file, its coordinates as CSV, and where to get the picture."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.film_map import charts, drawing, export, three_d
from pages.film_map import layouts as map_layouts
from pages.film_map.layouts import Layout
from pages.film_map.link import DIMS, Controls
from pages.kit import cards, i18n
from pages.kit.i18n import t
from pages.kit.origin import origin_of
from recsys.insight.maps.layouts import LayoutSettings
from recsys.recommend import Recommender

SOLID_HEIGHT = 700


def draw(controls: Controls, layouts: list[Layout]) -> None:
    """Draw the buttons that take the map home."""
    found = layouts[0]
    is_flat = found.wanted.dims == DIMS[0]
    made = _flat_page(controls, layouts) if is_flat else _solid_page(controls, found)
    st.markdown(t("map.home.text"))
    name = f"film-map-{found.shown.key}"
    with st.container(horizontal=True, key="map_downloads"):
        st.download_button(
            t("map.html"),
            made,
            file_name=f"{name}.html",
            mime="text/html",
            icon=":material/public_off:",
            help=t("map.html.help"),
            key="map_html",
            on_click="ignore",
        )
        cards.download(
            lambda: coordinates(found),
            origin=origin_of(found.model).columns() | {"layout": found.shown.key},
            file_name=f"{name}.csv",
            key="map_csv",
            label=t("map.home.csv"),
            note=t("map.home.csv.help"),
        )
    st.caption(t("map.home.picture" if is_flat else "map.home.picture_3d"))


def coordinates(found: Layout) -> cards.Records:
    """Return all dots with their places for a file: id, what it is, then x, y (and z)."""
    table = _table(found.model, found.shown)
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _flat_page(controls: Controls, layouts: list[Layout]) -> Callable[[], str]:
    """Return what makes the map as one HTML file that works without a network.

    Streamlit calls it in a thread that knows neither the reader's language nor the URL: both are asked for here.
    """
    language, parts = i18n.language(), drawing.taken(controls, layouts)

    def make() -> str:
        with i18n.speaking(language):
            return export.offline_page(**parts)

    return make


def _solid_page(controls: Controls, found: Layout) -> Callable[[], str]:
    """Return the same for the map in three dimensions."""
    language, parts = i18n.language(), three_d.solid_parts(found, controls)

    def make() -> str:
        with i18n.speaking(language):
            page: str = charts.solid(**parts, height=SOLID_HEIGHT).to_html(include_plotlyjs=True, config=charts.CONFIG)
        return page

    return make


def _table(model: Recommender, settings: LayoutSettings) -> pd.DataFrame:
    """All films or people with their places."""
    places = map_layouts.kept(model, settings)
    data = model.dataset
    if settings.of == "movies":
        table = data.movies[["movie_id", "title", "year", "genres"]].reset_index(drop=True)
        table = table.assign(
            genres=table["genres"].str.join("|"),
            num_ratings=data.num_ratings_by_movie,
            mean_rating=data.mean_rating_by_movie.round(3),
        )
    else:
        table = data.users[["user_id", "gender", "age_group", "occupation"]].reset_index(drop=True)
        table = table.assign(num_ratings=data.num_ratings_by_user)
    if places is not None:
        table = table.assign(**{axis: places[:, at] for at, axis in enumerate("xyz"[: places.shape[1]])})
    return table
