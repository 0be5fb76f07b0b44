"""An invented data set with the columns of MovieLens, for machines that can reach nothing, and for trials of any size.

Every film, place and person here is made up, and the titles say so by where they play. Taste is not noise, though: each
person has a latent vector made of age, gender, occupation and something of their own, each film one made of genres
and something of its own, and stars follow their product, so that a model can learn and be judged.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from recsys.data.dataset import AGE_GROUP_STARTS, GENDERS, MAX_STARS, MIN_STARS, MOVIE_COLUMNS, USER_COLUMNS, Dataset
from recsys.data.movielens import GENRES, OCCUPATIONS_1M
from recsys.errors import ConfigError

Numbers = NDArray[np.int64]
Vectors = NDArray[np.float64]

_NUM_FACTORS = 6
_CHUNK = 1_000_000
_MIN_PER_USER = 5
_FIRST_SECOND, _SECONDS = 946_684_800, 3 * 365 * 86_400  # 2000-01-01, three years
_AGE_SHARES = (0.04, 0.18, 0.35, 0.2, 0.09, 0.08, 0.06)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ADJECTIVES = _words(
    "Borrowed Brass Careful Clockwork Distant Electric Folded Glass Hollow Inward Jagged Kindly Lunar Midnight Nervous "
    "Orange Paper Quiet Restless Salted Tilted Umber Velvet Wandering Yielding Zigzag"
)
# One for each of GENRES.
_NOUNS = _words(
    "Chase Compass Squirrel Treehouse Mix-Up Ledger Archive Promise Griffin Alley Cellar Chorus Riddle Valentine "
    "Starship Countdown Trench Saddle"
)
_PLACE_STARTS = _words("Bel Cor Dru Fen Gor Hal Ithi Jor Kel Lom Mor Nub Oru Pel Quor Ras Sil Tor Ulm Vex")
_PLACE_ENDS = _words("andia avia eria essa imor inthe ombe onia oth uria")


class _People(NamedTuple):
    gender: Numbers
    age_group: Numbers
    occupation: Numbers


def synthetic(num_users: int = 600, num_movies: int = 400, num_ratings: int = 30_000, seed: int = 0) -> Dataset:
    """Invent a data set.

    Args:
        num_users: people, at least 1.
        num_movies: films, at least 1.
        num_ratings: ratings, at most one in two of all pairs of a person and a film.
        seed: one seed gives one data set on every machine.

    Returns:
        The data set, named "synthetic".

    Raises:
        ConfigError: if a count is out of range.
    """
    _check_counts(num_users, num_movies, num_ratings)
    rng = np.random.default_rng(seed)
    people = _draw_people(num_users, rng)
    genres = _draw_genres(num_movies, rng)
    user_index, movie_index = _draw_pairs(num_users, num_movies, num_ratings, rng)
    stars = _draw_stars(user_index, movie_index, (_user_vectors(people, rng), _movie_vectors(genres, rng)), rng)
    seconds = _FIRST_SECOND + rng.integers(0, _SECONDS, len(stars))
    ratings = pd.DataFrame(
        {"user_id": user_index + 1, "movie_id": movie_index + 1, "rating": stars, "timestamp": seconds}
    )
    source = f"invented by the program (seed {seed})"
    return Dataset("synthetic", _users(people), _movies(genres, rng), ratings, source)


def _check_counts(num_users: int, num_movies: int, num_ratings: int) -> None:
    for field, count in (("num_users", num_users), ("num_movies", num_movies)):
        if not 1 <= count <= 5_000_000:
            raise ConfigError(field, count, "from 1 to 5000000")
    most = max(1, num_users * num_movies // 2)
    if not 1 <= num_ratings <= most:
        raise ConfigError("num_ratings", num_ratings, f"from 1 to {most}, half of all pairs of a user and a movie")


def _draw_people(num_users: int, rng: Generator) -> _People:
    """Draw gender, age group and occupation, (U,) each."""
    return _People(
        rng.integers(0, len(GENDERS), num_users),
        rng.choice(len(AGE_GROUP_STARTS), num_users, p=_AGE_SHARES),
        rng.integers(0, len(OCCUPATIONS_1M), num_users),
    )


def _draw_genres(num_movies: int, rng: Generator) -> NDArray[np.bool_]:
    """Draw (M, G) which film has which genre: one to three each."""
    drawn = rng.integers(0, len(GENRES), (num_movies, 3))
    is_used = rng.random((num_movies, 3)) < (1.0, 0.6, 0.25)
    has_genre = np.zeros((num_movies, len(GENRES)), dtype=bool)
    for place in range(3):
        rows = np.flatnonzero(is_used[:, place])
        has_genre[rows, drawn[rows, place]] = True
    return has_genre


def _draw_pairs(num_users: int, num_movies: int, num_ratings: int, rng: Generator) -> tuple[Numbers, Numbers]:
    """Draw (N,) distinct pairs, ordered by user: popular films and busy people more often, everybody a few times."""
    users = rng.lognormal(0.0, 1.0, num_users).cumsum()
    movies = rng.permutation(1.0 / (np.arange(num_movies) + 5.0) ** 0.8).cumsum()
    first = keys = _first_pairs(num_users, num_movies, num_ratings, rng)
    while len(keys) < num_ratings:
        size = (num_ratings - len(keys)) * 3 // 2 + 100
        user = np.searchsorted(users, rng.random(size) * users[-1])
        movie = np.searchsorted(movies, rng.random(size) * movies[-1])
        # The fuller the table, the less popularity matters, so that a dense one gets full too.
        is_flat = rng.random(size) < len(keys) / num_ratings / 2
        user = np.where(is_flat, rng.integers(0, num_users, size), user)
        movie = np.where(is_flat, rng.integers(0, num_movies, size), movie)
        keys = np.unique(np.concatenate([keys, user * num_movies + movie]))
    keys = _without_some(keys, len(keys) - num_ratings, first, rng)
    return keys // num_movies, keys % num_movies


def _without_some(keys: Numbers, num_surplus: int, kept: Numbers, rng: Generator) -> Numbers:
    """Return sorted keys without some of them, chosen at random among those that need not be kept."""
    is_kept = np.zeros(len(keys), dtype=bool)
    is_kept[np.searchsorted(keys, kept)] = True
    return np.delete(keys, rng.choice(np.flatnonzero(~is_kept), num_surplus, replace=False))


def _first_pairs(num_users: int, num_movies: int, num_ratings: int, rng: Generator) -> Numbers:
    """Return the keys of a few films for everybody: neighbours in a shuffled row of films, so that none is twice."""
    each = min(_MIN_PER_USER, num_ratings // num_users, num_movies)
    order = rng.permutation(num_movies)
    places = (rng.integers(0, num_movies, num_users)[:, None] + np.arange(each)) % num_movies
    return np.unique(np.arange(num_users)[:, None] * num_movies + order[places])


def _user_vectors(people: _People, rng: Generator) -> Vectors:
    """Return (U, F + 1): taste, and how generous a person is with stars."""
    taste = sum(
        rng.normal(0.0, 0.4, (size, _NUM_FACTORS))[column]
        for column, size in zip(people, (len(GENDERS), len(AGE_GROUP_STARTS), len(OCCUPATIONS_1M)), strict=True)
    )
    own = rng.normal(0.0, 0.5, (len(people.gender), _NUM_FACTORS))
    return np.column_stack([taste + own, rng.normal(0.0, 0.4, len(own))])


def _movie_vectors(has_genre: NDArray[np.bool_], rng: Generator) -> Vectors:
    """Return (M, F + 1): character, and how good a film is."""
    of_genres = has_genre @ rng.normal(0.0, 0.5, (len(GENRES), _NUM_FACTORS))
    character = of_genres / has_genre.sum(axis=1, keepdims=True)
    own = rng.normal(0.0, 0.3, (len(has_genre), _NUM_FACTORS))
    return np.column_stack([character + own, rng.normal(0.0, 0.45, len(own))])


def _draw_stars(user_index: Numbers, movie_index: Numbers, vectors: tuple[Vectors, Vectors], rng: Generator) -> Numbers:
    """Return (N,) stars from 1 to 5; in chunks, so that ten million need no ten million vectors at once."""
    users, movies = vectors
    stars = np.empty(len(user_index), dtype=np.int64)
    for start in range(0, len(stars), _CHUNK):
        part = slice(start, start + _CHUNK)
        user, movie = users[user_index[part]], movies[movie_index[part]]
        exact = 3.6 + (user[:, :-1] * movie[:, :-1]).sum(axis=1) + user[:, -1] + movie[:, -1]
        exact += rng.normal(0.0, 0.6, len(exact))
        stars[part] = np.clip(np.rint(exact), MIN_STARS, MAX_STARS)
    return stars


def _users(people: _People) -> pd.DataFrame:
    rows = []
    for user_id, (gender, group, occupation) in enumerate(zip(*(c.tolist() for c in people), strict=True), start=1):
        age, name = AGE_GROUP_STARTS[group], OCCUPATIONS_1M[occupation]
        raw = f"{user_id}::{GENDERS[gender]}::{age}::{occupation}::00000"
        rows.append((user_id, GENDERS[gender], age, group, name, raw))
    return pd.DataFrame(rows, columns=list(USER_COLUMNS))


def _movies(has_genre: NDArray[np.bool_], rng: Generator) -> pd.DataFrame:
    years = rng.integers(1930, 2001, len(has_genre)).tolist()
    titles = _titles(has_genre, rng)
    rows = []
    for movie_id, (title, year, row) in enumerate(zip(titles, years, has_genre, strict=True), start=1):
        genres = tuple(GENRES[place] for place in np.flatnonzero(row))
        rows.append((movie_id, title, year, genres, f"{movie_id}::{title} ({year})::{'|'.join(genres)}"))
    return pd.DataFrame(rows, columns=list(MOVIE_COLUMNS)).astype({"year": "Int64"})


def _titles(has_genre: NDArray[np.bool_], rng: Generator) -> list[str]:
    """Return a title for each film: its noun tells a genre, its place exists nowhere, none is twice."""
    adjectives = rng.integers(0, len(_ADJECTIVES), len(has_genre)).tolist()
    starts = rng.integers(0, len(_PLACE_STARTS), len(has_genre)).tolist()
    ends = rng.integers(0, len(_PLACE_ENDS), len(has_genre)).tolist()
    parts: dict[str, int] = {}
    titles = []
    for adjective, start, end, row in zip(adjectives, starts, ends, has_genre, strict=True):
        noun = _NOUNS[int(row.argmax())]
        title = f"The {_ADJECTIVES[adjective]} {noun} of {_PLACE_STARTS[start]}{_PLACE_ENDS[end]}"
        parts[title] = parts.get(title, 0) + 1
        titles.append(title if parts[title] == 1 else f"{title}, Part {parts[title]}")
    return titles
