"""Moved: marks on a list for what rose, fell and is new since it was drawn last, and the films that left it."""

from collections.abc import Callable, Collection, Sequence

import streamlit as st

from pages.kit import cards
from pages.kit.cards import Badge, Item
from pages.kit.i18n import t
from recsys.recommend import Recommender
from recsys.recommend.moved import NOTHING, Moved, moved

MOST_GONE = 10
"""Films that left are named up to this many: the list itself stands below them."""


def since(
    name: str,
    *,
    who: str,
    wanted: int,
    shown: Sequence[int],
    standard: Callable[[], Sequence[int]],
    hidden: Collection[int] = (),
) -> Moved:
    """Return how a list differs from the one that stood there before the last change in this session.

    Drawing the same list again changes nothing. At first sight of it, it is compared with the model's own list.

    Args:
        name: of the list.
        who: whose it is, by which model; somebody else's list is no change of theirs.
        wanted: how many films were asked for; filters may leave fewer.
        shown: movie ids, best first.
        standard: gives the list to compare with at first sight.
        hidden: films that left because they were rated, which is no fall.
    """
    key = f"moved_{name}"
    last = st.session_state.get(key)
    now = list(shown)
    if last is None or last["who"] != who:
        last = {"who": who, "shown": now, "wanted": wanted, "before": list(standard()), "wanted_before": wanted}
    elif (last["shown"], last["wanted"]) != (now, wanted):
        before = {"before": last["shown"], "wanted_before": last["wanted"]}
        last = {"who": who, "shown": now, "wanted": wanted, **before}
    st.session_state[key] = last
    change = moved(last["before"], now, places=min(last["wanted_before"], wanted))
    return change._replace(gone=tuple(movie_id for movie_id in change.gone if movie_id not in hidden))


def forget(name: str) -> None:
    """Compare a list with the model's own again (part of a callback)."""
    st.session_state.pop(f"moved_{name}", None)


def badge(change: Moved, movie_id: int) -> Badge | None:
    """Return the mark of a film; None for one that stayed where it was."""
    if movie_id in change.new:
        return Badge("new", t("moved.new"), t("moved.new_spoken"))
    places = change.places.get(movie_id, 0)
    if places > 0:
        return Badge("up", f"▲{places}", t("moved.up_spoken", count=places))
    if places < 0:
        return Badge("down", f"▼{-places}", t("moved.down_spoken", count=-places))
    return None


def show_gone(model: Recommender, change: Moved, *, key: str) -> None:
    """Draw the films that left the list, if any did, as small links."""
    if change == NOTHING or not change.gone:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}_line"):
        st.caption(t("moved.gone"), width="content")
        cards.set_pills([Item(model.dataset.movie(movie_id)) for movie_id in change.gone[:MOST_GONE]], key=key)
        if len(change.gone) > MOST_GONE:
            st.caption(t("moved.gone_more", count=len(change.gone) - MOST_GONE), width="content")
