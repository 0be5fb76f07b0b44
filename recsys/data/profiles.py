"""Profiles: one user's taste and one movie's audience as tidy tables, beside everyone's.

Pure functions of a `Dataset` for the pages that show a person or a film. A group without ratings has a mean of NaN.
"""

from collections import Counter
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from recsys.data.dataset import MAX_STARS, MIN_STARS, Dataset

PersonField = Literal["gender", "age_group", "occupation"]
HIGH_STARS = 4
DAMPING = 5.0
"""Ratings at everyone's mean that each genre of a user starts with, so that one film makes no passion."""


class PeopleFilter(NamedTuple):
    """Which users are wanted; None where any will do.

    Attributes:
        gender: "F" or "M".
        age_group: 0 to 6, an index into `AGE_GROUPS`.
        occupation: name.
        num_ratings: least and largest number of ratings.
    """

    gender: str | None = None
    age_group: int | None = None
    occupation: str | None = None
    num_ratings: tuple[int, int] | None = None


def genre_taste(dataset: Dataset, user_id: int) -> pd.DataFrame:
    """Compare a user's genres with everyone's.

    The liking of a genre is how many stars above the movie's mean the user gives in it, damped:
    the sum of (rating - mean of the movie) over the user's n ratings in the genre, divided by n + `DAMPING`.

    Returns:
        Columns genre, num_ratings, share, share_everyone (of ratings, 0 to 1), mean_rating, liking (stars); genres
        that the user rated, best liked first.

    Raises:
        UnknownIdError: if there is no such user.
    """
    rated, stars = _rated(dataset, user_id)
    has_genre = genre_matrix(dataset)  # (M, G)
    number = has_genre[rated].sum(axis=0)  # (G,)
    above = stars - dataset.mean_rating_by_movie[rated]
    everyone = dataset.num_ratings_by_movie @ has_genre
    table = pd.DataFrame(
        {
            "genre": dataset.genres,
            "num_ratings": number,
            "share": number / max(1, len(rated)),
            "share_everyone": everyone / dataset.num_ratings,
            "mean_rating": _divided(stars @ has_genre[rated], number),
            "liking": (above @ has_genre[rated]) / (number + DAMPING),
        }
    )
    table = table[table["num_ratings"] > 0]
    return table.sort_values(["liking", "genre"], ascending=[False, True], ignore_index=True)


def loved_genres(dataset: Dataset, user_id: int, *, k: int = 3) -> tuple[str, ...]:
    """Return up to k genres that a user rates above everyone's mean, best liked first.

    Raises:
        UnknownIdError: if there is no such user.
    """
    taste = genre_taste(dataset, user_id)
    return tuple(taste.loc[taste["liking"] > 0, "genre"].head(k))


def rated_movies(dataset: Dataset, user_id: int) -> pd.DataFrame:
    """List what a user rated: columns movie_id, rating, mean_rating (everyone's); best first, then by movie id.

    Raises:
        UnknownIdError: if there is no such user.
    """
    rated, _ = _rated(dataset, user_id)
    table = dataset.ratings_of_user(user_id)[["movie_id", "rating"]].reset_index(drop=True)
    table["mean_rating"] = dataset.mean_rating_by_movie[rated]
    return table.sort_values(["rating", "movie_id"], ascending=[False, True], ignore_index=True)


def stars_of_user(dataset: Dataset, user_id: int) -> pd.DataFrame:
    """Count a user's stars: columns stars, num_ratings, share, share_everyone (0 to 1).

    Raises:
        UnknownIdError: if there is no such user.
    """
    return _histogram(dataset, dataset.ratings_of_user(user_id)["rating"].to_numpy())


def stars_of_movie(dataset: Dataset, movie_id: int) -> pd.DataFrame:
    """Count a movie's stars: columns stars, num_ratings, share, share_everyone (0 to 1).

    Raises:
        UnknownIdError: if there is no such movie.
    """
    return _histogram(dataset, dataset.ratings_of_movie(movie_id)["rating"].to_numpy())


