"""Neighbors: who is nearest to whom among feature vectors; exact, for any number of points.

Stands between the feature vectors and everything that is said of neighbourhoods: lines and lists of the map, t-SNE,
map truth. A first pass in single precision finds all that can be among the nearest; these are measured again in double
precision, always in the same way, so that equal vectors are equally near and ties go by index. Memory does not grow
with the square of the number of points.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from recsys.errors import ConfigError, StoppedError

Metric = Literal["cosine", "dot", "euclidean"]
METRICS: tuple[Metric, ...] = get_args(Metric)
"""The first two are similarities (larger is nearer), the last is a distance (smaller is nearer)."""

Array = NDArray[np.float32]
Wide = NDArray[np.float64]
Indices = NDArray[np.int64]

_BYTES_AT_A_TIME = 64_000_000
_PAIRS_AT_A_TIME = 5_000
_MARGIN = 16  # more candidates than asked for: enough for rounding, unless many vectors are alike
_ROUNDING = 2e-5  # bound of what single precision gets wrong in a sum of a few hundred products, in units of its size
_FEW_DIMENSIONS = 3
_SMALLEST = 1e-12


class Neighbors(NamedTuple):
    """The k nearest of R points, nearest first.

    Attributes:
        indices: (R, k) rows of the feature vectors; never a point itself.
        values: (R, k) cosine or dot product (larger is nearer), or euclidean distance (smaller is nearer).
    """

    indices: NDArray[np.int32]
    values: Array


def neighbors(
    features: NDArray[Any],
    k: int,
    metric: Metric = "cosine",
    *,
    rows: Sequence[int] | NDArray[np.integer[Any]] | None = None,
    on_progress: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Neighbors:
    """Find the nearest neighbours of some points among all of them.

    Args:
        features: (N, D) vectors.
        k: how many; fewer are returned where there are fewer others.
        metric: one of `METRICS`. The cosine with a vector of zeros is 0.
        rows: (R,) whose neighbours are wanted; of all by default.
        on_progress: called with the share that is done.
        should_stop: asked every few rows.

    Returns:
        min(k, N - 1) neighbours of each row.

    Raises:
        ConfigError: if the metric is unknown, k is below 1 or a row is out of range.
        StoppedError: if `should_stop` says yes.
    """
    wanted = np.arange(len(features)) if rows is None else np.asarray(rows, dtype=np.int64)
    _check(features, k, metric)
    if len(wanted) and (wanted.min() < 0 or wanted.max() >= len(features)):
        raise ConfigError("rows", [int(wanted.min()), int(wanted.max())], f"rows from 0 to {len(features) - 1}")
    k = min(k, len(features) - 1)
    indices, values = np.zeros((len(wanted), k), np.int32), np.zeros((len(wanted), k), np.float32)
    sizes = _squares(features)
    if k == 0:
        return Neighbors(indices, values)
    for start, some in _chunks(wanted, len(features)):
        if should_stop is not None and should_stop():
            raise StoppedError
        part = slice(start, start + len(some))
        indices[part], values[part] = _nearest(features, sizes, features[some], k=k, metric=metric, left_out=some)
        if on_progress is not None:
            on_progress(part.stop / len(wanted))
    return Neighbors(indices, values)


def nearest_to(
    features: NDArray[Any], vector: NDArray[Any], k: int, metric: Metric = "cosine", *, exclude: Sequence[int] = ()
) -> Neighbors:
    """Find the points nearest to any vector.

    Args:
        features: (N, D) vectors.
        vector: (D,) in the same space.
        k: how many; fewer are returned where there are fewer.
        metric: one of `METRICS`.
        exclude: rows that are no answer.

    Returns:
        Indices and values, (1, k) each.

    Raises:
        ConfigError: if the metric is unknown, k is below 1 or the vector has another size.
    """
    _check(features, k, metric)
    if vector.shape != features.shape[1:]:
        raise ConfigError("vector", vector.shape, f"of {features.shape[1]} numbers")
    left_out = np.unique(np.asarray(exclude, dtype=np.int64))
    count = min(k + len(left_out), len(features))
    found = _nearest(features, _squares(features), vector[None].astype(features.dtype), k=count, metric=metric)
    kept = ~np.isin(found.indices[0], left_out)
    return Neighbors(found.indices[:, kept][:, :k], found.values[:, kept][:, :k])


def farness(features: NDArray[Any], rows: Indices, metric: Metric = "cosine") -> NDArray[Any]:
    """Return (R, N): how far all points lie from some of them; smaller is nearer, in no unit (only the order counts).

    Exact to single precision; euclidean in up to three dimensions to double precision.
    """
    return _farness(features, _squares(features), features[rows], metric)


def _check(features: NDArray[Any], k: int, metric: str) -> None:
    if metric not in METRICS:
        raise ConfigError("metric", metric, f"one of {', '.join(METRICS)}")
    if k < 1:
        raise ConfigError("k", k, "at least 1")
    if features.ndim != 2:
        raise ConfigError("features", features.shape, "a matrix with a row for each point")


def _chunks(rows: Indices, num_points: int) -> list[tuple[int, Indices]]:
    size = max(1, _BYTES_AT_A_TIME // (4 * max(1, num_points)))
    return [(start, rows[start : start + size]) for start in range(0, len(rows), size)]


def _squares(features: NDArray[Any]) -> NDArray[Any]:
    """(N,) squared length of each vector."""
    squares: NDArray[Any] = np.einsum("nd,nd->n", features, features)
    return squares


def _farness(features: NDArray[Any], sizes: NDArray[Any], points: NDArray[Any], metric: Metric) -> NDArray[Any]:
    """(R, N) first pass: the order of the metric, smaller is nearer."""
    if metric == "euclidean" and features.shape[1] <= _FEW_DIMENSIONS:
        wide, near = features.astype(np.float64), points.astype(np.float64)
        return np.asarray(sum((near[:, axis, None] - wide[:, axis]) ** 2 for axis in range(wide.shape[1])))
    products = points @ features.T  # (R, D), (D, N) -> (R, N)
    if metric == "euclidean":
        products *= -2
        products += sizes
        return np.asarray(products)
    if metric == "cosine":
        products /= np.maximum(np.sqrt(sizes), _SMALLEST)  # the point's own length does not change the order
    return np.asarray(np.negative(products, out=products))


def _tolerance(sizes: NDArray[Any], points: NDArray[Any], metric: Metric) -> Wide:
    """(R,) how wrong the first pass can be."""
    largest, own = np.sqrt(float(sizes.max(initial=0.0))), np.sqrt(_squares(points).astype(np.float64))
    size = own if metric == "cosine" else own * largest if metric == "dot" else (own + largest) ** 2
    bound: Wide = _ROUNDING * size + _SMALLEST
    return bound


def _nearest(
    features: NDArray[Any],
    sizes: NDArray[Any],
    points: NDArray[Any],
    *,
    k: int,
    metric: Metric,
    left_out: Indices | None = None,
) -> Neighbors:
    """The k nearest of R points; `left_out` (R,) is a row that is none for each of them."""
    far = _farness(features, sizes, points, metric)
    if left_out is not None:
        far[np.arange(len(points)), left_out] = np.inf
    count = min(k + _MARGIN, far.shape[1] - (left_out is not None))
    candidates = np.argpartition(far, count - 1, axis=1)[:, :count] if count < far.shape[1] else _all(far.shape)
    bound = np.take_along_axis(far, candidates, axis=1)
    bound.partition(k - 1, axis=1)
    limit = bound[:, k - 1] + 2 * _tolerance(sizes, points, metric)
    indices, values = _measured(features, points, candidates, k=k, metric=metric)
    is_open = (far <= limit[:, None]).sum(axis=1) > count  # somebody beyond the candidates may be as near
    for row in np.flatnonzero(is_open):
        others = np.flatnonzero(far[row] <= limit[row])[None]
        indices[row], values[row] = _measured(features, points[row : row + 1], others, k=k, metric=metric)
    return Neighbors(indices, values)


def _all(shape: tuple[int, ...]) -> Indices:
    return np.broadcast_to(np.arange(shape[1]), shape)


def _measured(
    features: NDArray[Any], points: NDArray[Any], candidates: Indices, *, k: int, metric: Metric
) -> Neighbors:
    """The k nearest among (R, C) candidates: pair by pair in double precision, ties by index."""
    candidates = np.sort(candidates, axis=1)
    values = np.empty(candidates.shape, np.float64)
    size = max(1, _PAIRS_AT_A_TIME // candidates.shape[1])
    for start in range(0, len(points), size):
        part = slice(start, start + size)
        values[part] = _values(features, points[part].astype(np.float64), candidates[part], metric)
    order = np.argsort(values if metric == "euclidean" else -values, axis=1, kind="stable")[:, :k]
    return Neighbors(
        np.take_along_axis(candidates, order, axis=1).astype(np.int32),
        np.take_along_axis(values, order, axis=1).astype(np.float32),
    )


def _values(features: NDArray[Any], points: Wide, candidates: Indices, metric: Metric) -> Wide:
    """(R, C) the metric itself; `einsum` adds each pair up in the same order."""
    others = features[candidates].astype(np.float64)  # (R, C, D)
    if metric == "euclidean":
        others -= points[:, None]
        return np.sqrt(_lengths(others))
    values: Wide = np.einsum("rd,rcd->rc", points, others)
    if metric == "cosine":
        values /= np.maximum(np.sqrt(_lengths(others)) * np.sqrt(_squares(points))[:, None], _SMALLEST)
    return values


def _lengths(vectors: Wide) -> Wide:
    squares: Wide = np.einsum("rcd,rcd->rc", vectors, vectors)
    return squares
