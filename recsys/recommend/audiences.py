"""Audiences: which groups of people would like a film, among those who have not rated it."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from recsys.data.dataset import MAX_STARS, MIN_STARS
from recsys.data.profiles import PersonField
from recsys.recommend.recommender import Recommender


class Group(NamedTuple):
    """People who share a trait and have not rated a film.

    Attributes:
        group: value of the trait.
        num_people: how many they are.
        stars: their mean predicted stars, each in [1, 5].
    """

    group: str | int
    num_people: int
    stars: float


def groups_who_would_like(recommender: Recommender, movie_id: int, field: PersonField) -> tuple[Group, ...]:
    """Return the groups of people who have not rated a film, with what they are predicted to give it.

    Args:
        recommender: of the model.
        movie_id: the film.
        field: column of `Dataset.users` that makes the groups.

    Returns:
        In the order of the trait's values; a group of which everybody has rated the film is left out.

    Raises:
        UnknownIdError: if there is no such film.
    """
    data = recommender.dataset
    stars = np.clip(recommender.bundle.stars_of_movie(data.movie_index(movie_id)), MIN_STARS, MAX_STARS)
    is_new = np.ones(data.num_users, dtype=bool)
    is_new[data.user_indices[data.rating_rows_of_movie(movie_id)]] = False
    codes, groups = pd.factorize(data.users[field], sort=True)
    number = np.bincount(codes[is_new], minlength=len(groups))
    total = np.bincount(codes[is_new], weights=stars[is_new], minlength=len(groups))
    values = zip(np.asarray(groups).tolist(), number.tolist(), total.tolist(), strict=True)
    return tuple(Group(group, count, weight / count) for group, count, weight in values if count)
