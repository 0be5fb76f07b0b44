"""Errors by group on the scoreboard: for whom, and for which films, each contender errs most."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.kit import cards, state
from pages.kit.i18n import escaped, number, t
from pages.kit.origin import origin_of
from pages.scoreboard import charts
from pages.scoreboard.scope import Scope, group_name
from recsys.evaluation.board_reading import STARS, ranking
from recsys.evaluation.scores import Score

GROUPS = ("activity", "popularity", "gender", "age")


def draw(scope: Scope) -> None:
    """Draw errors by how much a person rated, by gender, by age and by how popular a film is."""
    st.markdown(t("groups.text"))
    there = {score.contender: score for score in scope.board.scores if score.groups}
    if not there:
        st.info(t("groups.none"), icon=":material/inbox:")
        return
    kind = state.control("group", GROUPS[0], parse=lambda text: text if text in GROUPS else None)
    st.segmented_control(
        t("groups.kind"), GROUPS, format_func=lambda name: t(f"groups.{name}"), required=True, **kind.widget
    )
    who = state.control(
        "who", _first_three(there), parse=lambda text: [key for key in text.split(",") if key in there], show=",".join
    )
    st.pills(t("groups.who"), list(there), selection_mode="multi", format_func=scope.label, **who.widget)
    chosen = [there[key] for key in there if key in who.value]
    table = group_table(scope, chosen, kind.value)
    if table.empty:
        st.info(t("groups.choose"), icon=":material/touch_app:")
        return
    title = t(f"groups.{kind.value}.axis")
    figure = charts.errors_by_group(table, title=title, is_ordered=kind.value != "gender")
    cards.chart(figure, key="groups_chart")
    st.markdown(_group_sentence(table))
    wide = table.pivot_table(index="group", columns="name", values="rmse", sort=False).reset_index()
    wide.insert(1, "num_ratings", table.drop_duplicates("group")["num_ratings"].to_numpy())
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(t("groups.rmse_of", name=name), format="%.4f") for name in wide.columns[2:]
    }
    columns |= {
        "group": title,
        "num_ratings": st.column_config.NumberColumn(t("chart.num_test_ratings"), format="localized"),
    }
    st.dataframe(wide, column_config=columns, hide_index=True, height="content", key="groups_table")
    records = [{str(name): value for name, value in row.items()} for row in group_records(scope, chosen, kind.value)]
    file_name = f"errors-by-{kind.value}-{scope.dataset.name}-{scope.data.split}-seed{scope.data.seed}.csv"
    origin = origin_of(scope.dataset, scope.data).columns()
    cards.download(records, origin=origin, file_name=file_name, key="groups_csv")


def _first_three(there: dict[str, Score]) -> list[str]:
    """The best by RMSE, and the two simplest to compare it with; in the order of the table."""
    best = ranking(there.values(), STARS[0])
    wanted = {"mean", "biases", *(score.contender for score in best[:1])}
    return [key for key in there if key in wanted]


def group_table(scope: Scope, scores: list[Score], kind: str) -> pd.DataFrame:
    """Return name, group, num_ratings, rmse; one row for each contender and group."""
    rows = [
        {
            "name": scope.name(score.contender),
            "group": group_name(kind, group.label),
            "num_ratings": group.num_ratings,
            "rmse": group.rmse,
        }
        for score in scores
        for group in score.groups
        if group.group == kind
    ]
    return pd.DataFrame(rows, columns=["name", "group", "num_ratings", "rmse"])


def group_records(scope: Scope, scores: list[Score], kind: str) -> list[dict[str, object]]:
    """Return errors by group for CSV, with where they come from."""
    return [
        {
            **{"contender": score.contender, "name": scope.name(score.contender), "group": kind, "label": group.label},
            **{"num_ratings": group.num_ratings, "rmse": group.rmse, "mae": group.mae},
            **{"dataset": score.dataset, "fingerprint": score.fingerprint, "split": score.split, "seed": score.seed},
            **{"commit": score.commit, "created": score.created, "command": score.command},
        }
        for score in scores
        for group in score.groups
        if group.group == kind
    ]


def _group_sentence(table: pd.DataFrame) -> str:
    """Where the contender that errs least on the whole errs most and least."""
    totals = (
        table.assign(squares=table["rmse"] ** 2 * table["num_ratings"]).groupby("name", sort=False)["squares"].sum()
    )
    rows = table[table["name"] == totals.idxmin()].sort_values("rmse")
    if len(rows) < 2:
        return ""
    best, worst = rows.iloc[0], rows.iloc[-1]
    return t(
        "groups.reading",
        who=escaped(str(totals.idxmin())),
        worst=escaped(worst["group"]),
        worst_rmse=f"{worst['rmse']:.3f}",
        worst_count=number(worst["num_ratings"]),
        best=escaped(best["group"]),
        best_rmse=f"{best['rmse']:.3f}",
        best_count=number(best["num_ratings"]),
    )
