"""BundleInfo: what a bundle says of itself, in bundle.json.

Read on its own, so that a list of many bundles costs little. Every file of the bundle stands in it with its SHA-256,
and it ends with a hash of itself, so that damage is found before anything is used.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recsys import files
from recsys.config import DataConfig, ModelConfig, TrainConfig, last_validated
from recsys.errors import BundleError, ConfigError, GoneBundleError
from recsys.report import RateChange

FORMAT = 5
INFO = "bundle.json"
MAX_BYTES = 1_000_000
REQUIRED = ("weights.safetensors", "features.safetensors", "map.npz", "epochs.jsonl")

Errors = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class RunState:
    """Where the run that made a bundle stands.

    Attributes:
        epoch: complete epochs.
        batch: batches done of the epoch after them.
        squared_error: sum of squared errors over those batches.
        seconds: time spent on those batches.
        num_ratings: ratings predicted in those batches.
        is_finished: False for a run that was stopped, or that is still under way.
    """

    epoch: int = 0
    batch: int = 0
    squared_error: float = 0.0
    seconds: float = 0.0
    num_ratings: int = 0
    is_finished: bool = False


@dataclass(frozen=True)
class BundleInfo:
    """Provenance and quality of a trained model.

    Attributes:
        folder: where it lies.
        name: what people call it.
        preset: the named preset that its configs come from, perhaps with changes.
        data, model, train: the configs.
        fingerprint: of the data set.
        vocabulary: hash of the vocabularies.
        metrics: values by part; names as in `recsys.evaluation`. A training writes "validation" alone. "test" is there
            where somebody had it measured when all was chosen (`recsys.evaluation.of_bundle.keep_on_test`).
        validation_epoch: complete epochs of the weights that have the error on the validation part; None without one.
        baselines: for "mean" and "biases" their "validation_rmse" on the same split, and "test_rmse" beside a test.
        run: how far the training is.
        seconds: training time of the complete epochs.
        command: repeats the run, but for learning rates that were set by hand.
        created: ISO time in UTC.
        device: in words.
        num_threads: of the processor, with which the command repeats the run bit for bit on such a machine; None where
            nobody wrote it down.
        versions: of Python and the libraries.
        commit: of the program that trained it, where that is known.
        title_check: what the title adds, as `recsys.training.title_check` writes it; None where it was not measured.
        rate_changes: learning rates that were set by hand.
    """

    folder: Path
    name: str
    preset: str
    data: DataConfig
    model: ModelConfig
    train: TrainConfig
    fingerprint: str
    vocabulary: str
    metrics: Errors
    baselines: Errors
    run: RunState
    seconds: float
    command: str
    created: str
    device: str
    num_threads: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    commit: str | None = None
    title_check: Mapping[str, Any] | None = None
    rate_changes: tuple[RateChange, ...] = ()
    validation_epoch: int | None = None

    @property
    def epochs_done(self) -> int:
        """Complete epochs."""
        return self.run.epoch

    @property
    def is_finished(self) -> bool:
        """Did the run reach its last epoch?"""
        return self.run.is_finished

    @property
    def can_resume(self) -> bool:
        """Is the state of training kept?"""
        return (self.folder / "training.safetensors").exists()

    @property
    def validation_rmse(self) -> float | None:
        """RMSE on the validation part in stars, of the weights after `validation_epoch`, if there is one."""
        return self.metrics.get("validation", {}).get("rmse")

    @property
    def has_learned_validation(self) -> bool:
        """Have the weights learned from the validation part too, so that no error on it would be theirs?"""
        return (self.run.epoch, self.run.batch) > (last_validated(self.model, self.train), 0)

    @property
    def own_validation_rmse(self) -> float | None:
        """RMSE on the validation part of the very weights that are kept; None where that is not known, or is none."""
        is_own = (self.run.epoch, self.run.batch) == (self.validation_epoch, 0) and not self.has_learned_validation
        return self.validation_rmse if is_own else None


def write_info(info: BundleInfo, folder: Path) -> None:
    """Write bundle.json for the files that lie in a folder."""
    hashes = {file.name: files.sha256(file) for file in sorted(folder.iterdir())}
    (folder / INFO).write_text(info_text(info, hashes), encoding="utf-8")


def rewrite_info(info: BundleInfo) -> BundleInfo:
    """Write what changed of a bundle's info, all or nothing; its other files stay, with the hashes that they had.

    Raises:
        BundleError: if it cannot be read or written.
    """
    hashes = file_hashes(info.folder)
    try:
        files.replace_text(info.folder / INFO, info_text(info, hashes))
    except OSError as error:
        raise BundleError(info.folder, f"cannot be written ({error}). Free some space.") from error
    return read_info(info.folder)


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a bundle as bundle.json has it.

    Raises:
        BundleError: if there is no bundle.json, or none that can be read.
    """
    return dict(_read_json(folder).get("files", {}))


