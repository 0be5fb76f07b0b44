"""Rate map: the visitor's own dot on the film map, and the way that it came.

The dot lies in the middle of the ten films that are recommended now, without dials: people have vectors in a space of
their own, which has no place among films. Dots and names of regions are those of the film map
(`pages.film_map.data`), published once for everybody; with each star only the way is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st

from pages.film_map import data as map_data
from pages.film_map import layouts as map_layouts
from pages.film_map import placing as map_placing
from pages.film_map import wishes as map_wishes
from pages.film_map.layouts import Layout
from pages.kit import frame, i18n, resources, state
from pages.kit import visitor_ratings as visitor
from pages.kit.cards import movie_label
from pages.kit.component import Component
from pages.kit.i18n import t
from pages.rate.offers import MAP
from recsys.insight.maps.layouts import LayoutSettings
from recsys.recommend import Recommender
from recsys.recommend.person import Person

COMPONENT = Component("rate/browser", "taste_map.js", "TasteMap")
HEIGHT = 340
LONGEST_WAY = 60
_WAY = "rate_way"


class Step(NamedTuple):
    """One place of the visitor's dot.

    Attributes:
        x, y: in the numbers of the layout.
        movie_id: the film whose stars led here; None where it was more than one, or something else.
        stars: its stars; None where they were taken back.
        num_rated: how many films were rated then.
    """

    x: float
    y: float
    movie_id: int | None
    stars: int | None
    num_rated: int


@dataclass(frozen=True)
class Way:
    """How the dot came to where it is.

    Attributes:
        source: model and layout that it belongs to.
        version: of the ratings that the last step stands for.
        ratings: these ratings.
        steps: the newest last.
        films: recommended at the end.
    """

    source: tuple[str, str]
    version: int
    ratings: Mapping[int, int]
    steps: tuple[Step, ...]
    films: tuple[int, ...]


@st.fragment(key=MAP)
def draw(model: Recommender) -> None:
    """Draw the map with the visitor's dot."""
    person = visitor.person(model)
    found = _layout(model)
    way = None if person is None else follow(model, found, person)
    COMPONENT.draw(
        "rate_map",
        data={
            "scene": map_data.scene(model, "movies"),
            "layout": map_data.layout(found),
            "clusters": map_data.clusters(found),
            "trail": [] if way is None else [(step.x, step.y, _said(model, step)) for step in way.steps],
            "films": [] if way is None else list(way.films),
            "version": 0 if way is None else way.version,
            "height": HEIGHT,
            "link": state.link_around("movie"),
        },
        texts=_texts(way),
    )
    if way is not None:
        wish = map_wishes.as_text([map_wishes.Wish("me")])
        st.page_link(
            "film_map/view.py",
            label=t("rate.map.large"),
            icon=frame.PAGE_ICONS["film_map"],
            query_params={map_wishes.PARAMETER: wish, "part": "place", "lang": i18n.language()},
        )


def follow(model: Recommender, found: Layout, person: Person) -> Way:
    """Return the visitor's way, one step longer if the ratings have changed since it was asked for last."""
    source = (resources.made(model), found.shown.key)
    before: Way | None = st.session_state.get(_WAY)
    if before is not None and (before.source, before.version) == (source, visitor.version()):
        return before
    if before is None or before.source != source:
        before = Way(source, 0, {}, (), ())
    films = visitor.favourites(model)
    x, y = map_placing.middle(found, films)
    changed = _changed(before.ratings, person.ratings)
    steps = (*before.steps, Step(x, y, *changed, len(person.ratings)))[-LONGEST_WAY:]
    way = Way(source, visitor.version(), dict(person.ratings), steps, films)
    st.session_state[_WAY] = way
    return way


def forget() -> None:
    """Begin a new way (part of a callback)."""
    st.session_state.pop(_WAY, None)


def _layout(model: Recommender) -> Layout:
    """The usual map where it is kept, else PCA, which always is."""
    for settings in (LayoutSettings(), LayoutSettings(method="pca")):
        places = map_layouts.kept(model, settings)
        if places is not None:
            break
    else:
        raise LookupError(settings.key)
    return Layout(model, settings, settings, places)


def _changed(before: Mapping[int, int], after: Mapping[int, int]) -> tuple[int | None, int | None]:
    """The one film whose stars changed, with its stars now."""
    films = [film for film in {**before, **after} if before.get(film) != after.get(film)]
    return (films[0], after.get(films[0])) if len(films) == 1 else (None, None)


def _said(model: Recommender, step: Step) -> str:
    """A step as plain text."""
    if step.movie_id is None:
        return t("rate.map.step_one" if step.num_rated == 1 else "rate.map.step", count=step.num_rated)
    title = movie_label(model.dataset.movie(step.movie_id))
    if step.stars is None:
        return t("rate.map.step_back", title=title, count=step.num_rated)
    return t("rate.map.step_star", title=title, stars=step.stars, count=step.num_rated)


def _texts(way: Way | None) -> dict[str, str]:
    hint = t("rate.map.empty") if way is None else t("rate.map.hint")
    label = t("rate.map.label", count=0 if way is None else len(way.steps))
    return {"you": t("rate.map.you"), "hint": hint, "label": label, "failed": t("map_view.failed")}
