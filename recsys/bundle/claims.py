"""Claims: what a bundle from elsewhere says of itself, word by word and number by number.

Pages show these without asking again: a date that is none, or an error without its square, would end every visitor's
page. So all of it must be what a run of this app could have written.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from recsys.bundle.info import BundleInfo, RunState
from recsys.bundle.store import MAX_NAME
from recsys.config import PRESETS, DataConfig, ModelConfig, TrainConfig, last_validated
from recsys.report import EpochReport
from recsys.threads import MAX_THREADS
from recsys.training.title_check import TitleCheck

PARTS = ("validation", "test")
BASELINES = ("mean", "biases")
STAR_ERRORS = frozenset({"mse", "rmse", "mae"})
MAX_WORD = 200
MAX_COMMAND = 5_000
MAX_WORDS = 50
"""Of versions, and of metrics in a part."""
MAX_CHANGES = 10_000
_MAX_SEED = 2**63 - 1
_OPTIONAL = ("validation_mse", "validation_mae")


def check_claims(info: BundleInfo, reports: tuple[EpochReport, ...]) -> None:
    """Check what bundle.json and epochs.jsonl say, as far as it can be checked without measuring.

    Raises:
        ValueError, TypeError, ArithmeticError: if something could not have been written by a run of this app.
        ConfigError: the same of a preset, a learning rate or the check of the title.
    """
    _check_texts(info)
    _check_configs(info)
    _check_run(info.run, info.train)
    has_errors = bool(info.metrics.get("validation"))
    require(has_errors == (info.validation_epoch is not None), "an error on the validation part must have its epoch")
    if info.validation_epoch is not None:
        _check_counts("the run", {"validation_epoch": info.validation_epoch})
        most = min(info.run.epoch, last_validated(info.model, info.train))
        require(1 <= info.validation_epoch <= most, f"the validation part must be measured in epochs 1 to {most}")
    if info.num_threads is not None:
        _check_counts("bundle.json", {"num_threads": info.num_threads})
        require(1 <= info.num_threads <= MAX_THREADS, f"the number of threads must be from 1 to {MAX_THREADS}")
    _check_reports(reports, info)
    for part, values in info.metrics.items():
        require(part in PARTS, "metrics must be of the validation or test part")
        require(not values or values.keys() >= STAR_ERRORS, f"metrics of the {part} part must be complete")
        require(len(values) <= MAX_WORDS and all(map(_is_word, values)), "names of metrics must be short")
        _check_numbers(values.values())
        _check_sizes(part, {name: values[name] for name in STAR_ERRORS & values.keys()})
    for name, values in info.baselines.items():
        known = {f"{part}_rmse" for part in PARTS}
        require(name in BASELINES and values.keys() <= known, "baselines must be the mean and the biases")
        _check_sizes(name, values)
    _check_sizes("bundle.json", {"seconds": info.seconds})
    _check_rates(info)
    if info.title_check is not None:
        TitleCheck.from_dict(info.title_check)


def require(condition: bool, rule: str) -> None:
    """Raise ValueError with a rule that does not hold."""
    if not condition:
        raise ValueError(rule)


def _check_texts(info: BundleInfo) -> None:
    require(_is_word(info.name, MAX_NAME), f"the name must have from 1 to {MAX_NAME} characters that can be read")
    require(_is_word(info.device), "the device must be a short text")
    require(_is_word(info.command, MAX_COMMAND), "the command must be one line")
    require(info.commit is None or _is_word(info.commit), "the commit must be a short text")
    require(info.preset in PRESETS, f"the preset must be one of {', '.join(PRESETS)}")
    require(len(info.versions) <= MAX_WORDS, f"at most {MAX_WORDS} versions")
    for text in (*info.versions, *info.versions.values()):
        require(_is_word(text), "versions must be short texts")
    require(len(info.created) <= MAX_WORD, "the date must be short")
    require(datetime.fromisoformat(info.created).tzinfo is not None, "the date must have a time zone")


def _is_word(text: str, most: int = MAX_WORD) -> bool:
    return len(text) <= most and text.isprintable() and bool(text.strip())


def _check_configs(info: BundleInfo) -> None:
    """Are whole numbers whole? The configs themselves look at ranges only."""
    configs = ((info.data, DataConfig("synthetic")), (info.model, ModelConfig()), (info.train, TrainConfig()))
    for config, default in configs:
        values = vars(config)
        whole = {name: values[name] for name, value in vars(default).items() if isinstance(value, int)}
        _check_counts("the config", whole)
        numbers = {name: values[name] for name, value in vars(default).items() if isinstance(value, float)}
        _check_numbers(numbers.values())
        require(whole.get("seed", 0) <= _MAX_SEED, f"seeds must be at most {_MAX_SEED}")
    _check_counts("the config", dict(enumerate(info.model.windows)))


def _check_run(run: RunState, train: TrainConfig) -> None:
    counts = {"epoch": run.epoch, "batch": run.batch, "num_ratings": run.num_ratings}
    _check_counts("the run", counts)
    _check_sizes("the run", {"squared_error": run.squared_error, "seconds": run.seconds})
    require(isinstance(run.is_finished, bool), "a run is finished or not")
    require(run.epoch <= train.epochs, f"the run must have at most {train.epochs} epochs")


def _check_reports(reports: tuple[EpochReport, ...], info: BundleInfo) -> None:
    epochs = [report.epoch for report in reports]
    _check_counts("the curve", dict(enumerate(epochs)))
    require(epochs == list(range(1, info.run.epoch + 1)), "the curve must have a line for each epoch of the run")
    for report in reports:
        values = {name: value for name, value in vars(report).items() if value is not None or name not in _OPTIONAL}
        _check_sizes(f"epoch {report.epoch}", values)


def _check_rates(info: BundleInfo) -> None:
    changes = info.rate_changes
    require(len(changes) <= MAX_CHANGES, f"at most {MAX_CHANGES} changes of the learning rate")
    _check_sizes("rate_changes", dict(enumerate(change.epoch for change in changes)))
    epochs = [change.epoch for change in changes]
    require(epochs == sorted(epochs), "changes of the learning rate must be in their order")
    for change in changes:
        if change.learning_rate is not None:
            TrainConfig(learning_rate=change.learning_rate)


def _check_numbers(values: Iterable[Any]) -> None:
    for value in values:
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        require(is_number, f"{str(value)[:80]!r} must be a number")


def _check_sizes(where: str, values: Mapping[Any, Any]) -> None:
    _check_numbers(values.values())
    wrong = [name for name, value in values.items() if value < 0]
    require(not wrong, f"{where}: {', '.join(map(str, wrong[:3]))} must not be below 0")


def _check_counts(where: str, values: Mapping[Any, Any]) -> None:
    """Are these whole numbers from 0?"""
    wrong = [name for name, value in values.items() if not isinstance(value, int) or isinstance(value, bool)]
    require(not wrong, f"{where}: {', '.join(map(str, wrong[:3]))} must be a number, a whole one")
    _check_sizes(where, values)
