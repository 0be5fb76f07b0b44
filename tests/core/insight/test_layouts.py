"""Layouts: keys, shape, seed, neighbours, watching and stopping."""

import multiprocessing

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from recsys.errors import ConfigError, StoppedError
from recsys.insight.maps.layouts import STEPS_PER_FRAME, LayoutSettings, compute, distances, pca, turned

SETTINGS = [
    (LayoutSettings(), "movies-tsne-2d-p30-cosine-s0"),
    (LayoutSettings("users", dims=3, perplexity=12.5, metric="euclidean", seed=7), "users-tsne-3d-p12.5-euclidean-s7"),
    (LayoutSettings("movies", "pca"), "movies-pca-2d"),
    (LayoutSettings("users", "pca", 3), "users-pca-3d"),
]


@pytest.mark.parametrize(("settings", "key"), SETTINGS)
def test_a_key_says_all_that_matters_and_is_read_again(settings, key) -> None:
    assert settings.key == key
    assert LayoutSettings.parse(key) == settings


def test_pca_has_neither_perplexity_nor_seed() -> None:
    assert LayoutSettings(method="pca", perplexity=50, seed=3).key == LayoutSettings(method="pca").key


@pytest.mark.parametrize(
    "key",
    [
        *("", "tsne", "movies-pca", "movies-pca-4d", "movies-tsne-2d", "films-pca-2d", "movies-pca-2d\n"),
        *("movies-tsne-2d-p1-cosine-s0", "movies-tsne-2d-p3..0-cosine-s0", "movies-tsne-2d-p30-cosine-s99999999999"),
        "../movies-pca-2d",
    ],
)
def test_what_is_no_key_is_refused(key) -> None:
    with pytest.raises(ConfigError):
        LayoutSettings.parse(key)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("of", "films"), ("method", "umap"), ("dims", 4), ("metric", "dot"), ("seed", -1), ("seed", 2**32)],
        *[("perplexity", 1.9), ("perplexity", 201.0), ("perplexity", float("nan"))],
    ],
)
def test_settings_out_of_range_are_refused(field, value) -> None:
    with pytest.raises(ConfigError) as caught:
        LayoutSettings(**{field: value})
    assert caught.value.field == field


@pytest.fixture(scope="module")
def layout(features) -> np.ndarray:
    return compute(features, LayoutSettings())


def test_a_layout_is_flat_finite_and_lies_around_zero(layout) -> None:
    assert layout.shape == (240, 2)
    assert layout.dtype == np.float32
    assert np.isfinite(layout).all()
    assert layout.mean(axis=0) == pytest.approx([0, 0], abs=1e-3)


def test_one_seed_gives_one_picture_watched_or_not(features, layout) -> None:
    frames: list[np.ndarray] = []

    def watch(_step: str, _share: float, positions: np.ndarray | None) -> None:
        if positions is not None:
            frames.append(positions)
            positions = positions + 1

    assert np.array_equal(compute(features, LayoutSettings(), on_step=watch), layout)
    assert len(frames) == 500 // STEPS_PER_FRAME - 1  # 125 steps and 375 steps, each phase counted anew
    assert not np.array_equal(frames[0], frames[-1])


@pytest.mark.parametrize("num_cores", [1, 3])
def test_the_number_of_cores_does_not_change_the_picture(features, layout, num_cores, monkeypatch) -> None:
    monkeypatch.setattr(multiprocessing, "cpu_count", lambda: num_cores)  # what openTSNE asks
    assert np.array_equal(compute(features, LayoutSettings()), layout)


def test_another_seed_gives_another_picture(features, layout) -> None:
    other = compute(features, LayoutSettings(seed=1))
    assert not np.allclose(other, layout, atol=1)
    assert trustworthiness(features, other, n_neighbors=10, metric="cosine") > 0.9


def test_neighbours_stay_neighbours_in_tsne(features, layout) -> None:
    assert trustworthiness(features, layout, n_neighbors=10, metric="cosine") > 0.9


