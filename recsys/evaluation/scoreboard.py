"""Scoreboard: how all contenders did on one split, every number with its origin.

Scores that ship with the app lie in `assets/scoreboard/`, those that were measured here in the user's own folder; of
two scores of one contender the newer one counts.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from recsys.config import DataConfig
from recsys.data.dataset import Dataset
from recsys.data.splits import split_of
from recsys.errors import ConfigError, StoppedError
from recsys.evaluation.contenders import Contender
from recsys.evaluation.error_groups import GroupError
from recsys.evaluation.measuring import measure
from recsys.evaluation.scores import KEYS, Score, own_scores_file, place, read_scores, save_score
from recsys.paths import SHIPPED_SCORES
from recsys.provenance import commit, machine

__all__ = ["KEYS", "GroupError", "Score", "Scoreboard", "own_scores_file", "save_score", "score"]

Progress = Callable[[str, float], None]
"""Step ("fit", "stars", "lists", "sampled", "done") and share of the whole work that is done when it begins, 0 to 1."""
Stop = Callable[[], bool]
_SHARE_OF_FIT = 0.6


def ignore_progress(_step: str, _share: float) -> None:
    """Tell nobody."""


def never() -> bool:
    """Go on."""
    return False


@dataclass(frozen=True)
class Scoreboard:
    """The scores of all contenders on one split of one data set.

    Attributes:
        dataset: name of the data set.
        fingerprint: of the data set.
        split: "p80", "p90", "time" or "last".
        seed: of the split.
        scores: one a contender, in the order of `KEYS`, bundles after that.
    """

    dataset: str
    fingerprint: str
    split: str
    seed: int
    scores: tuple[Score, ...]

    @classmethod
    def load(cls, dataset: Dataset, split: str = "p80", seed: int = 0) -> Self:
        """Return what is known of a split: shipped scores and the user's own, the newer of two.

        Raises:
            ScoreboardError: if a file of scores is damaged.
        """
        shipped, own = (read_scores(file) for file in (_shipped_file(dataset.name), own_scores_file(dataset.name)))
        empty = cls(dataset.name, dataset.fingerprint, split, seed, ())
        return empty.joined_by([*shipped, *own])

    def joined_by(self, scores: Iterable[Score]) -> Self:
        """Return this board with further scores; those of other data or splits are left out, of two the newer stays."""
        found = {score.contender: score for score in self.scores}
        for score in scores:
            is_ours = (score.fingerprint, score.split, score.seed) == (self.fingerprint, self.split, self.seed)
            older = found.get(score.contender)
            if is_ours and (older is None or _when(older) <= _when(score)):
                found[score.contender] = score
        ordered = tuple(sorted(found.values(), key=lambda score: place(score.contender)))
        return type(self)(self.dataset, self.fingerprint, self.split, self.seed, ordered)

    def score_of(self, contender: str) -> Score | None:
        """Return the score of a contender, None where it was not measured."""
        return next((score for score in self.scores if score.contender == contender), None)


def score(
    contender: Contender,
    dataset: Dataset,
    data: DataConfig,
    *,
    on_progress: Progress = ignore_progress,
    should_stop: Stop = never,
) -> Score:
    """Choose what is free in a contender, fit it to what a split does not hold out and measure it on the test part.

    Args:
        contender: made for the same `data`.
        dataset: all ratings.
        data: names the split and its seed.
        on_progress: told before each step.
        should_stop: asked between steps.

    Raises:
        ConfigError: if the split has no test part.
        MissingPackageError: if the contender needs a package that is not installed.
        StoppedError: if `should_stop` said yes.
    """
    if data.split == "none":
        raise ConfigError("split", data.split, "one with a test part (p80, p90, time or last) to be measured on")
    split = split_of(dataset, data)
    on_progress("fit", 0.0)
    contender = contender.tuned(dataset, split)
    if should_stop():
        raise StoppedError
    started = time.perf_counter()
    fitted = contender.fit(dataset, split)
    seconds = time.perf_counter() - started
    step = measuring_step(on_progress, should_stop)
    metrics, groups = measure(fitted, dataset, split, seed=data.seed, on_step=step)
    command = f"python -m recsys scoreboard --dataset {data.dataset} --split {data.split} --seed {data.seed}"
    return Score(
        contender=contender.key,
        metrics=metrics,
        groups=groups,
        config={**contender.config, "num_ratings": contender.num_ratings(dataset, split)},
        dataset=dataset.name,
        fingerprint=dataset.fingerprint,
        split=data.split,
        seed=data.seed,
        commit=commit(),
        machine=machine(contender.device),
        seconds=getattr(fitted, "fit_seconds", seconds),  # a network times its training and nothing else
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=f"{command} --only {contender.key}",
    )


def measuring_step(on_progress: Progress, should_stop: Stop) -> Progress:
    """Return what is called between the steps of measuring: it stops on request, else tells how far the work is."""

    def step(name: str, share: float) -> None:
        if should_stop():
            raise StoppedError
        on_progress(name, _SHARE_OF_FIT + (1 - _SHARE_OF_FIT) * share)

    return step


def _shipped_file(dataset: str) -> Path:
    return SHIPPED_SCORES / f"{dataset}.json"


def _when(score: Score) -> datetime:
    return datetime.fromisoformat(score.created)
