"""Charts: each function takes a tidy table and returns a Plotly figure.

Axes carry titles with units in the reader's language. Colours name a role, the same on every page and readable on a
light and a dark ground: blue counts, orange is a mean in stars, green is held out, grey is something to compare with.
Fonts, grid and ground are the theme's (`pages.kit.theme.style`).
"""

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.kit import i18n
from pages.kit.i18n import t
from pages.kit.theme import LINE, ROLE_COLORS, STAR_COLORS, in_lines, style
from recsys.data.dataset import MAX_STARS, MIN_STARS
from recsys.data.statistics import MatrixPicture

COUNT, MEAN, COMPARE = ROLE_COLORS["second"], ROLE_COLORS["highlight"], ROLE_COLORS["everyone"]
HELD_OUT = STAR_COLORS[-1]
DENSITY_SCALE = [[0.0, "rgba(47,127,184,0.05)"], [0.15, "#2f7fb8"], [0.5, "#d99a1c"], [1.0, "#f6dc8a"]]
_BAR_HEIGHT = 27


def rating_histogram(table: pd.DataFrame) -> go.Figure:
    """Bars of how often each number of stars was given.

    Args:
        table: columns stars, num_ratings, share (`recsys.data.statistics.rating_histogram`).
    """
    figure = go.Figure(
        go.Bar(
            x=table["stars"],
            y=table["num_ratings"],
            text=[f"{share:.0%}" for share in table["share"]],
            textposition="auto",
            marker_color=COUNT,
            hovertemplate="%{x} ★: %{y:,}<extra></extra>",
        )
    )
    figure.update_xaxes(title=t("chart.rating_stars"), dtick=1, ticksuffix=" ★")
    figure.update_yaxes(title=t("chart.num_ratings"))
    return _finish(figure, height=300)


def groups(table: pd.DataFrame, labels: list[str], *, overall_mean: float) -> go.Figure:
    """Bars of ratings and points of mean stars for groups of people or films, side by side.

    Args:
        table: columns num_ratings, mean_rating; one row a group, first row on top.
        labels: names of the groups in the reader's language.
        overall_mean: mean of all ratings in stars, drawn as a line.
    """
    figure = make_subplots(rows=1, cols=2, shared_yaxes=True, column_widths=[0.58, 0.42], horizontal_spacing=0.04)
    figure.add_bar(
        x=table["num_ratings"],
        y=labels,
        orientation="h",
        marker_color=COUNT,
        hovertemplate=i18n.labelled("%{y}", "%{x:,}") + "<extra></extra>",
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=table["mean_rating"],
        y=labels,
        mode="markers",
        marker={"color": MEAN, "size": 11},
        hovertemplate=i18n.labelled("%{y}", "%{x:.2f} ★") + "<extra></extra>",
        row=1,
        col=2,
    )
    figure.add_vline(x=overall_mean, line={"color": COMPARE, "dash": "dot"}, row=1, col=2)
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_xaxes(title=t("chart.num_ratings"), row=1, col=1)
    figure.update_xaxes(title=t("chart.mean_stars"), range=_star_range(table), ticksuffix=" ★", nticks=5, row=1, col=2)
    return _finish(figure, height=110 + _BAR_HEIGHT * len(labels))


