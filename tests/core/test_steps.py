"""The steps of training: who is in a group, what is hidden from whom, which ratings count when, and the losses."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from recsys.config import ModelConfig
from recsys.data.encoder import FeatureEncoder, RatingTensors
from recsys.data.histories import History, RatingTable, table_of
from recsys.data.splits import Split
from recsys.model import TwoTower, Vectors
from recsys.training.steps import HistorySteps, StepLoss
from tests.core.conftest import CPU, HISTORY_MODEL, HISTORY_TRAIN

GONE = [3, 50, 149]  # these people have no rating in the training part
LAST = HISTORY_TRAIN.epochs - 1  # the epoch that trains on the validation part too


class Step(NamedTuple):
    """What the towers saw in a step, and what came of it."""

    users: Tensor
    of_users: History
    of_movies: History
    logits: Tensor
    result: StepLoss

    def seen(self) -> set[tuple[int, int]]:
        """The pairs of a person and a film in the histories of the group."""
        return {(int(self.users[row]), film) for row, film in entries(self.of_users)}


def entries(history: History) -> Iterator[tuple[int, int]]:
    """Yield (row, column) of every visible rating."""
    starts, columns, values = history.seen[:3]
    rows = torch.arange(len(starts) - 1).repeat_interleave(starts.diff())
    yield from zip(rows[values == 1].tolist(), columns[values == 1].tolist(), strict=True)


def pairs_of(table: RatingTable, users: Tensor) -> set[tuple[int, int]]:
    chosen = torch.isin(table.users, users)
    return set(zip(table.users[chosen].tolist(), table.movies[chosen].tolist(), strict=True))


@pytest.fixture
def parts(dataset, split) -> Split:
    """A split of whose training part some people have nothing; their ratings are for validation, save one's."""
    users = torch.from_numpy(dataset.user_indices)
    is_gone = torch.isin(users[split.train], torch.tensor(GONE))
    late = split.train[is_gone & (users[split.train] != GONE[-1])]
    is_last = users[split.validation] == GONE[-1]
    return Split(split.train[~is_gone], torch.cat([split.validation[~is_last], late]), split.test)


@pytest.fixture
def tables(dataset, parts, encoder) -> tuple[RatingTable, RatingTable]:
    ratings = encoder.encode_ratings(dataset)
    known = table_of(dataset, ratings, torch.cat([parts.train, parts.validation]), CPU)
    return table_of(dataset, ratings, parts.train, CPU), known


@pytest.fixture
def model(encoder) -> TwoTower:
    return TwoTower(HISTORY_MODEL, encoder.sizes).train()


@pytest.fixture
def take(dataset, encoder: FeatureEncoder, tables, model: TwoTower):
    """Return a function that takes a step and tells what the towers saw in it."""

    def take(epoch: int = 0, batch: int = 0, **changes: object) -> Step:
        users, movies = encoder.encode_users(dataset), encoder.encode_movies(dataset)
        steps = HistorySteps(replace(HISTORY_TRAIN, **changes), users, movies, tables)
        seen: list[tuple] = []
        logits: list[Tensor] = []
        towers = (model.user_tower, model.movie_tower)
        hooks = [tower.register_forward_pre_hook(lambda _, args: seen.append(args)) for tower in towers]
        head, watch = model.head, model.head.watch_matrix

        def kept(*args: object) -> Tensor:
            logits.append(watch(*args))
            logits[0].retain_grad()
            return logits[0]

        head.watch_matrix = kept
        try:
            result = steps.loss(model, epoch, batch)
        finally:
            del head.watch_matrix
            for hook in hooks:
                hook.remove()
        of_group = {int(row): index for index, row in enumerate(users.user)}
        group = torch.tensor([of_group[int(row)] for row in seen[0][0].user])
        return Step(group, seen[0][1], seen[1][1], logits[0], result)

    return take


def test_an_epoch_takes_everybody_with_ratings_once_and_nobody_without(take, dataset) -> None:
    groups = [take(batch=batch).users.tolist() for batch in range(HISTORY_TRAIN.steps_per_epoch)]
    people = [user for group in groups for user in group]
    assert sorted(people) == sorted(set(range(dataset.num_users)) - set(GONE))
    assert max(map(len, groups)) - min(map(len, groups)) <= 1
    assert all(group == sorted(group) for group in groups)


