"""The map of all films: a dot each, coloured by main genre, drawn once and then left alone."""

from html import escape

import pandas as pd
import plotly.graph_objects as go

from pages.ui import i18n
from pages.ui.charts import MODEBAR
from pages.ui.i18n import t
from pages.ui.theme import genre_color

CONFIG = {
    "displaylogo": False,
    "responsive": True,
    "scrollZoom": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d"],
}
_HOVER = {
    name: f"%{{customdata[{i}]}}" for i, name in enumerate(("title", "year", "genres", "mean", "ratings"), start=1)
}
_SMALLEST, _LARGEST = 4.0, 15.0


def film_map(table: pd.DataFrame, *, method: str) -> go.Figure:
    """Dots of all films; the legend filters by genre, the size grows with the number of ratings.

    The figure carries no colour of a theme, so that one object serves every session and never changes.

    Args:
        table: columns movie_id, title, year, genres, main_genre, num_ratings, mean_rating, x, y
            (`recsys.data.film_table.film_table`).
        method: "tsne" or "pca", for the titles of the axes.
    """
    figure = go.Figure()
    sizes = _sizes(table["num_ratings"])
    order = table["main_genre"].value_counts().index
    for genre in order:
        films = table[table["main_genre"] == genre]
        figure.add_scattergl(
            x=films["x"].round(3),
            y=films["y"].round(3),
            mode="markers",
            name=i18n.genre(genre),
            marker={"color": genre_color(genre), "size": sizes[films.index], "opacity": 0.8, "line": {"width": 0}},
            customdata=_hover_values(films),
            hovertemplate=t("chart.map_hover", **_HOVER) + "<extra></extra>",
        )
    _lay_out(figure, method)
    return figure


def _sizes(num_ratings: "pd.Series[int]") -> "pd.Series[float]":
    """Diameter of each dot in pixels: its area grows with the number of ratings."""
    share = (num_ratings / max(1, int(num_ratings.max()))) ** 0.5
    return (_SMALLEST + (_LARGEST - _SMALLEST) * share).round(1)


def _hover_values(films: pd.DataFrame) -> list[list[object]]:
    """Movie id first: a click sends it back. Text is escaped, since Plotly reads some HTML."""
    values = zip(
        *(films[c] for c in ("movie_id", "title", "year", "genres", "mean_rating", "num_ratings")), strict=True
    )
    return [
        [
            int(movie_id),
            escape(title),
            "–" if pd.isna(year) else int(year),
            escape(i18n.genres(genres)),
            "–" if pd.isna(mean) else f"{mean:.2f}",
            f"{num_ratings:,}",
        ]
        for movie_id, title, year, genres, mean, num_ratings in values
    ]


def _lay_out(figure: go.Figure, method: str) -> None:
    axis = {"showticklabels": False, "showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(title=t("chart.map_axis", method=t(f"map.{method}"), number=1), **axis)
    figure.update_yaxes(title=t("chart.map_axis", method=t(f"map.{method}"), number=2), scaleanchor="x", **axis)
    figure.update_layout(
        height=600,
        dragmode="pan",
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        modebar=MODEBAR,
        hoverlabel={"font": {"size": 15}},
        legend={
            "orientation": "h",
            "yanchor": "top",
            "y": -0.07,
            "x": 0,
            "itemsizing": "constant",
            "font": {"size": 14},
        },
    )
