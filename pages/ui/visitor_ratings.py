"""Visitor ratings: what the person in front of the screen has rated, skipped and said of themselves.

It lives in the session alone: no account, nothing is stored. It belongs to the data set that it was given for, and
survives walking over the pages and another language. `person` makes of it whom the recommender can answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import streamlit as st

from pages.ui import resources
from recsys.data.dataset import MAX_STARS, MIN_STARS
from recsys.recommend import Recommender
from recsys.recommend.fold_in import FoldIn
from recsys.recommend.inside import Inside
from recsys.recommend.person import Person, Traits

NUM_FAVOURITES = 10
_NOTHING = Traits()
_KEY, _PERSON = "visitor_taste", "visitor_person"


@dataclass(frozen=True)
class _Taste:
    """What the session holds.

    Attributes:
        source: fingerprint of the data set whose ids these are.
        ratings: movie id -> stars, in the order of rating.
        skipped: films that the visitor does not know.
        traits: what they said of themselves.
        version: grows with every change of ratings and traits.
    """

    source: str
    ratings: Mapping[int, int] = field(default_factory=dict)
    skipped: tuple[int, ...] = ()
    traits: Traits = _NOTHING
    version: int = 0


def ratings() -> dict[int, int]:
    """Return movie id -> stars, in the order in which the films were first rated."""
    return dict(_taste().ratings)


def skipped() -> tuple[int, ...]:
    """Return the films that the visitor does not know, the newest last."""
    return _taste().skipped


def traits() -> Traits:
    """Return what the visitor said of themselves."""
    return _taste().traits


def version() -> int:
    """Return a number that is another one after every change of ratings and traits in this session."""
    return _taste().version


def rate(movie_id: int, stars: int | None) -> None:
    """Give a film its stars; None takes them back.

    Raises:
        UnknownIdError: if the data set has no such film.
        ValueError: if the stars are no whole number from 1 to 5.
    """
    resources.dataset().movie_index(movie_id)
    if stars is not None and not (type(stars) is int and MIN_STARS <= stars <= MAX_STARS):
        raise ValueError(f"stars must be a whole number from {MIN_STARS} to {MAX_STARS}, not {stars!r}")
    before = _taste()
    if before.ratings.get(movie_id) == stars:
        return
    others = {known: given for known, given in before.ratings.items() if known != movie_id}
    changed = others if stars is None else {**before.ratings, movie_id: stars}
    _keep(replace(before, ratings=changed, version=before.version + 1))


def skip(movie_id: int) -> None:
    """Note that the visitor does not know a film.

    Raises:
        UnknownIdError: if the data set has no such film.
    """
    resources.dataset().movie_index(movie_id)
    before = _taste()
    if movie_id not in before.skipped:
        _keep(replace(before, skipped=(*before.skipped, movie_id)))


def forget_skipped() -> None:
    """Let films that the visitor did not know be offered again."""
    _keep(replace(_taste(), skipped=()))


def say(said: Traits) -> None:
    """Note what the visitor says of themselves."""
    before = _taste()
    if before.traits == said:
        return
    _keep(replace(before, traits=said, version=before.version + 1))


def replace_all(new: Mapping[int, int], said: Traits) -> None:
    """Put other ratings and traits, such as those of a file, in the place of all that there were.

    Raises:
        UnknownIdError: if the data set has no such film.
    """
    for movie_id in new:
        resources.dataset().movie_index(movie_id)
    _keep(_Taste(_source(), dict(new), (), said, _taste().version + 1))


def clear() -> None:
    """Forget everything."""
    _keep(_Taste(_source(), version=_taste().version + 1))


def fold_in(model: Recommender) -> FoldIn | None:
    """Return what makes a person of ratings, made once for all sessions; None where the model cannot."""
    return resources.of_model(_folding, model) if FoldIn.serves(model.bundle) else None


def prepare(model: Recommender) -> None:
    """Learn of the model's people all that newcomers need, so that no visitor waits for it at a star."""
    folding = fold_in(model)
    if folding is not None:
        folding.prepare()


def person(model: Recommender) -> Person | None:
    """Return the visitor as somebody whom the recommender can answer; None without ratings, or where it cannot."""
    taste = _taste()
    folding = fold_in(model) if taste.ratings else None
    if folding is None:
        return None
    key = (resources.made(model), taste.version)
    known = st.session_state.get(_PERSON)
    if known is None or known[0] != key:
        known = st.session_state[_PERSON] = (key, folding.person(taste.ratings, taste.traits))
    found: Person = known[1]
    return found


def favourites(model: Recommender) -> tuple[int, ...]:
    """Return the first ten films that are recommended to the visitor, without dials; none where there is no person."""
    found = person(model)
    return () if found is None else tuple(film.movie_id for film in model.recommend_for(found, k=NUM_FAVOURITES))


def _folding(model: Recommender) -> FoldIn:
    return FoldIn(resources.of_model(Inside, model))


def _source() -> str:
    return resources.dataset().fingerprint


def _taste() -> _Taste:
    """What the session holds; empty where it is about another data set's films."""
    found: _Taste | None = st.session_state.get(_KEY)
    return found if found is not None and found.source == _source() else _Taste(_source())


def _keep(taste: _Taste) -> None:
    st.session_state[_KEY] = taste
