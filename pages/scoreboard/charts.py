"""The charts of the scoreboard: two measures against each other, sampled against full ranking, errors by group."""

import math
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.kit import i18n
from pages.kit.charts import COMPARE, COUNT, MEAN
from pages.kit.i18n import t
from pages.kit.theme import ROLE_COLORS, style
from pages.scoreboard.label_places import places
from pages.scoreboard.scope import measure_name
from recsys.evaluation.board_reading import DIRECTIONS, STARS

NEITHER_BETTER = frozenset({"coverage", "novelty", "diversity"})
"""Measures of which more is not better by itself."""

LINE_COLORS = ("#c8452f", "#2f7fb8", "#d99a1c", "#3f8f5f", "#8b5fb5", "#c75a92", "#6a7f8f", "#a06a3c")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x", "star", "pentagon", "cross")
LINE_DASHES = ("solid", "dash", "dot", "dashdot")
_LOG_FROM = 50.0
"""An axis whose values lie further apart than this is a logarithmic one."""


@dataclass(frozen=True)
class Axis:
    """One axis of the chart of two measures: where values lie, and a strip at its bad end for those that have none.

    Attributes:
        measure: what it shows.
        is_log: are the values far apart?
        low, high: range of the values, in powers of 10 if it is logarithmic.
        has_gaps: is the strip needed?
    """

    measure: str
    is_log: bool
    low: float
    high: float
    has_gaps: bool

    @property
    def span(self) -> float:
        """Length of the range of the values."""
        return self.high - self.low

    @property
    def is_low_best(self) -> bool:
        """Are small values the good ones?"""
        return DIRECTIONS[self.measure] == "low"

    @property
    def limits(self) -> tuple[float, float]:
        """Both ends of what is drawn; in powers of 10 if it is logarithmic."""
        strip = 0.24 * self.span if self.has_gaps else 0.0
        margin = 0.12 * self.span
        low = self.low - margin - (0.0 if self.is_low_best else strip)
        return low, self.high + margin + (strip if self.is_low_best else 0.0)

    @property
    def border(self) -> float:
        """Where the strip begins, in data values."""
        return self._outside(0.10)

    @property
    def ticks(self) -> list[float] | None:
        """Data values to be written at the axis: none in the strip; None where Plotly may choose."""
        if self.is_log or not self.has_gaps:
            return None
        rough = self.span / 5
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
        first, last = math.ceil((self.low - 0.12 * self.span) / step), math.floor((self.high + 0.10 * self.span) / step)
        return [round(number * step, 10) for number in range(first, last + 1)]

    def place(self, value: float) -> float:
        """Where a value is drawn, in data values; one that is missing in the middle of the strip."""
        return self._outside(0.23) if math.isnan(value) else value

    def share(self, value: float) -> float:
        """Where a data value stands between both ends, 0 to 1."""
        low, high = self.limits
        return ((math.log10(value) if self.is_log else value) - low) / (high - low)

    def _outside(self, share: float) -> float:
        at = self.high + share * self.span if self.is_low_best else self.low - share * self.span
        return 10.0**at if self.is_log else at


def axis_of(values: pd.Series, measure: str) -> Axis:
    """Return the axis for some values, NaN among them where a contender has none."""
    known = values.dropna()
    is_log = bool(len(known)) and known.min() > 0 and known.max() / known.min() > _LOG_FROM
    low, high = (known.min(), known.max()) if len(known) else (0.0, 1.0)
    if is_log:
        low, high = math.log10(low), math.log10(high)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    return Axis(measure, is_log, float(low), float(high), bool(values.isna().any()))


def measures(table: pd.DataFrame, first: str, second: str) -> go.Figure:
    """Points of all contenders by two measures, each with its name.

    Args:
        table: columns name, is_network, x, y, x_text, y_text; x and y are NaN where a contender has no such measure.
        first: measure along the horizontal axis.
        second: along the vertical one.
    """
    across, up = axis_of(table["x"], first), axis_of(table["y"], second)
    drawn = table.assign(x=table["x"].map(across.place), y=table["y"].map(up.place))
    shares = [(across.share(x), up.share(y)) for x, y in zip(drawn["x"], drawn["y"], strict=True)]
    drawn["place"] = places(shares, drawn["name"].tolist())
    figure = go.Figure()
    kinds = ((False, "baseline", COUNT, "circle"), (True, "network", ROLE_COLORS["one"], "diamond"))
    for is_network, name, color, symbol in kinds:
        rows = drawn[drawn["is_network"] == is_network]
        figure.add_scatter(
            x=rows["x"],
            y=rows["y"],
            mode="markers+text",
            text=rows["name"],
            textposition=rows["place"],
            textfont={"size": 14},
            marker={"color": color, "size": 13, "symbol": symbol},
            customdata=rows[["x_text", "y_text"]],
            hovertemplate="<b>%{text}</b><br>"
            + i18n.labelled(measure_name(first), "%{customdata[0]}<br>")
            + i18n.labelled(measure_name(second), "%{customdata[1]}<extra></extra>"),
            name=t(f"chart.{name}"),
            showlegend=bool(len(rows)),
            cliponaxis=False,
        )
    _dress(figure, across, up)
    style(figure, height=500)
    figure.update_layout(margin={"t": 44})
    return figure


