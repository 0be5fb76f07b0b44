"""Map wishes: what is to be placed on the film map, as it stands in the URL.

A short list in JSON: `["film", title, genre, ...]`, `["mean", film id, ...]`, `["person", id]` or `["me"]`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from pages.kit import cards, state
from pages.kit.i18n import t
from recsys.data.dataset import Dataset
from recsys.data.encoder import title_words
from recsys.errors import UnknownIdError

Kind = Literal["film", "mean", "person", "me"]
KINDS: tuple[Kind, ...] = ("film", "mean", "person", "me")
PARAMETER = "place"
MAX_PLACED, MAX_MEAN, MAX_TITLE, MAX_GENRES = 6, 100, 120, 6
_LONGEST = 4_000


@dataclass(frozen=True)
class Wish:
    """Something to be placed.

    Attributes:
        kind: what it is.
        title: of an invented film.
        genres: of an invented film.
        ids: of the films whose mean it is, or of one person; of the visitor ("me"), whose films stand in the session,
            the films recommended now when it is placed.
    """

    kind: Kind
    title: str = ""
    genres: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()


def wishes(data: Dataset) -> tuple[Wish, ...]:
    """Return what the URL wants placed; what cannot be placed on this data set is left out."""
    text = st.query_params.get(PARAMETER, "")[:_LONGEST]
    try:
        found = json.loads(text) if text else []
    except ValueError:
        found = None
    read = [_wish(data, entry) for entry in found[:MAX_PLACED]] if isinstance(found, list) else []
    if text and (not read or None in read):
        state.note_problem(PARAMETER, text)
    return tuple(wish for wish in read if wish is not None)


def write(wanted: Sequence[Wish]) -> None:
    """Put all that is to be placed into the URL."""
    state.write_params(**{PARAMETER: as_text(wanted) if wanted else None})


def as_text(wanted: Sequence[Wish]) -> str:
    """Return what is to be placed as the URL says it."""
    parts = [(wish.title, *wish.genres) if wish.kind == "film" else wish.ids for wish in wanted]
    entries = [[wish.kind, *own] for wish, own in zip(wanted, parts, strict=True)]
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":"))


def is_known(data: Dataset, wish: Wish) -> bool:
    """Does the data set have the genres, films or person?"""
    if wish.kind == "me":
        return True
    if wish.kind == "film":
        return bool(title_words(wish.title) and wish.genres) and set(wish.genres) <= set(data.genres)
    find = data.user_index if wish.kind == "person" else data.movie_index
    try:
        return bool(wish.ids) and all(find(wanted) >= 0 for wanted in wish.ids)
    except UnknownIdError:
        return False


def title(data: Dataset, wish: Wish) -> str:
    """Return what something placed is called, as plain text (not escaped)."""
    if wish.kind == "film":
        return wish.title
    if wish.kind == "me":
        return t("map.place.me")
    if wish.kind == "person":
        return t("user.name", id=wish.ids[0])
    if len(wish.ids) == 1:
        return cards.movie_label(data.movie(wish.ids[0]))
    return t("map.place.mean_of", count=len(wish.ids))


def _is_text(value: Any) -> bool:  # noqa: ANN401 - what stands in a URL
    """Is it text? JSON can also spell half a character, which no page can be sent."""
    return isinstance(value, str) and value.encode("utf-8", "ignore").decode("utf-8") == value


def _wish(data: Dataset, entry: Any) -> Wish | None:  # noqa: ANN401 - what stands in a URL
    """Read one entry; None for what is no wish."""
    if entry == ["me"]:
        return Wish("me")
    if not isinstance(entry, list) or len(entry) < 2:
        return None
    kind, *rest = entry
    if kind == "film" and all(_is_text(value) for value in rest):
        wish = Wish("film", " ".join(rest[0].split())[:MAX_TITLE], tuple(rest[1 : 1 + MAX_GENRES]))
    elif kind in ("mean", "person") and all(type(value) is int for value in rest):
        wish = Wish(kind, ids=tuple(rest[: MAX_MEAN if kind == "mean" else 1]))
    else:
        return None
    return wish if is_known(data, wish) else None
