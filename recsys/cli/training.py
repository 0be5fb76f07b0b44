"""The verb train: configs from flags, a run with a progress bar, an interruption that loses nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from recsys.bundle import Bundle, load_bundle
from recsys.bundle.info import BundleInfo, read_info
from recsys.bundle.store import list_bundles, own_bundles_folder
from recsys.cli.console import answer_json, answer_lines, answer_table, say
from recsys.cli.interrupts import INTERRUPTED
from recsys.cli.loading import load_data
from recsys.cli.watching import watched
from recsys.config import FLAGS, DataConfig, ModelConfig, TrainConfig, preset
from recsys.data.dataset import Dataset
from recsys.errors import BundleError, ConfigError
from recsys.insight.maps.projection import layouts
from recsys.report import EpochReport
from recsys.training import TrainingJob
from recsys.training.recording import Recording, load_recording, to_arrays


@dataclass(frozen=True)
class TrainFlags:
    """What was asked for; None is "as the preset has it"."""

    dataset: str | None
    preset: str
    split: str
    seed: int
    head: str | None
    hidden: int | None
    combiner: str | None
    init: float | None
    windows: str | None
    filters: int | None
    title_length: int | None
    dropout: float | None
    epochs: int | None
    batch_size: int | None
    learning_rate: float | None
    settings: list[str] | None
    device: str
    threads: int | None
    name: str | None
    out: Path | None
    resume: bool
    slim: bool
    title_check: bool
    watch_user: int | None


def configs(flags: TrainFlags, dataset: str) -> tuple[DataConfig, ModelConfig, TrainConfig]:
    """Return the configs that the flags ask for.

    Raises:
        ConfigError: if one is out of range.
    """
    model, train = preset(flags.preset)
    if flags.head is not None and model.history_size:
        raise ConfigError(
            "--head", flags.head, f"left out, since the preset {flags.preset} has its own: --preset article"
        )
    windows = None if flags.windows is None else _widths(flags.windows)
    model_values = {
        "head": flags.head,
        "mlp_hidden": flags.hidden,
        "combiner": flags.combiner,
        "init": flags.init,
        "windows": windows,
        "num_filters": flags.filters,
        "title_length": flags.title_length,
        "title_dropout": flags.dropout,
    }
    train_values = {
        "epochs": flags.epochs,
        "batch_size": flags.batch_size,
        "learning_rate": flags.learning_rate,
        "seed": flags.seed,
    }
    return (
        DataConfig.from_dict({"dataset": dataset, "split": flags.split, "seed": flags.seed}),
        replace(model, **_given(model_values), **_settings(flags.settings, model, train)[0]),
        replace(train, **_given(train_values), **_settings(flags.settings, model, train)[1]),
    )


def train(flags: TrainFlags, *, as_json: bool) -> int:
    """Train or go on, and answer with the bundle.

    Returns:
        The exit status: 0, or 130 if it was interrupted.
    """
    job = TrainingJob(layouts)
    dataset, start = _resumed(job, flags) if flags.resume else _new(job, flags)
    status, was_interrupted = watched(job, start)
    if status.folder is None:
        return INTERRUPTED
    if flags.slim and status.state == "finished":
        slim(load_bundle(status.folder, dataset)).save(status.folder)
    info = read_info(status.folder)
    if status.state == "stopped":
        say(f"stopped; kept in {info.folder}. Go on: python -m recsys train --resume --out {info.folder}")
        return INTERRUPTED
    _answer(info, status.reports, as_json=as_json)
    return INTERRUPTED if was_interrupted else 0


def slim(bundle: Bundle) -> Bundle:
    """Return a bundle in half precision and without training state, laid out again."""
    small = bundle.halved()
    recording = load_recording(bundle.info.folder) or Recording()
    return replace(small, maps=layouts(small.features), recording=to_arrays(recording))


def _widths(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(width) for width in text.split(","))
    except ValueError as error:
        raise ConfigError("--windows", text, "whole numbers with commas between, such as 2,3,4,5") from error


def _settings(texts: list[str] | None, model: ModelConfig, train: TrainConfig) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read FIELD=VALUE as what the field holds; fields of the network and fields of the training.

    Raises:
        ConfigError: if there is no such field among those without a flag of their own, or the value is of another type.
    """
    found: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for text in texts or []:
        name, _, value = text.partition("=")
        for config, values in zip((model, train), found, strict=True):
            if name in config.to_dict() and name not in (*FLAGS, "seed"):
                try:
                    values[name] = type(getattr(config, name))(value)
                except ValueError as error:
                    raise ConfigError("--set", text, f"{name}=a value like {getattr(config, name)}") from error
        if not any(name in values for values in found):
            fields = [field for field in (model.to_dict() | train.to_dict()) if field not in (*FLAGS, "seed")]
            raise ConfigError("--set", text, f"FIELD=VALUE with one of {', '.join(fields)}")
    return found


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _check_free(out: Path | None) -> None:
    """Never write over something that is there already.

    Raises:
        BundleError: if the folder is there and not empty.
    """
    if out is None or not out.exists():
        return
    if not out.is_dir() or any(out.iterdir()):
        raise BundleError(out, "is there already. Name another folder, or go on with that run: --resume.")


