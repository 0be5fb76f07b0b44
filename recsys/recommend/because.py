"""Because: "because you rated X", and what if this person were somebody else.

Nothing here is estimated: each answer is the network's own, asked again with something changed. A rating is left out of
the person's history, for all ratings at once, since a history is a sum: take one term away and centre the rest anew
(`recsys.data.histories`, `recsys.model.history`). The films stay as they are.

A bundle may keep vectors rounded to half precision. So what a change does is the difference of two vectors that are
computed alike, and is added to the vector that the lists are made of: no change leaves the lists exactly as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch

from recsys.data.dataset import AGE_GROUPS, GENDERS
from recsys.data.encoder import UserTensors
from recsys.data.histories import SHRINKAGE
from recsys.errors import ConfigError
from recsys.model import DualHead, UserParts, Vectors
from recsys.model.history import HistoryBranch
from recsys.recommend.answers import Weights
from recsys.recommend.explaining import Background, Wide, known_fold_in
from recsys.recommend.fold_in import FoldIn
from recsys.recommend.inside import Inside
from recsys.recommend.person import Person, Traits
from recsys.recommend.recommender import Recommender, ScoredMovie


class Effect(NamedTuple):
    """What one of a person's ratings does to the prediction for a film.

    Attributes:
        movie_id: the film that was rated.
        given: the stars given to it.
        change: by how much the film lies higher above an average film with this rating than without it, in the unit
            that the list is ordered by; above 0 where the rating lifts the film in the list.
    """

    movie_id: int
    given: int
    change: float


class Difference(NamedTuple):
    """What a change of the person changes.

    Attributes:
        stars_before, stars_after: predicted for the film asked about, not clipped.
        entered, left: films that come into the list of the best and fall out of it, each with the stars of the list
            that it is in, in its order.
    """

    stars_before: float
    stars_after: float
    entered: tuple[ScoredMovie, ...]
    left: tuple[ScoredMovie, ...]


class Because:
    """Answers what a person's ratings and traits do. Made once for a model; never changes, safe from any thread.

    Args:
        inside: the network and what it reads.
        fold_in: for visitors; without it only the data set's people can be asked about.
        background: whose films are the average; by default that of the explanations.
    """

    def __init__(self, inside: Inside, fold_in: FoldIn | None = None, *, background: Background | None = None) -> None:
        self.inside, self.fold_in = inside, fold_in
        self._background = Background(inside) if background is None else background

    @property
    def reads_ratings(self) -> bool:
        """Does the network read ratings at all? One without histories knows people by their ids."""
        return self.inside.model.user_tower.history is not None

    def effects(self, person: Person, movie_id: int, weights: Weights | None = None) -> list[Effect]:
        """Return what each known rating does to a film's place in the list, the largest gain first.

        What a rating does to all films alike, such as making somebody stricter, moves none of them in the list. So it
        is counted from what it does to an average film, that of the explanations (`recsys.recommend.explaining`).

        Args:
            person: whose ratings.
            movie_id: the film.
            weights: of the two answers in the list; those of the network by default.

        Raises:
            UnknownIdError: if there is no such film.
            ConfigError: if the person is a visitor and the model cannot fold them in.
        """
        changes = self._changes(person, [movie_id], weights)[:, 0]
        rated = list(person.known.items())[: len(changes)]
        effects = [Effect(*of, change) for of, change in zip(rated, changes.tolist(), strict=True)]
        return sorted(effects, key=lambda effect: (-effect.change, effect.movie_id))

    def strongest(
        self, person: Person, movie_ids: Sequence[int], weights: Weights | None = None
    ) -> list[Effect | None]:
        """Return for each of some films the first of its `effects`; None where the network has read no rating.

        Raises:
            UnknownIdError, ConfigError: as `effects` does.
        """
        changes = self._changes(person, movie_ids, weights)
        if not len(changes):
            return [None] * len(movie_ids)
        rated = np.array(list(person.known), dtype=np.int64)
        order = np.argsort(rated, kind="stable")  # of two that do the same, the lower id comes first
        best = order[changes[order].argmax(axis=0)]
        values = np.take_along_axis(changes, best[None], axis=0)[0].tolist()
        found = zip(rated[best].tolist(), values, strict=True)
        return [Effect(movie_id, person.known[movie_id], change) for movie_id, change in found]

    @torch.inference_mode()
    def _changes(self, person: Person, movie_ids: Sequence[int], weights: Weights | None) -> Wide:
        """(n, K) what each of n known ratings does to each of K films; no rows where the network reads none."""
        rows = [self.inside.dataset.movie_index(movie_id) for movie_id in movie_ids]
        head, weights = self.inside.model.head, self.inside.answers.standard if weights is None else weights
        if not person.known or not isinstance(head, DualHead):  # no other head reads ratings
            return np.empty((0, len(rows)))
        moved = self._with_all(person).features - self._without_each(person).features  # (n, D)
        above = self.inside.bundle.movie_vectors.features[rows] - self._background.average_film.features  # (K, D)
        turned = self.inside.answers.towards(weights).turn.double() @ above.double().T  # (D, K)
        changes: Wide = (moved.double() @ turned).numpy()
        return changes

    def changed(self, person: Person, traits: Traits | None = None, without: int | None = None) -> Person:
        """Return the person with other traits, without one of their known ratings, or both.

        A film whose rating is left out still counts as seen.

        Args:
            person: as they are.
            traits: instead of theirs; of one of the data set's people none may be missing.
            without: id of the film whose rating is left out.

        Raises:
            ConfigError: if there is no such trait, or if the person is a visitor and the model cannot fold them in.
        """
        new = person.traits if traits is None else traits
        known = {movie_id: given for movie_id, given in person.known.items() if movie_id != without}
        if person.user_id is None:
            moved = known_fold_in(self.inside, self.fold_in).person(known, new)
            return replace(moved, ratings=person.ratings)
        before, after = self._vectors(person), self._vectors(person, new, without)
        features = person.features + (after.features - before.features)[0].numpy()
        bias = person.bias + float(after.bias[0] - before.bias[0])
        return replace(person, traits=new, known=known, features=features, bias=bias)

    def _with_all(self, person: Person) -> Vectors:
        return person.vectors if person.user_id is None else self._vectors(person)

    def _without_each(self, person: Person) -> Vectors:
        """(n, D) and (n,): the person without each of the n known ratings."""
        if person.user_id is not None:
            return self._mixed(person, person.traits, self._reading(person.known).without_each())
        vectors = torch.from_numpy(known_fold_in(self.inside, self.fold_in).without_each(person).astype(np.float32))
        return Vectors(vectors[:, 1:], vectors[:, 0])

    def _vectors(self, person: Person, traits: Traits | None = None, without: int | None = None) -> Vectors:
        """(1, D) and (1,): what the tower makes of one of the data set's people, perhaps changed."""
        new = person.traits if traits is None else traits
        if not self.reads_ratings:
            with torch.inference_mode():
                fields = self.inside.model.user_tower.fields(self._indices(person, new))
                return self.inside.model.user_tower.mixed(UserParts(fields, torch.zeros(1)))
        known = {movie_id: given for movie_id, given in person.known.items() if movie_id != without}
        return self._mixed(person, new, self._reading(known).whole())

    def _mixed(self, person: Person, traits: Traits, sums: "_Sums") -> Vectors:
        """What the last layer makes of one person with some traits and B histories, (B, D) and (B,)."""
        tower, branch = self.inside.model.user_tower, self._branch
        level, num_ratings = (torch.from_numpy(each.astype(np.float32)) for each in (sums.level, sums.num_ratings))
        total = torch.from_numpy(sums.total.astype(np.float32))
        with torch.inference_mode():
            fields = tower.fields(self._indices(person, traits))
            values = {name: each.expand(len(total), -1) for name, each in fields.items()}
            values["user"] = values["user"] * (num_ratings > 0).unsqueeze(1)
            values["history"] = branch.read(total, level, num_ratings)
            return tower.mixed(UserParts(values, level))

    def _reading(self, known: Mapping[int, int]) -> "_Reading":
        movies = np.array([self.inside.dataset.movie_index(movie_id) for movie_id in known], dtype=np.int64)
        stars = np.array(list(known.values()), dtype=np.float64)
        deviations = stars - self.inside.mean - self.inside.movie_level[movies]
        tables = (self._branch.by_stars, self._branch.by_seen)
        return _Reading(deviations, *(table.detach()[movies].double().numpy() for table in tables))

    def _indices(self, person: Person, traits: Traits) -> UserTensors:
        """One of the data set's people as indices, (1,) each, with some traits.

        Raises:
            ConfigError: if there is no such trait.
        """
        row = torch.tensor([self.inside.dataset.user_index(person.user_id or 0)])
        gender, age_group, occupation = traits
        encoder = self.inside.encoder
        if gender not in GENDERS:
            raise ConfigError("gender", gender, f"one of {', '.join(GENDERS)}")
        if age_group not in range(len(AGE_GROUPS)):
            raise ConfigError("age_group", age_group, f"from 0 to {len(AGE_GROUPS) - 1}")
        if occupation is None or occupation not in encoder.occupations:
            raise ConfigError("occupation", occupation, "one that the data set has")
        return UserTensors(
            self.inside.users.user[row],
            torch.tensor([GENDERS.index(gender)]),
            torch.tensor([age_group]),
            torch.from_numpy(encoder.occupations.indices([occupation])),
        )

    @property
    def _branch(self) -> HistoryBranch:
        branch = self.inside.model.user_tower.history
        if branch is None:
            raise ConfigError("model", self.inside.bundle.info.name, "a network with rating histories")
        return branch


