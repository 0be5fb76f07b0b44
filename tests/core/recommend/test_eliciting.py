"""Films are offered to a newcomer by what the answer tells and by how many people know them."""

import numpy as np
import pytest

from recsys.recommend.eliciting import in_order, most_rated, offers


def mean_variance(fold_in, movie_ids):
    variances = np.einsum("md,de,me->m", fold_in.slopes, fold_in.uncertainty(movie_ids), fold_in.slopes)
    return variances @ fold_in.shares / fold_in.shares.sum()


@pytest.fixture(scope="module")
def nobody(fold_in):
    """A newcomer who has not rated anything."""
    return fold_in.person({})


def test_a_gain_is_what_the_answer_takes_from_the_variance(fold_in, dataset, monkeypatch):
    prior = fold_in.prior(2)
    monkeypatch.setattr(fold_in, "prior", lambda _: prior)  # so that one more answer changes nothing else
    answered = dataset.movies["movie_id"].tolist()[:2]
    (offer,) = offers(fold_in, fold_in.person(dict.fromkeys(answered, 4)), [])
    after = mean_variance(fold_in, [*answered, offer.movie_id])
    assert offer.gain == pytest.approx(mean_variance(fold_in, answered) - after, rel=1e-6)
    assert offer.gain > 0


def test_several_offers_are_those_of_one_question_after_the_other(fold_in, nobody, monkeypatch):
    prior = fold_in.prior(0)
    monkeypatch.setattr(fold_in, "prior", lambda _: prior)
    one_by_one: list[int] = []
    for _ in range(6):
        one_by_one.append(offers(fold_in, nobody, [], asked=one_by_one)[0].movie_id)
    assert [offer.movie_id for offer in offers(fold_in, nobody, [], 6)] == one_by_one


def test_the_order_of_all_begins_with_the_offer(fold_in, nobody):
    order = in_order(fold_in, nobody, [])
    assert order[0] == offers(fold_in, nobody, [])[0]
    assert len(order) == len(most_rated(fold_in, []))


def test_a_gain_is_told_beside_the_largest_of_all_films(fold_in, nobody):
    order = in_order(fold_in, nobody, [])
    largest = max(offer.gain for offer in order)
    assert [offer.gain_of_best for offer in order] == pytest.approx([offer.gain / largest for offer in order])
    assert max(offer.gain_of_best for offer in order) == 1


def test_what_was_answered_asked_or_skipped_is_not_offered_again(fold_in, nobody):
    first = [offer.movie_id for offer in offers(fold_in, nobody, [], 8)]
    person = fold_in.person(dict.fromkeys(first[:3], 4))
    later = [offer.movie_id for offer in offers(fold_in, person, first[3:6], 8, asked=[first[0], *first[6:]])]
    assert not set(first) & set(later)
    assert len(set(later)) == 8


def test_shares_are_of_people_with_known_ratings(fold_in, nobody):
    offer = offers(fold_in, nobody, [])[0]
    index = fold_in.inside.dataset.movie_index(offer.movie_id)
    table = fold_in.inside.table
    people = len(np.unique(table.users.numpy()))
    assert offer.share_who_rated_it == pytest.approx(int((table.movies == index).sum()) / people)


def test_what_is_offered_tells_more_than_what_is_best_known(fold_in, nobody):
    chosen = offers(fold_in, nobody, [], 5)
    well_known = fold_in.inside.dataset.movies["movie_id"].to_numpy()[most_rated(fold_in, [])[:5]]
    assert mean_variance(fold_in, [offer.movie_id for offer in chosen]) <= mean_variance(fold_in, well_known) + 1e-9


def test_a_film_that_the_person_will_hardly_know_is_offered_late(fold_in, nobody, monkeypatch):
    order = [offer.movie_id for offer in in_order(fold_in, nobody, [])]
    chances = fold_in.chances(nobody)
    chances[fold_in.inside.dataset.movie_index(order[0])] = 0.0
    monkeypatch.setattr(fold_in, "chances", lambda _: chances)
    assert [offer.movie_id for offer in in_order(fold_in, nobody, [])] == [*order[1:], order[0]]


def test_chances_are_those_of_the_watch_head(fold_in, nobody):
    chances = fold_in.chances(nobody)
    assert chances.sum() == pytest.approx(1)
    assert (chances > 0).all()


def test_nothing_is_left_to_offer_where_everything_was_skipped(fold_in, dataset, nobody):
    everything = dataset.movies["movie_id"].tolist()
    assert offers(fold_in, nobody, everything, 3) == []
    assert len(offers(fold_in, fold_in.person({everything[0]: 3}), everything[3:], 5)) <= 2


def test_a_number_below_one_is_an_error(fold_in, nobody):
    with pytest.raises(ValueError, match="1 or more"):
        offers(fold_in, nobody, [], 0)
