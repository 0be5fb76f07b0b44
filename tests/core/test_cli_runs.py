"""The verb runs: list, rename, delete, export, import."""

import io
import shutil

import pytest

from recsys.bundle import read_info, store
from recsys.cli import training
from recsys.training.run import no_layouts
from tests.core.cli_calls import call, refusal, values_of


@pytest.fixture
def kept(trained):
    """A run of the user's own."""
    return shutil.copytree(trained[0], store.own_bundles_folder() / "mine")


def test_list_answers_with_the_runs_and_which_is_used(kept, capsys):
    values = values_of(capsys, "runs", "list", "--dataset", "synthetic")
    assert [(run["bundle"], run["is_used"], run["is_shipped"]) for run in values["runs"]] == [(str(kept), True, False)]
    status, out, _ = call(capsys, "runs", "list", "--dataset", "synthetic")
    assert (status, "in use" in out) == (0, True)


def test_rename_gives_another_name(kept, capsys):
    assert values_of(capsys, "runs", "rename", str(kept), "the first")["name"] == "the first"
    assert read_info(kept).name == "the first"


def test_a_name_out_of_range_is_wrong_usage(kept, capsys):
    assert "80 characters" in refusal(capsys, "runs", "rename", str(kept), "x" * 81, status=2)


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_delete_asks_and_takes_anything_but_yes_for_no(kept, capsys, monkeypatch, answer):
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    status, out, err = call(capsys, "runs", "delete", str(kept))
    assert (status, out) == (1, "")
    assert "for good?" in err
    assert kept.exists()


@pytest.mark.parametrize("arguments", [["--yes"], []])
def test_delete_deletes_after_a_yes(kept, capsys, monkeypatch, arguments):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert call(capsys, "runs", "delete", str(kept), *arguments)[0] == 0
    assert not kept.exists()


def test_what_is_exported_can_be_imported(kept, capsys, tmp_path):
    file = tmp_path / "run.zip"
    values_of(capsys, "runs", "export", str(kept), str(file))
    values = values_of(capsys, "runs", "import", str(file), "--dataset", "synthetic")
    assert values["bundle"] != str(kept)
    assert values["validation_rmse"] == read_info(kept).validation_rmse
    assert not read_info(kept.parent / values["bundle"]).can_resume


def test_with_its_training_state_a_run_goes_on_elsewhere(kept, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "layouts", no_layouts)
    values_of(capsys, "runs", "export", str(kept), str(tmp_path / "run.zip"), "--training-state")
    values = values_of(capsys, "runs", "import", str(tmp_path / "run.zip"), "--dataset", "synthetic")
    more = ["--epochs", "2", "--device", "cpu"]
    assert values_of(capsys, "train", "--resume", "--out", values["bundle"], *more)["epochs"] == 2


def test_export_writes_over_nothing(kept, capsys, tmp_path):
    (tmp_path / "run.zip").write_text("mine")
    assert "Name another file" in refusal(capsys, "runs", "export", str(kept), str(tmp_path / "run.zip"))
    assert (tmp_path / "run.zip").read_text() == "mine"


def test_what_is_no_exported_run_is_an_error(capsys, tmp_path):
    (tmp_path / "run.zip").write_text("no archive")
    said = refusal(capsys, "runs", "import", str(tmp_path / "run.zip"), "--dataset", "synthetic")
    assert "no archive of a bundle" in said
