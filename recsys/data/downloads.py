"""Downloads: MovieLens from GroupLens over HTTPS, and ML-100K out of a wheel on a package index.

Everything is fetched into a temporary folder of the cache, checked by its hash, unpacked there, and renamed into place,
so that an interrupted or failed download leaves nothing that looks like a data set.
"""

import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from recsys.data.archives import unpack
from recsys.data.movielens import FILES_1M, FILES_GROUPLENS_100K, FILES_RECBOLE_100K
from recsys.data.reach import CONNECT_SECONDS, check_reachable, check_remembered, first_hop, remembered
from recsys.errors import ArchiveError, Problem, SourceError
from recsys.files import sha256

Say = Callable[[str], None]

GROUPLENS = "https://files.grouplens.org/datasets/movielens"
READ_SECONDS = 15.0
DOWNLOAD_SECONDS = 600.0
PIP_ANSWER_SECONDS = 12.0
PIP_SECONDS = 90.0
MAX_DOWNLOAD = 200_000_000
_STALE_SECONDS = 86_400.0
_BLOCK_BYTES = 65_536


class Archive(NamedTuple):
    """A zip file that is known beforehand.

    Attributes:
        file: its name.
        known_hash: algorithm and hex digits.
        folder: the folder inside that holds the files.
        files: the files that are wanted.
    """

    file: str
    known_hash: str
    folder: str
    files: Sequence[str]

    @property
    def members(self) -> list[str]:
        """Paths of the wanted files inside the archive."""
        return [f"{self.folder}/{file}" for file in self.files]


ARCHIVES = {
    "ml-1m": Archive("ml-1m.zip", "md5:c4d9eecfca2ab87c1945afe126590906", "ml-1m", FILES_1M),
    "ml-100k": Archive("ml-100k.zip", "md5:0e33842e24a9c977be4e0107933c0723", "ml-100k", FILES_GROUPLENS_100K),
}
WHEEL_PACKAGE = "recbole==1.2.1"
WHEEL = Archive(
    "recbole-1.2.1-py3-none-any.whl",
    "sha256:9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407",
    "recbole/dataset_example/ml-100k",
    FILES_RECBOLE_100K,
)

_lock = threading.Lock()


def download_grouplens(name: str, target: Path, say: Say) -> None:
    """Fetch a data set from GroupLens.

    Args:
        name: a key of `ARCHIVES`.
        target: the folder that it becomes.
        say: called with messages about the progress.

    Raises:
        SourceError: if the host cannot be reached or the disk cannot be written; ArchiveError for a bad archive.
    """
    archive = ARCHIVES[name]
    address = f"{GROUPLENS}/{archive.file}"
    with _lock, _as_source_error(address), _new_folder(target) as (work, unpacked):
        check_reachable(address)
        say(f"downloading {address}")
        fetched = _fetch(address, archive, work, say)
        unpack(fetched, unpacked, archive.members, source=address)


def download_wheel(target: Path, say: Say) -> None:
    """Fetch ML-100K out of a wheel, with pip, from whatever package index it is set up for. Nothing is imported.

    Args:
        target: the folder that it becomes.
        say: called with messages about the progress.

    Raises:
        SourceError: if pip cannot get it or the disk cannot be written; ArchiveError for a bad archive.
    """
    source = f"wheel {WHEEL_PACKAGE}"
    with _lock, _as_source_error(source), _new_folder(target) as (work, unpacked):
        check_remembered(source, source)
        say(f"asking the package index for {WHEEL_PACKAGE}")
        _pip_download(work, source)
        wheel = work / WHEEL.file
        if not wheel.exists():
            raise SourceError(source, Problem("other_file"))
        if f"sha256:{sha256(wheel)}" != WHEEL.known_hash:
            raise ArchiveError(source, Problem("wheel_hash"))
        unpack(wheel, unpacked, WHEEL.members, source=source)


def has_pip() -> bool:
    """Tell whether this Python has pip."""
    return importlib.util.find_spec("pip") is not None


@contextmanager
def _as_source_error(source: str) -> Iterator[None]:
    """Turn trouble with the disk into an error that says so."""
    try:
        yield
    except OSError as error:
        reason = f"{error.strerror or error}: {error.filename}"
        raise SourceError(source, Problem("disk", reason=reason)) from error


