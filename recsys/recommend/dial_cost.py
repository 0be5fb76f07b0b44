"""Dial cost: what a setting of the dials costs in NDCG@10 on held-out ratings.

A seeded sample of the people who like a film in the test part gets two lists of ten under the protocol: one as the
model orders it by itself, one with the dials turned. The candidates are all films that a person has no known rating
for, and relevant are those of the test part with 4 stars or more. Both lists are of the same people, so their
differences are compared person by person.
"""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from recsys.bundle import Array
from recsys.data.films_of_each import FilmsOfEach
from recsys.data.splits import split_of
from recsys.evaluation.metrics import ndcg_of_each
from recsys.evaluation.protocol import CUTOFF, known_rows, liked_of
from recsys.model import Vectors
from recsys.recommend.recommender import Recommender
from recsys.recommend.reranking import Dials

NUM_PEOPLE = 300
SEED = 0
_NORMAL_95 = 1.959964
STANDARD = Dials()


class DialCost(NamedTuple):
    """What a setting does to lists of ten.

    Attributes:
        standard: mean NDCG@10 of the model's own lists.
        turned: the same with the dials turned.
        low: lower end of a 95 % interval of the mean difference `turned - standard`, over people.
        high: its upper end.
        num_people: how many people were asked.
        seed: of the sample, and of the surprises.
    """

    standard: float
    turned: float
    low: float
    high: float
    num_people: int
    seed: int

    @property
    def change(self) -> float:
        """By how much NDCG@10 changes."""
        return self.turned - self.standard


class HeldOut:
    """People with what they liked in the test part, who are asked again and again. It never changes.

    Args:
        model: whose lists are measured.
        num_people: how many at most.
        seed: which of them.

    Attributes:
        num_people: how many there are; 0 where the model's split has no test part.
        user_indices: (num_people,) who they are.
    """

    def __init__(self, model: Recommender, *, num_people: int = NUM_PEOPLE, seed: int = SEED) -> None:
        self._ordering, self._seed = model.ordering, seed
        dataset, bundle = model.dataset, model.bundle
        split = split_of(dataset, bundle.info.data)
        test, known = liked_of(dataset, split.test.numpy()), known_rows(split)
        everybody = np.unique(dataset.user_indices[test])
        size = min(num_people, len(everybody))
        users = np.sort(np.random.default_rng(seed).choice(everybody, size=size, replace=False))
        self.num_people, self.user_indices = len(users), users
        self._users = Vectors(
            torch.from_numpy(bundle.user_features[users]), torch.from_numpy(bundle.features.user_bias[users])
        )
        self._is_known, self._is_liked = (FilmsOfEach(dataset, rows).matrix(users) for rows in (known, test))
        self._standard = self._measured(STANDARD, is_surprise=False) if self.num_people else np.zeros(0)

    def cost(self, dials: Dials, *, is_surprise: bool = False) -> DialCost:
        """Return what a setting costs.

        Args:
            dials: as they stand.
            is_surprise: are ten of the best fifty drawn at random? Each person's draw has a seed of its own, so that
                the answer does not hang on one of them.

        Raises:
            ValueError: if nobody has a held-out rating of a film that they like.
        """
        if not self.num_people:
            raise ValueError("the model's split has no test part with a film that somebody likes.")
        turned = self._measured(dials, is_surprise=is_surprise)
        change = turned - self._standard
        middle = float(change.mean())
        error = float(change.std(ddof=1) / np.sqrt(len(change))) if len(change) > 1 else 0.0
        return DialCost(
            standard=float(self._standard.mean()),
            turned=float(turned.mean()),
            low=middle - _NORMAL_95 * error,
            high=middle + _NORMAL_95 * error,
            num_people=self.num_people,
            seed=self._seed,
        )

    def _measured(self, dials: Dials, *, is_surprise: bool) -> NDArray[np.float64]:
        """(U,) NDCG@10 of each person's list."""
        scores: Array = self._ordering.scores(self._users, dials)
        hits = np.zeros((self.num_people, CUTOFF), dtype=np.bool_)
        for row in range(self.num_people):
            rng = np.random.default_rng([self._seed, row]) if is_surprise else None
            best = self._ordering.best(scores[row], ~self._is_known[row], k=CUTOFF, variety=dials.variety, rng=rng)
            hits[row, : len(best)] = self._is_liked[row, best]
        return ndcg_of_each(hits, self._is_liked.sum(axis=1))
