"""Dataset: users, movies and ratings of one MovieLens edition, checked on construction.

Stands between the files (`recsys.data.movielens`) and the tensors (`recsys.data.encoder`). Things are named by
the data set's own ids here; row numbers appear only as `*_index`.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recsys.config import DatasetName
from recsys.data.groups import Groups, row_of_each
from recsys.errors import DataError, UnknownIdError

AGE_GROUPS = ("under 18", "18-24", "25-34", "35-44", "45-49", "50-55", "56+")
AGE_GROUP_STARTS = (1, 18, 25, 35, 45, 50, 56)
GENDERS = ("F", "M")
MIN_STARS, MAX_STARS = 1, 5

USER_COLUMNS = ("user_id", "gender", "age", "age_group", "occupation", "raw")
MOVIE_COLUMNS = ("movie_id", "title", "year", "genres", "raw")
RATING_COLUMNS = ("user_id", "movie_id", "rating", "timestamp")


class User(NamedTuple):
    """One person.

    Attributes:
        user_id: id in the data set.
        gender: "F" or "M".
        age: years as the file has them; ML-1M gives the first year of the age group.
        age_group: 0 to 6, an index into `AGE_GROUPS`.
        occupation: name, such as "programmer".
        num_ratings: how many films the person rated.
    """

    user_id: int
    gender: str
    age: int
    age_group: int
    occupation: str
    num_ratings: int


class Movie(NamedTuple):
    """One film.

    Attributes:
        movie_id: id in the data set.
        title: as people say it ("The Matrix"), without year.
        year: year of release, or None where the file has none.
        genres: names, at least one.
        num_ratings: how many people rated it.
        mean_rating: in stars, or None without ratings.
    """

    movie_id: int
    title: str
    year: int | None
    genres: tuple[str, ...]
    num_ratings: int
    mean_rating: float | None


@dataclass(frozen=True, eq=False)
class Dataset:
    """Users, movies and ratings, immutable after construction.

    Attributes:
        name: one of `recsys.config.DATASET_NAMES`.
        users: columns user_id, gender ("F", "M"), age, age_group (0..6), occupation, raw (the line as the file
            has it); one row a user, in file order.
        movies: columns movie_id, title, year (Int64, may be missing), genres (tuple of names), raw.
        ratings: columns user_id, movie_id, rating (1..5), timestamp (seconds since 1970, 0 unknown); file order.
        source: where it came from, in words.

    Raises:
        DataError: on construction, if a column is missing, an id is twice or a rating names nobody.
    """

    name: DatasetName
    users: pd.DataFrame
    movies: pd.DataFrame
    ratings: pd.DataFrame
    source: str

    def __post_init__(self) -> None:
        for table, columns in (("users", USER_COLUMNS), ("movies", MOVIE_COLUMNS), ("ratings", RATING_COLUMNS)):
            missing = [c for c in columns if c not in getattr(self, table).columns]
            if missing:
                raise DataError(f"{self.name}: table {table} lacks {', '.join(map(str, missing))}.")
            if getattr(self, table).empty:
                raise DataError(f"{self.name}: table {table} is empty.")
        for table, column in (("users", "user_id"), ("movies", "movie_id")):
            ids = getattr(self, table)[column]
            if ids.duplicated().any():
                raise DataError(f"{self.name}: {column} {ids[ids.duplicated()].iloc[0]} is twice in {table}.")
        stars = self.ratings["rating"].to_numpy()
        if stars.min() < MIN_STARS or stars.max() > MAX_STARS:
            raise DataError(f"{self.name}: ratings must lie from {MIN_STARS} to {MAX_STARS}.")
        for column, index in (("user_id", self.user_indices), ("movie_id", self.movie_indices)):
            if index.min() < 0:
                unknown = self.ratings[column].to_numpy()[index.argmin()]
                raise DataError(f"{self.name}: a rating names {column} {unknown}, which is in no table.")

    @property
    def num_users(self) -> int:
        """Number of users U."""
        return len(self.users)

    @property
    def num_movies(self) -> int:
        """Number of movies M."""
        return len(self.movies)

    @property
    def num_ratings(self) -> int:
        """Number of ratings."""
        return len(self.ratings)

    @cached_property
    def user_indices(self) -> NDArray[np.int64]:
        """(num_ratings,) row in `users` of each rating; -1 for nobody."""
        return row_of_each(self.users["user_id"].to_numpy(), self.ratings["user_id"].to_numpy())

    @cached_property
    def movie_indices(self) -> NDArray[np.int64]:
        """(num_ratings,) row in `movies` of each rating; -1 for no film."""
        return row_of_each(self.movies["movie_id"].to_numpy(), self.ratings["movie_id"].to_numpy())

    @cached_property
    def genres(self) -> tuple[str, ...]:
        """All genre names, sorted."""
        return tuple(sorted({genre for genres in self.movies["genres"] for genre in genres}))

    @cached_property
    def occupations(self) -> tuple[str, ...]:
        """All occupation names, sorted."""
        return tuple(sorted(set(self.users["occupation"])))

    @cached_property
    def fingerprint(self) -> str:
        """Hash (16 hex digits of SHA-256) of all that a model can learn from: everything but timestamps and zip codes.

        Two sources of one data set (another archive format, timestamps missing) have one fingerprint.
        """
        digest = hashlib.sha256()
        digest.update(self.users[["user_id", "gender", "age", "occupation"]].to_csv(index=False).encode())
        movies = self.movies.assign(genres=self.movies["genres"].map("|".join))
        digest.update(movies[["movie_id", "title", "year", "genres"]].to_csv(index=False).encode())
        for column, dtype in (("user_id", "<i4"), ("movie_id", "<i4"), ("rating", "i1")):
            digest.update(np.ascontiguousarray(self.ratings[column].to_numpy(), dtype=dtype).data)
        return digest.hexdigest()[:16]

    def user_index(self, user_id: int) -> int:
        """Return the row of a user.

        Raises:
            UnknownIdError: if there is none.
        """
        if user_id not in self._user_rows:
            raise UnknownIdError("user", user_id, self.name)
        return self._user_rows[user_id]

    def movie_index(self, movie_id: int) -> int:
        """Return the row of a movie.

        Raises:
            UnknownIdError: if there is none.
        """
        if movie_id not in self._movie_rows:
            raise UnknownIdError("movie", movie_id, self.name)
        return self._movie_rows[movie_id]

    def user(self, user_id: int) -> User:
        """Return a person by id.

        Raises:
            UnknownIdError: if there is none.
        """
        index = self.user_index(user_id)
        gender, age, age_group, occupation = (column[index] for column in self._user_columns)
        return User(user_id, gender, int(age), int(age_group), occupation, int(self.num_ratings_by_user[index]))

    def movie(self, movie_id: int) -> Movie:
        """Return a film by id.

        Raises:
            UnknownIdError: if there is none.
        """
        index = self.movie_index(movie_id)
        title, year, genres = (column[index] for column in self._movie_columns)
        count, mean = int(self.num_ratings_by_movie[index]), float(self.mean_rating_by_movie[index])
        return Movie(movie_id, title, None if pd.isna(year) else int(year), genres, count, mean if count else None)

    def ratings_of_user(self, user_id: int) -> pd.DataFrame:
        """Return a person's rows of `ratings`, in file order.

        Raises:
            UnknownIdError: if there is no such person.
        """
        return self.ratings.iloc[self.rating_rows_of_user(user_id)]

    def ratings_of_movie(self, movie_id: int) -> pd.DataFrame:
        """Return a film's rows of `ratings`, in file order.

        Raises:
            UnknownIdError: if there is no such film.
        """
        return self.ratings.iloc[self.rating_rows_of_movie(movie_id)]

    def rating_rows_of_user(self, user_id: int) -> NDArray[np.int64]:
        """Return (N,) positions in `ratings` of a person's ratings, ascending.

        Raises:
            UnknownIdError: if there is no such person.
        """
        return self._by_user.positions(self.user_index(user_id))

    def rating_rows_of_movie(self, movie_id: int) -> NDArray[np.int64]:
        """Return (N,) positions in `ratings` of a film's ratings, ascending.

        Raises:
            UnknownIdError: if there is no such film.
        """
        return self._by_movie.positions(self.movie_index(movie_id))

    def true_rating(self, user_id: int, movie_id: int) -> int | None:
        """Return the stars a person gave a film, or None.

        Raises:
            UnknownIdError: if there is no such person or film.
        """
        self.movie_index(movie_id)
        rated = self.ratings_of_user(user_id)
        stars = rated.loc[rated["movie_id"] == movie_id, "rating"]
        return int(stars.iloc[-1]) if len(stars) else None

    @cached_property
    def num_ratings_by_user(self) -> NDArray[np.int64]:
        """(U,) ratings of each user."""
        return self._by_user.counts

    @cached_property
    def num_ratings_by_movie(self) -> NDArray[np.int64]:
        """(M,) ratings of each movie."""
        return self._by_movie.counts

    @cached_property
    def mean_rating_by_movie(self) -> NDArray[np.float64]:
        """(M,) mean stars of each movie; NaN without ratings."""
        stars = self.ratings["rating"].to_numpy(dtype=np.float64)
        totals = np.bincount(self.movie_indices, weights=stars, minlength=self.num_movies)
        counts = self.num_ratings_by_movie
        means: NDArray[np.float64] = np.full(self.num_movies, np.nan)
        np.divide(totals, counts, out=means, where=counts > 0)
        return means

    @cached_property
    def _user_rows(self) -> dict[int, int]:
        return {int(user_id): row for row, user_id in enumerate(self.users["user_id"])}

    @cached_property
    def _movie_rows(self) -> dict[int, int]:
        return {int(movie_id): row for row, movie_id in enumerate(self.movies["movie_id"])}

    @cached_property
    def _user_columns(self) -> tuple[list[Any], ...]:
        """As lists: a row of a table costs fifty times as much as an entry of a few lists."""
        return tuple(self.users[name].tolist() for name in ("gender", "age", "age_group", "occupation"))

    @cached_property
    def _movie_columns(self) -> tuple[list[Any], ...]:
        return tuple(self.movies[name].tolist() for name in ("title", "year", "genres"))

    @cached_property
    def _by_user(self) -> Groups:
        return Groups(self.user_indices, self.num_users)

    @cached_property
    def _by_movie(self) -> Groups:
        return Groups(self.movie_indices, self.num_movies)
