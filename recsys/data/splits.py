"""Splits: which ratings train the network, which choose its settings, which are looked at once.

P80 and P90 draw at random, as most papers do: a network may then learn from what came after the rating that it is to
predict. `time_split` and `leave_last_out` keep the order of time, as it is where somebody asks for a film. Rows are
positions in `Dataset.ratings`.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from recsys.config import TEST_SHARES, VALIDATION_SHARE, DataConfig
from recsys.data.dataset import Dataset

_LEAST_RATINGS = 3


class Split(NamedTuple):
    """Three disjoint parts of the ratings.

    Attributes:
        train: (N,) int64 rows.
        validation: (V,) int64 rows; chooses epochs and settings. Once nothing is left to choose, the last epochs of
            some trainings learn from it too, and measure on it no more.
        test: (T,) int64 rows; for the final table only: no training looks at it.
    """

    train: Tensor
    validation: Tensor
    test: Tensor


def split_of(dataset: Dataset, config: DataConfig) -> Split:
    """Return the split that a config names.

    Args:
        dataset: all ratings.
        config: names the split and its seed.

    Returns:
        Rows of each part; together every row once.
    """
    if config.split == "time":
        return time_split(_timestamps(dataset), TEST_SHARES["time"])
    if config.split == "last":
        return leave_last_out(torch.tensor(dataset.user_indices), _timestamps(dataset))
    return random_split(dataset.num_ratings, config)


def num_training_ratings(dataset: Dataset, config: DataConfig) -> int:
    """Return how many ratings the training part of a split has, without drawing it."""
    if config.split == "none":
        return dataset.num_ratings
    if config.split == "last":
        return dataset.num_ratings - 2 * int((dataset.num_ratings_by_user >= _LEAST_RATINGS).sum())
    rest = dataset.num_ratings - int(TEST_SHARES[config.split] * dataset.num_ratings)
    return rest - int(VALIDATION_SHARE * rest)


def time_split(timestamps: Tensor, test_share: float) -> Split:
    """Split ratings by when they were given: no rating of a part is later than any of the next part.

    Args:
        timestamps: (N,) seconds; ratings of the same second stay in their order.
        test_share: the latest `int(test_share * N)` are the test part; a twentieth of the rest, the latest of them, is
            the validation part.

    Returns:
        Rows of each part, each in ascending order; together every row once.
    """
    order = timestamps.argsort(stable=True)
    num_test = int(test_share * len(order))
    rest, test = order[: len(order) - num_test], order[len(order) - num_test :]
    num_train = len(rest) - int(VALIDATION_SHARE * len(rest))
    return Split(rest[:num_train].sort().values, rest[num_train:].sort().values, test.sort().values)


def leave_last_out(users: Tensor, timestamps: Tensor) -> Split:
    """Hold out each person's last rating for the test, and the one before it for the validation.

    Of ratings that a person gave within one second the lower one in the file counts as the later one. Nothing is held
    out of people with fewer than three ratings: they would have none left.

    Args:
        users: (N,) who gave each rating.
        timestamps: (N,) seconds.

    Returns:
        Rows of each part, each in ascending order; together every row once.
    """
    by_time = timestamps.argsort(stable=True)
    order = by_time[users[by_time].argsort(stable=True)]  # person by person, each by time
    _, counts = torch.unique_consecutive(users[order], return_counts=True)
    from_end = counts.cumsum(0).repeat_interleave(counts) - torch.arange(len(order))  # 1 for a person's last rating
    can_spare = (counts >= _LEAST_RATINGS).repeat_interleave(counts)
    test, validation = (order[can_spare & (from_end == place)] for place in (1, 2))
    train = order[~can_spare | (from_end > 2)]
    return Split(train.sort().values, validation.sort().values, test.sort().values)


def random_split(num_ratings: int, config: DataConfig) -> Split:
    """Split ratings at random, the same way for one seed on every machine.

    A permutation of all rows is drawn; its first `int(share * num_ratings)` rows are the test part. A twentieth of
    the rest (in permuted order), drawn the same way from the same seed, is the validation part. Split "none"
    has neither.

    Args:
        num_ratings: how many ratings there are, in file order.
        config: names a split that is drawn, and its seed.

    Returns:
        Rows of each part; together every row once. Train and validation are in ascending order.
    """
    if config.split == "none":
        nothing = torch.empty(0, dtype=torch.int64)
        return Split(torch.arange(num_ratings), nothing, nothing)
    order = _permutation(num_ratings, config.seed)
    num_test = int(TEST_SHARES[config.split] * num_ratings)
    test, rest = order[:num_test], order[num_test:]
    chosen = _permutation(len(rest), config.seed)
    num_validation = int(VALIDATION_SHARE * len(rest))
    validation, train = rest[chosen[:num_validation]], rest[chosen[num_validation:]]
    return Split(train.sort().values, validation.sort().values, test)


def _timestamps(dataset: Dataset) -> Tensor:
    return torch.tensor(dataset.ratings["timestamp"].to_numpy(dtype="int64"))


def _permutation(size: int, seed: int) -> Tensor:
    return torch.randperm(size, generator=torch.Generator().manual_seed(seed))
