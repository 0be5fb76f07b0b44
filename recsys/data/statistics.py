"""Statistics: a whole Dataset as tidy tables, one row an observation, for the page that shows the data.

Pure functions of a `Dataset`, all of them vectorised: on a million ratings each takes well under a second. A group
without ratings has a mean of NaN. Timestamps of 0 mean "unknown" and never count as 1970.
"""

from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recsys.data.dataset import MAX_STARS, MIN_STARS, Dataset

PersonField = Literal["gender", "age_group", "occupation"]
_SECONDS = "s"


class Counts(NamedTuple):
    """The size of a data set.

    Attributes:
        num_users: users U.
        num_movies: movies M.
        num_ratings: ratings.
        density: share of the U x M cells that hold a rating, 0 to 1.
        mean_rating: in stars.
        median_per_user: ratings that a user in the middle gave.
        median_per_movie: ratings that a movie in the middle got.
        num_movies_unrated: movies that nobody rated.
        num_with_time: ratings whose timestamp is known.
    """

    num_users: int
    num_movies: int
    num_ratings: int
    density: float
    mean_rating: float
    median_per_user: float
    median_per_movie: float
    num_movies_unrated: int
    num_with_time: int


class MatrixPicture(NamedTuple):
    """The user x movie matrix, downsampled to tiles.

    Attributes:
        filled: (H, W) share of the cells in each tile that hold a rating, 0 to 1. Most active users on top, most
            rated movies on the left.
        users_per_tile: users in a row of tiles.
        movies_per_tile: movies in a column of tiles.
    """

    filled: NDArray[np.float64]
    users_per_tile: float
    movies_per_tile: float


def counts(dataset: Dataset) -> Counts:
    """Count users, movies and ratings, and how empty the matrix between them is."""
    return Counts(
        num_users=dataset.num_users,
        num_movies=dataset.num_movies,
        num_ratings=dataset.num_ratings,
        density=dataset.num_ratings / (dataset.num_users * dataset.num_movies),
        mean_rating=float(dataset.ratings["rating"].mean()),
        median_per_user=float(np.median(dataset.num_ratings_by_user)),
        median_per_movie=float(np.median(dataset.num_ratings_by_movie)),
        num_movies_unrated=int((dataset.num_ratings_by_movie == 0).sum()),
        num_with_time=int((dataset.ratings["timestamp"] > 0).sum()),
    )


def rating_histogram(dataset: Dataset) -> pd.DataFrame:
    """Count the ratings of each number of stars: columns stars, num_ratings, share (0 to 1)."""
    stars = np.arange(MIN_STARS, MAX_STARS + 1)
    number = np.bincount(dataset.ratings["rating"].to_numpy(), minlength=MAX_STARS + 1)[MIN_STARS:]
    return pd.DataFrame({"stars": stars, "num_ratings": number, "share": number / number.sum()})


def by_person(dataset: Dataset, field: PersonField) -> pd.DataFrame:
    """Group ratings by a field of the person who gave them.

    Args:
        dataset: the data set.
        field: column of `Dataset.users`.

    Returns:
        Columns group (value of the field, sorted), num_users, num_ratings, mean_rating.
    """
    codes, groups = pd.factorize(dataset.users[field], sort=True)
    table = _means(dataset, codes[dataset.user_indices], len(groups))
    table.insert(0, "num_users", np.bincount(codes, minlength=len(groups)))
    table.insert(0, "group", np.asarray(groups))
    return table


def by_genre(dataset: Dataset) -> pd.DataFrame:
    """Group movies and their ratings by genre; a movie counts in each of its genres.

    Returns:
        Columns genre, num_movies, num_ratings, mean_rating; most rated first.
    """
    position = {genre: i for i, genre in enumerate(dataset.genres)}
    pairs = [(row, position[genre]) for row, genres in enumerate(dataset.movies["genres"]) for genre in genres]
    movie, genre = np.array(pairs).T  # (P,), (P,): a pair for each genre of each movie
    table = _movie_means(dataset, movie, genre, len(position))
    table.insert(0, "genre", dataset.genres)
    return table.sort_values(["num_ratings", "genre"], ascending=[False, True], ignore_index=True)


def by_year(dataset: Dataset) -> pd.DataFrame:
    """Group movies and their ratings by year of release; movies without a year are left out.

    Returns:
        Columns year, num_movies, num_ratings, mean_rating; ascending, years without a movie left out.
    """
    dated = np.flatnonzero(dataset.movies["year"].notna().to_numpy())
    years, codes = np.unique(dataset.movies["year"].iloc[dated].to_numpy(dtype=np.int64), return_inverse=True)
    table = _movie_means(dataset, dated, codes, len(years))
    table.insert(0, "year", years)
    return table


