"""Rating histories: the matrices by hand, levels and residuals, and that a hidden rating tells nothing."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from recsys.data.encoder import RatingTensors
from recsys.data.histories import SHRINKAGE, History, RatingTable, Sparse, table_of
from tests.core.conftest import CPU

NUM_USERS, NUM_MOVIES = 7, 5


def table(users: list[int], movies: list[int], stars: list[float]) -> RatingTable:
    columns = (torch.tensor(users, dtype=torch.int64), torch.tensor(movies, dtype=torch.int64))
    ratings = RatingTensors(*columns, torch.tensor(stars, dtype=torch.float32))
    return RatingTable(ratings, torch.arange(len(stars)), num_users=NUM_USERS, num_movies=NUM_MOVIES, device=CPU)


def drawn(seed: int, share: float = 0.5) -> RatingTable:
    """A table in which the last person and the last film have no ratings."""
    rng = np.random.default_rng(seed)
    is_rated = rng.random((NUM_USERS, NUM_MOVIES)) < share
    is_rated[0, 0], is_rated[-1], is_rated[:, -1] = True, False, False
    pairs = rng.permutation(np.argwhere(is_rated))
    return table(pairs[:, 0].tolist(), pairs[:, 1].tolist(), rng.integers(1, 6, len(pairs)).tolist())


def dense(matrix: Sparse, num_columns: int) -> Tensor:
    """Return the (R, C) matrix of a sparse one, filled in entry by entry."""
    full = torch.zeros(len(matrix.starts) - 1, num_columns)
    for row in range(len(full)):
        for entry in range(int(matrix.starts[row]), int(matrix.starts[row + 1])):
            full[row, matrix.columns[entry]] += matrix.values[entry]
    return full


def transposed(matrix: Sparse) -> Sparse:
    return Sparse(*matrix[3:], *matrix[:3])


def expected(known: RatingTable, visible: Tensor) -> dict[str, Tensor]:
    """Residuals, ones and levels of visible ratings from dense (U, M) tables: mean, then film, then person."""
    stars, seen = torch.zeros(NUM_USERS, NUM_MOVIES), torch.zeros(NUM_USERS, NUM_MOVIES)
    for user, movie, value, is_visible in zip(known.users, known.movies, known.stars, visible, strict=True):
        if is_visible:
            stars[user, movie], seen[user, movie] = value, 1
    rest = (stars - known.mean) * seen
    movie_level = rest.sum(dim=0) / (seen.sum(dim=0) + 5)
    rest = (rest - movie_level) * seen
    user_level = rest.sum(dim=1) / (seen.sum(dim=1) + 5)
    residuals = (rest - user_level.unsqueeze(1)) * seen
    return {"residuals": residuals, "seen": seen, "users": user_level, "movies": movie_level}


def tensors(histories: tuple[History, History]) -> list[Tensor]:
    return [t for h in histories for t in (*h.residuals, *h.seen, h.level, h.num_ratings)]


def is_hidden_at_random(known: RatingTable, seed: int) -> Tensor:
    return torch.rand(len(known), generator=torch.Generator().manual_seed(seed)) < 0.4


def test_two_people_and_two_films_by_hand() -> None:
    known = table([0, 0, 1], [0, 1, 0], [5, 2, 2])  # mean 3
    of_users, of_movies = known.histories(torch.ones(3, dtype=torch.bool))
    first_film, second_film = (2 - 1) / (2 + 5), -1 / (1 + 5)
    first_person = ((2 - first_film) + (-1 - second_film)) / (2 + 5)
    second_person = (-1 - first_film) / (1 + 5)
    assert of_movies.level[:3].tolist() == pytest.approx([first_film, second_film, 0])
    assert of_users.level[:3].tolist() == pytest.approx([first_person, second_person, 0])
    residuals = dense(of_users.residuals, NUM_MOVIES)
    assert residuals[0, :3].tolist() == pytest.approx(
        [2 - first_film - first_person, -1 - second_film - first_person, 0], abs=1e-6
    )
    assert float(residuals[1, 0]) == pytest.approx(-1 - first_film - second_person)
    assert of_users.num_ratings.tolist() == [2, 1, 0, 0, 0, 0, 0]
    assert of_movies.num_ratings.tolist() == [2, 1, 0, 0, 0]


@pytest.mark.parametrize("users", [None, [0, 1, 2, 3, 4, 5, 6], [1, 4, 6], [6], [3]])
@pytest.mark.parametrize("seed", range(3))
def test_the_matrices_are_those_built_by_hand_and_so_are_their_transposes(users, seed) -> None:
    known = drawn(seed)
    visible = ~is_hidden_at_random(known, seed)
    of_users, of_movies = known.histories(visible, None if users is None else torch.tensor(users))
    right = expected(known, visible)
    rows = torch.arange(NUM_USERS) if users is None else torch.tensor(users)
    for name in ("residuals", "seen"):
        by_user, by_movie = getattr(of_users, name), getattr(of_movies, name)
        assert torch.allclose(dense(by_user, NUM_MOVIES), right[name][rows], atol=1e-6)
        assert torch.allclose(dense(transposed(by_user), len(rows)), right[name][rows].T, atol=1e-6)
        assert torch.allclose(dense(by_movie, NUM_USERS), right[name].T, atol=1e-6)
        assert torch.allclose(dense(transposed(by_movie), NUM_MOVIES), right[name], atol=1e-6)
    assert torch.allclose(of_users.level, right["users"][rows], atol=1e-6)
    assert torch.allclose(of_movies.level, right["movies"], atol=1e-6)
    assert torch.equal(of_users.num_ratings, right["seen"].sum(dim=1)[rows])
    assert torch.equal(of_movies.num_ratings, right["seen"].sum(dim=0))


def test_a_persons_residuals_sum_to_what_shrinkage_left_of_their_level() -> None:
    known = drawn(3, share=0.9)
    of_users, _ = known.histories(~is_hidden_at_random(known, 3))
    sums = dense(of_users.residuals, NUM_MOVIES).sum(dim=1)
    assert torch.allclose(sums, SHRINKAGE * of_users.level, atol=1e-5)
    assert of_users.level.abs().max() > 0.01


@given(seed=st.integers(0, 2**32 - 1), users=st.sets(st.integers(0, NUM_USERS - 1), min_size=1))
def test_shuffling_the_stars_of_hidden_ratings_changes_no_history_in_any_bit(seed, users) -> None:
    before = drawn(seed)
    hidden = is_hidden_at_random(before, seed)
    after = drawn(seed)
    places = torch.nonzero(hidden).squeeze(1)
    order = torch.randperm(len(places), generator=torch.Generator().manual_seed(seed + 1))
    after.stars[places] = before.stars[places[order]]
    for chosen in (None, torch.tensor(sorted(users))):
        pairs = zip(tensors(before.histories(~hidden, chosen)), tensors(after.histories(~hidden, chosen)), strict=True)
        assert all(torch.equal(one, other) for one, other in pairs)


@given(seed=st.integers(0, 2**32 - 1), stars=st.integers(1, 5))
def test_whatever_stars_a_hidden_rating_has_they_are_in_no_history(seed, stars) -> None:
    before, after = drawn(seed), drawn(seed)
    hidden = is_hidden_at_random(before, seed)
    after.stars[hidden] = float(stars)
    pairs = zip(tensors(before.histories(~hidden)), tensors(after.histories(~hidden)), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


@given(seed=st.integers(0, 2**32 - 1))
def test_a_hidden_rating_counts_as_one_that_is_not_there(seed) -> None:
    known = drawn(seed)
    visible = ~is_hidden_at_random(known, seed)
    less = table(*(column[visible].tolist() for column in (known.users, known.movies, known.stars)))
    less.mean = known.mean
    everything = torch.ones(len(less), dtype=torch.bool)
    for hidden, absent in zip(known.histories(visible), less.histories(everything), strict=True):
        width = NUM_USERS + NUM_MOVIES
        assert torch.allclose(dense(hidden.residuals, width), dense(absent.residuals, width), atol=1e-6)
        assert torch.equal(dense(hidden.seen, width), dense(absent.seen, width))
        assert torch.allclose(hidden.level, absent.level, atol=1e-6)
        assert torch.equal(hidden.num_ratings, absent.num_ratings)


def test_a_visible_rating_does_change_the_histories() -> None:
    before, after = drawn(0), drawn(0)
    after.stars[0] = 6 - before.stars[0] if before.stars[0] != 3 else 1
    everything = torch.ones(len(before), dtype=torch.bool)
    assert not torch.equal(before.histories(everything)[0].level, after.histories(everything)[0].level)


def test_the_order_of_the_ratings_in_the_file_does_not_matter() -> None:
    known = drawn(5)
    order = torch.randperm(len(known), generator=torch.Generator().manual_seed(0))
    other = table(*(column[order].tolist() for column in (known.users, known.movies, known.stars)))
    for name in ("users", "movies", "stars"):
        assert torch.equal(getattr(known, name), getattr(other, name))


def test_the_positions_of_some_people_are_those_of_their_ratings() -> None:
    known = drawn(1)
    positions = known.of_users(torch.tensor([1, 4, 6]))
    assert positions.tolist() == [i for i, user in enumerate(known.users.tolist()) if user in {1, 4, 6}]
    assert len(known.of_users(torch.tensor([NUM_USERS - 1]))) == 0


@pytest.mark.parametrize("users", [None, torch.tensor([0, 3])])
def test_a_table_without_ratings_has_empty_histories(users) -> None:
    empty = table([], [], [])
    of_users, of_movies = empty.histories(torch.ones(0, dtype=torch.bool), users)
    assert empty.mean == 0
    assert dense(of_users.residuals, NUM_MOVIES).shape == (NUM_USERS if users is None else 2, NUM_MOVIES)
    assert of_users.level.abs().sum() + of_movies.level.abs().sum() == 0
    assert of_users.num_ratings.sum() + of_movies.num_ratings.sum() == 0


def test_a_table_of_a_data_set_holds_the_named_rows_only(dataset, split, encoder) -> None:
    known = table_of(dataset, encoder.encode_ratings(dataset), split.train, CPU)
    rows = split.train.numpy()
    assert len(known) == len(rows)
    assert known.mean == pytest.approx(dataset.ratings["rating"].to_numpy()[rows].mean())
    pairs = set(zip(known.users.tolist(), known.movies.tolist(), known.stars.tolist(), strict=True))
    stars = dataset.ratings["rating"].to_numpy()[rows].astype(float)
    assert pairs == set(zip(dataset.user_indices[rows], dataset.movie_indices[rows], stars, strict=True))
