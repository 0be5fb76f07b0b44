"""Word attribution: which word of a title moved the numbers of the title CNN, and a person's predicted stars.

A word is taken out by putting a vector of zeros in its place: the other words do not move, so the windows that do not
reach over it stay as they are. Zeros are also what the network reads behind the end of a title. With every word taken
out, there is a title of zeros, which is what `without` means.

    leave_one_out   what is lost when this word alone is taken out. Two words that say the same both get nothing, since
                    each stands in for the other; two that matter only together both get all of it. So the numbers need
                    not add up to the difference between the title and none.
    shapley         the mean, over all orders in which words can be put in, of what this word adds to those before it
                    (Shapley 1953). They add up to the difference. Exact over all subsets for few words, otherwise
                    estimated from random orders (Castro, Gomez and Tejada 2009, algorithm 1), which add up too.

Neither tells whether a word would matter in another title, for another person, or to a network that was trained without
it; and a title with zeros in it is nothing that the network has seen in training.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from recsys.errors import ConfigError
from recsys.insight.titles.probe import TitleProbe
from recsys.insight.titles.trace import Array, FilmTrace, Indices

Method = Literal["leave_one_out", "shapley"]
METHODS: tuple[Method, ...] = get_args(Method)
MAX_EXACT = 12
"""Up to so many words all subsets are asked for: 4,096 titles."""
NUM_ORDERS = 500
"""Random orders beyond that; fewer for titles so long that it would take many seconds."""
_FEWEST_ORDERS = 10
_WORDS_TO_READ = 250_000  # of all titles of all orders; two seconds
_WORDS_AT_A_TIME = 20_000

Wide = NDArray[np.float64]
Masks = NDArray[np.bool_]
Values = Callable[[Masks], Wide]
"""(B, n) which words are in -> (B, V) numbers."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each word of a title moved.

    Attributes:
        method: how it was found.
        words: the n words that the network reads.
        to_features: (n, F) what each word adds to each number of the title CNN.
        to_stars: (n,) what it adds to the person's predicted stars; None without a person.
        features, features_without: (F,) with all words, and with none.
        stars, stars_without: predicted stars with all words and with none, not clipped; None without a person.
        is_exact: False where Shapley values were estimated.
    """

    method: Method
    words: tuple[str, ...]
    to_features: Array
    to_stars: Array | None
    features: Array
    features_without: Array
    stars: float | None
    stars_without: float | None
    is_exact: bool


def attribute(
    probe: TitleProbe,
    text: str,
    *,
    method: Method,
    movie_index: int | None = None,
    genres: Sequence[str] = (),
    user_index: int | None = None,
    seed: int = 0,
) -> Attribution:
    """Say what each word of a title moved.

    Args:
        probe: of the model.
        text: the title, as typed.
        method: one of `METHODS`.
        movie_index: the film that has this title, as in `TitleProbe.film`; it matters to the stars alone.
        genres: as in `TitleProbe.film`.
        user_index: the person whose predicted stars are asked for.
        seed: of the random orders.

    Raises:
        ConfigError: if the method or a genre is unknown.
        UnknownIdError: if there is no such film or person.
    """
    if method not in METHODS:
        raise ConfigError("method", method, f"one of {', '.join(METHODS)}")
    film = probe.film(text, movie_index=movie_index, genres=genres)
    num_words = len(film.title.words)
    values = _values(probe, film, user_index)
    ends = values(np.stack([np.ones(num_words, dtype=bool), np.zeros(num_words, dtype=bool)]))
    is_exact = method == "leave_one_out" or num_words <= MAX_EXACT
    if method == "leave_one_out":
        found = ends[0] - values(~np.eye(num_words, dtype=bool))
    elif is_exact:
        found = _exact(values, num_words)
    else:
        found = _estimated(values, num_words, np.random.default_rng(seed))
    num_features = probe.num_features
    features, without = ends[:, :num_features].astype(np.float32)
    has_person = user_index is not None
    return Attribution(
        method=method,
        words=tuple(word.text for word in film.title.words),
        to_features=found[:, :num_features].astype(np.float32),
        to_stars=found[:, num_features].astype(np.float32) if has_person else None,
        features=features,
        features_without=without,
        stars=float(ends[0, num_features]) if has_person else None,
        stars_without=float(ends[1, num_features]) if has_person else None,
        is_exact=is_exact,
    )


def _values(probe: TitleProbe, film: FilmTrace, user_index: int | None) -> Values:
    """What the network answers to a title with some words only: F features, and stars where there is a person."""

    def answer(is_in: Masks) -> Wide:
        features = probe.features_of(film.title.embeddings * is_in[:, :, None].astype(np.float32))
        if user_index is None:
            return features.astype(np.float64)
        return np.column_stack([features, probe.stars_with(film, features, user_index)]).astype(np.float64)

    def answers(is_in: Masks) -> Wide:
        size = max(1, _WORDS_AT_A_TIME // max(1, is_in.shape[1]))
        return np.concatenate([answer(is_in[start : start + size]) for start in range(0, max(len(is_in), 1), size)])

    return answers


def _exact(values: Values, num_words: int) -> Wide:
    """(n, V) Shapley values: each subset of the other words counts by how many orders put it before the word."""
    subsets = np.arange(2**num_words)
    is_in = (subsets[:, None] >> np.arange(num_words)) & 1 == 1  # (2^n, n)
    answers, sizes = values(is_in), is_in.sum(axis=1)
    shares = np.array([1 / (num_words * math.comb(num_words - 1, size)) for size in range(num_words)])
    found = np.zeros((num_words, answers.shape[1]))
    for word in range(num_words):
        before = subsets[~is_in[:, word]]
        found[word] = shares[sizes[before]] @ (answers[before | 1 << word] - answers[before])
    return found


def _estimated(values: Values, num_words: int, rng: np.random.Generator) -> Wide:
    """(n, V) estimated Shapley values: the mean over random orders of what a word adds as it comes."""
    num_orders = max(_FEWEST_ORDERS, min(NUM_ORDERS, _WORDS_TO_READ // num_words**2))
    ranks = np.stack([rng.permutation(num_words) for _ in range(num_orders)])  # (R, n) when each word comes
    size = max(1, _WORDS_AT_A_TIME // num_words**2)
    parts = [_sum_of_orders(values, ranks[start : start + size]) for start in range(0, num_orders, size)]
    return np.sum(parts, axis=0) / num_orders  # type: ignore[no-any-return]


def _sum_of_orders(values: Values, ranks: Indices) -> Wide:
    """(n, V) what each word adds as it comes, over (R, n) orders together."""
    num_orders, num_words = ranks.shape
    is_in = ranks[:, None] < np.arange(num_words + 1)[:, None]  # (R, n + 1, n): one word more from step to step
    answers = values(is_in.reshape(-1, num_words)).reshape(num_orders, num_words + 1, -1)
    added: Wide = np.take_along_axis(np.diff(answers, axis=1), ranks[:, :, None], axis=1).sum(axis=0)
    return added
