"""Map truth: how far the film map can be believed, for the whole map and for the chosen dot."""

import numpy as np
import streamlit as st

from pages.film_map import controls as map_controls
from pages.film_map import data, panel
from pages.film_map import layouts as map_layouts
from pages.film_map.layouts import Layout
from pages.film_map.link import NUM_NEIGHBORS, Controls, features_of, ids_of, index_of
from pages.kit import cards
from pages.kit.cards import Item
from pages.kit.i18n import escaped, number, t
from recsys.insight.maps.truth import MapTruth, judged

VERDICTS = ("true", "false", "missed")


def draw(controls: Controls, layouts: list[Layout]) -> None:
    """Draw the numbers of each map, and the neighbours of the chosen dot sorted into true, false and missed."""
    st.markdown(t("map.truth.text", k=NUM_NEIGHBORS))
    for at, (side, found) in enumerate(zip(st.columns(len(layouts), gap="large"), layouts, strict=True)):
        with side:
            title = map_layouts.full_title(found) if len(layouts) > 1 else map_layouts.title(found.shown)
            _show_map(found, title, key=f"map_truth_{at}")
            _show_chosen(controls, found, key=f"map_judged_{at}")
    with st.container(horizontal=True):
        _turn_on("map.truth.color", "palette", controls, key="map_truth_color")
        _turn_on("map.truth.lines", "conversion_path", controls, key="map_truth_lines")


def measured(found: Layout) -> MapTruth:
    """Return how far a map can be trusted; the first time takes seconds, and says so."""
    with st.spinner(t("map.truth.measuring")):
        return data.truth_of(found.model, found.shown)


def note(found: Layout) -> str:
    """Return in a few words how far a map can be trusted."""
    truth = measured(found)
    return t("map.truth.note", trust=f"{truth.trustworthiness:.3f}", continuity=f"{truth.continuity:.3f}")


def _show_map(found: Layout, title: str, *, key: str) -> None:
    truth = measured(found)
    st.markdown(t("map.truth.of", name=escaped(title)))
    with st.container(horizontal=True, gap="medium", key=key):
        for name, value in (("trustworthiness", truth.trustworthiness), ("continuity", truth.continuity)):
            st.metric(t(f"map.truth.{name}"), f"{value:.3f}", help=t(f"map.truth.{name}.help"), width="content")
    total = len(features_of(found.model, found.shown.of))
    number_of = t(f"map.truth.measured.{found.shown.of}", count=number(truth.num_measured), total=number(total))
    st.caption(t("map.truth.how", k=truth.k, metric=t(f"map.metric.{data.TRUTH_METRIC}"), measured=number_of))


def _show_chosen(controls: Controls, found: Layout, *, key: str) -> None:
    view, model = controls.view, found.model
    chosen = map_controls.chosen(model, controls)
    if chosen is None:
        st.info(t(f"map.nothing.{view.kind}"), icon=":material/ads_click:")
        return
    features = features_of(model, view.of)
    row = index_of(model, view.of)(chosen)
    verdict = judged(features, found.places, row, k=NUM_NEIGHBORS, metric=data.TRUTH_METRIC)
    rows = {"true": verdict.true, "false": verdict.false, "missed": verdict.missed}
    trust = data.truth_of(model, found.shown).per_point_trust[row]
    title = escaped(cards.label(panel.thing(model, view, chosen)))
    st.markdown(t("map.truth.chosen", title=title, count=len(verdict.true), k=NUM_NEIGHBORS, trust=_number(trust)))
    for name in VERDICTS:
        if not len(rows[name]):
            continue
        st.markdown(t(f"map.truth.{name}", count=len(rows[name])))
        ids = ids_of(model, view.of)[rows[name]].tolist()
        items = [Item(panel.thing(model, view, wanted)) for wanted in ids]
        cards.set_pills(items, key=f"{key}_{name}")


def _number(trust: float) -> str:
    """Trust to three decimals; 1 only where it is 1, so that nothing false passes for perfect."""
    return "–" if np.isnan(trust) else f"{trust if trust >= 1 else min(trust, 0.999):.3f}"


def _turn_on(text: str, icon: str, controls: Controls, *, key: str) -> None:
    """A button that shows the truth on the map itself."""

    def change() -> None:
        if key == "map_truth_color":
            controls.color.write("trust")
        else:
            controls.is_judged.write(True)
        st.rerun()

    st.button(t(text), icon=f":material/{icon}:", key=key, on_click=change)
