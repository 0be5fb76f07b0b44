"""The exact gradient: what openTSNE's tree approximates."""

import numpy as np
import pytest
from openTSNE.tsne import kl_divergence_bh
from scipy import sparse

from recsys.insight.maps.exact_gradient import objective


@pytest.mark.parametrize("dims", [2, 3])
def test_it_is_what_a_tree_without_approximation_says(dims) -> None:
    rng = np.random.default_rng(3)
    ground = np.ascontiguousarray(rng.normal(size=(300, dims)) * 9)
    places = np.ascontiguousarray(rng.normal(size=(70, dims)) * 9)
    neighbors = sparse.random(70, 300, density=0.05, random_state=5, format="csr")
    _, exact = objective(places, neighbors, reference_embedding=ground)
    # openTSNE compares the square of theta, and 0 asks for every point by itself.
    _, tree = kl_divergence_bh(places, neighbors, 1, {"theta": 0.0}, reference_embedding=ground)
    assert exact == pytest.approx(tree, abs=1e-6)
