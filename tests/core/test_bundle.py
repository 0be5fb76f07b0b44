"""Bundles: what is saved comes back, damage is named, nothing is half-written, a run goes on."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from recsys import files
from recsys.bundle import FORMAT, Bundle, load_bundle, load_training_state, read_info
from recsys.bundle.info import RunState, _checksum, write_info
from recsys.data.synthetic import synthetic
from recsys.errors import BundleError, ForeignBundleError
from recsys.evaluation.of_bundle import keep_on_test, metrics_on_test
from recsys.training.run import Run
from tests.core.conftest import CPU, TRAIN


@pytest.fixture
def copy(bundle: Bundle, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle.info.folder, tmp_path / "copy"))


def test_save_and_load_give_equal_scores_features_maps_and_reports(bundle, dataset, tmp_path) -> None:
    bundle.save(tmp_path / "again")
    again = load_bundle(tmp_path / "again", dataset)
    everybody = np.arange(dataset.num_users)
    assert np.array_equal(again.stars_of(everybody), bundle.stars_of(everybody))
    assert np.array_equal(again.score_users(everybody), bundle.score_users(everybody))
    assert np.array_equal(again.movie_features, bundle.movie_features)
    assert set(again.maps) == {"movies-tsne-2d-p30-cosine-s0"}
    assert again.reports == bundle.reports
    assert replace(again.info, folder=bundle.info.folder) == bundle.info


def test_the_feature_matrices_have_a_row_for_everybody(bundle, dataset) -> None:
    assert bundle.movie_features.shape == (dataset.num_movies, 200)
    assert bundle.user_features.shape == (dataset.num_users, 200)


def test_a_bundle_names_its_origin(bundle, dataset) -> None:
    info = bundle.info
    assert info.fingerprint == dataset.fingerprint
    assert info.command.startswith("python -m recsys train --dataset synthetic --preset article --split p80 --seed 0")
    assert info.own_validation_rmse == info.validation_rmse == pytest.approx(bundle.reports[-1].validation_rmse)
    assert (info.validation_epoch, info.num_threads) == (3, 1)
    assert set(info.baselines) == {"mean", "biases"}
    assert info.versions["torch"] == torch.__version__


def test_no_text_of_the_data_set_is_in_a_bundle(bundle, dataset) -> None:
    content = b"".join(file.read_bytes() for file in bundle.info.folder.iterdir())
    for title in dataset.movies["title"]:
        assert title.encode() not in content


@pytest.mark.parametrize("name", ["weights.safetensors", "features.safetensors", "map.npz", "epochs.jsonl"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "one bit"])
def test_a_damaged_file_is_named(copy, dataset, name, damage) -> None:
    file = copy / name
    content = bytearray(file.read_bytes())
    if damage == "missing":
        file.unlink()
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    else:
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    with pytest.raises(BundleError, match=name):
        load_bundle(copy, dataset)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "\x00\x01",
        '{"format": 1}',
        '{"format": 99}',
        "[" * 100_000,
        f'{{"format": {FORMAT}, "checksum": 3}}',
    ],
)
def test_a_damaged_bundle_json_gives_a_clear_error(copy, dataset, text) -> None:
    (copy / "bundle.json").write_text(text, encoding="utf-8")
    with pytest.raises(BundleError):
        load_bundle(copy, dataset)


def test_bytes_that_are_no_text_give_a_clear_error(copy, dataset) -> None:
    (copy / "bundle.json").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(BundleError, match=r"bundle\.json"):
        load_bundle(copy, dataset)


def test_a_changed_number_in_bundle_json_is_found(copy, dataset) -> None:
    text = (copy / "bundle.json").read_text(encoding="utf-8")
    values = json.loads(text)
    values["metrics"]["validation"]["rmse"] = 0.1
    (copy / "bundle.json").write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(BundleError, match="was changed"):
        load_bundle(copy, dataset)


def test_a_missing_folder_and_a_folder_without_bundle_are_named(tmp_path, dataset) -> None:
    with pytest.raises(BundleError, match="no such folder"):
        load_bundle(tmp_path / "nowhere", dataset)
    with pytest.raises(BundleError, match=r"no bundle\.json"):
        load_bundle(tmp_path, dataset)


def test_an_unknown_format_is_refused_with_its_number(copy, dataset) -> None:
    values = json.loads((copy / "bundle.json").read_text(encoding="utf-8")) | {"format": FORMAT + 1}
    (copy / "bundle.json").write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(BundleError, match=f"format {FORMAT + 1}; this version reads {FORMAT}"):
        load_bundle(copy, dataset)


def test_a_bundle_of_other_data_is_refused(bundle) -> None:
    other = synthetic(num_users=150, num_movies=90, num_ratings=6_000, seed=1)
    with pytest.raises(ForeignBundleError, match="Train a model on this data set"):
        load_bundle(bundle.info.folder, other)


@pytest.mark.parametrize(
    ("part", "value"),
    [("movies", np.zeros((3, 200), np.float32)), ("users", np.full((150, 200), np.nan, np.float32))],
)
def test_features_of_another_shape_or_not_finite_are_refused(bundle, dataset, tmp_path, part, value) -> None:
    wrong = replace(bundle, features=replace(bundle.features, **{part: value}))
    wrong.save(tmp_path / "wrong")
    with pytest.raises(BundleError, match="features"):
        load_bundle(tmp_path / "wrong", dataset)


def test_weights_of_another_network_are_refused(bundle, copy, dataset) -> None:
    write_info(replace(bundle.info, model=replace(bundle.info.model, num_filters=4)), copy)
    with pytest.raises(BundleError, match="damaged"):
        load_bundle(copy, dataset)


def test_a_pickle_in_the_place_of_the_map_is_never_loaded(bundle, copy, dataset) -> None:
    np.savez(copy / "map.npz", tsne=np.array([{"evil": 1}], dtype=object))
    (copy / "bundle.json").unlink()
    write_info(bundle.info, copy)
    with pytest.raises(BundleError, match="damaged"):
        load_bundle(copy, dataset)


def test_a_file_name_that_climbs_out_is_refused(bundle, copy, dataset) -> None:
    values = json.loads((copy / "bundle.json").read_text(encoding="utf-8"))
    values["files"]["../../etc/hostname"] = "0"
    values["checksum"] = _checksum(values)
    (copy / "bundle.json").write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(BundleError, match="outside"):
        load_bundle(copy, dataset)


def test_a_full_disk_leaves_the_old_bundle_and_no_half_one(bundle, copy, dataset, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(BundleError, match="No space left"):
        bundle.save(copy)
    assert [path.name for path in copy.parent.iterdir() if path.name.startswith(".")] == []
    assert np.array_equal(load_bundle(copy, dataset).movie_features, bundle.movie_features)


def test_a_crash_between_the_renames_loses_nothing(copy, dataset) -> None:
    copy.rename(copy.parent / f".{copy.name}.old")
    assert load_bundle(copy, dataset).info.name == "small"


def test_a_failed_rename_brings_the_old_folder_back(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "old").touch()
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name.endswith(".new"):
            raise OSError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="Permission"), files.replaced_folder(folder) as new:
        (new / "new").touch()
    assert [path.name for path in folder.iterdir()] == ["old"]


def test_a_stopped_run_goes_on_from_its_bundle_with_the_same_curve(make_run, dataset, tmp_path) -> None:
    whole = make_run(tmp_path / "whole")
    expected = [report.train_loss for report in whole.trainer.epochs()]
    part = make_run(tmp_path / "part")
    asked = iter(range(100))
    list(part.trainer.epochs(lambda: next(asked) >= part.trainer.num_batches + 5))
    part.keep()
    kept = load_bundle(tmp_path / "part", dataset)
    assert (kept.info.run.epoch, kept.info.run.batch, kept.info.is_finished) == (1, 5, False)
    resumed = Run.resumed(dataset, kept, train=TRAIN, device=CPU)
    list(resumed.trainer.epochs())
    assert [report.train_loss for report in resumed.trainer.reports] == expected


def test_a_bundle_without_training_state_cannot_be_resumed_and_says_so(bundle, dataset, tmp_path) -> None:
    replace(bundle, training_state={}).save(tmp_path / "shipped")
    assert not read_info(tmp_path / "shipped").can_resume
    with pytest.raises(BundleError, match="cannot be resumed"):
        load_training_state(tmp_path / "shipped")


def test_the_state_of_a_run_is_kept(bundle) -> None:
    assert bundle.info.run == RunState(epoch=3, is_finished=True)
    assert bundle.info.can_resume


def test_what_is_kept_of_the_test_part_is_what_is_measured_of_the_loaded_bundle(bundle, copy, dataset) -> None:
    info = keep_on_test(dataset, load_bundle(copy, dataset))
    assert info.metrics["test"] == pytest.approx(metrics_on_test(dataset, bundle))
    assert read_info(copy) == info


def test_a_validation_error_is_of_the_kept_weights_only_right_after_the_epoch_that_it_was_measured_in(bundle) -> None:
    info = bundle.info
    assert info.own_validation_rmse == info.validation_rmse
    later = replace(info, validation_epoch=2, run=replace(info.run, epoch=2, batch=1))
    assert (later.own_validation_rmse, later.has_learned_validation) == (None, False)
    assert later.validation_rmse == info.validation_rmse
