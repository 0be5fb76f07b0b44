"""The buttons of the run under way. A click calls the job itself: what it asks for happens before the next batch.

Every session on the server has them; the status says who pressed one last.
"""

from collections.abc import Callable

import streamlit as st

from pages.kit import messages, resources
from pages.kit.i18n import t
from pages.training.knobs import RATE
from recsys.errors import MatineeError
from recsys.training import JobStatus

RATE_KEY = "training_new_rate"
Action = Callable[[str], object]


def draw(status: JobStatus) -> None:
    """Draw the buttons that fit the state of the run."""
    job, can_steer = resources.job(), status.can_be_steered
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="training_controls"):
        if status.state == "paused" and status.last_action != "go_on":
            _button("go_on", "play_arrow", job.go_on, can_press=True, is_primary=True)
        else:
            _button("pause", "pause", job.pause, can_press=can_steer and not is_pausing(status))
        _button("batch", "skip_next", job.step_batch, can_press=can_steer)
        _button("epoch", "fast_forward", job.step_epoch, can_press=can_steer)
        _button("stop", "stop", job.stop, can_press=can_steer or status.finishing_step in ("maps", "title"))
        _rate(status, can_change=can_steer)


def is_pausing(status: JobStatus) -> bool:
    """Was a pause asked for that the batch under way still delays?"""
    return status.can_be_steered and status.state != "paused" and status.last_action == "pause"


def _button(name: str, icon: str, action: Action, *, can_press: bool, is_primary: bool = False) -> None:
    st.button(
        t(f"training.{name}"),
        key=f"training_{name}",
        icon=f":material/{icon}:",
        help=t(f"training.{name}.help"),
        type="primary" if is_primary else "secondary",
        disabled=not can_press,
        on_click=_act,
        args=(action,),
    )


def _act(action: Action) -> None:
    """Do what a button says in the visitor's name (a callback)."""
    try:
        action(resources.visitor())
    except MatineeError as error:
        st.toast(messages.error_text(error), icon=":material/error:")


def _rate(status: JobStatus, *, can_change: bool) -> None:
    """The learning rate: half of it, twice as much, any number, and back to the plan."""
    st.space("small")
    for name, factor in (("half", 0.5), ("double", 2.0)):
        st.button(
            t(f"training.rate.{name}"),
            key=f"training_rate_{name}",
            help=t(f"training.rate.{name}.help"),
            disabled=not can_change,
            on_click=_scale_rate,
            args=(factor,),
        )
    st.number_input(
        t("training.rate.new"),
        value=None,
        step=RATE.step,
        format="%g",
        placeholder=t("training.rate.new.hint"),
        key=RATE_KEY,
        label_visibility="collapsed",
        disabled=not can_change,
        width=190,
        on_change=_take_rate,
    )
    st.button(
        t("training.rate.back"),
        key="training_rate_back",
        icon=":material/undo:",
        help=t("training.rate.back.help"),
        disabled=not (can_change and status.rate_changes),
        on_click=_set_rate,
        args=(None,),
    )


def _set_rate(rate: float | None) -> None:
    """Set the learning rate, or with None give it back to the plan (a callback)."""
    _act(lambda me: resources.job().set_learning_rate(rate, me))


def _scale_rate(factor: float) -> None:
    """Multiply the rate that somebody set last, or the config's where nobody did (a callback)."""
    _act(lambda me: resources.job().scale_learning_rate(factor, me, within=(RATE.lowest, RATE.highest)))


def _take_rate() -> None:
    """Take the number that was typed, and empty the box (a callback)."""
    typed: float | None = st.session_state[RATE_KEY]
    if typed is None:
        return
    if RATE.has(typed):
        _set_rate(typed)
    else:
        st.toast(t("training.rate.refused", typed=RATE.shown(typed), **RATE.ends), icon=":material/block:")
    st.session_state[RATE_KEY] = None
