"""Fair to look at: who gets what from the model, measured on everybody, and what one changed attribute would move."""

import streamlit as st

from pages.fairness import flips, groups, lists, typical
from pages.kit import frame, state
from pages.kit.i18n import t

PARTS = {"lists": lists.draw, "groups": groups.draw, "typical": typical.draw, "flip": flips.draw}

frame.page_header("fair.title", "fair.purpose")
the_model = frame.need_model()
part = state.control("part", "lists", parse=lambda text: text if text in PARTS else None)
st.segmented_control(
    t("fair.part"),
    list(PARTS),
    format_func=lambda name: t(f"fair.part.{name}"),
    required=True,
    label_visibility="collapsed",
    **part.widget,
)
PARTS[part.value](the_model)
frame.origin(the_model)
frame.how_it_works("fair.how", key="how_fair")