def test_people_whose_only_ratings_are_for_validation_come_in_the_last_epochs(take, dataset) -> None:
    people = {user for batch in range(5) for user in take(LAST, batch).users.tolist()}
    assert people == set(range(dataset.num_users)) - {GONE[-1]}


def test_there_are_no_more_groups_than_people_with_ratings(dataset, encoder, tables, model) -> None:
    train = replace(HISTORY_TRAIN, steps_per_epoch=100_000)
    steps = HistorySteps(train, encoder.encode_users(dataset), encoder.encode_movies(dataset), tables)
    assert steps.num_batches == dataset.num_users - len(GONE)
    losses = [steps.loss(model, 0, batch) for batch in range(steps.num_batches)]
    assert all(step.num_ratings >= 1 and torch.isfinite(step.loss) for step in losses)


def test_groups_differ_from_epoch_to_epoch_and_repeat_with_the_seed(take) -> None:
    assert torch.equal(take(epoch=1).users, take(epoch=1).users)
    assert take(epoch=1).users.tolist() != take(epoch=2).users.tolist()
    assert take(epoch=1).users.tolist() != take(epoch=1, seed=1).users.tolist()


@pytest.mark.parametrize("epoch", [0, LAST])
def test_what_is_predicted_is_hidden_from_both_histories_and_the_rest_is_shown(take, tables, epoch) -> None:
    step = take(epoch)
    table = tables[int(epoch == LAST)]
    group = set(step.users.tolist())
    of_group, of_all = pairs_of(table, step.users), pairs_of(table, torch.arange(table.num_users))
    hidden = of_group - step.seen()
    assert step.seen() < of_group
    assert len(hidden) == step.result.num_ratings
    assert len(hidden) / len(of_group) == pytest.approx(HISTORY_TRAIN.hidden_share, abs=0.05)
    by_film = {(user, film) for film, user in entries(step.of_movies)}
    assert by_film == of_all - hidden
    assert {user for user, _ in of_all - by_film} <= group


def test_the_last_epochs_see_the_validation_part_and_the_earlier_ones_do_not(take, tables) -> None:
    def num_known(step: Step) -> int:
        return len(list(entries(step.of_movies))) + step.result.num_ratings

    assert [num_known(take(epoch)) for epoch in range(LAST)] == [len(tables[0])] * LAST
    assert num_known(take(LAST)) == len(tables[1])
    assert num_known(take(LAST, final_share=0.0)) == len(tables[0])


@pytest.mark.parametrize("batch", range(5))
def test_at_least_one_rating_is_hidden(take, batch) -> None:
    assert take(batch=batch, hidden_share=1e-9).result.num_ratings == 1


def hidden_positions(dataset, encoder, tables, num_ratings: int, *, share: float, num_draws: int) -> list[list[int]]:
    """Which of some ratings are hidden, draw by draw."""
    train = replace(HISTORY_TRAIN, hidden_share=share)
    steps = HistorySteps(train, encoder.encode_users(dataset), encoder.encode_movies(dataset), tables)
    return [steps._divided(torch.arange(num_ratings), epoch, 0)[0].tolist() for epoch in range(num_draws)]


def test_each_rating_is_hidden_equally_often_the_first_too(dataset, encoder, tables) -> None:
    draws = hidden_positions(dataset, encoder, tables, 10, share=0.2, num_draws=2_000)
    shares = [sum(position in draw for draw in draws) / len(draws) for position in range(10)]
    at_least_one = 0.2 + 0.8**10 / 10  # where chance hides none, one of ten is hidden
    assert shares == pytest.approx([at_least_one] * 10, abs=0.04)  # more than four standard deviations


def test_where_chance_hides_none_each_rating_is_equally_likely_to_be_the_one(dataset, encoder, tables) -> None:
    draws = hidden_positions(dataset, encoder, tables, 4, share=1e-9, num_draws=1_000)
    assert {len(draw) for draw in draws} == {1}
    assert [draws.count([position]) / 1_000 for position in range(4)] == pytest.approx([0.25] * 4, abs=0.06)


def test_all_ratings_of_a_group_can_be_hidden(take) -> None:
    step = take(hidden_share=1 - 1e-9)
    assert step.seen() == set()
    assert not step.of_users.num_ratings.any()
    assert torch.isfinite(step.result.loss)


