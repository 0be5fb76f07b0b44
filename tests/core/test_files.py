"""Hashes of files that are remembered as long as nothing says that the file has changed."""

import os
import time

import pytest

from recsys import files


@pytest.fixture
def file(tmp_path):
    """A small file."""
    made = tmp_path / "weights"
    made.write_bytes(b"as it was")
    return made


@pytest.fixture
def reads(monkeypatch):
    """The files that were really read."""
    read = []
    plain = files.sha256

    def counted(path):
        read.append(path)
        return plain(path)

    monkeypatch.setattr(files, "sha256", counted)
    return read


@pytest.fixture
def an_hour_later(monkeypatch):
    now = time.time() + 3600
    monkeypatch.setattr(files.time, "time", lambda: now)


def test_a_file_that_stays_is_read_once(file, reads, an_hour_later):
    assert files.known_sha256(file) == files.known_sha256(file) == files.sha256(file)
    assert reads == [file, file]  # once for both, and once by ourselves


@pytest.mark.parametrize("change", ["longer", "same size", "same size and time", "another file"])
def test_a_file_that_changed_is_read_again(file, reads, an_hour_later, change):
    before, about = files.known_sha256(file), file.stat()
    if change == "another file":
        other = file.with_name("other")
        other.write_bytes(b"as it is!")
        os.utime(other, ns=(about.st_atime_ns, about.st_mtime_ns))
        other.replace(file)
    else:
        time.sleep(0.02)  # past the tick of the clock that the system stamps files with
        file.write_bytes(b"as it is now" if change == "longer" else b"as it is!")
        if change == "same size and time":
            os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert files.known_sha256(file) != before
    assert len(reads) == 2


def test_a_file_written_a_moment_ago_is_not_remembered(file, reads):
    files.known_sha256(file)
    files.known_sha256(file)
    assert reads == [file, file]
