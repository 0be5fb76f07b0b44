"""The verb scoreboard: measures what is asked for, keeps it, prints the table."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from recsys.cli import main
from recsys.config import DataConfig
from recsys.data.synthetic import synthetic
from recsys.evaluation import contenders as listed
from recsys.evaluation import scoreboard
from recsys.evaluation.contenders import contenders
from recsys.evaluation.scoreboard import own_scores_file, save_score, score
from recsys.evaluation.scores import read_scores
from recsys.training.run import Run, no_layouts
from tests.core.conftest import CPU, MODEL, TRAIN

VERB = ["scoreboard", "--dataset", "synthetic"]
DATA = DataConfig("synthetic")


@pytest.fixture(autouse=True)
def _nothing_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoreboard, "SHIPPED_SCORES", tmp_path / "shipped")


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main([*VERB, *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def values_of(capsys, *arguments: str) -> dict:
    status, out, err = call(capsys, *arguments, "--json")
    assert status == 0, err
    return json.loads(out)


def test_nothing_is_measured_unless_it_is_asked_for(capsys) -> None:
    values = values_of(capsys)
    assert values["scores"] == []
    assert (values["dataset"], values["split"], values["seed"]) == ("synthetic", "p80", 0)
    assert not own_scores_file("synthetic").exists()


def test_what_was_measured_is_kept_and_shown_again(capsys) -> None:
    first = values_of(capsys, "--only", "biases", "--only", "popularity", "--seed", "2")
    assert [one["contender"] for one in first["scores"]] == ["biases", "popularity"]
    assert values_of(capsys, "--seed", "2") == first
    assert values_of(capsys)["scores"] == []
    status, out, err = call(capsys, "--seed", "2")
    assert status == 0
    assert f"{first['scores'][0]['metrics']['rmse']:.4f}" in out
    assert "popularity" in out
    assert "popularity" not in err


def test_out_names_the_file_that_keeps_it(capsys, tmp_path) -> None:
    file = tmp_path / "kept" / "scores.json"
    values = values_of(capsys, "--only", "mean", "--out", str(file))
    assert [one.to_dict() for one in read_scores(file)] == values["scores"]
    assert not own_scores_file("synthetic").exists()


def test_refresh_measures_what_is_missing_and_leaves_out_what_cannot_be(capsys, monkeypatch) -> None:
    monkeypatch.setattr(listed, "find_spec", lambda _: None)
    monkeypatch.setattr("recsys.cli.scoreboard.networks", lambda *_, **__: {})
    monkeypatch.setattr("recsys.cli.scoreboard.KEYS", ("mean", "biases", "surprise_svd"))
    old = replace(score(contenders(DATA)["mean"], synthetic(), DATA), seconds=123.0)
    save_score(old)
    status, out, err = call(capsys, "--refresh", "--json")
    assert status == 0
    assert [one["contender"] for one in json.loads(out)["scores"]] == ["mean", "biases"]
    assert json.loads(out)["scores"][0]["seconds"] == 123.0
    assert "pip install scikit-surprise" in err
    status, out, err = call(capsys, "--only", "surprise_svd")
    assert (status, out) == (1, "")
    assert "pip install scikit-surprise" in err


def test_a_bundle_is_entered_with_its_own_split(capsys, tmp_path) -> None:
    folder = tmp_path / "mine"
    data = DataConfig("synthetic", "p90", seed=4)
    train = replace(TRAIN, epochs=1)
    run = Run.new(
        synthetic(), data=data, model=MODEL, train=train, device=CPU, preset="article", name="mine", folder=folder
    )
    list(run.trainer.epochs())
    run.finish(no_layouts)
    values = values_of(capsys, "--bundle", str(folder))
    assert (values["split"], values["seed"]) == ("p90", 4)
    assert [one["contender"] for one in values["scores"]] == ["bundle:mine"]
    again = values_of(capsys, "--bundle", str(folder), "--as", "default")
    assert [one["contender"] for one in again["scores"]] == ["default", "bundle:mine"]


@pytest.mark.parametrize(
    "arguments", [["--only", "best"], ["--split", "none"], ["--as", "default"], ["--seed", "-1"], ["--split", "p70"]]
)
def test_wrong_usage_is_told_with_status_two(capsys, arguments) -> None:
    status, out, _ = call(capsys, *arguments)
    assert (status, out) == (2, "")


def test_a_damaged_file_is_one_line_and_status_one(capsys) -> None:
    file = own_scores_file("synthetic")
    file.parent.mkdir(parents=True)
    file.write_text("{", encoding="utf-8")
    status, out, err = call(capsys)
    assert (status, out) == (1, "")
    assert err.splitlines()[-1].startswith(f"error: scores {file}: cannot be read")
    assert "Traceback" not in err
