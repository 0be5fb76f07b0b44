"""Bundle: everything that a trained model needs, in one folder.

    bundle.json             configs, data set, vocabulary hash, metrics, versions, command, file hashes
    weights.safetensors     the network
    features.safetensors    movie and user feature matrices
    map.npz                 two-dimensional layouts of the movie features
    epochs.jsonl            one report a line
    training.safetensors    Adam's moments, so that the run can go on; absent in bundles that ship with the app

Written to a temporary name and renamed. A folder that is damaged, of an unknown format or made from other data is
refused with a clear error; nothing is ever unpickled. No text of a data set is inside: the vocabulary is rebuilt from
the data set and checked by hash.
"""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file as load_arrays
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import load_file as load_tensors
from safetensors.torch import save_file as save_tensors
from torch import Tensor

from recsys import files
from recsys.bundle_info import FORMAT, BundleInfo, read_info, write_info
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder, MovieTensors, UserTensors
from recsys.errors import BundleError, ForeignBundleError
from recsys.model import TwoTower
from recsys.report import EpochReport

__all__ = [
    "FORMAT",
    "Bundle",
    "BundleInfo",
    "Features",
    "encode_all",
    "load_bundle",
    "load_training_state",
    "read_info",
]

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Features:
    """Feature vectors of everybody and everything.

    Attributes:
        movies: (M, D) in the order of `Dataset.movies`.
        users: (U, D) in the order of `Dataset.users`.
    """

    movies: Array
    users: Array


@dataclass(frozen=True)
class Bundle:
    """A trained model, immutable, shared by all sessions.

    Attributes:
        info: where it comes from and how good it is.
        model: the network in eval mode, on the CPU.
        features: of all movies and users.
        maps: (M, 2) layouts of the movie features by name: "pca", and "tsne" once a run is finished.
        reports: of the complete epochs.
    """

    info: BundleInfo
    model: TwoTower
    features: Features
    maps: Mapping[str, Array]
    reports: tuple[EpochReport, ...]
    training_state: Mapping[str, Tensor] = field(default_factory=dict, repr=False)

    @property
    def movie_features(self) -> Array:
        """(M, D) feature vectors of the movies."""
        return self.features.movies

    @property
    def user_features(self) -> Array:
        """(U, D) feature vectors of the users."""
        return self.features.users

    def save(self, folder: Path) -> BundleInfo:
        """Write the bundle to a folder, replacing what was there, all or nothing.

        Returns:
            The info with its new folder.

        Raises:
            BundleError: if the folder cannot be written, for example because the disk is full.
        """
        try:
            with files.replaced_folder(folder) as new:
                weights = {name: tensor.contiguous() for name, tensor in self.model.state_dict().items()}
                save_tensors(weights, new / "weights.safetensors")
                save_arrays(asdict(self.features), new / "features.safetensors")
                np.savez_compressed(new / "map.npz", allow_pickle=False, **dict(self.maps))
                lines = [json.dumps(asdict(report)) + "\n" for report in self.reports]
                (new / "epochs.jsonl").write_text("".join(lines), encoding="utf-8")
                if self.training_state:
                    save_tensors(dict(self.training_state), new / "training.safetensors")
                write_info(self.info, new)
        except (OSError, SafetensorError) as error:
            raise BundleError(
                folder, f"cannot be written ({error}). Free some space or name another folder."
            ) from error
        return read_info(folder)


def encode_all(model: TwoTower, users: UserTensors, movies: MovieTensors) -> Features:
    """Return the feature vectors of all users and movies, dropout off; the network is left in eval mode."""
    model.eval()
    with torch.inference_mode():
        return Features(model.movie_tower(movies).cpu().numpy(), model.user_tower(users).cpu().numpy())


def load_bundle(folder: Path, dataset: Dataset) -> Bundle:
    """Read a bundle and check it against its data set.

    Raises:
        BundleError: if it is missing, damaged or of an unknown format.
        ForeignBundleError: if it was trained on other data.
    """
    info = read_info(folder)
    encoder = FeatureEncoder(dataset, info.model.title_length)
    if info.fingerprint != dataset.fingerprint or info.vocabulary != encoder.fingerprint:
        problem = f"was trained on {info.data.dataset} {info.fingerprint}, not {dataset.name} {dataset.fingerprint}"
        raise ForeignBundleError(info.folder, f"{problem}. Train a model on this data set.")
    model = TwoTower(info.model, encoder.sizes)
    try:
        model.load_state_dict(load_tensors(folder / "weights.safetensors"))
        arrays = load_arrays(folder / "features.safetensors")
        with np.load(folder / "map.npz", allow_pickle=False) as layouts:
            maps = {name: layouts[name].astype(np.float32) for name in layouts.files}
        features = Features(movies=arrays["movies"], users=arrays["users"])
        reports = _read_reports(folder / "epochs.jsonl")
    except (OSError, SafetensorError, RuntimeError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise BundleError(folder, f"is damaged ({error}). Train it again.") from error
    _check_arrays(folder, "weights", dict(model.state_dict()), None)
    size = info.model.feature_size
    _check_arrays(folder, "movie features", {"movies": features.movies}, (dataset.num_movies, size))
    _check_arrays(folder, "user features", {"users": features.users}, (dataset.num_users, size))
    _check_arrays(folder, "map", maps, (dataset.num_movies, 2))
    return Bundle(info, model.eval(), features, maps, reports)


def load_training_state(folder: Path) -> dict[str, Tensor]:
    """Return Adam's moments of a bundle, for a run that goes on.

    Raises:
        BundleError: if there are none, as in bundles that ship with the app.
    """
    file = folder / "training.safetensors"
    if not file.exists():
        raise BundleError(folder, "holds no training state, so it cannot be resumed. Train a new one.")
    try:
        return load_tensors(file)
    except (OSError, SafetensorError) as error:
        raise BundleError(folder, f"is damaged ({error}). Train it again.") from error


def _read_reports(file: Path) -> tuple[EpochReport, ...]:
    return tuple(EpochReport(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines())


def _check_arrays(folder: Path, what: str, arrays: Mapping[str, Any], shape: tuple[int, ...] | None) -> None:
    for name, array in arrays.items():
        values = np.asarray(array)
        if shape is not None and values.shape != shape:
            raise BundleError(folder, f"{what} {name} must be {shape}, not {values.shape}. Train it again.")
        if not np.isfinite(values).all():
            raise BundleError(folder, f"{what} {name} holds numbers that are not finite. Train it again.")
