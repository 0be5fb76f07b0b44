"""Training as this project does it, beside the plain way: a DataLoader of 256 ratings, both towers for every rating.

Both learn the same network with the same losses on the same ratings. What counts are ratings predicted and learned
from: for the preset `default` the hidden ratings of a step, for the plain way the ratings of its batches, each left
out of its own two histories. Each side gets the number of threads that suits it better. The plain way keeps no
average of its weights. "Would they watch it" is a softmax over all films, which the plain way has to encode for every
batch; so it is measured once more with a softmax over the films of its batch, which is cheap and not the same loss.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from recsys.cli.benchmark.examples import ExampleBatch, LeftOutRatings
from recsys.cli.benchmark.parts import (
    Effort,
    Measured,
    data_config,
    make_trainer,
    medians_in_turn,
    seconds_of,
    train_steps,
)
from recsys.config import preset
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.histories import History, table_of
from recsys.data.splits import split_of
from recsys.device import pick_device
from recsys.model import DualHead, TwoTower, Vectors
from recsys.threads import torch_threads, usable_cores
from recsys.training.optimizer import make_optimizer
from recsys.training.trainer import Trainer

_BATCH = 256
_ARTICLE_BATCH = 65_536

Loss = Callable[[Any], Tensor]


def plain(dataset: Dataset, effort: Effort) -> Iterator[Measured]:
    """Ratings a second of the default preset and of the article's network, beside the plain way."""
    yield from _default(dataset, effort)
    yield from _article(dataset, effort)


def _default(dataset: Dataset, effort: Effort) -> list[Measured]:
    ours = make_trainer(dataset, "default", device=effort.device)
    way = PlainDefault(dataset, effort.device)
    found = medians_in_turn(
        {
            **_our_rates(ours, effort),
            **_plain_rates("all", way, way.loss_over_all, effort),
            **_plain_rates("batch", way, way.loss_in_batch, effort),
        },
        effort.repeats,
    )
    step = f"step of {ours.step_size:,} ratings"
    return [
        _compared("plain_default", found, "all", f"{step}; plain: batch {_BATCH}, same losses"),
        _compared("plain_default_in_batch", found, "batch", f"{step}; plain: batch {_BATCH}, softmax over its films"),
    ]


def _article(dataset: Dataset, effort: Effort) -> list[Measured]:
    size = min(_ARTICLE_BATCH, dataset.num_ratings // 4)
    ours = make_trainer(dataset, "article", device=effort.device, batch_size=size)
    way = PlainArticle(dataset, effort.device)
    rates = {**_our_rates(ours, effort), **_plain_rates("article", way, way.loss, effort)}
    note = f"batch {size:,}, each user and film encoded once; plain: batch {_BATCH}, towers run for every rating"
    return [_compared("plain_article", medians_in_turn(rates, effort.repeats), "article", note)]


def _compared(name: str, found: dict[str, float], key: str, note: str) -> Measured:
    ours, our_threads = max((found[f"ours {count}"], count) for count in _thread_counts())
    rate, threads = max((found[f"{key} {count}"], count) for count in _thread_counts())
    return Measured(name, ours, "ratings/s", rate, ours / rate, f"{note}; threads {our_threads} and {threads}")


def _thread_counts() -> set[int]:
    return {1, usable_cores()}


def _our_rates(trainer: Trainer, effort: Effort) -> dict[str, Callable[[], float]]:
    """Measurements of some steps of a training, with one thread and with all; one step does not count."""

    def rate(count: int) -> float:
        trainer.num_threads = count
        steps = train_steps(trainer, effort.num_steps)
        return steps.num_ratings / steps.seconds

    train_steps(trainer, 1)
    return {f"ours {count}": partial(rate, count) for count in _thread_counts()}


def _plain_rates(
    key: str, way: "PlainArticle | PlainDefault", loss: Loss, effort: Effort
) -> dict[str, Callable[[], float]]:
    """Measurements of some batches of the plain way, with one thread and with all; one batch does not count."""

    def steps(count: int) -> None:
        for _ in range(count):
            way.optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss(next(way.loader)))
            way.optimizer.step()

    def rate() -> float:
        return effort.num_steps * _BATCH / seconds_of(lambda: steps(effort.num_steps))

    steps(1)
    return {f"{key} {count}": _in_threads(rate, count) for count in _thread_counts()}


def _in_threads(rate: Callable[[], float], count: int) -> Callable[[], float]:
    def measured() -> float:
        with torch_threads(count):
            return rate()

    return measured


def _endless(loader: DataLoader[Any]) -> Iterator[Any]:
    while True:
        yield from loader


