"""Explanations: exact, complete, and the same numbers that the lists show."""

import copy
import itertools
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recsys.config import ModelConfig
from recsys.data.dataset import Dataset
from recsys.errors import ConfigError, UnknownIdError
from recsys.model import MlpHead, Vectors
from recsys.recommend import Recommender, Traits
from recsys.recommend.answers import Weights
from recsys.recommend.explaining import Explainer, Explanation, Part, Sum, shown, subsets
from recsys.recommend.inside import Inside

PERSON = ("id", "gender", "age", "occupation")
FILM = ("id", "genres", "title")


@pytest.fixture(scope="module")
def article(dataset: Dataset, bundle) -> Recommender:
    return Recommender(dataset, bundle)


@pytest.fixture(scope="module")
def wide(dataset: Dataset, bundle) -> Recommender:
    """The article's towers under a head with a hidden layer, which is not linear in what it reads."""
    network = copy.deepcopy(bundle.model)
    network.head = MlpHead(ModelConfig(head="mlp", mlp_hidden=6), torch.Generator().manual_seed(0)).eval()
    return Recommender(dataset, replace(bundle, model=network))


def ids(dataset: Dataset) -> tuple[int, int]:
    return int(dataset.users["user_id"].iloc[3]), int(dataset.movies["movie_id"].iloc[7])


def total(found: Sum) -> float:
    return found.base + sum(part.value for part in found.parts)


@pytest.mark.parametrize("name", ["model", "article"])
def test_the_parts_add_up_to_the_stars_of_the_list(name, dataset, request):
    model = request.getfixturevalue(name)
    explainer = Explainer(Inside(model), num_pairs=12)
    for user_id in dataset.users["user_id"].iloc[:5]:
        person = model.person(int(user_id))
        stars = model.stars_for(person)
        for index in (0, 7, 30):
            found = explainer.explain(person, int(dataset.movies["movie_id"].iloc[index]))
            assert total(found.stars) == pytest.approx(found.stars.total, abs=1e-9)
            assert found.stars.total == pytest.approx(float(stars[index]), abs=1e-5)


def test_the_parts_add_up_where_a_bundle_keeps_rounded_vectors(dataset, history_bundle):
    model = Recommender(dataset, history_bundle.halved())
    user_id, movie_id = ids(dataset)
    person = model.person(user_id)
    found = Explainer(Inside(model), num_pairs=12).explain(person, movie_id)
    stars = float(model.stars_for(person)[dataset.movie_index(movie_id)])
    assert total(found.stars) == pytest.approx(stars, abs=1e-5)


def test_a_network_without_histories_has_no_part_for_them(article, model, dataset):
    user_id, movie_id = ids(dataset)
    named = [
        [
            (part.side, part.name)
            for part in Explainer(Inside(each), num_pairs=3).explain(each.person(user_id), movie_id).stars.parts
        ]
        for each in (article, model)
    ]
    parts = [("person", name) for name in PERSON], [("film", name) for name in FILM]
    assert named[0] == [*parts[0], *parts[1]]
    assert named[1] == [*parts[0], ("person", "history"), *parts[1], ("film", "history")]


def plain_shapley(value, num_parts: int) -> list[float]:
    """The definition: the mean over all orders of what a part adds as it comes, orders with the same start at once."""
    found = [0.0] * num_parts
    for part in range(num_parts):
        others = [other for other in range(num_parts) if other != part]
        for size in range(num_parts):
            orders = math.factorial(size) * math.factorial(num_parts - 1 - size)
            for before in itertools.combinations(others, size):
                found[part] += orders * (value(frozenset((*before, part))) - value(frozenset(before)))
    return [each / math.factorial(num_parts) for each in found]


