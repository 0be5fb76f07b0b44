"""The table of the scoreboard: the best of each column marked, missing numbers explained, every row with its origin."""

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from pages.kit import cards, i18n
from pages.kit.i18n import escaped, number, t
from pages.kit.origin import origin_of
from pages.scoreboard.scope import Scope, measure_help, measure_name, value_text
from recsys.config import LEARNED_FROM_ALL
from recsys.evaluation.board_reading import DIRECTIONS, STARS, measured
from recsys.evaluation.scores import Score

MARK = "● "
"""Stands before the best value of a column: colour and weight are never the only sign."""

BEST_STYLE = "font-weight: bold; background-color: rgba(47, 143, 114, 0.22)"
ORIGIN = ("dataset", "fingerprint", "split", "seed", "config", "commit", "machine", "created", "command")


def draw(scope: Scope) -> None:
    """Draw the table, what is missing in it and why, the origins, and what takes it home."""
    table = table_of(scope)
    columns: dict[str, Any] = {
        measure: st.column_config.Column(measure_name(measure), help=measure_help(measure)) for measure in DIRECTIONS
    }
    columns["contender"] = st.column_config.TextColumn(t("scoreboard.contender"), pinned=True)
    columns["learned"] = st.column_config.TextColumn(t("scoreboard.learned"), help=t("scoreboard.learned.help"))
    st.dataframe(
        styled(table),
        column_config=columns,
        hide_index=True,
        height="content",
        placeholder=t("scoreboard.no_stars" if _lack_stars_alone(table) else "scoreboard.unmeasured"),
        key="scoreboard_table",
    )
    without = [escaped(scope.name(score.contender)) for score in scope.board.scores if "rmse" not in score.metrics]
    best = t("scoreboard.best", mark=MARK.strip())
    lacking = t("scoreboard.no_stars.text", names=t("list.comma").join(without)) if without else ""
    st.caption(i18n.sentences(best, lacking))
    with st.container(horizontal=True, vertical_alignment="center", key="scoreboard_table_more"):
        with st.popover(t("scoreboard.columns"), icon=":material/help:", key="scoreboard_columns"):
            st.markdown(
                "\n".join(f"- {i18n.labelled(f'**{measure_name(name)}**', measure_help(name))}" for name in DIRECTIONS)
            )
            st.markdown(f"- {i18n.labelled('**' + t('scoreboard.learned') + '**', t('scoreboard.learned.help'))}")
        file_name = f"scoreboard-{scope.dataset.name}-{scope.data.split}-seed{scope.data.seed}.csv"
        origin = origin_of(scope.dataset, scope.data).columns()
        cards.download(records(scope), origin=origin, file_name=file_name, key="scoreboard_csv")
    st.markdown(t("scoreboard.origins"))
    with st.container(horizontal=True, gap="small", key="scoreboard_origins"):
        for score in scope.board.scores:
            with st.popover(escaped(scope.name(score.contender)), key=f"origin_{score.contender}"):
                show_origin(scope, score)


def table_of(scope: Scope) -> pd.DataFrame:
    """Return one row a contender: its name, a column for each measure, NaN where it has none, what it learned from."""
    rows = [
        {
            "contender": scope.name(score.contender),
            **{measure: measured(score, measure) for measure in DIRECTIONS},
            "learned": learned_text(score),
        }
        for score in scope.board.scores
    ]
    return pd.DataFrame(rows, columns=["contender", *DIRECTIONS, "learned"]).astype(dict.fromkeys(DIRECTIONS, float))


def learned_text(score: Score) -> str:
    """Return how many ratings of which parts a row learned from; nothing where it does not say."""
    parts, ratings = score.config.get("learned_from"), score.config.get("num_ratings")
    if not isinstance(ratings, int):
        return ""
    return t(f"scoreboard.learned.{'known' if parts == LEARNED_FROM_ALL else 'train'}", ratings=number(ratings))


def styled(table: pd.DataFrame) -> Styler:
    """Return the table as it is read: units, reasons for what is missing, the best of each column marked."""
    styler = table.style
    for measure, direction in DIRECTIONS.items():
        best = table[measure].min() if direction == "low" else table[measure].max()
        styler = styler.format(_formatter(measure, best), subset=[measure])
        styler = styler.map(lambda value, best=best: BEST_STYLE if value == best else "", subset=[measure])
    return styler


def _lack_stars_alone(table: pd.DataFrame) -> bool:
    """Is nothing missing but the stars of those that predict none?"""
    return not table.drop(columns=list(STARS)).isna().any(axis=None)


def _formatter(measure: str, best: float) -> Callable[[object], str]:
    def text(value: object) -> str:
        if not isinstance(value, float) or math.isnan(value):
            return ""  # the table's placeholder says why
        shown = value_text(measure, value, unit=False)
        return MARK + shown if value == best else shown

    return text


def show_origin(scope: Scope, score: Score) -> None:
    """Draw where the numbers of one row come from."""
    key = score.contender if not score.contender.startswith("bundle:") else "bundle"
    st.markdown(
        t("list.explained", name=f"**{escaped(scope.name(score.contender))}**", text=t(f"contender.{key}.text"))
    )
    values = {
        "dataset": i18n.bracketed(escaped(score.dataset), f"`{score.fingerprint}`"),
        "split": t(f"split.{score.split}", seed=score.seed),
        "seconds": value_text("seconds", score.seconds),
        "machine": escaped(score.machine),
        "commit": _commit(score.commit),
        "created": escaped(when(score)),
    }
    st.markdown(
        "\n".join(f"- {i18n.labelled(t(f'scoreboard.origin.{name}'), value)}" for name, value in values.items())
    )
    st.caption(t("scoreboard.origin.command"))
    cards.raw_text(score.command, label=t("scoreboard.origin.command"))
    if score.config:
        st.caption(t("scoreboard.origin.config"))
        cards.raw_text(json.dumps(score.config, ensure_ascii=False), label=t("scoreboard.origin.config"))


def when(score: Score) -> str:
    """Return when a score was measured, for reading."""
    return f"{datetime.fromisoformat(score.created).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _commit(commit: str | None) -> str:
    if commit is None:
        return t("scoreboard.origin.no_commit")
    name, _, changes = commit.partition("+")
    return f"`{name[:12]}`" + (f" {t('scoreboard.origin.changes')}" if changes else "")


def records(scope: Scope) -> list[dict[str, object]]:
    """Return the table for CSV: key, name, every measure, groups left out, and the whole origin."""
    return [
        {
            "contender": score.contender,
            "name": scope.name(score.contender),
            **{measure: measured(score, measure) for measure in DIRECTIONS},
            **{field: getattr(score, field) for field in ORIGIN},
            "config": json.dumps(score.config, ensure_ascii=False),
        }
        for score in scope.board.scores
    ]
