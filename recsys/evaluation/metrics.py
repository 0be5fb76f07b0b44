"""Metrics of predicted stars and of recommended lists.

Functions of plain arrays; whom they are computed for is decided in `recsys.evaluation.protocol`.
"""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recsys.data.dataset import MAX_STARS, MIN_STARS

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]


def star_errors(predicted: Floats, true: Floats) -> dict[str, float]:
    """Return "mse", "rmse" and "mae" in stars.

    Args:
        predicted: (N,) predicted stars; clipped to [1, 5] here.
        true: (N,) true stars.

    Raises:
        ValueError: if the shapes differ or there is nothing to measure.
    """
    if predicted.shape != true.shape or predicted.ndim != 1 or len(true) == 0:
        raise ValueError(f"predicted and true must be (N,) with N > 0, not {predicted.shape} and {true.shape}.")
    errors = np.clip(predicted, MIN_STARS, MAX_STARS).astype(np.float64) - true
    mse = float(np.mean(errors**2))
    return {"mse": mse, "rmse": mse**0.5, "mae": float(np.mean(np.abs(errors)))}


def top_k(scores: Floats, tie_order: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Return (U, k) columns with the highest scores, best first; equal scores by `tie_order`, lowest first.

    The beginning of a full sort, without one: the best k + 1 are selected, and only rows in which the last two of these
    are equal are looked through again for the columns that come first among equals.

    Args:
        scores: (U, M); -inf for what must not be in the list, and what is not a number counts as -inf.
        tie_order: (M,) such as movie ids.
        k: cut-off; a list has M columns where there are no more.
    """
    columns = np.argsort(tie_order, kind="stable")
    is_in_order = bool((columns[1:] > columns[:-1]).all())
    table = torch.from_numpy(np.ascontiguousarray(scores if is_in_order else scores[:, columns]))
    table = table.nan_to_num(nan=-torch.inf, posinf=torch.inf, neginf=-torch.inf)
    size = min(k, table.shape[1])
    values, best = table.topk(min(k + 1, table.shape[1]), dim=1)
    best = best[:, :size]
    if size < table.shape[1]:
        is_cut = values[:, size - 1] == values[:, size]
        best[is_cut] = _first_among_equals(table[is_cut], values[is_cut, size - 1], size)
    best = best.sort(dim=1).values
    order = table.gather(1, best).argsort(dim=1, descending=True, stable=True)
    found: NDArray[np.int64] = columns[best.gather(1, order).numpy()]
    return found


def _first_among_equals(scores: Tensor, last: Tensor, k: int) -> Tensor:
    """(R, k) columns of the k best of (R, M) scores, the k-th of which is (R,) `last`; of equal ones the first."""
    num_columns = scores.shape[1]
    from_the_left = torch.arange(num_columns, 0, -1, dtype=torch.int32)
    among_equals = torch.where(scores == last[:, None], from_the_left, 0)
    rank = torch.where(scores > last[:, None], num_columns + 1, among_equals)
    return rank.topk(k, dim=1, sorted=False).indices


def ndcg_of_each(hits: Bools, num_relevant: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return (U,) NDCG at k: binary gain, log2 discount, the ideal list cut at k (Järvelin and Kekäläinen 2002).

    Args:
        hits: (U, k) is the film at this rank relevant?
        num_relevant: (U,) relevant films of each user, at least 1.
    """
    k = hits.shape[1]
    discounts = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discounts)[np.minimum(num_relevant, k) - 1]
    each: NDArray[np.float64] = hits @ discounts / ideal
    return each


def list_quality(hits: Bools, num_relevant: NDArray[np.int64]) -> Mapping[str, float]:
    """Return "ndcg", "hr", "recall", "precision" and "mrr" at k, averaged over users.

    Args:
        hits: (U, k) is the film at this rank relevant?
        num_relevant: (U,) relevant films of each user, at least 1.
    """
    reciprocal_ranks = (hits / np.arange(1, hits.shape[1] + 1)).max(axis=1)
    return {
        "ndcg": float(np.mean(ndcg_of_each(hits, num_relevant))),
        "hr": float(np.mean(hits.any(axis=1))),
        "recall": float(np.mean(hits.sum(axis=1) / num_relevant)),
        "precision": float(np.mean(hits.mean(axis=1))),
        "mrr": float(np.mean(reciprocal_ranks)),
    }


def coverage(lists: NDArray[np.int64], num_movies: int) -> float:
    """Return the share of the M movies that stand in at least one of the (U, k) lists."""
    return len(np.unique(lists)) / num_movies


def novelty(lists: NDArray[np.int64], num_ratings_by_movie: NDArray[np.int64], num_users: int) -> float:
    """Return the mean inverse user frequency of the listed films, in bits; a film without ratings counts as with one.

    -log2(share of users who rated the film), averaged over the (U, k) lists (Castells et al. 2015).
    """
    frequency = np.maximum(num_ratings_by_movie, 1) / num_users
    return float(np.mean(-np.log2(frequency[lists])))


def diversity(lists: NDArray[np.int64], genres: Bools) -> float:
    """Return the mean distance in genres (1 - Jaccard) between two films of one list, over the (U, k) lists.

    Args:
        lists: (U, k) rows of `genres`, k at least 2.
        genres: (M, G) does the film have the genre?
    """
    members = genres[lists].astype(np.float32)  # (U, k, G)
    shared = members @ members.transpose(0, 2, 1)  # (U, k, k)
    sizes = members.sum(axis=2)
    union = sizes[:, :, None] + sizes[:, None, :] - shared
    distance = 1 - np.divide(shared, union, out=np.ones_like(shared), where=union > 0)
    first, second = np.triu_indices(lists.shape[1], k=1)
    return float(distance[:, first, second].mean())
