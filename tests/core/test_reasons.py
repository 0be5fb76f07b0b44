"""Reasons are computed: the nearest loved film by cosine, the genres liked, and the filter that empties a list."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.bundle import Bundle
from recsys.data.dataset import Dataset
from recsys.data.profiles import loved_genres
from recsys.errors import UnknownIdError
from recsys.recommend import Filters, Recommender
from recsys.recommend.reasons import reasons, what_empties


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

    (reason,) = reasons(model, user_id, [film])
    assert reason.loved_movie_id == max(loved, key=cosine)
    assert reason.similarity == pytest.approx(cosine(reason.loved_movie_id), abs=1e-6)
    assert reason.stars == rated["rating"].max()


def test_a_loved_film_is_not_its_own_reason(model: Recommender) -> None:
    user_id = int(model.dataset.users["user_id"].iloc[0])
    rated = model.dataset.ratings_of_user(user_id)
    loved = rated.loc[rated["rating"] == rated["rating"].max(), "movie_id"].tolist()
    found = reasons(model, user_id, loved)
    assert all(reason.loved_movie_id != reason.movie_id for reason in found)


def test_the_genres_of_a_reason_are_the_films_and_liked(model: Recommender) -> None:
    user_id = int(model.dataset.users["user_id"].iloc[1])
    liked = loved_genres(model.dataset, user_id, k=99)
    films = model.dataset.movies["movie_id"].tolist()
    for reason in reasons(model, user_id, films):
        assert set(reason.genres) == set(liked) & set(model.dataset.movie(reason.movie_id).genres)


def test_reasons_of_an_unknown_person_are_refused(model: Recommender) -> None:
    with pytest.raises(UnknownIdError):
        reasons(model, 10**6, [])


def test_each_of_two_contradicting_filters_is_blamed(model: Recommender) -> None:
    genre = frozenset(model.dataset.genres[:1])
    user_id = int(model.dataset.users["user_id"].iloc[0])
    blamed = what_empties(model, user_id, Filters(include_genres=genre, exclude_genres=genre))
    assert blamed == ("include_genres", "exclude_genres")


def test_no_single_filter_is_blamed_where_two_of_them_empty_the_list_each(model: Recommender) -> None:
    genre = frozenset(model.dataset.genres[:1])
    user_id = int(model.dataset.users["user_id"].iloc[0])
    filters = Filters(include_genres=genre, exclude_genres=genre, decades=frozenset({1700}))
    assert what_empties(model, user_id, filters) == ()
