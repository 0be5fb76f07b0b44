"""The dials: fame taken away, variety, and what a setting costs on held-out people."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.bundle import Bundle
from recsys.data.dataset import Dataset
from recsys.data.splits import random_split
from recsys.evaluation.of_bundle import metrics_on_test
from recsys.evaluation.one_person import parts_of, which_is_test
from recsys.model import Vectors
from recsys.recommend import Dials, Recommender
from recsys.recommend.dial_cost import HeldOut
from recsys.recommend.ordering import DISLIKE, LIKED_FROM
from recsys.recommend.reranking import VARIETY_POOL, fame, size_of_pool, trend_of, varied, without_fame


@pytest.fixture(scope="module", params=["bundle", "history_bundle"])
def model(request: pytest.FixtureRequest, dataset: Dataset) -> Recommender:
    return Recommender(dataset, request.getfixturevalue(request.param))


def unit(rng: np.random.Generator, number: int, size: int = 4) -> np.ndarray:
    values = rng.normal(size=(number, size))
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def test_variety_takes_the_film_that_is_unlike_the_first():
    directions = np.array([[1.0, 0.0], [0.98, 0.2], [0.0, 1.0]])
    scores = np.array([3.0, 2.9, 2.0])
    assert varied(scores, directions, variety=0, k=3).tolist() == [0, 1, 2]
    assert varied(scores, directions, variety=0.7, k=2).tolist() == [0, 2]


def test_full_variety_still_begins_with_the_best():
    rng = np.random.default_rng(1)
    chosen = varied(np.arange(20.0)[::-1], unit(rng, 20), variety=1, k=20)
    assert chosen[0] == 0


@settings(max_examples=60, deadline=None)
@given(
    number=st.integers(0, 30),
    k=st.integers(1, 40),
    variety=st.floats(0, 1),
    seed=st.integers(0, 99),
    flat=st.booleans(),
)
def test_variety_chooses_as_many_different_films_as_there_are(
    number: int, k: int, variety: float, seed: int, flat: bool
):
    rng = np.random.default_rng(seed)
    scores = np.zeros(number) if flat else np.sort(rng.normal(size=number))[::-1]
    chosen = varied(scores, unit(rng, number), variety=variety, k=k)
    assert len(chosen) == len(set(chosen.tolist())) == min(k, number)
    if variety == 0:
        assert chosen.tolist() == list(range(min(k, number)))


def test_marginal_relevance_is_that_of_its_definition():
    rng = np.random.default_rng(3)
    scores, directions = np.sort(rng.normal(size=12))[::-1].astype(np.float32), unit(rng, 12)
    worth = (scores - scores.min()) / (scores.max() - scores.min())
    chosen = [0]
    while len(chosen) < 6:
        rest = [film for film in range(12) if film not in chosen]
        chosen.append(
            max(rest, key=lambda i: 0.6 * worth[i] - 0.4 * max(directions[i] @ directions[j] for j in chosen))
        )
    assert varied(scores, directions, variety=0.4, k=6).tolist() == chosen


def test_being_the_opposite_of_the_first_counts_for_a_film():
    directions = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    assert varied(np.array([3.0, 2.9, 2.8]), directions, variety=0.5, k=2).tolist() == [0, 2]


def test_variety_chooses_among_twice_as_many_films_as_a_long_list_holds():
    assert size_of_pool(10) == VARIETY_POOL
    assert size_of_pool(VARIETY_POOL) == 2 * VARIETY_POOL


def test_fame_is_made_of_known_ratings_alone(model, dataset):
    split = random_split(dataset.num_ratings, model.bundle.info.data)
    counts = np.zeros(dataset.num_movies, dtype=np.int64)
    parts = [split.train, split.validation] if model.bundle.info.model.history_size else [split.train]
    for part in parts:
        counts += np.bincount(dataset.movie_indices[part.numpy()], minlength=dataset.num_movies)
    assert model.ordering.famous == pytest.approx(np.log(counts + 10))


def test_what_fame_alone_explains_is_taken_away_whole():
    famous = fame(np.array([0, 3, 50, 900]))
    stars = np.vstack([2 + 0.3 * famous, 4 - 0.1 * famous])
    rest = without_fame(stars, famous, trend_of(stars, famous))
    assert np.allclose(rest, rest[:, :1])


def test_films_that_are_known_alike_lose_nothing():
    famous = fame(np.array([7, 7, 7]))
    assert np.array_equal(trend_of(np.array([[1.0, 2.0, 3.0]]), famous), [[0.0]])


def test_hidden_gems_are_less_known_and_well_known_films_are_more(model: Recommender):
    known = np.bincount(model.dataset.movie_indices[model.ordering.is_known], minlength=model.dataset.num_movies)
    people = [model.person(user_id) for user_id in model.dataset.users["user_id"].tolist()[:40]]

    def mean_fame(gems: float) -> float:
        lists = [model.recommend_for(person, dials=Dials(gems=gems)) for person in people]
        return float(np.mean([known[model.dataset.movie_index(film.movie_id)] for found in lists for film in found]))

    assert mean_fame(1) < mean_fame(0) < mean_fame(-1)


def test_more_variety_makes_films_less_alike(model: Recommender):
    people = [model.person(user_id) for user_id in model.dataset.users["user_id"].tolist()[:20]]

    def likeness(variety: float) -> float:
        values = []
        for person in people:
            found = model.recommend_for(person, dials=Dials(variety=variety))
            rows = model.ordering.directions[[model.dataset.movie_index(film.movie_id) for film in found]]
            values.append(float((rows @ rows.T)[np.triu_indices(len(rows), 1)].mean()))
        return float(np.mean(values))

    assert likeness(1) < likeness(0.5) < likeness(0)


def test_a_surprise_with_all_dials_turned_is_the_same_for_a_seed_and_another_for_another(model: Recommender):
    person = model.person(int(model.dataset.users["user_id"].iloc[4]))
    dials = Dials(loved=0.3, gems=0.4, variety=0.5)
    drawn = [model.recommend_for(person, dials=dials, surprise_seed=seed) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_dials_that_stand_in_the_middle_change_nothing(model: Recommender):
    person = model.person(int(model.dataset.users["user_id"].iloc[4]))
    assert model.recommend_for(person, dials=Dials(gems=0.0, variety=0.0)) == model.recommend_for(person)


def test_the_share_of_the_stars_orders_by_both_answers(dataset: Dataset, history_bundle: Bundle):
    model = Recommender(dataset, history_bundle)
    person = model.person(int(dataset.users["user_id"].iloc[4]))
    answers = model.ordering.answers
    stars, watch = answers.stars(person.vectors)[0], answers.watch(person.vectors)[0]
    for share in (0.0, 0.25, 0.9, 1.0):
        wanted = (1 - share) * watch + share * stars
        assert np.array_equal(np.argsort(-wanted), np.argsort(-model.scores_for(person, Dials(loved=share)))), share


def test_answers_are_those_of_the_head(model: Recommender):
    users = np.arange(9)
    bundle, answers = model.bundle, model.ordering.answers
    vectors = model.person(int(model.dataset.users["user_id"].iloc[2])).vectors
    assert np.allclose(answers.stars(vectors)[0], bundle.stars_of(users)[2], atol=1e-5)
    assert np.allclose(model.ordering.scores(vectors, Dials())[0], bundle.score_users(users)[2], atol=1e-5)


def test_the_standard_setting_costs_exactly_nothing(model: Recommender):
    cost = HeldOut(model, num_people=50).cost(Dials())
    assert (cost.change, cost.low, cost.high) == (0, 0, 0)


def test_the_lists_of_all_held_out_people_are_those_of_the_protocol(model: Recommender):
    measured, quality = HeldOut(model, num_people=10**6), metrics_on_test(model.dataset, model.bundle)
    assert measured.cost(Dials()).standard == pytest.approx(quality["ndcg@10"], abs=1e-6)


@pytest.mark.parametrize(
    ("dials", "is_surprise"), [(Dials(gems=1.0), False), (Dials(variety=0.9), False), (Dials(loved=0.5), True)]
)
def test_what_a_setting_costs_is_the_difference_person_by_person(model: Recommender, dials: Dials, is_surprise: bool):
    """Each person's surprise has a seed of its own."""
    held_out = HeldOut(model, num_people=30)
    cost = held_out.cost(dials, is_surprise=is_surprise)
    is_test = which_is_test(model.dataset, model.bundle.info.data)
    values = []
    for row, user in enumerate(held_out.user_indices.tolist()):
        user_id = int(model.dataset.users["user_id"].iloc[user])
        parts = parts_of(model.dataset, is_test, user_id)
        person = replace(model.person(user_id), ratings=parts.known)
        pair = []
        for turned, seed in ((dials, [cost.seed, row] if is_surprise else None), (Dials(), None)):
            listed = model.recommend_for(person, dials=turned, surprise_seed=seed)
            hits = [film.movie_id in parts.liked for film in listed]
            gain = sum(hit / np.log2(place + 2) for place, hit in enumerate(hits))
            pair.append(gain / sum(1 / np.log2(place + 2) for place in range(min(10, len(parts.liked)))))
        values.append(pair[0] - pair[1])
    assert cost.change == pytest.approx(np.mean(values))
    assert cost.high - cost.low == pytest.approx(2 * 1.959964 * np.std(values, ddof=1) / np.sqrt(len(values)))
    assert cost.low <= cost.change <= cost.high


