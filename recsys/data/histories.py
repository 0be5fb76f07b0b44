"""Rating histories: what each person has rated, and who has rated each film, as sparse matrices for the towers.

A rating that is to be predicted must not be in a history that predicts it. So a table is looked at through a mask:
hidden ratings are in no history, no level and no number of ratings, and only hidden ratings are trained on.

That also makes it safe to centre a history on its own level. With the rating left out of the sum alone, residuals from
a person's own mean would give it away, since they sum to zero; here the mean is one of the visible ratings only.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from recsys.data.dataset import Dataset
from recsys.data.encoder import RatingTensors

SHRINKAGE = 5.0
"""A level is a sum over the number of ratings plus this, so that few ratings move it little (Koren 2010, eq. 2)."""


class Sparse(NamedTuple):
    """A sparse (R, C) matrix by rows, and its transpose by rows.

    Both groupings are kept so that a product with it, and the gradient of that product, are sums over runs of
    neighbouring entries, and never additions to scattered places.

    Attributes:
        starts: (R + 1,) where each row begins.
        columns: (E,) column of each entry.
        values: (E,) the entries.
        transposed_starts: (C + 1,) where each column begins.
        transposed_rows: (E,) row of each entry, column by column.
        transposed_values: (E,) the entries, column by column.
    """

    starts: Tensor
    columns: Tensor
    values: Tensor
    transposed_starts: Tensor
    transposed_rows: Tensor
    transposed_values: Tensor


class History(NamedTuple):
    """The visible ratings of B people or of B films.

    Attributes:
        residuals: (B, C) by how many stars each rating differs from what the two levels make one expect; C counts
            the other side: films for a person, people for a film.
        seen: (B, C) 1 where there is a rating.
        level: (B,) by how many stars the ratings lie above what is usual, shrunk towards 0.
        num_ratings: (B,) how many ratings, as float32.
    """

    residuals: Sparse
    seen: Sparse
    level: Tensor
    num_ratings: Tensor


class RatingTable:
    """Known ratings, grouped by person and by film.

    Args:
        ratings: all ratings of a data set.
        rows: (N,) which of them are known.
        num_users: U.
        num_movies: M.
        device: where everything is kept.

    Attributes:
        users, movies: (N,) indices, ordered by user, then movie.
        stars: (N,) in the same order.
        mean: of all known ratings, in stars; hidden ones count too, so that it is one number whatever is hidden, and
            says nothing of any single rating.
    """

    def __init__(
        self, ratings: RatingTensors, rows: Tensor, *, num_users: int, num_movies: int, device: torch.device
    ) -> None:
        users, movies, stars = (column[rows] for column in ratings)
        order = torch.argsort(users * num_movies + movies)
        self.users, self.movies, self.stars = (column[order].to(device) for column in (users, movies, stars))
        self.num_users, self.num_movies = num_users, num_movies
        self.mean = float(stars.double().mean()) if len(stars) else 0.0
        self._by_movie = torch.argsort(self.movies, stable=True)
        self._users_by_movie = self.users[self._by_movie]
        self._user_starts = _starts(self.users, num_users)
        self._movie_starts = _starts(self.movies, num_movies)

    def __len__(self) -> int:
        return len(self.stars)

    def of_users(self, users: Tensor) -> Tensor:
        """Return the positions of the ratings of some users, given by (B,) ascending indices."""
        starts = self._user_starts.index_select(0, users)
        counts = self._user_starts.index_select(0, users + 1) - starts
        return torch.repeat_interleave(starts - (counts.cumsum(0) - counts), counts) + _range(int(counts.sum()), users)

    def histories(self, visible: Tensor, users: Tensor | None = None) -> tuple[History, History]:
        """Return the histories of some users and of all movies.

        Args:
            visible: (N,) bool; what is not visible is in no history.
            users: (B,) ascending indices; everybody by default.

        Returns:
            The histories of the B users, over the movies, and of the M movies, over all users.
        """
        seen = self._both_ways(visible.to(torch.float32))
        user_count, movie_count = _sums(seen.by_user, self._user_starts), _sums(seen.by_movie, self._movie_starts)
        residuals, user_level, movie_level = self._centred(seen, user_count, movie_count)
        all_residuals, all_seen = self._matrix(residuals), self._matrix(seen)
        of_movies = History(_transposed(all_residuals), _transposed(all_seen), movie_level, movie_count)
        if users is None:
            return History(all_residuals, all_seen, user_level, user_count), of_movies
        some = self._rows(users, residuals.by_user, seen.by_user)
        return History(*some, user_level.index_select(0, users), user_count.index_select(0, users)), of_movies

    def _both_ways(self, by_user: Tensor) -> "_Values":
        return _Values(by_user, by_user.index_select(0, self._by_movie))

    def _centred(self, seen: "_Values", user_count: Tensor, movie_count: Tensor) -> tuple["_Values", Tensor, Tensor]:
        """Residuals (N,), user levels (U,) and movie levels (M,): the mean first, then the film, then the person."""
        deviations = self._both_ways((self.stars - self.mean) * seen.by_user)
        movie_level = _sums(deviations.by_movie, self._movie_starts) / (movie_count + SHRINKAGE)
        rest = deviations.by_user - movie_level.index_select(0, self.movies) * seen.by_user
        user_level = _sums(rest, self._user_starts) / (user_count + SHRINKAGE)
        residuals = rest - user_level.index_select(0, self.users) * seen.by_user
        return self._both_ways(residuals), user_level, movie_level

    def _matrix(self, values: "_Values") -> Sparse:
        """(U, M); hidden entries are 0."""
        back = self._movie_starts, self._users_by_movie
        return Sparse(self._user_starts, self.movies, values.by_user, *back, values.by_movie)

    def _rows(self, users: Tensor, residuals: Tensor, seen: Tensor) -> tuple[Sparse, Sparse]:
        """(B, M) residuals and ones of some users, from those of all ratings; hidden entries are 0."""
        positions = self.of_users(users)
        movies, order = self.movies.index_select(0, positions).sort(stable=True)
        rows = torch.searchsorted(users, self.users.index_select(0, positions))
        front = _starts(rows, len(users)), self.movies.index_select(0, positions)
        back = _starts(movies, self.num_movies), rows.index_select(0, order)
        own, ones = residuals.index_select(0, positions), seen.index_select(0, positions)
        return (
            Sparse(*front, own, *back, own.index_select(0, order)),
            Sparse(*front, ones, *back, ones.index_select(0, order)),
        )


class _Values(NamedTuple):
    """One number for each rating: (N,) by user, then movie, and (N,) by movie, then user."""

    by_user: Tensor
    by_movie: Tensor


def table_of(dataset: Dataset, ratings: RatingTensors, rows: Tensor, device: torch.device) -> RatingTable:
    """Return the table of (N,) `rows` of a data set's ratings."""
    return RatingTable(ratings, rows, num_users=dataset.num_users, num_movies=dataset.num_movies, device=device)


def _starts(sorted_groups: Tensor, num_groups: int) -> Tensor:
    """(num_groups + 1,) where each group begins among (N,) sorted indices."""
    counts = torch.bincount(sorted_groups, minlength=num_groups)
    return torch.nn.functional.pad(counts.cumsum(0), (1, 0))


def _sums(values: Tensor, starts: Tensor) -> Tensor:
    """Sum of each run of neighbours, (N,) -> (groups,): `torch.segment_reduce` has no kernel for Apple's GPU."""
    whole = values.new_ones(1, 1)  # a bag of nothing but this row, weighted by the values
    rows = torch.zeros(len(values), dtype=torch.int64, device=values.device)
    return torch.nn.functional.embedding_bag(
        rows, whole, starts, mode="sum", per_sample_weights=values, include_last_offset=True
    ).squeeze(1)


def _range(size: int, like: Tensor) -> Tensor:
    return torch.arange(size, device=like.device)


def _transposed(matrix: Sparse) -> Sparse:
    return Sparse(*matrix[3:], *matrix[:3])
