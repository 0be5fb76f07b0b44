"""The title probe: every number is the network's own, from the words to the similar films."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from recsys.bundle import load_bundle
from recsys.data.splits import random_split
from recsys.errors import ConfigError, UnknownIdError
from recsys.insight.maps.placing import invented_movie
from recsys.insight.titles.probe import TitleProbe, probe_of
from recsys.paths import SHIPPED_MODELS
from recsys.recommend import Recommender

EXACT = 1e-6
TITLE = "movie_tower.title."


@pytest.fixture(scope="module", params=["article", "default"])
def pair(request, bundle, history_bundle, dataset):
    """A bundle in full precision, and the probe of it."""
    chosen = bundle if request.param == "article" else history_bundle
    return chosen, TitleProbe(chosen, dataset)


@pytest.fixture(scope="module")
def probe(history_bundle, dataset) -> TitleProbe:
    return probe_of(Recommender(dataset, history_bundle))


def words_of(dataset, number: int) -> list[str]:
    """Some different words of the data set's titles."""
    return sorted({word for title in dataset.movies["title"] for word in title.split()})[:number]


def test_a_film_with_its_own_title_is_what_the_bundle_says_it_is(pair, dataset) -> None:
    bundle, probe = pair
    for movie in range(dataset.num_movies):
        film = probe.film(probe.own_title(movie), movie_index=movie)
        assert film.vector == pytest.approx(bundle.movie_features[movie], abs=EXACT)
        assert film.bias == pytest.approx(bundle.features.movie_bias[movie], abs=EXACT)
        assert film.title.features == pytest.approx(probe.title_features[movie], abs=EXACT)


def test_stars_are_those_that_the_bundle_predicts(pair, dataset) -> None:
    bundle, probe = pair
    film = probe.film(probe.own_title(7), movie_index=7)
    everybody = probe.stars_of_all(film)
    assert everybody == pytest.approx(bundle.stars_of_movie(7), abs=1e-5)
    for user in (0, 149):
        assert probe.stars(film, user) == pytest.approx(float(everybody[user]), abs=1e-5)


def test_what_the_branches_add_and_the_bias_make_the_vector(pair) -> None:
    bundle, probe = pair
    film = probe.film("A Night in Nowhere", movie_index=4)
    has_history = bundle.info.model.history_size > 0
    assert [part.name for part in film.parts] == ["movie", "genres", "title", *["history"] * has_history]
    total = sum(part.added.astype(np.float64) for part in film.parts) + film.mix_bias
    assert film.before == pytest.approx(total, abs=1e-5)
    assert film.vector == pytest.approx(np.tanh(total), abs=1e-5)
    mix = load_file(bundle.info.folder / "weights.safetensors")["movie_tower.mix.weight"]
    values = np.concatenate([part.values for part in film.parts])
    assert film.before == pytest.approx(mix @ values + film.mix_bias, abs=1e-5)


def test_every_number_of_a_sum_follows_by_hand_from_the_weights(pair, dataset) -> None:
    bundle, probe = pair
    state = load_file(bundle.info.folder / "weights.safetensors")
    words = words_of(dataset, 4)
    trace = probe.trace(" ".join(words))
    vocabulary = sorted({word for title in dataset.movies["title"] for word in title.casefold().split()})
    rows = [vocabulary.index(word.text) + 2 for word in trace.words]  # two rows stand before the words
    features = []
    for number, width in enumerate(bundle.info.model.windows):
        weights, bias = (state[f"{TITLE}convolutions.{number}.{name}"] for name in ("weight", "bias"))
        table = np.concatenate([state[f"{TITLE}words.weight"][rows], np.zeros((width, weights.shape[1]), np.float32)])
        for kernel in range(probe.num_filters):
            by_hand = []
            for start in range(max(1, len(rows) - width + 1)):
                found = probe.sum_at(trace, width, kernel, start)
                under = table[start : start + width]
                assert np.array_equal(found.embeddings, under)
                assert np.array_equal(found.weights, weights[kernel].T)
                assert found.bias == bias[kernel]
                assert np.array_equal(found.products, under * weights[kernel].T)
                assert found.word_sums == pytest.approx((under * weights[kernel].T).sum(axis=1), abs=EXACT)
                assert found.total == pytest.approx(float(found.word_sums.sum()) + found.bias, abs=EXACT)
                assert found.response == max(found.total, 0.0)
                by_hand.append(max(0.0, float((under * weights[kernel].T).sum() + bias[kernel])))
            window = trace.windows[number]
            assert window.strongest[kernel] == pytest.approx(max(by_hand), abs=EXACT)
            assert by_hand[window.winner[kernel]] == pytest.approx(max(by_hand), abs=EXACT)
            features.append(max(by_hand))
    assert trace.features == pytest.approx(np.array(features), abs=EXACT)


def test_winners_are_those_that_the_network_names(pair) -> None:
    bundle, probe = pair
    for movie in range(20):
        trace = probe.trace(probe.own_title(movie))
        winners = bundle.model.movie_tower.title.winners(probe.encoder.encode_title(trace.text).unsqueeze(0))
        assert np.array_equal(np.concatenate([window.winner for window in trace.windows]), winners.start[0].numpy())


