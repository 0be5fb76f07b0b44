"""Reasons: what lifts a film most in a person's list, and why a list is empty. Both are computed, not made up."""

from collections.abc import Sequence
from dataclasses import fields
from itertools import combinations
from typing import NamedTuple

from recsys.recommend.because import Because, Effect
from recsys.recommend.explaining import Explainer, Part
from recsys.recommend.person import Person
from recsys.recommend.ranks import added, added_parts
from recsys.recommend.recommender import Recommender
from recsys.recommend.reranking import Dials, Filters

LEAST_POINTS = 0.005
"""Points; what is shown as nothing is no reason."""
FILTERS = tuple(field.name for field in fields(Filters))


class Reason(NamedTuple):
    """What lifts a film most in somebody's list.

    Attributes:
        movie_id: the film.
        part: of the person, of the film or of the list's order, the one with the most points; None where none has any
            to speak of.
        rating: of the ratings that the network read of this person, the one that lifts the film most; None where none
            lifts it by anything to speak of.
    """

    movie_id: int
    part: Part | None
    rating: Effect | None


def reasons(
    explainer: Explainer, because: Because, person: Person, movie_ids: Sequence[int], *, dials: Dials | None = None
) -> list[Reason]:
    """Find what lifts each of some films most: the largest part of its points (`recsys.recommend.ranks`).

    What the dial for variety does to a list is left out: it lifts no film, it takes off those that are alike.

    Args:
        explainer: takes the points apart.
        because: says what the ratings do.
        person: whose list it is.
        movie_ids: the films.
        dials: as they stand.

    Raises:
        UnknownIdError: if there is no such film.
        ConfigError: if the person is a visitor and the model cannot fold them in.
    """
    inside, turned = explainer.inside, Dials() if dials is None else dials
    weights = inside.answers.weights(turned.loved)
    sums = explainer.above_average(person, movie_ids, weights)
    ratings = because.strongest(person, movie_ids, weights)
    more = added(inside.ordering, explainer.background, person, turned)
    rows = [inside.dataset.movie_index(movie_id) for movie_id in movie_ids]
    return [
        Reason(movie_id, _largest([*found.parts, *added_parts(more, row)]), _worth_a_word(rating))
        for movie_id, found, row, rating in zip(movie_ids, sums, rows, ratings, strict=True)
    ]


def _largest(parts: Sequence[Part]) -> Part | None:
    most = max(parts, key=lambda part: part.value)
    return most if most.value >= LEAST_POINTS else None


def _worth_a_word(rating: Effect | None) -> Effect | None:
    return rating if rating is not None and rating.change >= LEAST_POINTS else None


def what_empties(model: Recommender, person: Person, filters: Filters) -> tuple[tuple[str, ...], ...]:
    """Return the smallest sets of fields of `filters` that bring films back when they are lifted together.

    All sets of that size, so usually each filter that is enough by itself; none where the list is not empty.
    """
    active = [name for name in FILTERS if without(filters, (name,)) != filters]
    if model.candidates_for(person, filters).any():
        return ()
    for size in range(1, len(active) + 1):
        found = tuple(
            names for names in combinations(active, size) if model.candidates_for(person, without(filters, names)).any()
        )
        if found:
            return found
    return ()


def without(filters: Filters, names: tuple[str, ...]) -> Filters:
    """Return filters with some of their fields lifted."""
    return Filters(
        hide_seen=filters.hide_seen and "hide_seen" not in names,
        include_genres=frozenset() if "include_genres" in names else filters.include_genres,
        exclude_genres=frozenset() if "exclude_genres" in names else filters.exclude_genres,
        decades=frozenset() if "decades" in names else filters.decades,
        less_like=frozenset() if "less_like" in names else filters.less_like,
    )
