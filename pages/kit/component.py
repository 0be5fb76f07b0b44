"""Mount: puts an own component on the page, and hands on what it tells.

All components are mounted here, and `browser/mount.js` is the other half: it keeps what stands in a place of the
page, tells it what is new, and ends it when it leaves. What a component tells is an event with a value. A value that
has a "number" is noted as heard and the number sent back with the next drawing, so that the browser knows which of its
steps the page has seen.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pages.kit.component_code import Code, loader


class Component:
    """One kind of component.

    Args:
        folder: of its code, below `pages/`.
        entry: the module that it starts from; it exports `component` (see `browser/mount.js`).
        name: of this kind, no other's.
    """

    def __init__(self, folder: str, entry: str, name: str) -> None:
        self.code = Code(folder, entry, name)
        self._mount = st.components.v2.component(f"matinee_{name}", js=loader())

    def draw(
        self,
        key: str,
        *,
        data: Mapping[str, Any],
        texts: Mapping[str, str],
        on: Mapping[str, Callable[[Any], None]] | None = None,
    ) -> None:
        """Draw it.

        Args:
            key: unique on the page; what the reader did inside is kept as long as it stays.
            data: what it shows, in the form that its code reads.
            texts: in the reader's language, by the names that its code asks for.
            on: what to do with the value of each event that it tells. Each is called before the page runs, so
                `st.rerun("fragment")` in one draws that fragment alone.
        """
        told: dict[str, Any] = {f"on_{event}_change": _told(key, event, do) for event, do in (on or {}).items()}
        # Something is not published any more: that the page runs again is the answer.
        told["on_lost_change"] = lambda: None
        sent = {"code": self.code.address(), "heard": heard(key), **data, "texts": dict(texts)}
        self._mount(key=key, data=sent, **told)


def heard(key: str) -> int:
    """Return the newest number that the page has heard from a component; 0 for none."""
    number: int = st.session_state.get(f"{key}_heard", 0)
    return number


def hear(key: str, number: int) -> None:
    """Note the newest number that the page has heard from a component (part of a callback)."""
    st.session_state[f"{key}_heard"] = number


def _told(key: str, event: str, action: Callable[[Any], None]) -> Callable[[], None]:
    """What Streamlit calls for an event."""

    def call() -> None:
        came = st.session_state[key].get(event)
        if came is None:
            return
        if isinstance(came, dict) and type(came.get("number")) is int:
            hear(key, came["number"])
        action(came)

    return call
