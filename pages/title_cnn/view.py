"""Inside the title CNN: a title's way from words to stars, one filter of it, and one sum of that filter."""

from typing import Any

import streamlit as st

from pages.kit import frame
from pages.kit.i18n import t
from pages.title_cnn import controls, link, parts, scene
from pages.title_cnn.component import Actions, Stop, title_cnn
from pages.title_cnn.link import View
from recsys.recommend import Recommender

ORIGIN = "title_origin"


def scene_of(model: Recommender, view: View) -> dict[str, Any]:
    """Return what the component draws: the title, and what it was before it was changed."""
    probe = scene.probe_of(model)
    film = link.film_of(probe, view, view.shown)
    old = None if view.edit is None else link.film_of(probe, view, view.text)
    user_index, size = model.dataset.user_index(view.user_id), model.bundle.info.model.id_size
    return {
        "title": scene.of_title(film.title, size),
        "film": scene.of_film(film, probe.stars(film, user_index)),
        "before": None if old is None else scene.of_title(old.title, size),
        "film_before": None if old is None else {"stars": probe.stars(old, user_index)},
        "net": scene.net_address(model),
        "gallery": scene.gallery_address(model),
        "max_title": link.MAX_TITLE,
    }


def actions_of(view: View) -> Actions:
    """Return what happens when something is done in the picture: only a changed title draws the page again."""

    def place(stop: Stop) -> None:
        link.write_place(stop)
        st.rerun(ORIGIN)

    def edit(text: str | None) -> None:
        link.write_edit(view, text)

    return Actions(place, edit)


@st.fragment(key=ORIGIN)
def origin(model: Recommender) -> None:
    """Say where the numbers come from; it is also what is drawn when only the URL changes."""
    frame.origin(model)


def draw(model: Recommender) -> None:
    """Draw the controls, the picture, and the parts below."""
    view = link.read(model)
    controls.draw(model, view)
    film = link.film_of(scene.probe_of(model), view, view.shown)
    with st.container(key="title_picture"):
        # Until the browser has code and weights; the component hides it (pages/title_cnn/browser/probe.js).
        with st.container(key="title_loading"):
            st.caption(t("title.loading"))
        title_cnn(
            key="title_cnn",
            scene=scene_of(model, view),
            place=link.read_place(model.bundle.info.model, film),
            person=t("user.name", id=view.user_id),
            actions=actions_of(view),
        )
    origin(model)
    parts.draw(model, view)


frame.page_header_line("title.title", "title.purpose")
draw(frame.need_model())
frame.how_it_works("title.how", key="title_how")
