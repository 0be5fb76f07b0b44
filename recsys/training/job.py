"""TrainingJob: the one background run of a process.

A thread of its own trains; whoever asks sees the same `JobStatus`. Pages and the command line only look and give
signals, so that a closed browser changes nothing. After every epoch, and when it is stopped or fails, the run is kept
as a bundle that can go on later; a crash of the process loses at most the epoch under way.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch

from recsys import store
from recsys.bundle import load_bundle
from recsys.bundle_info import Errors
from recsys.config import DataConfig, ModelConfig, TrainConfig
from recsys.data.dataset import Dataset
from recsys.device import describe, pick_device
from recsys.errors import JobBusyError, MatineeError, TrainingError
from recsys.report import EpochReport
from recsys.threads import num_threads_for
from recsys.training.run import Layouts, Run, no_layouts, prolonged
from recsys.training.trainer import Trainer

State = Literal["idle", "preparing", "training", "finishing", "finished", "stopped", "failed"]
RUNNING: tuple[State, ...] = ("preparing", "training", "finishing")
MAX_CURVE_POINTS = 2_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobStatus:
    """What is known of the run at one moment.

    Attributes:
        state: "idle" before the first run; "finishing" while metrics and map are computed.
        data, model, train: the configs of the run.
        epoch: complete epochs.
        num_epochs: epochs wanted.
        batch, num_batches: of the epoch under way.
        reports: of the complete epochs.
        batch_losses: (epochs gone by, mean training loss of the epoch so far), thinned out.
        ratings_per_second: throughput of the last seconds.
        seconds: since the start.
        seconds_left: estimate until the last epoch, None before there is one.
        device: in words.
        baselines: errors of the mean and of the biases on the same split.
        folder: the bundle, once there is one.
        error: why the run failed.
        version: goes up with every change.
    """

    state: State = "idle"
    data: DataConfig | None = None
    model: ModelConfig | None = None
    train: TrainConfig | None = None
    epoch: int = 0
    num_epochs: int = 0
    batch: int = 0
    num_batches: int = 0
    reports: tuple[EpochReport, ...] = ()
    batch_losses: tuple[tuple[float, float], ...] = ()
    ratings_per_second: float = 0.0
    seconds: float = 0.0
    seconds_left: float | None = None
    device: str = ""
    baselines: Errors | None = None
    folder: Path | None = None
    error: MatineeError | None = None
    version: int = 0

    @property
    def is_running(self) -> bool:
        """Is a run under way?"""
        return self.state in RUNNING


class TrainingJob:
    """At most one training run at a time, watched by anybody.

    Args:
        layouts: makes the maps of a finished run from its feature vectors.
    """

    def __init__(self, layouts: Layouts = no_layouts) -> None:
        self._layouts = layouts
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._status = JobStatus()
        self._started = 0.0

    def status(self) -> JobStatus:
        """Return the current status; cheap, from any thread."""
        with self._lock:
            if self._status.is_running:
                return replace(self._status, seconds=time.monotonic() - self._started)
            return self._status

    def start(
        self,
        dataset: Dataset,
        *,
        data: DataConfig,
        model: ModelConfig,
        train: TrainConfig,
        device: str = "auto",
        preset: str = "article",
        name: str | None = None,
        folder: Path | None = None,
    ) -> None:
        """Start a new run.

        Args:
            dataset: what `data` names.
            data: data set, split and seed.
            model: what the network is.
            train: how it is trained.
            device: "auto" or one of `recsys.device.available()`.
            preset: the preset that the configs come from.
            name: what to call the bundle.
            folder: where to keep it; a new folder of the user's by default.

        Raises:
            JobBusyError: if a run is under way.
            DeviceError: if the device is not there.
        """
        chosen = pick_device(device)
        title = name or f"{data.dataset} {preset} {model.head}"

        def prepare() -> Run:
            return Run.new(
                dataset,
                data=data,
                model=model,
                train=train,
                device=chosen,
                preset=preset,
                name=title,
                folder=folder or store.new_bundle_folder(title),
            )

        status = JobStatus("preparing", data, model, train, num_epochs=train.epochs, device=describe(chosen))
        self._launch(prepare, status)

    def resume(self, dataset: Dataset, folder: Path, *, epochs: int | None = None, device: str = "auto") -> None:
        """Go on with a run that was stopped, or finished with fewer epochs.

        Args:
            dataset: what the bundle was trained on.
            folder: the bundle; it is replaced by what comes.
            epochs: the last epoch, the bundle's own by default.
            device: "auto" or one of `recsys.device.available()`.

        Raises:
            JobBusyError: if a run is under way.
            DeviceError: if the device is not there.
            BundleError: if the bundle is damaged or holds no training state.
            TrainingError: if there is no epoch left to train.
        """
        chosen = pick_device(device)
        if self.status().is_running:
            raise JobBusyError
        bundle = load_bundle(folder, dataset)
        info = bundle.info
        last = epochs or info.train.epochs
        if info.run.epoch >= last:
            raise TrainingError(f"the run has its {info.run.epoch} epochs; ask for more to go on.")
        train = prolonged(info.train, info.run, epochs=last)
        run = Run.resumed(dataset, bundle, train=train, device=chosen)
        status = JobStatus(
            "preparing",
            info.data,
            info.model,
            train,
            epoch=info.run.epoch,
            num_epochs=train.epochs,
            reports=bundle.reports,
            device=describe(chosen),
            baselines=info.baselines,
            folder=folder,
        )
        self._launch(lambda: run, status)

    def stop(self) -> None:
        """Ask the run to stop; it does so at the next batch and keeps what it has."""
        self._stop.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until no run is under way; False after `timeout` seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return not self.status().is_running

    def _launch(self, prepare: Callable[[], Run], status: JobStatus) -> None:
        with self._lock:
            if self._status.is_running:
                raise JobBusyError
            self._stop.clear()
            self._started = time.monotonic()
            self._status = replace(status, version=self._status.version + 1)
            self._thread = threading.Thread(target=self._work, args=(prepare,), name="training", daemon=True)
            self._thread.start()

    def _work(self, prepare: Callable[[], Run]) -> None:
        """The thread: whatever happens ends in a state that everybody can see."""
        try:
            run = prepare()
            torch.set_num_threads(num_threads_for(run.trainer.step_size))
            self._update(state="training", baselines=run.baselines, num_batches=run.trainer.num_batches)
            self._train(run)
        except MatineeError as error:
            _log.exception("training failed")
            self._update(state="failed", error=error)
        except Exception as error:
            _log.exception("training failed")
            self._update(state="failed", error=TrainingError(f"training failed: {type(error).__name__}: {error}"))

    def _train(self, run: Run) -> None:
        for _ in run.trainer.epochs(self._watch(run.trainer)):
            self._update_from(run.trainer)
            if run.trainer.position.epoch < run.trainer.config.epochs:
                run.keep()
                self._update(folder=run.folder)
        if run.trainer.position.epoch < run.trainer.config.epochs:
            run.keep()
            self._update(state="stopped", folder=run.folder, seconds_left=None)
            return
        self._update(state="finishing", seconds_left=None)
        run.finish(self._layouts)
        self._update(state="finished", folder=run.folder)

    def _watch(self, trainer: Trainer) -> Callable[[], bool]:
        """Return what the trainer asks before every batch; it also keeps the status up to date."""
        last_update = 0.0

        def should_stop() -> bool:
            nonlocal last_update
            now = time.monotonic()
            if now - last_update > 0.1:
                last_update = now
                self._update_from(trainer)
            return self._stop.is_set()

        return should_stop

    def _update_from(self, trainer: Trainer) -> None:
        position, done = trainer.position, trainer.position.num_ratings
        share = position.batch / trainer.num_batches  # of the epoch under way
        point: tuple[tuple[float, float], ...]
        if done:
            rate = done / max(position.seconds, 1e-9)
            seconds_per_epoch = position.seconds / share
            point = ((position.epoch + share, position.squared_error / done),)
        elif trainer.reports:
            rate = trainer.reports[-1].ratings_per_second
            seconds_per_epoch = trainer.reports[-1].seconds
            point = ()  # between two epochs there is no epoch so far to have a mean
        else:
            return
        self._update(
            epoch=position.epoch,
            batch=position.batch,
            num_batches=trainer.num_batches,
            reports=trainer.reports,
            batch_losses=_thinned((*self._status.batch_losses, *point)),
            ratings_per_second=rate,
            seconds_left=(trainer.config.epochs - position.epoch - share) * seconds_per_epoch,
        )

    def _update(self, **changes: object) -> None:
        with self._lock:
            seconds = time.monotonic() - self._started
            self._status = replace(self._status, **changes, seconds=seconds, version=self._status.version + 1)  # type: ignore[arg-type]


def _thinned(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Every other point once there are too many; the last one stays."""
    return points if len(points) <= MAX_CURVE_POINTS else (*points[:-1:2], points[-1])
