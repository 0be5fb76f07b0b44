"""Networks on the scoreboard: trained from a preset as the verb train does it, then measured like all the others."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch

from recsys.bundle import load_bundle
from recsys.config import LEARNED_FROM_ALL, PRESETS, DataConfig, ModelConfig, TrainConfig, learned_from, preset
from recsys.data.dataset import Dataset
from recsys.data.splits import Split
from recsys.device import pick_device
from recsys.errors import StoppedError
from recsys.evaluation.bundle_scores import FittedBundle
from recsys.evaluation.contenders import Contender
from recsys.evaluation.protocol import known_rows
from recsys.report import EpochReport
from recsys.training.run import Run, no_layouts
from recsys.training.trainer import never


def ignore_report(_report: EpochReport) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class NetworkContender:
    """A network that is trained for the scoreboard and not kept.

    Attributes:
        key: stable name.
        data: the split that it is trained on.
        preset: where its settings come from.
        model: what the network is.
        train: how it is trained.
        device: where it is trained.
        on_report: told after each epoch.
        should_stop: asked before every batch.
    """

    key: str
    data: DataConfig
    preset: str
    model: ModelConfig
    train: TrainConfig
    device: torch.device
    on_report: Callable[[EpochReport], None] = ignore_report
    should_stop: Callable[[], bool] = never
    is_cheap: bool = False
    needs: str | None = None

    @property
    def config(self) -> Mapping[str, Any]:
        """Settings, JSON-ready."""
        configs = {"model": self.model.to_dict(), "train": self.train.to_dict()}
        return {"preset": self.preset, "learned_from": LEARNED_FROM_ALL, **configs}

    def tuned(self, _dataset: Dataset, _split: Split) -> "NetworkContender":
        """Return itself: its settings are those of its preset."""
        return self

    def num_ratings(self, _dataset: Dataset, split: Split) -> int:
        """Return how many ratings of a split `fit` learns from."""
        return len(known_rows(split))

    def fit(self, dataset: Dataset, split: Split) -> FittedBundle:
        """Train to the last epoch on what the split does not hold out, as all contenders do.

        A network whose training goes over to the validation part by itself does so; another one, of which nothing is
        chosen there, has it from its first epoch on.

        Args:
            dataset: all ratings.
            split: the one that `data` names.

        Raises:
            StoppedError: if `should_stop` said yes.
            NonFiniteLossError: if the training goes astray.
        """
        with tempfile.TemporaryDirectory() as folder:
            run = Run.new(
                dataset,
                data=self.data,
                model=self.model,
                train=self.train,
                device=self.device,
                preset=self.preset,
                name=self.key,
                folder=Path(folder) / self.key,
                split=split if learned_from(self.model, self.train) == LEARNED_FROM_ALL else all_known(split),
            )
            for report in run.trainer.epochs(self.should_stop):
                self.on_report(report)
            if self.should_stop():
                raise StoppedError
            run.finish(no_layouts)
            return FittedBundle(load_bundle(run.folder, dataset))


def all_known(split: Split) -> Split:
    """Return the split without a validation part: what was in it is trained on."""
    return Split(torch.from_numpy(known_rows(split)), split.validation[:0], split.test)


def networks(
    data: DataConfig,
    *,
    device: str = "auto",
    on_report: Callable[[EpochReport], None] = ignore_report,
    should_stop: Callable[[], bool] = never,
) -> dict[str, Contender]:
    """Return the networks by key, in the order of the table.

    Args:
        data: the split that they are made for; its seed is that of the weights and the order too.
        device: where they are trained, as `pick_device` knows it.
        on_report: told after each epoch of a training.
        should_stop: asked before every batch of a training.

    Raises:
        DeviceError: if the device is not there.
    """
    chosen = pick_device(device)

    def network(key: str, name: str, head: Literal["dot", "mlp"] | None) -> NetworkContender:
        model, train = preset(name)
        model = model if head is None else replace(model, head=head)
        return NetworkContender(key, data, name, model, replace(train, seed=data.seed), chosen, on_report, should_stop)

    listed = [network("article_dot", "article", "dot"), network("article_mlp", "article", "mlp")]
    if "default" in PRESETS:
        listed.append(network("default", "default", None))
    return {contender.key: contender for contender in listed}
