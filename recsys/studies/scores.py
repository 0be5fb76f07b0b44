"""Newcomer scores: how good the lists of people are whom no training saw, and the files that keep what was measured.

A file holds the result of one data set: numbers and settings, no text of the data and no ids of people. What measures
is `recsys.studies.newcomers`.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from recsys import files
from recsys.data.dataset import Dataset
from recsys.errors import ScoreboardError
from recsys.paths import SHIPPED_NEWCOMERS, home_data

FORMAT = 1
MAX_BYTES = 1_000_000
COUNTS = (0, 1, 3, 5, 10, 15)
"""Numbers of ratings after which newcomers are measured."""
WHO = ("popularity", "biases", "known", "random", "random_untold", "offered", "offered_untold")
"""Who is measured: the most rated films for everybody; mean and deviations alone; the same people known in training;
newcomers, by ratings drawn at random or by films that were offered to them, with what they say of themselves or not."""


@dataclass(frozen=True)
class Gap:
    """A difference between two contenders over the same people.

    Attributes:
        value: the difference.
        low, high: 95 % interval, by drawing the people again and again (Efron and Tibshirani 1993).
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class NewcomerRow:
    """What one contender reached after some ratings.

    Attributes:
        who: one of `WHO`.
        num_ratings: how many were shown; None where it does not depend on them.
        rmse: in stars, over the test ratings of all these people; None for a contender that predicts none.
        ndcg: NDCG@10, mean over the people; None for a contender that makes no list of its own.
        rmse_gap: RMSE less that of the same people known in training.
        ndcg_gap: NDCG@10 less that of the most popular films.
        num_offers: mean number of films offered until there were that many answers; None where none were offered.
    """

    who: str
    num_ratings: int | None
    rmse: float | None
    ndcg: float | None
    rmse_gap: Gap | None
    ndcg_gap: Gap | None
    num_offers: float | None = None


@dataclass(frozen=True)
class NewcomerScores:
    """The result for one data set, and how it came about.

    Attributes:
        rows: one for each contender and number of ratings.
        num_people: how many were left out of the training.
        num_test_ratings: of them, which RMSE is over.
        seed: by which the people and their ratings were drawn.
        dataset: name of the data set.
        fingerprint: of the data set.
        split, split_seed: whose test part was looked at.
        config: of the network, its training and what makes the vectors.
        commit: of the code that measured; None outside a checkout.
        machine: in words.
        seconds: of the training without these people.
        created: ISO time in UTC.
        command: repeats the measurement.
    """

    rows: tuple[NewcomerRow, ...]
    num_people: int
    num_test_ratings: int
    seed: int
    dataset: str
    fingerprint: str
    split: str
    split_seed: int
    config: Mapping[str, Any]
    commit: str | None
    machine: str
    seconds: float
    created: str
    command: str

    def row(self, who: str, num_ratings: int | None = None) -> NewcomerRow | None:
        """Return one row; None where it was not measured."""
        return next((row for row in self.rows if (row.who, row.num_ratings) == (who, num_ratings)), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return {**asdict(self), "rows": [asdict(row) for row in self.rows]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build a result from `to_dict()`'s answer.

        Raises:
            ValueError, TypeError, KeyError: if a field is missing, unknown, of a wrong type or not finite.
        """
        for name in ("dataset", "fingerprint", "split", "machine", "created", "command"):
            _check(isinstance(values[name], str), values[name])
        for name in ("num_people", "num_test_ratings", "seed", "split_seed"):
            _check(type(values[name]) is int and values[name] >= 0, values[name])
        _check(values["commit"] is None or isinstance(values["commit"], str), values["commit"])
        _check(datetime.fromisoformat(values["created"]).tzinfo is not None, values["created"])
        rows = tuple(_row(row) for row in values["rows"])
        return cls(**{**values, "rows": rows, "config": dict(values["config"]), "seconds": _there(values["seconds"])})


def shipped_file(dataset: str) -> Path:
    """Return where the result lies that ships with the app."""
    return SHIPPED_NEWCOMERS / f"{dataset}.json"


def own_file(dataset: str) -> Path:
    """Return where the user's own result lies; it need not exist yet."""
    return home_data() / "newcomers" / f"{dataset}.json"


def known_newcomers(dataset: Dataset) -> NewcomerScores | None:
    """Return the newest result for a data set: the user's own or the one that ships; None where there is none.

    Raises:
        ScoreboardError: if a file is damaged.
    """
    found = [read(file) for file in (shipped_file(dataset.name), own_file(dataset.name)) if file.exists()]
    fitting = [scores for scores in found if scores.fingerprint == dataset.fingerprint]
    return max(fitting, key=lambda scores: datetime.fromisoformat(scores.created), default=None)


def save(scores: NewcomerScores, file: Path | None = None) -> Path:
    """Write a result in the place of an earlier one, the user's own by default; return where.

    Raises:
        ScoreboardError: if it cannot be written.
    """
    file = file or own_file(scores.dataset)
    text = json.dumps({"format": FORMAT, **scores.to_dict()}, indent=1, ensure_ascii=False, allow_nan=False)
    try:
        files.replace_text(file, text + "\n")
    except OSError as error:
        raise ScoreboardError(file, f"cannot be written ({error}).") from error
    return file


def read(file: Path) -> NewcomerScores:
    """Read a result.

    Raises:
        ScoreboardError: if it is missing, damaged or of another format.
    """
    try:
        _check(file.stat().st_size <= MAX_BYTES, f"a file of more than {MAX_BYTES} bytes")
        values = json.loads(file.read_text(encoding="utf-8"))
        _check(values.pop("format") == FORMAT, f"a format other than {FORMAT}")
        return NewcomerScores.from_dict(values)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ScoreboardError(file, f"cannot be read ({error}). Delete it and measure again.") from error


def _row(values: Mapping[str, Any]) -> NewcomerRow:
    _check(values["who"] in WHO, values["who"])
    count = values["num_ratings"]
    _check(count is None or (type(count) is int and count >= 0), count)
    gaps = {name: _gap(values[name]) for name in ("rmse_gap", "ndcg_gap")}
    numbers = {name: _number(values[name]) for name in ("rmse", "ndcg", "num_offers")}
    return NewcomerRow(**{**values, **gaps, **numbers})


def _gap(values: Mapping[str, Any] | None) -> Gap | None:
    if values is None:
        return None
    _check(set(values) == {"value", "low", "high"}, values)
    return Gap(**{name: _there(value) for name, value in values.items()})


def _there(value: object) -> float:
    number = _number(value)
    if number is None:
        raise ValueError("a number is missing")
    return number


def _number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} should be a finite number")
    return float(value)


def _check(is_right: bool, value: object) -> None:
    if not is_right:
        raise ValueError(f"{value!r} should not be there")
