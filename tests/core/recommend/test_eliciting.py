"""Films are offered to a newcomer by what the answer tells and by how many people know them."""

import numpy as np
import pytest

from recsys.recommend import Recommender
from recsys.recommend.eliciting import most_rated, offers
from recsys.recommend.fold_in import FoldIn
from recsys.recommend.inside import Inside


@pytest.fixture(scope="module")
def fold_in(dataset, history_bundle):
    return FoldIn(Inside(Recommender(dataset, history_bundle)))


def mean_variance(fold_in, movie_ids):
    variances = np.einsum("md,de,me->m", fold_in.slopes, fold_in.uncertainty(movie_ids), fold_in.slopes)
    return variances @ fold_in.shares / fold_in.shares.sum()


def test_a_gain_is_what_the_answer_takes_from_the_variance(fold_in, dataset, monkeypatch):
    prior = fold_in.prior(2)
    monkeypatch.setattr(fold_in, "prior", lambda _: prior)  # so that one more answer changes nothing else
    answered = dataset.movies["movie_id"].tolist()[:2]
    for offer in offers(fold_in, answered, [], k=1):
        after = mean_variance(fold_in, [*answered, offer.movie_id])
        assert offer.gain == pytest.approx(mean_variance(fold_in, answered) - after, rel=1e-6)
        assert offer.gain > 0


def test_several_offers_are_those_of_one_answer_after_the_other(fold_in, dataset, monkeypatch):
    prior = fold_in.prior(0)
    monkeypatch.setattr(fold_in, "prior", lambda _: prior)
    one_by_one: list[int] = []
    for _ in range(6):
        one_by_one.append(offers(fold_in, one_by_one, [])[0].movie_id)
    assert [offer.movie_id for offer in offers(fold_in, [], [], k=6)] == one_by_one


def test_what_was_answered_or_skipped_is_not_offered_again(fold_in):
    first = [offer.movie_id for offer in offers(fold_in, [], [], k=8)]
    later = [offer.movie_id for offer in offers(fold_in, first[:3], first[3:], k=8)]
    assert not set(first) & set(later)
    assert len(set(later)) == 8


def test_shares_are_of_people_with_known_ratings(fold_in):
    offer = offers(fold_in, [], [])[0]
    index = fold_in.inside.dataset.movie_index(offer.movie_id)
    table = fold_in.inside.table
    people = len(np.unique(table.users.numpy()))
    assert offer.share_who_rated_it == pytest.approx(int((table.movies == index).sum()) / people)


def test_offered_films_are_well_known_and_telling(fold_in):
    """Better known than most, and more telling than just the best known."""
    chosen = offers(fold_in, [], [], k=5)
    assert min(offer.share_who_rated_it for offer in chosen) > np.median(fold_in.shares)
    well_known = fold_in.inside.dataset.movies["movie_id"].to_numpy()[most_rated(fold_in, [])[:5]]
    assert mean_variance(fold_in, [offer.movie_id for offer in chosen]) <= mean_variance(fold_in, well_known) + 1e-9


def test_nothing_is_left_to_offer_where_everything_was_skipped(fold_in, dataset):
    everything = dataset.movies["movie_id"].tolist()
    assert offers(fold_in, [], everything, k=3) == []
    assert len(offers(fold_in, everything[:1], everything[3:], k=5)) <= 2


def test_a_number_below_one_is_an_error(fold_in):
    with pytest.raises(ValueError, match="1 or more"):
        offers(fold_in, [], [], k=0)
