"""Run: a trainer and the bundle that its work goes to.

Between the trainer, which knows nothing of folders, and the job, which knows nothing of files.
"""

import logging
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from recsys.bundle import Bundle, Features, features_of, load_training_state
from recsys.bundle.info import BundleInfo, Errors, RunState, rewrite_info
from recsys.config import DataConfig, ModelConfig, TrainConfig, command_line
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.splits import Split, split_of
from recsys.device import describe
from recsys.errors import NonFiniteLossError
from recsys.evaluation.baselines import baseline_errors
from recsys.model import TwoTower
from recsys.provenance import commit
from recsys.report import EpochReport, last_measured
from recsys.training.checkpoint import Checkpoint, Position
from recsys.training.recording import Recording, load_recording, to_arrays
from recsys.training.title_check import measure_title
from recsys.training.trainer import Stop, Trainer, never

_log = logging.getLogger(__name__)

Layouts = Callable[[Features, Callable[[float], None], Stop], Mapping[str, NDArray[np.float32]]]
"""(Features, told the share that is done, says when to stop) -> maps by the keys of their settings, (M, dims) or
(U, dims) each; those that are done where it was stopped."""
FinishingStep = Literal["", "maps", "title"]
OnStep = Callable[[FinishingStep, float], None]


def _ignore_step(_step: FinishingStep, _share: float) -> None:
    """Tell nobody."""


def no_layouts(_features: Features, _on_progress: Callable[[float], None], _should_stop: Stop) -> dict[str, Any]:
    """Make no map."""
    return {}