def decades(dataset: Dataset, user_id: int) -> pd.DataFrame:
    """Compare the decades of a user's movies with everyone's; movies without a year are left out.

    Returns:
        Columns decade (1990 for 1990 to 1999), num_ratings, share, share_everyone (0 to 1), mean_rating; ascending,
        decades that anybody rated.

    Raises:
        UnknownIdError: if there is no such user.
    """
    rated, stars = _rated(dataset, user_id)
    of_movie = decade_of_movies(dataset)
    known, codes = np.unique(of_movie, return_inverse=True)
    number = np.bincount(codes[rated], minlength=len(known))
    total = np.bincount(codes[rated], weights=stars, minlength=len(known))
    everyone = np.bincount(codes, weights=dataset.num_ratings_by_movie, minlength=len(known))
    is_dated = known > 0
    table = pd.DataFrame(
        {
            "decade": known,
            "num_ratings": number,
            "share": _divided(number, number[is_dated].sum()),
            "share_everyone": _divided(everyone, everyone[is_dated].sum()),
            "mean_rating": _divided(total, number),
        }
    )
    return table[is_dated & (everyone > 0)].reset_index(drop=True)


def audience(dataset: Dataset, movie_id: int, field: PersonField) -> pd.DataFrame:
    """Group a movie's ratings by a field of the users who gave them.

    Args:
        dataset: the data set.
        movie_id: the movie.
        field: column of `Dataset.users`.

    Returns:
        Columns group (value of the field), num_ratings, mean_rating (stars), share_high (4 stars and more, 0 to 1);
        groups in sorted order, those without ratings too.

    Raises:
        UnknownIdError: if there is no such movie.
    """
    codes, groups = pd.factorize(dataset.users[field], sort=True)
    rows = dataset.ratings_of_movie(movie_id)
    stars = rows["rating"].to_numpy(dtype=np.float64)
    group = codes[[dataset.user_index(user_id) for user_id in rows["user_id"].tolist()]] if len(rows) else codes[:0]
    number = np.bincount(group, minlength=len(groups))
    return pd.DataFrame(
        {
            "group": np.asarray(groups),
            "num_ratings": number,
            "mean_rating": _divided(np.bincount(group, weights=stars, minlength=len(groups)), number),
            "share_high": _divided(np.bincount(group, weights=stars >= HIGH_STARS, minlength=len(groups)), number),
        }
    )


def people(dataset: Dataset, wanted: PeopleFilter) -> NDArray[np.int64]:
    """Return (N,) ids of the users that a filter lets through, in the order of the data set."""
    keep = np.ones(dataset.num_users, dtype=bool)
    for field in ("gender", "age_group", "occupation"):
        value = getattr(wanted, field)
        if value is not None:
            keep &= (dataset.users[field] == value).to_numpy()
    if wanted.num_ratings is not None:
        least, largest = wanted.num_ratings
        keep &= (dataset.num_ratings_by_user >= least) & (dataset.num_ratings_by_user <= largest)
    ids: NDArray[np.int64] = dataset.users["user_id"].to_numpy(dtype=np.int64)[keep]
    return ids


def draw_person(dataset: Dataset, wanted: PeopleFilter, *, seed: int, first: int | None = None) -> int | None:
    """Choose one of the users that a filter lets through.

    Args:
        dataset: the data set.
        wanted: which users may be drawn.
        seed: one seed gives one user.
        first: who seed 0 gives, if the filter lets them through.

    Returns:
        An id; None if the filter lets nobody through.
    """
    ids = people(dataset, wanted)
    if seed == 0 and first in ids.tolist():
        return first
    return int(ids[np.random.default_rng(seed).integers(len(ids))]) if len(ids) else None


