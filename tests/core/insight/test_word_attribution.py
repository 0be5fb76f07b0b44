"""Word attribution: held against its definition on titles that are short enough to write all orders out."""

from itertools import permutations

import numpy as np
import pytest

from recsys.errors import ConfigError, UnknownIdError
from recsys.insight.titles import attribution as word_attribution
from recsys.insight.titles.attribution import METHODS, attribute
from recsys.insight.titles.probe import TitleProbe

EXACT = 1e-5
MOVIE, USER = 6, 11


@pytest.fixture(scope="module", params=["article", "default"])
def probe(request, bundle, history_bundle, dataset) -> TitleProbe:
    return TitleProbe(bundle if request.param == "article" else history_bundle, dataset)


def some_title(dataset, num_words: int) -> str:
    return " ".join(sorted({word for title in dataset.movies["title"] for word in title.split()})[:num_words])


def answers(probe, text: str, kept: set[int]) -> np.ndarray:
    """(F + 1,) title features and stars with some words only, the others zeros in their places."""
    film = probe.film(text, movie_index=MOVIE)
    vectors = film.title.embeddings.copy()
    for position in range(len(vectors)):
        if position not in kept:
            vectors[position] = 0
    features = probe.features_of(vectors[None])
    return np.append(features[0], probe.stars_with(film, features, USER)[0])


def of_all(found) -> np.ndarray:
    return np.column_stack([found.to_features, found.to_stars])


def test_leaving_one_out_is_the_difference_that_each_word_makes_alone(probe, dataset) -> None:
    text = some_title(dataset, 5)
    found = attribute(probe, text, method="leave_one_out", movie_index=MOVIE, user_index=USER)
    everything = set(range(5))
    for word in everything:
        expected = answers(probe, text, everything) - answers(probe, text, everything - {word})
        assert of_all(found)[word] == pytest.approx(expected, abs=EXACT)
    assert found.is_exact


def test_shapley_values_are_the_mean_over_all_orders(probe, dataset) -> None:
    text = some_title(dataset, 4)
    found = attribute(probe, text, method="shapley", movie_index=MOVIE, user_index=USER)
    total = np.zeros((4, probe.num_features + 1))
    for order in permutations(range(4)):
        for place, word in enumerate(order):
            before = set(order[:place])
            total[word] += answers(probe, text, before | {word}) - answers(probe, text, before)
    assert of_all(found) == pytest.approx(total / 24, abs=EXACT)
    assert np.abs(of_all(found)).max() > 1e-3


@pytest.mark.parametrize("num_words", [1, 2, 7, 12, 13, 15])
def test_shapley_values_add_up_to_the_difference_between_the_title_and_none(probe, dataset, num_words) -> None:
    text = some_title(dataset, num_words)
    found = attribute(probe, text, method="shapley", movie_index=MOVIE, user_index=USER)
    assert found.to_features.sum(axis=0) == pytest.approx(found.features - found.features_without, abs=EXACT)
    assert found.to_stars.sum() == pytest.approx(found.stars - found.stars_without, abs=EXACT)
    assert found.is_exact == (num_words <= 12)


def test_both_ends_are_the_film_with_its_title_and_with_an_empty_one(probe, dataset) -> None:
    text = some_title(dataset, 6)
    found = attribute(probe, text, method="leave_one_out", movie_index=MOVIE, user_index=USER)
    film, empty = probe.film(text, movie_index=MOVIE), probe.film("", movie_index=MOVIE)
    assert found.features == pytest.approx(film.title.features, abs=EXACT)
    assert found.features_without == pytest.approx(empty.title.features, abs=EXACT)
    assert found.stars == pytest.approx(probe.stars(film, USER), abs=EXACT)
    assert found.stars_without == pytest.approx(probe.stars(empty, USER), abs=EXACT)


def test_estimated_values_come_near_the_exact_ones_and_follow_their_seed(probe, dataset, monkeypatch) -> None:
    text = some_title(dataset, 9)
    options = {"method": "shapley", "movie_index": MOVIE, "user_index": USER}
    exact = attribute(probe, text, **options)
    monkeypatch.setattr(word_attribution, "MAX_EXACT", 5)
    first, again, other = (attribute(probe, text, **options, seed=seed) for seed in (0, 0, 1))
    assert not first.is_exact
    assert np.array_equal(of_all(first), of_all(again))
    assert not np.array_equal(of_all(first), of_all(other))
    assert np.abs(of_all(first) - of_all(exact)).max() < 0.1 * np.abs(of_all(exact)).max()


def test_what_is_said_of_unknown_words_does_not_depend_on_which_they_are(probe) -> None:
    found = attribute(probe, "qwertz asdfgh", method="shapley", movie_index=MOVIE, user_index=USER)
    swapped = attribute(probe, "asdfgh qwertz", method="shapley", movie_index=MOVIE, user_index=USER)
    assert np.array_equal(of_all(found), of_all(swapped))
    assert found.words == ("qwertz", "asdfgh")


@pytest.mark.parametrize("method", METHODS)
def test_titles_without_words_with_one_and_in_any_script_are_answered(probe, method) -> None:
    for text, num_words in (("", 0), ("霸王别姬", 1), ("¡Ay Carmela! 🎬", 3), ("x " * 40, 15)):
        found = attribute(probe, text, method=method, genres=(), user_index=USER)
        assert found.to_features.shape == (num_words, probe.num_features)
        assert found.to_stars.shape == (num_words,)
        assert np.isfinite(of_all(found)).all()


def test_for_one_word_both_methods_say_the_same(probe, dataset) -> None:
    text = some_title(dataset, 1)
    first, second = (attribute(probe, text, method=m, movie_index=MOVIE, user_index=USER) for m in METHODS)
    assert of_all(first) == pytest.approx(of_all(second), abs=EXACT)


def test_without_a_person_there_are_no_stars(probe, dataset) -> None:
    found = attribute(probe, some_title(dataset, 3), method="shapley", movie_index=MOVIE)
    assert (found.to_stars, found.stars, found.stars_without) == (None, None, None)
    assert found.to_features.shape == (3, probe.num_features)


def test_what_is_not_there_is_refused(probe, dataset) -> None:
    with pytest.raises(ConfigError, match="method"):
        attribute(probe, "Night", method="gradient")
    with pytest.raises(UnknownIdError):
        attribute(probe, "Night", method="shapley", user_index=dataset.num_users)
    with pytest.raises(UnknownIdError):
        attribute(probe, "Night", method="shapley", movie_index=-1)
