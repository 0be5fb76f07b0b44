"""Store: which bundles there are for a data set, and which of them the app and the command line use.

Bundles lie in `assets/models/` (shipped) and in the user's own folder. The one that somebody chose to use comes first,
then finished runs by their error on the validation part.
"""

import json
import math
import re
from pathlib import Path

from recsys import files
from recsys.bundle_info import BundleInfo, read_info
from recsys.data.dataset import Dataset
from recsys.errors import BundleError
from recsys.paths import SHIPPED_MODELS, home_data


def own_bundles_folder() -> Path:
    """Return the folder of the bundles that the user trained; it need not exist yet."""
    return home_data() / "bundles"


def new_bundle_folder(name: str) -> Path:
    """Return a free folder for a new bundle, named after `name` and a running number."""
    stem = re.sub(r"[^\w-]+", "-", name).strip("-").lower()[:60] or "model"
    taken = {folder.name for folder in _all_folders()}
    number = next(n for n in range(1, len(taken) + 2) if f"{stem}-{n}" not in taken)
    return own_bundles_folder() / f"{stem}-{number}"


def list_bundles(dataset: Dataset) -> list[BundleInfo]:
    """Return the readable bundles of a data set, the one in use first, then the best first."""
    found = [info for info in _readable() if info.fingerprint == dataset.fingerprint]
    active = _active().get(dataset.fingerprint)
    return sorted(found, key=lambda info: (str(info.folder) != active, *_rank(info)))


def usable_bundles(dataset: Dataset) -> list[BundleInfo]:
    """Return the bundles that app and command line may use by themselves, in their order of preference.

    A run that was stopped, or is still under way, is among them only if somebody chose it.
    """
    active = _active().get(dataset.fingerprint)
    return [info for info in list_bundles(dataset) if info.is_finished or str(info.folder) == active]


def best_bundle(dataset: Dataset) -> BundleInfo | None:
    """Return the bundle that app and command line use, or None where there is none."""
    return next(iter(usable_bundles(dataset)), None)


def activate(info: BundleInfo) -> None:
    """Make a bundle the one that app and command line use for its data set.

    Raises:
        BundleError: if that cannot be written down.
    """
    try:
        files.replace_text(_active_file(), json.dumps({**_active(), info.fingerprint: str(info.folder)}, indent=1))
    except OSError as error:
        raise BundleError(info.folder, f"cannot be made the one in use ({error}).") from error


def unreadable_bundles() -> list[BundleError]:
    """Return why bundles that lie there cannot be used."""
    errors = []
    for folder in _all_folders():
        try:
            read_info(folder)
        except BundleError as error:
            errors.append(error)
    return errors


def _readable() -> list[BundleInfo]:
    infos = []
    for folder in _all_folders():
        try:
            infos.append(read_info(folder))
        except BundleError:
            continue  # `unreadable_bundles` tells; one damaged bundle must not hide the others
    return infos


def _all_folders() -> list[Path]:
    return [
        folder
        for root in (SHIPPED_MODELS, own_bundles_folder())
        if root.is_dir()
        for folder in sorted(root.iterdir())
        if folder.is_dir() and not folder.name.startswith(".")
    ]


def _rank(info: BundleInfo) -> tuple[bool, float, str]:
    error = info.validation_rmse
    return not info.is_finished, math.inf if error is None else error, info.created


def _active_file() -> Path:
    return home_data() / "active.json"


def _active() -> dict[str, str]:
    try:
        values = json.loads(_active_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in values.items()} if isinstance(values, dict) else {}
