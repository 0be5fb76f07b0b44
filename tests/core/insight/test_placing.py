"""Placing: vectors of what is on no map, and places that are where they belong."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from recsys.data.splits import random_split
from recsys.errors import ConfigError, UnknownIdError
from recsys.insight.maps import placing
from recsys.insight.maps.layouts import LayoutSettings, compute
from recsys.insight.maps.placing import Placer, invented_movie, mean_of, taste_of

TSNE = LayoutSettings()


@pytest.fixture(scope="module")
def layout(features) -> np.ndarray:
    return compute(features, TSNE)


@pytest.fixture(scope="module")
def placer(features, layout) -> Placer:
    return Placer(features, layout, TSNE)


def test_a_point_of_the_map_is_placed_where_it_is(features, layout, placer) -> None:
    away = np.linalg.norm(placer.place(features[:40]) - layout[:40], axis=1)
    assert np.median(away) < 0.5
    assert np.ptp(layout[:, 0]) > 10


def test_a_new_point_lies_among_those_it_is_like(features, layout, placer) -> None:
    centres = features[:30] + 0.02 * np.random.default_rng(5).normal(size=(30, 20)).astype(np.float32)
    for row, place in enumerate(placer.place(centres)):
        nearest = np.linalg.norm(layout - place, axis=1).argmin()
        assert np.corrcoef(features[row], features[nearest])[0, 1] > 0.9


def test_the_same_vector_has_the_same_place_alone_or_not_and_in_another_placer(features, layout, placer) -> None:
    vectors = np.random.default_rng(1).normal(size=(5, 20)).astype(np.float32)
    together = placer.place(vectors)
    assert np.array_equal(placer.place(vectors), together)
    assert np.array_equal(np.concatenate([placer.place(vector[None]) for vector in vectors]), together)
    assert np.array_equal(Placer(features, layout, TSNE).place(vectors), together)


def test_placing_leaves_the_map_as_it_is(features, layout) -> None:
    before = layout.copy()
    Placer(features, layout, TSNE).place(features[:3])
    assert np.array_equal(layout, before)


def test_a_map_that_does_not_lie_around_zero_is_placed_on_all_the_same(features, layout, placer) -> None:
    moved = Placer(features, layout + np.float32(64), TSNE)
    assert moved.place(features[:5]) == pytest.approx(placer.place(features[:5]) + 64, abs=1e-3)


@pytest.mark.parametrize("settings", [LayoutSettings(dims=3), LayoutSettings(metric="euclidean", perplexity=10)])
def test_maps_in_space_and_by_distance_can_be_placed_on(features, settings) -> None:
    positions = compute(features, settings)
    away = np.linalg.norm(Placer(features, positions, settings).place(features[:20]) - positions[:20], axis=1)
    assert np.median(away) < 1


def test_maps_of_many_points_go_through_a_grid(features, layout, monkeypatch) -> None:
    monkeypatch.setattr(placing, "SMALL", 100)
    through_grid = Placer(features, layout, TSNE)
    away = np.linalg.norm(through_grid.place(features[:20]) - layout[:20], axis=1)
    assert np.median(away) < 1
    assert np.array_equal(through_grid.place(features[:1]), through_grid.place(features[:1]))


@pytest.mark.parametrize("dims", [2, 3])
def test_pca_places_by_its_own_directions(features, dims) -> None:
    settings = LayoutSettings(method="pca", dims=dims)
    positions = compute(features, settings)
    placer = Placer(features, positions, settings)
    assert placer.place(features) == pytest.approx(positions, abs=1e-5)
    assert placer.place(features[:2].mean(axis=0)[None])[0] == pytest.approx(positions[:2].mean(axis=0), abs=1e-5)


def test_no_vectors_have_no_places_and_a_small_map_can_be_placed_on(placer) -> None:
    assert placer.place(np.zeros((0, 20), np.float32)).shape == (0, 2)
    few = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    assert np.isfinite(Placer(few, compute(few, TSNE), TSNE).place(few[:2])).all()


def test_what_does_not_fit_is_refused(features, layout, placer) -> None:
    with pytest.raises(ConfigError):
        Placer(features, layout[1:], TSNE)
    for wrong in (np.zeros(20), np.zeros((1, 19))):
        with pytest.raises(ConfigError):
            placer.place(wrong)


def unknown_film(bundle, dataset) -> int:
    """Row of a film that nobody has rated in what the bundle learned from."""
    split = random_split(dataset.num_ratings, bundle.info.data)
    known = torch.cat([split.train, split.validation]).numpy()
    return int(np.bincount(dataset.movie_indices[known], minlength=dataset.num_movies).argmin())


def test_a_film_that_nobody_rated_is_what_its_title_and_genres_make_it(history_run, history_bundle, dataset) -> None:
    """The vector of a film without ratings in a network with histories does not depend on its id."""
    row = 3
    movie = dataset.movies.iloc[row]
    found = invented_movie(history_bundle, dataset, movie["title"], movie["genres"])
    tensors = history_run.encoder.encode_movies(dataset).rows(torch.tensor([row]))
    with torch.inference_mode():
        alone = history_bundle.model.movie_tower(tensors, placing.unrated(dataset.num_users)).features[0]
    assert found.vector == pytest.approx(alone.numpy(), abs=1e-6)
    assert not np.allclose(found.vector, history_bundle.movie_features[row], atol=1e-3)


def test_the_history_of_nobody_is_that_of_a_film_without_ratings(history_run, history_bundle, dataset) -> None:
    """The same as what the trainer makes of a table in which the film has no rating."""
    trainer = history_run.trainer
    table = trainer._known
    row = 5
    visible = table.movies != row
    _, of_movies = table.histories(visible)
    with torch.inference_mode():
        expected = history_bundle.model.movie_tower(trainer.movies, of_movies).features[row].numpy()
    movie = dataset.movies.iloc[row]
    assert invented_movie(history_bundle, dataset, movie["title"], movie["genres"]).vector == pytest.approx(
        expected, abs=1e-5
    )


def test_without_histories_an_invented_film_is_the_mean_over_all_ids(bundle, dataset, encoder) -> None:
    movie = dataset.movies.iloc[0]
    tensors = encoder.encode_movies(dataset)
    alike = tensors._replace(genres=tensors.genres[:1].expand(90, -1), title=tensors.title[:1].expand(90, -1))
    with torch.inference_mode():
        expected = bundle.model.movie_tower(alike).features.mean(dim=0).numpy()
    assert invented_movie(bundle, dataset, movie["title"], movie["genres"]).vector == pytest.approx(expected, abs=1e-6)


def test_words_that_the_network_does_not_know_or_read_are_told(bundle, dataset) -> None:
    known = dataset.movies["title"].iloc[0].split()[0]
    title = f"Xyzzy {known} Xyzzy Plugh {'more ' * 20}end"
    found = invented_movie(bundle, dataset, title, dataset.genres[:1])
    assert found.unknown_words[:2] == ("xyzzy", "plugh")
    assert known.casefold() not in found.unknown_words
    assert found.cut_words[-1] == "end"
    assert len(found.cut_words) == 25 - bundle.info.model.title_length


def test_title_and_genres_both_matter_and_order_and_doubles_do_not(history_bundle, dataset) -> None:
    one, two = dataset.genres[:2]
    first = invented_movie(history_bundle, dataset, "Night", [one, two]).vector
    assert np.array_equal(invented_movie(history_bundle, dataset, "NIGHT!", [two, one, one]).vector, first)
    assert not np.allclose(invented_movie(history_bundle, dataset, "Night", [one]).vector, first)


@pytest.mark.parametrize(("title", "genres"), [("", ["first"]), ("  ", ["first"]), ("Night", []), ("Night", ["Spoof"])])
def test_an_invented_film_needs_a_word_and_a_genre_that_exists(bundle, dataset, title, genres) -> None:
    with pytest.raises(ConfigError):
        invented_movie(bundle, dataset, title, [dataset.genres[0] if genre == "first" else genre for genre in genres])


def test_the_mean_of_films_is_their_mean(bundle) -> None:
    features = bundle.movie_features
    assert mean_of(bundle, [4]) == pytest.approx(features[4])
    assert mean_of(bundle, [4, 9]) == pytest.approx((features[4] + features[9]) / 2, abs=1e-6)
    for wrong in ([], [-1], [90]):
        with pytest.raises(ConfigError):
            mean_of(bundle, wrong)


def loved(dataset, rows: np.ndarray) -> np.ndarray:
    stars = dataset.ratings["rating"].to_numpy()[rows]
    return dataset.movie_indices[rows[stars >= min(4, stars.max())]]


def test_taste_is_the_mean_of_the_loved_films_that_the_vectors_know(bundle, history_bundle, dataset) -> None:
    user = 7
    own = np.flatnonzero(dataset.user_indices == user)
    split = random_split(dataset.num_ratings, bundle.info.data)
    train, both = split.train.numpy(), torch.cat([split.train, split.validation]).numpy()
    for model, known in ((bundle, train), (history_bundle, both)):
        expected = model.movie_features[loved(dataset, own[np.isin(own, known)])].mean(axis=0)
        assert taste_of(model, dataset, user) == pytest.approx(expected, abs=1e-6)


def test_who_loves_nothing_likes_best_what_they_rated_best(bundle, dataset) -> None:
    ratings = dataset.ratings.copy()
    own = dataset.user_indices == 7
    ratings.loc[own, "rating"] = np.where(np.arange(own.sum()) % 2, 2, 1)
    sad = replace(dataset, ratings=ratings)
    rows = np.flatnonzero(
        own & np.isin(np.arange(sad.num_ratings), random_split(sad.num_ratings, bundle.info.data).train)
    )
    best = rows[ratings["rating"].to_numpy()[rows] == 2]
    expected = bundle.movie_features[sad.movie_indices[best]].mean(axis=0)
    assert taste_of(bundle, sad, 7) == pytest.approx(expected, abs=1e-6)


def test_who_is_not_there_or_rated_nothing_has_no_taste(bundle, dataset) -> None:
    with pytest.raises(UnknownIdError):
        taste_of(bundle, dataset, dataset.num_users)
    silent = replace(dataset, ratings=dataset.ratings[dataset.user_indices != 7].reset_index(drop=True))
    with pytest.raises(ConfigError):
        taste_of(bundle, silent, 7)
