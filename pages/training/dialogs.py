"""Questions that are asked before something is done with a kept run: how far to go on, its name, what to take along.

A button's callback notes the question, about the run that was drawn beside it, whatever the list holds by now. It opens
over the page, and closes when it is answered: the button's callback does it, then the page is drawn anew.
"""

from collections.abc import Callable

import streamlit as st

from pages.kit import messages, resources, state
from pages.kit.i18n import escaped, number, t
from pages.training import turns, words
from recsys.bundle import store
from recsys.bundle.exchange import export_bundle
from recsys.bundle.info import BundleInfo, check_same
from recsys.data.dataset import Dataset
from recsys.errors import ConfigError, MatineeError

MAX_EPOCHS = 1000
_PROBLEM = "question_problem"
_QUESTION = "question"
Question = Callable[[Dataset, BundleInfo], None]


def draw_problem() -> bool:
    """Say once why the last answer changed nothing; False where it did."""
    problem = st.session_state.pop(_PROBLEM, None)
    if problem is not None:
        st.error(problem, icon=":material/error:")
    return problem is not None


def note(question: Question, info: BundleInfo) -> None:
    """Note a question about a run, which `open_noted` asks; say so where the run is gone (a callback)."""
    try:
        check_same(info)
    except MatineeError as error:
        _say(error)
    else:
        st.session_state[_QUESTION] = question, info


def open_noted(data: Dataset) -> None:
    """Ask the question that was noted, if one was."""
    noted: tuple[Question, BundleInfo] | None = st.session_state.pop(_QUESTION, None)
    if noted is not None:
        question, info = noted
        question(data, info)


def use(info: BundleInfo) -> None:
    """Make a run the model of the whole app (a callback)."""
    try:
        resources.use(info)
    except MatineeError as error:
        _say(error)


def go_on(data: Dataset, info: BundleInfo) -> None:
    """Ask up to which epoch a run goes on."""

    @st.dialog(t("training.resume"), icon=":material/resume:")
    def ask() -> None:
        least = info.epochs_done + 1
        typed = st.number_input(
            t("training.resume.epochs"),
            value=max(least, info.train.epochs),
            step=1,
            key="resume_epochs",
        )
        problem = _out_of_range(info, typed)
        if problem:
            st.error(problem, icon=":material/block:")
        st.caption(t("training.resume.help", done=number(info.epochs_done)))
        st.toggle(t("training.title_check"), key="resume_title_check")
        st.caption(t("training.title_check.help"))
        turn = turns.whose_turn()
        if turn:
            st.caption(turn)
        if st.button(
            t("training.resume.go"),
            key="resume_go",
            type="primary",
            disabled=bool(problem) or not turns.may_start(),
            on_click=_resume,
            args=(data, info),
        ):
            st.rerun()

    ask()


def rename(_data: Dataset, info: BundleInfo) -> None:
    """Ask for another name."""

    @st.dialog(t("training.rename"), icon=":material/edit:")
    def ask() -> None:
        st.text_input(t("training.rename.name"), value=info.name, max_chars=store.MAX_NAME, key="rename_name")
        st.caption(t("training.rename.help"))
        is_pressed = st.button(t("training.rename.go"), key="rename_go", type="primary", on_click=_rename, args=(info,))
        if not draw_problem() and is_pressed:  # the callback came first: what it says keeps the question open
            st.rerun()

    ask()


def export(_data: Dataset, info: BundleInfo) -> None:
    """Ask what to take along, and hand out the file."""

    @st.dialog(t("training.export"), icon=":material/download:")
    def ask() -> None:
        st.markdown(t("training.export.text", name=escaped(words.label(info))))
        with_state = info.can_resume and st.toggle(t("training.export.state"), key="export_state")
        if info.can_resume:
            st.caption(t("training.export.state.help"))
        st.download_button(
            t("training.export.go"),
            lambda: export_bundle(info, with_training_state=with_state),  # packed when it is asked for
            file_name=f"matinee-{info.folder.name}.zip",
            mime="application/zip",
            icon=":material/download:",
            key="export_go",
            type="primary",
            on_click="ignore",
        )

    ask()


def delete(_data: Dataset, info: BundleInfo) -> None:
    """Ask whether a run is to be deleted for good."""

    @st.dialog(t("training.delete"), icon=":material/delete:")
    def ask() -> None:
        st.markdown(t("training.delete.question", name=escaped(words.label(info))))
        used = resources.bundle_info()
        if used is not None and used.folder == info.folder:
            st.warning(t("training.delete.used"), icon=":material/warning:")
        with st.container(horizontal=True):
            is_no = st.button(t("training.delete.no"), key="delete_no")
            is_yes = st.button(
                t("training.delete.yes"),
                key="delete_yes",
                type="primary",
                icon=":material/delete:",
                on_click=_delete,
                args=(info,),
            )
        if is_no or is_yes:
            st.rerun()

    ask()


def _out_of_range(info: BundleInfo, epochs: int | None) -> str:
    """Say up to which epochs a run can go on, where it cannot to this one; empty where it can."""
    least = info.epochs_done + 1
    most = max(MAX_EPOCHS, least)
    if epochs is not None and least <= epochs <= most:
        return ""
    return t("training.resume.range", lowest=number(least), highest=number(most))


def _resume(data: Dataset, info: BundleInfo) -> None:
    """Go on with a run as far as was asked for (a callback)."""
    problem = _out_of_range(info, st.session_state["resume_epochs"])
    if problem:
        st.session_state[_PROBLEM] = problem
        return
    if not turns.may_start():
        st.toast(turns.whose_turn(), icon=":material/hourglass_top:")
        return
    try:
        check_same(info)
        resources.job().resume(
            data,
            info.folder,
            epochs=int(st.session_state["resume_epochs"]),
            by=resources.visitor(),
            with_title_check=bool(st.session_state["resume_title_check"]),
        )
    except MatineeError as error:
        _say(error)
        return
    state.write_params(part=None, run=None)


def _rename(info: BundleInfo) -> None:
    """Give a run the name that was typed (a callback)."""
    try:
        resources.rename(info, st.session_state["rename_name"])
    except ConfigError:
        st.session_state[_PROBLEM] = t("training.rename.problem", most=store.MAX_NAME)
    except MatineeError as error:
        _say(error)


def _delete(info: BundleInfo) -> None:
    """Delete a run for good (a callback)."""
    try:
        resources.delete(info)
    except MatineeError as error:
        _say(error)


def _say(error: MatineeError) -> None:
    """Note what went wrong; the question says it, or the page where the question is closed."""
    st.session_state[_PROBLEM] = messages.error_text(error)
