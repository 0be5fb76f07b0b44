"""Map truth: how far the neighbourhoods of a map can be believed.

Trustworthiness is low where a map shows points as near that are not; continuity is low where it tears neighbours
apart (Venna and Kaski 2001, "Neighborhood preservation in nonlinear projection methods", eq. 2 and 3). Both are given
for each point, too, in the same scale: their means over the points are the numbers of the map.

Up to `MAX_EXACT` points all are measured, above that a random sample of `SAMPLE` of them against all points.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.errors import ConfigError
from recsys.insight.maps.neighbors import Indices, Metric, farness, neighbors

MAX_EXACT = 10_000
SAMPLE = 2_000
_BYTES_AT_A_TIME = 64_000_000


@dataclass(frozen=True)
class MapTruth:
    """How true a map is.

    Attributes:
        trustworthiness: 0 to 1: are those near each other on the map near each other in truth?
        continuity: 0 to 1: are those near each other in truth near each other on the map?
        per_point_trust: (N,) the same of each point; NaN where it was not measured.
        per_point_continuity: (N,) likewise.
        k: how many neighbours make a neighbourhood.
        num_measured: points that were measured.
    """

    trustworthiness: float
    continuity: float
    per_point_trust: NDArray[np.float32]
    per_point_continuity: NDArray[np.float32]
    k: int
    num_measured: int


class TrueFalse(NamedTuple):
    """The neighbours of one point on the map and in truth, nearest first.

    Attributes:
        true: near on the map and in truth, by their nearness in truth.
        false: near on the map only, by their nearness on the map.
        missed: near in truth only, by their nearness in truth.
    """

    true: NDArray[np.int32]
    false: NDArray[np.int32]
    missed: NDArray[np.int32]


def map_truth(
    features: NDArray[Any], positions: NDArray[Any], *, k: int = 10, metric: Metric = "cosine", seed: int = 0
) -> MapTruth:
    """Compare the neighbourhoods of a map with those of the feature vectors.

    Args:
        features: (N, D) vectors.
        positions: (N, dims) their places on the map, where euclidean distance counts.
        k: size of a neighbourhood, below N / 2: beyond that the measure is not defined.
        metric: which vectors are near each other.
        seed: of the sample where there are more than `MAX_EXACT` points.

    Raises:
        ConfigError: if the sizes differ or k is out of range.
    """
    num_points = len(features)
    _check(features, positions)
    if not 1 <= k < num_points / 2:
        raise ConfigError("k", k, f"from 1 to below half of {num_points} points")
    rows: Indices = np.arange(num_points)
    if num_points > MAX_EXACT:
        rows = np.sort(np.random.default_rng(seed).choice(num_points, SAMPLE, replace=False))
    on_map = neighbors(positions, k, "euclidean", rows=rows).indices
    in_truth = neighbors(features, k, metric, rows=rows).indices
    most = k * (2 * num_points - 3 * k - 1) / 2  # the worst that the ranks of one point can add up to
    trust = 1 - _excess(on_map, in_truth, features, rows=rows, metric=metric) / most
    continuity = 1 - _excess(in_truth, on_map, positions, rows=rows, metric="euclidean") / most
    per_point = np.full((2, num_points), np.nan, dtype=np.float32)
    per_point[:, rows] = trust, continuity
    return MapTruth(float(trust.mean()), float(continuity.mean()), per_point[0], per_point[1], k, len(rows))


def judged(
    features: NDArray[Any], positions: NDArray[Any], index: int, k: int = 10, *, metric: Metric = "cosine"
) -> TrueFalse:
    """Say which neighbours of a point on the map are neighbours in truth.

    Args:
        features: (N, D) vectors.
        positions: (N, dims) their places on the map.
        index: the point.
        k: size of a neighbourhood.
        metric: which vectors are near each other.

    Raises:
        ConfigError: if the sizes differ, or `index`, `k` or `metric` is out of range.
    """
    _check(features, positions)
    on_map = neighbors(positions, k, "euclidean", rows=[index]).indices[0]
    in_truth = neighbors(features, k, metric, rows=[index]).indices[0]
    is_near = np.isin(in_truth, on_map)
    return TrueFalse(in_truth[is_near], on_map[~np.isin(on_map, in_truth)], in_truth[~is_near])


def _check(features: NDArray[Any], positions: NDArray[Any]) -> None:
    if len(features) != len(positions):
        raise ConfigError("positions", len(positions), f"a place for each of {len(features)} points")


def _excess(
    near: NDArray[np.int32], others: NDArray[np.int32], vectors: NDArray[Any], *, rows: Indices, metric: Metric
) -> NDArray[np.float64]:
    """By how much the neighbours `near` lie beyond the k nearest of another space.

    Args:
        near: (R, k) neighbours of R points in one space.
        others: (R, k) their neighbours in the other one.
        vectors: (N, .) all points in that other space.
        rows: (R,) the R points.
        metric: of that other space.

    Returns:
        (R,) sum of (rank - k) over the neighbours that are no neighbours there; ranks count from 1.
    """
    k = near.shape[1]
    total = np.zeros(len(rows))
    size = max(1, _BYTES_AT_A_TIME // (8 * len(vectors)))
    for start in range(0, len(rows), size):
        part = slice(start, start + size)
        far = farness(vectors, rows[part], metric)
        far[np.arange(len(far)), rows[part]] = np.inf
        is_stranger = ~(near[part, :, None] == others[part, None, :]).any(axis=2)  # (R, k)
        lines, columns = np.nonzero(is_stranger)
        strangers = near[part][lines, columns]
        ranks = _ranks(far, lines, strangers)
        total[part] = np.bincount(lines, weights=np.maximum(ranks - k, 1), minlength=len(far))
    return total


def _ranks(far: NDArray[Any], lines: Indices, columns: NDArray[np.int32]) -> Indices:
    """Rank, from 1, of each entry (line, column) within its line of (R, N); ties by column."""
    ranks = np.empty(len(lines), dtype=np.int64)
    firsts = np.searchsorted(lines, np.arange(len(far) + 1))
    for line in np.unique(lines):
        part = slice(firsts[line], firsts[line + 1])
        values = far[line, columns[part]]
        ordered = np.sort(far[line])
        ranks[part] = np.searchsorted(ordered, values) + 1
        doubles = np.searchsorted(ordered, values, side="right") - ranks[part] > 0
        for place in np.flatnonzero(doubles):
            ranks[part.start + place] += int((far[line, : columns[part][place]] == values[place]).sum())
    return ranks
