"""Store: which bundles there are for a data set, and which of them the app and the command line use.

Bundles lie in `assets/models/` (shipped) and in the user's own folder. The one that somebody chose to use comes first,
then what ships with the app, then finished runs, the latest first. No error decides: those of two splits, of two seeds,
or of weights that have gone on learning since are not the same measure, and what looks best may be the worst. What
somebody sent comes after all others: it is used where somebody chose it, or where there is nothing else.
"""

import json
import re
from dataclasses import replace
from pathlib import Path

from recsys import files
from recsys.bundle.info import BundleInfo, read_info, rewrite_info
from recsys.data.dataset import Dataset
from recsys.errors import BundleError, ConfigError
from recsys.paths import SHIPPED_MODELS, home_data

MAX_NAME = 80
IMPORTED = "imported"
"""Folders of bundles that somebody sent begin so."""


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
    """Return the readable bundles of a data set, the one in use first; of others that are alike, the latest first."""
    found = [info for info in _readable() if info.fingerprint == dataset.fingerprint]
    latest_first = sorted(found, key=lambda info: info.created, reverse=True)
    active = _active().get(dataset.fingerprint)
    return sorted(latest_first, key=lambda info: (str(info.folder) != active, *_rank(info)))


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


def is_shipped(info: BundleInfo) -> bool:
    """Does a bundle come with the app?"""
    return _lies_in(info.folder, SHIPPED_MODELS)


def is_imported(info: BundleInfo) -> bool:
    """Was a bundle sent by somebody, so that its numbers are claims of theirs?"""
    return info.folder.name.startswith(f"{IMPORTED}-") and not is_shipped(info)


def rename(info: BundleInfo, name: str) -> BundleInfo:
    """Give a bundle another name; its folder stays.

    Raises:
        ConfigError: if the name is empty, too long or holds characters that cannot be read.
        BundleError: if the bundle ships with the app, or cannot be written.
    """
    plain = " ".join(name.split())
    if not 1 <= len(plain) <= MAX_NAME or not plain.isprintable():
        raise ConfigError("name", name, f"from 1 to {MAX_NAME} characters that can be read")
    _check_own(info)
    return rewrite_info(replace(read_info(info.folder), name=plain))


def delete(info: BundleInfo) -> None:
    """Delete a bundle; where it was the one in use, the first of the others is from now on.

    Raises:
        BundleError: if it ships with the app, does not lie among the user's own, or cannot be deleted.
    """
    _check_own(info)
    if info.folder.resolve().parent != own_bundles_folder().resolve():
        raise BundleError(info.folder, f"does not lie in {own_bundles_folder()}. Delete the folder yourself.")
    try:
        chosen = {fingerprint: folder for fingerprint, folder in _active().items() if folder != str(info.folder)}
        if chosen != _active():
            files.replace_text(_active_file(), json.dumps(chosen, indent=1))
        files.remove_folder(info.folder)
    except OSError as error:
        raise BundleError(info.folder, f"cannot be deleted ({error}).") from error


def unreadable_bundles() -> list[BundleError]:
    """Return why bundles that lie there cannot be used."""
    errors = []
    for folder in _all_folders():
        try:
            read_info(folder)
        except BundleError as error:
            errors.append(error)
    return errors


def _check_own(info: BundleInfo) -> None:
    if is_shipped(info):
        raise BundleError(info.folder, "ships with the app and stays as it is. Train one of your own.")


def _lies_in(folder: Path, root: Path) -> bool:
    return root.resolve() in folder.resolve().parents


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


def _rank(info: BundleInfo) -> tuple[bool, bool, bool]:
    return not info.is_finished, is_imported(info), not is_shipped(info)


def _active_file() -> Path:
    return home_data() / "active.json"


def _active() -> dict[str, str]:
    try:
        values = json.loads(_active_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in values.items()} if isinstance(values, dict) else {}
