"""HistoryBranch: from a rating history to a part of a feature vector.

A person is what they rated and how, a film is who rated it and how. Every film (or person) of the other side has two
vectors: one that counts with the stars beyond expectation, one that counts by having been rated at all. Their sums over
the history are the two halves of an autoencoder's input layer (Sedhain et al. 2015, "AutoRec"; Koren 2008, "SVD++").
"""

import torch
from torch import Generator, Tensor, nn
from torch.autograd.function import FunctionCtx
from torch.nn import functional

from recsys.config import ModelConfig
from recsys.data.histories import History, Sparse

NUM_SCALARS = 2


class HistoryBranch(nn.Module):
    """Weighted sums over a history, tanh, and two numbers beside them: its level and how long it is.

    Args:
        num_others: films of which a person's history consists, or people of which a film's does.
        size: H, numbers into which the history is summed.
        generator: source of the initial values.
    """

    def __init__(self, num_others: int, size: int, generator: Generator) -> None:
        super().__init__()
        self.by_stars = nn.Parameter(torch.empty(num_others, size))
        self.by_seen = nn.Parameter(torch.empty(num_others, size))
        self.bias = nn.Parameter(torch.zeros(size))
        for table in (self.by_stars, self.by_seen):
            nn.init.normal_(table, std=0.01, generator=generator)

    def forward(self, history: History) -> Tensor:
        """Return (B, H + 2) numbers that describe B histories."""
        total = sparse_product(history.residuals, self.by_stars) + sparse_product(history.seen, self.by_seen)
        return self.read(total, history.level, history.num_ratings)

    def read(self, total: Tensor, level: Tensor, num_ratings: Tensor) -> Tensor:
        """Return (B, H + 2) numbers that describe B histories: (B, H) sums, (B,) levels and (B,) numbers of ratings."""
        length = num_ratings.clamp(min=1).sqrt().unsqueeze(1)  # a sum of n things of either sign grows so
        hidden = torch.tanh(total / length + self.bias)  # (B, H)
        scalars = torch.stack([level, torch.log1p(num_ratings) / 5 - 1], dim=1)  # (B, 2), both around 0
        return torch.cat([hidden, scalars], dim=1)


def history_branch(num_others: int, config: ModelConfig, generator: Generator) -> HistoryBranch | None:
    """Return the branch that a config names, or None for the article's towers."""
    return HistoryBranch(num_others, config.history_size, generator) if config.history_size else None


def num_history_features(config: ModelConfig) -> int:
    """Return how many numbers the branch adds to a tower."""
    return config.history_size + NUM_SCALARS if config.history_size else 0


def has_ratings(history: History) -> Tensor:
    """Return (B, 1): 1 where there is a rating; the id of somebody without any was never trained."""
    return (history.num_ratings > 0).to(torch.float32).unsqueeze(1)


def known(history: History | None) -> History:
    """Return the history that a tower with a branch cannot do without.

    Raises:
        ValueError: if there is none.
    """
    if history is None:
        raise ValueError("This network has history branches: hand in the histories (RatingTable.histories).")
    return history


def sparse_product(matrix: Sparse, table: Tensor) -> Tensor:
    """Return (R, H): a sparse (R, C) matrix times a dense (C, H) one. The gradient flows to the dense one."""
    product: Tensor = _SparseProduct.apply(table, matrix)  # type: ignore[no-untyped-call]
    return product


def _sum_rows(starts: Tensor, columns: Tensor, values: Tensor, table: Tensor) -> Tensor:
    return functional.embedding_bag(
        columns, table, starts, mode="sum", per_sample_weights=values, include_last_offset=True
    )


class _SparseProduct(torch.autograd.Function):
    """The gradient is the product with the transpose, which `Sparse` has at hand."""

    @staticmethod
    def forward(context: FunctionCtx, table: Tensor, matrix: Sparse) -> Tensor:
        context.matrix = matrix  # type: ignore[attr-defined]
        return _sum_rows(matrix.starts, matrix.columns, matrix.values, table)

    @staticmethod
    def backward(context: FunctionCtx, gradient: Tensor) -> tuple[Tensor, None]:
        matrix = context.matrix  # type: ignore[attr-defined]
        back = (matrix.transposed_starts, matrix.transposed_rows, matrix.transposed_values)
        return _sum_rows(*back, gradient.contiguous()), None
