"""A run that is over, played back: a kept run's recording and its curves, where nothing is being trained."""

import streamlit as st

from pages.kit import messages, resources, state
from pages.kit.i18n import t
from pages.training import curves as training_curves
from pages.training import theatre, words
from recsys.bundle.info import BundleInfo
from recsys.bundle.store import list_bundles
from recsys.data.dataset import Dataset
from recsys.errors import MatineeError
from recsys.evaluation.article_line import ArticleError
from recsys.training.recording import Recording


def chosen(data: Dataset) -> BundleInfo | None:
    """Draw the choice of a kept run that has a recording; None where there is none."""
    infos = {info.folder.name: info for info in list_bundles(data) if resources.has_recording(info)}
    if not infos:
        return None
    run = state.control("run", _first(infos), parse=lambda text: text if text in infos else None)
    with st.container(horizontal=True, vertical_alignment="center", key="training_recorded"):
        st.markdown(t("training.recorded"), width="content")
        st.selectbox(
            t("training.recorded.which"),
            list(infos),
            format_func=lambda folder: words.label(infos[folder]),
            label_visibility="collapsed",
            width=420,
            **run.widget,
        )
    return infos[run.value]


def stage(info: BundleInfo, article: ArticleError | None) -> None:
    """Draw a kept run's theatre and curves."""
    recording = _recording(info)
    curves = training_curves.of_bundle(info, resources.reports_of(info), recording)
    with st.expander(training_curves.title(curves), icon=":material/show_chart:", key="curves_recorded"):
        st.caption(words.settings(info.data, info.model, info.train))
        training_curves.draw(curves, article, key="recorded")
    if recording is not None:
        theatre.draw(recording, model_name=info.name, live=False, key="theatre_recorded")


def _recording(info: BundleInfo) -> Recording | None:
    """Load a run's recording; say what is wrong with it where that fails."""
    try:
        return resources.recording_of(info)
    except MatineeError as error:
        st.error(messages.error_text(error), icon=":material/error:")
        return None


def _first(infos: dict[str, BundleInfo]) -> str:
    """The run that has just ended here, else the one in use, else the best."""
    ended, used = resources.job().status().folder, resources.bundle_info()
    wanted = [None if ended is None else ended.name, None if used is None else used.folder.name, *infos]
    return next(folder for folder in wanted if folder in infos)
