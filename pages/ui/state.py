"""What the URL says and what the session remembers: language, film, person and the controls worth sharing.

Ids are read and range-checked by hand. A control that lives in the URL is bound with `bind` before its widget is
drawn and kept with `keep` after it; when the URL changes by itself (a link, the Back button) the URL wins.
"""

from collections.abc import Callable, Collection
from typing import Literal, NoReturn, TypeVar
from urllib.parse import unquote, urlencode, urlsplit

import streamlit as st

from pages.ui import i18n
from recsys.errors import UnknownIdError

Kind = Literal["movie", "user"]
Value = TypeVar("Value")
MAX_ID = 2**31 - 1
PAGES: dict[Kind, tuple[str, str]] = {"movie": ("explore/film.py", "film"), "user": ("explore/person.py", "person")}


def settle_language() -> None:
    """Put the language into session and URL, so that each link taken from the address bar carries it."""
    chosen = i18n.language()
    st.session_state["language"] = chosen
    if st.query_params.get("lang") != chosen:
        st.query_params["lang"] = chosen


def switch_language(to: i18n.Language) -> None:
    """Change the language and nothing else (a callback)."""
    st.session_state["language"] = to
    st.query_params["lang"] = to


def unknown_path(known: Collection[str]) -> str | None:
    """Return the path that was asked for when no page has it, else None."""
    path = unquote(urlsplit(st.context.url or "").path).strip("/").rsplit("/", 1)[-1]
    base = str(st.get_option("server.baseUrlPath")).strip("/").rsplit("/", 1)[-1]
    return None if path in known or path == base else path


def read_id(kind: Kind) -> int | None:
    """Return the film or person that the URL names, or None where it names none.

    Raises:
        UnknownIdError: if what stands there is no id at all; whether the data set has it is for the caller to ask.
    """
    text = st.query_params.get(kind)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= MAX_ID):
        raise UnknownIdError(kind, text[:40], "MovieLens")
    return int(text)


def write_params(**values: object) -> None:
    """Write parameters into the URL; None removes one. All others, language among them, stay."""
    for name, value in values.items():
        if value is None:
            if name in st.query_params:
                del st.query_params[name]
        elif st.query_params.get(name) != str(value):
            st.query_params[name] = str(value)


def link(kind: Kind, wanted_id: int) -> str:
    """Return the deep link of a film or person, relative to the page one is on."""
    return f"{PAGES[kind][1]}?{urlencode({kind: wanted_id, 'lang': i18n.language()})}"


def open_movie(movie_id: int) -> NoReturn:
    """Go to a film's page."""
    _open("movie", movie_id)


def open_user(user_id: int) -> NoReturn:
    """Go to a person's page."""
    _open("user", user_id)


def _open(kind: Kind, wanted_id: int) -> NoReturn:
    st.switch_page(PAGES[kind][0], query_params={kind: str(wanted_id), "lang": i18n.language()})


OPENERS: dict[str, Callable[[int], NoReturn]] = {"movie": open_movie, "user": open_user}


def last(kind: Kind) -> int | None:
    """Return the film or person that this session looked at last."""
    found: int | None = st.session_state.get(f"last_{kind}")
    return found


def remember(kind: Kind, wanted_id: int) -> None:
    """Note the film or person that this session looks at, and put it into the URL."""
    st.session_state[f"last_{kind}"] = wanted_id
    write_params(**{kind: wanted_id})
    _written()[kind] = str(wanted_id)


def bind(key: str, parameter: str, default: Value, *, parse: Callable[[str], Value | None]) -> None:
    """Give a widget its value from the URL, before it is drawn.

    Args:
        key: the widget's key.
        parameter: name in the URL.
        default: value where the URL says nothing, or nothing that `parse` understands.
        parse: text -> value, or None.
    """
    text = st.query_params.get(parameter)
    if key in st.session_state and _written().get(parameter) == text:
        return
    value = None if text is None else parse(text[:200])
    st.session_state[key] = default if value is None else value
    _written()[parameter] = text


def keep(parameter: str, text: str | None) -> None:
    """Put a control's value into the URL, after its widget was drawn; None where it has its default."""
    write_params(**{parameter: text})
    _written()[parameter] = text


def one_of(options: Collection[str]) -> Callable[[str], str | None]:
    """Return a parser for a choice of one."""
    return lambda text: text if text in options else None


def some_of(options: Collection[str]) -> Callable[[str], list[str] | None]:
    """Return a parser for a choice of several, separated by commas."""
    return lambda text: [part for part in text.split(",") if part in options]


def whole(lowest: int, highest: int) -> Callable[[str], int | None]:
    """Return a parser for a whole number in a range."""

    def parse(text: str) -> int | None:
        is_number = text.isascii() and text.isdigit() and len(text) <= 10
        return int(text) if is_number and lowest <= int(text) <= highest else None

    return parse


def _written() -> dict[str, str | None]:
    found: dict[str, str | None] = st.session_state.setdefault("written_parameters", {})
    return found
