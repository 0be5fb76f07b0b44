"""The form of a training run: where to start from, the knobs, whom to watch, and the buttons that start it.

What cannot work is named before anything starts; what the form does not think of is refused by the configs themselves.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from pages.kit import i18n, messages, pickers, resources, state
from pages.kit.i18n import t
from pages.training import knobs, turns
from pages.training.knobs import KNOBS, Values
from recsys import config
from recsys.config import DataConfig, DatasetName, ModelConfig, TrainConfig
from recsys.data.dataset import Dataset
from recsys.data.splits import num_training_ratings
from recsys.errors import ConfigError, MatineeError

QUICK = "quick"
RUN = ("epochs", "learning_rate", "batch_size", "seed", "split", "device")
NETWORK = ("head", "mlp_hidden", "combiner", "init")
TITLE = ("windows", "num_filters", "title_length", "title_dropout")
HISTORY = (
    "history_size",
    "steps_per_epoch",
    "hidden_share",
    "watch_weight",
    "blend",
    "final_share",
    "id_dropout",
    "weight_decay",
    "table_decay",
)


@dataclass(frozen=True)
class Wishes:
    """What a visitor asks for.

    Attributes:
        data, model, train: the configs.
        device: "auto" or a kind of device.
        preset: the preset that they came from.
        watched_user: id of the person whose list is watched while it trains.
        with_title_check: measure what the title adds when the run is done?
    """

    data: DataConfig
    model: ModelConfig
    train: TrainConfig
    device: str
    preset: str
    watched_user: int
    with_title_check: bool


def starting_points() -> tuple[str, ...]:
    """Return the names that knobs can be set from; the first is the one to begin with."""
    others = (name for name in config.PRESETS if name != config.FIRST_VISIT)
    return (config.FIRST_VISIT, QUICK, *others)


def values_of(name: str, num_ratings: int) -> Values:
    """Return the value of each knob at a starting point, for a data set of `num_ratings` ratings."""
    model, train = config.first_visit(num_ratings) if name == QUICK else config.preset(name)
    fields = {**DataConfig("synthetic").to_dict(), **model.to_dict(), **train.to_dict(), "device": "auto"}
    fields["history_size"] = fields["history_size"] or config.preset("default")[0].history_size
    return {knob: fields[knob] for knob in KNOBS}


def draw(data: Dataset) -> None:
    """Draw the form: first where to start from and the buttons, then everything that can be changed."""
    first, buttons = st.columns([3, 2], vertical_alignment="bottom")
    with first:
        start = _starting_point(data.num_ratings)
    below = st.container()
    defaults = values_of(start, data.num_ratings)
    with st.container(border=True, key="training_knobs"):
        watched = _watching(data)
        chosen = _knobs(defaults)
    preset = config.FIRST_VISIT if start == QUICK else start
    problems = [*knobs.refused(defaults, _without_effect(chosen["head"])), *named_problems(chosen)]
    wishes = None
    if not problems:
        try:
            wishes = _wishes(data.name, chosen, preset=preset, watched=watched)
        except ConfigError as error:
            problems = [messages.error_text(error)]
    with buttons:
        _buttons(data, wishes)
    with below:
        for problem in problems:
            st.error(problem, icon=":material/block:")
        if wishes is not None:
            _about(wishes, data)


def named_problems(chosen: Values) -> Iterator[str]:
    """Say which settings cannot work together, as Markdown."""
    windows, length = chosen["windows"], chosen["title_length"]
    if not windows:
        yield t("training.problem.no_window")
    elif max(windows) > length:
        wide = t("list.comma").join(str(width) for width in windows if width > length)
        yield t("training.problem.wide_window", widths=wide, length=length)


def start_run(data: Dataset, wishes: Wishes, is_paused: bool) -> None:
    """Start the run that was asked for, or say why not (a callback)."""
    me = resources.visitor()
    if not turns.may_start():
        st.toast(turns.whose_turn(), icon=":material/hourglass_top:")
        return
    try:
        resources.job().start(
            data,
            data=wishes.data,
            model=wishes.model,
            train=wishes.train,
            device=wishes.device,
            preset=wishes.preset,
            by=me,
            watched_user=wishes.watched_user,
            is_paused=is_paused,
            with_title_check=wishes.with_title_check,
        )
    except MatineeError as error:
        st.toast(messages.error_text(error), icon=":material/error:")
        return
    state.write_params(part=None, run=None)


def _starting_point(num_ratings: int) -> str:
    names = starting_points()
    start = state.control("from", names[0], parse=lambda text: text if text in names else None)

    def reset() -> None:
        widget["on_change"]()
        knobs.forget_refused()
        state.write_params(**dict.fromkeys(KNOBS))

    widget = start.widget
    st.segmented_control(
        t("training.from"),
        names,
        key=widget["key"],
        format_func=lambda name: t(f"training.from.{name}"),
        required=True,
        on_change=reset,
    )
    st.caption(_quick_text(num_ratings) if start.value == QUICK else t(f"training.from.{start.value}.text"))
    return start.value


def _quick_text(num_ratings: int) -> str:
    """Say how much shorter the quick start is on a data set of so many ratings; on a small one it is not."""
    (_, quick), (_, usual) = config.first_visit(num_ratings), config.preset(config.FIRST_VISIT)
    if quick == usual:
        return t("training.from.quick.same", epochs=quick.epochs)
    return t("training.from.quick.text", epochs=quick.epochs, usual=usual.epochs)


def _buttons(data: Dataset, wishes: Wishes | None) -> None:
    """Start at once, or ready to go step by step; both say when they cannot."""
    is_possible = wishes is not None and turns.may_start()
    with st.container(horizontal=True, horizontal_alignment="right", key="training_starts"):
        for key, icon, is_paused in (("start", "play_arrow", False), ("start_paused", "step", True)):
            st.button(
                t(f"training.{key}"),
                key=f"training_{key}",
                type="secondary" if is_paused else "primary",
                icon=f":material/{icon}:",
                help=t(f"training.{key}.help"),
                disabled=not is_possible,
                on_click=start_run,
                args=(data, wishes, is_paused),
            )


def _about(wishes: Wishes, data: Dataset) -> None:
    """Say how large the run is, and what its settings mean for what can be seen of it."""
    num_train = num_training_ratings(data, wishes.data)
    of_ratings = -(-num_train // wishes.train.batch_size)
    batches = i18n.number(wishes.train.steps_per_epoch if wishes.model.history_size else of_ratings)
    kind = "training.size.people" if wishes.model.history_size else "training.size"
    words = [t(kind, ratings=i18n.number(num_train), batches=batches, epochs=wishes.train.epochs)]
    if wishes.device == "auto" and len(knobs.device_kinds()) == 2:
        words.append(t("training.no_gpu"))
    st.caption(i18n.sentences(*words))
    if wishes.data.split == "none":
        st.info(t("training.blind"), icon=":material/visibility_off:")


def _watching(data: Dataset) -> tuple[int, bool]:
    """Draw whose list is watched, and whether the title is put to the test."""
    left, right = st.columns(2, gap="medium")
    with left.container(gap="xxsmall"):
        most = int(data.users["user_id"].to_numpy()[data.num_ratings_by_user.argmax()])
        watched = pickers.pick_user(default=most)
        st.caption(t("training.watched"))
    with right.container(gap="xxsmall"):
        checked = state.switch("title_check", default=False)
        st.toggle(t("training.title_check"), **checked.widget)
        st.caption(t("training.title_check.help"))
    return watched, checked.value


def _knobs(defaults: Values) -> Values:
    """Draw all knobs; return what they are set to."""
    head = knobs.tied("head", defaults).value
    off = _without_effect(head)
    st.markdown(t("training.knobs.run"))
    chosen = _grid(RUN, defaults, columns=3, off=off)
    st.markdown(t("training.knobs.network"))
    chosen |= _grid(NETWORK, defaults, columns=2, off=off)
    chosen["mlp_hidden"] = chosen["mlp_hidden"] if head == "mlp" else 0
    with st.expander(t("training.title_knobs"), icon=":material/subtitles:", key="title_knobs"):
        chosen |= _grid(TITLE, defaults, columns=2, off=off)
    if head == "dual":
        with st.expander(t("training.history_knobs"), icon=":material/history:", key="history_knobs"):
            chosen |= _grid(HISTORY, defaults, columns=3, off=off)
    return chosen


def _without_effect(head: str) -> set[str]:
    """The knobs that change nothing with a head."""
    own = {"mlp": ("mlp_hidden",), "dual": HISTORY}
    off = {name for other, names in own.items() if other != head for name in names}
    return off | ({"batch_size"} if head == "dual" else set())


def _grid(names: tuple[str, ...], defaults: Values, *, columns: int, off: Collection[str]) -> Values:
    """Draw knobs in rows; `off` names those that have no effect with what else is chosen."""
    chosen: dict[str, Any] = {}
    for first in range(0, len(names), columns):
        for place, name in zip(st.columns(columns, gap="medium"), names[first : first + columns], strict=False):
            chosen[name] = knobs.draw(place, name, defaults, is_disabled=name in off)
    return chosen


def _wishes(dataset: DatasetName, chosen: Values, *, preset: str, watched: tuple[int, bool]) -> Wishes:
    model, train = config.preset(preset)
    model_fields = {"history_size": 0} | {k: chosen[k] for k in chosen if hasattr(model, k)}
    train_fields = {k: chosen[k] for k in chosen if hasattr(train, k)}  # the seed is one for split and training
    return Wishes(
        DataConfig(dataset, split=chosen["split"], seed=chosen["seed"]),
        replace(model, **model_fields),
        replace(train, **train_fields),
        device=chosen["device"],
        preset=preset,
        watched_user=watched[0],
        with_title_check=watched[1],
    )
