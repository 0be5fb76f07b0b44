"""The curves of a training run, under way or kept: errors as they fall, against lines that mean something."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.kit import cards, i18n, resources, state, theme
from pages.kit.i18n import t
from pages.kit.origin import origin_of
from pages.training import charts
from recsys.bundle.info import BundleInfo, Errors
from recsys.config import last_validated
from recsys.evaluation.article_line import ArticleError
from recsys.report import EpochReport, RateChange, last_measured
from recsys.training import JobStatus
from recsys.training.recording import Recording

UNITS: tuple[charts.Unit, ...] = ("rmse", "mse")
STEP = 0.02
SECONDS = 10
"""After so long the curve of an epoch that goes on is drawn anew, once for all who look."""
_UNITS = {str(unit): unit for unit in UNITS}
EPOCH_COLUMNS = (
    "epoch",
    "train_loss",
    "validation_mse",
    "validation_rmse",
    "validation_mae",
    "learning_rate",
    "seconds",
)
_FORMATS = {"epoch": "%d", "seconds": "%.1f", "learning_rate": "%.3g"}
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Curves:
    """What is drawn of a run.

    Attributes:
        reports: of the complete epochs.
        batch_losses: (epochs gone by, mean squared error of that epoch so far), ascending.
        baselines: errors of the mean and of the biases on the same split.
        num_epochs: epochs that the run is to have.
        rate_changes: where somebody set another learning rate.
        validated_until: the last epoch after which the validation part is still a measure; later ones train on it too.
        moment: stays the same as long as a chart need not be made anew, and is another one for another run.
        origin: columns that tell in a file which run it was.
    """

    reports: tuple[EpochReport, ...]
    batch_losses: Points = ()
    baselines: Errors = field(default_factory=dict)
    num_epochs: int = 1
    rate_changes: tuple[RateChange, ...] = ()
    validated_until: int = 10_000
    moment: Hashable = None
    origin: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_validation_trained_on(self) -> bool:
        """Does the curve on the validation part end before the run?"""
        return self.validated_until < self.num_epochs


def of_status(status: JobStatus) -> Curves:
    """Return the curves of the run under way, or of the last one."""
    baselines = status.baselines or {}
    moment: Hashable = status.version
    if status.state == "training":  # changes ten times a second, and is looked at by each of a class
        moment = status.epoch, int(status.seconds) // SECONDS, status.batch_losses[:1], status.rate_changes
    epochs = status.num_epochs
    until = last_validated(status.model, status.train) if status.model and status.train else epochs
    curves = Curves(status.reports, status.batch_losses, baselines, epochs, status.rate_changes, until)
    return replace(curves, moment=moment, origin=_origin(status))


def of_bundle(info: BundleInfo, reports: tuple[EpochReport, ...], recording: Recording | None) -> Curves:
    """Return the curves of a kept run; without a recording there are no batches to draw."""
    points: Points = () if recording is None else tuple((float(x), float(y)) for x, y in recording.curve)
    moment = str(info.folder), info.created, info.epochs_done
    origin = origin_of(info).columns() | {"folder": info.folder.name}
    until = last_validated(info.model, info.train)
    return Curves(reports, points, info.baselines, info.train.epochs, info.rate_changes, until, moment, origin)


def _origin(status: JobStatus) -> dict[str, object]:
    """Which run is under way; it has no name before it ends, but a folder."""
    folder = "" if status.folder is None else status.folder.name
    split = {} if status.data is None else origin_of(resources.dataset(), status.data).columns()
    return split | {"folder": folder}


def title(curves: Curves) -> str:
    """Return what the curves show in one line, with the last validation error and its epoch."""
    last = last_measured(curves.reports)
    if last is None:
        return t("training.curves")
    key = "training.curves.validation" if last is curves.reports[-1] else "training.curves.earlier"
    return t(key, rmse=f"{last.validation_rmse:.4f}", epoch=last.epoch)


def draw(curves: Curves, article: ArticleError | None, *, key: str) -> None:
    """Draw a run's curves against the lines, and its epochs as a table to take home."""
    if not curves.reports and not curves.batch_losses:
        st.caption(t("training.no_curve"))
        return
    unit = state.control("unit", UNITS[0], parse=_UNITS.get)
    with st.container(horizontal=True, vertical_alignment="center", key=f"curve_head_{key}"):
        st.segmented_control(
            t("training.unit"), UNITS, format_func=str.upper, required=True, label_visibility="collapsed", **unit.widget
        )
        st.caption(i18n.sentences(t("training.lines"), "" if article else t("training.no_article")), width="stretch")
    moment = (curves.moment, unit.value, article, i18n.language(), theme.is_dark())
    figure = resources.at_moment(moment, lambda: _figure(curves, lines(curves.baselines, article), unit.value))
    cards.chart(figure, key=f"training_curves_{key}")
    if curves.is_validation_trained_on:
        st.caption(t("training.curves.ends", epoch=curves.validated_until))
    if curves.reports:
        _table(epoch_table(curves.reports), curves.origin, key=key)


def _figure(curves: Curves, compared: Mapping[str, float], unit: charts.Unit) -> go.Figure:
    epochs = epoch_table(curves.reports)
    return charts.curves(
        recent_errors(curves.batch_losses or by_epoch(curves.reports)),
        epochs[["epoch", "validation_rmse"]].dropna().rename(columns={"validation_rmse": "rmse"}),
        compared,
        unit=unit,
        num_epochs=curves.num_epochs,
        changes=curves.rate_changes,
        validated_until=curves.validated_until if curves.is_validation_trained_on else None,
    )


def lines(baselines: Errors, article: ArticleError | None) -> Mapping[str, float]:
    """Return what the curves are compared with: name in the reader's language -> RMSE in stars."""
    found = {
        t(f"training.line.{name}"): errors["validation_rmse"]
        for name, errors in baselines.items()
        if "validation_rmse" in errors
    }
    if article is not None:
        found[t(f"training.line.article.{article.part}")] = article.rmse
    return found


def epoch_table(reports: tuple[EpochReport, ...]) -> pd.DataFrame:
    """Return epoch reports as a tidy table, errors in stars or stars squared."""
    rows = [{name: getattr(report, name) for name in EPOCH_COLUMNS} for report in reports]
    return pd.DataFrame(rows, columns=list(EPOCH_COLUMNS)).astype({"epoch": int})


def by_epoch(reports: tuple[EpochReport, ...]) -> Points:
    """Return the training error of whole epochs, for a run whose batches were not kept."""
    return tuple((float(report.epoch), report.train_loss) for report in reports)


def recent_errors(batch_losses: Points, *, step: float = STEP) -> pd.DataFrame:
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


def _table(epochs: pd.DataFrame, origin: Mapping[str, object], *, key: str) -> None:
    with st.popover(t("training.epoch_table"), icon=":material/table_rows:", width="content", key=f"epoch_table_{key}"):
        columns = {
            name: st.column_config.NumberColumn(t(f"column.{name}"), format=_FORMATS.get(name, "%.4f"))
            for name in epochs.columns
        }
        st.dataframe(epochs, column_config=columns, hide_index=True, key=f"training_epochs_{key}")
        records = [dict(zip(epochs.columns, row, strict=True)) for row in epochs.itertuples(index=False)]
        cards.download(records, origin=origin, file_name="epochs.csv", key=f"epochs_csv_{key}")
