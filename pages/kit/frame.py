"""What every page has: the bar at the top, title and purpose, the origin of its numbers, and its bad days.

Bad days are states to design: data still loading, nothing trained yet, a run under way, no such page, an error.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.kit import i18n, messages, resources, state
from pages.kit.i18n import escaped, number, t
from pages.kit.origin import origin_of
from recsys.config import DataConfig, first_visit
from recsys.data.dataset import Dataset
from recsys.errors import FullError, JobBusyError, MatineeError
from recsys.recommend import Recommender
from recsys.training import JobStatus

OTHER_LANGUAGE: dict[i18n.Language, i18n.Language] = {"en": "zh", "zh": "en"}


ASSETS = i18n.FOLDER.parent
ICON = f"data:image/svg+xml;base64,{b64encode((ASSETS / 'img' / 'icon.svg').read_bytes()).decode()}"
"""The tab's picture in the page itself: a media file would be gone when a browser asks for it after a reload."""
PAGE_ICONS: dict[str, str] = {
    "": ":material/theaters:",
    "person": ":material/person:",
    "film": ":material/movie:",
    "film_map": ":material/scatter_plot:",
    "rate": ":material/star_rate:",
    "together": ":material/group:",
    "training": ":material/model_training:",
    "title_cnn": ":material/filter_center_focus:",
    "data": ":material/table_chart:",
    "scoreboard": ":material/leaderboard:",
    "fairness": ":material/balance:",
}
DOOR_ICONS: dict[str, str] = {
    "rate": PAGE_ICONS["rate"],
    "person": PAGE_ICONS["person"],
    "film": PAGE_ICONS["film"],
    "inside": PAGE_ICONS["title_cnn"],
}


def top_bar(sections: Mapping[str, Sequence[st.Page]]) -> DeltaGenerator:
    """Draw the bar of all pages: links that keep the language, and the switch to the other one; return the bar."""
    st.html(ASSETS / "style.css")
    params = {"lang": i18n.language()}
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small", key="top_bar")
    with bar:
        for pages in sections.values():
            for page in pages:
                if page.visibility == "visible":
                    st.page_link(page, icon=PAGE_ICONS.get(page.url_path), query_params=params)
        other = OTHER_LANGUAGE[i18n.language()]
        st.space("stretch")
        st.button(
            t("language.other"),
            key="switch_language",
            icon=":material/translate:",
            help=t("language.help"),
            on_click=state.switch_language,
            args=(other,),
            type="tertiary",
        )
    return bar


def load() -> None:
    """Wait for data and model in front of the visitor; if they cannot be had, say so and end the page."""
    if not resources.wait(0):
        place = st.empty()
        while not resources.wait(0.15):
            place.info(t("loading.now", step=escaped(resources.house().step)), icon=":material/hourglass_top:")
        place.empty()
    failure = resources.house().failure
    if failure is not None:
        st.error(messages.error_text(failure), icon=":material/error:")
        st.stop()


def say_of_address() -> None:
    """Say what in the address means nothing: what is on the page is then not what the address asked for."""
    for parameter, text in state.misread().items():
        st.warning(t("address.value", parameter=escaped(parameter), value=escaped(text)), icon=":material/link_off:")
    for parameter in state.unread():
        st.warning(t("address.parameter", parameter=escaped(parameter[:60])), icon=":material/link_off:")


def page_header(title_key: str, purpose_key: str) -> None:
    """Draw a page's title and its purpose in one sentence."""
    st.title(t(title_key), anchor=False)
    st.markdown(t(purpose_key))


def page_header_line(title_key: str, purpose_key: str) -> None:
    """Draw a page's title and purpose in one line where there is room, for a page that needs the height."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.title(t(title_key), anchor=False, width="content")
        st.markdown(t(purpose_key), width="content")


def door(page: str, name: str) -> None:
    """Draw one of the ways into the app: a link with a sentence."""
    label = f"**{t(f'door.{name}')}**"
    st.page_link(page, label=label, icon=DOOR_ICONS[name], query_params={"lang": i18n.language()})
    st.markdown(t(f"door.{name}_text"))


def how_it_works(text_key: str, *, key: str) -> None:
    """Draw the page's last part: how it works."""
    with st.expander(t("how.title"), icon=":material/lightbulb:", key=key):
        st.markdown(t(text_key))


