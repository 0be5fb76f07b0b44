"""Scoreboard: how all contenders did on one split, each number with its origin, and what it means for one person."""

import streamlit as st

from pages.kit import frame, messages, newcomer_curve, resources, state
from pages.kit.i18n import t
from pages.scoreboard import groups, lists, reading, table, work
from pages.scoreboard import scope as scoreboard_scope
from pages.scoreboard.scope import Scope
from recsys.evaluation.board_reading import known_scores


def show_table(scope: Scope) -> None:
    """Draw all numbers, and two of them against each other."""
    table.draw(scope)
    work.offer_missing(scope)
    reading.chart(scope)


def show_newcomers(scope: Scope) -> None:
    """Draw how good the lists of people are whom no training saw."""
    newcomer_curve.draw(scope.dataset, "scoreboard")


PARTS = {
    "table": show_table,
    "sampled": reading.sampled,
    "groups": groups.draw,
    "lists": lists.draw,
    "newcomers": show_newcomers,
    "again": work.again,
}
NEEDS_SCORES = ("table", "sampled", "groups")

frame.page_header("scoreboard.title", "scoreboard.purpose")
data_set = resources.dataset()
known = known_scores(data_set)
for problem in known.problems:
    st.warning(messages.error_text(problem), icon=":material/warning:")
the_scope = scoreboard_scope.choose(data_set, known)
work.panel(the_scope)
part = state.control("part", "table", parse=lambda text: text if text in PARTS else None)
st.segmented_control(
    t("scoreboard.part"),
    list(PARTS),
    format_func=lambda name: t(f"scoreboard.part.{name}"),
    required=True,
    label_visibility="collapsed",
    **part.widget,
)
if part.value in NEEDS_SCORES and not the_scope.board.scores:
    work.offer_first(the_scope)
else:
    PARTS[part.value](the_scope)
st.caption(scoreboard_scope.origin_text(the_scope))
frame.how_it_works("scoreboard.how", key="scoreboard_how")
