"""Map place forms: what a visitor fills in to put something on the film map; it goes into the URL."""

from collections.abc import Callable

import streamlit as st

from pages.film_map.wishes import MAX_GENRES, MAX_MEAN, MAX_PLACED, MAX_TITLE, Kind, Wish, is_known, wishes, write
from pages.kit import resources, state, visitor_ratings
from pages.kit.i18n import genre, t
from recsys.data.profiles import movie_labels
from recsys.recommend import Recommender

_PROBLEM = "map_place_problem"


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
        _refuse("map.place.incomplete")
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
        _refuse("map.place.no_films")
        return None
    return Wish("mean", ids=films)


def _person(model: Recommender, wanted: tuple[Wish, ...]) -> None:
    del wanted
    ids = model.dataset.users["user_id"]
    st.session_state.setdefault("map_place_user", state.last("user") or int(ids.min()))
    with st.form("map_place_person", border=False):
        st.number_input(t("map.person"), int(ids.min()), int(ids.max()), step=1, key="map_place_user")
        _submit(lambda: Wish("person", ids=(int(st.session_state["map_place_user"]),)))


def _visitor(model: Recommender, wanted: tuple[Wish, ...]) -> None:
    del model, wanted
    if visitor_ratings.ratings():
        with st.form("map_place_me", border=False):
            _submit(lambda: Wish("me"))
    else:
        say_nothing_rated()


FORMS: dict[Kind, Callable[[Recommender, tuple[Wish, ...]], None]] = {
    "film": _invent,
    "mean": _average,
    "person": _person,
    "me": _visitor,
}


def say_nothing_rated() -> None:
    """Say that the visitor has no place without ratings, and where to rate."""
    st.info(t("map.place.rate_first"), icon=":material/star_rate:")
    st.page_link("rate/view.py", label=t("nav.rate"), icon=":material/star_rate:")


def _submit(make: Callable[[], Wish | None]) -> None:
    st.form_submit_button(
        t("map.place.go"), type="primary", icon=":material/add_location_alt:", on_click=_add, args=(make,)
    )
    problem = st.session_state.pop(_PROBLEM, None)
    if problem is not None:
        st.error(t(problem), icon=":material/error:")


def _refuse(problem: str) -> None:
    """Note why nothing is placed (part of a callback): it is said below the button that was pressed."""
    st.session_state[_PROBLEM] = problem


def _add(make: Callable[[], Wish | None]) -> None:
    """Put something more into the URL (a callback); the whole page runs again, since the map shows it."""
    wish = make()
    data = resources.dataset()
    if wish is None:
        return
    if not is_known(data, wish):
        _refuse("map.place.no_such")
        return
    write([*(old for old in wishes(data) if old != wish), wish][-MAX_PLACED:])
    st.rerun()
