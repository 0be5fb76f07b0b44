"""The start from factors: the right singular vectors, hidden numbers of deviation 1, tables that have few factors."""

from itertools import pairwise

import pytest
import torch
from torch import Tensor

from recsys.data.encoder import RatingTensors
from recsys.data.histories import History, RatingTable, Sparse, table_of
from recsys.model.history import HistoryBranch, sparse_product
from recsys.model.spectral import leading_factors, start_from_factors
from tests.core.conftest import CPU


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def sparse(full: Tensor) -> Sparse:
    """Return a sparse matrix that holds every entry of a dense (R, C) one."""
    num_rows, num_columns = full.shape
    rows = torch.arange(num_rows).repeat(num_columns)
    columns = torch.arange(num_columns).repeat(num_rows)
    starts = torch.arange(num_rows + 1) * num_columns
    transposed_starts = torch.arange(num_columns + 1) * num_rows
    return Sparse(starts, columns, full.flatten(), transposed_starts, rows, full.T.flatten())


def histories_of(table: RatingTable) -> tuple[History, History]:
    return table.histories(torch.ones(len(table), dtype=torch.bool))


def branches(table: RatingTable, size: int, *, seed: int = 0) -> tuple[HistoryBranch, HistoryBranch]:
    """The branches of both towers, started from a table; without the small noise where the factors are."""
    users, movies = (HistoryBranch(n, size, generator()) for n in (table.num_movies, table.num_users))
    with torch.no_grad():
        for parameter in (*users.parameters(), *movies.parameters()):
            parameter.zero_()
    start_from_factors(users, movies, histories_of(table)[0], generator(seed))
    return users, movies


def hidden_numbers(branch: HistoryBranch, history: History) -> Tensor:
    """(B, H) what goes into tanh."""
    total = sparse_product(history.residuals, branch.by_stars) + sparse_product(history.seen, branch.by_seen)
    return (total / history.num_ratings.clamp(min=1).sqrt().unsqueeze(1)).detach()


def complete_table(num_users: int, num_movies: int, *, stars: float | None = None) -> RatingTable:
    """Everybody rated everything, with equal stars if they are given."""
    pairs = torch.cartesian_prod(torch.arange(num_users), torch.arange(num_movies))
    values = torch.randint(1, 6, (len(pairs),), generator=generator()).float()
    values = values if stars is None else torch.full_like(values, stars)
    ratings = RatingTensors(pairs[:, 0], pairs[:, 1], values)
    return RatingTable(ratings, torch.arange(len(pairs)), num_users=num_users, num_movies=num_movies, device=CPU)


@pytest.fixture
def table(dataset, split, encoder) -> RatingTable:
    return table_of(dataset, encoder.encode_ratings(dataset), split.train, CPU)


@pytest.mark.parametrize("shape", [(60, 40), (40, 60), (8, 3)])
def test_leading_factors_are_those_of_the_whole_decomposition_up_to_sign(shape) -> None:
    full = torch.randn(shape, generator=generator())
    left, values, right = leading_factors(sparse(full), 3, generator(1))
    expected_left, expected_values, expected_right = torch.linalg.svd(full)
    assert torch.allclose(values, expected_values[:3], rtol=1e-3)
    overlap_left = (left * expected_left[:, :3]).sum(dim=0)
    overlap_right = (right * expected_right[:3].T).sum(dim=0)
    assert torch.allclose(overlap_left.abs(), torch.ones(3), atol=1e-2)
    assert torch.allclose(overlap_left, overlap_right, atol=2e-2)  # left and right have one sign


def test_values_fall_and_a_smaller_matrix_gives_fewer_factors(table) -> None:
    left, values, right = leading_factors(histories_of(table)[0].residuals, 500, generator())
    assert left.shape == (table.num_users, table.num_movies)
    assert right.shape == (table.num_movies, table.num_movies)
    assert all(first >= second for first, second in pairwise(values.tolist()))


def test_each_hidden_number_starts_with_deviation_1_over_people_and_over_films(table) -> None:
    for branch, history in zip(branches(table, 12), histories_of(table), strict=True):
        deviations = hidden_numbers(branch, history).std(dim=0)
        assert torch.allclose(deviations, torch.ones(12), atol=0.05)


def test_half_of_the_numbers_come_from_stars_and_half_from_having_rated(table) -> None:
    for branch in branches(table, 12):
        assert (branch.by_stars[:, :6] != 0).any(dim=0).all()
        assert (branch.by_seen[:, 6:] != 0).any(dim=0).all()
        assert torch.count_nonzero(branch.by_stars[:, 6:]) + torch.count_nonzero(branch.by_seen[:, :6]) == 0


def test_one_seed_gives_one_start(table) -> None:
    first, second = (branches(table, 12, seed=3)[0].by_stars for _ in range(2))
    torch.manual_seed(99)  # the generator of the process has no say
    assert torch.equal(first, second)


def test_turning_all_stars_around_changes_nothing_but_signs(table) -> None:
    around = RatingTable(
        RatingTensors(table.users, table.movies, 6 - table.stars),
        torch.arange(len(table)),
        num_users=table.num_users,
        num_movies=table.num_movies,
        device=CPU,
    )
    for branch, other in zip(branches(table, 12), branches(around, 12), strict=True):
        assert torch.allclose(branch.by_stars.abs(), other.by_stars.abs(), atol=0.05)
        assert torch.equal(branch.by_seen, other.by_seen)


@pytest.mark.parametrize("size", [1, 7, 300])
def test_any_size_of_branch_gets_a_finite_start(table, size) -> None:
    for branch, history in zip(branches(table, size), histories_of(table), strict=True):
        numbers = hidden_numbers(branch, history)
        assert torch.isfinite(numbers).all()
        assert numbers.std(dim=0).max() < 1.1


@pytest.mark.parametrize(
    "known",
    [
        complete_table(20, 15),
        complete_table(20, 15, stars=4),
        complete_table(1, 10),
        complete_table(10, 1),
        complete_table(1, 1),
    ],
    ids=["everybody rated everything", "equal stars", "one person", "one film", "one rating"],
)
def test_a_table_that_tells_nobody_apart_gives_no_weight_to_rounding_errors(known) -> None:
    for branch in branches(known, 8):
        assert torch.count_nonzero(branch.by_seen) == 0  # having rated says nothing where everybody has
        assert torch.isfinite(branch.by_stars).all()
        assert branch.by_stars.abs().max() < 100
