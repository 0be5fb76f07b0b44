"""Metrics, protocol and baselines: hand-sized cases with known answers."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recsys.config import DataConfig
from recsys.data.splits import Split, random_split
from recsys.evaluation import metrics
from recsys.evaluation.baselines import BiasBaseline, MeanBaseline, baseline_errors
from recsys.evaluation.protocol import evaluate_lists


def hits(*rows: list[int]) -> np.ndarray:
    return np.array(rows, dtype=bool)


def test_star_errors_clip_predictions_to_the_scale() -> None:
    errors = metrics.star_errors(np.array([9.0, -3.0, 3.0]), np.array([5.0, 1.0, 4.0]))
    assert errors == pytest.approx({"mse": 1 / 3, "rmse": math.sqrt(1 / 3), "mae": 1 / 3})


def test_predictions_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="must be"):
        metrics.star_errors(np.zeros((2, 2)), np.zeros(2))
    with pytest.raises(ValueError, match="must be"):
        metrics.star_errors(np.zeros(0), np.zeros(0))


def test_reciprocal_rank_is_zero_without_hits() -> None:
    assert metrics.list_quality(hits([0, 0, 0]), np.array([2]))["mrr"] == 0


def test_list_quality_of_a_list_counted_by_hand() -> None:
    quality = metrics.list_quality(hits([0, 1, 0, 1]), np.array([3]))
    gain = 1 / math.log2(3) + 1 / math.log2(5)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert quality == pytest.approx({"ndcg": gain / ideal, "hr": 1.0, "recall": 2 / 3, "precision": 0.5, "mrr": 0.5})


def test_a_perfect_list_has_ndcg_one_even_with_more_relevant_films_than_places() -> None:
    assert metrics.list_quality(hits([1, 1]), np.array([7]))["ndcg"] == pytest.approx(1)


def test_equal_scores_go_to_the_lower_movie_id() -> None:
    scores = np.array([[1.0, 1.0, 2.0, 1.0]])
    assert metrics.top_k(scores, np.array([40, 10, 30, 20]), 3).tolist() == [[2, 1, 3]]


SCORES = st.sampled_from([-math.inf, -1.0, -0.0, 0.0, 0.5, 2.0, math.inf, math.nan])


@given(st.data(), st.integers(1, 12), st.integers(1, 15), st.sampled_from([np.float32, np.float64]))
def test_the_best_k_are_the_beginning_of_a_full_sort_whatever_is_equal(data, num_movies, k, kind) -> None:
    values = data.draw(st.lists(st.lists(SCORES, min_size=num_movies, max_size=num_movies), min_size=1, max_size=4))
    scores, ids = np.array(values, dtype=kind), np.array(data.draw(st.permutations(range(num_movies))))
    found = metrics.top_k(scores, ids, k)
    for row, listed in zip(scores.tolist(), found.tolist(), strict=True):
        known = [-math.inf if math.isnan(score) else score for score in row]
        assert listed == sorted(range(num_movies), key=lambda film: (-known[film], ids[film]))[:k]


def test_the_best_k_are_found_without_a_full_sort(monkeypatch) -> None:
    sorted_sizes = []
    for owner, name in ((np, "argsort"), (np, "sort"), (np, "lexsort")):
        monkeypatch.setattr(owner, name, _noting(getattr(owner, name), sorted_sizes))
    metrics.top_k(np.random.default_rng(0).normal(size=(20, 500)), np.arange(500), 10)
    assert max(sorted_sizes) <= 500  # the order of the ids alone, once for all rows


def _noting(function, sizes: list[int]):
    def noted(values, *arguments, **named):
        sizes.append(np.asarray(values).size)
        return function(values, *arguments, **named)

    return noted


def test_coverage_novelty_and_diversity_counted_by_hand() -> None:
    lists = np.array([[0, 1], [0, 1]])
    genres = np.array([[1, 0], [1, 1], [0, 1]], dtype=bool)
    assert metrics.coverage(lists, 4) == 0.5
    assert metrics.novelty(lists, np.array([8, 2, 0]), 8) == pytest.approx((0 + 2) / 2)
    assert metrics.diversity(lists, genres) == pytest.approx(0.5)


def test_lists_hold_no_known_film_and_count_only_liked_test_ratings(dataset, split) -> None:
    seen = {
        (int(dataset.user_indices[row]), int(dataset.movie_indices[row]))
        for row in [*split.train.tolist(), *split.validation.tolist()]
    }
    liked = {
        (int(dataset.user_indices[row]), int(dataset.movie_indices[row]))
        for row in split.test.tolist()
        if dataset.ratings["rating"].iloc[row] >= 4
    }

    def oracle(users: np.ndarray) -> np.ndarray:
        scores = np.zeros((len(users), dataset.num_movies), dtype=np.float32)
        for row, user in enumerate(users):
            for movie in range(dataset.num_movies):
                scores[row, movie] = 3 if (user, movie) in seen else float((user, movie) in liked)
        return scores

    assert evaluate_lists(dataset, split, oracle)["ndcg@10"] == pytest.approx(1)
    nothing = evaluate_lists(dataset, split, lambda users: 1 - oracle(users))
    assert nothing["ndcg@10"] < 0.2


def test_nobody_to_measure_gives_no_numbers(dataset) -> None:
    everything = random_split(dataset.num_ratings, DataConfig("synthetic", "none"))
    assert evaluate_lists(dataset, everything, lambda users: np.zeros((len(users), dataset.num_movies))) == {}


def test_the_mean_baseline_errs_by_the_standard_deviation(dataset) -> None:
    rows = np.arange(dataset.num_ratings)
    predicted = MeanBaseline(dataset, rows).predict(dataset.user_indices, dataset.movie_indices)
    stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)
    assert metrics.star_errors(predicted, stars)["rmse"] == pytest.approx(stars.std())


def test_biases_beat_the_mean_and_shrink_films_with_few_ratings(dataset, split) -> None:
    errors = baseline_errors(dataset, split, "validation", "test")
    assert errors["biases"]["test_rmse"] < errors["mean"]["test_rmse"]
    one = BiasBaseline(dataset, np.array([0]))
    assert one.of_movie[dataset.movie_indices[0]] == pytest.approx(0)


def test_a_split_has_every_rating_once_and_is_the_stated_permutation() -> None:
    parts = random_split(1000, DataConfig("ml-1m", "p80", seed=7))
    assert torch.equal(torch.cat(list(parts)).sort().values, torch.arange(1000))
    assert [len(part) for part in parts] == [760, 40, 200]
    assert torch.equal(parts.test, torch.randperm(1000, generator=torch.Generator().manual_seed(7))[:200])
    assert len(random_split(1000, DataConfig("ml-1m", "p90")).test) == 100
    assert not torch.equal(parts.test, random_split(1000, DataConfig("ml-1m", "p80", seed=8)).test)


def test_split_none_trains_on_everything() -> None:
    parts: Split = random_split(50, DataConfig("ml-1m", "none"))
    assert [len(part) for part in parts] == [50, 0, 0]
