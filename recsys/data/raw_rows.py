"""Raw rows: the three files as they are, and all that they say about one person or one film."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd

from recsys.data.dataset import Dataset
from recsys.data.movielens import FILES_1M, FILES_GROUPLENS_100K, FILES_RECBOLE_100K

_ENCODINGS = {FILES_1M: "latin-1", FILES_GROUPLENS_100K: "latin-1", FILES_RECBOLE_100K: "utf-8"}
_INVENTED = ("users", "movies", "ratings")


@dataclass(frozen=True)
class RawFile:
    """One of the three files: of users, of movies, of ratings.

    Attributes:
        name: file name.
        num_rows: rows of data.
        num_bytes: size on disk; None for invented data, which never was a file.
        first_lines: its beginning, line ends removed.
    """

    name: str
    num_rows: int
    num_bytes: int | None
    first_lines: tuple[str, ...]


def raw_files(dataset: Dataset, folder: Path | None, *, num_lines: int = 5) -> tuple[RawFile, ...]:
    """Return the files of users, movies and ratings as they lie in a folder.

    Args:
        dataset: what was read from them.
        folder: where they lie, or the folder above, named after the data set; None, or a folder without them, shows the
            rows that were read instead.
        num_lines: lines to take from the beginning of each.
    """
    sizes = (dataset.num_users, dataset.num_movies, dataset.num_ratings)
    for place in () if folder is None else (folder, folder / dataset.name):
        for names, encoding in _ENCODINGS.items():
            files = [place / name for name in names]
            if all(file.is_file() for file in files):
                return tuple(
                    RawFile(file.name, size, file.stat().st_size, _first_lines(file, encoding, num_lines))
                    for file, size in zip(files, sizes, strict=True)
                )
    ratings = ("::".join(map(str, row)) for row in dataset.ratings.head(num_lines).itertuples(index=False))
    lines = (dataset.users["raw"].head(num_lines), dataset.movies["raw"].head(num_lines), ratings)
    return tuple(
        RawFile(name, size, None, tuple(first)) for name, size, first in zip(_INVENTED, sizes, lines, strict=True)
    )


def ratings_by_user(dataset: Dataset, user_id: int) -> pd.DataFrame:
    """Return all that a person rated: columns movie_id, title, year, rating, time (NaT if unknown); file order.

    Raises:
        UnknownIdError: if there is no such person.
    """
    rows = dataset.ratings_of_user(user_id)
    movies = dataset.movies.iloc[dataset.movie_indices[rows.index]]
    values = {name: movies[name].to_numpy() for name in ("movie_id", "title", "year")}
    return pd.DataFrame({**values, "rating": rows["rating"].to_numpy(), "time": _times(rows)})


def ratings_of_movie(dataset: Dataset, movie_id: int) -> pd.DataFrame:
    """Return all ratings of a film: columns user_id, gender, age_group, occupation, rating, time (NaT if unknown).

    Raises:
        UnknownIdError: if there is no such film.
    """
    rows = dataset.ratings_of_movie(movie_id)
    users = dataset.users.iloc[dataset.user_indices[rows.index]]
    values = {name: users[name].to_numpy() for name in ("user_id", "gender", "age_group", "occupation")}
    return pd.DataFrame({**values, "rating": rows["rating"].to_numpy(), "time": _times(rows)})


def _times(rows: pd.DataFrame) -> pd.DatetimeIndex:
    seconds = rows["timestamp"].where(rows["timestamp"] > 0)
    return pd.DatetimeIndex(pd.to_datetime(seconds, unit="s"))


def _first_lines(file: Path, encoding: str, num_lines: int) -> tuple[str, ...]:
    with file.open(encoding=encoding) as lines:
        return tuple(line.rstrip("\r\n") for line in islice(lines, num_lines))
