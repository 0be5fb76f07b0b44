"""Trainer: fit a TwoTower to ratings, one epoch report at a time.

The caller decides whether to print, plot, save or stop. Every random number of a step is drawn from a seed made of
the run's seed, the epoch and the batch, so that a run that was stopped at any batch and goes on later gives the same
curve as one that was never stopped.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from recsys.config import ModelConfig, TrainConfig
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.splits import Split
from recsys.errors import NonFiniteLossError, TrainingError
from recsys.evaluation.metrics import star_errors
from recsys.model import TwoTower
from recsys.model.layers import SeededDropout
from recsys.report import EpochReport

Stop = Callable[[], bool]


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Position:
    """Where a run stands.

    Attributes:
        epoch: complete epochs.
        batch: batches done of the epoch after them.
        squared_error: sum of squared errors over those batches, in stars squared.
        seconds: time spent on those batches.
    """

    epoch: int = 0
    batch: int = 0
    squared_error: float = 0.0
    seconds: float = 0.0


class Checkpoint(NamedTuple):
    """All that a trainer needs to go on.

    Attributes:
        tensors: weights and Adam's moments by name.
        position: where the run stands.
        reports: of the complete epochs.
    """

    tensors: dict[str, Tensor]
    position: Position
    reports: tuple[EpochReport, ...]


class Trainer:
    """One training run.

    Args:
        dataset: users, movies and ratings.
        split: trains on its first part, measures on its second; the third is not touched.
        encoder: turns the tables into tensors.
        model: what the network is.
        train: how it is trained.
        device: where it is trained; data and network stay there.

    Attributes:
        model: the network, changed by `epochs()`.
        position: where the run stands, up to date after every batch.
        reports: of the complete epochs.
    """

    def __init__(
        self,
        dataset: Dataset,
        split: Split,
        encoder: FeatureEncoder,
        *,
        model: ModelConfig,
        train: TrainConfig,
        device: torch.device,
    ) -> None:
        self.config = train
        self.device = device
        self.model = TwoTower(model, encoder.sizes, seed=train.seed).to(device)
        self.users = encoder.encode_users(dataset).to(device)
        self.movies = encoder.encode_movies(dataset).to(device)
        ratings = encoder.encode_ratings(dataset)
        self._train = [column[split.train].to(device) for column in ratings]
        self._validation = [column[split.validation].to(device) for column in ratings]
        self._optimizer = torch.optim.Adam(self.model.parameters(), lr=train.learning_rate, fused=True)
        self.position = Position()
        self.reports: tuple[EpochReport, ...] = ()

    @property
    def num_ratings(self) -> int:
        """Ratings in the training part."""
        return len(self._train[2])

    @property
    def num_batches(self) -> int:
        """Batches in an epoch."""
        return -(-self.num_ratings // self.config.batch_size)

    def epochs(self, should_stop: Stop = _never) -> Iterator[EpochReport]:
        """Train from where the run stands to the last epoch of the config.

        Args:
            should_stop: asked before every batch; once it says yes the generator ends, with `position` inside the
                epoch, from which another call goes on.

        Yields:
            A report after each complete epoch.

        Raises:
            NonFiniteLossError: if a loss, or a weight at the end of an epoch, is infinite or not a number; in the
                first case the weights are those before that batch.
        """
        while self.position.epoch < self.config.epochs:
            if not self._finish_epoch(should_stop):
                return
            yield self._close_epoch()

    def predict(self, user_indices: Tensor, movie_indices: Tensor) -> NDArray[np.float32]:
        """Predict stars, dropout off.

        Args:
            user_indices: (B,) rows of the users table.
            movie_indices: (B,) rows of the movies table.

        Returns:
            (B,) stars, not clipped.
        """
        self.model.eval()
        with torch.inference_mode():
            stars: Tensor = self.model(
                self.users,
                self.movies,
                user_rows=user_indices.to(self.device),
                movie_rows=movie_indices.to(self.device),
            )
        return stars.cpu().numpy()

    def checkpoint(self) -> Checkpoint:
        """Return a copy of all that is needed to go on, on the CPU."""
        tensors = {f"weight.{name}": value for name, value in self.model.state_dict().items()}
        for name, parameter in self.model.named_parameters():
            for key, value in (self._optimizer.state.get(parameter) or _fresh_moments(parameter)).items():
                tensors[f"adam.{key}.{name}"] = value
        return Checkpoint({name: t.detach().cpu().clone() for name, t in tensors.items()}, self.position, self.reports)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint of the same network.

        Raises:
            TrainingError: if its tensors do not fit this network.
        """
        weights = {n.removeprefix("weight."): t for n, t in checkpoint.tensors.items() if n.startswith("weight.")}
        try:
            self.model.load_state_dict(weights)
        except RuntimeError as error:
            raise TrainingError("the checkpoint is of another network; start a new run.") from error
        for name, parameter in self.model.named_parameters():
            state = {key: checkpoint.tensors.get(f"adam.{key}.{name}") for key in ("step", "exp_avg", "exp_avg_sq")}
            found = {key: value.clone() for key, value in state.items() if value is not None}
            if found:
                self._optimizer.state[parameter] = {key: value.to(self.device) for key, value in found.items()}
        self.position, self.reports = checkpoint.position, checkpoint.reports

    def _finish_epoch(self, should_stop: Stop) -> bool:
        """Train the rest of the current epoch; False if it was stopped before its end."""
        order = self._order(self.position.epoch)
        self.model.train()
        while self.position.batch < self.num_batches:
            if should_stop():
                return False
            started = time.perf_counter()
            first = self.position.batch * self.config.batch_size
            rows = order[first : first + self.config.batch_size]
            loss = self._step(rows)
            self.position = replace(
                self.position,
                batch=self.position.batch + 1,
                squared_error=self.position.squared_error + loss * len(rows),
                seconds=self.position.seconds + time.perf_counter() - started,
            )
        return True

    def _step(self, rows: Tensor) -> float:
        """Train on one batch; return its mean squared error."""
        user_indices, movie_indices, stars = (column[rows] for column in self._train)
        users, user_rows = torch.unique(user_indices, return_inverse=True)
        movies, movie_rows = torch.unique(movie_indices, return_inverse=True)
        self._reseed_dropout()
        predicted = self.model(
            self.users.rows(users), self.movies.rows(movies), user_rows=user_rows, movie_rows=movie_rows
        )
        loss = functional.mse_loss(predicted, stars)
        value = float(loss.detach())
        if not np.isfinite(value):
            raise NonFiniteLossError(epoch=self.position.epoch + 1, batch=self.position.batch + 1, loss=value)
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        self._optimizer.step()
        return value

    def _close_epoch(self) -> EpochReport:
        """Measure on the validation part, and stand at the start of the next epoch."""
        done = self.position
        started = time.perf_counter()
        self._check_weights()
        validation = self._validate()
        report = EpochReport(
            epoch=done.epoch + 1,
            train_loss=done.squared_error / self.num_ratings,
            validation_mse=validation.get("mse"),
            validation_mae=validation.get("mae"),
            learning_rate=self._optimizer.param_groups[0]["lr"],
            seconds=done.seconds + time.perf_counter() - started,
            ratings_per_second=self.num_ratings / max(done.seconds, 1e-9),
        )
        self.position = Position(epoch=done.epoch + 1)
        self.reports = (*self.reports, report)
        return report

    def _validate(self) -> dict[str, float]:
        users, movies, stars = self._validation
        return star_errors(self.predict(users, movies), stars.cpu().numpy()) if len(stars) else {}

    def _check_weights(self) -> None:
        """Refuse to close an epoch whose last step spoiled the weights: no later loss would show it."""
        if not all(bool(torch.isfinite(parameter).all()) for parameter in self.model.parameters()):
            raise NonFiniteLossError(epoch=self.position.epoch + 1, batch=self.position.batch, loss=float("nan"))

    def _order(self, epoch: int) -> Tensor:
        """(N,) the order in which an epoch goes through the training part."""
        generator = torch.Generator().manual_seed(_mixed(self.config.seed, epoch))
        return torch.randperm(self.num_ratings, generator=generator).to(self.device)

    def _reseed_dropout(self) -> None:
        seed = _mixed(self.config.seed, self.position.epoch, self.position.batch + 1)
        for module in self.model.modules():
            if isinstance(module, SeededDropout):
                module.reseed(seed, self.device)


def _fresh_moments(parameter: Tensor) -> dict[str, Tensor]:
    """Return what Adam keeps of a parameter before its first step, so that a run can be kept before it too."""
    return {
        "step": torch.tensor(0.0),
        "exp_avg": torch.zeros_like(parameter),
        "exp_avg_sq": torch.zeros_like(parameter),
    }


def _mixed(*numbers: int) -> int:
    """One seed from several numbers, different for different numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))
