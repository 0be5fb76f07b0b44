"""Measuring from the page: the buttons that start it, and the work under way as everybody on this server sees it."""

from collections.abc import Sequence

import streamlit as st

from pages.kit import frame, messages, resources
from pages.kit.i18n import escaped, number, t
from pages.scoreboard.scope import Scope, measure_name, value_text
from pages.scoreboard.table import when
from recsys.errors import JobBusyError, MatineeError
from recsys.evaluation.board_reading import measured
from recsys.evaluation.scores import Score
from recsys.evaluation.scoring_job import Entrant, Measured, ScoringStatus

LIVE, IDLE = 0.7, 5.0
COMPARED = ("rmse", "ndcg@10", "seconds")


def panel(scope: Scope) -> None:
    """Draw the work under way, again and again until it ends; then how it ended, for those who saw it begin."""
    first = resources.scoring().status()
    seen = st.session_state.setdefault("scoring_seen", first.version)

    @st.fragment(run_every=LIVE if first.is_running else IDLE, key="scoring_panel")
    def draw() -> None:
        status = resources.scoring().status()
        if status.version != first.version:
            st.rerun()
        if status.is_running:
            show_progress(scope, status)
        elif status.version != seen:
            show_end(status)

    draw()


def show_progress(scope: Scope, status: ScoringStatus) -> None:
    """Draw how far the work is, with the button that stops it."""
    with st.container(border=True, key="scoring_progress"):
        left, right = st.columns([4, 1], vertical_alignment="center")
        key = status.keys[min(status.position, len(status.keys) - 1)]
        step = t(f"work.step.{status.step}")
        text = t(
            f"work.{status.purpose}",
            who=escaped(scope.name(key)),
            position=status.position + 1,
            count=len(status.keys),
            step=step,
            seconds=number(status.seconds),
        )
        left.progress(min(1.0, status.share), text=text)
        right.button(
            t("work.stop"),
            key="scoring_stop",
            icon=":material/stop:",
            help=t("work.stop.help"),
            on_click=resources.scoring().stop,
            width="stretch",
        )
        if resources.job().status().is_running:
            st.caption(t("work.training_too"))


def show_end(status: ScoringStatus) -> None:
    """Draw how a measurement ended; what became of a fit is said where its lists would be."""
    if status.purpose == "fit":
        return
    if status.error is not None:
        st.error(messages.error_text(status.error), icon=":material/error:")
    elif status.state == "stopped":
        st.info(t("work.stopped", count=len(status.results)), icon=":material/pause_circle:")
    else:
        st.success(t("work.finished", count=len(status.results)), icon=":material/check_circle:")


def start(scope: Scope, entrants: Sequence[Entrant]) -> None:
    """Start to measure (a callback)."""
    try:
        resources.scoring().measure(scope.dataset, scope.data, entrants, scope.board)
    except JobBusyError:
        st.toast(t("work.busy"), icon=":material/hourglass_top:")


def offer_first(scope: Scope) -> None:
    """Offer to measure what can be measured here, where there is no score yet."""
    names = t("list.comma").join(escaped(scope.name(entrant.key)) for entrant in scope.entrants)
    st.info(t("scoreboard.empty", names=names), icon=":material/inbox:")
    _button(scope, scope.entrants, t("scoreboard.empty.go", count=len(scope.entrants)), key="measure_first")


def offer_missing(scope: Scope) -> None:
    """Offer to measure the trained models of this split, and the cheap contenders, that have no score."""
    rest = [one for one in scope.entrants if one.bundle is None and scope.board.score_of(one.key) is None]
    if rest and not resources.scoring().status().is_running:
        with st.container(horizontal=True, vertical_alignment="center", key="offer_rest"):
            names = t("list.comma").join(escaped(scope.name(one.key)) for one in rest)
            st.markdown(t("scoreboard.offer.rest", names=names), width="content")
            _button(scope, rest, t("scoreboard.offer.rest_go"), key="measure_rest")
    for entrant in scope.unmeasured():
        with st.container(horizontal=True, vertical_alignment="center", key=f"offer_{entrant.key}"):
            st.markdown(t("scoreboard.offer", name=escaped(scope.name(entrant.key))), width="content")
            _button(scope, [entrant], t("scoreboard.offer.go"), key=f"measure_{entrant.key}")
    if scope.current is not None and scope.active is None:
        info = scope.current.bundle.info
        split = t(f"split.{info.data.split}", seed=info.data.seed)
        st.caption(t("scoreboard.other_split", name=escaped(info.name), split=split))


def again(scope: Scope) -> None:
    """Draw the choice of what to measure again, and what came of it last time."""
    st.markdown(t("again.text"))
    keys = [entrant.key for entrant in scope.entrants]
    chosen = st.pills(
        t("again.which"), keys, selection_mode="multi", format_func=scope.label, default=None, key="again_which"
    )
    entrants = [entrant for entrant in scope.entrants if entrant.key in chosen]
    _button(scope, entrants, t("again.go"), key="again_go")
    status = resources.scoring().status()
    results = [found for found in status.results if found.new in scope.board.scores]
    if results:
        st.header(t("again.results"), anchor=False)
        st.markdown("\n".join(f"- {result_text(scope, found)}" for found in results))
        st.caption(t("again.kept"))


def result_text(scope: Scope, found: Measured) -> str:
    """Return a new score beside the old one, as Markdown."""
    words = []
    for measure in COMPARED:
        new = measured(found.new, measure)
        if new is None:
            continue
        old = None if found.old is None else measured(found.old, measure)
        values = {"measure": measure_name(measure), "new": value_text(measure, new, unit=False)}
        if old is None:
            words.append(t("again.new", **values))
        else:
            words.append(t("again.change", old=value_text(measure, old, unit=False), **values))
    text = t("list.explained", name=f"**{escaped(scope.name(found.new.contender))}**", text=" · ".join(words))
    now = _where(found.new)
    where = t("again.first", new=now) if found.old is None else t("again.where", old=_where(found.old), new=now)
    return f"{text}\n    - {where}"


def _where(score: Score) -> str:
    return escaped(t("list.clause").join((score.machine, when(score))))


def _button(scope: Scope, entrants: Sequence[Entrant], label: str, *, key: str) -> None:
    st.button(
        label,
        key=key,
        type="primary",
        icon=":material/play_arrow:",
        disabled=not entrants or resources.scoring().status().is_running,
        on_click=start,
        args=(scope, entrants),
    )


def fit_now(scope: Scope, entrants: Sequence[Entrant]) -> None:
    """Have something fitted for a list, unless that was stopped or has failed; the page runs again when it is there."""
    job = resources.scoring()
    status = job.status()
    wanted = {entrant.key for entrant in entrants}
    is_over = status.state in ("stopped", "failed") and status.purpose == "fit" and wanted & set(status.keys)
    if status.is_running:
        st.info(t("lists.waiting"), icon=":material/hourglass_top:")
        return
    if is_over and status.version != st.session_state.get("fit_again"):
        if status.error is not None:
            frame.show_error(status.error)
        st.button(t("lists.again"), key="lists_again", on_click=_allow_again, args=(status.version,), type="primary")
        return
    try:
        job.fit(scope.dataset, scope.data, entrants)
    except MatineeError:
        st.info(t("lists.waiting"), icon=":material/hourglass_top:")  # somebody else was faster
        return
    job.wait(0.3)
    st.rerun()


def _allow_again(version: int) -> None:
    """Note that a fit which ended badly may be tried once more (a callback)."""
    st.session_state["fit_again"] = version
