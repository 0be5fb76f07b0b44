"""Contenders: whatever can be entered on the scoreboard, each behind the same two questions.

A contender is fitted to what a split does not hold out and then asked for stars and for the order of lists. The
settings of the baselines are chosen, so they learn from the validation part too, as does the preset `default` in its
last epochs; the article's network, which is watched on it to the end, does not. Each says so in its config. The
baselines are listed here; the networks, which need the training package, in `recsys.training.contender`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from recsys.config import LEARNED_FROM_ALL, DataConfig
from recsys.data.dataset import Dataset
from recsys.data.splits import Split
from recsys.errors import MissingPackageError
from recsys.evaluation.baselines import BIAS_CONFIG, BiasBaseline, MeanBaseline, PopularityBaseline
from recsys.evaluation.ease import Ease
from recsys.evaluation.item_knn import ItemKnn
from recsys.evaluation.libraries import ImplicitAls, SurpriseSvd
from recsys.evaluation.protocol import known_rows, liked_of

Indices = NDArray[np.int64]
_ALS: dict[str, Any] = {"factors": 64, "regularization": 0.05, "alpha": 3.0, "iterations": 15}
"""Chosen on the validation part of ml-1m."""


class Fitted(Protocol):
    """A contender after fitting."""

    def predict(self, user_indices: Indices, movie_indices: Indices, /) -> NDArray[np.floating] | None:
        """Return (N,) predicted stars of N pairs, not clipped; None if it predicts no stars."""

    def score_users(self, user_indices: Indices, /) -> NDArray[np.float32]:
        """Return (N, M) scores that order each user's list, in any unit; a higher score comes first."""


class Contender(Protocol):
    """What can be entered on the scoreboard; made for one `DataConfig`, whose seed is also its own."""

    @property
    def key(self) -> str:
        """Stable name, such as "ease"."""

    @property
    def is_cheap(self) -> bool:
        """Is it quick enough to be fitted while a page waits?"""

    @property
    def needs(self) -> str | None:
        """Package that must be installed, None if there is none."""

    @property
    def device(self) -> torch.device:
        """What it is fitted on."""

    @property
    def config(self) -> Mapping[str, Any]:
        """Settings, JSON-ready."""

    def fit(self, dataset: Dataset, split: Split) -> Fitted:
        """Learn from what a split does not hold out, and from nothing of its test part.

        Raises:
            MissingPackageError: if a package that it needs is not installed.
        """


Make = Callable[[Dataset, NDArray[np.int64]], Fitted]
"""Data set and rows of its known ratings -> the fitted contender."""


@dataclass(frozen=True)
class Baseline:
    """A contender that is fitted in one call.

    Attributes:
        key: stable name.
        make: is given the rows of the training and validation parts alone.
        config: settings, JSON-ready.
        is_cheap: quick enough for a page that waits?
        needs: package to install.
        module: what is imported from it.
    """

    key: str
    make: Make
    config: Mapping[str, Any] = field(default_factory=dict)
    is_cheap: bool = True
    needs: str | None = None
    module: str | None = None

    @property
    def device(self) -> torch.device:
        """The processor, whatever else there is: numpy and the libraries know no other."""
        return torch.device("cpu")

    def fit(self, dataset: Dataset, split: Split) -> Fitted:
        """Learn from the training and the validation part of a split.

        Raises:
            MissingPackageError: if a package that it needs is not installed.
        """
        if self.needs is not None and self.module is not None and find_spec(self.module) is None:
            raise MissingPackageError(self.key, self.needs)
        return self.make(dataset, known_rows(split))


def contenders(data: DataConfig) -> dict[str, Contender]:
    """Return all baselines by key, in the order of the table.

    Args:
        data: the split that they are made for; its seed starts the random numbers of those that use any.
    """
    listed = (*_cheap(), *_of_libraries(data.seed))
    return {c.key: replace(c, config={**c.config, "learned_from": LEARNED_FROM_ALL}) for c in listed}


def _cheap() -> tuple[Baseline, ...]:
    return (
        Baseline("mean", MeanBaseline),
        Baseline("biases", BiasBaseline, BIAS_CONFIG),
        Baseline("popularity", PopularityBaseline),
        Baseline("item_knn", ItemKnn, ItemKnn.config()),
        Baseline("ease", lambda dataset, rows: Ease(dataset, rows, penalty=500.0), {"penalty": 500.0}),
        Baseline(
            "ease_liked",
            lambda dataset, rows: Ease(dataset, liked_of(dataset, rows), penalty=200.0),
            {"penalty": 200.0, "ratings": "4 stars and more"},
        ),
    )


def _of_libraries(seed: int) -> tuple[Baseline, ...]:
    return (
        _surprise("surprise_svd", {}, seed),
        _surprise("surprise_svd_tuned", {"n_factors": 200, "n_epochs": 40, "reg_all": 0.06}, seed),
        Baseline(
            "implicit_als",
            lambda dataset, rows: ImplicitAls(dataset, rows, seed=seed, settings=_ALS),
            {"library": _with_version("implicit"), **_ALS},
            is_cheap=False,
            needs="implicit",
            module="implicit",
        ),
    )


def _surprise(key: str, settings: dict[str, Any], seed: int) -> Baseline:
    return Baseline(
        key,
        lambda dataset, rows: SurpriseSvd(dataset, rows, seed=seed, settings=settings),
        {"library": _with_version("scikit-surprise"), **settings},
        is_cheap=False,
        needs="scikit-surprise",
        module="surprise",
    )


def _with_version(package: str) -> str:
    """Return a package with its version, or its bare name where it is not installed."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package
