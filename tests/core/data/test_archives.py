import io
import stat
import zipfile

import pytest

from recsys.data import archives
from recsys.data.archives import unpack
from recsys.errors import ArchiveError

MEMBERS = ["ml-1m/users.dat", "ml-1m/movies.dat"]
SOUND = {"ml-1m/users.dat": b"users" * 1000, "ml-1m/movies.dat": b"movies", "ml-1m/README": b"read me"}


def zipped(path, contents, *, link: str | None = None):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        if link is not None:
            info = zipfile.ZipInfo(link)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, "/etc/passwd")
    return path


def refused(archive, folder):
    with pytest.raises(ArchiveError) as caught:
        unpack(archive, folder, MEMBERS, source="a test")
    assert "a test" in str(caught.value)
    return caught.value.problem


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "inner" / "target"
    folder.mkdir(parents=True)
    return folder


def test_only_the_wanted_files_are_unpacked(tmp_path, target):
    unpack(zipped(tmp_path / "a.zip", SOUND), target, MEMBERS, source="a test")
    assert {path.name: path.read_bytes() for path in target.iterdir()} == {
        "users.dat": b"users" * 1000,
        "movies.dat": b"movies",
    }


@pytest.mark.parametrize("name", ["../evil", "ml-1m/../../evil", "/evil", "C:\\evil", "..\\evil", "ml-1m/../users.dat"])
def test_a_path_that_climbs_out_is_refused_before_anything_is_written(tmp_path, target, name):
    assert "leads out" in refused(zipped(tmp_path / "a.zip", {**SOUND, name: b"evil"}), target)
    assert list(target.iterdir()) == []
    assert not list(tmp_path.rglob("evil"))


def test_a_link_is_refused(tmp_path, target):
    assert "link" in refused(zipped(tmp_path / "a.zip", SOUND, link="ml-1m/ratings.dat"), target)
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_archive_is_refused(tmp_path, target, share):
    archive = zipped(tmp_path / "a.zip", SOUND)
    content = archive.read_bytes()
    archive.write_bytes(content[: int(share * len(content))])
    assert "damaged" in refused(archive, target)


def test_a_flipped_byte_is_noticed(tmp_path, target):
    archive = zipped(tmp_path / "a.zip", SOUND)
    content = bytearray(archive.read_bytes())
    content[45] ^= 0xFF
    archive.write_bytes(content)
    assert "damaged" in refused(archive, target)


def test_an_archive_without_the_files_is_refused(tmp_path, target):
    assert "ml-1m/movies.dat" in refused(zipped(tmp_path / "a.zip", {"ml-1m/users.dat": b""}), target)


def test_an_encrypted_archive_is_refused(tmp_path, target):
    archive = zipped(tmp_path / "a.zip", SOUND)
    content = archive.read_bytes()
    archive.write_bytes(
        content.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
            b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
        )
    )
    assert "damaged" in refused(archive, target)


def test_an_archive_that_swells_is_refused(tmp_path, target, monkeypatch):
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1_000_000)
    bomb = io.BytesIO(bytes(5_000_000)).getvalue()
    assert "larger" in refused(zipped(tmp_path / "a.zip", {**SOUND, "ml-1m/movies.dat": bomb}), target)
