"""UserTower and MovieTower: from the indices of a person or a film to a feature vector of D numbers.

As in the article: each field has its embedding and, the title aside, a dense layer of its own; the results are put
side by side and mixed by a last dense layer with tanh.
"""

import torch
from torch import Generator, Tensor, nn

from recsys.config import ModelConfig
from recsys.data.encoder import MovieTensors, UserTensors, VocabularySizes
from recsys.data.vocabulary import PAD_INDEX
from recsys.model.layers import SeededDropout, dense, embedding
from recsys.model.title_cnn import TitleCNN


class UserTower(nn.Module):
    """A person's id, gender, age and occupation as a feature vector."""

    def __init__(self, sizes: VocabularySizes, config: ModelConfig, generator: Generator) -> None:
        super().__init__()
        init = config.init
        fields = {
            "user": (sizes.users, config.id_size),
            "gender": (sizes.genders, config.attribute_size),
            "age": (sizes.ages, config.attribute_size),
            "occupation": (sizes.occupations, config.attribute_size),
        }
        self.embeddings = nn.ModuleDict(
            {name: embedding(rows, size, init=init, generator=generator) for name, (rows, size) in fields.items()}
        )
        self.layers = nn.ModuleDict(
            {name: dense(size, config.id_size, generator) for name, (_, size) in fields.items()}
        )
        self.mix = dense(config.id_size * len(fields), config.feature_size, generator)

    def forward(self, users: UserTensors) -> Tensor:
        """Return (B, D) feature vectors in (-1, 1) of B users."""
        fields = [
            torch.relu(self.layers[name](self.embeddings[name](index)))  # (B,) -> (B, embedding) -> (B, 32)
            for name, index in users._asdict().items()
        ]
        return torch.tanh(self.mix(torch.cat(fields, dim=1)))  # (B, 128) -> (B, D)


class MovieTower(nn.Module):
    """A film's id, genres and title as a feature vector."""

    def __init__(self, sizes: VocabularySizes, config: ModelConfig, generator: Generator) -> None:
        super().__init__()
        size, init = config.id_size, config.init
        self.movie = embedding(sizes.movies, size, init=init, generator=generator)
        self.movie_layer = dense(size, size, generator)
        self.genres = embedding(sizes.genres, size, init=init, generator=generator, has_pad=True)
        self.genres_layer = dense(size, size, generator)
        self.title = TitleCNN(sizes.words, config, generator)
        self.title_dropout = SeededDropout(config.title_dropout)
        self.mix = dense(2 * size + self.title.num_features, config.feature_size, generator)
        self.combiner = config.combiner

    def forward(self, movies: MovieTensors) -> Tensor:
        """Return (B, D) feature vectors in (-1, 1) of B movies."""
        movie = torch.relu(self.movie_layer(self.movie(movies.movie)))  # (B,) -> (B, 32)
        genres = torch.relu(self.genres_layer(self.combined_genres(movies.genres)))  # (B, G) -> (B, 32)
        title = self.title_dropout(self.title(movies.title))  # (B, L) -> (B, K * windows)
        return torch.tanh(self.mix(torch.cat([movie, genres, title], dim=1)))  # (B, 96) -> (B, D)

    def combined_genres(self, genres: Tensor) -> Tensor:
        """Return (B, 32): the sum or mean of each film's genre embeddings; (B, G) indices, PAD does not count."""
        total: Tensor = self.genres(genres).sum(dim=1)  # (B, G, 32) -> (B, 32); the row of PAD is 0
        if self.combiner == "sum":
            return total
        return total / (genres != PAD_INDEX).sum(dim=1, keepdim=True).clamp(min=1)
