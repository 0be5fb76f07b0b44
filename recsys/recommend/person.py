"""Person: whom an answer is for, be it one of the data set's people or a visitor who is in no data set.

What the recommender, its explanations and the lists for several people ask about; it holds one vector and the ratings
that the vector was made of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch

from recsys.bundle import Array
from recsys.model import Vectors


class Traits(NamedTuple):
    """What somebody says of themselves; None where it was not said.

    Attributes:
        gender: one of `recsys.data.dataset.GENDERS`.
        age_group: index into `recsys.data.dataset.AGE_GROUPS`.
        occupation: name that the data set has.
    """

    gender: str | None = None
    age_group: int | None = None
    occupation: str | None = None


@dataclass(frozen=True, eq=False)
class Person:
    """Whom an answer is for.

    Attributes:
        user_id: id in the data set; None for a visitor.
        traits: what is known of them.
        ratings: movie id -> stars of all that they have rated.
        known: those of them that the vector was made of; the rest is held out. For a visitor all of them.
        features: (D,) feature vector.
        bias: stars by which they lie above the mean.
    """

    user_id: int | None
    traits: Traits
    ratings: Mapping[int, int]
    known: Mapping[int, int]
    features: Array
    bias: float

    @property
    def vectors(self) -> Vectors:
        """What the head reads of them, (1, D) and (1,)."""
        return Vectors(torch.from_numpy(self.features).unsqueeze(0), torch.tensor([self.bias]))
