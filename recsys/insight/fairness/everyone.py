"""Fairness: everyone's top ten and everyone's errors, measured on the model that is in use, by groups of people.

One pass over all people: their lists as the app shows them (what they have rated is left out), NDCG@10 under the
protocol of the scoreboard (films held out are candidates, and so can be found), and their errors on the test part.
What is made of it: how groups fare (`fairness_rows`), what the lists are full of (`fairness_lists`), and what one
changed attribute does (`fairness_flips`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import MAX_STARS, MIN_STARS, Dataset
from recsys.data.films_of_each import FilmsOfEach
from recsys.data.splits import Split, split_of
from recsys.evaluation.metrics import ndcg_of_each, top_k
from recsys.evaluation.protocol import CUTOFF, known_rows, liked_of
from recsys.insight.fairness.groups import Wide
from recsys.insight.fairness.steps import InSteps
from recsys.recommend import Recommender

CHUNK = 512
TAIL_RATINGS = 0.2


@dataclass(frozen=True, eq=False)
class Everyone:
    """What was measured of each person.

    Attributes:
        dataset: whose people.
        lists: (U, 10) rows of `Dataset.movies`, best first; -1 where no film is left.
        squared, absolute, signed: (U,) sums over a person's test ratings of the squared error, the absolute error, and
            predicted minus true stars.
        num_test: (U,) test ratings.
        ndcg: (U,) NDCG@10; NaN for who likes nothing in the test part.
        num_liked: (U,) test ratings of 4 or more.
        known_counts: (M,) known ratings of each film.
        is_tail: (M,) is the film in the long tail?
        tail_known: (U,) known ratings that a person gave to films of the long tail.
        num_known: (U,) known ratings of a person.
    """

    dataset: Dataset
    lists: NDArray[np.int64]
    squared: Wide
    absolute: Wide
    signed: Wide
    num_test: Wide
    ndcg: Wide
    num_liked: Wide
    known_counts: NDArray[np.int64]
    is_tail: NDArray[np.bool_]
    tail_known: Wide
    num_known: Wide

    @property
    def has_test(self) -> bool:
        """Does the model's split have a test part?"""
        return bool(self.num_test.any())


def measuring(model: Recommender) -> InSteps[Everyone]:
    """Return the work of measuring everybody, in steps of `CHUNK` people."""
    work = _Work(model)
    pieces: list[Callable[[], Any]] = [work.errors]
    pieces += [partial(work.lists, people) for people in chunks(model.dataset.num_users)]
    return InSteps(pieces, work.joined)


def chunks(num_users: int) -> list[NDArray[np.int64]]:
    """Return the rows of all people in pieces of `CHUNK`."""
    return [np.arange(start, min(start + CHUNK, num_users)) for start in range(0, num_users, CHUNK)]


def best_of_each(
    scores: NDArray[np.float32], hidden: NDArray[np.bool_], movie_ids: NDArray[np.int64], k: int = CUTOFF
) -> NDArray[np.int64]:
    """Return (N, k) rows of the films with the highest scores, the best first, equal ones by movie id.

    Args:
        scores: (N, M).
        hidden: (N, M) what must not be in a list.
        movie_ids: (M,).
        k: length of a list.

    Returns:
        -1 where no film is left.
    """
    masked = np.where(hidden, np.float32(-np.inf), scores)
    best = top_k(masked, movie_ids, k)
    found = np.full((len(scores), k), -1, dtype=np.int64)
    found[:, : best.shape[1]] = np.where(np.take_along_axis(masked, best, axis=1) == -np.inf, -1, best)
    return found


