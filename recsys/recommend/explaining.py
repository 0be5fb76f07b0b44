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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from recsys.data.dataset import MAX_STARS, MIN_STARS
from recsys.errors import ConfigError
from recsys.model import DualHead, MovieParts, MovieTower, UserParts, UserTower, Vectors
from recsys.recommend.answers import Weights
from recsys.recommend.fold_in import FoldIn
from recsys.recommend.inside import Inside
from recsys.recommend.known import is_known
from recsys.recommend.person import Person, Traits

Side = Literal["person", "film", "list"]
Wide = NDArray[np.float64]
NUM_PAIRS = 100
_AT_ONCE = 10
"""Films of a list that are asked for at once; with all subsets of their parts each is more than a megabyte."""
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
    """One side of all questions: people or films with each subset of their parts in the place of the background's.

    Attributes:
        names: of the P parts.
        vectors: (K, 2^P, R, D) and (K, 2^P, R).
    """

    names: tuple[str, ...]
    vectors: Vectors


class _Swapping:
    """One side of a network that puts the parts of one person or film in the place of those of the pairs.

    Args:
        tower: of that side.
        parts: what its branches say of everybody or everything.
        others: (R,) indices of the people or films of the pairs.
    """

    @torch.inference_mode()
    def __init__(self, tower: UserTower | MovieTower, parts: UserParts | MovieParts, others: Tensor) -> None:
        self._tower, self._parts = tower, parts
        self._names = tuple(_NAMES.get(name, name) for name in parts.values)
        self._shares = tower.shares({name: each[others] for name, each in parts.values.items()})  # (n, R, D)
        self._sum, self._bias = self._shares.sum(dim=0), parts.bias[others]
        is_in = torch.from_numpy(subsets(len(self._names)))
        no_history = torch.zeros(len(is_in), dtype=torch.bool)
        self._has_history = is_in[:, self._names.index("history")] if "history" in self._names else no_history

    @torch.inference_mode()
    def of(self, rows: Sequence[int], whole: Vectors) -> _Mixed:
        """Return people or films; a level is one's own with the history, that of each of the others without it.

        Args:
            rows: K people or films.
            whole: (K, D) and (K,) with all parts in.
        """
        own = self._tower.shares({name: each[rows] for name, each in self._parts.values.items()})  # (n, K, D)
        features = _swapped(own.transpose(0, 1).unsqueeze(2), self._shares, self._sum).tanh_()
        bias = torch.where(self._has_history.unsqueeze(1), self._parts.bias[rows, None, None], self._bias)
        return _Mixed(self._names, _with_whole(Vectors(features, bias), whole))


