"""Dials: how a list is ordered and filtered, in the URL, for one of the data set's people as for the visitor.

Drawn inside the fragment of the list that they belong to, so that a turn of one draws that list anew and nothing else.
"""

from dataclasses import dataclass, field

import streamlit as st

from pages.ui import profile_charts, resources, state
from pages.ui.i18n import genre, t
from recsys.data import profiles
from recsys.data.dataset import Dataset
from recsys.recommend import Dials, Filters, Recommender

DEFAULT_K = 10
MAX_K = 50
PARAMETERS = ("k", "unseen", "include", "exclude", "decades", "loved", "gems", "variety", "surprise", "seed")
LIFTED: dict[str, tuple[str, str | None]] = {
    "hide_seen": ("unseen", "0"),
    "include_genres": ("include", None),
    "exclude_genres": ("exclude", None),
    "decades": ("decades", None),
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


def choose(model: Recommender) -> Settings:
    """Draw the dials and filters; return how they stand."""
    k = state.whole("k", DEFAULT_K, lowest=1, highest=MAX_K)
    is_seen_hidden, is_surprise = state.switch("unseen", default=True), state.switch("surprise", default=False)
    seed = state.seed("seed")
    with st.container(border=True, key="film_controls"):
        dials = _orders(model)
        with st.container(horizontal=True, vertical_alignment="center", key="list_controls"):
            st.slider(t("person.k"), 1, MAX_K, width=120, **k.widget)
            st.toggle(t("person.hide_seen"), **is_seen_hidden.widget)
            filters = _filters(model.dataset, hide_seen=is_seen_hidden.value)
            st.toggle(t("person.surprise"), help=t("person.surprise_help"), **is_surprise.widget)
            if is_surprise.value:
                _seed(seed)
    return Settings(k.value, filters, dials, seed.value if is_surprise.value else None)


def reset_button(settings: Settings) -> None:
    """Draw the button that puts everything back, where there is something to put back."""
    if settings != Settings():
        st.button(t("dials.reset"), icon=":material/restart_alt:", key="dials_reset", type="tertiary", on_click=_reset)


def _orders(model: Recommender) -> Dials:
    """The three dials of the order; the first one only where the model gives two answers."""
    answers = model.ordering.answers
    weights = answers.standard
    standard = round(100 * weights.stars / (weights.watch + weights.stars))
    loved, gems = state.whole("loved", standard, lowest=0, highest=100), _signed("gems")
    variety = state.whole("variety", 0, lowest=0, highest=100)
    places = iter(st.columns(3 if answers.has_watch else 2, gap="medium"))
    if answers.has_watch:
        next(places).slider(t("dials.loved"), 0, 100, step=5, format="%d%%", help=t("dials.loved_help"), **loved.widget)
    next(places).slider(t("dials.gems"), -100, 100, step=10, format="%d%%", help=t("dials.gems_help"), **gems.widget)
    next(places).slider(
        t("dials.variety"), 0, 100, step=10, format="%d%%", help=t("dials.variety_help"), **variety.widget
    )
    is_own = not answers.has_watch or loved.value == standard
    return Dials(None if is_own else loved.value / 100, gems.value / 100, variety.value / 100)


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


def _filters(data: Dataset, *, hide_seen: bool) -> Filters:
    """The filters on genres and decades, folded away; the button says how many are set."""
    decades = [str(first) for first in resources.of_dataset(profiles.all_decades)]
    include, exclude = state.some_of("include", data.genres), state.some_of("exclude", data.genres)
    years = state.some_of("decades", decades)
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
    return Filters(
        hide_seen, frozenset(include.value), frozenset(exclude.value), frozenset(int(first) for first in years.value)
    )


def _reset() -> None:
    """Put all dials and filters back (a callback)."""
    state.write_params(**dict.fromkeys(PARAMETERS))


def lift(names: tuple[str, ...]) -> None:
    """Lift some filters (a callback)."""
    state.write_params(**dict(LIFTED[name] for name in names))
