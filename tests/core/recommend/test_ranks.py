"""Ranks: a film's points add up to what the list is ordered by, and neighbours differ as they stand."""

import itertools

import numpy as np
import pytest

from recsys.data.dataset import Dataset
from recsys.recommend import Dials, Filters, Person, Recommender, Traits
from recsys.recommend.explaining import Explainer
from recsys.recommend.fold_in import FoldIn
from recsys.recommend.inside import Inside
from recsys.recommend.ranks import Ranks, added

DIALS = [Dials(), Dials(loved=0.0), Dials(loved=1.0), Dials(loved=0.8, gems=0.7), Dials(gems=-1.0), Dials(variety=0.6)]


@pytest.fixture(scope="module", params=["history_bundle", "bundle"])
def explainer(request: pytest.FixtureRequest, dataset: Dataset) -> Explainer:
    inside = Inside(Recommender(dataset, request.getfixturevalue(request.param)))
    return Explainer(inside, FoldIn(inside) if FoldIn.serves(inside.bundle) else None, num_pairs=11)


@pytest.fixture(scope="module")
def recommender(explainer: Explainer, dataset: Dataset) -> Recommender:
    return Recommender(dataset, explainer.inside.bundle)


@pytest.fixture(scope="module")
def people(explainer: Explainer, recommender: Recommender, dataset: Dataset) -> list[Person]:
    """Two of the data set's people and, where the network can, a newcomer who dislikes a good deal."""
    found = [recommender.person(int(user_id)) for user_id in dataset.users["user_id"].iloc[[3, 40]]]
    if explainer.fold_in is not None:
        films = dataset.movies["movie_id"].tolist()
        given = dict(zip(films[:12], (1, 1, 2, 1, 5, 1, 2, 1, 1, 2, 4, 1), strict=True))
        found.append(explainer.fold_in.person(given, Traits("F")))
    return found


@pytest.mark.parametrize("dials", DIALS)
def test_points_add_up_to_what_the_list_is_ordered_by(explainer, recommender, people, dataset, dials):
    """But for a number that is the same for all films of a person; variety apart, which orders as it chooses."""
    films = dataset.movies["movie_id"].tolist()[::9]
    plain = Dials(dials.loved, dials.gems)
    for person in people:
        ranks = Ranks(recommender, explainer.background, person, dials=plain)
        scores = recommender.scores_for(person, plain)
        gaps = []
        for film in films:
            points = ranks.points(explainer.explain(person, film), film)
            for each in (points.watch, points.stars, points.blend):
                if each is not None:
                    assert each.base + sum(part.value for part in each.parts) == pytest.approx(each.total, abs=1e-6)
            gaps.append(points.total - float(scores[dataset.movie_index(film)]))
        assert np.ptp(gaps) < 5e-5
        if person.user_id is not None:
            average = float(scores[explainer.background.movies.numpy()].mean())
            assert gaps[0] == pytest.approx(-average, abs=5e-5)


@pytest.mark.parametrize("dials", DIALS)
@pytest.mark.parametrize("seed", [None, 3])
def test_neighbours_stand_where_their_points_put_them(explainer, recommender, people, dials, seed):
    for person in people:
        ranks = Ranks(recommender, explainer.background, person, k=8, dials=dials, surprise_seed=seed)
        listed = recommender.recommend_for(person, k=8, dials=dials, surprise_seed=seed)
        films = [film.movie_id for film in listed]
        standings = [ranks.standing(film) for film in films]
        assert [standing.place for standing in standings] == list(range(1, len(films) + 1))
        assert standings[0].above is None
        for (upper, over), (lower, under) in itertools.pairwise(zip(films, standings, strict=True)):
            assert over.below.movie_id == lower
            assert under.above.movie_id == upper
            for beside, sign in ((under.above, 1), (over.below, -1)):
                assert sign * beside.ahead.total >= -1e-5
                assert sum(part.value for part in beside.ahead.parts) == pytest.approx(beside.ahead.total, abs=1e-9)
        if not dials.variety and seed is None:
            assert [standing.rank for standing in standings] == [standing.place for standing in standings]
            assert standings[-1].below.movie_id == recommender.recommend_for(person, k=9, dials=dials)[-1].movie_id


def test_neighbours_differ_by_the_difference_of_their_points(explainer, recommender, people):
    for person in people:
        ranks = Ranks(recommender, explainer.background, person, dials=Dials(variety=0.5))
        films = [film.movie_id for film in recommender.recommend_for(person, dials=Dials(variety=0.5))]
        for film in films[:3]:
            points, below = ranks.points(explainer.explain(person, film), film), ranks.standing(film).below
            theirs = ranks.points(explainer.explain(person, below.movie_id), below.movie_id)
            ahead = {part.name: part.value for part in below.ahead.parts}
            assert ahead["stars"] == pytest.approx(theirs.stars.total - points.stars.total, abs=5e-5)
            if points.watch is not None:
                assert ahead["watch"] == pytest.approx(theirs.watch.total - points.watch.total, abs=5e-5)


def test_a_film_that_is_not_listed_has_a_rank_or_a_filter_that_keeps_it_off(explainer, recommender, people, dataset):
    person = people[0]
    ranks = Ranks(recommender, explainer.background, person, k=3)
    ordered = [film.movie_id for film in recommender.recommend_for(person, k=dataset.num_movies)]
    standing = ranks.standing(ordered[5])
    assert (standing.place, standing.rank, standing.above.movie_id, standing.below) == (None, 6, ordered[2], None)
    seen = ranks.standing(next(iter(person.ratings)))
    assert (seen.place, seen.rank) == (None, None)
    nothing = Ranks(recommender, explainer.background, person, filters=Filters(decades=frozenset({1700})))
    assert (nothing.standing(ordered[0]).num_candidates, nothing.standing(ordered[0]).above) == (0, None)


def test_a_newcomer_loses_what_is_missing_to_three_stars(explainer, recommender, people):
    for person in people:
        values = added(recommender.ordering, explainer.background, person, Dials())
        assert values.keys() == ({"dislike"} if person.user_id is None else set())
        for each in values.values():
            stars = recommender.stars_for(person)
            assert (each[stars < 2.99] < 0).all()
            assert not each[stars >= 3].any()
