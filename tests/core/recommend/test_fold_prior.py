"""What is expected of a newcomer: the numbers that are read in ratings, and the regression on them, by definition."""

import numpy as np
import pytest
import torch

from recsys.data.dataset import AGE_GROUPS
from recsys.data.histories import SHRINKAGE
from recsys.errors import ConfigError
from recsys.recommend import Traits
from recsys.recommend.fold_prior import NUM_AXES, PENALTY, HistoryNumbers, Ratings, TraitNumbers, fit


@pytest.fixture(scope="module")
def numbers(inside) -> HistoryNumbers:
    return HistoryNumbers(inside, inside.model.user_tower.history, inside.model.head)


def test_a_history_is_read_as_it_is_described(inside, numbers) -> None:
    movies, stars = np.array([2, 9, 30, 31]), np.array([5, 1, 4, 4], dtype=np.float32)
    head, branch = inside.model.head, inside.model.user_tower.history
    with torch.inference_mode():
        watch = (head.movie_watch(inside.bundle.movie_vectors.features) * head.scale).double().numpy()
        by_stars, by_seen = (table.double().numpy()[movies] for table in (branch.by_stars, branch.by_seen))
        bias = branch.bias.double().numpy()
    _, _, axes = np.linalg.svd(watch - watch.mean(axis=0), full_matrices=False)
    places = (watch @ axes[:NUM_AXES].T)[movies]
    above = stars - inside.mean - inside.movie_level[movies]
    level = above.sum() / (len(stars) + SHRINKAGE)
    root = np.sqrt(len(stars))
    found = numbers.of(Ratings(movies, stars, np.array([0, 4])))[0]
    hidden, places_found = found[: len(bias)], found[len(bias) + 1 :].reshape(2, -1)
    sums = (above - level) @ by_stars + by_seen.sum(axis=0)
    assert hidden == pytest.approx(np.tanh(sums / root + bias), abs=1e-4)
    assert found[len(bias)] == pytest.approx(level, abs=1e-5)
    expected = np.stack([(above - level) @ places, places.sum(axis=0)]) / root
    assert np.abs(places_found) == pytest.approx(np.abs(expected), abs=1e-3)  # the sign of an axis is free


def test_nothing_is_read_where_there_are_no_ratings(numbers) -> None:
    movies, stars = np.array([2, 9]), np.array([5, 1], dtype=np.float32)
    found = numbers.of(Ratings(movies, stars, np.array([0, 0, 2, 2])))
    assert (found[[0, 2]] == 0).all()
    assert found[1] == pytest.approx(numbers.of(Ratings(movies, stars, np.array([0, 2])))[0])


def test_without_each_reads_what_is_left(numbers) -> None:
    movies, stars = np.array([2, 9, 30]), np.array([5, 1, 4], dtype=np.float32)
    for at, found in enumerate(numbers.without_each(movies, stars)):
        rest = np.delete(movies, at), np.delete(stars, at)
        assert found == pytest.approx(numbers.of(Ratings(*rest, np.array([0, 2])))[0], abs=1e-5)


def test_traits_are_numbers_around_the_people_who_count(inside, dataset) -> None:
    users = np.arange(0, dataset.num_users, 2)
    numbers = TraitNumbers(inside, users)
    table = dataset.users.iloc[users]
    assert numbers.of_users.mean(axis=0) == pytest.approx(0, abs=1e-12)
    women, young = (table["gender"] == "F").mean(), (table["age_group"] == 1).mean()
    found = numbers.of([Traits("F", 1), Traits(), Traits("M")])
    assert found.shape == (3, 2 + len(AGE_GROUPS) + len(dataset.occupations))
    assert found[:, :2] == pytest.approx(np.array([[1 - women, women - 1], [0, 0], [-women, women]]))
    assert found[0, 3] == pytest.approx(1 - young)
    assert (found[1:, 2:] == 0).all()
    assert numbers.of([]).shape == (0, found.shape[1])
    with pytest.raises(ConfigError, match="occupation"):
        numbers.of([Traits("F", 1, "wizard")])


def test_the_regression_is_ridge_with_a_free_constant() -> None:
    """Written down with the hat matrix, whose trace are the degrees of freedom that the fit uses."""
    rng = np.random.default_rng(0)
    traits, history = rng.normal(size=(200, 3)), rng.normal(size=(200, 5))
    inputs = np.concatenate([np.ones((200, 1)), traits, history], axis=1)
    vectors = inputs @ rng.normal(size=(9, 4)) + 7 + rng.normal(size=(200, 4))
    penalties = PENALTY * np.diag([0.0, *[1.0] * 8])
    inverse = np.linalg.inv(inputs.T @ inputs + penalties)
    weights, hat = inverse @ inputs.T @ vectors, inputs @ inverse @ inputs.T
    rest = vectors - inputs @ weights
    found = fit(traits, history, vectors)
    assert np.concatenate([found.of_traits, found.of_history]) == pytest.approx(weights, abs=1e-3)
    assert found.covariance == pytest.approx(rest.T @ rest / (200 - np.trace(hat)), rel=1e-3, abs=1e-3)
    assert found.covariance == pytest.approx(found.covariance.T)
