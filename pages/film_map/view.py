"""Film map: every film or person a dot; a click shows its neighbours, without running the page again."""

from functools import partial

import streamlit as st

from pages.film_map import controls as map_controls
from pages.film_map import drawing, panel, parts, three_d
from pages.film_map import layouts as map_layouts
from pages.film_map.component import Actions
from pages.film_map.layouts import Layout
from pages.film_map.link import DIMS, Controls, View, read
from pages.kit import frame, resources, state
from pages.kit.i18n import t
from recsys.errors import BundleError
from recsys.recommend import Recommender

HEIGHT, CHART_HEIGHT = 760, 500
NO_WEBGL = "map_no_webgl"
PURPOSES = {"movies": "map.purpose", "users": "map.purpose_people"}


def layouts_of(model: Recommender, view: View) -> list[Layout]:
    """Return the layouts of the one or two maps that are wanted."""
    found = [map_layouts.layout(model, view.settings)]
    if view.second is not None:
        other = second_model(model, view.second.model)
        if other is not None:
            found.append(map_layouts.layout(other, view.second.settings))
    return found


def second_model(model: Recommender, folder: str) -> Recommender | None:
    """Return the model of the second map; None with a message where it cannot be had."""
    if not folder:
        return model
    try:
        other = resources.model_in(folder, model)
    except BundleError as error:
        frame.show_error(error)
        return None
    if other is None:
        st.warning(t("map.second.gone"), icon=":material/warning:")
    return other


def choose(kind: state.Kind, chosen: int) -> None:
    """Take the film or person that was clicked, and draw only what shows it (a callback)."""
    panel.take(kind, chosen)
    st.rerun(parts.follow_choice())


def actions_of(view: View) -> Actions:
    """Return what happens when something is done on the map: each draws no more than it changes."""

    def lasso(ids: tuple[int, ...]) -> None:
        parts.take_selection(view, ids)
        st.rerun([panel.PANEL, parts.PARTS])

    def no_webgl() -> None:
        st.session_state[NO_WEBGL] = True

    return Actions(partial(choose, view.kind), lasso, no_webgl)


def draw_map(controls: Controls, layouts: list[Layout]) -> None:
    """Draw one or two maps in the browser, or the chart that takes their place."""
    view = controls.view
    actions = actions_of(view)
    if view.settings.dims != DIMS[0]:
        three_d.draw_solid(layouts[0], controls, height=CHART_HEIGHT)
        return
    if st.session_state.get(NO_WEBGL):
        three_d.draw_flat(layouts[0], controls, height=CHART_HEIGHT, on_choose=partial(choose, view.kind))
        return
    drawing.draw(controls, layouts, actions, height=HEIGHT)


def draw(model: Recommender) -> None:
    """Draw the controls, the map with the panel beside it, and the parts below."""
    controls = read()
    map_controls.draw(model, controls)
    layouts = layouts_of(model, controls.view)
    left, right = st.columns([5, 3] if len(layouts) == 1 else [7, 3], gap="medium")
    with left:
        draw_map(controls, layouts)
        map_layouts.progress(layouts)
    with right:
        if controls.view.settings.dims != DIMS[0] or st.session_state.get(NO_WEBGL):
            three_d.search(model, controls)
        panel.draw(model, controls, answer=partial(parts.answer, controls, layouts))
    parts.draw(controls, layouts)


frame.page_header_line("map.title", PURPOSES[read().view.of])
draw(frame.need_model())
frame.how_it_works("map.how", key="map_how")
