"""Map layouts: the places of the dots, at once where they are kept, else computed while one watches.

A layout that nobody has computed yet is asked for when a page needs it; until it is there, another one of the same
things is shown and moves with the steps of the run. All sessions see the same run.
"""

import weakref
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.film_map import scene
from pages.film_map.link import DIMS
from pages.kit import i18n, messages, published, resources
from pages.kit.i18n import number, t
from recsys.errors import QueueFullError
from recsys.insight.maps import layout_store
from recsys.insight.maps.layout_job import LayoutStatus
from recsys.insight.maps.layouts import LayoutSettings
from recsys.recommend import Recommender

Places = NDArray[np.float32]
LIVE = 0.7
STEPS = ("neighbors", "layout")
_WATCHED = "map_watched"


@dataclass(frozen=True)
class Layout:
    """A layout as it can be shown now.

    Attributes:
        model: the model whose feature vectors are laid out.
        wanted: what was asked for.
        shown: what `places` are: `wanted`, or another layout of the same things until that is there.
        places: (N, dims) places of the dots.
        status: of the run that computes what was asked for; None where it is kept.
    """

    model: Recommender
    wanted: LayoutSettings
    shown: LayoutSettings
    places: Places
    status: LayoutStatus | None = None

    @property
    def is_there(self) -> bool:
        """Are these the places that were asked for?"""
        return self.shown == self.wanted

    @property
    def is_under_way(self) -> bool:
        """Is what was asked for being computed?"""
        return self.status is not None and self.status.is_under_way


def kept(model: Recommender, settings: LayoutSettings) -> Places | None:
    """Return (N, dims) places where they are known already, else None. Nobody may change them."""
    if settings.method == "pca":  # not kept, but computed each time
        return resources.answer_of_model(_from_store, model, settings)
    return _from_store(model, settings)


def places_of(model: Recommender, settings: LayoutSettings) -> Places:
    """Return (N, dims) places that are known already.

    Raises:
        LookupError: if they are not.
    """
    found = kept(model, settings)
    if found is None:
        raise LookupError(settings.key)
    return found


def layout(model: Recommender, settings: LayoutSettings) -> Layout:
    """Return a layout; where it is not there yet, have it computed and return another one for the time being."""
    places = kept(model, settings)
    if places is not None:
        return Layout(model, settings, settings, places)
    status = resources.layouts().status(settings, model.bundle)
    if status.state == "missing":
        status = _asked_for(model, settings)
    instead, places = _instead(model, settings)
    return Layout(model, settings, instead, places, status)


def watch(found: Layout) -> None:
    """Show again how a layout came about (a callback)."""
    st.session_state[_WATCHED] = found.wanted.key


def can_be_watched(found: Layout) -> bool:
    """Are the steps of a layout still there? Those of layouts that ship with the app never are."""
    status = resources.layouts().status(found.wanted, found.model.bundle)
    return found.is_there and found.wanted.dims == DIMS[0] and status.num_frames > 1


def frames_address(found: Layout) -> str | None:
    """Return where the steps of a layout come from: those under way, or those that the reader asked to see again."""
    job, settings, still = resources.layouts(), found.wanted, weakref.ref(found.model.bundle)
    is_again = st.session_state.get(_WATCHED) == settings.key and can_be_watched(found)
    if settings.dims != DIMS[0] or not (found.is_under_way or is_again):
        return None
    steps = {step: t(f"map.step.{step}") for step in STEPS}

    def answer(first: int) -> bytes:
        bundle = still()
        if bundle is None:
            raise LookupError(settings.key)
        status, frames = job.status(settings, bundle), job.frames(settings, bundle)
        first = min(first, len(frames))
        state = "running" if status.is_under_way else "finished"
        step = steps.get(status.step, "")
        return scene.encode_frames(frames[first:], first=first, state=state, step=step, share=status.share)

    # When a run has ended its steps are turned like the result: those are others than the ones seen under way.
    key = ("frames", resources.made(found.model), settings.key, i18n.language(), is_again)
    return published.publish_live(key, answer, owner=found.model)


def progress(layouts: list[Layout]) -> None:
    """Draw how far the layouts under way are; when one is there, the page runs again and shows it."""
    waiting = [found for found in layouts if not found.is_there]
    if not waiting:
        return

    @st.fragment(run_every=LIVE if any(found.is_under_way for found in waiting) else None, key="map_progress")
    def draw() -> None:
        for at, found in enumerate(waiting):
            now = _now(found)
            if found.is_under_way and not now.is_under_way:
                st.rerun()
            _draw_one(now, key=f"map_layout_{at}")

    draw()


def title(settings: LayoutSettings) -> str:
    """Return what a layout is called, in the reader's language."""
    if settings.method == "pca":
        return t("map.pca")
    words = [t("map.tsne"), t("map.layout.perplexity", value=f"{settings.perplexity:g}")]
    if settings.metric != "cosine":
        words.append(t(f"map.metric.{settings.metric}"))
    if settings.seed:
        words.append(t("map.layout.seed", value=settings.seed))
    return " · ".join(words)


def full_title(found: Layout) -> str:
    """Return what a map beside another one is called: its model and its layout."""
    return f"{found.model.bundle.info.name} · {title(found.shown)}"


def _from_store(model: Recommender, settings: LayoutSettings) -> Places | None:
    return layout_store.kept(model.bundle, settings)


def _now(found: Layout) -> Layout:
    return replace(found, status=resources.layouts().status(found.wanted, found.model.bundle))


def _asked_for(model: Recommender, settings: LayoutSettings) -> LayoutStatus:
    try:
        resources.layouts().request(model.bundle, settings)
    except QueueFullError as error:
        st.toast(messages.error_text(error), icon=":material/hourglass_top:")
    return resources.layouts().status(settings, model.bundle)


def _ask_again(model: Recommender, settings: LayoutSettings) -> None:
    """Have a layout computed that was stopped (a callback); the whole page follows it, not this fragment alone."""
    _asked_for(model, settings)
    st.rerun()


def _instead(model: Recommender, settings: LayoutSettings) -> tuple[LayoutSettings, Places]:
    """Another layout of the same things: the usual one where it is kept, else PCA, which always is."""
    usual = LayoutSettings(of=settings.of, dims=settings.dims)
    places = kept(model, usual)
    if places is not None:
        return usual, places
    plain = LayoutSettings(of=settings.of, method="pca", dims=settings.dims)
    return plain, places_of(model, plain)


def _draw_one(found: Layout, *, key: str) -> None:
    status = found.status
    if status is None:
        return
    name = title(found.wanted)
    with st.container(horizontal=True, vertical_alignment="center", key=key):
        if status.is_under_way:
            step = (
                i18n.name("map.step", status.step or STEPS[0])
                if status.state == "running"
                else t("map.queued", place=status.place)
            )
            text = t("map.laying_out", name=name, step=step, seconds=number(status.seconds))
            st.progress(min(1.0, status.share), text=text, width="stretch")
            _button(
                "map.cancel", "stop", resources.layouts().cancel, found.wanted, found.model.bundle, key=f"{key}_stop"
            )
            return
        if status.error is not None:
            st.error(messages.error_text(status.error), icon=":material/error:")
        st.info(t("map.not_laid_out", name=name, shown=title(found.shown)), icon=":material/info:", width="stretch")
        _button("map.lay_out", "play_arrow", _ask_again, found.model, found.wanted, key=f"{key}_go")


def _button(label: str, icon: str, action: object, *arguments: object, key: str) -> None:
    st.button(t(label), icon=f":material/{icon}:", key=key, on_click=action, args=arguments)  # type: ignore[arg-type]
