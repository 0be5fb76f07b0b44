"""Training: one run for the whole server, set up here, watched by everybody, kept as a bundle."""

from datetime import datetime

import streamlit as st

from pages.ui import frame, messages, resources, training_form, training_progress
from pages.ui.i18n import escaped, number, t
from recsys.bundle import BundleInfo
from recsys.config import last_validated
from recsys.data.dataset import Dataset
from recsys.errors import ConfigError, MatineeError
from recsys.store import list_bundles, unreadable_bundles

LIVE, IDLE = 1.0, 5.0
ENDS = {"finished": "success", "stopped": "info", "failed": "error"}


def show_run() -> None:
    """Draw the run; again every second while one is under way, and look for a new one now and then."""
    is_running = resources.job().status().is_running

    @st.fragment(run_every=LIVE if is_running else IDLE, key="training_run")
    def run_panel() -> None:
        status = resources.job().status()
        if status.is_running != is_running:
            st.rerun()
        if status.state == "idle":
            return
        with st.container(border=True, key="training_panel"):
            if is_running:
                heading, button = st.columns([4, 1], vertical_alignment="center")
                heading.markdown(t("training.live"))
                button.button(
                    t("training.stop"),
                    key="training_stop",
                    icon=":material/stop:",
                    help=t("training.stop.help"),
                    on_click=resources.job().stop,
                    disabled=status.state != "training",
                    width="stretch",
                )
            else:
                show_end(status.state, status.error)
            training_progress.draw(status)

    run_panel()


def show_end(state: str, error: MatineeError | None) -> None:
    """Draw how the last run ended."""
    if error is not None:
        st.error(messages.error_text(error), icon=":material/error:")
    elif state == "finished":
        st.success(t("training.finished"), icon=":material/check_circle:")
    else:
        st.info(t("training.stopped"), icon=":material/pause_circle:")


def show_form(data: Dataset) -> None:
    """Draw the knobs and the button that starts a run."""
    st.subheader(t("training.form"), anchor=False)
    with st.container(border=True, key="training_knobs"):
        try:
            wishes = training_form.draw(data.name, data.num_ratings)
        except ConfigError as error:
            frame.show_error(error)
            st.button(t("training.start"), key="training_start", icon=":material/play_arrow:", disabled=True)
            return
        if wishes.data.split == "none":
            st.info(t("training.blind"), icon=":material/visibility_off:")
        if wishes.device == "auto" and len(training_form.device_kinds()) == 2:
            st.caption(t("training.no_gpu"))
        if st.button(t("training.start"), key="training_start", type="primary", icon=":material/play_arrow:"):
            start(data, wishes)


def start(data: Dataset, wishes: training_form.Wishes) -> None:
    """Start the run that was asked for, or say why not."""
    try:
        resources.job().start(
            data,
            data=wishes.data,
            model=wishes.model,
            train=wishes.train,
            device=wishes.device,
            preset=wishes.preset,
        )
    except MatineeError as error:
        frame.show_error(error)
        return
    st.rerun()


def show_bundles(data: Dataset) -> None:
    """Draw the runs that are kept: what they are, how good they are, and what can be done with them."""
    st.subheader(t("training.kept"), anchor=False)
    current = resources.bundle_info()
    infos = list_bundles(data)
    if not infos:
        st.info(t("training.kept.none"), icon=":material/inbox:")
    for number_, info in enumerate(infos):
        with st.container(border=True, key=f"bundle_{number_}"):
            show_bundle(data, info, number_, is_used=current is not None and current.folder == info.folder)
    for problem in unreadable_bundles():
        st.warning(messages.error_text(problem), icon=":material/warning:")


def show_bundle(data: Dataset, info: BundleInfo, position: int, *, is_used: bool) -> None:
    """Draw one kept run."""
    text, buttons = st.columns([4, 1], vertical_alignment="center")
    with text:
        used = f" :green-badge[:material/check: {t('training.used')}]" if is_used else ""
        st.markdown(f"**{escaped(info.name)}** · {escaped(info.folder.name)}{used}")
        st.markdown(quality(info))
        st.caption(training_progress.settings(info.data, info.model, info.train))
        made = datetime.fromisoformat(info.created)
        time = training_progress.duration(info.seconds)
        st.caption(t("training.made", date=f"{made:%Y-%m-%d %H:%M}", time=time, device=escaped(info.device)))
    with buttons:
        can_be_used = not is_used and info.epochs_done > 0
        if st.button(t("training.use"), key=f"use_{position}", disabled=not can_be_used, width="stretch"):
            use(info)
        show_resume(data, info, position)


def quality(info: BundleInfo) -> str:
    """Return a run's epochs and errors, each with its part of the split, as Markdown."""
    words = [t("training.epochs", done=info.epochs_done, wanted=info.train.epochs)]
    for part, values in info.metrics.items():
        if "rmse" in values:
            words.append(t(f"training.error.{part}", rmse=f"{values['rmse']:.4f}", mse=f"{values['mse']:.4f}"))
        if part == "validation" and info.epochs_done > last_validated(info.model, info.train):
            words[-1] += f" ({t('training.error.then', epoch=last_validated(info.model, info.train))})"
    best = info.baselines.get("biases", {}).get("test_rmse")
    if best is not None and "test" in info.metrics:
        words.append(t("training.error.biases", rmse=f"{best:.4f}"))
    return " · ".join(words)


def show_resume(data: Dataset, info: BundleInfo, position: int) -> None:
    """Draw the button that goes on with a run, and how far."""
    if not info.can_resume:
        return
    with st.popover(t("training.resume"), key=f"resume_{position}", width="stretch"):
        least = info.epochs_done + 1
        epochs = st.number_input(
            t("training.resume.epochs"),
            min_value=least,
            max_value=1000,
            value=max(least, info.train.epochs),
            key=f"resume_epochs_{position}",
            help=t("training.resume.help", done=number(info.epochs_done)),
        )
        is_running = resources.job().status().is_running
        if st.button(t("training.resume.go"), key=f"resume_go_{position}", type="primary", disabled=is_running):
            try:
                resources.job().resume(data, info.folder, epochs=epochs)
            except MatineeError as error:
                frame.show_error(error)
                return
            st.rerun()


def use(info: BundleInfo) -> None:
    """Make a kept run the model of the whole app."""
    try:
        resources.publish(info.folder)
    except MatineeError as error:
        frame.show_error(error)
        return
    st.rerun()


frame.page_header("training.title", "training.purpose")
dataset = resources.dataset()
show_run()
if not resources.job().status().is_running:
    show_form(dataset)
show_bundles(dataset)
frame.how_it_works("training.how", key="training_how")
