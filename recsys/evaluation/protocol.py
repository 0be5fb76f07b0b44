"""The protocol: which ratings count, which films are candidates, which are relevant.

Stars: every rating of the part, predictions clipped to [1, 5]. Lists: every user with at least one rating of 4 or more
in the test part; candidates are all films that the user has no known rating for (train and validation); relevant are
the user's test ratings of 4 or more; ties go to the lower movie id.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.data.groups import Groups
from recsys.data.splits import Split
from recsys.evaluation import metrics

LIKED_STARS = 4
CUTOFF = 10
_CHUNK = 512

ScoreUsers = Callable[[NDArray[np.int64]], NDArray[np.float32]]
"""(N,) user indices -> (N, M) scores of all movies."""


def evaluate_lists(dataset: Dataset, split: Split, score_users: ScoreUsers) -> dict[str, float]:
    """Return ndcg, hr, recall, precision, mrr at 10, coverage, novelty and diversity on the test part.

    Args:
        dataset: all ratings.
        split: the test part is looked for, the rest is known.
        score_users: scores of all films for some users; the order of a list, in any unit.

    Returns:
        Names such as "ndcg@10" with their values; empty if nobody has a test rating of 4 or more.
    """
    rows_known = known_rows(split)
    rows = liked_of(dataset, split.test.numpy())
    known = Groups(dataset.user_indices[rows_known], dataset.num_users)
    liked = Groups(dataset.user_indices[rows], dataset.num_users)
    users = np.flatnonzero(liked.counts)
    if len(users) == 0:
        return {}
    movie_ids = dataset.movies["movie_id"].to_numpy()
    lists = np.empty((len(users), CUTOFF), dtype=np.int64)
    hits = np.empty((len(users), CUTOFF), dtype=bool)
    for start in range(0, len(users), _CHUNK):
        chunk = users[start : start + _CHUNK]
        scores = score_users(chunk).copy()
        relevant = np.zeros(scores.shape, dtype=bool)
        for row, user in enumerate(chunk):
            scores[row, dataset.movie_indices[rows_known[known.positions(user)]]] = -np.inf
            relevant[row, dataset.movie_indices[rows[liked.positions(user)]]] = True
        best = metrics.top_k(scores, movie_ids, CUTOFF)
        lists[start : start + _CHUNK] = best
        hits[start : start + _CHUNK] = np.take_along_axis(relevant, best, axis=1)
    quality = metrics.list_quality(hits, liked.counts[users])
    return {f"{name}@{CUTOFF}": value for name, value in quality.items()} | _beyond_accuracy(dataset, split, lists)


def known_rows(split: Split) -> NDArray[np.int64]:
    """Return the rows that are no secret: the training and the validation part, ascending."""
    rows: NDArray[np.int64] = np.sort(np.concatenate([split.train.numpy(), split.validation.numpy()]))
    return rows


def liked_of(dataset: Dataset, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return those of some rows of the ratings that have 4 stars or more."""
    return rows[dataset.ratings["rating"].to_numpy()[rows] >= LIKED_STARS]


def _beyond_accuracy(dataset: Dataset, split: Split, lists: NDArray[np.int64]) -> dict[str, float]:
    known_counts = np.bincount(dataset.movie_indices[split.train.numpy()], minlength=dataset.num_movies)
    genres = np.array([[genre in names for genre in dataset.genres] for names in dataset.movies["genres"]])
    return {
        "coverage": metrics.coverage(lists, dataset.num_movies),
        "novelty": metrics.novelty(lists, known_counts, dataset.num_users),
        "diversity": metrics.diversity(lists, genres),
    }