def by_month(dataset: Dataset) -> pd.DataFrame:
    """Group the ratings whose time is known by month.

    Returns:
        Columns month (first day, UTC), num_ratings, mean_rating; ascending, from the first month to the last with
        months without ratings as 0. Empty if no time is known.
    """
    known = dataset.ratings[dataset.ratings["timestamp"] > 0]
    days = known["timestamp"].to_numpy(dtype="int64").astype(f"datetime64[{_SECONDS}]")
    months = days.astype("datetime64[M]").astype(np.int64)
    first = int(months.min()) if len(months) else 0
    size = int(months.max()) - first + 1 if len(months) else 0
    table = _grouped_means(months - first, known["rating"].to_numpy(), size)
    starts = (np.arange(size) + first).astype("datetime64[M]").astype(f"datetime64[{_SECONDS}]")
    table.insert(0, "month", starts)
    return table


def long_tail(dataset: Dataset) -> pd.DataFrame:
    """Order the movies by number of ratings, most rated first; ties by movie id.

    Returns:
        Columns rank (from 1), movie_id, title, num_ratings, cumulative_share (of all ratings, 0 to 1).
    """
    table = dataset.movies[["movie_id", "title"]].assign(num_ratings=dataset.num_ratings_by_movie)
    table = table.sort_values(["num_ratings", "movie_id"], ascending=[False, True], ignore_index=True)
    table["cumulative_share"] = table["num_ratings"].cumsum() / dataset.num_ratings
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def share_of_top(tail: pd.DataFrame, top: float) -> float:
    """Return which share of all ratings the most rated movies hold.

    Args:
        tail: answer of `long_tail`.
        top: share of the movies, above 0 to 1; at least one movie is taken.

    Returns:
        Share of the ratings, 0 to 1.
    """
    num_top = max(1, round(top * len(tail)))
    return float(tail["cumulative_share"].iloc[num_top - 1])


def user_activity(dataset: Dataset) -> pd.DataFrame:
    """Count users by how many films they rated, in classes that double in width.

    Returns:
        Columns from_ratings, to_ratings (both included), num_users; classes 0, 1, 2-3, 4-7, ... from the first to
        the last that holds a user.
    """
    doublings = np.frexp(dataset.num_ratings_by_user.astype(np.float64))[1]  # 0 -> 0, 1 -> 1, 2..3 -> 2, 4..7 -> 3
    first, last = int(doublings.min()), int(doublings.max())
    classes = np.arange(first, last + 1)
    starts = np.where(classes == 0, 0, 2 ** np.maximum(classes - 1, 0))
    ends = np.where(classes == 0, 0, 2**classes - 1)
    number = np.bincount(doublings - first, minlength=len(classes))
    return pd.DataFrame({"from_ratings": starts, "to_ratings": ends, "num_users": number})


def matrix_picture(dataset: Dataset, *, height: int = 160, width: int = 240) -> MatrixPicture:
    """Draw the user x movie matrix small: active users on top, often rated movies on the left.

    Args:
        dataset: the data set.
        height: tiles H from top to bottom; fewer if there are fewer users.
        width: tiles W from left to right; fewer if there are fewer movies.
    """
    height, width = min(height, dataset.num_users), min(width, dataset.num_movies)
    row = _tiles(dataset.num_ratings_by_user, height)
    column = _tiles(dataset.num_ratings_by_movie, width)
    cells = np.outer(np.bincount(row, minlength=height), np.bincount(column, minlength=width))
    tile = row[dataset.user_indices] * width + column[dataset.movie_indices]
    held = np.bincount(tile, minlength=height * width).reshape(height, width)
    return MatrixPicture(held / cells, dataset.num_users / height, dataset.num_movies / width)


def _tiles(number: NDArray[np.int64], num_tiles: int) -> NDArray[np.int64]:
    """Give each thing its tile when things lie in descending order of `number`, tiles as even as can be."""
    place = np.empty(len(number), dtype=np.int64)
    place[np.argsort(-number, kind="stable")] = np.arange(len(number))
    return place * num_tiles // len(number)


def _movie_means(dataset: Dataset, movie: NDArray[np.int64], group: NDArray[np.int64], size: int) -> pd.DataFrame:
    """Add up movies and their ratings over pairs of a movie row and a group."""
    totals = np.nan_to_num(dataset.mean_rating_by_movie) * dataset.num_ratings_by_movie
    number = np.bincount(group, weights=dataset.num_ratings_by_movie[movie], minlength=size).astype(np.int64)
    total = np.bincount(group, weights=totals[movie], minlength=size)
    return pd.DataFrame(
        {
            "num_movies": np.bincount(group, minlength=size),
            "num_ratings": number,
            "mean_rating": _divide(total, number),
        }
    )


def _means(dataset: Dataset, group: NDArray[np.int64], size: int) -> pd.DataFrame:
    """Count and average all ratings over (N,) groups."""
    return _grouped_means(group, dataset.ratings["rating"].to_numpy(), size)


def _grouped_means(group: NDArray[np.int64], stars: NDArray[np.int64], size: int) -> pd.DataFrame:
    number = np.bincount(group, minlength=size)
    total = np.bincount(group, weights=stars, minlength=size)
    return pd.DataFrame({"num_ratings": number, "mean_rating": _divide(total, number)})


def _divide(total: NDArray[Any], number: NDArray[Any]) -> NDArray[np.float64]:
    means = np.full(len(total), np.nan)
    np.divide(total, number, out=means, where=number > 0)
    return means
