"""What is recorded of a run: places of films, one person's list, norms, filters; what it costs and what it changes."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from recsys.bundle import load_bundle
from recsys.errors import UnknownIdError
from recsys.insight.maps.layouts import pca
from recsys.recommend import Recommender
from recsys.training import TrainingJob, snapshots
from recsys.training.recording import PARTS, Recording, load_recording
from recsys.training.snapshots import Recorder, norms_of, principal_positions, turned_onto, typical_user
from tests.core.conftest import HISTORY_MODEL, HISTORY_TRAIN, MODEL, TRAIN
from tests.core.job_watching import SECONDS, start

ARTICLE_PARTS = ("user_fields", "movie_id", "genres", "title_words", "title_filters", "mix")


@pytest.fixture
def job(monkeypatch):
    """A job whose snapshots may cost what they like: the epochs of a small network are too short for any."""
    monkeypatch.setattr(snapshots, "MAX_SHARE", 1e9)
    job = TrainingJob()
    yield job
    job.stop()
    assert job.wait(SECONDS)


@pytest.fixture
def recorded(make_trainer, dataset, monkeypatch):
    """Train and record by hand."""

    def record(epochs: int = 3, **kwargs) -> Recording:
        trainer, recorder = make_trainer(epochs=epochs), Recorder(dataset, **kwargs)
        recorder.take(trainer)
        for _ in trainer.epochs():
            recorder.take(trainer)
        return recorder.recording

    return record


@pytest.mark.parametrize(("model", "train"), [(MODEL, TRAIN), (HISTORY_MODEL, HISTORY_TRAIN)])
def test_there_is_a_snapshot_before_the_first_step_and_after_each_epoch(job, dataset, model, train) -> None:
    start(job, dataset, train, model)
    assert job.wait(SECONDS)
    recording = job.recording()
    assert [shot.epoch for shot in recording.snapshots] == list(range(train.epochs + 1))
    for shot in recording.snapshots:
        assert shot.positions.shape == (dataset.num_movies, 2)
        assert len(shot.top_movie_ids) == len(shot.top_stars) == 10
        assert [weights.shape for weights in shot.filters] == [(8, width, model.id_size) for width in (2, 3, 4, 5)]
    assert np.allclose(recording.curve, np.array(job.status().batch_losses).reshape(-1, 2))


def test_recording_changes_no_bit_of_the_weights(make_history_trainer, dataset, monkeypatch) -> None:
    monkeypatch.setattr(snapshots, "MAX_SHARE", 1e9)
    watched, plain = make_history_trainer(), make_history_trainer()
    recorder = Recorder(dataset)
    recorder.take(watched)
    for _ in watched.epochs():
        recorder.take(watched)
    list(plain.epochs())
    assert len(recorder.recording.snapshots) == HISTORY_TRAIN.epochs + 1
    expected, found = plain.checkpoint().tensors, watched.checkpoint().tensors
    assert all(torch.equal(expected[name], found[name]) for name in expected | found)
    assert [report.validation_mse for report in plain.reports] == [report.validation_mse for report in watched.reports]


def test_a_recording_comes_back_from_the_bundle_as_it_was_watched(job, dataset) -> None:
    start(job, dataset, watched_user=int(dataset.users["user_id"].iloc[3]))
    assert job.wait(SECONDS)
    watched, kept = job.recording(), load_recording(job.status().folder, num_movies=dataset.num_movies)
    assert kept.watched_user == watched.watched_user == dataset.users["user_id"].iloc[3] == job.status().watched_user
    assert np.array_equal(kept.curve, watched.curve)
    for one, other in zip(watched.snapshots, kept.snapshots, strict=True):
        assert one.epoch == other.epoch
        assert np.array_equal(one.positions, other.positions)
        assert np.array_equal(one.top_movie_ids, other.top_movie_ids)
        assert np.array_equal(one.top_stars, other.top_stars)
        assert all(np.array_equal(a, b) for a, b in zip(one.filters, other.filters, strict=True))
        assert list(one.norms) == list(other.norms)
        assert [n.weight for n in one.norms.values()] == pytest.approx([n.weight for n in other.norms.values()])


def test_the_last_list_is_what_the_finished_model_recommends(job, dataset) -> None:
    start(job, dataset)
    assert job.wait(SECONDS)
    shot, user = job.recording().snapshots[-1], job.recording().watched_user
    best = Recommender(dataset, load_bundle(job.status().folder, dataset)).recommend(user, k=10)
    assert [movie.movie_id for movie in best] == shot.top_movie_ids.tolist()
    assert [movie.stars for movie in best] == pytest.approx(shot.top_stars.tolist(), abs=1e-5)


def test_the_last_filters_and_norms_are_those_of_the_kept_weights(job, dataset) -> None:
    start(job, dataset, HISTORY_TRAIN, HISTORY_MODEL)
    assert job.wait(SECONDS)
    shot, state = job.recording().snapshots[-1], load_bundle(job.status().folder, dataset).model.state_dict()
    for number, weights in enumerate(shot.filters):
        kept = state[f"movie_tower.title.convolutions.{number}.weight"].numpy()  # (K, E, W)
        assert np.allclose(weights[3, 1], kept[3, :, 1], atol=1e-3)
    words = state["movie_tower.title.words.weight"].numpy()
    assert shot.norms["title_words"].weight == pytest.approx(np.linalg.norm(words), rel=1e-5)
    assert tuple(shot.norms) == PARTS


def test_every_weight_counts_in_the_norm_of_one_part(make_trainer, make_history_trainer) -> None:
    for make, parts in ((make_trainer, ARTICLE_PARTS), (make_history_trainer, PARTS)):
        trainer = make(epochs=1)
        assert all(norm.gradient is None for norm in norms_of(trainer).values())
        list(trainer.epochs())
        norms = norms_of(trainer)
        assert set(norms) == set(parts)
        squares = sum(float((p.detach() ** 2).sum()) for p in trainer.model.parameters())
        assert sum(norm.weight**2 for norm in norms.values()) == pytest.approx(squares, rel=1e-4)
        gradients = sum(float((p.grad**2).sum()) for p in trainer.trained.parameters())
        assert sum(norm.gradient**2 for norm in norms.values()) == pytest.approx(gradients, rel=1e-4)


def test_principal_positions_are_those_of_pca_but_for_a_mirror() -> None:
    vectors = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32) * np.arange(1, 7, dtype=np.float32)
    ours, theirs = principal_positions(vectors), pca(vectors)
    assert np.allclose(np.abs(ours), np.abs(theirs), atol=1e-4)


def test_vectors_of_one_number_lie_on_a_line() -> None:
    positions = principal_positions(np.arange(5, dtype=np.float32)[:, None])
    assert positions.shape == (5, 2)
    assert not positions[:, 1].any()


@pytest.mark.parametrize("mirror", [1, -1])
def test_a_turned_and_mirrored_map_is_turned_back_onto_the_one_before(mirror) -> None:
    before = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    angle = 2.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], dtype=np.float32)
    turn[:, 0] *= mirror
    assert np.allclose(turned_onto(before @ turn, before), before, atol=1e-5)


def test_each_snapshot_lies_closer_to_the_one_before_than_its_mirror_image_does(recorded, monkeypatch) -> None:
    monkeypatch.setattr(snapshots, "MAX_SHARE", 1e9)
    shots = recorded().snapshots
    for before, after in pairwise(shots):
        distance = np.linalg.norm(after.positions - before.positions)
        for signs in ([-1, 1], [1, -1], [-1, -1]):
            assert distance < np.linalg.norm(after.positions * np.array(signs, dtype=np.float32) - before.positions)


def test_a_snapshot_that_would_cost_too_much_is_left_out_but_the_first_and_the_last(recorded, monkeypatch) -> None:
    monkeypatch.setattr(snapshots, "MAX_SHARE", 0.0)
    assert [shot.epoch for shot in recorded(epochs=6).snapshots] == [0, 6]


def test_where_there_is_too_little_room_every_other_snapshot_goes(recorded, monkeypatch) -> None:
    monkeypatch.setattr(snapshots, "MAX_SHARE", 1e9)
    monkeypatch.setattr(snapshots, "MAX_BYTES", 5 * recorded(epochs=1).snapshots[0].num_bytes)
    kept = recorded(epochs=9).snapshots
    assert [shot.epoch for shot in kept] == [0, 4, 8, 9]
    assert sum(shot.num_bytes for shot in kept) <= snapshots.MAX_BYTES


def test_a_file_takes_about_what_its_snapshots_say(job, dataset) -> None:
    start(job, dataset)
    assert job.wait(SECONDS)
    size = (job.status().folder / "recording.safetensors").stat().st_size
    rest = job.recording().curve.nbytes + 4_000  # and the names
    assert size <= sum(shot.num_bytes for shot in job.recording().snapshots) + rest


def test_a_run_that_goes_on_goes_on_with_its_recording(job, dataset) -> None:
    start(job, dataset, replace(TRAIN, epochs=5))
    assert job.wait(SECONDS)
    whole = job.recording()
    start(job, dataset, replace(TRAIN, epochs=2), watched_user=whole.watched_user)
    assert job.wait(SECONDS)
    first = job.recording()
    job.resume(dataset, job.status().folder, epochs=5, device="cpu")
    assert job.wait(SECONDS)
    again = job.recording()
    assert [shot.epoch for shot in again.snapshots] == [0, 1, 2, 3, 4, 5]
    assert np.array_equal(again.snapshots[-1].positions, whole.snapshots[-1].positions)
    assert np.array_equal(again.snapshots[-1].top_movie_ids, whole.snapshots[-1].top_movie_ids)
    assert again.watched_user == whole.watched_user
    assert len(again.curve) > len(first.curve)
    assert np.array_equal(again.curve[: len(first.curve)], first.curve)


def test_by_default_a_person_is_watched_of_whom_as_many_rated_more_as_less(dataset) -> None:
    counts = dataset.num_ratings_by_user
    watched = counts[dataset.user_index(typical_user(dataset))]
    assert (counts < watched).sum() <= len(counts) / 2 <= (counts <= watched).sum()


def test_a_person_who_is_not_there_is_refused(dataset) -> None:
    with pytest.raises(UnknownIdError):
        Recorder(dataset, 10**9)


def test_before_the_first_run_there_is_an_empty_recording() -> None:
    recording = TrainingJob().recording()
    assert (recording.watched_user, recording.snapshots, recording.curve.shape) == (None, (), (0, 2))


def test_what_a_snapshot_will_cost_is_known_from_those_before_and_from_what_is_encoded_already(
    make_trainer, dataset, monkeypatch
) -> None:
    """One that finds the films encoded by the validation is not taken for as dear as the first, which encodes them."""
    times = iter([0.0, 10.0, 11.0])  # begun, encoded, done: 10 s for encoding, 1 s for the rest
    trainer, recorder = make_trainer(epochs=3), Recorder(dataset)
    with monkeypatch.context() as patch:
        patch.setattr("recsys.training.snapshots.time.perf_counter", lambda: next(times))
        recorder.take(trainer)
    monkeypatch.setattr(snapshots, "_training_seconds", lambda _: 100.0)
    monkeypatch.setattr(snapshots, "MAX_SHARE", 0.125)  # 12.5 s: room for 11 and 1, not for 11 and 11
    epochs = trainer.epochs()
    next(epochs)
    assert trainer.has_latest_vectors
    assert recorder.take(trainer)
    next(epochs)
    monkeypatch.setattr(type(trainer), "has_latest_vectors", False)
    assert not recorder.take(trainer)


def test_the_first_epochs_are_pictured_at_the_cost_of_the_whole_run(make_trainer, dataset, monkeypatch) -> None:
    """A class that presses "one epoch" in a new run waits for its picture."""
    trainer, recorder = make_trainer(epochs=100), Recorder(dataset)
    recorder.take(trainer)
    monkeypatch.setattr(Recorder, "seconds", property(lambda _: 0.5))  # half of the training so far
    monkeypatch.setattr(snapshots, "_training_seconds", lambda _: 1.0)
    monkeypatch.setattr(recorder, "_rest_seconds", 0.01)
    epochs = trainer.epochs()
    taken = []
    for _ in range(snapshots.FIRST_EPOCHS + 2):
        next(epochs)
        taken.append(recorder.take(trainer))
    assert taken == [True, True, True, False, False]
