"""The maps of a bundle: names, shapes, damage, and the two maps of older bundles."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.bundle import load_bundle
from recsys.bundle.maps import read_maps, write_maps
from recsys.errors import BundleError

FLAT = np.arange(8, dtype=np.float32).reshape(4, 2)
DEEP = np.arange(9, dtype=np.float32).reshape(3, 3)
SIZES = {"num_movies": 4, "num_users": 3}


def test_maps_of_films_and_of_people_come_back(tmp_path) -> None:
    maps = {"movies-tsne-2d-p12.5-euclidean-s7": FLAT, "users-tsne-3d-p30-cosine-s0": DEEP, "movies-pca-2d": FLAT + 1}
    write_maps(maps, tmp_path)
    again = read_maps(tmp_path, **SIZES)
    assert list(again) == list(maps)
    assert all(np.array_equal(again[key], maps[key]) for key in maps)


def test_the_maps_of_older_bundles_have_their_new_names(tmp_path) -> None:
    np.savez(tmp_path / "map.npz", pca=FLAT + 1, tsne=FLAT)
    again = read_maps(tmp_path, **SIZES)
    assert set(again) == {"movies-tsne-2d-p30-cosine-s0", "movies-pca-2d"}
    assert np.array_equal(again["movies-tsne-2d-p30-cosine-s0"], FLAT)


@pytest.mark.parametrize(
    ("key", "layout", "problem"),
    [
        ("movies-tsne-2d-p30-cosine-s0", FLAT[1:], r"must be \(4, 2\), not \(3, 2\)"),
        ("users-pca-2d", FLAT, r"must be \(3, 2\)"),
        ("movies-pca-3d", FLAT, r"must be \(4, 3\)"),
        ("movies-pca-2d", FLAT * np.float32(np.nan), "not finite"),
        ("films-pca-2d", FLAT, "films-pca-2d, which is unknown"),
        ("movies-pca-4d", FLAT, "unknown"),
        ("movies-pca-2d/../x", FLAT, "unknown"),
    ],
)
def test_a_map_without_a_place_among_these_films_is_refused(tmp_path, key, layout, problem) -> None:
    write_maps({key: layout}, tmp_path)
    with pytest.raises(BundleError, match=problem):
        read_maps(tmp_path, **SIZES)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello"])
def test_a_damaged_file_is_refused(tmp_path, content) -> None:
    (tmp_path / "map.npz").write_bytes(content)
    with pytest.raises(BundleError, match="damaged"):
        read_maps(tmp_path, **SIZES)


def test_a_bundle_keeps_maps_of_people_in_space(bundle, dataset, tmp_path) -> None:
    space = np.random.default_rng(0).normal(size=(dataset.num_users, 3)).astype(np.float32)
    replace(bundle, maps={"users-tsne-3d-p30-cosine-s0": space}).save(tmp_path / "deep")
    assert np.array_equal(load_bundle(tmp_path / "deep", dataset).maps["users-tsne-3d-p30-cosine-s0"], space)
