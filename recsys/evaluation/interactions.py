"""Who rated what, as matrices: what the baselines for lists are made from."""

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset


def seen_matrix(dataset: Dataset, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return (U, M) whether a user rated a movie, in some rows of the ratings."""
    seen = np.zeros((dataset.num_users, dataset.num_movies), dtype=bool)
    seen[dataset.user_indices[rows], dataset.movie_indices[rows]] = True
    return seen


def value_matrix(dataset: Dataset, rows: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return (U, M) the value of each of the (n,) rows, 0 where there is no rating."""
    matrix = np.zeros((dataset.num_users, dataset.num_movies), dtype=np.float32)
    matrix[dataset.user_indices[rows], dataset.movie_indices[rows]] = values
    return matrix
