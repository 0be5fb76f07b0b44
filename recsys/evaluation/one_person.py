"""One person under the protocol: which of their ratings are known, which are looked for, and a list for them.

The same rules as `recsys.evaluation.protocol`, for a single person whom one can look at.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.config import DataConfig
from recsys.data.dataset import Dataset
from recsys.data.splits import split_of
from recsys.evaluation.contenders import Fitted
from recsys.evaluation.metrics import top_k
from recsys.evaluation.protocol import CUTOFF, LIKED_STARS


@dataclass(frozen=True)
class PersonParts:
    """One person's ratings by what they are used for: movie id -> stars.

    Attributes:
        user_id: who it is.
        known: training and validation part; these films do not enter a list.
        test: test part.
    """

    user_id: int
    known: Mapping[int, int]
    test: Mapping[int, int]

    @property
    def liked(self) -> frozenset[int]:
        """Films that a good list would hold: test ratings of 4 and more."""
        return frozenset(movie_id for movie_id, stars in self.test.items() if stars >= LIKED_STARS)


def which_is_test(dataset: Dataset, data: DataConfig) -> NDArray[np.bool_]:
    """Return (N,) whether each rating is in the test part of a split."""
    is_test = np.zeros(dataset.num_ratings, dtype=bool)
    is_test[split_of(dataset, data).test.numpy()] = True
    return is_test


def parts_of(dataset: Dataset, is_test: NDArray[np.bool_], user_id: int) -> PersonParts:
    """Return one person's ratings by part.

    Args:
        dataset: all ratings.
        is_test: answer of `which_is_test`.
        user_id: whose.

    Raises:
        UnknownIdError: if there is no such person.
    """
    rows = dataset.rating_rows_of_user(user_id)
    table = dataset.ratings.iloc[rows]
    pairs = list(zip(table["movie_id"].tolist(), table["rating"].tolist(), is_test[rows].tolist(), strict=True))
    return PersonParts(
        user_id,
        known={movie_id: stars for movie_id, stars, tested in pairs if not tested},
        test={movie_id: stars for movie_id, stars, tested in pairs if tested},
    )


def top_list(dataset: Dataset, fitted: Fitted, person: PersonParts, k: int = CUTOFF) -> list[int]:
    """Return the ids of the k films that a contender puts first for a person, known ones left out.

    Equal scores go by movie id, lower first.
    """
    scores = fitted.score_users(np.array([dataset.user_index(person.user_id)])).copy()  # (1, M)
    known = [dataset.movie_index(movie_id) for movie_id in person.known]
    scores[0, known] = -np.inf
    movie_ids = dataset.movies["movie_id"].to_numpy()
    best = top_k(scores, movie_ids, min(k, dataset.num_movies - len(known)))[0]
    return [int(movie_id) for movie_id in movie_ids[best]]
