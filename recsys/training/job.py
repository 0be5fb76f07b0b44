"""TrainingJob: the one background run of a process.

A thread of its own trains; whoever asks sees the same `JobStatus`. Pages and the command line only look and give
commands, from any thread, so that a closed browser changes nothing; a command takes effect before the next batch. The
run is kept as a bundle that can go on later: now and then at the end of an epoch (`recsys.training.worker`), when it
pauses, when it is stopped and before it is finished. So a process that is killed loses little more than half a minute.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from recsys import files
from recsys.bundle import load_bundle, read_info, read_reports, store
from recsys.config import DataConfig, ModelConfig, TrainConfig
from recsys.data.dataset import Dataset
from recsys.device import describe, pick_device
from recsys.errors import BundleError, JobBusyError, MatineeError, TrainingError
from recsys.training.gate import Gate, RateWish
from recsys.training.recording import Recording
from recsys.training.run import Layouts, Run, no_layouts, prolonged
from recsys.training.status import Action, JobStatus
from recsys.training.turns import Turns
from recsys.training.worker import Worker

_log = logging.getLogger(__name__)


class TrainingJob:
    """At most one training run at a time, watched by anybody.

    Args:
        layouts: makes the maps of a finished run from its feature vectors.

    Attributes:
        turns: who waits for the next run. It is asked by whoever draws a button; the job itself starts what it is told.
    """

    def __init__(self, layouts: Layouts = no_layouts) -> None:
        self.turns = Turns()
        self._layouts = layouts
        self._lock = threading.Lock()
        self._gate = Gate()
        self._worker: Worker | None = None
        self._thread: threading.Thread | None = None
        self._status = JobStatus()
        self._started = 0.0

    def status(self) -> JobStatus:
        """Return the current status; cheap, from any thread."""
        with self._lock:
            if self._status.is_running:
                return replace(self._status, seconds=time.monotonic() - self._started)
            return self._status

    def recording(self) -> Recording:
        """Return how the run under way, or the last one, went so far; empty before the first."""
        worker = self._worker
        return Recording() if worker is None else worker.recording

    def start(  # noqa: PLR0913 - all but the first by name
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
        by: str = "",
        watched_user: int | None = None,
        is_paused: bool = False,
        with_title_check: bool = False,
        num_threads: int | None = None,
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
            by: who starts it, as others shall read it.
            watched_user: id of the person whose list the recording follows; a typical one by default.
            is_paused: wait for a command before the first batch.
            with_title_check: measure at the end what the title adds, which takes about as long again.
            num_threads: of the processor; by default as many as suit the steps.

        Raises:
            JobBusyError: if a run is under way.
            FullError: if the disk is nearly full.
            DeviceError: if the device is not there.
            UnknownIdError: if there is no such person.
        """
        chosen = pick_device(device)
        if watched_user is not None:
            dataset.user_index(watched_user)
        title = name or f"{data.dataset} {preset} {model.head}"
        prepare = partial(
            Run.new,
            dataset,
            data=data,
            model=model,
            train=train,
            device=chosen,
            preset=preset,
            name=title,
            folder=folder or store.new_bundle_folder(title),
            num_threads=num_threads,
        )
        status = JobStatus("preparing", data, model, train, num_epochs=train.epochs, device=describe(chosen))
        status = replace(status, started_by=by, watched_user=watched_user)
        self._launch(prepare, status, with_title_check=with_title_check, is_paused=is_paused)

    def resume(
        self,
        dataset: Dataset,
        folder: Path,
        *,
        epochs: int | None = None,
        device: str = "auto",
        by: str = "",
        with_title_check: bool = False,
    ) -> None:
        """Go on with a run that was stopped, was cut off, or finished with fewer epochs.

        Args:
            dataset: what the bundle was trained on.
            folder: the bundle; it is replaced by what comes.
            epochs: the last epoch, the bundle's own by default.
            device: "auto" or one of `recsys.device.available()`.
            by: who resumes it, as others shall read it.
            with_title_check: measure at the end what the title adds, which takes about as long again.

        Raises:
            JobBusyError: if a run is under way.
            FullError: if the disk is nearly full.
            DeviceError: if the device is not there.
            BundleError: if the bundle is damaged or holds no training state.
            TrainingError: if there is no epoch left to train.
        """
        chosen = pick_device(device)
        if self.status().is_running:
            raise JobBusyError
        info = read_info(folder)
        if not info.can_resume:
            raise BundleError(folder, "holds no training state, so it cannot go on. Train a new one.")
        last = epochs or info.train.epochs
        if info.run.epoch > last or (info.run.epoch == last and info.is_finished):
            raise TrainingError(f"the run has its {info.run.epoch} epochs; ask for more to go on.")
        train = prolonged(info.train, info.run, epochs=last)

        def prepare() -> Run:
            return Run.resumed(dataset, load_bundle(folder, dataset), train=train, device=chosen)

        status = JobStatus(
            "preparing",
            info.data,
            info.model,
            train,
            epoch=info.run.epoch,
            num_epochs=train.epochs,
            reports=read_reports(folder),
            device=describe(chosen),
            baselines=info.baselines,
            folder=folder,
            started_by=by,
        )
        self._launch(prepare, status, with_title_check=with_title_check)

    def pause(self, by: str = "") -> None:
        """Let the run wait; does nothing, like the other commands, where there is no batch to come."""
        self._command("pause", by, self._gate.pause)

    def go_on(self, by: str = "") -> None:
        """Let a run that waits go on."""
        self._command("go_on", by, self._gate.go_on)

    def step_batch(self, by: str = "") -> None:
        """Train one batch, then wait."""
        self._command("batch", by, self._gate.step_batch)

    def step_epoch(self, by: str = "") -> None:
        """Train to the end of the epoch, then wait."""
        self._command("epoch", by, self._gate.step_epoch)

    def set_learning_rate(self, value: float | None, by: str = "") -> None:
        """Let a learning rate take the place of the config's in the schedule; None goes back to the config's.

        Raises:
            ConfigError: if it is out of range.
        """
        if value is not None:
            TrainConfig(learning_rate=value)  # checks it
        self._command("rate", by, lambda: self._gate.set_rate(RateWish(value)))

    def scale_learning_rate(self, factor: float, by: str = "", *, within: tuple[float, float]) -> None:
        """Multiply the rate that somebody asked for last, or the config's, but not beyond `within`.

        A rate that waits for its batch counts: two clicks on "half" before the next batch are a quarter.
        """

        def scale() -> None:
            status, wish, (lowest, highest) = self._status, self._gate.wished_rate, within
            last = wish.value if wish else next((change.learning_rate for change in status.rate_changes[-1:]), None)
            if status.train is not None:
                rate = (last or status.train.learning_rate) * factor
                self._gate.set_rate(RateWish(min(highest, max(lowest, rate))))

        self._command("rate", by, scale)

    def stop(self, by: str = "") -> None:
        """Let the run end and keep what it has; after its last epoch, leave out what is not done of maps and check."""
        self._command("stop", by, self._gate.stop)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until no run is under way; False after `timeout` seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return not self.status().is_running

    def _command(self, action: Action, by: str, signal: Callable[[], None]) -> None:
        with self._lock:
            if self._status.can_be_steered or (action == "stop" and self._status.is_running):
                signal()
                version = self._status.version + 1
                self._status = replace(self._status, last_action=action, acted_by=by, version=version)

    def _launch(
        self, prepare: Callable[[], Run], status: JobStatus, *, with_title_check: bool, is_paused: bool = False
    ) -> None:
        files.check_free(store.own_bundles_folder())
        with self._lock:
            if self._status.is_running:
                raise JobBusyError
            self._gate.reset(is_paused=is_paused)
            self._started = time.monotonic()
            by, version = status.started_by, self._status.version + 1
            self.turns.begin(by)
            self._status = replace(status, acted_by=by, last_action="start", version=version)
            self._worker = Worker(
                self._gate,
                layouts=self._layouts,
                watched_user=status.watched_user,
                with_title_check=with_title_check,
                tell=self._update,
                status=lambda: self._status,
            )
            arguments = self._worker, prepare
            self._thread = threading.Thread(target=self._work, args=arguments, name="training", daemon=True)
            try:
                self._thread.start()
            except RuntimeError as error:  # the machine has no thread left: nothing runs, and nobody waits for it
                self._status = replace(self._status, state="idle")
                self._thread = None
                self.turns.end()
                raise TrainingError(f"training could not be started ({error}). Try again later.") from error

    def _work(self, worker: Worker, prepare: Callable[[], Run]) -> None:
        """The thread: whatever happens ends in a state that everybody can see."""
        try:
            worker.carry_out(prepare())
        except MatineeError as error:
            _log.exception("training failed")
            self._update(state="failed", error=error)
        except Exception as error:
            _log.exception("training failed")
            self._update(state="failed", error=TrainingError(f"training failed: {type(error).__name__}: {error}"))

    def _update(self, **changes: object) -> None:
        with self._lock:
            seconds = time.monotonic() - self._started
            was_running = self._status.is_running
            self._status = replace(self._status, **changes, seconds=seconds, version=self._status.version + 1)  # type: ignore[arg-type]
            if was_running and not self._status.is_running:
                self.turns.end()  # before anybody can see it and begin the next run, which this would end
