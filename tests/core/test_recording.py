"""The file of a recording: what is damaged or does not fit is refused, what is not there is no error."""

from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from recsys.bundle import RECORDING, load_bundle
from recsys.errors import BundleError
from recsys.training.recording import MAX_CURVE, load_recording, to_arrays
from recsys.training.snapshots import Recorder
from recsys.training.trainer import Trainer
from tests.core.conftest import CPU, MODEL, TRAIN


@pytest.fixture(scope="module")
def arrays(dataset, split, encoder):
    """What is recorded of a run of one epoch."""
    train = replace(TRAIN, epochs=1)
    trainer = Trainer(dataset, split, encoder, model=MODEL, train=train, device=CPU)
    recorder = Recorder(dataset)
    recorder.take(trainer)
    for _ in trainer.epochs():
        recorder.take(trainer)
    return to_arrays(recorder.recording)


@pytest.fixture
def folder(arrays, tmp_path):
    """A folder with that recording."""
    save_file(arrays, tmp_path / RECORDING)
    return tmp_path


def change(folder, **arrays) -> None:
    values = load_file(folder / RECORDING)
    save_file({name: np.ascontiguousarray(array) for name, array in (values | arrays).items()}, folder / RECORDING)


def test_a_bundle_without_a_recording_has_none(bundle) -> None:
    assert load_recording(bundle.info.folder) is None


def test_the_first_snapshot_has_no_gradient_and_the_next_has(folder) -> None:
    first, second = load_recording(folder).snapshots
    assert {norm.gradient for norm in first.norms.values()} == {None}
    assert all(norm.gradient > 0 for norm in second.norms.values())


DAMAGES = {
    "epoch": np.array([1, 0]),
    "curve": np.zeros((4, 3), dtype=np.float32),
    "positions": np.zeros((2, 90), dtype=np.float16),
    "top_stars": np.zeros((2, 3), dtype=np.float32),
    "watched_user": np.array([1, 2]),
    "seconds": np.array([0.0], dtype=np.float32),
    "norm.mix": np.array([[np.nan, 1], [1, 1]], dtype=np.float32),
    "filters.0": np.full((2, 8, 2, 32), np.inf, dtype=np.float16),
    "top_movie_ids": np.ones((2, 11), dtype=np.int64),
    "filters.7": np.zeros((2, 8, 2, 32), dtype=np.float16),
    "evil": np.zeros((2, 1), dtype=np.float32),
}
RANGES = {
    "epoch": (np.array([-1, 0]), np.array([0.5, 1.5], dtype=np.float32)),
    "curve": (np.full((4, 2), -1, dtype=np.float32), np.zeros((MAX_CURVE + 1, 2), dtype=np.float32)),
    "seconds": (np.array([0, -1], dtype=np.float32), np.zeros((2, 1), dtype=np.float32)),
    "top_stars": (np.full((2, 10), 99, dtype=np.float32), np.zeros((2, 10), dtype=np.float32)),
    "watched_user": (np.array([1.5], dtype=np.float32),),
    "norm.mix": (np.full((2, 2), -1, dtype=np.float32),),
    "positions": (np.zeros((2, 90, 2), dtype=np.int32),),
}


@pytest.mark.parametrize(("name", "array"), [(name, array) for name, arrays in RANGES.items() for array in arrays])
def test_a_recording_out_of_range_is_refused(folder, name, array) -> None:
    change(folder, **{name: array})
    with pytest.raises(BundleError, match="damaged recording"):
        load_recording(folder)


def test_filters_come_back_in_the_order_of_their_windows(folder) -> None:
    arrays = load_file(folder / RECORDING)
    change(folder, **{f"filters.{number}": arrays["filters.0"] * 0 + number for number in range(12)})
    assert [weights.flat[0] for weights in load_recording(folder).snapshots[0].filters] == list(range(12))


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_recording_is_refused(folder, name) -> None:
    change(folder, **{name: DAMAGES[name]})
    with pytest.raises(BundleError, match="damaged recording"):
        load_recording(folder)


@pytest.mark.parametrize("name", ["epoch", "positions", "top_movie_ids", "curve"])
def test_a_recording_without_something_is_refused(folder, name) -> None:
    values = load_file(folder / RECORDING)
    del values[name]
    save_file(values, folder / RECORDING)
    with pytest.raises(BundleError, match="damaged recording"):
        load_recording(folder)


def test_what_is_no_safetensors_file_is_refused(folder) -> None:
    (folder / RECORDING).write_bytes(b"\x80\x04pickle")
    with pytest.raises(BundleError, match="damaged recording"):
        load_recording(folder)


def test_a_recording_of_other_films_is_refused(folder, dataset) -> None:
    assert load_recording(folder, num_movies=dataset.num_movies)
    with pytest.raises(BundleError, match="90 films, not of 91"):
        load_recording(folder, num_movies=91)


def test_a_changed_recording_is_damage_of_the_bundle(make_run, dataset, tmp_path) -> None:
    run = make_run(tmp_path / "run")
    recorder = Recorder(dataset)
    recorder.take(run.trainer)
    run.recording = recorder.recording
    run.keep()
    file = tmp_path / "run" / RECORDING
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(BundleError, match=RECORDING):
        load_bundle(tmp_path / "run", dataset)
