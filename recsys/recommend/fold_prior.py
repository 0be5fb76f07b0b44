"""What a handful of ratings lets one expect of a person's vector, learned from the people that a network knows.

A vector here is the bias and the D feature numbers of a person side by side, (1 + D,). For each number n of ratings,
n ratings of everybody are drawn, read by the history branch of the user tower, and a ridge regression (Hoerl and
Kennard 1970) tells what vector the person has with all of their ratings: from the branch's numbers, from what the film
tower says of who watches the films, and from gender, age and occupation. What the regression leaves over is how
uncertain such a guess is. So the branch, which was trained on long histories, is put right for short ones. Used by
`recsys.recommend.fold_in`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from recsys.data.dataset import AGE_GROUPS, GENDERS
from recsys.data.histories import SHRINKAGE, RatingTable
from recsys.errors import ConfigError
from recsys.model import DualHead
from recsys.model.history import HistoryBranch
from recsys.recommend.inside import Inside
from recsys.recommend.person import Traits

Vector = NDArray[np.float64]

SIZES: tuple[int, ...] = (*range(16), 20, 30, 50, 100)
"""Numbers of ratings for which there is a regression of its own; others use the one that is nearest in ratio."""
PENALTY = 30.0
"""Of the regression. This and the next two were chosen on 500 people whom a network had not seen."""
NUM_AXES = 48
"""Main directions of the films' watch projections that are read beside the history branch."""
NUM_DRAWS = 2
"""How many times n ratings of everybody are drawn."""


class Ratings(NamedTuple):
    """The ratings of B people, one person after the other.

    Attributes:
        movies: (E,) movie indices.
        stars: (E,) float32.
        starts: (B + 1,) where each person's begin.
    """

    movies: NDArray[np.int64]
    stars: NDArray[np.float32]
    starts: NDArray[np.int64]


class Prior(NamedTuple):
    """What to expect of a person's vector before it is compared with their stars.

    Attributes:
        of_traits: (1 + Z, 1 + D) of 1 and the traits' numbers.
        of_history: (N, 1 + D) of the history's numbers.
        covariance: (1 + D, 1 + D) of what remains.
    """

    of_traits: Vector
    of_history: Vector
    covariance: Vector


def size_for(num_ratings: int) -> int:
    """Return the one of `SIZES` whose regression serves somebody with that many ratings."""
    if num_ratings in SIZES:
        return num_ratings
    return min(SIZES[1:], key=lambda size: abs(math.log(size / num_ratings)))


class TraitNumbers:
    """Traits as numbers: one for each value, 1 where it is the person's, less the share of people who have it.

    What was not said is 0 everywhere: as if the person were a little of everything.

    Args:
        inside: gives the people whose shares count.
        users: (R,) indices of those people.
    """

    def __init__(self, inside: Inside, users: NDArray[np.int64]) -> None:
        values = {
            "gender": GENDERS,
            "age_group": tuple(range(len(AGE_GROUPS))),
            "occupation": inside.dataset.occupations,
        }
        ends = np.cumsum([len(each) for each in values.values()])
        self._columns = {
            name: {value: int(end) - len(each) + at for at, value in enumerate(each)}
            for (name, each), end in zip(values.items(), ends, strict=True)
        }
        self._found: dict[Traits, list[int]] = {}
        self._numbers: Vector = np.eye(int(ends[-1]) + 1)[:, :-1]  # (Z + 1, Z) of each value; the last row: not said
        table = inside.dataset.users.iloc[users]
        columns = (table["gender"], table["age_group"].astype(int), table["occupation"])
        everybody = [Traits(*row) for row in zip(*columns, strict=True)]
        shares = self.of(everybody).mean(axis=0)
        for columns_of in self._columns.values():
            block = np.array(list(columns_of.values()))
            self._numbers[np.ix_(block, block)] -= shares[block]
        self.of_users = self.of(everybody)

    def of(self, traits: Sequence[Traits]) -> Vector:
        """Return (R, Z) numbers of R people.

        Raises:
            ConfigError: if there is no such gender, age group or occupation.
        """
        rows = np.array([self._rows(one) for one in traits], dtype=np.int64).reshape(-1, len(self._columns))
        numbers: Vector = self._numbers[rows].sum(axis=1)
        return numbers

    def _rows(self, traits: Traits) -> list[int]:
        """The row of each trait's numbers."""
        found = self._found.get(traits)
        if found is None:  # a few hundred kinds at most: only those that there are get in
            found = self._found[traits] = self._looked_up(traits)
        return found

    def _looked_up(self, traits: Traits) -> list[int]:
        try:
            return [
                -1 if value is None else of[value] for of, value in zip(self._columns.values(), traits, strict=True)
            ]
        except KeyError:
            name, value = next(
                (name, value)
                for (name, of), value in zip(self._columns.items(), traits, strict=True)
                if value is not None and value not in of
            )
            raise ConfigError(name, value, f"one of {', '.join(map(str, self._columns[name]))}") from None


