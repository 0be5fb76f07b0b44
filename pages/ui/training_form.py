"""The form of a training run: knobs that live in the URL, and the configs that they make.

A knob is a field of one of the three configs. What cannot work is refused by the configs themselves (`ConfigError`)
before anything starts.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import i18n, state
from pages.ui.i18n import t
from recsys import config, device
from recsys.config import DataConfig, DatasetName, ModelConfig, TrainConfig

QUICK = "quick"
WINDOWS = (1, 2, 3, 4, 5, 6, 7, 8)


@dataclass(frozen=True)
class Wishes:
    """What a visitor asks for.

    Attributes:
        data, model, train: the configs.
        device: "auto" or a kind of device.
        preset: the preset that they came from.
    """

    data: DataConfig
    model: ModelConfig
    train: TrainConfig
    device: str
    preset: str


def _decimal(lowest: float, highest: float) -> Callable[[str], float | None]:
    def parse(text: str) -> float | None:
        try:
            value = float(text)
        except ValueError:
            return None
        return value if lowest <= value <= highest else None

    return parse


def _widths(text: str) -> list[int] | None:
    parts = [int(part) for part in text.split(",") if part.isascii() and part.isdigit() and len(part) < 3]
    return [width for width in WINDOWS if width in parts]


def _among(options: Collection[str]) -> Callable[[str], str | None]:
    return lambda text: text if text in options else None


def _whole(lowest: int, highest: int) -> Callable[[str], int | None]:
    def parse(text: str) -> int | None:
        is_number = text.isascii() and text.isdigit() and len(text) <= 10
        return int(text) if is_number and lowest <= int(text) <= highest else None

    return parse


PARSERS: dict[str, Callable[[str], Any]] = {
    "split": _among(tuple(config.TEST_SHARES)),
    "seed": _whole(0, 1_000_000),
    "head": _among(config.HEADS),
    "mlp_hidden": _whole(0, 1024),
    "combiner": _among(config.COMBINERS),
    "init": _decimal(0.001, 10),
    "windows": _widths,
    "num_filters": _whole(1, 64),
    "title_length": _whole(1, 40),
    "title_dropout": _decimal(0, 0.95),
    "learning_rate": _decimal(1e-6, 1),
    "batch_size": _whole(1, 1_000_000),
    "epochs": _whole(1, 1000),
    "history_size": _whole(1, 1024),
    "id_dropout": _decimal(0, 0.95),
    "blend": _decimal(-100, 100),
    "steps_per_epoch": _whole(1, 10_000),
    "hidden_share": _decimal(0.01, 0.9),
    "watch_weight": _decimal(0, 100),
    "weight_decay": _decimal(0, 100),
    "table_decay": _decimal(0, 100),
    "final_share": _decimal(0, 0.9),
    "device": lambda text: text if text in device_kinds() else None,
}


def starting_points() -> tuple[str, ...]:
    """Return the names that knobs can be set from."""
    return (*config.PRESETS, QUICK)


def values_of(name: str, num_ratings: int) -> dict[str, Any]:
    """Return the value of each knob at a starting point, for a data set of `num_ratings` ratings."""
    model, train = config.first_visit(num_ratings) if name == QUICK else config.preset(name)
    fields = {**DataConfig("synthetic").to_dict(), **model.to_dict(), **train.to_dict(), "device": "auto"}
    fields["history_size"] = fields["history_size"] or config.preset("default")[0].history_size
    return {knob: fields[knob] for knob in PARSERS}


def draw(dataset: DatasetName, num_ratings: int) -> Wishes:
    """Draw all knobs and return what they ask for.

    Args:
        dataset: name of the data set to train on.
        num_ratings: how many ratings it has.

    Raises:
        ConfigError: if a combination cannot work.
    """
    left, right = st.columns(2)
    with left:
        start = _starting_point()
    defaults = values_of(start, num_ratings)
    shares = tuple(config.TEST_SHARES)
    split = right.segmented_control(
        options=shares, format_func=_named("split"), required=True, **_knob("split", defaults)
    )
    chosen: dict[str, Any] = {
        "split": split,
        **_run_knobs(defaults),
        **_network_knobs(defaults),
        **_title_knobs(defaults),
    }
    if chosen["head"] == "dual":
        chosen |= _history_knobs(defaults)
    wishes = _wishes(dataset, chosen, preset=config.FIRST_VISIT if start == QUICK else start)
    num_train = _num_training_ratings(num_ratings, wishes.data)
    of_ratings = -(-num_train // wishes.train.batch_size)
    batches = i18n.number(wishes.train.steps_per_epoch if wishes.model.history_size else of_ratings)
    st.caption(t("training.size", ratings=i18n.number(num_train), batches=batches, epochs=wishes.train.epochs))
    return wishes


def _starting_point() -> str:
    names = starting_points()
    start = state.control("from", names[0], parse=_among(names))

    def reset() -> None:
        widget["on_change"]()
        state.write_params(**dict.fromkeys(PARSERS))

    widget = start.widget
    st.segmented_control(
        t("training.from"),
        names,
        key=widget["key"],
        format_func=lambda name: t(f"training.from.{name}"),
        help=t("training.from.help"),
        required=True,
        on_change=reset,
    )
    return start.value


def _run_knobs(defaults: dict[str, Any]) -> dict[str, Any]:
    epochs, rate, batch, seed, place = st.columns(5)
    return {
        "epochs": epochs.number_input(min_value=1, max_value=1000, **_knob("epochs", defaults)),
        "learning_rate": rate.number_input(
            min_value=1e-6, max_value=1.0, step=1e-4, format="%g", **_knob("learning_rate", defaults)
        ),
        "batch_size": batch.number_input(
            min_value=1,
            max_value=1_000_000,
            step=256,
            disabled=_tied("head", defaults).value == "dual",
            **_knob("batch_size", defaults),
        ),
        "seed": seed.number_input(min_value=0, max_value=1_000_000, **_knob("seed", defaults)),
        "device": place.selectbox(options=device_kinds(), format_func=_named("device"), **_knob("device", defaults)),
    }


def _network_knobs(defaults: dict[str, Any]) -> dict[str, Any]:
    first, second, third, fourth = st.columns([3, 2, 2, 2])
    head = first.segmented_control(
        options=config.HEADS, format_func=_named("head"), required=True, **_knob("head", defaults)
    )
    is_mlp = head == "mlp"
    hidden = second.number_input(
        min_value=0, max_value=1024, step=32, disabled=not is_mlp, **_knob("mlp_hidden", defaults)
    )
    combiner = third.segmented_control(
        options=config.COMBINERS, format_func=_named("combiner"), required=True, **_knob("combiner", defaults)
    )
    init = fourth.number_input(min_value=0.001, max_value=10.0, step=0.05, format="%g", **_knob("init", defaults))
    return {"head": head, "mlp_hidden": hidden if is_mlp else 0, "combiner": combiner, "init": init}


def _title_knobs(defaults: dict[str, Any]) -> dict[str, Any]:
    with st.expander(t("training.title_knobs"), icon=":material/subtitles:", key="title_knobs"):
        first, second, third, fourth = st.columns([2, 1, 1, 1])
        windows = first.pills(options=WINDOWS, selection_mode="multi", **_knob("windows", defaults))
        return {
            "windows": tuple(sorted(windows)),
            "num_filters": second.number_input(min_value=1, max_value=64, **_knob("num_filters", defaults)),
            "title_length": third.number_input(min_value=1, max_value=40, **_knob("title_length", defaults)),
            "title_dropout": fourth.slider(
                min_value=0.0, max_value=0.95, step=0.05, **_knob("title_dropout", defaults)
            ),
        }


def _history_knobs(defaults: dict[str, Any]) -> dict[str, Any]:
    """The knobs of a network with histories and two heads."""
    with st.expander(t("training.history_knobs"), icon=":material/history:", key="history_knobs"):
        first, second, third, fourth = st.columns(4)

        def decimal(place: DeltaGenerator, name: str, lowest: float, highest: float) -> float:
            value: float = place.number_input(
                min_value=lowest, max_value=highest, step=0.05, format="%g", **_knob(name, defaults)
            )
            return value

        return {
            "history_size": first.number_input(min_value=1, max_value=1024, **_knob("history_size", defaults)),
            "steps_per_epoch": first.number_input(min_value=1, max_value=10_000, **_knob("steps_per_epoch", defaults)),
            "hidden_share": decimal(second, "hidden_share", 0.01, 0.9),
            "final_share": decimal(second, "final_share", 0.0, 0.9),
            "watch_weight": decimal(third, "watch_weight", 0.0, 100.0),
            "blend": decimal(third, "blend", -100.0, 100.0),
            "weight_decay": decimal(fourth, "weight_decay", 0.0, 100.0),
            "table_decay": decimal(fourth, "table_decay", 0.0, 100.0),
            "id_dropout": decimal(first, "id_dropout", 0.0, 0.95),
        }


def device_kinds() -> tuple[str, ...]:
    """Return the devices that can be asked for on this machine."""
    return ("auto", *device.available())


def _knob(name: str, defaults: dict[str, Any]) -> dict[str, Any]:
    """Tie a knob to the URL, and give it its name and one sentence."""
    return {"label": t(f"knob.{name}"), "help": t(f"knob.{name}.help"), **_tied(name, defaults).widget}


def _tied(name: str, defaults: dict[str, Any]) -> state.Control[Any]:
    return state.control(name, defaults[name], parse=PARSERS[name], show=_text)


def _named(knob: str) -> Callable[[str], str]:
    return lambda option: t(f"knob.{knob}.{option}")


def _text(value: object) -> str:
    return ",".join(map(str, sorted(value))) if isinstance(value, list) else str(value)


def _num_training_ratings(num_ratings: int, data: DataConfig) -> int:
    """How many ratings `recsys.data.splits.random_split` leaves for training."""
    if data.split == "none":
        return num_ratings
    rest = num_ratings - int(config.TEST_SHARES[data.split] * num_ratings)
    return rest - int(config.VALIDATION_SHARE * rest)


def _wishes(dataset: DatasetName, chosen: dict[str, Any], *, preset: str) -> Wishes:
    model, train = config.preset(preset)
    seed = chosen["seed"]
    model_fields = {"history_size": 0} | {k: chosen[k] for k in chosen if hasattr(model, k)}
    train_fields = {k: chosen[k] for k in chosen if hasattr(train, k)}  # the seed is one for split and training
    return Wishes(
        DataConfig(dataset, split=chosen["split"], seed=seed),
        replace(model, **model_fields),
        replace(train, **train_fields),
        device=chosen["device"],
        preset=preset,
    )
