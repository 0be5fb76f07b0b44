"""The models that ship with the app: whole, without a text of a data set, with a run to watch and a title check."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from recsys.bundle.info import FORMAT, read_info
from recsys.paths import SHIPPED_MODELS
from recsys.training.recording import load_recording
from recsys.training.title_check import TitleCheck

SHIPPED = sorted(SHIPPED_MODELS.iterdir())


def named(folder: Path) -> str:
    return folder.name


def test_there_is_a_model_for_both_real_data_sets() -> None:
    assert {"ml-1m", "ml-100k"} <= {folder.name for folder in SHIPPED}


@pytest.mark.parametrize("folder", SHIPPED, ids=named)
class TestShipped:
    def test_it_is_of_the_newest_format_and_says_by_which_commit_and_command_it_was_made(self, folder: Path) -> None:
        info = read_info(folder)
        assert json.loads((folder / "bundle.json").read_text("utf-8"))["format"] == FORMAT
        assert info.is_finished
        assert re.fullmatch("[0-9a-f]{40}", info.commit or "")
        assert info.command.startswith(f"python -m recsys train --dataset {folder.name}")

    def test_it_can_be_watched_from_before_the_first_step_to_the_last_epoch(self, folder: Path) -> None:
        info, recording = read_info(folder), load_recording(folder)
        assert recording is not None
        epochs = [shot.epoch for shot in recording.snapshots]
        assert epochs == list(range(info.train.epochs + 1))
        assert len(recording.curve) > info.train.epochs
        moved = np.abs(recording.snapshots[-1].positions - recording.snapshots[0].positions)
        assert moved.max() > 0
        assert recording.snapshots[0].top_movie_ids.tolist() != recording.snapshots[-1].top_movie_ids.tolist()

    def test_watching_it_cost_a_twentieth_of_its_training_at_most(self, folder: Path) -> None:
        info, recording = read_info(folder), load_recording(folder)
        assert recording is not None
        assert sum(shot.seconds for shot in recording.snapshots) <= 0.05 * info.seconds

    def test_it_says_what_titles_add_for_known_and_for_new_films(self, folder: Path) -> None:
        info = read_info(folder)
        assert info.title_check is not None
        check = TitleCheck.from_dict(info.title_check)
        assert check.held_out is not None
        assert check.epochs == info.train.epochs
        assert check.known_by == ("companion" if info.has_learned_validation else "network")
        assert check.held_out.rmse["trained"] > check.known.rmse["trained"]
