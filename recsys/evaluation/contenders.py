"""Contenders: whatever can be entered on the scoreboard, each behind the same two questions.

A contender is fitted to what a split does not hold out, its training and validation part, and then asked for stars and
for the order of lists. What is free in a baseline is chosen before that, on the validation part, by fits to the
training part alone (`tuned`); a network's settings are those of its preset, its number of epochs included. Each says in
its config what it learned from and what was chosen how. The baselines are listed here; the networks, which need the
training package, in `recsys.training.contender`.
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
from recsys.evaluation.tuning import Search, Settings, Tried, best_of, grid, record, without_test, worth

Indices = NDArray[np.int64]


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

    def tuned(self, dataset: Dataset, split: Split) -> "Contender":
        """Return it with what is free chosen on the validation part of a split; itself where nothing is free.

        Raises:
            MissingPackageError: if a package that it needs is not installed.
        """

    def num_ratings(self, dataset: Dataset, split: Split) -> int:
        """Return how many ratings of a split `fit` learns from."""

    def fit(self, dataset: Dataset, split: Split) -> Fitted:
        """Learn from what a split does not hold out, and from nothing of its test part.

        Raises:
            MissingPackageError: if a package that it needs is not installed.
        """


Make = Callable[[Dataset, Indices, Settings], Fitted]
"""Data set, rows of its known ratings and settings -> the fitted contender."""


@dataclass(frozen=True)
class Baseline:
    """A contender that is fitted in one call.

    Attributes:
        key: stable name.
        make: is given the rows of the training and validation parts alone, as far as `takes` takes them.
        settings: with which it is fitted, JSON-ready.
        searches: what of them is free, one choice after the other, each with what was chosen before.
        takes: which of the known ratings it learns from; all by default.
        about: what else belongs to its config.
        chosen: how the settings were chosen; nothing where they are those that it came with.
        is_cheap: quick enough for a page that waits?
        needs: package to install.
        module: what is imported from it.
    """

    key: str
    make: Make
    settings: Settings = field(default_factory=dict)
    searches: tuple[Search, ...] = ()
    takes: Callable[[Dataset, Indices], Indices] = lambda _, rows: rows
    about: Mapping[str, Any] = field(default_factory=dict)
    chosen: tuple[Mapping[str, Any], ...] = ()
    is_cheap: bool = True
    needs: str | None = None
    module: str | None = None

    @property
    def device(self) -> torch.device:
        """The processor, whatever else there is: numpy and the libraries know no other."""
        return torch.device("cpu")

    @property
    def config(self) -> Mapping[str, Any]:
        """Settings, how they were chosen, and what they learn from, JSON-ready."""
        how = {"chosen": [dict(choice) for choice in self.chosen]} if self.chosen else {}
        return {**self.about, **self.settings, **how, "learned_from": LEARNED_FROM_ALL}

    def like(self, config: Mapping[str, Any]) -> "Baseline":
        """Return it with the settings that a config of it says."""
        return replace(self, settings={name: config.get(name, value) for name, value in self.settings.items()})

    def tuned(self, dataset: Dataset, split: Split) -> "Baseline":
        """Return it with its free settings chosen on the validation part, learning from the training part.

        Raises:
            MissingPackageError: if a package that it needs is not installed.
        """
        best, parts = replace(self, chosen=()), without_test(split)
        for search in self.searches if len(split.validation) else ():
            tried = []
            for some in search.grid:
                fitted = replace(best, settings={**best.settings, **some}).fit(dataset, parts)
                value = worth(fitted, dataset, parts, search.measure)
                tried.append(Tried(some, value))
            settings = {**best.settings, **best_of(search, tried).settings}
            best = replace(best, settings=settings, chosen=(*best.chosen, record(search, tried)))
        return best

    def num_ratings(self, dataset: Dataset, split: Split) -> int:
        """Return how many ratings of a split `fit` learns from."""
        return len(self.takes(dataset, known_rows(split)))

    def fit(self, dataset: Dataset, split: Split) -> Fitted:
        """Learn from the training and the validation part of a split.

        Raises:
            MissingPackageError: if a package that it needs is not installed.
        """
        if self.needs is not None and self.module is not None and find_spec(self.module) is None:
            raise MissingPackageError(self.key, self.needs)
        return self.make(dataset, self.takes(dataset, known_rows(split)), self.settings)


def contenders(data: DataConfig) -> dict[str, Contender]:
    """Return all baselines by key, in the order of the table.

    Args:
        data: the split that they are made for; its seed starts the random numbers of those that use any.
    """
    return {contender.key: contender for contender in (*_cheap(), *_of_libraries(data.seed))}


_PENALTIES = Search("ndcg@10", grid(penalty=(200.0, 350.0, 500.0, 800.0, 1250.0)))


def _cheap() -> tuple[Baseline, ...]:
    return (
        Baseline("mean", lambda dataset, rows, _: MeanBaseline(dataset, rows)),
        Baseline("biases", lambda dataset, rows, _: BiasBaseline(dataset, rows), BIAS_CONFIG),
        Baseline("popularity", lambda dataset, rows, _: PopularityBaseline(dataset, rows)),
        Baseline(
            "item_knn",
            lambda dataset, rows, settings: ItemKnn(dataset, rows, **settings),
            {"star_neighbours": 30, "list_neighbours": 200, "shrinkage": 100.0},
            (
                Search("ndcg@10", grid(list_neighbours=(50, 100, 200, 400))),
                Search("rmse", grid(shrinkage=(30.0, 100.0, 300.0, 1000.0))),
                Search("rmse", grid(star_neighbours=(15, 30, 60, 120))),
            ),
        ),
        Baseline("ease", _ease, {"penalty": 500.0}, (_PENALTIES,)),
        Baseline("ease_liked", _ease, {"penalty": 500.0}, (_PENALTIES,), liked_of, {"ratings": "4 stars and more"}),
    )


def _ease(dataset: Dataset, rows: Indices, settings: Settings) -> Ease:
    return Ease(dataset, rows, **settings)


def _of_libraries(seed: int) -> tuple[Baseline, ...]:
    return (
        _surprise("surprise_svd", {}, (), seed),
        _surprise(
            "surprise_svd_tuned",
            {"n_factors": 200, "n_epochs": 40, "reg_all": 0.06},
            (
                Search("rmse", grid(reg_all=(0.04, 0.06, 0.08, 0.12))),
                Search("rmse", grid(n_epochs=(20, 40, 60, 90))),
                Search("rmse", grid(n_factors=(50, 100, 200))),
            ),
            seed,
        ),
        Baseline(
            "implicit_als",
            lambda dataset, rows, settings: ImplicitAls(dataset, rows, seed=seed, settings=dict(settings)),
            {"factors": 64, "regularization": 0.05, "alpha": 3.0, "iterations": 15},
            (
                Search("ndcg@10", grid(alpha=(1.0, 3.0, 10.0))),
                Search("ndcg@10", grid(factors=(16, 32, 64, 128))),
                Search("ndcg@10", grid(regularization=(0.05, 0.2, 1.0, 5.0))),
            ),
            about={"library": _with_version("implicit")},
            is_cheap=False,
            needs="implicit",
            module="implicit",
        ),
    )


def _surprise(key: str, settings: Settings, searches: tuple[Search, ...], seed: int) -> Baseline:
    return Baseline(
        key,
        lambda dataset, rows, chosen: SurpriseSvd(dataset, rows, seed=seed, settings=dict(chosen)),
        settings,
        searches,
        about={"library": _with_version("scikit-surprise")},
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
