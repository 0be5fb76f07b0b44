"""UserTower and MovieTower: from a person or a film to a feature vector of D numbers.

As in the article: each field has its embedding and, the title aside, a dense layer of its own; the results are put
side by side and mixed by a last dense layer with tanh. The preset `default` adds what the article has not: a branch
over the rating history as one more field, and a bias beside the vector.
"""

from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from recsys.config import ModelConfig
from recsys.data.encoder import MovieTensors, UserTensors, VocabularySizes
from recsys.data.histories import History
from recsys.data.vocabulary import NUM_RESERVED, PAD_INDEX
from recsys.model.history import has_ratings, history_branch, known, num_history_features
from recsys.model.layers import IdDropout, SeededDropout, dense, embedding
from recsys.model.title_cnn import TitleCNN


class Vectors(NamedTuple):
    """What a tower says of B people or films.

    Attributes:
        features: (B, D) feature vectors in (-1, 1).
        bias: (B,) stars by which they lie above the mean whatever the other side; 0 without histories.
    """

    features: Tensor
    bias: Tensor


class UserParts(NamedTuple):
    """What the branches of the user tower say of B people, side by side before the last layer mixes them.

    Attributes:
        values: (B, size) numbers by branch, in the order in which they stand side by side: "user" (the id), "gender",
            "age", "occupation" and, in a network that has it, "history".
        bias: (B,) as in `Vectors`.
    """

    values: dict[str, Tensor]
    bias: Tensor


class MovieParts(NamedTuple):
    """What the branches of the movie tower say of B films, side by side before the last layer mixes them.

    Attributes:
        values: (B, size) numbers by branch, in the order in which they stand side by side: "movie" (the id), "genres",
            "title" and, in a network that has it, "history".
        bias: (B,) as in `Vectors`.
    """

    values: dict[str, Tensor]
    bias: Tensor


class UserTower(nn.Module):
    """A person's id, gender, age and occupation, and what they rated, as a feature vector."""

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
        self.history = history_branch(sizes.movies - NUM_RESERVED, config, generator)
        self.id_dropout = IdDropout(config.id_dropout)
        size = config.id_size * len(fields) + num_history_features(config)
        self.mix = dense(size, config.feature_size, generator)

    def forward(self, users: UserTensors, history: History | None = None) -> Vectors:
        """Return the vectors of B users; `history` is of the same users, for a network with a history branch."""
        return self.mixed(self.parts(users, history))

    def parts(self, users: UserTensors, history: History | None = None) -> UserParts:
        """Return what each branch says of B users, before they are mixed; arguments as in `forward`."""
        fields = self.fields(users)
        bias = torch.zeros(len(users.user), device=users.user.device)
        if self.history is not None:
            history = known(history)
            fields["user"] = self.id_dropout(fields["user"]) * has_ratings(history)
            fields["history"], bias = self.history(history), history.level  # (B, H + 2), (B,)
        return UserParts(fields, bias)

    def fields(self, users: UserTensors) -> dict[str, Tensor]:
        """Return (B, 32) each: what the branches of id, gender, age and occupation say of B users."""
        return {
            name: torch.relu(self.layers[name](self.embeddings[name](index)))  # (B,) -> (B, embedding) -> (B, 32)
            for name, index in users._asdict().items()
        }

    def mixed(self, parts: UserParts) -> Vectors:
        """Return the vectors that the last layer makes of the branches' numbers."""
        values = torch.cat(list(parts.values.values()), dim=1)  # (B, 128 + H + 2)
        return Vectors(torch.tanh(self.mix(values)), parts.bias)  # -> (B, D)

    def shares(self, values: dict[str, Tensor]) -> Tensor:
        """Return (P, B, D) what the (B, size) numbers of each of P branches add in the last layer.

        The features are tanh of the sum; the layer's bias is a part of it, which all branches share alike.
        """
        return _shares(self.mix, values)


class MovieTower(nn.Module):
    """A film's id, genres and title, and who rated it, as a feature vector."""

    def __init__(self, sizes: VocabularySizes, config: ModelConfig, generator: Generator) -> None:
        super().__init__()
        size, init = config.id_size, config.init
        self.movie = embedding(sizes.movies, size, init=init, generator=generator)
        self.movie_layer = dense(size, size, generator)
        self.genres = embedding(sizes.genres, size, init=init, generator=generator, has_pad=True)
        self.genres_layer = dense(size, size, generator)
        self.title = TitleCNN(sizes.words, config, generator)
        self.title_dropout = SeededDropout(config.title_dropout)
        self.history = history_branch(sizes.users - NUM_RESERVED, config, generator)
        self.id_dropout = IdDropout(config.id_dropout)
        self.mix = dense(
            2 * size + self.title.num_features + num_history_features(config), config.feature_size, generator
        )
        self.combiner = config.combiner

    def forward(self, movies: MovieTensors, history: History | None = None) -> Vectors:
        """Return the vectors of B movies; `history` is of the same movies, for a network with a history branch."""
        return self.mixed(self.parts(movies, history))

    def parts(self, movies: MovieTensors, history: History | None = None) -> MovieParts:
        """Return what each branch says of B movies, before they are mixed; arguments as in `forward`."""
        movie = torch.relu(self.movie_layer(self.movie(movies.movie)))  # (B,) -> (B, 32)
        genres = torch.relu(self.genres_layer(self.combined_genres(movies.genres)))  # (B, G) -> (B, 32)
        title = self.title_dropout(self.title(movies.title))  # (B, L) -> (B, K * windows)
        values, bias = {"movie": movie, "genres": genres, "title": title}, torch.zeros(len(movie), device=movie.device)
        if self.history is not None:
            history = known(history)
            values["movie"] = self.id_dropout(movie) * has_ratings(history)
            values["history"], bias = self.history(history), history.level  # (B, H + 2), (B,)
        return MovieParts(values, bias)

    def mixed(self, parts: MovieParts) -> Vectors:
        """Return the vectors that the last layer makes of the branches' numbers."""
        return Vectors(torch.tanh(self.mix(torch.cat(list(parts.values.values()), dim=1))), parts.bias)  # -> (B, D)

    def shares(self, values: dict[str, Tensor]) -> Tensor:
        """Return (P, B, D) what the (B, size) numbers of each of P branches add in the last layer.

        The features are tanh of the sum; the layer's bias is a part of it, which all branches share alike.
        """
        return _shares(self.mix, values)

    def combined_genres(self, genres: Tensor) -> Tensor:
        """Return (B, 32): the sum or mean of each film's genre embeddings; (B, G) indices, PAD does not count."""
        total: Tensor = self.genres(genres).sum(dim=1)  # (B, G, 32) -> (B, 32); the row of PAD is 0
        if self.combiner == "sum":
            return total
        return total / (genres != PAD_INDEX).sum(dim=1, keepdim=True).clamp(min=1)


def _shares(mix: nn.Linear, values: dict[str, Tensor]) -> Tensor:
    """(P, B, D): each branch's numbers, (B, size), in its own columns of the last layer, with a part of its bias."""
    columns = torch.split(mix.weight, [each.shape[1] for each in values.values()], dim=1)
    bias = mix.bias / len(columns)
    return torch.stack([functional.linear(each, own, bias) for each, own in zip(values.values(), columns, strict=True)])
