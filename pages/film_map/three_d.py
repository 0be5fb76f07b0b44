"""Map in three dimensions, by Plotly; and the flat chart that takes the map's place in a browser without WebGL."""

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from pages.film_map import charts, data
from pages.film_map import controls as map_controls
from pages.film_map.layouts import Layout
from pages.film_map.link import Controls, Of, index_of
from pages.film_map.scene import Column, Scene
from pages.kit import i18n, pickers, resources, state
from pages.kit.i18n import number, t
from recsys.recommend import Recommender

SOLID, FLAT = "film_map_3d", "film_map_chart"


def draw_solid(found: Layout, controls: Controls, *, height: int) -> None:
    """Draw the map in three dimensions with the chosen dot and its neighbours."""
    figure = charts.solid(**solid_parts(found, controls), height=height)
    st.plotly_chart(figure, key=SOLID, theme=None, config=charts.CONFIG)
    st.caption(t("map.solid.help"))


def draw_flat(found: Layout, controls: Controls, *, height: int, on_choose: Callable[[int], None]) -> None:
    """Draw the plain chart, and say why."""
    st.info(t("map.no_webgl"), icon=":material/info:")
    total = len(found.places)
    if total > charts.MAX_FLAT:
        st.caption(t("map.no_webgl.some", count=number(charts.MAX_FLAT), total=number(total)))

    def choose() -> None:
        points = st.session_state[FLAT].selection.points
        if points:
            on_choose(int(points[0]["customdata"][0]))

    st.plotly_chart(
        flat(found, controls, height=height),
        key=FLAT,
        theme=None,
        on_select=choose,
        selection_mode="points",
        config=charts.CONFIG,
    )


def search(model: Recommender, controls: Controls) -> None:
    """Draw the box that finds a film or person for the charts; the map has its own."""
    if controls.of.value == "movies":
        pickers.search_movie()
        return
    chosen = map_controls.current(model, controls)
    st.number_input(t("map.person"), step=1, **state.id_control("user", chosen))


def solid_parts(found: Layout, controls: Controls) -> dict[str, Any]:
    """Return what the map in three dimensions is drawn from: the arguments of `map_chart.solid`."""
    model, view = found.model, controls.view
    chosen = index_of(model, view.of)(map_controls.current(model, controls))
    near, _ = data.neighbors_of(model, view.of, view.near, chosen)
    scene, column = _scene(model, controls), _column(found, controls)
    return {"scene": scene, "places": found.places, "column": column, "chosen": chosen, "near": near}


def flat(found: Layout, controls: Controls, *, height: int = 700) -> go.Figure:
    """Return the map as a plain chart."""
    return charts.flat(_scene(found.model, controls), found.places, _column(found, controls), height=height)


def _scene(model: Recommender, controls: Controls) -> Scene:
    return resources.of_model(_in_language, model, controls.of.value, i18n.language())


def _in_language(model: Recommender, of: Of, language: i18n.Language) -> Scene:
    del language  # the texts are in it; it is here to keep the languages apart in the cache
    return data.scene_of(model, of)


def _column(found: Layout, controls: Controls) -> Column:
    """The column that colours the dots."""
    name = controls.color.value
    own = {column.name: column for column in _scene(found.model, controls).columns}
    if name in own:
        return own[name]
    if name == "person":
        return data.person_values(found.model, map_controls.person(found.model))
    return data.cluster_values(found) if name == "cluster" else data.trust_values(found)
