"""Downloads: what comes is checked and kept, and a failed one leaves nothing behind."""

import errno
import hashlib
import io
import os
import socket
import sys
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from recsys.data import downloads, reach, sources
from recsys.errors import ArchiveError, SourceError
from tests.core.data import movielens_files as files
from tests.core.data.web_server import failure, in_cache, outcomes


def test_a_download_is_kept_and_used_the_next_time(server):
    told: list[str] = []
    located = sources.load("ml-1m", on_progress=told.append)
    assert outcomes(located)[-1] == ("ml-1m", "grouplens", "found")
    assert located.dataset.num_ratings == 4
    assert told[0].startswith("downloading")
    assert told[-1].endswith("100 %")
    again = sources.load("ml-1m")
    assert outcomes(again)[-1] == ("ml-1m", "cache", "found")
    assert again.dataset.fingerprint == located.dataset.fingerprint
    assert server.requests == ["/ml-1m.zip"]
    assert in_cache() == ["ml-1m"]


def test_a_damaged_cache_is_replaced(server):
    sources.load("ml-1m")
    (sources.cached("ml-1m") / "users.dat").write_bytes(b"")
    located = sources.load("ml-1m")
    assert outcomes(located)[1:] == [("ml-1m", "cache", "failed"), ("ml-1m", "grouplens", "found")]
    assert in_cache() == ["ml-1m"]


def test_a_wrong_hash_leaves_nothing_behind(server):
    server.content["/ml-1m.zip"] += b"x"
    message, error = failure(server)
    assert "wrong hash" in message
    assert isinstance(error, ArchiveError)


def test_a_connection_that_breaks_off_leaves_nothing_behind(server):
    server.cut = 100
    with pytest.raises(SourceError, match=r"broke off|wrong hash"):
        sources.load("ml-1m")
    assert in_cache() == []


def test_a_server_error_leaves_nothing_behind(server):
    server.status = 503
    message, _ = failure(server)
    assert "503" in message


def test_an_archive_with_a_known_hash_but_a_climbing_path_leaves_nothing_behind(server, monkeypatch, tmp_path):
    buffer = io.BytesIO(server.content["/ml-1m.zip"])
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("../../evil.txt", "evil")
    server.content["/ml-1m.zip"] = buffer.getvalue()
    digest = hashlib.md5(buffer.getvalue()).hexdigest()  # noqa: S324
    monkeypatch.setitem(downloads.ARCHIVES, "ml-1m", downloads.ARCHIVES["ml-1m"]._replace(known_hash=f"md5:{digest}"))
    message, error = failure(server)
    assert "leads out" in message
    assert isinstance(error, ArchiveError)
    assert not list(sources.home_cache().parent.rglob("evil.txt"))


def test_more_than_the_largest_size_is_refused(server, monkeypatch):
    monkeypatch.setattr(downloads, "MAX_DOWNLOAD", 100)
    message, error = failure(server)
    assert "larger than 100 bytes" in message
    assert isinstance(error, ArchiveError)


def test_a_download_that_is_ended_in_the_middle_closes_its_connection(server, monkeypatch):
    responses, get = [], requests.get
    monkeypatch.setattr(requests, "get", lambda *a, **k: responses.append(get(*a, **k)) or responses[-1])
    monkeypatch.setattr(downloads, "MAX_DOWNLOAD", 100)
    failure(server)
    assert responses
    assert all(response.raw.closed for response in responses)


def test_a_full_disk_leaves_nothing_behind(server, monkeypatch):
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "users.dat")

    monkeypatch.setattr(downloads, "unpack", full)
    message, error = failure(server)
    assert "No space left on device" in message
    assert isinstance(error, SourceError)


def test_a_cache_that_cannot_be_written_is_told(server, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path / "file"))
    with pytest.raises(SourceError, match="cannot be kept on disk"):
        sources.load("ml-1m")


def test_two_at_once_both_succeed(server, monkeypatch):
    class NoLock:
        def __enter__(self) -> None:
            return

        def __exit__(self, *args: object) -> None:
            return

    monkeypatch.setattr(downloads, "_lock", NoLock())  # as two processes would
    with ThreadPoolExecutor(4) as pool:
        prints = {located.dataset.fingerprint for located in pool.map(lambda _: sources.load("ml-1m"), range(4))}
    assert len(prints) == 1
    assert in_cache() == ["ml-1m"]


def test_what_a_killed_process_left_is_cleared_away(server):

    left, fresh = sources.home_cache() / ".download-old", sources.home_cache() / ".download-new"
    for folder in (left, fresh):
        folder.mkdir(parents=True)
    os.utime(left, (time.time() - 200_000,) * 2)
    sources.load("ml-1m")
    assert in_cache() == [".download-new", "ml-1m"]


