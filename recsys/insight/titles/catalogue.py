"""Title catalogue: what each filter of the title CNN looks for, read off from all titles of the data set.

A filter answers to n-grams: as many words in a row as its window is wide. All n-grams that stand in a title, each once,
are put before all filters; the strongest say what a filter has learned to look for (Zeiler and Fergus 2014, section 4,
do so with pieces of images). From the same responses follow each film's maxima, and how a filter usually answers.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.data.vocabulary import PAD_INDEX
from recsys.errors import ConfigError
from recsys.evaluation.metrics import top_k
from recsys.insight.titles.probe import TitleProbe
from recsys.insight.titles.trace import Array, Indices

_AT_A_TIME = 20_000


class NGram(NamedTuple):
    """Words in a row that stand in a title of the data set, and how strongly a filter answers to them.

    Attributes:
        words: as many as the window is wide; None for the zeros behind the end of a title that is too short.
        response: of the filter, after ReLU.
        movie_indices: the films in whose titles they stand, most rated first, then by row.
        start: where they stand in the title of the first of these, counted from 0.
    """

    words: tuple[str | None, ...]
    response: float
    movie_indices: tuple[int, ...]
    start: int


class Won(NamedTuple):
    """A film for which one filter stands out most among all.

    Attributes:
        movie_index: the film.
        response: of the filter.
        start: first word of the window that gave it.
    """

    movie_index: int
    response: float
    start: int


@dataclass(frozen=True, eq=False)
class _Windows:
    """All places of all titles at which a window of one width stands, and the distinct n-grams there.

    Attributes:
        films, starts: (N,) film and place of each window, film by film.
        kinds: (N,) which of the distinct n-grams it shows.
        tokens: (Q, W) the distinct n-grams.
        num_ratings: (Q,) of the most rated film that has them.
        responses: (Q, K) of the filters to them.
    """

    films: Indices
    starts: Indices
    kinds: Indices
    tokens: Indices
    num_ratings: Indices
    responses: Array


class Gallery:
    """What all F filters make of all titles. Made once for a model; nothing in it changes.

    Filter f is counted as in `recsys.insight.titles.trace`: from 0, width by width.

    Args:
        probe: of the model.

    Attributes:
        features: (M, F) the strongest response of each filter to each title.
        starts: (M, F) where the window that gave it begins.
        mean, deviation: (F,) of the strongest responses over all films.
        share_silent: (F,) share of films to whose title the filter does not answer at all: response 0.
    """

    def __init__(self, probe: TitleProbe) -> None:
        self._probe = probe
        tokens = probe.encoder.encode_movies(probe.dataset).title.numpy()
        self._windows = [_windows(probe, number, tokens) for number in range(len(probe.windows))]
        strongest = [_strongest(windows) for windows in self._windows]
        self.features = np.concatenate([features for features, _ in strongest], axis=1)
        self.starts = np.concatenate([starts for _, starts in strongest], axis=1)
        self.mean, self.deviation = self.features.mean(axis=0), self.features.std(axis=0)
        self.share_silent = (self.features == 0).mean(axis=0).astype(np.float32)
        self._ascending = np.sort(self.features, axis=0)
        excess = self.features - self.mean
        standing = np.divide(excess, self.deviation, out=np.zeros_like(excess), where=self.deviation > 0)
        self._most = standing.argmax(axis=1)  # (M,)

    def peaks(self, f: int, k: int, *, least_ratings: int = 0) -> tuple[NGram, ...]:
        """Return the k distinct n-grams of the catalogue to which filter f answers most strongly, strongest first.

        The very strongest often stand in one film that hardly anybody rated: words that nothing held back in training.
        `least_ratings` shows what the filter answers to among films that people know.

        Args:
            f: number of the filter.
            k: how many; fewer are returned where it answers to fewer. Equal ones come in the order of the vocabulary.
            least_ratings: an n-gram counts if one of its films has been rated so often.

        Raises:
            ConfigError: if there is no such filter, or k is below 1.
        """
        self._check(f, k)
        windows = self._windows[f // self._probe.num_filters]
        responses = windows.responses[:, f % self._probe.num_filters]
        kinds = np.flatnonzero((responses > 0) & (windows.num_ratings >= least_ratings))
        best = kinds[top_k(responses[None, kinds], kinds, k)[0]]
        return tuple(self._n_gram(windows, kind, float(responses[kind])) for kind in best.tolist())

    def won(self, f: int, k: int, *, least_ratings: int = 0) -> tuple[Won, ...]:
        """Return up to k films for which filter f stands out most among all F filters, strongest response first.

        Filters differ in how strongly they usually answer. So each response is measured from the filter's mean over
        the catalogue, in its standard deviations; the filter for which that is largest stands out for the film.

        Args:
            f: number of the filter.
            k: how many.
            least_ratings: only films that have been rated so often.

        Raises:
            ConfigError: if there is no such filter, or k is below 1.
        """
        self._check(f, k)
        responses = self.features[:, f]
        is_known = self._probe.dataset.num_ratings_by_movie >= least_ratings
        films = np.flatnonzero((self._most == f) & (responses > 0) & is_known)
        best = films[top_k(responses[None, films], films, k)[0]]
        return tuple(Won(int(i), float(responses[i]), int(self.starts[i, f])) for i in best)

    def rank_of(self, f: int, value: float) -> float:
        """Return the share of films, 0 to 1, to whose title filter f answers more weakly than `value`.

        Raises:
            ConfigError: if there is no such filter.
        """
        self._check(f, 1)
        below = np.searchsorted(self._ascending[:, f], np.float32(value), side="left")
        return float(below / len(self._ascending))

    def _n_gram(self, windows: _Windows, kind: int, response: float) -> NGram:
        places = np.flatnonzero(windows.kinds == kind)
        films, first = np.unique(windows.films[places], return_index=True)
        order = np.argsort(-self._probe.dataset.num_ratings_by_movie[films], kind="stable")
        words = tuple(self._probe.encoder.words.thing(token) for token in windows.tokens[kind].tolist())
        start = int(windows.starts[places[first[order[0]]]])
        return NGram(words, response, tuple(films[order].tolist()), start)

    def _check(self, f: int, k: int) -> None:
        if not 0 <= f < self._probe.num_features:
            raise ConfigError("filter", f, f"from 0 to {self._probe.num_features - 1}")
        if k < 1:
            raise ConfigError("k", k, "at least 1")


def gallery(probe: TitleProbe) -> Gallery:
    """Return what all filters of a model make of all titles of its data set."""
    return Gallery(probe)


def _windows(probe: TitleProbe, number: int, titles: Indices) -> _Windows:
    """All windows of width `number` over (M, L) titles; of a title that is too short the first one, filled up."""
    width = probe.windows[number]
    lengths = (titles != PAD_INDEX).sum(axis=1)
    last = np.maximum(lengths - width, 0)
    films, starts = np.nonzero(np.arange(titles.shape[1] - width + 1) <= last[:, None])  # ascending by film, then place
    shown = np.lib.stride_tricks.sliding_window_view(titles, width, axis=1)[films, starts]  # (N, W)
    kinds, places = _distinct(shown)
    tokens = shown[places]
    parts = [probe.responses_of(number, tokens[at : at + _AT_A_TIME]) for at in range(0, len(tokens), _AT_A_TIME)]
    num_ratings = np.zeros(len(tokens), dtype=np.int64)
    np.maximum.at(num_ratings, kinds, probe.dataset.num_ratings_by_movie[films])
    return _Windows(films, starts, kinds, tokens, num_ratings, np.concatenate(parts))


def _distinct(rows: Indices) -> tuple[Indices, NDArray[np.intp]]:
    """Which of the distinct ones each of (N, W) rows is, (N,), and where each of the Q distinct ones stands first."""
    kinds = np.zeros(len(rows), dtype=np.int64)
    places = np.zeros(1, dtype=np.intp)
    for column in rows.T:
        pairs = kinds * (int(rows.max()) + 1) + column  # below N times the words: no overflow
        _, places, kinds = np.unique(pairs, return_index=True, return_inverse=True)
    return kinds, places


def _strongest(windows: _Windows) -> tuple[Array, Indices]:
    """(M, K) the strongest response to each film's title, and the first place that gives it."""
    responses = windows.responses[windows.kinds]  # (N, K)
    first = np.flatnonzero(np.diff(windows.films, prepend=-1))
    strongest = np.maximum.reduceat(responses, first, axis=0)
    is_strongest = responses == strongest[windows.films]
    places = np.where(is_strongest, windows.starts[:, None], np.iinfo(np.int64).max)
    return strongest, np.minimum.reduceat(places, first, axis=0)
