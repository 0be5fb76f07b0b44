"""EASE, item-kNN, popularity: against slower ways of computing the same, and counted by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recsys.evaluation.baselines import BiasBaseline, MeanBaseline, PopularityBaseline
from recsys.evaluation.ease import Ease
from recsys.evaluation.interactions import seen_matrix
from recsys.evaluation.item_knn import ItemKnn, _nearest
from recsys.evaluation.metrics import star_errors

KNN = {"star_neighbours": 30, "list_neighbours": 200, "shrinkage": 100.0}


@pytest.fixture(scope="module")
def rows(split) -> np.ndarray:
    return split.train.numpy()


@pytest.fixture(scope="module")
def knn(dataset, rows) -> ItemKnn:
    return ItemKnn(dataset, rows, **KNN)


def errors(fitted, dataset, rows) -> float:
    stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)[rows]
    return star_errors(fitted.predict(dataset.user_indices[rows], dataset.movie_indices[rows]), stars)["rmse"]


def test_each_column_of_ease_is_a_ridge_regression_on_all_other_films(dataset, rows) -> None:
    penalty = 20.0
    weights = Ease(dataset, rows, penalty=penalty).weights
    seen = seen_matrix(dataset, rows).astype(np.float64)
    for film in (0, 41, dataset.num_movies - 1):
        others = np.delete(np.arange(dataset.num_movies), film)
        x, y = seen[:, others], seen[:, film]
        expected = np.linalg.solve(x.T @ x + penalty * np.eye(len(others)), x.T @ y)
        assert weights[others, film] == pytest.approx(expected, abs=1e-4)
        assert weights[film, film] == 0


def test_ease_sums_the_weights_of_what_was_rated(by_hand) -> None:
    dataset, split = by_hand([(1, 1, 5), (1, 2, 1), (2, 1, 4), (3, 2, 4), (3, 3, 4)], [])
    ease = Ease(dataset, split.train.numpy(), penalty=1.0)
    expected = ease.weights[0] + ease.weights[1]
    assert ease.score_users(np.array([0, 3])) == pytest.approx(np.array([expected, np.zeros(4)]))
    assert ease.predict(np.array([0]), np.array([1])) is None


def test_popularity_counts_training_ratings_of_any_stars(by_hand) -> None:
    dataset, split = by_hand([(1, 2, 1), (2, 2, 1), (3, 4, 5)], [(4, 1, 5), (3, 1, 5)])
    popular = PopularityBaseline(dataset, split.train.numpy())
    assert popular.score_users(np.array([3, 0])).tolist() == [[0, 2, 0, 1], [0, 2, 0, 1]]
    assert popular.predict(np.array([0]), np.array([1])) is None


def test_mean_and_biases_order_lists_by_predicted_stars(dataset, rows) -> None:
    everybody, films = np.arange(dataset.num_users), np.arange(dataset.num_movies)
    for fitted in (MeanBaseline(dataset, rows), BiasBaseline(dataset, rows)):
        for user in (0, 77):
            expected = fitted.predict(np.full(len(films), user), films)
            assert fitted.score_users(everybody)[user] == pytest.approx(expected, abs=1e-5)


def test_cosine_of_two_films_counted_by_hand(by_hand) -> None:
    dataset, split = by_hand([(1, 1, 5), (2, 1, 5), (3, 1, 5), (4, 1, 5), (1, 2, 1), (2, 2, 3), (3, 3, 2)], [])
    scores = ItemKnn(dataset, split.train.numpy(), **KNN).score_users(np.array([3]))
    assert scores[0] == pytest.approx([0, 2 / math.sqrt(8), 1 / math.sqrt(4), 0])


def test_item_knn_predicts_stars_better_than_biases(knn, dataset, split, rows) -> None:
    test = split.test.numpy()
    assert errors(knn, dataset, test) < errors(BiasBaseline(dataset, rows), dataset, test)


def test_a_prediction_is_the_weighted_mean_of_what_the_user_deviates(knn, dataset, split, rows) -> None:
    user, movie = (int(indices[split.test[0]]) for indices in (dataset.user_indices, dataset.movie_indices))
    biases = BiasBaseline(dataset, rows)
    residual = dataset.ratings["rating"].to_numpy()[rows] - biases.predict(
        dataset.user_indices[rows], dataset.movie_indices[rows]
    )
    by_film = [
        {
            int(u): float(e)
            for u, e, m in zip(dataset.user_indices[rows], residual, dataset.movie_indices[rows], strict=True)
            if m == film
        }
        for film in range(dataset.num_movies)
    ]
    weighted = []
    for film in range(dataset.num_movies):
        if user in by_film[film] and film != movie:
            both = by_film[movie].keys() & by_film[film].keys()
            a, b = (np.array([by_film[f][u] for u in both]) for f in (movie, film))
            scale = math.sqrt(float(a @ a) * float(b @ b))
            weight = max(0.0, float(a @ b) / scale * len(both) / (len(both) + 100)) if scale else 0.0
            weighted.append((weight, by_film[film][user]))
    best = sorted(weighted, reverse=True)[:30]
    shift = sum(weight * deviation for weight, deviation in best) / sum(weight for weight, _ in best)
    found = knn.predict(np.array([user]), np.array([movie]))
    assert found - biases.predict(np.array([user]), np.array([movie])) == pytest.approx(shift, abs=1e-4)


def test_the_rating_itself_is_left_out_of_its_prediction(by_hand) -> None:
    rated = [(1, 1, 5), (2, 1, 2), (2, 2, 3), (3, 2, 4), (3, 1, 4)]
    dataset, split = by_hand(rated, [])
    knn = ItemKnn(dataset, split.train.numpy(), **KNN)
    biases = BiasBaseline(dataset, split.train.numpy())
    user, movie = np.array([0]), np.array([0])  # the only film of user 1
    assert knn.predict(user, movie) == pytest.approx(biases.predict(user, movie))


def test_who_rated_nothing_gets_the_biases_and_an_empty_order(by_hand) -> None:
    dataset, split = by_hand([(1, 1, 5), (1, 2, 4)], [])
    knn = ItemKnn(dataset, split.train.numpy(), **KNN)
    assert np.isfinite(knn.predict(np.array([3, 3]), np.array([0, 3]))).all()
    assert knn.score_users(np.array([3])).tolist() == [[0, 0, 0, 0]]


@given(arrays(np.float32, (12, 5), elements=st.floats(0, 1, width=32)), st.integers(1, 14))
def test_only_the_largest_weights_of_a_column_stay(weights, k) -> None:
    kept = _nearest(weights, k)
    assert kept.sum(axis=0) == pytest.approx(np.sort(weights, axis=0)[::-1][:k].sum(axis=0), abs=1e-5)
    assert ((kept == weights) | (kept == 0)).all()
