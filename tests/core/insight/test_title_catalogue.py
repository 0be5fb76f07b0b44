"""The title catalogue: what each filter looks for, held to a plain search through all titles."""

import numpy as np
import pytest
import torch

from recsys.errors import ConfigError
from recsys.insight.title_catalogue import Gallery, gallery
from recsys.insight.title_probe import TitleProbe

CLOSE = 1e-5


@pytest.fixture(scope="module", params=["article", "default"])
def probe(request, bundle, history_bundle, dataset) -> TitleProbe:
    return TitleProbe(bundle if request.param == "article" else history_bundle, dataset)


@pytest.fixture(scope="module")
def shown(probe) -> Gallery:
    return gallery(probe)


def every_window(probe: TitleProbe, f: int) -> list[tuple[tuple[str | None, ...], float, int, int]]:
    """All windows of the width of filter f over all titles: words, response, film, start. One title after the other."""
    width = probe.windows[f // probe.num_filters]
    found = []
    for movie in range(probe.dataset.num_movies):
        trace = probe.trace(probe.own_title(movie))
        words = [*(word.text for word in trace.words), *[None] * width]
        responses = trace.windows[f // probe.num_filters].responses[f % probe.num_filters]
        found += [(tuple(words[at : at + width]), float(value), movie, at) for at, value in enumerate(responses)]
    return found


def test_the_maxima_and_their_places_are_those_of_the_network(probe, shown) -> None:
    tokens = probe.encoder.encode_movies(probe.dataset).title
    with torch.inference_mode():
        winners = probe.bundle.model.movie_tower.title.winners(tokens)
    assert shown.features == pytest.approx(winners.response.numpy(), abs=CLOSE)
    answers = winners.response.numpy() > CLOSE
    assert answers.any()
    assert (shown.starts == winners.start.numpy())[answers].all()


@pytest.mark.parametrize("f", [2, 9, 31])
def test_the_peaks_are_the_strongest_distinct_n_grams_of_all_titles(probe, shown, f) -> None:
    strongest: dict[tuple[str | None, ...], float] = {}
    for words, response, _, _ in every_window(probe, f):
        strongest[words] = max(response, strongest.get(words, 0.0))
    expected = sorted((value for value in strongest.values() if value > CLOSE), reverse=True)[:12]
    peaks = shown.peaks(f, 12)
    assert [peak.response for peak in peaks][: len(expected)] == pytest.approx(expected, abs=CLOSE)
    assert len({peak.words for peak in peaks}) == len(peaks)
    for peak in peaks:
        assert strongest[peak.words] == pytest.approx(peak.response, abs=CLOSE)


def test_a_peak_names_all_its_films_the_most_rated_first_and_where_it_stands_in_that(probe, shown) -> None:
    ratings = probe.dataset.num_ratings_by_movie
    for f in (2, 31):
        windows = every_window(probe, f)
        for peak in shown.peaks(f, 5):
            places = {(movie, start) for words, _, movie, start in windows if words == peak.words}
            assert set(peak.movie_indices) == {movie for movie, _ in places}
            assert list(peak.movie_indices) == sorted(peak.movie_indices, key=lambda movie: (-ratings[movie], movie))
            assert (peak.movie_indices[0], peak.start) in places


def test_a_film_is_won_by_the_filter_that_stands_out_most(probe, shown) -> None:
    standing = (shown.features - shown.mean) / np.where(shown.deviation > 0, shown.deviation, np.inf)
    won = {film.movie_index: f for f in range(probe.num_features) for film in shown.won(f, 10_000)}
    assert won
    for movie, f in won.items():
        assert standing[movie, f] == standing[movie].max()
    lost = set(range(probe.dataset.num_movies)) - set(won)
    assert all(shown.features[movie, standing[movie].argmax()] == 0 for movie in lost)


def test_films_won_come_strongest_first_with_their_own_response(probe, shown) -> None:
    for f in range(probe.num_features):
        films = shown.won(f, 5)
        assert len(films) <= 5
        assert [film.response for film in films] == sorted((film.response for film in films), reverse=True)
        for film in films:
            assert film.response == shown.features[film.movie_index, f] > 0
            assert film.start == shown.starts[film.movie_index, f]


def test_the_usual_answer_of_a_filter_is_counted_over_all_films(shown) -> None:
    assert shown.mean == pytest.approx(shown.features.mean(axis=0), abs=CLOSE)
    assert shown.deviation == pytest.approx(shown.features.std(axis=0), abs=CLOSE)
    assert shown.share_silent == pytest.approx([(column == 0).mean() for column in shown.features.T])
    middle = float(np.median(shown.features[:, 3]))
    assert shown.rank_of(3, middle) == pytest.approx((shown.features[:, 3] < np.float32(middle)).mean())
    assert shown.rank_of(3, -1.0) == 0
    assert shown.rank_of(3, 1e6) == 1


@pytest.mark.parametrize(("f", "k"), [(-1, 5), (32, 5), (0, 0)])
def test_what_does_not_exist_is_refused(shown, f, k) -> None:
    with pytest.raises(ConfigError):
        shown.peaks(f, k)
    with pytest.raises(ConfigError):
        shown.won(f, k)
