"""The curve of newcomers: how good the list of somebody whom no training saw becomes with each rating."""

from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from pages.kit import cards, i18n, messages, resources, theme
from pages.kit.charts import COMPARE, COUNT, HELD_OUT
from pages.kit.i18n import escaped, number, t
from pages.kit.origin import origin_of
from pages.kit.theme import ROLE_COLORS, style
from recsys.data.dataset import Dataset
from recsys.errors import ScoreboardError
from recsys.studies.scores import COUNTS, NewcomerRow, NewcomerScores, known_newcomers

CURVES: dict[str, dict[str, Any]] = {
    "offered": {"color": ROLE_COLORS["one"], "symbol": "diamond", "dash": "solid"},
    "random": {"color": COUNT, "symbol": "circle", "dash": "solid"},
    "random_untold": {"color": COUNT, "symbol": "circle-open", "dash": "dot"},
    "biases": {"color": COMPARE, "symbol": "x", "dash": "dash"},
}
LINES: dict[str, dict[str, Any]] = {
    "known": {"color": HELD_OUT, "dash": "dash", "width": 2},
    "popularity": {"color": COMPARE, "dash": "dashdot", "width": 2},
}
MEASURES = ("rmse", "ndcg")
MAIN = "random"
"""Whose intervals are drawn and whom the sentence speaks of."""
AFTER = 10
"""The sentence speaks of so many ratings."""


def draw(data_set: Dataset, key: str) -> None:
    """Draw the curve, what it says in words, where it comes from, and its table as CSV.

    Args:
        data_set: whose people.
        key: tells the places apart that draw it.
    """
    st.markdown(t("newcomers.text"))
    try:
        scores = known_newcomers(data_set)
    except ScoreboardError as error:
        st.warning(messages.error_text(error), icon=":material/warning:")
        return
    if scores is None:
        st.info(t("newcomers.none", dataset=data_set.name), icon=":material/inbox:")
        return
    st.markdown(sentence(scores))
    for place, measure in zip(st.columns(len(MEASURES)), MEASURES, strict=True):
        with place:
            moment = ("newcomers", scores.fingerprint, scores.created, measure, i18n.language(), theme.is_dark())
            drawn = resources.at_moment(moment, partial(figure, scores, measure))
            cards.chart(drawn, key=f"{key}_newcomers_{measure}")
    st.caption(origin(scores))
    name = f"newcomers-{scores.dataset}-{scores.split}-seed{scores.seed}.csv"
    columns = origin_of(data_set).columns()
    cards.download(records(scores), origin=columns, file_name=name, key=f"{key}_newcomers_csv")


def figure(scores: NewcomerScores, measure: str) -> go.Figure:
    """One measure over the number of ratings, with lines to compare with.

    Args:
        scores: what was measured.
        measure: one of `MEASURES`.
    """
    drawn = go.Figure()
    for who, look in CURVES.items():
        _add_curve(drawn, measure, [row for n in COUNTS if (row := scores.row(who, n)) is not None], look)
    for who, line in LINES.items():
        _add_line(drawn, measure, scores.row(who), line)
    drawn.update_xaxes(title=t("newcomers.axis"), tickvals=list(COUNTS), zeroline=False)
    drawn.update_yaxes(title=t(f"newcomers.{measure}"), zeroline=False)
    style(drawn, height=540)
    drawn.update_layout(margin={"t": 30})
    drawn.update_layout(legend={"orientation": "v", "y": -0.2, "yanchor": "top"})
    return drawn


def _add_curve(drawn: go.Figure, measure: str, rows: list[NewcomerRow], look: dict[str, Any]) -> None:
    """Draw one contender over the number of ratings, with its interval if it is the main one."""
    if not rows or getattr(rows[0], measure) is None:
        return
    who, gaps = rows[0].who, [getattr(row, f"{measure}_gap") for row in rows]
    bars = None
    if who == MAIN and all(gaps):
        up, down = ([gap.high - gap.value for gap in gaps], [gap.value - gap.low for gap in gaps])
        bars = {"array": up, "arrayminus": down, "thickness": 1.2}
    drawn.add_scatter(
        x=[row.num_ratings for row in rows],
        y=[getattr(row, measure) for row in rows],
        error_y=bars,
        mode="lines+markers",
        name=t(f"newcomers.who.{who}"),
        line={"color": look["color"], "dash": look["dash"], "width": 2.5},
        marker={"color": look["color"], "symbol": look["symbol"], "size": 10},
        hovertemplate=i18n.labelled("%{x}", "%{y:.4f}") + "<extra>%{fullData.name}</extra>",
    )