def test_euclidean_distances_are_kept_when_asked_for() -> None:
    """Two rings in the same directions: only euclidean distances tell them apart."""
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    rings = np.concatenate([ring, 30 * ring]).astype(np.float32)
    layout = compute(rings, LayoutSettings(metric="euclidean", perplexity=5))
    assert trustworthiness(rings, layout, n_neighbors=4, metric="euclidean") > 0.95
    mixed = compute(rings, LayoutSettings(metric="cosine", perplexity=5))
    assert (
        np.linalg.norm(mixed[:60] - mixed[60:], axis=1).mean()
        < np.linalg.norm(layout[:60] - layout[60:], axis=1).mean()
    )


def test_three_dimensions_are_three_and_keep_more_neighbours(features, layout) -> None:
    space = compute(features, LayoutSettings(dims=3))
    assert space.shape == (240, 3)
    flat, deep = (trustworthiness(features, e, n_neighbors=10, metric="cosine") for e in (layout, space))
    assert deep > flat - 0.01


def test_steps_are_told_in_order_and_neighbours_come_first(features) -> None:
    told: list[tuple[str, float]] = []
    compute(features, LayoutSettings(), on_step=lambda step, share, _positions: told.append((step, share)))
    shares = [share for _, share in told]
    assert told[0] == ("neighbors", 0.0)
    assert shares == sorted(shares)
    assert {step for step, _ in told[2:]} == {"layout"}
    assert 0.98 < shares[-1] <= 1


@pytest.mark.parametrize("num_asked", [1, 5, 30])
def test_a_stop_is_obeyed_at_the_next_frame(features, num_asked) -> None:
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked == num_asked

    with pytest.raises(StoppedError):
        compute(features, LayoutSettings(), should_stop=should_stop)
    assert asked == num_asked


def test_a_handful_of_films_can_be_laid_out_and_fewer_are_refused() -> None:
    few = np.random.default_rng(0).normal(size=(5, 8)).astype(np.float32)
    assert compute(few, LayoutSettings()).shape == (5, 2)
    with pytest.raises(ConfigError):
        compute(few[:4], LayoutSettings())


def test_vectors_that_are_all_alike_have_finite_places() -> None:
    layout = compute(np.ones((12, 4), dtype=np.float32), LayoutSettings())
    assert np.isfinite(layout).all()


def test_pca_keeps_the_largest_variances(features) -> None:
    centred = features - features.mean(axis=0)
    expected = np.sort(np.linalg.eigvalsh(np.cov(centred.T)))[::-1]
    for dims in (2, 3):
        assert np.var(pca(features, dims), axis=0, ddof=1) == pytest.approx(expected[:dims], rel=1e-3)
        assert np.array_equal(compute(features, LayoutSettings(method="pca", dims=dims)), pca(features, dims))


def test_pca_of_points_on_a_line_is_that_line() -> None:
    line = np.outer([-1, 0, 1, 4], [3, 4]).astype(np.float32)  # steps of length 5, their mean at 1
    assert pca(line, 3) == pytest.approx(np.array([[-10, 0, 0], [-5, 0, 0], [0, 0, 0], [15, 0, 0]]), abs=1e-5)


def test_a_picture_is_turned_to_be_widest_from_left_to_right() -> None:
    upright = np.array([[0, -4], [0, 4], [1, 0], [-1, 0]], dtype=np.float32)
    towards = np.array([[-1, 0], [1, 0], [0, 1], [0, -1]], dtype=np.float32)
    assert turned(upright, towards=towards) == pytest.approx(4 * towards * [1, 0.25], abs=1e-5)
    assert turned(upright, towards=-towards) == pytest.approx(-4 * towards * [1, 0.25], abs=1e-5)


def test_the_layout_of_tsne_is_widest_from_left_to_right(layout) -> None:
    covariance = np.cov(layout.T)
    assert covariance[0, 0] >= covariance[1, 1]
    assert covariance[0, 1] == pytest.approx(0, abs=1e-2)


def test_a_cosine_becomes_the_length_of_a_chord() -> None:
    assert distances(np.array([1, 0, -1, 1 + 1e-7]), "cosine") == pytest.approx([0, 2**0.5, 2, 0])
    assert distances(np.array([3.0]), "euclidean").tolist() == [3.0]