def info_text(info: BundleInfo, hashes: Mapping[str, str]) -> str:
    """Return what stands in bundle.json of a bundle with these files."""
    values: dict[str, Any] = {"format": FORMAT}
    words = ("name", "preset", "fingerprint", "vocabulary", "seconds", "command", "created", "device", "num_threads")
    values |= {name: getattr(info, name) for name in (*words, "commit")}
    values |= {name: getattr(info, name).to_dict() for name in ("data", "model", "train")}
    values |= {"metrics": _plain(info.metrics), "baselines": _plain(info.baselines), "run": vars(info.run)}
    values["versions"] = dict(info.versions)
    values["title_check"] = None if info.title_check is None else dict(info.title_check)
    values["validation_epoch"] = info.validation_epoch
    values["rate_changes"] = [vars(change) for change in info.rate_changes]
    values["files"] = dict(hashes)
    values["checksum"] = _checksum(values)
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def read_info(folder: Path) -> BundleInfo:
    """Read and check bundle.json and the hashes of all files that it names.

    Raises:
        BundleError: if it is missing, damaged or of an unknown format.
    """
    files.recover_folder(folder)
    values = _read_json(folder)
    if values.get("format") != FORMAT:
        raise BundleError(
            folder, f"has format {values.get('format')!r}; this version reads {FORMAT}. Update or train again."
        )
    if values.get("checksum") != _checksum(values):
        raise BundleError(folder, "bundle.json was changed after it was written. Train it again.")
    try:
        _check_files(folder, values["files"])
        return _to_info(folder, values)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, ConfigError) as error:
        raise BundleError(folder, f"bundle.json is not complete ({error}). Train it again.") from error


def check_same(info: BundleInfo) -> None:
    """Make sure that a bundle is still the one that somebody looked at: a list may be minutes old.

    Raises:
        GoneBundleError: if it was deleted, gone on with or replaced since: its folder may hold another run by now.
    """
    try:
        is_same = read_info(info.folder).created == info.created
    except BundleError:
        is_same = False
    if not is_same:
        raise GoneBundleError(info.folder, info.name)


def _read_json(folder: Path) -> dict[str, Any]:
    file = folder / INFO
    if not folder.is_dir():
        raise BundleError(folder, "there is no such folder. Name a bundle, or train one.")
    if not file.is_file():
        raise BundleError(folder, "holds no bundle.json, so it is no bundle.")
    try:
        if file.stat().st_size > MAX_BYTES:
            raise BundleError(folder, f"bundle.json is larger than {MAX_BYTES} bytes.")
        values = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BundleError(folder, f"bundle.json cannot be read ({error}). Train it again.") from error
    if not isinstance(values, dict):
        raise BundleError(folder, "bundle.json must hold one object. Train it again.")
    return values


def _check_files(folder: Path, hashes: Mapping[str, str]) -> None:
    for name in sorted({*REQUIRED, *hashes}):
        if Path(name).name != name:
            raise BundleError(folder, f"bundle.json names a file outside the folder: {name}.")
        if name not in hashes or not (folder / name).is_file():
            raise BundleError(folder, f"{name} is missing. Train it again.")
        if files.known_sha256(folder / name) != hashes[name]:
            raise BundleError(folder, f"{name} is damaged: its hash is not the one in bundle.json. Train it again.")


def _to_info(folder: Path, values: Mapping[str, Any]) -> BundleInfo:
    return BundleInfo(
        folder=folder,
        name=str(values["name"]),
        preset=str(values["preset"]),
        data=DataConfig.from_dict(values["data"]),
        model=ModelConfig.from_dict(values["model"]),
        train=TrainConfig.from_dict(values["train"]),
        fingerprint=str(values["fingerprint"]),
        vocabulary=str(values["vocabulary"]),
        metrics=_plain(values["metrics"]),
        baselines=_plain(values["baselines"]),
        run=RunState(**values["run"]),
        seconds=float(values["seconds"]),
        command=str(values["command"]),
        created=str(values["created"]),
        device=str(values["device"]),
        num_threads=values["num_threads"],
        versions={str(name): str(version) for name, version in values["versions"].items()},
        commit=None if values["commit"] is None else str(values["commit"]),
        title_check=None if values["title_check"] is None else dict(values["title_check"].items()),
        validation_epoch=values["validation_epoch"],
        rate_changes=tuple(_rate_change(change) for change in values["rate_changes"]),
    )


def _rate_change(values: Mapping[str, Any]) -> RateChange:
    rate = values["learning_rate"]
    return RateChange(float(values["epoch"]), None if rate is None else float(rate))


def _plain(errors: Errors) -> dict[str, dict[str, float]]:
    return {str(part): {str(k): float(v) for k, v in values.items()} for part, values in errors.items()}


def _checksum(values: Mapping[str, Any]) -> str:
    kept = {key: value for key, value in values.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]
