"""EASE: a linear model from what a user rated to what else they would rate (Steck 2019, "Embarrassingly Shallow").

One matrix of item weights with nothing on its diagonal, in closed form; it knows who rated what and no stars.
"""

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.evaluation.interactions import seen_matrix


class Ease:
    """Item weights B that minimise |X - XB|^2 + penalty |B|^2 under diag(B) = 0.

    Args:
        dataset: all ratings.
        rows: those that X is made from.
        penalty: the larger, the smaller the weights.
    """

    def __init__(self, dataset: Dataset, rows: NDArray[np.int64], *, penalty: float) -> None:
        self._seen = seen_matrix(dataset, rows)
        seen = self._seen.astype(np.float32)
        gram = seen.T @ seen  # (M, M)
        gram[np.diag_indices_from(gram)] += np.float32(penalty)
        inverse = np.linalg.inv(gram)
        # equation 8: B = -P / diag(P) off the diagonal, 0 on it
        self.weights: NDArray[np.float32] = inverse / -np.diag(inverse)
        np.fill_diagonal(self.weights, 0)

    def predict(self, _user_indices: NDArray[np.int64], _movie_indices: NDArray[np.int64]) -> None:
        """Predict no stars."""

    def score_users(self, user_indices: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (N, M) sums of the weights of what each user rated."""
        scores: NDArray[np.float32] = self._seen[user_indices].astype(np.float32) @ self.weights
        return scores
