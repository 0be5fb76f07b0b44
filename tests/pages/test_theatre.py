"""What the theatre is sent: the recording as bytes, whole or from an epoch on, and its addresses."""

from dataclasses import replace

import numpy as np
import pytest

from pages.kit import i18n, published
from pages.kit.published import Shelf
from pages.training import theatre_data
from recsys.data.synthetic import synthetic
from recsys.training.recording import Norm
from tests.pages.test_map_scene import unpack
from tests.theatre_points import LISTS, NUM_EPOCHS, NUM_MOVIES, WATCHED, recording


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    fresh = Shelf()
    monkeypatch.setattr(published, "SHELF", fresh)
    return fresh


def bytes_at(shelf: Shelf, address: str) -> bytes:
    piece = shelf.piece(address.rsplit("/", 1)[-1])
    assert piece is not None
    return piece.body


def test_places_and_filters_come_out_as_they_went_in_to_a_ten_thousandth_of_the_largest():
    made = recording()
    header, parts = unpack(theatre_data.encode(made))
    places = parts["places"].reshape(NUM_EPOCHS + 1, NUM_MOVIES, 2) * (parts["places_scale"][:, None, None] / 32_767)
    wanted = np.stack([shot.positions for shot in made.snapshots])
    assert places == pytest.approx(wanted, abs=1e-4 * float(np.abs(wanted).max()))
    weights = parts["weights"].reshape(NUM_EPOCHS + 1, -1) * (parts["weights_scale"][:, None] / 32_767)
    for at, shot in enumerate(made.snapshots):
        flat = np.concatenate([own.reshape(-1) for own in shot.filters])
        assert weights[at] == pytest.approx(flat, abs=1e-4)
    assert header["filters"] == [[2, 2, 4], [2, 3, 4]]


def test_lists_norms_and_curve_are_sent_as_they_are():
    made = recording()
    header, parts = unpack(theatre_data.encode(made))
    assert parts["top_ids"].reshape(NUM_EPOCHS + 1, 10).tolist() == [list(ids) for ids in LISTS]
    assert header["parts"] == ["movie_id", "title_filters", "head"]
    norms = parts["norms"].reshape(NUM_EPOCHS + 1, 3, 2)
    assert np.isnan(norms[0, :, 1]).all()
    assert norms[1:, 0].tolist() == [[11, 2], [12, 1], [13, 0.5], [14, 0.25], [15, 0.125]]
    assert parts["curve"].reshape(-1, 2) == pytest.approx(made.curve)


def test_only_what_a_browser_has_not_got_is_sent():
    header, parts = unpack(theatre_data.encode(recording(), first_epoch=4))
    assert header["epochs"] == [0, 1, 2, 3, 4, 5]
    assert header["sent"] == [4, 5]
    assert len(parts["places"]) == 2 * NUM_MOVIES * 2
    header, parts = unpack(theatre_data.encode(recording(), first_epoch=6))
    assert header["sent"] == []
    assert len(parts["places"]) == 0


def test_a_network_without_filters_can_be_sent():
    made = recording()
    bare = replace(made, snapshots=tuple(replace(shot, filters=()) for shot in made.snapshots))
    header, parts = unpack(theatre_data.encode(bare))
    assert header["filters"] == []
    assert len(parts["weights"]) == 0


def test_a_long_curve_is_thinned_and_keeps_the_end_of_each_epoch():
    batches = np.arange(1, 20_001) / 1000
    made = replace(recording(), curve=np.column_stack([batches, 1 / batches]).astype(np.float32))
    curve = unpack(theatre_data.encode(made))[1]["curve"].reshape(-1, 2)
    assert len(curve) <= theatre_data.MAX_CURVE + 20
    assert set(range(1, 21)) <= set(curve[:, 0].tolist())


def test_a_run_keeps_its_name_as_it_goes_on_and_another_one_has_another():
    made = recording()
    assert theatre_data.run_of(recording(2)) == theatre_data.run_of(made)
    assert theatre_data.run_of(replace(made, watched_user=WATCHED + 1)) != theatre_data.run_of(made)
    assert theatre_data.run_of(recording(num_movies=50)) != theatre_data.run_of(made)


def test_equal_recordings_have_one_address_and_other_numbers_another(shelf: Shelf):
    made = recording()
    assert theatre_data.reel(made) == theatre_data.reel(recording())
    last = replace(made.snapshots[-1], norms={**made.snapshots[-1].norms, "head": Norm(9.0, 1.0)})
    addresses = {theatre_data.reel(made), theatre_data.reel(recording(4))}
    addresses.add(theatre_data.reel(replace(made, snapshots=(*made.snapshots[:-1], last))))
    assert len(addresses) == 3


def test_a_run_under_way_answers_from_any_epoch_on(shelf: Shelf):
    word = theatre_data.live_reel(recording(2)).rsplit("/", 1)[-1]
    assert theatre_data.live_reel(recording(3)).endswith(word)
    function = shelf.function(word)
    assert function is not None
    assert unpack(function(2))[0]["sent"] == [2, 3]


def test_the_films_of_a_data_set_need_no_model(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    data = synthetic(num_users=20, num_movies=NUM_MOVIES, num_ratings=200)
    monkeypatch.setattr(i18n, "language", lambda: "en")
    header, parts = unpack(bytes_at(shelf, theatre_data.scene(data)))
    assert parts["ids"].tolist() == data.movies["movie_id"].tolist()
    assert header["columns"][0]["name"] == "genre"
