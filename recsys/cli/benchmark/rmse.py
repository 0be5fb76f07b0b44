"""How long the preset `default` trains until its RMSE has fallen to given levels, and how much memory that takes.

The clock runs from the tables of the data set to the end of each epoch, encoding and the start of the branches from
factors included; it stands still while something is measured or written. The weights of each epoch are put aside, and
only when the training has ended the test part is looked at, for all of them: it chooses nothing. It all runs in a
process of its own, so that the peak of memory is that of a training.
"""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from recsys.cli.benchmark.parts import Effort, Measured, data_config, elsewhere, memory_results, peak_memory, seconds_of
from recsys.cli.console import say
from recsys.config import preset
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.sources import load
from recsys.data.splits import split_of
from recsys.device import pick_device
from recsys.evaluation.metrics import star_errors
from recsys.training.trainer import Trainer

LEVELS = (0.87, 0.86, 0.85, 0.845, 0.840, 0.838)
PARTS = ("test", "validation")

Curve = list[dict[str, Any]]


class TimedTrainer(Trainer):
    """A trainer that also knows how long its measuring has taken, in seconds."""

    measuring = 0.0

    def _validate(self) -> dict[str, float]:
        errors: dict[str, float] = {}
        self.measuring += seconds_of(lambda: errors.update(super(TimedTrainer, self)._validate()))
        return errors


def time_to_rmse(dataset: Dataset, effort: Effort) -> list[Measured]:
    """Seconds of training to each level, whole training, RMSE at the end, peak memory."""
    found = elsewhere("recsys.cli.benchmark.rmse:training_curve", dataset.name, effort.epochs, effort.device)
    curve: Curve = found["epochs"]
    results = [_time_to(curve, part, level) for part in PARTS for level in LEVELS]
    last = curve[-1]
    end = (
        f"after {last['epoch']} epochs, {found['threads']} threads; {found['preparation']:.1f} s of it before the first"
    )
    return [
        *results,
        Measured("training_time", last["seconds"], "s", None, None, end),
        Measured("test_rmse", last["test"], "stars", None, None, "at the end of the training"),
        *memory_results("training_memory", found["memory"], "data set and validation included"),
    ]


def _time_to(curve: Curve, part: str, level: float) -> Measured:
    name = f"time_to_{part}_rmse_{level:.3f}"
    for report in curve:
        if report[part] is not None and report[part] <= level:
            note = f"epoch {report['epoch']}, {part} RMSE {report[part]:.4f}"
            return Measured(name, report["seconds"], "s", None, None, note)
    return Measured(name, None, "s", None, None, "not reached")


def training_curve(name: str, epochs: int | None, device: str) -> dict[str, Any]:
    """Train the preset `default` on a data set, split p80, and measure the weights of each epoch.

    Args:
        name: of the data set.
        epochs: stop after so many; None for all.
        device: where.

    Returns:
        "preparation" in seconds, "threads", "memory" as `peak_memory` has it, and "epochs": for each "epoch", "seconds"
        since the start without what was measured, "test" and "validation" RMSE, None where nothing is left to measure.
    """
    dataset = load(name).dataset
    started = time.perf_counter()
    trainer, test_rmse = _prepared(dataset, device)
    preparation = time.perf_counter() - started
    seconds, curve = preparation, Curve()
    with TemporaryDirectory() as folder:
        for report in trainer.epochs():
            seconds += report.seconds - trainer.measuring
            trainer.measuring = 0.0
            curve.append({"epoch": report.epoch, "seconds": seconds, "validation": report.validation_rmse})
            torch.save(trainer.model.state_dict(), Path(folder) / f"{report.epoch}")
            say(f"epoch {report.epoch}: {seconds:.1f} s")
            if report.epoch == epochs:
                break
        memory = peak_memory()
        for entry in curve:
            trainer.model.load_state_dict(torch.load(Path(folder) / f"{entry['epoch']}", weights_only=True))
            entry["test"] = test_rmse()
            say(f"epoch {entry['epoch']}: test RMSE {entry['test']:.4f}")
    return {"preparation": preparation, "threads": trainer.num_threads, "memory": memory, "epochs": curve}


def _prepared(dataset: Dataset, device: str) -> tuple[TimedTrainer, Callable[[], float]]:
    """Return a trainer, and what measures the RMSE of its network on the test part."""
    model, train = preset("default")
    split = split_of(dataset, data_config(dataset))
    encoder = FeatureEncoder(dataset, model.title_length)
    trainer = TimedTrainer(dataset, split, encoder, model=model, train=train, device=pick_device(device))
    users, movies, stars = (column[split.test].to(trainer.device) for column in encoder.encode_ratings(dataset))

    def test_rmse() -> float:
        of_users, of_movies = trainer.encode(with_validation=True)
        predicted = trainer.model.stars_of_pairs(of_users, of_movies, user_rows=users, movie_rows=movies).cpu()
        return star_errors(predicted.numpy(), stars.cpu().numpy().astype(np.float64))["rmse"]

    return trainer, test_rmse
