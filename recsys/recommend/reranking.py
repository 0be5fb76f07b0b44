"""What becomes of a ranking before it is shown: filters, and a seeded choice among the best."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.errors import ConfigError

SURPRISE_POOL = 5
"""Surprise draws from this many times as many films as are asked for."""


@dataclass(frozen=True)
class Filters:
    """Which films may be recommended; an empty set is no restriction.

    Attributes:
        hide_seen: leave out what the person has rated.
        include_genres: a film needs at least one of these.
        exclude_genres: a film with any of these goes, whatever else it is.
        decades: first years; 1990 means 1990 to 1999. A film without a year is in none.
    """

    hide_seen: bool = True
    include_genres: frozenset[str] = field(default_factory=frozenset)
    exclude_genres: frozenset[str] = field(default_factory=frozenset)
    decades: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Dials:
    """What a list is ordered by, beside what the model says.

    Attributes:
        loved: share of the predicted stars beside the logit of watching, 0 (likely to watch) to 1 (best loved); None as
            the model has it. A network with one answer has nothing to blend.
        gems: from -1 (well known) over 0 (as it comes) to 1 (hidden gems).
        variety: from 0 (the best alone) to 1 (as unlike each other as can be).

    Raises:
        ConfigError: if one is out of its range.
    """

    loved: float | None = None
    gems: float = 0.0
    variety: float = 0.0

    def __post_init__(self) -> None:
        lowest = {"loved": 0.0, "gems": -1.0, "variety": 0.0}
        for name, least in lowest.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= 1:
                raise ConfigError(name, value, f"from {least:g} to 1")


class FilterTable:
    """The genres and decades of all films as arrays, so that a filter costs microseconds.

    Args:
        dataset: its movies.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._genres = dataset.genres
        self._has_genre = np.array([[genre in names for genre in self._genres] for names in dataset.movies["genres"]])
        years = dataset.movies["year"].to_numpy(dtype=np.float64, na_value=np.nan)
        self._decades = np.floor(years / 10) * 10

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """Return (M,): does the film pass the filters on genres and decades?"""
        passes = np.ones(len(self._decades), dtype=np.bool_)
        if filters.include_genres:
            passes[~self._has_any(filters.include_genres)] = False
        if filters.exclude_genres:
            passes[self._has_any(filters.exclude_genres)] = False
        if filters.decades:
            passes[~np.isin(self._decades, list(filters.decades))] = False
        return passes

    def _has_any(self, genres: frozenset[str]) -> NDArray[np.bool_]:
        columns = [i for i, genre in enumerate(self._genres) if genre in genres]
        result: NDArray[np.bool_] = np.asarray(self._has_genre[:, columns].any(axis=1))
        return result


def ranked(
    scores: NDArray[np.floating], movie_ids: NDArray[np.int64], candidates: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the candidates' indices, the highest score first, equal scores by movie id.

    Args:
        scores: (M,).
        movie_ids: (M,).
        candidates: (M,) bool.
    """
    indices = np.flatnonzero(candidates)
    order: NDArray[np.int64] = indices[np.lexsort((movie_ids[indices], -scores[indices]))]
    return order


def surprise(ranking: NDArray[np.int64], k: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return k of the best `SURPRISE_POOL * k`, drawn at random, in the order of the ranking."""
    pool = ranking[: SURPRISE_POOL * k]
    chosen = rng.choice(len(pool), size=min(k, len(pool)), replace=False)
    return pool[np.sort(chosen)]
