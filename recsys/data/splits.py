"""Splits: which ratings train the network, which choose its settings, which are looked at once.

`random_split` is the protocol of the scoreboard: P80 and P90. Rows are positions in `Dataset.ratings`.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from recsys.config import TEST_SHARES, VALIDATION_SHARE, DataConfig


class Split(NamedTuple):
    """Three disjoint parts of the ratings.

    Attributes:
        train: (N,) int64 rows.
        validation: (V,) int64 rows; never trained on; chooses epochs and settings.
        test: (T,) int64 rows; for the final table only.
    """

    train: Tensor
    validation: Tensor
    test: Tensor


def random_split(num_ratings: int, config: DataConfig) -> Split:
    """Split ratings at random, the same way for one seed on every machine.

    A permutation of all rows is drawn; its first `int(share * num_ratings)` rows are the test part. A twentieth of
    the rest (in permuted order), drawn the same way from the same seed, is the validation part. Split "none"
    has neither.

    Args:
        num_ratings: how many ratings there are, in file order.
        config: names the split and its seed.

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


def _permutation(size: int, seed: int) -> Tensor:
    return torch.randperm(size, generator=torch.Generator().manual_seed(seed))
