"""Writing folders so that a reader sees the old one or the new one, never half of one."""

import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recsys.errors import FullError

MEGABYTE = 1_000_000
MIN_FREE = 300 * MEGABYTE
"""Bytes of a disk that stay free: a run of ml-1m takes 60 MB, and twice that while it is written anew."""
_SETTLED_SECONDS = 2.0
"""File systems tell times this coarsely, at worst."""
_hashes: dict[Path, tuple[tuple[int, ...], str]] = {}


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """Give a new, empty folder to fill; at the end it takes the place of `folder`, old contents and all.

    After an exception `folder` is as it was and nothing is left behind. Where the process dies between the two
    renames at the end, `recover_folder` brings the old contents back.

    Raises:
        OSError: if the disk is full or the folder may not be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:8]}.new"
    new.mkdir()
    try:
        yield new
        old = _aside(folder)
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def recover_folder(folder: Path) -> None:
    """Bring back what `replaced_folder` had put aside when its process died."""
    old = _aside(folder)
    if old.exists() and not folder.exists():
        old.rename(folder)


def remove_folder(folder: Path) -> None:
    """Remove a folder: at once for every reader, whatever becomes of the process meanwhile.

    Raises:
        OSError: if it may not be removed; then it is as it was.
    """
    shutil.rmtree(_aside(folder), ignore_errors=True)  # or `recover_folder` would bring it back
    gone = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:8]}.gone"
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def check_free(folder: Path, num_bytes: int = 0) -> None:
    """Make sure that a disk has room: a full one would end every run that is under way, and more than that.

    Args:
        folder: on the disk; it need not exist yet.
        num_bytes: that are to be written.

    Raises:
        FullError: if less than `MIN_FREE` would stay free.
    """
    there = next(parent for parent in (folder, *folder.resolve().parents) if parent.exists())
    if shutil.disk_usage(there).free - num_bytes < MIN_FREE:
        raise FullError("disk", MIN_FREE // MEGABYTE)


def size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


def replace_text(file: Path, text: str) -> None:
    """Write a small UTF-8 file under a temporary name, then rename it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}.new")
    try:
        new.write_text(text, encoding="utf-8")
        os.replace(new, file)
    finally:
        new.unlink(missing_ok=True)


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file as hex digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def known_sha256(file: Path) -> str:
    """Return the SHA-256 of a file, without reading it again while its size, time and place on the disk stay the same.

    For checks that come again and again, such as the list of all bundles on a page: 0.4 s for one of 180 MB.
    """
    about = file.stat()
    state = (about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
    found = _hashes.get(file)
    if found is not None and found[0] == state:
        return found[1]
    digest = sha256(file)
    # A file changed a moment ago could change once more without its times telling.
    if time.time() - max(about.st_mtime, about.st_ctime) > _SETTLED_SECONDS:
        _hashes[file] = state, digest
    return digest


def _aside(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.old"
