"""The command line keeps its contract: answer on standard output, the rest on standard error, the exit status."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from recsys.bundle.info import read_info
from recsys.cli import loading, main, training
from recsys.cli.training import TrainFlags, configs
from recsys.config import command_line, first_visit, preset
from recsys.data.synthetic import synthetic
from recsys.errors import NoModelError
from recsys.recommend.because import Because
from recsys.recommend.explaining import Explainer
from recsys.recommend.inside import Inside
from recsys.recommend.reasons import reasons
from recsys.training.run import no_layouts
from tests.core.cli_calls import MOVIE_KEYS, QUICK, ROOT, call, refusal, values_of
from tests.core.conftest import HISTORY_MODEL, HISTORY_TRAIN
from tests.core.data import movielens_files as files


def test_train_answers_with_the_documented_keys(trained):
    folder, values = trained
    assert {"bundle", "dataset", "preset", "split", "seed", "epochs", "seconds", "ratings_per_second", "device"} <= set(
        values
    )
    assert (values["bundle"], values["dataset"], values["preset"]) == (str(folder), "synthetic", "article")
    assert (values["split"], values["seed"], values["epochs"]) == ("p80", 0, 1)
    assert values["ratings_per_second"] > 0
    assert {"mse", "rmse", "mae"} <= set(values["validation"])
    assert (values["validation_epoch"], values["has_learned_validation"]) == (1, False)
    assert f" --threads {values['threads']} " in values["command"]


def test_no_training_tells_or_keeps_anything_of_the_test_part(trained):
    folder, values = trained
    kept = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    for told in (values, kept):
        assert "test_rmse" not in json.dumps(told)
    assert set(kept["metrics"]) == {"validation"}
    assert "test" not in values


def test_evaluate_measures_on_the_test_part_and_keeps_that_only_if_asked_to(trained, capsys, tmp_path):
    folder = shutil.copytree(trained[0], tmp_path / "bundle")
    values = values_of(capsys, "evaluate", "--bundle", str(folder))
    assert {"mse", "rmse", "mae", "ndcg@10", "hr@10", "coverage", "novelty", "diversity"} <= set(values["test"])
    assert values["bundle"] == str(folder)
    assert "test" not in read_info(folder).metrics
    kept = values_of(capsys, "evaluate", "--bundle", str(folder), "--keep")
    assert kept == values
    assert read_info(folder).metrics["test"] == values["test"]
    assert read_info(folder).baselines["biases"].keys() == {"validation_rmse", "test_rmse"}
    assert read_info(folder).metrics["validation"] == read_info(trained[0]).metrics["validation"]


def test_recommend_says_what_lifts_each_film_as_the_app_does(trained, capsys):
    """The article's network reads no ratings, so that no rating lifts a film; the table says the same."""
    values = values_of(capsys, "recommend", "--user", "5", "--k", "4", "--bundle", str(trained[0]))
    model = loading.load_model(trained[0], None)
    inside = Inside(model)
    films = [movie["movie_id"] for movie in values["movies"]]
    found = reasons(Explainer(inside), Because(inside), model.person(5), films)
    for movie, reason in zip(values["movies"], found, strict=True):
        assert movie["reason"]["part"] == {
            "of": reason.part.side,
            "name": reason.part.name,
            "points": pytest.approx(reason.part.value),
        }
        assert movie["reason"]["rating"] is None


def test_recommend_answers_with_the_documented_keys(trained, capsys):
    values = values_of(capsys, "recommend", "--user", "5", "--k", "7", "--bundle", str(trained[0]))
    assert {"dataset", "model", "user_id", "movies"} <= set(values)
    assert (values["dataset"], values["user_id"], len(values["movies"])) == ("synthetic", 5, 7)
    assert all(set(movie) == MOVIE_KEYS | {"stars", "reason"} for movie in values["movies"])
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