class _Work:
    """The pieces of `measuring`."""

    def __init__(self, model: Recommender) -> None:
        self._model, self._dataset = model, model.dataset
        self._movie_ids = model.dataset.movies["movie_id"].to_numpy(dtype=np.int64)

    @cached_property
    def _split(self) -> Split:
        return split_of(self._dataset, self._model.bundle.info.data)

    @cached_property
    def _films(self) -> tuple[FilmsOfEach, FilmsOfEach, FilmsOfEach]:
        """What people have rated, what is known of that, and what they like in the test part."""
        parts = np.arange(self._dataset.num_ratings), known_rows(self._split), self._liked
        rated, known, liked = (FilmsOfEach(self._dataset, rows) for rows in parts)
        return rated, known, liked

    @cached_property
    def _liked(self) -> NDArray[np.int64]:
        return liked_of(self._dataset, self._split.test.numpy())

    def lists(self, users: NDArray[np.int64]) -> tuple[NDArray[np.int64], Wide]:
        """(N, 10) lists as the app shows them, and (N,) NDCG@10 under the protocol."""
        rated, known, liked = self._films
        scores = self._model.bundle.score_users(users)
        lists = best_of_each(scores, rated.matrix(users), self._movie_ids)
        ndcg, counts = np.full(len(users), np.nan), liked.counts[users]
        judged = np.flatnonzero(counts)
        if len(judged):
            found = best_of_each(scores[judged], known.matrix(users[judged]), self._movie_ids)
            hits = np.take_along_axis(liked.matrix(users[judged]), found, axis=1) & (found >= 0)
            ndcg[judged] = ndcg_of_each(hits, counts[judged])
        return lists, ndcg

    def errors(self) -> tuple[Wide, ...]:
        """(U,) each: sums of squared, absolute and signed errors, their number, and how many ratings are liked."""
        dataset, rows = self._dataset, self._split.test.numpy()
        users, movies = dataset.user_indices[rows], dataset.movie_indices[rows]
        stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)[rows]
        predicted = self._model.bundle.predict_stars(users, movies) if len(rows) else np.zeros(0, dtype=np.float32)
        errors = np.clip(predicted.astype(np.float64), MIN_STARS, MAX_STARS) - stars
        liked = dataset.user_indices[self._liked]
        sums = [_per_user(dataset, users, values) for values in (errors**2, np.abs(errors), errors, np.ones(len(rows)))]
        return (*sums, _per_user(dataset, liked, np.ones(len(liked))))

    def joined(self, parts: list[Any]) -> Everyone:
        """Everything side by side."""
        dataset, rows = self._dataset, known_rows(self._split)
        users, movies = dataset.user_indices[rows], dataset.movie_indices[rows]
        counts = np.bincount(movies, minlength=dataset.num_movies)
        is_tail = long_tail(counts)
        squared, absolute, signed, num_test, num_liked = parts[0]
        return Everyone(
            dataset,
            lists=np.concatenate([lists for lists, _ in parts[1:]]),
            squared=squared,
            absolute=absolute,
            signed=signed,
            num_test=num_test,
            ndcg=np.concatenate([ndcg for _, ndcg in parts[1:]]),
            num_liked=num_liked,
            known_counts=counts,
            is_tail=is_tail,
            tail_known=_per_user(dataset, users, is_tail[movies].astype(np.float64)),
            num_known=_per_user(dataset, users, np.ones(len(rows))),
        )


def _per_user(dataset: Dataset, users: NDArray[np.int64], values: Wide) -> Wide:
    return np.bincount(users, weights=values, minlength=dataset.num_users).astype(np.float64)


def long_tail(counts: NDArray[np.int64], share: float = TAIL_RATINGS) -> NDArray[np.bool_]:
    """Return (M,): is a film in the long tail, the least rated films that together hold the last fifth of all ratings?

    The films before them, which hold the first 80 %, are the short head (Abdollahpouri, Burke and Mobasher 2019).

    Args:
        counts: (M,) ratings of each film; equal ones in their order.
        share: of the ratings that the tail holds, at most.
    """
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    is_tail = np.zeros(len(counts), dtype=bool)
    is_tail[order[before >= (1 - share) * counts.sum()]] = True
    return is_tail
