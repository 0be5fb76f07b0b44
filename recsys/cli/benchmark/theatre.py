"""The training theatre: what watching a run costs, and how soon a button has its effect.

Two presets, because their batches differ: those of the article take milliseconds, those of `default` a good part of a
second, and a command waits for the batch under way. Times are from the call of a command until the status says that it
is done, as any session would see it.

    python -m recsys benchmark --only theatre --dataset ml-1m
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from recsys.bundle import RECORDING
from recsys.cli.benchmark.parts import Effort, Measured, data_config, seconds_of
from recsys.config import preset
from recsys.data.dataset import Dataset
from recsys.device import pick_device
from recsys.errors import BenchmarkError
from recsys.training import JobStatus, TrainingJob
from recsys.training.run import Run

PRESETS = ("article", "default")
EPOCHS = 3
"""Of the run whose snapshots are measured."""
_PRESSES_PER_REPEAT = 10
_LOOK_SECONDS = 0.0005
_NOTES = {
    "pause": "waits for the batch under way",
    "step": "a whole batch and its news",
    "rate_paused": "while it is paused",
    "go_on": "until it trains",
    "rate": "waits for the batch under way",
}
_PATIENCE = 120.0


def theatre(dataset: Dataset, effort: Effort) -> Iterator[Measured]:
    """Measure snapshots and bundles of a short run, and buttons of one that goes on."""
    for name in PRESETS:
        with tempfile.TemporaryDirectory() as folder:
            yield from _watching(dataset, name, effort, folder=Path(folder))
            yield from _buttons(dataset, name, effort, folder=Path(folder))


def _watching(dataset: Dataset, name: str, effort: Effort, *, folder: Path) -> list[Measured]:
    """A run from its start to its bundle."""
    model, train = preset(name)
    train = replace(train, epochs=min(EPOCHS, effort.epochs or EPOCHS))
    job = TrainingJob()
    configs = {"data": data_config(dataset), "model": model, "train": train}
    where = {"device": effort.device, "folder": folder / "run"}
    try:
        job.start(dataset, **configs, **where, preset=name)  # type: ignore[arg-type]
        job.wait()
    finally:  # Ctrl-C: nothing may compute in a folder that goes away
        job.stop()
        job.wait()
    status, recording = job.status(), job.recording()
    if status.error is not None:
        raise status.error
    about = f"{name}, {len(recording.snapshots)} snapshots in {train.epochs} epochs of {dataset.num_movies:,} films"
    milliseconds = [1000 * shot.seconds for shot in recording.snapshots]
    size = (folder / "run" / RECORDING).stat().st_size / 1000
    run = Run.new(
        dataset,
        **configs,  # type: ignore[arg-type]
        device=pick_device(effort.device),
        preset=name,
        name=name,
        folder=folder / "kept",
    )
    next(run.trainer.epochs())
    run.recording = recording
    epoch = statistics.median(report.seconds for report in status.reports)
    kept = f"{name}, once an epoch, which takes {epoch:.2f} s itself"
    return [
        Measured(f"{name}_snapshot_share", status.snapshot_share, "share", None, None, about),
        Measured(f"{name}_snapshot", statistics.median(milliseconds), "ms", None, None, f"{name}, median"),
        Measured(f"{name}_recording", size, "kB", None, None, about),
        Measured(f"{name}_keep", seconds_of(run.keep), "s", None, None, kept),
    ]


def _buttons(dataset: Dataset, name: str, effort: Effort, *, folder: Path) -> list[Measured]:
    """Pause, go on, one batch and another learning rate, in turn, while a run is under way."""
    model, train = preset(name)
    job = TrainingJob()
    job.start(
        dataset,
        data=data_config(dataset),
        model=model,
        train=replace(train, epochs=1_000, final_share=0.0),
        device=effort.device,
        preset=name,
        folder=folder / "buttons",
    )
    try:
        _wait(job, lambda status: status.batch > 1)
        found: dict[str, list[float]] = {}
        for press in range(effort.repeats * _PRESSES_PER_REPEAT):
            for button, seconds in _round(job, rate=1e-4 * (1 + press % 2)).items():
                found.setdefault(button, []).append(1000 * seconds)
    finally:
        job.stop()
        job.wait()
    return [
        Measured(f"{name}_{button}_{word}", of(times), "ms", None, None, f"{word} of {len(times)}; {_NOTES[button]}")
        for button, times in found.items()
        for word, of in (("median", statistics.median), ("max", max))
    ]


def _round(job: TrainingJob, *, rate: float) -> dict[str, float]:
    """Seconds until each button has its effect, pressed once each; the run goes on at the end."""
    seconds = {"pause": _seconds_until(job, job.pause, lambda status: status.state == "paused")}
    batch = job.status().batch
    seconds["step"] = _seconds_until(
        job, job.step_batch, lambda status: status.state == "paused" and status.batch != batch
    )
    seconds["rate_paused"] = _seconds_until(
        job, lambda: job.set_learning_rate(rate), lambda status: _last_rate(status) == rate
    )
    seconds["go_on"] = _seconds_until(job, job.go_on, lambda status: status.state == "training")
    seconds["rate"] = _seconds_until(
        job, lambda: job.set_learning_rate(rate / 2), lambda status: _last_rate(status) == rate / 2
    )
    return seconds


def _last_rate(status: JobStatus) -> float | None:
    return status.rate_changes[-1].learning_rate if status.rate_changes else None


def _seconds_until(job: TrainingJob, press: Callable[[], None], has_effect: Callable[[JobStatus], bool]) -> float:
    started = time.perf_counter()
    press()
    _wait(job, has_effect)
    return time.perf_counter() - started


def _wait(job: TrainingJob, condition: Callable[[JobStatus], bool]) -> None:
    """Look until the status is as it should be.

    Raises:
        BenchmarkError: if the run ends before, or nothing happens for very long.
    """
    last = time.monotonic() + _PATIENCE
    while not condition(status := job.status()):
        if not status.is_running or time.monotonic() > last:
            raise BenchmarkError("a run", f"did not do what it was told and is {status.state}.") from status.error
        time.sleep(_LOOK_SECONDS)
