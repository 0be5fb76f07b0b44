"""Word attribution: how much each word of a title moved the filters' numbers and one person's predicted stars.

Two named methods. Leave one word out: what is missing without the word (Li et al. 2016, "Understanding Neural Networks
through Representation Erasure"). Shapley values (Shapley 1953; Lundberg and Lee 2017): the word's mean effect over
every choice of the others; they add up to the whole difference between all words and none.

A word that is taken out becomes a vector of zeros in its place, so that the others do not move: otherwise they would
stand before other filters' windows, and it would be their move that is measured. Neither method says whether a word
makes the prediction better, and a title with a hole is nothing that the network was trained on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recsys.errors import ConfigError
from recsys.insight.title_probe import FilmTrace, TitleProbe
from recsys.insight.title_trace import Array, TitleTrace, Word

Method = Literal["leave_one_out", "shapley"]
METHODS: tuple[Method, ...] = ("leave_one_out", "shapley")
MAX_EXACT = 12
"""Words up to which all 2^n choices of them are tried."""
MAX_TITLES = 8_192
"""Titles that are tried where there are more words."""
_AT_A_TIME = 1024


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each of the n words of a title did to the F filters' numbers and to one person's stars.

    Attributes:
        method: "leave_one_out" or "shapley".
        words: the n words that are read.
        to_features: (n, F) what each word added to each filter's number.
        to_stars: (n,) what each word added to the predicted stars, not clipped; None without a person.
        features: (F,) the filters' numbers with all words.
        features_without: (F,) with none of them: zeros in each place.
        stars: predicted with all words; None without a person.
        stars_without: with none of them.
        is_exact: False where Shapley values come from drawn orders of the words.
    """

    method: Method
    words: tuple[Word, ...]
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
    """Return what each word of a title did.

    Args:
        probe: of the model.
        text: the title, in any script.
        method: one of `METHODS`.
        movie_index: the film that it is the title of, as in `TitleProbe.film`.
        genres: of the film, as there.
        user_index: row of the person whose stars are predicted.
        seed: of the drawn orders, where there are too many words to try all choices.

    Raises:
        ConfigError: if there is no such method.
        UnknownIdError: if there is no such film or person.
    """
    if method not in METHODS:
        raise ConfigError("method", method, f"one of {', '.join(METHODS)}")
    film = probe.film(text, movie_index=movie_index, genres=genres)
    game = _Game(probe, film, user_index)
    count = len(film.title.words)
    is_exact = method == "leave_one_out" or count <= MAX_EXACT
    if method == "leave_one_out":
        effects = _left_out(game)
    else:
        effects = _all_choices(game) if is_exact else _drawn_orders(game, np.random.default_rng(seed))
    ends = game.values(np.array([[True] * count, [False] * count]).reshape(2, count))
    has_person = user_index is not None
    return Attribution(
        method=method,
        words=film.title.words,
        to_features=effects[:, : probe.num_features].astype(np.float32),
        to_stars=effects[:, -1].astype(np.float32) if has_person else None,
        features=ends[0, : probe.num_features].astype(np.float32),
        features_without=ends[1, : probe.num_features].astype(np.float32),
        stars=float(ends[0, -1]) if has_person else None,
        stars_without=float(ends[1, -1]) if has_person else None,
        is_exact=is_exact,
    )


class _Game:
    """What the network says of a title in which only some words stand."""

    def __init__(self, probe: TitleProbe, film: FilmTrace, user_index: int | None) -> None:
        self._probe, self._film, self._user_index = probe, film, user_index
        self.title: TitleTrace = film.title

    def values(self, is_there: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return (B, F + 1) the filters' numbers and the stars, which are 0 without a person.

        Args:
            is_there: (B, n) which words stand.
        """
        parts = [self._values(is_there[at : at + _AT_A_TIME]) for at in range(0, len(is_there), _AT_A_TIME)]
        return np.concatenate(parts)

    def _values(self, is_there: NDArray[np.bool_]) -> NDArray[np.float64]:
        features = self._probe.features_of(self.title.embeddings * is_there[:, :, None].astype(np.float32))
        stars = np.zeros(len(features), dtype=np.float32)
        if self._user_index is not None:
            stars = self._probe.stars_with(self._film, features, self._user_index)
        both: NDArray[np.float64] = np.column_stack([features, stars]).astype(np.float64)
        return both


def _left_out(game: _Game) -> NDArray[np.float64]:
    """(n, F + 1): all words, less all words but one."""
    count = len(game.title.words)
    found = game.values(np.concatenate([np.ones((1, count), dtype=bool), ~np.eye(count, dtype=bool)]))
    effects: NDArray[np.float64] = found[0] - found[1:]
    return effects


def _all_choices(game: _Game) -> NDArray[np.float64]:
    """(n, F + 1): Shapley (1953), the weighted mean over all choices of the other words."""
    count = len(game.title.words)
    choices = np.arange(2**count)
    is_there = (choices[:, None] >> np.arange(count)) & 1 == 1  # (2^n, n)
    found, sizes = game.values(is_there), is_there.sum(axis=1)
    weights = np.array(
        [math.factorial(s) * math.factorial(count - s - 1) / math.factorial(count) for s in range(count)]
    )
    effects = np.zeros((count, found.shape[1]))
    for word in range(count):
        without = choices[~is_there[:, word]]
        effects[word] = weights[sizes[without]] @ (found[without | (1 << word)] - found[without])
    return effects


def _drawn_orders(game: _Game, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n, F + 1): the mean over drawn orders in which the words come in (Castro et al. 2009); adds up all the same."""
    count = len(game.title.words)
    num_orders = max(1, MAX_TITLES // count)
    effects = np.zeros((count, game.values(np.zeros((1, count), dtype=bool)).shape[1]))
    for _ in range(num_orders):
        order = rng.permutation(count)
        is_there = np.zeros((count + 1, count), dtype=bool)
        for step, word in enumerate(order, start=1):
            is_there[step:, word] = True
        effects[order] += np.diff(game.values(is_there), axis=0)
    return effects / num_orders
