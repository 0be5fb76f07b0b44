"""Contrast: what a selection of films has in common, against all films outside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.errors import ConfigError
from recsys.insight.maps.traits import Members, Trait, movie_traits, telling


@dataclass(frozen=True)
class Means:
    """Means over some films; NaN where no film has the value.

    Attributes:
        year: of release.
        rating: of the films' mean ratings, in stars, each film counting once.
        num_ratings: ratings of a film.
    """

    year: float
    rating: float
    num_ratings: float


@dataclass(frozen=True)
class Contrast:
    """A selection against the rest.

    Attributes:
        traits: what sets the selection apart, the most telling first (`recsys.insight.maps.traits`); none where nothing
            does, or where nothing is outside.
        inside, outside: means of both.
        num_inside, num_outside: films.
    """

    traits: tuple[Trait, ...]
    inside: Means
    outside: Means
    num_inside: int
    num_outside: int


def contrast(
    dataset: Dataset, movie_indices: Sequence[int] | NDArray[np.integer[Any]], *, members: Members | None = None
) -> Contrast:
    """Compare some films with all others.

    Args:
        dataset: all films and ratings.
        movie_indices: rows of the selection; what is named twice counts once.
        members: `movie_traits(dataset)`, where it is known already.

    Raises:
        ConfigError: if there are none, or one is out of range.
    """
    chosen = np.unique(np.asarray(movie_indices, dtype=np.int64))
    if not len(chosen) or chosen[0] < 0 or chosen[-1] >= dataset.num_movies:
        raise ConfigError("movie_indices", chosen.tolist()[:5], f"at least one row from 0 to {dataset.num_movies - 1}")
    is_inside = np.isin(np.arange(dataset.num_movies), chosen)
    traits = common(movie_traits(dataset) if members is None else members, chosen)
    inside, outside = _means(dataset, is_inside), _means(dataset, ~is_inside)
    return Contrast(traits, inside, outside, len(chosen), dataset.num_movies - len(chosen))


def common(members: Members, rows: NDArray[np.int64]) -> tuple[Trait, ...]:
    """Return what sets some films or people apart from all others, the most telling first.

    Args:
        members: which traits each of N films or people has.
        rows: (R,) those inside.
    """
    groups = np.full(members.has.shape[0], -1)
    groups[rows] = 0
    (traits,) = telling(members, groups, 1)
    return traits


def _means(dataset: Dataset, chosen: NDArray[np.bool_]) -> Means:
    years = dataset.movies["year"].to_numpy(dtype=np.float64, na_value=np.nan)
    columns = years, dataset.mean_rating_by_movie, dataset.num_ratings_by_movie.astype(np.float64)
    return Means(*(_mean(column[chosen]) for column in columns))


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