def test_a_surprise_costs_the_same_each_time_it_is_measured(model: Recommender):
    costs = [HeldOut(model, num_people=40).cost(Dials(), is_surprise=True) for _ in range(2)]
    assert costs[0] == costs[1]


def test_a_model_without_a_test_part_has_nobody_to_ask(dataset: Dataset, bundle: Bundle):
    data = replace(bundle.info.data, split="none")
    assert not len(random_split(dataset.num_ratings, data).test)
    model = Recommender(dataset, replace(bundle, info=replace(bundle.info, data=data)))
    held_out = HeldOut(model)
    assert held_out.num_people == 0
    with pytest.raises(ValueError, match="test part"):
        held_out.cost(Dials(gems=1.0))


def test_a_newcomers_list_falls_back_from_films_that_they_would_dislike(dataset: Dataset, history_bundle: Bundle):
    ordering = Recommender(dataset, history_bundle).ordering
    vectors = Vectors(torch.from_numpy(history_bundle.user_features[:5]), torch.tensor([-1.5, -1.0, -0.5, 0.0, 0.5]))
    stars, scores = ordering.answers.stars(vectors), ordering.scores(vectors, Dials())
    new = ordering.newcomers_scores(vectors, Dials())
    assert 0 < (stars < LIKED_FROM).mean() < 1
    assert new[stars >= LIKED_FROM] == pytest.approx(scores[stars >= LIKED_FROM])
    missing = (LIKED_FROM - stars)[stars < LIKED_FROM]
    worth = ordering.answers.standard.stars * DISLIKE
    assert (scores - new)[stars < LIKED_FROM] == pytest.approx(worth * missing, abs=1e-4)
    for share in (0.0, 1.0):
        assert (ordering.newcomers_scores(vectors, Dials(share)) == ordering.scores(vectors, Dials(share))).all()


def test_dislike_counts_for_visitors_and_leaves_the_data_sets_people_as_the_scoreboard_measures_them(
    dataset: Dataset, history_bundle: Bundle
):
    model = Recommender(dataset, history_bundle)
    known = model.person(dataset.users["user_id"].tolist()[3])
    low = replace(known, bias=known.bias - 2)
    assert (model.scores_for(low) == model.ordering.scores(low.vectors, Dials())[0]).all()
    visitor = replace(low, user_id=None)
    assert (model.scores_for(visitor) < model.scores_for(low)).any()
