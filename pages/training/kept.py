"""The runs that are kept: what each is, how good it became, and what can be done with it."""

from collections.abc import Callable

import streamlit as st

from pages.kit import messages, resources, state
from pages.kit.i18n import escaped, t
from pages.training import dialogs, exchange, words
from recsys.bundle.info import BundleInfo
from recsys.bundle.store import is_shipped, list_bundles, unreadable_bundles
from recsys.data.dataset import Dataset

FIRST = 8
"""How many runs are drawn before somebody asks for the others."""


def draw(data: Dataset) -> None:
    """Draw all kept runs of the data set, the one in use first, then the best."""
    dialogs.draw_problem()
    dialogs.open_noted(data)
    exchange.bring(data)
    infos = list_bundles(data)
    if not infos:
        st.info(t("training.kept.none"), icon=":material/inbox:")
    used = resources.bundle_info()
    is_all = st.session_state.get("kept_all", False)
    for info in infos if is_all else infos[:FIRST]:
        with st.container(border=True, key=key_of("bundle", info)):
            _run(info, is_used=used is not None and used.folder == info.folder)
    if len(infos) > FIRST and not is_all:
        label = t("training.kept.all", count=len(infos))
        st.button(label, key="kept_more", icon=":material/expand_more:", on_click=_show_all)
    for problem in unreadable_bundles():
        st.warning(messages.error_text(problem), icon=":material/warning:")


def key_of(name: str, info: BundleInfo) -> str:
    """Return the key of something drawn beside a run: of that run, not of its place in a list that others change."""
    return f"{name}_{info.folder.name}_{info.created}"


def _show_all() -> None:
    st.session_state["kept_all"] = True


def _run(info: BundleInfo, *, is_used: bool) -> None:
    text, curve = st.columns([4, 1], vertical_alignment="center")
    with text.container(gap="xxsmall"):
        name, folder = escaped(info.name), escaped(info.folder.name)
        st.markdown(f"**{name}** · {folder}{_badges(info, is_used=is_used)}")
        st.markdown(words.quality(info))
        st.caption(words.settings(info.data, info.model, info.train))
        st.caption(words.made(info))
    with curve:
        _small_curve(info)
    with st.container(horizontal=True, gap="small", key=key_of("run_buttons", info)):
        _button(info, "use", "check", dialogs.use, info, is_off=is_used or info.epochs_done == 0)
        _views(info, is_used=is_used)
        _changes(info)


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
    reports = [report for report in resources.reports_of(info) if report.validation_rmse is not None]
    errors = [report.validation_rmse for report in reports]
    if not errors:
        st.caption(t("training.kept.no_curve"))
        return
    st.metric(
        t("training.kept.curve", epoch=reports[-1].epoch),
        f"{errors[-1]:.4f}",
        chart_data=errors if len(errors) > 1 else None,
        help=t("training.kept.curve.help"),
    )


def _views(info: BundleInfo, *, is_used: bool) -> None:
    """The buttons that look at a run: play its recording, compare it."""
    name = info.folder.name
    if resources.has_recording(info):
        _button(info, "watch", "theaters", _go, {"part": None, "run": name})
    _button(info, "compare", "compare_arrows", _go, {"part": "compare", ("a" if is_used else "b"): name})


def _go(params: dict[str, str | None]) -> None:
    """Go to another part of the page (a callback)."""
    state.write_params(**params)


def _changes(info: BundleInfo) -> None:
    """The buttons that go on with a run, name it, take it home or delete it; each asks in a dialog first."""
    status = resources.job().status()
    is_under_way = status.is_running and status.folder == info.folder
    is_fixed = is_shipped(info) or is_under_way
    questions: list[tuple[str, str, dialogs.Question, bool]] = [
        ("rename", "edit", dialogs.rename, is_fixed),
        ("export", "download", dialogs.export, is_under_way),
        ("delete", "delete", dialogs.delete, is_fixed),
    ]
    if info.can_resume:
        questions = [("resume", "resume", dialogs.go_on, status.is_running), *questions]
    for name, icon, question, is_off in questions:
        _button(info, name, icon, dialogs.note, question, info, is_off=is_off)


def _button(
    info: BundleInfo, name: str, icon: str, action: Callable[..., None], *arguments: object, is_off: bool = False
) -> None:
    """A button of a run; its callback was given the run when it was drawn."""
    st.button(
        t(f"training.{name}"),
        key=key_of(name, info),
        icon=f":material/{icon}:",
        disabled=is_off,
        on_click=action,
        args=arguments,
    )
