"""Rate list: what is recommended to the visitor, with what rose and fell since the last star, and the dials.

Before the first star there is nobody to recommend to: the films that most people rated stand there, and say so.
"""

import streamlit as st

from pages.kit import cards, dials, frame, resources
from pages.kit import visitor_ratings as visitor
from pages.kit.cards import Item
from pages.kit.i18n import t
from pages.lists import recommended
from pages.rate.offers import LIST
from recsys.data import profiles
from recsys.recommend import Recommender

NUM_POPULAR = 10


@st.fragment(key=LIST)
def draw(model: Recommender) -> None:
    """Draw the list, and the dials below it."""
    person = visitor.person(model)
    if person is None:
        _popular(model)
        return
    st.header(t("rate.recommended"), anchor=False)
    films, controls = st.container(), st.container()
    with controls:
        settings = dials.choose(model)
    with films:
        recommended.show(model, person, settings, size="small")


def _popular(model: Recommender) -> None:
    """The films that most people rated."""
    st.header(t("rate.popular"), anchor=False)
    st.caption(t("rate.popular_text"))
    films = resources.of_dataset(profiles.best_known, k=NUM_POPULAR)
    cards.movie_cards([Item(model.dataset.movie(movie_id)) for movie_id in films], key="rate_popular", size="small")
    frame.origin(model.dataset)
