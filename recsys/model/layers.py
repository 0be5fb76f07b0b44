"""The small parts that towers and heads are built of, with the initial values of the article's TensorFlow code.

Every random number comes from a generator that the caller hands in, so that one seed gives one network and one
curve whatever else the process does.
"""

import torch
from torch import Generator, Tensor, nn

from recsys.data.vocabulary import PAD_INDEX


def dense(in_size: int, out_size: int, generator: Generator) -> nn.Linear:
    """Return a dense layer with Glorot-uniform weights and bias 0 (Glorot and Bengio 2010, eq. 16)."""
    layer = nn.Linear(in_size, out_size)
    nn.init.xavier_uniform_(layer.weight, generator=generator)
    nn.init.zeros_(layer.bias)
    return layer


def embedding(num_rows: int, size: int, *, init: float, generator: Generator, has_pad: bool = False) -> nn.Embedding:
    """Return an embedding table that starts uniform in [-init, init]; with `has_pad`, row PAD is 0 and stays so."""
    table = nn.Embedding(num_rows, size, padding_idx=PAD_INDEX if has_pad else None)
    nn.init.uniform_(table.weight, -init, init, generator=generator)
    if has_pad:
        with torch.no_grad():
            table.weight[PAD_INDEX].zero_()
    return table


class SeededDropout(nn.Module):
    """Dropout whose mask comes from a generator of its own (Srivastava et al. 2014, inverted form).

    `nn.Dropout` draws from the one generator of the process, which other threads share; a run could then not be
    repeated or resumed exactly.

    Args:
        share: probability that a value is dropped, from 0 to below 1.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share
        self._generator: Generator | None = None

    def reseed(self, seed: int, device: torch.device) -> None:
        """Start the masks anew from a seed, on the device of the values."""
        if self._generator is None or self._generator.device != device:
            self._generator = torch.Generator(device)
        self._generator.manual_seed(seed)

    def forward(self, values: Tensor) -> Tensor:
        """Return `values` (any shape) with some set to 0 and the rest scaled up; unchanged in eval mode."""
        if not self.training or self.share == 0:
            return values
        kept = torch.rand(values.shape, generator=self._generator, device=values.device) >= self.share
        return values * kept / (1 - self.share)


class IdDropout(SeededDropout):
    """Leaves out whole rows, so that the network learns to do without ids: a row stands for a person or a film.

    What is kept is not scaled up: a person without an id is somebody new, not a fainter one.
    """

    def forward(self, values: Tensor) -> Tensor:
        """Return (B, size) `values` with some rows set to 0; unchanged in eval mode."""
        if not self.training or self.share == 0:
            return values
        return values * (torch.rand(len(values), 1, generator=self._generator, device=values.device) >= self.share)
