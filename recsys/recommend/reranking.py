"""What becomes of a ranking before it is shown: filters, dials, and a seeded choice among the best.

Well known against hidden gems: a logit of watching says how likely a person is to watch a film; less the logarithm of
how many people watched it, how many times more likely than everybody, the pointwise mutual information of person and
film (Church and Hanks 1990). Predicted stars rise with fame too, and lose what they gain by it.

Variety: maximal marginal relevance (Carbonell and Goldstein 1998). Each film is chosen for its score and for being
unlike those that are chosen already.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.errors import ConfigError
from recsys.evaluation.metrics import top_k

SURPRISE_POOL = 5
"""Surprise draws from this many times as many films as are asked for."""
VARIETY_POOL = 300
"""Variety chooses among this many of the best, or twice as many as are asked for."""
RATINGS_BEFORE = 10
"""Added to each film's number of ratings: of two films that hardly anybody rated, none is known much less."""


@dataclass(frozen=True)
class Filters:
    """Which films may be recommended; an empty set is no restriction.

    Attributes:
        hide_seen: leave out what the person has rated.
        include_genres: a film needs at least one of these.
        exclude_genres: a film with any of these goes, whatever else it is.
        decades: first years; 1990 means 1990 to 1999. A film without a year is in none.
        less_like: movie ids; each of these films goes, and those near it (`Recommender.near`).
    """

    hide_seen: bool = True
    include_genres: frozenset[str] = field(default_factory=frozenset)
    exclude_genres: frozenset[str] = field(default_factory=frozenset)
    decades: frozenset[int] = field(default_factory=frozenset)
    less_like: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Dials:
    """What a list is ordered by, beside what the model says.

    Attributes:
        loved: share of the predicted stars beside the logit of watching, 0 (likely to watch) to 1 (best loved); None as
            the model has it. A network with one answer has nothing to blend.
        gems: from -1 (well known) over 0 (as it comes) to 1 (hidden gems: by how many times more likely the person is
            to watch a film than everybody).
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

    Attributes:
        has_genre: (M, G) which film has which genre.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._genres = dataset.genres
        self.has_genre = np.array([[genre in names for genre in self._genres] for names in dataset.movies["genres"]])
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
        result: NDArray[np.bool_] = np.asarray(self.has_genre[:, columns].any(axis=1))
        return result


def ranked(
    scores: NDArray[np.floating], movie_ids: NDArray[np.int64], candidates: NDArray[np.bool_], k: int
) -> NDArray[np.int64]:
    """Return the indices of the best k candidates, the highest score first, equal scores by movie id.

    Args:
        scores: (M,).
        movie_ids: (M,).
        candidates: (M,) bool.
        k: how many at most.
    """
    indices = np.flatnonzero(candidates)
    order: NDArray[np.int64] = indices[top_k(scores[None, indices], movie_ids[indices], k)[0]]
    return order


def fame(num_ratings: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return (M,) the logarithm of how well known each film is, from its number of known ratings."""
    famous: NDArray[np.float64] = np.log(num_ratings + float(RATINGS_BEFORE))
    return famous


def without_fame(
    scores: NDArray[np.floating], famous: NDArray[np.float64], trend: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """Return scores less what films gain by being well known.

    Args:
        scores: (..., M).
        famous: (M,) answer of `fame`.
        trend: by how much scores rise with it, times how much of that is taken away; one number or (..., 1).
    """
    rest: NDArray[np.float64] = scores - trend * famous
    return rest


def trend_of(stars: NDArray[np.floating], famous: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (..., 1) the least-squares slope of each row of stars, (..., M), over the fame of the films."""
    centred = famous - famous.mean()
    spread = float(centred @ centred)
    if np.ptp(famous) == 0:  # the mean of equal numbers need not be one of them
        return np.zeros((*stars.shape[:-1], 1))
    slope: NDArray[np.float64] = (stars @ centred / spread)[..., None]
    return slope


def varied(
    scores: NDArray[np.floating], directions: NDArray[np.floating], *, variety: float, k: int
) -> NDArray[np.int64]:
    """Choose k of N films one after the other, each for its score and for being unlike those chosen before.

    (1 - variety) x the score, from 0 for the lowest to 1 for the highest, less variety x the largest cosine with a film
    that is chosen already (Carbonell and Goldstein 1998).

    Args:
        scores: (N,), the highest first.
        directions: (N, D) feature vectors of length 1.
        variety: 0 to 1; 0 keeps the order.
        k: how many; at most N are chosen.

    Returns:
        Their positions, in the order of choosing.
    """
    span = float(scores[0] - scores[-1]) if len(scores) else 0.0
    worth = (1 - variety) * (scores - scores[-1:]) / (span or 1.0)
    nearest = np.zeros(len(scores))
    chosen = np.empty(min(k, len(scores)), dtype=np.int64)
    for place in range(len(chosen)):
        best = int(np.argmax(worth - variety * nearest))
        chosen[place] = best
        worth[best] = -np.inf
        cosines = directions @ directions[best]  # (N,)
        nearest = cosines if place == 0 else np.maximum(nearest, cosines)
    return chosen


def num_wanted(k: int, *, is_surprise: bool) -> int:
    """Return how many films of a ranking are looked at for a list of k."""
    return SURPRISE_POOL * k if is_surprise else k


def size_of_pool(wanted: int) -> int:
    """Return among how many of the best films variety chooses."""
    return max(VARIETY_POOL, 2 * wanted)


def surprise(ranking: NDArray[np.int64], k: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return k of the best `SURPRISE_POOL * k`, drawn at random, in the order of the ranking."""
    pool = ranking[: SURPRISE_POOL * k]
    chosen = rng.choice(len(pool), size=min(k, len(pool)), replace=False)
    return pool[np.sort(chosen)]
