"""Reasons are computed: the largest part of a film's points, what goes with "less like this", what empties a list."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.bundle import Bundle
from recsys.data.dataset import Dataset
from recsys.errors import UnknownIdError
from recsys.recommend import Dials, Filters, Person, Recommender
from recsys.recommend.because import Because, Effect
from recsys.recommend.explaining import Background, Explainer, Part
from recsys.recommend.inside import Inside
from recsys.recommend.ranks import Ranks
from recsys.recommend.reasons import LEAST_POINTS, _largest, _worth_a_word, reasons, what_empties, without
from recsys.recommend.recommender import MOST_NEAR


@pytest.fixture(scope="module")
def model(dataset: Dataset, bundle: Bundle) -> Recommender:
    """Films in all directions, so that the nearest one is not by chance the same for everybody."""
    rng = np.random.default_rng(0)
    movies = rng.normal(size=bundle.movie_features.shape).astype(np.float32)
    return Recommender(dataset, replace(bundle, features=replace(bundle.features, movies=movies)))


@pytest.fixture
def person(model: Recommender) -> Person:
    return model.person(int(model.dataset.users["user_id"].iloc[0]))


@pytest.fixture(scope="module", params=["bundle", "history_bundle"])
def asked(request: pytest.FixtureRequest, dataset: Dataset) -> tuple[Recommender, Explainer, Because]:
    """The article's network and that of the preset `default`, and what takes them apart."""
    model = Recommender(dataset, request.getfixturevalue(request.param))
    inside = Inside(model)
    return model, Explainer(inside, num_pairs=9), Because(inside, background=Background(inside, num_pairs=9))


@pytest.mark.parametrize("dials", [Dials(), Dials(loved=1.0), Dials(gems=0.6)])
def test_a_reason_is_the_largest_part_of_the_points_and_the_rating_that_lifts_most(
    asked: tuple[Recommender, Explainer, Because], dials: Dials
) -> None:
    model, explainer, because = asked
    for user_id in model.dataset.users["user_id"].iloc[[0, 7, 60]].tolist():
        person = model.person(int(user_id))
        films = [film.movie_id for film in model.recommend_for(person, dials=dials)]
        ranks = Ranks(model, explainer.background, person, dials=dials)
        for reason in reasons(explainer, because, person, films, dials=dials):
            points = ranks.points(explainer.explain(person, reason.movie_id), reason.movie_id)
            largest = max((*points.blend.parts, *points.added), key=lambda part: part.value)
            assert (reason.part is None) == (largest.value < LEAST_POINTS)
            if reason.part is not None:
                assert (reason.part.side, reason.part.name) == (largest.side, largest.name)
                assert reason.part.value == pytest.approx(largest.value, abs=5e-5)
            effects = because.effects(person, reason.movie_id, ranks.weights)
            lifting = [effect.movie_id for effect in effects if effect.change >= LEAST_POINTS]
            assert (None if reason.rating is None else reason.rating.movie_id) == (lifting[0] if lifting else None)


def test_reasons_for_an_unknown_film_are_refused(asked: tuple[Recommender, Explainer, Because]) -> None:
    model, explainer, because = asked
    with pytest.raises(UnknownIdError):
        reasons(explainer, because, model.person(int(model.dataset.users["user_id"].iloc[0])), [10**6])


def test_what_lifts_by_nothing_to_speak_of_is_no_reason() -> None:
    assert _largest([Part("film", "id", LEAST_POINTS / 2), Part("film", "title", -3.0)]) is None
    assert _worth_a_word(Effect(1, 5, LEAST_POINTS / 2)) is None
    assert _worth_a_word(None) is None


