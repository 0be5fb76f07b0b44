"""Recording: what a run looked like after each epoch, so that it can be watched while it goes on and afterwards.

`recsys.training.snapshots` makes one; here is what it holds, and how it becomes recording.safetensors of a bundle. The
positions of films and the filters are kept in half precision.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from recsys.bundle import RECORDING
from recsys.bundle.info import BundleInfo
from recsys.data.dataset import Dataset
from recsys.errors import BundleError

PARTS = (
    "user_fields",
    "user_history",
    "movie_id",
    "genres",
    "title_words",
    "title_filters",
    "movie_history",
    "mix",
    "head",
)
"""Parts of a network whose norms are recorded, in the order of the data through it; not every network has all."""
MAX_SNAPSHOTS = 10_001
"""As many epochs as a run can have, and the state before the first."""

TOP = 10
"""Films in the list of the watched person."""
MAX_CURVE = 100_000
"""Points of the curve in a file; a run keeps far fewer."""
_WHOLE = ("epoch", "watched_user", "top_movie_ids")
_COLUMNS = (*_WHOLE, "curve", "seconds", "positions", "top_stars")

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Norm:
    """Euclidean length of all numbers of a part of the network.

    Attributes:
        weight: of its weights, as they predict.
        gradient: of the gradient of the last batch; None before the first.
    """

    weight: float
    gradient: float | None


@dataclass(frozen=True)
class Snapshot:
    """A network at one moment.

    Attributes:
        epoch: complete epochs; 0 before the first step.
        positions: (M, 2) principal components of the film vectors, turned to lie on those of the snapshot before.
        top_movie_ids: (10,) what the watched person would be recommended, the best first, films they rated left out;
            fewer where there are no more.
        top_stars: (10,) predicted stars of these, in [1, 5].
        norms: by part of the network, those of `PARTS` that it has.
        filters: of the title CNN, (K, W, E) for each window width W: a weight for each number of each word.
        seconds: what it took to take it.
    """

    epoch: int
    positions: Array
    top_movie_ids: NDArray[np.int64]
    top_stars: Array
    norms: Mapping[str, Norm]
    filters: tuple[Array, ...]
    seconds: float

    @property
    def num_bytes(self) -> int:
        """What it takes in a bundle, about."""
        halves = self.positions.size + sum(weights.size for weights in self.filters)
        return 2 * halves + self.top_movie_ids.nbytes + self.top_stars.nbytes + 8 * len(self.norms)


def _no_curve() -> Array:
    return np.zeros((0, 2), dtype=np.float32)


@dataclass(frozen=True)
class Recording:
    """A run as it went.

    Attributes:
        watched_user: id of the person whose list is followed; None where there was no run yet.
        snapshots: in the order of their epochs.
        curve: (N, 2) epochs gone by, and the mean training loss of the epoch so far.
    """

    watched_user: int | None = None
    snapshots: tuple[Snapshot, ...] = ()
    curve: Array = field(default_factory=_no_curve)


def to_arrays(recording: Recording) -> dict[str, NDArray[np.generic]]:
    """Return a recording as arrays by name, for a file; empty without a snapshot."""
    shots = recording.snapshots
    if not shots:
        return {}
    arrays: dict[str, NDArray[np.generic]] = {
        "watched_user": np.array([recording.watched_user], dtype=np.int64),
        "curve": recording.curve.astype(np.float32),
        "epoch": np.array([shot.epoch for shot in shots], dtype=np.int64),
        "seconds": np.array([shot.seconds for shot in shots], dtype=np.float32),
        "positions": np.stack([shot.positions for shot in shots]).astype(np.float16),
        "top_movie_ids": np.stack([shot.top_movie_ids for shot in shots]),
        "top_stars": np.stack([shot.top_stars for shot in shots]),
    }
    for part in shots[0].norms:
        arrays[f"norm.{part}"] = np.array([_pair(shot.norms[part]) for shot in shots], dtype=np.float32)
    for number, _ in enumerate(shots[0].filters):
        arrays[f"filters.{number}"] = np.stack([shot.filters[number] for shot in shots]).astype(np.float16)
    return arrays


def load_recording(folder: Path, *, num_movies: int | None = None) -> Recording | None:
    """Read the recording of a bundle; None where it has none, as those made by older versions.

    Args:
        folder: of the bundle.
        num_movies: how many films its data set has, to be checked.

    Raises:
        BundleError: if it is damaged, or of another number of films.
    """
    file = folder / RECORDING
    if not file.exists():
        return None
    try:
        arrays = load_file(file)
        recording = _from_arrays(arrays)
    except (OSError, SafetensorError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
        raise BundleError(folder, f"has a damaged recording ({error}). Train it again.") from error
    found = len(recording.snapshots[0].positions)
    if num_movies is not None and found != num_movies:
        raise BundleError(folder, f"has a recording of {found} films, not of {num_movies}. Train it again.")
    return recording


def check_fits(recording: Recording, dataset: Dataset, info: BundleInfo, parts: Collection[str]) -> None:
    """Is a recording one of a bundle's own run?

    Args:
        recording: has a snapshot.
        dataset: what the run trains on.
        info: of the bundle.
        parts: of its network, of those in `PARTS`.

    Raises:
        ValueError: if people, films, filters, norms or epochs are not those of the run.
    """
    _require(recording.watched_user in set(dataset.users["user_id"].tolist()), "the watched person must be there")
    films, model = set(dataset.movies["movie_id"].tolist()), info.model
    shapes = [(model.num_filters, width, model.id_size) for width in model.windows]
    for shot in recording.snapshots:
        _require(0 <= shot.epoch <= info.run.epoch, "epochs of the recording must be those of the run")
        _require(len(shot.positions) == dataset.num_movies, "the recording must be of these films")
        ids = shot.top_movie_ids.tolist()
        _require(films.issuperset(ids) and len(set(ids)) == len(ids), "a list must be of these films, each once")
        _require([weights.shape for weights in shot.filters] == shapes, "filters must be those of the config")
        _require(shot.norms.keys() == set(parts), "norms must be of the parts of the network")


def _from_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> Recording:
    """Build a recording and check it.

    Raises:
        ValueError, KeyError: if something is missing, not finite or of the wrong shape.
    """
    parts = [part for part in PARTS if f"norm.{part}" in arrays]
    num_filters = sum(name.startswith("filters.") for name in arrays)
    names = [f"filters.{number}" for number in range(num_filters)]
    _check_arrays(arrays, {*_COLUMNS, *names, *(f"norm.{part}" for part in parts)})
    epochs = arrays["epoch"]
    num = len(epochs)
    norms = {part: arrays[f"norm.{part}"].astype(np.float32) for part in parts}
    filters = [arrays[name].astype(np.float32) for name in names]
    _require(all(pairs.shape == (num, 2) for pairs in norms.values()), "norms must be pairs")
    _require(not any((pairs < 0).any() for pairs in norms.values()), "norms must not be below 0")
    _require(all(weights.ndim == 4 for weights in filters), "filters must be K x W x E")
    for name, array in arrays.items():
        _require(name in ("curve", "watched_user") or len(array) == num, f"{name} must be of {num} snapshots")
        is_norm = name.startswith("norm.")  # the first has no gradient
        _require(bool(np.isfinite(array[:, 0] if is_norm else array).all()), f"{name} must be finite")
    columns = (arrays[name] for name in ("positions", "top_movie_ids", "top_stars", "seconds"))
    positions, ids, stars, seconds = columns
    shots = tuple(
        Snapshot(
            epoch=int(epochs[row]),
            positions=positions[row].astype(np.float32),
            top_movie_ids=ids[row].astype(np.int64),
            top_stars=stars[row].astype(np.float32),
            norms=MappingProxyType({part: _norm(pairs[row]) for part, pairs in norms.items()}),
            filters=tuple(weights[row] for weights in filters),
            seconds=float(seconds[row]),
        )
        for row in range(num)
    )
    return Recording(int(arrays["watched_user"][0]), shots, arrays["curve"].astype(np.float32))


def _check_arrays(arrays: Mapping[str, NDArray[Any]], names: Collection[str]) -> None:
    """Check which arrays there are, and the types, shapes and ranges of those that every recording has.

    Raises:
        ValueError, KeyError: if one is missing, unknown, or of the wrong type, shape or range.
    """
    _require(arrays.keys() <= set(names), "a recording holds nothing else")
    for name, array in arrays.items():
        _require(array.dtype.kind == ("i" if name in _WHOLE else "f"), f"{name} must be of another type")
    epochs, curve, ids, stars = (arrays[name] for name in ("epoch", "curve", "top_movie_ids", "top_stars"))
    _require(epochs.ndim == 1 and 0 < len(epochs) <= MAX_SNAPSHOTS, "there must be snapshots, and not too many")
    _require(bool((epochs[:1] >= 0).all() and (np.diff(epochs) > 0).all()), "epochs must ascend from 0")
    _require(curve.ndim == 2 and curve.shape[1] == 2, "the curve must have two columns")
    _require(len(curve) <= MAX_CURVE and not (curve < 0).any(), "the curve must be short and not below 0")
    _require(arrays["watched_user"].shape == (1,), "one person is watched")
    _require(arrays["seconds"].ndim == 1 and not (arrays["seconds"] < 0).any(), "seconds must not be below 0")
    _require(arrays["positions"].ndim == 3 and arrays["positions"].shape[2] == 2, "positions must be in the plane")
    _require(ids.shape == stars.shape, "each film of a list needs its stars")
    _require(ids.ndim == 2 and ids.shape[1] <= TOP, f"a list must have at most {TOP} films")
    _require(bool(((stars >= 1) & (stars <= 5)).all()), "stars must be from 1 to 5")


def _require(condition: bool, rule: str) -> None:
    if not condition:
        raise ValueError(rule)


def _pair(norm: Norm) -> tuple[float, float]:
    return norm.weight, float("nan") if norm.gradient is None else norm.gradient


def _norm(pair: Array) -> Norm:
    return Norm(float(pair[0]), float(pair[1]) if np.isfinite(pair[1]) else None)
