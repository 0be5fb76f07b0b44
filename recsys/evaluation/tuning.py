"""Tuning: what a setting of a baseline is worth on the validation part, and which of those on a list is best there.

Free settings are chosen so for each split anew, by the command that measures, and what was tried stands beside the
score. The test part is not looked at: it is neither known nor looked for here.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.data.splits import Split
from recsys.evaluation.metrics import star_errors
from recsys.evaluation.protocol import evaluate_lists

Indices = NDArray[np.int64]
Measure = Literal["rmse", "ndcg@10"]
Settings = Mapping[str, Any]


class Answers(Protocol):
    """What can be judged: a fitted contender."""

    def predict(self, user_indices: Indices, movie_indices: Indices, /) -> NDArray[np.floating] | None:
        """Return (N,) predicted stars of N pairs; None if it predicts no stars."""

    def score_users(self, user_indices: Indices, /) -> NDArray[np.float32]:
        """Return (N, M) scores that order each user's list."""


class Search(NamedTuple):
    """Settings to choose from.

    Attributes:
        measure: what they are judged by on the validation part; the lowest RMSE or the highest NDCG@10 is best.
        grid: each is tried; of equal ones the first is chosen.
    """

    measure: Measure
    grid: tuple[Settings, ...]


class Tried(NamedTuple):
    """What some settings reached on the validation part."""

    settings: Settings
    value: float


def grid(**values: Iterable[Any]) -> tuple[Settings, ...]:
    """Return the settings of one name with each of its values."""
    return tuple({name: value} for name, each in values.items() for value in each)


def without_test(split: Split) -> Split:
    """Return the split in which the validation part is looked for and the test part does not exist."""
    return Split(split.train, torch.empty(0, dtype=torch.int64), split.validation)


def worth(fitted: Answers, dataset: Dataset, parts: Split, measure: Measure) -> float:
    """Return a measure of what was fitted to the first of some `parts`, over the last of them, by the protocol.

    Raises:
        ValueError: if stars are asked of what predicts none.
    """
    if measure == "ndcg@10":
        return evaluate_lists(dataset, parts, fitted.score_users)[measure]
    rows = parts.test.numpy()
    predicted = fitted.predict(dataset.user_indices[rows], dataset.movie_indices[rows])
    if predicted is None:
        raise ValueError("what predicts no stars cannot be chosen by its RMSE.")
    return star_errors(predicted, dataset.ratings["rating"].to_numpy(dtype=np.float64)[rows])["rmse"]


def best_of(search: Search, tried: Iterable[Tried]) -> Tried:
    """Return what reached most."""
    return (min if search.measure == "rmse" else max)(tried, key=lambda one: one.value)


def record(search: Search, tried: Iterable[Tried]) -> dict[str, Any]:
    """Return what was tried, JSON-ready."""
    values = [{**one.settings, search.measure: round(one.value, 5)} for one in tried]
    return {"on": "validation part", "by": search.measure, "tried": values}
