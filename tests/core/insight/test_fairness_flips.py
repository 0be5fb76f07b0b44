"""Flips: one attribute changed for everybody moves what really changing it moves, and nothing else."""

import numpy as np
import pytest
import torch

from recsys.insight.fairness.flips import (
    SWAPPED,
    AsTheyAre,
    Change,
    changes,
    flip_rows,
    flipping,
    most_moved,
    who_changes,
    winners,
)
from recsys.insight.fairness.groups import grouping
from recsys.recommend import Recommender
from recsys.recommend.inside import Inside


@pytest.fixture(scope="module", params=["bundle", "history_bundle"])
def before(request, dataset) -> AsTheyAre:
    return AsTheyAre(dataset, lambda: Inside(Recommender(dataset, request.getfixturevalue(request.param))))


@pytest.fixture
def told_apart(before) -> AsTheyAre:
    """The same network with genders that make a difference."""
    with torch.no_grad():
        weight = before.inside.model.user_tower.embeddings["gender"].weight
        old = weight.clone()
        weight.mul_(40)
    found = AsTheyAre(before.dataset, lambda: Inside(Recommender(before.dataset, before.inside.bundle)))
    assert not torch.equal(found.users.features, before.users.features)
    yield found
    with torch.no_grad():
        weight.copy_(old)


def test_changing_to_what_one_is_changes_nobody(before) -> None:
    found = flipping(before, Change("gender", "F")).result()
    is_female = (before.dataset.users["gender"] == "F").to_numpy()
    assert (found.is_changed == ~is_female).all()
    assert (found.num_new[is_female] == 0).all()
    assert (found.moved[is_female] == 0).all()
    lists = before.lists_of(before.users, np.arange(before.dataset.num_users))[found.is_changed]
    assert found.before.sum() == (lists >= 0).sum()


def test_predictions_move_as_for_a_person_with_the_other_gender(told_apart) -> None:
    found = flipping(told_apart, Change("gender", SWAPPED)).result()
    inside, head = told_apart.inside, told_apart.head
    tower = inside.model.user_tower
    with torch.inference_mode():
        users = inside.users._replace(gender=1 - inside.users.gender)
        changed = tower(users, inside.user_history)
        own = tower(inside.users, inside.user_history)
        movies = inside.model.movie_tower(inside.movies, inside.movie_history)
        moved = (head.score_matrix(changed, movies) - head.score_matrix(own, movies)).numpy()
    np.testing.assert_allclose(found.moved, np.abs(moved).mean(axis=1), atol=1e-5)
    np.testing.assert_allclose(found.shift, moved.mean(axis=1), atol=1e-5)
    assert found.num_new.sum() > 0


def test_places_won_are_places_lost(told_apart) -> None:
    found = flipping(told_apart, Change("gender", SWAPPED)).result()
    assert found.is_changed.all()
    assert found.before.sum() == found.after.sum()
    assert found.num_new.sum() >= np.maximum(found.after - found.before, 0).sum()
    up, down = winners(found)
    assert up
    assert all(film.after > film.before for film in up)
    assert all(film.after < film.before for film in down)
    assert up[0].after - up[0].before == (found.after - found.before).max()
    people = most_moved(found, k=3)
    assert people[0][1] == found.num_new.max()
    assert [count for _, count, _ in people] == sorted((count for _, count, _ in people), reverse=True)


def test_rows_are_about_those_who_changed(told_apart) -> None:
    found = flipping(told_apart, Change("gender", "M")).result()
    whole, *rows = flip_rows(found, grouping(told_apart.dataset, "gender"))
    assert [row.value for row in rows] == ["F"]
    assert whole.num_users == rows[0].num_users == found.is_changed.sum()
    assert whole.num_new.value == pytest.approx(found.num_new[found.is_changed].mean())


def test_every_change_that_is_offered_can_be_made(before) -> None:
    offered = changes(before.dataset)
    assert {change.kind for change in offered} == {"gender", "age", "occupation"}
    for change in offered:
        assert who_changes(before.inside, change).shape == (before.dataset.num_users,)
    with pytest.raises(ValueError, match="no age 9"):
        who_changes(before.inside, Change("age", 9))
