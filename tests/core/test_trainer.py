"""The trainer: it learns, it repeats, it stops at any batch and goes on as if it had not."""

import math

import numpy as np
import pytest
import torch

from recsys.config import ModelConfig
from recsys.device import available, pick_device
from recsys.errors import DeviceError, NonFiniteLossError, TrainingError
from recsys.evaluation.baselines import baseline_errors
from recsys.threads import torch_threads
from recsys.training.trainer import Trainer


def losses(trainer: Trainer) -> list[float]:
    return [report.train_loss for report in trainer.epochs()]


def stop_after(batches: int):
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > batches

    return should_stop


def test_the_loss_falls_and_the_model_beats_the_mean(make_trainer, dataset, split) -> None:
    reports = list(make_trainer(epochs=8).epochs())
    assert reports[-1].train_loss < reports[0].train_loss
    assert reports[-1].validation_rmse < baseline_errors(dataset, split, "validation")["mean"]["validation_rmse"]


def test_a_report_names_epoch_rates_and_seconds(make_trainer) -> None:
    reports = list(make_trainer(epochs=2).epochs())
    assert [report.epoch for report in reports] == [1, 2]
    assert all(report.seconds > 0 and report.ratings_per_second > 0 for report in reports)
    assert all(report.learning_rate == pytest.approx(3e-3) for report in reports)
    assert reports[0].validation_rmse == pytest.approx(math.sqrt(reports[0].validation_mse))


def test_one_seed_gives_one_curve_whatever_the_process_draws(make_trainer) -> None:
    torch.manual_seed(1)
    first = losses(make_trainer())
    torch.manual_seed(2)
    assert losses(make_trainer()) == first
    assert losses(make_trainer(seed=1)) != first


@pytest.mark.parametrize("batches", [0, 1, 10, 19])
def test_a_run_stopped_at_any_batch_goes_on_with_the_same_curve(make_trainer, batches) -> None:
    expected = losses(make_trainer())
    stopped = make_trainer()
    before = [report.train_loss for report in stopped.epochs(stop_after(batches))]
    assert len(before) < len(expected)
    assert stopped.position.batch + stopped.position.epoch * stopped.num_batches == batches
    resumed = make_trainer()
    resumed.restore(stopped.checkpoint())
    assert before + losses(resumed) == expected
    assert [report.train_loss for report in resumed.reports] == expected


def test_a_checkpoint_is_a_copy_that_training_does_not_change(make_trainer) -> None:
    trainer = make_trainer()
    next(trainer.epochs())
    checkpoint = trainer.checkpoint()
    before = {name: tensor.clone() for name, tensor in checkpoint.tensors.items()}
    list(trainer.epochs())
    assert all(torch.equal(before[name], tensor) for name, tensor in checkpoint.tensors.items())


def test_a_checkpoint_of_another_network_is_refused(make_trainer) -> None:
    other = make_trainer(model=ModelConfig(num_filters=4)).checkpoint()
    with pytest.raises(TrainingError, match="another network"):
        make_trainer().restore(other)


def test_a_loss_that_is_not_finite_ends_the_run_and_spoils_no_weight(make_trainer) -> None:
    trainer = make_trainer()
    next(trainer.epochs())
    with torch.no_grad():
        trainer.model.user_tower.mix.bias[0] = math.nan
    weights = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    with pytest.raises(NonFiniteLossError) as error:
        next(trainer.epochs())
    assert (error.value.epoch, error.value.batch) == (2, 1)
    for name, value in trainer.model.state_dict().items():
        assert torch.equal(torch.nan_to_num(weights[name]), torch.nan_to_num(value))


def test_weights_spoiled_by_the_last_step_end_the_run_too(make_trainer, monkeypatch) -> None:
    trainer = make_trainer()
    step = trainer._optimizer.step

    def spoil() -> None:
        step()
        if trainer.position.batch == trainer.num_batches - 1:
            with torch.no_grad():
                trainer.model.movie_tower.movie.weight[0] = math.inf

    monkeypatch.setattr(trainer._optimizer, "step", spoil)
    with pytest.raises(NonFiniteLossError):
        next(trainer.epochs())
    assert trainer.reports == ()


def test_a_learning_rate_far_too_large_is_told_and_not_hidden(make_trainer) -> None:
    trainer = make_trainer(epochs=3, learning_rate=10.0, model=ModelConfig(head="mlp", mlp_hidden=8))
    try:
        final = losses(trainer)[-1]
    except NonFiniteLossError:
        return
    assert np.isfinite(final)


def test_test_ratings_change_nothing_in_training(make_trainer, dataset, split, encoder) -> None:
    changed = dataset.ratings.copy()
    column = changed.columns.get_loc("rating")
    changed.iloc[split.test.numpy(), column] = 1
    shuffled = type(dataset)(dataset.name, dataset.users, dataset.movies, changed, dataset.source)
    original = make_trainer()
    other = Trainer(
        shuffled, split, encoder, model=original.model.config, train=original.config, device=original.device
    )
    assert losses(original) == losses(other)


@pytest.mark.parametrize("num_threads", [1, 2, 3])
def test_a_seed_and_a_number_of_threads_give_one_result_whatever_the_process_uses(
    make_history_trainer, num_threads
) -> None:
    def trained(threads_of_process: int) -> tuple[list[float], dict[str, torch.Tensor]]:
        with torch_threads(threads_of_process):
            trainer = make_history_trainer(num_threads=num_threads)
            curve = losses(trainer)
            assert torch.get_num_threads() == threads_of_process
        return curve, trainer.checkpoint().tensors | dict(enumerate(trainer.encode()[0]))

    (curve, tensors), (again, tensors_again) = trained(1), trained(2)
    assert curve == again
    assert all(torch.equal(tensors[name], tensors_again[name]) for name in tensors)


def test_a_run_in_mixed_precision_can_be_measured(make_trainer, make_history_trainer) -> None:
    for make in (make_trainer, make_history_trainer):
        exact = next(make(epochs=2).epochs()).validation_rmse
        with torch.autocast("cpu", dtype=torch.bfloat16, cache_enabled=False):  # weights change within it
            assert next(make(epochs=2).epochs()).validation_rmse == pytest.approx(exact, abs=0.03)


def test_devices_are_picked_or_refused() -> None:
    assert pick_device("cpu") == torch.device("cpu")
    assert pick_device("auto").type == available()[0]
    for missing in {"cuda", "mps"} - set(available()):
        with pytest.raises(DeviceError, match=missing):
            pick_device(missing)


@pytest.mark.parametrize("name", ["cuda:99", "cpu:7", "meta", "gpu", "", "cuda:x"])
def test_a_device_that_is_not_there_is_named_with_those_that_are(name) -> None:
    with pytest.raises(DeviceError, match=f"'{name}' is not there; this machine has .*cpu"):
        pick_device(name)


def test_one_of_several_gpus_can_be_named(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert pick_device("cuda:1") == torch.device("cuda", 1)
    with pytest.raises(DeviceError, match="cuda:2"):
        pick_device("cuda:2")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")
def test_cuda_reaches_the_same_validation_error_as_the_cpu(make_trainer, dataset, split, encoder) -> None:
    on_cpu = make_trainer()
    on_cuda = Trainer(
        dataset, split, encoder, model=on_cpu.model.config, train=on_cpu.config, device=torch.device("cuda")
    )
    last = [list(trainer.epochs())[-1].validation_rmse for trainer in (on_cpu, on_cuda)]
    assert last[0] == pytest.approx(last[1], abs=0.02)
