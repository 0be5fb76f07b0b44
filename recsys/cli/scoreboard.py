"""The verb scoreboard: the table of one split, after measuring what was asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recsys.bundle import load_bundle
from recsys.bundle.info import read_info
from recsys.cli.console import answer_json, answer_table, say
from recsys.cli.loading import load_data
from recsys.config import DataConfig
from recsys.data.dataset import Dataset
from recsys.errors import ConfigError, MissingPackageError
from recsys.evaluation.bundle_scores import score_bundle
from recsys.evaluation.contenders import Contender, contenders
from recsys.evaluation.scoreboard import KEYS, Score, Scoreboard, save_score, score
from recsys.evaluation.scores import read_scores
from recsys.report import EpochReport
from recsys.training.contender import networks

# What fits into 80 columns: name of a metric, heading, digits. --json has the rest.
_COLUMNS = (
    ("rmse", "rmse", 4),
    ("ndcg@10", "ndcg", 4),
    ("hr@10", "hr", 3),
    ("sampled_hr@10", "sampled", 3),
    ("coverage", "coverage", 3),
    ("novelty", "novelty", 2),
)


@dataclass(frozen=True)
class Asked:
    """What is to be measured, and where it is kept.

    Attributes:
        only: keys of contenders, measured whether there is a score or not.
        refresh: measure every contender that has no score.
        bundle: folder of a model to measure.
        key: under which the bundle is entered; its own if None.
        out: file for the scores; the user's own if None.
        device: where networks are trained.
    """

    only: tuple[str, ...] = ()
    refresh: bool = False
    bundle: Path | None = None
    key: str | None = None
    out: Path | None = None
    device: str = "auto"


def run(asked: Asked, *, dataset: str | None, split: str, seed: int, as_json: bool) -> None:
    """Measure and answer with the table.

    Raises:
        ConfigError: if there is no contender of a name, or the split has no test part.
        DeviceError: if the device is not there.
        MissingPackageError: if a contender named by `only` needs a package that is not installed.
        ScoreboardError: if a file of scores is damaged or cannot be written.
    """
    _check(asked, split)
    named = dataset if asked.bundle is None else read_info(asked.bundle).data.dataset
    data_set = load_data(named).dataset
    data = DataConfig.from_dict({"dataset": data_set.name, "split": split, "seed": seed})
    if asked.bundle is not None:
        data = read_info(asked.bundle).data
    board = _board(data_set, data, asked.out)
    for new in _measured(asked, data_set, data, board):
        save_score(new, asked.out)
        board = board.joined_by([new])
    _answer(board, as_json=as_json)


def _check(asked: Asked, split: str) -> None:
    for name in asked.only:
        if name not in KEYS:
            raise ConfigError("--only", name, f"one of {', '.join(KEYS)}")
    if split == "none":
        raise ConfigError("--split", split, "one with a test part (p80, p90, time or last)")
    if asked.key is not None and asked.bundle is None:
        raise ConfigError("--as", asked.key, "given together with --bundle")


def _board(dataset: Dataset, data: DataConfig, out: Path | None) -> Scoreboard:
    board = Scoreboard.load(dataset, data.split, data.seed)
    return board if out is None else board.joined_by(read_scores(out))


def _measured(asked: Asked, dataset: Dataset, data: DataConfig, board: Scoreboard) -> Iterator[Score]:
    """Yield what was asked for, one score after the other."""
    known: dict[str, Contender] = {**contenders(data), **networks(data, device=asked.device, on_report=_tell)}
    for key in _due(asked, board):
        if key not in known:
            raise ConfigError("--only", key, f"one of {', '.join(known)}")
        say(f"measuring {key}")
        try:
            new = score(known[key], dataset, data)
        except MissingPackageError as error:
            if key in asked.only:
                raise
            say(f"{key} is left out: {error}")
            continue
        say(f"  fitted in {new.seconds:.1f} s")
        yield new
    if asked.bundle is not None:
        say(f"measuring {asked.bundle}")
        yield score_bundle(load_bundle(asked.bundle, dataset), dataset, key=asked.key)


def _due(asked: Asked, board: Scoreboard) -> list[str]:
    """Return the keys to measure, in the order of the table."""
    has_score = {score.contender for score in board.scores}
    return [key for key in KEYS if key in asked.only or (asked.refresh and key not in has_score)]


def _tell(report: EpochReport) -> None:
    error = "" if report.validation_rmse is None else f": validation RMSE {report.validation_rmse:.4f}"
    say(f"  epoch {report.epoch}{error} ({report.seconds:.1f} s)")


def _answer(board: Scoreboard, *, as_json: bool) -> None:
    if as_json:
        origin = {"dataset": board.dataset, "fingerprint": board.fingerprint, "split": board.split, "seed": board.seed}
        answer_json({**origin, "scores": [score.to_dict() for score in board.scores]})
        return
    rows = [
        (
            score.contender,
            *(f"{score.metrics[name]:.{digits}f}" if name in score.metrics else "" for name, _, digits in _COLUMNS),
            f"{score.seconds:.1f}",
        )
        for score in board.scores
    ]
    title = f"{board.dataset} {board.fingerprint}, {board.split}, seed {board.seed}, lists of 10"
    answer_table(title, ("contender", *(heading for _, heading, _ in _COLUMNS), "seconds"), rows)
