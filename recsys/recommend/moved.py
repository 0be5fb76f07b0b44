"""Moved: what became of the films of a list from one time to the next."""

from collections.abc import Sequence
from typing import NamedTuple


class Moved(NamedTuple):
    """How a list differs from the one before.

    Attributes:
        places: movie id -> by how many places it rose (positive) or fell; those that moved only.
        new: films that were not there.
        gone: films that are there no more, in their order.
    """

    places: dict[int, int]
    new: frozenset[int]
    gone: tuple[int, ...]


NOTHING = Moved({}, frozenset(), ())


def moved(before: Sequence[int], after: Sequence[int], *, places: int | None = None) -> Moved:
    """Compare two lists of movie ids, best first.

    A list of which only fewer or more films are asked for has not changed: what lies beyond the end of the shorter one
    is neither new nor gone, unless it passed that end.

    Args:
        before: the older list.
        after: the newer list.
        places: how many films both were asked for; a list that has fewer has no more to give. The length of the
            shorter list by default.
    """
    then = {movie_id: place for place, movie_id in enumerate(before)}
    now = {movie_id: place for place, movie_id in enumerate(after)}
    common = min(len(before), len(after)) if places is None else places
    changes = {movie_id: then[movie_id] - place for movie_id, place in now.items() if movie_id in then}
    return Moved(
        {movie_id: change for movie_id, change in changes.items() if change},
        frozenset(movie_id for movie_id, place in now.items() if movie_id not in then and place < common),
        tuple(movie_id for movie_id, place in then.items() if movie_id not in now and place < common),
    )
