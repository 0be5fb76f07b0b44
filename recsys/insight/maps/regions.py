"""Clusters: the regions of a map at two levels, and what they are called.

Ward's tree (Ward 1963) over the places on the map, cut twice: into few regions and into many, each of which lies within
one of the few. It is cut where, within the allowed numbers, the step from one merger to the next is the largest. Of
many points not each one is a leaf of the tree but each occupied cell of a fine grid. A name is made of the traits that
set the films or people of a region apart from all others (`recsys.insight.maps.traits`).
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, ward

from recsys.data.dataset import Dataset
from recsys.errors import ConfigError
from recsys.insight.maps.traits import Members, Trait, movie_traits, telling, user_traits

__all__ = ["ClusterName", "Clusters", "Trait", "movie_clusters", "regions", "user_clusters"]

COARSE, FINE = (8, 14), (30, 50)
"""Least and largest number of regions."""
NUM_IN_NAME = 2
"""Traits that make a name; no two regions of a level have the same."""

_POINTS_PER_COARSE, _POINTS_PER_FINE = 25, 12  # small worlds have fewer regions
_MAX_LEAVES = 2_500
_MAX_TRAITS = 6
_RATED, _HOW_RATED = ("popularity", "acclaim", "activity"), 0.5
_BY_SHARE = 0.25  # a name that fits a fifth of the films is worth two thirds of one that fits all
_ORDER = {"genre": 0, "decade": 1, "word": 2, "popularity": 3, "acclaim": 3, "activity": 3}
"""Of kinds within a name: "Horror, 1980s" reads better than "1980s, Horror"."""


@dataclass(frozen=True)
class ClusterName:
    """What a region is called.

    Attributes:
        index: of the region within its level.
        traits: up to six; the first two are the name and differ from those of every other region of the level.
    """

    index: int
    traits: tuple[Trait, ...]


@dataclass(frozen=True)
class Clusters:
    """The regions of a map.

    Attributes:
        coarse: (N,) int16 region of each point, the largest region first.
        fine: (N,) int16 likewise; each lies within one coarse region.
        names_coarse: of each coarse region.
        names_fine: of each fine region.
    """

    coarse: NDArray[np.int16]
    fine: NDArray[np.int16]
    names_coarse: tuple[ClusterName, ...]
    names_fine: tuple[ClusterName, ...]


def movie_clusters(dataset: Dataset, positions: NDArray[Any]) -> Clusters:
    """Return the regions of a map of films.

    Args:
        dataset: the films, with their ratings: where traits do not tell two regions apart, their best known films do.
        positions: (M, dims) places.

    Raises:
        ConfigError: if there is not a place for each film.
    """
    order = np.argsort(-dataset.num_ratings_by_movie, kind="stable")
    titles = dataset.movies["title"].tolist()

    def last_resort(members: NDArray[np.int64], _index: int) -> Trait:
        best = order[np.isin(order, members)][0]
        return Trait("film", titles[best], 1 / len(members), 0.0, 0.0)

    return _named(movie_traits(dataset), positions, last_resort)


def user_clusters(dataset: Dataset, positions: NDArray[Any]) -> Clusters:
    """Return the regions of a map of people.

    Args:
        dataset: the people, with their ratings.
        positions: (U, dims) places.

    Raises:
        ConfigError: if there is not a place for everybody.
    """
    return _named(user_traits(dataset), positions, lambda _members, index: Trait("number", index + 1, 1.0, 0.0, 0.0))


def regions(positions: NDArray[Any]) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return (N,) coarse and (N,) fine region of each of (N, dims) places; the largest region is 0."""
    leaves, leaf_of = _leaves(positions.astype(np.float64))
    if len(leaves) == 1:
        return np.zeros(len(positions), np.int16), np.zeros(len(positions), np.int16)
    tree = ward(leaves)
    found = []
    for (least, most), points in ((COARSE, _POINTS_PER_COARSE), (FINE, _POINTS_PER_FINE)):
        limit = max(1, min(len(leaves), len(positions) // points))
        number = _best_number(tree[:, 2], min(least, limit), min(most, limit))
        found.append(_by_size(fcluster(tree, number, criterion="maxclust")[leaf_of]))
    return found[0], found[1]


def _leaves(positions: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Places to build the tree on, and which one each point belongs to: the points, or the means of grid cells."""
    distinct, own = np.unique(positions, axis=0, return_inverse=True)
    if len(distinct) <= _MAX_LEAVES:
        return distinct, own.ravel()
    low, size = positions.min(axis=0), np.ptp(positions, axis=0).max()
    per_side = int(_MAX_LEAVES ** (1 / positions.shape[1])) * 2
    while True:
        cells = ((positions - low) / size * per_side).astype(np.int64).clip(0, per_side - 1)
        _, own, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
        if len(counts) <= _MAX_LEAVES:
            break
        per_side = int(per_side * 0.9)
    sums = [np.bincount(own.ravel(), weights=positions[:, axis]) for axis in range(positions.shape[1])]
    return np.stack(sums, axis=1) / counts[:, None], own.ravel()


def _best_number(heights: NDArray[np.float64], least: int, most: int) -> int:
    """Into how many regions to cut: after which merger the next one costs most more."""
    numbers = np.arange(least, most + 1)
    above = np.append(heights, np.inf)[len(heights) + 1 - numbers]  # merger that would leave one region less
    below = np.concatenate([[0.0], heights])[len(heights) + 1 - numbers]  # the last one before
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(np.isfinite(above), above / np.maximum(below, 1e-12), 0.0)
    steps *= numbers / (numbers + 1)  # points spread evenly have regions whose size, and so its steps, goes with 1 / n
    return int(numbers[steps.argmax()])


def _by_size(labels: NDArray[np.integer[Any]]) -> NDArray[np.int16]:
    """Number regions anew, the largest first, equally large ones by their first point."""
    _, first, own, counts = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -counts))
    rank = np.empty(len(order), dtype=np.int16)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[own.ravel()])


def _named(
    members: Members, positions: NDArray[Any], last_resort: Callable[[NDArray[np.int64], int], Trait]
) -> Clusters:
    num_points = members.has.shape[0]
    if positions.ndim != 2 or len(positions) != num_points:
        raise ConfigError("positions", positions.shape, f"a place for each of {num_points}")
    coarse, fine = regions(positions)
    names = []
    for level in (coarse, fine):
        number = int(level.max()) + 1
        resorts = [last_resort(np.flatnonzero(level == index), index) for index in range(number)]
        names.append(_different(telling(members, level, number), resorts))
    return Clusters(coarse, fine, *names)


def _different(found: Sequence[tuple[Trait, ...]], resorts: Sequence[Trait]) -> tuple[ClusterName, ...]:
    """Choose names that differ; regions that are told best choose first."""
    taken: set[frozenset[tuple[str, str | int]]] = set()
    names: dict[int, ClusterName] = {}
    order = sorted(range(len(found)), key=lambda index: -(found[index][0].score if found[index] else 0.0))
    for index in order:
        chosen = next(option for option in _options(found[index], resorts[index], index) if _words(option) not in taken)
        taken.add(_words(chosen))
        rest = tuple(trait for trait in found[index] if trait not in chosen)
        names[index] = ClusterName(index, (*chosen, *rest)[:_MAX_TRAITS] if len(chosen) == NUM_IN_NAME else chosen)
    return tuple(names[index] for index in range(len(found)))


def _options(traits: tuple[Trait, ...], resort: Trait, index: int) -> Iterator[tuple[Trait, ...]]:
    """All names of a region, the best first.

    The most telling come first, those that more of the films have a little before those that fewer have. What is in
    the films comes before how they are rated, which counts half; two decades would say little.
    """
    ranked = sorted(traits, key=lambda trait: -_weight(trait))
    first = next((trait for trait in ranked if trait.kind not in _RATED), ranked[0] if ranked else resort)
    for second in ranked:
        if second is not first and (second.kind != "decade" or first.kind != "decade"):
            yield tuple(sorted((first, second), key=lambda trait: _ORDER.get(trait.kind, 0)))
    yield (first,)
    yield first, resort
    for number in itertools.count(index + 1):  # two regions whose best-known films share a title
        yield first, Trait("number", number, 1.0, 0.0, 0.0)


def _weight(trait: Trait) -> float:
    return trait.score * float(trait.share_inside**_BY_SHARE) * (_HOW_RATED if trait.kind in _RATED else 1)


def _words(traits: Sequence[Trait]) -> frozenset[tuple[str, str | int]]:
    return frozenset((trait.kind, trait.value) for trait in traits)
