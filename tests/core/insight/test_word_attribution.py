"""Which words mattered: leaving one out and Shapley values, against the network's own numbers."""

import itertools

import numpy as np
import pytest

from recsys.errors import ConfigError
from recsys.insight import word_attribution
from recsys.insight.title_probe import TitleProbe
from recsys.insight.word_attribution import METHODS, Method, attribute

TITLE = "The Silent River of Stars"


@pytest.fixture(scope="module")
def probe(history_bundle, dataset) -> TitleProbe:
    return TitleProbe(history_bundle, dataset)


def with_words(probe: TitleProbe, text: str, kept: tuple[int, ...]) -> np.ndarray:
    """The filters' numbers where only some words stand, each in its own place."""
    embeddings = probe.trace(text).embeddings.copy()
    embeddings[[at for at in range(len(embeddings)) if at not in kept]] = 0
    found: np.ndarray = probe.features_of(embeddings[None])[0]
    return found


def test_leaving_a_word_out_measures_what_is_missing_without_it(probe: TitleProbe) -> None:
    found = attribute(probe, TITLE, method="leave_one_out", movie_index=1, user_index=2)
    film = probe.film(TITLE, movie_index=1)
    everything = tuple(range(len(found.words)))
    for word in everything:
        others = with_words(probe, TITLE, tuple(at for at in everything if at != word))
        assert found.to_features[word] == pytest.approx(film.title.features - others, abs=1e-6)
        assert found.to_stars is not None
        stars = probe.stars(film, 2) - probe.stars_with(film, others[None], 2)[0]
        assert found.to_stars[word] == pytest.approx(stars, abs=1e-5)


def test_shapley_values_are_the_mean_over_all_orders(probe: TitleProbe) -> None:
    text = "The Silent River"
    found = attribute(probe, text, method="shapley", movie_index=1)
    expected = np.zeros_like(found.to_features)
    orders = list(itertools.permutations(range(3)))
    for order in orders:
        for step, word in enumerate(order):
            expected[word] += with_words(probe, text, order[: step + 1]) - with_words(probe, text, order[:step])
    assert found.to_features == pytest.approx(expected / len(orders), abs=1e-6)


@pytest.mark.parametrize("length", [1, 5, 12, 15])
def test_shapley_values_add_up_to_the_whole_difference(probe: TitleProbe, length: int) -> None:
    words = (TITLE + " Beyond A Secret Garden In The Old Town At Night").split()[:length]
    found = attribute(probe, " ".join(words), method="shapley", movie_index=0, user_index=1)
    assert found.is_exact == (length <= word_attribution.MAX_EXACT)
    assert found.to_features.sum(axis=0) == pytest.approx(found.features - found.features_without, abs=1e-5)
    assert found.to_stars is not None
    assert found.stars is not None
    assert found.stars_without is not None
    assert found.to_stars.sum() == pytest.approx(found.stars - found.stars_without, abs=1e-4)


def test_all_choices_and_drawn_orders_agree(probe: TitleProbe, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = attribute(probe, TITLE, method="shapley", movie_index=0)
    monkeypatch.setattr(word_attribution, "MAX_EXACT", 0)
    drawn = attribute(probe, TITLE, method="shapley", movie_index=0)
    assert not drawn.is_exact
    assert drawn.to_features == pytest.approx(
        exact.to_features, abs=0.02 * float(np.abs(exact.to_features).max()) + 1e-6
    )
    again = attribute(probe, TITLE, method="shapley", movie_index=0)
    assert again.to_features.tolist() == drawn.to_features.tolist()


@pytest.mark.parametrize("method", METHODS)
def test_a_title_without_a_word_has_nothing_to_attribute(probe: TitleProbe, method: Method) -> None:
    found = attribute(probe, " ", method=method, user_index=0)
    assert found.words == ()
    assert found.to_features.shape == (0, probe.num_features)
    assert found.features.tolist() == found.features_without.tolist()
    assert found.stars == found.stars_without


def test_without_a_person_there_are_no_stars(probe: TitleProbe) -> None:
    found = attribute(probe, TITLE, method="leave_one_out")
    assert (found.to_stars, found.stars, found.stars_without) == (None, None, None)


def test_the_numbers_with_all_words_are_the_networks_own(probe: TitleProbe) -> None:
    found = attribute(probe, TITLE, method="leave_one_out", movie_index=3, user_index=4)
    film = probe.film(TITLE, movie_index=3)
    assert found.features == pytest.approx(film.title.features, abs=1e-6)
    assert found.stars == pytest.approx(probe.stars(film, 4), abs=1e-5)


def test_an_unknown_method_is_refused(probe: TitleProbe) -> None:
    with pytest.raises(ConfigError, match="method"):
        attribute(probe, TITLE, method="guess")  # type: ignore[arg-type]