def test_a_film_goes_with_those_near_it_and_no_others(model: Recommender, person: Person) -> None:
    """The model of this file has its films in all directions: near ones are put there."""
    features = model.bundle.movie_features.copy()
    features[[3, 4, 5]] = features[0] + 0.1 * features[[3, 4, 5]]
    near = Recommender(model.dataset, replace(model.bundle, features=replace(model.bundle.features, movies=features)))
    ids = model.dataset.movies["movie_id"].tolist()
    found = near.near(ids[0])
    assert found[0] == ids[0]
    assert set(found) == {ids[0], ids[3], ids[4], ids[5]}
    seen = Filters(hide_seen=False)
    without_it = Filters(hide_seen=False, less_like=frozenset({ids[0]}))
    left = near.candidates_for(person, seen) & ~near.candidates_for(person, without_it)
    assert set(np.flatnonzero(left).tolist()) == {0, 3, 4, 5}


def test_of_many_films_in_one_place_only_the_nearest_ten_go(model: Recommender) -> None:
    features = np.ones_like(model.bundle.movie_features)
    near = Recommender(model.dataset, replace(model.bundle, features=replace(model.bundle.features, movies=features)))
    assert len(near.near(int(model.dataset.movies["movie_id"].iloc[0]))) == 1 + MOST_NEAR


def test_less_like_this_composes_with_filters_and_dials_and_lifting_it_brings_back(
    model: Recommender, person: Person
) -> None:
    genre = frozenset(model.dataset.genres[:1])
    for dials in (Dials(), Dials(gems=0.5, variety=0.5)):
        first = model.recommend_for(person, filters=Filters(include_genres=genre), dials=dials)
        wish = Filters(include_genres=genre, less_like=frozenset({first[0].movie_id}))
        ids = {film.movie_id for film in model.recommend_for(person, filters=wish, dials=dials)}
        assert not ids & set(model.near(first[0].movie_id))
        back = model.recommend_for(person, filters=without(wish, ("less_like",)), dials=dials)
        assert back == first


def test_what_empties_a_list_may_be_what_was_taken_off(model: Recommender, person: Person) -> None:
    everything = Filters(less_like=frozenset(model.dataset.movies["movie_id"].tolist()))
    assert what_empties(model, person, everything) == (("less_like",),)


def test_each_of_two_contradicting_filters_is_blamed(model: Recommender, person: Person) -> None:
    genre = frozenset(model.dataset.genres[:1])
    ways = what_empties(model, person, Filters(include_genres=genre, exclude_genres=genre))
    assert ways == (("include_genres",), ("exclude_genres",))


def test_the_smallest_sets_of_filters_that_bring_films_back_are_named(model: Recommender, person: Person) -> None:
    genre = frozenset(model.dataset.genres[:1])
    filters = Filters(include_genres=genre, exclude_genres=genre, decades=frozenset({1700}))
    assert what_empties(model, person, filters) == (("include_genres", "decades"), ("exclude_genres", "decades"))


def test_somebody_who_has_seen_everything_is_told_so(model: Recommender, person: Person) -> None:
    films = dict.fromkeys(model.dataset.movies["movie_id"].tolist(), 3)
    assert what_empties(model, replace(person, ratings=films), Filters()) == (("hide_seen",),)


def test_nothing_empties_a_list_that_is_not_empty(model: Recommender, person: Person) -> None:
    assert what_empties(model, person, Filters()) == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_lifting_what_is_named_always_brings_films_back(
    model: Recommender, person: Person, data: st.DataObject
) -> None:
    genres = st.frozensets(st.sampled_from(model.dataset.genres), max_size=3)
    filters = Filters(
        hide_seen=data.draw(st.booleans()),
        include_genres=data.draw(genres),
        exclude_genres=data.draw(st.sampled_from([frozenset(), frozenset(model.dataset.genres)])) | data.draw(genres),
        decades=data.draw(st.frozensets(st.sampled_from([1700, 1970, 1990]), max_size=2)),
    )
    ways = what_empties(model, person, filters)
    assert bool(ways) == (not model.recommend_for(person, k=1, filters=filters))
    for way in ways:
        assert model.recommend_for(person, k=1, filters=without(filters, way))
