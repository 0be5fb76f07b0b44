"""The test metrics of a trained model, for when all is chosen: no training asks for them."""

from dataclasses import replace

import numpy as np

from recsys.bundle import Bundle
from recsys.bundle.info import BundleInfo, rewrite_info
from recsys.data.dataset import Dataset
from recsys.data.splits import Split, split_of
from recsys.evaluation.baselines import baseline_errors
from recsys.evaluation.metrics import star_errors
from recsys.evaluation.protocol import evaluate_lists


def keep_on_test(dataset: Dataset, bundle: Bundle) -> BundleInfo:
    """Measure a bundle on the test part, and write that into it beside the errors of the baselines.

    Raises:
        BundleError: if it cannot be written.
    """
    info, split = bundle.info, split_of(dataset, bundle.info.data)
    metrics = {**info.metrics, "test": metrics_on_test(dataset, bundle, split)}
    return rewrite_info(replace(info, metrics=metrics, baselines=baseline_errors(dataset, split, "validation", "test")))


def metrics_on_test(dataset: Dataset, bundle: Bundle, split: Split | None = None) -> dict[str, float]:
    """Return errors in stars and quality of lists on the test part of a bundle's own split.

    Args:
        dataset: what the bundle was trained on.
        bundle: a trained model.
        split: the split that the bundle names, if the caller has drawn it already.

    Returns:
        "mse", "rmse", "mae" and what `evaluate_lists` returns; empty where the split has no test part.
    """
    split = split or split_of(dataset, bundle.info.data)
    rows = split.test.numpy()
    if len(rows) == 0:
        return {}
    predicted = bundle.predict_stars(dataset.user_indices[rows], dataset.movie_indices[rows])
    stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)[rows]
    return star_errors(predicted, stars) | evaluate_lists(dataset, split, bundle.score_users)