class _Asking:
    """Questions about a person with each subset of their parts, made ready once for all films.

    Args:
        inside: the network.
        background: whose films are the average.
        person: (1, 2^P, R, D) and (1, 2^P, R).
        questions: B blends of the two answers.

    Attributes:
        average: (B, 2^P) mean answers for the films of the background.
    """

    @torch.inference_mode()
    def __init__(self, inside: Inside, background: Background, person: _Mixed, questions: Sequence[Weights]) -> None:
        self._head, self._questions = inside.model.head, questions
        self._users = Vectors(*(each[0] for each in person.vectors))
        if isinstance(self._head, DualHead):
            towards = [inside.answers.towards(question).of(self._users) for question in questions]
            self._features = torch.cat([each.features.flatten(1) for each in towards])  # (B 2^P, R D)
            self._bias = torch.stack([each.bias.double().mean(dim=1) for each in towards])  # (B, 2^P)
            self._of_films = torch.tensor([question.stars for question in questions], dtype=torch.float64)
            of_all_pairs = (each.expand(1, 1, len(background), *each.shape[1:]) for each in background.average_film)
            self.average = self.of(Vectors(*of_all_pairs))[:, 0, :, 0]
        else:
            people = Vectors(*(each.flatten(0, 1) for each in self._users))  # (2^P R, D)
            stars = self._head.score_matrix(people, background.films).double().mean(dim=1)
            mean = stars.reshape(self._users.bias.shape).mean(dim=1).numpy()
            self.average = np.stack([question.stars * mean for question in questions])

    @torch.inference_mode()
    def of(self, films: Vectors) -> Wide:
        """Return (B, K, 2^P, 2^Q) mean answers over the pairs, for films with each subset of their parts.

        Args:
            films: (K, 2^Q, R, D) and (K, 2^Q, R).
        """
        if not isinstance(self._head, DualHead):
            stars = np.stack([self._stars(Vectors(*film)) for film in zip(*films, strict=True)])
            return np.stack([question.stars * stars for question in self._questions])
        products = (films.features.flatten(2) @ self._features.T).double() / films.bias.shape[2]  # (K, 2^Q, B 2^P)
        by_question = products.reshape(*products.shape[:2], len(self._questions), -1).permute(2, 0, 3, 1)
        level = self._of_films[:, None, None] * films.bias.double().mean(dim=2)  # (B, K, 2^Q)
        answers: Wide = (by_question + self._bias[:, None, :, None] + level[:, :, None, :]).numpy()
        return answers

    def _stars(self, film: Vectors) -> Wide:
        """(2^P, 2^Q) mean stars over the pairs, where a head says nothing else; film is (2^Q, R, D) and (2^Q, R)."""
        by_pair = (Vectors(*(each.transpose(0, 1) for each in side)) for side in (self._users, film))
        stars: Wide = self._head.score_matrix(*by_pair).double().mean(dim=0).numpy()  # (R, 2^P, 2^Q) -> (2^P, 2^Q)
        return stars


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
        mixed, film = self._person(person), self._of_films([row])
        questions = [_STARS, _WATCH] if self.inside.answers.has_watch else [_STARS]
        asking = _Asking(self.inside, self.background, mixed, questions)
        tables = asking.of(film.vectors)[:, 0]  # (1 or 2, 2^P, 2^Q)
        above = tables - asking.average[:, :, None]
        stars, *sums = _taken_apart(np.stack([tables[0], *above]), mixed.names, film.names)
        watch = sums[1] if len(sums) > 1 else None
        return Explanation(stars, sums[0], watch, num_pairs=len(self.background), seed=self.background.seed)

    def above_average(self, person: Person, movie_ids: Sequence[int], weights: Weights) -> list[Sum]:
        """Take apart by how much each of some films lies above an average one, in the unit that a list is ordered by.

        The same as `weights` times the sums of `explain`, for a list at once.

        Raises:
            UnknownIdError, ConfigError: as `explain` does.
        """
        rows = [self.inside.dataset.movie_index(movie_id) for movie_id in movie_ids]
        mixed = self._person(person)
        asking = _Asking(self.inside, self.background, mixed, [weights])
        average = asking.average[0][:, None]
        some = (self._of_films(rows[at : at + _AT_ONCE]) for at in range(0, len(rows), _AT_ONCE))
        return [
            found
            for films in some
            for found in _taken_apart(asking.of(films.vectors)[0] - average, mixed.names, films.names)
        ]

    def _of_films(self, rows: Sequence[int]) -> _Mixed:
        return self._films.of(rows, Vectors(*(each[rows] for each in self.inside.bundle.movie_vectors)))

    def _person(self, person: Person) -> _Mixed:
        if person.user_id is None:
            return self._visitor(person)
        return self._people.of([self.inside.dataset.user_index(person.user_id)], person.vectors)

    @torch.inference_mode()
    def _visitor(self, person: Person) -> _Mixed:
        """A visitor, who has no id.

        With the history in, the vector is what the visitor's ratings and the traits of the subset make of a newcomer;
        without it, it is that of the pair's person, moved by as much as traits alone move a newcomer.
        """
        fold_in = known_fold_in(self.inside, self.fold_in)
        _, own, others = self._of_traits(fold_in, person, {})
        without = _swapped(own, others, self._vectors)
        nothing_said, own, others = self._of_traits(fold_in, person, person.known)
        both = torch.cat([without, _swapped(own, others, nothing_said + others.sum(dim=0))])
        mixed = Vectors(both[None, :, :, 1:], both[None, :, :, 0])  # the history is the highest bit
        return _Mixed(("gender", "age", "occupation", "history"), _with_whole(mixed, person.vectors))

    @cached_property
    def _films(self) -> _Swapping:
        return _Swapping(self.inside.model.movie_tower, self.inside.movie_parts, self.background.movies)

    @cached_property
    def _people(self) -> _Swapping:
        return _Swapping(self.inside.model.user_tower, self.inside.user_parts, self.background.users)

    def _of_traits(self, fold_in: FoldIn, person: Person, known: Mapping[int, int]) -> tuple[Tensor, Tensor, Tensor]:
        """What traits make of a newcomer with some ratings, where each trait adds its share whatever the others are.

        Returns:
            (1 + D,) the vector of somebody who says nothing, (3, 1, 1 + D) what the person's traits add to it, and
            (3, R, 1 + D) what those of the people of the pairs add.
        """
        kinds, rows = self._traits
        own = [Traits(**{name: value}) for name, value in person.traits._asdict().items()]
        found = torch.from_numpy(fold_in.vectors(known, [Traits(), *own, *kinds]))
        shares = (found[1:] - found[0]).float()
        return found[0].float(), shares[: len(own), None], shares[len(own) :][rows]

    @cached_property
    def _traits(self) -> tuple[list[Traits], Tensor]:
        """Of the people of the pairs, each by itself: which there are, and (3, R) which of them they are."""
        table = self.inside.dataset.users.iloc[self.background.users.numpy()].astype({"age_group": int})
        by_name = [[Traits(**{name: value}) for value in table[name].tolist()] for name in Traits._fields]
        rows = {kind: row for row, kind in enumerate(dict.fromkeys(chain(*by_name)))}
        return list(rows), torch.tensor([[rows[kind] for kind in kinds] for kinds in by_name])

    @cached_property
    def _vectors(self) -> Tensor:
        """(R, 1 + D) bias and features of the people of the pairs."""
        features, rows = self.inside.bundle.features, self.background.users.numpy()
        return torch.from_numpy(np.column_stack([features.user_bias[rows], features.users[rows]]).astype(np.float32))


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


