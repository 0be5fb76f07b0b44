"""The line of the article: from where, of which part, and only of the same split."""

from dataclasses import replace

import pytest

from recsys.bundle import store
from recsys.config import DataConfig, preset
from recsys.evaluation import board_reading
from recsys.evaluation.article_line import ArticleError, article_error
from recsys.evaluation.scores import Score, save_score
from recsys.report import RateChange
from tests.core.conftest import DATA

MODEL, TRAIN = preset("article")


@pytest.fixture(autouse=True)
def _nothing_shipped(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(board_reading, "SHIPPED_SCORES", tmp_path)


@pytest.fixture
def keep(bundle):
    """Keep a finished run of the article with some things changed."""

    def keep(name: str, rmse: float, **changes: object) -> None:
        metrics = {"validation": {"mse": rmse**2, "rmse": rmse, "mae": 0.7}}
        values = {"model": MODEL, "train": TRAIN, "metrics": metrics, **changes}
        info = replace(bundle.info, name=name, **values)
        replace(bundle, info=info).save(store.own_bundles_folder() / name)

    return keep


@pytest.fixture
def enter(dataset):
    """Enter a score on the user's own scoreboard."""

    def enter(contender: str, rmse: float, **changes: object) -> None:
        texts = {"machine": "m", "created": "2026-01-01T00:00:00+00:00", "command": "c", "commit": None}
        split = {"dataset": "synthetic", "fingerprint": dataset.fingerprint, "split": "p80", "seed": 0}
        values = {**texts, **split, "metrics": {"rmse": rmse}, "groups": (), "config": {}, "seconds": 1.0, **changes}
        save_score(Score(contender=contender, **values))

    return enter


def test_what_nobody_measured_is_not_known(dataset) -> None:
    assert article_error(dataset, DATA) is None


def test_a_finished_run_of_the_article_gives_its_error_on_the_validation_part(dataset, keep, enter) -> None:
    keep("mine", 0.95)
    enter("article_dot", 0.90)
    assert article_error(dataset, DATA) == ArticleError(0.95, "validation", "mine")


def test_without_a_run_the_scoreboard_gives_the_error_on_the_test_part(dataset, enter) -> None:
    enter("article_dot", 0.94)
    enter("default", 0.80)
    assert article_error(dataset, DATA) == ArticleError(0.94, "test", "article_dot")


def test_of_two_heads_the_better_one_counts(dataset, keep, enter) -> None:
    enter("article_dot", 0.94)
    enter("article_mlp", 0.93)
    assert article_error(dataset, DATA).source == "article_mlp"
    keep("dot", 0.96)
    keep("mlp", 0.95, model=replace(MODEL, head="mlp"))
    assert article_error(dataset, DATA).source == "mlp"


def test_another_seed_of_weights_is_the_article_still(dataset, keep) -> None:
    keep("seed 3", 0.95, train=replace(TRAIN, seed=3))
    assert article_error(dataset, DATA).source == "seed 3"


CHANGES = (
    {"train": replace(TRAIN, epochs=6)},
    {"model": replace(MODEL, num_filters=9)},
    {"model": replace(MODEL, head="mlp", mlp_hidden=8)},
    {"rate_changes": (RateChange(1.0, 0.1),)},
    {"data": DataConfig("synthetic", "p90")},
    {"data": DataConfig("synthetic", seed=1)},
    {"metrics": {}},
)


@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_what_was_turned_at_is_the_article_no_longer(dataset, keep, changes) -> None:
    keep("other", 0.5, **changes)
    assert article_error(dataset, DATA) is None


def test_a_run_that_was_stopped_gives_no_line(dataset, keep, bundle) -> None:
    keep("stopped", 0.95, run=replace(bundle.info.run, is_finished=False))
    assert article_error(dataset, DATA) is None


@pytest.mark.parametrize("changes", [{"split": "p90"}, {"seed": 1}, {"fingerprint": "x"}, {"metrics": {}}], ids=str)
def test_scores_of_something_else_give_no_line(dataset, enter, changes) -> None:
    enter("article_dot", 0.9, **changes)
    assert article_error(dataset, DATA) is None


def test_a_damaged_scoreboard_gives_no_line_and_no_error(dataset, enter) -> None:
    enter("article_dot", 0.9)
    (store.home_data() / "scoreboard" / "synthetic.json").write_text("{", encoding="utf-8")
    assert article_error(dataset, DATA) is None


def test_what_somebody_sent_claims_no_line(dataset, keep) -> None:
    keep(f"{store.IMPORTED}-synthetic-1", 0.01)
    assert article_error(dataset, DATA) is None
    keep("mine", 0.95)
    assert article_error(dataset, DATA) == ArticleError(0.95, "validation", "mine")
