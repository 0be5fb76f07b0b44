"""The article's four uses, and the faults that they had."""

import numpy as np
import pytest
import torch

from recsys.errors import UnknownIdError
from recsys.recommend import Dials, Filters, Recommender
from recsys.recommend.reranking import ranked


@pytest.fixture(scope="module")
def recommender(dataset, bundle) -> Recommender:
    return Recommender(dataset, bundle)


def user_ids(dataset) -> list[int]:
    return dataset.users["user_id"].tolist()


def movie_ids(dataset) -> list[int]:
    return dataset.movies["movie_id"].tolist()


def stars_by_hand(recommender, user_id: int, movie_id: int) -> float:
    bundle, dataset = recommender.bundle, recommender.dataset
    user = bundle.user_features[dataset.user_index(user_id)]
    movie = bundle.movie_features[dataset.movie_index(movie_id)]
    return float(np.clip(user @ movie, 1, 5))


def test_a_prediction_is_the_dot_product_of_the_two_feature_vectors(recommender, dataset) -> None:
    for user_id, movie_id in zip(user_ids(dataset)[:20], movie_ids(dataset)[:20], strict=True):
        expected = stars_by_hand(recommender, user_id, movie_id)
        assert recommender.predict_rating(user_id, movie_id).stars == pytest.approx(expected, abs=1e-4)


def test_a_prediction_stands_beside_the_true_rating(recommender, dataset) -> None:
    row = dataset.ratings.iloc[17]
    assert recommender.predict_rating(int(row["user_id"]), int(row["movie_id"])).true_rating == row["rating"]
    rated = set(dataset.ratings_of_user(user_ids(dataset)[0])["movie_id"])
    unseen = next(movie_id for movie_id in movie_ids(dataset) if movie_id not in rated)
    assert recommender.predict_rating(user_ids(dataset)[0], unseen).true_rating is None


def test_no_film_is_similar_to_itself(recommender, dataset) -> None:
    for movie_id in movie_ids(dataset):
        assert movie_id not in [movie.movie_id for movie in recommender.similar_movies(movie_id)]


def test_similarity_is_the_cosine_and_falls_along_the_list(recommender, dataset) -> None:
    movie_id = movie_ids(dataset)[3]
    similar = recommender.similar_movies(movie_id, k=dataset.num_movies)
    assert len(similar) == dataset.num_movies - 1
    features = torch.from_numpy(recommender.bundle.movie_features)
    own = features[dataset.movie_index(movie_id)]
    for movie in similar:
        cosine = torch.cosine_similarity(own, features[dataset.movie_index(movie.movie_id)], dim=0)
        assert movie.similarity == pytest.approx(float(cosine), abs=1e-5)
    values = [movie.similarity for movie in similar]
    assert values == sorted(values, reverse=True)


def test_seen_films_are_not_recommended_again_unless_asked_for(recommender, dataset) -> None:
    for user_id in user_ids(dataset)[:30]:
        seen = set(dataset.ratings_of_user(user_id)["movie_id"])
        unseen = recommender.recommend(user_id, k=dataset.num_movies)
        assert not seen & {movie.movie_id for movie in unseen}
        assert len(unseen) == dataset.num_movies - len(seen)
        everything = recommender.recommend(user_id, k=dataset.num_movies, filters=Filters(hide_seen=False))
        assert len(everything) == dataset.num_movies


def test_a_film_with_an_excluded_genre_goes_whatever_else_it_is(recommender, dataset) -> None:
    genre = dataset.genres[0]
    user_id = user_ids(dataset)[0]
    kept = recommender.recommend(user_id, k=500, filters=Filters(exclude_genres=frozenset({genre})))
    assert kept
    assert not [movie for movie in kept if genre in dataset.movie(movie.movie_id).genres]
    only = recommender.recommend(user_id, k=500, filters=Filters(include_genres=frozenset({genre})))
    assert only
    assert all(genre in dataset.movie(movie.movie_id).genres for movie in only)
    both = Filters(include_genres=frozenset({genre}), exclude_genres=frozenset({genre}))
    assert recommender.recommend(user_id, filters=both) == []


def test_decades_hold_the_years_that_they_say(recommender, dataset) -> None:
    years = [dataset.movie(movie_id).year for movie_id in movie_ids(dataset)]
    decade = max(year for year in years if year) // 10 * 10
    found = recommender.recommend(user_ids(dataset)[0], k=500, filters=Filters(decades=frozenset({decade})))
    assert found
    assert all(decade <= dataset.movie(movie.movie_id).year <= decade + 9 for movie in found)


def test_answers_are_the_same_each_time_and_surprise_follows_its_seed(recommender, dataset) -> None:
    user_id = user_ids(dataset)[5]
    assert recommender.recommend(user_id) == recommender.recommend(user_id)
    first = recommender.recommend(user_id, k=5, surprise_seed=1)
    np.random.default_rng().random()
    assert recommender.recommend(user_id, k=5, surprise_seed=1) == first
    assert any(recommender.recommend(user_id, k=5, surprise_seed=seed) != first for seed in range(2, 8))
    best = {movie.movie_id for movie in recommender.recommend(user_id, k=25)}
    assert {movie.movie_id for movie in first} <= best


