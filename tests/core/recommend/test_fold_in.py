"""A vector for somebody new: exact where it is algebra, sensible where it is a guess."""

import threading

import numpy as np
import pytest
import torch

from recsys.data.encoder import RatingTensors
from recsys.data.histories import RatingTable
from recsys.errors import ConfigError, UnknownIdError
from recsys.model import Vectors
from recsys.recommend import Recommender, Traits
from recsys.recommend.fold_in import NOISE, FoldIn
from recsys.recommend.fold_prior import SIZES, Draws, HistoryNumbers, Ratings, size_for
from recsys.recommend.inside import Inside

SOMEBODY = Traits("F", 2, None)


@pytest.fixture(scope="session")
def ratings(dataset):
    """Eight ratings, high and low."""
    movie_ids = dataset.movies["movie_id"].tolist()[3:67:8]
    return dict(zip(movie_ids, (5, 1, 4, 2, 5, 3, 1, 4), strict=True))


@pytest.fixture(scope="session")
def everything(dataset, fold_in):
    """Ratings of more films than a vector has numbers."""
    found = {movie_id: 1 + (3 * movie_id) % 5 for movie_id in dataset.movies["movie_id"].tolist()}
    assert len(found) > fold_in.slopes.shape[1]
    return found


def stars_of(fold_in, vector):
    return fold_in.offsets + fold_in.slopes @ vector


def test_slopes_and_offsets_are_the_stars_of_the_head(fold_in, dataset):
    bundle = fold_in.inside.bundle
    vector = np.concatenate([[bundle.features.user_bias[7]], bundle.user_features[7]])
    assert stars_of(fold_in, vector) == pytest.approx(bundle.stars_of(np.array([7]))[0], abs=1e-4)


def test_the_numbers_of_a_history_are_those_of_the_branch(fold_in):
    """With the same expectations of films, what is read here is what the tower's branch says."""
    inside = fold_in.inside
    table, users = inside.table, np.array([4])
    of_user = table.of_users(torch.from_numpy(users))
    movies, stars = table.movies[of_user].numpy(), table.stars[of_user].numpy()
    numbers = HistoryNumbers(inside, inside.model.user_tower.history, inside.model.head)
    own = numbers.of(Ratings(movies, stars, np.array([0, len(movies)])))[0]
    with torch.inference_mode():
        branch = inside.model.user_tower.history(inside.user_history)[4].numpy()
    size = len(branch) - 2
    assert own[:size] == pytest.approx(branch[:-2], abs=1e-4)
    assert own[size] == pytest.approx(branch[-2], abs=1e-4)


def test_a_person_has_one_vector_for_all_that_was_said(fold_in, ratings):
    person = fold_in.person(ratings, SOMEBODY)
    vectors = fold_in.vectors(ratings, [Traits(), SOMEBODY])
    assert person.user_id is None
    assert person.known == person.ratings == ratings
    assert person.traits == SOMEBODY
    assert person.features.dtype == np.float32
    assert person.features == pytest.approx(vectors[1, 1:], abs=1e-6)
    assert person.bias == pytest.approx(vectors[1, 0])
    assert not np.allclose(vectors[0], vectors[1])


@pytest.mark.parametrize("which", ["few", "all"])
def test_the_posterior_is_that_of_the_book(fold_in, ratings, everything, which):
    """Bishop 2006, eq. 3.50 and 3.51, written down with inverses; with fewer and with more ratings than features."""
    ratings = ratings if which == "few" else everything
    vector = fold_in.vectors(ratings, [SOMEBODY])[0]
    prior = fold_in.prior(len(ratings))
    rows = fold_in._indices(list(ratings))
    stars = np.array(list(ratings.values()), dtype=np.float32)
    history = fold_in._history.of(Ratings(rows, stars, np.array([0, len(rows)])))[0]
    mean = fold_in._of_traits(prior, [SOMEBODY])[0] + history @ prior.of_history
    covariance = prior.covariance + 1e-9 * np.eye(len(mean))
    slopes = fold_in.slopes[rows]
    posterior = np.linalg.inv(np.linalg.inv(covariance) + slopes.T @ slopes / NOISE)
    expected = posterior @ (np.linalg.solve(covariance, mean) + slopes.T @ (stars - fold_in.offsets[rows]) / NOISE)
    assert vector == pytest.approx(expected, abs=1e-4)
    assert fold_in.uncertainty(list(ratings)) == pytest.approx(posterior, abs=1e-4)


def test_without_ratings_only_what_was_said_counts(fold_in):
    nobody, somebody = fold_in.vectors({}, [Traits(), SOMEBODY])
    prior = fold_in.prior(0)
    assert nobody == pytest.approx(prior.of_traits[0])
    assert np.isfinite(somebody).all()
    assert not np.allclose(nobody, somebody)


