"""The verb newcomers: how good the lists of people are whom no training saw, measured and kept."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from recsys.bundle import load_bundle
from recsys.bundle.info import read_info
from recsys.cli.console import answer_json, answer_table, say
from recsys.cli.loading import chosen, load_data
from recsys.device import pick_device
from recsys.report import EpochReport
from recsys.studies.newcomers import draw, measure, train_without
from recsys.studies.scores import Gap, NewcomerRow, NewcomerScores, save


@dataclass(frozen=True)
class Asked:
    """What is to be measured, and where it is kept.

    Attributes:
        people: how many are left out of the training.
        seed: by which they and their ratings are drawn.
        bundle: the model that knows everybody; the one that the app uses if None.
        keep: folder for the network that does not know them; used if it is there already. None: it is not kept.
        out: file for the result; the user's own if None.
        device: where the network without them is trained.
    """

    people: int = 200
    seed: int = 0
    bundle: Path | None = None
    keep: Path | None = None
    out: Path | None = None
    device: str = "auto"


def run(asked: Asked, *, dataset: str | None, as_json: bool) -> None:
    """Train without some people, measure them as newcomers and answer with the table.

    Raises:
        BundleError: if a model cannot be used.
        ConfigError: if there are not so many people to leave out.
        DeviceError: if the device is not there.
        ScoreboardError: if the result cannot be written.
    """
    pick_device(asked.device)  # before a model is read, or even trained
    name = dataset if asked.bundle is None else read_info(asked.bundle).data.dataset
    data_set = load_data(name).dataset
    bundle = load_bundle(asked.bundle or chosen(data_set).folder, data_set)
    say(f"model {bundle.info.name} ({bundle.info.folder})")
    study = draw(data_set, bundle, count=asked.people, seed=asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        keep = asked.keep or Path(folder) / "without"
        say(f"network without {asked.people} people: " + ("the one kept" if keep.exists() else "training"))
        trained = train_without(study, keep, device=asked.device, on_report=_tell)
        command = f"python -m recsys newcomers --dataset {data_set.name} --people {asked.people} --seed {asked.seed}"
        scores = measure(study, trained, command=command, tell=lambda text: say(f"measuring: {text}"))
    say(f"kept in {save(scores, asked.out)}")
    _answer(scores, as_json=as_json)


def _tell(report: EpochReport) -> None:
    say(f"  epoch {report.epoch}: training loss {report.train_loss:.4f} ({report.seconds:.1f} s)")


def _answer(scores: NewcomerScores, *, as_json: bool) -> None:
    if as_json:
        answer_json(scores.to_dict())
        return
    title = (
        f"{scores.dataset} {scores.fingerprint}, {scores.split}, {scores.num_people} people (seed {scores.seed}), "
        f"{scores.num_test_ratings} test ratings; 95 % intervals"
    )
    columns = ("who", "ratings", "rmse", "ndcg@10", "rmse less known", "ndcg@10 less popularity", "offers")
    answer_table(title, columns, [_cells(row) for row in scores.rows])


def _cells(row: NewcomerRow) -> tuple[str, ...]:
    return (
        row.who,
        "" if row.num_ratings is None else str(row.num_ratings),
        *("" if value is None else f"{value:.4f}" for value in (row.rmse, row.ndcg)),
        *(_gap(gap) for gap in (row.rmse_gap, row.ndcg_gap)),
        "" if row.num_offers is None else f"{row.num_offers:.1f}",
    )


def _gap(gap: Gap | None) -> str:
    return "" if gap is None else f"{gap.value:+.4f} ({gap.low:+.4f} to {gap.high:+.4f})"
