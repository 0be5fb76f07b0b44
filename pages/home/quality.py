"""How good a model is: its error on held-out ratings, beside those of the simplest baselines.

On the test part where somebody had it measured there (`python -m recsys evaluate --keep`), else on the validation part.
"""

import streamlit as st

from pages.kit.i18n import t
from recsys.bundle.info import BundleInfo


def against_baselines(info: BundleInfo) -> None:
    """Draw the model's RMSE beside predicting the mean and predicting from biases, on the same part of the data."""
    part = "test" if "rmse" in info.metrics.get("test", {}) else "validation"
    own = info.metrics.get(part, {}).get("rmse")
    if own is None:
        st.info(t("quality.unknown" if info.is_finished else "quality.unmeasured"))
        return
    is_own = part == "test" or info.own_validation_rmse is not None
    st.markdown(t(f"quality.sentence_{part if is_own else 'earlier'}", epoch=info.validation_epoch))
    rows = [("mean", _baseline(info, "mean", part)), ("biases", _baseline(info, "biases", part)), ("model", own)]
    for column, (name, rmse) in zip(st.columns(3), rows, strict=True):
        if rmse is None:
            continue
        better = None if name != "model" or rows[0][1] is None else own - rows[0][1]
        column.metric(
            t(f"quality.{name}"),
            t("quality.value", rmse=f"{rmse:.3f}"),
            None if better is None else t("quality.delta", delta=f"{better:+.3f}"),
            delta_color="inverse",
            help=t(f"quality.{name}_help"),
            border=True,
            height="stretch",
        )


def _baseline(info: BundleInfo, name: str, part: str) -> float | None:
    return info.baselines.get(name, {}).get(f"{part}_rmse")