def test_filter_numbers_run_through_one_width_after_the_other(probe) -> None:
    trace = probe.trace(probe.own_title(3))
    for number, window in enumerate(trace.windows):
        own = trace.features[number * probe.num_filters : (number + 1) * probe.num_filters]
        assert np.array_equal(own, window.strongest)


@pytest.mark.parametrize(
    ("text", "num_words"),
    [("", 0), (" \t\u3000 ", 0), ("霸王别姬", 1), ("Броненосец Потёмкин", 2), ("गांधी", 1), ("🎬 🎬 🎬", 3), ("&", 1)],
)
def test_titles_in_any_script_are_traced(probe, text, num_words) -> None:
    trace = probe.trace(text)
    assert len(trace.words) == num_words
    assert trace.embeddings.shape == (num_words, 8)
    assert not any(word.is_known for word in trace.words)
    assert np.isfinite(trace.features).all()
    assert np.isfinite(probe.film(text).vector).all()


def test_an_empty_title_leaves_each_filter_its_bias(probe) -> None:
    trace = probe.trace("")
    for window in trace.windows:
        biases = np.array([probe.weights(window.width, kernel)[1] for kernel in range(probe.num_filters)])
        assert window.strongest == pytest.approx(np.maximum(biases, 0), abs=EXACT)
        assert window.before.shape == (probe.num_filters, 1)
        assert window.num_padded == window.width
    found = probe.sum_at(trace, 3, 0, 0)
    assert found.words == (None, None, None)
    assert not found.products.any()


def test_a_title_shorter_than_the_window_is_filled_up_with_zeros(probe, dataset) -> None:
    trace = probe.trace(words_of(dataset, 1)[0])
    assert [window.num_padded for window in trace.windows] == [1, 2, 3, 4]
    found = probe.sum_at(trace, 4, 2, 0)
    assert found.words == (trace.words[0].text, None, None, None)
    assert not found.products[1:].any()
    assert found.total == pytest.approx(float(found.word_sums[0]) + found.bias, abs=EXACT)


def test_words_beyond_the_length_are_cut_and_change_nothing(probe, dataset) -> None:
    words = (words_of(dataset, 5) * 4)[:15]
    short, long = probe.trace(" ".join(words)), probe.trace(" ".join([*words, "one", "two!"]))
    assert (short.cut_words, long.cut_words) == ((), ("one", "two"))
    assert len(long.words) == 15
    assert np.array_equal(short.features, long.features)
    assert [window.before.shape[1] for window in long.windows] == [14, 13, 12, 11]


def test_unknown_words_are_all_read_as_the_same_one(probe) -> None:
    first, second = probe.trace("qwertz asdfgh"), probe.trace("zzyzx yyzzy")
    assert np.array_equal(first.features, second.features)
    assert np.array_equal(first.embeddings[0], first.embeddings[1])
    assert not first.words[0].is_known


def test_known_words_are_known_in_any_case_and_with_punctuation(probe, dataset) -> None:
    word = words_of(dataset, 1)[0]
    first, second = probe.trace(word), probe.trace(f"({word.upper()}!)")
    assert second.words[0].is_known
    assert np.array_equal(first.features, second.features)


def test_an_invented_film_is_the_one_that_can_be_placed_on_the_map(history_bundle, probe, dataset) -> None:
    genres = dataset.genres[:2]
    film = probe.film("Some Night Somewhere", genres=genres)
    expected = invented_movie(history_bundle, dataset, "Some Night Somewhere", genres)
    assert film.vector == pytest.approx(expected.vector, abs=EXACT)
    assert film.bias == 0
    assert not film.parts[0].values.any()


def test_without_histories_an_invented_film_has_the_mean_of_all_ids(bundle, dataset) -> None:
    probe = TitleProbe(bundle, dataset)
    own = [probe.film("", movie_index=movie).parts[0].values for movie in range(dataset.num_movies)]
    assert probe.film("", genres=dataset.genres[:1]).parts[0].values == pytest.approx(np.mean(own, axis=0), abs=EXACT)


def test_other_genres_take_the_place_of_the_films_own(probe, dataset) -> None:
    own = dataset.movies["genres"].iloc[0]
    other = tuple(genre for genre in dataset.genres if genre not in own)[:1]
    as_it_is, changed = probe.film("", movie_index=0), probe.film("", movie_index=0, genres=other)
    the_same = probe.film("", movie_index=0, genres=own)
    assert the_same.parts[1].values == pytest.approx(as_it_is.parts[1].values, abs=EXACT)
    assert not np.allclose(changed.parts[1].values, as_it_is.parts[1].values, atol=1e-3)
    assert np.array_equal(changed.parts[1].values, probe.film("", genres=other).parts[1].values)
    assert np.array_equal(changed.parts[3].values, as_it_is.parts[3].values)


