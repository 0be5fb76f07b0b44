"""Films and people as things to click: cards, rows, downloads, charts.

A film card is a typographic poster drawn in the browser (`browser/cards/`) from title, year and genres. Cards and rows
are real links; a plain click goes to the page without a reload. A list whose order changes slides there.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import plotly.graph_objects as go
import streamlit as st

from pages.kit import state, theme
from pages.kit.component import Component
from pages.kit.i18n import genre, name, number, t
from recsys.data.dataset import Movie, User

Records = Sequence[dict[str, object]]
COMPONENT = Component("kit/browser/cards", "cards.js", "Cards")
_BUTTONS = {"asked": "card.why_film", "less": "card.less_film"}
"""What a card's button sends -> the text that says what it does, for which film."""


class Badge(NamedTuple):
    """A small mark on a film: how it moved in its list.

    Attributes:
        kind: its colour; never the only sign.
        text: a few letters, such as "▲3".
        spoken: the same as a sentence, for screen readers and for the pointer that rests on it.
    """

    kind: Literal["up", "down", "new", "gone"]
    text: str
    spoken: str


@dataclass(frozen=True)
class Item:
    """A film or person on the page.

    Attributes:
        thing: the film or person.
        fact: what counts here, such as predicted stars ("★ 4.6").
        note: a short sentence below, such as a reason.
        badge: how it moved.
    """

    thing: Movie | User
    fact: str | None = None
    note: str | None = None
    badge: Badge | None = None


def stars(value: float) -> str:
    """Return stars for reading: ★ 4.3."""
    return f"★ {value:.1f}"


def movie_cards(
    items: Sequence[Item],
    *,
    key: str,
    size: str = "large",
    on_why: Callable[[int], None] | None = None,
    on_less: Callable[[int], None] | None = None,
) -> None:
    """Draw films as posters in a grid that wraps; a click goes to the film.

    Args:
        items: the films.
        key: unique on the page.
        size: "large", "medium", "small", or "single" for one film.
        on_why: called with a film's id when its button "Why?" is pressed (a callback); without it there are none.
        on_less: the same of its button "Less like this".
    """
    _draw(items, key=key, layout=f"cards {size}", on={"asked": on_why, "less": on_less})


def movie_rows(items: Sequence[Item], *, key: str, on_why: Callable[[int], None] | None = None) -> None:
    """Draw films as a compact list; a click goes to the film, and `on_why` is as in `movie_cards`."""
    _draw(items, key=key, layout="rows", on={"asked": on_why})


def lone_row(item: Item, *, key: str) -> None:
    """Draw one film or person as a row, without a number; a click goes to the film or person."""
    _draw([item], key=key, layout="rows lone")


def tight_rows(items: Sequence[Item], *, key: str) -> None:
    """Draw films or people as a list that needs little room; a click goes to the film or person."""
    _draw(items, key=key, layout="rows tight")


def movie_pills(items: Sequence[Item], *, key: str) -> None:
    """Draw films as a line of small links, such as the trail of films walked through; the last one is where one is."""
    _draw(items, key=key, layout="pills")


def set_pills(items: Sequence[Item], *, key: str) -> None:
    """Draw films or people as small links without an order; a click goes to the film or person."""
    _draw(items, key=key, layout="pills set")


def user_rows(items: Sequence[Item], *, key: str) -> None:
    """Draw people as a compact list, in two columns where there is room; a click goes to the person."""
    _draw(items, key=key, layout="rows wide")


def user_link(user: User, *, key: str) -> None:
    """Draw one person as a link."""
    _draw([Item(user)], key=key, layout="rows")


def _draw(
    items: Sequence[Item],
    *,
    key: str,
    layout: str,
    on: Mapping[str, Callable[[int], None] | None] = MappingProxyType({}),
) -> None:
    if not items:
        return
    wanted = {name: action for name, action in on.items() if action is not None}
    ids = {item.thing.movie_id for item in items if isinstance(item.thing, Movie)}

    def checked(action: Callable[[int], None]) -> Callable[[Any], None]:
        def act(asked: Any) -> None:  # noqa: ANN401 - what a browser sent
            if asked in ids:
                action(asked)

        return act

    COMPONENT.draw(
        key,
        data={"layout": layout, "items": [_entry(item, buttons=wanted.keys()) for item in items]},
        texts={"asked": t("card.why"), "less": t("card.less")},
        on={name: checked(action) for name, action in wanted.items()},
    )


def entry(item: Item) -> dict[str, Any]:
    """Return a film or person in the form that the code of cards and posters reads (`pages/kit/browser/cards/`)."""
    return _entry(item)


