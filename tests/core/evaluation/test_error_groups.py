"""Errors by group: bins at round numbers, and groups that together are the whole test part."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.evaluation.error_groups import NUM_BINS, errors_by_group, round_edges
from recsys.evaluation.metrics import star_errors

COUNTS = st.lists(st.integers(0, 50_000), min_size=1, max_size=200)


def test_bins_begin_at_round_numbers_near_the_quintiles() -> None:
    assert round_edges(np.arange(0, 101)) == [20, 50, 100]
    assert round_edges(np.array([18, 30, 55, 90, 180, 400])) == [20, 50, 100, 200]


def test_counts_that_are_all_zero_make_one_bin(by_hand) -> None:
    assert round_edges(np.zeros(5, dtype=np.int64)) == []
    dataset, split = by_hand([], [(1, 1, 4)])
    labels = [group.label for group in errors_by_group(dataset, split, np.array([3.0])) if group.group == "activity"]
    assert labels == ["0+"]


@given(COUNTS)
def test_edges_ascend_and_are_one_two_or_five_times_a_power_of_ten(counts) -> None:
    edges = round_edges(np.array(counts))
    assert edges == sorted(set(edges))
    assert len(edges) < NUM_BINS
    assert all(str(edge).rstrip("0") in {"1", "2", "5"} for edge in edges)
    assert all(1 <= edge <= max(counts) for edge in edges)


def test_groups_counted_by_hand(by_hand) -> None:
    train = [(1, 1, 3), (1, 2, 3), (2, 1, 3)]
    test = [(1, 3, 5), (2, 3, 1), (2, 2, 4), (4, 1, 2)]
    dataset, split = by_hand(train, test)
    found = {(g.group, g.label): g for g in errors_by_group(dataset, split, np.array([4.0, 3.0, 4.0, 4.0]))}
    women, men = found["gender", "F"], found["gender", "M"]
    assert (women.num_ratings, women.rmse, women.mae) == (1, 1.0, 1.0)
    assert (men.num_ratings, men.rmse, men.mae) == pytest.approx((3, math.sqrt(8 / 3), 4 / 3))
    assert [label for group, label in found if group == "age"] == ["under 18", "25-34", "56+"]
    assert found["age", "25-34"].rmse == pytest.approx(math.sqrt(4 / 2))
    assert {label: g.num_ratings for (group, label), g in found.items() if group == "activity"} == {"0": 1, "1+": 3}


def test_the_groups_of_a_kind_are_the_whole_test_part(dataset, split) -> None:
    test = split.test.numpy()
    stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)[test]
    predicted = np.random.default_rng(0).uniform(0, 6, len(test))
    whole = star_errors(predicted, stars)
    found = errors_by_group(dataset, split, predicted)
    assert {one.group for one in found} == {"activity", "gender", "age", "popularity"}
    for kind in ("activity", "gender", "age", "popularity"):
        parts = [one for one in found if one.group == kind]
        assert len({one.label for one in parts}) == len(parts) > 1
        assert sum(one.num_ratings for one in parts) == len(test)
        assert sum(one.num_ratings * one.rmse**2 for one in parts) / len(test) == pytest.approx(whole["mse"])
        assert sum(one.num_ratings * one.mae for one in parts) / len(test) == pytest.approx(whole["mae"])


def test_activity_and_popularity_are_counted_in_the_training_part(by_hand) -> None:
    train = [(1, movie, 3) for movie in range(1, 30)]
    dataset, split = by_hand(
        train, [(1, 40, 4), *((2, movie, 4) for movie in range(1, 31))], movie_ids=tuple(range(1, 41))
    )
    found = errors_by_group(dataset, split, np.full(31, 4.0))
    activity = {g.label: g.num_ratings for g in found if g.group == "activity"}
    assert sum(activity.values()) == 31
    assert activity[next(label for label in activity if label.startswith("0"))] == 30
