"""The charts of training: one run against lines that mean something, and two runs against each other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from pages.kit import i18n
from pages.kit.charts import COMPARE, COUNT, HELD_OUT
from pages.kit.i18n import t
from pages.kit.theme import ROLE_COLORS, style
from recsys.report import RateChange

Unit = Literal["rmse", "mse"]
Note = tuple[dict[str, object], dict[str, object]]
"""A line in the chart and the words beside it, as Plotly's shape and annotation."""
Moment = tuple[float, str, str]
"""Epochs gone by, words, and the colour of the line there."""
_DASHES = ("dash", "dot", "dashdot", "longdash")
_PAIR = ((ROLE_COLORS["second"], "diamond"), (ROLE_COLORS["one"], "square"))
_ROOM = 1.25
_LEVELS = (1.0, 0.64, 0.28)
"""How high the words of a changed rate may begin, as shares of the chart: each has room below it for one more."""
_NEAR = 0.05
"""Words closer than this share of the epochs would lie on each other, on a phone too."""


def curves(
    batches: pd.DataFrame,
    epochs: pd.DataFrame,
    lines: Mapping[str, float],
    *,
    unit: Unit,
    num_epochs: int,
    changes: Sequence[RateChange] = (),
    validated_until: int | None = None,
) -> go.Figure:
    """Training loss by batch and validation error by epoch.

    Args:
        batches: columns epoch (fractional), rmse: the training error of recent batches in stars.
        epochs: columns epoch (from 1), rmse: the validation error in stars.
        lines: name in the reader's language -> RMSE in stars of something to compare with.
        unit: draw root mean squared errors (stars) or mean squared errors (stars squared).
        num_epochs: epochs that the run is to have; the axis reaches that far.
        changes: of the learning rate, each a mark.
        validated_until: the epoch after which the run trains on the validation part too, a mark; None where none does.
    """
    power = 1 if unit == "rmse" else 2
    figure = go.Figure()
    figure.add_scatter(
        x=batches["epoch"],
        y=batches["rmse"] ** power,
        mode="lines",
        line={"color": COUNT, "width": 1.8},
        name=t("chart.training_error"),
        hovertemplate=i18n.labelled("%{x:.2f}", "%{y:.4f}") + "<extra></extra>",
    )
    figure.add_scatter(
        x=epochs["epoch"],
        y=epochs["rmse"] ** power,
        mode="lines+markers",
        line={"color": HELD_OUT, "width": 2.5},
        marker={"size": 9, "symbol": "diamond"},
        name=t("chart.validation_error"),
        hovertemplate=i18n.labelled("%{x}", "%{y:.4f}") + "<extra></extra>",
    )
    notes = [*_lines(lines, power), *_marks(_moments(changes, validated_until), num_epochs)]
    reach = _range([epochs["rmse"]], [batches["rmse"]], list(lines.values()), power)
    _finish(figure, unit, num_epochs=num_epochs, reach=reach, notes=notes)
    return figure


def two_runs(runs: Mapping[str, pd.DataFrame], lines: Mapping[str, float], *, unit: Unit) -> go.Figure:
    """Training and validation errors of two runs, told apart by colour and mark.

    Args:
        runs: name as a person wrote it -> columns epoch, train_rmse, validation_rmse (may be missing), in stars.
        lines: name in the reader's language -> RMSE in stars of something to compare with.
        unit: as in `curves`.
    """
    power = 1 if unit == "rmse" else 2
    figure = go.Figure()
    for (name, table), (color, symbol) in zip(runs.items(), _PAIR, strict=False):
        for column, width, dash in (("validation_rmse", 2.5, "solid"), ("train_rmse", 1.4, "dot")):
            figure.add_scatter(
                x=table["epoch"],
                y=table[column] ** power,
                mode="lines+markers",
                line={"color": color, "width": width, "dash": dash},
                marker={"size": 8 if dash == "solid" else 4, "symbol": symbol},
                name=t(f"compare.line.{column}", name=name),
                hovertemplate=i18n.labelled("%{x}", "%{y:.4f}") + "<extra></extra>",
            )
    held_out, trained = ([table[f"{part}_rmse"] for table in runs.values()] for part in ("validation", "train"))
    reach = _range(held_out, trained, list(lines.values()), power)
    longest = max(len(table) for table in runs.values())
    _finish(figure, unit, num_epochs=longest, reach=reach, notes=list(_lines(lines, power)))
    return figure


