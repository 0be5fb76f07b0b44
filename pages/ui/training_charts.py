"""The chart of a training run: losses as they fall, against lines that mean something."""

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from pages.ui.charts import COMPARE, COUNT, HELD_OUT, MODEBAR
from pages.ui.i18n import t
from pages.ui.theme import style

Unit = Literal["rmse", "mse"]
_DASHES = ("dash", "dot", "dashdot", "longdash")
_ROOM = 1.25


def curves(
    batches: pd.DataFrame, epochs: pd.DataFrame, lines: Mapping[str, float], *, unit: Unit, num_epochs: int
) -> go.Figure:
    """Training loss by batch and validation error by epoch.

    Args:
        batches: columns epoch (fractional), rmse: the training error of recent batches in stars.
        epochs: columns epoch (from 1), rmse: the validation error in stars.
        lines: name in the reader's language -> RMSE in stars of something to compare with.
        unit: draw root mean squared errors (stars) or mean squared errors (stars squared).
        num_epochs: epochs that the run is to have; the axis reaches that far.
    """
    power = 1 if unit == "rmse" else 2
    figure = go.Figure()
    figure.add_scatter(
        x=batches["epoch"],
        y=batches["rmse"] ** power,
        mode="lines",
        line={"color": COUNT, "width": 1.8},
        name=t("chart.training_error"),
        hovertemplate="%{x:.2f}: %{y:.4f}<extra></extra>",
    )
    figure.add_scatter(
        x=epochs["epoch"],
        y=epochs["rmse"] ** power,
        mode="lines+markers",
        line={"color": HELD_OUT, "width": 2.5},
        marker={"size": 9, "symbol": "diamond"},
        name=t("chart.validation_error"),
        hovertemplate="%{x}: %{y:.4f}<extra></extra>",
    )
    for (name, error), dash in zip(lines.items(), _DASHES, strict=False):
        _add_line(figure, name, error**power, dash)
    figure.update_xaxes(
        title=t("chart.epoch"), range=[0, num_epochs * 1.02 + 0.05], dtick=1 if num_epochs <= 12 else None
    )
    figure.update_yaxes(title=t(f"chart.{unit}"), range=_range(batches, epochs, list(lines.values()), power))
    style(figure, height=380)
    figure.update_layout(dragmode=False, modebar=MODEBAR, uirevision=unit, margin={"t": 44})
    return figure


def _add_line(figure: go.Figure, name: str, error: float, dash: str) -> None:
    figure.add_hline(
        y=error,
        line={"color": COMPARE, "dash": dash, "width": 1.5},
        annotation={"text": f"{name} {error:.3f}", "font": {"size": 14}},
        annotation_position="top right",
    )


def _range(batches: pd.DataFrame, epochs: pd.DataFrame, lines: Sequence[float], power: int) -> list[float] | None:
    """Choose the vertical range: what matters lies near the lines, the first batches may start far above them."""
    seen = [*epochs["rmse"].tolist(), *batches["rmse"].tail(1).tolist(), *lines]
    if not seen:
        return None
    lowest = min(*seen, float(batches["rmse"].min())) if len(batches) else min(seen)
    margin = 0.05 * max(seen)
    return [max(0.0, lowest - margin) ** power, (max(seen) * _ROOM**0.5) ** power]
