"""Groups of people by what the data set says of them, and how sure a number of a group can be.

People are drawn, not ratings: the ratings of one person resemble each other, so an interval from ratings alone would be
far too narrow. Each interval is a percentile bootstrap over the people of the group (Efron and Tibshirani 1993,
chapter 13).
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import AGE_GROUPS, GENDERS, Dataset

Kind = Literal["gender", "age", "occupation"]
Wide = NDArray[np.float64]

KINDS: tuple[Kind, ...] = ("gender", "age", "occupation")
NUM_RESAMPLES = 1000
FEW_PEOPLE = 30
"""Below this many people even an interval says little: the bootstrap is too narrow for so few."""
_AT_ONCE = 2_000_000


class Interval(NamedTuple):
    """A number of a group with its 95 % interval; all three are NaN where there is nobody to measure.

    Attributes:
        value: what was measured.
        low, high: 2.5th and 97.5th percentile of the resamples; NaN for a single person.
    """

    value: float
    low: float
    high: float

    def excludes(self, value: float) -> bool:
        """Does the interval leave a value out?"""
        return value < self.low or value > self.high


NOTHING = Interval(float("nan"), float("nan"), float("nan"))


class Grouping(NamedTuple):
    """Everybody by one thing that is known of them.

    Attributes:
        kind: which.
        codes: (U,) group of each person, a position in `values`.
        values: what the groups are: "F" and "M", age groups 0 to 6, names of occupations; only those with people.
    """

    kind: Kind
    codes: NDArray[np.int64]
    values: tuple[str | int, ...]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """(G,) number of people in each group."""
        return np.bincount(self.codes, minlength=len(self.values))


def grouping(dataset: Dataset, kind: Kind) -> Grouping:
    """Return the groups of one kind."""
    column = "age_group" if kind == "age" else kind
    options = values_of(dataset, kind)
    codes = {value: code for code, value in enumerate(options)}
    return Grouping(kind, np.array([codes[value] for value in dataset.users[column].tolist()], dtype=np.int64), options)


def values_of(dataset: Dataset, kind: Kind) -> tuple[str | int, ...]:
    """Return what people of the data set are, in a kind's own order: ages ascending, names sorted."""
    column = "age_group" if kind == "age" else kind
    there = set(dataset.users[column].tolist())
    ages: tuple[str | int, ...] = tuple(range(len(AGE_GROUPS)))
    order = ages if kind == "age" else GENDERS if kind == "gender" else dataset.occupations
    return tuple(value for value in order if value in there)


class Resamples:
    """Totals of what the people of a group add, for the group as it is and for resamples of it.

    Args:
        sums: (n, S) what each person adds, such as squared errors and their number.
        rng: draws the people of each resample, with replacement.
    """

    def __init__(self, sums: Wide, rng: np.random.Generator) -> None:
        self.num_people = len(sums)
        self._whole = sums.sum(axis=0)  # (S,)
        parts = [np.empty((0, sums.shape[1]))]
        step = max(1, _AT_ONCE // max(1, self.num_people))
        for start in range(0, NUM_RESAMPLES if self.num_people > 1 else 0, step):
            size = min(step, NUM_RESAMPLES - start)
            drawn = (
                rng.integers(self.num_people, size=(size, self.num_people)) + self.num_people * np.arange(size)[:, None]
            )
            weights = np.bincount(drawn.ravel(), minlength=size * self.num_people).reshape(size, -1)
            parts.append(weights.astype(np.float64) @ sums)
        self._totals = np.concatenate(parts)  # (B, S)

    def mean(self, total: int, number: int) -> Interval:
        """Return one column of totals by another, with its interval."""
        if self._whole[number] == 0:
            return NOTHING
        value = float(self._whole[total] / self._whole[number])
        totals = self._totals[self._totals[:, number] > 0]
        if len(totals) == 0:
            return Interval(value, float("nan"), float("nan"))
        low, high = np.percentile(totals[:, total] / totals[:, number], [2.5, 97.5])
        return Interval(value, float(low), float(high))

    def root_mean(self, total: int, number: int) -> Interval:
        """Return the root of `mean`."""
        return Interval(*(value**0.5 for value in self.mean(total, number)))


def mean_of(values: Wide, rng: np.random.Generator) -> Interval:
    """Return the mean of (n,) values, one a person, with its interval; NaN is nobody."""
    there = values[~np.isnan(values)]
    return Resamples(np.stack([there, np.ones_like(there)], axis=1), rng).mean(0, 1)
