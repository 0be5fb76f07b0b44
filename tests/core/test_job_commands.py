"""Commands to the one background run: pause, go on, one batch, one epoch, another learning rate, stop."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from recsys.bundle import load_bundle, read_info
from recsys.errors import BundleError, ConfigError, JobBusyError, TrainingError, UnknownIdError
from recsys.report import RateChange
from recsys.training import TrainingJob, worker
from recsys.training.run import Run
from tests.core.conftest import TRAIN
from tests.core.job_watching import SECONDS, is_paused, start, until

LONG = replace(TRAIN, epochs=10_000)
COSINE = replace(TRAIN, schedule="cosine", epochs=4)


@pytest.fixture
def job():
    job = TrainingJob()
    yield job
    job.stop()
    assert job.wait(SECONDS)


def place(job) -> tuple[int, int]:
    status = until(job, is_paused)
    return status.epoch, status.batch


def curve(job, dataset, **kwargs) -> list[float]:
    start(job, dataset, **kwargs)
    assert job.wait(SECONDS)
    return [report.train_loss for report in job.status().reports]


def step_batches(job, count: int) -> None:
    """Press "one batch" and wait for it, so often."""
    for _ in range(count):
        before = until(job, is_paused)
        job.step_batch()
        until(job, lambda status, before=before: is_paused(status) and status.batch != before.batch)


def test_a_run_that_starts_paused_trains_no_batch_until_it_is_told_to(job, dataset) -> None:
    start(job, dataset, is_paused=True)
    status = until(job, is_paused)
    assert (status.epoch, status.batch, status.is_running) == (0, 0, True)
    with pytest.raises(JobBusyError):
        start(job, dataset)
    job.go_on()
    assert job.wait(SECONDS)
    assert job.status().state == "finished"


def test_a_paused_run_stays_where_it_is_and_goes_on_to_the_same_curve(job, dataset) -> None:
    expected = curve(job, dataset)
    start(job, dataset, is_paused=True)
    step_batches(job, 7)
    job.go_on()
    job.pause()
    place(job)
    job.go_on()
    assert job.wait(SECONDS)
    assert [report.train_loss for report in job.status().reports] == expected


def test_one_batch_is_one_batch_and_its_loss_is_seen_at_once(job, dataset) -> None:
    start(job, dataset, is_paused=True)
    step_batches(job, 3)
    assert place(job) == (0, 3)
    num_batches = job.status().num_batches
    assert [epochs * num_batches for epochs, _ in job.status().batch_losses] == pytest.approx([1, 2, 3])


def test_batches_that_are_asked_for_while_one_is_under_way_add_up(job, dataset) -> None:
    start(job, dataset, is_paused=True)
    until(job, is_paused)
    for _ in range(4):
        job.step_batch()
    until(job, lambda status: is_paused(status) and status.batch == 4)


def test_one_epoch_ends_at_its_end_wherever_it_begins(job, dataset) -> None:
    start(job, dataset, is_paused=True)
    until(job, is_paused)
    job.step_epoch()
    until(job, lambda status: is_paused(status) and status.epoch == 1)
    assert place(job) == (1, 0)
    step_batches(job, 2)
    job.step_epoch()
    until(job, lambda status: is_paused(status) and status.epoch == 2)
    assert place(job) == (2, 0)


def test_the_last_epoch_as_a_step_finishes_the_run(job, dataset) -> None:
    start(job, dataset, replace(TRAIN, epochs=1), is_paused=True)
    until(job, is_paused)
    job.step_epoch()
    assert job.wait(SECONDS)
    assert job.status().state == "finished"


def test_a_paused_run_can_be_stopped_and_is_kept(job, dataset) -> None:
    start(job, dataset, is_paused=True)
    step_batches(job, 2)
    job.stop()
    assert job.wait(SECONDS)
    assert job.status().state == "stopped"
    assert load_bundle(job.status().folder, dataset).info.run.batch == 2


def test_everybody_is_told_who_started_and_who_did_what(job, dataset) -> None:
    start(job, dataset, LONG, by="3")
    assert (job.status().started_by, job.status().acted_by, job.status().last_action) == ("3", "3", "start")
    job.pause("5")
    status = until(job, is_paused)
    assert (status.started_by, status.acted_by, status.last_action) == ("3", "5", "pause")
    for command, action in ((job.step_batch, "batch"), (job.step_epoch, "epoch"), (job.go_on, "go_on")):
        command("7")
        assert (job.status().acted_by, job.status().last_action) == ("7", action)
    job.set_learning_rate(1e-3, "8")
    assert (job.status().acted_by, job.status().last_action) == ("8", "rate")
    job.stop("9")
    assert job.wait(SECONDS)
    assert (job.status().started_by, job.status().acted_by, job.status().last_action) == ("3", "9", "stop")


def test_commands_without_a_run_do_nothing_and_do_not_wait_for_the_next(job, dataset) -> None:
    before = job.status()
    for command in (job.pause, job.go_on, job.step_batch, job.step_epoch, job.stop):
        command("1")
    job.set_learning_rate(0.5, "1")
    assert job.status() == before
    assert len(curve(job, dataset)) == TRAIN.epochs
    assert job.status().rate_changes == ()


def test_commands_of_many_sessions_at_once_leave_a_run_that_obeys(job, dataset) -> None:
    start(job, dataset, LONG)

    def press() -> None:
        for _ in range(50):
            for command in (job.pause, job.step_batch, job.go_on, job.step_epoch):
                command("crowd")
                job.status()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    job.pause()
    here = place(job)
    assert here == place(job)
    job.stop()
    assert job.wait(SECONDS)
    assert job.status().state == "stopped"


def test_another_learning_rate_is_seen_at_once_and_moves_the_curve(job, dataset) -> None:
    untouched = curve(job, dataset)
    start(job, dataset, is_paused=True)
    until(job, is_paused)
    job.step_epoch()
    until(job, lambda status: is_paused(status) and status.epoch == 1)
    job.set_learning_rate(0.02)
    status = until(job, lambda status: status.learning_rate == 0.02)
    assert is_paused(status)
    assert status.rate_changes == (RateChange(1.0, 0.02),)
    job.go_on()
    assert job.wait(SECONDS)
    changed = [report.train_loss for report in job.status().reports]
    assert changed[0] == untouched[0]
    assert changed[1] != untouched[1]
    assert [report.learning_rate for report in job.status().reports] == [TRAIN.learning_rate, 0.02, 0.02]


def test_a_learning_rate_scales_the_schedule_and_none_goes_back_to_it(job, dataset) -> None:
    start(job, dataset, COSINE, is_paused=True)
    until(job, is_paused)
    job.step_epoch()
    by_itself = until(job, lambda status: is_paused(status) and status.epoch == 1).learning_rate
    assert by_itself != COSINE.learning_rate
    job.set_learning_rate(2 * COSINE.learning_rate)
    until(job, lambda status: status.learning_rate == pytest.approx(2 * by_itself))
    job.set_learning_rate(None)
    status = until(job, lambda status: status.learning_rate == by_itself)
    assert status.rate_changes == ()  # nothing was trained in between


def test_two_clicks_before_one_batch_halve_the_learning_rate_twice_and_never_leave_the_range(job, dataset) -> None:
    start(job, dataset, is_paused=True)
    until(job, is_paused)
    with job._gate._changed:  # the run cannot take a wish between the two
        job.scale_learning_rate(0.5, within=(1e-6, 1.0))
        job.scale_learning_rate(0.5, within=(1e-6, 1.0))
    until(job, lambda status: status.learning_rate == TRAIN.learning_rate / 4)
    job.scale_learning_rate(0.5, within=(TRAIN.learning_rate / 5, 1.0))
    until(job, lambda status: status.learning_rate == TRAIN.learning_rate / 5)
    job.set_learning_rate(None)
    job.scale_learning_rate(2.0, within=(1e-6, 1.0))
    until(job, lambda status: status.learning_rate == 2 * TRAIN.learning_rate)


@pytest.mark.parametrize("value", [0.0, -1.0, 10.5, float("nan"), float("inf")])
def test_a_learning_rate_out_of_range_is_refused(job, dataset, value) -> None:
    start(job, dataset, is_paused=True)
    with pytest.raises(ConfigError, match="learning_rate"):
        job.set_learning_rate(value)
    assert job.status().last_action == "start"


def test_a_learning_rate_survives_stop_and_resume_to_the_same_curve(job, dataset) -> None:
    def begin() -> None:
        start(job, dataset, COSINE, is_paused=True)
        step_batches(job, 5)
        job.set_learning_rate(0.02)
        until(job, lambda status: status.rate_changes)

    begin()
    job.go_on()
    assert job.wait(SECONDS)
    expected = job.status()
    begin()
    step_batches(job, 1)
    job.stop()
    assert job.wait(SECONDS)
    folder = job.status().folder
    assert load_bundle(folder, dataset).info.rate_changes == expected.rate_changes
    job.resume(dataset, folder, device="cpu", by="2")
    assert job.wait(SECONDS)
    assert job.status().started_by == "2"
    assert [report.train_loss for report in job.status().reports] == [r.train_loss for r in expected.reports]
    assert job.status().rate_changes == expected.rate_changes


def test_a_person_to_watch_who_is_not_there_is_refused_before_anything_starts(job, dataset) -> None:
    with pytest.raises(UnknownIdError):
        start(job, dataset, watched_user=999_999)
    assert job.status().state == "idle"


def test_the_status_says_what_the_process_holds(job, dataset) -> None:
    start(job, dataset, is_paused=True)
    memory = until(job, is_paused).memory
    assert memory.process_bytes > 10_000_000
    assert memory.device_bytes is None


def test_whoever_sees_that_a_run_has_ended_may_start_the_next_and_ends_nobodys_turn(job, dataset, monkeypatch) -> None:
    start(job, dataset, is_paused=True)
    first = job._thread
    job.turns.join("7")
    leave = threading.Event()
    monkeypatch.setattr(job.turns, "end", lambda end=job.turns.end: (leave.wait(0.2), end()))  # a slow thread
    job.stop()
    until(job, lambda status: not status.is_running)
    start(job, dataset, is_paused=True)
    first.join(SECONDS)
    assert not job.turns.may_start("7")


def test_a_machine_without_threads_leaves_no_run_that_never_ends(job, dataset, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(TrainingError, match="could not be started"):
            start(job, dataset)
    assert not job.status().is_running
    assert job.turns.may_start("3")
    start(job, dataset)
    assert job.wait(SECONDS)
    assert job.status().state == "finished"


def no_thread(_thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


@pytest.fixture
def kept(monkeypatch) -> list[tuple[int, int]]:
    """Where the run stood whenever it was written."""
    places: list[tuple[int, int]] = []
    keep = Run.keep

    def noted(run: Run) -> None:
        places.append((run.trainer.position.epoch, run.trainer.position.batch))
        keep(run)

    monkeypatch.setattr(Run, "keep", noted)
    return places


def test_not_every_epoch_is_written_but_the_first_and_the_last_are(job, dataset, kept) -> None:
    start(job, dataset, replace(TRAIN, epochs=5))
    assert job.wait(SECONDS)
    assert kept == [(1, 0), (5, 0)]


def test_an_epoch_is_written_again_once_the_time_is_over_that_may_be_lost(job, dataset, kept, monkeypatch) -> None:
    monkeypatch.setattr(worker, "KEEP_SECONDS", 0.0)
    start(job, dataset, replace(TRAIN, epochs=3))
    assert job.wait(SECONDS)
    assert kept == [(1, 0), (2, 0), (3, 0)]


def test_what_was_trained_is_written_when_a_run_pauses_and_a_batch_more_when_it_stops(job, dataset, kept) -> None:
    start(job, dataset, replace(TRAIN, epochs=5), is_paused=True)
    for _ in range(3):
        before = until(job, is_paused).epoch
        job.step_epoch()
        until(job, lambda status, before=before: is_paused(status) and status.epoch > before)
    until(job, lambda _: kept[-1] == (3, 0))
    step_batches(job, 2)
    assert kept == [(1, 0), (2, 0), (3, 0)], "one batch at a time is not written one by one"
    job.stop()
    assert job.wait(SECONDS)
    assert kept[3:] == [(3, 2)]


def test_a_rate_that_was_set_while_a_run_paused_is_kept_though_no_batch_followed(job, dataset) -> None:
    start(job, dataset, is_paused=True)
    job.step_epoch()
    until(job, lambda status: is_paused(status) and status.epoch == 1)
    job.set_learning_rate(0.25)
    until(job, lambda status: status.rate_changes != ())
    job.stop()
    assert job.wait(SECONDS)
    assert [change.learning_rate for change in read_info(job.status().folder).rate_changes] == [0.25]


def test_what_takes_seconds_when_a_run_goes_on_is_done_by_its_own_thread(job, dataset, monkeypatch) -> None:
    start(job, dataset)
    assert job.wait(SECONDS)
    first = job.status()
    names: list[str] = []
    resumed = Run.resumed

    def noted(*arguments: object, **options: object) -> Run:
        names.append(threading.current_thread().name)
        return resumed(*arguments, **options)

    monkeypatch.setattr(Run, "resumed", noted)
    job.resume(dataset, first.folder, epochs=TRAIN.epochs + 1, device="cpu")
    assert job.status().reports[: TRAIN.epochs] == first.reports, "what is done is seen while it prepares"
    assert job.wait(SECONDS)
    assert names == ["training"]
    assert job.status().state == "finished"
    before, after = (np.array(status.batch_losses) for status in (first, job.status()))
    np.testing.assert_allclose(after[: len(before)], before, rtol=1e-6)


def test_a_bundle_that_cannot_go_on_is_refused_at_once(job, dataset) -> None:
    start(job, dataset)
    assert job.wait(SECONDS)
    folder = job.status().folder
    replace(load_bundle(folder, dataset), maps={}).save(folder)
    with pytest.raises(BundleError, match="no training state"):
        job.resume(dataset, folder, epochs=TRAIN.epochs + 1, device="cpu")
