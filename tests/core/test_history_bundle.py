"""Bundles of the preset `default`: what comes back, half precision, and runs that go on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from recsys.bundle import load_bundle, read_info
from recsys.bundle.info import RunState, write_info
from recsys.config import ModelConfig, TrainConfig
from recsys.errors import BundleError
from recsys.evaluation.of_bundle import metrics_on_test
from recsys.files import sha256
from recsys.training import TrainingJob
from recsys.training.run import Run, prolonged
from tests.core.conftest import CPU, HISTORY_MODEL, HISTORY_TRAIN

SECONDS = 60


def stop_after(batches: int):
    asked = iter(range(batches))
    return lambda: next(asked, None) is None


def size_of(folder: Path, name: str) -> int:
    return (folder / name).stat().st_size


def test_a_bundle_with_histories_comes_back_with_equal_answers(history_bundle, history_run, dataset, tmp_path) -> None:
    history_bundle.save(tmp_path / "again")
    again = load_bundle(tmp_path / "again", dataset)
    everybody = np.arange(dataset.num_users)
    assert np.array_equal(again.stars_of(everybody), history_bundle.stars_of(everybody))
    assert np.array_equal(again.score_users(everybody), history_bundle.score_users(everybody))
    users, movies = history_run.trainer.encode(with_validation=True)
    assert np.array_equal(again.user_features, users.features.numpy())
    assert np.array_equal(again.features.user_bias, users.bias.numpy())
    assert np.array_equal(again.features.movie_bias, movies.bias.numpy())
    assert np.abs(again.features.user_bias).max() > 0.1


def test_all_ways_to_ask_for_stars_give_the_same(history_bundle, dataset) -> None:
    matrix = history_bundle.stars_of(np.arange(dataset.num_users))
    users, movies = np.array([0, 7, 7, 149]), np.array([3, 0, 89, 5])
    assert np.allclose(history_bundle.predict_stars(users, movies), matrix[users, movies], atol=1e-5)
    assert np.allclose(history_bundle.stars_of_movie(5), matrix[:, 5], atol=1e-5)
    assert np.allclose(history_bundle.stars_of(np.array([7])), matrix[[7]], atol=1e-5)


def test_the_blend_of_a_list_is_an_argument_and_the_configs_by_default(history_bundle) -> None:
    someone = np.array([7])
    watch, stars = history_bundle.score_users(someone, 0.0), history_bundle.stars_of(someone)
    assert np.allclose(history_bundle.score_users(someone, 2.0), watch + 2 * stars, atol=1e-5)
    assert np.allclose(history_bundle.score_users(someone), watch + HISTORY_MODEL.blend * stars, atol=1e-5)


def test_the_shipped_form_takes_half_the_room_and_says_nearly_the_same(history_bundle, dataset, tmp_path) -> None:
    history_bundle.halved().save(tmp_path / "half")
    half = load_bundle(tmp_path / "half", dataset)
    whole = history_bundle.info.folder
    for name in ("weights.safetensors", "features.safetensors"):
        assert size_of(tmp_path / "half", name) < 0.6 * size_of(whole, name)
    everybody = np.arange(dataset.num_users)
    assert np.abs(half.stars_of(everybody) - history_bundle.stars_of(everybody)).max() < 0.02
    assert np.array_equal(half.stars_of(everybody), history_bundle.halved().stars_of(everybody))
    assert not half.info.can_resume
    assert half.features.users.dtype == np.float32
    assert all(tensor.dtype == torch.float32 for tensor in half.model.state_dict().values())


def test_a_half_bundle_that_is_loaded_and_saved_again_stays_half(history_bundle, dataset, tmp_path) -> None:
    first = history_bundle.halved().save(tmp_path / "first").folder
    again = load_bundle(first, dataset).save(tmp_path / "again").folder
    for name in ("weights.safetensors", "features.safetensors"):
        assert sha256(again / name) == sha256(first / name)
    assert not load_bundle(history_bundle.save(tmp_path / "whole").folder, dataset).is_half


def test_a_half_bundle_measures_what_the_whole_one_measured(history_bundle, dataset) -> None:
    measured = metrics_on_test(dataset, history_bundle.halved())
    assert measured["rmse"] == pytest.approx(metrics_on_test(dataset, history_bundle)["rmse"], abs=1e-3)


def test_a_bundle_tells_the_last_error_that_was_one(history_bundle) -> None:
    errors = [report.validation_mse for report in history_bundle.reports]
    assert [error is None for error in errors] == [False, False, False, True]
    info = history_bundle.info
    assert info.metrics["validation"]["mse"] == pytest.approx(errors[2])
    assert (info.validation_epoch, info.epochs_done, info.has_learned_validation) == (3, 4, True)
    assert info.own_validation_rmse is None


def test_the_command_of_a_bundle_names_its_preset(history_bundle) -> None:
    assert "--preset default" in history_bundle.info.command


@pytest.mark.parametrize("part", ["movie_bias", "user_bias"])
def test_biases_that_are_not_finite_or_too_few_are_refused(history_bundle, dataset, tmp_path, part) -> None:
    values = getattr(history_bundle.features, part)
    for wrong in (np.full_like(values, np.nan), values[:-1]):
        spoiled = replace(history_bundle, features=replace(history_bundle.features, **{part: wrong}))
        spoiled.save(tmp_path / "wrong")
        with pytest.raises(BundleError, match="biases"):
            load_bundle(tmp_path / "wrong", dataset)


@pytest.mark.parametrize("batches", [0, 7, 17])
def test_a_stopped_run_goes_on_from_its_bundle_to_the_same_last_bit(
    make_run, history_run, dataset, tmp_path, batches
) -> None:
    part = make_run(tmp_path / "part", model=HISTORY_MODEL, train=HISTORY_TRAIN, preset="default")
    list(part.trainer.epochs(stop_after(batches)))
    part.keep()
    resumed = Run.resumed(dataset, load_bundle(tmp_path / "part", dataset), train=HISTORY_TRAIN, device=CPU)
    list(resumed.trainer.epochs())
    expected, tensors = history_run.trainer.checkpoint().tensors, resumed.trainer.checkpoint().tensors
    assert all(torch.equal(expected[name], tensors[name]) for name in expected | tensors)
    losses = [[report.train_loss for report in run.trainer.reports] for run in (history_run, resumed)]
    assert losses[0] == losses[1]


def test_a_run_that_trained_on_the_validation_part_measures_on_it_never_again(make_run, dataset, tmp_path) -> None:
    run = make_run(tmp_path / "longer", model=HISTORY_MODEL, train=HISTORY_TRAIN, preset="default")
    list(run.trainer.epochs())
    run.keep()
    job = TrainingJob()
    job.resume(dataset, tmp_path / "longer", epochs=8, device="cpu")
    assert job.wait(SECONDS)
    assert job.status().state == "finished"
    measured = [report.validation_mse is not None for report in job.status().reports]
    assert measured == [True, True, True, False, False, False, False, False]


@pytest.mark.parametrize("epochs", [11, 20, 21, 99, 10_000])
def test_a_longer_run_keeps_the_epoch_from_which_it_trains_on_all(epochs) -> None:
    train = TrainConfig(epochs=20, final_share=0.5)
    for run in (RunState(epoch=10, batch=1), RunState(epoch=15), RunState(epoch=20)):
        longer = prolonged(train, run, epochs=epochs)
        assert (longer.epochs, longer.epochs - longer.epochs_on_all) == (epochs, 10)
    assert prolonged(train, RunState(epoch=10), epochs=epochs) == replace(train, epochs=epochs)
    assert prolonged(train, RunState(epoch=19), epochs=20) == train


def test_a_share_of_final_epochs_takes_no_error_from_a_network_that_ignores_it(make_trainer) -> None:
    assert None not in [report.validation_mse for report in make_trainer(final_share=0.7).epochs()]


def test_a_network_with_histories_cannot_pass_for_one_without(history_bundle, dataset, tmp_path) -> None:
    history_bundle.save(tmp_path / "copy")
    write_info(replace(read_info(tmp_path / "copy"), model=ModelConfig(feature_size=24)), tmp_path / "copy")
    with pytest.raises(BundleError, match="damaged"):
        load_bundle(tmp_path / "copy", dataset)
