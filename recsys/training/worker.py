"""Worker: carries one run to its end: trains as the gate lets it, records, keeps the bundle, finishes.

Between the job, which hears what people want, and the run, which knows how to train and to write. It runs in a thread
of the job, and tells what happens through two functions.

Writing and hashing 60 MB takes the better part of a second, as long as a short epoch. So the bundle is written after
the first epoch, then after an epoch only where `KEEP_SECONDS` have gone by, and whenever the run pauses, is stopped or
has trained its last epoch. Who kills the process loses at most that time and the epoch under way.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from recsys.errors import MatineeError
from recsys.report import RateChange
from recsys.training.checkpoint import Position
from recsys.training.gate import Answer, Gate
from recsys.training.recording import Recording
from recsys.training.run import FinishingStep, Layouts, Run
from recsys.training.snapshots import Recorder
from recsys.training.status import JobStatus, progress_of
from recsys.training.trainer import Trainer

_log = logging.getLogger(__name__)
_SECONDS_BETWEEN_NEWS = 0.1
_NEWS_PER_EPOCH = 20
"""At least, so that a run of very short epochs has a curve too."""

KEEP_SECONDS = 30.0
"""After so long the next complete epoch is kept."""

Tell = Callable[..., None]
"""Takes fields of a `JobStatus` by name."""


class _Kept(NamedTuple):
    """What of a run is in its bundle."""

    position: Position
    rate_changes: tuple[RateChange, ...]


class Worker:
    """What one run does, from its first batch to its bundle.

    Args:
        gate: says before every batch whether it may start.
        layouts: makes the maps of the finished run.
        watched_user: id of the person whose list the recording follows; None for a typical one.
        with_title_check: measure at the end what the title adds.
        tell: is told what changes.
        status: returns what was told so far.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        layouts: Layouts,
        watched_user: int | None,
        with_title_check: bool,
        tell: Tell,
        status: Callable[[], JobStatus],
    ) -> None:
        self._gate = gate
        self._layouts = layouts
        self._watched_user = watched_user
        self._with_title_check = with_title_check
        self._tell = tell
        self._status = status
        self._recording = Recording(watched_user)
        self._kept: _Kept | None = None
        self._kept_at = time.monotonic()

    @property
    def recording(self) -> Recording:
        """The run so far; from any thread."""
        return replace(self._recording, curve=_curve(self._status()))

    def carry_out(self, run: Run) -> None:
        """Train to the last epoch, or until somebody stops it, and keep what there is.

        Raises:
            BundleError: if it cannot be written.
            NonFiniteLossError: if the training goes astray.
        """
        trainer = run.trainer
        recorder = Recorder(run.dataset, self._watched_user, run.recording)
        if self._status().folder is not None:  # it goes on with a bundle
            self._kept = _Kept(trainer.position, trainer.rate_changes)
            self._tell(batch_losses=tuple((float(epochs), float(loss)) for epochs, loss in run.recording.curve))
        self._kept_at = time.monotonic()
        self._tell(state="training", baselines=run.baselines, **progress_of(trainer, self._status()))
        self._record(recorder, trainer)
        for _ in trainer.epochs(self._asking(run)):
            self._record(recorder, trainer)
            if self._kept is None or self._is_due:
                self._keep(run)
        self._keep(run)
        if trainer.position.epoch < trainer.config.epochs:
            self._tell(state="stopped", seconds_left=None)
            return
        self._tell(state="finishing", seconds_left=None)
        run.recording = self.recording
        run.finish(self._layouts, on_step=self._tell_step, should_stop=self._is_stopped)
        self._tell(folder=run.folder)
        if self._with_title_check:
            self._check_title(run)
        self._tell(state="finished", finishing_step="")

    def _check_title(self, run: Run) -> None:
        """Measure what the title adds; the bundle is finished already, so what goes wrong here ends no run."""
        try:
            run.check_title(on_step=self._tell_step, should_stop=self._is_stopped)
        except (MatineeError, RuntimeError, MemoryError):  # such as a full disk, or a device without memory left
            _log.exception("the title could not be checked")

    def _asking(self, run: Run) -> Callable[[], bool]:
        """Return what the trainer asks before every batch; it waits while the run is paused."""
        trainer, last_news = run.trainer, 0.0
        every = -(-trainer.num_batches // _NEWS_PER_EPOCH)

        def should_stop() -> bool:
            nonlocal last_news
            answer = self._ask(trainer)
            has_waited = answer.verdict == "wait"
            while answer.verdict == "wait":
                self._tell(state="paused", **progress_of(trainer, self._status()))
                self._keep_at_rest(run)
                self._gate.wait()
                answer = self._ask(trainer)
            if has_waited and answer.verdict == "go":
                self._tell(state="training")
            now = time.monotonic()
            is_due = now - last_news > _SECONDS_BETWEEN_NEWS or trainer.position.batch % every == 0
            if is_due or answer.rate is not None:
                last_news = now
                self._tell(**progress_of(trainer, self._status()))
            return answer.verdict == "stop"

        return should_stop

    def _ask(self, trainer: Trainer) -> Answer:
        """Ask the gate, and set the learning rate that somebody wants."""
        answer = self._gate.ask(trainer.position.epoch)
        if answer.rate is not None:
            trainer.change_rate(answer.rate.value)
        return answer

    def _record(self, recorder: Recorder, trainer: Trainer) -> None:
        if trainer.position.batch == 0:
            recorder.take(trainer)
        self._recording = recorder.recording
        share = recorder.share(trainer)
        self._tell(watched_user=recorder.recording.watched_user, snapshot_share=share)

    @property
    def _is_due(self) -> bool:
        return time.monotonic() - self._kept_at >= KEEP_SECONDS

    def _is_stopped(self) -> bool:
        return self._gate.is_stopped

    def _keep_at_rest(self, run: Run) -> None:
        """Keep a run that pauses, unless that was done a moment ago and only some batches have been trained since."""
        done = run.trainer.position.epoch
        if self._is_due or done > (0 if self._kept is None else self._kept.position.epoch):
            self._keep(run)

    def _keep(self, run: Run) -> None:
        """Write the run as it stands, unless that is there already."""
        trainer = run.trainer
        self._tell(**progress_of(trainer, self._status()))
        stands = _Kept(trainer.position, trainer.rate_changes)
        if stands != self._kept:
            run.recording = self.recording
            run.keep()
            self._kept, self._kept_at = stands, time.monotonic()
        self._tell(folder=run.folder)

    def _tell_step(self, step: FinishingStep, share: float) -> None:
        """Tell how far the work after the last epoch is, each hundredth once: it is asked after every batch of it."""
        share, before = round(share, 2), self._status()
        if (step, share) != (before.finishing_step, before.finishing_share):
            self._tell(finishing_step=step, finishing_share=share)


def _curve(status: JobStatus) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array(status.batch_losses, dtype=np.float32).reshape(-1, 2)
