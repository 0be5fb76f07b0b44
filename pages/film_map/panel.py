"""Map panel: the chosen film or person beside the film map, and those nearest to it in all numbers.

A fragment of its own: a click on the map draws this again and nothing else.
"""

from collections.abc import Callable

import streamlit as st

from pages.film_map import controls as map_controls
from pages.film_map import data
from pages.film_map.link import Controls, View, ids_of, index_of
from pages.kit import cards, state
from pages.kit.cards import Item
from pages.kit.i18n import t
from pages.kit.origin import origin_of
from recsys.data.dataset import Movie, User
from recsys.insight.maps.neighbors import METRICS
from recsys.recommend import Recommender

PANEL = "map_panel"
Pairs = list[tuple[Movie | User, dict[str, object]]]
DIGITS = {"cosine": 3, "dot": 1, "euclidean": 2}


@st.fragment(key=PANEL)
def draw(model: Recommender, controls: Controls, *, answer: Callable[[], None] | None = None) -> None:
    """Draw the chosen film or person and its neighbours; as high as the map beside it (`assets/style.css`).

    Args:
        model: of the map.
        controls: of the page.
        answer: draws what was encircled or placed, on top, where it is seen without scrolling.
    """
    view = controls.view
    chosen = map_controls.chosen(model, controls)
    with st.container(key="map_panel"):
        if answer is not None:
            answer()
        if chosen is None:
            st.info(t(f"map.nothing.{view.kind}"), icon=":material/ads_click:")
            return
        cards.lone_row(Item(thing(model, view, chosen), note=t(f"map.open.{view.kind}")), key="map_film")
        _near(controls)
        items = neighbor_items(model, view, chosen)
        cards.tight_rows(items, key="map_similar")
        fact = {"cosine": "cosine", "dot": "dot_product", "euclidean": "euclidean_distance"}[view.near]
        _, values = data.neighbors_of(model, view.of, view.near, index_of(model, view.of)(chosen))
        pairs: Pairs = [(item.thing, {fact: round(float(value), 4)}) for item, value in zip(items, values, strict=True)]
        cards.download(
            records(pairs),
            origin=origin_of(model).columns(),
            file_name=f"similar-{chosen}.csv",
            key="map_similar_csv",
        )


def thing(model: Recommender, view: View, wanted_id: int) -> Movie | User:
    """Return a film or person by id."""
    return model.dataset.movie(wanted_id) if view.of == "movies" else model.dataset.user(wanted_id)


def neighbor_items(model: Recommender, view: View, chosen: int) -> list[Item]:
    """Return the neighbours of a film or person as things to click, nearest first."""
    rows, values = data.neighbors_of(model, view.of, view.near, index_of(model, view.of)(chosen))
    ids = ids_of(model, view.of)[rows].tolist()
    digits = DIGITS[view.near]
    facts = [t(f"map.fact.{view.near}", value=f"{value:.{digits}f}") for value in values.tolist()]
    return [Item(thing(model, view, found), fact) for found, fact in zip(ids, facts, strict=True)]


def records(pairs: Pairs) -> cards.Records:
    """Return films or people for a file, with what each row adds."""
    films = [(found, more) for found, more in pairs if isinstance(found, Movie)]
    if films:
        return cards.movie_records(films)
    people = [(found, more) for found, more in pairs if isinstance(found, User)]
    return [{**found._asdict(), **more} for found, more in people]


def take(kind: state.Kind, chosen: int) -> None:
    """Note which film or person was clicked (part of a callback); 0 is a click beside all dots: none."""
    if chosen:
        state.write_params(**{kind: chosen})
    else:
        map_controls.clear(kind)


def _near(controls: Controls) -> None:
    """What makes a neighbour. The lines on the map follow it, so the whole page runs again."""
    widget = controls.near.widget

    def changed() -> None:
        widget["on_change"]()
        st.rerun()

    st.segmented_control(
        t("map.near"),
        METRICS,
        format_func=lambda name: t(f"map.near.{name}"),
        label_visibility="collapsed",
        required=True,
        key=widget["key"],
        on_change=changed,
    )
