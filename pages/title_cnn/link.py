"""Title view: what the URL says about the page of the title CNN, so that a link opens the same number again.

Whose title is read (`?movie=`, or a typed `?title=`), a change of it (`?edit=`), a person (`?user=`), and where one
looks: level, window width, filter and place, counted from 1.
"""

from dataclasses import dataclass

import streamlit as st

from pages.kit import pickers, state
from pages.title_cnn.component import Place, Stop
from recsys.config import ModelConfig
from recsys.data.dataset import Dataset
from recsys.insight.titles.probe import FilmTrace, TitleProbe
from recsys.recommend import Recommender

MAX_TITLE = 2000
MAX_GENRES = 6
LEVELS = ("overview", "filter", "sum", "gallery")
FIRST_FILM, FIRST_PERSON = 260, 234
TITLE, EDIT, RARE = "title", "edit", "rare"


@dataclass(frozen=True)
class View:
    """What is to be seen.

    Attributes:
        movie_id: the film whose id, genres and ratings go with the title; None for one that does not exist.
        text: the title.
        edit: the title as it was changed, or None.
        genres: of a film that does not exist.
        user_id: whose stars are predicted.
    """

    movie_id: int | None
    text: str
    edit: str | None
    genres: tuple[str, ...]
    user_id: int

    @property
    def shown(self) -> str:
        """The title that is followed through the network."""
        return self.text if self.edit is None else self.edit


def read(model: Recommender) -> View:
    """Read from the URL whose title is wanted, and for whom."""
    data = model.dataset
    user_id = pickers.current_user(default=_first(FIRST_PERSON, set(data.users["user_id"].tolist())))
    edit, typed = _text(EDIT), _text(TITLE)
    if typed is not None:
        return View(None, typed, _change(edit, typed), tuple(genres(data).value), user_id)
    movie_id = pickers.current_movie(default=_first(FIRST_FILM, set(data.movies["movie_id"].tolist())))
    own = data.movie(movie_id).title
    return View(movie_id, own, _change(edit, own), (), user_id)


def genres(data: Dataset) -> state.Control[list[str]]:
    """Return the choice of genres of a film that does not exist."""
    return state.some_of("genre", data.genres)


def film_of(probe: TitleProbe, view: View, text: str) -> FilmTrace:
    """Follow a title through the network, with what else the film has."""
    return probe.film(text, movie_index=index_of(probe, view), genres=view.genres)


def index_of(probe: TitleProbe, view: View) -> int | None:
    """Return the row of the film, or None for one that does not exist."""
    return None if view.movie_id is None else probe.dataset.movie_index(view.movie_id)


def read_place(config: ModelConfig, film: FilmTrace) -> Place:
    """Read from the URL where one looks; else at the filter that responds most, and its strongest place."""
    level = state.control("level", LEVELS[0], parse=lambda text: text if text in LEVELS else None).value
    strongest = int(film.title.features.argmax())
    width = state.whole("width", 0, lowest=1, highest=10_000).value
    number = state.whole("filter", 0, lowest=1, highest=config.num_filters).value
    is_named = width in config.windows and number > 0
    chosen = config.windows.index(width) * config.num_filters + number - 1 if is_named else strongest
    window = film.title.windows[chosen // config.num_filters]
    winner = int(window.winner[chosen % config.num_filters]) + 1
    at = state.whole("at", winner, lowest=1, highest=window.before.shape[1]).value
    return Place(level, chosen, at - 1, state.switch(RARE, default=False).value)


def write_place(stop: Stop) -> None:
    """Put where one looks into the URL (part of a callback)."""
    level = stop.level if stop.level in LEVELS[1:] else None
    rare = 1 if stop.is_rare else None
    state.write_params(**{"level": level, "width": stop.width, "filter": stop.number, "at": stop.at, RARE: rare})


def write_edit(view: View, text: str | None) -> None:
    """Put a changed title into the URL (part of a callback); the title as it was is no change."""
    state.write_params(**{EDIT: None if text is None else _change(text[:MAX_TITLE], view.text), "at": None})


def write_title(text: str | None) -> None:
    """Put a title of one's own into the URL, or go back to the film (part of a callback)."""
    state.write_params(**{TITLE: None if text is None else text[:MAX_TITLE], EDIT: None, "at": None})


def _text(parameter: str) -> str | None:
    found = st.query_params.get(parameter)
    return None if found is None else found[:MAX_TITLE]


def _change(edit: str | None, text: str) -> str | None:
    return None if edit == text else edit


def _first(wanted: int, known: set[int]) -> int:
    return state.first_of((wanted, min(known)), known)
