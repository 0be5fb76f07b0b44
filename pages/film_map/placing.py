"""Map placing: a film that does not exist, the mean of some films, a person or the visitor, put on a finished film map.

What is placed stands in the URL (`pages.film_map.wishes`), so that a link shows it again. Places come
from openTSNE's transform (or from the principal directions of a PCA map); the map itself does not move.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import streamlit as st

from pages.film_map import layouts as map_layouts
from pages.film_map import place_forms
from pages.film_map.component import Placed
from pages.film_map.layouts import Layout
from pages.film_map.link import NUM_NEIGHBORS, Controls, features_of, ids_of
from pages.film_map.wishes import KINDS, MAX_PLACED, Wish, title, wishes, write
from pages.kit import cards, frame, resources, visitor_ratings
from pages.kit.cards import Item
from pages.kit.i18n import escaped, t
from recsys.errors import ConfigError
from recsys.insight.maps.layouts import LayoutSettings
from recsys.insight.maps.neighbors import nearest_to
from recsys.insight.maps.placing import Placer, invented_movie, mean_of, taste_of
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
    if wish.kind != "me":
        return resources.answer_of_model(_answer, found.model, found.shown, wish)
    films = visitor_ratings.favourites(found.model)
    near = resources.answer_of_model(_answer, found.model, found.shown, Wish("mean", ids=films))
    x, y = middle(found, films)
    return replace(near, x=x, y=y)


def middle(found: Layout, movie_ids: Sequence[int]) -> tuple[float, float]:
    """Return the middle of the places of some films: where a visitor is to whom they are recommended.

    The mean of their vectors would be another answer, and a worse one to watch: the mean of ten films of several kinds
    is nearest to films of no kind. Of twelve stars given one after the other, nine left it within 0.1 of one point of a
    map that is 120 wide, and the others made it jump.

    Args:
        found: a layout.
        movie_ids: at least one.

    Raises:
        UnknownIdError: if the data set has no such film.
    """
    x, y = found.places[[found.model.dataset.movie_index(movie_id) for movie_id in movie_ids]].mean(axis=0).tolist()
    return x, y


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
        place_forms.FORMS[kind](model, wanted)
        if len(wanted) >= MAX_PLACED:
            st.caption(t("map.place.full", count=MAX_PLACED))
    with results:
        if not wanted:
            st.info(t("map.place.none"), icon=":material/add_location_alt:")
        columns = st.columns(2) if len(wanted) > 1 else [st.container()]
        for at, wish in enumerate(wanted):
            with columns[at % len(columns)]:
                _show(layouts[0], wish, at, wanted)


def summary(found: Layout) -> None:
    """Show what was placed last and what it is near; nothing where none is placed on a finished map."""
    wanted = wishes(found.model.dataset)
    if not wanted or found.wanted.of != "movies" or not found.is_there:
        return
    wish = wanted[-1]
    if wish.kind == "me" and not visitor_ratings.ratings():
        return
    with st.container(border=True, key="map_answer"):
        st.markdown(t(f"map.place.is.{wish.kind}", title=escaped(title(found.model.dataset, wish))))
        _show_place(found, wish, key="map_answer_rows")
        st.caption(t("map.answer.below"))


def _remove(wanted: tuple[Wish, ...], at: int) -> None:
    write([wish for place, wish in enumerate(wanted) if place != at])
    st.rerun()


def _show(found: Layout, wish: Wish, at: int, wanted: tuple[Wish, ...]) -> None:
    """One placed thing with its nearest films."""
    model = found.model
    with st.container(border=True, key=f"map_placed_{at}"):
        st.markdown(t(f"map.place.is.{wish.kind}", title=escaped(title(model.dataset, wish))))
        if wish.kind == "me" and not visitor_ratings.ratings():
            place_forms.say_nothing_rated()
        elif found.is_there:
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
    cards.tight_rows(items, key=key)


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
