"""Which groups of people would like a film: their mean predicted stars, by gender, age group and occupation."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.kit import cards, resources, theme
from pages.kit.i18n import name, number, t
from pages.kit.origin import origin_of
from recsys.data.dataset import Movie
from recsys.data.profiles import PersonField
from recsys.recommend import Recommender
from recsys.recommend.audiences import groups_who_would_like


def draw(model: Recommender, movie: Movie, fields: Mapping[PersonField, str]) -> None:
    """Draw one chart for each field of people.

    Args:
        model: what predicts.
        movie: the film.
        fields: columns of people -> what their texts are called.
    """
    st.markdown(t("film.who_groups"))
    records: list[dict[str, object]] = []
    for tab, (field, kind) in zip(
        st.tabs([t(f"person.{kind}") for kind in fields.values()]), fields.items(), strict=True
    ):
        found = resources.answer_of_model(groups_who_would_like, model, movie.movie_id, field)
        table = pd.DataFrame(found, columns=["group", "num_people", "stars"])
        table["name"] = [name(kind, group.group) for group in found]
        with tab:
            cards.chart(bars(table), key=f"who_groups_{kind}")
        film = {"movie_id": movie.movie_id, "title": movie.title}
        records += [{"trait": kind, **group._asdict(), **film} for group in found]
    cards.download(
        records,
        origin=origin_of(model).columns(),
        file_name=f"film-{movie.movie_id}-groups.csv",
        key="who_groups_csv",
    )


def bars(table: pd.DataFrame) -> go.Figure:
    """Return a figure of the mean predicted stars of groups, with how many people they are.

    Args:
        table: columns name, stars, num_people; the first row on top.
    """
    rows = table.iloc[::-1]
    figure = go.Figure(
        go.Bar(
            x=rows["stars"],
            y=rows["name"],
            orientation="h",
            marker={"color": theme.ROLE_COLORS["highlight"]},
            text=[
                f"{stars:.2f} ★ · {number(count)}"
                for stars, count in zip(rows["stars"], rows["num_people"], strict=True)
            ],
            textposition="inside",
            customdata=rows[["num_people"]],
            hovertemplate=t("chart.groups_hover") + "<extra></extra>",
        )
    )
    figure.update_xaxes(title=t("chart.predicted_stars_people"), range=[1, 5])
    figure.update_yaxes(ticksuffix="  ")
    theme.style(figure, height=100 + 30 * max(2, len(rows)))
    return figure
