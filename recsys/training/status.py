"""JobStatus: what everybody may know of the one run, and how it is read off the trainer.

Frozen, so that a page can keep one and ask later whether there is a newer version.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psutil
import torch

from recsys.bundle.info import Errors
from recsys.config import DataConfig, ModelConfig, TrainConfig
from recsys.errors import MatineeError
from recsys.report import EpochReport, RateChange
from recsys.training.run import FinishingStep
from recsys.training.trainer import Trainer

State = Literal["idle", "preparing", "training", "paused", "finishing", "finished", "stopped", "failed"]
Action = Literal["", "start", "pause", "go_on", "batch", "epoch", "rate", "stop"]
RUNNING: tuple[State, ...] = ("preparing", "training", "paused", "finishing")
STEERED: tuple[State, ...] = ("preparing", "training", "paused")
"""States in which there are batches to come, so that it can be paused, stepped and given another learning rate."""
MAX_CURVE_POINTS = 2_000


@dataclass(frozen=True)
class Memory:
    """What the process holds.

    Attributes:
        process_bytes: resident memory of the whole process, the app included.
        device_bytes: tensors on the GPU; None on the CPU.
    """

    process_bytes: int = 0
    device_bytes: int | None = None


@dataclass(frozen=True)
class JobStatus:
    """What is known of the run at one moment.

    Attributes:
        state: "idle" before the first run; "paused" while it waits for somebody, which counts as running; "finishing"
            while the maps are computed.
        data, model, train: the configs of the run.
        epoch: complete epochs.
        num_epochs: epochs wanted.
        batch, num_batches: of the epoch under way.
        reports: of the complete epochs.
        batch_losses: (epochs gone by, mean training loss of the epoch so far), thinned out.
        ratings_per_second: throughput of the last seconds.
        seconds: since the start, pauses included.
        seconds_left: estimate until the last epoch, None before there is one.
        device: in words.
        baselines: errors of the mean and of the biases on the same split.
        folder: the bundle, once there is one.
        error: why the run failed.
        version: goes up with every change.
        learning_rate: of the next batch.
        rate_changes: where somebody set another learning rate.
        started_by: who started or resumed the run, as the caller named them; "" for nobody in particular.
        acted_by: who gave the last command.
        last_action: that command; it takes effect before the next batch.
        finishing_step: what is done after the last epoch: "maps" or "title"; "" before.
        finishing_share: of that step, 0 to 1.
        memory: of the process, a moment ago.
        watched_user: id of the person whose list the recording follows; None before there is a recording.
        snapshot_share: time taken by the snapshots of the recording, as a share of the training time.
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
    learning_rate: float = 0.0
    rate_changes: tuple[RateChange, ...] = ()
    started_by: str = ""
    acted_by: str = ""
    last_action: Action = ""
    finishing_step: FinishingStep = ""
    finishing_share: float = 0.0
    memory: Memory = Memory()
    watched_user: int | None = None
    snapshot_share: float = 0.0

    @property
    def is_running(self) -> bool:
        """Is a run under way?"""
        return self.state in RUNNING

    @property
    def can_be_steered(self) -> bool:
        """Would pause, go on, a step or another learning rate have an effect?"""
        return self.state in STEERED


def progress_of(trainer: Trainer, before: JobStatus) -> dict[str, Any]:
    """Return the fields of a status that a trainer tells.

    Args:
        trainer: between two batches.
        before: the status so far, whose curve goes on.
    """
    position, done = trainer.position, trainer.position.num_ratings
    share = position.batch / trainer.num_batches  # of the epoch under way
    fields: dict[str, Any] = {
        "epoch": position.epoch,
        "batch": position.batch,
        "num_batches": trainer.num_batches,
        "reports": trainer.reports,
        "learning_rate": trainer.learning_rate,
        "rate_changes": trainer.rate_changes,
        "memory": _memory(trainer.device),
    }
    if done:
        rate, seconds_per_epoch = done / max(position.seconds, 1e-9), position.seconds / share
        fields["batch_losses"] = _with_point(before.batch_losses, position.epoch + share, position.squared_error / done)
    elif trainer.reports:
        last = trainer.reports[-1]
        rate, seconds_per_epoch = last.ratings_per_second, last.seconds
        fields["batch_losses"] = _with_point(before.batch_losses, position.epoch, last.train_loss)
    else:
        return fields
    seconds_left = (trainer.config.epochs - position.epoch - share) * seconds_per_epoch
    return {**fields, "ratings_per_second": rate, "seconds_left": seconds_left}


def _with_point(points: tuple[tuple[float, float], ...], epochs: float, loss: float) -> tuple[tuple[float, float], ...]:
    """Add a point to a curve, once; every other one goes where there are too many, but for the ends of epochs."""
    if points and points[-1][0] == epochs:
        return points
    if len(points) >= MAX_CURVE_POINTS:
        points = tuple(point for number, point in enumerate(points) if number % 2 == 0 or point[0] == int(point[0]))
    return (*points, (epochs, loss))


def _memory(device: torch.device) -> Memory:
    process = psutil.Process().memory_info().rss
    if device.type == "cuda":
        return Memory(process, torch.cuda.memory_allocated(device))
    return Memory(process, torch.mps.current_allocated_memory() if device.type == "mps" else None)
