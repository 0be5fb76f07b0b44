"""Sampled ranking: films drawn fairly, ranks counted by hand, and how it flatters."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.evaluation.protocol import evaluate_lists
from recsys.evaluation.sampled import NUM_NEGATIVES, draw_negatives, evaluate_sampled


@given(num_candidates=st.integers(0, 250), num_draws=st.integers(1, 8), seed=st.integers(0, 2**32))
def test_a_draw_has_different_films_out_of_the_candidates(num_candidates, num_draws, seed) -> None:
    candidates = np.arange(num_candidates) * 7 + 3
    drawn = draw_negatives(candidates, num_draws, np.random.default_rng(seed))
    assert drawn.shape == (num_draws, min(NUM_NEGATIVES, num_candidates))
    assert np.isin(drawn, candidates).all()
    assert all(len(set(row)) == len(row) for row in drawn.tolist())


def test_every_candidate_is_drawn_about_equally_often() -> None:
    candidates = np.arange(250)
    draws = [draw_negatives(candidates, 5, np.random.default_rng(seed)) for seed in range(800)]
    for row in range(5):
        counts = np.bincount(np.concatenate([drawn[row] for drawn in draws]), minlength=250)
        assert abs(counts - 320).max() < 5 * math.sqrt(800 * 0.4 * 0.6)


def test_ranks_are_counted_among_the_films_that_the_user_never_rated(by_hand) -> None:
    # Film 1 is known; 2 is liked, 3 is in the test part without being liked; 4 to 15 were never rated.
    dataset, split = by_hand([(1, 1, 5)], [(1, 2, 4), (1, 3, 2)], movie_ids=tuple(range(1, 16)))
    scores = np.zeros((1, 15), dtype=np.float32)
    scores[0, 0] = scores[0, 2] = 9  # rated, so not among the others
    scores[0, 3:6] = 2  # three films before it
    scores[0, 1] = 1
    found = evaluate_sampled(dataset, split, lambda users: scores[users], seed=0)
    assert found == pytest.approx({"sampled_hr@10": 1.0, "sampled_ndcg@10": 1 / math.log2(5)})
    scores[0, 3:13] = 2
    assert evaluate_sampled(dataset, split, lambda users: scores[users], seed=0) == {
        "sampled_hr@10": 0.0,
        "sampled_ndcg@10": 0.0,
    }


@pytest.mark.parametrize(("target", "rank"), [(11, 0), (33, 2), (55, 4)])
def test_equal_scores_go_to_the_lower_movie_id(by_hand, target, rank) -> None:
    dataset, split = by_hand([(2, 22, 3)], [(1, target, 5)], movie_ids=(44, 11, 55, 22, 33))
    found = evaluate_sampled(dataset, split, lambda users: np.ones((len(users), 5), dtype=np.float32), seed=0)
    assert found["sampled_ndcg@10"] == pytest.approx(1 / math.log2(rank + 2))


def test_one_seed_gives_one_number_and_another_seed_another(by_hand) -> None:
    movie_ids = tuple(range(1, 401))
    dataset, split = by_hand([], [(user, 40, 5) for user in range(1, 31)], users=30, movie_ids=movie_ids)
    scores = -np.arange(400, dtype=np.float32)[None]
    values = [evaluate_sampled(dataset, split, lambda users: scores[users * 0], seed=seed) for seed in (3, 3, 4)]
    assert values[0] == values[1]
    assert values[0] != values[2]


def test_nobody_to_measure_gives_no_numbers(by_hand) -> None:
    dataset, split = by_hand([(1, 1, 5)], [(1, 2, 3)])
    assert evaluate_sampled(dataset, split, lambda users: np.zeros((len(users), 4), np.float32), seed=0) == {}


def test_an_invented_order_looks_better_sampled_than_it_is(by_hand) -> None:
    """A film that stands in place 40 of 2,000 is in the top ten of most draws of 100."""
    movie_ids = tuple(range(1, 2001))
    dataset, split = by_hand([], [(user, 40, 5) for user in range(1, 31)], users=30, movie_ids=movie_ids)

    def score_users(users: np.ndarray) -> np.ndarray:
        return np.tile(-np.arange(2000, dtype=np.float32), (len(users), 1))

    assert evaluate_lists(dataset, split, score_users)["hr@10"] == 0
    assert evaluate_sampled(dataset, split, score_users, seed=0)["sampled_hr@10"] > 0.9
