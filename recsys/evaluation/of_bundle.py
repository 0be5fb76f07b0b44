"""The test metrics of a trained model: the same numbers after training and from a loaded bundle."""

import numpy as np
import torch
from numpy.typing import NDArray

from recsys.bundle import Bundle
from recsys.data.dataset import Dataset
from recsys.data.splits import Split, random_split
from recsys.evaluation.metrics import star_errors
from recsys.evaluation.protocol import evaluate_lists


def metrics_on_test(dataset: Dataset, bundle: Bundle, split: Split | None = None) -> dict[str, float]:
    """Return errors in stars and quality of lists on the test part of a bundle's own split.

    Args:
        dataset: what the bundle was trained on.
        bundle: a trained model.
        split: the split that the bundle names, if the caller has drawn it already.

    Returns:
        "mse", "rmse", "mae" and what `evaluate_lists` returns; empty where the split has no test part.
    """
    split = split or random_split(dataset.num_ratings, bundle.info.data)
    rows = split.test.numpy()
    if len(rows) == 0:
        return {}
    users, movies = torch.from_numpy(bundle.user_features), torch.from_numpy(bundle.movie_features)
    head = bundle.model.head

    def score_users(indices: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.inference_mode():
            scores: NDArray[np.float32] = head.score_matrix(users[indices], movies).numpy()
        return scores

    with torch.inference_mode():
        predicted = head(users[dataset.user_indices[rows]], movies[dataset.movie_indices[rows]]).numpy()
    stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)[rows]
    return star_errors(predicted, stars) | evaluate_lists(dataset, split, score_users)
