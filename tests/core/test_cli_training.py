"""The verb train and what it keeps of a run: the title check, and the recording with the list of one person."""

import pytest

from recsys.bundle import load_bundle, read_info
from recsys.cli import training
from recsys.data.synthetic import synthetic
from recsys.insight.maps.layouts import pca
from recsys.training.recording import load_recording
from recsys.training.title_check import TitleCheck
from tests.core.cli_calls import QUICK, refusal, values_of

CPU = ["--device", "cpu"]


@pytest.fixture(autouse=True)
def _quick_layouts(monkeypatch):
    """The maps are not what these tests are about: those of `trained` are laid out by t-SNE."""
    monkeypatch.setattr(training, "layouts", lambda features, *_: {"movies-pca-2d": pca(features.movies)})


def test_where_it_was_asked_for_the_title_is_checked_and_the_answer_says_so(tmp_path, capsys):
    values = values_of(capsys, "train", *QUICK, *CPU, "--title-check", "--out", str(tmp_path / "run"))
    assert TitleCheck.from_dict(values["title_check"]).held_out is not None
    assert read_info(tmp_path / "run").title_check == values["title_check"]


def test_a_run_does_not_take_twice_as_long_for_a_check_that_nobody_asked_for(trained):
    folder, values = trained
    assert values["title_check"] is None
    assert read_info(folder).title_check is None


def test_a_person_can_be_watched(tmp_path, capsys):
    arguments = ["--watch-user", "17", "--out", str(tmp_path / "run")]
    values_of(capsys, "train", *QUICK, *CPU, *arguments)
    assert load_recording(tmp_path / "run").watched_user == 17


def test_a_person_who_is_not_there_is_an_error(tmp_path, capsys):
    said = refusal(capsys, "train", *QUICK, *CPU, "--watch-user", "99999", "--out", str(tmp_path / "run"))
    assert "99999" in said
    assert not (tmp_path / "run").exists()


def test_a_slim_bundle_keeps_its_recording_and_no_training_state(tmp_path, capsys):
    values_of(capsys, "train", *QUICK, *CPU, "--slim", "--out", str(tmp_path / "run"))
    assert not read_info(tmp_path / "run").can_resume
    assert load_bundle(tmp_path / "run", synthetic()).is_half
    assert [shot.epoch for shot in load_recording(tmp_path / "run").snapshots] == [0, 1]


def test_the_theatre_can_be_measured(capsys):
    values = values_of(
        capsys, *["benchmark", "--only", "theatre", "--dataset", "synthetic", "--quick", "--repeats", "1"]
    )
    found = {result["name"]: result["value"] for result in values["results"]}
    for name in ("article", "default"):
        assert found[f"{name}_recording"] > 0
        assert found[f"{name}_keep"] > 0
        for button in ("pause", "step", "rate", "rate_paused", "go_on"):
            assert 0 < found[f"{name}_{button}_median"] <= found[f"{name}_{button}_max"]
