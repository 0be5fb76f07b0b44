"""A training run as everybody sees it: how far it is, its curves, its epochs."""

import math

import pandas as pd
import streamlit as st

from pages.ui import components, state, training_charts
from pages.ui.i18n import escaped, number, t
from pages.ui.messages import dataset_name
from recsys.bundle_info import Errors
from recsys.config import DataConfig, ModelConfig, TrainConfig
from recsys.report import EpochReport
from recsys.training import JobStatus

UNITS: tuple[training_charts.Unit, ...] = ("rmse", "mse")
STEP = 0.02
_UNITS = {str(unit): unit for unit in UNITS}
EPOCH_COLUMNS = ("epoch", "train_loss", "validation_mse", "validation_rmse", "validation_mae", "seconds")


def share_done(status: JobStatus) -> float:
    """Return how much of a run is done, 0 to 1."""
    batches = max(1, status.num_batches)
    return min(1.0, (status.epoch * batches + status.batch) / max(1, status.num_epochs * batches))


def draw(status: JobStatus) -> None:
    """Draw progress, rates, curves and epochs of the run under way, or of the last one."""
    st.progress(share_done(status), text=_headline(status))
    _rates(status)
    if status.data is not None and status.model is not None and status.train is not None:
        st.caption(settings(status.data, status.model, status.train))
    if status.batch_losses or status.reports:
        curves(status.reports, status.batch_losses, status.baselines or {}, num_epochs=status.num_epochs)


def curves(
    reports: tuple[EpochReport, ...],
    batch_losses: tuple[tuple[float, float], ...],
    baselines: Errors,
    *,
    num_epochs: int,
) -> None:
    """Draw a run's curves against the baselines, and its epochs as a table."""
    unit = state.control("unit", UNITS[0], parse=_UNITS.get)
    st.segmented_control(
        t("training.unit"), UNITS, format_func=str.upper, required=True, label_visibility="collapsed", **unit.widget
    )
    epochs = epoch_table(reports)
    lines = {
        t(f"training.line.{name}"): errors["validation_rmse"]
        for name, errors in baselines.items()
        if "validation_rmse" in errors
    }
    figure = training_charts.curves(
        recent_errors(batch_losses),
        epochs[["epoch", "validation_rmse"]].dropna().rename(columns={"validation_rmse": "rmse"}),
        lines,
        unit=unit.value,
        num_epochs=num_epochs,
    )
    components.chart(figure, key="training_curves")
    if len(epochs):
        columns = {
            name: st.column_config.NumberColumn(t(f"column.{name}"), format="%.4f") for name in epochs.columns[1:]
        }
        columns["seconds"] = st.column_config.NumberColumn(t("column.seconds"), format="%.1f")
        columns["epoch"] = st.column_config.NumberColumn(t("column.epoch"), format="%d")
        st.dataframe(epochs, column_config=columns, hide_index=True, key="training_epochs")


def settings(data: DataConfig, model: ModelConfig, train: TrainConfig) -> str:
    """Return a run's configs in one line of Markdown."""
    head = t(f"knob.head.{model.head}") + (f" {model.mlp_hidden}" if model.mlp_hidden else "")
    parts = [
        escaped(dataset_name(data.dataset)),
        t(f"split.{data.split}", seed=data.seed),
        t("training.settings.head", head=head, combiner=t(f"knob.combiner.{model.combiner}"), init=f"±{model.init:g}"),
        t("training.settings.title", windows=", ".join(map(str, model.windows)), filters=model.num_filters),
        t("training.settings.rate", rate=f"{train.learning_rate:g}"),
        t("training.settings.people", steps=number(train.steps_per_epoch))
        if model.history_size
        else t("training.settings.batch", batch=number(train.batch_size)),
        t("training.settings.seed", seed=train.seed),
    ]
    return " · ".join(parts)


def epoch_table(reports: tuple[EpochReport, ...]) -> pd.DataFrame:
    """Return epoch reports as a tidy table, errors in stars or stars squared."""
    rows = [{name: getattr(report, name) for name in EPOCH_COLUMNS} for report in reports]
    return pd.DataFrame(rows, columns=list(EPOCH_COLUMNS)).astype({"epoch": int})


def recent_errors(batch_losses: tuple[tuple[float, float], ...], *, step: float = STEP) -> pd.DataFrame:
    """Return the training error of the batches between two looks, from the running means of their epochs.

    Args:
        batch_losses: (epochs gone by, mean squared error of that epoch so far), ascending.
        step: share of an epoch that a row covers at least; shorter stretches are joined.

    Returns:
        Columns epoch (epochs gone by at the end of the stretch), rmse (in stars).
    """
    rows: list[tuple[float, float]] = []
    current, share, total = -1, 0.0, 0.0
    for epoch, mean in batch_losses:
        number = math.ceil(epoch) - 1  # the end of an epoch belongs to it
        if number != current:
            current, share, total = number, 0.0, 0.0
        part = epoch - number
        if part - share >= step or part == 1:
            squared = (mean * part - total) / (part - share) if part > share else mean
            rows.append((epoch, max(squared, 0.0) ** 0.5))
            share, total = part, mean * part
    return pd.DataFrame(rows, columns=["epoch", "rmse"], dtype=float)


def _headline(status: JobStatus) -> str:
    if status.state != "training":
        return t(f"job.{status.state}")
    current = min(status.epoch + 1, status.num_epochs)
    return t("training.now", epoch=current, epochs=status.num_epochs)


def _rates(status: JobStatus) -> None:
    left = "–" if status.seconds_left is None else duration(status.seconds_left)
    last = status.reports[-1].validation_rmse if status.reports else None
    values = {
        "batch": f"{number(status.batch)} / {number(status.num_batches)}",
        "rate": number(status.ratings_per_second),
        "seconds": duration(status.seconds),
        "left": left,
        "validation": "–" if last is None else f"{last:.4f}",
    }
    with st.container(horizontal=True, gap="medium", key="training_rates"):
        for name, value in values.items():
            st.metric(t(f"training.rate.{name}"), value, help=t(f"training.rate.{name}.help"), width="content")
    if status.device:
        st.caption(t("training.device", device=escaped(status.device)))


def duration(seconds: float) -> str:
    """Return a time for reading: 42 s, 3 min 05 s, 2 h 10 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return t("time.seconds", seconds=whole)
    if whole < 3600:
        return t("time.minutes", minutes=whole // 60, seconds=f"{whole % 60:02d}")
    return t("time.hours", hours=whole // 3600, minutes=f"{whole % 3600 // 60:02d}")
