"""The verbs that look around: data and doctor."""

import importlib.metadata
import importlib.util
import os
import platform
import sys
from typing import Any

from recsys.bundle.store import list_bundles, unreadable_bundles
from recsys.cli.console import answer_json, answer_lines, answer_table, say
from recsys.cli.loading import damaged, load_data
from recsys.config import DATASET_NAMES
from recsys.data.sources import DATA_VARIABLE, Attempt, look_nearby
from recsys.device import available, describe, pick_device
from recsys.paths import home_cache, home_data
from recsys.threads import usable_cores

# What the app needs, by the names of the distributions.
_LIBRARIES = (
    "torch numpy pandas streamlit plotly scikit-learn openTSNE safetensors pooch platformdirs typer rich".split()  # noqa: SIM905
)


def describe_data(name: str | None, *, as_json: bool) -> None:
    """Answer with the data set that is found, after its files were checked.

    Raises:
        DataError: if the files in the folder that the user named are damaged.
    """
    located = load_data(name)
    error = damaged(located.attempts)
    if error is not None:
        raise error
    dataset = located.dataset
    values = {
        "dataset": dataset.name,
        "source": dataset.source,
        "users": dataset.num_users,
        "movies": dataset.num_movies,
        "ratings": dataset.num_ratings,
        "mean_rating": float(dataset.ratings["rating"].mean()),
        "genres": len(dataset.genres),
        "fingerprint": dataset.fingerprint,
    }
    if as_json:
        answer_json({**values, "attempts": [_attempt_values(attempt) for attempt in located.attempts]})
        return
    answer_table(dataset.name, ("what", "value"), [(key, str(value)) for key, value in values.items()])


def doctor(*, as_json: bool) -> int:
    """Answer with what is there and what is missing.

    Returns:
        The exit status: 0 if the app can run, 1 if a library is missing.
    """
    versions = {name: _version(name) for name in _LIBRARIES}
    missing = [name for name, version in versions.items() if version is None]
    datasets, advice = _look_around()
    if missing:
        advice.insert(0, f"libraries are missing: {', '.join(missing)}. Run: pip install -r requirements.txt")
    values: dict[str, Any] = {
        "usable": not missing,
        "python": platform.python_version(),
        "system": platform.platform(),
        "device": describe(pick_device()),
        "devices": list(available()),
        "cores": usable_cores(),
        "libraries": versions,
        "pip": importlib.util.find_spec("pip") is not None,
        "folders": {DATA_VARIABLE: os.environ.get(DATA_VARIABLE), "data": str(home_data()), "cache": str(home_cache())},
        "datasets": datasets,
        "unreadable_bundles": [str(error) for error in unreadable_bundles()],
        "advice": advice,
    }
    if as_json:
        answer_json(values)
    else:
        _show(values)
    return 0 if not missing else 1


def _look_around() -> tuple[list[dict[str, Any]], list[str]]:
    """Which data sets lie on this machine with which bundles, and what to do about the rest."""
    datasets, advice = [], []
    for name in DATASET_NAMES:
        dataset, attempts = look_nearby(name)
        bundles = [] if dataset is None else list_bundles(dataset)
        failed = [attempt for attempt in attempts if attempt.outcome == "failed"]
        advice += [f"{name} in {attempt.place} cannot be read: {attempt.problem}" for attempt in failed]
        if dataset is None:
            advice.append(
                f"{name} is not here. Get it: python -m recsys data --dataset {name}, "
                f"or set {DATA_VARIABLE} to a folder that holds {name}/"
            )
        elif not bundles:
            advice.append(f"no model for {name} yet. Train one: python -m recsys train --dataset {name}")
        datasets.append(
            {
                "name": name,
                "found": None if dataset is None else dataset.source,
                "attempts": [_attempt_values(attempt) for attempt in attempts],
                "bundles": [
                    {"name": info.name, "folder": str(info.folder), "validation_rmse": info.validation_rmse}
                    for info in bundles
                ],
            }
        )
    return datasets, advice


def _attempt_values(attempt: Attempt) -> dict[str, Any]:
    return {key: value for key, value in vars(attempt).items() if key != "error"}


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _show(values: dict[str, Any]) -> None:
    libraries = ", ".join(f"{name} {version or 'MISSING'}" for name, version in values["libraries"].items())
    lines = [
        f"Python     {values['python']} ({sys.executable}) on {values['system']}",
        f"device     {values['device']}; there are {', '.join(values['devices'])}",
        f"libraries  {libraries}",
        f"own files  {values['folders']['data']}; downloads {values['folders']['cache']}",
        f"{DATA_VARIABLE} {values['folders'][DATA_VARIABLE] or 'is not set'}",
    ]
    for dataset in values["datasets"]:
        lines.append(f"{dataset['name']:<10} {dataset['found'] or 'not here'}")
        lines += [f"           model {bundle['name']}: {bundle['folder']}" for bundle in dataset["bundles"]]
    lines += [f"unreadable {problem}" for problem in values["unreadable_bundles"]]
    answer_lines(lines)
    for advice in values["advice"]:
        say(f"to do: {advice}")
