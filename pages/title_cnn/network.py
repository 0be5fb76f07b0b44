"""Title network: the whole network as a diagram, drawn from the loaded model's own configuration and shapes.

Steps that neither hold numbers nor change any where the network is used are left out: what is looked up in a table, and
dropout, which only training has. What flows through them flows on.
"""

from typing import Any

import streamlit as st

from pages.kit import cards, i18n, resources
from pages.kit.component import Component
from pages.kit.i18n import number, t
from pages.kit.origin import origin_of
from pages.title_cnn.link import View
from recsys.insight import network_plan
from recsys.insight.network_plan import Axis, Box, NetworkPlan
from recsys.recommend import Recommender

COMPONENT = Component("title_cnn/browser", "network.js", "TitleNetwork")
TEXTS = ("label", "hint", "user", "movie")
TIMES = " × "
NAMED = ("embedding", "projection", "mix")
"""Kinds of which each box has a name of its own; the others are called by their kind."""


def draw(model: Recommender, view: View) -> None:
    """Draw the diagram, and say what its letters mean."""
    del view
    found = resources.of_model(_plan, model)
    config = model.bundle.info.model
    boxes, edges = shown(found)
    st.markdown(t("title.network.text"))
    columns = _columns(boxes)
    COMPONENT.draw(
        "title_network",
        data={
            "boxes": [_box(box, columns[box.key], config.windows) for box in boxes],
            "edges": [list(edge) for edge in edges],
            "parameters": number(found.num_parameters),
        },
        texts={name: t(f"title_network.{name}") for name in TEXTS} | i18n.joiners(),
    )
    letters = {
        "length": config.title_length,
        "widths": t("list.comma").join(map(str, config.windows)),
        "size": config.id_size,
    }
    st.caption(t("title.network.letters", filters=config.num_filters, features=config.feature_size, **letters))
    if config.history_size:
        st.caption(t("title.network.history", size=config.history_size))
    cards.download(_rows(found), origin=origin_of(model).columns(), file_name="network.csv", key="title_network_csv")


def shown(found: NetworkPlan) -> tuple[list[Box], list[tuple[str, str]]]:
    """Return the boxes that are drawn, and what flows into what where the others are passed over."""
    passed = {box.key for box in found.boxes if _is_passed_over(box)}
    edges = list(found.edges)
    for key in passed:
        into, out = ([edge for edge in edges if edge[end] == key] for end in (1, 0))
        edges = [edge for edge in edges if key not in edge]
        edges += [(start, stop) for start, _ in into for _, stop in out]
    return [box for box in found.boxes if box.key not in passed], edges


def shape(axes: tuple[Axis, ...]) -> str:
    """Return a shape for reading: "B × 32"."""
    return TIMES.join(number(axis) if isinstance(axis, int) else axis.replace("-", "−") for axis in axes)


def sizes(box: Box) -> str:
    """Return a shape with the numbers of this network, where they have one."""
    return shape(tuple(axis if size is None else size for axis, size in zip(box.shape, box.sizes, strict=True)))


def _plan(model: Recommender) -> NetworkPlan:
    return network_plan.plan(model.bundle)


def _is_passed_over(box: Box) -> bool:
    # Ratings are an input that two boxes are fed by, so they stand for themselves.
    return box.kind == "dropout" or (box.kind == "input" and not box.key.endswith(".ratings"))


def _columns(boxes: list[Box]) -> dict[str, int]:
    """The column of each box: tables and ratings first, and no column empty."""
    wanted = {box.key: max(box.column - 1, 0) + (box.kind == "history") for box in boxes}
    places = {column: place for place, column in enumerate(sorted(set(wanted.values())))}
    return {key: places[column] for key, column in wanted.items()}


def _box(box: Box, column: int, windows: tuple[int, ...]) -> dict[str, Any]:
    """One box in the form that `pages/title_cnn/browser/network.js` draws."""
    if box.kind == "convolution":
        label = t("title_view.window", width=windows[int(box.key.rpartition("window")[2]) - 1])
    else:
        label = t(f"net_box.{box.key if box.kind in NAMED else box.kind}")
    return {
        "key": box.key,
        "side": box.side,
        "column": column,
        "label": label,
        "shape": sizes(box),
        "letters": shape(box.shape),
        "parameters": number(box.num_parameters) if box.num_parameters else "",
        "weights": [[name, shape(size)] for name, size in box.weights],
        "text": t(f"net_kind.{box.kind}"),
    }


def _rows(found: NetworkPlan) -> list[dict[str, object]]:
    return [
        {"box": box.key, "kind": box.kind, "shape": shape(box.shape), "weights": name, "weight_shape": shape(size)}
        for box in found.boxes
        for name, size in (box.weights or (("", ()),))
    ]
