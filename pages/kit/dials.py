"""Dials: how a list is ordered and filtered, in the URL, for one of the data set's people as for the visitor.

Drawn inside the fragment of the list that they belong to, so that a turn of one draws that list anew and nothing else.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import streamlit as st

from pages.kit import profile_charts, resources, state
from pages.kit.i18n import genre, t
from recsys.data import profiles
from recsys.data.dataset import Dataset
from recsys.recommend import Dials, Filters, Recommender

DEFAULT_K = 10
MAX_K = 50
MOST_LESS = 40
"""Films that may be taken off a list, with those near them; the oldest ones come back."""
PARAMETERS = ("k", "unseen", "include", "exclude", "decades", "less", "loved", "gems", "variety", "surprise", "seed")
LIFTED: dict[str, tuple[str, str | None]] = {
    "hide_seen": ("unseen", "0"),
    "include_genres": ("include", None),
    "exclude_genres": ("exclude", None),
    "decades": ("decades", None),
    "less_like": ("less", None),
}
"""A filter -> its parameter in the URL, and what stands there when the filter is lifted."""


@dataclass(frozen=True)
class Settings:
    """How a list is wanted.

    Attributes:
        k: how many films.
        filters: which may come.
        dials: what they are ordered by.
        surprise_seed: of a draw among the best; None for the best themselves.
    """

    k: int = DEFAULT_K
    filters: Filters = field(default_factory=Filters)
    dials: Dials = field(default_factory=Dials)
    surprise_seed: int | None = None

    @property
    def is_turned(self) -> bool:
        """Is the order another one than the model's own? Filters are wishes and do not count."""
        return self.dials != Dials() or self.surprise_seed is not None


class _Controls(NamedTuple):
    """What the URL says of each dial and filter."""

    k: state.Control[int]
    unseen: state.Control[bool]
    include: state.Control[list[str]]
    exclude: state.Control[list[str]]
    decades: state.Control[list[str]]
    less: state.Control[list[int]]
    loved: state.Control[int]
    gems: state.Control[int]
    variety: state.Control[int]
    surprise: state.Control[bool]
    seed: state.Control[int]


def asked(model: Recommender) -> Settings:
    """Return how the URL says that the list is wanted; draws nothing."""
    return _settings(model, _controls(model))


def choose(model: Recommender) -> Settings:
    """Draw the dials and filters; return how they stand."""
    controls = _controls(model)
    with st.container(border=True, key="film_controls"):
        _orders(model, controls)
        with st.container(horizontal=True, vertical_alignment="center", key="list_controls"):
            st.slider(t("person.k"), 1, MAX_K, width=120, **controls.k.widget)
            st.toggle(t("person.hide_seen"), **controls.unseen.widget)
            _filters(model.dataset, controls)
            st.toggle(t("person.surprise"), help=t("person.surprise_help"), **controls.surprise.widget)
            if controls.surprise.value:
                _seed(controls.seed)
    return _settings(model, controls)


def less_like(model: Recommender, movie_id: int) -> None:
    """Take a film and those near it off the list (a callback)."""
    less = _controls(model).less
    less.write([*(each for each in less.value if each != movie_id), movie_id][-MOST_LESS:])


def bring_back(model: Recommender, movie_id: int) -> None:
    """Let a film that was taken off, and those near it, come again (a callback)."""
    less = _controls(model).less
    less.write([each for each in less.value if each != movie_id])


def reset_button(settings: Settings) -> None:
    """Draw the button that puts everything back, where there is something to put back."""
    if settings != Settings():
        st.button(t("dials.reset"), icon=":material/restart_alt:", key="dials_reset", type="tertiary", on_click=_reset)


def _controls(model: Recommender) -> _Controls:
    """Read the URL."""
    data = model.dataset
    decades = [str(first) for first in resources.of_dataset(profiles.all_decades)]
    return _Controls(
        k=state.whole("k", DEFAULT_K, lowest=1, highest=MAX_K),
        unseen=state.switch("unseen", default=True),
        include=state.some_of("include", data.genres),
        exclude=state.some_of("exclude", data.genres),
        decades=state.some_of("decades", decades),
        less=_films("less"),
        loved=state.whole("loved", _standard(model), lowest=0, highest=100),
        gems=_signed("gems"),
        variety=state.whole("variety", 0, lowest=0, highest=100),
        surprise=state.switch("surprise", default=False),
        seed=state.seed("seed"),
    )


