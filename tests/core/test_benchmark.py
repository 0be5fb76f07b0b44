"""The verb benchmark: what it answers, and that the plain way learns what it says. Times are not looked at."""

import importlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from recsys.cli import main
from recsys.cli.benchmark import browser as benchmark_browser
from recsys.cli.benchmark import map as benchmark_map
from recsys.cli.benchmark import parts as benchmark_parts
from recsys.cli.benchmark import rate as benchmark_rate
from recsys.cli.benchmark import rmse as benchmark_rmse
from recsys.cli.benchmark import scale as benchmark_scale
from recsys.cli.benchmark import theatre as benchmark_theatre
from recsys.cli.benchmark import verb as benchmarks
from recsys.cli.benchmark import why as benchmark_why
from recsys.cli.benchmark.examples import LeftOutRatings
from recsys.cli.benchmark.parts import Effort, Measured, elsewhere, medians_in_turn, train_steps
from recsys.cli.benchmark.plain import PlainDefault
from recsys.cli.benchmark.scale import scale
from recsys.cli.benchmark.verb import Asked
from recsys.data.histories import RatingTable, Sparse, table_of
from recsys.errors import BenchmarkError, NotHereError
from tests.core.conftest import CPU


@pytest.fixture
def table(dataset, split, encoder) -> RatingTable:
    return table_of(dataset, encoder.encode_ratings(dataset), split.train, CPU)


def dense(matrix: Sparse, num_columns: int) -> torch.Tensor:
    rows = torch.arange(len(matrix.starts) - 1).repeat_interleave(matrix.starts.diff())
    out = torch.zeros(len(matrix.starts) - 1, num_columns)
    out[rows, matrix.columns] = matrix.values
    return out


def dense_from_transpose(matrix: Sparse, num_rows: int) -> torch.Tensor:
    columns = torch.arange(len(matrix.transposed_starts) - 1).repeat_interleave(matrix.transposed_starts.diff())
    out = torch.zeros(num_rows, len(matrix.transposed_starts) - 1)
    out[matrix.transposed_rows, columns] = matrix.transposed_values
    return out


def test_an_example_has_the_histories_that_the_table_has_with_its_rating_hidden(table):
    examples = LeftOutRatings(table)
    position = len(table) // 2
    visible = torch.ones(len(table), dtype=torch.bool)
    visible[position] = False
    user, movie = table.users[position : position + 1], int(table.movies[position])
    of_user, of_movies = table.histories(visible, user)
    batch = examples.collate([examples[0], examples[position]])
    assert int(batch.user[1]) == int(user)
    assert int(batch.movie[1]) == movie
    assert float(batch.stars[1]) == float(table.stars[position])
    for ours, row, theirs, num_columns in (
        (of_user, 0, batch.of_users, table.num_movies),
        (of_movies, movie, batch.of_movies, table.num_users),
    ):
        assert ours.num_ratings[row] == theirs.num_ratings[1]
        assert torch.allclose(ours.level[row], theirs.level[1], atol=1e-5)
        assert torch.equal(dense(ours.seen, num_columns)[row], dense(theirs.seen, num_columns)[1])
        # Levels of the other side still count the rating that is left out here, so they differ by a little.
        residuals = dense(ours.residuals, num_columns)[row], dense(theirs.residuals, num_columns)[1]
        assert torch.allclose(*residuals, atol=0.05)


def test_a_batch_of_examples_has_transposes_that_fit(table):
    examples = LeftOutRatings(table)
    batch = examples.collate([examples[index] for index in (3, 900, 901)])
    for history, num_columns in ((batch.of_users, table.num_movies), (batch.of_movies, table.num_users)):
        for matrix in (history.residuals, history.seen):
            assert torch.equal(dense(matrix, num_columns), dense_from_transpose(matrix, 3))


