"""Reasons are computed: the nearest loved film by cosine, the genres liked, and the filter that empties a list."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.bundle import Bundle
from recsys.data.dataset import Dataset
from recsys.data.profiles import loved_genres
from recsys.errors import UnknownIdError
from recsys.recommend import Filters, Person, Recommender
from recsys.recommend.reasons import reasons, what_empties, without


@pytest.fixture(scope="module")
def model(dataset: Dataset, bundle: Bundle) -> Recommender:
    """Films in all directions, so that the nearest one is not by chance the same for everybody."""
    rng = np.random.default_rng(0)
    movies = rng.normal(size=bundle.movie_features.shape).astype(np.float32)
    return Recommender(dataset, replace(bundle, features=replace(bundle.features, movies=movies)))


def test_the_reason_is_the_loved_film_with_the_largest_cosine(model: Recommender) -> None:
    data = model.dataset
    user_id = int(data.users["user_id"].iloc[0])
    rated = data.ratings_of_user(user_id)
    loved = rated.loc[rated["rating"] == rated["rating"].max(), "movie_id"].tolist()
    film = next(i for i in data.movies["movie_id"].tolist() if i not in loved)
    features = model.bundle.movie_features

    def cosine(movie_id: int) -> float:
        one, other = features[data.movie_index(movie_id)], features[data.movie_index(film)]
        return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    (reason,) = reasons(model, model.person(user_id), [film])
    assert reason.loved_movie_id == max(loved, key=cosine)
    assert reason.similarity == pytest.approx(cosine(reason.loved_movie_id), abs=1e-6)
    assert reason.stars == rated["rating"].max()


def test_a_loved_film_is_not_its_own_reason(model: Recommender) -> None:
    user_id = int(model.dataset.users["user_id"].iloc[0])
    rated = model.dataset.ratings_of_user(user_id)
    loved = rated.loc[rated["rating"] == rated["rating"].max(), "movie_id"].tolist()
    found = reasons(model, model.person(user_id), loved)
    assert all(reason.loved_movie_id != reason.movie_id for reason in found)


def test_the_genres_of_a_reason_are_the_films_and_liked(model: Recommender) -> None:
    """In the order of the profile."""
    films = model.dataset.movies["movie_id"].tolist()
    for user_id in model.dataset.users["user_id"].iloc[:40].tolist():
        liked = loved_genres(model.dataset, user_id, k=99)
        for reason in reasons(model, model.person(user_id), films):
            own = model.dataset.movie(reason.movie_id).genres
            assert reason.genres == tuple(name for name in liked if name in own)


def test_reasons_for_an_unknown_film_are_refused(model: Recommender) -> None:
    with pytest.raises(UnknownIdError):
        reasons(model, model.person(int(model.dataset.users["user_id"].iloc[0])), [10**6])


def test_somebody_without_ratings_has_no_reason(model: Recommender) -> None:
    nobody = replace(model.person(int(model.dataset.users["user_id"].iloc[0])), ratings={}, known={})
    (reason,) = reasons(model, nobody, [int(model.dataset.movies["movie_id"].iloc[0])])
    assert reason.loved_movie_id is None
    assert reason.genres == ()


@pytest.fixture
def person(model: Recommender) -> Person:
    return model.person(int(model.dataset.users["user_id"].iloc[0]))


def test_a_film_that_was_disliked_is_no_reason(model: Recommender, person: Person) -> None:
    films = model.dataset.movies["movie_id"].tolist()
    disliked = replace(person, ratings=dict.fromkeys(films[:6], 3), known={})
    assert {reason.loved_movie_id for reason in reasons(model, disliked, films[6:12])} == {None}
    liked = replace(person, ratings=dict.fromkeys(films[:6], 4), known={})
    assert {reason.loved_movie_id for reason in reasons(model, liked, films[6:12])} <= set(films[:6])


def test_each_of_two_contradicting_filters_is_blamed(model: Recommender, person: Person) -> None:
    genre = frozenset(model.dataset.genres[:1])
    ways = what_empties(model, person, Filters(include_genres=genre, exclude_genres=genre))
    assert ways == (("include_genres",), ("exclude_genres",))


def test_the_smallest_sets_of_filters_that_bring_films_back_are_named(model: Recommender, person: Person) -> None:
    genre = frozenset(model.dataset.genres[:1])
    filters = Filters(include_genres=genre, exclude_genres=genre, decades=frozenset({1700}))
    assert what_empties(model, person, filters) == (("include_genres", "decades"), ("exclude_genres", "decades"))


def test_somebody_who_has_seen_everything_is_told_so(model: Recommender, person: Person) -> None:
    films = dict.fromkeys(model.dataset.movies["movie_id"].tolist(), 3)
    assert what_empties(model, replace(person, ratings=films), Filters()) == (("hide_seen",),)


def test_nothing_empties_a_list_that_is_not_empty(model: Recommender, person: Person) -> None:
    assert what_empties(model, person, Filters()) == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_lifting_what_is_named_always_brings_films_back(
    model: Recommender, person: Person, data: st.DataObject
) -> None:
    genres = st.frozensets(st.sampled_from(model.dataset.genres), max_size=3)
    filters = Filters(
        hide_seen=data.draw(st.booleans()),
        include_genres=data.draw(genres),
        exclude_genres=data.draw(st.sampled_from([frozenset(), frozenset(model.dataset.genres)])) | data.draw(genres),
        decades=data.draw(st.frozensets(st.sampled_from([1700, 1970, 1990]), max_size=2)),
    )
    ways = what_empties(model, person, filters)
    assert bool(ways) == (not model.recommend_for(person, k=1, filters=filters))
    for way in ways:
        assert model.recommend_for(person, k=1, filters=without(filters, way))