def _finish(
    figure: go.Figure, unit: Unit, *, num_epochs: int, reach: list[float] | None, notes: Sequence[Note]
) -> None:
    """Give a figure its axes, and its lines and marks all at once: one by one they take Plotly twice as long."""
    style(figure, height=340)
    figure.update_layout(
        xaxis={
            "title": t("chart.epoch"),
            "range": [0, num_epochs * 1.02 + 0.05],
            "dtick": 1 if num_epochs <= 12 else None,
        },
        yaxis={"title": t(f"chart.{unit}"), "range": reach},
        shapes=[shape for shape, _ in notes],
        annotations=[words for _, words in notes],
        uirevision=unit,
        margin={"t": 44},
    )


def _lines(lines: Mapping[str, float], power: int) -> Iterator[Note]:
    """What to compare with: each line's words above it, those of the lowest below, so that none covers another."""
    lowest = min(lines.values(), default=0.0)
    for (name, error), dash in zip(lines.items(), _DASHES, strict=False):
        y = error**power
        line = {"color": COMPARE, "dash": dash, "width": 1.5}
        shape = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": line}
        place = {"xref": "x domain", "x": 1, "xanchor": "right", "y": y}
        yield shape, _words(f"{name} {y:.3f}", yanchor="top" if error == lowest else "bottom", **place)


def _moments(changes: Sequence[RateChange], validated_until: int | None) -> list[Moment]:
    """Where another learning rate was set, and where the curve on the validation part ends, with words for each."""
    moments: list[Moment] = [(change.epoch, _rate_words(change), ROLE_COLORS["highlight"]) for change in changes]
    if validated_until is not None:
        moments.append((validated_until, t("chart.validation_ends"), HELD_OUT))
    return moments


def _rate_words(change: RateChange) -> str:
    rate = change.learning_rate
    return t("chart.rate_back") if rate is None else t("chart.rate", rate=f"{rate:.3g}")


def _marks(moments: Sequence[Moment], num_epochs: int) -> list[Note]:
    """A mark at each moment; words that would lie on newer ones stand lower, or are left out."""
    notes: list[Note] = []
    taken: list[float | None] = [None] * len(_LEVELS)  # of each level: where the words that were put there last stand
    for moment in sorted(moments, key=lambda one: -one[0]):
        free = (at for at, epoch in enumerate(taken) if epoch is None or epoch - moment[0] > _NEAR * num_epochs)
        level = next(free, None)
        shape, words = _mark(*moment)
        if level is None:
            notes.append((shape, {**words, "text": ""}))
        else:
            taken[level] = moment[0]
            notes.append((shape, {**words, "y": _LEVELS[level]}))
    return notes[::-1]


def _mark(epoch: float, text: str, color: str) -> Note:
    """A moment of the run: its words stand upright beside a line."""
    line = {"color": color, "dash": "dot", "width": 1.5}
    shape = {"type": "line", "yref": "y domain", "y0": 0, "y1": 1, "x0": epoch, "x1": epoch, "line": line}
    place = {"yref": "y domain", "y": 1, "yanchor": "top", "x": epoch, "xanchor": "left"}
    return shape, _words(text, textangle=-90, **place)


def _words(text: str, **place: object) -> dict[str, object]:
    return {"text": text, "font": {"size": 14}, "showarrow": False, **place}


def _range(
    held_out: Sequence[pd.Series], trained: Sequence[pd.Series], lines: Sequence[float], power: int
) -> list[float] | None:
    """Choose the vertical range: what matters lies near the lines, the first batches may start far above them."""
    ends = [value for column in trained for value in column.dropna().tail(1)]
    seen = [*(value for column in held_out for value in column.dropna()), *ends, *lines]
    if not seen:
        return None
    lowest = min(*seen, *(float(column.min()) for column in trained if len(column)), max(seen))
    margin = 0.05 * max(seen)
    return [max(0.0, lowest - margin) ** power, (max(seen) * _ROOM**0.5) ** power]
