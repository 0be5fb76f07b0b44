import numpy as np
import pandas as pd
import pytest

from recsys.data.movielens import GENRES, OCCUPATIONS_1M
from recsys.data.synthetic import synthetic
from recsys.errors import ConfigError


def test_one_seed_gives_one_data_set():
    one, same, other = synthetic(50, 40, 500, seed=3), synthetic(50, 40, 500, seed=3), synthetic(50, 40, 500, seed=4)
    assert one.fingerprint == same.fingerprint != other.fingerprint
    for table in ("users", "movies", "ratings"):
        pd.testing.assert_frame_equal(getattr(one, table), getattr(same, table))


@pytest.mark.parametrize(
    "counts", [(1, 1, 1), (2, 1, 1), (1, 9, 4), (30, 20, 300), (100, 50, 2_500), (600, 400, 30_000)]
)
def test_it_has_the_counts_asked_for_and_no_pair_twice(counts):
    dataset = synthetic(*counts)
    assert (dataset.num_users, dataset.num_movies, dataset.num_ratings) == counts
    assert not dataset.ratings.duplicated(["user_id", "movie_id"]).any()


def test_everybody_has_rated_something():
    assert synthetic().num_ratings_by_user.min() >= 5


def test_it_looks_like_movielens():
    dataset = synthetic()
    assert dataset.name == "synthetic"
    assert set(dataset.genres) <= set(GENRES)
    assert set(dataset.occupations) <= set(OCCUPATIONS_1M)
    assert dataset.movies["title"].is_unique
    assert dataset.movies["year"].between(1930, 2000).all()
    assert set(dataset.ratings["rating"]) == {1, 2, 3, 4, 5}
    assert "invented" in dataset.source


def test_taste_can_be_learned_beyond_the_biases():
    """Stars left over after user and movie means still go with genres: within a user, like genres get like stars."""
    dataset = synthetic(300, 200, 20_000)
    table = dataset.ratings
    left = table["rating"] - table.groupby("user_id")["rating"].transform("mean")
    left -= left.groupby(table["movie_id"]).transform("mean")
    has_genre = np.array([[genre in genres for genre in GENRES] for genres in dataset.movies["genres"]], dtype=float)
    rng = np.random.default_rng(0)
    half = rng.random(len(table)) < 0.5
    profiles = [np.zeros((dataset.num_users, len(GENRES))) for _ in range(2)]
    for profile, part in zip(profiles, (half, ~half), strict=True):
        np.add.at(
            profile, dataset.user_indices[part], has_genre[dataset.movie_indices[part]] * left.to_numpy()[part, None]
        )
    assert np.corrcoef(profiles[0].ravel(), profiles[1].ravel())[0, 1] > 0.2


def test_popularity_is_uneven_as_in_real_life():
    counts = np.sort(synthetic().num_ratings_by_movie)
    assert counts[-1] > 4 * counts[0]


@pytest.mark.parametrize("counts", [(0, 1, 1), (1, 0, 1), (10, 10, 0), (10, 10, 51), (10**8, 10, 5)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ConfigError):
        synthetic(*counts)
