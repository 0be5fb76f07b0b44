"""Heads: from a user's and a movie's feature vector to stars.

The article has two. `DotHead` multiplies the vectors. `MlpHead` is a dense layer over both; without a hidden layer
(the article's form) it is a sum of a term of the user and a term of the movie, so it can only learn that some people
give more stars and some films get more: everybody's ranking is then the same. With a hidden layer it can mix them.

`DualHead` belongs to the preset `default`. It answers two questions: how many stars, and would they watch it at all.

All score pairs (`forward`) and everybody against everything (`score_matrix`) with the same numbers, and order lists by
`list_scores`: by stars in the article's, by both answers in `DualHead`. `score_matrix` takes batches of such questions
too: vectors with further axes in front, the same on both sides.
"""

from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from recsys.config import ModelConfig
from recsys.model.layers import dense
from recsys.model.towers import Vectors

_NOISE_SCALE = 0.3
"""Below 1, so that the noise moves slower than the rest: it follows the errors and does not lead them."""


class DotHead(nn.Module):
    """Stars as the dot product of the two feature vectors."""

    def forward(self, users: Vectors, movies: Vectors) -> Tensor:
        """Return (B,) stars of B pairs."""
        return (users.features * movies.features).sum(dim=1)

    def score_matrix(self, users: Vectors, movies: Vectors) -> Tensor:
        """Return (U, M) stars of every user and movie."""
        return users.features @ movies.features.mT

    def list_scores(self, users: Vectors, movies: Vectors, blend: float | None = None) -> Tensor:  # noqa: ARG002
        """Return (U, M) what a list is ordered by: the stars; there is nothing to blend them with."""
        return self.score_matrix(users, movies)


class MlpHead(nn.Module):
    """Stars as a dense layer over both feature vectors, with a hidden layer in between if its size is above 0."""

    def __init__(self, config: ModelConfig, generator: Generator) -> None:
        super().__init__()
        first_size = config.mlp_hidden or 1
        self.first = dense(2 * config.feature_size, first_size, generator)
        self.last = dense(first_size, 1, generator) if config.mlp_hidden else None

    def forward(self, users: Vectors, movies: Vectors) -> Tensor:
        """Return (B,) stars of B pairs."""
        both = torch.cat([users.features, movies.features], dim=1)
        return self._finish(self.first(both))  # (B, 2 D) -> (B, hidden) -> (B,)

    def score_matrix(self, users: Vectors, movies: Vectors) -> Tensor:
        """Return (U, M) stars of every user and movie."""
        of_user, of_movie = torch.tensor_split(self.first.weight, 2, dim=1)  # each (hidden, D)
        movie_part = movies.features @ of_movie.T + self.first.bias  # (M, hidden)
        user_parts = (users.features @ of_user.T).unbind(dim=-2)  # U of (hidden,)
        return torch.stack([self._finish(part.unsqueeze(-2) + movie_part) for part in user_parts], dim=-2)

    def list_scores(self, users: Vectors, movies: Vectors, blend: float | None = None) -> Tensor:  # noqa: ARG002
        """Return (U, M) what a list is ordered by: the stars; there is nothing to blend them with."""
        return self.score_matrix(users, movies)

    def _finish(self, hidden: Tensor) -> Tensor:
        """(N, hidden) -> (N,)."""
        stars: Tensor = hidden if self.last is None else self.last(torch.relu(hidden))
        return stars.squeeze(dim=-1)


class Towards(NamedTuple):
    """An answer with the projections of both sides put on the people's side, once for all films.

    Both answers of `DualHead` are linear in the vector of a film: an answer is the product of the features that `of`
    makes of a person and the film's, plus the bias that it makes, plus `stars` x the film's bias.

    Attributes:
        turn: (D, D) what a person's features are multiplied with.
        shift: (D,) what is added to that.
        lean: (D,) what a person's features are multiplied with to become a bias.
        level: () what is added to that.
        stars: () how many stars are in it.
    """

    turn: Tensor
    shift: Tensor
    lean: Tensor
    level: Tensor
    stars: Tensor

    def times(self, weight: float) -> "Towards":
        """Return it in another unit."""
        return Towards(*(weight * each for each in self))

    def plus(self, other: "Towards") -> "Towards":
        """Return the sum of two answers."""
        return Towards(*(one + more for one, more in zip(self, other, strict=True)))

    def of(self, users: Vectors) -> Vectors:
        """Return people's vectors, (..., D) and (...,), as the films' are multiplied with them."""
        features = users.features.flatten(0, -2)
        bias = (features @ self.lean).reshape(users.bias.shape) + self.level + self.stars * users.bias
        return Vectors(torch.addmm(self.shift, features, self.turn).reshape(users.features.shape), bias)