def _new(job: TrainingJob, flags: TrainFlags) -> tuple[Dataset, Callable[[], None]]:
    """Return the data set, and what starts a new run on it."""
    _check_free(flags.out)
    dataset = load_data(flags.dataset).dataset
    data, model, train_config = configs(flags, dataset.name)
    return dataset, lambda: job.start(
        dataset,
        data=data,
        model=model,
        train=train_config,
        device=flags.device,
        num_threads=flags.threads,
        preset=flags.preset,
        name=flags.name,
        folder=flags.out,
        watched_user=flags.watch_user,
        with_title_check=flags.title_check,
    )


def _resumed(job: TrainingJob, flags: TrainFlags) -> tuple[Dataset, Callable[[], None]]:
    """Return the data set, and what goes on with the run in --out, or with the latest that was stopped."""
    name = flags.dataset if flags.out is None else read_info(flags.out).data.dataset
    dataset = load_data(name).dataset
    folder = flags.out or _latest_stopped(dataset).folder
    settings: dict[str, Any] = {"epochs": flags.epochs, "device": flags.device, "with_title_check": flags.title_check}
    return dataset, lambda: job.resume(dataset, folder, **settings)


def _latest_stopped(dataset: Dataset) -> BundleInfo:
    stopped = [info for info in list_bundles(dataset) if info.can_resume and not info.is_finished]
    if not stopped:
        raise BundleError(own_bundles_folder(), f"no stopped run on {dataset.name} to go on with. Name it with --out.")
    return max(stopped, key=lambda info: info.created)


def _answer(info: BundleInfo, reports: tuple[EpochReport, ...], *, as_json: bool) -> None:
    values: dict[str, Any] = {
        "bundle": str(info.folder),
        "dataset": info.data.dataset,
        "preset": info.preset,
        "split": info.data.split,
        "seed": info.data.seed,
        "epochs": info.epochs_done,
        "seconds": info.seconds,
        "ratings_per_second": reports[-1].ratings_per_second if reports else 0.0,
        "device": info.device,
        "validation": dict(info.metrics.get("validation", {})),
        "validation_epoch": info.validation_epoch,
        "has_learned_validation": info.has_learned_validation,
        "threads": info.num_threads,
        "title_check": None if info.title_check is None else dict(info.title_check),
        "baselines": {name: dict(errors) for name, errors in info.baselines.items()},
        "command": info.command,
    }
    if as_json:
        answer_json(values)
        return
    rows = [("validation", name, value) for name, value in values["validation"].items()]
    answer_table(f"{info.name}: {info.folder}", ("part", "metric", "value"), rows)
    answer_lines([validation_words(info), f"test part: python -m recsys evaluate --bundle {info.folder}"])


def validation_words(info: BundleInfo) -> str:
    """Return in a sentence of which weights the error on the validation part is."""
    epoch = info.validation_epoch
    if epoch is None:
        return "validation: there is no error on it"
    if info.own_validation_rmse is not None:
        return f"validation: of the weights that were kept, after epoch {epoch}"
    if info.has_learned_validation:
        return f"validation: of the weights after epoch {epoch}; those that were kept have learned from that part since"
    return f"validation: of the weights after epoch {epoch}; training has gone on since"