def timeline(table: pd.DataFrame, *, time: str, time_title: str, overall_mean: float) -> go.Figure:
    """Ratings over time as bars, and below them their mean as a line.

    Args:
        table: a column named by `time`, num_ratings, mean_rating; ascending.
        time: column for the horizontal axis.
        time_title: its title.
        overall_mean: mean of all ratings in stars, drawn as a line.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.6, 0.4], vertical_spacing=0.06)
    figure.add_bar(
        x=table[time],
        y=table["num_ratings"],
        marker_color=COUNT,
        hovertemplate=i18n.labelled("%{x}", "%{y:,}") + "<extra></extra>",
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=table[time],
        y=table["mean_rating"],
        mode="lines+markers",
        line={"color": MEAN},
        marker={"size": 5},
        hovertemplate=i18n.labelled("%{x}", "%{y:.2f} ★") + "<extra></extra>",
        row=2,
        col=1,
    )
    figure.add_hline(y=overall_mean, line={"color": COMPARE, "dash": "dot"}, row=2, col=1)
    figure.update_yaxes(title=t("chart.num_ratings"), row=1, col=1)
    figure.update_yaxes(title=t("chart.mean_stars"), range=_star_range(table), row=2, col=1)
    figure.update_xaxes(title=time_title, row=2, col=1)
    return _finish(figure, height=420)


def long_tail(tail: pd.DataFrame, *, top: float, top_share: float) -> go.Figure:
    """The films in order of popularity: ratings of each, and the share of all ratings held so far.

    Args:
        tail: columns rank, title, num_ratings, cumulative_share (`recsys.data.statistics.long_tail`).
        top: share of the films to mark, 0 to 1.
        top_share: share of the ratings that they hold, 0 to 1.
    """
    num_top = max(1, round(top * len(tail)))
    figure = make_subplots(specs=[[{"secondary_y": True}]])
    figure.add_scatter(
        x=tail["rank"],
        y=tail["num_ratings"],
        mode="lines",
        fill="tozeroy",
        line={"color": COUNT, "width": 1.5},
        name=t("chart.num_ratings"),
        hovertemplate=i18n.labelled("%{x}", "%{y:,}") + "<extra></extra>",
    )
    figure.add_scatter(
        x=tail["rank"],
        y=tail["cumulative_share"],
        mode="lines",
        line={"color": MEAN, "dash": "dash"},
        name=t("chart.cumulative_share"),
        hovertemplate=i18n.labelled("%{x}", "%{y:.1%}") + "<extra></extra>",
        secondary_y=True,
    )
    note = t("chart.top_share", top=f"{top:.0%}", share=f"{top_share:.0%}")
    figure.add_vline(x=num_top, line={"color": COMPARE, "dash": "dot"}, annotation_text=in_lines(note, LINE))
    figure.update_xaxes(title=t("chart.film_rank"))
    figure.update_yaxes(title=t("chart.num_ratings"), secondary_y=False)
    figure.update_yaxes(
        title=t("chart.cumulative_share"),
        tickformat=".0%",
        range=[0, 1.02],
        dtick=0.25,
        showgrid=False,
        secondary_y=True,
    )
    return _finish(figure, height=380, legend=True)


def activity(table: pd.DataFrame) -> go.Figure:
    """Bars of how many people rated how many films, in classes that double.

    Args:
        table: columns from_ratings, to_ratings, num_users (`recsys.data.statistics.user_activity`).
    """
    ranges = zip(table["from_ratings"], table["to_ratings"], strict=True)
    labels = [f"{start:,}" if start == end else f"{start:,}–{end:,}" for start, end in ranges]
    bar = go.Bar(
        x=labels,
        y=table["num_users"],
        marker_color=COUNT,
        text=table["num_users"],
        textposition="auto",
        hovertemplate=i18n.labelled("%{x}", "%{y:,}") + "<extra></extra>",
    )
    figure = go.Figure(bar)
    figure.update_xaxes(title=t("chart.ratings_per_person"), type="category")
    figure.update_yaxes(title=t("chart.num_people"))
    return _finish(figure, height=320)


def matrix(picture: MatrixPicture) -> go.Figure:
    """The user x movie matrix as tiles whose colour is the share of cells with a rating.

    Args:
        picture: answer of `recsys.data.statistics.matrix_picture`.
    """
    height, width = picture.filled.shape
    heatmap = go.Heatmap(
        z=picture.filled.round(4),
        x0=1,
        dx=picture.movies_per_tile,
        y0=1,
        dy=picture.users_per_tile,
        colorscale=DENSITY_SCALE,
        zmin=0,
        zmax=1,
        colorbar={"title": t("chart.share_rated"), "tickformat": ".0%", "thickness": 14},
        hovertemplate=t("chart.matrix_hover", film="%{x:.0f}", person="%{y:.0f}", share="%{z:.1%}") + "<extra></extra>",
    )
    figure = go.Figure(heatmap)
    figure.update_xaxes(title=t("chart.films_by_popularity"), range=[0, width * picture.movies_per_tile])
    figure.update_yaxes(title=t("chart.people_by_activity"), range=[height * picture.users_per_tile, 0])
    return _finish(figure, height=460)


def stars_of(table: pd.DataFrame) -> go.Figure:
    """Small bars of the stars in some raw rows.

    Args:
        table: column rating, one row a rating.
    """
    stars = list(range(MIN_STARS, MAX_STARS + 1))
    number = table["rating"].value_counts().reindex(stars, fill_value=0)
    bar = go.Bar(x=stars, y=number.to_numpy(), marker_color=COUNT, hovertemplate="%{x} ★: %{y:,}<extra></extra>")
    figure = go.Figure(bar)
    figure.update_xaxes(title=t("chart.rating_stars"), dtick=1, ticksuffix=" ★")
    figure.update_yaxes(title=t("chart.num_ratings"))
    return _finish(figure, height=220)


def _star_range(table: pd.DataFrame) -> list[float]:
    """Range of an axis of mean stars: wide enough that a hundredth of a star does not look like a cliff."""
    known = table["mean_rating"].dropna()
    lowest, highest = (known.min(), known.max()) if len(known) else (MIN_STARS, MAX_STARS)
    return [max(MIN_STARS - 0.1, lowest - 0.3), min(MAX_STARS + 0.1, highest + 0.3)]


def _finish(figure: go.Figure, *, height: int, legend: bool = False) -> go.Figure:
    """Give a figure its clothes and its size."""
    style(figure, height=height)
    figure.update_layout(showlegend=legend, margin={"t": 40 if legend else 16})
    return figure