@pytest.mark.parametrize("name", ["loss_over_all", "loss_in_batch"])
def test_the_plain_way_learns_with_both_losses(dataset, name):
    way = PlainDefault(dataset)
    loss = getattr(way, name)
    losses = []
    for _ in range(12):
        way.optimizer.zero_grad(set_to_none=True)
        value = loss(next(way.loader))
        value.backward()
        way.optimizer.step()
        losses.append(float(value.detach()))
    assert losses[-1] < losses[0]
    assert all(parameter.grad is not None for parameter in way.model.parameters())


def test_steps_count_the_ratings_that_were_predicted(make_trainer):
    trainer = make_trainer(batch_size=1_000)
    num_train = trainer.num_ratings
    last = num_train - 1_000 * (trainer.num_batches - 1)
    assert 0 < last < 1_000
    steps = train_steps(trainer, trainer.num_batches)
    assert steps.num_ratings == 1_000 * trainer.num_batches  # the last step of the epoch is taken, but does not count
    assert (trainer.position.epoch, trainer.position.batch) == (1, 1)
    assert steps.seconds > 0


def test_measurements_take_turns_and_the_median_counts():
    called = []

    def action(name, values):
        found = iter(values)

        def measured():
            called.append(name)
            return next(found)

        return measured

    actions = {"a": action("a", [1.0, 9.0, 2.0]), "b": action("b", [5.0, 4.0, 6.0])}
    assert medians_in_turn(actions, 3) == {"a": 2.0, "b": 5.0}
    assert called == ["a", "b"] * 3


def test_the_peak_of_a_process_does_not_count_what_its_parent_had():
    pytest.importorskip("resource", reason="Windows does not say")
    ballast = np.ones(400 * 2**20, dtype=np.uint8)
    here = benchmark_parts.peak_memory()["process"]
    there = elsewhere("recsys.cli.benchmark.parts:peak_memory")["process"]
    del ballast
    assert 0 < there < here - 200


def test_a_function_called_elsewhere_runs_in_a_process_of_its_own():
    assert elsewhere("os:getpid") != os.getpid()
    assert elsewhere("os.path:join", "a", "b") == str(Path("a") / "b")


def test_a_function_that_fails_elsewhere_is_an_error_of_the_measurement(capfd):
    with pytest.raises(BenchmarkError, match="os:listdir ended with status 1"):
        elsewhere("os:listdir", "/there/is/no/such/folder")
    assert "FileNotFoundError" in capfd.readouterr().err


def test_time_to_a_level_is_that_of_the_first_epoch_below_it(dataset, monkeypatch):
    epochs = [
        {"epoch": 1, "seconds": 5.0, "test": 0.9, "validation": 0.91},
        {"epoch": 2, "seconds": 9.0, "test": 0.849, "validation": 0.861},
        {"epoch": 3, "seconds": 13.0, "test": 0.855, "validation": None},
    ]
    found = {"preparation": 1.0, "threads": 2, "memory": {"process": 600.0, "gpu": None}, "epochs": epochs}
    monkeypatch.setattr(benchmark_rmse, "elsewhere", lambda *_arguments: found)
    results = {measured.name: measured for measured in benchmark_rmse.time_to_rmse(dataset, Effort(1))}
    assert results["time_to_test_rmse_0.870"].value == 9.0
    assert results["time_to_test_rmse_0.850"].value == 9.0
    assert results["time_to_test_rmse_0.845"].value is None
    assert results["time_to_validation_rmse_0.870"].value == 9.0
    assert results["time_to_validation_rmse_0.860"].value is None
    assert results["training_time"].value == 13.0
    assert results["test_rmse"].value == 0.855
    assert results["training_memory_process"].value == 600.0
    assert "training_memory_gpu" not in results


