"""Explaining: why a person is predicted to give a film so many stars, and why it stands where it stands in their list.

The network reads a person by id, gender, age, occupation and history of ratings, and a film by id, genres, title and
history. How much each of these parts moved an answer is its Shapley value (Shapley 1953): what it adds when it
comes to those before it, as the mean over all orders in which the parts can come. All subsets of the parts are asked
for, so the values are exact and add up to the answer.

A part that is not there yet is taken from somebody or something else: from a person and a film of a known rating, as
the mean over some such pairs (the background), drawn once with a seed. That is the interventional form of Lundberg and
Lee (2017), "A Unified Approach to Interpreting Model Predictions": parts are put in independently of each other, so an
explanation is true to the network, and not to what tends to go together in the data.

Two questions are taken apart so: how many stars, and by how much a film lies above an average one of the same person's.
A list is ordered by the second, in which what lifts or lowers all films of somebody alike counts for nothing: the films
of the background are the average, for the person as a whole as for each subset of their parts. The numbers of both
answers of a network are linear in this, so a list's blend of the two is taken apart by the same blend of their parts.
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
from recsys.model import DualHead, MovieTower, UserTower, Vectors
from recsys.recommend.answers import Weights
from recsys.recommend.fold_in import FoldIn
from recsys.recommend.inside import Inside
from recsys.recommend.known import is_known
from recsys.recommend.person import Person, Traits

Side = Literal["person", "film", "list"]
Wide = NDArray[np.float64]
NUM_PAIRS = 100
_NAMES = {"user": "id", "movie": "id"}
_STARS, _WATCH = Weights(0.0, 1.0), Weights(1.0, 0.0)


class Part(NamedTuple):
    """What one part of a person, a film or the order of a list adds to an answer.

    Attributes:
        side: whose part it is.
        name: "id", "gender", "age", "occupation", "history", "genres" or "title"; a list's are those of
            `recsys.recommend.ranks`.
        value: of a person's or a film's part its Shapley value.
    """

    side: Side
    name: str
    value: float


@dataclass(frozen=True)
class Sum:
    """An answer taken apart: `base` and the values of all parts add up to `total`.

    Attributes:
        base: mean answer for the people and films of the background.
        parts: those of the person, then those of the film.
        total: the answer.
    """

    base: float
    parts: tuple[Part, ...]
    total: float

    def times(self, weight: float) -> "Sum":
        """Return the same in another unit."""
        parts = tuple(part._replace(value=weight * part.value) for part in self.parts)
        return Sum(weight * self.base, parts, weight * self.total)


@dataclass(frozen=True)
class Explanation:
    """What the network says of a person and a film, taken apart.

    Attributes:
        stars: the predicted stars, not clipped.
        stars_above: by how many stars the film lies above an average film of this person's.
        watch_above: the same in logits of watching; None where the network has no such answer.
        num_pairs: pairs of the background.
        seed: that they were drawn with.
    """

    stars: Sum
    stars_above: Sum
    watch_above: Sum | None
    num_pairs: int
    seed: int

    @property
    def shown_stars(self) -> float:
        """The predicted stars in [1, 5], as lists show them."""
        return float(np.clip(self.stars.total, MIN_STARS, MAX_STARS))


class Background:
    """Known ratings drawn at random: what stands in for parts that are not there, and whose films are the average.

    Args:
        inside: the network and what it reads.
        num_pairs: R, how many ratings; fewer where fewer are known.
        seed: that they are drawn with.

    Attributes:
        rows: (R,) of the data set's ratings.
        users, movies: (R,) indices of their people and films.
        seed: that they were drawn with.
        films: (R, D) and (R,), as the bundle keeps them.
        average_film: (1, D) and (1,) mean of these: what a head that is linear says of it is its mean answer for them.
    """

    def __init__(self, inside: Inside, *, num_pairs: int = NUM_PAIRS, seed: int = 0) -> None:
        known = np.flatnonzero(is_known(inside.dataset, inside.bundle.info))
        self.rows = np.sort(np.random.default_rng(seed).choice(known, min(num_pairs, len(known)), replace=False))
        self.users = torch.from_numpy(inside.dataset.user_indices[self.rows])
        self.movies = torch.from_numpy(inside.dataset.movie_indices[self.rows])
        self.seed = seed
        self.films = Vectors(*(each[self.movies] for each in inside.bundle.movie_vectors))
        self.average_film = Vectors(*(each.mean(dim=0, keepdim=True) for each in self.films))

    def __len__(self) -> int:
        return len(self.rows)


class _Mixed(NamedTuple):
    """One side of all questions: somebody or something with each subset of its parts in the place of the background's.

    Attributes:
        names: of the P parts.
        vectors: (2^P, R, D) and (2^P, R).
    """

    names: tuple[str, ...]
    vectors: Vectors


class _Asking:
    """Questions about a person with each subset of their parts, made ready once for all films.

    Args:
        inside: the network.
        background: whose films are the average.
        person: (2^P, R, D) and (2^P, R).
        questions: B blends of the two answers.

    Attributes:
        average: (B, 2^P) mean answers for the films of the background.
    """

    @torch.inference_mode()
    def __init__(self, inside: Inside, background: Background, person: _Mixed, questions: Sequence[Weights]) -> None:
        self._head, self._users, self._questions = inside.model.head, person.vectors, questions
        if isinstance(self._head, DualHead):
            film = background.average_film
            towards = [self._head.towards_films(self._users, watch=w, stars=s) for w, s in questions]
            self._features = torch.cat([each.features.flatten(1) for each in towards])  # (B 2^P, R D)
            self._bias = torch.stack([each.bias.double().mean(dim=1) for each in towards])  # (B, 2^P)
            means = torch.stack([each.features.mean(dim=1) for each in towards]).double()  # (B, 2^P, D)
            of_films = torch.tensor([question.stars for question in questions])[:, None] * film.bias.double()
            self.average = (means @ film.features[0].double() + self._bias + of_films).numpy()
        else:
            people = Vectors(*(each.flatten(0, 1) for each in self._users))  # (2^P R, D)
            stars = self._head.score_matrix(people, background.films).double().mean(dim=1)
            mean = stars.reshape(self._users.bias.shape).mean(dim=1).numpy()
            self.average = np.stack([question.stars * mean for question in questions])

    @torch.inference_mode()
    def of(self, film: Vectors) -> Wide:
        """Return (B, 2^P, 2^Q) mean answers over the pairs, for a film with each subset of its parts.

        Args:
            film: (2^Q, R, D) and (2^Q, R).
        """
        if not isinstance(self._head, DualHead):
            by_pair = (Vectors(*(each.transpose(0, 1) for each in side)) for side in (self._users, film))
            stars = self._head.score_matrix(*by_pair).double().mean(dim=0).numpy()  # (R, 2^P, 2^Q) -> (2^P, 2^Q)
            return np.stack([question.stars * stars for question in self._questions])
        products = (self._features @ film.features.flatten(1).T).double() / film.bias.shape[1]  # (B 2^P, 2^Q)
        weights = torch.tensor([question.stars for question in self._questions], dtype=torch.float64)
        of_films = weights[:, None, None] * film.bias.double().mean(dim=1)  # (B, 1, 2^Q)
        answers: Wide = (products.reshape(*self._bias.shape, -1) + self._bias.unsqueeze(2) + of_films).numpy()
        return answers


class Explainer:
    """Takes answers apart. Made once for a model; never changes, safe from any thread.

    Args:
        inside: the network and what it reads.
        fold_in: for visitors; without it only the data set's people can be explained.
        num_pairs: R, pairs of the background; fewer where fewer ratings are known.
        seed: that they are drawn with.
    """

    def __init__(
        self, inside: Inside, fold_in: FoldIn | None = None, *, num_pairs: int = NUM_PAIRS, seed: int = 0
    ) -> None:
        self.inside, self.fold_in = inside, fold_in
        self.background = Background(inside, num_pairs=num_pairs, seed=seed)
        self._tower = inside.model.user_tower, inside.model.movie_tower

    def explain(self, person: Person, movie_id: int) -> Explanation:
        """Take what the network says of a person and a film apart.

        With all parts in, the vectors are those that the lists are made of: the person's own, and the film's as the
        bundle keeps it. So the parts add up to the very stars that a list shows, though a bundle may keep its vectors
        rounded to half precision.

        Raises:
            UnknownIdError: if there is no such film.
            ConfigError: if the person is a visitor and the model cannot fold them in.
        """
        row = self.inside.dataset.movie_index(movie_id)
        mixed, film = self._person(person), self._film(row)
        questions = [_STARS, _WATCH] if self.inside.answers.has_watch else [_STARS]
        asking = _Asking(self.inside, self.background, mixed, questions)
        tables = asking.of(film.vectors)  # (1 or 2, 2^P, 2^Q)
        above = tables - asking.average[:, :, None]
        stars, *sums = (_taken_apart(table, mixed.names, film.names) for table in (tables[0], *above))
        watch = sums[1] if len(sums) > 1 else None
        return Explanation(stars, sums[0], watch, num_pairs=len(self.background), seed=self.background.seed)

    def above_average(self, person: Person, movie_ids: Sequence[int], weights: Weights) -> list[Sum]:
        """Take apart by how much each of some films lies above an average one, in the unit that a list is ordered by.

        The same as `weights` times the sums of `explain`, for a list at once.

        Raises:
            UnknownIdError, ConfigError: as `explain` does.
        """
        mixed = self._person(person)
        asking = _Asking(self.inside, self.background, mixed, [weights])
        found = []
        for movie_id in movie_ids:
            film = self._film(self.inside.dataset.movie_index(movie_id))
            above = asking.of(film.vectors)[0] - asking.average[0][:, None]
            found.append(_taken_apart(above, mixed.names, film.names))
        return found

    @torch.inference_mode()
    def _film(self, row: int) -> _Mixed:
        """A film."""
        parts = self.inside.movie_parts
        values = {name: each[row : row + 1] for name, each in parts.values.items()}
        own = self._tower[1].shares(values)  # (Q, 1, D)
        bias = _swapped_bias(tuple(values), parts.bias[row], parts.bias[self.background.movies])
        mixed = Vectors(_swapped(self._tower[1], own, self._others_films), bias)
        return _Mixed(_named(values), _with_whole(mixed, _row(self.inside.bundle.movie_vectors, row)))

    @torch.inference_mode()
    def _person(self, person: Person) -> _Mixed:
        """One of the data set's people, or a visitor."""
        if person.user_id is None:
            return self._visitor(person)
        row, parts = self.inside.dataset.user_index(person.user_id), self.inside.user_parts
        values = {name: each[row : row + 1] for name, each in parts.values.items()}
        own = self._tower[0].shares(values)
        bias = _swapped_bias(tuple(values), parts.bias[row], parts.bias[self.background.users])
        mixed = Vectors(_swapped(self._tower[0], own, self._others_people), bias)
        return _Mixed(_named(values), _with_whole(mixed, person.vectors))

    def _visitor(self, person: Person) -> _Mixed:
        """A visitor, who has no id.

        With the history in, the vector is what the visitor's ratings and the traits of the subset make of a newcomer;
        without it, it is that of the pair's person, moved by as much as traits alone move a newcomer.
        """
        fold_in, num_pairs = known_fold_in(self.inside, self.fold_in), len(self.background)
        traits = [_mixed_traits(person.traits, pair, is_in) for is_in in subsets(3).tolist() for pair in self._traits]
        pairs = np.tile(self._vectors, (len(traits) // num_pairs, 1))  # (8 R, 1 + D)
        without = fold_in.with_traits(pairs, traits, self._traits * (len(traits) // num_pairs))
        both = np.concatenate([without, fold_in.vectors(person.known, traits)])  # the history is the highest bit
        both = both.astype(np.float32).reshape(-1, num_pairs, both.shape[1])
        mixed = Vectors(torch.from_numpy(both[:, :, 1:]), torch.from_numpy(both[:, :, 0]))
        return _Mixed(("gender", "age", "occupation", "history"), _with_whole(mixed, person.vectors))

    @cached_property
    def _others_films(self) -> Tensor:
        """(Q, R, D) shares of the films of the pairs."""
        values, rows = self.inside.movie_parts.values, self.background.movies
        with torch.inference_mode():
            return self._tower[1].shares({name: each[rows] for name, each in values.items()})

    @cached_property
    def _others_people(self) -> Tensor:
        """(P, R, D) shares of the people of the pairs."""
        values, rows = self.inside.user_parts.values, self.background.users
        with torch.inference_mode():
            return self._tower[0].shares({name: each[rows] for name, each in values.items()})

    @cached_property
    def _traits(self) -> list[Traits]:
        """Of the R people of the pairs."""
        table = self.inside.dataset.users.iloc[self.background.users.numpy()]
        columns = (table["gender"], table["age_group"].astype(int), table["occupation"])
        return [Traits(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]

    @cached_property
    def _vectors(self) -> Wide:
        """(R, 1 + D) bias and features of the people of the pairs."""
        features, rows = self.inside.bundle.features, self.background.users.numpy()
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


def shown(found: Sum, digits: int = 2) -> tuple[float, tuple[float, ...], float]:
    """Return base, parts and total rounded so that they add up as they are shown (largest remainder).

    Base and total are rounded as ever; each part is rounded down, and those that lost most are rounded up instead until
    the sum is right. So no number is off by as much as one of the last digit.
    """
    scale = 10**digits
    base, total = round(found.base * scale), round(found.total * scale)
    exact = np.array([part.value for part in found.parts]) * scale
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


def _taken_apart(table: Wide, of_person: Sequence[str], of_film: Sequence[str]) -> Sum:
    """Give each part its share of the last of (2^P, 2^Q) answers, for each subset of both sides' parts."""
    found = table.ravel(order="F") @ _weights(len(of_person) + len(of_film))  # the person's parts are the lower bits
    sides: list[tuple[Side, str]] = [*(("person", name) for name in of_person), *(("film", name) for name in of_film)]
    parts = tuple(Part(*of, float(value)) for of, value in zip(sides, found, strict=True))
    return Sum(float(table[0, 0]), parts, float(table[-1, -1]))


def _named(values: dict[str, Tensor]) -> tuple[str, ...]:
    return tuple(_NAMES.get(name, name) for name in values)


def _swapped(tower: UserTower | MovieTower, own: Tensor, others: Tensor) -> Tensor:
    """(2^n, R, D) features of R others with each subset of one's own n parts in the place of theirs.

    What the parts add in a tower's last layer is added up, so that a part is put in by adding what it differs by.

    Args:
        tower: whose last layer it is.
        own: (n, 1, D) shares.
        others: (n, R, D) shares.
    """
    is_in = torch.from_numpy(subsets(len(own))).to(own.dtype)  # (2^n, n)
    moved = is_in @ (own - others).flatten(1)  # (2^n, R D)
    return tower.of_shares(moved.reshape(-1, *others.shape[1:]) + others.sum(dim=0))


def _swapped_bias(names: tuple[str, ...], own: Tensor, others: Tensor) -> Tensor:
    """(2^n, R) the biases that go with `_swapped`: one's own with the history, that of each of R others without it."""
    has_history = torch.zeros(2 ** len(names), dtype=torch.bool)
    if "history" in names:
        has_history = torch.from_numpy(subsets(len(names))[:, names.index("history")])
    return torch.where(has_history.unsqueeze(1), own, others)


def _with_whole(vectors: Vectors, whole: Vectors) -> Vectors:
    """Put the vector of the list, (1, D) and (1,), in the place of the last subset's, which has all parts in."""
    features, bias = vectors.features.clone(), vectors.bias.clone()
    features[-1], bias[-1] = whole.features, whole.bias
    return Vectors(features, bias)


def _row(vectors: Vectors, row: int) -> Vectors:
    return Vectors(vectors.features[row : row + 1], vectors.bias[row : row + 1])
