"""TitleCNN: a convolution over the words of a film title.

Kim (2014), "Convolutional Neural Networks for Sentence Classification": filters of several widths slide over the
embedded words, and of each filter only its strongest response along the title is kept.

A window lies within the title. Only a title shorter than the window is filled up, with zeros behind its end; so a
title gives the same answer however far it is padded.
"""

from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn

from recsys.config import ModelConfig
from recsys.data.vocabulary import PAD_INDEX
from recsys.model.layers import embedding


class FilterWinners(NamedTuple):
    """Where each filter responded most, for B titles; K filters for each window width, widths in config order.

    Attributes:
        response: (B, K * windows) the strongest response after ReLU, equal to `forward`.
        start: (B, K * windows) first word of the winning window, counted from 0.
        width: (K * windows,) words in the window.
    """

    response: Tensor
    start: Tensor
    width: Tensor


class TitleCNN(nn.Module):
    """Word embedding, convolutions of several widths, ReLU, max over the title.

    Args:
        num_words: rows of the word vocabulary, PAD and UNK included.
        config: gives word size, widths, filters and initial range.
        generator: source of the initial values.
    """

    def __init__(self, num_words: int, config: ModelConfig, generator: Generator) -> None:
        super().__init__()
        self.words = embedding(num_words, config.id_size, init=config.init, generator=generator, has_pad=True)
        self.convolutions = nn.ModuleList(
            _convolution(config.id_size, config.num_filters, width, generator) for width in config.windows
        )
        self.windows = config.windows
        self.num_features = config.num_filters * len(config.windows)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return (B, K * windows) title features of (B, L) word indices.

        Nine titles in ten have no more words than the widest window, so those are cut there and the rest go apart:
        two fifths of the time for the same answer.
        """
        widest = max(self.windows)
        is_long = (tokens[:, widest:] != PAD_INDEX).any(dim=1)
        short, long = torch.nonzero(~is_long).squeeze(1), torch.nonzero(is_long).squeeze(1)
        parts = [self._strongest(tokens[short, :widest]), self._strongest(tokens[long])]
        return torch.cat(parts).index_select(0, torch.cat([short, long]).argsort())

    def _strongest(self, tokens: Tensor) -> Tensor:
        """(B, L) -> (B, K * windows)."""
        return torch.cat([response.amax(dim=2) for response in self.responses(tokens)], dim=1)  # each (B, K, L')

    def responses(self, tokens: Tensor) -> list[Tensor]:
        """Return every filter's response along the title, before the max.

        Args:
            tokens: (B, L) word indices, PAD behind the end.

        Returns:
            For each width W a (B, K, L - W + 1) tensor of responses after ReLU. Windows that reach beyond the end of
            the title are 0 (no response); the first window always counts.
        """
        return self.slide(self.words(tokens), (tokens != PAD_INDEX).sum(dim=1))  # (B, L) -> (B, L, word size)

    def slide(self, embedded: Tensor, lengths: Tensor) -> list[Tensor]:
        """Slide the filters over words that are embedded already.

        Args:
            embedded: (B, L, word size) vectors, L at least the widest window; zeros behind the end of a title.
            lengths: (B,) how many of them are words.

        Returns:
            For each width W a (B, K, L - W + 1) tensor, as in `responses`.
        """
        return [
            torch.relu(sums) * self._is_inside(lengths.unsqueeze(1), width, embedded.shape[1]).unsqueeze(1)
            for sums, width in zip(self.weighted_sums(embedded), self.windows, strict=True)
        ]

    def weighted_sums(self, embedded: Tensor) -> list[Tensor]:
        """Return what `slide` makes its responses of: for each width W (B, K, L - W + 1), bias added, before ReLU."""
        columns = embedded.transpose(1, 2)  # (B, L, word size) -> (B, word size, L)
        return [convolution(columns) for convolution in self.convolutions]

    def winners(self, tokens: Tensor) -> FilterWinners:
        """Name the window that each filter kept, for (B, L) word indices."""
        strongest = [response.max(dim=2) for response in self.responses(tokens)]
        num_filters = self.num_features // len(self.windows)
        return FilterWinners(
            torch.cat([values for values, _ in strongest], dim=1),
            torch.cat([starts for _, starts in strongest], dim=1),
            torch.tensor(self.windows).repeat_interleave(num_filters),
        )

    @staticmethod
    def _is_inside(lengths: Tensor, width: int, padded_length: int) -> Tensor:
        """(B, L - W + 1) bool: does the window that starts here end within the title? True for the first."""
        starts = torch.arange(padded_length - width + 1, device=lengths.device)
        return starts <= (lengths - width).clamp(min=0)


def _convolution(word_size: int, num_filters: int, width: int, generator: Generator) -> nn.Conv1d:
    """Filters over `width` words that start as in the article: weights of deviation 0.1 cut at 0.2, bias 0.1."""
    convolution = nn.Conv1d(word_size, num_filters, kernel_size=width)
    nn.init.trunc_normal_(convolution.weight, std=0.1, a=-0.2, b=0.2, generator=generator)
    if convolution.bias is not None:
        nn.init.constant_(convolution.bias, 0.1)
    return convolution
