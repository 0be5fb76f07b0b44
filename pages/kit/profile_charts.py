"""Charts of one person and one film beside everyone: tidy tables of `recsys.data.profiles` in, figures out."""

import pandas as pd
import plotly.graph_objects as go

from pages.kit import i18n, theme
from pages.kit.i18n import genre, t
from pages.kit.theme import ROLE_COLORS, STAR_COLORS


def liking(table: pd.DataFrame, *, most: int = 12) -> go.Figure:
    """Bars from a middle line: genres liked more, and less, than everyone likes the same films.

    Args:
        table: as `profiles.genre_taste` returns it.
        most: where there are more genres, those furthest from the middle are kept.
    """
    kept = table.loc[table["liking"].abs().sort_values(ascending=False).index[:most]].sort_values("liking")
    figure = go.Figure(
        go.Bar(
            x=kept["liking"],
            y=[genre(value) for value in kept["genre"]],
            orientation="h",
            marker={"color": [STAR_COLORS[4] if value >= 0 else STAR_COLORS[0] for value in kept["liking"]]},
            text=[f"{value:+.2f}" for value in kept["liking"]],
            textposition="auto",
            customdata=kept[["num_ratings", "mean_rating"]],
            hovertemplate=t("chart.liking_hover") + "<extra></extra>",
        )
    )
    figure.update_xaxes(title=t("chart.liking_axis"), zeroline=True, zerolinewidth=2)
    return theme.style(figure, height=90 + 27 * max(3, len(kept)))


def stars(table: pd.DataFrame, *, who: str) -> go.Figure:
    """Bars of the shares of each number of stars, beside everyone's.

    Args:
        table: as `profiles.stars_of_user` or `profiles.stars_of_movie` returns it.
        who: whose stars, for the legend.
    """
    labels = [f"{value} ★" for value in table["stars"]]
    return _beside(table, labels, who=who, axis=t("chart.stars_axis"))


def decades(table: pd.DataFrame, *, who: str) -> go.Figure:
    """Bars of the shares of each decade, beside everyone's."""
    return _beside(table, [decade(value) for value in table["decade"]], who=who, axis=t("chart.decades_axis"))


def decade(first_year: int) -> str:
    """Return a decade's name."""
    return t("decade.name", year=first_year)


def audience(table: pd.DataFrame, names: list[str], *, mean: float) -> go.Figure:
    """Bars of the mean stars that each group gave a film, with the number of ratings.

    Args:
        table: as `profiles.audience` returns it.
        names: the groups in the reader's language.
        mean: the film's mean stars, a line across.
    """
    rows = table.assign(name=names)
    rows = rows[rows["num_ratings"] > 0].iloc[::-1]
    figure = go.Figure(
        go.Bar(
            x=rows["mean_rating"],
            y=rows["name"],
            orientation="h",
            marker={"color": ROLE_COLORS["second"]},
            text=[f"{value:.2f} ★" for value in rows["mean_rating"]],
            textposition="inside",
            customdata=rows[["num_ratings", "share_high"]],
            hovertemplate=t("chart.audience_hover") + "<extra></extra>",
        )
    )
    figure.add_vline(x=mean, line={"dash": "dot", "color": ROLE_COLORS["one"], "width": 2})
    figure.update_xaxes(title=t("chart.audience_axis"), range=[1, 5])
    figure.update_yaxes(ticksuffix="  ")
    return theme.style(figure, height=100 + 30 * max(2, len(rows)))


def _beside(table: pd.DataFrame, labels: list[str], *, who: str, axis: str) -> go.Figure:
    """Two bars for each label: one's share and everyone's."""
    figure = go.Figure()
    columns = (("share", who, ROLE_COLORS["one"]), ("share_everyone", t("chart.everyone"), ROLE_COLORS["everyone"]))
    for column, legend, color in columns:
        figure.add_bar(
            x=labels,
            y=table[column],
            name=legend,
            marker={"color": color},
            customdata=table["num_ratings"],
            hovertemplate=i18n.labelled("%{x}", "%{y:.1%}") + "<extra>%{fullData.name}</extra>",
        )
    figure.update_yaxes(title=t("chart.share_axis"), tickformat=".0%", rangemode="tozero")
    figure.update_xaxes(title=axis, type="category")
    return theme.style(figure, height=300)
