"""Exchange: a bundle as one file that can be sent to somebody, and such a file as a bundle.

A file that comes from elsewhere is not trusted: names, sizes and number of its members are looked at before anything is
unpacked, then all that `recsys.bundle.checking` can check, and only a bundle that stands all of it appears among the
user's own. Nothing is ever unpickled.
"""

import hashlib
import io
import stat
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from recsys import files
from recsys.bundle import RECORDING, archives, store
from recsys.bundle.checking import check_bundle
from recsys.bundle.info import INFO, REQUIRED, BundleInfo, check_same, file_hashes, info_text, read_info
from recsys.data.dataset import Dataset
from recsys.errors import BundleError, FullError

TRAINING_STATE = "training.safetensors"
MEMBERS = (INFO, *REQUIRED, RECORDING, TRAINING_STATE)
MAX_BYTES = 250_000_000
"""Of all members together, as they are unpacked: a bundle of ml-1m takes 60 MB, with the largest histories 220."""
MAX_IMPORTED = 20
MAX_IMPORTED_BYTES = 1_000_000_000
"""Of all imported bundles together: anybody who can open the app can send one."""
_SOURCE = Path("the imported file")
_BLOCK = 1 << 20
_lock = threading.Lock()


def export_bundle(info: BundleInfo, *, with_training_state: bool) -> bytes:
    """Return a bundle as a zip archive.

    Args:
        info: the bundle.
        with_training_state: so that the run can go on elsewhere; three times the size.

    Raises:
        BundleError: if a file is missing or is not the one that bundle.json names.
        GoneBundleError: if another bundle lies there by now.
    """
    check_same(info)
    hashes = file_hashes(info.folder)
    names = [name for name in MEMBERS if name in hashes and (with_training_state or name != TRAINING_STATE)]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            try:
                content = (info.folder / name).read_bytes()
            except OSError as error:
                raise BundleError(info.folder, f"{name} cannot be read ({error}).") from error
            if hashlib.sha256(content).hexdigest() != hashes[name]:
                raise BundleError(info.folder, f"{name} was changed while it was read, or is damaged. Try again.")
            _add(archive, name, content)
        text = info_text(read_info(info.folder), {name: hashes[name] for name in names})
        _add(archive, INFO, text.encode())
    return buffer.getvalue()


def import_bundle(file: bytes | Path | BinaryIO, dataset: Dataset) -> BundleInfo:
    """Put a bundle that somebody exported among the user's own, after all checks.

    Args:
        file: the zip archive.
        dataset: the one that it must have been trained on.

    Raises:
        BundleError: if it is no such archive, is too large, damaged, or does not fit together; nothing of it is kept.
        ForeignBundleError: if it was trained on other data.
        FullError: if many bundles were imported already, or the disk is nearly full.
    """
    try:
        with _opened(file) as stream, _lock, archives.opened(stream, _SOURCE) as archive:
            _check_members(archive)
            _check_room(sum(member.file_size for member in archive.infolist()))
            folder = store.new_bundle_folder(f"{store.IMPORTED} {dataset.name}")
            with files.replaced_folder(folder) as new:
                _unpack(archive, new)
                check_bundle(new, dataset)
            return read_info(folder)
    except BundleError as error:
        raise type(error)(_SOURCE, error.problem) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise BundleError(_SOURCE, f"is no archive of a bundle, or is damaged or cut off ({error}).") from error
    except OSError as error:
        raise BundleError(_SOURCE, f"cannot be read or unpacked ({error}). Free some space.") from error


@contextmanager
def _opened(file: bytes | Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(file, Path):
        with file.open("rb") as stream:
            yield stream
    else:
        yield io.BytesIO(file) if isinstance(file, bytes) else file


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a member without compression, which floats do not gain by, and without a date: one bundle gives one file."""
    archive.writestr(zipfile.ZipInfo(name), content)


def _check_members(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = [member.orig_filename for member in members]
    for name in names:
        if name not in MEMBERS:
            raise BundleError(_SOURCE, f"holds {name[:80]!r}, which belongs to no bundle. Export it again.")
    if len(set(names)) < len(names):
        raise BundleError(_SOURCE, "holds a file twice. Export it again.")
    missing = [name for name in (INFO, *REQUIRED) if name not in names]
    if missing:
        raise BundleError(_SOURCE, f"lacks {', '.join(missing)}. Export it again.")
    if any(stat.S_ISLNK(member.external_attr >> 16) for member in members):
        raise BundleError(_SOURCE, "holds a link. Export it again.")
    if sum(member.file_size for member in members) > MAX_BYTES:
        raise BundleError(_SOURCE, f"is larger than {MAX_BYTES} bytes when unpacked.")


def _check_room(num_bytes: int) -> None:
    """Is there room for one more bundle of this size?

    Raises:
        FullError: if there is not.
    """
    root = store.own_bundles_folder()
    imported = [folder for folder in root.glob(f"{store.IMPORTED}-*") if folder.is_dir()]
    if len(imported) >= MAX_IMPORTED:
        raise FullError("count", MAX_IMPORTED)
    if sum(map(files.size_of, imported)) + num_bytes > MAX_IMPORTED_BYTES:
        raise FullError("bytes", MAX_IMPORTED_BYTES // files.MEGABYTE)
    files.check_free(root, num_bytes)


def _unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    """Write all members; their sizes are counted and not believed."""
    room = MAX_BYTES
    for member in archive.infolist():
        with archive.open(member) as stream, (folder / member.filename).open("wb") as target:
            while block := stream.read(_BLOCK):
                room -= len(block)
                if room < 0:
                    raise BundleError(_SOURCE, f"is larger than {MAX_BYTES} bytes when unpacked.")
                target.write(block)
