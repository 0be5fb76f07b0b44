"""What a run does after its last epoch: test errors, maps, title check; and what a stop or a failure there costs."""

import threading
from pathlib import Path

import numpy as np
import pytest

from recsys.bundle import load_bundle, read_info, store
from recsys.errors import BundleError, NonFiniteLossError
from recsys.insight.maps.layouts import pca
from recsys.training import TrainingJob
from recsys.training.title_check import TitleCheck, measure_title
from tests.core.conftest import TRAIN
from tests.core.job_watching import SECONDS, start, until


@pytest.fixture
def job():
    job = TrainingJob()
    yield job
    job.stop()
    assert job.wait(SECONDS)


@pytest.fixture
def held_up(monkeypatch):
    """A title check that waits for a stop before it measures."""
    has_begun = threading.Event()

    def measure(*args, on_progress, should_stop, **kwargs):
        on_progress(0.25)
        has_begun.set()
        waiting = threading.Event()
        while not should_stop():
            waiting.wait(0.01)
        return measure_title(*args, **kwargs, should_stop=should_stop)

    monkeypatch.setattr("recsys.training.run.measure_title", measure)
    return has_begun


def test_a_finished_run_says_what_the_title_adds(job, dataset, split) -> None:
    start(job, dataset, with_title_check=True)
    assert job.wait(SECONDS)
    assert (job.status().state, job.status().finishing_step) == ("finished", "")
    info = load_bundle(job.status().folder, dataset).info
    check = TitleCheck.from_dict(info.title_check)
    assert check.epochs == TRAIN.epochs
    films = np.asarray(dataset.ratings["movie_id"])
    is_known = np.isin(films[split.validation], films[split.train])
    assert check.known.num_ratings == is_known.sum()
    assert check.held_out is not None


def test_a_run_without_the_check_says_nothing(job, dataset) -> None:
    start(job, dataset)
    assert job.wait(SECONDS)
    assert read_info(job.status().folder).title_check is None


def test_the_maps_tell_how_far_they_are_and_a_stop_finishes_the_run_without_those_that_lack(dataset) -> None:
    has_begun = threading.Event()

    def layouts(features, on_progress, should_stop):
        on_progress(0.25)
        has_begun.set()
        waiting = threading.Event()
        while not should_stop():
            waiting.wait(0.01)
        return {"movies-pca-2d": pca(features.movies)}

    job = TrainingJob(layouts)
    start(job, dataset)
    assert has_begun.wait(SECONDS)
    status = job.status()
    assert (status.state, status.finishing_step, status.finishing_share) == ("finishing", "maps", 0.25)
    assert read_info(status.folder).epochs_done == TRAIN.epochs, "all of it is kept before the maps are made"
    job.stop("2")
    assert job.wait(SECONDS)
    assert job.status().state == "finished"
    bundle = load_bundle(job.status().folder, dataset)
    assert bundle.info.is_finished
    assert list(bundle.maps) == ["movies-pca-2d"]


def test_the_model_is_there_while_the_title_is_checked_and_a_stop_keeps_it(job, dataset, held_up) -> None:
    start(job, dataset, with_title_check=True)
    assert held_up.wait(SECONDS)
    status = until(job, lambda status: status.finishing_share == 0.25)
    assert (status.state, status.finishing_step) == ("finishing", "title")
    assert store.best_bundle(dataset).folder == status.folder
    job.pause("2")
    assert job.status().last_action == "start"  # there is no batch to come
    job.stop("2")
    assert job.wait(SECONDS)
    assert (job.status().state, job.status().acted_by) == ("finished", "2")
    check = TitleCheck.from_dict(read_info(status.folder).title_check)
    assert check.held_out is None


def test_a_companion_that_goes_astray_costs_only_its_half(job, dataset, monkeypatch) -> None:
    def astray(*_: object, **__: object) -> None:
        raise NonFiniteLossError(epoch=1, batch=1, loss=float("nan"))

    monkeypatch.setattr("recsys.training.title_check._companion", astray)
    start(job, dataset, with_title_check=True)
    assert job.wait(SECONDS)
    assert job.status().state == "finished"
    assert TitleCheck.from_dict(read_info(job.status().folder).title_check).held_out is None


def test_a_run_that_was_cut_off_after_its_last_epoch_only_needs_to_be_finished(job, dataset, monkeypatch) -> None:
    def cut(*_: object, **__: object) -> None:
        raise RuntimeError("cut off")

    with monkeypatch.context() as patch:
        patch.setattr("recsys.training.run.Run.finish", cut)
        start(job, dataset)
        assert job.wait(SECONDS)
    status = job.status()
    assert status.state == "failed"
    kept = read_info(status.folder)
    assert (kept.is_finished, kept.epochs_done) == (False, TRAIN.epochs)
    job.resume(dataset, status.folder, device="cpu")
    assert job.wait(SECONDS)
    assert job.status().state == "finished"
    assert job.status().reports == status.reports
    assert read_info(status.folder).is_finished


def test_a_run_that_goes_on_forgets_what_its_title_added_before(job, dataset) -> None:
    start(job, dataset, with_title_check=True)
    assert job.wait(SECONDS)
    folder = job.status().folder
    job.resume(dataset, folder, epochs=TRAIN.epochs + 1, device="cpu")
    assert job.wait(SECONDS)
    assert read_info(folder).title_check is None


def test_a_title_check_that_fails_ends_in_a_finished_run_all_the_same(job, dataset, monkeypatch) -> None:
    def no_room(*_arguments: object, **_options: object) -> None:
        raise BundleError(Path("somewhere"), "cannot be written (no space left).")

    monkeypatch.setattr("recsys.training.run.rewrite_info", no_room)
    start(job, dataset, with_title_check=True)
    assert job.wait(SECONDS)
    assert (job.status().state, job.status().error) == ("finished", None)
    assert load_bundle(job.status().folder, dataset).info.is_finished
