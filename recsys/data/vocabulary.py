"""Vocabulary: the mapping between what the data set calls a thing and its row in an embedding table.

Row 0 is PAD (no thing at all), row 1 is UNK (a thing that was not there when the vocabulary was made). The rest
is sorted, so that one data set gives one mapping on every machine and in every process.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

PAD_INDEX = 0
UNK_INDEX = 1
NUM_RESERVED = 2

T = TypeVar("T", int, str)


class Vocabulary(Generic[T]):
    """A sorted set of ids or words with their indices.

    Args:
        things: ids or words in any order, repeats allowed.
    """

    def __init__(self, things: Iterable[T]) -> None:
        self.things: tuple[T, ...] = tuple(sorted(set(things)))
        self._indices: dict[T, int] = {thing: i for i, thing in enumerate(self.things, start=NUM_RESERVED)}

    def __len__(self) -> int:
        """Rows that an embedding table for this vocabulary needs, PAD and UNK included."""
        return len(self.things) + NUM_RESERVED

    def __contains__(self, thing: object) -> bool:
        return thing in self._indices

    def index(self, thing: T) -> int:
        """Return the index of a thing, UNK for a stranger."""
        return self._indices.get(thing, UNK_INDEX)

    def indices(self, things: Iterable[T]) -> NDArray[np.int64]:
        """Return (N,) indices of N things, UNK for strangers."""
        return np.array([self.index(thing) for thing in things], dtype=np.int64)

    def thing(self, index: int) -> T | None:
        """Return what stands at an index; None for PAD and UNK.

        Raises:
            IndexError: if the index is outside the table.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"index must lie from 0 to {len(self) - 1}, not {index}.")
        return self.things[index - NUM_RESERVED] if index >= NUM_RESERVED else None

    @cached_property
    def fingerprint(self) -> str:
        """Hash (16 hex digits of SHA-256) of the things in order; equal when two mappings are equal."""
        return hashlib.sha256("\n".join(map(str, self.things)).encode()).hexdigest()[:16]


def padded(sequences: Sequence[Sequence[int]], length: int) -> NDArray[np.int64]:
    """Cut or pad index sequences to one length.

    Args:
        sequences: N lists of indices.
        length: L.

    Returns:
        (N, L) indices; PAD behind the end of the shorter ones.
    """
    rows = np.full((len(sequences), length), PAD_INDEX, dtype=np.int64)
    for row, sequence in zip(rows, sequences, strict=True):
        kept = sequence[:length]
        row[: len(kept)] = kept
    return rows
