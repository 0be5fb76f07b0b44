"""Answers: what a network says of some people and all films, its film side projected once and kept.

A head of two answers projects every film for every question that it is asked, which costs more than the answer itself.
The films of a bundle never change, so their projections are made at the first question. The numbers are those of the
head (`recsys.model.heads`).
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from recsys.bundle import Array, Bundle
from recsys.model import Vectors
from recsys.model.heads import DualHead, Towards


class Weights(NamedTuple):
    """What a list is ordered by: `watch` x the logit of watching + `stars` x the predicted stars."""

    watch: float
    stars: float


class Answers:
    """Predicted stars and logits of watching from one bundle. It never changes.

    Args:
        bundle: a trained model.

    Attributes:
        has_watch: does the network answer "would they watch it" too?
        standard: how it orders a list by itself.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._head, self._movies = bundle.model.head, bundle.movie_vectors
        self.has_watch = isinstance(self._head, DualHead)
        self.standard = Weights(1.0, self._head.blend) if isinstance(self._head, DualHead) else Weights(0.0, 1.0)

    def weights(self, loved: float | None) -> Weights:
        """Return the weights for a share of the stars; the model's own for None, or where it has one answer.

        Args:
            loved: 0 orders by watching alone, 1 by stars alone.
        """
        if loved is None or not self.has_watch:
            return self.standard
        return Weights(0.0, 1.0) if loved == 1 else Weights(1.0, loved / (1 - loved))

    def stars(self, users: Vectors) -> Array:
        """Return (N, M) predicted stars of N people for all films, not clipped."""
        with torch.inference_mode():
            if not isinstance(self._head, DualHead):
                plain: Array = self._head.score_matrix(users, self._movies).numpy()
                return plain
            match = (self._head.user_stars(users.features) * self._head.scale) @ self._film_stars.T
            stars: Array = (self._head.mean + users.bias.unsqueeze(1) + self._movies.bias + match).numpy()
        return stars

    def watch(self, users: Vectors) -> Array:
        """Return (N, M) logits of watching; zeros where the network has no such answer."""
        with torch.inference_mode():
            if not isinstance(self._head, DualHead):
                return np.zeros((len(users.features), len(self._movies.features)), dtype=np.float32)
            logits: Array = ((self._head.user_watch(users.features) * self._head.scale) @ self._film_watch.T).numpy()
        return logits

    def towards(self, weights: Weights) -> Towards:
        """Return a blend of both answers with the projections of both sides put on the people's side.

        Raises:
            TypeError: if the network has one answer only.
        """
        watch, stars = self._both_towards
        with torch.inference_mode():
            return watch.times(weights.watch).plus(stars.times(weights.stars))

    @cached_property
    def _both_towards(self) -> tuple[Towards, Towards]:
        if not isinstance(self._head, DualHead):
            raise TypeError(f"{type(self._head).__name__} has one answer only.")
        with torch.inference_mode():
            return self._head.watch_towards(), self._head.stars_towards()

    @cached_property
    def _film_stars(self) -> Tensor:
        return self._projected("movie_stars")

    @cached_property
    def _film_watch(self) -> Tensor:
        return self._projected("movie_watch")

    def _projected(self, question: str) -> Tensor:
        with torch.inference_mode():
            films: Tensor = getattr(self._head, question)(self._movies.features)
        return films
