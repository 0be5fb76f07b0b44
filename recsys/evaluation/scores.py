"""Scores: what one contender reached on one split, with the origin of every number, and the files that keep them.

A file holds the scores of one data set: numbers and settings, no text of the data.
"""

import json
import math
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from recsys import files
from recsys.errors import ScoreboardError
from recsys.evaluation.error_groups import GroupError
from recsys.paths import home_data

FORMAT = 1
MAX_BYTES = 20_000_000
KEYS = (
    *("mean", "biases", "popularity", "item_knn", "ease", "ease_liked"),
    *("surprise_svd", "surprise_svd_tuned", "implicit_als"),
    *("article_dot", "article_mlp", "default"),
)
"""The contenders that a complete table has, in its order."""

_saving = threading.Lock()


@dataclass(frozen=True)
class Score:
    """What one contender reached, and how the numbers came about.

    Attributes:
        contender: stable key, one of `KEYS` or that of a bundle ("bundle:" and the name of its folder).
        metrics: "rmse", "mae" (stars; missing for a contender that predicts none), "ndcg@10", "hr@10", "recall@10",
            "precision@10", "mrr@10", "coverage", "novelty" (bits), "diversity", "sampled_hr@10", "sampled_ndcg@10".
        groups: errors in stars by group; empty for a contender that predicts no stars.
        config: settings of the contender.
        dataset: name of the data set.
        fingerprint: of the data set.
        split: "p80", "p90", "time" or "last".
        seed: of the split and of the contender.
        commit: of the code that measured; None outside a checkout.
        machine: in words; the one that did the fitting.
        seconds: wall-clock time of the fit.
        created: ISO time in UTC.
        command: repeats the measurement.
    """

    contender: str
    metrics: Mapping[str, float]
    groups: tuple[GroupError, ...]
    config: Mapping[str, Any]
    dataset: str
    fingerprint: str
    split: str
    seed: int
    commit: str | None
    machine: str
    seconds: float
    created: str
    command: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return {**asdict(self), "groups": [asdict(group) for group in self.groups]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build a score from `to_dict()`'s answer.

        Raises:
            ValueError, TypeError, KeyError: if a field is missing, unknown, of a wrong type or not finite.
        """
        texts = ("contender", "dataset", "fingerprint", "split", "machine", "created", "command")
        if set(values) != {*texts, "metrics", "groups", "config", "seed", "commit", "seconds"}:
            raise ValueError(f"a score has other fields: {', '.join(sorted(values))}")
        if datetime.fromisoformat(values["created"]).tzinfo is None:
            raise ValueError(f"{values['created']!r} has no time zone")
        commit_values = values["commit"]
        return cls(
            **{name: _text(values[name]) for name in texts},
            metrics={_text(name): _number(value) for name, value in dict(values["metrics"]).items()},
            groups=tuple(_group(group) for group in values["groups"]),
            config=dict(values["config"]),
            seed=int(values["seed"]),
            commit=None if commit_values is None else _text(commit_values),
            seconds=_number(values["seconds"]),
        )


def own_scores_file(dataset: str) -> Path:
    """Return where the user's own scores on a data set lie; it need not exist yet."""
    return home_data() / "scoreboard" / f"{dataset}.json"


def save_score(new: Score, file: Path | None = None) -> None:
    """Write a score beside the others of its data set, in the place of an earlier one of the same contender and split.

    Args:
        new: what to keep.
        file: the user's own by default.

    Raises:
        ScoreboardError: if the file is damaged or cannot be written.
    """
    file = file or own_scores_file(new.dataset)
    with _saving:
        kept = [old for old in read_scores(file) if _identity(old) != _identity(new)]
        scores = sorted([*kept, new], key=lambda score: (score.split, score.seed, place(score.contender)))
        values = {"format": FORMAT, "scores": [score.to_dict() for score in scores]}
        try:
            files.replace_text(file, json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
        except (OSError, ValueError) as error:
            raise ScoreboardError(file, f"cannot be written ({error}).") from error


def read_scores(file: Path) -> list[Score]:
    """Return all scores of a file; none where there is no file.

    Raises:
        ScoreboardError: if it is damaged or of another format.
    """
    try:
        if not file.exists():
            return []
        if file.stat().st_size > MAX_BYTES:
            raise ScoreboardError(file, f"is larger than {MAX_BYTES} bytes. Delete it.")
        values = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            raise ScoreboardError(file, f"is not of format {FORMAT}. Update, or delete it and measure again.")
        return [Score.from_dict(one) for one in values["scores"]]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ScoreboardError(file, f"cannot be read ({error}). Delete it and measure again.") from error


def _identity(score: Score) -> tuple[str, str, str, int]:
    return score.contender, score.fingerprint, score.split, score.seed


def place(contender: str) -> tuple[int, str]:
    """Return where a contender stands in the table."""
    return (KEYS.index(contender) if contender in KEYS else len(KEYS)), contender


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} should be text")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} should be a finite number")
    return float(value)


def _group(values: Mapping[str, Any]) -> GroupError:
    return GroupError(
        group=_text(values["group"]),
        label=_text(values["label"]),
        num_ratings=int(values["num_ratings"]),
        rmse=_number(values["rmse"]),
        mae=_number(values["mae"]),
    )
