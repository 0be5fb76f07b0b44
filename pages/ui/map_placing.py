"""Map placing: a film that does not exist, the mean of some films or a person, put on a finished film map.

What is placed stands in the URL (`pages.ui.map_wishes`), so that a link shows it again. Places come
from openTSNE's transform (or from the principal directions of a PCA map); the map itself does not move.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from pages.ui import components, frame, map_layouts, resources, state
from pages.ui.components import Item
from pages.ui.i18n import escaped, genre, t
from pages.ui.map_component import Placed
from pages.ui.map_layouts import Layout
from pages.ui.map_view import NUM_NEIGHBORS, Controls, features_of, ids_of
from pages.ui.map_wishes import (
    KINDS,
    MAX_GENRES,
    MAX_MEAN,
    MAX_PLACED,
    MAX_TITLE,
    Kind,
    Wish,
    is_known,
    title,
    wishes,
    write,
)
from recsys.data.profiles import movie_labels
from recsys.errors import ConfigError
from recsys.insight.layouts import LayoutSettings
from recsys.insight.neighbors import nearest_to
from recsys.insight.placing import Placer, invented_movie, mean_of, taste_of
from recsys.recommend import Recommender

NUM_SHOWN = 5


@dataclass(frozen=True)
class Answer:
    """Where something lies on a map, and what it is near.

    Attributes:
        x, y: place.
        neighbors: ids of the films nearest to it in all numbers.
        cosines: of each of them.
        unknown_words: words of an invented title that the network has never seen.
        cut_words: words beyond the length that it reads.
    """

    x: float
    y: float
    neighbors: tuple[int, ...]
    cosines: tuple[float, ...]
    unknown_words: tuple[str, ...] = ()
    cut_words: tuple[str, ...] = ()


def placed(found: Layout, wanted: tuple[Wish, ...]) -> tuple[Placed, ...]:
    """Return all that is placed on a map of films."""
    if found.wanted.of != "movies" or not found.is_there:
        return ()
    there = []
    for wish in wanted:
        with suppress(ConfigError):  # what is wrong with it is said where it is listed
            place = answer(found, wish)
            name = title(found.model.dataset, wish)
            there.append(Placed(name, place.x, place.y, wish.kind, place.neighbors))
    return tuple(there)


def answer(found: Layout, wish: Wish) -> Answer:
    """Place something; computed once for all sessions.

    Raises:
        ConfigError: if it has no vector, such as a person whose ratings the network has never seen.
    """
    return resources.of_model(_answer, found.model, found.shown, wish)


def draw(controls: Controls, layouts: list[Layout]) -> None:
    """Draw what can be placed, and what is placed."""
    model = layouts[0].model
    if controls.of.value != "movies":
        st.info(t("map.place.films_only"), icon=":material/info:")
        return
    wanted = wishes(model.dataset)
    st.markdown(t("map.place.text"))
    kind = st.segmented_control(
        t("map.place.kind"),
        KINDS,
        default=KINDS[0],
        format_func=lambda name: t(f"map.place.kind.{name}"),
        required=True,
        label_visibility="collapsed",
        key="map_place_kind",
    )
    forms, results = st.columns([2, 5], gap="large")
    with forms:
        FORMS[kind](model, wanted)
        if len(wanted) >= MAX_PLACED:
            st.caption(t("map.place.full", count=MAX_PLACED))
    with results:
        if not wanted:
            st.info(t("map.place.none"), icon=":material/add_location_alt:")
        columns = st.columns(2) if len(wanted) > 1 else [st.container()]
        for at, wish in enumerate(wanted):
            with columns[at % len(columns)]:
                _show(layouts[0], wish, at, wanted)


def mean_button(ids: tuple[int, ...]) -> None:
    """Draw the button that places the mean of some films."""
    wish = Wish("mean", ids=ids)
    st.button(
        t("map.place.mean_go"),
        icon=":material/add_location_alt:",
        key="map_place_selection",
        help=t("map.place.mean_help", count=MAX_MEAN),
        disabled=len(ids) > MAX_MEAN,
        on_click=_add,
        args=(lambda: wish,),
    )


def _invent(model: Recommender, wanted: tuple[Wish, ...]) -> None:
    del wanted
    with st.form("map_place_film", border=False):
        st.text_input(t("map.place.title"), max_chars=MAX_TITLE, key="map_place_title")
        st.multiselect(
            t("map.place.genres"),
            model.dataset.genres,
            format_func=genre,
            max_selections=MAX_GENRES,
            placeholder=t("map.place.genres_hint"),
            key="map_place_genres",
        )
        _submit(_invented)


def _invented() -> Wish | None:
    name = " ".join(str(st.session_state["map_place_title"]).split())
    genres = tuple(st.session_state["map_place_genres"])
    if not name or not genres:
        st.toast(t("map.place.incomplete"), icon=":material/edit:")
        return None
    return Wish("film", name, genres)


def _average(model: Recommender, wanted: tuple[Wish, ...]) -> None:
    del model, wanted
    labels = resources.of_dataset(movie_labels)
    with st.form("map_place_mean", border=False):
        st.multiselect(
            t("map.place.films"),
            list(labels),
            format_func=labels.__getitem__,
            max_selections=MAX_MEAN,
            placeholder=t("pick.placeholder"),
            key="map_place_films",
        )
        _submit(_averaged)


def _averaged() -> Wish | None:
    films = tuple(st.session_state["map_place_films"])
    if not films:
        st.toast(t("map.place.no_films"), icon=":material/edit:")
        return None
    return Wish("mean", ids=films)


def _person(model: Recommender, wanted: tuple[Wish, ...]) -> None:
    del wanted
    ids = model.dataset.users["user_id"]
    st.session_state.setdefault("map_place_user", state.last("user") or int(ids.min()))
    with st.form("map_place_person", border=False):
        st.number_input(t("map.person"), int(ids.min()), int(ids.max()), step=1, key="map_place_user")
        _submit(lambda: Wish("person", ids=(int(st.session_state["map_place_user"]),)))


FORMS: dict[Kind, Callable[[Recommender, tuple[Wish, ...]], None]] = {
    "film": _invent,
    "mean": _average,
    "person": _person,
}


def _submit(make: Callable[[], Wish | None]) -> None:
    st.form_submit_button(
        t("map.place.go"), type="primary", icon=":material/add_location_alt:", on_click=_add, args=(make,)
    )


def _add(make: Callable[[], Wish | None]) -> None:
    """Put something more into the URL (a callback); the whole page runs again, since the map shows it."""
    wish = make()
    data = resources.dataset()
    if wish is None:
        return
    if not is_known(data, wish):
        st.toast(t("map.place.no_such"), icon=":material/error:")
        return
    write([*(old for old in wishes(data) if old != wish), wish][-MAX_PLACED:])
    st.rerun()


def _remove(wanted: tuple[Wish, ...], at: int) -> None:
    write([wish for place, wish in enumerate(wanted) if place != at])
    st.rerun()


def _show(found: Layout, wish: Wish, at: int, wanted: tuple[Wish, ...]) -> None:
    """One placed thing with its nearest films."""
    model = found.model
    with st.container(border=True, key=f"map_placed_{at}"):
        st.markdown(t(f"map.place.is.{wish.kind}", title=escaped(title(model.dataset, wish))))
        if found.is_there:
            _show_place(found, wish, key=f"map_placed_rows_{at}")
        else:
            st.caption(t("map.place.later", name=map_layouts.title(found.wanted)))
        st.button(
            t("map.place.remove"),
            key=f"map_place_remove_{at}",
            icon=":material/close:",
            type="tertiary",
            on_click=_remove,
            args=(wanted, at),
        )


def _show_place(found: Layout, wish: Wish, *, key: str) -> None:
    try:
        with st.spinner(t("map.place.placing")):
            place = answer(found, wish)
    except ConfigError as error:
        frame.show_error(error)
        return
    _say_words(place)
    items = [
        Item(found.model.dataset.movie(movie_id), t("map.fact.cosine", value=f"{cosine:.3f}"))
        for movie_id, cosine in zip(place.neighbors[:NUM_SHOWN], place.cosines[:NUM_SHOWN], strict=True)
    ]
    components.tight_rows(items, key=key)


def _say_words(place: Answer) -> None:
    """Say which words of an invented title the network cannot use."""
    comma = t("list.comma")
    if place.unknown_words:
        st.caption(t("map.place.unknown", words=escaped(comma.join(place.unknown_words))))
    if place.cut_words:
        st.caption(t("map.place.cut", words=escaped(comma.join(place.cut_words))))


def _answer(model: Recommender, settings: LayoutSettings, wish: Wish) -> Answer:
    """Place something on a layout that is kept."""
    data = model.dataset
    words: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    itself: list[int] = []
    if wish.kind == "film":
        invented = invented_movie(model.bundle, data, wish.title, wish.genres)
        vector, words = invented.vector, (invented.unknown_words, invented.cut_words)
    elif wish.kind == "mean":
        itself = [data.movie_index(movie_id) for movie_id in wish.ids]
        vector = mean_of(model.bundle, itself)
    else:
        vector = taste_of(model.bundle, data, data.user_index(wish.ids[0]))
    x, y = resources.of_model(_placer, model, settings).place(vector[None])[0].tolist()
    near = nearest_to(features_of(model, "movies"), vector, NUM_NEIGHBORS, "cosine", exclude=itself)
    ids = ids_of(model, "movies")[near.indices[0]]
    return Answer(x, y, tuple(ids.tolist()), tuple(near.values[0].tolist()), *words)


def _placer(model: Recommender, settings: LayoutSettings) -> Placer:
    return Placer(features_of(model, "movies"), map_layouts.places_of(model, settings), settings)
