"""Rate search: any film, put in front of those that are offered. Outside their fragment: its options are many."""

import streamlit as st

from pages.kit import resources
from pages.kit.i18n import t
from pages.rate import offers
from recsys.data.profiles import movie_labels

_KEY = "rate_search"


@st.fragment(key=_KEY)
def draw() -> None:
    """Draw a box that puts a film into the first place and is empty again."""
    labels = resources.of_dataset(movie_labels)
    st.selectbox(
        t("rate.search"),
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        placeholder=t("rate.search"),
        label_visibility="collapsed",
        key="rate_search_film",
        on_change=_take,
    )


def _take() -> None:
    """Put the chosen film in front (a callback)."""
    wanted = st.session_state["rate_search_film"]
    st.session_state["rate_search_film"] = None
    if wanted is not None:
        offers.pick(wanted)
        st.rerun([_KEY, offers.FILMS])
