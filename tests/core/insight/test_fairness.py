"""Fairness: what is measured of everybody agrees with the recommender and the scoreboard, and groups add up to all."""

import math
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest

from recsys.config import DataConfig
from recsys.data.splits import random_split
from recsys.evaluation.of_bundle import metrics_on_test
from recsys.insight.fairness import everyone as fairness
from recsys.insight.fairness.everyone import Everyone, best_of_each, long_tail, measuring
from recsys.insight.fairness.groups import KINDS, NUM_RESAMPLES, Resamples, grouping, mean_of
from recsys.insight.fairness.lists import counts_by_group, exposure, gini, list_counts, overlap, typical
from recsys.insight.fairness.rows import by_group
from recsys.insight.fairness.steps import InSteps
from recsys.recommend import Recommender


@pytest.fixture(scope="module")
def model(dataset, history_bundle) -> Recommender:
    return Recommender(dataset, history_bundle)


@pytest.fixture(scope="module")
def everyone(model) -> Everyone:
    return measuring(model).result()


def test_lists_are_those_that_the_app_shows(model, everyone) -> None:
    ids = everyone.dataset.movies["movie_id"].to_numpy()
    for row in (0, 7, 149):
        user_id = int(everyone.dataset.users["user_id"].iloc[row])
        shown = [film.movie_id for film in model.recommend(user_id, k=10)]
        listed = [int(ids[film]) for film in everyone.lists[row] if film >= 0]
        assert listed == shown


def test_errors_and_lists_of_everyone_are_those_of_the_scoreboard(model, everyone) -> None:
    whole = by_group(everyone, "gender")[0]
    metrics = metrics_on_test(model.dataset, model.bundle)
    assert whole.value == ""
    assert whole.rmse.value == pytest.approx(metrics["rmse"], abs=1e-6)
    assert whole.mae.value == pytest.approx(metrics["mae"], abs=1e-6)
    assert whole.ndcg.value == pytest.approx(metrics["ndcg@10"], abs=1e-6)


def test_errors_are_those_of_stars_that_can_be_given(dataset, history_bundle) -> None:
    features = replace(history_bundle.features, user_bias=history_bundle.features.user_bias + 9)
    found = by_group(measuring(Recommender(dataset, replace(history_bundle, features=features))).result(), "gender")[0]
    given = dataset.ratings["rating"].to_numpy()[random_split(dataset.num_ratings, history_bundle.info.data).test]
    assert found.gap.value == pytest.approx(np.mean(5 - given))
    assert found.rmse.value == pytest.approx(np.sqrt(np.mean((5.0 - given) ** 2)))


def test_a_place_without_a_film_is_no_hit(model, dataset, monkeypatch) -> None:
    """Not even for who likes the last film of the table, which -1 would name."""
    test = random_split(dataset.num_ratings, model.bundle.info.data).test.numpy()
    likes = (dataset.movie_indices[test] == dataset.num_movies - 1) & (dataset.ratings["rating"].to_numpy()[test] >= 4)
    assert likes.any()
    monkeypatch.setattr(fairness, "best_of_each", lambda scores, *_: np.full((len(scores), 10), -1))
    assert np.nanmax(measuring(model).result().ndcg) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_groups_of_a_kind_are_everyone(everyone, kind) -> None:
    whole, *rows = by_group(everyone, kind)
    assert sum(row.num_users for row in rows) == whole.num_users == everyone.dataset.num_users
    assert sum(row.num_ratings for row in rows) == whole.num_ratings
    gaps = sum(row.gap.value * row.num_ratings for row in rows if row.num_ratings)
    assert gaps / whole.num_ratings == pytest.approx(whole.gap.value)
    for row in (whole, *rows):
        if row.num_users > 1 and row.num_ratings:
            assert row.rmse.low <= row.rmse.value <= row.rmse.high


def test_intervals_are_the_same_each_time_and_narrower_for_more_people(everyone) -> None:
    assert by_group(everyone, "gender")[:2] == by_group(everyone, "gender")[:2]
    rng = np.random.default_rng(0)
    values = rng.normal(size=2000)
    few, many = (mean_of(values[:size], np.random.default_rng(1)) for size in (50, 2000))
    assert many.high - many.low < (few.high - few.low) / 3
    assert few.high - few.low == pytest.approx(2 * 1.96 * values[:50].std() / math.sqrt(50), rel=0.15)


def test_one_person_has_a_value_and_no_interval_and_nobody_has_neither() -> None:
    rng = np.random.default_rng(0)
    alone = Resamples(np.array([[3.0, 2.0]]), rng).mean(0, 1)
    assert alone.value == 1.5
    assert math.isnan(alone.low)
    assert not alone.excludes(100.0)
    assert all(math.isnan(value) for value in Resamples(np.empty((0, 2)), rng).mean(0, 1))


def test_a_split_without_a_test_part_has_lists_and_no_errors(dataset, bundle) -> None:
    info = replace(bundle.info, data=DataConfig("synthetic", split="none"))
    found = measuring(Recommender(dataset, replace(bundle, info=info))).result()
    assert not found.has_test
    assert (found.lists >= 0).any()
    whole = by_group(found, "gender")[0]
    assert whole.num_ratings == whole.num_ranked == 0
    assert math.isnan(whole.rmse.value)
    assert math.isnan(whole.ndcg.value)
    assert whole.popularity.value > 0


