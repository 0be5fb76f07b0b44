"""What the title CNN makes of one title, number by number: the records that `recsys.insight.titles.probe` fills in.

Axes: n words that are read, E numbers of a word's embedding, W words in a window, K filters of each width, P places at
which a window stands, F = K times the number of widths, D numbers of a feature vector. Filter f of all F is filter
f % K of window f // K, counted from 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Word:
    """A word of a title as the network reads it.

    Attributes:
        text: lower case, without punctuation at its edges.
        position: counted from 0.
        is_known: does a film of the data set have it? The network reads all unknown words as the same one.
    """

    text: str
    position: int
    is_known: bool


@dataclass(frozen=True, eq=False)
class WindowTrace:
    """What the filters of one width say of a title.

    Attributes:
        width: W, words in the window.
        before: (K, P) weighted sums with the bias, before ReLU.
        responses: (K, P) after ReLU.
        winner: (K,) the first word of the window that is kept: the first place with the strongest response.
        strongest: (K,) that response.
        num_padded: words of zeros at the end of the window where the title is shorter than it, 0 otherwise.
    """

    width: int
    before: Array
    responses: Array
    winner: Indices
    strongest: Array
    num_padded: int


@dataclass(frozen=True, eq=False)
class TitleTrace:
    """A title on its way through the title CNN.

    Attributes:
        text: as typed.
        words: the n words that are read.
        cut_words: those beyond the length that the network reads.
        embeddings: (n, E) vectors of the words.
        windows: the widths in the order of the config.
        features: (F,) the strongest response of every filter.
    """

    text: str
    words: tuple[Word, ...]
    cut_words: tuple[str, ...]
    embeddings: Array
    windows: tuple[WindowTrace, ...]
    features: Array


@dataclass(frozen=True, eq=False)
class Part:
    """What one branch of the movie tower says.

    Attributes:
        name: "movie" (the id), "genres", "title" or "history".
        values: the numbers of the branch.
        added: (D,) what they add to the film's vector before tanh.
    """

    name: str
    values: Array
    added: Array


@dataclass(frozen=True, eq=False)
class FilmTrace:
    """A film on its way through the movie tower.

    Attributes:
        title: what the title CNN says.
        parts: the branches, in the order in which the last layer has them.
        mix_bias: (D,) the bias of the last layer.
        before: (D,) the sum of what all parts add, and the bias.
        vector: (D,) its tanh: the feature vector.
        bias: stars by which the film lies above the mean whoever watches; 0 without histories.
    """

    title: TitleTrace
    parts: tuple[Part, ...]
    mix_bias: Array
    before: Array
    vector: Array
    bias: float


@dataclass(frozen=True, eq=False)
class WindowSum:
    """One filter at one place, written out: total = bias + the sum of all products; response = max(total, 0).

    Attributes:
        words: the W words under the window; None for the zeros behind the end of a title that is too short.
        embeddings: (W, E) their vectors.
        weights: (W, E) the filter.
        products: (W, E) of the two, number by number.
        word_sums: (W,) sum of the products of each word.
        bias: of the filter.
        total: before ReLU.
        response: after it.
        is_winner: is it this place that the maximum keeps?
    """

    words: tuple[str | None, ...]
    embeddings: Array
    weights: Array
    products: Array
    word_sums: Array
    bias: float
    total: float
    response: float
    is_winner: bool


def traced_window(width: int, before: Array, num_words: int) -> WindowTrace:
    """Return what follows from the (K, P) sums of one width for a title of some words."""
    responses = np.maximum(before, 0)
    winner = responses.argmax(axis=1)
    return WindowTrace(width, before, responses, winner, responses.max(axis=1), max(0, width - num_words))
