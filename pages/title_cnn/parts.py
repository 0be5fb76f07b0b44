"""Title parts: what stands below the picture, one part at a time: a changed word, words that mattered, what titles add.

A fragment of its own. The chosen part is in the URL.
"""

from collections.abc import Callable

import streamlit as st

from pages.kit import state
from pages.kit.i18n import t
from pages.title_cnn import change, network, words, worth
from pages.title_cnn.link import View
from recsys.recommend import Recommender

PARTS = "title_parts"
_DRAW: dict[str, Callable[[Recommender, View], None]] = {
    "change": change.draw,
    "words": words.draw,
    "worth": worth.draw,
    "network": network.draw,
}
_ICONS = {"change": "edit", "words": "format_ink_highlighter", "worth": "balance", "network": "account_tree"}


@st.fragment(key=PARTS)
def draw(model: Recommender, view: View) -> None:
    """Draw the chosen part."""
    part = state.control("part", next(iter(_DRAW)), parse=lambda text: text if text in _DRAW else None)
    st.segmented_control(
        t("title.part"),
        list(_DRAW),
        format_func=lambda name: f":material/{_ICONS[name]}: {t(f'title.part.{name}')}",
        required=True,
        label_visibility="collapsed",
        **part.widget,
    )
    _DRAW[part.value](model, view)