def test_another_title_changes_the_titles_part_alone(probe, dataset) -> None:
    before, after = (probe.film(text, movie_index=2) for text in (probe.own_title(2), " ".join(words_of(dataset, 4))))
    assert [np.array_equal(a.values, b.values) for a, b in zip(before.parts, after.parts, strict=True)] == [
        True,
        True,
        False,
        True,
    ]
    assert not np.array_equal(before.vector, after.vector)


def test_stars_with_other_title_numbers_are_those_of_the_other_title(pair) -> None:
    _, probe = pair
    film, other = probe.film("", movie_index=6), probe.film(probe.own_title(1), movie_index=6)
    both = np.stack([film.title.features, other.title.features])
    assert probe.stars_with(film, both, 9) == pytest.approx([probe.stars(film, 9), probe.stars(other, 9)], abs=EXACT)


def test_features_of_given_vectors_are_those_of_their_words(probe) -> None:
    for text in ("", probe.own_title(0), probe.own_title(1) + " " + probe.own_title(2)):
        trace = probe.trace(text)
        assert probe.features_of(trace.embeddings[None])[0] == pytest.approx(trace.features, abs=EXACT)


def test_the_most_similar_film_to_a_film_is_itself_unless_it_is_left_out(pair) -> None:
    bundle, probe = pair
    film = probe.film(probe.own_title(8), movie_index=8)
    movie, cosine = probe.similar(film, 3)[0]
    assert (movie, cosine) == (8, pytest.approx(1.0, abs=1e-5))
    others = probe.similar(film, 3, exclude=8)
    units = bundle.movie_features / np.linalg.norm(bundle.movie_features, axis=1, keepdims=True)
    cosines = units @ units[8]
    cosines[8] = -2
    assert [movie for movie, _ in others] == np.argsort(-cosines)[:3].tolist()
    assert [value for _, value in others] == pytest.approx(np.sort(cosines)[::-1][:3], abs=1e-5)


def test_what_a_page_gets_can_be_changed_without_harm(probe) -> None:
    film = probe.film("", movie_index=0)
    again = [part.values.copy() for part in film.parts]
    for part in film.parts:
        part.values[:] = 9
    weights = probe.weights(2, 0)[0]
    weights[:] = 9
    assert not np.array_equal(probe.weights(2, 0)[0], weights)
    assert all(np.array_equal(a, b.values) for a, b in zip(again, probe.film("", movie_index=0).parts, strict=True))


def test_histories_hold_no_test_rating(history_bundle, probe, dataset) -> None:
    """The logarithm of the number of ratings stands in the last place of the history's numbers."""
    split = random_split(dataset.num_ratings, history_bundle.info.data)
    known = torch.cat([split.train, split.validation]).numpy()
    counts = np.bincount(dataset.movie_indices[known], minlength=dataset.num_movies)
    last = [probe.film("", movie_index=movie).parts[3].values[-1] for movie in range(dataset.num_movies)]
    assert last == pytest.approx(np.log1p(counts) / 5 - 1, abs=1e-5)


def test_what_is_not_there_is_refused(probe, dataset) -> None:
    trace, film = probe.trace("Night"), probe.film("Night")
    for wrong in (-1, dataset.num_movies):
        with pytest.raises(UnknownIdError):
            probe.film("Night", movie_index=wrong)
        with pytest.raises(UnknownIdError):
            probe.own_title(wrong)
    for wrong in (-1, dataset.num_users):
        with pytest.raises(UnknownIdError):
            probe.stars(film, wrong)
    for width, kernel, start in ((6, 0, 0), (2, 8, 0), (2, -1, 0), (2, 0, 1), (2, 0, -1)):
        with pytest.raises(ConfigError):
            probe.sum_at(trace, width, kernel, start)
    with pytest.raises(ConfigError, match="genres"):
        probe.film("Night", genres=("Dogma",))


def test_a_half_bundle_is_followed_to_within_its_rounding(history_bundle, dataset) -> None:
    half = history_bundle.halved()
    probe = TitleProbe(half, dataset)
    films = [probe.film(probe.own_title(movie), movie_index=movie) for movie in range(dataset.num_movies)]
    assert np.stack([film.vector for film in films]) == pytest.approx(half.movie_features, abs=5e-3)


def test_the_shipped_network_follows_its_own_films(real_dataset) -> None:
    """On the real data set: films all over the table, to within the half precision in which the bundle ships."""
    shipped = load_bundle(SHIPPED_MODELS / real_dataset.name, real_dataset)
    probe = TitleProbe(shipped, real_dataset)
    for movie in range(0, real_dataset.num_movies, 97):
        film = probe.film(probe.own_title(movie), movie_index=movie)
        assert film.vector == pytest.approx(shipped.movie_features[movie], abs=5e-3)
        assert film.bias == pytest.approx(shipped.features.movie_bias[movie], abs=5e-3)


def test_many_threads_get_the_answers_that_one_gets(probe, dataset) -> None:
    titles = [probe.own_title(movie) for movie in range(24)] * 2
    alone = [probe.stars(probe.film(title, movie_index=5), 3) for title in titles]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda title: probe.stars(probe.film(title, movie_index=5), 3), titles))
    assert together == pytest.approx(alone, abs=EXACT)
    assert len(set(alone)) > 10