def _add_line(drawn: go.Figure, measure: str, row: NewcomerRow | None, line: dict[str, Any]) -> None:
    """Draw what does not depend on the number of ratings, from one end to the other."""
    value = None if row is None else getattr(row, measure)
    if row is None or value is None:
        return
    drawn.add_scatter(
        x=[COUNTS[0], COUNTS[-1]],
        y=[value, value],
        mode="lines",
        name=t(f"newcomers.who.{row.who}"),
        line=line,
        hovertemplate="%{y:.4f}<extra>%{fullData.name}</extra>",
    )


def sentence(scores: NewcomerScores) -> str:
    """Return what the curve says after ten ratings, as Markdown; nothing where that was not measured."""
    row, known, popularity = scores.row(MAIN, AFTER), scores.row("known"), scores.row("popularity")
    if row is None or row.rmse_gap is None or not row.ndcg or known is None or popularity is None:
        return ""
    popular = popularity.ndcg or 0.0
    words = t(
        "newcomers.sentence",
        count=AFTER,
        rmse=f"{row.rmse:.3f}",
        known=f"{known.rmse:.3f}",
        gap=f"{row.rmse_gap.value:+.3f}",
        low=f"{row.rmse_gap.low:+.3f}",
        high=f"{row.rmse_gap.high:+.3f}",
        ndcg=f"{row.ndcg:.3f}",
        popular=f"{popular:.3f}",
        times=f"{row.ndcg / popular:.1f}" if popular else "∞",
    )
    return i18n.sentences(words, _asked(scores))


def _asked(scores: NewcomerScores) -> str:
    """What comes of the films that the page Rate offers, as Markdown; nothing where that was not measured."""
    row = scores.row("offered", AFTER)
    if row is None or row.rmse is None or row.ndcg is None or row.num_offers is None:
        return ""
    values = {"rmse": f"{row.rmse:.3f}", "ndcg": f"{row.ndcg:.3f}", "offers": f"{row.num_offers:.0f}"}
    return t("newcomers.offered", count=AFTER, **values)


def origin(scores: NewcomerScores) -> str:
    """Return whom and what the numbers are of and how they came about, as Markdown."""
    return t(
        "newcomers.origin",
        dataset=escaped(messages.dataset_name(scores.dataset)),
        fingerprint=scores.fingerprint,
        split=t(f"split.{scores.split}", seed=scores.split_seed),
        people=number(scores.num_people),
        ratings=number(scores.num_test_ratings),
        seed=scores.seed,
        command=scores.command,
        created=scores.created[:10],
    )


def records(scores: NewcomerScores) -> list[dict[str, object]]:
    """Return a row for each contender and number of ratings, with the interval of its gap and its origin."""
    return [
        {
            "dataset": scores.dataset,
            "fingerprint": scores.fingerprint,
            "split": scores.split,
            "seed": scores.split_seed,
            "people": scores.num_people,
            "people_seed": scores.seed,
            "contender": row.who,
            "num_ratings": row.num_ratings,
            "rmse": row.rmse,
            "rmse_less_known": row.rmse_gap and row.rmse_gap.value,
            "rmse_low": row.rmse_gap and row.rmse_gap.low,
            "rmse_high": row.rmse_gap and row.rmse_gap.high,
            "ndcg@10": row.ndcg,
            "ndcg_less_popularity": row.ndcg_gap and row.ndcg_gap.value,
            "ndcg_low": row.ndcg_gap and row.ndcg_gap.low,
            "ndcg_high": row.ndcg_gap and row.ndcg_gap.high,
            "num_offers": row.num_offers,
            "command": scores.command,
        }
        for row in scores.rows
    ]
