"""Groups: rows by the thing that they belong to, such as the ratings of each user."""

import numpy as np
from numpy.typing import NDArray

from recsys.errors import DataError

MAX_ID = 100_000_000


class Groups:
    """Positions grouped by index, ascending within a group; one sort, then each group is a slice.

    Args:
        indices: (N,) group of each position, from 0 to below `num_groups`.
        num_groups: how many groups there are, empty ones included.
    """

    def __init__(self, indices: NDArray[np.int64], num_groups: int) -> None:
        self.counts: NDArray[np.int64] = np.bincount(indices, minlength=num_groups)
        self._order: NDArray[np.int64] = np.argsort(indices, kind="stable")
        self._starts = np.concatenate(([0], np.cumsum(self.counts)))

    def positions(self, group: int) -> NDArray[np.int64]:
        """Return the positions of one group."""
        return self._order[self._starts[group] : self._starts[group + 1]]


def row_of_each(ids: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the position in `ids` of each of `wanted`, -1 where there is none; one table look-up, since ids are small.

    Raises:
        DataError: if an id is negative or larger than `MAX_ID`.
    """
    if min(int(ids.min()), int(wanted.min())) < 0 or max(int(ids.max()), int(wanted.max())) > MAX_ID:
        raise DataError(f"ids must lie from 0 to {MAX_ID}.")
    rows = np.full(int(max(ids.max(), wanted.max())) + 1, -1, dtype=np.int64)
    rows[ids] = np.arange(len(ids))
    return rows[wanted]
