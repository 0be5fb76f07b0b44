"""What would move if everybody were somebody else in one way: of another gender, age group or occupation.

The network is asked twice, both times with all that it reads of a person, their ratings included: as they are, and with
one attribute changed (Kusner et al. 2017 call a prediction fair where such a change moves nothing; here only what the
network reads is changed, not what a person might have rated in another life). Both answers come from the weights, not
from the vectors that a bundle keeps: those are rounded, and rounding would look like a change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from recsys.data.dataset import AGE_GROUPS, GENDERS, Dataset
from recsys.data.encoder import UserTensors
from recsys.data.films_of_each import FilmsOfEach
from recsys.insight.fairness.everyone import best_of_each, chunks
from recsys.insight.fairness.groups import Grouping, Interval, Kind, Resamples, Wide
from recsys.insight.fairness.steps import InSteps
from recsys.model import Vectors
from recsys.model.heads import Head
from recsys.recommend.inside import Inside

SWAPPED = "swapped"
SEED = 0


class Change(NamedTuple):
    """One attribute of everybody, and what it becomes.

    Attributes:
        kind: which attribute.
        to: what everybody becomes; `SWAPPED` gives each person the other gender.
    """

    kind: Kind
    to: str | int


def changes(dataset: Dataset) -> tuple[Change, ...]:
    """Return all changes that can be asked for."""
    genders = [Change("gender", to) for to in (SWAPPED, *GENDERS)]
    ages = [Change("age", to) for to in range(len(AGE_GROUPS))]
    return (*genders, *ages, *(Change("occupation", to) for to in dataset.occupations))


@dataclass(frozen=True, eq=False)
class Flipped:
    """What a change moved.

    Attributes:
        dataset: whose people.
        change: what was changed.
        is_changed: (U,) did the person become somebody else? Who was so already is left out of every mean.
        num_new: (U,) films of the top ten that were not in it before.
        moved: (U,) by how many stars the predictions moved, up or down, averaged over all films.
        shift: (U,) the same with its sign: above 0, more stars.
        before, after: (M,) in how many top tens of the changed people each film stood and stands.
    """

    dataset: Dataset
    change: Change
    is_changed: NDArray[np.bool_]
    num_new: Wide
    moved: Wide
    shift: Wide
    before: NDArray[np.int64]
    after: NDArray[np.int64]


class FlipRow(NamedTuple):
    """What a change moved in one group of people.

    Attributes:
        value: the group; "" for everyone.
        num_users: people who became somebody else.
        num_new: films of their top ten that are new, of ten.
        moved: stars by which predictions moved, up or down.
        shift: the same with its sign.
    """

    value: str | int
    num_users: int
    num_new: Interval
    moved: Interval
    shift: Interval


class Winner(NamedTuple):
    """A film that a change brought into lists, or out of them: in how many it stood and stands."""

    movie_id: int
    before: int
    after: int


class AsTheyAre:
    """Everybody as the network sees them unchanged: what all changes are compared with. Made once for a model.

    Args:
        dataset: whose people.
        open_network: opens the network with what it reads, when the work begins and not before.
    """

    def __init__(self, dataset: Dataset, open_network: Callable[[], Inside]) -> None:
        self.dataset, self._open = dataset, open_network
        self._movie_ids = dataset.movies["movie_id"].to_numpy(dtype=np.int64)
        self._lists: dict[int, NDArray[np.int64]] = {}

    @cached_property
    def inside(self) -> Inside:
        """The network, and what it reads."""
        return self._open()

    @property
    def head(self) -> Head:
        """What makes stars of two vectors."""
        return self.inside.model.head

    @cached_property
    def users(self) -> Vectors:
        """Everybody."""
        with torch.inference_mode():
            return self.inside.model.user_tower.mixed(self.inside.user_parts)

    @cached_property
    def movies(self) -> Vectors:
        """Everything."""
        with torch.inference_mode():
            return self.inside.model.movie_tower.mixed(self.inside.movie_parts)

    @cached_property
    def _rated(self) -> FilmsOfEach:
        return FilmsOfEach(self.dataset, np.arange(self.dataset.num_ratings))

    def lists_of(self, some: Vectors, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return (N, 10) top tens of some vectors; what these people have rated is left out."""
        with torch.inference_mode():
            scores = self.head.list_scores(some, self.movies).numpy()
        return best_of_each(scores, self._rated.matrix(people), self._movie_ids)

    def lists(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return (N, 10) top tens of one of the `chunks`, made once."""
        start = int(people[0])
        if start not in self._lists:
            self._lists[start] = self.lists_of(rows_of(self.users, people), people)
        return self._lists[start]


def rows_of(vectors: Vectors, rows: NDArray[np.int64]) -> Vectors:
    """Return some rows of vectors."""
    return Vectors(*(tensor[rows] for tensor in vectors))


def flipping(before: AsTheyAre, change: Change) -> InSteps[Flipped]:
    """Return the work of changing everybody, in steps."""
    work = _Work(before, change)
    pieces: list[Callable[[], Any]] = [lambda: before.inside]
    pieces += [partial(work.compared, people) for people in chunks(before.dataset.num_users)]
    return InSteps(pieces, work.joined)


class _Work:
    """The pieces of `flipping`."""

    def __init__(self, before: AsTheyAre, change: Change) -> None:
        self._before, self._change, self._dataset = before, change, before.dataset

    @cached_property
    def _changed(self) -> Vectors:
        """Everybody, changed."""
        inside = self._before.inside
        tower = inside.model.user_tower
        with torch.inference_mode():
            return tower.mixed(tower.parts(changed_users(inside, self._change), inside.user_history))

    def compared(self, people: NDArray[np.int64]) -> tuple[NDArray[np.generic], ...]:
        """(N, 10) lists before and after, and (N,) how far the stars moved, without and with sign."""
        before, head = self._before, self._before.head
        changed = rows_of(self._changed, people)
        with torch.inference_mode():
            moved = head.score_matrix(changed, before.movies)
            moved -= head.score_matrix(rows_of(before.users, people), before.movies)
        means = (values.mean(dim=1).numpy().astype(np.float64) for values in (moved.abs(), moved))
        return (before.lists(people), before.lists_of(changed, people), *means)

    def joined(self, parts: list[Any]) -> Flipped:
        """Everything side by side."""
        before, after, moved, shift = (np.concatenate(column) for column in zip(*parts[1:], strict=True))
        is_changed = who_changes(self._before.inside, self._change)
        is_new = (after[:, :, None] != before[:, None, :]).all(axis=2) & (after >= 0)  # (U, 10)
        counts = [
            np.bincount(lists[is_changed][lists[is_changed] >= 0], minlength=self._dataset.num_movies)
            for lists in (before, after)
        ]
        num_new = is_new.sum(axis=1).astype(np.float64)
        return Flipped(self._dataset, self._change, is_changed, num_new, moved, shift, counts[0], counts[1])


def changed_users(inside: Inside, change: Change) -> UserTensors:
    """Return everybody as indices, one attribute changed.

    Raises:
        ValueError: if there is no such gender, age group or occupation.
    """
    if change not in changes(inside.dataset):
        raise ValueError(f"there is no {change.kind} {change.to!r} to change to.")
    if change.to == SWAPPED:
        return inside.users._replace(gender=1 - inside.users.gender)
    if change.kind == "age":
        return inside.users_with(age_group=int(change.to))
    if change.kind == "gender":
        return inside.users_with(gender=str(change.to))
    return inside.users_with(occupation=str(change.to))


def who_changes(inside: Inside, change: Change) -> NDArray[np.bool_]:
    """Return (U,): does a change make somebody else of this person?"""
    changed = changed_users(inside, change)
    differs: NDArray[np.bool_] = (getattr(changed, change.kind) != getattr(inside.users, change.kind)).numpy()
    return differs


def flip_rows(flipped: Flipped, groups: Grouping) -> tuple[FlipRow, ...]:
    """Return what a change moved for everyone, and for each group that has people who changed."""
    rng = np.random.default_rng(SEED)
    rows = [_row(flipped, "", flipped.is_changed, rng)]
    for code, value in enumerate(groups.values):
        rows.append(_row(flipped, value, flipped.is_changed & (groups.codes == code), rng))
    return tuple(row for row in rows if row.num_users)


def _row(flipped: Flipped, value: str | int, who: NDArray[np.bool_], rng: np.random.Generator) -> FlipRow:
    columns = flipped.num_new[who], flipped.moved[who], flipped.shift[who], np.ones(int(who.sum()))
    drawn = Resamples(np.stack(columns, axis=1), rng)
    return FlipRow(value, int(who.sum()), *(drawn.mean(column, 3) for column in range(3)))


def winners(flipped: Flipped, k: int = 8) -> tuple[tuple[Winner, ...], tuple[Winner, ...]]:
    """Return the films that gain most lists by a change, and those that lose most; at most k of each."""
    ids = flipped.dataset.movies["movie_id"].tolist()
    gain = flipped.after - flipped.before
    order = np.argsort(-gain, kind="stable").tolist()
    up = [row for row in order if gain[row] > 0][:k]
    down = [row for row in reversed(order) if gain[row] < 0][:k]
    first, last = (
        tuple(Winner(int(ids[row]), int(flipped.before[row]), int(flipped.after[row])) for row in rows)
        for rows in (up, down)
    )
    return first, last


def most_moved(flipped: Flipped, k: int = 6) -> list[tuple[int, int, float]]:
    """Return who changed most, the most first: user id, films of ten that are new, and stars moved on average."""
    ids = flipped.dataset.users["user_id"].to_numpy()
    order = np.lexsort((ids, -flipped.moved, -flipped.num_new))
    rows = [row for row in order.tolist() if flipped.is_changed[row]][:k]
    return [(int(ids[row]), int(flipped.num_new[row]), float(flipped.moved[row])) for row in rows]
