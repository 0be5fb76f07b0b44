"""How groups of people fare, on the page about fairness: errors, lists and what is in them, with intervals."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.fairness import charts, work
from pages.kit import cards, state
from pages.kit.i18n import escaped, number, sentences, t
from pages.kit.origin import origin_of
from recsys.insight.fairness.groups import FEW_PEOPLE, KINDS, Interval, Kind
from recsys.insight.fairness.rows import GroupRow
from recsys.recommend import Recommender

MEASURES: dict[str, int] = {"rmse": 3, "mae": 3, "gap": 3, "ndcg": 3, "tail_listed": 3, "popularity": 0}
"""What is measured of each group, and with how many digits it is read."""
NEED_TEST = frozenset({"rmse", "mae", "gap", "ndcg"})
SHARES = frozenset({"tail_listed"})
"""What is read in percent."""
CHANCE = 0.05


def choose_kind() -> Kind:
    """Draw the choice of what the groups are by, and return it."""
    kind = state.control("by", KINDS[0], parse=lambda text: next((name for name in KINDS if name == text), None))
    st.segmented_control(
        t("fair.by"), KINDS, format_func=lambda name: t(f"groups_by.{name}"), required=True, **kind.widget
    )
    return kind.value


def draw(model: Recommender) -> None:
    """Draw one measure of all groups of a kind, and all measures as a table."""
    everyone = work.everyone(model)
    with st.container(horizontal=True, gap="large"):
        kind = choose_kind()
        offered = [name for name in MEASURES if everyone.has_test or name not in NEED_TEST]
        chosen = state.control("measure", offered[0], parse=lambda text: text if text in offered else None)
        st.segmented_control(
            t("fair.measure"),
            offered,
            format_func=lambda name: t(f"fair.measure.{name}"),
            required=True,
            **chosen.widget,
        )
    if not everyone.has_test:
        st.info(t("fair.no_test"), icon=":material/lab_profile:")
    rows = work.rows(model, kind)
    whole, groups = rows[0], rows[1:]
    measure = chosen.value
    figure = charts.intervals(
        interval_table(groups, measure),
        title=t(f"fair.measure.{measure}.axis"),
        digits=MEASURES[measure],
        everyone=getattr(whole, measure).value,
    )
    if measure in SHARES:
        figure.update_xaxes(tickformat=".1%")
    cards.chart(figure, key="fair_groups")
    st.markdown(sentences(reading(rows, measure), t(f"fair.measure.{measure}.text")))
    st.caption(t("fair.intervals", few=FEW_PEOPLE))
    _table(rows)
    cards.download(
        _records(rows),
        origin=origin_of(model).columns(),
        file_name=f"fairness-by-{kind}-{model.dataset.name}.csv",
        key="fair_groups_csv",
    )


def interval_table(rows: Sequence[GroupRow], measure: str) -> pd.DataFrame:
    """Return columns name, value, low, high, num_users; one row a group."""
    values: list[Interval] = [getattr(row, measure) for row in rows]
    table = pd.DataFrame(values, columns=["value", "low", "high"])
    table.insert(0, "name", [work.label(row.kind, row.value, row.num_users) for row in rows])
    table["num_users"] = [row.num_users for row in rows]
    return table


def reading(rows: Sequence[GroupRow], measure: str) -> str:
    """Which groups differ from everyone by more than chance explains, as a sentence."""
    whole: float = getattr(rows[0], measure).value
    groups = [row for row in rows[1:] if row.num_users >= FEW_PEOPLE]
    apart = [row for row in groups if getattr(row, measure).excludes(whole)]
    values = {"everyone": _text(whole, measure), "groups": len(groups), "chance": f"{CHANCE * len(groups):.1f}"}
    if not apart:
        return t("fair.reading.none", **values)
    sides = {
        "above": [row for row in apart if getattr(row, measure).value > whole],
        "below": [row for row in apart if getattr(row, measure).value < whole],
    }
    below = "below" if sides["above"] else "only_below"
    parts = [
        t(
            f"fair.reading.{'above' if side == 'above' else below}",
            names=_names(found, measure, is_above=side == "above"),
        )
        for side, found in sides.items()
        if found
    ]
    return t("fair.reading.some", which=t("fair.reading.join").join(parts), **values)


def _names(rows: Sequence[GroupRow], measure: str, *, is_above: bool, most: int = 4) -> str:
    """The groups furthest out, with their values."""
    ordered = sorted(rows, key=lambda row: getattr(row, measure).value, reverse=is_above)
    texts = [
        t(
            "fair.reading.one",
            name=escaped(work.group_name(row.kind, row.value)),
            value=_text(getattr(row, measure).value, measure),
        )
        for row in ordered[:most]
    ]
    more = len(ordered) - most
    return t("list.comma").join(texts) + (t("fair.reading.more", count=more) if more > 0 else "")


def _text(value: float, measure: str) -> str:
    """A value for reading."""
    text = f"{value:+.3f}" if measure == "gap" else number(value, MEASURES[measure])
    return escaped(f"{value:.1%}" if measure in SHARES else text)


def _table(rows: Sequence[GroupRow]) -> None:
    """All measures of all groups."""
    table = pd.DataFrame(
        {
            "group": [work.label(row.kind, row.value, row.num_users) for row in rows],
            "num_users": [row.num_users for row in rows],
            "num_ratings": [row.num_ratings for row in rows],
            **{name: [getattr(row, name).value for row in rows] for name in MEASURES},
            "tail_listed": [100 * row.tail_listed.value for row in rows],
            "tail_rated": [100 * row.tail_rated for row in rows],
            "liked_each": [row.liked_each for row in rows],
        }
    )
    formats = {"tail_listed": "%.1f%%", "tail_rated": "%.1f%%", "gap": "%+.3f"}
    formats |= {"popularity": "%.0f", "liked_each": "%.1f"}
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(
            t(f"fair.column.{name}"),
            format=formats.get(name, "localized" if name.startswith("num_") else "%.3f"),
            help=t(f"fair.column.{name}_help"),
        )
        for name in table.columns[1:]
    }
    st.dataframe(
        table,
        column_config={"group": t("fair.column.group"), **columns},
        hide_index=True,
        height="content",
        key="fair_groups_table",
    )


def _records(rows: Sequence[GroupRow]) -> cards.Records:
    """All measures with their intervals."""
    return [
        {
            **{"by": rows[-1].kind, "group": work.plain_name(row.kind, row.value), "num_users": row.num_users},
            **{"num_test_ratings": row.num_ratings, "num_ranked": row.num_ranked},
            **{
                f"{name}{end}": getattr(getattr(row, name), field)
                for name in MEASURES
                for end, field in (("", "value"), ("_low", "low"), ("_high", "high"))
            },
            **{"tail_rated": row.tail_rated, "liked_each": row.liked_each},
        }
        for row in rows
    ]
