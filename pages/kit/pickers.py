"""Pickers: search boxes for one film or one person, remembered in the URL.

The choice of a film on one page is the choice on all: `?movie=` and `?user=` are the same everywhere.
"""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from pages.kit import frame, i18n, resources, state
from pages.kit.i18n import name, t
from recsys.data.dataset import Dataset
from recsys.data.profiles import movie_labels
from recsys.errors import UnknownIdError


def current(kind: state.Kind, *, default: int) -> int:
    """Return the film or person to show: the URL's, else the session's, else the default."""
    return current_movie(default=default) if kind == "movie" else current_user(default=default)


def current_movie(*, default: int) -> int:
    """Return the film to show: the URL's, else the session's, else the default."""
    return _current("movie", resources.dataset().movie_index, default)


def current_user(*, default: int) -> int:
    """Return the person to show: the URL's, else the session's, else the default."""
    return _current("user", resources.dataset().user_index, default)


def search_movie() -> None:
    """Draw a box that goes to a film and is empty again; it stays right when a film is chosen in another way."""
    labels = resources.of_dataset(movie_labels)
    key = "search_movie"

    def go() -> None:
        state.write_params(movie=st.session_state[key])
        st.session_state[key] = None

    st.selectbox(
        t("pick.movie"),
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        placeholder=t("pick.placeholder"),
        key=key,
        on_change=go,
    )


def pick_movie(*, default: int) -> int:
    """Draw the search box for films and return the film: the URL's, else the session's, else the default."""
    current = current_movie(default=default)
    labels = resources.of_dataset(movie_labels)
    tied = state.id_control("movie", current)
    chosen = st.selectbox(t("pick.movie"), list(labels), format_func=labels.__getitem__, **tied)
    return int(chosen)


def pick_user(*, default: int, label: Literal["visible", "collapsed"] = "visible") -> int:
    """Draw the search box for people and return the person: the URL's, else the session's, else the default.

    Args:
        default: whom to show where nobody was chosen.
        label: "collapsed" leaves it to screen readers, where height is scarce.
    """
    current = current_user(default=default)
    labels = resources.of_dataset(_user_labels, i18n.language())
    tied = state.id_control("user", current)
    chosen = st.selectbox(t("pick.user"), list(labels), format_func=labels.__getitem__, label_visibility=label, **tied)
    return int(chosen)


def _current(kind: state.Kind, index: Callable[[int], int], default: int) -> int:
    """Return what the URL names, else what was looked at last, else the default; show what is wrong with the URL."""
    try:
        wanted = state.read_id(kind)
        if wanted is not None:
            index(wanted)
    except UnknownIdError as error:
        if not state.is_remembered(kind):  # a page may ask more than once; it is said once
            frame.show_error(error)
        wanted = None
    chosen = wanted or state.last(kind) or default
    state.remember(kind, chosen)
    return chosen


def _user_labels(data: Dataset, language: i18n.Language) -> dict[int, str]:
    """Who each person is by id, in the order of ids."""
    del language  # the texts are in the reader's; it is here to keep the languages apart in the cache
    table = data.users.sort_values("user_id")
    rows = zip(*(table[column] for column in ("user_id", "gender", "age_group", "occupation")), strict=True)
    return {
        int(user_id): " · ".join(
            (t("user.name", id=user_id), name("gender", gender), name("age", age), name("occupation", occupation))
        )
        for user_id, gender, age, occupation in rows
    }
