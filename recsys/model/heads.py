"""Heads: from a user's and a movie's feature vector to stars.

The article has two. `DotHead` multiplies the vectors. `MlpHead` is a dense layer over both; without a hidden layer
(the article's form) it is a sum of a term of the user and a term of the movie, so it can only learn that some people
give more stars and some films get more: everybody's ranking is then the same. With a hidden layer it can mix them.

Both score pairs (`forward`) and everybody against everything (`score_matrix`) with the same numbers.
"""

import torch
from torch import Generator, Tensor, nn

from recsys.config import ModelConfig
from recsys.model.layers import dense


class DotHead(nn.Module):
    """Stars as the dot product of the two feature vectors."""

    def forward(self, users: Tensor, movies: Tensor) -> Tensor:
        """Return (B,) stars of B pairs: (B, D) and (B, D) feature vectors."""
        return (users * movies).sum(dim=1)

    def score_matrix(self, users: Tensor, movies: Tensor) -> Tensor:
        """Return (U, M) stars of every user and movie: (U, D) and (M, D) feature vectors."""
        return users @ movies.T


class MlpHead(nn.Module):
    """Stars as a dense layer over both feature vectors, with a hidden layer in between if its size is above 0."""

    def __init__(self, config: ModelConfig, generator: Generator) -> None:
        super().__init__()
        first_size = config.mlp_hidden or 1
        self.first = dense(2 * config.feature_size, first_size, generator)
        self.last = dense(first_size, 1, generator) if config.mlp_hidden else None

    def forward(self, users: Tensor, movies: Tensor) -> Tensor:
        """Return (B,) stars of B pairs: (B, D) and (B, D) feature vectors."""
        return self._finish(self.first(torch.cat([users, movies], dim=1)))  # (B, 2 D) -> (B, hidden) -> (B,)

    def score_matrix(self, users: Tensor, movies: Tensor) -> Tensor:
        """Return (U, M) stars of every user and movie: (U, D) and (M, D) feature vectors."""
        of_user, of_movie = torch.tensor_split(self.first.weight, 2, dim=1)  # each (hidden, D)
        movie_part = movies @ of_movie.T + self.first.bias  # (M, hidden)
        rows = [self._finish(row + movie_part) for row in users @ of_user.T]  # each (M,)
        return torch.stack(rows)

    def _finish(self, hidden: Tensor) -> Tensor:
        """(N, hidden) -> (N,)."""
        stars: Tensor = hidden if self.last is None else self.last(torch.relu(hidden))
        return stars.squeeze(dim=1)


def make_head(config: ModelConfig, generator: Generator) -> DotHead | MlpHead:
    """Return the head that a config names."""
    return DotHead() if config.head == "dot" else MlpHead(config, generator)