def test_scale_compares_ten_million_ratings_with_one_million(dataset, monkeypatch):
    def cost(_function, size, num_movies, num_steps, _device):
        assert num_steps == 8 * 2
        about = {"memory": {"process": 1.0, "gpu": None}, "step": 0.1, "threads": 2, "steps_per_epoch": 24}
        return {"epoch": size**0.5 * num_movies, "predicted": 3.0, "preparation": 1.0, **about}

    monkeypatch.setattr("recsys.cli.benchmark.scale.elsewhere", cost)
    results = {measured.name: measured for measured in scale(dataset, Effort(2))}
    assert results["scale_epoch"].value == pytest.approx(10**0.5)
    assert results["scale_predicted"].value == 1.0
    assert results["scale_300000_epoch"].value == 300_000**0.5 * 4_000
    assert results["scale_epoch_more_films"].value == pytest.approx(10, rel=1e-3)  # root of 10 in ratings and in films


def here(function: str, *arguments: object, environment: dict[str, str] | None = None) -> object:
    """What `elsewhere` does, without the seconds that a new process takes."""
    assert environment is None or environment["OMP_WAIT_POLICY"] in ("ACTIVE", "PASSIVE")
    module, name = function.split(":")
    again = eval(repr(arguments), {})  # noqa: S307 - as it comes through the command line
    return json.loads(json.dumps(getattr(importlib.import_module(module), name)(*again)))


@pytest.fixture
def small(dataset, monkeypatch) -> None:
    """Everything that a measurement looks for is small and near."""
    for module in (benchmarks, benchmark_rmse, benchmark_scale):
        monkeypatch.setattr(module, "elsewhere", here)
    for module in (benchmarks, benchmark_rmse, benchmark_browser):
        monkeypatch.setattr(module, "load", lambda *_: SimpleNamespace(dataset=dataset))
    monkeypatch.setattr(benchmarks, "load_data", lambda _name: SimpleNamespace(dataset=dataset))
    monkeypatch.setattr(benchmark_scale, "NUM_MOVIES", 600)
    monkeypatch.setattr(benchmark_theatre, "_PRESSES_PER_REPEAT", 1)


@pytest.fixture(params=["bundle", "history_bundle"])
def used(request, monkeypatch) -> None:
    """A model that the app would use, of either kind."""
    info = request.getfixturevalue(request.param).info
    for module in (benchmarks, benchmark_why, benchmark_map, benchmark_rate):
        monkeypatch.setattr(module, "chosen", lambda _dataset: info)


def no_chromium() -> None:
    raise NotHereError("Chromium", "was not found.")


