"""Which maps a finished run keeps, so that they are there at once. PCA is not among them: it is computed at once."""

from recsys.bundle import Features
from recsys.insight.layouts import MIN_POINTS, Array, LayoutSettings, compute

SHIPPED = (LayoutSettings("movies"), LayoutSettings("users"), LayoutSettings("movies", dims=3))
"""t-SNE of films and of people, and of films in three dimensions, at the default settings."""


def shipped(features: Features) -> tuple[LayoutSettings, ...]:
    """Return the settings of the maps that a finished run keeps: those of `SHIPPED` that have enough points."""
    return tuple(settings for settings in SHIPPED if len(getattr(features, settings.of)) >= MIN_POINTS)


def layouts(features: Features) -> dict[str, Array]:
    """Return the maps that a finished run keeps, by the keys of their settings."""
    return {settings.key: compute(getattr(features, settings.of), settings) for settings in shipped(features)}
