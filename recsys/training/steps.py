"""What one step of training looks at, and its loss: the article's way and the way of histories.

`RatingSteps`: a batch of ratings, their squared error. `HistorySteps`: some people with all films; a share of their
ratings is hidden from every history, and stars and watching of the hidden ones are predicted from the rest. Both
draw what is random from the run's seed, the epoch and the batch alone.
"""

from typing import NamedTuple, Protocol, cast

import torch
from torch import Tensor
from torch.nn import functional

from recsys.config import TrainConfig
from recsys.data.encoder import MovieTensors, RatingTensors, UserTensors
from recsys.data.histories import RatingTable
from recsys.model import DualHead, TwoTower
from recsys.training.randomness import mixed, reseed_dropout, seeded


class StepLoss(NamedTuple):
    """The loss of one step.

    Attributes:
        loss: (), to be minimised.
        squared_error: () sum over the predicted ratings, in stars squared.
        num_ratings: how many ratings were predicted.
    """

    loss: Tensor
    squared_error: Tensor
    num_ratings: int


class Steps(Protocol):
    """The steps of a run."""

    @property
    def num_batches(self) -> int:
        """How many steps an epoch has."""
        ...

    def is_on_all(self, epoch: int) -> bool:
        """Does an epoch, counted from 0, train on the validation part too?"""
        ...

    def loss(self, model: TwoTower, epoch: int, batch: int) -> StepLoss:
        """Return the loss of a step of an epoch, both counted from 0, dropout on."""
        ...


class RatingSteps:
    """The article's way: each step a batch of ratings, each epoch every rating once.

    Args:
        config: how the network is trained.
        users: all users.
        movies: all movies.
        ratings: those to train on.
    """

    def __init__(self, config: TrainConfig, users: UserTensors, movies: MovieTensors, ratings: RatingTensors) -> None:
        self.config = config
        self._users, self._movies, self._ratings = users, movies, ratings
        self._order: tuple[int, Tensor] | None = None

    @property
    def num_batches(self) -> int:
        """How many steps an epoch has."""
        return -(-len(self._ratings.stars) // self.config.batch_size)

    def is_on_all(self, epoch: int) -> bool:  # noqa: ARG002
        """Return False: it trains on the ratings that it was given."""
        return False

    def loss(self, model: TwoTower, epoch: int, batch: int) -> StepLoss:
        """Return the mean squared error of a batch of ratings."""
        stars = self._ratings.stars
        rows = self._order_of(epoch)[batch * self.config.batch_size :][: self.config.batch_size]
        users, user_rows = torch.unique(self._ratings.user_index[rows], return_inverse=True)
        movies, movie_rows = torch.unique(self._ratings.movie_index[rows], return_inverse=True)
        reseed_dropout(model, mixed(self.config.seed, epoch, batch + 1), stars.device)
        predicted = model(
            self._users.rows(users), self._movies.rows(movies), user_rows=user_rows, movie_rows=movie_rows
        )
        loss = functional.mse_loss(predicted, stars[rows])
        return StepLoss(loss, loss.detach() * len(rows), len(rows))

    def _order_of(self, epoch: int) -> Tensor:
        """(N,) the order in which an epoch goes through the ratings; drawn once for all its steps."""
        if self._order is None or self._order[0] != epoch:
            stars = self._ratings.stars
            order = torch.randperm(len(stars), generator=seeded(self.config.seed, epoch))
            self._order = epoch, order.to(stars.device)
        return self._order[1]


class HistorySteps:
    """Each step some people and all films, each epoch every person once.

    Args:
        config: how the network is trained.
        users: all users.
        movies: all movies.
        tables: the ratings to train on, and those for the last `epochs_on_all` epochs.
    """

    def __init__(
        self,
        config: TrainConfig,
        users: UserTensors,
        movies: MovieTensors,
        tables: tuple[RatingTable, RatingTable],
    ) -> None:
        self.config = config
        self._users, self._movies = users, movies
        self._tables = tables
        self._raters = tuple(torch.unique(table.users).cpu() for table in tables)

    @property
    def num_batches(self) -> int:
        """How many steps an epoch has."""
        return min(self.config.steps_per_epoch, len(self._raters[0]))

    def is_on_all(self, epoch: int) -> bool:
        """Is an epoch one of the last, which train on the validation part too?"""
        return epoch >= self.config.epochs - self.config.epochs_on_all

    def loss(self, model: TwoTower, epoch: int, batch: int) -> StepLoss:
        """Return the loss of a group of people: of the stars of their hidden ratings, and of watching those films."""
        config = self.config
        which = int(self.is_on_all(epoch))
        table, raters = self._tables[which], self._raters[which]
        order = torch.randperm(len(raters), generator=seeded(config.seed, epoch))
        users = raters[order.tensor_split(self.num_batches)[batch]].sort().values.to(table.stars.device)
        reseed_dropout(model, mixed(config.seed, epoch, batch + 1), users.device)
        hidden, shown = self._divided(table.of_users(users), epoch, batch)
        visible = torch.ones(len(table), dtype=torch.bool, device=users.device)
        visible[hidden] = False
        user_history, movie_history = table.histories(visible, users)
        of_users = model.user_tower(self._users.rows(users), user_history)
        of_movies = model.movie_tower(self._movies, movie_history)
        head = cast(DualHead, model.head)

        rows, columns = torch.searchsorted(users, table.users[hidden]), table.movies[hidden]
        stars, noise = head.stars_and_noise(of_users, of_movies, rows, columns)
        squared_errors = (stars - table.stars[hidden]) ** 2
        star_loss = (squared_errors * torch.exp(-noise) + noise).mean() / 2  # Gaussian, up to a constant
        known = torch.searchsorted(users, table.users[shown]), table.movies[shown]
        logits = head.watch_matrix(of_users, of_movies)
        logits.index_put_(known, logits.new_tensor(float("-inf")))  # in place: one copy of (B, M) less
        watch_loss = -logits.log_softmax(dim=1, dtype=torch.float32)[rows, columns].mean()
        return StepLoss(star_loss + config.watch_weight * watch_loss, squared_errors.detach().sum(), len(hidden))

    def _divided(self, positions: Tensor, epoch: int, batch: int) -> tuple[Tensor, Tensor]:
        """Divide the positions of some ratings into hidden ones and shown ones, each with the same chance.

        Where chance hides none, the one that came nearest to it is hidden: any of them, all equally often.
        """
        draws = torch.rand(len(positions), generator=seeded(self.config.seed, epoch, batch + 1, 1))
        is_hidden = draws < self.config.hidden_share
        if not is_hidden.any():
            is_hidden[draws.argmin()] = True
        is_hidden = is_hidden.to(positions.device)
        return positions[is_hidden], positions[~is_hidden]
