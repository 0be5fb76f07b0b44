"""How weights move: AdamW, the learning rate over a run, and the average of the weights that is kept."""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from recsys.config import TrainConfig
from recsys.model import TwoTower
from recsys.model.history import HistoryBranch

WARM_UP = 0.02


def make_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.AdamW:
    """Return AdamW, whose weight decay leaves out biases; without decay it is the article's Adam.

    Source: Loshchilov and Hutter (2019), "Decoupled weight decay regularization".
    """
    tables = {id(table) for module in model.modules() for table in _tables_of(module)}
    parameters = list(model.parameters())
    groups: list[dict[str, Any]] = [
        {"params": [p for p in parameters if id(p) in tables], "weight_decay": config.table_decay},
        {"params": [p for p in parameters if p.dim() > 1 and id(p) not in tables], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=config.learning_rate, fused=True)


def _tables_of(module: nn.Module) -> list[Tensor]:
    """Weights of which each row belongs to one thing: a person, a film, a word."""
    if isinstance(module, HistoryBranch):
        return [module.by_stars, module.by_seen]
    return [module.weight] if isinstance(module, nn.Embedding) else []


def learning_rate(config: TrainConfig, progress: float, highest: float | None = None) -> float:
    """Return the learning rate after a share of the run, from 0 to 1.

    "cosine" rises over the first 2 % of the run and falls to its final share at the end (Loshchilov and Hutter 2017,
    eq. 5). Above 0 the weights still move in the last epochs: their average is then over different networks.

    Args:
        config: names the schedule.
        progress: share of the run.
        highest: takes the place of the config's learning rate, which the schedule scales.
    """
    rate = config.learning_rate if highest is None else highest
    if config.schedule == "constant":
        return rate
    share = config.final_rate + (1 - config.final_rate) * (1 + math.cos(math.pi * progress)) / 2
    return rate * min(1.0, (progress + 0.002) / WARM_UP) * share


def averaged(model: TwoTower, decay: float) -> AveragedModel | None:
    """Return an exponential moving average of a network's weights, or None without averaging.

    The average of the last steps predicts better than the last step alone (Polyak and Juditsky 1992).
    """
    if decay == 0:
        return None
    return AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay))  # type: ignore[no-untyped-call]