def test_films_that_a_person_is_known_to_have_rated_have_probability_0(take, tables) -> None:
    step = take(watch_weight=1.0)
    torch.autograd.backward(step.result.loss)
    seen = step.seen()
    hidden = pairs_of(tables[0], step.users) - seen
    logits = step.logits.detach().clone()
    target = torch.zeros_like(logits)
    for row, user in enumerate(step.users.tolist()):
        for film in range(logits.shape[1]):
            target[row, film] = float((user, film) in hidden)
            if (user, film) in seen:
                logits[row, film] = float("-inf")
    expected = (logits.softmax(dim=1) * target.sum(dim=1, keepdim=True) - target) / target.sum()
    assert torch.allclose(step.logits.grad, expected, atol=1e-6)
    assert not step.logits.grad[logits == float("-inf")].any()


def test_the_loss_of_stars_is_half_the_mean_squared_error_until_noise_is_expected(take, model) -> None:
    with torch.no_grad():
        for layer in (model.head.user_noise, model.head.movie_noise):
            layer.weight.zero_()
    result = take(watch_weight=0.0).result
    assert float(result.loss.detach()) == pytest.approx(float(result.squared_error) / result.num_ratings / 2, rel=1e-5)


def test_an_expected_error_divides_the_real_one_and_is_paid_for(take, model) -> None:
    head, nobody = model.head, torch.zeros(1, HISTORY_MODEL.feature_size)
    with torch.no_grad():
        for layer in (head.user_noise, head.movie_noise):
            layer.weight.zero_()
        head.user_noise.bias.fill_(2.0)
        first, vectors = torch.tensor([0]), Vectors(nobody, torch.zeros(1))
        noise = head.stars_and_noise(vectors, vectors, first, first)[1]
    result = take(watch_weight=0.0).result
    mean = float(result.squared_error) / result.num_ratings
    assert noise > 0
    assert float(result.loss.detach()) == pytest.approx((mean / math.exp(noise) + float(noise)) / 2, rel=1e-5)


def test_a_step_reaches_every_parameter(take, model) -> None:
    torch.autograd.backward(take(watch_weight=1.0).result.loss)
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
        assert torch.isfinite(parameter.grad).all(), name


def test_a_step_in_mixed_precision_has_a_finite_loss_and_finite_gradients(take, model) -> None:
    exact = float(take().result.loss.detach())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        step = take()
    assert step.logits.dtype == torch.bfloat16
    assert float(step.result.loss.detach()) == pytest.approx(exact, rel=0.02)
    torch.autograd.backward(step.result.loss)
    assert all(torch.isfinite(parameter.grad).all() for parameter in model.parameters())


def test_a_person_who_has_rated_everything_spoils_no_gradient(encoder, dataset, model) -> None:
    ratings, films, lover = encoder.encode_ratings(dataset), torch.arange(dataset.num_movies), 7
    others = ratings.user_index != lover
    everything = (torch.full_like(films, lover), films, torch.full((len(films),), 3.0))
    both = RatingTensors(*(torch.cat([c[others], more]) for c, more in zip(ratings, everything, strict=True)))
    table = table_of(dataset, both, torch.arange(len(both.stars)), CPU)
    train = replace(HISTORY_TRAIN, hidden_share=1e-9, steps_per_epoch=1)  # one rating is hidden, and not the lover's
    steps = HistorySteps(train, encoder.encode_users(dataset), encoder.encode_movies(dataset), (table, table))
    step = steps.loss(model, 0, 0)
    assert step.num_ratings == 1
    torch.autograd.backward(step.loss)
    assert all(torch.isfinite(p.grad).all() for p in model.parameters() if p.grad is not None)


def test_epochs_on_the_validation_part_report_no_error_on_it(make_history_trainer) -> None:
    errors = [report.validation_rmse for report in make_history_trainer(final_share=0.5).epochs()]
    assert [error is None for error in errors] == [False, False, True, True]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("dot", [(4.694948, 1.551933), (1.402165, 1.041368)]),
        ("mlp", [(3.658527, 1.604544), (1.409442, 1.029031)]),
    ],
)
def test_the_articles_curve_is_what_it_was_before_histories_came(make_trainer, head, expected) -> None:
    reports = list(make_trainer(model=ModelConfig(init=0.05, head=head), epochs=2).epochs())
    assert [r.train_loss for r in reports] == pytest.approx([loss for loss, _ in expected], rel=1e-3)
    assert [r.validation_mse for r in reports] == pytest.approx([error for _, error in expected], rel=1e-3)
