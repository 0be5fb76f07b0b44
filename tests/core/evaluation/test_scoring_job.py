"""Measuring in the background: one at a time, saved as it comes, stopped between steps, and a failure that is seen."""

import threading

import pytest

from recsys.bundle.info import read_info
from recsys.bundle.store import own_bundles_folder
from recsys.config import DataConfig
from recsys.data.dataset import Dataset
from recsys.errors import BundleError, JobBusyError
from recsys.evaluation import scoring_job
from recsys.evaluation.bundle_scores import bundle_key
from recsys.evaluation.scoreboard import Scoreboard
from recsys.evaluation.scoring_job import MAX_FITTED, Entrant, ScoringJob
from tests.core.conftest import DATA

PATIENCE = 60


def measure(job: ScoringJob, dataset: Dataset, *keys: str) -> None:
    job.measure(dataset, DATA, [Entrant(key) for key in keys], Scoreboard.load(dataset))


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch):
    """Hold the job before it measures until it is opened."""
    opened, reached, real = threading.Event(), threading.Event(), scoring_job.score

    def held(*args, **options):
        reached.set()
        assert opened.wait(PATIENCE)
        return real(*args, **options)

    monkeypatch.setattr(scoring_job, "score", held)
    yield opened, reached
    opened.set()


def test_scores_are_saved_and_stand_beside_the_old_ones(dataset: Dataset) -> None:
    job = ScoringJob()
    measure(job, dataset, "mean", "popularity")
    assert job.wait(PATIENCE)
    first = job.status()
    assert (first.state, first.share, first.error) == ("finished", 1.0, None)
    assert [found.old for found in first.results] == [None, None]
    assert [score.contender for score in Scoreboard.load(dataset).scores] == ["mean", "popularity"]
    measure(job, dataset, "mean")
    assert job.wait(PATIENCE)
    (again,) = job.status().results
    assert again.old == first.results[0].new
    assert again.new.metrics == first.results[0].new.metrics
    assert job.status().version > first.version


def test_a_second_one_is_refused_while_the_first_works(dataset: Dataset, gate) -> None:
    job = ScoringJob()
    measure(job, dataset, "mean")
    with pytest.raises(JobBusyError):
        measure(job, dataset, "biases")
    with pytest.raises(JobBusyError):
        job.fit(dataset, DATA, [Entrant("mean")])
    assert job.status().is_running
    gate[0].set()
    assert job.wait(PATIENCE)
    assert [found.new.contender for found in job.status().results] == ["mean"]


def test_stopping_keeps_what_is_saved_and_leaves_out_the_rest(dataset: Dataset, gate) -> None:
    job = ScoringJob()
    measure(job, dataset, "mean", "biases")
    assert gate[1].wait(PATIENCE)
    job.stop()
    gate[0].set()
    assert job.wait(PATIENCE)
    assert job.status().state == "stopped"
    assert Scoreboard.load(dataset).scores == ()
    measure(job, dataset, "mean")
    assert job.wait(PATIENCE)
    assert job.status().state == "finished", "an old wish to stop does not stop the next one"


def test_a_failure_is_told_and_the_next_work_goes_on(dataset: Dataset, make_run, tmp_path) -> None:
    make_run(tmp_path / "bundle").keep()
    info = read_info(tmp_path / "bundle")
    (tmp_path / "bundle" / "weights.safetensors").unlink()
    job = ScoringJob()
    job.measure(dataset, DATA, [Entrant("bundle:bundle", info)], Scoreboard.load(dataset))
    assert job.wait(PATIENCE)
    assert job.status().state == "failed"
    assert isinstance(job.status().error, BundleError)
    measure(job, dataset, "mean")
    assert job.wait(PATIENCE)
    assert (job.status().state, job.status().error) == ("finished", None)


def test_what_is_fitted_is_kept_for_its_split_and_the_oldest_makes_room(dataset: Dataset) -> None:
    job, keys = ScoringJob(), ("mean", "biases", "popularity", "ease", "ease_liked")
    assert len(keys) == MAX_FITTED + 1
    job.fit(dataset, DATA, [Entrant(key) for key in keys[:-1]])
    assert job.wait(PATIENCE)
    kept = job.fitted(dataset, DATA, Entrant("mean"))
    assert kept is not None
    job.fit(dataset, DATA, [Entrant("mean")])
    assert job.fitted(dataset, DATA, Entrant("mean")) is kept, "nothing is fitted twice"
    job.fit(dataset, DATA, [Entrant(keys[-1])])
    assert job.wait(PATIENCE)
    there = [key for key in keys if job.fitted(dataset, DATA, Entrant(key)) is not None]
    assert there == ["mean", "popularity", "ease", "ease_liked"], "biases was looked at the longest ago"
    other = DataConfig("synthetic", "p90")
    assert job.fitted(dataset, other, Entrant("mean")) is None


def test_a_fit_for_lists_leaves_the_last_measurement_to_be_read(dataset: Dataset) -> None:
    job = ScoringJob()
    measure(job, dataset, "mean")
    assert job.wait(PATIENCE)
    results = job.status().results
    job.fit(dataset, DATA, [Entrant("biases")])
    assert job.wait(PATIENCE)
    assert (job.status().purpose, job.status().results) == ("fit", results)
    measure(job, dataset, "popularity")
    assert job.wait(PATIENCE)
    assert [found.new.contender for found in job.status().results] == ["popularity"]


def test_a_bundle_is_measured_and_loaded_for_lists_as_itself(dataset: Dataset, make_run) -> None:
    make_run(own_bundles_folder() / "mine").keep()
    info = read_info(own_bundles_folder() / "mine")
    entrant = Entrant("bundle:mine", info)
    job = ScoringJob()
    job.fit(dataset, DATA, [entrant])
    assert job.wait(PATIENCE)
    fitted = job.fitted(dataset, DATA, entrant)
    assert fitted is not None
    assert bundle_key(fitted.bundle) == entrant.key
    job.measure(dataset, DATA, [entrant], Scoreboard.load(dataset))
    assert job.wait(PATIENCE)
    (found,) = Scoreboard.load(dataset).scores
    assert (found.contender, found.command) == (entrant.key, info.command)
