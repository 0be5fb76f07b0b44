"""Splits: every rating once, nothing of the future in what is learned from, one last rating a person."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recsys.config import SPLITS, DataConfig
from recsys.data.splits import Split, leave_last_out, num_training_ratings, random_split, split_of, time_split

RATINGS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), min_size=1, max_size=60)


def columns(ratings: list[tuple[int, int]]) -> tuple[torch.Tensor, torch.Tensor]:
    users, times = zip(*ratings, strict=True)
    return torch.tensor(users), torch.tensor(times)


def is_partition(split: Split, num_ratings: int) -> bool:
    return torch.equal(torch.cat(list(split)).sort().values, torch.arange(num_ratings))


@pytest.mark.parametrize("name", SPLITS)
def test_a_split_has_every_rating_once_and_says_how_many_are_trained_on(dataset, name):
    data = DataConfig("synthetic", name, seed=3)
    split = split_of(dataset, data)
    assert is_partition(split, dataset.num_ratings)
    assert num_training_ratings(dataset, data) == len(split.train)
    assert bool(len(split.test)) == bool(len(split.validation)) == (name != "none")


def test_the_drawn_splits_are_those_of_the_protocol(dataset):
    data = DataConfig("synthetic", "p90", seed=2)
    for ours, drawn in zip(split_of(dataset, data), random_split(dataset.num_ratings, data), strict=True):
        assert torch.equal(ours, drawn)


@given(RATINGS, st.sampled_from([0.1, 0.2, 0.5]))
def test_by_time_nothing_learned_from_is_later_than_what_is_looked_for(ratings, share):
    _, times = columns(ratings)
    split = time_split(times, share)
    assert is_partition(split, len(times))
    assert len(split.test) == int(share * len(times))
    parts = [times[part] for part in split if len(part)]
    for earlier, later in pairwise(parts):
        assert earlier.max() <= later.min()


@given(RATINGS)
def test_of_each_person_exactly_the_last_rating_is_held_out_and_the_one_before_validates(ratings):
    users, times = columns(ratings)
    split = leave_last_out(users, times)
    assert is_partition(split, len(users))
    for user in users.unique().tolist():
        own = [rows[users[rows] == user] for rows in split]
        count = int((users == user).sum())
        assert [len(rows) for rows in own] == ([count - 2, 1, 1] if count >= 3 else [count, 0, 0])
        if count >= 3:
            train, validation, test = ([(int(times[row]), int(row)) for row in rows] for rows in own)
            assert max(train) < validation[0] < test[0]  # of one second, the lower one in the file is the later one


@pytest.mark.parametrize("name", ["time", "last"])
def test_the_order_of_the_file_has_no_say_where_all_seconds_differ(dataset, name):
    rng = np.random.default_rng(0)
    ratings = dataset.ratings.assign(timestamp=rng.permutation(dataset.num_ratings))
    order = rng.permutation(dataset.num_ratings)
    one, other = (replace(dataset, ratings=table) for table in (ratings, ratings.iloc[order].reset_index(drop=True)))
    for part, turned in zip(*(split_of(each, DataConfig("synthetic", name)) for each in (one, other)), strict=True):
        assert set(part.tolist()) == set(order[turned.numpy()].tolist())