class HistoryNumbers:
    """What can be read in ratings, N numbers: the history branch's H hidden ones, the level, and which films they are.

    The last are sums over the films' places on the main axes of what the head's watch projections say of films, once
    weighted with the stars beyond expectation and once with 1, over the root of how many there are, like the branch's.

    Args:
        inside: the network and what it reads.
        branch: of its user tower.
        head: its two answers.
    """

    def __init__(self, inside: Inside, branch: HistoryBranch, head: DualHead) -> None:
        self._expected = inside.mean + inside.movie_level.astype(np.float64)
        with torch.inference_mode():
            watch = head.movie_watch(inside.bundle.movie_vectors.features) * head.scale  # (M, D)
            axes = torch.linalg.svd(watch - watch.mean(dim=0), full_matrices=False).Vh[:NUM_AXES]
            places = watch @ axes.T  # (M, A)
            self._by_stars = torch.cat([branch.by_stars, places], dim=1)  # (M, H + A)
            self._by_seen = torch.cat([branch.by_seen, places], dim=1)
            self._bias = branch.bias.double().numpy()

    def of(self, ratings: Ratings) -> Vector:
        """Return (B, N) numbers of B people; all 0 for somebody without ratings."""
        counts = np.diff(ratings.starts)
        deviations = ratings.stars - self._expected[ratings.movies]  # (E,)
        sums = np.add.reduceat(np.append(deviations, 0.0), ratings.starts[:-1]) * (counts > 0)
        levels = sums / (counts + SHRINKAGE)
        residuals = deviations - np.repeat(levels, counts)
        by_stars = _summed(ratings, residuals, self._by_stars)
        return self._read(by_stars, _summed(ratings, np.ones_like(residuals), self._by_seen), levels, counts)

    def without_each(self, movies: NDArray[np.int64], stars: NDArray[np.float32]) -> Vector:
        """Return (n, N) numbers of one person with n ratings, each time without one of them."""
        count = len(movies) - 1
        deviations = stars - self._expected[movies]
        by_stars, by_seen = (table[movies].double().numpy() for table in (self._by_stars, self._by_seen))
        levels = (deviations.sum() - deviations) / (count + SHRINKAGE)  # (n,) without each
        weighted = deviations[:, None] * by_stars  # (n, H + A)
        rest = weighted.sum(axis=0) - weighted - levels[:, None] * (by_stars.sum(axis=0) - by_stars)
        return self._read(rest, by_seen.sum(axis=0) - by_seen, levels, np.full(len(movies), count))

    def _read(self, by_stars: Vector, by_seen: Vector, levels: Vector, counts: NDArray[np.int64]) -> Vector:
        """(B, H + A) sums over histories, twice, become (B, N) numbers."""
        length = np.sqrt(np.maximum(counts, 1))[:, None]
        size = len(self._bias)
        hidden = np.tanh((by_stars + by_seen)[:, :size] / length + self._bias) * (counts > 0)[:, None]
        films = [by_stars[:, size:] / length, by_seen[:, size:] / length]
        return np.concatenate([hidden, levels[:, None], *films], axis=1)


class Draws:
    """The known ratings of everybody in an order drawn at random, of which the first n are n drawn ratings.

    Args:
        table: known ratings.
        rng: draws the order.

    Attributes:
        users: (R,) indices of those who have known ratings.
    """

    def __init__(self, table: RatingTable, rng: np.random.Generator) -> None:
        users, movies, stars = (column.numpy() for column in (table.users, table.movies, table.stars))
        order = np.lexsort((rng.random(len(users)), users))
        self._movies, self._stars = movies[order], stars[order]
        self.users, self._starts, self._counts = np.unique(users, return_index=True, return_counts=True)

    def first(self, num_ratings: int) -> Ratings:
        """Return the first ratings of everybody; somebody with fewer has all of theirs."""
        counts = np.minimum(self._counts, num_ratings)
        starts = np.concatenate([[0], np.cumsum(counts)])
        positions = np.arange(starts[-1]) + np.repeat(self._starts - starts[:-1], counts)
        return Ratings(self._movies[positions], self._stars[positions], starts)


def fit(traits: Vector, history: Vector, vectors: Vector) -> Prior:
    """Fit the regression for one number of ratings.

    Args:
        traits: (R, Z) of R draws, centred.
        history: (R, N) of what was drawn.
        vectors: (R, 1 + D) of the people with all of their ratings.
    """
    inputs = np.concatenate([np.ones((len(traits), 1)), traits, history], axis=1, dtype=np.float32)
    targets = vectors.astype(np.float32)
    pairs = ((inputs, inputs), (inputs, targets), (targets, targets))
    gram, shared, own = ((left.T @ right).astype(np.float64) for left, right in pairs)
    penalties = np.diag([0.0] + [PENALTY] * (len(gram) - 1))
    solved = np.linalg.solve(gram + penalties, np.concatenate([shared, gram], axis=1))
    weights, shrunk = np.split(solved, [targets.shape[1]], axis=1)
    rest = (
        own - weights.T @ shared - shared.T @ weights + weights.T @ gram @ weights
    )  # without the (R, 1 + D) residuals
    freedom = max(len(vectors) - float(np.trace(shrunk)), 1.0)  # Hastie, Tibshirani and Friedman 2009, eq. 3.50
    split = 1 + traits.shape[1]
    return Prior(weights[:split], weights[split:], (rest + rest.T) / (2 * freedom))


def _summed(ratings: Ratings, weights: Vector, table: torch.Tensor) -> Vector:
    """(B, C) sum of each person's rows of an (M, C) table, weighted by (E,) weights."""
    movies, starts = torch.from_numpy(ratings.movies), torch.from_numpy(ratings.starts)
    with torch.inference_mode():
        weights_32 = torch.from_numpy(weights.astype(np.float32))
        sums: Vector = (
            functional.embedding_bag(
                movies, table, starts, mode="sum", per_sample_weights=weights_32, include_last_offset=True
            )
            .double()
            .numpy()
        )
    return sums
