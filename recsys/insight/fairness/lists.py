"""What everyone's top tens are full of: how many films share the places, and what is typical of which group."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.evaluation.metrics import top_k
from recsys.insight.fairness.everyone import Everyone
from recsys.insight.fairness.groups import Grouping, Wide
from recsys.insight.maps.traits import log_odds

MIN_LISTS = 3
MIN_SCORE = 2.5
"""Standard deviations by which a film must stand out to be called typical; chance alone seldom reaches it."""


@dataclass(frozen=True)
class Exposure:
    """How the places in all top tens are shared among the films.

    Attributes:
        num_films: films of the data set.
        num_listed: films that stand in at least one list.
        num_places: places in all lists.
        gini: of the places over all films: 0, all films stand in equally many lists; 1, one film stands in all
            (Fleder and Hosanagar 2009, section 4).
        gini_ratings: the same of the known ratings, to compare with.
        half: the fewest films that together hold half of the places.
        num_tail: films of the long tail.
        tail_listed: how many of them stand in at least one list.
        tail_places: share of the places that they hold.
        tail_ratings: share of the known ratings that they hold.
    """

    num_films: int
    num_listed: int
    num_places: int
    gini: float
    gini_ratings: float
    half: int
    num_tail: int
    tail_listed: int
    tail_places: float
    tail_ratings: float

    @property
    def coverage(self) -> float:
        """Share of the films that stand in at least one list."""
        return self.num_listed / self.num_films


class Typical(NamedTuple):
    """A film that stands in a group's lists more often than in others'.

    Attributes:
        movie_id: the film.
        share_inside: share of the group's lists that hold it.
        share_outside: share of all other lists.
        lift: the first by the second; infinite where no other list holds it.
        score: standard deviations by which the log-odds differ (`recsys.insight.maps.traits`).
    """

    movie_id: int
    share_inside: float
    share_outside: float
    lift: float
    score: float


def list_counts(everyone: Everyone) -> NDArray[np.int64]:
    """Return (M,) in how many lists each film stands."""
    places = everyone.lists[everyone.lists >= 0]
    return np.bincount(places, minlength=everyone.dataset.num_movies)


def exposure(everyone: Everyone) -> Exposure:
    """Return how the places in all top tens are shared among the films."""
    counts, known, tail = list_counts(everyone), everyone.known_counts, everyone.is_tail
    falling = np.cumsum(np.sort(counts)[::-1])
    return Exposure(
        num_films=len(counts),
        num_listed=int((counts > 0).sum()),
        num_places=int(counts.sum()),
        gini=gini(counts),
        gini_ratings=gini(known),
        half=int(np.searchsorted(falling, counts.sum() / 2) + 1),
        num_tail=int(tail.sum()),
        tail_listed=int((counts[tail] > 0).sum()),
        tail_places=float(counts[tail].sum() / max(1, counts.sum())),
        tail_ratings=float(known[tail].sum() / max(1, known.sum())),
    )


def gini(counts: NDArray[np.int64]) -> float:
    """Return the Gini coefficient of (M,) counts, 0 where all are equal, towards 1 where one has everything."""
    total = counts.sum()
    if total == 0:
        return 0.0
    rising = np.sort(counts).astype(np.float64)
    places = np.arange(1, len(rising) + 1)
    return float((2 * places - len(rising) - 1) @ rising / (len(rising) * total))


def counts_by_group(everyone: Everyone, groups: Grouping) -> NDArray[np.int64]:
    """Return (G, M) in how many lists of each group each film stands."""
    counts = np.zeros((len(groups.values), everyone.dataset.num_movies), dtype=np.int64)
    rows, columns = np.nonzero(everyone.lists >= 0)
    np.add.at(counts, (groups.codes[rows], everyone.lists[rows, columns]), 1)
    return counts


def typical(everyone: Everyone, groups: Grouping, k: int = 10) -> list[tuple[Typical, ...]]:
    """Return for each group the films that stand out in its lists, the most telling first, at most k.

    A film counts from `MIN_LISTS` lists of the group on, and where it stands out by `MIN_SCORE` standard deviations:
    a lift alone would put the one list of a small group first.
    """
    inside = counts_by_group(everyone, groups).astype(np.float64)
    sizes = groups.sizes[:, None].astype(np.float64)
    outside, others = inside.sum(axis=0) - inside, sizes.sum() - sizes
    score = log_odds(inside, sizes, outside, others)
    shares = inside / np.maximum(sizes, 1), outside / np.maximum(others, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = shares[0] / shares[1]
    ids = everyone.dataset.movies["movie_id"].tolist()
    found = []
    for group in range(len(groups.values)):
        telling = np.flatnonzero((inside[group] >= MIN_LISTS) & (score[group] >= MIN_SCORE))
        order = telling[top_k(score[group][None, telling], telling, k)[0]]
        numbers = np.stack([shares[0][group], shares[1][group], lift[group], score[group]])  # (4, M)
        found.append(tuple(Typical(int(ids[row]), *numbers[:, row].tolist()) for row in order))
    return found


def overlap(everyone: Everyone, groups: Grouping) -> Wide:
    """Return (G, G): how many films two people share in their top tens, one of each group, averaged over all pairs.

    Along the diagonal: two different people of one group; NaN where the group has one person only.
    """
    counts = counts_by_group(everyone, groups).astype(np.float64)
    sizes = groups.sizes.astype(np.float64)
    together = counts @ counts.T
    pairs = np.outer(sizes, sizes)
    np.fill_diagonal(together, (counts * (counts - 1)).sum(axis=1))
    np.fill_diagonal(pairs, sizes * (sizes - 1))
    shared = np.full_like(pairs, np.nan)
    np.divide(together, pairs, out=shared, where=pairs > 0)
    return shared
