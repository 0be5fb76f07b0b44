"""Archives: zip files that somebody sent, opened without trusting them.

Python's zipfile reads the whole list of members at once, and unpacks a block of BZIP2 or LZMA at once, however large
either is. So the end of the file is looked at before the list is read, and the way of packing before a member is.
"""

import io
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from recsys.errors import BundleError

MAX_DIRECTORY = 65_536
"""Bytes of the list of members: more than a thousand of them."""
_END = struct.Struct("<4s4H2LH")
"""What a zip archive ends with; its sixth number is the size of the list of members, its last that of a comment."""
_NUM_LOCATOR = 20
"""Bytes that a file of the large form, Zip64, has right before that: they point to other numbers, which count."""
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1


@contextmanager
def opened(stream: BinaryIO, source: Path, what: str = "") -> Iterator[zipfile.ZipFile]:
    """Open an archive whose list of members is short, and whose members unpack bit by bit.

    Args:
        stream: the archive.
        source: where it comes from, for errors.
        what: its name inside the source with a blank after it, for errors; empty for the source itself.

    Raises:
        BundleError: if it is no archive, or not of this kind.
        BadZipFile, NotImplementedError: by zipfile, if it is damaged further inside.
    """
    _check_end(stream, source, what)
    with zipfile.ZipFile(stream) as archive:
        for member in archive.infolist():
            if member.compress_type not in _PACKINGS or member.flag_bits & _ENCRYPTED:
                raise BundleError(source, f"{what}is packed in another way than by this app. Export it again.")
        yield archive


def _check_end(stream: BinaryIO, source: Path, what: str) -> None:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END.size - _NUM_LOCATOR))
    tail = stream.read()
    end = tail[-_END.size :]
    if len(end) < _END.size or not end.startswith(b"PK\5\6") or not end.endswith(b"\0\0"):  # a comment could hide it
        raise BundleError(source, f"{what}is no archive of a bundle, or is damaged or cut off.")
    if tail[: -_END.size].startswith(b"PK\6\7") or _END.unpack(end)[5] > MAX_DIRECTORY:
        raise BundleError(source, f"{what}holds too many files. Export it again.")
