"""One seed from several numbers: every random number of a step comes from the run's seed, the epoch and the batch."""

import numpy as np
import torch
from torch import Generator, nn

from recsys.model.layers import SeededDropout


def mixed(*numbers: int) -> int:
    """Return one seed from several numbers, different for different numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))


def seeded(*numbers: int) -> Generator:
    """Return a generator on the CPU that starts from several numbers."""
    return torch.Generator().manual_seed(mixed(*numbers))


def reseed_dropout(model: nn.Module, seed: int, device: torch.device) -> None:
    """Start the masks of all dropouts of a network anew."""
    for module in model.modules():
        if isinstance(module, SeededDropout):
            module.reseed(seed, device)
