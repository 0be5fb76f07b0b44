"""Inside the title CNN: a title's way from words to stars, one filter of it, and one sum of that filter."""

from typing import Any

import streamlit as st

from pages.ui import frame, title_controls, title_parts, title_scene, title_view
from pages.ui.i18n import t
from pages.ui.title_component import Actions, Stop, title_cnn
from pages.ui.title_view import View
from recsys.recommend import Recommender

ORIGIN = "title_origin"


def scene_of(model: Recommender, view: View) -> dict[str, Any]:
    """Return what the component draws: the title, and what it was before it was changed."""
    probe = title_scene.probe_of(model)
    film = title_view.film_of(probe, view, view.shown)
    old = None if view.edit is None else title_view.film_of(probe, view, view.text)
    user_index, size = model.dataset.user_index(view.user_id), model.bundle.info.model.id_size
    return {
        "title": title_scene.of_title(film.title, size),
        "film": title_scene.of_film(film, probe.stars(film, user_index)),
        "before": None if old is None else title_scene.of_title(old.title, size),
        "film_before": None if old is None else {"stars": probe.stars(old, user_index)},
        "net": title_scene.net_address(model),
        "gallery": title_scene.gallery_address(model),
        "max_title": title_view.MAX_TITLE,
    }


def actions_of(view: View) -> Actions:
    """Return what happens when something is done in the picture: only a changed title draws the page again."""

    def place(stop: Stop) -> None:
        title_view.write_place(stop)
        st.rerun(ORIGIN)

    def edit(text: str | None) -> None:
        title_view.write_edit(view, text)

    return Actions(place, edit)


@st.fragment(key=ORIGIN)
def origin(model: Recommender) -> None:
    """Say where the numbers come from; it is also what is drawn when only the URL changes."""
    frame.origin(model)


def draw(model: Recommender) -> None:
    """Draw the controls, the picture, and the parts below."""
    view = title_view.read(model)
    title_controls.draw(model, view)
    film = title_view.film_of(title_scene.probe_of(model), view, view.shown)
    with st.container(key="title_picture"):
        # Until the browser has code and weights; the component hides it (assets/title_cnn/probe.js).
        with st.container(key="title_loading"):
            st.caption(t("title.loading"))
        title_cnn(
            key="title_cnn",
            scene=scene_of(model, view),
            place=title_view.read_place(model.bundle.info.model, film),
            person=t("user.name", id=view.user_id),
            actions=actions_of(view),
        )
    origin(model)
    title_parts.draw(model, view)


frame.page_header_line("title.title", "title.purpose")
draw(frame.need_model())
frame.how_it_works("title.how", key="title_how")
