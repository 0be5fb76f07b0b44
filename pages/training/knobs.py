"""The knobs of a training run: what each may be set to, how it stands in the URL, and the sentence that explains it.

A knob is a field of one of the three configs, or the device. Its value lives in the URL; what is drawn comes from here.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.kit import i18n, state
from pages.kit.i18n import t
from recsys import config, device

WINDOWS = (1, 2, 3, 4, 5, 6, 7, 8)
Values = dict[str, Any]


@dataclass(frozen=True)
class Range:
    """A number from `lowest` to `highest`; whole where `step` is.

    Attributes:
        lowest, highest: both allowed.
        step: what one click on plus or minus adds.
    """

    lowest: float
    highest: float
    step: float

    @property
    def is_whole(self) -> bool:
        """Are only whole numbers allowed?"""
        return isinstance(self.step, int)

    def has(self, value: float) -> bool:
        """Does a number lie in the range?"""
        return self.lowest <= value <= self.highest

    @property
    def ends(self) -> dict[str, str]:
        """Both ends, for reading."""
        return {"lowest": self.shown(self.lowest), "highest": self.shown(self.highest)}

    def shown(self, value: float) -> str:
        """Return a number for reading: without an exponent and without zeros at its end."""
        return i18n.number(value) if self.is_whole else f"{value:.6f}".rstrip("0").rstrip(".")

    def parse(self, text: str) -> float | None:
        """Return the number that a text says, None where it says none in the range."""
        if self.is_whole and not (text.isascii() and text.isdigit() and len(text) <= 10):
            return None
        try:
            value = int(text) if self.is_whole else float(text)
        except ValueError:
            return None
        return value if self.has(value) else None


@dataclass(frozen=True)
class Choice:
    """One of some words.

    Attributes:
        options: asked for when it is drawn: which devices there are is known only then.
    """

    options: Callable[[], tuple[str, ...]]

    def parse(self, text: str) -> str | None:
        """Return the text where it is one of the options."""
        return text if text in self.options() else None


class Widths:
    """Some of the window widths."""

    def parse(self, text: str) -> list[int] | None:
        """Return the widths that a text names, separated by commas."""
        parts = [int(part) for part in text.split(",") if part.isascii() and part.isdigit() and len(part) < 3]
        return [width for width in WINDOWS if width in parts]


def device_kinds() -> tuple[str, ...]:
    """Return the devices that can be asked for on this machine."""
    return ("auto", *device.available())


RATE = Range(1e-6, 1.0, 1e-4)
KNOBS: dict[str, Range | Choice | Widths] = {
    "split": Choice(lambda: config.SPLITS),
    "epochs": Range(1, 1000, 1),
    "learning_rate": RATE,
    "batch_size": Range(1, 1_000_000, 256),
    "seed": Range(0, 1_000_000, 1),
    "device": Choice(device_kinds),
    "head": Choice(lambda: config.HEADS),
    "mlp_hidden": Range(0, 1024, 32),
    "combiner": Choice(lambda: config.COMBINERS),
    "init": Range(0.001, 10.0, 0.05),
    "windows": Widths(),
    "num_filters": Range(1, 64, 1),
    "title_length": Range(1, 40, 1),
    "title_dropout": Range(0.0, 0.95, 0.05),
    "history_size": Range(1, 1024, 16),
    "steps_per_epoch": Range(1, 10_000, 1),
    "hidden_share": Range(0.01, 0.9, 0.05),
    "final_share": Range(0.0, 0.9, 0.05),
    "watch_weight": Range(0.0, 100.0, 0.05),
    "blend": Range(-100.0, 100.0, 0.1),
    "weight_decay": Range(0.0, 100.0, 0.05),
    "table_decay": Range(0.0, 100.0, 0.05),
    "id_dropout": Range(0.0, 0.95, 0.05),
}


def tied(name: str, defaults: Values) -> state.Control[Any]:
    """Return a knob's value from the URL, else the preset's."""
    parse: Callable[[str], Any] = KNOBS[name].parse
    return state.control(name, defaults[name], parse=parse, show=_text)


def draw(place: DeltaGenerator, name: str, defaults: Values, *, is_disabled: bool = False) -> Any:  # noqa: ANN401
    """Draw a knob with its sentence and its range below it; return what it is set to."""
    knob = KNOBS[name]
    with place.container(gap="xxsmall"):
        if isinstance(knob, Range):
            value = _number(name, knob, defaults, is_disabled=is_disabled)
        else:
            value = _chosen(name, knob, defaults)
        st.caption(i18n.sentences(t(f"knob.{name}.help"), *_range(knob), t("knob.off") if is_disabled else ""))
    return value


def _number(name: str, knob: Range, defaults: Values, *, is_disabled: bool) -> float:
    """Draw a box without Streamlit's own limits: what lies beyond them would stay in the browser, without our words."""
    control = tied(name, defaults)
    widget = control.widget

    def take() -> None:
        typed = st.session_state[widget["key"]]
        is_good = typed is None or knob.has(typed)
        st.session_state[_refused_key(name)] = None if is_good else (typed, control.value)
        if is_good:
            control.write(typed)

    wrong = None if is_disabled else _refused(name, control.value)
    if wrong is not None:
        st.session_state[widget["key"]] = wrong
    st.number_input(
        t(f"knob.{name}"),
        step=int(knob.step) if knob.is_whole else float(knob.step),
        format="%d" if knob.is_whole else "%g",
        disabled=is_disabled,
        key=widget["key"],
        on_change=take,
    )
    value: float = control.value
    return value


