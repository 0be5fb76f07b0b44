"""Points in clusters that lie far apart."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def features() -> np.ndarray:
    """(240, 20) around six centres; read-only."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(6, 20))
    points = (centres[rng.integers(6, size=240)] + 0.1 * rng.normal(size=(240, 20))).astype(np.float32)
    points.flags.writeable = False
    return points
