"""The job that lays out maps: once, in turn, watched, cancelled, kept."""

import logging
import threading
from dataclasses import replace

import numpy as np
import pytest

from recsys.errors import JobBusyError, MatineeError, StoppedError
from recsys.insight.maps import layout_job, layout_store
from recsys.insight.maps.layout_job import MAX_RUNS, MAX_WAITING, LayoutJob
from recsys.insight.maps.layouts import MAX_FRAMES, LayoutSettings, compute

SECONDS = 120
OTHER = LayoutSettings(perplexity=5, seed=3)


@pytest.fixture(autouse=True)
def _forget() -> None:
    layout_store._recent.clear()


@pytest.fixture
def job():
    made = LayoutJob()
    yield made
    made.stop()
    assert made.wait(SECONDS)


class Held:
    """Takes the place of `compute`: tells a step, then goes on when it is let go."""

    def __init__(self) -> None:
        self.begun, self.go, self.made = threading.Semaphore(0), threading.Semaphore(0), []

    def __call__(self, features, settings, *, on_step, should_stop):
        self.made.append(settings.seed)
        on_step("layout", 0.25, np.zeros((len(features), settings.dims), np.float32))
        self.begun.release()
        while not self.go.acquire(timeout=0.01):
            if should_stop():
                raise StoppedError
        return np.ones((len(features), settings.dims), np.float32)


@pytest.fixture
def held(monkeypatch) -> Held:
    made = Held()
    monkeypatch.setattr(layout_job, "compute", made)
    return made


def seeds(*numbers: int) -> list[LayoutSettings]:
    return [replace(OTHER, seed=number) for number in numbers]


def test_what_was_asked_for_is_finished_kept_and_the_same_as_when_nobody_watches(job, bundle) -> None:
    assert job.status(OTHER, bundle).state == "missing"
    job.request(bundle, OTHER)
    assert job.wait(SECONDS)
    status = job.status(OTHER, bundle)
    assert (status.state, status.share, status.place, status.error) == ("finished", 1.0, 0, None)
    assert status.seconds > 0
    expected = compute(bundle.movie_features, OTHER)
    assert np.array_equal(layout_store.kept(bundle, OTHER), expected)
    assert np.array_equal(job.frames(OTHER, bundle)[-1], expected)
    assert status.num_frames == len(job.frames(OTHER, bundle)) == 50


def test_frames_are_turned_like_the_layout(job, bundle) -> None:
    job.request(bundle, OTHER)
    assert job.wait(SECONDS)
    *_, before, last = job.frames(OTHER, bundle)
    assert np.linalg.norm(before - last) < 0.2 * np.linalg.norm(last)


def test_layouts_of_people_are_made_too(job, bundle) -> None:
    people = LayoutSettings("users", perplexity=5)
    job.request(bundle, people)
    assert job.wait(SECONDS)
    assert layout_store.kept(bundle, people).shape == (len(bundle.user_features), 2)


def test_what_is_there_already_is_not_made_again(job, bundle, held) -> None:
    for settings in (LayoutSettings(), LayoutSettings(method="pca")):
        job.request(bundle, settings)
        assert job.status(settings, bundle).state == "finished"
    assert job.wait(SECONDS)
    assert held.made == []


def test_a_damaged_layout_is_made_again(job, bundle, held) -> None:
    layout_store.keep(bundle, OTHER, np.ones((90, 2)))
    layout_store._recent.clear()
    layout_store._file(bundle, OTHER).write_bytes(b"damaged")
    job.request(bundle, OTHER)
    held.go.release()
    assert job.wait(SECONDS)
    assert held.made == [3]
    assert layout_store.kept(bundle, OTHER) is not None


def test_one_is_made_after_the_other_and_the_same_only_once(job, bundle, held) -> None:
    first, second, third = seeds(1, 2, 3)
    for settings in (first, second, third, first, second):
        job.request(bundle, settings)
    assert held.begun.acquire(timeout=SECONDS)
    running, waiting, last = (job.status(settings, bundle) for settings in (first, second, third))
    assert (running.state, running.place, running.step, running.share) == ("running", 0, "layout", 0.25)
    assert running.num_frames == len(job.frames(first, bundle)) == 1
    assert (waiting.state, waiting.place, last.state, last.place) == ("queued", 1, "queued", 2)
    assert all(status.is_under_way for status in (running, waiting, last))
    held.go.release(3)
    assert job.wait(SECONDS)
    assert held.made == [1, 2, 3]


