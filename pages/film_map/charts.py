"""Map charts by Plotly: the film map in three dimensions, and a flat one for browsers without WebGL.

Both take what `pages.film_map.data` knows of films or people. Texts from data are escaped, since Plotly reads some of
them as HTML.
"""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from pages.film_map.palette import PALETTE
from pages.film_map.scene import Column, Scene
from pages.kit import theme
from pages.kit.i18n import t

MAX_FLAT = 5_000
"""Dots of the flat chart, which draws each of them as an element of the page; the best known ones."""
CONFIG = {
    "displaylogo": False,
    "responsive": True,
    "scrollZoom": False,  # the wheel is the page's; the tools over the chart zoom
    "modeBarButtonsToRemove": ["select2d", "lasso2d"],
}
_TOOLS = {"bgcolor": "rgba(0,0,0,0)", "color": theme.OTHER_COLOR, "activecolor": theme.OTHER_COLOR}
_SMALLEST, _LARGEST = 4.0, 15.0
_SMALLEST_SOLID, _LARGEST_SOLID = 2.5, 11.0
Places = NDArray[np.float32]
Rows = NDArray[np.integer[Any]]


def flat(scene: Scene, places: Places, column: Column, *, height: int) -> go.Figure:
    """Dots in two dimensions, drawn without WebGL.

    Args:
        scene: the points.
        places: (N, 2) place of each.
        column: what colours them.
        height: in pixels.
    """
    figure = go.Figure()
    known = np.argsort(-np.asarray(scene.weights), kind="stable")[:MAX_FLAT]
    sizes = _SMALLEST + (_LARGEST - _SMALLEST) * np.sqrt(scene.sizes)
    for rows, look in _parts(column, np.sort(known)):
        marker = {"size": sizes[rows].round(1), "opacity": 0.8, "line": {"width": 0}, **look.pop("marker")}
        figure.add_scatter(
            x=places[rows, 0].round(3),
            y=places[rows, 1].round(3),
            mode="markers",
            marker=marker,
            **_texts(scene, rows),
            **look,
        )
    axis = {"showticklabels": False, "showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(**axis)
    figure.update_yaxes(scaleanchor="x", **axis)
    _dressed(figure, height)
    return figure.update_layout(dragmode="pan", hovermode="closest", modebar=_TOOLS)


def solid(scene: Scene, places: Places, column: Column, *, chosen: int, near: Rows, height: int) -> go.Figure:
    """Dots in three dimensions, to be turned; the chosen one and its neighbours are joined by lines.

    Args:
        scene: the points.
        places: (N, 3) place of each.
        column: what colours them.
        chosen: row of the chosen point.
        near: (k,) rows of its neighbours, nearest first.
        height: in pixels.
    """
    figure = go.Figure()
    sizes = _SMALLEST_SOLID + (_LARGEST_SOLID - _SMALLEST_SOLID) * np.sqrt(scene.sizes)
    for rows, look in _parts(column, np.arange(len(places))):
        marker = {"size": sizes[rows].round(1), "opacity": 0.75, "line": {"width": 0}, **look.pop("marker")}
        figure.add_scatter3d(**_xyz(places[rows]), mode="markers", marker=marker, **_texts(scene, rows), **look)
    spokes = np.full((3 * len(near), 3), np.nan, dtype=np.float32)
    spokes[0::3], spokes[1::3] = places[chosen], places[near]
    line = {"color": _palette()["neighbor"], "width": 4}
    figure.add_scatter3d(**_xyz(spokes), mode="lines", line=line, hoverinfo="skip", showlegend=False, connectgaps=False)
    named = np.concatenate([[chosen], near]).astype(np.int64)
    figure.add_scatter3d(
        **_xyz(places[named]),
        mode="markers+text",
        marker={"size": [9, *[5] * len(near)], "color": line["color"]},
        text=[theme.as_text(scene.titles[chosen]), *(str(at + 1) for at in range(len(near)))],
        textposition="top center",
        showlegend=False,
        **{name: value for name, value in _texts(scene, named).items() if name != "text"},
    )
    axis = {
        "showticklabels": False,
        "title": "",
        "showbackground": False,
        "showspikes": False,
        "gridcolor": "rgba(128,128,128,0.25)",
    }
    figure.update_layout(
        scene={"xaxis": axis, "yaxis": axis, "zaxis": axis, "aspectmode": "data", "dragmode": "orbit"},
        uirevision="the reader's own view",
    )
    return _dressed(figure, height)


def _parts(column: Column, rows: Rows) -> list[tuple[Rows, dict[str, Any]]]:
    """Points that are drawn alike: (rows, how), one part for each entry of the legend."""
    values = np.asarray(column.values)[rows]
    if column.kind == "number":
        shown = np.log10(np.maximum(values, 1)) if column.scale == "log" else values
        bar = {"title": {"text": column.title, "side": "right"}, "thickness": 12, "len": 0.8, "outlinewidth": 0}
        if column.scale == "log":
            powers = np.arange(np.ceil(np.nanmax(shown, initial=0)) + 1)
            bar |= {"tickvals": powers.tolist(), "ticktext": [f"{10**power:,.0f}" for power in powers]}
        marker = {"color": shown, "colorscale": _palette()["ramp"], "showscale": True, "colorbar": bar}
        return [(rows, {"marker": marker, "showlegend": False, "name": ""})]
    colors = _category_colors(column)
    parts = [(code, rows[values == code]) for code in range(-1, len(column.labels))]
    parts = sorted(
        (part for part in parts if len(part[1])),
        key=lambda part: part[0] if column.kind == "ordinal" else -len(part[1]),
    )
    return [
        (
            own,
            {
                "name": theme.as_text(column.labels[code]) if code >= 0 else t("map_view.unknown"),
                "marker": {"color": colors[code]},
            },
        )
        for code, own in parts
    ]


def _category_colors(column: Column) -> dict[int, Any]:
    """Colour of each part: its own, else the largest get one of the map's; ordered parts lie along a ramp."""
    palette = _palette()
    plain = palette["plain"]
    count = len(column.labels)
    if column.kind == "ordinal":
        from plotly.colors import sample_colorscale  # noqa: PLC0415 - only for ordered parts

        shades = sample_colorscale(palette["ramp"], [at / max(1, count - 1) for at in range(count)])
        return {-1: plain, **dict(enumerate(shades))}
    if column.colors:
        return {-1: plain, **dict(enumerate(column.colors))}
    codes = np.asarray(column.values)
    order = np.argsort(-np.bincount(codes[codes >= 0], minlength=count), kind="stable").tolist()
    own = dict(zip(order, palette["categories"], strict=False))
    return {code: own.get(code, plain) for code in range(-1, count)}


def _palette() -> dict[str, Any]:
    return PALETTE["dark" if theme.is_dark() else "light"]


def _texts(scene: Scene, rows: Rows) -> dict[str, Any]:
    """What a click and the pointer need: id, title and lines."""
    words = [
        "<br>".join([f"<b>{theme.as_text(scene.titles[row])}</b>", *map(theme.as_text, scene.lines[row])])
        for row in rows.tolist()
    ]
    return {
        "customdata": [[wanted] for wanted in scene.ids[rows].tolist()],  # lists: of an array a click loses its kind
        "text": words,
        "hovertext": words,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _xyz(places: Places) -> dict[str, Places]:
    return {name: places[:, at].round(3) for at, name in enumerate("xyz")}


def _dressed(figure: go.Figure, height: int) -> go.Figure:
    theme.dress(figure, height=height)
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        legend={"orientation": "v", "yanchor": "top", "y": 1, "x": 1.0, "itemsizing": "constant", "font": {"size": 13}},
    )
    return figure
