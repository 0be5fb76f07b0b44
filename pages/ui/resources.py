"""What all sessions share: data set, model, training job. The only file that caches.

`House` is loaded once for each server, in a thread, so that neither the first visitor nor the launcher has to wait in
silence. Its parts are immutable; a finished training run is published by swapping one reference.
"""

import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from recsys.bundle import load_bundle
from recsys.bundle_info import BundleInfo, read_info
from recsys.data import sources
from recsys.data.dataset import Dataset
from recsys.data.sources import Located
from recsys.errors import BundleError, MatineeError
from recsys.evaluation.scoring_job import ScoringJob
from recsys.insight import projection
from recsys.insight.layout_job import LayoutJob
from recsys.recommend import Recommender
from recsys.store import activate, unreadable_bundles, usable_bundles
from recsys.training import TrainingJob

P = ParamSpec("P")
Result = TypeVar("Result")
_log = logging.getLogger(__name__)


class House:
    """Data set, model and background work of this server.

    Attributes:
        job: the one training run.
        scoring: the one measurement for the scoreboard.
        layouts: the one thread that lays out maps.
        step: what the loading thread is doing, in the words of `recsys.data.sources`.
        located: the data set and how it was found; None until then.
        recommender: None without a bundle.
        problems: bundles that could not be read.
        failure: what ended the loading, if something did.
        is_ready: set when loading has ended, well or badly.
    """

    def __init__(self) -> None:
        self.job = TrainingJob(projection.layouts)
        self.scoring = ScoringJob()
        self.layouts = LayoutJob()
        self.step = ""
        self.located: Located | None = None
        self.recommender: Recommender | None = None
        self.problems: tuple[BundleError, ...] = ()
        self.failure: Exception | None = None
        self.is_ready = threading.Event()
        self.lock = threading.Lock()
        threading.Thread(target=self._load, name="load", daemon=True).start()

    def publish(self, folder: Path) -> None:
        """Make a bundle the model of every session, and of the next start.

        Raises:
            BundleError: if it cannot be read or belongs to another data set; the model stays as it was.
        """
        bundle = load_bundle(folder, self._dataset())
        recommender = Recommender(self._dataset(), bundle)
        activate(read_info(folder))
        self.recommender = recommender

    def take_first_run(self) -> None:
        """Publish a finished training run where there is no model yet."""
        status = self.job.status()
        with self.lock:
            if self.recommender is None and status.state == "finished" and status.folder is not None:
                self.publish(status.folder)

    def _dataset(self) -> Dataset:
        if self.located is None:
            raise RuntimeError("the data set was asked for before it was loaded")
        return self.located.dataset

    def _load(self) -> None:
        try:
            self.located = sources.load(on_progress=self._say)
            self.recommender = self._first_readable()
        except Exception as error:
            _log.exception("loading failed")
            self.failure = error
        finally:
            self.is_ready.set()

    def _first_readable(self) -> Recommender | None:
        """The best bundle that can be read; what is wrong with others is noted."""
        dataset = self._dataset()
        self.problems = tuple(unreadable_bundles())
        for info in usable_bundles(dataset):
            try:
                return Recommender(dataset, load_bundle(info.folder, dataset))
            except BundleError as error:
                self.problems = (*self.problems, error)
        return None

    def _say(self, step: str) -> None:
        self.step = step


@st.cache_resource(show_spinner=False)
def house() -> House:
    """Return this server's house; the first call starts loading."""
    return House()


def wait(timeout: float | None = None) -> bool:
    """Wait until loading has ended; say whether it has."""
    return house().is_ready.wait(timeout)


def located() -> Located:
    """Return the data set with the sources that were tried.

    Raises:
        MatineeError: what ended the loading.
    """
    wait()
    found = house()
    if found.failure is not None:
        raise found.failure
    if found.located is None:
        raise RuntimeError("loading ended without data and without an error")
    return found.located


def dataset() -> Dataset:
    """Return the data set.

    Raises:
        MatineeError: what ended the loading.
    """
    return located().dataset


def made(model: Recommender) -> str:
    """Return what tells one trained model from all others, for keys."""
    info = model.bundle.info
    return f"{info.fingerprint}|{info.folder}|{info.created}|{info.epochs_done}"


def other_models(model: Recommender) -> dict[str, str]:
    """Return the other usable bundles of the data set: folder name -> what people call it, with the folder."""
    own = model.bundle.info.folder
    others = (info for info in usable_bundles(model.dataset) if info.folder != own)
    return {info.folder.name: f"{info.name} · {info.folder.name}" for info in others}


def model_in(folder_name: str, model: Recommender) -> Recommender | None:
    """Return one of `other_models`, loaded once for all sessions; None where there is no such bundle.

    Raises:
        BundleError: if it cannot be read.
    """
    own = model.bundle.info.folder
    for info in usable_bundles(model.dataset):
        if info.folder.name == folder_name and info.folder != own:
            return _loaded(str(info.folder), info.created, _data=model.dataset)
    return None


@st.cache_resource(show_spinner=False, max_entries=3)
def _loaded(folder: str, created: str, *, _data: Dataset) -> Recommender:
    del created  # part of the key: another run may lie in the same folder
    return Recommender(_data, load_bundle(Path(folder), _data))


def recommender() -> Recommender | None:
    """Return the model that everybody uses now, or None where nothing is trained yet."""
    located()
    with contextlib.suppress(MatineeError):  # the run's page tells what is wrong with its bundle
        house().take_first_run()
    return house().recommender


def bundle_info() -> BundleInfo | None:
    """Return what is known about the model that everybody uses now."""
    found = recommender()
    return None if found is None else found.bundle.info


def job() -> TrainingJob:
    """Return the one training job of this server."""
    return house().job


def scoring() -> ScoringJob:
    """Return the one measurement for the scoreboard of this server."""
    return house().scoring


def layouts() -> LayoutJob:
    """Return the one thread of this server that lays out maps."""
    return house().layouts


def publish(folder: Path) -> None:
    """Make a bundle the model of every session.

    Raises:
        BundleError: if it cannot be read; the model stays as it was.
    """
    located()
    house().publish(folder)


def of_dataset(function: Callable[Concatenate[Dataset, P], Result], *arguments: P.args, **options: P.kwargs) -> Result:
    """Return `function(dataset, ...)`, computed once for all sessions. Nobody may change the result."""
    data = dataset()
    name = f"{function.__module__}.{function.__qualname__}"
    found: Result = _computed(
        data.fingerprint,
        name,
        (arguments, tuple(sorted(options.items()))),
        _work=lambda: function(data, *arguments, **options),
    )
    return found


def of_model(
    function: Callable[Concatenate[Recommender, P], Result],
    model: Recommender,
    *arguments: P.args,
    **options: P.kwargs,
) -> Result:
    """Return `function(model, ...)`, computed once for all sessions and each model. Nobody may change the result."""
    name = f"{function.__module__}.{function.__qualname__}"
    found: Result = _computed(
        made(model),
        name,
        (arguments, tuple(sorted(options.items()))),
        _work=lambda: function(model, *arguments, **options),
    )
    return found


@st.cache_resource(show_spinner=False, max_entries=500)
def _computed(source: str, name: str, arguments: tuple[Any, ...], _work: Callable[[], Any]) -> Any:  # noqa: ANN401
    del source, name, arguments  # the key of the cache
    return _work()


def close() -> None:
    """Stop a training run before the server ends; what it has learnt is kept as a bundle."""
    house().scoring.stop()
    house().layouts.stop()
    running = house().job
    if running.status().is_running:
        running.stop()
        running.wait(10)
