"""Waterfall: a sum as steps, from where it starts to what comes out, as a figure."""

import pandas as pd
import plotly.graph_objects as go

from pages.ui.charts import COMPARE, COUNT, HELD_OUT, MODEBAR
from pages.ui.i18n import t
from pages.ui.theme import STAR_COLORS, style

UP, DOWN = HELD_OUT, STAR_COLORS[0]
_ROW, _MARGIN = 34, 0.12
_ROOM = 0.24
"""Beside the steps on either side for their numbers, as a share of their reach; enough on a phone too."""


def steps(table: pd.DataFrame) -> go.Figure:
    """Return a figure of steps that lie below each other, each with its number and sign.

    Args:
        table: columns name (in the reader's language), kind ("base" for where the sum starts, "part" for a step,
            "total" for what comes out so far) and stars: of a part by how much, else how much it is.
    """
    ends = table["stars"].where(table["kind"] != "part", 0).where(table["kind"] != "total", 0)
    reached = ends.add(table["stars"].where(table["kind"] == "part", 0)).cumsum()
    low, high = float(reached.min()), float(reached.max())
    room = max(_MARGIN, _ROOM * (high - low))
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=table["name"],
            x=table["stars"],
            measure=table["kind"].map({"base": "absolute", "part": "relative", "total": "total"}),
            text=[signed(stars) if kind == "part" else f"★ {stars:.2f}" for kind, stars in _rows(table)],
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": UP}},
            decreasing={"marker": {"color": DOWN}},
            totals={"marker": {"color": COUNT}},
            connector={"line": {"color": COMPARE, "width": 1}},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    style(figure, height=70 + _ROW * len(table))
    figure.update_layout(showlegend=False, dragmode=False, modebar=MODEBAR, margin={"t": 8, "r": 24}, bargap=0.3)
    figure.update_xaxes(title=t("chart.predicted_stars"), range=[low - room, high + room], ticksuffix=" ★", nticks=5)
    figure.update_yaxes(autorange="reversed", fixedrange=True, ticksuffix="  ")
    return figure


def signed(stars: float) -> str:
    """Return a step for reading, with its sign: +0.12; 0.00 has none."""
    return f"{stars:+.2f}" if round(stars, 2) else "0.00"


def _rows(table: pd.DataFrame) -> list[tuple[str, float]]:
    return list(zip(table["kind"], table["stars"], strict=True))