@contextmanager
def _new_folder(target: Path) -> Iterator[tuple[Path, Path]]:
    """Give a folder to work in and one to fill; the latter becomes `target` at the end, unless another process won."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(target.parent)
    replaced = _identity(target)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".download-", ignore_cleanup_errors=True) as name:
        work = Path(name)
        new, old = work / "new", work / "old"
        new.mkdir()
        yield work, new
        if _identity(target) != replaced:
            return  # another process has put a new one there, and may be reading it
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if not target.is_dir():
                raise


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells one folder from another that takes its place; None if there is none."""
    try:
        status = folder.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns


def _remove_stale(cache: Path) -> None:
    """Clear away what processes left behind that were ended by force."""
    for folder in cache.glob(".download-*"):
        try:
            is_stale = time.time() - folder.stat().st_mtime > _STALE_SECONDS
        except OSError:
            continue  # another process has just removed it
        if is_stale:
            shutil.rmtree(folder, ignore_errors=True)


def _fetch(address: str, archive: Archive, work: Path, say: Say) -> Path:
    """Download and check the hash.

    Raises:
        SourceError: if the server refuses or falls silent; ArchiveError if what came is another file.
    """
    import pooch  # here, since the two take a while and are rarely needed  # noqa: PLC0415
    import requests  # noqa: PLC0415

    pooch.get_logger().setLevel(logging.WARNING)

    def download(url: str, file: str, _pooch: object) -> None:
        """As pooch's own downloader, which leaves the connection open when it is ended in the middle."""
        with requests.get(url, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)) as response:
            response.raise_for_status()
            progress = _Progress(url, say, total=int(response.headers.get("content-length", 0)))
            with Path(file).open("wb") as output:
                for block in response.iter_content(_BLOCK_BYTES):
                    output.write(block)
                    progress.update(len(block))

    try:
        return Path(pooch.retrieve(address, archive.known_hash, fname=archive.file, path=work, downloader=download))
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else "an error"
        raise SourceError(address, Problem("status", status=status)) from error
    except requests.RequestException as error:
        raise remembered(first_hop(address)[0], address, Problem("broke_off", reason=type(error).__name__)) from error
    except ValueError as error:
        raise ArchiveError(address, Problem("hash")) from error


class _Progress:
    """Messages in steps of a tenth; also the limit on size and time."""

    def __init__(self, address: str, say: Say, *, total: int) -> None:
        self.address, self.say, self.total = address, say, total
        self._done = 0
        self._told = 0
        self._start = time.monotonic()

    def update(self, num_bytes: int) -> None:
        """Count what came, and end what is too large or too slow."""
        self._done += num_bytes
        if self._done > MAX_DOWNLOAD:
            raise ArchiveError(self.address, Problem("too_large", limit=MAX_DOWNLOAD))
        if time.monotonic() - self._start > DOWNLOAD_SECONDS:
            raise SourceError(self.address, Problem("too_slow", seconds=round(DOWNLOAD_SECONDS)))
        tenth = 10 * self._done // self.total if self.total else 0
        if tenth > self._told:
            self._told = tenth
            self.say(f"downloading {self.address}: {10 * tenth} %")


def _pip_download(work: Path, source: str) -> None:
    """Run pip; one that hears nothing from its index is ended early.

    Raises:
        SourceError: if pip fails or takes too long; the wheel is then not asked for again.
    """
    log = work / "pip.log"
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input"),
        *("--disable-pip-version-check", "--ignore-requires-python", "--retries", "0", "--timeout", "4"),
        *("--progress-bar", "off", "--dest", str(work), WHEEL_PACKAGE),
    ]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - a fixed command, no shell
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        try:
            status = _wait_for_pip(process, log)
        finally:
            process.kill()
            process.wait()
    if status is None:
        raise remembered(source, source, Problem("no_index"))
    if status != 0:
        raise remembered(source, source, Problem("pip_failed", reason=_last_line(log)))


def _wait_for_pip(process: "subprocess.Popen[bytes]", log: Path) -> int | None:
    """Return pip's exit status, or None if it took too long."""
    start = time.monotonic()
    patience = PIP_ANSWER_SECONDS
    while process.poll() is None:
        if time.monotonic() - start > patience:
            return None
        if patience < PIP_SECONDS and b"ownloading " in log.read_bytes():
            patience = PIP_SECONDS
        time.sleep(0.05)
    return process.returncode


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["no message"])[-1].removeprefix("ERROR:").strip()[:200]
