"""The one background run, and the store of its bundles."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from recsys.bundle import load_bundle, store
from recsys.config import ModelConfig
from recsys.errors import BundleError, JobBusyError, NonFiniteLossError, TrainingError
from recsys.insight.maps.layouts import pca
from recsys.training import TrainingJob
from recsys.training import status as status_module
from tests.core.conftest import TRAIN
from tests.core.job_watching import SECONDS, start, until

LONG = replace(TRAIN, epochs=10_000)


def layouts(features, *_):
    return {"movies-pca-2d": pca(features.movies)}


@pytest.fixture
def job():
    job = TrainingJob(layouts)
    yield job
    job.stop()
    assert job.wait(SECONDS)


def test_a_finished_run_is_a_bundle_that_the_store_finds(job, dataset) -> None:
    assert job.status().state == "idle"
    start(job, dataset)
    assert job.wait(SECONDS)
    status = job.status()
    assert (status.state, status.error, status.epoch) == ("finished", None, 3)
    assert [report.epoch for report in status.reports] == [1, 2, 3]
    assert status.baselines["mean"]["validation_rmse"] > 0
    assert set(load_bundle(status.folder, dataset).maps) == {"movies-pca-2d"}
    assert store.best_bundle(dataset).folder == status.folder


def test_a_second_run_is_refused_while_one_is_under_way(job, dataset) -> None:
    start(job, dataset, LONG)
    with pytest.raises(JobBusyError):
        start(job, dataset)


def test_of_many_sessions_that_start_at_once_one_wins(job, dataset) -> None:
    outcomes: list[str] = []

    def press() -> None:
        try:
            start(job, dataset, LONG)
            outcomes.append("started")
        except JobBusyError:
            outcomes.append("busy")

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["busy"] * 7 + ["started"]


def test_a_stopped_run_is_kept_and_resumed_to_its_end(job, dataset) -> None:
    start(job, dataset, LONG)
    until(job, lambda status: status.epoch >= 1)
    job.stop()
    assert job.wait(SECONDS)
    stopped = job.status()
    assert stopped.state == "stopped"
    assert store.best_bundle(dataset) is None
    job.resume(dataset, stopped.folder, epochs=stopped.epoch + 2, device="cpu")
    assert job.wait(SECONDS)
    assert job.status().state == "finished"
    assert [report.epoch for report in job.status().reports] == list(range(1, stopped.epoch + 3))
    assert job.status().reports[: stopped.epoch] == stopped.reports


def test_a_run_stopped_before_its_first_batch_goes_on_to_the_same_curve(job, dataset) -> None:
    start(job, dataset)
    assert job.wait(SECONDS)
    expected = [report.train_loss for report in job.status().reports]
    start(job, dataset, is_paused=True)
    until(job, lambda status: status.state == "paused")
    job.stop()
    assert job.wait(SECONDS)
    stopped = job.status()
    assert (stopped.state, stopped.epoch, stopped.batch) == ("stopped", 0, 0)
    job.resume(dataset, stopped.folder, device="cpu")
    assert job.wait(SECONDS)
    assert [report.train_loss for report in job.status().reports] == expected


def test_the_curve_ends_each_epoch_with_the_mean_of_the_whole_epoch(job, dataset) -> None:
    start(job, dataset)
    assert job.wait(SECONDS)
    status = job.status()
    ends = {epoch: loss for epoch, loss in status.batch_losses if epoch == int(epoch)}
    assert ends == {report.epoch: report.train_loss for report in status.reports}
    assert list(status.batch_losses) == sorted(status.batch_losses)
    assert len(status.batch_losses) > len(ends)


def test_a_long_curve_is_thinned_but_for_the_ends_of_epochs(monkeypatch) -> None:
    monkeypatch.setattr(status_module, "MAX_CURVE_POINTS", 20)
    points: tuple[tuple[float, float], ...] = ()
    for number in range(1, 101):
        points = status_module._with_point(points, number / 10, 1.0)
    assert len(points) <= 21
    assert {float(epoch) for epoch in range(1, 11)} <= {epoch for epoch, _ in points}
    assert points[-1][0] == 10


def test_a_run_that_is_complete_is_not_resumed(job, dataset) -> None:
    start(job, dataset)
    assert job.wait(SECONDS)
    with pytest.raises(TrainingError, match="3 epochs"):
        job.resume(dataset, job.status().folder)


def test_a_failed_run_says_why_and_another_can_start(job, dataset, monkeypatch) -> None:
    def explode(*_: object) -> float:
        raise NonFiniteLossError(epoch=1, batch=1, loss=float("inf"))

    with monkeypatch.context() as patch:
        patch.setattr("recsys.training.trainer.Trainer._step", explode)
        start(job, dataset)
        assert job.wait(SECONDS)
    assert job.status().state == "failed"
    assert isinstance(job.status().error, NonFiniteLossError)
    start(job, dataset)
    assert job.wait(SECONDS)
    assert job.status().state == "finished"


def test_an_unforeseen_error_ends_the_run_with_a_clear_one(job, dataset, monkeypatch) -> None:
    monkeypatch.setattr("recsys.training.run.baseline_errors", lambda *_: 1 / 0)
    start(job, dataset)
    assert job.wait(SECONDS)
    assert isinstance(job.status().error, TrainingError)


def test_the_version_goes_up_with_every_change(job, dataset) -> None:
    versions = [job.status().version]
    start(job, dataset)
    versions.append(job.status().version)
    assert job.wait(SECONDS)
    versions.append(job.status().version)
    assert versions == sorted(set(versions))


def test_the_best_bundle_has_the_lowest_validation_error_until_one_is_chosen(job, dataset) -> None:
    folders = []
    for epochs in (1, 6):
        start(job, dataset, replace(TRAIN, epochs=epochs))
        assert job.wait(SECONDS)
        folders.append(job.status().folder)
    assert store.best_bundle(dataset).folder == folders[1]
    store.activate(store.list_bundles(dataset)[1])
    assert store.best_bundle(dataset).folder == folders[0]


def test_a_damaged_bundle_hides_no_other_and_is_reported(job, dataset) -> None:
    start(job, dataset)
    assert job.wait(SECONDS)
    good = job.status().folder
    (store.own_bundles_folder() / "bad").mkdir()
    assert [info.folder for info in store.list_bundles(dataset)] == [good]
    assert [error.folder.name for error in store.unreadable_bundles()] == ["bad"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}'])
def test_a_damaged_choice_file_is_as_no_choice(job, dataset, text) -> None:
    start(job, dataset)
    assert job.wait(SECONDS)
    Path(store.home_data() / "active.json").write_text(text, encoding="utf-8")
    assert store.best_bundle(dataset).folder == job.status().folder


def test_two_bundles_of_one_name_get_two_folders(job, dataset) -> None:
    for _ in range(2):
        start(job, dataset, replace(TRAIN, epochs=1), name="My run / 1")
        assert job.wait(SECONDS)
    assert [path.name for path in sorted(store.own_bundles_folder().iterdir())] == ["my-run-1-1", "my-run-1-2"]


def test_a_choice_that_cannot_be_written_is_a_clear_error(bundle, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recsys.files.os.replace", full)
    with pytest.raises(BundleError, match="No space left"):
        store.activate(bundle.info)
    assert not (store.home_data() / "active.json").exists()


def test_the_choice_is_kept_for_each_data_set(bundle) -> None:
    store.activate(bundle.info)
    store.activate(replace(bundle.info, fingerprint="other", folder=Path("elsewhere")))
    chosen = json.loads((store.home_data() / "active.json").read_text(encoding="utf-8"))
    assert chosen == {bundle.info.fingerprint: str(bundle.info.folder), "other": "elsewhere"}


def test_a_network_with_a_hidden_layer_trains_like_any_other(job, dataset) -> None:
    start(job, dataset, replace(TRAIN, epochs=1), ModelConfig(head="mlp", mlp_hidden=8, init=0.05))
    assert job.wait(SECONDS)
    assert job.status().state == "finished"
