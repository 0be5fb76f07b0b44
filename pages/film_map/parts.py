"""Map parts: what stands below the film map, one part at a time: selection, map truth, placing, take home.

A fragment of its own. The chosen part is in the URL.
"""

from collections.abc import Callable

import streamlit as st

from pages.film_map import lasso, placing, take_home, truth
from pages.film_map.layouts import Layout
from pages.film_map.link import DIMS, Controls, View
from pages.film_map.panel import PANEL
from pages.kit import frame, state
from pages.kit.i18n import t

PARTS = "map_parts"
_SELECTION, _TRUTH = "selection", "truth"

_DRAW: dict[str, Callable[[Controls, list[Layout]], None]] = {
    _SELECTION: lasso.draw,
    _TRUTH: truth.draw,
    "place": placing.draw,
    "home": take_home.draw,
}
_ICONS = {_SELECTION: "lasso_select", _TRUTH: "balance", "place": "add_location_alt", "home": "download"}


@st.fragment(key=PARTS)
def draw(controls: Controls, layouts: list[Layout]) -> None:
    """Draw the chosen part."""
    part = _part()
    st.segmented_control(
        t("map.part"),
        list(_DRAW),
        format_func=lambda name: f":material/{_ICONS[name]}: {t(f'map.part.{name}')}",
        required=True,
        label_visibility="collapsed",
        **part.widget,
    )
    if layouts[0].wanted.dims != DIMS[0] and part.value == "place":
        st.info(t("map.flat_only"), icon=":material/info:")
    else:
        _DRAW[part.value](controls, layouts)
    for model in {id(found.model): found.model for found in layouts}.values():
        frame.origin(model)


def follow_choice() -> list[str]:
    """Return which fragments a newly chosen dot concerns."""
    return [PANEL, PARTS] if _part().value == _TRUTH else [PANEL]


def answer(controls: Controls, layouts: list[Layout]) -> None:
    """Draw in short what was encircled or placed, for the panel beside the map: the part itself is below the fold."""
    part = _part().value
    if part == _SELECTION:
        lasso.summary(controls.view, layouts[0].model)
    elif part == "place" and layouts[0].wanted.dims == DIMS[0]:
        placing.summary(layouts[0])


def take_selection(view: View, ids: tuple[int, ...]) -> None:
    """Note what was encircled, and show it (part of a callback)."""
    lasso.take(view, ids)
    if ids:
        _part().write(_SELECTION)


def _part() -> state.Control[str]:
    return state.control("part", _SELECTION, parse=lambda text: text if text in _DRAW else None)
