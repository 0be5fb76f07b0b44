"""Errors in stars by group: for whom, and for which films, a model errs most."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import AGE_GROUPS, GENDERS, Dataset
from recsys.data.splits import Split
from recsys.evaluation.metrics import star_errors

NUM_BINS = 5
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class GroupError:
    """Error over the test ratings of one group.

    Attributes:
        group: "activity" (training ratings of the person), "gender", "age" or "popularity" (training ratings of the
            film).
        label: "20-49" or "500+" for a number of ratings, "F" or "M", an age group such as "25-34".
        num_ratings: test ratings in the group.
        rmse: in stars.
        mae: in stars.
    """

    group: str
    label: str
    num_ratings: int
    rmse: float
    mae: float


def errors_by_group(dataset: Dataset, split: Split, predicted: NDArray[np.floating]) -> tuple[GroupError, ...]:
    """Return the errors of every group that has test ratings, in the order of the labels.

    Args:
        dataset: all ratings.
        split: its test part is measured; activity and popularity are counted in its training part.
        predicted: (T,) stars of the test ratings, in the order of `split.test`.
    """
    train, test = split.train.numpy(), split.test.numpy()
    users, movies = dataset.user_indices[test], dataset.movie_indices[test]
    of_user = np.bincount(dataset.user_indices[train], minlength=dataset.num_users)
    of_movie = np.bincount(dataset.movie_indices[train], minlength=dataset.num_movies)
    gender = dataset.users["gender"].map({name: code for code, name in enumerate(GENDERS)}).to_numpy()
    age = dataset.users["age_group"].to_numpy()
    parts = {
        "activity": (*_binned(of_user), users),
        "gender": (gender, GENDERS, users),
        "age": (age, AGE_GROUPS, users),
        "popularity": (*_binned(of_movie), movies),
    }
    stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)[test]
    found = []
    for group, (codes, labels, rows) in parts.items():
        for code, label in enumerate(labels):
            inside = codes[rows] == code
            if inside.any():
                errors = star_errors(predicted[inside], stars[inside])
                found.append(GroupError(group, label, int(inside.sum()), errors["rmse"], errors["mae"]))
    return tuple(found)


def round_edges(counts: NDArray[np.int64]) -> list[int]:
    """Return where bins of a count begin after the first: its quintiles, each rounded to 1, 2 or 5 times a power of 10.

    Args:
        counts: (N,) numbers of at least 0.

    Returns:
        Ascending, all different, from 1 to the largest count; fewer than four where quintiles fall together.
    """
    quantiles = np.quantile(counts, np.arange(1, NUM_BINS) / NUM_BINS)
    rounded = {_round(quantile) for quantile in quantiles if quantile >= 1}
    return sorted(edge for edge in rounded if edge <= counts.max())


def _round(value: float) -> int:
    """The nearest of 1, 2, 5, 10, 20, ... by ratio."""
    power: int = 10 ** math.floor(math.log10(value))
    return min((step * power for step in (*_STEPS, 10)), key=lambda step: (abs(math.log(step / value)), step))


def _binned(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """(N,) bin of each count, and the labels of the bins."""
    starts = [0, *round_edges(counts)]
    labels = [f"{first}-{after - 1}" if after - 1 > first else str(first) for first, after in pairwise(starts)]
    codes: NDArray[np.int64] = np.digitize(counts, starts[1:])
    return codes, (*labels, f"{starts[-1]}+")
