"""What the URL says and what the session remembers: language, film, person and the controls worth sharing.

Ids are read and range-checked by hand. A control that is worth sharing has its value in the URL alone: its widget takes
it from there on every run and writes it there on every change, so links, reload and the Back button agree with it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import unquote, urlencode, urlsplit

import streamlit as st

from pages.kit import i18n
from recsys.errors import UnknownIdError

Kind = Literal["movie", "user"]
Value = TypeVar("Value")
MAX_ID = 2**31 - 1
MAX_SEED = 999_999
LONGEST_TRAIL = 12
_CHOSEN = "address_chosen"
"""What the page that is shown chose by itself: its parameters by name."""
PAGES: dict[Kind, tuple[str, str]] = {"movie": ("film/view.py", "film"), "user": ("person/view.py", "person")}


def settle_language() -> None:
    """Choose the language of this run; it is in the address, so that each link taken from there carries it."""
    chosen = i18n.asked_language()
    i18n.settle(chosen)
    st.session_state[_CHOSEN] = {"lang": chosen}


def switch_language(to: i18n.Language) -> None:
    """Change the language and nothing else (a callback)."""
    i18n.settle(to)
    write_params(lang=to)


def unknown_path(known: Collection[str]) -> str | None:
    """Return the path that was asked for when no page has it, else None."""
    path = unquote(urlsplit(st.context.url or "").path).strip("/").rsplit("/", 1)[-1]
    base = str(st.get_option("server.baseUrlPath")).strip("/").rsplit("/", 1)[-1]
    return None if path in known or path == base else path


def read_id(kind: Kind, parameter: str | None = None) -> int | None:
    """Return the film or person that the URL names, or None where it names none.

    Args:
        kind: what it must be.
        parameter: where in the URL; the kind itself by default.

    Raises:
        UnknownIdError: if what stands there is no id at all; whether the data set has it is for the caller to ask.
    """
    text = st.query_params.get(kind if parameter is None else parameter)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= MAX_ID):
        raise UnknownIdError(kind, text[:40], "MovieLens")
    return int(text)


def write_params(**values: object) -> None:
    """Write parameters into the URL; None removes one. All others, language among them, stay.

    All at once: the browser's history has one entry for what somebody did, and Back takes back all of it.
    """
    before = st.query_params.to_dict()
    after = before | {name: str(value) for name, value in values.items() if value is not None}
    after = {name: value for name, value in after.items() if values.get(name, value) is not None}
    chosen = {name: value for name, value in st.session_state.get(_CHOSEN, {}).items() if name not in values}
    st.session_state[_CHOSEN] = chosen  # what the reader takes away, the page chooses no longer
    if after != before:
        st.query_params.from_dict(chosen | after)


def address() -> dict[str, str]:
    """Return the parameters that the address should have: the reader's, and what the page chose by itself."""
    chosen: dict[str, str] = st.session_state.get(_CHOSEN, {})
    return chosen | st.query_params.to_dict()


def link(kind: Kind, wanted_id: int) -> str:
    """Return the deep link of a film or person, relative to the page one is on."""
    return f"{PAGES[kind][1]}?{urlencode({kind: wanted_id, 'lang': i18n.language()})}"


def link_around(kind: Kind) -> dict[str, str]:
    """Return what stands before and behind the id in the links of films or people, for code that has many of them."""
    before, _, behind = link(kind, 0).partition("=0")
    return {"before": f"{before}=", "behind": behind}


def last(kind: Kind) -> int | None:
    """Return the film or person that this session looked at last."""
    found: int | None = st.session_state.get(f"last_{kind}")
    return found


def first_of(candidates: Iterable[int | None], known: Collection[int]) -> int:
    """Return the first candidate that the data set knows."""
    return next(wanted for wanted in candidates if wanted is not None and wanted in known)


def remember(kind: Kind, wanted_id: int) -> None:
    """Note the film or person that this session looks at; it is in the address."""
    st.session_state[f"last_{kind}"] = wanted_id
    st.session_state.setdefault(_CHOSEN, {})[kind] = str(wanted_id)


def is_remembered(kind: Kind) -> bool:
    """Has this run of the page settled on its film or person?"""
    return kind in st.session_state.get(_CHOSEN, {})


def trail(movie_id: int) -> list[int]:
    """Add a film to the films that this session walked through; return them all, the newest last."""
    walked: list[int] = st.session_state.setdefault("trail", [])
    if not walked or walked[-1] != movie_id:
        st.session_state["trail"] = walked = [*walked, movie_id][-LONGEST_TRAIL:]
    return walked


