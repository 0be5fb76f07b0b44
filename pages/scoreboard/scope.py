"""Which scoreboard the page shows, what can be entered on it here, and what everything on it is called."""

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from pages.kit import i18n, messages, resources, state
from pages.kit.i18n import escaped, number, t
from recsys.bundle.info import BundleInfo
from recsys.bundle.store import usable_bundles
from recsys.config import SPLITS, DataConfig
from recsys.data.dataset import AGE_GROUPS, Dataset
from recsys.data.splits import split_of
from recsys.evaluation.board_reading import SECONDS, KnownScores
from recsys.evaluation.contenders import contenders
from recsys.evaluation.scoreboard import KEYS, Scoreboard
from recsys.evaluation.scores import Score
from recsys.evaluation.scoring_job import Entrant
from recsys.recommend import Recommender

_DIGITS = {"rmse": 4, "mae": 4, "ndcg@10": 4, "sampled_ndcg@10": 4, "novelty": 2}


@dataclass(frozen=True)
class Scope:
    """One scoreboard, and what can be done with it on this server.

    Attributes:
        dataset: all ratings.
        data: names the split.
        board: the scores.
        entrants: the cheap contenders and the trained models of this split.
        current: the model that the app uses, whatever its split; asked for once, so that its name and its lists agree.
    """

    dataset: Dataset
    data: DataConfig
    board: Scoreboard
    entrants: tuple[Entrant, ...]
    current: Recommender | None

    @property
    def active(self) -> str | None:
        """Key of the model that the app uses; None if it was trained on another split."""
        info = None if self.current is None else self.current.bundle.info
        return None if info is None or info.data != self.data else key_of(info)

    def entrant(self, key: str) -> Entrant | None:
        """Return what can be measured and fitted here under a key."""
        return next((entrant for entrant in self.entrants if entrant.key == key), None)

    def row_of(self, info: BundleInfo) -> Score | None:
        """Return the score of a trained model as it is now, under whatever key it was entered."""
        marks = (info.command, info.seconds)
        return next((score for score in self.board.scores if (score.command, score.seconds) == marks), None)

    def unmeasured(self) -> list[Entrant]:
        """Return the trained models that have no score."""
        return [entrant for entrant in self.entrants if entrant.bundle is not None and not self.row_of(entrant.bundle)]

    def name(self, key: str) -> str:
        """Return what a contender is called, as plain text."""
        if key in KEYS:
            return t(f"contender.{key}")
        entrant, score = self.entrant(key), self.board.score_of(key)
        info = None if entrant is None else entrant.bundle
        row = None if info is None else self.row_of(info)
        if row is not None and row.contender in KEYS:
            return t(f"contender.{row.contender}")
        name = info.name if info is not None else str(score.config.get("name", "")) if score is not None else ""
        return t("contender.bundle", name=name, folder=key.removeprefix("bundle:"))

    def label(self, key: str) -> str:
        """Return the same for a place that reads Markdown, such as pills."""
        return escaped(self.name(key))


def choose(dataset: Dataset, known: KnownScores) -> Scope:
    """Draw the choice of the split, and return its scoreboard."""
    infos = usable_bundles(dataset)
    offered = _offered(known.scores, infos)
    control = state.control("board", "p80-0", parse=lambda text: text if _parsed(text) else None)
    options = list(dict.fromkeys([*offered, control.value]))
    boards = {option: _board(dataset, known.scores, option) for option in options}
    st.selectbox(
        t("scoreboard.board"),
        options,
        format_func=lambda option: _label(boards[option]),
        help=t("scoreboard.board.help"),
        width=460,
        **control.widget,
    )
    board = boards[control.value]
    data = _data(dataset, board.split, board.seed)
    cheap = [Entrant(key) for key, contender in contenders(data).items() if contender.is_cheap]
    trained = [Entrant(key_of(info), info) for info in infos if info.data == data]
    return Scope(dataset, data, board, (*cheap, *trained), resources.recommender())


def key_of(info: BundleInfo) -> str:
    """Return the key under which a trained model stands on the scoreboard."""
    return f"bundle:{info.folder.name}"


def measure_name(measure: str) -> str:
    """Return a measure's name with cut-off and unit."""
    return t(f"measure.{measure.removesuffix('@10')}")


def measure_help(measure: str) -> str:
    """Return what a measure means, in one sentence."""
    return t(f"measure.{measure.removesuffix('@10')}.help")


def value_text(measure: str, value: float, *, unit: bool = True) -> str:
    """Return a measured value for reading, with its unit."""
    if measure == SECONDS:
        return t("value.seconds", value=number(value, 3 if value < 1 else 1 if value < 100 else 0))
    if measure == "coverage":
        return t("value.share", value=f"{100 * value:.1f}")
    text = number(value, _DIGITS.get(measure, 3))
    kind = {"rmse": "stars", "mae": "stars", "novelty": "bits"}.get(measure)
    return text if kind is None or not unit else t(f"value.{kind}", value=text)


def group_name(group: str, label: str) -> str:
    """Return what one group of people or films is called."""
    if group == "age":
        return i18n.name("age", AGE_GROUPS.index(label)) if label in AGE_GROUPS else label
    return i18n.name("gender", label) if group == "gender" else label.replace("-", "–")


def origin_text(scope: Scope) -> str:
    """Return which data, split and protocol the numbers come from, as Markdown."""
    return t(
        "scoreboard.origin",
        dataset=escaped(messages.dataset_name(scope.dataset.name)),
        fingerprint=scope.dataset.fingerprint,
        split=t(f"split.{scope.data.split}", seed=scope.data.seed),
        ratings=number(len(split_of(scope.dataset, scope.data).test)),
    )


def _offered(scores: Iterable[Score], infos: Iterable[BundleInfo]) -> list[str]:
    """The splits that have results or a trained model, and those that anybody would look for."""
    found = {(score.split, score.seed) for score in scores if score.split in SPLITS}
    found |= {(info.data.split, info.data.seed) for info in infos if info.data.split != "none"}
    options = [f"{split}-{seed}" for split, seed in sorted(found | {(split, 0) for split in SPLITS if split != "none"})]
    return [option for option in options if _parsed(option)]


def _parsed(text: str) -> tuple[str, int] | None:
    split, _, seed = text.partition("-")
    if not (split in SPLITS and split != "none" and seed.isascii() and seed.isdigit() and len(seed) <= 9):
        return None
    return split, int(seed)


def _data(dataset: Dataset, split: str, seed: int) -> DataConfig:
    return DataConfig.from_dict({"dataset": dataset.name, "split": split, "seed": seed})


def _board(dataset: Dataset, scores: Iterable[Score], option: str) -> Scoreboard:
    split, seed = option.split("-")
    return Scoreboard(dataset.name, dataset.fingerprint, split, int(seed), ()).joined_by(scores)


def _label(board: Scoreboard) -> str:
    split = t(f"split.{board.split}", seed=board.seed)
    count = len(board.scores)
    return t("scoreboard.board.label", split=split, count=count) if count else t("scoreboard.board.none", split=split)
