"""Data sets small enough to count by hand, and contenders of all kinds."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from recsys.data.dataset import Dataset
from recsys.data.splits import Split

Triple = tuple[int, int, int]
Make = Callable[..., tuple[Dataset, Split]]


@pytest.fixture(scope="session")
def by_hand() -> Make:
    """Make a data set from (user id, movie id, stars), and the split that its parts are."""

    def make(
        train: list[Triple],
        test: list[Triple],
        *,
        users: int = 4,
        movie_ids: tuple[int, ...] = (1, 2, 3, 4),
        genders: str = "FMFM",
        age_groups: tuple[int, ...] = (0, 2, 2, 6),
    ) -> tuple[Dataset, Split]:
        people = pd.DataFrame(
            {
                "user_id": range(1, users + 1),
                "gender": [genders[row % len(genders)] for row in range(users)],
                "age": 25,
                "age_group": [age_groups[row % len(age_groups)] for row in range(users)],
                "occupation": "other",
                "raw": "",
            }
        )
        films = pd.DataFrame(
            {
                "movie_id": movie_ids,
                "title": [f"Film {movie_id}" for movie_id in movie_ids],
                "year": pd.array([2000] * len(movie_ids), dtype="Int64"),
                "genres": [("Drama",)] * len(movie_ids),
                "raw": "",
            }
        )
        ratings = pd.DataFrame([*train, *test], columns=["user_id", "movie_id", "rating"]).assign(timestamp=0)
        rows = torch.arange(len(ratings))
        nothing = torch.empty(0, dtype=torch.int64)
        return Dataset("synthetic", people, films, ratings, "a test"), Split(
            rows[: len(train)], nothing, rows[len(train) :]
        )

    return make


@pytest.fixture(scope="session")
def spoiled(dataset: Dataset, split: Split) -> Dataset:
    """The same data with another test part: stars shuffled, each given to another film."""
    ratings = dataset.ratings.copy()
    rng = np.random.default_rng(1)
    part = split.test.numpy()
    for column in ("rating", "movie_id"):
        values = ratings[column].to_numpy().copy()
        values[part] = rng.permutation(values[part])
        ratings[column] = values
    changed = replace(dataset, ratings=ratings)
    assert changed.fingerprint != dataset.fingerprint
    return changed
