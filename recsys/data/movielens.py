"""MovieLens editions: their files parsed and checked, and made into one kind of Dataset.

Read are ML-1M (`users.dat`, `movies.dat`, `ratings.dat`) and ML-100K, the latter in GroupLens' own form (`u.user`,
`u.item`, `u.data`) and in that of RecBole's atomic files (`ml-100k.user`, `.item`, `.inter`); both give the
same tables. Source: F. M. Harper and J. A. Konstan (2015), The MovieLens Datasets: History and Context, ACM TiiS 5(4).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from recsys.data.dataset import AGE_GROUP_STARTS, GENDERS, MOVIE_COLUMNS, USER_COLUMNS, Dataset
from recsys.data.lines import AGAIN, MAX_ID, Layout, Line, read_lines
from recsys.data.rating_lines import read_ratings
from recsys.data.titles import FIRST_YEAR, LAST_YEAR, split_title
from recsys.errors import DataFileError


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GENRES = _names(
    "Action Adventure Animation Children's Comedy Crime Documentary Drama Fantasy Film-Noir Horror Musical Mystery "
    "Romance Sci-Fi Thriller War Western"
)
GENRES_100K = ("unknown", *GENRES)

# ML-1M has numbers for occupations; what its README calls "college/grad student" is "student" here, and so on.
OCCUPATIONS_1M = _names(
    "other educator artist clerical student customer-service doctor executive farmer homemaker school-student lawyer "
    "programmer retired sales scientist self-employed technician tradesman unemployed writer"
)
OCCUPATIONS_100K = _names(
    "administrator artist doctor educator engineer entertainment executive healthcare homemaker lawyer librarian "
    "marketing none other programmer retired salesman scientist student technician writer"
)

NUM_RATINGS = {"ml-1m": 1_000_209, "ml-100k": 100_000}
"""Ratings that GroupLens published in each edition."""

FILES_1M = ("users.dat", "movies.dat", "ratings.dat")
FILES_GROUPLENS_100K = ("u.user", "u.item", "u.data")
FILES_RECBOLE_100K = ("ml-100k.user", "ml-100k.item", "ml-100k.inter")

_RATING_FIELDS = ("user_id", "movie_id", "rating", "timestamp")
_USERS_1M = Layout("::", ("user_id", "gender", "age", "occupation", "zip"))
_MOVIES_1M = Layout("::", ("movie_id", "title", "genres"))
_RATINGS_1M = Layout("::", _RATING_FIELDS)
_USERS_100K = Layout("|", ("user_id", "age", "gender", "occupation", "zip"))
_MOVIES_100K = Layout("|", ("movie_id", "title", "release", "video_release", "address", *GENRES_100K))
_RATINGS_100K = Layout("\t", _RATING_FIELDS)
_USERS_RECBOLE = Layout(
    "\t",
    _USERS_100K.fields,
    "utf-8",
    "user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token",
)
_MOVIES_RECBOLE = Layout(
    "\t",
    ("movie_id", "title", "year", "genres"),
    "utf-8",
    "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq",
)
_RATINGS_RECBOLE = Layout("\t", _RATING_FIELDS, "utf-8", "user_id:token\titem_id:token\trating:float\ttimestamp:float")
_UNKNOWN_TITLE, _UNKNOWN_IN_RECBOLE = "unknown", "unkonwn"


def read_ml_1m(folder: Path, *, source: str | None = None) -> Dataset:
    """Read MovieLens 1M.

    Args:
        folder: holds `users.dat`, `movies.dat` and `ratings.dat`.
        source: where the folder came from, in words.

    Returns:
        The data set, checked.

    Raises:
        DataFileError: if a file is missing or breaks its format; names file, line and field.
    """
    _need(folder, FILES_1M)
    users = _users(read_lines(folder / "users.dat", _USERS_1M), _user_1m)
    movies = _movies(read_lines(folder / "movies.dat", _MOVIES_1M), _movie_1m)
    ratings = _ratings(folder / "ratings.dat", _RATINGS_1M, users, movies)
    return Dataset("ml-1m", users, movies, ratings, _source("ml-1m", source or f"folder {folder}", len(ratings)))


def read_ml_100k(folder: Path, *, source: str | None = None) -> Dataset:
    """Read MovieLens 100K.

    Args:
        folder: holds `u.user`, `u.item` and `u.data`, or else `ml-100k.user`, `ml-100k.item` and `ml-100k.inter`.
        source: where the folder came from, in words.

    Returns:
        The data set, checked; the same for both forms.

    Raises:
        DataFileError: if a file is missing or breaks its format; names file, line and field.
    """
    if is_there(folder, FILES_GROUPLENS_100K) or not is_there(folder, FILES_RECBOLE_100K):
        names, layouts, movie = FILES_GROUPLENS_100K, (_USERS_100K, _MOVIES_100K, _RATINGS_100K), _movie_100k
    else:
        names, layouts, movie = FILES_RECBOLE_100K, (_USERS_RECBOLE, _MOVIES_RECBOLE, _RATINGS_RECBOLE), _movie_recbole
    _need(folder, names)
    users = _users(read_lines(folder / names[0], layouts[0]), _user_100k)
    movies = _movies(read_lines(folder / names[1], layouts[1]), movie)
    ratings = _ratings(folder / names[2], layouts[2], users, movies)
    return Dataset("ml-100k", users, movies, ratings, _source("ml-100k", source or f"folder {folder}", len(ratings)))


def is_there(folder: Path, names: Iterable[str]) -> bool:
    """Tell whether a folder holds at least one of some files."""
    return any((folder / name).exists() for name in names)


def age_group(age: int) -> int:
    """Return the age group, 0 to 6, of an age in years."""
    return max(bisect_right(AGE_GROUP_STARTS, age) - 1, 0)


def _need(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        if not (folder / name).exists():
            raise DataFileError(name, None, None, f"is missing in {folder}. {AGAIN}")


def _source(name: str, source: str, num_ratings: int) -> str:
    published = NUM_RATINGS[name]
    return source if num_ratings == published else f"{source} ({num_ratings:,} of the {published:,} published ratings)"


def _ratings(path: Path, layout: Layout, users: pd.DataFrame, movies: pd.DataFrame) -> pd.DataFrame:
    return read_ratings(path, layout, users["user_id"].to_numpy(), movies["movie_id"].to_numpy())


def _users(lines: Iterable[Line], parse: Callable[[Line], tuple[str, int, str]]) -> pd.DataFrame:
    rows, seen = [], dict[int, int]()
    for line in lines:
        user_id = _new_id(line, "user_id", seen)
        gender, age, occupation = parse(line)
        rows.append((user_id, gender, age, age_group(age), occupation, line.raw))
    return pd.DataFrame(rows, columns=list(USER_COLUMNS))


def _movies(lines: Iterable[Line], parse: Callable[[Line], tuple[str, tuple[str, ...]]]) -> pd.DataFrame:
    rows, seen = [], dict[int, int]()
    for line in lines:
        movie_id = _new_id(line, "movie_id", seen)
        text, genres = parse(line)
        title, year = split_title(text)
        if not title:
            raise line.error("title", f"is empty. {AGAIN}")
        if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
            raise line.error("year", f"{year} is out of range; it must lie from {FIRST_YEAR} to {LAST_YEAR}.")
        rows.append((movie_id, title, year, genres, line.raw))
    table = pd.DataFrame(rows, columns=list(MOVIE_COLUMNS))
    return table.astype({"year": "Int64"})


def _new_id(line: Line, field: str, seen: dict[int, int]) -> int:
    thing_id = line.whole(field, 1, MAX_ID)
    first = seen.setdefault(thing_id, line.number)
    if first != line.number:
        raise line.error(field, f"{thing_id} is already in line {first}. {AGAIN}")
    return thing_id


def _user_1m(line: Line) -> tuple[str, int, str]:
    gender = line.choice("gender", GENDERS)
    age = int(line.choice("age", tuple(map(str, AGE_GROUP_STARTS))))
    return gender, age, OCCUPATIONS_1M[line.whole("occupation", 0, len(OCCUPATIONS_1M) - 1)]


def _user_100k(line: Line) -> tuple[str, int, str]:
    age = line.whole("age", 1, 150)
    return line.choice("gender", GENDERS), age, line.choice("occupation", OCCUPATIONS_100K)


def _movie_1m(line: Line) -> tuple[str, tuple[str, ...]]:
    return line.text("title"), _genres(line, line.text("genres").split("|"), GENRES)


def _movie_100k(line: Line) -> tuple[str, tuple[str, ...]]:
    return line.text("title"), tuple(genre for genre in GENRES_100K if line.choice(genre, ("0", "1")) == "1")


def _movie_recbole(line: Line) -> tuple[str, tuple[str, ...]]:
    title, year = line.text("title"), line.text("year")
    genres = _genres(line, line.text("genres").split(" "), GENRES_100K)
    if title == year == _UNKNOWN_IN_RECBOLE:
        return _UNKNOWN_TITLE, genres
    # What stands as the year is GroupLens' last bracket, which once is "V" with the year still in the title.
    return f"{title} ({year})", genres


def _genres(line: Line, names: list[str], allowed: tuple[str, ...]) -> tuple[str, ...]:
    for place, name in enumerate(names):
        if name not in allowed:
            raise line.error("genres", f"expected names among {', '.join(allowed)}, found {name!r}.")
        if name in names[:place]:
            raise line.error("genres", f"{name!r} is twice. {AGAIN}")
    return tuple(names)
