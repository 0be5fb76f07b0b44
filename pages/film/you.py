"""You and this film: rate it yourself, and what is predicted for you and for the person whom one looked at last.

A fragment of its own: a star runs this again and nothing else of the page.
"""

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from pages.kit import i18n, state, visitor_ratings
from pages.kit.cards import Item, lone_row, stars
from pages.kit.i18n import number, t
from pages.rate import component as rate_component
from pages.rate import keeping as visitor_keeping
from pages.rate import offers as rate_offers
from pages.rate.component import Answer
from pages.why import dialog as why
from recsys.data.dataset import Movie
from recsys.errors import UnknownIdError
from recsys.recommend import Person, Recommender

ME = "me"
FRAGMENT = "film_you"


@st.fragment(key=FRAGMENT)
def draw(model: Recommender, movie: Movie) -> None:
    """Draw the visitor's stars and prediction, and beside it the last person's."""
    st.header(t("film.you"), anchor=False)
    own, other = st.columns(2, gap="large")
    with own:
        _visitor(model, movie)
    with other:
        _last_person(model, movie)


def asked(model: Recommender) -> Person | None:
    """Return for whom the URL asks why: the visitor or one of the data set's people.

    Raises:
        UnknownIdError: if it names nobody whom the data set has.
    """
    if st.query_params.get("by") in {None, ME}:
        return visitor_ratings.person(model)
    user_id = state.read_id("user", "by")
    return None if user_id is None else model.person(user_id)


def _visitor(model: Recommender, movie: Movie) -> None:
    """The visitor's own stars, and what the network makes of them."""
    given = visitor_ratings.ratings().get(movie.movie_id)
    is_kept = visitor_ratings.record().choice.is_kept and visitor_keeping.trouble() is None
    st.markdown(t("film.you.rate" if is_kept else "film.you.rate_unkept"))
    with st.container(horizontal=True, vertical_alignment="center"):
        rate_component.draw(key="film_own_stars", lone=(Item(movie), given or 0), on_answer=_take)
        rate_offers.undo_button(model, [FRAGMENT, visitor_ratings.KEEPING], movie_id=movie.movie_id)
    person = visitor_ratings.person(model)
    if person is not None:
        predicted = stars(model.predict_for(person, movie.movie_id).stars)
        count = number(len(person.ratings))
        st.markdown(
            t("film.you.predicted" if given is None else "film.you.predicted_own", stars=predicted, count=count)
        )
        _why(movie, ME)
    elif visitor_ratings.ratings():
        st.caption(t("film.you.cannot"))
    st.page_link(
        "rate/view.py", label=t("film.you.more"), icon=":material/star:", query_params={"lang": i18n.language()}
    )


def _take(answers: Sequence[Answer]) -> None:
    """Keep the stars that were given or taken back (a callback)."""
    for answer in answers:
        with suppress(UnknownIdError):  # a page from before the server was started anew, with another data set
            visitor_ratings.rate(answer.movie_id, answer.stars or None)
    st.rerun([FRAGMENT, visitor_ratings.KEEPING])


def _last_person(model: Recommender, movie: Movie) -> None:
    """What is predicted for the person whom this session looked at last."""
    st.markdown(t("film.you.last"))
    try:
        user = None if state.last("user") is None else model.dataset.user(state.last("user") or 0)
    except UnknownIdError:
        user = None
    if user is None:
        st.page_link(
            "person/view.py",
            label=t("film.you.nobody"),
            icon=":material/person:",
            query_params={"lang": i18n.language()},
        )
        return
    predicted = model.predict_rating(user.user_id, movie.movie_id)
    true = "" if predicted.true_rating is None else t("film.you.true", stars="★" * predicted.true_rating)
    lone_row(Item(user, stars(predicted.stars), true), key="film_last_person")
    _why(movie, str(user.user_id))


def _why(movie: Movie, whom: str) -> None:
    st.button(
        t("card.why"),
        icon=":material/help:",
        key=f"film_why_{'me' if whom == ME else 'person'}",
        on_click=why.ask,
        args=(movie.movie_id, whom),
    )
