"""A start for the history branches that already sees structure: the leading factors of the rating table.

A sum over a history with random weights says little, and training needs many steps to find the directions in which
people differ. The leading singular vectors of the table are those directions, and cost half a second. Half of each
branch starts from the residual stars, half from who has rated what at all; training goes on from there.
"""

import torch
from torch import Generator, Tensor

from recsys.data.histories import History, Sparse
from recsys.model.history import HistoryBranch, sparse_product

_ROUNDS, _OVERSAMPLING = 4, 20
_LEAST = 1e-3
"""A factor that differs by less than this share of the strongest one's size is none: scaled up it would be noise."""


def start_from_factors(users: HistoryBranch, movies: HistoryBranch, history: History, generator: Generator) -> None:
    """Set the weights of both branches so that each hidden number is a factor of deviation 1 over people or films.

    Args:
        users: the branch of the user tower.
        movies: the branch of the movie tower.
        history: of all people, over the films; training ratings only.
        generator: source of the first directions, and of the small noise that stays.
    """
    half = users.by_stars.shape[1] // 2
    if half == 0:
        return
    parts = ((history.residuals, "by_stars", slice(0, half)), (history.seen, "by_seen", slice(half, 2 * half)))
    for matrix, name, columns in parts:
        root_users, root_movies = (_roots(starts) for starts in (matrix.starts, matrix.transposed_starts))
        left, values, right = leading_factors(_scaled(matrix, root_users, root_movies), half, generator)
        for branch, side, root, other in ((users, right, root_movies, left), (movies, left, root_users, right)):
            factors = other * values  # (users or movies, k)
            deviations = factors.std(dim=0, correction=min(1, len(factors) - 1))
            weights = side / root.unsqueeze(1) / deviations
            weights[:, deviations <= _LEAST * values[:1] / len(factors) ** 0.5] = 0  # alike for all, or rounding errors
            with torch.no_grad():
                getattr(branch, name)[:, columns][:, : weights.shape[1]] += weights


def leading_factors(matrix: Sparse, size: int, generator: Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Return the leading singular vectors and values of a sparse (R, C) matrix.

    Randomised subspace iteration (Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1).

    Args:
        matrix: R rows, C columns.
        size: how many factors k; fewer where the matrix is smaller.
        generator: source of the first directions.

    Returns:
        (R, k) left vectors, (k,) values in falling order, (C, k) right vectors.
    """
    back = Sparse(*matrix[3:], *matrix[:3])
    num_columns = len(matrix.transposed_starts) - 1
    width = min(size + _OVERSAMPLING, num_columns, len(matrix.starts) - 1)
    basis = torch.randn(num_columns, width, generator=generator).to(matrix.values.device)
    for _ in range(_ROUNDS):
        basis = torch.linalg.qr(sparse_product(back, sparse_product(matrix, basis))).Q
    small = sparse_product(matrix, basis)  # (R, width)
    on_processor = torch.linalg.svd(small.cpu(), full_matrices=False)  # Apple's GPU has no kernel for it
    left, values, right = (part.to(small.device) for part in on_processor)
    return left[:, :size], values[:size], (basis @ right.T)[:, :size]


def _roots(starts: Tensor) -> Tensor:
    return starts.diff().clamp(min=1).sqrt().to(torch.float32)


def _scaled(matrix: Sparse, root_rows: Tensor, root_columns: Tensor) -> Sparse:
    """Divide each entry by the roots of the lengths of its row and its column, so that busy ones do not dominate."""
    rows = root_rows.repeat_interleave(matrix.starts.diff())
    columns = root_columns.repeat_interleave(matrix.transposed_starts.diff())
    return matrix._replace(
        values=matrix.values / rows / root_columns[matrix.columns],
        transposed_values=matrix.transposed_values / columns / root_rows[matrix.transposed_rows],
    )