def test_named_fans_really_gave_the_film_four_stars_or_more(recommender, dataset) -> None:
    for movie_id in movie_ids(dataset):
        liked = recommender.also_liked(movie_id)
        for user_id in liked.fans[: liked.num_raters]:
            assert dataset.true_rating(user_id, movie_id) >= 4
        for user_id in liked.fans[liked.num_raters :]:
            assert dataset.true_rating(user_id, movie_id) is None


def test_fans_do_not_love_the_film_itself_and_their_lists_do_not_collapse(recommender, dataset) -> None:
    lists = [
        tuple(movie.movie_id for movie in recommender.also_liked(movie_id).movies) for movie_id in movie_ids(dataset)
    ]
    assert all(movie_id not in favourites for movie_id, favourites in zip(movie_ids(dataset), lists, strict=True))
    assert all(len(set(favourites)) == 10 for favourites in lists)
    assert len({movie_id for favourites in lists for movie_id in favourites}) > dataset.num_movies / 4


def test_lift_is_the_fans_mean_above_everybodys(recommender, dataset) -> None:
    movie_id = movie_ids(dataset)[0]
    liked = recommender.also_liked(movie_id)
    loved = liked.movies[0]
    users = torch.from_numpy(recommender.bundle.user_features)
    column = recommender.bundle.movie_features[dataset.movie_index(loved.movie_id)]
    stars = (users @ torch.from_numpy(column)).numpy()
    fans = [dataset.user_index(user_id) for user_id in liked.fans]
    assert loved.lift == pytest.approx(stars[fans].mean() - stars.mean(), abs=1e-4)


def test_people_who_would_like_a_film_have_not_rated_it(recommender, dataset) -> None:
    movie_id = movie_ids(dataset)[2]
    found = recommender.who_would_like(movie_id, k=20)
    assert len(found) == 20
    assert all(dataset.true_rating(user.user_id, movie_id) is None for user in found)
    assert all(
        user.stars == pytest.approx(stars_by_hand(recommender, user.user_id, movie_id), abs=1e-4) for user in found
    )


def test_unknown_ids_and_counts_below_one_are_refused(recommender, dataset) -> None:
    for call in (recommender.recommend, recommender.similar_movies, recommender.also_liked, recommender.who_would_like):
        with pytest.raises(UnknownIdError, match="999999"):
            call(999_999)
        with pytest.raises(ValueError, match="k must be"):
            call(1, k=0)
    with pytest.raises(UnknownIdError, match="movie"):
        recommender.predict_rating(user_ids(dataset)[0], -1)


def test_equal_scores_are_ranked_by_movie_id() -> None:
    order = ranked(np.zeros(3), np.array([30, 10, 20]), np.array([True, True, True]), 3)
    assert order.tolist() == [1, 2, 0]


def test_asking_changes_no_parameter_and_no_feature(recommender, dataset) -> None:
    weights = {name: value.clone() for name, value in recommender.bundle.model.state_dict().items()}
    features = recommender.bundle.movie_features.copy()
    recommender.recommend(user_ids(dataset)[0])
    recommender.also_liked(movie_ids(dataset)[0])
    assert not recommender.bundle.model.training
    assert all(torch.equal(weights[n], v) for n, v in recommender.bundle.model.state_dict().items())
    assert np.array_equal(features, recommender.bundle.movie_features)


def test_a_list_of_two_answers_shows_stars_and_is_ordered_by_the_blend(history_bundle, dataset) -> None:
    recommender, someone = Recommender(dataset, history_bundle), user_ids(dataset)[3]
    index = np.array([dataset.user_index(someone)])
    stars = dict(zip(movie_ids(dataset), np.clip(history_bundle.stars_of(index)[0], 1, 5), strict=True))
    for loved, blend in ((None, None), (0.0, 0.0), (0.75, 3.0)):
        movies = recommender.recommend(someone, k=dataset.num_movies, dials=Dials(loved))
        assert [movie.stars for movie in movies] == pytest.approx([stars[movie.movie_id] for movie in movies])
        scores = dict(zip(movie_ids(dataset), history_bundle.score_users(index, blend)[0], strict=True))
        ordered = [scores[movie.movie_id] for movie in movies]
        assert ordered == sorted(ordered, reverse=True)
    by_watching, by_stars = (recommender.recommend(someone, k=10, dials=Dials(loved)) for loved in (0.0, 1.0))
    assert by_watching != by_stars
    assert np.mean([movie.stars for movie in by_stars]) > np.mean([movie.stars for movie in by_watching])


def test_predictions_are_the_stars_of_the_blended_network_too(history_bundle, dataset) -> None:
    recommender, movie_id = Recommender(dataset, history_bundle), movie_ids(dataset)[11]
    column = np.clip(history_bundle.stars_of_movie(dataset.movie_index(movie_id)), 1, 5)
    for index, user_id in enumerate(user_ids(dataset)[:20]):
        assert recommender.predict_rating(user_id, movie_id).stars == pytest.approx(float(column[index]), abs=1e-4)
    likely = recommender.who_would_like(movie_id, k=5)
    raters = set(dataset.ratings["user_id"][dataset.ratings["movie_id"] == movie_id])
    others = sorted((float(column[i]) for i, u in enumerate(user_ids(dataset)) if u not in raters), reverse=True)
    assert [user.stars for user in likely] == pytest.approx(others[:5], abs=1e-4)
