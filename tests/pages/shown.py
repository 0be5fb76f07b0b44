"""All that a page shows: every text of every element: labels, options, help, figures, what components are given."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import streamlit as st
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

_AS_JSON = {("plotly_chart", "spec"), ("bidi_component", "json")}


class Text(NamedTuple):
    """A text with where it stands, such as ("button", "label")."""

    where: tuple[str, ...]
    text: str

    @property
    def element(self) -> str:
        """The kind of element."""
        return self.where[0]


def texts(app: AppTest) -> list[Text]:
    """Return every text of every element and container of a page, cells of tables among them."""
    found: list[Text] = []
    for node in _nodes(app):
        if node.proto is None:
            continue
        found += _of_message(node.proto, (_kind(node),))
        if node.type in ("arrow_table", "table"):
            cells = [*node.value.columns, *node.value.to_numpy().ravel()]
            found += [Text(("table", "cell"), str(cell)) for cell in cells]
    return found


def _nodes(app: AppTest) -> Iterator[Any]:
    for root in app._tree.children.values():
        yield from root


def _kind(node: Any) -> str:
    return str(node.type)


def _of_message(message: Message, where: tuple[str, ...]) -> Iterator[Text]:
    for field, value in message.ListFields():
        path = (*where, field.name)
        values = value if field.is_repeated else [value]
        if field.type == field.TYPE_MESSAGE and field.message_type.GetOptions().map_entry:
            continue
        for one in values:
            if isinstance(one, Message):
                yield from _of_message(one, path)
            elif isinstance(one, str):
                is_json = path[-2:] in _AS_JSON or (where[0] in ("plotly_chart", "bidi_component") and one[:1] == "{")
                yield from _of_json(json.loads(one), path) if is_json else [Text(path, one)]


def _of_json(value: object, where: tuple[str, ...]) -> Iterator[Text]:
    if isinstance(value, str):
        yield Text(where, value)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _of_json(one, (*where, str(name)))
    elif isinstance(value, list):
        for one in value:
            yield from _of_json(one, where)


class Files:
    """Takes the place of `st.download_button`: keeps what makes each file until somebody asks."""

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}

    def __call__(self, label: str, data: Any, *, key: str, **_: object) -> bool:
        del label
        self.made[key] = data
        return False

    def take(self) -> dict[str, str]:
        """Make all files now: key of the button -> text."""
        return {key: str(data() if callable(data) else data) for key, data in self.made.items()}


def replace_downloads(monkeypatch: Any) -> Files:
    """Put `Files` in the place of all download buttons."""
    files = Files()
    monkeypatch.setattr(st, "download_button", files)
    return files
