"""Rate own: what the visitor has rated, to be changed, taken home or thrown away, and whether a browser keeps it."""

import streamlit as st

from pages.kit import visitor_ratings as visitor
from pages.kit.cards import Item
from pages.kit.i18n import number, t
from pages.rate import about, component, keeping, offers
from pages.rate.offers import FILMS, OWN
from recsys.data.dataset import Dataset
from recsys.recommend import rating_file


@st.fragment(key=OWN)
def draw(data: Dataset) -> None:
    """Draw the visitor's ratings, the film that was rated last first."""
    rated = visitor.ratings()
    st.header(t("rate.own", count=number(len(rated))), anchor=False)
    if not rated:
        st.caption(t("rate.own_none"))
    mine = [(Item(data.movie(movie_id)), stars) for movie_id, stars in reversed(rated.items())]
    component.draw(key="rate_mine", mine=mine, on_answer=offers.take)
    if visitor.is_known():
        with st.container(horizontal=True, vertical_alignment="center"):
            if rated:
                _take_home(data)
            with st.popover(t("rate.clear"), icon=":material/delete:", key="rate_clear"):
                text = "rate.clear_text_one" if len(rated) == 1 else "rate.clear_text"
                st.markdown(t(text if rated else "rate.clear_text_none", count=number(len(rated))))
                st.button(t("rate.clear_now"), key="rate_clear_now", type="primary", on_click=_clear)
    _keeping()


def _keeping() -> None:
    """Say where all this is kept, with the switch that ends it."""
    if keeping.is_kept_elsewhere():
        st.caption(t("rate.keep.elsewhere"))
    trouble = keeping.trouble()
    if trouble is not None:
        st.warning(trouble, icon=":material/warning:")
        if keeping.is_refused():
            st.button(t("rate.keep.overwrite"), key="rate_overwrite", icon=":material/delete:", on_click=_overwrite)
        return
    is_kept = visitor.record().choice.is_kept
    st.session_state["rate_keep"] = is_kept
    st.toggle(t("rate.keep"), key="rate_keep", on_change=_choose)
    st.caption(t("rate.keep.yes" if is_kept else "rate.keep.no"))


def _choose() -> None:
    """Keep all this in the visitor's browser, or end that (a callback)."""
    visitor.keep_in_browser(st.session_state["rate_keep"])
    st.rerun([visitor.KEEPING, FILMS, OWN])


def _overwrite() -> None:
    keeping.overwrite()
    st.rerun([visitor.KEEPING, OWN])


def _take_home(data: Dataset) -> None:
    """The button for the file; what goes in is read here, since it is made in a thread that knows no session."""
    rated, said = visitor.ratings(), visitor.traits()
    st.download_button(
        t("rate.file.save"),
        lambda: rating_file.to_json(data, rated, said),
        file_name=f"matinee-ratings-{data.name}.json",
        mime="application/json",
        icon=":material/download:",
        key="rate_save",
        on_click="ignore",
    )


def _clear() -> None:
    """Forget everything that the visitor said (a callback)."""
    visitor.clear()
    about.begin_anew()
    st.rerun()