def origin(source: Recommender | Dataset, *, width: Literal["stretch", "content"] = "stretch") -> None:
    """Draw where numbers come from: data set, and split and model where a model made them.

    Args:
        source: what they were computed of.
        width: "content" beside a button.
    """
    st.caption(origin_of(source).markdown(), width=width)


def need_model(*, starts_itself: bool = False) -> Recommender:
    """Return the model; where there is none, show how to get one and end the page.

    Args:
        starts_itself: train at once instead of offering the button.
    """
    found = resources.recommender()
    if found is not None:
        return found
    for problem in resources.house().problems:
        st.warning(messages.error_text(problem), icon=":material/warning:")
    status = resources.job().status()
    if starts_itself and status.state == "idle":
        start_first_run()
        status = resources.job().status()
    if status.is_running:
        watch_run()
    else:
        _offer_first_run(status)
    return st.stop()


def start_first_run() -> None:
    """Train the model that the app makes when there is none."""
    data = resources.dataset()
    model, train = first_visit(data.num_ratings)
    try:
        resources.job().start(data, data=DataConfig(data.name), model=model, train=train)
    except JobBusyError:
        return  # somebody else's click came first: both watch the same run
    except FullError as error:
        st.toast(messages.error_text(error), icon=":material/error:")


def _offer_first_run(status: JobStatus) -> None:
    """Offer to train; after a run that was stopped also to go on with it, or to use it as it is."""
    if status.error is not None:
        st.error(messages.error_text(status.error), icon=":material/error:")
    folder = status.folder if status.state == "stopped" else None
    st.info(t("untrained.text" if folder is None else "untrained.stopped"), icon=":material/model_training:")
    with st.container(horizontal=True):
        if folder is not None:
            _button("go_on", "play_arrow", resume_first_run, folder)
            _button("use_it", "check", resources.publish, folder)
        _button("train_first", "model_training", start_first_run)


def _button(key: str, icon: str, action: Callable[..., None], *arguments: object) -> None:
    st.button(
        t(f"untrained.{key}"), key=key, icon=f":material/{icon}:", on_click=action, args=arguments, type="primary"
    )


def resume_first_run(folder: Path) -> None:
    """Go on with a run that was stopped."""
    try:
        resources.job().resume(resources.dataset(), folder)
    except MatineeError as error:
        st.toast(messages.error_text(error), icon=":material/error:")


@st.fragment(run_every=0.7, key="watch_run")
def watch_run() -> None:
    """Show the run under way, with the button that stops it; when it has ended the whole page runs again."""
    status = resources.job().status()
    if not status.is_running:
        st.rerun()
    st.info(t("training.first"), icon=":material/model_training:")
    st.progress(_share_done(status), text=_progress_text(status))
    if status.reports and status.reports[-1].validation_rmse is not None:
        st.caption(t("training.rmse", rmse=number(status.reports[-1].validation_rmse, 3)))
    st.button(t("training.stop"), key="stop_first", icon=":material/stop:", on_click=resources.job().stop)


def _share_done(status: JobStatus) -> float:
    total = max(1, status.num_epochs * max(1, status.num_batches))
    done = status.epoch * max(1, status.num_batches) + status.batch
    return min(1.0, done / total)


def _progress_text(status: JobStatus) -> str:
    if status.state != "training":
        return t(f"job.{status.state}")
    left = "" if status.seconds_left is None else t("training.left", seconds=number(status.seconds_left))
    return t("training.progress", epoch=min(status.epoch + 1, status.num_epochs), epochs=status.num_epochs, left=left)


def no_such_page() -> None:
    """Draw the page for an address that no page has."""
    st.title(t("lost.title"), anchor=False)
    st.markdown(t("lost.text"))
    st.page_link(
        "home/view.py", label=t("lost.back"), icon=":material/arrow_back:", query_params={"lang": i18n.language()}
    )


def show_failure(error: Exception) -> bool:
    """Show an error that no page expected as a sentence; Streamlit has written the traceback to the log.

    Returns:
        True: the error's own text stays out of the page.
    """
    st.error(messages.error_text(error), icon=":material/error:")
    return True


def show_error(error: MatineeError) -> None:
    """Show an error that a page expects, such as an id that the data set does not have."""
    st.error(messages.error_text(error), icon=":material/error:")
