"""What all sessions share: data set, model, training job. The only file that caches.

The `House` is loaded once for each server, in a thread, so that neither the first visitor nor the launcher has to wait
in silence.
"""

import contextlib
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from pages.ui.house import House
from recsys.bundle import RECORDING, load_bundle, read_reports
from recsys.bundle_info import BundleInfo
from recsys.config import DataConfig
from recsys.data.dataset import Dataset
from recsys.data.sources import Located
from recsys.errors import MatineeError
from recsys.evaluation.article_line import ArticleError
from recsys.evaluation.article_line import article_error as measured_article
from recsys.evaluation.scoring_job import ScoringJob
from recsys.insight.layout_job import LayoutJob
from recsys.recommend import Recommender
from recsys.report import EpochReport
from recsys.store import usable_bundles
from recsys.training import TrainingJob
from recsys.training.recording import Recording, load_recording

P = ParamSpec("P")
Result = TypeVar("Result")


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


def visitor() -> str:
    """Return what this session is called on this server: a number, from 1 in the order of coming to train or watch."""
    if "visitor" not in st.session_state:
        st.session_state["visitor"] = str(next(house().visitors))
    name: str = st.session_state["visitor"]
    return name


def rename(info: BundleInfo, name: str) -> None:
    """Give a kept run another name.

    Raises:
        BundleError: if it ships with the app or cannot be written.
    """
    house().rename(info, name)


def delete(info: BundleInfo) -> None:
    """Delete a kept run for good.

    Raises:
        BundleError: if it ships with the app or cannot be deleted.
    """
    house().delete(info)


def has_recording(info: BundleInfo) -> bool:
    """Was a kept run recorded?"""
    return (info.folder / RECORDING).is_file()


def recording_of(info: BundleInfo) -> Recording | None:
    """Return a kept run's recording, loaded once for all sessions; None where it has none.

    Raises:
        BundleError: if it is damaged.
    """
    return _recording(str(info.folder), f"{info.created}|{info.epochs_done}")


@st.cache_resource(show_spinner=False, max_entries=4)
def _recording(folder: str, made_at: str) -> Recording | None:
    del made_at  # part of the key: another run may lie in the same folder
    return load_recording(Path(folder))


def reports_of(info: BundleInfo) -> tuple[EpochReport, ...]:
    """Return the epochs of a kept run.

    Raises:
        BundleError: if they cannot be read.
    """
    return _reports(str(info.folder), f"{info.created}|{info.epochs_done}")


@st.cache_resource(show_spinner=False, max_entries=200)
def _reports(folder: str, made_at: str) -> tuple[EpochReport, ...]:
    del made_at  # part of the key, as above
    return read_reports(Path(folder))


def article_error(data: DataConfig) -> ArticleError | None:
    """Return how well the article's network did on a split, where somebody measured it."""
    return measured_article(dataset(), data)


def publish(folder: Path) -> None:
    """Make a bundle the model of every session.

    Raises:
        BundleError: if it cannot be read; the model stays as it was.
    """
    located()
    house().publish(folder)


def use(info: BundleInfo) -> None:
    """Make a kept run the model of every session.

    Raises:
        BundleError: if it cannot be read, or is another one by now; the model stays as it was.
    """
    located()
    house().use(info)


def of_dataset(function: Callable[Concatenate[Dataset, P], Result], *arguments: P.args, **options: P.kwargs) -> Result:
    """Return `function(dataset, ...)`, computed once for all sessions. Nobody may change the result."""
    data = dataset()
    name = f"{function.__module__}.{function.__qualname__}"
    found: Result = _cache(arguments, options)(
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
    found: Result = _cache(arguments, options)(
        made(model),
        name,
        (arguments, tuple(sorted(options.items()))),
        _work=lambda: function(model, *arguments, **options),
    )
    return found


def _cache(arguments: tuple[Any, ...], options: dict[str, Any]) -> Callable[..., Any]:
    """What is made once of a model or a data set is dear, and no number of films that are looked at may push it out."""
    return _computed if arguments or options else _made_once


def at_moment(moment: Hashable, work: Callable[[], Result]) -> Result:
    """Return what something looks like at a moment, made once for all who look then. Nobody may change the result."""
    found: Result = _moment(moment, _work=work)
    return found


@st.cache_resource(show_spinner=False, max_entries=32)
def _moment(moment: Hashable, _work: Callable[[], Any]) -> Any:  # noqa: ANN401
    del moment  # the key of the cache
    return _work()


@st.cache_resource(show_spinner=False, max_entries=60)
def _made_once(source: str, name: str, arguments: tuple[Any, ...], _work: Callable[[], Any]) -> Any:  # noqa: ANN401
    del source, name, arguments  # the key of the cache
    return _work()


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
