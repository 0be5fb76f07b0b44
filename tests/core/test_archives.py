"""What comes in a zip file is looked at before it can fill the memory."""

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from recsys.bundle import archives
from recsys.bundle.exchange import export_bundle
from recsys.bundle.info import read_info
from recsys.errors import BundleError
from tests.core.sent_bundles import changed, members_of, refused, zipped

OTHER_PACKINGS = [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
MANY = {f"{number:05d}": b"" for number in range(2_000)}


@pytest.fixture
def archive(kept):
    return export_bundle(read_info(kept), with_training_state=False)


def packed(members: dict[str, bytes], kind: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return buffer.getvalue()


def never(*_, **__):
    raise AssertionError("nothing may be unpacked")


@pytest.mark.parametrize("kind", OTHER_PACKINGS)
def test_what_unpacks_all_at_once_is_refused_before_it_is_unpacked(archive, dataset, kind, monkeypatch) -> None:
    sent = packed(members_of(archive) | {"epochs.jsonl": bytes(1_000_000)}, kind)
    monkeypatch.setattr(zipfile.ZipFile, "open", never)
    refused(sent, dataset, "packed in another way")


def test_what_is_encrypted_is_refused(archive, dataset) -> None:
    sent = bytearray(archive)
    entry = sent.rfind(b"PK\1\2")
    sent[entry + 8] |= 1
    refused(bytes(sent), dataset, "packed in another way")


@pytest.mark.parametrize("kind", OTHER_PACKINGS)
def test_maps_that_unpack_all_at_once_are_refused(copy, dataset, kind) -> None:
    (copy / "map.npz").write_bytes(packed({"movies-pca-2d.npy": bytes(1_000_000)}, kind))
    refused(changed(copy), dataset, "map.npz is packed in another way")


def test_very_many_maps_are_refused_before_their_list_is_read(copy, dataset) -> None:
    (copy / "map.npz").write_bytes(zipped(MANY))
    refused(changed(copy), dataset, "map.npz holds too many files")


def test_more_maps_than_there_are_kinds_are_refused(copy, dataset) -> None:
    layout = np.zeros((dataset.num_movies, 2), dtype=np.float32)
    np.savez(copy / "map.npz", **{f"movies-pca-2d-{number}": layout for number in range(65)})
    refused(changed(copy), dataset, "at most 64 maps")


def test_an_archive_of_very_many_files_is_refused_before_their_list_is_read(dataset, monkeypatch) -> None:
    many = zipped({f"{number:05d}": b"" for number in range(2_000)})
    monkeypatch.setattr(archives.zipfile, "ZipFile", None)
    refused(many, dataset, "too many files")


def test_a_comment_that_hides_the_large_form_is_refused_before_the_list_is_read(dataset, monkeypatch) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for number in range(66_000):  # so many that the number in the plain record is not the one that counts
            target.writestr(str(number), b"")
        target.comment = b"x" * 65_500
    sent = bytearray(buffer.getvalue())
    end = sent.rfind(b"PK\5\6")
    assert sent[end - 20 :].startswith(b"PK\6\7")
    struct.pack_into("<L", sent, end + 12, 100)
    without_comment = sent[: end + 20] + b"\0\0"
    monkeypatch.setattr(archives.zipfile, "ZipFile", None)
    refused(bytes(sent), dataset, "is no archive")
    refused(bytes(without_comment), dataset, "too many files")


@pytest.mark.parametrize("content", [{}, {"a": b"b"}])
def test_small_archives_open(content) -> None:
    with archives.opened(io.BytesIO(zipped(content)), Path("sent")) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == content


def test_an_archive_with_something_after_its_end_is_refused() -> None:
    with pytest.raises(BundleError, match="sent: x is no archive"):
        archives.opened(io.BytesIO(zipped({"a": b"b"}) + b"more"), Path("sent"), "x ").__enter__()
