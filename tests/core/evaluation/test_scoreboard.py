"""The scoreboard: scores keep their origin, the newer one counts, damage is named, nothing foreign is mixed in."""

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.config import DataConfig
from recsys.data.splits import split_of
from recsys.errors import BundleError, ConfigError, ScoreboardError, StoppedError
from recsys.evaluation import scoreboard
from recsys.evaluation.bundle_scores import FittedBundle, score_bundle
from recsys.evaluation.contenders import contenders
from recsys.evaluation.of_bundle import metrics_on_test
from recsys.evaluation.scoreboard import KEYS, GroupError, Score, Scoreboard, own_scores_file, save_score, score
from recsys.evaluation.scores import read_scores
from recsys.paths import SHIPPED_SCORES
from recsys.provenance import commit, machine
from tests.core.conftest import DATA

LISTS = {"ndcg@10", "hr@10", "recall@10", "precision@10", "mrr@10", "coverage", "novelty", "diversity"}
SAMPLED = {"sampled_hr@10", "sampled_ndcg@10"}


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shipped"
    monkeypatch.setattr(scoreboard, "SHIPPED_SCORES", folder)
    return folder


@pytest.fixture(scope="module")
def biases(dataset) -> Score:
    return score(contenders(DATA)["biases"], dataset, DATA)