@pytest.mark.usefixtures("small")
def test_the_test_part_is_looked_at_when_the_training_has_ended_and_for_the_weights_of_each_epoch(monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(benchmark_rmse, "say", said.append)
    first, second = benchmark_rmse.training_curve("synthetic", 2, "cpu")["epochs"]
    assert ["test RMSE" in line for line in said] == [False, False, True, True]
    assert first["test"] != second["test"]


UNITS = {"ratings/s", "s", "ms", "us", "stars", "times", "MiB", "kB", "share"}
ALONE = [name for name in benchmarks._MEASUREMENTS if name not in ("bundle", "recommend", "why", "map", "rate")]


def measured(name: str, capsys) -> dict[str, Measured]:
    assert benchmarks.run(Asked((name,), 1, is_quick=True, device="cpu"), dataset=None, as_json=True) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["problems"] == []
    results = {result["name"]: Measured(**result) for result in answer["results"]}
    assert len(results) == len(answer["results"]) or name == "training"
    for result in results.values():
        assert result.unit in UNITS
        assert result.value is None or result.value >= 0
        assert result.plain is None or result.ratio == pytest.approx(
            result.value / result.plain if result.unit == "ratings/s" else result.plain / result.value
        )
    return results


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", ALONE)
def test_a_measurement_of_no_model_runs_to_its_end(name, capsys):
    assert measured(name, capsys)


@pytest.mark.usefixtures("small", "used")
@pytest.mark.parametrize("name", ["bundle", "recommend", "why"])
def test_a_measurement_of_a_model_runs_to_its_end_with_both_kinds(name, capsys):
    assert name in measured(name, capsys)


@pytest.mark.usefixtures("small", "used")
def test_without_a_browser_the_layouts_are_measured_and_a_line_says_what_the_page_needs(monkeypatch, capsys):
    monkeypatch.setattr(benchmark_browser, "chromium", no_chromium)
    assert benchmarks.run(Asked(("map", "rate"), 1, is_quick=True), dataset=None, as_json=True) == 1
    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    assert "layout_tsne" in {result["name"] for result in answer["results"]}
    assert [(found["measurement"], found["state"]) for found in answer["problems"]] == [
        ("map", "skipped"),
        ("rate", "skipped"),
    ]
    assert "rate: skipped, Chromium was not found." in captured.err


def good(_dataset, _effort) -> list[Measured]:
    return [Measured("good", 1.0, "s", None, None, "")]


def broken_after_one(_dataset, _effort) -> Iterator[Measured]:
    yield Measured("first", 2.0, "s", None, None, "")
    raise ValueError("no second")


def interrupted(_dataset, _effort) -> Iterator[Measured]:
    yield Measured("begun", 3.0, "s", None, None, "")
    raise KeyboardInterrupt


def run_these(monkeypatch, capsys, measurements, *arguments: str) -> tuple[int, dict, str]:
    monkeypatch.setattr(benchmarks, "_MEASUREMENTS", measurements)
    status = main(["benchmark", "--json", *arguments])
    captured = capsys.readouterr()
    return status, json.loads(captured.out), captured.err


@pytest.mark.usefixtures("small")
def test_a_measurement_that_fails_costs_the_others_nothing(monkeypatch, capsys):
    status, answer, err = run_these(monkeypatch, capsys, {"a": good, "b": broken_after_one, "c": good})
    assert status == 1
    assert [result["name"] for result in answer["results"]] == ["good", "first", "good"]
    assert answer["problems"] == [{"measurement": "b", "state": "failed", "problem": "ValueError: no second"}]
    assert "b: failed, ValueError: no second" in err


@pytest.mark.usefixtures("small")
def test_what_was_measured_before_an_interruption_is_answered(monkeypatch, capsys):
    status, answer, _ = run_these(monkeypatch, capsys, {"a": good, "b": interrupted, "c": good})
    assert status == 130
    assert [result["name"] for result in answer["results"]] == ["good", "begun"]
    assert [problem["state"] for problem in answer["problems"]] == ["interrupted"]


@pytest.mark.usefixtures("small")
def test_what_cannot_be_measured_here_is_skipped_and_wrong_only_where_it_was_asked_for(monkeypatch, capsys):
    measurements = {"a": lambda *_: no_chromium(), "b": good}
    status, answer, _ = run_these(monkeypatch, capsys, measurements)
    assert (status, len(answer["results"]), answer["problems"][0]["state"]) == (0, 1, "skipped")
    assert run_these(monkeypatch, capsys, measurements, "--only", "a", "--only", "b")[0] == 1


@pytest.mark.usefixtures("small")
def test_each_measurement_is_written_when_it_is_there(monkeypatch, capsys):
    written = []
    monkeypatch.setattr(benchmarks, "answer_table", lambda title, _columns, rows: written.append((title, len(rows))))

    def last(_dataset, _effort):
        assert written == [("a", 1), ("b", 2)]
        return good(_dataset, _effort)

    monkeypatch.setattr(benchmarks, "_MEASUREMENTS", {"a": good, "b": broken_after_one, "c": last})
    assert main(["benchmark"]) == 1
    assert written == [("a", 1), ("b", 2), ("c", 1)]


def test_a_device_that_is_not_there_is_said_before_anything_is_measured(capsys):
    assert main(["benchmark", "--dataset", "synthetic", "--device", "cuda:77"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "error: device 'cuda:77' is not there" in captured.err
