"""What all tests share: a home of their own, no network, the real data set where one can be had, and the cores."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

from recsys.data import downloads, reach, sources
from recsys.data.dataset import Dataset
from recsys.threads import usable_cores

Once = Callable[[str, Callable[[Path], object]], Path]
MOST_WORKERS = 6
GIVEN_DATA = os.environ.pop("MATINEE_DATA", None)
TESTS = Path(__file__).resolve().parent
BESIDE = TESTS.parent.parent / "shared"
_HOME = tempfile.TemporaryDirectory(prefix="matinee-tests-", ignore_cleanup_errors=True)
os.environ["MATINEE_HOME"] = _HOME.name
_OFFLINE = {"files.grouplens.org": "no network in tests.", f"wheel {downloads.WHEEL_PACKAGE}": "no network in tests."}
reach._unreachable.update(_OFFLINE)
settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("untimed")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Use a process more than there are cores, as tests wait for browsers; a few files are not worth the imports.

    PYTEST_XDIST_AUTO_NUM_WORKERS says otherwise for all that is not asked for by file.
    """
    if all(Path(asked.split("::")[0]).suffix == ".py" for asked in config.args):
        return 0
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return min(usable_cores() + 1, MOST_WORKERS)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process of tests where the data is: the environment that it inherits does not say so any more."""
    node.workerinput["data"] = GIVEN_DATA


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first, so that the processes end together."""
    order = {"browser": 0, "pages": 1}
    items.sort(key=lambda item: order.get(item.path.relative_to(TESTS).parts[0], 2))


@pytest.fixture(autouse=True)
def isolation(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test its own home and no way to the network."""
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.delenv("MATINEE_DATA", raising=False)
    monkeypatch.setattr(reach, "_unreachable", dict(_OFFLINE))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Once:
    """Make a folder by its name once for all processes of tests; it is read-only."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if hasattr(pytestconfig, "workerinput") else own

    def make_once(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return make_once


@pytest.fixture(scope="session")
def real_dataset(pytestconfig: pytest.Config) -> Dataset:
    """ML-1M or ML-100K: from MATINEE_DATA, else ../shared, else the wheel. Without any, tests fail.

    MATINEE_NO_REAL_DATA=1 makes that a skip, for machines that can reach nothing.
    """
    given = getattr(pytestconfig, "workerinput", {"data": GIVEN_DATA})["data"]
    folder = given or (str(BESIDE) if BESIDE.is_dir() else None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reach, "_unreachable", {"files.grouplens.org": "not asked for in tests."})
        if folder is not None:
            patch.setenv("MATINEE_DATA", folder)
        located = sources.load()
    if located.dataset.name == "synthetic":
        tried = "; ".join(f"{a.source} {a.place}: {a.problem}" for a in located.attempts)
        if os.environ.get("MATINEE_NO_REAL_DATA") == "1":
            pytest.skip(f"no MovieLens files ({tried})")
        pytest.fail(f"no MovieLens files; set MATINEE_DATA, or MATINEE_NO_REAL_DATA=1 to do without ({tried})")
    return located.dataset
