"""Inside: a trained network together with all that it reads, for those who ask how it came to an answer.

A bundle keeps what the towers said. Whoever changes what they read, such as another age, a rating less or a person
whom the network has never seen, needs the tensors and histories too. They are made again here, from the ratings that
the bundle's vectors were made of.
"""

from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from recsys.bundle import Array
from recsys.data.dataset import GENDERS
from recsys.data.encoder import FeatureEncoder, UserTensors
from recsys.data.histories import History, table_of
from recsys.model import MovieParts, UserParts
from recsys.recommend.known import is_known
from recsys.recommend.recommender import Recommender


class Inside:
    """The network of a recommender and what it reads. Made once for a model; never changes, safe from any thread.

    Args:
        recommender: of the model.

    Attributes:
        dataset, bundle, model: what the recommender was made of.
        ordering: how its lists are ordered.
        answers: what the network says of vectors.
        encoder: the vocabularies.
        users, movies: everybody and everything as indices.
        table: the known ratings; None where the network reads no histories, like the four that follow.
        user_history, movie_history: of everybody and everything.
        movie_level: (M,) by how many stars each film lies above the mean, shrunk.
        mean: of the known ratings, in stars; 0 without histories.
    """

    def __init__(self, recommender: Recommender) -> None:
        self.dataset, self.bundle, self.model = recommender.dataset, recommender.bundle, recommender.bundle.model
        self.ordering, self.answers = recommender.ordering, recommender.ordering.answers
        self.encoder = FeatureEncoder(self.dataset, self.bundle.info.model.title_length)
        self.users, self.movies = self.encoder.encode_users(self.dataset), self.encoder.encode_movies(self.dataset)
        self.table, self.mean = None, 0.0
        self.user_history: History | None = None
        self.movie_history: History | None = None
        self.movie_level: Array = np.zeros(self.dataset.num_movies, dtype=np.float32)
        if self.bundle.info.model.history_size:
            rows = torch.from_numpy(np.flatnonzero(is_known(self.dataset, self.bundle.info)))
            self.table = table_of(self.dataset, self.encoder.encode_ratings(self.dataset), rows, torch.device("cpu"))
            visible = torch.ones(len(self.table), dtype=torch.bool)
            self.user_history, self.movie_history = self.table.histories(visible)
            self.movie_level = self.movie_history.level.numpy()
            self.mean = self.table.mean

    @cached_property
    def user_parts(self) -> UserParts:
        """What the branches of the user tower say of everybody, (U, size) each."""
        with torch.inference_mode():
            return self.model.user_tower.parts(self.users, self.user_history)

    @cached_property
    def movie_parts(self) -> MovieParts:
        """What the branches of the movie tower say of everything, (M, size) each."""
        with torch.inference_mode():
            return self.model.movie_tower.parts(self.movies, self.movie_history)

    def users_with(
        self, *, gender: str | None = None, age_group: int | None = None, occupation: str | None = None
    ) -> UserTensors:
        """Return everybody as indices, with what is given in the place of what they are."""
        changed: dict[str, Tensor] = {}
        if gender is not None:
            changed["gender"] = torch.full_like(self.users.gender, GENDERS.index(gender))
        if age_group is not None:
            changed["age"] = torch.full_like(self.users.age, age_group)
        if occupation is not None:
            row = int(self.encoder.occupations.indices([occupation])[0])
            changed["occupation"] = torch.full_like(self.users.occupation, row)
        return self.users._replace(**changed)
