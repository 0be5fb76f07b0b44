"""Title charts: the error with the right titles, with others, and with none."""

import pandas as pd
import plotly.graph_objects as go

from pages.kit import i18n, theme
from pages.kit.i18n import t


def worth(table: pd.DataFrame) -> go.Figure:
    """Return a figure of three errors on one line each, with the spread of the shuffles.

    Args:
        table: columns name (what was done to the titles), titles, rmse and deviation in stars.
    """
    colors = {"trained": "second", "shuffled": "one", "zeroed": "highlight"}
    symbols = {"trained": "circle", "shuffled": "diamond", "zeroed": "square"}
    figure = go.Figure(
        go.Scatter(
            x=table["rmse"],
            y=table["name"],
            mode="markers+text",
            marker={
                "size": 15,
                "color": [theme.ROLE_COLORS[colors[way]] for way in table["titles"]],
                "symbol": [symbols[way] for way in table["titles"]],
            },
            error_x={
                "type": "data",
                "array": table["deviation"],
                "thickness": 2,
                "width": 7,
                "color": theme.OTHER_COLOR,
            },
            text=[f"{value:.4f}" for value in table["rmse"]],
            textposition="top center",
            textfont={"size": 15},
            hovertemplate=i18n.labelled("%{y}", "%{x:.5f}") + "<extra></extra>",
            cliponaxis=False,
        )
    )
    theme.style(figure, height=250)
    low, high = float(table["rmse"].min()), float(table["rmse"].max())
    margin = max((high - low) * 0.35, 0.0005)
    figure.update_xaxes(title=t("chart.title_rmse"), range=[low - margin, high + margin], nticks=5)
    figure.update_yaxes(autorange="reversed", fixedrange=True, range=[2.5, -0.8])
    return figure
