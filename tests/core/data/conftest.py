"""What tests of data sources share."""

import hashlib

import pytest

from recsys.data import downloads, reach
from tests.core.data import movielens_files as files
from tests.core.data.web_server import Server, archive_of


@pytest.fixture
def server(tmp_path, monkeypatch):
    running = Server()
    monkeypatch.setattr(reach, "_unreachable", {f"wheel {downloads.WHEEL_PACKAGE}": "not here."})
    monkeypatch.setattr(downloads, "GROUPLENS", running.address)
    archive = archive_of(tmp_path, files.write_ml_1m, "ml-1m")
    running.content["/ml-1m.zip"] = archive
    known = downloads.ARCHIVES["ml-1m"]._replace(known_hash="md5:" + hashlib.md5(archive).hexdigest())  # noqa: S324
    monkeypatch.setitem(downloads.ARCHIVES, "ml-1m", known)
    yield running
    running.close()
