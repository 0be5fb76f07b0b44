"""The run under way as everybody on this server sees it: how far it is, whose it is, its buttons, curves and theatre.

Two fragments, so that a click is answered by the small one with the buttons at once, and the large picture is drawn
anew beside it. Neither runs by itself: the browser asks for the news (`pages.training.news`), and says when there is
something to draw.
"""

import streamlit as st

from pages.kit import messages, resources
from pages.kit.i18n import escaped, number, t
from pages.training import controls, curves, theatre, turns
from pages.training import news as training_news
from pages.training.words import duration, settings
from recsys.evaluation.article_line import ArticleError
from recsys.report import last_measured
from recsys.training import JobStatus

ICONS = {"finished": ":material/check_circle:", "stopped": ":material/stop_circle:"}


def panel() -> None:
    """Draw the run and its buttons whenever they change; a run that begins or ends has the whole page drawn."""
    first = resources.job().status()

    @st.fragment(key="training_run")
    def draw() -> None:
        status = resources.job().status()
        if status.is_running != first.is_running or (not status.is_running and status.version != first.version):
            st.rerun()
        if status.is_running:
            with st.container(border=True, key="training_panel"):
                _running(status)
        else:
            training_news.follow("panel", status)
            _at_rest(status)

    draw()


def stage(article: ArticleError | None) -> None:
    """Draw the curves and the theatre of the run under way."""

    @st.fragment(key="training_live")
    def draw() -> None:
        status, recording = resources.job().status(), resources.job().recording()
        training_news.follow("picture", status)
        with st.expander(t("training.curves"), icon=":material/show_chart:", key="curves_live", expanded=True):
            curves.draw(curves.of_status(status), article, key="live")
        if recording.snapshots:
            theatre.draw(recording, model_name=t("training.live.name"), live=True, key="theatre_live")

    draw()


def share_done(status: JobStatus) -> float:
    """Return how much of a run is done, 0 to 1; of what comes after the last epoch, how much of its step."""
    if status.state == "finishing":
        return min(1.0, status.finishing_share)
    batches = max(1, status.num_batches)
    return min(1.0, (status.epoch * batches + status.batch) / max(1, status.num_epochs * batches))


def news(status: JobStatus) -> dict[str, object]:
    """Return what changes all the time of a run under way: what it does, the share that is done, and its numbers."""
    return {"headline": _headline(status), "share": share_done(status), "numbers": _numbers(status)}


def _running(status: JobStatus) -> None:
    training_news.follow("panel", status, tell=news)
    controls.draw(status)
    turns.draw_line(f":material/group: {turns.who_did_what(status)}")
    if status.data is not None and status.model is not None and status.train is not None:
        cost = t("training.snapshots", share=f"{100 * status.snapshot_share:.1f}")
        words = [settings(status.data, status.model, status.train), escaped(status.device), cost, t("training.live")]
        st.caption(" · ".join(word for word in words if word))


def _headline(status: JobStatus) -> str:
    if controls.is_pausing(status):
        return t("job.pausing")
    if status.state == "finishing":
        return t(f"job.finishing.{status.finishing_step}") if status.finishing_step else t("job.finishing")
    if status.state not in ("training", "paused"):
        return t(f"job.{status.state}")
    current = min(status.epoch + 1, status.num_epochs)
    return t(f"job.{status.state}.now", epoch=current, epochs=status.num_epochs)


def _numbers(status: JobStatus) -> list[dict[str, str]]:
    last = last_measured(status.reports)
    memory = status.memory
    values = {
        "batch": f"{number(status.batch)} / {number(status.num_batches)}",
        "rate": number(status.ratings_per_second),
        "seconds": duration(status.seconds),
        "left": "–" if status.seconds_left is None else duration(status.seconds_left),
        "learning": f"{status.learning_rate:.3g}",
        "validation": "–" if last is None else f"{last.validation_rmse:.4f}",
        "memory": _size(memory.process_bytes) if memory.process_bytes else "–",
    }
    if memory.device_bytes is not None:
        values["device_memory"] = _size(memory.device_bytes)
    epoch = "–" if last is None else str(last.epoch)
    return [
        {
            "label": t(f"training.rate.{name}", epoch=epoch),
            "value": value,
            "help": t(f"training.rate.{name}.help"),
        }
        for name, value in values.items()
    ]


def _size(num_bytes: int) -> str:
    return t("size.gigabytes", size=f"{num_bytes / 1e9:.2f}")


def _at_rest(status: JobStatus) -> None:
    """Say how the last run ended and whose turn it is."""
    if status.error is not None:
        st.error(messages.error_text(status.error), icon=":material/error:")
    elif status.state in ICONS:
        show = st.success if status.state == "finished" else st.info
        show(t(f"training.{status.state}"), icon=ICONS[status.state])
    turn = turns.whose_turn()
    if turn:
        st.info(turn, icon=":material/front_hand:")
    turns.draw_line("")
