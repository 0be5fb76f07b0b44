"""Explaining: why a person is predicted to give a film so many stars, taken apart exactly.

The network reads a person by id, gender, age, occupation and history of ratings, and a film by id, genres, title and
history. How much each of these parts moved the prediction is its Shapley value (Shapley 1953): what it adds when it
comes to those before it, as the mean over all orders in which the parts can come. All subsets of the parts are asked
for, so the values are exact and add up to the prediction.

A part that is not there yet is taken from somebody or something else: from a person and a film of a known rating, as
the mean over some such pairs (the background), drawn once with a seed. That is the interventional form of Lundberg and
Lee (2017), "A Unified Approach to Interpreting Model Predictions": parts are put in independently of each other, so an
explanation is true to the network, and not to what tends to go together in the data.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recsys.data.dataset import MAX_STARS, MIN_STARS
from recsys.errors import ConfigError
from recsys.model import MovieParts, UserParts, Vectors
from recsys.recommend.fold_in import FoldIn
from recsys.recommend.inside import Inside
from recsys.recommend.known import is_known
from recsys.recommend.person import Person, Traits

Side = Literal["person", "film"]
Wide = NDArray[np.float64]
NUM_PAIRS = 100
_NAMES = {"user": "id", "movie": "id"}


class Part(NamedTuple):
    """What one part of a person or a film adds to the predicted stars.

    Attributes:
        side: whose part it is.
        name: "id", "gender", "age", "occupation", "history", "genres" or "title".
        stars: its Shapley value.
    """

    side: Side
    name: str
    stars: float


@dataclass(frozen=True)
class Explanation:
    """A prediction taken apart: `base` and the stars of all parts add up to `total`.

    Attributes:
        base: mean prediction for the people and films of the background.
        parts: those of the person, then those of the film.
        total: the predicted stars, not clipped.
        num_pairs: pairs of the background.
        seed: that they were drawn with.
    """

    base: float
    parts: tuple[Part, ...]
    total: float
    num_pairs: int
    seed: int

    @property
    def stars(self) -> float:
        """The predicted stars in [1, 5], as lists show them."""
        return float(np.clip(self.total, MIN_STARS, MAX_STARS))


class Explainer:
    """Takes predictions apart. Made once for a model; never changes, safe from any thread.

    Args:
        inside: the network and what it reads.
        fold_in: for visitors; without it only the data set's people can be explained.
        num_pairs: R, pairs of the background; fewer where fewer ratings are known.
        seed: that they are drawn with.
    """

    def __init__(
        self, inside: Inside, fold_in: FoldIn | None = None, *, num_pairs: int = NUM_PAIRS, seed: int = 0
    ) -> None:
        self.inside, self.fold_in, self.seed = inside, fold_in, seed
        rows = np.flatnonzero(is_known(inside.dataset, inside.bundle.info))
        self._rows = np.sort(np.random.default_rng(seed).choice(rows, min(num_pairs, len(rows)), replace=False))
        self.num_pairs = len(self._rows)
        self._users = torch.from_numpy(inside.dataset.user_indices[self._rows])
        self._movies = torch.from_numpy(inside.dataset.movie_indices[self._rows])
        self._tower = inside.model.user_tower, inside.model.movie_tower

    @property
    def pairs(self) -> tuple[Tensor, Tensor]:
        """Indices of the people and of the films of the background, (R,) each."""
        return self._users, self._movies

    def explain(self, person: Person, movie_id: int) -> Explanation:
        """Take the prediction for a person and a film apart.

        With all parts in, the vectors are those that the lists are made of: the person's own, and the film's as the
        bundle keeps it. So the parts add up to the very stars that a list shows, though a bundle may keep its vectors
        rounded to half precision.

        Raises:
            UnknownIdError: if there is no such film.
            ConfigError: if the person is a visitor and the model cannot fold them in.
        """
        row = self.inside.dataset.movie_index(movie_id)
        names, users = self._visitor(person) if person.user_id is None else self._known_person(person)
        parts = self._movie_parts(row)
        movies = _with_whole(self._mixed_movies(parts, row), _row(self.inside.bundle.movie_vectors, row))
        values = self._values(users, movies)  # (2^P, 2^Q)
        found = values.ravel(order="F") @ _weights(len(names) + len(parts))  # the person's parts are the lower bits
        sides: list[tuple[Side, str]] = [("person", name) for name in names]
        sides += [("film", _NAMES.get(name, name)) for name in parts]
        return Explanation(
            base=float(values[0, 0]),
            parts=tuple(Part(*of, float(stars)) for of, stars in zip(sides, found, strict=True)),
            total=float(values[-1, -1]),
            num_pairs=self.num_pairs,
            seed=self.seed,
        )

    @torch.inference_mode()
    def _values(self, users: Vectors, movies: Vectors) -> Wide:
        """(2^P, 2^Q) mean prediction over the pairs, for each subset of the person's parts and of the film's."""
        by_pair = (
            Vectors(*(each.transpose(0, 1) for each in side)) for side in (users, movies)
        )  # (R, S, D) and (R, S)
        stars = self.inside.model.head.score_matrix(*by_pair)  # (R, 2^P, 2^Q)
        return stars.double().mean(dim=0).numpy()

    def _movie_parts(self, row: int) -> dict[str, Tensor]:
        """(1, size) what each branch of the movie tower says of one film."""
        return {name: each[row : row + 1] for name, each in self.inside.movie_parts.values.items()}

    def _mixed_movies(self, own: dict[str, Tensor], row: int) -> Vectors:
        """(2^Q, R, D) and (2^Q, R): the films of the pairs, with some parts of one film in their place."""
        parts = self.inside.movie_parts
        values, bias = _swapped(own, parts.values, parts.bias, row=row, others=self._movies)
        with torch.inference_mode():
            return _unfolded(self._tower[1].mixed(MovieParts(values, bias)), self.num_pairs)

    def _known_person(self, person: Person) -> tuple[list[str], Vectors]:
        """Names of the P parts of one of the data set's people; (2^P, R, D) and (2^P, R), as for films."""
        row, parts = self.inside.dataset.user_index(person.user_id or 0), self.inside.user_parts
        own = {name: each[row : row + 1] for name, each in parts.values.items()}
        values, bias = _swapped(own, parts.values, parts.bias, row=row, others=self._users)
        with torch.inference_mode():
            mixed = _unfolded(self._tower[0].mixed(UserParts(values, bias)), self.num_pairs)
        return [_NAMES.get(name, name) for name in own], _with_whole(mixed, person.vectors)

    def _visitor(self, person: Person) -> tuple[list[str], Vectors]:
        """The same of a visitor, who has no id.

        With the history in, the vector is what the visitor's ratings and the traits of the subset make of a newcomer;
        without it, it is that of the pair's person, moved by as much as traits alone move a newcomer.
        """
        fold_in = known_fold_in(self.inside, self.fold_in)
        traits = [_mixed_traits(person.traits, pair, is_in) for is_in in subsets(3).tolist() for pair in self._traits]
        pairs = np.tile(self._vectors, (len(traits) // self.num_pairs, 1))  # (8 R, 1 + D)
        without = fold_in.with_traits(pairs, traits, self._traits * (len(traits) // self.num_pairs))
        both = np.concatenate([without, fold_in.vectors(person.known, traits)])  # the history is the highest bit
        mixed = _unfolded(
            Vectors(*(torch.from_numpy(each.astype(np.float32)) for each in (both[:, 1:], both[:, 0]))), self.num_pairs
        )
        return ["gender", "age", "occupation", "history"], _with_whole(mixed, person.vectors)

    @cached_property
    def _traits(self) -> list[Traits]:
        """Of the R people of the pairs."""
        table = self.inside.dataset.users.iloc[self._users.numpy()]
        columns = (table["gender"], table["age_group"].astype(int), table["occupation"])
        return [Traits(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]

    @cached_property
    def _vectors(self) -> Wide:
        """(R, 1 + D) bias and features of the people of the pairs."""
        features, rows = self.inside.bundle.features, self._users.numpy()
        return np.column_stack([features.user_bias[rows], features.users[rows]]).astype(np.float64)


def _mixed_traits(own: Traits, other: Traits, is_own: Sequence[bool]) -> Traits:
    """Return another person's traits with some of one's own in their place."""
    gender, age, occupation = is_own
    return Traits(
        own.gender if gender else other.gender,
        own.age_group if age else other.age_group,
        own.occupation if occupation else other.occupation,
    )


def known_fold_in(inside: Inside, fold_in: FoldIn | None) -> FoldIn:
    """Return what a question about a visitor cannot do without.

    Raises:
        ConfigError: if there is none.
    """
    if fold_in is None:
        raise ConfigError("model", inside.bundle.info.name, "one that serves newcomers (FoldIn.serves)")
    return fold_in


@lru_cache(maxsize=16)
def subsets(num_parts: int) -> NDArray[np.bool_]:
    """Return (2^n, n): which parts are in each subset; the first is empty, the last is whole."""
    is_in: NDArray[np.bool_] = (np.arange(2**num_parts)[:, None] >> np.arange(num_parts)) & 1 == 1
    return is_in


def shown(explanation: Explanation, digits: int = 2) -> tuple[float, tuple[float, ...], float]:
    """Return base, parts and total rounded so that they add up as they are shown (largest remainder).

    Base and total are rounded as ever; each part is rounded down, and those that lost most are rounded up instead until
    the sum is right. So no number is off by as much as one of the last digit.
    """
    scale = 10**digits
    base, total = round(explanation.base * scale), round(explanation.total * scale)
    exact = np.array([part.stars for part in explanation.parts]) * scale
    floors = np.floor(exact).astype(np.int64)
    missing = total - base - int(floors.sum())  # may be -1 where base and total both end in a half
    order = np.argsort(floors - exact, kind="stable")
    floors[order[:missing] if missing >= 0 else order[missing:]] += np.sign(missing)
    return base / scale, tuple((floors / scale).tolist()), total / scale


@lru_cache(maxsize=16)
def _weights(num_parts: int) -> Wide:
    """(2^n, n) by how much each subset's value counts for each part: with the part added, without it taken off."""
    is_in = subsets(num_parts)
    sizes = is_in.sum(axis=1, keepdims=True)  # (2^n, 1)
    share = np.array([1 / (num_parts * math.comb(num_parts - 1, size)) for size in range(num_parts)] + [0.0])
    weights: Wide = np.where(is_in, share[sizes - 1], -share[sizes])
    return weights


def _swapped(
    own: dict[str, Tensor], all_values: dict[str, Tensor], all_bias: Tensor, *, row: int, others: Tensor
) -> tuple[dict[str, Tensor], Tensor]:
    """What the branches say of R others with each subset of one's own parts in theirs, subset after subset.

    Args:
        own: n parts, (1, size) each.
        all_values: of everybody or everything, (N, size) each.
        all_bias: (N,) of them; it comes with the history.
        row: one's own.
        others: (R,) rows of the others.

    Returns:
        (2^n * R, size) each, and (2^n * R,).
    """
    is_in = torch.from_numpy(subsets(len(own))).unsqueeze(2)  # (2^n, n, 1)
    values = {
        name: torch.where(is_in[:, [at]], own[name], all_values[name][others]).flatten(0, 1)
        for at, name in enumerate(own)
    }
    names = list(own)
    bias = all_bias[others].expand(len(is_in), -1)
    if "history" in names:
        bias = torch.where(is_in[:, names.index("history")], all_bias[row], bias)
    return values, bias.flatten()


def _unfolded(vectors: Vectors, num_pairs: int) -> Vectors:
    """(S * R, D) and (S * R,) -> (S, R, D) and (S, R)."""
    return Vectors(*(each.reshape(-1, num_pairs, *each.shape[1:]) for each in vectors))


def _with_whole(vectors: Vectors, whole: Vectors) -> Vectors:
    """Put the vector of the list, (1, D) and (1,), in the place of the last subset's, which has all parts in."""
    features, bias = vectors.features.clone(), vectors.bias.clone()
    features[-1], bias[-1] = whole.features, whole.bias
    return Vectors(features, bias)


def _row(vectors: Vectors, row: int) -> Vectors:
    return Vectors(vectors.features[row : row + 1], vectors.bias[row : row + 1])
