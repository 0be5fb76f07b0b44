"""Map controls: the line above the film map that says what is drawn, how it is laid out and what its colours mean."""

import streamlit as st

from pages.film_map import layouts
from pages.film_map.link import (
    COLORS,
    DIMS,
    KINDS,
    LAYOUT_METRICS,
    METHODS,
    OF,
    PERPLEXITIES,
    Controls,
    counts_of,
    ids_of,
)
from pages.kit import pickers, resources, state
from pages.kit.i18n import t
from recsys.insight.maps.layouts import LayoutSettings
from recsys.recommend import Recommender

OTHER_PERPLEXITIES = (5, 100)
"""The first that the map has not is offered for the one beside it."""


def draw(model: Recommender, controls: Controls) -> None:
    """Draw the controls; a change goes into the URL and runs the page again."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="map_controls"):
        _choice("of", OF, controls.of)
        _choice("method", METHODS, controls.method)
        _choice("dims", DIMS, controls.dims)
        if controls.method.value == "tsne":
            _layout(model, controls)
        _color(model, controls)
        if controls.view.settings.dims == DIMS[0]:
            _second(model, controls)
            st.toggle(t("map.judged"), help=t("map.judged.help"), **controls.is_judged.widget)


def current(model: Recommender, controls: Controls) -> int:
    """Return the id of the chosen film or person: the URL's, else the session's, else the one with most ratings."""
    of = controls.of.value
    best_known = int(ids_of(model, of)[counts_of(model, of).argmax()])
    return pickers.current(KINDS[of], default=best_known)


def chosen(model: Recommender, controls: Controls) -> int | None:
    """Return the id of the chosen film or person, as `current` does; None after a click beside all dots."""
    kind = KINDS[controls.of.value]
    if kind not in st.query_params and st.session_state.get(_nothing(kind), 0) == state.last(kind):
        return None
    return current(model, controls)


def clear(kind: state.Kind) -> None:
    """Choose nothing, until the URL or another page names a film or person (part of a callback)."""
    state.write_params(**{kind: None})
    st.session_state[_nothing(kind)] = state.last(kind)


def _nothing(kind: state.Kind) -> str:
    return f"map_nothing_{kind}"


def _choice(name: str, options: tuple[object, ...], control: state.Control) -> None:  # type: ignore[type-arg]
    st.segmented_control(
        t(f"map.{name}"),
        options,
        format_func=lambda option: t(f"map.{name}.{option}"),
        label_visibility="collapsed",
        required=True,
        **control.widget,
    )


def _layout(model: Recommender, controls: Controls) -> None:
    """Perplexity, seed and metric of the t-SNE; nothing is computed before the button is pressed."""
    shown = controls.view.settings
    with st.popover(t("map.layout"), icon=":material/tune:", help=t("map.layout.help"), key="map_layout"):
        st.markdown(t("map.layout.text"))
        with st.form("map_layout_form", border=False):
            _numbers("layout", shown)
            st.form_submit_button(
                t("map.lay_out"),
                type="primary",
                icon=":material/play_arrow:",
                on_click=_take_layout,
                args=(controls, shown),
            )
        found = layouts.layout(model, shown)
        if layouts.can_be_watched(found):
            st.button(
                t("map.watch"),
                key="map_watch",
                icon=":material/movie:",
                help=t("map.watch.help"),
                on_click=layouts.watch,
                args=(found,),
            )


def _numbers(form: str, shown: LayoutSettings) -> None:
    """The three numbers of a t-SNE layout, in a form."""
    perplexity, seed, metric = st.columns(3, vertical_alignment="bottom")
    # Values, not session state: a popover that is still closed would miss what is set there. What is shown is part of
    # the keys, so that the Back button or a link brings its numbers along.
    perplexity.number_input(
        t("map.perplexity"),
        *PERPLEXITIES,
        value=round(shown.perplexity),
        step=1,
        key=_key(form, "perplexity", shown),
        help=t("map.perplexity.help"),
    )
    seed.number_input(
        t("map.seed"),
        0,
        state.MAX_SEED,
        value=shown.seed,
        step=1,
        key=_key(form, "seed", shown),
        help=t("map.seed.help"),
    )
    metric.selectbox(
        t("map.metric"),
        LAYOUT_METRICS,
        index=LAYOUT_METRICS.index(shown.metric),
        format_func=lambda name: t(f"map.metric.{name}"),
        key=_key(form, "metric", shown),
        help=t("map.metric.help"),
    )


def _key(form: str, name: str, shown: LayoutSettings) -> str:
    return f"map_{form}_{name}_{shown.key}"


def _take_layout(controls: Controls, shown: LayoutSettings) -> None:
    """Put what the form says into the URL (a callback); the page then has it computed where it is not kept."""
    for name in ("perplexity", "seed", "metric"):
        getattr(controls, name).write(st.session_state[_key("layout", name, shown)])


def _color(model: Recommender, controls: Controls) -> None:
    """What colours the dots; for a person's predicted stars also whose."""
    st.selectbox(
        t("map.color"),
        COLORS[controls.of.value],
        format_func=lambda name: t("map.color.by", what=t(f"map.color.{name}")),
        label_visibility="collapsed",
        width=215,
        **controls.color.widget,
    )
    if controls.color.value == "person":
        st.number_input(
            t("map.person"),
            step=1,
            label_visibility="collapsed",
            width=112,
            **state.id_control("user", person(model)),
        )


