"""Visitor keeping: what the visitor said, kept in their own browser (`browser/keeping.js`), and brought back.

On every page, because a visitor may come back on any. The session is told of what the browser has, merges it with what
was said here (`recsys.recommend.kept`), and the browser writes the result; other tabs of it hear of that and do the
same. Nothing is stored on the server.
"""

import time
from typing import Any

import streamlit as st

from pages.kit import component, messages, resources
from pages.kit import visitor_ratings as visitor
from pages.kit.i18n import t
from pages.kit.visitor_ratings import KEEPING
from pages.rate import about
from pages.rate import component as rate_component
from recsys.errors import RatingFileError
from recsys.recommend import kept

COMPONENT = component.Component("rate/browser", "keeping.js", "Keeping")
PLACES = "matinee visitor "
"""What the names begin with under which a browser keeps records, one for each data set."""
TROUBLES = ("unavailable", "full")
_REFUSED, _TROUBLE, _ELSEWHERE = "visitor_kept_refused", "visitor_kept_trouble", "visitor_kept_elsewhere"


@st.fragment(key=KEEPING)
def draw() -> None:
    """Put what the session knows where the browser takes it from."""
    data = resources.dataset()
    COMPONENT.draw(
        "visitor_keeper",
        data={
            "place": PLACES + data.fingerprint,
            "session": visitor.session(),
            "way": visitor.ways(),
            "answered": {key: component.heard(key) for key in rate_component.KEYS},
            "record": kept.to_text(visitor.record(), data),
            "unknown": not visitor.is_known(),
            "refused": _REFUSED in st.session_state,
            "trouble": st.session_state.get(_TROUBLE, ""),
            "elsewhere": is_kept_elsewhere(),
        },
        texts={},
        on={"found": take_over, "trouble": _note_trouble, "elsewhere": _note_elsewhere},
    )


def take_over(came: Any) -> None:  # noqa: ANN401 - what a browser sent
    """Merge what the browser has with what the session knows; what cannot be read is noted (a callback)."""
    text = came.get("text") if isinstance(came, dict) else None
    if not isinstance(text, str):
        return
    was_refused = st.session_state.pop(_REFUSED, None) is not None
    now = time.time_ns() // 1_000_000
    try:
        found = kept.merged(kept.from_text(text, resources.dataset(), now=now), _unheard(came.get("answers"), now))
    except RatingFileError as error:
        st.session_state[_REFUSED] = error
        st.rerun()
    is_first = not visitor.is_known()
    before = _shown()
    visitor.merge(found)
    is_other = before != _shown()
    if is_other and is_first:
        about.begin_anew()
    if is_other or was_refused:
        st.rerun()
    st.rerun(KEEPING)


def _unheard(came: Any, now: int) -> kept.Record:  # noqa: ANN401 - what a browser sent
    """What was answered before a page was left that had not heard of it; of films that the data set has."""
    movie_ids = set(resources.dataset().movies["movie_id"].tolist())
    stars: dict[int, kept.Stars] = {}
    skipped: dict[int, kept.Skip] = {}
    for answer, at in sorted(rate_component.read_unheard(came), key=lambda one: one[1]):
        if answer.movie_id in movie_ids and answer.what == "skip":
            skipped[answer.movie_id] = kept.Skip(True, min(at, now))
        elif answer.movie_id in movie_ids:
            stars[answer.movie_id] = kept.Stars(answer.stars, min(at, now))
    return kept.Record(stars, skipped)


def _shown() -> tuple[object, ...]:
    """What pages show of the visitor."""
    return visitor.version(), visitor.skipped(), visitor.record().choice.is_kept


def trouble() -> str | None:
    """Return why nothing is kept, as Markdown; None where all is well."""
    refused: RatingFileError | None = st.session_state.get(_REFUSED)
    if refused is not None:
        return t("rate.keep.refused", problem=messages.rating_problem(refused))
    found = st.session_state.get(_TROUBLE, "")
    return t(f"rate.keep.{found}") if found else None


def is_refused() -> bool:
    """Say whether the browser holds something that cannot be read."""
    return _REFUSED in st.session_state


def is_kept_elsewhere() -> bool:
    """Say whether the browser holds stars for the films of another data set."""
    return bool(st.session_state.get(_ELSEWHERE, False))


def overwrite() -> None:
    """Let what cannot be read be overwritten (a callback)."""
    st.session_state.pop(_REFUSED, None)


def _note_trouble(came: Any) -> None:  # noqa: ANN401 - what a browser sent
    if isinstance(came, str) and came in {"", *TROUBLES}:
        st.session_state[_TROUBLE] = came
        st.rerun()


def _note_elsewhere(came: Any) -> None:  # noqa: ANN401 - what a browser sent
    st.session_state[_ELSEWHERE] = came is True
    st.rerun()
