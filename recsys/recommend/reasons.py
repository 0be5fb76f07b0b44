"""Reasons: why a film stands on a person's list, and why a list is empty. Both are computed, not made up."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from recsys.data.dataset import MAX_STARS, Movie
from recsys.data.profiles import loved_genres
from recsys.recommend import Filters, Recommender


class Reason(NamedTuple):
    """What speaks for a film.

    Attributes:
        movie_id: the film.
        loved_movie_id: of the films that the person gave most stars, the one nearest to it; None without ratings.
        stars: what the person gave that one.
        similarity: cosine of the two feature vectors, -1 to 1.
        genres: the film's genres that the person rates above everyone's mean, best liked first.
    """

    movie_id: int
    loved_movie_id: int | None
    stars: int
    similarity: float
    genres: tuple[str, ...]


def reasons(model: Recommender, user_id: int, movie_ids: list[int]) -> list[Reason]:
    """Find what speaks for each of some films.

    Args:
        model: the recommender whose feature vectors are compared.
        user_id: the person.
        movie_ids: the films; none of them is its own reason.

    Raises:
        UnknownIdError: if there is no such person or film.
    """
    dataset = model.dataset
    genres = loved_genres(dataset, user_id, k=len(dataset.genres))
    rated = dataset.ratings_of_user(user_id)
    top = int(rated["rating"].max()) if len(rated) else MAX_STARS
    loved = rated.loc[rated["rating"] == top, "movie_id"].tolist()
    units = model.bundle.movie_features[[dataset.movie_index(movie_id) for movie_id in [*loved, *movie_ids]]]
    units = units / np.maximum(np.linalg.norm(units, axis=1, keepdims=True), 1e-12)
    cosine = units[len(loved) :] @ units[: len(loved)].T  # (films, loved films)
    return [
        _reason(model.dataset.movie(movie_id), dict(zip(loved, row.tolist(), strict=True)), stars=top, genres=genres)
        for movie_id, row in zip(movie_ids, cosine, strict=True)
    ]


def _reason(movie: Movie, cosine: dict[int, float], *, stars: int, genres: tuple[str, ...]) -> Reason:
    shared = tuple(genre for genre in genres if genre in movie.genres)
    others = {loved: value for loved, value in cosine.items() if loved != movie.movie_id}
    if not others:
        return Reason(movie.movie_id, None, stars, 0.0, shared)
    nearest = max(others, key=lambda loved: (others[loved], -loved))
    return Reason(movie.movie_id, nearest, stars, others[nearest], shared)


def what_empties(model: Recommender, user_id: int, filters: Filters) -> tuple[str, ...]:
    """Return the fields of `filters` of which each one alone, when lifted, lets films through again.

    Raises:
        UnknownIdError: if there is no such person.
    """
    lifted = {
        "hide_seen": replace(filters, hide_seen=False),
        "include_genres": replace(filters, include_genres=frozenset()),
        "exclude_genres": replace(filters, exclude_genres=frozenset()),
        "decades": replace(filters, decades=frozenset()),
    }
    return tuple(
        name for name, looser in lifted.items() if looser != filters and model.recommend(user_id, k=1, filters=looser)
    )
