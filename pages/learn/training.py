"""Training: one run for the whole server, set up here, watched by everybody, kept as a bundle and played back."""

import streamlit as st

from pages.ui import (
    frame,
    resources,
    state,
    training_compare,
    training_form,
    training_kept,
    training_live,
    training_recorded,
)
from pages.ui.i18n import t
from recsys.data.dataset import Dataset


def show_theatre(data: Dataset) -> None:
    """Draw the run under way, or play a kept one where nothing is being trained."""
    status = resources.job().status()
    if status.is_running:
        training_live.stage(None if status.data is None else resources.article_error(status.data))
        return
    info = training_recorded.chosen(data)
    if info is None:
        st.info(t("training.recorded.none"), icon=":material/videocam_off:")
        training_form.draw(data)
    else:
        training_recorded.stage(info, resources.article_error(info.data))


PARTS = {
    "theatre": show_theatre,
    "new": training_form.draw,
    "kept": training_kept.draw,
    "compare": training_compare.draw,
}

frame.page_header_line("training.title", "training.purpose")
dataset = resources.dataset()
training_live.panel()
part = state.control("part", "theatre", parse=lambda text: text if text in PARTS else None)
st.segmented_control(
    t("training.part"),
    list(PARTS),
    format_func=lambda name: t(f"training.part.{name}"),
    required=True,
    label_visibility="collapsed",
    **part.widget,
)
PARTS[part.value](dataset)
frame.how_it_works("training.how", key="training_how")
