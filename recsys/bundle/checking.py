"""Checking: is a folder from elsewhere a bundle that fits together, and safe to load?

`load_bundle` finds damage. A file that somebody made on purpose can do more: name a network that fits into no memory, a
layout of a billion films, a curve of words. So shapes are read from the heads of the files and compared with what the
configs and the data set ask for, before anything of that size is made.
"""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.lib import format as npy
from safetensors import SafetensorError, safe_open

from recsys.bundle import RECORDING, archives, load_bundle, read_reports
from recsys.bundle.claims import check_claims, require
from recsys.bundle.info import INFO, file_hashes, read_info
from recsys.bundle.maps import FILE as MAPS
from recsys.config import ModelConfig
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder, VocabularySizes
from recsys.errors import BundleError, ConfigError, ForeignBundleError
from recsys.model import TwoTower
from recsys.training.recording import check_fits, load_recording
from recsys.training.snapshots import parts_of

MAX_LINES_BYTES = 10_000_000
"""Of epochs.jsonl: the 10,000 epochs that a run can have at most take 2.5 MB."""
MAX_MAPS = 64
MAX_RECORDING_BYTES = 100_000_000

_MISFITS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, MemoryError, ConfigError)
"""What Python, numpy and torch raise when they are given something else than they expect; many more than one thinks."""

Shapes = Mapping[str, tuple[int, ...]]


def check_bundle(folder: Path, dataset: Dataset) -> None:
    """Check all that can be checked of a bundle that comes from elsewhere.

    Args:
        folder: holds its files and nothing else.
        dataset: what it must have been trained on.

    Raises:
        BundleError: if it is damaged, does not fit together, or asks for more memory than its files hold.
        ForeignBundleError: if it was trained on other data.
    """
    info = read_info(folder)
    if info.fingerprint != dataset.fingerprint:
        problem = f"was trained on {info.data.dataset} {info.fingerprint}, not {dataset.name} {dataset.fingerprint}"
        raise ForeignBundleError(folder, f"{problem}. Choose that data set first.")
    try:
        lying = {file.name for file in folder.iterdir()} - {INFO}
        require(lying == set(file_hashes(folder)), "bundle.json must name each file")
        encoder = FeatureEncoder(dataset, info.model.title_length)
        wanted = _shapes_of(info.model, encoder.sizes, _shapes_in(folder / "weights.safetensors"))
        _check_features(folder, info.model, dataset)
        _check_maps(folder, dataset)
        _check_training_state(folder / "training.safetensors", wanted)
        _check_size(folder, RECORDING, MAX_RECORDING_BYTES)
        _check_size(folder, "epochs.jsonl", MAX_LINES_BYTES)
        load_bundle(folder, dataset)
        recording = load_recording(folder, num_movies=dataset.num_movies)
        if recording is not None:
            check_fits(recording, dataset, info, parts_of(wanted))
        check_claims(info, read_reports(folder))
    except BundleError:
        raise
    except (OSError, EOFError, SafetensorError, zipfile.BadZipFile, zlib.error) as error:
        raise BundleError(folder, f"is damaged ({error}). Export it again.") from error
    except _MISFITS as error:
        raise BundleError(folder, f"does not fit together ({error}). Export it again.") from error


def _shapes_in(file: Path) -> dict[str, tuple[int, ...]]:
    """Shapes by name, from the head of a file."""
    with safe_open(file, framework="np") as opened:
        return {name: tuple(opened.get_slice(name).get_shape()) for name in opened.keys()}  # noqa: SIM118 - no mapping


def _shapes_of(model: ModelConfig, sizes: VocabularySizes, found: Shapes) -> Shapes:
    """Shapes that a network's weights must have; without memory for them.

    Raises:
        ValueError: if those found are others.
    """
    num_windows = sum(name.startswith("movie_tower.title.convolutions.") for name in found) // 2
    require(len(model.windows) == num_windows, f"the config has {len(model.windows)} windows, not {num_windows}")
    with torch.device("meta"):
        network = TwoTower(model, sizes)
    wanted = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    different = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    require(not different, f"weights differ from the config in {', '.join(different[:3])}")
    return wanted


def _check_features(folder: Path, model: ModelConfig, dataset: Dataset) -> None:
    wanted = {
        "movies": (dataset.num_movies, model.feature_size),
        "users": (dataset.num_users, model.feature_size),
        "movie_bias": (dataset.num_movies,),
        "user_bias": (dataset.num_users,),
    }
    found = _shapes_in(folder / "features.safetensors")
    require(found.items() <= wanted.items(), "features are of other films, people or sizes")


def _check_maps(folder: Path, dataset: Dataset) -> None:
    """Read the shape of each layout from its head: it can be packed a thousand times smaller than it is."""
    with (folder / MAPS).open("rb") as stream, archives.opened(stream, folder, f"{MAPS} ") as archive:
        require(len(archive.infolist()) <= MAX_MAPS, f"at most {MAX_MAPS} maps")
        for member in archive.infolist():
            with archive.open(member) as layout:
                version = npy.read_magic(layout)
                require(version == (1, 0), f"{member.filename[:80]} must be an array of format 1.0")
                shape, _, dtype = npy.read_array_header_1_0(layout)
            is_small = len(shape) == 2 and shape[0] in (dataset.num_movies, dataset.num_users) and shape[1] <= 3
            require(is_small and dtype.kind == "f", f"{member.filename[:80]} must be a layout in 2 or 3 dimensions")


def _check_training_state(file: Path, weights: Shapes) -> None:
    """Are these Adam's moments, and the weights in training, of this network?"""
    if not file.exists():
        return
    found = _shapes_in(file)
    wanted: dict[str, tuple[int, ...]] = {"averaged.count": ()}
    for name, shape in weights.items():
        moments = {f"adam.{key}.{name}": shape for key in ("exp_avg", "exp_avg_sq")}
        wanted |= {**moments, f"adam.step.{name}": (), f"trained.{name}": shape}
    unknown = sorted(name for name, shape in found.items() if wanted.get(name) != shape)
    require(not unknown, f"the training state differs from the config in {', '.join(unknown[:3])}")
    with safe_open(file, framework="np") as opened:
        for name in found:
            require(bool(np.isfinite(opened.get_tensor(name)).all()), f"{name} must be finite")


def _check_size(folder: Path, name: str, limit: int) -> None:
    file = folder / name
    require(not file.exists() or file.stat().st_size <= limit, f"{name} is larger than {limit} bytes")
