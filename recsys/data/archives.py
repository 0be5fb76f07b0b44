"""Unpacking of downloaded archives: only the files that are wanted, and nothing that an archive should not hold."""

import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from recsys.errors import ArchiveError, Problem

MAX_UNPACKED = 300_000_000
_BLOCK = 1 << 20


def unpack(archive: Path, folder: Path, members: Sequence[str], *, source: str) -> None:
    """Unpack some members of a zip archive.

    Args:
        archive: the zip file.
        folder: where the files go, under their own names without folders; it must be there.
        members: paths inside the archive.
        source: where the archive came from, for errors.

    Raises:
        ArchiveError: if the archive is damaged, lacks a member, is far too large when unpacked, or holds a link or a
            path that leads out of its folder (then nothing at all is unpacked).
        OSError: if the files cannot be written, as when the disk is full.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            for info in opened.infolist():
                _check_member(info, source)
            missing = [member for member in members if member not in opened.namelist()]
            if missing:
                raise ArchiveError(source, Problem("archive_lacks", names=", ".join(missing)))
            room = MAX_UNPACKED
            for member in members:
                target = folder / PurePosixPath(member).name
                room -= _copy(opened, member, target, room=room, source=source)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise ArchiveError(source, Problem("archive_damaged", reason=error)) from error


def _check_member(info: zipfile.ZipInfo, source: str) -> None:
    name = info.orig_filename
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or PureWindowsPath(name).drive or ".." in path.parts or "\0" in name:
        raise ArchiveError(source, Problem("archive_path", name=repr(name)))
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ArchiveError(source, Problem("archive_link", name=repr(name)))


def _copy(opened: zipfile.ZipFile, member: str, target: Path, *, room: int, source: str) -> int:
    """Write one member and return its size, counted and not believed."""
    size = 0
    with opened.open(member) as stream, target.open("wb") as file:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > room:
                raise ArchiveError(source, Problem("archive_large", limit=MAX_UNPACKED))
            file.write(block)
    return size
