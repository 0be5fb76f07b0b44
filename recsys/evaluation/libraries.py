"""Matrix factorisation by other people's libraries: for comparison only, in requirements-dev.txt alone.

Both are imported when they are first asked for. Only numbers are taken over from them, so that what is kept after
fitting is arrays in the order of the data set.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import MAX_STARS, MIN_STARS, Dataset


class SurpriseSvd:
    """Biased matrix factorisation by stochastic gradient descent on stars: SVD of scikit-surprise.

    Args:
        dataset: all ratings.
        rows: those that are learned from.
        seed: of the first factors.
        settings: of the library's `SVD`; what is left out is as it comes.
    """

    def __init__(self, dataset: Dataset, rows: NDArray[np.int64], *, seed: int, settings: dict[str, Any]) -> None:
        import pandas as pd  # noqa: PLC0415
        import surprise  # noqa: PLC0415

        columns = [dataset.user_indices[rows], dataset.movie_indices[rows], dataset.ratings["rating"].to_numpy()[rows]]
        table = pd.DataFrame(dict(zip(("user", "movie", "stars"), columns, strict=True)))
        scale = surprise.Reader(rating_scale=(MIN_STARS, MAX_STARS))
        train = surprise.Dataset.load_from_df(table, scale).build_full_trainset()
        model = surprise.SVD(random_state=seed, **settings).fit(train)
        users = np.array([train.to_raw_uid(inner) for inner in range(train.n_users)])
        movies = np.array([train.to_raw_iid(inner) for inner in range(train.n_items)])
        self.mean = float(train.global_mean)
        self.user_biases = _placed(model.bu, users, dataset.num_users)
        self.movie_biases = _placed(model.bi, movies, dataset.num_movies)
        self.user_factors = _placed(model.pu, users, dataset.num_users)
        self.movie_factors = _placed(model.qi, movies, dataset.num_movies)

    def predict(self, user_indices: NDArray[np.int64], movie_indices: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return (N,) predicted stars of N pairs; what was never rated has a bias and factors of 0."""
        together = np.einsum("nd,nd->n", self.user_factors[user_indices], self.movie_factors[movie_indices])
        stars: NDArray[np.float64] = self.mean + self.user_biases[user_indices] + self.movie_biases[movie_indices]
        stars += together
        return stars

    def score_users(self, user_indices: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (N, M) predicted stars."""
        together = self.user_factors[user_indices] @ self.movie_factors.T
        stars: NDArray[np.float64] = self.mean + self.user_biases[user_indices, None] + self.movie_biases + together
        return stars.astype(np.float32)


class ImplicitAls:
    """Matrix factorisation of who rated what, by alternating least squares: implicit (Hu, Koren and Volinsky 2008).

    Args:
        dataset: all ratings.
        rows: those that are learned from; each counts alike, whatever its stars.
        seed: of the first factors.
        settings: of the library's `AlternatingLeastSquares`; what is left out is as it comes.
    """

    def __init__(self, dataset: Dataset, rows: NDArray[np.int64], *, seed: int, settings: dict[str, Any]) -> None:
        from implicit.cpu.als import AlternatingLeastSquares  # noqa: PLC0415
        from scipy.sparse import csr_matrix  # noqa: PLC0415
        from threadpoolctl import threadpool_limits  # noqa: PLC0415

        shape = (dataset.num_users, dataset.num_movies)
        places = (dataset.user_indices[rows], dataset.movie_indices[rows])
        seen = csr_matrix((np.ones(len(rows), dtype=np.float32), places), shape=shape)
        with threadpool_limits(1, "blas"):  # it has threads of its own, and warns where there are others
            model = AlternatingLeastSquares(random_state=seed, **settings)
            model.fit(seen, show_progress=False)
        self.user_factors: NDArray[np.float32] = model.user_factors
        self.movie_factors: NDArray[np.float32] = model.item_factors

    def predict(self, _user_indices: NDArray[np.int64], _movie_indices: NDArray[np.int64]) -> None:
        """Predict no stars."""

    def score_users(self, user_indices: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (N, M) products of factors, about 1 for what the user would rate and 0 for what not."""
        scores: NDArray[np.float32] = self.user_factors[user_indices] @ self.movie_factors.T
        return scores


def _placed(values: NDArray[np.float64], places: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """(size, ...) the values at their places, 0 elsewhere."""
    placed: NDArray[np.float64] = np.zeros((size, *values.shape[1:]))
    placed[places] = values
    return placed
