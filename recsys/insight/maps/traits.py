"""Traits: what films or people have, and what sets some of them apart from all others.

A film has genres, a decade, the words of its title, and is rarely or often, poorly or highly rated. A person has
gender, age group, occupation, how much they rated and the genres that they rate more of than others do.

How telling a trait is: the log-odds ratio of having it, inside against outside, with a prior, divided by its standard
deviation (Monroe, Colaresi and Quinn 2008, "Fightin' Words", eq. 15 to 22). The prior is `PRIOR` imagined films or
people of the overall mixture on either side, so that rare traits of a handful do not win, and a half of one for each
of the four counts (Haldane 1956), so that what is nowhere outside has odds too. A film has a trait or has it not, so
the variance counts both.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.data.dataset import Dataset
from recsys.data.encoder import title_words
from recsys.data.profiles import decade_of_movies, genre_matrix

Kind = Literal[
    "genre",
    "decade",
    "word",
    "popularity",
    "acclaim",
    "gender",
    "age",
    "occupation",
    "activity",
    "film",
    "number",
]
Wide = NDArray[np.float64]

PRIOR, _HALF = 10.0, 0.5
MIN_SCORE = 2.5
"""Standard deviations; with some hundred traits, chance alone reaches 2 now and then."""
MIN_LIFT = 1.25
"""Least quotient of the two shares: what is only a little more frequent inside says little, however sure it is."""
MIN_SHARE = 0.15
"""Least share inside."""
_MIN_WORD_SHARE, _MIN_WORD_SCORE, _MIN_WORD_FILMS = 0.04, 4.0, 3  # there are many words, each in few titles
_RARE, _FAMOUS, _LOW, _HIGH = 1 / 3, 0.9, 0.2, 0.8  # quantiles of the number of ratings and of the mean rating
_MIN_RATINGS = 10  # that make a mean
_LIKES, _MIN_LIKED = 1.4, 3
_DAMPING = 5.0
_ACTIVITY = (("few", 0), ("some", 50), ("many", 150), ("most", 400))
_STOP_WORDS = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "her", "his", "i", "in", "is", "it", "its", "me"}
    | {"my", "no", "not", "of", "on", "or", "our", "so", "that", "the", "their", "to", "us", "was", "we", "who", "with"}
    | {"you", "your", "de", "der", "des", "die", "du", "el", "en", "et", "la", "las", "le", "les", "los", "un", "una"}
    | {"und", "une", "&", "-", "a.k.a", "aka"}
)


@dataclass(frozen=True)
class Trait:
    """Something that some films or people have.

    Attributes:
        kind: "genre", "decade", "word", "popularity" or "acclaim" of films; "gender", "age", "occupation", "activity"
            or "genre" of people (they rate more of it than others do). As the last part of a name that would be
            another's too: "film" (the best known film inside) or "number" (of the cluster, from 1).
        value: as the data set has it: a name, the first year of a decade, an age group 0 to 6; a word in lower case, a
            title. Popularity is "rare" (the third of films with fewest ratings) or "famous" (the tenth with most),
            acclaim "low" or "high" (the fifth at either end by mean rating), activity "few" to "most".
        share_inside: of those inside that have it, 0 to 1.
        share_outside: of all others.
        score: standard deviations by which the log-odds differ; larger is more telling.
    """

    kind: Kind
    value: str | int
    share_inside: float
    share_outside: float
    score: float


class Members(NamedTuple):
    """Who has what.

    Attributes:
        names: (T,) kind and value of each trait.
        has: (N, T) sparse, 1 where somebody has a trait.
    """

    names: tuple[tuple[Kind, str | int], ...]
    has: Any


def movie_traits(dataset: Dataset) -> Members:
    """Return genres, decades, title words (of at least three films), popularity and acclaim of all films."""
    decades = decade_of_movies(dataset)
    known = np.unique(decades[decades > 0])
    words = [{*title_words(title)} - _STOP_WORDS for title in dataset.movies["title"]]
    number = Counter(word for own in words for word in own)
    vocabulary = sorted(word for word, count in number.items() if count >= _MIN_WORD_FILMS)
    place = {word: column for column, word in enumerate(vocabulary)}
    pairs = [(row, place[word]) for row, own in enumerate(words) for word in sorted(own) if word in place]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    has_word = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), (len(words), len(vocabulary)))
    names: list[tuple[Kind, str | int]] = [("genre", genre) for genre in dataset.genres]
    names += [("decade", first) for first in known.tolist()]
    names += [("word", word) for word in vocabulary]
    names += [("popularity", "rare"), ("popularity", "famous"), ("acclaim", "low"), ("acclaim", "high")]
    parts = [sparse.csr_matrix(genre_matrix(dataset)), sparse.csr_matrix(decades[:, None] == known), has_word]
    parts.append(sparse.csr_matrix(_standing(dataset)))
    return Members(tuple(names), sparse.hstack(parts, format="csr", dtype=np.float64))


def user_traits(dataset: Dataset) -> Members:
    """Return gender, age group, occupation, activity and genres of all people."""
    names: list[tuple[Kind, str | int]] = []
    parts = []
    fields: tuple[tuple[Kind, str], ...] = (("gender", "gender"), ("age", "age_group"), ("occupation", "occupation"))
    for kind, column in fields:
        options = sorted(set(dataset.users[column].tolist()))
        names += [(kind, option) for option in options]
        parts.append(sparse.csr_matrix(dataset.users[column].to_numpy()[:, None] == np.array(options)))
    counts = dataset.num_ratings_by_user
    levels = np.searchsorted([first for _, first in _ACTIVITY], counts, side="right") - 1
    names += [("activity", name) for name, _ in _ACTIVITY]
    parts.append(sparse.csr_matrix(levels[:, None] == np.arange(len(_ACTIVITY))))
    names += [("genre", genre) for genre in dataset.genres]
    parts.append(sparse.csr_matrix(_rates_more_of(dataset)))
    return Members(tuple(names), sparse.hstack(parts, format="csr", dtype=np.float64))


def telling(members: Members, groups: NDArray[np.integer[Any]], num_groups: int) -> list[tuple[Trait, ...]]:
    """Return what sets each group apart from all that are not in it, the most telling first.

    Args:
        members: who has what.
        groups: (N,) group of each film or person, 0 to `num_groups` - 1; negative for none.
        num_groups: G.
    """
    inside, sizes = _counts(members, groups, num_groups)
    total = np.asarray(members.has.sum(axis=0)).ravel()  # (T,)
    outside, others = total - inside, (len(groups) - sizes)[:, None]  # (G, T), (G, 1)
    score = log_odds(inside, sizes[:, None], outside, others)
    shares = inside / np.maximum(sizes, 1)[:, None], outside / np.maximum(others, 1)
    is_word = np.array([kind == "word" for kind, _ in members.names])
    is_telling = (shares[0] >= MIN_LIFT * shares[1]) & (inside >= np.where(is_word, _MIN_WORD_FILMS, 1))
    is_telling &= shares[0] >= np.where(is_word, _MIN_WORD_SHARE, MIN_SHARE)
    is_telling &= score >= np.where(is_word, _MIN_WORD_SCORE, MIN_SCORE)
    values = np.stack([*shares, score])  # (3, G, T)
    found = []
    for group in range(num_groups):
        order = np.argsort(-score[group], kind="stable")
        columns = [column for column in order.tolist() if is_telling[group, column]]
        found.append(tuple(Trait(*members.names[c], *values[:, group, c].tolist()) for c in columns))
    return found


def _counts(members: Members, groups: NDArray[np.integer[Any]], num_groups: int) -> tuple[Wide, Wide]:
    """(G, T) how many of each group have each trait, and (G,) how many there are."""
    rows = np.flatnonzero(groups >= 0)
    ones = np.ones(len(rows))
    one_hot = sparse.csr_matrix((ones, (groups[rows], rows)), (num_groups, len(groups)))
    sizes: Wide = np.bincount(groups[rows], minlength=num_groups).astype(np.float64)
    return np.asarray((one_hot @ members.has).todense(), dtype=np.float64), sizes


def log_odds(inside: Wide, sizes: Wide, outside: Wide, others: Wide) -> Wide:
    """Return (G, T) log-odds ratio of having a trait with a prior, in standard deviations.

    Args:
        inside: (G, T) how many of each group have each trait.
        sizes: (G, 1) how many each group has.
        outside: (G, T) how many of all others have it.
        others: (G, 1) how many others there are.
    """
    overall = (inside + outside) / np.maximum(sizes + others, 1)
    have, have_not = PRIOR * overall + _HALF, PRIOR * (1 - overall) + _HALF
    cells = inside + have, sizes - inside + have_not, outside + have, others - outside + have_not
    ratio = np.log(cells[0] / cells[1]) - np.log(cells[2] / cells[3])
    score: Wide = ratio / np.sqrt(1 / cells[0] + 1 / cells[1] + 1 / cells[2] + 1 / cells[3])
    return score


def _standing(dataset: Dataset) -> NDArray[np.bool_]:
    """(M, 4) is a film rarely, often, poorly, highly rated?"""
    counts, means = dataset.num_ratings_by_movie, dataset.mean_rating_by_movie
    has_mean = counts >= _MIN_RATINGS
    rare, famous = np.quantile(counts, [_RARE, _FAMOUS])
    low, high = np.quantile(means[has_mean], [_LOW, _HIGH]) if has_mean.any() else (np.nan, np.nan)
    with np.errstate(invalid="ignore"):
        acclaim = has_mean & (means <= low), has_mean & (means >= high)
    return np.stack([counts <= rare, counts > famous, *acclaim], axis=1)


def _rates_more_of(dataset: Dataset) -> NDArray[np.bool_]:
    """(U, G) is a genre's share of a person's ratings, damped, at least 1.4 times its share of all ratings?"""
    of_movie = genre_matrix(dataset).astype(np.float64)
    shape = (dataset.num_users, dataset.num_movies)
    ones = np.ones(dataset.num_ratings)
    rated = sparse.csr_matrix((ones, (dataset.user_indices, dataset.movie_indices)), shape)
    number: Wide = rated @ of_movie
    everyone = number.sum(axis=0) / max(1, dataset.num_ratings)
    damped = (number + _DAMPING * everyone) / (dataset.num_ratings_by_user[:, None] + _DAMPING)
    likes: NDArray[np.bool_] = (damped >= _LIKES * everyone) & (number >= _MIN_LIKED)
    return likes
