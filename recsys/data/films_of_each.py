"""Films of each: which films each person has some of the ratings for, as rows of a matrix when they are asked for."""

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.data.groups import Groups


class FilmsOfEach:
    """Which films each person has some of the ratings for.

    Args:
        dataset: all ratings.
        rows: (n,) which of them.
    """

    def __init__(self, dataset: Dataset, rows: NDArray[np.int64]) -> None:
        self._groups = Groups(dataset.user_indices[rows], dataset.num_users)
        self._movies, self._num_movies = dataset.movie_indices[rows], dataset.num_movies

    @property
    def counts(self) -> NDArray[np.int64]:
        """(U,) ratings of each person."""
        return self._groups.counts

    def matrix(self, users: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return (N, M): does a person have a rating for a film?"""
        found = np.zeros((len(users), self._num_movies), dtype=bool)
        for row, user in enumerate(users.tolist()):
            found[row, self._movies[self._groups.positions(user)]] = True
        return found
