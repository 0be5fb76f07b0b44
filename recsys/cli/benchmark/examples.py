"""Ratings one by one, each with the two histories that it is left out of: what a plain DataLoader would be fed."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.utils.data import Dataset

from recsys.data.histories import SHRINKAGE, History, RatingTable, Sparse

Numbers = NDArray[np.int64]
Floats = NDArray[np.float32]


class Example(NamedTuple):
    """A rating and the two histories that it is left out of: columns, residuals and level of each."""

    user: int
    movie: int
    stars: float
    of_user: tuple[Numbers, Floats, float]
    of_movie: tuple[Numbers, Floats, float]


class ExampleBatch(NamedTuple):
    """B ratings with a history for each of their B people and B films."""

    user: Tensor
    movie: Tensor
    stars: Tensor
    of_users: History
    of_movies: History


class LeftOutRatings(Dataset[Example]):
    """Ratings as examples, as the plain way would make them one at a time.

    Args:
        table: the ratings.
    """

    def __init__(self, table: RatingTable) -> None:
        self.num_users, self.num_movies = table.num_users, table.num_movies
        self.users, self.movies, stars = (t.cpu().numpy() for t in (table.users, table.movies, table.stars))
        self.stars, deviations = stars, stars - np.float32(table.mean)
        self._by_movie = np.argsort(self.movies, kind="stable")
        self._user_starts = np.searchsorted(self.users, np.arange(table.num_users + 1))
        self._movie_starts = np.searchsorted(self.movies[self._by_movie], np.arange(table.num_movies + 1))
        self._rest_of_movie = deviations
        levels = np.bincount(self.movies, deviations, table.num_movies) / (np.diff(self._movie_starts) + SHRINKAGE)
        self._rest_of_user = (deviations - levels[self.movies]).astype(np.float32)
        sums = np.bincount(self.users, self._rest_of_user, table.num_users)
        self._user_levels = (sums / (np.diff(self._user_starts) + SHRINKAGE)).astype(np.float32)

    def __len__(self) -> int:
        return len(self.stars)

    def __getitem__(self, index: int) -> Example:
        user, movie = int(self.users[index]), int(self.movies[index])
        own = np.arange(self._user_starts[user], self._user_starts[user + 1])
        own = own[own != index]
        others = self._by_movie[self._movie_starts[movie] : self._movie_starts[movie + 1]]
        others = others[others != index]
        user_level = float(self._rest_of_user[own].sum() / (len(own) + SHRINKAGE))
        movie_level = float(self._rest_of_movie[others].sum() / (len(others) + SHRINKAGE))
        people = self.users[others]
        of_movie = self._rest_of_movie[others] - movie_level - self._user_levels[people]
        return Example(
            user,
            movie,
            float(self.stars[index]),
            (self.movies[own], self._rest_of_user[own] - user_level, user_level),
            (people, of_movie, movie_level),
        )

    def collate(self, examples: list[Example]) -> ExampleBatch:
        """Put examples side by side, their histories behind one another."""
        return ExampleBatch(
            torch.tensor([example.user for example in examples]),
            torch.tensor([example.movie for example in examples]),
            torch.tensor([example.stars for example in examples]),
            _histories([example.of_user for example in examples], self.num_movies),
            _histories([example.of_movie for example in examples], self.num_users),
        )


def _histories(parts: list[tuple[Numbers, Floats, float]], num_columns: int) -> History:
    """The histories of B people or films, each with columns, residuals and level."""
    lengths = torch.tensor([len(columns) for columns, _, _ in parts])
    columns = torch.from_numpy(np.concatenate([columns for columns, _, _ in parts]))
    values = torch.from_numpy(np.concatenate([values for _, values, _ in parts]).astype(np.float32))
    order = columns.argsort(stable=True)
    front = functional.pad(lengths.cumsum(0), (1, 0)), columns
    back_starts = functional.pad(torch.bincount(columns, minlength=num_columns).cumsum(0), (1, 0))
    back = back_starts, torch.arange(len(parts)).repeat_interleave(lengths)[order]
    ones = torch.ones_like(values)
    return History(
        Sparse(*front, values, *back, values[order]),
        Sparse(*front, ones, *back, ones),
        torch.tensor([level for _, _, level in parts]),
        lengths.to(torch.float32),
    )
