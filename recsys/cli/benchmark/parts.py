"""What the measurements of the verb benchmark share: a result, how much work to do, clocks, memory, processes."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import torch

from recsys.config import DataConfig, preset
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.splits import split_of
from recsys.device import pick_device
from recsys.errors import BenchmarkError
from recsys.provenance import ROOT
from recsys.training.trainer import Trainer

_MANY_EPOCHS = 10_000
_STATUS = Path("/proc/self/status")


class Measured(NamedTuple):
    """One measurement.

    Attributes:
        name: what was measured.
        value: median over the repeats; None for a level that was not reached.
        unit: "s", "ms", "us", "ratings/s", "kB", "MiB", "stars", "times" or "share".
        plain: the plain way in the same unit, None where there is none.
        ratio: how many times better than the plain way.
        note: what the two are.
    """

    name: str
    value: float | None
    unit: str
    plain: float | None
    ratio: float | None
    note: str


class Effort(NamedTuple):
    """How much work the measurements do.

    Attributes:
        repeats: runs of each; the median counts.
        num_steps: training steps in a run.
        sizes: synthetic ratings of each data set in "scale".
        epochs: of the training in "time_to_rmse"; None for as many as the preset has.
        num_films: invented films on the larger film map.
        num_maps: open maps of which each one's memory is the mean.
        device: where training is measured, as `pick_device` knows it.
    """

    repeats: int
    num_steps: int = 8
    sizes: tuple[int, ...] = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
    epochs: int | None = None
    num_films: int = 90_000
    num_maps: int = 10
    device: str = "auto"


def quick(repeats: int) -> Effort:
    """Return the least work that shows that everything runs; its times say nothing."""
    return Effort(repeats, num_steps=1, sizes=(2_000, 4_000), epochs=1, num_films=3_000, num_maps=1)


def median_seconds(action: Callable[[], object], repeats: int) -> float:
    """Return the median time of an action."""
    return statistics.median(seconds_of(action) for _ in range(repeats))


def medians_in_turn(actions: dict[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """Return the median of what each action measures; they take turns, so that a busy moment does not hit one alone."""
    found: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(repeats):
        for name, action in actions.items():
            found[name].append(action())
    return {name: statistics.median(values) for name, values in found.items()}


def seconds_of(action: Callable[[], object]) -> float:
    """Return how long an action takes, what it left to a GPU included."""
    synchronize()
    start = time.perf_counter()
    action()
    synchronize()
    return time.perf_counter() - start


def synchronize() -> None:
    """Wait for a GPU to finish what it was given, so that a clock can be read."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def data_config(dataset: Dataset) -> DataConfig:
    """Return the split that is trained on: p80, seed 0."""
    return DataConfig.from_dict({"dataset": dataset.name})


def make_trainer(dataset: Dataset, preset_name: str, *, device: str, **changes: object) -> Trainer:
    """Return the trainer of a preset on the split p80, on a device, with some settings changed.

    It has epochs enough for any number of steps that are to be measured, so its learning rate is not that of a run.
    """
    model, train = preset(preset_name)
    train = replace(train, epochs=_MANY_EPOCHS, **changes)  # type: ignore[arg-type]
    split = split_of(dataset, data_config(dataset))
    encoder = FeatureEncoder(dataset, model.title_length)
    return Trainer(dataset, split, encoder, model=model, train=train, device=pick_device(device))


class Steps(NamedTuple):
    """Some steps of a training.

    Attributes:
        num_ratings: ratings that were predicted and learned from.
        seconds: how long that took.
    """

    num_ratings: int
    seconds: float


def train_steps(trainer: Trainer, num_steps: int) -> Steps:
    """Go on with a training by some steps. The last step of an epoch is taken too, but does not count."""
    num_ratings, seconds = 0, 0.0
    while num_steps > 0:
        before = trainer.position
        for _report in trainer.epochs(_after_one_step()):
            break
        after = trainer.position
        if after.epoch == before.epoch:
            num_steps -= 1
            num_ratings += after.num_ratings - before.num_ratings
            seconds += after.seconds - before.seconds
    return Steps(num_ratings, seconds)


def _after_one_step() -> Callable[[], bool]:
    answers = iter((False,))
    return lambda: next(answers, True)


def elsewhere(function: str, *arguments: object, environment: dict[str, str] | None = None) -> Any:  # noqa: ANN401
    """Call a function in a process of its own, for settings and memory of its own.

    Args:
        function: "module:name"; it returns what JSON can hold.
        arguments: numbers, strings, tuples and None.
        environment: of the process; by default this one's.

    Returns:
        What the function returned, by way of JSON.

    Raises:
        BenchmarkError: if it failed; standard error has said why.
    """
    module, name = function.split(":")
    code = f"import json; from {module} import {name}; print(json.dumps({name}(*{arguments!r})))"
    done = subprocess.run(  # noqa: S603 - a fixed command, no shell
        [sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise BenchmarkError(function, f"ended with status {done.returncode} in its process; see what it said above.")
    return json.loads(done.stdout)


def peak_memory() -> dict[str, float | None]:
    """Return the most memory that this process has had so far: "process" and "gpu", in MiB; None where unknown."""
    return {"process": _peak_of_process(), "gpu": _peak_of_gpu()}


def _peak_of_process() -> float | None:
    if _STATUS.is_file():  # Linux; its getrusage would count what the parent had when it started this process
        lines = dict(line.split(":", 1) for line in _STATUS.read_text(encoding="utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) / 2**10
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def _peak_of_gpu() -> float | None:
    return torch.cuda.max_memory_allocated() / 2**20 if torch.cuda.is_available() else None


def memory_results(name: str, memory: dict[str, float | None], note: str) -> list[Measured]:
    """Return the peaks that are known as results."""
    kinds = (("process", "whole process"), ("gpu", "on the GPU"))
    return [
        Measured(f"{name}_{kind}", memory[kind], "MiB", None, None, f"peak memory, {words}, {note}")
        for kind, words in kinds
        if memory[kind] is not None
    ]
