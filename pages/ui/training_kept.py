"""The runs that are kept: what each is, how good it became, and what can be done with it."""

import streamlit as st

from pages.ui import frame, messages, resources, state, training_dialogs, training_exchange, training_words
from pages.ui.i18n import escaped, t
from recsys.bundle_info import BundleInfo
from recsys.data.dataset import Dataset
from recsys.errors import MatineeError
from recsys.store import is_shipped, list_bundles, unreadable_bundles

FIRST = 8
"""How many runs are drawn before somebody asks for the others."""


def draw(data: Dataset) -> None:
    """Draw all kept runs of the data set, the one in use first, then the best."""
    training_dialogs.draw_problem()
    training_exchange.bring(data)
    infos = list_bundles(data)
    if not infos:
        st.info(t("training.kept.none"), icon=":material/inbox:")
    used = resources.bundle_info()
    is_all = st.session_state.get("kept_all", False)
    for position, info in enumerate(infos if is_all else infos[:FIRST]):
        with st.container(border=True, key=f"bundle_{position}"):
            _run(data, info, position, is_used=used is not None and used.folder == info.folder)
    if len(infos) > FIRST and not is_all:
        label = t("training.kept.all", count=len(infos))
        st.button(label, key="kept_more", icon=":material/expand_more:", on_click=_show_all)
    for problem in unreadable_bundles():
        st.warning(messages.error_text(problem), icon=":material/warning:")


def _show_all() -> None:
    st.session_state["kept_all"] = True


def _run(data: Dataset, info: BundleInfo, position: int, *, is_used: bool) -> None:
    text, curve = st.columns([4, 1], vertical_alignment="center")
    with text.container(gap="xxsmall"):
        name, folder = escaped(info.name), escaped(info.folder.name)
        st.markdown(f"**{name}** · {folder}{_badges(info, is_used=is_used)}")
        st.markdown(training_words.quality(info))
        st.caption(training_words.settings(info.data, info.model, info.train))
        st.caption(training_words.made(info))
    with curve:
        _small_curve(info)
    with st.container(horizontal=True, gap="small", key=f"run_buttons_{position}"):
        can_be_used = not is_used and info.epochs_done > 0
        if st.button(t("training.use"), key=f"use_{position}", disabled=not can_be_used, icon=":material/check:"):
            _use(info)
        _views(info, position, is_used=is_used)
        _changes(data, info, position)


def _badges(info: BundleInfo, *, is_used: bool) -> str:
    """What is special about a run, as Markdown; each badge has words and a sign, not only a colour."""
    found = {
        "used": (is_used, "green", "check"),
        "shipped": (is_shipped(info), "blue", "inventory_2"),
        "unfinished": (not info.is_finished, "orange", "hourglass_bottom"),
    }
    return "".join(
        f" :{color}-badge[:material/{icon}: {t(f'training.{name}')}]"
        for name, (is_so, color, icon) in found.items()
        if is_so
    )


def _small_curve(info: BundleInfo) -> None:
    """The validation error after each epoch, small, with the last one as a number."""
    errors = [report.validation_rmse for report in resources.reports_of(info) if report.validation_rmse is not None]
    if not errors:
        st.caption(t("training.kept.no_curve"))
        return
    st.metric(
        t("training.kept.curve"),
        f"{errors[-1]:.4f}",
        chart_data=errors if len(errors) > 1 else None,
        help=t("training.kept.curve.help"),
    )


def _views(info: BundleInfo, position: int, *, is_used: bool) -> None:
    """The buttons that look at a run: play its recording, compare it."""
    name = info.folder.name
    if resources.has_recording(info):
        _link("watch", "theaters", position, {"part": None, "run": name})
    _link("compare", "compare_arrows", position, {"part": "compare", ("a" if is_used else "b"): name})


def _link(name: str, icon: str, position: int, params: dict[str, str | None]) -> None:
    st.button(
        t(f"training.{name}"),
        key=f"{name}_{position}",
        icon=f":material/{icon}:",
        on_click=state.write_params,
        kwargs=params,
    )


def _changes(data: Dataset, info: BundleInfo, position: int) -> None:
    """The buttons that go on with a run, name it, take it home or delete it; each asks in a dialog first."""
    status = resources.job().status()
    is_under_way = status.is_running and status.folder == info.folder
    is_own = not is_shipped(info) and not is_under_way
    if info.can_resume and st.button(
        t("training.resume"), key=f"resume_{position}", icon=":material/resume:", disabled=status.is_running
    ):
        training_dialogs.go_on(data, info)
    if st.button(t("training.rename"), key=f"rename_{position}", icon=":material/edit:", disabled=not is_own):
        training_dialogs.rename(info)
    if st.button(t("training.export"), key=f"export_{position}", icon=":material/download:", disabled=is_under_way):
        training_dialogs.export(info)
    if st.button(t("training.delete"), key=f"delete_{position}", icon=":material/delete:", disabled=not is_own):
        training_dialogs.delete(info)


def _use(info: BundleInfo) -> None:
    """Make a kept run the model of the whole app."""
    try:
        resources.publish(info.folder)
    except MatineeError as error:
        frame.show_error(error)
        return
    st.rerun()
