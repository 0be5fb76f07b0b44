"""A page with nothing but a map of invented points, for `test_map_mounted.py`; run by Streamlit, not by pytest."""

import numpy as np
import streamlit as st

from pages.film_map import scene as map_scene
from pages.film_map.component import Actions, Panel, film_map
from pages.kit import published
from tests.browser.map_points import NUM_POINTS, layout, neighbors, scene

state = st.session_state
state["runs"] = state.get("runs", 0) + 1


@st.fragment(key="panel")
def panel() -> None:
    """What was done on the map, and how often the page ran for it."""
    opened = st.query_params.get("opened", state.get("no_webgl"))
    st.text(f"chosen {state.get('chosen')} opened {opened} lasso {state.get('lasso')} runs {state['runs']}")


def choose(wanted: int) -> None:
    """Draw only the panel again."""
    state["chosen"] = wanted
    st.rerun("panel")


def row_of(number: int) -> bytes:
    """Answer one point's neighbours."""
    if number >= NUM_POINTS:
        raise LookupError(number)
    indices, values = neighbors()
    return map_scene.encode_neighbors(indices[number : number + 1], values[number : number + 1])


def steps(number: int) -> bytes:
    """Answer the steps of a layout from a number on: twelve, each a little nearer to the last."""
    scattered = np.random.default_rng(0).uniform(-1, 1, (NUM_POINTS, 1))
    frames = [layout() + share * 9 * scattered for share in np.linspace(1, 0, 12)]
    return map_scene.encode_frames(frames[number:], first=number, state="finished")


if "lose" in st.query_params and not state.get("lost"):
    # As after a restart of the server: addresses that nobody answers, until the page runs again.
    state["lost"] = True
    addresses = ["/map-data/gone", "/map-data/gone"]
else:
    addresses = [
        published.publish("scene", lambda: map_scene.encode(scene())),
        published.publish("layout", lambda: map_scene.encode_layout(layout())),
    ]
st.button("Take the first", on_click=lambda: state.update(chosen=1))
color = st.radio("Colour", ["kind", "size"])
is_turned = st.checkbox("Turned")
if is_turned:
    addresses[1] = published.publish("turned", lambda: map_scene.encode_layout(layout()[:, ::-1] * np.array([1, -1])))
watched = published.publish_live("steps", steps) if "frames" in st.query_params else None
film_map(
    key="map",
    scene=addresses[0],
    panels=[Panel("", addresses[1], frames=watched)],
    color=color,
    neighbors_live=published.publish_live("neighbors", row_of),
    chosen=state.get("chosen"),
    height=420,
    link={"before": "?opened=", "behind": ""},
    actions=Actions(
        on_choose=choose,
        on_lasso=lambda wanted: state.update(lasso=len(wanted)),
        on_no_webgl=lambda: state.update(no_webgl="no WebGL"),
    ),
)
panel()
