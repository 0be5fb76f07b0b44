"""Ranks: why a film stands where it stands in somebody's list, in the unit that the list is ordered by.

A list is ordered by points: the logit of watching plus so many of them for each predicted star (`Weights`), as the
dials have it. What matters is by how many a film lies above others, so they are counted from an average film of the
same person's (`recsys.recommend.explaining`). The parts of person and film add up to them, answer by answer. What the
order of the list adds besides is a part of its own: the dial for hidden gems, what a newcomer would dislike, and the
likeness to films above, which the dial for variety takes off. Two neighbours of a list differ by the differences of
the same parts, so it can be said why one stands above the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.recommend.answers import Weights
from recsys.recommend.explaining import Background, Explanation, Part, Sum, Wide
from recsys.recommend.ordering import Ordering
from recsys.recommend.person import Person
from recsys.recommend.recommender import Chosen, Recommender
from recsys.recommend.reranking import Dials, Filters, num_wanted, size_of_pool


@dataclass(frozen=True)
class Points:
    """What a film is ordered by, taken apart.

    Attributes:
        watch: what the answer "would they watch it" gives, in points; None where the list does not count it.
        stars: what the predicted stars give, in points; None where the list does not count them.
        added: what the order of the list adds, its parts ("list", "gems" or "dislike" or "variety").
    """

    watch: Sum | None
    stars: Sum | None
    added: tuple[Part, ...]

    @property
    def blend(self) -> Sum:
        """Both answers together."""
        sums = [each for each in (self.watch, self.stars) if each is not None]
        by_part = zip(*(each.parts for each in sums), strict=True)
        parts = tuple(same[0]._replace(value=sum(part.value for part in same)) for same in by_part)
        return Sum(sum(each.base for each in sums), parts, sum(each.total for each in sums))

    @property
    def total(self) -> float:
        """All points."""
        return self.blend.total + sum(part.value for part in self.added)


class Neighbour(NamedTuple):
    """The film next to another one in a list.

    Attributes:
        movie_id: the neighbour.
        stars: predicted for it, not clipped.
        ahead: by how many points it is ahead of the other film, part by part ("list", "watch" or "stars" or one of
            `Points.added`), at the time when the upper one of the two was chosen; below 0 for one that stands below.
    """

    movie_id: int
    stars: float
    ahead: Sum


@dataclass(frozen=True)
class Standing:
    """Where a film stands in a list, and what stands around it.

    Attributes:
        place: in the list, from 1; None where it is not in it.
        num_shown: films that the list has.
        rank: by points alone among all candidates, from 1; None for a film that may not come.
        num_candidates: films that may come.
        above: the film above it; for one that is not in the list the last one that is.
        below: the film below it; at the end of the list the first one that is not in it.
    """

    place: int | None
    num_shown: int
    rank: int | None
    num_candidates: int
    above: Neighbour | None
    below: Neighbour | None


class Ranks:
    """Says why films stand where they stand in one person's list.

    Args:
        model: recommends.
        background: whose films are the average.
        person: whose list it is.
        k, filters, dials, surprise_seed: how it is wanted, as `Recommender.recommend_for` has it.
    """

    def __init__(
        self,
        model: Recommender,
        background: Background,
        person: Person,
        *,
        k: int = 10,
        filters: Filters | None = None,
        dials: Dials | None = None,
        surprise_seed: int | None = None,
    ) -> None:
        self._model, self._background, self._person = model, background, person
        self._dials = Dials() if dials is None else dials
        self._chosen: Chosen = model.chosen_for(
            person,
            k=k,
            filters=Filters() if filters is None else filters,
            dials=self._dials,
            surprise_seed=surprise_seed,
        )
        self._wanted = num_wanted(k, is_surprise=surprise_seed is not None)
        self.weights: Weights = model.ordering.answers.weights(self._dials.loved)

    def points(self, explanation: Explanation, movie_id: int) -> Points:
        """Return a film's points, taken apart as its explanation is.

        Raises:
            UnknownIdError: if there is no such film.
        """
        row = self._model.dataset.movie_index(movie_id)
        above, weights = explanation.watch_above, self.weights
        more = [*added_parts(self._added, row), *self._variety(row, self._before(row))]
        return Points(
            watch=above.times(weights.watch) if above is not None and weights.watch else None,
            stars=explanation.stars_above.times(weights.stars) if weights.stars else None,
            added=tuple(more),
        )

    def standing(self, movie_id: int) -> Standing:
        """Return where a film stands.

        Raises:
            UnknownIdError: if there is no such film.
        """
        row, chosen = self._model.dataset.movie_index(movie_id), self._chosen
        shown: list[int] = chosen.shown.tolist()
        place = shown.index(row) if row in shown else None
        upper = shown[place - 1] if place else shown[-1] if place is None and shown else None
        lower = None
        if place is not None:
            lower = shown[place + 1] if place + 1 < len(shown) else self._next_best(row)
        return Standing(
            place=None if place is None else place + 1,
            num_shown=len(shown),
            rank=self._rank(row) if chosen.candidates[row] else None,
            num_candidates=int(chosen.candidates.sum()),
            above=None if upper is None else self._neighbour(upper, row, self._before(upper)),
            below=None if lower is None else self._neighbour(lower, row, self._before(row)),
        )

    def _rank(self, row: int) -> int:
        """A film's place by points alone, from 1; equal ones by movie id, as in every list."""
        chosen, ids = self._chosen, self._model.dataset.movies["movie_id"].to_numpy()
        higher = chosen.scores > chosen.scores[row]
        equal = (chosen.scores == chosen.scores[row]) & (ids < ids[row])
        return 1 + int((chosen.candidates & (higher | equal)).sum())

    def _next_best(self, row: int) -> int | None:
        """The film that was ranked next after one of the ranking."""
        after = self._chosen.ranking[len(self._before(row)) + 1 :]
        return int(after[0]) if len(after) else None

    def _before(self, row: int) -> NDArray[np.int64]:
        """The films that were chosen before one; all that were, for one that was not."""
        ranking = self._chosen.ranking
        at = np.flatnonzero(ranking == row)
        return ranking[: at[0] if len(at) else self._wanted]

    def _variety(self, row: int, before: NDArray[np.int64]) -> list[Part]:
        """What the dial for variety takes off a film for its likeness to those chosen before, in points.

        The dial weighs points, as a share of what the best of the pool are apart, against a cosine
        (`recsys.recommend.reranking.varied`); this is the same, the other way about. Where it counts likeness alone,
        there are no points to take any off.
        """
        variety = self._dials.variety
        if not 0 < variety < 1:
            return []
        directions = self._model.ordering.directions
        nearest = float((directions[before] @ directions[row]).max()) if len(before) else 0.0
        return [Part("list", "variety", -variety / (1 - variety) * self._span * nearest)]

    def _neighbour(self, other: int, row: int, before: NDArray[np.int64]) -> Neighbour:
        """A film beside another one, after some were chosen."""
        parts = [
            Part("list", name, weight * float(answer[other] - answer[row]))
            for name, weight, answer in (
                ("watch", self.weights.watch, self._watch),
                ("stars", self.weights.stars, self._chosen.stars),
            )
            if weight
        ]
        pairs = (added_parts(self._added, each) + self._variety(each, before) for each in (other, row))
        parts += [theirs._replace(value=theirs.value - own.value) for theirs, own in zip(*pairs, strict=True)]
        ahead = Sum(0.0, tuple(parts), sum(part.value for part in parts))
        movie_id = int(self._model.dataset.movies["movie_id"].iloc[other])
        return Neighbour(movie_id, float(self._chosen.stars[other]), ahead)

    @cached_property
    def _watch(self) -> NDArray[np.floating]:
        """(M,) logits of watching."""
        watch: NDArray[np.floating] = self._model.ordering.answers.watch(self._person.vectors)[0]
        return watch

    @cached_property
    def _span(self) -> float:
        """By how many points the best of the films that variety chooses among are apart."""
        scores = np.sort(self._chosen.scores[self._chosen.candidates])[::-1]
        pool = scores[: size_of_pool(self._wanted)]
        return float(pool[0] - pool[-1]) or 1.0

    @cached_property
    def _added(self) -> dict[str, Wide]:
        """(M,) what the order of the list adds to each film, before variety."""
        return added(self._model.ordering, self._background, self._person, self._dials)


def added(ordering: Ordering, background: Background, person: Person, dials: Dials) -> dict[str, Wide]:
    """Return what the order of a person's list adds to the answers, by name, (M,) each: "gems", "dislike".

    What films gain or lose by fame is counted from an average film.
    """
    stars = ordering.answers.stars(person.vectors)
    found = ordering.added(stars, dials, is_new=person.user_id is None)
    values = {name: each[0].astype(np.float64) for name, each in found.items()}
    if "gems" in values:
        values["gems"] -= values["gems"][background.movies.numpy()].mean()
    return values


def added_parts(values: Mapping[str, Wide], row: int) -> list[Part]:
    """Return what `added` has of one film."""
    return [Part("list", name, float(each[row])) for name, each in values.items()]
