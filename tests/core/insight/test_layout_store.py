"""The store of layouts: what is kept is there again, damage counts as none, and the folder does not grow for ever."""

import logging
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recsys.bundle import Bundle
from recsys.errors import ConfigError
from recsys.insight.maps import layout_store
from recsys.insight.maps.layouts import LayoutSettings, pca

TSNE = LayoutSettings()
OTHER = LayoutSettings(perplexity=12.5, seed=3)


@pytest.fixture(autouse=True)
def _forget() -> None:
    layout_store._recent.clear()


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "home" / "cache" / "layouts"


def positions(bundle: Bundle, seed: int = 0, dims: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(len(bundle.movie_features), dims)).astype(np.float32)


def test_the_layouts_of_a_bundle_are_there(bundle) -> None:
    assert np.array_equal(layout_store.kept(bundle, TSNE), bundle.maps[TSNE.key])
    assert layout_store.is_kept(bundle, TSNE)


def test_pca_is_always_there(bundle) -> None:
    for of, features in (("movies", bundle.movie_features), ("users", bundle.user_features)):
        for dims in (2, 3):
            settings = LayoutSettings(of, "pca", dims)
            assert layout_store.is_kept(bundle, settings)
            assert np.array_equal(layout_store.kept(bundle, settings), pca(features, dims))


def test_what_was_never_made_is_not_there(bundle) -> None:
    assert layout_store.kept(bundle, OTHER) is None
    assert not layout_store.is_kept(bundle, OTHER)


def test_what_is_kept_is_there_again_after_a_restart(bundle, folder) -> None:
    layout_store.keep(bundle, OTHER, positions(bundle))
    assert np.array_equal(layout_store.kept(bundle, OTHER), positions(bundle))
    layout_store._recent.clear()
    assert layout_store.is_kept(bundle, OTHER)
    assert np.array_equal(layout_store.kept(bundle, OTHER), positions(bundle))
    assert [file.suffix for file in folder.iterdir()] == [".npy"]


def test_a_layout_belongs_to_its_feature_vectors(bundle) -> None:
    layout_store.keep(bundle, OTHER, positions(bundle))
    same = replace(bundle, maps={})
    other = replace(bundle, features=replace(bundle.features, movies=bundle.movie_features + 1))
    assert np.array_equal(layout_store.kept(same, OTHER), positions(bundle))
    assert layout_store.kept(other, OTHER) is None


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "pickle", "shape", "type", "infinite"])
def test_a_damaged_file_counts_as_none_and_is_logged(bundle, folder, damage, caplog) -> None:
    layout_store.keep(bundle, OTHER, positions(bundle))
    layout_store._recent.clear()
    (file,) = folder.iterdir()
    wrong = {
        "shape": positions(bundle)[1:],
        "type": positions(bundle).astype(np.float64),
        "infinite": positions(bundle) * np.float32(np.inf),
        "pickle": np.array([{"evil": 1}], dtype=object),
    }
    if damage in wrong:
        np.save(file, wrong[damage], allow_pickle=True)
    else:
        file.write_bytes({"empty": b"", "cut": file.read_bytes()[:200], "text": b"hello, world"}[damage])
    with caplog.at_level(logging.WARNING):
        assert layout_store.kept(bundle, OTHER) is None
    assert file.name in caplog.text
    assert not layout_store.is_kept(bundle, OTHER)  # so that it is asked for again
    layout_store.keep(bundle, OTHER, positions(bundle))
    layout_store._recent.clear()
    assert np.array_equal(layout_store.kept(bundle, OTHER), positions(bundle))


def test_those_not_used_for_the_longest_time_go_first(bundle, folder, monkeypatch) -> None:
    many = [replace(OTHER, seed=seed) for seed in range(4)]
    layout_store.keep(bundle, many[0], positions(bundle))
    size = next(folder.iterdir()).stat().st_size
    monkeypatch.setattr(layout_store, "MAX_BYTES", 3 * size)
    for settings in many[1:3]:
        layout_store.keep(bundle, settings, positions(bundle))
    for age, settings in enumerate(many[:3]):
        os.utime(layout_store._file(bundle, settings), (1000 + age, 1000 + age))
    layout_store._recent.clear()
    layout_store.kept(bundle, many[0])  # used: now the youngest
    layout_store.keep(bundle, many[3], positions(bundle))
    layout_store._recent.clear()
    assert [layout_store.is_kept(bundle, settings) for settings in many] == [True, False, True, True]


def test_memory_for_recent_layouts_is_limited(bundle, monkeypatch) -> None:
    size = positions(bundle).nbytes
    monkeypatch.setattr(layout_store, "MAX_RECENT_BYTES", 2 * size)
    for seed in range(5):
        layout_store.keep(bundle, replace(OTHER, seed=seed), positions(bundle, seed))
    assert len(layout_store._recent) == 2
    for seed in range(5):  # those that memory let go are read
        assert np.array_equal(layout_store.kept(bundle, replace(OTHER, seed=seed)), positions(bundle, seed))


def test_a_disk_that_takes_nothing_costs_only_the_next_start(bundle, folder, caplog) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        layout_store.keep(bundle, OTHER, positions(bundle))
    assert "cannot be kept" in caplog.text
    assert np.array_equal(layout_store.kept(bundle, OTHER), positions(bundle))
    layout_store._recent.clear()
    assert layout_store.kept(bundle, OTHER) is None


@pytest.mark.parametrize("wrong", [np.zeros((3, 2)), np.full((90, 2), np.nan), np.zeros((90, 3))])
def test_what_is_no_layout_of_these_films_is_refused(bundle, wrong) -> None:
    with pytest.raises(ConfigError):
        layout_store.keep(bundle, OTHER, wrong)


def test_the_hash_of_a_bundle_goes_with_it(bundle) -> None:
    copy = replace(bundle)
    assert layout_store.features_hash(copy, "movies") == layout_store.features_hash(bundle, "movies")
    key = (id(copy), "movies")
    assert key in layout_store._hashes
    del copy
    assert key not in layout_store._hashes
