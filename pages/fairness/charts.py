"""The charts about fairness: how places are shared, a number of each group with its interval, shared films."""

import pandas as pd
import plotly.graph_objects as go

from pages.kit.charts import COMPARE, COUNT, MEAN
from pages.kit.i18n import t
from pages.kit.theme import style

_SCALE = [[0.0, "rgba(47,127,184,0.08)"], [1.0, "rgba(47,127,184,0.75)"]]


def shares(table: pd.DataFrame, *, head: float) -> go.Figure:
    """Lines: which share of all places, and of all ratings, the most rated films hold.

    Args:
        table: columns films, places, ratings; cumulative shares, 0 to 1, from the most rated film on.
        head: share of the films that are not in the long tail, drawn as a line.
    """
    figure = go.Figure()
    lines = (("places", COUNT, "solid"), ("ratings", MEAN, "dash"))
    for column, color, dash in lines:
        figure.add_scatter(
            x=table["films"],
            y=table[column],
            mode="lines",
            line={"color": color, "width": 3, "dash": dash},
            name=t(f"fair.shares.{column}"),
            hovertemplate=t("fair.shares.hover") + "<extra>%{fullData.name}</extra>",
        )
    figure.add_vline(x=head, line={"color": COMPARE, "dash": "dot"})
    figure.add_annotation(
        x=head, y=0.06, xanchor="left", showarrow=False, text=" " + t("fair.shares.tail"), font={"size": 14}
    )
    figure.update_xaxes(title=t("fair.shares.films"), tickformat=".0%", range=[0, 1])
    figure.update_yaxes(title=t("fair.shares.axis"), tickformat=".0%", range=[0, 1.03])
    return _finish(figure, height=380, top=44)


def intervals(table: pd.DataFrame, *, title: str, digits: int, everyone: float | None) -> go.Figure:
    """Points of a number of each group, each with its 95 % interval.

    Args:
        table: columns name, value, low, high, num_users; first row on top. NaN where there is nothing.
        title: what the number is, with its unit.
        digits: of the number, for reading.
        everyone: the number of all people, drawn as a line; None leaves it out.
    """
    hover = t("fair.interval.hover", digits=digits)
    figure = go.Figure(
        go.Scatter(
            x=table["value"],
            y=table["name"],
            mode="markers",
            marker={"color": COUNT, "size": 11},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": (table["high"] - table["value"]).fillna(0),
                "arrayminus": (table["value"] - table["low"]).fillna(0),
                "color": COUNT,
                "thickness": 2,
            },
            customdata=table[["low", "high", "num_users"]],
            hovertemplate=hover + "<extra></extra>",
            cliponaxis=False,
        )
    )
    if everyone is not None:
        figure.add_vline(x=everyone, line={"color": MEAN, "dash": "dot", "width": 2})
    figure.update_yaxes(autorange="reversed", ticksuffix="  ", type="category")
    figure.update_xaxes(title=title, zeroline=False, nticks=7)
    figure.update_layout(showlegend=False)
    return _finish(figure, height=110 + 30 * max(2, len(table)), top=16)


def overlap(names: list[str], shared: list[list[float | None]]) -> go.Figure:
    """A table in colours: how many films two people of two groups share in their top tens.

    Args:
        names: of the G groups.
        shared: (G, G) films; None where there are no two people.
    """
    few = len(names) <= 8
    heatmap = go.Heatmap(
        z=shared,
        x=names,
        y=names,
        colorscale=_SCALE,
        texttemplate="%{z:.2f}" if few else None,
        xgap=2,
        ygap=2,
        colorbar={"title": {"text": t("fair.overlap.unit"), "side": "top"}, "thickness": 14},
        hovertemplate=t("fair.overlap.hover") + "<extra></extra>",
    )
    figure = go.Figure(heatmap)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    figure.update_xaxes(type="category", showgrid=False)
    _finish(figure, height=150 + (44 if few else 24) * len(names), top=16)
    # Plotly picks a colour by the cell's own, and does not know that the page shines through.
    return figure.update_traces(textfont={"size": 15, "color": figure.layout.font.color})


def _finish(figure: go.Figure, *, height: int, top: int) -> go.Figure:
    style(figure, height=height)
    figure.update_layout(margin={"t": top})
    return figure