def test_a_baseline_on_the_processor_does_not_carry_the_name_of_a_gpu(dataset, monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(scoreboard, "machine", str)
    assert score(contenders(DATA)["biases"], dataset, DATA).machine == "cpu"


def test_a_score_has_all_metrics_and_its_whole_origin(biases, dataset) -> None:
    assert set(biases.metrics) == {"rmse", "mae"} | LISTS | SAMPLED
    assert (biases.dataset, biases.fingerprint, biases.split, biases.seed) == (
        "synthetic",
        dataset.fingerprint,
        "p80",
        0,
    )
    assert biases.commit == commit()
    assert biases.machine == machine(torch.device("cpu"))
    assert 0 < biases.seconds < 60
    assert datetime.fromisoformat(biases.created).tzinfo is not None
    assert biases.command == "python -m recsys scoreboard --dataset synthetic --split p80 --seed 0 --only biases"
    assert biases.config["movie_shrinkage"] == 10
    assert {group.group for group in biases.groups} == {"activity", "gender", "age", "popularity"}


def test_without_stars_there_are_no_errors_and_no_groups(dataset) -> None:
    found = score(contenders(DATA)["popularity"], dataset, DATA)
    assert set(found.metrics) == LISTS | SAMPLED
    assert found.groups == ()


def test_the_split_of_the_config_is_measured(dataset, biases) -> None:
    data = DataConfig("synthetic", "p90", seed=5)
    other = score(contenders(data)["biases"], dataset, data)
    assert (other.split, other.seed) == ("p90", 5)
    assert other.metrics["rmse"] != biases.metrics["rmse"]
    with pytest.raises(ConfigError, match="p80, p90, time or last"):
        score(contenders(data)["biases"], dataset, DataConfig("synthetic", "none"))


@pytest.mark.parametrize("name", ["time", "last"])
def test_splits_that_keep_the_order_of_time_are_measured_too(name, dataset, biases) -> None:
    data = DataConfig("synthetic", name)
    other = score(contenders(data)["biases"], dataset, data)
    split = split_of(dataset, data)
    assert (other.split, other.config["num_ratings"]) == (name, dataset.num_ratings - len(split.test))
    assert other.metrics["rmse"] != biases.metrics["rmse"]
    assert other.command.startswith(f"python -m recsys scoreboard --dataset synthetic --split {name} --seed 0")


def test_a_score_says_how_its_settings_were_chosen(dataset) -> None:
    found = score(contenders(DATA)["ease"], dataset, DATA)
    assert len(found.config["chosen"][0]["tried"]) == 5
    assert found.config["penalty"] in {one["penalty"] for one in found.config["chosen"][0]["tried"]}


def test_progress_grows_and_a_stop_leaves_nothing(dataset) -> None:
    told = []
    score(contenders(DATA)["mean"], dataset, DATA, on_progress=lambda step, share: told.append((step, share)))
    assert [step for step, _ in told] == ["fit", "stars", "lists", "sampled", "done"]
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert (told[0][1], told[-1][1]) == (0.0, 1.0)
    with pytest.raises(StoppedError):
        score(contenders(DATA)["mean"], dataset, DATA, should_stop=lambda: True)
    assert not own_scores_file("synthetic").exists()


def test_what_was_saved_is_loaded(biases, dataset) -> None:
    assert Scoreboard.load(dataset).scores == ()
    save_score(biases)
    board = Scoreboard.load(dataset)
    assert board.scores == (biases,)
    assert board.score_of("biases") == biases
    assert board.score_of("ease") is None


def test_a_score_takes_the_place_of_an_earlier_one_and_of_no_other(biases, dataset) -> None:
    others = [
        replace(biases, contender="mean"),
        replace(biases, seed=1),
        replace(biases, split="p90"),
        replace(biases, fingerprint="0" * 16),
    ]
    for one in [biases, *others, replace(biases, seconds=9.0)]:
        save_score(one)
    kept = read_scores(own_scores_file("synthetic"))
    assert len(kept) == 5
    assert all(one in kept for one in others)
    assert Scoreboard.load(dataset).scores == (replace(biases, contender="mean"), replace(biases, seconds=9.0))
    assert Scoreboard.load(dataset, "p80", 1).scores == (replace(biases, seed=1),)
    assert Scoreboard.load(dataset, "p90").scores == (replace(biases, split="p90"),)


@pytest.mark.parametrize("newer", ["shipped", "own"])
def test_of_a_shipped_and_an_own_score_the_newer_counts(newer, biases, dataset, shipped) -> None:
    old = replace(biases, created="2030-01-01T12:00:00+00:00", seconds=1.0)
    new = replace(biases, created="2030-01-01T12:30:00+00:00", seconds=2.0)
    save_score(new if newer == "shipped" else old, shipped / "synthetic.json")
    save_score(old if newer == "shipped" else new)
    assert Scoreboard.load(dataset).scores == (new,)


def test_times_of_other_zones_are_compared_as_times(biases, dataset) -> None:
    early = replace(biases, created="2030-01-01T23:00:00+09:00")
    late = replace(biases, created="2030-01-01T15:00:00+00:00")
    board = Scoreboard("synthetic", dataset.fingerprint, "p80", 0, ())
    assert board.joined_by([late, early]).scores == board.joined_by([early, late]).scores == (late,)


def test_scores_stand_in_the_order_of_the_table_bundles_last(biases, dataset) -> None:
    for key in ("bundle:b", "default", "ease", "bundle:a", "mean"):
        save_score(replace(biases, contender=key))
    assert [one.contender for one in Scoreboard.load(dataset).scores] == [
        "mean",
        "ease",
        "default",
        "bundle:a",
        "bundle:b",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"format": 2, "scores": []}',
        b'{"format": 1}',
        b'{"format": 1, "scores": [1]}',
        b'{"format": 1, "scores": [{}]}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_named_and_neither_read_nor_overwritten(content, biases, dataset) -> None:
    file = own_scores_file("synthetic")
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(ScoreboardError, match=re.escape(str(file))) as caught:
        Scoreboard.load(dataset)
    assert caught.value.file == file
    with pytest.raises(ScoreboardError):
        save_score(biases)
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("metrics", {"rmse": float("nan")}),
        ("metrics", {"rmse": "0.9"}),
        ("metrics", {"rmse": True}),
        ("metrics", 3),
        ("created", "yesterday"),
        ("created", "2030-01-01T12:00:00"),
        ("seconds", None),
        ("contender", 7),
        ("groups", [{"group": "gender"}]),
        ("commit", 12),
        ("surplus", 1),
    ],
)
def test_a_score_with_a_wrong_field_is_refused(field, value, biases) -> None:
    file = own_scores_file("synthetic")
    save_score(biases)
    values = json.loads(file.read_text(encoding="utf-8"))
    values["scores"][0][field] = value
    file.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ScoreboardError, match="cannot be read"):
        read_scores(file)