def _dress(figure: go.Figure, across: Axis, up: Axis) -> None:
    """Title both axes, and mark off the strip of what has no value."""
    for axis, update, add in (
        (across, figure.update_xaxes, figure.add_vline),
        (up, figure.update_yaxes, figure.add_hline),
    ):
        update(title=_title(axis), type="log" if axis.is_log else "linear", range=list(axis.limits), zeroline=False)
        if axis.ticks is not None:
            update(tickvals=axis.ticks)
        if axis.has_gaps:
            add(axis.border, line={"color": COMPARE, "dash": "dot"})
            _name_strip(figure, axis, is_across=axis is across)


def _name_strip(figure: go.Figure, axis: Axis, *, is_across: bool) -> None:
    """Say in the strip why its contenders have no value; anchored to the border of the plot, which nothing cuts off."""
    end = 1 if axis.is_low_best else 0
    figure.add_annotation(
        text=t("chart.no_stars" if axis.measure in STARS else "scoreboard.unmeasured"),
        font={"size": 13},
        showarrow=False,
        xref="paper",
        yref="paper",
        x=end if is_across else 0,
        xanchor=("left", "right")[end] if is_across else "left",
        y=0 if is_across else end,
        yanchor="bottom" if is_across else ("bottom", "top")[end],
    )


def _title(axis: Axis) -> str:
    name = measure_name(axis.measure)
    if axis.measure in NEITHER_BETTER:
        return name
    return t("chart.low_is_better" if axis.is_low_best else "chart.high_is_better", name=name)


def sampled(table: pd.DataFrame, full: str, flattering: str) -> go.Figure:
    """Two points a contender, joined by a line: by full and by sampled ranking, each with its place.

    Args:
        table: columns name, full, full_place, sampled, sampled_place; the first row is drawn on top.
        full: measure over all films.
        flattering: measure among 100 sampled films.
    """
    figure = go.Figure()
    for row in table.itertuples():
        figure.add_scatter(
            x=[row.full, row.sampled],
            y=[row.name, row.name],
            mode="lines",
            line={"color": COMPARE, "width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
    kinds = (
        ("full", full, COUNT, "circle", "middle left"),
        ("sampled", flattering, MEAN, "diamond", "middle right"),
    )
    for column, measure, color, symbol, side in kinds:
        figure.add_scatter(
            x=table[column],
            y=table["name"],
            mode="markers+text",
            marker={"color": color, "size": 13, "symbol": symbol},
            text=[f"#{place}" for place in table[f"{column}_place"]],
            textposition=side,
            name=measure_name(measure),
            hovertemplate=i18n.labelled("%{y}", t("list.clause").join(("%{x:.4f}", "%{text}")))
            + "<extra>%{fullData.name}</extra>",
        )
    figure.update_yaxes(autorange="reversed", ticksuffix="  ")
    figure.update_xaxes(title=t("chart.sampled_axis"), range=[-0.07, 1.0])
    style(figure, height=130 + 34 * len(table))
    figure.update_layout(margin={"t": 44})
    return figure


def errors_by_group(table: pd.DataFrame, *, title: str, is_ordered: bool) -> go.Figure:
    """RMSE of several contenders by group, and below it how many ratings each group has.

    Args:
        table: columns name, group, num_ratings, rmse; groups in their order.
        title: what the groups are.
        is_ordered: do the groups have an order, so that a line from one to the next means something?
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.64, 0.36], vertical_spacing=0.06)
    for at, (name, rows) in enumerate(table.groupby("name", sort=False)):
        color = LINE_COLORS[at % len(LINE_COLORS)]
        figure.add_scatter(
            x=rows["group"],
            y=rows["rmse"],
            mode="lines+markers" if is_ordered else "markers",
            name=str(name),
            line={"color": color, "dash": LINE_DASHES[at // 2 % len(LINE_DASHES)], "width": 2},
            marker={"color": color, "size": 11, "symbol": SYMBOLS[at % len(SYMBOLS)]},
            hovertemplate=i18n.labelled("%{x}", "%{y:.4f} ★") + "<extra>%{fullData.name}</extra>",
            row=1,
            col=1,
        )
    sizes = table.drop_duplicates("group")
    figure.add_bar(
        x=sizes["group"],
        y=sizes["num_ratings"],
        text=[f"{count:,}" for count in sizes["num_ratings"]],
        textposition="outside",
        cliponaxis=False,
        marker_color=COMPARE,
        hovertemplate=i18n.labelled("%{x}", "%{y:,}") + "<extra></extra>",
        showlegend=False,
        row=2,
        col=1,
    )
    figure.update_yaxes(title=t("chart.rmse"), row=1, col=1)
    most = int(sizes["num_ratings"].max())
    figure.update_yaxes(title=t("chart.num_test_ratings"), range=[0, 1.35 * most], nticks=4, row=2, col=1)
    figure.update_xaxes(type="category")
    figure.update_xaxes(title=title, row=2, col=1)
    style(figure, height=580)
    figure.update_layout(margin={"t": 60})
    return figure