class DualHead(nn.Module):
    """How many stars, and would they watch it at all: two questions to the same two feature vectors.

    Each question has a projection of its own on each side, and the answer is the scaled product of the two projections
    (Vaswani et al. 2017, section 3.2.1). Stars are counted from the mean, to which the biases of both are added.
    A third, small answer is used in training only: how far the rating is likely to lie from the prediction. Some people
    and some films are hard to predict, and their ratings should pull less (Nix and Weigend 1994).

    Args:
        config: gives the size of the vectors and the blend.
        generator: source of the initial values.
    """

    mean: Tensor

    def __init__(self, config: ModelConfig, generator: Generator) -> None:
        super().__init__()
        size = config.feature_size
        self.user_stars, self.movie_stars = dense(size, size, generator), dense(size, size, generator)
        self.user_watch, self.movie_watch = dense(size, size, generator), dense(size, size, generator)
        self.user_noise, self.movie_noise = dense(size, 1, generator), dense(size, 1, generator)
        self.scale = size**-0.5
        self.blend = config.blend
        self.register_buffer("mean", torch.tensor(0.0))

    def forward(self, users: Vectors, movies: Vectors) -> Tensor:
        """Return (B,) stars of B pairs."""
        match = (self.user_stars(users.features) * self.movie_stars(movies.features)).sum(dim=1) * self.scale
        stars: Tensor = self.mean + users.bias + movies.bias + match
        return stars

    def score_matrix(self, users: Vectors, movies: Vectors) -> Tensor:
        """Return (U, M) stars of every user and movie."""
        match = (self.user_stars(users.features) * self.scale) @ self.movie_stars(movies.features).mT
        stars: Tensor = self.mean + users.bias.unsqueeze(-1) + movies.bias.unsqueeze(-2) + match
        return stars

    def watch_matrix(self, users: Vectors, movies: Vectors) -> Tensor:
        """Return (U, M) logits: a softmax over the films says which one a person is likely to watch next."""
        logits: Tensor = (self.user_watch(users.features) * self.scale) @ self.movie_watch(movies.features).T
        return logits

    def watch_towards(self) -> Towards:
        """Return the logit of watching with its projections on the people's side."""
        zero = torch.zeros_like(self.mean)
        return self._towards(self.user_watch, self.movie_watch, zero, stars=zero)

    def stars_towards(self) -> Towards:
        """Return the predicted stars with their projections on the people's side."""
        return self._towards(self.user_stars, self.movie_stars, self.mean, stars=torch.ones_like(self.mean))

    def _towards(self, left: nn.Linear, right: nn.Linear, level: Tensor, *, stars: Tensor) -> Towards:
        of_people, of_bias = self.scale * left.weight.T, self.scale * left.bias
        return Towards(
            of_people @ right.weight,
            of_bias @ right.weight,
            of_people @ right.bias,
            of_bias @ right.bias + level,
            stars,
        )

    def list_scores(self, users: Vectors, movies: Vectors, blend: float | None = None) -> Tensor:
        """Return (U, M) what a list is ordered by: the logit of watching and `blend` times the stars.

        Args:
            users: U people.
            movies: M films.
            blend: logits that a star is worth; that of the config by default. 0 orders by watching alone.
        """
        stars = self.score_matrix(users, movies)
        return self.watch_matrix(users, movies) + (self.blend if blend is None else blend) * stars

    def stars_and_noise(self, users: Vectors, movies: Vectors, rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
        """Answer for N pairs of U people and M films; each vector is projected once, however many pairs it is in.

        Args:
            users: U people.
            movies: M films.
            rows: (N,) which of the U people each pair has.
            columns: (N,) which of the M films each pair has.

        Returns:
            (N,) stars, and (N,) logarithm of the expected squared error, in stars squared.
        """
        left = functional.embedding(rows, self.user_stars(users.features))  # (N, D)
        right = functional.embedding(columns, self.movie_stars(movies.features))
        stars = self.mean + users.bias[rows] + movies.bias[columns] + (left * right).sum(dim=1) * self.scale
        noise = functional.embedding(rows, self.user_noise(users.features))
        noise = noise + functional.embedding(columns, self.movie_noise(movies.features))  # (N, 1)
        return stars, _NOISE_SCALE * noise.squeeze(dim=1)


Head = DotHead | MlpHead | DualHead


def make_head(config: ModelConfig, generator: Generator) -> Head:
    """Return the head that a config names."""
    if config.head == "dot":
        return DotHead()
    return DualHead(config, generator) if config.head == "dual" else MlpHead(config, generator)
