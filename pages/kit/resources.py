"""What all sessions share: data set, model, training job. The only file that caches.

The `House` is loaded once for each server, in a thread, so that neither the first visitor nor the launcher has to wait
in silence.
"""

import contextlib
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from pages.kit.server import House
from recsys.bundle import RECORDING, read_reports
from recsys.bundle.info import BundleInfo
from recsys.bundle.store import usable_bundles
from recsys.config import DataConfig
from recsys.data.dataset import Dataset
from recsys.data.sources import Located
from recsys.errors import MatineeError
from recsys.evaluation.article_line import ArticleError
from recsys.evaluation.article_line import article_error as measured_article
from recsys.evaluation.scoring_job import ScoringJob
from recsys.insight.maps.layout_job import LayoutJob
from recsys.recommend import Recommender
from recsys.report import EpochReport
from recsys.training import TrainingJob
from recsys.training.recording import Recording, load_recording

P = ParamSpec("P")
Result = TypeVar("Result")


_before_model: list[Callable[[], None]] = []


@st.cache_resource(show_spinner=False)
def house() -> House:
    """Return this server's house; the first call starts loading."""
    return House(*_before_model)


def before_model(work: Callable[[], None]) -> None:
    """Have something done between data set and model, by the thread that loads them; call it before `house`."""
    _before_model[:] = [work]


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
            return house().other(info)
    return None


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
    return house().recordings.get(_run(info), lambda: load_recording(info.folder))


def reports_of(info: BundleInfo) -> tuple[EpochReport, ...]:
    """Return the epochs of a kept run.

    Raises:
        BundleError: if they cannot be read.
    """
    return house().reports.get(_run(info), lambda: read_reports(info.folder))


def _run(info: BundleInfo) -> tuple[Hashable, ...]:
    """What tells a kept run from others: another one may lie in the same folder later."""
    return info.folder, info.created, info.epochs_done


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
    """Return `function(dataset, ...)`, made once for all sessions. Nobody may change the result."""
    data = dataset()
    return house().made.get(_key(function, arguments, options), lambda: function(data, *arguments, **options))


def answer_of_dataset(
    function: Callable[Concatenate[Dataset, P], Result], *arguments: P.args, **options: P.kwargs
) -> Result:
    """Return the same where there are thousands of questions: only the last ones are kept."""
    data = dataset()
    return house().recent.get(_key(function, arguments, options), lambda: function(data, *arguments, **options))


def of_model(
    function: Callable[Concatenate[Recommender, P], Result],
    model: Recommender,
    *arguments: P.args,
    **options: P.kwargs,
) -> Result:
    """Return `function(model, ...)`, made once for all sessions and each model. Nobody may change the result.

    It lies with the model. For what is dear and has few settings; what has a film or a person among its arguments is
    for `answer_of_model`, so that no number of films that are looked at pushes it out.
    """
    return model.made.get(_key(function, arguments, options), lambda: function(model, *arguments, **options))


def answer_of_model(
    function: Callable[Concatenate[Recommender, P], Result],
    model: Recommender,
    *arguments: P.args,
    **options: P.kwargs,
) -> Result:
    """Return the same where there are thousands of questions: only the last ones are kept."""
    return model.recent.get(_key(function, arguments, options), lambda: function(model, *arguments, **options))


def _key(function: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Hashable:
    return f"{function.__module__}.{function.__qualname__}", arguments, tuple(sorted(options.items()))


def at_moment(moment: Hashable, work: Callable[[], Result]) -> Result:
    """Return what something looks like at a moment, made once for all who look then. Nobody may change the result."""
    return house().moments.get(moment, work)


def close() -> None:
    """Stop a training run before the server ends; what it has learnt is kept as a bundle."""
    house().scoring.stop()
    house().layouts.stop()
    running = house().job
    if running.status().is_running:
        running.stop()
        running.wait(10)
