"""The verb runs: what can be done with kept runs, as on the page Training: list, rename, delete, export, import."""

import sys
from pathlib import Path
from typing import Any

from recsys.bundle import store
from recsys.bundle.exchange import export_bundle, import_bundle
from recsys.bundle.info import BundleInfo, read_info
from recsys.cli.console import answer_json, answer_table, say
from recsys.cli.loading import load_data
from recsys.errors import BundleError


def list_runs(dataset: str | None, *, as_json: bool) -> None:
    """Answer with the runs of a data set, the one in use first, then the latest first."""
    data = load_data(dataset).dataset
    infos, best = store.list_bundles(data), store.best_bundle(data)
    runs = [_values(info) | {"is_used": info == best, "is_shipped": store.is_shipped(info)} for info in infos]
    for problem in store.unreadable_bundles():
        say(str(problem))
    if as_json:
        answer_json({"dataset": data.name, "runs": runs})
        return
    rows = [(*(run[key] for key in _COLUMNS), "in use" if run["is_used"] else "") for run in runs]
    answer_table(f"runs on {data.name}", (*_COLUMNS, ""), rows)


def rename(folder: Path, name: str, *, as_json: bool) -> None:
    """Give a run another name."""
    _answer(store.rename(read_info(folder), name), as_json=as_json)


def delete(folder: Path, *, is_sure: bool, as_json: bool) -> int:
    """Delete a run after a question, which is asked on standard error.

    Returns:
        The exit status: 1 if the answer was no.
    """
    info = read_info(folder)
    if not is_sure:
        say(f"Delete {info.name} ({info.folder}) for good? [y/N]")
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            say("nothing was deleted")
            return 1
    store.delete(info)
    _answer(info, as_json=as_json)
    return 0


def export(folder: Path, file: Path, *, with_training_state: bool, as_json: bool) -> None:
    """Write a run into a zip archive.

    Raises:
        BundleError: if it cannot be read or written, or there is such a file.
    """
    info = read_info(folder)
    content = export_bundle(info, with_training_state=with_training_state)
    try:
        with file.open("xb") as target:
            target.write(content)
    except OSError as error:
        raise BundleError(folder, f"cannot be exported to {file} ({error}). Name another file.") from error
    _answer(info, as_json=as_json)


def take(file: Path, dataset: str | None, *, as_json: bool) -> None:
    """Put an exported run among the user's own, after all checks."""
    _answer(import_bundle(file, load_data(dataset).dataset), as_json=as_json)


_COLUMNS = ("name", "bundle", "preset", "split", "seed", "epochs", "validation_rmse", "validation_epoch")


def _values(info: BundleInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "bundle": str(info.folder),
        "preset": info.preset,
        "split": info.data.split,
        "seed": info.train.seed,
        "epochs": info.epochs_done,
        "is_finished": info.is_finished,
        "validation_rmse": info.validation_rmse,
        "validation_epoch": info.validation_epoch,
        "has_learned_validation": info.has_learned_validation,
    }


def _answer(info: BundleInfo, *, as_json: bool) -> None:
    values = _values(info)
    if as_json:
        answer_json(values)
    else:
        answer_table(info.name, ("what", "value"), list(values.items()))
