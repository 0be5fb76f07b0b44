"""What a scoreboard says: who is best, who stands where, and how often two measures order a pair the other way round.

Pure functions of scores; the words are the caller's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from recsys.data.dataset import Dataset
from recsys.errors import ScoreboardError
from recsys.evaluation.scores import Score, own_scores_file, read_scores
from recsys.paths import SHIPPED_SCORES

SECONDS = "seconds"
DIRECTIONS: Mapping[str, Literal["low", "high"]] = {
    "rmse": "low",
    "mae": "low",
    "hr@10": "high",
    "ndcg@10": "high",
    "recall@10": "high",
    "mrr@10": "high",
    "coverage": "high",
    "novelty": "high",
    "diversity": "high",
    SECONDS: "low",
    "precision@10": "high",
    "sampled_hr@10": "high",
    "sampled_ndcg@10": "high",
}
"""Every measure of a score in the order of the table, and which end of it counts as the first place."""

STARS = ("rmse", "mae")
"""Measures that a contender lacks which predicts no stars."""


@dataclass(frozen=True)
class KnownScores:
    """All scores of a data set, of whatever split.

    Attributes:
        scores: those that ship with the app first, then the user's own.
        problems: why files of scores cannot be read.
    """

    scores: tuple[Score, ...]
    problems: tuple[ScoreboardError, ...]


@dataclass(frozen=True)
class Swaps:
    """How two measures order the same contenders.

    Attributes:
        num_pairs: pairs that both measures put into an order.
        swapped: pairs that they order differently; first the one that the first measure prefers.
    """

    num_pairs: int
    swapped: tuple[tuple[Score, Score], ...]


@dataclass(frozen=True)
class Gap:
    """A contender whose places by two measures lie far apart.

    Attributes:
        score: whose.
        first, second: its place by each measure, among those that have both.
        count: how many have both.
    """

    score: Score
    first: int
    second: int
    count: int


def known_scores(dataset: Dataset) -> KnownScores:
    """Return what is known of a data set; a damaged file hides only its own scores."""
    scores: list[Score] = []
    problems = []
    for file in (SHIPPED_SCORES / f"{dataset.name}.json", own_scores_file(dataset.name)):
        try:
            scores += [score for score in read_scores(file) if score.fingerprint == dataset.fingerprint]
        except ScoreboardError as error:
            problems.append(error)
    return KnownScores(tuple(scores), tuple(problems))


def measured(score: Score, measure: str) -> float | None:
    """Return a measure of a score: a metric, or the seconds of its fit; None where it has none."""
    return score.seconds if measure == SECONDS else score.metrics.get(measure)


def ranking(scores: Iterable[Score], measure: str) -> list[Score]:
    """Return the scores that have a measure, the best first."""
    found = [(value, score) for score in scores if (value := measured(score, measure)) is not None]
    return [score for _, score in sorted(found, key=lambda pair: _cost(measure, pair[0]))]


def place_of(score: Score, scores: Iterable[Score], measure: str) -> int | None:
    """Return a score's place by a measure, 1 for the best; equal values share a place. None without the measure."""
    own = measured(score, measure)
    if own is None:
        return None
    values = [value for other in scores if (value := measured(other, measure)) is not None]
    return 1 + sum(_cost(measure, value) < _cost(measure, own) for value in values)


def swaps(scores: Sequence[Score], first: str, second: str) -> Swaps:
    """Return the pairs that two measures order differently; a tie by either is no order."""
    num_pairs, swapped = 0, []
    for one, other in combinations(scores, 2):
        by_first, by_second = _difference(one, other, first), _difference(one, other, second)
        if not by_first or not by_second:
            continue
        num_pairs += 1
        if by_first * by_second < 0:
            swapped.append((one, other) if by_first < 0 else (other, one))
    return Swaps(num_pairs, tuple(swapped))


def widest_gap(scores: Iterable[Score], first: str, second: str) -> Gap | None:
    """Return who does well by one measure and poorly by the other; of equal ones the better by the first.

    Returns:
        None where nobody's places differ by more than one.
    """
    both = [score for score in ranking(scores, first) if measured(score, second) is not None]
    gaps = [
        Gap(score, place_of(score, both, first) or 0, place_of(score, both, second) or 0, len(both)) for score in both
    ]
    widest = max(gaps, key=lambda gap: abs(gap.first - gap.second), default=None)
    return widest if widest is not None and abs(widest.first - widest.second) > 1 else None


def _difference(one: Score, other: Score, measure: str) -> float | None:
    """Below 0 if `one` is better; None if a value is missing."""
    own, others = measured(one, measure), measured(other, measure)
    return None if own is None or others is None else _cost(measure, own) - _cost(measure, others)


def _cost(measure: str, value: float) -> float:
    return value if DIRECTIONS[measure] == "low" else -value