def _settings(model: Recommender, controls: _Controls) -> Settings:
    """What the controls say."""
    loved = controls.loved.value
    is_own = not model.ordering.answers.has_watch or loved == _standard(model)
    decades = frozenset(int(first) for first in controls.decades.value)
    return Settings(
        controls.k.value,
        Filters(
            controls.unseen.value,
            frozenset(controls.include.value),
            frozenset(controls.exclude.value),
            decades,
            frozenset(controls.less.value),
        ),
        Dials(None if is_own else loved / 100, controls.gems.value / 100, controls.variety.value / 100),
        controls.seed.value if controls.surprise.value else None,
    )


def _standard(model: Recommender) -> int:
    """Percent of the stars in the order of the model's own lists."""
    weights = model.ordering.answers.standard
    return round(100 * weights.stars / (weights.watch + weights.stars))


def _orders(model: Recommender, controls: _Controls) -> None:
    """The three dials of the order; the first one only where the model gives two answers."""
    has_watch = model.ordering.answers.has_watch
    places = iter(st.columns(3 if has_watch else 2, gap="medium"))
    if has_watch:
        next(places).slider(
            t("dials.loved"), 0, 100, step=5, format="%d%%", help=t("dials.loved_help"), **controls.loved.widget
        )
    next(places).slider(
        t("dials.gems"), -100, 100, step=10, format="%d%%", help=t("dials.gems_help"), **controls.gems.widget
    )
    next(places).slider(
        t("dials.variety"), 0, 100, step=10, format="%d%%", help=t("dials.variety_help"), **controls.variety.widget
    )


def _films(parameter: str) -> state.Control[list[int]]:
    """Films in the URL, separated by commas; what the data set does not have is left out."""

    def parse(text: str) -> list[int]:
        known = resources.of_dataset(profiles.movie_labels)
        ids = (int(part) for part in text.split(",") if part.isascii() and part.isdigit())
        return [movie_id for movie_id in dict.fromkeys(ids) if movie_id in known]

    return state.control(parameter, [], parse=parse, show=lambda ids: ",".join(map(str, ids)))


def _signed(parameter: str) -> state.Control[int]:
    """A whole number of percent from -100 to 100 in the URL."""

    def parse(text: str) -> int | None:
        digits = text.removeprefix("-")
        is_number = digits.isascii() and digits.isdigit() and len(digits) <= 3
        return int(text) if is_number and int(digits) <= 100 else None

    return state.control(parameter, 0, parse=parse)


def _seed(seed: state.Control[int]) -> None:
    """The seed of the surprise, and the dice for the next one."""
    st.number_input(t("person.seed"), 0, state.MAX_SEED, width=130, **seed.widget)
    st.button(t("person.again"), icon=":material/casino:", key="surprise_again", on_click=state.next_seed, args=(seed,))


def _filters(data: Dataset, controls: _Controls) -> None:
    """The filters on genres and decades, folded away; the button says how many are set."""
    decades = [str(first) for first in resources.of_dataset(profiles.all_decades)]
    include, exclude, years = controls.include, controls.exclude, controls.decades
    count = sum(map(bool, (include.value, exclude.value, years.value)))
    label = t("dials.filters_set", count=count) if count else t("dials.filters")
    with st.popover(label, icon=":material/filter_alt:", key="list_filters", width="content"):
        st.multiselect(
            t("person.include"), data.genres, format_func=genre, placeholder=t("person.all_genres"), **include.widget
        )
        st.multiselect(
            t("person.exclude"), data.genres, format_func=genre, placeholder=t("person.no_genre"), **exclude.widget
        )
        st.multiselect(
            t("person.decades"),
            decades,
            format_func=lambda first: profile_charts.decade(int(first)),
            placeholder=t("person.all_decades"),
            **years.widget,
        )


def _reset() -> None:
    """Put all dials and filters back (a callback)."""
    state.write_params(**dict.fromkeys(PARAMETERS))


def lift(names: tuple[str, ...]) -> None:
    """Lift some filters (a callback)."""
    state.write_params(**dict(LIFTED[name] for name in names))
