"""Bundles as somebody would send them who knows how to write their hashes anew."""

import io
import json
import zipfile

import pytest

from recsys import files
from recsys.bundle import store
from recsys.bundle.exchange import import_bundle
from recsys.bundle.info import INFO, _checksum, _to_info, write_info
from recsys.errors import BundleError


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return buffer.getvalue()


def members_of(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def changed(copy, info=None) -> bytes:
    """Export a folder that was tampered with by somebody who knows how to write the hashes anew."""
    info = info or _to_info(copy, json.loads((copy / "bundle.json").read_text(encoding="utf-8")))
    (copy / "bundle.json").unlink()
    write_info(info, copy)
    return zipped({file.name: file.read_bytes() for file in copy.iterdir()})


def refused(archive, dataset, match: str, error=BundleError) -> None:
    with pytest.raises(error, match=match):
        import_bundle(archive, dataset)
    folder = store.own_bundles_folder()
    assert not folder.exists() or list(folder.iterdir()) == []


def tampered(folder, edit) -> bytes:
    """Export a folder whose bundle.json was edited, and its hashes written anew."""
    values = json.loads((folder / INFO).read_text(encoding="utf-8"))
    edit(values)
    values["files"] = {file.name: files.sha256(file) for file in folder.iterdir() if file.name != INFO}
    values["checksum"] = _checksum(values)
    (folder / INFO).write_text(json.dumps(values), encoding="utf-8")
    return zipped({file.name: file.read_bytes() for file in folder.iterdir()})
