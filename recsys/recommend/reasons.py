"""Reasons: why a film stands on a person's list, and why a list is empty. Both are computed, not made up."""

from dataclasses import fields
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.data.profiles import DAMPING, HIGH_STARS
from recsys.recommend.person import Person
from recsys.recommend.recommender import Recommender
from recsys.recommend.reranking import Filters

FILTERS = tuple(field.name for field in fields(Filters))


class Reason(NamedTuple):
    """What speaks for a film.

    Attributes:
        movie_id: the film.
        loved_movie_id: of the films that the person gave most stars, the one nearest to it; None for somebody who has
            given no film `HIGH_STARS`: that a film is near one that they disliked does not speak for it.
        stars: what the person gave that one.
        similarity: cosine of the two feature vectors, -1 to 1.
        genres: the film's genres that the person rates above everyone's mean, best liked first.
    """

    movie_id: int
    loved_movie_id: int | None
    stars: int
    similarity: float
    genres: tuple[str, ...]


def reasons(model: Recommender, person: Person, movie_ids: list[int]) -> list[Reason]:
    """Find what speaks for each of some films.

    Args:
        model: the recommender whose feature vectors are compared.
        person: for whom.
        movie_ids: the films; none of them is its own reason.

    Raises:
        UnknownIdError: if there is no such film.
    """
    dataset = model.dataset
    genres = _liked_genres(model, person)
    top = max(person.ratings.values(), default=0)
    loved = sorted(movie_id for movie_id, stars in person.ratings.items() if stars == top >= HIGH_STARS)
    nearest = _nearest(model, movie_ids, loved)
    have = [set(names) for names in dataset.movies["genres"].iloc[_indices(dataset, movie_ids)]]
    return [
        Reason(movie_id, near, top, similarity, tuple(name for name in genres if name in own))
        for movie_id, (near, similarity), own in zip(movie_ids, nearest, have, strict=True)
    ]


def _nearest(model: Recommender, movie_ids: list[int], loved: list[int]) -> list[tuple[int | None, float]]:
    """The nearest loved film of each film and its cosine; the lower id of two that are equally near."""
    films, others = (_indices(model.dataset, ids) for ids in (movie_ids, loved))
    if not loved:
        return [(None, 0.0)] * len(movie_ids)
    directions = model.ordering.directions
    cosines = directions[films] @ directions[others].T  # (films, loved films)
    cosines[films[:, None] == others[None, :]] = -np.inf
    best = cosines.argmax(axis=1)
    values = np.take_along_axis(cosines, best[:, None], axis=1)[:, 0]
    pairs = zip(best.tolist(), values.tolist(), strict=True)
    return [(loved[at], float(np.clip(value, -1, 1))) if np.isfinite(value) else (None, 0.0) for at, value in pairs]


def _indices(dataset: Dataset, movie_ids: list[int]) -> NDArray[np.int64]:
    return np.array([dataset.movie_index(movie_id) for movie_id in movie_ids], dtype=np.int64)


def _liked_genres(model: Recommender, person: Person) -> tuple[str, ...]:
    """The genres that a person rates above everyone's mean, best liked first, as `profiles.loved_genres` has them."""
    dataset = model.dataset
    rated = _indices(dataset, list(person.ratings))
    stars = np.array(list(person.ratings.values()), dtype=np.float64)
    above = np.nan_to_num(stars - dataset.mean_rating_by_movie[rated])  # nobody rated it: it says nothing
    has_genre = model.filter_table.has_genre[rated]  # (n, G)
    liking = (above @ has_genre) / (has_genre.sum(axis=0) + DAMPING)
    liked = sorted((-value, name) for value, name in zip(liking.tolist(), dataset.genres, strict=True) if value > 0)
    return tuple(name for _, name in liked)


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
    )