def test_the_order_of_ratings_does_not_matter(fold_in, ratings):
    turned = dict(reversed(ratings.items()))
    assert fold_in.person(ratings).features == pytest.approx(fold_in.person(turned).features, abs=1e-5)


def test_ratings_pull_their_films_stars(fold_in, ratings):
    high, low = (stars_of(fold_in, fold_in.vectors(dict.fromkeys(ratings, stars), [Traits()])[0]) for stars in (5, 1))
    rows = fold_in._indices(list(ratings))
    assert (high[rows] > low[rows]).all()


@pytest.mark.parametrize("count", [1, 2, 8, "all"])
def test_leaving_one_out_is_being_somebody_who_never_rated_it(fold_in, ratings, everything, count):
    some = everything if count == "all" else dict(list(ratings.items())[:count])
    without = fold_in.without_each(fold_in.person(some, SOMEBODY))
    assert len(without) == len(some)
    for vector, movie_id in zip(without, some, strict=True):
        rest = {other: stars for other, stars in some.items() if other != movie_id}
        assert vector == pytest.approx(fold_in.vectors(rest, [SOMEBODY])[0], abs=1e-5)


def test_nothing_can_be_left_out_of_nothing(fold_in):
    assert fold_in.without_each(fold_in.person({})).shape == (0, fold_in.slopes.shape[1])


def test_more_ratings_leave_less_uncertainty(fold_in, ratings):
    movie_ids = list(ratings)
    spread = [np.einsum("md,de,me->m", fold_in.slopes, fold_in.uncertainty(movie_ids[:n]), fold_in.slopes).mean()
              for n in (0, 1, 8)]  # fmt: skip
    assert spread[0] > spread[1] > spread[2] > 0


def test_every_number_of_ratings_has_a_regression():
    assert [size_for(n) for n in (0, 1, 15)] == [0, 1, 15]
    assert [size_for(n) for n in (16, 25, 40, 99, 5_000)] == [15, 30, 50, 100, 100]
    assert list(SIZES) == sorted(set(SIZES))


def test_draws_are_some_of_each_persons_own_ratings():
    users, movies = torch.tensor([0, 0, 0, 2, 2, 3]), torch.tensor([1, 2, 3, 1, 4, 0])
    stars = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 1.0])
    table = RatingTable(
        RatingTensors(users, movies, stars), torch.arange(6), num_users=4, num_movies=5, device=torch.device("cpu")
    )
    draws = Draws(table, np.random.default_rng(0))
    two = draws.first(2)
    assert draws.users.tolist() == [0, 2, 3]
    assert two.starts.tolist() == [0, 2, 4, 5]
    assert set(two.movies[:2].tolist()) < {1, 2, 3}
    assert sorted(two.movies[2:4].tolist()) == [1, 4]
    assert draws.first(0).starts.tolist() == [0, 0, 0, 0]
    assert draws.first(2).movies.tolist() == Draws(table, np.random.default_rng(0)).first(2).movies.tolist()


def test_another_seed_draws_others_and_says_nearly_the_same(dataset, history_bundle, fold_in, ratings):
    other = FoldIn(Inside(Recommender(dataset, history_bundle)), seed=1)
    one, two = (stars_of(model, model.vectors(ratings, [Traits()])[0]) for model in (fold_in, other))
    assert not np.array_equal(one, two)
    assert np.abs(one - two).mean() < 0.2


def test_a_stranger_film_or_trait_is_an_error(fold_in):
    with pytest.raises(UnknownIdError):
        fold_in.person({10**9: 3})
    for traits in (Traits("X"), Traits(age_group=7), Traits(age_group=-1), Traits(occupation="no such thing")):
        with pytest.raises(ConfigError):
            fold_in.person({}, traits)


def test_a_network_without_histories_serves_no_newcomers(dataset, bundle, history_bundle):
    assert FoldIn.serves(history_bundle)
    assert not FoldIn.serves(bundle)
    with pytest.raises(ConfigError):
        FoldIn(Inside(Recommender(dataset, bundle)))


def test_the_head_orders_a_newcomers_list_like_anybodys(fold_in, ratings, dataset, history_bundle):
    person = fold_in.person(ratings)
    listed = Recommender(dataset, history_bundle).recommend_for(person, k=5)
    assert len(listed) == 5
    assert not {film.movie_id for film in listed} & set(ratings)
    assert isinstance(person.vectors, Vectors)


def test_a_regression_that_is_there_waits_for_no_other(fold_in: FoldIn) -> None:
    there = fold_in.prior(3)
    with fold_in._fitting:  # as while `prepare` fits another one
        answered: list[object] = []
        asking = threading.Thread(target=lambda: answered.append(fold_in.prior(3)))
        asking.start()
        asking.join(20)
        assert answered == [there]
