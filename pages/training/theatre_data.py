"""Theatre data: a recording of a training run as bytes for the browser, read by `pages/training/browser/reel.js`.

Everything about a run goes over in one piece, so that scrubbing needs no server. Of a run under way the browser asks
for what it has not got: "the snapshots from this epoch on". Places and filters travel as 16-bit whole numbers, each
snapshot with a scale of its own, in the container of `pages.film_map.scene`.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pages.film_map import data as map_data
from pages.film_map import scene as map_scene
from pages.kit import i18n, published
from recsys.data.dataset import Dataset
from recsys.training.recording import Recording, Snapshot

MAX_CURVE = 600
"""Points of the loss curve that are sent, besides those at the ends of epochs."""
_WHOLE = 32_767


def scene(data: Dataset) -> str:
    """Return the address of titles, genres and sizes of all films."""
    language = i18n.language()

    def make() -> bytes:
        with i18n.speaking(language):  # asking the session for each of 90,000 cards takes seconds
            return map_scene.encode(map_data.movie_scene(data))

    return published.publish(("films", data.fingerprint, language), make)


def reel(recording: Recording) -> str:
    """Return the address of a whole recording."""
    shots = recording.snapshots
    name = ("reel", run_of(recording), shots[-1].epoch, len(shots), _digest(shots[-1]), len(recording.curve))
    return published.publish(name, lambda: encode(recording))


def live_reel(recording: Recording) -> str:
    """Return the address that answers an epoch with the snapshots from there on, of the one run under way."""
    return published.publish_live("live reel", lambda epoch: encode(recording, first_epoch=epoch))


def run_of(recording: Recording) -> str:
    """Return what tells one run from all others: how its films lay before the first step, and whom it watches."""
    return f"{_digest(recording.snapshots[0])}-{recording.watched_user}"


def encode(recording: Recording, *, first_epoch: int = 0) -> bytes:
    """Return a recording as bytes.

    Args:
        recording: with at least one snapshot.
        first_epoch: snapshots before this epoch are left out; that they exist is told all the same.
    """
    shots = recording.snapshots
    sent = [shot for shot in shots if shot.epoch >= first_epoch]
    parts = list(shots[0].norms)
    header = {
        "run": run_of(recording),
        "epochs": [shot.epoch for shot in shots],
        "sent": [shot.epoch for shot in sent],
        "count": len(shots[0].positions),
        "top": len(shots[0].top_movie_ids),
        "parts": parts,
        "filters": [list(weights.shape) for weights in shots[0].filters],
    }
    norms = [[_pair(shot, part) for part in parts] for shot in sent]
    arrays: dict[str, NDArray[np.generic]] = {
        **_scaled("places", [shot.positions for shot in sent]),
        **_scaled("weights", [_joined(shot.filters) for shot in sent]),
        "top_ids": np.array([shot.top_movie_ids for shot in sent], dtype=np.uint32),
        "top_stars": np.array([shot.top_stars for shot in sent], dtype=np.float32),
        "norms": np.array(norms, dtype=np.float32),
        "curve": _thinned(recording.curve),
    }
    return map_scene.pack("reel", header, arrays)


def _pair(shot: Snapshot, part: str) -> tuple[float, float]:
    norm = shot.norms[part]
    return norm.weight, np.nan if norm.gradient is None else norm.gradient


def _joined(filters: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """All numbers of all filters in one row, the narrowest window's first."""
    return np.concatenate([weights.reshape(-1) for weights in filters]) if filters else np.zeros(0, dtype=np.float32)


def _scaled(name: str, rows: Sequence[NDArray[np.float32]]) -> dict[str, NDArray[np.generic]]:
    """Numbers as 16-bit whole numbers, and what a row's largest is worth."""
    flat = [row.reshape(-1) for row in rows]
    scales = [max(float(np.abs(row).max(initial=0.0)), 1e-12) for row in flat]
    whole = [np.rint(row * (_WHOLE / scale)).astype(np.int16) for row, scale in zip(flat, scales, strict=True)]
    joined = np.concatenate(whole) if whole else np.zeros(0, dtype=np.int16)
    return {name: joined, f"{name}_scale": np.array(scales, dtype=np.float32)}


def _thinned(curve: NDArray[np.float32]) -> NDArray[np.float32]:
    """The curve with as many points as can be seen; the last one stays, and so does the last of each epoch."""
    is_kept = curve[:, 0] == np.round(curve[:, 0])
    is_kept[:: max(1, -(-len(curve) // MAX_CURVE))] = True
    is_kept[-1:] = True
    kept: NDArray[np.float32] = curve[is_kept].astype(np.float32)
    return kept


def _digest(shot: Snapshot) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(shot.positions).tobytes())
    digest.update(shot.top_stars.tobytes() + repr(sorted(shot.norms.items())).encode())
    return digest.hexdigest()[:16]
