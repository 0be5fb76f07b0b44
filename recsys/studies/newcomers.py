"""Newcomers: how good is the list of somebody whom no training saw, after 0, 1, 3, 5, 10 and 15 ratings?

The model of the app is trained anew without some people, all of whose ratings are left out. Some of their known ratings
(train and validation part) are then shown to `recsys.recommend.fold_in`, and what comes out is measured on their test
ratings. Everybody's lists are made of the same films, all but those that the person has a known rating for, shown or
not: so the numbers can be compared with the most popular films and with the same people known in training.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from recsys.bundle import Bundle, load_bundle
from recsys.config import DataConfig
from recsys.data.dataset import Dataset
from recsys.data.groups import Groups
from recsys.data.splits import split_of
from recsys.device import pick_device
from recsys.errors import BundleError, ConfigError
from recsys.evaluation.baselines import BiasBaseline
from recsys.evaluation.protocol import known_rows, liked_of
from recsys.provenance import commit, machine
from recsys.recommend import eliciting
from recsys.recommend.fold_in import NOISE, WIDENING, FoldIn
from recsys.recommend.fold_prior import NUM_AXES, NUM_DRAWS, PENALTY
from recsys.recommend.inside import Inside
from recsys.recommend.ordering import DISLIKE, LIKED_FROM
from recsys.recommend.person import Traits
from recsys.recommend.recommender import Recommender
from recsys.report import EpochReport
from recsys.studies.judging import MAX_OFFERS, RESAMPLES, Judge, Study, biased, offered
from recsys.studies.scores import COUNTS, NewcomerRow, NewcomerScores
from recsys.training.contender import ignore_report
from recsys.training.run import Run, no_layouts

MIN_KNOWN = max(COUNTS)

Reporter = Callable[[EpochReport], None]
Tell = Callable[[str], None]


def _ignore(_text: str) -> None:
    """Tell nobody."""


def draw(dataset: Dataset, bundle: Bundle, *, count: int, seed: int) -> Study:
    """Draw people with enough known ratings and at least one test rating that they liked.

    Raises:
        BundleError: if the bundle's split has no test part, or its network cannot serve newcomers.
        ConfigError: if there are not so many such people.
    """
    if bundle.info.data.split == "none" or not FoldIn.serves(bundle):
        problem = "cannot be measured with newcomers: train the preset default with a test part"
        raise BundleError(bundle.info.folder, f"{problem} (python -m recsys train --preset default).")
    split, rng = split_of(dataset, bundle.info.data), np.random.default_rng(seed)
    rows, test = known_rows(split), split.test.numpy()
    known_of, test_of = (Groups(dataset.user_indices[part], dataset.num_users) for part in (rows, test))
    num_liked = np.bincount(dataset.user_indices[liked_of(dataset, test)], minlength=dataset.num_users)
    eligible = np.flatnonzero((known_of.counts >= MIN_KNOWN) & (num_liked > 0))
    if not 1 <= count <= len(eligible) - 1:
        raise ConfigError("--people", count, f"from 1 to {len(eligible) - 1} on {dataset.name}")
    people = np.sort(rng.choice(eligible, count, replace=False))
    known = tuple(rng.permutation(rows[known_of.positions(user)]) for user in people)
    return Study(dataset, bundle, people, known, tuple(test[test_of.positions(user)] for user in people), seed)


def others(study: Study) -> Dataset:
    """Return the data set without the people of a study, and without anybody's test ratings."""
    dataset = study.dataset
    rows = known_rows(split_of(dataset, study.bundle.info.data))
    rows = rows[~np.isin(dataset.user_indices[rows], study.people)]
    users = np.setdiff1d(np.arange(dataset.num_users), study.people)
    left, ratings = dataset.users.iloc[users], dataset.ratings.iloc[rows]
    return replace(dataset, users=left.reset_index(drop=True), ratings=ratings.reset_index(drop=True))


def train_without(study: Study, folder: Path, *, device: str = "auto", on_report: Reporter = ignore_report) -> Bundle:
    """Train the network of a study's bundle anew on everybody else, into a folder; it is used if it lies there already.

    Raises:
        BundleError: if what lies there is something else.
        DeviceError: if the device is not there.
        NonFiniteLossError: if the training goes astray.
    """
    dataset, info = others(study), study.bundle.info
    if not folder.exists():
        data = DataConfig(dataset.name, "none", info.data.seed)
        configs: dict[str, Any] = {"data": data, "model": info.model, "train": info.train}
        names: dict[str, Any] = {"preset": info.preset, "name": "without newcomers", "folder": folder}
        run = Run.new(dataset, device=pick_device(device), **configs, **names)
        for report in run.trainer.epochs():
            on_report(report)
        run.finish(no_layouts)
    return load_bundle(folder, dataset)


def measure(study: Study, trained: Bundle, *, command: str, tell: Tell = _ignore) -> NewcomerScores:
    """Measure a study's people as newcomers to a network that was trained without them.

    Args:
        study: whom.
        trained: by `train_without`.
        command: repeats the measurement.
        tell: told what is measured.
    """
    dataset = others(study)
    fold_in, judge, own = FoldIn(Inside(Recommender(dataset, trained))), Judge(study), study.bundle
    popularity = judge.errors(None, np.tile(fold_in.shares, (len(study.people), 1)))
    known = judge.errors(own.stars_of(study.people), own.score_users(study.people))
    against = known, popularity
    rows = [judge.row("popularity", None, popularity, against), judge.row("known", None, known, against)]
    biases = BiasBaseline(dataset, np.arange(dataset.num_ratings))
    rows += [judge.row("biases", n, judge.errors(biased(study, biases, n), None), against) for n in COUNTS]
    tell("which films are offered")
    chosen, num_offers = offered(study, fold_in, max(COUNTS))
    told, untold = study.traits(), [Traits()] * len(study.people)
    for way, shown in (("random", study.known), ("offered", chosen)):
        for n in COUNTS:
            tell(f"{way} films, {n} ratings")
            cost = float(num_offers[:, n].mean()) if way == "offered" else None
            for who, traits in ((way, told), (f"{way}_untold", untold)):
                errors = judge.newcomers(fold_in, shown, traits, n)
                rows.append(replace(judge.row(who, n, errors, against), num_offers=cost))
    return _result(study, trained, rows, command)


def _result(study: Study, trained: Bundle, rows: Sequence[NewcomerRow], command: str) -> NewcomerScores:
    info = study.bundle.info
    fold_in = {"noise": NOISE, "widening": WIDENING, "penalty": PENALTY, "axes": NUM_AXES, "draws": NUM_DRAWS}
    asked = {"pool": eliciting.POOL, "personal_weight": eliciting.PERSONAL_WEIGHT, "max_offers": MAX_OFFERS}
    config: Mapping[str, Any] = {
        **{"known": info.name, "known_command": info.command, "preset": info.preset},
        **{"model": info.model.to_dict(), "train": info.train.to_dict()},
        **{
            "fold_in": fold_in,
            "dislike": [LIKED_FROM, DISLIKE],
            "eliciting": asked,
            "min_known": MIN_KNOWN,
            "resamples": RESAMPLES,
        },
    }
    return NewcomerScores(
        rows=tuple(rows),
        num_people=len(study.people),
        num_test_ratings=sum(len(rows) for rows in study.test),
        seed=study.seed,
        dataset=study.dataset.name,
        fingerprint=study.dataset.fingerprint,
        split=info.data.split,
        split_seed=info.data.seed,
        config=config,
        commit=commit(),
        machine=f"{machine(torch.device('cpu'))}, {trained.info.device}",
        seconds=trained.info.seconds,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=command,
    )
