"""The simplest baselines: what any model has to beat.

`MeanBaseline` predicts the mean of the training part for everybody. `BiasBaseline` adds what each film and each
person deviates from it, shrunk towards 0 where there are few ratings (Koren 2010, "Factor in the Neighbors", section
2.1, fitted by alternating least squares). `PopularityBaseline` gives everybody the films that most people rated.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.data.splits import Split
from recsys.evaluation.metrics import star_errors

_MOVIE_SHRINKAGE, _USER_SHRINKAGE, _ROUNDS = 10.0, 15.0, 10
BIAS_CONFIG: dict[str, Any] = {
    "movie_shrinkage": _MOVIE_SHRINKAGE,
    "user_shrinkage": _USER_SHRINKAGE,
    "rounds": _ROUNDS,
}


class MeanBaseline:
    """Everybody gives every film the mean."""

    def __init__(self, dataset: Dataset, rows: NDArray[np.int64]) -> None:
        self.mean = float(dataset.ratings["rating"].to_numpy(dtype=np.float64)[rows].mean())
        self.num_movies = dataset.num_movies

    def predict(self, user_indices: NDArray[np.int64], movie_indices: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return (N,) predicted stars of N pairs."""
        return np.full(len(np.broadcast_arrays(user_indices, movie_indices)[0]), self.mean)

    def score_users(self, user_indices: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (N, M) predicted stars: all equal, so that a list is left to the rule for ties."""
        return np.full((len(user_indices), self.num_movies), self.mean, dtype=np.float32)


class BiasBaseline:
    """Mean plus the film's and the person's deviation."""

    def __init__(self, dataset: Dataset, rows: NDArray[np.int64]) -> None:
        users, movies = dataset.user_indices[rows], dataset.movie_indices[rows]
        stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)[rows]
        self.mean = float(stars.mean())
        self.of_user, self.of_movie = np.zeros(dataset.num_users), np.zeros(dataset.num_movies)
        for _ in range(_ROUNDS):
            residuals = stars - self.mean - self.of_user[users]
            self.of_movie = _shrunk_means(movies, residuals, dataset.num_movies, shrinkage=_MOVIE_SHRINKAGE)
            residuals = stars - self.mean - self.of_movie[movies]
            self.of_user = _shrunk_means(users, residuals, dataset.num_users, shrinkage=_USER_SHRINKAGE)

    def predict(self, user_indices: NDArray[np.int64], movie_indices: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return (N,) predicted stars of N pairs."""
        stars: NDArray[np.float64] = self.mean + self.of_user[user_indices] + self.of_movie[movie_indices]
        return stars

    def score_users(self, user_indices: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (N, M) predicted stars."""
        stars: NDArray[np.float64] = self.mean + self.of_user[user_indices, None] + self.of_movie
        return stars.astype(np.float32)


class PopularityBaseline:
    """The films with most training ratings, for everybody; says nothing about stars."""

    def __init__(self, dataset: Dataset, rows: NDArray[np.int64]) -> None:
        self.num_ratings = np.bincount(dataset.movie_indices[rows], minlength=dataset.num_movies).astype(np.float32)

    def predict(self, _user_indices: NDArray[np.int64], _movie_indices: NDArray[np.int64]) -> None:
        """Predict no stars."""

    def score_users(self, user_indices: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (N, M) numbers of training ratings."""
        return np.tile(self.num_ratings, (len(user_indices), 1))


def baseline_errors(
    dataset: Dataset, split: Split, *parts: Literal["validation", "test"]
) -> dict[str, dict[str, float]]:
    """Return the errors of both baselines, fitted on the training part.

    Args:
        dataset: all ratings.
        split: its parts.
        parts: those to be measured on.

    Returns:
        For "mean" and "biases" the values "validation_rmse" and "test_rmse" in stars, where there is such a part.
    """
    train = split.train.numpy()
    stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)
    errors: dict[str, dict[str, float]] = {}
    for name, baseline in (("mean", MeanBaseline(dataset, train)), ("biases", BiasBaseline(dataset, train))):
        errors[name] = {}
        for part in parts:
            rows = getattr(split, part).numpy()
            if len(rows):
                predicted = baseline.predict(dataset.user_indices[rows], dataset.movie_indices[rows])
                errors[name][f"{part}_rmse"] = star_errors(predicted, stars[rows])["rmse"]
    return errors


def _shrunk_means(
    groups: NDArray[np.int64], values: NDArray[np.float64], num_groups: int, *, shrinkage: float
) -> NDArray[np.float64]:
    """(num_groups,) sum of each group's values over its size plus `shrinkage`."""
    counts = np.bincount(groups, minlength=num_groups)
    means: NDArray[np.float64] = np.bincount(groups, weights=values, minlength=num_groups) / (counts + shrinkage)
    return means
