"""Title network: the whole network as a diagram, drawn from the loaded model's own configuration and shapes."""

from typing import Any

import streamlit as st

from pages.ui import component_code, components, resources
from pages.ui.i18n import number, t
from pages.ui.title_view import View
from recsys.insight import network_plan
from recsys.insight.network_plan import Axis, Box, NetworkPlan
from recsys.recommend import Recommender

CODE = component_code.Code("title_cnn", "network.js", "TitleNetwork")
_COMPONENT = st.components.v2.component("matinee_title_network", js=component_code.loader())
TEXTS = ("label", "hint", "user", "movie", "parameters")
TIMES = " × "


def draw(model: Recommender, view: View) -> None:
    """Draw the diagram, and say what its letters mean."""
    del view
    found = resources.of_model(_plan, model)
    config = model.bundle.info.model
    st.markdown(t("title.network.text"))
    _COMPONENT(
        key="title_network",
        data={
            "code": CODE.address(),
            "boxes": [_box(box, config.windows) for box in found.boxes],
            "edges": [list(edge) for edge in found.edges],
            "parameters": number(found.num_parameters),
            "texts": {name: t(f"title_network.{name}") for name in TEXTS},
        },
    )
    letters = {"length": config.title_length, "widths": ", ".join(map(str, config.windows))}
    st.caption(t("title.network.letters", filters=config.num_filters, features=config.feature_size, **letters))
    rows: list[dict[str, object]] = [
        {"box": box.key, "shape": shape(box.shape), "weights": name, "weight_shape": shape(size)}
        for box in found.boxes
        for name, size in (box.weights or (("", ()),))
    ]
    components.download(components.to_csv(rows), file_name="network.csv", key="title_network_csv")


def shape(axes: tuple[Axis, ...]) -> str:
    """Return a shape for reading: "B × 32"."""
    return TIMES.join(number(axis) if isinstance(axis, int) else axis for axis in axes)


def _plan(model: Recommender) -> NetworkPlan:
    return network_plan.plan(model.bundle)


def _box(box: Box, windows: tuple[int, ...]) -> dict[str, Any]:
    """One box in the form that `assets/title_cnn/network.js` draws."""
    if box.kind == "convolution":
        label = t("title_view.window", width=windows[int(box.key.rpartition("_")[2])])
    else:
        label = t(f"net_box.{box.key}")
    return {
        "key": box.key,
        "side": box.side,
        "column": box.column,
        "label": label,
        "shape": shape(box.shape),
        "parameters": number(box.num_parameters) if box.num_parameters else "",
        "weights": [[name, shape(size)] for name, size in box.weights],
        "text": t(f"net_kind.{box.kind}"),
    }
