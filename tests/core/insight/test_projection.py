"""Which maps a finished run keeps."""

import numpy as np

from recsys.bundle import Features
from recsys.insight.maps.projection import SHIPPED, layouts


def _features(num_movies: int, num_users: int) -> Features:
    rng = np.random.default_rng(0)
    movies, users = (rng.normal(size=(size, 8)).astype(np.float32) for size in (num_movies, num_users))
    return Features(movies, users, np.zeros(num_movies, np.float32), np.zeros(num_users, np.float32))


def test_a_finished_run_keeps_films_and_people_flat_and_films_in_space() -> None:
    maps = layouts(_features(30, 20))
    assert {key: layout.shape for key, layout in maps.items()} == {
        "movies-tsne-2d-p30-cosine-s0": (30, 2),
        "users-tsne-2d-p30-cosine-s0": (20, 2),
        "movies-tsne-3d-p30-cosine-s0": (30, 3),
    }
    assert list(maps) == [settings.key for settings in SHIPPED]
    for layout in maps.values():
        assert layout.dtype == np.float32
        assert np.isfinite(layout).all()


def test_too_few_people_have_no_map_and_the_films_have_theirs() -> None:
    assert list(layouts(_features(6, 3))) == ["movies-tsne-2d-p30-cosine-s0", "movies-tsne-3d-p30-cosine-s0"]


def test_maps_tell_how_far_they_are_and_a_stop_leaves_out_those_that_are_not_done() -> None:
    shares: list[float] = []
    maps = layouts(_features(30, 20), shares.append, lambda: bool(shares) and shares[-1] > 0.5)
    assert list(maps) == ["movies-tsne-2d-p30-cosine-s0"]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert any(1 / 3 < share < 2 / 3 for share in shares)
