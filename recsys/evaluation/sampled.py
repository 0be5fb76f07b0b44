"""Sampled ranking: a relevant film among 100 others, shown beside full rankings because it flatters.

Many papers rank one film that the user liked among 100 drawn at random. The numbers come out far higher than among all
films, and may order two models the other way round (Krichene and Rendle 2020, "On Sampled Metrics for Item
Recommendation"). The others are drawn once for a seed, the same for every contender.
"""

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.data.groups import Groups
from recsys.data.splits import Split
from recsys.evaluation.protocol import CUTOFF, ScoreUsers, liked_of

NUM_NEGATIVES = 100
_CHUNK = 512


def evaluate_sampled(dataset: Dataset, split: Split, score_users: ScoreUsers, *, seed: int) -> dict[str, float]:
    """Return "sampled_hr@10" and "sampled_ndcg@10", averaged over the test ratings of 4 or more.

    Each such film is ranked among `NUM_NEGATIVES` films that its user has no rating for in any part (all of them where
    there are fewer); of equal scores the lower movie id comes first.

    Args:
        dataset: all ratings.
        split: the test part is looked at.
        score_users: scores of all films for some users.
        seed: of the draw.

    Returns:
        Two values; none if there is no test rating of 4 or more.
    """
    rows = liked_of(dataset, split.test.numpy())
    liked = Groups(dataset.user_indices[rows], dataset.num_users)
    rated = Groups(dataset.user_indices, dataset.num_users)
    users = np.flatnonzero(liked.counts)
    if len(users) == 0:
        return {}
    movie_ids = dataset.movies["movie_id"].to_numpy()
    ranks = []
    for start in range(0, len(users), _CHUNK):
        chunk = users[start : start + _CHUNK]
        for user, scores in zip(chunk, score_users(chunk), strict=True):
            targets = dataset.movie_indices[rows[liked.positions(user)]]
            is_unrated = np.ones(dataset.num_movies, dtype=bool)
            is_unrated[dataset.movie_indices[rated.positions(user)]] = False
            others = draw_negatives(np.flatnonzero(is_unrated), len(targets), np.random.default_rng((seed, int(user))))
            ranks.append(_ranks(scores, movie_ids, targets, others))
    rank = np.concatenate(ranks)
    is_hit = rank < CUTOFF
    gain = np.where(is_hit, 1 / np.log2(rank + 2), 0.0)
    return {f"sampled_hr@{CUTOFF}": float(is_hit.mean()), f"sampled_ndcg@{CUTOFF}": float(gain.mean())}


def draw_negatives(candidates: NDArray[np.int64], num_draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return (num_draws, min(100, C)) films, all different within a row, each row a uniform draw from (C,) candidates.

    The rows are windows into one shuffled ring of candidates, so that a draw costs no more than its size.
    """
    size = min(NUM_NEGATIVES, len(candidates))
    if size == 0:
        return np.empty((num_draws, 0), dtype=np.int64)
    places = (np.arange(num_draws)[:, None] * size + np.arange(size)) % len(candidates)
    negatives: NDArray[np.int64] = rng.permutation(candidates)[places]
    return negatives


def _ranks(
    scores: NDArray[np.float32],
    movie_ids: NDArray[np.int64],
    targets: NDArray[np.int64],
    others: NDArray[np.int64],
) -> NDArray[np.int64]:
    """(n,) how many of the others (n, k) come before each target (n,), in one user's scores (M,)."""
    own = scores[targets, None]
    is_tied_before = (scores[others] == own) & (movie_ids[others] < movie_ids[targets, None])
    before: NDArray[np.int64] = ((scores[others] > own) | is_tied_before).sum(axis=1)
    return before