def test_a_number_that_is_none_is_not_written(biases) -> None:
    save_score(biases)
    with pytest.raises(ScoreboardError, match="cannot be written"):
        save_score(replace(biases, metrics={"rmse": float("nan")}))
    assert read_scores(own_scores_file("synthetic")) == [biases]


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(max_size=20)
SCORES = st.builds(
    Score,
    contender=TEXTS,
    metrics=st.dictionaries(TEXTS, NUMBERS, max_size=4),
    groups=st.lists(st.builds(GroupError, TEXTS, TEXTS, st.integers(0, 10**9), NUMBERS, NUMBERS), max_size=3).map(
        tuple
    ),
    config=st.dictionaries(TEXTS, st.one_of(NUMBERS, TEXTS, st.none(), st.booleans()), max_size=3),
    dataset=st.just("synthetic"),
    fingerprint=TEXTS,
    split=st.sampled_from(["p80", "p90"]),
    seed=st.integers(0, 2**31),
    commit=st.none() | TEXTS,
    machine=TEXTS,
    seconds=NUMBERS,
    created=st.datetimes(timezones=st.timezones()).map(lambda when: when.isoformat()),
    command=TEXTS,
)


@given(SCORES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_score_comes_back_from_its_file(tmp_path, one) -> None:
    file = tmp_path / "any.json"
    file.unlink(missing_ok=True)
    save_score(one, file)
    assert read_scores(file) == [one]


def test_a_bundle_is_measured_as_after_its_training(bundle, dataset) -> None:
    found = score_bundle(bundle, dataset)
    expected = metrics_on_test(dataset, bundle)
    del expected["mse"]
    assert {name: found.metrics[name] for name in expected} == pytest.approx(expected)
    assert set(found.metrics) == set(expected) | SAMPLED
    info = bundle.info
    assert found.contender == f"bundle:{info.folder.name}"
    assert (found.seconds, found.machine, found.command) == (info.seconds, info.device, info.command)
    assert found.config["model"] == info.model.to_dict()
    assert score_bundle(bundle, dataset, key="default").contender == "default"
    assert FittedBundle(bundle).fit_seconds == info.seconds


def test_a_bundle_that_was_trained_on_everything_is_refused(bundle, dataset) -> None:
    everything = replace(bundle, info=replace(bundle.info, data=DataConfig("synthetic", "none")))
    with pytest.raises(BundleError, match="none left"):
        score_bundle(everything, dataset)


def shipped_files() -> list[Path]:
    return sorted(SHIPPED_SCORES.glob("*.json")) if SHIPPED_SCORES.is_dir() else []


def test_scores_ship_for_ml_1m() -> None:
    assert "ml-1m.json" in {file.name for file in shipped_files()}


@pytest.mark.parametrize("file", shipped_files(), ids=lambda file: file.name)
def test_shipped_scores_have_their_whole_origin_and_name_no_folder(file) -> None:
    for one in read_scores(file):
        assert one.dataset == file.stem
        assert one.contender in KEYS
        assert re.fullmatch(r"[0-9a-f]{40}", one.commit or ""), "measure on a commit without changes"
        assert re.fullmatch(r"[0-9a-f]{16}", one.fingerprint)
        assert one.command.startswith("python -m recsys ")
        assert "/" not in f"{one.command} {one.machine} {one.config}"
        assert one.groups if "rmse" in one.metrics else not one.groups
