"""Bundle: everything that a trained model needs, in one folder.

    bundle.json             configs, data set, vocabulary hash, metrics, versions, command, file hashes
    weights.safetensors     the network
    features.safetensors    movie and user feature matrices and biases
    map.npz                 layouts of the feature vectors in two and three dimensions (`recsys.bundle.maps`)
    epochs.jsonl            one report a line
    recording.safetensors   how the run went (`recsys.training.recording`); absent in bundles of older versions
    training.safetensors    Adam's moments, so that the run can go on; absent in bundles that ship with the app

Written to a temporary name and renamed. A folder that is damaged, of an unknown format or made from other data is
refused with a clear error; nothing is ever unpickled. No text of a data set is inside: the vocabulary is rebuilt from
the data set and checked by hash.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
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
from recsys.bundle.info import FORMAT, BundleInfo, read_info, write_info
from recsys.bundle.maps import read_maps, write_maps
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.errors import BundleError, ForeignBundleError
from recsys.model import TwoTower, Vectors
from recsys.report import EpochReport

__all__ = [
    "FORMAT",
    "RECORDING",
    "Bundle",
    "BundleInfo",
    "Features",
    "features_of",
    "load_bundle",
    "load_training_state",
    "read_info",
    "read_reports",
]

Array = NDArray[np.float32]
RECORDING = "recording.safetensors"


@dataclass(frozen=True)
class Features:
    """Feature vectors of everybody and everything.

    Attributes:
        movies: (M, D) in the order of `Dataset.movies`.
        users: (U, D) in the order of `Dataset.users`.
        movie_bias: (M,) stars by which each film lies above the mean; 0 without histories.
        user_bias: (U,) the same of each person.
    """

    movies: Array
    users: Array
    movie_bias: Array
    user_bias: Array


@dataclass(frozen=True)
class Bundle:
    """A trained model, immutable, shared by all sessions.

    Attributes:
        info: where it comes from and how good it is.
        model: the network in eval mode, on the CPU.
        features: of all movies and users.
        maps: (M, dims) and (U, dims) layouts of the feature vectors by the keys of their settings; none before a run
            is finished.
        reports: of the complete epochs.
        training_state: what a run needs to go on; absent in a loaded bundle.
        recording: arrays that say how the run went; absent in a loaded bundle.
        is_half: are all numbers rounded to half precision, and stored so?
    """

    info: BundleInfo
    model: TwoTower
    features: Features
    maps: Mapping[str, Array]
    reports: tuple[EpochReport, ...]
    training_state: Mapping[str, Tensor] = field(default_factory=dict, repr=False)
    recording: Mapping[str, NDArray[np.generic]] = field(default_factory=dict, repr=False)
    is_half: bool = False

    @property
    def movie_features(self) -> Array:
        """(M, D) feature vectors of the movies."""
        return self.features.movies

    @property
    def user_features(self) -> Array:
        """(U, D) feature vectors of the users."""
        return self.features.users

    def predict_stars(self, user_indices: NDArray[np.int64], movie_indices: NDArray[np.int64]) -> Array:
        """Return (N,) predicted stars of N pairs, not clipped."""
        rows = {"user_rows": torch.from_numpy(user_indices), "movie_rows": torch.from_numpy(movie_indices)}
        stars: Array = self.model.stars_of_pairs(self._user_vectors, self.movie_vectors, **rows).numpy()
        return stars

    def stars_of(self, user_indices: NDArray[np.int64]) -> Array:
        """Return (N, M) predicted stars of N users for all movies, not clipped, so that they keep their order."""
        with torch.inference_mode():
            users = _rows(self._user_vectors, user_indices)
            stars: Array = self.model.head.score_matrix(users, self.movie_vectors).numpy()
        return stars

    def stars_of_movie(self, movie_index: int) -> Array:
        """Return (U,) predicted stars of all users for one movie, not clipped."""
        with torch.inference_mode():
            movie = _rows(self.movie_vectors, np.array([movie_index]))
            stars: Array = self.model.head.score_matrix(self._user_vectors, movie).numpy()[:, 0]
        return stars

    def score_users(self, user_indices: NDArray[np.int64], blend: float | None = None) -> Array:
        """Return (N, M) scores by which the lists of N users are ordered; not stars, and of no unit.

        Args:
            user_indices: (N,) rows of the users table.
            blend: what a predicted star adds to the logit of watching, for a network that knows both; by default as
                its config has it.
        """
        with torch.inference_mode():
            users = _rows(self._user_vectors, user_indices)
            scores: Array = self.model.head.list_scores(users, self.movie_vectors, blend).numpy()
        return scores

    @property
    def _user_vectors(self) -> Vectors:
        return Vectors(torch.from_numpy(self.features.users), torch.from_numpy(self.features.user_bias))

    @property
    def movie_vectors(self) -> Vectors:
        """What the head reads of all movies, (M, D) and (M,)."""
        return Vectors(torch.from_numpy(self.features.movies), torch.from_numpy(self.features.movie_bias))

    def halved(self) -> "Bundle":
        """Return a bundle without training state whose numbers are rounded to half precision; half the size on disk.

        Its error on the validation part is that of the numbers before they were rounded.
        """
        model = TwoTower(self.info.model, self.model.sizes)
        model.load_state_dict({name: tensor.half().float() for name, tensor in self.model.state_dict().items()})
        rounded = {name: a.astype(np.float16).astype(np.float32) for name, a in asdict(self.features).items()}
        return replace(self, model=model.eval(), features=Features(**rounded), training_state={}, is_half=True)

    def save(self, folder: Path) -> BundleInfo:
        """Write the bundle to a folder, replacing what was there, all or nothing.

        Returns:
            The info with its new folder.

        Raises:
            BundleError: if the folder cannot be written, for example because the disk is full.
        """
        try:
            with files.replaced_folder(folder) as new:
                dtype = torch.float16 if self.is_half else torch.float32
                weights = {name: tensor.to(dtype).contiguous() for name, tensor in self.model.state_dict().items()}
                save_tensors(weights, new / "weights.safetensors")
                arrays = asdict(self.features)
                stored = np.float16 if self.is_half else np.float32
                save_arrays({name: a.astype(stored) for name, a in arrays.items()}, new / "features.safetensors")
                write_maps(self.maps, new)
                lines = [json.dumps(asdict(report)) + "\n" for report in self.reports]
                (new / "epochs.jsonl").write_text("".join(lines), encoding="utf-8")
                if self.training_state:
                    save_tensors(dict(self.training_state), new / "training.safetensors")
                if self.recording:
                    save_arrays(dict(self.recording), new / RECORDING)
                write_info(self.info, new)
        except (OSError, SafetensorError) as error:
            raise BundleError(
                folder, f"cannot be written ({error}). Free some space or name another folder."
            ) from error
        return read_info(folder)


def features_of(users: Vectors, movies: Vectors) -> Features:
    """Return what the towers say of everybody and everything as arrays on the CPU."""
    arrays = [tensor.cpu().numpy() for tensor in (movies.features, users.features, movies.bias, users.bias)]
    return Features(*arrays)


def _rows(vectors: Vectors, rows: NDArray[np.int64]) -> Vectors:
    return Vectors(*(tensor[rows] for tensor in vectors))


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
        weights = load_tensors(folder / "weights.safetensors")
        model.load_state_dict(weights)
        arrays = {n: a.astype(np.float32) for n, a in load_arrays(folder / "features.safetensors").items()}
        zeros = {"movie_bias": _zeros(len(arrays["movies"])), "user_bias": _zeros(len(arrays["users"]))}
        features = Features(**{**zeros, **arrays})  # format 1 has no biases
        reports = _reports_of(folder)
    except (OSError, SafetensorError, RuntimeError, KeyError, TypeError, ValueError) as error:
        raise BundleError(folder, f"is damaged ({error}). Train it again.") from error
    _check_arrays(folder, "weights", dict(model.state_dict()), None)
    size = info.model.feature_size
    _check_arrays(folder, "movie features", {"movies": features.movies}, (dataset.num_movies, size))
    _check_arrays(folder, "user features", {"users": features.users}, (dataset.num_users, size))
    _check_arrays(folder, "movie biases", {"movies": features.movie_bias}, (dataset.num_movies,))
    _check_arrays(folder, "user biases", {"users": features.user_bias}, (dataset.num_users,))
    maps = read_maps(folder, num_movies=dataset.num_movies, num_users=dataset.num_users)
    is_half = all(weight.dtype == torch.float16 for weight in weights.values())
    return Bundle(info, model.eval(), features, maps, reports, is_half=is_half)


def read_reports(folder: Path) -> tuple[EpochReport, ...]:
    """Return the curve of a bundle, without the rest of it.

    Raises:
        BundleError: if it is missing or damaged.
    """
    try:
        return _reports_of(folder)
    except (OSError, TypeError, ValueError) as error:
        raise BundleError(folder, f"is damaged ({error}). Train it again.") from error


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


def _zeros(size: int) -> Array:
    return np.zeros(size, dtype=np.float32)


def _reports_of(folder: Path) -> tuple[EpochReport, ...]:
    lines = (folder / "epochs.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(EpochReport(**json.loads(line)) for line in lines)


def _check_arrays(folder: Path, what: str, arrays: Mapping[str, Any], shape: tuple[int, ...] | None) -> None:
    for name, array in arrays.items():
        values = np.asarray(array)
        if shape is not None and values.shape != shape:
            raise BundleError(folder, f"{what} {name} must be {shape}, not {values.shape}. Train it again.")
        if not np.isfinite(values).all():
            raise BundleError(folder, f"{what} {name} holds numbers that are not finite. Train it again.")
