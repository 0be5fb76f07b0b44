"""Trainer: fit a TwoTower to ratings, one epoch report at a time.

The caller decides whether to print, plot, save or stop. Every random number of a step is drawn from a seed made of
the run's seed, the epoch and the batch, so that a run that was stopped at any batch and goes on later gives the same
curve as one that was never stopped.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recsys.config import ModelConfig, TrainConfig
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder, RatingTensors
from recsys.data.histories import table_of
from recsys.data.splits import Split
from recsys.errors import NonFiniteLossError
from recsys.evaluation.metrics import star_errors
from recsys.model import DualHead, TwoTower, Vectors
from recsys.model.spectral import start_from_factors
from recsys.report import EpochReport, RateChange
from recsys.threads import num_threads_for, torch_threads
from recsys.training.checkpoint import Checkpoint, Position, Weights
from recsys.training.optimizer import averaged, learning_rate, make_optimizer
from recsys.training.randomness import seeded
from recsys.training.steps import HistorySteps, RatingSteps, Steps

Stop = Callable[[], bool]


def never() -> bool:
    """Go on."""
    return False


class Trainer:
    """One training run.

    Args:
        dataset: users, movies and ratings.
        split: trains on its first part, measures on its second; the third is not touched.
        encoder: turns the tables into tensors.
        model: what the network is.
        train: how it is trained.
        device: where it is trained; data and network stay there.
        num_threads: of the processor that the run uses, from its first weights on; by default as many as suit its
            steps. On one machine a seed and a number of threads give one result.

    Attributes:
        model: the network, changed by `epochs()`.
        position: where the run stands, up to date after every batch.
        reports: of the complete epochs.
        rate_changes: learning rates that were set by hand.
        num_threads: of the processor that the run uses.
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
        num_threads: int | None = None,
    ) -> None:
        self.config = train
        self.device = device
        self.model = TwoTower(model, encoder.sizes, seed=train.seed).to(device)
        self.users = encoder.encode_users(dataset).to(device)
        self.movies = encoder.encode_movies(dataset).to(device)
        ratings = encoder.encode_ratings(dataset)
        self._validation = RatingTensors(*(column[split.validation].to(device) for column in ratings))
        self._table = table_of(dataset, ratings, split.train, device)
        self._known = table_of(dataset, ratings, torch.cat([split.train, split.validation]), device)
        self._steps: Steps
        if model.history_size:
            self._steps = HistorySteps(train, self.users, self.movies, (self._table, self._known))
        else:
            trained_on = RatingTensors(*(column[split.train].to(device) for column in ratings))
            self._steps = RatingSteps(train, self.users, self.movies, trained_on)
        self.num_threads = num_threads or num_threads_for(self.step_size)
        with torch_threads(self.num_threads):
            self._start_from_data()
        self._trained = self.model
        self._averaged = averaged(self._trained, train.averaging)
        self._optimizer = make_optimizer(self._trained, train)
        self._weights = Weights(self._trained, self._optimizer, self._averaged)
        self.model = self._weights.kept
        self.position = Position()
        self.reports: tuple[EpochReport, ...] = ()
        self.rate_changes: tuple[RateChange, ...] = ()
        self._validated: tuple[Vectors, Vectors] | None = None  # what the last validation encoded, until the next step

    @property
    def trained(self) -> TwoTower:
        """The network in training: `model` itself, or what `model` is the average of."""
        return self._trained

    @property
    def num_ratings(self) -> int:
        """Ratings in the training part."""
        return len(self._table)

    @property
    def num_batches(self) -> int:
        """Batches in an epoch."""
        return self._steps.num_batches

    @property
    def step_size(self) -> int:
        """Ratings that a step goes through, on average."""
        return -(-self.num_ratings // self.num_batches)

    @property
    def learning_rate(self) -> float:
        """Learning rate of the next batch."""
        changes = self.rate_changes
        highest = changes[-1].learning_rate if changes else None
        return learning_rate(self.config, self._epochs_gone_by / self.config.epochs, highest)

    def change_rate(self, value: float | None) -> None:
        """Let another learning rate take the place of the config's in the schedule, from the next batch on.

        Args:
            value: above 0; None for the config's own.
        """
        change = RateChange(self._epochs_gone_by, value)
        earlier = tuple(known for known in self.rate_changes if known.epoch < change.epoch)
        before = earlier[-1].learning_rate if earlier else None
        self.rate_changes = earlier if before == value else (*earlier, change)

    def epochs(self, should_stop: Stop = never) -> Iterator[EpochReport]:
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

    def encode(self, *, with_validation: bool = False) -> tuple[Vectors, Vectors]:
        """Return the vectors of all users and of all movies, dropout off.

        Args:
            with_validation: put the validation part into the histories too, for a network that is measured no more.
        """
        table = self._known if with_validation else self._table
        self.model.eval()
        with torch.inference_mode(), self._measuring():
            if self.model.config.history_size == 0:
                return self.model.user_tower(self.users), self.model.movie_tower(self.movies)
            of_users, of_movies = table.histories(torch.ones(len(table), dtype=torch.bool, device=self.device))
            return self.model.user_tower(self.users, of_users), self.model.movie_tower(self.movies, of_movies)

    def predict(self, user_indices: Tensor, movie_indices: Tensor) -> NDArray[np.float32]:
        """Predict stars, dropout off.

        Args:
            user_indices: (B,) rows of the users table.
            movie_indices: (B,) rows of the movies table.

        Returns:
            (B,) stars, not clipped.
        """
        return self._stars(*self.encode(), user_indices, movie_indices)

    @property
    def has_latest_vectors(self) -> bool:
        """Would `latest_vectors` cost nothing?"""
        return self._validated is not None

    def latest_vectors(self) -> tuple[Vectors, Vectors]:
        """Return what `encode` returns, without its work where no step was taken since the last validation."""
        return self._validated or self.encode()

    def checkpoint(self) -> Checkpoint:
        """Return a copy of all that is needed to go on, on the CPU."""
        return Checkpoint(self._weights.copy(), self.position, self.reports, self.rate_changes)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint of the same network.

        Raises:
            TrainingError: if its tensors do not fit this network.
        """
        self._weights.restore(checkpoint)
        self._validated = None
        self.position, self.reports = checkpoint.position, checkpoint.reports
        self.rate_changes = checkpoint.rate_changes

    @property
    def _epochs_gone_by(self) -> float:
        return self.position.epoch + self.position.batch / self.num_batches

    def _start_from_data(self) -> None:
        """Set what a network with histories takes from the training part before its first step."""
        head, users, movies = self.model.head, self.model.user_tower.history, self.model.movie_tower.history
        if isinstance(head, DualHead) and users is not None and movies is not None:
            head.mean.fill_(self._table.mean)
            visible = torch.ones(len(self._table), dtype=torch.bool, device=self.device)
            start_from_factors(users, movies, self._table.histories(visible)[0], seeded(self.config.seed, 0, 0, 2))

    def _finish_epoch(self, should_stop: Stop) -> bool:
        """Train the rest of the current epoch; False if it was stopped before its end."""
        self._trained.train()
        while self.position.batch < self.num_batches:
            if should_stop():
                return False
            started = time.perf_counter()
            with torch_threads(self.num_threads):
                squared_error, num_ratings = self._step()
            self.position = replace(
                self.position,
                batch=self.position.batch + 1,
                squared_error=self.position.squared_error + squared_error,
                seconds=self.position.seconds + time.perf_counter() - started,
                num_ratings=self.position.num_ratings + num_ratings,
            )
        return True

    def _step(self) -> tuple[float, int]:
        """Train on one batch; return its sum of squared errors and how many ratings it predicted."""
        self._validated = None
        epoch, batch = self.position.epoch, self.position.batch
        step = self._steps.loss(self._trained, epoch, batch)
        value = float(step.loss.detach())
        if not np.isfinite(value):
            raise NonFiniteLossError(epoch=epoch + 1, batch=batch + 1, loss=value)
        for group in self._optimizer.param_groups:
            group["lr"] = self.learning_rate
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(step.loss)
        self._optimizer.step()
        if self._averaged is not None:
            self._averaged.update_parameters(self._trained)
        return float(step.squared_error), step.num_ratings

    def _close_epoch(self) -> EpochReport:
        """Measure on the validation part, and stand at the start of the next epoch."""
        done = self.position
        started = time.perf_counter()
        self._check_weights()
        validation = self._validate()
        report = EpochReport(
            epoch=done.epoch + 1,
            train_loss=done.squared_error / max(done.num_ratings, 1),
            validation_mse=validation.get("mse"),
            validation_mae=validation.get("mae"),
            learning_rate=self._optimizer.param_groups[0]["lr"],
            seconds=done.seconds + time.perf_counter() - started,
            ratings_per_second=done.num_ratings / max(done.seconds, 1e-9),
        )
        self.position = Position(epoch=done.epoch + 1)
        self.reports = (*self.reports, report)
        return report

    def _validate(self) -> dict[str, float]:
        users, movies, stars = self._validation
        if self._steps.is_on_all(self.position.epoch):
            return {}  # trained on: no longer a measure
        if not len(stars):
            return {}
        self._validated = self.encode()
        return star_errors(self._stars(*self._validated, users, movies), stars.cpu().numpy())

    def _stars(
        self, users: Vectors, movies: Vectors, user_indices: Tensor, movie_indices: Tensor
    ) -> NDArray[np.float32]:
        rows = {"user_rows": user_indices.to(self.device), "movie_rows": movie_indices.to(self.device)}
        with self._measuring():
            return self.model.stars_of_pairs(users, movies, **rows).cpu().numpy()

    @contextmanager
    def _measuring(self) -> Iterator[None]:
        """With the threads of the run, and in single precision even where somebody trains in less."""
        with torch_threads(self.num_threads), torch.autocast(self.device.type, enabled=False):
            yield

    def _check_weights(self) -> None:
        """Refuse to close an epoch whose last step spoiled the weights: no later loss would show it."""
        if not all(bool(torch.isfinite(parameter).all()) for parameter in self._trained.parameters()):
            raise NonFiniteLossError(epoch=self.position.epoch + 1, batch=self.position.batch, loss=float("nan"))
