"""Neighbours: known answers, ties, and equal to what is computed the plain way."""

import numpy as np
import pytest

from recsys.errors import ConfigError, StoppedError
from recsys.insight.maps import neighbors as module
from recsys.insight.maps.neighbors import METRICS, farness, nearest_to, neighbors

LINE = np.array([[0.0], [1.0], [3.0], [7.0]], dtype=np.float32)
CROSS = np.array([[1, 0], [2, 0.1], [0, 1], [-1, 0], [0, 0]], dtype=np.float32)


def plain(features: np.ndarray, metric: str) -> np.ndarray:
    """(N, N) the metric, in double precision; larger is nearer."""
    wide = features.astype(np.float64)
    if metric == "euclidean":
        return -np.sqrt(((wide[:, None] - wide) ** 2).sum(axis=2))
    products = wide @ wide.T
    lengths = np.linalg.norm(wide, axis=1)
    return products / np.outer(lengths, lengths) if metric == "cosine" else products


def test_neighbours_on_a_line_by_distance() -> None:
    found = neighbors(LINE, 2, "euclidean")
    assert found.indices.tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]
    assert found.values.tolist() == [[1, 3], [1, 2], [2, 3], [4, 6]]
    assert (found.indices.dtype, found.values.dtype) == (np.int32, np.float32)


def test_cosine_looks_at_directions_and_dot_at_lengths_too() -> None:
    assert neighbors(CROSS, 1, "cosine", rows=[0]).indices.tolist() == [[1]]
    assert neighbors(CROSS, 1, "cosine", rows=[0]).values[0, 0] == pytest.approx(2 / np.hypot(2, 0.1))
    assert neighbors(CROSS, 1, "dot", rows=[2]).indices.tolist() == [[1]]
    assert neighbors(CROSS, 1, "dot", rows=[2]).values[0, 0] == pytest.approx(0.1)


def test_a_vector_of_zeros_is_like_none_and_unlike_none() -> None:
    found = neighbors(CROSS, 4, "cosine", rows=[4])
    assert found.indices.tolist() == [[0, 1, 2, 3]]
    assert found.values.tolist() == [[0, 0, 0, 0]]


@pytest.mark.parametrize("metric", METRICS)
def test_all_are_those_found_the_plain_way(features, metric) -> None:
    nearness = plain(features, metric)
    np.fill_diagonal(nearness, -np.inf)
    found = neighbors(features, 10, metric)
    assert np.array_equal(found.indices, np.argsort(-nearness, axis=1, kind="stable")[:, :10])
    expected = np.abs(np.take_along_axis(nearness, found.indices.astype(np.int64), axis=1))
    assert np.abs(found.values) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("num_alike", [5, 60])
def test_ties_go_by_index_however_many_are_alike(metric, num_alike) -> None:
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.normal(size=(40, 16)), np.repeat(rng.normal(size=(1, 16)) * 3, num_alike, axis=0)])
    points = points[rng.permutation(len(points))].astype(np.float32)
    alike = np.flatnonzero((points == points[np.abs(points).sum(axis=1).argmax()]).all(axis=1))
    found = neighbors(points, 4, metric, rows=alike)
    for row, indices in zip(alike, found.indices, strict=True):
        assert indices.tolist() == [other for other in alike if other != row][:4]


@pytest.mark.parametrize("metric", METRICS)
def test_the_answer_does_not_depend_on_how_many_are_looked_at_at_a_time(features, metric, monkeypatch) -> None:
    whole = neighbors(features, 7, metric)
    monkeypatch.setattr(module, "_BYTES_AT_A_TIME", 4 * 240 * 7)
    monkeypatch.setattr(module, "_PAIRS_AT_A_TIME", 30)
    parts = neighbors(features, 7, metric)
    assert np.array_equal(whole.indices, parts.indices)
    assert np.array_equal(whole.values, parts.values)


def test_fewer_points_than_wanted_are_all_there() -> None:
    assert neighbors(LINE, 9, "euclidean").indices.shape == (4, 3)
    assert neighbors(LINE[:1], 3, "euclidean").indices.shape == (1, 0)


@pytest.mark.parametrize("metric", METRICS)
def test_the_nearest_of_a_vector_are_those_of_the_point_with_that_vector(features, metric) -> None:
    expected = neighbors(features, 5, metric, rows=[17])
    found = nearest_to(features, features[17], 5, metric, exclude=[17])
    assert np.array_equal(found.indices, expected.indices)
    assert np.array_equal(found.values, expected.values)


def test_what_is_excluded_is_no_answer() -> None:
    assert nearest_to(LINE, np.array([0.9]), 2, "euclidean", exclude=[1, 1, 2]).indices.tolist() == [[0, 3]]
    assert nearest_to(LINE, np.array([0.9]), 9, "euclidean").indices.tolist() == [[1, 0, 2, 3]]


def test_farness_orders_as_the_metric_does(features) -> None:
    rows = np.array([3, 50])
    for metric in METRICS:
        far = farness(features, rows, metric)
        far[[0, 1], rows] = np.inf
        assert np.array_equal(far.argmin(axis=1), neighbors(features, 1, metric, rows=rows).indices[:, 0])


def test_progress_ends_at_one_and_a_stop_is_obeyed(features, monkeypatch) -> None:
    monkeypatch.setattr(module, "_BYTES_AT_A_TIME", 4 * 240 * 60)
    shares: list[float] = []
    neighbors(features, 3, on_progress=shares.append)
    assert shares == [0.25, 0.5, 0.75, 1.0]
    with pytest.raises(StoppedError):
        neighbors(features, 3, should_stop=lambda: True)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"k": 0}, "k"),
        ({"k": 1, "metric": "angle"}, "metric"),
        ({"k": 1, "rows": [4]}, "rows"),
        ({"k": 1, "rows": [-1]}, "rows"),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments, field) -> None:
    with pytest.raises(ConfigError) as caught:
        neighbors(LINE, **arguments)
    assert caught.value.field == field


def test_a_vector_of_another_size_is_refused() -> None:
    with pytest.raises(ConfigError):
        nearest_to(LINE, np.zeros(2), 1)
