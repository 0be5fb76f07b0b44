"""TwoTower: the whole network.

    user id, gender, age, occupation (, history) -> UserTower  -> (U, D) --+
                                                                           +-- head -> (B,) stars
    movie id, genres, title          (, history) -> MovieTower -> (M, D) --+

A batch of ratings names each user and movie many times. They are encoded once each and their rows gathered for the
pairs, so that the title CNN runs once per film and not once per rating.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from recsys.config import ModelConfig
from recsys.data.encoder import MovieTensors, UserTensors, VocabularySizes
from recsys.data.histories import History
from recsys.model.heads import make_head
from recsys.model.towers import MovieTower, UserTower, Vectors

_PAIRS_AT_A_TIME = 16_384


class TwoTower(nn.Module):
    """Two towers that meet in a head.

    Args:
        config: what the network is.
        sizes: rows of each embedding table.
        seed: seed of the initial values.
    """

    def __init__(self, config: ModelConfig, sizes: VocabularySizes, *, seed: int = 0) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.config = config
        self.sizes = sizes
        self.user_tower = UserTower(sizes, config, generator)
        self.movie_tower = MovieTower(sizes, config, generator)
        self.head = make_head(config, generator)

    def forward(
        self,
        users: UserTensors,
        movies: MovieTensors,
        histories: tuple[History | None, History | None] = (None, None),
        *,
        user_rows: Tensor,
        movie_rows: Tensor,
    ) -> Tensor:
        """Predict the stars of B pairs.

        Args:
            users: U users, each once.
            movies: M movies, each once.
            histories: of the same users and of the same movies, for a network with history branches.
            user_rows: (B,) which of the U users each pair has.
            movie_rows: (B,) which of the M movies each pair has.

        Returns:
            (B,) stars, not clipped.
        """
        of_users, of_movies = histories
        users_of_pairs = gathered(self.user_tower(users, of_users), user_rows)  # (U, D) -> (B, D)
        movies_of_pairs = gathered(self.movie_tower(movies, of_movies), movie_rows)  # (M, D) -> (B, D)
        stars: Tensor = self.head(users_of_pairs, movies_of_pairs)  # (B, D), (B, D) -> (B,)
        return stars

    @torch.inference_mode()
    def stars_of_pairs(self, users: Vectors, movies: Vectors, *, user_rows: Tensor, movie_rows: Tensor) -> Tensor:
        """Predict the stars of any number of pairs from vectors, some at a time: memory does not grow with them.

        Args:
            users: U users.
            movies: M movies.
            user_rows: (N,) which of the U users each pair has.
            movie_rows: (N,) which of the M movies each pair has.

        Returns:
            (N,) stars, not clipped, without gradient.
        """
        parts = zip(torch.split(user_rows, _PAIRS_AT_A_TIME), torch.split(movie_rows, _PAIRS_AT_A_TIME), strict=True)
        return torch.cat([self.head(gathered(users, row), gathered(movies, column)) for row, column in parts])


def gathered(vectors: Vectors, rows: Tensor) -> Vectors:
    """Return the vectors of B pairs: (B,) `rows` of N vectors.

    By `embedding`: the backward of plain indexing adds in the order in which threads come.
    """
    return Vectors(functional.embedding(rows, vectors.features), vectors.bias[rows])
