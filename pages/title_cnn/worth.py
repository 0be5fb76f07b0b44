"""Title worth: what titles add at all, as it was measured when the model was trained."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.kit import cards, frame, i18n, theme
from pages.kit.i18n import number, t
from pages.kit.origin import origin_of
from pages.title_cnn.link import View
from recsys.errors import ConfigError
from recsys.recommend import Recommender
from recsys.training.title_check import WAYS, Part, TitleCheck

NOISE = 2.0
"""Differences below this many standard deviations of the shuffles are called none."""
SAME = 0.0005
"""An error that changes by fewer stars than this is called the same: nobody could notice."""


def draw(model: Recommender, view: View) -> None:
    """Draw the error with titles as they are, shuffled and left out; for known films and for new ones."""
    del view
    st.markdown(t("title.worth.text"))
    values = model.bundle.info.title_check
    if values is None:
        _not_measured()
        return
    try:
        check = TitleCheck.from_dict(values)
    except ConfigError as error:
        frame.show_error(error)
        return
    parts = {"known": check.known, "held_out": check.held_out}
    rows = [row for name, part in parts.items() if part is not None for row in _rows(name, part)]
    for column, (name, part) in zip(st.columns(2, gap="large"), parts.items(), strict=True):
        with column:
            _part(name, part, check)
    words = t("title.worth.how", shuffles=check.num_shuffles, share=f"{check.share:.0%}", epochs=check.epochs)
    st.caption(t("title.worth.by_companion", words=words) if check.known_by == "companion" else words)
    cards.download(rows, origin=origin_of(model).columns(), file_name="title-worth.csv", key="title_worth_csv")


def _not_measured() -> None:
    st.info(t("title.worth.none"), icon=":material/pending:")
    st.page_link(
        "training/view.py",
        label=t("title.worth.train"),
        icon=frame.PAGE_ICONS["training"],
        query_params={"lang": i18n.language()},
    )


def _part(name: str, part: Part | None, check: TitleCheck) -> None:
    """One kind of films: a chart, and what it says."""
    st.header(t(f"title.worth.{name}"), anchor=False)
    if part is None:
        st.info(t("title.worth.stopped"), icon=":material/stop:")
        return
    st.caption(t("title.worth.counts", films=number(part.num_films), ratings=number(part.num_ratings)))
    table = pd.DataFrame(_rows(name, part))
    cards.chart(_chart(table), key=f"chart_worth_{name}")
    st.markdown(_verdict(part, check))
    st.markdown(_without(part))


def _verdict(part: Part, check: TitleCheck) -> str:
    """In a sentence: by how much the error grows without the right titles."""
    grows = part.rmse["shuffled"] - part.rmse["trained"]
    digits = 5 if abs(grows) < SAME else 4
    sd = f"{part.shuffled_sd:.{digits}f}"
    values = {"grows": f"{abs(grows):.{digits}f}", "sd": sd, "shuffles": check.num_shuffles}
    if abs(grows) <= NOISE * part.shuffled_sd:
        return t("title.worth.nothing", **values)
    if abs(grows) < SAME:
        return t("title.worth.tiny", **values)
    return t("title.worth.helps" if grows > 0 else "title.worth.harms", **values)


def _without(part: Part) -> str:
    """In a sentence: what happens to the error without any title."""
    grows = part.rmse["zeroed"] - part.rmse["trained"]
    if abs(grows) < max(SAME, NOISE * part.shuffled_sd):
        return t("title.worth.zero.same", change=f"{abs(grows):.5f}")
    return t("title.worth.zero.grows" if grows > 0 else "title.worth.zero.shrinks", change=f"{abs(grows):.4f}")


def _rows(name: str, part: Part) -> list[dict[str, object]]:
    return [
        {
            "films": name,
            "titles": way,
            "rmse": part.rmse[way],
            "deviation": part.shuffled_sd if way == "shuffled" else 0.0,
            "name": t(f"title.way.{way}"),
        }
        for way in WAYS
    ]


def _chart(table: pd.DataFrame) -> go.Figure:
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
