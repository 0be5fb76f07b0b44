"""Window: what belongs to the browser's window and not to a place on the page (`pages/kit/browser/`).

The language that it is told, so that a screen reader speaks it and a browser hyphenates and translates rightly; that
another film or person is read from the top; and its address. What a page chose by itself (a language, the film that was
looked at last) is written there without an entry of the history, for Back to be one step: Streamlit's own way,
`st.query_params`, is for what the reader did (`state.write_params`).
"""

from urllib.parse import urlencode

import streamlit as st

from pages.kit import i18n, state
from pages.kit.component import Component

COMPONENT = Component("kit/browser", "window.js", "AppWindow")
_RUN = "matinee_run"


def begin(page: str) -> None:
    """Tell the window what is known before the page is drawn.

    Args:
        page: its path.
    """
    st.session_state[_RUN] = st.session_state.get(_RUN, 0) + 1
    kind = next((kind for kind, (_, path) in state.PAGES.items() if path == page), None)
    subject = f"{page} {st.query_params.get(kind)}" if kind else page
    language = i18n.TAGS[i18n.language()]
    COMPONENT.draw(
        "window_begin",
        data={"run": st.session_state[_RUN], "page": page, "language": language, "subject": subject},
        texts={},
    )


def end() -> None:
    """Tell the window what the page chose by itself."""
    COMPONENT.draw("window_end", data={"run": st.session_state[_RUN], "search": urlencode(state.address())}, texts={})
