"""Rate offers: which films stand there to be rated, and what is done with an answer.

A film that tells much and that one is likely to know comes next (`recsys.recommend.eliciting`). A film that was not
answered keeps its place, so that nothing moves under the pointer; an answered one makes room for the next.
"""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from pages.kit import cards, visitor_ratings
from pages.kit.cards import Item
from pages.kit.i18n import escaped, number, t
from pages.kit.visitor_ratings import Done
from pages.rate import component
from pages.rate.component import Answer
from recsys.errors import UnknownIdError
from recsys.recommend import Recommender
from recsys.recommend.eliciting import offers
from recsys.recommend.fold_in import FoldIn

FILMS, LIST, MAP, OWN = "rate_films", "rate_list", "rate_map", "rate_own"
FRAGMENTS = [visitor_ratings.KEEPING, FILMS, LIST, MAP, OWN]
"""What an answer changes."""
NUM_OFFERS = 4
FEW, ENOUGH = 5, 15
MOST, MUCH = 0.85, 0.5
_SHOWN, _LEFT = "rate_shown", "rate_left"


class _Shown(NamedTuple):
    """A film that stands there.

    Attributes:
        movie_id: the film.
        share: of people who rated it; None where the visitor searched for it.
        telling: how much its stars told when it was offered, as a share of the film that told most then.
    """

    movie_id: int
    share: float | None = None
    telling: float = 0.0


_FREE = _Shown(0)


@st.fragment(key=FILMS)
def draw(model: Recommender, folding: FoldIn) -> None:
    """Draw how far one is, and the films to be rated next."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _progress(len(visitor_ratings.ratings()))
        undo_button(model, FRAGMENTS)
    shown = _shown(model, folding)
    if not shown:
        _say_that_none_is_left()
    items = [Item(model.dataset.movie(one.movie_id), note=_reason(one)) for one in shown]
    given = visitor_ratings.ratings()
    offers = [(item, given.get(one.movie_id, 0)) for item, one in zip(items, shown, strict=True)]
    component.draw(key="rate_offers", offers=offers, on_answer=take)


def pick(movie_id: int) -> None:
    """Put a film that the visitor searched for into the first place (part of a callback)."""
    others = [one for one in _kept() if one.movie_id != movie_id]
    st.session_state[_SHOWN] = [_Shown(movie_id), *others][:NUM_OFFERS]


def forget() -> None:
    """Begin with other films: after other ratings came from a file, or all are gone (part of a callback)."""
    for key in (_SHOWN, _LEFT):
        st.session_state.pop(key, None)


def take(answers: Sequence[Answer]) -> None:
    """Take the visitor's answers, and draw what they change (a callback)."""
    for answer in answers:
        try:
            if answer.what == "skip":
                visitor_ratings.skip(answer.movie_id)
            else:
                visitor_ratings.rate(answer.movie_id, answer.stars or None)
        except UnknownIdError:
            continue  # no film of the data set that is open now: a page from before the server was started anew
        left = {one.movie_id: (place, one) for place, one in enumerate(_kept()) if one.movie_id == answer.movie_id}
        st.session_state[_LEFT] = st.session_state.get(_LEFT, {}) | left
        st.session_state[_SHOWN] = [_FREE if one.movie_id in left else one for one in _kept()]
    st.rerun(FRAGMENTS)


def undo_button(model: Recommender, fragments: Sequence[str], *, movie_id: int | None = None) -> None:
    """Draw the button that takes the last answer back, and says which; where there is none it cannot be pressed.

    Args:
        model: whose films they are.
        fragments: what is drawn again.
        movie_id: a film whose answers alone are meant.
    """
    done = visitor_ratings.last_done()
    if done is not None and movie_id not in {None, done.movie_id}:
        done = None
    st.button(
        t("rate.undo"),
        icon=":material/undo:",
        key="rate_undo",
        help=t("rate.undo.none") if done is None else _said(model, done),
        disabled=done is None,
        on_click=_undo,
        args=(fragments,),
    )


def _said(model: Recommender, done: Done) -> str:
    """What would be undone, as Markdown."""
    what = "skip" if done.is_skip else "drop" if done.stars is None else "star" if done.stars == 1 else "stars"
    title = cards.movie_label(model.dataset.movie(done.movie_id))
    return t(f"rate.undo.{what}", title=escaped(title), stars=done.stars or 0)


def _undo(fragments: Sequence[str]) -> None:
    """Take the last answer back; a film that left for it stands again where it stood (a callback)."""
    done = visitor_ratings.undo()
    if done is not None and done.movie_id in st.session_state.get(_LEFT, {}):
        place, film = st.session_state[_LEFT].pop(done.movie_id)
        others = [one for one in _kept() if one.movie_id != done.movie_id]
        st.session_state[_SHOWN] = [*others[:place], film, *others[place + 1 :]]
    st.rerun(fragments)


def _say_that_none_is_left() -> None:
    """Say that all films are answered; those that the visitor did not know can be asked for again."""
    st.info(t("rate.no_more"), icon=":material/done_all:")
    if visitor_ratings.skipped():
        st.button(t("rate.ask_again"), icon=":material/undo:", key="rate_ask_again", on_click=_ask_again)


def _ask_again() -> None:
    visitor_ratings.forget_skipped()
    st.rerun([visitor_ratings.KEEPING, FILMS])


def _progress(count: int) -> None:
    """How many films are rated, and what that is good for."""
    if count < FEW:
        text = t("rate.progress.few", count=count, left=FEW - count)
    elif count < ENOUGH:
        text = t("rate.progress.some", count=count, enough=ENOUGH)
    else:
        text = t("rate.progress.enough", count=count)
    st.progress(min(1.0, count / ENOUGH), text=text)


def _kept() -> list[_Shown]:
    found: list[_Shown] = st.session_state.get(_SHOWN, [])
    return found


def _shown(model: Recommender, folding: FoldIn) -> list[_Shown]:
    """The films that stand there now; a free place gets the next offer."""
    rated, skipped = visitor_ratings.ratings(), visitor_ratings.skipped()
    answered = {*skipped, *rated}  # which a film that was searched for may be: it waits for another answer
    gone = {one.movie_id for one in _kept() if one.share is not None and one.movie_id in answered}
    places = [_FREE if one.movie_id in gone else one for one in _kept()]
    places += [_FREE] * (NUM_OFFERS - len(places))
    num_free = places.count(_FREE)
    if num_free:
        # Those that stand there count as answered, so that no two ask the same.
        there = {one.movie_id for one in places if one != _FREE}
        person = visitor_ratings.person(model) or folding.person({}, visitor_ratings.traits())
        found = offers(folding, person, skipped, num_free, asked=there)
        fresh = iter([_Shown(offer.movie_id, offer.share_who_rated_it, offer.gain_of_best) for offer in found])
        places = [next(fresh, one) if one == _FREE else one for one in places]
    st.session_state[_SHOWN] = [one for one in places if one != _FREE]
    return _kept()


def _reason(one: _Shown) -> str:
    """Why a film stands there, in words."""
    if one.share is None:
        return t("rate.reason.picked")
    level = "most" if one.telling > MOST else "much" if one.telling > MUCH else "some"
    return t(f"rate.reason.{level}", share=number(100 * one.share))
