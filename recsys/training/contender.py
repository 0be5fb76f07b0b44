"""Networks on the scoreboard: trained from a preset as the verb train does it, then measured like all the others."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch

from recsys.bundle import load_bundle
from recsys.config import PRESETS, DataConfig, ModelConfig, TrainConfig, learned_from, preset
from recsys.data.dataset import Dataset
from recsys.data.splits import Split
from recsys.device import pick_device
from recsys.errors import StoppedError
from recsys.evaluation.bundle_scores import FittedBundle
from recsys.evaluation.contenders import Contender
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
        return {"preset": self.preset, "learned_from": learned_from(self.model, self.train), **configs}

    def fit(self, dataset: Dataset, split: Split) -> FittedBundle:
        """Train to the last epoch; the validation part is measured on, the test part is not touched.

        Args:
            dataset: all ratings.
            split: the one that `data` names; it is drawn again from there.

        Raises:
            ValueError: if it is another split.
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
            )
            if not (run.split.train.equal(split.train) and run.split.test.equal(split.test)):
                raise ValueError(f"{self.key} was made for {self.data}, which names another split.")
            for report in run.trainer.epochs(self.should_stop):
                self.on_report(report)
            if self.should_stop():
                raise StoppedError
            run.finish(no_layouts)
            return FittedBundle(load_bundle(run.folder, dataset))


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