@dataclass(frozen=True)
class Control(Generic[Value]):
    """A choice whose value lives in the URL.

    Attributes:
        parameter: name in the URL; the widget's key is made from it.
        value: what the URL says, else the default.
        default: kept out of the URL.
        show: value -> text.
    """

    parameter: str
    value: Value
    default: Value
    show: Callable[[Value], str]

    @property
    def widget(self) -> dict[str, Any]:
        """What a widget needs to show the value and to write what is chosen."""
        st.session_state[self._key] = self.value
        return {"key": self._key, "on_change": self._take}

    def write(self, value: Value | None) -> None:
        """Put a value into the URL (a callback)."""
        write_params(**{self.parameter: None if value is None or value == self.default else self.show(value)})

    @property
    def _key(self) -> str:
        return f"url_{self.parameter}"

    def _take(self) -> None:
        self.write(st.session_state[self._key])


ALIASES: dict[str, Kind] = {"person": "user", "film": "movie"}
"""What people write who were told of the pages and not of the parameters."""
PARAMETERS = {
    *("lang", "user", "movie", "why", "by", "part", "people", "about", "way", "k", "unseen", "loved", "gems"),
    *("variety", "surprise", "seed", "dice", "include", "exclude", "decades", "genre", "gender", "age", "occupation"),
    *("activity", "title", "edit", "method", "level", "width", "filter", "at", "rare", "of", "dims", "perplexity"),
    *("metric", "color", "near", "judged", "with", "with_model", "place", "measure", "flip", "moves", "which_gender"),
    *("which_age", "which_occupation", "board", "group", "who", "across", "up", "left", "right", "sampled", "run"),
    *("unit", "a", "b", "from", "title_check"),
}
"""What may stand in an address, on whatever page; what a page reads is added."""
_ADDRESS = "address_problems"


def begin_page() -> None:
    """Read the address anew: take what people call things for what they mean, and note what nothing reads."""
    st.session_state[_ADDRESS] = {}
    named = st.query_params.to_dict()
    for alias, kind in ALIASES.items():
        if alias in named:
            write_params(**{alias: None, kind: named.get(kind, named[alias])})


def note_problem(parameter: str, text: str) -> None:
    """Note that something in the address cannot be understood; the page says so (`pages.kit.frame.say_of_address`)."""
    st.session_state.setdefault(_ADDRESS, {})[parameter] = text[:60]


def misread() -> dict[str, str]:
    """Return what this page could not understand of its address: parameter -> text."""
    found: dict[str, str] = st.session_state.get(_ADDRESS, {})
    return dict(found)


def unread() -> list[str]:
    """Return the parameters of the address that no page knows."""
    return [name for name in st.query_params.to_dict() if name not in PARAMETERS]


def control(
    parameter: str,
    default: Value,
    *,
    parse: Callable[[str], Value | None],
    show: Callable[[Value], str] = str,
) -> Control[Value]:
    """Read a choice from the URL.

    Args:
        parameter: name in the URL.
        default: value where the URL says nothing, or nothing that `parse` understands.
        parse: text -> value, or None.
        show: value -> text.
    """
    PARAMETERS.add(parameter)
    text = st.query_params.get(parameter)
    value = None if text is None else parse(text[:300])
    if text is not None and (value is None or (isinstance(value, list) and show(value) != text)):
        note_problem(parameter, text)
    return Control(parameter, default if value is None else value, default, show)


def switch(parameter: str, *, default: bool) -> Control[bool]:
    """Read a switch from the URL."""
    return control(parameter, default, parse={"1": True, "0": False}.get, show=lambda v: str(int(v)))


def one_of(parameter: str, options: Collection[str]) -> Control[str | None]:
    """Read a choice of one, or none, from the URL."""
    return control(parameter, None, parse=lambda text: text if text in options else None)


def some_of(parameter: str, options: Collection[str]) -> Control[list[str]]:
    """Read a choice of several from the URL, separated by commas."""
    return control(
        parameter, [], parse=lambda text: [part for part in text.split(",") if part in options], show=",".join
    )


def whole(parameter: str, default: int, *, lowest: int, highest: int) -> Control[int]:
    """Read a whole number in a range from the URL."""

    def parse(text: str) -> int | None:
        is_number = text.isascii() and text.isdigit() and len(text) <= 10
        return int(text) if is_number and lowest <= int(text) <= highest else None

    return control(parameter, default, parse=parse)


def seed(parameter: str) -> Control[int]:
    """Read the seed of a random choice from the URL."""
    return whole(parameter, 0, lowest=0, highest=MAX_SEED)


def next_seed(control: Control[int]) -> None:
    """Roll the dice: go on to the next seed (a callback)."""
    control.write((control.value + 1) % (MAX_SEED + 1))


def id_control(kind: Kind, current: int | None) -> dict[str, Any]:
    """Tie a widget that chooses a film or person to the URL: return its key and callback."""
    key = f"choose_{kind}"
    st.session_state[key] = current

    def write() -> None:
        if st.session_state[key] is not None:
            write_params(**{kind: st.session_state[key]})

    return {"key": key, "on_change": write}
