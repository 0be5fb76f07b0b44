"""How groups of people fare: errors, quality of their lists and what is in them, each with an interval."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.insight.fairness.everyone import Everyone
from recsys.insight.fairness.groups import Interval, Kind, Resamples, grouping

SEED = 0
"""Of the resamples."""


class GroupRow(NamedTuple):
    """How one group fares.

    Attributes:
        kind: "everyone", or what the group is by.
        value: the group.
        num_users: people.
        num_ratings: their test ratings.
        rmse, mae: in stars.
        gap: mean of predicted minus true stars: above 0, the model thinks too well of what they watch.
        num_ranked: people with a test rating of 4 or more.
        liked_each: test ratings of 4 or more of each of these; the more there are, the easier it is to hit one.
        ndcg: mean NDCG@10 of these.
        tail_listed: share of the places in their lists that films of the long tail hold.
        tail_rated: share of their known ratings that they gave to films of the long tail.
        popularity: mean number of known ratings of the films in their lists.
    """

    kind: str
    value: str | int
    num_users: int
    num_ratings: int
    rmse: Interval
    mae: Interval
    gap: Interval
    num_ranked: int
    liked_each: float
    ndcg: Interval
    tail_listed: Interval
    tail_rated: float
    popularity: Interval


def by_group(everyone: Everyone, kind: Kind) -> tuple[GroupRow, ...]:
    """Return how everyone, and each group of a kind, fares; everyone first, then the groups in their order."""
    groups = grouping(everyone.dataset, kind)
    rng = np.random.default_rng(SEED)
    whole = _row(everyone, np.arange(len(everyone.lists)), ("everyone", ""), rng)
    rows = [
        _row(everyone, np.flatnonzero(groups.codes == code), (kind, value), rng)
        for code, value in enumerate(groups.values)
    ]
    return (whole, *rows)


def _row(
    everyone: Everyone, people: NDArray[np.int64], name: tuple[str, str | int], rng: np.random.Generator
) -> GroupRow:
    """One group: people are rows of the users table."""
    is_ranked = ~np.isnan(everyone.ndcg[people])
    listed, in_tail, popular = _listed(everyone, people)
    errors = everyone.squared[people], everyone.absolute[people], everyone.signed[people], everyone.num_test[people]
    found = np.nan_to_num(everyone.ndcg[people]), is_ranked
    drawn = Resamples(np.stack([*errors, *found, listed, in_tail, popular], axis=1).astype(np.float64), rng)
    num_ranked, known = int(is_ranked.sum()), everyone.num_known[people].sum()
    return GroupRow(
        *name,
        num_users=len(people),
        num_ratings=int(everyone.num_test[people].sum()),
        rmse=drawn.root_mean(0, 3),
        mae=drawn.mean(1, 3),
        gap=drawn.mean(2, 3),
        num_ranked=num_ranked,
        liked_each=float(everyone.num_liked[people].sum() / num_ranked) if num_ranked else float("nan"),
        ndcg=drawn.mean(4, 5),
        tail_listed=drawn.mean(7, 6),
        tail_rated=float(everyone.tail_known[people].sum() / known) if known else float("nan"),
        popularity=drawn.mean(8, 6),
    )


def _listed(everyone: Everyone, people: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """(n,) each: films in a person's list, how many of the long tail, and the sum of their known ratings."""
    lists = everyone.lists[people]
    is_there = lists >= 0
    in_tail = (everyone.is_tail[lists] & is_there).sum(axis=1)
    popular = np.where(is_there, everyone.known_counts[lists], 0).sum(axis=1)
    return is_there.sum(axis=1), in_tail, popular