@pytest.mark.parametrize("name", ["model", "article", "wide"])
def test_the_values_are_the_mean_over_all_orders_of_what_a_part_adds(name, dataset, request):
    """The network is asked subset by subset and pair by pair, one at a time; a history brings its level with it.

    For the stars; for both answers above those of the background's films, each asked by itself; and for their blend.
    """
    model, (user_id, movie_id) = request.getfixturevalue(name), ids(dataset)
    inside = Inside(model)
    explainer = Explainer(inside, num_pairs=2, seed=1)
    sides = inside.user_parts, inside.movie_parts
    rows = dataset.user_index(user_id), dataset.movie_index(movie_id)
    num_user, head = len(sides[0].values), inside.model.head
    pairs = [*zip(explainer.background.users.tolist(), explainer.background.movies.tolist(), strict=True)]

    def swapped(side: int, other: int, is_in):
        parts = sides[side]
        at = {n: rows[side] if i + side * num_user in is_in else other for i, n in enumerate(parts.values)}
        bias = parts.bias[[at.get("history", other)]]
        return type(parts)({n: each[[at[n]]] for n, each in parts.values.items()}, bias)

    def asked(left, right) -> tuple[float, float]:
        watch = head.watch_matrix(left, right) if model.ordering.answers.has_watch else torch.zeros(1, 1)
        return float(head(left, right)), float(watch)

    @cache
    def value(is_in: frozenset[int]) -> tuple[float, float, float]:
        answers = []
        for user, movie in pairs:
            with torch.inference_mode():
                left = inside.model.user_tower.mixed(swapped(0, user, is_in))
                right = inside.model.movie_tower.mixed(swapped(1, movie, is_in))
                films = [Vectors(*(each[[other]] for each in inside.bundle.movie_vectors)) for _, other in pairs]
                average = np.mean([asked(left, film) for film in films], axis=0)
                own = asked(left, right)
            answers.append((own[0], *(np.array(own) - average)))
        return tuple(np.mean(answers, axis=0))

    found = explainer.explain(model.person(user_id), movie_id)
    num_parts = num_user + len(sides[1].values)
    sums = [found.stars, found.stars_above, *([] if found.watch_above is None else [found.watch_above])]
    assert (found.watch_above is not None) == model.ordering.answers.has_watch
    expected = [plain_shapley(lambda is_in, of=of: value(is_in)[of], num_parts) for of in range(len(sums))]
    for of, (one, values) in enumerate(zip(sums, expected, strict=True)):
        assert [part.value for part in one.parts] == pytest.approx(values, abs=5e-5)
        assert one.base == pytest.approx(value(frozenset())[of], abs=5e-5)
        assert one.total == pytest.approx(value(frozenset(range(num_parts)))[of], abs=2e-3)  # vectors are kept rounded

    weights = Weights(1.0, 2.5) if found.watch_above else Weights(0.0, 1.0)
    (blend,) = explainer.above_average(model.person(user_id), [movie_id], weights)
    watch = np.array(expected[2]) if found.watch_above else 0.0
    both = weights.watch * watch + weights.stars * np.array(expected[1])
    assert [part.value for part in blend.parts] == pytest.approx(both, abs=5e-5)
    assert total(blend) == pytest.approx(blend.total, abs=1e-9)


def test_the_whole_is_the_vector_that_a_person_has(inside, model, dataset):
    """Whatever the towers make of them: the level of the vector counts too."""
    user_id, movie_id = ids(dataset)
    person = model.person(user_id)
    explainer = Explainer(inside, num_pairs=5)
    lifted = explainer.explain(replace(person, bias=person.bias + 1), movie_id)
    plain = explainer.explain(person, movie_id)
    assert lifted.stars.total - plain.stars.total == pytest.approx(1, abs=1e-5)
    assert lifted.stars_above.total == pytest.approx(plain.stars_above.total, abs=1e-5)  # it lifts all films alike


def test_the_same_seed_gives_the_same_background_and_the_answer_names_it(inside, model, dataset):
    user_id, movie_id = ids(dataset)
    person = model.person(user_id)
    first, second, other = (Explainer(inside, num_pairs=9, seed=seed).explain(person, movie_id) for seed in (4, 4, 5))
    assert first == second
    assert first.stars.base != other.stars.base
    assert (first.num_pairs, first.seed) == (9, 4)


def test_the_background_is_drawn_from_known_ratings_alone(inside, split):
    held_out = set(split.test.tolist())
    assert not held_out & set(Explainer(inside, num_pairs=200).background.rows.tolist())


def test_the_base_is_one_number_for_all_people_and_films(inside, model, dataset):
    explainer = Explainer(inside, num_pairs=9)
    people = [model.person(int(user_id)) for user_id in dataset.users["user_id"].iloc[:3]]
    bases = {
        explainer.explain(person, int(movie)).stars.base
        for person in people
        for movie in dataset.movies["movie_id"][:2]
    }
    assert len(bases) == 1


def test_a_visitor_has_no_part_for_an_id_and_the_rest_adds_up(inside, model, fold_in, dataset):
    films = dataset.movies["movie_id"].iloc[[2, 5, 9]].tolist()
    person = fold_in.person(dict(zip(films, (5, 2, 4), strict=True)), Traits("F", None, dataset.occupations[0]))
    found = Explainer(inside, fold_in, num_pairs=7).explain(person, ids(dataset)[1])
    own = [part.name for part in found.stars.parts if part.side == "person"]
    assert own == ["gender", "age", "occupation", "history"]
    for each in (found.stars, found.stars_above, found.watch_above):
        assert total(each) == pytest.approx(each.total, abs=1e-9)
    stars = float(model.stars_for(person)[dataset.movie_index(ids(dataset)[1])])
    assert found.stars.total == pytest.approx(stars, abs=1e-5)


