"""The parts that read histories: sparse products, the branch, the towers around it, and dropout of ids."""

import pytest
import torch
from torch import Tensor

from recsys.config import ModelConfig
from recsys.data.encoder import RatingTensors
from recsys.data.histories import History, RatingTable, Sparse, table_of
from recsys.model import TwoTower
from recsys.model.history import HistoryBranch, sparse_product
from recsys.model.layers import IdDropout
from tests.core.conftest import CPU, HISTORY_MODEL

SHAPE = (6, 5)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def matrix(dtype: torch.dtype) -> tuple[Sparse, Tensor]:
    """A sparse matrix whose second row and fourth column are empty, and the same one dense."""
    full = torch.randn(SHAPE, generator=generator(), dtype=dtype) * (torch.rand(SHAPE, generator=generator(1)) < 0.6)
    full[1], full[:, 3] = 0, 0

    def rows_of(dense: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        row, column = torch.nonzero(dense, as_tuple=True)
        starts = torch.searchsorted(row, torch.arange(len(dense) + 1))
        return starts, column, dense[row, column]

    return Sparse(*rows_of(full), *rows_of(full.T.contiguous())), full


@pytest.fixture
def table(dataset, split, encoder) -> RatingTable:
    """The training part without the ratings of the first person and of the first film."""
    known = (torch.from_numpy(dataset.user_indices) != 0) & (torch.from_numpy(dataset.movie_indices) != 0)
    return table_of(dataset, encoder.encode_ratings(dataset), split.train[known[split.train]], CPU)


@pytest.fixture
def histories(table) -> tuple[History, History]:
    return table.histories(torch.ones(len(table), dtype=torch.bool))


def test_a_sparse_product_and_its_gradient_are_those_of_the_dense_matrix() -> None:
    sparse, full = matrix(torch.float32)
    table = torch.randn(SHAPE[1], 4, generator=generator(2), requires_grad=True)
    weights = torch.randn(SHAPE[0], 4, generator=generator(3))
    product = sparse_product(sparse, table)
    assert torch.allclose(product, full @ table, atol=1e-6)
    (gradient,) = torch.autograd.grad((product * weights).sum(), table)
    (expected,) = torch.autograd.grad((full @ table * weights).sum(), table)
    assert torch.allclose(gradient, expected, atol=1e-6)
    assert torch.equal(product[1], torch.zeros(4))
    assert torch.equal(gradient[3], torch.zeros(4))


def test_the_gradient_of_a_sparse_product_is_that_of_finite_differences() -> None:
    sparse, _ = matrix(torch.float64)
    table = torch.randn(SHAPE[1], 3, generator=generator(2), dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda dense: sparse_product(sparse, dense), (table,))


def test_a_gradient_that_is_a_broadcast_view_is_summed_right() -> None:
    sparse, full = matrix(torch.float32)
    table = torch.randn(SHAPE[1], 4, generator=generator(2), requires_grad=True)
    (gradient,) = torch.autograd.grad(sparse_product(sparse, table).sum(), table)
    assert torch.allclose(gradient, full.sum(dim=0).unsqueeze(1).expand(-1, 4), atol=1e-6)


def test_the_branch_is_the_formula_written_out(histories) -> None:
    branch = HistoryBranch(90, 6, generator())
    with torch.no_grad():
        branch.bias.uniform_(-1, 1, generator=generator(1))
    history, _ = histories
    answer = branch(history).detach()
    person = 5
    begin, end = history.seen.starts[person : person + 2].tolist()
    total = torch.zeros(6)
    for entry in range(begin, end):
        film = history.seen.columns[entry]
        total += history.residuals.values[entry] * branch.by_stars[film] + branch.by_seen[film]
    hidden = torch.tanh(total / (end - begin) ** 0.5 + branch.bias)
    assert torch.allclose(answer[person, :6], hidden, atol=1e-5)
    assert float(answer[person, 6]) == pytest.approx(float(history.level[person]))
    assert float(answer[person, 7]) == pytest.approx(float(torch.log1p(torch.tensor(end - begin)) / 5 - 1))


def test_somebody_without_ratings_is_the_bias_alone(histories) -> None:
    branch = HistoryBranch(90, 6, generator())
    answer = branch(histories[0])[0].detach()
    assert histories[0].num_ratings[0] == 0
    assert answer.tolist() == [0, 0, 0, 0, 0, 0, 0, -1]


def without_ids(model: TwoTower) -> TwoTower:
    with torch.no_grad():
        model.user_tower.embeddings["user"].weight.uniform_(-9, 9, generator=generator(7))
        model.movie_tower.movie.weight.uniform_(-9, 9, generator=generator(8))
    return model


def test_the_id_of_somebody_without_ratings_has_no_say(dataset, encoder, histories) -> None:
    model = TwoTower(HISTORY_MODEL, encoder.sizes).eval()
    inputs = (encoder.encode_users(dataset), encoder.encode_movies(dataset))
    towers = (model.user_tower, model.movie_tower)
    before = [tower(rows, h).features for tower, rows, h in zip(towers, inputs, histories, strict=True)]
    without_ids(model)
    after = [tower(rows, h).features for tower, rows, h in zip(towers, inputs, histories, strict=True)]
    for one, other in zip(before, after, strict=True):
        assert torch.equal(one[0], other[0])  # nobody's ratings, no rating of the film
        assert (one[1:] != other[1:]).any(dim=1).all()  # everybody else's id counts


def test_the_bias_of_a_vector_is_the_level_of_its_history_and_0_in_the_articles_towers(dataset, encoder, histories):
    users = encoder.encode_users(dataset)
    assert torch.equal(TwoTower(HISTORY_MODEL, encoder.sizes).user_tower(users, histories[0]).bias, histories[0].level)
    assert not TwoTower(ModelConfig(), encoder.sizes).user_tower(users).bias.any()


def test_the_network_answers_for_pairs_with_histories_as_its_towers_and_head_do(dataset, encoder, histories) -> None:
    model = TwoTower(HISTORY_MODEL, encoder.sizes).eval()
    users, movies = encoder.encode_users(dataset), encoder.encode_movies(dataset)
    rows, columns = torch.tensor([3, 3, 0, 149]), torch.tensor([7, 0, 7, 89])
    stars = model(users, movies, histories, user_rows=rows, movie_rows=columns)
    matrix = model.head.score_matrix(model.user_tower(users, histories[0]), model.movie_tower(movies, histories[1]))
    assert torch.allclose(stars, matrix[rows, columns], atol=1e-6)


def test_towers_with_a_branch_refuse_to_go_without_histories(dataset, encoder) -> None:
    model = TwoTower(HISTORY_MODEL, encoder.sizes)
    with pytest.raises(ValueError, match=r"RatingTable\.histories"):
        model.user_tower(encoder.encode_users(dataset))
    with pytest.raises(ValueError, match=r"RatingTable\.histories"):
        model.movie_tower(encoder.encode_movies(dataset))


def test_some_peoples_vectors_are_their_rows_of_everybodys(dataset, encoder, table) -> None:
    model = TwoTower(HISTORY_MODEL, encoder.sizes).eval()
    users, chosen = encoder.encode_users(dataset), torch.tensor([0, 3, 77, 149])
    visible = torch.rand(len(table), generator=generator()) < 0.8
    everybody = model.user_tower(users, table.histories(visible)[0])
    some = model.user_tower(users.rows(chosen), table.histories(visible, chosen)[0])
    assert torch.allclose(some.features, everybody.features[chosen], atol=1e-6)
    assert torch.equal(some.bias, everybody.bias[chosen])


def test_vectors_do_not_depend_on_the_order_of_people(dataset, encoder, table) -> None:
    model = TwoTower(HISTORY_MODEL, encoder.sizes).eval()
    order = torch.randperm(table.num_users, generator=generator())
    place = torch.argsort(order)
    shuffled = RatingTable(
        RatingTensors(place[table.users], table.movies, table.stars),
        torch.arange(len(table)),
        num_users=table.num_users,
        num_movies=table.num_movies,
        device=CPU,
    )
    users, visible = encoder.encode_users(dataset), torch.ones(len(table), dtype=torch.bool)
    straight = model.user_tower(users, table.histories(visible)[0]).features
    turned = model.user_tower(users.rows(order), shuffled.histories(visible)[0]).features
    assert torch.allclose(turned, straight[order], atol=1e-5)


def test_id_dropout_leaves_out_whole_rows_and_scales_nothing() -> None:
    dropout = IdDropout(0.3).train()
    dropout.reseed(5, CPU)
    values = torch.rand(10_000, 4, generator=generator()) + 0.5
    answer = dropout(values)
    is_kept = (answer == values).all(dim=1)
    assert torch.equal(answer[~is_kept], torch.zeros_like(answer[~is_kept]))
    assert float(is_kept.float().mean()) == pytest.approx(0.7, abs=0.02)
    dropout.reseed(5, CPU)
    assert torch.equal(dropout(values), answer)


def test_id_dropout_is_off_in_evaluation() -> None:
    dropout = IdDropout(0.9).eval()
    values = torch.rand(100, 4, generator=generator())
    assert torch.equal(dropout(values), values)


def test_an_id_that_is_dropped_leaves_a_vector_as_if_the_person_had_none(dataset, encoder, histories) -> None:
    tower = TwoTower(HISTORY_MODEL, encoder.sizes).user_tower
    users = encoder.encode_users(dataset)
    tower.id_dropout.share = 1.0  # every id is dropped
    dropped = tower.train()(users, histories[0]).features
    with torch.no_grad():
        tower.layers["user"].weight.zero_()  # no id says anything
    assert torch.equal(dropped, tower.eval()(users, histories[0]).features)
