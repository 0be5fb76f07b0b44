"""Checkpoint: all that a training run needs to go on as if it had never been stopped.

Stands between the trainer, which takes one after any batch, and the bundle, which keeps its tensors.
"""

from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from recsys.errors import TrainingError
from recsys.model import TwoTower
from recsys.report import EpochReport, RateChange


@dataclass(frozen=True)
class Position:
    """Where a run stands.

    Attributes:
        epoch: complete epochs.
        batch: batches done of the epoch after them.
        squared_error: sum of squared errors over those batches, in stars squared.
        seconds: time spent on those batches.
        num_ratings: ratings predicted in those batches.
    """

    epoch: int = 0
    batch: int = 0
    squared_error: float = 0.0
    seconds: float = 0.0
    num_ratings: int = 0


class Checkpoint(NamedTuple):
    """All that a trainer needs to go on.

    Attributes:
        tensors: by name the weights, Adam's moments, and the weights in training where the former are averages.
        position: where the run stands.
        reports: of the complete epochs.
        rate_changes: learning rates that were set by hand so far.
    """

    tensors: dict[str, Tensor]
    position: Position
    reports: tuple[EpochReport, ...]
    rate_changes: tuple[RateChange, ...] = ()

    def named(self, prefix: str) -> dict[str, Tensor]:
        """Return the tensors whose names begin so, without that beginning."""
        return {name.removeprefix(prefix): t for name, t in self.tensors.items() if name.startswith(prefix)}


class Weights(NamedTuple):
    """What a run changes from step to step.

    Attributes:
        trained: the network in training.
        optimizer: moves its weights.
        average: of its weights over the steps, where one is kept.
    """

    trained: TwoTower
    optimizer: torch.optim.Optimizer
    average: AveragedModel | None

    @property
    def kept(self) -> TwoTower:
        """The network that predicts: the average where there is one."""
        return self.trained if self.average is None else cast(TwoTower, self.average.module)

    def copy(self) -> dict[str, Tensor]:
        """Return a copy on the CPU, named as in `Checkpoint`."""
        tensors = {f"weight.{name}": value for name, value in self.kept.state_dict().items()}
        if self.average is not None:
            tensors |= {f"trained.{name}": value for name, value in self.trained.state_dict().items()}
            tensors["averaged.count"] = self.average.n_averaged
        for name, parameter in self.trained.named_parameters():
            for key, value in (self.optimizer.state.get(parameter) or _fresh_moments(parameter)).items():
                tensors[f"adam.{key}.{name}"] = value
        return {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}

    def restore(self, checkpoint: Checkpoint) -> None:
        """Set everything to what a checkpoint holds.

        Raises:
            TrainingError: if its tensors do not fit this network.
        """
        try:
            self.kept.load_state_dict(checkpoint.named("weight."))
            if self.average is not None:
                self.trained.load_state_dict(checkpoint.named("trained."))
                self.average.n_averaged.copy_(checkpoint.tensors["averaged.count"])
        except (RuntimeError, KeyError) as error:
            raise TrainingError("the checkpoint is of another network; start a new run.") from error
        for name, parameter in self.trained.named_parameters():
            state = {key: checkpoint.tensors.get(f"adam.{key}.{name}") for key in ("step", "exp_avg", "exp_avg_sq")}
            found = {key: value.to(parameter.device, copy=True) for key, value in state.items() if value is not None}
            if found:
                self.optimizer.state[parameter] = found


def _fresh_moments(parameter: Tensor) -> dict[str, Tensor]:
    """Return what Adam keeps of a parameter before its first step, so that a run can be kept before it too."""
    return {
        "step": torch.tensor(0.0),
        "exp_avg": torch.zeros_like(parameter),
        "exp_avg_sq": torch.zeros_like(parameter),
    }