class PlainArticle:
    """The article's network with both towers run for every rating of a batch.

    Args:
        dataset: its ratings are learned.
        device: where.

    Attributes:
        loader: batches without end.
        optimizer: moves the weights.
    """

    def __init__(self, dataset: Dataset, device: str = "auto") -> None:
        config, train = preset("article")
        self.device = pick_device(device)
        encoder = FeatureEncoder(dataset, config.title_length)
        self.model = TwoTower(config, encoder.sizes).to(self.device).train()
        self.users = encoder.encode_users(dataset).to(self.device)
        self.movies = encoder.encode_movies(dataset).to(self.device)
        ratings = TensorDataset(*encoder.encode_ratings(dataset))
        self.loader = _endless(DataLoader(ratings, batch_size=_BATCH, shuffle=True, drop_last=True))
        self.optimizer = make_optimizer(self.model, train)

    def loss(self, batch: list[Tensor]) -> Tensor:
        """Return the mean squared error of a batch: users, movies and stars, (B,) each."""
        users, movies, stars = (column.to(self.device) for column in batch)
        rows = torch.arange(len(stars), device=self.device)
        predicted = self.model(self.users.rows(users), self.movies.rows(movies), user_rows=rows, movie_rows=rows)
        return functional.mse_loss(predicted, stars)


class PlainDefault:
    """The default preset's network with both towers, histories and all, run for every rating of a batch.

    Args:
        dataset: the training part of its split is learned.
        device: where.

    Attributes:
        loader: batches without end.
        optimizer: moves the weights.
    """

    def __init__(self, dataset: Dataset, device: str = "auto") -> None:
        config, self.config = preset("default")
        self.device = pick_device(device)
        encoder = FeatureEncoder(dataset, config.title_length)
        self.model = TwoTower(config, encoder.sizes).to(self.device).train()
        self.users = encoder.encode_users(dataset).to(self.device)
        self.movies = encoder.encode_movies(dataset).to(self.device)
        split = split_of(dataset, data_config(dataset))
        table = table_of(dataset, encoder.encode_ratings(dataset), split.train, torch.device("cpu"))
        examples = LeftOutRatings(table)
        loader = DataLoader(examples, batch_size=_BATCH, shuffle=True, drop_last=True, collate_fn=examples.collate)
        self.loader = _endless(loader)
        everything = table.histories(torch.ones(len(table), dtype=torch.bool))[1]
        self.all_histories = history_on(everything, self.device)
        self.optimizer = make_optimizer(self.model, self.config)

    def loss_in_batch(self, batch: ExampleBatch) -> Tensor:
        """Return the loss of B examples, with a softmax over their films: the films of the others are not theirs."""
        users, movies, star_loss = self._stars(batch)
        logits = self._head.watch_matrix(users, movies)  # (B, B)
        rows = torch.arange(len(logits), device=self.device)
        return star_loss - self.config.watch_weight * logits.log_softmax(dim=1)[rows, rows].mean()

    def loss_over_all(self, batch: ExampleBatch) -> Tensor:
        """Return the loss of B examples, with a softmax over all films but those of a person's history."""
        users, movies, star_loss = self._stars(batch)
        everything = self.model.movie_tower(self.movies, self.all_histories)
        own = self._head.watch_matrix(users, movies).diagonal()  # the film as it is without the rating
        lengths, seen = batch.of_users.num_ratings.long(), batch.of_users.seen.columns.to(self.device)
        rows = torch.arange(len(own), device=self.device)
        hidden = torch.tensor(float("-inf"), device=self.device)
        logits = self._head.watch_matrix(users, everything)  # (B, M)
        logits = logits.index_put((rows.repeat_interleave(lengths.to(self.device)), seen), hidden)
        columns = batch.movie.to(self.device)
        logits = logits.index_put((rows, columns), own)
        return star_loss - self.config.watch_weight * logits.log_softmax(dim=1)[rows, columns].mean()

    @property
    def _head(self) -> DualHead:
        return cast(DualHead, self.model.head)

    def _stars(self, batch: ExampleBatch) -> tuple[Vectors, Vectors, Tensor]:
        """The vectors of B people and B films, and the loss of the stars."""
        of_users, of_movies = (history_on(history, self.device) for history in (batch.of_users, batch.of_movies))
        users = self.model.user_tower(self.users.rows(batch.user.to(self.device)), of_users)
        movies = self.model.movie_tower(self.movies.rows(batch.movie.to(self.device)), of_movies)
        rows = torch.arange(len(batch.user), device=self.device)
        stars, noise = self._head.stars_and_noise(users, movies, rows, rows)
        squared_errors = (stars - batch.stars.to(self.device)) ** 2
        return users, movies, (squared_errors * torch.exp(-noise) + noise).mean() / 2


def history_on(history: History, device: torch.device) -> History:
    """Return the same on a device."""
    residuals, seen = (type(matrix)(*(part.to(device) for part in matrix)) for matrix in history[:2])
    return History(residuals, seen, history.level.to(device), history.num_ratings.to(device))