def _entry(item: Item, *, buttons: Collection[str] = ()) -> dict[str, Any]:
    """One film or person in the form that `pages/kit/browser/cards/layouts.js` draws."""
    entry = _movie_entry(item.thing) if isinstance(item.thing, Movie) else _user_entry(item.thing)
    return {
        **entry,
        "fact": item.fact or "",
        "note": item.note or "",
        "badge": None if item.badge is None else item.badge._asdict(),
        "buttons": {name: t(_BUTTONS[name], title=entry["title"]) for name in buttons},
    }


def _movie_entry(movie: Movie) -> dict[str, Any]:
    return {
        "kind": "movie",
        "id": movie.movie_id,
        "href": state.link("movie", movie.movie_id),
        "title": movie.title,
        "year": "" if movie.year is None else str(movie.year),
        "genres": [genre(value) for value in movie.genres[:3]],
        "colors": [theme.genre_color(value) for value in movie.genres[:3]],
        "known": known_text(movie.mean_rating, movie.num_ratings),
    }


def known_text(mean: float | None, count: int) -> str:
    """Return what is known of a film in a few words: its mean stars and how many people gave them."""
    if mean is None or not count:
        return t("card.unrated")
    return t("card.known_one" if count == 1 else "card.known", stars=f"{mean:.1f}", count=number(count))


def _user_entry(user: User) -> dict[str, Any]:
    return {
        "kind": "user",
        "id": user.user_id,
        "href": state.link("user", user.user_id),
        "title": t("user.name", id=user.user_id),
        "year": "",
        "genres": [about_user(user)],
        "colors": [theme.ROLE_COLORS["second"]],
        "known": t("user.count", count=number(user.num_ratings)),
    }


def about_user(user: User) -> str:
    """Return who a person is in a few words: gender, age group, occupation."""
    words = (name("gender", user.gender), name("age", user.age_group), name("occupation", user.occupation))
    return " · ".join(words)


def movie_label(movie: Movie) -> str:
    """Return a film's title with its year, as plain text (not escaped)."""
    return movie.title if movie.year is None else f"{movie.title} ({movie.year})"


def label(thing: Movie | User) -> str:
    """Return what a film or person is called, as plain text (not escaped)."""
    return movie_label(thing) if isinstance(thing, Movie) else t("user.name", id=thing.user_id)


def movie_records(rows: Iterable[tuple[Movie, Mapping[str, object]]]) -> Records:
    """Return films as records of a file: id, title, year, genres, and what each row adds."""
    return [
        {"movie_id": movie.movie_id, "title": movie.title, "year": movie.year, "genres": "|".join(movie.genres), **more}
        for movie, more in rows
    ]


def to_csv(records: Records, origin: Mapping[str, object]) -> str:
    """Return records as CSV, with a byte order mark so that spreadsheets read the letters rightly.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.

    Args:
        records: all with the same columns.
        origin: columns that say in every row where the numbers come from (`pages.kit.origin`); what a record says of
            that itself counts.
    """
    text = io.StringIO()
    if records:
        writer = csv.DictWriter(text, list(records[0] | dict(origin)), lineterminator="\n")
        writer.writeheader()
        for record in records:
            writer.writerow({column: _plain(value) for column, value in (dict(origin) | record).items()})
    return "\ufeff" + text.getvalue()


def _plain(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"} else value


def raw_text(text: str, *, label: str) -> None:
    """Draw text as it stands in a file; one click selects all of it.

    Why not `st.code`: its box takes the keyboard's focus without saying what it is.

    Args:
        text: any text; its lines wrap.
        label: what it is, for screen readers.
    """
    st.html(f'<pre class="matinee-raw" aria-label="{escape(label)}" role="region">{escape(text)}</pre>')


def download(
    records: Records | Callable[[], Records],
    *,
    origin: Mapping[str, object],
    file_name: str,
    key: str,
    label: str | None = None,
    note: str | None = None,
) -> None:
    """Draw the button that takes a list home as CSV.

    The file is made when it is asked for: Streamlit's page fetches a ready one at once, and complains where a quick
    second run has already replaced it.

    Args:
        records: the rows; a function where they take long to make. It is called outside of the page's run.
        origin: columns that say where the numbers come from: of what made the rows, and not of what is there later.
        file_name: what the reader's computer calls it.
        key: unique on the page.
        label: on the button, instead of the usual one.
        note: what the file is, for the pointer that rests on the button.
    """
    st.download_button(
        label or t("download.csv"),
        lambda: to_csv(records() if callable(records) else records, origin),
        file_name=file_name,
        mime="text/csv",
        icon=":material/download:",
        help=note,
        key=key,
        on_click="ignore",
    )


def chart(figure: go.Figure, *, key: str) -> None:
    """Draw a figure that already wears the reader's theme; of Plotly's tools only the one that keeps the picture."""
    config = {"modeBarButtons": [["toImage"]], "displaylogo": False, "responsive": True}
    st.plotly_chart(figure, key=key, theme=None, config=config)
