"""Whom an answer is for, and the network with all that it reads."""

import numpy as np
import pytest
import torch

from recsys.errors import ConfigError, UnknownIdError
from recsys.model import UserParts
from recsys.recommend import Dials, Recommender
from recsys.recommend.inside import Inside


@pytest.fixture(scope="module", params=["bundle", "history_bundle"])
def recommender(request: pytest.FixtureRequest, dataset) -> Recommender:
    return Recommender(dataset, request.getfixturevalue(request.param))


@pytest.fixture(scope="module")
def inside(recommender: Recommender) -> Inside:
    return Inside(recommender)


def test_what_the_network_reads_gives_the_vectors_of_the_bundle_again(inside: Inside) -> None:
    features, tower = inside.bundle.features, inside.model.user_tower
    with torch.inference_mode():
        users, movies = tower.mixed(inside.user_parts), inside.model.movie_tower.mixed(inside.movie_parts)
    assert np.allclose(users.features.numpy(), features.users, atol=1e-5)
    assert np.allclose(users.bias.numpy(), features.user_bias, atol=1e-5)
    assert np.allclose(movies.features.numpy(), features.movies, atol=1e-5)
    assert np.allclose(movies.bias.numpy(), features.movie_bias, atol=1e-5)


def test_each_branch_of_the_user_tower_has_a_name_and_all_of_them_count(inside: Inside) -> None:
    parts = inside.user_parts
    names = ["user", "gender", "age", "occupation", *(["history"] if inside.table is not None else [])]
    assert list(parts.values) == names
    with torch.inference_mode():
        whole = inside.model.user_tower.mixed(parts).features
        for name in names:
            other = UserParts({**parts.values, name: parts.values[name] + 1}, parts.bias)
            assert not torch.allclose(inside.model.user_tower.mixed(other).features, whole)


def test_another_gender_age_and_occupation_are_taken_by_everybody_and_nothing_else_changes(inside: Inside) -> None:
    table = inside.dataset.users
    changed = inside.users_with(gender="F", age_group=3)
    assert set(changed.gender.tolist()) == {0}
    assert set(changed.age.tolist()) == {3}
    assert torch.equal(changed.user, inside.users.user)
    assert torch.equal(changed.occupation, inside.users.occupation)
    name = table["occupation"].iloc[5]
    assert set(inside.users_with(occupation=name).occupation.tolist()) == {int(inside.users.occupation[5])}


def test_a_person_has_the_bundles_vector_and_knows_no_rating_of_the_test_part(recommender: Recommender) -> None:
    dataset, info = recommender.dataset, recommender.bundle.info
    for user_id in dataset.users["user_id"].tolist()[:20]:
        person, index = recommender.person(user_id), dataset.user_index(user_id)
        assert np.array_equal(person.features, recommender.bundle.user_features[index])
        rated = dataset.ratings_of_user(user_id)
        assert person.ratings == dict(zip(rated["movie_id"].tolist(), rated["rating"].tolist(), strict=True))
        assert set(person.known.items()) <= set(person.ratings.items())
        stars = recommender.bundle.stars_of(np.array([index]))[0]
        assert np.allclose(recommender.stars_for(person), stars, atol=1e-5)
    shares = [
        (len(person.known), len(person.ratings))
        for person in map(recommender.person, dataset.users["user_id"].tolist()[:200])
    ]
    known, rated = np.sum(shares, axis=0)
    assert 0.7 < known / rated < 0.9, f"a fifth of the ratings is held out by {info.data.split}"


def test_somebody_who_is_not_there_is_no_person(recommender: Recommender) -> None:
    with pytest.raises(UnknownIdError):
        recommender.person(10**8)


def test_the_best_loved_are_in_the_order_of_the_stars(dataset, history_bundle) -> None:
    recommender = Recommender(dataset, history_bundle)
    person = recommender.person(int(dataset.users["user_id"].iloc[3]))
    assert np.array_equal(recommender.scores_for(person, Dials(loved=1.0)), recommender.stars_for(person))
    blend = history_bundle.info.model.blend
    same = recommender.scores_for(person, Dials(loved=blend / (1 + blend)))
    assert np.allclose(same, recommender.scores_for(person), atol=1e-5)


@pytest.mark.parametrize("wrong", [{"loved": 1.1}, {"gems": -1.5}, {"variety": -0.1}, {"gems": float("nan")}])
def test_a_dial_beyond_its_end_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        Dials(**wrong)
