"""Map truth: known answers, equal to scikit-learn, samples, and what is true and false of one point."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from recsys.errors import ConfigError
from recsys.insight.maps import truth
from recsys.insight.maps.layouts import pca
from recsys.insight.maps.neighbors import METRICS
from recsys.insight.maps.truth import judged, map_truth

LINE = np.array([[0.0], [1.0], [2.1], [3.3], [4.6], [6.0]], dtype=np.float32)


def places(*order: float) -> np.ndarray:
    return np.array([[place, 0.0] for place in order], dtype=np.float32)


def test_a_map_that_keeps_the_order_is_wholly_true() -> None:
    measured = map_truth(LINE, places(*LINE[:, 0]), k=2, metric="euclidean")
    assert (measured.trustworthiness, measured.continuity) == (1, 1)
    assert measured.per_point_trust.tolist() == [1] * 6
    assert (measured.k, measured.num_measured) == (2, 6)


def test_one_point_in_a_wrong_place_costs_what_the_formula_says() -> None:
    """Six points in a row, the last one shown beside the first; k = 1, so the worst of a point is 6 - 2 = 4.

    Distances in truth from 0.0: ranks of the others 1, 2, 3, 4, 5. On the map 5 lies at -0.5: it is the nearest of 0
    (rank 5 in truth: 4 too many) and its own nearest is 0 (rank 5 too). All others keep their nearest.
    Torn apart: 5 has 4 as its nearest in truth, on the map 4 is its farthest (rank 5). 0 has 1, on the map its second.
    """
    measured = map_truth(LINE, places(0.0, 1.0, 2.1, 3.3, 4.6, -0.5), k=1, metric="euclidean")
    assert measured.per_point_trust == pytest.approx([1 - 4 / 4, 1, 1, 1, 1, 1 - 4 / 4])
    assert measured.per_point_continuity == pytest.approx([1 - 1 / 4, 1, 1, 1, 1, 1 - 4 / 4])
    assert measured.trustworthiness == pytest.approx(1 - 8 / 24)
    assert measured.continuity == pytest.approx(1 - 5 / 24)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("k", [1, 10, 50])
def test_both_numbers_are_those_of_scikit_learn(features, metric, k) -> None:
    positions = pca(features)
    units = features / np.linalg.norm(features, axis=1, keepdims=True) if metric == "cosine" else features
    measured = map_truth(features, positions, k=k, metric=metric)
    assert measured.trustworthiness == pytest.approx(trustworthiness(units, positions, n_neighbors=k), abs=1e-6)
    assert measured.continuity == pytest.approx(trustworthiness(positions, units, n_neighbors=k), abs=1e-6)


def test_the_numbers_of_the_map_are_the_means_of_its_points(features) -> None:
    measured = map_truth(features, pca(features))
    assert measured.trustworthiness == pytest.approx(measured.per_point_trust.mean(), abs=1e-6)
    assert measured.continuity == pytest.approx(measured.per_point_continuity.mean(), abs=1e-6)
    assert 0 <= measured.per_point_trust.min() < measured.per_point_trust.max() <= 1


def test_of_many_points_a_sample_is_measured_against_all(features, monkeypatch) -> None:
    whole = map_truth(features, pca(features))
    monkeypatch.setattr(truth, "MAX_EXACT", 200)
    monkeypatch.setattr(truth, "SAMPLE", 60)
    monkeypatch.setattr(truth, "_BYTES_AT_A_TIME", 8 * 240 * 7)
    sample = map_truth(features, pca(features), seed=1)
    there = ~np.isnan(sample.per_point_trust)
    assert there.sum() == np.count_nonzero(~np.isnan(sample.per_point_continuity)) == sample.num_measured == 60
    assert np.array_equal(sample.per_point_trust[there], whole.per_point_trust[there])
    assert sample.trustworthiness == pytest.approx(whole.trustworthiness, abs=0.05)
    again, other = (map_truth(features, pca(features), seed=seed) for seed in (1, 2))
    assert np.array_equal(again.per_point_trust, sample.per_point_trust, equal_nan=True)
    assert not np.array_equal(other.per_point_trust, sample.per_point_trust, equal_nan=True)


def test_points_that_lie_on_each_other_are_ranked_by_index() -> None:
    """All at one place on the map: the nearest of each is the first other one."""
    measured = map_truth(LINE, places(*[0.0] * 6), k=1, metric="euclidean")
    assert measured.per_point_trust == pytest.approx([1, 1, 1 - 2 / 4, 1 - 4 / 4, 1 - 4 / 4, 1 - 4 / 4])
    assert measured.per_point_continuity == pytest.approx([1, 1, 1 - 1 / 4, 1 - 2 / 4, 1 - 3 / 4, 1 - 4 / 4])


def test_neighbours_are_true_false_or_missed() -> None:
    found = judged(LINE, places(0.0, 1.0, 2.1, 3.3, 4.6, -0.5), 0, k=2, metric="euclidean")
    assert (found.true.tolist(), found.false.tolist(), found.missed.tolist()) == ([1], [5], [2])


@pytest.mark.parametrize("metric", METRICS)
def test_true_and_missed_are_the_neighbours_in_truth_true_and_false_those_on_the_map(features, metric) -> None:
    found = judged(features, pca(features), 7, 10, metric=metric)
    assert len(found.true) + len(found.missed) == len(found.true) + len(found.false) == 10
    assert not set(found.false) & {*found.true.tolist(), *found.missed.tolist()}


def test_what_cannot_be_measured_is_refused(features) -> None:
    for k in (0, 120):
        with pytest.raises(ConfigError):
            map_truth(features, pca(features), k=k)
    with pytest.raises(ConfigError):
        map_truth(features, pca(features)[1:])
    with pytest.raises(ConfigError):
        judged(features, pca(features)[1:], 0)
    with pytest.raises(ConfigError):
        judged(features, pca(features), 240)
