"""Layouts: shape, seed, neighbours."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from recsys.insight.projection import layouts, pca, tsne


@pytest.fixture(scope="module")
def features() -> np.ndarray:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(6, 20))
    return (centres[rng.integers(6, size=240)] + 0.1 * rng.normal(size=(240, 20))).astype(np.float32)


def test_layouts_are_named_flat_and_finite(features) -> None:
    maps = layouts(features)
    assert set(maps) == {"pca", "tsne"}
    for layout in maps.values():
        assert layout.shape == (240, 2)
        assert layout.dtype == np.float32
        assert np.isfinite(layout).all()


def test_one_seed_gives_one_picture(features) -> None:
    assert np.array_equal(tsne(features, seed=3), tsne(features, seed=3))
    assert np.array_equal(pca(features), pca(features))


def test_neighbours_stay_neighbours_in_tsne(features) -> None:
    assert trustworthiness(features, tsne(features), n_neighbors=10, metric="cosine") > 0.9


def test_pca_keeps_the_largest_variances(features) -> None:
    centred = features - features.mean(axis=0)
    expected = np.sort(np.linalg.eigvalsh(np.cov(centred.T)))[::-1][:2]
    assert np.var(pca(features), axis=0, ddof=1) == pytest.approx(expected, rel=1e-3)


def test_a_handful_of_films_can_be_laid_out() -> None:
    few = np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32)
    assert tsne(few).shape == (6, 2)
