"""TwoTower: the whole network.

    user id, gender, age, occupation -> UserTower  -> (U, D) --+
                                                               +-- head -> (B,) stars
    movie id, genres, title          -> MovieTower -> (M, D) --+

A batch of ratings names each user and movie many times. They are encoded once each and their rows gathered for the
pairs, so that the title CNN runs once per film and not once per rating.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from recsys.config import ModelConfig
from recsys.data.encoder import MovieTensors, UserTensors, VocabularySizes
from recsys.model.heads import make_head
from recsys.model.towers import MovieTower, UserTower


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
        self.user_tower = UserTower(sizes, config, generator)
        self.movie_tower = MovieTower(sizes, config, generator)
        self.head = make_head(config, generator)

    def forward(self, users: UserTensors, movies: MovieTensors, *, user_rows: Tensor, movie_rows: Tensor) -> Tensor:
        """Predict the stars of B pairs.

        Args:
            users: U users, each once.
            movies: M movies, each once.
            user_rows: (B,) which of the U users each pair has.
            movie_rows: (B,) which of the M movies each pair has.

        Returns:
            (B,) stars, not clipped.
        """
        user_features = self.user_tower(users)  # (U, D)
        movie_features = self.movie_tower(movies)  # (M, D)
        # Gathered by `embedding`: the backward of plain indexing adds in the order in which threads come.
        users_of_pairs = functional.embedding(user_rows, user_features)  # (B,), (U, D) -> (B, D)
        movies_of_pairs = functional.embedding(movie_rows, movie_features)  # (B,), (M, D) -> (B, D)
        stars: Tensor = self.head(users_of_pairs, movies_of_pairs)  # (B, D), (B, D) -> (B,)
        return stars
