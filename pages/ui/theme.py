"""Colours: one for each genre, and a figure's clothes for the reader's theme."""

import plotly.graph_objects as go
import streamlit as st

# Of middle lightness, so that each reads on paper white and on cinema black.
GENRE_COLORS: dict[str, str] = {
    "Action": "#d1452f",
    "Adventure": "#d9822b",
    "Animation": "#e0a91f",
    "Children's": "#8fae2e",
    "Comedy": "#c9a227",
    "Crime": "#7d6b91",
    "Documentary": "#5f8f8a",
    "Drama": "#3f7cb5",
    "Fantasy": "#9a63c9",
    "Film-Noir": "#7a7f87",
    "Horror": "#a3324d",
    "Musical": "#d45fa0",
    "Mystery": "#5c6bc0",
    "Romance": "#dc5f77",
    "Sci-Fi": "#1f9aa8",
    "Thriller": "#5b8c4a",
    "War": "#96784a",
    "Western": "#b3693a",
}
OTHER_COLOR = "#8a8178"
STAR_COLORS: tuple[str, ...] = ("#a3483c", "#c98a4b", "#b9a98f", "#6fa287", "#2f8f72")
ROLE_COLORS: dict[str, str] = {"one": "#c8452f", "everyone": "#a59a8d", "highlight": "#d99a1c", "second": "#2f7fb8"}


def genre_color(genre: str) -> str:
    """Return a genre's colour."""
    return GENRE_COLORS.get(genre, OTHER_COLOR)


def is_dark() -> bool:
    """Say whether the reader's theme is the dark one."""
    return bool(st.context.theme.type == "dark")


def style(figure: go.Figure, *, height: int = 320) -> go.Figure:
    """Dress a figure for the reader's theme: transparent background, readable lines and letters.

    Args:
        figure: changed in place.
        height: in pixels.
    """
    ink, lines = ("#f5efe6", "rgba(245,239,230,0.16)") if is_dark() else ("#150f0b", "rgba(35,27,22,0.14)")
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": ink, "size": 15},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0, "font": {"color": ink}},
        hoverlabel={"font": {"size": 15}},
        bargap=0.25,
    )
    figure.update_xaxes(gridcolor=lines, zerolinecolor=lines, automargin=True, tickfont={"color": ink})
    figure.update_yaxes(gridcolor=lines, zerolinecolor=lines, automargin=True, tickfont={"color": ink})
    return figure