class _Sums(NamedTuple):
    """What the history branch reads of B histories.

    Attributes:
        total: (B, H) sums over the ratings.
        level: (B,) stars above what is usual, shrunk.
        num_ratings: (B,).
    """

    total: Wide
    level: Wide
    num_ratings: Wide


class _Reading(NamedTuple):
    """One person's n ratings as the history branch reads them.

    Attributes:
        deviations: (n,) stars above the mean and the film's level.
        by_stars, by_seen: (n, H) the two vectors of each film.
    """

    deviations: Wide
    by_stars: Wide
    by_seen: Wide

    def whole(self) -> _Sums:
        """With all ratings, B of 1."""
        count = len(self.deviations)
        level = self.deviations.sum() / (count + SHRINKAGE)
        total = (self.deviations - level) @ self.by_stars + self.by_seen.sum(axis=0)
        return _Sums(total[None], np.array([level]), np.array([float(count)]))

    def without_each(self) -> _Sums:
        """Without one rating at a time, B of n: the sums less one term, centred on a level of the others."""
        count = len(self.deviations) - 1
        level = (self.deviations.sum() - self.deviations) / (count + SHRINKAGE)
        weighted = self.deviations[:, None] * self.by_stars  # (n, H)
        centred = weighted.sum(axis=0) - weighted - level[:, None] * (self.by_stars.sum(axis=0) - self.by_stars)
        return _Sums(centred + self.by_seen.sum(axis=0) - self.by_seen, level, np.full(count + 1, float(count)))


def difference(recommender: Recommender, before: Person, after: Person, movie_id: int, *, k: int = 10) -> Difference:
    """Return what a change of a person changes: the stars of one film, and the list of the k best.

    Raises:
        UnknownIdError: if there is no such film.
        ValueError: if k is below 1.
    """
    row = recommender.dataset.movie_index(movie_id)
    first, second = (recommender.recommend_for(person, k=k) for person in (before, after))
    old, new = ({movie.movie_id for movie in films} for films in (first, second))
    return Difference(
        stars_before=float(recommender.stars_for(before)[row]),
        stars_after=float(recommender.stars_for(after)[row]),
        entered=tuple(movie for movie in second if movie.movie_id not in old),
        left=tuple(movie for movie in first if movie.movie_id not in new),
    )
