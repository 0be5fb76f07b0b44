"""FoldIn: the vector of somebody whom a network has never seen, from a handful of ratings and without training.

Two steps, both closed. `recsys.recommend.fold_prior` says what to expect of the vector, and how uncertain that is, from
what the towers read in the ratings and from what the person says of themselves. Then the vector is put right
by the stars themselves: with the film tower frozen they are linear in it, so that the posterior of a normal
distribution is a few lines of algebra (Bishop 2006, eq. 3.49 to 3.54).

Measured on people who were in no training: `recsys.studies.newcomers`.
"""

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from recsys.bundle import Bundle
from recsys.errors import ConfigError
from recsys.model import DualHead
from recsys.recommend.fold_prior import (
    NUM_DRAWS,
    SIZES,
    Draws,
    HistoryNumbers,
    Prior,
    Ratings,
    TraitNumbers,
    Vector,
    fit,
    size_for,
)
from recsys.recommend.inside import Inside
from recsys.recommend.person import Person, Traits

NOISE = 0.7
"""Variance of stars around what a network says that knows a person well, in stars squared."""
WIDENING = 1.0
"""By what the uncertainty that the regression shows is multiplied."""
_NOTHING = Traits()


class FoldIn:
    """Newcomers for one network. What it learns of the people whom the network knows, it learns when it is needed.

    Args:
        inside: the network and what it reads.
        seed: of the ratings that are drawn.

    Attributes:
        slopes: (M, 1 + D) by how much each film's stars grow with each number of a person's vector.
        offsets: (M,) stars of each film for the vector of zeros.

    Raises:
        ConfigError: if the network cannot serve newcomers (`serves`).
    """

    def __init__(self, inside: Inside, *, seed: int = 0) -> None:
        branch, head = inside.model.user_tower.history, inside.model.head
        if inside.table is None or branch is None or not isinstance(head, DualHead):
            raise ConfigError("model", inside.bundle.info.name, "a network with rating histories and two answers")
        self.inside, self._table = inside, inside.table
        self._history = HistoryNumbers(inside, branch, head)
        rng = np.random.default_rng(seed)
        self._draws = [Draws(inside.table, rng) for _ in range(NUM_DRAWS)]
        users = self._draws[0].users
        self._traits = TraitNumbers(inside, users)
        features = inside.bundle.features
        everybody = np.concatenate([features.user_bias[:, None], features.users], axis=1, dtype=np.float64)
        self._vectors = everybody[users]
        self.slopes, self.offsets = _linear(inside.bundle, head)
        self._priors: dict[int, Prior] = {}
        self._fitting = threading.Lock()

    @staticmethod
    def serves(bundle: Bundle) -> bool:
        """Can the network of a bundle serve somebody whom it has never seen?"""
        return bundle.model.user_tower.history is not None and isinstance(bundle.model.head, DualHead)

    def person(self, ratings: Mapping[int, int], traits: Traits = _NOTHING) -> Person:
        """Return somebody with a vector made of their ratings.

        Args:
            ratings: movie id -> stars; none is fine.
            traits: what they say of themselves.

        Raises:
            UnknownIdError: if there is no such film.
            ConfigError: if there is no such gender, age group or occupation.
        """
        return _person(self.vectors(ratings, [traits])[0], ratings, traits)

    def vectors(self, ratings: Mapping[int, int], traits: Sequence[Traits]) -> Vector:
        """Return (R, 1 + D) the vectors that one would have with the same ratings and R kinds of traits.

        Raises:
            UnknownIdError, ConfigError: as `person` does.
        """
        movies, stars = self._arrays(ratings)
        prior = self.prior(len(movies))
        history = self._history.of(Ratings(movies, stars, np.array([0, len(movies)])))
        expected = self._of_traits(prior, traits) + history @ prior.of_history  # (R, 1 + D)
        if not len(movies):
            return expected
        gain = self._gain(movies, prior)
        surprises = (stars - self.offsets[movies])[:, None] - self.slopes[movies] @ expected.T  # (n, R)
        return expected + (gain @ surprises).T

    def without_each(self, person: Person) -> Vector:
        """Return (n, 1 + D) the vectors that the person would have without one of the n ratings theirs was made of.

        In the order of `person.known`, and all at once: the posterior without one rating follows from the one with it
        (Rasmussen and Williams 2006, eq. 5.10 to 5.12). No step grows with the square of n.
        """
        movies, stars = self._arrays(person.known)
        if not len(movies):
            return np.empty((0, self.slopes.shape[1]))
        prior = self.prior(len(movies) - 1)
        history = self._history.without_each(movies, stars)
        expected = self._of_traits(prior, [person.traits]) + history @ prior.of_history  # (n, 1 + D)
        gain, slopes, heights = self._gain(movies, prior), self.slopes[movies], stars - self.offsets[movies]
        vectors: Vector = expected + gain @ heights - expected @ (gain @ slopes).T  # each as if with rating i after all
        left = heights - np.einsum("nd,nd->n", slopes, vectors)  # (n,) what rating i then still surprises by
        leverage = np.einsum("nd,dn->n", slopes, gain)
        vectors -= gain.T * (left / (1 - leverage))[:, None]
        return vectors

    def uncertainty(self, movie_ids: Sequence[int]) -> Vector:
        """Return (1 + D, 1 + D) covariance of the vector of somebody who has rated these films."""
        movies = self._indices(movie_ids)
        prior = self.prior(len(movies))
        spread = prior.covariance * WIDENING
        left: Vector = spread - self._gain(movies, prior) @ (self.slopes[movies] @ spread)
        return left

    @cached_property
    def shares(self) -> Vector:
        """(M,) share of all people by whom each film is known to be rated."""
        counts = np.bincount(self._table.movies.numpy(), minlength=self._table.num_movies)
        return counts / max(len(self._vectors), 1)

    @cached_property
    def importance(self) -> Vector:
        """(1 + D, 1 + D) second moments of the films' slopes, each film as often as it is rated.

        The trace of its product with a covariance of the vector is the mean variance of the predicted stars.
        """
        moments: Vector = (self.slopes * (self.shares / self.shares.sum())[:, None]).T @ self.slopes
        return moments

    def chances(self, person: Person) -> Vector:
        """Return (M,) how likely each film is to be the next that somebody watches; they add up to 1."""
        logits = self.inside.answers.watch(person.vectors)[0].astype(np.float64)
        likely: Vector = np.exp(logits - logits.max())
        likely /= likely.sum()
        return likely

    def prepare(self) -> None:
        """Fit all regressions now (about 3 s on ml-1m), so that no answer has to wait for its own."""
        for size in SIZES:
            self.prior(size)

    def prior(self, num_ratings: int) -> Prior:
        """Return what to expect of somebody with that many ratings; fitted at the first call."""
        size = size_for(num_ratings)
        found = self._priors.get(size)
        if found is not None:  # without the lock: somebody else may be fitting all the others just now
            return found
        with self._fitting:
            if size not in self._priors:
                history = np.concatenate([self._history.of(draws.first(size)) for draws in self._draws])
                traits, vectors = (np.tile(rows, (NUM_DRAWS, 1)) for rows in (self._traits.of_users, self._vectors))
                self._priors[size] = fit(traits, history, vectors)
            return self._priors[size]

    def _gain(self, movies: NDArray[np.int64], prior: Prior) -> Vector:
        """(1 + D, n) by how much a surprise of one star in each of n ratings moves each number of the vector.

        There are two ways to write it, with a system of n equations and with one of 1 + D; the smaller one is solved.
        """
        slopes = self.slopes[movies]  # (n, 1 + D)
        spread = slopes @ (prior.covariance * WIDENING)
        if len(slopes) <= slopes.shape[1]:
            return _with_noise(spread @ slopes.T, spread).T
        return _with_noise(spread.T @ slopes, spread.T)

    def _of_traits(self, prior: Prior, traits: Sequence[Traits]) -> Vector:
        """(R, 1 + D) the part of what is expected that comes from traits, the constant included."""
        expected: Vector = prior.of_traits[0] + self._traits.of(traits) @ prior.of_traits[1:]
        return expected

    def _indices(self, movie_ids: Sequence[int]) -> NDArray[np.int64]:
        return np.array([self.inside.dataset.movie_index(movie_id) for movie_id in movie_ids], dtype=np.int64)

    def _arrays(self, ratings: Mapping[int, int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        return self._indices(list(ratings)), np.array(list(ratings.values()), dtype=np.float32)


def _linear(bundle: Bundle, head: DualHead) -> tuple[Vector, Vector]:
    """Slopes (M, 1 + D) and offsets (M,) of the stars, which are linear in a person's vector."""
    movies = bundle.movie_vectors
    with torch.inference_mode():
        right = head.movie_stars(movies.features).double().numpy() * head.scale  # (M, D)
        weight, bias = (tensor.double().numpy() for tensor in (head.user_stars.weight, head.user_stars.bias))
    slopes = np.concatenate([np.ones((len(right), 1)), right @ weight], axis=1)
    return slopes, float(head.mean) + movies.bias.double().numpy() + right @ bias


def _with_noise(matrix: Vector, right: Vector) -> Vector:
    """Solve a square system to whose diagonal the noise of the stars is added."""
    solved: Vector = np.linalg.solve(matrix + NOISE * np.eye(len(matrix)), right).astype(np.float64)
    return solved


def _person(vector: Vector, ratings: Mapping[int, int], traits: Traits) -> Person:
    features = vector[1:].astype(np.float32)
    return Person(None, traits, dict(ratings), dict(ratings), features, float(vector[0]))
