"""Chips: words, genres and groups with the row of the embedding table that each stands for."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import streamlit as st

from pages.kit.i18n import t
from recsys.data.field_trace import Token


def tokens(items: Iterable[Token], *, names: dict[str, str] | None = None) -> None:
    """Draw the places of a padded row; unknown, padding and cut places look and read differently.

    Args:
        items: the places.
        names: texts in the reader's language, where there are any.
    """
    names = names or {}
    _draw([(token.kind, names.get(token.text, token.text) or t("chips.padding"), _number(token)) for token in items])


def choices(options: Sequence[tuple[str, int]], *, chosen: int) -> None:
    """Draw all values that a field can have, the chosen one marked.

    Args:
        options: (name, row of the embedding table) of each.
        chosen: the row that is meant.
    """
    rows = [
        ("chosen" if row == chosen else "", name, f"✓ {row}" if row == chosen else str(row)) for name, row in options
    ]
    _draw(rows)


def _number(token: Token) -> str:
    if token.index is None:
        return t("chips.cut")
    return t("chips.unknown", row=token.index) if token.kind == "unknown" else str(token.index)


def _draw(rows: Iterable[tuple[str, str, str]]) -> None:
    items = "".join(
        f'<li class="{escape(kind)}"><b>{escape(text)}</b><span>{escape(number)}</span></li>'
        for kind, text, number in rows
    )
    st.html(Path(__file__).parent / "browser" / "chips.css")
    st.html(f'<ul class="chips">{items}</ul>')
