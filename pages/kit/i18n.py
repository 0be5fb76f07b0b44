"""The reader's language and every text of the app in it.

Texts lie in `assets/i18n/<language>.json`, the same keys in each. The language comes from `?lang=`, else from this
session, else from the browser.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import reduce
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
TAGS: dict[Language, str] = {"en": "en", "zh": "zh-CN"}
"""What browsers call them (BCP 47)."""
FOLDER = Path(__file__).resolve().parent.parent.parent / "assets" / "i18n"
TEXTS: dict[str, dict[str, str]] = {
    name: json.loads((FOLDER / f"{name}.json").read_text("utf-8")) for name in LANGUAGES
}


def language_of(asked: str | None, remembered: str | None, locale: str | None) -> Language:
    """Choose a language: the one asked for in the URL, else the session's, else the browser's, else English."""
    for wanted in (asked, remembered, (locale or "")[:2].lower()):
        if wanted in LANGUAGES:
            return wanted
    return "en"


_SPOKEN: ContextVar[Language | None] = ContextVar("spoken language", default=None)
_OF_RUN = "matinee_language"


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language whoever listens: for work that no reader waits for, or that needs very many texts at once."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def language() -> Language:
    """Return the reader's language: the one that was settled when the page began.

    A page asks hundreds of times, and the session answers slowly, so a run of the script keeps it.
    """
    spoken = _SPOKEN.get()
    if spoken is not None:
        return spoken
    run = get_script_run_ctx(suppress_warning=True)
    kept: Language | None = getattr(run, _OF_RUN, None)
    if kept is None:
        kept = st.session_state.get("language")
        if kept is None:
            return asked_language()
        if run is not None:
            setattr(run, _OF_RUN, kept)
    return kept


def settle(chosen: Language) -> None:
    """Speak a language from now on, in this run of the script and in the session."""
    st.session_state["language"] = chosen
    run = get_script_run_ctx(suppress_warning=True)
    if run is not None:
        setattr(run, _OF_RUN, chosen)


def asked_language() -> Language:
    """Return the language that URL, session and browser ask for now."""
    return language_of(st.query_params.get("lang"), st.session_state.get("language"), st.context.locale)


def t(key: str, **values: object) -> str:
    """Return a text in the reader's language.

    Args:
        key: name of the text.
        values: what stands for its `{placeholders}`. Escape what comes from data with `escaped` first.

    Raises:
        KeyError: if there is no such text.
    """
    text = TEXTS[language()][key]
    return text.format(**values) if values else text


def name(kind: str, value: object) -> str:
    """Return the name of a genre, occupation, age group or gender; the data set's own word where there is no text."""
    return TEXTS[language()].get(f"{kind}.{value}", str(value))


def namer(kind: str) -> Callable[[object], str]:
    """Return `name` for one kind, for a widget's `format_func`."""
    return lambda value: name(kind, value)


def genre(value: str) -> str:
    """Return a genre's name."""
    return name("genre", value)


def genres(values: tuple[str, ...] | list[str]) -> str:
    """Return genre names joined for reading."""
    return " · ".join(genre(value) for value in values)


def sentences(*texts: str) -> str:
    """Return sentences one after the other as the reader's language sets them; empty ones are left out."""
    found = [text for text in texts if text]
    return reduce(lambda first, rest: t("list.sentences", first=first, rest=rest), found) if found else ""


def labelled(name: str, value: object) -> str:
    """Return a name with its value, as the reader's language sets a colon."""
    return t("list.labelled", name=name, value=value)


def bracketed(text: str, more: str) -> str:
    """Return a text with something in brackets behind it."""
    return t("list.bracketed", text=text, more=more)


def joiners() -> dict[str, str]:
    """Return what puts texts together, for our own scripts: the same names in each of them."""
    names = ("comma", "clause", "sentences", "labelled", "bracketed")
    return {**{name: t(f"list.{name}") for name in names}, "share": t("value.share")}


def number(value: float, digits: int = 0) -> str:
    """Return a number with separated thousands."""
    return f"{value:,.{digits}f}"


_LINK_STARTS = re.compile(r"(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_JOINER = "\u2060"
_MARKDOWN = {ord(sign): f"\\{sign}" for sign in r"\`*_{}[]()<>#+-.!|~$:&"}


def escaped(text: str) -> str:
    """Return a text from data so that Markdown shows it as it is: no image, link, HTML, formula or emoji code.

    Browsers' Markdown looks for addresses once more when all escapes are gone; a character without width ends that.
    """
    return _LINK_STARTS.sub(_JOINER, " ".join(text.split())).translate(_MARKDOWN)
