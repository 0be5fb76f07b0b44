"""What a run is: the data, the network, the training, and the named presets.

Frozen dataclasses that check themselves on construction, so that two runs can be compared by comparing
configs. How one run goes (device, folder, progress) is none of their business.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self, get_args

from recsys.errors import ConfigError

DatasetName = Literal["ml-1m", "ml-100k", "synthetic"]
SplitName = Literal["p80", "p90", "time", "last", "none"]
DATASET_NAMES: tuple[DatasetName, ...] = ("ml-1m", "ml-100k", "synthetic")
SPLITS: tuple[SplitName, ...] = get_args(SplitName)
TEST_SHARES: dict[str, float] = {"p80": 0.2, "p90": 0.1, "time": 0.2}
"""Of the ratings, in the splits that hold out a share of them."""
VALIDATION_SHARE = 0.05
HEADS = ("dot", "mlp", "dual")
SCHEDULES = ("constant", "cosine")
LEARNED_FROM_ALL = "training and validation part"
COMBINERS = ("sum", "mean")


def _check(condition: bool, field: str, value: object, rule: str) -> None:
    if not condition:
        raise ConfigError(field, value, rule)


class _Config:
    """What the three configs share: a plain dictionary and back."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}  # type: ignore[call-overload]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build a config from `to_dict()`'s answer.

        Raises:
            ConfigError: if a field is unknown, missing or out of range.
        """
        known = {f.name for f in fields(cls)}  # type: ignore[arg-type]
        for key in values:
            _check(key in known, key, values[key], f"a field of {cls.__name__}")
        try:
            return cls(**{key: tuple(v) if isinstance(v, list) else v for key, v in values.items()})
        except TypeError as error:
            raise ConfigError(cls.__name__, dict(values), "complete and of the right types") from error


@dataclass(frozen=True)
class DataConfig(_Config):
    """What a model is trained on.

    Attributes:
        dataset: name of the data set.
        split: "p80" and "p90" hold out 20 % and 10 % of the ratings as test part, drawn at random; "time" the latest
            20 %; "last" the last rating of each person; "none" nothing.
        seed: seed of the split, where it is drawn.
    """

    dataset: DatasetName
    split: SplitName = "p80"
    seed: int = 0

    def __post_init__(self) -> None:
        _check(self.dataset in DATASET_NAMES, "dataset", self.dataset, f"one of {', '.join(DATASET_NAMES)}")
        _check(self.split in SPLITS, "split", self.split, f"one of {', '.join(SPLITS)}")
        _check(self.seed >= 0, "seed", self.seed, "0 or more")


@dataclass(frozen=True)
class ModelConfig(_Config):
    """What the network is.

    Attributes:
        head: "dot" multiplies the two feature vectors, "mlp" is a dense layer over both, "dual" predicts stars and
            whether somebody would watch a film at all, each from its own projection of the vectors.
        mlp_hidden: size of the MLP head's hidden layer; 0 for none, as in the article.
        combiner: how the genre embeddings of a film become one: "sum" or "mean".
        init: embeddings start uniform in [-init, init].
        id_size: size of user id, movie id, genre and word embeddings.
        attribute_size: size of gender, age and occupation embeddings.
        windows: window widths of the title CNN, in words.
        num_filters: filters K for each window width.
        title_length: words L that a title is cut or padded to.
        title_dropout: share of title features dropped in training.
        feature_size: size D of both feature vectors.
        history_size: numbers H into which each tower sums the rating history; 0 for towers without one.
        id_dropout: share of people and of films whose id is left out in a training step.
        blend: what a predicted star adds to the logit of watching where a list is ordered.
    """

    head: Literal["dot", "mlp", "dual"] = "dot"
    mlp_hidden: int = 0
    combiner: Literal["sum", "mean"] = "sum"
    init: float = 1.0
    id_size: int = 32
    attribute_size: int = 16
    windows: tuple[int, ...] = (2, 3, 4, 5)
    num_filters: int = 8
    title_length: int = 15
    title_dropout: float = 0.5
    feature_size: int = 200
    history_size: int = 0
    id_dropout: float = 0.0
    blend: float = 0.0

    def __post_init__(self) -> None:
        _check(self.head in HEADS, "head", self.head, f"one of {', '.join(HEADS)}")
        _check(self.combiner in COMBINERS, "combiner", self.combiner, f"one of {', '.join(COMBINERS)}")
        _check(0 <= self.mlp_hidden <= 4096, "mlp_hidden", self.mlp_hidden, "from 0 to 4096")
        _check(self.head == "mlp" or self.mlp_hidden == 0, "mlp_hidden", self.mlp_hidden, "0 with the dot head")
        _check(0 < self.init <= 10, "init", self.init, "above 0 and at most 10")
        _check(0 <= self.title_dropout < 1, "title_dropout", self.title_dropout, "from 0 to below 1")
        _check(0 <= self.history_size <= 4096, "history_size", self.history_size, "from 0 to 4096")
        rule = "above 0 with the dual head, 0 with the article's heads"
        _check((self.head == "dual") == (self.history_size > 0), "history_size", self.history_size, rule)
        _check(0 <= self.id_dropout < 1, "id_dropout", self.id_dropout, "from 0 to below 1")
        _check(-100 <= self.blend <= 100, "blend", self.blend, "from -100 to 100")
        for name in ("id_size", "attribute_size", "num_filters", "title_length", "feature_size"):
            _check(1 <= getattr(self, name) <= 4096, name, getattr(self, name), "from 1 to 4096")
        _check(len(self.windows) > 0, "windows", self.windows, "at least one width")
        for width in self.windows:
            _check(1 <= width <= self.title_length, "windows", self.windows, "widths from 1 to title_length")


@dataclass(frozen=True)
class TrainConfig(_Config):
    """How the network is trained.

    Attributes:
        epochs: passes over the training part.
        batch_size: ratings in a step.
        learning_rate: step size of Adam.
        seed: seed of weights, shuffling and dropout.
        schedule: of the learning rate: "constant", or "cosine" down to its final share over all epochs.
        final_rate: share of the learning rate that "cosine" ends at.
        weight_decay: share of the learning rate by which weights shrink in each step (decoupled, AdamW).
        table_decay: the same for the rows of things: embeddings, and what each rating adds to a history.
        averaging: share of the averaged weights that a step leaves in place; 0 to keep the last weights instead.
        steps_per_epoch: with histories, into how many groups of people an epoch is divided; replaces batch_size.
        hidden_share: with histories, share of a person's ratings that a step hides and predicts.
        watch_weight: with histories, weight of the loss of "would they watch it" beside that of the stars.
        final_share: with histories, share of the epochs, the last ones, that train on the validation part too: by then
            it has nothing more to choose.
    """

    epochs: int = 5
    batch_size: int = 256
    learning_rate: float = 1e-4
    seed: int = 0
    schedule: Literal["constant", "cosine"] = "constant"
    final_rate: float = 0.0
    weight_decay: float = 0.0
    table_decay: float = 0.0
    averaging: float = 0.0
    steps_per_epoch: int = 24
    hidden_share: float = 0.2
    watch_weight: float = 0.2
    final_share: float = 0.0

    @property
    def epochs_on_all(self) -> int:
        """How many epochs, the last ones, train on the validation part too."""
        return int(self.final_share * self.epochs)

    def __post_init__(self) -> None:
        _check(1 <= self.epochs <= 10_000, "epochs", self.epochs, "from 1 to 10000")
        _check(1 <= self.batch_size <= 10_000_000, "batch_size", self.batch_size, "from 1 to 10000000")
        _check(0 < self.learning_rate <= 10, "learning_rate", self.learning_rate, "above 0 and at most 10")
        _check(self.seed >= 0, "seed", self.seed, "0 or more")
        _check(self.schedule in SCHEDULES, "schedule", self.schedule, f"one of {', '.join(SCHEDULES)}")
        _check(0 <= self.final_rate <= 1, "final_rate", self.final_rate, "from 0 to 1")
        _check(0 <= self.weight_decay <= 100, "weight_decay", self.weight_decay, "from 0 to 100")
        _check(0 <= self.table_decay <= 100, "table_decay", self.table_decay, "from 0 to 100")
        _check(0 <= self.averaging < 1, "averaging", self.averaging, "from 0 to below 1")
        _check(1 <= self.steps_per_epoch <= 100_000, "steps_per_epoch", self.steps_per_epoch, "from 1 to 100000")
        _check(0 < self.hidden_share < 1, "hidden_share", self.hidden_share, "between 0 and 1")
        _check(0 <= self.watch_weight <= 100, "watch_weight", self.watch_weight, "from 0 to 100")
        _check(0 <= self.final_share < 1, "final_share", self.final_share, "from 0 to below 1")


PRESETS: dict[str, tuple[ModelConfig, TrainConfig]] = {
    "article": (ModelConfig(), TrainConfig()),
    "default": (
        ModelConfig(head="dual", init=0.05, history_size=128, id_dropout=0.1, blend=1.0),
        TrainConfig(
            epochs=30,
            learning_rate=6e-3,
            schedule="cosine",
            final_rate=0.3,
            weight_decay=0.3,
            table_decay=1.2,
            averaging=0.99,
            watch_weight=0.4,
            final_share=0.5,
        ),
    ),
}


def preset(name: str) -> tuple[ModelConfig, TrainConfig]:
    """Return the network and training of a named preset.

    Raises:
        ConfigError: if there is no such preset.
    """
    _check(name in PRESETS, "preset", name, f"one of {', '.join(PRESETS)}")
    return PRESETS[name]


FIRST_VISIT = "default"
"""The preset that `first_visit` starts from."""


def last_validated(model: ModelConfig, train: TrainConfig) -> int:
    """Return the last epoch after which the validation part is still a measure; only histories train on it later."""
    return train.epochs - (train.epochs_on_all if model.history_size else 0)


def learned_from(model: ModelConfig, train: TrainConfig) -> str:
    """Return which parts of a split the weights come from."""
    return "training part" if last_validated(model, train) == train.epochs else LEARNED_FROM_ALL


def first_visit(num_ratings: int = 100_000) -> tuple[ModelConfig, TrainConfig]:
    """Return what the app trains in front of a visitor when no bundle is there: the preset `default`, a little shorter.

    Args:
        num_ratings: size of the data set.
    """
    model, train = preset(FIRST_VISIT)
    if num_ratings > 500_000:
        train = replace(train, epochs=12, averaging=0.98)  # the longer average would lag behind so short a run
    return model, train


FLAGS: dict[str, str] = {
    "head": "--head",
    "mlp_hidden": "--hidden",
    "combiner": "--combiner",
    "init": "--init",
    "windows": "--windows",
    "num_filters": "--filters",
    "title_length": "--title-length",
    "title_dropout": "--dropout",
    "epochs": "--epochs",
    "batch_size": "--batch-size",
    "learning_rate": "--learning-rate",
}


def command_line(
    data: DataConfig,
    model: ModelConfig,
    train: TrainConfig,
    *,
    preset_name: str,
    num_threads: int | None = None,
) -> str:
    """Return the command that repeats a run, with what differs from a preset, and its threads where they are known.

    Raises:
        ConfigError: if there is no such preset.
    """
    base = {key: value for config in preset(preset_name) for key, value in config.to_dict().items()}
    words = f"python -m recsys train --dataset {data.dataset} --preset {preset_name} --split {data.split}".split()
    words += ["--seed", str(data.seed)]
    words += [] if num_threads is None else ["--threads", str(num_threads)]
    for field, value in (model.to_dict() | train.to_dict()).items():
        if field == "seed" or value == base[field]:
            continue
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        words += [FLAGS[field], text] if field in FLAGS else ["--set", f"{field}={text}"]
    return " ".join(words)
