"""Title controls: a film of the data set or a title of one's own, and the person whose stars are predicted."""

from typing import Any

import streamlit as st

from pages.kit import pickers, resources, state
from pages.kit.i18n import genre, t
from pages.title_cnn import link
from pages.title_cnn.link import View
from recsys.data.profiles import movie_labels
from recsys.recommend import Recommender

OF = ("film", "own")


def draw(model: Recommender, view: View) -> None:
    """Draw the controls in one line."""
    kind, title, more, person = st.columns([3, 5, 3, 4] if view.movie_id is None else [3, 6, 0.01, 6])
    with kind:
        _kind(view)
    with title:
        if view.movie_id is None:
            _own(view)
        else:
            _film(view.movie_id)
    if view.movie_id is None:
        with more:
            st.multiselect(
                t("title.genres"),
                model.dataset.genres,
                format_func=genre,
                max_selections=link.MAX_GENRES,
                placeholder=t("title.genres"),
                label_visibility="collapsed",
                **link.genres(model.dataset).widget,
            )
    with person:
        pickers.pick_user(default=view.user_id, label="collapsed")


def _kind(view: View) -> None:
    st.session_state["title_of"] = OF[0] if view.movie_id is not None else OF[1]

    def take() -> None:
        link.write_title(view.shown if st.session_state["title_of"] == OF[1] else None)

    st.segmented_control(
        t("title.of"),
        OF,
        format_func=lambda name: t(f"title.of.{name}"),
        required=True,
        label_visibility="collapsed",
        key="title_of",
        on_change=take,
    )


def _film(movie_id: int) -> None:
    """The search box for films; another film has another title, so a change of this one is forgotten."""
    labels = resources.of_dataset(movie_labels)
    tied: dict[str, Any] = state.id_control("movie", movie_id)

    def take() -> None:
        link.write_title(None)
        tied["on_change"]()

    st.selectbox(
        t("pick.movie"),
        list(labels),
        format_func=labels.__getitem__,
        label_visibility="collapsed",
        key=tied["key"],
        on_change=take,
    )


def _own(view: View) -> None:
    st.session_state["title_own"] = view.text

    def take() -> None:
        link.write_title(str(st.session_state["title_own"]))

    st.text_input(
        t("title.own"),
        max_chars=link.MAX_TITLE,
        placeholder=t("title.own_hint"),
        label_visibility="collapsed",
        key="title_own",
        on_change=take,
    )
