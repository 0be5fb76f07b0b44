"""What a training run is, in words: its settings in one line, how good it became, how long it took."""

from datetime import datetime

from pages.kit.i18n import escaped, number, t
from pages.kit.messages import dataset_name
from recsys.bundle.info import BundleInfo
from recsys.config import DataConfig, ModelConfig, TrainConfig


def settings(data: DataConfig, model: ModelConfig, train: TrainConfig) -> str:
    """Return a run's configs in one line of Markdown."""
    head = t(f"knob.head.{model.head}") + (f" {model.mlp_hidden}" if model.mlp_hidden else "")
    parts = [
        escaped(dataset_name(data.dataset)),
        t(f"split.{data.split}", seed=data.seed),
        t("training.settings.head", head=head, combiner=t(f"knob.combiner.{model.combiner}"), init=f"±{model.init:g}"),
        t("training.settings.title", windows=t("list.comma").join(map(str, model.windows)), filters=model.num_filters),
        t("training.settings.rate", rate=f"{train.learning_rate:g}"),
        t("training.settings.people", steps=number(train.steps_per_epoch))
        if model.history_size
        else t("training.settings.batch", batch=number(train.batch_size)),
        t("training.settings.seed", seed=train.seed),
    ]
    return " · ".join(parts)


def quality(info: BundleInfo) -> str:
    """Return a run's epochs and its error on the validation part, with its epoch, as Markdown."""
    words = [t("training.epochs", done=info.epochs_done, wanted=info.train.epochs)]
    errors = info.metrics.get("validation")
    if errors:
        values = {"rmse": f"{errors['rmse']:.4f}", "mse": f"{errors['mse']:.4f}"}
        words.append(t("training.error.validation", then=measured_when(info), **values))
    best = info.baselines.get("biases", {}).get("validation_rmse")
    if errors and best is not None:
        words.append(t("training.error.biases", rmse=f"{best:.4f}"))
    return " · ".join(words)


def measured_when(info: BundleInfo) -> str:
    """Return after which epoch the error on the validation part was measured, and whether the weights went on since."""
    if info.own_validation_rmse is not None:
        return t("training.error.kept", epoch=info.validation_epoch)
    return t(f"training.error.{'learned' if info.has_learned_validation else 'since'}", epoch=info.validation_epoch)


def made(info: BundleInfo) -> str:
    """Return when a run was made, how long it took, on what, and whether somebody changed its rate, as Markdown."""
    when = datetime.fromisoformat(info.created)
    values = {"date": f"{when:%Y-%m-%d %H:%M}", "time": duration(info.seconds), "device": escaped(info.device)}
    changes = [t("training.made.changed", times=len(info.rate_changes))] if info.rate_changes else []
    return " · ".join([t("training.made", **values), *changes])


def label(info: BundleInfo) -> str:
    """Return what tells a kept run from the others, as plain text."""
    return f"{info.name} · {info.folder.name}"


def duration(seconds: float) -> str:
    """Return a time for reading: 42 s, 3 min 05 s, 2 h 10 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return t("time.seconds", seconds=whole)
    if whole < 3600:
        return t("time.minutes", minutes=whole // 60, seconds=f"{whole % 60:02d}")
    return t("time.hours", hours=whole // 3600, minutes=f"{whole % 3600 // 60:02d}")