def test_another_bundle_with_the_same_vectors_shares_the_work(job, bundle, held) -> None:
    job.request(bundle, OTHER)
    job.request(replace(bundle, maps={}), OTHER)
    held.go.release()
    assert job.wait(SECONDS)
    assert held.made == [3]


def test_the_queue_has_an_end(job, bundle, held) -> None:
    job.request(bundle, OTHER)
    assert held.begun.acquire(timeout=SECONDS)
    for settings in seeds(*range(100, 100 + MAX_WAITING)):
        job.request(bundle, settings)
    with pytest.raises(JobBusyError, match=str(MAX_WAITING)):
        job.request(bundle, replace(OTHER, seed=99))
    assert job.status(replace(OTHER, seed=99), bundle).state == "missing"


def test_what_waits_is_cancelled_at_once_and_what_runs_soon(job, bundle, held) -> None:
    running, waiting, last = seeds(1, 2, 3)
    for settings in (running, waiting, last):
        job.request(bundle, settings)
    assert held.begun.acquire(timeout=SECONDS)
    job.cancel(waiting, bundle)
    assert job.status(waiting, bundle).state == "stopped"
    assert job.status(last, bundle).place == 1
    job.cancel(running, bundle)
    assert held.begun.acquire(timeout=SECONDS)  # the last one has begun
    assert job.status(running, bundle).state == "stopped"
    assert job.frames(running, bundle) == ()
    assert layout_store.kept(bundle, running) is None
    held.go.release()
    assert job.wait(SECONDS)
    assert held.made == [1, 3]


def test_what_was_cancelled_can_be_asked_for_again(job, bundle, held) -> None:
    job.request(bundle, OTHER)
    assert held.begun.acquire(timeout=SECONDS)
    job.cancel(OTHER, bundle)
    job.request(bundle, OTHER)
    assert held.begun.acquire(timeout=SECONDS)
    held.go.release()
    assert job.wait(SECONDS)
    assert job.status(OTHER, bundle).state == "finished"


def test_a_real_run_is_stopped_on_its_way(job, bundle) -> None:
    job.request(bundle, OTHER)
    job.stop()
    assert job.wait(SECONDS)
    assert job.status(OTHER, bundle).state == "stopped"
    assert layout_store.kept(bundle, OTHER) is None


@pytest.mark.parametrize("error", [MatineeError("a reason"), ZeroDivisionError("a reason")])
def test_a_failure_is_seen_logged_and_does_not_end_the_thread(job, bundle, monkeypatch, error, caplog) -> None:
    def fails(*_arguments, **_options):
        raise error

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(layout_job, "compute", fails)
        job.request(bundle, OTHER)
        assert job.wait(SECONDS)
    status = job.status(OTHER, bundle)
    assert status.state == "failed"
    assert "a reason" in str(status.error)
    assert "layout failed" in caplog.text
    job.request(bundle, OTHER)
    assert job.wait(SECONDS)
    assert job.status(OTHER, bundle).state == "finished"


def test_only_the_latest_runs_are_remembered(job, bundle, held) -> None:
    many = seeds(*range(MAX_RUNS + 2))
    for settings in many:
        job.request(bundle, settings)
        held.go.release()
        assert job.wait(SECONDS)
    assert [len(job.frames(settings, bundle)) for settings in many] == [0, 0, *[2] * MAX_RUNS]
    assert job.status(many[0], bundle).state == "finished"  # kept, though nobody remembers how


def test_a_run_of_many_points_keeps_frames_at_an_even_pace(bundle, monkeypatch) -> None:
    frame = np.zeros((90, 2), np.float32)
    monkeypatch.setattr(layout_job, "MAX_FRAME_BYTES", 10 * frame.nbytes)
    run = layout_job._Run(bundle, OTHER)
    for number in range(MAX_FRAMES):
        layout_job._add_frame(run, frame + number)
    numbers = [int(each[0, 0]) for each in run.frames]
    assert 5 <= len(numbers) <= 10
    assert numbers == list(range(0, MAX_FRAMES, numbers[1]))