def person(model: Recommender) -> int:
    """Return the id of the person whose predicted stars colour the films."""
    data = model.dataset
    most = int(ids_of(model, "users")[data.num_ratings_by_user.argmax()])
    return pickers.current_user(default=most)


def _second(model: Recommender, controls: Controls) -> None:
    """Another layout, or another model, beside the first."""
    label = t("map.second" if controls.view.second is None else "map.second.on")
    with st.popover(label, icon=":material/splitscreen_right:", help=t("map.second.help"), key="map_second"):
        st.markdown(t("map.second.text"))
        shown = _other(controls)
        names = {"": t("map.second.same_model"), **resources.other_models(model)}
        with st.form("map_second_form", border=False):
            if len(names) > 1:
                st.selectbox(
                    t("map.second.model"),
                    list(names),
                    index=list(names).index(controls.model.value) if controls.model.value in names else 0,
                    format_func=names.__getitem__,
                    key=_key("second", f"model_{controls.model.value}", shown),
                )
            st.radio(
                t("map.method"),
                METHODS,
                format_func=lambda name: t(f"map.method.{name}"),
                index=METHODS.index(shown.method),
                horizontal=True,
                key=_key("second", "method", shown),
            )
            _numbers("second", shown)
            st.form_submit_button(
                t("map.second.go"),
                type="primary",
                icon=":material/play_arrow:",
                on_click=_take_second,
                args=(controls, shown),
            )
        if controls.view.second is not None:
            st.button(
                t("map.second.close"),
                key="map_second_close",
                icon=":material/close:",
                on_click=_close,
                args=(controls,),
            )


def _other(controls: Controls) -> LayoutSettings:
    """What the form for the second map offers: the one that is shown, else another perplexity."""
    if controls.view.second is not None:
        return controls.view.second.settings
    first = controls.view.settings
    perplexity = next(value for value in OTHER_PERPLEXITIES if value != first.perplexity)
    return LayoutSettings(of=first.of, perplexity=perplexity)


def _take_second(controls: Controls, shown: LayoutSettings) -> None:
    """Put what the form says into the URL (a callback)."""
    names = ("method", "perplexity", "seed", "metric")
    values = {name: st.session_state[_key("second", name, shown)] for name in names}
    of, method = controls.of.value, values.pop("method")
    controls.second.write(LayoutSettings(of=of, **({} if method == "pca" else values), method=method))
    controls.model.write(st.session_state.get(_key("second", f"model_{controls.model.value}", shown), ""))


def _close(controls: Controls) -> None:
    controls.second.write(None)
    controls.model.write("")
