"""Item-kNN: films are like those that the same people rated, and rated alike.

Two neighbourhoods, one for each question. Stars: what a user's ratings of the nearest films deviate from the biases,
weighted by a correlation that shrinks where few people rated both (Koren 2010, "Factor in the Neighbors", section
2.2). Lists: the sum of the cosines between a film and those that the user rated, each film keeping its nearest alone
(Deshpande and Karypis 2004, "Item-based top-N recommendation").
"""

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.data.groups import Groups
from recsys.evaluation.baselines import BiasBaseline
from recsys.evaluation.interactions import seen_matrix, value_matrix
from recsys.evaluation.metrics import top_k

Matrix = NDArray[np.float32]


class ItemKnn:
    """Nearest films by correlation of stars, and by cosine of who rated them.

    Args:
        dataset: all ratings.
        rows: those that are learned from.
        star_neighbours: films of which a predicted star is made.
        list_neighbours: films that each film keeps for lists.
        shrinkage: people who count as much as all who rated both films.
    """

    def __init__(
        self,
        dataset: Dataset,
        rows: NDArray[np.int64],
        *,
        star_neighbours: int,
        list_neighbours: int,
        shrinkage: float,
    ) -> None:
        self._star_neighbours = star_neighbours
        self._biases = BiasBaseline(dataset, rows)
        users, movies = dataset.user_indices[rows], dataset.movie_indices[rows]
        stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)[rows]
        residuals = stars - self._biases.predict(users, movies)
        self._by_user = Groups(users, dataset.num_users)
        self._movies, self._residuals = movies, residuals.astype(np.float32)
        self._seen = seen_matrix(dataset, rows)
        seen = self._seen.astype(np.float32)
        num_both = seen.T @ seen  # (M, M) people who rated both films
        self._correlation = _correlation(value_matrix(dataset, rows, residuals), seen, num_both, shrinkage)
        self._cosine = _nearest(_cosine(num_both), list_neighbours)

    def predict(self, user_indices: NDArray[np.int64], movie_indices: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return (N,) predicted stars of N pairs; a user's own rating of the very film is left out."""
        stars = self._biases.predict(user_indices, movie_indices)
        asked = Groups(user_indices, self._by_user.counts.size)
        for user in np.flatnonzero(asked.counts).tolist():
            places, rated = asked.positions(user), self._by_user.positions(user)
            if len(rated) == 0:
                continue
            weights = self._correlation[np.ix_(movie_indices[places], self._movies[rated])]  # (n, rated)
            weights = _nearest(weights.T, self._star_neighbours).T
            total = weights.sum(axis=1)
            np.maximum(total, 1e-6, out=total)
            stars[places] += weights @ self._residuals[rated] / total
        return stars

    def score_users(self, user_indices: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (N, M) sums of cosines."""
        scores: Matrix = self._seen[user_indices].astype(np.float32) @ self._cosine
        return scores


def _correlation(residuals: Matrix, seen: Matrix, num_both: Matrix, shrinkage: float) -> Matrix:
    """(M, M) correlation of two films over the people who rated both, shrunk; 0 where negative and on the diagonal."""
    squares = (residuals**2).T @ seen  # (i, j): squares of film i over those who rated j too
    scale = np.sqrt(squares * squares.T)
    together = residuals.T @ residuals
    correlation: Matrix = np.divide(together, scale, out=np.zeros_like(together), where=scale > 0)
    correlation *= num_both / (num_both + np.float32(shrinkage))
    np.fill_diagonal(correlation, 0)
    np.maximum(correlation, 0, out=correlation)
    return correlation


def _cosine(num_both: Matrix) -> Matrix:
    """(M, M) cosine of who rated two films; 0 on the diagonal and for films that nobody rated."""
    length = np.sqrt(np.maximum(np.diag(num_both), 1)).astype(np.float32)
    cosine: Matrix = num_both / length[:, None] / length
    np.fill_diagonal(cosine, 0)
    return cosine


def _nearest(weights: Matrix, k: int) -> Matrix:
    """Return the weights with all but the k largest of each column set to 0; of equal ones the upper rows stay."""
    if len(weights) <= k:
        return weights
    largest = top_k(weights.T, np.arange(len(weights)), k).T
    kept = np.zeros_like(weights)
    np.put_along_axis(kept, largest, np.take_along_axis(weights, largest, axis=0), axis=0)
    return kept