@dataclass
class Run:
    """A training run on its way into a bundle.

    Attributes:
        dataset: what is trained on.
        split: its parts.
        encoder: its vocabularies.
        trainer: does the work.
        info: what the bundle will say; renewed by `keep` and `finish`.
        recording: how it went so far, to be kept with it; whoever watches the run makes it.
    """

    dataset: Dataset
    split: Split
    encoder: FeatureEncoder
    trainer: Trainer
    info: BundleInfo
    recording: Recording = field(default_factory=Recording)

    @classmethod
    def new(
        cls,
        dataset: Dataset,
        *,
        data: DataConfig,
        model: ModelConfig,
        train: TrainConfig,
        device: torch.device,
        preset: str,
        name: str,
        folder: Path,
        num_threads: int | None = None,
        split: Split | None = None,
    ) -> "Run":
        """Prepare a new run; `num_threads` as in `Trainer`, `split` in the place of the one that `data` names."""
        split = split or split_of(dataset, data)
        encoder = FeatureEncoder(dataset, model.title_length)
        trainer = Trainer(dataset, split, encoder, model=model, train=train, device=device, num_threads=num_threads)
        info = BundleInfo(
            folder=folder,
            name=name,
            preset=preset,
            data=data,
            model=model,
            train=train,
            fingerprint=dataset.fingerprint,
            vocabulary=encoder.fingerprint,
            metrics={},
            baselines=baseline_errors(dataset, split, "validation"),
            run=RunState(),
            seconds=0.0,
            command=command_line(data, model, train, preset_name=preset, num_threads=trainer.num_threads),
            created=_now(),
            device=describe(device),
            num_threads=trainer.num_threads,
            versions=_versions(),
            commit=commit(),
        )
        return cls(dataset, split, encoder, trainer, info)

    @classmethod
    def resumed(cls, dataset: Dataset, bundle: Bundle, *, train: TrainConfig, device: torch.device) -> "Run":
        """Go on with the run of a bundle.

        Raises:
            BundleError: if the bundle holds no training state, or a damaged recording.
            TrainingError: if that state does not fit the network.
        """
        info = bundle.info
        split = split_of(dataset, info.data)
        encoder = FeatureEncoder(dataset, info.model.title_length)
        trainer = Trainer(
            dataset, split, encoder, model=info.model, train=train, device=device, num_threads=info.num_threads
        )
        run = info.run
        position = Position(run.epoch, run.batch, run.squared_error, run.seconds, run.num_ratings)
        tensors = {f"weight.{name}": tensor for name, tensor in bundle.model.state_dict().items()}
        tensors |= load_training_state(info.folder)
        trainer.restore(Checkpoint(tensors, position, bundle.reports, info.rate_changes))
        num_threads = trainer.num_threads
        command = command_line(info.data, info.model, train, preset_name=info.preset, num_threads=num_threads)
        info = replace(info, train=train, command=command, num_threads=num_threads, title_check=None)
        recording = load_recording(info.folder, num_movies=dataset.num_movies) or Recording()
        return cls(dataset, split, encoder, trainer, info, recording)

    @property
    def folder(self) -> Path:
        """Where the bundle lies or will lie."""
        return self.info.folder

    @property
    def baselines(self) -> Errors:
        """Errors of the simplest baselines on the same split."""
        return self.info.baselines

    def keep(self) -> None:
        """Write the run as it stands, so that it can go on later. Has no map.

        Raises:
            BundleError: if it cannot be written.
        """
        self.info = self._bundle(is_finished=False).save(self.folder)

    def finish(self, layouts: Layouts, *, on_step: OnStep = _ignore_step, should_stop: Stop = never) -> None:
        """Make the maps and write the bundle. The test part is not looked at: who turns knobs would turn them by it.

        Args:
            layouts: makes the maps.
            on_step: told what is done, and the share of it that is done already.
            should_stop: asked while maps are made; once it says yes those that are not done are left out.

        Raises:
            BundleError: if it cannot be written.
        """
        on_step("maps", 0.0)
        bundle = self._bundle(is_finished=True)
        maps = layouts(bundle.features, partial(on_step, "maps"), should_stop)
        self.info = replace(bundle, maps=maps).save(self.folder)

    def check_title(self, *, on_step: OnStep = _ignore_step, should_stop: Stop = never) -> None:
        """Measure what the title adds, and note it in the finished bundle.

        Args:
            on_step: told the share that is done.
            should_stop: asked before every batch of the companion; once it says yes the films that the network knows
                are all that is measured.

        Raises:
            BundleError: if it cannot be written.
        """

        def on_progress(share: float) -> None:
            on_step("title", share)

        measure = partial(measure_title, self.dataset, self.split, self.trainer, on_progress=on_progress)
        try:
            check = measure(with_held_out=True, should_stop=should_stop)
        except NonFiniteLossError as error:  # the run itself is well, and so is half of its check
            _log.warning("the companion of the title check failed: %s", error)
            check = measure(with_held_out=False)
        if check is not None:
            self.info = rewrite_info(replace(self.info, title_check=check.to_dict()))

    def _bundle(self, *, is_finished: bool) -> Bundle:
        """The run as it stands, without maps."""
        trainer, position = self.trainer, self.trainer.position
        state = RunState(**vars(position), is_finished=is_finished)
        checkpoint = trainer.checkpoint()
        model = TwoTower(self.info.model, self.encoder.sizes)
        model.load_state_dict(checkpoint.named("weight."))
        features = features_of(*trainer.encode(with_validation=True))
        info = replace(
            self.info,
            **_validation(trainer.reports),
            run=state,
            seconds=sum(report.seconds for report in trainer.reports),
            created=_now(),
            rate_changes=trainer.rate_changes,
        )
        training_state = {n: t for n, t in checkpoint.tensors.items() if not n.startswith("weight.")}
        recording = to_arrays(self.recording)
        return Bundle(info, model.eval(), features, {}, trainer.reports, training_state, recording)


def _validation(reports: tuple[EpochReport, ...]) -> dict[str, Any]:
    """Return the metrics of a bundle, and the epoch that was measured last: once the part is trained on, none is."""
    report = last_measured(reports)
    if report is None or report.validation_mse is None or report.validation_mae is None:
        return {"metrics": {}, "validation_epoch": None}
    mse = report.validation_mse
    errors = {"mse": mse, "rmse": mse**0.5, "mae": report.validation_mae}
    return {"metrics": {"validation": errors}, "validation_epoch": report.epoch}


def prolonged(train: TrainConfig, run: RunState, *, epochs: int) -> TrainConfig:
    """Return the config of a run that goes on to another last epoch.

    Once a step has trained on the validation part, all later ones do: an error measured on it would be none.

    Args:
        train: the config so far.
        run: where the run stands.
        epochs: the last epoch from now on.
    """
    first = train.epochs - train.epochs_on_all  # complete epochs before the validation part is trained on
    longer = replace(train, epochs=epochs)
    if epochs == train.epochs or (run.epoch, run.batch) <= (first, 0):
        return longer
    return replace(longer, final_share=(epochs - first + 0.5) / epochs)  # half an epoch more: it is rounded down


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}
