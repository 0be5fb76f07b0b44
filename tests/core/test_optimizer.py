"""How weights move: the learning rate over a run, what decays, and the average that is kept."""

import math
from dataclasses import replace

import pytest
import torch

from recsys.config import ModelConfig, TrainConfig
from recsys.model import TwoTower
from recsys.training.optimizer import averaged, learning_rate, make_optimizer
from tests.core.conftest import HISTORY_MODEL, HISTORY_TRAIN

COSINE = TrainConfig(learning_rate=0.01, schedule="cosine")


def network(encoder, config: ModelConfig = HISTORY_MODEL) -> TwoTower:
    return TwoTower(config, encoder.sizes)


def test_the_cosine_warms_up_falls_without_a_step_up_and_ends_at_0() -> None:
    rates = [learning_rate(COSINE, step / 1000) for step in range(1001)]
    peak = rates.index(max(rates))
    assert 0 < rates[0] < 0.002
    assert 0.01 < peak / 1000 < 0.03
    assert max(rates) == pytest.approx(0.01, rel=0.01)
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[500] == pytest.approx(0.005)
    assert rates[-1] == pytest.approx(0, abs=1e-12)


def test_the_cosine_ends_at_its_final_share() -> None:
    config = replace(COSINE, final_rate=0.25)
    assert learning_rate(config, 0.5) == pytest.approx(0.01 * (0.25 + 0.75 / 2))
    assert learning_rate(config, 1.0) == pytest.approx(0.0025)


def test_a_constant_learning_rate_is_constant() -> None:
    assert {learning_rate(replace(COSINE, schedule="constant"), step / 10) for step in range(11)} == {0.01}


def test_a_run_follows_the_schedule_to_its_end(make_history_trainer) -> None:
    rates = [report.learning_rate for report in make_history_trainer(final_rate=0.3).epochs()]
    shares = [(epoch + 4 / 5) / 4 for epoch in range(4)]  # of the run before the last of each epoch's 5 steps
    assert rates == pytest.approx(
        [HISTORY_TRAIN.learning_rate * (0.3 + 0.7 * (1 + math.cos(math.pi * share)) / 2) for share in shares]
    )


def test_tables_and_matrices_decay_each_as_asked_and_biases_do_not(encoder) -> None:
    model = network(encoder)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(1.0)
            parameter.grad = torch.zeros_like(parameter)
    make_optimizer(model, TrainConfig(learning_rate=0.1, weight_decay=0.5, table_decay=2.0)).step()
    tables = ("embeddings", "movie_tower.movie.", "movie_tower.genres.", "title.words", "by_stars", "by_seen")
    for name, parameter in model.named_parameters():
        is_table = any(part in name for part in tables)
        expected = 0.8 if is_table else 1.0 if name.endswith("bias") else 0.95
        assert torch.allclose(parameter, torch.full_like(parameter, expected)), name


def test_without_decay_and_gradient_nothing_moves(encoder) -> None:
    model = network(encoder, ModelConfig())
    before = {name: value.clone() for name, value in model.state_dict().items()}
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    make_optimizer(model, TrainConfig()).step()
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient(encoder) -> None:
    model = network(encoder, ModelConfig())
    before = model.user_tower.mix.weight.detach().clone()
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 7.0)
    make_optimizer(model, TrainConfig(learning_rate=0.01)).step()
    assert torch.allclose(before - model.user_tower.mix.weight, torch.full_like(before, 0.01), atol=1e-6)


def test_the_average_starts_at_the_first_weights_and_moves_by_its_share(encoder) -> None:
    model = network(encoder)
    average = averaged(model, 0.75)
    assert average is not None
    weight, kept = model.user_tower.mix.weight, average.module.user_tower.mix.weight
    for value, expected in ((4.0, 4.0), (8.0, 5.0), (0.0, 3.75)):
        with torch.no_grad():
            weight.fill_(value)
        average.update_parameters(model)
        assert torch.allclose(kept, torch.full_like(kept, expected))


def test_no_average_is_kept_without_averaging(encoder) -> None:
    assert averaged(network(encoder), 0.0) is None


def test_the_mean_of_the_stars_is_no_average(make_history_trainer, dataset, split) -> None:
    trainer = make_history_trainer(averaging=0.99)
    next(trainer.epochs())
    stars = dataset.ratings["rating"].to_numpy()[split.train.numpy()]
    assert float(trainer.model.head.mean) == pytest.approx(stars.mean(), abs=1e-5)
