"""Which film to ask a newcomer about next: one whose answer tells the most, and one that they are likely to know.

The answer's worth is by how much it is expected to lower the variance of the predicted stars, over all films by how
often they are rated (A-optimal design; Rubens, Kaplan and Sugiyama 2011, "Active Learning in Recommender Systems").
Since stars are linear in the vector of `recsys.recommend.fold_in` and their noise is known, this does not depend on
what the answer will be and needs no trying out. It is multiplied with how likely the person is to know the film, for
which both count: how many of all people rated it, and what the second head says of this one so far.
"""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.recommend.fold_in import NOISE, FoldIn
from recsys.recommend.fold_prior import Vector
from recsys.recommend.person import Person

POOL = 600
"""Films that are considered: those with the most ratings."""
PERSONAL_WEIGHT = 0.5
"""Share of the person's own chance of watching a film in what they are taken to know, beside that of all people.

The two are multiplied, each to the power of its share. Chosen on 440 people whom a network had not seen, 3 in 4 of
their known ratings to be asked for and the rest to be predicted: until ten answers it took 132 offers with a share of
0 and 70 with 0.5; NDCG@10 after them was .212 and .221, RMSE .910 and .922.
"""


class Offer(NamedTuple):
    """A film to ask about.

    Attributes:
        movie_id: the film.
        gain: by how much the variance of the predicted stars is expected to go down, in stars squared, averaged over
            all films by how often they are rated.
        share_who_rated_it: of all people, 0 to 1.
        gain_of_best: `gain` as a share of the largest of all films that are considered, 0 to 1.
    """

    movie_id: int
    gain: float
    share_who_rated_it: float
    gain_of_best: float


def offers(
    fold_in: FoldIn, person: Person, skipped: Collection[int], k: int = 1, *, asked: Collection[int] = ()
) -> list[Offer]:
    """Return the next films to ask about, the best first.

    Each one is chosen as if those before it were answered, so that several shown at once do not ask the same.

    Args:
        fold_in: of the network.
        person: what is known of the newcomer so far; one without ratings at first.
        skipped: ids of the films that they do not know.
        k: how many, 1 or more.
        asked: ids of further films that they are being asked about.

    Returns:
        At most k films; fewer where all of them are answered, asked or skipped.

    Raises:
        UnknownIdError: if there is no such film among those asked.
        ValueError: if k is below 1.
    """
    if k < 1:
        raise ValueError(f"k must be 1 or more, not {k}.")
    films = _Films(fold_in, person, skipped, [movie_id for movie_id in asked if movie_id not in person.known])
    found: list[Offer] = []
    is_open = np.ones(len(films.pool), dtype=np.bool_)
    for _ in range(min(k, len(films.pool))):
        gains = films.left.gains()
        best = int(np.argmax(np.where(is_open, gains * films.chances, -np.inf)))
        found.append(films.offer(best, gains))
        films.left.answer(best)
        is_open[best] = False
    return found


def in_order(fold_in: FoldIn, person: Person, skipped: Collection[int]) -> list[Offer]:
    """Return all films that are considered, each valued as if it alone came next; the first is that of `offers`."""
    films = _Films(fold_in, person, skipped, ())
    gains = films.left.gains()
    return [films.offer(film, gains) for film in np.argsort(-gains * films.chances, kind="stable").tolist()]


def most_rated(fold_in: FoldIn, but: Collection[int]) -> NDArray[np.int64]:
    """Return the indices of the `POOL` films with the most ratings, without some that are given by id."""
    movie_ids = fold_in.inside.dataset.movies["movie_id"].to_numpy()
    order = np.lexsort((movie_ids, -fold_in.shares))
    free = order[~np.isin(movie_ids[order], list(but))]
    pool: NDArray[np.int64] = free[fold_in.shares[free] > 0][:POOL]
    return pool


class _Films:
    """The P films that are considered, with what they would tell and how likely the person is to know them."""

    def __init__(self, fold_in: FoldIn, person: Person, skipped: Collection[int], asked: Collection[int]) -> None:
        self.pool = most_rated(fold_in, {*person.ratings, *skipped, *asked})
        self.left = _Left(fold_in, self.pool, fold_in.uncertainty([*person.known, *asked]))
        self._ids = fold_in.inside.dataset.movies["movie_id"].to_numpy()[self.pool]
        self._shares = fold_in.shares[self.pool]
        own = fold_in.chances(person)[self.pool]
        self.chances = own**PERSONAL_WEIGHT * self._shares ** (1 - PERSONAL_WEIGHT)

    def offer(self, film: int, gains: Vector) -> Offer:
        """Return one of the P films; `gains` are (P,)."""
        gain = float(gains[film])
        return Offer(int(self._ids[film]), gain, float(self._shares[film]), gain / float(gains.max()))


class _Left:
    """What is left unknown of the stars of P films, with an update of rank one for each answer."""

    def __init__(self, fold_in: FoldIn, pool: NDArray[np.int64], covariance: Vector) -> None:
        self._slopes = fold_in.slopes[pool]
        self._importance = fold_in.importance
        self._spread = self._slopes @ covariance  # (P, 1 + D)
        self._weighted = self._spread @ self._importance

    def gains(self) -> Vector:
        """Return (P,) by how much the mean variance goes down with the answer about each film."""
        variances = np.einsum("pd,pd->p", self._spread, self._slopes)
        gains: Vector = np.einsum("pd,pd->p", self._weighted, self._spread) / (NOISE + variances)
        return gains

    def answer(self, film: int) -> None:
        """Take one of the P films as answered."""
        row, weighted = self._spread[film].copy(), self._weighted[film].copy()
        share = self._spread @ self._slopes[film] / (NOISE + float(row @ self._slopes[film]))  # (P,)
        self._spread -= np.outer(share, row)
        self._weighted -= np.outer(share, weighted)
