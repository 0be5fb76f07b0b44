"""Two kept runs against each other: first what was set differently, then what came of it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from pages.kit import cards, i18n, resources, state
from pages.kit.i18n import escaped, t
from pages.kit.origin import origin_of
from pages.scoreboard.scope import measure_help, measure_name, value_text
from pages.training import charts, curves, words
from pages.training.knobs import KNOBS, Choice
from recsys.bundle.comparing import Difference, differences
from recsys.bundle.info import BundleInfo
from recsys.bundle.store import list_bundles
from recsys.data.dataset import Dataset
from recsys.report import RateChange

MEASURES = ("rmse", "mae")
"""On the validation part; of each the smaller is better."""
SIDES = ("a", "b")


def draw(data: Dataset) -> None:
    """Draw the choice of two runs, how they differ, their curves and their measures."""
    infos = {info.folder.name: info for info in _used_first(list_bundles(data))}
    if len(infos) < len(SIDES):
        st.info(t("compare.too_few"), icon=":material/inbox:")
        return
    left, right = _choose(infos)
    if left.folder == right.folder:
        st.info(t("compare.same_run"), icon=":material/compare_arrows:")
        return
    st.header(t("compare.settings"), anchor=False)
    _differences(left, right)
    st.header(t("compare.curves"), anchor=False)
    _curves(left, right)
    st.header(t("compare.measures"), anchor=False)
    _measures(left, right)


def _used_first(infos: list[BundleInfo]) -> list[BundleInfo]:
    """The one in use, which everybody knows, then the others, the latest first."""
    used = resources.bundle_info()
    return sorted(infos, key=lambda info: used is None or info.folder != used.folder)


def _choose(infos: Mapping[str, BundleInfo]) -> tuple[BundleInfo, BundleInfo]:
    """Draw a box for each side; at first the one in use and the first of the others."""
    chosen = []
    for side, place, default in zip(SIDES, st.columns(2), infos, strict=False):
        control = state.control(side, default, parse=lambda text: text if text in infos else None)
        place.selectbox(
            t(f"compare.{side}"),
            list(infos),
            format_func=lambda folder: words.label(infos[folder]),
            **control.widget,
        )
        chosen.append(infos[control.value])
    return chosen[0], chosen[1]


def _differences(left: BundleInfo, right: BundleInfo) -> None:
    """Draw the settings that differ, or say that none does."""
    found = differences(left, right)
    if not found:
        st.info(t("compare.no_difference"), icon=":material/equal:")
        return
    rows = [
        {"setting": setting_name(one), "a": setting_text(one, one.left), "b": setting_text(one, one.right)}
        for one in found
    ]
    _table(rows, ("setting", *SIDES), _origins(left, right), key="compare_settings")


def reasons_against(left: BundleInfo, right: BundleInfo) -> list[str]:
    """Say, as Markdown, why neither of two runs can be called better; empty where one can."""
    found = []
    if left.data != right.data:
        a, b = (t(f"split.{info.data.split}", seed=info.data.seed) for info in (left, right))
        found.append(t("compare.against.split", a=a, b=b))
    if left.train.seed != right.train.seed:
        found.append(t("compare.against.seed", a=left.train.seed, b=right.train.seed))
    are_own = left.own_validation_rmse is not None and right.own_validation_rmse is not None
    epochs = (left.validation_epoch, right.validation_epoch)
    if not are_own and None not in epochs and epochs[0] != epochs[1]:
        a, b = (words.measured_when(info) for info in (left, right))
        found.append(t("compare.against.weights", a=a, b=b))
    return found


def advantages(left: BundleInfo, right: BundleInfo) -> list[str]:
    """Say, as Markdown, what the one had and the other had not, beside its settings: where from, how long, how much."""
    found = []
    if left.preset != right.preset:
        found.append(t("compare.note.preset", a=escaped(left.preset), b=escaped(right.preset)))
    if left.epochs_done != right.epochs_done:
        found.append(t("compare.note.epochs", a=left.epochs_done, b=right.epochs_done))
    learned = [t(f"compare.learned.{'all' if info.has_learned_validation else 'train'}") for info in (left, right)]
    if learned[0] != learned[1]:
        found.append(t("compare.note.learned", a=learned[0], b=learned[1]))
    return found


def setting_name(difference: Difference) -> str:
    """Return what a setting is called."""
    field = "data_seed" if (difference.config, difference.field) == ("data", "seed") else difference.field
    return t(f"knob.{field}") if field in KNOBS else i18n.name("setting", field)


def setting_text(difference: Difference, value: object) -> str:
    """Return a setting's value for reading."""
    if isinstance(KNOBS.get(difference.field), Choice):
        return t(f"knob.{difference.field}.{value}")
    if isinstance(value, tuple):
        return t("list.comma").join(map(_part_text, value)) or "–"
    if isinstance(value, str):
        return i18n.name(f"setting.{difference.field}", value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _part_text(part: object) -> str:
    """One of several: a window's width, or a learning rate that was set by hand."""
    if not isinstance(part, RateChange):
        return str(part)
    rate = t("chart.rate_back") if part.learning_rate is None else f"{part.learning_rate:g}"
    return t("compare.rate_change", epochs=f"{part.epoch:.2f}", rate=rate)


def _curves(left: BundleInfo, right: BundleInfo) -> None:
    sides = zip(SIDES, (left, right), strict=True)
    runs = {f"{t(f'compare.{side}.short')} {info.name}": _errors(info) for side, info in sides}
    lines = curves.lines(left.baselines, None) if left.data == right.data else {}
    cards.chart(charts.two_runs(runs, lines, unit="rmse"), key="compare_curves")
    st.caption(t("compare.curves.text"))


def _errors(info: BundleInfo) -> pd.DataFrame:
    """A run's errors after each epoch in stars: epoch, train_rmse, validation_rmse."""
    reports = resources.reports_of(info)
    held_out = [np.nan if report.validation_rmse is None else report.validation_rmse for report in reports]
    columns = {
        "epoch": [report.epoch for report in reports],
        "train_rmse": [report.train_loss**0.5 for report in reports],
        "validation_rmse": held_out,
    }
    return pd.DataFrame(columns, dtype=float)


def _measures(left: BundleInfo, right: BundleInfo) -> None:
    """Draw what was measured of both, and which is better where that can be said."""
    against = reasons_against(left, right)
    if against:
        st.warning("\n".join([t("compare.against"), "", *(f"- {one}" for one in against)]), icon=":material/warning:")
    notes = advantages(left, right)
    if notes:
        st.info("\n".join([t("compare.note"), "", *(f"- {one}" for one in notes)]), icon=":material/balance:")
    rows = []
    for measure in MEASURES:
        values = [info.metrics.get("validation", {}).get(measure) for info in (left, right)]
        if all(value is None for value in values):
            continue
        row = {"measure": f"{measure_name(measure)} · {t('compare.part')}"}
        for side, info, value in zip(SIDES, (left, right), values, strict=True):
            when = words.measured_when(info)
            row[side] = "–" if value is None else i18n.bracketed(value_text(measure, value), when)
        rows.append({**row, "better": "" if against else _better(values), "meaning": measure_help(measure)})
    seconds = {side: words.duration(info.seconds) for side, info in zip(SIDES, (left, right), strict=True)}
    rows.append({"measure": t("compare.seconds"), **seconds, "better": "", "meaning": t("compare.seconds.help")})
    _table(rows, ("measure", *SIDES, "better", "meaning"), _origins(left, right), key="compare_measures")
    names = {side: escaped(words.label(i)) for side, i in zip(SIDES, (left, right), strict=True)}
    st.caption(t("compare.names", **names))


def _better(values: list[float | None]) -> str:
    """Say which side is better: a letter, not only a colour."""
    left, right = values
    if left is None or right is None or left == right:
        return ""
    return t(f"compare.{SIDES[int(right < left)]}.short")


def _origins(left: BundleInfo, right: BundleInfo) -> dict[str, object]:
    """Columns that tell in a file which two runs they were."""
    sides = zip(SIDES, (left, right), strict=True)
    return {f"{side}_{name}": value for side, info in sides for name, value in origin_of(info).columns().items()}


def _table(rows: list[dict[str, str]], columns: tuple[str, ...], origin: Mapping[str, object], *, key: str) -> None:
    shown = [{t(f"compare.column.{name}"): escaped(row[name]) for name in columns} for row in rows]
    st.table(pd.DataFrame(shown), hide_index=True)  # wraps its sentences, which a grid of cells cuts
    cards.download([dict(row) for row in rows], origin=origin, file_name=f"{key}.csv", key=f"{key}_csv")
