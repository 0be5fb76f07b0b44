"""Training: one run for the whole server, set up here, watched by everybody, kept as a bundle and played back."""

import streamlit as st

from pages.kit import frame, resources, state
from pages.kit.i18n import t
from pages.training import compare, form, kept, live, recorded
from recsys.data.dataset import Dataset


def show_theatre(data: Dataset) -> None:
    """Draw the run under way, or play a kept one where nothing is being trained."""
    status = resources.job().status()
    if status.is_running:
        live.stage(None if status.data is None else resources.article_error(status.data))
        return
    info = recorded.chosen(data)
    if info is None:
        st.info(t("training.recorded.none"), icon=":material/videocam_off:")
        form.draw(data)
    else:
        recorded.stage(info, resources.article_error(info.data))


PARTS = {
    "theatre": show_theatre,
    "new": form.draw,
    "kept": kept.draw,
    "compare": compare.draw,
}

frame.page_header_line("training.title", "training.purpose")
dataset = resources.dataset()
live.panel()
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
