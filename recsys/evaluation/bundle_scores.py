"""A trained bundle on the scoreboard: measured like everything else, with the origin that the bundle names."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.bundle import Bundle
from recsys.config import LEARNED_FROM_ALL, learned_from
from recsys.data.dataset import Dataset
from recsys.data.splits import Split, split_of
from recsys.errors import BundleError
from recsys.evaluation.measuring import measure
from recsys.evaluation.protocol import known_rows
from recsys.evaluation.scoreboard import Progress, Stop, ignore_progress, measuring_step, never
from recsys.evaluation.scores import Score
from recsys.provenance import commit


@dataclass(frozen=True)
class FittedBundle:
    """A bundle as what a contender is after fitting.

    Attributes:
        bundle: the trained model.
    """

    bundle: Bundle

    @property
    def fit_seconds(self) -> float:
        """Time that the network was trained, without measuring it and drawing its map."""
        return self.bundle.info.seconds

    def predict(self, user_indices: NDArray[np.int64], movie_indices: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (N,) predicted stars of N pairs."""
        return self.bundle.predict_stars(user_indices, movie_indices)

    def score_users(self, user_indices: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (N, M) scores that order each user's list."""
        return self.bundle.score_users(user_indices)


def bundle_key(bundle: Bundle) -> str:
    """Return the key under which a bundle stands on the scoreboard by itself."""
    return f"bundle:{bundle.info.folder.name}"


def score_bundle(
    bundle: Bundle,
    dataset: Dataset,
    *,
    key: str | None = None,
    on_progress: Progress = ignore_progress,
    should_stop: Stop = never,
) -> Score:
    """Measure a bundle on the test part of its own split.

    Seconds, machine and command are those of its training.

    Args:
        bundle: a trained model.
        dataset: what it was trained on.
        key: under which it is entered; `bundle_key` by default.
        on_progress: told before each step.
        should_stop: asked between steps.

    Raises:
        BundleError: if its split has no test part.
        StoppedError: if `should_stop` said yes.
    """
    info = bundle.info
    if info.data.split == "none":
        raise BundleError(info.folder, "was trained on all ratings, so there are none left to measure it on.")
    split = split_of(dataset, info.data)
    step = measuring_step(on_progress, should_stop)
    metrics, groups = measure(FittedBundle(bundle), dataset, split, seed=info.data.seed, on_step=step)
    return Score(
        contender=key or bundle_key(bundle),
        metrics=metrics,
        groups=groups,
        config={
            **{"name": info.name, "preset": info.preset, "epochs_done": info.epochs_done},
            **_learned(bundle, split),
            **{"model": info.model.to_dict(), "train": info.train.to_dict()},
        },
        dataset=dataset.name,
        fingerprint=dataset.fingerprint,
        split=info.data.split,
        seed=info.data.seed,
        commit=info.commit or commit(),
        machine=info.device,
        seconds=info.seconds,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=info.command,
    )


def _learned(bundle: Bundle, split: Split) -> dict[str, Any]:
    """Which parts of its split a bundle's weights come from, and how many ratings these have."""
    parts = learned_from(bundle.info.model, bundle.info.train)
    rows = known_rows(split) if parts == LEARNED_FROM_ALL else split.train
    return {"learned_from": parts, "num_ratings": len(rows)}
