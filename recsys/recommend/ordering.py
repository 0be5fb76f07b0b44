"""Ordering: from what a network says of some people and all films to their lists, with the dials as they stand."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recsys.bundle import Array, Bundle
from recsys.data.dataset import Dataset
from recsys.model import Vectors
from recsys.recommend.answers import Answers
from recsys.recommend.known import is_known
from recsys.recommend.reranking import (
    Dials,
    fame,
    num_wanted,
    ranked,
    size_of_pool,
    surprise,
    trend_of,
    varied,
    without_fame,
)

LIKED_FROM = 3.0
"""Predicted stars below which a newcomer is not expected to like a film."""
DISLIKE = 3.0
"""Each star that is missing then counts so many times more than a star does anyway."""


class Ordering:
    """Orders the films of one bundle. It never changes, safe from any thread.

    Args:
        dataset: the data set that the bundle was trained on.
        bundle: a trained model.

    Attributes:
        answers: what the network says.
        directions: (M, D) feature vectors of the films, of length 1.
    """

    def __init__(self, dataset: Dataset, bundle: Bundle) -> None:
        self._dataset, self._bundle = dataset, bundle
        self._movie_ids = dataset.movies["movie_id"].to_numpy(dtype=np.int64)
        self.answers = Answers(bundle)
        lengths = np.linalg.norm(bundle.movie_features, axis=1, keepdims=True)
        self.directions: Array = bundle.movie_features / np.maximum(lengths, 1e-12)

    def scores(self, users: Vectors, dials: Dials) -> Array:
        """Return (N, M) what the lists of N people are ordered by, before variety; of no unit."""
        return self._scores(users, dials, is_new=False)

    def newcomers_scores(self, users: Vectors, dials: Dials) -> Array:
        """Return (N, M) what the lists of N newcomers are ordered by: `scores`, less for films that they would dislike.

        People watch what they like, so that the network takes ten films of one kind for a taste for that kind, however
        low their stars are: a data set hardly has anybody who watches what they hate. A newcomer can say so. As the
        stars count, so does this: a list by watching alone stays as it is, and so does one by stars alone.
        """
        return self._scores(users, dials, is_new=True)

    def added(self, stars: Array, dials: Dials, *, is_new: bool) -> dict[str, NDArray[np.floating]]:
        """Return what is added to the blend of the two answers, by name, (N, M) each; only what adds anything.

        Args:
            stars: (N, M) predicted for N people.
            dials: as they stand; "gems" is what the dial of that name adds.
            is_new: are they newcomers? "dislike" is what films lose that they would dislike.
        """
        weights, found = self.answers.weights(dials.loved), dict[str, NDArray[np.floating]]()
        if dials.gems:
            trend = weights.watch + weights.stars * trend_of(stars, self.famous)
            found["gems"] = without_fame(np.zeros_like(stars), self.famous, dials.gems * trend)
        if is_new and weights.watch:
            missing = np.maximum(np.float32(LIKED_FROM) - stars, 0)
            found["dislike"] = -np.float32(DISLIKE * weights.stars) * missing
        return found

    def _scores(self, users: Vectors, dials: Dials, *, is_new: bool) -> Array:
        weights = self.answers.weights(dials.loved)
        stars = self.answers.stars(users)
        scores: Array = stars * np.float32(weights.stars)
        if weights.watch:
            scores = scores + np.float32(weights.watch) * self.answers.watch(users)
        for more in self.added(stars, dials, is_new=is_new).values():
            scores = (scores + more).astype(np.float32)
        return scores

    def best(
        self,
        scores: Array,
        candidates: NDArray[np.bool_],
        *,
        k: int,
        variety: float = 0.0,
        rng: np.random.Generator | None = None,
    ) -> NDArray[np.int64]:
        """Return the indices of one person's list, the best first, equal ones by movie id.

        Args:
            scores: (M,) a row of `scores`.
            candidates: (M,) which films may come.
            k: how many at most.
            variety: the dial.
            rng: draws k of the best 5 k; without it the best k come.
        """
        ranking = self.ranking(scores, candidates, k=num_wanted(k, is_surprise=rng is not None), variety=variety)
        return ranking[:k] if rng is None else surprise(ranking, k, rng)

    def ranking(
        self, scores: Array, candidates: NDArray[np.bool_], *, k: int, variety: float = 0.0
    ) -> NDArray[np.int64]:
        """Return the indices of the first k films in the order in which they are chosen, and of the one after them.

        Args:
            scores: (M,) a row of `scores`.
            candidates: (M,) which films may come.
            k: how many are looked at.
            variety: the dial.
        """
        if not variety:
            return ranked(scores, self._movie_ids, candidates, k + 1)
        pool = ranked(scores, self._movie_ids, candidates, size_of_pool(k))
        chosen: NDArray[np.int64] = pool[varied(scores[pool], self.directions[pool], variety=variety, k=k + 1)]
        return chosen

    @cached_property
    def is_known(self) -> NDArray[np.bool_]:
        """(num_ratings,) is this one of the ratings that the bundle's vectors were made of?"""
        return is_known(self._dataset, self._bundle.info)

    @cached_property
    def famous(self) -> NDArray[np.float64]:
        """(M,) the logarithm of how well known each film is."""
        known = self._dataset.movie_indices[self.is_known]
        return fame(np.bincount(known, minlength=self._dataset.num_movies))