def _taken_apart(tables: Wide, of_person: Sequence[str], of_film: Sequence[str]) -> list[Sum]:
    """Give each part its share of the last of (2^P, 2^Q) answers, for each subset of both sides' parts; K times."""
    flat = tables.transpose(0, 2, 1).reshape(len(tables), -1)  # the person's parts are the lower bits
    found = (flat @ _weights(len(of_person) + len(of_film))).tolist()
    sides: list[tuple[Side, str]] = [*(("person", name) for name in of_person), *(("film", name) for name in of_film)]
    return [
        Sum(
            float(table[0, 0]),
            tuple(Part(*of, value) for of, value in zip(sides, values, strict=True)),
            float(table[-1, -1]),
        )
        for table, values in zip(tables, found, strict=True)
    ]


def _swapped(own: Tensor, others: Tensor, start: Tensor) -> Tensor:
    """(..., 2^n, R, D) sums of the shares of R others with each subset of one's own n shares in the place of theirs.

    A share is put in by adding what it differs by.

    Args:
        own: (..., n, 1, D) shares.
        others: (n, R, D) shares.
        start: (R, D) sums of the others as they are.
    """
    is_in = torch.from_numpy(subsets(len(others))).to(own.dtype)  # (2^n, n)
    moves = torch.cat([own - others, start.expand(*own.shape[:-3], 1, *start.shape)], dim=-3).flatten(-2)
    sums = functional.pad(is_in, (0, 1), value=1) @ moves  # the start is in all
    return sums.reshape(*sums.shape[:-1], *start.shape)


def _with_whole(vectors: Vectors, whole: Vectors) -> Vectors:
    """Put the vectors of the list, (K, D) and (K,), in the place of the last subset's, which has all parts in."""
    vectors.features[:, -1], vectors.bias[:, -1] = whole.features.unsqueeze(1), whole.bias.unsqueeze(1)
    return vectors
