"""The catalogue of titles: what each filter answers to, held against going through every window of every title."""

import numpy as np
import pytest

from recsys.errors import ConfigError
from recsys.insight.titles.catalogue import Gallery, gallery
from recsys.insight.titles.probe import TitleProbe

EXACT = 1e-6
ALL = 10_000


@pytest.fixture(scope="module")
def probe(bundle, dataset) -> TitleProbe:
    return TitleProbe(bundle, dataset)


@pytest.fixture(scope="module")
def shown(probe) -> Gallery:
    return gallery(probe)


@pytest.fixture(scope="module")
def by_hand(probe, dataset) -> list[dict[tuple, tuple[float, set[int]]]]:
    """For each filter: the n-grams of all titles, with response and films."""
    found = [{} for _ in range(probe.num_features)]
    for movie in range(dataset.num_movies):
        trace = probe.trace(probe.own_title(movie))
        words = [word.text for word in trace.words]
        for number, window in enumerate(trace.windows):
            for kernel, start in np.ndindex(window.responses.shape):
                under = words[start : start + window.width]
                n_gram = (*under, *[None] * (window.width - len(under)))
                known = found[number * probe.num_filters + kernel]
                known.setdefault(n_gram, (float(window.responses[kernel, start]), set()))[1].add(movie)
    return found


def test_peaks_are_all_n_grams_of_all_titles_once_and_strongest_first(probe, shown, by_hand) -> None:
    for f in range(probe.num_features):
        peaks = shown.peaks(f, ALL)
        expected = {n_gram: value for n_gram, value in by_hand[f].items() if value[0] > 0}
        assert {peak.words for peak in peaks} == expected.keys()
        assert len({peak.words for peak in peaks}) == len(peaks)
        responses = [peak.response for peak in peaks]
        assert responses == sorted(responses, reverse=True)
        for peak in peaks:
            assert peak.response == pytest.approx(expected[peak.words][0], abs=EXACT)
            assert set(peak.movie_indices) == expected[peak.words][1]


def test_a_peak_stands_where_it_says_in_its_most_rated_film(probe, shown, dataset) -> None:
    for f in range(probe.num_features):
        width = probe.windows[f // probe.num_filters]
        for peak in shown.peaks(f, 20):
            counts = dataset.num_ratings_by_movie[list(peak.movie_indices)]
            assert (np.diff(counts) <= 0).all()
            trace = probe.trace(probe.own_title(peak.movie_indices[0]))
            found = probe.sum_at(trace, width, f % probe.num_filters, peak.start)
            assert found.words == peak.words
            assert found.response == pytest.approx(peak.response, abs=EXACT)


def test_fewer_peaks_are_the_first_of_more(shown) -> None:
    assert shown.peaks(3, 4) == shown.peaks(3, 9)[:4]


def test_peaks_of_well_known_films_leave_out_the_others_alone(shown, dataset) -> None:
    counts = dataset.num_ratings_by_movie
    least = int(np.median(counts))
    for f in (0, 9, 31):
        known = tuple(peak for peak in shown.peaks(f, ALL) if counts[peak.movie_indices[0]] >= least)
        assert known == shown.peaks(f, ALL, least_ratings=least)
        assert len(known) < len(shown.peaks(f, ALL))


def test_maxima_are_those_that_the_network_keeps(probe, shown, dataset) -> None:
    assert shown.features == pytest.approx(probe.title_features, abs=EXACT)
    for movie in range(dataset.num_movies):
        winners = [window.winner for window in probe.trace(probe.own_title(movie)).windows]
        responses = [window.responses for window in probe.trace(probe.own_title(movie)).windows]
        for f, (start, winner) in enumerate(zip(shown.starts[movie], np.concatenate(winners), strict=True)):
            number, kernel = divmod(f, probe.num_filters)
            assert responses[number][kernel, start] == pytest.approx(responses[number][kernel, winner], abs=EXACT)


def test_a_film_is_won_by_the_one_filter_that_stands_out_most(probe, shown, dataset) -> None:
    features = probe.title_features.astype(np.float64)
    spread = features.std(axis=0)
    standing = np.where(spread > 0, (features - features.mean(axis=0)) / np.maximum(spread, 1e-12), 0)
    everything = [shown.won(f, ALL) for f in range(probe.num_features)]
    won = {film.movie_index: f for f, films in enumerate(everything) for film in films}
    assert sum(map(len, everything)) == len(won) == dataset.num_movies
    for movie, f in won.items():
        assert standing[movie, f] == pytest.approx(standing[movie].max(), abs=1e-4)
    for f, films in enumerate(everything):
        assert [film.response for film in films] == sorted([film.response for film in films], reverse=True)
        for film in films:
            assert film.response == pytest.approx(features[film.movie_index, f], abs=EXACT)
            assert film.start == shown.starts[film.movie_index, f]


def test_films_won_can_be_limited_to_well_known_ones(shown, dataset) -> None:
    counts = dataset.num_ratings_by_movie
    busiest = max(range(32), key=lambda f: len(shown.won(f, ALL)))
    least = int(np.median([counts[film.movie_index] for film in shown.won(busiest, ALL)]))
    expected = tuple(film for film in shown.won(busiest, ALL) if counts[film.movie_index] >= least)
    assert shown.won(busiest, ALL, least_ratings=least) == expected
    assert 0 < len(expected) < len(shown.won(busiest, ALL))


def test_how_a_filter_usually_answers_follows_from_all_titles(probe, shown) -> None:
    features = probe.title_features
    assert shown.mean == pytest.approx(features.mean(axis=0), abs=EXACT)
    assert shown.deviation == pytest.approx(features.std(axis=0), abs=EXACT)
    assert shown.share_silent == pytest.approx((features <= 0).mean(axis=0), abs=EXACT)


def test_a_rank_is_the_share_of_titles_below(probe, shown, dataset) -> None:
    for f in (0, 17):
        column = shown.features[:, f]
        for value in (float(column[4]), float(column.max()), float(np.median(column)), -1.0, 99.0):
            assert shown.rank_of(f, value) == (column < np.float32(value)).sum() / dataset.num_movies
    assert shown.rank_of(0, -1.0) == 0
    assert shown.rank_of(0, 99.0) == 1


def test_a_filter_that_never_answers_has_no_peak_and_wins_nothing(bundle, dataset) -> None:
    dead = bundle.halved()
    convolution = dead.model.movie_tower.title.convolutions[1]
    convolution.bias.data[5] = -1e3
    shown = gallery(TitleProbe(dead, dataset))
    f = 8 + 5
    assert shown.peaks(f, 3) == ()
    assert shown.won(f, 3) == ()
    assert (shown.share_silent[f], shown.deviation[f], shown.rank_of(f, 0.0)) == (1, 0, 0)


@pytest.mark.parametrize(("f", "k"), [(-1, 3), (32, 3), (0, 0)])
def test_a_filter_that_is_not_there_is_refused(shown, f, k) -> None:
    for ask in (shown.peaks, shown.won):
        with pytest.raises(ConfigError):
            ask(f, k)