def someone_like(dataset: Dataset, *, gender: str, age_group: int, occupation: str, rng: Generator) -> tuple[int, int]:
    """Choose a user like the visitor: one of those that agree in the most fields, nearest in age where it differs.

    Args:
        dataset: the data set.
        gender: "F" or "M".
        age_group: 0 to 6.
        occupation: name.
        rng: chooses among equals.

    Returns:
        The user's id, and how many of the three fields agree.
    """
    apart = (dataset.users["age_group"] - age_group).abs().to_numpy()
    agree = (
        (dataset.users["gender"] == gender).to_numpy().astype(int)
        + (dataset.users["occupation"] == occupation).to_numpy()
        + (apart == 0)
    )
    nearness = agree * 10 - apart
    best = np.flatnonzero(nearness == nearness.max())
    row = int(best[rng.integers(len(best))])
    return int(dataset.users["user_id"].iloc[row]), int(agree[row])


def movie_labels(dataset: Dataset) -> dict[int, str]:
    """Return each movie's title with its year by id, sorted by title; the id is added where two would read the same."""
    movies = dataset.movies[["movie_id", "title", "year"]].sort_values(["title", "movie_id"])
    texts = [
        title if pd.isna(year) else f"{title} ({year})"
        for title, year in zip(movies["title"], movies["year"], strict=True)
    ]
    number = Counter(texts)
    pairs = zip(movies["movie_id"].tolist(), texts, strict=True)
    return {movie_id: text if number[text] == 1 else f"{text} [{movie_id}]" for movie_id, text in pairs}


def best_known(dataset: Dataset, *, k: int) -> tuple[int, ...]:
    """Return the ids of the k movies with the most ratings, the most first, equal ones by id."""
    ids = dataset.movies["movie_id"].to_numpy(dtype=np.int64)
    order = np.lexsort((ids, -dataset.num_ratings_by_movie))
    return tuple(ids[order[:k]].tolist())


def genre_matrix(dataset: Dataset) -> NDArray[np.bool_]:
    """Return (M, G) which movie has which genre, in the orders of `Dataset.movies` and `Dataset.genres`."""
    position = {genre: column for column, genre in enumerate(dataset.genres)}
    has_genre = np.zeros((dataset.num_movies, len(position)), dtype=bool)
    for row, genres in enumerate(dataset.movies["genres"]):
        has_genre[row, [position[genre] for genre in genres]] = True
    return has_genre


def decade_of_movies(dataset: Dataset) -> NDArray[np.int64]:
    """Return (M,) first year of each movie's decade, 0 where the year is unknown."""
    years = dataset.movies["year"].fillna(0).to_numpy(dtype=np.int64)
    return years // 10 * 10


def all_decades(dataset: Dataset) -> tuple[int, ...]:
    """Return the first years of the decades that have movies, ascending."""
    return tuple(first for first in np.unique(decade_of_movies(dataset)).tolist() if first > 0)


def _rated(dataset: Dataset, user_id: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows in `movies` and stars of a user's ratings, (n,) each."""
    rows = dataset.ratings_of_user(user_id)
    index = np.array([dataset.movie_index(movie_id) for movie_id in rows["movie_id"].tolist()], dtype=np.int64)
    return index, rows["rating"].to_numpy(dtype=np.float64)


def _histogram(dataset: Dataset, ratings: NDArray[np.int64]) -> pd.DataFrame:
    stars = np.arange(MIN_STARS, MAX_STARS + 1)
    number = np.bincount(ratings, minlength=MAX_STARS + 1)[MIN_STARS:]
    everyone = np.bincount(dataset.ratings["rating"].to_numpy(), minlength=MAX_STARS + 1)[MIN_STARS:]
    return pd.DataFrame(
        {
            "stars": stars,
            "num_ratings": number,
            "share": number / max(1, len(ratings)),
            "share_everyone": everyone / dataset.num_ratings,
        }
    )


def _divided(total: NDArray[np.generic], number: NDArray[np.generic] | float) -> NDArray[np.float64]:
    """Quotient of each pair, NaN where the divisor is 0."""
    divisor = np.broadcast_to(np.asarray(number, dtype=np.float64), total.shape)
    values = np.asarray(total, dtype=np.float64)
    quotient = np.full(total.shape, np.nan)
    np.divide(values, divisor, out=quotient, where=divisor != 0)
    return quotient