def test_what_is_in_a_groups_lists_is_counted_place_by_place(everyone) -> None:
    """With places where no film was left, which count nowhere."""
    lists = everyone.lists.copy()
    lists[::3, 6:] = -1
    lists[7] = -1
    is_tail = everyone.known_counts < np.median(everyone.known_counts)
    is_tail[-1] = True  # the film that an empty place must not be taken for
    found = replace(everyone, lists=lists, is_tail=is_tail)
    groups = grouping(everyone.dataset, "occupation")
    for row in by_group(found, "occupation")[1:]:
        people = np.flatnonzero(groups.codes == groups.values.index(row.value))
        places = [int(film) for person in people for film in lists[person] if film >= 0]
        assert row.tail_listed.value == pytest.approx(np.mean(is_tail[places]))
        assert row.popularity.value == pytest.approx(np.mean(everyone.known_counts[places]))
        liked = everyone.num_liked[people]
        assert row.num_ranked == (liked > 0).sum()
        assert row.liked_each == pytest.approx(liked[liked > 0].mean(), nan_ok=True)


def test_intervals_reach_from_one_fortieth_to_the_other() -> None:
    values = np.random.default_rng(0).normal(size=400)
    found = mean_of(values, np.random.default_rng(1))
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / math.sqrt(400), rel=0.1)
    assert len(Resamples(np.ones((3_000, 1)), np.random.default_rng(0))._totals) == NUM_RESAMPLES


def test_a_list_is_short_where_films_run_out_and_holds_nothing_hidden() -> None:
    scores, hidden = np.array([[1, 3, 3, 2]], dtype=np.float32), np.array([[False, False, False, True]])
    assert best_of_each(scores, hidden, np.array([40, 30, 20, 10]), 2).tolist() == [[2, 1]]
    assert best_of_each(scores, hidden, np.array([40, 30, 20, 10]), 6).tolist() == [[2, 1, 0, -1, -1, -1]]


def test_the_long_tail_holds_at_most_the_last_fifth_of_the_ratings() -> None:
    assert long_tail(np.array([1, 60, 20, 9, 10, 0])).tolist() == [True, False, False, True, True, True]
    assert long_tail(np.array([5])).tolist() == [False]


def test_gini_is_zero_for_equal_shares_and_near_one_for_a_single_winner() -> None:
    assert gini(np.full(7, 3)) == pytest.approx(0)
    assert gini(np.array([0, 0, 0, 8])) == pytest.approx(0.75)
    assert gini(np.zeros(4, dtype=np.int64)) == 0


def test_exposure_counts_each_place_once(everyone) -> None:
    found, counts = exposure(everyone), list_counts(everyone)
    assert found.num_places == (everyone.lists >= 0).sum() == counts.sum()
    assert found.num_listed == len(np.unique(everyone.lists[everyone.lists >= 0]))
    assert np.sort(counts)[::-1][: found.half].sum() >= found.num_places / 2
    assert np.sort(counts)[::-1][: found.half - 1].sum() < found.num_places / 2
    assert found.tail_ratings <= 0.2
    assert found.tail_listed <= found.num_tail


def test_overlap_is_the_mean_over_all_pairs(everyone) -> None:
    groups = grouping(everyone.dataset, "gender")
    shared = overlap(everyone, groups)
    lists = [set(row[row >= 0].tolist()) for row in everyone.lists]
    for first, second in ((0, 1), (0, 0)):
        pairs = [
            len(lists[a] & lists[b])
            for a in np.flatnonzero(groups.codes == first)
            for b in np.flatnonzero(groups.codes == second)
            if a != b
        ]
        assert shared[first, second] == pytest.approx(np.mean(pairs))
    assert shared[0, 1] == shared[1, 0]


def test_a_film_in_all_lists_of_a_group_and_no_other_is_typical_of_it(everyone) -> None:
    groups = grouping(everyone.dataset, "gender")
    lists = np.tile(np.arange(10), (everyone.dataset.num_users, 1))
    lists[groups.codes == 0, 0] = 42
    found = typical(replace(everyone, lists=lists), groups)
    best = found[0][0]
    assert best.movie_id == everyone.dataset.movies["movie_id"].iloc[42]
    assert (best.share_inside, best.share_outside, best.lift) == (1.0, 0.0, math.inf)
    assert [film.movie_id for film in found[1]] == [int(everyone.dataset.movies["movie_id"].iloc[0])]
    assert counts_by_group(everyone, groups).sum() == (everyone.lists >= 0).sum()


def test_who_waits_for_a_piece_does_not_do_the_next_one_too(monkeypatch) -> None:
    done: list[int] = []
    work = InSteps([lambda at=at: done.append(at) or at for at in range(3)], sum)

    class HeldByAnother(nullcontext):
        def __enter__(self) -> None:
            work._parts.append(work._pieces[0]())

    with monkeypatch.context() as patch:
        patch.setattr(work, "_lock", HeldByAnother())
        assert work.advance() == 0.25
    assert done == [0]
    assert (work.result(), done) == (3, [0, 1, 2])


def test_a_piece_of_work_is_done_once_and_the_result_is_kept() -> None:
    done: list[int] = []
    work = InSteps([lambda at=at: done.append(at) or at for at in range(3)], sum)
    shares = [work.advance() for _ in range(4)]
    assert shares == [0.25, 0.5, 0.75, 1.0]
    assert work.advance() == 1.0
    assert (work.result(), done) == (3, [0, 1, 2])