@pytest.fixture
def quick_first_visit(monkeypatch):
    """What is trained where there is no model: the real thing, smaller."""
    monkeypatch.setattr(loading, "first_visit", lambda _num_ratings: (HISTORY_MODEL, HISTORY_TRAIN))
    monkeypatch.setattr(loading, "layouts", no_layouts)


@pytest.mark.usefixtures("quick_first_visit")
@pytest.mark.parametrize(
    "verb",
    [
        ("recommend", "--user", "1"),
        ("similar", "--movie", "1"),
        ("fans", "--movie", "1"),
        ("predict", "--user", "1", "--movie", "1"),
        ("together", "--user", "1", "--user", "2"),
        ("map", "--method", "pca"),
        ("evaluate",),
        ("fairness",),
    ],
)
def test_with_nothing_but_the_invented_data_a_model_is_trained_once_and_answers(capsys, monkeypatch, verb):
    monkeypatch.setenv("MATINEE_OFFLINE", "1")
    status, out, err = call(capsys, *verb, "--json")
    assert status == 0, err
    assert json.loads(out)
    assert "training one, once" in err
    assert f"epoch {HISTORY_TRAIN.epochs}: training loss" in err
    status, again, err = call(capsys, *verb, "--json")
    assert (status, again) == (0, out)
    assert "training" not in err


@pytest.mark.usefixtures("quick_first_visit")
def test_an_interrupted_first_training_answers_nothing(capsys, monkeypatch):
    monkeypatch.setattr(
        loading, "watched", lambda job, start: (start(), job.stop(), job.wait(), (job.status(), True))[-1]
    )
    status, out, _ = call(capsys, "recommend", "--user", "1", "--dataset", "synthetic")
    assert (status, out) == (130, "")


def test_without_a_model_of_real_ratings_the_error_is_the_offer_of_a_first_visit(dataset):
    with pytest.raises(NoModelError) as raised:
        loading.chosen(replace(dataset, name="ml-1m"))
    command = str(raised.value).split("first visit: ")[1]
    assert command.startswith("python -m recsys train --dataset ml-1m --preset default")
    _, model, train = configs_of(command.split()[4:])
    assert (model, train) == first_visit(dataset.num_ratings)


@pytest.mark.parametrize("verb", [("train",), ("scoreboard",), ("scoreboard", "--only", "biases"), ("newcomers",)])
def test_a_device_that_is_not_there_is_said_before_anything_is_trained_or_fitted(capsys, monkeypatch, verb):
    monkeypatch.setattr(loading, "_trained", None)
    assert "device 'cuda:77' is not there" in refusal(capsys, *verb, "--dataset", "synthetic", "--device", "cuda:77")


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
        ["train", "--dataset", "synthetic", "--head", "mlp"],
        ["train", "--dataset", "synthetic", "--threads", "0"],
        ["benchmark", "--dataset", "synthetic", "--only", "nonsense"],
    ],
)
def test_wrong_usage_ends_with_status_2(capsys, arguments):
    status, out, err = call(capsys, *arguments)
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert "rror" in err


def test_debug_shows_the_traceback_wherever_it_stands(capsys, tmp_path):
    nowhere = ["similar", "--movie", "1", "--bundle", str(tmp_path)]
    for arguments in (["--debug", *nowhere], [*nowhere, "--debug"]):
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
        ["--preset", "article", "--head", "mlp", "--hidden", "16", "--windows", "1,3", "--epochs", "7", "--init", "0.5"]
    )
    line = command_line(data, model, train, preset_name="article", num_threads=3)
    assert main(line.split()[3:]) == 0
    assert configs(taken[0], data.dataset) == (data, model, train)
    assert taken[0].threads == 3


def configs_of(arguments: list[str]):
    flags: list[TrainFlags] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "train", lambda given, as_json: flags.append(given) or 0)
        assert main(["train", "--dataset", "synthetic", *arguments]) == 0
    return configs(flags[0], "synthetic")


def test_the_preset_is_the_default():
    _, model, train = configs_of([])
    assert (model, train) == preset("default")


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
