"""Measure a fitted contender on the test part: stars, full lists, sampled lists, errors by group."""

from collections.abc import Callable

import numpy as np

from recsys.data.dataset import Dataset
from recsys.data.splits import Split
from recsys.evaluation.contenders import Fitted
from recsys.evaluation.error_groups import GroupError, errors_by_group
from recsys.evaluation.metrics import star_errors
from recsys.evaluation.protocol import evaluate_lists
from recsys.evaluation.sampled import evaluate_sampled

Step = Callable[[str, float], None]
"""Name of a step, and the share of the measuring that is done when it begins, 0 to 1."""


def measure(
    fitted: Fitted, dataset: Dataset, split: Split, *, seed: int, on_step: Step
) -> tuple[dict[str, float], tuple[GroupError, ...]]:
    """Return all metrics of the scoreboard, and the errors by group.

    Args:
        fitted: what is measured.
        dataset: all ratings.
        split: its test part is looked at.
        seed: of the sampled ranking.
        on_step: called before "stars", "lists" and "sampled", and with "done" at the end; may raise to stop.
    """
    on_step("stars", 0.0)
    test = split.test.numpy()
    predicted = fitted.predict(dataset.user_indices[test], dataset.movie_indices[test])
    metrics: dict[str, float] = {}
    groups: tuple[GroupError, ...] = ()
    if predicted is not None:
        stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)[test]
        errors = star_errors(predicted, stars)
        metrics |= {"rmse": errors["rmse"], "mae": errors["mae"]}
        groups = errors_by_group(dataset, split, predicted)
    on_step("lists", 0.3)
    metrics |= evaluate_lists(dataset, split, fitted.score_users)
    on_step("sampled", 0.7)
    metrics |= evaluate_sampled(dataset, split, fitted.score_users, seed=seed)
    on_step("done", 1.0)
    return metrics, groups
