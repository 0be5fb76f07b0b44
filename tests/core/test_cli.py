"""The command line keeps its contract: answer on standard output, the rest on standard error, the exit status."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recsys.bundle import load_bundle, load_training_state
from recsys.cli import main, training
from recsys.cli.training import TrainFlags, configs
from recsys.config import command_line, preset
from recsys.data.synthetic import synthetic
from recsys.insight.projection import SHIPPED
from tests.core.data import movielens_files as files

ROOT = Path(__file__).resolve().parent.parent.parent
QUICK = ["--dataset", "synthetic", "--epochs", "1", "--batch-size", "4096", "--init", "0.05", "--learning-rate", "0.01"]
MOVIE_KEYS = {"movie_id", "title", "year", "genres"}


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main(list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def values_of(capsys, *arguments: str) -> dict:
    status, out, err = call(capsys, *arguments, "--json")
    assert status == 0, err
    return json.loads(out)


def refusal(capsys, *arguments: str, status: int = 1) -> str:
    """The one line of an error; nothing else may be on standard output, and no traceback anywhere."""
    found, out, err = call(capsys, *arguments)
    assert (found, out) == (status, ""), err
    assert "Traceback" not in err
    lines = [line for line in err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    assert err.splitlines()[-1] == lines[0]
    return lines[0]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """A quickly trained bundle for the synthetic data set, and what train answered."""
    folder = tmp_path_factory.mktemp("cli") / "bundle"
    done = subprocess.run(
        [sys.executable, "-m", "recsys", "train", *QUICK, "--device", "cpu", "--out", str(folder), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "epoch 1: training loss" in done.stderr
    return folder, json.loads(done.stdout)


def test_train_answers_with_the_documented_keys(trained):
    folder, values = trained
    assert {"bundle", "dataset", "preset", "split", "seed", "epochs", "seconds", "ratings_per_second", "device"} <= set(
        values
    )
    assert (values["bundle"], values["dataset"], values["preset"]) == (str(folder), "synthetic", "article")
    assert (values["split"], values["seed"], values["epochs"]) == ("p80", 0, 1)
    assert values["ratings_per_second"] > 0
    assert {"mse", "rmse", "mae"} <= set(values["validation"])
    assert {"mse", "rmse", "mae", "ndcg@10", "hr@10", "coverage", "novelty", "diversity"} <= set(values["test"])


def test_evaluate_measures_the_same_as_train_did(trained, capsys):
    folder, values = trained
    again = values_of(capsys, "evaluate", "--bundle", str(folder))
    assert again["test"] == pytest.approx(values["test"], abs=1e-5)
    assert again["bundle"] == str(folder)


def test_recommend_answers_with_the_documented_keys(trained, capsys):
    values = values_of(capsys, "recommend", "--user", "5", "--k", "7", "--bundle", str(trained[0]))
    assert {"dataset", "model", "user_id", "movies"} <= set(values)
    assert (values["dataset"], values["user_id"], len(values["movies"])) == ("synthetic", 5, 7)
    assert all(set(movie) == MOVIE_KEYS | {"stars"} for movie in values["movies"])
    stars = [movie["stars"] for movie in values["movies"]]
    assert stars == sorted(stars, reverse=True)
    assert all(1 <= value <= 5 for value in stars)


def test_similar_answers_with_the_documented_keys(trained, capsys):
    values = values_of(capsys, "similar", "--movie", "9", "--bundle", str(trained[0]))
    assert set(values["movie"]) == MOVIE_KEYS
    assert len(values["movies"]) == 10
    assert all(set(movie) == MOVIE_KEYS | {"similarity"} for movie in values["movies"])
    assert 9 not in {movie["movie_id"] for movie in values["movies"]}


def test_fans_answers_with_films_and_people(trained, capsys):
    values = values_of(capsys, "fans", "--movie", "9", "--k", "3", "--bundle", str(trained[0]))
    assert values["movie"]["movie_id"] == 9
    assert values["fans"]
    assert all(set(movie) == MOVIE_KEYS | {"stars", "lift"} for movie in values["movies"])


def test_predict_knows_the_true_rating_or_says_null(trained, capsys):
    dataset = synthetic()
    row = dataset.ratings.iloc[0]
    unrated = next(m for m in dataset.movies["movie_id"] if dataset.true_rating(int(row["user_id"]), m) is None)
    for movie_id, expected in ((int(row["movie_id"]), int(row["rating"])), (unrated, None)):
        values = values_of(
            capsys, "predict", "--user", str(row["user_id"]), "--movie", str(movie_id), "--bundle", str(trained[0])
        )
        assert values["true_rating"] == expected
        assert 1 <= values["stars"] <= 5


@pytest.mark.parametrize("verb", [["recommend", "--user", "5"], ["similar", "--movie", "9"], ["fans", "--movie", "9"]])
def test_without_json_the_answer_is_a_table_on_standard_output(trained, capsys, verb):
    status, out, err = call(capsys, *verb, "--bundle", str(trained[0]))
    assert status == 0
    assert "movie_id" in out
    assert "model " in err
    assert "model " not in out


def test_map_shows_people_and_three_dimensions_too(trained, capsys, tmp_path):
    folder = str(trained[0])
    _, out, _ = call(capsys, "map", "--of", "users", "--method", "pca", "--dims", "3", "--bundle", folder)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 600
    assert list(rows[0]) == ["user_id", "gender", "age_group", "occupation", "x", "y", "z"]
    values = values_of(capsys, "map", "--of", "users", "--bundle", folder)
    assert (values["of"], values["dims"], values["num_users"], len(values["users"])) == ("users", 2, 600, 600)
    flat = str(tmp_path / "map.png")
    assert "three dimensions" in refusal(capsys, "map", "--dims", "3", "--out", flat, "--bundle", folder, status=2)


def test_map_lays_out_anew_once_and_then_has_it(trained, capsys):
    arguments = ["map", "--perplexity", "5", "--seed", "2", "--metric", "euclidean", "--bundle", str(trained[0])]
    _, first, told = call(capsys, *arguments)
    _, second, again = call(capsys, *arguments)
    assert "computing" in told
    assert "computing" not in again
    assert first == second


def test_map_keep_makes_the_maps_of_a_bundle_anew_and_loses_nothing(trained, capsys, tmp_path):
    folder, dataset = tmp_path / "bare", synthetic()
    bundle = load_bundle(trained[0], dataset)
    replace(bundle, maps={}, training_state=load_training_state(trained[0])).save(folder)
    assert load_bundle(folder, dataset).maps == {}
    answer = values_of(capsys, "map", "--keep", "--bundle", str(folder))
    assert [each["map"] for each in answer["maps"]] == [settings.key for settings in SHIPPED]
    assert [each["points"] for each in answer["maps"]] == [400, 600, 400]
    assert all(0.5 < each["trustworthiness"] <= 1 for each in answer["maps"])
    same, other = ({file.name: file.read_bytes() for file in each.iterdir()} for each in (trained[0], folder))
    assert same.keys() == other.keys()
    assert {name for name in same if same[name] != other[name]} <= {"bundle.json", "map.npz"}
    kept = load_bundle(folder, dataset).maps
    assert kept.keys() == bundle.maps.keys()
    assert all(np.array_equal(kept[key], bundle.maps[key]) for key in kept)


def test_map_goes_to_standard_output_as_csv(trained, capsys):
    status, out, _ = call(capsys, "map", "--method", "pca", "--bundle", str(trained[0]))
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert len(rows) == 400
    assert set(rows[0]) == {"movie_id", "title", "year", "genre", "x", "y"}


@pytest.mark.parametrize(
    ("suffix", "start"), [(".html", b"<!doctype html>"), (".csv", b"movie_id,"), (".png", b"\x89PNG")]
)
def test_map_goes_into_a_file(trained, capsys, tmp_path, suffix, start):
    out = tmp_path / f"map{suffix}"
    values = values_of(capsys, "map", "--out", str(out), "--bundle", str(trained[0]))
    assert (values["file"], values["num_movies"], values["method"]) == (str(out), 400, "tsne")
    assert out.read_bytes().startswith(start)


def test_map_in_html_needs_nothing_from_the_internet(trained, capsys, tmp_path):
    out = tmp_path / "map.html"
    call(capsys, "map", "--out", str(out), "--bundle", str(trained[0]))
    page = out.read_text(encoding="utf-8")
    assert "http" not in page
    assert page.count("<circle") == 400


def test_map_refuses_other_files(trained, capsys, tmp_path):
    assert ".html, .csv, .png" in refusal(
        capsys, "map", "--out", str(tmp_path / "map.pdf"), "--bundle", str(trained[0]), status=2
    )
    nowhere = str(tmp_path / "nowhere" / "map.csv")
    assert "cannot be written" in refusal(capsys, "map", "--out", nowhere, "--bundle", str(trained[0]))


def test_data_says_what_is_there_and_what_was_tried(capsys):
    values = values_of(capsys, "data", "--dataset", "synthetic")
    assert (values["dataset"], values["users"], values["movies"], values["ratings"]) == ("synthetic", 600, 400, 30_000)
    assert len(values["fingerprint"]) == 16
    attempts = values_of(capsys, "data")["attempts"]
    assert [attempt["dataset"] for attempt in attempts][:3] == ["ml-1m"] * 3
    assert attempts[-1]["outcome"] == "found"


@pytest.mark.parametrize("arguments", [["data"], ["data", "--dataset", "ml-1m"]])
def test_data_names_file_line_and_field_of_damaged_files(capsys, tmp_path, monkeypatch, arguments):
    path = files.write_ml_1m(tmp_path / "ml-1m") / "ratings.dat"
    path.write_text(path.read_text().replace("1::1406::3", "1::1406::9"))
    monkeypatch.setenv("MATINEE_DATA", str(tmp_path))
    assert refusal(capsys, *arguments).startswith("error: ratings.dat line 2, rating: 9 is out of range")


def test_a_data_set_that_cannot_be_had_is_an_error(capsys):
    assert "grouplens" in refusal(capsys, "data", "--dataset", "ml-1m")


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (["recommend", "--user", "99999"], "synthetic has no user with id 99999"),
        (["similar", "--movie", "0"], "synthetic has no movie with id 0"),
        (["fans", "--movie", "-3"], "synthetic has no movie with id -3"),
        (["predict", "--user", "1", "--movie", "401"], "synthetic has no movie with id 401"),
    ],
)
def test_an_unknown_id_is_an_error(trained, capsys, verb, said):
    assert said in refusal(capsys, *verb, "--bundle", str(trained[0]))


def test_without_a_model_the_error_says_how_to_train_one(capsys):
    said = refusal(capsys, "recommend", "--user", "1", "--dataset", "synthetic")
    assert "python -m recsys train --dataset synthetic" in said


def test_a_bundle_that_is_none_is_an_error(capsys, tmp_path):
    refusal(capsys, "recommend", "--user", "1", "--bundle", str(tmp_path / "nowhere"))
    refusal(capsys, "evaluate", "--bundle", str(tmp_path))


def test_train_never_writes_over_a_folder(trained, capsys, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    for folder in (trained[0], tmp_path / "mine", tmp_path / "mine" / "letter.txt"):
        assert "there already" in refusal(capsys, "train", *QUICK, "--out", str(folder))
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


def test_resuming_with_nothing_to_resume_is_an_error(trained, capsys, tmp_path):
    assert "no stopped run" in refusal(capsys, "train", "--dataset", "synthetic", "--resume")
    refusal(capsys, "train", "--resume", "--out", str(tmp_path / "nowhere"))
    refusal(capsys, "train", "--resume", "--out", str(trained[0]))


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["recommend"],
        ["recommend", "--user", "me"],
        ["recommend", "--user", "1", "--k", "0"],
        ["train", "--dataset", "ml-20m"],
        ["train", "--head", "tensor"],
        ["train", "--epochs", "0"],
        ["train", "--dataset", "synthetic", "--preset", "nonsense"],
        ["train", "--dataset", "synthetic", "--init", "-1"],
        ["train", "--dataset", "synthetic", "--learning-rate", "0"],
        ["train", "--dataset", "synthetic", "--windows", "2,x"],
        ["train", "--dataset", "synthetic", "--windows", "99"],
        ["train", "--dataset", "synthetic", "--hidden", "8"],
        ["benchmark", "--dataset", "synthetic", "--only", "nonsense"],
    ],
)
def test_wrong_usage_ends_with_status_2(capsys, arguments):
    status, out, err = call(capsys, *arguments)
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert "rror" in err


def test_debug_shows_the_traceback_wherever_it_stands(capsys):
    for arguments in (["--debug", "similar", "--movie", "1"], ["similar", "--movie", "1", "--debug"]):
        status, _, err = call(capsys, *arguments)
        assert status == 1
        assert "Traceback" in err


def test_a_mistake_of_ours_is_one_line_too(capsys, monkeypatch):
    def broken(*args: object, **kwargs: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("recsys.cli.inspecting.describe_data", broken)
    assert "KeyError" in refusal(capsys, "data")


def test_help_and_no_verb_list_the_verbs(capsys):
    status, out, _ = call(capsys, "--help")
    assert status == 0
    for verb in ("data", "train", "evaluate", "recommend", "similar", "fans", "predict", "map", "benchmark", "doctor"):
        assert f"  {verb} " in out
    assert call(capsys)[0] == 2


def test_help_does_not_load_torch():
    code = "import sys; from recsys.cli import main; main(['--help']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_the_command_that_a_bundle_keeps_is_one_that_train_takes(monkeypatch):
    taken: list[TrainFlags] = []
    monkeypatch.setattr(training, "train", lambda flags, as_json: taken.append(flags) or 0)
    data, model, train = configs_of(
        ["--head", "mlp", "--hidden", "16", "--windows", "1,3", "--epochs", "7", "--init", "0.5"]
    )
    line = command_line(data, model, train)
    assert main(line.split()[3:]) == 0
    assert configs(taken[0], data.dataset) == (data, model, train)


def configs_of(arguments: list[str]):
    flags: list[TrainFlags] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "train", lambda given, as_json: flags.append(given) or 0)
        assert main(["train", "--dataset", "synthetic", *arguments]) == 0
    return configs(flags[0], "synthetic")


def test_the_preset_is_the_default():
    _, model, train = configs_of([])
    assert (model, train) == preset("article")


def test_doctor_finds_what_is_there_and_says_what_is_missing(capsys, tmp_path, monkeypatch):
    files.write_ml_1m(tmp_path / "ml-1m")
    monkeypatch.setenv("MATINEE_DATA", str(tmp_path))
    values = values_of(capsys, "doctor")
    assert values["usable"] is True
    assert "cpu" in values["devices"]
    found = {dataset["name"]: dataset["found"] for dataset in values["datasets"]}
    assert str(tmp_path) in found["ml-1m"]
    assert found["ml-100k"] is None
    assert found["synthetic"] is not None
    assert any("ml-100k is not here" in advice for advice in values["advice"])


def test_doctor_names_damage(capsys, tmp_path, monkeypatch):
    (files.write_ml_1m(tmp_path / "ml-1m") / "users.dat").write_bytes(b"")
    monkeypatch.setenv("MATINEE_DATA", str(tmp_path))
    status, out, err = call(capsys, "doctor")
    assert status == 0
    assert "ml-1m" in out
    assert "users.dat: is empty" in err


def test_doctor_fails_where_a_library_is_missing(capsys, monkeypatch):
    monkeypatch.setattr("recsys.cli.inspecting._LIBRARIES", ["torch", "no-such-library"])
    status, out, _ = call(capsys, "doctor", "--json")
    assert status == 1
    assert json.loads(out)["usable"] is False


def test_benchmark_sets_each_time_beside_the_plain_way(capsys):
    values = values_of(capsys, "benchmark", "--dataset", "synthetic", "--only", "reading", "--repeats", "1")
    [reading] = values["results"]
    assert reading["name"] == "reading"
    assert reading["ratio"] == pytest.approx(reading["plain"] / reading["value"])
    assert values["machine"]["cores"] >= 1
    assert values["repeats"] == 1


def test_an_interruption_keeps_a_run_that_can_go_on(tmp_path, capsys):
    folder = tmp_path / "stopped"
    slow = ["--dataset", "synthetic", "--batch-size", "64", "--epochs", "200", "--device", "cpu"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "recsys", "train", *slow, "--out", str(folder), "--json"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("epoch 1:"):
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out) == (130, ""), err
    assert f"--resume --out {folder}" in err
    assert "Traceback" not in err
    values = values_of(capsys, "train", "--resume", "--out", str(folder), "--epochs", "2")
    assert (values["bundle"], values["epochs"]) == (str(folder), 2)


def test_a_second_interruption_leaves_at_once():
    code = """
import os, signal
from recsys.cli.interrupts import noted_interrupts
with noted_interrupts() as is_interrupted:
    os.kill(os.getpid(), signal.SIGINT)
    assert is_interrupted()
    os.kill(os.getpid(), signal.SIGINT)
    raise SystemExit(1)
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 130


def test_an_interruption_anywhere_else_ends_with_status_130(capsys, monkeypatch):
    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("recsys.cli.inspecting.describe_data", interrupted)
    assert call(capsys, "data")[0] == 130