def _refused_key(name: str) -> str:
    return f"refused_{name}"


def _refused(name: str, stands: object) -> float | None:
    """Return the number out of range that stands in a knob's box, None where there is none.

    Args:
        name: of the knob.
        stands: the value in the URL: a number that was refused beside another one is forgotten.
    """
    typed, beside = st.session_state.get(_refused_key(name)) or (None, None)
    return typed if beside == stands else None


def _refusal(name: str, knob: Range, typed: float, stands: float) -> str:
    words = {"knob": t(f"knob.{name}"), "typed": knob.shown(typed), "last": knob.shown(stands)}
    return t("training.problem.range", **words, **knob.ends)


def refused(defaults: Values, off: Collection[str]) -> Iterator[str]:
    """Say which boxes hold a number out of range, as Markdown.

    Args:
        defaults: of the starting point.
        off: knobs that have no effect.
    """
    for name, knob in KNOBS.items():
        if isinstance(knob, Range) and name not in off:
            stands = tied(name, defaults).value
            typed = _refused(name, stands)
            if typed is not None:
                yield _refusal(name, knob, typed, stands)


def forget_refused() -> None:
    """Forget all numbers that were out of range: their boxes are filled anew."""
    for name in KNOBS:
        st.session_state.pop(_refused_key(name), None)


def _chosen(name: str, knob: Choice | Widths, defaults: Values) -> Any:  # noqa: ANN401
    label, widget = t(f"knob.{name}"), tied(name, defaults).widget
    if isinstance(knob, Widths):
        return tuple(sorted(st.pills(label, WINDOWS, selection_mode="multi", **widget)))
    named = _named(name)
    if name == "device":
        return st.selectbox(label, knob.options(), format_func=named, **widget)
    return st.segmented_control(label, knob.options(), format_func=named, required=True, **widget)


def _range(knob: Range | Choice | Widths) -> list[str]:
    """What may be set, in words; a choice shows its options by itself."""
    if not isinstance(knob, Range):
        return []
    return [t("knob.range", **knob.ends)]


def _named(knob: str) -> Callable[[str], str]:
    return lambda option: t(f"knob.{knob}.{option}")


def _text(value: object) -> str:
    return ",".join(map(str, sorted(value))) if isinstance(value, list | tuple) else str(value)
