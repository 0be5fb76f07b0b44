"""Visitor ratings: what the person in front of the screen has rated, skipped and said of themselves.

It lives in the session and, if they like, in their own browser (`pages.rate.keeping`): no account, nothing is
stored on the server. It belongs to the data set that it was given for, and survives walking over the pages and another
language. `person` makes of it whom the recommender can answer.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import uuid4

import streamlit as st

from pages.kit import resources
from recsys.data.dataset import MAX_STARS, MIN_STARS
from recsys.recommend import Recommender, kept
from recsys.recommend.fold_in import FoldIn
from recsys.recommend.inside import Inside
from recsys.recommend.kept import Record
from recsys.recommend.person import Person, Traits

KEEPING = "visitor_keeping"
"""The fragment that gives the visitor's browser what is to be kept; whatever changes it draws this fragment again."""
NUM_FAVOURITES = 10
MOST_UNDONE = 50
_KEY, _PERSON, _SESSION = "visitor_taste", "visitor_person", "visitor_session"
_WAYS = "matinee on its way "


class Done(NamedTuple):
    """An answer that can be undone.

    Attributes:
        movie_id: the film.
        stars: what was given; None where stars were taken back, or the film is not known.
        is_skip: the film is not known.
        before: its stars before; None for none.
    """

    movie_id: int
    stars: int | None
    is_skip: bool
    before: int | None


@dataclass(frozen=True)
class _Taste:
    """What the session holds.

    Attributes:
        source: fingerprint of the data set whose ids these are.
        ratings: movie id -> stars, in the order of rating.
        skipped: films that the visitor does not know.
        record: all of this with the time of each answer, and of each that was taken back.
        version: grows with every change of ratings and traits.
        done: answers that can be undone, the newest last.
    """

    source: str
    ratings: Mapping[int, int] = field(default_factory=dict)
    skipped: tuple[int, ...] = ()
    record: Record = field(default_factory=Record)
    version: int = 0
    done: tuple[Done, ...] = ()

    @property
    def traits(self) -> Traits:
        return self.record.said.traits


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


def is_known() -> bool:
    """Say whether the visitor has rated, skipped or said anything."""
    taste = _taste()
    return bool(taste.ratings or taste.skipped or taste.traits != Traits())


def record() -> Record:
    """Return all that the visitor said, each thing with its time."""
    return _taste().record


def session() -> str:
    """Return a name of this session that no other has."""
    name: str = st.session_state.setdefault(_SESSION, uuid4().hex)
    return name


def ways() -> str:
    """Return what the names begin with under which a browser notes answers that no page has heard yet."""
    return f"{_WAYS}{_source()} "


def way(component: str) -> str:
    """Return the name under which a browser notes the answers of a component; "" where it is to keep nothing."""
    return f"{ways()}{session()} {component}" if record().choice.is_kept else ""


def rate(movie_id: int, stars: int | None) -> None:
    """Give a film its stars; None takes them back.

    Raises:
        UnknownIdError: if the data set has no such film.
        ValueError: if the stars are no whole number from 1 to 5.
    """
    resources.dataset().movie_index(movie_id)
    if stars is not None and not (type(stars) is int and MIN_STARS <= stars <= MAX_STARS):
        raise ValueError(f"stars must be a whole number from {MIN_STARS} to {MAX_STARS}, not {stars!r}")
    before = _taste().ratings.get(movie_id)
    if before != stars:
        _note(Done(movie_id, stars, False, before))
        _rate(movie_id, stars)


def skip(movie_id: int) -> None:
    """Note that the visitor does not know a film.

    Raises:
        UnknownIdError: if the data set has no such film.
    """
    resources.dataset().movie_index(movie_id)
    if movie_id not in _taste().skipped:
        _note(Done(movie_id, None, True, None))
        _skip(movie_id, True)


def last_done() -> Done | None:
    """Return the answer that `undo` takes back; None where there is none."""
    done = _taste().done
    return done[-1] if done else None


def undo() -> Done | None:
    """Take the last answer back, and return it; the film has again what it had before."""
    done = last_done()
    if done is None:
        return None
    if done.is_skip:
        _skip(done.movie_id, False)
    else:
        _rate(done.movie_id, done.before)
    taste = _taste()
    _keep(replace(taste, done=taste.done[:-1]))
    return done


def forget_skipped() -> None:
    """Let films that the visitor did not know be offered again."""
    now = _now()
    before = _taste().record
    skips = {movie_id: skip._replace(is_skipped=False, at=now) for movie_id, skip in before.skipped.items()}
    _take(replace(before, skipped=skips))


def say(said: Traits) -> None:
    """Note what the visitor says of themselves."""
    if _taste().traits != said:
        _take(replace(_taste().record, said=kept.Said(said, _now())))


def replace_all(new: Mapping[int, int], said: Traits) -> None:
    """Put other ratings and traits, such as those of a file, in the place of all that there were.

    Raises:
        UnknownIdError: if the data set has no such film.
    """
    for movie_id in new:
        resources.dataset().movie_index(movie_id)
    clear()
    now = _now()
    stars = {movie_id: kept.Stars(given, now + place) for place, (movie_id, given) in enumerate(new.items())}
    _take(replace(_taste().record, stars=stars, said=kept.Said(said, now)))


def clear() -> None:
    """Forget everything that was said; other tabs of this browser forget it as well."""
    before = _taste()
    _keep(_Taste(_source(), record=Record(choice=before.record.choice, forgotten=_now()), version=before.version + 1))


def keep_in_browser(is_kept: bool) -> None:
    """Note whether the visitor's own browser is to keep all this."""
    _take(replace(_taste().record, choice=kept.Choice(is_kept, _now())))


def merge(other: Record) -> None:
    """Take over what another session of this visitor has said; of two answers to one question the later counts."""
    _take(kept.merged(_taste().record, other))


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


def _now() -> int:
    """Milliseconds since 1970, later than every answer before."""
    return max(time.time_ns() // 1_000_000, _taste().record.newest() + 1)


def _note(done: Done) -> None:
    taste = _taste()
    _keep(replace(taste, done=(*taste.done, done)[-MOST_UNDONE:]))


def _rate(movie_id: int, stars: int | None) -> None:
    before = _taste().record
    given = kept.Stars(kept.TAKEN_BACK if stars is None else stars, _now())
    _take(replace(before, stars={**before.stars, movie_id: given}))


def _skip(movie_id: int, is_skipped: bool) -> None:
    before = _taste().record
    _take(replace(before, skipped={**before.skipped, movie_id: kept.Skip(is_skipped, _now())}))


def _take(record: Record) -> None:
    """Make a record the session's; a film that was rated before keeps its place."""
    before = _taste()
    now = record.ratings()
    ratings = {movie_id: now[movie_id] for movie_id in (*before.ratings, *now) if movie_id in now}
    is_same = ratings == before.ratings and record.said.traits == before.traits
    version = before.version if is_same else before.version + 1
    _keep(replace(before, ratings=ratings, skipped=record.unknown(), record=record, version=version))


def _keep(taste: _Taste) -> None:
    st.session_state[_KEY] = taste
