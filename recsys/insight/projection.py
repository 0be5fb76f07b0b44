"""Which maps a finished run keeps, so that they are there at once. PCA is not among them: it is computed at once."""

from recsys.bundle import Features
from recsys.insight.layouts import MIN_POINTS, Array, LayoutSettings, compute, pca

__all__ = ["SHIPPED", "layouts", "pca"]

SHIPPED = (LayoutSettings("movies"), LayoutSettings("users"), LayoutSettings("movies", dims=3))
"""t-SNE of films and of people, and of films in three dimensions, at the default settings."""


def layouts(features: Features) -> dict[str, Array]:
    """Return the maps that a finished run keeps, by the keys of their settings; t-SNE only where there are enough."""
    vectors = {settings: getattr(features, settings.of) for settings in SHIPPED}
    return {how.key: compute(points, how) for how, points in vectors.items() if len(points) >= MIN_POINTS}