@pytest.mark.parametrize("num_rated", [0, 3])
def test_a_visitors_parts_are_put_in_as_if_each_mixture_were_asked_by_itself(num_rated, inside, fold_in, dataset):
    """Traits come in one by one, so that shares may be added up; here a vector is made for each kind of newcomer."""
    known = dict.fromkeys(dataset.movies["movie_id"].iloc[:num_rated].tolist(), 4)
    person = fold_in.person(known, Traits("F", None, dataset.occupations[0]))
    explainer = Explainer(inside, fold_in, num_pairs=7)
    found = explainer._person(person)
    rows = explainer.background.users.tolist()
    others = [
        Traits(each.gender, int(each.age_group), each.occupation) for each in dataset.users.iloc[rows].itertuples()
    ]
    for at, (gender, age, occupation, has_history) in enumerate(subsets(4).tolist()):
        for pair, (row, other) in enumerate(zip(rows, others, strict=True)):
            is_own = zip(person.traits, other, (gender, age, occupation), strict=True)
            traits = Traits(*(own if is_in else theirs for own, theirs, is_in in is_own))
            if has_history:
                (expected,) = fold_in.vectors(known, [traits])
            else:
                moved, unmoved = fold_in.vectors({}, [traits, other])
                features = inside.bundle.features
                expected = np.append(features.user_bias[row], features.users[row]) + moved - unmoved
            assert found.vectors.features[0, at, pair].numpy() == pytest.approx(expected[1:], abs=1e-5)
            assert float(found.vectors.bias[0, at, pair]) == pytest.approx(expected[0], abs=1e-5)


def test_what_a_visitor_has_seen_and_does_not_count_explains_nothing(inside, fold_in, dataset):
    """As in a what-if without one of the ratings."""
    seen, movie_id = ids(dataset)[1], int(dataset.movies["movie_id"].iloc[20])
    visitor, explainer = fold_in.person({movie_id: 2}, Traits("M")), Explainer(inside, fold_in, num_pairs=7)
    more = replace(visitor, ratings={movie_id: 2, seen: 5})
    assert explainer.explain(more, seen) == explainer.explain(visitor, seen)


def test_a_visitor_starts_from_the_base_of_everybody_else(inside, model, fold_in, dataset):
    user_id, movie_id = ids(dataset)
    explainer = Explainer(inside, fold_in, num_pairs=7)
    visitor = fold_in.person({movie_id: 5})
    base = explainer.explain(model.person(user_id), movie_id).stars.base
    assert explainer.explain(visitor, movie_id).stars.base == pytest.approx(base, abs=2e-3)  # vectors are kept rounded


def test_a_visitor_without_fold_in_is_refused(inside, fold_in, dataset):
    with pytest.raises(ConfigError):
        Explainer(inside, num_pairs=3).explain(fold_in.person({}), ids(dataset)[1])


def test_an_unknown_film_is_refused(inside, model, dataset):
    with pytest.raises(UnknownIdError):
        Explainer(inside, num_pairs=3).explain(model.person(ids(dataset)[0]), 999_999)


numbers = st.floats(-3, 3, allow_nan=False)


@given(base=st.floats(1, 5), values=st.lists(numbers, min_size=1, max_size=9), digits=st.integers(0, 3))
def test_rounded_parts_add_up_as_they_are_shown_and_none_is_off_by_one(base, values, digits):
    parts = tuple(Part("film", "id", value) for value in values)
    found = Sum(base, parts, base + sum(values))
    scale = 10**digits
    first, rounded, last = shown(found, digits)
    units = [round(number * scale) for number in (first, *rounded, last)]
    assert sum(units[:-1]) == units[-1]
    assert first == pytest.approx(base, abs=0.5 / scale + 1e-9)
    assert last == pytest.approx(found.total, abs=0.5 / scale + 1e-9)
    assert all(abs(a - b) <= 1 / scale + 1e-9 for a, b in zip(rounded, values, strict=True))


def test_halves_are_rounded_so_that_the_sum_is_right():
    """To an even last digit, like every number in Python: 313.5 and 314.5 are both 314, and 1 lies between them."""
    found = Sum(3.135, (Part("film", "id", 0.01), *[Part("film", "title", 0.0)] * 3), 3.145)
    first, rounded, last = shown(found)
    assert (first, last) == (3.14, 3.14)
    assert first + sum(rounded) == pytest.approx(last, abs=1e-9)


def test_stars_are_cut_to_what_can_be_given():
    high = Sum(4.0, (Part("film", "id", 1.5),), 5.5)
    found = Explanation(high, high, None, num_pairs=1, seed=0)
    assert found.shown_stars == 5
    assert replace(found, stars=replace(high, total=0.2)).shown_stars == 1


def test_the_vectors_of_the_whole_are_those_of_the_list(inside, model, dataset):
    user_id, movie_id = ids(dataset)
    vector = model.person(user_id).vectors
    moved = Vectors(vector.features * 0, vector.bias * 0)
    person = replace(model.person(user_id), features=moved.features[0].numpy(), bias=0.0)
    row = dataset.movie_index(movie_id)
    found = Explainer(inside, num_pairs=3).explain(person, movie_id)
    assert found.stars.total == pytest.approx(float(model.stars_for(person)[row]), abs=1e-5)
