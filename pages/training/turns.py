"""Whose run it is and whose turn comes next: visitors of one server share one run.

A visitor has no account, only a number; `resources.visitor` gives it. Everybody may press every button; the page says
who did.
"""

import streamlit as st

from pages.kit import i18n, resources
from pages.kit.i18n import t
from recsys.training import JobStatus


def name_of(visitor: str) -> str:
    """Return what a visitor is called: "You", "Visitor 3", or the app itself where nobody asked."""
    if not visitor:
        return t("visitor.app")
    return t("visitor.you") if visitor == resources.visitor() else t("visitor.name", number=visitor)


def who_did_what(status: JobStatus) -> str:
    """Say who started the run and who pressed a button last, as Markdown."""
    words = [t("visitor.did.start", who=name_of(status.started_by))]
    if status.last_action not in ("", "start"):
        words.append(t(f"visitor.did.{status.last_action}", who=name_of(status.acted_by)))
    return i18n.sentences(*words)


def may_start() -> bool:
    """May this visitor start a run now?"""
    job = resources.job()
    return not job.status().is_running and job.turns.may_start(resources.visitor())


def whose_turn() -> str:
    """Say why this visitor cannot start a run now, or that it is their turn; empty where everybody may."""
    job, me = resources.job(), resources.visitor()
    if job.status().is_running:
        return t("turns.running")
    first = job.turns.whose()
    if first is None:
        return ""
    return t("turns.yours") if first == me else t("turns.other", who=name_of(first))


def draw_line(said: str) -> None:
    """Draw who waits for the next turn, and the button that joins or leaves the line.

    Args:
        said: Markdown in front of it.
    """
    turns, me = resources.job().turns, resources.visitor()
    turns.seen(me)
    order, is_running = turns.order(), resources.job().status().is_running
    if not order and not is_running:
        return
    words = [said, t("visitor.me.running" if is_running else "visitor.me", number=me)]
    if order:
        words.append(t("turns.order", names=t("list.comma").join(name_of(name) for name in order)))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="training_line"):
        st.markdown(i18n.sentences(*words), width="content")
        if me in order:
            st.button(t("turns.leave"), key="turns_leave", icon=":material/logout:", on_click=turns.leave, args=(me,))
        else:
            st.button(
                t("turns.join"),
                key="turns_join",
                icon=":material/front_hand:",
                help=t("turns.join.help"),
                on_click=turns.join,
                args=(me,),
            )