@pytest.fixture
def silent_host(monkeypatch):
    """A port that accepts nobody: its queue is full, so that connecting hangs as at a black hole."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    address = listener.getsockname()
    held = []
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(address)
        held.append(client)
    monkeypatch.setattr(downloads, "GROUPLENS", f"http://127.0.0.1:{address[1]}")
    monkeypatch.setattr(reach, "CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(reach, "_unreachable", {f"wheel {downloads.WHEEL_PACKAGE}": "not here."})
    yield
    for client in (*held, listener):
        client.close()


@pytest.mark.usefixtures("silent_host")
def test_a_silent_host_is_asked_once_and_then_remembered(monkeypatch):
    asked = []
    connect = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: asked.append(a) or connect(*a, **k))
    located = sources.load()
    grouplens = [attempt for attempt in located.attempts if attempt.source == "grouplens"]
    assert [attempt.outcome for attempt in grouplens] == ["failed", "failed"]
    assert "not tried again" in grouplens[1].problem
    sources.load()
    assert len(asked) == 1


def test_a_name_that_takes_forever_to_look_up_costs_only_the_patience(monkeypatch):
    release = threading.Event()

    def hang(*args: object, **kwargs: object) -> None:
        release.wait(30)
        raise OSError("too late")

    monkeypatch.setattr(reach, "_unreachable", {})
    monkeypatch.setattr(reach, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(socket, "create_connection", hang)
    with pytest.raises(SourceError, match="no answer"):
        reach.check_reachable("https://somewhere.invalid/file")
    release.set()


def test_a_proxy_is_asked_instead_of_the_host(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy.invalid:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert reach.first_hop("https://somewhere.invalid/file") == ("proxy.invalid", 3128)
    monkeypatch.setenv("no_proxy", "somewhere.invalid")
    assert reach.first_hop("https://somewhere.invalid/file") == ("somewhere.invalid", 443)


@pytest.fixture
def package_index(tmp_path, monkeypatch):
    """A wheel of our own in a local folder, which pip is told to look in and nowhere else."""
    index = tmp_path / "index"
    index.mkdir()
    wheel = index / downloads.WHEEL.file
    folder = files.write_recbole(tmp_path / "recbole-files")
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"recbole/dataset_example/ml-100k/{path.name}")
        archive.writestr("recbole/__init__.py", "raise RuntimeError('must never be imported')")
        archive.writestr("recbole-1.2.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: recbole\nVersion: 1.2.1\n")
        archive.writestr(
            "recbole-1.2.1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("recbole-1.2.1.dist-info/RECORD", "")
    monkeypatch.setattr(reach, "_unreachable", {"files.grouplens.org": "not asked."})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    monkeypatch.setattr(downloads, "WHEEL", downloads.WHEEL._replace(known_hash=f"sha256:{digest}"))
    return wheel


def test_ml_100k_comes_out_of_the_wheel(package_index):
    located = sources.load("ml-100k")
    assert outcomes(located)[-1] == ("ml-100k", "wheel", "found")
    assert located.dataset.num_movies == 5
    assert "recbole" not in sys.modules
    assert in_cache() == ["ml-100k"]
    assert outcomes(sources.load("ml-100k"))[-1] == ("ml-100k", "cache", "found")


def test_a_wheel_with_a_wrong_hash_leaves_nothing_behind(package_index, monkeypatch):
    monkeypatch.setattr(downloads, "WHEEL", downloads.WHEEL._replace(known_hash="sha256:" + "0" * 64))
    with pytest.raises(SourceError, match="wrong hash"):
        sources.load("ml-100k")
    assert in_cache() == []


def test_a_package_index_without_the_wheel_is_told_and_remembered(package_index):
    package_index.unlink()
    with pytest.raises(SourceError, match="pip could not get it"):
        sources.load("ml-100k")
    with pytest.raises(SourceError, match="not tried again"):
        sources.load("ml-100k")
    assert in_cache() == []


def test_a_silent_package_index_is_ended(package_index, monkeypatch):
    monkeypatch.setattr(downloads, "PIP_ANSWER_SECONDS", 0.0)
    with pytest.raises(SourceError, match="does not answer"):
        sources.load("ml-100k")


def test_a_python_without_pip_skips_the_wheel(package_index, monkeypatch):
    monkeypatch.setattr(downloads, "has_pip", lambda: False)
    attempts = sources.load().attempts
    assert [attempt.outcome for attempt in attempts if attempt.source == "wheel"] == ["skipped"]
