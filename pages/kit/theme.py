"""Colours: one for each genre, and a figure's clothes for the reader's theme.

Eighteen genres have one colour each, the same on posters, badges, dots and bars, on a light ground and on a dark one.
They were chosen by a search: of the sRGB colours whose luminance lies between 0.062 and 0.47, so that each has a
contrast of at least 1.9 with either ground, those eighteen whose closest pair lies farthest apart in OKLab (Ottosson,
2020) for normal, red-blind and green-blind eyes (Machado, Oliveira and Fernandes, 2009), where normal eyes were asked
for 1.3 times as much. From many picks of far points, one colour of the closest pair was exchanged for the farthest free
one until nothing gained. The closest pair is 0.120 apart for normal eyes, 0.091 for red-blind and 0.093 for green-blind
ones (0.02 can just be seen); the most frequent genres got those of middle lightness. Eighteen are more than anybody
knows by heart: a name always stands beside the colour.
"""

import re
from html import escape
from typing import Any
from unicodedata import east_asian_width

import numpy as np
import plotly.graph_objects as go
import streamlit as st

GENRE_COLORS: dict[str, str] = {
    "Action": "#e01708",
    "Adventure": "#f06c1f",
    "Animation": "#d864ff",
    "Children's": "#9bc183",
    "Comedy": "#f7a227",
    "Crime": "#744d83",
    "Documentary": "#0fb9b9",
    "Drama": "#4664c1",
    "Fantasy": "#74089b",
    "Film-Noir": "#274d46",
    "Horror": "#b900ff",
    "Musical": "#d1a2ff",
    "Mystery": "#4600d8",
    "Romance": "#a26c8b",
    "Sci-Fi": "#0093c9",
    "Thriller": "#55744d",
    "War": "#930008",
    "Western": "#a29374",
}
OTHER_COLOR = "#8a8178"
"""Of what has no colour of its own, such as a genre that MovieLens 1M does not have; its name tells it apart."""
STAR_COLORS: tuple[str, ...] = ("#a3483c", "#c98a4b", "#b9a98f", "#6fa287", "#2f8f72")
ROLE_COLORS: dict[str, str] = {"one": "#c8452f", "everyone": "#a59a8d", "highlight": "#d99a1c", "second": "#2f7fb8"}


def genre_color(genre: str) -> str:
    """Return a genre's colour; `OTHER_COLOR` for a genre of another data set."""
    return GENRE_COLORS.get(genre, OTHER_COLOR)


def font() -> str:
    """Return the faces of all text, as CSS lists them; `.streamlit/config.toml` names them."""
    return str(st.get_option("theme.font"))


def is_dark() -> bool:
    """Say whether the reader's theme is the dark one."""
    return bool(st.context.theme.type == "dark")


TEXTS = ("name", "x", "y", "text", "hovertext", "customdata")
"""Where a trace holds words of the data; what is ours and has markup stands in templates, titles and annotations."""


_SIZE = 15
LINE, LEGEND_LINE = 32, 38
"""Letters that a line of an axis title or a note and of a legend has at most: a phone has no room for more."""
_PIECES = re.compile(r"[^\s⺀-￯]+|[（“‘「《]*[⺀-￯][），。、；：”’」》！？％]*")
"""What no line is broken inside of: a word, or a Chinese sign with the punctuation that belongs to it."""


def as_text(text: str) -> str:
    """Return words of the data so that Plotly, which understands some HTML, shows them as they are."""
    return escape(text, quote=False)


def style(figure: go.Figure, *, height: int = 320) -> go.Figure:
    """Dress a figure for the reader's theme, and let words of the data in its traces be shown as they are.

    Args:
        figure: changed in place; with all its traces, and once.
        height: in pixels.
    """
    for trace in figure.data:
        for field in TEXTS:
            if field in trace and trace[field] is not None:
                trace[field] = _all_as_text(trace[field])
        if trace.name:
            trace.name = in_lines(trace.name, LEGEND_LINE)
    return dress(figure, height=height)


def in_lines(text: str, room: int) -> str:
    """Return a text of one line in as few lines as it needs, about equally long, as Plotly breaks them.

    Args:
        text: without markup.
        room: letters that a line has at most, unless a single word is longer; a Chinese sign is as wide as two.
    """
    fewest = len(_filled(text, room))
    enough = (width for width in range(1, room) if len(_filled(text, width)) <= fewest)
    return "<br>".join(_filled(text, next(enough, room)))


def _filled(text: str, room: int) -> list[str]:
    """The lines of a text, each as full as it gets."""
    starts = [piece.start() for piece in _PIECES.finditer(text)] or [0]
    lines = [""]
    for start, end in zip([0, *starts[1:]], [*starts[1:], len(text)], strict=True):
        if lines[-1] and _width((lines[-1] + text[start:end]).rstrip()) > room:
            lines.append("")
        lines[-1] += text[start:end]
    return [line.strip() for line in lines]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _all_as_text(value: Any) -> Any:  # noqa: ANN401
    """Strings, wherever they are, as text; all else as it is."""
    if isinstance(value, str):
        return as_text(value)
    if isinstance(value, np.ndarray):
        return value if value.dtype.kind not in "OUS" else _all_as_text(value.tolist())
    return [_all_as_text(one) for one in value] if isinstance(value, list | tuple) else value


def dress(figure: go.Figure, *, height: int = 320) -> go.Figure:
    """Dress a figure for the reader's theme: transparent background, readable lines and letters.

    A finger on it scrolls the page instead of drawing a box. Plotly's tools stand in the margin at the right, where no
    legend comes. Titles of axes are broken into lines that a phone has room for; Plotly breaks none by itself.

    Args:
        figure: changed in place.
        height: in pixels.
    """
    ink, lines = ("#f5efe6", "rgba(245,239,230,0.16)") if is_dark() else ("#150f0b", "rgba(35,27,22,0.14)")
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 36, "t": 28, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": ink, "size": _SIZE, "family": font()},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0, "font": {"color": ink}},
        hoverlabel={"font": {"size": _SIZE}},
        bargap=0.25,
        dragmode=False,
        modebar={"orientation": "v", "bgcolor": "rgba(0,0,0,0)", "color": ink, "activecolor": ink},
    )
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.update(gridcolor=lines, zerolinecolor=lines, automargin=True, tickfont={"color": ink})
        axis.title.font.size = _SIZE
        if axis.title.text:
            start, end = (axis.domain or (0, 1)) if axis.plotly_name.startswith("xaxis") else (0, 1)
            axis.title.text = in_lines(axis.title.text, round(LINE * (end - start)))
    return figure
