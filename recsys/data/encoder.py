"""FeatureEncoder: from a Dataset to the tensors that the network reads.

The article's preprocessing with sorted vocabularies: gender to 0 and 1, age to 0..6 in the order of age, ids,
occupations, genres and title words to rows of embedding tables, genres and titles padded to one length. Ids end
here; behind this point there are only indices.
"""

import hashlib
import re
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from recsys.data.dataset import AGE_GROUPS, GENDERS, Dataset
from recsys.data.vocabulary import Vocabulary, padded

_EDGE = re.compile(r"^[^\w]+|[^\w]+$")


class UserTensors(NamedTuple):
    """All users as indices, in the order of `Dataset.users`.

    Attributes:
        user: (U,) row of the user embedding.
        gender: (U,) 0 for F, 1 for M.
        age: (U,) 0..6 in the order of age.
        occupation: (U,) row of the occupation embedding.
    """

    user: Tensor
    gender: Tensor
    age: Tensor
    occupation: Tensor

    def to(self, device: torch.device) -> "UserTensors":
        """Return the same on a device."""
        return UserTensors(*(column.to(device) for column in self))

    def rows(self, index: Tensor) -> "UserTensors":
        """Return some users: (B,) `index` into the first axis."""
        return UserTensors(*(column[index] for column in self))


class MovieTensors(NamedTuple):
    """All movies as indices, in the order of `Dataset.movies`.

    Attributes:
        movie: (M,) row of the movie embedding.
        genres: (M, G) rows of the genre embedding, PAD behind the last.
        title: (M, L) rows of the word embedding, PAD behind the last.
    """

    movie: Tensor
    genres: Tensor
    title: Tensor

    def to(self, device: torch.device) -> "MovieTensors":
        """Return the same on a device."""
        return MovieTensors(*(column.to(device) for column in self))

    def rows(self, index: Tensor) -> "MovieTensors":
        """Return some movies: (B,) `index` into the first axis."""
        return MovieTensors(*(column[index] for column in self))


class RatingTensors(NamedTuple):
    """All ratings, in file order.

    Attributes:
        user_index: (N,) int64 row of `UserTensors`.
        movie_index: (N,) int64 row of `MovieTensors`.
        stars: (N,) float32 rating in stars.
    """

    user_index: Tensor
    movie_index: Tensor
    stars: Tensor


def title_words(title: str) -> list[str]:
    """Split a title into words: at white space, lower case, punctuation at the edges of a word removed.

    A word of nothing but punctuation ("&", "...") stays as it is.
    """
    return [_EDGE.sub("", word) or word for word in title.casefold().split()]


class FeatureEncoder:
    """The vocabularies of one data set, and how its tables become tensors.

    Args:
        dataset: the data set whose users, movies, genres, occupations and title words become the vocabularies.
            Ratings are not looked at, so that a split cannot leak through here.
        title_length: words L that a title is cut or padded to.
    """

    def __init__(self, dataset: Dataset, title_length: int) -> None:
        self.title_length = title_length
        self.users = Vocabulary[int](dataset.users["user_id"].tolist())
        self.movies = Vocabulary[int](dataset.movies["movie_id"].tolist())
        self.genres = Vocabulary[str](dataset.genres)
        self.occupations = Vocabulary[str](dataset.occupations)
        self.words = Vocabulary[str](word for title in dataset.movies["title"] for word in title_words(title))

    @property
    def fingerprint(self) -> str:
        """Hash (16 hex digits) of all vocabularies; equal when two encoders map everything alike."""
        parts = (self.users, self.movies, self.genres, self.occupations, self.words)
        joined = ",".join([*(part.fingerprint for part in parts), str(self.title_length)])
        return hashlib.sha256(joined.encode()).hexdigest()[:16]

    @property
    def sizes(self) -> "VocabularySizes":
        """Rows of each embedding table."""
        return VocabularySizes(
            users=len(self.users),
            movies=len(self.movies),
            genders=len(GENDERS),
            ages=len(AGE_GROUPS),
            occupations=len(self.occupations),
            genres=len(self.genres),
            words=len(self.words),
        )

    def encode_title(self, title: str) -> Tensor:
        """Return (L,) word indices of any title; UNK for words that no film of the data set has."""
        return torch.from_numpy(padded([self.words.indices(title_words(title)).tolist()], self.title_length)[0])

    def encode_users(self, dataset: Dataset) -> UserTensors:
        """Return the users of a data set as indices, (U,) each."""
        table = dataset.users
        return UserTensors(
            torch.from_numpy(self.users.indices(table["user_id"].tolist())),
            torch.from_numpy((table["gender"] == GENDERS[1]).to_numpy(dtype=np.int64)),
            torch.from_numpy(table["age_group"].to_numpy(dtype=np.int64, copy=True)),
            torch.from_numpy(self.occupations.indices(table["occupation"])),
        )

    def encode_movies(self, dataset: Dataset) -> MovieTensors:
        """Return the movies of a data set as indices: (M,), (M, G) and (M, L)."""
        table = dataset.movies
        genres = [self.genres.indices(names).tolist() for names in table["genres"]]
        titles = [self.words.indices(title_words(title)).tolist() for title in table["title"]]
        return MovieTensors(
            torch.from_numpy(self.movies.indices(table["movie_id"].tolist())),
            torch.from_numpy(padded(genres, max(map(len, genres)))),
            torch.from_numpy(padded(titles, self.title_length)),
        )

    def encode_ratings(self, dataset: Dataset) -> RatingTensors:
        """Return the ratings of a data set: rows of users and movies, and stars, (N,) each."""
        return RatingTensors(
            torch.from_numpy(dataset.user_indices),
            torch.from_numpy(dataset.movie_indices),
            torch.from_numpy(dataset.ratings["rating"].to_numpy(dtype=np.float32, copy=True)),
        )


class VocabularySizes(NamedTuple):
    """Rows of each embedding table, PAD and UNK included where there are any."""

    users: int
    movies: int
    genders: int
    ages: int
    occupations: int
    genres: int
    words: int
