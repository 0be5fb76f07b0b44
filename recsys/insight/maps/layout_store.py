"""Layout store: layouts that are there already, those of a bundle and those that somebody had computed earlier.

The latter lie in the user's cache, named by a hash of the feature vectors and by their settings, so that they outlive
the server and fit whatever bundle has the same vectors. They can always be computed again: at most `MAX_BYTES` of
them are kept, those that were not used for the longest time go first, and a damaged one counts as none.
"""

import contextlib
import hashlib
import logging
import os
import threading
import uuid
import weakref
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.bundle import Bundle
from recsys.errors import ConfigError
from recsys.insight.maps.layouts import Array, LayoutSettings, Of, pca
from recsys.paths import home_cache

MAX_BYTES = 64_000_000
"""On disk. A layout of 3,883 films takes 31 kB, one of 90,000 films 720 kB."""
MAX_RECENT_BYTES = 8_000_000
"""In memory, so that a layout that was just used is not read again."""

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_recent: OrderedDict[Path, Array] = OrderedDict()
_hashes: dict[tuple[int, Of], str] = {}


def features_of(bundle: Bundle, of: Of) -> Array:
    """Return (N, D): the feature vectors of a bundle's films or people."""
    return bundle.movie_features if of == "movies" else bundle.user_features


def features_hash(bundle: Bundle, of: Of) -> str:
    """Return the hash (16 hex digits of SHA-256) of a bundle's feature vectors; computed once for each bundle."""
    key = (id(bundle), of)
    found = _hashes.get(key)
    if found is None:
        features = np.ascontiguousarray(features_of(bundle, of))
        found = hashlib.sha256(repr(features.shape).encode() + features.tobytes()).hexdigest()[:16]
        _hashes[key] = found
        weakref.finalize(bundle, _hashes.pop, key, None)
    return found


def kept(bundle: Bundle, settings: LayoutSettings) -> Array | None:
    """Return the (N, dims) layout of a bundle if it is there; PCA always is."""
    if settings.method == "pca":
        return pca(features_of(bundle, settings.of), settings.dims)
    if settings.key in bundle.maps:
        return bundle.maps[settings.key]
    file = _file(bundle, settings)
    with _lock:
        if file in _recent:
            _recent.move_to_end(file)
            return _recent[file]
    layout = _read(file, (len(features_of(bundle, settings.of)), settings.dims))
    if layout is not None:
        _remember(file, layout)
    return layout


def is_kept(bundle: Bundle, settings: LayoutSettings) -> bool:
    """Is the layout there? Cheap: nothing is read or computed."""
    file = _file(bundle, settings)
    return settings.method == "pca" or settings.key in bundle.maps or file in _recent or file.exists()


def keep(bundle: Bundle, settings: LayoutSettings, positions: NDArray[Any]) -> None:
    """Keep a layout for later. Where the disk does not take it, it is kept until the process ends, with a log line.

    Raises:
        ConfigError: if it is not (N, dims), or holds numbers that are not finite.
    """
    shape = (len(features_of(bundle, settings.of)), settings.dims)
    if positions.shape != shape or not np.isfinite(positions).all():
        raise ConfigError("positions", positions.shape, f"finite numbers of shape {shape}")
    file, layout = _file(bundle, settings), positions.astype(np.float32)
    _remember(file, layout)
    try:
        _write(file, layout)
        _drop_oldest(file.parent)
    except OSError as error:
        _log.warning("layout %s cannot be kept on disk (%s)", file, error)


def _folder() -> Path:
    return home_cache() / "layouts"


def _file(bundle: Bundle, settings: LayoutSettings) -> Path:
    return _folder() / f"{features_hash(bundle, settings.of)}.{settings.key}.npy"


def _remember(file: Path, layout: Array) -> None:
    with _lock:
        _recent[file] = layout
        _recent.move_to_end(file)
        while len(_recent) > 1 and sum(each.nbytes for each in _recent.values()) > MAX_RECENT_BYTES:
            _recent.popitem(last=False)


def _read(file: Path, shape: tuple[int, int]) -> Array | None:
    try:
        if not file.exists():
            return None
        layout: Array = np.load(file, allow_pickle=False)
        os.utime(file)  # it was used
    except OSError as error:
        _log.warning("layout %s cannot be read (%s); it counts as none", file, error)
        return None
    except (ValueError, EOFError) as error:
        _remove(file, str(error))
        return None
    if layout.shape != shape or layout.dtype != np.float32 or not np.isfinite(layout).all():
        _remove(file, f"{layout.dtype} {layout.shape}")
        return None
    return layout


def _remove(file: Path, problem: str) -> None:
    """Remove a damaged file: its layout is then missing and can be asked for again."""
    _log.warning("layout %s is damaged (%s) and is removed", file, problem)
    with contextlib.suppress(OSError):
        file.unlink()


def _write(file: Path, layout: Array) -> None:
    """Under a temporary name, then renamed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}.new")
    try:
        with new.open("wb") as stream:
            np.save(stream, layout, allow_pickle=False)
        os.replace(new, file)
    finally:
        new.unlink(missing_ok=True)


def _drop_oldest(folder: Path) -> None:
    found = sorted(((f.stat().st_mtime_ns, f) for f in folder.glob("*.npy")), reverse=True)
    total = 0
    for place, (_, file) in enumerate(found):
        total += file.stat().st_size
        if place and total > MAX_BYTES:
            file.unlink(missing_ok=True)
